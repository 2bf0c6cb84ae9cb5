"""One question over one network as a term: what is asked of the solver.

Law: a model of the obligation's roots is a probe that meets the question (see the theorem at
`verifier.encode`), read off by `values` in one direction and `verifier.solve` in the other.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from verifier.encode import path, question
from verifier.encode.addresses import Addresses, addresses, domains
from verifier.encode.packet import DESTINATION, SOURCE, Scope
from verifier.encode.terms import FALSE, TRUE, Terms
from verifier.invariants.question import Goal, Names, Question
from verifier.model import Gap, Network
from verifier.packet import FAMILIES, Address, Family, embedded
from verifier.topology import Index, Role, holds, role
from verifier.trace import Host, InterfaceHost, Probe

FAMILY = "family"
SMALL = 64


@dataclass(frozen=True, slots=True)
class Obligation:
    """Terms, of which every one of `roots` must be true; `scopes` by family."""

    index: Index
    question: Question
    terms: Terms
    roots: tuple[int, ...]
    scopes: dict[Family, Scope]
    sources: Role
    destinations: Role

    def members(self, class_id: int, side: str) -> tuple[str, ...]:
        """Interface ids of a class of the `source` or the `destination`; `outside` for a door."""
        return (self.sources if side == SOURCE else self.destinations).members(class_id)

    def variables(self) -> tuple[str, ...]:
        """The variables that the roots speak of, in a fixed order."""
        return tuple(sorted(set(self.terms.names(self.terms.reachable(self.roots)))))

    def values(self, probe: Probe) -> dict[str, int] | None:
        """The inputs that the probe fixes, by variable; None if it is not of the question's sets.

        What the probe leaves to the network is fixed to what the network then chooses (NAT-4). A
        choice of a gateway that this formula has no way through is not fixed: whatever drops the
        packet before the gateway does so whatever the gateway would choose.
        """
        packet = probe.packet
        scope = self.scopes.get(packet.family)
        if scope is None or not probe.destination or not self._alike(probe):
            return None
        source = _number(self.sources, probe.source, packet.source)
        destination = _number(self.destinations, probe.destination, packet.destination)
        if source is None or destination is None or not self._addressed(probe, source, destination):
            return None
        found = {FAMILY: int(packet.family == 6), SOURCE: source, DESTINATION: destination}
        plain = {
            "source_address": packet.source.value,
            "destination_address": packet.destination.value,
            "protocol": packet.protocol,
            "source_port": packet.source_port,
            "destination_port": packet.destination_port,
            "icmp_type": packet.icmp_type,
            "icmp_code": packet.icmp_code,
            **_chosen(scope, probe),
        }
        if isinstance(probe.destination, InterfaceHost):
            vpc_id = self.destinations.classes[destination].shape.vpc_id
            called = embedded(packet.destination)
            owner = self.index.owner(vpc_id, called or packet.destination)
            flag = "by_public" if called is None else "v4_by_public"
            plain[flag] = int(owner != probe.destination.interface_id)
        for name, value in plain.items():
            if value is not None and (name in scope.declared):
                found[scope.name(name)] = value
        declared = self.terms.variables
        if not all(holds(declared[name].domain, value) for name, value in found.items()):
            return None
        return found | self._translated(scope, probe, found)

    def _alike(self, probe: Probe) -> bool:
        """True iff the probe is asked in the question's circumstances (ENI-5, ASK-9)."""
        asked = self.question
        return probe.states is asked.states and probe.avoiding == asked.avoiding

    def _addressed(self, probe: Probe, source: int, destination: int) -> bool:
        """True iff the addresses are the hosts' own; a class has the addresses of all members."""
        packet, sender, receiver = probe.packet, probe.source, probe.destination
        if isinstance(sender, InterfaceHost) and len(self.sources.members(source)) > 1:
            vpc_id = self.sources.classes[source].shape.vpc_id
            if self.index.owner(vpc_id, packet.source) != sender.interface_id:
                return False
        if not isinstance(receiver, InterfaceHost):
            return True
        vpc_id = self.destinations.classes[destination].shape.vpc_id
        called = packet.destination
        if self.question.destinations.nat64:
            called = embedded(called) or called
        return receiver.interface_id in (
            self.index.owner(vpc_id, called),
            self.index.named_publicly(called),
        )

    def _translated(self, scope: Scope, probe: Probe, found: dict[str, int]) -> dict[str, int]:
        """The choices of the NAT gateway that takes the packet, made or left to it (NAT-4)."""
        packet, choices = probe.packet, probe.choices
        fixed: dict[str, int] = {}
        if "nat_choice" in scope.declared:
            choice = choices.nat_address.value if choices.nat_address is not None else 0
            domain = self.terms.variables[scope.name("nat_choice")].domain
            fixed[scope.name("nat_choice")] = choice if holds(domain, choice) else 0
        taken = self.nats(packet.family, found)
        if not taken:
            return fixed
        for number, id_ in taken:
            if not number:
                addresses = self.index.network.nat_gateways[id_].addresses
                own = [each.private for each in addresses]
                offered = (choices.nat_address, *own)
                fixed[scope.name("nat_address")] = next(a.value for a in offered if a in own)
        wanted = (choices.nat_port, packet.source_port, 1024)
        if packet.source_port is not None:
            port = next(p for p in wanted if p is not None and 1024 <= p <= 65535)
            fixed[scope.name("nat_port")] = port
        return fixed

    def nats(self, family: Family, values: Mapping[str, int]) -> list[tuple[int, str]]:
        """The NAT gateways that take the packet under these values, each with its course."""
        scope = self.scopes[family]
        known = {
            name: values.get(name, variable.domain[0][0])
            for name, variable in self.terms.variables.items()
        }
        return [(number, id_) for number, id_, met in scope.nats if self.terms.holds((met,), known)]


def _chosen(scope: Scope, probe: Probe) -> dict[str, int | None]:
    """The choices of the network, NAT gateways' apart, made or left to it (GAP-6, TGW-6)."""
    choices = probe.choices
    gap_source = choices.gap_source
    found: dict[str, int | None] = {"gap_chosen": 0, "v4_gap_chosen": 0}
    if gap_source is not None:
        other = "v4_" if gap_source.family != scope.family else ""
        found[f"{other}gap_chosen"] = 1
        found[f"{other}gap_source"] = gap_source.value
    made = {False: dict(choices.transit), True: dict(choices.transit_reply)}
    for (id_, reply), (name, size) in scope.transits.items():
        found[name] = made[reply].get(id_, 0) % size
    return found


def _number(role_: Role, host: Host, address: Address) -> int | None:
    """The class of a host, None if the role does not have it."""
    if isinstance(host, InterfaceHost):
        return role_.number.get(host.interface_id)
    if host.address != address or host.door not in role_.doors:
        return None
    return len(role_.classes) + role_.doors.index(host.door)


def prepare(network: Network) -> Index:
    """What follows from the network alone, to be kept for many questions."""
    return Index(network)


def encode(
    network: Network | Index, asked: Question, opened: frozenset[Gap] = frozenset()
) -> Obligation:
    """The obligation of a question under a set of open gaps."""
    index = network if isinstance(network, Index) else Index(network)
    excluded: dict[str, Names] = {}
    if asked.excluded is not None:
        excluded = dict(asked.excluded[0].interfaces)
    sources = role(index, asked.sources, marked=(excluded,), apart=asked.spoofed)
    destinations = role(index, asked.destinations, apart=asked.spoofed)
    terms = Terms()
    families = [f for f in FAMILIES if any(f in term.families for term in asked.traffic)]
    terms.declare(FAMILY, 1, tuple((int(f == 6), int(f == 6)) for f in families))
    terms.declare(SOURCE, max(1, sources.size.bit_length()), _all(sources))
    terms.declare(DESTINATION, max(1, destinations.size.bit_length()), _all(destinations))
    scopes: dict[Family, Scope] = {}
    branches = []
    if sources.size and destinations.size:
        for family in families:
            named = addresses(index, asked, family, sources, destinations)
            below = None
            if family == 6 and asked.destinations.nat64:
                below = addresses(index, asked, 4, sources, destinations)
            wanted = domains(asked, family, named, below)
            scope = Scope(terms, index, asked, opened, family, sources, destinations, wanted)
            if below is not None or (family == 6 and index.network.nat_gateways):
                scope.below = _below(scope)
            scopes[family] = scope
            branches.append(_branch(scope, named, below))
    root = terms.any_of(branches)
    roots = (root, *_domains(terms, root))
    return Obligation(index, asked, terms, roots, scopes, sources, destinations)


def _below(scope: Scope) -> Scope:
    """The scope of the IPv4 packets that NAT64 makes (NAT-10)."""
    return Scope(
        scope.terms,
        scope.index,
        scope.question,
        scope.opened,
        4,
        scope.sources,
        scope.destinations,
        scope.domains,
        defined=scope.defined,
        nats=scope.nats,
        origin=scope,
    )


def _all(role_: Role) -> tuple[tuple[int, int], ...]:
    return ((0, role_.size - 1),) if role_.size else ()


def _branch(scope: Scope, named: Addresses, below: Addresses | None) -> int:
    """One family: the probe is allowed, and meets the goal."""
    terms = scope.terms
    number = int(scope.family == 6)
    question.introduce(scope, named, below)
    goal = path.works(scope)
    if scope.question.goal is Goal.FAILING:
        goal = terms.negate(goal)
    if goal == FALSE:
        return FALSE
    is_family = terms.within(FAMILY, ((number, number),))
    allowed = question.allowed(scope, named, below)
    return terms.all_of((is_family, allowed, goal, *scope.defined))


def _domains(terms: Terms, root: int) -> list[int]:
    """The domains of small variables; those of addresses follow from the hosts (ASK-2)."""
    used = sorted(set(terms.names(terms.reachable((root,)))))
    found = [terms.domain_of(name) for name in used if len(terms.variables[name].domain) <= SMALL]
    return [term for term in found if term != TRUE]

"""One leg by brute force: every packet from a sender to an interface, through the evaluator.

Owns what makes a leg complete: `verifier.certify` cuts it into boxes by every comparison that the
leg itself can meet. Where a later leg goes on with the client's address and port (LB-9), the boxes
are cut besides by every block and every source port that anything in the network compares with.
Law: two packets of one box come to the same places, by this leg and by those after it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from verifier.certify import Constants, OverBudget, choices, enumerate_probes
from verifier.certify.pairs import End
from verifier.evaluate import Index, exchange, prepare, walk
from verifier.invariants.question import EndpointSet, Mode, Question, Traffic, TrafficTerm
from verifier.model import Gap, Network, PrefixListReference
from verifier.packet import (
    ALL_PORTS,
    FAMILIES,
    PORT_PROTOCOLS,
    AddressSet,
    Packet,
    Prefix,
)
from verifier.trace import Host, InterfaceHost, OutsideHost, Probe

Came = tuple[Packet, Packet]
"""A packet as it was written, and as it came."""


class TooManyError(Exception):
    """The oracle cannot tell: a leg has more boxes than it may walk."""


@dataclass(slots=True)
class Legs:
    """Walks the legs of one question under one set of open gaps, each once."""

    network: Network
    question: Question
    opened: frozenset[Gap]
    budget: int
    _index: Index = field(init=False)
    _constants: Constants = field(init=False)
    _cuts: tuple[EndpointSet, Traffic] = field(init=False)
    _known: dict[object, tuple[Came, ...]] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        self._index, self._constants = prepare(self.network), Constants(self.network)
        self._cuts = _cuts(self.network, self.question)

    def arriving(self, key: object, question: Question, *, clients: bool) -> tuple[Came, ...]:
        """The packets of the question that arrive, one of each family.

        With `clients` one of each source address and port that the legs after it can tell apart.
        """
        found = self._known.get((key, clients))
        if found is None:
            found = tuple(self._walked(question, clients))
            self._known[key, clients] = found
        return found

    def _walked(self, question: Question, clients: bool) -> Iterator[Came]:
        asked = replace(question, excluded=self._cuts) if clients else question
        probes = enumerate_probes(self.network, asked, self.budget, self.opened)
        if isinstance(probes, OverBudget):
            raise TooManyError
        seen: set[object] = set()
        families = {family for term in question.traffic for family in term.families}
        for probe in probes:
            at = self._delivered(probe, question.mode)
            if at is None:
                continue
            what = (at.source, at.source_port) if clients else at.family
            if what not in seen:
                seen.add(what)
                yield probe.packet, at
                if not clients and seen >= families:
                    return

    def goes_on(self, sender: str, to: Host, packet: Packet) -> tuple[Came, ...]:
        """The packet with this source, sent by the interface, as it arrives by some choice."""
        key = (sender, to, packet)
        if key not in self._known:
            self._known[key] = tuple(self._kept(sender, to, packet))
        return self._known[key]

    def _kept(self, sender: str, to: Host, packet: Packet) -> Iterator[Came]:
        interfaces = self.network.interfaces
        node = interfaces[sender]
        source = End(node, None, AddressSet.of(packet.source))
        if isinstance(to, OutsideHost):
            destination = End(None, to.door, AddressSet.of(to.address))
        else:
            receiver = interfaces[to.interface_id]
            destination = End(receiver, None, AddressSet.of(packet.destination))
        relevant = self._constants.relevant(node, destination.interface, None)
        question = replace(self.question, mode=Mode.PACKET, excluded=None)
        taken = choices(
            self._constants, question, relevant, self.opened, source, destination,
            packet.family, packet.protocol,
        )  # fmt: skip
        seen = set()
        for choice in taken:
            probe = Probe(
                InterfaceHost(sender), to, packet, choice, question.states, question.avoiding
            )
            at = self._delivered(probe, Mode.PACKET)
            if at is not None and at not in seen:
                seen.add(at)
                yield packet, at

    def _delivered(self, probe: Probe, mode: Mode) -> Packet | None:
        """The packet as its destination receives it, if it does (and the reply returns)."""
        if mode is Mode.CONNECTION:
            found = exchange(self._index, probe, self.opened)
            return found.forward.packet if found.works else None
        trace = walk(self._index, probe, self.opened)
        return trace.packet if trace.delivered_to == probe.destination else None


def _cuts(network: Network, question: Question) -> tuple[EndpointSet, Traffic]:
    """Comparisons of later legs, as an exclusion that excludes nothing (nobody has its doors)."""
    doors: dict[str | None, AddressSet] = {}
    for number, block in enumerate(sorted(set(_blocks(network)))):
        doors[f"cut {number}"] = AddressSet.of(block)
    ports = {term.source_ports for term in question.traffic}
    for firewall in network.network_firewalls.values():
        for rule in (*firewall.stateless, *firewall.stateful):
            ports.update(rule.match.source_ports)
            ports.update(rule.match.destination_ports)
    terms = tuple(
        TrafficTerm(frozenset(FAMILIES), protocol, ALL_PORTS, cut)
        for protocol in sorted(PORT_PROTOCOLS)
        for cut in sorted(ports)
    )
    return EndpointSet(outside=doors), terms


def _blocks(network: Network) -> Iterator[Prefix]:
    """Every block that anything compares an address with."""
    for acl in network.network_acls.values():
        yield from (entry.prefix for entry in acl.entries if entry.prefix is not None)
    for group in network.security_groups.values():
        yield from (rule.peer for rule in group.rules if isinstance(rule.peer, Prefix))
    for known in network.prefix_lists.values():
        yield from known.prefixes
    for table in network.route_tables.values():
        for route in table.routes:
            if not isinstance(route.destination, PrefixListReference):
                yield route.destination
    for transit in network.transit_tables.values():
        yield from (route.prefix for route in transit.routes)
    for gateway in network.vpn_gateways.values():
        yield from gateway.prefixes
    for firewall in network.network_firewalls.values():
        for rule in (*firewall.stateless, *firewall.stateful):
            yield from (*rule.match.sources, *rule.match.destinations)

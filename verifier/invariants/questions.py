"""From an invariant and a network to the one question that decides it.

Law: every choice of the contract between the four kinds (mode, addresses, instance states, client
ports) is made here and nowhere else. What can be told from the sets alone is told here too: that
there is nothing to ask, and that a pair of hosts has no address in common (clause ASK-6).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import assert_never

from verifier.invariants.directory import Directory
from verifier.invariants.endpoint import Endpoint, complement
from verifier.invariants.invariant import Always, Invariant, Never, Only, Some
from verifier.invariants.question import (
    AddressPolicy,
    EndpointSet,
    Goal,
    Names,
    Question,
    Traffic,
    TrafficTerm,
)
from verifier.invariants.resolve import Resolver
from verifier.invariants.role import Role
from verifier.invariants.traffic import EVERYTHING
from verifier.model import InternetGatewayTarget, LocalTarget, Network
from verifier.packet import (
    GLOBAL_UNICAST_IPV6,
    PORT_PROTOCOLS,
    AddressRange,
    AddressSet,
    Family,
    PortRange,
    Prefix,
)
from verifier.trace import INTERNET, InstanceStates

OUTSIDE = "hosts outside"
_GLOBAL = AddressSet.of(GLOBAL_UNICAST_IPV6)
NAT64 = Prefix.parse("64:ff9b::/96")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """A question, and what is known before it is asked.

    `vacuous` says why there is nothing to ask, None iff there is a pair of hosts and a packet.
    `hollow` says why a proof would say nothing (an `only` whose source is empty): it is then
    VACUOUS. `wanting` names a pair of hosts without a common address (`always` alone). `warnings`
    are remarks on empty members of unions.
    """

    question: Question
    vacuous: str | None = None
    hollow: str | None = None
    wanting: tuple[str, str] | None = None
    warnings: tuple[str, ...] = ()


def asking(invariant: Invariant, directory: Directory) -> Asking:
    """Build the question; SpecError for an id or name that does not exist."""
    match invariant:
        case Never() | Some() | Always():
            return _between(invariant, directory)
        case Only():
            return _only(invariant, directory)
        case _:
            assert_never(invariant)


def _between(invariant: Never | Some | Always, directory: Directory) -> Asking:
    required = not isinstance(invariant, Never)
    policy = AddressPolicy.PRIMARY if required else AddressPolicy.EVERY
    sender = Resolver(directory, Role.SOURCE, policy)
    receiver = Resolver(directory, Role.DESTINATION, policy)
    question = Question(
        sources=sender.resolve(invariant.source),
        destinations=_destinations(receiver, invariant.destination, directory, required=required),
        traffic=invariant.traffic,
        goal=Goal.FAILING if isinstance(invariant, Always) else Goal.DELIVERED,
        mode=invariant.mode,
        policy=policy,
        states=InstanceStates.RECORDED if required else InstanceStates.ASSUMED_RUNNING,
        client_ports=invariant.client_ports,
        spoofed=invariant.spoofed,
    )
    always = isinstance(invariant, Always)
    return Asking(
        question=question,
        vacuous=nothing_to_ask(question),
        wanting=pair_without_address(question, directory) if always else None,
        warnings=_warnings((sender, invariant.source), (receiver, invariant.destination)),
    )


def _only(invariant: Only, directory: Directory) -> Asking:
    """Whoever is not in the destination may send nothing but what is excluded from the search."""
    policy = AddressPolicy.EVERY
    allowed = Resolver(directory, Role.SOURCE, policy)
    beyond = Resolver(directory, Role.SOURCE, policy, lenient=True)
    receiver = Resolver(directory, Role.DESTINATION, policy)
    sources = allowed.resolve(invariant.source)
    question = Question(
        sources=_with_unknown(beyond.resolve(complement(invariant.destination)), sources),
        destinations=_destinations(receiver, invariant.destination, directory, required=False),
        traffic=EVERYTHING,
        goal=Goal.DELIVERED,
        mode=invariant.mode,
        policy=policy,
        states=InstanceStates.ASSUMED_RUNNING,
        client_ports=invariant.client_ports,
        spoofed=invariant.spoofed,
        excluded=(sources, invariant.traffic),
    )
    return Asking(
        question=question,
        vacuous=nothing_to_ask(question),
        hollow=None if sources else "the source names nobody",
        warnings=_warnings((allowed, invariant.source), (receiver, invariant.destination)),
    )


def _destinations(
    receiver: Resolver, expression: Endpoint, directory: Directory, *, required: bool
) -> EndpointSet:
    """The destinations; what must not be reached has its NAT64 names, too (clause ASK-8)."""
    found = receiver.resolve(expression)
    if required or not found.outside or not _may_translate(directory.network):
        return found
    outside = {
        door: addresses
        | AddressSet.of(
            *(
                AddressRange(6, NAT64.first + first, NAT64.first + last)
                for first, last in addresses.ipv4
            )
        )
        for door, addresses in found.outside.items()
    }
    return EndpointSet(found.interfaces, outside, found.unknown)


def _may_translate(network: Network) -> bool:
    """True iff some route hands destinations in 64:ff9b::/96 to what may translate them."""
    return any(
        isinstance(route.destination, Prefix)
        and (route.destination.covers(NAT64) or NAT64.covers(route.destination))
        and not isinstance(route.target, LocalTarget | InternetGatewayTarget)
        for table in network.route_tables.values()
        for route in table.routes
    )


def _with_unknown(endpoints: EndpointSet, other: EndpointSet) -> EndpointSet:
    unknown = dict.fromkeys((*other.unknown, *endpoints.unknown))
    return EndpointSet(endpoints.interfaces, endpoints.outside, tuple(unknown))


def _warnings(*asked: tuple[Resolver, Endpoint]) -> tuple[str, ...]:
    found = (line for resolver, expression in asked for line in resolver.warnings(expression))
    return tuple(dict.fromkeys(found))


def nothing_to_ask(question: Question) -> str | None:
    """Why there is no pair of different hosts, not both outside, or no packet; None iff there is.

    In a question of `only` the sources are whoever lies outside the destination.
    """
    sources, destinations = question.sources, question.destinations
    if not destinations:
        return "the destination names nobody"
    if not sources:
        if question.excluded is None:
            return "the source names nobody"
        return "there is nobody outside the destination"
    if not sources.interfaces and not destinations.interfaces:
        return "source and destination are both outside"
    if not (sources.outside or destinations.outside):
        hosts = sources.interfaces.keys() | destinations.interfaces.keys()
        if len(hosts) == 1:
            return f"source and destination are the same host, {min(hosts)}"
    if not effective(question.traffic, question.client_ports):
        return "no packet of the traffic comes from a client port"
    return None


def effective(traffic: Traffic, client_ports: Iterable[PortRange]) -> Traffic:
    """The terms that a packet from one of these ports can be of."""
    ports = tuple(client_ports)
    return tuple(term for term in traffic if _meets(term, ports))


def _meets(term: TrafficTerm, client_ports: tuple[PortRange, ...]) -> bool:
    if term.protocol not in PORT_PROTOCOLS:
        return True
    limit = term.source_ports
    return any(ports.first <= limit.last and limit.first <= ports.last for ports in client_ports)


# --- clause ASK-6 ---

Families = frozenset[Family]


def pair_without_address(question: Question, directory: Directory) -> tuple[str, str] | None:
    """A source and a destination without allowed addresses in a family that the source has and
    the traffic covers; None iff there is no such pair (clause ASK-6).

    Hosts outside count together: those of the internet have the families of all their addresses,
    and so have the others. An interface that lacks one of them wants nothing. Interfaces that
    offer the same families are looked at once.
    """
    covered: set[Family] = set()
    for term in effective(question.traffic, question.client_ports):
        covered |= term.families
    destinations = _offers(question.destinations, directory)
    beyond = _outside_families(question.destinations, covered)
    for (own, _), senders in _offers(question.sources, directory, Role.SOURCE).items():
        if question.destinations.outside and not own & beyond & covered:
            return senders[0], OUTSIDE
        for (inside, _), receivers in destinations.items():
            pair = _different(senders, receivers)
            if pair is not None and not own & inside & covered:
                return pair
    return _outside_without_address(question, directory, destinations, frozenset(covered))


Offers = dict[tuple[Families, Families], list[str]]


def _outside_without_address(
    question: Question, directory: Directory, destinations: Offers, covered: Families
) -> tuple[str, str] | None:
    addresses = AddressSet.of(*question.sources.outside.values())
    internet = addresses & directory.internet
    groups = ((INTERNET, internet, 1), (OUTSIDE, addresses - internet, 0))
    for name, hosts, offer in groups:
        for offers, receivers in destinations.items():
            if hosts and not hosts.families() & offers[offer] & covered:
                return name, receivers[0]
    return None


def _different(senders: list[str], receivers: list[str]) -> tuple[str, str] | None:
    pairs = ((one, other) for one in senders for other in receivers if one != other)
    return next(pairs, None)


def _outside_families(endpoints: EndpointSet, covered: set[Family]) -> Families:
    return AddressSet.of(*endpoints.outside.values()).families() & covered


def _offers(endpoints: EndpointSet, directory: Directory, role: Role = Role.DESTINATION) -> Offers:
    """By the families that they offer to hosts inside and to hosts of the internet, the first two
    interfaces of the set.
    """
    found: Offers = {}
    for id_, names in endpoints.interfaces.items():
        members = found.setdefault(_families(id_, names, directory, role), [])
        if len(members) < 2:
            members.append(id_)
    return found


def _families(
    id_: str, names: Names, directory: Directory, role: Role
) -> tuple[Families, Families]:
    """What the interface offers to hosts inside, and as a destination to the internet (ASK-2)."""
    interface = directory.network.interfaces[id_]
    private = AddressSet.of(*(own.address for own in interface.ipv4), *interface.delegated)
    inside = set(names.named.families())
    internet = set(((names.named - private).only(4) | (names.named & _GLOBAL)).families())
    if names.default:
        first = [own for own in interface.ipv4 if own.primary]
        inside.update(own.address.family for own in first)
        inside.update(own.family for own in interface.ipv6)
        if role is Role.DESTINATION:
            internet.update(own.public.family for own in first if own.public is not None)
            internet.update(own.family for own in interface.ipv6 if own in _GLOBAL)
    return frozenset(inside), frozenset(internet)

"""Which packets a question can be of, and who has an address in a family of theirs (clause ASK-6).

Owns what can be told from the sets and the traffic alone, before anything is asked of the network:
terms of traffic that no client port meets, and pairs of hosts without a common family.
"""

from __future__ import annotations

from collections.abc import Iterable

from verifier.invariants.directory import Directory
from verifier.invariants.question import EndpointSet, Names, Question, Traffic, TrafficTerm
from verifier.invariants.role import Role
from verifier.packet import GLOBAL_UNICAST_IPV6, PORT_PROTOCOLS, AddressSet, Family, PortRange
from verifier.trace import INTERNET

OUTSIDE = "hosts outside"
_GLOBAL = AddressSet.of(GLOBAL_UNICAST_IPV6)


def effective(traffic: Traffic, client_ports: Iterable[PortRange]) -> Traffic:
    """The terms that a packet from one of these ports can be of."""
    ports = tuple(client_ports)
    return tuple(term for term in traffic if _meets(term, ports))


def _meets(term: TrafficTerm, client_ports: tuple[PortRange, ...]) -> bool:
    if term.protocol not in PORT_PROTOCOLS:
        return True
    limit = term.source_ports
    return any(ports.first <= limit.last and limit.first <= ports.last for ports in client_ports)


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
    if role is Role.SOURCE and id_ in directory.network.instance_connect_endpoints:
        sent = directory.addresses(id_, role) if names.default else names.named
        return frozenset(sent.families()), frozenset()
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

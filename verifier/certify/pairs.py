"""Sources, destinations and the addresses by which a question lets them take part (ASK-1 to 4, 7).

Written apart from the encoder and from `verifier.verify.admits`: each is checked against the
others. An address that has not been decided yet is a cell's representative, so that what is true
of it here is true of the whole cell.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from verifier.certify.cells import Spans, representatives
from verifier.certify.constants import (
    Constants,
    Relevant,
    as_nat64,
    own_addresses,
    public_addresses,
    translated,
)
from verifier.invariants.question import AddressPolicy, EndpointSet, Names, Question, TrafficTerm
from verifier.model import InterfaceKind, Network, NetworkInterface
from verifier.packet import (
    GLOBAL_UNICAST_IPV6,
    ICMP_PROTOCOLS,
    PORT_PROTOCOLS,
    Address,
    AddressSet,
    Family,
    Packet,
    nat64_names,
)
from verifier.trace import INTERNET, Host, InterfaceHost, OutsideHost

_EVERYTHING = AddressSet.everything()
_GLOBAL = AddressSet.of(GLOBAL_UNICAST_IPV6)


@dataclass(frozen=True, slots=True)
class End:
    """A source or a destination, before its address is fixed; `door` counts for outside hosts."""

    interface: NetworkInterface | None
    door: str | None
    addresses: AddressSet

    def host(self, address: Address) -> Host:
        """The host that the end is at this address."""
        if self.interface is None:
            return OutsideHost(address, self.door)
        return InterfaceHost(self.interface.id)


def ends(network: Network, endpoints: EndpointSet, question: Question) -> tuple[End, ...]:
    """The set's members in the role of a source, each with every address that it may write."""
    found = []
    for interface_id, names in endpoints.interfaces.items():
        interface = network.interfaces[interface_id]
        writes = _written(network, interface, names, question.policy)
        if question.spoofed and not _connects(interface):
            writes = _EVERYTHING
        found.append(End(interface, None, writes))
    return (*found, *_outside(endpoints))


def _connects(interface: NetworkInterface) -> bool:
    return interface.kind is InterfaceKind.INSTANCE_CONNECT_ENDPOINT


def _sessions(network: Network, interface: NetworkInterface) -> AddressSet:
    """From what an EC2 Instance Connect Endpoint may send (EICE-3, EICE-4, EICE-6)."""
    own = own_addresses(interface)
    keeps = network.instance_connect_endpoints[interface.id].keeps_clients
    if keeps is None:
        return _EVERYTHING
    return _EVERYTHING - own if keeps else own


def _written(
    network: Network, interface: NetworkInterface, names: Names, policy: AddressPolicy
) -> AddressSet:
    """From what the interface sends as a member of the set, unless it spoofs (ASK-2, ASK-3)."""
    if _connects(interface):
        sent = _sessions(network, interface)
        return sent if names.default else sent & names.named
    own = own_addresses(interface)
    found = own & names.named
    if names.default:
        found |= own if policy is AddressPolicy.EVERY else _primary(interface)
    return found


def targets(network: Network, endpoints: EndpointSet) -> tuple[End, ...]:
    """The set's members in the role of a destination, with every address that names them."""
    found = []
    for interface_id in endpoints.interfaces:
        interface = network.interfaces[interface_id]
        names = own_addresses(interface) | public_addresses(interface)
        if endpoints.nat64:  # ASK-8
            names |= nat64_names(names)
        found.append(End(interface, None, names))
    return (*found, *_outside(endpoints))


def _outside(endpoints: EndpointSet) -> Iterator[End]:
    for door, addresses in sorted(endpoints.outside.items(), key=lambda item: item[0] or ""):
        yield End(None, door, addresses)


def _primary(interface: NetworkInterface) -> AddressSet:
    first = (own.address for own in interface.ipv4 if own.primary)
    return AddressSet.of(*first, *interface.ipv6)


def _primary_public(interface: NetworkInterface) -> AddressSet:
    public = (own.public for own in interface.ipv4 if own.primary and own.public is not None)
    return AddressSet.of(*public)


def addresses(
    constants: Constants,
    question: Question,
    relevant: Relevant,
    source: End,
    destination: End,
    family: Family,
    protocol: int,
) -> Iterator[tuple[Address, Address]]:
    """One pair of addresses of each pair of cells, within the question."""
    predicates = list(constants.address_predicates(relevant, family, protocol))
    predicates += _asked(constants, question, family)
    ours = representatives(source.addresses.spans(family), predicates)
    theirs = representatives(destination.addresses.spans(family), predicates)
    for first in ours:
        writer = Address(family, first)
        names = _names(constants, question, source, writer, destination)
        for second in theirs:
            name = Address(family, second)
            if name in names:
                yield writer, name


def gap_sources(
    constants: Constants, relevant: Relevant, within: AddressSet, family: Family, protocol: int
) -> tuple[Address, ...]:
    """One address of each cell of those under which a packet may come out of a gap."""
    found = _gap_sources(constants, relevant, within, family, protocol)
    if family == 6 and relevant.nat_gateways:  # an IPv4 packet by then (NAT-10)
        found += _gap_sources(constants, relevant, within, 4, translated(protocol))
    return found


def _gap_sources(
    constants: Constants, relevant: Relevant, within: AddressSet, family: Family, protocol: int
) -> tuple[Address, ...]:
    predicates = constants.address_predicates(relevant, family, protocol)
    cells = representatives(within.spans(family), predicates)
    return tuple(Address(family, value) for value in cells)


def _asked(constants: Constants, question: Question, family: Family) -> Iterator[Spans]:
    """Comparisons that the question makes: which addresses are named, and which are primary."""
    yield from _asked_of(constants, question, family)
    if family == 6 and question.destinations.nat64:
        yield from map(as_nat64, _asked_of(constants, question, 4))


def _asked_of(constants: Constants, question: Question, family: Family) -> Iterator[Spans]:
    sets = [question.sources, question.destinations]
    if question.excluded is not None:
        sets.append(question.excluded[0])
    for endpoints in sets:
        for interface_id, names in endpoints.interfaces.items():
            yield names.named.spans(family)
            interface = constants.network.interfaces[interface_id]
            yield _primary(interface).spans(family)
            yield _primary_public(interface).spans(family)
        for outside in endpoints.outside.values():
            yield outside.spans(family)


def _names(
    constants: Constants, question: Question, source: End, writer: Address, destination: End
) -> AddressSet:
    """By what the source, which writes from `writer`, may name the destination (ASK-2, ASK-8)."""
    interface = destination.interface
    if interface is None:
        return destination.addresses
    names = _plain_names(constants, question, source, writer, interface)
    return names | nat64_names(names) if question.destinations.nat64 else names


def _plain_names(
    constants: Constants,
    question: Question,
    source: End,
    writer: Address,
    interface: NetworkInterface,
) -> AddressSet:
    """ASK-2."""
    private, public = own_addresses(interface), public_addresses(interface)
    given = question.destinations.interfaces[interface.id]
    if question.policy is AddressPolicy.EVERY:
        return private | public if given.default else (private | public) & given.named
    if source.interface is not None:
        usable, default = private | public, _primary(interface)
    elif writer not in constants.internet:
        usable, default = private, _primary(interface)
    else:
        usable = (public - private) | (private & _GLOBAL)
        default = _primary_public(interface) | (_primary(interface) & _GLOBAL)
    return (usable & given.named) | (default if given.default else AddressSet())


def excluded(
    constants: Constants, question: Question, source: End, destination: End, packet: Packet
) -> bool:
    """True iff the question leaves the probe out (ASK-7)."""
    if question.excluded is None:
        return False
    away, traffic = question.excluded
    if not any(_matches(term, packet) for term in traffic):
        return False
    if source.interface is not None:
        names = away.interfaces.get(source.interface.id)
        if names is None:
            return False
        if names.default and (question.spoofed or _connects(source.interface)):
            return True
        network = constants.network
        return packet.source in _written(network, source.interface, names, question.policy)
    doors: set[str | None] = {None, source.door}
    if packet.source in constants.internet and destination.interface is not None:
        doors.add(INTERNET)
        doors.update(
            gateway.id
            for gateway in constants.network.internet_gateways.values()
            if destination.interface.vpc_id in gateway.vpc_ids
        )
    return any(packet.source in away.outside.get(door, AddressSet()) for door in doors)


def _matches(term: TrafficTerm, packet: Packet) -> bool:
    if packet.family not in term.families or term.protocol not in (None, packet.protocol):
        return False
    if packet.protocol in PORT_PROTOCOLS:
        return (
            packet.destination_port in term.destination_ports
            and packet.source_port in term.source_ports
        )
    return packet.protocol not in ICMP_PROTOCOLS or (
        term.icmp_type in (None, packet.icmp_type) and term.icmp_code in (None, packet.icmp_code)
    )

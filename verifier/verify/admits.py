"""Which probes a question speaks of (ASK-1 to ASK-4, ASK-7 to ASK-9), for one concrete probe.

Law: a counterexample counts only if this module admits it, so that a mistake in how the encoder
restricts a question cannot become a wrong REFUTED. Written apart from the encoder and from
`verifier.certify`; it shares with them the question's own values.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from verifier.invariants.question import (
    AddressPolicy,
    EndpointSet,
    Names,
    Question,
    Traffic,
    TrafficTerm,
)
from verifier.model import InstanceConnectEndpoint, Network, NetworkInterface
from verifier.packet import (
    GLOBAL_UNICAST_IPV6,
    ICMP_PROTOCOLS,
    NOT_INTERNET,
    PORT_PROTOCOLS,
    Address,
    AddressSet,
    Packet,
    embedded,
)
from verifier.trace import INTERNET, Host, InterfaceHost, OutsideHost, Probe

_GLOBAL: Final = AddressSet.of(GLOBAL_UNICAST_IPV6)


@dataclass(frozen=True, slots=True)
class Space:
    """The addresses that the snapshot takes for itself."""

    taken: AddressSet

    def is_internet(self, address: Address) -> bool:
        """True iff clause IGW-8 calls the address an internet address."""
        return address not in NOT_INTERNET and address not in self.taken


def space_of(network: Network) -> Space:
    """The address space of the network; build it once per network."""
    parts: list[Address | AddressSet] = [
        AddressSet.of(*(block for vpc in network.vpcs.values() for block in vpc.prefixes))
    ]
    for interface in network.interfaces.values():
        parts.extend(own.public for own in interface.ipv4 if own.public is not None)
    for gateway in network.nat_gateways.values():
        parts.extend(own.public for own in gateway.addresses if own.public is not None)
    return Space(AddressSet.of(*parts))


def admits(network: Network, space: Space, question: Question, probe: Probe) -> bool:
    """True iff the question speaks of this probe; says nothing about what becomes of it."""
    packet, destination = probe.packet, probe.destination
    if destination is None or probe.states != question.states:
        return False
    if probe.avoiding != question.avoiding:
        return False
    if not _different(probe.source, destination):
        return False
    if not _in_traffic(question.traffic, packet) or not _from_client_port(question, packet):
        return False
    inside = not isinstance(probe.source, OutsideHost)
    return (
        _source_allowed(network, question, question.sources, probe)
        and _destination_allowed(network, space, question, probe, inside)
        and not _excluded(network, space, question, probe)
    )


def _different(source: Host, destination: Host) -> bool:
    if isinstance(source, OutsideHost):
        return isinstance(destination, InterfaceHost)
    return source != destination


def _in_traffic(traffic: Traffic, packet: Packet) -> bool:
    return any(_in_term(term, packet) for term in traffic)


def _in_term(term: TrafficTerm, packet: Packet) -> bool:
    if packet.family not in term.families:
        return False
    if term.protocol is not None and term.protocol != packet.protocol:
        return False
    if packet.protocol in PORT_PROTOCOLS:
        return (
            packet.destination_port in term.destination_ports
            and packet.source_port in term.source_ports
        )
    if packet.protocol in ICMP_PROTOCOLS:
        return term.icmp_type in (None, packet.icmp_type) and term.icmp_code in (
            None,
            packet.icmp_code,
        )
    return True


def _from_client_port(question: Question, packet: Packet) -> bool:
    if packet.protocol not in PORT_PROTOCOLS:
        return True
    return any(packet.source_port in ports for ports in question.client_ports)


def _own(interface: NetworkInterface) -> AddressSet:
    return AddressSet.of(
        *(own.address for own in interface.ipv4), *interface.ipv6, *interface.delegated
    )


def _primary(interface: NetworkInterface) -> AddressSet:
    return AddressSet.of(*(own.address for own in interface.ipv4 if own.primary), *interface.ipv6)


def _source_allowed(
    network: Network, question: Question, sources: EndpointSet, probe: Probe
) -> bool:
    address = probe.packet.source
    if isinstance(probe.source, OutsideHost):
        return probe.source.address == address and _outside_allowed(sources, probe.source)
    names = sources.interfaces.get(probe.source.interface_id)
    if names is None:
        return False
    endpoint = network.instance_connect_endpoints.get(probe.source.interface_id)
    if endpoint is not None:
        return _sends_from(network, endpoint, address) and (names.default or address in names.named)
    if question.spoofed:
        return True
    interface = network.interfaces[probe.source.interface_id]
    default = _own(interface) if question.policy is AddressPolicy.EVERY else _primary(interface)
    return _named(names, default, address) and address in _own(interface)


def _sends_from(network: Network, endpoint: InstanceConnectEndpoint, address: Address) -> bool:
    """Clauses EICE-3, EICE-4 and EICE-6, whatever gap they need."""
    if endpoint.keeps_clients is None:
        return True
    own = _own(network.interfaces[endpoint.interface_id])
    return (address in own) is not endpoint.keeps_clients


def _named(names: Names, default: AddressSet, address: Address) -> bool:
    return (names.default and address in default) or address in names.named


def _outside_allowed(endpoints: EndpointSet, host: OutsideHost) -> bool:
    return host.address in endpoints.outside.get(host.door, AddressSet())


def _destination_allowed(
    network: Network, space: Space, question: Question, probe: Probe, inside: bool
) -> bool:
    address, host = probe.packet.destination, probe.destination
    if isinstance(host, OutsideHost):
        return host.address == address and _outside_allowed(question.destinations, host)
    assert isinstance(host, InterfaceHost)
    names = question.destinations.interfaces.get(host.interface_id)
    if names is None:
        return False
    interface = network.interfaces[host.interface_id]
    own, public = _own(interface), _public(interface, primary=False)
    if question.destinations.nat64:  # ASK-8
        address = embedded(address) or address
    if question.policy is AddressPolicy.EVERY:
        default = usable = own | public
    elif inside:
        default, usable = _primary(interface), own | public
    elif space.is_internet(probe.packet.source):
        default = _public(interface, primary=True) | (_primary(interface) & _GLOBAL)
        usable = public | (own & _GLOBAL)
    else:
        default, usable = _primary(interface), own
    return address in usable and _named(names, default, address)


def _public(interface: NetworkInterface, *, primary: bool) -> AddressSet:
    """The public addresses mapped to its private ones, or to the primary one alone."""
    return AddressSet.of(
        *(
            own.public
            for own in interface.ipv4
            if own.public is not None and (own.primary or not primary)
        )
    )


def _excluded(network: Network, space: Space, question: Question, probe: Probe) -> bool:
    """Clause ASK-7."""
    if question.excluded is None:
        return False
    sources, traffic = question.excluded
    if not _in_traffic(traffic, probe.packet):
        return False
    if isinstance(probe.source, InterfaceHost):
        id_ = probe.source.interface_id
        names = sources.interfaces.get(id_)
        forged = question.spoofed and id_ not in network.instance_connect_endpoints
        if forged and names is not None and not names.default:
            return probe.packet.source in names.named & _own(network.interfaces[id_])
        return _source_allowed(network, question, sources, probe)
    doors: set[str | None] = {None, probe.source.door}
    if space.is_internet(probe.source.address):
        doors.add(INTERNET)
        doors.update(_attached_gateways(network, probe.destination))
    return any(probe.source.address in sources.outside.get(door, AddressSet()) for door in doors)


def _attached_gateways(network: Network, destination: Host | None) -> list[str]:
    if not isinstance(destination, InterfaceHost):
        return []
    vpc_id = network.interfaces[destination.interface_id].vpc_id
    return [
        gateway.id for gateway in network.internet_gateways.values() if vpc_id in gateway.vpc_ids
    ]

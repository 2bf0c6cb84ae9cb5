"""Choosing the packet that a person is shown among the many that would do.

A counterexample is read by people: a well-known port, an ephemeral source port, a documentation
address outside, primary addresses inside. Law: every step keeps the same pair of hosts, is
admitted by the question and replayed by the evaluator, and only known probes are tried, in a fixed
order; so the shown packet proves what the solver's packet proved, and is always the same one.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from typing import Final

from verifier.invariants.question import EndpointSet, Question
from verifier.model import Gap, Network
from verifier.packet import (
    DOCUMENTATION_HOSTS,
    ECHO_REQUEST,
    ICMP,
    ICMP_PROTOCOLS,
    ICMPV6,
    PORT_PROTOCOLS,
    TCP,
    UDP,
    Address,
    AddressSet,
    Family,
    Packet,
)
from verifier.trace import Choices, Host, InterfaceHost, OutsideHost, Probe
from verifier.verdict import Counterexample
from verifier.verify.admits import admits
from verifier.verify.search import Ground, meets, replay

TCP_PORTS: Final = (
    443, 22, 80, 3389, 5432, 3306, 1433, 1521, 27017, 6379, 9200, 8080, 8443, 25, 53, 445, 5985,
)  # fmt: skip
UDP_PORTS: Final = (53, 123, 161, 514, 4500)
CLIENT_PORTS: Final = (49152, 32768, 1024)
MOST_STARTS: Final = 8
"""How many ranges of an outside set are tried."""

Probes = list[Probe]


def presentable(
    ground: Ground, question: Question, case: Counterexample, opened: frozenset[Gap]
) -> Counterexample:
    """The same finding with the most readable packet among those that are tried."""
    for step in (_family, _protocol, _source_port, _outside, _inside, _choices):
        for probe in step(ground.network, question, case.probe):
            if probe == case.probe:
                break
            if not admits(ground.network, ground.space, question, probe):
                continue
            result = replay(ground, question, probe, opened)
            if meets(question, result) and result.gaps <= case.exchange.gaps:
                case = replace(case, probe=probe, exchange=result)
                break
    return case


def _with(probe: Probe, **changes: object) -> Probe:
    return replace(probe, packet=replace(probe.packet, **changes))  # type: ignore[arg-type]


def _family(network: Network, question: Question, probe: Probe) -> Probes:
    """The same in IPv4, where both hosts have it."""
    packet = probe.packet
    if packet.family == 4 or probe.destination is None:
        return []
    sources = _ipv4_names(network, question.sources, probe.source)
    destinations = _ipv4_names(network, question.destinations, probe.destination)
    found: Probes = []
    for (source, sender), (destination, receiver) in product(sources, destinations):
        changes: dict[str, object] = {"source": source, "destination": destination}
        if packet.protocol in ICMP_PROTOCOLS:
            changes |= {"protocol": ICMP, "icmp_type": ECHO_REQUEST[ICMP], "icmp_code": 0}
        moved = replace(probe, source=sender, destination=receiver, choices=Choices())
        found.append(_with(moved, **changes))
    return found


def _ipv4_names(network: Network, offered: EndpointSet, host: Host) -> list[tuple[Address, Host]]:
    """The IPv4 addresses worth trying for a host, private before public."""
    if isinstance(host, OutsideHost):
        like = Packet(DOCUMENTATION_HOSTS[0], DOCUMENTATION_HOSTS[0], 0)
        return [
            (address, replace(host, address=address)) for address in _addresses(like, host, offered)
        ]
    if host.interface_id in network.instance_connect_endpoints:
        return [(address, host) for address in _sent(network, offered, host, 4)]
    own = [each for each in network.interfaces[host.interface_id].ipv4 if each.primary]
    named = [each.address for each in own] + [each.public for each in own if each.public]
    return [(address, host) for address in named]


def _protocol(network: Network, question: Question, probe: Probe) -> Probes:
    packet = probe.packet
    found: Probes = []
    for protocol, known in ((TCP, TCP_PORTS), (UDP, UDP_PORTS)):
        for port in _ports(question, protocol, known):
            changes = {
                "protocol": protocol,
                "source_port": packet.source_port or CLIENT_PORTS[0],
                "destination_port": port,
                "icmp_type": None,
                "icmp_code": None,
            }
            found.append(_with(probe, **changes))
        if packet.protocol == protocol:
            found.append(probe)
    own = ICMP if packet.family == 4 else ICMPV6
    echo = {"icmp_type": ECHO_REQUEST[own], "icmp_code": 0}
    found.append(_with(probe, protocol=own, source_port=None, destination_port=None, **echo))
    return found


def _ports(question: Question, protocol: int, known: tuple[int, ...]) -> tuple[int, ...]:
    """Ports worth trying: what is asked for first, unless that is as good as everything."""
    asked = tuple(
        term.destination_ports.first
        for term in question.traffic
        if term.protocol in (None, protocol) and term.destination_ports.first > 0
    )
    return known if any(port in known for port in asked) else (*asked, *known)


def _source_port(network: Network, question: Question, probe: Probe) -> Probes:
    if probe.packet.protocol not in PORT_PROTOCOLS:
        return []
    starts = [
        ports.first
        for ports in (*question.client_ports, *(term.source_ports for term in question.traffic))
    ]
    return [_with(probe, source_port=port) for port in (*CLIENT_PORTS, *starts)]


def _outside(network: Network, question: Question, probe: Probe) -> Probes:
    source, destination = probe.source, probe.destination
    if isinstance(source, OutsideHost):
        return [
            replace(_with(probe, source=address), source=replace(source, address=address))
            for address in _addresses(probe.packet, source, question.sources)
        ]
    if isinstance(destination, OutsideHost):
        return [
            replace(
                _with(probe, destination=address),
                destination=replace(destination, address=address),
            )
            for address in _addresses(probe.packet, destination, question.destinations)
        ]
    return []


def _addresses(packet: Packet, host: OutsideHost, offered: EndpointSet) -> list[Address]:
    """Documentation addresses, then the first of each range that the set holds."""
    return _users(offered.outside[host.door], packet.family)


def _users(addresses: AddressSet, family: Family) -> list[Address]:
    spans = addresses.spans(family)[:MOST_STARTS]
    starts = [Address(family, first) for first, _ in spans]
    return [address for address in DOCUMENTATION_HOSTS if address.family == family] + starts


def _inside(network: Network, question: Question, probe: Probe) -> Probes:
    if not isinstance(probe.source, InterfaceHost):
        return []
    preferred = _sent(network, question.sources, probe.source, probe.packet.family)
    return [_with(probe, source=address) for address in preferred]


def _sent(
    network: Network, offered: EndpointSet, host: InterfaceHost, family: Family
) -> list[Address]:
    """Its own address, and those of its users if it is an EC2 Instance Connect Endpoint's."""
    interface = network.interfaces[host.interface_id]
    own = [one.address for one in interface.ipv4 if one.primary] + list(interface.ipv6[:1])
    mine = [address for address in own if address.family == family]
    if host.interface_id in network.instance_connect_endpoints:
        mine += _users(offered.interfaces[host.interface_id].named, family)
    return mine


def _choices(network: Network, question: Question, probe: Probe) -> Probes:
    like_the_client = replace(probe.choices, nat_port=CLIENT_PORTS[0])
    return [replace(probe, choices=Choices()), replace(probe, choices=like_the_client)]

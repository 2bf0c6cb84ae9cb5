"""Random questions about a drawn network, and probes: the spine, its neighbours, and strangers.

Owns how a question is narrowed so that complete enumeration stays cheap: one or two sources and
destinations, a few ports, one mode; yet each feature of a question (named addresses, doors,
exclusions, spoofing, client ports, policies, states) is drawn now and then.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from random import Random

from tests.strategies.network import Drawn
from tests.strategies.plan import ODD, OUTSIDE
from verifier.invariants.question import (
    AddressPolicy,
    EndpointSet,
    Goal,
    Mode,
    Names,
    Question,
    Traffic,
    TrafficTerm,
)
from verifier.model import (
    InterfaceKind,
    InterfaceTarget,
    Network,
    NetworkInterface,
)
from verifier.packet import (
    ALL_PORTS,
    FAMILIES,
    ICMP_PROTOCOLS,
    NAT64,
    NOT_INTERNET,
    PORT_PROTOCOLS,
    WIDTH,
    Address,
    AddressSet,
    Family,
    Packet,
    PortRange,
    Prefix,
    embedded,
)
from verifier.trace import (
    INTERNET,
    Host,
    InstanceStates,
    InterfaceHost,
    OutsideHost,
    Probe,
)

CLIENT_PORTS = (PortRange(1024, 65535), PortRange(32768, 60999), PortRange(49152, 65535))


def internet_of(network: Network) -> AddressSet:
    """Every internet address of the network (IGW-8)."""
    taken = AddressSet.of(*(block for vpc in network.vpcs.values() for block in vpc.prefixes))
    return AddressSet.everything() - taken - AddressSet.of(*publics(network)) - NOT_INTERNET


def publics(network: Network) -> list[Address]:
    """Every public address that the network maps."""
    found = [own.public for eni in network.interfaces.values() for own in eni.ipv4]
    found += [own.public for nat in network.nat_gateways.values() for own in nat.addresses]
    return sorted({public for public in found if public is not None})


def names_of(interface: NetworkInterface) -> AddressSet:
    """Every address of the interface, public ones included."""
    return AddressSet.of(
        *(own.address for own in interface.ipv4),
        *(own.public for own in interface.ipv4 if own.public is not None),
        *interface.ipv6,
        *interface.delegated,
    )


def question(random: Random, drawn: Drawn) -> Question:
    """A question around the spine of the network."""
    network, spine = drawn.network, drawn.spine
    assert spine.destination is not None
    goal = Goal.DELIVERED if random.random() < 0.8 else Goal.FAILING
    mode = Mode.PACKET if random.random() < 0.5 else Mode.CONNECTION
    policy = AddressPolicy.EVERY if random.random() < 0.7 else AddressPolicy.PRIMARY
    spoofed = random.random() < 0.08 and isinstance(spine.destination, InterfaceHost)
    if isinstance(spine.source, InterfaceHost):
        own = names_of(network.interfaces[spine.source.interface_id])
        spoofed |= spine.packet.source not in own
    sources = endpoints(random, network, spine.source, spine.packet.source, destination=False)
    destinations = endpoints(
        random, network, spine.destination, spine.packet.destination, destination=True
    )
    if NAT64.holds(spine.packet.destination) or random.random() < 0.04:  # ASK-8
        policy, destinations = AddressPolicy.EVERY, replace(destinations, nat64=True)
    excluded, none = None, frozenset[str]()
    if random.random() < 0.12:
        away = endpoints(random, network, spine.source, spine.packet.source, destination=False)
        excluded = (away, (term(random, spine.packet),))
    traffic = tuple(term(random, spine.packet) for _ in range(random.choice((1, 1, 1, 2))))
    clients = (ALL_PORTS,) if random.random() < 0.7 else (random.choice(CLIENT_PORTS),)
    return Question(
        sources=sources, destinations=destinations, traffic=traffic, goal=goal, mode=mode,
        policy=policy, states=spine.states, client_ports=clients, spoofed=spoofed,
        excluded=excluded, avoiding=avoiding(random, network) if random.random() < 0.12 else none,
    )  # fmt: skip


def avoiding(random: Random, network: Network) -> frozenset[str]:
    """One or two components that packets may pass (ASK-9)."""
    known = components(network)
    return frozenset(random.sample(known, min(len(known), random.choice((1, 1, 2)))))


def components(network: Network) -> list[str]:
    """Everything that carries packets for others, mostly of the kinds that do so rarely."""
    found = {attachment for _, attachment in network.transit_attachments}
    rare = (network.transit_gateways, network.vpn_gateways, network.vpc_endpoints)
    found.update(name for part in (*rare, network.egress_only_gateways) for name in part)
    found.update(
        route.target.interface_id
        for table in network.route_tables.values()
        for route in table.routes
        if isinstance(route.target, InterfaceTarget)
    )
    common = (network.internet_gateways, network.nat_gateways, network.peerings)
    return sorted(found) or sorted(name for part in common for name in part)


def doors(network: Network) -> list[str]:
    """Every id that a door may have."""
    sites = (end for end in network.transit_attachments.values() if end.vpc_id is None)
    endpoints = (end.id for end in network.vpc_endpoints.values() if end.subnet_id is None)
    found = {end.id for end in sites if end.peer_gateway_id is None} | set(endpoints)
    found.update(network.internet_gateways, network.vpn_gateways, network.egress_only_gateways)
    return sorted(found)


def endpoints(
    random: Random, network: Network, host: Host, address: Address, *, destination: bool
) -> EndpointSet:
    """A small set that holds the host, mostly."""
    interfaces: dict[str, Names] = {}
    outside: dict[str | None, AddressSet] = {}
    if isinstance(host, InterfaceHost):
        interfaces[host.interface_id] = _names(
            random, network, host.interface_id, address, destination
        )
    else:
        outside[host.door] = _outside(random, network, host.address)
    extra = random.random()
    if extra < 0.12:
        interfaces |= {name: Names(default=True) for name in network.interfaces}
    elif extra < 0.36:
        other = random.choice(sorted(network.interfaces))
        interfaces.setdefault(other, _names(random, network, other, address, destination))
    elif extra < 0.46:
        door = random.choice((None, INTERNET, *doors(network)))
        outside.setdefault(door, _outside(random, network, random.choice(OUTSIDE)))
    barred = barred_kinds(destination=destination)
    interfaces = {
        name: found
        for name, found in sorted(interfaces.items())
        if found and (network.interfaces[name].kind not in barred or random.random() < 0.5)
    }
    return EndpointSet(interfaces, {door: found for door, found in outside.items() if found})


def barred_kinds(*, destination: bool) -> frozenset[InterfaceKind]:
    """Kinds that no set holds in this role (contract, "Who")."""
    never = {
        InterfaceKind.TRANSIT_GATEWAY,
        InterfaceKind.GATEWAY_LOAD_BALANCER,
        InterfaceKind.GATEWAY_LOAD_BALANCER_ENDPOINT,
    }
    if destination:
        return frozenset(never | {InterfaceKind.LAMBDA})
    return frozenset(never | {InterfaceKind.VPC_ENDPOINT, InterfaceKind.NAT_GATEWAY})


def _names(
    random: Random, network: Network, name: str, address: Address, destination: bool
) -> Names:
    interface = network.interfaces[name]
    if interface.kind is InterfaceKind.INSTANCE_CONNECT_ENDPOINT and not destination:
        return _users(random, interface, address)
    if random.random() < 0.75:
        return Names(default=True)
    own = names_of(network.interfaces[name])
    address = embedded(address) or address
    narrowed = own & AddressSet.of(Prefix.of(address, random.choice((0, 24, 28, 32))))
    if random.random() < 0.3:
        narrowed = own
    return Names(default=random.random() < 0.3, named=narrowed)


def _users(random: Random, interface: NetworkInterface, address: Address) -> Names:
    """What an endpoint may send from, or a part of it (ASK-2)."""
    if random.random() < 0.25:
        return Names(default=True)
    width = WIDTH[address.family]
    near = AddressSet.of(Prefix.of(address, width - random.choice((0, 0, 1, 8))))
    return Names(default=False, named=near | names_of(interface) if random.random() < 0.3 else near)


def _outside(random: Random, network: Network, address: Address) -> AddressSet:
    """The internet, a block of it, one address, or now and then a stranger."""
    kind = random.random()
    own = AddressSet.of(*(name for eni in network.interfaces.values() for name in [names_of(eni)]))
    if kind < 0.45:
        return AddressSet.of(address) - own
    if kind < 0.7:
        return AddressSet.of(Prefix.of(address, random.choice((8, 16, 24, 31)))) - own
    if kind < 0.9:
        return internet_of(network).only(address.family)
    stranger = random.choice([odd for odd in ODD if odd.family == address.family])
    return AddressSet.of(address, stranger) - own


def wide(network: Network, asked: Sequence[Probe], mode: Mode, states: InstanceStates) -> Question:
    """Whether anything whatever reaches anything, by the doors of the probes, avoiding the same."""
    everyone = {name: Names(default=True) for name in sorted(network.interfaces)}
    own = AddressSet.of(*(names_of(eni) for eni in network.interfaces.values()))
    beyond = AddressSet.everything() - own - AddressSet.of(*publics(network))
    hosts = [host for probe in asked for host in (probe.source, probe.destination)]
    doors = {host.door for host in hosts if isinstance(host, OutsideHost)}
    endpoints = EndpointSet(everyone, dict.fromkeys(doors, beyond))
    translated = any(NAT64.holds(probe.packet.destination) for probe in asked)
    return Question(
        sources=endpoints,
        destinations=replace(endpoints, nat64=translated),
        traffic=(TrafficTerm(frozenset(FAMILIES), None),),
        goal=Goal.DELIVERED,
        mode=mode,
        policy=AddressPolicy.EVERY,
        states=states,
        spoofed=True,
        avoiding=asked[0].avoiding,
    )


def term(random: Random, packet: Packet) -> TrafficTerm:
    """Packets like this one, more or less."""
    families: frozenset[Family] = frozenset({packet.family})
    if random.random() < 0.15:
        families = frozenset({4, 6})
    if random.random() < 0.06:
        return TrafficTerm(families, None)
    protocol = packet.protocol
    if random.random() < 0.05:
        protocol = random.choice((6, 17, 1, 58, 50, 0))
    if protocol in PORT_PROTOCOLS:
        at = packet.destination_port or 0
        low, high = sorted(
            (random.choice((at, at, at - 1, 0)), random.choice((at, at, at + 1, 65535)))
        )
        sources = ALL_PORTS if random.random() < 0.7 else PortRange(1024, 65535)
        ports = PortRange(max(0, low), min(65535, high))
        return TrafficTerm(families, protocol, ports, sources)
    if protocol in ICMP_PROTOCOLS and packet.protocol in ICMP_PROTOCOLS:
        kind = packet.icmp_type if random.random() < 0.7 else None
        code = packet.icmp_code if kind is not None and random.random() < 0.6 else None
        return TrafficTerm(families, protocol, icmp_type=kind, icmp_code=code)
    return TrafficTerm(families, protocol)


def traffic_of(packet: Packet) -> Traffic:
    """The traffic that is this packet alone, but for its source port."""
    families: frozenset[Family] = frozenset({packet.family})
    if packet.destination_port is not None:
        one = PortRange(packet.destination_port, packet.destination_port)
        return (TrafficTerm(families, packet.protocol, one),)
    return (
        TrafficTerm(
            families, packet.protocol, icmp_type=packet.icmp_type, icmp_code=packet.icmp_code
        ),
    )

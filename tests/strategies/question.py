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
from tests.strategies.plan import FAR, ICMP_CODES, ICMP_TYPES, ODD, OUTSIDE, PORTS
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
    InternetGatewayTarget,
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
    Address,
    AddressSet,
    Family,
    Packet,
    PortRange,
    Prefix,
    embedded,
    nat64,
)
from verifier.trace import (
    INTERNET,
    Choices,
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
        interfaces[host.interface_id] = _names(random, network, host.interface_id, address)
    else:
        outside[host.door] = _outside(random, network, host.address)
    extra = random.random()
    if extra < 0.12:
        interfaces |= {name: Names(default=True) for name in network.interfaces}
    elif extra < 0.36:
        other = random.choice(sorted(network.interfaces))
        interfaces.setdefault(other, _names(random, network, other, address))
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


def _names(random: Random, network: Network, name: str, address: Address) -> Names:
    if random.random() < 0.75:
        return Names(default=True)
    own = names_of(network.interfaces[name])
    address = embedded(address) or address
    narrowed = own & AddressSet.of(Prefix.of(address, random.choice((0, 24, 28, 32))))
    if random.random() < 0.3:
        narrowed = own
    return Names(default=random.random() < 0.3, named=narrowed)


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


def probes(random: Random, drawn: Drawn, count: int) -> list[Probe]:
    """The spine and packets like it: one or two fields changed, hosts swapped, choices made."""
    found = [drawn.spine]
    while len(found) < count:
        probe = random.choice(found)
        for _ in range(random.choice((1, 1, 2))):
            probe = _changed(random, drawn.network, probe)
        found.append(probe)
    return found


def _changed(random: Random, network: Network, probe: Probe) -> Probe:
    match random.randrange(10):
        case 0 | 1:
            return replace(probe, packet=_repacked(random, probe.packet))
        case 2:
            return _elsewhere(random, network, probe)
        case 3:
            return _other_source(random, network, probe)
        case 4:
            states = random.choice((InstanceStates.RECORDED, InstanceStates.ASSUMED_RUNNING))
            return replace(probe, states=states)
        case 5:
            return replace(probe, choices=_choices(random, network, probe.packet.family))
        case 6:
            return _misaddressed(random, network, probe)
        case 7:
            return _by_default_route(random, network, probe)
        case 8:
            away = frozenset() if random.random() < 0.5 else avoiding(random, network)
            return replace(probe, avoiding=away)
        case _:
            return probe


def _repacked(random: Random, packet: Packet) -> Packet:
    kind = random.randrange(3)
    if packet.destination_port is not None and packet.source_port is not None and kind:
        ports: Sequence[int] = (*PORTS, packet.destination_port, packet.source_port)
        port = min(65535, max(0, random.choice(ports) + random.choice((0, 0, 1, -1))))
        if kind == 1:
            return replace(packet, destination_port=port)
        return replace(packet, source_port=port)
    if packet.icmp_type is not None and kind:
        if kind == 1:
            return replace(packet, icmp_type=random.choice(ICMP_TYPES))
        return replace(packet, icmp_code=random.choice(ICMP_CODES))
    return with_protocol(packet, random.choice((6, 17, 1, 58, 50, 0)), random)


def with_protocol(packet: Packet, protocol: int, random: Random) -> Packet:
    """The same addresses under this protocol."""
    source, destination = packet.source, packet.destination
    if protocol in PORT_PROTOCOLS:
        return Packet(source, destination, protocol, random.choice(PORTS), random.choice(PORTS))
    if protocol in ICMP_PROTOCOLS:
        kind, code = random.choice(ICMP_TYPES), random.choice(ICMP_CODES)
        return Packet(source, destination, protocol, icmp_type=kind, icmp_code=code)
    return Packet(source, destination, protocol)


def _elsewhere(random: Random, network: Network, probe: Probe) -> Probe:
    """Another destination of the same family."""
    family = probe.packet.family
    choices: list[tuple[Host, Address]] = []
    for name, eni in sorted(network.interfaces.items()):
        spans = names_of(eni).only(family).ranges()
        choices += [(InterfaceHost(name), Address(family, span.first)) for span in spans]
    if isinstance(probe.source, InterfaceHost):
        known = (None, INTERNET, *doors(network))
        pool = random.choice((OUTSIDE, FAR, ODD, _nobody(network)))
        strangers = [address for address in pool if address.family == family]
        choices += [(OutsideHost(found, random.choice(known)), found) for found in strangers]
    choices = [choice for choice in choices if choice[0] != probe.source]
    if not choices:
        return probe
    host, address = random.choice(choices)
    return replace(probe, destination=host, packet=replace(probe.packet, destination=address))


def _private(network: Network) -> tuple[Address, ...]:
    """A private address of every interface that has one."""
    found = (own.address for eni in network.interfaces.values() for own in eni.ipv4)
    return (*found, *(own for eni in network.interfaces.values() for own in eni.ipv6))


def _nobody(network: Network) -> tuple[Address, ...]:
    """Addresses inside that no interface need own, the resolver's among them."""
    blocks = [block for vpc in network.vpcs.values() for block in vpc.prefixes]
    return tuple(Address(block.family, block.first + at) for block in blocks for at in (2, 250))


def _other_source(random: Random, network: Network, probe: Probe) -> Probe:
    """Another source of the same family; an interface may borrow an address."""
    family = probe.packet.family
    choices: list[tuple[Host, Address]] = []
    for name, eni in sorted(network.interfaces.items()):
        own = AddressSet.of(*(a.address for a in eni.ipv4), *eni.ipv6, *eni.delegated)
        for span in own.only(family).ranges():
            choices.append((InterfaceHost(name), Address(family, span.last)))
            if random.random() < 0.1 or not eni.source_destination_check:
                borrowed = (*OUTSIDE, *ODD, *_private(network))
                odd = [address for address in borrowed if address.family == family]
                choices.append((InterfaceHost(name), random.choice(odd)))
    if isinstance(probe.destination, InterfaceHost):
        known = (None, INTERNET, *doors(network))
        known += tuple(entrance.id for entrance in network.entrances)
        pool = random.choice((OUTSIDE, FAR, ODD, _nobody(network)))
        strangers = [address for address in pool if address.family == family]
        choices += [(OutsideHost(found, random.choice(known)), found) for found in strangers]
    choices = [choice for choice in choices if choice[0] != probe.destination]
    if not choices:
        return probe
    host, address = random.choice(choices)
    return replace(probe, source=host, packet=replace(probe.packet, source=address))


def _by_default_route(random: Random, network: Network, probe: Probe) -> Probe:
    """From a host that a default route leads to a gateway, to where no gateway leads."""
    family = probe.packet.family
    subnets = {
        subnet
        for table in network.route_tables.values()
        for route in table.routes
        if isinstance(route.target, InternetGatewayTarget)
        and isinstance(route.destination, Prefix)
        and route.destination.length == 0
        for subnet in (table.subnet_ids or network.subnets)
    }
    found = [
        (InterfaceHost(name), own)
        for name, eni in sorted(network.interfaces.items())
        for own in (*(own.address for own in eni.ipv4), *eni.ipv6)
        if eni.subnet_id in subnets and own.family == family
    ]
    pool = [address for address in (*_nobody(network), *FAR) if address.family == family]
    if not found or not pool:
        return probe
    host, source = random.choice(found)
    packet = replace(probe.packet, source=source, destination=random.choice(pool))
    return replace(probe, source=host, destination=OutsideHost(packet.destination), packet=packet)


def _misaddressed(random: Random, network: Network, probe: Probe) -> Probe:
    """The same hosts, and a destination address that may be somebody else's."""
    family = probe.packet.family
    nobody = _nobody(network)
    pools = (_private(network), publics(network), nobody, nobody, nobody, FAR, FAR, ODD, OUTSIDE)
    pool = random.choice(pools)
    if NAT64.holds(probe.packet.destination):
        pool = [nat64(address) for address in pool if address.family == 4]
    found = [address for address in pool if address.family == family]
    near = Address(family, probe.packet.destination.value ^ random.choice((1, 9, 48)))
    if not found or random.random() < 0.3:
        found = [near]
    return replace(probe, packet=replace(probe.packet, destination=random.choice(found)))


def _choices(random: Random, network: Network, family: Family) -> Choices:
    private = [own.private for nat in network.nat_gateways.values() for own in nat.addresses]
    outer = [address for address in (*OUTSIDE, *_private(network))
             if address.family in (4, family)]  # fmt: skip
    return Choices(
        nat_port=random.choice((None, 1024, 1025, 32768, 65535)),
        nat_address=random.choice((None, *private)),
        gap_source=random.choice((None, *outer)),
        transit=_transit_choices(random, network),
        transit_reply=_transit_choices(random, network),
    )


def _transit_choices(random: Random, network: Network) -> tuple[tuple[str, int], ...]:
    """Numbers for some of the tables and attachments (TGW-5, TGW-6)."""
    keys = {*network.transit_tables, *(name for _, name in network.transit_attachments)}
    chosen = [key for key in sorted(keys) if random.random() < 0.6]
    return tuple((key, random.choice((0, 1, 1, 2, 3))) for key in chosen)

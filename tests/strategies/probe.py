"""Random probes of a drawn network: the spine, packets like it, and strangers (ASK-4, ASK-5)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from random import Random

from tests.strategies.network import Drawn
from tests.strategies.plan import FAR, ICMP_CODES, ICMP_TYPES, ODD, OUTSIDE, PORTS
from tests.strategies.question import avoiding, doors, names_of, publics
from verifier.model import (
    InterfaceKind,
    InternetGatewayTarget,
    Network,
)
from verifier.packet import (
    ICMP_PROTOCOLS,
    NAT64,
    PORT_PROTOCOLS,
    Address,
    AddressSet,
    Family,
    Packet,
    Prefix,
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
        lends = eni.kind is InterfaceKind.INSTANCE_CONNECT_ENDPOINT
        lends |= not eni.source_destination_check
        for span in own.only(family).ranges():
            choices.append((InterfaceHost(name), Address(family, span.last)))
            if lends or random.random() < 0.1:
                borrowed = (*OUTSIDE, *ODD, *FAR, *publics(network), *_private(network))
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

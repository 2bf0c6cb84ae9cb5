"""Through NAT gateways that translate: IPv6 clients of IPv4 hosts (NAT-10, NAT-11, ASK-8)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from tests.strategies.internet_gateway import gateway_of
from tests.strategies.nat_gateway import add_nat_gateway
from tests.strategies.peering import peering_of
from tests.strategies.plan import FAR, ICMP_CODES, OUTSIDE
from tests.strategies.route_table import add_exact_route, add_route, own_table, routes_of
from tests.strategies.spines.nat import another_nat, misplaced
from tests.strategies.spines.thread import Kind, Thread, Threaded, Ways, give_block
from tests.strategies.vpn_gateway import knows, vpn_gateway_of
from verifier.model import (
    InternetGatewayTarget,
    NatGatewayTarget,
    PeeringTarget,
    Route,
    VpnGatewayTarget,
)
from verifier.packet import ICMP, ICMPV6, NAT64, Address, Packet, nat64
from verifier.trace import INTERNET, Choices, InterfaceHost, OutsideHost

NAT64_OUT = Kind("nat64-out", gateways=1, ipv4=False)
NAT64_HAIRPIN = Kind("nat64-hairpin", gateways=1, ipv4=False)
NAT64_LOCAL = Kind("nat64-local", ipv4=False)
NAT64_PEERING = Kind("nat64-peering", vpcs=2, ipv4=False)
NAT64_SITES = Kind("nat64-sites", ipv4=False)
NAT64_CHAIN = Kind("nat64-chain", ipv4=False)


@contextmanager
def _ipv4(t: Thread) -> Iterator[None]:
    """Hosts and addresses of the other side."""
    family, t.family = t.family, 4
    yield
    t.family = family


def _packet(t: Thread, source: Address, destination: Address) -> Packet:
    """Mostly what a gateway translates."""
    protocol = t.plan.pick((6, 6, 6, 6, 17, 17, 58, 58, 58, 58, 47, 1))
    if protocol in (6, 17):
        return Packet(source, destination, protocol, t.plan.ports[1], t.plan.ports[0])
    if protocol in (ICMP, ICMPV6):
        kind, code = t.plan.pick((128, 128, 128, 128, 129, 1)), t.plan.pick((0, *ICMP_CODES))
        return Packet(source, destination, protocol, icmp_type=kind, icmp_code=code)
    return Packet(source, destination, protocol)


def _inner(t: Thread, packet: Packet, source: Address, destination: Address) -> Packet:
    """The packet behind the gateway."""
    ports = (1024, 1024, 1025, 65535, 32768)
    echo = packet.protocol == ICMPV6
    return Packet(
        source,
        destination,
        ICMP if echo else packet.protocol,
        None if packet.source_port is None else t.plan.pick(ports),
        packet.destination_port,
        8 if echo else packet.icmp_type,
        packet.icmp_code,
    )


def by_nat64(
    t: Thread, destination: Address, public: bool, apart: str | None = None
) -> tuple[str, str, Packet, Packet, Choices]:
    """Source, NAT subnet, the packet before and after translation, and the choices made."""
    plan = t.plan
    a = t.host(t.vpcs[0], apart=apart)
    places = [
        found
        for found in plan.subnets.values()
        if found.vpc_id == t.vpcs[0]
        and found.id != t.subnet_of(a)
        and any(prefix.family == 4 for prefix in found.prefixes)
    ]
    place = plan.pick(places) if places else give_block(plan, t.vpcs[0], t.subnet_of(a), None, 4)
    nat = add_nat_gateway(plan, place, public, plain=True)
    own_table(plan, place.id)
    packet = _packet(t, t.private(a), nat64(destination))
    chosen = plan.pick(plan.nat_gateways[nat].addresses)
    inner = _inner(t, packet, chosen.private, destination)
    t.sends(a, packet)
    t.leaves(t.subnet_of(a), packet)
    used = misplaced(t, t.subnet_of(a), public) if plan.chance(0.06) else nat
    _lead(t, t.subnet_of(a), packet.destination, used)
    t.enters(place.id, packet)
    t.leaves(place.id, inner)
    t.returns(packet, (place.id, True), (t.subnet_of(a), False))
    t.returns(inner, (place.id, False))
    if plan.chance(0.08):  # the way back of NAT-11 is shut
        add_exact_route(plan, place.id, packet.source, NatGatewayTarget(nat))
    choices = Choices(nat_port=inner.source_port, nat_address=plan.pick((chosen.private, None)))
    return a, place.id, packet, inner, choices


def _lead(t: Thread, subnet_id: str, name: Address, nat: str) -> None:
    """A route for the whole of 64:ff9b::/96, or for less."""
    if t.plan.chance(0.4):
        add_exact_route(t.plan, subnet_id, name, NatGatewayTarget(nat))
        return
    routes = routes_of(t.plan, subnet_id)
    if routes is not None and NAT64 not in [route.destination for route in routes]:
        routes.append(Route(destination=NAT64, target=NatGatewayTarget(nat)))


def _out(t: Thread) -> Threaded:
    with _ipv4(t):
        b = t.outside(OUTSIDE)
    a, place, packet, _, choices = by_nat64(t, b, public=True)
    gateway = gateway_of(t.plan, t.vpcs[0])
    add_route(t.plan, place, b, InternetGatewayTarget(gateway))
    door = t.plan.pick((None, INTERNET, gateway))
    return InterfaceHost(a), OutsideHost(nat64(b), door), packet, choices


def _hairpin(t: Thread) -> Threaded:
    with _ipv4(t):
        b = t.host(t.vpcs[0])
        own, name = t.public(b)
    a, place, packet, inner, choices = by_nat64(t, name, public=True, apart=t.subnet_of(b))
    gateway = InternetGatewayTarget(gateway_of(t.plan, t.vpcs[0]))
    add_route(t.plan, place, name, gateway)
    outer = next(
        found.public
        for nat in t.plan.nat_gateways.values()
        for found in nat.addresses
        if found.private == inner.source and nat.vpc_id == t.vpcs[0]
    )
    assert outer is not None
    arriving = replace(inner, source=outer, destination=own)
    t.enters(t.subnet_of(b), arriving)
    t.takes(b, arriving)
    if t.replies:
        add_exact_route(t.plan, t.subnet_of(b), outer, gateway)
    t.returns(arriving, (t.subnet_of(b), True))
    return InterfaceHost(a), InterfaceHost(b), packet, choices


def _local(t: Thread) -> Threaded:
    with _ipv4(t):
        b = t.host(t.vpcs[0])
        own = t.private(b)
    a, _, packet, inner, choices = by_nat64(t, own, public=False, apart=t.subnet_of(b))
    return _arrive(t, a, b, packet, inner, choices)


def _peering(t: Thread) -> Threaded:
    with _ipv4(t):
        b = t.host(t.vpcs[1])
        own = t.private(b)
    a, place, packet, inner, choices = by_nat64(t, own, public=t.plan.chance(0.4))
    peering = PeeringTarget(peering_of(t.plan, t.vpcs[0], t.vpcs[1]))
    add_route(t.plan, place, own, peering)
    return _arrive(t, a, b, packet, inner, choices)


def _arrive(t: Thread, a: str, b: str, packet: Packet, inner: Packet, choices: Choices) -> Threaded:
    t.enters(t.subnet_of(b), inner)
    t.takes(b, inner)
    t.returns(inner, (t.subnet_of(b), True))
    return InterfaceHost(a), InterfaceHost(b), packet, choices


def _sites(t: Thread) -> Threaded:
    with _ipv4(t):
        b = t.outside(FAR)
    a, place, packet, _, choices = by_nat64(t, b, public=False)
    gateway = vpn_gateway_of(t.plan, t.vpcs[0])
    knows(t.plan, gateway, b)
    add_route(t.plan, place, b, VpnGatewayTarget(gateway))
    return InterfaceHost(a), OutsideHost(nat64(b), t.plan.pick((None, gateway))), packet, choices


def _chain(t: Thread) -> Threaded:
    """From one NAT gateway to another (NAT-5)."""
    with _ipv4(t):
        b = t.outside(OUTSIDE)
    a, place, packet, _, choices = by_nat64(t, b, public=t.plan.chance(0.5))
    add_exact_route(t.plan, place, b, NatGatewayTarget(another_nat(t, place)))
    return InterfaceHost(a), OutsideHost(nat64(b), t.plan.pick((None, INTERNET))), packet, choices


WAYS: Ways = {
    NAT64_OUT: (4, _out),
    NAT64_HAIRPIN: (2, _hairpin),
    NAT64_LOCAL: (3, _local),
    NAT64_PEERING: (2, _peering),
    NAT64_SITES: (2, _sites),
    NAT64_CHAIN: (2, _chain),
}

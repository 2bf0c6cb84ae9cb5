"""Through NAT gateways: out, back in, within the VPC, to a peer, and where they do not serve."""

from __future__ import annotations

from dataclasses import replace

from tests.strategies.internet_gateway import gateway_of
from tests.strategies.nat_gateway import add_nat_gateway
from tests.strategies.peering import peering_of
from tests.strategies.plan import OUTSIDE
from tests.strategies.route_table import add_exact_route, add_route, own_table
from tests.strategies.spines.thread import Kind, Thread, Threaded, Ways, give_block
from verifier.model import InternetGatewayTarget, NatGatewayTarget, PeeringTarget
from verifier.packet import Address, Packet
from verifier.trace import INTERNET, Choices, InterfaceHost, OutsideHost

NAT_OUT = Kind("nat-out", gateways=1, ipv6=False)
NAT_HAIRPIN = Kind("nat-hairpin", gateways=1, ipv6=False)
NAT_LOCAL = Kind("nat-local", ipv6=False)
NAT_PEERING = Kind("nat-peering", vpcs=2, ipv6=False)
NAT_CHAIN = Kind("nat-chain", ipv6=False)


def by_nat(
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
    place = (
        plan.pick(places)
        if places
        else plan.subnets[t.subnet_of(t.host(t.vpcs[0], apart=t.subnet_of(a)))]
    )
    nat = add_nat_gateway(plan, place, public, plain=True)
    own_table(plan, place.id)
    packet = t.packet(t.private(a), destination, nat=True)
    chosen = plan.pick(plan.nat_gateways[nat].addresses)
    port = plan.pick((1024, 1024, 1025, 65535, 32768)) if packet.source_port is not None else None
    inner = replace(packet, source=chosen.private, source_port=port)
    t.sends(a, packet)
    t.leaves(t.subnet_of(a), packet)
    used = misplaced(t, t.subnet_of(a), public) if plan.chance(0.15) else nat
    add_exact_route(plan, t.subnet_of(a), destination, NatGatewayTarget(used))
    t.enters(place.id, packet)
    t.leaves(place.id, inner)
    t.returns(packet, (place.id, True), (t.subnet_of(a), False))
    t.returns(inner, (place.id, False))
    choices = Choices(nat_port=port, nat_address=plan.pick((chosen.private, None)))
    return a, place.id, packet, inner, choices


def misplaced(t: Thread, own: str, public: bool) -> str:
    """A NAT gateway that cannot serve the subnet: its own, or another VPC's (NAT-1)."""
    places = [
        found
        for found in t.plan.subnets.values()
        if (found.id == own or found.vpc_id != t.vpcs[0])
        and any(prefix.family == 4 for prefix in found.prefixes)
    ]
    place = t.plan.pick(places) if places else give_block(t.plan, t.vpcs[0], None, own, 4)
    return add_nat_gateway(t.plan, place, public, plain=True)


def _nat_out(t: Thread) -> Threaded:
    b = t.outside(OUTSIDE)
    a, place, packet, _, choices = by_nat(t, b, public=True)
    gateway = gateway_of(t.plan, t.vpcs[0])
    add_route(t.plan, place, b, InternetGatewayTarget(gateway))
    door = t.plan.pick((None, INTERNET, gateway))
    return InterfaceHost(a), OutsideHost(b, door), packet, choices


def _nat_hairpin(t: Thread) -> Threaded:
    b = t.host(t.vpcs[0])
    own, name = t.public(b)
    a, place, packet, inner, choices = by_nat(t, name, public=True, apart=t.subnet_of(b))
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


def _nat_local(t: Thread) -> Threaded:
    b = t.host(t.vpcs[0])
    a, _, packet, inner, choices = by_nat(t, t.private(b), public=False, apart=t.subnet_of(b))
    t.enters(t.subnet_of(b), inner)
    t.takes(b, inner)
    t.returns(inner, (t.subnet_of(b), True))
    return InterfaceHost(a), InterfaceHost(b), packet, choices


def _nat_peering(t: Thread) -> Threaded:
    b = t.host(t.vpcs[1])
    a, place, packet, inner, choices = by_nat(t, t.private(b), public=t.plan.chance(0.4))
    peering = PeeringTarget(peering_of(t.plan, t.vpcs[0], t.vpcs[1]))
    add_route(t.plan, place, packet.destination, peering)
    t.enters(t.subnet_of(b), inner)
    t.takes(b, inner)
    t.returns(inner, (t.subnet_of(b), True))
    return InterfaceHost(a), InterfaceHost(b), packet, choices


def another_nat(t: Thread, apart: str) -> str:
    """A NAT gateway in another subnet of the VPC, with a gap for what is beyond its clauses."""
    plan = t.plan
    places = [
        found
        for found in plan.subnets.values()
        if found.vpc_id == t.vpcs[0]
        and found.id != apart
        and any(prefix.family == 4 for prefix in found.prefixes)
    ]
    if not places:
        places = [give_block(plan, t.vpcs[0], apart, None, 4)]
    nat = add_nat_gateway(plan, plan.pick(places), plan.chance(0.5), plain=True)
    plan.missing[("nat-beyond", nat)] = plan.gap(nat, "GAP-6", "beyond its clauses")
    return nat


def _nat_chain(t: Thread) -> Threaded:
    """From one NAT gateway to another (NAT-5)."""
    b = t.outside(OUTSIDE)
    a, place, packet, _, choices = by_nat(t, b, public=t.plan.chance(0.5))
    add_exact_route(t.plan, place, b, NatGatewayTarget(another_nat(t, place)))
    return InterfaceHost(a), OutsideHost(b, t.plan.pick((None, INTERNET))), packet, choices


WAYS: Ways = {
    NAT_OUT: (5, _nat_out),
    NAT_HAIRPIN: (3, _nat_hairpin),
    NAT_LOCAL: (2, _nat_local),
    NAT_PEERING: (2, _nat_peering),
    NAT_CHAIN: (3, _nat_chain),
}

"""Through appliances and endpoints: within a VPC, at its edge, and as NAT instances."""

from __future__ import annotations

from dataclasses import replace

from tests.strategies.appliance import Appliance, add_appliance, lead_in
from tests.strategies.internet_gateway import gateway_of
from tests.strategies.network_firewall import guard
from tests.strategies.plan import FAR, OUTSIDE
from tests.strategies.route_table import add_exact_route, add_route, own_table
from tests.strategies.security_group import open_groups
from tests.strategies.spines.thread import Kind, Thread, Threaded, Ways, give_block
from tests.strategies.vpn_gateway import knows, vpn_gateway_of
from verifier.model import EndpointTarget, InternetGatewayTarget, RouteTarget, VpnGatewayTarget
from verifier.packet import Address, Packet
from verifier.trace import INTERNET, Choices, InterfaceHost, OutsideHost

APPLIANCE = Kind("appliance")
FIREWALL = Kind("firewall")
EDGE_IN = Kind("edge-in", gateways=1)
EDGE_OUT = Kind("edge-out", gateways=1)
EDGE_SITES = Kind("edge-sites")
NAT_INSTANCE = Kind("nat-instance", gateways=1, ipv6=False)


def through(
    t: Thread, subnet_id: str, packet: Packet, *, endpoint: bool | None = None
) -> Appliance:
    """An appliance in the subnet that lets the packet and its reply pass, lists and all."""
    subnet = t.plan.subnets[subnet_id]
    if not any(prefix.family == t.family for prefix in subnet.prefixes):
        give_block(t.plan, subnet.vpc_id, None, subnet_id, t.family)
    wanted = t.plan.chance(0.4) if endpoint is None else endpoint
    made = add_appliance(t.plan, subnet_id, endpoint=wanted)
    t.enters(subnet_id, packet)
    t.leaves(subnet_id, packet)
    t.returns(packet, (subnet_id, False), (subnet_id, True))
    if isinstance(made.target, EndpointTarget) and t.plan.chance(0.45):
        guard(t.plan, made.target.endpoint_id, packet)
    if made.interface_id is not None:
        open_groups(t.plan, made.interface_id, False, packet, None)
        open_groups(t.plan, made.interface_id, True, packet, None)
    return made


def _place(t: Thread, vpc_id: str, *apart: str) -> str:
    """A subnet of the VPC for an appliance, mostly none of these."""
    own = sorted(found.id for found in t.plan.subnets.values() if found.vpc_id == vpc_id)
    others = [name for name in own if name not in apart]
    return t.plan.pick(own if not others or t.plan.chance(0.08) else others)


def _appliance(t: Thread, *, endpoint: bool | None = None) -> Threaded:
    """A route more specific than `local`, there and back (RT-2, MBX)."""
    plan = t.plan
    a = t.host(t.vpcs[0])
    b = t.host(t.vpcs[0], apart=t.subnet_of(a))
    near, far = t.subnet_of(a), t.subnet_of(b)
    place = far if plan.chance(0.3) else _place(t, t.vpcs[0], near, far)
    packet = t.packet(t.private(a), t.private(b))
    for subnet_id in {near: None, place: None, far: None}:
        own_table(plan, subnet_id)
    made = through(t, place, packet, endpoint=endpoint)
    t.sends(a, packet)
    t.leaves(near, packet)
    add_exact_route(plan, near, packet.destination, made.target)
    t.enters(far, packet)
    t.takes(b, packet)
    if t.replies and far != place:
        add_exact_route(plan, far, packet.source, made.target)
    t.returns(packet, (far, True), (near, False))
    return InterfaceHost(a), InterfaceHost(b), packet, Choices()


def _firewall(t: Thread) -> Threaded:
    return _appliance(t, endpoint=True)


def _edge_in(t: Thread) -> Threaded:
    """In from the internet, by the edge table, and back the same way."""
    b, a = t.host(t.vpcs[0]), t.outside(OUTSIDE)
    own, name = t.public(b)
    gateway = gateway_of(t.plan, t.vpcs[0])
    inner = t.packet(a, own)
    _in_by(t, gateway, b, inner, InternetGatewayTarget(gateway))
    packet = replace(inner, destination=name)
    door = t.plan.pick((None, INTERNET, gateway))
    return OutsideHost(a, door), InterfaceHost(b), packet, Choices()


def _edge_sites(t: Thread) -> Threaded:
    """In from sites on premises, by the edge table of the private gateway (VGW-3)."""
    b, a = t.host(t.vpcs[0]), t.outside(FAR)
    packet = t.packet(a, t.private(b))
    gateway = vpn_gateway_of(t.plan, t.vpcs[0])
    knows(t.plan, gateway, a)
    _in_by(t, gateway, b, packet, VpnGatewayTarget(gateway))
    return OutsideHost(a, t.plan.pick((None, gateway))), InterfaceHost(b), packet, Choices()


def _in_by(t: Thread, gateway: str, b: str, inner: Packet, out: RouteTarget) -> None:
    """Lead the packet from the gateway's table to an appliance, and the reply back through it."""
    plan, far = t.plan, t.subnet_of(b)
    place = _place(t, t.vpcs[0], far)
    own_table(plan, far)
    own_table(plan, place)
    made = through(t, place, inner)
    if t.family == 4 and made.interface_id is not None and plan.chance(0.8):
        t.public(made.interface_id)
    lead_in(plan, gateway, t.vpcs[0], inner.destination, made.target)
    t.enters(far, inner)
    t.takes(b, inner)
    if t.replies:
        add_exact_route(plan, far, inner.source, made.target)
        add_route(plan, place, inner.source, out)
    t.returns(inner, (far, True))


def _edge_out(t: Thread) -> Threaded:
    """Out through an appliance; the edge table leads the replies back to it (IGW-11)."""
    plan = t.plan
    a, b = t.host(t.vpcs[0]), t.outside(OUTSIDE)
    own, _ = t.public(a)
    gateway = gateway_of(plan, t.vpcs[0])
    packet = t.packet(own, b)
    near = t.subnet_of(a)
    made = _out_by(t, a, packet, b, InternetGatewayTarget(gateway))
    if t.family == 4 and made.interface_id is not None:
        t.public(made.interface_id)
    lead_in(plan, gateway, t.vpcs[0], own, made.target)
    t.returns(packet, (near, False))
    door = plan.pick((None, INTERNET, gateway))
    return InterfaceHost(a), OutsideHost(b, door), packet, Choices()


def _out_by(t: Thread, a: str, packet: Packet, b: Address, out: RouteTarget) -> Appliance:
    """Lead the packet from its sender's subnet to an appliance, and from there out."""
    plan, near = t.plan, t.subnet_of(a)
    place = _place(t, t.vpcs[0], near)
    own_table(plan, near)
    own_table(plan, place)
    made = through(t, place, packet)
    t.sends(a, packet)
    t.leaves(near, packet)
    add_exact_route(plan, near, b, made.target)
    add_route(plan, place, b, out)
    return made


def _nat_instance(t: Thread) -> Threaded:
    """To the internet, or to another host, under the address of an instance (MBX-6)."""
    plan = t.plan
    a = t.host(t.vpcs[0])
    near = t.subnet_of(a)
    inside = plan.chance(0.6)
    b = t.host(t.pick_vpc(), apart=near) if inside else None
    destination = t.private(b) if b is not None else t.outside(OUTSIDE)
    packet = t.packet(t.private(a), destination)
    place = _place(t, t.vpcs[0], near)
    own_table(plan, near)
    own_table(plan, place)
    made = through(t, place, packet, endpoint=False)
    assert made.interface_id is not None
    instance, _ = t.public(made.interface_id)
    t.sends(a, packet)
    t.leaves(near, packet)
    add_exact_route(plan, near, destination, made.target)
    if b is None:
        gateway = gateway_of(plan, t.vpcs[0])
        add_route(plan, place, destination, InternetGatewayTarget(gateway))
        door = plan.pick((None, INTERNET, gateway))
        host, taken = OutsideHost(destination, door), Choices(gap_source=instance)
        return InterfaceHost(a), host, packet, taken
    arriving = replace(packet, source=instance)
    t.enters(t.subnet_of(b), arriving)
    t.takes(b, arriving, made.interface_id if plan.chance(0.5) else None)
    taken = Choices(gap_source=plan.pick((instance, instance, None)))
    return InterfaceHost(a), InterfaceHost(b), packet, taken


WAYS: Ways = {
    APPLIANCE: (6, _appliance),
    FIREWALL: (3, _firewall),
    EDGE_IN: (4, _edge_in),
    EDGE_OUT: (3, _edge_out),
    EDGE_SITES: (2, _edge_sites),
    NAT_INSTANCE: (4, _nat_instance),
}

"""Out by what belongs to another VPC in which somebody has the same address (IGW-2, CONN-5)."""

from __future__ import annotations

from dataclasses import replace

from tests.strategies.appliance import lead_in
from tests.strategies.interface import add_interface
from tests.strategies.internet_gateway import gateway_of
from tests.strategies.plan import FAR, OUTSIDE, Plan
from tests.strategies.route_table import add_exact_route
from tests.strategies.spines.appliances import through
from tests.strategies.spines.hubs import exactly, two_subnets
from tests.strategies.spines.thread import Kind, Thread, Threaded, Ways
from tests.strategies.spines.transit import choices_of, open_ports, ports
from tests.strategies.transit_gateway import add_transit_gateway, attach_vpc, lead, tables_of
from tests.strategies.vpc_endpoint import add_gateway_endpoint
from tests.strategies.vpn_gateway import knows, vpn_gateway_of
from verifier.model import (
    EndpointTarget,
    InterfaceAddress,
    InternetGatewayTarget,
    RouteTarget,
    TransitGatewayTarget,
    VpnGatewayTarget,
)
from verifier.packet import Address
from verifier.trace import INTERNET, InterfaceHost, OutsideHost

TRANSIT_ELSEWHERE = Kind("transit-elsewhere", vpcs=2, gateways=2, overlap=True)
ANSWER_ELSEWHERE = Kind("answer-elsewhere", vpcs=2, gateways=2, overlap=True)


def _namesake(plan: Plan, vpc_id: str, own: Address) -> None:
    """Somebody in the VPC has this private address, and mostly a public one for it."""
    public = plan.next_public() if plan.chance(0.9) else None
    taken = InterfaceAddress(own, primary=True, public=public)
    for eni in list(plan.interfaces.values()):
        if eni.vpc_id == vpc_id and own in plan.own(eni, 4):
            same = tuple(taken if each.address == own else each for each in eni.ipv4)
            plan.interfaces[eni.id] = replace(eni, ipv4=same)
            return
    for subnet in list(plan.subnets.values()):
        if subnet.vpc_id == vpc_id and any(prefix.holds(own) for prefix in subnet.prefixes):
            name = add_interface(plan, subnet, plain=True)
            made = plan.interfaces[name]
            plan.interfaces[name] = replace(made, ipv4=(taken,), delegated=())


def _door(t: Thread, kind: str, b: Address) -> tuple[str, RouteTarget]:
    """What leads out of the other VPC, and its id."""
    plan, vpc_id = t.plan, t.vpcs[1]
    if kind == "private":
        name = vpn_gateway_of(plan, vpc_id)
        knows(plan, name, b)
        return name, VpnGatewayTarget(name)
    if kind == "endpoint":
        name = add_gateway_endpoint(plan, vpc_id, plain=True)
        return name, EndpointTarget(name)
    name = gateway_of(plan, vpc_id)
    return name, InternetGatewayTarget(name)


def _elsewhere(t: Thread) -> Threaded:
    """Spoke, transit gateway, gateway of the other VPC; the answer comes to the namesake."""
    plan = t.plan
    kind = plan.pick(("internet", "internet", "internet", "private", "endpoint"))
    a, b = t.host(t.vpcs[0]), t.outside(FAR if kind == "private" else OUTSIDE)
    packet = t.packet(t.private(a), b)
    if t.family == 4 and plan.chance(0.9):
        _namesake(plan, t.vpcs[1], packet.source)
    near = ports(t, t.vpcs[0], t.subnet_of(a))
    port, place = two_subnets(plan, t.vpcs[1])
    hub = add_transit_gateway(plan, plain=True)
    (table,) = tables_of(plan, hub)
    spoke, shared = attach_vpc(plan, hub, table, near), attach_vpc(plan, hub, table, [port])
    lead(plan, table, b, shared)
    exactly(plan, table, packet.source, spoke)
    t.sends(a, packet)
    t.leaves(t.subnet_of(a), packet)
    open_ports(t, packet, near, [port])
    t.returns(packet, (t.subnet_of(a), False))
    add_exact_route(plan, t.subnet_of(a), b, TransitGatewayTarget(hub))
    door, target = _door(t, kind, b)
    if kind != "endpoint" and plan.chance(0.45):  # by whom the answer is led on to the source
        made = through(t, place, packet)
        if t.family == 4 and made.interface_id is not None:
            t.public(made.interface_id)
        lead_in(plan, door, t.vpcs[1], packet.source, made.target)
        add_exact_route(plan, place, b, target)
        add_exact_route(plan, place, packet.source, TransitGatewayTarget(hub))
        target = made.target
    add_exact_route(plan, port, b, target)
    named = plan.pick((None, door, INTERNET if kind == "internet" else door))
    return InterfaceHost(a), OutsideHost(b, named), packet, choices_of(plan)


def _answer(t: Thread) -> Threaded:
    """In by the own gateway; the answer goes out by another VPC's (CONN-5)."""
    plan = t.plan
    b, a = t.host(t.vpcs[0]), t.outside(OUTSIDE)
    own, name = t.public(b)
    packet = t.packet(a, name)
    inner = replace(packet, destination=own)
    if t.family == 4:
        _namesake(plan, t.vpcs[1], own)
    near = ports(t, t.vpcs[0], t.subnet_of(b))
    port, _ = two_subnets(plan, t.vpcs[1])
    hub = add_transit_gateway(plan, plain=True)
    (table,) = tables_of(plan, hub)
    attach_vpc(plan, hub, table, near)
    lead(plan, table, a, attach_vpc(plan, hub, table, [port]))
    t.enters(t.subnet_of(b), inner)
    t.takes(b, inner)
    t.returns(inner, (t.subnet_of(b), True), (port, True), *((at, False) for at in near))
    add_exact_route(plan, t.subnet_of(b), a, TransitGatewayTarget(hub))
    add_exact_route(plan, port, a, InternetGatewayTarget(gateway_of(plan, t.vpcs[1])))
    gateway = gateway_of(plan, t.vpcs[0])
    door = plan.pick((None, INTERNET, gateway))
    return OutsideHost(a, door), InterfaceHost(b), packet, choices_of(plan)


WAYS: Ways = {TRANSIT_ELSEWHERE: (3, _elsewhere), ANSWER_ELSEWHERE: (1, _answer)}

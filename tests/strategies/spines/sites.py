"""To sites on premises and from them: by private gateways, and by transit gateways' attachments."""

from __future__ import annotations

from tests.strategies.plan import FAR, OUTSIDE
from tests.strategies.route_table import add_route, own_table
from tests.strategies.spines.thread import Kind, Thread, Threaded, Ways
from tests.strategies.spines.transit import choices_of, open_ports, ports
from tests.strategies.transit_gateway import (
    add_transit_gateway,
    add_transit_table,
    attach_sites,
    attach_vpc,
    lead,
    tables_of,
)
from tests.strategies.vpn_gateway import knows, vpn_gateway_of
from verifier.model import TransitGatewayTarget, VpnGatewayTarget
from verifier.packet import Address
from verifier.trace import Choices, InterfaceHost, OutsideHost

VPN_OUT = Kind("vpn-out")
VPN_IN = Kind("vpn-in")
TRANSIT_OUT = Kind("transit-out")
TRANSIT_IN = Kind("transit-in")


def _far(t: Thread) -> Address:
    return t.outside(FAR if t.plan.chance(0.8) else OUTSIDE)


def _vpn_out(t: Thread) -> Threaded:
    a, b = t.host(t.vpcs[0]), _far(t)
    packet = t.packet(t.private(a), b)
    gateway = vpn_gateway_of(t.plan, t.vpcs[0])
    if t.plan.chance(0.85):
        knows(t.plan, gateway, b)
    t.sends(a, packet)
    t.leaves(t.subnet_of(a), packet)
    add_route(t.plan, t.subnet_of(a), b, VpnGatewayTarget(gateway))
    t.returns(packet, (t.subnet_of(a), False))
    door = t.plan.pick((None, gateway, gateway))
    return InterfaceHost(a), OutsideHost(b, door), packet, Choices()


def _vpn_in(t: Thread) -> Threaded:
    b, a = t.host(t.vpcs[0]), t.outside(FAR)
    packet = t.packet(a, t.private(b))
    gateway = vpn_gateway_of(t.plan, t.vpcs[0])
    t.enters(t.subnet_of(b), packet)
    t.takes(b, packet)
    if t.replies:
        knows(t.plan, gateway, a)
        add_route(t.plan, t.subnet_of(b), a, VpnGatewayTarget(gateway))
    t.returns(packet, (t.subnet_of(b), True))
    return OutsideHost(a, t.plan.pick((None, gateway))), InterfaceHost(b), packet, Choices()


def _transit_out(t: Thread) -> Threaded:
    plan = t.plan
    a, b = t.host(t.vpcs[0]), _far(t)
    packet = t.packet(t.private(a), b)
    gateway = add_transit_gateway(plan, plain=True)
    (first,) = tables_of(plan, gateway)
    near = ports(t, t.vpcs[0], t.subnet_of(a))
    one = attach_vpc(plan, gateway, first, near)
    last = first if plan.chance(0.6) else add_transit_table(plan, gateway)
    site = attach_sites(plan, gateway, last)
    twice = (attach_sites(plan, gateway, last),) if plan.chance(0.25) else ()
    t.sends(a, packet)
    t.leaves(t.subnet_of(a), packet)
    open_ports(t, packet, near, [])
    add_route(plan, t.subnet_of(a), b, TransitGatewayTarget(gateway))
    lead(plan, first, b, site, *twice)
    if t.replies:
        lead(plan, last, packet.source, one)
    t.returns(packet, (t.subnet_of(a), False))
    door = plan.pick((None, site, site))
    return InterfaceHost(a), OutsideHost(b, door), packet, choices_of(plan)


def _transit_in(t: Thread) -> Threaded:
    plan = t.plan
    b, a = t.host(t.vpcs[0]), t.outside(FAR)
    packet = t.packet(a, t.private(b))
    gateway = add_transit_gateway(plan, plain=True)
    (first,) = tables_of(plan, gateway)
    far = ports(t, t.vpcs[0], t.subnet_of(b))
    last = first if plan.chance(0.6) else add_transit_table(plan, gateway)
    one = attach_vpc(plan, gateway, last, far)
    site = attach_sites(plan, gateway, first)
    open_ports(t, packet, [], far)
    t.enters(t.subnet_of(b), packet)
    t.takes(b, packet)
    lead(plan, first, packet.destination, one)
    if t.replies:
        if plan.chance(0.3):
            own_table(plan, t.subnet_of(b))
        other = plan.chance(0.2)  # the reply leaves by another door: CONN-5
        lead(plan, last, a, attach_sites(plan, gateway, last) if other else site)
        add_route(plan, t.subnet_of(b), a, TransitGatewayTarget(gateway))
    t.returns(packet, (t.subnet_of(b), True))
    return OutsideHost(a, plan.pick((None, site))), InterfaceHost(b), packet, choices_of(plan)


WAYS: Ways = {
    VPN_OUT: (3, _vpn_out),
    VPN_IN: (3, _vpn_in),
    TRANSIT_OUT: (3, _transit_out),
    TRANSIT_IN: (3, _transit_in),
}

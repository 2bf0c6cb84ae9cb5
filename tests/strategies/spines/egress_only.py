"""Out by egress-only internet gateways: to outside hosts, and to interfaces of other VPCs."""

from __future__ import annotations

from tests.strategies.egress_only_internet_gateway import add_egress_only_gateway
from tests.strategies.internet_gateway import gateway_of
from tests.strategies.plan import OUTSIDE
from tests.strategies.route_table import add_exact_route, add_route
from tests.strategies.spines.thread import Kind, Thread, Threaded, Ways
from tests.strategies.vpc import unadvertised
from verifier.model import EgressOnlyTarget, InternetGatewayTarget
from verifier.trace import INTERNET, Choices, InterfaceHost, OutsideHost

EGRESS_ONLY = Kind("egress-only", ipv4=False)
EGRESS_ONLY_ACROSS = Kind("egress-only-across", vpcs=2, gateways=2, ipv4=False)


def _egress_only(t: Thread) -> Threaded:
    a, b = t.host(t.vpcs[0]), t.outside(OUTSIDE)
    own, _ = t.public(a)
    packet = t.packet(own, b)
    gateway = add_egress_only_gateway(t.plan, t.vpcs[0], plain=True)
    t.sends(a, packet)
    t.leaves(t.subnet_of(a), packet)
    add_route(t.plan, t.subnet_of(a), b, EgressOnlyTarget(gateway))
    t.returns(packet, (t.subnet_of(a), False))
    if t.plan.chance(0.15):
        unadvertised(t.plan, t.vpcs[0])
    door = t.plan.pick((None, INTERNET, gateway))
    return InterfaceHost(a), OutsideHost(b, door), packet, Choices()


def _egress_only_across(t: Thread) -> Threaded:
    a, b = t.host(t.vpcs[0]), t.host(t.vpcs[1])
    (source, _), (own, _) = t.public(a), t.public(b)
    packet = t.packet(source, own)
    gateway = add_egress_only_gateway(t.plan, t.vpcs[0], plain=True)
    t.sends(a, packet)
    t.leaves(t.subnet_of(a), packet)
    add_exact_route(t.plan, t.subnet_of(a), own, EgressOnlyTarget(gateway))
    t.enters(t.subnet_of(b), packet)
    t.takes(b, packet, a if t.plan.chance(0.4) else None)
    if t.replies:
        back = InternetGatewayTarget(gateway_of(t.plan, t.vpcs[1]))
        add_exact_route(t.plan, t.subnet_of(b), source, back)
    t.returns(packet, (t.subnet_of(b), True), (t.subnet_of(a), False))
    return InterfaceHost(a), InterfaceHost(b), packet, Choices()


WAYS: Ways = {EGRESS_ONLY: (3, _egress_only), EGRESS_ONLY_ACROSS: (2, _egress_only_across)}

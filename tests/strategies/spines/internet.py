"""In from the internet, out to it, and out and in again between public addresses."""

from __future__ import annotations

from dataclasses import replace

from tests.strategies.internet_gateway import gateway_of
from tests.strategies.peering import peering_of
from tests.strategies.plan import FAR, OUTSIDE
from tests.strategies.route_table import add_exact_route, add_route
from tests.strategies.spines.thread import Kind, Thread, Threaded, Ways
from verifier.model import InternetGatewayTarget
from verifier.trace import INTERNET, Choices, InterfaceHost, OutsideHost

INTERNET_IN = Kind("internet-in", gateways=1)
INTERNET_OUT = Kind("internet-out", gateways=1)
HAIRPIN = Kind("hairpin", gateways=1)
HAIRPIN_ACROSS = Kind("hairpin-across", vpcs=2, gateways=2)
HAIRPIN_IPV6 = Kind("hairpin-across-ipv6", vpcs=2, gateways=2, ipv4=False)


def _internet_in(t: Thread) -> Threaded:
    b, a = t.host(t.vpcs[0]), t.outside(OUTSIDE)
    own, name = t.public(b)
    packet = t.packet(a, name)
    inner = replace(packet, destination=own)
    t.enters(t.subnet_of(b), inner)
    t.takes(b, inner)
    gateway = gateway_of(t.plan, t.vpcs[0])
    if t.replies:
        add_route(t.plan, t.subnet_of(b), a, InternetGatewayTarget(gateway))
    t.returns(inner, (t.subnet_of(b), True))
    door = t.plan.pick((None, INTERNET, gateway))
    return OutsideHost(a, door), InterfaceHost(b), packet, Choices()


def _internet_out(t: Thread) -> Threaded:
    a, b = t.host(t.vpcs[0]), t.outside(OUTSIDE if t.plan.chance(0.85) else FAR)
    own, _ = t.public(a)
    packet = t.packet(own, b)
    gateway = gateway_of(t.plan, t.vpcs[0])
    t.sends(a, packet)
    t.leaves(t.subnet_of(a), packet)
    add_route(t.plan, t.subnet_of(a), b, InternetGatewayTarget(gateway))
    t.returns(packet, (t.subnet_of(a), False))
    door = t.plan.pick((None, INTERNET, gateway))
    return InterfaceHost(a), OutsideHost(b, door), packet, Choices()


def _hairpin(t: Thread) -> Threaded:
    return _by_internet(t, t.vpcs[0])


def _hairpin_across(t: Thread) -> Threaded:
    return _by_internet(t, t.vpcs[1])


def _by_internet(t: Thread, far: str) -> Threaded:
    """Between public addresses, through the gateways of both VPCs."""
    a = t.host(t.vpcs[0])
    b = t.host(far, apart=t.subnet_of(a) if far == t.vpcs[0] and t.plan.chance(0.7) else None)
    if a == b:
        b = t.host(far, apart=t.subnet_of(a))
    (source, source_name), (own, name) = t.public(a), t.public(b)
    packet = t.packet(source, name)
    inner = replace(packet, source=source_name, destination=own)
    kept = t.family == 6 and t.plan.chance(0.7)
    joined = kept and far != t.vpcs[0] and t.plan.chance(0.4)
    if joined:  # so that egress rules may name groups of the far VPC (SG-11, SG-13)
        peering_of(t.plan, t.vpcs[0], far)
    t.sends(a, packet, b if joined else None)
    t.leaves(t.subnet_of(a), packet)
    add_exact_route(
        t.plan, t.subnet_of(a), name, InternetGatewayTarget(gateway_of(t.plan, t.vpcs[0]))
    )
    t.enters(t.subnet_of(b), inner)
    t.takes(b, inner, a if kept else None)
    if t.replies:
        gateway = InternetGatewayTarget(gateway_of(t.plan, far))
        add_exact_route(t.plan, t.subnet_of(b), source_name, gateway)
    t.returns(inner, (t.subnet_of(b), True))
    t.returns(packet, (t.subnet_of(a), False))
    return InterfaceHost(a), InterfaceHost(b), packet, Choices()


WAYS: Ways = {
    INTERNET_IN: (6, _internet_in),
    INTERNET_OUT: (5, _internet_out),
    HAIRPIN: (3, _hairpin),
    HAIRPIN_ACROSS: (4, _hairpin_across),
    HAIRPIN_IPV6: (3, _hairpin_across),
}

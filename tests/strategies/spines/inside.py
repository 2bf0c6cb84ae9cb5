"""Within a subnet, within a VPC, and over a peering connection."""

from __future__ import annotations

from tests.strategies.peering import peering_of
from tests.strategies.route_table import add_route
from tests.strategies.spines.thread import Kind, Thread, Threaded, Ways
from verifier.model import InterfaceKind, PeeringTarget
from verifier.packet import Packet
from verifier.trace import Choices, InterfaceHost

SUBNET = Kind("subnet")
VPC = Kind("vpc")
PEERING = Kind("peering", vpcs=2)


def _subnet(t: Thread) -> Threaded:
    a = t.host(t.vpcs[0])
    others = [
        eni
        for eni in t.plan.interfaces.values()
        if eni.id != a and eni.kind is not InterfaceKind.NAT_GATEWAY
    ]
    near = [
        eni.id for eni in others if eni.subnet_id == t.subnet_of(a) and t.plan.own(eni, t.family)
    ]
    b = t.plan.pick(near) if near else t.add(t.vpcs[0], None, t.subnet_of(a))
    packet = t.packet(t.writes(a), t.private(b))
    t.sends(a, packet, b)
    t.takes(b, packet, a)
    return InterfaceHost(a), InterfaceHost(b), packet, Choices()


def _vpc(t: Thread) -> Threaded:
    a = t.host(t.vpcs[0])
    b = t.host(t.vpcs[0], apart=t.subnet_of(a))
    packet = t.packet(t.writes(a), t.private(b))
    cross(t, a, b, packet, kept=True)
    return InterfaceHost(a), InterfaceHost(b), packet, Choices()


def cross(t: Thread, a: str, b: str, packet: Packet, *, kept: bool) -> None:
    """Open every filter between two interfaces of different subnets, both ways."""
    t.sends(a, packet, b if kept else None)
    t.leaves(t.subnet_of(a), packet)
    t.enters(t.subnet_of(b), packet)
    t.takes(b, packet, a if kept else None)
    t.returns(packet, (t.subnet_of(b), True), (t.subnet_of(a), False))


def _peering(t: Thread) -> Threaded:
    a, b = t.host(t.vpcs[0]), t.host(t.vpcs[1])
    packet = t.packet(t.writes(a), t.private(b))
    peering = PeeringTarget(peering_of(t.plan, t.vpcs[0], t.vpcs[1]))
    add_route(t.plan, t.subnet_of(a), packet.destination, peering)
    if t.replies:
        add_route(t.plan, t.subnet_of(b), packet.source, peering)
    cross(t, a, b, packet, kept=True)
    return InterfaceHost(a), InterfaceHost(b), packet, Choices()


WAYS: Ways = {SUBNET: (4, _subnet), VPC: (8, _vpc), PEERING: (6, _peering)}

"""From EC2 Instance Connect Endpoints: near and far, under their own and their users' addresses."""

from __future__ import annotations

from dataclasses import replace

from tests.strategies.instance_connect_endpoint import KEEPS, PORTS, connect, user
from tests.strategies.peering import peering_of
from tests.strategies.route_table import add_exact_route, add_route, own_table
from tests.strategies.spines.appliances import through
from tests.strategies.spines.inside import cross
from tests.strategies.spines.thread import Kind, Thread, Threaded, Ways
from verifier.model import PeeringTarget
from verifier.packet import TCP, Packet
from verifier.trace import Choices, InterfaceHost

CONNECT_OWN = Kind("connect-own")
CONNECT_USER = Kind("connect-user")
CONNECT_PEERING = Kind("connect-peering", vpcs=2)
CONNECT_APPLIANCE = Kind("connect-appliance")


def _endpoint(t: Thread, keeps: bool | None) -> str:
    name = t.add(t.vpcs[0], None, None)
    connect(t.plan, name, keeps)
    return name


def _packet(t: Thread, a: str, b: str, *, own: bool) -> Packet:
    """What the endpoint sends; now and then to a port that it does not open."""
    plan = t.plan
    if plan.chance(0.93):
        plan.ports[0] = plan.pick(PORTS)
    source = t.private(a) if own else user(plan, a, t.family)
    packet = Packet(source, t.private(b), TCP, plan.ports[1], plan.ports[0])
    return replace(packet, protocol=17) if plan.chance(0.03) else packet


def _within(t: Thread, a: str, b: str, packet: Packet) -> Threaded:
    if t.subnet_of(a) == t.subnet_of(b):
        t.sends(a, packet, b)
        t.takes(b, packet, a)
    else:
        cross(t, a, b, packet, kept=True)
    return InterfaceHost(a), InterfaceHost(b), packet, Choices()


def _own(t: Thread) -> Threaded:
    """From its own address (EICE-3)."""
    a, b = _endpoint(t, t.plan.pick((False, False, None))), t.host(t.vpcs[0])
    return _within(t, a, b, _packet(t, a, b, own=True))


def _user(t: Thread) -> Threaded:
    """From a user's address (EICE-4 to EICE-6)."""
    a, b = _endpoint(t, t.plan.pick((True, True, True, None))), t.host(t.vpcs[0])
    return _within(t, a, b, _packet(t, a, b, own=False))


def _peering(t: Thread) -> Threaded:
    """To another VPC, where users' addresses do not come."""
    keeps = t.plan.weighted(KEEPS)
    a, b = _endpoint(t, keeps), t.host(t.vpcs[1])
    packet = _packet(t, a, b, own=keeps is not True and t.plan.chance(0.8))
    peering = PeeringTarget(peering_of(t.plan, t.vpcs[0], t.vpcs[1]))
    add_route(t.plan, t.subnet_of(a), packet.destination, peering)
    if t.replies:
        add_route(t.plan, t.subnet_of(b), packet.source, peering)
    cross(t, a, b, packet, kept=True)
    return InterfaceHost(a), InterfaceHost(b), packet, Choices()


def _appliance(t: Thread) -> Threaded:
    """Through an appliance, which the reply to a user need not pass (EICE-5)."""
    plan, keeps = t.plan, t.plan.weighted(KEEPS)
    a = _endpoint(t, keeps)
    b = t.host(t.vpcs[0], apart=t.subnet_of(a))
    near, far = t.subnet_of(a), t.subnet_of(b)
    own = sorted(found.id for found in plan.subnets.values() if found.vpc_id == t.vpcs[0])
    place = plan.pick([name for name in own if name != near])
    packet = _packet(t, a, b, own=keeps is not True)
    for subnet_id in {near: None, place: None, far: None}:
        own_table(plan, subnet_id)
    made = through(t, place, packet)
    add_exact_route(plan, near, packet.destination, made.target)
    if t.replies and far != place:
        add_exact_route(plan, far, packet.source, made.target)
    cross(t, a, b, packet, kept=False)
    return InterfaceHost(a), InterfaceHost(b), packet, Choices()


WAYS: Ways = {
    CONNECT_OWN: (3, _own),
    CONNECT_USER: (5, _user),
    CONNECT_PEERING: (2, _peering),
    CONNECT_APPLIANCE: (2, _appliance),
}

"""Through what is not modelled: entrances, exits, and VPCs that are not in the network."""

from __future__ import annotations

from dataclasses import replace

from tests.strategies.entrance import unmodelled_target
from tests.strategies.peering import add_peering
from tests.strategies.plan import FAR, OUTSIDE
from tests.strategies.route_table import add_exact_route, add_route
from tests.strategies.spines.thread import Kind, Thread, Threaded, Ways
from verifier.model import InterfaceKind, InterfaceTarget, PeeringTarget, RouteTarget
from verifier.packet import Address, Packet
from verifier.trace import INTERNET, Choices, InterfaceHost, OutsideHost

ENTRANCE = Kind("entrance", entrances=1)
EXIT_OUT = Kind("exit-out")
EXIT_IN = Kind("exit-in", vpcs=2, entrances=2)
EXIT_PUBLIC = Kind("exit-public", vpcs=2, gateways=2)
PEERING_BEYOND = Kind("peering-beyond")


def _entrance(t: Thread) -> Threaded:
    b, a = t.host(t.vpcs[0]), t.outside(FAR)
    if t.plan.chance(0.15):  # nobody's address in the VPC itself, which no entrance lets in
        blocks = [p for p in t.plan.vpcs[t.vpcs[0]].prefixes if p.family == t.family]
        a = Address(t.family, t.plan.pick(blocks).first + 250)
    packet = t.packet(a, t.private(b))
    t.enters(t.subnet_of(b), packet)
    t.takes(b, packet)
    if t.replies:
        add_route(t.plan, t.subnet_of(b), a, unmodelled_target(t.plan, internet=True))
    t.returns(packet, (t.subnet_of(b), True))
    doors = [found.id for found in t.plan.entrances if found.vpc_id == t.vpcs[0]]
    return OutsideHost(a, t.plan.pick([None, *doors])), InterfaceHost(b), packet, Choices()


def _exit_out(t: Thread) -> Threaded:
    a, b = t.host(t.vpcs[0]), t.outside(t.plan.pick((OUTSIDE, FAR)))
    packet = t.packet(t.private(a), b)
    target = unmodelled_target(t.plan)
    t.sends(a, packet)
    t.leaves(t.subnet_of(a), packet)
    add_route(t.plan, t.subnet_of(a), b, target)
    t.returns(packet, (t.subnet_of(a), False))
    door = t.plan.pick((None, INTERNET, target.id))
    return InterfaceHost(a), OutsideHost(b, door), packet, Choices()


def _exit_in(t: Thread) -> Threaded:
    a = t.host(t.vpcs[0])
    within = t.plan.chance(0.4)
    b = t.host(t.vpcs[0], apart=t.subnet_of(a)) if within else t.host(t.vpcs[1])
    packet = t.packet(t.private(a), t.private(b))
    return _by_exit(t, a, b, packet, packet, public=False)


def _exit_public(t: Thread) -> Threaded:
    a, b = t.host(t.vpcs[0]), t.host(t.vpcs[1])
    own, name = t.public(b)
    packet = t.packet(t.private(a), name)
    return _by_exit(t, a, b, packet, replace(packet, destination=own), public=True)


def _beyond(t: Thread, a: str, b: str) -> RouteTarget:
    """A target that is not modelled: a gateway, now and then an endpoint, or an appliance."""
    if t.plan.chance(0.6):
        return unmodelled_target(t.plan, internet=None if t.plan.chance(0.5) else True)
    found = [eni for eni in t.plan.interfaces.values() if eni.vpc_id == t.vpcs[0]]
    found = [eni for eni in found if eni.id not in (a, b)] or found
    chosen = t.plan.pick(found)
    if chosen.kind is not InterfaceKind.NAT_GATEWAY:
        checked = t.plan.chance(0.3)
        t.plan.interfaces[chosen.id] = replace(chosen, source_destination_check=checked)
    return InterfaceTarget(chosen.id, t.plan.gap(t.subnet_of(a), "RT-9"))


def _by_exit(t: Thread, a: str, b: str, packet: Packet, inner: Packet, *, public: bool) -> Threaded:
    outer = [address for address in (*t.plan.publics(), *OUTSIDE) if address.family == t.family]
    source = t.plan.pick((None, *outer, *(() if public else t.plan.known(t.family))))
    arriving = replace(inner, source=source or inner.source)
    t.sends(a, packet)
    t.leaves(t.subnet_of(a), packet)
    add_exact_route(t.plan, t.subnet_of(a), packet.destination, _beyond(t, a, b))
    t.enters(t.subnet_of(b), arriving)
    t.takes(b, arriving)
    return InterfaceHost(a), InterfaceHost(b), packet, Choices(gap_source=source)


def _peering_beyond(t: Thread) -> Threaded:
    """To a host of a VPC that is not in the network (PCX-3), or from one."""
    here = t.vpcs[0]
    far = Address.parse("10.77.0.5" if t.family == 4 else "fd77::5")
    peering = add_peering(t.plan, here, "vpc-elsewhere", True)
    a = t.host(here)
    if t.plan.chance(0.4):
        packet = t.packet(far, t.private(a))
        t.enters(t.subnet_of(a), packet)
        t.takes(a, packet)
        if t.replies:
            add_route(t.plan, t.subnet_of(a), far, PeeringTarget(peering))
        t.returns(packet, (t.subnet_of(a), True))
        return OutsideHost(far, t.plan.pick((None, peering))), InterfaceHost(a), packet, Choices()
    packet = t.packet(t.private(a), far)
    t.sends(a, packet)
    t.leaves(t.subnet_of(a), packet)
    add_route(t.plan, t.subnet_of(a), far, PeeringTarget(peering))
    t.returns(packet, (t.subnet_of(a), False))
    return InterfaceHost(a), OutsideHost(far, t.plan.pick((None, peering))), packet, Choices()


WAYS: Ways = {
    ENTRANCE: (4, _entrance),
    EXIT_OUT: (2, _exit_out),
    EXIT_IN: (2, _exit_in),
    EXIT_PUBLIC: (2, _exit_public),
    PEERING_BEYOND: (3, _peering_beyond),
}

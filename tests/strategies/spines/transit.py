"""Over transit gateways: from VPC to VPC, over a peering of two, out by a shared NAT gateway.

The attachment subnet is the hosts' own, or another one in the same zone, or in another zone (then
the network chooses, or does not carry the packet at all).
"""

from __future__ import annotations

from dataclasses import replace

from tests.strategies.plan import Plan
from tests.strategies.route_table import add_route
from tests.strategies.spines.thread import Kind, Thread, Threaded, Ways
from tests.strategies.transit_gateway import (
    add_transit_gateway,
    add_transit_table,
    attach_vpc,
    join,
    lead,
    tables_of,
)
from verifier.model import TransitGatewayTarget
from verifier.packet import Packet
from verifier.trace import Choices, InterfaceHost

TRANSIT = Kind("transit", vpcs=2)
TRANSIT_IPV6 = Kind("transit-ipv6", vpcs=2, ipv4=False)
TRANSIT_PEERING = Kind("transit-peering", vpcs=2)
TRANSIT_LOOP = Kind("transit-loop", vpcs=2)


def ports(t: Thread, vpc_id: str, host_subnet: str) -> list[str]:
    """Subnets to attach the VPC by: one in the zone of the host's, mostly, and maybe another."""
    plan = t.plan
    own = sorted(subnet.id for subnet in plan.subnets.values() if subnet.vpc_id == vpc_id)
    chosen = host_subnet if plan.chance(0.35) else plan.pick(own)
    if chosen != host_subnet and plan.chance(0.9):
        zone = plan.subnets[host_subnet].zone
        plan.subnets[chosen] = replace(plan.subnets[chosen], zone=zone)
    found = [chosen]
    if plan.chance(0.3):
        found.append(plan.pick(own))
    return found


def open_ports(t: Thread, packet: Packet, first: list[str], last: list[str]) -> None:
    """Open the attachment subnets' lists: into the gateway, and out of it, both ways."""
    for subnet_id in first:
        t.enters(subnet_id, packet)
    for subnet_id in last:
        t.leaves(subnet_id, packet)
    t.returns(packet, *((at, False) for at in last), *((at, True) for at in first))


def choices_of(plan: Plan) -> Choices:
    """Some choice of attachments and subnets, in both directions."""
    keys = [end.id for end in plan.transit_attachments.values() if len(end.subnet_ids) > 1]
    keys += list(plan.transit_tables)
    found = [
        tuple((key, plan.pick((0, 1, 1, 2, 3))) for key in sorted(set(keys)) if plan.chance(0.4))
        for _ in range(2)
    ]
    return Choices(transit=found[0], transit_reply=found[1])


def _tables(t: Thread, gateway: str) -> tuple[str, str]:
    """The tables of the near and of the far attachment: one table, or one for each."""
    (first,) = tables_of(t.plan, gateway)
    return first, first if t.plan.chance(0.5) else add_transit_table(t.plan, gateway)


def _ends(t: Thread) -> tuple[str, str, Packet, list[str], list[str], bool]:
    """Two hosts in two VPCs, every filter between them, and the subnets to attach them by."""
    a, b = t.host(t.vpcs[0]), t.host(t.vpcs[1])
    packet = t.packet(t.writes(a), t.private(b))
    kept = t.plan.chance(0.7)
    near, far = ports(t, t.vpcs[0], t.subnet_of(a)), ports(t, t.vpcs[1], t.subnet_of(b))
    t.sends(a, packet)
    t.leaves(t.subnet_of(a), packet)
    open_ports(t, packet, near, far)
    t.enters(t.subnet_of(b), packet)
    t.takes(b, packet, a if kept else None)
    t.returns(packet, (t.subnet_of(b), True), (t.subnet_of(a), False))
    return a, b, packet, near, far, kept


def _transit(t: Thread) -> Threaded:
    a, b, packet, near, far, kept = _ends(t)
    plan = t.plan
    gateway = add_transit_gateway(plan, plain=True)
    first, second = _tables(t, gateway)
    references = {"references": True} if kept else {}
    one = attach_vpc(plan, gateway, first, near, **references)
    two = attach_vpc(plan, gateway, second, far, **references)
    found = plan.transit_gateways[gateway]
    plan.transit_gateways[gateway] = replace(found, references=kept or found.references)
    more = (attach_vpc(plan, gateway, second, far),) if plan.chance(0.1) else ()
    lead(plan, first, packet.destination, two, *more)
    add_route(plan, t.subnet_of(a), packet.destination, TransitGatewayTarget(gateway))
    if t.replies:
        lead(plan, second, packet.source, one)
        add_route(plan, t.subnet_of(b), packet.source, TransitGatewayTarget(gateway))
    return InterfaceHost(a), InterfaceHost(b), packet, choices_of(plan)


def _transit_peering(t: Thread) -> Threaded:
    a, b, packet, near, far, _ = _ends(t)
    plan = t.plan
    here, there = (add_transit_gateway(plan, plain=True) for _ in range(2))
    (first,), (last,) = tables_of(plan, here), tables_of(plan, there)
    one, two = attach_vpc(plan, here, first, near), attach_vpc(plan, there, last, far)
    peering = join(plan, (here, first), (there, last))
    lead(plan, first, packet.destination, peering)
    lead(plan, last, packet.destination, two)
    add_route(plan, t.subnet_of(a), packet.destination, TransitGatewayTarget(here))
    if t.replies:
        lead(plan, last, packet.source, peering)
        lead(plan, first, packet.source, one)
        add_route(plan, t.subnet_of(b), packet.source, TransitGatewayTarget(there))
    return InterfaceHost(a), InterfaceHost(b), packet, choices_of(plan)


def _transit_loop(t: Thread) -> Threaded:
    """Two gateways, or a VPC's attachment subnet, that hand the packet back and forth (TGW-11)."""
    a, b, packet, near, far, _ = _ends(t)
    plan = t.plan
    here = add_transit_gateway(plan, plain=True)
    (first,) = tables_of(plan, here)
    one = attach_vpc(plan, here, first, near)
    add_route(plan, t.subnet_of(a), packet.destination, TransitGatewayTarget(here))
    if plan.chance(0.5):
        there = add_transit_gateway(plan, plain=True)
        (last,) = tables_of(plan, there)
        peering = join(plan, (here, first), (there, last))
        lead(plan, first, packet.destination, peering)
        lead(plan, last, packet.destination, peering)
    else:
        lead(plan, first, packet.destination, one)
        for subnet_id in near:
            t.leaves(subnet_id, packet)
            add_route(plan, subnet_id, packet.destination, TransitGatewayTarget(here))
    del far
    return InterfaceHost(a), InterfaceHost(b), packet, choices_of(plan)


WAYS: Ways = {
    TRANSIT: (9, _transit),
    TRANSIT_IPV6: (3, _transit),
    TRANSIT_PEERING: (4, _transit_peering),
    TRANSIT_LOOP: (2, _transit_loop),
}

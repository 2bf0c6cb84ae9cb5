"""Through VPCs that serve others: a shared way out, and a firewall between two transit tables."""

from __future__ import annotations

from dataclasses import replace

from tests.strategies.internet_gateway import gateway_of
from tests.strategies.nat_gateway import add_nat_gateway
from tests.strategies.peering import add_peering, peering_of
from tests.strategies.plan import FAR, OUTSIDE, Plan
from tests.strategies.route_table import add_exact_route, add_route, own_table
from tests.strategies.spines.appliances import through
from tests.strategies.spines.thread import Kind, Thread, Threaded, Ways, give_block
from tests.strategies.spines.transit import choices_of, open_ports, ports
from tests.strategies.transit_gateway import (
    add_transit_gateway,
    add_transit_route,
    add_transit_table,
    attach_sites,
    attach_vpc,
    lead,
    tables_of,
)
from tests.strategies.vpc_endpoint import add_gateway_endpoint
from tests.strategies.vpn_gateway import knows, vpn_gateway_of
from verifier.model import (
    EndpointTarget,
    InternetGatewayTarget,
    NatGatewayTarget,
    PeeringTarget,
    TransitGatewayTarget,
    TransitRank,
    VpnGatewayTarget,
)
from verifier.packet import WIDTH, Address, Prefix
from verifier.trace import INTERNET, InterfaceHost, OutsideHost

TRANSIT_EGRESS = Kind("transit-egress", vpcs=2, gateways=2, ipv6=False)
TRANSIT_BEYOND = Kind("transit-beyond", vpcs=3)
INSPECTION = Kind("inspection", vpcs=3)


def two_subnets(plan: Plan, vpc_id: str) -> tuple[str, str]:
    """Two subnets of the VPC, in one zone."""
    own = sorted(found.id for found in plan.subnets.values() if found.vpc_id == vpc_id)
    first, second = plan.random.sample(own, 2)
    if plan.chance(0.92):
        plan.subnets[second] = replace(plan.subnets[second], zone=plan.subnets[first].zone)
    own_table(plan, first)
    own_table(plan, second)
    return first, second


def exactly(plan: Plan, table: str, address: Address, attachment: str) -> None:
    prefix = Prefix.of(address, WIDTH[address.family] - plan.pick((0, 0, 2)))
    add_transit_route(plan, table, prefix, TransitRank.STATIC, attachment)


def _transit_egress(t: Thread) -> Threaded:
    """Spoke, transit gateway, NAT gateway, internet gateway."""
    plan = t.plan
    a, b = t.host(t.vpcs[0]), t.outside(OUTSIDE)
    packet = t.packet(t.private(a), b, nat=True)
    near = ports(t, t.vpcs[0], t.subnet_of(a))
    port, place = two_subnets(plan, t.vpcs[1])
    if not any(prefix.family == 4 for prefix in plan.subnets[place].prefixes):
        give_block(plan, t.vpcs[1], None, place, 4)
    nat = add_nat_gateway(plan, plan.subnets[place], True, plain=True)
    hub = add_transit_gateway(plan, plain=True)
    (table,) = tables_of(plan, hub)
    spoke, shared = attach_vpc(plan, hub, table, near), attach_vpc(plan, hub, table, [port])
    lead(plan, table, b, shared)
    exactly(plan, table, packet.source, spoke)
    chosen = plan.pick(plan.nat_gateways[nat].addresses)
    nat_port = plan.pick((1024, 1025, 65535)) if packet.source_port is not None else None
    inner = replace(packet, source=chosen.private, source_port=nat_port)
    t.sends(a, packet)
    t.leaves(t.subnet_of(a), packet)
    open_ports(t, packet, near, [port])
    t.enters(place, packet)
    t.leaves(place, inner)
    t.returns(inner, (place, False))
    t.returns(packet, (place, True), (t.subnet_of(a), False))
    gateway = gateway_of(plan, t.vpcs[1])
    add_route(plan, t.subnet_of(a), b, TransitGatewayTarget(hub))
    add_exact_route(plan, port, b, NatGatewayTarget(nat))
    add_exact_route(plan, place, b, InternetGatewayTarget(gateway))
    if t.replies:
        add_exact_route(plan, place, packet.source, TransitGatewayTarget(hub))
    choices = replace(choices_of(plan), nat_port=nat_port, nat_address=chosen.private)
    door = plan.pick((None, INTERNET, gateway))
    return InterfaceHost(a), OutsideHost(b, door), packet, choices


def _unowned(t: Thread, vpc_id: str) -> Address:
    """An address of the VPC that no interface has, and no host outside either (TGW-5)."""
    blocks = [found for found in t.plan.vpcs[vpc_id].prefixes if found.family == t.family]
    return Address(t.family, t.plan.pick(blocks).first + 250)


def _transit_beyond(t: Thread) -> Threaded:
    """Spoke, transit gateway, and on by what serves its own VPC only, or by sites (PCX-6)."""
    plan = t.plan
    a = t.host(t.vpcs[0])
    own = ("peering", "peering", "private", "endpoint", "endpoint", "elsewhere")
    kind = plan.pick((*own, "sites", "sites", "nobody"))
    c = t.host(t.vpcs[2]) if kind in ("peering", "sites") else None
    b = t.private(c) if c is not None else t.outside(FAR if kind == "private" else OUTSIDE)
    if kind == "nobody":
        b = _unowned(t, t.vpcs[2])
    if kind == "elsewhere":
        b = Address.parse("10.77.0.5" if t.family == 4 else "fd77::5")
    packet = t.packet(t.private(a), b, nat=True)
    near = ports(t, t.vpcs[0], t.subnet_of(a))
    port, _ = two_subnets(plan, t.vpcs[1])
    hub = add_transit_gateway(plan, plain=True)
    (table,) = tables_of(plan, hub)
    one, two = attach_vpc(plan, hub, table, near), attach_vpc(plan, hub, table, [port])
    exactly(plan, table, b, attach_sites(plan, hub, table) if kind in ("sites", "nobody") else two)
    exactly(plan, table, packet.source, one)
    t.sends(a, packet)
    t.leaves(t.subnet_of(a), packet)
    open_ports(t, packet, near, [port])
    add_route(plan, t.subnet_of(a), b, TransitGatewayTarget(hub))
    door: str | None = None
    if c is not None:
        if kind == "peering":
            add_exact_route(plan, port, b, PeeringTarget(peering_of(plan, t.vpcs[1], t.vpcs[2])))
        t.enters(t.subnet_of(c), packet)
        t.takes(c, packet)
        return InterfaceHost(a), InterfaceHost(c), packet, choices_of(plan)
    if kind == "nobody":
        return InterfaceHost(a), OutsideHost(b), packet, choices_of(plan)
    if kind == "private":
        door = vpn_gateway_of(plan, t.vpcs[1])
        knows(plan, door, b)
        add_exact_route(plan, port, b, VpnGatewayTarget(door))
    elif kind == "elsewhere":
        door = add_peering(plan, t.vpcs[1], "vpc-elsewhere", True)
        add_exact_route(plan, port, b, PeeringTarget(door))
    else:
        door = add_gateway_endpoint(plan, t.vpcs[1], plain=True)
        add_exact_route(plan, port, b, EndpointTarget(door))
    return InterfaceHost(a), OutsideHost(b, plan.pick((None, door))), packet, choices_of(plan)


def _inspection(t: Thread) -> Threaded:
    """Spoke, transit gateway, firewall, transit gateway, spoke."""
    plan = t.plan
    a, b = t.host(t.vpcs[0]), t.host(t.vpcs[1])
    packet = t.packet(t.private(a), t.private(b))
    near, far = ports(t, t.vpcs[0], t.subnet_of(a)), ports(t, t.vpcs[1], t.subnet_of(b))
    port, place = two_subnets(plan, t.vpcs[2])
    hub = add_transit_gateway(plan, plain=True)
    (spokes,), checked = tables_of(plan, hub), add_transit_table(plan, hub)
    one, two = attach_vpc(plan, hub, spokes, near), attach_vpc(plan, hub, spokes, far)
    ways = [port, place] if plan.chance(0.15) else [port]
    firewall = attach_vpc(plan, hub, checked, ways, appliance_mode=plan.chance(0.6))
    t.sends(a, packet)
    t.leaves(t.subnet_of(a), packet)
    open_ports(t, packet, [*near, port], [port, *far])
    made = through(t, place, packet)
    t.enters(t.subnet_of(b), packet)
    t.takes(b, packet)
    t.returns(packet, (t.subnet_of(b), True), (t.subnet_of(a), False))
    add_route(plan, t.subnet_of(a), packet.destination, TransitGatewayTarget(hub))
    if t.replies:
        add_route(plan, t.subnet_of(b), packet.source, TransitGatewayTarget(hub))
    lead(plan, spokes, packet.destination, firewall)
    lead(plan, spokes, packet.source, firewall)
    for address, end in ((packet.destination, two), (packet.source, one)):
        exactly(plan, checked, address, end)
        add_exact_route(plan, port, address, made.target)
        add_exact_route(plan, place, address, TransitGatewayTarget(hub))
    return InterfaceHost(a), InterfaceHost(b), packet, choices_of(plan)


WAYS: Ways = {
    TRANSIT_EGRESS: (4, _transit_egress),
    TRANSIT_BEYOND: (4, _transit_beyond),
    INSPECTION: (5, _inspection),
}

"""Rare things on ways over gateways and appliances, as `tests.strategies.twist` has them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from tests.strategies.instance_connect_endpoint import KEEPS, connect
from tests.strategies.network_firewall import half_inspected, judged
from tests.strategies.plan import Plan
from tests.strategies.route_table import routes_of
from tests.strategies.transit_gateway import add_transit_route, tables_of
from verifier.model import (
    AttachmentKey,
    EndpointKind,
    EndpointTarget,
    InterfaceKind,
    InterfaceTarget,
    InternetGatewayTarget,
    LocalTarget,
    NetworkInterface,
    PublicAccess,
    Route,
    RouteTarget,
    TransitGatewayTarget,
    TransitRank,
    VpnGatewayTarget,
)
from verifier.packet import WIDTH, Prefix
from verifier.trace import Host, InterfaceHost, Probe

CONNECT = ("connect-user", "connect-own", "connect-user", "connect-peering", "connect-appliance")
TRANSIT = (
    *("transit", "transit", "transit-peering", "transit-in", "transit-out", "transit-egress"),
    "inspection",
)
APPLIANCES = ("appliance", "edge-in", "edge-out", "edge-sites", "nat-instance", "inspection")


def end_of(plan: Plan, host: Host | None) -> NetworkInterface | None:
    if not isinstance(host, InterfaceHost):
        return None
    found = plan.interfaces[host.interface_id]
    return None if found.kind is InterfaceKind.NAT_GATEWAY else found


def _subnet(plan: Plan, host: Host | None) -> str | None:
    if not isinstance(host, InterfaceHost):
        return None
    return plan.interfaces[host.interface_id].subnet_id


def _change(plan: Plan, key: AttachmentKey, **fields: Any) -> None:
    plan.transit_attachments[key] = replace(plan.transit_attachments[key], **fields)


def public_access(plan: Plan, spine: Probe) -> None:
    """Block Public Access stops the subnet of an end, or of a NAT gateway (IGW-12)."""
    ends = [_subnet(plan, spine.source), _subnet(plan, spine.destination)]
    ends += [gateway.subnet_id for gateway in plan.nat_gateways.values()]
    chosen = plan.pick([end for end in ends if end is not None])
    modes = (PublicAccess.EGRESS, PublicAccess.NAT, PublicAccess.NAT, PublicAccess.CLOSED)
    mode = plan.pick(modes)
    for name in (chosen,) if plan.chance(0.6) else sorted(plan.subnets):
        plan.subnets[name] = replace(plan.subnets[name], public_access=mode)


def other_zone(plan: Plan, spine: Probe) -> None:
    """The attachments, or an end, are in another zone, or in none that is known (TGW-2, TGW-6)."""
    zones = ("zone-9", None, "zone-1")
    subnets = [end for end in plan.transit_attachments.values() if end.subnet_ids]
    names = [plan.pick(plan.pick(subnets).subnet_ids)] if subnets else []
    if plan.chance(0.5):
        names = [found for host in (spine.source, spine.destination)
                 if (found := _subnet(plan, host)) is not None][-1:]  # fmt: skip
    for name in names:
        plan.subnets[name] = replace(plan.subnets[name], zone=plan.pick(zones))


def unassociated(plan: Plan, spine: Probe) -> None:
    """An attachment has no table, is not available, or carries no IPv6 (TGW-1 to TGW-5)."""
    if plan.transit_attachments:
        key = plan.pick(sorted(plan.transit_attachments))
        closed = {"ipv6": False} if spine.packet.family == 6 else {"available": False}
        changes: dict[str, Any] = plan.pick([{"table_id": None}, {"available": False}, closed])
        _change(plan, key, **changes)


def transit_hole(plan: Plan, spine: Probe) -> None:
    """A blackhole for just the packet, or its reply, of some rank (TGW-4)."""
    for name in list(plan.transit_tables):
        address = plan.pick((spine.packet.destination, spine.packet.source))
        rank = plan.pick(list(TransitRank))
        for route in plan.transit_tables[name].routes:
            if route.prefix.holds(address) and plan.chance(0.6):
                add_transit_route(plan, name, route.prefix, rank)
                break
        else:
            add_transit_route(plan, name, Prefix.of(address, WIDTH[address.family]), rank)


def transit_twin(plan: Plan, spine: Probe) -> None:
    """Two routes for the same destination, of different ranks, to different attachments (TGW-4)."""
    for name, table in list(plan.transit_tables.items()):
        ends = [at for gateway, at in plan.transit_attachments
                if gateway == table.transit_gateway_id]  # fmt: skip
        found = [r for r in table.routes if r.prefix.holds(spine.packet.destination)]
        if found and ends:
            route = plan.pick(found)
            rank = plan.pick([route.rank, *TransitRank])
            add_transit_route(plan, name, route.prefix, rank, plan.pick(sorted(ends)))


def transit_gap(plan: Plan, spine: Probe) -> None:
    """A gateway, an attachment, or a table that is not known for certain (GAP-6)."""
    del spine
    kind = plan.pick(("gateway", "attachment", "attachment", "table"))
    if kind == "gateway" and plan.transit_gateways:
        name = plan.pick(sorted(plan.transit_gateways))
        gateway = plan.transit_gateways[name]
        plan.transit_gateways[name] = replace(gateway, gap=plan.gap(name, "TGW-1", "twisted"))
    elif kind == "table" and plan.transit_tables:
        name = plan.pick(sorted(plan.transit_tables))
        table = plan.transit_tables[name]
        plan.transit_tables[name] = replace(table, gap=plan.gap(name, "TGW-4", "twisted"))
    elif plan.transit_attachments:
        key = plan.pick(sorted(plan.transit_attachments))
        _change(plan, key, gap=plan.gap(key[1], "TGW-5", "twisted"))


def more_ways(plan: Plan, spine: Probe) -> None:
    """Attachments have more subnets, so that the network chooses (TGW-6)."""
    del spine
    for key, end in list(plan.transit_attachments.items()):
        own = sorted(s.id for s in plan.subnets.values() if s.vpc_id == end.vpc_id)
        if own and plan.chance(0.8):
            count = min(len(own), plan.pick((2, 2, 3)))
            several = tuple(sorted({*end.subnet_ids, *plan.random.sample(own, count)}))
            _change(plan, key, subnet_ids=several, appliance_mode=plan.chance(0.5))
    for name in sorted(plan.subnets):
        if plan.chance(0.3):
            plan.subnets[name] = replace(plan.subnets[name], zone=f"zone-{plan.pick((1, 2, 3))}")


def references(plan: Plan, spine: Probe) -> None:
    """Group references are switched off at the gateway, or at one attachment (TGW-8)."""
    del spine
    kind = plan.random.random()
    if kind < 0.3:
        for name, gateway in plan.transit_gateways.items():
            plan.transit_gateways[name] = replace(gateway, references=False)
    elif plan.transit_attachments:
        key = plan.pick(sorted(plan.transit_attachments))
        _change(plan, key, references=kind > 0.65)


def all_but_one(plan: Plan) -> None:
    """References hold at every gateway and attachment but, mostly, one of them (TGW-8)."""
    for name, gateway in plan.transit_gateways.items():
        plan.transit_gateways[name] = replace(gateway, references=True)
    ends = sorted(plan.transit_attachments)
    for key in ends:
        _change(plan, key, references=True)
    if ends and plan.chance(0.7):
        _change(plan, plan.pick(ends), references=False)


def one_sided(plan: Plan, spine: Probe) -> None:
    """The packet, or its reply, does not pass the appliance that the other one passes (MBX-5)."""
    hosts = (spine.source, spine.destination)
    names = [found for host in hosts if (found := _subnet(plan, host)) is not None]
    chosen = plan.pick(names)
    routes = routes_of(plan, chosen)
    if routes is not None:
        straight = _straight(plan, plan.subnets[chosen].vpc_id)
        through = [r for r in routes if isinstance(r.target, InterfaceTarget | EndpointTarget)]
        routes[:] = [r for r in routes if r not in through]
        if straight is not None:
            routes += [replace(route, target=straight) for route in through]
    if plan.chance(0.3):
        for gateway in plan.edge_tables:
            plan.tables[plan.edge_tables[gateway]][1].clear()


def _straight(plan: Plan, vpc_id: str) -> RouteTarget | None:
    """The way out of a VPC whose gateway has a table of its own."""
    for name in plan.edge_tables:
        if name in plan.gateways and vpc_id in plan.gateways[name].vpc_ids:
            return InternetGatewayTarget(name)
        if name in plan.vpn_gateways and plan.vpn_gateways[name].vpc_id == vpc_id:
            return VpnGatewayTarget(name)
    return None


def idle(plan: Plan, spine: Probe) -> None:
    """The appliance checks, is detached, is stopped, or is of another VPC (MBX-1)."""
    del spine
    targets = [
        route.target
        for _, routes in plan.tables.values()
        for route in routes
        if isinstance(route.target, InterfaceTarget)
    ]
    for name in sorted({target.interface_id for target in targets}):
        appliance = plan.interfaces[name]
        kind = plan.random.random()
        if kind < 0.35:
            appliance = replace(appliance, source_destination_check=True)
        elif kind < 0.55:
            appliance = replace(appliance, attached=False)
        elif appliance.instance_id in plan.instances:
            stopped = replace(plan.instances[appliance.instance_id or ""], state="stopped")
            plan.instances[stopped.id] = stopped
        elif kind < 0.8:
            appliance = replace(appliance, groups=())
        plan.interfaces[name] = appliance


def endpoints_off(plan: Plan, spine: Probe) -> None:
    """Endpoints are not available, take one family only, are of interfaces, or not there (VPCE)."""
    for name, endpoint in list(plan.endpoints.items()):
        family = spine.packet.family
        changes: dict[str, Any] = plan.pick(
            [
                {"available": False},
                {"families": frozenset({10 - family})},
                {"vpc_id": sorted(plan.vpcs)[-1]},
                {"kind": EndpointKind.INTERFACE, "subnet_id": None},
                {},
                {},
            ]
        )
        plan.endpoints[name] = replace(endpoint, **changes)
        if not changes:
            gone = "vpce-gone"
            plan.missing.setdefault(("vpc-endpoint", gone), plan.gap(gone, "GAP-6", "missing"))
            for _, routes in plan.tables.values():
                for at, route in enumerate(routes):
                    if route.target == EndpointTarget(name):
                        routes[at] = replace(route, target=EndpointTarget(gone))


def detached(plan: Plan, spine: Probe) -> None:
    """Private and egress-only gateways are attached to nothing, or to another VPC."""
    del spine
    elsewhere = plan.pick((None, sorted(plan.vpcs)[-1]))
    for name, private in plan.vpn_gateways.items():
        plan.vpn_gateways[name] = replace(private, vpc_id=elsewhere)
    for name, gateway in plan.egress_only_gateways.items():
        plan.egress_only_gateways[name] = replace(gateway, vpc_id=elsewhere)


def ignorant(plan: Plan, spine: Probe) -> None:
    """Private gateways know no way, for certain or perhaps (VGW-2)."""
    del spine
    for name, gateway in plan.vpn_gateways.items():
        gap = plan.gap(name, "VGW-2") if plan.chance(0.6) else None
        plan.vpn_gateways[name] = replace(gateway, prefixes=(), gap=gap)


def edge_elsewhere(plan: Plan, spine: Probe) -> None:
    """The edge table leads nowhere that it may lead to, or only says `local` (IGW-10)."""
    del spine
    for gateway, name in plan.edge_tables.items():
        routes = plan.tables[name][1]
        for at, route in enumerate(routes):
            kind = plan.random.random()
            if kind < 0.2:
                routes[at] = replace(route, target=LocalTarget())
            elif kind < 0.3:
                routes[at] = replace(route, blackhole=True)
            elif kind < 0.5:
                routes[at] = replace(route, target=InternetGatewayTarget(gateway))
            elif isinstance(route.target, InterfaceTarget):
                bare = plan.interfaces[route.target.interface_id]
                ipv4 = tuple(replace(own, public=None) for own in bare.ipv4)
                plan.interfaces[bare.id] = replace(bare, ipv4=ipv4)


def inspected(plan: Plan, spine: Probe) -> None:
    """A firewall has a rule for just the packet, or its reply (NFW)."""
    packet = spine.packet if plan.chance(0.6) else spine.packet.reply() or spine.packet
    seen = [p for _, _, p in plan.checkpoints if p.protocol == packet.protocol]
    judged(plan, plan.pick(seen) if seen and plan.chance(0.8) else packet)


def half_seen(plan: Plan, spine: Probe) -> None:
    """The stateful rules of firewalls see the reply, and not the packet (NFW-4)."""
    half_inspected(plan, spine.packet)


def no_ipv6(plan: Plan, spine: Probe) -> None:
    """One attachment carries no IPv6 (TGW-2, TGW-5)."""
    del spine
    if plan.transit_attachments:
        _change(plan, plan.pick(sorted(plan.transit_attachments)), ipv6=False)


def default_back(plan: Plan, spine: Probe) -> None:
    """What the VPCs behind transit gateways do not know they hand back to them (TGW-11)."""
    everything = Prefix(spine.packet.family, 0, 0)
    for (gateway, name), end in list(plan.transit_attachments.items()):
        for subnet_id in end.subnet_ids:
            routes = routes_of(plan, subnet_id)
            if routes is not None and everything not in [route.destination for route in routes]:
                routes.append(Route(destination=everything, target=TransitGatewayTarget(gateway)))
        for table in tables_of(plan, gateway):
            known = [route.prefix for route in plan.transit_tables[table].routes]
            if everything not in known and (end.vpc_id is None or plan.chance(0.7)):
                add_transit_route(plan, table, everything, TransitRank.STATIC, name)


def connects_otherwise(plan: Plan, spine: Probe) -> None:
    """Endpoints keep users' addresses where they did not, or it is not said (EICE-3 to EICE-6)."""
    del spine
    for name in sorted(plan.connect_endpoints):
        connect(plan, name, plan.weighted(KEEPS))


TWISTS = {
    half_seen: ("firewall", "firewall", "inspection"),
    no_ipv6: ("transit-ipv6",),
    default_back: ("transit", "transit-peering", "transit-ipv6", "inspection"),
    connects_otherwise: CONNECT,
    public_access: (
        *("internet-in", "internet-out", "hairpin", "hairpin-across", "hairpin-across-ipv6"),
        *("nat-out", "nat-hairpin", "transit-egress", "egress-only", "egress-only-across"),
        "edge-in",
    ),
    other_zone: TRANSIT,
    unassociated: TRANSIT,
    transit_hole: TRANSIT,
    transit_twin: (*TRANSIT, "transit-loop"),
    transit_gap: TRANSIT,
    more_ways: TRANSIT,
    one_sided: APPLIANCES,
    idle: APPLIANCES[:-1],
    endpoints_off: ("gateway-endpoint", "gateway-endpoint-nat", "appliance", "inspection"),
    detached: ("vpn-in", "egress-only", "vpn-out", "egress-only", "vpn-out", "vpn-in"),
    ignorant: ("vpn-out", "vpn-in"),
    edge_elsewhere: ("edge-in", "edge-out", "edge-sites"),
    inspected: ("inspection", "appliance", "inspection", "edge-out", "inspection", "edge-sites"),
}
"""The twists, and the kinds of way that each is made for."""

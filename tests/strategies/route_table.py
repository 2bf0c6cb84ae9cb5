"""Route tables: main and explicit ones, ties, blackholes, prefix lists, every kind of target."""

from __future__ import annotations

from collections.abc import Callable

from tests.strategies.entrance import unmodelled_target
from tests.strategies.internet_gateway import MISSING as NO_GATEWAY
from tests.strategies.plan import Plan
from tests.strategies.prefix_list import list_around, missing_list
from verifier.model import (
    EgressOnlyTarget,
    EndpointTarget,
    InterfaceTarget,
    InternetGatewayTarget,
    LocalTarget,
    NatGatewayTarget,
    PeeringTarget,
    PrefixListReference,
    Route,
    RouteOrigin,
    RouteTable,
    RouteTarget,
    TransitGatewayTarget,
    VpnGatewayTarget,
)
from verifier.packet import Address, Prefix


def add_tables(plan: Plan) -> None:
    """Make tables and say which routes which subnet; routes come later."""
    for vpc_id in plan.vpcs:
        main = f"rtb-{vpc_id[4:]}0"
        has_main = plan.chance(0.95)
        if has_main:
            plan.tables[main] = (vpc_id, [])
            plan.main_table[vpc_id] = main
        for subnet in plan.subnets.values():
            if subnet.vpc_id != vpc_id:
                continue
            if plan.chance(0.6):
                name = f"rtb-{subnet.id[7:]}"
                plan.tables[name] = (vpc_id, [])
                plan.table_of[subnet.id] = name
            elif not has_main:
                key = ("route-table", subnet.id)
                plan.missing[key] = plan.gap(subnet.id, "GAP-10", "no route table")


def routes_of(plan: Plan, subnet_id: str) -> list[Route] | None:
    """The routes of the table that routes the subnet; None if there is none."""
    vpc_id = plan.subnets[subnet_id].vpc_id
    name = plan.table_of.get(subnet_id, plan.main_table.get(vpc_id))
    return None if name is None else plan.tables[name][1]


def own_table(plan: Plan, subnet_id: str) -> None:
    """Give the subnet a table that no other subnet uses (a NAT gateway's, for example)."""
    name = f"rtb-{subnet_id[7:]}"
    plan.tables.setdefault(name, (plan.subnets[subnet_id].vpc_id, []))
    plan.table_of[subnet_id] = name
    plan.missing.pop(("route-table", subnet_id), None)


def add_route(plan: Plan, subnet_id: str, address: Address, target: RouteTarget) -> None:
    """Add a route for the address, unless an equal destination is there; it may lose to others."""
    routes = routes_of(plan, subnet_id)
    if routes is None:
        return
    destination: Prefix | PrefixListReference = plan.around(address)
    if plan.chance(0.4):
        destination = Prefix(address.family, 0, 0)
    elif plan.chance(0.1):
        destination = list_around(plan, address)
    if destination not in [route.destination for route in routes]:
        routes.append(Route(destination=destination, target=target))


def add_exact_route(plan: Plan, subnet_id: str, address: Address, target: RouteTarget) -> None:
    """Add a route that is more specific than `local`."""
    routes = routes_of(plan, subnet_id)
    width = 32 if address.family == 4 else 128
    destination = Prefix.of(address, plan.pick((width, width, width - 2)))
    if routes is not None and destination not in [route.destination for route in routes]:
        routes.append(Route(destination=destination, target=target))


def add_noise(plan: Plan) -> None:
    """Add routes to the tables and shuffle."""
    for name, (vpc_id, routes) in plan.tables.items():
        for _ in range(plan.weighted({0: 6, 1: 4, 2: 2, 4: 1})):
            routes.append(_route(plan, name, vpc_id))
        if routes and plan.chance(0.06):
            tied = plan.pick(routes)
            routes.append(
                Route(
                    destination=tied.destination,
                    target=_target(plan, name, vpc_id),
                    origin=plan.pick((tied.origin, RouteOrigin.STATIC)),
                    blackhole=plan.chance(0.1),
                )
            )
        if plan.chance(0.6):
            for prefix in plan.vpcs[vpc_id].prefixes:
                if prefix not in [route.destination for route in routes]:
                    routes.append(Route(destination=prefix, target=LocalTarget()))
        plan.random.shuffle(routes)


def _route(plan: Plan, name: str, vpc_id: str) -> Route:
    destination: Prefix | PrefixListReference = plan.prefix()
    if plan.chance(0.1):
        destination = missing_list(plan) if plan.chance(0.4) else list_around(plan, None)
    target = _target(plan, name, vpc_id)
    if isinstance(target, InterfaceTarget) and plan.chance(0.5):
        family = plan.family()
        owned = plan.own(plan.interfaces[target.interface_id], family)
        destination = plan.around(plan.pick(owned)) if owned else destination
    propagated = plan.chance(0.12) and isinstance(destination, Prefix)
    return Route(
        destination=destination,
        target=target,
        blackhole=plan.chance(0.1),
        origin=RouteOrigin.PROPAGATED if propagated else RouteOrigin.STATIC,
    )


def _target(plan: Plan, name: str, vpc_id: str) -> RouteTarget:
    kinds = {"igw": 4, "nat": 4, "pcx": 4, "eni": 2, "else": 3, "gone": 1, "local": 1, "new": 4}
    kind = plan.weighted(kinds)
    if kind == "igw" and plan.gateways:
        return InternetGatewayTarget(plan.pick(sorted(plan.gateways)))
    if kind == "nat" and plan.nat_gateways:
        return NatGatewayTarget(plan.pick(sorted(plan.nat_gateways)))
    if kind == "pcx" and plan.peerings:
        return PeeringTarget(plan.pick(sorted(plan.peerings)))
    if kind == "eni":
        own = [eni.id for eni in plan.interfaces.values() if eni.vpc_id == vpc_id]
        if own:
            return InterfaceTarget(plan.pick(sorted(own)), plan.gap(name, "RT-9"))
    if kind == "gone":
        return _missing_target(plan)
    if kind == "new" and (known := _forwarding(plan)):
        return plan.pick(known)
    if kind == "local":
        return LocalTarget()
    return unmodelled_target(plan)


def _forwarding(plan: Plan) -> list[RouteTarget]:
    """Gateways and endpoints of the network, of whichever VPC."""
    found: list[RouteTarget] = [TransitGatewayTarget(name) for name in plan.transit_gateways]
    found += [VpnGatewayTarget(name) for name in plan.vpn_gateways]
    found += [EgressOnlyTarget(name) for name in plan.egress_only_gateways]
    return found + [EndpointTarget(name) for name in plan.endpoints]


_MISSING: dict[str, tuple[str, Callable[[str], RouteTarget]]] = {
    "internet-gateway": (NO_GATEWAY, InternetGatewayTarget),
    "nat-gateway": ("nat-gone", NatGatewayTarget),
    "peering": ("pcx-gone", PeeringTarget),
    "transit-gateway": ("tgw-gone", TransitGatewayTarget),
    "vpn-gateway": ("vgw-gone", VpnGatewayTarget),
    "egress-only-internet-gateway": ("eigw-gone", EgressOnlyTarget),
    "vpc-endpoint": ("vpce-gone", EndpointTarget),
}


def _missing_target(plan: Plan) -> RouteTarget:
    kind = plan.pick(sorted(_MISSING))
    name, made = _MISSING[kind]
    plan.missing.setdefault((kind, name), plan.gap(name, "GAP-6", "missing"))
    return made(name)


def freeze_table(plan: Plan, name: str) -> RouteTable:
    """The table with its associations, and a tie gap where routes tie (GAP-8)."""
    vpc_id, routes = plan.tables[name]
    subnets = tuple(sorted(s for s, table in plan.table_of.items() if table == name))
    ties = _ties(plan, routes)
    return RouteTable(
        id=name,
        vpc_id=vpc_id,
        main=plan.main_table.get(vpc_id) == name,
        subnet_ids=subnets,
        gateway_ids=tuple(sorted(at for at, table in plan.edge_tables.items() if table == name)),
        routes=tuple(routes),
        tie_gap=plan.gap(name, "GAP-8", "tie") if ties else None,
    )


def _ties(plan: Plan, routes: list[Route]) -> bool:
    """True iff two routes may tie: an equal block, an equal rank, different targets."""
    seen: dict[tuple[Prefix, int], set[tuple[RouteTarget, bool]]] = {}
    for route in routes:
        destination = route.destination
        if isinstance(destination, PrefixListReference):
            known = plan.prefix_lists.get(destination.prefix_list_id)
            blocks, rank = (known.prefixes if known else ()), 2
        else:
            blocks, rank = (destination,), 1 if route.origin is RouteOrigin.STATIC else 3
        for block in blocks:
            seen.setdefault((block, rank), set()).add((route.target, route.blackhole))
    return any(len(found) > 1 for found in seen.values())

"""Route tables: the longest prefix, then the better origin (RT-1 to RT-4, GAP-8).

Owns how a table finds its routes for an address; what a target then means is the router's affair
(`subnet.py`). Law: the order of the input decides nothing but which of two equal routes is shown.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple, assert_never

from verifier.evaluate.prefix_list import entries
from verifier.model import (
    EgressOnlyTarget,
    EndpointTarget,
    Gap,
    InterfaceTarget,
    InternetGatewayTarget,
    LocalTarget,
    NatGatewayTarget,
    Network,
    PeeringTarget,
    Route,
    RouteOrigin,
    RouteTable,
    RouteTarget,
    TransitGatewayTarget,
    UnmodelledTarget,
    VpnGatewayTarget,
)
from verifier.packet import WIDTH, Address, Family, Prefix


class Winner(NamedTuple):
    """The route that wins for an address, and the prefix it wins by; a tie has several."""

    prefix: Prefix
    routes: tuple[Route, ...]


@dataclass(frozen=True, slots=True)
class Lookup:
    """A table made ready: per family and prefix length the best routes of each prefix.

    `unknown` are the routes whose prefix list is not in the snapshot, with the gap (GAP-8).
    """

    table: RouteTable
    lengths: dict[Family, tuple[int, ...]]
    best: dict[Prefix, tuple[Route, ...]]
    unknown: tuple[tuple[Gap, Route], ...]

    def find(self, address: Address) -> Winner | None:
        """The winner among the routes whose destinations are known (RT-3, RT-4)."""
        family, width = address.family, WIDTH[address.family]
        for length in self.lengths[family]:
            spare = width - length
            prefix = Prefix(family, (address.value >> spare) << spare, length)
            routes = self.best.get(prefix)
            if routes is not None:
                return Winner(prefix, routes)
        return None


def routers(network: Network) -> dict[str, Lookup]:
    """Which table routes which subnet: by association, else the main one of its VPC (RT-1)."""
    tables = sorted(network.route_tables.values(), key=lambda table: table.id, reverse=True)
    main = {table.vpc_id: table for table in tables if table.main}
    chosen = {
        subnet.id: main[subnet.vpc_id]
        for subnet in network.subnets.values()
        if subnet.vpc_id in main
    }
    for table in tables:
        chosen.update(dict.fromkeys(table.subnet_ids, table))
    ready = {table.id: look_up(network, table) for table in tables}
    return {subnet_id: ready[table.id] for subnet_id, table in chosen.items()}


def edges(network: Network) -> dict[tuple[str, str], Lookup]:
    """Which table leads what comes in by which gateway of which VPC (IGW-10, VGW-3).

    The first by id counts; one that has only `local` routes is none (IGW-9).
    """
    found: dict[tuple[str, str], Lookup] = {}
    for table in sorted(network.route_tables.values(), key=lambda table: table.id):
        if any(not isinstance(route.target, LocalTarget) for route in table.routes):
            for gateway_id in table.gateway_ids:
                found.setdefault((gateway_id, table.vpc_id), look_up(network, table))
    return found


def look_up(network: Network, table: RouteTable) -> Lookup:
    """Make a table ready."""
    ranked: dict[Prefix, list[tuple[int, Route]]] = {}
    unknown: list[tuple[Gap, Route]] = []
    for route in (*_local_routes(network, table), *table.routes):
        if isinstance(route.destination, Prefix):
            if not _ignored(network, table, route):
                ranked.setdefault(route.destination, []).append((_rank(route), route))
            continue
        listed = entries(network, route.destination)
        if isinstance(listed, Gap):
            unknown.append((listed, route))
            continue
        for prefix in listed:
            ranked.setdefault(prefix, []).append((_rank(route), route))
    best = {prefix: _best(found) for prefix, found in ranked.items()}
    four, six = (
        tuple(sorted({prefix.length for prefix in best if prefix.family == family}, reverse=True))
        for family in (4, 6)
    )
    return Lookup(table, {4: four, 6: six}, best, tuple(unknown))


def _local_routes(network: Network, table: RouteTable) -> Iterator[Route]:
    """RT-2: a `local` route per block of the VPC that the table does not list otherwise."""
    vpc = network.vpcs.get(table.vpc_id)
    listed = {
        route.destination for route in table.routes if route.origin is not RouteOrigin.PROPAGATED
    }
    for prefix in vpc.prefixes if vpc is not None else ():
        if prefix not in listed:
            yield Route(destination=prefix, target=LocalTarget())


def _ignored(network: Network, table: RouteTable, route: Route) -> bool:
    """RT-4: a propagated route within a block of the VPC never wins."""
    vpc = network.vpcs.get(table.vpc_id)
    return (
        route.origin is RouteOrigin.PROPAGATED
        and vpc is not None
        and isinstance(route.destination, Prefix)
        and any(block.covers(route.destination) for block in vpc.prefixes)
    )


def _rank(route: Route) -> int:
    """RT-4: `local`, static, prefix list, propagated."""
    if isinstance(route.target, LocalTarget):
        return 0
    if route.origin is RouteOrigin.PROPAGATED:
        return 3
    return 1 if isinstance(route.destination, Prefix) else 2


def _best(ranked: list[tuple[int, Route]]) -> tuple[Route, ...]:
    """The routes of the best rank, the first of each component and state (RT-4)."""
    lowest = min(rank for rank, _ in ranked)
    found: dict[tuple[str, bool], Route] = {}
    for rank, route in ranked:
        if rank == lowest:
            found.setdefault((component(route.target), route.blackhole), route)
    return tuple(found.values())


def component(target: RouteTarget) -> str:
    """The id of what a route leads to, `local` for the VPC itself."""
    match target:
        case LocalTarget():
            return "local"
        case InternetGatewayTarget():
            return target.internet_gateway_id
        case NatGatewayTarget():
            return target.nat_gateway_id
        case PeeringTarget():
            return target.peering_id
        case EgressOnlyTarget():
            return target.gateway_id
        case TransitGatewayTarget():
            return target.transit_gateway_id
        case VpnGatewayTarget():
            return target.vpn_gateway_id
        case EndpointTarget():
            return target.endpoint_id
        case InterfaceTarget():
            return target.interface_id
        case UnmodelledTarget():
            return target.id
        case _ as never:
            assert_never(never)

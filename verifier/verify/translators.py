"""NAT64 that is not modelled: could it carry a `never` or `only` across families (clause ASK-8)?

What NAT gateways translate is followed by both meanings. A route that serves NAT64 names (made for
them, or a wider one) and leads to anything else that may translate them, an appliance or a gateway
that is not modelled, is not: beyond it a packet keeps its family (GAP-6). Law: where a source's
packets may come to such a route and an interface of the destinations, or a node of a load balancer,
has an IPv4 address, a proof is none, and the route's gap is named.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from verifier.invariants.question import Question
from verifier.model import (
    EgressOnlyTarget,
    EndpointTarget,
    Gap,
    InterfaceTarget,
    InternetGatewayTarget,
    LocalTarget,
    NatGatewayTarget,
    Network,
    NetworkInterface,
    PeeringTarget,
    Route,
    RouteTable,
    RouteTarget,
    TransitGatewayTarget,
    UnmodelledTarget,
    VpnGatewayTarget,
)
from verifier.packet import NAT64, Prefix


def translator_gaps(network: Network, question: Question) -> tuple[Gap, ...]:
    """The gaps of what may translate between the question's hosts; empty iff nothing may."""
    if not question.destinations.nat64 or not _crosses(network, question):
        return ()
    tables, found = _from_sources(network, question)
    if any(_leads_on(route.target) for table in tables for route in _serving(network, table)):
        tables = list(network.route_tables.values())
    for table in tables:
        for route in _serving(network, table):
            found.update(_gaps(network, route.target))
    return tuple(sorted(found))


def _crosses(network: Network, question: Question) -> bool:
    """True iff a source may send by IPv6 to an interface that has IPv4."""
    spoken = any(6 in term.families for term in question.traffic)
    nodes = [name for one in network.load_balancers.values() for name in one.interface_ids]
    reached = [*question.destinations.interfaces, *nodes]
    fours = any(_has(network.interfaces[id_], 4) for id_ in reached)
    return spoken and fours and any(True for _ in _sixes(network, question))


def _sixes(network: Network, question: Question) -> Iterator[NetworkInterface]:
    """The sources that send by IPv6."""
    interfaces = [network.interfaces[id_] for id_ in question.sources.interfaces]
    return (one for one in interfaces if question.spoofed or _has(one, 6))


def _from_sources(network: Network, question: Question) -> tuple[list[RouteTable], set[Gap]]:
    """The tables that route what the sources send, and the gaps of those that are not there."""
    tables: dict[str, RouteTable] = {}
    gaps: set[Gap] = set()
    for subnet_id in {one.subnet_id for one in _sixes(network, question)}:
        own = [one for one in network.route_tables.values() if subnet_id in one.subnet_ids]
        home = network.subnets[subnet_id].vpc_id
        main = [one for one in network.route_tables.values() if one.main and one.vpc_id == home]
        for table in own or main:
            tables[table.id] = table
        if gap := network.missing.get(("route-table", subnet_id)):
            gaps.add(gap)
    return list(tables.values()), gaps


def _has(interface: NetworkInterface, family: int) -> bool:
    own = interface.ipv4 if family == 4 else interface.ipv6
    return bool(own) or any(prefix.family == family for prefix in interface.delegated)


def _serving(network: Network, table: RouteTable) -> Iterator[Route]:
    """The routes of the table that addresses in 64:ff9b::/96 may take (RT-3, RT-5)."""
    whole = [
        route.destination.length
        for route in table.routes
        if isinstance(route.destination, Prefix) and route.destination.covers(NAT64)
    ]
    hidden = max(whole, default=0)
    for route in table.routes:
        blocks = _blocks(network, route)
        serves = blocks is None or any(
            NAT64.covers(block) or (block.covers(NAT64) and block.length >= hidden)
            for block in blocks
        )
        if serves and not route.blackhole:
            yield route


def _blocks(network: Network, route: Route) -> tuple[Prefix, ...] | None:
    """What the route is for; None if that is not known."""
    if isinstance(route.destination, Prefix):
        return (route.destination,)
    known = network.prefix_lists.get(route.destination.prefix_list_id)
    return None if known is None else known.prefixes


def _leads_on(target: RouteTarget) -> bool:
    """True iff other tables may see what is handed to the target."""
    ends = (LocalTarget, InternetGatewayTarget, EgressOnlyTarget, UnmodelledTarget)
    return not isinstance(target, ends)


def _gaps(network: Network, target: RouteTarget) -> Iterator[Gap]:
    missing: Mapping[tuple[str, str], Gap] = network.missing
    found: Gap | None = None
    match target:
        case UnmodelledTarget(gap=gap, internet=True) | InterfaceTarget(gap=gap):
            found = gap
        case NatGatewayTarget(id_):
            nat = network.nat_gateways.get(id_)
            found = nat.gap if nat is not None else missing.get(("nat-gateway", id_))
        case TransitGatewayTarget(id_):
            gateway = network.transit_gateways.get(id_)
            found = gateway.gap if gateway is not None else missing.get(("transit-gateway", id_))
        case PeeringTarget(id_):
            found = missing.get(("peering", id_))
        case VpnGatewayTarget(id_):
            found = missing.get(("vpn-gateway", id_))
        case EndpointTarget(id_):
            found = missing.get(("vpc-endpoint", id_))
        case _:  # the VPC and gateways of internet packets translate nothing
            pass
    if found is not None:
        yield found

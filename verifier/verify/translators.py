"""NAT64 that is not modelled: could it carry a `never` or `only` across families (clause ASK-8)?

What NAT gateways translate is followed by both meanings. A route that is made for NAT64 names and
leads to anything else that may translate them, an appliance or a gateway that is not modelled, is
not: beyond it a packet keeps its family (GAP-6). Law: where such a route may serve a source and an
interface of the destinations has an IPv4 address, a proof is none, and the route's gap is named.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from verifier.invariants.question import Question
from verifier.model import (
    EndpointTarget,
    Gap,
    InterfaceTarget,
    NatGatewayTarget,
    Network,
    NetworkInterface,
    PeeringTarget,
    Route,
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
    found = {
        gap
        for table in network.route_tables.values()
        for route in table.routes
        if not route.blackhole and _speaks_of_names(network, route)
        for gap in _gaps(network, route.target)
    }
    return tuple(sorted(found))


def _crosses(network: Network, question: Question) -> bool:
    """True iff a source may send by IPv6 to an interface that has IPv4."""
    spoken = any(6 in term.families for term in question.traffic)
    sixes = any(_has(network.interfaces[id_], 6) for id_ in question.sources.interfaces)
    fours = any(_has(network.interfaces[id_], 4) for id_ in question.destinations.interfaces)
    return spoken and sixes and fours


def _has(interface: NetworkInterface, family: int) -> bool:
    own = interface.ipv4 if family == 4 else interface.ipv6
    return bool(own) or any(prefix.family == family for prefix in interface.delegated)


def _speaks_of_names(network: Network, route: Route) -> bool:
    """True iff the route is for addresses in 64:ff9b::/96 and no others, or may be."""
    listed = route.destination
    if isinstance(listed, Prefix):
        return NAT64.covers(listed)
    known = network.prefix_lists.get(listed.prefix_list_id)
    return known is not None and any(map(NAT64.covers, known.prefixes))


def _gaps(network: Network, target: RouteTarget) -> Iterator[Gap]:
    missing: Mapping[tuple[str, str], Gap] = network.missing
    found: Gap | None = None
    match target:
        case UnmodelledTarget(gap=gap) | InterfaceTarget(gap=gap):
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

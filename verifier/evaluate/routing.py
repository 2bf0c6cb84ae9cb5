"""Routing: what a table says about an address, as the place it leads to (RT-3 to RT-6, GAP-8).

Owns the choice of the route for both kinds of tables, those of subnets (`subnet.py`) and those of
gateways (`edge.py`), which differ in what a target means to them; and RT-9, which they share.
"""

from __future__ import annotations

from collections.abc import Callable

from verifier.evaluate.codes import Code
from verifier.evaluate.journey import (
    AtAppliance,
    AtExit,
    AtRouter,
    Dropped,
    Journey,
    Place,
    Turn,
)
from verifier.evaluate.route_table import Lookup, Winner
from verifier.evaluate.words import route_words
from verifier.model import (
    EndpointKind,
    EndpointTarget,
    Gap,
    InterfaceTarget,
    LocalTarget,
    RouteTarget,
    UnmodelledTarget,
)
from verifier.packet import Address

Towards = Callable[[RouteTarget], Place]


def by_table(journey: Journey, lookup: Lookup, address: Address, towards: Towards) -> Turn:
    """RT-3 to RT-6; GAP-8 where a prefix list of the table is not in the snapshot."""
    winner = lookup.find(address)
    local = winner is not None and isinstance(winner.routes[0].target, LocalTarget)
    if not lookup.unknown or local:
        return _by_winner(lookup, winner, towards)
    table_id, vpc_id = lookup.table.id, lookup.table.vpc_id
    gaps = [gap for gap, _ in lookup.unknown]
    if not journey.opened.issuperset(gaps):
        closed = min(gap for gap in gaps if gap not in journey.opened)
        return Turn(Dropped(Code.UNKNOWN_RESOURCE), table_id, closed.detail)
    for gap in gaps:
        journey.rely(gap)
    exits = [_unknown_exit(journey, gap, route.target, vpc_id) for gap, route in lookup.unknown]
    taken = journey.forks.choose((None, *exits))
    if taken is None:
        return _by_winner(lookup, winner, towards)
    return Turn(taken, table_id, taken.component)


def _unknown_exit(journey: Journey, gap: Gap, target: RouteTarget, vpc_id: str) -> AtExit:
    """GAP-8: where the route of an unknown list leads; nowhere else for a gateway endpoint's."""
    if isinstance(target, EndpointTarget):
        endpoint = journey.index.network.vpc_endpoints.get(target.endpoint_id)
        if endpoint is not None and endpoint.kind is EndpointKind.GATEWAY:
            return AtExit(endpoint.id, gap, vpc_id, internet=False)
    if isinstance(target, UnmodelledTarget):
        return AtExit(target.id, gap, vpc_id, internet=target.internet)
    return AtExit(gap.resource, gap, vpc_id)


def _by_winner(lookup: Lookup, winner: Winner | None, towards: Towards) -> Turn:
    table_id = lookup.table.id
    if winner is None:  # RT-6
        return Turn(Dropped(Code.NO_ROUTE_TO_DESTINATION), table_id)
    rule = ", ".join(route_words(winner.prefix, route) for route in winner.routes)
    if len(winner.routes) > 1:  # GAP-8
        gap = lookup.table.tie_gap
        if gap is None:
            return Turn(Dropped(Code.AMBIGUOUS_ROUTE), table_id, rule)
        return Turn(AtExit(table_id, gap, lookup.table.vpc_id), table_id, rule)
    route = winner.routes[0]
    if route.blackhole:  # RT-5
        return Turn(Dropped(Code.BAD_STATE_ROUTE), table_id, f"{rule} blackhole")
    return Turn(towards(route.target), table_id, rule)


def towards_interface(
    journey: Journey, target: InterfaceTarget, address: Address, subnet_id: str | None, vpc_id: str
) -> Place:
    """RT-9, MBX-1: an appliance, unless it owns the address; a gap if it is not in the VPC."""
    interface = journey.index.network.interfaces.get(target.interface_id)
    if interface is None or interface.vpc_id != vpc_id:
        return AtExit(target.interface_id, target.gap, vpc_id)
    if journey.index.book.owner(vpc_id, address) is interface:
        return AtRouter(vpc_id)
    return AtAppliance(interface, target.gap, subnet_id)

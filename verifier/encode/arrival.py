"""Where journeys end inside: at the destination, at the source (a reply), or at an open exit."""

from __future__ import annotations

from collections.abc import Iterator

from verifier.encode import interface, network_acl, vpc
from verifier.encode.packet import INNER, Port, References, Scope
from verifier.encode.stage import (
    Across,
    Arrive,
    End,
    Home,
    Journey,
    Left,
    Out,
    Router,
    Segment,
    Way,
)
from verifier.encode.terms import FALSE
from verifier.topology import other_side

SENDER = "source_address"


def named(scope: Scope, segment: Segment) -> int:
    """True iff the segment's destination is a name of the question's destination."""
    return scope.named_public if segment.destination == INNER else scope.named_private


def taken(scope: Scope, segment: Segment, journey: Journey, *, across: bool) -> int:
    """True iff the journey ends at the destination, which takes the packet (SUB-2, SUB-4).

    `across`: directly over a peering connection; otherwise by any other way.
    """
    terms = scope.terms
    found = [
        terms.all_of((term, at, _takes(scope, segment, references, neighbour)))
        for term, at, references, neighbour in _inside(scope, journey, across)
        if terms.all_of((term, at)) != FALSE
    ]
    return terms.all_of((terms.any_of(found), named(scope, segment)))


def crossings(scope: Scope, segment: Segment, journey: Journey) -> Iterator[tuple[str, int]]:
    """By near side of a peering connection: the journey ends directly over one, as `taken`."""
    ends: dict[str, dict[End, int]] = {}
    for end, term in journey.ends.items():
        if isinstance(end, Across):
            side = other_side(scope.index.network.peerings[end.id], end.vpc_id)
            near = end.vpc_id if side is None else side.vpc_id
            ends.setdefault(near, {})[end] = term
    for near, part in ends.items():
        yield near, taken(scope, segment, Journey(part), across=True)


def _inside(
    scope: Scope, journey: Journey, across: bool
) -> Iterator[tuple[int, int, References, bool]]:
    """The ends inside: when, at which hosts, with which references, and whether within a subnet."""
    role = scope.destinations
    for end, term in journey.ends.items():
        match end:
            case Across(_, vpc_id, references) if across:
                yield term, scope.destination(role.vpcs.get(vpc_id, ())), references, False
            case Router() if not across:
                yield term, vpc.shared(scope), References.KEPT, False
            case Arrive(vpc_id, references) if not across:
                yield term, scope.destination(role.vpcs.get(vpc_id, ())), references, False
            case Home(subnet, references) if not across:
                there = scope.index.network.subnets[subnet].vpc_id
                yield term, scope.destination(role.vpcs.get(there, ())), references, True
            case _:
                pass


def _takes(scope: Scope, segment: Segment, references: References, neighbour: bool) -> int:
    if references is References.FOREIGN:
        return received(scope, segment.source)
    within = scope.destinations.inside if neighbour else None
    return interface.takes(scope, segment.source, references, within=within)


def received(scope: Scope, variable: str) -> int:
    """True iff the destination takes what a gateway hands to its router (IGW-7, SG-13)."""
    taken_ = interface.takes(scope, variable, References.LOST)
    if scope.family == 6 and scope.open(scope.index.network.reference_gap):
        abroad = scope.terms.all_of(
            (
                scope.source(scope.sources.inside),
                scope.terms.negate(vpc.shared(scope)),
                interface.takes(scope, variable, References.KEPT),
            )
        )
        taken_ = scope.terms.any_of((taken_, abroad))
    return taken_


def reentered(scope: Scope) -> int:
    """True iff a reply that enters the source's subnet reaches the source itself (CONN-2)."""
    entered = network_acl.passes(scope, scope.sources, False, "destination_address", Port.REPLY)
    return scope.terms.all_of((entered, scope.answerable))


def at_router(scope: Scope, vpc_id: str) -> int:
    """True iff a reply at the router of this VPC reaches the source (SUB-4)."""
    here = scope.source(scope.sources.vpcs.get(vpc_id, ()))
    return FALSE if here == FALSE else scope.terms.all_of((here, reentered(scope)))


def back(scope: Scope, journey: Journey) -> int:
    """True iff the reply's journey ends at the source, an interface (CONN-2)."""
    terms = scope.terms
    found = []
    for end, term in journey.ends.items():
        match end:
            case Router():
                found.append(terms.all_of((term, vpc.shared(scope), reentered(scope))))
            case Arrive(vpc_id) | Across(_, vpc_id):
                found.append(terms.all_of((term, at_router(scope, vpc_id))))
            case Home(subnet):
                there = scope.index.network.subnets[subnet].vpc_id
                here = scope.source(scope.sources.vpcs.get(there, ()))
                found.append(terms.all_of((term, here, scope.answerable)))
            case _:
                pass
    return terms.any_of(found)


def lefts(journey: Journey, *ways: Way) -> Iterator[tuple[Left, int]]:
    """What leaves by one of these kinds of ways, with when."""
    for end, term in journey.ends.items():
        if isinstance(end, Left) and end.way in ways:
            yield end, term


def outs(journey: Journey) -> Iterator[tuple[Out, int]]:
    """The open exits of the journey, with when they are met."""
    for end, term in journey.ends.items():
        if isinstance(end, Out):
            yield end, term


def exits(scope: Scope, *journeys: Journey, internet_only: bool = False) -> int:
    """True iff the reply meets an open exit (GAP-13)."""
    return scope.terms.any_of(
        term
        for journey in journeys
        for out, term in outs(journey)
        if out.exit.internet or not internet_only
    )

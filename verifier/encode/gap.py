"""Gaps that packets meet on the way (GAP-6, GAP-7, GAP-9): exits, and where they may lead.

Law (GAP-1): everything here is a further way of being delivered, so opening a gap only adds.
"""

from __future__ import annotations

from verifier.encode import appliance, arrival, interface
from verifier.encode import internet_gateway as igw
from verifier.encode.packet import INNER, Carried, References, Scope
from verifier.encode.stage import Out, Segment
from verifier.encode.terms import FALSE
from verifier.topology import Exit, Spans, normal, union, without


def delivered(scope: Scope, out: Out, segment: Segment) -> int:
    """True iff a packet of this header that met the exit is delivered."""
    outside = FALSE if segment.destination == INNER else let_out(scope, out.exit)
    return scope.terms.any_of((handed_over(scope, out, segment), outside))


def handed_over(scope: Scope, out: Out, segment: Segment) -> int:
    """True iff a packet that met the open exit is delivered to an interface (GAP-6 b and c)."""
    if not out.exit.internet or not scope.destinations.classes:
        return FALSE
    key = ("handed", out.vpc_id, out.appliance, segment)
    return scope.once(key, lambda: _handed(scope, out, segment))


def _handed(scope: Scope, out: Out, segment: Segment) -> int:
    terms = scope.terms
    role = scope.destinations
    vpcs = _doored(scope) | ({out.vpc_id} if out.vpc_id is not None else set())
    doors = normal(part for each in sorted(vpcs) for part in role.vpcs.get(each, ()))
    inside = terms.all_of((scope.destination(doors), arrival.named(scope, segment)))
    public = FALSE
    if segment.destination != INNER:
        entered = terms.any_of(
            igw.enters(scope, role, "destination_address", redirected=redirected)
            for redirected in (False, True)
        )
        public = terms.all_of((entered, igw.named(scope)))
    if inside == FALSE and public == FALSE:
        return FALSE
    references: References | Carried = References.ALL
    among = None
    if out.appliance is not None:
        fellows = appliance.fellows(scope, out.appliance)
        references = Carried(frozenset(group for each in fellows for group in each.groups))
        among = appliance.addresses(scope, out.appliance)

    def receives(variable: str) -> int:
        through = terms.all_of((public, igw.acceptable(scope, variable)))
        return terms.all_of(
            (
                terms.any_of((inside, through)),
                interface.takes(scope, variable, references),
            )
        )

    return scope.resourced(segment.source, receives, among)


def _doored(scope: Scope) -> set[str]:
    """The VPCs that packets can come into behind a gap, by what is attached to them (GAP-6 b)."""
    network = scope.index.network
    found = {door.vpc_id for door in network.entrances}
    for peering in network.peerings.values():
        if peering.active:
            found |= {peering.requester.vpc_id, peering.accepter.vpc_id}
    found |= {each.vpc_id for each in network.vpn_gateways.values() if each.vpc_id is not None}
    for each in network.transit_attachments.values():
        if each.available and each.vpc_id is not None:
            found.add(each.vpc_id)
    return found


def let_out(scope: Scope, exit_: Exit) -> int:
    """True iff a packet that met the open exit reaches the outside destination (GAP-6 a, ASK-5)."""
    role = scope.destinations
    doors = role.outsiders if exit_.internet else role.door((None, exit_.name))
    return scope.terms.all_of(
        (scope.destination(doors), scope.address("destination_address", _unowned(scope)))
    )


def _unowned(scope: Scope) -> Spans:
    mapped = scope.index.mapped if scope.family == 4 else ()
    return without(scope.everything, union(scope.index.blocks(scope.family), mapped))


def entrance_ways(scope: Scope) -> int:
    """True iff the packet of an outside source comes in by an open entrance (GAP-7, ASK-4).

    In connection mode the reply is asked by the caller.
    """
    terms = scope.terms
    index, role = scope.index, scope.destinations
    parts = []
    for door in index.network.entrances:
        classes = role.vpcs.get(door.vpc_id)
        if classes is None or not scope.open(door.gap) or door.id in scope.question.avoiding:
            continue
        known = scope.everything if door.sources is None else door.sources.spans(scope.family)
        allowed = without(known, union(index.internet(scope.family), _blocks(scope, door.vpc_id)))
        parts.append(
            terms.all_of(
                (
                    scope.source(scope.sources.door((None, door.id))),
                    scope.address("source_address", allowed),
                    scope.destination(classes),
                )
            )
        )
    some = terms.any_of(parts)
    if some == FALSE:
        return FALSE
    taken = interface.takes(scope, "source_address", References.ALL)
    return terms.all_of((some, scope.named_private, taken))


def _blocks(scope: Scope, vpc_id: str) -> Spans:
    return scope.index.vpc_blocks(vpc_id, scope.family)

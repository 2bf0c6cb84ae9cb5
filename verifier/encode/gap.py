"""Gaps that packets meet on the way (GAP-6, GAP-7, GAP-9): exits, and where they may lead.

Law (GAP-1): everything here is a further way of being delivered, so opening a gap only adds.
"""

from __future__ import annotations

from verifier.encode import interface
from verifier.encode import internet_gateway as igw
from verifier.encode.packet import References, Scope
from verifier.encode.terms import FALSE
from verifier.topology import Exit, Spans, normal, union, without


def handed_over(scope: Scope, exit_: Exit, vpc_id: str, own: str) -> int:
    """True iff a packet of this VPC that met the open exit is delivered to an interface.

    `own` is the source address under which it met the exit (GAP-6 b and c).
    """
    if not exit_.internet or not scope.destinations.classes:
        return FALSE
    return scope.once(("handed", vpc_id, own), lambda: _handed(scope, vpc_id, own))


def _handed(scope: Scope, vpc_id: str, own: str) -> int:
    terms = scope.terms
    role = scope.destinations
    doors = normal(part for each in _doored(scope) | {vpc_id} for part in role.vpcs.get(each, ()))
    inside = terms.all_of((scope.destination(doors), scope.named_private))
    entered = terms.any_of(
        igw.enters(scope, role, "destination_address", redirected=redirected)
        for redirected in (False, True)
    )
    public = terms.all_of((entered, igw.named(scope)))
    if inside == FALSE and public == FALSE:
        return FALSE

    def receives(variable: str) -> int:
        through = terms.all_of((public, igw.acceptable(scope, variable)))
        return terms.all_of(
            (
                terms.any_of((inside, through)),
                interface.takes(scope, variable, References.ALL),
            )
        )

    return scope.resourced(own, receives)


def _doored(scope: Scope) -> set[str]:
    """The VPCs that packets can come into behind a gap: by an entrance or a peering (GAP-6 b)."""
    network = scope.index.network
    found = {door.vpc_id for door in network.entrances}
    for peering in network.peerings.values():
        if peering.active:
            found |= {peering.requester.vpc_id, peering.accepter.vpc_id}
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
        if classes is None or not scope.open(door.gap):
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

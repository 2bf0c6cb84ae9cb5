"""The ways from any source to any destination: the disjunction that ties the headers together.

A way is one clause's word about how a packet gets through: within the subnet, by the router, over
a peering connection, by internet gateways, through a NAT gateway, by an exit or an entrance. Law:
their number follows the kinds of gateways, not the paths; the filters of both ends are terms that
all ways share.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.encode import connection, gap, interface, nat_gateway, peering, subnet, vpc
from verifier.encode import internet_gateway as igw
from verifier.encode.packet import Port, References, Scope
from verifier.encode.route_table import ways as routed
from verifier.encode.terms import FALSE, TRUE
from verifier.encode.way import Way
from verifier.topology import Exit, Gateway, Local, Peer, common
from verifier.trace import INTERNET

DESTINATION = "destination_address"


def works(scope: Scope) -> int:
    """True iff the packet is delivered, and in connection mode its reply where due (CONN-1)."""
    terms = scope.terms
    silent = terms.negate(scope.answered) if scope.replies else TRUE
    return terms.any_of(
        terms.all_of((way.delivered, terms.any_of((silent, way.returned))))
        for way in all_ways(scope)
        if way.delivered != FALSE
    )


def all_ways(scope: Scope) -> Iterator[Way]:
    """Every way there is between the sources and the destinations of the question."""
    if scope.sources.classes:
        yield from _from_interface(scope)
    if scope.sources.doors and scope.destinations.classes:
        yield from _from_outside(scope)


def _from_interface(scope: Scope) -> Iterator[Way]:
    """SUB-2, and what the route table of the source's subnet makes of the rest (RT-7 to RT-10)."""
    terms = scope.terms
    hops = routed(scope, scope.sources, DESTINATION)
    left = subnet.leaves(scope, scope.sources, DESTINATION, Port.FORWARD)
    if scope.destinations.classes:
        yield _same_subnet(scope)
        local = terms.all_of((left, hops.get(Local(), FALSE), vpc.shared(scope)))
        yield _direct(scope, local, References.KEPT)
        for hop, term in hops.items():
            if isinstance(hop, Peer):
                crossed = (left, term, peering.arrives(scope, scope.destinations, hop))
                yield _direct(scope, terms.all_of(crossed), peering.references(scope, hop))
    yield from _by_gateway(scope, left)
    yield from _by_exit(scope, left)
    if scope.family == 4:
        yield from nat_gateway.ways(scope)


def _same_subnet(scope: Scope) -> Way:
    """SUB-2: neither list nor table; the owner anywhere in the VPC.

    Said for each subnet by itself, since few rules speak of a subnet's own addresses.
    """
    terms = scope.terms
    free = terms.all_of(
        (terms.negate(vpc.served(scope, scope.sources, DESTINATION)), scope.named_private)
    )
    delivered = terms.any_of(
        terms.all_of((free, _neighbours(scope, own, other)))
        for own in scope.sources.subnets
        for other in scope.destinations.subnets
    )
    return Way(delivered, connection.unchanged(scope) if delivered != FALSE else TRUE)


def _neighbours(scope: Scope, own: str, other: str) -> int:
    """True iff a source of the one subnet reaches a host recorded in the other within its own."""
    subnets = scope.index.network.subnets
    if subnets[own].vpc_id != subnets[other].vpc_id:
        return FALSE
    home = scope.index.subnet_blocks(own, scope.family)
    there = common(home, scope.at_home[False, other])
    here = scope.at_home[True, own]
    if not there or not here:
        return FALSE
    sources, destinations = scope.sources.subnets[own], scope.destinations.subnets[other]
    hosts = (scope.source(sources), scope.destination(destinations))
    with scope.narrowed({"source_address": here, DESTINATION: there}):
        sent = interface.sends(scope, References.KEPT, sources)
        taken = FALSE
        if sent != FALSE:
            taken = interface.takes(scope, "source_address", References.KEPT, within=destinations)
    return scope.terms.all_of((*hosts, scope.address(DESTINATION, home), sent, taken))


def _direct(scope: Scope, arrived: int, references: References) -> Way:
    """SUB-4 with nothing rewritten: by the router of the VPC or over a peering connection."""
    if arrived == FALSE:
        return Way(FALSE, TRUE)
    delivered = scope.terms.all_of(
        (
            arrived,
            scope.named_private,
            interface.sends(scope, references),
            interface.takes(scope, "source_address", references),
        )
    )
    return Way(delivered, connection.unchanged(scope))


def _by_gateway(scope: Scope, left: int) -> Iterator[Way]:
    """IGW-1 to IGW-4: out to the hosts behind the gateway, or back in by another one."""
    terms = scope.terms
    hops = routed(scope, scope.sources, DESTINATION)
    gateways = {hop: term for hop, term in hops.items() if isinstance(hop, Gateway)}
    if not gateways:
        return
    kept = References.LOST
    if scope.family == 6 and scope.open(scope.index.network.reference_gap):
        kept = References.FOREIGN
    out = terms.all_of(
        (
            left,
            igw.leaves(scope, scope.sources, "source_address", DESTINATION),
            igw.translated(scope) if scope.family == 4 else TRUE,
            interface.sends(scope, kept),
        )
    )
    if out == FALSE:
        return
    turned = igw.turned(scope, scope.sources)
    host = scope.address(DESTINATION, igw.beyond(scope))
    for hop, term in gateways.items():
        door = scope.destination(scope.destinations.door((None, INTERNET, hop.id)))
        outside = terms.all_of((out, term, door, host))
        if outside != FALSE:
            back = terms.any_of((turned, connection.answered_outside(scope)))
            yield Way(outside, back)
    out = terms.all_of((out, terms.any_of(gateways.values())))
    variable = "public_address" if scope.family == 4 else "source_address"
    yield from igw.inward(
        scope, out, variable, lambda: terms.any_of((turned, connection.hairpin(scope)))
    )


def _by_exit(scope: Scope, left: int) -> Iterator[Way]:
    """GAP-6: whatever the sender's subnet hands to something that is not modelled."""
    terms = scope.terms
    hops = routed(scope, scope.sources, DESTINATION)
    met = [(hop, term) for hop, term in hops.items() if isinstance(hop, Exit)]
    if scope.family == 6:
        met += nat_gateway.nat64(scope)
    for exit_, term in met:
        for vpc_id, classes in scope.sources.vpcs.items():
            there = terms.all_of((left, term, scope.source(classes)))
            if there == FALSE:
                continue
            reached = (
                gap.handed_over(scope, exit_, vpc_id, "source_address"),
                gap.let_out(scope, exit_),
            )
            sent = interface.sends(scope, References.ALL)
            yield Way(terms.all_of((there, sent, terms.any_of(reached))), TRUE)


def _from_outside(scope: Scope) -> Iterator[Way]:
    """ASK-4: by the internet gateway of the destination's VPC, or by an entrance."""
    terms, role = scope.terms, scope.sources
    doors = terms.any_of(
        terms.all_of(
            (
                scope.destination(classes),
                scope.source(role.door((None, INTERNET, *scope.index.gateways[vpc_id]))),
            )
        )
        for vpc_id, classes in scope.destinations.vpcs.items()
        if vpc_id in scope.index.gateways
    )
    internet = scope.address("source_address", scope.index.internet(scope.family))
    yield from igw.inward(
        scope,
        terms.all_of((doors, internet)),
        "source_address",
        lambda: connection.answered_inside(scope),
    )
    yield Way(gap.entrance_ways(scope), connection.by_entrance(scope))

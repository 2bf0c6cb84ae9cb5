"""The ways from any source to any destination: the disjunction that ties the headers together.

A way is one clause's word about how a packet gets through: where a journey through subnets,
appliances and transit gateways ends, and what follows there. Law: their number follows the kinds
of gateways, not the paths; the filters of both ends are terms that all ways share.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from verifier.encode import (
    arrival,
    connection,
    egress_only_internet_gateway,
    gap,
    instance_connect_endpoint,
    interface,
    nat_gateway,
    vpc,
)
from verifier.encode import internet_gateway as igw
from verifier.encode.connection import DESTINATION, SENDER, Back
from verifier.encode.packet import Port, References, Scope
from verifier.encode.stage import Arrive, Edge, Journey, Left, Out, Segment
from verifier.encode.stage import Way as By
from verifier.encode.terms import FALSE, TRUE
from verifier.encode.way import Course, Way, always
from verifier.topology import Exit, common, union, without
from verifier.trace import INTERNET

FIRST = Segment(SENDER, DESTINATION, Port.FORWARD, True)


def works(scope: Scope) -> int:
    """True iff the packet is delivered, and in connection mode its reply where due (CONN-1).

    The replies to users' addresses are not followed (EICE-5).
    """
    terms = scope.terms
    silent, asked = TRUE, TRUE
    if scope.replies:
        unasked = instance_connect_endpoint.unasked(scope)
        silent = terms.any_of((terms.negate(scope.answered), unasked))
        asked = terms.negate(instance_connect_endpoint.for_clients(scope))
    return terms.any_of(
        terms.all_of((way.delivered, terms.any_of((silent, terms.all_of((asked, way.returned()))))))
        for way in list(all_ways(scope))
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
    course = Course(scope, lambda journey, _: arrival.back(scope, journey), onward)
    if scope.destinations.classes:
        yield _same_subnet(course)
    journey = course.from_hosts(FIRST, scope.sources)
    yield from onward(course, FIRST, journey)


def _same_subnet(course: Course) -> Way:
    """SUB-2: neither list nor table; the owner anywhere in the VPC.

    Said for each subnet by itself, since few rules speak of a subnet's own addresses.
    """
    scope, terms = course.scope, course.scope.terms
    free = terms.all_of(
        (terms.negate(vpc.served(scope, scope.sources, DESTINATION)), scope.named_private)
    )
    subnets = scope.index.network.subnets
    there: dict[str, list[str]] = {}
    for other in scope.destinations.subnets:
        there.setdefault(subnets[other].vpc_id, []).append(other)
    delivered = terms.any_of(
        terms.all_of((free, _neighbours(scope, own, other)))
        for own in scope.sources.subnets
        for other in there.get(subnets[own].vpc_id, ())
    )
    return Way(delivered, Back(course, FIRST).inside)


def _neighbours(scope: Scope, own: str, other: str) -> int:
    """True iff a source of the one subnet reaches a host recorded in the other within its own."""
    home = scope.index.subnet_blocks(own, scope.family)
    there = common(home, scope.at_home[False, other])
    here = scope.at_home[True, own]
    if not there or not here:
        return FALSE
    sources, destinations = scope.sources.subnets[own], scope.destinations.subnets[other]
    hosts = (scope.source(sources), scope.destination(destinations))
    with scope.narrowed({SENDER: here, DESTINATION: there}):
        sent = interface.sends(scope, References.KEPT, sources)
        taken = FALSE
        if sent != FALSE:
            taken = interface.takes(scope, SENDER, References.KEPT, within=destinations)
    return scope.terms.all_of((*hosts, scope.address(DESTINATION, home), sent, taken))


def onward(
    course: Course, segment: Segment, journey: Journey, *, entered: bool = False
) -> Iterator[Way]:
    """The ways on from where a journey forth ends, whatever header it has.

    What has `entered` by an internet gateway and leaves by one untranslated comes back to the
    very table that led it: it is in a loop (MBX-7).
    """
    back: Back = Back(course, segment)
    yield from _ends(course, segment, journey, back, entered=entered)
    if "nat_" in segment.source:
        yield from _second(course, segment, journey)
        return
    private, nats = nat_gateway.taken(course, segment, journey)
    if nats:
        under = course if course.scope.below is None else course.below(course.scope.below)
        after, translated = nat_gateway.send(under, segment, private, nats)
        again = nat_gateway.Translated(under, after, course, nats)
        yield from _ends(under, after, translated, again)
        yield from _second(under, after, translated)


def _second(course: Course, segment: Segment, journey: Journey) -> Iterator[Way]:
    """NAT-5: a second NAT gateway is an exit."""
    scope = course.scope
    for end, term in arrival.lefts(journey, By.NAT):
        found = scope.index.network.missing.get(("nat-beyond", end.id))
        if scope.open(found):
            out = gap.delivered(scope, Out(Exit(found), end.vpc_id), segment)
            yield Way(scope.terms.all_of((term, out)), always)


def _ends(
    course: Course, segment: Segment, journey: Journey, back: Back, *, entered: bool = False
) -> Iterator[Way]:
    """The ways on from the ends of one journey, its NAT gateways apart."""
    scope, terms = course.scope, course.scope.terms
    if scope.destinations.classes and not entered:
        yield Way(arrival.taken(scope, segment, journey, across=False), back.inside)
        for near, term in arrival.crossings(scope, segment, journey):
            yield Way(term, _reply(back.peer, near))
    for out, term in arrival.outs(journey):
        reached = gap.delivered(scope, out, segment)
        yield Way(terms.all_of((term, reached)), always)
    if not entered:
        yield from igw.ways(course, segment, journey, back)
        yield from egress_only_internet_gateway.ways(course, segment, journey, back)
    for end, term in arrival.lefts(journey, By.VPN, By.SITE, By.SERVICE):
        door = scope.destination(scope.destinations.door((None, end.id)))
        yield Way(terms.all_of((term, door)), _reply(back.site, end))


def _reply(of: Callable[..., int], *arguments: object) -> Callable[[], int]:
    return lambda: of(*arguments)


def _from_outside(scope: Scope) -> Iterator[Way]:
    """ASK-4: by the internet gateway of the destination's VPC, an entrance, or from sites."""
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
    internet = scope.address(SENDER, scope.index.internet(scope.family))
    course = Course(scope, partial(connection.own_gateway, scope), onward, 1)
    yield from igw.inward(
        course, terms.all_of((doors, internet)), SENDER, lambda: connection.answered_inside(course)
    )
    yield Way(gap.entrance_ways(scope), lambda: connection.by_entrance(course))
    yield from _from_sites(scope)


def _from_sites(scope: Scope) -> Iterator[Way]:
    """VGW-3, TGW-9: by private gateways, and by attachments, those of one table together."""
    terms, index = scope.terms, scope.index
    strange = without(
        scope.everything, union(index.internet(scope.family), index.blocks(scope.family))
    )
    source = scope.address(SENDER, strange)
    begun: dict[Edge | str, list[Left]] = {}
    for id_, private in sorted(index.network.vpn_gateways.items()):
        if private.vpc_id is not None:
            end = Left(By.VPN, id_, private.vpc_id)
            begun.setdefault(connection.into(scope, end) or f"router of {id_}", []).append(end)
    for site in index.sites():
        end = Left(By.SITE, site.id, site.transit_gateway_id)
        table = connection.into(scope, end)
        if table is not None:
            begun.setdefault(table, []).append(end)
    for number, (step, ends) in enumerate(begun.items(), start=2):
        avoiding = scope.question.avoiding
        kept = [end for end in ends if avoiding.isdisjoint((end.id, _gateway_of(end)))]
        doors = scope.source(scope.sources.door((None, *(end.id for end in kept))))
        into = terms.all_of((source, doors)) if kept else FALSE
        if into == FALSE:
            continue
        if isinstance(step, str):
            first = Edge(Arrive(ends[0].vpc_id, References.LOST), scope.everything, always)
        else:
            first = step
        course = Course(scope, partial(connection.at_site, scope, tuple(kept)), onward, number)
        yield from onward(course, FIRST, course.forth(FIRST, [(into, first)]))


def _gateway_of(end: Left) -> str:
    """The transit gateway by which the attachment's packets come."""
    return end.vpc_id if end.way is By.SITE else end.id

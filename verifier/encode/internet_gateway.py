"""Internet gateways (IGW-1 to IGW-12, GAP-9): the two translations and what passes.

Law: the public address of the sender is a variable of its own, defined wherever the sender has
one and free elsewhere, so that whoever looks at it states first that there is one (`translated`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial

from verifier.encode import arrival, interface, leave
from verifier.encode.packet import INNER, Port, References, Scope
from verifier.encode.stage import AtEdge, Edge, Journey, Left, Segment
from verifier.encode.stage import Way as By
from verifier.encode.terms import FALSE, TRUE
from verifier.encode.way import Course, Reply, Way, always
from verifier.model import PublicAccess
from verifier.packet.special_ranges import PRIVATE_OR_SHARED_IPV4
from verifier.topology import (
    GLOBAL,
    Appliance,
    Dead,
    EndpointClass,
    Exit,
    Inspection,
    Role,
    Spans,
    common,
    holds,
    numbers,
    owned,
    union,
    without,
)
from verifier.trace import INTERNET


def passable(scope: Scope, vpc_id: str, *, forth: bool) -> bool:
    """True iff a gateway is attached and every passage gap of the VPC is open (IGW-9, GAP-9).

    On the way forth it must not be one that the question avoids (ASK-9).
    """
    gateways = scope.index.gateways.get(vpc_id, ())
    if forth and not scope.question.avoiding.isdisjoint(gateways):
        return False
    passages = scope.index.network.passages.get(vpc_id, ())
    return bool(gateways) and all(scope.open(each.gap) for each in passages)


def redirects(scope: Scope, vpc_id: str) -> bool:
    """True iff an inbound packet takes another way behind the gateway (GAP-9)."""
    return any(each.redirects for each in scope.index.network.passages.get(vpc_id, ()))


def leaves(scope: Scope, vpc_id: str, segment: Segment, passed: Mapping[str, int]) -> int:
    """True iff the gateway of the VPC takes the packet out.

    IPv4 (IGW-2): the destination is no private one; that the source has a public address is
    `translated`. IPv6 (IGW-3): both are global, and the source is not of a private block, nor of
    a subnet that may not (IGW-12). IGW-11: what comes back by an appliance must have passed it.
    """
    if not passable(scope, vpc_id, forth=segment.forth):
        return FALSE
    terms = scope.terms
    parts = [carried(scope, segment.destination)]
    if scope.family == 6:
        own = without(GLOBAL, scope.index.private_blocks(vpc_id))
        own = without(own, scope.index.barred(vpc_id, 6))
        parts.append(scope.address(segment.source, own))
    edge = scope.index.gateway_edge(vpc_id)
    if edge is not None:
        parts.append(_redirected(scope, edge, scope.seen(segment.source), passed))
    return terms.all_of(parts)


def _redirected(scope: Scope, edge: str, source: str, passed: Mapping[str, int]) -> int:
    """IGW-11: what the gateway's table would lead to a component has passed that component."""
    terms = scope.terms
    routing = scope.index.routing(edge, scope.family)
    if routing.unknown:
        if all(scope.open(exit_.gap) for exit_ in routing.unknown):
            return TRUE
        return scope.address(source, routing.local)
    parts = []
    for hop, spans in leave.edge_leads(scope, edge, forth=False, every=True):
        if isinstance(hop, Appliance | Inspection):
            led = scope.address(source, spans)
            parts.append(terms.implies(led, passed.get(hop.id, FALSE)))
        elif isinstance(hop, Dead) or (isinstance(hop, Exit) and not scope.open(hop.gap)):
            parts.append(terms.negate(scope.address(source, spans)))
    return terms.all_of(parts)


def carried(scope: Scope, destination: str) -> int:
    """True iff a gateway carries packets to the address (IGW-2, IGW-3)."""
    if scope.family == 6:
        return scope.address(destination, GLOBAL)
    return scope.address(destination, without(scope.everything, PRIVATE_OR_SHARED_IPV4.spans(4)))


def translated(scope: Scope) -> int:
    """True iff the source address has a public one in the source's VPC (IGW-2, IGW-12).

    Where it has, `public_address` is defined to be that one.
    """

    def build() -> int:
        here = ((scope.source(classes), vpc_id) for vpc_id, classes in scope.sources.vpcs.items())
        return translation(scope, "source_address", "public_address", here)

    return scope.once("translated", build)


def translation(scope: Scope, private: str, public: str, leaving: Iterable[tuple[int, str]]) -> int:
    """True iff the private address has a public one in the VPC that it leaves (IGW-2, IGW-12).

    `leaving` says when it leaves which VPC, never two at once. `public` is defined there.
    """
    terms = scope.terms
    domain = scope.domain(private)
    mapped: list[tuple[int, dict[int, int]]] = []
    for here, vpc_id in leaving:
        barred = scope.index.barred(vpc_id, 4)
        table = scope.index.public.get(vpc_id, {})
        kept = {a: to for a, to in table.items() if holds(domain, a) and not holds(barred, a)}
        mapped.append((here, kept))
    values = numbers(value for _, table in mapped for value in table.values())
    scope.declare(public, 32, values)
    has = []
    for here, table in mapped:
        some = terms.all_of((here, scope.address(private, numbers(table))))
        ties = [
            terms.all_of((scope.address(private, ((a, a),)), scope.address(public, ((to, to),))))
            for a, to in sorted(table.items())
        ]
        scope.defined.append(terms.implies(some, terms.any_of(ties)))
        has.append(some)
    return terms.any_of(has)


_IN = {
    True: (PublicAccess.OPEN,),
    False: (PublicAccess.OPEN, PublicAccess.EGRESS),
}
"""What a subnet must allow for packets forth, and for replies, to come in to it (IGW-12)."""


def _lets_in(scope: Scope, forth: bool, each: EndpointClass) -> bool:
    """IGW-6, IGW-12."""
    shape = each.shape
    access = scope.index.network.subnets[shape.subnet_id].public_access
    denied = scope.family == 6 and shape.denies_gateway
    return shape.attached and not denied and access in _IN[forth]


def enters(
    scope: Scope,
    role: Role,
    destination: str,
    *,
    redirected: bool,
    edged: bool | None = None,
    vpc_id: str | None = None,
) -> int:
    """True iff the gateway of the host's VPC hands it a packet to this address (IGW-5, IGW-6).

    Of IPv6 the address must be global and of no private block; that an IPv4 address is the host's
    public one is the caller's to state. `redirected`: by a gateway that redirects (GAP-9).
    `edged`: by one with (without) a table of its own, `vpc_id`: by that of this VPC.
    """
    terms = scope.terms
    forth = role is scope.destinations
    allowed = scope.classes(role, "lets in", partial(_lets_in, scope, forth))
    parts = []
    for here, classes in role.vpcs.items():
        if vpc_id not in (None, here) or redirects(scope, here) is not redirected:
            continue
        if edged is not None and (scope.index.gateway_edge(here) is not None) is not edged:
            continue
        if passable(scope, here, forth=forth):
            who = scope.side(role, common(classes, allowed))
            if scope.family == 6:
                own = without(GLOBAL, scope.index.private_blocks(here))
                who = terms.all_of((who, scope.address(destination, own)))
            parts.append(who)
    return terms.any_of(parts)


def named(scope: Scope) -> int:
    """True iff the destination address names the destination at a gateway (IGW-4, IGW-5)."""
    return scope.named_public if scope.family == 4 else scope.named_private


def acceptable(scope: Scope, source: str) -> int:
    """True iff packets with this source address come in by a gateway (IGW-5)."""
    return scope.address(source, scope.index.snapshot_sources(scope.family))


def beyond(scope: Scope) -> Spans:
    """The destinations that a gateway delivers to hosts outside (IGW-4)."""
    outside = scope.index.internet(scope.family)
    return without(outside, scope.index.owned6) if scope.family == 6 else outside


def turned(scope: Scope, role: Role) -> int:
    """True iff the gateway of the host's VPC has a passage that redirects (GAP-9, GAP-13)."""
    return scope.terms.any_of(
        scope.side(role, classes)
        for vpc_id, classes in role.vpcs.items()
        if redirects(scope, vpc_id)
    )


def ways(course: Course, segment: Segment, journey: Journey, back: Reply) -> Iterator[Way]:
    """IGW-1 to IGW-4: out to the hosts behind the gateway, or back in by another one.

    `own` is the gateway of the source's own VPC, `abroad` another's, behind a transit gateway.
    """
    scope, terms = course.scope, course.scope.terms
    own: dict[Left, int] = {}
    abroad: dict[Left, int] = {}
    for end, term in arrival.lefts(journey, By.GATEWAY):
        gone = terms.all_of((term, leaves(scope, end.vpc_id, segment, course.passed)))
        if gone == FALSE or segment.destination != "destination_address":
            continue
        if not journey.crossed and not course.number:
            own[end] = gone
            continue
        own[end] = terms.all_of((gone, back.lives(end.vpc_id)))
        abroad[end] = terms.all_of((gone, terms.negate(back.lives(end.vpc_id))))
    if own:
        public, has = segment.source, TRUE
        if scope.family == 4:
            public, has = back.translated()
        mine = {end: terms.all_of((term, has)) for end, term in own.items()}
        yield from _beyond(scope, mine, lambda _: back.gateway())
        yield from inward(
            course,
            terms.any_of(mine.values()),
            public,
            lambda: back.hairpin(public),
            _again(course),
        )
    if any(term != FALSE for term in abroad.values()):
        yield from _abroad(course, segment, abroad, back)


def _again(course: Course) -> Mapping[str, int] | None:
    """What an IPv6 packet has passed already when it comes in once more (MBX-7)."""
    return dict(course.passed) if course.scope.family == 6 else None


def _abroad(course: Course, segment: Segment, gone: dict[Left, int], back: Reply) -> Iterator[Way]:
    """Out by the gateway of another VPC: what comes back to it is not the source's (IGW-2).

    Only a table behind that gateway may lead it on to the source (CONN-5).
    """
    scope, terms = course.scope, course.scope.terms
    public, has = segment.source, TRUE
    if scope.family == 4:
        public = f"public_{course.number}_{segment.source}_"
        leaving = [(term, end.vpc_id) for end, term in gone.items()]
        has = translation(scope, segment.source, public, leaving)
    mine = {end: terms.all_of((term, has)) for end, term in gone.items()}

    entered = [
        (terms.all_of((term, _answerable(scope, end.vpc_id, segment.source))), step)
        for end, term in mine.items()
        for step in _behind(scope, end.vpc_id)
    ]

    def answered(vpc_id: str, of: Callable[[], int]) -> int:
        return TRUE if not scope.replies or redirects(scope, vpc_id) else of()

    yield from _beyond(scope, mine, lambda vpc_id: answered(vpc_id, lambda: back.gateway(entered)))
    for end, term in mine.items():
        reply = partial(answered, end.vpc_id, lambda: back.hairpin(public, entered))
        yield from inward(course, term, public, reply, _again(course))


def _answerable(scope: Scope, vpc_id: str, variable: str) -> int:
    """True iff somebody of the VPC whose gateway let a packet out takes answers to the address.

    NAT gateways do not: they know no session of others (IGW-10, NAT-7). Block Public Access has
    been asked on the way out already (IGW-12).
    """
    network = scope.index.network
    if scope.family == 4:
        gateways = (nat for nat in network.nat_gateways.values() if nat.vpc_id == vpc_id)
        theirs = numbers(each.private.value for nat in gateways for each in nat.addresses)
        return scope.terms.negate(scope.address(variable, theirs))
    takers = (
        owned(network, id_, 6)
        for id_, each in network.interfaces.items()
        if each.vpc_id == vpc_id and each.attached and not each.deny_all_internet_gateway
    )
    return scope.address(variable, union(*takers))


def _behind(scope: Scope, vpc_id: str) -> Iterator[Edge]:
    """Into the table behind the gateway of the VPC, if it has one (IGW-10)."""
    edge = scope.index.gateway_edge(vpc_id)
    if edge is not None:
        yield Edge(AtEdge(edge, True), scope.everything, lambda: TRUE)


def _beyond(scope: Scope, gone: dict[Left, int], reply: Callable[[str], int]) -> Iterator[Way]:
    """IGW-4: to the hosts behind the gateways."""
    host = scope.address("destination_address", beyond(scope))
    for end, term in gone.items():
        door = scope.destination(scope.destinations.door((None, INTERNET, end.id)))
        outside = scope.terms.all_of((term, door, host))
        if outside != FALSE:
            yield Way(outside, partial(reply, end.vpc_id))


def inward(
    course: Course,
    out: int,
    variable: str,
    reply: Callable[[], int],
    again: Mapping[str, int] | None = None,
) -> Iterator[Way]:
    """From the internet side to an interface: IGW-5 to IGW-7, and GAP-9 where a way redirects.

    `out`: the packet is on the internet side, with `variable` as its source address.
    """
    scope = course.scope
    terms, role = scope.terms, scope.destinations
    there = terms.all_of((out, named(scope), acceptable(scope, variable)))
    if there == FALSE:
        return
    plain = enters(scope, role, "destination_address", redirected=False, edged=False)
    if plain != FALSE:
        yield Way(terms.all_of((there, plain, arrival.received(scope, variable))), reply)
    turned = enters(scope, role, "destination_address", redirected=True, edged=False)
    if turned != FALSE:
        taken = scope.resourced(
            variable, lambda name: interface.takes(scope, name, References.LOST)
        )
        yield Way(terms.all_of((there, turned, taken)), always)
    for redirected in (False, True):
        yield from _by_edge(course, there, variable, reply, again, redirected)


def _by_edge(
    course: Course,
    there: int,
    variable: str,
    reply: Callable[[], int],
    again: Mapping[str, int] | None,
    redirected: bool,
) -> Iterator[Way]:
    """IGW-10: behind a gateway that has a table of its own."""
    scope, terms = course.scope, course.scope.terms
    into = [
        (terms.all_of((there, entered)), edge)
        for entered, edge in entries(scope, scope.destinations, redirected)
    ]
    if not any(term != FALSE for term, _ in into):
        return
    private = INNER if scope.family == 4 else "destination_address"
    scope.seen(private)

    if not redirected:
        yield from _led(course, Segment(variable, private, Port.FORWARD, True), into, reply, again)
        return
    chosen = scope.gap_chosen
    for name, made in (("gap_source", chosen), (variable, terms.negate(chosen))):
        part = [(terms.all_of((term, made)), edge) for term, edge in into]
        segment = Segment(name, private, Port.FORWARD, True)
        for way in _led(course, segment, part, reply, again):
            yield Way(way.delivered, always)


def _led(
    course: Course,
    segment: Segment,
    into: list[tuple[int, Edge]],
    reply: Callable[[], int],
    again: Mapping[str, int] | None,
) -> Iterator[Way]:
    """The ways from the tables behind gateways on."""
    journey = course.forth(segment, into, again)
    for across in (False, True):
        yield Way(arrival.taken(course.scope, segment, journey, across=across), reply)
    yield from course.onward(course, segment, journey, entered=True)


def entries(scope: Scope, role: Role, redirected: bool | None = None) -> list[tuple[int, Edge]]:
    """Into the tables behind the gateways of the hosts' VPCs, each with when (IGW-10)."""
    address = "source_address" if role is scope.sources else "destination_address"
    either = (False, True) if redirected is None else (redirected,)
    found = []
    for vpc_id in role.vpcs:
        edge = scope.index.gateway_edge(vpc_id)
        if edge is not None:
            into = scope.terms.any_of(
                enters(scope, role, address, redirected=each, vpc_id=vpc_id) for each in either
            )
            lost = redirected is True
            step = Edge(AtEdge(edge, True, lost), scope.everything, lambda: TRUE)
            found.append((into, step))
    return found

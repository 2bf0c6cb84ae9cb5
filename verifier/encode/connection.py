"""Replies (CONN-1 to CONN-5, GAP-13): the same network asked again with the swapped header.

A `Back` says when the reply to a packet that went a certain way is back at the source, given that
the packet was delivered that way. In packet mode all of that is true.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from verifier.encode import arrival, egress_only_internet_gateway, subnet, vpc
from verifier.encode import internet_gateway as igw
from verifier.encode.packet import INNER, Port, Scope
from verifier.encode.stage import AtEdge, AtTable, Edge, Journey, Left, Segment
from verifier.encode.stage import Way as By
from verifier.encode.terms import FALSE, TRUE
from verifier.encode.way import Course, Entries

DESTINATION = "destination_address"
SENDER = "source_address"
Road = tuple[int, tuple[Journey, ...] | None]
"""When a reply returns, and by which journeys; None where no component insists on seeing it."""


@dataclass(frozen=True, slots=True)
class Back:
    """The replies to a packet that had the header of this segment (the sender's own address)."""

    course: Course
    segment: Segment

    @property
    def scope(self) -> Scope:
        """The family's scope."""
        return self.course.scope

    @property
    def port(self) -> Port:
        """The port that filters see of the reply."""
        return Port.REPLY

    def reversed(self, source: str, destination: str) -> Segment:
        """The header of a reply."""
        return Segment(source, destination, self.port, False)

    # --- what is asked by ways forth ---

    def inside(self) -> int:
        """The reply of an interface that saw the packet's header unchanged (CONN-3)."""
        return self._unchanged(None)

    def peer(self, near: str) -> int:
        """The same, the packet having come directly over a peering connection (PCX-4)."""
        return self.inside()

    def gateway(self, abroad: Entries | None = None) -> int:
        """The reply of an outside host, at the gateway by which the packet left (CONN-5).

        `abroad`: how it comes in there, if that is the gateway of another VPC.
        """
        if not self.scope.replies:
            return TRUE
        if abroad is not None:
            return self._any(self._from_abroad(abroad))
        return self._turned(self.from_gateway())

    def hairpin(self, variable: str, abroad: Entries | None = None) -> int:
        """The reply of an interface that was reached by internet gateways (IGW-4, IGW-5)."""
        if not self.scope.replies:
            return TRUE
        if self.scope.family == 6:
            own = self._unchanged(By.GATEWAY)
            return own if abroad is not None else self.scope.terms.any_of((self.turned(), own))
        if abroad is not None:
            return self._any(self._by_gateway(variable, list(self._from_abroad(abroad))))
        return self._turned(self._by_gateway(variable, list(self.from_gateway())))

    def _turned(self, roads: Iterator[Road]) -> int:
        """By one of the roads, or any way if the packet left by a redirecting passage (GAP-13)."""
        return self.scope.terms.any_of((self.turned(), self._any(roads)))

    def turned(self) -> int:
        """True iff the passage by which the packet leaves its own VPC redirects (GAP-9)."""
        return igw.turned(self.scope, self.scope.sources)

    def lives(self, vpc_id: str) -> int:
        """True iff the packet's source is of this VPC."""
        return self.scope.source(self.scope.sources.vpcs.get(vpc_id, ()))

    def translated(self) -> tuple[str, int]:
        """The public address of the IPv4 source in its own VPC, and when it has one (IGW-2)."""
        return "public_address", igw.translated(self.scope)

    def egress_only(self, vpc_id: str) -> int:
        """The reply of an outside host, by the egress-only gateway (EIGW-4)."""
        return self._any(self.at_router(vpc_id)) if self.scope.replies else TRUE

    def egress_only_hairpin(self, vpc_id: str) -> int:
        """The reply of an interface reached by an egress-only gateway of this VPC (EIGW-4)."""
        return self._unchanged(By.EGRESS_ONLY, vpc_id)

    def site(self, end: Left) -> int:
        """The reply of an outside host behind a private gateway, an attachment or an endpoint."""
        return self._any(self._from_site(end)) if self.scope.replies else TRUE

    # --- roads ---

    def _any(self, roads: Iterator[Road] | list[Road]) -> int:
        """True iff one of the roads is open, and who insists on seeing the reply sees it."""
        return self.scope.terms.any_of(
            term if journeys is None else self.course.settled(term, *journeys)
            for term, journeys in roads
            if term != FALSE
        )

    def _unchanged(self, came: By | None, vpc_id: str = "") -> int:
        """The reply with the very addresses of the packet.

        `came`: by which kind of gateway the packet came in, if any; the egress-only one that it
        left by is that of the VPC.
        """
        if not self.scope.replies:
            return TRUE
        segment = self.reversed(self.segment.destination, self.segment.source)
        journey = self.course.from_hosts(segment, self.scope.destinations)
        roads = [*self._neighbour(segment), *self.roads(journey, segment)]
        roads.append((arrival.exits(self.scope, journey), None))
        if self.scope.family == 6:
            roads += self._by_internet(journey, segment, came, vpc_id)
        return self._any(roads)

    def _neighbour(self, segment: Segment) -> list[Road]:
        """The reply stays within the destination's subnet (SUB-2)."""
        scope = self.scope
        stays = scope.terms.all_of(
            (
                vpc.shared(scope),
                scope.answerable,
                scope.terms.negate(vpc.served(scope, scope.destinations, segment.destination)),
                subnet.stays(scope, scope.destinations, segment.destination),
            )
        )
        return [(stays, ())]

    def roads(self, journey: Journey, segment: Segment) -> list[Road]:
        """The reply's journey ends at the source."""
        return [(self.course.home(journey, segment), (journey,))]

    def at_router(self, vpc_id: str) -> list[Road]:
        """The reply is handed to the router of this VPC."""
        return [(arrival.at_router(self.scope, vpc_id), ())]

    def from_gateway(self) -> Iterator[Road]:
        """The reply has come to the internet gateway of the source's VPC (IGW-5, IGW-10)."""
        scope = self.scope
        plain = scope.terms.any_of(
            igw.enters(scope, scope.sources, SENDER, redirected=redirected, edged=False)
            for redirected in (False, True)
        )
        yield scope.terms.all_of((plain, arrival.reentered(scope))), ()
        segment = self.reversed(DESTINATION, SENDER)
        journey = self.course.back(
            ("edges", segment), segment, lambda: igw.entries(scope, scope.sources)
        )
        yield arrival.back(scope, journey), (journey,)
        yield arrival.exits(scope, journey), None

    def _from_abroad(self, abroad: Entries) -> Iterator[Road]:
        """The reply has come to the gateway of another VPC; its table leads it on (CONN-5)."""
        segment = self.reversed(self.segment.destination, self.segment.source)
        journey = self.course.back(("abroad", segment), segment, lambda: abroad)
        yield from self._answer(journey, segment)

    def _answer(self, journey: Journey, segment: Segment) -> Iterator[Road]:
        """The journey of an outside host's answer ends at the source, perhaps by the internet."""
        yield from self.roads(journey, segment)
        yield arrival.exits(self.scope, journey), None
        if self.scope.family == 6:
            fits = igw.acceptable(self.scope, segment.source)
            for term, journeys in self._by_internet(journey, segment, None, ""):
                yield self.scope.terms.all_of((fits, term)), journeys

    def _by_internet(
        self, journey: Journey, segment: Segment, came: By | None, vpc_id: str
    ) -> Iterator[Road]:
        """An IPv6 reply leaves by one gateway and comes in by another, its header unchanged."""
        scope, terms = self.scope, self.scope.terms
        out = terms.any_of(
            terms.all_of((term, igw.leaves(scope, end.vpc_id, segment, journey.passed)))
            for end, term in arrival.lefts(journey, By.GATEWAY)
        )
        if came is not By.GATEWAY:
            egress = (
                terms.all_of(
                    (term, egress_only_internet_gateway.leaves(scope, end.vpc_id, segment))
                )
                for end, term in arrival.lefts(journey, By.EGRESS_ONLY)
            )
            out = terms.any_of((out, *egress))
        if out == FALSE:
            return
        if came is By.EGRESS_ONLY:
            for term, _ in self.at_router(vpc_id):
                yield terms.all_of((out, term)), (journey,)
            return
        for term, journeys in self.from_gateway():
            more = None if journeys is None else (journey, *journeys)
            yield terms.all_of((out, term)), more

    def _by_gateway(self, variable: str, roads: list[Road]) -> Iterator[Road]:
        """The IPv4 reply leaves by the destination's own gateway to the address, and goes on."""
        scope, terms = self.scope, self.scope.terms
        segment = self.reversed(INNER, variable)
        journey = self.course.from_hosts(segment, scope.destinations)
        yield arrival.exits(scope, journey), None
        out = own_gateway(scope, journey, segment)
        for term, journeys in roads:
            more = None if journeys is None else (journey, *journeys)
            yield terms.all_of((out, term)), more

    def _from_site(self, end: Left) -> Iterator[Road]:
        """The reply comes in where the packet went out (VGW-4, TGW-10, VPCE-2)."""
        scope = self.scope
        segment = self.reversed(self.segment.destination, self.segment.source)
        step = into(scope, end)
        if step is None:
            if end.way is not By.SITE:
                yield from self.at_router(end.vpc_id)
            return
        journey = self.course.back((segment, step.to), segment, lambda: [(TRUE, step)])
        yield from self._answer(journey, segment)


def into(scope: Scope, end: Left) -> Edge | None:
    """The table that leads what comes from sites, if there is one (VGW-3, TGW-9)."""
    index = scope.index
    if end.way is By.VPN:
        table = index.edge(end.vpc_id, (end.id,))
        return None if table is None else Edge(AtEdge(table, False), scope.everything, _true)
    if end.way is By.SITE:
        attachment = index.network.transit_attachments[end.vpc_id, end.id]
        if attachment.table_id is None:
            return None
        return Edge(AtTable(attachment.table_id, None, False), scope.everything, _true)
    return None


def _true() -> int:
    return TRUE


def own_gateway(scope: Scope, journey: Journey, segment: Segment) -> int:
    """True iff the reply leaves by the internet gateway of the destination's own VPC (CONN-5)."""
    terms, role = scope.terms, scope.destinations
    return terms.any_of(
        terms.all_of(
            (
                term,
                scope.destination(role.vpcs.get(end.vpc_id, ())),
                igw.leaves(scope, end.vpc_id, segment, journey.passed),
            )
        )
        for end, term in arrival.lefts(journey, By.GATEWAY)
    )


def answered_inside(course: Course) -> int:
    """The reply to an outside host, by the gateway by which the packet came (CONN-5)."""
    scope = course.scope
    if not scope.replies:
        return TRUE
    source = DESTINATION if scope.family == 6 else INNER
    segment = Segment(source, SENDER, Port.REPLY, False)
    journey = course.from_hosts(segment, scope.destinations)
    returned = course.settled(own_gateway(scope, journey, segment), journey)
    return scope.terms.any_of((returned, arrival.exits(scope, journey)))


def by_entrance(course: Course) -> int:
    """The reply to what came by an entrance: it meets an open exit to everywhere (GAP-13)."""
    scope = course.scope
    if not scope.replies:
        return TRUE
    segment = Segment(DESTINATION, SENDER, Port.REPLY, False)
    nobody = Course(scope, course.home, course.onward)
    journey = nobody.from_hosts(segment, scope.destinations)
    return arrival.exits(scope, journey, internet_only=True)


def at_site(scope: Scope, doors: tuple[Left, ...], journey: Journey, segment: Segment) -> int:
    """True iff the reply leaves by the door by which the packet came (VGW-4, TGW-10)."""
    role = scope.sources
    return scope.terms.any_of(
        scope.terms.all_of((journey.end(door), scope.source(role.door((None, door.id)))))
        for door in doors
    )


__all__ = [
    "DESTINATION",
    "SENDER",
    "Back",
    "Road",
    "answered_inside",
    "at_site",
    "by_entrance",
    "into",
    "own_gateway",
]

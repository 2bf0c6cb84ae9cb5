"""Egress-only internet gateways (EIGW-1 to EIGW-4): IPv6 out, and only the replies back."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from verifier.encode import arrival
from verifier.encode import internet_gateway as igw
from verifier.encode.packet import Scope
from verifier.encode.stage import Journey, Segment
from verifier.encode.stage import Way as By
from verifier.encode.terms import FALSE
from verifier.encode.way import Course, Reply, Way
from verifier.topology import GLOBAL, without
from verifier.trace import INTERNET


def ways(course: Course, segment: Segment, journey: Journey, back: Reply) -> Iterator[Way]:
    """EIGW-2, EIGW-3: to the hosts outside, or into another VPC by its internet gateway."""
    scope, terms = course.scope, course.scope.terms
    host = scope.address("destination_address", igw.beyond(scope))
    for end, term in arrival.lefts(journey, By.EGRESS_ONLY):
        out = terms.all_of((term, leaves(scope, end.vpc_id, segment)))
        if out == FALSE:
            continue
        door = scope.destination(scope.destinations.door((None, INTERNET, end.id)))
        yield Way(terms.all_of((out, door, host)), partial(back.egress_only, end.vpc_id))
        reply = partial(back.egress_only_hairpin, end.vpc_id)
        again = dict(course.passed)
        yield from igw.inward(course, out, segment.source, reply, again)


def leaves(scope: Scope, vpc_id: str, segment: Segment) -> int:
    """True iff an egress-only gateway of the VPC takes the packet out (EIGW-2)."""
    own = without(GLOBAL, scope.index.private_blocks(vpc_id))
    own = without(own, scope.index.barred(vpc_id, 6, egress_only=True))
    return scope.terms.all_of(
        (igw.carried(scope, segment.destination), scope.address(segment.source, own))
    )

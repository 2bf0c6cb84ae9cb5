"""A way that a packet can take, as a pair of terms, and the course of which it is one.

A *course* is all that packets of one beginning do on their way forth. Law: whatever the network
leaves open (exits, GAP-8) hangs beside one way that the header and the choices determine; so what
a packet passed is one term for each component, whichever of the course's ways it takes. A reply is
therefore said after all ways forth are known.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import NamedTuple, Protocol

from verifier.encode import start
from verifier.encode.packet import Scope
from verifier.encode.stage import Edge, Journey, Segment
from verifier.encode.terms import TRUE
from verifier.encode.travel import travel
from verifier.topology import Role

Entries = Sequence[tuple[int, Edge]]
"""How packets come into a journey, each with when."""


class Way(NamedTuple):
    """`delivered`: the packet takes this way to its destination; `returned`: so does its reply.

    `returned` speaks only where `delivered` holds and a reply is due; in packet mode it is true.
    """

    delivered: int
    returned: Callable[[], int]


def always() -> int:
    """The reply to what needs none, or passed an open exit (GAP-13)."""
    return TRUE


@dataclass(slots=True)
class Course:
    """The journeys forth of one beginning, and the replies to them; `number` tells courses apart.

    `home`: when a reply's journey ends at the source. `onward`: the ways on from a journey's ends.
    """

    scope: Scope
    home: Callable[[Journey, Segment], int]
    onward: Onward
    number: int = 0
    passed: dict[str, int] = field(default_factory=dict)
    owed: dict[str, int] = field(default_factory=dict)
    replies: dict[object, Journey] = field(default_factory=dict)

    def forth(
        self,
        segment: Segment,
        entries: Iterable[tuple[int, Edge]],
        again: Mapping[str, int] | None = None,
    ) -> Journey:
        """A further journey on the way forth; `again` as in `travel`."""
        journey = travel(self.scope, segment, entries, again=again)
        self._add(self.passed, journey.passed)
        self._add(self.owed, journey.owed)
        return journey

    def _add(self, to: dict[str, int], more: Mapping[str, int]) -> None:
        for id_, term in more.items():
            to[id_] = self.scope.terms.any_of((to[id_], term)) if id_ in to else term

    def from_hosts(self, segment: Segment, role: Role) -> Journey:
        """The journey from the hosts' own subnets: of the packet, or of its reply."""
        if segment.forth:
            return self.forth(segment, start.entries(self.scope, role, segment, {}))
        entries = partial(start.entries, self.scope, role, segment, self.passed)
        return self.back(("hosts", segment), segment, entries)

    def back(
        self,
        key: object,
        segment: Segment,
        entries: Callable[[], Iterable[tuple[int, Edge]]],
        again: Mapping[str, int] | None = None,
    ) -> Journey:
        """A journey of a reply, said once for each key."""
        whole = (self.scope.family, key)
        found = self.replies.get(whole)
        if found is None:
            found = travel(self.scope, segment, entries(), self.passed, again=again)
            self.replies[whole] = found
        return found

    def below(self, scope: Scope) -> Course:
        """The same course behind NAT64: what it passes, and the replies to it, are one (NAT-10)."""
        return replace(self, scope=scope)

    def settled(self, returned: int, *journeys: Journey) -> int:
        """True iff the reply returns, and who insists on seeing it sees it (MBX-5, VPCE-7)."""
        terms = self.scope.terms
        seen = (
            terms.implies(owed, terms.any_of(each.passed.get(id_, 0) for each in journeys))
            for id_, owed in self.owed.items()
        )
        return terms.all_of((returned, *seen))


class Reply(Protocol):
    """When the reply to a packet of a certain header returns; `connection.Back` is one."""

    def gateway(self, abroad: Entries | None = None) -> int:
        """From an outside host behind the internet gateway of the header's own VPC.

        Behind that of another VPC, `abroad` says how answers come in there.
        """

    def hairpin(self, variable: str, abroad: Entries | None = None) -> int:
        """From an interface reached by it under this source address."""

    def egress_only(self, vpc_id: str) -> int:
        """From an outside host behind an egress-only gateway of this VPC."""

    def egress_only_hairpin(self, vpc_id: str) -> int:
        """From an interface reached by that."""

    def lives(self, vpc_id: str) -> int:
        """True iff the header's source is of this VPC."""

    def translated(self) -> tuple[str, int]:
        """The public address of the header's source, and when it has one in its own VPC."""


class Onward(Protocol):
    """The ways on from a journey's ends: `path.onward`."""

    def __call__(
        self, course: Course, segment: Segment, journey: Journey, *, entered: bool = False
    ) -> Iterator[Way]:
        """As there."""

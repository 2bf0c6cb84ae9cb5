"""A packet under way: where it is, what it carries, and what is told of it.

Owns the places of a walk (a closed union), and `Journey`, the state of one packet in one
direction. Laws: each step takes a place and gives the next one; a journey relies on a gap only
after asking whether it is open; where a clause leaves several ways open, `Forks` takes them one
after the other, so that every step reads as if there were one way only (GAP-1).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

from verifier.evaluate.codes import Code
from verifier.evaluate.index import Index
from verifier.evaluate.security_group import References
from verifier.evaluate.words import Rule, rule_words
from verifier.model import Gap, NetworkInterface
from verifier.packet import Address, Packet
from verifier.trace import Decision, Hop, Host, Probe

Option = TypeVar("Option")


@dataclass(frozen=True, slots=True)
class Leaving:
    """About to leave a subnet (SUB-2, SUB-3).

    `turn`, if it is known already, is where the packet goes. `routed`: SUB-2 is not asked (NAT-8).
    """

    subnet_id: str
    turn: Turn | None = None
    routed: bool = False


@dataclass(frozen=True, slots=True)
class AtRouter:
    """At the router of a VPC, for the owner of the destination (SUB-4)."""

    vpc_id: str


@dataclass(frozen=True, slots=True)
class AtInterface:
    """At the interface that owns the destination."""

    interface: NetworkInterface


@dataclass(frozen=True, slots=True)
class OutThrough:
    """At an internet gateway, from inside (IGW-1)."""

    gateway_id: str
    vpc_id: str


@dataclass(frozen=True, slots=True)
class InThrough:
    """At the internet gateway of a VPC, from outside, for a private address (IGW-5)."""

    vpc_id: str
    private: Address


@dataclass(frozen=True, slots=True)
class AtNatGateway:
    """At a NAT gateway, which is to send the packet on (NAT-1)."""

    gateway_id: str
    subnet_id: str


@dataclass(frozen=True, slots=True)
class AtNatAddress:
    """At the address of a NAT gateway itself (NAT-6, NAT-7); `within` its own subnet or not."""

    gateway_id: str
    within: bool


@dataclass(frozen=True, slots=True)
class AtPeering:
    """At a peering connection, coming from one of its VPCs (PCX-1)."""

    peering_id: str
    vpc_id: str


@dataclass(frozen=True, slots=True)
class AtExit:
    """At something that is not modelled (GAP-6): what, and which VPC the packet leaves.

    `internet` as in `UnmodelledTarget`.
    """

    component: str
    gap: Gap
    vpc_id: str
    internet: bool = True


@dataclass(frozen=True, slots=True)
class Delivered:
    """The end: a host has it."""

    host: Host


@dataclass(frozen=True, slots=True)
class Served:
    """The end: one of Amazon's own services has it (SVC-1)."""


@dataclass(frozen=True, slots=True)
class Dropped:
    """The end: nobody has it."""

    code: Code


End = Delivered | Served | Dropped
Onward = (
    Leaving
    | AtRouter
    | AtInterface
    | OutThrough
    | InThrough
    | AtNatGateway
    | AtNatAddress
    | AtPeering
    | AtExit
)
Place = Onward | End


@dataclass(frozen=True, slots=True)
class Turn:
    """Where a subnet sends a packet: next place, the table that says so, and by which route.

    `table_id` is None for delivery within the subnet (SUB-2).
    """

    place: Place
    table_id: str | None = None
    rule: str | None = None


class Forks:
    """Takes every combination of open ways, one run after the other; the first run first."""

    def __init__(self) -> None:
        self._taken: list[int] = []
        self._sizes: list[int] = []

    def choose(self, options: Sequence[Option]) -> Option:
        """One of the options (at least one); another in a later run."""
        if len(options) == 1:
            return options[0]
        at = len(self._sizes)
        if at == len(self._taken):
            self._taken.append(0)
        self._sizes.append(len(options))
        return options[self._taken[at]]

    def advance(self) -> bool:
        """Make ready for the next run; False iff all have been."""
        taken = self._taken[: len(self._sizes)]
        while taken and taken[-1] + 1 == self._sizes[len(taken) - 1]:
            taken.pop()
        self._sizes = []
        if taken:
            taken[-1] += 1
        self._taken = taken
        return bool(taken)


@dataclass(frozen=True, slots=True)
class Session:
    """What a NAT gateway remembers (NAT-7, NAT-8): a packet as it came and as it went."""

    gateway_id: str
    subnet_id: str
    came: Packet
    went: Packet


@dataclass(slots=True, eq=False)
class Journey:
    """One packet in one direction.

    `forward` is the journey that a reply answers, None on the way forth. `hops` is None if nobody
    wants to read them. `sender` is the interface whose unchanged packet this is (SG-10). `session`
    is the NAT gateway's on the path, `crossed` the peering connection after it; `gateway` the
    internet gateway between the path and an outside host; `entered` iff it came by an entrance;
    `returns` iff its reply is beyond what is modelled (GAP-13).
    """

    index: Index
    probe: Probe
    opened: frozenset[Gap]
    forks: Forks
    packet: Packet
    hops: list[Hop] | None = None
    forward: Journey | None = None
    sender: NetworkInterface | None = None
    references: References = References.KEPT
    session: Session | None = None
    crossed: str | None = None
    gateway: tuple[str, str] | None = None
    entered: bool = False
    returns: bool = False
    gaps: set[Gap] = field(default_factory=set)

    def rely(self, gap: Gap) -> bool:
        """True iff the gap is open; the journey then relies on it."""
        if gap in self.opened:
            self.gaps.add(gap)
            return True
        return False

    def note(
        self,
        kind: str,
        component: str,
        decision: Decision,
        *,
        direction: str | None = None,
        rule: Rule = None,
        code: Code | None = None,
        detail: str | None = None,
    ) -> None:
        """Tell a hop, with the packet as it is now."""
        if self.hops is not None:
            self.hops.append(
                Hop(
                    component=component,
                    kind=kind,
                    decision=decision,
                    packet=self.packet,
                    direction=direction,
                    rule=rule_words(rule),
                    code=None if code is None else code.value,
                    detail=detail,
                )
            )

    def drop(
        self,
        kind: str,
        component: str,
        code: Code,
        *,
        direction: str | None = None,
        rule: Rule = None,
        detail: str | None = None,
        decision: Decision = Decision.DROP,
    ) -> Dropped:
        """Tell the last hop of a packet that ends here undelivered."""
        self.note(
            kind, component, decision, direction=direction, rule=rule, code=code, detail=detail
        )
        return Dropped(code)

    def closed(self, kind: str, component: str, gap: Gap) -> Dropped:
        """Drop at a gap that is closed."""
        return self.drop(kind, component, Code.UNKNOWN_RESOURCE, detail=gap.detail)

    def answers(self) -> Packet | None:
        """The reply that the source waits for, exactly (CONN-1)."""
        return self.probe.packet.reply()

    def take_gap_source(self) -> None:
        """Go on under the source address that something unmodelled gives the packet (GAP-6)."""
        source = self.probe.choices.gap_source
        if source is not None:
            self.packet = replace(self.packet, source=source)

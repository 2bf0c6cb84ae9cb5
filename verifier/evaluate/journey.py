"""A packet under way: where it is, what it carries, and what is told of it.

Owns the places of a walk (a closed union), and `Journey`, the state of one packet in one
direction. Laws: each step takes a place and gives the next one; a journey relies on a gap only
after asking whether it is open; where a clause leaves several ways open, `Forks` takes them one
after the other, so that every step reads as if there were one way only (GAP-1).
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import Enum

from verifier.evaluate.codes import Code
from verifier.evaluate.forks import Forks
from verifier.evaluate.index import Index
from verifier.evaluate.security_group import References
from verifier.evaluate.words import Rule, rule_words
from verifier.model import Gap, NetworkInterface, TransitGatewayAttachment
from verifier.packet import Address, Packet, embedded
from verifier.trace import Decision, Hop, Host, Probe


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
    """At an internet gateway of a VPC, from outside, for a private address (IGW-5).

    `gateway_id` is set iff the packet is an outside host's reply, which comes by it (CONN-5).
    """

    vpc_id: str
    private: Address
    gateway_id: str | None = None


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
class AtTransitGateway:
    """At a transit gateway, from a subnet of a VPC (TGW-1)."""

    gateway_id: str
    subnet_id: str
    vpc_id: str


@dataclass(frozen=True, slots=True)
class AtTransitTable:
    """At the table that a transit gateway associates with an attachment of its own (TGW-4).

    `zone` is the one that is remembered, `vpc_id` the VPC that the packet came from, if any.
    """

    attachment: TransitGatewayAttachment
    zone: str | None = None
    vpc_id: str | None = None


@dataclass(frozen=True, slots=True)
class AtVpnGateway:
    """At a virtual private gateway, from inside (VGW-1)."""

    gateway_id: str
    vpc_id: str


@dataclass(frozen=True, slots=True)
class AtEgressOnly:
    """At an egress-only internet gateway, from inside (EIGW-1)."""

    gateway_id: str
    vpc_id: str


@dataclass(frozen=True, slots=True)
class AtEndpoint:
    """At a VPC endpoint, by the table of a subnet; of a gateway if that is None (VPCE-1)."""

    endpoint_id: str
    subnet_id: str | None
    vpc_id: str


@dataclass(frozen=True, slots=True)
class AtAppliance:
    """At an interface that forwards for others (MBX-1), handed over as in `AtEndpoint`.

    `gap` is that of the route.
    """

    interface: NetworkInterface
    gap: Gap
    subnet_id: str | None


@dataclass(frozen=True, slots=True)
class AtExit:
    """At something that is not modelled (GAP-6): what, and which VPC the packet leaves, if any.

    `internet` as in `UnmodelledTarget`. `appliance` is set iff the exit is the one of MBX-6.
    """

    component: str
    gap: Gap
    vpc_id: str | None
    internet: bool = True
    appliance: NetworkInterface | None = None


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
    | AtTransitGateway
    | AtTransitTable
    | AtVpnGateway
    | AtEgressOnly
    | AtEndpoint
    | AtAppliance
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


class DoorKind(Enum):
    """What lies between the snapshot and an outside host."""

    INTERNET = "internet-gateway"
    EGRESS_ONLY = "egress-only-internet-gateway"
    VPN = "vpn-gateway"
    ATTACHMENT = "transit-gateway"
    ENDPOINT = "vpc-endpoint"


@dataclass(frozen=True, slots=True)
class Door:
    """The gateway by which a packet came from an outside host or went to one (CONN-5).

    `owner_id` is the VPC that it belongs to, for an attachment the transit gateway.
    """

    kind: DoorKind
    id: str
    owner_id: str


@dataclass(frozen=True, slots=True)
class Session:
    """What a NAT gateway remembers (NAT-7, NAT-8): a packet as it came and as it went."""

    gateway_id: str
    subnet_id: str
    vpc_id: str
    came: Packet
    went: Packet


@dataclass(slots=True, eq=False)
class Journey:
    """One packet in one direction.

    `forward` is the journey that a reply answers, None on the way forth. `hops` is None if nobody
    wants to read them. `sender` is the interface whose unchanged packet this is (SG-10); `carried`
    are the groups that references match by beyond an appliance (MBX-6). `session` is the NAT
    gateway's on the path, `crossed` the peering connection after it, `undone` iff the gateway has
    translated this reply back (NAT-8). `came_by` and `left_by` are the doors between the path and
    an outside host, `outlet` an egress-only gateway, with its VPC, that the packet left by, and
    `came_in` iff it came in by an internet gateway (EIGW-4). `entered` iff it came by an entrance,
    `beyond` iff it passed an exit, `returns` iff its reply is beyond what is modelled (GAP-13).
    `passed` are the appliances and endpoints on the path, with their gaps (MBX-4); `visited` is
    where it would be in a loop (MBX-7); `crossings` counts its ways through transit gateways
    (TGW-8); `inspected` are the firewalls whose stateful rules have seen it (NFW-4). `client_of` is
    the interface of the EC2 Instance Connect Endpoint that sent it under a user's address, with the
    endpoint's gap (EICE-5).
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
    undone: bool = False
    came_by: Door | None = None
    left_by: Door | None = None
    outlet: tuple[str, str] | None = None
    came_in: bool = False
    entered: bool = False
    beyond: bool = False
    returns: bool = False
    carried: frozenset[str] = frozenset()
    passed: list[tuple[str, Gap | None]] = field(default_factory=list)
    visited: set[tuple[str, str | None, Packet]] = field(default_factory=set)
    crossings: int = 0
    inspected: set[str] = field(default_factory=set)
    client_of: tuple[str, Gap] | None = None
    gaps: set[Gap] = field(default_factory=set)

    def rely(self, gap: Gap) -> bool:
        """True iff the gap is open; the journey then relies on it."""
        if gap in self.opened:
            self.gaps.add(gap)
            return True
        return False

    def is_for(self, address: Address) -> bool:
        """ASK-5, ASK-8: the packet goes where the source wrote to, if it wrote this address."""
        here = self.packet.destination
        translated = self.session is not None and self.session.came.destination == address
        return here == address or (translated and here == embedded(address))

    def avoids(self, component_id: str) -> bool:
        """ASK-9: the probe wants the packet not to pass the component on its way forth."""
        return self.forward is None and component_id in self.probe.avoiding

    def loops(self, component_id: str, zone: str | None = None) -> bool:
        """MBX-7, TGW-11: the packet has been here as it is; it has been from now on."""
        here = (component_id, zone, self.packet)
        if here in self.visited:
            return True
        self.visited.add(here)
        return False

    def knows(self, component_id: str) -> bool:
        """MBX-4, VPCE-7: the packet that this reply answers passed the appliance or endpoint."""
        return self.forward is not None and any(
            component_id == found for found, _ in self.forward.passed
        )

    def missed(self, forward: Journey) -> tuple[str, Gap | None] | None:
        """MBX-5, VPCE-7: what the packet passed and its reply has not, the gap being closed."""
        passed = {component_id for component_id, _ in self.passed}
        for component_id, gap in forward.passed:
            if component_id not in passed and (gap is None or not self.rely(gap)):
                return component_id, gap
        return None

    def lose_references(self) -> None:
        """SG-12: from here on no reference matches, unless the packet is beyond an exit."""
        if self.references not in (References.EVERY, References.CARRIED):
            self.references = References.LOST

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
        if source is not None and source.family == self.packet.family:
            self.packet = replace(self.packet, source=source)

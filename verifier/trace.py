"""What happens to a packet, told hop by hop: the words of every trace and counterexample.

Owns the value types that a walk is asked with (`Host`, `Choices`, `Probe`) and answered with
(`Hop`, `Trace`, `Exchange`). They are shared by both meanings as vocabulary; nothing here decides
anything.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from verifier.model import Gap
from verifier.packet import Address, Packet

INTERNET = "internet"


@dataclass(frozen=True, slots=True)
class InterfaceHost:
    """The host that is one interface of the snapshot."""

    interface_id: str


@dataclass(frozen=True, slots=True)
class OutsideHost:
    """The host that is one outside address, and by which door its packets come and go.

    `door` None: whichever leads there. `INTERNET`: an internet gateway. Otherwise the id of one
    internet gateway, entrance or exit, which alone counts (clauses ASK-4, ASK-5).
    """

    address: Address
    door: str | None = None


Host = InterfaceHost | OutsideHost


@dataclass(frozen=True, slots=True)
class Choices:
    """What the network is free to choose, made explicit so that a walk is deterministic.

    `nat_port` (1024-65535, None = the packet's own source port if it is in that range, else 1024)
    and `nat_address` (None = the gateway's primary) are a NAT gateway's source port and private
    address; `gap_source` is the source address under which a packet leaves what is not modelled
    (None = unchanged). There is at most one NAT gateway and at most one exit into a gap on a path.
    `transit` and `transit_reply` say, by transit gateway attachment, which of the attachment's
    subnets packets leave the transit gateway by where it may take several (TGW-6): the number of
    one of them in ascending order of id, modulo how many there are; 0 where nothing is said.
    """

    nat_port: int | None = None
    nat_address: Address | None = None
    gap_source: Address | None = None
    transit: tuple[tuple[str, int], ...] = ()
    transit_reply: tuple[tuple[str, int], ...] = ()


class InstanceStates(StrEnum):
    """Whether stopped instances play their part (clause ENI-5)."""

    RECORDED = "recorded"
    ASSUMED_RUNNING = "assumed-running"


@dataclass(frozen=True, slots=True)
class Probe:
    """One packet, put on the wire by `source`, meant for `destination`.

    `destination` None asks only where the packet goes. The packet's addresses are those that the
    source writes: its own (private) address, and the name by which it calls the destination.
    `avoiding` are components that the packet must not pass on its way forth (ASK-9).
    """

    source: Host
    destination: Host | None
    packet: Packet
    choices: Choices = Choices()
    states: InstanceStates = InstanceStates.RECORDED
    avoiding: frozenset[str] = frozenset()


class Decision(StrEnum):
    """What a component did with the packet."""

    ALLOW = "allow"
    DENY = "deny"
    FORWARD = "forward"
    DROP = "drop"
    DELIVER = "deliver"


@dataclass(frozen=True, slots=True, kw_only=True)
class Hop:
    """One component's decision.

    `kind` is one of `interface`, `security-group`, `network-acl`, `route-table`,
    `internet-gateway`, `egress-only-internet-gateway`, `nat-gateway`, `peering-connection`,
    `transit-gateway`, `vpn-gateway`, `vpc-endpoint`, `appliance`, `load-balancer`,
    `network-firewall`, `vpc`, `outside`, `gap`. `rule` is what decided, in words
    (`tcp 5432 0.0.0.0/0`, `100`, `10.0.0.0/16 local`). `code` is set iff the packet ends here
    undelivered. `packet` is the packet as it leaves the component.
    """

    component: str
    kind: str
    decision: Decision
    packet: Packet
    direction: str | None = None
    rule: str | None = None
    code: str | None = None
    detail: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """The whole way of one packet in one direction.

    `delivered_to` is the host it reached, None iff it was dropped; then `code` says why. `packet`
    is the packet as the host received it (or as it was dropped). `gaps` are the open gaps that it
    passed by being open.
    """

    hops: tuple[Hop, ...]
    packet: Packet
    delivered_to: Host | None
    code: str | None = None
    gaps: frozenset[Gap] = field(default_factory=frozenset)


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """A packet and its reply; `works` as clause CONN-1 says. `reply` None: none was sent."""

    forward: Trace
    reply: Trace | None
    works: bool

    @property
    def gaps(self) -> frozenset[Gap]:
        """The open gaps that the exchange passed, in both directions."""
        return self.forward.gaps | (self.reply.gaps if self.reply else frozenset())

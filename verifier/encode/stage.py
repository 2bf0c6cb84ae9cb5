"""The words of routing stage by stage: where a packet can be, and where a stretch of its way ends.

A *segment* is a stretch of a way on which the header does not change. On it, forwarding is a
function of the place, the destination address and the network's choices; so every place is said
once, and the places that a packet comes to are terms (`verifier.encode.travel`). Law: two values
of this module are equal iff they are the same place.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum
from typing import NamedTuple

from verifier.encode.packet import Port, References
from verifier.encode.terms import FALSE
from verifier.model import Gap
from verifier.topology import Exit, Spans


@dataclass(frozen=True, slots=True)
class Segment:
    """Which header is seen: two address variables and the port that filters look at.

    `forth` is false for replies, which no group judges (CONN-2).
    """

    source: str
    destination: str
    port: Port
    forth: bool


@dataclass(frozen=True, slots=True)
class AtTable:
    """A transit gateway's table, with the zone that is remembered (TGW-4, TGW-6).

    `kept`: references match so far and this is the first transit gateway (TGW-8).
    """

    table: str
    zone: str | None
    kept: bool


@dataclass(frozen=True, slots=True)
class AtSubnet:
    """A subnet from which an attachment or a NAT gateway sends (TGW-7, NAT-5).

    `home` is false where the subnet's own addresses are no exception (NAT-8).
    """

    subnet: str
    kept: bool
    home: bool = True


@dataclass(frozen=True, slots=True)
class AtEdge:
    """The table behind a gateway; `internet` iff that is an internet gateway (IGW-10, VGW-3).

    `lost`: no reference matches, whatever is open (GAP-9).
    """

    table: str
    internet: bool
    lost: bool = False


@dataclass(frozen=True, slots=True)
class AtAppliance:
    """An interface that forwards (MBX-3)."""

    id: str


@dataclass(frozen=True, slots=True)
class AtEndpoint:
    """A Gateway Load Balancer endpoint (VPCE-6)."""

    id: str


Place = AtTable | AtSubnet | AtEdge | AtAppliance | AtEndpoint


@dataclass(frozen=True, slots=True)
class Router:
    """The router of the VPC in which the segment began, reached from the host's own subnet."""


@dataclass(frozen=True, slots=True)
class Arrive:
    """The router of a VPC (SUB-4)."""

    vpc_id: str
    references: References


@dataclass(frozen=True, slots=True)
class Home:
    """Delivery within a subnet (SUB-2), the owner being anywhere in the subnet's VPC."""

    subnet: str
    references: References


@dataclass(frozen=True, slots=True)
class Across:
    """Over a peering connection into this VPC (PCX-2)."""

    id: str
    vpc_id: str
    references: References


class Way(Enum):
    """What hands packets out of a segment."""

    GATEWAY = "internet-gateway"
    EGRESS_ONLY = "egress-only-internet-gateway"
    NAT = "nat-gateway"
    VPN = "vpn-gateway"
    SITE = "transit-gateway-attachment"
    SERVICE = "vpc-endpoint"


@dataclass(frozen=True, slots=True)
class Left:
    """Handed to something that translates or lets out; `vpc_id` is whose table did so.

    Sites behind a transit gateway have the gateway there.
    """

    way: Way
    id: str
    vpc_id: str


@dataclass(frozen=True, slots=True)
class Out:
    """An open exit (GAP-6), met in this VPC (None: at a transit gateway).

    With `appliance` set it is what that interface may do besides forwarding (MBX-6).
    """

    exit: Exit
    vpc_id: str | None
    appliance: str | None = None


End = Router | Arrive | Home | Across | Left | Out


@dataclass(frozen=True, slots=True)
class Sender:
    """Whose table is asked.

    `subnet` is what the packet leaves, None for a gateway's own table. `kept`: references match
    so far; `first`: and no transit gateway was crossed (TGW-8). `out` says when the egress list
    lets the packet, `gate` when the groups of who forwards do, by what the next hop makes of
    references (SG-12).
    """

    vpc_id: str
    subnet: str | None
    kept: bool
    first: bool
    out: Callable[[], int]
    gate: Callable[[References], int]


class Edge(NamedTuple):
    """From a place to the next one, for these destinations, where the term holds.

    `handed` is the component that takes the packet and the gap that says what else it may do,
    `noted` what else is to be remembered of the packet, and when.
    """

    to: Place | End
    spans: Spans
    term: Callable[[], int]
    handed: tuple[str, Gap | None] | None = None
    noted: tuple[str, Callable[[], int]] | None = None


@dataclass(slots=True)
class Journey:
    """What becomes of a packet in one segment.

    `ends`: where it is in the end. `passed`: the appliances and endpoints that it passes. `owed`:
    those of them that insist on seeing the reply as well, their gap being closed (MBX-5, VPCE-7).
    `crossed`: it may have come through a transit gateway, so into another VPC.
    """

    ends: dict[End, int] = field(default_factory=dict)
    passed: dict[str, int] = field(default_factory=dict)
    owed: dict[str, int] = field(default_factory=dict)
    crossed: bool = False

    def end(self, end: End) -> int:
        """True iff the segment ends there."""
        return self.ends.get(end, FALSE)

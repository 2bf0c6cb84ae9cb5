"""The next hops that a route table can give: what the encoder knows of a route's target.

Law: what lies behind a hop is said once, at the hop; two hops are one iff nothing that follows from
the network alone tells them apart.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from verifier.model import Gap
from verifier.topology.spans import Spans


class Local(NamedTuple):
    """The router of the VPC (RT-7)."""


class Gateway(NamedTuple):
    """An internet gateway that is attached to the table's VPC (IGW-1)."""

    id: str


class Nat(NamedTuple):
    """A modelled NAT gateway of the table's VPC that is available (NAT-1)."""

    id: str


class Peer(NamedTuple):
    """An active peering connection, seen from one side; `vpc_id` is the other (PCX-1)."""

    id: str
    vpc_id: str


class Exit(NamedTuple):
    """Something that is not modelled (GAP-6); `name` is the door that it is (ASK-5).

    `components` is what the packet would pass, for who avoids it (ASK-9). `peered`: it is the far
    side of a peering connection, so the source must be the near side's (PCX-6).
    """

    gap: Gap | None
    internet: bool = True
    name: str | None = None
    components: tuple[str, ...] = ()
    peered: bool = False


@dataclass(frozen=True, slots=True)
class EgressOnly:
    """An egress-only internet gateway of the table's VPC (EIGW-1)."""

    id: str


@dataclass(frozen=True, slots=True)
class Vpn:
    """A virtual private gateway that is attached to the table's VPC (VGW-1)."""

    id: str


@dataclass(frozen=True, slots=True)
class Service:
    """A gateway endpoint of the table's VPC (VPCE-1)."""

    id: str


@dataclass(frozen=True, slots=True)
class Inspection:
    """A Gateway Load Balancer endpoint of the table's VPC that takes the family (VPCE-5)."""

    id: str


@dataclass(frozen=True, slots=True)
class Appliance:
    """An interface of the table's VPC that forwards; `gap` is the route's (MBX-1)."""

    id: str
    gap: Gap


@dataclass(frozen=True, slots=True)
class Transit:
    """A transit gateway, by the attachment of the table's VPC (TGW-1)."""

    id: str
    attachment: str


@dataclass(frozen=True, slots=True)
class Dead:
    """An appliance or an inspection endpoint that takes nothing (MBX-1, VPCE-5).

    What an edge table leads there does not leave either (IGW-11).
    """

    id: str


Hop = (
    Local
    | Gateway
    | Nat
    | Peer
    | Exit
    | EgressOnly
    | Vpn
    | Service
    | Inspection
    | Appliance
    | Transit
    | Dead
)
Leads = tuple[tuple[Hop, Spans], ...]

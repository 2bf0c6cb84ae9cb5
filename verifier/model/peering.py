"""VPC peering connections: two sides and a status."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from verifier.packet import Prefix


@dataclass(frozen=True, slots=True, kw_only=True)
class PeeringSide:
    """One side as the connection describes it; the VPC need not be in the snapshot."""

    vpc_id: str
    account: str | None = None
    region: str | None = None
    prefixes: tuple[Prefix, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PeeringConnection:
    """One connection; it carries packets iff `active`."""

    id: str
    active: bool
    requester: PeeringSide
    accepter: PeeringSide
    status: str = "active"
    tags: Mapping[str, str] = field(default_factory=dict)

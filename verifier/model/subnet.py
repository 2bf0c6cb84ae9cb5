"""Subnets: one address range of a VPC in one availability zone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from verifier.packet import Prefix


class PublicAccess(StrEnum):
    """What VPC Block Public Access lets pass between a subnet and the internet (IGW-12)."""

    OPEN = "open"
    EGRESS = "egress"
    """... connections from inside only."""
    NAT = "nat"
    """... connections from inside by NAT and egress-only gateways only."""
    CLOSED = "closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Subnet:
    """One subnet; `prefixes` are its blocks of both families (none of IPv4 if IPv6-only).

    `zone` is the name that its account gives to the zone, `zone_id` the one that all accounts do.
    """

    id: str
    vpc_id: str
    prefixes: tuple[Prefix, ...]
    zone: str | None = None
    zone_id: str | None = None
    public_access: PublicAccess = PublicAccess.OPEN
    account: str | None = None
    tags: Mapping[str, str] = field(default_factory=dict)

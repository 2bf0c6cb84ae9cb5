"""Subnets: one address range of a VPC in one availability zone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from verifier.packet import Prefix


@dataclass(frozen=True, slots=True, kw_only=True)
class Subnet:
    """One subnet; `prefixes` are its blocks of both families (none of IPv4 if IPv6-only)."""

    id: str
    vpc_id: str
    prefixes: tuple[Prefix, ...]
    zone: str | None = None
    account: str | None = None
    tags: Mapping[str, str] = field(default_factory=dict)

"""Egress-only internet gateways: IPv6 out, and only the replies back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class EgressOnlyInternetGateway:
    """One egress-only internet gateway; `vpc_id` None iff it is attached to nothing."""

    id: str
    vpc_id: str | None = None
    account: str | None = None
    tags: Mapping[str, str] = field(default_factory=dict)

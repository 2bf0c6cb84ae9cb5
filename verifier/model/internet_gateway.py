"""Internet gateways: which VPC they are attached to, and what about their passage is unknown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from verifier.model.gap import Gap


@dataclass(frozen=True, slots=True, kw_only=True)
class InternetGateway:
    """One internet gateway; `vpc_ids` holds only attachments that are in force (0 or 1)."""

    id: str
    vpc_ids: tuple[str, ...] = ()
    account: str | None = None
    tags: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PassageGap:
    """Something at a VPC's internet gateway that is not modelled (GAP-9).

    `redirects` iff packets may take another way behind the gateway (an edge route table), so that
    they may arrive under another source address.
    """

    gap: Gap
    redirects: bool = False

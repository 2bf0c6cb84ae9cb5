"""Virtual private gateways: the door of one VPC to sites on premises."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from verifier.model.gap import Gap
from verifier.packet import Prefix


@dataclass(frozen=True, slots=True, kw_only=True)
class VpnGateway:
    """One virtual private gateway; `vpc_id` None iff it is attached to nothing.

    `prefixes` are the destinations that it is known to have a way to (static routes of its VPN
    connections, routes that it propagates). With `gap` set it may have more
    (VGW-2). `beyond` is what its sites may do with packets for VPCs of the snapshot.
    """

    id: str
    vpc_id: str | None = None
    prefixes: tuple[Prefix, ...] = ()
    gap: Gap | None = None
    beyond: Gap | None = None
    account: str | None = None
    tags: Mapping[str, str] = field(default_factory=dict)

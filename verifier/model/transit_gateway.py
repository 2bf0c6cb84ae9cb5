"""Transit gateways: attachments, and the tables that say where packets from them go.

A peering attachment has one id and two ends, so attachments are known by the transit gateway and
their own id together. Propagated routes stand among the routes of a table, as AWS lists them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum

from verifier.model.gap import Gap
from verifier.packet import Prefix

AttachmentKey = tuple[str, str]
"""Id of the transit gateway, id of the attachment."""


class AttachmentKind(StrEnum):
    """What is attached; everything but VPCs and other transit gateways is a site outside."""

    VPC = "vpc"
    PEERING = "peering"
    VPN = "vpn"
    DIRECT_CONNECT = "direct-connect-gateway"
    CONNECT = "connect"
    CLIENT_VPN = "client-vpn"


class TransitRank(IntEnum):
    """Which of two routes to one prefix counts, best first (TGW-4)."""

    STATIC = 0
    PREFIX_LIST = 1
    PROPAGATED_VPC = 2
    PROPAGATED_DIRECT_CONNECT = 3
    PROPAGATED_CONNECT = 4
    PROPAGATED_VPN = 5
    PROPAGATED_CLIENT_VPN = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class TransitGateway:
    """One transit gateway; `references` iff group references are supported (TGW-8).

    With `gap` set nothing of it is known for certain, and packets handed to it meet GAP-6.
    """

    id: str
    account: str | None = None
    region: str | None = None
    references: bool = False
    gap: Gap | None = None
    tags: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class TransitGatewayAttachment:
    """One attachment, as one transit gateway has it.

    `table_id` is the associated table, None if there is none. `vpc_id`, `subnet_ids` (ascending),
    `ipv6`, `references` and `appliance_mode` speak of VPC attachments, `peer_gateway_id` (the
    other transit gateway) of peerings. With `gap` set, what lies behind is not modelled: packets
    that go there meet GAP-6. `beyond` is what sites outside may do with packets for VPCs of the
    snapshot (TGW-5).
    """

    id: str
    transit_gateway_id: str
    kind: AttachmentKind
    available: bool = True
    table_id: str | None = None
    vpc_id: str | None = None
    subnet_ids: tuple[str, ...] = ()
    ipv6: bool = False
    references: bool = True
    appliance_mode: bool = False
    peer_gateway_id: str | None = None
    gap: Gap | None = None
    beyond: Gap | None = None
    account: str | None = None
    tags: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class TransitGatewayRoute:
    """One route; `attachment_ids` (ascending) is empty iff it is a blackhole."""

    prefix: Prefix
    rank: TransitRank = TransitRank.STATIC
    attachment_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TransitGatewayRouteTable:
    """One table. With `gap` set its routes are not all known, and every packet meets GAP-6."""

    id: str
    transit_gateway_id: str
    routes: tuple[TransitGatewayRoute, ...] = ()
    gap: Gap | None = None
    tags: Mapping[str, str] = field(default_factory=dict)

"""Networks around a transit gateway, for the encoder's tests: the facts are in the tests."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from tests.unit.encode.small import block, network, route, table
from verifier.model import (
    AttachmentKind,
    Network,
    Subnet,
    TransitGateway,
    TransitGatewayAttachment,
    TransitGatewayRoute,
    TransitGatewayRouteTable,
    TransitGatewayTarget,
    TransitRank,
)

TGW = TransitGatewayTarget("tgw-1")
V6 = "2600:a::/56", "2600:b::/56"


def subnet(id_: str, vpc: str, *prefixes: str, zone: str | None = "z1", **more: Any) -> Subnet:
    blocks = tuple(block(prefix) for prefix in prefixes)
    return Subnet(id=id_, vpc_id=vpc, prefixes=blocks, zone=zone, **more)


SUBNETS = (
    subnet("subnet-1", "vpc-a", "10.0.1.0/24", "2600:a:0:1::/64"),
    subnet("subnet-2", "vpc-a", "10.0.2.0/24", "2600:a:0:2::/64"),
    subnet("subnet-3", "vpc-b", "10.1.3.0/24", "2600:b:0:3::/64"),
    subnet("subnet-4", "vpc-b", "10.1.4.0/24", "2600:b:0:4::/64", zone="z2"),
)


def attach(id_: str, vpc: str, *subnets: str, gateway: str = "tgw-1", **more: Any) -> Any:
    values: dict[str, Any] = {"table_id": "rt-1", "ipv6": True, **more}
    return TransitGatewayAttachment(
        id=id_, transit_gateway_id=gateway, kind=AttachmentKind.VPC, vpc_id=vpc,
        subnet_ids=subnets, **values,
    )  # fmt: skip


def site(id_: str, **more: Any) -> TransitGatewayAttachment:
    values: dict[str, Any] = {"table_id": "rt-1", "kind": AttachmentKind.VPN, **more}
    return TransitGatewayAttachment(id=id_, transit_gateway_id="tgw-1", **values)


ENDS = (attach("at-a", "vpc-a", "subnet-1"), attach("at-b", "vpc-b", "subnet-3"))


def to(prefix: str, *ids: str, rank: TransitRank = TransitRank.STATIC) -> TransitGatewayRoute:
    return TransitGatewayRoute(prefix=block(prefix), attachment_ids=ids, rank=rank)


ROUTES = (
    to("10.0.0.0/16", "at-a"), to("10.1.0.0/16", "at-b"), to(V6[0], "at-a"), to(V6[1], "at-b"),
)  # fmt: skip


def transit_table(
    *routes: TransitGatewayRoute, id_: str = "rt-1", gateway: str = "tgw-1", **more: Any
) -> TransitGatewayRouteTable:
    return TransitGatewayRouteTable(id=id_, transit_gateway_id=gateway, routes=routes, **more)


def hub(
    *,
    ends: Sequence[TransitGatewayAttachment] = ENDS,
    tables: Sequence[TransitGatewayRouteTable] = (transit_table(*ROUTES),),
    gateways: Sequence[TransitGateway] = (TransitGateway(id="tgw-1"),),
    **parts: Any,
) -> Network:
    """vpc-a and vpc-b behind tgw-1: everything that is not their own goes there."""
    values: dict[str, Any] = {
        "subnets": SUBNETS,
        "peerings": (),
        "route_tables": (
            table("rtb-a", route("0.0.0.0/0", TGW), route("::/0", TGW), main=True),
            table("rtb-b", route("0.0.0.0/0", TGW), route("::/0", TGW), main=True, vpc_id="vpc-b"),
        ),
        **parts,
    }
    return replace(
        network(**values),
        transit_attachments={(end.transit_gateway_id, end.id): end for end in ends},
        transit_tables={each.id: each for each in tables},
        transit_gateways={each.id: each for each in gateways},
    )

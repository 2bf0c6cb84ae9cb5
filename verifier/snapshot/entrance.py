"""What hangs on a VPC and is not modelled: attachments that are doors to the outside (GAP-7).

An entrance is entered for an attachment that a listing names, for a route or a propagation that
leads to one, and for an interface that only such an attachment has.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final, Required

from typing_extensions import TypedDict

from verifier.model import (
    Entrance,
    InterfaceKind,
    NetworkInterface,
    PeeringConnection,
    RouteTable,
    RouteTarget,
    TransitGatewayTarget,
    UnmodelledTarget,
    VpnGatewayTarget,
)
from verifier.packet import AddressSet
from verifier.snapshot.ledger import Ledger
from verifier.snapshot.merge import Record
from verifier.snapshot.route_table import GATEWAYS, TRANSIT, VIRTUAL_PRIVATE, RouteTableWire
from verifier.snapshot.wire import Id, TagWire


class CarrierGatewayWire(TypedDict, total=False):
    """A carrier gateway."""

    CarrierGatewayId: Required[Id]
    VpcId: str | None
    State: str | None
    Tags: list[TagWire] | None


class LocalGatewayAssociationWire(TypedDict, total=False):
    """A VPC that uses a local gateway."""

    LocalGatewayRouteTableVpcAssociationId: Required[Id]
    LocalGatewayId: str | None
    VpcId: str | None
    State: str | None
    Tags: list[TagWire] | None


class ClientVpnEndpointWire(TypedDict, total=False):
    """A client VPN endpoint."""

    ClientVpnEndpointId: Required[Id]
    VpcId: str | None
    Tags: list[TagWire] | None


GONE: Final = frozenset({"deleted", "detached", "failed", "rejected", "disassociated"})
_ATTACHMENT: Final = re.compile(r"tgw-attach-[0-9a-z]+")

Door = tuple[str, str, str]
"""Entrance id, kind, VPC id."""


def other_gateways(
    carriers: Iterable[Record[CarrierGatewayWire]],
    local_gateways: Iterable[Record[LocalGatewayAssociationWire]],
    client_vpns: Iterable[Record[ClientVpnEndpointWire]],
) -> Iterator[Door]:
    """The VPCs with a carrier gateway, a local gateway or a client VPN."""
    for carrier, _ in carriers:
        if carrier.get("State") not in GONE:
            yield carrier["CarrierGatewayId"], "carrier gateway", carrier.get("VpcId") or ""
    for local, _ in local_gateways:
        if local.get("State") not in GONE:
            association = local["LocalGatewayRouteTableVpcAssociationId"]
            gateway_id = local.get("LocalGatewayId") or association
            yield gateway_id, "local gateway", local.get("VpcId") or ""
    for client, _ in client_vpns:
        yield client["ClientVpnEndpointId"], "client VPN endpoint", client.get("VpcId") or ""


_PRIVATE_WAYS: Final = (
    ("VpnGateways",),
    ("TransitGatewayVpcAttachments", "TransitGatewayAttachments"),
)
LISTINGS: Final[Mapping[str, tuple[tuple[str, ...], ...]]] = {
    VIRTUAL_PRIVATE: _PRIVATE_WAYS,
    TRANSIT: _PRIVATE_WAYS,
    "local gateway": (*_PRIVATE_WAYS, ("LocalGatewayRouteTableVpcAssociations",)),
    "carrier gateway": (("CarrierGateways",),),
}
"""By kind of gateway, the listings that together say where else its packets may come in: one of
each group. Sites behind a virtual private gateway may lead on to a transit gateway and back."""


def way_of(target: RouteTarget) -> tuple[str, str] | None:
    """Id and kind of what the target is, if packets can come in from there; None otherwise.

    The kind is told by the id even where the route itself is not understood.
    """
    match target:
        case TransitGatewayTarget(name):
            return name, TRANSIT
        case VpnGatewayTarget(name):
            return name, VIRTUAL_PRIVATE
        case UnmodelledTarget(kind, name):
            named = "core network" if name.startswith("arn:") else kind
            kind = kind if kind in INWARD else GATEWAYS.get(name.partition("-")[0], named)
            return (name, kind) if kind in INWARD else None
        case _:
            return None


INWARD: Final = frozenset(
    {
        VIRTUAL_PRIVATE, TRANSIT, "local gateway", "carrier gateway", "core network",
        "ODB network", "gateway of unknown kind", "several targets",
    }
)  # fmt: skip


def by_routes(
    tables: Iterable[RouteTable], wires: Iterable[Record[RouteTableWire]]
) -> Iterator[Door]:
    """What routes and propagations lead to, as far as packets can come in from there."""
    for table in tables:
        for route in table.routes:
            way = way_of(route.target)
            if way is not None and not route.blackhole:
                yield *way, table.vpc_id
    for wire, _ in wires:
        for gateway in wire.get("PropagatingVgws") or ():
            if gateway_id := gateway.get("GatewayId"):
                yield gateway_id, VIRTUAL_PRIVATE, wire["VpcId"]


def by_interfaces(interfaces: Iterable[NetworkInterface]) -> Iterator[Door]:
    """The attachments that transit gateways' interfaces belong to."""
    for interface in interfaces:
        if interface.kind is InterfaceKind.TRANSIT_GATEWAY and interface.attached:
            named = _ATTACHMENT.search(interface.description)
            yield named[0] if named else interface.id, TRANSIT, interface.vpc_id


def entrances(
    doors: Iterable[Door], gateway_of: Mapping[str, str], vpc_ids: Iterable[str], ledger: Ledger
) -> list[Entrance]:
    """One entrance per door of a VPC in the snapshot.

    A transit gateway that a route names is left out where an attachment to it is known, of which
    `gateway_of` says to which it leads.
    """
    known = set(vpc_ids)
    wanted = {(door, vpc): kind for door, kind, vpc in doors if vpc in known}
    covered = {(gateway_of[door], vpc) for door, vpc in wanted if door in gateway_of}
    return [
        Entrance(door, kind, vpc, ledger.gap(door, "GAP-7", f"{kind} at {vpc}, not modelled"))
        for (door, vpc), kind in sorted(wanted.items())
        if (door, vpc) not in covered
    ]


def peered_outside(
    peerings: Iterable[PeeringConnection], vpc_ids: Iterable[str], ledger: Ledger
) -> list[Entrance]:
    """The entrances of active connections whose other side is not in the snapshot (PCX-3)."""
    known = set(vpc_ids)
    found: list[Entrance] = []
    for peering in peerings:
        for near, far in (
            (peering.requester, peering.accepter),
            (peering.accepter, peering.requester),
        ):
            if peering.active and near.vpc_id in known and far.vpc_id not in known:
                detail = f"leads to {far.vpc_id}, which is not in the snapshot"
                gap = ledger.gap(peering.id, "PCX-3", detail)
                sources = AddressSet.of(*far.prefixes) if far.prefixes else None
                found.append(
                    Entrance(peering.id, "VPC peering connection", near.vpc_id, gap, sources)
                )
    return found

"""What is attached to transit gateways, as the calls that describe attachments print it.

One attachment stands in up to three listings (all attachments, those of VPCs, peerings); they are
put together here. Law: what is missing or not understood of an attachment is its gap; what may
send packets and is not known whole opens its gateway (`Transit.opening`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Required

from typing_extensions import TypedDict

from verifier.model import (
    AttachmentKey,
    AttachmentKind,
    Gap,
    PrefixList,
    Subnet,
    TransitGatewayAttachment,
    Vpc,
)
from verifier.snapshot.ledger import Ledger
from verifier.snapshot.transit_gateway import AVAILABLE, LISTING, Transit, unsettled
from verifier.snapshot.wire import Id, Origin, TagWire, tags_of

if TYPE_CHECKING:
    from verifier.snapshot.resources import Resources


class AttachmentAssociationWire(TypedDict, total=False):
    """The table of an attachment."""

    TransitGatewayRouteTableId: str | None
    TransitGatewayPolicyTableId: str | None
    State: str | None


class TransitGatewayAttachmentWire(TypedDict, total=False):
    """An attachment of anything to a transit gateway."""

    TransitGatewayAttachmentId: Required[Id]
    TransitGatewayId: Required[Id]
    ResourceType: str | None
    ResourceId: str | None
    ResourceOwnerId: str | None
    State: str | None
    Association: AttachmentAssociationWire | None
    Tags: list[TagWire] | None


class VpcAttachmentOptionsWire(TypedDict, total=False):
    """What the attachment of a VPC supports."""

    Ipv6Support: str | None
    ApplianceModeSupport: str | None
    SecurityGroupReferencingSupport: str | None


class TransitGatewayVpcAttachmentWire(TypedDict, total=False):
    """An attachment of a VPC to a transit gateway."""

    TransitGatewayAttachmentId: Required[Id]
    TransitGatewayId: Required[Id]
    VpcId: str | None
    VpcOwnerId: str | None
    State: str | None
    SubnetIds: list[str] | None
    Options: VpcAttachmentOptionsWire | None
    Tags: list[TagWire] | None


class PeeringGatewayWire(TypedDict, total=False):
    """One end of a peering."""

    TransitGatewayId: str | None


class TransitGatewayPeeringWire(TypedDict, total=False):
    """A peering of two transit gateways; tags stand with the attachments."""

    TransitGatewayAttachmentId: Required[Id]
    RequesterTgwInfo: PeeringGatewayWire | None
    AccepterTgwInfo: PeeringGatewayWire | None
    State: str | None


KNOWN_ATTACHMENT: Final = frozenset(TransitGatewayAttachmentWire.__annotations__) | {
    "CreationTime", "NatGatewaySupport", "TransitGatewayOwnerId",
}  # fmt: skip
KNOWN_VPC_ATTACHMENT: Final = frozenset(TransitGatewayVpcAttachmentWire.__annotations__) | {
    "CreationTime",
}  # fmt: skip
KNOWN_VPC_OPTIONS: Final = frozenset(VpcAttachmentOptionsWire.__annotations__) | {"DnsSupport"}
KNOWN_PEERING: Final = frozenset(TransitGatewayPeeringWire.__annotations__) | {
    "AccepterTransitGatewayAttachmentId", "CreationTime", "Options", "Status", "Tags",
}  # fmt: skip

DOWN: Final = frozenset({"deleted", "failed", "rejected", "initiatingRequest", "pendingAcceptance"})
"""States in which an attachment carries nothing for certain."""

EDGE_ZONE: Final = re.compile(r"[a-z]+(-[a-z]+)+-\d+-")
"""How the names of Local Zones and Wavelength Zones begin: the Region's name, and more."""

SETTLED: Final = frozenset({"associated", "disassociated"})
"""States of associations that say whether there is one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TransitContext:
    """What the meaning of attachments and tables depends on."""

    vpcs: Mapping[str, Vpc]
    subnets: Mapping[str, Subnet]
    prefix_lists: Mapping[str, PrefixList]


@dataclass(slots=True)
class Row:
    """One attachment as one transit gateway has it, out of the listings that show it."""

    id: str
    gateway_id: str
    origin: Origin
    any: Mapping[str, Any] = field(default_factory=dict)
    vpc: Mapping[str, Any] = field(default_factory=dict)
    peering: Mapping[str, Any] = field(default_factory=dict)
    tables: dict[str, str] = field(default_factory=dict)
    """The tables that it is associated with, and the states of the associations."""
    complete: bool = False
    """Whether the associations of every table of the gateway are listed."""

    def agreed(self, what: str, *values: object) -> str:
        """The value that the listings have, empty if none; SnapshotError iff they differ."""
        found = sorted({str(value) for value in values if value})
        if len(found) > 1:
            raise self.origin.error("", f"the {what} of {self.id} is {' and '.join(found)}")
        return found[0] if found else ""

    @property
    def state(self) -> str:
        """Its state."""
        return self.agreed("state", *(one.get("State") for one in self._wires))

    @property
    def kind(self) -> str:
        """What is attached, in AWS's words."""
        named = self.any.get("ResourceType")
        if self.peering and named == "tgw-peering":
            return "peering"
        shown = ["vpc"] if self.vpc else ["peering"] if self.peering else []
        return self.agreed("type", named, *shown)

    @property
    def _wires(self) -> tuple[Mapping[str, Any], ...]:
        return self.any, self.vpc, self.peering


def rows(resources: Resources, ledger: Ledger) -> dict[AttachmentKey, Row]:
    """Every attachment that a listing shows, by transit gateway and id."""
    found: dict[AttachmentKey, Row] = {}

    def row(gateway_id: str, name: str, origin: Origin) -> Row:
        return found.setdefault((gateway_id, name), Row(name, gateway_id, origin))

    for wire, origin in resources.records[LISTING]:
        ledger.unknown_fields("TransitGatewayAttachment", KNOWN_ATTACHMENT, wire)
        row(wire["TransitGatewayId"], wire["TransitGatewayAttachmentId"], origin).any = wire
    for wire, origin in resources.records["TransitGatewayVpcAttachments"]:
        ledger.unknown_fields("TransitGatewayVpcAttachment", KNOWN_VPC_ATTACHMENT, wire)
        options = wire.get("Options") or {}
        ledger.unknown_fields("TransitGatewayVpcAttachmentOptions", KNOWN_VPC_OPTIONS, options)
        row(wire["TransitGatewayId"], wire["TransitGatewayAttachmentId"], origin).vpc = wire
    for wire, origin in resources.records["TransitGatewayPeeringAttachments"]:
        ledger.unknown_fields("TransitGatewayPeeringAttachment", KNOWN_PEERING, wire)
        for gateway_id in _ends(wire):
            row(gateway_id, wire["TransitGatewayAttachmentId"], origin).peering = wire
    return found


def _ends(wire: Mapping[str, Any]) -> Iterator[str]:
    for name in ("RequesterTgwInfo", "AccepterTgwInfo"):
        if gateway_id := (wire.get(name) or {}).get("TransitGatewayId"):
            yield gateway_id


def lift_attachments(
    found: Mapping[AttachmentKey, Row], transit: Transit, context: TransitContext, ledger: Ledger
) -> None:
    """Enter every attachment into `transit`."""
    for key, row in sorted(found.items()):
        if row.kind == "vpc":
            transit.attachments[key] = _of_vpc(row, transit, context, ledger)
        elif row.state in DOWN:
            transit.attachments[key] = _bare(row, AttachmentKind.VPN, None)
        elif row.kind == "peering":
            transit.attachments[key] = _of_peering(row, found, transit, ledger)
        else:
            transit.attachments[key] = _of_site(row, transit, ledger)


def _bare(row: Row, kind: AttachmentKind, gap: Gap | None, **more: Any) -> TransitGatewayAttachment:
    associated = [name for name, state in row.tables.items() if state == "associated"]
    return TransitGatewayAttachment(
        id=row.id,
        transit_gateway_id=row.gateway_id,
        kind=kind,
        available=row.state not in DOWN,
        table_id=associated[0] if associated else None,
        gap=gap,
        account=row.any.get("ResourceOwnerId") or row.origin.source.account,
        tags=tags_of(row.any.get("Tags") or row.vpc.get("Tags")),
        **more,
    )


def _reason(row: Row) -> str:
    """Why it is not known whether, and with which table, the attachment works; empty iff it is."""
    if row.state in DOWN:
        return ""
    if row.state != AVAILABLE:
        return unsettled(row.state)
    associated = [name for name, state in row.tables.items() if state == "associated"]
    if len(associated) > 1:
        raise row.origin.error(
            "", f"{row.id} is associated with {' and '.join(sorted(associated))}"
        )
    doubtful = [state for state in row.tables.values() if state not in SETTLED]
    if doubtful:
        return f"has an association that {unsettled(doubtful[0])}"
    if not associated and not row.complete:
        return "has no route table in the snapshot"
    return ""


def _of_vpc(
    row: Row, transit: Transit, context: TransitContext, ledger: Ledger
) -> TransitGatewayAttachment:
    vpc_id = row.agreed("VPC", row.vpc.get("VpcId"), row.any.get("ResourceId"))
    vpc = context.vpcs.get(vpc_id)
    options = row.vpc.get("Options") or {}
    subnet_ids = tuple(sorted(set(row.vpc.get("SubnetIds") or ())))
    reason = _reason(row)
    if row.state not in DOWN and not reason:
        reason = _vpc_reason(row, vpc_id, context) or _options_reason(options, vpc)
    if row.state not in DOWN and vpc is None:
        transit.opening.add(row.gateway_id)
    return _bare(
        row,
        AttachmentKind.VPC,
        ledger.gap(row.id, "TGW-5", reason) if reason else None,
        vpc_id=vpc_id or None,
        subnet_ids=tuple(name for name in subnet_ids if name in context.subnets),
        ipv6=options.get("Ipv6Support") == "enable",
        references=options.get("SecurityGroupReferencingSupport") != "disable",
        appliance_mode=options.get("ApplianceModeSupport") == "enable",
    )


def _vpc_reason(row: Row, vpc_id: str, context: TransitContext) -> str:
    if not vpc_id:
        return "is of a VPC that the snapshot does not name"
    if vpc_id not in context.vpcs:
        return f"is of {vpc_id}, which is not in the snapshot"
    if row.vpc.get("SubnetIds") is None:
        return "has no `SubnetIds` in the snapshot (`TransitGatewayVpcAttachments`)"
    for at, subnet_id in enumerate(row.vpc["SubnetIds"]):
        subnet = context.subnets.get(subnet_id)
        if subnet is None:
            return f"stands in {subnet_id}, which is not in the snapshot"
        if subnet.vpc_id != vpc_id:
            raise row.origin.error(
                f".SubnetIds[{at}]", f"{subnet_id} is in another VPC, {subnet.vpc_id}"
            )
    return _zones_reason(row.vpc["SubnetIds"], vpc_id, context)


def _zones_reason(subnet_ids: Sequence[str], vpc_id: str, context: TransitContext) -> str:
    """Why TGW-2 does not say which subnets the attachment serves; empty iff it does.

    From a Local Zone packets go by an attachment in its parent zone, which the snapshot does not
    name.
    """
    zones = {context.subnets[name].zone for name in subnet_ids}
    for subnet in context.subnets.values():
        if subnet.vpc_id != vpc_id:
            continue
        if subnet.zone is None:
            return f"serves {subnet.id}, whose availability zone is not in the snapshot"
        if subnet.zone not in zones and EDGE_ZONE.match(subnet.zone):
            return f"may serve {subnet.id} in {subnet.zone}, whose parent zone is not known"
    return ""


def _options_reason(options: Mapping[str, Any], vpc: Vpc | None) -> str:
    for name in VpcAttachmentOptionsWire.__annotations__:
        if options.get(name) not in (None, "", "enable", "disable"):
            return f"has `{name}` `{options[name]}`, not understood"
    if vpc is not None and vpc.ipv6 and not options.get("Ipv6Support"):
        return "has no `Ipv6Support` in the snapshot, and its VPC has IPv6"
    return ""


def _of_peering(
    row: Row, found: Mapping[AttachmentKey, Row], transit: Transit, ledger: Ledger
) -> TransitGatewayAttachment:
    ends = [name for name in _ends(row.peering) if name != row.gateway_id]
    named = row.any.get("ResourceId") or ""
    peer = row.agreed("peer", *ends, named if named.startswith("tgw-") else None)
    reason = _reason(row)
    if not peer:
        reason = reason or "leads to something that the snapshot does not name"
    elif peer not in transit.gateways or (peer, row.id) not in found:
        reason = reason or f"leads to {peer}, whose end of it is not in the snapshot"
    if reason:
        transit.opening.add(row.gateway_id)
    gap = ledger.gap(row.id, "TGW-5", reason) if reason else None
    return _bare(row, AttachmentKind.PEERING, gap, peer_gateway_id=peer or None)


_SITES: Final = {
    kind.value: kind
    for kind in AttachmentKind
    if kind not in (AttachmentKind.VPC, AttachmentKind.PEERING)
}


def _of_site(row: Row, transit: Transit, ledger: Ledger) -> TransitGatewayAttachment:
    reason = _reason(row)
    if row.kind not in _SITES:
        kind = f"of the type `{row.kind}`" if row.kind else "of a type that is not known"
        reason = reason or f"is {kind}, which is not modelled"
    if reason:
        transit.opening.add(row.gateway_id)
    gap = ledger.gap(row.id, "TGW-5", reason) if reason else None
    return _bare(row, _SITES.get(row.kind, AttachmentKind.VPN), gap)

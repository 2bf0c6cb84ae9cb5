"""Transit gateways, as `describe-transit-gateways` prints them, and which are not known whole.

What is attached to them is lifted by `transit_gateway_attachment.py`, their tables by
`transit_gateway_route_table.py`; all of it is collected in a `Transit`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Set
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Required

from typing_extensions import TypedDict

from verifier.model import (
    AttachmentKey,
    TransitGateway,
    TransitGatewayAttachment,
    TransitGatewayRouteTable,
)
from verifier.snapshot.ledger import Ledger
from verifier.snapshot.wire import Id, TagWire, tags_of

if TYPE_CHECKING:
    from verifier.snapshot.resources import Resources


class GatewayOptionsWire(TypedDict, total=False):
    """What a transit gateway supports."""

    SecurityGroupReferencingSupport: str | None


class TransitGatewayWire(TypedDict, total=False):
    """One transit gateway."""

    TransitGatewayId: Required[Id]
    TransitGatewayArn: str | None
    OwnerId: str | None
    State: str | None
    Options: GatewayOptionsWire | None
    Tags: list[TagWire] | None


KNOWN_GATEWAY: Final = frozenset(TransitGatewayWire.__annotations__) | {
    "CreationTime", "Description",
}  # fmt: skip
KNOWN_GATEWAY_OPTIONS: Final = frozenset(GatewayOptionsWire.__annotations__) | {
    "AmazonSideAsn", "AssociationDefaultRouteTableId", "AutoAcceptSharedAttachments",
    "DefaultRouteTableAssociation", "DefaultRouteTablePropagation", "DnsSupport",
    "EncryptionSupport", "MulticastSupport", "PropagationDefaultRouteTableId",
    "TransitGatewayCidrBlocks", "VpnEcmpSupport",
}  # fmt: skip
AVAILABLE: Final = "available"
LISTING: Final = "TransitGatewayAttachments"


@dataclass(slots=True, kw_only=True)
class Transit:
    """All transit gateways while they are put together.

    `opening` are the gateways at which something that may send packets is not known whole.
    """

    gateways: dict[str, TransitGateway] = field(default_factory=dict)
    attachments: dict[AttachmentKey, TransitGatewayAttachment] = field(default_factory=dict)
    tables: dict[str, TransitGatewayRouteTable] = field(default_factory=dict)
    opening: set[str] = field(default_factory=set)


def lift_gateways(resources: Resources, ledger: Ledger) -> dict[str, TransitGateway]:
    """The transit gateways that are described; one that is deleted has no attachments."""
    found: dict[str, TransitGateway] = {}
    for wire, origin in resources.records["TransitGateways"]:
        ledger.unknown_fields("TransitGateway", KNOWN_GATEWAY, wire)
        options = wire.get("Options") or {}
        ledger.unknown_fields("TransitGatewayOptions", KNOWN_GATEWAY_OPTIONS, options)
        gateway_id, state = wire["TransitGatewayId"], wire.get("State") or ""
        parts = (wire.get("TransitGatewayArn") or "").split(":")
        account = wire.get("OwnerId") or origin.source.account
        region = (parts[3] if len(parts) > 3 else "") or origin.source.region
        support = options.get("SecurityGroupReferencingSupport") or "disable"
        reason = ""
        if support not in ("enable", "disable"):
            reason = f"has security group referencing `{support}`, not understood"
        elif state not in (AVAILABLE, "deleted"):
            reason = unsettled(state)
        elif not _all_listed(resources, gateway_id, account, region):
            reason = f"has attachments that no file lists (`{LISTING}`)"
        found[gateway_id] = TransitGateway(
            id=gateway_id,
            account=account,
            region=region,
            references=support == "enable",
            gap=ledger.gap(gateway_id, "TGW-1", reason) if reason else None,
            tags=tags_of(wire.get("Tags")),
        )
    return found


def _all_listed(
    resources: Resources, gateway_id: str, account: str | None, region: str | None
) -> bool:
    """True iff a listing shows all attachments of the gateway: only the one of its owner does.

    Whose a listing is says its folder; otherwise a table of the gateway, which nobody but the owner
    can list, or the Block Public Access options of the owner, among what was read.
    """
    scopes = [scope for scope, keys in resources.keys.items() if LISTING in keys]
    near = [of for of, at in scopes if at is None or region in (None, at)]
    if account is None or account in near:
        return bool(near)
    if None not in near:
        return False
    tables = resources.records["TransitGatewayRouteTables"]
    options = resources.records["VpcBlockPublicAccessOptions"]
    return any(wire["TransitGatewayId"] == gateway_id for wire, _ in tables) or any(
        wire.get("AwsAccountId") == account for wire, _ in options
    )


def unsettled(state: str | None) -> str:
    """What is to be said of something in a state that does not tell whether it works."""
    return f"is in the state `{state}`" if state else "has no `State` in the snapshot"


def open_gateways(transit: Transit) -> set[str]:
    """The gateways from which anything may come: they, or ones that they are peered with, are
    not known whole.
    """
    waiting = set(transit.opening)
    waiting |= {one.id for one in transit.gateways.values() if one.gap}
    asked = {one.table_id for one in transit.attachments.values() if one.available}
    waiting |= {
        one.transit_gateway_id for one in transit.tables.values() if one.gap and one.id in asked
    }
    waiting |= {gateway_id for gateway_id, _ in transit.attachments} - transit.gateways.keys()
    return joined(transit, waiting)


def joined(transit: Transit, gateway_ids: Set[str]) -> set[str]:
    """These gateways and those that they are peered with, directly or by others."""
    peers: dict[str, set[str]] = {}
    for one in transit.attachments.values():
        if one.available and one.peer_gateway_id:
            peers.setdefault(one.transit_gateway_id, set()).add(one.peer_gateway_id)
            peers.setdefault(one.peer_gateway_id, set()).add(one.transit_gateway_id)
    waiting, found = set(gateway_ids), set[str]()
    while waiting:
        gateway_id = waiting.pop()
        found.add(gateway_id)
        waiting |= peers.get(gateway_id, set()) - found
    return found


def vpcs_of(transit: Transit, gateway_ids: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Attachment and VPC of every VPC that hangs, or may hang, on one of the gateways."""
    wanted = set(gateway_ids)
    for one in transit.attachments.values():
        if one.transit_gateway_id in wanted and one.available and one.vpc_id:
            yield one.id, one.vpc_id

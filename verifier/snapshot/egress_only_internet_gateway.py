"""Egress-only internet gateways, as `describe-egress-only-internet-gateways` prints them."""

from __future__ import annotations

from typing import Final, Required

from typing_extensions import TypedDict

from verifier.model import EgressOnlyInternetGateway
from verifier.snapshot.ledger import Ledger
from verifier.snapshot.wire import Id, Origin, TagWire, tags_of


class EgressOnlyAttachmentWire(TypedDict, total=False):
    """A VPC that a gateway is attached to, or not any more."""

    State: str | None
    VpcId: str | None


class EgressOnlyInternetGatewayWire(TypedDict, total=False):
    """One egress-only internet gateway."""

    EgressOnlyInternetGatewayId: Required[Id]
    Attachments: list[EgressOnlyAttachmentWire] | None
    Tags: list[TagWire] | None


KNOWN: Final = frozenset(EgressOnlyInternetGatewayWire.__annotations__)


def lift_egress_only_internet_gateway(
    wire: EgressOnlyInternetGatewayWire, origin: Origin, ledger: Ledger
) -> EgressOnlyInternetGateway | None:
    """The gateway; None iff it is not certain what it is attached to, so that EIGW-1's gap holds.

    SnapshotError iff it is attached to two VPCs.
    """
    ledger.unknown_fields("EgressOnlyInternetGateway", KNOWN, wire)
    attachments = wire.get("Attachments")
    live = [one for one in attachments or () if one.get("State") != "detached"]
    if attachments is None or any(
        one.get("State") not in ("attached", "available") or not one.get("VpcId") for one in live
    ):
        return None
    vpc_ids = sorted({one.get("VpcId") or "" for one in live})
    if len(vpc_ids) > 1:
        raise origin.error(".Attachments", f"it is attached to {' and '.join(vpc_ids)}")
    return EgressOnlyInternetGateway(
        id=wire["EgressOnlyInternetGatewayId"],
        vpc_id=vpc_ids[0] if vpc_ids else None,
        account=origin.source.account,
        tags=tags_of(wire.get("Tags")),
    )

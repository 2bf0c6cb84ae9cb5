"""Internet gateways, as `describe-internet-gateways` prints them."""

from __future__ import annotations

from typing import Final, Required

from typing_extensions import TypedDict

from verifier.model import InternetGateway
from verifier.snapshot.ledger import Ledger
from verifier.snapshot.wire import Id, Origin, TagWire, tags_of


class GatewayAttachmentWire(TypedDict, total=False):
    """A VPC that a gateway is attached to, or not any more."""

    State: str | None
    VpcId: Required[Id]


class InternetGatewayWire(TypedDict, total=False):
    """One internet gateway."""

    InternetGatewayId: Required[Id]
    Attachments: list[GatewayAttachmentWire] | None
    OwnerId: str | None
    Tags: list[TagWire] | None


KNOWN: Final = frozenset(InternetGatewayWire.__annotations__)


def lift_internet_gateway(
    wire: InternetGatewayWire, origin: Origin, ledger: Ledger
) -> tuple[InternetGateway, tuple[str, ...]]:
    """The gateway, and the VPCs whose attachment to it is in transition or not understood.

    Those count as attached; their passage is a gap (GAP-9).
    """
    ledger.unknown_fields("InternetGateway", KNOWN, wire)
    attached: dict[str, bool] = {}
    for attachment in wire.get("Attachments") or ():
        vpc_id = attachment["VpcId"]
        state = attachment.get("State") or "available"
        if state != "detached":
            attached[vpc_id] = state in ("available", "attached")
    if len(attached) > 1:
        raise origin.error(".Attachments", "the gateway is attached to several VPCs")
    gateway = InternetGateway(
        id=wire["InternetGatewayId"],
        vpc_ids=tuple(attached),
        account=wire.get("OwnerId") or origin.source.account,
        tags=tags_of(wire.get("Tags")),
    )
    return gateway, tuple(vpc_id for vpc_id, settled in attached.items() if not settled)

"""VPC peering connections, as `describe-vpc-peering-connections` prints them."""

from __future__ import annotations

from typing import Final, Required

from typing_extensions import TypedDict

from verifier.model import PeeringConnection, PeeringSide
from verifier.packet import Prefix
from verifier.snapshot.ledger import Ledger
from verifier.snapshot.wire import Id, Origin, TagWire, parsed, prefix_of, tags_of


class Ipv4BlockWire(TypedDict, total=False):
    """An IPv4 block."""

    CidrBlock: str | None


class Ipv6BlockWire(TypedDict, total=False):
    """An IPv6 block."""

    Ipv6CidrBlock: str | None


class SideWire(TypedDict, total=False):
    """One side."""

    VpcId: Required[Id]
    OwnerId: str | None
    Region: str | None
    CidrBlock: str | None
    CidrBlockSet: list[Ipv4BlockWire] | None
    Ipv6CidrBlockSet: list[Ipv6BlockWire] | None


class StatusWire(TypedDict, total=False):
    """The status."""

    Code: str | None


class PeeringWire(TypedDict, total=False):
    """One connection."""

    VpcPeeringConnectionId: Required[Id]
    RequesterVpcInfo: Required[SideWire]
    AccepterVpcInfo: Required[SideWire]
    Status: StatusWire | None
    Tags: list[TagWire] | None


KNOWN: Final = frozenset(PeeringWire.__annotations__) | {"ExpirationTime"}
KNOWN_SIDE: Final = frozenset(SideWire.__annotations__) | {"PeeringOptions"}
NOT_ACTIVE: Final = frozenset(
    {"initiating-request", "pending-acceptance", "deleted", "rejected", "failed", "expired"}
)


def lift_peering(wire: PeeringWire, origin: Origin, ledger: Ledger) -> PeeringConnection:
    """The connection; `status` is empty iff it is in transition or not understood."""
    ledger.unknown_fields("VpcPeeringConnection", KNOWN, wire)
    status = wire.get("Status")
    code = (status.get("Code") if status else None) or ""
    return PeeringConnection(
        id=wire["VpcPeeringConnectionId"],
        active=code == "active",
        requester=_side(wire["RequesterVpcInfo"], origin.below(".RequesterVpcInfo"), ledger),
        accepter=_side(wire["AccepterVpcInfo"], origin.below(".AccepterVpcInfo"), ledger),
        status=code if code == "active" or code in NOT_ACTIVE else "",
        tags=tags_of(wire.get("Tags")),
    )


def _side(wire: SideWire, origin: Origin, ledger: Ledger) -> PeeringSide:
    ledger.unknown_fields("VpcPeeringConnectionVpcInfo", KNOWN_SIDE, wire)
    blocks: dict[Prefix, None] = {}
    if text := wire.get("CidrBlock"):
        blocks[parsed(prefix_of, text, origin, ".CidrBlock", 4)] = None
    for at, v4 in enumerate(wire.get("CidrBlockSet") or ()):
        if text := v4.get("CidrBlock"):
            blocks[parsed(prefix_of, text, origin, f".CidrBlockSet[{at}].CidrBlock", 4)] = None
    for at, v6 in enumerate(wire.get("Ipv6CidrBlockSet") or ()):
        if text := v6.get("Ipv6CidrBlock"):
            tail = f".Ipv6CidrBlockSet[{at}].Ipv6CidrBlock"
            blocks[parsed(prefix_of, text, origin, tail, 6)] = None
    return PeeringSide(
        vpc_id=wire["VpcId"],
        account=wire.get("OwnerId") or None,
        region=wire.get("Region") or None,
        prefixes=tuple(blocks),
    )

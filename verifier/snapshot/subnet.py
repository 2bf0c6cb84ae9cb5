"""Subnets, as `describe-subnets` prints them."""

from __future__ import annotations

from typing import Final, Required

from typing_extensions import TypedDict

from verifier.model import Subnet
from verifier.packet import Prefix
from verifier.snapshot.ledger import Ledger
from verifier.snapshot.vpc import (
    KNOWN_BLOCK,
    BlockPublicAccessWire,
    Ipv6AssociationWire,
    associated,
)
from verifier.snapshot.wire import Id, Origin, TagWire, parsed, prefix_of, tags_of


class SubnetWire(TypedDict, total=False):
    """One subnet."""

    SubnetId: Required[Id]
    VpcId: Required[Id]
    CidrBlock: str | None
    Ipv6CidrBlockAssociationSet: list[Ipv6AssociationWire] | None
    AvailabilityZone: str | None
    AvailabilityZoneId: str | None
    BlockPublicAccessStates: BlockPublicAccessWire | None
    OwnerId: str | None
    OutpostArn: str | None
    Tags: list[TagWire] | None


KNOWN: Final = frozenset(SubnetWire.__annotations__) | {
    "AssignIpv6AddressOnCreation", "AvailableIpAddressCount",
    "CustomerOwnedIpv4Pool", "DefaultForAz", "EnableDns64", "EnableLniAtDeviceIndex",
    "Ipv6Native", "MapCustomerOwnedIpOnLaunch", "MapPublicIpOnLaunch",
    "PrivateDnsNameOptionsOnLaunch", "State", "SubnetArn", "Type",
}  # fmt: skip


def lift_subnet(wire: SubnetWire, origin: Origin, ledger: Ledger) -> Subnet:
    """The subnet with its blocks of both families that are in force."""
    ledger.unknown_fields("Subnet", KNOWN, wire)
    blocks: dict[Prefix, None] = {}
    block = wire.get("CidrBlock")
    if block:
        blocks[parsed(prefix_of, block, origin, ".CidrBlock", 4)] = None
    for at, association in enumerate(wire.get("Ipv6CidrBlockAssociationSet") or ()):
        ledger.unknown_fields("SubnetIpv6CidrBlockAssociation", KNOWN_BLOCK, association)
        text = association.get("Ipv6CidrBlock")
        state = association.get("Ipv6CidrBlockState")
        if text and associated(state, wire["SubnetId"], text, ledger):
            tail = f".Ipv6CidrBlockAssociationSet[{at}].Ipv6CidrBlock"
            blocks[parsed(prefix_of, text, origin, tail, 6)] = None
    return Subnet(
        id=wire["SubnetId"],
        vpc_id=wire["VpcId"],
        prefixes=tuple(blocks),
        zone=wire.get("AvailabilityZone") or None,
        zone_id=wire.get("AvailabilityZoneId") or None,
        account=wire.get("OwnerId") or origin.source.account,
        tags=tags_of(wire.get("Tags")),
    )

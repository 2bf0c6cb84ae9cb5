"""VPCs and their blocks, as `describe-vpcs` prints them."""

from __future__ import annotations

from typing import Final, Required

from typing_extensions import TypedDict

from verifier.model import Ipv6Block, Vpc
from verifier.packet import Prefix
from verifier.snapshot.ledger import Ledger
from verifier.snapshot.wire import Id, Origin, StateWire, TagWire, parsed, prefix_of, tags_of


class Ipv4AssociationWire(TypedDict, total=False):
    """An IPv4 block of a VPC."""

    CidrBlock: str | None
    CidrBlockState: StateWire | None


class Ipv6AssociationWire(TypedDict, total=False):
    """An IPv6 block of a VPC or subnet."""

    Ipv6CidrBlock: str | None
    Ipv6CidrBlockState: StateWire | None
    Ipv6AddressAttribute: str | None


class BlockPublicAccessWire(TypedDict, total=False):
    """What Block Public Access does at the internet gateway."""

    InternetGatewayBlockMode: str | None


class EncryptionControlWire(TypedDict, total=False):
    """Encryption controls of a VPC."""

    VpcEncryptionControlId: Id
    VpcId: Id
    Mode: str | None
    State: str | None


class VpcWire(TypedDict, total=False):
    """One VPC."""

    VpcId: Required[Id]
    CidrBlock: str | None
    CidrBlockAssociationSet: list[Ipv4AssociationWire] | None
    Ipv6CidrBlockAssociationSet: list[Ipv6AssociationWire] | None
    BlockPublicAccessStates: BlockPublicAccessWire | None
    EncryptionControl: EncryptionControlWire | None
    OwnerId: str | None
    Region: str | None
    Tags: list[TagWire] | None


KNOWN: Final = frozenset(VpcWire.__annotations__) | {
    "DhcpOptionsId", "InstanceTenancy", "IsDefault", "State",
}  # fmt: skip
KNOWN_BLOCK: Final = (
    frozenset(Ipv4AssociationWire.__annotations__)
    | frozenset(Ipv6AssociationWire.__annotations__)
    | {"AssociationId", "NetworkBorderGroup", "Ipv6Pool", "IpSource"}
)
_OTHER_STATES: Final = frozenset(
    {"associating", "disassociating", "disassociated", "failing", "failed"}
)


def lift_vpc(wire: VpcWire, origin: Origin, ledger: Ledger) -> Vpc:
    """The VPC with the blocks whose state is `associated` (VPC-1), the primary one first."""
    ledger.unknown_fields("Vpc", KNOWN, wire)
    assume_encryption(wire["VpcId"], wire.get("EncryptionControl") or {}, ledger)
    return Vpc(
        id=wire["VpcId"],
        ipv4=_ipv4_blocks(wire, origin, ledger),
        ipv6=_ipv6_blocks(wire, origin, ledger),
        account=wire.get("OwnerId") or origin.source.account,
        region=wire.get("Region") or origin.source.region,
        tags=tags_of(wire.get("Tags")),
    )


def assume_encryption(vpc_id: str, control: EncryptionControlWire, ledger: Ledger) -> None:
    """Enter that controls which enforce, or are about to, stop no packet (VPC-4)."""
    enforced = (control.get("Mode") or "monitor") != "monitor"
    if enforced or (control.get("State") or "").startswith("enforce"):
        detail = f"encryption controls of {vpc_id} are taken not to stop any packet"
        ledger.assume("VPC-4", detail)


def _ipv4_blocks(wire: VpcWire, origin: Origin, ledger: Ledger) -> tuple[Prefix, ...]:
    primary = wire.get("CidrBlock")
    blocks: dict[Prefix, None] = {}
    refused: set[Prefix] = set()
    if primary:
        blocks[parsed(prefix_of, primary, origin, ".CidrBlock", 4)] = None
    for at, block in enumerate(wire.get("CidrBlockAssociationSet") or ()):
        ledger.unknown_fields("VpcCidrBlockAssociation", KNOWN_BLOCK, block)
        text = block.get("CidrBlock")
        if text:
            tail = f".CidrBlockAssociationSet[{at}].CidrBlock"
            prefix = parsed(prefix_of, text, origin, tail, 4)
            if associated(block.get("CidrBlockState"), wire["VpcId"], text, ledger):
                blocks[prefix] = None
            else:
                refused.add(prefix)
    return tuple(prefix for prefix in blocks if prefix not in refused)


def _ipv6_blocks(wire: VpcWire, origin: Origin, ledger: Ledger) -> tuple[Ipv6Block, ...]:
    blocks: dict[Prefix, Ipv6Block] = {}
    for at, block in enumerate(wire.get("Ipv6CidrBlockAssociationSet") or ()):
        ledger.unknown_fields("VpcIpv6CidrBlockAssociation", KNOWN_BLOCK, block)
        text = block.get("Ipv6CidrBlock")
        if text and associated(block.get("Ipv6CidrBlockState"), wire["VpcId"], text, ledger):
            tail = f".Ipv6CidrBlockAssociationSet[{at}].Ipv6CidrBlock"
            prefix = parsed(prefix_of, text, origin, tail, 6)
            attribute = block.get("Ipv6AddressAttribute") or "public"
            if attribute not in ("public", "private"):
                ledger.incomplete(
                    wire["VpcId"],
                    f"block {text} has the unknown `Ipv6AddressAttribute` `{attribute}`",
                )
            blocks[prefix] = Ipv6Block(prefix, attribute == "private")
    return tuple(blocks.values())


def associated(state: StateWire | None, owner: str, block: str, ledger: Ledger) -> bool:
    """True iff the block is in force; a state that is not known concerns every question."""
    name = (state.get("State") if state else None) or "associated"
    if name not in _OTHER_STATES and name != "associated":
        ledger.incomplete(owner, f"block {block} is in the unknown state `{name}`")
    return name not in _OTHER_STATES

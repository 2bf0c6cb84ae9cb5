"""Block Public Access of an account and Region, as the command of that name prints it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from typing_extensions import TypedDict

from verifier.model import Subnet, Vpc
from verifier.snapshot.ledger import Ledger
from verifier.snapshot.merge import Record
from verifier.snapshot.subnet import SubnetWire
from verifier.snapshot.vpc import VpcWire


class BlockOptionsWire(TypedDict, total=False):
    """The options of one account and Region."""

    AwsAccountId: str | None
    AwsRegion: str | None
    InternetGatewayBlockMode: str | None


KNOWN: Final = frozenset(BlockOptionsWire.__annotations__) | {
    "ExclusionsAllowed", "LastUpdateTimestamp", "ManagedBy", "Reason", "State",
}  # fmt: skip


def blocked(
    options: Iterable[Record[BlockOptionsWire]],
    vpc_wires: Iterable[Record[VpcWire]],
    subnet_wires: Iterable[Record[SubnetWire]],
    vpcs: Mapping[str, Vpc],
    subnets: Mapping[str, Subnet],
    ledger: Ledger,
) -> dict[str, str]:
    """The mode, other than `off`, of each VPC at which anything is blocked.

    What a VPC or its subnets say of themselves wins over the options of the account.
    """
    found: dict[str, str] = {}
    spoken: set[str] = set()
    for vpc_wire, _ in vpc_wires:
        _say(vpc_wire["VpcId"], vpc_wire, found, spoken)
    for subnet_wire, _ in subnet_wires:
        _say(subnets[subnet_wire["SubnetId"]].vpc_id, subnet_wire, found, spoken)
    for option, origin in options:
        ledger.unknown_fields("VpcBlockPublicAccessOptions", KNOWN, option)
        mode = option.get("InternetGatewayBlockMode") or "off"
        account = option.get("AwsAccountId") or origin.source.account
        region = option.get("AwsRegion") or origin.source.region
        for vpc in vpcs.values():
            here = account in (None, vpc.account) and region in (None, vpc.region)
            if mode != "off" and vpc.id not in spoken and here:
                found[vpc.id] = mode
    return found


def _say(vpc_id: str, wire: VpcWire | SubnetWire, found: dict[str, str], spoken: set[str]) -> None:
    states = wire.get("BlockPublicAccessStates")
    mode = (states.get("InternetGatewayBlockMode") if states else None) or ""
    if mode:
        spoken.add(vpc_id)
    if mode not in ("", "off"):
        found[vpc_id] = mode

"""Associations of security groups with further VPCs (SG-14).

What an interface carries is said by the interface; the associations only confirm it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final, Required

from typing_extensions import TypedDict

from verifier.model import NetworkInterface, SecurityGroup
from verifier.snapshot.ledger import Ledger
from verifier.snapshot.merge import Record
from verifier.snapshot.wire import Id


class GroupAssociationWire(TypedDict, total=False):
    """A group that may be carried in a VPC which is not its home."""

    GroupId: Required[Id]
    VpcId: Required[Id]
    State: str | None


KNOWN: Final = frozenset(GroupAssociationWire.__annotations__) | {
    "GroupOwnerId", "StateReason", "VpcOwnerId",
}  # fmt: skip


def check(
    records: Iterable[Record[GroupAssociationWire]],
    interfaces: Iterable[NetworkInterface],
    groups: Mapping[str, SecurityGroup],
    ledger: Ledger,
) -> None:
    """Warn of each group that is carried in another VPC without a listed association."""
    associated: set[tuple[str, str]] = set()
    for wire, _ in records:
        ledger.unknown_fields("SecurityGroupVpcAssociation", KNOWN, wire)
        associated.add((wire["GroupId"], wire["VpcId"]))
    foreign = {
        (group_id, interface.vpc_id)
        for interface in interfaces
        for group_id in interface.groups
        if (group := groups.get(group_id)) is not None
        and group.vpc_id not in (None, interface.vpc_id)
    }
    for group_id, vpc_id in sorted(foreign - associated):
        ledger.warn(
            f"{group_id} is carried in {vpc_id}, which is neither its home nor listed in"
            " `SecurityGroupVpcAssociations`"
        )

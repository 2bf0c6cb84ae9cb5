"""Security groups, as `describe-security-groups` prints them.

A grouped `IpPermission` is split into one rule per peer (SG-2). What a group refers to (other
groups, prefix lists, peering connections) is looked at in `network.py`, where all are known.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, Required

from typing_extensions import TypedDict

from verifier.model import (
    Gap,
    GroupReference,
    Peer,
    PrefixListReference,
    SecurityGroup,
    SecurityGroupRule,
)
from verifier.packet import ICMP_PROTOCOLS, PORT_PROTOCOLS
from verifier.snapshot.ledger import Ledger
from verifier.snapshot.network_acl import protocol_of
from verifier.snapshot.wire import Id, Int, Origin, TagWire, parsed, prefix_of, tags_of


class Ipv4RangeWire(TypedDict, total=False):
    """An IPv4 peer."""

    CidrIp: str | None


class Ipv6RangeWire(TypedDict, total=False):
    """An IPv6 peer."""

    CidrIpv6: str | None


class PrefixListIdWire(TypedDict, total=False):
    """A prefix list as peer."""

    PrefixListId: str | None


class GroupPairWire(TypedDict, total=False):
    """A group as peer."""

    GroupId: str | None
    UserId: str | None
    VpcId: str | None
    VpcPeeringConnectionId: str | None
    PeeringStatus: str | None


class PermissionWire(TypedDict, total=False):
    """Rules with common protocol and ports."""

    IpProtocol: str | None
    FromPort: Int | None
    ToPort: Int | None
    IpRanges: list[Ipv4RangeWire] | None
    Ipv6Ranges: list[Ipv6RangeWire] | None
    PrefixListIds: list[PrefixListIdWire] | None
    UserIdGroupPairs: list[GroupPairWire] | None


class SecurityGroupWire(TypedDict, total=False):
    """One group."""

    GroupId: Required[Id]
    GroupName: str | None
    VpcId: str | None
    IpPermissions: list[PermissionWire] | None
    IpPermissionsEgress: list[PermissionWire] | None
    OwnerId: str | None
    Tags: list[TagWire] | None


KNOWN: Final = frozenset(SecurityGroupWire.__annotations__) | {"Description", "SecurityGroupArn"}
KNOWN_PERMISSION: Final = frozenset(PermissionWire.__annotations__)
KNOWN_PEER: Final = (
    frozenset(Ipv4RangeWire.__annotations__)
    | frozenset(Ipv6RangeWire.__annotations__)
    | frozenset(PrefixListIdWire.__annotations__)
    | frozenset(GroupPairWire.__annotations__)
    | {"Description", "GroupName"}
)
PEER_LISTS: Final = frozenset({"IpRanges", "Ipv6Ranges", "PrefixListIds", "UserIdGroupPairs"})
"""A permission without any peer that lacks one of these is cut off, not empty."""
FIELDS: Final = {False: "IpPermissions", True: "IpPermissionsEgress"}


def lift_security_group(
    wire: SecurityGroupWire,
    origin: Origin,
    flat: Mapping[bool, Sequence[SecurityGroupRule]] | None,
    ledger: Ledger,
) -> SecurityGroup:
    """The group with its rules.

    A direction whose field is absent has the rules of the flat form; if there is no flat form
    either, it has one rule that is not understood, which is what GAP-5 says of such a group.
    """
    ledger.unknown_fields("SecurityGroup", KNOWN, wire)
    rules: list[SecurityGroupRule] = []
    for egress, permissions in (
        (False, wire.get("IpPermissions")),
        (True, wire.get("IpPermissionsEgress")),
    ):
        if permissions is not None:
            rules.extend(split(permissions, egress, wire["GroupId"], origin, ledger))
        elif flat is not None:
            rules.extend(flat[egress])
        else:
            rules.append(unknown_rules(wire["GroupId"], egress, ledger))
    return SecurityGroup(
        id=wire["GroupId"],
        vpc_id=wire.get("VpcId") or None,
        name=wire.get("GroupName"),
        rules=tuple(rules),
        account=wire.get("OwnerId") or origin.source.account,
        tags=tags_of(wire.get("Tags")),
    )


def unknown_rules(group_id: str, egress: bool, ledger: Ledger) -> SecurityGroupRule:
    """The rule that stands for rules that are not in the snapshot."""
    detail = f"has neither `{FIELDS[egress]}` nor `SecurityGroupRules` in the snapshot"
    return SecurityGroupRule(
        egress=egress, protocol=None, gap=ledger.gap(group_id, "GAP-4", detail)
    )


def split(
    permissions: Sequence[PermissionWire],
    egress: bool,
    group_id: str,
    origin: Origin,
    ledger: Ledger,
) -> Iterator[SecurityGroupRule]:
    """One rule per peer of each permission."""
    for at, permission in enumerate(permissions):
        ledger.unknown_fields("IpPermission", KNOWN_PERMISSION, permission)
        protocol = protocol_of(permission.get("IpProtocol"))
        first, last = permission.get("FromPort"), permission.get("ToPort")
        gap = port_gap(permission.get("IpProtocol"), protocol, first, last, group_id, ledger)
        for peer in _peers(permission, origin.below(f".{FIELDS[egress]}[{at}]"), ledger):
            yield SecurityGroupRule(
                egress=egress,
                protocol=protocol,
                from_port=first,
                to_port=last,
                peer=peer,
                gap=gap or (None if peer is not None else peer_gap(group_id, ledger)),
            )


def spread(permissions: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The same permissions with one peer each."""
    return [
        {**{field: permission[field] for field in permission.keys() - PEER_LISTS}, name: [peer]}
        for permission in permissions
        for name in PEER_LISTS
        for peer in permission.get(name) or ()
    ]


def _peers(wire: PermissionWire, origin: Origin, ledger: Ledger) -> Iterator[Peer | None]:
    """The peers of a permission; None for one that is not understood."""
    found = False
    for at, v4 in enumerate(wire.get("IpRanges") or ()):
        found = True
        ledger.unknown_fields("IpRange", KNOWN_PEER, v4)
        text = v4.get("CidrIp")
        yield parsed(prefix_of, text, origin, f".IpRanges[{at}].CidrIp", 4) if text else None
    for at, v6 in enumerate(wire.get("Ipv6Ranges") or ()):
        found = True
        ledger.unknown_fields("Ipv6Range", KNOWN_PEER, v6)
        text = v6.get("CidrIpv6")
        yield parsed(prefix_of, text, origin, f".Ipv6Ranges[{at}].CidrIpv6", 6) if text else None
    for listed in wire.get("PrefixListIds") or ():
        found = True
        ledger.unknown_fields("PrefixListId", KNOWN_PEER, listed)
        text = listed.get("PrefixListId")
        yield PrefixListReference(text) if text else None
    for pair in wire.get("UserIdGroupPairs") or ():
        found = True
        ledger.unknown_fields("UserIdGroupPair", KNOWN_PEER, pair)
        yield group_reference(pair)
    told = {name for name in PEER_LISTS if wire.get(name) is not None}
    if not found and not (wire.keys() <= KNOWN_PERMISSION and told == PEER_LISTS):
        yield None


def group_reference(pair: GroupPairWire) -> GroupReference | None:
    """The group that is meant; None iff no id is given."""
    group_id = pair.get("GroupId")
    if not group_id:
        return None
    return GroupReference(
        group_id,
        pair.get("UserId") or None,
        pair.get("VpcId") or None,
        pair.get("VpcPeeringConnectionId") or None,
        pair.get("PeeringStatus") or None,
    )


def peer_gap(group_id: str, ledger: Ledger) -> Gap:
    """The gap of a rule whose peer is of no known kind."""
    return ledger.gap(group_id, "GAP-4", "has a rule whose peer is of a kind that is not known")


def port_gap(
    text: str | None,
    protocol: int | None,
    first: int | None,
    last: int | None,
    group_id: str,
    ledger: Ledger,
) -> Gap | None:
    """The gap of a rule whose protocol and ports are not understood (SG-6, SG-7)."""
    if protocol is None:
        return ledger.gap(group_id, "GAP-4", f"has a rule with the protocol `{text}`")
    if protocol in PORT_PROTOCOLS:
        understood = first is not None and last is not None and 0 <= first <= last <= 65535
        what = "port range"
    elif protocol in ICMP_PROTOCOLS:
        kind, code = -1 if first is None else first, -1 if last is None else last
        understood = -1 <= kind <= 255 and -1 <= code <= 255 and (kind != -1 or code == -1)
        what = "ICMP type and code"
    else:
        return None
    if understood:
        return None
    return ledger.gap(group_id, "GAP-4", f"has a rule with the {what} `{first}` to `{last}`")

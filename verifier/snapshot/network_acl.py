"""Network ACLs, as `describe-network-acls` prints them."""

from __future__ import annotations

from typing import Final, Required

from typing_extensions import TypedDict

from verifier.model import Gap, NetworkAcl, NetworkAclEntry
from verifier.packet import ANY_PROTOCOL, ICMP, ICMPV6, PORT_PROTOCOLS, PortRange, Prefix
from verifier.snapshot.ledger import Ledger
from verifier.snapshot.wire import Id, Int, Origin, TagWire, parsed, prefix_of, tags_of


class PortRangeWire(TypedDict, total=False):
    """Ports from one to another."""

    From: Int | None
    To: Int | None


class IcmpWire(TypedDict, total=False):
    """ICMP type and code."""

    Type: Int | None
    Code: Int | None


class EntryWire(TypedDict, total=False):
    """One entry."""

    RuleNumber: Required[Int]
    Egress: Required[bool]
    Protocol: str | None
    RuleAction: str | None
    CidrBlock: str | None
    Ipv6CidrBlock: str | None
    PortRange: PortRangeWire | None
    IcmpTypeCode: IcmpWire | None


class AssociationWire(TypedDict, total=False):
    """A subnet that the list guards."""

    SubnetId: Required[Id]


class NetworkAclWire(TypedDict, total=False):
    """One list."""

    NetworkAclId: Required[Id]
    VpcId: Required[Id]
    IsDefault: bool | None
    Associations: list[AssociationWire] | None
    Entries: list[EntryWire] | None
    OwnerId: str | None
    Tags: list[TagWire] | None


KNOWN: Final = frozenset(NetworkAclWire.__annotations__)
KNOWN_ENTRY: Final = frozenset(EntryWire.__annotations__)
KNOWN_ASSOCIATION: Final = frozenset(AssociationWire.__annotations__) | {
    "NetworkAclAssociationId", "NetworkAclId",
}  # fmt: skip

PROTOCOLS: Final = {str(number): number for number in range(-1, 256)} | {
    "all": ANY_PROTOCOL, "tcp": 6, "udp": 17, "icmp": ICMP, "icmpv6": ICMPV6, "icmp6": ICMPV6,
}  # fmt: skip


def protocol_of(text: str | None) -> int | None:
    """The protocol's number, -1 for all; None iff the word is not known."""
    if text is None:
        return None
    number = PROTOCOLS.get(text)
    return PROTOCOLS.get(text.lower()) if number is None else number


def lift_network_acl(wire: NetworkAclWire, origin: Origin, ledger: Ledger) -> NetworkAcl:
    """The list with its entries in the order of the input (ACL-1)."""
    ledger.unknown_fields("NetworkAcl", KNOWN, wire)
    entries = {
        _lift_entry(entry, wire["NetworkAclId"], origin, at, ledger): at
        for at, entry in enumerate(wire.get("Entries") or ())
    }
    if wire.get("Entries") is None:
        entries = {_unknown_entry(wire["NetworkAclId"], way, ledger): 0 for way in (False, True)}
    numbers: dict[tuple[bool, int], int] = {}
    for entry, at in entries.items():
        other = numbers.setdefault((entry.egress, entry.rule_number), at)
        if other != at:
            raise origin.error(
                f".Entries[{at}]",
                f"rule number {entry.rule_number} stands there twice in one direction, see"
                f" `Entries[{other}]`",
            )
    subnets: dict[str, None] = {}
    if wire.get("Associations") is None:
        ledger.incomplete(wire["NetworkAclId"], "has no `Associations` in the snapshot")
    for association in wire.get("Associations") or ():
        ledger.unknown_fields("NetworkAclAssociation", KNOWN_ASSOCIATION, association)
        subnets[association["SubnetId"]] = None
    return NetworkAcl(
        id=wire["NetworkAclId"],
        vpc_id=wire["VpcId"],
        is_default=wire.get("IsDefault") is True,
        subnet_ids=tuple(subnets),
        entries=tuple(entries),
        account=wire.get("OwnerId") or origin.source.account,
        tags=tags_of(wire.get("Tags")),
    )


def _unknown_entry(acl_id: str, egress: bool, ledger: Ledger) -> NetworkAclEntry:
    """The entry that stands for entries that are not in the snapshot."""
    gap = ledger.gap(acl_id, "GAP-3", "has no `Entries` in the snapshot")
    return NetworkAclEntry(
        rule_number=1, egress=egress, allow=None, protocol=None, prefix=None, gap=gap
    )


def _lift_entry(
    wire: EntryWire, acl_id: str, origin: Origin, at: int, ledger: Ledger
) -> NetworkAclEntry:
    ledger.unknown_fields("NetworkAclEntry", KNOWN_ENTRY, wire)
    egress = wire["Egress"]
    protocol = protocol_of(wire.get("Protocol"))
    action = wire.get("RuleAction")
    prefix = _prefix(wire, origin, at)
    ports, icmp = _ports(wire.get("PortRange")), _icmp(wire.get("IcmpTypeCode"))
    reason = _not_understood(wire, protocol, prefix, ports, icmp)
    gap: Gap | None = None
    if reason:
        way = "egress" if egress else "ingress"
        gap = ledger.gap(acl_id, "GAP-3", f"{way} entry {wire['RuleNumber']} {reason}")
    return NetworkAclEntry(
        rule_number=wire["RuleNumber"],
        egress=egress,
        allow={"allow": True, "deny": False}.get(action or ""),
        protocol=protocol,
        prefix=prefix,
        ports=ports,
        icmp=icmp,
        gap=gap,
    )


def _prefix(wire: EntryWire, origin: Origin, at: int) -> Prefix | None:
    ipv4, ipv6 = wire.get("CidrBlock"), wire.get("Ipv6CidrBlock")
    if ipv4 and not ipv6:
        return parsed(prefix_of, ipv4, origin, f".Entries[{at}].CidrBlock", 4)
    if ipv6 and not ipv4:
        return parsed(prefix_of, ipv6, origin, f".Entries[{at}].Ipv6CidrBlock", 6)
    return None


def _ports(wire: PortRangeWire | None) -> PortRange | None:
    first, last = (wire.get("From"), wire.get("To")) if wire else (None, None)
    return None if first is None or last is None else PortRange(first, last)


def _icmp(wire: IcmpWire | None) -> tuple[int, int] | None:
    kind, code = (wire.get("Type"), wire.get("Code")) if wire else (None, None)
    return None if kind is None or code is None else (kind, code)


def _not_understood(
    wire: EntryWire,
    protocol: int | None,
    prefix: Prefix | None,
    ports: PortRange | None,
    icmp: tuple[int, int] | None,
) -> str | None:
    """Why the entry's meaning is not known, if it is not (GAP-3)."""
    if wire.get("RuleAction") not in ("allow", "deny"):
        return f"has the action `{wire.get('RuleAction')}`"
    if protocol is None:
        return f"has the protocol `{wire.get('Protocol')}`"
    if prefix is None:
        return "has not exactly one CIDR block"
    if protocol in PORT_PROTOCOLS and not _is_range(ports):
        return f"has the port range `{ports}`" if ports else "has no port range"
    if protocol == ICMP or (protocol == ICMPV6 and prefix.family == 6):
        if icmp is None:
            return "has half an ICMP type and code" if wire.get("IcmpTypeCode") else None
        return None if _is_icmp(icmp) else f"has the ICMP type and code `{icmp[0]}/{icmp[1]}`"
    return None


def _is_range(ports: PortRange | None) -> bool:
    return ports is not None and 0 <= ports.first <= ports.last <= 65535


def _is_icmp(icmp: tuple[int, int]) -> bool:
    kind, code = icmp
    return -1 <= kind <= 255 and -1 <= code <= 255 and (kind != -1 or code == -1)

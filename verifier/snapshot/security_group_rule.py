"""The flat form of rules, as `describe-security-group-rules` prints them.

It gives the rules of groups whose grouped form is not there. Where both are, they must mean the
same, and the flat form adds the rules' ids.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Final, Required

from typing_extensions import TypedDict

from verifier.model import (
    GroupReference,
    Peer,
    PrefixListReference,
    SecurityGroup,
    SecurityGroupRule,
)
from verifier.packet import ICMP_PROTOCOLS, PORT_PROTOCOLS, protocol_name
from verifier.snapshot.ledger import Ledger
from verifier.snapshot.merge import Record
from verifier.snapshot.network_acl import protocol_of
from verifier.snapshot.security_group import GroupPairWire, group_reference, peer_gap, port_gap
from verifier.snapshot.wire import Id, Int, Origin, TagWire, parsed, prefix_of


class FlatRuleWire(TypedDict, total=False):
    """One rule."""

    SecurityGroupRuleId: Required[Id]
    GroupId: Required[Id]
    IsEgress: Required[bool]
    IpProtocol: str | None
    FromPort: Int | None
    ToPort: Int | None
    CidrIpv4: str | None
    CidrIpv6: str | None
    PrefixListId: str | None
    ReferencedGroupInfo: GroupPairWire | None
    GroupOwnerId: str | None
    Tags: list[TagWire] | None


KNOWN: Final = frozenset(FlatRuleWire.__annotations__) | {"Description", "SecurityGroupRuleArn"}

FlatRules = Mapping[str, Mapping[bool, list[SecurityGroupRule]]]


def lift_flat_rules(records: Iterable[Record[FlatRuleWire]], ledger: Ledger) -> FlatRules:
    """The rules of each group that the listing speaks of, by direction (True = egress)."""
    found: dict[str, dict[bool, list[SecurityGroupRule]]] = {}
    for wire, origin in records:
        group = found.setdefault(wire["GroupId"], {False: [], True: []})
        rule = _lift_rule(wire, origin, ledger)
        group[rule.egress].append(rule)
    return found


def _lift_rule(wire: FlatRuleWire, origin: Origin, ledger: Ledger) -> SecurityGroupRule:
    ledger.unknown_fields("SecurityGroupRule", KNOWN, wire)
    protocol = protocol_of(wire.get("IpProtocol"))
    first, last = wire.get("FromPort"), wire.get("ToPort")
    group_id = wire["GroupId"]
    peer = _peer(wire, origin)
    gap = port_gap(wire.get("IpProtocol"), protocol, first, last, group_id, ledger)
    return SecurityGroupRule(
        egress=wire["IsEgress"],
        protocol=protocol,
        from_port=first,
        to_port=last,
        peer=peer,
        gap=gap or (None if peer is not None else peer_gap(group_id, ledger)),
        rule_id=wire["SecurityGroupRuleId"],
    )


def _peer(wire: FlatRuleWire, origin: Origin) -> Peer | None:
    peers: list[Peer | None] = []
    v4, v6, listed = wire.get("CidrIpv4"), wire.get("CidrIpv6"), wire.get("PrefixListId")
    pair = wire.get("ReferencedGroupInfo")
    if v4:
        peers.append(parsed(prefix_of, v4, origin, ".CidrIpv4", 4))
    if v6:
        peers.append(parsed(prefix_of, v6, origin, ".CidrIpv6", 6))
    if listed:
        peers.append(PrefixListReference(listed))
    if pair:
        peers.append(group_reference(pair))
    if len(peers) > 1:
        raise origin.error("", "has several peers, expected one")
    return peers[0] if peers else None


Meaning = tuple[bool, int | None, int | None, int | None, object]


def meaning(rule: SecurityGroupRule) -> Meaning:
    """What a rule says, equal for equal rules however they are written (SG-5 to SG-7)."""
    first, last = rule.from_port, rule.to_port
    if rule.protocol in ICMP_PROTOCOLS:
        first, last = -1 if first is None else first, -1 if last is None else last
    elif rule.protocol not in PORT_PROTOCOLS or (first in (None, -1) and last in (None, -1)):
        first = last = None
    peer = rule.peer.group_id if isinstance(rule.peer, GroupReference) else rule.peer
    return (rule.egress, rule.protocol, first, last, peer)


def agreed(
    group: SecurityGroup,
    flat: Mapping[bool, list[SecurityGroupRule]],
    origin: Origin,
    whole: bool,
) -> SecurityGroup:
    """The group with the ids of its rules; SnapshotError iff the two forms differ in meaning.

    A flat listing that is not `whole` may lack rules.
    """
    ids = {meaning(rule): rule.rule_id for rules in flat.values() for rule in rules}
    seen = {meaning(rule) for rule in group.rules}
    for one, other, has, lacks in (
        (seen, ids.keys(), "SecurityGroups", "SecurityGroupRules"),
        (ids.keys(), seen, "SecurityGroupRules", "SecurityGroups"),
    ):
        extra = sorted(map(told, one - other))
        if extra and (whole or one is not seen):
            raise origin.error(
                "", f"{group.id} has the rule `{extra[0]}` in `{has}` and not in `{lacks}`"
            )
    return replace(
        group, rules=tuple(replace(rule, rule_id=ids.get(meaning(rule))) for rule in group.rules)
    )


def told(rule: Meaning) -> str:
    """The rule in words, for an error message."""
    egress, protocol, first, last, peer = rule
    name = "?" if protocol is None else protocol_name(protocol)
    ports = "" if first is None else f" {first}-{last}"
    who = peer.prefix_list_id if isinstance(peer, PrefixListReference) else peer
    return f"{'egress' if egress else 'ingress'} {name}{ports} {who}"

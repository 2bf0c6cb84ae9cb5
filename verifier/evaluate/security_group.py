"""Security groups: the union of the rules of all groups on an interface (SG-1 to SG-16).

Owns how the groups of one interface judge one new packet; that replies are not judged at all is
the interface's affair (CONN-2). Laws: one matching rule of one group is enough, there are no
denies and no order, and another group never takes a packet away.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple, assert_never

from verifier.evaluate.prefix_list import entries
from verifier.evaluate.vpc import AddressBook
from verifier.model import (
    Gap,
    GroupReference,
    InterfaceKind,
    Network,
    NetworkInterface,
    PrefixListReference,
    SecurityGroupRule,
)
from verifier.packet import ANY_PROTOCOL, ICMP_PROTOCOLS, PORT_PROTOCOLS, Address, Packet, Prefix


class References(Enum):
    """What the way of a packet means for references to groups (SG-12)."""

    KEPT = "kept"
    LOST = "lost"
    UNDOCUMENTED = "undocumented"
    """IPv6 through internet gateways between two VPCs: by the reference gap (SG-13)."""
    EVERY = "every"
    """Beyond an open gap: every reference matches (GAP-6, GAP-7)."""
    CARRIED = "carried"
    """Beyond an appliance's open gap: those to groups that the appliance carries (MBX-6)."""


_FOR_CLIENTS = frozenset(
    {InterfaceKind.NETWORK_LOAD_BALANCER, InterfaceKind.INSTANCE_CONNECT_ENDPOINT}
)
"""SG-10: who sends under its clients' addresses; its groups match whatever the source."""


@dataclass(frozen=True, slots=True)
class Pool:
    """The rules of all groups of an interface in one direction that speak of one protocol.

    `unknown` are the gaps of groups that are attached and not in the snapshot (GAP-5); `empty` iff
    the groups have no rule of that direction for any protocol.
    """

    rules: tuple[tuple[str, SecurityGroupRule], ...]
    unknown: tuple[tuple[str, Gap], ...]
    empty: bool


def pool(network: Network, groups: tuple[str, ...], egress: bool, protocol: int) -> Pool:
    """Gather the rules (SG-1); a rule whose protocol is not understood speaks of all (GAP-4)."""
    rules: list[tuple[str, SecurityGroupRule]] = []
    unknown: list[tuple[str, Gap]] = []
    empty = True
    for group_id in groups:
        group = network.security_groups.get(group_id)
        if group is None:
            gap = network.missing.get(("security-group", group_id))
            if gap is not None:
                unknown.append((group_id, gap))
            continue
        for rule in group.rules:
            if rule.egress == egress:
                empty = False
                unread = rule.protocol is None and rule.gap is not None
                if unread or rule.protocol in (ANY_PROTOCOL, protocol):
                    rules.append((group_id, rule))
    return Pool(tuple(rules), tuple(unknown), empty)


class Judgement(NamedTuple):
    """What the groups say: by which rule of which group, and the gaps that it relies on.

    `rule` None with `allowed`: a group that is not in the snapshot lets it pass (GAP-5).
    """

    allowed: bool
    group_id: str | None = None
    rule: SecurityGroupRule | None = None
    gaps: tuple[Gap, ...] = ()


@dataclass(frozen=True, slots=True)
class Groups:
    """What judging needs of the network: its addresses, and who is peered with whom (SG-11)."""

    network: Network
    book: AddressBook
    peers: dict[str, tuple[str, ...]]

    def judge(self, asked: Pool, case: Case, opened: frozenset[Gap]) -> Judgement:
        """True iff some rule matches (SG-1); one that needs no gap is preferred."""
        best: Judgement | None = None
        for group_id, rule in asked.rules:
            needed = self._needs(rule, case)
            if needed == ():
                return Judgement(True, group_id, rule)
            if needed is not None and opened.issuperset(needed):
                best = _fewer(best, Judgement(True, group_id, rule, needed))
        for group_id, gap in asked.unknown:
            if gap in opened:
                best = _fewer(best, Judgement(True, group_id, None, (gap,)))
        return best or Judgement(False)

    def _needs(self, rule: SecurityGroupRule, case: Case) -> tuple[Gap, ...] | None:
        """The gaps that must be open for the rule to match; None if it does not (SG-5, GAP-4)."""
        if rule.gap is None and not _ports_match(rule, case.packet):
            return None
        own = () if rule.gap is None else (rule.gap,)
        match rule.peer:
            case Prefix():
                return own if rule.peer.holds(case.address) else None
            case PrefixListReference():
                listed = entries(self.network, rule.peer)
                if isinstance(listed, Gap):
                    return (*own, listed)
                return own if any(prefix.holds(case.address) for prefix in listed) else None
            case GroupReference():
                return own or self._reference_needs(rule.peer.group_id, case)
            case None:
                return own or None
            case _ as never:
                assert_never(never)

    def _reference_needs(self, group_id: str, case: Case) -> tuple[Gap, ...] | None:
        """SG-10 (ingress), SG-11 (egress), SG-13; as `_needs`."""
        if case.references is References.EVERY:
            return ()
        if case.references is References.LOST:
            return None
        if case.references is References.CARRIED:
            return () if group_id in case.carried else None
        undocumented = case.references is References.UNDOCUMENTED
        members = self._members(case, other_vpcs_only=undocumented)
        if not any(group_id in member.groups for member in members):
            return None
        if not undocumented:
            return ()
        return None if self.network.reference_gap is None else (self.network.reference_gap,)

    def _members(self, case: Case, *, other_vpcs_only: bool) -> list[NetworkInterface]:
        """The interfaces whose groups a reference may name: the sender, or who is sent to."""
        if not case.egress:
            sender = case.sender
            if sender is None:
                return []
            own = self.book.owner(sender.vpc_id, case.address) is sender
            return [sender] if own or sender.kind in _FOR_CLIENTS else []
        home = case.interface.vpc_id
        vpcs = self.peers.get(home, ()) if other_vpcs_only else (home, *self.peers.get(home, ()))
        found = (self.book.owner(vpc_id, case.address) for vpc_id in vpcs)
        return [interface for interface in found if interface is not None]


@dataclass(frozen=True, slots=True)
class Case:
    """One packet at one interface; `sender` is the interface that it comes from, unchanged.

    `references` is what its way means for references; for a packet between two interfaces of one
    VPC it is never UNDOCUMENTED. `carried` are the groups that count if it is CARRIED.
    """

    interface: NetworkInterface
    egress: bool
    packet: Packet
    sender: NetworkInterface | None
    references: References
    carried: frozenset[str] = frozenset()

    @property
    def address(self) -> Address:
        """The address that peers are compared with (SG-5)."""
        return self.packet.destination if self.egress else self.packet.source


def _ports_match(rule: SecurityGroupRule, packet: Packet) -> bool:
    """SG-6 for TCP and UDP, SG-7 for ICMP; no other protocol has ports to look at."""
    first, last = rule.from_port, rule.to_port
    if rule.protocol in PORT_PROTOCOLS:
        port = packet.destination_port
        if first is None or last is None or port is None:
            return False
        return first <= port <= last
    if rule.protocol in ICMP_PROTOCOLS:
        return first in (-1, None, packet.icmp_type) and last in (-1, None, packet.icmp_code)
    return True


def _fewer(best: Judgement | None, other: Judgement) -> Judgement:
    return other if best is None or len(other.gaps) < len(best.gaps) else best

"""Network ACLs: a stateless, ordered list at the boundary of a subnet (ACL-1 to ACL-12).

Owns how one list judges one packet; when a list is asked is the subnet's affair (`subnet.py`).
Laws: the entry with the lowest number that matches decides; no match is a deny; no state is kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Set
from typing import NamedTuple

from verifier.model import Gap, Network, NetworkAcl, NetworkAclEntry
from verifier.packet import ANY_PROTOCOL, ICMP, ICMPV6, PORT_PROTOCOLS, Address, Family, Packet

Entries = tuple[NetworkAclEntry, ...]


class Judgement(NamedTuple):
    """What a list says; `entry` None means that none matched; `gaps` are those it relies on."""

    allowed: bool
    entry: NetworkAclEntry | None
    gaps: tuple[Gap, ...] = ()


def guards(network: Network) -> dict[str, NetworkAcl]:
    """Which list guards which subnet: by association, else the default of its VPC (ACL-10).

    A subnet whose list is known to be missing has none.
    """
    lists = sorted(network.network_acls.values(), key=lambda acl: acl.id)
    default = {acl.vpc_id: acl for acl in reversed(lists) if acl.is_default}
    found = {
        subnet.id: default[subnet.vpc_id]
        for subnet in network.subnets.values()
        if subnet.vpc_id in default and ("network-acl", subnet.id) not in network.missing
    }
    for acl in reversed(lists):
        found.update(dict.fromkeys(acl.subnet_ids, acl))
    return found


def in_order(entries: Iterable[NetworkAclEntry], egress: bool, family: Family) -> Entries:
    """The entries of one direction that speak of a family, by rule number (ACL-1, ACL-2, ACL-5).

    An entry whose CIDR is not understood speaks of both families (GAP-3).
    """
    chosen = (
        entry
        for entry in entries
        if entry.egress == egress and (entry.prefix is None or entry.prefix.family == family)
    )
    return tuple(sorted(chosen, key=lambda entry: entry.rule_number))


def matches(entry: NetworkAclEntry, packet: Packet, address: Address) -> bool:
    """ACL-3: the packet's protocol, its port or ICMP type, and the address that is looked at.

    An entry with a gap matches by what is known of it, without ports, type and code (GAP-3).
    """
    return _speaks_of(entry, packet) and (entry.prefix is None or entry.prefix.holds(address))


def _speaks_of(entry: NetworkAclEntry, packet: Packet) -> bool:
    """ACL-6, ACL-7, GAP-3: protocol, and what the protocol adds."""
    protocol = entry.protocol
    if protocol == ANY_PROTOCOL:
        return True
    if entry.gap is not None:
        return protocol is None or protocol == packet.protocol
    if protocol != packet.protocol:
        return False
    if protocol in PORT_PROTOCOLS:
        return entry.ports is not None and packet.destination_port in entry.ports
    if protocol == ICMP or (protocol == ICMPV6 and packet.family == 6):
        kind, code = entry.icmp or (-1, -1)
        return kind in (-1, packet.icmp_type) and code in (-1, packet.icmp_code)
    return True


def judge(entries: Entries, packet: Packet, address: Address, opened: Set[Gap]) -> Judgement:
    """What the list says of the packet; `address` is its source (ingress) or destination.

    The first match decides (ACL-1), and without a match the packet is denied (ACL-4). An entry
    with a gap allows or is skipped if the gap is open, denies or is skipped if it is closed
    (GAP-3). Where the list allows the packet by fewer gaps further down, it does so.
    """
    skipped: tuple[Gap, ...] = ()
    found: Judgement | None = None
    for entry in entries:
        if not matches(entry, packet, address):
            continue
        gap = entry.gap
        if gap is not None and entry.allow is not None and entry.allow != (gap in opened):
            if not entry.allow:
                skipped = (*skipped, gap)  # a deny, its gap open
            continue
        allowed = bool(entry.allow) if gap is None else gap in opened
        needed = skipped if gap is None else (*skipped, gap)
        if allowed and (found is None or len(needed) < len(found.gaps)):
            found = Judgement(True, entry, needed)
        if gap is None or entry.allow is not True:
            return found or Judgement(False, entry)
    return found or Judgement(False, None)

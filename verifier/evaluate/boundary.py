"""The boundary of a subnet: asking the network ACL that guards it (ACL-9, ACL-10, GAP-10)."""

from __future__ import annotations

from verifier.evaluate.codes import Code
from verifier.evaluate.journey import Journey
from verifier.evaluate.network_acl import judge
from verifier.evaluate.words import entry_detail
from verifier.trace import Decision


def passes_acl(journey: Journey, subnet_id: str, *, egress: bool) -> bool:
    """ACL-9: ask the list that guards the subnet (ACL-10, GAP-10) in one direction."""
    index, packet = journey.index, journey.packet
    direction = "egress" if egress else "ingress"
    acl = index.acls.get(subnet_id)
    if acl is None:
        gap = index.network.missing.get(("network-acl", subnet_id))
        allowed = gap is not None and journey.rely(gap)
        journey.note(
            "network-acl",
            subnet_id,
            Decision.ALLOW if allowed else Decision.DENY,
            direction=direction,
            code=None if allowed else Code.SUBNET_ACL_RESTRICTION,
            detail="no network ACL is known" if gap is None else gap.detail,
        )
        return allowed
    address = packet.destination if egress else packet.source
    said = judge(index.entries[acl.id, egress, packet.family], packet, address, journey.opened)
    if said.allowed:
        journey.gaps.update(said.gaps)
    if journey.hops is not None:
        journey.note(
            "network-acl",
            acl.id,
            Decision.ALLOW if said.allowed else Decision.DENY,
            direction=direction,
            rule=said.entry or "*",
            code=None if said.allowed else Code.SUBNET_ACL_RESTRICTION,
            detail=None if said.entry is None else entry_detail(said.entry),
        )
    return said.allowed

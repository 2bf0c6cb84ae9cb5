"""Security groups: rules of every form, the spine's and noise."""

from __future__ import annotations

from dataclasses import replace

from tests.strategies.plan import ICMP_CODES, ICMP_TYPES, Plan, fields
from tests.strategies.prefix_list import list_around, missing_list
from verifier.model import GroupReference, NetworkInterface, Peer, SecurityGroupRule
from verifier.packet import ICMP_PROTOCOLS, PORT_PROTOCOLS, Address, Packet, Prefix


def add_groups(plan: Plan) -> None:
    """Give every VPC one to three groups, still without rules."""
    for vpc_id in plan.vpcs:
        for number in range(1, plan.pick((1, 2, 2, 3)) + 1):
            plan.groups[f"sg-{vpc_id[4:]}{number}"] = (vpc_id, [])


def open_groups(
    plan: Plan, interface_id: str, egress: bool, packet: Packet, other: str | None
) -> None:
    """Add a rule by which the interface lets the packet pass.

    `other` is the interface on the far side, to be named by a group that it carries; None where
    references are not kept.
    """
    interface = plan.interfaces[interface_id]
    known = [group for group in interface.groups if group in plan.groups]
    if not known:
        known = [
            next(group for group, (home, _) in plan.groups.items() if home == interface.vpc_id)
        ]
        plan.interfaces[interface_id] = replace(interface, groups=(*interface.groups, known[0]))
    address = packet.destination if egress else packet.source
    plan.groups[plan.pick(known)][1].append(
        _matching(plan, packet, egress, _peer(plan, address, other))
    )


def _peer(plan: Plan, address: Address, other: str | None) -> Peer:
    carried = plan.interfaces[other].groups if other else ()
    if carried and plan.chance(0.5):
        return GroupReference(plan.pick(carried))
    if plan.chance(0.2):
        return list_around(plan, address)
    return plan.around(address)


def _matching(plan: Plan, packet: Packet, egress: bool, peer: Peer) -> SecurityGroupRule:
    """A rule that matches the packet if its peer does."""
    protocol = -1 if plan.chance(0.2) else packet.protocol
    first, second = fields(packet)
    low: int | None
    high: int | None
    if protocol in PORT_PROTOCOLS:
        assert first is not None
        low, high = plan.port_range(first)
    elif protocol in ICMP_PROTOCOLS:
        wild = plan.random.random()
        low = first if wild < 0.8 else plan.pick((-1, None))
        high = second if wild < 0.4 else plan.pick((-1, None))
    else:
        # Ports that the protocol does not look at.
        low, high = (None, None) if plan.chance(0.7) else plan.port_range()
    return SecurityGroupRule(
        egress=egress, protocol=protocol, from_port=low, to_port=high, peer=peer
    )


def add_noise(plan: Plan) -> None:
    """Add rules to the groups."""
    for name, (_, rules) in plan.groups.items():
        for _ in range(plan.weighted({0: 4, 1: 4, 2: 3, 4: 1})):
            rules.append(_rule(plan, name))
        if plan.chance(0.2):  # as AWS makes a new group
            blocks = [Prefix(4, 0, 0), Prefix(6, 0, 0)]
            rules += [SecurityGroupRule(egress=True, protocol=-1, peer=block) for block in blocks]
        plan.random.shuffle(rules)


def _rule(plan: Plan, group_id: str) -> SecurityGroupRule:
    protocol: int | None = plan.weighted({6: 10, 17: 4, 1: 3, 58: 3, -1: 2, 50: 1, 47: 1})
    gap = None
    low: int | None
    high: int | None
    low, high = plan.port_range()
    if protocol in PORT_PROTOCOLS and plan.chance(0.06):
        low = high = plan.pick((None, -1))
        gap = plan.gap(group_id, "GAP-4", "no ports")
    elif protocol in PORT_PROTOCOLS and plan.chance(0.03):
        low, high = high + 1, low
    elif protocol in ICMP_PROTOCOLS:
        low = plan.pick((*ICMP_TYPES, -1, None))
        high = plan.pick((*ICMP_CODES, -1, -1, None))
        if low in (-1, None) and high not in (-1, None):
            low, gap = -1, plan.gap(group_id, "GAP-4", "any type with a code")
    elif protocol not in PORT_PROTOCOLS and plan.chance(0.7):
        low = high = None
    peer: Peer | None = _noise_peer(plan)
    if isinstance(peer, GroupReference) and peer.peering_status == "deleted":
        gap = plan.gap(group_id, "SG-15")
    if plan.chance(0.03):
        gap = plan.gap(group_id, "GAP-4", "not understood")
        peer = None if plan.chance(0.5) else peer
        protocol = None if plan.chance(0.3) else protocol
    return SecurityGroupRule(
        egress=plan.chance(0.4), protocol=protocol, from_port=low, to_port=high, peer=peer, gap=gap
    )


def _noise_peer(plan: Plan) -> Peer:
    kind = plan.random.random()
    if kind < 0.3 and plan.groups:
        name = plan.pick((*plan.groups, "sg-undefined", "sg-gone"))
        return GroupReference(
            name, peering_status=plan.pick((None, None, None, "active", "deleted"))
        )
    if kind < 0.36:
        return missing_list(plan)
    if kind < 0.45:
        return list_around(plan, None)
    return plan.prefix()


def carriers(plan: Plan, group_id: str) -> list[NetworkInterface]:
    """The interfaces that carry the group."""
    return [eni for eni in plan.interfaces.values() if group_id in eni.groups]

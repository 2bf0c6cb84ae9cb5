"""Network ACLs: the spine's allows, denies mixed in, odd entries, default and missing lists."""

from __future__ import annotations

from tests.strategies.plan import ICMP_CODES, ICMP_TYPES, Plan, fields
from verifier.model import Gap, NetworkAclEntry
from verifier.packet import (
    ICMP_PROTOCOLS,
    ICMPV6,
    PORT_PROTOCOLS,
    WIDTH,
    Address,
    Packet,
    PortRange,
    Prefix,
)


def add_acls(plan: Plan) -> None:
    """Make ACLs and say which guards which subnet; entries come later."""
    for vpc_id in plan.vpcs:
        default = f"acl-{vpc_id[4:]}0"
        has_default = plan.chance(0.93)
        if has_default:
            plan.acls[default] = (vpc_id, [])
            plan.default_acl[vpc_id] = default
        for subnet in plan.subnets.values():
            if subnet.vpc_id != vpc_id or plan.chance(0.3 if has_default else 0.5):
                continue
            name = f"acl-{vpc_id[4:]}{plan.pick((1, 1, 2))}"
            plan.acls.setdefault(name, (vpc_id, []))
            plan.acl_of[subnet.id] = name
        if has_default:
            continue
        for subnet in plan.subnets.values():
            if subnet.vpc_id == vpc_id and subnet.id not in plan.acl_of:
                key = ("network-acl", subnet.id)
                plan.missing[key] = plan.gap(subnet.id, "GAP-10", "no network ACL")


def entries_of(plan: Plan, subnet_id: str) -> list[NetworkAclEntry] | None:
    """The entries of the list that guards the subnet; None if there is none."""
    vpc_id = plan.subnets[subnet_id].vpc_id
    name = plan.acl_of.get(subnet_id, plan.default_acl.get(vpc_id))
    return None if name is None else plan.acls[name][1]


def _number(plan: Plan, entries: list[NetworkAclEntry], egress: bool) -> int:
    taken = {entry.rule_number for entry in entries if entry.egress == egress}
    while (found := plan.random.randint(1, 60) * 10) in taken:
        pass
    return found


def open_acl(plan: Plan, subnet_id: str, egress: bool, packet: Packet) -> None:
    """Add an entry by which the subnet's list lets the packet pass, if nothing stands before."""
    entries = entries_of(plan, subnet_id)
    if entries is None:
        return
    address = packet.destination if egress else packet.source
    entries.append(_matching(plan, entries, egress, packet, address, True))


def deny(plan: Plan, subnet_id: str, egress: bool, packet: Packet) -> None:
    """Add an entry that denies the packet, somewhere in the list."""
    entries = entries_of(plan, subnet_id)
    if entries is None:
        return
    address = packet.destination if egress else packet.source
    entries.append(_matching(plan, entries, egress, packet, address, False))


def _matching(
    plan: Plan,
    entries: list[NetworkAclEntry],
    egress: bool,
    packet: Packet,
    address: Address,
    allow: bool,
) -> NetworkAclEntry:
    first, second = fields(packet)
    protocol, ports, icmp = packet.protocol, None, None
    if plan.chance(0.25):
        protocol = -1
    if protocol in PORT_PROTOCOLS:
        assert first is not None
        ports = PortRange(*plan.port_range(first))
    elif protocol in ICMP_PROTOCOLS and plan.chance(0.8):
        assert first is not None
        assert second is not None
        wild = plan.random.random()
        if protocol == ICMPV6 and packet.family == 4 and plan.chance(0.7):
            first = plan.pick(ICMP_TYPES)  # not looked at (ACL-7)
        icmp = (first, second) if wild < 0.4 else (first, -1) if wild < 0.8 else (-1, -1)
    elif plan.chance(0.2):
        ports = PortRange(*plan.port_range())
    return NetworkAclEntry(
        rule_number=_number(plan, entries, egress),
        egress=egress,
        allow=allow,
        protocol=protocol,
        prefix=plan.around(address),
        ports=ports,
        icmp=icmp,
    )


def add_noise(plan: Plan) -> None:
    """Add entries to the lists, closing ones among them, and shuffle."""
    for name, (_, entries) in plan.acls.items():
        for egress in (False, True):
            for _ in range(plan.weighted({0: 5, 1: 4, 2: 3, 5: 1})):
                entries.append(_entry(plan, name, entries, egress))
            if plan.chance(0.12):  # as AWS makes a default list
                for number, block in ((1000, "0.0.0.0/0"), (1001, "::/0")):
                    entries.append(
                        NetworkAclEntry(
                            rule_number=number, egress=egress, allow=True, protocol=-1,
                            prefix=Prefix.parse(block),
                        )
                    )  # fmt: skip
            if plan.chance(0.5):
                for number, block in ((32767, "0.0.0.0/0"), (32768, "::/0")):
                    entries.append(
                        NetworkAclEntry(
                            rule_number=number, egress=egress, allow=False, protocol=-1,
                            prefix=Prefix.parse(block),
                        )
                    )  # fmt: skip
        plan.random.shuffle(entries)


def exactly(
    plan: Plan, entries: list[NetworkAclEntry], egress: bool, packet: Packet, *, allow: bool
) -> NetworkAclEntry:
    """An entry before all others for this packet alone, or for nothing but its port or address."""
    address = packet.destination if egress else packet.source
    first, second = fields(packet)
    taken = [entry.rule_number for entry in entries if entry.egress == egress]
    prefix = Prefix.of(address, WIDTH[address.family])
    ports, icmp = None, None
    if packet.protocol in PORT_PROTOCOLS and first is not None:
        ports = PortRange(first, first)
        if plan.chance(0.4):
            prefix = Prefix(address.family, 0, 0)
        elif plan.chance(0.4):
            ports = PortRange(0, 65535)
    elif packet.protocol in ICMP_PROTOCOLS and first is not None and second is not None:
        icmp = (first, plan.pick((second, -1)))
    return NetworkAclEntry(
        rule_number=min([100, *taken]) - 1, egress=egress, allow=allow,
        protocol=packet.protocol, prefix=prefix, ports=ports, icmp=icmp,
    )  # fmt: skip


def unread(
    plan: Plan,
    entries: list[NetworkAclEntry],
    egress: bool,
    protocol: int,
    prefix: Prefix,
    gap: Gap,
) -> NetworkAclEntry:
    """An entry before all others that is not understood (GAP-3)."""
    taken = [entry.rule_number for entry in entries if entry.egress == egress]
    return NetworkAclEntry(
        rule_number=min([100, *taken]) - 1,
        egress=egress,
        allow=plan.pick((True, False, None)),
        protocol=plan.pick((protocol, -1, None)),
        prefix=plan.pick((prefix, None)),
        gap=gap,
    )


def _entry(plan: Plan, name: str, entries: list[NetworkAclEntry], egress: bool) -> NetworkAclEntry:
    protocol: int | None = plan.weighted({6: 10, 17: 4, 1: 3, 58: 3, -1: 3, 50: 1, 47: 1})
    ports, icmp, gap = None, None, None
    prefix: Prefix | None = plan.prefix()
    allow: bool | None = plan.chance(0.6)
    if protocol in PORT_PROTOCOLS or plan.chance(0.15):
        ports = PortRange(*plan.port_range())
    if protocol in ICMP_PROTOCOLS and plan.chance(0.85):
        icmp = (plan.pick((*ICMP_TYPES, -1)), plan.pick((*ICMP_CODES, -1, -1)))
        if icmp[0] == -1 and icmp[1] != -1:
            gap = plan.gap(name, "GAP-3", "any type with a code")
    if plan.chance(0.06):
        gap = plan.gap(name, "GAP-3", "not understood")
        ports = ports if plan.chance(0.5) else None
        allow = allow if plan.chance(0.7) else None
        protocol = protocol if plan.chance(0.8) else None
        prefix = prefix if plan.chance(0.8) else None
    return NetworkAclEntry(
        rule_number=_number(plan, entries, egress),
        egress=egress, allow=allow, protocol=protocol, prefix=prefix, ports=ports, icmp=icmp,
        gap=gap,
    )  # fmt: skip

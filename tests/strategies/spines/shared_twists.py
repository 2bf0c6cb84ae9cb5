"""What several VPCs share, groups and addresses, as `tests.strategies.twist` has them."""

from __future__ import annotations

from dataclasses import replace

from tests.strategies.peering import add_peering
from tests.strategies.plan import Plan
from tests.strategies.spines.twists import end_of
from tests.strategies.transit_gateway import add_transit_route, attach_vpc, tables_of
from verifier.model import (
    GroupReference,
    InterfaceKind,
    NetworkAclEntry,
    NetworkInterface,
    SecurityGroupRule,
    TransitRank,
)
from verifier.packet import ANY_PROTOCOL, Address, Prefix
from verifier.trace import InterfaceHost, Probe

EVERYTHING = (Prefix(4, 0, 0), Prefix(6, 0, 0))


def shared_group(plan: Plan, spine: Probe) -> None:
    """The ends carry one group, of another VPC, and so does a stranger (SG-14, SG-11)."""
    ends = [end for host in (spine.source, spine.destination) if (end := end_of(plan, host))]
    if not ends:
        return
    vpc_id = plan.pick([*sorted(plan.vpcs), "vpc-shared"])
    rules = [
        rule
        for name in dict.fromkeys(group for end in ends for group in end.groups)
        if name in plan.groups
        for rule in plan.groups[name][1]
    ]
    if plan.chance(0.6):
        egress = plan.chance(0.5)
        rules = [rule for rule in rules if rule.egress is not egress]
        peer = GroupReference("sg-shared")
        rules.append(SecurityGroupRule(egress=egress, protocol=ANY_PROTOCOL, peer=peer))
    plan.groups["sg-shared"] = (vpc_id, rules)
    for end in ends[: plan.pick((1, 2, 2))]:
        plan.interfaces[end.id] = replace(end, groups=("sg-shared",))
    for name in sorted(plan.interfaces):
        other = plan.interfaces[name]
        if other.groups and other not in ends and plan.chance(0.2):
            plan.interfaces[name] = replace(other, groups=(*other.groups, "sg-shared"))


def namesakes(plan: Plan, spine: Probe) -> None:
    """Another VPC has the same blocks, a subnet and a host of the same addresses (SUB-5)."""
    hosts = [host for host in (spine.destination, spine.source) if isinstance(host, InterfaceHost)]
    end = end_of(plan, hosts[0 if plan.chance(0.7) else -1])
    if end is None or not _another_vpc(plan, end):
        return
    others = sorted({plan.interfaces[host.interface_id].vpc_id for host in hosts})
    for vpc_id in others:
        if plan.chance(0.5):
            add_peering(plan, vpc_id, "vpc-z", True)
    for gateway in sorted(plan.transit_gateways):
        table = plan.pick(tables_of(plan, gateway))
        name = attach_vpc(plan, gateway, table, ["subnet-z1"])
        if plan.chance(0.4):
            block = plan.pick(plan.subnets["subnet-z1"].prefixes)
            add_transit_route(plan, table, block, TransitRank.PROPAGATED_VPC, name)


def _another_vpc(plan: Plan, end: NetworkInterface) -> bool:
    """Copy the VPC, the subnet and the host, but for what is unique; false iff nothing is left."""
    home, subnet = plan.vpcs[end.vpc_id], plan.subnets[end.subnet_id]
    private = tuple(block for block in home.ipv6 if block.private)
    blocks = tuple(
        prefix
        for prefix in subnet.prefixes
        if prefix.family == 4
        or any(block.prefix.holds(Address(6, prefix.first)) for block in private)
    )
    if not blocks:
        return False
    plan.vpcs["vpc-z"] = replace(home, id="vpc-z", ipv6=private)
    plan.subnets["subnet-z1"] = replace(subnet, id="subnet-z1", vpc_id="vpc-z", prefixes=blocks)
    plan.groups["sg-z1"] = ("vpc-z", [_rule(way, to) for way in (False, True) for to in EVERYTHING])
    entries = [
        NetworkAclEntry(
            rule_number=100 + to.family, egress=egress, allow=True, protocol=ANY_PROTOCOL, prefix=to
        )
        for egress in (False, True)
        for to in EVERYTHING
    ]
    plan.acls["acl-z0"], plan.default_acl["vpc-z"] = ("vpc-z", entries), "acl-z0"
    plan.tables["rtb-z0"], plan.main_table["vpc-z"] = ("vpc-z", []), "rtb-z0"
    plan.interfaces["eni-z10"] = replace(
        end,
        id="eni-z10",
        vpc_id="vpc-z",
        subnet_id="subnet-z1",
        kind=InterfaceKind.ORDINARY,
        type_name="interface",
        groups=("sg-z1",),
        ipv4=tuple(replace(own, public=None) for own in end.ipv4),
        ipv6=tuple(own for own in end.ipv6 if any(block.holds(own) for block in blocks)),
        delegated=(),
        instance_id=None,
        gap=None,
    )
    return True


def _rule(egress: bool, to: Prefix) -> SecurityGroupRule:
    return SecurityGroupRule(egress=egress, protocol=ANY_PROTOCOL, peer=to)

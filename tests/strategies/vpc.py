"""VPCs: one to three, with overlapping, public, secondary and IPv6 blocks now and then."""

from __future__ import annotations

from dataclasses import replace

from tests.strategies.plan import Plan
from verifier.model import Ipv6Block, Vpc
from verifier.packet import Prefix

PRIMARY = {"vpc-a": "10.0.0.0/24", "vpc-b": "10.1.0.0/24", "vpc-c": "172.31.0.0/24"}
SECONDARY = {
    "vpc-a": ("10.0.9.0/24", "198.51.102.0/24"),
    "vpc-b": ("100.64.1.0/24", "10.1.9.0/24"),
    "vpc-c": ("198.51.101.0/24",),
}
IPV6 = {"vpc-a": "2600:1f14:a::/56", "vpc-b": "2600:1f14:b::/56", "vpc-c": "2600:1f14:c::/56"}
PRIVATE_IPV6 = {"vpc-a": "fd00:a::/56", "vpc-b": "2600:1f14:ff::/56", "vpc-c": "fd00:c::/56"}


ACCOUNTS = ("111111111111", "111111111111", "222222222222")


def add_vpcs(plan: Plan, count: int, ipv6: bool, overlap: tuple[str, str] | None) -> None:
    """Add `count` VPCs; each has IPv6 if `ipv6`, otherwise now and then.

    `overlap`: two that have the same blocks (SUB-5); those of IPv6 only if they are private.
    """
    regions = [None, "eu-central-1", "eu-central-1", "eu-central-1", "us-east-1"]
    for name in sorted(PRIMARY)[:count]:
        primary = PRIMARY[name]
        private = PRIVATE_IPV6[name]
        if overlap is not None and name == overlap[1]:
            primary, private = PRIMARY[overlap[0]], PRIVATE_IPV6[overlap[0]]
        ipv4 = [Prefix.parse(primary)]
        if plan.chance(0.25):
            ipv4.append(Prefix.parse(plan.pick(SECONDARY[name])))
        blocks = []
        if ipv6 or plan.chance(0.15):
            blocks.append(Ipv6Block(Prefix.parse(IPV6[name]), private=plan.chance(0.06)))
            if plan.chance(0.25):
                blocks.append(Ipv6Block(Prefix.parse(private), private=True))
        plan.vpcs[name] = Vpc(
            id=name,
            ipv4=tuple(ipv4),
            ipv6=tuple(blocks),
            account=plan.pick(ACCOUNTS),
            region=plan.pick(regions),
        )


def unadvertised(plan: Plan, name: str) -> None:
    """All IPv6 blocks of the VPC are private ones (IGW-3, EIGW-2)."""
    vpc = plan.vpcs[name]
    plan.vpcs[name] = replace(vpc, ipv6=tuple(replace(each, private=True) for each in vpc.ipv6))

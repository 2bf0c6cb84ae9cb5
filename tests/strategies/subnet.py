"""Subnets: two to four small ones a VPC, in any of its blocks, of either family or both."""

from __future__ import annotations

from tests.strategies.plan import Plan
from verifier.model import Subnet
from verifier.packet import Address, Prefix


def add_subnets(plan: Plan) -> None:
    """Give every VPC subnets `subnet-a1`, `subnet-a2`, ...; they never overlap in a VPC."""
    for vpc in list(plan.vpcs.values()):
        for number in range(1, plan.pick((2, 2, 2, 3)) + 1):
            prefixes: list[Prefix] = []
            if not (vpc.ipv6 and plan.chance(0.05)):
                block = plan.pick(vpc.ipv4)
                prefixes.append(
                    Prefix.of(Address(4, block.first + 64 * (number - 1)), plan.pick((26, 26, 27)))
                )
            for ipv6 in vpc.ipv6:
                if not prefixes or plan.chance(0.85):
                    at = ipv6.prefix.first + (number << 64)
                    prefixes.append(Prefix.of(Address(6, at), 64))
            name = f"subnet-{vpc.id[4:]}{number}"
            plan.subnets[name] = Subnet(
                id=name, vpc_id=vpc.id, prefixes=tuple(prefixes), zone=f"zone-{number}"
            )

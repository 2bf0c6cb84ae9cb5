"""What is not modelled at the edge of a VPC: entrances, and targets that may lead anywhere."""

from __future__ import annotations

from tests.strategies.plan import FAR, OUTSIDE, Plan
from verifier.model import Entrance, UnmodelledTarget
from verifier.packet import AddressSet

KINDS = (("lgw", "local-gateway"), ("tgw-attach", "transit-gateway"))


def add_entrances(plan: Plan, needed: set[str]) -> None:
    """Give the VPCs of `needed` an entrance, the others now and then."""
    for vpc_id in plan.vpcs:
        for short, kind in KINDS:
            wanted = vpc_id in needed and short == "lgw"
            if not wanted and not plan.chance(0.08):
                continue
            name = f"{short}-{vpc_id[4:]}"
            sources = None
            if plan.chance(0.4):
                blocks = [plan.around(address) for address in (*FAR, *OUTSIDE) if plan.chance(0.6)]
                sources = AddressSet.of(*blocks)
            gap = plan.gap(name, "GAP-7")
            plan.entrances.append(Entrance(name, kind, vpc_id, gap, sources))


def unmodelled_target(plan: Plan, internet: bool | None = None) -> UnmodelledTarget:
    """A target that is not modelled; a gateway endpoint leads to its service alone."""
    if internet is False or (internet is None and plan.chance(0.3)):
        name = plan.pick(("vpce-s3", "vpce-dynamo"))
        return UnmodelledTarget("vpc-endpoint", name, plan.gap(name, "GAP-6"), internet=False)
    name = plan.pick(("lgw-a", "lgw-b", "cagw-x", "odb-x", "tgw-attach-a"))
    return UnmodelledTarget("gateway", name, plan.gap(name, "GAP-6"))

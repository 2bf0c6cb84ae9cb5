"""Internet gateways: attached, detached, missing, and with passages that are not understood."""

from __future__ import annotations

from tests.strategies.plan import Plan
from verifier.model import InternetGateway, PassageGap

MISSING = "igw-gone"


def add_internet_gateways(plan: Plan, needed: set[str]) -> None:
    """Give the VPCs of `needed` a gateway, the others now and then."""
    for vpc_id in plan.vpcs:
        if vpc_id in needed or plan.chance(0.3):
            name = f"igw-{vpc_id[4:]}"
            attached = vpc_id in needed or plan.chance(0.8)
            plan.gateways[name] = InternetGateway(id=name, vpc_ids=(vpc_id,) if attached else ())
        if plan.chance(0.08):
            gaps = [
                plan.gap(vpc_id, "GAP-9", f"passage {at}") for at in range(plan.pick((1, 1, 2)))
            ]
            plan.passages[vpc_id] = tuple(PassageGap(gap, plan.chance(0.5)) for gap in gaps)


def gateway_of(plan: Plan, vpc_id: str) -> str:
    """The id of the gateway that is attached to the VPC; the spine asked for it."""
    return next(name for name, found in plan.gateways.items() if vpc_id in found.vpc_ids)

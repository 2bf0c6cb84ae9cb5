"""Egress-only internet gateways: of VPCs that have IPv6, attached or not."""

from __future__ import annotations

from tests.strategies.plan import Plan
from verifier.model import EgressOnlyInternetGateway


def add_egress_only_gateway(plan: Plan, vpc_id: str, *, plain: bool) -> str:
    """A gateway of the VPC; its id."""
    name = f"eigw-{vpc_id[4:]}"
    attached = plain or plan.chance(0.8)
    plan.egress_only_gateways[name] = EgressOnlyInternetGateway(
        id=name, vpc_id=vpc_id if attached else None
    )
    return name


def add_egress_only_gateways(plan: Plan) -> None:
    """A gateway here and there."""
    for vpc_id, vpc in plan.vpcs.items():
        if vpc.ipv6 and plan.chance(0.15):
            add_egress_only_gateway(plan, vpc_id, plain=False)

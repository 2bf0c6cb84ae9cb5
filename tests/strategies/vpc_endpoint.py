"""VPC endpoints: of gateways, of interfaces, and of Gateway Load Balancers."""

from __future__ import annotations

from tests.strategies.plan import Plan
from verifier.model import EndpointKind, VpcEndpoint
from verifier.packet import FAMILIES, Family


def add_gateway_endpoint(plan: Plan, vpc_id: str, *, plain: bool) -> str:
    """A gateway endpoint of the VPC; its id."""
    name = f"vpce-{len(plan.endpoints) + 1}"
    plan.endpoints[name] = VpcEndpoint(
        id=name,
        kind=EndpointKind.GATEWAY,
        vpc_id=vpc_id,
        service="s3",
        available=plain or plan.chance(0.8),
    )
    return name


def add_firewall_endpoint(plan: Plan, subnet_id: str, *, plain: bool) -> str:
    """A Gateway Load Balancer endpoint in the subnet; its id."""
    name = f"vpce-{len(plan.endpoints) + 1}"
    families: frozenset[Family] = frozenset(FAMILIES)
    if not plain and plan.chance(0.3):
        families = frozenset({4})
    plan.endpoints[name] = VpcEndpoint(
        id=name,
        kind=EndpointKind.GATEWAY_LOAD_BALANCER,
        vpc_id=plan.subnets[subnet_id].vpc_id,
        subnet_id=subnet_id,
        available=plain or plan.chance(0.85),
        families=families,
        gap=plan.gap(name, "VPCE-7"),
    )
    return name


def add_endpoints(plan: Plan) -> None:
    """An endpoint here and there; no route leads to those of interfaces (VPCE-3)."""
    for vpc_id in plan.vpcs:
        if plan.chance(0.06):
            add_gateway_endpoint(plan, vpc_id, plain=False)
        if plan.chance(0.04):
            own = sorted(s.id for s in plan.subnets.values() if s.vpc_id == vpc_id)
            add_firewall_endpoint(plan, plan.pick(own), plain=False)
        if plan.chance(0.03):
            name = f"vpce-{len(plan.endpoints) + 1}"
            plan.endpoints[name] = VpcEndpoint(
                id=name, kind=EndpointKind.INTERFACE, vpc_id=vpc_id, service="sqs"
            )

"""Virtual private gateways: attached or not, with ways that are known, unknown, and beyond."""

from __future__ import annotations

from dataclasses import replace

from tests.strategies.plan import Plan
from verifier.model import VpnGateway
from verifier.packet import Address


def add_vpn_gateway(plan: Plan, vpc_id: str, *, plain: bool) -> str:
    """A gateway of the VPC, which has none yet; its id."""
    name = f"vgw-{vpc_id[4:]}"
    plan.vpn_gateways[name] = VpnGateway(
        id=name,
        vpc_id=vpc_id if plain or plan.chance(0.85) else None,
        gap=plan.gap(name, "VGW-2") if plan.chance(0.3) else None,
        beyond=plan.gap(name, "VGW-2", "beyond") if plan.chance(0.5) else None,
    )
    return name


def vpn_gateway_of(plan: Plan, vpc_id: str) -> str:
    """The id of the gateway that is attached to the VPC; made if there is none."""
    for name, found in sorted(plan.vpn_gateways.items()):
        if found.vpc_id == vpc_id:
            return name
    return add_vpn_gateway(plan, vpc_id, plain=True)


def knows(plan: Plan, gateway: str, address: Address) -> None:
    """Let the gateway know a way to the address."""
    found = plan.vpn_gateways[gateway]
    plan.vpn_gateways[gateway] = replace(found, prefixes=(*found.prefixes, plan.around(address)))


def add_vpn_gateways(plan: Plan) -> None:
    """A gateway here and there, which knows of something."""
    for vpc_id in plan.vpcs:
        if plan.chance(0.06):
            name = add_vpn_gateway(plan, vpc_id, plain=False)
            knows(plan, name, plan.address(plan.family()))

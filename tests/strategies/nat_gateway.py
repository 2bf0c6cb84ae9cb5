"""NAT gateways: public and private, with several addresses, unavailable, of unmodelled kinds."""

from __future__ import annotations

from tests.strategies.interface import take
from tests.strategies.plan import Plan
from verifier.model import (
    InterfaceAddress,
    InterfaceKind,
    NatAddress,
    NatGateway,
    NetworkInterface,
    Subnet,
)


def add_nat_gateway(plan: Plan, subnet: Subnet, public: bool, plain: bool) -> str:
    """Add a gateway and its interfaces to the subnet, which has an IPv4 block; its id."""
    name = f"nat-{subnet.id[7:]}{len(plan.nat_gateways)}"
    block = next(prefix for prefix in subnet.prefixes if prefix.family == 4)
    addresses = []
    for number in range(plan.pick((1, 1, 2))):
        outer = plan.next_public() if public else None
        interface_id = f"eni-{name}{number}"
        own = take(plan, subnet, block)
        addresses.append(NatAddress(own, outer, interface_id, primary=number == 0))
        plan.interfaces[interface_id] = NetworkInterface(
            id=interface_id,
            vpc_id=subnet.vpc_id,
            subnet_id=subnet.id,
            kind=InterfaceKind.NAT_GATEWAY,
            type_name="nat_gateway",
            ipv4=(InterfaceAddress(own, primary=True, public=outer),),
            source_destination_check=False,
        )
    plan.nat_gateways[name] = NatGateway(
        id=name,
        vpc_id=subnet.vpc_id,
        subnet_id=subnet.id,
        public=public,
        available=plain or plan.chance(0.8),
        addresses=tuple(addresses),
        gap=None if plain or plan.chance(0.85) else plan.gap(name, "GAP-6"),
    )
    if not plain and plan.chance(0.3):
        plan.missing[("nat-beyond", name)] = plan.gap(name, "GAP-6", "beyond its clauses")
    return name


def add_nat_gateways(plan: Plan) -> None:
    """Add a gateway here and there."""
    for subnet in list(plan.subnets.values()):
        if plan.chance(0.07) and any(prefix.family == 4 for prefix in subnet.prefixes):
            add_nat_gateway(plan, subnet, plan.chance(0.6), plain=False)

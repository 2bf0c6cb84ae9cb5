"""Appliances: interfaces that forward, and Gateway Load Balancer endpoints, with edge tables."""

from __future__ import annotations

from dataclasses import dataclass, replace

from tests.strategies.instance import add_instance
from tests.strategies.interface import add_interface
from tests.strategies.plan import Plan
from tests.strategies.vpc_endpoint import add_firewall_endpoint
from verifier.model import EndpointTarget, InterfaceTarget, Route, RouteTarget
from verifier.packet import WIDTH, Address, Prefix


@dataclass(frozen=True)
class Appliance:
    """What stands in the way: the subnet it is in, what routes lead to, and its interface."""

    subnet_id: str
    target: RouteTarget
    interface_id: str | None


def add_appliance(plan: Plan, subnet_id: str, *, endpoint: bool) -> Appliance:
    """An interface that forwards, or a Gateway Load Balancer endpoint."""
    if endpoint:
        name = add_firewall_endpoint(plan, subnet_id, plain=True)
        return Appliance(subnet_id, EndpointTarget(name), None)
    name = add_interface(plan, plan.subnets[subnet_id], plain=True)
    own = replace(plan.interfaces[name], source_destination_check=plan.chance(0.08))
    plan.interfaces[name] = own
    if plan.chance(0.2):
        instance = add_instance(plan, name)
        plan.interfaces[name] = replace(own, instance_id=instance)
    gap = plan.gap(name, "RT-9", "appliance")
    return Appliance(subnet_id, InterfaceTarget(name, gap), name)


def lead_in(plan: Plan, gateway_id: str, vpc_id: str, address: Address, to: RouteTarget) -> None:
    """A route of the gateway's edge table for packets that come in to the address (IGW-10)."""
    name = plan.edge_tables.setdefault(gateway_id, f"rtb-{gateway_id}")
    routes = plan.tables.setdefault(name, (vpc_id, []))[1]
    width = WIDTH[address.family]
    prefix = Prefix.of(address, plan.pick((width, width, width - 2, width - 6)))
    if prefix not in [route.destination for route in routes]:
        routes.append(Route(destination=prefix, target=to))

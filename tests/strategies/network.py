"""Random networks: a permissive spine that lets one packet through, then noise around it.

    draw(random) -> Drawn           the same for the same state of `random`
    networks() -> SearchStrategy    the same for hypothesis, and it shrinks

Law: what is drawn is a network that reading a snapshot could give: every reference is resolved or
`missing` with a gap, addresses have one owner in a VPC, public ones one in the network (VPC-2,
VPC-3), and `gaps` lists every gap. Drawing rules alone, without a spine, gives networks in which
nothing reaches anything, and tests that find nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from random import Random

from hypothesis import strategies as st

from tests.strategies import (
    network_acl,
    network_firewall,
    route_table,
    security_group,
    transit_gateway,
)
from tests.strategies.egress_only_internet_gateway import add_egress_only_gateways
from tests.strategies.entrance import add_entrances
from tests.strategies.interface import add_interface
from tests.strategies.internet_gateway import add_internet_gateways
from tests.strategies.nat_gateway import add_nat_gateways
from tests.strategies.peering import add_peerings
from tests.strategies.plan import Plan, T
from tests.strategies.relayed_flow import Relayed, add_load_balancers
from tests.strategies.spine import KINDS, Kind, thread
from tests.strategies.subnet import add_subnets
from tests.strategies.twist import TWISTS, Twist, nothing
from tests.strategies.vpc import add_vpcs
from tests.strategies.vpc_endpoint import add_endpoints
from tests.strategies.vpn_gateway import add_vpn_gateways
from verifier.model import InterfaceKind, Network, NetworkAcl, RouteOrigin, SecurityGroup
from verifier.packet import Family
from verifier.trace import InterfaceHost, Probe


@dataclass(frozen=True)
class Drawn:
    """A network and the probe that its spine was made for (which noise may have stopped).

    `relayed` is the flow that load balancers were drawn for, if they were.
    """

    network: Network
    spine: Probe
    kind: str
    relayed: Relayed | None = None


def draw(
    random: Random,
    kind: Kind | None = None,
    twist: Twist | None = None,
    balancers: Random | None = None,
    focus: str = "",
) -> Drawn:
    """A random network; its spine is of this kind, and gets this twist, if they are asked for.

    With `balancers` it gets load balancers besides, which are drawn from there, with this focus.
    """
    plan = Plan(random)
    chosen = kind or plan.weighted(KINDS)
    family: Family = 6 if chosen.ipv6 and (not chosen.ipv4 or plan.chance(0.4)) else 4
    _place(plan, chosen, family)
    spine = thread(plan, chosen, family)
    if not plan.chance(0.22):
        _noise(plan)
    twist = twist or plan.pick(TWISTS)
    if plan.chance(0.4 if twist is nothing else 0.05):
        _sabotage(plan, spine)
    twist(plan, spine)
    flow = None
    if balancers is not None:
        plan.random, plan.focus = balancers, focus
        flow = add_load_balancers(plan, spine)
    return Drawn(freeze(plan), spine, chosen.name, flow)


def _place(plan: Plan, kind: Kind, family: Family) -> None:
    """Everything that the spine needs to stand on, and things that it does not need."""
    overlap = _overlap(plan, kind)
    count = max(kind.vpcs, plan.pick((1, 1, 2, 2, 3)), 3 if "vpc-c" in (overlap or ()) else 1)
    add_vpcs(plan, count, ipv6=family == 6, overlap=overlap)
    add_subnets(plan)
    security_group.add_groups(plan)
    for subnet in list(plan.subnets.values()):
        for number in range(plan.pick((1, 1, 2))):
            add_interface(plan, subnet, plain=number == 0 and plan.chance(0.8))
    add_internet_gateways(plan, set(sorted(plan.vpcs)[: kind.gateways]))
    add_nat_gateways(plan)
    add_peerings(plan)
    add_entrances(plan, set(sorted(plan.vpcs)[: kind.entrances]))
    add_egress_only_gateways(plan)
    add_vpn_gateways(plan)
    add_endpoints(plan)
    transit_gateway.add_transit_gateways(plan)
    network_acl.add_acls(plan)
    route_table.add_tables(plan)


def _overlap(plan: Plan, kind: Kind) -> tuple[str, str] | None:
    """Two VPCs with the same addresses; where the way needs both, it may break."""
    if kind.overlap:
        return "vpc-a", "vpc-b"
    if plan.chance(0.25 if kind.vpcs == 1 else 0.2):
        pairs = (("vpc-a", "vpc-b"), ("vpc-a", "vpc-c"), ("vpc-b", "vpc-c"))
        return plan.pick(pairs[:1] if kind.vpcs == 1 else pairs)
    return None


def _noise(plan: Plan) -> None:
    security_group.add_noise(plan)
    network_acl.add_noise(plan)
    route_table.add_noise(plan)
    transit_gateway.add_noise(plan)
    network_firewall.add_noise(plan)


def _sabotage(plan: Plan, spine: Probe) -> None:
    """Take away one thing on which the spine may depend, or put one in its way."""
    kind = plan.weighted({"deny": 4, "rule": 4, "entry": 3, "route": 3, "hole": 2, "more": 3})
    match kind:
        case "deny":
            subnet = plan.pick(sorted(plan.subnets))
            packet = spine.packet
            if plan.chance(0.4):
                packet = packet.reply() or packet
            network_acl.deny(plan, subnet, plan.chance(0.5), packet)
        case "rule":
            _drop_one(plan, [rules for _, rules in plan.groups.values()])
        case "entry":
            _drop_one(plan, [entries for _, entries in plan.acls.values()])
        case "route":
            _drop_one(plan, [routes for _, routes in plan.tables.values()])
        case "hole":
            routes = [routes for _, routes in plan.tables.values() if routes]
            if routes:
                chosen = plan.pick(routes)
                at = plan.random.randrange(len(chosen))
                chosen[at] = replace(chosen[at], blackhole=True)
        case _:
            _break(plan, spine)


def _break(plan: Plan, spine: Probe) -> None:
    """Something of the network's own stops: an interface, a gateway, a connection."""
    found = plan.interfaces.values()
    names = sorted(eni.id for eni in found if eni.kind is not InterfaceKind.NAT_GATEWAY)
    if isinstance(spine.destination, InterfaceHost) and plan.chance(0.6):
        names = [spine.destination.interface_id]
    interface = plan.interfaces[plan.pick(names)]
    kinds = ("detached", "stopped", "bare", "gateway", "peering", "nat", "propagated", "closed")
    match plan.pick(kinds):
        case "closed":
            closed = replace(interface, deny_all_internet_gateway=True)
            plan.interfaces[interface.id] = closed
        case "detached":
            plan.interfaces[interface.id] = replace(interface, attached=False)
        case "bare":
            plan.interfaces[interface.id] = replace(interface, groups=())
        case "stopped":
            for name, instance in plan.instances.items():
                plan.instances[name] = replace(instance, state="stopped")
        case "gateway":
            for name, gateway in plan.gateways.items():
                plan.gateways[name] = replace(gateway, vpc_ids=())
        case "peering":
            for name, peering in plan.peerings.items():
                plan.peerings[name] = replace(peering, active=False, status="deleted")
        case "nat":
            for name, nat in plan.nat_gateways.items():
                plan.nat_gateways[name] = replace(nat, available=False)
        case _:
            for _, routes in plan.tables.values():
                for at, route in enumerate(routes):
                    if isinstance(route.destination, tuple):
                        routes[at] = replace(route, origin=RouteOrigin.PROPAGATED)


def _drop_one(plan: Plan, lists: list[list[T]]) -> None:
    full = [found for found in lists if found]
    if full:
        chosen = plan.pick(full)
        chosen.pop(plan.random.randrange(len(chosen)))


def freeze(plan: Plan) -> Network:
    """The facts of the plan."""
    tables = {name: route_table.freeze_table(plan, name) for name in plan.tables}
    reference_gap = None
    if any(vpc.ipv6 for vpc in plan.vpcs.values()) and len(plan.vpcs) > 1:
        reference_gap = plan.gap("network", "SG-13")
    acls = {
        name: NetworkAcl(
            id=name,
            vpc_id=vpc_id,
            is_default=plan.default_acl.get(vpc_id) == name,
            subnet_ids=tuple(sorted(s for s, acl in plan.acl_of.items() if acl == name)),
            entries=tuple(entries),
        )
        for name, (vpc_id, entries) in plan.acls.items()
    }
    groups = {
        name: SecurityGroup(id=name, vpc_id=vpc_id, name=name, rules=tuple(rules))
        for name, (vpc_id, rules) in plan.groups.items()
    }
    return Network(
        vpcs=plan.vpcs,
        subnets=plan.subnets,
        network_acls=acls,
        security_groups=groups,
        interfaces=plan.interfaces,
        instances=plan.instances,
        instance_connect_endpoints={
            name: found
            for name, found in plan.connect_endpoints.items()
            if plan.interfaces[name].kind is InterfaceKind.INSTANCE_CONNECT_ENDPOINT
        },
        route_tables=tables,
        internet_gateways=plan.gateways,
        nat_gateways=plan.nat_gateways,
        peerings=plan.peerings,
        prefix_lists=plan.prefix_lists,
        load_balancers=plan.load_balancers,
        target_groups=plan.target_groups,
        egress_only_gateways=plan.egress_only_gateways,
        vpn_gateways=plan.vpn_gateways,
        vpc_endpoints=plan.endpoints,
        network_firewalls=plan.firewalls,
        transit_gateways=plan.transit_gateways,
        transit_attachments=plan.transit_attachments,
        transit_tables=plan.transit_tables,
        entrances=tuple(plan.entrances),
        relays=tuple(plan.relays),
        passages=plan.passages,
        missing=plan.missing,
        reference_gap=reference_gap,
        gaps=tuple(sorted(plan.gaps)),
    )


def networks(kind: Kind | None = None) -> st.SearchStrategy[Drawn]:
    """Random networks for hypothesis."""
    return st.randoms(use_true_random=False).map(lambda random: draw(random, kind))

"""Twists: one rare thing put on the spine's own way, so that a corpus has every clause often.

A twist is applied after the spine is threaded and noise is added; a fixed corpus goes round all of
them (`tests.crosscheck.corpus`). One that does not fit the spine changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from tests.strategies.entrance import unmodelled_target
from tests.strategies.instance_connect_endpoint import connect
from tests.strategies.interface import add_interface
from tests.strategies.nat_gateway import add_nat_gateway
from tests.strategies.plan import Plan
from tests.strategies.prefix_list import missing_list
from tests.strategies.route_table import add_exact_route, routes_of
from tests.strategies.spines import twists
from tests.strategies.spines.list_twists import (
    narrow_nat,
    odd_entry,
    only_just,
    stopped,
    wide_ports,
)
from tests.strategies.spines.shared_twists import namesakes, shared_group
from tests.strategies.spines.twists import end_of
from verifier.model import (
    GroupReference,
    InterfaceKind,
    InterfaceTarget,
    InternetGateway,
    InternetGatewayTarget,
    NatGatewayTarget,
    PassageGap,
    Route,
    RouteOrigin,
    SecurityGroupRule,
    UnmodelledTarget,
)
from verifier.packet import Prefix
from verifier.trace import InterfaceHost, Probe

Twist = Callable[[Plan, Probe], None]


def nothing(plan: Plan, spine: Probe) -> None:
    """Most networks stay as they are."""
    del plan, spine


def unfiltered(plan: Plan, spine: Probe) -> None:
    """The destination, or the source, is of a kind that groups do not filter (ENI-3)."""
    end = end_of(plan, spine.destination) or end_of(plan, spine.source)
    if end is not None:
        kind = InterfaceKind.NETWORK_LOAD_BALANCER
        changed = replace(end, kind=kind, type_name=kind.value, groups=())
        plan.interfaces[end.id] = changed


def one_way_kind(plan: Plan, spine: Probe) -> None:
    """An end whose kind only sends or only takes (ENI-4, ENI-7)."""
    end = end_of(plan, plan.pick((spine.source, spine.destination)))
    if end is not None:
        kind = plan.pick(
            (InterfaceKind.VPC_ENDPOINT, InterfaceKind.LAMBDA, InterfaceKind.VPC_ENDPOINT)
        )
        plan.interfaces[end.id] = replace(end, kind=kind, type_name=kind.value)


def blackhole(plan: Plan, spine: Probe) -> None:
    """The route of the packet, or of its reply, drops (RT-5)."""
    ends = [(end_of(plan, spine.source), spine.packet.destination)]
    ends.append((end_of(plan, spine.destination), spine.packet.source))
    for end, address in ends[: plan.pick((1, 2))]:
        routes = routes_of(plan, end.subnet_id) if end is not None else None
        for at, route in enumerate(routes or []):
            if (
                routes
                and isinstance(route.destination, Prefix)
                and route.destination.holds(address)
            ):
                routes[at] = replace(route, blackhole=True)


def shut_at_gateway(plan: Plan, spine: Probe) -> None:
    """The destination is closed to internet gateways, or detached (IGW-6)."""
    end = end_of(plan, spine.destination)
    if end is not None:
        detached = spine.packet.family == 4
        plan.interfaces[end.id] = replace(
            end, attached=not detached, deny_all_internet_gateway=not detached
        )


def passage(plan: Plan, spine: Probe) -> None:
    """Something at the gateway of an end's VPC is not understood (IGW-9, GAP-9)."""
    for host in (spine.destination, spine.source):
        end = end_of(plan, host)
        if end is not None and plan.chance(0.7):
            gap = plan.gap(end.vpc_id, "GAP-9", "passage twisted")
            plan.passages[end.vpc_id] = (PassageGap(gap, plan.chance(0.6)),)


def reply_to_nat(plan: Plan, spine: Probe) -> None:
    """The destination's table hands the reply to a NAT gateway (NAT-9)."""
    end = end_of(plan, spine.destination)
    places = [
        subnet
        for subnet in plan.subnets.values()
        if end is not None
        and subnet.vpc_id == end.vpc_id
        and subnet.id != end.subnet_id
        and any(prefix.family == 4 for prefix in subnet.prefixes)
    ]
    if end is not None and places:
        nat = add_nat_gateway(plan, plan.pick(places), plan.chance(0.5), plain=plan.chance(0.7))
        routes = routes_of(plan, end.subnet_id)
        if routes is not None:
            routes[:] = [r for r in routes if not _exactly(r.destination, spine)]
        add_exact_route(plan, end.subnet_id, spine.packet.source, NatGatewayTarget(nat))


def _exactly(destination: object, spine: Probe) -> bool:
    return (
        isinstance(destination, Prefix)
        and destination.holds(spine.packet.source)
        and destination.length >= 30
    )


def peering_down(plan: Plan, spine: Probe) -> None:
    """No connection is active (PCX-1)."""
    del spine
    for name, peering in plan.peerings.items():
        plan.peerings[name] = replace(peering, active=False, status="deleted")
    plan.entrances[:] = [door for door in plan.entrances if door.kind != "peering"]


def nat_down(plan: Plan, spine: Probe) -> None:
    """No NAT gateway can be used (NAT-1)."""
    del spine
    for name, nat in plan.nat_gateways.items():
        plan.nat_gateways[name] = replace(nat, available=False)


def by_reference(plan: Plan, spine: Probe) -> None:
    """One end lets the packet pass by a reference to the other's group alone (SG-10 to SG-12)."""
    _only_by_reference(plan, spine, egress=plan.chance(0.5))


def _only_by_reference(plan: Plan, spine: Probe, *, egress: bool) -> None:
    ends = (end_of(plan, spine.source), end_of(plan, spine.destination))
    own, other = ends if egress else ends[::-1]
    if own is None or other is None or not own.groups or not other.groups:
        return
    for group in own.groups:
        if group in plan.groups:
            rules = plan.groups[group][1]
            rules[:] = [rule for rule in rules if rule.egress != egress]
    known = [group for group in own.groups if group in plan.groups]
    if known:
        peer = GroupReference(plan.pick(other.groups))
        plan.groups[plan.pick(known)][1].append(
            SecurityGroupRule(egress=egress, protocol=-1, peer=peer)
        )
    for name, found in plan.peerings.items():
        regions = plan.pick((("eu-central-1", "us-east-1"), ("eu-central-1", None)))
        one, two = replace(found.requester, region=regions[0]), found.accepter
        changed = replace(found, requester=one, accepter=replace(two, region=regions[1]))
        if plan.chance(0.6):
            plan.peerings[name] = changed


def by_missing_group(plan: Plan, spine: Probe) -> None:
    """One end carries nothing but a group that is not in the snapshot (GAP-5)."""
    end = end_of(plan, plan.pick((spine.source, spine.destination)))
    if end is not None:
        key = ("security-group", "sg-gone")
        plan.missing.setdefault(key, plan.gap("sg-gone", "GAP-5"))
        plan.interfaces[end.id] = replace(end, groups=("sg-gone",))


def two_groups(plan: Plan, spine: Probe) -> None:
    """Each end carries another group, whose rules have nothing for the packet (SG-1)."""
    for host in (spine.source, spine.destination):
        end = end_of(plan, host)
        if end is None:
            continue
        name = f"sg-more-{end.id[4:]}"
        rules = [
            SecurityGroupRule(
                egress=egress, protocol=-1, peer=Prefix.of(plan.pick(plan.known(4)), 32)
            )
            for egress in (False, True)
        ]
        plan.groups[name] = (end.vpc_id, rules)
        groups = (name, *end.groups) if plan.chance(0.6) else (*end.groups, name)
        plan.interfaces[end.id] = replace(end, groups=groups)


def foreign_gateway(plan: Plan, spine: Probe) -> None:
    """The source's table names an internet gateway of another VPC (IGW-1)."""
    end = end_of(plan, spine.source)
    routes = routes_of(plan, end.subnet_id) if end is not None else None
    if end is None or routes is None:
        return
    name = "igw-else"
    others = tuple(vpc_id for vpc_id in plan.vpcs if vpc_id != end.vpc_id)[:1]
    taken = {vpc_id for gateway in plan.gateways.values() for vpc_id in gateway.vpc_ids}
    free = tuple(vpc_id for vpc_id in others if vpc_id not in taken)
    plan.gateways[name] = InternetGateway(id=name, vpc_ids=free)
    for at, route in enumerate(routes):
        if isinstance(route.target, InternetGatewayTarget):
            routes[at] = replace(route, target=InternetGatewayTarget(name))


def propagated(plan: Plan, spine: Probe) -> None:
    """The routes of the source's table are propagated ones (RT-4)."""
    end = end_of(plan, spine.source)
    routes = routes_of(plan, end.subnet_id) if end is not None else None
    for at, route in enumerate(routes or []):
        if routes and isinstance(route.destination, Prefix):
            routes[at] = replace(route, origin=RouteOrigin.PROPAGATED)


def forger(plan: Plan, spine: Probe) -> None:
    """The source's addresses are those of a neighbour, and nobody checks (ENI-2, CONN-1)."""
    end = end_of(plan, spine.source)
    if end is None:
        return
    name = add_interface(plan, plan.subnets[end.subnet_id], plain=True)
    new = plan.interfaces[name]
    plan.interfaces[name] = replace(
        new, ipv4=end.ipv4, ipv6=end.ipv6, delegated=end.delegated, groups=end.groups
    )
    plan.interfaces[end.id] = replace(
        end, ipv4=new.ipv4, ipv6=new.ipv6, delegated=new.delegated, source_destination_check=False
    )


def middlebox(plan: Plan, spine: Probe) -> None:
    """What the source's table hands to something unmodelled goes to an interface (RT-9)."""
    end = end_of(plan, spine.source)
    routes = routes_of(plan, end.subnet_id) if end is not None else None
    ends = (spine.source, spine.destination)
    found = [
        eni
        for eni in plan.interfaces.values()
        if end is not None and eni.vpc_id == end.vpc_id and InterfaceHost(eni.id) not in ends
    ]
    if not found or routes is None:
        return
    chosen = plan.pick(found)
    if chosen.kind is not InterfaceKind.NAT_GATEWAY:
        plan.interfaces[chosen.id] = replace(chosen, source_destination_check=plan.chance(0.6))
    gap = plan.gap(chosen.id, "RT-9", "twisted")
    for at, route in enumerate(routes):
        if isinstance(route.target, UnmodelledTarget):
            routes[at] = replace(route, target=InterfaceTarget(chosen.id, gap))


def unknown_routes(plan: Plan, spine: Probe) -> None:
    """The source's table has routes whose prefix lists are not in the snapshot (GAP-8)."""
    end = end_of(plan, spine.source)
    routes = routes_of(plan, end.subnet_id) if end is not None else None
    for _ in range(plan.pick((1, 2, 2))):
        if routes is not None:
            target = unmodelled_target(plan)
            routes.append(Route(destination=missing_list(plan), target=target))


def twin(plan: Plan, spine: Probe) -> None:
    """Another interface just like an end but for its addresses, so that they are one class."""
    end = end_of(plan, plan.pick((spine.source, spine.destination)))
    if end is None:
        return
    subnet = plan.subnets[end.subnet_id]
    name = add_interface(plan, subnet, plain=True)
    added = plan.interfaces[name]
    plan.interfaces[name] = replace(
        end, id=name, ipv4=added.ipv4, ipv6=added.ipv6, delegated=added.delegated
    )
    if end.id in plan.connect_endpoints:
        connect(plan, name, plan.connect_endpoints[end.id].keeps_clients)


def stopped_between(plan: Plan, spine: Probe) -> None:
    """As `stopped`, on ways with many lists, some of which are not asked (TGW-3, TGW-7, MBX-2)."""
    stopped(plan, spine)


def by_reference_across(plan: Plan, spine: Probe) -> None:
    """The destination takes the packet by a reference that the way may lose (TGW-8, MBX-3)."""
    _only_by_reference(plan, spine, egress=plan.chance(0.3))
    if plan.chance(0.75):
        twists.all_but_one(plan)


def unused(plan: Plan, spine: Probe) -> None:
    """As `nothing`, on ways that other twists are made for."""
    nothing(plan, spine)


def elsewhere(plan: Plan, spine: Probe) -> None:
    """As `nothing`, on ways by gateways of VPCs that have the source's address, too (IGW-2)."""
    nothing(plan, spine)


def connecting(plan: Plan, spine: Probe) -> None:
    """As `nothing` or `by_reference`, from EC2 Instance Connect Endpoints (EICE)."""
    plan.pick((nothing, nothing, by_reference, stopped))(plan, spine)


TWISTS: tuple[Twist, ...] = (
    nothing, stopped, unfiltered, by_reference, one_way_kind, only_just, one_way_kind, blackhole,
    twin, shut_at_gateway, stopped, passage, two_groups, reply_to_nat, nothing, peering_down,
    odd_entry, by_reference, wide_ports, stopped, nat_down, foreign_gateway, by_missing_group,
    only_just, propagated, unknown_routes, odd_entry, nothing, stopped, narrow_nat, by_reference,
    narrow_nat, shut_at_gateway, by_reference, middlebox, narrow_nat, propagated, forger, forger,
    *twists.TWISTS, stopped_between, by_reference_across, nothing, stopped_between, unused, unused,
    twists.one_sided, twists.edge_elsewhere, twists.detached, unused, twists.one_sided,
    twists.inspected, twists.inspected, twists.endpoints_off, unused, twists.inspected,
    by_reference_across, by_reference_across, twists.public_access, stopped_between,
    twists.more_ways, shared_group, shared_group, twists.connects_otherwise, unused, unused,
    shared_group, twists.half_seen, twists.no_ipv6, elsewhere, elsewhere, connecting, connecting,
    connecting, twists.default_back, elsewhere, twists.half_seen,
    namesakes, namesakes, twists.half_seen, elsewhere, twists.no_ipv6,
)  # fmt: skip

FITTING: dict[Twist, tuple[str, ...]] = {
    blackhole: ("internet-in", "internet-out", "peering", "hairpin", "nat-out", "exit-out"),
    narrow_nat: (
        "nat-out", "nat-peering", "nat-local", "nat-peering", "nat-hairpin", "nat64-local",
        "nat64-peering", "nat64-sites",
    ),
    shut_at_gateway: ("internet-in", "hairpin", "hairpin-across", "hairpin-across-ipv6"),
    passage: ("internet-in", "internet-out", "hairpin", "hairpin-across", "nat-out", "exit-public"),
    reply_to_nat: ("vpc", "peering", "internet-in", "hairpin"),
    peering_down: ("peering", "nat-peering"),
    nat_down: ("nat-out", "nat-local", "nat-peering", "nat-hairpin", "nat64-out"),
    by_reference: (
        "subnet", "vpc", "peering", "peering", "hairpin", "hairpin-across", "hairpin-across-ipv6",
        "nat-hairpin", "nat-local", "nat-peering", "exit-in", "connect-user", "connect-own",
    ),
    foreign_gateway: ("internet-out", "hairpin", "hairpin-across", "hairpin-across-ipv6"),
    propagated: ("nat-local", "nat-local", "exit-in", "peering"),
    forger: ("vpc", "peering", "subnet", "hairpin-across-ipv6"),
    middlebox: ("exit-in", "exit-out", "exit-public"),
    stopped_between: (*twists.TRANSIT, *twists.APPLIANCES),
    shared_group: (
        "subnet", "vpc", "peering", "transit", "hairpin-across-ipv6", "connect-user", "peering",
    ),
    namesakes: ("peering", "transit", "peering", "transit-peering", "nat-peering"),
    elsewhere: ("transit-elsewhere", "transit-elsewhere", "answer-elsewhere"),
    connecting: twists.CONNECT,
    by_reference_across: ("transit", "appliance", "transit", "transit-peering", "inspection"),
    unused: (
        *twists.TRANSIT, *twists.APPLIANCES, "egress-only", "gateway-endpoint", "vpn-out",
        "vpn-in", "transit-loop", "gateway-endpoint-nat", "egress-only-across", "transit-beyond",
        "transit-beyond", "transit-beyond", "nat64-sites", "nat64-chain", "nat64-hairpin",
        "nat64-peering", "edge-in", "peering-beyond", "gateway-endpoint-nat", "exit-public",
    ),
    **twists.TWISTS,
}  # fmt: skip
"""Names of the kinds of way that a twist is made for; any if it is not here."""

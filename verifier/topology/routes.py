"""Where a route table sends an address: longest prefix as a partition of the address space.

Owns the next hops that the encoder knows and, per table and family, which addresses each gets.
Law (RT-2 to RT-6): the spans of a table's hops are disjoint, and an address in none of them is
dropped. A table is one partition, never a list of paths: what lies behind a hop is said once, at
the hop. Unknown prefix lists (GAP-8) are kept beside the partition, since they depend on the gaps.
"""

from __future__ import annotations

from typing import NamedTuple, assert_never

from verifier.model import (
    AttachmentKind,
    EgressOnlyTarget,
    EndpointKind,
    EndpointTarget,
    Gap,
    InterfaceTarget,
    InternetGatewayTarget,
    LocalTarget,
    NatGatewayTarget,
    Network,
    PeeringConnection,
    PeeringSide,
    PeeringTarget,
    Route,
    RouteOrigin,
    RouteTable,
    RouteTarget,
    TransitGatewayAttachment,
    TransitGatewayTarget,
    UnmodelledTarget,
    VpnGatewayTarget,
)
from verifier.packet import LARGEST, Family, Prefix
from verifier.topology.hops import (
    Appliance,
    Dead,
    EgressOnly,
    Exit,
    Gateway,
    Hop,
    Inspection,
    Leads,
    Local,
    Nat,
    Peer,
    Service,
    Transit,
    Vpn,
)
from verifier.topology.spans import Spans, common, normal, without


class Routing(NamedTuple):
    """One table in one family.

    `leads`: the partition. `local`: what the winning `local` routes hold. `unknown`: an exit for
    each route whose prefix list is not in the snapshot (GAP-8).
    """

    leads: Leads
    local: Spans
    unknown: tuple[Exit, ...]


def same_region(peering: PeeringConnection) -> bool:
    """True iff the connection keeps references: not known to join two Regions (SG-12)."""
    one, other = peering.requester.region, peering.accepter.region
    return one is None or other is None or one == other


def other_side(peering: PeeringConnection, vpc_id: str) -> PeeringSide | None:
    """The far side as seen from this VPC; None iff it carries nothing from there (PCX-1, PCX-5)."""
    one, other = peering.requester, peering.accepter
    if not peering.active or one.vpc_id == other.vpc_id:
        return None
    if vpc_id == one.vpc_id:
        return other
    return one if vpc_id == other.vpc_id else None


def routing(network: Network, table: RouteTable, family: Family) -> Routing:
    """The partition that the table makes of the addresses of a family (RT-2 to RT-6)."""
    ranked: dict[Prefix, list[tuple[int, Route]]] = {}
    unknown: list[Exit] = []
    blocks = network.vpcs[table.vpc_id].prefixes
    for route in table.routes:
        prefixes, rank = _destinations(network, route, unknown)
        for prefix in prefixes:
            if prefix.family == family and not _ignored(route, prefix, blocks):
                ranked.setdefault(prefix, []).append((rank, route))
    listed = {
        prefix
        for prefix, routes in ranked.items()
        if any(isinstance(route.destination, Prefix) for _, route in routes)
    }
    local = Route(destination=Prefix(family, 0, 0), target=LocalTarget())
    for block in blocks:
        if block.family == family and block not in listed:
            ranked.setdefault(block, []).append((0, local))
    return _partition(network, table, family, ranked, tuple(unknown))


def _destinations(
    network: Network, route: Route, unknown: list[Exit]
) -> tuple[tuple[Prefix, ...], int]:
    """The route's prefixes and its rank among equal ones (RT-4, PL-1, PL-2)."""
    local = isinstance(route.target, LocalTarget)
    if isinstance(route.destination, Prefix):
        if local:
            return (route.destination,), 0
        return (route.destination,), 3 if route.origin is RouteOrigin.PROPAGATED else 1
    known = network.prefix_lists.get(route.destination.prefix_list_id)
    if known is None:
        gap = network.missing.get(("prefix-list", route.destination.prefix_list_id))
        unknown.append(_unknown(network, route.target, gap))
        return (), 2
    return known.prefixes, 0 if local else 2


def _unknown(network: Network, target: RouteTarget, gap: Gap | None) -> Exit:
    """GAP-8: what a route to unknown destinations may lead to."""
    match target:
        case UnmodelledTarget(id=id_, internet=False):
            return Exit(gap, False, id_)
        case EndpointTarget(id_):
            endpoint = network.vpc_endpoints.get(id_)
            if endpoint is not None and endpoint.kind is EndpointKind.GATEWAY:
                return Exit(gap, False, id_)
    return Exit(gap)


def _ignored(route: Route, prefix: Prefix, blocks: tuple[Prefix, ...]) -> bool:
    propagated = route.origin is RouteOrigin.PROPAGATED
    return propagated and any(block.covers(prefix) for block in blocks)


def _partition(
    network: Network,
    table: RouteTable,
    family: Family,
    ranked: dict[Prefix, list[tuple[int, Route]]],
    unknown: tuple[Exit, ...],
) -> Routing:
    """Longest prefixes first; each takes what no longer one has taken (RT-3)."""
    free: Spans = ((0, LARGEST[family]),)
    found: dict[Hop, list[tuple[int, int]]] = {}
    local: list[tuple[int, int]] = []
    for prefix in sorted(ranked, key=lambda prefix: (-prefix.length, prefix.network)):
        taken = common(((prefix.first, prefix.last),), free)
        if not taken:
            continue
        free = without(free, taken)
        best = min(rank for rank, _ in ranked[prefix])
        routes = [route for rank, route in ranked[prefix] if rank == best]
        if len({_component(route) for route in routes}) > 1:
            found.setdefault(Exit(table.tie_gap), []).extend(taken)
            continue
        if isinstance(routes[0].target, LocalTarget):
            local.extend(taken)
        if not routes[0].blackhole:
            for hop, spans in _hops(network, table, family, routes[0].target, taken):
                found.setdefault(hop, []).extend(spans)
    leads = tuple((hop, normal(spans)) for hop, spans in found.items() if spans)
    return Routing(leads, normal(local), unknown)


def _component(route: Route) -> tuple[str, str, bool]:
    """What two routes of the same rank must share not to tie (RT-4)."""
    match route.target:
        case LocalTarget():
            name = ("local", "")
        case InternetGatewayTarget(id_):
            name = ("igw", id_)
        case NatGatewayTarget(id_):
            name = ("nat", id_)
        case PeeringTarget(id_):
            name = ("pcx", id_)
        case InterfaceTarget(id_):
            name = ("eni", id_)
        case EgressOnlyTarget(id_):
            name = ("eigw", id_)
        case TransitGatewayTarget(id_):
            name = ("tgw", id_)
        case VpnGatewayTarget(id_):
            name = ("vgw", id_)
        case EndpointTarget(id_):
            name = ("vpce", id_)
        case UnmodelledTarget(kind=kind, id=id_):
            name = (kind, id_)
        case _ as never:
            assert_never(never)
    return (*name, route.blackhole)


def _hops(
    network: Network, table: RouteTable, family: Family, target: RouteTarget, spans: Spans
) -> list[tuple[Hop, Spans]]:
    """What the target makes of the addresses; nothing where it drops them (RT-7 to RT-10)."""
    vpc_id = table.vpc_id
    match target:
        case LocalTarget():
            return [(Local(), spans)]
        case InternetGatewayTarget(id_):
            gateway = network.internet_gateways.get(id_)
            if gateway is None:
                return [(_missing(network, "internet-gateway", id_), spans)]
            return [(Gateway(id_), spans)] if vpc_id in gateway.vpc_ids else []
        case NatGatewayTarget(id_):
            nat = network.nat_gateways.get(id_)
            if nat is None:
                return [(_missing(network, "nat-gateway", id_), spans)]
            if nat.gap is not None:
                return [(Exit(nat.gap, components=(id_,)), spans)]
            return [(Nat(id_), spans)] if nat.available and nat.vpc_id == vpc_id else []
        case PeeringTarget(id_):
            return _crossing(network, vpc_id, id_, family, spans)
        case InterfaceTarget(id_, gap):
            return _appliance(network, vpc_id, id_, gap, family, spans)
        case EgressOnlyTarget(id_):
            egress = network.egress_only_gateways.get(id_)
            if egress is None:
                return [(_missing(network, "egress-only-internet-gateway", id_), spans)]
            return [(EgressOnly(id_), spans)] if egress.vpc_id == vpc_id and family == 6 else []
        case VpnGatewayTarget(id_):
            private = network.vpn_gateways.get(id_)
            if private is None:
                return [(_missing(network, "vpn-gateway", id_), spans)]
            return [(Vpn(id_), spans)] if private.vpc_id == vpc_id else []
        case EndpointTarget(id_):
            return [(hop, spans) for hop in _endpoint(network, vpc_id, id_, family)]
        case TransitGatewayTarget(id_):
            return [(hop, spans) for hop in _transit(network, vpc_id, id_, family)]
        case UnmodelledTarget(gap=gap, internet=internet, id=name):
            return [(Exit(gap, internet, name, (name,)), spans)]
        case _ as never:
            assert_never(never)


def _missing(network: Network, kind: str, id_: str) -> Exit:
    """The exit for a target that is not in the snapshot."""
    return Exit(network.missing.get((kind, id_)), components=(id_,))


def _endpoint(network: Network, vpc_id: str, id_: str, family: Family) -> tuple[Hop, ...]:
    """VPCE-1, VPCE-3, VPCE-5."""
    endpoint = network.vpc_endpoints.get(id_)
    if endpoint is None:
        return (_missing(network, "vpc-endpoint", id_),)
    works = endpoint.available and endpoint.vpc_id == vpc_id
    match endpoint.kind:
        case EndpointKind.GATEWAY:
            return (Service(id_),) if works else ()
        case EndpointKind.GATEWAY_LOAD_BALANCER:
            takes = endpoint.subnet_id in network.subnets and family in endpoint.families
            return (Inspection(id_) if works and takes else Dead(id_),)
        case EndpointKind.INTERFACE:
            return ()
        case _ as never:
            assert_never(never)


def _transit(network: Network, vpc_id: str, id_: str, family: Family) -> tuple[Hop, ...]:
    """TGW-1, and of TGW-2 what concerns families."""
    gateway = network.transit_gateways.get(id_)
    if gateway is None:
        return (_missing(network, "transit-gateway", id_),)
    if gateway.gap is not None:
        return (Exit(gateway.gap, components=(id_,)),)
    mine = attachment_of(network, id_, vpc_id)
    if mine is None:
        return ()
    if mine.gap is not None:
        return (Exit(mine.gap, components=(id_, mine.id)),)
    return (Transit(id_, mine.id),) if family == 4 or mine.ipv6 else ()


def attachment_of(
    network: Network, gateway_id: str, vpc_id: str
) -> TransitGatewayAttachment | None:
    """The VPC's available attachment to the transit gateway, the first by id (TGW-1)."""
    found = [
        each
        for each in network.transit_attachments.values()
        if each.transit_gateway_id == gateway_id and each.vpc_id == vpc_id and each.available
        if each.kind is AttachmentKind.VPC
    ]
    return min(found, key=lambda each: each.id, default=None)


def _crossing(
    network: Network, vpc_id: str, peering_id: str, family: Family, spans: Spans
) -> list[tuple[Hop, Spans]]:
    """PCX-1 to PCX-3, PCX-5."""
    peering = network.peerings.get(peering_id)
    if peering is None:
        return [(_missing(network, "peering", peering_id), spans)]
    side = other_side(peering, vpc_id)
    if side is None:
        return []
    far = network.vpcs.get(side.vpc_id)
    prefixes = side.prefixes if far is None else far.prefixes
    inside = normal((block.first, block.last) for block in prefixes if block.family == family)
    if far is not None:
        return [(Peer(peering_id, side.vpc_id), common(spans, inside))]
    doors = (each for each in network.entrances if each.vpc_id == vpc_id)
    gaps = [door.gap for door in doors if door.id == peering_id]
    reached = common(spans, inside) if prefixes else spans
    return [(Exit(gaps[0] if gaps else None, True, peering_id, (peering_id,), True), reached)]


def _appliance(
    network: Network, vpc_id: str, interface_id: str, gap: Gap, family: Family, spans: Spans
) -> list[tuple[Hop, Spans]]:
    """RT-9: what the interface owns is local; the rest is the appliance's affair."""
    interface = network.interfaces.get(interface_id)
    if interface is None or interface.vpc_id != vpc_id:
        return [(Exit(gap, components=(interface_id,)), spans)]
    own = owned(network, interface_id, family)
    forwards = interface.attached and not interface.source_destination_check
    box: Hop = Appliance(interface_id, gap) if forwards else Dead(interface_id)
    return [(Local(), common(spans, own)), (box, without(spans, own))]


def owned(network: Network, interface_id: str, family: Family) -> Spans:
    """Every address of the family that the interface owns (ENI-1)."""
    interface = network.interfaces[interface_id]
    parts = [(part.first, part.last) for part in interface.delegated if part.family == family]
    if family == 4:
        parts += [(own.address.value, own.address.value) for own in interface.ipv4]
    else:
        parts += [(address.value, address.value) for address in interface.ipv6]
    return normal(parts)

"""What a place does with packets: its table, the lists on the way, and who takes them next.

Owns the edges between the stages of `verifier.encode.travel`. A table's hop is read here once,
whoever sent the packet: a host's own subnet (`start`), an attachment's, an appliance, an endpoint,
a NAT gateway, or a gateway's own table.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import assert_never

from verifier.encode import (
    appliance,
    network_acl,
    network_firewall,
    peering,
    route_table,
    transit_gateway,
    vpc_endpoint,
    vpn_gateway,
)
from verifier.encode.packet import References, Scope
from verifier.encode.stage import (
    Across,
    Arrive,
    AtAppliance,
    AtEdge,
    AtEndpoint,
    AtSubnet,
    AtTable,
    Edge,
    Home,
    Left,
    Out,
    Place,
    Segment,
    Sender,
    Way,
)
from verifier.encode.terms import TRUE
from verifier.model import (
    EgressOnlyTarget,
    EndpointTarget,
    InterfaceTarget,
    InternetGatewayTarget,
    LocalTarget,
    NatGatewayTarget,
    Network,
    PeeringTarget,
    RouteTarget,
    TransitGatewayTarget,
    UnmodelledTarget,
    VpnGatewayTarget,
)
from verifier.packet import NAT64
from verifier.topology import (
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
    Spans,
    Transit,
    Vpn,
    common,
    without,
)

NAMES: Spans = ((NAT64.first, NAT64.last),)
"""The destinations for which a NAT gateway takes an IPv6 packet (NAT-10)."""


def _open(references: References) -> int:
    return TRUE


def edges(scope: Scope, segment: Segment, at: Place, known: Mapping[str, int]) -> Iterator[Edge]:
    """The edges of a place."""
    match at:
        case AtTable():
            yield from transit_gateway.edges(scope, segment, at)
        case AtSubnet(subnet, kept, home):
            yield from _subnet(scope, segment, subnet, kept, home, known)
        case AtEdge():
            yield from _edge(scope, segment, at, known)
        case AtAppliance(id_):
            yield from _appliance(scope, segment, id_, known)
        case AtEndpoint(id_):
            yield from _endpoint(scope, segment, id_, known)
        case _ as never:
            assert_never(never)


def _subnet(
    scope: Scope,
    segment: Segment,
    subnet: str,
    kept: bool,
    home: bool,
    known: Mapping[str, int],
) -> Iterator[Edge]:
    """TGW-7, NAT-5, NAT-8."""
    sender = Sender(
        scope.index.network.subnets[subnet].vpc_id,
        subnet,
        kept,
        False,
        partial(_egress, scope, segment, subnet),
        _open,
    )
    own = scope.index.subnet_blocks(subnet, scope.family) if home else ()
    if own:
        references = References.KEPT if kept else References.LOST
        yield Edge(Home(subnet, references), own, lambda: TRUE)
    yield from _hops(scope, segment, sender, own, known)


def _appliance(
    scope: Scope, segment: Segment, id_: str, known: Mapping[str, int]
) -> Iterator[Edge]:
    """MBX-3."""
    interface = scope.index.network.interfaces[id_]
    subnet = interface.subnet_id
    gate: Callable[[References], int] = _open
    if segment.forth:
        gate = partial(appliance.sends, scope, segment, interface)
    sender = Sender(
        interface.vpc_id, subnet, False, False, partial(_egress, scope, segment, subnet), gate
    )
    own = scope.index.subnet_blocks(subnet, scope.family)
    yield Edge(Home(subnet, References.LOST), own, partial(gate, References.KEPT))
    yield from _hops(scope, segment, sender, own, known)


def _endpoint(scope: Scope, segment: Segment, id_: str, known: Mapping[str, int]) -> Iterator[Edge]:
    """VPCE-6, NFW-1."""
    endpoint = scope.index.network.vpc_endpoints[id_]
    subnet = endpoint.subnet_id or ""
    handed_back = partial(network_firewall.passes, scope, segment, id_, known)

    def gate(references: References) -> int:
        return handed_back()

    out = partial(_egress, scope, segment, subnet)
    sender = Sender(endpoint.vpc_id, subnet, False, False, out, gate)
    own = scope.index.subnet_blocks(subnet, scope.family)
    if scope.open(endpoint.gap):
        yield Edge(Out(Exit(endpoint.gap), endpoint.vpc_id), own, handed_back)
    yield from _hops(scope, segment, sender, own, known)


def _edge(scope: Scope, segment: Segment, at: AtEdge, known: Mapping[str, int]) -> Iterator[Edge]:
    """IGW-10, VGW-3."""
    vpc_id = scope.index.network.route_tables[at.table].vpc_id
    sender = Sender(vpc_id, None, False, False, lambda: TRUE, _open)
    for hop, spans in edge_leads(scope, at.table, forth=segment.forth):
        match hop:
            case Local():
                foreign = at.internet and not at.lost
                references = References.FOREIGN if foreign else References.LOST
                yield Edge(Arrive(vpc_id, references), spans, lambda: TRUE)
            case Appliance(id_):
                barred = at.internet and scope.family == 4
                if not barred or appliance.public(scope.index.network, id_):
                    yield from onward(scope, segment, sender, hop, spans, known)
            case Inspection() | Exit():
                yield from onward(scope, segment, sender, hop, spans, known)
            case _:
                pass


def edge_leads(scope: Scope, table_id: str, *, forth: bool, every: bool = False) -> Leads:
    """The hops of a gateway's table; of exits only those that such a table can lead to (IGW-10).

    `every`: closed exits, too, unknown prefix lists apart (IGW-11).
    """
    known = scope.index.routing(table_id, scope.family).leads
    if not every:
        known = route_table.leads(scope, table_id, forth=forth)
    never = {
        id_
        for route in scope.index.network.route_tables[table_id].routes
        for id_ in _named(route.target)
    }
    return tuple(
        (hop, spans)
        for hop, spans in known
        if not isinstance(hop, Exit) or never.isdisjoint(hop.components)
    )


def _named(target: RouteTarget) -> tuple[str, ...]:
    """The id of what a gateway's table never leads to, known or not."""
    match target:
        case InternetGatewayTarget(id_) | NatGatewayTarget(id_) | PeeringTarget(id_):
            return (id_,)
        case EgressOnlyTarget(id_) | TransitGatewayTarget(id_) | VpnGatewayTarget(id_):
            return (id_,)
        case LocalTarget() | InterfaceTarget() | EndpointTarget() | UnmodelledTarget():
            return ()
        case _ as never:
            assert_never(never)


def _egress(scope: Scope, segment: Segment, subnet: str) -> int:
    return network_acl.subnet_passes(scope, subnet, True, segment.destination, segment.port)


def _hops(
    scope: Scope, segment: Segment, sender: Sender, own: Spans, known: Mapping[str, int]
) -> Iterator[Edge]:
    """What the table of the sender's subnet does, the subnet's own addresses apart."""
    assert sender.subnet is not None
    found: Leads = route_table.subnet_leads(scope, sender.subnet, forth=segment.forth)
    for hop, spans in found:
        rest = without(spans, own)
        if rest:
            yield from onward(scope, segment, sender, hop, rest, known)


def onward(
    scope: Scope,
    segment: Segment,
    sender: Sender,
    hop: Hop,
    spans: Spans,
    known: Mapping[str, int],
) -> Iterator[Edge]:
    """RT-7 to RT-9: where the hop leads, through the sender's filters."""

    def through(references: References) -> Callable[[], int]:
        return lambda: scope.terms.all_of((sender.out(), sender.gate(references)))

    lost = through(References.LOST)
    vpc_id = sender.vpc_id
    match hop:
        case Local():
            references = References.KEPT if sender.kept else References.LOST
            yield Edge(Arrive(vpc_id, references), spans, through(References.KEPT))
        case Gateway(id_):
            abroad = through(gateway_references(scope))
            yield Edge(Left(Way.GATEWAY, id_, vpc_id), spans, abroad)
        case EgressOnly(id_):
            abroad = through(gateway_references(scope))
            yield Edge(Left(Way.EGRESS_ONLY, id_, vpc_id), spans, abroad)
        case Nat(id_):
            if scope.index.network.nat_gateways[id_].subnet_id == sender.subnet:
                return
            served = spans if scope.family == 4 else common(spans, NAMES)
            yield Edge(Left(Way.NAT, id_, vpc_id), served, lost)
        case Peer(id_, far):
            crossing = peering.references(scope, hop)
            kept = crossing if sender.kept else References.LOST
            near = peering.near(scope, segment, sender)
            passed = through(crossing)
            yield Edge(
                Across(id_, far, kept), spans, lambda: scope.terms.all_of((near(), passed()))
            )
        case Exit():
            near = peering.near(scope, segment, sender) if hop.peered else lost
            yield Edge(Out(hop, vpc_id), spans, lambda: scope.terms.all_of((near(), lost())))
        case Vpn(id_):
            yield from vpn_gateway.edges(scope, segment, id_, spans, lost)
        case Service(id_):
            yield from vpc_endpoint.service(scope, segment, id_, spans, lost)
        case Inspection(id_):
            yield from vpc_endpoint.inspection(scope, segment, id_, spans, lost, known)
        case Appliance():
            yield from appliance.edges(scope, segment, sender, hop, spans, known)
        case Transit():
            yield from transit_gateway.entered(scope, segment, sender, hop, spans)
        case Dead():
            pass
        case _ as never:
            assert_never(never)


def gateway_references(scope: Scope) -> References:
    """What an egress rule's references match towards an internet gateway (SG-13)."""
    if scope.family == 6 and scope.open(scope.index.network.reference_gap):
        return References.FOREIGN
    return References.LOST


def home(network: Network, hop: Nat | EgressOnly | Vpn | Service | Inspection | Appliance) -> str:
    """The VPC of what the hop names."""
    match hop:
        case Nat(id_):
            return network.nat_gateways[id_].vpc_id
        case EgressOnly(id_):
            return network.egress_only_gateways[id_].vpc_id or ""
        case Vpn(id_):
            return network.vpn_gateways[id_].vpc_id or ""
        case Service(id_) | Inspection(id_):
            return network.vpc_endpoints[id_].vpc_id
        case Appliance(id_):
            return network.interfaces[id_].vpc_id
        case _ as never:
            assert_never(never)

"""Subnets and the VPC's router: how a packet leaves a subnet and enters one (SUB-1 to SUB-5).

Owns the two boundary checks and the turn that a packet takes at the router (RT-5 to RT-10). Law:
between two interfaces of one subnet neither list nor table is asked.
"""

from __future__ import annotations

from functools import partial
from typing import assert_never

from verifier.evaluate import (
    egress_only_internet_gateway,
    internet_gateway,
    nat_gateway,
    peering,
    transit_gateway,
    vpc_endpoint,
    vpn_gateway,
)
from verifier.evaluate.boundary import passes_acl
from verifier.evaluate.codes import Code
from verifier.evaluate.journey import (
    AtAppliance,
    AtExit,
    AtInterface,
    AtNatAddress,
    AtRouter,
    Dropped,
    Journey,
    Leaving,
    Place,
    Turn,
)
from verifier.evaluate.routing import by_table, towards_interface
from verifier.model import (
    EgressOnlyTarget,
    EndpointTarget,
    InterfaceTarget,
    InternetGatewayTarget,
    LocalTarget,
    NatGatewayTarget,
    PeeringTarget,
    RouteTarget,
    Subnet,
    TransitGatewayTarget,
    UnmodelledTarget,
    VpnGatewayTarget,
)
from verifier.packet import Address, Prefix
from verifier.trace import Decision

_UNFORWARDED = tuple(map(Prefix.parse, ("169.254.0.0/16", "fe80::/10", "fd00:ec2::/32")))
_SERVICES = frozenset(
    map(
        Address.parse,
        (
            *("169.254.169.253", "fd00:ec2::253", "169.254.169.254", "fd00:ec2::254"),
            *("169.254.169.123", "fd00:ec2::123", "169.254.169.249", "169.254.169.250"),
            *("169.254.169.251", "169.254.170.2"),
        ),
    )
)


def is_service(journey: Journey, vpc_id: str, address: Address) -> bool:
    """SVC-1: an address of Amazon's own services, as seen from this VPC."""
    if address in _SERVICES:
        return True
    index = journey.index
    return (
        address in index.services.get(vpc_id, frozenset())
        and index.book.owner(vpc_id, address) is None
    )


def is_unforwarded(address: Address) -> bool:
    """SVC-2: link-local addresses, which no route forwards."""
    return any(prefix.holds(address) for prefix in _UNFORWARDED)


def turn(journey: Journey, subnet_id: str, *, routed: bool = False) -> Turn:
    """Where the subnet sends the packet: within itself (SUB-2) or where its table says (SUB-3)."""
    index, destination = journey.index, journey.packet.destination
    subnet = index.network.subnets[subnet_id]
    if is_unforwarded(destination):
        return Turn(Dropped(Code.LINK_LOCAL_NOT_FORWARDED))
    if not routed and any(prefix.holds(destination) for prefix in subnet.prefixes):
        return Turn(_owner(journey, subnet.vpc_id, within=True))
    table = index.tables.get(subnet_id)
    if table is not None:
        return by_table(journey, table, destination, partial(_towards, journey, subnet))
    gap = index.network.missing.get(("route-table", subnet_id))  # GAP-10
    if gap is None:
        return Turn(Dropped(Code.NO_ROUTE_TO_DESTINATION), subnet_id)
    return Turn(AtExit(subnet_id, gap, subnet.vpc_id), subnet_id)


def _towards(journey: Journey, subnet: Subnet, target: RouteTarget) -> Place:
    """What a target means: RT-7 to RT-10."""
    subnet_id, vpc_id = subnet.id, subnet.vpc_id
    match target:
        case LocalTarget():
            return AtRouter(vpc_id)
        case InternetGatewayTarget():
            return internet_gateway.handed(journey, target.internet_gateway_id, vpc_id)
        case NatGatewayTarget():
            return nat_gateway.handed(journey, target.nat_gateway_id, subnet_id, vpc_id)
        case PeeringTarget():
            return peering.handed(journey, target.peering_id, vpc_id)
        case EgressOnlyTarget():
            return egress_only_internet_gateway.handed(journey, target.gateway_id, vpc_id)
        case TransitGatewayTarget():
            return transit_gateway.handed(journey, target.transit_gateway_id, subnet_id, vpc_id)
        case VpnGatewayTarget():
            return vpn_gateway.handed(journey, target.vpn_gateway_id, vpc_id)
        case EndpointTarget():
            return vpc_endpoint.handed(journey, target.endpoint_id, subnet_id, vpc_id)
        case InterfaceTarget():
            destination = journey.packet.destination
            return towards_interface(journey, target, destination, subnet_id, vpc_id)
        case UnmodelledTarget():
            return AtExit(target.id, target.gap, vpc_id, internet=target.internet)
        case _ as never:
            assert_never(never)


def _owner(journey: Journey, vpc_id: str, *, within: bool) -> Place:
    """Who in the VPC owns the destination: a NAT gateway (NAT-6), an interface, or nobody."""
    book, destination = journey.index.book, journey.packet.destination
    gateway_id = book.nats.get((vpc_id, destination))
    if gateway_id is not None:
        return AtNatAddress(gateway_id, within)
    owner = book.owner(vpc_id, destination)
    return Dropped(Code.NO_POSSIBLE_DESTINATION) if owner is None else AtInterface(owner)


def leave(journey: Journey, place: Leaving) -> Place:
    """SUB-2 without a list; SUB-3 through the egress list of the subnet's ACL, then the table."""
    taken = place.turn or turn(journey, place.subnet_id, routed=place.routed)
    listed = taken.table_id is not None and not _stays(taken.place, place.subnet_id)
    if listed and not passes_acl(journey, place.subnet_id, egress=True):
        return Dropped(Code.SUBNET_ACL_RESTRICTION)
    kind, component = "route-table", taken.table_id
    if component is None:
        kind, component = "vpc", journey.index.network.subnets[place.subnet_id].vpc_id
    if isinstance(taken.place, Dropped):
        return journey.drop(kind, component, taken.place.code, rule=taken.rule)
    if taken.table_id is not None:
        journey.note(kind, component, Decision.FORWARD, rule=taken.rule)
    return taken.place


def _stays(place: Place, subnet_id: str) -> bool:
    """MBX-2: an appliance of the subnet itself has the packet."""
    return isinstance(place, AtAppliance) and place.interface.subnet_id == subnet_id


def arrive(journey: Journey, place: AtRouter) -> Place:
    """SUB-4: to the owner of the destination, through the ingress list of its subnet."""
    found = _owner(journey, place.vpc_id, within=False)
    if isinstance(found, Dropped):
        return journey.drop("vpc", place.vpc_id, found.code)
    if isinstance(found, AtInterface) and not passes_acl(
        journey, found.interface.subnet_id, egress=False
    ):
        return Dropped(Code.SUBNET_ACL_RESTRICTION)
    return found

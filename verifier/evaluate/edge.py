"""Edge tables: where a gateway's own route table leads what comes in by it (IGW-10, IGW-11).

Owns the tables of internet gateways and of virtual private gateways (VGW-3) alike. Law: without a
table of its own a gateway hands everything to the VPC's router.
"""

from __future__ import annotations

from functools import partial

from verifier.evaluate import vpc_endpoint
from verifier.evaluate.codes import Code
from verifier.evaluate.journey import (
    AtAppliance,
    AtEndpoint,
    AtExit,
    AtRouter,
    Dropped,
    Journey,
    Place,
    Turn,
)
from verifier.evaluate.route_table import Lookup
from verifier.evaluate.routing import by_table, towards_interface
from verifier.model import (
    EndpointKind,
    EndpointTarget,
    InterfaceTarget,
    LocalTarget,
    NetworkInterface,
    RouteTarget,
    UnmodelledTarget,
)
from verifier.packet import Address
from verifier.trace import Decision


def lead(journey: Journey, gateway_id: str, vpc_id: str, *, public: bool) -> Place:
    """IGW-10: where the gateway's table leads the packet; `public`: an appliance must be public."""
    lookup = journey.index.edges.get((gateway_id, vpc_id))
    if lookup is None or journey.beyond:  # GAP-6
        return AtRouter(vpc_id)
    packet = journey.packet
    taken = _turn(journey, lookup, packet.destination)
    code = _refused(journey, taken.place, vpc_id, public=public and packet.family == 4)
    if code is not None:
        return journey.drop("route-table", lookup.table.id, code, rule=taken.rule)
    journey.note("route-table", lookup.table.id, Decision.FORWARD, rule=taken.rule)
    return taken.place


def _refused(journey: Journey, place: Place, vpc_id: str, *, public: bool) -> Code | None:
    if isinstance(place, Dropped):
        return place.code
    for_nat = (vpc_id, journey.packet.destination) in journey.index.book.nats
    if for_nat and not isinstance(place, AtRouter):
        return Code.NGW_NO_SESSION
    if public and isinstance(place, AtAppliance) and not _is_public(place.interface):
        return Code.INGRESS_RTB_NO_PUBLIC_IP
    return None


def _is_public(interface: NetworkInterface) -> bool:
    return any(entry.public is not None for entry in interface.ipv4)


def redirected(journey: Journey, gateway_id: str, vpc_id: str) -> Code | None:
    """IGW-11: why what leaves by the gateway should have passed what leads in; None if it may."""
    lookup = journey.index.edges.get((gateway_id, vpc_id))
    if lookup is None:
        return None
    place = _turn(journey, lookup, journey.packet.source).place
    passed = {component_id for component_id, _ in journey.passed}
    match place:
        case AtAppliance():
            fit = place.interface.id in passed
        case AtEndpoint():
            fit = place.endpoint_id in passed
        case AtExit():
            fit = journey.rely(place.gap)
        case _:
            fit = place != Dropped(Code.UNKNOWN_RESOURCE)
    return None if fit else Code.INGRESS_RTB_TRAFFIC_REDIRECTION


def _turn(journey: Journey, lookup: Lookup, address: Address) -> Turn:
    return by_table(journey, lookup, address, partial(_towards, journey, lookup, address))


def _towards(journey: Journey, lookup: Lookup, address: Address, target: RouteTarget) -> Place:
    """What a target means in a gateway's table (IGW-10)."""
    vpc_id = lookup.table.vpc_id
    if isinstance(target, LocalTarget):
        return AtRouter(vpc_id)
    if isinstance(target, InterfaceTarget):
        return towards_interface(journey, target, address, None, vpc_id)
    if isinstance(target, UnmodelledTarget):
        return AtExit(target.id, target.gap, vpc_id, internet=target.internet)
    if isinstance(target, EndpointTarget):
        endpoint = journey.index.network.vpc_endpoints.get(target.endpoint_id)
        if endpoint is None or endpoint.kind is EndpointKind.GATEWAY_LOAD_BALANCER:
            return vpc_endpoint.handed(journey, target.endpoint_id, None, vpc_id)
    return Dropped(Code.TARGET_RESTRICTION)

"""VPC endpoints that routes lead to: gateways', and Gateway Load Balancers' (VPCE-1 to VPCE-7)."""

from __future__ import annotations

from typing import assert_never

from verifier.evaluate import network_firewall, outside
from verifier.evaluate.boundary import passes_acl
from verifier.evaluate.codes import Code
from verifier.evaluate.journey import (
    AtEndpoint,
    AtExit,
    Door,
    DoorKind,
    Dropped,
    Journey,
    Leaving,
    Place,
)
from verifier.model import EndpointKind, VpcEndpoint
from verifier.packet import ECHO_REQUEST, ICMP_PROTOCOLS, TCP, Packet
from verifier.trace import Decision


def handed(journey: Journey, endpoint_id: str, subnet_id: str | None, vpc_id: str) -> Place:
    """What a route to the endpoint means: it, or a gap if it is not in the snapshot (VPCE-3)."""
    network = journey.index.network
    gap = network.missing.get(("vpc-endpoint", endpoint_id))
    if gap is not None and endpoint_id not in network.vpc_endpoints:
        return AtExit(endpoint_id, gap, vpc_id)
    return AtEndpoint(endpoint_id, subnet_id, vpc_id)


def take(journey: Journey, place: AtEndpoint) -> Place:
    """What the endpoint does with the packet, by its kind."""
    name = place.endpoint_id
    endpoint = journey.index.network.vpc_endpoints.get(name)
    if endpoint is None or not endpoint.available or endpoint.vpc_id != place.vpc_id:
        return journey.drop("vpc-endpoint", name, Code.BAD_STATE)
    if journey.avoids(name):
        return journey.drop("vpc-endpoint", name, Code.COMPONENT_FILTER_RESTRICTION)
    match endpoint.kind:
        case EndpointKind.GATEWAY:
            return _serve(journey, endpoint)
        case EndpointKind.INTERFACE:  # VPCE-3
            return journey.drop("vpc-endpoint", name, Code.TARGET_RESTRICTION)
        case EndpointKind.GATEWAY_LOAD_BALANCER:
            return _inspect(journey, endpoint)
        case _ as never:
            assert_never(never)


def _serve(journey: Journey, endpoint: VpcEndpoint) -> Place:
    """VPCE-1: to the service, whose hosts are outside, behind this door."""
    if not _carried(journey.packet):
        code = Code.VPCE_GATEWAY_PROTOCOL_RESTRICTION
        return journey.drop("vpc-endpoint", endpoint.id, code)
    if not journey.index.book.is_own(endpoint.vpc_id, journey.packet.source):
        code = Code.VPCE_GATEWAY_EGRESS_SOURCE_ADDRESS_RESTRICTION
        return journey.drop("vpc-endpoint", endpoint.id, code)
    journey.note("vpc-endpoint", endpoint.id, Decision.FORWARD, detail=endpoint.service or None)
    return outside.reach(journey, Door(DoorKind.ENDPOINT, endpoint.id, endpoint.vpc_id))


def _carried(packet: Packet) -> bool:
    if packet.protocol in ICMP_PROTOCOLS:
        return packet.icmp_type == ECHO_REQUEST[packet.protocol]
    return packet.protocol == TCP


def _inspect(journey: Journey, endpoint: VpcEndpoint) -> Place:
    """VPCE-5 to VPCE-7: through the appliances behind, and back out of the endpoint's subnet."""
    name, subnet_id = endpoint.id, endpoint.subnet_id
    subnet = journey.index.network.subnets.get(subnet_id or "")
    if subnet is None:
        return journey.drop("vpc-endpoint", name, Code.BAD_STATE)
    if journey.packet.family not in endpoint.families:
        return journey.drop("vpc-endpoint", name, Code.PROTOCOL_RESTRICTION)
    if not passes_acl(journey, subnet.id, egress=False):
        return Dropped(Code.SUBNET_ACL_RESTRICTION)
    if journey.loops(name):
        return journey.drop("vpc-endpoint", name, Code.FORWARDING_LOOP)
    if journey.forward is not None and not journey.knows(name):
        return outside.unknown_reply(journey, "vpc-endpoint", name, endpoint.gap)
    stopped = network_firewall.judge(journey, endpoint)
    if stopped is not None:
        return stopped
    journey.passed.append((name, endpoint.gap))
    journey.lose_references()
    journey.note("vpc-endpoint", name, Decision.FORWARD)
    if not any(prefix.holds(journey.packet.destination) for prefix in subnet.prefixes):
        return Leaving(subnet.id)
    if endpoint.gap is not None:  # VPCE-6
        return AtExit(name, endpoint.gap, endpoint.vpc_id)
    return journey.drop("vpc-endpoint", name, Code.UNKNOWN_RESOURCE)

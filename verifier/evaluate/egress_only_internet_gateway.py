"""Egress-only internet gateways: IPv6 out, and only the replies back (EIGW-1 to EIGW-4)."""

from __future__ import annotations

from verifier.evaluate import internet_gateway
from verifier.evaluate.codes import Code
from verifier.evaluate.journey import (
    AtEgressOnly,
    AtExit,
    Door,
    DoorKind,
    Journey,
    Place,
)
from verifier.trace import Decision


def handed(journey: Journey, gateway_id: str, vpc_id: str) -> Place:
    """What a route to the gateway means: it, or a gap if it is not in the snapshot (EIGW-1)."""
    network = journey.index.network
    gap = network.missing.get(("egress-only-internet-gateway", gateway_id))
    if gap is not None and gateway_id not in network.egress_only_gateways:
        return AtExit(gateway_id, gap, vpc_id)
    return AtEgressOnly(gateway_id, vpc_id)


def go_out(journey: Journey, place: AtEgressOnly) -> Place:
    """EIGW-1 to EIGW-3: out untranslated, to the host outside or back in elsewhere."""
    kind, name = "egress-only-internet-gateway", place.gateway_id
    gateway = journey.index.network.egress_only_gateways.get(name)
    if gateway is None or gateway.vpc_id != place.vpc_id:
        return journey.drop(kind, name, Code.BAD_STATE_ATTACHMENT)
    code = _refused(journey, name, place.vpc_id)
    if code is not None:
        return journey.drop(kind, name, code)
    if journey.forward is None:
        journey.outlet = (name, place.vpc_id)
    journey.note(kind, name, Decision.FORWARD)
    return internet_gateway.beyond(journey, Door(DoorKind.EGRESS_ONLY, name, place.vpc_id))


def _refused(journey: Journey, name: str, vpc_id: str) -> Code | None:
    if journey.avoids(name):
        return Code.COMPONENT_FILTER_RESTRICTION
    if journey.packet.family == 4:
        return Code.PROTOCOL_RESTRICTION
    forward = journey.forward
    if forward is not None and forward.came_in and forward.outlet is None:  # EIGW-4
        return Code.IGW_RETURN_THROUGH_OTHER_GATEWAY
    code = internet_gateway.refused_outbound(journey, vpc_id)
    if code is None and internet_gateway.is_closed(journey, vpc_id, journey.packet.source):
        return Code.VPC_BLOCK_PUBLIC_ACCESS_ENABLED
    return code

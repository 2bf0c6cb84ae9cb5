"""VPC peering connections: one step from VPC to VPC, nothing rewritten (PCX-1 to PCX-5)."""

from __future__ import annotations

from verifier.evaluate.codes import Code
from verifier.evaluate.index import one_region
from verifier.evaluate.journey import AtExit, AtPeering, AtRouter, Journey, Place
from verifier.evaluate.security_group import References
from verifier.model import PeeringConnection, PeeringSide
from verifier.trace import Decision


def handed(journey: Journey, peering_id: str, vpc_id: str) -> Place:
    """What a route to the connection means: it, or a gap where its other side is not known."""
    network = journey.index.network
    connection = network.peerings.get(peering_id)
    if connection is None:  # PCX-1
        gap = network.missing.get(("peering", peering_id))
        if gap is None:
            return AtPeering(peering_id, vpc_id)
        return AtExit(peering_id, gap, vpc_id)
    side = other_side(connection, vpc_id)
    known = side is None or not connection.active or side.vpc_id in network.vpcs
    near = journey.index.book.in_vpc(vpc_id, journey.packet.source)  # PCX-6
    if side is None or known or not near:
        return AtPeering(peering_id, vpc_id)
    named = any(prefix.holds(journey.packet.destination) for prefix in side.prefixes)
    for entrance in network.entrances:  # PCX-3
        if entrance.id == peering_id and entrance.vpc_id == vpc_id and (named or not side.prefixes):
            return AtExit(peering_id, entrance.gap, vpc_id)
    return AtPeering(peering_id, vpc_id)


def other_side(connection: PeeringConnection, vpc_id: str) -> PeeringSide | None:
    """The side that is not this VPC's; None if it has none, or both sides are one (PCX-5)."""
    here, there = connection.requester, connection.accepter
    if here.vpc_id == there.vpc_id or vpc_id not in (here.vpc_id, there.vpc_id):
        return None
    return there if here.vpc_id == vpc_id else here


def references(journey: Journey, peering_id: str) -> References:
    """SG-12: kept by an active connection within one Region."""
    connection = journey.index.network.peerings.get(peering_id)
    kept = connection is not None and connection.active and one_region(connection)
    return References.KEPT if kept else References.LOST


def cross(journey: Journey, place: AtPeering) -> Place:
    """PCX-1, PCX-2: to the other VPC, iff the destination is in its blocks."""
    connection = journey.index.network.peerings.get(place.peering_id)
    if connection is None or not connection.active:
        return journey.drop("peering-connection", place.peering_id, Code.BAD_STATE)
    if journey.avoids(connection.id):
        return journey.drop("peering-connection", connection.id, Code.COMPONENT_FILTER_RESTRICTION)
    if not journey.index.book.in_vpc(place.vpc_id, journey.packet.source):  # PCX-6
        code = Code.GATEWAY_REJECTS_SPOOFED_TRAFFIC
        return journey.drop("peering-connection", place.peering_id, code)
    side = other_side(connection, place.vpc_id)
    if side is None or not journey.index.book.in_vpc(side.vpc_id, journey.packet.destination):
        code = Code.PCX_REQUIRES_ADDRESS_IN_VPC_CIDR
        return journey.drop("peering-connection", place.peering_id, code)
    if references(journey, place.peering_id) is References.LOST:
        journey.lose_references()
    if journey.session is not None and journey.session.vpc_id == place.vpc_id:
        journey.crossed = place.peering_id
    journey.note("peering-connection", place.peering_id, Decision.FORWARD)
    return AtRouter(side.vpc_id)

"""Virtual private gateways: the door of one VPC to sites on premises (VGW-1 to VGW-4)."""

from __future__ import annotations

from verifier.evaluate import edge, outside
from verifier.evaluate.codes import Code
from verifier.evaluate.journey import AtExit, AtVpnGateway, Door, DoorKind, Journey, Place
from verifier.evaluate.security_group import References
from verifier.model import VpnGateway
from verifier.trace import Decision


def handed(journey: Journey, gateway_id: str, vpc_id: str) -> Place:
    """What a route to the gateway means: it, or a gap if it is not in the snapshot (VGW-1)."""
    network = journey.index.network
    gap = network.missing.get(("vpn-gateway", gateway_id))
    if gap is not None and gateway_id not in network.vpn_gateways:
        return AtExit(gateway_id, gap, vpc_id)
    return AtVpnGateway(gateway_id, vpc_id)


def go_out(journey: Journey, place: AtVpnGateway) -> Place:
    """VGW-1, VGW-2: to the outside host, or to what sites may do with the packet."""
    name, vpc_id = place.gateway_id, place.vpc_id
    gateway = journey.index.network.vpn_gateways.get(name)
    if gateway is None or gateway.vpc_id != vpc_id:
        return journey.drop("vpn-gateway", name, Code.BAD_STATE_ATTACHMENT)
    if journey.avoids(name):
        return journey.drop("vpn-gateway", name, Code.COMPONENT_FILTER_RESTRICTION)
    book, packet = journey.index.book, journey.packet
    if not book.is_own(vpc_id, packet.source):
        return journey.drop("vpn-gateway", name, Code.VGW_PRIVATE_IP_ASSOCIATION_FOR_EGRESS)
    rule = next((str(known) for known in gateway.prefixes if known.holds(packet.destination)), None)
    if rule is None:
        if gateway.gap is None:
            return journey.drop("vpn-gateway", name, Code.NO_ROUTE_TO_DESTINATION)
        if not journey.rely(gateway.gap):
            return journey.closed("vpn-gateway", name, gateway.gap)
    journey.note("vpn-gateway", name, Decision.FORWARD, rule=rule)
    if packet.destination not in book.every_block and packet.destination not in book.public:
        return outside.reach(journey, Door(DoorKind.VPN, name, vpc_id))
    if gateway.beyond is not None:
        return AtExit(name, gateway.beyond, vpc_id)
    return journey.drop("vpn-gateway", name, Code.NO_POSSIBLE_DESTINATION)


def come_in(journey: Journey, gateway: VpnGateway, vpc_id: str) -> Place:
    """VGW-3, VGW-4: from sites, a new packet or a reply, by the gateway's table if it has one."""
    if journey.avoids(gateway.id):
        return journey.drop("vpn-gateway", gateway.id, Code.COMPONENT_FILTER_RESTRICTION)
    if journey.forward is None:
        journey.came_by = Door(DoorKind.VPN, gateway.id, vpc_id)
        journey.references = References.LOST
    journey.note("vpn-gateway", gateway.id, Decision.FORWARD)
    return edge.lead(journey, gateway.id, vpc_id, public=False)

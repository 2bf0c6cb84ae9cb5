"""Where a new packet starts: on a wire, or at a door to the snapshot (ASK-3, ASK-4)."""

from __future__ import annotations

from verifier.evaluate import gap, interface, internet_gateway, transit_gateway, vpn_gateway
from verifier.evaluate.codes import Code
from verifier.evaluate.journey import Journey, Place
from verifier.model import Entrance, TransitGatewayAttachment, VpnGateway
from verifier.trace import Decision, InterfaceHost, OutsideHost

Way = Entrance | VpnGateway | TransitGatewayAttachment


def start(journey: Journey) -> Place:
    """Where the source puts the packet."""
    source, packet = journey.probe.source, journey.packet
    if isinstance(source, InterfaceHost):
        return interface.send(journey, journey.index.network.interfaces[source.interface_id])
    name = str(source.address)
    if packet.source != source.address:  # ASK-3
        return journey.drop("outside", name, Code.GATEWAY_REJECTS_SPOOFED_TRAFFIC)
    if not journey.index.book.is_internet(source.address):
        return _from_sites(journey, source)
    doors = internet_gateway.named(journey, packet.destination)
    if not doors:
        private = packet.destination in journey.index.book.every_block
        code = Code.IGW_PRIVATE_IP_ASSOCIATION_FOR_INGRESS
        detail = "a private address is nobody's on the internet" if private else None
        return journey.drop("outside", name, code, detail=detail)
    return journey.forks.choose(doors)


def _from_sites(journey: Journey, host: OutsideHost) -> Place:
    """ASK-4: by any door that may lead to the destination, or by the one that is named."""
    doors = [*_entrances(journey, host)]
    if host.address not in journey.index.book.every_block:
        doors += [*_vpn_gateways(journey, host), *_attachments(journey, host)]
    if not doors:
        return journey.drop("outside", str(host.address), Code.NO_POSSIBLE_DESTINATION)
    door = journey.forks.choose(doors)
    if isinstance(door, Entrance):
        return gap.enter(journey, door, host)
    journey.note("outside", str(host.address), Decision.FORWARD)
    if isinstance(door, VpnGateway):
        return vpn_gateway.come_in(journey, door, door.vpc_id or "")
    return transit_gateway.come_in(journey, door.transit_gateway_id, door.id)


def _entrances(journey: Journey, host: OutsideHost) -> list[Way]:
    book, destination = journey.index.book, journey.packet.destination
    return [
        entrance
        for entrance in journey.index.network.entrances
        if host.door in (None, entrance.id) and book.owner(entrance.vpc_id, destination) is not None
    ]


def _vpn_gateways(journey: Journey, host: OutsideHost) -> list[Way]:
    """VGW-3: those that lead to the destination, or have a table that may."""
    index, destination = journey.index, journey.packet.destination
    return [
        gateway
        for gateway in index.attached_vpn
        if host.door in (None, gateway.id)
        and (
            (gateway.id, gateway.vpc_id) in index.edges
            or index.book.is_own(gateway.vpc_id or "", destination)
        )
    ]


def _attachments(journey: Journey, host: OutsideHost) -> list[Way]:
    return [found for found in journey.index.sites if host.door in (None, found.id)]

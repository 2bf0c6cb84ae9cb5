"""NAT gateways: clients go out under the gateway's address, only replies come in (NAT-1 to NAT-9).

Owns the translation in both directions. Law: a gateway takes nothing but packets that a table
hands to it and the replies of its own sessions.
"""

from __future__ import annotations

from dataclasses import replace

from verifier.evaluate.boundary import passes_acl
from verifier.evaluate.codes import Code
from verifier.evaluate.journey import (
    AtExit,
    AtNatAddress,
    AtNatGateway,
    Dropped,
    Journey,
    Leaving,
    Place,
    Session,
)
from verifier.evaluate.security_group import References
from verifier.model import NatGateway
from verifier.packet import ICMP, PORT_PROTOCOLS, Address, Packet, PortRange, Prefix
from verifier.trace import Choices, Decision

_NAT64 = Prefix.parse("64:ff9b::/96")
_PORTS = PortRange(1024, 65535)
_PROTOCOLS = PORT_PROTOCOLS | {ICMP}


def handed(journey: Journey, gateway_id: str, subnet_id: str, vpc_id: str) -> Place:
    """What a route of this subnet to the gateway means: it, or a gap (NAT-1, NAT-2, NAT-5).

    A reply has no business there (NAT-9).
    """
    network = journey.index.network
    nat = network.nat_gateways.get(gateway_id)
    gap = network.missing.get(("nat-gateway", gateway_id)) if nat is None else nat.gap
    if gap is not None:
        return AtExit(gateway_id, gap, vpc_id)
    if journey.forward is not None:
        return Dropped(Code.NGW_NO_SESSION)
    beyond = network.missing.get(("nat-beyond", gateway_id))
    asked = journey.session is not None or _NAT64.holds(journey.packet.destination)
    fit = nat is not None and _unfit(nat, subnet_id, vpc_id) is None
    if beyond is not None and asked and fit:
        return AtExit(gateway_id, beyond, vpc_id)
    return AtNatGateway(gateway_id, subnet_id)


def _unfit(nat: NatGateway, subnet_id: str, vpc_id: str) -> Code | None:
    """NAT-1: why the gateway does not serve the subnet."""
    if not nat.available or nat.subnet_id is None or not nat.addresses:
        return Code.BAD_STATE
    if nat.vpc_id != vpc_id:
        return Code.NGW_REQUIRES_SOURCE_IN_VPC
    return Code.NGW_OWN_SUBNET if nat.subnet_id == subnet_id else None


def translate(journey: Journey, place: AtNatGateway) -> Place:
    """NAT-1 to NAT-5: in through the gateway's subnet, another source, and on from there."""
    packet = journey.packet
    nat = journey.index.network.nat_gateways.get(place.gateway_id)
    if nat is None or nat.subnet_id is None:
        return journey.drop("nat-gateway", place.gateway_id, Code.BAD_STATE)
    code = _refused(journey, nat, place.subnet_id)
    if journey.avoids(nat.id):
        code = Code.COMPONENT_FILTER_RESTRICTION
    if code is not None:
        return journey.drop("nat-gateway", nat.id, code)
    if not passes_acl(journey, nat.subnet_id, egress=False):
        return Dropped(Code.SUBNET_ACL_RESTRICTION)
    journey.packet = replace(
        packet,
        source=_address(nat, journey.probe.choices),
        source_port=_port(packet, journey.probe.choices),
    )
    journey.session = Session(nat.id, nat.subnet_id, nat.vpc_id, packet, journey.packet)
    journey.sender, journey.references = None, References.LOST
    journey.note("nat-gateway", nat.id, Decision.FORWARD, detail=_story(packet, journey.packet))
    return Leaving(nat.subnet_id)


def _refused(journey: Journey, nat: NatGateway, subnet_id: str) -> Code | None:
    """NAT-1, NAT-2, NAT-5: why the gateway does not send the packet on."""
    code = _unfit(nat, subnet_id, journey.index.network.subnets[subnet_id].vpc_id)
    if code is None and journey.session is not None:
        return Code.UNKNOWN_RESOURCE  # a second gateway
    if code is None and (journey.packet.family == 6 or journey.packet.protocol not in _PROTOCOLS):
        return Code.PROTOCOL_RESTRICTION
    return code


def _address(nat: NatGateway, choices: Choices) -> Address:
    """NAT-4: the private address that the network chooses; the first one if it does not say."""
    usable = [found.private for found in nat.addresses]
    chosen = choices.nat_address
    return chosen if chosen is not None and chosen in usable else usable[0]


def _port(packet: Packet, choices: Choices) -> int | None:
    """NAT-4: the source port that the network chooses; the packet's own if it may, else 1024."""
    if packet.protocol not in PORT_PROTOCOLS:
        return None
    wished = (choices.nat_port, packet.source_port)
    return next((port for port in wished if port is not None and port in _PORTS), _PORTS.first)


def take(journey: Journey, place: AtNatAddress) -> Place:
    """NAT-6 for a new packet; NAT-7 and NAT-8 for the reply of a session."""
    session = None if journey.forward is None else journey.forward.session
    nat = journey.index.network.nat_gateways[place.gateway_id]
    known = session is not None and session.gateway_id == nat.id and not journey.undone
    if session is None or not known or journey.packet != session.went.reply():
        return journey.drop("nat-gateway", nat.id, Code.NGW_NO_SESSION)
    subnet_id = session.subnet_id
    if not place.within and not passes_acl(journey, subnet_id, egress=False):
        return Dropped(Code.SUBNET_ACL_RESTRICTION)
    client, before = session.came, journey.packet
    journey.packet = replace(before, destination=client.source, destination_port=client.source_port)
    detail = f"destination {_socket(before.destination, before.destination_port)} becomes " + (
        _socket(client.source, client.source_port)
    )
    journey.undone = True
    journey.note("nat-gateway", nat.id, Decision.FORWARD, detail=detail)
    return Leaving(subnet_id, routed=True)


def _story(came: Packet, went: Packet) -> str:
    was = _socket(came.source, came.source_port)
    return f"source {was} becomes {_socket(went.source, went.source_port)}"


def _socket(address: Address, port: int | None) -> str:
    return str(address) if port is None else f"{address}:{port}"

"""NAT gateways: clients go out under the gateway's address, only replies come in (NAT-1 to NAT-11).

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
from verifier.packet import (
    ECHO_REPLY,
    ECHO_REQUEST,
    ICMP,
    ICMPV6,
    PORT_PROTOCOLS,
    Address,
    Packet,
    PortRange,
    embedded,
    nat64,
)
from verifier.trace import Choices, Decision

_PORTS = PortRange(1024, 65535)
_PROTOCOLS = PORT_PROTOCOLS | {ICMP}


def handed(journey: Journey, gateway_id: str, subnet_id: str, vpc_id: str) -> Place:
    """What a route of this subnet to the gateway means: it, or a gap (NAT-1, NAT-5).

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
    fit = nat is not None and _unfit(nat, subnet_id, vpc_id) is None
    if beyond is not None and journey.session is not None and fit:
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
    """NAT-1 to NAT-5, NAT-10: in by the gateway's subnet, another source, and on from there."""
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
    journey.packet = _translated(packet, nat, journey.probe.choices)
    journey.session = Session(nat.id, nat.subnet_id, nat.vpc_id, packet, journey.packet)
    journey.sender, journey.references = None, References.LOST
    journey.note("nat-gateway", nat.id, Decision.FORWARD, detail=_story(packet, journey.packet))
    return Leaving(nat.subnet_id)


def _refused(journey: Journey, nat: NatGateway, subnet_id: str) -> Code | None:
    """NAT-1, NAT-2, NAT-5: why the gateway does not send the packet on."""
    code = _unfit(nat, subnet_id, journey.index.network.subnets[subnet_id].vpc_id)
    if code is None and journey.session is not None:
        return Code.UNKNOWN_RESOURCE  # a second gateway
    return Code.PROTOCOL_RESTRICTION if code is None and not _served(journey.packet) else code


def _served(packet: Packet) -> bool:
    """NAT-2, NAT-10: what a gateway translates at all."""
    if packet.family == 4:
        return packet.protocol in _PROTOCOLS
    echo = packet.protocol == ICMPV6 and packet.icmp_type == ECHO_REQUEST[ICMPV6]
    return embedded(packet.destination) is not None and (echo or packet.protocol in PORT_PROTOCOLS)


def _translated(packet: Packet, nat: NatGateway, choices: Choices) -> Packet:
    """NAT-4: another source; NAT-10: an IPv4 packet to what a NAT64 name embeds."""
    source, port = _address(nat, choices), _port(packet, choices)
    destination = embedded(packet.destination)
    if destination is None:
        return replace(packet, source=source, source_port=port)
    echo = packet.protocol == ICMPV6
    return replace(
        packet,
        source=source,
        destination=destination,
        protocol=ICMP if echo else packet.protocol,
        source_port=port,
        icmp_type=ECHO_REQUEST[ICMP] if echo else None,
    )


def _undone(packet: Packet, client: Packet) -> Packet:
    """NAT-8: to the client; NAT-11: an IPv6 packet, from the name that the client called."""
    if client.family == 4:
        return replace(packet, destination=client.source, destination_port=client.source_port)
    return replace(
        packet,
        source=nat64(packet.source),
        destination=client.source,
        protocol=client.protocol,
        destination_port=client.source_port,
        icmp_type=ECHO_REPLY[ICMPV6] if client.protocol == ICMPV6 else None,
    )


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
    """NAT-6 for a new packet; NAT-7, NAT-8 and NAT-11 for the reply of a session."""
    session = None if journey.forward is None else journey.forward.session
    nat = journey.index.network.nat_gateways[place.gateway_id]
    known = session is not None and session.gateway_id == nat.id and not journey.undone
    if session is None or not known or journey.packet != session.went.reply():
        return journey.drop("nat-gateway", nat.id, Code.NGW_NO_SESSION)
    subnet_id = session.subnet_id
    if not place.within and not passes_acl(journey, subnet_id, egress=False):
        return Dropped(Code.SUBNET_ACL_RESTRICTION)
    before = journey.packet
    journey.packet = _undone(before, session.came)
    journey.undone = True
    journey.note("nat-gateway", nat.id, Decision.FORWARD, detail=_story(before, journey.packet))
    return Leaving(subnet_id, routed=True)


def _story(came: Packet, went: Packet) -> str:
    """What the gateway has changed, in words."""
    ends = (
        ("source", came.source, came.source_port, went.source, went.source_port),
        ("destination", came.destination, came.destination_port,
         went.destination, went.destination_port),
    )  # fmt: skip
    return ", ".join(
        f"{name} {_socket(was, port)} becomes {_socket(now, new)}"
        for name, was, port, now, new in ends
        if (was, port) != (now, new)
    )


def _socket(address: Address, port: int | None) -> str:
    if port is None:
        return str(address)
    return f"{address}:{port}" if address.family == 4 else f"[{address}]:{port}"

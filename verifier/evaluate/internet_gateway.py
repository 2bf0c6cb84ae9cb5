"""Internet gateways: the one door to the internet, translating 1:1 (IGW-1 to IGW-9, GAP-9).

Laws: everything inside sees private addresses, everything outside public ones; nothing passes the
gateway of a VPC, in or out, without meeting the VPC's passages.
"""

from __future__ import annotations

from dataclasses import replace
from typing import assert_never

from verifier.evaluate import edge, outside
from verifier.evaluate.codes import Code
from verifier.evaluate.journey import (
    AtExit,
    AtRouter,
    Door,
    DoorKind,
    Dropped,
    InThrough,
    Journey,
    OutThrough,
    Place,
)
from verifier.evaluate.security_group import References
from verifier.model import PublicAccess
from verifier.packet import Address, AddressSet, Prefix
from verifier.packet.special_ranges import GLOBAL_UNICAST_IPV6, PRIVATE_OR_SHARED_IPV4
from verifier.trace import INTERNET, Decision, OutsideHost

_SHARED = AddressSet.of(Prefix.parse("100.64.0.0/10"))


def handed(journey: Journey, gateway_id: str, vpc_id: str) -> Place:
    """What a route to the gateway means: it, or a gap if it is not in the snapshot (IGW-1)."""
    network = journey.index.network
    gap = network.missing.get(("internet-gateway", gateway_id))
    if gap is not None and gateway_id not in network.internet_gateways:
        return AtExit(gateway_id, gap, vpc_id)
    return OutThrough(gateway_id, vpc_id)


def named(journey: Journey, destination: Address) -> tuple[InThrough, ...]:
    """Whom a destination names from outside: IPv4 by public, IPv6 by own address (IGW-5)."""
    book = journey.index.book
    if destination.family == 4:
        found = book.public.get(destination)
        return () if found is None else (InThrough(*found),)
    return tuple(InThrough(owner.vpc_id, destination) for owner in book.owners(destination))


def go_out(journey: Journey, place: OutThrough) -> Place:
    """IGW-1 to IGW-4, and the passages of the VPC (IGW-9)."""
    gateway_id, vpc_id = place.gateway_id, place.vpc_id
    attached = gateway_id in journey.index.gateways.get(vpc_id, ())
    code = _refused(journey, gateway_id, vpc_id) if attached else Code.BAD_STATE_ATTACHMENT
    if code is not None:
        return journey.drop("internet-gateway", gateway_id, code)
    stopped = _passage(journey, gateway_id, vpc_id, inbound=False)
    if stopped is not None:
        return stopped
    packet, detail = journey.packet, None
    if packet.family == 4:
        public = journey.index.book.public_of[vpc_id, packet.source]
        journey.packet = replace(packet, source=public)
        detail = f"source {packet.source} becomes {public}"
    journey.note("internet-gateway", gateway_id, Decision.FORWARD, detail=detail)
    return beyond(journey, Door(DoorKind.INTERNET, gateway_id, vpc_id))


def _refused(journey: Journey, gateway_id: str, vpc_id: str) -> Code | None:
    """Why an attached gateway does not carry the packet out: ASK-9, IGW-2, 3, 11 and 12."""
    if journey.avoids(gateway_id):
        return Code.COMPONENT_FILTER_RESTRICTION
    code = refused_outbound(journey, vpc_id)
    if code is not None:
        return code
    if _blocked(journey, vpc_id, journey.packet.source, opens=False):
        return Code.VPC_BLOCK_PUBLIC_ACCESS_ENABLED
    return edge.redirected(journey, gateway_id, vpc_id)


def _blocked(journey: Journey, vpc_id: str, private: Address, *, opens: bool) -> bool:
    """IGW-12: the subnet of who has the private address is shielded from such packets.

    `opens` iff the packet opens a connection from outside.
    """
    access, nat = _access(journey, vpc_id, private)
    match access:
        case PublicAccess.OPEN:
            return False
        case PublicAccess.EGRESS:
            return opens
        case PublicAccess.NAT:
            return opens or not nat
        case PublicAccess.CLOSED:
            return True
        case _ as never:
            assert_never(never)


def is_closed(journey: Journey, vpc_id: str, private: Address) -> bool:
    """IGW-12: not even an egress-only gateway carries packets of this address."""
    access, _ = _access(journey, vpc_id, private)
    return access is PublicAccess.CLOSED


def _access(journey: Journey, vpc_id: str, private: Address) -> tuple[PublicAccess, bool]:
    """What the subnet of who has the address lets pass, and whether a NAT gateway has it."""
    network, book = journey.index.network, journey.index.book
    nat_id = book.nats.get((vpc_id, private))
    if nat_id is not None:
        subnet_id = network.nat_gateways[nat_id].subnet_id
    else:
        owner = book.owner(vpc_id, private)
        subnet_id = None if owner is None else owner.subnet_id
    subnet = network.subnets.get(subnet_id or "")
    return PublicAccess.OPEN if subnet is None else subnet.public_access, nat_id is not None


def refused_outbound(journey: Journey, vpc_id: str) -> Code | None:
    """IGW-2, IGW-3: why no gateway carries the packet out."""
    packet, book = journey.packet, journey.index.book
    if packet.family == 6:
        private = packet.source in book.private_ipv6[vpc_id]
        if private or not GLOBAL_UNICAST_IPV6.holds(packet.source):
            return Code.IGW_ADDRESS_NOT_GLOBAL
        carried = GLOBAL_UNICAST_IPV6.holds(packet.destination)
        return None if carried else Code.IGW_ADDRESS_NOT_GLOBAL
    if packet.destination in PRIVATE_OR_SHARED_IPV4:
        if packet.destination in _SHARED:
            return Code.IGW_DESTINATION_ADDRESS_NOT_IN_RFC6598_EGRESS
        return Code.IGW_DESTINATION_ADDRESS_NOT_IN_RFC1918_EGRESS
    if (vpc_id, packet.source) not in book.public_of:
        return Code.IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS
    return None


def beyond(journey: Journey, door: Door) -> Place:
    """IGW-4: back into the snapshot, or to the host outside that has the address."""
    book, destination = journey.index.book, journey.packet.destination
    inside = named(journey, destination)
    if inside:
        outlet = None if journey.forward is None else journey.forward.outlet
        if outlet is None:
            return journey.forks.choose(inside)
        journey.note("egress-only-internet-gateway", outlet[0], Decision.FORWARD)
        return AtRouter(outlet[1])  # EIGW-4
    if book.is_internet(destination):
        return outside.reach(journey, door)
    code = Code.IGW_ADDRESS_NOT_GLOBAL
    if destination in book.every_block:
        code = Code.IGW_DESTINATION_ADDRESS_IN_VPC_CIDRS
    return journey.drop("outside", str(destination), code)


def come_in(journey: Journey, place: InThrough) -> Place:
    """IGW-5 to IGW-7, and the passages of the VPC (IGW-9)."""
    gateways = _usable(journey, place)
    if not gateways:
        return journey.drop("internet-gateway", place.vpc_id, Code.BAD_STATE_ATTACHMENT)
    gateway_id = journey.forks.choose(gateways)
    code = _refused_inbound(journey, gateway_id, place)
    if code is not None:
        return journey.drop("internet-gateway", gateway_id, code)
    journey.came_in = True
    if _enters(journey):
        journey.came_by = Door(DoorKind.INTERNET, gateway_id, place.vpc_id)
    if journey.references in (References.KEPT, References.LOST):
        sender = journey.sender
        foreign = sender is not None and sender.vpc_id != place.vpc_id
        kept = foreign and journey.packet.family == 6  # SG-13
        journey.references = References.UNDOCUMENTED if kept else References.LOST
    stopped = _passage(journey, gateway_id, place.vpc_id, inbound=True)
    if stopped is not None:
        return stopped
    packet, detail = journey.packet, None
    if packet.destination != place.private:
        detail = f"destination {packet.destination} becomes {place.private}"
        journey.packet = replace(packet, destination=place.private)
    journey.note("internet-gateway", gateway_id, Decision.FORWARD, detail=detail)
    return edge.lead(journey, gateway_id, place.vpc_id, public=True)


def _usable(journey: Journey, place: InThrough) -> tuple[str, ...]:
    """The gateways by which the packet may come in: ASK-4; for a reply from outside, CONN-5."""
    if place.gateway_id is not None:
        return (place.gateway_id,)
    attached = journey.index.gateways.get(place.vpc_id, ())
    source = journey.probe.source
    if isinstance(source, OutsideHost) and _enters(journey):
        return tuple(found for found in attached if source.door in (None, INTERNET, found))
    return attached


def _enters(journey: Journey) -> bool:
    """ASK-4: a packet of an outside host comes to the snapshot, and not back to it (IGW-4)."""
    outside_host = isinstance(journey.probe.source, OutsideHost)
    fresh = journey.came_by is None and not journey.beyond
    return journey.forward is None and outside_host and fresh


def _refused_inbound(journey: Journey, gateway_id: str, place: InThrough) -> Code | None:
    """Why the gateway does not carry the packet in: ASK-9, IGW-5, 6 and 12."""
    if journey.avoids(gateway_id):
        return Code.COMPONENT_FILTER_RESTRICTION
    code = _not_carried_in(journey, place)
    opens = journey.forward is None
    if code is None and _blocked(journey, place.vpc_id, place.private, opens=opens):
        return Code.VPC_BLOCK_PUBLIC_ACCESS_ENABLED
    return code


def _not_carried_in(journey: Journey, place: InThrough) -> Code | None:
    """IGW-5, IGW-6: the packet or its receiver is not of the internet."""
    packet, book = journey.packet, journey.index.book
    known = packet.source in book.public or book.is_global_ipv6(packet.source)
    if not known and not book.is_internet(packet.source):
        return Code.IGW_ADDRESS_NOT_GLOBAL
    owner = book.owner(place.vpc_id, place.private)
    in_use = (place.vpc_id, place.private) in book.public_of  # NAT-7: a gateway's always are
    if owner is not None and not owner.attached and not in_use:
        return Code.IGW_PRIVATE_IP_ASSOCIATION_FOR_INGRESS
    if packet.family == 6:
        if owner is None:  # a reply to what came from another VPC
            return Code.NO_POSSIBLE_DESTINATION
        if not GLOBAL_UNICAST_IPV6.holds(place.private):
            return Code.IGW_ADDRESS_NOT_GLOBAL
        if place.private in book.private_ipv6[place.vpc_id]:
            return Code.IGW_ADDRESS_NOT_GLOBAL
        if owner.deny_all_internet_gateway:
            return Code.ENI_DENY_ALL_IGW_TRAFFIC
    return None


def _passage(journey: Journey, gateway_id: str, vpc_id: str, *, inbound: bool) -> Dropped | None:
    """GAP-9: what is not modelled at the gateway; a reply is left as it is (GAP-13)."""
    for passage in journey.index.network.passages.get(vpc_id, ()):
        if not journey.rely(passage.gap):
            return journey.closed("internet-gateway", gateway_id, passage.gap)
        journey.note("gap", passage.gap.resource, Decision.FORWARD, detail=passage.gap.detail)
        if passage.redirects and journey.forward is None:
            journey.returns = True
            if inbound:
                journey.take_gap_source()
                journey.lose_references()
    return None

"""Transit gateways: from attachment to attachment by tables of their own (TGW-1 to TGW-11).

Law: a table decides by the destination alone; where the network may choose, an attachment or one
of its subnets, the probe's choices say which (TGW-5, TGW-6).
"""

from __future__ import annotations

from verifier.evaluate import outside
from verifier.evaluate.boundary import passes_acl
from verifier.evaluate.codes import Code
from verifier.evaluate.journey import (
    AtExit,
    AtTransitGateway,
    AtTransitTable,
    Door,
    DoorKind,
    Dropped,
    Journey,
    Leaving,
    Place,
)
from verifier.evaluate.security_group import References
from verifier.model import AttachmentKind, TransitGatewayAttachment
from verifier.trace import Decision


def handed(journey: Journey, gateway_id: str, subnet_id: str, vpc_id: str) -> Place:
    """What a route of the subnet to the gateway means: it, or a gap (TGW-1)."""
    index = journey.index
    gateway = index.network.transit_gateways.get(gateway_id)
    if gateway is None:
        gap = index.network.missing.get(("transit-gateway", gateway_id))
    else:
        gap = gateway.gap
    if gap is not None:
        return AtExit(gateway_id, gap, vpc_id)
    attachment = index.attached.get((gateway_id, vpc_id))
    if attachment is not None and attachment.gap is not None:
        if journey.avoids(gateway_id):  # ASK-9; the attachment itself is asked at the exit
            return Dropped(Code.COMPONENT_FILTER_RESTRICTION)
        return AtExit(attachment.id, attachment.gap, vpc_id)
    return AtTransitGateway(gateway_id, subnet_id, vpc_id)


def enter(journey: Journey, place: AtTransitGateway) -> Place:
    """TGW-1 to TGW-3: in by the attachment's subnet in the zone of the subnet that is left."""
    index, name = journey.index, place.gateway_id
    attachment = index.attached.get((name, place.vpc_id))
    gateway = index.network.transit_gateways.get(name)
    if attachment is None or gateway is None:
        return journey.drop("transit-gateway", name, Code.BAD_STATE_ATTACHMENT)
    zone = index.network.subnets[place.subnet_id].zone
    subnet_id = _in_zone(journey, attachment, zone)
    code = _refused(journey, attachment, name)
    if code is not None or subnet_id is None:
        detail = f"{attachment.id} from {zone or 'an unknown zone'}"
        code = code or Code.TGW_ROUTE_AZ_RESTRICTION
        return journey.drop("transit-gateway", name, code, detail=detail)
    if not passes_acl(journey, subnet_id, egress=False):
        return Dropped(Code.SUBNET_ACL_RESTRICTION)
    journey.crossings += 1
    if journey.crossings > 1 or not (gateway.references and attachment.references):  # TGW-8
        journey.lose_references()
    return AtTransitTable(attachment, zone, place.vpc_id)


def _refused(journey: Journey, attachment: TransitGatewayAttachment, name: str) -> Code | None:
    if journey.avoids(name) or journey.avoids(attachment.id):
        return Code.COMPONENT_FILTER_RESTRICTION
    if attachment.kind is AttachmentKind.VPC and journey.packet.family == 6 and not attachment.ipv6:
        return Code.PROTOCOL_RESTRICTION
    return None


def _in_zone(
    journey: Journey, attachment: TransitGatewayAttachment, zone: str | None
) -> str | None:
    """The attachment's subnet in the zone; a zone that is not known equals no other (TGW-2)."""
    if zone is None:
        return None
    subnets = journey.index.network.subnets
    known = (subnets[found] for found in attachment.subnet_ids if found in subnets)
    return next((subnet.id for subnet in known if subnet.zone == zone), None)


def decide(journey: Journey, place: AtTransitTable) -> Place:
    """TGW-4, TGW-5: by the table of the attachment that the packet came by."""
    came, index = place.attachment, journey.index
    gateway_id, table_id = came.transit_gateway_id, came.table_id
    lookup = None if table_id is None else index.transit_tables.get(table_id)
    if lookup is None:
        code = Code.TGW_ATTACH_MISSING_TGW_RTB_ASSOCIATION
        return journey.drop("transit-gateway", gateway_id, code, detail=came.id)
    table = lookup.table
    if table.gap is not None:
        return AtExit(table.id, table.gap, place.vpc_id)
    if journey.loops(table.id, place.zone):
        return journey.drop("transit-gateway", gateway_id, Code.FORWARDING_LOOP, detail=table.id)
    winner = lookup.find(journey.packet.destination)
    if winner is None:
        code = Code.TGW_RTB_NO_ROUTE_TO_TGW_ATTACHMENT
        return journey.drop("transit-gateway", gateway_id, code, detail=f"in by {came.id}")
    prefix, attachments = winner
    if not attachments:
        rule = f"{prefix} blackhole ({table.id})"
        code = Code.TGW_RTB_BAD_STATE_ROUTE
        return journey.drop("transit-gateway", gateway_id, code, rule=rule)
    chosen = attachments[_number(journey, table.id) % len(attachments)]
    rule = f"{prefix} {chosen} ({table.id})"
    return _leave_by(journey, place, (table.transit_gateway_id, chosen), rule)


def _number(journey: Journey, name: str, *, symmetric: bool = False) -> int:
    """TGW-5, TGW-6: the number that the network chooses there; 0 where nothing is said."""
    choices = journey.probe.choices
    forth = journey.forward is None or symmetric
    numbers = choices.transit if forth else choices.transit_reply
    return next((number for found, number in numbers if found == name), 0)


def _leave_by(journey: Journey, place: AtTransitTable, key: tuple[str, str], rule: str) -> Place:
    """TGW-5: out by the attachment, if it is there and available."""
    gateway_id = key[0]
    attachment = journey.index.network.transit_attachments.get(key)
    if attachment is None or not attachment.available:
        code = Code.BAD_STATE_ATTACHMENT
        return journey.drop("transit-gateway", gateway_id, code, rule=rule)
    code_or_none = _refused(journey, attachment, gateway_id)
    if attachment.gap is not None and code_or_none is not Code.COMPONENT_FILTER_RESTRICTION:
        journey.note("transit-gateway", gateway_id, Decision.FORWARD, rule=rule)
        return AtExit(attachment.id, attachment.gap, place.vpc_id)
    if code_or_none is not None:
        return journey.drop("transit-gateway", gateway_id, code_or_none, rule=rule)
    if attachment.kind is AttachmentKind.VPC:
        return _to_vpc(journey, attachment, place.zone, rule)
    journey.lose_references()  # TGW-8
    journey.note("transit-gateway", gateway_id, Decision.FORWARD, rule=rule)
    if attachment.kind is AttachmentKind.PEERING:
        return _to_peer(journey, attachment, place)
    return _to_site(journey, attachment, place)


def _to_vpc(
    journey: Journey, attachment: TransitGatewayAttachment, zone: str | None, rule: str
) -> Place:
    """TGW-6: into the VPC by one of the attachment's subnets."""
    name, subnets = attachment.transit_gateway_id, attachment.subnet_ids
    if not subnets:
        return journey.drop("transit-gateway", name, Code.BAD_STATE_ATTACHMENT, rule=rule)
    subnet_id = None if attachment.appliance_mode else _in_zone(journey, attachment, zone)
    if subnet_id is None:
        number = _number(journey, attachment.id, symmetric=attachment.appliance_mode)
        subnet_id = subnets[number % len(subnets)]
    subnet = journey.index.network.subnets.get(subnet_id)
    if subnet is None:
        return journey.drop("transit-gateway", name, Code.UNKNOWN_RESOURCE, rule=rule)
    if not attachment.references:  # TGW-8
        journey.lose_references()
    detail = f"by subnet {subnet_id}" + ("" if subnet.zone is None else f" in {subnet.zone}")
    journey.note("transit-gateway", name, Decision.FORWARD, rule=rule, detail=detail)
    return Leaving(subnet_id)


def _to_peer(
    journey: Journey, attachment: TransitGatewayAttachment, place: AtTransitTable
) -> Place:
    """TGW-5 (b): to the other transit gateway, at its own end of the attachment."""
    other = attachment.peer_gateway_id or ""
    end = journey.index.network.transit_attachments.get((other, attachment.id))
    if end is None or not end.available:
        return journey.drop("transit-gateway", other, Code.BAD_STATE_ATTACHMENT)
    if journey.avoids(other):
        return journey.drop("transit-gateway", other, Code.COMPONENT_FILTER_RESTRICTION)
    if end.gap is not None:
        return AtExit(end.id, end.gap, place.vpc_id)
    return AtTransitTable(end, None, place.vpc_id)


def _to_site(
    journey: Journey, attachment: TransitGatewayAttachment, place: AtTransitTable
) -> Place:
    """TGW-5 (c): the outside host at this door, or what sites may do with the packet."""
    book, destination = journey.index.book, journey.packet.destination
    if destination not in book.every_block and destination not in book.public:
        door = Door(DoorKind.ATTACHMENT, attachment.id, attachment.transit_gateway_id)
        return outside.reach(journey, door)
    if attachment.beyond is not None:
        return AtExit(attachment.id, attachment.beyond, place.vpc_id)
    code = Code.NO_POSSIBLE_DESTINATION
    return journey.drop("transit-gateway", attachment.transit_gateway_id, code)


def come_in(journey: Journey, gateway_id: str, attachment_id: str) -> Place:
    """TGW-9: a packet from sites, new or a reply, at the table of the attachment."""
    attachment = journey.index.network.transit_attachments[gateway_id, attachment_id]
    if journey.avoids(gateway_id) or journey.avoids(attachment_id):
        code = Code.COMPONENT_FILTER_RESTRICTION
        return journey.drop("transit-gateway", gateway_id, code, detail=attachment_id)
    if journey.forward is None:
        journey.came_by = Door(DoorKind.ATTACHMENT, attachment_id, gateway_id)
        journey.references = References.LOST
    journey.note("transit-gateway", gateway_id, Decision.FORWARD, detail=f"in by {attachment_id}")
    return AtTransitTable(attachment)

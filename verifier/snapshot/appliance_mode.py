"""Appliance mode of transit gateway attachments: a warning where it is off and appliances stand.

Without it the two directions of a flow may enter the VPC in different zones, so that each
appliance sees one of them (TGW-6, MBX-5). Owns no fact: both meanings know what the mode does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from verifier.model import AttachmentKind, EndpointTarget, InterfaceTarget, RouteTarget
from verifier.snapshot.ledger import Ledger

if TYPE_CHECKING:
    from verifier.snapshot.network import Parts


def warn(parts: Parts, ledger: Ledger) -> None:
    """Warn of each VPC attachment in several zones without the mode whose VPC has appliances."""
    inspected = {
        table.vpc_id
        for table in parts.route_tables.values()
        if any(not route.blackhole and _inspects(parts, route.target) for route in table.routes)
    }
    for attachment in parts.ways.transit.attachments.values():
        several = attachment.kind is AttachmentKind.VPC and len(attachment.subnet_ids) > 1
        if several and attachment.vpc_id in inspected and not attachment.appliance_mode:
            ledger.warn(
                f"{attachment.id}: appliance mode is off, and {attachment.vpc_id} has appliances:"
                " the two directions of a flow may meet them in different zones"
            )


def _inspects(parts: Parts, target: RouteTarget) -> bool:
    """True iff the route leads through an appliance or a Gateway Load Balancer endpoint."""
    match target:
        case InterfaceTarget(name):
            interface = parts.interfaces.get(name)
            return interface is not None and not interface.source_destination_check
        case EndpointTarget(name):
            endpoint = parts.endpoints.known.get(name)
            return endpoint is not None and endpoint.subnet_id is not None
        case _:
            return False

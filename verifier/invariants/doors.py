"""By which doors packets of outside hosts come and go: gateways, attachments, exits.

Owns the ids that a network gives to them, modelled or not; who stands behind one, and by which
clauses they are reached, is said where terms are looked up. Law: every door that a probe can name
is in `of_the_internet` or in `others`, and in one of them only.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Final

from verifier.model import (
    AttachmentKind,
    EndpointKind,
    InterfaceTarget,
    Network,
    TransitGatewayAttachment,
    UnmodelledTarget,
)

_EXITS: Final = frozenset({"peering", "vpn-gateway", "transit-gateway", "vpc-endpoint"})
"""Kinds of what is missing that packets may leave by."""


def attachments(network: Network) -> Mapping[str, tuple[TransitGatewayAttachment, ...]]:
    """Transit gateway attachments by id; a peering has two ends."""
    found: defaultdict[str, list[TransitGatewayAttachment]] = defaultdict(list)
    for (_, id_), attachment in sorted(network.transit_attachments.items()):
        found[id_].append(attachment)
    return {id_: tuple(ends) for id_, ends in found.items()}


def leads_outside(attachment: TransitGatewayAttachment) -> bool:
    """True iff sites outside are behind it, or may be."""
    inside = (AttachmentKind.VPC, AttachmentKind.PEERING)
    return attachment.gap is not None or attachment.kind not in inside


def referred(network: Network) -> frozenset[str]:
    """Ids of what is referred to, or listed, and is not in the snapshot or not modelled."""
    missing = {id_ for _, id_ in network.missing} | {gap.resource for gap in network.incomplete}
    entrances = {entrance.id for entrance in network.entrances}
    return frozenset(missing | entrances | unmodelled(network))


def of_the_internet(network: Network) -> tuple[str, ...]:
    """The doors that `internet` stands for: internet gateways, those that are only referred to
    included, and egress-only ones.
    """
    found = {id_ for kind, id_ in network.missing if kind == "internet-gateway"}
    found |= network.internet_gateways.keys() | network.egress_only_gateways.keys()
    return tuple(sorted(found))


def others(network: Network) -> tuple[str, ...]:
    """Entrances, targets that are exits, gateways and endpoints behind which are sites or services.

    An exit may have no id (a missing route table, GAP-10); it is not among them.
    """
    found = {entrance.id for entrance in network.entrances} | unmodelled(network)
    found |= {id_ for kind, id_ in network.missing if kind in _EXITS}
    found |= network.vpn_gateways.keys()
    found |= {end.id for end in network.transit_attachments.values() if leads_outside(end)}
    found |= {
        endpoint.id
        for endpoint in network.vpc_endpoints.values()
        if endpoint.kind is not EndpointKind.INTERFACE
    }
    found |= {
        route.target.interface_id
        for table in network.route_tables.values()
        for route in table.routes
        if isinstance(route.target, InterfaceTarget)
    }
    return tuple(sorted(found))


def unmodelled(network: Network) -> frozenset[str]:
    """Ids of targets of routes that are not modelled."""
    return frozenset(
        route.target.id
        for table in network.route_tables.values()
        for route in table.routes
        if isinstance(route.target, UnmodelledTarget)
    )

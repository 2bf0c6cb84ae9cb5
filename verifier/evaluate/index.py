"""A network made ready for walking: what every step looks up, found once.

Owns no clause of its own: it calls the resources' own functions and keeps their answers. Made by
`prepare`, which costs one pass over the network; a walk over it costs a few look-ups per hop.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

from verifier.evaluate import transit_table
from verifier.evaluate.firewall_policy import Policy, policies
from verifier.evaluate.network_acl import Entries, guards, in_order
from verifier.evaluate.route_table import Lookup, edges, routers
from verifier.evaluate.security_group import Groups, Pool, pool
from verifier.evaluate.transit_table import TransitLookup
from verifier.evaluate.vpc import AddressBook, address_book
from verifier.model import (
    AttachmentKind,
    Network,
    NetworkAcl,
    NetworkInterface,
    PeeringConnection,
    TransitGatewayAttachment,
    VpnGateway,
)
from verifier.packet import FAMILIES, Address, Family


@dataclass(frozen=True, slots=True)
class Index:
    """What a walk looks up.

    `services` are the addresses base+2 of each VPC (SVC-1). `gateways` are the internet gateways
    attached to a VPC, `edges` the tables of gateways, by gateway and VPC. `joined` are the VPCs
    that have a door to elsewhere (GAP-6). `attached` is the attachment by which a VPC is joined to
    a transit gateway, by both; `sites` are those by which outside hosts come in (TGW-9), and
    `attached_vpn` the private gateways by which they do (VGW-3).
    """

    network: Network
    book: AddressBook
    groups: Groups
    acls: Mapping[str, NetworkAcl]
    entries: Mapping[tuple[str, bool, Family], Entries]
    tables: Mapping[str, Lookup]
    gateways: Mapping[str, tuple[str, ...]]
    services: Mapping[str, frozenset[Address]]
    joined: frozenset[str]
    edges: Mapping[tuple[str, str], Lookup]
    attached: Mapping[tuple[str, str], TransitGatewayAttachment]
    sites: tuple[TransitGatewayAttachment, ...]
    attached_vpn: tuple[VpnGateway, ...]
    transit_tables: Mapping[str, TransitLookup]
    by_instance: Mapping[str, tuple[NetworkInterface, ...]]
    firewalls: Mapping[str, Policy]
    pools: dict[tuple[tuple[str, ...], bool, int], Pool] = field(default_factory=dict)

    def pool(self, groups: tuple[str, ...], egress: bool, protocol: int) -> Pool:
        """The rules of these groups that speak of the protocol, gathered once (SG-1)."""
        key = (groups, egress, protocol)
        found = self.pools.get(key)
        if found is None:
            found = self.pools[key] = pool(self.network, groups, egress, protocol)
        return found


def prepare(network: Network) -> Index:
    """Make the network ready; the index may be used for any number of walks."""
    book = address_book(network)
    peers, joined = _peers(network)
    attached = _attached(network)
    return Index(
        network=network,
        book=book,
        groups=Groups(network, book, peers),
        acls=guards(network),
        entries={
            (acl.id, egress, family): in_order(acl.entries, egress, family)
            for acl in network.network_acls.values()
            for egress in (False, True)
            for family in FAMILIES
        },
        tables=routers(network),
        gateways=_gateways(network),
        services={
            vpc.id: frozenset(Address(4, block.network + 2) for block in vpc.ipv4)
            for vpc in network.vpcs.values()
        },
        joined=joined
        | {entrance.vpc_id for entrance in network.entrances}
        | {found.vpc_id for found in network.vpn_gateways.values() if found.vpc_id is not None}
        | {vpc_id for _, vpc_id in attached},
        edges=edges(network),
        attached=attached,
        sites=_sites(network),
        attached_vpn=tuple(
            gateway
            for _, gateway in sorted(network.vpn_gateways.items())
            if gateway.vpc_id is not None
        ),
        transit_tables={
            table.id: transit_table.look_up(table) for table in network.transit_tables.values()
        },
        by_instance=_by_instance(network),
        firewalls=policies(network),
    )


def one_region(connection: PeeringConnection) -> bool:
    """SG-12: False iff both sides' Regions are known and differ."""
    here, there = connection.requester.region, connection.accepter.region
    return here is None or there is None or here == there


def _peers(network: Network) -> tuple[dict[str, tuple[str, ...]], frozenset[str]]:
    peers: defaultdict[str, set[str]] = defaultdict(set)
    joined: set[str] = set()
    for connection in network.peerings.values():
        if connection.active:
            here, there = connection.requester.vpc_id, connection.accepter.vpc_id
            joined |= {here, there}
            if one_region(connection) and here != there:
                peers[here].add(there)
                peers[there].add(here)
    return {vpc: tuple(sorted(others)) for vpc, others in peers.items()}, frozenset(joined)


def _attached(network: Network) -> dict[tuple[str, str], TransitGatewayAttachment]:
    """TGW-1: of several available attachments of a VPC the first by id."""
    found: dict[tuple[str, str], TransitGatewayAttachment] = {}
    for (gateway_id, _), attachment in sorted(network.transit_attachments.items()):
        vpc_id = attachment.vpc_id
        if attachment.kind is AttachmentKind.VPC and attachment.available and vpc_id is not None:
            found.setdefault((gateway_id, vpc_id), attachment)
    return found


def _sites(network: Network) -> tuple[TransitGatewayAttachment, ...]:
    """TGW-9: the attachments by which outside hosts come in."""
    inside = (AttachmentKind.VPC, AttachmentKind.PEERING)
    return tuple(
        attachment
        for _, attachment in sorted(network.transit_attachments.items())
        if attachment.kind not in inside and attachment.available and attachment.gap is None
    )


def _by_instance(network: Network) -> dict[str, tuple[NetworkInterface, ...]]:
    found: defaultdict[str, list[NetworkInterface]] = defaultdict(list)
    for interface in network.interfaces.values():
        if interface.instance_id is not None:
            found[interface.instance_id].append(interface)
    return {instance_id: tuple(interfaces) for instance_id, interfaces in found.items()}


def _gateways(network: Network) -> dict[str, tuple[str, ...]]:
    found: defaultdict[str, list[str]] = defaultdict(list)
    for gateway in sorted(network.internet_gateways.values(), key=lambda item: item.id):
        for vpc_id in gateway.vpc_ids:
            found[vpc_id].append(gateway.id)
    return {vpc_id: tuple(ids) for vpc_id, ids in found.items()}

"""A network made ready for walking: what every step looks up, found once.

Owns no clause of its own: it calls the resources' own functions and keeps their answers. Made by
`prepare`, which costs one pass over the network; a walk over it costs a few look-ups per hop.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

from verifier.evaluate.network_acl import Entries, guards, in_order
from verifier.evaluate.route_table import Lookup, routers
from verifier.evaluate.security_group import Groups, Pool, pool
from verifier.evaluate.vpc import AddressBook, address_book
from verifier.model import Network, NetworkAcl, PeeringConnection
from verifier.packet import FAMILIES, Address, Family


@dataclass(frozen=True, slots=True)
class Index:
    """What a walk looks up.

    `services` are the addresses base+2 of each VPC (SVC-1). `gateways` are the internet gateways
    attached to a VPC. `joined` are the VPCs that have an entrance or an active peering (GAP-6).
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
        joined=joined | {entrance.vpc_id for entrance in network.entrances},
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


def _gateways(network: Network) -> dict[str, tuple[str, ...]]:
    found: defaultdict[str, list[str]] = defaultdict(list)
    for gateway in sorted(network.internet_gateways.values(), key=lambda item: item.id):
        for vpc_id in gateway.vpc_ids:
            found[vpc_id].append(gateway.id)
    return {vpc_id: tuple(ids) for vpc_id, ids in found.items()}

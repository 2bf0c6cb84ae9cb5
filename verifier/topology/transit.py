"""Where a transit gateway's table sends an address: longest prefix as a partition (TGW-4, TGW-5).

Law: the spans of a table are disjoint, and an address in none of them is dropped. An entry is the
attachments that are left when prefix and rank have decided, in ascending order of id; which of
several is taken is a choice of the network.
"""

from __future__ import annotations

from verifier.model import Network, TransitGatewayRouteTable
from verifier.packet import LARGEST, Family, Prefix
from verifier.topology.spans import Spans, common, normal, without

TransitLeads = tuple[tuple[tuple[str, ...], Spans], ...]


def transit_leads(table: TransitGatewayRouteTable, family: Family) -> TransitLeads:
    """The partition that the table makes of the addresses of a family."""
    by_prefix: dict[Prefix, list[tuple[int, tuple[str, ...]]]] = {}
    for route in table.routes:
        if route.prefix.family == family:
            by_prefix.setdefault(route.prefix, []).append((route.rank, route.attachment_ids))
    free: Spans = ((0, LARGEST[family]),)
    found: dict[tuple[str, ...], list[tuple[int, int]]] = {}
    for prefix in sorted(by_prefix, key=lambda prefix: (-prefix.length, prefix.network)):
        taken = common(((prefix.first, prefix.last),), free)
        free = without(free, taken)
        best = min(rank for rank, _ in by_prefix[prefix])
        ids = {id_ for rank, ids in by_prefix[prefix] if rank == best for id_ in ids}
        if ids and taken:
            found.setdefault(tuple(sorted(ids)), []).extend(taken)
    return tuple((ids, normal(spans)) for ids, spans in found.items())


def zone_subnets(
    network: Network, subnet_ids: tuple[str, ...], zone: str | None
) -> tuple[str, ...]:
    """The attachment's subnets in the zone, in order; an unknown zone has none (TGW-2)."""
    return tuple(
        id_
        for id_ in subnet_ids
        if zone is not None and id_ in network.subnets and network.subnets[id_].zone == zone
    )


__all__ = ["TransitLeads", "transit_leads", "zone_subnets"]

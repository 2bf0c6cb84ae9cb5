"""Transit gateway route tables: the longest prefix, then the better rank (TGW-4).

Owns how a table finds the attachments for an address; where they lead is told in
`transit_gateway.py`. Law: the order of the input decides nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

from verifier.model import TransitGatewayRoute, TransitGatewayRouteTable
from verifier.packet import FAMILIES, WIDTH, Address, Family, Prefix


@dataclass(frozen=True, slots=True)
class TransitLookup:
    """A table made ready: per prefix the attachments of its best routes, in ascending order.

    No attachment at all is a blackhole.
    """

    table: TransitGatewayRouteTable
    lengths: dict[Family, tuple[int, ...]]
    best: dict[Prefix, tuple[str, ...]]

    def find(self, address: Address) -> tuple[Prefix, tuple[str, ...]] | None:
        """The longest prefix that holds the address, and its attachments (TGW-4, TGW-5)."""
        family, width = address.family, WIDTH[address.family]
        for length in self.lengths[family]:
            spare = width - length
            prefix = Prefix(family, (address.value >> spare) << spare, length)
            found = self.best.get(prefix)
            if found is not None:
                return prefix, found
        return None


def look_up(table: TransitGatewayRouteTable) -> TransitLookup:
    """Make a table ready."""
    routes: dict[Prefix, list[TransitGatewayRoute]] = {}
    for route in table.routes:
        routes.setdefault(route.prefix, []).append(route)
    best: dict[Prefix, tuple[str, ...]] = {}
    for prefix, found in routes.items():
        rank = min(route.rank for route in found)
        ids = {id_ for route in found if route.rank is rank for id_ in route.attachment_ids}
        best[prefix] = tuple(sorted(ids))
    lengths = {
        family: tuple(sorted({p.length for p in best if p.family == family}, reverse=True))
        for family in FAMILIES
    }
    return TransitLookup(table, lengths, best)

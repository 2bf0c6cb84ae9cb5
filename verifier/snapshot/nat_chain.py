"""NAT gateways that may be handed what another NAT gateway, or they themselves, sent on (NAT-5).

Owns a search over the arrows of the network (tables, transit gateways, appliances, endpoints) from
the subnets of NAT gateways. Law: it finds too many rather than too few, since a gateway that is
found has a gap where it is not asked about, and one that is missed would drop for certain.
Addresses are not looked at but for their family: behind a NAT gateway every packet is IPv4.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from verifier.model import (
    EndpointTarget,
    InterfaceTarget,
    InternetGatewayTarget,
    NatGatewayTarget,
    RouteTable,
    RouteTarget,
    TransitGatewayTarget,
)
from verifier.snapshot.route_table import expanded

if TYPE_CHECKING:
    from verifier.snapshot.network import Parts

_Place = tuple[str, str, str | None]
"""A subnet (and the gateway in it that the packet comes straight from), or a transit table."""


def chained(parts: Parts) -> set[str]:
    """The gateways to which the packets of a NAT gateway may come."""
    search = _Search(parts)
    todo: list[_Place] = [
        ("subnet", one.subnet_id, one.id) for one in parts.nat_gateways.values() if one.subnet_id
    ]
    seen: set[_Place] = set()
    while todo:
        place = todo.pop()
        if place not in seen:
            seen.add(place)
            todo.extend(search.onward(place))
    return search.found


class _Search:
    """Where packets go on to from a place; notes the NAT gateways that they come to."""

    def __init__(self, parts: Parts) -> None:
        self.parts = parts
        self.found: set[str] = set()
        tables = parts.route_tables.values()
        self._tables = {name: one for one in tables for name in one.subnet_ids}
        self._mains = {one.vpc_id: one for one in tables if one.main}

    def onward(self, place: _Place) -> Iterator[_Place]:
        """The places that come next."""
        kind, name, gateway_id = place
        if kind == "transit":
            yield from self._through_transit(name)
            return
        subnet = self.parts.subnets.get(name)
        if subnet is None:
            return
        table = self._tables.get(name, self._mains.get(subnet.vpc_id))
        for target in () if table is None else self._targets(table):
            if isinstance(target, NatGatewayTarget):
                if target.nat_gateway_id != gateway_id:  # its own subnet it does not serve (NAT-1)
                    self.found.add(target.nat_gateway_id)
            else:
                yield from self._lead(target, subnet.vpc_id)

    def _targets(self, table: RouteTable) -> Iterator[RouteTarget]:
        for route in table.routes:
            prefixes = expanded(route.destination, self.parts.prefix_lists)
            if not route.blackhole and any(prefix.family == 4 for prefix in prefixes):
                yield route.target

    def _lead(self, target: RouteTarget, vpc_id: str) -> Iterator[_Place]:
        parts = self.parts
        if isinstance(target, InterfaceTarget) and target.interface_id in parts.interfaces:
            yield "subnet", parts.interfaces[target.interface_id].subnet_id, None
        elif isinstance(target, EndpointTarget) and target.endpoint_id in parts.endpoints.known:
            endpoint = parts.endpoints.known[target.endpoint_id]
            if endpoint.subnet_id is not None:
                yield "subnet", endpoint.subnet_id, None
        elif isinstance(target, TransitGatewayTarget):
            for (gateway_id, _), end in parts.ways.transit.attachments.items():
                if gateway_id == target.transit_gateway_id and end.vpc_id == vpc_id:
                    yield "transit", end.table_id or "", None
        elif isinstance(target, InternetGatewayTarget):  # in again by an edge table (IGW-10)
            for table in parts.route_tables.values():
                for inward in self._targets(table) if table.gateway_ids else ():
                    if isinstance(inward, InterfaceTarget | EndpointTarget):
                        yield from self._lead(inward, table.vpc_id)

    def _through_transit(self, table_id: str) -> Iterator[_Place]:
        transit = self.parts.ways.transit
        table = transit.tables.get(table_id)
        for route in () if table is None else table.routes:
            for attachment_id in route.attachment_ids:
                for (_, name), end in transit.attachments.items():
                    if name == attachment_id:  # both ends of a peering
                        for subnet_id in end.subnet_ids:
                            yield "subnet", subnet_id, None
                        if end.peer_gateway_id is not None:
                            yield "transit", end.table_id or "", None

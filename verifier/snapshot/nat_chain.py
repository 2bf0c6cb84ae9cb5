"""NAT gateways that may be handed what another NAT gateway, or they themselves, sent on (NAT-5).

Owns a search over the arrows of the network (tables, transit gateways, appliances, endpoints) from
the subnets of NAT gateways. Law: it finds too many rather than too few, since a gateway that is
found has a gap where it is not asked about, and one that is missed would drop for certain.
Of headers it looks at destinations alone; behind a NAT gateway every packet is IPv4.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from verifier.model import (
    EndpointTarget,
    InterfaceTarget,
    InternetGatewayTarget,
    NatGatewayTarget,
    RouteOrigin,
    RouteTable,
    RouteTarget,
    TransitGatewayTarget,
)
from verifier.packet import AddressSet, Prefix
from verifier.snapshot.route_table import expanded

if TYPE_CHECKING:
    from verifier.snapshot.network import Parts

_EVERYTHING = AddressSet.of(Prefix(4, 0, 0))
_Place = tuple[str, str, str | None]
"""A subnet (and the gateway in it that the packet comes straight from), or a transit table."""


def chained(parts: Parts) -> set[str]:
    """The gateways to which the packets of a NAT gateway may come."""
    search = _Search(parts)
    places = (
        ("subnet", one.subnet_id, one.id) for one in parts.nat_gateways.values() if one.subnet_id
    )
    waiting: list[tuple[_Place, AddressSet]] = [(place, _EVERYTHING) for place in places]
    seen: dict[_Place, AddressSet] = {}
    while waiting:
        place, held = waiting.pop()
        before = seen.get(place, AddressSet())
        if held - before:
            seen[place] = before | held
            waiting.extend(search.onward(place, held))
    return search.found


class _Search:
    """Where packets go on to from a place; notes the NAT gateways that they come to."""

    def __init__(self, parts: Parts) -> None:
        self.parts = parts
        self.found: set[str] = set()
        tables = parts.route_tables.values()
        self._tables = {name: one for one in tables for name in one.subnet_ids}
        self._mains = {one.vpc_id: one for one in tables if one.main}

    def onward(self, place: _Place, held: AddressSet) -> Iterator[tuple[_Place, AddressSet]]:
        """The places that come next, for packets to these destinations."""
        kind, name, gateway_id = place
        if kind == "transit":
            yield from self._through_transit(name, held)
            return
        subnet = self.parts.subnets.get(name)
        if subnet is None:
            return
        table = self._tables.get(name, self._mains.get(subnet.vpc_id))
        for target, taken in () if table is None else self._targets(table, held):
            if isinstance(target, NatGatewayTarget):
                if target.nat_gateway_id != gateway_id:  # its own subnet it does not serve (NAT-1)
                    self.found.add(target.nat_gateway_id)
            else:  # internet gateways translate what comes in again (IGW-5)
                goes = _EVERYTHING if isinstance(target, InternetGatewayTarget) else taken
                for onward in self._lead(target, subnet.vpc_id):
                    yield onward, goes

    def _targets(
        self, table: RouteTable, held: AddressSet
    ) -> Iterator[tuple[RouteTarget, AddressSet]]:
        """The targets, and what they may be handed: what no longer prefix takes (RT-3)."""
        routes = [
            (prefix, route)
            for route in table.routes
            for prefix in expanded(route.destination, self.parts.prefix_lists)
        ]
        sure = [prefix for prefix, route in routes if route.origin is not RouteOrigin.PROPAGATED]
        for prefix, route in routes:
            taken = (held & AddressSet.of(prefix)) - _longer(prefix, sure)
            if taken and not route.blackhole:
                yield route.target, taken

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
                inward = self._targets(table, _EVERYTHING) if table.gateway_ids else ()
                for found, _ in inward:
                    if isinstance(found, InterfaceTarget | EndpointTarget):
                        yield from self._lead(found, table.vpc_id)

    def _through_transit(
        self, table_id: str, held: AddressSet
    ) -> Iterator[tuple[_Place, AddressSet]]:
        transit = self.parts.ways.transit
        table = transit.tables.get(table_id)
        routes = () if table is None else table.routes
        prefixes = [route.prefix for route in routes]
        for route in routes:
            taken = (held & AddressSet.of(route.prefix)) - _longer(route.prefix, prefixes)
            for attachment_id in route.attachment_ids if taken else ():
                for place in self._out(attachment_id):
                    yield place, taken

    def _out(self, attachment_id: str) -> Iterator[_Place]:
        for (_, name), end in self.parts.ways.transit.attachments.items():
            if name == attachment_id:  # both ends of a peering
                for subnet_id in end.subnet_ids:
                    yield "subnet", subnet_id, None
                if end.peer_gateway_id is not None:
                    yield "transit", end.table_id or "", None


def _longer(prefix: Prefix, known: list[Prefix]) -> AddressSet:
    """What longer prefixes take away from this one."""
    return AddressSet.of(
        *(one for one in known if one.length > prefix.length and prefix.covers(one))
    )

"""Where a packet between two hosts, and its reply, can come to, whatever its header is.

Owns the claim that nothing else is met: a search over the network's own arrows (a subnet's table
leads to gateways, a gateway to subnets and tables, ...) from where the packet starts, and from
where its reply does. Headers are not looked at, so that what is found is too much rather than too
little: too much costs boxes, too little would make enumeration incomplete. Where a clause makes
the way depend on the hosts (the zone of TGW-6, the VPC of an attachment) the search does, too.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from math import lcm
from typing import assert_never

from verifier.model import (
    AttachmentKind,
    EgressOnlyTarget,
    EndpointKind,
    EndpointTarget,
    Gap,
    InterfaceTarget,
    InternetGatewayTarget,
    LocalTarget,
    NatGatewayTarget,
    Network,
    NetworkInterface,
    PeeringTarget,
    PrefixListReference,
    RouteTable,
    RouteTarget,
    TransitGatewayAttachment,
    TransitGatewayRouteTable,
    TransitGatewayTarget,
    UnmodelledTarget,
    VpnGatewayTarget,
)
from verifier.trace import INTERNET

_SUBNET, _EDGE, _TRANSIT = "subnet", "edge", "transit"
Place = tuple[str, str, str | None]
"""A subnet that the packet leaves, a gateway by which it comes in, or a transit gateway's table
(with the zone that is remembered)."""


@dataclass(slots=True)
class Way:
    """What one direction can come to.

    `lists`: subnets whose lists may be asked; `exits`: gaps by which the packet may go on anywhere
    (GAP-6), but for those of `appliances` (interfaces that forward, with the gaps of the routes
    that lead there). `turns`: how many ways a transit gateway's table or attachment may choose
    from, where there are several; `kept_turns` those of attachments in appliance mode.
    """

    lists: dict[str, None] = field(default_factory=dict)
    tables: dict[str, RouteTable] = field(default_factory=dict)
    transit_tables: dict[str, TransitGatewayRouteTable] = field(default_factory=dict)
    nat_gateways: dict[str, None] = field(default_factory=dict)
    vpn_gateways: dict[str, None] = field(default_factory=dict)
    endpoints: dict[str, None] = field(default_factory=dict)
    appliances: dict[str, set[Gap]] = field(default_factory=dict)
    exits: set[Gap] = field(default_factory=set)
    turns: dict[str, int] = field(default_factory=dict)
    kept_turns: dict[str, int] = field(default_factory=dict)
    backs: dict[Place, None] = field(default_factory=dict)
    """Where the replies of outside hosts come in."""


@dataclass(frozen=True, slots=True)
class Ground:
    """The network as a search walks it; `table_of` is the table that routes each subnet (RT-1)."""

    network: Network
    table_of: Mapping[str, RouteTable]

    def forth(
        self,
        source: NetworkInterface | None,
        destination: NetworkInterface | None,
        door: str | None,
    ) -> Way:
        """What a packet can come to; that of an outside source comes in by its door (ASK-4)."""
        if source is not None:
            return self._search([(_SUBNET, source.subnet_id, None)])
        return self._search(self._entries(destination, door))

    def back(self, forth: Way, destination: NetworkInterface | None) -> Way:
        """What the reply can come to, of the destination or to a NAT gateway on the way (NAT-8)."""
        starts: list[Place] = list(forth.backs)
        if destination is not None:
            starts.append((_SUBNET, destination.subnet_id, None))
        known = self.network.nat_gateways
        places = (known[gateway].subnet_id for gateway in forth.nat_gateways)
        starts += [(_SUBNET, place, None) for place in places if place is not None]
        return self._search(starts)

    def _entries(self, destination: NetworkInterface | None, door: str | None) -> Iterator[Place]:
        """Where packets of outside hosts come in, in the order of ids."""
        vpc_id = destination.vpc_id if destination is not None else None
        for gateway_id, gateway in sorted(self.network.internet_gateways.items()):
            if vpc_id in gateway.vpc_ids and door in (None, INTERNET, gateway_id):
                yield _EDGE, gateway_id, None
        for gateway_id in sorted(self.network.vpn_gateways):
            if door in (None, gateway_id):
                yield _EDGE, gateway_id, None
        for (_, attachment_id), end in sorted(self.network.transit_attachments.items()):
            if door in (None, attachment_id) and _is_site(end) and end.table_id is not None:
                yield _TRANSIT, end.table_id, None

    def _search(self, starts: Iterable[Place]) -> Way:
        way, seen = Way(), set[Place]()
        waiting = list(starts)
        while waiting:
            place = waiting.pop()
            if place not in seen:
                seen.add(place)
                waiting.extend(_Step(self, way).from_(place))
        return way


def _is_site(end: TransitGatewayAttachment) -> bool:
    """True iff it is of kind (c) of TGW-5."""
    return end.kind not in (AttachmentKind.VPC, AttachmentKind.PEERING)


@dataclass(frozen=True, slots=True)
class _Step:
    """One step of a search: writes down what stands at a place, and says where it leads."""

    ground: Ground
    way: Way

    @property
    def network(self) -> Network:
        return self.ground.network

    def from_(self, place: Place) -> Iterator[Place]:
        kind, name, zone = place
        if kind == _SUBNET:
            yield from self._subnet(name)
        elif kind == _EDGE:
            yield from self._edge(name)
        elif name in self.network.transit_tables:
            yield from self._transit_table(self.network.transit_tables[name], zone)

    def _subnet(self, subnet_id: str) -> Iterator[Place]:
        """The packet leaves the subnet (SUB-3)."""
        self.way.lists[subnet_id] = None
        table = self.ground.table_of.get(subnet_id)
        if table is None:
            self._lacks("route-table", subnet_id)
            return
        self._note(table)
        for route in table.routes:
            yield from self._target(route.target, table.vpc_id, subnet_id)

    def _edge(self, gateway_id: str) -> Iterator[Place]:
        """The packet comes in by a gateway that may have a table (IGW-10)."""
        for table in self.network.route_tables.values():
            if gateway_id in table.gateway_ids:
                self._note(table)
                for route in table.routes:
                    if isinstance(
                        route.target, InterfaceTarget | EndpointTarget | UnmodelledTarget
                    ):
                        yield from self._target(route.target, table.vpc_id, None)

    def _note(self, table: RouteTable) -> None:
        self.way.tables[table.id] = table
        if table.tie_gap is not None:
            self.way.exits.add(table.tie_gap)
        for route in table.routes:
            if isinstance(route.destination, PrefixListReference):
                self._lacks("prefix-list", route.destination.prefix_list_id)

    def _lacks(self, kind: str, name: str) -> None:
        found = self.network.missing.get((kind, name))
        if found is not None:
            self.way.exits.add(found)

    def _target(self, target: RouteTarget, vpc_id: str, subnet_id: str | None) -> Iterator[Place]:
        match target:
            case LocalTarget():
                return
            case InternetGatewayTarget():
                self._lacks("internet-gateway", target.internet_gateway_id)
                yield from self._internet()
            case EgressOnlyTarget():
                self._lacks("egress-only-internet-gateway", target.gateway_id)
                yield from self._internet()
            case NatGatewayTarget():
                yield from self._nat_gateway(target.nat_gateway_id)
            case PeeringTarget():
                self._lacks("peering", target.peering_id)
                doors = self.network.entrances
                self.way.exits.update(x.gap for x in doors if x.id == target.peering_id)
            case TransitGatewayTarget():
                yield from self._transit_gateway(target.transit_gateway_id, vpc_id, subnet_id)
            case VpnGatewayTarget():
                self._vpn_gateway(target.vpn_gateway_id)
            case EndpointTarget():
                yield from self._endpoint(target.endpoint_id)
            case InterfaceTarget():
                self.way.appliances.setdefault(target.interface_id, set()).add(target.gap)
                interface = self.network.interfaces.get(target.interface_id)
                if interface is None or interface.vpc_id != vpc_id:
                    self.way.exits.add(target.gap)
                else:
                    yield _SUBNET, interface.subnet_id, None
            case UnmodelledTarget():
                self.way.exits.add(target.gap)
            case _:
                assert_never(target)

    def _internet(self) -> Iterator[Place]:
        """Out to the internet, and in again by whichever gateway (IGW-4, IGW-5)."""
        for gateway_id in self.network.internet_gateways:
            self.way.backs[_EDGE, gateway_id, None] = None
            yield _EDGE, gateway_id, None

    def _nat_gateway(self, gateway_id: str) -> Iterator[Place]:
        self._lacks("nat-gateway", gateway_id)
        self._lacks("nat-beyond", gateway_id)
        gateway = self.network.nat_gateways.get(gateway_id)
        if gateway is None:
            return
        self.way.nat_gateways[gateway_id] = None
        if gateway.gap is not None:
            self.way.exits.add(gateway.gap)
        if gateway.subnet_id is not None:
            yield _SUBNET, gateway.subnet_id, None

    def _vpn_gateway(self, gateway_id: str) -> None:
        self._lacks("vpn-gateway", gateway_id)
        gateway = self.network.vpn_gateways.get(gateway_id)
        if gateway is not None:
            self.way.vpn_gateways[gateway_id] = None
            self.way.backs[_EDGE, gateway_id, None] = None
            if gateway.beyond is not None:
                self.way.exits.add(gateway.beyond)

    def _endpoint(self, endpoint_id: str) -> Iterator[Place]:
        self._lacks("vpc-endpoint", endpoint_id)
        endpoint = self.network.vpc_endpoints.get(endpoint_id)
        if endpoint is None or endpoint.kind is not EndpointKind.GATEWAY_LOAD_BALANCER:
            return
        self.way.endpoints[endpoint_id] = None
        if endpoint.gap is not None:
            self.way.exits.add(endpoint.gap)
        if endpoint.subnet_id is not None:
            yield _SUBNET, endpoint.subnet_id, None

    # -- transit gateways ---------------------------------------------------------------------

    def _transit_gateway(
        self, gateway_id: str, vpc_id: str, subnet_id: str | None
    ) -> Iterator[Place]:
        """In from a VPC, by the attachment subnet in the zone of the subnet left (TGW-2)."""
        self._lacks("transit-gateway", gateway_id)
        gateway = self.network.transit_gateways.get(gateway_id)
        if gateway is not None and gateway.gap is not None:
            self.way.exits.add(gateway.gap)
        zone = self._zone(subnet_id)
        for (at, _), end in sorted(self.network.transit_attachments.items()):
            if at == gateway_id and end.vpc_id == vpc_id:
                if end.gap is not None:
                    self.way.exits.add(end.gap)
                near = self._near(end, zone)
                self.way.lists.update(dict.fromkeys(near))
                if near and end.table_id is not None:
                    yield _TRANSIT, end.table_id, zone

    def _zone(self, subnet_id: str | None) -> str | None:
        subnet = self.network.subnets.get(subnet_id or "")
        return subnet.zone if subnet is not None else None

    def _near(self, end: TransitGatewayAttachment, zone: str | None) -> list[str]:
        """The attachment's subnets in the zone; a zone that is not known equals no other."""
        return [port for port in end.subnet_ids if zone is not None and self._zone(port) == zone]

    def _transit_table(self, table: TransitGatewayRouteTable, zone: str | None) -> Iterator[Place]:
        self.way.transit_tables[table.id] = table
        if table.gap is not None:
            self.way.exits.add(table.gap)
        equal: dict[tuple[object, int], set[str]] = {}
        for route in table.routes:
            equal.setdefault((route.prefix, route.rank), set()).update(route.attachment_ids)
        _turn(self.way.turns, table.id, (len(found) for found in equal.values()))
        for attachment_id in sorted(set[str]().union(*equal.values())):
            end = self.network.transit_attachments.get((table.transit_gateway_id, attachment_id))
            if end is not None:
                yield from self._out(end, zone)

    def _out(self, end: TransitGatewayAttachment, zone: str | None) -> Iterator[Place]:
        """Out by an attachment (TGW-5, TGW-6)."""
        if end.gap is not None:
            self.way.exits.add(end.gap)
        if end.kind is AttachmentKind.PEERING:
            peer = end.peer_gateway_id
            far = self.network.transit_attachments.get((peer or "", end.id))
            if far is not None:
                if far.gap is not None:
                    self.way.exits.add(far.gap)
                if far.table_id is not None:
                    yield _TRANSIT, far.table_id, None
        elif _is_site(end):
            if end.beyond is not None:
                self.way.exits.add(end.beyond)
            if end.table_id is not None:
                self.way.backs[_TRANSIT, end.table_id, None] = None
        else:
            yield from self._into_vpc(end, zone)

    def _into_vpc(self, end: TransitGatewayAttachment, zone: str | None) -> Iterator[Place]:
        near = self._near(end, zone)
        if near and not end.appliance_mode:
            yield _SUBNET, near[0], None
            return
        turns = self.way.kept_turns if end.appliance_mode else self.way.turns
        _turn(turns, end.id, (len(end.subnet_ids),))
        for port in end.subnet_ids:
            yield _SUBNET, port, None


def _turn(turns: dict[str, int], name: str, counts: Iterable[int]) -> None:
    """There are so many ways to choose from; numbers count modulo each of the counts."""
    several = [count for count in counts if count > 1]
    if several:
        turns[name] = lcm(turns.get(name, 1), *several)

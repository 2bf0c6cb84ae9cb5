"""The route tables of transit gateways: associations, propagations, static and propagated routes.

AWS prints them by table: the routes by `search-transit-gateway-routes`, and what is associated and
propagates by a call each, none of which says which table it is about; `reading.py` adds that. Law:
a table all of whose routes are not known for certain has a gap (TGW-4).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import combinations
from typing import TYPE_CHECKING, Any, Final, Required

from typing_extensions import TypedDict

from verifier.model import (
    AttachmentKey,
    AttachmentKind,
    TransitGatewayAttachment,
    TransitGatewayRoute,
    TransitGatewayRouteTable,
    TransitRank,
)
from verifier.packet import Prefix
from verifier.snapshot.ledger import Ledger
from verifier.snapshot.transit_gateway import AVAILABLE, Transit, unsettled
from verifier.snapshot.transit_gateway_attachment import Row, TransitContext
from verifier.snapshot.wire import Id, Origin, TagWire, parsed, prefix_of, tags_of

if TYPE_CHECKING:
    from verifier.snapshot.resources import Resources


class TransitTableWire(TypedDict, total=False):
    """One table."""

    TransitGatewayRouteTableId: Required[Id]
    TransitGatewayId: Required[Id]
    State: str | None
    Tags: list[TagWire] | None


class TransitMemberWire(TypedDict, total=False):
    """An attachment that is associated with a table, propagates to it, or is a route's target."""

    TransitGatewayAttachmentId: str | None
    ResourceId: str | None
    ResourceType: str | None
    State: str | None


class TransitRouteWire(TypedDict, total=False):
    """One route."""

    DestinationCidrBlock: str | None
    PrefixListId: str | None
    Type: str | None
    State: str | None
    TransitGatewayAttachments: list[TransitMemberWire] | None


class TransitRoutesWire(TypedDict, total=False):
    """The answer to a search for the routes of a table; `File` is where it stands."""

    TransitGatewayRouteTableId: Required[Id]
    File: str | None
    Routes: list[TransitRouteWire] | None
    AdditionalRoutesAvailable: bool | None


class TransitAssociationsWire(TypedDict, total=False):
    """What is associated with a table."""

    TransitGatewayRouteTableId: Required[Id]
    File: str | None
    Associations: list[TransitMemberWire] | None


class TransitPropagationsWire(TypedDict, total=False):
    """What propagates its routes to a table."""

    TransitGatewayRouteTableId: Required[Id]
    File: str | None
    TransitGatewayRouteTablePropagations: list[TransitMemberWire] | None


class TransitReferenceWire(TypedDict, total=False):
    """A route by a prefix list."""

    TransitGatewayRouteTableId: Required[Id]
    PrefixListId: Required[Id]
    State: str | None
    Blackhole: bool | None
    TransitGatewayAttachment: TransitMemberWire | None


KNOWN_TABLE: Final = frozenset(TransitTableWire.__annotations__) | {
    "CreationTime", "DefaultAssociationRouteTable", "DefaultPropagationRouteTable",
}  # fmt: skip
KNOWN_ROUTE: Final = frozenset(TransitRouteWire.__annotations__) | {
    "TransitGatewayRouteTableAnnouncementId",
}  # fmt: skip
KNOWN_REFERENCE: Final = frozenset(TransitReferenceWire.__annotations__) | {"PrefixListOwnerId"}

PROPAGATED: Final = {
    AttachmentKind.VPC: TransitRank.PROPAGATED_VPC,
    AttachmentKind.DIRECT_CONNECT: TransitRank.PROPAGATED_DIRECT_CONNECT,
    AttachmentKind.CONNECT: TransitRank.PROPAGATED_CONNECT,
    AttachmentKind.VPN: TransitRank.PROPAGATED_VPN,
    AttachmentKind.CLIENT_VPN: TransitRank.PROPAGATED_CLIENT_VPN,
}


def associate(resources: Resources, rows: Mapping[AttachmentKey, Row]) -> None:
    """Enter into the rows which tables they are associated with."""
    gateways = {
        wire["TransitGatewayRouteTableId"]: wire["TransitGatewayId"]
        for wire, _ in resources.records["TransitGatewayRouteTables"]
    }
    for row in rows.values():
        shown = row.any.get("Association") or {}
        table_id = shown.get("TransitGatewayRouteTableId")
        if policy := shown.get("TransitGatewayPolicyTableId"):
            row.tables[policy] = "policy table"
        if table_id:
            _enter(row, table_id, shown.get("State") or "")
    listed: set[str] = set()
    for wire, _ in resources.records["Associations"]:
        table_id = wire["TransitGatewayRouteTableId"]
        members = wire.get("Associations")
        if members is not None:
            listed.add(table_id)
        for member in members or ():
            for row in _meant(rows, member, table_id, gateways.get(table_id)):
                _enter(row, table_id, member.get("State") or "")
    for row in rows.values():
        own = {name for name, gateway_id in gateways.items() if gateway_id == row.gateway_id}
        row.complete = bool(own) and own <= listed


def _meant(
    rows: Mapping[AttachmentKey, Row],
    member: Mapping[str, Any],
    table_id: str,
    gateway_id: str | None,
) -> list[Row]:
    """The rows of the attachment at the gateway of the table.

    Both ends of a peering have one id: where the gateway of the table is not known, it is the end
    that shows the table itself, or else an end that shows none.
    """
    named = [row for row in rows.values() if row.id == member.get("TransitGatewayAttachmentId")]
    if gateway_id or len(named) < 2:
        return [row for row in named if gateway_id in (None, "", row.gateway_id)]
    shown = [row for row in named if table_id in row.tables]
    return shown or [row for row in named if not row.tables]


def _enter(row: Row, table_id: str, state: str) -> None:
    present = row.tables.setdefault(table_id, state)
    if present != state:
        row.tables[table_id] = f"{present} and {state}"


@dataclass(slots=True)
class _Table:
    """One table while it is put together."""

    id: str
    gateway_id: str
    routes: dict[TransitGatewayRoute, None] = field(default_factory=dict)
    reasons: list[str] = field(default_factory=list)
    searched: bool = False
    """Whether a search for routes of every type was read."""
    static: bool = False
    """Whether at least the static routes were read."""
    announced: set[AttachmentKind] = field(default_factory=set)
    """Of what the search showed propagated routes."""
    lists: set[str] = field(default_factory=set)
    """The prefix lists whose routes the search showed."""


def lift_tables(
    resources: Resources, transit: Transit, context: TransitContext, ledger: Ledger
) -> None:
    """Enter every table into `transit`, and the attachments that only their routes name."""
    made = _Tables(transit, context, ledger)
    records = resources.records
    for wire, _ in records["TransitGatewayRouteTables"]:
        ledger.unknown_fields("TransitGatewayRouteTable", KNOWN_TABLE, wire)
        if wire.get("State") == "deleted":
            continue
        table = made.table(wire["TransitGatewayRouteTableId"], wire["TransitGatewayId"])
        if wire.get("State") != AVAILABLE:
            table.reasons.append(unsettled(wire.get("State")))
    for one in transit.attachments.values():
        if one.available and one.table_id:
            made.table(one.table_id, one.transit_gateway_id)
    for key in ("Routes", "TransitGatewayStaticRoutes"):
        for wire, origin in records[key]:
            if known := made.known(wire):
                made.search(known, wire, origin, key == "Routes")
    for wire, _ in records["TransitGatewayPrefixListReferences"]:
        ledger.unknown_fields("TransitGatewayPrefixListReference", KNOWN_REFERENCE, wire)
        if known := made.known(wire):
            made.reference(known, wire)
    propagating = _propagating(resources)
    for table in made.tables.values():
        made.propagate(table, propagating.get(table.id))
    for name, table in sorted(made.tables.items()):
        transit.tables[name] = made.finished(table, resources)


def _propagating(resources: Resources) -> dict[str, list[Mapping[str, Any]]]:
    """What propagates, by table, for the tables that say it."""
    found: dict[str, list[Mapping[str, Any]]] = {}
    for key in ("TransitGatewayRouteTablePropagations", "TransitGatewayPropagations"):
        for wire, _ in resources.records[key]:
            members = wire.get("TransitGatewayRouteTablePropagations")
            if members is not None:
                found.setdefault(wire["TransitGatewayRouteTableId"], []).extend(members)
    return found


@dataclass(frozen=True, slots=True)
class _Tables:
    """The tables while they are put together."""

    transit: Transit
    context: TransitContext
    ledger: Ledger
    tables: dict[str, _Table] = field(default_factory=dict)

    def table(self, table_id: str, gateway_id: str) -> _Table:
        """The table with this id."""
        return self.tables.setdefault(table_id, _Table(table_id, gateway_id))

    def known(self, wire: Mapping[str, Any]) -> _Table | None:
        """The table that the object is about; None where nothing is associated with it."""
        return self.tables.get(wire["TransitGatewayRouteTableId"])

    def search(self, table: _Table, wire: Mapping[str, Any], origin: Origin, whole: bool) -> None:
        """Enter the answer to a search."""
        if wire.get("AdditionalRoutesAvailable"):
            table.reasons.append("has more routes than the search printed")
        routes = wire.get("Routes")
        if routes is None:
            return
        table.static = True
        table.searched = table.searched or whole
        for at, route in enumerate(routes):
            self.ledger.unknown_fields("TransitGatewayRoute", KNOWN_ROUTE, route)
            if route.get("State") != "deleted":
                self._route(table, route, origin.below(f".Routes[{at}]"))

    def _route(self, table: _Table, wire: Mapping[str, Any], origin: Origin) -> None:
        state = wire.get("State")
        if state not in ("active", "blackhole"):
            table.reasons.append(f"has a route that {unsettled(state)}")
            return
        members = wire.get("TransitGatewayAttachments") or ()
        ids = self._attachments(table, members) if state == "active" else ()
        list_id = wire.get("PrefixListId") or ""
        rank: TransitRank | None = TransitRank.PREFIX_LIST if list_id else TransitRank.STATIC
        if wire.get("Type") == "propagated":
            rank = self._rank(table, ids)
        elif wire.get("Type") != "static":
            rank = None
        if rank is None or ids is None:
            table.reasons.append("has a route of a type, or to an attachment, that is not known")
            return
        text = wire.get("DestinationCidrBlock")
        if text:
            prefixes: Iterable[Prefix] = (parsed(prefix_of, text, origin, ".DestinationCidrBlock"),)
        elif list_id:
            prefixes = self._listed(table, list_id)
        else:
            raise origin.error("", "expected `DestinationCidrBlock` or `PrefixListId`")
        table.lists.add(list_id)
        self._enter(table, prefixes, rank, ids)

    @staticmethod
    def _enter(
        table: _Table, prefixes: Iterable[Prefix], rank: TransitRank, ids: tuple[str, ...]
    ) -> None:
        for prefix in prefixes:
            table.routes[TransitGatewayRoute(prefix=prefix, rank=rank, attachment_ids=ids)] = None

    def _attachments(
        self, table: _Table, members: Iterable[Mapping[str, Any]]
    ) -> tuple[str, ...] | None:
        """Their ids, ascending; None if there are none, or one has no id."""
        ids = {member.get("TransitGatewayAttachmentId") or "" for member in members}
        if not ids or "" in ids:
            return None
        for name in ids:
            if (table.gateway_id, name) not in self.transit.attachments:
                gap = self.ledger.gap(name, "TGW-5", "is a route's target and not in the snapshot")
                self.transit.opening.add(table.gateway_id)
                self.transit.attachments[table.gateway_id, name] = TransitGatewayAttachment(
                    id=name,
                    transit_gateway_id=table.gateway_id,
                    kind=AttachmentKind.VPN,
                    gap=gap,
                )
        return tuple(sorted(ids))

    def _rank(self, table: _Table, ids: tuple[str, ...] | None) -> TransitRank | None:
        """The rank of a propagated route; None if it is not known."""
        kinds = {self.transit.attachments[table.gateway_id, name].kind for name in ids or ()}
        if len(kinds) != 1:
            return None
        (kind,) = kinds
        table.announced.add(kind)
        return PROPAGATED.get(kind)

    def _listed(self, table: _Table, list_id: str) -> tuple[Prefix, ...]:
        known = self.context.prefix_lists.get(list_id)
        if known is None:
            table.reasons.append(f"has routes by {list_id}, which is not in the snapshot")
            return ()
        return known.prefixes

    def reference(self, table: _Table, wire: Mapping[str, Any]) -> None:
        """Enter a reference to a prefix list, unless the search showed its routes."""
        list_id = wire["PrefixListId"]
        if list_id in table.lists and table.searched:
            return
        if wire.get("State") != AVAILABLE:
            reason = f"has a reference to {list_id} that {unsettled(wire.get('State'))}"
            table.reasons.append(reason)
            return
        member = wire.get("TransitGatewayAttachment")
        ids: tuple[str, ...] | None = ()
        if wire.get("Blackhole") is not True:
            ids = self._attachments(table, [member] if member else [])
        if ids is None:
            table.reasons.append(f"has a reference to {list_id} that leads to nothing known")
            return
        self._enter(table, self._listed(table, list_id), TransitRank.PREFIX_LIST, ids)

    def propagate(self, table: _Table, members: list[Mapping[str, Any]] | None) -> None:
        """Enter the blocks of the VPCs that propagate, unless the search showed such routes."""
        if table.announced:
            return
        if members is None:
            if table.searched:
                detail = (
                    f"{table.id} was searched for routes of every type, and has static ones only"
                )
                self.ledger.assume("TGW-4", detail)
            else:
                table.reasons.append("has propagated routes that are not in the snapshot")
            return
        blocks: list[tuple[Prefix, str]] = []
        for member in members:
            name = member.get("TransitGatewayAttachmentId") or ""
            state = member.get("State") or ""
            found = self.transit.attachments.get((table.gateway_id, name))
            if state == "disabled" or (found is not None and not found.available):
                continue
            vpc = self.context.vpcs.get((found.vpc_id if found else "") or "")
            if state != "enabled" or found is None or vpc is None:
                table.reasons.append(f"has routes of {name or 'something'} that are not known")
                continue
            blocks += [(block, name) for block in vpc.ipv4]
            blocks += [(block.prefix, name) for block in vpc.ipv6 if found.ipv6 or found.gap]
        for (one, name), (other, other_name) in combinations(blocks, 2):
            if name != other_name and (one.covers(other) or other.covers(one)):
                table.reasons.append(f"has propagated routes that overlap ({one} and {other})")
        for block, name in blocks:
            self._enter(table, [block], TransitRank.PROPAGATED_VPC, (name,))

    def finished(self, table: _Table, resources: Resources) -> TransitGatewayRouteTable:
        """The table, with a gap iff not all of its routes are known."""
        if not table.static:
            table.reasons.insert(0, "has no routes in the snapshot")
        leaders: dict[tuple[Prefix, TransitRank], tuple[str, ...]] = {}
        for route in table.routes:
            place = (route.prefix, route.rank)
            if leaders.setdefault(place, route.attachment_ids) != route.attachment_ids:
                table.reasons.append(f"has two routes of one rank for {route.prefix}")
        record = resources.records["TransitGatewayRouteTables"].get(table.id)
        reason = table.reasons[0] if table.reasons else ""
        return TransitGatewayRouteTable(
            id=table.id,
            transit_gateway_id=table.gateway_id,
            routes=tuple(table.routes),
            gap=self.ledger.gap(table.id, "TGW-4", reason) if reason else None,
            tags=tags_of(record.wire.get("Tags") if record else None),
        )

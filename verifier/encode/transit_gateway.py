"""Transit gateways (TGW-1 to TGW-11): the tables between attachments, each a stage of its own.

What of TGW-1 follows from the network alone has been said by the routing partition
(`verifier.topology.routes`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from math import lcm

from verifier.encode import network_acl
from verifier.encode.packet import References, Scope
from verifier.encode.stage import AtSubnet, AtTable, Edge, Left, Out, Segment, Sender, Way
from verifier.encode.terms import TRUE
from verifier.model import AttachmentKind, TransitGatewayAttachment
from verifier.packet import FAMILIES
from verifier.topology import Exit, Spans, Transit, common, union, without, zone_subnets


def entered(
    scope: Scope, segment: Segment, sender: Sender, hop: Transit, spans: Spans
) -> Iterator[Edge]:
    """TGW-1 to TGW-3: from a subnet into the table of the VPC's attachment."""
    network = scope.index.network
    mine = network.transit_attachments[hop.id, hop.attachment]
    assert sender.subnet is not None
    zone = network.subnets[sender.subnet].zone
    inside = zone_subnets(network, mine.subnet_ids, zone)
    if not inside:
        return

    def passes() -> int:
        source = scope.seen(segment.source)
        return scope.terms.all_of(
            (
                sender.out(),
                sender.gate(References.LOST),
                network_acl.subnet_passes(scope, inside[0], False, source, segment.port),
            )
        )

    gateway = network.transit_gateways[hop.id]
    kept = sender.first and mine.references and gateway.references
    at = table_of(mine, zone, kept)
    if at is not None:
        yield Edge(at, spans, passes)


def table_of(attachment: TransitGatewayAttachment, zone: str | None, kept: bool) -> AtTable | None:
    """Where packets from the attachment are decided on; nowhere if no table is associated."""
    return None if attachment.table_id is None else AtTable(attachment.table_id, zone, kept)


def edges(scope: Scope, segment: Segment, at: AtTable) -> Iterator[Edge]:
    """TGW-4, TGW-5."""
    table = scope.index.network.transit_tables.get(at.table)
    if table is None:
        return
    if table.gap is not None:
        if scope.open(table.gap):
            yield Edge(Out(Exit(table.gap), None), scope.everything, lambda: TRUE)
        return
    leads = scope.index.transit(at.table, scope.family)
    both = (scope.index.transit(at.table, family) for family in FAMILIES)
    size = lcm(*(len(ids) for known in both for ids, _ in known))
    for ids, spans in leads:
        for number, id_ in enumerate(ids):
            ends = scope.index.network.transit_attachments
            found = ends.get((table.transit_gateway_id, id_))
            if found is None or not found.available:
                continue
            if segment.forth and id_ in scope.question.avoiding:
                continue

            def chosen(number: int = number, count: int = len(ids)) -> int:
                if count == 1:
                    return TRUE
                reply = not segment.forth
                return scope.chosen(at.table, reply, size, count, number)

            for edge in _towards(scope, segment, at, found, spans):
                yield edge._replace(term=partial(_both, scope, chosen, edge.term))


def _both(scope: Scope, one: Callable[[], int], other: Callable[[], int]) -> int:
    return scope.terms.all_of((one(), other()))


def _towards(
    scope: Scope, segment: Segment, at: AtTable, to: TransitGatewayAttachment, spans: Spans
) -> Iterator[Edge]:
    """TGW-5: where one attachment leads."""
    if to.gap is not None:
        if scope.open(to.gap):
            yield Edge(Out(Exit(to.gap), None), spans, lambda: TRUE)
    elif to.kind is AttachmentKind.VPC:
        if scope.family == 4 or to.ipv6:
            yield from _into(scope, segment, at, to, spans)
    elif to.kind is AttachmentKind.PEERING:
        yield from _beyond(scope, segment, to, spans)
    else:
        index = scope.index
        inside = union(index.blocks(scope.family), index.mapped if scope.family == 4 else ())
        yield Edge(
            Left(Way.SITE, to.id, to.transit_gateway_id), without(spans, inside), lambda: TRUE
        )
        if scope.open(to.beyond):
            yield Edge(Out(Exit(to.beyond), None), common(spans, inside), lambda: TRUE)


def _beyond(
    scope: Scope, segment: Segment, to: TransitGatewayAttachment, spans: Spans
) -> Iterator[Edge]:
    """TGW-5 (b): into the table of the other transit gateway."""
    network = scope.index.network
    gateway = to.peer_gateway_id or ""
    far = network.transit_attachments.get((gateway, to.id))
    if far is None or not far.available:
        return
    if segment.forth and gateway in scope.question.avoiding:
        return
    if far.gap is not None:
        if scope.open(far.gap):
            yield Edge(Out(Exit(far.gap), None), spans, lambda: TRUE)
        return
    at = table_of(far, None, False)
    if at is not None:
        yield Edge(at, spans, lambda: TRUE)


def _into(
    scope: Scope, segment: Segment, at: AtTable, to: TransitGatewayAttachment, spans: Spans
) -> Iterator[Edge]:
    """TGW-6: into a VPC, by one of the attachment's subnets."""
    network = scope.index.network
    kept = at.kept and to.references
    if not to.appliance_mode:
        inside = zone_subnets(network, to.subnet_ids, at.zone)
        if inside:
            yield Edge(AtSubnet(inside[0], kept), spans, lambda: TRUE)
            return
    count = len(to.subnet_ids)
    reply = not segment.forth and not to.appliance_mode
    for number, subnet in enumerate(to.subnet_ids):
        if subnet not in network.subnets:
            continue

        def chosen(number: int = number) -> int:
            return TRUE if count == 1 else scope.chosen(to.id, reply, count, count, number)

        yield Edge(AtSubnet(subnet, kept), spans, chosen)

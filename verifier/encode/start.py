"""How a host's packet gets out of its own subnet: the first stage of a journey (SUB-3, RT-7).

All hosts of a role begin together: what the tables of their subnets make of an address is one term
for each next hop, and what depends on the subnet itself (its zone, whether an appliance stands in
it) splits that term by classes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial

from verifier.encode import interface, leave, peering, route_table, subnet
from verifier.encode.packet import References, Scope
from verifier.encode.stage import Edge, Out, Router, Segment, Sender
from verifier.encode.terms import FALSE, TRUE
from verifier.model import Network
from verifier.topology import (
    Appliance,
    Dead,
    EgressOnly,
    Exit,
    Gateway,
    Hop,
    Inspection,
    Local,
    Nat,
    Peer,
    Role,
    Service,
    Spans,
    Transit,
    Vpn,
    common,
    covers,
    normal,
    other_side,
    without,
)

Entry = tuple[int, Edge]
Owned = Gateway | Nat | Peer | EgressOnly | Vpn | Service | Inspection | Appliance


def entries(
    scope: Scope, role: Role, segment: Segment, known: Mapping[str, int]
) -> Iterator[Entry]:
    """The beginnings of the journeys of all hosts of the role that leave their subnets."""
    terms = scope.terms
    left = subnet.leaves(scope, role, segment.destination, segment.port)
    gate = partial(_gate, scope, segment)
    for hop, met in route_table.ways(scope, role, segment.destination).items():
        away = terms.all_of((met, left))
        if isinstance(hop, Local):
            sent = terms.all_of((away, gate(References.KEPT)))
            yield sent, Edge(Router(), scope.everything, _true)
        elif isinstance(hop, Exit):
            yield from _exits(scope, role, segment, hop, away)
        elif not isinstance(hop, Dead):
            spans = _spans(scope, role, segment, hop)
            for term, sender in _senders(scope, role, segment, hop, met, left, gate):
                if term != FALSE:
                    for edge in leave.onward(scope, segment, sender, hop, spans, known):
                        yield _narrowed(scope, segment, term, edge, spans)


def _true() -> int:
    return TRUE


def _gate(scope: Scope, segment: Segment, references: References) -> int:
    """The sender's own groups; nobody's for replies (CONN-2)."""
    return interface.sends(scope, references) if segment.forth else TRUE


def _exits(scope: Scope, role: Role, segment: Segment, hop: Exit, away: int) -> Iterator[Entry]:
    """GAP-6: the sender's own rules match every reference."""
    sent = scope.terms.all_of((away, _gate(scope, segment, References.ALL)))
    if not segment.forth and not hop.peered:
        yield sent, Edge(Out(hop, None), scope.everything, _true)
        return
    for vpc_id, classes in role.vpcs.items():
        sender = Sender(vpc_id, None, True, True, _true, partial(_gate, scope, segment))
        near = peering.near(scope, segment, sender)() if hop.peered else TRUE
        here = scope.terms.all_of((sent, scope.side(role, classes), near))
        yield here, Edge(Out(hop, vpc_id), scope.everything, _true)


def _spans(scope: Scope, role: Role, segment: Segment, hop: Hop) -> Spans:
    domain = scope.domain(segment.destination)
    return common(route_table.spans_of(scope, role, hop), domain)


def _narrowed(scope: Scope, segment: Segment, term: int, edge: Edge, spans: Spans) -> Entry:
    """The entry, its term saying all that the edge's destinations say beyond the hop's own."""
    if not covers(edge.spans, spans):
        there = scope.address(segment.destination, edge.spans)
        term = scope.terms.all_of((term, there))
    return term, edge


def _senders(
    scope: Scope,
    role: Role,
    segment: Segment,
    hop: Owned | Transit,
    met: int,
    left: int,
    gate: Callable[[References], int],
) -> Iterator[tuple[int, Sender]]:
    """The groups of hosts between which the hop distinguishes, each with when it gets there."""
    terms, network = scope.terms, scope.index.network
    away = terms.all_of((met, left))
    if isinstance(hop, Transit):
        zones: dict[str | None, list[str]] = {}
        for id_ in role.subnets:
            zones.setdefault(network.subnets[id_].zone, []).append(id_)
        for ids in zones.values():
            classes = normal(part for id_ in ids for part in role.subnets[id_])
            vpc_id = network.transit_attachments[hop.id, hop.attachment].vpc_id or ""
            here = common(classes, role.vpcs.get(vpc_id, ()))
            sender = Sender(vpc_id, ids[0], True, True, _true, gate)
            yield terms.all_of((away, scope.side(role, here))), sender
        return
    for vpc_id in _homes(network, hop):
        lives = scope.side(role, role.vpcs.get(vpc_id, ()))
        if isinstance(hop, Appliance):
            own = network.interfaces[hop.id].subnet_id
            inside = role.subnets.get(own, ())
            departs = subnet.departs(scope, role, segment.destination)
            beside = terms.all_of((met, departs, scope.side(role, inside)))
            yield beside, Sender(vpc_id, own, True, True, _true, gate)
            others = scope.side(role, without(role.inside, inside))
            yield terms.all_of((away, others)), Sender(vpc_id, None, True, True, _true, gate)
        elif isinstance(hop, Gateway) and len(network.internet_gateways[hop.id].vpc_ids) > 1:
            yield terms.all_of((away, lives)), Sender(vpc_id, None, True, True, _true, gate)
        else:
            yield away, Sender(vpc_id, None, True, True, _true, gate)


def _homes(network: Network, hop: Owned) -> tuple[str, ...]:
    """The VPCs whose tables can lead to the hop."""
    if isinstance(hop, Gateway):
        return network.internet_gateways[hop.id].vpc_ids
    if isinstance(hop, Peer):
        side = other_side(network.peerings[hop.id], hop.vpc_id)
        return () if side is None else (side.vpc_id,)
    return (leave.home(network, hop),)

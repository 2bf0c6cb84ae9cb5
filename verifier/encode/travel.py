"""Routing stage by stage: each place once, the next one being a matter of the destination.

Law: a term of a journey is true iff the packet gets there by the clauses, exits apart, which hang
on the way as further ends. Only destinations that can be at a place are looked at, so that the
formula follows the tables and what is asked, never the paths. Places that lead back to each other
are said in as many rounds as there are of them, which is enough (`topology.stages`); who is left
after that is in a loop and gets nowhere (MBX-7, TGW-11).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from verifier.encode import leave
from verifier.encode.packet import Scope
from verifier.encode.stage import (
    AtAppliance,
    AtEdge,
    AtEndpoint,
    AtSubnet,
    AtTable,
    Edge,
    End,
    Journey,
    Place,
    Segment,
)
from verifier.encode.terms import FALSE, TRUE
from verifier.topology import Spans, common, components, covers, union

PLACES = (AtTable, AtSubnet, AtEdge, AtAppliance, AtEndpoint)


@dataclass(slots=True)
class _Travel:
    """One run: `alive` are the destinations that can be at a place."""

    scope: Scope
    segment: Segment
    known: Mapping[str, int]
    again: Mapping[str, int]
    alive: dict[Place, Spans] = field(default_factory=dict)
    edges: dict[Place, list[Edge]] = field(default_factory=dict)
    coming: dict[Place, list[tuple[int, Spans]]] = field(default_factory=dict)
    ends: dict[End, list[int]] = field(default_factory=dict)
    passed: dict[str, list[int]] = field(default_factory=dict)
    owed: dict[str, list[int]] = field(default_factory=dict)

    def explore(self, entries: Iterable[tuple[int, Edge]]) -> None:
        """Find all places that can be met."""
        waiting: list[Place] = []
        for _, edge in entries:
            self._reach(edge.to, edge.spans, waiting)
        while waiting:
            at = waiting.pop()
            if at not in self.edges:
                self.edges[at] = list(leave.edges(self.scope, self.segment, at, self.known))
            for edge in self.edges[at]:
                self._reach(edge.to, common(edge.spans, self.alive[at]), waiting)

    def _reach(self, to: Place | End, spans: Spans, waiting: list[Place]) -> None:
        if isinstance(to, PLACES) and spans:
            before = self.alive.get(to, ())
            after = union(before, spans)
            if after != before or to not in self.alive:
                self.alive[to] = after
                waiting.append(to)

    def order(self) -> list[tuple[Place, ...]]:
        """The places, in an order in which they can be said."""
        graph = {
            at: [
                edge.to
                for edge in self.edges[at]
                if isinstance(edge.to, PLACES) and common(edge.spans, spans)
            ]
            for at, spans in self.alive.items()
        }
        return components(graph)

    def follow(self, reached: int, spans: Spans, edge: Edge) -> None:
        """Say what is behind an edge, given when and with which destinations it is come to."""
        left = common(spans, edge.spans)
        if not left:
            return
        terms = self.scope.terms
        there = TRUE
        if not covers(edge.spans, spans):
            there = self.scope.address(self.segment.destination, edge.spans)
        term = FALSE if there == FALSE else terms.all_of((reached, there, edge.term()))
        if term == FALSE:
            return
        if edge.handed is not None:
            id_, gap = edge.handed
            if id_ in self.again:
                term = terms.all_of((term, terms.negate(self.again[id_])))
            self.passed.setdefault(id_, []).append(term)
            if not self.scope.open(gap):
                self.owed.setdefault(id_, []).append(term)
        if edge.noted is not None:
            name, noted = edge.noted
            self.passed.setdefault(name, []).append(terms.all_of((term, noted())))
        if isinstance(edge.to, PLACES):
            self.coming.setdefault(edge.to, []).append((term, left))
        else:
            self.ends.setdefault(edge.to, []).append(term)

    def rounds(self, places: tuple[Place, ...]) -> None:
        """Say one component: as many rounds as it has places."""
        for _ in places:
            now = {at: self.coming.pop(at) for at in places if at in self.coming}
            for at, parts in now.items():
                reached = self.scope.terms.any_of(term for term, _ in parts)
                spans = union(*(spans for _, spans in parts))
                for edge in self.edges[at]:
                    self.follow(reached, spans, edge)
        for at in places:
            self.coming.pop(at, None)


def travel(
    scope: Scope,
    segment: Segment,
    entries: Iterable[tuple[int, Edge]],
    known: Mapping[str, int] | None = None,
    *,
    again: Mapping[str, int] | None = None,
) -> Journey:
    """The journey of a packet that begins by these edges, each where its term holds.

    `known` says for replies what the packet passed on its way forth (MBX-4, VPCE-7), `again` what
    it passed before with the same header: who comes there once more is in a loop (MBX-7).
    """
    domain = scope.domain(segment.destination)
    begun = [
        (term, edge._replace(spans=common(edge.spans, domain)))
        for term, edge in entries
        if term != FALSE
    ]
    run = _Travel(scope, segment, known or {}, again or {})
    run.explore(begun)
    order = run.order()
    for term, edge in begun:
        run.follow(term, edge.spans, edge)
    for places in order:
        run.rounds(places)
    some = scope.terms.any_of
    return Journey(
        {end: some(parts) for end, parts in run.ends.items()},
        {id_: some(parts) for id_, parts in run.passed.items()},
        {id_: some(parts) for id_, parts in run.owed.items()},
        any(isinstance(at, AtTable) for at in run.alive),
    )

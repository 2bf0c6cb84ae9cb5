"""Region equivalence: the set of packets that the evaluator delivers is the encoding's, exactly.

For each pair of address cells of a case, the boxes of headers fall into those that the evaluator
delivers by every choice of the network, by none, and by some. Both meanings agree on all headers
of the pair iff two queries have no answer: one that looks for a delivered packet in the boxes that
are delivered by none, one that looks for a failing packet in the boxes that are delivered by all.
The cells being a partition, that is a proof for all packets of the case. It also proves that
`certify` cuts finely enough: a missing cut leaves a box in which the encoding is not constant.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from tests.crosscheck.compare import Disagreement
from tests.crosscheck.corpus import Case
from verifier.certify import Constants, choices
from verifier.certify.cells import Spans, cells
from verifier.certify.constants import Relevant
from verifier.certify.headers import fields, protocol_cells
from verifier.certify.pairs import End, ends, targets
from verifier.encode import encode
from verifier.evaluate import Index, delivers, prepare
from verifier.invariants.question import EndpointSet, Goal, Names, Question, Traffic, TrafficTerm
from verifier.packet import (
    ALL_PORTS,
    FAMILIES,
    ICMP_PROTOCOLS,
    PORT_PROTOCOLS,
    Address,
    AddressRange,
    AddressSet,
    Family,
    Packet,
    PortRange,
)
from verifier.solve import Query, Unsat
from verifier.trace import Choices, Host, Probe

WIDE = 600
"""A box of more terms than this is stated as the complement of the others."""


@dataclass(frozen=True)
class _Place:
    """Two hosts, a pair of address cells between them, and a cell of protocols."""

    source: End
    destination: End
    relevant: Relevant
    family: Family
    protocols: Spans
    ours: Spans
    theirs: Spans

    @property
    def protocol(self) -> int:
        return self.protocols[0][0]

    def hosts(self) -> tuple[Host, Host]:
        first, second = self.addresses()
        return self.source.host(first), self.destination.host(second)

    def addresses(self) -> tuple[Address, Address]:
        return Address(self.family, self.ours[0][0]), Address(self.family, self.theirs[0][0])


@dataclass(frozen=True)
class _Box:
    """Headers that no comparison tells apart, by the cells of their two fields."""

    first: Spans
    second: Spans

    def packet(self, place: _Place) -> Packet:
        ours, theirs = place.addresses()
        if place.protocol in PORT_PROTOCOLS:
            return Packet(ours, theirs, place.protocol, self.second[0][0], self.first[0][0])
        if place.protocol in ICMP_PROTOCOLS:
            kind, code = self.first[0][0], self.second[0][0]
            return Packet(ours, theirs, place.protocol, icmp_type=kind, icmp_code=code)
        return Packet(ours, theirs, place.protocol)

    def terms(self, place: _Place) -> Traffic | None:
        """The traffic that is this box; None if it is too wide to be listed."""
        families = frozenset({place.family})
        if place.protocol in PORT_PROTOCOLS:
            return tuple(
                TrafficTerm(families, place.protocol, PortRange(*to), PortRange(*from_))
                for to in self.first
                for from_ in self.second
            )
        if place.protocol in ICMP_PROTOCOLS:
            if _size(self.first) * _size(self.second) > WIDE:
                return None
            return tuple(
                TrafficTerm(families, place.protocol, icmp_type=kind, icmp_code=code)
                for kind in _members(self.first)
                for code in _members(self.second)
            )
        return tuple(TrafficTerm(families, number) for number in _members(place.protocols))


def _size(spans: Spans) -> int:
    return sum(last - first + 1 for first, last in spans)


def _members(spans: Spans) -> Iterator[int]:
    for first, last in spans:
        yield from range(first, last + 1)


def region(case: Case, limit: int) -> Disagreement | int | None:
    """The first disagreement, None if there is none, or the places if there are over `limit`."""
    question = replace(
        case.question,
        excluded=None,
        client_ports=(ALL_PORTS,),
        spoofed=False,
        traffic=tuple(
            replace(term, icmp_type=None, icmp_code=None) for term in case.question.traffic
        ),
    )
    case = replace(case, question=question)
    constants, index = Constants(case.network), prepare(case.network)
    places = list(_places(case, constants))
    if len(places) > limit:
        return len(places)
    for place in places:
        wrong = _compared(case, constants, index, place)
        if wrong is not None:
            return wrong
    return None


def _places(case: Case, constants: Constants) -> Iterator[_Place]:
    question = case.question
    for source in ends(case.network, question.sources, question):
        for destination in targets(case.network, question.destinations):
            if source.interface is destination.interface:
                continue
            relevant = constants.relevant(source.interface, destination.interface, source.door)
            for family in FAMILIES:
                for protocols in protocol_cells(question, relevant):
                    if not _asked(question, family, protocols[0][0]):
                        continue
                    predicates = list(
                        constants.address_predicates(relevant, family, protocols[0][0])
                    )
                    for ours in cells(source.addresses.spans(family), predicates):
                        for theirs in cells(destination.addresses.spans(family), predicates):
                            yield _Place(
                                source, destination, relevant, family, protocols, ours, theirs
                            )


def _asked(question: Question, family: Family, protocol: int) -> bool:
    return any(
        family in term.families and term.protocol in (None, protocol) for term in question.traffic
    )


def _compared(case: Case, constants: Constants, index: Index, place: _Place) -> Disagreement | None:
    by_all, by_none, mixed = _judged(case, constants, index, place)
    for goal, chosen, others in (
        (Goal.FAILING, by_all, by_none + mixed),
        (Goal.DELIVERED, by_none, by_all + mixed),
    ):
        if not chosen:
            continue
        asked = _question(case, place, goal, chosen, others)
        answer = Query(encode(case.network, asked, case.opened), timeout_seconds=60).ask()
        if not isinstance(answer, Unsat):
            probe: Probe | None = getattr(answer, "probe", None)
            what = f"region: the encoding has a packet that is {goal.value}, against the boxes"
            return Disagreement(replace(case, question=asked), what, probe)
    return None


def _judged(
    case: Case, constants: Constants, index: Index, place: _Place
) -> tuple[list[_Box], list[_Box], list[_Box]]:
    """The boxes that the evaluator delivers by every choice, by none, and by some."""
    question = case.question
    taken = list(
        choices(constants, question, place.relevant, case.opened, place.source, place.destination,
                place.family, place.protocol)
    )  # fmt: skip
    found: tuple[list[_Box], list[_Box], list[_Box]] = ([], [], [])
    for box in _boxes(question, place):
        answers = {_delivered(case, index, place, box, choice) for choice in taken}
        found[2 if len(answers) > 1 else 0 if True in answers else 1].append(box)
    return found


def _delivered(case: Case, index: Index, place: _Place, box: _Box, choice: Choices) -> bool:
    source, destination = place.hosts()
    asked = case.question
    probe = Probe(source, destination, box.packet(place), choice, asked.states, asked.avoiding)
    return delivers(index, probe, case.question.mode, case.opened)


def _boxes(question: Question, place: _Place) -> Iterator[_Box]:
    cut = fields(question, place.relevant, place.family, place.protocol)
    if not cut.first:
        yield _Box((), ())
    for first in cut.first:
        for second in cut.second:
            if place.protocol in ICMP_PROTOCOLS or any(
                place.family in term.families
                and term.protocol in (None, place.protocol)
                and first[0][0] in term.destination_ports
                and second[0][0] in term.source_ports
                for term in question.traffic
            ):
                yield _Box(first, second)


def _question(
    case: Case, place: _Place, goal: Goal, chosen: Sequence[_Box], others: Sequence[_Box]
) -> Question:
    """The question whose packets are exactly the chosen boxes."""
    sources = _endpoints(place.source, place.ours, place.family)
    listed = [box.terms(place) for box in chosen]
    traffic = tuple(term for terms in listed if terms is not None for term in terms)
    excluded = None
    if None in listed:
        traffic = (TrafficTerm(frozenset({place.family}), place.protocol),)
        away = [box.terms(place) for box in others]
        assert None not in away, "one box at most is too wide"
        excluded = (sources, tuple(term for terms in away if terms for term in terms))
    return replace(
        case.question,
        sources=sources,
        destinations=_endpoints(place.destination, place.theirs, place.family),
        traffic=traffic,
        excluded=excluded,
        goal=goal,
    )


def _endpoints(end: End, cell: Spans, family: Family) -> EndpointSet:
    addresses = AddressSet.of(*(AddressRange(family, first, last) for first, last in cell))
    if end.interface is None:
        return EndpointSet(outside={end.door: addresses})
    return EndpointSet({end.interface.id: Names(default=False, named=addresses)})

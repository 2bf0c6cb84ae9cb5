"""From one question to one verdict: how the polarity of gaps decides (clauses GAP-2, GAP-11, 12).

Law: `never` and `only` are judged with all gaps open, `always` and `some` with all closed; where
the other extreme answers differently, the verdict is UNKNOWN and names the gaps that matter. Only
here is an answer of the solver turned into a verdict.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import count
from time import monotonic
from typing import Final

from verifier.certify import OverBudget
from verifier.certify import decide as enumerate_all
from verifier.invariants.invariant import KindName
from verifier.invariants.question import Goal, Question, Relays
from verifier.model import Gap
from verifier.solve import GaveUp, Joint, Query
from verifier.verdict import Counterexample, Evidence, Reason, Result, Verdict
from verifier.verify.asked import Asked
from verifier.verify.certain import Certain
from verifier.verify.neighbours import Neighbours
from verifier.verify.options import Options
from verifier.verify.parts import combined
from verifier.verify.relayed import Relayed, relayed
from verifier.verify.search import Found, Ground, Search, StoppedError, replay
from verifier.verify.translators import translator_gaps
from verifier.verify.witness import presentable

ROUNDS: Final = 12
"""How often gaps are closed one after the other to find those that matter."""
LARGEST_ENUMERATED: Final = 200
"""Interfaces of the largest network for which it is worth cutting boxes at all."""


class _Limits:
    """What the parts of one invariant share: the deadline, and numbers for dumped queries."""

    def __init__(self, options: Options, name: str) -> None:
        self.options, self.name = options, name
        self.deadline = monotonic() + options.timeout
        self.numbers = count(1)


class _Case:
    """One invariant, or one part of it, under decision: opens searches."""

    def __init__(self, ground: Ground, asked: Asked, limits: _Limits) -> None:
        self.ground, self.asked, self.options = ground, asked, limits.options
        self.limits, self.deadline = limits, limits.deadline
        self.everything = frozenset(ground.network.gaps)

    def search(self, opened: frozenset[Gap], question: Question | None = None) -> Search:
        search = Search(self.ground, question or self.asked.question, opened, self.deadline)
        self.dump(search.query)
        return search

    def certain(self, opened: frozenset[Gap]) -> Certain:
        search = Certain(self.ground, self.asked.question, opened, self.deadline)
        self.dump(search.query)
        return search

    def dump(self, query: Query | Joint) -> None:
        """Write the query to a file of its own, if that is asked for."""
        if self.options.smt_directory is not None:
            name = f"{self.limits.name}-{next(self.limits.numbers)}.smt2"
            path = self.options.smt_directory / name
            path.write_text(query.smtlib(), encoding="utf-8")

    def first(self, opened: frozenset[Gap], question: Question | None = None) -> Found | None:
        return _answer(self.search(opened, question))


def _answer(search: Search) -> Found | None:
    found = search.next()
    if isinstance(found, GaveUp):
        raise StoppedError(found.reason)
    return found


def decide(ground: Ground, asked: Asked, options: Options, name: str) -> Result:
    """The verdict on one invariant; `name` is its id, used for dumped queries."""
    return _decided(ground, asked, _Limits(options, name))


def _decided(ground: Ground, asked: Asked, limits: _Limits) -> Result:
    named = (*asked.question.sources.unknown, *asked.question.destinations.unknown)
    if named:
        listed = ", ".join(f"`{term}`" for term in dict.fromkeys(named))
        return _unknown("endpoint-not-modelled", f"{listed} is of a kind that is not modelled")
    if asked.vacuous is not None:
        return _vacuous(asked, asked.vacuous)
    if asked.parts:
        results = [_decided(ground, part, limits) for part in asked.parts]
        return _solid(asked, combined(asked, results, limits.options.max_counterexamples))
    return _alone(_Case(ground, asked, limits))


def _solid(asked: Asked, result: Result) -> Result:
    """The same, but for a proof that says nothing."""
    if asked.hollow is not None and result.verdict is Verdict.PROVED and not asked.allow_empty:
        return _vacuous(asked, asked.hollow)
    return result


def _alone(case: _Case) -> Result:
    """The verdict on what has no parts."""
    try:
        result = _DECIDERS[case.asked.kind](case)
    except StoppedError as stopped:
        return _unknown("solver-gave-up", f"the solver gave up: {stopped.reason}")
    unknown = case.asked.unknown
    if unknown and result.verdict is Verdict.REFUTED:
        listed = ", ".join(f"`{waypoint}`" for waypoint in unknown)
        text = f"{listed} is not modelled, and packets need not pass the other waypoints"
        return _unknown("waypoint-not-modelled", text)
    solid = _solid(case.asked, result)
    return solid if solid.verdict is Verdict.VACUOUS else _with_incomplete(case, result)


def _unknown(code: str, text: str, gaps: tuple[Gap, ...] = ()) -> Result:
    return Result(verdict=Verdict.UNKNOWN, reason=Reason(code, text), gaps=gaps)


def _vacuous(asked: Asked, why: str) -> Result:
    reason = Reason("nothing-to-check", why)
    if not asked.allow_empty:
        return Result(verdict=Verdict.VACUOUS, reason=reason)
    verdict = Verdict.REFUTED if asked.kind == "some" else Verdict.PROVED
    return Result(verdict=verdict, reason=reason, evidence=Evidence.ENUMERATED)


def _safety(case: _Case) -> Result:
    """`never` and `only`: no probe may meet the goal, whatever the gaps hide."""
    search = case.search(case.everything)
    found = _answer(search)
    if found is None:
        return (
            _relays(case)
            or _translators(case)
            or Result(verdict=Verdict.PROVED, evidence=_evidence(case, case.everything))
        )
    if not case.everything:
        return _with_relayed(case, _refuted(case, search, found))
    closed = case.search(frozenset())
    sure = _answer(closed)
    if sure is not None:
        return _with_relayed(case, _refuted(case, closed, sure))
    carried = _relays(case)
    if carried is not None and carried.verdict is Verdict.REFUTED:
        return carried
    return _gaps_matter(case, search, found)


def _relays(case: _Case) -> Result | None:
    """What a `never` is for the sake of what load balancers pass on (LB-13, GAP-11)."""
    asked = case.asked
    if asked.kind != "never" or asked.relays is not Relays.FOLLOW:
        return None
    wanted = case.options.max_counterexamples
    found = relayed(case.ground, asked.question, case.deadline, case.dump, wanted)
    if found is None:
        return None
    if not found.broken:
        return _not_followed(found)
    return Result(
        verdict=Verdict.REFUTED,
        evidence=Evidence.REPLAYED,
        counterexamples=found.broken,
        truncated=found.truncated,
    )


def _translators(case: _Case) -> Result | None:
    """UNKNOWN for the sake of NAT64 that is not modelled (ASK-8); None iff there is none."""
    gaps = translator_gaps(case.ground.network, case.asked.question)
    if not gaps:
        return None
    text = f"NAT64 names are handed to {gaps[0].resource}, which is not modelled"
    return _unknown("gap", text, gaps)


def _with_relayed(case: _Case, result: Result) -> Result:
    """Where all counterexamples are wanted, those of relayed flows besides."""
    if case.options.max_counterexamples is not None:
        return result
    try:
        carried = _relays(case)
    except StoppedError:
        return replace(result, truncated=True)
    if carried is None or carried.verdict is not Verdict.REFUTED:
        return result
    return replace(
        result,
        counterexamples=(*result.counterexamples, *carried.counterexamples),
        truncated=result.truncated or carried.truncated,
    )


def _not_followed(found: Relayed) -> Result:
    if found.gaps:
        text = "load balancers pass traffic on in a way that is not modelled"
        return _unknown("gap", text, found.gaps)
    listed = ", ".join(found.doubtful)
    return _unknown("relay-not-followed", f"what {listed} sends on could not be decided")


def _always(case: _Case) -> Result:
    """`always`: no admitted probe may fail, whatever the gaps hide."""
    search = case.search(frozenset())
    found = _answer(search)
    if found is None:
        if case.asked.wanting is not None:
            return _wanting(case.asked.wanting)
        return Result(verdict=Verdict.PROVED, evidence=_evidence(case, frozenset()))
    if not case.everything:
        return _refuted(case, search, found)
    opened = case.certain(case.everything)
    sure = _answer(opened)
    if sure is not None:
        return _refuted(case, opened, sure)
    if case.asked.wanting is not None:
        return _wanting(case.asked.wanting)
    return _gaps_that_save(case, found, opened.doubted)


def _wanting(pair: tuple[str, str]) -> Result:
    text = f"{pair[0]} has no address by which it could reach {pair[1]} in a family of the traffic"
    return Result(
        verdict=Verdict.REFUTED,
        reason=Reason("no-common-address", text),
        evidence=Evidence.ENUMERATED,
    )


def _some(case: _Case) -> Result:
    """`some`: one probe that works with all gaps closed is enough."""
    found = case.first(frozenset())
    if found is not None:
        shown = presentable(case.ground, case.asked.question, found.case, frozenset())
        return Result(verdict=Verdict.PROVED, evidence=Evidence.REPLAYED, witness=shown)
    if case.everything:
        search = case.search(case.everything)
        opened = _answer(search)
        if opened is not None:
            return _gaps_matter(case, search, opened)
    text = "no source, destination and packet of the traffic work"
    return Result(
        verdict=Verdict.REFUTED,
        reason=Reason("nothing-works", text),
        evidence=_evidence(case, case.everything),
    )


_DECIDERS: Final[dict[KindName, Callable[[_Case], Result]]] = {
    "never": _safety,
    "only": _safety,
    "always": _always,
    "some": _some,
}


def _evidence(case: _Case, opened: frozenset[Gap]) -> Evidence:
    """Confirm `unsat` by complete enumeration where that is cheap.

    A probe that enumeration finds contradicts the solver: the run ends there.
    """
    budget = case.options.enumeration_budget
    if len(case.ground.network.interfaces) > LARGEST_ENUMERATED or budget == 0:
        return Evidence.SOLVER
    probe = enumerate_all(case.ground.network, case.asked.question, opened, budget)
    if isinstance(probe, OverBudget):
        return Evidence.SOLVER
    if probe is not None:
        case.search(opened).disagree("enumeration finds a packet where the solver has none", probe)
    return Evidence.ENUMERATED


def _refuted(case: _Case, search: Search, found: Found) -> Result:
    """Collect counterexamples, one per pair of endpoint classes, until there are enough."""
    wanted = case.options.max_counterexamples
    near = Neighbours(case.ground, search.question, search.obligation, search.opened)
    shown: list[Counterexample] = []
    current: Found | GaveUp | None = found
    while isinstance(current, Found):
        if wanted is not None and len(shown) == wanted:
            break
        case_shown = presentable(case.ground, search.question, current.case, search.opened)
        group = [replace(current, case=case_shown)]
        if wanted is None:
            group.extend(near.around(group[0]))
        shown.extend(_with_members(case, search, one) for one in group)
        if monotonic() > case.deadline:
            break
        search.block((one.source_class, one.destination_class) for one in group)
        current = search.next()
    return Result(
        verdict=Verdict.REFUTED,
        evidence=Evidence.REPLAYED,
        counterexamples=tuple(shown),
        truncated=current is not None,
    )


def _with_members(case: _Case, search: Search, found: Found) -> Counterexample:
    if case.options.max_counterexamples is not None:
        return found.case
    sources, destinations = search.members(found)
    return replace(found.case, source_members=sources, destination_members=destinations)


def _gaps_matter(case: _Case, search: Search, found: Found) -> Result:
    """Name the gaps: close those that a probe relied on, look for another, until none is left."""
    met: frozenset[Gap] = frozenset()
    current: Found | None = found
    rounds = 0
    while current is not None and rounds < ROUNDS:
        if not current.case.exchange.gaps:
            search.disagree("the evaluator needs no gap where the solver does", current.case.probe)
        met |= current.case.exchange.gaps
        current = case.first(case.everything - met)
        rounds += 1
    return _depends(met)


def _gaps_that_save(case: _Case, failing: Found, met: frozenset[Gap]) -> Result:
    """`always` fails with gaps closed and may hold with all open: open them until it holds."""
    current: Found | None = failing
    rounds = 0
    while current is not None and rounds < ROUNDS:
        question, probe = case.asked.question, current.case.probe
        met |= replay(case.ground, question, probe, case.everything).gaps
        current = _answer(case.certain(met))
        rounds += 1
    return _depends(met)


def _depends(met: frozenset[Gap]) -> Result:
    gaps = tuple(sorted(met))
    first = f"{gaps[0].resource}: {gaps[0].detail}"
    more = f" (and {len(gaps) - 1} more)" if len(gaps) > 1 else ""
    return _unknown("gap", f"depends on what is not modelled at {first}{more}", gaps)


def _with_incomplete(case: _Case, result: Result) -> Result:
    """Clause GAP-12."""
    incomplete = case.ground.network.incomplete
    if not incomplete or result.verdict is Verdict.UNKNOWN:
        return result
    replayed = result.evidence is Evidence.REPLAYED and case.asked.question.goal is Goal.DELIVERED
    if replayed and all(gap.resource in HOST_LISTINGS for gap in incomplete):
        return result
    first = incomplete[0]
    return _unknown("incomplete-snapshot", f"{first.resource}: {first.detail}", incomplete)


HOST_LISTINGS: Final = frozenset({"NetworkInterfaces", "Reservations", "Subnets", "Vpcs"})
"""Listings whose missing rest can only add hosts."""

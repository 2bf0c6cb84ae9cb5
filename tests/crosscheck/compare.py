"""One case put to both meanings: the verdict, and single probes.

The theorem: for every network and every packet, the encoding is true of the packet iff the
evaluator delivers it. `Disagreement` is an account of a case where it is not.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from tests.crosscheck import reproducer
from tests.crosscheck.corpus import Case, strangers, variants
from tests.strategies.question import wide
from verifier.certify import OverBudget, decide
from verifier.encode import encode
from verifier.evaluate import delivers, exchange, prepare
from verifier.invariants.question import Goal, Mode
from verifier.solve import GaveUp, Query, Sat
from verifier.trace import Probe
from verifier.verify.admits import admits, space_of

BUDGET = 3000
"""Boxes of one question; what has more is counted and passed over."""
PROBES = 30


@dataclass(frozen=True)
class Disagreement:
    """A case on which the meanings differ, and the probe that shows it."""

    case: Case
    what: str
    probe: Probe | None

    def report(self) -> str:
        """Everything needed to look into it."""
        more: dict[str, object] = {"what": self.what, "probe": self.probe}
        text = f"seed {self.case.seed} ({self.case.drawn.kind}): {self.what}\n"
        if self.probe is not None:
            found = exchange(prepare(self.case.network), self.probe, self.case.opened)
            text += f"evaluator: works={found.works}, forward {found.forward}\n"
            text += f"reply {found.reply}\n"
        return text + reproducer.text(self.case, **more)


@dataclass(frozen=True)
class Verdict:
    """What both say: `reachable` iff the goal is met by some probe; None if not decided."""

    reachable: bool | None
    disagreement: Disagreement | None = None


def verdict(case: Case, budget: int = BUDGET) -> Verdict:
    """Ask the solver and enumerate; they must agree."""
    enumerated = decide(case.network, case.question, case.opened, budget)
    answer = Query(encode(case.network, case.question, case.opened), timeout_seconds=60).ask()
    if isinstance(answer, GaveUp):
        return Verdict(None, Disagreement(case, "the solver gave up", None))
    if isinstance(answer, Sat):
        wrong = _judged(case, answer.probe)
        if wrong is not None:
            return Verdict(True, Disagreement(case, wrong, answer.probe))
        if enumerated is None:
            return Verdict(True, Disagreement(case, "enumeration is not complete", answer.probe))
        return Verdict(True)
    if isinstance(enumerated, Probe):
        return Verdict(True, Disagreement(case, "unsat, and yet a probe", enumerated))
    return Verdict(None if isinstance(enumerated, OverBudget) else False)


def _judged(case: Case, probe: Probe) -> str | None:
    """What is wrong with the solver's probe, if anything is."""
    if not admits(case.network, space_of(case.network), case.question, probe):
        return "sat, and the question does not admit the probe"
    wanted = case.question.goal is Goal.DELIVERED
    if delivers(prepare(case.network), probe, case.question.mode, case.opened) is not wanted:
        return "sat, and the evaluator does not agree"
    return None


def crosscheck(case: Case, budget: int = BUDGET) -> Disagreement | None:
    """Everything that is cheap: the verdicts of five questions, and single probes."""
    for each in variants(case):
        wrong = verdict(each, budget).disagreement
        if wrong is not None:
            return wrong
    return probes(case, PROBES) or anything(case, PROBES // 2)


def anything(case: Case, count: int) -> Disagreement | None:
    """Single probes under the question whether anything reaches anything, in both modes."""
    index, states = prepare(case.network), case.drawn.spine.states
    away = case.question.avoiding
    asked = [replace(p, states=states, avoiding=away) for p in strangers(case, count)]
    for mode in Mode:
        question = wide(case.network, asked, mode, states)
        query = Query(encode(case.network, question, case.opened), timeout_seconds=60)
        for probe in asked:
            expected = delivers(index, probe, mode, case.opened)
            if query.at(probe) is not expected:
                this = replace(case, question=question)
                return Disagreement(this, f"encoding says {not expected} of a probe", probe)
    return None


def probes(case: Case, count: int) -> Disagreement | None:
    """Put single probes to both: the spine and packets like it, as far as the question goes."""
    space, index = space_of(case.network), prepare(case.network)
    query = Query(encode(case.network, case.question, case.opened), timeout_seconds=60)
    wanted = case.question.goal is Goal.DELIVERED
    for drawn in strangers(case, count):
        probe = replace(drawn, avoiding=case.question.avoiding)
        expected = admits(case.network, space, case.question, probe) and (
            delivers(index, probe, case.question.mode, case.opened) is wanted
        )
        if query.at(probe) is not expected:
            return Disagreement(case, f"encoding says {not expected} of a probe", probe)
    return None

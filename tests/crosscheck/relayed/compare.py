"""One case put to the oracle and to the verifier: what must agree, and what may stay open."""

from __future__ import annotations

from dataclasses import dataclass, field

from tests.crosscheck import reproducer
from tests.crosscheck.corpus import Case
from tests.crosscheck.relayed.legs import Legs, TooManyError
from tests.crosscheck.relayed.oracle import Oracle, Sure
from verifier.errors import DisagreementError
from verifier.evaluate import prepare
from verifier.invariants.question import Relays
from verifier.model import Gap
from verifier.topology import Index as Topology
from verifier.verdict import Result, Verdict
from verifier.verify import Options
from verifier.verify.admits import space_of
from verifier.verify.asked import Asked
from verifier.verify.decide import decide
from verifier.verify.search import Ground

BUDGET = 20_000
"""Boxes of one leg; a case with a larger one is counted as skipped."""
OPTIONS = Options(enumeration_budget=0, max_counterexamples=1)


@dataclass(frozen=True)
class Truth:
    """What there is: a packet of a source itself, and the surest relayed flow."""

    direct: bool
    relayed: Sure

    @property
    def sure(self) -> Sure:
        return Sure.YES if self.direct else self.relayed


@dataclass
class Known:
    """The truth of a case by brute force, with all gaps closed and with all open."""

    case: Case
    budget: int = BUDGET
    _legs: dict[bool, Legs] = field(default_factory=dict)
    _direct: dict[bool, bool] = field(default_factory=dict)

    def truth(self, *, everything: bool, misread: frozenset[str] = frozenset()) -> Truth:
        """`TooManyError` iff that would take too long."""
        if everything not in self._legs:
            opened = frozenset[Gap](self.case.network.gaps) if everything else frozenset[Gap]()
            asked = self.case.question
            self._legs[everything] = Legs(self.case.network, asked, opened, self.budget)
            self._direct[everything] = Oracle(self._legs[everything]).directly()
        if self._direct[everything]:
            return Truth(True, Sure.YES)
        return Truth(False, Oracle(self._legs[everything], misread).relayed())


@dataclass(frozen=True)
class Answer:
    """What both say; `wrong` is what is wrong with the verifier's answer, if anything is.

    `left_open` iff the verifier says UNKNOWN of what the oracle decides.
    """

    case: Case
    result: Result | None
    closed: Truth | None = None
    opened: Truth | None = None
    wrong: str | None = None
    left_open: bool = False

    @property
    def skipped(self) -> bool:
        return self.closed is None

    def report(self) -> str:
        """Everything needed to look into it."""
        text = f"seed {self.case.seed} ({self.case.drawn.kind}): {self.wrong}\n"
        text += f"closed {self.closed}, open {self.opened}\nverdict {self.result}\n"
        return text + reproducer.text(self.case)


def verdict(case: Case, relays: Relays = Relays.FOLLOW) -> Result:
    """What the verifier says."""
    network = case.network
    ground = Ground(network, prepare(network), Topology(network), space_of(network))
    asked = Asked(kind="never", question=case.question, relays=relays)
    return decide(ground, asked, OPTIONS, "test")


def compared(case: Case, relays: Relays = Relays.FOLLOW, known: Known | None = None) -> Answer:
    """Ask both."""
    known = known or Known(case)
    misread = frozenset({"LB-13"}) if relays is Relays.STOP else frozenset[str]()
    try:
        result = verdict(case, relays)
    except DisagreementError as error:
        return Answer(case, None, wrong=f"the verifier disagrees with itself: {error}")
    try:
        closed = known.truth(everything=False, misread=misread)
        opened = closed
        if case.network.gaps and closed.sure is not Sure.YES:
            opened = known.truth(everything=True, misread=misread)
    except TooManyError:
        return Answer(case, result)
    wrong, left_open = _judged(result, closed, opened)
    return Answer(case, result, closed, opened, wrong, left_open)


def _judged(result: Result, closed: Truth, opened: Truth) -> tuple[str | None, bool]:
    """What is wrong, and whether the verifier left open what is not."""
    said = result.verdict
    if closed.sure is Sure.YES:
        expected = Verdict.REFUTED
    elif max(closed.sure, opened.sure) is Sure.NO:
        expected = Verdict.PROVED
    else:
        expected = Verdict.UNKNOWN
    if said is expected:
        return _told(result, closed), False
    if said is not Verdict.UNKNOWN:
        return f"{said}, and brute force says {expected}", False
    assert result.reason is not None
    if expected is Verdict.REFUTED and (
        closed.direct or result.reason.code != "relay-not-followed"
    ):
        return f"UNKNOWN ({result.reason.text}), and brute force says REFUTED", True
    return None, True


def _told(result: Result, closed: Truth) -> str | None:
    """Counterexamples tell legs iff nothing reaches a destination without a balancer."""
    for one in result.counterexamples:
        if bool(one.legs) is closed.direct:
            return "the counterexample is not of the kind that there is"
    return None

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.unit.report.sample import CHECKS, GAP, run
from verifier.invariants import Severity
from verifier.invariants.question import Relays
from verifier.model import Assumption
from verifier.report.run import NEVER_FILTERED, NOT_FOLLOWED, Run, exit_code, worst
from verifier.verdict import Verdict

REFUTED, REFUTED_LOW, PROVED, WITNESSED, UNKNOWN, VACUOUS = CHECKS


def having(*checks: object, fail_on: Severity = Severity.LOW) -> Run:
    return replace(run(), checks=checks, fail_on=fail_on)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("checks", "expected"),
    [
        ((PROVED, WITNESSED), 0),
        ((PROVED, REFUTED, UNKNOWN, VACUOUS), 1),
        ((PROVED, UNKNOWN, VACUOUS), 4),
        ((PROVED, VACUOUS), 5),
        ((), 5),
    ],
)
def test_exit_code_is_the_worst_that_anything_calls_for(
    checks: tuple[object, ...], expected: int
) -> None:
    assert exit_code(having(*checks)) == expected


def test_a_refutation_below_fail_on_does_not_count() -> None:
    assert exit_code(having(REFUTED_LOW, fail_on=Severity.MEDIUM)) == 0
    assert exit_code(having(REFUTED_LOW, UNKNOWN, fail_on=Severity.MEDIUM)) == 4
    assert exit_code(having(REFUTED_LOW, fail_on=Severity.LOW)) == 1
    assert exit_code(having(REFUTED, REFUTED_LOW, fail_on=Severity.CRITICAL)) == 1


def test_precedence() -> None:
    order = [130, 2, 70, 3, 1, 4, 5, 0]
    for at, code in enumerate(order):
        assert worst(order[at:]) == code
    assert worst([]) == 0


def test_what_is_never_filtered_is_always_among_the_assumptions() -> None:
    assert NEVER_FILTERED in run().assumptions
    own = Assumption("SVC-1", "in other words")
    stated = replace(run(), network=replace(run().network, assumptions=(own,)))
    assert stated.assumptions == (own,)


def test_relays_that_are_not_followed_are_an_assumption() -> None:
    stopped = replace(REFUTED, invariant=replace(REFUTED.invariant, relays=Relays.STOP))
    assert NOT_FOLLOWED in having(PROVED, stopped).assumptions
    assert NOT_FOLLOWED not in having(PROVED, REFUTED).assumptions


def test_gaps_are_those_of_network_and_results() -> None:
    bare = replace(run(), network=replace(run().network, gaps=()))
    assert bare.gaps == (GAP,)
    assert replace(bare, checks=()).gaps == ()
    assert run().gaps == (GAP,)


def test_counts_have_every_verdict() -> None:
    assert having(PROVED).counts == {
        Verdict.PROVED: 1,
        Verdict.REFUTED: 0,
        Verdict.UNKNOWN: 0,
        Verdict.VACUOUS: 0,
    }

"""What is enumerated is what the question admits, and nothing that it admits is left out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from random import Random

import pytest

from tests.crosscheck.corpus import Case, case, strangers
from verifier.certify import OverBudget, decide, enumerate_probes
from verifier.evaluate import delivers, prepare
from verifier.invariants.question import Goal
from verifier.trace import Choices, Probe
from verifier.verify.admits import admits, space_of

SEEDS = range(60)


def _cases() -> Iterator[Case]:
    for seed in SEEDS:
        yield case(seed)


def test_every_probe_is_admitted_by_the_question_and_differs_from_the_others() -> None:
    seen = 0
    for drawn in _cases():
        found = enumerate_probes(drawn.network, drawn.question, 2000, drawn.opened)
        if isinstance(found, OverBudget):
            continue
        probes = list(found)
        space = space_of(drawn.network)
        for probe in probes:
            assert admits(drawn.network, space, drawn.question, probe), probe
        assert len(set(probes)) == len(probes)
        seen += len(probes)
    assert seen > 1000


def test_a_probe_that_the_question_admits_is_answered_by_the_enumeration() -> None:
    """No admitted probe may meet the goal where enumeration says that none does."""
    asked = 0
    for drawn in _cases():
        answer = decide(drawn.network, drawn.question, drawn.opened, 2000)
        if answer is not None:
            continue
        space, index = space_of(drawn.network), prepare(drawn.network)
        wanted = drawn.question.goal is Goal.DELIVERED
        for probe in strangers(drawn, 40):
            if admits(drawn.network, space, drawn.question, probe):
                asked += 1
                works = delivers(index, probe, drawn.question.mode, drawn.opened)
                assert works is not wanted, (drawn.seed, probe)
    assert asked > 50


def test_the_answer_is_a_probe_that_meets_the_goal() -> None:
    for drawn in _cases():
        answer = decide(drawn.network, drawn.question, drawn.opened, 2000)
        if isinstance(answer, Probe):
            works = delivers(drawn.network, answer, drawn.question.mode, drawn.opened)
            assert works is (drawn.question.goal is Goal.DELIVERED)


@pytest.mark.parametrize("budget", [0, 3])
def test_a_question_with_more_boxes_than_the_budget_is_not_decided(budget: int) -> None:
    drawn = case(1)
    answer = decide(drawn.network, drawn.question, drawn.opened, budget)
    assert isinstance(answer, OverBudget)
    assert answer.boxes > budget


def test_more_cuts_than_needed_never_change_the_answer() -> None:
    """Each enumerated probe stands for its box: a random member of the box has the same fate."""
    for seed in range(12):
        drawn = case(seed)
        found = enumerate_probes(drawn.network, drawn.question, 2000, drawn.opened)
        if isinstance(found, OverBudget):
            continue
        index, random = prepare(drawn.network), Random(seed)
        for probe in list(found)[:40]:
            if probe.packet.source_port is None or drawn.question.mode.value == "connection":
                continue
            other = replace(probe.packet, source_port=random.randrange(65536))
            changed = replace(
                probe,
                packet=other,
                choices=Choices(1024, probe.choices.nat_address, probe.choices.gap_source),
            )
            assert delivers(index, probe, drawn.question.mode, drawn.opened) is delivers(
                index, changed, drawn.question.mode, drawn.opened
            )

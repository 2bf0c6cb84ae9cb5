"""Laws of networks, on both meanings: what changes nothing, and what changes one way only.

Each law takes 50 networks of the fixed corpus (`LAW_NETWORKS` for more) and asks about the spine
and packets like it in both modes: the evaluator by walking, the encoder by `Query.at`.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from random import Random

import pytest

from tests.crosscheck import reproducer
from tests.crosscheck.corpus import Case, case, strangers
from tests.laws import transforms
from tests.strategies.question import avoiding, wide
from verifier.encode import encode
from verifier.evaluate import delivers, prepare
from verifier.invariants.question import Mode
from verifier.model import Gap, Network
from verifier.solve import Query
from verifier.trace import Probe

NETWORKS = int(os.environ.get("LAW_NETWORKS", "50"))
PROBES = 12
Answers = dict[tuple[int, Mode], bool]
Meaning = Callable[[Network, list[Probe], frozenset[Gap]], Answers]


def evaluated(network: Network, probes: list[Probe], opened: frozenset[Gap]) -> Answers:
    index = prepare(network)
    return {
        (at, mode): delivers(index, probe, mode, opened)
        for at, probe in enumerate(probes)
        for mode in Mode
    }


def encoded(network: Network, probes: list[Probe], opened: frozenset[Gap]) -> Answers:
    found: Answers = {}
    for mode in Mode:
        question = wide(network, probes, mode, probes[0].states)
        query = Query(encode(network, question, opened), timeout_seconds=60)
        found |= {(at, mode): query.at(probe) for at, probe in enumerate(probes)}
    return found


MEANINGS = pytest.mark.parametrize("meaning", [evaluated, encoded])


def cases(law: str) -> Iterator[tuple[Random, Case, list[Probe]]]:
    for seed in range(NETWORKS):
        drawn = case(seed)
        yield Random(f"{law} {seed}"), drawn, asked(drawn)


def asked(drawn: Case) -> list[Probe]:
    """Probes around the spine, all in the same states, so that one query answers them."""
    states, away = drawn.drawn.spine.states, drawn.question.avoiding
    return [replace(p, states=states, avoiding=away) for p in strangers(drawn, PROBES)]


def same(meaning: Meaning, drawn: Case, changed: Network, probes: list[Probe]) -> int:
    before = meaning(drawn.network, probes, drawn.opened)
    after = meaning(changed, probes, drawn.opened)
    _compare(drawn, changed, probes, [key for key in before if before[key] != after[key]])
    return sum(before.values())


def never_more(
    drawn: Case, network: Network, probes: list[Probe], fewer: Answers, more: Answers
) -> None:
    _compare(drawn, network, probes, [key for key in fewer if fewer[key] and not more[key]])


def _compare(
    drawn: Case, changed: Network, probes: list[Probe], wrong: list[tuple[int, Mode]]
) -> None:
    if wrong:
        at, mode = wrong[0]
        text = reproducer.text(drawn, probe=probes[at], mode=mode, changed=changed)
        pytest.fail(f"seed {drawn.seed}, {len(wrong)} probes, the first: {text}")


UNCHANGED = [
    transforms.permuted,
    transforms.split_ranges,
    transforms.split_groups,
    transforms.covered,
]


@MEANINGS
@pytest.mark.parametrize("transform", UNCHANGED, ids=lambda found: found.__name__)
def test_changes_that_mean_nothing_change_nothing(
    transform: Callable[[Random, Network], Network], meaning: Meaning
) -> None:
    delivered = 0
    for random, drawn, probes in cases(transform.__name__):
        delivered += same(meaning, drawn, transform(random, drawn.network), probes)
    assert delivered > NETWORKS, "the law is empty: next to nothing is delivered"


@MEANINGS
def test_renaming_ids_changes_nothing(meaning: Meaning) -> None:
    for random, drawn, probes in cases("renaming"):
        names = transforms.names_of(random, drawn.network)
        network = transforms.renamed(drawn.network, names)
        network = replace(network, gaps=tuple(sorted(network.gaps)))
        before = meaning(drawn.network, probes, drawn.opened)
        after = meaning(
            network,
            [transforms.renamed(probe, names) for probe in probes],
            transforms.renamed(drawn.opened, names),
        )
        wrong = [key for key in before if before[key] != after[key]]
        _compare(drawn, network, probes, wrong)


@MEANINGS
def test_another_group_rule_never_removes_a_packet(meaning: Meaning) -> None:
    for random, drawn, probes in cases("more rules"):
        network = transforms.more_rules(random, drawn.network, case(drawn.seed + 1).network)
        fewer = meaning(drawn.network, probes, drawn.opened)
        never_more(drawn, network, probes, fewer, meaning(network, probes, drawn.opened))


@MEANINGS
def test_a_deny_of_the_lowest_number_never_adds_a_packet(meaning: Meaning) -> None:
    for random, drawn, probes in cases("denied first"):
        network = transforms.denied_first(random, drawn.network, case(drawn.seed + 1).network)
        fewer = meaning(network, probes, drawn.opened)
        never_more(drawn, network, probes, fewer, meaning(drawn.network, probes, drawn.opened))


FEWER = [transforms.blackholed, transforms.unreferenced, transforms.checked]


@MEANINGS
@pytest.mark.parametrize("transform", FEWER, ids=lambda found: found.__name__)
def test_what_stops_packets_never_adds_one(
    transform: Callable[[Random, Network], Network], meaning: Meaning
) -> None:
    for random, drawn, probes in cases(transform.__name__):
        network = transform(random, drawn.network)
        fewer = meaning(network, probes, drawn.opened)
        never_more(drawn, network, probes, fewer, meaning(drawn.network, probes, drawn.opened))


@MEANINGS
def test_avoiding_more_never_adds_a_packet(meaning: Meaning) -> None:
    for random, drawn, probes in cases("avoiding"):
        away = drawn.question.avoiding | avoiding(random, drawn.network)
        fewer = meaning(
            drawn.network, [replace(probe, avoiding=away) for probe in probes], drawn.opened
        )
        more = meaning(drawn.network, probes, drawn.opened)
        never_more(drawn, drawn.network, probes, fewer, more)


@MEANINGS
def test_opening_a_gap_never_removes_a_packet(meaning: Meaning) -> None:
    for random, drawn, probes in cases("gaps"):
        everything = frozenset(drawn.network.gaps)
        some = transforms.fewer(random, everything)
        few = transforms.fewer(random, some)
        answers = [meaning(drawn.network, probes, opened) for opened in (few, some, everything)]
        never_more(drawn, drawn.network, probes, answers[0], answers[1])
        never_more(drawn, drawn.network, probes, answers[1], answers[2])


def test_a_network_against_itself_has_no_difference() -> None:
    for seed in range(NETWORKS):
        first, second = case(seed), case(seed)
        assert first.network == second.network
        texts = [
            Query(encode(found.network, found.question, found.opened), timeout_seconds=60).smtlib()
            for found in (first, second)
        ]
        assert texts[0] == texts[1]
        probes = asked(first)
        assert evaluated(first.network, probes, first.opened) == evaluated(
            second.network, probes, second.opened
        )

"""The solver's verdicts are those of complete enumeration, `sat` and `unsat` (500 networks)."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.crosscheck.compare import verdict
from tests.crosscheck.corpus import case
from tests.crosscheck.sizes import NETWORKS, SHARDS, seeds


@pytest.mark.parametrize("shard", range(SHARDS))
def test_the_solver_and_the_enumeration_agree(shard: int) -> None:
    seen: Counter[bool | None] = Counter()
    for seed in seeds(NETWORKS, shard):
        answer = verdict(case(seed))
        assert answer.disagreement is None, answer.disagreement.report()
        seen[answer.reachable] += 1
    assert seen[True] > 0.2 * seen.total()
    assert seen[False] > 0.2 * seen.total()
    assert seen[None] < 0.15 * seen.total(), "too many questions are over the budget"

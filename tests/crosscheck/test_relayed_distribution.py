"""Each clause about load balancers decides some of the networks with balancers."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.crosscheck.coverage import WITHOUT_PACKETS
from tests.crosscheck.relayed.cases import case
from tests.crosscheck.relayed.compare import Known
from tests.crosscheck.relayed.legs import TooManyError
from tests.crosscheck.relayed.misreadings import MISREADINGS, decisive
from tests.crosscheck.sizes import SEED

BUDGET = 3000

NETWORKS = 1200
"""At most so many are looked at; a clause that decided enough of them is looked at no more."""
AT_LEAST = 3
RARE = (
    76, 113, 129, 150, 183, 198, 217, 223, 271, 278, 346, 351, 352, 361, 371, 381, 434, 463, 496,
    519, 599, 626, 832, 854, 1049, 1171,
)  # fmt: skip
"""Networks that clauses decide which few others turn on: they are looked at first."""


@pytest.mark.no_cover  # asks the evaluator alone, a hundred thousand times
def test_every_clause_decides_several_networks() -> None:
    decided: Counter[str] = Counter()
    looked = 0
    for seed in dict.fromkeys((*RARE, *range(SEED, SEED + NETWORKS))):
        rare = [clause for clause in MISREADINGS if decided[clause] < AT_LEAST]
        if not rare:
            break
        looked += 1
        try:
            decided.update(decisive(Known(case(seed), budget=BUDGET), rare))
        except TooManyError:
            decided["skipped"] += 1
    assert not rare, decided
    assert decided["skipped"] <= 0.3 * looked


def test_every_clause_is_misread() -> None:
    clauses = {clause for clause in WITHOUT_PACKETS if clause.startswith("LB-")}
    assert clauses == {clause.split()[0] for clause in MISREADINGS}

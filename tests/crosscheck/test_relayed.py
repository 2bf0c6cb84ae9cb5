"""What relays carry is what brute force finds, refuted and proved (LB-1 to LB-15, GAP-11)."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.crosscheck.compare import probes, verdict
from tests.crosscheck.corpus import BALANCED
from tests.crosscheck.corpus import case as main_case
from tests.crosscheck.relayed.balancers import Sure
from tests.crosscheck.relayed.cases import case
from tests.crosscheck.relayed.compare import Answer, compared
from tests.crosscheck.sizes import NETWORKS, SHARDS, seeds
from verifier.invariants.question import Relays
from verifier.verdict import Verdict

COUNT = max(NETWORKS // 2, SHARDS)


@pytest.mark.parametrize("shard", range(SHARDS))
def test_never_follows_relays_as_brute_force_does(shard: int) -> None:
    """UNKNOWN hides nothing: what it says of cases that are decided is counted, and bounded."""
    seen: Counter[str] = Counter()
    for seed in seeds(COUNT, shard):
        answer = compared(case(seed))
        assert answer.wrong is None, answer.report()
        seen.update(_told(answer))
        if seed % 5 == 0:
            stopped = compared(case(seed), Relays.STOP)
            assert stopped.wrong is None, stopped.report()
    total = seen["networks"]
    assert seen["skipped"] <= 2 + 0.12 * total, seen
    assert seen["left open"] <= 2 + 0.15 * total, seen
    assert seen["proved"] >= 0.15 * total, seen
    assert seen["relayed"] or total < 20, seen


def test_nodes_are_hosts_like_others() -> None:
    """The main cross-check on networks with balancers: the verdict on one packet, and probes."""
    for seed in range(BALANCED, BALANCED + 3 * max(NETWORKS // 20, 2), 3):
        drawn = main_case(seed)
        assert drawn.network.load_balancers or drawn.drawn.relayed is None
        answer = verdict(drawn)
        wrong = answer.disagreement or probes(drawn, 10)
        assert wrong is None, wrong.report()


def _told(answer: Answer) -> list[str]:
    """What the answer counts as."""
    told = ["networks"]
    if answer.skipped:
        return [*told, "skipped"]
    assert answer.closed is not None
    assert answer.result is not None
    told += ["left open"] if answer.left_open else []
    told += ["proved"] if answer.result.verdict is Verdict.PROVED else []
    relayed = not answer.closed.direct and answer.closed.relayed is Sure.YES
    return [*told, "relayed"] if relayed else told

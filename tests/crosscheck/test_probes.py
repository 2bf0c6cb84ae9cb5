"""At single packets, the encoding says what the evaluator and the question say (200 networks)."""

from __future__ import annotations

import pytest

from tests.crosscheck.compare import probes
from tests.crosscheck.corpus import case
from tests.crosscheck.sizes import NETWORKS, SHARDS, seeds


@pytest.mark.parametrize("shard", range(SHARDS))
def test_the_encoding_at_a_packet_is_the_evaluator_s_answer(shard: int) -> None:
    for seed in seeds(NETWORKS * 2 // 5, shard):
        wrong = probes(case(seed), 20)
        assert wrong is None, wrong.report()

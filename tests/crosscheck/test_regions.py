"""For all packets of a network, both meanings deliver the same ones (50 networks)."""

from __future__ import annotations

import pytest

from tests.crosscheck.compare import Disagreement
from tests.crosscheck.corpus import case
from tests.crosscheck.regions import region
from tests.crosscheck.sizes import NETWORKS, SHARDS, seeds


@pytest.mark.parametrize("shard", range(SHARDS))
def test_the_regions_are_equal(shard: int) -> None:
    proved, wanted = 0, NETWORKS // 10 // SHARDS
    for seed in seeds(NETWORKS, shard):
        found = region(case(seed), 24)
        assert not isinstance(found, Disagreement), found.report()
        proved += found is None
        if proved >= wanted:
            break
    assert proved >= wanted

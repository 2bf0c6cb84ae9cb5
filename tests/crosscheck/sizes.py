"""How many networks the tests take, and from which seed: small on each change, more by night."""

from __future__ import annotations

import os

SEED = int(os.environ.get("CROSSCHECK_SEED", "0"))
NETWORKS = int(os.environ.get("CROSSCHECK_NETWORKS", "500"))
SHARDS = 10


def seeds(count: int, shard: int) -> range:
    """The seeds of one of the shards of the first `count` networks."""
    return range(SEED + shard, SEED + count, SHARDS)

"""Sets of open gaps: none, all, and some."""

from __future__ import annotations

from random import Random

from verifier.model import Gap, Network


def opened(random: Random, network: Network) -> frozenset[Gap]:
    """None, all, all but one, or about half of the network's gaps."""
    gaps = list(network.gaps)
    kind = random.randrange(6)
    if kind < 2 or not gaps:
        return frozenset()
    if kind < 4:
        return frozenset(gaps)
    if kind == 4:
        gaps.pop(random.randrange(len(gaps)))
        return frozenset(gaps)
    return frozenset(gap for gap in gaps if random.random() < 0.5)

"""The fixed corpus: network, question and open gaps of every seed, the same on every machine.

A case is drawn from `Random("case SEED")`. The kind of its spine and its twist go
round with the seed (stratified), so that a corpus of any size has all of them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from random import Random

from tests.strategies.gap import opened
from tests.strategies.network import Drawn, draw
from tests.strategies.probe import probes
from tests.strategies.question import question
from tests.strategies.spine import KINDS, Kind
from tests.strategies.twist import FITTING, TWISTS, Twist
from verifier.invariants.question import Question
from verifier.model import Gap, Network
from verifier.trace import Probe

ROUND: tuple[Kind, ...] = tuple(kind for kind, weight in KINDS.items() for _ in range(weight))

BALANCED = 2000
"""From this seed on every third network has load balancers, whose nodes are hosts like others."""


@dataclass(frozen=True)
class Case:
    """What one seed stands for."""

    seed: int
    drawn: Drawn
    question: Question
    opened: frozenset[Gap]

    @property
    def network(self) -> Network:
        return self.drawn.network


def stratum(seed: int) -> tuple[Kind, Twist]:
    """The kind of way and the twist of the seed."""
    rounds, place = divmod(seed, len(TWISTS))
    twist = TWISTS[place]
    fitting = FITTING.get(twist)
    if fitting is None:
        return ROUND[(rounds * 37 + place * 7) % len(ROUND)], twist
    by_name = {kind.name: kind for kind in ROUND}
    return by_name[fitting[(rounds + place) % len(fitting)]], twist


def case(seed: int) -> Case:
    """The case of the seed."""
    random = Random(f"case {seed}")
    balancers = Random(f"balancers {seed}") if seed >= BALANCED and seed % 3 == 0 else None
    drawn = draw(random, *stratum(seed), balancers)
    return Case(seed, drawn, question(random, drawn), opened(random, drawn.network))


def variants(case: Case) -> list[Case]:
    """The case and four more questions about its network, with gaps closed, open, and mixed."""
    found = [case]
    for number in range(4):
        random = Random(f"more {case.seed} {number}")
        everything = frozenset(case.network.gaps)
        gaps = (frozenset[Gap](), everything, opened(random, case.network))[number % 3]
        asked = question(random, case.drawn)
        found.append(replace(case, question=asked, opened=gaps))
    return found


def strangers(case: Case, count: int) -> list[Probe]:
    """Probes around the spine of the case, the same for the same seed."""
    return probes(Random(f"probes {case.seed}"), case.drawn, count)

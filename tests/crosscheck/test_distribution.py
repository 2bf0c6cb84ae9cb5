"""The corpus is worth asking about: it reaches, it fails to reach, and it meets every clause."""

from __future__ import annotations

import re
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from tests.crosscheck.clauses.situations import SITUATIONS
from tests.crosscheck.corpus import ROUND, Case, case, strangers
from tests.crosscheck.coverage import CLAUSES, WITHOUT_PACKETS, clauses
from tests.crosscheck.sizes import SEED
from verifier.certify import OverBudget, decide
from verifier.evaluate import Code, exchange, prepare
from verifier.invariants.question import Goal
from verifier.trace import Probe

pytestmark = pytest.mark.no_cover
"""Measured, these would take longer and show nothing that others do not."""

SEMANTICS = Path(__file__).resolve().parents[2] / "specs" / "semantics"
NETWORKS = 2000
PROBES = 30
NEVER_DRAWN = {
    Code.AMBIGUOUS_ROUTE: "routes that tie have a gap in every network that is read",
}


DROPPED = {"transit-loop", "transit-beyond"}
"""Kinds of ways that end on the way, by TGW-11, PCX-6, VGW-2 and VPCE-1."""


@cache
def _cases() -> tuple[Case, ...]:
    return tuple(case(SEED + number) for number in range(NETWORKS))


def _met() -> tuple[Counter[str], Counter[str], Counter[str]]:
    """How often, and in how many networks, each clause was met; how often each code."""
    times: Counter[str] = Counter()
    found: Counter[str] = Counter()
    codes: Counter[str] = Counter()
    for drawn in _cases():
        index = prepare(drawn.network)
        here: set[str] = set()
        for probe in strangers(drawn, PROBES):
            told = exchange(index, probe, drawn.opened)
            shown = clauses(drawn, probe, told)
            times.update(shown)
            here |= shown
            traces = [trace for trace in (told.forward, told.reply) if trace is not None]
            codes.update(trace.code for trace in traces if trace.code is not None)
        found.update(here)
    return times, found, codes


def test_between_30_and_75_percent_of_the_networks_are_reachable() -> None:
    seen: Counter[bool] = Counter()
    for drawn in _cases():
        if drawn.question.goal is Goal.DELIVERED:
            answer = decide(drawn.network, drawn.question, drawn.opened, 3000)
            if not isinstance(answer, OverBudget):
                seen[isinstance(answer, Probe)] += 1
    assert 0.30 <= seen[True] / seen.total() <= 0.75


def test_the_table_speaks_of_every_clause() -> None:
    text = "".join(path.read_text(encoding="utf-8") for path in sorted(SEMANTICS.glob("*.md")))
    stated = set(re.findall(r"^\* \*\*([A-Z]+-\d+)\*\*", text, re.MULTILINE))
    assert stated == CLAUSES.keys() | WITHOUT_PACKETS.keys()


def test_every_clause_is_met_at_least_20_times_and_in_several_networks_and_every_code() -> None:
    times, networks, codes = _met()
    rare = {
        clause: (times[clause], networks[clause])
        for clause in (*CLAUSES, *SITUATIONS)
        if times[clause] < 20 or networks[clause] < 5
    }
    assert not rare
    unseen = {code for code in Code if not codes[code.value]} - NEVER_DRAWN.keys()
    assert not unseen


def test_every_kind_of_way_is_drawn_and_open_somewhere() -> None:
    open_: Counter[str] = Counter()
    for drawn in _cases():
        gaps = frozenset(drawn.network.gaps)
        if exchange(drawn.network, drawn.drawn.spine, gaps).forward.delivered_to is not None:
            open_[drawn.drawn.kind] += 1
    often = {kind for kind, count in open_.items() if count >= 3}
    assert {kind.name for kind in ROUND} - DROPPED == often - DROPPED

"""The oracles by which a fault is found, the cheapest first.

Imported only after the fault is in place, since it imports both meanings.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from tests.crosscheck.compare import Disagreement, anything, probes, verdict
from tests.crosscheck.corpus import Case, variants
from tests.crosscheck.regions import region

Oracle = Callable[[Case], Disagreement | None]


def oracles(wanted: str) -> Iterator[Oracle]:
    """All of them, or those of one kind: each goes through the whole corpus before the next."""
    if wanted in ("all", "verdict"):
        yield lambda case: verdict(case, 1500).disagreement
        yield _more_verdicts
    if wanted in ("all", "probe"):
        yield lambda case: probes(case, 30) or anything(case, 12)
    if wanted == "region":
        yield _region


def _more_verdicts(case: Case) -> Disagreement | None:
    answers = (verdict(each, 1500).disagreement for each in variants(case)[1:])
    return next((answer for answer in answers if answer is not None), None)


def _region(case: Case) -> Disagreement | None:
    found = region(case, 30)
    return found if isinstance(found, Disagreement) else None

"""The nightly run: many networks, in shards.

    python -m tests.crosscheck --networks 5000 --shard 1/4 [--regions 500] [--seed 0]

Each network: five questions against complete enumeration, single probes of one question and of
the question whether anything reaches anything, and for the first of them whole regions.
Prints one line of figures, and the shrunk reproducer of each disagreement into `--out`. The exit
code is 1 iff there is one.
"""

from __future__ import annotations

import argparse
import time
from collections import Counter
from dataclasses import replace
from pathlib import Path

from tests.crosscheck import reproducer
from tests.crosscheck.compare import Disagreement, anything, probes, verdict
from tests.crosscheck.corpus import Case, case, variants
from tests.crosscheck.regions import region


def _shrunk(found: Disagreement) -> Disagreement:
    """The same kind of disagreement on as little a network as can be."""
    if found.probe is None:
        return found

    def again(smaller: Case) -> bool:
        try:
            other = verdict(smaller).disagreement
        except Exception:  # noqa: BLE001 - a part that others need was left out
            return False
        return other is not None and other.what == found.what

    if not again(found.case):
        return found
    small = reproducer.shrink(found.case, again)
    return verdict(small).disagreement or found


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.crosscheck")
    parser.add_argument("--networks", type=int, default=500)
    parser.add_argument("--regions", type=int, default=50)
    parser.add_argument("--probes", type=int, default=20, help="single probes on each network")
    parser.add_argument("--shard", default="1/1")
    parser.add_argument("--seed", type=int, default=0, help="the first one")
    parser.add_argument("--stop-after", type=int, default=10, help="disagreements")
    parser.add_argument("--budget", type=int, default=3000, help="boxes of a question")
    parser.add_argument("--out", type=Path, default=Path("crosscheck-failures"))
    given = parser.parse_args()
    part, parts = map(int, given.shard.split("/"))
    figures: Counter[str] = Counter()
    failures: list[Disagreement] = []
    began = time.monotonic()
    for seed in range(given.seed, given.seed + given.networks):
        if seed % parts != part - 1 or len(failures) >= given.stop_after:
            continue
        drawn = case(seed)
        answer = verdict(drawn, given.budget)
        figures["networks"] += 1
        figures[
            {True: "reachable", False: "unreachable", None: "over budget"}[answer.reachable]
        ] += 1
        wrong = [answer.disagreement, probes(drawn, given.probes)]
        wrong += [verdict(more, given.budget).disagreement for more in variants(drawn)[1:]]
        wrong.append(anything(drawn, given.probes // 2))
        if seed - given.seed < given.regions:
            found = region(replace(drawn), 60)
            figures["regions" if not isinstance(found, int) else "regions over limit"] += 1
            wrong.append(found if isinstance(found, Disagreement) else None)
        for disagreement in filter(None, wrong):
            failures.append(disagreement)
            given.out.mkdir(parents=True, exist_ok=True)
            place = given.out / f"{seed}-{len(failures)}.txt"
            place.write_text(_shrunk(disagreement).report(), encoding="utf-8")
            print(f"{place}: {disagreement.what}", flush=True)
    figures["disagreements"] = len(failures)
    shown = ", ".join(f"{count} {name}" for name, count in figures.items())
    print(f"{shown}, {time.monotonic() - began:.0f} s")
    raise SystemExit(1 if failures else 0)


if __name__ == "__main__":
    main()

"""Is every fault of the catalogue found by the cross-check?

    python -m tests.faults [--networks 200] [--jobs 2] [--only ID] [--oracle verdict|probe|region]

Each fault is put into a process of its own, forked from one that has drawn the corpus but imported
neither meaning, and the corpus is gone through until the first disagreement. The exit code is 1
iff a fault is not found, does not apply, or makes the code crash instead of being wrong.
"""

from __future__ import annotations

import argparse
import multiprocessing
import time
from dataclasses import dataclass

from tests.crosscheck.corpus import Case, case
from tests.faults.inject import Fault, StaleFaultError, catalogue, install


@dataclass(frozen=True)
class Found:
    """What became of one fault; `seed` is the network that showed it."""

    fault: Fault
    seed: int | None
    how: str
    seconds: float

    @property
    def good(self) -> bool:
        return self.seed is not None


FIXED = (
    *range(190),
    *(202, 205, 269, 289, 316, 414, 486, 531, 725, 844),
)
"""The fixed corpus: networks as they come, and ten that show what is rare.

If a fault is lost because the strategies now draw other networks, `--networks 2000` tells which
seeds find it.
"""

_CASES: list[Case] = []


def hunt(fault: Fault, wanted: str) -> Found:
    """Go through the corpus with the fault in place; runs in a process of its own."""
    began = time.monotonic()
    try:
        install(fault)
    except StaleFaultError as stale:
        return Found(fault, None, str(stale), 0.0)
    from tests.faults.oracles import oracles

    for oracle in oracles(wanted):
        for drawn in _CASES:
            try:
                wrong = oracle(drawn)
            except Exception as error:  # noqa: BLE001 - the fault may do anything
                text = f"crashed on {drawn.seed}: {type(error).__name__}: {error}"
                return Found(fault, None, text, time.monotonic() - began)
            if wrong is not None:
                return Found(fault, drawn.seed, wrong.what, time.monotonic() - began)
    return Found(fault, None, "not found", time.monotonic() - began)


def _start(networks: int) -> None:
    import z3  # noqa: F401 - imported once, before the forks

    seeds = FIXED if networks == len(FIXED) else range(networks)
    _CASES.extend(case(seed) for seed in seeds)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.faults")
    parser.add_argument("--networks", type=int, default=200)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--only", default="", help="part of a fault's id")
    parser.add_argument("--oracle", choices=("all", "verdict", "probe", "region"), default="all")
    given = parser.parse_args()
    faults = [fault for fault in catalogue() if given.only in fault.id]
    _start(given.networks)
    lost = 0
    context = multiprocessing.get_context("fork")
    with context.Pool(given.jobs, maxtasksperchild=1) as pool:
        waiting = [pool.apply_async(hunt, (fault, given.oracle)) for fault in faults]
        for answer in waiting:
            found = answer.get()
            lost += not found.good
            mark = f"network {found.seed}" if found.good else "LOST"
            print(
                f"{found.fault.id:<40} {mark:<12} {found.seconds:6.1f} s  {found.how}", flush=True
            )
    print(f"{len(faults)} faults, {lost} lost")
    raise SystemExit(1 if lost else 0)


if __name__ == "__main__":
    main()

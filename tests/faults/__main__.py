"""Is every fault of the catalogue found by the cross-check?

    python -m tests.faults [--networks 200] [--jobs 2] [--only ID] [--oracle verdict|probe|region]
    python -m tests.faults --networks 2000 --update

Each fault is put into a process of its own, forked from one that has drawn the corpus but imported
neither meaning, and the corpus is gone through until the first disagreement: first, by every
oracle, the network on which the catalogue says that it was found, then the others. The exit code
is 1 iff a fault is not found, does not apply, or makes the code crash instead of being wrong. When
the strategies come to draw other networks, `--update` looks among many and writes into the
catalogue where each is found.
"""

from __future__ import annotations

import argparse
import multiprocessing
import time
from collections.abc import Sequence
from dataclasses import dataclass

from tests.crosscheck.corpus import Case, case
from tests.faults.inject import Fault, StaleFaultError, catalogue, install, remember


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


NETWORKS = 200


def corpus(faults: Sequence[Fault], networks: int) -> list[int]:
    """The seeds of the fixed corpus: where faults were found last, and then as they come."""
    known = sorted({fault.network for fault in faults})
    others = (seed for seed in range(networks + len(known)) if seed not in known)
    return [*known, *others][:networks]


_CASES: dict[int, Case] = {}


def hunt(fault: Fault, wanted: str) -> Found:
    """Go through the corpus with the fault in place; runs in a process of its own."""
    began = time.monotonic()
    try:
        install(fault)
    except StaleFaultError as stale:
        return Found(fault, None, str(stale), 0.0)
    from tests.faults.oracles import oracles

    first = [case(fault.network)]
    ways = [(oracle, first) for oracle in oracles(wanted)]
    ways += [(oracle, list(_CASES.values())) for oracle in oracles(wanted)]
    for oracle, drawings in ways:
        for drawn in drawings:
            try:
                wrong = oracle(drawn)
            except Exception as error:  # noqa: BLE001 - the fault may do anything
                text = f"crashed on {drawn.seed}: {type(error).__name__}: {error}"
                return Found(fault, None, text, time.monotonic() - began)
            if wrong is not None:
                return Found(fault, drawn.seed, wrong.what, time.monotonic() - began)
    return Found(fault, None, "not found", time.monotonic() - began)


def _start(seeds: Sequence[int]) -> None:
    import z3  # noqa: F401 - imported once, before the forks

    _CASES.update((seed, case(seed)) for seed in seeds)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.faults")
    parser.add_argument("--networks", type=int, default=NETWORKS)
    parser.add_argument("--update", action="store_true", help="write where faults were found")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--only", default="", help="parts of faults' ids, by commas")
    parser.add_argument("--oracle", choices=("all", "verdict", "probe", "region"), default="all")
    given = parser.parse_args()
    everything = catalogue()
    parts = given.only.split(",")
    faults = [fault for fault in everything if any(part in fault.id for part in parts)]
    _start(corpus(everything, given.networks))
    lost, seeds = 0, {}
    context = multiprocessing.get_context("fork")
    with context.Pool(given.jobs, maxtasksperchild=1) as pool:
        waiting = [pool.apply_async(hunt, (fault, given.oracle)) for fault in faults]
        for answer in waiting:
            found = answer.get()
            lost += not found.good
            if found.seed is not None:
                seeds[found.fault.id] = found.seed
            mark = f"network {found.seed}" if found.good else "LOST"
            print(
                f"{found.fault.id:<40} {mark:<12} {found.seconds:6.1f} s  {found.how}", flush=True
            )
    print(f"{len(faults)} faults, {lost} lost")
    if given.update:
        remember(seeds)
    raise SystemExit(1 if lost else 0)


if __name__ == "__main__":
    main()

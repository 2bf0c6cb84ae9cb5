"""Is every fault in the code about relays found by their cross-check?

    python -m tests.faults.relays [--networks 300] [--jobs 2] [--only ID] [--update]

As `tests.faults`, with a catalogue of its own (`specs/relay_faults.toml`) and one oracle, brute
force over legs (`tests.crosscheck.relayed`): first the network on which the catalogue says that
the fault was found, then others, as they come.
"""

from __future__ import annotations

import argparse
import multiprocessing
import time
from collections.abc import Sequence

from tests.crosscheck.corpus import Case
from tests.crosscheck.relayed.cases import case
from tests.faults.inject import ROOT, Fault, StaleFaultError, catalogue, install, remember

CATALOGUE = ROOT / "specs" / "relay_faults.toml"
NETWORKS = 300
Found = tuple[Fault, int | None, str, float]
"""A fault, the network that showed it, what was wrong there, and the seconds that it took."""


def hunt(fault: Fault, seeds: Sequence[int]) -> Found:
    """Go through the networks with the fault in place; runs in a process of its own."""
    began = time.monotonic()
    try:
        install(fault)
    except StaleFaultError as stale:
        return fault, None, str(stale), 0.0
    from tests.crosscheck.relayed.compare import Known, compared

    for seed in dict.fromkeys((fault.network, *seeds)):
        drawn: Case = case(seed)
        try:
            answer = compared(drawn, known=Known(drawn, budget=5000))
        except Exception as error:  # noqa: BLE001 - the fault may do anything
            text = f"crashed on {seed}: {type(error).__name__}: {error}"
            return fault, None, text, time.monotonic() - began
        if answer.wrong is not None:
            return fault, seed, answer.wrong, time.monotonic() - began
    return fault, None, "not found", time.monotonic() - began


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.faults.relays")
    parser.add_argument("--networks", type=int, default=NETWORKS)
    parser.add_argument("--update", action="store_true", help="write where faults were found")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--only", default="", help="part of a fault's id")
    given = parser.parse_args()
    import z3  # noqa: F401 - imported once, before the forks

    faults = [fault for fault in catalogue(CATALOGUE) if given.only in fault.id]
    lost, seeds = 0, {}
    context = multiprocessing.get_context("fork")
    with context.Pool(given.jobs, maxtasksperchild=1) as pool:
        waiting = [pool.apply_async(hunt, (fault, range(given.networks))) for fault in faults]
        for one in waiting:
            fault, seed, how, seconds = one.get()
            lost += seed is None
            if seed is not None:
                seeds[fault.id] = seed
            mark = "LOST" if seed is None else f"network {seed}"
            print(f"{fault.id:<40} {mark:<12} {seconds:6.1f} s  {how}", flush=True)
    print(f"{len(faults)} faults, {lost} lost")
    if given.update:
        remember(seeds, CATALOGUE)
    raise SystemExit(1 if lost else 0)


if __name__ == "__main__":
    main()

"""Measures the command against the bounds that the project has set itself, in one run.

    python -m bench.run [--sizes 1000,10000,50000] [--transit 10000] [--repeat 3] [--estates DIR]

Owns the numbers that are quoted anywhere. Every time is wall-clock time of a fresh process (cold
start included) and the median of `--repeat`; every bound is a ratio, so that the machine cancels
out: times are compared with what `json.loads` needs for the same files in a fresh interpreter.
The exit code is 1 iff a bound is missed.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from bench.balancers import write as write_balancers
from bench.estate import (
    NOBODY_INVARIANT,
    TIER_INVARIANT,
    broken_by,
    holds,
    write,
)
from bench.plan import Parameters

BASELINE = """
import json, pathlib, sys, time
start = time.perf_counter()
kept = [json.loads(path.read_bytes()) for path in sorted(pathlib.Path(sys.argv[1]).glob("*.json"))]
print(time.perf_counter() - start)
"""
ESTATES = {1_000: (200, 1), 10_000: (2_000, 10), 50_000: (4_000, 24)}
"""Groups and VPCs by the number of interfaces, for estates whose VPCs are peered along a ring."""
BALANCERS = 200
RELAYS_BOUND = 12
RELAYED = """version: 1
invariants:
  - id: relayed
    never: tag:Tier=db -> tag:Tier=app on tcp
    relays: {}
"""
SPOKES = 48
"""With the two in the middle that is 50 VPCs, for estates whose VPCs meet at transit gateways."""


@dataclass(frozen=True)
class Run:
    """One run of the command: wall seconds, peak bytes of its largest process, exit, output."""

    seconds: float
    peak: int
    code: int
    output: str


@dataclass(frozen=True)
class Row:
    """One line of the table; `bound` None: shown for information only."""

    what: str
    measured: float
    bound: float | None
    unit: str
    note: str = ""

    @property
    def kept(self) -> bool:
        return self.bound is None or self.measured <= self.bound

    def __str__(self) -> str:
        bound = "" if self.bound is None else f"<= {self.bound:g}"
        mark = "" if self.bound is None else ("ok" if self.kept else "MISSED")
        return (
            f"{self.what:<58} {self.measured:>9.2f} {self.unit:<5} {bound:<9} {mark:<7}{self.note}"
        )


def command(snapshot: Path, invariants: list[str], *options: str) -> Run:
    """Run `python -m verifier` once, in a fresh process."""
    arguments = [sys.executable, "-m", "verifier", "--snapshot", str(snapshot), *options]
    for invariant in invariants:
        arguments += ["--invariant", invariant]
    with tempfile.TemporaryFile() as output:
        start = time.perf_counter()
        process = subprocess.Popen(arguments, stdout=output, stderr=subprocess.STDOUT)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        text = output.read().decode("utf-8", "replace")
    return Run(seconds, usage.ru_maxrss * 1024, process.returncode, text)


def median_of(
    repeat: int, expected: int, snapshot: Path, invariants: list[str], *options: str
) -> Run:
    """The run of median time; stops with what was printed if a run ends with another exit code."""
    runs = [command(snapshot, invariants, *options) for _ in range(repeat)]
    for run in runs:
        if run.code != expected:
            raise SystemExit(
                f"exit {run.code} instead of {expected} for {invariants}\n{run.output}"
            )
    return sorted(runs, key=lambda run: run.seconds)[len(runs) // 2]


def baseline(snapshot: Path, repeat: int) -> float:
    """Seconds that `json.loads` needs for the files, in a fresh interpreter."""
    times = [
        float(subprocess.check_output([sys.executable, "-c", BASELINE, str(snapshot)]))
        for _ in range(max(repeat, 5))
    ]
    return statistics.median(times)


def estate(root: Path, interfaces: int, mistake: str | None = None, topology: str = "ring") -> Path:
    """The folder of this estate, written if it is not there yet."""
    groups, vpcs = ESTATES.get(interfaces, (max(4, interfaces // 5), max(1, interfaces // 1000)))
    if topology == "transit":
        groups, vpcs = max(groups, 4 * SPOKES), SPOKES
    folder = root / f"{interfaces}-{topology}-{mistake or 'holds'}"
    if not folder.exists():
        write(Parameters(interfaces, groups, vpcs, 1, mistake, topology), folder)
    return folder


def measure(
    root: Path, size: int, repeat: int, bounded: bool, topology: str = "ring"
) -> tuple[list[Row], Run]:
    """The lines of one estate, and the tier-to-tier run for comparing sizes."""
    folder = estate(root, size, topology=topology)
    name = str(size) if topology == "ring" else f"{size}, {topology}"
    loads = baseline(folder, repeat)
    tier = median_of(repeat, 0, folder, [TIER_INVARIANT])
    nobody = median_of(repeat, 0, folder, [NOBODY_INVARIANT])
    twenty = median_of(repeat, 0, folder, holds(topology))

    def bound(value: float) -> float | None:
        return value if bounded else None

    peak = max(run.peak for run in (tier, nobody, twenty)) / 2**30
    return [
        Row(f"{name}: json.loads of the files", loads, None, "s"),
        Row(f"{name}: tier to tier / json.loads", tier.seconds / loads, bound(25), "x",
            f"{tier.seconds:.2f} s"),
        Row(f"{name}: nobody on three ports / json.loads", nobody.seconds / loads, bound(40), "x",
            f"{nobody.seconds:.2f} s"),
        Row(f"{name}: twenty invariants / one", twenty.seconds / tier.seconds, bound(5), "x",
            f"{twenty.seconds:.2f} s"),
        Row(f"{name}: peak memory of the largest process", peak, bound(1), "GiB"),
    ], tier  # fmt: skip


def enumeration(root: Path, size: int, repeat: int) -> list[Row]:
    """All violating pairs of classes against the first counterexample alone."""
    folder = estate(root, size, "tier")
    broken = [broken_by("tier")]
    first = median_of(repeat, 1, folder, broken, "--max-counterexamples", "1")
    options = ("--max-counterexamples", "all", "--format", "json")
    every = median_of(repeat, 1, folder, broken, *options)
    found = len(
        json.loads(every.output[every.output.index("{") :])["results"][0]["counterexamples"]
    )
    allowed = 3 * first.seconds + 0.010 * found
    return [
        Row(f"{size}: first counterexample", first.seconds, None, "s"),
        Row(f"{size}: all {found} pairs / (3 x first + 10 ms a pair)", every.seconds / allowed, 1,
            "x", f"{every.seconds:.2f} s"),
        Row(f"{size}: peak memory while enumerating", every.peak / 2**30, 1, "GiB"),
    ]  # fmt: skip


def relays(root: Path, size: int, repeat: int) -> list[Row]:
    """What balancers pass on, followed, against the same invariant without following it."""
    folder = estate(root, size, topology="ring")
    balanced = root / f"{folder.name}-balanced"
    if not balanced.exists():
        shutil.copytree(folder, balanced)
        write_balancers(balanced, BALANCERS)
    asked = {"follow": balanced / "follow.yaml", "stop": balanced / "stop.yaml"}
    for relayed, path in asked.items():
        path.write_text(RELAYED.format(relayed), encoding="utf-8")
    runs = {relayed: median_of(repeat, 0, balanced, [str(path)]) for relayed, path in asked.items()}
    ratio = runs["follow"].seconds / runs["stop"].seconds
    note = f"{runs['follow'].seconds:.2f} s"
    what = f"{size}: through {BALANCERS} balancers / without following them"
    return [Row(what, ratio, RELAYS_BOUND, "x", note)]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.run", description="Print the ratios.")
    parser.add_argument("--sizes", default="1000,10000,50000")
    parser.add_argument(
        "--transit", type=int, default=10_000, help="interfaces behind transit gateways; 0: none"
    )
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--estates", type=Path, help="keep the estates in this folder")
    given = parser.parse_args()
    sizes = [int(size) for size in given.sizes.split(",")]
    growth = {(1_000, 10_000): 15.0, (10_000, 50_000): 7.0}
    rows: list[Row] = []

    def show(found: list[Row]) -> None:
        rows.extend(found)
        print("\n".join(map(str, found)), flush=True)

    with tempfile.TemporaryDirectory() as scratch:
        root = given.estates or Path(scratch)
        tier: dict[int, Run] = {}
        for size in sizes:
            lines, tier[size] = measure(root, size, given.repeat, size == 10_000)
            show(lines)
        for (small, large), bound in growth.items():
            if small in tier and large in tier:
                ratio = tier[large].seconds / tier[small].seconds
                show([Row(f"from {small} to {large} interfaces, tier to tier", ratio, bound, "x")])
        if given.transit:
            show(measure(root, given.transit, given.repeat, True, "transit")[0])
        show(relays(root, 10_000 if 10_000 in sizes else sizes[-1], given.repeat))
        show(enumeration(root, 10_000 if 10_000 in sizes else sizes[-1], given.repeat))
    raise SystemExit(0 if all(row.kept for row in rows) else 1)


if __name__ == "__main__":
    main()

"""The catalogue is up to date, large enough, and every fault in it is found by the cross-check."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections import Counter

import pytest

from tests.faults.inject import ROOT, catalogue

FAULTS = catalogue()
CLAUSES = {
    clause: path.stem
    for path in sorted((ROOT / "specs" / "semantics").glob("*.md"))
    for clause in re.findall(
        r"^\* \*\*([A-Z]+-\d+)\*\*", path.read_text(encoding="utf-8"), re.MULTILINE
    )
}
"""Each clause, and the file in which it stands."""
ELSEWHERE = {"load_balancer": "followed by verify, leg by leg: specs/relay_faults.toml"}


def test_the_catalogue_is_large_and_covers_both_meanings() -> None:
    assert len(FAULTS) >= 100
    assert len({fault.id for fault in FAULTS}) == len(FAULTS)
    meanings = Counter(fault.meaning for fault in FAULTS)
    assert min(meanings["evaluate"], meanings["encode"]) >= 40


def test_a_fault_is_one_of_a_clause() -> None:
    assert [fault.id for fault in FAULTS if fault.clause not in CLAUSES] == []


@pytest.mark.parametrize("file", sorted(set(CLAUSES.values()) - ELSEWHERE.keys()))
@pytest.mark.parametrize("meaning", ["evaluate", "encode"])
def test_every_file_of_clauses_has_three_faults_in_each_meaning(file: str, meaning: str) -> None:
    found = [
        fault.id for fault in FAULTS if fault.meaning == meaning and CLAUSES[fault.clause] == file
    ]
    assert len(found) >= 3, found


@pytest.mark.parametrize("fault", FAULTS, ids=[fault.id for fault in FAULTS])
def test_a_fault_still_applies(fault: object) -> None:
    compile(fault.source(), fault.file, "exec")  # type: ignore[attr-defined]


@pytest.mark.slow
def test_every_fault_is_found() -> None:
    # what a faulty module executes is no coverage, and measuring it would take most of the time
    unmeasured = {key: text for key, text in os.environ.items() if not key.startswith("COV")}
    done = subprocess.run(
        [sys.executable, "-m", "tests.faults"],
        cwd=ROOT, env=unmeasured, capture_output=True, text=True, timeout=1200, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr

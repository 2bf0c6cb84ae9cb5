"""The catalogue of faults about relays is up to date, covers its clauses, and all are found."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.faults.inject import ROOT, Fault, catalogue
from tests.faults.relays import CATALOGUE

FAULTS = catalogue(CATALOGUE)


def test_every_clause_has_a_fault() -> None:
    assert len(FAULTS) >= 25
    assert len({fault.id for fault in FAULTS}) == len(FAULTS)
    assert {f"LB-{number}" for number in range(1, 16)} <= {fault.clause for fault in FAULTS}


@pytest.mark.parametrize("fault", FAULTS, ids=[fault.id for fault in FAULTS])
def test_a_fault_still_applies(fault: Fault) -> None:
    compile(fault.source(), fault.file, "exec")


@pytest.mark.slow
def test_every_fault_is_found() -> None:
    # what a faulty module executes is no coverage, and measuring it would take most of the time
    unmeasured = {key: text for key, text in os.environ.items() if not key.startswith("COV")}
    done = subprocess.run(
        [sys.executable, "-m", "tests.faults.relays"],
        cwd=ROOT, env=unmeasured, capture_output=True, text=True, timeout=1200, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr

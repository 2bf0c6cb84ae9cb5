"""The catalogue is up to date, large enough, and every fault in it is found by the cross-check."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter

import pytest

from tests.faults.inject import ROOT, catalogue

FAULTS = catalogue()


def test_the_catalogue_is_large_and_covers_both_meanings() -> None:
    assert len(FAULTS) >= 100
    assert len({fault.id for fault in FAULTS}) == len(FAULTS)
    assert min(Counter(fault.meaning for fault in FAULTS).values()) >= 40


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

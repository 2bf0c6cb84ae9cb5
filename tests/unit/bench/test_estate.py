"""An estate is the same for the same parameters, and what is said of it is true."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from bench.estate import broken_by, holds, write
from bench.plan import LEAK, MISTAKES, Parameters

TRANSIT = Parameters(interfaces=400, groups=64, vpcs=8, topology="transit")
SMALL = Parameters(interfaces=200, groups=40, vpcs=2)


def verdicts(folder: Path, invariants: list[str]) -> dict[str, str]:
    command = [sys.executable, "-m", "verifier", "--snapshot", str(folder), "--format", "json"]
    for invariant in invariants:
        command += ["--invariant", invariant]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode in (0, 1), done.stdout + done.stderr
    results = json.loads(done.stdout)["results"]
    return {result["statement"]: result["verdict"] for result in results}


def test_the_same_parameters_give_the_same_bytes(tmp_path: Path) -> None:
    sizes = [write(SMALL, tmp_path / name) for name in ("one", "two")]
    assert sizes[0] == sizes[1]
    for path in sorted((tmp_path / "one").iterdir()):
        assert path.read_bytes() == (tmp_path / "two" / path.name).read_bytes()


def test_what_is_said_to_hold_is_proved(tmp_path: Path) -> None:
    write(SMALL, tmp_path)
    found = verdicts(tmp_path, holds())
    assert len(found) == 20
    assert set(found.values()) == {"PROVED"}


def test_what_is_said_to_hold_of_transit_gateways_is_proved(tmp_path: Path) -> None:
    write(TRANSIT, tmp_path)
    found = verdicts(tmp_path, holds("transit"))
    assert len(found) == 20
    assert set(found.values()) == {"PROVED"}


@pytest.mark.parametrize("mistake", [LEAK, *MISTAKES])
def test_a_mistake_planted_among_transit_gateways_is_found(tmp_path: Path, mistake: str) -> None:
    write(replace(TRANSIT, mistake=mistake), tmp_path)
    assert list(verdicts(tmp_path, [broken_by(mistake)]).values()) == ["REFUTED"]


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_planted_mistake_is_found_and_breaks_what_it_is_said_to_break(
    tmp_path: Path, mistake: str
) -> None:
    write(Parameters(interfaces=200, groups=40, vpcs=2, mistake=mistake), tmp_path)
    assert list(verdicts(tmp_path, [broken_by(mistake)]).values()) == ["REFUTED"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"vpcs": 0},
        {"groups": 3},
        {"interfaces": 10**6},
        {"mistake": "typo"},
        {"mistake": LEAK},
        {"topology": "star"},
    ],
)
def test_parameters_that_cannot_be_met_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"must|too many"):
        Parameters(**{"vpcs": 1, "groups": 8, "interfaces": 10, **wrong})  # type: ignore[arg-type]

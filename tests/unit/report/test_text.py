from __future__ import annotations

import io
import os
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console

from tests.unit.report.sample import CHECKS, run
from verifier.invariants.question import Mode, Relays
from verifier.model import Gap
from verifier.packet import PortRange
from verifier.report.text import Detail, gap_lines, print_to, render, report_lines, summary_text

GOLDEN = Path(__file__).parent / "golden"


@pytest.mark.parametrize("detail", list(Detail))
def test_golden(detail: Detail) -> None:
    path = GOLDEN / f"{detail.name.lower()}.txt"
    if os.environ.get("UPDATE_GOLDEN"):
        path.write_text(render(run(), detail), encoding="utf-8")
    assert render(run(), detail) == path.read_text(encoding="utf-8")


def test_no_line_starts_with_foreign_text() -> None:
    for line in render(run(), Detail.VERBOSE).splitlines():
        assert not line.strip().startswith("::")
        assert "\x1b" not in line


def test_seconds_are_told_unless_deterministic() -> None:
    timed = render(replace(run(), deterministic=False), Detail.VERBOSE)
    assert "evidence: replayed, 0.21 s" in timed
    assert "\n  0.00 s\n" in timed
    assert " s\n" not in render(run(), Detail.VERBOSE)


def test_colour_changes_no_word() -> None:
    stream = io.StringIO()
    console = Console(file=stream, force_terminal=True, color_system="standard", width=40)
    print_to(console, report_lines(run(), Detail.USUAL))
    coloured = stream.getvalue()
    assert "\x1b[31mREFUTED" in coloured
    stream = io.StringIO()
    print_to(Console(file=stream, no_color=True, width=40), report_lines(run(), Detail.USUAL))
    words = [line.rstrip() for line in stream.getvalue().splitlines()]
    assert words == render(run(), Detail.USUAL).splitlines()


def test_nothing_to_report() -> None:
    empty = replace(run(), checks=(), network=replace(run().network, gaps=()), warnings=())
    told = render(empty)
    assert "gaps" not in told
    assert told.endswith("\n\n0 invariants: 0 proved, 0 refuted, 0 unknown, 0 vacuous\n")
    assert summary_text(replace(empty, checks=CHECKS[:1])).startswith("1 invariant:")  # type: ignore[arg-type]


def test_equal_gaps_share_a_line() -> None:
    gaps = [Gap(f"vgw-{number}", "GAP-6", "not modelled") for number in range(7)]
    (line,) = gap_lines(gaps, cut=True)
    assert line[0][0] == "- vgw-0, vgw-1, vgw-2, vgw-3, vgw-4 and 2 more: not modelled (GAP-6)"
    (line,) = gap_lines(gaps, cut=False)
    assert "vgw-6" in line[0][0]


def test_what_the_statement_does_not_say_is_said_below_it() -> None:
    first = run().checks[0]
    forged = replace(first.invariant, mode=Mode.CONNECTION, spoofed=True, relays=Relays.STOP)
    told = render(replace(run(), checks=(replace(first, invariant=forged),)), Detail.USUAL)
    assert (
        "  mode: connection; sources may forge their addresses; relays are not followed\n" in told
    )
    usual = replace(
        first.invariant, kind="always", mode=Mode.CONNECTION, client_ports=(PortRange(1024, 65535),)
    )
    told = render(replace(run(), checks=(replace(first, invariant=usual),)), Detail.USUAL)
    assert "client ports" not in told

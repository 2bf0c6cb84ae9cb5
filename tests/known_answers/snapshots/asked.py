"""Asks the command line, and holds its answer against what was written down.

A `Case` is a network, at most one planted mistake, and what the answers to a few statements must
be, each with its reason. Law: the verdict, the exit code that the contract gives to these verdicts,
and what is named (the component and code where a trace is decided, or the resource of a gap) are
those written down; nothing else about the text of a report is looked at.
"""

from __future__ import annotations

import contextlib
import io
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.known_answers.snapshots.account import Estate, Json
from verifier.cli import main

PROVED, REFUTED, UNKNOWN, VACUOUS = "PROVED", "REFUTED", "UNKNOWN", "VACUOUS"
WORST = ((REFUTED, 1), (UNKNOWN, 4), (VACUOUS, 5), (PROVED, 0))


@dataclass(frozen=True, slots=True)
class Says:
    """What one statement is answered, why, and what the report must name besides.

    `at` is the name or id of the component at which the last hop of a dropped packet stands, or of
    one that a delivered packet passes; for an unknown, what has the gap. `code` is the code there.
    """

    statement: str
    verdict: str
    why: str
    at: str = ""
    code: str = ""


@dataclass(frozen=True, slots=True)
class Case:
    """A planted mistake (None: the network as it should be) and what is answered then."""

    name: str
    mistake: Callable[[Estate], None] | None
    answers: tuple[Says, ...] = field(default=())


def case(name: str, mistake: Callable[[Estate], None] | None, *answers: Says) -> Case:
    """A case with its answers."""
    return Case(name, mistake, answers)


def ask(estate: Estate, folder: Path, *statements: str, options: tuple[str, ...] = ()) -> Json:
    """The report and the exit code (`exit`) of the command for this network."""
    estate.write(folder / "snapshot")
    return asked(folder / "snapshot", *statements, options=options)


def asked(snapshot: Path, *statements: str, options: tuple[str, ...] = ()) -> Json:
    """The same of files that are there."""
    arguments = ["--snapshot", str(snapshot), "--format", "json", "--deterministic"]
    for statement in statements:
        arguments += ["--invariant", statement]
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed), pytest.raises(SystemExit) as ended:
        main([*arguments, "--jobs", "1", *options])
    assert printed.getvalue().startswith("{"), f"exit {ended.value.code}, see standard error"
    report: Json = json.loads(printed.getvalue())
    return report | {"exit": ended.value.code}


def check(built: Callable[[], Estate], one: Case, folder: Path) -> None:
    """The command answers as the case says."""
    estate = built()
    if one.mistake is not None:
        one.mistake(estate)
    report = ask(estate, folder, *(says.statement for says in one.answers))
    for says, result in zip(one.answers, report["results"], strict=True):
        told = f"{says.statement}: {says.why}; reported: {shown(report, result)}"
        assert result["verdict"] == says.verdict, told
        if says.at:
            assert says.at in named_in(report, result), told
        if says.code:
            assert says.code in codes(result), told
    verdicts = {says.verdict for says in one.answers}
    assert report["exit"] == next(code for verdict, code in WORST if verdict in verdicts)


def hops(result: Json) -> list[Json]:
    """The hops of the first counterexample: up to where it is decided, replies included."""
    found: list[Json] = []
    for example in result["counterexamples"][:1]:
        found += example["forward"]
        found += example["reply"] or []
    return found


def codes(result: Json) -> set[str]:
    """The codes of all hops."""
    return {hop["code"] for hop in hops(result) if hop["code"]}


def named_in(report: Json, result: Json) -> set[str]:
    """What a result names: of a dropped packet the last hop, of a delivered one all, of an unknown
    the resources of its gaps."""
    if result["verdict"] == UNKNOWN:
        return {gap["resource"] for gap in report["gaps"] if gap["id"] in result["gaps"]}
    passed = hops(result)
    if any(example["outcome"] != "delivered" for example in result["counterexamples"][:1]):
        passed = passed[-1:]
    found: set[str] = set()
    for hop in passed:
        found |= {str(hop["component"]), str(hop["name"])}
    return found


def shown(report: Json, result: Json) -> str:
    """A result, short enough to read in a failure."""
    lines: list[Any] = [result["verdict"], result["reason"]]
    lines += [gap for gap in report["gaps"] if gap["id"] in result["gaps"]]
    for hop in hops(result):
        kept = ("component", "name", "direction", "decision", "rule", "code", "detail")
        lines.append(" ".join(str(hop[key]) for key in kept if hop[key] is not None))
    return "\n  ".join(map(str, lines))

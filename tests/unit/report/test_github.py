from __future__ import annotations

import re
from dataclasses import replace

from tests.unit.report.sample import CHECKS, Check, Statement, run
from verifier.invariants import Severity
from verifier.report.github import LARGEST_SUMMARY, commands, render, summary
from verifier.report.run import Run
from verifier.verdict import Result, Verdict

COMMAND = re.compile(r"::(error|notice|warning) ([^:]*)::(.*)\Z")


def parsed(command: str) -> tuple[str, dict[str, str], str]:
    """A command as the runner reads it."""
    found = COMMAND.fullmatch(command.rstrip("\n"))
    assert found, command
    pairs = dict(pair.split("=", 1) for pair in found[2].split(","))
    plain = {key: decoded(value) for key, value in pairs.items()}
    return found[1], plain, decoded(found[3])


def decoded(text: str) -> str:
    for code, character in (("%3A", ":"), ("%2C", ","), ("%0D", "\r"), ("%0A", "\n")):
        text = text.replace(code, character)
    return text.replace("%25", "%")


def many(number: int, **changes: object) -> Run:
    checks = tuple(
        Check(
            Statement(id=f"rule-{at}", statement="never internet -> any", line=at + 1),
            replace(CHECKS[0].result, **changes),  # type: ignore[arg-type]
        )
        for at in range(number)
    )
    return replace(run(), checks=checks)  # type: ignore[arg-type]


def test_annotations_as_the_runner_reads_them() -> None:
    read = [parsed(command) for command in commands(run())]
    assert [kind for kind, _, _ in read] == ["error", "error", "notice", "warning", "warning"]
    _, properties, message = read[0]
    assert properties == {
        "file": "specs/prod.yaml",
        "line": "12",
        "col": "5",
        "title": "REFUTED no-internet-to-db",
    }
    assert "1  igw-1" in message
    assert message.count("\n") > 5
    assert set(read[4][1]) == {"title"}


def test_a_refutation_below_fail_on_is_a_warning() -> None:
    kinds = [parsed(line)[0] for line in commands(replace(run(), fail_on=Severity.CRITICAL))]
    assert kinds == ["error", "notice", "warning", "warning", "warning"]


def test_ten_annotations_of_a_kind() -> None:
    assert len(commands(many(10))) == 11
    told = commands(many(25))
    assert len(told) == 11
    assert parsed(told[9])[2] == "and 16 more: see the step summary"


def test_foreign_text_stays_within_its_command() -> None:
    lines = render(run()).splitlines()
    starting = [line for line in lines if line.strip().startswith("::")]
    assert len(starting) == 5
    assert not any("##[" in line for line in lines)
    assert lines[-1] == "6 invariants: 2 proved, 2 refuted, 1 unknown, 1 vacuous"


def test_an_endless_account_is_cut() -> None:
    endless = many(1, counterexamples=CHECKS[0].result.counterexamples * 100)
    command, _ = commands(endless)
    assert "more lines: see the other reports" in command
    assert len(command) < 65536


def test_the_summary() -> None:
    told = summary(run())
    assert told.startswith("## Network invariants\n\n6 invariants\\: 2 proved")
    assert "| :x: REFUTED | no\\-internet\\-to\\-db |" in told
    assert "### REFUTED no\\-internet\\-to\\-db" in told
    assert "### PROVED" not in told
    assert "<b>" not in re.sub(r"(?s)(`{3,})text\n.*?\n\1\n", "", told)


def test_nothing_ends_the_summarys_code_blocks() -> None:
    check = Check(
        Statement(id="x", statement="never name:```` -> any", file=None),
        Result(verdict=Verdict.UNKNOWN),
    )
    told = summary(replace(run(), checks=(check,)))  # type: ignore[arg-type]
    assert "`````text\nUNKNOWN  x (high)\n  never name:```` -> any\n`````\n" in told


def test_the_summary_fits() -> None:
    large = many(3000)
    told = summary(large)
    assert LARGEST_SUMMARY - 3000 < len(told.encode()) <= LARGEST_SUMMARY
    assert told.endswith("The rest does not fit here: see the other reports.\n")
    assert len(summary(large, 300).encode()) <= 300
    assert summary(large, 10) == ""


def test_the_summary_without_invariants() -> None:
    told = summary(replace(run(), checks=()))
    assert "| verdict |" not in told
    assert "SVC-1" in told

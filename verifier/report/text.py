"""The report for people: what someone wants to see in a failed build.

Plain and stable when it is piped, in colour on a terminal; the words are the same. Shape: one block
for each invariant in the order of the specification, then gaps, assumptions and one summary line.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from enum import IntEnum
from typing import TYPE_CHECKING, Final

from verifier.invariants.invariant import CLIENT_PORTS, default_mode
from verifier.invariants.question import Mode, Relays
from verifier.model import Gap
from verifier.packet import ALL_PORTS
from verifier.report.run import Run
from verifier.report.shown import shown
from verifier.report.story import Line, headline, indented, line, plain, story
from verifier.verdict import Result, Verdict

if TYPE_CHECKING:
    from rich.console import Console

    from verifier.verify import Checked

COLOURS: Final = {
    Verdict.PROVED: "green",
    Verdict.REFUTED: "red",
    Verdict.UNKNOWN: "yellow",
    Verdict.VACUOUS: "yellow",
}
LISTED: Final = 5


class Detail(IntEnum):
    """How much is told: `-q`, nothing, or `-v`."""

    QUIET = 0
    USUAL = 1
    VERBOSE = 2


def render(run: Run, detail: Detail = Detail.USUAL) -> str:
    """The report without colour."""
    return plain(report_lines(run, detail))


def print_to(console: Console, lines: Iterable[Line]) -> None:
    """The lines in colour, never wrapped."""
    from rich.text import Text

    for row in lines:
        console.print(Text.assemble(*row), soft_wrap=True)


def report_lines(run: Run, detail: Detail) -> list[Line]:
    """The whole report. `QUIET` tells of each invariant only its verdict, and no list."""
    lines: list[Line] = []
    for check in run.checks:
        lines.extend(check_lines(run, check, detail))
    if detail is not Detail.QUIET:
        lines.extend(closing_lines(run, detail))
    lines.append(line(summary_text(run), "bold"))
    return lines


def summary_text(run: Run) -> str:
    """`4 invariants: 3 proved, 1 refuted, 0 unknown, 0 vacuous`."""
    total = len(run.checks)
    counted = ", ".join(f"{number} {verdict.lower()}" for verdict, number in run.counts.items())
    return f"{total} invariant{'' if total == 1 else 's'}: {counted}"


def place_text(check: Checked) -> str:
    """`specs/prod.yaml:12`, or nothing for a statement from the command line."""
    invariant = check.invariant
    return f"{shown(invariant.file)}:{invariant.line}" if invariant.file else ""


def check_lines(run: Run, check: Checked, detail: Detail) -> list[Line]:
    """One invariant: its verdict, and whatever a reader needs to act on it."""
    invariant, result = check.invariant, check.result
    head: Line = (
        (f"{result.verdict:<8}", COLOURS[result.verdict]),
        (f" {shown(invariant.id)}", "bold"),
    )
    if detail is Detail.QUIET:
        return [head]
    place = place_text(check)
    head = (*head, (f" ({invariant.severity})", ""), (f"  {place}" if place else "", "dim"))
    body = [line(statement_text(check)), *_asked(check), *_about(check, detail), *_reason(result)]
    if detail is Detail.VERBOSE:
        body.extend(_sets(run, result))
    body.extend(counterexample_lines(run, check, detail))
    body.extend(_witness(run, check, detail))
    return [head, *indented(body, 2), ()]


def statement_text(check: Checked) -> str:
    """The canonical statement, on one line."""
    return shown(check.invariant.statement)


def _asked(check: Checked) -> list[Line]:
    """What the statement does not say and differs from the usual."""
    invariant = check.invariant
    said: list[str] = []
    if invariant.mode != default_mode(invariant.kind):
        said.append(f"mode: {invariant.mode}")
    usual = CLIENT_PORTS if invariant.kind == "always" else (ALL_PORTS,)
    if tuple(invariant.client_ports) != usual:
        said.append(f"client ports: {', '.join(map(str, invariant.client_ports))}")
    if invariant.spoofed:
        said.append("sources may forge their addresses")
    if invariant.relays is Relays.STOP:
        said.append("relays are not followed")
    return [line("; ".join(said))] if said else []


def _about(check: Checked, detail: Detail) -> list[Line]:
    invariant = check.invariant
    if check.result.verdict is Verdict.PROVED and detail is not Detail.VERBOSE:
        return []
    lines = [line(f"why: {shown(invariant.why)}")] if invariant.why else []
    if invariant.controls:
        lines.append(line(f"controls: {', '.join(map(shown, invariant.controls))}"))
    return lines


def _reason(result: Result) -> list[Line]:
    lines: list[Line] = []
    if result.reason is not None:
        lines.append(line(f"reason: {shown(result.reason.text)} ({result.reason.code})"))
    if result.gaps:
        lines.append(line("depends on:"))
        lines.extend(indented(gap_lines(result.gaps, cut=False), 2))
    return lines


def _sets(run: Run, result: Result) -> list[Line]:
    lines: list[Line] = []
    if result.sources:
        lines.append(line(f"sources: {', '.join(map(shown, result.sources))}"))
    if result.destinations:
        lines.append(line(f"destinations: {', '.join(map(shown, result.destinations))}"))
    told = [f"evidence: {result.evidence}"] if result.evidence else []
    if not run.deterministic:
        told.append(f"{result.seconds:.2f} s")
    return [*lines, line(", ".join(told))] if told else lines


def counterexample_lines(run: Run, check: Checked, detail: Detail) -> list[Line]:
    """Each counterexample in full, numbered if there are several."""
    found = check.result.counterexamples
    mode = Mode(check.invariant.mode)
    lines: list[Line] = []
    for number, example in enumerate(found, start=1):
        lines.append(())
        if len(found) > 1:
            lines.append(line(f"counterexample {number} of {len(found)}"))
        lines.extend(story(run.network, example, mode, reply=detail is Detail.VERBOSE))
        lines.extend(_members("any of the sources", example.source_members, detail))
        lines.extend(_members("any of the destinations", example.destination_members, detail))
    if check.result.truncated:
        lines.extend([(), line("there are more counterexamples than are listed")])
    return lines


def _members(what: str, members: Sequence[str], detail: Detail) -> list[Line]:
    if len(members) < 2:
        return []
    return [line(f"the same holds for {what} {listing(members, cut=detail is Detail.USUAL)}")]


def _witness(run: Run, check: Checked, detail: Detail) -> list[Line]:
    found = check.result.witness
    if found is None:
        return []
    if detail is Detail.VERBOSE:
        return story(run.network, found, Mode(check.invariant.mode), reply=True)
    return [line(f"witness: {headline(run.network, found.probe)}")]


def listing(members: Sequence[str], *, cut: bool) -> str:
    """`a, b, c`; if `cut`, at most five of them and how many more."""
    told = ", ".join(map(shown, members[:LISTED] if cut else members))
    spare = len(members) - LISTED
    return f"{told} and {spare} more" if cut and spare > 0 else told


def gap_lines(gaps: Iterable[Gap], *, cut: bool) -> list[Line]:
    """One line for each kind of gap (same clause, same sentence), with the resources it sits at."""
    places: dict[tuple[str, str], list[str]] = defaultdict(list)
    for gap in sorted(gaps):
        places[gap.clause, gap.detail].append(gap.resource)
    return [
        line(f"- {listing(places[clause, detail], cut=cut)}: {shown(detail)} ({shown(clause)})")
        for clause, detail in sorted(places)
    ]


def closing_lines(run: Run, detail: Detail) -> list[Line]:
    """What the verdicts rest on: gaps and assumptions."""
    lines: list[Line] = []
    cut = detail is not Detail.VERBOSE
    gaps, assumptions = run.gaps, run.assumptions
    if gaps:
        lines.append(line(f"gaps ({len(gaps)}), what the model does not represent exactly:"))
        lines.extend(indented(gap_lines(gaps, cut=cut), 2))
    lines.append(line(f"assumptions ({len(assumptions)}):"))
    lines.extend(line(f"  - {shown(told.detail)} ({shown(told.clause)})") for told in assumptions)
    return [*lines, ()]

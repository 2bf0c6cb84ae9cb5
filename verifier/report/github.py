"""What GitHub Actions shows: annotations at the lines of the spec, and a step summary.

Limits of GitHub that are kept: ten annotations of a kind in a step (the tenth then says how many
there are), one MiB for the summary of a step. Law: foreign text can neither end a workflow command
nor start one, and is text, not Markdown, in the summary.
"""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING, Final

from verifier.report.run import Run
from verifier.report.shown import shown
from verifier.report.story import plain
from verifier.report.text import (
    Detail,
    check_lines,
    closing_lines,
    place_text,
    statement_text,
    summary_text,
)
from verifier.verdict import Verdict

if TYPE_CHECKING:
    from verifier.verify import Checked

MOST: Final = 10
LONGEST: Final = 80
LARGEST_SUMMARY: Final = 1 << 20
ICONS: Final = {
    Verdict.PROVED: ":white_check_mark:",
    Verdict.REFUTED: ":x:",
    Verdict.UNKNOWN: ":grey_question:",
    Verdict.VACUOUS: ":heavy_minus_sign:",
}


def render(run: Run) -> str:
    """The text report, then the annotations as workflow commands."""
    lines = [line for check in run.checks for line in check_lines(run, check, Detail.USUAL)]
    lines += closing_lines(run, Detail.USUAL)
    return plain(lines) + "".join(commands(run)) + summary_text(run) + "\n"


def commands(run: Run) -> list[str]:
    """A command for each warning and each invariant that is not proved, ten of a kind at most."""
    found: dict[str, list[str]] = defaultdict(list)
    for check in run.checks:
        if check.result.verdict is not Verdict.PROVED:
            kind = "error" if run.fails(check) else "warning"
            found[kind].append(_annotation(run, check, kind))
    for warning in run.warnings:
        found["notice"].append(_command("notice", {"title": "verify"}, shown(warning)))
    told: list[str] = []
    for kind, written in sorted(found.items()):
        if len(written) > MOST:
            spare = len(written) - MOST + 1
            last = _command(kind, {"title": "verify"}, f"and {spare} more: see the step summary")
            written = [*written[: MOST - 1], last]
        told += written
    return told


def _annotation(run: Run, check: Checked, kind: str) -> str:
    invariant = check.invariant
    title = f"{check.result.verdict} {shown(invariant.id)}"
    properties = {"title": title}
    if invariant.file:
        place = {"file": shown(invariant.file), "line": str(invariant.line)}
        properties = {**place, "col": str(invariant.column), **properties}
    return _command(kind, properties, _account(run, check))


def _account(run: Run, check: Checked) -> str:
    """The text report's block for the invariant, cut where it would be endless."""
    lines = check_lines(run, check, Detail.USUAL)
    spare = len(lines) - LONGEST
    told = plain(lines[:LONGEST]).rstrip()
    return f"{told}\n  and {spare} more lines: see the other reports" if spare > 0 else told


def _command(kind: str, properties: dict[str, str], message: str) -> str:
    told = ",".join(f"{key}={_property(value)}" for key, value in properties.items())
    return f"::{kind} {told}::{_data(message)}\n"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def summary(run: Run, room: int = LARGEST_SUMMARY) -> str:
    """The step summary in Markdown, at most `room` bytes.

    What is not proved is told in full, as far as there is room; the table comes first.
    """
    head = f"## Network invariants\n\n{_markdown(summary_text(run))}\n\n"
    sections = [_table_row(check) for check in run.checks]
    if sections:
        head += "| verdict | invariant | statement | where |\n|---|---|---|---|\n"
    sections += ["\n"]
    sections += [
        _section(run, check) for check in run.checks if check.result.verdict is not Verdict.PROVED
    ]
    sections.append(_fenced(plain(closing_lines(run, Detail.USUAL))))
    return _fitting(head, sections, room)


def _fitting(head: str, sections: list[str], room: int) -> str:
    last = "\n\nThe rest does not fit here: see the other reports.\n"
    kept, used = [head], len(head.encode())
    for at, section in enumerate(sections):
        size = len(section.encode())
        spare = 0 if at == len(sections) - 1 else len(last)
        if used + size + spare > room:
            return "".join([*kept, last]) if used + len(last) <= room else ""
        kept.append(section)
        used += size
    return "".join(kept)


def _table_row(check: Checked) -> str:
    verdict = check.result.verdict
    cells = (shown(check.invariant.id), statement_text(check), place_text(check))
    return f"| {ICONS[verdict]} {verdict} | {' | '.join(map(_markdown, cells))} |\n"


def _section(run: Run, check: Checked) -> str:
    title = _markdown(f"{check.result.verdict} {shown(check.invariant.id)}")
    return f"### {title}\n\n{_fenced(_account(run, check))}\n"


def _fenced(text: str) -> str:
    """The text as a code block that nothing in it can end."""
    longest = max(map(len, re.findall("`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}text\n{text.rstrip()}\n{fence}\n"


def _markdown(text: str) -> str:
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return re.sub(r"([\\`*_{}\[\]()#+\-.!|~:@$])", r"\\\1", text)

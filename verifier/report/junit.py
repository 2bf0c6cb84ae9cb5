"""The JUnit report: one test case for each invariant, for every CI server that shows test results.

REFUTED is a failure; UNKNOWN and VACUOUS are errors, since they are no answer; only PROVED passes.
The shape is the common core of the dialects: `testsuites` with one `testsuite` for each file of
invariants.
"""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Final
from xml.etree import ElementTree

from verifier.report.run import Run
from verifier.report.shown import shown
from verifier.report.story import plain
from verifier.report.text import Detail, check_lines, closing_lines, statement_text
from verifier.verdict import Verdict

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

    from verifier.verify import Checked

TAGS: Final = {
    Verdict.REFUTED: "failure",
    Verdict.UNKNOWN: "error",
    Verdict.VACUOUS: "error",
}
INLINE: Final = "command line"


def render(run: Run) -> str:
    """The report as XML text."""
    root = ElementTree.Element("testsuites", {"name": "verify"} | _totals(run, run.checks))
    for file, checks in groupby(run.checks, key=lambda check: check.invariant.file):
        root.append(_suite(run, file, tuple(checks)))
    if not run.checks:
        root.append(_suite(run, None, ()))
    ElementTree.indent(root)
    body = ElementTree.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{body}\n'


def _totals(run: Run, checks: tuple[Checked, ...]) -> dict[str, str]:
    verdicts = [check.result.verdict for check in checks]
    totals = {
        "tests": str(len(checks)),
        "failures": str(verdicts.count(Verdict.REFUTED)),
        "errors": str(verdicts.count(Verdict.UNKNOWN) + verdicts.count(Verdict.VACUOUS)),
        "skipped": "0",
    }
    if not run.deterministic:
        totals["time"] = f"{sum(check.result.seconds for check in checks):.3f}"
    return totals


def _suite(run: Run, file: str | None, checks: tuple[Checked, ...]) -> Element:
    suite = ElementTree.Element("testsuite", {"name": shown(file or INLINE)} | _totals(run, checks))
    for check in checks:
        suite.append(_case(run, check))
    rests_on = ElementTree.SubElement(suite, "system-out")
    rests_on.text = plain(closing_lines(run, Detail.USUAL)).strip()
    return suite


def _case(run: Run, check: Checked) -> Element:
    invariant, result = check.invariant, check.result
    about = {"name": shown(invariant.id), "classname": shown(invariant.file or INLINE)}
    if invariant.file:
        about |= {"file": shown(invariant.file), "line": str(invariant.line)}
    if not run.deterministic:
        about["time"] = f"{result.seconds:.3f}"
    case = ElementTree.Element("testcase", about)
    tag = TAGS.get(result.verdict)
    if tag is None:
        return case
    message = statement_text(check)
    if result.reason is not None:
        message += f": {shown(result.reason.text)}"
    told = ElementTree.SubElement(case, tag, message=message, type=result.verdict.value)
    told.text = plain(check_lines(run, check, Detail.USUAL)).strip()
    return case

"""The SARIF 2.1.0 report, for code scanning: a result at each invariant's line of the spec.

REFUTED is `fail` with the path of each counterexample as a code flow, PROVED `pass`, UNKNOWN `open`
(the standard's word for "insufficient information to decide"), VACUOUS `notApplicable`. Every
invariant is a rule. Gaps and assumptions are notifications of the invocation. Fingerprints follow
the invariant's id and file, so that a finding stays the same one when its witness changes.
"""

from __future__ import annotations

import hashlib
from pathlib import PurePosixPath, PureWindowsPath
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from verifier.invariants.question import Mode
from verifier.report.document import json_text
from verifier.report.run import Run, exit_code
from verifier.report.shown import labelled, shown
from verifier.report.story import ending, from_text, headline, hop_text, to_text
from verifier.trace import Hop, Trace
from verifier.verdict import Counterexample, Verdict

if TYPE_CHECKING:
    from verifier.verify import Checked

Json = dict[str, Any]
SCHEMA: Final = "https://json.schemastore.org/sarif-2.1.0.json"
KINDS: Final = {
    Verdict.PROVED: "pass",
    Verdict.REFUTED: "fail",
    Verdict.UNKNOWN: "open",
    Verdict.VACUOUS: "notApplicable",
}
LEVELS: Final = {"critical": "error", "high": "error", "medium": "warning", "low": "note"}
SCORES: Final = {"critical": "9.5", "high": "8.0", "medium": "5.5", "low": "3.0"}


def render(run: Run) -> str:
    """The report as JSON text."""
    return json_text({"$schema": SCHEMA, "version": "2.1.0", "runs": [_run(run)]})


def _run(run: Run) -> Json:
    driver: Json = {"name": "verifier", "rules": [_rule(check) for check in run.checks]}
    if not run.deterministic:
        driver["version"] = run.version
    return {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "artifacts": [_artifact(file.path, file.sha256) for file in run.inputs],
        "invocations": [
            {
                "executionSuccessful": True,
                "exitCode": exit_code(run),
                "toolExecutionNotifications": _notifications(run),
            }
        ],
        "results": [_result(run, check, at) for at, check in enumerate(run.checks)],
    }


def _message(text: str) -> Json:
    """A plain message: no embedded link, no placeholder, whatever stands in the text."""
    return {"text": text.replace("](", "] (").replace("{", "{{").replace("}", "}}")}


def _rule(check: Checked) -> Json:
    invariant = check.invariant
    statement = shown(invariant.statement)
    rule: Json = {
        "id": shown(invariant.id),
        "shortDescription": _message(statement),
        "fullDescription": _message(shown(invariant.why or statement)),
        "defaultConfiguration": {"level": LEVELS[invariant.severity]},
        "properties": {
            "security-severity": SCORES[invariant.severity],
            "tags": sorted({"security", *map(shown, invariant.controls)}),
        },
    }
    return rule


def uri_of(path: str) -> str:
    """A relative path as a relative URI, an absolute one as a `file:` URI."""
    windows, posix = PureWindowsPath(path), PurePosixPath(path)
    if windows.drive and windows.root:
        host = windows.drive.startswith("\\\\")
        rest = windows.as_posix() if host else windows.as_posix()[len(windows.drive) :]
        return f"file:{_quoted(rest)}" if host else f"file:///{windows.drive}{_quoted(rest)}"
    return f"file://{_quoted(path)}" if posix.is_absolute() else _quoted(posix.as_posix())


def _quoted(path: str) -> str:
    """Percent-encoded; a name that is not text by the bytes that it has in the file system."""
    try:
        return quote(path.encode(errors="surrogateescape"))
    except UnicodeEncodeError:  # halves of surrogate pairs that stand for no byte
        return quote(path.encode(errors="surrogatepass"))


def _artifact(path: str, sha256: str) -> Json:
    return {"location": {"uri": uri_of(path)}, "hashes": {"sha-256": sha256}}


def _notifications(run: Run) -> list[Json]:
    told = [(gap.clause, f"{shown(gap.resource)}: {shown(gap.detail)}") for gap in run.gaps]
    told += [(taken.clause, f"assumed: {shown(taken.detail)}") for taken in run.assumptions]
    return [
        {"descriptor": {"id": shown(clause)}, "level": "note", "message": _message(text)}
        for clause, text in told
    ]


def _location(check: Checked) -> Json:
    """Where the invariant stands; for a statement on the command line only its name."""
    invariant = check.invariant
    logical = [{"name": shown(invariant.id), "kind": "invariant"}]
    if not invariant.file:
        return {"logicalLocations": logical}
    return {"physicalLocation": _physical(check, invariant.file), "logicalLocations": logical}


def _physical(check: Checked, file: str) -> Json:
    invariant = check.invariant
    region = {"startLine": max(invariant.line, 1), "startColumn": max(invariant.column, 1)}
    return {"artifactLocation": {"uri": uri_of(file)}, "region": region}


def _result(run: Run, check: Checked, index: int) -> Json:
    invariant, result = check.invariant, check.result
    refuted = result.verdict is Verdict.REFUTED
    found: Json = {
        "ruleId": shown(invariant.id),
        "ruleIndex": index,
        "kind": KINDS[result.verdict],
        "level": LEVELS[invariant.severity] if refuted else "none",
        "message": _message(_told(run, check)),
        "locations": [_location(check)],
        "partialFingerprints": {"verifierInvariant/v1": _fingerprint(check)},
        "properties": {
            "verdict": result.verdict.value,
            "severity": invariant.severity.value,
            "evidence": result.evidence.value if result.evidence else None,
            "gaps": [f"{shown(gap.resource)}: {shown(gap.detail)}" for gap in sorted(result.gaps)],
        },
    }
    if result.counterexamples:
        found["codeFlows"] = [_flow(run, check, example) for example in result.counterexamples]
    return found


def _told(run: Run, check: Checked) -> str:
    invariant, result = check.invariant, check.result
    parts = [f"{result.verdict}: {shown(invariant.statement)}"]
    if result.reason is not None:
        parts.append(shown(result.reason.text))
    for example in result.counterexamples[:1]:
        forward = example.exchange.forward
        source = from_text(run.network, example.probe, forward)
        destination = to_text(run.network, example.probe, forward)
        parts.append(f"{headline(run.network, example.probe)}, from {source} to {destination}")
        parts.append(ending(run.network, forward, example.probe.destination))
    return "; ".join(parts)


def _fingerprint(check: Checked) -> str:
    invariant = check.invariant
    text = f"{invariant.file or ''}\0{invariant.id}"
    return hashlib.sha256(text.encode("utf-8", "backslashreplace")).hexdigest()


def _flow(run: Run, check: Checked, example: Counterexample) -> Json:
    reply = example.exchange.reply
    steps = _steps(run, check, example.exchange.forward, "")
    if reply is not None and Mode(check.invariant.mode) is Mode.CONNECTION:
        steps += _steps(run, check, reply, "reply: ")
    start = _step(check, None, f"{headline(run.network, example.probe)} is sent")
    numbered = [{**step, "executionOrder": at} for at, step in enumerate([start, *steps], start=1)]
    message = _message(headline(run.network, example.probe))
    return {"message": message, "threadFlows": [{"locations": numbered}]}


def _steps(run: Run, check: Checked, trace: Trace, prefix: str) -> list[Json]:
    steps = []
    for hop in trace.hops:
        told = f"{labelled(run.network, hop.component)}: {hop_text(run.network, hop)}"
        steps.append(_step(check, hop, f"{prefix}{told}"))
    return steps


def _step(check: Checked, hop: Hop | None, text: str) -> Json:
    """A step of the path: at the component, shown at the invariant's line where it has one."""
    location: Json = {"message": _message(text)}
    if check.invariant.file:
        location["physicalLocation"] = _physical(check, check.invariant.file)
    if hop is not None:
        name = shown(hop.component)
        location["logicalLocations"] = [{"fullyQualifiedName": name, "kind": shown(hop.kind)}]
    return {"location": location}

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from tests.unit.report.sample import CHECKS, run
from verifier.report.run import Run
from verifier.report.sarif import render, uri_of

# The published schema (OASIS, as distributed by SchemaStore under Apache-2.0).
SCHEMA = json.loads(Path(__file__).with_name("sarif-schema-2.1.0.json").read_text("utf-8"))


def report(given: Run) -> dict[str, Any]:
    document = json.loads(render(given))
    jsonschema.Draft4Validator(
        SCHEMA, format_checker=jsonschema.Draft4Validator.FORMAT_CHECKER
    ).validate(document)
    (only,) = document["runs"]
    return only  # type: ignore[no-any-return]


def test_valid_against_the_published_schema() -> None:
    report(run())
    report(replace(run(), checks=(), inputs=()))
    timed = report(replace(run(), deterministic=False))
    assert timed["tool"]["driver"]["version"] == "0.1.0"


def test_kinds_and_levels() -> None:
    results = report(run())["results"]
    assert [(result["kind"], result["level"]) for result in results] == [
        ("fail", "error"),
        ("fail", "note"),
        ("pass", "none"),
        ("pass", "none"),
        ("open", "none"),
        ("notApplicable", "none"),
    ]
    assert [result["ruleIndex"] for result in results] == list(range(6))


def test_a_result_stands_at_the_invariants_line() -> None:
    result = report(run())["results"][0]
    (location,) = result["locations"]
    assert location["physicalLocation"] == {
        "artifactLocation": {"uri": "specs/prod.yaml"},
        "region": {"startLine": 12, "startColumn": 5},
    }
    assert "physicalLocation" not in report(run())["results"][5]["locations"][0]


def test_the_path_is_a_code_flow() -> None:
    results = report(run())["results"]
    (flow,) = results[0]["codeFlows"]
    steps = flow["threadFlows"][0]["locations"]
    assert [step["executionOrder"] for step in steps] == [1, 2, 3, 4, 5]
    assert steps[2]["location"]["message"]["text"] == (
        "acl-1 (data): network ACL, ingress: allow; rule 100"
    )
    assert steps[2]["location"]["logicalLocations"] == [
        {"fullyQualifiedName": "acl-1", "kind": "network-acl"}
    ]
    assert len(results[1]["codeFlows"]) == 2
    last = results[1]["codeFlows"][0]["threadFlows"][0]["locations"][-1]
    assert last["location"]["message"]["text"].startswith(
        "reply: acl-1 (data): network ACL, egress"
    )


def test_a_statement_from_the_command_line_has_steps_without_place() -> None:
    inline = replace(CHECKS[0], invariant=replace(CHECKS[0].invariant, file=None))
    (result,) = report(replace(run(), checks=(inline,)))["results"]  # type: ignore[arg-type]
    steps = result["codeFlows"][0]["threadFlows"][0]["locations"]
    assert all("physicalLocation" not in step["location"] for step in steps)


def test_foreign_text_is_neither_link_nor_placeholder() -> None:
    text = report(run())["results"][5]["message"]["text"]
    assert "](" not in text
    assert "{{0}}" in text
    assert "\x1b" not in text


def test_fingerprints_follow_the_invariant() -> None:
    prints = [
        result["partialFingerprints"]["verifierInvariant/v1"] for result in report(run())["results"]
    ]
    assert len(set(prints)) == 6
    moved = replace(CHECKS[0], invariant=replace(CHECKS[0].invariant, line=99))
    (result,) = report(replace(run(), checks=(moved,)))["results"]  # type: ignore[arg-type]
    assert result["partialFingerprints"]["verifierInvariant/v1"] == prints[0]


def test_gaps_and_assumptions_are_notifications() -> None:
    (invocation,) = report(run())["invocations"]
    told = [note["message"]["text"] for note in invocation["toolExecutionNotifications"]]
    assert told[0] == "vgw-1: a virtual private gateway is not modelled"
    assert all(text.startswith("assumed: ") for text in told[1:])
    assert invocation["exitCode"] == 1


@pytest.mark.parametrize(
    ("path", "uri"),
    [
        ("specs/a b.yaml", "specs/a%20b.yaml"),
        ("/tmp/x.yaml", "file:///tmp/x.yaml"),
        ("C:\\specs\\x.yaml", "file:///C:/specs/x.yaml"),
        ("a:b.yaml", "a%3Ab.yaml"),
        ("\\\\host\\share\\a b.yaml", "file://host/share/a%20b.yaml"),
        ("/specs/\udc80.yaml", "file:///specs/%80.yaml"),
        ("\ud800", "%ED%A0%80"),
    ],
)
def test_paths_as_uris(path: str, uri: str) -> None:
    assert uri_of(path) == uri

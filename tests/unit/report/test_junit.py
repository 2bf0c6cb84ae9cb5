from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

from junit2htmlreport.parser import Junit
from junitparser import Error, Failure, JUnitXml

from tests.unit.report.sample import CHECKS, run
from verifier.report.junit import render


def test_read_back_by_junitparser() -> None:
    parsed = JUnitXml.fromstring(render(run()).encode())
    assert (parsed.tests, parsed.failures, parsed.errors, parsed.skipped) == (6, 2, 2, 0)
    suites = list(parsed)
    assert [suite.name for suite in suites] == ["specs/prod.yaml", "command line"]
    cases = [case for suite in suites for case in suite]
    assert [case.name for case in cases][:3] == ["no-internet-to-db", "db-answers", "db-quiet"]
    results = [[type(result) for result in case.result] for case in cases]
    assert results == [[Failure], [Failure], [], [], [Error], [Error]]
    assert cases[0].result[0].type == "REFUTED"
    assert "acl-1 (data)  network ACL, ingress" in (cases[0].result[0].text or "")
    assert "depends on what is not modelled" in (cases[4].result[0].message or "")


def test_read_back_by_junit2html(tmp_path: Path) -> None:
    path = tmp_path / "report.xml"
    path.write_text(render(run()), encoding="utf-8")
    report = Junit(filename=str(path))
    found = {case.name: case.failed() for suite in report.suites for case in suite.all()}
    assert found["no-internet-to-db"]
    assert not found["db-quiet"]
    assert "no-internet-to-db" in report.html()


def test_gaps_and_assumptions_are_told_with_each_suite() -> None:
    root = ElementTree.parse(io.StringIO(render(run()))).getroot()
    told = [element.text or "" for element in root.iter("system-out")]
    assert len(told) == 2
    assert all("GAP-6" in text and "SVC-1" in text for text in told)


def test_seconds() -> None:
    timed = render(replace(run(), deterministic=False))
    assert 'time="0.210"' in timed
    assert "time=" not in render(run())


def test_no_invariant_is_an_empty_suite() -> None:
    parsed = JUnitXml.fromstring(render(replace(run(), checks=())).encode())
    assert [len(list(suite)) for suite in parsed] == [0]


def test_suites_follow_the_files() -> None:
    other = replace(CHECKS[2], invariant=replace(CHECKS[2].invariant, file="b.yaml"))
    parsed = JUnitXml.fromstring(render(replace(run(), checks=(*CHECKS[:1], other))).encode())  # type: ignore[arg-type]
    assert [suite.name for suite in parsed] == ["specs/prod.yaml", "b.yaml"]

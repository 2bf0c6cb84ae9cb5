"""Whatever stands in names and statements, every report is harmless and stays well-formed."""

from __future__ import annotations

import json
import unicodedata
from dataclasses import replace
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.report.sample import CHECKS, run
from verifier.report import document, github, junit, sarif, text
from verifier.report.run import Run
from verifier.report.text import Detail

INVISIBLE = {"Cc", "Cf", "Cs", "Zl", "Zp"}


def named(name: str) -> Run:
    """The sample, with the name wherever a user's or the network's text can stand."""
    given = run()
    interfaces = {
        id_: replace(one, tags={"Name": name}) for id_, one in given.network.interfaces.items()
    }
    first = replace(
        CHECKS[0],
        invariant=replace(
            CHECKS[0].invariant,
            id=name,
            statement=f"never {name} -> any",
            why=name,
            controls=(name,),
            file=name or None,
        ),
        result=replace(CHECKS[0].result, sources=(name,), destinations=(name,)),
    )
    checks = (first, *CHECKS[1:])
    network = replace(given.network, interfaces=interfaces)
    return replace(given, network=network, checks=checks)  # type: ignore[arg-type]


RENDERERS = {
    "text": text.render,
    "verbose": lambda run: text.render(run, Detail.VERBOSE),
    "json": document.render,
    "junit": junit.render,
    "sarif": sarif.render,
    "github": github.render,
    "summary": github.summary,
}
MARKS = "\x1b\r\n\x00\x7f\x85\u202e\u2028\ufeff:#[]%`|<&"
NASTY = st.text(st.one_of(st.sampled_from(MARKS), st.characters(codec=None)), max_size=30)


@pytest.mark.parametrize("form", list(RENDERERS))
@settings(max_examples=60, deadline=None)
@given(name=NASTY)
def test_no_format_lets_anything_through(form: str, name: str) -> None:
    told = RENDERERS[form](named(name))
    assert told.encode()
    assert not [mark for mark in told if mark != "\n" and unicodedata.category(mark) in INVISIBLE]
    if form in {"json", "sarif"}:
        json.loads(told)
    if form == "junit":
        ElementTree.fromstring(told)
    if form in {"text", "verbose", "github"}:
        lines = [line.strip() for line in told.splitlines()]
        commands = [line for line in lines if line.startswith("::")]
        assert len(commands) == (5 if form == "github" else 0)
        assert not [line for line in lines if "##[" in line or "##vso" in line]

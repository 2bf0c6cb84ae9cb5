"""The reference pages list what is there: clauses, forms of the language, keys of snapshots."""

from __future__ import annotations

import re

import pytest

from tests.examples.documents import ROOT
from verifier.cli.commands import verify
from verifier.invariants import parse_statement
from verifier.invariants.interface_types import KNOWN_TYPES, OWNERS
from verifier.invariants.spec import INVARIANT_KEYS

CLAUSE = re.compile(r"^\* \*\*([A-Z]+)-(\d+)\*\*", re.M)


def document(name: str) -> str:
    return (ROOT / "docs" / name).read_text(encoding="utf-8")


def section(text: str, heading: str) -> str:
    """What stands under a heading of the second level."""
    return text.split(f"\n## {heading}\n", 1)[1].split("\n## ", 1)[0]


def forms(heading: str) -> list[str]:
    """The forms in the first column of the table under a heading of the language reference."""
    rows = re.findall(
        r"^\| (`.*?) \|", section(document("reference/invariant-language.md"), heading), re.M
    )
    return [form for row in rows for form in re.findall(r"`([^`]+)`", row)]


@pytest.mark.parametrize("form", forms("Endpoints"))
def test_endpoint_form(form: str) -> None:
    parse_statement(f"never {form} -> any")
    parse_statement(f"never any -> {form} on tcp/22")


@pytest.mark.parametrize("form", forms("Waypoints"))
def test_waypoint_form(form: str) -> None:
    found = parse_statement(f"never any -> any unless through {form}")
    assert parse_statement(found.statement) == found
    parse_statement(f"always any -> any on tcp/22 through {form}")


def test_every_known_type_of_interface_is_listed() -> None:
    listed = section(document("reference/invariant-language.md"), "Types of interfaces")
    assert {*KNOWN_TYPES, *OWNERS} <= set(re.findall(r"`(\w+)`", listed))


@pytest.mark.parametrize("form", forms("Traffic"))
def test_traffic_form(form: str) -> None:
    parse_statement(f"never any -> any on {form}")


def test_there_are_forms() -> None:
    assert len(forms("Endpoints")) > 20
    assert len(forms("Traffic")) > 10
    assert len(forms("Waypoints")) > 10


def test_every_key_of_an_invariant_is_listed() -> None:
    table = section(document("reference/invariant-language.md"), "Keys of an invariant")
    cells = re.findall(r"^\| (`.*?) \|", table, re.M)
    assert sorted(key for cell in cells for key in re.findall(r"`(.+?)`", cell)) == sorted(
        INVARIANT_KEYS
    )


def test_every_option_is_listed() -> None:
    table = section(document("reference/command-line.md"), "Checking invariants")
    listed = set(re.findall(r"`(-[-a-zA-Z]+)", table))
    names = {option for parameter in verify.params for option in parameter.opts}
    short = {"-v", "-q", "-h", "--help"}
    assert names | short == listed | {"--verbose", "--quiet"}


def test_every_file_of_clauses_is_listed_with_its_clauses() -> None:
    listed = {
        match[1]: match[2]
        for match in re.finditer(
            r"^\| \[(\w+)\]\(.*?\) \| (.*?) \|", document("reference/semantics.md"), re.M
        )
    }
    expected = {}
    for path in (ROOT / "specs" / "semantics").glob("*.md"):
        numbers: dict[str, list[int]] = {}
        for family, number in CLAUSE.findall(path.read_text(encoding="utf-8")):
            numbers.setdefault(family, []).append(int(number))
        if numbers:
            for found in numbers.values():
                assert found == list(range(1, len(found) + 1)), path.name
            ranges = [f"{family}-1 to {family}-{len(found)}" for family, found in numbers.items()]
            expected[path.stem] = ", ".join(ranges)
    assert listed == expected

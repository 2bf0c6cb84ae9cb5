"""The coverage page is what the code would write, and leaves no construct of the code out."""

from __future__ import annotations

from typing import get_args

import pytest

from tests.reference.coverage_page import (
    PAGE,
    ROW,
    SEMANTICS,
    clause_ranges,
    fields,
    left_open,
    page,
)
from tests.reference.specimens import SPECIMENS
from verifier.invariants.interface_types import KNOWN_TYPES
from verifier.model import AttachmentKind, EndpointKind, RouteTarget
from verifier.snapshot.route_table import RouteWire

NOT_A_TARGET = {
    "DestinationCidrBlock", "DestinationIpv6CidrBlock", "DestinationPrefixListId", "Origin", "State"
}  # fmt: skip


def values(of: str) -> set[str]:
    found = [value for one in SPECIMENS for name, value in one.values if name == of]
    assert len(found) == len(set(found))
    return set(found)


def test_the_page_is_what_the_code_would_write() -> None:
    advice = "write it again: python -m tests.reference.coverage_page --update"
    assert PAGE.read_text(encoding="utf-8") == page(), advice


def test_a_snapshot_without_a_specimen_leaves_nothing_open() -> None:
    assert left_open(None) == ()


@pytest.mark.parametrize(
    ("of", "in_the_code"),
    [
        ("target", {one.__name__ for one in get_args(RouteTarget)}),
        ("field", set(RouteWire.__annotations__) - NOT_A_TARGET),
        ("interface", {name.replace("efa_only", "efa-only") for name in KNOWN_TYPES}),
    ],
)
def test_every_construct_of_the_code_has_a_specimen(of: str, in_the_code: set[str]) -> None:
    assert values(of) == in_the_code


@pytest.mark.parametrize(
    ("of", "kinds"), [("attachment", AttachmentKind), ("endpoint", EndpointKind)]
)
def test_every_kind_has_a_specimen(of: str, kinds: type[AttachmentKind | EndpointKind]) -> None:
    assert values(of) >= {kind.value for kind in kinds}


def test_every_object_has_fields_that_are_used() -> None:
    found = fields()
    assert len(found) >= 40
    assert [name for name, (used, _) in found.items() if not used] == []


def test_the_semantics_page_has_every_file_of_clauses_with_its_range() -> None:
    text = SEMANTICS.read_text(encoding="utf-8")
    assert {match["stem"]: match["ranges"] for match in ROW.finditer(text)} == clause_ranges()

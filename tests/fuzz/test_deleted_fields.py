"""What a snapshot does not say must not make a door look closed.

From the snapshot of a refuted `never` every field is deleted in turn (the elements of lists are
facts and stay). What is left may be refuted still, unknown or refused; it must never be proved.
"""

from __future__ import annotations

import copy
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.unit.verify.networks import decided
from verifier.errors import InputError
from verifier.snapshot import read_snapshot
from verifier.verdict import Verdict
from verifier.verify import Options

EXAMPLES = Path(__file__).parents[2] / "examples"
QUICK = Options(enumeration_budget=0, max_counterexamples=1)
Document = dict[str, Any]
Steps = tuple[str | int, ...]


def whole(name: str) -> Document:
    document: Document = {}
    for path in sorted((EXAMPLES / name / "snapshot").glob("*.json")):
        document |= json.loads(path.read_text())
        if path.stem.startswith("pl-"):
            document["PrefixListId"] = path.stem
    return document


def fields(value: object, steps: Steps = ()) -> Iterator[Steps]:
    """The way to every field of every object."""
    if isinstance(value, dict):
        for name, below in value.items():
            yield (*steps, name)
            yield from fields(below, (*steps, name))
    elif isinstance(value, list):
        for position, below in enumerate(value):
            yield from fields(below, (*steps, position))


def without(document: Document, steps: Steps) -> Document:
    changed = copy.deepcopy(document)
    place: Any = changed
    for step in steps[:-1]:
        place = place[step]
    del place[steps[-1]]
    return changed


def verdict(document: Document, statement: str) -> Verdict | None:
    """None iff the snapshot, or what the statement names in it, is refused."""
    try:
        network = read_snapshot(["-"], stdin=io.BytesIO(json.dumps(document).encode())).network
        return decided(network, statement, QUICK).verdict
    except InputError:
        return None


@pytest.mark.parametrize(
    ("name", "statement"),
    [
        ("default-vpc-ssh-open", "never internet -> any on tcp/22"),
        ("peering-without-return-route", "never tag:Role=reports -> tag:Role=warehouse"),
        ("nacl-ephemeral-ports", "never internet -> any"),
        ("block-public-access", "never internet -> any"),
        ("gateway-endpoint", "never tag:Role=vault -> 198.51.100.0/25"),
    ],
)
def test_no_field_can_be_left_out_for_a_proof(name: str, statement: str) -> None:
    document = whole(name)
    assert verdict(document, statement) is Verdict.REFUTED
    ways = list(fields(document))
    assert len(ways) > 150
    proved = [
        steps for steps in ways if verdict(without(document, steps), statement) is Verdict.PROVED
    ]
    assert proved == []

"""The packs load, and the schema says what the reader does."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest
import yaml

from tests.unit.invariants.test_spec_files import CONTRACT
from verifier.errors import SpecError
from verifier.invariants import load_spec, read_spec, spec_schema
from verifier.invariants.spec import FILE_KEYS, INVARIANT_KEYS

ROOT = Path(__file__).resolve().parents[3]
PACKS = sorted((ROOT / "specs" / "packs").glob("*.yaml"))
EXAMPLES = sorted((ROOT / "examples").glob("*/invariants.yaml"))


def valid(text: str) -> bool:
    validator = jsonschema.Draft202012Validator(spec_schema())
    return bool(validator.is_valid(yaml.safe_load(text)))


@pytest.mark.parametrize("path", PACKS, ids=lambda path: path.stem)
def test_pack(path: Path) -> None:
    found = load_spec(path).invariants
    assert found
    assert all(one.why for one in found)
    assert all(one.statement.startswith("never internet -> any on ") for one in found)
    families = {family for one in found for term in one.traffic for family in term.families}
    assert families == {4, 6}


def test_packs_can_be_used_together() -> None:
    assert {"admin-ports", "databases"} <= {path.stem for path in PACKS}
    ids = [one.id for path in PACKS for one in load_spec(path).invariants]
    assert len(ids) == len(set(ids))


def test_the_schema_is_the_one_that_is_shipped() -> None:
    jsonschema.Draft202012Validator.check_schema(spec_schema())
    shipped = ROOT / "specs" / "schema" / "spec.schema.json"
    assert json.loads(shipped.read_text(encoding="utf-8")) == spec_schema()


@pytest.mark.parametrize("path", [*PACKS, *EXAMPLES], ids=lambda path: f"{path.parent.stem}")
def test_files_are_valid(path: Path) -> None:
    load_spec(path)
    assert valid(path.read_text(encoding="utf-8"))


TEXTS = [
    (CONTRACT, True),
    ("version: 1\nendpoints:\ninvariants:\n", True),
    ("version: 1\ninvariants: [{id: 012, always: any -> any, client-ports: 5000}]", True),
    ("version: 1\ninvariants: [{never: any -> any, allow-empty: true, controls: []}]", True),
    ("version: 1\ninvariants: [{never: any -> any, why: 5, traffic: [tcp/1]}]", True),
    ("version: 1\nclient-ports: [linux, 80]", True),
    ("version: 1\nrelays: stop\ninvariants: [{always: any -> any}]", True),
    ("version: 1\ninvariants: [{never: any -> any, relays: follow}]", True),
    ("version: 1\ninvariants: [{only: any -> any, relays: stop}]", False),
    ("version: 1\nrelays: maybe", False),
    ("version: 1\ninvariants: [{always: any -> any, relays: stop}]", False),
    ("version: 1\ninvariants: [{always: any -> any, through: igw-1, relays: stop}]", True),
    ("version: 1\ninvariants: [{always: any -> any through igw-1, relays: stop}]", True),
    ("version: 1\ninvariants: [{always: (any) -> (any)through(igw-1), relays: stop}]", True),
    ("version: 1\ninvariants: [{always: 'any -> name:\"a through b\"', relays: stop}]", False),
    ("version: 1\ninvariants: [{always: 'name:a\\\"b -> any through igw-1', relays: stop}]", True),
    ("version: 1\ninvariants: [{always: 'any -> tag:Name=through', relays: stop}]", False),
    ("version: 2", False),
    ("invariants: []", False),
    ("version: 1\nextra: 1", False),
    ("version: 1\nendpoints: {and: any}", False),
    ("version: 1\nendpoints: {1a: any}", False),
    ("version: 1\nendpoints: {a: []}", False),
    ("version: 1\ninvariants: [{id: a}]", False),
    ("version: 1\ninvariants: [{never: any -> any, some: any -> any}]", False),
    ("version: 1\ninvariants: [{never: any -> any, client-ports: linux}]", False),
    ("version: 1\ninvariants: [{never: any -> any, severity: bad}]", False),
    ("version: 1\ninvariants: [{never: any -> any, mode: bad}]", False),
    ("version: 1\ninvariants: [{never: any -> any, id: a/b}]", False),
    ("version: 1\ninvariants: [{never: any -> any, spoofed: maybe}]", False),
    ("version: 1\ninvariants: [{never: any -> any, nope: 1}]", False),
]


@pytest.mark.parametrize(("text", "good"), TEXTS)
def test_schema_and_reader_agree(text: str, good: bool) -> None:
    assert valid(text) is good
    if good:
        read_spec(text, "f.yaml")
    else:
        with pytest.raises(SpecError):
            read_spec(text, "f.yaml")


def test_every_key_is_in_the_schema() -> None:
    schema = json.loads(json.dumps(spec_schema()))
    assert tuple(schema["properties"]) == FILE_KEYS
    assert tuple(schema["$defs"]["invariant"]["properties"]) == INVARIANT_KEYS

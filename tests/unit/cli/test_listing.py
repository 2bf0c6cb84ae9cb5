from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

from verifier.cli.boundary import run

EXAMPLE = Path(__file__).parents[3] / "examples" / "three-tiers"
SNAPSHOT = str(EXAMPLE / "snapshot")
SCHEMAS = Path(__file__).parents[3] / "specs" / "schema"


def test_inventory(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["inventory", "-s", SNAPSHOT]) == 0
    told = capsys.readouterr().out
    assert "  - tag:Tier=db (2)\n" in told
    assert "more of kind `id`: see them with `-v`" in told
    assert run(["inventory", "-s", SNAPSHOT, "-v"]) == 0
    assert "  - eni-" in capsys.readouterr().out


def test_inventory_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["inventory", "-s", SNAPSHOT, "--format", "json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["counts"]["vpcs"] == 1
    assert {"kind": "tag", "text": "tag:Tier=db", "interfaces": 2} in document["names"]


def test_inventory_of_settings(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(["inventory"]) == 2
    assert "no snapshot is given" in capsys.readouterr().err
    Path("verifier.toml").write_text(f"snapshot = {json.dumps(SNAPSHOT)}", encoding="utf-8")
    assert run(["inventory"]) == 0


@pytest.mark.parametrize("which", ["spec", "report"])
def test_schema(which: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["schema", which]) == 0
    schema = json.loads(capsys.readouterr().out)
    jsonschema.validators.validator_for(schema).check_schema(schema)


def test_the_schema_of_specifications_is_the_default(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["schema"]) == 0
    first = capsys.readouterr().out
    assert run(["schema", "spec"]) == 0
    assert capsys.readouterr().out == first

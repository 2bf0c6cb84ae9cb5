"""Scripts, data and specifications in the documents are well-formed."""

from __future__ import annotations

import json
import subprocess
import tomllib
from pathlib import Path

import pytest

from tests.examples.documents import ROOT, blocks, documents, name_of
from verifier.cli.settings import KEYS
from verifier.errors import VerifierError
from verifier.invariants import load_spec

KINDS = {"bash", "console", "json", "sh", "text", "toml", "yaml", ""}
ALL = [
    pytest.param(block, id=f"{name_of(path)}:{block.start}")
    for path in documents()
    for block in blocks(path.read_text(encoding="utf-8"))
]


@pytest.mark.parametrize("block", ALL)
def test_block(block, tmp_path: Path) -> None:
    assert block.kind in KINDS
    if block.kind in ("bash", "sh"):
        subprocess.run(["bash", "-n"], input=block.text, text=True, check=True)
    elif block.kind == "json":
        json.loads(block.text)
    elif block.kind == "toml":
        assert tomllib.loads(block.text).keys() <= KEYS
    elif block.kind == "yaml" and "version: 1" in block.lines:
        (tmp_path / "spec.yaml").write_text(block.text, encoding="utf-8")
        load_spec(tmp_path / "spec.yaml")


def test_a_mistaken_specification_is_found(tmp_path: Path) -> None:
    (tmp_path / "spec.yaml").write_text("version: 1\ninvariants: [{never: a}]\n")
    with pytest.raises(VerifierError):
        load_spec(tmp_path / "spec.yaml")


def test_the_shipped_commands_are_those_of_the_readme() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    lines = [line for block in blocks(readme) if block.kind == "sh" for line in block.lines]
    first, second = (line for line in lines if line.startswith("python3 -m venv .venv"))
    assert "/verify --invariant examples/" in first
    assert second.endswith("-m pytest")
    assert second in (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["github-workflow.yml", ".pre-commit-config.yaml"])
def test_the_page_shows_the_files_for_ci(name: str) -> None:
    folder = ROOT / "docs" / "how-to"
    page = (folder / "use-in-ci.md").read_text(encoding="utf-8")
    texts = [block.text for block in blocks(page) if block.kind == "yaml"]
    assert (folder / "ci" / name).read_text(encoding="utf-8") in texts

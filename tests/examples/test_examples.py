"""The examples answer what they say they answer, and so do the sessions in the documents."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.examples.console import EXAMPLES, check_example, rendered, scratch
from tests.examples.documents import ROOT, documents, name_of

SESSIONS = [path for path in documents() if "```console" in path.read_text(encoding="utf-8")]
ROW = re.compile(
    r"^\| \[(?P<name>[a-z0-9-]+)\]\([a-z0-9-]+/README\.md\) \|.*\| (?P<code>\d+) \|$", re.M
)


def exit_codes() -> dict[str, int]:
    """The exit codes that the overview of the examples promises."""
    table = (ROOT / "examples" / "README.md").read_text(encoding="utf-8")
    return {row["name"]: int(row["code"]) for row in ROW.finditer(table)}


def test_the_overview_lists_every_example() -> None:
    folders = sorted(path.name for path in (ROOT / "examples").iterdir() if path.is_dir())
    assert sorted(exit_codes()) == EXAMPLES == folders


@pytest.mark.parametrize("name", EXAMPLES)
def test_example(name: str, tmp_path: Path) -> None:
    code, text, json_text = check_example(name, scratch(tmp_path))
    folder = ROOT / "examples" / name
    assert text == (folder / "expected.txt").read_text(encoding="utf-8")
    assert json_text == (folder / "expected.json").read_text(encoding="utf-8")
    assert code == exit_codes()[name] == json.loads(json_text)["exit_code"]


@pytest.mark.parametrize("path", SESSIONS, ids=name_of)
def test_document(path: Path, tmp_path: Path) -> None:
    assert rendered(path, scratch(tmp_path)) == path.read_text(encoding="utf-8")

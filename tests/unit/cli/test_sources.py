from __future__ import annotations

from pathlib import Path

import pytest

from verifier.cli import sources
from verifier.cli.sources import SpecFile, is_path, is_statement, spec_files
from verifier.errors import SpecError
from verifier.invariants.parse import KINDS


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("specs", True),
        ("gone.yaml", True),
        ("gone.yml", True),
        ("gone/specs", True),
        ("pack:exposure", False),
        ("never 10.0.0.0/8 -> any", False),
        ("  ALWAYS a -> b.yaml", False),
        ("newer a -> b", False),
        ("x" * 5000, False),
        ("a\0b", False),
    ],
)
def test_what_is_a_path(tmp_path: Path, value: str, expected: bool) -> None:
    (tmp_path / "specs").mkdir()
    assert is_path(value, tmp_path) is expected
    if not expected:
        assert is_statement(value) is not value.startswith("pack:")


@pytest.mark.parametrize("kind", KINDS)
def test_statements_of_every_kind_are_no_paths(kind: str) -> None:
    assert is_statement(f"{kind} 10.0.0.0/8 -> any on tcp/22")


def test_a_file_named_like_a_statement_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "never a -> b").touch()
    assert is_path("never a -> b", tmp_path)


def test_every_yaml_file_below_a_folder(tmp_path: Path) -> None:
    for name in ("b.yaml", "a/z.yml", "a/x.json", "c/d/e.yaml"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    (tmp_path / "folder.yaml").mkdir()
    found = [str(file.path.relative_to(tmp_path)) for file in spec_files(str(tmp_path))]
    assert found == ["a/z.yml", "b.yaml", "c/d/e.yaml"]
    assert spec_files(str(tmp_path / "b.yaml")) == (SpecFile(tmp_path / "b.yaml"),)


def test_a_path_that_does_not_exist(tmp_path: Path) -> None:
    with pytest.raises(SpecError, match=r"gone\.yaml: no such file or folder; a statement starts"):
        spec_files(str(tmp_path / "gone.yaml"))


@pytest.fixture
def two_packs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    packs = tmp_path / "specs" / "packs"
    packs.mkdir(parents=True)
    for name in ("databases", "exposure"):
        (packs / f"{name}.yaml").touch()
    monkeypatch.setattr(sources, "__file__", str(tmp_path / "verifier" / "cli" / "sources.py"))
    return packs


def test_packs(two_packs: Path) -> None:
    (found,) = spec_files("pack:exposure")
    assert found.path == two_packs / "exposure.yaml"
    assert found.name == "pack:exposure"


def test_packs_of_an_installed_tool(two_packs: Path) -> None:
    installed = two_packs.parents[1] / "verifier" / "packs"
    installed.mkdir(parents=True)
    (installed / "own.yaml").touch()
    assert [path.name for path in sources.packs()] == ["own.yaml"]


def test_unknown_packs(two_packs: Path) -> None:
    with pytest.raises(SpecError, match=r"pack:exposur: no such pack; did you mean `pack:expo"):
        spec_files("pack:exposur")
    with pytest.raises(SpecError, match="known packs are `databases`, `exposure`"):
        spec_files("pack:zzz")


def test_no_packs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources, "__file__", str(tmp_path / "a" / "b" / "c.py"))
    assert sources.packs() == ()

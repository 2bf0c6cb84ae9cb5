from __future__ import annotations

from pathlib import Path

import pytest

from verifier.cli.checking import read_invariants
from verifier.errors import SpecError, UsageError

NEVER = "never internet -> any on tcp/22"


def spec(path: Path, *statements: str, endpoints: str = "") -> str:
    items = "".join(f"  - {{id: {path.stem}-{at}, {one}}}\n" for at, one in enumerate(statements))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"version: 1\n{endpoints}invariants:\n{items}", encoding="utf-8")
    return str(path)


def test_files_folders_and_statements_in_their_order(tmp_path: Path) -> None:
    spec(tmp_path / "specs" / "b.yaml", "never: any -> any")
    spec(tmp_path / "specs" / "a.yml", "some: any -> any", "never: internet -> any")
    asked = read_invariants([NEVER, str(tmp_path / "specs")])
    assert [one.id for one in asked.invariants] == [
        "never-internet-any-on-tcp-22",
        "a-0",
        "a-1",
        "b-0",
    ]
    assert [Path(file.path).name for file in asked.files] == ["a.yml", "b.yaml"]
    assert asked.files[0].kind == "invariants"
    assert len(asked.files[0].sha256) == 64


def test_only_some_ids(tmp_path: Path) -> None:
    path = spec(tmp_path / "x.yaml", "never: any -> any", "some: any -> any")
    assert [one.id for one in read_invariants([path], ["*-1", "y"]).invariants] == ["x-1"]
    assert read_invariants([path], ["y"]).invariants == ()


def test_statements_use_the_names_of_the_files(tmp_path: Path) -> None:
    path = spec(tmp_path / "x.yaml", "never: any -> db", endpoints="endpoints: {db: 'tag:a'}\n")
    asked = read_invariants(["never internet -> db", path])
    assert len(asked.invariants) == 2
    with pytest.raises(SpecError, match="no endpoint is named `db`"):
        read_invariants(["never internet -> db"])


def test_what_is_given_twice_counts_once(tmp_path: Path) -> None:
    path = spec(tmp_path / "x.yaml", "never: any -> any")
    asked = read_invariants([path, NEVER, str(tmp_path), NEVER, NEVER.replace(" on ", "  on ")])
    assert [one.id for one in asked.invariants] == ["x-0", "never-internet-any-on-tcp-22"]
    assert len(asked.files) == 1


def test_an_id_that_is_taken(tmp_path: Path) -> None:
    one = spec(tmp_path / "x.yaml", "never: any -> any")
    other = spec(tmp_path / "a" / "x.yaml", "some: any -> any")
    with pytest.raises(SpecError, match=r"a/x\.yaml:\d+:\d+: id `x-0` is taken by .*/x\.yaml:3"):
        read_invariants([one, other])


def test_a_mistake_on_the_command_line_is_the_worse_one(tmp_path: Path) -> None:
    broken = tmp_path / "x.yaml"
    broken.write_text("version: 7")
    with pytest.raises(UsageError):
        read_invariants([str(broken), "never internet >"])
    with pytest.raises(SpecError):
        read_invariants([str(broken), NEVER])


def test_packs_have_the_same_name_everywhere(monkeypatch: pytest.MonkeyPatch) -> None:
    from verifier.cli.sources import packs

    for path in packs():
        asked = read_invariants([f"pack:{path.stem}"])
        assert asked.invariants
        assert {one.file for one in asked.invariants} == {f"pack:{path.stem}"}
        assert asked.files[0].path == f"pack:{path.stem}"


def test_warnings_of_files(tmp_path: Path) -> None:
    asked = read_invariants([spec(tmp_path / "x.yaml")])
    assert asked.invariants == ()
    assert "no invariants in it" in asked.warnings[0]

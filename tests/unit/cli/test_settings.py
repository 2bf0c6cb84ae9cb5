from __future__ import annotations

from pathlib import Path

import pytest

from verifier.cli.settings import Settings, load
from verifier.errors import UsageError


def written(folder: Path, text: str, name: str = "verifier.toml") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_every_key(tmp_path: Path) -> None:
    (tmp_path / "specs").mkdir()
    written(
        tmp_path,
        """
        invariant = ["specs", "pack:exposure", "never any -> any", "gone.yaml"]
        snapshot = "snap"
        only = "db-*"
        format = "json"
        report = ["junit=out/j.xml", "broken"]
        packets = "pcaps"
        timeout = 2.5
        max-counterexamples = "all"
        jobs = 2
        smt-dir = "smt"
        strict = true
        fail-on = "high"
        deterministic = false
        """,
    )
    found = load(tmp_path)
    assert found == {
        "invariant": [
            str(tmp_path / "specs"),
            "pack:exposure",
            "never any -> any",
            str(tmp_path / "gone.yaml"),
        ],
        "snapshot": [str(tmp_path / "snap")],
        "only": ["db-*"],
        "form": "json",
        "report": [f"junit={tmp_path / 'out/j.xml'}", "broken"],
        "packets": str(tmp_path / "pcaps"),
        "timeout": "2.5",
        "max_counterexamples": "all",
        "jobs": "2",
        "smt_dir": str(tmp_path / "smt"),
        "strict": True,
        "fail_on": "high",
        "deterministic": False,
        "trace": {"snapshot": [str(tmp_path / "snap")], "strict": True},
        "inventory": {"snapshot": [str(tmp_path / "snap")], "strict": True},
    }


def test_standard_input_is_no_path(tmp_path: Path) -> None:
    written(tmp_path, 'snapshot = ["-"]')
    assert load(tmp_path)["snapshot"] == ["-"]


def test_the_nearest_folder_counts(tmp_path: Path) -> None:
    written(tmp_path, "[tool.verifier]\njobs = 1\n", "pyproject.toml")
    inner = tmp_path / "a" / "b"
    written(inner, "[tool.other]\n", "pyproject.toml")
    assert load(inner)["jobs"] == "1"
    written(inner, "[tool.verifier]\njobs = 2\n", "pyproject.toml")
    assert load(inner)["jobs"] == "2"
    written(inner, "jobs = 3\n")
    assert load(inner)["jobs"] == "3"


def test_no_settings(tmp_path: Path) -> None:
    written(tmp_path, "tool = 3\n", "pyproject.toml")
    assert load(tmp_path) == {}


def test_read_when_first_asked_for(tmp_path: Path) -> None:
    settings = Settings(tmp_path)
    written(tmp_path, "jobs = 4")
    assert settings["jobs"] == "4"
    written(tmp_path, "jobs = 5")
    assert settings.get("jobs") == "4"
    assert sorted(settings) == ["inventory", "jobs", "trace"]
    assert len(settings) == 3


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("invariants = []", "unknown setting `invariants`, did you mean `invariant`"),
        ("max_counterexamples = 1", "did you mean `max-counterexamples`"),
        ("zzz = 1", "known are deterministic, fail-on"),
        ("strict = 1", "`strict` is true or false, not `1`"),
        ("jobs = true", "`jobs` is a number, not `True`"),
        ("snapshot = [1]", "`snapshot` is a text or a list of texts"),
        ("snapshot = 1", "`snapshot` is a text or a list of texts"),
        ("packets = []", "`packets` is a text"),
        ("format = 1", "`format` is a text"),
        ("jobs =", "cannot be read"),
    ],
)
def test_mistakes_name_file_and_key(tmp_path: Path, text: str, message: str) -> None:
    path = written(tmp_path, text)
    with pytest.raises(UsageError) as caught:
        load(tmp_path)
    assert str(caught.value).startswith(f"{path}: ")
    assert message in str(caught.value)


def test_mistakes_in_pyproject(tmp_path: Path) -> None:
    written(tmp_path, "[tool.verifier]\nx = 1\n", "pyproject.toml")
    with pytest.raises(UsageError, match=r"unknown setting `tool\.verifier\.x`"):
        load(tmp_path)
    written(tmp_path, "[tool]\nverifier = 1\n", "pyproject.toml")
    with pytest.raises(UsageError, match=r"`tool\.verifier` is not a table"):
        load(tmp_path)

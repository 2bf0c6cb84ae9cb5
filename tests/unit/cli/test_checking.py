from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from tests.unit.report.sample import CHECKS as SAMPLE
from verifier.cli import checking
from verifier.cli.boundary import run
from verifier.cli.checking import read_invariants
from verifier.errors import SpecError, UsageError
from verifier.report.wire import report_schema
from verifier.verify import Checked

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


CHECKS = tuple(
    Checked(one.invariant, one.result, ("--invariant:1:1: `x` matches nothing",))  # type: ignore[arg-type]
    for one in SAMPLE
)
EXAMPLE = Path(__file__).parents[3] / "examples" / "default-vpc"
SNAPSHOT = str(EXAMPLE / "snapshot")


@pytest.fixture
def decided(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[Any]:
    """The command without its decisions: every run answers with the sample; calls are kept."""
    calls: list[Any] = []

    def check(network: object, invariants: object, options: object, tick: object) -> object:
        calls.append((invariants, options, tick))
        return CHECKS

    monkeypatch.setattr(checking, "check", check)
    monkeypatch.delenv("GITHUB_STEP_SUMMARY", raising=False)
    monkeypatch.chdir(tmp_path)
    return calls


def check_with(*arguments: str) -> int:
    return run(["-i", NEVER, "-s", SNAPSHOT, *arguments])


def test_text_on_standard_output(decided: list[Any], capsys: pytest.CaptureFixture[str]) -> None:
    assert check_with() == 1
    told = capsys.readouterr()
    assert told.out.startswith("REFUTED  no-internet-to-db (critical)  specs/prod.yaml:12\n")
    assert told.err == ""
    assert check_with("-q") == 1
    assert capsys.readouterr().out.startswith("REFUTED  no-internet-to-db\nREFUTED")
    assert check_with("-v") == 1
    assert "sources: internet" in capsys.readouterr().out


def test_what_the_checking_is_told(decided: list[Any]) -> None:
    check_with()
    check_with("--timeout", "2", "--max-counterexamples", "all", "--jobs", "3", "--smt-dir", "s")
    (invariants, usual, tick), (_, changed, _) = decided
    assert [one.statement for one in invariants] == [NEVER]
    assert tick is None
    assert (usual.timeout, usual.max_counterexamples, usual.jobs) == (60.0, 3, None)
    assert usual.smt_directory is None
    assert (changed.timeout, changed.max_counterexamples, changed.jobs) == (2.0, None, 3)
    assert changed.smt_directory == Path("s")
    assert Path("s").is_dir()


def test_every_report(decided: list[Any], capsys: pytest.CaptureFixture[str]) -> None:
    forms = [f"--report={form}=out/r.{form}" for form in ("text", "json", "junit", "sarif")]
    assert check_with("--format", "json", "--deterministic", "-q", "--packets", "p", *forms) == 1
    out = capsys.readouterr().out
    assert json.loads(out)["tool"] == {"name": "verifier"}
    assert Path("out/r.json").read_text() == out
    assert Path("out/r.junit").read_text().startswith("<?xml")
    assert json.loads(Path("out/r.sarif").read_text())["version"] == "2.1.0"
    assert "network ACL, ingress" in Path("out/r.text").read_text()
    assert len(list(Path("p").glob("*.pcapng"))) == 3


def test_inputs_versions_and_warnings(
    decided: list[Any], capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    path = spec(tmp_path / "none.yaml")
    assert check_with("-i", path, "--format", "json") == 1
    document = json.loads(capsys.readouterr().out)
    assert document["tool"]["solver"].startswith("z3 ")
    kinds = [given["kind"] for given in document["inputs"]]
    assert kinds[-1] == "invariants"
    assert set(kinds[:-1]) == {"aws-describe"}
    assert any("no invariants in it" in told for told in document["warnings"])
    assert any("matches nothing" in told for told in document["warnings"])


def test_warnings_are_told_on_terminals(
    decided: list[Any], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    notes: list[str] = []
    monkeypatch.setattr(checking, "note", notes.append)
    check_with("-i", spec(tmp_path / "none.yaml"))
    assert any(told.startswith("warning: ") and "none.yaml" in told for told in notes)


def test_fail_on(decided: list[Any], capsys: pytest.CaptureFixture[str]) -> None:
    assert check_with("--fail-on", "critical", "--format", "github") == 1
    told = capsys.readouterr().out
    assert told.count("::error ") == 1


def test_github(
    decided: list[Any], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert check_with("--format", "github") == 1
    assert "::error file=specs/prod.yaml,line=12" in capsys.readouterr().out
    place = Path("summary.md")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(place))
    check_with("--format", "github")
    first = place.read_text()
    assert first.startswith("## Network invariants")
    check_with("--format", "github")
    assert place.read_text() == first * 2
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", os.curdir)
    capsys.readouterr()
    assert check_with("--format", "github") == 2
    assert "GITHUB_STEP_SUMMARY: `.` cannot be written" in capsys.readouterr().err


def test_places_that_cannot_be_written_are_refused_before_any_work(
    decided: list[Any], capsys: pytest.CaptureFixture[str]
) -> None:
    Path("file").touch()
    assert check_with("--report", "json=.") == 2
    assert "--report: `.` is a folder, not a file" in capsys.readouterr().err
    assert check_with("--packets", "file") == 2
    assert "--packets: `file` cannot be made" in capsys.readouterr().err
    assert decided == []


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["-i", "never internet >", "-s", SNAPSHOT], 2),
        (["-i", "gone.yaml", "-s", SNAPSHOT], 3),
        (["-i", "pack:gone", "-s", SNAPSHOT], 3),
        (["-i", NEVER, "-s", "gone"], 3),
        (["-i", "never eni-gone -> any", "-s", SNAPSHOT], 3),
    ],
)
def test_bad_input_is_one_message(
    arguments: list[str], code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(arguments) == code
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.count("\n") == 1
    assert "Traceback" not in told.err


def test_end_to_end(capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["-i", str(EXAMPLE / "invariants.yaml"), "-s", SNAPSHOT, "--jobs", "1"]
    assert run([*arguments, "--format", "json"]) == 0
    document = json.loads(capsys.readouterr().out)
    jsonschema.Draft202012Validator(report_schema()).validate(document)
    assert document["summary"]["proved"] == len(document["results"]) > 0
    assert run([*arguments, "-k", "nothing*"]) == 5
    assert capsys.readouterr().out.endswith(
        "0 invariants: 0 proved, 0 refuted, 0 unknown, 0 vacuous\n"
    )


def test_the_same_input_gives_the_same_bytes(tmp_path: Path) -> None:
    outputs = []
    for seed, jobs in (("1", "1"), ("2", "2")):
        done = subprocess.run(
            [
                *(sys.executable, "-m", "verifier", "--deterministic", "--format", "json"),
                *("-i", str(EXAMPLE / "invariants.yaml"), "-s", SNAPSHOT, "--jobs", jobs),
                *("--report", f"sarif={tmp_path / seed}"),
            ],
            check=True,
            capture_output=True,
            env={**os.environ, "PYTHONHASHSEED": seed},
        )
        outputs.append((done.stdout, (tmp_path / seed).read_bytes()))
    assert outputs[0] == outputs[1]

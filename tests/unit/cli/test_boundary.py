from __future__ import annotations

import io
import json
import subprocess
import sys
from pathlib import Path

import click
import pytest

from verifier.cli import main
from verifier.cli.boundary import run
from verifier.cli.commands import verify
from verifier.errors import DisagreementError, SnapshotError, UsageError


def failing(monkeypatch: pytest.MonkeyPatch, error: BaseException) -> int:
    def fail(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(verify, "main", fail)
    return run([])


@pytest.mark.parametrize(
    ("error", "code", "message"),
    [
        (UsageError("no such thing"), 2, "verify: no such thing\n"),
        (SnapshotError("a.json", "$.Vpcs: bad\x1b[0m"), 3, "a.json: $.Vpcs: bad\\x1b[0m\n"),
        (KeyboardInterrupt(), 130, "verify: interrupted\n"),
        (click.Abort(), 130, "verify: interrupted\n"),
        (click.FileError("x"), 2, "see `verify --help`\n"),
        (OSError(11, "no more processes"), 70, "verify: [Errno 11] no more processes\n"),
        (click.exceptions.Exit(4), 4, ""),
    ],
)
def test_errors_become_a_message_and_an_exit_code(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    error: BaseException,
    code: int,
    message: str,
) -> None:
    assert failing(monkeypatch, error) == code
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.endswith(message)
    assert not told.err or told.err.startswith(("verify: ", "a.json"))
    assert "Traceback" not in told.err


def test_a_defect_is_never_a_verdict(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert failing(monkeypatch, ZeroDivisionError("oops")) == 70
    told = capsys.readouterr().err
    assert "ZeroDivisionError: oops" in told
    assert told.endswith(
        "this is a defect of the verifier: please report it with the lines above\n"
    )


def test_a_disagreement_leaves_a_reproducer(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    error = DisagreementError("they differ", {"invariant": "x", "path": Path("y")})
    assert failing(monkeypatch, error) == 70
    (path,) = tmp_path.iterdir()
    assert f"`{path.name}`" in capsys.readouterr().err
    case = json.loads(path.read_text())
    assert case["message"] == "they differ"
    assert case["invariant"] == "x"


def test_a_reproducer_that_cannot_be_written_is_printed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    assert failing(monkeypatch, DisagreementError("they differ", {"invariant": "x"})) == 70
    told = capsys.readouterr().err
    assert '"invariant": "x"' in told
    assert "could not be kept" in told


def test_the_reader_of_the_help_went_away(monkeypatch: pytest.MonkeyPatch) -> None:
    assert failing(monkeypatch, SystemExit(1)) == 0


def test_streams_of_any_kind(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = io.StringIO()
    monkeypatch.setattr(sys, "stdout", stream)
    assert run(["schema", "report"]) == 0
    assert json.loads(stream.getvalue())["title"] == "ReportWire"


def test_closed_streams(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", None)
    monkeypatch.setattr(sys, "stderr", None)
    assert run(["schema", "report"]) == 0
    assert run(["nosuch"]) == 2


def test_main_ends_the_process(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["schema", "report", "--nope"])
    assert caught.value.code == 2


def test_main_takes_the_arguments_of_the_process(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["verify", "--version"])
    with pytest.raises(SystemExit) as caught:
        main()
    assert caught.value.code == 0
    assert capsys.readouterr().out.startswith("verify 0.")


@pytest.mark.parametrize(
    "arguments",
    [
        ["--help"],
        ["trace", "--help"],
        ["inventory", "-h"],
        ["schema", "--help"],
        ["completion", "-h"],
    ],
)
def test_help(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(arguments) == 0
    assert capsys.readouterr().out.startswith("Usage: verify")


def test_help_imports_nothing_heavy() -> None:
    heavy = ("z3", "pydantic", "rich", "yaml", "asyncio")
    script = (
        "import sys; from verifier.cli.boundary import run; code = run(['--help']);"
        f"print(code, [name for name in {heavy!r} if name in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], check=True, capture_output=True, text=True
    )
    assert done.stderr == "0 []\n"


def test_python_dash_m(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "verifier", "--version"], check=True, capture_output=True, text=True
    )
    assert done.stdout.startswith("verify ")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "no invariant is given"),
        (["-i", "never any -> any"], "no snapshot is given"),
        (["--nope"], "No such option"),
        (["--format", "xml"], "is not one of"),
        (["--report", "xml=a"], "not FORMAT=PATH with a format of text, json, junit, sarif"),
        (["--report", "json"], "not FORMAT=PATH"),
        (["--report", "json="], "not FORMAT=PATH"),
        (["--timeout", "0"], "not a number of seconds above 0"),
        (["--timeout", "nan"], "not a number of seconds above 0"),
        (["--timeout", "x"], "not a number of seconds above 0"),
        (["--max-counterexamples", "0"], "neither a number from 1 nor `all`"),
        (["--jobs", "0"], "0 is not in the range"),
        (["-q", "-v"], "`--quiet` and `--verbose` exclude each other"),
        (["trace", "tcp/1"], "Missing option"),
        (["schema", "other"], "is not one of"),
        (["nosuch"], "No such command"),
        (["-s", "x", "inventory"], "`--snapshot` before `inventory`: write it behind"),
    ],
)
def test_wrong_usage(
    arguments: list[str],
    message: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(arguments) == 2
    told = capsys.readouterr()
    assert message in told.err
    assert told.out == ""


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion(shell: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["completion", shell]) == 0
    assert f"_VERIFY_COMPLETE={shell}_complete" in capsys.readouterr().out


def test_settings_are_defaults(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "verifier.toml").write_text("jobs = 0")
    assert run([]) == 2
    assert "0 is not in the range" in capsys.readouterr().err
    assert run(["--jobs", "1"]) == 2
    assert "no invariant is given" in capsys.readouterr().err
    (tmp_path / "verifier.toml").write_text("job = 1")
    assert run([]) == 2
    assert "unknown setting `job`, did you mean `jobs`" in capsys.readouterr().err
    assert run(["--help"]) == 0

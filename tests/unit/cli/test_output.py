from __future__ import annotations

import io
import os
import sys
from pathlib import Path

import pytest

from verifier.cli.output import (
    Writing,
    note,
    progress,
    put,
    put_lines,
    standard_input,
    waiting,
    wants_colour,
)
from verifier.errors import UsageError
from verifier.report.story import line


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def terminal(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """A terminal in the place of both streams."""
    stream = Terminal()
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setattr(sys, "stdout", stream)
    monkeypatch.setattr(sys, "stderr", stream)
    return stream


def test_colour_is_for_terminals_that_want_it(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = terminal(monkeypatch)
    assert wants_colour(stream)
    assert not wants_colour(io.StringIO())
    monkeypatch.setenv("NO_COLOR", "1")
    assert not wants_colour(stream)
    monkeypatch.setenv("NO_COLOR", "")
    assert wants_colour(stream)
    monkeypatch.setenv("TERM", "dumb")
    assert not wants_colour(stream)


def test_lines_in_colour(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = terminal(monkeypatch)
    put_lines([line("REFUTED", "red"), line(":x: [b]")])
    assert "\x1b[31mREFUTED" in stream.getvalue()
    assert ":x: [b]\n" in stream.getvalue()


def test_lines_without_colour(capsys: pytest.CaptureFixture[str]) -> None:
    put_lines([line("REFUTED", "red")])
    assert capsys.readouterr().out == "REFUTED\n"


def test_notes_are_for_people(capsys: pytest.CaptureFixture[str]) -> None:
    note("hidden")
    assert capsys.readouterr() == ("", "")


def test_notes_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = terminal(monkeypatch)
    note("shown")
    assert stream.getvalue() == "shown\n"


def test_progress_is_for_terminals(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = terminal(monkeypatch)
    with progress(shown=True) as tick:
        assert tick is not None
        tick(1, 2)
    assert "checking" in stream.getvalue()
    with progress(shown=False) as tick:
        assert tick is None


def test_waiting_is_told_on_terminals(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = terminal(monkeypatch)
    with waiting("reading", shown=True):
        pass
    assert "reading" in stream.getvalue()


def test_waiting_is_silent_in_a_pipe(capsys: pytest.CaptureFixture[str]) -> None:
    with waiting("reading", shown=True):
        pass
    assert capsys.readouterr() == ("", "")


def test_no_progress_in_a_pipe() -> None:
    with progress(shown=True) as tick:
        assert tick is None


def test_a_reader_that_went_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "w") as stream:
        monkeypatch.setattr(sys, "stdout", stream)
        put("x" * 100)
        put("nothing is wrong any more")


def test_a_full_disk_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    with Path("/dev/full").open("w", encoding="utf-8") as stream:
        monkeypatch.setattr(sys, "stdout", stream)
        with pytest.raises(UsageError, match="/dev/full: cannot be written: No space left"):
            put("x")
        monkeypatch.undo()


def test_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = io.TextIOWrapper(io.BytesIO(b"x"))
    monkeypatch.setattr(sys, "stdin", stream)
    assert standard_input() is stream.buffer
    monkeypatch.setattr(sys, "stdin", None)
    assert standard_input() is None


def test_other_errors_are_not_kept_quiet() -> None:
    with pytest.raises(ValueError, match="own"), Writing(sys.stdout):
        raise ValueError("own")

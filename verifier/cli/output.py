"""Standard output and standard error: who sees colour and progress, and readers that go away."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from types import TracebackType
from typing import BinaryIO, TextIO

from verifier.errors import UsageError
from verifier.report.story import Line, plain

Progress = Callable[[int, int], None]


class Writing:
    """A context for writing to a stream: it is no error that the reader went away.

    Raises UsageError for any other failure to write, such as a full disk.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def __enter__(self) -> None:
        return None

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> bool:
        if not isinstance(error, OSError):
            return False
        # What is still buffered would raise again when Python closes the streams.
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, self._stream.fileno())
        os.close(nowhere)
        if isinstance(error, BrokenPipeError):
            return True
        raise UsageError(f"{self._stream.name}: cannot be written: {error.strerror}") from None


def standard_input() -> BinaryIO | None:
    """The bytes of standard input; None if it is closed."""
    return None if sys.stdin is None else sys.stdin.buffer


def put(text: str) -> None:
    """Write to standard output."""
    with Writing(sys.stdout):
        sys.stdout.write(text)
        sys.stdout.flush()


def put_lines(lines: Sequence[Line]) -> None:
    """Write lines to standard output, in colour iff it is a terminal that wants it."""
    if not wants_colour(sys.stdout):
        put(plain(lines))
        return
    from rich.console import Console

    from verifier.report.text import print_to

    with Writing(sys.stdout):
        print_to(Console(highlight=False, markup=False, emoji=False), lines)


def note(text: str) -> None:
    """A remark on standard error, only where a person reads it."""
    if sys.stderr.isatty():
        with Writing(sys.stderr):
            sys.stderr.write(f"{text}\n")


def wants_colour(stream: TextIO) -> bool:
    """True iff the stream is a terminal that can show colour, and `NO_COLOR` is not set."""
    able = os.environ.get("TERM") not in ("dumb", "unknown")
    return stream.isatty() and able and not os.environ.get("NO_COLOR")


@contextmanager
def progress(*, shown: bool) -> Iterator[Progress | None]:
    """A bar on standard error while invariants are decided, iff that is a terminal."""
    if not (shown and sys.stderr.isatty()):
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bar

    columns = (TextColumn("checking"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    # No refreshing thread: worker processes are forked while the bar stands.
    with Bar(*columns, console=Console(stderr=True), transient=True, auto_refresh=False) as bar:
        task = bar.add_task("checking", total=None)
        bar.refresh()
        yield lambda done, total: bar.update(task, completed=done, total=total, refresh=True)


@contextmanager
def waiting(what: str, *, shown: bool) -> Iterator[None]:
    """A word on standard error while something lasts, iff that is a terminal."""
    if not (shown and sys.stderr.isatty()):
        yield
        return
    from rich.console import Console

    with Console(stderr=True).status(what):
        yield

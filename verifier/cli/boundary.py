"""Where everything that can go wrong becomes a message and an exit code.

Law: exit code 1 means REFUTED and nothing else, 0 means that everything is proved and nothing else.
A defect of this program therefore ends with 70, not with Python's 1; an interrupt with 130; and a
reader that went away (`verify ... | head`) changes nothing about the verdict.
"""

from __future__ import annotations

import io
import os
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType

import click

from verifier.cli.commands import verify
from verifier.errors import DisagreementError, InputError, VerifierError

INTERRUPTED = 130
INTERNAL = 70
USAGE = 2


class Boundary:
    """A context in which every exception ends as `code`, told on standard error."""

    code = 0

    def __enter__(self) -> Boundary:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> bool:
        if error is not None:
            self.code = told(error)
        return True


def run(arguments: Sequence[str]) -> int:
    """Run the command; its exit code."""
    _open_streams()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    boundary = Boundary()
    with boundary:
        answer = verify.main(list(arguments), prog_name="verify", standalone_mode=False)
        boundary.code = answer if isinstance(answer, int) else 0
    return boundary.code


def _open_streams() -> None:
    """Where the caller closed standard output or error, what goes there goes nowhere."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            nowhere = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 (for good)
            setattr(sys, name, nowhere)


def told(error: BaseException) -> int:
    """Say what went wrong, on standard error; the exit code for it."""
    if isinstance(error, SystemExit):
        # So click ends when the reader of its help went away.
        return 0
    if isinstance(error, click.exceptions.Exit):
        return error.exit_code
    if isinstance(error, (KeyboardInterrupt, click.Abort)):
        say("interrupted")
        return INTERRUPTED
    if isinstance(error, click.ClickException):
        context = getattr(error, "ctx", None)
        where = context.command_path if context is not None else "verify"
        say(f"{error.format_message()}\nsee `{where} --help`")
        return USAGE
    if isinstance(error, DisagreementError):
        say(f"{error}\n{_reproducer(error)}")
        return INTERNAL
    if isinstance(error, InputError):
        # The place opens the line, where editors look for it.
        say(str(error), prefix="")
        return error.exit_code
    if isinstance(error, VerifierError):
        say(str(error))
        return error.exit_code
    if isinstance(error, OSError):
        say(str(error))
        return INTERNAL
    traceback.print_exception(error)
    say("this is a defect of the verifier: please report it with the lines above")
    return INTERNAL


def say(message: str, prefix: str = "verify: ") -> None:
    """One message for a person, on standard error, harmless whatever stands in it."""
    from verifier.cli.output import Writing
    from verifier.report.shown import shown_lines

    with Writing(sys.stderr):
        sys.stderr.write(f"{prefix}{shown_lines(message)}\n")
        sys.stderr.flush()


def _reproducer(error: DisagreementError) -> str:
    """Write down how to reproduce a disagreement; say where."""
    import hashlib
    import json

    from verifier import __version__
    from verifier.report.files import write_atomically

    case = {"verifier": __version__, "message": str(error), **error.reproducer}
    text = json.dumps(case, indent=2, default=str) + "\n"
    digest = hashlib.sha256(text.encode("utf-8", "backslashreplace")).hexdigest()[:8]
    path = Path(f"verifier-disagreement-{digest}.json")
    try:
        write_atomically(path, text)
    except VerifierError as failure:
        return f"the case that reproduces it could not be kept: {failure}\n{text}"
    return f"the case that reproduces it is in `{path}`: please report it"

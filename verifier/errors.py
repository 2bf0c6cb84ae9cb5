"""Every exception that this package raises on purpose.

Law: whatever a user can cause ends in a `VerifierError`, whose text starts with the place; every
other exception is a defect. Each class knows the exit code of the command line (contract: 2 wrong
usage, 3 unreadable or inconsistent input, 70 internal error).
"""

from __future__ import annotations


class VerifierError(Exception):
    """Base of all errors of this package; `str()` is the whole message for the user."""

    exit_code: int = 70


class UsageError(VerifierError):
    """The command line asks for something that cannot be asked."""

    exit_code = 2


class InputError(VerifierError):
    """A snapshot or a specification cannot be read or contradicts itself.

    `place` is a file with line and column, or a file with a JSON path; it opens the message.
    """

    exit_code = 3

    def __init__(self, place: str, message: str) -> None:
        super().__init__(f"{place}: {message}" if place else message)
        self.place = place
        self.message = message


class SnapshotError(InputError):
    """A snapshot is malformed, truncated, of wrong type, or contradicts itself."""


class SpecError(InputError):
    """A specification, or an invariant within it, is mistaken."""


class DisagreementError(VerifierError):
    """Solver and evaluator decide the same packet differently: a defect of this package.

    `reproducer` is a JSON-serialisable account of the case, written to a file by the command line.
    """

    exit_code = 70

    def __init__(self, message: str, reproducer: dict[str, object]) -> None:
        super().__init__(message)
        self.reproducer = reproducer

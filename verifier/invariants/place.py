"""Where something stands in a specification, and how a mistake there is told.

Owns `Place` (file, line, column) and `Source`: a piece of text whose every character knows its
place, whether it came from the command line or from a YAML scalar of any style. Law: a message
opens with the place, quotes the user's text in backticks, and ends with the advice.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from verifier.errors import SpecError, UsageError, VerifierError

COMMAND_LINE = "--invariant"
_LONGEST_QUOTE = 60


class Place(NamedTuple):
    """A character of a specification; lines and columns count from 1.

    `file` is None for what was written on the command line.
    """

    file: str | None
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.file or COMMAND_LINE}:{self.line}:{self.column}"


def quoted(text: str) -> str:
    """The user's text in backticks: cut if long, with what cannot be seen written as escapes."""
    shown = text if len(text) <= _LONGEST_QUOTE else text[: _LONGEST_QUOTE - 3] + "..."
    visible = (
        mark if mark.isprintable() else mark.encode("unicode_escape").decode("ascii")
        for mark in shown
    )
    return f"`{''.join(visible)}`"


def nearest(text: str, known: Iterable[str]) -> str:
    """`, did you mean ...` with up to three of the known names like it; empty if none is."""
    # A cap keeps the answer quick where ten thousand names are known.
    candidates = sorted(set(known))[:20_000]
    close = difflib.get_close_matches(text[:200], candidates, n=3, cutoff=0.6)
    return f", did you mean {listed([quoted(name) for name in close])}" if close else ""


def listed(words: Sequence[str]) -> str:
    """`a`, `a or b`, `a, b or c`."""
    return " or ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else words[0]


@dataclass(frozen=True, slots=True)
class Source:
    """Text and the line and column of each of its characters.

    `places` has one element for each character and one for the end, or a single one where the
    characters cannot be told apart (a YAML scalar with escapes).
    """

    text: str
    file: str | None
    places: tuple[tuple[int, int], ...]

    @classmethod
    def command_line(cls, text: str) -> Source:
        """What stands on the command line."""
        line, start, places = 1, 0, []
        for at, mark in enumerate(text):
            places.append((line, at - start + 1))
            if mark == "\n":
                line, start = line + 1, at + 1
        places.append((line, len(text) - start + 1))
        return cls(text, None, tuple(places))

    @property
    def exact(self) -> bool:
        """True iff each character has a place of its own."""
        return len(self.places) == len(self.text) + 1

    def place(self, offset: int = 0) -> Place:
        """The place of the character at this offset (the end counts as one)."""
        line, column = self.places[offset if self.exact else 0]
        return Place(self.file, line, column)

    def mistake(self, offset: int, message: str) -> VerifierError:
        """A mistake of syntax: of usage (exit 2) on the command line, of the file otherwise."""
        if self.file is None:
            return UsageError(f"{self.place(offset)}: {message}")
        return SpecError(str(self.place(offset)), message)

"""Cutting a statement or an expression into tokens.

Law: a word ends at a blank, a comma or a parenthesis that does not stand in double quotes; a
backslash takes the meaning from `*`, `?`, `"` and itself; a `#` at the start of a word opens a
comment that runs to the end of the line. Every token knows its offset, every character of a word
whether it stood in quotes and whether it was escaped.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from verifier.invariants.glob import ESCAPABLE
from verifier.invariants.place import Source, quoted


class Kind(StrEnum):
    """Kinds of tokens."""

    WORD = "word"
    COMMA = ","
    OPEN = "("
    CLOSE = ")"
    ARROW = "->"
    BAR = "|"
    END = "end"


class Character(NamedTuple):
    """One character of a word; `offset` is where it stands in the text."""

    mark: str
    quoted: bool
    escaped: bool
    offset: int

    @property
    def plain(self) -> bool:
        """True iff it may be part of the grammar rather than of a value."""
        return not (self.quoted or self.escaped)


@dataclass(frozen=True, slots=True)
class Token:
    """A token; `text` is as written, `characters` are a word's."""

    kind: Kind
    text: str
    offset: int
    characters: tuple[Character, ...] = ()

    @property
    def shown(self) -> str:
        """How a message names it."""
        return "the end" if self.kind is Kind.END else quoted(self.text)

    def is_word(self, *words: str) -> bool:
        """True iff it is one of these words, written plainly."""
        return self.kind is Kind.WORD and self.text in words


_SINGLE = {",": Kind.COMMA, "(": Kind.OPEN, ")": Kind.CLOSE}
_ALONE = {"->": Kind.ARROW, "|": Kind.BAR}
"""What is no word if it stands between blanks."""


def tokens(source: Source) -> list[Token]:
    """All tokens, the last being END; a mistake of quoting is raised."""
    return list(_scan(source))


def _scan(source: Source) -> Iterator[Token]:
    text, at = source.text, 0
    while at < len(text):
        mark = text[at]
        if mark.isspace():
            at += 1
        elif mark in _SINGLE:
            yield Token(_SINGLE[mark], mark, at)
            at += 1
        elif mark == "#":
            at = _comment_end(source, at)
        else:
            word = _word(source, at)
            at += len(word.text)
            yield word
    yield Token(Kind.END, "", len(text))


def _comment_end(source: Source, start: int) -> int:
    """Where the line ends; folded text, whose lines are lost, must not go on behind a comment."""
    end = source.text.find("\n", start)
    if end >= 0:
        return end
    last = len(source.text.rstrip()) - 1
    if not source.exact or source.place(start).line != source.place(last).line:
        raise source.mistake(start, "a comment within folded text, put it on a line outside")
    return len(source.text)


def _word(source: Source, start: int) -> Token:
    text, at = source.text, start
    characters: list[Character] = []
    opened: int | None = None
    while at < len(text):
        mark = text[at]
        if mark == '"':
            opened = at if opened is None else None
        elif mark == "\\":
            at += 1
            if text[at : at + 1] not in ESCAPABLE:
                raise source.mistake(
                    at - 1,
                    f"a backslash before {quoted(text[at : at + 1])}, "
                    'expected `\\*`, `\\?`, `\\"` or `\\\\`',
                )
            characters.append(Character(text[at], opened is not None, True, at - 1))
        elif opened is None and (mark.isspace() or mark in _SINGLE):
            break
        else:
            characters.append(Character(mark, opened is not None, False, at))
        at += 1
    if opened is not None:
        raise source.mistake(
            opened, "a double quote without its end (in YAML, ` #` and `: ` end unquoted text)"
        )
    written = text[start:at]
    return Token(_ALONE.get(written, Kind.WORD), written, start, tuple(characters))

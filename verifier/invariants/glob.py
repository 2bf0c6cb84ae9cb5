"""Patterns over names and tag values: `*` is any run of characters, `?` any one, with case.

Law: a pattern matches the whole value or not at all; `\\*`, `\\?` and `\\\\` are the characters
themselves. Matching takes time linear in the value for each star, whatever the pattern.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

WILD = frozenset("*?")
ESCAPABLE = frozenset('*?\\"')


@dataclass(frozen=True, slots=True)
class Glob:
    """A pattern; `text` is it with `*`, `?` and backslash escaped where they mean themselves."""

    text: str

    @classmethod
    def of(cls, characters: Iterable[tuple[str, bool]]) -> Glob:
        """From characters, each with whether it means itself; runs of stars become one."""
        parts: list[str] = []
        for mark, literal in characters:
            if mark == "\\" or (literal and mark in WILD):
                parts.append("\\" + mark)
            elif mark != "*" or parts[-1:] != ["*"]:
                parts.append(mark)
        return cls("".join(parts))

    @classmethod
    def exactly(cls, value: str) -> Glob:
        """The pattern that matches this value alone."""
        return cls.of((mark, True) for mark in value)

    @property
    def exact(self) -> str | None:
        """The one value that it matches, None iff it has a wild card."""
        return _exact(self.text)

    def matches(self, value: str) -> bool:
        """True iff the whole value matches."""
        return _compiled(self.text).fullmatch(value) is not None


def _characters(text: str) -> list[tuple[str, bool]]:
    marks = iter(text)
    return [(next(marks), True) if mark == "\\" else (mark, mark not in WILD) for mark in marks]


@lru_cache(maxsize=4096)
def _exact(text: str) -> str | None:
    characters = _characters(text)
    if not all(literal for _, literal in characters):
        return None
    return "".join(mark for mark, _ in characters)


@lru_cache(maxsize=4096)
def _compiled(text: str) -> re.Pattern[str]:
    # Between two stars the first place that fits is as good as any other: atomic groups say so.
    runs = [""]
    for mark, literal in _characters(text):
        if literal:
            runs[-1] += re.escape(mark)
        elif mark == "?":
            runs[-1] += "."
        else:
            runs.append("")
    head, *middle = runs
    if not middle:
        return re.compile(head, re.DOTALL)
    *inner, tail = middle
    return re.compile(head + "".join(f"(?>.*?{run})" for run in inner) + ".*" + tail, re.DOTALL)

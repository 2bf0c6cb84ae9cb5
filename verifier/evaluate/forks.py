"""Forks: where a clause leaves several ways open, each is gone in a run of its own (GAP-1)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

Option = TypeVar("Option")


class Forks:
    """Takes every combination of open ways, one run after the other; the first run first."""

    def __init__(self) -> None:
        self._taken: list[int] = []
        self._sizes: list[int] = []

    def choose(self, options: Sequence[Option]) -> Option:
        """One of the options (at least one); another in a later run."""
        if len(options) == 1:
            return options[0]
        at = len(self._sizes)
        if at == len(self._taken):
            self._taken.append(0)
        self._sizes.append(len(options))
        return options[self._taken[at]]

    def advance(self) -> bool:
        """Make ready for the next run; False iff all have been."""
        taken = self._taken[: len(self._sizes)]
        while taken and taken[-1] + 1 == self._sizes[len(taken) - 1]:
            taken.pop()
        self._sizes = []
        if taken:
            taken[-1] += 1
        self._taken = taken
        return bool(taken)

"""What reading found out besides facts: gaps, assumptions and warnings.

Law: nothing that is not understood is dropped without a line here. One gap with the same words is
one gap, so that a place that is met often is listed once.
"""

from __future__ import annotations

from collections.abc import Mapping, Set
from typing import Final

from verifier.model import Assumption, Gap

API_MODEL: Final = "2026-08"


class Ledger:
    """Collects while a snapshot is read."""

    def __init__(self) -> None:
        self._gaps: dict[tuple[str, str, str], Gap] = {}
        self._assumptions: set[Assumption] = set()
        self._unknown: set[tuple[str, str]] = set()
        self._incomplete: set[Gap] = set()
        self._warnings: dict[str, None] = {}
        self.unknown_keys: set[str] = set()
        self._wanted: set[tuple[str, str]] = set()

    def gap(self, resource: str, clause: str, detail: str) -> Gap:
        """The gap with these words, entered into the list of all gaps."""
        key = (resource, clause, detail)
        found = self._gaps.get(key)
        if found is None:
            found = self._gaps[key] = Gap(resource, clause, detail)
        return found

    def incomplete(self, resource: str, detail: str) -> None:
        """Enter a gap that concerns every question (GAP-12)."""
        self._incomplete.add(self.gap(resource, "GAP-12", detail))

    def assume(self, clause: str, detail: str) -> None:
        """Enter an assumption, once."""
        self._assumptions.add(Assumption(clause, detail))

    def want(self, key: str, arn: str) -> None:
        """Enter that the output of a call that is made by ARN is missing (`commands.OF_EACH`)."""
        self._wanted.add((key, arn))

    def warn(self, text: str) -> None:
        """Enter a warning, once."""
        self._warnings.setdefault(text)

    def unknown_fields(self, name: str, known: Set[str], wire: Mapping[str, object]) -> None:
        """Enter each field of the object that is neither used nor known to be irrelevant."""
        if not known >= wire.keys():
            for field, value in wire.items():
                if field not in known and value is not None:
                    self._unknown.add((field, name))

    def close(self, strict: bool) -> None:
        """Turn the fields that are not known into assumptions, or into gaps if `strict`."""
        unknown = [
            (f"{name}.{field}", f"field `{field}` of {name}") for field, name in self._unknown
        ]
        unknown += [(key, f"resource kind `{key}`") for key in self.unknown_keys]
        for resource, what in sorted(unknown):
            detail = f"{what} is newer than the API model of {API_MODEL}"
            if strict:
                self.incomplete(resource, f"{detail} and not understood")
            else:
                self.assume("GAP-14", f"{detail} and taken not to affect reachability")

    @property
    def gaps(self) -> tuple[Gap, ...]:
        """All gaps, sorted."""
        return tuple(sorted(self._gaps.values()))

    @property
    def incomplete_gaps(self) -> tuple[Gap, ...]:
        """Those that concern every question, sorted."""
        return tuple(sorted(self._incomplete))

    @property
    def assumptions(self) -> tuple[Assumption, ...]:
        """All assumptions, sorted."""
        return tuple(sorted(self._assumptions))

    @property
    def wanted(self) -> tuple[tuple[str, str], ...]:
        """Calls that are missing, by key and ARN, sorted."""
        return tuple(sorted(self._wanted))

    @property
    def warnings(self) -> tuple[str, ...]:
        """All warnings in the order in which they came."""
        return tuple(self._warnings)

"""What was read, for a person: counts, names that a spec can use, gaps, and what is missing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from verifier.snapshot.reading import Snapshot


@dataclass(frozen=True, slots=True, kw_only=True)
class Inventory:
    """Placeholder."""


def inventory(snapshot: Snapshot) -> Inventory:
    """The inventory of a snapshot."""
    return Inventory()

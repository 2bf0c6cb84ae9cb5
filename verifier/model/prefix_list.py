"""Managed prefix lists: named sets of blocks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from verifier.packet import Prefix


@dataclass(frozen=True, slots=True, kw_only=True)
class PrefixList:
    """One list whose entries are known."""

    id: str
    prefixes: tuple[Prefix, ...]
    name: str | None = None
    account: str | None = None
    tags: Mapping[str, str] = field(default_factory=dict)

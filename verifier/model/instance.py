"""Instances: their recorded state and tags; everything else hangs on their interfaces."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Instance:
    """One instance; `state` is the recorded one (`running`, `stopped`, ...; None = not said)."""

    id: str
    state: str | None = None
    interface_ids: tuple[str, ...] = ()
    account: str | None = None
    tags: Mapping[str, str] = field(default_factory=dict)

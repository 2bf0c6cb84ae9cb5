"""The two parts that a host can play in a question."""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """Who sends the first packet, and who is meant to get it."""

    SOURCE = "source"
    DESTINATION = "destination"

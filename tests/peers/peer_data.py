"""Where the peers' networks are, if they are here at all."""

from __future__ import annotations

import os
from pathlib import Path

import pytest


def peer_data(name: str) -> Path:
    """The folder of this name among the peers' data; skips the test where there is none."""
    root = os.environ.get("VERIFIER_PEER_DATA")
    base = Path(root) if root else Path(__file__).parents[2].parent / "shared" / "data"
    folder = base / name
    if not folder.exists():
        pytest.skip(f"the peers' networks are not here ({name}); set VERIFIER_PEER_DATA")
    return folder

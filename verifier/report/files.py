"""Writing files whole or not at all.

Law: after `write_atomically`, whether it returned or raised (an interrupt included), the path holds
either what it held before or all of the new content, and nothing else is left beside it.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from verifier.errors import UsageError


def write_atomically(path: Path, content: str | bytes) -> None:
    """Replace the file by the content, creating folders that lack.

    Text is written as UTF-8. A path that is a device or a pipe is written to as it is. Raises
    UsageError if it cannot be written.
    """
    data = content.encode("utf-8", "backslashreplace") if isinstance(content, str) else content
    try:
        if path.exists() and not path.is_file() and not path.is_dir():
            path.write_bytes(data)
        else:
            _replace(path.resolve(), data)
    except (OSError, ValueError) as error:
        told = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise UsageError(f"{path}: cannot be written: {told}") from None


def _replace(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name[:100]}.{secrets.token_hex(8)}.tmp")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
        draft.replace(path)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise

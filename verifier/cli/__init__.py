"""The command line: parse, call, print, exit code (contract, sections 1 and 2).

Law: `verify --help` imports nothing heavy (no solver, no pydantic, no rich, no YAML), so that it
answers at once; each command imports what it needs when it runs.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

__all__ = ["main"]


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the `verify` command and end the process with its exit code."""
    from verifier.cli.boundary import run

    sys.exit(run(sys.argv[1:] if arguments is None else list(arguments)))

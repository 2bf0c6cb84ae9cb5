"""`verify inventory` and `verify schema`: what was read, and what the files look like."""

from __future__ import annotations

from verifier.cli.output import put
from verifier.report.document import json_text


def print_schema(which: str) -> int:
    """The JSON Schema of `spec` or `report` files."""
    if which == "report":
        from verifier.report.wire import report_schema

        put(json_text(report_schema()))
    else:
        from verifier.invariants import spec_schema

        put(json_text(spec_schema()))
    return 0

"""`verify inventory` and `verify schema`: what was read, and what the files look like."""

from __future__ import annotations

from dataclasses import dataclass

from verifier.cli.output import put, put_lines, standard_input, waiting
from verifier.errors import UsageError
from verifier.report.document import json_text


@dataclass(frozen=True, slots=True, kw_only=True)
class InventoryRequest:
    """The options of `verify inventory`, as click has them."""

    snapshot: tuple[str, ...]
    strict: bool
    form: str
    verbose: bool


def list_inventory(request: InventoryRequest) -> int:
    """Tell what a snapshot holds; always 0, whatever is missing."""
    from verifier.report.inventoried import inventory_document, inventory_lines
    from verifier.snapshot import inventory, read_snapshot

    if not request.snapshot:
        raise UsageError("no snapshot is given: name one with `--snapshot`")
    with waiting("reading", shown=True):
        read = read_snapshot(request.snapshot, strict=request.strict, stdin=standard_input())
    found = inventory(read)
    if request.form == "json":
        put(json_text(inventory_document(found, read.inputs)))
    else:
        put_lines(inventory_lines(found, detail=request.verbose))
    return 0


def print_schema(which: str) -> int:
    """The JSON Schema of `spec` or `report` files."""
    if which == "report":
        from verifier.report.wire import report_schema

        put(json_text(report_schema()))
    else:
        from verifier.invariants import spec_schema

        put(json_text(spec_schema()))
    return 0

"""The language of invariants: reading it, and what it means in a network.

From text to AST (`tokens`, `terms`, `traffic`, `parse`; `document` and `spec` for files), from AST
to hosts (`directory`, `lookup`, `hosts`, `resolve`), from both to questions (`questions`). The
inert forms that both meanings of a network are asked with stand in `question`.
"""

from __future__ import annotations

from verifier.invariants.directory import Directory
from verifier.invariants.endpoint import Definition, Endpoint
from verifier.invariants.invariant import (
    Always,
    Invariant,
    Isolated,
    Never,
    Only,
    Severity,
    Some,
)
from verifier.invariants.link import with_names
from verifier.invariants.parse import parse_expression
from verifier.invariants.parse import parse_traffic as _parse_traffic
from verifier.invariants.place import Source
from verifier.invariants.question import EndpointSet, Traffic
from verifier.invariants.questions import Asking, asking
from verifier.invariants.resolve import resolve
from verifier.invariants.role import Role
from verifier.invariants.schema import spec_schema
from verifier.invariants.spec import Spec, load_spec, parse_statement, read_spec
from verifier.model import Network

__all__ = [
    "Always",
    "Asking",
    "Definition",
    "Directory",
    "Endpoint",
    "EndpointSet",
    "Invariant",
    "Isolated",
    "Never",
    "Only",
    "Role",
    "Severity",
    "Some",
    "Spec",
    "asking",
    "endpoint_set",
    "load_spec",
    "parse_statement",
    "parse_traffic",
    "read_spec",
    "resolve",
    "spec_schema",
    "with_names",
]


def parse_traffic(text: str) -> Traffic:
    """Traffic as written on the command line; UsageError for a mistake."""
    return _parse_traffic(Source.command_line(text))


def endpoint_set(text: str, network: Network, role: Role) -> EndpointSet:
    """The hosts of an expression as written on the command line, in this role.

    UsageError for a mistake of syntax, SpecError for an id or name that does not exist.
    """
    expression = parse_expression(Source.command_line(text))
    return resolve(expression, Directory(network), role)

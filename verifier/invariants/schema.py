"""JSON Schema of specification files, for editors (`verify schema spec`).

Law: built from the same tables as the reader (`spec.py`), so that the two cannot drift apart; every
file that the reader takes is valid. Text that editors type by themselves (`id: 012`,
`allow-empty: true`) is allowed in the types that they give it.
"""

from __future__ import annotations

from verifier.invariants.endpoint import RESERVED
from verifier.invariants.invariant import Severity
from verifier.invariants.parse import KINDS
from verifier.invariants.question import Mode, Relays
from verifier.invariants.spec import FILE_KEYS, INVARIANT_KEYS, LONGEST_ID
from verifier.invariants.traffic import SYSTEMS

Schema = dict[str, object]

DIALECT = "https://json-schema.org/draft/2020-12/schema"
IDENTIFIER = "urn:aws-network-verifier:spec:1"

_MEANINGS = {
    "never": "no packet of T, from any source in A to any destination in B, is delivered",
    "always": "for every source in A, every destination in B and every packet of T, the "
    "connection works",
    "some": "for at least one source, destination and packet of T the connection works",
    "only": "whatever is delivered to B from outside B comes from A and is in T",
    "isolated": "no packet of T is delivered from one of the sets to another one",
}
_FORMS = {
    "never": "A -> B on T [unless through C]",
    "always": "A -> B on T [through C]",
    "isolated": "A | B | C on T, or a list of sets",
}
_WITH_RELAYS = ("never", "isolated")
"""Kinds that follow relays; `always` does with `through` alone."""
_THROUGH = r'^(?:[^"\\#]|\\[\s\S]|"(?:[^"\\]|\\[\s\S])*")*[\s,()]through(?:[\s,()]|$)|#'
"""The word `through` outside of double quotes; statements with a `#` are not looked into."""


def spec_schema() -> Schema:
    """The schema of a whole file."""
    keys: Schema = {
        "version": {"enum": [1, "1"], "description": "of this format"},
        "endpoints": {
            "description": "names for sets of hosts",
            "type": ["object", "null"],
            "propertyNames": {
                "pattern": "^[A-Za-z][A-Za-z0-9_-]*$",
                "not": {"enum": sorted(RESERVED)},
            },
            "additionalProperties": _one_or_many({"type": "string"}, "an endpoint expression"),
        },
        "client-ports": _ports("from which clients of every `always` of this file send"),
        "relays": _relays("whether invariants of this file follow what load balancers pass on"),
        "invariants": {
            "type": ["array", "null"],
            "items": {"$ref": "#/$defs/invariant"},
            "description": "what must hold",
        },
    }
    return {
        "$schema": DIALECT,
        "$id": IDENTIFIER,
        "title": "invariants of an AWS network",
        "type": "object",
        "properties": {key: keys[key] for key in FILE_KEYS},
        "required": ["version"],
        "additionalProperties": False,
        "$defs": {"invariant": _invariant()},
    }


def _invariant() -> Schema:
    scalar = ["string", "number", "boolean"]
    keys: dict[str, Schema] = {
        kind: {
            "type": "string",
            "description": f"{_FORMS.get(kind, 'A -> B on T')}: {meaning}",
        }
        for kind, meaning in _MEANINGS.items()
    }
    keys["isolated"] = _one_or_many(
        {"type": "string"}, str(keys["isolated"]["description"]), least=2
    )
    expression: Schema = {"type": "string"}
    keys |= {
        "through": _one_or_many(expression, "what every packet of `always` must pass"),
        "unless-through": _one_or_many(expression, "what packets of `never` may pass"),
        "id": {
            "type": scalar,
            "pattern": r"^[^\s./\\][^/\\]*$",
            "maxLength": LONGEST_ID,
            "description": "unique within the run; derived from the statement if left out",
        },
        "traffic": _one_or_many({"type": "string"}, "traffic, instead of `on T`"),
        "severity": {"enum": list(map(str, Severity)), "default": str(Severity.HIGH)},
        "why": {"type": [*scalar, "null"], "description": "the reason, for the report"},
        "controls": _one_or_many({"type": scalar}, "names of controls", may_be_empty=True),
        "mode": {
            "enum": list(map(str, Mode)),
            "description": "whether the reply counts; `connection` for always and some, "
            "`packet` for all others, if left out",
        },
        "client-ports": _ports("from which the clients of `always` send"),
        "allow-empty": _truth("an empty set is intended"),
        "spoofed": _truth("interfaces may send from any address"),
        "relays": _relays("whether what load balancers pass on counts"),
    }
    return {
        "type": "object",
        "properties": {key: keys[key] for key in INVARIANT_KEYS},
        "additionalProperties": False,
        "oneOf": [{"required": [kind]} for kind in KINDS],
        "dependentSchemas": {
            "client-ports": {"required": ["always"]},
            "relays": {
                "anyOf": [
                    *({"required": [kind]} for kind in _WITH_RELAYS),
                    {"required": ["always", "through"]},
                    {"required": ["always"], "properties": {"always": {"pattern": _THROUGH}}},
                ]
            },
            "through": {"required": ["always"]},
            "unless-through": {"required": ["never"]},
        },
    }


def _one_or_many(
    item: Schema, description: str, may_be_empty: bool = False, least: int = 1
) -> Schema:
    many: Schema = {"type": "array", "items": item}
    if not may_be_empty:
        many["minItems"] = least
    alternatives = [item, many, {"type": "null"}] if may_be_empty else [item, many]
    return {"description": description, "anyOf": alternatives}


def _ports(description: str) -> Schema:
    item: Schema = {"type": ["string", "integer"], "examples": ["1024-65535", *SYSTEMS]}
    return _one_or_many(item, description)


def _relays(description: str) -> Schema:
    return {
        "enum": list(map(str, Relays)),
        "default": str(Relays.FOLLOW),
        "description": description,
    }


def _truth(description: str) -> Schema:
    texts = ["true", "false", "True", "False", "TRUE", "FALSE"]
    return {"enum": [True, False, *texts], "default": False, "description": description}

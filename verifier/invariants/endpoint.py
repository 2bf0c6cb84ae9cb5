"""Endpoint expressions: which hosts an invariant speaks of, as written.

Owns the closed union `Endpoint` and its canonical text. Law: parsing the text of an expression
gives the expression again (without its places). Unions of every spelling (`or`, `,`, a YAML list)
are one `Or`; `Or` and `And` are flat and have at least two members, and `Not` is never doubled.
What an expression means in a network is said in `resolve.py`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import StrEnum
from typing import assert_never

from verifier.invariants.glob import Glob
from verifier.invariants.place import Place
from verifier.packet import Prefix

NOWHERE = Place(None, 1, 1)

KEYWORDS = frozenset({"and", "or", "not", "on", "from", "unless", "through"})
RESERVED = KEYWORDS | {"internet", "any", "never", "always", "some", "only", "isolated"}
"""Words that cannot name an endpoint."""


class Resource(StrEnum):
    """Kinds of resources that an id can name, by the prefix of the id."""

    VPC = "vpc"
    SUBNET = "subnet"
    SECURITY_GROUP = "sg"
    INTERFACE = "eni"
    INSTANCE = "i"
    NETWORK_ACL = "acl"
    INTERNET_GATEWAY = "igw"
    VPN_GATEWAY = "vgw"
    TRANSIT_GATEWAY_ATTACHMENT = "tgw-attach"
    TRANSIT_GATEWAY = "tgw"
    NAT_GATEWAY = "nat"
    VPC_ENDPOINT = "vpce"
    INSTANCE_CONNECT_ENDPOINT = "eice"
    EGRESS_ONLY_GATEWAY = "eigw"
    PEERING = "pcx"


class Scope(StrEnum):
    """Whose Name or tags decide; an interface's are its own and its instance's."""

    INTERFACE = "interface"
    SECURITY_GROUP = "sg"
    SUBNET = "subnet"
    VPC = "vpc"


@dataclass(frozen=True, slots=True)
class Internet:
    """`internet`."""

    at: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Any:
    """`any`."""

    at: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class ById:
    """An exact id, such as `subnet-...`."""

    kind: Resource
    id: str
    at: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Tag:
    """`tag:KEY=GLOB`, `subnet:tag:KEY`, ...; without `glob` the key alone counts."""

    scope: Scope
    key: str
    glob: Glob | None
    at: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class NameGlob:
    """`name:GLOB`, `sg:GLOB`, `subnet:GLOB`, `vpc:GLOB`."""

    scope: Scope
    glob: Glob
    at: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Cidr:
    """A block or a single address."""

    prefix: Prefix
    at: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Account:
    """`account:ID`."""

    id: str
    at: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Region:
    """`region:NAME`."""

    name: str
    at: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Zone:
    """`az:NAME`."""

    name: str
    at: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class OfType:
    """`type:GLOB`: interfaces by what they are for."""

    glob: Glob
    at: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class LoadBalancer:
    """`lb:GLOB`, or a load balancer's ARN (`arn` true)."""

    glob: Glob
    arn: bool = False
    at: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True, eq=False)
class Definition:
    """What a name under `endpoints:` stands for; its own references are bound already.

    `depth` is the height of the whole expression, through all names.
    """

    name: str
    expression: Endpoint
    depth: int


@dataclass(frozen=True, slots=True)
class Named:
    """A name from `endpoints:`; `definition` is set once the specification is linked."""

    name: str
    at: Place = field(default=NOWHERE, compare=False)
    definition: Definition | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Not:
    """Everything else, within all endpoints."""

    item: Endpoint


@dataclass(frozen=True, slots=True)
class And:
    """Intersection."""

    items: tuple[Endpoint, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """Union."""

    items: tuple[Endpoint, ...]


Term = (
    Internet
    | Any
    | ById
    | Tag
    | NameGlob
    | Cidr
    | Account
    | Region
    | Zone
    | OfType
    | LoadBalancer
    | Named
)
Endpoint = Term | Not | And | Or


def union(items: list[Endpoint]) -> Endpoint:
    """The union of at least one expression, flat."""
    flat: list[Endpoint] = []
    for item in items:
        flat.extend(item.items if isinstance(item, Or) else (item,))
    return flat[0] if len(flat) == 1 else Or(tuple(flat))


def intersection(items: list[Endpoint]) -> Endpoint:
    """The intersection of at least one expression, flat."""
    flat: list[Endpoint] = []
    for item in items:
        flat.extend(item.items if isinstance(item, And) else (item,))
    return flat[0] if len(flat) == 1 else And(tuple(flat))


def complement(item: Endpoint) -> Endpoint:
    """Everything else; the complement of a complement is the thing itself."""
    return item.item if isinstance(item, Not) else Not(item)


def place_of(expression: Endpoint) -> Place:
    """Where the expression's first term stands."""
    match expression:
        case Not(item):
            return place_of(item)
        case And(items) | Or(items):
            return place_of(items[0])
        case _:
            return expression.at


def endpoint_text(expression: Endpoint) -> str:
    """The canonical text: one spelling for all that parse to the same expression."""
    match expression:
        case Or(items):
            return " or ".join(endpoint_text(item) for item in items)
        case And(items):
            return " and ".join(_inner_text(item) for item in items)
        case Not(item):
            return f"not {_inner_text(item)}"
        case _:
            return term_text(expression)


def _inner_text(expression: Endpoint) -> str:
    text = endpoint_text(expression)
    return f"({text})" if isinstance(expression, And | Or) else text


def term_text(term: Term) -> str:
    """The canonical text of one term."""
    match term:
        case Internet():
            return "internet"
        case Any():
            return "any"
        case ById(_, id_):
            return id_
        case Tag(scope, key, glob):
            prefix = "tag:" if scope is Scope.INTERFACE else f"{scope}:tag:"
            value = "" if glob is None else "=" + _glob_text(glob)
            return prefix + _key_text(key) + value
        case NameGlob(scope, glob):
            prefix = "name:" if scope is Scope.INTERFACE else f"{scope}:"
            text = _glob_text(glob)
            # A group's or subnet's name may itself start like the form for tags.
            return prefix + (f'"{text}"' if text.startswith("tag:") else text)
        case Cidr(prefix):
            width = 32 if prefix.family == 4 else 128
            return str(prefix).split("/")[0] if prefix.length == width else str(prefix)
        case Account(id_):
            return "account:" + _value_text(id_)
        case Region(name):
            return "region:" + _value_text(name)
        case Zone(name):
            return "az:" + _value_text(name)
        case OfType(glob):
            return "type:" + _glob_text(glob)
        case LoadBalancer(glob, arn):
            return _glob_text(glob) if arn else "lb:" + _glob_text(glob)
        case Named(name):
            return name
        case _:
            assert_never(term)


def _quote(escaped: str) -> str:
    """In double quotes iff something in it would end the term; double quotes are escaped."""
    escaped = escaped.replace('"', '\\"')
    return f'"{escaped}"' if not escaped or re.search(r"[\s,()]", escaped) else escaped


def _glob_text(glob: Glob) -> str:
    return _quote(glob.text)


def _value_text(value: str) -> str:
    return _quote(Glob.exactly(value).text)


def _key_text(key: str) -> str:
    text = _value_text(key)
    return f'"{text}"' if "=" in text and not text.startswith('"') else text

"""Specification files: from YAML to invariants, with every mistake at its place.

Owns the keys and what each may hold; `schema.py` says the same to editors. Law: nothing is
ignored. A key that is unknown, given twice, or of no effect for its kind of invariant is a mistake.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Required, TypedDict, TypeVar

from verifier.errors import SpecError
from verifier.invariants.document import Entries, Node, Scalar, Sequence, decoded, read_document
from verifier.invariants.endpoint import Definition, Endpoint, union
from verifier.invariants.invariant import (
    CLASSES,
    CLIENT_PORTS,
    Invariant,
    Isolated,
    Severity,
    default_mode,
    derived_id,
    statement_text,
)
from verifier.invariants.link import Linker, bound
from verifier.invariants.parse import (
    ISOLATED,
    KINDS,
    WAYPOINT_FORMS,
    Body,
    Sets,
    parse_body,
    parse_client_ports,
    parse_expression,
    parse_one_line,
    parse_sets,
    parse_traffic,
    waypoint_mistake,
)
from verifier.invariants.place import Source, listed, nearest, quoted
from verifier.invariants.question import Mode, Relays, Traffic
from verifier.invariants.terms import name_mistake
from verifier.invariants.traffic import EVERYTHING, merged_ports
from verifier.packet import ALL_PORTS, PortRange

VERSION = "1"
FILE_KEYS = ("version", "endpoints", "client-ports", "relays", "invariants")
INVARIANT_KEYS = (
    "id", *KINDS, "traffic", "through", "unless-through", "severity", "why", "controls", "mode",
    "client-ports",
    "allow-empty", "spoofed", "relays",
)  # fmt: skip
TRUTH = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
LONGEST_ID = 128
_ID = re.compile(r"[^\s./\\][^/\\]*")

RELAYS = {str(one): one for one in Relays}

T = TypeVar("T")
Keys = Mapping[str, tuple[Scalar, Node]]


@dataclass(frozen=True, slots=True)
class Spec:
    """One file: its invariants in order, what its names mean, and remarks on it."""

    invariants: tuple[Invariant, ...]
    endpoints: Mapping[str, Definition]
    warnings: tuple[str, ...] = ()


def load_spec(path: Path | str) -> Spec:
    """Read a specification file; SpecError for whatever is wrong with it."""
    from verifier.invariants.document import LARGEST_FILE

    try:
        with Path(path).open("rb") as stream:
            data = stream.read(LARGEST_FILE + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise SpecError(str(path), f"cannot be read: {reason.lower()}") from None
    return read_spec(decoded(data, str(path)), str(path))


def read_spec(text: str, file: str) -> Spec:
    """Read the text of a specification; `file` is how messages call it."""
    keys = _top(read_document(text, file), file)
    written = _endpoints(keys)
    ports = CLIENT_PORTS
    if "client-ports" in keys:
        ports = _client_ports(keys["client-ports"][1])
    relays = _choice(keys, "relays", RELAYS, Relays.FOLLOW)
    linker = Linker(written)
    definitions = linker.definitions()
    found: list[Invariant] = []
    for node in _items(keys, "invariants", "a list of invariants"):
        entries = _known(_entries(node, "an invariant, such as `never: A -> B`"), INVARIANT_KEYS)
        found.append(_invariant(entries, linker, ports, relays, file))
    _distinct(found)
    warnings = () if found else (f"{file}: no invariants in it",)
    return Spec(tuple(found), definitions, warnings)


def parse_statement(text: str) -> Invariant:
    """One invariant as written on the command line; UsageError for a mistake of syntax.

    Its id is derived from the statement. Its names are bound by `with_names`.
    """
    source = Source.command_line(text)
    kind, body = parse_one_line(source)
    place = source.place(len(text) - len(text.lstrip()))
    common = _Common(
        id=derived_id(statement_text(kind, body)),
        traffic=body.traffic or EVERYTHING,
        mode=default_mode(kind),
        client_ports=CLIENT_PORTS if kind == "always" else (ALL_PORTS,),
        line=place.line,
        column=place.column,
    )
    return _made(kind, body, common)


class _Common(TypedDict, total=False):
    """What invariants of all kinds have."""

    id: Required[str]
    traffic: Required[Traffic]
    mode: Required[Mode]
    client_ports: Required[tuple[PortRange, ...]]
    severity: Severity
    why: str | None
    controls: tuple[str, ...]
    allow_empty: bool
    spoofed: bool
    relays: Relays
    file: str
    line: Required[int]
    column: Required[int]


def _made(kind: str, body: Body | Sets, common: _Common) -> Invariant:
    if isinstance(body, Sets):
        return Isolated(sets=body.sets, **common)
    return CLASSES[kind](
        source=body.source, destination=body.destination, waypoint=body.waypoint, **common
    )


def _top(node: Node | None, file: str) -> Keys:
    if node is None:
        raise SpecError(f"{file}:1:1", f"an empty file, expected `version: {VERSION}`")
    entries = _entries(node, f"`version: {VERSION}` and `invariants:`")
    keys = _known(entries, FILE_KEYS)
    if "version" not in keys:
        raise SpecError(entries.place, f"expected the key `version: {VERSION}`, which is missing")
    version = _text(keys["version"][1], f"`{VERSION}`")
    if version.text != VERSION:
        raise SpecError(version.place, f"expected version `{VERSION}`, read {quoted(version.text)}")
    return keys


def _known(entries: Entries, keys: tuple[str, ...]) -> Keys:
    for text, (key, _) in entries.items.items():
        if text not in keys:
            advice = nearest(text, keys) or f", expected {listed([f'`{key}`' for key in keys])}"
            raise SpecError(key.place, f"unknown key {quoted(text)}{advice}")
    return entries.items


def _endpoints(keys: Keys) -> dict[str, Endpoint]:
    if "endpoints" not in keys or _nothing(keys["endpoints"][1]):
        return {}
    found: dict[str, Endpoint] = {}
    entries = _entries(keys["endpoints"][1], "names with their endpoints")
    for name, (key, node) in entries.items.items():
        mistake = name_mistake(name)
        if mistake is not None:
            raise SpecError(key.place, mistake)
        found[name] = union(_each(node, "an endpoint expression", parse_expression))
    return found


def _invariant(
    keys: Keys,
    linker: Linker,
    file_ports: tuple[PortRange, ...],
    file_relays: Relays,
    file: str,
) -> Invariant:
    kind, node = _statement(keys)
    if kind == ISOLATED:
        _waypoint(keys, kind, None)
        sets = _sets(node)
        bound_sets = tuple(bound(one, linker.find) for one in sets.sets)
        body: Body | Sets = Sets(bound_sets, _traffic(keys, sets.traffic))
    else:
        body = _body(keys, kind, node, linker)
    text = statement_text(kind, body)
    key = min((key for key, _ in keys.values()), key=lambda key: key.source.place())
    place = key.source.place()
    common = _Common(
        id=_id(keys["id"][1]) if "id" in keys else derived_id(text),
        traffic=body.traffic or EVERYTHING,
        mode=_choice(keys, "mode", {str(mode): mode for mode in Mode}, default_mode(kind)),
        severity=_choice(keys, "severity", {str(one): one for one in Severity}, Severity.HIGH),
        why=_text(keys["why"][1], "a sentence").text if "why" in keys else None,
        controls=_controls(keys),
        client_ports=_ports(keys, kind, file_ports),
        allow_empty=_choice(keys, "allow-empty", TRUTH, False),
        spoofed=_choice(keys, "spoofed", TRUTH, False),
        relays=_relays(keys, kind, body, file_relays),
        file=file,
        line=place.line,
        column=place.column,
    )
    return _made(kind, body, common)


def _body(keys: Keys, kind: str, node: Node, linker: Linker) -> Body:
    statement = _text(node, "a statement, such as `internet -> any on tcp/22`")
    body = parse_body(statement.source, kind)
    waypoint = _waypoint(keys, kind, body.waypoint)
    return Body(
        bound(body.source, linker.find),
        bound(body.destination, linker.find),
        _traffic(keys, body.traffic),
        None if waypoint is None else bound(waypoint, linker.find),
    )


def _sets(node: Node) -> Sets:
    if isinstance(node, Sequence):
        sets = tuple(_each(node, "an endpoint expression", parse_expression))
        if len(sets) < 2:
            raise SpecError(node.place, "expected at least two sets, read a list of one")
        return Sets(sets, None)
    return parse_sets(_text(node, "a list of sets, or `A | B`").source)


def _waypoint(keys: Keys, kind: str, found: Endpoint | None) -> Endpoint | None:
    for form in WAYPOINT_FORMS.values():
        key = form.replace(" ", "-")
        if key not in keys:
            continue
        place, node = keys[key][0].place, keys[key][1]
        mistake = waypoint_mistake(kind, form)
        if mistake is not None:
            raise SpecError(place, mistake.replace("unless through", "unless-through"))
        if found is not None:
            raise SpecError(place, f"`{key}` stands in the statement, too, leave one of them out")
        found = union(_each(node, "waypoints, such as `nat-...`", parse_expression))
    return found


def _statement(keys: Keys) -> tuple[str, Node]:
    given = [kind for kind in KINDS if kind in keys]
    if len(given) > 1:
        place = keys[given[1]][0].place
        raise SpecError(place, f"`{given[0]}` and `{given[1]}` in one invariant, write two")
    if not given:
        first = min(key.source.place() for key, _ in keys.values())
        raise SpecError(
            str(first),
            f"expected {listed([f'`{kind}`' for kind in KINDS])} with a statement, found none",
        )
    return given[0], keys[given[0]][1]


def _traffic(keys: Keys, written: Traffic | None) -> Traffic:
    if "traffic" not in keys:
        return written or EVERYTHING
    key, node = keys["traffic"]
    if written is not None:
        raise SpecError(key.place, "`traffic` and `on` in one invariant, leave one of them out")
    terms = _each(node, "traffic, such as `tcp/22`", parse_traffic)
    return tuple(dict.fromkeys(term for part in terms for term in part))


def _ports(keys: Keys, kind: str, file_ports: tuple[PortRange, ...]) -> tuple[PortRange, ...]:
    if "client-ports" not in keys:
        return file_ports if kind == "always" else (ALL_PORTS,)
    key, node = keys["client-ports"]
    if kind != "always":
        raise SpecError(
            key.place, f"`client-ports` is for `always`, limit `{kind}` by `from` in its traffic"
        )
    return _client_ports(node)


def _relays(keys: Keys, kind: str, body: Body | Sets, of_the_file: Relays) -> Relays:
    if kind in ("never", ISOLATED) or (isinstance(body, Body) and body.waypoint is not None):
        return _choice(keys, "relays", RELAYS, of_the_file)
    if "relays" in keys:
        raise SpecError(
            keys["relays"][0].place,
            f"`relays` is for `never`, `isolated` and `through`, `{kind}` does not follow relays",
        )
    return Relays.FOLLOW


def _client_ports(node: Node) -> tuple[PortRange, ...]:
    parts = _each(node, "client ports, such as `1024-65535`", parse_client_ports)
    return merged_ports([ports for part in parts for ports in part])


def _controls(keys: Keys) -> tuple[str, ...]:
    if "controls" not in keys or _nothing(keys["controls"][1]):
        return ()
    return tuple(_each(keys["controls"][1], "names of controls", lambda source: source.text, True))


def _id(node: Node) -> str:
    scalar = _text(node, "an id")
    text = scalar.text
    if not (_ID.fullmatch(text) and text.isprintable() and len(text) <= LONGEST_ID):
        raise SpecError(
            scalar.place,
            f"{quoted(text)} cannot be an id, which names files: at most {LONGEST_ID} printable "
            "characters, no `/` or `\\`, and no `.` or blank first",
        )
    return text


def _distinct(invariants: list[Invariant]) -> None:
    first: dict[str, Invariant] = {}
    for invariant in invariants:
        other = first.setdefault(invariant.id, invariant)
        if other is not invariant:
            raise SpecError(
                invariant.place, f"id {quoted(invariant.id)} is taken in line {other.line}"
            )


def _choice(keys: Keys, key: str, choices: Mapping[str, T], default: T) -> T:
    if key not in keys:
        return default
    names = [f"`{name}`" for name in choices if name.islower()]
    scalar = _text(keys[key][1], listed(names))
    if scalar.text not in choices:
        raise SpecError(
            scalar.place,
            f"expected {listed(names)}, read {quoted(scalar.text)}"
            f"{nearest(scalar.text.lower(), [name for name in choices if name.islower()])}",
        )
    return choices[scalar.text]


def _nothing(node: Node) -> bool:
    return isinstance(node, Scalar) and not node.text


def _text(node: Node, expected: str) -> Scalar:
    if isinstance(node, Scalar):
        return node
    if isinstance(node, Sequence):
        raise SpecError(node.place, f"expected {expected}, read a list")
    double = any(key.endswith(":") for key in node.items)
    advice = ", an IPv6 address that ends in `::` must be quoted" if double else ""
    raise SpecError(node.place, f"expected {expected}, read a mapping{advice}")


def _entries(node: Node, expected: str) -> Entries:
    if isinstance(node, Entries) and node.items:
        return node
    place = node.place
    read = {Scalar: "text", Sequence: "a list", Entries: "an empty mapping"}[type(node)]
    raise SpecError(place, f"expected {expected}, read {read}")


def _items(keys: Keys, key: str, expected: str) -> tuple[Node, ...]:
    if key not in keys or _nothing(keys[key][1]):
        return ()
    node = keys[key][1]
    if not isinstance(node, Sequence):
        raise SpecError(node.place, f"expected {expected}, each behind `- `")
    return node.items


def _each(
    node: Node, expected: str, read: Callable[[Source], T], may_be_empty: bool = False
) -> list[T]:
    """What `read` makes of the text, or of each text of the list."""
    if not isinstance(node, Sequence):
        return [read(_text(node, expected).source)]
    if not node.items and not may_be_empty:
        raise SpecError(node.place, f"expected {expected}, read an empty list")
    return [read(_text(item, expected).source) for item in node.items]

"""Invariants as they were written: who, to whom, with what, and how the answer is to be judged.

Owns the closed union `Invariant`. Law: nothing here depends on a network; what is asked of one is
built in `questions.py`. Defaults of the contract (mode, severity, client ports) are filled in.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar, Literal

from verifier.invariants.endpoint import Endpoint, endpoint_text
from verifier.invariants.parse import WAYPOINT_FORMS, Body, Sets
from verifier.invariants.place import COMMAND_LINE
from verifier.invariants.question import Mode, Relays, Traffic
from verifier.invariants.traffic import EVERYTHING, traffic_text
from verifier.packet import ALL_PORTS, PortRange

KindName = Literal["never", "always", "some", "only", "isolated"]

CLIENT_PORTS: tuple[PortRange, ...] = (PortRange(1024, 65535),)
"""From which ports the clients of `always` send, unless the specification says otherwise."""

_LONGEST_ID = 80


class Severity(StrEnum):
    """How bad a violation is, worst first."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What all kinds of invariants have.

    `file` is None for one from the command line; `line` and `column` (from 1) are where it starts.
    `client_ports` is every port for all kinds but `always`.
    """

    id: str
    mode: Mode
    traffic: Traffic = EVERYTHING
    severity: Severity = Severity.HIGH
    why: str | None = None
    controls: tuple[str, ...] = ()
    client_ports: tuple[PortRange, ...] = (ALL_PORTS,)
    allow_empty: bool = False
    spoofed: bool = False
    relays: Relays = Relays.FOLLOW
    file: str | None = None
    line: int = 1
    column: int = 1

    kind: ClassVar[KindName]

    @property
    def place(self) -> str:
        """Where it stands, as messages begin."""
        return f"{self.file or COMMAND_LINE}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement(Judged):
    """What speaks of packets from a source to a destination.

    `waypoint` says what they pass: behind `unless through` of `never` and `through` of `always`;
    None for all others.
    """

    source: Endpoint
    destination: Endpoint
    waypoint: Endpoint | None = None

    @property
    def statement(self) -> str:
        """The canonical text, as reports have it."""
        body = Body(self.source, self.destination, self.traffic, self.waypoint)
        return statement_text(self.kind, body)


@dataclass(frozen=True, slots=True, kw_only=True)
class Never(Statement):
    """No packet of the traffic is delivered."""

    kind: ClassVar[Literal["never"]] = "never"


@dataclass(frozen=True, slots=True, kw_only=True)
class Always(Statement):
    """For every pair and packet the connection works."""

    kind: ClassVar[Literal["always"]] = "always"


@dataclass(frozen=True, slots=True, kw_only=True)
class Some(Statement):
    """At least one connection works."""

    kind: ClassVar[Literal["some"]] = "some"


@dataclass(frozen=True, slots=True, kw_only=True)
class Only(Statement):
    """Whatever reaches the destination from outside it is from the source and in the traffic."""

    kind: ClassVar[Literal["only"]] = "only"


@dataclass(frozen=True, slots=True, kw_only=True)
class Isolated(Judged):
    """No packet of the traffic goes from one of the sets to another one; there are at least two."""

    sets: tuple[Endpoint, ...]

    kind: ClassVar[Literal["isolated"]] = "isolated"

    @property
    def statement(self) -> str:
        """The canonical text, as reports have it."""
        return statement_text(self.kind, Sets(self.sets, self.traffic))


Invariant = Never | Always | Some | Only | Isolated

CLASSES: dict[str, type[Never] | type[Always] | type[Some] | type[Only]] = {
    "never": Never,
    "always": Always,
    "some": Some,
    "only": Only,
}


def default_mode(kind: str) -> Mode:
    """The cautious one for what forbids, the demanding one for what requires."""
    return Mode.CONNECTION if kind in ("always", "some") else Mode.PACKET


def statement_text(kind: str, body: Body | Sets) -> str:
    """`never internet -> db on tcp/22`, `isolated web | db`; all traffic is not mentioned."""
    traffic = body.traffic or EVERYTHING
    limit = "" if traffic == EVERYTHING else f" on {traffic_text(traffic)}"
    if isinstance(body, Sets):
        return f"{kind} {' | '.join(map(endpoint_text, body.sets))}{limit}"
    way = "" if body.waypoint is None else f" {WAYPOINT_FORMS[kind]} {endpoint_text(body.waypoint)}"
    return f"{kind} {endpoint_text(body.source)} -> {endpoint_text(body.destination)}{limit}{way}"


def derived_id(statement: str) -> str:
    """The id of an invariant that has none: its statement in letters, digits, `.`, `_` and `-`."""
    found = re.sub(r"[^A-Za-z0-9._]+", "-", statement).strip("-")
    if len(found) <= _LONGEST_ID:
        return found
    digest = hashlib.sha256(statement.encode()).hexdigest()[:8]
    return f"{found[: _LONGEST_ID - 9]}-{digest}"

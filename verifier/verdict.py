"""Verdicts and what they carry: the result of checking one invariant.

Law (contract, section 2): `PROVED` and `REFUTED` are said only on evidence that is named;
everything else is `UNKNOWN` with its reason, or `VACUOUS`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from verifier.model import Gap
from verifier.trace import Exchange, Probe


class Verdict(StrEnum):
    """The four answers."""

    PROVED = "PROVED"
    REFUTED = "REFUTED"
    UNKNOWN = "UNKNOWN"
    VACUOUS = "VACUOUS"


class Evidence(StrEnum):
    """What a verdict rests on."""

    REPLAYED = "replayed"
    ENUMERATED = "enumerated"
    SOLVER = "solver"


@dataclass(frozen=True, slots=True)
class Reason:
    """Why: `code` in kebab-case for machines, `text` one sentence for people."""

    code: str
    text: str


@dataclass(frozen=True, slots=True)
class Leg:
    """A part of a relayed flow (LB-13): a packet, and who sent it for which flow.

    `balancer`, `listener` and `target_group` are None of the first leg, which a source sent.
    """

    probe: Probe
    exchange: Exchange
    balancer: str | None = None
    listener: str | None = None
    target_group: str | None = None


@dataclass(frozen=True, slots=True)
class Counterexample:
    """A probe and what the evaluator made of it; for a proved `some` it is the witness.

    Of a relayed flow `legs` are the parts; `probe` is then the packet that the source sends,
    meant for the last destination, and `exchange` tells all legs as one way.
    `source_members` and `destination_members` are the interfaces of the two classes it stands for
    (or the gateway of an outside class), filled when every pair of classes is enumerated.
    """

    probe: Probe
    exchange: Exchange
    source_members: tuple[str, ...] = ()
    destination_members: tuple[str, ...] = ()
    legs: tuple[Leg, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """The answer to one invariant.

    `gaps` are those that the verdict depends on (UNKNOWN). `truncated` iff there are more
    counterexamples than are listed. `seconds` is wall time. `sources` and `destinations` list the
    members of the sets for a reviewer, cut as the contract says.
    """

    verdict: Verdict
    reason: Reason | None = None
    evidence: Evidence | None = None
    gaps: tuple[Gap, ...] = ()
    counterexamples: tuple[Counterexample, ...] = ()
    witness: Counterexample | None = None
    truncated: bool = False
    seconds: float = 0.0
    sources: tuple[str, ...] = ()
    destinations: tuple[str, ...] = ()

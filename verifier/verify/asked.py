"""What is to be decided: an invariant's question with all that bears on its verdict.

Owns the value that travels to a worker. Law: it says everything that deciding needs of an
invariant, and nothing of how it was written but `allow_empty` and `relays`.
"""

from __future__ import annotations

from dataclasses import dataclass

from verifier.invariants import Asking, Invariant
from verifier.invariants.invariant import KindName
from verifier.invariants.question import Question, Relays


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """An invariant turned into a question.

    `vacuous` says why there is nothing to ask, None if there is; `hollow` why a proof would say
    nothing (an `only` from nobody, an `isolated` with an empty set). `wanting` names a pair of
    hosts without a common address (clause ASK-6, `always` alone). With `relays` STOP what load
    balancers pass on is not looked for. `unknown` are waypoints that are not modelled.

    With `parts` the invariant holds iff each of them does, and they alone are decided; `part` is
    how a reason calls one.
    """

    kind: KindName
    question: Question
    vacuous: str | None = None
    hollow: str | None = None
    allow_empty: bool = False
    wanting: tuple[str, str] | None = None
    relays: Relays = Relays.FOLLOW
    unknown: tuple[str, ...] = ()
    parts: tuple[Asked, ...] = ()
    part: str = ""


def asked_for(invariant: Invariant, built: Asking) -> Asked:
    """The invariant with the question that was built for it."""
    return Asked(
        kind=built.kind,
        question=built.question,
        vacuous=built.vacuous,
        hollow=built.hollow,
        allow_empty=invariant.allow_empty,
        wanting=built.wanting,
        relays=invariant.relays,
        unknown=built.unknown,
        parts=tuple(asked_for(invariant, part) for part in built.parts),
        part=built.part,
    )

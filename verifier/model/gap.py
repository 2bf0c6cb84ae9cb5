"""Gaps and assumptions: what a snapshot says that the model does not represent exactly.

Law (monotony, clause GAP-1): a gap is *open* or *closed*, and opening one never takes a delivery
away. Both meanings are therefore exact for every set of open gaps, and the two extremes (all
open, all closed) bound every possible truth. A gap hangs on the fact that it concerns (an entry, a
rule, a route, an interface ...), so that only packets that meet it there are touched by it.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Gap:
    """One thing that is not modelled exactly.

    `resource` is the AWS id it sits at (or a file), `clause` the clause of `specs/semantics` that
    says how it is treated, `detail` one sentence without full stop, for a person.
    """

    resource: str
    clause: str
    detail: str


@dataclass(frozen=True, slots=True, order=True)
class Assumption:
    """Something that is taken for granted and listed in every report."""

    clause: str
    detail: str

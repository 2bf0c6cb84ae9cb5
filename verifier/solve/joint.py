"""Several obligations at once, whose packets share the client: the legs of one relayed flow.

A balancer that keeps client addresses sends its leg with the source that the leg before had when
it arrived (LB-9). Law: with `Tie.SAME` a model is one probe per leg, each with the source address
and port of the one before; with `Tie.LOOSE` the source may besides be one that something on the
way put there (a translated address, or one that a gap chooses), so that `Unsat` leaves no flow out.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from typing import Any

import z3

from verifier.encode import Obligation
from verifier.encode.obligation import FAMILY
from verifier.packet import AddressSet, Family
from verifier.solve import decode, smtlib
from verifier.solve.query import GaveUp, Unsat
from verifier.trace import Probe


class Tie(Enum):
    """How the source of a leg follows from the leg before."""

    SAME = "same"
    LOOSE = "loose"


class Joint:
    """The legs of one flow in one family, in one solver."""

    def __init__(
        self,
        legs: Sequence[Obligation],
        family: Family,
        tie: Tie,
        translated: AddressSet,
        timeout_seconds: float,
    ) -> None:
        """`translated` are the source addresses that gateways on the way may write."""
        self._legs, self._family, self._tie = legs, family, tie
        self._translated = translated
        parts = [smtlib.LOGIC]
        for at, leg in enumerate(legs):
            parts.append(smtlib.body(leg, _prefix(at)))
            if FAMILY in leg.variables():
                parts.append(f"(assert (= {_prefix(at)}{FAMILY} #b{int(family == 6)}))\n")
        possible = all(family in leg.scopes for leg in legs)
        ties = map(self._tied, range(1, len(legs))) if possible else ["(assert false)\n"]
        self._text = "".join([*parts, *ties])
        self._solver: Any = z3.SolverFor("QF_FD")
        self._solver.set("random_seed", 0)
        self._solver.set("timeout", max(1, int(timeout_seconds * 1000)))
        self._solver.from_string(self._text)

    def smtlib(self) -> str:
        """The SMT-LIB 2 text."""
        return self._text + "(check-sat)\n"

    def ask(self) -> tuple[Probe, ...] | Unsat | GaveUp:
        """One probe per leg, if there is such a flow."""
        answer = self._solver.check()
        if answer == z3.unsat:
            return Unsat()
        if answer != z3.sat:
            return GaveUp(str(self._solver.reason_unknown()))
        model = self._solver.model()
        return tuple(self._probe(at, model) for at in range(len(self._legs)))

    def _probe(self, at: int, model: Any) -> Probe:
        leg = self._legs[at]
        wanted = {*leg.variables(), *self._shared(leg)}
        values = {}
        for name in sorted(wanted):
            width = leg.terms.variables[name].width
            constant = z3.BitVec(_prefix(at) + name, width)
            values[name] = model.eval(constant, model_completion=True).as_long()
        return decode.probe(leg, decode.completed(leg, values))

    def _shared(self, leg: Obligation) -> tuple[str, str]:
        return f"source_address{self._family}", f"source_port{self._family}"

    def _tied(self, at: int) -> str:
        """Declares what the tie speaks of and no leg does (any value of its domain), and ties."""
        lines = []
        for number in (at - 1, at):
            leg = self._legs[number]
            for name in self._shared(leg):
                if name not in leg.variables() and (number == at or number == 0):
                    declared = leg.terms.variables[name]
                    own = _prefix(number) + name
                    lines.append(f"(declare-const {own} (_ BitVec {declared.width}))\n")
                    within = smtlib.within(own, declared.width, declared.domain)
                    lines.append(f"(assert {within})\n")
        one, other = _prefix(at - 1), _prefix(at)
        address, port = self._shared(self._legs[at])
        same = f"(and (= {one}{address} {other}{address}) (= {one}{port} {other}{port}))"
        options = [same, *self._elsewhere(at)] if self._tie is Tie.LOOSE else [same]
        return "".join([*lines, f"(assert (or {' '.join(options)}))\n"])

    def _elsewhere(self, at: int) -> list[str]:
        """Sources that the leg before may have arrived with instead of its own."""
        before, own = self._legs[at - 1], _prefix(at) + f"source_address{self._family}"
        width = self._legs[at].terms.variables[f"source_address{self._family}"].width
        found = []
        spans = self._translated.spans(self._family)
        if spans:
            found.append(smtlib.within(own, width, tuple(spans)))
        chosen = f"gap_source{self._family}"
        if chosen in before.variables():
            found.append(f"(= {_prefix(at - 1)}{chosen} {own})")
        elif chosen in before.terms.variables:  # any address: nothing before compares it
            found.append("true")
        return found


def _prefix(at: int) -> str:
    return f"leg{at}_"

"""Asking z3: one solver per obligation, one pair of classes after the other.

Law: `Unsat` means that no probe is left (but for what was blocked), `Sat` carries one, which the
evaluator then replays (`verifier.verify`); a doubt of the solver is `GaveUp`, never an answer.
`SolverFor("QF_FD")` is a SAT solver over bits without the preprocessing that dominates otherwise;
the text is parsed at once, no z3 object is built per term.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import z3

from verifier.encode import Obligation
from verifier.encode.packet import DESTINATION, SOURCE
from verifier.solve import decode, smtlib
from verifier.trace import Probe


@dataclass(frozen=True, slots=True)
class Sat:
    """A probe that meets the question, and the classes of its hosts."""

    probe: Probe
    source_class: int
    destination_class: int


@dataclass(frozen=True, slots=True)
class Unsat:
    """There is no such probe (left)."""


@dataclass(frozen=True, slots=True)
class GaveUp:
    """The solver did not decide; `reason` is its own word (`timeout`, ...)."""

    reason: str


class Query:
    """One obligation in one solver."""

    def __init__(self, obligation: Obligation, *, timeout_seconds: float | None = None) -> None:
        """Nothing is solved yet. The time limit holds for each question asked."""
        self.obligation = obligation
        self._text = smtlib.text(obligation)
        self._blocked: list[str] = []
        self._solver: Any = z3.SolverFor("QF_FD")
        self._solver.set("random_seed", 0)
        if timeout_seconds is not None:
            self._solver.set("timeout", max(1, int(timeout_seconds * 1000)))
        self._solver.from_string(self._text)
        self._names = obligation.variables()
        self._declarations = smtlib.declarations(obligation)

    def smtlib(self) -> str:
        """The SMT-LIB 2 text, what was blocked included."""
        return self._text + "".join(self._blocked) + "(check-sat)\n"

    def ask(self) -> Sat | Unsat | GaveUp:
        """A probe that is left, if there is one."""
        answer = self._solver.check()
        if answer == z3.unsat:
            return Unsat()
        if answer != z3.sat:
            return GaveUp(str(self._solver.reason_unknown()))
        values = decode.completed(self.obligation, self._values())
        probe = decode.probe(self.obligation, values)
        return Sat(probe, values[SOURCE], values[DESTINATION])

    def block(self, source_class: int, destination_classes: Iterable[int]) -> None:
        """Look for other pairs of classes than these from now on."""
        numbers = [(number, number) for number in sorted(set(destination_classes))]
        pair = {SOURCE: ((source_class, source_class),), DESTINATION: tuple(numbers)}
        tests = [
            smtlib.within(name, self.obligation.terms.variables[name].width, spans)
            for name, spans in pair.items()
            if name in self._names
        ]
        self._leave(f"(assert (not (and true {' '.join(tests)})))\n")

    def _leave(self, clause: str) -> None:
        self._blocked.append(clause)
        # a solver takes declarations once, and forgets their names afterwards: parse apart
        self._solver.add(z3.parse_smt2_string(self._declarations + clause))

    def leave_sources_alone(self) -> None:
        """Look only for probes in which no gap changes a source address (GAP-6, GAP-9)."""
        variables = self.obligation.terms.variables
        chosen = [name for name in self._names if "gap_chosen" in name]
        tests = [smtlib.within(name, variables[name].width, ((0, 0),)) for name in chosen]
        self._leave(f"(assert (and true {' '.join(tests)}))\n")

    def at(self, probe: Probe) -> bool:
        """True iff this probe is one that the question allows and that meets its goal."""
        values = self.obligation.values(probe)
        if values is None:
            return False
        self._solver.push()
        for name, value in values.items():
            if name in self._names:
                self._solver.add(self._constant(name) == value)
        answer = self._solver.check()
        self._solver.pop()
        if answer == z3.unknown:
            raise TimeoutError(str(self._solver.reason_unknown()))
        return bool(answer == z3.sat)

    def _constant(self, name: str) -> Any:
        return z3.BitVec(name, self.obligation.terms.variables[name].width)

    def _values(self) -> dict[str, int]:
        model = self._solver.model()
        return {
            name: model.eval(self._constant(name), model_completion=True).as_long()
            for name in self._names
        }

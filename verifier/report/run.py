"""What a report is made from: one run of the verifier, finished.

Owns `Run` and the exit code that follows from it. Law (contract, section 2): the exit code is the
first in `PRECEDENCE` of those that anything in the run calls for; a run without invariants is not a
success.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from verifier.invariants import Severity
from verifier.invariants.question import Relays
from verifier.model import Assumption, Gap, Network
from verifier.verdict import Verdict

if TYPE_CHECKING:
    from verifier.snapshot import InputFile
    from verifier.verify import Checked

PRECEDENCE: Final = (130, 2, 70, 3, 1, 4, 5, 0)
RANKS: Final = {severity: rank for rank, severity in enumerate(Severity)}
"""Severities by how bad they are, 0 the worst."""
NEVER_FILTERED: Final = Assumption(
    "SVC-1",
    "what AWS itself never filters (Amazon DNS, DHCP, instance metadata, time) belongs to no"
    " endpoint set",
)

NOT_FOLLOWED: Final = Assumption(
    "GAP-11",
    "`relays: stop` leaves out what load balancers and other relays pass on, for each invariant"
    " that says so",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """Everything that there is to report.

    `checks` stand in the order of the invariants. `deterministic` leaves times and versions out.
    Invariants whose severity is below `fail_on` do not make the exit code 1. `version` and `solver`
    name this tool's and the solver's release. `warnings` were met on reading the input.
    """

    network: Network
    checks: tuple[Checked, ...]
    inputs: tuple[InputFile, ...] = ()
    warnings: tuple[str, ...] = ()
    version: str = ""
    solver: str = ""
    deterministic: bool = False
    fail_on: Severity = Severity.LOW

    @property
    def assumptions(self) -> tuple[Assumption, ...]:
        """What was taken for granted, in ascending order; `SVC-1` is always among it."""
        found = set(self.network.assumptions)
        if all(assumption.clause != NEVER_FILTERED.clause for assumption in found):
            found.add(NEVER_FILTERED)
        if any(check.invariant.relays is Relays.STOP for check in self.checks):
            found.add(NOT_FOLLOWED)
        return tuple(sorted(found))

    @property
    def gaps(self) -> tuple[Gap, ...]:
        """Every gap of the network and of the results, in ascending order."""
        found = set(self.network.gaps)
        for check in self.checks:
            found.update(check.result.gaps)
        return tuple(sorted(found))

    @property
    def counts(self) -> dict[Verdict, int]:
        """How many invariants have each verdict."""
        counted = Counter(check.result.verdict for check in self.checks)
        return {verdict: counted[verdict] for verdict in Verdict}

    def fails(self, check: Checked) -> bool:
        """True iff the invariant is refuted and its severity is not below `fail_on`."""
        return (
            check.result.verdict is Verdict.REFUTED
            and RANKS[check.invariant.severity] <= RANKS[self.fail_on]
        )


def worst(codes: Iterable[int]) -> int:
    """The exit code that wins; 0 if there is none."""
    found = set(codes)
    return next((code for code in PRECEDENCE if code in found), 0)


def exit_code(run: Run) -> int:
    """1, 4, 5 or 0, as the contract's section 2 says."""
    codes = set() if run.checks else {5}
    for check in run.checks:
        if run.fails(check):
            codes.add(1)
        elif check.result.verdict is Verdict.UNKNOWN:
            codes.add(4)
        elif check.result.verdict is Verdict.VACUOUS:
            codes.add(5)
    return worst(codes)

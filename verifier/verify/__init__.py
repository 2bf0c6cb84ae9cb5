"""From invariants to verdicts: the one place where both meanings of a network meet.

Law: every exact id and name is resolved, and every question built, before anything is checked, so
that a mistake in a specification stops the run (contract: nothing is checked then). Results come in
the order of the invariants and do not depend on the number of jobs.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from verifier.evaluate import prepare
from verifier.invariants import Directory, Invariant, asking
from verifier.model import Network
from verifier.topology import Index as Topology
from verifier.verdict import Result
from verifier.verify.admits import space_of
from verifier.verify.asked import asked_for
from verifier.verify.members import member_list
from verifier.verify.options import Options
from verifier.verify.search import Ground
from verifier.verify.workers import Task, run

__all__ = ["Checked", "Options", "check"]

Tick = Callable[[int, int], None]
"""Called with how many invariants are decided, and of how many."""


@dataclass(frozen=True, slots=True)
class Checked:
    """An invariant and the answer to it; `warnings` are remarks of its resolution."""

    invariant: Invariant
    result: Result
    warnings: tuple[str, ...] = ()


def check(
    network: Network,
    invariants: Sequence[Invariant],
    options: Options,
    progress: Tick | None = None,
) -> tuple[Checked, ...]:
    """Decide every invariant.

    Raises SpecError for an id or name that does not exist, DisagreementError if solver and
    evaluator differ, KeyboardInterrupt if interrupted; no worker outlives the call.
    """
    directory = Directory(network)
    asked = [asking(invariant, directory) for invariant in invariants]
    ground = Ground(network, prepare(network), Topology(network), space_of(network))
    results: dict[int, Result] = {}
    tasks = [
        Task(position, invariant.id, asked_for(invariant, built))
        for position, (invariant, built) in enumerate(zip(invariants, asked, strict=True))
    ]

    def done(position: int, result: Result) -> None:
        question = tasks[position].asked.question
        results[position] = replace(
            result,
            sources=member_list(question.sources),
            destinations=member_list(question.destinations),
        )
        if progress is not None:
            progress(len(results), len(tasks))

    if tasks:
        run(ground, tasks, options, done)
    return tuple(
        Checked(invariant, results[position], built.warnings)
        for position, (invariant, built) in enumerate(zip(invariants, asked, strict=True))
    )

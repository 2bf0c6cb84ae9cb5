"""Worker processes: one invariant at a time each, ended from outside when their time is up.

The solver cannot be trusted to keep a time limit, so every invariant is decided in a child process
that the parent kills (contract: `--timeout` is enforced even where the solver ignores it). The
network travels by `fork` where the platform has it. Law: results come back in the order of the
invariants, whatever the number of jobs; solver objects never travel.
"""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection, wait
from multiprocessing.context import ForkProcess, SpawnProcess
from multiprocessing.process import BaseProcess
from time import monotonic
from typing import Final

from verifier.errors import DisagreementError, VerifierError
from verifier.verdict import Reason, Result, Verdict
from verifier.verify.asked import Asked
from verifier.verify.decide import decide
from verifier.verify.options import Options
from verifier.verify.search import Ground

GRACE: Final = 2.0
"""Seconds by which a worker may overrun its time before it is killed."""

UNCAUGHT: Final = 1
"""The exit code of a process that an exception ended: a defect, never an answer."""

Done = Callable[[int, Result], None]


@dataclass(frozen=True, slots=True)
class Task:
    """One invariant to decide, by its position and id."""

    position: int
    name: str
    asked: Asked


@dataclass(slots=True)
class _Worker:
    process: BaseProcess
    pipe: Connection
    task: Task | None = None
    started: float = 0.0


def run(ground: Ground, tasks: Sequence[Task], options: Options, done: Done) -> None:
    """Decide every task; `done` is called in this process with each result as it comes.

    Raises DisagreementError if a worker met one, VerifierError if one met a defect (its traceback
    is on standard error); on any exception all workers are ended.
    """
    waiting = list(reversed(tasks))
    count = min(options.jobs or os.cpu_count() or 1, len(tasks))
    gc.freeze()
    workers: list[_Worker] = []
    try:
        workers.extend(_start(ground, options) for _ in range(count))
        for worker in workers:
            _give(worker, waiting)
        while any(worker.task is not None for worker in workers):
            _collect(workers, options, done)
            for at, worker in enumerate(workers):
                if not worker.process.is_alive() and waiting:
                    workers[at] = worker = _start(ground, options)
                if worker.task is None:
                    _give(worker, waiting)
    finally:
        for worker in workers:
            _end(worker)
        gc.unfreeze()


def _start(ground: Ground, options: Options) -> _Worker:
    ours, theirs = multiprocessing.Pipe()
    kind = SpawnProcess if "fork" not in multiprocessing.get_all_start_methods() else ForkProcess
    process = kind(target=_serve, args=(ground, options, theirs), daemon=True)
    process.start()
    theirs.close()
    return _Worker(process, ours)


def _give(worker: _Worker, waiting: list[Task]) -> None:
    if waiting:
        worker.task = waiting.pop()
        worker.started = monotonic()
        worker.pipe.send(worker.task)


def _end(worker: _Worker) -> None:
    worker.pipe.close()
    worker.process.kill()
    worker.process.join()


def _collect(workers: list[_Worker], options: Options, done: Done) -> None:
    """Wait for the next answer or the next worker whose time is up."""
    limit = options.timeout + GRACE
    busy = {worker.pipe: worker for worker in workers if worker.task is not None}
    oldest = min(worker.started for worker in busy.values())
    ready = wait(list(busy), timeout=max(0.0, oldest + limit - monotonic()))
    for pipe in ready:
        worker = busy[pipe]  # type: ignore[index]
        _receive(worker, done)
    for worker in busy.values():
        if worker.task is not None and monotonic() - worker.started > limit:
            text = f"no answer within {options.timeout:g} s"
            _give_up(worker, "time-out", text, done)


def _receive(worker: _Worker, done: Done) -> None:
    assert worker.task is not None
    try:
        answer = worker.pipe.recv()
    except (EOFError, OSError):
        worker.process.join()
        if worker.process.exitcode == UNCAUGHT:
            text = f"internal error while `{worker.task.name}` was decided, see above"
            raise VerifierError(text) from None
        _give_up(worker, "worker-died", "the process that decided this died (memory?)", done)
        return
    if not isinstance(answer, Result):
        message, reproducer = answer
        raise DisagreementError(message, {"invariant": worker.task.name, **reproducer})
    position, worker.task = worker.task.position, None
    done(position, replace(answer, seconds=monotonic() - worker.started))


def _give_up(worker: _Worker, code: str, text: str, done: Done) -> None:
    assert worker.task is not None
    worker.process.kill()
    worker.process.join()
    position, worker.task = worker.task.position, None
    seconds = monotonic() - worker.started
    done(position, Result(verdict=Verdict.UNKNOWN, reason=Reason(code, text), seconds=seconds))


def _serve(ground: Ground, options: Options, pipe: Connection) -> None:
    """The child: decide what comes in until the pipe closes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    while True:
        try:
            task: Task = pipe.recv()
        except (EOFError, OSError):
            return
        try:
            pipe.send(decide(ground, task.asked, options, task.name))
        except DisagreementError as error:
            pipe.send((str(error), error.reproducer))
        except MemoryError:
            reason = Reason("out-of-memory", "there was not enough memory to decide this")
            pipe.send(Result(verdict=Verdict.UNKNOWN, reason=reason))

"""Worker processes: order, time limits, deaths and disagreements."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Iterator

import pytest

from tests.unit.verify.networks import asked_of, checked, ground_of, two_tiers
from verifier.errors import DisagreementError, SpecError, VerifierError
from verifier.invariants import parse_statement
from verifier.verdict import Result, Verdict
from verifier.verify import Options, check, workers

STATEMENTS = [f"never internet -> tag:Tier=web on tcp/{port}" for port in (22, 80, 443)] + [
    "never internet -> tag:Tier=db"
]


@pytest.mark.parametrize("jobs", [1, 2, 9])
def test_results_come_in_order_whatever_the_jobs(jobs: int) -> None:
    found = checked(two_tiers().network(), STATEMENTS, Options(jobs=jobs))
    assert [one.result.verdict for one in found] == [Verdict.REFUTED] * 3 + [Verdict.PROVED]
    ports = [one.result.counterexamples[0].probe.packet.destination_port for one in found[:3]]
    assert ports == [22, 80, 443]
    assert found[3].result.sources == ("internet",)
    assert found[3].result.destinations == ("eni-2",)


def test_progress_is_told_as_it_comes() -> None:
    ticks: list[tuple[int, int]] = []
    statements = [parse_statement(text) for text in STATEMENTS]
    check(two_tiers().network(), statements, Options(), lambda *tick: ticks.append(tick))
    assert ticks == [(1, 4), (2, 4), (3, 4), (4, 4)]


def test_nothing_to_check_is_no_work() -> None:
    assert check(two_tiers().network(), [], Options()) == ()


def test_a_name_that_does_not_exist_stops_the_run_before_any_work(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("verifier.verify.run", lambda *_: pytest.fail("work was begun"))
    with pytest.raises(SpecError, match="eni-9"):
        checked(two_tiers().network(), [*STATEMENTS, "never internet -> eni-9"], Options())


def test_time_that_is_up_ends_the_worker_and_the_next_is_served(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    decide = workers.decide

    def slow(ground: object, asked: object, options: object, name: str) -> Result:
        if "tcp-22" in name:
            signal.signal(signal.SIGALRM, signal.SIG_IGN)
            time.sleep(60)
        return decide(ground, asked, options, name)  # type: ignore[arg-type]

    monkeypatch.setattr(workers, "decide", slow)
    monkeypatch.setattr(workers, "GRACE", 0.1)
    started = time.monotonic()
    found = checked(two_tiers().network(), STATEMENTS, Options(timeout=3.0, jobs=1))
    assert time.monotonic() - started < 30
    first = found[0].result
    assert first.verdict is Verdict.UNKNOWN
    assert first.reason is not None
    assert first.reason.code == "time-out"
    assert [one.result.verdict for one in found[1:]] == [Verdict.REFUTED] * 2 + [Verdict.PROVED]


def test_a_worker_that_dies_leaves_an_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    decide = workers.decide

    def fatal(ground: object, asked: object, options: object, name: str) -> Result:
        if "tcp-80" in name:
            os._exit(9)
        return decide(ground, asked, options, name)  # type: ignore[arg-type]

    monkeypatch.setattr(workers, "decide", fatal)
    found = checked(two_tiers().network(), STATEMENTS, Options(jobs=1))
    second = found[1].result
    assert second.verdict is Verdict.UNKNOWN
    assert second.reason is not None
    assert second.reason.code == "worker-died"
    assert found[2].result.verdict is Verdict.REFUTED


def test_a_defect_ends_the_run_and_is_never_an_answer(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def broken(*_: object) -> Result:
        raise LookupError("a defect")

    monkeypatch.setattr(workers, "decide", broken)
    with pytest.raises(VerifierError, match="internal error while") as caught:
        checked(two_tiers().network(), STATEMENTS, Options(jobs=1))
    assert caught.value.exit_code == 70
    assert "LookupError: a defect" in capfd.readouterr().err


def test_memory_that_is_not_enough_is_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    def greedy(*_: object) -> Result:
        raise MemoryError

    monkeypatch.setattr(workers, "decide", greedy)
    found = checked(two_tiers().network(), STATEMENTS, Options(jobs=2))
    assert {one.result.reason.code for one in found if one.result.reason} == {"out-of-memory"}
    assert {one.result.verdict for one in found} == {Verdict.UNKNOWN}


def test_a_disagreement_ends_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("verifier.verify.search.admits", lambda *_: False)
    with pytest.raises(DisagreementError, match="not one that the question admits") as caught:
        checked(two_tiers().network(), STATEMENTS, Options(jobs=2))
    assert str(caught.value.reproducer["invariant"]).startswith("never-internet-tag")


@pytest.fixture
def interrupts() -> Iterator[None]:
    """The child ignores interrupts; here it runs in the test's own process."""
    before = signal.getsignal(signal.SIGINT)
    yield
    signal.signal(signal.SIGINT, before)


def served() -> object:
    """What the child answers to one task, run in this process until its pipe closes."""
    network = two_tiers().network()
    asked = asked_of(network, parse_statement("never internet -> tag:Tier=web on tcp/22"))
    ours, theirs = multiprocessing.Pipe()
    answers: list[object] = []

    def parent() -> None:
        ours.send(workers.Task(0, "x", asked))
        answers.append(ours.recv())
        ours.close()

    thread = threading.Thread(target=parent)
    thread.start()
    workers._serve(ground_of(network), Options(), theirs)
    thread.join()
    return answers[0]


@pytest.mark.usefixtures("interrupts")
def test_a_child_serves_until_its_pipe_closes(monkeypatch: pytest.MonkeyPatch) -> None:
    answer = served()
    assert isinstance(answer, Result)
    assert answer.verdict is Verdict.REFUTED
    monkeypatch.setattr("verifier.verify.search.admits", lambda *_: False)
    answer = served()
    assert isinstance(answer, tuple)
    assert "not one that the question admits" in str(answer[0])

    def greedy(*_: object) -> Result:
        raise MemoryError

    monkeypatch.setattr(workers, "decide", greedy)
    answer = served()
    assert isinstance(answer, Result)
    assert answer.verdict is Verdict.UNKNOWN

"""One question, one set of open gaps: the solver finds, the evaluator replays.

Law: no probe leaves this module that the evaluator has not decided in the same way as the encoder
and that the question does not admit; otherwise the run ends with `DisagreementError`. A missing
probe (`None`) is the solver's word alone; `verifier.verify.decide` says what it may rest on.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from time import monotonic
from typing import NoReturn

from verifier.encode import encode
from verifier.errors import DisagreementError
from verifier.evaluate import Index, exchange, walk
from verifier.invariants.question import Goal, Mode, Question
from verifier.model import Gap, Network
from verifier.solve import GaveUp, Query, Sat, Unsat
from verifier.topology import Index as Topology
from verifier.trace import Exchange, Host, InterfaceHost, Probe
from verifier.verdict import Counterexample
from verifier.verify.admits import Space, admits


class StoppedError(Exception):
    """The solver gave up; carries its reason."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Ground:
    """A network with everything that is built once per network."""

    network: Network
    index: Index
    topology: Topology
    space: Space


@dataclass(frozen=True, slots=True)
class Found:
    """A replayed probe and the classes that it stands for."""

    case: Counterexample
    source_class: int
    destination_class: int


def replay(ground: Ground, question: Question, probe: Probe, opened: frozenset[Gap]) -> Exchange:
    """What the evaluator makes of the probe: the packet alone in packet mode, else both ways."""
    if question.mode is Mode.CONNECTION:
        return exchange(ground.index, probe, opened)
    trace = walk(ground.index, probe, opened)
    return Exchange(forward=trace, reply=None, works=trace.delivered_to == probe.destination)


def meets(question: Question, result: Exchange) -> bool:
    """True iff the goal of the question is met."""
    return result.works is (question.goal is Goal.DELIVERED)


class Search:
    """Finds probes of one question, one pair of endpoint classes after the other."""

    def __init__(
        self, ground: Ground, question: Question, opened: frozenset[Gap], deadline: float
    ) -> None:
        """`deadline` is a value of `time.monotonic()` after which the solver gives up."""
        self.ground = ground
        self.question = question
        self.opened = opened
        self.deadline = deadline
        self.obligation = encode(ground.topology, question, opened)
        self.query = Query(self.obligation, timeout_seconds=max(0.001, deadline - monotonic()))

    def next(self) -> Found | GaveUp | None:
        """The next replayed probe; None iff the solver says that there is none left."""
        answer = self.query.ask()
        if isinstance(answer, Unsat):
            return None
        return answer if isinstance(answer, GaveUp) else self._confirmed(answer)

    def block(self, pairs: Iterable[tuple[int, int]]) -> None:
        """Leave these pairs of classes out of what follows."""
        rows: dict[int, list[int]] = {}
        for source_class, destination_class in pairs:
            rows.setdefault(source_class, []).append(destination_class)
        for source_class, destination_classes in sorted(rows.items()):
            self.query.block(source_class, destination_classes)

    def members(self, found: Found) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Who is in the two classes."""
        return (
            self.obligation.members(found.source_class, "source"),
            self.obligation.members(found.destination_class, "destination"),
        )

    def _confirmed(self, answer: Sat) -> Found:
        result = replay(self.ground, self.question, answer.probe, self.opened)
        if not meets(self.question, result):
            self.disagree("the evaluator decides the solver's packet differently", answer.probe)
        if not admits(self.ground.network, self.ground.space, self.question, answer.probe):
            self.disagree("the solver's packet is not one that the question admits", answer.probe)
        case = Counterexample(probe=answer.probe, exchange=result)
        return Found(case, answer.source_class, answer.destination_class)

    def disagree(self, message: str, probe: Probe) -> NoReturn:
        """Raise `DisagreementError` with everything that is needed to see it again."""
        result = replay(self.ground, self.question, probe, self.opened)
        raise DisagreementError(
            message,
            {
                "message": message,
                "goal": str(self.question.goal),
                "mode": str(self.question.mode),
                "source": host_text(probe.source),
                "destination": probe.destination and host_text(probe.destination),
                "packet": packet_facts(probe),
                "choices": {key: _text(value) for key, value in asdict(probe.choices).items()},
                "states": str(probe.states),
                "opened": [asdict(gap) for gap in sorted(self.opened)],
                "evaluator": [
                    f"{hop.kind} {hop.component}: {hop.decision} {hop.rule or hop.code or ''}"
                    for trace in (result.forward, result.reply)
                    if trace is not None
                    for hop in trace.hops
                ],
                "smtlib": self.query.smtlib(),
            },
        )


def _text(value: object) -> object:
    return value if value is None or isinstance(value, int) else str(value)


def host_text(host: Host) -> str:
    """A host as one word."""
    return host.interface_id if isinstance(host, InterfaceHost) else str(host.address)


def packet_facts(probe: Probe) -> dict[str, object]:
    """The header as plain values."""
    packet = probe.packet
    return {
        "source_address": str(packet.source),
        "destination_address": str(packet.destination),
        "protocol": packet.protocol,
        "source_port": packet.source_port,
        "destination_port": packet.destination_port,
        "icmp_type": packet.icmp_type,
        "icmp_code": packet.icmp_code,
    }

"""The legs of a relayed flow as packets: found by the solver, replayed by the evaluator.

A leg by itself is a question like any other. Legs that share the client, because a balancer keeps
its address (LB-9), are asked together. Law: where no gap and no doubt is named, every leg is
replayed, and each starts with the source that the one before arrived with.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from time import monotonic

from verifier.encode import encode
from verifier.invariants.question import Mode, Question
from verifier.model import Gap, Network
from verifier.packet import AddressSet, Family
from verifier.solve import GaveUp, Joint, Query, Tie, Unsat
from verifier.trace import Probe
from verifier.verdict import Counterexample, Leg
from verifier.verify.admits import admits
from verifier.verify.branches import Branch
from verifier.verify.clients import rewritten
from verifier.verify.search import Ground, Search, StoppedError, meets, replay
from verifier.verify.witness import presentable

Dump = Callable[[Query | Joint], None]


@dataclass(frozen=True, slots=True)
class Flow:
    """A relayed flow. `gaps` are those that it needs; `doubtful` names what was not decided."""

    legs: tuple[Leg, ...]
    gaps: frozenset[Gap] = frozenset()
    doubtful: str | None = None

    def __add__(self, other: Flow) -> Flow:
        return Flow(self.legs + other.legs, self.gaps | other.gaps, self.doubtful or other.doubtful)


@dataclass(frozen=True, slots=True)
class Sent:
    """A leg that is looked for: `branch` sends it (None: a source of the question).

    `followed` is false where what becomes of it is not modelled; then it is taken to arrive.
    """

    question: Question
    ground: Ground
    branch: Branch | None = None
    followed: bool = True


@dataclass(frozen=True, slots=True)
class Legs:
    """Asks for legs under one set of open gaps; with `certain`, only for what leaves no doubt."""

    opened: frozenset[Gap]
    deadline: float
    dump: Dump
    certain: bool
    mode: Mode

    def found(self, legs: tuple[Sent, ...], *, translated: bool = False) -> Flow | None:
        """The legs as packets: the first alone, each other with the client of the one before.

        `translated`: the first leg starts in another family than it arrives in.
        """
        followed = tuple(leg for leg in legs if leg.followed)
        unreturned = self.mode is Mode.CONNECTION and _unreturned(legs)
        doubtful = None if len(followed) == len(legs) and not unreturned else _name(legs)
        if doubtful is not None and self.certain:
            return None
        if not followed:
            return Flow((), doubtful=doubtful)
        alone = len(followed) == 1
        flow = self._alone(followed[0]) if alone else self._together(followed, translated)
        if flow is None:
            return None
        return replace(flow, doubtful=flow.doubtful or doubtful)

    def disguised(self, leg: Sent, clients: AddressSet) -> bool:
        """False only if what arrives by the leg with such a source was sent with it."""
        if rewritten(leg.ground.network) & clients:
            return True
        if not self.opened:
            return False
        # declared, if not used: what nothing compares may be any address
        declared = encode(leg.ground.topology, leg.question, self.opened).terms.variables
        return any("gap_source" in name for name in declared)

    def _alone(self, leg: Sent) -> Flow | None:
        search = Search(leg.ground, leg.question, self.opened, self.deadline)
        self.dump(search.query)
        found = search.next()
        if isinstance(found, GaveUp):
            raise StoppedError(found.reason)
        if found is None:
            return None
        case = presentable(leg.ground, leg.question, found.case, self.opened)
        return Flow((_leg(case, leg.branch),), case.exchange.gaps)

    def _together(self, legs: tuple[Sent, ...], translated: bool) -> Flow | None:
        cases = self._apart(legs) if translated else self._tied(legs, Tie.SAME)
        if not translated and (cases is None or not _coherent(cases)):
            cases = self._tied(legs, Tie.LOOSE)
        if cases is None:
            return None
        flow = Flow(
            tuple(_leg(case, leg.branch) for case, leg in zip(cases, legs, strict=True)),
            frozenset(gap for case in cases for gap in case.exchange.gaps),
        )
        if _coherent(cases):
            return flow
        return None if self.certain else replace(flow, doubtful=_name(legs))

    def _apart(self, legs: tuple[Sent, ...]) -> list[Counterexample] | None:
        """Each leg by itself, and then from where the one before arrived, if that is delivered."""
        flows = [self._alone(leg) for leg in legs]
        told = [leg for flow in flows if flow is not None for leg in flow.legs]
        if len(told) < len(legs):
            return None
        return self._mended(legs, [Counterexample(leg.probe, leg.exchange) for leg in told])

    def _tied(self, legs: tuple[Sent, ...], tie: Tie) -> list[Counterexample] | None:
        branch = legs[-1].branch
        assert branch is not None, "a leg that keeps the client is sent by a balancer"
        family: Family = branch.group.family
        obligations = [encode(leg.ground.topology, leg.question, self.opened) for leg in legs]
        left = self.deadline - monotonic()
        joint = Joint(obligations, family, tie, self._translated(legs), max(0.001, left))
        self.dump(joint)
        answer = joint.ask()
        if isinstance(answer, GaveUp):
            raise StoppedError(answer.reason)
        if isinstance(answer, Unsat):
            return None
        cases = [self._replayed(leg, probe) for leg, probe in zip(legs, answer, strict=True)]
        return self._mended(legs, self._shown(legs, cases))

    def _replayed(self, leg: Sent, probe: Probe) -> Counterexample:
        case = self._case(leg, probe)
        if case is None:
            search = Search(leg.ground, leg.question, self.opened, self.deadline)
            search.disagree("a leg of a relayed flow is decided differently", probe)
        return case

    def _case(self, leg: Sent, probe: Probe) -> Counterexample | None:
        """The probe as a leg, if it is one that is delivered."""
        if not admits(leg.ground.network, leg.ground.space, leg.question, probe):
            return None
        result = replay(leg.ground, leg.question, probe, self.opened)
        return Counterexample(probe, result) if meets(leg.question, result) else None

    def _shown(self, legs: tuple[Sent, ...], cases: list[Counterexample]) -> list[Counterexample]:
        """The same flow by a more readable first packet, if it comes as far."""
        first = presentable(legs[0].ground, legs[0].question, cases[0], self.opened)
        told = self._mended(legs, [first, *cases[1:]])
        return told if _coherent(told) else cases

    def _mended(self, legs: tuple[Sent, ...], cases: list[Counterexample]) -> list[Counterexample]:
        """Each leg from the address that the one before arrived with, where that is delivered."""
        told = [cases[0]]
        for leg, case in zip(legs[1:], cases[1:], strict=True):
            seen = told[-1].exchange.forward.packet
            packet = case.probe.packet
            shown = seen if seen.family == packet.family else packet
            packet = replace(packet, source=shown.source, source_port=shown.source_port)
            told.append(self._case(leg, replace(case.probe, packet=packet)) or case)
        return told

    def _translated(self, legs: tuple[Sent, ...]) -> AddressSet:
        """What gateways may write as the source of an interface's packet (LB-15)."""
        network: Network = legs[0].ground.network
        if not any(leg.question.sources.interfaces for leg in legs[:-1]):
            return AddressSet()
        return rewritten(network)


def _leg(case: Counterexample, branch: Branch | None) -> Leg:
    if branch is None:
        return Leg(case.probe, case.exchange)
    balancer = branch.balancer
    return Leg(case.probe, case.exchange, balancer.id, branch.listener.id, branch.group.id)


def _coherent(cases: Sequence[Counterexample]) -> bool:
    """True iff each leg goes on with the source that the one before arrived with (LB-9)."""
    return all(
        (before.exchange.forward.packet.source, before.exchange.forward.packet.source_port)
        == (after.probe.packet.source, after.probe.packet.source_port)
        for before, after in pairwise(cases)
    )


def _unreturned(legs: Sequence[Sent]) -> bool:
    """True iff the reply to one of the legs is not followed (LB-15)."""
    return any(leg.branch is not None and leg.question.mode is Mode.PACKET for leg in legs)


def _name(legs: Sequence[Sent]) -> str:
    return next((leg.branch.balancer.id for leg in legs if leg.branch is not None), "")

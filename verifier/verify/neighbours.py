"""Enumerating every violating pair of classes without asking the solver for each.

Where one pair of classes violates, its neighbours with the same packet often do. Law: a neighbour
counts only if the question admits its probe and the evaluator replays it, exactly as for a probe
of the solver; what is missed here the solver finds, so that the list is complete when the solver
says that nothing is left. Only pairs of interfaces (or of one with the same outside host) are
tried, and a row is left when too many in it miss.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from verifier.encode import Obligation
from verifier.invariants.question import Question
from verifier.model import Gap, NetworkInterface
from verifier.packet import Address
from verifier.trace import Choices, Host, InterfaceHost, OutsideHost, Probe
from verifier.verdict import Counterexample
from verifier.verify.admits import admits
from verifier.verify.search import Found, Ground, meets, replay

PATIENCE: Final = 48
"""How many misses a row may have, and as many again for each four hits."""

Pair = tuple[int, int]


class Neighbours:
    """Knows which pairs are found, and finds more around one of them."""

    def __init__(
        self, ground: Ground, question: Question, obligation: Obligation, opened: frozenset[Gap]
    ) -> None:
        """Nothing is found yet."""
        self.ground, self.question, self.opened = ground, question, opened
        self.obligation = obligation
        self.known: set[Pair] = set()

    def around(self, found: Found) -> Iterator[Found]:
        """Violating pairs that share a class with this one and are not known yet."""
        self.known.add((found.source_class, found.destination_class))
        if isinstance(found.case.probe.destination, InterfaceHost):
            numbers = range(len(self.obligation.destinations.classes))
            yield from self._row([(found.source_class, number) for number in numbers], found)
        if isinstance(found.case.probe.source, InterfaceHost):
            numbers = range(len(self.obligation.sources.classes))
            yield from self._row([(number, found.destination_class) for number in numbers], found)

    def _row(self, pairs: list[Pair], found: Found) -> Iterator[Found]:
        patience = PATIENCE
        for pair in pairs:
            if pair in self.known:
                continue
            case = self._case(pair, found)
            if case is None:
                patience -= 1
                if patience < 0:
                    return
            else:
                patience += PATIENCE // 4
                self.known.add(pair)
                yield Found(case, *pair)

    def _case(self, pair: Pair, found: Found) -> Counterexample | None:
        probe = self._probe(pair, found)
        if probe is None:
            return None
        if not admits(self.ground.network, self.ground.space, self.question, probe):
            return None
        result = replay(self.ground, self.question, probe, self.opened)
        return Counterexample(probe, result) if meets(self.question, result) else None

    def _probe(self, pair: Pair, found: Found) -> Probe | None:
        """The packet of the pair that is found, between the first members of these classes."""
        like, family = found.case.probe, found.case.probe.packet.family
        source, sender = like.source, like.packet.source
        if pair[0] != found.source_class:
            first = self._first(self.obligation.sources.members(pair[0]))
            source, sender = InterfaceHost(first.id), _private(first, family, sender)
        destination: Host | None = like.destination
        receiver = like.packet.destination
        if pair[1] != found.destination_class:
            last = self._first(self.obligation.destinations.members(pair[1]))
            destination = InterfaceHost(last.id)
            receiver = _name(last, family, receiver, outside=isinstance(source, OutsideHost))
        if sender == receiver:
            return None
        return replace(
            like,
            source=source,
            destination=destination,
            packet=replace(like.packet, source=sender, destination=receiver),
            choices=replace(like.choices, nat_address=Choices().nat_address),
        )

    def _first(self, members: tuple[str, ...]) -> NetworkInterface:
        return self.ground.network.interfaces[members[0]]


def _private(interface: NetworkInterface, family: int, otherwise: Address) -> Address:
    """The primary address of the family; `otherwise`, which nobody else owns, if there is none."""
    own = [each.address for each in interface.ipv4 if each.primary]
    return next((each for each in (*own, *interface.ipv6) if each.family == family), otherwise)


def _name(
    interface: NetworkInterface, family: int, otherwise: Address, *, outside: bool
) -> Address:
    if not outside or family == 6:
        return _private(interface, family, otherwise)
    public = [each.public for each in interface.ipv4 if each.primary and each.public]
    return next(iter(public), otherwise)

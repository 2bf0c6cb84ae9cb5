"""Complete enumeration: a question decided by walking one packet of each box, without a solver.

Owns the second opinion on `unsat`. A verdict is reached through `verifier.evaluate` alone, and
shares no semantics with the encoder: what it shares is the model, the question and the packet.

Why one probe per box suffices. The evaluator only ever compares *one* field of a packet at a time
with a *constant* of the network: an address with a block, an owner's address or a set; a port with
a range; a protocol, a type or a code with a number. It never compares two fields of a packet with
each other, and every step copies fields (a reply swaps them, a translation puts a constant or a
choice in the place of one). So its answer is a Boolean function of those comparisons, and two
probes between the same hosts that agree in all of them have the same answer. The cells of a field
are the classes of values that agree in every comparison (`cells`); a box is a product of cells,
one for each field of the packet and each choice of the network. `constants` says which comparisons
there are, `headers` and `pairs` restrict the boxes to the question, which adds its own
comparisons, so that it holds of all of a box or of none. Taking one probe of each box is complete.

Cost is cells to the power of the fields that count, so it is for small questions: `budget` is a
number of boxes, and what exceeds it is said to be `OverBudget`, never half done.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

from verifier.certify.constants import Constants, Relevant
from verifier.certify.headers import Header, headers, nat_ports, protocols
from verifier.certify.pairs import End, addresses, ends, excluded, gap_sources, targets
from verifier.evaluate import delivers, prepare
from verifier.invariants.question import Goal, Mode, Question
from verifier.model import Gap, Network
from verifier.packet import FAMILIES, ICMP, ICMPV6, PORT_PROTOCOLS, Address, Family, Packet
from verifier.trace import Choices, Probe

__all__ = ["Constants", "OverBudget", "choices", "decide", "enumerate_probes"]


@dataclass(frozen=True, slots=True)
class OverBudget:
    """The question has more boxes than the budget allows; `boxes` is a lower bound."""

    boxes: int


@dataclass(frozen=True, slots=True)
class _Block:
    """Boxes of one pair of hosts, one family and one protocol."""

    source: End
    destination: End
    addresses: tuple[tuple[Address, Address], ...]
    headers: tuple[Header, ...]
    choices: tuple[Choices, ...]

    def __len__(self) -> int:
        return len(self.addresses) * len(self.headers) * len(self.choices)


def decide(
    network: Network, question: Question, opened: frozenset[Gap], budget: int
) -> Probe | OverBudget | None:
    """The first probe that meets the question's goal; None iff there is none.

    ASK-6 (a pair of hosts that wants an address) has no probe and is not looked for.
    """
    probes = enumerate_probes(network, question, budget, opened)
    if isinstance(probes, OverBudget):
        return probes
    index = prepare(network)
    wanted = question.goal is Goal.DELIVERED
    for probe in probes:
        if delivers(index, probe, question.mode, opened) is wanted:
            return probe
    return None


def enumerate_probes(
    network: Network, question: Question, budget: int, opened: frozenset[Gap] = frozenset()
) -> Iterator[Probe] | OverBudget:
    """One probe of every box of the question, or `OverBudget` if there are more than `budget`."""
    sources = ends(network, question.sources, question)
    destinations = targets(network, question.destinations)
    if len(sources) * len(destinations) > budget:
        return OverBudget(len(sources) * len(destinations))
    constants = Constants(network)
    blocks, boxes = [], 0
    for block in _blocks(constants, question, opened, sources, destinations):
        blocks.append(block)
        boxes += len(block)
        if boxes > budget:
            return OverBudget(boxes)
    return _probes(constants, question, blocks)


def _blocks(
    constants: Constants,
    question: Question,
    opened: frozenset[Gap],
    sources: tuple[End, ...],
    destinations: tuple[End, ...],
) -> Iterator[_Block]:
    for source in sources:
        for destination in destinations:
            if source.interface is destination.interface:
                continue  # one host, or both outside (ASK-1)
            relevant = constants.relevant(source.interface, destination.interface, source.door)
            for family in FAMILIES:
                if not source.addresses.spans(family) or not destination.addresses.spans(family):
                    continue
                for protocol in protocols(question, relevant, family):
                    yield _Block(
                        source,
                        destination,
                        tuple(addresses(constants, question, relevant, source, destination,
                                        family, protocol)),
                        headers(question, relevant, family, protocol),
                        tuple(choices(constants, question, relevant, opened, source, destination,
                                       family, protocol)),
                    )  # fmt: skip


def choices(
    constants: Constants,
    question: Question,
    relevant: Relevant,
    opened: frozenset[Gap],
    source: End,
    destination: End,
    family: Family,
    protocol: int,
) -> Iterator[Choices]:
    """The choices that the network has, one of each cell."""
    gap: tuple[Address | None, ...] = (None,)
    if destination.interface is not None:
        within = constants.gap_sources(relevant, opened)
        gap += gap_sources(constants, relevant, within, family, protocol)
    ports: tuple[int | None, ...] = (None,)
    private: tuple[Address | None, ...] = (None,)
    if relevant.nat_gateways and protocol in {ICMPV6 if family == 6 else ICMP, *PORT_PROTOCOLS}:
        ports = nat_ports(question, relevant, protocol)
        private = tuple(
            own.private for gateway in relevant.nat_gateways for own in gateway.addresses
        ) or (None,)
    reply = relevant.reply_turns if question.mode is Mode.CONNECTION else ()
    for forth, back in product(_turns(relevant.turns), _turns(reply)):
        for gap_source, nat_address, nat_port in product(gap, private, ports):
            yield Choices(nat_port, nat_address, gap_source, forth, back)


def _turns(counts: tuple[tuple[str, int], ...]) -> Iterator[tuple[tuple[str, int], ...]]:
    """Every way to take one number of each; 0 is what counts where nothing is said."""
    for numbers in product(*(range(count) for _, count in counts)):
        named = zip((name for name, _ in counts), numbers, strict=True)
        yield tuple((name, number) for name, number in named if number)


def _probes(constants: Constants, question: Question, blocks: list[_Block]) -> Iterator[Probe]:
    for block in blocks:
        for writer, name in block.addresses:
            source, destination = block.source.host(writer), block.destination.host(name)
            for header in block.headers:
                packet = Packet(
                    writer, name, header.protocol, header.source_port, header.destination_port,
                    header.icmp_type, header.icmp_code,
                )  # fmt: skip
                if excluded(constants, question, block.source, block.destination, packet):
                    continue
                for choice in block.choices:
                    yield Probe(
                        source, destination, packet, choice, question.states, question.avoiding
                    )

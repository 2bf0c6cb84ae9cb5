"""Walks: a packet goes from place to place until it ends; a connection is a walk forth and back.

Owns the loop and the choice among several open ways. Law (GAP-1): of all ways that the clauses
leave open, the walk shows one that reaches what the probe asks for if there is any, among those
one that relies on the fewest gaps, and among those the first; it is the same for the same input.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import assert_never

from verifier.evaluate import (
    appliance,
    connection,
    egress_only_internet_gateway,
    gap,
    interface,
    internet_gateway,
    nat_gateway,
    origin,
    peering,
    subnet,
    transit_gateway,
    vpc_endpoint,
    vpn_gateway,
)
from verifier.evaluate.forks import Forks
from verifier.evaluate.index import Index, prepare
from verifier.evaluate.journey import (
    AtAppliance,
    AtEgressOnly,
    AtEndpoint,
    AtExit,
    AtInterface,
    AtNatAddress,
    AtNatGateway,
    AtPeering,
    AtRouter,
    AtTransitGateway,
    AtTransitTable,
    AtVpnGateway,
    Delivered,
    Dropped,
    End,
    InThrough,
    Journey,
    Leaving,
    OutThrough,
    Place,
    Served,
)
from verifier.invariants.question import Mode
from verifier.model import Gap, Network
from verifier.trace import Exchange, Probe, Trace

Way = tuple[Journey, End]


def walk(network: Network | Index, probe: Probe, opened: frozenset[Gap] = frozenset()) -> Trace:
    """Where the packet goes, hop by hop; forward only."""
    index = _index(network)
    ways = list(_forward_ways(index, probe, opened, recording=True))
    return _trace(*max(ways, key=lambda way: _forward_rank(probe, way)))


def exchange(
    network: Network | Index, probe: Probe, opened: frozenset[Gap] = frozenset()
) -> Exchange:
    """The packet and its reply; `works` iff the connection does (CONN-1)."""
    index = _index(network)
    ways = list(_exchanges(index, probe, opened, recording=True))
    forward, reply, works = max(ways, key=lambda way: _exchange_rank(probe, way))
    back = None if reply is None else _trace(*reply)
    return Exchange(forward=_trace(*forward), reply=back, works=works)


def delivers(
    network: Network | Index, probe: Probe, mode: Mode, opened: frozenset[Gap] = frozenset()
) -> bool:
    """True iff `walk` delivers to the probe's destination (mode packet), or `exchange` works.

    With no destination given: iff the packet is delivered to any host (and its reply returns).
    """
    index = _index(network)
    if mode is Mode.PACKET:
        ways = _forward_ways(index, probe, opened, recording=False)
        return any(_reaches(probe, end) for _, end in ways)
    return any(works for _, _, works in _exchanges(index, probe, opened, recording=False))


def _index(network: Network | Index) -> Index:
    return network if isinstance(network, Index) else prepare(network)


def _reaches(probe: Probe, end: End) -> bool:
    """True iff the packet is where the probe means it to be; anywhere, if it does not say."""
    if isinstance(end, Delivered):
        return probe.destination is None or end.host == probe.destination
    return isinstance(end, Served) and probe.destination is None


def _forward_ways(
    index: Index, probe: Probe, opened: frozenset[Gap], *, recording: bool
) -> Iterator[Way]:
    """Every way that the packet may take, forward."""
    forks = Forks()
    yield _go_forward(index, probe, opened, forks, recording)
    while forks.advance():
        yield _go_forward(index, probe, opened, forks, recording)


def _exchanges(
    index: Index, probe: Probe, opened: frozenset[Gap], *, recording: bool
) -> Iterator[tuple[Way, Way | None, bool]]:
    """Every way that the packet and then its reply may take, and whether the connection works."""
    forks = Forks()
    more = True
    while more:
        forward = _go_forward(index, probe, opened, forks, recording)
        yield _with_reply(probe, forward)
        more = forks.advance()


def _with_reply(probe: Probe, forward: Way) -> tuple[Way, Way | None, bool]:
    journey, end = forward
    if not _reaches(probe, end):
        return forward, None, False
    answer = journey.packet.reply()
    if answer is None or not isinstance(end, Delivered):
        return forward, None, True  # CONN-4: none is due; SVC-1: never filtered
    back, place = connection.answer(journey, end.host, answer)
    arrived = _travel(back, place)
    return forward, (back, arrived), isinstance(arrived, Delivered)


def _go_forward(
    index: Index, probe: Probe, opened: frozenset[Gap], forks: Forks, recording: bool
) -> Way:
    journey = Journey(
        index=index,
        probe=probe,
        opened=opened,
        forks=forks,
        packet=probe.packet,
        hops=[] if recording else None,
    )
    return journey, _travel(journey, origin.start(journey))


def _travel(journey: Journey, place: Place) -> End:
    """Take one step after the other until the packet ends.

    It does: a packet passes one NAT gateway at most (NAT-5, and its reply once), one door to the
    outside and one back in (IGW-4), and between them no appliance, endpoint or transit table
    twice (MBX-7).
    """
    while True:
        match place:
            case Delivered() | Served() | Dropped():
                return place
            case Leaving():
                place = subnet.leave(journey, place)
            case AtRouter():
                place = subnet.arrive(journey, place)
            case AtInterface():
                place = interface.take(journey, place.interface)
            case OutThrough():
                place = internet_gateway.go_out(journey, place)
            case InThrough():
                place = internet_gateway.come_in(journey, place)
            case AtNatGateway():
                place = nat_gateway.translate(journey, place)
            case AtNatAddress():
                place = nat_gateway.take(journey, place)
            case AtPeering():
                place = peering.cross(journey, place)
            case AtTransitGateway():
                place = transit_gateway.enter(journey, place)
            case AtTransitTable():
                place = transit_gateway.decide(journey, place)
            case AtVpnGateway():
                place = vpn_gateway.go_out(journey, place)
            case AtEgressOnly():
                place = egress_only_internet_gateway.go_out(journey, place)
            case AtEndpoint():
                place = vpc_endpoint.take(journey, place)
            case AtAppliance():
                place = appliance.take(journey, place)
            case AtExit():
                place = gap.go_beyond(journey, place)
            case _ as never:
                assert_never(never)


def _forward_rank(probe: Probe, way: Way) -> tuple[bool, bool, int]:
    journey, end = way
    return _reaches(probe, end), not isinstance(end, Dropped), -len(journey.gaps)


def _exchange_rank(probe: Probe, way: tuple[Way, Way | None, bool]) -> tuple[bool, bool, bool, int]:
    forward, reply, works = way
    back = 0 if reply is None else len(reply[0].gaps)
    reached, delivered, gaps = _forward_rank(probe, forward)
    return works, reached, delivered, gaps - back


def _trace(journey: Journey, end: End) -> Trace:
    return Trace(
        hops=tuple(journey.hops or ()),
        packet=journey.packet,
        delivered_to=end.host if isinstance(end, Delivered) else None,
        code=end.code.value if isinstance(end, Dropped) else None,
        gaps=frozenset(journey.gaps),
    )

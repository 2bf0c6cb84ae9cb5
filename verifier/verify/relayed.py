"""What relays mean for a `never` (LB-13): the flows that break it, or what is not known of them.

Owns how legs are put together into one counterexample, whose way tells every leg and, between two
of them, the balancer. Law: what is `broken` holds with all gaps closed; where it is empty and
something is found, the answer depends on `gaps`, or on what is not followed at `doubtful`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from time import monotonic
from typing import Final

from verifier.invariants.question import EndpointSet, Question
from verifier.model import Gap, Network
from verifier.topology import Role, role
from verifier.trace import Decision, Exchange, Hop, Host, InterfaceHost, Probe, Trace
from verifier.verdict import Counterexample, Leg
from verifier.verify.branches import Branches
from verifier.verify.legs import Dump, Flow, Legs
from verifier.verify.relays import Relays
from verifier.verify.search import Ground, StoppedError

Numbers = frozenset[int]

LOOKED_AT: Final = 3
"""Flows of which the gaps are named, where none is certain."""


@dataclass(frozen=True, slots=True)
class Relayed:
    """Relayed flows. `broken` are certain; `truncated` iff there may be more of them."""

    broken: tuple[Counterexample, ...] = ()
    truncated: bool = False
    gaps: tuple[Gap, ...] = ()
    doubtful: tuple[str, ...] = ()


def relayed(
    ground: Ground, question: Question, deadline: float, dump: Dump, wanted: int | None
) -> Relayed | None:
    """What relays carry from a source to a destination; None iff nothing, whatever gaps hide.

    At most `wanted` counterexamples, one for each listener and target group; if that is None, one
    for each pair of endpoint classes between which there is a flow, whatever carries it.
    """
    network = ground.network
    if not network.relays and not network.load_balancers:
        return None
    branches = Branches(network, question.avoiding)
    everything = frozenset(network.gaps)
    looked = Relays(
        ground, question, Legs(everything, deadline, dump, False, question.mode), branches
    )
    found = list(islice(looked.flows(), LOOKED_AT))
    if not found:
        return None
    closed = Legs(frozenset(), deadline, dump, True, question.mode)
    if wanted is None:
        cases, truncated = _every_pair(ground, question, closed, branches)
    else:
        sure = Relays(ground, question, closed, branches)
        broken = list(islice(sure.flows(), wanted + 1))
        cases = [_case(network, flow) for flow in broken[:wanted]]
        truncated = len(broken) > len(cases)
    return Relayed(
        tuple(cases),
        truncated,
        tuple(sorted({gap for flow in found for gap in flow.gaps})),
        tuple(sorted({flow.doubtful for flow in found if flow.doubtful})),
    )


def _every_pair(
    ground: Ground, question: Question, legs: Legs, branches: Branches
) -> tuple[list[Counterexample], bool]:
    """A flow for each pair of classes that has one, and whether time was short of looking at all.

    Each that is found leaves what is asked next: its source with the other destinations, and the
    other sources with all of them.
    """
    sources = role(ground.topology, question.sources, apart=question.spoofed)
    destinations = role(ground.topology, question.destinations, apart=question.spoofed)
    found: list[Counterexample] = []
    open_: list[tuple[Numbers, Numbers]] = [
        (frozenset(range(sources.size)), frozenset(range(destinations.size)))
    ]
    while open_:
        left, right = open_.pop()
        asked = replace(
            question,
            sources=_part(question.sources, sources, left),
            destinations=_part(question.destinations, destinations, right),
        )
        try:
            flow = next(Relays(ground, asked, legs, branches).flows(), None)
        except StoppedError:
            if not found:
                raise
            return found, True
        if flow is None:
            continue
        case = _case(ground.network, flow)
        assert case.probe.destination is not None
        here = _number(sources, case.probe.source)
        there = _number(destinations, case.probe.destination)
        members = sources.members(here), destinations.members(there)
        found.append(replace(case, source_members=members[0], destination_members=members[1]))
        rest = (left - {here}, right), (frozenset((here,)), right - {there})
        open_ += [one for one in rest if all(one)]
        if open_ and monotonic() > legs.deadline:
            return found, True
    return found, False


def _part(hosts: EndpointSet, classes: Role, numbers: Numbers) -> EndpointSet:
    """The hosts of these classes alone."""
    return replace(
        hosts,
        interfaces={
            name: names
            for name, names in hosts.interfaces.items()
            if classes.number[name] in numbers
        },
        outside={
            door: held
            for door, held in hosts.outside.items()
            if len(classes.classes) + classes.doors.index(door) in numbers
        },
    )


def _number(classes: Role, host: Host) -> int:
    """The class of a host."""
    if isinstance(host, InterfaceHost):
        return classes.number[host.interface_id]
    return len(classes.classes) + classes.doors.index(host.door)


def _case(network: Network, flow: Flow) -> Counterexample:
    first, last = flow.legs[0], flow.legs[-1]
    replies = [leg.exchange.reply for leg in flow.legs]
    forward = _joined(
        list(_forward_hops(network, flow.legs)), [leg.exchange.forward for leg in flow.legs]
    )
    back = [reply for reply in reversed(replies) if reply is not None]
    reply = None
    if len(back) == len(flow.legs):
        reply = _joined([hop for trace in back for hop in trace.hops], back)
    probe = first.probe
    return Counterexample(
        probe=Probe(
            source=probe.source,
            destination=last.probe.destination,
            packet=probe.packet,
            choices=probe.choices,
            states=probe.states,
            avoiding=probe.avoiding,
        ),
        exchange=Exchange(forward=forward, reply=reply, works=last.exchange.works),
        legs=flow.legs,
    )


def _joined(hops: list[Hop], traces: Sequence[Trace]) -> Trace:
    return Trace(
        hops=tuple(hops),
        packet=traces[-1].packet,
        delivered_to=traces[-1].delivered_to,
        gaps=frozenset(gap for trace in traces for gap in trace.gaps),
    )


def _forward_hops(network: Network, legs: Sequence[Leg]) -> Iterator[Hop]:
    for leg in legs:
        if leg.balancer is not None:
            yield _balancer_hop(network, leg)
        yield from leg.exchange.forward.hops


def _balancer_hop(network: Network, leg: Leg) -> Hop:
    """The balancer between two legs, with the packet as it leaves."""
    assert leg.balancer is not None
    assert leg.target_group is not None
    balancer = network.load_balancers[leg.balancer]
    listener = next(one for one in balancer.listeners if one.id == leg.listener)
    group = network.target_groups[leg.target_group]
    return Hop(
        component=balancer.id,
        kind="load-balancer",
        decision=Decision.FORWARD,
        packet=leg.probe.packet,
        rule=f"{listener.protocol}:{listener.port} to {group.name or group.id}",
    )

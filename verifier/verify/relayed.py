"""What relays mean for a `never` (LB-13): the flows that break it, or what is not known of them.

Owns how legs are put together into one counterexample, whose way tells every leg and, between two
of them, the balancer. Law: what is `broken` holds with all gaps closed; where it is empty and
something is found, the answer depends on `gaps`, or on what is not followed at `doubtful`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

from verifier.invariants.question import Question
from verifier.model import Gap, Network
from verifier.trace import Decision, Exchange, Hop, Probe, Trace
from verifier.verdict import Counterexample, Leg
from verifier.verify.branches import Branches
from verifier.verify.legs import Dump, Flow, Legs
from verifier.verify.relays import Relays
from verifier.verify.search import Ground

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

    One counterexample for each listener and target group, at most `wanted` (None: all). They may
    have more pairs of a source and a destination, so that all of them are no whole list then.
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
    sure = Relays(ground, question, closed, branches)
    broken = list(islice(sure.flows(), None if wanted is None else wanted + 1))
    cases = [_case(network, flow) for flow in broken[:wanted]]
    partly = bool(cases) and wanted is None and not _is_one_pair(question)
    return Relayed(
        tuple(cases),
        len(broken) > len(cases) or partly,
        tuple(sorted({gap for flow in found for gap in flow.gaps})),
        tuple(sorted({flow.doubtful for flow in found if flow.doubtful})),
    )


def _is_one_pair(question: Question) -> bool:
    """True iff there is no more than one source and one destination."""
    return all(
        len(hosts.interfaces) + sum(held.count() for held in hosts.outside.values()) <= 1
        for hosts in (question.sources, question.destinations)
    )


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

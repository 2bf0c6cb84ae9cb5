"""The spine: everything that one packet, and mostly its reply, need to travel end to end.

Owns the choice of a kind of way. For each kind, a function of `tests.strategies.spines` picks hosts
and a packet, puts the routes in place, and opens the groups and lists on the way in one of the many
forms that match. A stage that is not in the way of a kind is left to noise.
"""

from __future__ import annotations

from tests.strategies.plan import Plan
from tests.strategies.spines import (
    appliances,
    egress_only,
    elsewhere,
    endpoints,
    gaps,
    hubs,
    inside,
    instance_connect,
    internet,
    nat,
    nat64,
    sites,
    transit,
)
from tests.strategies.spines.thread import Kind, Thread, Ways
from verifier.packet import Family
from verifier.trace import InstanceStates, Probe

__all__ = ["KINDS", "Kind", "thread"]

_WAYS: Ways = {
    **inside.WAYS,
    **internet.WAYS,
    **nat.WAYS,
    **nat64.WAYS,
    **gaps.WAYS,
    **transit.WAYS,
    **sites.WAYS,
    **endpoints.WAYS,
    **appliances.WAYS,
    **hubs.WAYS,
    **egress_only.WAYS,
    **elsewhere.WAYS,
    **instance_connect.WAYS,
}

KINDS: dict[Kind, int] = {kind: weight for kind, (weight, _) in _WAYS.items()}


def thread(plan: Plan, kind: Kind, family: Family) -> Probe:
    """Thread a spine of this kind; the probe that it lets through if nothing else interferes."""
    _, threaded = _WAYS[kind]
    source, destination, packet, choices = threaded(Thread(plan, family))
    states = plan.pick((InstanceStates.RECORDED, InstanceStates.ASSUMED_RUNNING))
    return Probe(source, destination, packet, choices, states)

"""Ends outside the snapshot: hosts behind a door, and replies that return unseen.

Owns how a packet is handed to an outside host, new or as a reply (ASK-5, CONN-5), and what a reply
is worth that did not come the way of its packet (GAP-13, MBX-4, MBX-5, VPCE-7).
"""

from __future__ import annotations

from verifier.evaluate.codes import Code
from verifier.evaluate.journey import Delivered, Door, DoorKind, Journey, Place
from verifier.model import Gap
from verifier.trace import INTERNET, Decision, InterfaceHost, OutsideHost

_INTERNET = frozenset({DoorKind.INTERNET, DoorKind.EGRESS_ONLY})


def reach(journey: Journey, door: Door) -> Place:
    """The outside host behind the door has the packet: ASK-5; for a reply, CONN-5."""
    if journey.forward is not None:
        return _answer(journey, journey.forward, door)
    destination = journey.packet.destination
    journey.left_by = door
    host, asked = OutsideHost(destination, door.id), journey.probe.destination
    if isinstance(asked, OutsideHost) and journey.is_for(asked.address):
        led = asked.door in (None, door.id) or (asked.door == INTERNET and door.kind in _INTERNET)
        host = asked if led else host
    journey.note("outside", str(destination), Decision.DELIVER)
    return Delivered(host)


def _answer(journey: Journey, forward: Journey, door: Door) -> Place:
    name = str(journey.packet.destination)
    if journey.packet != journey.answers() or forward.came_by is None:
        return journey.drop("outside", name, Code.NO_CONNECTION)
    if forward.came_by.id != door.id:
        return journey.drop("outside", name, Code.IGW_RETURN_THROUGH_OTHER_GATEWAY)
    stopped = arrived(journey, forward)
    if stopped is not None:
        return stopped
    journey.note("outside", name, Decision.DELIVER)
    return Delivered(journey.probe.source)


def unknown_reply(journey: Journey, kind: str, component: str, gap: Gap | None) -> Place:
    """MBX-4, VPCE-7: the reply of a connection that is not known there."""
    if gap is None or not journey.rely(gap):
        detail = None if gap is None else gap.detail
        return journey.drop(kind, component, Code.ASYMMETRIC_RETURN, detail=detail)
    return returned(journey, component, gap.detail)


def returned(journey: Journey, component: str, detail: str) -> Place:
    """GAP-13: the reply comes back by ways that are not modelled."""
    source, answer = journey.probe.source, journey.answers()
    journey.packet = answer or journey.packet
    journey.note("gap", component, Decision.FORWARD, detail=detail)
    if isinstance(source, InterfaceHost):
        journey.note("interface", source.interface_id, Decision.DELIVER)
    else:
        journey.note("outside", str(source.address), Decision.DELIVER)
    return Delivered(source)


def arrived(journey: Journey, forward: Journey) -> Place | None:
    """MBX-5, VPCE-7: a drop iff the reply has missed what its packet passed."""
    missed = journey.missed(forward)
    if missed is None:
        return None
    component_id, gap = missed
    kind = "appliance" if component_id in journey.index.network.interfaces else "vpc-endpoint"
    detail = None if gap is None else gap.detail
    return journey.drop(kind, component_id, Code.ASYMMETRIC_RETURN, detail=detail)

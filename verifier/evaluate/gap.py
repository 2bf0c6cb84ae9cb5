"""Gaps: what a packet does where the network is not modelled (GAP-6, GAP-7, GAP-13).

Law (GAP-1): a closed gap drops, an open one lets every way pass that could be there; a gap at an
entry, a rule, an interface, a passage or a route is told where that is judged.
"""

from __future__ import annotations

from verifier.evaluate import internet_gateway
from verifier.evaluate.codes import Code
from verifier.evaluate.journey import AtExit, AtRouter, Delivered, InThrough, Journey, Place
from verifier.evaluate.security_group import References
from verifier.model import Entrance
from verifier.trace import Decision, InterfaceHost, OutsideHost


def go_beyond(journey: Journey, place: AtExit) -> Place:
    """GAP-6: to whoever has the destination; a reply returns (GAP-13)."""
    if not journey.rely(place.gap):
        return journey.closed("gap", place.component, place.gap)
    if journey.forward is not None:
        if journey.forward.entered and not place.internet:
            return journey.drop("gap", place.component, Code.NO_CONNECTION)
        return returned(journey, place.component, place.gap.detail)
    ways = _ways(journey, place)
    if not ways:
        return journey.drop("gap", place.component, Code.NO_POSSIBLE_DESTINATION)
    journey.returns = True
    journey.references = References.EVERY
    journey.take_gap_source()
    journey.note("gap", place.component, Decision.FORWARD, detail=place.gap.detail)
    taken = journey.forks.choose(ways)
    if isinstance(taken, Delivered):
        journey.note("outside", str(journey.packet.destination), Decision.DELIVER)
    return taken


def _ways(journey: Journey, place: AtExit) -> list[Delivered | AtRouter | InThrough]:
    """GAP-6 (a), (b) and (c), whichever there are."""
    book, destination = journey.index.book, journey.packet.destination
    ways: list[Delivered | AtRouter | InThrough] = []
    if destination not in book.every_block and destination not in book.public:
        ways.append(Delivered(_outside(journey, place)))
    if place.internet:
        near = {place.vpc_id, *journey.index.joined}
        owners = (owner for owner in book.owners(destination) if owner.vpc_id in near)
        ways.extend(AtRouter(owner.vpc_id) for owner in owners)
        ways.extend(internet_gateway.named(journey, destination))
    return ways


def _outside(journey: Journey, place: AtExit) -> OutsideHost:
    """ASK-5: the host that the probe means, if this exit leads to its door."""
    asked, destination = journey.probe.destination, journey.packet.destination
    if not isinstance(asked, OutsideHost) or asked.address != destination:
        return OutsideHost(destination, place.component)
    led = place.internet or asked.door in (None, place.component)
    return asked if led else OutsideHost(destination, place.component)


def enter(journey: Journey, host: OutsideHost) -> Place:
    """GAP-7: in by an entrance, into the VPC of the interface that owns the destination (ASK-4)."""
    book, destination = journey.index.book, journey.packet.destination
    doors = [
        entrance
        for entrance in journey.index.network.entrances
        if host.door in (None, entrance.id) and book.owner(entrance.vpc_id, destination) is not None
    ]
    if not doors:
        return journey.drop("outside", str(host.address), Code.NO_POSSIBLE_DESTINATION)
    entrance = journey.forks.choose(doors)
    if _foreign(journey, entrance, host):
        code = Code.GATEWAY_REJECTS_SPOOFED_TRAFFIC
        return journey.drop("gap", entrance.id, code)
    if not journey.rely(entrance.gap):
        return journey.closed("gap", entrance.id, entrance.gap)
    journey.entered = True
    journey.references = References.EVERY
    journey.note("gap", entrance.id, Decision.FORWARD, detail=entrance.gap.detail)
    return AtRouter(entrance.vpc_id)


def _foreign(journey: Journey, entrance: Entrance, host: OutsideHost) -> bool:
    """GAP-7: the address cannot come by this entrance."""
    sources = entrance.sources
    unlisted = sources is not None and host.address not in sources
    return unlisted or journey.index.book.in_vpc(entrance.vpc_id, host.address)


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

"""Gaps: what a packet does where the network is not modelled (GAP-6, GAP-7, GAP-13).

Law (GAP-1): a closed gap drops, an open one lets every way pass that could be there; a gap at an
entry, a rule, an interface, a passage or a route is told where that is judged.
"""

from __future__ import annotations

from verifier.evaluate import internet_gateway, outside
from verifier.evaluate.codes import Code
from verifier.evaluate.journey import AtExit, AtRouter, Delivered, InThrough, Journey, Place
from verifier.evaluate.security_group import References
from verifier.model import Entrance, NetworkInterface
from verifier.trace import Decision, OutsideHost


def go_beyond(journey: Journey, place: AtExit) -> Place:
    """GAP-6: to whoever has the destination; a reply returns (GAP-13)."""
    if journey.avoids(place.component):
        return journey.drop("gap", place.component, Code.COMPONENT_FILTER_RESTRICTION)
    if not journey.rely(place.gap):
        return journey.closed("gap", place.component, place.gap)
    if journey.forward is not None:
        if journey.forward.entered and not place.internet:
            return journey.drop("gap", place.component, Code.NO_CONNECTION)
        return outside.returned(journey, place.component, place.gap.detail)
    ways = _ways(journey, place)
    if not ways:
        return journey.drop("gap", place.component, Code.NO_POSSIBLE_DESTINATION)
    journey.returns = journey.beyond = True
    if place.appliance is None:
        journey.references = References.EVERY
        journey.take_gap_source()
    else:
        _leave_appliance(journey, place.appliance)
    journey.note("gap", place.component, Decision.FORWARD, detail=place.gap.detail)
    taken = journey.forks.choose(ways)
    if isinstance(taken, Delivered):
        journey.note("outside", str(journey.packet.destination), Decision.DELIVER)
    return taken


def _leave_appliance(journey: Journey, appliance: NetworkInterface) -> None:
    """MBX-6: under an address, and with the groups, of the interfaces of its instance."""
    interfaces = [appliance]
    if appliance.instance_id is not None:
        interfaces += (
            other
            for other in journey.index.by_instance[appliance.instance_id]
            if other is not appliance
        )
    journey.references = References.CARRIED
    journey.carried = frozenset(group for found in interfaces for group in found.groups)
    wished, book = journey.probe.choices.gap_source, journey.index.book
    if wished is not None and any(book.goes_by(found, wished) for found in interfaces):
        journey.take_gap_source()


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
    """ASK-5, ASK-8: the host that the probe means, if this exit leads to its door."""
    asked, destination = journey.probe.destination, journey.packet.destination
    if not isinstance(asked, OutsideHost) or not journey.is_for(asked.address):
        return OutsideHost(destination, place.component)
    led = place.internet or asked.door in (None, place.component)
    return asked if led else OutsideHost(destination, place.component)


def enter(journey: Journey, entrance: Entrance, host: OutsideHost) -> Place:
    """GAP-7: in by an entrance, into the VPC of the interface that owns the destination."""
    if _foreign(journey, entrance, host):
        code = Code.GATEWAY_REJECTS_SPOOFED_TRAFFIC
        return journey.drop("gap", entrance.id, code)
    if journey.avoids(entrance.id):
        return journey.drop("gap", entrance.id, Code.COMPONENT_FILTER_RESTRICTION)
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

"""Appliances: interfaces that forward packets for others (MBX-1 to MBX-7)."""

from __future__ import annotations

from verifier.evaluate import interface, outside
from verifier.evaluate.boundary import passes_acl
from verifier.evaluate.codes import Code
from verifier.evaluate.journey import AtAppliance, AtExit, Dropped, Journey, Leaving, Place
from verifier.evaluate.security_group import References
from verifier.evaluate.subnet import turn
from verifier.trace import Decision


def take(journey: Journey, place: AtAppliance) -> Place:
    """MBX-1, MBX-2, MBX-4: into the appliance."""
    owner = place.interface
    code = interface.unfit(journey, owner, barred=False)
    if code is None and owner.source_destination_check:
        code = Code.ENI_SOURCE_DEST_CHECK_RESTRICTION
    if code is None and journey.avoids(owner.id):
        code = Code.COMPONENT_FILTER_RESTRICTION
    if code is None and journey.loops(owner.id):
        code = Code.FORWARDING_LOOP
    if code is not None:
        return interface.refuse(journey, "appliance", owner, code)
    inside = place.subnet_id == owner.subnet_id
    if not inside and not passes_acl(journey, owner.subnet_id, egress=False):
        return Dropped(Code.SUBNET_ACL_RESTRICTION)
    if journey.forward is not None:
        if not journey.knows(owner.id):
            return outside.unknown_reply(journey, "appliance", owner.id, place.gap)
        journey.passed.append((owner.id, place.gap))
        interface.remembered(journey, owner, "ingress")
        journey.note("appliance", owner.id, Decision.FORWARD)
        return Leaving(owner.subnet_id)
    if journey.references is References.UNDOCUMENTED:  # MBX-2: not for who forwards
        journey.references = References.LOST
    stopped = interface.ask_groups(journey, owner, egress=False, references=journey.references)
    return stopped or _send_on(journey, place)


def _send_on(journey: Journey, place: AtAppliance) -> Place:
    """MBX-3; MBX-6 if the gap of the route is open."""
    owner = place.interface
    if place.gap in journey.opened and journey.forks.choose((False, True)):
        return AtExit(owner.id, place.gap, owner.vpc_id, appliance=owner)
    journey.passed.append((owner.id, place.gap))
    journey.lose_references()
    journey.note("appliance", owner.id, Decision.FORWARD)
    taken = turn(journey, owner.subnet_id)
    way = interface.way(journey, taken)
    stopped = interface.ask_groups(journey, owner, egress=True, references=way)
    return stopped or Leaving(owner.subnet_id, taken)

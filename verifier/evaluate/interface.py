"""Network interfaces: how a host puts a packet on the wire and takes one (ENI-1 to ENI-7).

Owns the checks at the two ends of a way, and when groups are asked there: for new packets always,
for replies never (CONN-2).
"""

from __future__ import annotations

from dataclasses import replace

from verifier.evaluate import instance_connect_endpoint, outside, peering
from verifier.evaluate.codes import Code
from verifier.evaluate.journey import (
    AtAppliance,
    AtEgressOnly,
    AtEndpoint,
    AtExit,
    AtNatGateway,
    AtPeering,
    AtTransitGateway,
    AtVpnGateway,
    Delivered,
    Dropped,
    Journey,
    Leaving,
    OutThrough,
    Place,
    Served,
    Turn,
)
from verifier.evaluate.security_group import Case, References
from verifier.evaluate.subnet import is_service, turn
from verifier.model import InterfaceKind, NetworkInterface
from verifier.trace import Decision, InstanceStates, InterfaceHost

_NEITHER = frozenset(
    {
        InterfaceKind.NAT_GATEWAY,
        InterfaceKind.TRANSIT_GATEWAY,
        InterfaceKind.GATEWAY_LOAD_BALANCER,
        InterfaceKind.GATEWAY_LOAD_BALANCER_ENDPOINT,
    }
)
_LOSING = (AtNatGateway, AtAppliance, AtEndpoint, AtTransitGateway, AtVpnGateway)
_CANNOT_SEND = _NEITHER | {InterfaceKind.VPC_ENDPOINT}
_CANNOT_TAKE = _NEITHER | {InterfaceKind.LAMBDA, InterfaceKind.INSTANCE_CONNECT_ENDPOINT}


def send(journey: Journey, interface: NetworkInterface) -> Place:
    """Put a new packet on the wire: ENI-2 to ENI-7, EICE-2, then the groups (SG-1, SG-12)."""
    packet = journey.packet
    code = unfit(journey, interface, barred=interface.kind in _CANNOT_SEND)
    owner = journey.index.book.owner(interface.vpc_id, packet.source)
    connects = interface.kind is InterfaceKind.INSTANCE_CONNECT_ENDPOINT  # EICE-3, EICE-4
    checked = interface.source_destination_check and not connects
    if code is None and checked and owner is not interface:
        code = Code.ENI_SOURCE_DEST_CHECK_RESTRICTION
    if code is None and journey.index.book.owner(interface.vpc_id, packet.destination) is interface:
        code = Code.ENI_LOOPBACK
    if code is not None:
        return refuse(journey, "interface", interface, code)
    stopped = instance_connect_endpoint.stopped(journey, interface) if connects else None
    if stopped is not None:
        return stopped
    unlike = "under a user's address" if connects else "source/destination check is off"
    detail = None if owner is interface else unlike
    journey.note("interface", interface.id, Decision.FORWARD, detail=detail)
    if is_service(journey, interface.vpc_id, packet.destination):
        journey.note("service", str(packet.destination), Decision.DELIVER)
        return Served()
    journey.sender = interface
    taken = turn(journey, interface.subnet_id)
    stopped = ask_groups(journey, interface, egress=True, references=way(journey, taken))
    return stopped or Leaving(interface.subnet_id, taken)


def take(journey: Journey, interface: NetworkInterface) -> Place:
    """Take a packet: a new one through the groups, a reply by what is remembered (CONN-2)."""
    forward = journey.forward
    if forward is not None:
        return _take_reply(journey, forward, interface)
    code = unfit(journey, interface, barred=interface.kind in _CANNOT_TAKE)
    if code is not None:
        return refuse(journey, "interface", interface, code)
    stopped = ask_groups(journey, interface, egress=False, references=journey.references)
    if stopped is not None:
        return stopped
    journey.note("interface", interface.id, Decision.DELIVER)
    return Delivered(InterfaceHost(interface.id))


def _take_reply(journey: Journey, forward: Journey, interface: NetworkInterface) -> Place:
    host = InterfaceHost(interface.id)
    if host != journey.probe.source or journey.packet != journey.answers():
        return journey.drop("interface", interface.id, Code.NO_CONNECTION)
    stopped = outside.arrived(journey, forward)
    if stopped is not None:
        return stopped
    remembered(journey, interface, "ingress")
    journey.note("interface", interface.id, Decision.DELIVER)
    return Delivered(host)


def remembered(journey: Journey, interface: NetworkInterface, direction: str) -> None:
    """Tell that the interface knows the connection, so that no group is asked (CONN-2)."""
    journey.note(
        "security-group",
        interface.id,
        Decision.ALLOW,
        direction=direction,
        rule="connection remembered",
    )


def unfit(journey: Journey, interface: NetworkInterface, *, barred: bool) -> Code | None:
    """Why the interface plays no part: detached, its kind, a gap (GAP-5), or not running."""
    if not interface.attached:
        return Code.BAD_STATE_ATTACHMENT
    if barred:
        return Code.ENI_ROLE_RESTRICTION
    if journey.probe.states is InstanceStates.RECORDED and interface.instance_id is not None:
        instance = journey.index.network.instances.get(interface.instance_id)
        if instance is not None and instance.state not in (None, "running"):
            return Code.BAD_STATE
    if interface.gap is not None and not journey.rely(interface.gap):
        return Code.UNKNOWN_RESOURCE
    return None


def refuse(journey: Journey, kind: str, interface: NetworkInterface, code: Code) -> Dropped:
    """Drop at an interface that plays no part, by its gap if that is why (GAP-5)."""
    if code is Code.UNKNOWN_RESOURCE and interface.gap is not None:
        return journey.closed(kind, interface.id, interface.gap)
    return journey.drop(kind, interface.id, code)


def way(journey: Journey, taken: Turn) -> References:
    """SG-12: what the next hop means for the references in egress rules."""
    place = taken.place
    if isinstance(place, _LOSING):
        return References.LOST
    if isinstance(place, OutThrough | AtEgressOnly):
        return References.UNDOCUMENTED if journey.packet.family == 6 else References.LOST
    if isinstance(place, AtPeering):
        return peering.references(journey, place.peering_id)
    if isinstance(place, AtExit) and place.gap in journey.opened:
        return References.EVERY
    return References.KEPT


def ask_groups(
    journey: Journey, interface: NetworkInterface, *, egress: bool, references: References
) -> Dropped | None:
    """None iff the packet passes the interface's groups (SG-1) or none filter there (ENI-3)."""
    direction = "egress" if egress else "ingress"
    unlisted = interface.kind is InterfaceKind.NETWORK_LOAD_BALANCER and not interface.groups
    if unlisted or interface.kind in _NEITHER or interface.gap is not None:
        detail = "no group filters here" if interface.gap is None else interface.gap.detail
        journey.note(
            "security-group", interface.id, Decision.ALLOW, direction=direction, detail=detail
        )
        return None
    index = journey.index
    asked = index.pool(interface.groups, egress, journey.packet.protocol)
    sender = journey.sender
    case = Case(interface, egress, journey.packet, sender, references, journey.carried)
    said = index.groups.judge(asked, case, journey.opened)
    if said.allowed:
        journey.gaps.update(said.gaps)
        if journey.hops is not None:
            journey.note(
                "security-group",
                said.group_id or interface.id,
                Decision.ALLOW,
                direction=direction,
                rule=said.rule,
                detail=said.gaps[0].detail if said.gaps else None,
            )
        return None
    code = Code.ENI_SG_RULES_MISMATCH
    detail = f"no {direction} rule of {', '.join(interface.groups) or 'any group'} matches"
    if asked.unknown:
        code, detail = Code.UNKNOWN_RESOURCE, f"{detail}, {asked.unknown[0][1].detail}"
    elif asked.empty:
        code = Code.SG_HAS_NO_RULES
    elif journey.hops is not None and references is References.LOST:
        kept = replace(case, references=References.KEPT)
        if index.groups.judge(asked, kept, journey.opened).allowed:
            code = Code.SG_REFERENCES_NOT_PRESERVED
    return journey.drop(
        "security-group",
        interface.id,
        code,
        direction=direction,
        detail=detail,
        decision=Decision.DENY,
    )

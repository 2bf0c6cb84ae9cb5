"""Connections: how the receiver's answer starts its way back (CONN-1 to CONN-6).

Owns where a reply starts and with which header; how it travels is told by the same steps as for
any packet, which never ask a group about it (CONN-2).
"""

from __future__ import annotations

from typing import assert_never

from verifier.evaluate import (
    instance_connect_endpoint,
    outside,
    transit_gateway,
    vpn_gateway,
)
from verifier.evaluate.boundary import passes_acl
from verifier.evaluate.codes import Code
from verifier.evaluate.interface import remembered
from verifier.evaluate.journey import (
    AtNatAddress,
    AtRouter,
    Door,
    DoorKind,
    Dropped,
    InThrough,
    Journey,
    Leaving,
    Place,
    Served,
)
from verifier.evaluate.subnet import is_service
from verifier.packet import Packet
from verifier.trace import Decision, Host, InterfaceHost


def answer(forward: Journey, host: Host, packet: Packet) -> tuple[Journey, Place]:
    """The reply of the host that the packet reached, at its first place.

    `packet` is the swapped header of the packet as the host received it (CONN-3).
    """
    journey = Journey(
        index=forward.index,
        probe=forward.probe,
        opened=forward.opened,
        forks=forward.forks,
        packet=packet,
        hops=None if forward.hops is None else [],
        forward=forward,
    )
    if isinstance(host, InterfaceHost):
        return journey, _from_interface(journey, forward, host)
    journey.note("outside", str(host.address), Decision.FORWARD)
    if forward.client_of is not None:
        return journey, instance_connect_endpoint.answer(journey, *forward.client_of)
    if forward.returns or forward.left_by is None:
        return journey, _by_unknown_ways(journey)
    return journey, _back_by(journey, forward.left_by)


def _back_by(journey: Journey, door: Door) -> Place:
    """CONN-5: in by the door that the packet left by."""
    match door.kind:
        case DoorKind.INTERNET:
            private = journey.packet.destination
            if journey.packet.family == 4:
                _, private = journey.index.book.public[private]
            return InThrough(door.owner_id, private, door.id)
        case DoorKind.VPN:  # VGW-4
            gateway = journey.index.network.vpn_gateways[door.id]
            return vpn_gateway.come_in(journey, gateway, door.owner_id)
        case DoorKind.ATTACHMENT:  # TGW-10
            return transit_gateway.come_in(journey, door.owner_id, door.id)
        case DoorKind.EGRESS_ONLY | DoorKind.ENDPOINT:  # EIGW-4, VPCE-2
            journey.note(door.kind.value, door.id, Decision.FORWARD)
            return AtRouter(door.owner_id)
        case _ as never:
            assert_never(never)


def _by_unknown_ways(journey: Journey) -> Place:
    return outside.returned(
        journey, "unmodelled", "the packet passed an open gap, its reply returns"
    )


def _from_interface(journey: Journey, forward: Journey, host: InterfaceHost) -> Place:
    interface = journey.index.network.interfaces[host.interface_id]
    journey.note("interface", interface.id, Decision.FORWARD)
    remembered(journey, interface, "egress")
    if forward.client_of is not None:
        return instance_connect_endpoint.answer(journey, *forward.client_of)
    if forward.returns:  # GAP-13
        return _by_unknown_ways(journey)
    if forward.session is None or forward.crossed is None:
        if is_service(journey, interface.vpc_id, journey.packet.destination):  # SUB-1
            journey.note("service", str(journey.packet.destination), Decision.DELIVER)
            return Served()
        return Leaving(interface.subnet_id)
    if not passes_acl(journey, interface.subnet_id, egress=True):  # NAT-7, return to sender
        return Dropped(Code.SUBNET_ACL_RESTRICTION)
    journey.note("peering-connection", forward.crossed, Decision.FORWARD)
    return AtNatAddress(forward.session.gateway_id, within=False)

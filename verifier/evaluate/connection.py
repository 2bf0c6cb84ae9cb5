"""Connections: how the receiver's answer starts its way back (CONN-1 to CONN-6).

Owns where a reply starts and with which header; how it travels is told by the same steps as for
any packet, which never ask a group about it (CONN-2).
"""

from __future__ import annotations

from verifier.evaluate import gap
from verifier.evaluate.boundary import passes_acl
from verifier.evaluate.codes import Code
from verifier.evaluate.interface import remembered
from verifier.evaluate.journey import (
    AtNatAddress,
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
    if forward.returns or forward.gateway is None:
        return journey, _by_unknown_ways(journey)
    private = packet.destination
    if packet.family == 4:
        _, private = forward.index.book.public[private]
    return journey, InThrough(forward.gateway[1], private)  # CONN-5


def _by_unknown_ways(journey: Journey) -> Place:
    return gap.returned(journey, "unmodelled", "the packet passed an open gap, its reply returns")


def _from_interface(journey: Journey, forward: Journey, host: InterfaceHost) -> Place:
    interface = journey.index.network.interfaces[host.interface_id]
    journey.note("interface", interface.id, Decision.FORWARD)
    remembered(journey, interface, "egress")
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

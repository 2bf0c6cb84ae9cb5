"""To services behind gateway endpoints, directly and through a NAT gateway."""

from __future__ import annotations

from dataclasses import replace

from tests.strategies.plan import OUTSIDE
from tests.strategies.route_table import add_exact_route, add_route
from tests.strategies.spines.nat import by_nat
from tests.strategies.spines.thread import Kind, Thread, Threaded, Ways
from tests.strategies.vpc_endpoint import add_gateway_endpoint
from verifier.model import EndpointTarget
from verifier.packet import Packet
from verifier.trace import INTERNET, Choices, InterfaceHost, OutsideHost

GATEWAY_ENDPOINT = Kind("gateway-endpoint")
GATEWAY_ENDPOINT_NAT = Kind("gateway-endpoint-nat", ipv6=False)


def _carried(t: Thread, packet: Packet) -> Packet:
    """The packet, mostly of a protocol that the endpoint carries (VPCE-1)."""
    if t.plan.chance(0.3):
        return packet
    return Packet(packet.source, packet.destination, 6, t.plan.ports[1], t.plan.ports[0])


def _gateway_endpoint(t: Thread) -> Threaded:
    a, b = t.host(t.vpcs[0]), t.outside(OUTSIDE)
    packet = _carried(t, t.packet(t.writes(a, own=0.75), b))
    endpoint = add_gateway_endpoint(t.plan, t.vpcs[0], plain=True)
    t.sends(a, packet)
    t.leaves(t.subnet_of(a), packet)
    add_route(t.plan, t.subnet_of(a), b, EndpointTarget(endpoint))
    t.returns(packet, (t.subnet_of(a), False))
    door = t.plan.pick((None, endpoint, endpoint, INTERNET))
    return InterfaceHost(a), OutsideHost(b, door), packet, Choices()


def _gateway_endpoint_nat(t: Thread) -> Threaded:
    b = t.outside(OUTSIDE)
    a, place, packet, inner, choices = by_nat(t, b, public=t.plan.chance(0.5))
    endpoint = add_gateway_endpoint(t.plan, t.vpcs[0], plain=True)
    add_exact_route(t.plan, place, b, EndpointTarget(endpoint))
    t.returns(replace(inner, destination=b), (place, False))
    door = t.plan.pick((None, endpoint))
    return InterfaceHost(a), OutsideHost(b, door), packet, choices


WAYS: Ways = {
    GATEWAY_ENDPOINT: (3, _gateway_endpoint),
    GATEWAY_ENDPOINT_NAT: (2, _gateway_endpoint_nat),
}

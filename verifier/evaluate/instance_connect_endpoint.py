"""EC2 Instance Connect Endpoints: what they send, and what answers it (EICE-1 to EICE-6).

Owns the checks that stand in for ENI-2 where such an endpoint sends, and the replies to its users'
addresses; that it takes no packet is its interface's affair (ENI-7), and that references match
its users' addresses the groups' (SG-10). Law: an endpoint opens TCP connections to ports 22 and
3389 of private addresses, whatever else is open, and under an address that clauses do not speak of
only with its gap open.
"""

from __future__ import annotations

from verifier.evaluate import outside
from verifier.evaluate.codes import Code
from verifier.evaluate.journey import Dropped, Journey, Place
from verifier.model import Gap, InstanceConnectEndpoint, NetworkInterface
from verifier.packet import TCP

_PORTS = frozenset({22, 3389})
Reason = tuple[Code, str]


def stopped(journey: Journey, interface: NetworkInterface) -> Dropped | None:
    """None iff the endpoint with this interface puts the packet on the wire (EICE-2 to EICE-6)."""
    endpoint = journey.index.network.instance_connect_endpoints[interface.id]
    own = journey.index.book.owner(interface.vpc_id, journey.packet.source) is interface
    reason = _unfit(journey) or _unfit_for(journey, interface, endpoint, own=own)
    if reason is not None:
        code, words = reason
        return journey.drop("interface", interface.id, code, detail=words)
    gap = endpoint.gap
    if gap is None:  # EICE-3
        return None
    certain = endpoint.keeps_clients is not None and _is_users(journey)  # EICE-4, EICE-6
    if not certain and not journey.rely(gap):
        return journey.closed("interface", interface.id, gap)
    if not own:
        journey.client_of = (interface.id, gap)
    return None


def _is_users(journey: Journey) -> bool:
    """EICE-4: the source is an (IPv4) address by which users surely come."""
    source, book = journey.packet.source, journey.index.book
    return source.family == 4 and (book.is_internet(source) or source in book.public)


def _unfit(journey: Journey) -> Reason | None:
    """EICE-2: what no endpoint sends, whoever it sends for."""
    packet, book = journey.packet, journey.index.book
    if packet.protocol != TCP or packet.destination_port not in _PORTS:
        return Code.EICE_PORT_RESTRICTION, "only TCP to ports 22 and 3389"
    if book.is_internet(packet.destination) or packet.destination in book.public:
        return Code.EICE_DESTINATION_RESTRICTION, "only to private addresses"
    return None


def _unfit_for(
    journey: Journey, interface: NetworkInterface, endpoint: InstanceConnectEndpoint, *, own: bool
) -> Reason | None:
    """EICE-3 from an address of its own; EICE-4 from any other one."""
    if own:
        if endpoint.keeps_clients:
            return Code.EICE_SOURCE_RESTRICTION, "only from its users' addresses, never its own"
        return None
    if endpoint.keeps_clients is False:
        return Code.EICE_SOURCE_RESTRICTION, "only from its own addresses"
    if not journey.index.book.in_vpc(interface.vpc_id, journey.packet.destination):
        words = "from its users' addresses only within its own VPC"
        return Code.EICE_DESTINATION_RESTRICTION, words
    return None


def answer(journey: Journey, name: str, gap: Gap) -> Place:
    """EICE-5: the reply to a user's address returns iff the endpoint's gap is open."""
    if not journey.rely(gap):
        return journey.closed("interface", name, gap)
    return outside.returned(journey, name, gap.detail)

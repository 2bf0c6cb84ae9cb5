"""Appliances (MBX-1 to MBX-6): interfaces that forward for others.

That a packet passed one is remembered for its reply: an appliance lets the replies pass of what
it let pass, and what else it may do is the gap of the route that leads to it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from verifier.encode import network_acl, security_group
from verifier.encode.packet import References, Scope
from verifier.encode.stage import AtAppliance, Edge, Out, Segment, Sender
from verifier.encode.terms import FALSE
from verifier.model import Network, NetworkInterface
from verifier.topology import Appliance, Exit, Spans, numbers, union
from verifier.topology import owned as owned_by
from verifier.trace import InstanceStates


def works(scope: Scope, interface: NetworkInterface) -> bool:
    """MBX-1, GAP-5; detached and checked ones have left the table's partition already."""
    shape = scope.index.shape(interface.id)
    running = shape.running or scope.question.states is InstanceStates.ASSUMED_RUNNING
    return running and (shape.gap is None or scope.open(shape.gap))


def public(network: Network, interface_id: str) -> bool:
    """True iff a public IPv4 address is mapped to the interface (IGW-10)."""
    return any(own.public is not None for own in network.interfaces[interface_id].ipv4)


def sends(
    scope: Scope, segment: Segment, interface: NetworkInterface, references: References
) -> int:
    """True iff the appliance's groups let it send the packet on (MBX-3)."""
    return security_group.lets(scope, interface, True, segment.destination, references)


def edges(
    scope: Scope,
    segment: Segment,
    sender: Sender,
    hop: Appliance,
    spans: Spans,
    known: Mapping[str, int],
) -> Iterator[Edge]:
    """MBX-2, and what may happen besides: MBX-4, MBX-6."""
    interface = scope.index.network.interfaces[hop.id]
    if not works(scope, interface):
        return
    terms = scope.terms
    taken = _in(scope, segment, sender, interface)
    is_open = scope.open(hop.gap)
    if segment.forth:
        yield Edge(AtAppliance(hop.id), spans, taken, (hop.id, hop.gap))
        if is_open:
            yield Edge(Out(Exit(hop.gap), interface.vpc_id, hop.id), spans, taken)
        return
    seen = known.get(hop.id, FALSE)
    yield Edge(AtAppliance(hop.id), spans, lambda: terms.all_of((seen, taken())), (hop.id, hop.gap))
    if is_open:
        unseen = terms.negate(seen)
        yield Edge(
            Out(Exit(hop.gap), interface.vpc_id), spans, lambda: terms.all_of((unseen, taken()))
        )


def _in(
    scope: Scope, segment: Segment, sender: Sender, interface: NetworkInterface
) -> Callable[[], int]:
    """MBX-2: the lists between the subnets, then the groups of the appliance."""

    def build() -> int:
        parts = [sender.gate(References.LOST)]
        source = scope.seen(segment.source)
        if sender.subnet != interface.subnet_id:
            there = interface.subnet_id
            parts.append(sender.out())
            parts.append(network_acl.subnet_passes(scope, there, False, source, segment.port))
        if segment.forth:
            kept = References.KEPT if sender.kept else References.LOST
            parts.append(security_group.lets(scope, interface, False, source, kept))
        return scope.terms.all_of(parts)

    return build


def fellows(scope: Scope, interface_id: str) -> tuple[NetworkInterface, ...]:
    """The appliance and the other interfaces of its instance (MBX-6)."""
    interfaces = scope.index.network.interfaces
    own = interfaces[interface_id]
    if own.instance_id is None:
        return (own,)
    return tuple(each for each in interfaces.values() if each.instance_id == own.instance_id)


def addresses(scope: Scope, interface_id: str) -> Spans:
    """Under which addresses the appliance may send besides the packet's own (MBX-6)."""
    network = scope.index.network
    found = []
    for each in fellows(scope, interface_id):
        found.append(owned_by(network, each.id, scope.family))
        if scope.family == 4:
            found.append(numbers(a.public.value for a in each.ipv4 if a.public is not None))
    return union(*found)

"""Relays (clause GAP-11): could a load balancer carry a `never` across?

A load balancer takes a packet and sends another; which one is not modelled. Law: if no source
reaches a relay, or no relay reaches a destination, relays change nothing; otherwise the answer is
UNKNOWN and names them. Two more queries decide it, whatever the number of relays.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Final

from verifier.invariants.question import (
    EndpointSet,
    Mode,
    Names,
    Question,
    TrafficTerm,
)
from verifier.model import Gap, InterfaceKind, Network
from verifier.packet import FAMILIES, TCP, UDP
from verifier.verify.search import Found

BALANCED: Final = tuple(
    TrafficTerm(families=frozenset(FAMILIES), protocol=protocol) for protocol in (TCP, UDP)
)


def relay_gaps(
    network: Network,
    question: Question,
    first: Callable[[frozenset[Gap], Question | None], Found | None],
) -> tuple[Gap, ...]:
    """The gaps of the relays that may carry packets from a source to a destination."""
    if not network.relays:
        return ()
    everything = frozenset(network.gaps)
    relays = {relay.interface_id: relay for relay in network.relays}
    known = _interfaces(relays)
    entries = _interfaces([*relays, *_private_links(network)])
    plain = replace(question, mode=Mode.PACKET, traffic=BALANCED, excluded=None)
    fed = any(relay.from_outside for relay in network.relays) and question.sources.outside
    if not fed and first(everything, replace(plain, destinations=entries)) is None:
        return ()
    onward = replace(
        plain,
        sources=known,
        spoofed=any(relay.keeps_client_address for relay in network.relays),
    )
    if first(everything, onward) is None:
        return ()
    return tuple(sorted({relay.gap for relay in relays.values()}))


def _interfaces(names: Iterable[str]) -> EndpointSet:
    return EndpointSet(interfaces={name: Names(default=True) for name in sorted(names)})


def _private_links(network: Network) -> list[str]:
    """Interface endpoints: behind one may be the load balancer of a service in the snapshot."""
    return [
        interface.id
        for interface in network.interfaces.values()
        if interface.kind is InterfaceKind.VPC_ENDPOINT
    ]

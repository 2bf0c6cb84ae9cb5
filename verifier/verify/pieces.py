"""What a leg is asked: hosts, addresses, protocols and ports (clauses LB-4, LB-6, LB-13).

Owns the pieces of which the questions about single legs are made. Law: a question that is made of
them speaks of every packet by which the leg could be, and of no other.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from verifier.invariants.question import EndpointSet, Names, Question, Traffic, TrafficTerm
from verifier.model import NetworkInterface
from verifier.packet import ALL_PORTS, TCP, UDP, Address, AddressSet, Family, PortRange, Prefix
from verifier.trace import OutsideHost
from verifier.verify.branches import Branch
from verifier.verify.legs import Flow

OWN_PORTS: Final = PortRange(1024, 65535)
"""From which a balancer sends for others (LB-6)."""


def delegated(interface: NetworkInterface) -> list[Prefix]:
    """The IPv4 prefixes that are delegated to the interface."""
    return [prefix for prefix in interface.delegated if prefix.family == 4]


def returns(flow: Flow) -> bool:
    """True iff the flow ends where it starts, so that it speaks of one host alone."""
    source, destination = flow.legs[0].probe.source, flow.legs[-1].probe.destination
    return not isinstance(source, OutsideHost) and source == destination


def hosts(*names: str) -> EndpointSet:
    """These interfaces, by the addresses that the question gives them."""
    return EndpointSet(interfaces={name: Names(default=True) for name in sorted(set(names))})


def received(branch: Branch, *names: str) -> EndpointSet:
    """Those of the interfaces that the branch sends to, by the addresses that it uses (LB-4)."""
    return EndpointSet(
        interfaces={
            name: Names(default=False, named=AddressSet.of(*branch.receivers[name]))
            for name in sorted(set(names))
            if branch.receivers.get(name)
        }
    )


def asked_to(question: Question, names: dict[str, Names]) -> Question:
    """The same question about these destinations."""
    return replace(question, destinations=EndpointSet(interfaces=names))


def allowed(names: Names, addresses: frozenset[Address]) -> list[Address]:
    """Those of the addresses by which the host takes part."""
    return [one for one in addresses if names.default or one in names.named]


def ports_of(branch: Branch) -> PortRange:
    """The source ports with which the branch may send on."""
    return ALL_PORTS if branch.keeps else OWN_PORTS


def term_of(
    protocol: int, port: int, families: Sequence[Family], source_ports: PortRange
) -> TrafficTerm:
    """Packets of one protocol to one port."""
    return TrafficTerm(frozenset(families), protocol, PortRange(port, port), source_ports)


def common(one: PortRange, other: PortRange) -> PortRange | None:
    """The ports in both ranges; None if there is none."""
    first, last = max(one.first, other.first), min(one.last, other.last)
    return PortRange(first, last) if first <= last else None


def balanced(traffic: Traffic) -> Iterator[TrafficTerm]:
    """What of the traffic a relay can send."""
    for term in traffic:
        for protocol in (TCP, UDP):
            if term.protocol in (None, protocol):
                yield replace(term, protocol=protocol)

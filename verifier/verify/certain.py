"""Violations of `always` that no gap can hide: what fails however the gaps are.

What is not modelled may change a packet's source address (`gap_source`, GAP-6, GAP-9), and with all
gaps open the solver is free to choose one with which the packet fails. That says nothing: a gap may
as well choose one with which it works, or leave the packet as it is.

Likewise a packet from an address by which its source may not send at all (EICE-6).

Law: a probe leaves this module only if it fails with all gaps open, whatever source address they
choose; so a refuted `always` is refuted in every network that the snapshot may be part of.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final, assert_never

from verifier.invariants.question import EndpointSet, Goal, Names, Question, TrafficTerm
from verifier.model import Gap
from verifier.packet import ALL_PORTS, Address, AddressSet, PortRange
from verifier.solve import GaveUp
from verifier.trace import Host, InterfaceHost, OutsideHost, Probe
from verifier.verdict import Counterexample
from verifier.verify.search import Found, Ground, Search

ROUNDS: Final = 12
"""Pairs of classes that are looked at before the rest is taken to be in doubt."""


class Certain(Search):
    """Finds probes that fail with all gaps open, whatever source address they choose.

    None means that none was found, and `doubted` holds the gaps that might save the others.
    """

    def __init__(
        self, ground: Ground, question: Question, opened: frozenset[Gap], deadline: float
    ) -> None:
        super().__init__(ground, question, opened, deadline)
        self.doubted: frozenset[Gap] = frozenset()
        self.query.leave_sources_alone()

    def next(self) -> Found | GaveUp | None:
        """The next replayed probe that no choice of a gap saves."""
        for _ in range(ROUNDS):
            found = super().next()
            if not isinstance(found, Found):
                return found
            doubt = self._doubt(found.case)
            if isinstance(doubt, GaveUp):
                return doubt
            if not doubt:
                return found
            self.doubted |= doubt
            self.block([(found.source_class, found.destination_class)])
        return None

    def _doubt(self, case: Counterexample) -> frozenset[Gap] | GaveUp:
        """The gaps that may save the probe; none iff it fails whatever they choose."""
        sender = self._sender(case.probe.source)
        if sender or not case.exchange.gaps:
            return sender
        saved = self._saved(case.probe)
        if isinstance(saved, GaveUp):
            return saved
        return frozenset() if saved is None else case.exchange.gaps

    def _sender(self, source: Host) -> frozenset[Gap]:
        """The gap without which nobody knows by which address the source sends (EICE-6)."""
        known = self.ground.network.instance_connect_endpoints
        endpoint = known.get(source.interface_id) if isinstance(source, InterfaceHost) else None
        if endpoint is None or endpoint.gap is None or endpoint.keeps_clients is not None:
            return frozenset()
        return frozenset((endpoint.gap,)) & self.opened

    def _saved(self, probe: Probe) -> Found | GaveUp | None:
        """The same packet between the same hosts, where some choice lets it work."""
        assert probe.destination is not None, "what was found has a destination"
        packet = probe.packet
        term = TrafficTerm(
            families=frozenset({packet.family}),
            protocol=packet.protocol,
            destination_ports=_exactly(packet.destination_port),
            source_ports=_exactly(packet.source_port),
            icmp_type=packet.icmp_type,
            icmp_code=packet.icmp_code,
        )
        alone = replace(
            self.question,
            sources=_only(probe.source, packet.source),
            destinations=_only(probe.destination, packet.destination),
            traffic=(term,),
            goal=Goal.DELIVERED,
        )
        return Search(self.ground, alone, self.opened, self.deadline).next()


def _exactly(port: int | None) -> PortRange:
    return ALL_PORTS if port is None else PortRange(port, port)


def _only(host: Host, address: Address) -> EndpointSet:
    """The set of this host, by this address."""
    named = AddressSet.of(address)
    match host:
        case InterfaceHost(id_):
            return EndpointSet(interfaces={id_: Names(default=False, named=named)})
        case OutsideHost(_, door):
            return EndpointSet(outside={door: named})
        case _:
            assert_never(host)

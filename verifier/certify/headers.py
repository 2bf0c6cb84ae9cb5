"""Protocols, ports and ICMP fields: one header per cell, for the traffic of a question.

Law: every packet of the traffic agrees with one of these headers in every comparison that the
network (and the question's own exclusion) can make with its protocol, ports, type and code.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from verifier.certify.cells import Spans, cells, representatives
from verifier.certify.constants import Relevant, translated
from verifier.invariants.question import Mode, Question, Traffic
from verifier.model import NetworkAclEntry
from verifier.packet import (
    ECHO_REPLY,
    ECHO_REQUEST,
    ICMP,
    ICMP_PROTOCOLS,
    ICMPV6,
    PORT_PROTOCOLS,
    TCP,
    UDP,
    Family,
    PortRange,
)

_ALL_PORTS: Spans = ((0, 65535),)
_NAT_PORTS: Spans = ((1024, 65535),)
_CONNECTS = (22, 3389)
_BYTE: Spans = ((0, 255),)


@dataclass(frozen=True, slots=True)
class Header:
    """The fields besides the addresses; None where the protocol has no such field."""

    protocol: int
    source_port: int | None = None
    destination_port: int | None = None
    icmp_type: int | None = None
    icmp_code: int | None = None


def protocol_cells(question: Question, relevant: Relevant) -> tuple[Spans, ...]:
    """The cells into which the network and the question cut the protocols."""
    named: set[int | None] = {TCP, UDP, ICMP, ICMPV6}
    named.update(term.protocol for term in (*question.traffic, *_excluded(question)))
    named.update(entry.protocol for acl in relevant.acls for entry in acl.entries)
    named.update(rule.protocol for rule in relevant.rules)
    for match in relevant.firewalls:
        named.update(match.protocols or ())
    return cells(_BYTE, _singles(named))


def protocols(question: Question, relevant: Relevant, family: Family) -> tuple[int, ...]:
    """One protocol of each cell of the traffic."""
    terms = [term for term in question.traffic if family in term.families]
    return tuple(
        cell[0][0]
        for cell in protocol_cells(question, relevant)
        if any(term.protocol in (None, cell[0][0]) for term in terms)
    )


@dataclass(frozen=True, slots=True)
class Fields:
    """The cells of the two fields that a protocol has besides the addresses, if any.

    They are destination and source port, or ICMP type and code; both empty otherwise.
    """

    first: tuple[Spans, ...] = ()
    second: tuple[Spans, ...] = ()


def fields(question: Question, relevant: Relevant, family: Family, protocol: int) -> Fields:
    """The cells into which the network and the question cut the protocol's fields."""
    if protocol in PORT_PROTOCOLS:
        return _ports(question, relevant, family, protocol)
    if protocol in ICMP_PROTOCOLS:
        return _types_and_codes(question, relevant, family, protocol)
    return Fields()


def headers(
    question: Question, relevant: Relevant, family: Family, protocol: int
) -> tuple[Header, ...]:
    """One header of each cell of the traffic with this family and protocol."""
    terms = [
        term
        for term in question.traffic
        if family in term.families and term.protocol in (None, protocol)
    ]
    cut = fields(question, relevant, family, protocol)
    firsts, seconds = ([cell[0][0] for cell in axis] for axis in (cut.first, cut.second))
    if protocol in PORT_PROTOCOLS:
        return tuple(
            Header(protocol, source_port=source, destination_port=destination)
            for destination in firsts
            for source in seconds
            if any(source in ports for ports in question.client_ports)
            and any(
                destination in term.destination_ports and source in term.source_ports
                for term in terms
            )
        )
    if protocol in ICMP_PROTOCOLS:
        return tuple(
            Header(protocol, icmp_type=kind, icmp_code=code)
            for kind in firsts
            for code in seconds
            if any(
                term.icmp_type in (None, kind) and term.icmp_code in (None, code) for term in terms
            )
        )
    return (Header(protocol),)


def _ports(question: Question, relevant: Relevant, family: Family, protocol: int) -> Fields:
    asked = [*question.traffic, *_excluded(question)]
    listed = list(_port_ranges(_met(relevant, family, protocol)))
    destinations = [*listed, *(_span(term.destination_ports) for term in asked)]
    destinations += [
        ((rule.from_port, rule.to_port),)
        for rule in relevant.group_rules(protocol)
        if rule.from_port is not None
        and rule.to_port is not None
        and 0 <= rule.from_port <= rule.to_port
    ]
    # The source port is the destination port of the reply, which the lists judge (ACL-11) and
    # the groups do not (CONN-2).
    sources = [_span(ports) for ports in question.client_ports]
    sources += [_span(term.source_ports) for term in asked]
    if question.mode is Mode.CONNECTION:
        sources += listed
    if relevant.connects:
        destinations += _singles({*_CONNECTS})
    # Firewalls look at both ports, from either side.
    inspected = list(_inspected(relevant, protocol))
    destinations += inspected
    sources += inspected
    return Fields(cells(_ALL_PORTS, destinations), cells(_ALL_PORTS, sources))


def _types_and_codes(
    question: Question, relevant: Relevant, family: Family, protocol: int
) -> Fields:
    types: set[int | None] = {*ECHO_REQUEST.values(), *ECHO_REPLY.values()}
    codes: set[int | None] = {0}
    for term in (*question.traffic, *_excluded(question)):
        types.add(term.icmp_type)
        codes.add(term.icmp_code)
    for entry in _met(relevant, family, protocol):
        if entry.icmp is not None:
            types.add(entry.icmp[0])
            codes.add(entry.icmp[1])
    for named in dict.fromkeys((protocol, translated(protocol))):
        for rule in relevant.group_rules(named):
            types.add(rule.from_port)
            codes.add(rule.to_port)
    return Fields(cells(_BYTE, _singles(types)), cells(_BYTE, _singles(codes)))


def _met(relevant: Relevant, family: Family, protocol: int) -> Iterator[NetworkAclEntry]:
    """The entries that look at such packets, as IPv4 packets behind a NAT gateway (NAT-10)."""
    yield from relevant.entries(family, protocol)
    if family == 6 and relevant.nat_gateways:
        yield from relevant.entries(4, translated(protocol))


def nat_ports(question: Question, relevant: Relevant, protocol: int) -> tuple[int | None, ...]:
    """One port of each cell of those that a NAT gateway chooses from (NAT-4).

    The reply to the gateway has it as a destination port, which the lists on its way judge;
    firewalls look at it on the way forth, too.
    """
    inspected = list(_inspected(relevant, protocol))
    if protocol not in PORT_PROTOCOLS or (question.mode is Mode.PACKET and not inspected):
        return (None,)
    return representatives(_NAT_PORTS, [*_port_ranges(relevant.entries(4, protocol)), *inspected])


def _inspected(relevant: Relevant, protocol: int) -> Iterator[Spans]:
    """The ports that rules of network firewalls compare with (NFW-3)."""
    for match in relevant.five_tuples(protocol):
        for ports in (*match.source_ports, *match.destination_ports):
            yield _span(ports)


def _port_ranges(entries: Iterable[NetworkAclEntry]) -> Iterator[Spans]:
    return (
        _span(entry.ports)
        for entry in entries
        if entry.ports is not None and entry.ports.first <= entry.ports.last
    )


def _span(ports: PortRange) -> Spans:
    return ((ports.first, ports.last),)


def _singles(values: set[int | None]) -> Iterator[Spans]:
    known = (value for value in values if value is not None and value >= 0)
    return (((value, value),) for value in sorted(known))


def _excluded(question: Question) -> Traffic:
    return question.excluded[1] if question.excluded is not None else ()

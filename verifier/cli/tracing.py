"""`verify trace`: where does one packet go, hop by hop.

The walk is asked twice, with every gap closed and with every gap open; if the two end differently
the outcome is unknown, and the gaps that the packet passed are named.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from verifier.cli.hosts import SPOOFED, End, destination_end, source_end
from verifier.cli.output import put, put_lines, standard_input, waiting
from verifier.errors import UsageError
from verifier.evaluate import exchange, walk
from verifier.invariants.parse import parse_traffic
from verifier.invariants.place import COMMAND_LINE, Source
from verifier.invariants.question import Mode, TrafficTerm
from verifier.model import Gap, Network
from verifier.packet import (
    ECHO_REQUEST,
    ICMP_PROTOCOLS,
    PORT_PROTOCOLS,
    Address,
    Packet,
    PortRange,
)
from verifier.report.document import json_text
from verifier.report.story import outcome
from verifier.report.traced import Traced, traced_document, traced_lines
from verifier.snapshot import read_snapshot
from verifier.trace import Exchange, OutsideHost, Probe, Trace
from verifier.verdict import Counterexample

SOURCE_PORT: Final = 49152
EXIT_CODES: Final = {"delivered": 0, "dropped": 1, "unknown": 4}


@dataclass(frozen=True, slots=True, kw_only=True)
class TraceRequest:
    """The options of `verify trace`, as click has them."""

    snapshot: tuple[str, ...]
    strict: bool
    source: str
    destination: str
    traffic: str
    source_port: int | None
    mode: str
    form: str


def trace_packet(request: TraceRequest) -> int:
    """Trace one packet and tell its way; the exit code."""
    if not request.snapshot:
        raise UsageError("no snapshot is given: name one with `--snapshot`")
    term = _term(request.traffic)
    with waiting("reading", shown=True):
        read = read_snapshot(request.snapshot, strict=request.strict, stdin=standard_input())
    source = source_end(request.source, read.network)
    destination = destination_end(request.destination, source)
    if source.host == destination.host:
        raise UsageError("`--from` and `--to` are the same host, whose traffic never leaves it")
    if isinstance(source.host, OutsideHost) and isinstance(destination.host, OutsideHost):
        raise UsageError("`--from` and `--to` are both outside, the network sees no such packet")
    packet = _packet(term, source, destination, request.source_port)
    traced = traced_probe(source, destination, packet, Mode(request.mode))
    if request.form == "json":
        put(json_text(traced_document(traced)))
    else:
        put_lines(traced_lines(traced))
    return EXIT_CODES[traced.outcome]


def traced_probe(source: End, destination: End, packet: Packet, mode: Mode) -> Traced:
    """Walk the packet with every gap closed and with every gap open."""
    assert source.host is not None, "a source is always a host"
    network = source.network
    probe = Probe(source.host, destination.host, packet)
    closed = _found(network, probe, mode, frozenset())
    opened = _found(network, probe, mode, frozenset(network.gaps))
    gaps = network.incomplete
    found = closed
    if outcome(opened, mode) != outcome(closed, mode):
        found = opened
        gaps = tuple(sorted({*gaps, *opened.exchange.gaps}))
    return Traced(
        network=network,
        found=found,
        mode=mode,
        gaps=gaps,
        spoofed=source.spoofed,
        endpoint=source.endpoint,
    )


def _found(network: Network, probe: Probe, mode: Mode, opened: frozenset[Gap]) -> Counterexample:
    if mode is Mode.PACKET:
        forward = walk(network, probe, opened)
        told = Exchange(forward=_real(forward), reply=None, works=forward.code is None)
    else:
        told = exchange(network, probe, opened)
        reply = None if told.reply is None else _real(told.reply)
        told = replace(told, forward=_real(told.forward), reply=reply)
    return Counterexample(probe, told)


def _real(trace: Trace) -> Trace:
    """The trace without the group that makes a spoofing host unfiltered."""
    hops = tuple(
        hop for hop in trace.hops if (hop.component, hop.kind) != (SPOOFED, "security-group")
    )
    return replace(trace, hops=hops)


def _term(text: str) -> TrafficTerm:
    """The one kind of packet that the text means."""
    try:
        terms = parse_traffic(Source.command_line(text))
    except UsageError as error:
        raise UsageError(f"TRAFFIC{str(error).removeprefix(COMMAND_LINE)}") from None
    if len(terms) != 1:
        raise UsageError(f"TRAFFIC: `{text}` is several kinds of packets, name one of them")
    (term,) = terms
    if term.protocol is None:
        raise UsageError(f"TRAFFIC: `{text}` is every protocol, name one such as `tcp/443`")
    if term.protocol in PORT_PROTOCOLS and _width(term.destination_ports) != 1:
        ports = term.destination_ports
        raise UsageError(f"TRAFFIC: `{text}` is the ports {ports}, name one of them")
    return term


def _width(ports: PortRange) -> int:
    return ports.last - ports.first + 1


def _packet(term: TrafficTerm, source: End, destination: End, port: int | None) -> Packet:
    """The packet of this kind between the ends; IPv4 if both ends have it."""
    sender, receiver = _addresses(term, source, destination)
    protocol = term.protocol
    assert protocol is not None, "`_term` has seen to that"
    if protocol in PORT_PROTOCOLS:
        return Packet(
            sender, receiver, protocol, _source_port(term, port), term.destination_ports.first
        )
    if port is not None:
        raise UsageError("--source-port: only tcp and udp have ports")
    if protocol in ICMP_PROTOCOLS:
        kind = ECHO_REQUEST[protocol] if term.icmp_type is None else term.icmp_type
        return Packet(sender, receiver, protocol, icmp_type=kind, icmp_code=term.icmp_code or 0)
    return Packet(sender, receiver, protocol)


def _source_port(term: TrafficTerm, port: int | None) -> int:
    wanted = SOURCE_PORT if port is None else port
    if wanted in term.source_ports:
        return wanted
    if port is None and _width(term.source_ports) == 1:
        return term.source_ports.first
    raise UsageError(
        f"--source-port: {wanted} is not among the source ports {term.source_ports} of TRAFFIC"
    )


def _addresses(term: TrafficTerm, source: End, destination: End) -> tuple[Address, Address]:
    for family in sorted(term.families):
        senders = [own for own in source.addresses if own.family == family]
        receivers = [own for own in destination.addresses if own.family == family]
        if senders and receivers:
            return _one("--from", senders), _one("--to", receivers)
    raise UsageError(
        f"`--from` and `--to` have no addresses of one family for this packet:"
        f" {_told(source)}, {_told(destination)}"
    )


def _told(end: End) -> str:
    return " and ".join(map(str, end.addresses)) or "none"


def _one(option: str, addresses: list[Address]) -> Address:
    if len(addresses) > 1:
        told = ", ".join(map(str, addresses))
        raise UsageError(f"{option}: the host has several addresses, name one of them: {told}")
    return addresses[0]

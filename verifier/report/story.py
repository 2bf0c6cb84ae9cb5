"""A counterexample told in words: the packet, its way hop by hop, and how it ends.

Owns the wording that the text, JUnit, GitHub and pcapng reports share. A `Line` is a row of pieces,
each with the name of a style (empty: none), so that colour is a matter of printing alone. Law: a
line starts with a word of ours, never with foreign text (see `shown`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final, Literal

from verifier.invariants.question import Mode
from verifier.model import Network
from verifier.packet import ICMP_PROTOCOLS, Packet
from verifier.report.shown import flow_text, labelled, name_of, packet_text, shown
from verifier.trace import (
    INTERNET,
    Decision,
    Hop,
    Host,
    InterfaceHost,
    OutsideHost,
    Probe,
    Trace,
)
from verifier.verdict import Counterexample, Leg

Line = tuple[tuple[str, str], ...]
KINDS: Final = {
    "network-acl": "network ACL",
    "vpc": "VPC",
    "nat-gateway": "NAT gateway",
    "peering-connection": "peering connection",
    "egress-only-internet-gateway": "egress-only internet gateway",
    "vpn-gateway": "virtual private gateway",
    "vpc-endpoint": "VPC endpoint",
}
DOORS: Final = frozenset(
    {
        "internet-gateway",
        "egress-only-internet-gateway",
        "transit-gateway",
        "vpn-gateway",
        "vpc-endpoint",
    }
)
STYLES: Final = {Decision.DENY: "red", Decision.DROP: "red", Decision.DELIVER: "green"}
WIDEST: Final = 60


def plain(lines: Iterable[Line]) -> str:
    """The lines without styles, each ended by a newline."""
    return "".join("".join(text for text, _ in line).rstrip() + "\n" for line in lines)


def indented(lines: Iterable[Line], by: int) -> list[Line]:
    """The lines moved to the right; empty ones stay empty."""
    return [((" " * by, ""), *line) if line else line for line in lines]


def line(text: str, style: str = "") -> Line:
    """A line of one piece."""
    return ((text, style),)


def door_of(host: OutsideHost, trace: Trace, *, first: bool) -> str | None:
    """The gateway by which an outside host's packet came (`first`) or went, if it is known."""
    if host.door not in (None, INTERNET):
        return host.door
    hops = trace.hops if first else tuple(reversed(trace.hops))
    door = next((hop for hop in hops if hop.kind in DOORS or hop.kind == "gap"), None)
    return door.component if door is not None and door.kind in DOORS else None


def is_internet(host: OutsideHost, network: Network, door: str | None) -> bool:
    """True iff the outside host stands behind an internet gateway, egress-only or not."""
    known = (network.internet_gateways, network.egress_only_gateways)
    return host.door == INTERNET or any(door in gateways for gateways in known)


def from_text(network: Network, probe: Probe, trace: Trace) -> str:
    """`the internet by igw-1`, `eni-1 (web-1)`, `outside by vgw-1`: where the packet starts."""
    return _end_text(network, probe.source, trace, first=True)


def to_text(network: Network, probe: Probe, trace: Trace) -> str:
    """The same for where the packet is meant to go; the address where no host is named."""
    if probe.destination is None:
        return str(probe.packet.destination)
    return _end_text(network, probe.destination, trace, first=False)


def _end_text(network: Network, host: Host, trace: Trace, *, first: bool) -> str:
    if isinstance(host, InterfaceHost):
        return labelled(network, host.interface_id)
    door = door_of(host, trace, first=first)
    side = "the internet" if is_internet(host, network, door) else "outside"
    return f"{side} by {labelled(network, door)}" if door else side


def headline(network: Network, probe: Probe) -> str:
    """`tcp 198.51.100.7:49152 -> 203.0.113.10:5432 (db-1)`."""
    text = packet_text(probe.packet)
    if isinstance(probe.destination, InterfaceHost):
        name = name_of(network, probe.destination.interface_id)
        text += f" ({shown(name or probe.destination.interface_id)})"
    return text


def ending(network: Network, trace: Trace, meant: Host | None) -> str:
    """How a walk ends, in one clause: `delivered to eni-1 (db-1)`, `dropped at acl-1: CODE`."""
    if trace.delivered_to is not None:
        told = _end_text(network, trace.delivered_to, trace, first=False)
        wrong = meant is not None and trace.delivered_to != meant
        return f"delivered to {told}" + (", which is another host" if wrong else "")
    if not trace.hops:
        return f"dropped: {trace.code}"
    last = trace.hops[-1]
    where = labelled(network, last.component)
    return f"dropped at {where}: {trace.code}" if trace.code else f"delivered to {where}"


def hop_lines(network: Network, hops: Sequence[Hop], start: Packet) -> list[Line]:
    """One numbered line for each hop, in columns; a rewritten header is said."""
    rows: list[tuple[str, str, str, str]] = []
    before = start
    for hop in hops:
        why = "; ".join(_why(network, hop, before))
        rows.append((labelled(network, hop.component), kind_text(hop), hop.decision, why))
        before = hop.packet
    widths = [max((min(len(row[at]), WIDEST) for row in rows), default=0) for at in range(3)]
    lines: list[Line] = []
    for number, (hop, row) in enumerate(zip(hops, rows, strict=True), start=1):
        label, kind, decision = (row[at].ljust(widths[at]) for at in range(3))
        style = STYLES.get(hop.decision, "")
        lines.append(
            (
                (f"{number:>2}  ", "dim"),
                (label, "bold"),
                (f"  {kind}  ", ""),
                (decision, style),
                (f"  {row[3]}" if row[3] else "", ""),
            )
        )
    return lines


def kind_text(hop: Hop) -> str:
    """`network ACL, ingress`: what the component is, and in which direction it was asked."""
    kind = KINDS.get(hop.kind, hop.kind.replace("-", " "))
    return f"{kind}, {hop.direction}" if hop.direction else kind


def hop_text(network: Network, hop: Hop) -> str:
    """`network ACL, ingress: allow; rule 100`: a hop in one clause, without its name."""
    return f"{kind_text(hop)}: {'; '.join((hop.decision, *_why(network, hop, hop.packet)))}"


def _why(network: Network, hop: Hop, before: Packet) -> list[str]:
    parts = []
    if hop.rule:
        rule = " ".join(labelled(network, word) for word in hop.rule.split(" "))
        parts.append(f"rule {rule}" if hop.kind == "network-acl" else rule)
    if hop.detail:
        parts.append(shown(hop.detail))
    elif hop.packet != before:
        parts.append(f"now {_change(before, hop.packet)}")
    if hop.code:
        parts.append(hop.code)
    return parts


def _change(before: Packet, after: Packet) -> str:
    if after.protocol in ICMP_PROTOCOLS and before.icmp_type != after.icmp_type:
        return packet_text(after)
    return flow_text(after)


def story(network: Network, found: Counterexample, mode: Mode, *, reply: bool) -> list[Line]:
    """The whole account. The reply is told iff `reply` is set or the mode is `connection`."""
    probe, exchange = found.probe, found.exchange
    forward = exchange.forward
    first = found.legs[0].probe if found.legs else probe
    lines = [
        line(headline(network, first), "bold"),
        line(f"from {from_text(network, probe, forward)} to {to_text(network, probe, forward)}"),
        *(line(leg_text(network, leg)) for leg in found.legs[1:]),
        *indented(hop_lines(network, forward.hops, probe.packet), 2),
        line(ending(network, forward, probe.destination)),
    ]
    if not (reply or mode is Mode.CONNECTION) or forward.code:
        return lines
    answer = forward.packet.reply()
    if answer is None:
        lines.append(line("no reply is due to this packet"))
    elif exchange.reply is not None:
        lines += [
            line(f"reply {packet_text(answer)}", "bold"),
            *indented(hop_lines(network, exchange.reply.hops, answer), 2),
            line(f"reply {ending(network, exchange.reply, probe.source)}"),
        ]
    return lines


def leg_text(network: Network, leg: Leg) -> str:
    """`passed on by lb-1 as tcp 10.0.1.9:1024 -> 10.0.2.5:80 (db-1)`: a leg of a relayed flow."""
    balancer = network.load_balancers[leg.balancer or ""]
    name = shown(balancer.name or balancer.id)
    return f"passed on by {name} as {headline(network, leg.probe)}"


def outcome(found: Counterexample, mode: Mode) -> Literal["delivered", "dropped"]:
    """`delivered` iff the packet (in connection mode: the exchange) reached whom it was meant for.

    Otherwise `dropped`. With no destination named, any delivery counts, also that to a service of
    AWS itself (SVC-1).
    """
    forward = found.exchange.forward
    if found.probe.destination is None:
        reached = forward.code is None
    else:
        reached = forward.delivered_to == found.probe.destination
    if mode is Mode.CONNECTION:
        reached = reached and found.exchange.works
    return "delivered" if reached else "dropped"

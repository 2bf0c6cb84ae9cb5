"""Rules, entries, packets and probes of hand-made networks, as the cases of a test spell them.

`builder` puts them together; a word stands for what it says and for nothing more.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from verifier.model import (
    EgressOnlyTarget,
    EndpointTarget,
    Gap,
    GroupReference,
    InterfaceTarget,
    InternetGatewayTarget,
    LocalTarget,
    NatGatewayTarget,
    NetworkAclEntry,
    PeeringTarget,
    PrefixListReference,
    Route,
    RouteTarget,
    SecurityGroupRule,
    TransitGatewayTarget,
    UnmodelledTarget,
    VpnGatewayTarget,
)
from verifier.packet import Address, Packet, PortRange, Prefix
from verifier.trace import Choices, Host, InstanceStates, OutsideHost, Probe

PROTOCOLS = {"tcp": 6, "udp": 17, "icmp": 1, "icmp6": 58}
ALL = "-1"
OPEN_RULES = ("in -1 0.0.0.0/0", "in -1 ::/0", "out -1 0.0.0.0/0", "out -1 ::/0")
OPEN_ENTRIES = (
    *("in 100 allow -1 0.0.0.0/0", "in 101 allow -1 ::/0"),
    *("out 100 allow -1 0.0.0.0/0", "out 101 allow -1 ::/0"),
)


def protocol(word: str) -> int:
    return PROTOCOLS.get(word) or int(word)


def _numbers(word: str) -> tuple[int, int]:
    """`22`, `1-5`, and `8/-1` for ICMP type and code."""
    if "/" in word:
        first, last = word.split("/")
        return int(first), int(last)
    first, dash, last = word.partition("-")
    return int(first), int(last) if dash else int(first)


def entry(text: str, gap: Gap | None = None) -> NetworkAclEntry:
    """`in 100 allow tcp 443 0.0.0.0/0`, `out 100 deny icmp 8/-1 ::/0`, `in 90 allow -1 ::/0`."""
    way, number, action, proto, *middle, cidr = text.split()
    spelled = middle[0] if middle else None
    icmp = spelled is not None and "/" in spelled
    return NetworkAclEntry(
        rule_number=int(number),
        egress=way == "out",
        allow=action == "allow",
        protocol=protocol(proto),
        prefix=Prefix.parse(cidr),
        ports=PortRange(*_numbers(spelled)) if spelled and not icmp else None,
        icmp=_numbers(spelled) if spelled and icmp else None,
        gap=gap,
    )


def rule(text: str, gap: Gap | None = None) -> SecurityGroupRule:
    """`in tcp 443 0.0.0.0/0`, `out -1 sg-1`, `in icmp 8/-1 pl-1`."""
    way, proto, *middle, peer = text.split()
    first, last = _numbers(middle[0]) if middle else (None, None)
    if peer.startswith("sg-"):
        named: Prefix | GroupReference | PrefixListReference = GroupReference(peer)
    elif peer.startswith("pl-"):
        named = PrefixListReference(peer)
    else:
        named = Prefix.parse(peer)
    return SecurityGroupRule(
        egress=way == "out",
        protocol=protocol(proto),
        from_port=first,
        to_port=last,
        peer=named,
        gap=gap,
    )


def gap(resource: str, clause: str = "GAP-6") -> Gap:
    return Gap(resource, clause, f"{resource} is not modelled")


def unmodelled(target_id: str, *, internet: bool = True) -> UnmodelledTarget:
    return UnmodelledTarget(target_id.split("-")[0], target_id, gap(target_id), internet)


def target(word: str) -> RouteTarget:
    """What a route leads to, by the shape of its id; `vgw-`, `tgw-` and the like are gaps."""
    kind = word.split("-")[0]
    if kind == "local":
        return LocalTarget()
    if kind == "igw":
        return InternetGatewayTarget(word)
    if kind == "nat":
        return NatGatewayTarget(word)
    if kind == "pcx":
        return PeeringTarget(word)
    if kind == "eni":
        return InterfaceTarget(word, gap(word, "RT-9"))
    return unmodelled(word)


KNOWN_TARGETS: dict[str, tuple[str, Any]] = {
    "egress_only_gateways": ("egress-only-internet-gateway", EgressOnlyTarget),
    "transit_gateways": ("transit-gateway", TransitGatewayTarget),
    "vpc_endpoints": ("vpc-endpoint", EndpointTarget),
    "vpn_gateways": ("vpn-gateway", VpnGatewayTarget),
}


def target_in(
    parts: Mapping[str, Mapping[Any, Any]], missing: Mapping[tuple[str, str], Gap], word: str
) -> RouteTarget:
    """As `target`, but for what the network has, or lacks; the rest is not modelled."""
    for part, (kind, made) in KNOWN_TARGETS.items():
        if word in parts.get(part, {}) or (kind, word) in missing:
            found: RouteTarget = made(word)
            return found
    return target(word)


def route(destination: str, leads_to: RouteTarget, **fields: Any) -> Route:
    """A route to a block, `10.0.0.0/8`, or to a list, `pl-1`."""
    towards = PrefixListReference(destination) if destination[:3] == "pl-" else None
    return Route(destination=towards or Prefix.parse(destination), target=leads_to, **fields)


def outside(address: str, door: str | None = None) -> OutsideHost:
    return OutsideHost(Address.parse(address), door)


def packet(
    source: str, destination: str, traffic: str = "tcp 443", source_port: int = 49152
) -> Packet:
    """`tcp 443`, `udp 53`, `icmp 8/0` (`icmp` for an echo request), `47`."""
    word, _, rest = traffic.partition(" ")
    number = protocol(word)
    fields: dict[str, Any] = {}
    if number in (6, 17):
        fields = {"source_port": source_port, "destination_port": int(rest)}
    elif number in (1, 58):
        kind, code = _numbers(rest) if rest else ((8 if number == 1 else 128), 0)
        fields = {"icmp_type": kind, "icmp_code": code}
    return Packet(Address.parse(source), Address.parse(destination), number, **fields)


def probe(
    source: Host,
    destination: Host | None,
    sent: Packet,
    choices: Choices | None = None,
    states: InstanceStates = InstanceStates.RECORDED,
    avoiding: Iterable[str] = (),
) -> Probe:
    return Probe(source, destination, sent, choices or Choices(), states, frozenset(avoiding))

"""Traffic terms and port sets: reading them, and their canonical text.

Law: parsing the text of a term gives the term again. `icmp` is protocol 1 in IPv4 and `icmp6` is
protocol 58 in IPv6, as the protocols of those families; `proto/1` and `proto/58` cover both
families, as every other form does unless `ip4:` or `ip6:` stands before it.
"""

from __future__ import annotations

import re

from verifier.invariants.place import Source, nearest, quoted
from verifier.invariants.question import Traffic, TrafficTerm
from verifier.invariants.tokens import Kind, Token
from verifier.packet import (
    ALL_PORTS,
    FAMILIES,
    ICMP,
    ICMPV6,
    NAMES,
    PORT_PROTOCOLS,
    TCP,
    UDP,
    Family,
    PortRange,
)

EVERYTHING: Traffic = (TrafficTerm(frozenset(FAMILIES), None),)
EXPECTED = "expected `all`, `tcp`, `udp`, `icmp`, `icmp6` or `proto/N`"

SYSTEMS = {"linux": PortRange(32768, 60999), "windows": PortRange(49152, 65535)}
"""Client ports by operating system."""

_PROTOCOLS = {"tcp": TCP, "udp": UDP, "icmp": ICMP, "icmp6": ICMPV6}
_OWN_FAMILY: dict[str, Family] = {"icmp": 4, "icmp6": 6}
_NUMBER = re.compile(r"0|[1-9][0-9]{0,4}", re.ASCII)


def traffic(source: Source, tokens: list[Token], until: tuple[str, ...] = ()) -> Traffic:
    """Terms with commas between them, up to the END that the tokens close with, or to the first
    word of `until`, which stands nowhere within traffic.
    """
    terms: list[TrafficTerm] = []
    rest = iter(tokens)
    token = next(rest)
    while True:
        found = _term(source, token)
        token = next(rest)
        if token.is_word("from"):
            found = _limited(source, found, token, next(rest))
            token = next(rest)
        terms.append(found)
        if token.kind is Kind.END or token.is_word(*until):
            return tuple(dict.fromkeys(terms))
        if token.kind is not Kind.COMMA:
            advice = nearest(token.text, until) if token.text else ""
            raise source.mistake(
                token.offset,
                f"expected `,`, `from` or the end of the traffic, read {token.shown}{advice}",
            )
        token = next(rest)


def _limited(source: Source, term: TrafficTerm, word: Token, ports: Token) -> TrafficTerm:
    if term.protocol not in PORT_PROTOCOLS:
        raise source.mistake(word.offset, "`from` limits source ports, which only tcp and udp have")
    if ports.kind is not Kind.WORD:
        raise source.mistake(ports.offset, f"expected source ports, read {ports.shown}")
    limit = port_range(source, ports.text, ports.offset)
    return TrafficTerm(term.families, term.protocol, term.destination_ports, limit)


def _term(source: Source, token: Token) -> TrafficTerm:
    if token.kind is not Kind.WORD:
        raise source.mistake(token.offset, f"{EXPECTED}, read {token.shown}")
    families, at, text = frozenset(FAMILIES), token.offset, token.text
    for prefix, family in (("ip4:", FAMILIES[0]), ("ip6:", FAMILIES[1])):
        if text.startswith(prefix):
            families, at, text = frozenset({family}), at + len(prefix), text[len(prefix) :]
    name, *parts = text.split("/")
    match name:
        case "all" if not parts:
            return TrafficTerm(families, None)
        case "tcp" | "udp" if len(parts) < 2:
            ports = port_range(source, parts[0], at + 4) if parts else ALL_PORTS
            return TrafficTerm(families, _PROTOCOLS[name], ports)
        case "icmp" | "icmp6" if len(parts) < 3:
            return _icmp(source, token, families, name, parts)
        case "proto" if len(parts) == 1:
            number = _number(source, parts[0], at + 6, "a protocol number", 255)
            return TrafficTerm(families, number)
    if name in ("all", *_PROTOCOLS, "proto"):
        raise source.mistake(token.offset, f"{token.shown} {_shape(name)}")
    advice = nearest(name, ("all", *_PROTOCOLS, "proto"))
    raise source.mistake(token.offset, f"{EXPECTED}, read {token.shown}{advice}")


def _shape(name: str) -> str:
    shapes = {
        "all": "takes no ports, write `tcp/N` or `udp/N`",
        "proto": "wants one protocol number, such as `proto/50`",
        "icmp": "takes a type and a code, such as `icmp/3/4`",
        "icmp6": "takes a type and a code, such as `icmp6/1/4`",
    }
    return shapes.get(name, f"takes one port or range, such as `{name}/443`")


def _icmp(
    source: Source, token: Token, families: frozenset[Family], name: str, parts: list[str]
) -> TrafficTerm:
    own = _OWN_FAMILY[name]
    if own not in families:
        raise source.mistake(
            token.offset,
            f"`{name}` is of IPv{own}, did you mean `{'icmp6' if own == 4 else 'icmp'}` or "
            f"`ip{10 - own}:proto/{_PROTOCOLS[name]}`",
        )
    at = token.offset + len(token.text) - len("/".join(parts))
    numbers: list[int | None] = []
    for part, what in zip(parts, ("an ICMP type", "an ICMP code"), strict=False):
        numbers.append(_number(source, part, at, what, 255))
        at += len(part) + 1
    icmp_type, icmp_code, *_ = *numbers, None, None
    return TrafficTerm(frozenset({own}), _PROTOCOLS[name], icmp_type=icmp_type, icmp_code=icmp_code)


def _number(source: Source, text: str, at: int, what: str, largest: int) -> int:
    if not (_NUMBER.fullmatch(text) and int(text) <= largest):
        raise source.mistake(at, f"expected {what} (0-{largest}), read {quoted(text)}")
    return int(text)


def port_range(source: Source, text: str, at: int) -> PortRange:
    """`443` or `1024-65535`; the first is not larger than the last."""
    first, dash, last = text.partition("-")
    low = _number(source, first, at, "a port", 65535)
    if not dash:
        return PortRange(low, low)
    high = _number(source, last, at + len(first) + 1, "a port", 65535)
    if low > high:
        raise source.mistake(at, f"{quoted(text)} is an empty range, did you mean `{high}-{low}`")
    return PortRange(low, high)


def client_ports(source: Source, tokens: list[Token]) -> tuple[PortRange, ...]:
    """`linux`, `windows`, ports and ranges with commas between them: sorted, disjoint ranges."""
    found: list[PortRange] = []
    rest = iter(tokens)
    while True:
        token = next(rest)
        if token.kind is not Kind.WORD:
            raise source.mistake(
                token.offset, f"expected `linux`, `windows` or ports, read {token.shown}"
            )
        system = SYSTEMS.get(token.text)
        found.append(system or port_range(source, token.text, token.offset))
        token = next(rest)
        if token.kind is Kind.END:
            return merged_ports(found)
        if token.kind is not Kind.COMMA:
            raise source.mistake(
                token.offset, f"expected `,` or the end of the ports, read {token.shown}"
            )


def merged_ports(ranges: list[PortRange]) -> tuple[PortRange, ...]:
    """The same ports as sorted, disjoint, non-adjacent ranges."""
    merged: list[PortRange] = []
    for first, last in sorted(ranges):
        if merged and first <= merged[-1].last + 1:
            merged[-1] = PortRange(merged[-1].first, max(last, merged[-1].last))
        else:
            merged.append(PortRange(first, last))
    return tuple(merged)


def traffic_text(terms: Traffic) -> str:
    """The canonical text: terms in the order in which they were written."""
    return ", ".join(_term_text(term) for term in terms)


def _term_text(term: TrafficTerm) -> str:
    number = term.protocol
    for name, own in _OWN_FAMILY.items():
        if number == _PROTOCOLS[name] and term.families == {own}:
            parts = (term.icmp_type, term.icmp_code)
            return name + "".join(f"/{part}" for part in parts if part is not None)
    prefix = "" if len(term.families) == 2 else f"ip{min(term.families)}:"
    if number is None:
        return f"{prefix}all"
    if number not in PORT_PROTOCOLS:
        return f"{prefix}proto/{number}"
    ports = "" if term.destination_ports == ALL_PORTS else f"/{term.destination_ports}"
    limit = "" if term.source_ports == ALL_PORTS else f" from {term.source_ports}"
    return f"{prefix}{NAMES[number]}{ports}{limit}"

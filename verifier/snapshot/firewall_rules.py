"""The stateful rules of a network firewall: headers in Suricata's words.

Owns the grammar of addresses, ports and single rules, as far as the five-tuple goes. Law: what is
not understood is a match of everything that could be meant, with a gap (NFW-5).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple, TypeVar

from verifier.model import FirewallMatch, StatefulAction
from verifier.packet import ALL_PORTS, ICMP, ICMPV6, TCP, UDP, PortRange, Prefix

EVERYWHERE: Final = (Prefix.parse("0.0.0.0/0"), Prefix.parse("::/0"))
EVERY_PORT: Final = (ALL_PORTS,)
ANYTHING: Final = FirewallMatch(
    sources=EVERYWHERE,
    destinations=EVERYWHERE,
    source_ports=EVERY_PORT,
    destination_ports=EVERY_PORT,
)

_PROTOCOLS: Final[Mapping[str, frozenset[int] | None]] = {
    "ip": None,
    "tcp": frozenset({TCP}),
    "udp": frozenset({UDP}),
    "icmp": frozenset({ICMP, ICMPV6}),
}
_ACTIONS: Final[Mapping[str, StatefulAction | None]] = {
    "pass": StatefulAction.PASS,
    "drop": StatefulAction.DROP,
    "reject": StatefulAction.DROP,
    "rejectsrc": StatefulAction.DROP,
    "rejectdst": StatefulAction.DROP,
    "rejectboth": StatefulAction.DROP,
    "alert": None,
}
_HARMLESS: Final = frozenset(
    {"classtype", "gid", "metadata", "msg", "priority", "reference", "rev", "sid", "target"}
)
_DEEPEST: Final = 8
"""How deep variables may refer to variables."""

_RULE: Final = re.compile(
    r"(?P<action>\w+)\s+(?P<protocol>\S+)\s+(?P<source>\[[^\]]*\]|\S+)\s+"
    r"(?P<source_port>\[[^\]]*\]|\S+)\s+(?P<direction>->|<>)\s+"
    r"(?P<destination>\[[^\]]*\]|\S+)\s+(?P<destination_port>\[[^\]]*\]|\S+)\s*"
    r"(?:\((?P<options>.*)\))?\s*"
)


class _NotUnderstoodError(Exception):
    """A word that is beyond the five-tuple, or beyond us."""


@dataclass(frozen=True, slots=True)
class Variables:
    """The sets that a rule group, or its policy, defines by name."""

    addresses: Mapping[str, Sequence[str]] = field(default_factory=dict)
    ports: Mapping[str, Sequence[str]] = field(default_factory=dict)


class Header(NamedTuple):
    """What a rule says of five-tuples, as text."""

    protocol: str
    source: str
    source_port: str
    destination: str
    destination_port: str


class ReadRule(NamedTuple):
    """A rule as understood; `doubt` says what was not, None iff everything was.

    `action` None: it stops and passes nothing (an alert).
    """

    action: StatefulAction | None
    match: FirewallMatch
    both_ways: bool
    doubt: str | None


def read_rule(
    action: str,
    header: Header,
    both_ways: bool,
    options: Sequence[str],
    variables: Variables,
) -> ReadRule:
    """One rule from its parts; `options` are the keywords besides the header."""
    beyond = sorted({word for word in options if word.lower() not in _HARMLESS})
    doubt = f"has options beyond the five-tuple ({', '.join(beyond)})" if beyond else None
    known = action.lower() in _ACTIONS
    if not known:
        doubt = f"has the action `{action}`"
    protocol = header.protocol.lower()
    protocols = _PROTOCOLS.get(protocol)
    if protocol not in _PROTOCOLS:
        doubt = f"looks for the application protocol `{header.protocol}`"
    try:
        match = _match(header, protocols, variables)
    except _NotUnderstoodError as error:
        match = FirewallMatch(
            sources=EVERYWHERE,
            destinations=EVERYWHERE,
            source_ports=EVERY_PORT,
            destination_ports=EVERY_PORT,
            protocols=protocols,
        )
        doubt = f"speaks of `{error}`, which is not understood"
    taken = _ACTIONS[action.lower()] if known else StatefulAction.DROP
    return ReadRule(taken, match, both_ways, doubt)


def read_text(text: str, variables: Variables) -> Iterator[ReadRule]:
    """The rules of a text in Suricata's language, one a line; comments are left out."""
    for line in text.replace("\\\n", " ").splitlines():
        line = line.strip()
        if not line or line.startswith("#"):
            continue
        found = _RULE.fullmatch(line)
        if found is None:
            yield ReadRule(StatefulAction.DROP, ANYTHING, False, "is in words not understood")
            continue
        header = Header(
            found["protocol"],
            found["source"],
            found["source_port"],
            found["destination"],
            found["destination_port"],
        )
        options = _keywords(found["options"] or "")
        yield read_rule(found["action"], header, found["direction"] == "<>", options, variables)


def _keywords(text: str) -> list[str]:
    """The keywords of `sid:1; msg:"a; b"; flow:to_server;`."""
    bare = re.sub(r'"(?:\\.|[^"\\])*"', "", text)
    return [part.partition(":")[0].strip() for part in bare.split(";") if part.strip()]


def _match(header: Header, protocols: frozenset[int] | None, variables: Variables) -> FirewallMatch:
    sources, no_source = _set(header.source, variables.addresses, _prefixes, EVERYWHERE)
    destinations, no_destination = _set(
        header.destination, variables.addresses, _prefixes, EVERYWHERE
    )
    source_ports, no_source_port = _set(header.source_port, variables.ports, _ports, EVERY_PORT)
    destination_ports, no_port = _set(header.destination_port, variables.ports, _ports, EVERY_PORT)
    inverted = {
        "source": no_source,
        "destination": no_destination,
        "source_ports": no_source_port,
        "destination_ports": no_port,
    }
    return FirewallMatch(
        sources=sources,
        destinations=destinations,
        source_ports=source_ports,
        destination_ports=destination_ports,
        protocols=protocols,
        inverted=frozenset(side for side, against in inverted.items() if against),
    )


Member = TypeVar("Member", Prefix, PortRange)


def _set(
    text: str,
    named: Mapping[str, Sequence[str]],
    parse: Callable[[str], tuple[Member, ...]],
    everything: tuple[Member, ...],
    depth: int = _DEEPEST,
) -> tuple[tuple[Member, ...], bool]:
    """The members of `any`, `x`, `!x`, `[x,y]` or `$NAME`, and whether all others are meant."""
    word = text.strip()
    if word.lower() == "any":
        return everything, False
    if word.startswith("!"):
        members, against = _set(word[1:], named, parse, everything, depth)
        if against:
            raise _NotUnderstoodError(text)
        return members, True
    if word.startswith("$") and depth and len(named.get(word[1:], ())) == 1:
        return _set(named[word[1:]][0], named, parse, everything, depth - 1)
    parts = word[1:-1].split(",") if word.startswith("[") and word.endswith("]") else [word]
    found: list[Member] = []
    for part in map(str.strip, parts):
        if not part or part.startswith("!") or "[" in part:
            raise _NotUnderstoodError(text)
        if not part.startswith("$"):
            found.extend(parse(part))
            continue
        if part[1:] not in named or depth == 0:
            raise _NotUnderstoodError(part)
        for one in named[part[1:]]:
            members, against = _set(one, named, parse, everything, depth - 1)
            if against:
                raise _NotUnderstoodError(part)
            found.extend(members)
    if not found:
        raise _NotUnderstoodError(text)
    return tuple(found), False


def _prefixes(text: str) -> tuple[Prefix, ...]:
    try:
        return (Prefix.parse(text),)
    except ValueError:
        raise _NotUnderstoodError(text) from None


def _ports(text: str) -> tuple[PortRange, ...]:
    first, colon, last = text.partition(":")
    words = (first or "0", last or "65535") if colon else (first, first)
    if not all(re.fullmatch(r"\d{1,5}", word) for word in words):
        raise _NotUnderstoodError(text)
    low, high = map(int, words)
    if not low <= high <= 65535:
        raise _NotUnderstoodError(text)
    return (PortRange(low, high),)

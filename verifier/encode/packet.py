"""The symbolic packet of one family, and the scope in which everything speaks of it.

Owns the variables of a question in one family and what every resource file needs at hand. A
packet is seen under several headers on its way: a `Port` says which destination port (and ICMP
type and code) a filter sees, an address variable which address. Law: every variable is either an
input of the question (packet, classes, choices) or determined by the inputs through
`Scope.defined`, so a statement over them may be negated.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import Enum

from verifier.encode.terms import FALSE, TRUE, Terms
from verifier.invariants.question import Mode, Question
from verifier.model import Gap
from verifier.packet import (
    ECHO_REPLY,
    ECHO_REQUEST,
    ICMP,
    ICMPV6,
    NAT64,
    PORT_PROTOCOLS,
    WIDTH,
    Family,
)
from verifier.topology import EVERYTHING, EndpointClass, Hop, Index, Role, Spans, common, numbers

BYTE: Spans = ((0, 255),)
PORTS: Spans = ((0, 65535),)
NAT_PORTS: Spans = ((1024, 65535),)
SOURCE = "source"
INNER = "inner_address"
"""The private address behind the public one by which the destination is named (IGW-5)."""
DESTINATION = "destination"


OF_IPV4 = frozenset({"gap_source", "gap_chosen", "by_public"})
"""What the packet that NAT64 makes has besides the IPv6 packet's own."""


class Port(Enum):
    """Which header a filter sees: the packet, its reply, or the reply to a NAT gateway."""

    FORWARD = "destination_port"
    REPLY = "source_port"
    REPLY_TO_NAT = "nat_port"


class References(Enum):
    """What a reference to a group matches on a way (SG-12, SG-13, GAP-6, GAP-7)."""

    LOST = "lost"
    KEPT = "kept"
    FOREIGN = "foreign"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class Carried:
    """On this way a reference matches iff it is to one of these groups (MBX-6)."""

    groups: frozenset[str]


@dataclass(frozen=True, slots=True)
class Domains:
    """What the question lets the fields be in one family; an empty set: nobody looks."""

    source: Spans
    destination: Spans
    protocols: Spans
    source_ports: Spans
    destination_ports: Spans
    icmp_types: Spans
    icmp_codes: Spans


@dataclass(slots=True)
class Scope:
    """One family of one question under one set of open gaps.

    `forging`: the sources that may send from what they do not own (ASK-3, EICE-4), `own`: true iff
    the source owns its address. `defined` are the definitions of derived variables. `at_home`
    says, by role (True: sources) and subnet, in which addresses the packet's own address of that
    side lies if the host lives there.
    `transits`: the choices of transit gateways (component, of a reply) as variable and size.
    `nats`: which NAT gateway takes the packet in which course, and when. `below` is the scope of
    the IPv4 packets that NAT64 makes of these, `origin` that from which those were made (NAT-10).
    """

    terms: Terms
    index: Index
    question: Question
    opened: frozenset[Gap]
    family: Family
    sources: Role
    destinations: Role
    domains: Domains
    own: int = TRUE
    forging: Spans = ()
    named_private: int = FALSE
    named_public: int = FALSE
    flagged: dict[tuple[str, bool], Spans] = field(default_factory=dict)
    declared: set[str] = field(default_factory=set)
    at_home: dict[tuple[bool, str], Spans] = field(default_factory=dict)
    defined: list[int] = field(default_factory=list)
    memo: dict[object, int] = field(default_factory=dict)
    tables: dict[object, dict[Hop, int]] = field(default_factory=dict)
    transits: dict[tuple[str, bool], tuple[str, int]] = field(default_factory=dict)
    origin: Scope | None = None
    below: Scope | None = None
    nats: list[tuple[int, str, int]] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Declare the packet; the headers of gateways are declared where they arise."""
        if self.origin is not None:
            return
        width = WIDTH[self.family]
        wanted = self.domains
        declare = self.declare
        declare("source_address", width, wanted.source)
        declare("destination_address", width, wanted.destination)
        declare("protocol", 8, wanted.protocols)
        declare("source_port", 16, wanted.source_ports)
        declare("destination_port", 16, wanted.destination_ports)
        declare("icmp_type", 8, wanted.icmp_types)
        declare("icmp_code", 8, wanted.icmp_codes)
        declare("nat_port", 16, NAT_PORTS)

    def name(self, plain: str) -> str:
        """The variable's name in this family; behind NAT64 the packet is still the same."""
        if self.origin is not None:
            return self.origin.name(self._below(plain))
        return f"{plain}{self.family}"

    @staticmethod
    def _below(plain: str) -> str:
        return f"v4_{plain}" if plain in OF_IPV4 else plain

    def knows(self, plain: str) -> bool:
        """True iff the variable has been declared."""
        if self.origin is not None:
            return self.origin.knows(self._below(plain))
        return plain in self.declared

    def domain(self, plain: str) -> Spans:
        """The values that the address variable can take."""
        found = self.terms.variables[self.name(plain)].domain
        if self.origin is not None and plain == "destination_address":
            inside = common(found, ((NAT64.first, NAT64.last),))
            return tuple((first - NAT64.first, last - NAT64.first) for first, last in inside)
        return found

    def declare(self, plain: str, width: int, domain: Spans) -> str:
        """A variable of this family; its domain must be asserted for what follows from it."""
        if self.origin is not None:
            return self.origin.declare(self._below(plain), width, domain)
        self.declared.add(plain)
        return self.terms.declare(self.name(plain), width, domain)

    def open(self, gap: Gap | None) -> bool:
        """True iff the gap is there and open (GAP-1)."""
        return gap is not None and gap in self.opened

    @property
    def everything(self) -> Spans:
        """All addresses of the family."""
        return EVERYTHING[self.family]

    @property
    def replies(self) -> bool:
        """True iff the question asks for the reply too."""
        return self.question.mode is Mode.CONNECTION

    @property
    def answerable(self) -> int:
        """True iff what comes to the source's address comes to the source (NAT-6, NAT-7)."""
        others = self.classes(self.sources, "translates", lambda each: each.shape.translates)
        return self.terms.all_of((self.own, self.terms.negate(self.source(others))))

    def source(self, spans: Spans) -> int:
        """True iff the source is of these classes."""
        return self.terms.within(SOURCE, spans)

    def destination(self, spans: Spans) -> int:
        """True iff the destination is of these classes."""
        return self.terms.within(DESTINATION, spans)

    def side(self, role: Role, spans: Spans) -> int:
        """True iff the host of this role is of these classes."""
        return self.source(spans) if role is self.sources else self.destination(spans)

    def address(self, variable: str, spans: Spans) -> int:
        """True iff the address variable (plain name) is in the set."""
        if self.origin is not None and variable == "destination_address":
            spans = tuple((NAT64.first + first, NAT64.first + last) for first, last in spans)
        return self.terms.within(self.name(variable), spans)

    def protocol(self, numbers: Iterable[int]) -> int:
        """True iff the packet's protocol is one of these."""
        own = set(numbers)
        if self.origin is not None:
            own = {ICMPV6 if number == ICMP else number for number in own - {ICMPV6}}
        spans = tuple((number, number) for number in sorted(own))
        return self.terms.within(self.name("protocol"), spans)

    def port(self, port: Port, first: int, last: int) -> int:
        """True iff the destination port of that header is in the range (ACL-6, SG-6)."""
        first, last = max(first, 0), min(last, 65535)
        if first > last:
            return FALSE
        return self.terms.within(self.name(port.value), ((first, last),))

    def icmp(self, port: Port, kind: int, code: int) -> int:
        """True iff type and code of that header are these, -1 being any (ACL-7, SG-7).

        The only reply of these protocols is the echo reply with code 0 (CONN-4).
        """
        if port is Port.FORWARD:
            if self.origin is not None and kind != -1:
                if kind != ECHO_REQUEST[ICMP]:
                    return FALSE
                kind = ECHO_REQUEST[ICMPV6]
            return self.terms.all_of(
                self.terms.within(self.name(field_), ((value, value),))
                for field_, value in (("icmp_type", kind), ("icmp_code", code))
                if value != -1
            )
        answer = ECHO_REPLY[ICMP if self.family == 4 else ICMPV6]
        return TRUE if kind in (-1, answer) and code in (-1, 0) else FALSE

    @property
    def answered(self) -> int:
        """True iff a reply is due (CONN-4)."""
        own = ICMP if self.family == 4 else ICMPV6
        echo = self.icmp(Port.FORWARD, ECHO_REQUEST[own], -1)
        silent = self.terms.negate(self.protocol((ICMP, ICMPV6)))
        return self.terms.any_of((silent, self.terms.all_of((self.protocol((own,)), echo))))

    def seen(self, variable: str) -> str:
        """The variable, defined if it is one that arises at the destination's gateway."""
        if variable == INNER and not self.knows(INNER):
            self._inner()
        return variable

    def _inner(self) -> None:
        """Define `INNER` wherever the destination is named publicly (VPC-3)."""
        interfaces = self.index.network.interfaces
        pairs = sorted(
            (own.public.value, own.address.value)
            for each in self.destinations.classes
            for id_ in each.members
            for own in interfaces[id_].ipv4
            if own.public is not None
        )
        self.declare(INNER, 32, numbers(private for _, private in pairs))
        ties = (
            self.terms.all_of(
                (
                    self.address("destination_address", ((public, public),)),
                    self.address(INNER, ((private, private),)),
                )
            )
            for public, private in pairs
        )
        self.defined.append(self.terms.implies(self.named_public, self.terms.any_of(ties)))

    @property
    def gap_chosen(self) -> int:
        """True iff the network chooses a source address at a gap."""
        if not self.knows("gap_source"):
            self.declare("gap_source", WIDTH[self.family], self.everything)
            self.declare("gap_chosen", 1, ((0, 1),))
            self._one_choice()
        return self.address("gap_chosen", ((1, 1),))

    def _one_choice(self) -> None:
        """The network chooses one address, of one family (GAP-6)."""
        top = self.origin or self
        if top.knows("gap_chosen") and top.knows("v4_gap_chosen"):
            both = (top.address(name, ((1, 1),)) for name in ("gap_chosen", "v4_gap_chosen"))
            self.defined.append(self.terms.negate(self.terms.all_of(both)))

    def resourced(
        self, own: str, receives: Callable[[str], int], among: Spans | None = None
    ) -> int:
        """What holds of the source address that the network chooses at a gap (GAP-6, GAP-9).

        That is `gap_source` if the choice is made (and `among` these, MBX-6), the packet's `own`
        otherwise.
        """
        chosen = self.gap_chosen
        if among is not None:
            chosen = self.terms.all_of((chosen, self.address("gap_source", among)))
        made = self.terms.all_of((chosen, receives("gap_source")))
        left = self.terms.all_of((self.terms.negate(chosen), receives(own)))
        return self.terms.any_of((made, left))

    def chosen(self, id_: str, reply: bool, size: int, count: int, number: int) -> int:
        """True iff the network takes this one of `count` ways at the component (TGW-5, TGW-6).

        `size` is a common multiple of all the counts that occur there.
        """
        if self.origin is not None:
            return self.origin.chosen(id_, reply, size, count, number)
        if (id_, reply) not in self.transits:
            name = f"transit_{len(self.transits)}_"
            self.declare(name, max(1, (size - 1).bit_length()), ((0, size - 1),))
            self.transits[id_, reply] = (name, size)
        name, _ = self.transits[id_, reply]
        return self.address(name, tuple((at, at) for at in range(number, size, count)))

    def classes(self, role: Role, flag: str, holds: Callable[[EndpointClass], bool]) -> Spans:
        """The interface classes of the role of which the flag holds, found out once."""
        key = (flag, role is self.sources)
        if key not in self.flagged:
            self.flagged[key] = role.where(map(holds, role.classes))
        return self.flagged[key]

    @contextmanager
    def narrowed(self, domains: dict[str, Spans]) -> Iterator[None]:
        """Fold as if the addresses (plain names) were of these; see `Terms.narrowed`."""
        memo, self.memo = self.memo, {}
        with self.terms.narrowed({self.name(name): spans for name, spans in domains.items()}):
            yield
        self.memo = memo

    def once(self, key: object, build: Callable[[], int]) -> int:
        """The term for the key, built when it is first asked for."""
        found = self.memo.get(key)
        if found is None:
            found = self.memo[key] = build()
        return found


__all__ = [
    "BYTE",
    "DESTINATION",
    "INNER",
    "NAT_PORTS",
    "PORTS",
    "PORT_PROTOCOLS",
    "SOURCE",
    "Carried",
    "Domains",
    "Port",
    "References",
    "Scope",
]

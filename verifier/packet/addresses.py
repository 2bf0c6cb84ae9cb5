"""IPv4 and IPv6 addresses, prefixes, ranges and sets of them as plain values.

Laws: an address is a family and an unsigned integer of 32 or 128 bits; a prefix never carries
host bits (AWS stores `100.68.0.18/18` as `100.68.0.0/18`, clause ACL-8); an `AddressSet` is kept
as sorted, disjoint, non-adjacent ranges, so that equal sets are equal values. Families never mix:
an IPv4-mapped IPv6 address is an IPv6 address.
"""

from __future__ import annotations

import socket
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal, NamedTuple

Family = Literal[4, 6]
FAMILIES: tuple[Family, Family] = (4, 6)
WIDTH: dict[Family, int] = {4: 32, 6: 128}
LARGEST: dict[Family, int] = {4: (1 << 32) - 1, 6: (1 << 128) - 1}


class Address(NamedTuple):
    """One address; `str()` is its canonical text."""

    family: Family
    value: int

    @classmethod
    def parse(cls, text: str) -> Address:
        """Read dotted quad or RFC 4291 text; ValueError for anything else (zones included)."""
        try:
            if ":" in text:
                return cls(6, int.from_bytes(socket.inet_pton(socket.AF_INET6, text), "big"))
            return cls(4, int.from_bytes(socket.inet_pton(socket.AF_INET, text), "big"))
        except (OSError, ValueError, UnicodeError):
            raise ValueError(f"`{text}` is not an IP address") from None

    def packed(self) -> bytes:
        """4 or 16 bytes in network order."""
        return self.value.to_bytes(WIDTH[self.family] // 8, "big")

    def __str__(self) -> str:
        kind = socket.AF_INET if self.family == 4 else socket.AF_INET6
        return socket.inet_ntop(kind, self.packed())


class AddressRange(NamedTuple):
    """All addresses of a family from `first` to `last`, both included; `first <= last`."""

    family: Family
    first: int
    last: int

    def __contains__(self, item: object) -> bool:
        return (
            isinstance(item, Address)
            and item.family == self.family
            and self.first <= item.value <= self.last
        )


class Prefix(NamedTuple):
    """A CIDR block: `network` has no bit set below `length`."""

    family: Family
    network: int
    length: int

    @classmethod
    def parse(cls, text: str) -> Prefix:
        """Read `ADDRESS/LENGTH` or a single address; host bits are masked (ACL-8, SG-8)."""
        head, slash, tail = text.partition("/")
        address = Address.parse(head)
        width = WIDTH[address.family]
        if not slash:
            return cls(address.family, address.value, width)
        if not (tail.isascii() and tail.isdigit() and len(tail) <= 3 and int(tail) <= width):
            raise ValueError(f"`{text}` is not a CIDR block: the length is 0 to {width}")
        return cls.of(address, int(tail))

    @classmethod
    def of(cls, address: Address, length: int) -> Prefix:
        """The block of this length that contains the address."""
        spare = WIDTH[address.family] - length
        return cls(address.family, (address.value >> spare) << spare, length)

    @property
    def first(self) -> int:
        """Lowest address of the block, as a number."""
        return self.network

    @property
    def last(self) -> int:
        """Highest address of the block, as a number."""
        return self.network | ((1 << (WIDTH[self.family] - self.length)) - 1)

    def range(self) -> AddressRange:
        """The same addresses as a range."""
        return AddressRange(self.family, self.first, self.last)

    def covers(self, other: Prefix) -> bool:
        """True iff every address of `other` is in this block."""
        return (
            self.family == other.family
            and self.length <= other.length
            and self.first <= other.network <= self.last
        )

    def holds(self, address: Address) -> bool:
        """True iff the address is in this block; as `in`, which type checkers read as a tuple's."""
        family, network, length = self
        spare = WIDTH[family] - length
        return address.family == family and address.value >> spare == network >> spare

    def __contains__(self, item: object) -> bool:
        return (
            isinstance(item, Address)
            and item.family == self.family
            and self.first <= item.value <= self.last
        )

    def __str__(self) -> str:
        return f"{Address(self.family, self.network)}/{self.length}"


Spans = tuple[tuple[int, int], ...]


def _normalise(spans: Iterable[tuple[int, int]]) -> Spans:
    merged: list[tuple[int, int]] = []
    for first, last in sorted(spans):
        if merged and first <= merged[-1][1] + 1:
            if last > merged[-1][1]:
                merged[-1] = (merged[-1][0], last)
        else:
            merged.append((first, last))
    return tuple(merged)


def _subtract(left: Spans, right: Spans) -> Spans:
    kept: list[tuple[int, int]] = []
    index = 0
    for first, last in left:
        while index < len(right) and right[index][1] < first:
            index += 1
        at, start = index, first
        while at < len(right) and right[at][0] <= last:
            if right[at][0] > start:
                kept.append((start, right[at][0] - 1))
            start = max(start, right[at][1] + 1)
            at += 1
        if start <= last:
            kept.append((start, last))
    return tuple(kept)


@dataclass(frozen=True, slots=True)
class AddressSet:
    """A set of addresses of both families: sorted, disjoint, non-adjacent spans."""

    ipv4: Spans = ()
    ipv6: Spans = ()

    @classmethod
    def of(cls, *parts: Address | Prefix | AddressRange | AddressSet) -> AddressSet:
        """The union of the parts."""
        found: dict[Family, list[tuple[int, int]]] = {4: [], 6: []}
        for part in parts:
            if isinstance(part, AddressSet):
                found[4].extend(part.ipv4)
                found[6].extend(part.ipv6)
            elif isinstance(part, Address):
                found[part.family].append((part.value, part.value))
            else:
                found[part.family].append((part.first, part.last))
        return cls(_normalise(found[4]), _normalise(found[6]))

    @classmethod
    def everything(cls) -> AddressSet:
        """All addresses of both families."""
        return cls(((0, LARGEST[4]),), ((0, LARGEST[6]),))

    def spans(self, family: Family) -> Spans:
        """The spans of one family."""
        return self.ipv4 if family == 4 else self.ipv6

    def ranges(self) -> Iterator[AddressRange]:
        """All spans, IPv4 first, in ascending order."""
        for family in FAMILIES:
            for first, last in self.spans(family):
                yield AddressRange(family, first, last)

    def families(self) -> frozenset[Family]:
        """The families of which the set has an address."""
        return frozenset(family for family in FAMILIES if self.spans(family))

    def only(self, family: Family) -> AddressSet:
        """The addresses of one family."""
        return AddressSet(self.ipv4, ()) if family == 4 else AddressSet((), self.ipv6)

    def __or__(self, other: AddressSet) -> AddressSet:
        return AddressSet.of(self, other)

    def __sub__(self, other: AddressSet) -> AddressSet:
        return AddressSet(_subtract(self.ipv4, other.ipv4), _subtract(self.ipv6, other.ipv6))

    def __and__(self, other: AddressSet) -> AddressSet:
        return self - (self - other)

    def __contains__(self, item: object) -> bool:
        if not isinstance(item, Address):
            return False
        spans = self.spans(item.family)
        at = bisect_right(spans, (item.value, LARGEST[6])) - 1
        return at >= 0 and spans[at][0] <= item.value <= spans[at][1]

    def __bool__(self) -> bool:
        return bool(self.ipv4 or self.ipv6)

    def count(self) -> int:
        """How many addresses the set has."""
        return sum(last - first + 1 for _, first, last in self.ranges())

"""The algebra of sets of (host, address) pairs, inside and outside.

Inside, an interface takes part as a whole (`whole`: by whatever addresses the question's policy
gives it) or by named addresses alone, or both. `whole` holds every pair of the interface: it meets
named addresses in just these. Outside, a set says by door which addresses: door None is every
door, `INTERNET` every internet gateway, an id this one alone.

Laws: union and intersection are those of the pairs. Under the policy `every` a named set that holds
all addresses of an interface *is* the whole, and is written so.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from verifier.packet import AddressSet
from verifier.trace import INTERNET

Outside = Mapping[str | None, AddressSet]


@dataclass(frozen=True, slots=True)
class Hosts:
    """A set of pairs; no named set and no outside set is empty."""

    whole: frozenset[str] = frozenset()
    named: Mapping[str, AddressSet] = field(default_factory=dict)
    outside: Outside = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.whole or self.named or self.outside)


def joined(items: Iterable[Hosts]) -> Hosts:
    """The union."""
    whole: frozenset[str] = frozenset()
    named: dict[str, AddressSet] = {}
    outside: dict[str | None, AddressSet] = {}
    for item in items:
        whole |= item.whole
        for id_, addresses in item.named.items():
            named[id_] = named[id_] | addresses if id_ in named else addresses
        for door, addresses in item.outside.items():
            outside[door] = outside[door] | addresses if door in outside else addresses
    return Hosts(whole, named, outside)


def common(one: Hosts, other: Hosts, gateways: Collection[str]) -> Hosts:
    """The intersection; `gateways` are the ids of the internet gateways."""
    whole = one.whole & other.whole
    named: dict[str, AddressSet] = {}
    for id_ in one.named.keys() | other.named.keys():
        mine, yours = one.named.get(id_), other.named.get(id_)
        if id_ in whole:
            # What is named besides the whole stays named (it may go beyond the policy's default).
            found = AddressSet.of(*(part for part in (mine, yours) if part is not None))
        elif id_ in one.whole:
            found = yours or AddressSet()
        elif id_ in other.whole:
            found = mine or AddressSet()
        else:
            found = mine & yours if mine is not None and yours is not None else AddressSet()
        if found:
            named[id_] = found
    return Hosts(whole, named, _common_outside(one.outside, other.outside, gateways))


def _common_outside(one: Outside, other: Outside, gateways: Collection[str]) -> Outside:
    found: dict[str | None, AddressSet] = {}
    for mine, left in one.items():
        for yours, right in other.items():
            narrow, wide = (yours, mine) if _within(yours, mine, gateways) else (mine, yours)
            both = left & right
            if both and _within(narrow, wide, gateways):
                found[narrow] = found[narrow] | both if narrow in found else both
    return found


def _within(narrow: str | None, wide: str | None, gateways: Collection[str]) -> bool:
    """True iff whoever comes by the one door comes by the other."""
    return wide is None or narrow == wide or (wide == INTERNET and narrow in gateways)


def disjoint_doors(outside: Outside, gateways: Collection[str]) -> Outside:
    """The same hosts, with no address under a door that it has under a wider one as well."""
    found: dict[str | None, AddressSet] = {}
    for door in sorted(outside, key=lambda door: (door is not None, door != INTERNET, door or "")):
        wider = [addresses for other, addresses in found.items() if _within(door, other, gateways)]
        rest = outside[door] - AddressSet.of(*wider)
        if rest:
            found[door] = rest
    return found

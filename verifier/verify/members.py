"""Who is in an endpoint set, as a reviewer reads it in a report."""

from __future__ import annotations

from typing import Final

from verifier.invariants.question import EndpointSet
from verifier.packet import WIDTH, Address, AddressRange, AddressSet, Prefix
from verifier.trace import INTERNET

LONGEST: Final = 50

HALF: Final = 1 << 31
"""More than half of all IPv4 addresses: no CIDR that anybody wrote, but the outside as such."""
EVERYTHING: Final = "everything outside"


def member_list(endpoints: EndpointSet) -> tuple[str, ...]:
    """Interfaces by id, the outside as `internet`, a gateway's id or CIDR blocks.

    At most `LONGEST` members, the last then `and N more` (contract, section 5).
    """
    found = list(endpoints.interfaces)
    for door in sorted(endpoints.outside, key=lambda door: door or ""):
        found.extend(_outside(door, endpoints.outside[door]))
    if len(found) <= LONGEST:
        return tuple(found)
    return (*found[: LONGEST - 1], f"and {len(found) - LONGEST + 1} more")


def _outside(door: str | None, addresses: AddressSet) -> list[str]:
    if door is not None:
        return [INTERNET if door == INTERNET else door]
    if addresses.only(4).count() > HALF or addresses.only(6).count() > HALF << 96:
        return [EVERYTHING]
    return [str(block) for span in addresses.ranges() for block in blocks(span)]


def blocks(span: AddressRange) -> list[Prefix]:
    """The fewest CIDR blocks that together are the range, ascending."""
    found: list[Prefix] = []
    first, width = span.first, WIDTH[span.family]
    while first <= span.last:
        size = (first & -first).bit_length() - 1 if first else width
        size = min(size, (span.last - first + 1).bit_length() - 1)
        found.append(Prefix.of(Address(span.family, first), width - size))
        first += 1 << size
    return found

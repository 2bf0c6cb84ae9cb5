"""NAT64's addresses: every IPv4 address has a name in 64:ff9b::/96 (RFC 6052).

Law: `embedded(nat64(a)) == a` for every IPv4 address a. Who translates, and when, is not told here.
"""

from __future__ import annotations

from typing import Final

from verifier.packet.addresses import Address, AddressRange, AddressSet, Prefix

NAT64: Final = Prefix.parse("64:ff9b::/96")


def nat64(address: Address) -> Address:
    """The IPv6 address that names this IPv4 address."""
    return Address(6, NAT64.first + address.value)


def embedded(address: Address) -> Address | None:
    """The IPv4 address in the low 32 bits; None for an address outside 64:ff9b::/96."""
    return Address(4, address.value - NAT64.first) if NAT64.holds(address) else None


def nat64_names(addresses: AddressSet) -> AddressSet:
    """The names of the set's IPv4 addresses."""
    return AddressSet.of(
        *(
            AddressRange(6, NAT64.first + first, NAT64.first + last)
            for first, last in addresses.ipv4
        )
    )


def embedded_in(addresses: AddressSet) -> AddressSet:
    """The IPv4 addresses whose names are in the set."""
    named = addresses & AddressSet.of(NAT64)
    return AddressSet.of(
        *(AddressRange(4, first - NAT64.first, last - NAT64.first) for first, last in named.ipv6)
    )

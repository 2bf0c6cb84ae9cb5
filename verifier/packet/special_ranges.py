"""IANA's special-purpose address ranges as plain data (clauses IGW-2, IGW-3, IGW-8).

Owns the tables that say which addresses can stand for a host on the internet: the IANA IPv4 and
IPv6 Special-Purpose Address Registries, and the multicast blocks. They are facts, shared by both
meanings; what an *internet address of a network* is (these, without the network's own) each
meaning works out for itself.

Law: the longest row that holds an address decides; an address in no row is an ordinary one if it
is IPv4 or in 2000::/3. Two readings are ours (IGW-8): the documentation ranges stand for ordinary
outside hosts, since specifications use them so; and ranges that the registry calls neither
reachable nor unreachable ("N/A") count as internet unless they have been given back (deprecated),
which is the cautious reading: fewer addresses are left out of a `never internet -> ...`.

Sources: https://www.iana.org/assignments/iana-ipv4-special-registry,
https://www.iana.org/assignments/iana-ipv6-special-registry, RFC 5771, RFC 4291.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from verifier.packet.addresses import Address, AddressRange, AddressSet, Prefix


class SpecialRange(NamedTuple):
    """One row: `internet` iff an address of the block can be a host on the internet (IGW-8)."""

    block: str
    name: str
    reference: str
    internet: bool


IPV4_SPECIAL_RANGES: Final[tuple[SpecialRange, ...]] = (
    SpecialRange("0.0.0.0/8", "this network", "RFC 791", False),
    SpecialRange("10.0.0.0/8", "private use", "RFC 1918", False),
    SpecialRange("100.64.0.0/10", "shared address space", "RFC 6598", False),
    SpecialRange("127.0.0.0/8", "loopback", "RFC 1122", False),
    SpecialRange("169.254.0.0/16", "link local", "RFC 3927", False),
    SpecialRange("172.16.0.0/12", "private use", "RFC 1918", False),
    SpecialRange("192.0.0.0/24", "IETF protocol assignments", "RFC 6890", False),
    SpecialRange("192.0.0.9/32", "port control protocol anycast", "RFC 7723", True),
    SpecialRange("192.0.0.10/32", "traversal using relays around NAT anycast", "RFC 8155", True),
    SpecialRange("192.0.2.0/24", "documentation (TEST-NET-1)", "RFC 5737", True),
    SpecialRange("192.31.196.0/24", "AS112-v4", "RFC 7535", True),
    SpecialRange("192.52.193.0/24", "AMT", "RFC 7450", True),
    SpecialRange("192.88.99.0/24", "deprecated (6to4 relay anycast)", "RFC 7526", False),
    SpecialRange("192.168.0.0/16", "private use", "RFC 1918", False),
    SpecialRange("192.175.48.0/24", "direct delegation AS112 service", "RFC 7534", True),
    SpecialRange("198.18.0.0/15", "benchmarking", "RFC 2544", False),
    SpecialRange("198.51.100.0/24", "documentation (TEST-NET-2)", "RFC 5737", True),
    SpecialRange("203.0.113.0/24", "documentation (TEST-NET-3)", "RFC 5737", True),
    SpecialRange("224.0.0.0/4", "multicast", "RFC 5771", False),
    SpecialRange("240.0.0.0/4", "reserved, with limited broadcast", "RFC 1112", False),
)

IPV6_SPECIAL_RANGES: Final[tuple[SpecialRange, ...]] = (
    SpecialRange("2001::/23", "IETF protocol assignments", "RFC 2928", False),
    SpecialRange("2001::/32", "Teredo (N/A)", "RFC 4380", True),
    SpecialRange("2001:1::1/128", "port control protocol anycast", "RFC 7723", True),
    SpecialRange("2001:1::2/128", "traversal using relays around NAT anycast", "RFC 8155", True),
    SpecialRange("2001:1::3/128", "DNS-SD service registration anycast", "RFC 9665", True),
    SpecialRange("2001:2::/48", "benchmarking", "RFC 5180", False),
    SpecialRange("2001:3::/32", "AMT", "RFC 7450", True),
    SpecialRange("2001:4:112::/48", "AS112-v6", "RFC 7535", True),
    SpecialRange("2001:10::/28", "deprecated (ORCHID)", "RFC 4843", False),
    SpecialRange("2001:20::/28", "ORCHIDv2", "RFC 7343", True),
    SpecialRange("2001:30::/28", "drone remote identification", "RFC 9374", True),
    SpecialRange("2001:db8::/32", "documentation", "RFC 3849", True),
    SpecialRange("2002::/16", "6to4 (N/A)", "RFC 3056", True),
    SpecialRange("2620:4f:8000::/48", "direct delegation AS112 service", "RFC 7534", True),
    SpecialRange("3fff::/20", "documentation", "RFC 9637", True),
)
"""Only what lies in 2000::/3: no other IPv6 address passes an internet gateway (IGW-3)."""

GLOBAL_UNICAST_IPV6: Final = Prefix.parse("2000::/3")
"""RFC 4291, RFC 3587: the IPv6 addresses that an internet gateway carries (IGW-3)."""

PRIVATE_OR_SHARED_IPV4: Final = AddressSet.of(
    *(Prefix.parse(row.block) for row in IPV4_SPECIAL_RANGES
      if row.reference in ("RFC 1918", "RFC 6598"))
)  # fmt: skip
"""The destinations that an internet gateway drops (IGW-2)."""

DOCUMENTATION: Final = AddressSet.of(
    *(Prefix.parse(row.block) for row in IPV4_SPECIAL_RANGES + IPV6_SPECIAL_RANGES
      if row.name.startswith("documentation"))
)  # fmt: skip
"""Internet addresses that people write for hosts outside; preferred for witnesses."""

DOCUMENTATION_HOSTS: Final = tuple(
    Address.parse(text)
    for text in ("198.51.100.7", "203.0.113.7", "192.0.2.7", "2001:db8::7", "2001:db8:1::7")
)
"""Those that stand for any host outside, in the order in which they are tried."""


def _not_internet() -> AddressSet:
    blocks: list[Prefix | AddressRange] = []
    kept: list[Prefix] = []
    for row in IPV4_SPECIAL_RANGES + IPV6_SPECIAL_RANGES:
        (kept if row.internet else blocks).append(Prefix.parse(row.block))
    beyond = AddressSet.everything().only(6) - AddressSet.of(GLOBAL_UNICAST_IPV6)
    # No row that is kept out lies within one that is let in, so this is the longest row's word.
    return (AddressSet.of(*blocks) - AddressSet.of(*kept)) | beyond


NOT_INTERNET: Final = _not_internet()
"""Every address that is never a host on the internet, whatever the network (IGW-8)."""

"""IANA's special-purpose ranges: the longest row that holds an address decides (IGW-8)."""

import ipaddress

import pytest

from verifier.packet import Address, AddressSet, Prefix
from verifier.packet.special_ranges import (
    DOCUMENTATION,
    GLOBAL_UNICAST_IPV6,
    IPV4_SPECIAL_RANGES,
    IPV6_SPECIAL_RANGES,
    NOT_INTERNET,
    PRIVATE_OR_SHARED_IPV4,
)

ROWS = IPV4_SPECIAL_RANGES + IPV6_SPECIAL_RANGES


def longest_row_says(address: Address) -> bool:
    holding = [row for row in ROWS if address in Prefix.parse(row.block)]
    if holding:
        return max(holding, key=lambda row: Prefix.parse(row.block).length).internet
    return address.family == 4 or address in GLOBAL_UNICAST_IPV6


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.block)
def test_every_edge_of_every_row_is_as_its_longest_row_says(row):
    block = Prefix.parse(row.block)
    largest = 2**32 - 1 if block.family == 4 else 2**128 - 1
    for value in (block.first - 1, block.first, block.last, block.last + 1):
        if 0 <= value <= largest:
            address = Address(block.family, value)
            assert (address not in NOT_INTERNET) == longest_row_says(address), str(address)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.block)
def test_blocks_are_written_without_host_bits(row):
    assert str(Prefix.parse(row.block)) == row.block == str(ipaddress.ip_network(row.block))


@pytest.mark.parametrize(
    "text",
    ["0.1.2.3", "10.1.1.1", "100.127.255.255", "127.0.0.1", "169.254.1.1", "172.31.0.1",
     "192.0.0.8", "192.88.99.1", "192.168.9.9", "198.19.255.255", "224.0.0.1", "239.1.1.1",
     "240.0.0.1", "255.255.255.255", "::", "::1", "::ffff:8.8.8.8", "64:ff9b::808:808",
     "100::1", "2001:2::1", "2001:10::1", "2001:5::1", "4000::1", "5f00::1", "fc00::1",
     "fd00:ec2::253", "fe80::1", "ff02::1"],
)  # fmt: skip
def test_not_a_host_on_the_internet(text):
    assert Address.parse(text) in NOT_INTERNET


@pytest.mark.parametrize(
    "text",
    ["1.1.1.1", "8.8.8.8", "100.63.255.255", "100.128.0.0", "192.0.0.9", "192.0.0.10",
     "192.0.2.1", "198.51.100.7", "203.0.113.9", "223.255.255.255", "2001:1::1", "2001:1::3",
     "2001:3::1", "2001:20::1", "2001:200::1", "2001:db8::1", "2600::1", "2002::1", "3fff::1"],
)  # fmt: skip
def test_a_host_on_the_internet(text):
    assert Address.parse(text) not in NOT_INTERNET


def test_documentation_ranges_are_internet():
    assert not (DOCUMENTATION & NOT_INTERNET)
    assert (
        AddressSet.of(
            *map(Prefix.parse, ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24")),
            *map(Prefix.parse, ("2001:db8::/32", "3fff::/20")),
        )
        == DOCUMENTATION
    )


def test_destinations_that_an_internet_gateway_drops():
    wanted = ("10.0.0.0/8", "100.64.0.0/10", "172.16.0.0/12", "192.168.0.0/16")
    assert AddressSet.of(*map(Prefix.parse, wanted)) == PRIVATE_OR_SHARED_IPV4

"""Addresses, prefixes and sets against Python's own `ipaddress` and against brute force."""

from __future__ import annotations

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verifier.packet import Address, AddressRange, AddressSet, Prefix

IPV4 = st.integers(0, 2**32 - 1)
IPV6 = st.integers(0, 2**128 - 1)
SMALL = st.tuples(st.integers(0, 40), st.integers(0, 12)).map(
    lambda pair: AddressRange(4, pair[0], pair[0] + pair[1])
)
SETS = st.lists(SMALL, max_size=6).map(lambda spans: AddressSet.of(*spans))


def members(addresses: AddressSet) -> set[int]:
    return {value for value in range(60) if Address(4, value) in addresses}


@given(IPV4)
def test_ipv4_text_is_that_of_the_standard_library(value: int) -> None:
    text = str(ipaddress.IPv4Address(value))
    assert Address.parse(text) == Address(4, value)
    assert str(Address(4, value)) == text


@given(IPV6)
def test_ipv6_text_reads_back_and_agrees_with_the_standard_library(value: int) -> None:
    assert Address.parse(str(ipaddress.IPv6Address(value))) == Address(6, value)
    assert Address.parse(str(Address(6, value))) == Address(6, value)


@pytest.mark.parametrize(
    "text", ["", "1.2.3", "1.2.3.4.5", "256.1.1.1", "::1%eth0", "1.2.3.4 ", "é", "12345::", "a\0b"]
)
def test_anything_else_is_no_address(text: str) -> None:
    with pytest.raises(ValueError, match="is not an IP address"):
        Address.parse(text)


@given(IPV4, st.integers(0, 32))
def test_host_bits_are_masked(value: int, length: int) -> None:
    prefix = Prefix.parse(f"{Address(4, value)}/{length}")
    network = ipaddress.ip_network((value, length), strict=False)
    assert str(prefix) == str(network)
    assert (prefix.first, prefix.last) == (int(network[0]), int(network[-1]))
    assert Address(4, value) in prefix
    assert prefix.range() == AddressRange(4, prefix.first, prefix.last)


def test_a_single_address_is_a_prefix_of_full_length() -> None:
    assert Prefix.parse("10.0.0.1") == Prefix.parse("10.0.0.1/32")
    assert Prefix.parse("::1").length == 128


@pytest.mark.parametrize("text", ["10.0.0.0/33", "10.0.0.0/", "10.0.0.0/-1", "::/129", "1.2.3.4/٣"])
def test_lengths_out_of_range_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not a CIDR block"):
        Prefix.parse(text)


def test_covering_is_by_family_length_and_network() -> None:
    wide, narrow = Prefix.parse("10.0.0.0/8"), Prefix.parse("10.1.0.0/16")
    assert wide.covers(narrow)
    assert wide.covers(wide)
    assert not narrow.covers(wide)
    assert not wide.covers(Prefix.parse("11.0.0.0/16"))
    assert not Prefix.parse("::/0").covers(wide)


def test_membership_asks_for_the_family_and_for_an_address() -> None:
    assert Address(6, 5) not in Prefix.parse("0.0.0.0/0")
    assert Address(6, 5) not in AddressRange(4, 0, 10)
    assert "10.0.0.1" not in Prefix.parse("0.0.0.0/0")
    assert "10.0.0.1" not in AddressRange(4, 0, 10)
    assert "10.0.0.1" not in AddressSet.everything()
    assert Address(4, 7) in AddressRange(4, 0, 10)
    assert Address(4, 11) not in AddressRange(4, 0, 10)


@given(SETS, SETS)
def test_set_algebra_is_that_of_sets(left: AddressSet, right: AddressSet) -> None:
    assert members(left | right) == members(left) | members(right)
    assert members(left - right) == members(left) - members(right)
    assert members(left & right) == members(left) & members(right)
    assert bool(left) == bool(members(left))
    assert left.count() == len(members(left))


@given(SETS)
def test_sets_are_normal_forms(addresses: AddressSet) -> None:
    rebuilt = AddressSet.of(*(Address(4, value) for value in members(addresses)))
    assert rebuilt == addresses
    for before, after in zip(addresses.ipv4, addresses.ipv4[1:], strict=False):
        assert before[1] + 1 < after[0]


def test_families_are_kept_apart() -> None:
    both = AddressSet.of(Prefix.parse("10.0.0.0/8"), Prefix.parse("2001:db8::/32"))
    assert both.families() == {4, 6}
    assert both.only(4).families() == {4}
    assert both.only(6).families() == {6}
    assert [span.family for span in both.ranges()] == [4, 6]
    assert both - AddressSet.everything() == AddressSet()
    assert Address.parse("2001:db8::1") in both


def test_a_prefix_holds_what_is_in_it():
    block = Prefix.parse("10.0.0.0/30")
    for text, held in (("10.0.0.0", True), ("10.0.0.3", True), ("10.0.0.4", False)):
        assert block.holds(Address.parse(text)) is held is (Address.parse(text) in block)
    assert not block.holds(Address.parse("::a00:0"))
    assert Prefix.parse("::/0").holds(Address.parse("2001:db8::1"))

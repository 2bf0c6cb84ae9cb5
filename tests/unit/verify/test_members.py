"""Member lists, as a reviewer reads them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from verifier.invariants.question import EndpointSet, Names
from verifier.packet import AddressRange, AddressSet, Prefix
from verifier.trace import INTERNET
from verifier.verify.members import LONGEST, blocks, member_list


def test_interfaces_come_first_then_doors_and_blocks() -> None:
    endpoints = EndpointSet(
        interfaces={"eni-1": Names(default=True)},
        outside={
            None: AddressSet.of(Prefix.parse("192.0.2.0/24"), Prefix.parse("2001:db8::/32")),
            INTERNET: AddressSet.of(Prefix.parse("8.8.8.8")),
            "igw-1": AddressSet.of(Prefix.parse("9.9.9.9")),
        },
    )
    assert member_list(endpoints) == (
        "eni-1",
        "192.0.2.0/24",
        "2001:db8::/32",
        "igw-1",
        "internet",
    )


def test_a_long_list_is_cut_and_says_by_how_much() -> None:
    names = {f"eni-{number:04}": Names(default=True) for number in range(LONGEST + 10)}
    found = member_list(EndpointSet(interfaces=names))
    assert len(found) == LONGEST
    assert found[-1] == "and 11 more"
    full = dict(list(names.items())[:LONGEST])
    assert member_list(EndpointSet(interfaces=full)) == tuple(full)


def test_the_outside_as_such_has_a_word() -> None:
    holes = AddressSet.everything() - AddressSet.of(Prefix.parse("10.0.0.0/16"))
    assert member_list(EndpointSet(outside={None: holes})) == ("everything outside",)
    assert member_list(EndpointSet(outside={None: holes.only(6)})) == ("everything outside",)
    half = AddressSet.of(Prefix.parse("0.0.0.0/1"))
    assert member_list(EndpointSet(outside={None: half})) == ("0.0.0.0/1",)


@given(st.integers(0, 2**32 - 1), st.integers(0, 2**32 - 1))
def test_blocks_are_exactly_the_range(one: int, other: int) -> None:
    span = AddressRange(4, min(one, other), max(one, other))
    found = blocks(span)
    assert AddressSet.of(*found) == AddressSet.of(span)
    assert sum(block.last - block.first + 1 for block in found) == span.last - span.first + 1
    assert len(found) <= 62

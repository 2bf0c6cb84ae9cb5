"""NAT64's names of IPv4 addresses."""

from hypothesis import given
from hypothesis import strategies as st

from verifier.packet import (
    NAT64,
    Address,
    AddressSet,
    Prefix,
    embedded,
    embedded_in,
    nat64,
    nat64_names,
)


@given(st.integers(0, (1 << 32) - 1))
def test_there_and_back(value):
    address = Address(4, value)
    assert embedded(nat64(address)) == address
    assert NAT64.holds(nat64(address))


def test_as_rfc_6052_writes_it():
    assert str(nat64(Address.parse("8.8.8.8"))) == "64:ff9b::808:808"
    assert embedded(Address.parse("64:ff9b::808:808")) == Address.parse("8.8.8.8")
    for other in ("64:ff9b:1::1", "64:ff9a::1", "2600::1", "8.8.8.8"):
        assert embedded(Address.parse(other)) is None


def test_sets_of_names():
    blocks = AddressSet.of(Prefix.parse("10.0.0.0/24"), Prefix.parse("2600::/64"))
    names = nat64_names(blocks)
    assert names == AddressSet.of(Prefix.parse("64:ff9b::a00:0/120"))
    assert embedded_in(names | blocks) == AddressSet.of(Prefix.parse("10.0.0.0/24"))
    assert not embedded_in(blocks)

"""Who owns which address (VPC-1 to VPC-3, ENI-1, IGW-8)."""

from dataclasses import replace

from tests.known_answers.cases import nat_lan, web
from verifier.evaluate.vpc import address_book
from verifier.packet import Address, Prefix

read = Address.parse


def test_owners_by_address_and_by_delegated_prefix():
    made = web()
    longer, shorter = Prefix.parse("2600:1f00:0:1:1::/80"), Prefix.parse("10.0.1.16/28")
    made.net.change("interfaces", "eni-1", delegated=(longer, shorter))
    book = address_book(made.net.network())
    owner = made.net.get("interfaces", "eni-1")
    for text in ("10.0.1.5", "10.0.1.31", "2600:1f00::5", "2600:1f00:0:1:1::9"):
        assert book.owner("vpc-1", read(text)) is owner
        assert book.owners(read(text)) == [owner]
    for text in ("10.0.1.32", "10.0.1.4", "2600:1f00::6"):
        assert book.owner("vpc-1", read(text)) is None
    assert book.owner("vpc-9", read("10.0.1.5")) is None
    assert book.is_global_ipv6(read("2600:1f00::5"))
    assert not book.is_global_ipv6(read("2600:1f00::6"))
    assert not book.is_global_ipv6(read("10.0.1.5"))


def test_public_addresses_of_hosts_and_of_nat_gateways():
    made = nat_lan()
    made.public.interface("10.0.9.7", public="52.0.0.7", attached=False)
    book = address_book(made.net.network())
    assert book.public[read("52.0.0.9")] == ("vpc-1", read("10.0.9.5"))
    assert book.public[read("52.0.0.7")] == ("vpc-1", read("10.0.9.7"))
    assert book.public_of == {("vpc-1", read("10.0.9.5")): read("52.0.0.9")}
    assert book.nats == {("vpc-1", read("10.0.9.5")): "nat-1"}


def test_internet_addresses_are_those_of_nobody_here():
    made = nat_lan()
    made.net.change("vpcs", "vpc-1", ipv4=(Prefix.parse("8.8.0.0/16"),))
    book = address_book(made.net.network())
    for text in ("8.8.8.8", "52.0.0.9", "10.0.0.1", "224.0.0.1", "fd00::1"):
        assert not book.is_internet(read(text))
    for text in ("8.9.0.1", "52.0.0.8", "198.51.100.1", "2001:db8::1"):
        assert book.is_internet(read(text))
    assert book.in_vpc("vpc-1", read("8.8.1.1"))
    assert not book.in_vpc("vpc-2", read("8.8.1.1"))


def test_an_interface_of_a_vpc_that_is_not_there_is_owned_all_the_same():
    network = web().net.network()
    book = address_book(replace(network, vpcs={}))
    assert book.owner("vpc-1", read("10.0.1.5")) is not None

"""The boundary of a subnet and the router (SUB-1 to SUB-5, SVC-1, SVC-2)."""

import pytest

from tests.known_answers.cases import lan, peered
from tests.strategies.builder import packet, probe
from verifier.evaluate import exchange, walk
from verifier.trace import Decision


def test_the_hops_of_a_packet_between_two_subnets():
    asked = lan().ask("R")
    found = exchange(asked.network, asked.probe)
    told = [(hop.kind, hop.component, hop.direction, hop.rule) for hop in found.forward.hops]
    assert told == [
        ("interface", "eni-1", None, None),
        ("security-group", "sg-1", "egress", "all 0.0.0.0/0"),
        ("network-acl", "acl-of-vpc-1", "egress", "100"),
        ("route-table", "rtb-of-vpc-1", None, "10.0.0.0/16 local"),
        ("network-acl", "acl-of-vpc-1", "ingress", "100"),
        ("security-group", "sg-2", "ingress", "all 0.0.0.0/0"),
        ("interface", "eni-2", None, None),
    ]
    assert found.forward.hops[-1].decision is Decision.DELIVER
    assert found.reply is not None
    assert [hop.rule for hop in found.reply.hops if hop.kind == "security-group"] == [
        "connection remembered",
        "connection remembered",
    ]
    assert found.gaps == frozenset()


def test_the_hops_of_a_packet_within_a_subnet():
    asked = lan(same=True).ask("R")
    kinds = [hop.kind for hop in walk(asked.network, asked.probe).hops]
    assert kinds == ["interface", "security-group", "security-group", "interface"]


@pytest.mark.parametrize("address", ["10.0.1.77", "10.0.2.77"])
def test_an_address_that_nobody_owns(address):
    made = lan()
    asked = probe(made.a, None, packet("10.0.1.5", address))
    found = walk(made.net.network(), asked)
    assert (found.code, found.hops[-1].kind) == ("NO_POSSIBLE_DESTINATION", "vpc")


def test_the_same_address_in_another_vpc_is_another_address():
    made = peered()
    twin = made.two.subnet("10.0.1.0/24").interface("10.0.1.6")
    asked = probe(made.a, twin, packet("10.0.1.5", "10.0.1.6"))
    assert walk(made.net.network(), asked).delivered_to is None


@pytest.mark.parametrize(
    "address",
    ["10.0.0.2", "169.254.169.253", "169.254.169.254", "169.254.169.123", "169.254.169.249",
     "169.254.169.250", "169.254.169.251", "169.254.170.2"],
)  # fmt: skip
def test_amazon_s_own_services(address):
    made = lan(rules_a=())
    made.subnet_a.acl()
    asked = probe(made.a, None, packet("10.0.1.5", address, "udp 53"))
    found = exchange(made.net.network(), asked)
    assert (found.works, found.reply, found.forward.code) == (True, None, None)
    assert found.forward.delivered_to is None
    assert (found.forward.hops[-1].kind, found.forward.hops[-1].decision) == (
        "service",
        Decision.DELIVER,
    )


def test_amazon_s_own_services_over_ipv6():
    made = lan()
    made.net.change("interfaces", "eni-1", source_destination_check=False)
    for address, served in (("fd00:ec2::253", True), ("fd00:ec2::1", False), ("fe80::1", False)):
        asked = probe(made.a, None, packet("2600::1", address, "udp 53"))
        found = walk(made.net.network(), asked)
        assert found.code == (None if served else "LINK_LOCAL_NOT_FORWARDED")


def test_an_interface_may_own_the_address_base_plus_two():
    made = lan()
    owner = made.vpc.subnet("10.0.0.0/24").interface("10.0.0.2")
    asked = probe(made.a, owner, packet("10.0.1.5", "10.0.0.2"))
    assert exchange(made.net.network(), asked).works


def test_both_lists_name_their_entry():
    made = lan()
    made.subnet_b.acl("in 90 deny tcp 443 10.0.1.0/24", "in 100 allow -1 0.0.0.0/0")
    asked = made.ask("U")
    last = walk(asked.network, asked.probe).hops[-1]
    assert (last.code, last.rule, last.detail, last.direction) == (
        "SUBNET_ACL_RESTRICTION",
        "90",
        "deny tcp 443 10.0.1.0/24",
        "ingress",
    )
    made.subnet_a.acl("in 100 allow -1 0.0.0.0/0")
    asked = made.ask("U")
    last = walk(asked.network, asked.probe).hops[-1]
    assert (last.rule, last.detail, last.direction) == ("*", None, "egress")

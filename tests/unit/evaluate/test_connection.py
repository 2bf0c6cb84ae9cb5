"""Replies (CONN-1 to CONN-6)."""

import pytest

from tests.known_answers.cases import IN, OUT, lan, web
from tests.strategies.builder import packet, probe
from verifier.evaluate import exchange


@pytest.mark.parametrize(
    ("traffic", "due"),
    [("tcp 443", True), ("udp 53", True), ("47", True), ("icmp", True), ("icmp 3/4", False),
     ("icmp 0/0", False), ("58 128/0", False)],
)  # fmt: skip
def test_which_packets_are_answered(traffic, due):
    asked = lan().ask("R", traffic)
    found = exchange(asked.network, asked.probe)
    assert found.works
    assert (found.reply is not None) is due


def test_replies_are_not_judged_by_groups_and_are_by_lists():
    made = lan(rules_a=("out -1 0.0.0.0/0",), rules_b=("in -1 0.0.0.0/0",))
    asked = made.ask("R")
    assert exchange(asked.network, asked.probe).works
    made.subnet_a.acl("in 100 deny -1 0.0.0.0/0", *OUT)
    asked = made.ask("P")
    found = exchange(asked.network, asked.probe)
    assert found.reply is not None
    assert (found.works, found.reply.code) == (False, "SUBNET_ACL_RESTRICTION")
    assert found.forward.delivered_to == made.b


def test_nothing_is_answered_that_did_not_arrive():
    made = lan()
    made.subnet_b.acl(*OUT)
    asked = made.ask("U")
    found = exchange(asked.network, asked.probe)
    assert (found.works, found.reply) == (False, None)


def test_the_reply_must_reach_the_source():
    made = lan()
    made.net.change("interfaces", "eni-1", source_destination_check=False)
    made.vpc.subnet("10.0.3.0/24").interface("10.0.3.5")
    asked = probe(made.a, made.b, packet("10.0.3.5", "10.0.2.5"))
    found = exchange(made.net.network(), asked)
    assert found.reply is not None
    assert (found.works, found.reply.code) == (False, "NO_CONNECTION")
    asked = probe(made.a, made.b, packet("169.254.169.253", "10.0.2.5"))
    found = exchange(made.net.network(), asked)
    assert not found.works


def test_a_reply_to_an_address_of_amazon_s_own_is_the_service_s():
    for forged in ("10.0.0.2", "169.254.169.253", "169.254.169.123"):
        made = lan()
        made.net.change("interfaces", "eni-1", source_destination_check=False)
        found = exchange(made.net.network(), probe(made.a, made.b, packet(forged, "10.0.2.5")))
        assert found.reply is not None
        assert (found.works, found.reply.delivered_to) == (False, None)
        assert found.reply.hops[-1].kind == "service"


def test_the_outside_answers_from_where_the_packet_left():
    for to in ("203.0.113.7", "2001:db8::7"):
        made = web()
        made.subnet.acl(*IN, *OUT)
        asked = made.calls("R", to)
        found = exchange(asked.network, asked.probe)
        assert found.works
        made.subnet.acl(*OUT)
        made.net.change("network_acls", "acl-1", subnet_ids=())
        asked = made.calls("P", to)
        assert not exchange(asked.network, asked.probe).works

"""How one list judges one packet (ACL-1 to ACL-8, GAP-3), and who is guarded by which."""

from dataclasses import replace

import pytest

from tests.known_answers.cases import lan
from tests.strategies.builder import entry, gap, packet
from verifier.evaluate import walk
from verifier.evaluate.network_acl import Judgement, guards, in_order, judge, matches
from verifier.model import Gap, Network, NetworkAcl, Subnet
from verifier.packet import Prefix

PACKET = packet("10.0.1.5", "10.0.2.5", "tcp 443")
ONE, TWO = gap("one", "GAP-3"), gap("two", "GAP-3")


def said(*texts, opened=()):
    """What an ingress list says of `PACKET`; an entry with a gap is a pair."""
    made = [entry(text) if isinstance(text, str) else entry(*text) for text in texts]
    return judge(in_order(made, False, 4), PACKET, PACKET.source, frozenset(opened))


@pytest.mark.parametrize(
    ("text", "sent", "found"),
    [
        ("in 1 allow tcp 443 10.0.0.0/8", "tcp 443", True),
        ("in 1 allow tcp 442-444 10.0.0.0/8", "tcp 443", True),
        ("in 1 allow tcp 444-500 10.0.0.0/8", "tcp 443", False),
        ("in 1 allow tcp 443 10.0.2.0/24", "tcp 443", False),
        ("in 1 allow udp 443 10.0.0.0/8", "tcp 443", False),
        ("in 1 allow tcp 10.0.0.0/8", "tcp 443", False),
        ("in 1 allow -1 1-2 10.0.0.0/8", "tcp 443", True),
        ("in 1 allow icmp 10.0.0.0/8", "icmp 3/4", True),
        ("in 1 allow icmp 3/-1 10.0.0.0/8", "icmp 3/4", True),
        ("in 1 allow icmp 3/1 10.0.0.0/8", "icmp 3/4", False),
        ("in 1 allow icmp 8/-1 10.0.0.0/8", "icmp 3/4", False),
        ("in 1 allow 58 128/0 10.0.0.0/8", "58 3/4", True),
        ("in 1 allow 47 1-2 10.0.0.0/8", "47", True),
    ],
)
def test_what_an_entry_matches(text, sent, found):
    asked = packet("10.0.1.5", "10.0.2.5", sent)
    assert matches(entry(text), asked, asked.source) is found


def test_an_entry_with_a_gap_matches_by_what_is_known_of_it():
    unread = replace(entry("in 1 allow tcp 1-2 10.0.0.0/8", ONE), protocol=None, prefix=None)
    assert matches(unread, PACKET, PACKET.source)
    assert matches(entry("in 1 allow tcp 1-2 10.0.0.0/8", ONE), PACKET, PACKET.source)
    assert not matches(entry("in 1 allow udp 1-2 10.0.0.0/8", ONE), PACKET, PACKET.source)
    assert unread in in_order([unread], False, 4)
    assert unread in in_order([unread], False, 6)


def test_an_allow_with_a_gap_allows_iff_it_is_open():
    listed = (("in 1 allow tcp 1-2 10.0.0.0/8", ONE), "in 2 deny -1 10.0.0.0/8")
    assert said(*listed).allowed is False
    assert said(*listed, opened=[ONE]) == Judgement(True, entry(*listed[0]), (ONE,))


def test_a_deny_with_a_gap_is_skipped_iff_it_is_open():
    listed = (("in 1 deny tcp 1-2 10.0.0.0/8", ONE), "in 2 allow -1 10.0.0.0/8")
    assert said(*listed) == Judgement(False, entry(*listed[0]))
    assert said(*listed, opened=[ONE]) == Judgement(True, entry(listed[1]), (ONE,))


def test_an_unknown_action_allows_iff_it_is_open():
    unread = replace(entry("in 1 allow -1 10.0.0.0/8", ONE), allow=None)
    for opened in (frozenset[Gap](), frozenset({ONE})):
        found = judge((unread, entry("in 2 allow -1 0.0.0.0/0")), PACKET, PACKET.source, opened)
        assert (found.allowed, found.entry) == (bool(opened), unread)


def test_a_list_relies_on_as_few_gaps_as_it_can():
    allow, deny = "in 5 allow tcp 1-2 10.0.0.0/8", "in 6 deny tcp 1-2 10.0.0.0/8"
    rest, first = "in 9 allow -1 0.0.0.0/0", "in 1 deny tcp 1-2 10.0.0.0/8"
    assert said((allow, ONE), rest, opened=[ONE]).gaps == ()
    assert said((allow, ONE), (deny, TWO), rest, opened=[ONE, TWO]).gaps == (ONE,)
    found = said((first, TWO), (allow, ONE), opened=[ONE, TWO])
    assert found.gaps == (TWO, ONE)
    assert said((allow, ONE), opened=[ONE]).gaps == (ONE,)


def test_without_a_match_it_is_denied():
    assert said("in 1 allow udp 1-2 10.0.0.0/8") == Judgement(False, None)


def test_who_is_guarded_by_which():
    subnets = [
        Subnet(id=name, vpc_id=vpc, prefixes=(Prefix.parse("10.0.0.0/24"),))
        for name, vpc in (
            ("s-named", "v"),
            ("s-default", "v"),
            ("s-neither", "w"),
            ("s-missing", "v"),
        )
    ]
    named = NetworkAcl(id="acl-2", vpc_id="v", subnet_ids=("s-named",))
    default = NetworkAcl(id="acl-1", vpc_id="v", is_default=True)
    network = Network(
        subnets={subnet.id: subnet for subnet in subnets},
        network_acls={acl.id: acl for acl in (named, default)},
        missing={("network-acl", "s-missing"): Gap("s-missing", "GAP-10", "not there")},
    )
    assert guards(network) == {"s-named": named, "s-default": default}


def test_a_subnet_without_a_list_is_a_gap():
    made = lan()
    made.net.change("network_acls", "acl-of-vpc-1", is_default=False)
    network, asked = made.net.network(), made.ask("U").probe
    assert walk(network, asked).code == "SUBNET_ACL_RESTRICTION"
    gaps = {made.net.lacks("network-acl", subnet) for subnet in ("subnet-1", "subnet-2")}
    network = made.net.network()
    assert walk(network, asked).code == "SUBNET_ACL_RESTRICTION"
    passed = walk(network, asked, frozenset(gaps))
    assert passed.delivered_to == asked.destination
    assert passed.gaps == gaps

"""How rules, entries and routes are told."""

from dataclasses import replace

import pytest

from tests.strategies.builder import entry, rule, target
from verifier.evaluate.words import entry_detail, route_words, rule_words
from verifier.model import PrefixListReference, Route
from verifier.packet import Prefix


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("in tcp 5432 10.0.0.0/16", "tcp 5432 10.0.0.0/16"),
        ("in udp 1-65535 ::/0", "udp 1-65535 ::/0"),
        ("in tcp 80 sg-123", "tcp 80 sg-123"),
        ("in tcp 10.0.0.0/16", "tcp ? 10.0.0.0/16"),
        ("in -1 0-0 pl-1", "all pl-1"),
        ("in icmp 8/-1 0.0.0.0/0", "icmp 8 0.0.0.0/0"),
        ("in icmp 3/4 0.0.0.0/0", "icmp 3/4 0.0.0.0/0"),
        ("in icmp6 -1/-1 ::/0", "icmp6 ::/0"),
        ("in 50 ::/0", "proto/50 ::/0"),
    ],
)
def test_rules(text, words):
    assert rule_words(rule(text)) == words


def test_what_is_not_known_is_a_question_mark():
    assert rule_words(replace(rule("in tcp 80 ::/0"), protocol=None, peer=None)) == "? ?"
    unread = replace(entry("in 7 allow tcp 80 ::/0"), allow=None, protocol=None, prefix=None)
    assert entry_detail(unread) == "unknown action for ? ?"


def test_entries():
    assert rule_words(entry("in 7 allow tcp 80 ::/0")) == "7"
    assert entry_detail(entry("in 7 allow tcp 80 ::/0")) == "allow tcp 80 ::/0"
    assert entry_detail(entry("in 7 deny icmp 8/0 0.0.0.0/0")) == "deny icmp 8/0 0.0.0.0/0"
    assert entry_detail(entry("in 7 deny icmp 0.0.0.0/0")) == "deny icmp 0.0.0.0/0"
    assert rule_words("as it is") == "as it is"
    assert rule_words(None) is None


def test_routes():
    prefix = Prefix.parse("10.0.0.0/16")
    assert route_words(prefix, Route(destination=prefix, target=target("local"))) == (
        "10.0.0.0/16 local"
    )
    listed = Route(destination=PrefixListReference("pl-1"), target=target("pcx-1"))
    assert route_words(prefix, listed) == "10.0.0.0/16 (pl-1) pcx-1"

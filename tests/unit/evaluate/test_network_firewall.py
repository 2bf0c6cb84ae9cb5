"""Network firewalls at the endpoint between A and B (NFW-1 to NFW-5)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.known_answers.cases import Lan, lan
from tests.strategies.builder import gap, packet
from verifier.evaluate import exchange
from verifier.model import (
    FirewallMatch,
    Gap,
    NetworkFirewall,
    StatefulAction,
    StatefulRule,
    StatelessAction,
    StatelessRule,
)
from verifier.packet import ALL_PORTS, PortRange, Prefix
from verifier.trace import Exchange, Probe

ANYWHERE = (Prefix.parse("0.0.0.0/0"), Prefix.parse("::/0"))
EVERYTHING = FirewallMatch(
    sources=ANYWHERE,
    destinations=ANYWHERE,
    source_ports=(ALL_PORTS,),
    destination_ports=(ALL_PORTS,),
)
WEB = replace(EVERYTHING, protocols=frozenset({6}), destination_ports=(PortRange(443, 443),))
PASS, DROP, FORWARD = StatelessAction
DOUBT = gap("rule", "NFW-5")


def stateless(
    action: StatelessAction, match: FirewallMatch = EVERYTHING, group: int = 1, **more: Any
) -> StatelessRule:
    more = {"priority": 1, **more}
    return StatelessRule(group_priority=group, match=match, action=action, **more)


def stateful(passes: bool, match: FirewallMatch = EVERYTHING, group: int = 1, **more: Any) -> Any:
    action = StatefulAction.PASS if passes else StatefulAction.DROP
    more = {"position": 0, **more}
    return StatefulRule(group_priority=group, match=match, action=action, **more)


def sent(
    traffic: str = "tcp 443", opened: tuple[Gap, ...] = (), back: bool = True, **policy: Any
) -> Exchange:
    """What becomes of A's packet to B through a firewall with this policy."""
    made: Lan = lan()
    endpoint = made.vpc.subnet("10.0.3.0/24").firewall_endpoint()
    made.subnet_a.route("10.0.2.0/24", endpoint)
    if back:
        made.subnet_b.route("10.0.1.0/24", endpoint)
    made.net.put("network_firewalls", NetworkFirewall(id="fw", endpoint_ids=(endpoint,), **policy))
    network = made.net.network()
    probe = Probe(made.a, made.b, packet("10.0.1.5", "10.0.2.5", traffic))
    return exchange(
        network, probe, frozenset(opened) | frozenset(g for g in network.gaps if not back)
    )


def judged(**policy: Any) -> str:
    return verdict(sent(**policy))


def verdict(found: Exchange) -> str:
    return "works" if found.works else str((found.reply or found.forward).code)


def test_without_rules_everything_passes() -> None:
    found = sent()
    assert found.works
    assert [(h.kind, h.rule) for h in found.forward.hops if h.component == "fw"] == [
        ("network-firewall", "stateful default")
    ]
    assert found.reply is not None
    assert [h.rule for h in found.reply.hops if h.component == "fw"] == ["connection remembered"]


def test_a_policy_that_is_not_known() -> None:
    unknown = gap("fw", "NFW-1")
    assert judged(gap=unknown) == "UNKNOWN_RESOURCE"
    assert judged(gap=unknown, opened=(unknown,)) == "works"


def test_stateless_rules_in_order_of_groups_and_priorities() -> None:
    late, early = stateless(PASS, group=2), stateless(DROP, group=1, priority=9)
    assert judged(stateless=(late, early)) == "FIREWALL_RULES_RESTRICTION"
    assert judged(stateless=(late, early, stateless(PASS, priority=8))) == "works"


def test_replies_are_asked_of_stateless_rules() -> None:
    there = stateless(PASS, replace(EVERYTHING, sources=(Prefix.parse("10.0.1.0/24"),)))
    assert judged(stateless=(there,), stateless_default=DROP) == "FIREWALL_RULES_RESTRICTION"
    back = stateless(PASS, replace(EVERYTHING, destinations=(Prefix.parse("10.0.1.0/24"),)))
    assert judged(stateless=(there, replace(back, priority=2)), stateless_default=DROP) == "works"


def test_a_reply_that_the_stateful_rules_have_not_seen_before() -> None:
    there = stateless(PASS, replace(EVERYTHING, sources=(Prefix.parse("10.0.1.0/24"),)))
    assert judged(stateless=(there,)) == "ASYMMETRIC_RETURN"
    appliances = gap("vpce-1", "VPCE-7")
    assert judged(stateless=(there,), opened=(appliances,)) == "works"


@pytest.mark.parametrize(
    ("traffic", "match", "passes"),
    [
        ("tcp 443", WEB, True),
        ("tcp 444", WEB, False),
        ("udp 443", WEB, False),
        ("icmp", EVERYTHING, True),
        ("icmp", replace(EVERYTHING, source_ports=()), True),
        ("tcp 443", replace(EVERYTHING, source_ports=()), False),
        ("tcp 443", replace(EVERYTHING, sources=(Prefix.parse("10.9.0.0/16"),)), False),
        ("tcp 443", replace(EVERYTHING, inverted=frozenset({"source"})), False),
        ("tcp 443", replace(EVERYTHING, inverted=frozenset({"destination"})), False),
        ("tcp 443", replace(EVERYTHING, inverted=frozenset({"source_ports"})), False),
        ("tcp 80", replace(WEB, inverted=frozenset({"destination_ports"})), True),
        ("tcp 443", replace(WEB, inverted=frozenset({"destination_ports"})), False),
    ],
)
def test_what_a_rule_matches(traffic: str, match: FirewallMatch, passes: bool) -> None:
    policy = {"strict_order": True, "stateful_default_drops": True}
    found = judged(traffic=traffic, stateful=(stateful(True, match),), **policy)
    assert (found == "works") is passes


def test_rules_of_both_directions() -> None:
    backwards = replace(EVERYTHING, sources=(Prefix.parse("10.0.2.0/24"),))
    one_way = stateful(False, backwards)
    assert judged(stateful=(one_way,)) == "works"
    assert judged(stateful=(replace(one_way, both_ways=True),)) == "FIREWALL_RULES_RESTRICTION"


def test_by_action_passing_comes_first_and_by_order_the_first() -> None:
    rules = (stateful(False, group=1), stateful(True, group=2))
    assert judged(stateful=rules) == "works"
    assert judged(stateful=rules, strict_order=True) == "FIREWALL_RULES_RESTRICTION"
    swapped = (stateful(False, position=5), stateful(True, position=4))
    assert judged(stateful=swapped, strict_order=True) == "works"


def test_doubtful_rules_pass_if_open() -> None:
    doubtful = stateful(False, gap=DOUBT)
    assert judged(stateful=(doubtful,)) == "UNKNOWN_RESOURCE"
    assert judged(stateful=(doubtful,), opened=(DOUBT,)) == "works"
    assert judged(stateful=(doubtful, stateful(True, group=9))) == "works"
    last = (replace(doubtful, group_priority=9), stateful(False))
    assert judged(stateful=last, opened=(DOUBT,)) == "works"
    flags = stateless(DROP, gap=DOUBT)
    assert judged(stateless=(flags,)) == "UNKNOWN_RESOURCE"
    assert judged(stateless=(flags,), opened=(DOUBT,)) == "works"


def test_the_first_firewall_of_an_endpoint_counts() -> None:
    made = lan()
    endpoint = made.vpc.subnet("10.0.3.0/24").firewall_endpoint()
    made.subnet_a.route("10.0.2.0/24", endpoint)
    for name, default in (("fw-b", DROP), ("fw-a", PASS)):
        firewall = NetworkFirewall(id=name, endpoint_ids=(endpoint,), stateless_default=default)
        made.net.put("network_firewalls", firewall)
    probe = Probe(made.a, made.b, packet("10.0.1.5", "10.0.2.5"))
    assert exchange(made.net.network(), probe).forward.delivered_to == made.b


def test_a_reply_that_was_not_seen_goes_on_where_the_gap_is_open() -> None:
    """It is let pass, and meets the lists behind like any other (NFW-4)."""
    there = stateless(PASS, replace(EVERYTHING, destinations=(Prefix.parse("10.0.2.0/24"),)))
    for known in (True, False):
        made: Lan = lan()
        inspected = made.vpc.subnet("10.0.3.0/24")
        fields: dict[str, Any] = {} if known else {"gap": None}
        endpoint = inspected.firewall_endpoint(**fields)
        made.subnet_a.route("10.0.2.0/24", endpoint)
        made.subnet_b.route("10.0.1.0/24", endpoint)
        policy = NetworkFirewall(id="fw", endpoint_ids=(endpoint,), stateless=(there,))
        made.net.put("network_firewalls", policy)
        asked = Probe(made.a, made.b, packet("10.0.1.5", "10.0.2.5"))
        opened = frozenset(made.net.network().gaps)
        assert exchange(made.net.network(), asked, opened).works is known
        inspected.acl("in 100 allow -1 0.0.0.0/0", "out 100 allow -1 10.0.2.0/24")
        assert not exchange(made.net.network(), asked, opened).works

"""Known answers about AWS Network Firewall: order of rules, both engines, replies (NFW-1 to NFW-5).

A firewall's endpoint stands between hosts A (10.0.1.5) and B (10.0.2.5) of `lan()`, on both ways.
"""

from __future__ import annotations

from collections.abc import Iterator

from tests.known_answers.cases import Expected, Lan, case, lan
from tests.strategies.builder import gap
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

A, B, ANY = "10.0.1.0/24", "10.0.2.0/24", "0.0.0.0/0"
PASS, DROP, FORWARD = StatelessAction


def match(
    source: str = ANY,
    destination: str = ANY,
    port: int | None = None,
    protocols: frozenset[int] | None = None,
    inverted: frozenset[str] = frozenset(),
) -> FirewallMatch:
    return FirewallMatch(
        sources=(Prefix.parse(source),),
        destinations=(Prefix.parse(destination),),
        source_ports=(ALL_PORTS,),
        destination_ports=(ALL_PORTS if port is None else PortRange(port, port),),
        protocols=protocols,
        inverted=inverted,
    )


def stateless(
    action: StatelessAction,
    what: FirewallMatch,
    group: int = 1,
    priority: int = 1,
    doubt: Gap | None = None,
) -> StatelessRule:
    return StatelessRule(
        group_priority=group, priority=priority, match=what, action=action, gap=doubt
    )


def stateful(
    passes: bool,
    what: FirewallMatch,
    group: int = 1,
    position: int = 0,
    both_ways: bool = False,
    doubt: Gap | None = None,
) -> StatefulRule:
    return StatefulRule(
        group_priority=group,
        position=position,
        match=what,
        action=StatefulAction.PASS if passes else StatefulAction.DROP,
        both_ways=both_ways,
        gap=doubt,
    )


def walled(there: bool = True, back: bool = True, **policy: object) -> Lan:
    made = lan()
    endpoint = made.vpc.subnet("10.0.3.0/24").firewall_endpoint()
    if there:
        made.subnet_a.route(B, endpoint)
    if back:
        made.subnet_b.route(A, endpoint)
    firewall = NetworkFirewall(id="fw-1", endpoint_ids=(endpoint,), **policy)  # type: ignore[arg-type]
    made.net.put("network_firewalls", firewall)
    return made


@case("NFW-01", "NFW-1", "NFW-2", "NFW-4")
def what_a_policy_does_without_rules() -> Iterator[Expected]:
    yield walled().ask("R")
    yield walled(stateful_default_drops=True).ask("U")
    yield walled(stateless_default=PASS, stateful_default_drops=True).ask("R")
    yield walled(stateless_default=DROP).ask("U")


@case("NFW-02", "NFW-2", "NFW-3")
def stateless_rules_know_no_replies() -> Iterator[Expected]:
    there, back = stateless(PASS, match(A, B, 443)), stateless(PASS, match(B, A), priority=2)
    yield walled(stateless=(there,), stateless_default=DROP).ask("P")
    yield walled(stateless=(there, back), stateless_default=DROP).ask("R")
    yield walled(stateless=(there, back), stateless_default=DROP).ask("U", "tcp 80")


@case("NFW-02a", "NFW-2")
def groups_come_before_the_rules_in_them() -> Iterator[Expected]:
    early, late = stateless(DROP, match(A, B), 1, 9), stateless(PASS, match(), 2, 1)
    yield walled(stateless=(late, early)).ask("U")
    early, late = stateless(PASS, match(), 1, 9), stateless(DROP, match(A, B), 2, 1)
    yield walled(stateless=(late, early)).ask("R")
    one, two = stateless(FORWARD, match(A, B), 1, 1), stateless(DROP, match(A, B), 1, 2)
    yield walled(stateless=(two, one)).ask("R")


@case("NFW-03", "NFW-3")
def what_a_rule_looks_at() -> Iterator[Expected]:
    """Ports with TCP and UDP alone; an inverted side matches what is not listed."""
    for what, traffic, verdict in (
        (match(A, B, 443), "tcp 443", "U"),
        (match(A, B, 443), "tcp 80", "R"),
        (match(A, B, 443), "icmp", "U"),
        (match(A, B, protocols=frozenset({17})), "tcp 443", "R"),
        (match(A, B, protocols=frozenset({17})), "udp 443", "U"),
        (match(A, B, inverted=frozenset({"source"})), "tcp 443", "R"),
        (match(B, B, inverted=frozenset({"source"})), "tcp 443", "U"),
        (match(A, B, 80, inverted=frozenset({"destination_ports"})), "tcp 443", "U"),
        (match(A, B, 443, inverted=frozenset({"destination_ports"})), "tcp 443", "R"),
    ):
        yield walled(stateless=(stateless(DROP, what),)).ask(verdict, traffic)


@case("NFW-04", "NFW-4")
def stateful_rules_remember() -> Iterator[Expected]:
    made = walled(stateful=(stateful(True, match(A, B, 443)),), stateful_default_drops=True)
    yield made.ask("R")
    yield made.ask("U", "tcp 80")
    yield made.back("U")


@case("NFW-04a", "NFW-4")
def in_which_order_stateful_rules_are_asked() -> Iterator[Expected]:
    rules = (stateful(False, match(A, B), 1, 0), stateful(True, match(A, B), 2, 0))
    yield walled(stateful=rules).ask("R")
    yield walled(stateful=rules, strict_order=True).ask("U")
    rules = (stateful(True, match(A, B), 1, 1), stateful(False, match(A, B, 443), 1, 0))
    yield walled(stateful=rules, strict_order=True).ask("U")
    yield walled(stateful=rules, strict_order=True).ask("R", "tcp 80")
    yield walled(stateful=rules).ask("R")


@case("NFW-04b", "NFW-4")
def a_rule_for_both_ways() -> Iterator[Expected]:
    for both_ways, verdict in ((True, "R"), (False, "U")):
        rule = stateful(True, match(B, A), both_ways=both_ways)
        yield walled(stateful=(rule,), stateful_default_drops=True).ask(verdict)
        yield walled(stateful=(rule,), stateful_default_drops=True).back("R")


@case("NFW-04c", "NFW-4", "VPCE-7")
def a_reply_that_the_stateful_rules_do_not_know() -> Iterator[Expected]:
    for policy in ({}, {"stateful_default_drops": True}):
        yield walled(there=False, **policy).ask("P")
        yield walled(there=False, **policy).ask("R", opened=True)
    yield walled(back=False).ask("P")
    yield walled(back=False, stateless_default=DROP).ask("U", opened=True)


@case("NFW-05", "NFW-1", "NFW-5")
def what_is_not_known_of_a_policy() -> Iterator[Expected]:
    doubt = gap("fw-1", "NFW-5")
    for policy in (
        {"gap": doubt},
        {"stateless": (stateless(PASS, match(A, B), doubt=doubt),)},
        {"stateful": (stateful(False, match(A, B), doubt=doubt),)},
    ):
        yield walled(**policy).ask("U")
        yield walled(**policy).ask("R", opened=True)
    before = stateless(DROP, match(A, B), priority=1)
    after = stateless(PASS, match(A, B), priority=2, doubt=doubt)
    yield walled(stateless=(after, before)).ask("U", opened=True)
    passing = (stateful(False, match(A, B), doubt=doubt), stateful(True, match(A, B), 2))
    yield walled(stateful=passing).ask("R")
    yield walled(stateful=passing, strict_order=True).ask("U")

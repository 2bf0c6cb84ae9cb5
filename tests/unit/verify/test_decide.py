"""Verdicts of the four kinds, with and without gaps (GAP-2, GAP-11, GAP-12)."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

import verifier.verify.decide
from tests.strategies.builder import Build, rule, unmodelled
from tests.unit.verify.networks import asked_of, decided, ground_of, two_tiers
from verifier.certify import OverBudget
from verifier.errors import DisagreementError
from verifier.invariants import parse_statement
from verifier.invariants.question import Relays
from verifier.model import Gap, InterfaceKind, Network, Relay
from verifier.solve import GaveUp, Query, Unsat
from verifier.verdict import Evidence, Verdict
from verifier.verify import Options
from verifier.verify.decide import decide

DOUBT = Gap("sg-2", "GAP-4", "has a rule that is not understood")


def doubtful() -> Network:
    """The group of db has one rule for SSH that nobody understands."""
    net = two_tiers("in tcp 5432 10.0.1.0/24", "out -1 0.0.0.0/0")
    group = net.get("security_groups", "sg-1")
    odd = replace(rule("in tcp 22 0.0.0.0/0"), gap=DOUBT)
    net.change("security_groups", "sg-1", rules=(*group.rules, odd))
    return net.network()


@pytest.mark.parametrize(
    ("statement", "verdict", "evidence"),
    [
        ("never internet -> tag:Tier=db", Verdict.PROVED, Evidence.ENUMERATED),
        ("never internet -> tag:Tier=web on tcp/22", Verdict.REFUTED, Evidence.REPLAYED),
        ("always tag:Tier=web -> tag:Tier=db on tcp/5432", Verdict.PROVED, Evidence.ENUMERATED),
        ("always tag:Tier=web -> tag:Tier=db on tcp", Verdict.REFUTED, Evidence.REPLAYED),
        ("always internet -> tag:Tier=db", Verdict.REFUTED, Evidence.ENUMERATED),
        ("some tag:Tier=web -> tag:Tier=db", Verdict.PROVED, Evidence.REPLAYED),
        ("some internet -> tag:Tier=db", Verdict.REFUTED, Evidence.ENUMERATED),
        ("only tag:Tier=web -> tag:Tier=db on tcp/5432", Verdict.PROVED, Evidence.ENUMERATED),
        ("only tag:Tier=web -> tag:Tier=db on tcp/22", Verdict.REFUTED, Evidence.REPLAYED),
        ("never tag:Tier=none -> tag:Tier=db", Verdict.VACUOUS, None),
        ("only tag:Tier=none -> tag:Tier=db", Verdict.REFUTED, Evidence.REPLAYED),
    ],
)
def test_a_network_without_gaps(
    statement: str, verdict: Verdict, evidence: Evidence | None
) -> None:
    result = decided(two_tiers().network(), statement, Options(enumeration_budget=10**6))
    assert (result.verdict, result.evidence) == (verdict, evidence)
    packets = bool(result.counterexamples or result.witness)
    assert packets == (evidence is Evidence.REPLAYED)
    assert (result.witness is not None) == (packets and statement.startswith("some"))


def test_an_endpoint_that_is_not_modelled() -> None:
    net = two_tiers()
    net.lacks("vpn-gateway", "vgw-1")
    result = decided(net.network(), "never vgw-1 -> tag:Tier=db")
    assert result.verdict is Verdict.UNKNOWN
    assert result.reason is not None
    assert result.reason.code == "endpoint-not-modelled"


@pytest.mark.parametrize(
    ("statement", "verdict"),
    [
        ("never tag:Tier=web -> tag:Tier=db on tcp/22", Verdict.UNKNOWN),
        ("never tag:Tier=web -> tag:Tier=db on tcp/5432", Verdict.REFUTED),
        ("never internet -> tag:Tier=db", Verdict.PROVED),
        ("always tag:Tier=web -> tag:Tier=db on tcp/22", Verdict.UNKNOWN),
        ("always tag:Tier=web -> tag:Tier=db on tcp/5432", Verdict.PROVED),
        ("always internet -> tag:Tier=db on tcp/22", Verdict.REFUTED),
        ("some tag:Tier=web -> tag:Tier=db on tcp/22", Verdict.UNKNOWN),
        ("some tag:Tier=web -> tag:Tier=db on tcp/5432", Verdict.PROVED),
        ("some internet -> tag:Tier=db", Verdict.REFUTED),
        ("always tag:Tier=db -> tag:Tier=web", Verdict.PROVED),
    ],
)
def test_a_gap_decides_where_packets_meet_it(statement: str, verdict: Verdict) -> None:
    result = decided(doubtful(), statement)
    assert result.verdict is verdict
    if verdict is Verdict.UNKNOWN:
        assert result.gaps == (DOUBT,)
        assert result.reason is not None
        assert DOUBT.detail in result.reason.text
    else:
        assert result.gaps == ()


def test_always_fails_whatever_a_gap_hides() -> None:
    """The gap is on SSH; HTTP fails with it open, too."""
    result = decided(doubtful(), "always tag:Tier=web -> tag:Tier=db on tcp/22,udp/80")
    assert result.verdict is Verdict.REFUTED
    assert [case.probe.packet.protocol for case in result.counterexamples] == [17]


def test_every_gap_that_matters_is_named() -> None:
    """Two doors lead out of the subnet; each of them alone would do."""
    net = two_tiers("in -1 0.0.0.0/0", "out -1 0.0.0.0/0")
    subnet = net.get("subnets", "subnet-2").id
    table = net.get("route_tables", "rtb-of-subnet-1")
    first, second = unmodelled("tgw-1"), unmodelled("vgw-1")
    routes = [
        replace(table.routes[0], destination=destination, target=target)
        for destination, target in (
            (rule("in -1 8.8.8.0/24").peer, first),
            (rule("in -1 9.9.9.0/24").peer, second),
        )
    ]
    net.put(
        "route_tables",
        replace(table, id="rtb-db", subnet_ids=(subnet,), routes=tuple(routes)),
    )
    result = decided(net.network(), "never tag:Tier=db -> internet")
    assert result.verdict is Verdict.UNKNOWN
    assert result.gaps == (first.gap, second.gap)
    assert result.reason is not None
    assert result.reason.text.endswith("(and 1 more)")


def test_empty_sets_are_what_the_author_allowed() -> None:
    network = two_tiers().network()
    for kind, verdict in (
        ("never", Verdict.PROVED),
        ("always", Verdict.PROVED),
        ("some", Verdict.REFUTED),
        ("only", Verdict.VACUOUS),
    ):
        pair = "tag:Tier=web -> tag:Tier=none" if kind == "only" else "tag:Tier=none -> tag:Tier=db"
        asked = asked_of(network, parse_statement(f"{kind} {pair}"))
        allowed = replace(asked, allow_empty=True)
        expected = Verdict.PROVED if kind == "only" else verdict
        assert decide(ground_of(network), allowed, Options(), "x").verdict is expected
        assert decide(ground_of(network), asked, Options(), "x").verdict is Verdict.VACUOUS


def test_only_from_nobody_is_hollow() -> None:
    network = two_tiers("in -1 10.9.9.9/32", "out -1 0.0.0.0/0").network()
    asked = asked_of(network, parse_statement("only tag:Tier=none -> tag:Tier=db"))
    assert decide(ground_of(network), asked, Options(), "x").verdict is Verdict.VACUOUS
    allowed = replace(asked, allow_empty=True)
    assert decide(ground_of(network), allowed, Options(), "x").verdict is Verdict.PROVED


@pytest.mark.parametrize(
    ("resource", "statement", "verdict"),
    [
        ("RouteTables", "never internet -> tag:Tier=db", Verdict.UNKNOWN),
        ("RouteTables", "never internet -> tag:Tier=web", Verdict.UNKNOWN),
        ("NetworkInterfaces", "never internet -> tag:Tier=db", Verdict.UNKNOWN),
        ("NetworkInterfaces", "never internet -> tag:Tier=web", Verdict.REFUTED),
        ("NetworkInterfaces", "some tag:Tier=web -> tag:Tier=db", Verdict.PROVED),
        ("NetworkInterfaces", "always tag:Tier=web -> tag:Tier=db", Verdict.UNKNOWN),
    ],
)
def test_incomplete_snapshots(resource: str, statement: str, verdict: Verdict) -> None:
    """GAP-12: where only hosts can be missing, what was seen with one's own eyes stays true."""
    gap = Gap(resource, "GAP-12", "the listing ends with a `NextToken`")
    network = replace(two_tiers().network(), incomplete=(gap,), gaps=(gap,))
    result = decided(network, statement)
    assert result.verdict is verdict
    assert (result.gaps == (gap,)) == (verdict is Verdict.UNKNOWN)


def relayed(*, from_outside: bool = False, balancer_public: str | None = "52.0.0.9") -> Network:
    """A load balancer in front of db, which takes packets from its subnet only."""
    net = two_tiers("in tcp 5432 10.0.3.0/24", "out -1 0.0.0.0/0")
    vpc = net.get("subnets", "subnet-1").vpc_id
    table = net.get("route_tables", "rtb-of-subnet-1")
    net.put("subnets", replace(net.get("subnets", "subnet-1"), id="subnet-3",
                               prefixes=(rule("in -1 10.0.3.0/24").peer,)))  # fmt: skip
    net.put("route_tables", replace(table, id="rtb-3", subnet_ids=("subnet-3",)))
    web = net.get("interfaces", "eni-1")
    address = replace(
        web.ipv4[0],
        address=rule("in -1 10.0.3.9").peer and web.ipv4[0].address._replace(value=0x0A000309),
        public=None if balancer_public is None else web.ipv4[0].address._replace(value=0x34000009),
    )
    net.put("interfaces", replace(web, id="eni-lb", subnet_id="subnet-3", ipv4=(address,), tags={}))
    assert vpc == "vpc-1"
    gap = Gap("eni-lb", "GAP-11", "is a load balancer's interface")
    relay = Relay("eni-lb", gap, from_outside=from_outside)
    network = net.network()
    return replace(network, relays=(relay,), gaps=(*network.gaps, gap))


def test_a_load_balancer_between_makes_never_unknown() -> None:
    result = decided(relayed(), "never internet -> tag:Tier=db")
    assert result.verdict is Verdict.UNKNOWN
    assert [gap.resource for gap in result.gaps] == ["eni-lb"]


def test_relays_that_are_not_to_be_followed_are_not() -> None:
    network = relayed()
    asked = asked_of(network, parse_statement("never internet -> tag:Tier=db"))
    stopped = replace(asked, relays=Relays.STOP)
    assert decide(ground_of(network), stopped, Options(), "test").verdict is Verdict.PROVED


def test_a_load_balancer_that_nobody_reaches_changes_nothing() -> None:
    network = relayed(balancer_public=None)
    assert decided(network, "never internet -> tag:Tier=db").verdict is Verdict.PROVED
    fed = relayed(balancer_public=None, from_outside=True)
    assert decided(fed, "never internet -> tag:Tier=db").verdict is Verdict.UNKNOWN


def test_a_load_balancer_that_reaches_nothing_changes_nothing() -> None:
    network = relayed()
    assert decided(network, "never internet -> eni-2 on icmp").verdict is Verdict.PROVED
    closed = replace(
        network,
        security_groups={
            **network.security_groups,
            "sg-1": replace(network.security_groups["sg-1"], rules=()),
        },
    )
    assert decided(closed, "never internet -> eni-2").verdict is Verdict.PROVED


def test_counterexamples_are_one_per_pair_of_classes(tmp_path: Path) -> None:
    net = two_tiers()
    subnet = net.get("subnets", "subnet-1").id
    web = net.get("interfaces", "eni-1")
    for number in range(6, 9):
        address = replace(
            web.ipv4[0], address=web.ipv4[0].address._replace(value=0x0A000100 + number),
            public=web.ipv4[0].address._replace(value=0x34000000 + number),
        )  # fmt: skip
        tags = {"Tier": "web", "Name": str(number)}
        group = net.group("in -1 0.0.0.0/0", "out -1 0.0.0.0/0")
        net.put(
            "interfaces",
            replace(web, id=f"eni-{number}", ipv4=(address,), tags=tags, groups=(group,)),
        )
    assert subnet == "subnet-1"
    network = net.network()
    statement = "never internet -> tag:Tier=web on tcp/22"
    few = decided(network, statement, Options(max_counterexamples=2))
    assert (len(few.counterexamples), few.truncated) == (2, True)
    exact = decided(network, statement, Options(max_counterexamples=4))
    assert (len(exact.counterexamples), exact.truncated) == (4, False)
    options = Options(max_counterexamples=None, smt_directory=tmp_path)
    every = decided(network, statement, options)
    found = [case.destination_members for case in every.counterexamples]
    assert sorted(found) == [("eni-1",), ("eni-6",), ("eni-7",), ("eni-8",)]
    assert not every.truncated
    assert {case.source_members for case in every.counterexamples} == {("outside",)}
    dumped = (tmp_path / "test-1.smt2").read_text()
    assert dumped.startswith("(set-logic") or "(declare-" in dumped
    assert "(check-sat)" in dumped


def test_a_solver_that_gives_up_is_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Query, "ask", lambda self: GaveUp("timeout"))
    result = decided(two_tiers().network(), "never internet -> tag:Tier=db")
    assert result.verdict is Verdict.UNKNOWN
    assert result.reason is not None
    assert result.reason.code == "solver-gave-up"


def test_giving_up_after_the_first_counterexample_cuts_the_list(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ask, answers = Query.ask, []

    def once(self: Query) -> object:
        answers.append(1)
        return ask(self) if len(answers) == 1 else GaveUp("timeout")

    monkeypatch.setattr(Query, "ask", once)
    result = decided(two_tiers().network(), "never internet -> tag:Tier=web on tcp/22")
    assert (result.verdict, len(result.counterexamples), result.truncated) == (
        Verdict.REFUTED,
        1,
        True,
    )


def test_a_solver_that_misses_a_packet_ends_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    """What enumeration finds and the solver does not is a disagreement, never a proof."""
    monkeypatch.setattr(Query, "ask", lambda self: Unsat())
    with pytest.raises(DisagreementError, match="enumeration finds a packet") as caught:
        decided(two_tiers().network(), "never internet -> tag:Tier=web on tcp/22",
                Options(enumeration_budget=10**6))  # fmt: skip
    assert caught.value.reproducer["destination"] == "eni-1"
    assert "(check-sat)" in str(caught.value.reproducer["smtlib"])


def test_the_evaluator_must_agree(monkeypatch: pytest.MonkeyPatch) -> None:
    network = two_tiers().network()
    ground = ground_of(network)
    closed = replace(network, security_groups={
        name: replace(group, rules=()) for name, group in network.security_groups.items()
    })  # fmt: skip
    twisted = replace(ground, index=ground_of(closed).index)
    asked = asked_of(network, parse_statement("never internet -> tag:Tier=web on tcp/22"))
    with pytest.raises(DisagreementError, match="decides the solver's packet differently"):
        decide(twisted, asked, Options(), "x")


def test_the_question_must_admit_the_packet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("verifier.verify.search.admits", lambda *_: False)
    with pytest.raises(DisagreementError, match="not one that the question admits"):
        decided(two_tiers().network(), "never internet -> tag:Tier=web on tcp/22")


def test_time_that_is_up_between_counterexamples_cuts_the_list(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The clock of the list says that it is late; what was found stays found."""
    clock = iter([0.0])
    monkeypatch.setattr(verifier.verify.decide, "monotonic", lambda: next(clock, 10**9))
    monkeypatch.setattr("verifier.verify.search.monotonic", lambda: 0.0)
    result = decided(two_tiers().network(), "never internet -> any on tcp/22")
    assert (result.verdict, len(result.counterexamples), result.truncated) == (
        Verdict.REFUTED,
        1,
        True,
    )


def test_no_budget_means_no_enumeration(monkeypatch: pytest.MonkeyPatch) -> None:
    network = two_tiers().network()
    statement = "never internet -> tag:Tier=db"
    assert decided(network, statement, Options(enumeration_budget=0)).evidence is Evidence.SOLVER
    assert decided(network, statement, Options(enumeration_budget=1)).evidence is Evidence.SOLVER
    monkeypatch.setattr(verifier.verify.decide, "LARGEST_ENUMERATED", 1)
    assert decided(network, statement).evidence is Evidence.SOLVER
    monkeypatch.setattr(verifier.verify.decide, "LARGEST_ENUMERATED", 2)
    assert decided(network, statement).evidence is Evidence.ENUMERATED
    monkeypatch.setattr(verifier.verify.decide, "enumerate_all", lambda *_: OverBudget(1))
    assert decided(network, statement).evidence is Evidence.SOLVER


def test_without_an_internet_gateway_nothing_comes_in() -> None:
    net = Build()
    net.vpc("10.0.0.0/16").subnet("10.0.1.0/24").interface("10.0.1.5")
    assert decided(net.network(), "never internet -> any").verdict is Verdict.PROVED


def test_a_gap_that_only_one_side_needs_is_a_disagreement(monkeypatch: pytest.MonkeyPatch) -> None:
    """The evaluator's network has SSH open by a rule that it understands."""
    network = doubtful()
    group = network.security_groups["sg-1"]
    rules = tuple(replace(one, gap=None) for one in group.rules)
    plain = replace(network, security_groups={**network.security_groups,
                                              "sg-1": replace(group, rules=rules)})  # fmt: skip
    twisted = replace(ground_of(network), index=ground_of(plain).index)
    asked = asked_of(network, parse_statement("never tag:Tier=web -> tag:Tier=db on tcp/22"))
    with pytest.raises(DisagreementError, match="needs no gap where the solver does"):
        decide(twisted, asked, Options(), "x")


def test_always_wants_an_address_even_where_gaps_would_save_the_rest() -> None:
    network = doubtful()
    result = decided(network, "always internet,tag:Tier=web -> tag:Tier=db on tcp/22")
    assert result.verdict is Verdict.REFUTED
    assert result.reason is not None
    assert result.reason.code == "no-common-address"


def test_an_interface_endpoint_may_lead_to_a_load_balancer() -> None:
    """PrivateLink: nobody reaches the balancer itself, but web reaches an endpoint."""
    network = relayed(balancer_public=None)
    groups = {**network.security_groups, "sg-none": replace(network.security_groups["sg-1"],
                                                             id="sg-none", rules=())}  # fmt: skip
    balancer = network.interfaces["eni-lb"]
    sending = replace(network.security_groups["sg-1"], id="sg-out",
                      rules=(rule("out -1 0.0.0.0/0"),))  # fmt: skip
    interfaces = {**network.interfaces, "eni-lb": replace(balancer, groups=("sg-out",))}
    groups["sg-out"] = sending
    network = replace(network, security_groups=groups, interfaces=interfaces)
    assert decided(network, "never tag:Tier=web -> tag:Tier=db").verdict is Verdict.PROVED
    address = replace(balancer.ipv4[0], address=balancer.ipv4[0].address._replace(value=0x0A00030A))
    endpoint = replace(balancer, id="eni-vpce", kind=InterfaceKind.VPC_ENDPOINT, ipv4=(address,))
    linked = replace(network, interfaces={**interfaces, "eni-vpce": endpoint})
    assert decided(linked, "never tag:Tier=web -> tag:Tier=db").verdict is Verdict.UNKNOWN

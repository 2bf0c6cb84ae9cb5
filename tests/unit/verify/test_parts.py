"""Verdicts of invariants with parts: how they follow from those of the parts, and end to end."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.strategies.builder import Build
from tests.unit.verify.networks import asked_of, decided, two_tiers
from verifier.invariants import parse_statement
from verifier.model import Gap
from verifier.trace import InterfaceHost
from verifier.verdict import Counterexample, Evidence, Reason, Result, Verdict
from verifier.verify import Options
from verifier.verify.parts import combined

P, R, U, V = Verdict.PROVED, Verdict.REFUTED, Verdict.UNKNOWN, Verdict.VACUOUS
GAPS = (Gap("a", "GAP-1", "one"), Gap("b", "GAP-1", "other"))
NETWORK = two_tiers().network()
THROUGH = asked_of(NETWORK, parse_statement("always eni-1 -> eni-2 through igw-1"))
ISOLATED = asked_of(NETWORK, parse_statement("isolated eni-1 | eni-2"))
CASES = tuple(
    Counterexample(probe=probe, exchange=None)  # type: ignore[arg-type]
    for probe in ("one", "two", "three")  # type: ignore[misc]
)


def result(verdict: Verdict) -> Result:
    match verdict:
        case Verdict.PROVED:
            return Result(verdict=P, evidence=Evidence.ENUMERATED)
        case Verdict.REFUTED:
            return Result(verdict=R, evidence=Evidence.REPLAYED, counterexamples=CASES[:1])
        case Verdict.UNKNOWN:
            return Result(verdict=U, reason=Reason("gap", "depends"), gaps=GAPS[:1])
        case Verdict.VACUOUS:
            return Result(verdict=V, reason=Reason("nothing-to-check", "nobody"))


@pytest.mark.parametrize(
    ("first", "second", "through", "isolated"),
    [
        (P, P, P, P), (P, R, R, R), (R, P, R, R), (R, R, R, R), (U, R, R, R), (R, U, R, R),
        (V, R, R, R), (P, U, U, U), (U, P, U, U), (U, V, U, U), (P, V, V, P), (V, P, V, P),
        (V, V, V, V),
    ],
)  # fmt: skip
def test_the_whole_holds_iff_every_part_does(
    first: Verdict, second: Verdict, through: Verdict, isolated: Verdict
) -> None:
    parts = [result(first), result(second)]
    assert combined(THROUGH, parts, 3).verdict is through
    assert combined(ISOLATED, parts, 3).verdict is isolated


def test_the_reason_says_which_part_it_was() -> None:
    works, strays = result(R), result(R)
    both = combined(THROUGH, [works, strays], 3).reason
    assert both == Reason(
        "connection-fails",
        "some connections do not work; packets are delivered without passing `igw-1`",
    )
    assert combined(THROUGH, [result(P), strays], 3).reason == Reason(
        "goes-round", "packets are delivered without passing `igw-1`"
    )
    want = Result(verdict=R, reason=Reason("no-common-address", "eni-1 has no address"),
                  evidence=Evidence.ENUMERATED)  # fmt: skip
    found = combined(THROUGH, [want, result(U)], 3)
    assert found.reason == Reason("connection-fails", "eni-1 has no address")
    assert (found.evidence, found.counterexamples) == (Evidence.ENUMERATED, ())
    assert combined(ISOLATED, [works, strays], 3).reason == Reason(
        "not-isolated", "packets from `eni-1`, `eni-2` reach another set"
    )


def test_what_is_not_known_of_each_part() -> None:
    one = result(U)
    other = Result(verdict=U, reason=Reason("time-out", "gave up"), gaps=GAPS[::-1])
    found = combined(THROUGH, [one, other], 3)
    assert found.reason == Reason(
        "gap",
        "whether every connection works: depends; whether anything goes round `igw-1`: gave up",
    )
    assert found.gaps == GAPS
    apart = combined(ISOLATED, [other, result(P)], 3)
    assert apart.reason == Reason("time-out", "from `eni-1`: gave up")


def test_the_weakest_evidence_counts() -> None:
    solver = Result(verdict=P, evidence=Evidence.SOLVER)
    assert combined(THROUGH, [result(P), solver], 3).evidence is Evidence.SOLVER
    assert combined(THROUGH, [result(P), result(P)], 3).evidence is Evidence.ENUMERATED


def test_an_empty_set_that_is_intended() -> None:
    allowed = Result(verdict=P, reason=Reason("nothing-to-check", "nobody"),
                     evidence=Evidence.ENUMERATED)  # fmt: skip
    assert combined(ISOLATED, [allowed, result(P)], 3).reason is None
    assert combined(ISOLATED, [allowed, allowed], 3).reason == allowed.reason


@pytest.mark.parametrize(
    ("counts", "wanted", "shown", "truncated"),
    [
        ((3, 3), 3, [0, 1, 0], True),
        ((1, 3), 3, [0, 0, 1], True),
        ((3, 1), 4, [0, 1, 2, 0], False),
        ((2, 1), None, [0, 1, 0], False),
        ((0, 2), 3, [0, 1], False),
    ],
)
def test_counterexamples_are_taken_from_each_part_in_turn(
    counts: tuple[int, int], wanted: int | None, shown: list[int], truncated: bool
) -> None:
    parts = [replace(result(R), counterexamples=CASES[:number]) for number in counts]
    found = combined(ISOLATED, parts, wanted)
    assert [CASES.index(case) for case in found.counterexamples] == shown
    assert found.truncated is truncated


def test_more_than_a_part_lists() -> None:
    cut = replace(result(R), truncated=True)
    assert combined(ISOLATED, [cut, result(P)], 3).truncated


# --- end to end ---


def behind_nat() -> Build:
    """`eni-2` reaches the internet by `nat-1`, `eni-1` by `igw-1` alone."""
    net = Build()
    vpc = net.vpc("10.0.0.0/16").internet_gateway()
    public = vpc.subnet("10.0.1.0/24").route("0.0.0.0/0", vpc.igw)
    nat = public.nat_gateway("10.0.1.9", "52.0.0.9")
    private = vpc.subnet("10.0.2.0/24").route("0.0.0.0/0", nat)
    public.interface("10.0.1.5", public="52.0.0.5", tags={"Tier": "web"})
    private.interface("10.0.2.5", tags={"Tier": "db"})
    return net


@pytest.mark.parametrize(
    ("statement", "verdict", "reason"),
    [
        ("never tag:Tier=db -> internet unless through nat-1", P, None),
        ("never tag:Tier=db -> internet unless through igw-1", P, None),
        ("never tag:Tier=db -> internet unless through pcx-gone", U, "waypoint-not-modelled"),
        ("never tag:Tier=db -> internet unless through pcx-gone, nat-1", P, None),
        ("never tag:Tier=db -> internet unless through tag:none", R, None),
        ("never tag:Tier -> internet unless through nat-1", R, None),
        ("never tag:Tier -> internet unless through nat-1, igw-1", P, None),
        ("always tag:Tier=db -> internet on ip4:tcp/443 through nat-1", P, None),
        ("always tag:Tier=db -> internet on ip4:tcp/443 through tag:none", R, "goes-round"),
        ("always tag:Tier -> internet on ip4:tcp/443 through nat-1", R, "goes-round"),
        ("always internet -> tag:Tier=db on ip4:tcp/443 through igw-1", R, "connection-fails"),
        ("always tag:none -> internet through igw-1", V, "nothing-to-check"),
        ("isolated tag:Tier=db | tag:Tier=web", R, "not-isolated"),
        ("isolated tag:Tier=db | tag:none", V, "nothing-to-check"),
        ("isolated tag:Tier=db | tag:Tier=web | tag:none", R, "not-isolated"),
        ("isolated tag:Tier=db | vgw-gone", U, "endpoint-not-modelled"),
    ],
)
def test_decided(statement: str, verdict: Verdict, reason: str | None) -> None:
    net = behind_nat()
    net.lacks("peering", "pcx-gone")
    net.lacks("vpn-gateway", "vgw-gone")
    found = decided(net.network(), statement, Options(enumeration_budget=0))
    assert found.verdict is verdict
    assert (found.reason and found.reason.code) == reason


def test_isolation_of_what_nothing_joins() -> None:
    net = two_tiers("in tcp 5432 10.9.0.0/16", "out -1 10.9.0.0/16")
    apart = "isolated tag:Tier=db | tag:Tier=web | internet"
    found = decided(net.network(), apart)
    assert found.verdict is R
    assert {case.probe.source for case in found.counterexamples} >= {InterfaceHost("eni-1")}
    assert decided(net.network(), "isolated tag:Tier=db | tag:Tier=web").verdict is P
    assert decided(net.network(), "isolated tag:Tier=db | tag:Tier=web | tag:none").verdict is V


def test_hosts_of_two_sets_are_hosts_of_each() -> None:
    net = two_tiers()
    found = decided(net.network(), "isolated tag:Tier | tag:Tier=db")
    pairs = {(case.probe.source, case.probe.destination) for case in found.counterexamples}
    web, database = InterfaceHost("eni-1"), InterfaceHost("eni-2")
    assert pairs == {(web, database), (database, web)}
    assert decided(net.network(), "isolated eni-1 | eni-1").verdict is V


def test_dumped_queries_are_numbered_through_all_parts(tmp_path) -> None:
    options = Options(smt_directory=tmp_path, enumeration_budget=0)
    decided(two_tiers().network(), "isolated tag:Tier=web | tag:Tier=db", options)
    names = sorted(path.name for path in tmp_path.iterdir())
    assert names == [f"test-{number}.smt2" for number in range(1, len(names) + 1)]
    assert len(names) >= 2

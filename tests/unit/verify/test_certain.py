"""`always` is refuted only by what fails whatever source address a gap chooses (GAP-6, GAP-9)."""

from __future__ import annotations

import pytest

from tests.strategies.builder import Build
from tests.unit.verify.networks import LATER, asked_of, decided, ground_of
from verifier.invariants import parse_statement
from verifier.model import Gap, Network
from verifier.model.route_table import UnmodelledTarget
from verifier.solve import GaveUp
from verifier.verdict import Verdict
from verifier.verify.certain import ROUNDS, Certain
from verifier.verify.search import Found, Search

HIDDEN = Gap("core-1", "GAP-6", "is a core network")


def behind(*rules: str, receivers: int = 1, internet: bool = True) -> Network:
    """`eni-1` sends by something unmodelled to hosts with these rules in another VPC."""
    net = Build()
    target = UnmodelledTarget("core network", "core-1", HIDDEN, internet=internet)
    near = net.vpc("10.0.0.0/16").route("10.1.0.0/16", target).route("192.0.2.0/24", target)
    far = net.vpc("10.1.0.0/16").route("0.0.0.0/0", target)
    near.subnet("10.0.1.0/24").interface("10.0.1.5", tags={"At": "near"})
    net.entrance(far, "core-1")
    for number in range(receivers):
        group = net.group(*rules, "out -1 0.0.0.0/0")
        subnet = far.subnet(f"10.1.{number}.0/24")
        subnet.interface(f"10.1.{number}.5", groups=[group], tags={"At": "far"})
    return net.network()


@pytest.mark.parametrize(
    ("rules", "statement", "expected"),
    [
        (("in tcp 443 10.0.0.0/16",), "always tag:At=near -> tag:At=far on tcp/443", "UNKNOWN"),
        (("in tcp 443 192.0.2.0/24",), "always tag:At=near -> tag:At=far on tcp/443", "UNKNOWN"),
        (("in tcp 443 10.0.0.0/16",), "always tag:At=near -> tag:At=far on tcp/22", "REFUTED"),
        (("in tcp 443 10.0.0.0/16",), "always tag:At=near -> tag:At=far on icmp/8", "REFUTED"),
        (("in tcp 443 0.0.0.0/0",), "always tag:At=near -> tag:At=far on tcp/443, tcp/22",
         "REFUTED"),
        (("in tcp 443 0.0.0.0/0",), "always tag:At=near -> 192.0.2.7 on tcp/443", "UNKNOWN"),
    ],
)  # fmt: skip
def test_only_what_no_choice_saves_is_a_violation(
    rules: tuple[str, ...], statement: str, expected: str
) -> None:
    result = decided(behind(*rules), statement)
    assert result.verdict == Verdict(expected)
    if result.verdict is Verdict.UNKNOWN:
        assert result.gaps == (HIDDEN,)
    else:
        assert all(one.probe.choices.gap_source is None for one in result.counterexamples)


def test_an_exit_that_leads_elsewhere_saves_nothing_outside() -> None:
    network = behind("in tcp 443 0.0.0.0/0", internet=False)
    result = decided(network, "always tag:At=near -> internet on tcp/443")
    assert result.verdict is Verdict.REFUTED


def redirected(rule: str) -> Network:
    """A public host, and a gateway of which not everything is known."""
    net = Build()
    vpc = net.vpc("10.0.0.0/16").internet_gateway()
    subnet = vpc.subnet("10.0.1.0/24").route("0.0.0.0/0", vpc.igw)
    group = net.group(rule, "out -1 0.0.0.0/0")
    subnet.interface("10.0.1.5", public="52.0.0.5", groups=[group], tags={"At": "far"})
    net.passage(vpc, redirects=True)
    return net.network()


@pytest.mark.parametrize(
    ("rule", "port", "expected"),
    [("192.0.2.0/24", 443, "UNKNOWN"), ("192.0.2.0/24", 22, "REFUTED")],
)
def test_a_passage_that_redirects_may_save(rule: str, port: int, expected: str) -> None:
    network = redirected(f"in tcp 443 {rule}")
    result = decided(network, f"always internet -> tag:At=far on tcp/{port}")
    assert result.verdict == Verdict(expected)


def certain(network: Network, statement: str) -> Certain:
    question = asked_of(network, parse_statement(statement)).question
    return Certain(ground_of(network), question, frozenset(network.gaps), LATER)


def test_there_is_an_end_to_looking() -> None:
    network = behind("in tcp 443 192.0.2.0/24", receivers=ROUNDS + 2)
    search = certain(network, "always tag:At=near -> tag:At=far on tcp/443")
    assert search.next() is None
    assert search.doubted == {HIDDEN}
    assert isinstance(Search.next(search), Found), "there are pairs that were not looked at"


def test_who_gives_up_has_not_decided(monkeypatch: pytest.MonkeyPatch) -> None:
    network = behind("in tcp 443 192.0.2.0/24")
    search = certain(network, "always tag:At=near -> tag:At=far on tcp/443")
    first = Search.next(search)
    answers = iter([first, GaveUp("timeout")])
    monkeypatch.setattr(Search, "next", lambda self: next(answers))
    assert search.next() == GaveUp("timeout")


@pytest.mark.parametrize(
    ("keeps", "rule", "expected"),
    [
        (False, "in tcp 22 10.0.1.0/24", "PROVED"),
        (True, "in tcp 22 10.0.1.0/24", "REFUTED"),
        (None, "in tcp 22 10.0.1.0/24", "UNKNOWN"),
    ],
)
def test_by_which_address_a_source_sends_may_be_in_doubt(
    keeps: bool | None, rule: str, expected: str
) -> None:
    """EICE-6: it sends from its own address, or from its users'; one of them fails."""
    net = Build()
    vpc = net.vpc("10.0.0.0/16")
    vpc.subnet("10.0.1.0/24").connect_endpoint("10.0.1.9", keeps=keeps)
    group = net.group(rule, "out -1 0.0.0.0/0")
    vpc.subnet("10.0.2.0/24").interface("10.0.2.5", groups=[group], tags={"At": "far"})
    statement = "always type:ec2_instance_connect_endpoint -> tag:At=far on tcp/22"
    assert decided(net.network(), statement).verdict == Verdict(expected)

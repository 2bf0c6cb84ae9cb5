"""Relayed flows (LB-1 to LB-15): networks by hand, each with the verdict of the clauses."""

from __future__ import annotations

from tests.unit.verify.balanced import Balanced
from tests.unit.verify.networks import decided
from verifier.model import BalancerKind, Network
from verifier.verdict import Verdict

APPLICATION, CLASSIC, NETWORK = (
    BalancerKind.APPLICATION,
    BalancerKind.CLASSIC,
    BalancerKind.NETWORK,
)


def verdict(made: Balanced | Network, statement: str) -> Verdict:
    network = made.network() if isinstance(made, Balanced) else made
    return decided(network, statement).verdict


def single(
    kind: BalancerKind, *rules: str, groups: tuple[str, ...] = (), **fields: object
) -> Balanced:
    """An internet-facing balancer before one target, whose rules are given."""
    made = Balanced()
    own = [made.net.group(*groups, group_id="sg-lb")] if groups else None
    if kind is NETWORK and not groups:
        own = []
    node = made.node("10.0.1.9", public="52.0.0.9", groups=own, kind=kind)
    target = made.host("10.0.2.5", *rules, tags={"Tier": "db"})
    group = made.group(*made.instance(target), **fields)
    made.balancer(kind, [node], group)
    return made


def test_an_application_balancer_opens_a_flow_of_its_own() -> None:
    made = single(APPLICATION, "in tcp 80 10.0.1.0/24")
    result = decided(made.network(), "never internet -> tag:Tier=db")
    assert result.verdict is Verdict.REFUTED
    (case,) = result.counterexamples
    first, second = case.legs
    assert first.probe.packet.destination_port == 443
    assert str(second.probe.packet.source) == "10.0.1.9"
    assert second.probe.packet.destination_port == 80
    kinds = [hop.kind for hop in case.exchange.forward.hops]
    assert kinds.count("load-balancer") == 1
    assert case.exchange.forward.delivered_to == case.probe.destination
    assert verdict(made, "never internet -> tag:Tier=db on tcp/80") is Verdict.REFUTED
    assert verdict(made, "never internet -> tag:Tier=db on tcp/443") is Verdict.PROVED


def test_its_groups_filter_both_legs() -> None:
    sending = ("in tcp 443 0.0.0.0/0", "out -1 0.0.0.0/0")
    statement = "never internet -> tag:Tier=db"
    allowed = single(APPLICATION, "in tcp 80 sg-lb", groups=sending)
    assert verdict(allowed, statement) is Verdict.REFUTED
    deaf = single(APPLICATION, "in tcp 80 sg-lb", groups=("out -1 0.0.0.0/0",))
    assert verdict(deaf, statement) is Verdict.PROVED
    mute = single(APPLICATION, "in tcp 80 sg-lb", groups=("in tcp 443 0.0.0.0/0",))
    assert verdict(mute, statement) is Verdict.PROVED


def test_a_network_balancer_shows_the_client() -> None:
    statement = "never internet -> tag:Tier=db"
    assert verdict(single(NETWORK, "in tcp 80 10.0.0.0/16"), statement) is Verdict.PROVED
    result = decided(single(NETWORK, "in tcp 80 198.51.100.0/24").network(), statement)
    assert result.verdict is Verdict.REFUTED
    first, second = result.counterexamples[0].legs
    assert first.probe.packet.source == second.probe.packet.source
    assert first.probe.packet.source_port == second.probe.packet.source_port
    narrow = single(NETWORK, "in tcp 80 198.51.100.0/24")
    assert verdict(narrow, "never 203.0.113.0/24 -> tag:Tier=db") is Verdict.PROVED


def test_a_reference_to_its_groups_matches_the_client() -> None:
    made = single(NETWORK, "in tcp 80 sg-lb", groups=("in tcp 443 0.0.0.0/0", "out -1 0.0.0.0/0"))
    assert verdict(made, "never internet -> tag:Tier=db") is Verdict.REFUTED


def test_without_the_client_the_target_sees_the_node() -> None:
    inside = single(NETWORK, "in tcp 80 10.0.0.0/16", keeps_client_address=False)
    assert verdict(inside, "never internet -> tag:Tier=db") is Verdict.REFUTED
    outside = single(NETWORK, "in tcp 80 198.51.100.0/24", keeps_client_address=False)
    assert verdict(outside, "never internet -> tag:Tier=db") is Verdict.PROVED

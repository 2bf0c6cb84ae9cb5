"""NAT64 from a statement to its verdict: names of hosts, of balancers before them (ASK-8)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.strategies.builder import Build
from tests.unit.verify.balanced import Balanced
from tests.unit.verify.networks import decided
from verifier.model import BalancerKind, EndpointKind, InterfaceKind, Network, VpcEndpoint
from verifier.verdict import Verdict


def translated(*rules: str) -> Build:
    """An IPv6-only application, and an IPv4 database whose rules are given."""
    net = Build()
    vpc = net.vpc("10.0.0.0/16", "2600:1::/56").internet_gateway()
    inner = vpc.subnet("2600:1:0:1::/64")
    outer = vpc.subnet("10.0.9.0/24").route("0.0.0.0/0", vpc.igw)
    inner.route("64:ff9b::/96", outer.nat_gateway("10.0.9.5", "52.0.0.9"))
    inner.interface("2600:1:0:1::5")
    group = net.group(*rules)
    vpc.subnet("10.0.3.0/24").interface("10.0.3.5", groups=[group])
    return net


@pytest.mark.parametrize(
    ("rule", "statement", "expected"),
    [
        ("in tcp 5432 10.0.9.0/24", "never eni-1 -> eni-2", Verdict.REFUTED),
        ("in tcp 5432 10.0.9.0/24", "never eni-1 -> eni-2 on udp", Verdict.PROVED),
        ("in tcp 5432 10.0.8.0/24", "never eni-1 -> eni-2", Verdict.PROVED),
        ("in tcp 5432 ::/0", "never eni-1 -> eni-2", Verdict.PROVED),
        ("in tcp 5432 10.0.9.0/24", "only eni-2 -> eni-2", Verdict.REFUTED),
        ("in tcp 5432 10.0.9.0/24", "never eni-1 -> internet", Verdict.REFUTED),
        ("in tcp 5432 10.0.9.0/24", "never eni-1 -> 203.0.113.7", Verdict.REFUTED),
        (
            "in tcp 5432 10.0.9.0/24",
            "never eni-1 -> 203.0.113.7 unless through nat-1",
            Verdict.PROVED,
        ),
    ],
)
def test_verdicts(rule: str, statement: str, expected: Verdict) -> None:
    result = decided(translated(rule).network(), statement)
    assert result.verdict is expected
    if expected is Verdict.REFUTED:
        (case,) = result.counterexamples
        assert str(case.probe.packet.destination).startswith("64:ff9b::")
        assert case.exchange.forward.packet.family == 4


def balanced(
    kind: BalancerKind = BalancerKind.APPLICATION,
    *rules: str,
    node_rule: str = "-1 0.0.0.0/0",
    port: int = 443,
) -> Network:
    made = Balanced()
    made.net.change("vpcs", "vpc-1", ipv6=Build().vpc("2600:1::/56").net.get("vpcs", "vpc-1").ipv6)
    nat = made.front.nat_gateway("10.0.1.200", "52.0.0.200")
    inner = made.vpc.subnet("2600:1:0:1::/64").route("64:ff9b::a00:400/120", nat)
    inner.interface("2600:1:0:1::5", tags={"Tier": "app"})
    groups = [made.net.group(f"in tcp {port} 0.0.0.0/0", f"out {node_rule}")]
    place = made.subnet("10.0.4.0/24", "az-a")
    node = made.node("10.0.4.9", public="52.0.0.9", groups=groups, kind=kind, at=place)
    target = made.host("10.0.2.5", *(rules or ("in tcp 80 10.0.4.9/32",)), tags={"Tier": "db"})
    made.balancer(kind, [node], made.group(*made.instance(target)))
    return made.network()


def test_a_balancer_is_called_by_its_nat64_name() -> None:
    """The listener has IPv4 alone, the client IPv6 alone."""
    result = decided(balanced(), "never tag:Tier=app -> tag:Tier=db")
    assert result.verdict is Verdict.REFUTED
    (case,) = result.counterexamples
    first, second = case.legs
    assert str(first.probe.packet.destination) == "64:ff9b::a00:409"
    assert str(second.probe.packet.source) == "10.0.4.9"


@pytest.mark.parametrize(
    ("rule", "node_rule", "expected"),
    [
        ("in tcp 80 10.0.1.200/32", "-1 0.0.0.0/0", Verdict.REFUTED),
        ("in tcp 80 10.0.4.9/32", "-1 0.0.0.0/0", Verdict.UNKNOWN),
        ("in tcp 81 0.0.0.0/0", "-1 0.0.0.0/0", Verdict.PROVED),
        ("in tcp 80 10.0.1.200/32", "tcp 81 0.0.0.0/0", Verdict.PROVED),
    ],
)
def test_a_balancer_that_keeps_clients_shows_the_translator(
    rule: str, node_rule: str, expected: Verdict
) -> None:
    """What comes by a NAT64 name comes as an IPv4 packet, of the group's family (LB-7, LB-15)."""
    network = balanced(BalancerKind.NETWORK, rule, node_rule=node_rule)
    result = decided(network, "never tag:Tier=app -> tag:Tier=db")
    assert result.verdict is expected
    for case in result.counterexamples:
        first, second = case.legs
        assert first.probe.packet.family == 6
        assert str(second.probe.packet.source) == "10.0.1.200"
    if expected is Verdict.UNKNOWN:
        assert result.reason is not None
        assert result.reason.code == "relay-not-followed"


def test_a_balancer_that_lets_no_translator_in() -> None:
    network = balanced(BalancerKind.NETWORK, "in tcp 80 10.0.1.200/32", port=444)
    assert decided(network, "never tag:Tier=app -> tag:Tier=db").verdict is Verdict.PROVED


SERVICE = "com.amazonaws.vpce.eu-west-1.vpce-svc-1"


def test_an_endpoint_is_called_by_its_nat64_name() -> None:
    """What PrivateLink carries past groups that let in IPv4 alone (LB-12) may be translated."""
    made = Balanced()
    made.net.change("vpcs", "vpc-1", ipv6=Build().vpc("2600:1::/56").net.get("vpcs", "vpc-1").ipv6)
    nat = made.front.nat_gateway("10.0.1.200", "52.0.0.200")
    inner = made.vpc.subnet("2600:1:0:1::/64").route("64:ff9b::/96", nat)
    inner.interface("2600:1:0:1::5", tags={"Tier": "app"})
    listens = made.net.group("in tcp 443 0.0.0.0/0", "out -1 0.0.0.0/0")
    node = made.node("10.0.1.9", groups=[listens])
    target = made.host("10.0.2.5", "in tcp 80 10.0.1.9/32", tags={"Tier": "db"})
    endpoint = made.host("10.0.2.9", "in tcp 443 10.0.1.200/32", kind=InterfaceKind.VPC_ENDPOINT)
    group = made.group(*made.instance(target))
    made.balancer(
        BalancerKind.NETWORK, [node], group, port=443, services=(SERVICE,), filters_links=True
    )
    known = VpcEndpoint(
        id="vpce-1", kind=EndpointKind.INTERFACE, vpc_id="vpc-1", service=SERVICE,
        interface_ids=(endpoint,),
    )  # fmt: skip
    network = replace(made.network(), vpc_endpoints={"vpce-1": known})
    result = decided(network, "never tag:Tier=app -> tag:Tier=db")
    assert result.verdict is Verdict.REFUTED
    first, second = result.counterexamples[0].legs
    assert str(first.probe.packet.destination) == "64:ff9b::a00:209"
    assert str(second.probe.packet.source) == "10.0.1.9"

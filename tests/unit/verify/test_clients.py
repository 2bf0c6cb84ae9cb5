"""Clients by the addresses with which they come to endpoints of PrivateLink (LB-12, LB-15)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.unit.verify.balanced import Balanced, by_address
from tests.unit.verify.networks import asked_of, decided, ground_of
from verifier.invariants import parse_statement
from verifier.invariants.question import AddressPolicy, EndpointSet, Names, Question
from verifier.model import (
    BalancerKind,
    EndpointKind,
    Gap,
    InstanceConnectEndpoint,
    InterfaceKind,
    Network,
    Relay,
    UnmodelledTarget,
    VpcEndpoint,
)
from verifier.packet import AddressSet, Prefix
from verifier.trace import INTERNET
from verifier.verdict import Result, Verdict
from verifier.verify import Options
from verifier.verify.clients import among, rewritten
from verifier.verify.decide import decide

NETWORK, APPLICATION = BalancerKind.NETWORK, BalancerKind.APPLICATION
SERVICE = "com.amazonaws.vpce.eu-west-1.vpce-svc-1"
LINK = Gap("lb", "LB-12", "whether it filters what comes by endpoints is not known")
STATEMENT = "never tag:Tier=app -> tag:Tier=db"


def offered(made: Balanced, *rules: str) -> Network:
    """A database behind a balancer with these rules, which an endpoint at 10.0.2.9 leads to."""
    node = made.node("10.0.1.9", groups=[made.net.group(*rules, "out -1 0.0.0.0/0")])
    target = made.host("10.0.2.5", "in tcp 80 10.0.1.9/32", tags={"Tier": "db"})
    endpoint = made.host("10.0.2.9", kind=InterfaceKind.VPC_ENDPOINT)
    made.balancer(
        NETWORK, [node], made.group(*made.instance(target)),
        services=(SERVICE,), filters_links=True, link_gap=LINK, cross_zone=True,
    )  # fmt: skip
    known = VpcEndpoint(
        id="vpce-1", kind=EndpointKind.INTERFACE, vpc_id="vpc-1", service=SERVICE,
        interface_ids=(endpoint,),
    )  # fmt: skip
    network = made.network()
    return replace(network, vpc_endpoints={"vpce-1": known}, gaps=(*network.gaps, LINK))


def served(*rules: str) -> Result:
    """A client at 10.0.4.5 and 10.0.4.6."""
    made = Balanced()
    made.host("10.0.4.5", at=made.subnet("10.0.4.0/24", "az-a"), tags={"Tier": "app"})
    made.host("10.0.6.6", at=made.subnet("10.0.6.0/24", "az-a"), tags={"Tier": "app"})
    return decided(offered(made, *rules), STATEMENT)


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        (("in tcp 443 10.0.4.0/24",), Verdict.REFUTED),
        (("in tcp 443 10.0.6.6/32",), Verdict.REFUTED),
        (("in -1 10.0.4.5/32",), Verdict.REFUTED),
        (("in tcp 443 10.0.2.9/32",), Verdict.PROVED),
        (("in tcp 443 10.0.9.0/24", "in tcp 444 10.0.4.0/24"), Verdict.PROVED),
        (("in tcp 443 10.0.9.0/24", "in tcp 443 10.0.4.0/23"), Verdict.REFUTED),
        (("in tcp 443 2600:1::/64",), Verdict.PROVED),
        (("in tcp 443 sg-open",), Verdict.UNKNOWN),
    ],
)
def test_rules_see_the_address_of_the_client(rules: tuple[str, ...], expected: Verdict) -> None:
    result = served(*rules)
    assert result.verdict is expected
    if expected is Verdict.UNKNOWN:
        assert LINK in result.gaps
    for case in result.counterexamples:
        assert str(case.legs[1].probe.packet.source) == "10.0.1.9"


def test_the_first_leg_is_that_of_a_client_that_is_let_in() -> None:
    result = served("in tcp 443 10.0.6.6/32")
    assert [str(one.legs[0].probe.packet.source) for one in result.counterexamples] == ["10.0.6.6"]


def behind_nat(*rules: str, direct: bool = True) -> Verdict:
    """One client comes by a NAT gateway, another as it is."""
    made = Balanced()
    nat = made.front.nat_gateway("10.0.1.200")
    inside = made.subnet("10.0.4.0/24", "az-a").route("10.0.2.0/24", nat)
    made.host("10.0.4.5", at=inside, tags={"Tier": "app"})
    if direct:
        made.host("10.0.6.6", at=made.subnet("10.0.6.0/24", "az-a"), tags={"Tier": "app"})
    return decided(offered(made, *rules), STATEMENT).verdict


def test_a_translated_client_is_seen_translated() -> None:
    assert behind_nat("in tcp 443 10.0.1.200/32", direct=False) is Verdict.REFUTED
    # the address that it has no more
    assert behind_nat("in tcp 443 10.0.4.5/32") is Verdict.UNKNOWN
    assert behind_nat("in tcp 443 10.0.6.0/24") is Verdict.REFUTED
    # never a proof, whichever of the two is found first
    assert behind_nat("in tcp 443 10.0.1.200/32") is not Verdict.PROVED
    assert behind_nat("in tcp 443 10.0.9.0/24") is Verdict.PROVED


@pytest.mark.parametrize(
    ("allowed", "expected"), [("192.0.2.0/24", Verdict.UNKNOWN), ("2600:1::/64", Verdict.PROVED)]
)
def test_a_gap_may_choose_the_address(allowed: str, expected: Verdict) -> None:
    """The client's packet leaves what is modelled, and comes back to the endpoint from there."""
    made = Balanced()
    gap = Gap("cn-1", "GAP-6", "core networks are not modelled")
    core = UnmodelledTarget("core network", "cn-1", gap, internet=True)
    inside = made.subnet("10.0.4.0/24", "az-a").route("10.0.2.8/29", core)
    made.host("10.0.4.5", at=inside, tags={"Tier": "app"})
    network = offered(made, f"in tcp 443 {allowed}")
    network = replace(network, gaps=(*network.gaps, gap))
    assert decided(network, STATEMENT).verdict is expected


@pytest.mark.parametrize(
    ("allowed", "expected"), [("192.0.2.0/24", Verdict.UNKNOWN), ("2600:1::/64", Verdict.PROVED)]
)
def test_a_gap_may_choose_the_address_that_a_node_keeps(allowed: str, expected: Verdict) -> None:
    """LB-15, where nothing on the way to the node looks at that address."""
    made = Balanced()
    gap = Gap("cn-1", "GAP-6", "core networks are not modelled")
    core = UnmodelledTarget("core network", "cn-1", gap, internet=True)
    inside = made.subnet("10.0.4.0/24", "az-a").route("10.0.1.8/29", core)
    made.host("10.0.4.5", at=inside, tags={"Tier": "app"})
    node = made.node("10.0.1.9", groups=[])
    target = made.host("10.0.2.5", f"in tcp 80 {allowed}", tags={"Tier": "db"})
    made.balancer(NETWORK, [node], made.group(*made.instance(target), keeps_client_address=True))
    network = replace(made.network(), gaps=(gap,))
    assert decided(network, STATEMENT).verdict is expected


@pytest.mark.parametrize("kind", [APPLICATION, NETWORK])
def test_the_client_may_be_a_node_of_a_balancer(kind: BalancerKind) -> None:
    def chained(*rules: str) -> Verdict:
        made = Balanced()
        made.host("10.0.4.5", at=made.subnet("10.0.4.0/24", "az-a"), tags={"Tier": "app"})
        first = made.node("10.0.1.20", kind=kind)
        group = made.group(*made.address("10.0.2.9"), **by_address(port=443))
        made.balancer(kind, [first], group, port=8443, name="first")
        return decided(offered(made, *rules), STATEMENT).verdict

    assert chained("in tcp 443 10.0.1.20/32") is Verdict.REFUTED
    assert chained("in tcp 443 10.0.1.21/32") is Verdict.PROVED


def test_a_client_that_a_balancer_keeps() -> None:
    """app -> balancer -> endpoint: the client's own address is let in, or that of nobody."""

    def kept(*rules: str) -> Verdict:
        made = Balanced()
        listens = made.net.group("in tcp 8443 10.0.4.0/24", "out -1 0.0.0.0/0")
        app = made.net.group("out tcp 8443 0.0.0.0/0")
        place = made.subnet("10.0.4.0/24", "az-a")
        place.interface("10.0.4.5", groups=[app], zone="az-a", tags={"Tier": "app"})
        first = made.node("10.0.1.20", groups=[listens])
        fields = by_address(port=443, keeps_client_address=True)
        group = made.group(*made.address("10.0.2.9"), **fields)
        made.balancer(NETWORK, [first], group, port=8443, name="first")
        return decided(offered(made, *rules), STATEMENT).verdict

    assert kept("in tcp 443 10.0.4.5/32") is Verdict.REFUTED
    assert kept("in tcp 443 10.0.1.20/32") is Verdict.UNKNOWN
    assert kept("in tcp 444 10.0.4.5/32") is Verdict.PROVED


def test_a_flow_of_which_no_leg_is_told() -> None:
    """internet -> relay with a gap -> balancer that keeps clients -> endpoint."""
    made = Balanced()
    odd = made.host("10.0.1.30", at=made.front, public="52.0.0.30")
    first = made.node("10.0.1.20", groups=[])
    fields = by_address(port=443, keeps_client_address=True)
    group = made.group(*made.address("10.0.2.9"), **fields)
    made.balancer(NETWORK, [first], group, port=8443, name="first")
    network = offered(made, "in tcp 443 192.0.2.0/24")
    gap = Gap(odd, "GAP-11", "is a load balancer's")
    network = replace(network, relays=(Relay(odd, gap, True),), gaps=(*network.gaps, gap))
    assert decided(network, "never internet -> tag:Tier=db").verdict is Verdict.UNKNOWN


def test_whoever_may_send_from_any_address() -> None:
    made = Balanced()
    made.host(
        "10.0.4.5", at=made.subnet("10.0.4.0/24", "az-a"), tags={"Tier": "app"},
        source_destination_check=False,
    )  # fmt: skip
    network = offered(made, "in tcp 443 192.0.2.0/24")
    asked = asked_of(network, parse_statement(STATEMENT))
    forged = replace(asked, question=replace(asked.question, spoofed=True))
    assert decide(ground_of(network), asked, Options(), "test").verdict is Verdict.PROVED
    assert decide(ground_of(network), forged, Options(), "test").verdict is not Verdict.PROVED


def question(sources: EndpointSet, **fields: Any) -> Question:
    made = Balanced()
    made.host("10.0.2.5", tags={"Tier": "db"})
    asked = asked_of(made.network(), parse_statement("never internet -> tag:Tier=db"))
    return replace(asked.question, sources=sources, **fields)


def place() -> tuple[Network, str]:
    made = Balanced()
    host = made.front.interface(
        "10.0.1.5", "10.0.1.6", "2600:1::5", public="52.0.0.5",
        delegated=(Prefix.parse("10.0.1.16/28"),),
    )  # fmt: skip
    made.front.nat_gateway("10.0.1.200", "52.0.0.200")
    made.front.nat_gateway("10.0.1.201")
    return made.network(), host.interface_id


def addresses(*texts: str) -> AddressSet:
    return AddressSet.of(*map(Prefix.parse, texts))


@pytest.mark.parametrize(
    ("policy", "names", "clients", "kept"),
    [
        (AddressPolicy.EVERY, Names(True), "10.0.0.0/8", ("10.0.1.5", "10.0.1.6", "10.0.1.16/28")),
        (AddressPolicy.PRIMARY, Names(True), "10.0.0.0/8", ("10.0.1.5",)),
        (AddressPolicy.PRIMARY, Names(True), "2600:1::/64", ("2600:1::5",)),
        (AddressPolicy.EVERY, Names(False, addresses("10.0.1.6")), "10.0.0.0/8", ("10.0.1.6",)),
        (AddressPolicy.EVERY, Names(False, addresses("10.0.1.6")), "10.0.1.5", ()),
        (AddressPolicy.EVERY, Names(True), "52.0.0.0/8", ()),
    ],
)
def test_sources_by_their_own_addresses(
    policy: AddressPolicy, names: Names, clients: str, kept: tuple[str, ...]
) -> None:
    network, name = place()
    asked = question(EndpointSet({name: names}), policy=policy)
    found = among(network, asked, addresses(clients))
    wanted = {name: Names(False, addresses(*kept))} if kept else {}
    assert found == EndpointSet(wanted)


def test_sources_outside_and_those_that_send_from_any_address() -> None:
    network, name = place()
    blocks = {INTERNET: addresses("8.0.0.0/8"), "vgw-1": addresses("192.168.0.0/16")}
    everybody = EndpointSet({name: Names(True)}, blocks)
    clients = addresses("192.168.4.0/24")
    wanted = {"vgw-1": clients}
    assert among(network, question(everybody), clients) == EndpointSet({}, wanted)
    forged = among(network, question(everybody, spoofed=True), clients)
    assert forged == EndpointSet({name: Names(True)}, wanted)
    endpoint = InstanceConnectEndpoint(id="eice-1", interface_id=name, keeps_clients=True)
    network = replace(network, instance_connect_endpoints={name: endpoint})
    assert among(network, question(everybody), clients) == EndpointSet({name: Names(True)}, wanted)


def test_what_gateways_write() -> None:
    network, _ = place()
    assert rewritten(network) == addresses("10.0.1.200", "10.0.1.201", "52.0.0.200", "52.0.0.5")

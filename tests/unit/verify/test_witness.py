"""The packet that is shown: the same finding, in words that people know."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.strategies.builder import Build, outside, packet, probe
from tests.unit.verify.networks import asked_of, decided, ground_of, two_tiers
from verifier.invariants import parse_statement
from verifier.packet import Packet
from verifier.trace import INTERNET, InterfaceHost
from verifier.verdict import Counterexample
from verifier.verify import Options
from verifier.verify.search import meets, replay
from verifier.verify.witness import presentable


def shown(network_statement: tuple[Build, str]) -> Packet:
    net, statement = network_statement
    result = decided(net.network(), statement, Options(max_counterexamples=1))
    found = result.counterexamples[0] if result.counterexamples else result.witness
    assert found is not None
    return found.probe.packet


@pytest.mark.parametrize(
    ("rules", "statement", "expected"),
    [
        # the port that is asked for, or else a well-known one that passes
        (("in -1 0.0.0.0/0", "out -1 0.0.0.0/0"), "tag:Tier=web -> tag:Tier=db", (6, 443)),
        (
            ("in -1 0.0.0.0/0", "out -1 0.0.0.0/0"),
            "tag:Tier=web -> tag:Tier=db on tcp/7777",
            (6, 7777),
        ),
        (("in tcp 5432 0.0.0.0/0", "out -1 0.0.0.0/0"), "tag:Tier=web -> tag:Tier=db", (6, 5432)),
        (
            ("in tcp 4000-5000 0.0.0.0/0", "out -1 0.0.0.0/0"),
            "tag:Tier=web -> tag:Tier=db",
            (6, None),
        ),
        (("in udp 53 0.0.0.0/0", "out -1 0.0.0.0/0"), "tag:Tier=web -> tag:Tier=db", (17, 53)),
        (
            ("in udp 7000-7001 0.0.0.0/0", "out -1 0.0.0.0/0"),
            "tag:Tier=web -> tag:Tier=db",
            (17, None),
        ),
        (("in icmp -1/-1 0.0.0.0/0", "out -1 0.0.0.0/0"), "tag:Tier=web -> tag:Tier=db", (1, 8)),
        (("in icmp 3/4 0.0.0.0/0", "out -1 0.0.0.0/0"), "tag:Tier=web -> tag:Tier=db", (1, 3)),
        (("in 50 0.0.0.0/0", "out -1 0.0.0.0/0"), "tag:Tier=web -> tag:Tier=db", (50, None)),
    ],
)
def test_protocol_and_port(
    rules: tuple[str, ...], statement: str, expected: tuple[int, int | None]
) -> None:
    packet = shown((two_tiers(*rules), f"never {statement}"))
    assert packet.protocol == expected[0]
    if expected[1] is not None:
        assert expected[1] in (packet.destination_port, packet.icmp_type)


def test_the_client_port_is_an_ephemeral_one() -> None:
    packet = shown((two_tiers(), "never tag:Tier=web -> tag:Tier=db"))
    assert packet.source_port == 49152


def test_a_client_port_that_is_asked_for_is_kept() -> None:
    packet = shown((two_tiers(), "never tag:Tier=web -> tag:Tier=db on tcp/5432 from 700-800"))
    assert packet.source_port == 700


def test_outside_addresses_are_those_of_documentation() -> None:
    packet = shown((two_tiers(), "never internet -> any"))
    assert str(packet.source) == "198.51.100.7"
    packet = shown((two_tiers(), "never any -> internet"))
    assert str(packet.destination) == "198.51.100.7"


def test_an_outside_address_within_the_block_that_is_asked_for() -> None:
    packet = shown((two_tiers(), "never 8.8.4.0/24 -> any"))
    assert str(packet.source) == "8.8.4.0"
    packet = shown((two_tiers(), "never any -> 8.8.4.0/24"))
    assert str(packet.destination) == "8.8.4.0"


def test_the_first_address_of_an_interface_is_preferred() -> None:
    net = Build()
    subnet = net.vpc("10.0.0.0/16", "2600:1f00::/56").subnet("10.0.1.0/24", "2600:1f00::/64")
    subnet.interface("10.0.1.9", "10.0.1.3", "2600:1f00::9", "2600:1f00::3")
    subnet.interface("10.0.1.8", "2600:1f00::8")
    packet = shown((net, "never eni-1 -> eni-2 on ip4:all"))
    assert str(packet.source) == "10.0.1.9"
    packet = shown((net, "never eni-1 -> eni-2 on ip6:all"))
    assert str(packet.source) == "2600:1f00::9"
    packet = shown((net, "never eni-1 -> eni-2 on icmp6/128"))
    assert packet.icmp_type == 128


@pytest.mark.parametrize(
    ("keeps", "expected"), [(False, "10.0.1.9"), (True, "198.51.100.7"), (None, "10.0.1.9")]
)
def test_whom_an_endpoint_sends_for(keeps: bool | None, expected: str) -> None:
    net = Build()
    subnet = net.vpc("10.0.0.0/16", "2600:1f00::/56").subnet("10.0.1.0/24", "2600:1f00::/64")
    subnet.connect_endpoint("10.0.1.9", "2600:1f00::9", keeps=keeps)
    subnet.interface("10.0.1.8", "2600:1f00::8")
    for statement in ("never eice-1 -> eni-2", "never eice-1 -> eni-2 on ip4:tcp/22"):
        if keeps is not None:
            assert str(shown((net, statement)).source) == expected
    asked = asked_of(net.network(), parse_statement("never eice-1 -> eni-2"))
    opened = frozenset(net.network().gaps)
    ground = ground_of(net.network())
    for source, name in (("1.2.3.4", "10.0.1.8"), ("2600:1f00:0:9::9", "2600:1f00::8")):
        if keeps is not False:
            sent = probe(
                InterfaceHost("eni-1"), InterfaceHost("eni-2"), packet(source, name, "tcp 22")
            )
            sent = replace(sent, states=asked.question.states)
            found = Counterexample(sent, replay(ground, asked.question, sent, opened))
            assert meets(asked.question, found.exchange)
            better = presentable(ground, asked.question, found, opened)
            assert str(better.probe.packet.source) == expected


def test_users_within_the_block_that_is_asked_for() -> None:
    net = Build()
    subnet = net.vpc("10.0.0.0/16").subnet("10.0.1.0/24")
    subnet.connect_endpoint("10.0.1.9", keeps=True)
    subnet.interface("10.0.1.8")
    assert str(shown((net, "never 8.8.4.0/24 -> eni-2")).source) == "8.8.4.0"


def test_a_choice_of_the_network_that_matters_is_kept() -> None:
    """The list lets replies to one port of the NAT gateway back only."""
    net = Build()
    vpc = net.vpc("10.0.0.0/16").internet_gateway()
    edge = vpc.subnet("10.0.9.0/24").route("0.0.0.0/0", vpc.igw)
    nat = edge.nat_gateway("10.0.9.9", "52.0.0.9")
    edge.acl(
        "in 100 allow tcp 443 10.0.0.0/16",
        "in 110 allow tcp 2000 0.0.0.0/0",
        "out 100 allow -1 0.0.0.0/0",
    )
    vpc.subnet("10.0.1.0/24").route("0.0.0.0/0", nat).interface("10.0.1.5")
    result = decided(net.network(), "some eni-1 -> internet on tcp/443")
    assert result.witness is not None
    assert result.witness.probe.choices.nat_port == 2000
    assert result.witness.exchange.works


def test_ipv4_is_shown_where_both_have_it() -> None:
    net = Build()
    vpc = net.vpc("10.0.0.0/16", "2600:1f00::/56").internet_gateway()
    subnet = vpc.subnet("10.0.1.0/24", "2600:1f00::/64")
    subnet.route("0.0.0.0/0", vpc.igw).route("::/0", vpc.igw)
    subnet.interface("10.0.1.5", "2600:1f00::5", public="52.0.0.5")
    subnet.interface("10.0.1.6", "2600:1f00::6")
    six = net.group("in -1 ::/0", "out -1 ::/0")
    subnet.interface("10.0.1.7", "2600:1f00::7", groups=[six])
    four = {
        "never eni-1 -> eni-2": "10.0.1.6",
        "never internet -> eni-1": "52.0.0.5",
        "never eni-1 -> internet": "198.51.100.7",
        "never eni-1 -> eni-2 on icmp,icmp6": "10.0.1.6",
        "never eni-1 -> eni-2 on icmp6": "2600:1f00::6",
        "never eni-1 -> eni-3": "2600:1f00::7",
    }
    for statement, destination in four.items():
        assert str(shown((net, statement)).destination) == destination


@pytest.mark.parametrize("inward", [True, False])
def test_a_packet_from_or_to_the_outside_is_shown_in_ipv4(inward: bool) -> None:
    net = Build()
    vpc = net.vpc("10.0.0.0/16", "2600:1f00::/56").internet_gateway()
    subnet = vpc.subnet("10.0.1.0/24", "2600:1f00::/64")
    subnet.route("0.0.0.0/0", vpc.igw).route("::/0", vpc.igw)
    host = subnet.interface("10.0.1.5", "2600:1f00::5", public="52.0.0.5")
    ground = ground_of(net.network())
    far = outside("2a00::7", INTERNET)
    statement = "never internet -> eni-1" if inward else "never eni-1 -> internet"
    question = asked_of(ground.network, parse_statement(statement)).question
    ends = ("2a00::7", "2600:1f00::5") if inward else ("2600:1f00::5", "2a00::7")
    asked = probe(far, host, packet(*ends), states=question.states)
    if not inward:
        asked = probe(host, far, packet(*ends), states=question.states)
    case = Counterexample(asked, replay(ground, question, asked, frozenset()))
    assert meets(question, case.exchange)
    found = presentable(ground, question, case, frozenset()).probe.packet
    expected = ("198.51.100.7", "52.0.0.5") if inward else ("10.0.1.5", "198.51.100.7")
    assert (str(found.source), str(found.destination)) == expected

"""Which probes a question speaks of (ASK-1 to ASK-4, ASK-7), probe by probe."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.strategies.builder import Build, outside, packet, probe
from tests.unit.verify.networks import asked_of, two_tiers
from verifier.invariants import parse_statement
from verifier.model import Network
from verifier.packet import Packet
from verifier.trace import INTERNET, InstanceStates, InterfaceHost, Probe
from verifier.verify.admits import _excluded, admits, space_of

WEB, DATABASE = InterfaceHost("eni-1"), InterfaceHost("eni-2")
ASSUMED = InstanceStates.ASSUMED_RUNNING


def speaks(network: Network, statement: str, asked: Probe, **changes: object) -> bool:
    question = asked_of(network, parse_statement(statement)).question
    question = replace(question, **changes)  # type: ignore[arg-type]
    return admits(network, space_of(network), question, replace(asked, states=question.states))


def sent(source: str, destination: str, traffic: str = "tcp 443", port: int = 50000) -> Packet:
    return packet(source, destination, traffic, port)


NETWORK = two_tiers().network()


def test_a_probe_avoids_what_its_question_avoids() -> None:
    asked = probe(WEB, DATABASE, sent("10.0.1.5", "10.0.2.5"))
    round_it = replace(asked, avoiding=frozenset({"eni-9"}))
    for statement, expected in (
        ("never eni-1 -> eni-2", [True, False]),
        ("never eni-1 -> eni-2 unless through igw-1", [False, False]),
    ):
        assert [speaks(NETWORK, statement, one) for one in (asked, round_it)] == expected
    through = replace(asked, avoiding=frozenset({"igw-1"}))
    assert speaks(NETWORK, "never eni-1 -> eni-2 unless through igw-1", through)


def test_destinations_have_nat64_names_where_the_question_says_so() -> None:
    """ASK-8: every IPv4 name, in `never` and `only`."""
    net = Build()
    vpc = net.vpc("10.0.0.0/16", "2600:1::/56").internet_gateway()
    subnet = vpc.subnet("10.0.1.0/24", "2600:1::/64")
    a = subnet.interface("10.0.1.4", "2600:1::4")
    b = subnet.interface("10.0.1.5", "2600:1::5", public="52.0.0.5")
    for word, expected in (
        ("64:ff9b::a00:105", True),
        ("64:ff9b::3400:5", True),
        ("2600:1::5", True),
        ("64:ff9b::a00:104", False),
        ("64:ff9b::2600:1", False),
    ):
        asked = probe(a, b, sent("2600:1::4", word))
        for nat64 in (False, True):
            question = asked_of(net.network(), parse_statement("never eni-1 -> eni-2")).question
            to = replace(question.destinations, nat64=nat64)
            named = speaks(net.network(), "never eni-1 -> eni-2", asked, destinations=to)
            assert named is (expected and (nat64 or word.startswith("2600"))), word


@pytest.mark.parametrize(
    ("statement", "asked", "expected"),
    [
        (
            "never tag:Tier=web -> tag:Tier=db",
            probe(WEB, DATABASE, sent("10.0.1.5", "10.0.2.5")),
            True,
        ),
        (
            "never tag:Tier=db -> tag:Tier=web",
            probe(WEB, DATABASE, sent("10.0.1.5", "10.0.2.5")),
            False,
        ),
        ("never any -> tag:Tier=web", probe(WEB, DATABASE, sent("10.0.1.5", "10.0.2.5")), False),
        ("never any -> any", probe(WEB, WEB, sent("10.0.1.5", "10.0.1.5")), False),
        (
            "never any -> any",
            probe(outside("8.8.8.8"), outside("9.9.9.9"), sent("8.8.8.8", "9.9.9.9")),
            False,
        ),
        ("never any -> any", probe(WEB, None, sent("10.0.1.5", "10.0.2.5")), False),
        # addresses: one's own, and the names of the destination
        ("never any -> any", probe(WEB, DATABASE, sent("10.0.1.6", "10.0.2.5")), False),
        ("never any -> any", probe(WEB, DATABASE, sent("10.0.1.5", "10.0.2.6")), False),
        ("never any -> any", probe(DATABASE, WEB, sent("10.0.2.5", "52.0.0.5")), True),
        ("some any -> any", probe(DATABASE, WEB, sent("10.0.2.5", "52.0.0.5")), False),
        (
            "some internet -> any",
            probe(outside("8.8.8.8", INTERNET), WEB, sent("8.8.8.8", "52.0.0.5")),
            True,
        ),
        (
            "some internet -> any",
            probe(outside("8.8.8.8", INTERNET), WEB, sent("8.8.8.8", "10.0.1.5")),
            False,
        ),
        (
            "some 192.168.0.0/16 -> any",
            probe(outside("192.168.0.9"), WEB, sent("192.168.0.9", "10.0.1.5")),
            True,
        ),
        ("some any -> 52.0.0.5", probe(DATABASE, WEB, sent("10.0.2.5", "52.0.0.5")), True),
        # the outside
        (
            "never internet -> any",
            probe(outside("10.9.9.9", INTERNET), WEB, sent("10.9.9.9", "52.0.0.5")),
            False,
        ),
        (
            "never internet -> any",
            probe(outside("8.8.8.8", INTERNET), WEB, sent("9.9.9.9", "52.0.0.5")),
            False,
        ),
        (
            "never any -> internet",
            probe(WEB, outside("8.8.8.8", INTERNET), sent("10.0.1.5", "8.8.8.8")),
            True,
        ),
        (
            "never any -> internet",
            probe(WEB, outside("8.8.8.8", INTERNET), sent("10.0.1.5", "8.8.4.4")),
            False,
        ),
        # traffic
        ("never any -> any on tcp/22", probe(WEB, DATABASE, sent("10.0.1.5", "10.0.2.5")), False),
        ("never any -> any on udp/443", probe(WEB, DATABASE, sent("10.0.1.5", "10.0.2.5")), False),
        ("never any -> any on ip6:all", probe(WEB, DATABASE, sent("10.0.1.5", "10.0.2.5")), False),
        (
            "never any -> any on tcp/443 from 1-9",
            probe(WEB, DATABASE, sent("10.0.1.5", "10.0.2.5")),
            False,
        ),
        (
            "never any -> any on icmp/8",
            probe(WEB, DATABASE, sent("10.0.1.5", "10.0.2.5", "icmp 8/0")),
            True,
        ),
        (
            "never any -> any on icmp/8/1",
            probe(WEB, DATABASE, sent("10.0.1.5", "10.0.2.5", "icmp 8/0")),
            False,
        ),
        (
            "never any -> any on icmp/3",
            probe(WEB, DATABASE, sent("10.0.1.5", "10.0.2.5", "icmp 8/0")),
            False,
        ),
        (
            "never any -> any on proto/47",
            probe(WEB, DATABASE, sent("10.0.1.5", "10.0.2.5", "47")),
            True,
        ),
        ("always any -> any", probe(WEB, DATABASE, sent("10.0.1.5", "10.0.2.5", port=80)), False),
        ("always any -> any", probe(WEB, DATABASE, sent("10.0.1.5", "10.0.2.5", "47")), True),
        # only: what is allowed is not asked for
        (
            "only tag:Tier=web -> tag:Tier=db on tcp/443",
            probe(WEB, DATABASE, sent("10.0.1.5", "10.0.2.5")),
            False,
        ),
        (
            "only tag:Tier=web -> tag:Tier=db on tcp/5432",
            probe(WEB, DATABASE, sent("10.0.1.5", "10.0.2.5")),
            True,
        ),
        (
            "only internet -> tag:Tier=web",
            probe(outside("8.8.8.8"), WEB, sent("8.8.8.8", "52.0.0.5")),
            False,
        ),
        (
            "only igw-1 -> tag:Tier=web",
            probe(outside("8.8.8.8"), WEB, sent("8.8.8.8", "52.0.0.5")),
            False,
        ),
        (
            "only 9.9.9.9 -> tag:Tier=web",
            probe(outside("8.8.8.8"), WEB, sent("8.8.8.8", "52.0.0.5")),
            True,
        ),
        (
            "only internet -> tag:Tier=web",
            probe(outside("192.168.0.9"), WEB, sent("192.168.0.9", "10.0.1.5")),
            True,
        ),
        (
            "only internet -> internet",
            probe(WEB, outside("8.8.8.8", INTERNET), sent("10.0.1.5", "8.8.8.8")),
            True,
        ),
    ],
)
def test_the_question_speaks_of_the_probe(statement: str, asked: Probe, expected: bool) -> None:
    assert speaks(NETWORK, statement, asked) is expected


def test_an_excluded_outside_host_is_known_by_its_gateway_only_for_interfaces() -> None:
    """ASK-7 looks at the gateway of the destination's VPC; an outside destination has none."""
    asked = probe(outside("8.8.8.8"), outside("9.9.9.9"), sent("8.8.8.8", "9.9.9.9"))
    assert not speaks(NETWORK, "only internet -> any", asked)


def test_spoofed_sources_write_any_address() -> None:
    asked = probe(WEB, DATABASE, sent("10.9.9.9", "10.0.2.5"))
    assert not speaks(NETWORK, "never any -> any", asked)
    assert speaks(NETWORK, "never any -> any", asked, spoofed=True)


def test_states_must_be_those_of_the_question() -> None:
    question = asked_of(NETWORK, parse_statement("never any -> any")).question
    asked = probe(WEB, DATABASE, sent("10.0.1.5", "10.0.2.5"), states=InstanceStates.RECORDED)
    assert not admits(NETWORK, space_of(NETWORK), question, asked)


def test_the_addresses_of_nat_gateways_are_not_the_internet() -> None:
    net = Build()
    subnet = net.vpc("10.0.0.0/16").internet_gateway().subnet("10.0.1.0/24")
    subnet.nat_gateway("10.0.1.9", "52.0.0.9")
    space = space_of(net.network())
    assert not space.is_internet(packet("52.0.0.9", "8.8.8.8").source)
    assert space.is_internet(packet("52.0.0.10", "8.8.8.8").source)


def test_a_forged_source_is_excluded_by_the_addresses_that_the_set_names() -> None:
    net = Build()
    subnet = net.vpc("10.0.0.0/16").subnet("10.0.1.0/24", "10.0.2.0/24")
    subnet.interface("10.0.1.5", "10.0.1.6", tags={"Tier": "web"})
    subnet.interface("10.0.2.5", tags={"Tier": "db"})
    network = net.network()
    for statement, source, expected in (
        ("only 10.0.1.5 -> tag:Tier=db", "10.0.1.5", False),
        ("only 10.0.1.5 -> tag:Tier=db", "10.9.9.9", True),
        ("only tag:Tier=web -> tag:Tier=db", "10.9.9.9", False),
    ):
        asked = probe(WEB, DATABASE, sent(source, "10.0.2.5"))
        assert speaks(network, statement, asked, spoofed=True) is expected


def test_what_is_allowed_from_a_gateway_is_allowed_to_interfaces_behind_it() -> None:
    asked = probe(outside("8.8.8.8"), WEB, sent("8.8.8.8", "52.0.0.5"))
    elsewhere = probe(outside("8.8.8.8"), outside("9.9.9.9"), sent("8.8.8.8", "9.9.9.9"))
    question = asked_of(NETWORK, parse_statement("only igw-1 -> any")).question
    space = space_of(NETWORK)
    for one, expected in ((asked, True), (elsewhere, False)):
        assert _excluded(NETWORK, space, question, one) is expected


def test_a_door_without_addresses_holds_nobody() -> None:
    asked = probe(outside("8.8.8.8", "igw-1"), WEB, sent("8.8.8.8", "52.0.0.5"))
    assert speaks(NETWORK, "never igw-1 -> any", asked)
    assert not speaks(NETWORK, "never internet -> any", asked)


def connected(keeps: bool | None) -> Network:
    """`eni-1` is an endpoint's, 10.0.1.5, and `eni-2` a host, 10.0.1.9."""
    net = Build()
    subnet = net.vpc("10.0.0.0/16").subnet("10.0.1.0/24")
    subnet.connect_endpoint("10.0.1.5", keeps=keeps)
    subnet.interface("10.0.1.9")
    return net.network()


@pytest.mark.parametrize("spoofed", [False, True])
@pytest.mark.parametrize("kind", ["never", "some"])
def test_an_endpoint_sends_from_what_it_may_send_from(kind: str, spoofed: bool) -> None:
    """ASK-2, ASK-3: whether or not others may forge addresses; blocks name users in `never`."""
    own, user = sent("10.0.1.5", "10.0.1.9", "tcp 22"), sent("203.0.113.7", "10.0.1.9", "tcp 22")
    for keeps, expected in ((False, [1, 0]), (True, [0, 1]), (None, [1, 1])):
        network = connected(keeps)
        users = expected[1] if kind == "never" else 0
        for source, by_set in (
            ("eice-1", expected),
            ("203.0.113.0/24", [0, users]),
            ("10.0.1.0/24", [expected[0], 0]),
            ("10.0.1.0/24, 203.0.113.0/24", [expected[0], users]),
            ("eni-2", [0, 0]),
        ):
            statement = f"{kind} {source} -> eni-2"
            found = [
                speaks(network, statement, probe(WEB, DATABASE, one), spoofed=spoofed)
                for one in (own, user)
            ]
            assert found == by_set, (keeps, source)


@pytest.mark.parametrize("spoofed", [False, True])
def test_an_endpoint_in_the_set_is_excluded_whatever_it_sends_from(spoofed: bool) -> None:
    """ASK-7; in a set by named addresses it is excluded when it sends from them."""
    network = connected(True)
    users = [
        probe(WEB, DATABASE, sent(text, "10.0.1.9", "tcp 22"))
        for text in ("203.0.113.7", "198.51.100.7")
    ]
    for excluded, expected in (
        ("eice-1", [False, False]),
        ("203.0.113.0/24", [False, True]),
        ("10.0.0.0/16", [True, True]),
        ("eni-2", [True, True]),
    ):
        found = [
            speaks(network, f"only {excluded} -> eni-2 on tcp/22", one, spoofed=spoofed)
            for one in users
        ]
        assert found == expected, excluded
    other = probe(WEB, DATABASE, sent("203.0.113.7", "10.0.1.9", "tcp 3389"))
    assert speaks(network, "only eice-1 -> eni-2 on tcp/22", other, spoofed=spoofed)

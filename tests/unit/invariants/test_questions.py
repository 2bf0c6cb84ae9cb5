from __future__ import annotations

from dataclasses import replace

import pytest

from tests.strategies.builder import Build
from tests.unit.invariants.sample import NETWORK, address, private
from verifier.errors import SpecError
from verifier.invariants import Directory, asking, parse_statement
from verifier.invariants.question import AddressPolicy, EndpointSet, Goal, Mode
from verifier.invariants.questions import effective
from verifier.invariants.traffic import EVERYTHING
from verifier.packet import ALL_PORTS, Address, AddressSet, PortRange
from verifier.trace import InstanceStates

DIRECTORY = Directory(NETWORK)


def asked(text: str, **changes: object):
    return asking(replace(parse_statement(text), **changes), DIRECTORY)  # type: ignore[type-var]


@pytest.mark.parametrize(
    ("kind", "goal", "mode", "policy", "states", "ports"),
    [
        ("never", Goal.DELIVERED, Mode.PACKET, AddressPolicy.EVERY,
         InstanceStates.ASSUMED_RUNNING, ALL_PORTS),
        ("only", Goal.DELIVERED, Mode.PACKET, AddressPolicy.EVERY,
         InstanceStates.ASSUMED_RUNNING, ALL_PORTS),
        ("always", Goal.FAILING, Mode.CONNECTION, AddressPolicy.PRIMARY,
         InstanceStates.RECORDED, PortRange(1024, 65535)),
        ("some", Goal.DELIVERED, Mode.CONNECTION, AddressPolicy.PRIMARY,
         InstanceStates.RECORDED, ALL_PORTS),
    ],
)  # fmt: skip
def test_choices_of_each_kind(kind, goal, mode, policy, states, ports) -> None:
    found = asked(f"{kind} eni-web -> eni-app on tcp/22", spoofed=True)
    question = found.question
    assert (question.goal, question.mode, question.policy) == (goal, mode, policy)
    assert (question.states, question.client_ports) == (states, (ports,))
    assert question.spoofed
    assert list(question.destinations.interfaces) == ["eni-app"]
    assert (found.vacuous, found.hollow, found.wanting, found.warnings) == (None, None, None, ())
    assert (question.excluded is not None) == (kind == "only")
    assert (question.traffic == EVERYTHING) == (kind == "only")


def test_only_asks_everybody_else() -> None:
    question = asked("only eni-web -> eni-app on tcp/22").question
    assert list(question.sources.interfaces) == ["eni-db", "eni-far", "eni-lambda", "eni-v6",
                                                 "eni-web"]  # fmt: skip
    assert list(question.sources.outside) == [None]
    assert question.excluded is not None
    sources, traffic = question.excluded
    assert list(sources.interfaces) == ["eni-web"]
    assert traffic == parse_statement("never any -> any on tcp/22").traffic


def test_only_may_speak_of_a_nat_gateway() -> None:
    found = asked("only any -> nat-1")
    assert found.vacuous is None
    assert list(found.question.destinations.interfaces) == ["eni-nat"]
    with pytest.raises(SpecError, match="can only be a destination"):
        asked("only nat-1 -> any")


def test_only_from_nobody() -> None:
    found = asked("only tag:x -> eni-app")
    assert found.vacuous is None
    assert found.hollow == "the source names nobody"
    assert asked("only any -> tag:x").vacuous == "the destination names nobody"
    assert asked("only eni-web -> any").vacuous == "there is nobody outside the destination"


def test_what_is_unknown_is_told_by_the_question() -> None:
    found = asked("only vgw-1 -> nat-2 or eni-app")
    assert found.question.sources.unknown == ("vgw-1",)
    assert found.question.destinations.unknown == ("nat-2",)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("never tag:x -> any", "the source names nobody"),
        ("never any -> tag:x", "the destination names nobody"),
        ("some internet -> 198.51.100.7", "source and destination are both outside"),
        ("never eni-app -> i-app", "source and destination are the same host, eni-app"),
        ("never eni-app, internet -> eni-app", None),
        ("never eni-app -> eni-app, internet", None),
        ("never eni-app -> eni-app, eni-web", None),
        ("always eni-app -> eni-web on tcp/22 from 53", "no packet of the traffic comes from a cl"),
        ("never eni-app -> eni-web on tcp/22 from 53", None),
        ("always eni-app -> eni-web on tcp/22 from 53, proto/50", None),
    ],
)
def test_nothing_to_ask(text: str, reason: str | None) -> None:
    found = asked(text).vacuous
    assert (found or "").startswith(reason or "")
    assert (found is None) == (reason is None)


def test_effective_traffic() -> None:
    terms = parse_statement("never any -> any on tcp/1 from 53, udp from 60-70, icmp").traffic
    assert effective(terms, (PortRange(70, 80),)) == terms[1:]
    assert effective(terms, (PortRange(1, 52),)) == terms[2:]


@pytest.mark.parametrize(
    ("text", "pair"),
    [
        ("eni-web -> eni-app on tcp", None),
        ("eni-web -> eni-app on ip6:tcp", ("eni-web", "eni-app")),
        ("eni-web -> eni-v6 on tcp", None),
        ("eni-web -> eni-v6 on ip4:tcp", ("eni-web", "eni-v6")),
        ("eni-app -> eni-v6", ("eni-app", "eni-v6")),
        ("eni-app, eni-db, eni-far -> eni-app, eni-db, eni-far on ip4:tcp", None),
        ("eni-far, eni-db, eni-app -> eni-v6", ("eni-app", "eni-v6")),
        ("eni-web -> eni-v6 on ip4:tcp, ip6:udp", None),
        ("eni-web -> eni-v6 on ip4:tcp, ip6:udp from 53", ("eni-web", "eni-v6")),
        ("eni-web -> eni-v6, eni-app on ip6:tcp", ("eni-web", "eni-app")),
        ("eni-v6, eni-web -> eni-v6, eni-web on icmp", ("eni-v6", "eni-web")),
        ("internet -> eni-web", None),
        ("internet -> eni-app", ("internet", "eni-app")),
        ("internet -> eni-v6", None),
        ("internet -> eni-v6 on icmp", ("internet", "eni-v6")),
        ("198.51.100.0/24 -> eni-v6", ("internet", "eni-v6")),
        ("172.16.0.0/12 -> eni-app", None),
        ("172.16.0.0/12 -> eni-v6", ("hosts outside", "eni-v6")),
        ("eni-app -> internet", None),
        ("eni-app -> 2001:db8:ff::/48", ("eni-app", "hosts outside")),
        ("eni-v6 -> 198.51.100.7", ("eni-v6", "hosts outside")),
        ("10.0.0.11 -> 10.0.1.30", None),
        ("internet -> 203.0.113.11", None),
        ("eni-web -> 10.0.1.130 on ip6:all", ("eni-web", "eni-db")),
    ],
)
def test_pairs_without_an_address(text: str, pair: tuple[str, str] | None) -> None:
    assert asked(f"always {text}").wanting == pair
    assert asked(f"some {text}").wanting is None


def test_addresses_that_are_not_global() -> None:
    lonely = replace(
        NETWORK.interfaces["eni-v6"], ipv6=(address("fd01::1"),),
        ipv4=(private("10.0.1.77", "203.0.113.77", primary=False),),
    )  # fmt: skip
    network = replace(NETWORK, interfaces={**NETWORK.interfaces, "eni-v6": lonely})
    found = asking(parse_statement("always internet -> eni-v6"), Directory(network))
    assert found.wanting == ("internet", "eni-v6")


def test_warnings_of_both_sides() -> None:
    assert asked("never any or tag:x -> any or tag:y").warnings == (
        "--invariant:1:14: `tag:x` matches nothing that can be a source",
        "--invariant:1:30: `tag:y` matches nothing that can be a destination",
    )
    assert asked("only any or tag:x -> any or tag:x").warnings[0].startswith("--invariant:1:13: ")


def test_ids_that_do_not_exist() -> None:
    with pytest.raises(SpecError, match=r"--invariant:1:14: no subnet `subnet-9`"):
        asked("never any -> subnet-9")
    assert asked("never vgw-1 -> any").question.sources == EndpointSet(unknown=("vgw-1",))


@pytest.mark.parametrize(
    ("via", "statement", "expected"),
    [
        ("nat", "never any -> 8.8.8.8", True),
        ("tgw-1", "never any -> 8.8.8.8", True),
        ("nat", "only eni-1 -> 8.8.8.8", True),
        ("igw", "never any -> 8.8.8.8", False),
        ("nat", "some any -> 8.8.8.8", False),
        ("nat", "never any -> eni-1", False),
    ],
)
def test_what_must_not_be_reached_has_its_nat64_names(
    via: str, statement: str, expected: bool
) -> None:
    """ASK-8: an IPv6-only host calls 8.8.8.8 by 64:ff9b::808:808."""
    net = Build()
    vpc = net.vpc("10.0.0.0/16", "2600:1f00::/56").internet_gateway()
    subnet = vpc.subnet("10.0.1.0/24", "2600:1f00::/64")
    subnet.interface("10.0.1.5", "2600:1f00::5")
    target = {"nat": subnet.nat_gateway("10.0.1.9", "52.0.0.9"), "igw": vpc.igw}.get(via, via)
    subnet.route("64:ff9b::/96", target).route(net.prefix_list("192.0.2.0/24"), "vgw-1")
    network = net.network()
    question = asking(parse_statement(statement), Directory(network)).question
    named = AddressSet.of(*question.destinations.outside.values())
    assert (Address.parse("64:ff9b::808:808") in named) is expected
    assert question.destinations.nat64 is (expected or statement == "never any -> eni-1")


@pytest.mark.parametrize(
    ("listed", "via", "expected"),
    [
        ("64:ff9b::/96", "nat", True),
        ("::/0", "nat", True),
        ("64:ff9b::808:0/112", "vgw-1", True),
        ("2600::/16", "nat", False),
        ("64:ff9b::/96", "igw", False),
        (None, "nat", True),
    ],
)
def test_interfaces_have_nat64_names_where_something_may_translate(
    listed: str | None, via: str, expected: bool
) -> None:
    """ASK-8: also by the routes of prefix lists; one that is not there may hold anything."""
    net = Build()
    vpc = net.vpc("10.0.0.0/16", "2600:1f00::/56").internet_gateway()
    subnet = vpc.subnet("10.0.1.0/24", "2600:1f00::/64")
    subnet.interface("10.0.1.5", "2600:1f00::5")
    target = {"nat": subnet.nat_gateway("10.0.1.9", "52.0.0.9"), "igw": vpc.igw}.get(via, via)
    name = "pl-9" if listed is None else net.prefix_list(listed)
    subnet.route(name, target)
    directory = Directory(net.network())
    for statement in ("never any -> eni-1", "only eni-1 -> eni-1"):
        assert asking(parse_statement(statement), directory).question.destinations.nat64 is expected
    for statement in ("always any -> eni-1", "some any -> eni-1"):
        assert not asking(parse_statement(statement), directory).question.destinations.nat64


@pytest.mark.parametrize(("kind", "expected"), [("route-table", True), ("network-acl", False)])
def test_a_table_that_is_not_there_may_serve_nat64(kind: str, expected: bool) -> None:
    """ASK-8, GAP-10: nobody knows where the packets of its subnet go."""
    net = Build()
    subnet = net.vpc("10.0.0.0/16", "2600:1f00::/56").subnet("2600:1f00::/64")
    subnet.interface("2600:1f00::5")
    net.lacks(kind, "subnet-1")
    asked = asking(parse_statement("never eni-1 -> 198.51.100.7"), Directory(net.network()))
    assert asked.question.destinations.nat64 is expected

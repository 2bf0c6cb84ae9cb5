"""What a question allows, by hand (ASK-1 to ASK-7), and what an obligation tells about itself."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.unit.encode.small import (
    BOTH,
    V4,
    at,
    block,
    eni,
    hosts,
    icmp,
    igw,
    nat,
    nat_gateway,
    network,
    probe,
    question,
    raw,
    route,
    table,
    tcp,
)
from verifier.encode import Obligation, encode, prepare
from verifier.invariants.question import (
    AddressPolicy,
    EndpointSet,
    Goal,
    Names,
    Question,
    TrafficTerm,
)
from verifier.model import Network
from verifier.packet import AddressSet, PortRange
from verifier.solve import Query, Sat, Unsat
from verifier.topology import Index
from verifier.trace import Choices, InstanceStates, Probe

NET = network(interfaces=(
    eni("eni-1", "subnet-1", "10.0.1.5=198.51.100.1", "10.0.1.6=198.51.100.2", "2600:a:0:1::5",
        delegated=(block("10.0.1.64/28"), block("2600:a:0:1:9::/80"))),
    eni("eni-2", "subnet-2", "10.0.2.5"),
    eni("eni-4", "subnet-2", "10.0.2.6"),
))  # fmt: skip


def allows(asked: Question, sent: Probe, net: Network = NET) -> bool:
    """True iff the question speaks of the probe: it then either meets the goal or fails it."""
    found = [
        Query(encode(net, replace(asked, goal=goal))).at(sent)
        for goal in (Goal.DELIVERED, Goal.FAILING)
    ]
    assert found != [True, True]
    return any(found)


def test_every_address_of_both() -> None:
    asked = question(hosts("eni-1"), hosts("eni-2"))
    for source in ("10.0.1.5", "10.0.1.6", "10.0.1.70"):
        assert allows(asked, probe("eni-1", "eni-2", tcp(source, "10.0.2.5")))
    assert not allows(asked, probe("eni-1", "eni-2", tcp("10.0.1.80", "10.0.2.5")))
    asked = question(hosts("eni-2"), hosts("eni-1"))
    for name in ("10.0.1.5", "10.0.1.70", "198.51.100.2"):
        assert allows(asked, probe("eni-2", "eni-1", tcp("10.0.2.5", name)))


def test_primary_addresses() -> None:
    inside = question(hosts("eni-1"), hosts("eni-2"), policy=AddressPolicy.PRIMARY)
    assert allows(inside, probe("eni-1", "eni-2", tcp("10.0.1.5", "10.0.2.5")))
    assert not allows(inside, probe("eni-1", "eni-2", tcp("10.0.1.6", "10.0.2.5")))
    back = question(hosts("eni-2"), hosts("eni-1"), policy=AddressPolicy.PRIMARY)
    assert allows(back, probe("eni-2", "eni-1", tcp("10.0.2.5", "10.0.1.5")))
    assert not allows(back, probe("eni-2", "eni-1", tcp("10.0.2.5", "198.51.100.1")))
    wide = {"any_": "0.0.0.0/0 ::/0"}
    outside = question(hosts(**wide), hosts("eni-1"), policy=AddressPolicy.PRIMARY)
    for source, name, expected in (
        ("8.8.8.8", "198.51.100.1", True), ("8.8.8.8", "198.51.100.2", False),
        ("8.8.8.8", "10.0.1.5", False), ("192.168.1.1", "10.0.1.5", True),
        ("192.168.1.1", "198.51.100.1", False), ("2600:f::1", "2600:a:0:1::5", True),
        ("2600:f::1", "2600:a:0:1:9::1", False), ("fd00::1", "2600:a:0:1::5", True),
    ):  # fmt: skip
        assert allows(outside, probe("any_", "eni-1", tcp(source, name))) is expected


def test_named_addresses() -> None:
    named = question(
        hosts("eni-1", named="10.0.1.6/32"), hosts("eni-2"), policy=AddressPolicy.PRIMARY
    )
    assert allows(named, probe("eni-1", "eni-2", tcp("10.0.1.6", "10.0.2.5")))
    assert not allows(named, probe("eni-1", "eni-2", tcp("10.0.1.5", "10.0.2.5")))
    for policy in AddressPolicy:
        asked = question(
            hosts("eni-2"), hosts("eni-1", named="198.51.100.2/32 10.0.1.6/32 10.9.9.9/32"),
            policy=policy,
        )  # fmt: skip
        assert allows(asked, probe("eni-2", "eni-1", tcp("10.0.2.5", "198.51.100.2")))
        assert allows(asked, probe("eni-2", "eni-1", tcp("10.0.2.5", "10.0.1.6")))
        assert not allows(asked, probe("eni-2", "eni-1", tcp("10.0.2.5", "10.0.1.5")))
        assert not allows(asked, probe("eni-2", "eni-1", tcp("10.0.2.5", "10.9.9.9")))


def test_hosts_are_different_and_never_both_outside() -> None:
    both = question(
        hosts("eni-1", "eni-2", "eni-4", internet="8.0.0.0/8"),
        hosts("eni-1", "eni-2", "eni-4", internet="8.0.0.0/8"),
    )
    assert allows(both, probe("eni-2", "eni-4", tcp("10.0.2.5", "10.0.2.6")))
    for name in ("10.0.1.5", "10.0.1.6", "10.0.1.70", "198.51.100.1", "198.51.100.2"):
        assert not allows(both, probe("eni-1", "eni-1", tcp("10.0.1.5", name)))
    assert not allows(both, probe("eni-2", "eni-2", tcp("10.0.2.5", "10.0.2.5")))
    assert not allows(both, probe("internet", "internet", tcp("8.8.8.8", "8.8.4.4")))
    assert not allows(both, probe("eni-1", "eni-1", tcp("2600:a:0:1::5", "2600:a:0:1:9::1")))
    forged = replace(both, spoofed=True)
    assert allows(forged, probe("eni-2", "eni-4", tcp("10.7.7.7", "10.0.2.6")))
    assert not allows(forged, probe("eni-2", "eni-2", tcp("10.7.7.7", "10.0.2.5")))


def test_traffic_and_client_ports() -> None:
    def asked(*terms: TrafficTerm, **more: object) -> Question:
        return question(hosts("eni-1"), hosts("eni-2"), traffic=terms, **more)

    def sent(packet: object) -> Probe:
        return probe("eni-1", "eni-2", packet)  # type: ignore[arg-type]

    web = TrafficTerm(BOTH, 6, PortRange(443, 443), PortRange(1024, 65535))
    assert allows(asked(web), sent(tcp("10.0.1.5", "10.0.2.5")))
    assert not allows(asked(web), sent(tcp("10.0.1.5", "10.0.2.5", 80)))
    assert not allows(asked(web), sent(tcp("10.0.1.5", "10.0.2.5", 443, 80)))
    high = asked(web, client_ports=(PortRange(50000, 65535), PortRange(2000, 2001)))
    assert allows(high, sent(tcp("10.0.1.5", "10.0.2.5", 443, 2001)))
    assert not allows(high, sent(tcp("10.0.1.5", "10.0.2.5", 443, 40000)))
    echo = TrafficTerm(BOTH, 1, icmp_type=8, icmp_code=0)
    assert allows(asked(web, echo), sent(icmp("10.0.1.5", "10.0.2.5")))
    assert not allows(asked(web, echo), sent(icmp("10.0.1.5", "10.0.2.5", 8, 1)))
    assert not allows(asked(web, echo), sent(raw("10.0.1.5", "10.0.2.5", 50)))
    everything = TrafficTerm(frozenset((4,)), None, PortRange(443, 443), icmp_type=8)
    assert allows(asked(everything), sent(raw("10.0.1.5", "10.0.2.5", 50)))
    assert allows(asked(everything), sent(tcp("10.0.1.5", "10.0.2.5")))
    assert not allows(asked(everything), sent(tcp("10.0.1.5", "10.0.2.5", 80)))
    assert not allows(asked(everything), sent(icmp("10.0.1.5", "10.0.2.5", 3)))
    six = TrafficTerm(frozenset((6,)), None)
    assert not allows(asked(six), sent(tcp("10.0.1.5", "10.0.2.5")))
    assert not allows(asked(), sent(tcp("10.0.1.5", "10.0.2.5")))


def test_excluded_sources() -> None:
    web = (TrafficTerm(BOTH, 6, PortRange(443, 443)),)

    def asked(excluded: EndpointSet, **more: object) -> Question:
        sources = hosts("eni-1", "eni-2", any_="0.0.0.0/0", igw_a="8.0.0.0/8")
        return question(sources, hosts("eni-4", "eni-1"), excluded=(excluded, web), **more)

    mine = probe("eni-1", "eni-4", tcp("10.0.1.5", "10.0.2.6"))
    assert not allows(asked(hosts("eni-1")), mine)
    assert allows(asked(hosts("eni-2")), mine)
    other = replace(mine, packet=tcp("10.0.1.5", "10.0.2.6", 80))
    assert allows(asked(hosts("eni-1")), other)
    assert not allows(asked(hosts("eni-1", named="10.0.1.5/32")), mine)
    assert allows(asked(hosts("eni-1", named="10.0.1.6/32")), mine)
    forged = probe("eni-1", "eni-4", tcp("10.7.7.7", "10.0.2.6"))
    assert not allows(asked(hosts("eni-1"), spoofed=True), forged)
    assert allows(asked(hosts("eni-1", named="10.0.1.5/32"), spoofed=True), forged)
    remote = probe("any_", "eni-1", tcp("8.8.8.8", "198.51.100.1"))
    by_gateway = probe("igw-a", "eni-1", tcp("8.8.8.8", "198.51.100.1"))
    for excluded, left in (
        (hosts(any_="8.0.0.0/8"), False), (hosts(internet="8.0.0.0/8"), False),
        (hosts(igw_a="8.0.0.0/8"), False), (hosts(igw_b="8.0.0.0/8"), True),
        (hosts(internet="9.0.0.0/8"), True), (hosts(vgw_1="8.0.0.0/8"), True),
    ):  # fmt: skip
        assert allows(asked(excluded), remote) is left
        assert allows(asked(excluded), by_gateway) is left
    private = probe("any_", "eni-1", tcp("192.168.1.1", "198.51.100.1"))
    assert allows(asked(hosts(internet="192.168.0.0/16", igw_a="192.168.0.0/16")), private)
    assert not allows(asked(hosts(any_="192.168.0.0/16")), private)


def test_an_address_may_be_one_hosts_own_and_another_ones_public_name() -> None:
    twice = network(interfaces=(
        eni("eni-1", "subnet-1", "10.0.1.5=10.0.2.5"), eni("eni-2", "subnet-2", "10.0.2.5"),
        eni("eni-5", "subnet-2", "10.0.2.9=10.0.2.9"),
        eni("eni-3", "subnet-3", "10.1.3.5=198.51.100.3", vpc="vpc-b"),
        eni("eni-6", "subnet-1", "10.0.1.9"),
    ))  # fmt: skip
    asked = question(hosts("eni-6"), hosts("eni-1", "eni-2", "eni-5"))
    found = Query(encode(twice, asked))
    assert found.at(probe("eni-6", "eni-2", tcp("10.0.1.9", "10.0.2.5")))
    assert not found.at(probe("eni-6", "eni-1", tcp("10.0.1.9", "10.0.2.5")))
    assert found.at(probe("eni-6", "eni-5", tcp("10.0.1.9", "10.0.2.9")))
    named = question(hosts("eni-6"), hosts("eni-1", "eni-2"), policy=AddressPolicy.PRIMARY)
    assert allows(named, probe("eni-6", "eni-2", tcp("10.0.1.9", "10.0.2.5")), twice)
    failing = Query(encode(twice, replace(asked, destinations=hosts("eni-1", "eni-2"),
                                          goal=Goal.FAILING)))  # fmt: skip
    assert failing.at(probe("eni-6", "eni-1", tcp("10.0.1.9", "10.0.2.5")))
    seen = set()
    while isinstance(answer := failing.ask(), Sat):
        seen.add((answer.probe.destination, answer.probe.packet.destination))
        failing.block(answer.source_class, (answer.destination_class,))
    assert seen


def test_probes_of_other_sets_are_none() -> None:
    asked = question(hosts("eni-1"), hosts("eni-2"), traffic=(TrafficTerm(frozenset((4,)), None),))
    made = encode(NET, asked)
    sent = probe("eni-1", "eni-2", tcp("10.0.1.5", "10.0.2.5"))
    assert made.values(sent) is not None
    for other in (
        replace(sent, destination=None),
        replace(sent, states=InstanceStates.ASSUMED_RUNNING),
        probe("eni-2", "eni-2", sent.packet), probe("eni-1", "eni-1", sent.packet),
        probe("eni-1", "internet", sent.packet),
        probe("eni-1", "eni-2", tcp("2600:a:0:1::5", "2600:a:0:2::5")),
        replace(probe("any_", "eni-2", sent.packet)),
    ):  # fmt: skip
        assert made.values(other) is None
    away = question(hosts(internet="8.0.0.0/8"), hosts("eni-1"))
    strange = probe("internet", "eni-1", tcp("8.8.8.8", "198.51.100.1"))
    assert encode(NET, away).values(strange) is not None
    other = replace(strange, packet=tcp("8.8.8.9", "198.51.100.1"))
    assert encode(NET, away).values(other) is None


def test_the_networks_choices_are_fixed_as_it_makes_them() -> None:
    net = network(nat_gateways=(nat_gateway(),), route_tables=(
        table("rtb-1", route(V4, igw()), main=True),
        table("rtb-2", route(V4, nat()), subnet_ids=("subnet-2",)),
    ))  # fmt: skip
    made = encode(net, question(hosts("eni-2"), hosts(internet="8.0.0.0/8")))
    sent = probe("eni-2", "internet", tcp("10.0.2.5", "8.8.8.8", client=80))
    found = made.values(sent)
    assert found is not None
    assert (found["nat_port4"], found["nat_address4"]) == (1024, at("10.0.1.9").value)
    chosen = made.values(replace(sent, choices=Choices(nat_port=2222)))
    assert chosen is not None
    assert chosen["nat_port4"] == 2222
    pinged = made.values(probe("eni-2", "internet", icmp("10.0.2.5", "8.8.8.8")))
    assert pinged is not None
    assert "nat_port4" not in pinged


def test_an_obligation_knows_its_classes() -> None:
    index = prepare(NET)
    assert isinstance(index, Index)
    made = encode(index, question(hosts("eni-2", "eni-4", internet="8.0.0.0/8"), hosts("eni-1")))
    assert isinstance(made, Obligation)
    assert made.members(0, "source") == ("eni-2", "eni-4")
    assert made.members(1, "source") == ("outside",)
    assert made.members(0, "destination") == ("eni-1",)
    assert made.index is index


@pytest.mark.parametrize("goal", list(Goal))
def test_empty_sets_have_no_probe(goal: Goal) -> None:
    nobody = EndpointSet()
    for asked in (question(nobody, hosts("eni-1")), question(hosts("eni-1"), nobody)):
        assert isinstance(Query(encode(NET, replace(asked, goal=goal))).ask(), Unsat)
    silent = question(hosts("eni-1"), hosts("eni-2"), traffic=(), goal=goal)
    assert isinstance(Query(encode(NET, silent)).ask(), Unsat)


def test_what_nothing_reaches_fails_everywhere() -> None:
    shut = network(security_groups=())
    asked = question(hosts("eni-1"), hosts("eni-2"))
    assert isinstance(Query(encode(shut, asked)).ask(), Unsat)
    assert isinstance(Query(encode(shut, replace(asked, goal=Goal.FAILING))).ask(), Sat)
    named = EndpointSet({"eni-1": Names(False, AddressSet.of(block("10.9.0.0/16")))})
    assert isinstance(Query(encode(NET, question(named, hosts("eni-2")))).ask(), Unsat)


def test_a_packet_with_the_address_of_another_of_its_class_is_not_the_host_s():
    twins = network(
        interfaces=(
            eni("eni-1", "subnet-1", "10.0.1.5"),
            eni("eni-2", "subnet-1", "10.0.1.6"),
            eni("eni-3", "subnet-2", "10.0.2.5"),
            eni("eni-4", "subnet-2", "10.0.2.6"),
        )
    )
    asked = question(hosts("eni-1", "eni-2"), hosts("eni-3", "eni-4"))
    query = Query(encode(twins, asked))
    assert query.at(probe("eni-1", "eni-3", tcp("10.0.1.5", "10.0.2.5")))
    assert not query.at(probe("eni-2", "eni-3", tcp("10.0.1.5", "10.0.2.5")))
    assert not query.at(probe("eni-1", "eni-4", tcp("10.0.1.5", "10.0.2.5")))

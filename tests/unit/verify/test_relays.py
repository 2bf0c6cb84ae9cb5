"""Relayed flows (LB-1 to LB-15): networks by hand, each with the verdict of the clauses."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.strategies.builder import rule
from tests.unit.verify.balanced import Balanced, by_address
from tests.unit.verify.networks import LATER, asked_of, decided, ground_of
from verifier.errors import DisagreementError
from verifier.invariants import parse_statement
from verifier.invariants.question import Mode
from verifier.model import BalancerKind, Gap, InterfaceAddress, Network, Relay, Target, TargetType
from verifier.packet import Address
from verifier.solve import GaveUp, Joint, Query
from verifier.trace import InterfaceHost
from verifier.verdict import Result, Verdict
from verifier.verify import Options, legs
from verifier.verify.decide import decide
from verifier.verify.legs import Flow
from verifier.verify.relayed import relayed
from verifier.verify.relays import Relays
from verifier.verify.search import StoppedError

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


def chained(*rules: str, names: str = "instance") -> Balanced:
    """A network balancer before an application balancer before one target."""
    made = Balanced()
    front = made.node("10.0.1.9", public="52.0.0.9", groups=[])
    listening = made.net.group(*rules or ("in tcp 80 198.51.100.0/24", "out -1 0.0.0.0/0"))
    behind = made.node("10.0.1.20", kind=APPLICATION, groups=[listening])
    target = made.host("10.0.2.5", "in tcp 8080 10.0.1.20", tags={"Tier": "db"})
    last = made.group(*made.instance(target), port=8080)
    made.balancer(APPLICATION, [behind], last, port=80, name="inner")
    first = made.group(Target("inner"), type=TargetType.ALB)
    made.balancer(NETWORK, [front], first, name="outer")
    return made


def test_a_chain_of_balancers() -> None:
    result = decided(chained().network(), "never internet -> tag:Tier=db")
    assert result.verdict is Verdict.REFUTED
    legs = result.counterexamples[0].legs
    assert [leg.balancer for leg in legs] == [None, "outer", "inner"]
    assert legs[0].probe.packet.source == legs[1].probe.packet.source
    assert str(legs[2].probe.packet.source) == "10.0.1.20"
    deaf = chained("in tcp 80 203.0.113.0/24", "out -1 0.0.0.0/0")
    assert verdict(deaf, "never 198.51.100.0/24 -> tag:Tier=db") is Verdict.PROVED
    other = chained("in tcp 443 0.0.0.0/0", "out -1 0.0.0.0/0")
    assert verdict(other, "never internet -> tag:Tier=db") is Verdict.PROVED


def test_a_ring_of_balancers_ends() -> None:
    made = Balanced()
    one = made.node("10.0.1.9", groups=[])
    other = made.node("10.0.1.20", groups=[])
    target = made.host("10.0.2.5", tags={"Tier": "db"})
    for keeps in (True, False):
        fields = by_address(port=443, keeps_client_address=keeps)
        there = made.group(*made.address("10.0.1.20"), **fields)
        back = made.group(*made.address("10.0.1.9", "10.0.2.5"), **fields)
        made.balancer(NETWORK, [one], there, name="one")
        made.balancer(NETWORK, [other], back, name="other")
        assert verdict(made, "never internet -> tag:Tier=db") is Verdict.PROVED
    assert target == "eni-3"


def test_who_starts_a_flow_is_not_where_it_ends() -> None:
    """What a host sends to itself by a balancer is no matter; what it sends to another one is."""
    statement = "never tag:Tier=db -> tag:Tier=db"
    made = Balanced()
    node = made.node("10.0.1.9", kind=APPLICATION)
    talking = made.host(
        "10.0.2.5", "in tcp 80 10.0.1.0/24", "out -1 0.0.0.0/0", tags={"Tier": "db"}
    )
    silent = made.host("10.0.2.6", "in tcp 80 10.0.1.0/24", tags={"Tier": "db"})
    made.balancer(APPLICATION, [node], made.group(*made.instance(talking)))
    assert verdict(made, statement) is Verdict.PROVED
    made.balancer(APPLICATION, [node], made.group(*made.instance(talking, silent)))
    result = decided(made.network(), statement)
    assert result.verdict is Verdict.REFUTED
    (case,) = result.counterexamples
    assert case.probe.source == InterfaceHost(talking)
    assert case.probe.destination == InterfaceHost(silent)
    assert verdict(made, f"never tag:Tier=db -> {talking}") is Verdict.PROVED
    both = Balanced()
    node = both.node("10.0.1.9", kind=APPLICATION)
    rules = ("in tcp 80 10.0.1.0/24", "out -1 0.0.0.0/0")
    hosts = [both.host(f"10.0.2.{number}", *rules, tags={"Tier": "db"}) for number in (5, 6)]
    both.balancer(APPLICATION, [node], both.group(*both.instance(hosts[0])))
    result = decided(both.network(), statement)
    assert result.verdict is Verdict.REFUTED
    assert result.counterexamples[0].probe.source == InterfaceHost(hosts[1])


def test_an_address_outside_is_a_target_of_inside_sources_only() -> None:
    made = Balanced()
    node = made.node("10.0.1.9", public="52.0.0.9", kind=APPLICATION)
    made.host("10.0.2.5", "out tcp 443 10.0.0.0/16", tags={"Tier": "app"})
    fields = by_address(port=80)
    made.balancer(APPLICATION, [node], made.group(*made.address("198.51.100.5"), **fields))
    result = decided(made.network(), "never tag:Tier=app -> 198.51.100.0/24")
    assert result.verdict is Verdict.REFUTED
    assert str(result.counterexamples[0].exchange.forward.packet.destination) == "198.51.100.5"
    assert verdict(made, "never 203.0.113.0/24 -> 198.51.100.0/24") is not Verdict.REFUTED
    kept = made.group(*made.address("198.51.100.5"), **by_address(keeps_client_address=True))
    made.balancer(NETWORK, [made.node("10.0.1.10", groups=[])], kept)
    assert verdict(made, "never tag:Tier=app -> 198.51.100.0/24") is Verdict.UNKNOWN


def test_what_is_avoided_carries_nothing() -> None:
    made = single(APPLICATION, "in tcp 80 10.0.1.0/24")
    ground = ground_of(made.network())
    question = asked_of(made.network(), parse_statement("never internet -> tag:Tier=db")).question
    for avoided in ("lb", "eni-1"):
        asked = replace(question, avoiding=frozenset((avoided,)))
        assert relayed(ground, asked, LATER, lambda query: None, 1) is None


def test_connection_mode_asks_for_every_reply() -> None:
    made = single(APPLICATION, "in tcp 80 10.0.1.0/24")
    made.back.acl("in 100 allow -1 0.0.0.0/0", "out 100 allow tcp 80 0.0.0.0/0")
    network = made.network()
    loose = "never internet -> tag:Tier=db"
    assert verdict(network, loose) is Verdict.REFUTED
    assert connected(network) is Verdict.PROVED
    open_ = single(APPLICATION, "in tcp 80 10.0.1.0/24").network()
    result = decided_in_connection_mode(open_)
    assert result.verdict is Verdict.REFUTED
    assert result.counterexamples[0].exchange.reply is not None
    kept = single(NETWORK, "in tcp 80 0.0.0.0/0").network()
    result = decided_in_connection_mode(kept)
    assert result.verdict is Verdict.UNKNOWN


def test_what_comes_back_to_a_classic_balancer_in_one_subnet_is_not_decided() -> None:
    """LB-15: nothing says which lists judge it; elsewhere it is a reply like any other."""
    made = Balanced()
    node = made.node("10.0.1.9", public="52.0.0.9", kind=CLASSIC)
    target = made.host("10.0.1.5", at=made.front, tags={"Tier": "db"})
    made.balancer(CLASSIC, [node], made.group(*made.instance(target)))
    result = decided_in_connection_mode(made.network())
    assert result.verdict is Verdict.UNKNOWN
    assert result.reason is not None
    assert result.reason.text == "what lb sends on could not be decided"
    assert connected(single(CLASSIC, "in tcp 80 10.0.1.0/24").network()) is Verdict.REFUTED


def test_a_balancer_calls_its_targets_by_the_addresses_that_are_registered() -> None:
    """The next node would let in the first one by its public name alone (LB-4)."""
    made = Balanced()
    made.front.acl(
        "in 100 allow -1 0.0.0.0/0", "out 90 deny -1 10.0.7.0/24", "out 100 allow -1 0.0.0.0/0"
    )
    front = made.node("10.0.1.9", public="52.0.0.9", groups=[])
    place = made.subnet("10.0.7.0/24", "az-a").route("0.0.0.0/0", made.vpc.igw)
    listens = made.net.group("in tcp 80 52.0.0.9/32", "out -1 0.0.0.0/0")
    behind = made.node(
        "10.0.7.20", public="52.0.0.20", kind=APPLICATION, at=place, groups=[listens]
    )
    target = made.host("10.0.2.5", "in tcp 8080 10.0.7.20", tags={"Tier": "db"})
    made.balancer(
        APPLICATION, [behind], made.group(*made.instance(target), port=8080), port=80, name="inner"
    )
    made.balancer(
        NETWORK, [front], made.group(*made.address("10.0.7.20"), **by_address()), name="outer"
    )
    assert verdict(made, "never internet -> tag:Tier=db") is Verdict.PROVED


def decided_in_connection_mode(network: Network) -> Result:
    asked = asked_of(network, parse_statement("never internet -> tag:Tier=db"))
    asked = replace(asked, question=replace(asked.question, mode=Mode.CONNECTION))
    return decide(ground_of(network), asked, Options(), "test")


def connected(network: Network) -> Verdict:
    return decided_in_connection_mode(network).verdict


def behind_nat(*rules: str) -> Balanced:
    """A client that comes to the balancer's public name by a NAT gateway."""
    made = Balanced()
    nat = made.front.nat_gateway("10.0.1.200", "52.0.0.200")
    inside = made.subnet("10.0.4.0/24", "az-a").route("0.0.0.0/0", nat)
    made.host("10.0.4.5", at=inside, tags={"Tier": "app"})
    group = made.net.group("in tcp 443 52.0.0.0/24", "out -1 0.0.0.0/0")
    node = made.node("10.0.1.9", public="52.0.0.9", groups=[group])
    target = made.host("10.0.2.5", *rules, tags={"Tier": "db"})
    made.balancer(NETWORK, [node], made.group(*made.instance(target)))
    return made


def test_a_translated_client_is_seen_translated() -> None:
    statement = "never tag:Tier=app -> tag:Tier=db"
    assert verdict(behind_nat("in tcp 80 52.0.0.200"), statement) is Verdict.REFUTED
    # the address of another translation: it is not seen, but that is not decided
    assert verdict(behind_nat("in tcp 80 52.0.0.9"), statement) is Verdict.UNKNOWN
    assert verdict(behind_nat("in tcp 80 198.51.100.0/24"), statement) is Verdict.PROVED


def test_a_target_in_another_vpc_is_not_followed_with_the_clients_address() -> None:
    made = Balanced()
    far = made.net.vpc("10.9.0.0/16")
    peering = made.net.peer(made.vpc, far)
    there = far.subnet("10.9.1.0/24")
    made.front.route("10.9.0.0/16", peering)
    target = there.interface("10.9.1.5", tags={"Tier": "db"}).interface_id
    node = made.node("10.0.1.9", public="52.0.0.9", groups=[])
    own = made.group(*made.address("10.9.1.5"), **by_address())
    made.balancer(NETWORK, [node], own)
    assert verdict(made, "never internet -> tag:Tier=db") is Verdict.REFUTED
    kept = made.group(*made.address("10.9.1.5"), **by_address(keeps_client_address=True))
    made.balancer(NETWORK, [node], kept)
    result = decided(made.network(), "never internet -> tag:Tier=db")
    assert result.verdict is Verdict.UNKNOWN
    assert result.reason is not None
    assert result.reason.code == "relay-not-followed"
    assert target == "eni-1"


def test_a_leg_that_is_not_followed_behind_one_to_the_source() -> None:
    """What is told of the flow ends at its source, what is looked for does not."""
    made = Balanced()
    made.net.vpc("10.9.0.0/16").subnet("10.9.1.0/24").interface("10.9.1.5", tags={"Tier": "db"})
    kept: dict[str, Any] = {"keeps_client_address": True}
    first, second = made.node("10.0.1.8", groups=[]), made.node("10.0.1.9", groups=[])
    onward = made.group(*made.address("10.9.1.5"), **by_address(**kept))
    made.balancer(NETWORK, [first], onward, name="one")
    back = made.group(*made.instance(first), port=443, **kept)
    made.balancer(NETWORK, [second], back, name="two")
    assert verdict(made, f"never {first} -> tag:Tier=db") is Verdict.UNKNOWN


def test_ports_of_the_question() -> None:
    made = single(APPLICATION, "in tcp 80 10.0.1.0/24")
    assert verdict(made, "never internet -> tag:Tier=db on tcp/80 from 1-1000") is Verdict.PROVED
    assert verdict(made, "never internet -> tag:Tier=db on udp, icmp") is Verdict.PROVED
    assert verdict(made, "never internet -> tag:Tier=db on ip6:tcp") is Verdict.PROVED
    kept = single(NETWORK, "in tcp 80 0.0.0.0/0")
    assert verdict(kept, "never internet -> tag:Tier=db on tcp/80 from 1-1000") is Verdict.REFUTED


def test_one_counterexample_for_each_target_group() -> None:
    made = Balanced()
    node = made.node("10.0.1.9", public="52.0.0.9", kind=APPLICATION)
    target = made.host("10.0.2.5", "in tcp 80-443 10.0.1.0/24", tags={"Tier": "db"})
    groups = [made.group(*made.instance(target), port=port) for port in (80, 81, 82, 83)]
    made.balancer(APPLICATION, [node], *groups)
    result = decided(made.network(), "never internet -> tag:Tier=db")
    assert (len(result.counterexamples), result.truncated) == (3, True)
    every = decided(
        made.network(), "never internet -> tag:Tier=db", Options(max_counterexamples=None)
    )
    assert (len(every.counterexamples), every.truncated) == (1, False)  # one pair, many ways
    (case,) = every.counterexamples
    assert (case.source_members, case.destination_members) == (("outside",), (target,))


EVERY = Options(max_counterexamples=None)


def many(kind: BalancerKind = APPLICATION) -> Balanced:
    """Two kinds of clients beside the internet, two kinds of targets, and a pair that is shut."""
    made = Balanced()
    node = made.node("10.0.1.9", public="52.0.0.9", kind=kind)
    one, two = (made.subnet(f"10.0.{number}.0/24", "az-a") for number in (50, 60))
    for place, address, tier in ((one, "50.5", "web"), (two, "60.5", "app"), (two, "60.6", "app")):
        made.host(f"10.0.{address}", at=place, tags={"Tier": tier})
    targets = [
        made.host("10.0.2.5", *(["in tcp 80 10.0.0.0/16", "in tcp 80 198.51.100.0/24"]),
                  tags={"Tier": "db"}),
        made.host("10.0.2.6", "in tcp 80 10.0.0.0/17", tags={"Tier": "db"}),
        made.host("10.0.2.7", "in tcp 22 10.0.0.0/16", tags={"Tier": "db"}),
    ]  # fmt: skip
    made.balancer(kind, [node], made.group(*made.instance(*targets)))
    return made


def pairs(result: Result) -> set[tuple[tuple[str, ...], tuple[str, ...]]]:
    found = [(case.source_members, case.destination_members) for case in result.counterexamples]
    assert len(found) == len(set(found))
    return set(found)


def test_every_pair_of_classes_is_listed() -> None:
    """Contract, section 1: each with its members, whatever the number of ways."""
    network = many().network()
    result = decided(network, "never internet, tag:Tier=web, tag:Tier=app -> tag:Tier=db on tcp/80",
                     EVERY)  # fmt: skip
    relayed_ones = [case for case in result.counterexamples if case.legs]
    assert not result.truncated
    clients = {("outside",), ("eni-2",), ("eni-3", "eni-4")}
    reached = {("eni-5",), ("eni-6",)}
    found = {(case.source_members, case.destination_members) for case in relayed_ones}
    assert found == {(client, target) for client in clients for target in reached}
    assert len(relayed_ones) == 6


def test_every_pair_where_the_client_shows() -> None:
    """What a target lets in decides between which clients and targets there is a flow."""
    statement = "never internet, tag:Tier=web, tag:Tier=app -> tag:Tier=db on tcp/80"
    result = decided(many(NETWORK).network(), statement, EVERY)
    relayed_ones = replace(
        result, counterexamples=tuple(case for case in result.counterexamples if case.legs)
    )
    assert pairs(relayed_ones) == {
        (("outside",), ("eni-5",)),
        (("eni-2",), ("eni-5",)),
        (("eni-2",), ("eni-6",)),
        (("eni-3", "eni-4"), ("eni-5",)),
        (("eni-3", "eni-4"), ("eni-6",)),
    }


def test_targets_outside_are_a_class_of_their_own() -> None:
    made = Balanced()
    node = made.node("10.0.1.9", public="52.0.0.9", kind=APPLICATION)
    made.host("10.0.2.5", "out tcp 443 10.0.0.0/16", tags={"Tier": "app"})
    made.balancer(
        APPLICATION, [node], made.group(*made.address("198.51.100.5"), **by_address(port=80))
    )
    result = decided(made.network(), "never tag:Tier=app -> 198.51.100.0/24", EVERY)
    assert pairs(result) == {(("eni-2",), ("outside",))}


def limited(times: int) -> Callable[[Relays], Iterator[Flow]]:
    """As `flows`, but the solver gives up after so many times."""
    flows, count = Relays.flows, [0]

    def tired(self: Relays) -> Iterator[Flow]:
        count[0] += 1
        if count[0] > times:
            raise StoppedError("timeout")
        yield from flows(self)

    return tired


def test_a_list_of_pairs_that_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    """The solver gives up on the second pair, or the time is over."""
    made = single(APPLICATION, "in tcp 80 10.0.0.0/16")
    statement = f"never internet, {made.host('10.0.3.7')} -> eni-2"
    question = asked_of(made.network(), parse_statement(statement)).question
    ground = ground_of(made.network())

    def found() -> tuple[int, bool]:
        told = relayed(ground, question, LATER, lambda query: None, None)
        assert told is not None
        return len(told.broken), told.truncated

    assert found() == (2, False)
    with monkeypatch.context() as patched:
        patched.setattr(Relays, "flows", limited(2))
        assert found() == (1, True)
    monkeypatch.setattr("verifier.verify.relayed.monotonic", lambda: LATER + 1)
    assert found() == (1, True)


def test_the_solver_gives_up_before_the_first_pair(monkeypatch: pytest.MonkeyPatch) -> None:
    network = single(APPLICATION, "in tcp 80 10.0.0.0/16").network()
    monkeypatch.setattr(Relays, "flows", limited(1))
    assert decided(network, "never internet -> eni-2", EVERY).verdict is Verdict.UNKNOWN


def test_all_counterexamples_are_those_of_relayed_flows_besides(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made = single(APPLICATION, "in tcp 80 10.0.0.0/16")
    client = made.host("10.0.3.7")
    target = "eni-2"
    network = made.network()
    statement = f"never {client} -> {target} on tcp/80"

    def legs_of(result: Result) -> list[int]:
        assert result.verdict is Verdict.REFUTED
        return [len(case.legs) for case in result.counterexamples]

    every = Options(max_counterexamples=None)
    assert legs_of(decided(network, statement)) == [0]
    assert legs_of(decided(network, statement, every)) == [0, 2]
    assert not decided(network, statement, every).truncated
    doubted = replace(network, gaps=(Gap("lb", "LB-14", "has an unknown action"),))
    assert legs_of(decided(doubted, statement, every)) == [0, 2]
    assert legs_of(decided(replace(network, load_balancers={}), statement, every)) == [0]

    def stop(*_: object) -> None:
        raise StoppedError("timeout")

    monkeypatch.setattr("verifier.verify.decide.relayed", stop)
    stopped = decided(network, statement, every)
    assert (legs_of(stopped), stopped.truncated) == ([0], True)


def test_gaps_of_balancers() -> None:
    """A gap at the balancer leaves what is known certain and what is not unknown."""
    made = single(APPLICATION, "in tcp 80 10.0.1.0/24")
    gap = Gap("lb", "LB-14", "has an action that is not understood")
    relay = Relay("eni-1", Gap("eni-1", "GAP-11", "is a load balancer's"))
    network = made.network()
    balancer = replace(network.load_balancers["lb"], gap=gap)
    network = replace(
        network,
        load_balancers={"lb": balancer},
        relays=(relay,),
        gaps=tuple(sorted((gap, relay.gap))),
    )
    assert verdict(network, "never internet -> tag:Tier=db on tcp/80") is Verdict.REFUTED
    lost = replace(network, load_balancers={"lb": replace(balancer, listeners=())})
    assert verdict(lost, "never internet -> tag:Tier=db on tcp/80") is Verdict.UNKNOWN
    hidden = replace(
        lost, relays=(), load_balancers={"lb": replace(balancer, listeners=(), interface_ids=())}
    )
    result = decided(hidden, "never internet -> tag:Tier=db on tcp/80")
    assert (result.verdict, result.gaps) == (Verdict.UNKNOWN, (gap,))
    assert verdict(hidden, "never internet -> tag:Tier=db on icmp") is Verdict.PROVED


def test_a_group_of_unknown_attributes() -> None:
    """By default the client shows; that it does not is a gap (LB-7)."""
    gap = Gap("tg-1", "LB-7", "its attributes are not in the snapshot")
    statement = "never internet -> tag:Tier=db"
    for allowed, expected in (
        ("in tcp 80 198.51.100.0/24", Verdict.REFUTED),
        ("in tcp 80 10.0.1.0/24", Verdict.UNKNOWN),
        ("in tcp 80 10.9.0.0/16", Verdict.PROVED),
    ):
        network = single(NETWORK, allowed, gap=gap).network()
        network = replace(network, gaps=(*network.gaps, gap))
        assert decided(network, statement).verdict is expected


def test_relays_with_gaps_before_and_behind_balancers() -> None:
    """internet -> relay -> balancer -> target, and internet -> balancer -> relay -> target."""
    made = Balanced()
    node = made.node("10.0.1.9", groups=[])
    target = made.host("10.0.2.5", "in tcp 80 10.0.1.0/24", tags={"Tier": "db"})
    odd = made.host("10.0.1.30", at=made.front, public="52.0.0.30")
    made.balancer(NETWORK, [node], made.group(*made.instance(target), keeps_client_address=False))
    network = made.network()
    gap = Gap(odd, "GAP-11", "is a load balancer's")
    network = replace(network, relays=(Relay(odd, gap),), gaps=(gap,))
    assert verdict(network, "never internet -> tag:Tier=db") is Verdict.UNKNOWN
    assert verdict(made, "never internet -> tag:Tier=db") is Verdict.PROVED
    behind = Balanced()
    node = behind.node("10.0.1.9", public="52.0.0.9", groups=[])
    behind.host("10.0.2.5", "in tcp 80-81 10.0.1.30", tags={"Tier": "db"})
    odd = behind.host("10.0.1.30", at=behind.front)
    behind.balancer(
        NETWORK,
        [node],
        behind.group(*behind.address("10.0.9.9"), **by_address()),
        behind.group(*behind.instance(odd), keeps_client_address=False),
    )
    network = behind.network()
    gap = Gap(odd, "GAP-11", "is a load balancer's")
    network = replace(network, relays=(Relay(odd, gap),), gaps=(gap,))
    assert verdict(network, "never internet -> tag:Tier=db") is Verdict.UNKNOWN
    assert verdict(network, "never internet -> tag:Tier=db on tcp/81") is Verdict.UNKNOWN
    unreached = replace(network, load_balancers={})
    assert verdict(unreached, "never internet -> tag:Tier=db") is Verdict.PROVED


def test_a_relay_with_a_gap_before_a_node_that_keeps_clients() -> None:
    """internet -> relay -> balancer -> target, where no leg of the flow is told."""
    made = Balanced()
    node = made.node("10.0.1.9", groups=[])
    target = made.host("10.0.2.5", "in tcp 80 198.51.100.0/24", tags={"Tier": "db"})
    odd = made.host("10.0.1.30", at=made.front, public="52.0.0.30")
    made.balancer(NETWORK, [node], made.group(*made.instance(target), keeps_client_address=True))
    gap = Gap(odd, "GAP-11", "is a load balancer's")
    network = replace(made.network(), relays=(Relay(odd, gap),), gaps=(gap,))
    assert verdict(network, "never internet -> tag:Tier=db") is Verdict.UNKNOWN


def test_a_balancer_is_passed_twice_for_two_clients() -> None:
    """internet -> outer -> inner -> outer -> target: the target lets in the inner one alone."""
    made = Balanced()
    outer = made.node("10.0.1.9", public="52.0.0.9", groups=[])
    inner = made.node("10.0.1.20", kind=APPLICATION)
    made.host("10.0.2.5", "in tcp 443 10.0.1.20", tags={"Tier": "db"})
    fields = by_address(port=443, keeps_client_address=True)
    made.balancer(
        NETWORK, [outer], made.group(*made.address("10.0.1.20", "10.0.2.5"), **fields), name="outer"
    )
    back = made.group(*made.address("10.0.1.9"), **by_address(port=443))
    made.balancer(APPLICATION, [inner], back, name="inner")
    result = decided(made.network(), "never internet -> tag:Tier=db")
    assert result.verdict is Verdict.REFUTED
    senders = [leg.balancer for leg in result.counterexamples[0].legs]
    assert senders == [None, "outer", "inner", "outer"]


def test_a_client_that_the_target_would_be_itself() -> None:
    """With its own address the balancer's packet is the host's own; there is nobody else."""
    made = Balanced()
    node = made.node("10.0.1.9", groups=[])
    own = made.host("10.0.2.5", tags={"Tier": "db"})
    made.host("10.0.2.6", "out tcp 22 10.0.9.9", tags={"Tier": "db"})
    made.balancer(NETWORK, [node], made.group(*made.instance(own)))
    assert verdict(made, f"never {own} -> tag:Tier=db on tcp/80") is Verdict.PROVED


def test_the_next_target_is_looked_at_when_the_first_is_the_source() -> None:
    made = Balanced()
    node = made.node("10.0.1.9", kind=APPLICATION)
    own = made.host("10.0.2.5", "in tcp 80 10.0.1.0/24", "out -1 0.0.0.0/0", tags={"Tier": "db"})
    deaf = made.host("10.0.2.6", "in tcp 22 10.0.1.0/24", tags={"Tier": "db"})
    made.balancer(APPLICATION, [node], made.group(*made.instance(own, deaf)))
    assert verdict(made, f"never {own} -> tag:Tier=db") is Verdict.PROVED


def test_a_certain_flow_outweighs_a_doubtful_way() -> None:
    doubt = Gap("sg-x", "GAP-4", "has a rule that is not understood")
    made = single(APPLICATION, "in tcp 80 10.0.1.0/24")
    made.net.change("interfaces", "eni-2", ipv4=(InterfaceAddress(
        Address.parse("10.0.2.5"), primary=True, public=Address.parse("52.0.0.5")),))  # fmt: skip
    made.back.route("0.0.0.0/0", made.vpc.igw)
    (group,) = made.net.get("interfaces", "eni-2").groups
    rules = made.net.get("security_groups", group).rules
    odd = replace(rule("in tcp 22 0.0.0.0/0"), gap=doubt)
    made.net.change("security_groups", group, rules=(*rules, odd))
    assert verdict(made, "never internet -> tag:Tier=db") is Verdict.REFUTED
    assert verdict(made, "never internet -> tag:Tier=db on tcp/22") is Verdict.UNKNOWN


def test_a_source_that_a_gap_chooses() -> None:
    """A packet that leaves by what is not modelled may come to the node with any source."""
    made = Balanced()
    inside = made.subnet("10.0.4.0/24", "az-a").route("0.0.0.0/0", "vgw-1")
    made.host("10.0.4.5", at=inside, tags={"Tier": "app"})
    node = made.node("10.0.1.9", public="52.0.0.9", groups=[])
    target = made.host("10.0.2.5", "in tcp 80 198.51.100.0/24", tags={"Tier": "db"})
    made.balancer(NETWORK, [node], made.group(*made.instance(target)))
    network = made.network()
    assert network.gaps
    assert verdict(network, "never tag:Tier=app -> tag:Tier=db") is Verdict.UNKNOWN
    closed = replace(network, gaps=())
    assert verdict(closed, "never tag:Tier=app -> tag:Tier=db") is Verdict.PROVED


def test_a_classic_balancer_in_a_subnet_without_a_known_list() -> None:
    made = Balanced()
    node = made.node("10.0.1.9", public="52.0.0.9", kind=CLASSIC)
    target = made.host("10.0.1.5", at=made.front, tags={"Tier": "db"})
    made.balancer(CLASSIC, [node], made.group(*made.instance(target)))
    gap = Gap(made.front.id, "GAP-10", "has no network ACL in the snapshot")
    network = replace(
        made.network(),
        network_acls={},
        missing={("network-acl", made.front.id): gap, ("network-acl", made.back.id): gap},
        gaps=(gap,),
    )
    assert verdict(network, "never internet -> tag:Tier=db") is Verdict.UNKNOWN


def test_queries_of_legs_are_written_down(tmp_path: Path) -> None:
    options = Options(smt_directory=tmp_path)
    decided(single(NETWORK, "in tcp 80 0.0.0.0/0").network(), "never internet -> eni-2", options)
    assert any("leg1_source_address4" in one.read_text() for one in tmp_path.iterdir())


@pytest.mark.parametrize("kind", [APPLICATION, NETWORK])
def test_the_solver_gives_up_on_a_leg(kind: BalancerKind, monkeypatch: pytest.MonkeyPatch) -> None:
    made = single(kind, "in tcp 80 0.0.0.0/0")
    place = Query if kind is APPLICATION else Joint
    ask, asked = Query.ask, [0]

    def tired(self: Query) -> object:
        asked[0] += 1
        return GaveUp("timeout") if place is Joint or asked[0] > 1 else ask(self)

    monkeypatch.setattr(place, "ask", tired)
    result = decided(made.network(), "never internet -> tag:Tier=db")
    assert result.verdict is Verdict.UNKNOWN
    assert result.reason is not None
    assert result.reason.code == "solver-gave-up"


def test_legs_that_the_evaluator_decides_differently(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(legs, "meets", lambda question, result: False)
    with pytest.raises(DisagreementError, match="a leg of a relayed flow"):
        decided(single(NETWORK, "in tcp 80 0.0.0.0/0").network(), "never internet -> tag:Tier=db")

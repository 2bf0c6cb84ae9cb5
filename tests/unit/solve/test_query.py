from __future__ import annotations

from dataclasses import replace

import pytest
import z3

from tests.unit.encode.small import (
    V4,
    eni,
    gap,
    hosts,
    igw,
    nat,
    nat_gateway,
    network,
    probe,
    question,
    route,
    table,
    tcp,
)
from verifier.encode import encode
from verifier.invariants.question import Goal, Question, TrafficTerm
from verifier.model import UnmodelledTarget
from verifier.packet import PortRange
from verifier.solve import GaveUp, Query, Sat, Unsat, decode
from verifier.trace import InterfaceHost, OutsideHost

NET = network()
BEHIND = network(nat_gateways=(nat_gateway(),), route_tables=(
    table("rtb-1", route(V4, igw()), main=True),
    table("rtb-2", route(V4, nat()), subnet_ids=("subnet-2",)),
))  # fmt: skip
ASKED = question(hosts("eni-1", "eni-2", internet="8.0.0.0/8"), hosts("eni-1", "eni-2"))


def found(net: object, asked: Question, **more: object) -> Sat:
    query = Query(encode(net, asked, **more))  # type: ignore[arg-type]
    answer = query.ask()
    assert isinstance(answer, Sat)
    assert query.at(answer.probe)
    return answer


def test_the_address_tells_who_of_a_class_sends() -> None:
    net = network(interfaces=(
        eni("eni-1", "subnet-1", "10.0.1.5"), eni("eni-2", "subnet-2", "10.0.2.5"),
        eni("eni-4", "subnet-2", "10.0.2.6"), eni("eni-5", "subnet-2", "10.0.2.7"),
    ))  # fmt: skip
    answer = found(net, question(hosts("eni-4", "eni-5"), hosts("eni-1")))
    sender = {"10.0.2.6": "eni-4", "10.0.2.7": "eni-5"}[str(answer.probe.packet.source)]
    assert answer.probe.source == InterfaceHost(sender)


def test_every_pair_of_classes_is_found_once() -> None:
    query = Query(encode(NET, ASKED), timeout_seconds=60)
    pairs = []
    while isinstance(answer := query.ask(), Sat):
        assert query.at(answer.probe)
        source, destination = answer.probe.source, answer.probe.destination
        assert isinstance(destination, InterfaceHost)
        one = source.interface_id if isinstance(source, InterfaceHost) else source.door
        pairs.append((one, destination.interface_id))
        query.block(answer.source_class, (answer.destination_class,))
        assert not query.at(answer.probe)
    assert isinstance(query.ask(), Unsat)
    assert sorted(pairs) == [
        ("eni-1", "eni-2"), ("eni-2", "eni-1"), ("internet", "eni-1"),
    ]  # fmt: skip
    assert query.smtlib().count("(assert (not (and true") == 3


def test_several_destinations_are_blocked_at_once() -> None:
    asked = question(hosts("eni-3"), hosts("eni-1", "eni-2"), goal=Goal.FAILING)
    query = Query(encode(NET, asked))
    assert isinstance(query.ask(), Sat)
    query.block(0, (1, 0))
    assert isinstance(query.ask(), Unsat)


def test_a_single_pair_is_blocked_too() -> None:
    query = Query(encode(NET, question(hosts("eni-1"), hosts("eni-2"))))
    assert isinstance(query.ask(), Sat)
    query.block(0, (0,))
    assert isinstance(query.ask(), Unsat)


def test_probes_name_hosts_doors_and_choices() -> None:
    out = found(BEHIND, question(hosts("eni-2"), hosts(internet="8.0.0.0/8"),
                                 traffic=(TrafficTerm(frozenset((4,)), 6),)))  # fmt: skip
    assert isinstance(out.probe.destination, OutsideHost)
    assert out.probe.destination.door == "internet"
    assert out.probe.choices.nat_address is not None
    assert out.probe.choices.nat_port is not None
    ping = found(BEHIND, question(hosts("eni-2"), hosts(internet="8.0.0.0/8"),
                                  traffic=(TrafficTerm(frozenset((4,)), 1),)))  # fmt: skip
    assert ping.probe.packet.icmp_type is not None
    assert ping.probe.choices.nat_port is None
    into = found(NET, question(hosts(internet="8.0.0.0/8"), hosts("eni-1")))
    assert into.probe.destination == InterfaceHost("eni-1")
    six = found(NET, question(hosts("eni-1"), hosts("eni-2"),
                              traffic=(TrafficTerm(frozenset((6,)), 50),)))  # fmt: skip
    assert six.probe.packet.family == 6
    assert six.probe.packet.source_port is None
    forged = found(NET, question(hosts("eni-1"), hosts("eni-2"), spoofed=True))
    assert forged.probe.source == InterfaceHost("eni-1")


def test_a_chosen_source_beyond_a_gap_is_told() -> None:
    away = UnmodelledTarget("tgw", "tgw-1", gap())
    net = network(route_tables=(table("rtb-a", route(V4, away), main=True),))
    asked = question(hosts("eni-1"), hosts("eni-3"), traffic=(TrafficTerm(frozenset((4,)), 6),))
    public = replace(asked, destinations=hosts("eni-3", named="198.51.100.3/32"))
    answer = found(net, public, opened=frozenset({gap()}))
    assert answer.probe.choices.gap_source is not None  # its own is a private one


def test_models_are_true_of_the_terms_as_well() -> None:
    obligation = encode(NET, ASKED)
    query = Query(obligation)
    assert isinstance(query.ask(), Sat)
    values = decode.completed(obligation, query._values())
    assert obligation.terms.holds(obligation.roots, values)
    again = obligation.values(decode.probe(obligation, values))
    assert again is not None
    assert all(values[name] == value for name, value in again.items())


def test_what_is_not_decided_in_time_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    query = Query(encode(NET, ASKED), timeout_seconds=5)
    sent = probe("eni-1", "eni-2", tcp("10.0.1.5", "10.0.2.5"))

    class Undecided:
        def check(self) -> object:
            return z3.unknown

        def reason_unknown(self) -> str:
            return "timeout"

        def push(self) -> None: ...
        def pop(self) -> None: ...
        def add(self, term: object) -> None: ...

    monkeypatch.setattr(query, "_solver", Undecided())
    assert query.ask() == GaveUp("timeout")
    with pytest.raises(TimeoutError, match="timeout"):
        query.at(sent)


def test_a_probe_of_another_question_is_not_a_model() -> None:
    asked = replace(ASKED, traffic=(TrafficTerm(frozenset((4,)), 6, PortRange(22, 22)),))
    query = Query(encode(NET, asked))
    assert not query.at(probe("eni-3", "eni-2", tcp("10.1.3.5", "10.0.2.5", 22)))
    assert not query.at(probe("eni-1", "eni-2", tcp("10.0.1.5", "10.0.2.5", 23)))
    assert query.at(probe("eni-1", "eni-2", tcp("10.0.1.5", "10.0.2.5", 22)))

"""Legs that share the client, in one solver (LB-9)."""

from __future__ import annotations

import z3

from tests.unit.encode.small import hosts, network, question
from verifier.encode import encode
from verifier.packet import Address, AddressSet
from verifier.solve import GaveUp, Joint, Tie, Unsat

NET = network()
THERE = encode(NET, question(hosts("eni-1"), hosts("eni-2")))
ONWARD = encode(NET, question(hosts("eni-1", "eni-2"), hosts("eni-1", "eni-2")))
NOWHERE = encode(NET, question(hosts(), hosts("eni-2")))


def joint(*legs: object, tie: Tie = Tie.SAME, translated: AddressSet | None = None) -> Joint:
    return Joint(legs, 4, tie, translated or AddressSet(), 60.0)  # type: ignore[arg-type]


def test_each_leg_has_the_client_of_the_one_before() -> None:
    answer = joint(THERE, ONWARD, ONWARD).ask()
    assert isinstance(answer, tuple)
    sources = {(probe.packet.source, probe.packet.source_port) for probe in answer}
    assert len(sources) == 1


def test_a_leg_from_nobody() -> None:
    assert joint(NOWHERE, ONWARD).ask() == Unsat()
    assert joint(THERE, NOWHERE, ONWARD).ask() == Unsat()


def test_translated_sources_are_others() -> None:
    back = encode(NET, question(hosts("eni-2"), hosts("eni-1")))
    assert joint(THERE, back).ask() == Unsat()
    own = AddressSet.of(*(one.address for one in NET.interfaces["eni-2"].ipv4))
    answer = joint(THERE, back, tie=Tie.LOOSE, translated=own).ask()
    assert isinstance(answer, tuple)
    assert answer[1].packet.source in own
    other = AddressSet.of(Address.parse("192.0.2.9"))
    assert joint(THERE, back, tie=Tie.LOOSE, translated=other).ask() == Unsat()


def test_the_solver_may_give_up() -> None:
    class Tired:
        def check(self) -> object:
            return z3.unknown

        def reason_unknown(self) -> str:
            return "timeout"

    asked = joint(THERE, ONWARD)
    asked._solver = Tired()
    assert asked.ask() == GaveUp("timeout")
    assert asked.smtlib().endswith("(check-sat)\n")

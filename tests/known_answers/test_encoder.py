"""The known answers, asked of the encoder and the solver.

Every case is asked as its one probe (`Query.at`), and again as a question that leaves the packet's
ports to the solver where the case speaks of some, or of every, source port.
"""

from __future__ import annotations

import pytest

from tests.known_answers.cases import Expected
from tests.known_answers.every import CASES
from verifier.encode import encode
from verifier.invariants.question import (
    AddressPolicy,
    EndpointSet,
    Goal,
    Mode,
    Names,
    Question,
    TrafficTerm,
)
from verifier.packet import ALL_PORTS, FAMILIES, Address, AddressSet, Packet, PortRange
from verifier.solve import Query, Sat, Unsat
from verifier.trace import Host, InterfaceHost, Probe

ASKED = [
    (f"{case.id}-{number}", expected)
    for case in CASES
    for number, expected in enumerate(case.make())
    if expected.probe.destination is not None
]


def singleton(host: Host | None, address: Address) -> EndpointSet:
    named = AddressSet.of(address)
    if isinstance(host, InterfaceHost):
        return EndpointSet(interfaces={host.interface_id: Names(default=False, named=named)})
    assert host is not None
    return EndpointSet(outside={host.door: named})


def question(
    probe: Probe, mode: Mode, goal: Goal = Goal.DELIVERED, ports: PortRange = ALL_PORTS
) -> Question:
    packet: Packet = probe.packet
    term = TrafficTerm(
        families=frozenset(FAMILIES),
        protocol=packet.protocol,
        destination_ports=PortRange(packet.destination_port, packet.destination_port)
        if packet.destination_port is not None
        else ALL_PORTS,
        icmp_type=packet.icmp_type,
        icmp_code=packet.icmp_code,
    )
    return Question(
        sources=singleton(probe.source, packet.source),
        destinations=singleton(probe.destination, packet.destination),
        traffic=(term,),
        goal=goal,
        mode=mode,
        policy=AddressPolicy.EVERY,
        states=probe.states,
        client_ports=(ports,),
        spoofed=True,
        avoiding=probe.avoiding,
    )


@pytest.mark.parametrize("expected", [one for _, one in ASKED], ids=[name for name, _ in ASKED])
def test_the_encoder_knows_the_answer(expected: Expected) -> None:
    opened = frozenset(expected.network.gaps) if expected.opened else frozenset()
    delivered, works = (
        Query(encode(expected.network, question(expected.probe, mode), opened)).at(expected.probe)
        for mode in (Mode.PACKET, Mode.CONNECTION)
    )
    verdict = "R" if works else ("P" if delivered else "U")
    assert verdict == expected.verdict


PORTED = [(name, expected) for name, expected in ASKED if expected.client_ports is not None]


@pytest.mark.parametrize("expected", [one for _, one in PORTED], ids=[name for name, _ in PORTED])
def test_the_solver_quantifies_the_client_port(expected: Expected) -> None:
    assert expected.client_ports is not None
    opened = frozenset(expected.network.gaps) if expected.opened else frozenset()

    def asked(goal: Goal) -> Sat | Unsat:
        one = question(expected.probe, Mode.CONNECTION, goal, expected.client_ports or ALL_PORTS)
        answer = Query(encode(expected.network, one, opened)).ask()
        assert isinstance(answer, Sat | Unsat)
        return answer

    assert isinstance(asked(Goal.DELIVERED), Sat) == expected.some
    assert isinstance(asked(Goal.FAILING), Unsat) == expected.every

"""The evaluator gives the known answers."""

import re
from dataclasses import replace

import pytest

from tests.known_answers.cases import Expected
from tests.known_answers.every import CASES
from verifier.evaluate import delivers, exchange, prepare, walk
from verifier.invariants.question import Mode
from verifier.packet import Packet, PortRange
from verifier.trace import Probe

ASKED = [
    pytest.param(expected, id=f"{case.id}-{number}")
    for case in CASES
    for number, expected in enumerate(case.make())
]


def reached(expected: Expected) -> bool:
    opened = frozenset(expected.network.gaps) if expected.opened else frozenset()
    trace = walk(expected.network, expected.probe, opened)
    if expected.probe.destination is None:
        return trace.code is None
    return trace.delivered_to == expected.probe.destination


@pytest.mark.parametrize("expected", ASKED)
def test_packet_and_connection(expected: Expected) -> None:
    opened = frozenset(expected.network.gaps) if expected.opened else frozenset()
    found = exchange(expected.network, expected.probe, opened)
    assert (reached(expected), found.works) == (expected.delivered, expected.works), found
    index = prepare(expected.network)
    assert delivers(index, expected.probe, Mode.PACKET, opened) == expected.delivered
    assert delivers(index, expected.probe, Mode.CONNECTION, opened) == expected.works


def at_port(probe: Probe, port: int) -> Probe:
    sent = probe.packet
    packet = Packet(sent.source, sent.destination, sent.protocol, port, sent.destination_port)
    return replace(probe, packet=packet)


def edges(expected: Expected, ports: PortRange) -> set[int]:
    """Both ends of the range, and of every range in a list: one port per interval between them."""
    cuts = {ports.first, ports.last}
    for acl in expected.network.network_acls.values():
        for entry in acl.entries:
            if entry.ports:
                cuts |= {entry.ports.first - 1, *entry.ports, entry.ports.last + 1}
    return {cut for cut in cuts if cut in ports}


@pytest.mark.parametrize(
    "expected", [asked for asked in ASKED if asked.values[0].client_ports is not None]
)
def test_some_and_every_client_port(expected: Expected) -> None:
    assert expected.client_ports is not None
    works = [
        delivers(expected.network, at_port(expected.probe, port), Mode.CONNECTION)
        for port in sorted(edges(expected, expected.client_ports))
    ]
    assert (any(works), all(works)) == (expected.some, expected.every)


def test_every_case_that_is_not_out_of_scope_is_there() -> None:
    of_load_balancers = {27, 38, 39, 40, 112}
    wanted = {*range(1, 63), *range(70, 113)} - {58, 60} - of_load_balancers
    found = {int(match[1]) for case in CASES if (match := re.fullmatch(r"H-(\d+)", case.id))}
    assert found - of_load_balancers == wanted
    assert len(CASES) == len({case.id for case in CASES})

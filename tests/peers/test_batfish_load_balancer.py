"""Batfish's load-balancer dump: its four rows, as the legs that the balancer opens.

Batfish rewrites the packet at the balancer; here the balancer's second leg is a flow of its own. A
port without listener is delivered to the balancer's interface (which lists no group) and goes no
further, where Batfish calls it denied.
"""

from __future__ import annotations

from dataclasses import replace
from time import monotonic
from typing import Final

import pytest

from tests.peers.peer_data import peer_data
from tests.unit.verify.networks import asked_of, decided, ground_of
from verifier.invariants import parse_statement
from verifier.model import Network
from verifier.snapshot import read_snapshot
from verifier.trace import InterfaceHost
from verifier.verdict import Verdict
from verifier.verify.branches import Branches, Stop
from verifier.verify.relayed import relayed

JUMP: Final = "i-0c8ce8bbdd98cc4e8"
NODES: Final = ("eni-01f261dccaba46564", "eni-0c82d6f7254ae6695")
SERVERS: Final = ("eni-0a4486d9ba39d5e3e", "eni-02e730a1b02dbc756")


@pytest.fixture
def network() -> Network:
    return read_snapshot([str(peer_data("batfish") / "load-balancer")]).network


@pytest.mark.parametrize("node", NODES)
def test_the_listener_leads_to_the_targets_port(network: Network, node: str) -> None:
    """Rows 1 and 2: listener 80, target port 22."""
    ground = ground_of(network)
    question = asked_of(
        network, parse_statement(f"never {JUMP} -> {SERVERS[0]}, {SERVERS[1]} on tcp/22")
    ).question
    (other,) = set(NODES) - {node}
    asked = replace(question, avoiding=frozenset((other,)))
    found = relayed(ground, asked, monotonic() + 60, lambda query: None, None)
    assert found is not None
    assert found.broken
    for case in found.broken:
        first, second = case.legs
        assert first.probe.destination == InterfaceHost(node)
        assert first.probe.packet.destination_port == 80
        assert second.probe.packet.destination_port == 22
        assert str(second.probe.packet.source) == "10.1.250.112"  # the client's: instance targets


def test_a_port_without_listener_leads_nowhere(network: Network) -> None:
    """Row 3: port 81."""
    branches = Branches(network, frozenset())
    assert {stop for branch in branches.all for stop in branch.stops} == {
        Stop(node, 6, 80) for node in NODES
    }


def test_both_servers_are_reached(network: Network) -> None:
    """Row 4."""
    for server in SERVERS:
        assert decided(network, f"some {JUMP} -> {server}").verdict is Verdict.PROVED

"""Components that a probe avoids (ASK-9): they drop it on its way forth, and nothing else."""

from __future__ import annotations

from dataclasses import replace

from tests.known_answers.cases import CLIENT, nat_lan, peered, web
from tests.strategies.builder import outside, packet, probe, unmodelled
from verifier.evaluate import exchange, walk

CODE = "COMPONENT_FILTER_RESTRICTION"


def avoiding(asked, *components):
    return replace(asked, avoiding=frozenset(components))


def test_an_internet_gateway_in_both_directions():
    for asked in (web().ask("R"), web().calls("R")):
        assert walk(asked.network, avoiding(asked.probe, "igw-1")).code == CODE
        assert exchange(asked.network, avoiding(asked.probe, "igw-2")).works


def test_peering_connections():
    asked = peered().ask("R")
    assert walk(asked.network, avoiding(asked.probe, "pcx-1")).code == CODE


def test_replies_pass():
    """A's answer to B goes by the peering connection, whatever B's packet avoids."""
    made = web()
    asked = made.ask("R")
    found = exchange(asked.network, avoiding(asked.probe, "eni-1"))
    assert found.works  # being delivered is not passing


def test_nat_gateways():
    made = nat_lan()
    asked = probe(made.a, CLIENT, packet("10.0.1.5", "203.0.113.7"))
    network = made.net.network()
    assert exchange(network, asked).works
    assert walk(network, avoiding(asked, "nat-1")).code == CODE


def test_what_has_a_gap():
    made = web(routes=())
    made.subnet.route("0.0.0.0/0", "lgw-1")
    entrance = made.net.entrance(made.vpc, "pcx-7")
    opened = frozenset({unmodelled("lgw-1").gap, entrance})
    out = probe(made.host, CLIENT, packet("10.0.1.5", "203.0.113.7"))
    inward = probe(outside("192.168.0.1"), made.host, packet("192.168.0.1", "10.0.1.5"))
    network = made.net.network()
    for asked, name in ((out, "lgw-1"), (inward, "pcx-7")):
        assert walk(network, asked, opened).code is None
        assert walk(network, avoiding(asked, name), opened).code == CODE

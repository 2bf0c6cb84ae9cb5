"""By which gateway an outside host's packet came or went, as reports tell it."""

from __future__ import annotations

import pytest

from tests.strategies.builder import Build, outside, packet, probe, unmodelled
from verifier.evaluate import walk
from verifier.report.story import door_of, from_text, to_text


@pytest.mark.parametrize("kind", ["vgw", "eigw", "vpce", "lgw"])
def test_the_gateway_next_to_the_outside_host(kind: str) -> None:
    net = Build()
    vpc = net.vpc("10.0.0.0/16", "2600:1f00::/56")
    made = {
        "vgw": lambda: vpc.vpn_gateway("0.0.0.0/0"),
        "eigw": vpc.egress_only_gateway,
        "vpce": vpc.gateway_endpoint,
        "lgw": lambda: "lgw-1",
    }
    gateway = made[kind]()
    subnet = vpc.subnet("10.0.1.0/24", "2600:1f00::/64").route("0.0.0.0/0", gateway)
    host = subnet.route("::/0", gateway).interface("10.0.1.5", "2600:1f00::5")
    own, to = ("2600:1f00::5", "2001:db8::7") if kind == "eigw" else ("10.0.1.5", "203.0.113.7")
    asked = probe(host, outside(to), packet(own, to))
    network = net.network()
    trace = walk(network, asked, frozenset({unmodelled("lgw-1").gap}))
    known = None if kind == "lgw" else gateway
    assert door_of(outside(to), trace, first=False) == known
    side = "the internet" if kind == "eigw" else "outside"
    assert to_text(network, asked, trace) == (f"{side} by {gateway}" if known else side)


def test_sites_come_by_a_private_gateway() -> None:
    net = Build()
    vpc = net.vpc("10.0.0.0/16")
    vpc.vpn_gateway()
    host = vpc.subnet("10.0.1.0/24").interface("10.0.1.5")
    asked = probe(outside("192.168.0.1"), host, packet("192.168.0.1", "10.0.1.5"))
    network = net.network()
    assert from_text(network, asked, walk(network, asked)) == "outside by vgw-1"

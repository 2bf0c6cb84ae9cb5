from __future__ import annotations

import unicodedata
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.report.sample import HOSTILE, network
from verifier.model import (
    InstanceConnectEndpoint,
    InternetGateway,
    NatGateway,
    Network,
    PeeringConnection,
    PeeringSide,
    RouteTable,
    SecurityGroup,
)
from verifier.packet import ICMP, TCP, Address, Packet
from verifier.report.shown import labelled, name_of, packet_text, shown, shown_lines, socket_text


def visible(text: str) -> bool:
    return not any(unicodedata.category(c) in {"Cc", "Cf", "Cs", "Zl", "Zp"} for c in text)


@given(st.text(alphabet=st.characters(codec=None)))
def test_nothing_invisible_survives(text: str) -> None:
    told = shown(text)
    assert visible(told)
    assert "##" not in told


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("web-1", "web-1"),
        ("größe", "größe"),
        ("a\x1b[31mb", "a\\x1b[31mb"),
        ("a\nb", "a\\nb"),
        ("\u202egnp", "\\u202egnp"),
        ("\ud800", "\\ud800"),
        ("##[error]", "#\\x23[error]"),
        ("é##vso[x]", "é#\\x23vso[x]"),
        ("###", "#\\x23#"),
    ],
)
def test_shown(text: str, expected: str) -> None:
    assert shown(text) == expected


def test_long_text_is_cut() -> None:
    assert shown("x" * 301) == "x" * 297 + "..."
    assert shown("x" * 300) == "x" * 300


def test_our_own_line_breaks_stay() -> None:
    assert shown_lines("a\x07b\nc##[d") == "a\\x07b\nc#\\x23[d"


def test_names() -> None:
    side = PeeringSide(vpc_id="vpc-1")
    named = Network(
        security_groups={
            "sg-1": SecurityGroup(id="sg-1", name="web", tags={"Name": "other"}),
            "sg-2": SecurityGroup(id="sg-2", tags={"Name": "tagged"}),
        },
        route_tables={"rtb-1": RouteTable(id="rtb-1", vpc_id="vpc-1", tags={"Name": "main"})},
        internet_gateways={"igw-1": InternetGateway(id="igw-1")},
        nat_gateways={
            "nat-1": NatGateway(
                id="nat-1", vpc_id="vpc-1", subnet_id=None, public=True, tags={"Name": "out"}
            )
        },
        peerings={
            "pcx-1": PeeringConnection(
                id="pcx-1", active=True, requester=side, accepter=side, tags={"Name": "both"}
            )
        },
    )
    found = {i: name_of(named, i) for i in ("sg-1", "sg-2", "rtb-1", "igw-1", "nat-1", "pcx-1")}
    assert found == {
        "sg-1": "web",
        "sg-2": "tagged",
        "rtb-1": "main",
        "igw-1": None,
        "nat-1": "out",
        "pcx-1": "both",
    }
    assert name_of(named, "acl-9") is None


def test_an_interface_has_its_own_name_or_its_instances() -> None:
    assert name_of(network(), "eni-1") == "db-1"
    assert name_of(network(), "eni-2") == HOSTILE
    assert labelled(network(), "eni-1") == "eni-1 (db-1)"
    assert labelled(network(), "igw-1") == "igw-1"


def test_an_interface_has_the_name_or_the_id_of_its_endpoint() -> None:
    known = InstanceConnectEndpoint(id="eice-1", interface_id="eni-3", keeps_clients=False)
    bare = replace(network().interfaces["eni-1"], id="eni-3", tags={}, instance_id=None)
    for endpoint, name in (
        (known, "eice-1"),
        (replace(known, tags={"Name": "ssh"}), "ssh"),
        (replace(known, id="eni-3"), None),
    ):
        whole = replace(
            network(), interfaces={"eni-3": bare}, instance_connect_endpoints={"eni-3": endpoint}
        )
        assert name_of(whole, "eni-3") == name
    named = replace(whole, interfaces={"eni-3": replace(bare, tags={"Name": "own"})})
    assert name_of(named, "eni-3") == "own"


def test_packets_in_words() -> None:
    one, two = Address.parse("2001:db8::1"), Address.parse("2001:db8::2")
    tcp = Packet(one, two, TCP, 1, 2)
    assert packet_text(tcp) == "tcp [2001:db8::1]:1 -> [2001:db8::2]:2"
    echo = Packet(Address.parse("192.0.2.1"), Address.parse("192.0.2.2"), ICMP, None, None, 8, 0)
    assert packet_text(echo) == "icmp type 8 code 0 192.0.2.1 -> 192.0.2.2"
    assert packet_text(Packet(one, two, 50)) == "proto/50 2001:db8::1 -> 2001:db8::2"
    assert socket_text(one, 443) == "[2001:db8::1]:443"

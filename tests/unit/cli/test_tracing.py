from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.unit.cli.test_hosts import DB, NETWORK, SIX, WEB, interface, network
from verifier.cli import tracing
from verifier.cli.boundary import run
from verifier.cli.hosts import destination_end, source_end
from verifier.cli.tracing import traced_probe
from verifier.invariants.question import Mode
from verifier.model import Gap, Network
from verifier.packet import TCP, Packet
from verifier.report.wire import CounterexampleWire
from verifier.snapshot import Snapshot

ROOT = Path(__file__).parents[3]
THREE_TIERS = str(ROOT / "examples" / "three-tiers" / "snapshot")
PEERING = str(ROOT / "examples" / "peering-without-return-route" / "snapshot")


def traced(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, dict[str, Any]]:
    code = run(["trace", "--format", "json", *arguments])
    document = json.loads(capsys.readouterr().out)
    CounterexampleWire.model_validate(document)
    return code, document


def test_delivered(capsys: pytest.CaptureFixture[str]) -> None:
    code, document = traced(
        capsys, "-s", THREE_TIERS, "--from", "name:app-1", "--to", "192.0.2.10", "tcp/443"
    )
    assert (code, document["outcome"]) == (0, "delivered")
    assert document["source"]["name"] == "app-1"
    assert document["destination"]["kind"] == "internet"
    assert document["packet"]["source_port"] == 49152
    assert document["choices"]["nat_port"] == 49152
    assert document["reply"] is None


def test_dropped(capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["-s", THREE_TIERS, "--from", "198.51.100.99", "--to", "name:bastion", "tcp/22"]
    code, document = traced(capsys, *arguments)
    assert (code, document["outcome"]) == (1, "dropped")
    assert document["forward"][-1]["code"] == "SUBNET_ACL_RESTRICTION"
    assert run(["trace", *arguments]) == 1
    told = capsys.readouterr().out
    assert told.startswith("tcp 198.51.100.99:49152 -> ")
    assert told.endswith("\noutcome: dropped\n")


def test_the_reply_counts_in_connection_mode(capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["-s", PEERING, "--from", "name:reports", "--to", "name:warehouse", "tcp/5432"]
    code, document = traced(capsys, *arguments)
    assert (code, document["outcome"], document["reply"]) == (0, "delivered", None)
    code, document = traced(capsys, *arguments, "--mode", "connection")
    assert (code, document["outcome"]) == (1, "dropped")
    assert document["reply"][-1]["code"] == "NO_ROUTE_TO_DESTINATION"


def test_a_spoofed_source(capsys: pytest.CaptureFixture[str]) -> None:
    code, document = traced(
        capsys,
        *("-s", THREE_TIERS, "--from", "10.20.10.99", "--to", "name:db-1", "tcp/5432"),
        *("--mode", "connection"),
    )
    assert document["source"]["kind"] == "spoofed"
    assert document["source"]["id"].startswith("subnet-")
    assert code == 1
    assert "security-group" in {hop["kind"] for hop in document["forward"]}
    assert ("spoofed", "security-group") not in {
        (hop["component"], hop["kind"]) for hop in document["forward"]
    }


def test_a_destination_that_nobody_owns(capsys: pytest.CaptureFixture[str]) -> None:
    code, document = traced(
        capsys, "-s", THREE_TIERS, "--from", "name:app-1", "--to", "10.20.99.99", "tcp/1"
    )
    assert (code, document["outcome"]) == (1, "dropped")
    assert document["destination"] == {"kind": "address", "id": None, "name": None, "members": []}


def test_a_service_of_aws_itself(capsys: pytest.CaptureFixture[str]) -> None:
    code, document = traced(
        capsys, "-s", THREE_TIERS, "--from", "name:app-1", "--to", "169.254.169.253", "udp/53"
    )
    assert (code, document["outcome"]) == (0, "delivered")


@pytest.fixture
def given(monkeypatch: pytest.MonkeyPatch) -> dict[str, Network]:
    """The network that the command reads."""
    held = {"network": NETWORK}

    def read(*_: object, **__: object) -> Snapshot:
        return Snapshot(network=held["network"])

    monkeypatch.setattr(tracing, "read_snapshot", read)
    return held


@pytest.mark.parametrize(
    ("arguments", "packet"),
    [
        (["tcp/22"], {"protocol": 6, "destination_port": 22, "source_port": 49152}),
        (["tcp/22", "--source-port", "7"], {"source_port": 7}),
        (["udp/53 from 53"], {"protocol": 17, "source_port": 53}),
        (["udp/53 from 1-9", "--source-port", "9"], {"source_port": 9}),
        (["udp/53 from 1-65535"], {"source_port": 49152}),
        (["icmp"], {"protocol": 1, "icmp_type": 8, "icmp_code": 0, "source_port": None}),
        (["icmp/3/4"], {"icmp_type": 3, "icmp_code": 4}),
        (["proto/58"], {"family": "ipv4", "icmp_type": 128}),
        (["proto/50"], {"protocol": 50, "icmp_type": None}),
    ],
)
def test_the_packet(
    arguments: list[str],
    packet: dict[str, object],
    given: dict[str, Network],
    capsys: pytest.CaptureFixture[str],
) -> None:
    _, document = traced(capsys, "-s", "x", "--from", "eni-web", "--to", "eni-db", *arguments)
    assert {key: document["packet"][key] for key in packet} == packet
    assert document["packet"]["source_address"] == "10.0.1.10"
    assert document["packet"]["destination_address"] == "10.0.1.20"


def test_ipv6_where_both_have_it(
    given: dict[str, Network], capsys: pytest.CaptureFixture[str]
) -> None:
    other = interface("eni-other", "10.0.1.40", ipv6=(SIX.ipv6[0]._replace(value=1 << 64),))
    given["network"] = network(replace(SIX, ipv6=SIX.ipv6[:1]), other)
    ends = ["-s", "x", "--from", "eni-six", "--to", "eni-other"]
    assert traced(capsys, *ends, "tcp/1")[1]["packet"]["family"] == "ipv4"
    assert traced(capsys, *ends, "ip6:tcp/1")[1]["packet"]["family"] == "ipv6"
    assert traced(capsys, *ends, "icmp6")[1]["packet"]["icmp_type"] == 128


@pytest.mark.parametrize(
    ("source", "destination", "arguments", "message"),
    [
        ("eni-web", "eni-db", ["tcp"], "`tcp` is the ports 0-65535, name one of them"),
        ("eni-web", "eni-db", ["tcp/1-2"], "`tcp/1-2` is the ports 1-2, name one of them"),
        ("eni-web", "eni-db", ["tcp/1, tcp/2"], "several kinds of packets"),
        ("eni-web", "eni-db", ["all"], "is every protocol, name one such as `tcp/443`"),
        ("eni-web", "eni-db", ["tpc/1"], "TRAFFIC:1:1: expected `all`"),
        ("eni-web", "eni-db", ["icmp", "--source-port", "1"], "only tcp and udp have ports"),
        ("eni-web", "eni-db", ["tcp/1 from 5-6"], "49152 is not among the source ports 5-6"),
        ("eni-web", "eni-db", ["tcp/1 from 5", "--source-port", "6"], "6 is not among"),
        ("eni-web", "eni-db", ["ip6:tcp/1"], "no addresses of one family"),
        ("198.51.100.7", "eni-db", ["tcp/1"], "198.51.100.7, none"),
        ("eni-web", "10.0.1.10", ["tcp/1"], "are the same host"),
        ("192.0.2.1", "192.0.2.2", ["tcp/1"], "both outside"),
        ("eni-six", "2001:db8:1::99", ["tcp/1"], "several addresses, name one of them: 2001:db8"),
    ],
)
def test_what_cannot_be_traced(
    source: str,
    destination: str,
    arguments: list[str],
    message: str,
    given: dict[str, Network],
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(["trace", "-s", "x", "--from", source, "--to", destination, *arguments]) == 2
    assert message in capsys.readouterr().err


def test_a_snapshot_is_needed(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["trace", "--from", "a", "--to", "b", "tcp/1"]) == 2
    assert "no snapshot is given" in capsys.readouterr().err


UNFILTERED = Gap("eni-web", "GAP-5", "its filter is not understood")


def test_an_outcome_that_depends_on_a_gap() -> None:
    odd = network(replace(WEB, gap=UNFILTERED), replace(DB, gap=UNFILTERED))
    gappy = replace(odd, gaps=(UNFILTERED,))
    source = source_end("eni-web", gappy)
    destination = destination_end("eni-db", source)
    packet = Packet(source.addresses[0], destination.addresses[0], TCP, 1, 2)
    for mode in Mode:
        found = traced_probe(source, destination, packet, mode)
        assert found.outcome == "unknown"
        assert found.gaps == (UNFILTERED,)
        assert found.found.exchange.forward.delivered_to == destination.host


def test_an_incomplete_listing_concerns_every_trace() -> None:
    gap = Gap("a.json", "GAP-12", "a leftover `NextToken`")
    short = replace(NETWORK, incomplete=(gap,), gaps=(gap,))
    source = source_end("eni-web", short)
    destination = destination_end("eni-db", source)
    packet = Packet(source.addresses[0], destination.addresses[0], TCP, 1, 2)
    found = traced_probe(source, destination, packet, Mode.PACKET)
    assert (found.outcome, found.gaps) == ("unknown", (gap,))

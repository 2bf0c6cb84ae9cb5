from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from tests.unit.report.sample import HOSTILE, address, delivered, exposed, network, run, unanswered
from verifier.invariants.question import Mode
from verifier.packet import TCP, Address, Packet
from verifier.report.document import (
    counterexample_document,
    host_wire,
    json_text,
    packet_wire,
    render,
    report_document,
)
from verifier.report.run import Run
from verifier.report.wire import report_schema
from verifier.trace import Decision, Hop, OutsideHost, Trace

SCHEMA = Path(__file__).parents[3] / "specs" / "schema" / "report.schema.json"


def valid(document: dict[str, Any]) -> dict[str, Any]:
    jsonschema.Draft202012Validator(report_schema()).validate(document)
    return document


def test_the_published_schema_is_the_one_of_the_code() -> None:
    if os.environ.get("UPDATE_GOLDEN"):
        SCHEMA.write_text(json_text(report_schema()), encoding="utf-8")
    jsonschema.Draft202012Validator.check_schema(report_schema())
    assert SCHEMA.read_text(encoding="utf-8") == json_text(report_schema())


@pytest.mark.parametrize(
    "given",
    [run(), replace(run(), deterministic=False), replace(run(), checks=())],
    ids=["deterministic", "timed", "empty"],
)
def test_every_report_is_valid(given: Run) -> None:
    valid(json.loads(render(given)))


def test_the_report_of_the_contract() -> None:
    document = report_document(run())
    assert list(document) == [
        "schema",
        "tool",
        "inputs",
        "network",
        "gaps",
        "assumptions",
        "warnings",
        "results",
        "summary",
        "exit_code",
    ]
    assert document["tool"] == {"name": "verifier"}
    assert document["inputs"][0] == {
        "path": "snapshot/vpcs.json",
        "sha256": "ab" * 32,
        "kind": "aws-describe",
    }
    assert document["network"] == {
        "vpcs": 1,
        "subnets": 1,
        "interfaces": 2,
        "security_groups": 1,
        "network_acls": 1,
        "route_tables": 0,
    }
    assert document["gaps"] == [
        {
            "id": "gap-1",
            "resource": "vgw-1",
            "clause": "GAP-6",
            "detail": "a virtual private gateway is not modelled",
        }
    ]
    assert [taken["clause"] for taken in document["assumptions"]] == ["ENI-6", "SVC-1"]
    assert document["summary"] == {"proved": 2, "refuted": 2, "unknown": 1, "vacuous": 1}
    assert document["exit_code"] == 1


def test_a_refuted_result() -> None:
    result = report_document(run())["results"][0]
    (example,) = result.pop("counterexamples")
    assert result == {
        "id": "no-internet-to-db",
        "statement": "never internet -> tag:Tier=db",
        "kind": "never",
        "mode": "packet",
        "severity": "critical",
        "why": "cardholder data must not be reachable from outside",
        "controls": ["PCI-DSS-1.4.1"],
        "file": "specs/prod.yaml",
        "line": 12,
        "verdict": "REFUTED",
        "reason": None,
        "evidence": "replayed",
        "gaps": [],
        "sources": ["internet"],
        "destinations": ["eni-1", "eni-2"],
        "truncated": False,
        "witness": None,
    }
    assert example["source"] == {"kind": "internet", "id": "igw-1", "name": None, "members": []}
    assert example["destination"] == {
        "kind": "interface",
        "id": "eni-1",
        "name": "db-1",
        "members": [],
    }
    assert example["packet"] == {
        "family": "ipv4",
        "protocol": 6,
        "source_address": "198.51.100.7",
        "source_port": 49152,
        "destination_address": "203.0.113.10",
        "destination_port": 5432,
        "icmp_type": None,
        "icmp_code": None,
    }
    assert (example["outcome"], example["confirmed"], example["reply"]) == ("delivered", True, None)
    first, second, *_ = example["forward"]
    assert first["packet"]["destination_address"] == "10.0.1.10"
    del second["packet"]
    assert second == {
        "component": "acl-1",
        "kind": "network-acl",
        "name": "data",
        "direction": "ingress",
        "decision": "allow",
        "rule": "100",
        "code": None,
        "detail": None,
    }


def test_the_other_results() -> None:
    _, always, proved, some, unknown, vacuous = report_document(run())["results"]
    example = always["counterexamples"][0]
    assert always["truncated"]
    assert example["destination"]["members"] == ["eni-1", "eni-2"]
    assert example["outcome"] == "dropped"
    assert example["reply"][0]["code"] == "SUBNET_ACL_RESTRICTION"
    assert proved["evidence"] == "solver"
    assert some["witness"]["outcome"] == "delivered"
    assert unknown["reason"]["code"] == "gap"
    assert unknown["gaps"] == ["gap-1"]
    assert (vacuous["id"], vacuous["file"], vacuous["line"]) == (HOSTILE, None, None)


def test_times_and_versions() -> None:
    document = report_document(replace(run(), deterministic=False))
    assert document["tool"] == {"name": "verifier", "version": "0.1.0", "solver": "z3 5.4.1"}
    assert document["results"][0]["seconds"] == 0.21
    assert "seconds" not in report_document(run())["results"][0]


def test_json_is_printable_ascii_and_exact() -> None:
    text = render(run())
    assert text.isascii()
    assert all(character.isprintable() or character == "\n" for character in text)
    assert json.loads(json_text({"a": "\x7f\u202e"})) == {"a": "\x7f\u202e"}
    assert "\x7f" not in json_text("\x7f")


def test_the_network_names_what_a_nat_gateway_chose() -> None:
    trace = delivered()
    assert counterexample_document(network(), exposed(), Mode.PACKET)["choices"] is None
    packet = Packet(address("10.0.0.9"), address("192.0.2.1"), TCP, 1024, 443)
    hop = Hop(component="nat-1", kind="nat-gateway", decision=Decision.FORWARD, packet=packet)
    exchange = replace(exposed().exchange, forward=replace(trace, hops=(hop,)))
    found = replace(exposed(), exchange=exchange)
    document = counterexample_document(network(), found, Mode.PACKET)
    assert document["choices"] == {"nat_port": 1024, "nat_address": "10.0.0.9"}


def test_hosts() -> None:
    bare = Trace(hops=(), packet=exposed().probe.packet, delivered_to=None, code="X")
    on_premises = OutsideHost(address("192.0.2.1"), "vgw-1")
    assert host_wire(network(), on_premises, bare).model_dump() == {
        "kind": "outside",
        "id": "vgw-1",
        "name": None,
        "members": [],
    }
    assert host_wire(network(), replace(on_premises, door=None), bare).id is None
    assert host_wire(network(), replace(on_premises, door="igw-1"), bare).kind == "internet"
    assert host_wire(network(), None, bare).kind == "address"


def test_ipv6_packets() -> None:
    one = Address.parse("2001:db8::1")
    wire = packet_wire(Packet(one, one, 50))
    assert (wire.family, wire.source_port, wire.source_address) == ("ipv6", None, "2001:db8::1")


def test_gaps_that_an_exchange_passed() -> None:
    (gap,) = run().gaps
    forward = replace(delivered(), gaps=frozenset({gap}))
    found = replace(unanswered(), exchange=replace(unanswered().exchange, forward=forward))
    (told,) = counterexample_document(network(), found, Mode.PACKET)["gaps"]
    assert told["resource"] == "vgw-1"

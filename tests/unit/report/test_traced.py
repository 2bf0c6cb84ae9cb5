from __future__ import annotations

from dataclasses import replace

from tests.unit.report.sample import GAP, exposed, network, unanswered
from verifier.invariants.question import Mode
from verifier.report.story import plain
from verifier.report.traced import Traced, traced_document, traced_lines
from verifier.report.wire import CounterexampleWire

TRACED = Traced(network=network(), found=exposed(), mode=Mode.PACKET)


def test_delivered() -> None:
    assert TRACED.outcome == "delivered"
    told = plain(traced_lines(TRACED))
    assert told.startswith("tcp 198.51.100.7:49152 -> 203.0.113.10:5432 (db-1)\n")
    assert told.endswith("outcome: delivered\n")
    document = traced_document(TRACED)
    assert (document["outcome"], document["confirmed"], document["gaps"]) == ("delivered", True, [])
    assert document["source"]["kind"] == "internet"


def test_the_exchange_of_a_connection() -> None:
    traced = replace(TRACED, found=unanswered(), mode=Mode.CONNECTION)
    assert traced.outcome == "dropped"
    assert plain(traced_lines(traced)).endswith(
        "reply dropped at acl-1 (data): SUBNET_ACL_RESTRICTION\noutcome: dropped\n"
    )
    assert traced_document(traced)["outcome"] == "dropped"


def test_unknown() -> None:
    traced = replace(TRACED, gaps=(GAP,))
    assert plain(traced_lines(traced)).endswith(
        "outcome: unknown, it depends on what is not modelled:\n"
        "  - vgw-1: a virtual private gateway is not modelled (GAP-6)\n"
    )
    document = traced_document(traced)
    assert (document["outcome"], document["confirmed"]) == ("unknown", False)
    assert [gap["resource"] for gap in document["gaps"]] == ["vgw-1"]


def test_spoofed() -> None:
    traced = replace(TRACED, spoofed="subnet-1")
    assert plain(traced_lines(traced)).splitlines()[1] == (
        "spoofed: nobody has 198.51.100.7; the packet enters at subnet-1 (data)"
    )
    assert traced_document(traced)["source"] == {
        "kind": "spoofed",
        "id": "subnet-1",
        "name": "data",
        "members": [],
    }


def test_for_a_user_of_an_endpoint() -> None:
    traced = replace(TRACED, endpoint="eice-1")
    assert plain(traced_lines(traced)).splitlines()[1] == (
        "for a user at 198.51.100.7, one for all: eice-1 keeps its users' addresses"
    )
    assert traced_document(traced) == traced_document(TRACED)


def test_it_is_a_counterexample_of_the_report() -> None:
    CounterexampleWire.model_validate(traced_document(replace(TRACED, spoofed="subnet-1")))

"""Relayed flows in reports: every leg is told, in text, JSON and captures."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

from tests.unit.report.sample import exposed, network, run
from verifier.invariants.question import Mode
from verifier.model import BalancerKind, LoadBalancer
from verifier.report.document import counterexample_document, report_document
from verifier.report.packets import write_packets
from verifier.report.shown import labelled
from verifier.report.story import plain, story
from verifier.verdict import Counterexample, Leg

ARN = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:loadbalancer/app/shop/1a2b"
BALANCED = replace(
    network(),
    load_balancers={
        ARN: LoadBalancer(id=ARN, name="shop", kind=BalancerKind.APPLICATION, vpc_id="vpc-1")
    },
)


def relayed() -> Counterexample:
    """Two legs, which are alike: the report says what it is told."""
    found = exposed()
    first = Leg(found.probe, found.exchange)
    second = Leg(found.probe, found.exchange, ARN, f"{ARN}/443", "tg-1")
    return replace(found, legs=(first, second))


def test_the_text_tells_who_passes_on_what() -> None:
    told = plain(story(BALANCED, relayed(), Mode.PACKET, reply=False))
    assert "passed on by shop as tcp " in told
    assert "passed on" not in plain(story(BALANCED, exposed(), Mode.PACKET, reply=False))


def test_a_balancer_is_called_by_the_end_of_its_arn() -> None:
    assert labelled(BALANCED, ARN) == "app/shop/1a2b"


def test_json_lists_the_legs() -> None:
    document = counterexample_document(BALANCED, relayed(), Mode.PACKET)
    first, second = document["legs"]
    assert (first["balancer"], first["listener"], first["target_group"]) == (None, None, None)
    assert (second["balancer"], second["target_group"]) == (ARN, "tg-1")
    assert first["packet"] == document["packet"]
    assert first["source"]["kind"] == document["source"]["kind"]
    assert "legs" not in counterexample_document(BALANCED, exposed(), Mode.PACKET)
    assert "legs" not in json.dumps(report_document(run()))


def test_captures_hold_every_leg(tmp_path: Path) -> None:
    given = replace(run(), network=BALANCED)
    check = next(one for one in given.checks if one.result.counterexamples)
    result = replace(check.result, counterexamples=(relayed(),))
    given = replace(given, checks=(replace(check, result=result),))
    capture, document = write_packets(given, tmp_path)
    assert b"leg 1: " in capture.read_bytes()
    assert b"leg 2: " in capture.read_bytes()
    assert len(json.loads(document.read_text())["legs"]) == 2

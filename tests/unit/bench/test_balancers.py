"""Estates with balancers: they are read whole, and what is true of the estate stays true."""

from __future__ import annotations

import json
from pathlib import Path

from bench.balancers import write as write_balancers
from bench.estate import write
from bench.plan import Parameters
from bench.run import RELAYED
from tests.unit.bench.test_estate import verdicts


def test_balancers_are_followed_to_a_proof(tmp_path: Path) -> None:
    estate = tmp_path / "estate"
    write(Parameters(interfaces=200, groups=40, vpcs=2), estate)
    write_balancers(estate, 6)
    found = json.loads((estate / "load-balancers.json").read_text(encoding="utf-8"))
    assert len(found["LoadBalancers"]) == len(found["NetworkInterfaces"]) == 6
    for relays in ("follow", "stop"):
        asked = tmp_path / f"{relays}.yaml"
        asked.write_text(RELAYED.format(relays), encoding="utf-8")
        assert list(verdicts(estate, [str(asked)]).values()) == ["PROVED"]

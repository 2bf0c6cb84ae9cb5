"""As `test_deleted_fields.py`, where files are known by their names: tables of transit gateways.

Every field of the listings of transit gateways, private gateways and route tables is deleted in
turn from a network with a leak, and from one that a VPN connection leads into.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.fuzz.test_deleted_fields import EXAMPLES, QUICK, fields, without
from tests.unit.verify.networks import decided
from verifier.errors import InputError
from verifier.snapshot import read_snapshot
from verifier.verdict import Verdict

LEAK = "never tag:Env=development -> tag:Env=production"
SITES = "never 192.168.10.0/24 -> tag:Role=database"


def verdict(folder: Path, statement: str) -> Verdict | None:
    """None iff the snapshot, or what the statement names in it, is refused."""
    try:
        return decided(read_snapshot([str(folder)]).network, statement, QUICK).verdict
    except InputError:
        return None


@pytest.mark.parametrize(
    ("name", "statement", "stems"),
    [
        ("transit-gateway-leak", LEAK, ("transit", "route-tables")),
        ("sites-on-premises", SITES, ("vpn", "route-tables", "customer", "direct", "virtual")),
    ],
)
def test_no_field_can_be_left_out_for_a_proof(
    name: str, statement: str, stems: tuple[str, ...], tmp_path: Path
) -> None:
    folder = tmp_path / name
    shutil.copytree(EXAMPLES / name / "snapshot", folder)
    assert verdict(folder, statement) is Verdict.REFUTED
    proved, asked = [], 0
    for path in sorted(folder.iterdir()):
        if not any(stem in path.stem for stem in stems):
            continue
        text = path.read_text(encoding="utf-8")
        document = json.loads(text)
        for steps in fields(document):
            path.write_text(json.dumps(without(document, steps)), encoding="utf-8")
            asked += 1
            if verdict(folder, statement) is Verdict.PROVED:
                proved.append((path.name, steps))
        path.write_text(text, encoding="utf-8")
    assert asked > 50
    assert proved == []

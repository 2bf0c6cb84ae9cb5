"""The script that takes a snapshot works, asks for no more than its policy permits, and for all
that the reader reads."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.examples.console import environment
from tests.examples.documents import ROOT, blocks
from tests.examples.stand_in_aws import ACCOUNT
from verifier.snapshot.commands import COMMANDS, ENTRIES_COMMAND, OF_EACH

PAGE = ROOT / "docs" / "how-to" / "take-a-snapshot.md"
BLOCKS = list(blocks(PAGE.read_text(encoding="utf-8")))
REGION = "eu-central-1"
WHERE_THERE_IS_ONE = {
    "directconnect:DescribeDirectConnectGatewayAssociations",
    "directconnect:DescribeVirtualInterfaces",
    "ec2:DescribeSecurityGroupRules",
    "ec2:GetTransitGatewayPrefixListReferences",
    "ec2:GetTransitGatewayRouteTableAssociations",
    "ec2:GetTransitGatewayRouteTablePropagations",
    "ec2:SearchTransitGatewayRoutes",
    "network-firewall:DescribeFirewall",
    "network-firewall:DescribeFirewallPolicy",
    "network-firewall:DescribeRuleGroup",
}
"""Calls that the example's network gives no occasion for."""


def take(folder: Path, example: str) -> Path:
    """The folder, after the script has been run in it; `calls` lists what it asked for."""
    (script,) = (block.text for block in BLOCKS if block.kind == "bash")
    (folder / "snapshot.sh").write_text(script, encoding="utf-8")
    (folder / "bin").mkdir()
    stand_in = folder / "bin" / "aws"
    stand_in.write_text(
        f'#!/bin/sh\nexec "{sys.executable}" "{ROOT}/tests/examples/stand_in_aws.py" "$@"\n'
    )
    stand_in.chmod(0o755)
    plain = environment()
    own = {
        "PATH": f"{folder / 'bin'}{os.pathsep}{plain['PATH']}",
        "STAND_IN_SNAPSHOT": str(ROOT / "examples" / example / "snapshot"),
        "STAND_IN_LOG": str(folder / "calls"),
    }
    subprocess.run(
        ["bash", "snapshot.sh", "snapshot", REGION], cwd=folder, env=plain | own, check=True
    )
    return folder


@pytest.fixture(scope="module")
def taken(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where it has been run once."""
    return take(tmp_path_factory.mktemp("taken"), "three-tiers")


@pytest.fixture(scope="module")
def balanced(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where it has been run with a load balancer."""
    return take(tmp_path_factory.mktemp("balanced"), "load-balancer")


def verify(*arguments: str) -> subprocess.CompletedProcess[str]:
    line = [sys.executable, "-m", "verifier", *arguments]
    return subprocess.run(
        line, env=environment(), capture_output=True, encoding="utf-8", check=False
    )


def test_it_writes_one_file_per_call_and_nothing_else(taken: Path) -> None:
    target = taken / "snapshot" / ACCOUNT / REGION
    names = {path.name for path in target.iterdir()}
    listings = {name for name in names if re.fullmatch(r"(elb(v2)?-)?describe-[a-z-]+\.json", name)}
    (entries,) = names - listings
    assert re.fullmatch(r"pl-0[0-9a-f]{16}\.json", entries)
    assert len(listings) == len(COMMANDS) + 1


def test_it_asks_for_all_that_the_reader_reads(taken: Path) -> None:
    asked = {f"aws {line}" for line in (taken / "calls").read_text(encoding="utf-8").splitlines()}
    assert {command.text for command in COMMANDS} <= asked
    assert any(ENTRIES_COMMAND.text.startswith(call) for call in asked)


def test_the_page_tells_what_each_call_is_for() -> None:
    page = PAGE.read_text(encoding="utf-8")
    for command in COMMANDS:
        assert f"| `{command.text.split()[-1]}` | `{command.key}`" in page


def test_the_policy_permits_exactly_what_is_asked(taken: Path, balanced: Path) -> None:
    (policy,) = (json.loads(block.text) for block in BLOCKS if block.kind == "json")
    asked = set()
    calls = [(folder / "calls").read_text(encoding="utf-8") for folder in (taken, balanced)]
    for line in "".join(calls).splitlines():
        service, operation = line.split()
        service = "elasticloadbalancing" if service.startswith("elb") else service
        asked.add(f"{service}:{operation.title().replace('-', '')}")
    (statement,) = policy["Statement"]
    assert sorted(asked | WHERE_THERE_IS_ONE) == statement["Action"]


def test_what_it_takes_is_complete(taken: Path) -> None:
    done = verify("inventory", "--snapshot", str(taken / "snapshot"), "--format", "json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["gaps"] == []


def test_what_it_takes_of_load_balancers_is_understood(balanced: Path) -> None:
    done = verify("inventory", "--snapshot", str(balanced / "snapshot"), "--format", "json")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["counts"]["load_balancers"] == found["counts"]["target_groups"] == 1
    assert [one for one in found["gaps"] if one["clause"].startswith(("LB-", "GAP-11"))] == []


def test_the_page_tells_of_each_call_about_single_resources() -> None:
    page = PAGE.read_text(encoding="utf-8")
    for command in OF_EACH.values():
        assert f"| `{command.text.split()[2]}`, for each" in page


def test_the_example_is_proved_from_it(taken: Path) -> None:
    spec = str(ROOT / "examples" / "three-tiers" / "invariants.yaml")
    done = verify("--invariant", spec, "--snapshot", str(taken / "snapshot"), "--format", "json")
    assert done.returncode == 0, done.stdout + done.stderr

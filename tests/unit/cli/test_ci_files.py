"""The files for CI that people copy: well-formed, and their commands are ours."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Any

import pytest
import yaml

from verifier.cli.commands import verify

ROOT = Path(__file__).parents[3]
CI = ROOT / "docs" / "how-to" / "ci"


def read(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def accepted(command: str) -> dict[str, Any]:
    """The command line as click reads it."""
    program, *arguments = shlex.split(command)
    assert program == "verify"
    return verify.make_context("verify", arguments, default_map={}).params


def test_the_workflow() -> None:
    workflow = read(CI / "github-workflow.yml")
    (job,) = workflow["jobs"].values()
    (command,) = [step["run"] for step in job["steps"] if "verify " in step.get("run", "")]
    params = accepted(command)
    assert params["form"] == "github"
    assert [form for form, _ in params["report"]] == ["sarif", "junit", "json"]
    assert workflow[True] is not None  # YAML reads the key `on` as true
    uploaded = [step for step in job["steps"] if "upload-sarif" in step.get("uses", "")]
    assert uploaded[0]["with"]["sarif_file"] == str(params["report"][0][1])


def test_the_pre_commit_configuration() -> None:
    (repository,) = read(CI / ".pre-commit-config.yaml")["repos"]
    (hook,) = repository["hooks"]
    assert accepted(hook["entry"])["quiet"]
    assert re.match(hook["files"], "network/db.yaml")


def test_the_hook_of_this_repository() -> None:
    (hook,) = read(ROOT / ".pre-commit-hooks.yaml")
    assert hook["entry"] == "verify"
    assert not hook["pass_filenames"]


@pytest.mark.parametrize("name", ["github-workflow.yml", ".pre-commit-config.yaml"])
def test_no_tabs_and_no_machine_paths(name: str) -> None:
    text = (CI / name).read_text(encoding="utf-8")
    assert "\t" not in text
    assert "/home/" not in text

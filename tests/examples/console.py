"""Runs the `console` blocks of the documents and the examples, and says what they print.

A `console` block holds commands (`$ ...`, continued by a backslash) and, after each, everything
that it prints. The blocks of one document run in order in one scratch folder that holds a copy of
`examples/`; `$?` is the exit code of the command before. Law: a document shows what was printed,
byte for byte, except for times, which read `0.0 s`.

`python -m tests.examples.console --update` writes what is printed into the documents and into the
examples' `expected.txt` and `expected.json`.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from dataclasses import dataclass
from pathlib import Path

from tests.examples.documents import ROOT, Block, blocks, documents, name_of

SENTINEL = "@@ end of output @@"
SECONDS = re.compile(r"\b\d+\.\d+ ?s\b")
EXAMPLES = sorted(path.parent.name for path in ROOT.glob("examples/*/invariants.yaml"))


@dataclass(frozen=True, slots=True)
class Command:
    """One command of a block, as written, and what the document says that it prints."""

    written: tuple[str, ...]
    output: tuple[str, ...]

    @property
    def shell(self) -> str:
        """The command without its prompt."""
        return "\n".join((self.written[0].removeprefix("$ "), *self.written[1:]))


def commands(block: Block) -> list[Command]:
    """The commands of a console block with their outputs."""
    found: list[Command] = []
    written: list[str] = []
    output: list[str] = []
    continued = False
    for line in block.lines:
        if continued or line.startswith("$ "):
            if written and not continued:
                found.append(Command(tuple(written), tuple(output)))
                written, output = [], []
            written.append(line)
            continued = line.endswith("\\")
        else:
            assert written, f"output before the first command: {line}"
            output.append(line)
    found.append(Command(tuple(written), tuple(output)))
    return found


def environment() -> dict[str, str]:
    """A plain terminal of 100 columns in which `verify` is this environment's."""
    scripts = sysconfig.get_path("scripts")
    kept = {key: value for key, value in os.environ.items() if not key.startswith("GITHUB_")}
    path = os.pathsep.join((scripts, kept.get("PATH", os.defpath)))
    plain = {"PATH": path, "NO_COLOR": "1", "COLUMNS": "100", "TERM": "dumb", "LC_ALL": "C.UTF-8"}
    return kept | plain


def run(block: Block, folder: Path) -> list[tuple[str, ...]]:
    """What each command of the block prints, run in `folder`."""
    script = "exec 2>&1\n"
    for command in commands(block):
        script += f"{command.shell}\nkeep=$?; printf '%s\\n' '{SENTINEL}'; (exit $keep)\n"
    done = subprocess.run(
        ["bash", "-c", script],
        cwd=folder,
        env=environment(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=300,
    )
    parts = done.stdout.split(f"{SENTINEL}\n")[:-1]
    assert len(parts) == len(commands(block)), done.stdout + done.stderr
    return [tuple(SECONDS.sub("0.0 s", line) for line in part.splitlines()) for part in parts]


def scratch(folder: Path) -> Path:
    """`folder` with a copy of the examples in it."""
    shutil.copytree(ROOT / "examples", folder / "examples")
    return folder


def rendered(path: Path, folder: Path) -> str:
    """The document as it would read if every console block showed what is printed now."""
    text = path.read_text(encoding="utf-8")
    lines = text.split("\n")
    for block in reversed([block for block in blocks(text) if block.kind == "console"]):
        lines[block.start : block.start + len(block.lines)] = [f"@@{block.start}@@"]
    for block in blocks(text):
        if block.kind == "console":
            shown: list[str] = []
            for command, output in zip(commands(block), run(block, folder), strict=True):
                shown += [*command.written, *output]
            lines[lines.index(f"@@{block.start}@@")] = "\n".join(shown)
    return "\n".join(lines)


def check_example(name: str, folder: Path) -> tuple[int, str, str]:
    """Exit code, text report and JSON report of one example, run in `folder`."""
    report = folder / f"{name}.json"
    place = f"examples/{name}"
    line = [sys.executable, "-m", "verifier", "--deterministic", "--report", f"json={report}"]
    done = subprocess.run(
        [*line, "--invariant", f"{place}/invariants.yaml", "--snapshot", f"{place}/snapshot"],
        cwd=folder,
        env=environment(),
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=300,
    )
    assert report.exists(), done.stdout + done.stderr
    return done.returncode, done.stdout, report.read_text(encoding="utf-8")


def update() -> None:
    """Write what is printed now into documents and examples."""
    with tempfile.TemporaryDirectory() as place:
        folder = scratch(Path(place))
        for name in EXAMPLES:
            code, text, json_text = check_example(name, folder)
            (ROOT / "examples" / name / "expected.txt").write_text(text, encoding="utf-8")
            (ROOT / "examples" / name / "expected.json").write_text(json_text, encoding="utf-8")
            print(f"examples/{name}: exit code {code}")
    for path in documents():
        if "```console" in path.read_text(encoding="utf-8"):
            with tempfile.TemporaryDirectory() as place:
                path.write_text(rendered(path, scratch(Path(place))), encoding="utf-8")
            print(name_of(path))


if __name__ == "__main__":
    if sys.argv[1:] != ["--update"]:
        sys.exit("usage: python -m tests.examples.console --update")
    update()

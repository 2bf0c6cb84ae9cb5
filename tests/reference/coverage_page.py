"""`docs/reference/coverage.md`, made from the code.

    python -m tests.reference.coverage_page --update

Owns the page. Law: nothing on it is claimed by hand. Whether a construct is modelled is what the
reader makes of its specimen; clauses are counted in `specs/semantics`; keys and fields are those of
the reader. A test compares the page with what would be written now.
"""

from __future__ import annotations

import ast
import importlib
import json
import re
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from tests.examples.documents import ROOT
from tests.reference.snapshots import Specimen, plain
from tests.reference.specimens import SPECIMENS
from verifier.model import Gap
from verifier.snapshot import read_snapshot
from verifier.snapshot.catalogue import IRRELEVANT
from verifier.snapshot.resources import KINDS

PAGE = ROOT / "docs" / "reference" / "coverage.md"
SEMANTICS = ROOT / "docs" / "reference" / "semantics.md"
ROW = re.compile(r"^\| \[(?P<stem>\w+)\](?P<link>\(\S+\)) \| (?P<ranges>[^|]+) \|", re.MULTILINE)
CLAUSE = re.compile(r"^\* \*\*(?P<id>[A-Z]+-\d+)\*\*(?P<text>.*)$", re.MULTILINE)
STATUSES = ("documented", "observed", "assumed")
IDS = re.compile(
    r"\barn:\S+[^\s:]|\b(?:rtb|eni|vpce|tgw-attach|tgw-rtb|tgw|vgw|nat|pcx|igw|vpc|subnet|lgw|cagw|"
    r"eice|cvpn-endpoint|sg)-[\w-]+"
)

HEAD = """# Coverage

What becomes of each construct of AWS networking, and of every key and field of a snapshot. This page is made from the
code (`python -m tests.reference.coverage_page --update`), and a test fails if the two drift apart: each construct is put
into a small snapshot that is complete otherwise, and the page says what the reader left open.

| word | it means |
|---|---|
| exactly | nothing is left open: the clauses say what every packet meets, and both meanings follow them |
| cautiously | modelled, with a doubt beside it: what the doubt might let pass counts for `never` and `only`, and what it might stop counts for `always` and `some`; where that decides, the verdict is `UNKNOWN` |
| gap | recognised and not modelled: packets that meet it may go anywhere for `never` and `only`, and nowhere for `always` and `some` ([gaps and their polarity](../explanation/gaps.md)) |
"""  # noqa: E501


def left_open(specimen: Specimen | None) -> tuple[Gap, ...]:
    """The gaps of a plain snapshot with the specimen in it."""
    snapshot = plain()
    if specimen is not None:
        specimen.change(snapshot)
    with tempfile.TemporaryDirectory() as folder:
        for name, content in {"all": snapshot.listings, **snapshot.files}.items():
            (Path(folder) / f"{name}.json").write_text(json.dumps(content), encoding="utf-8")
        return read_snapshot([folder]).network.gaps


def status(gaps: tuple[Gap, ...]) -> str:
    """The word of the page."""
    if not gaps:
        return "exactly"
    return "gap" if any(map(_unmodelled, gaps)) else "cautiously"


def _unmodelled(gap: Gap) -> bool:
    """True iff the construct is not modelled, and not only something that it may do besides."""
    beside = gap.clause == "GAP-11" or not gap.clause.startswith("GAP-")
    return not beside or "not modelled" in gap.detail or "not in the snapshot" in gap.detail


def _said(gaps: tuple[Gap, ...]) -> str:
    lines = dict.fromkeys(
        f"{IDS.sub('it', gap.detail).replace('|', '/')} ({gap.clause})" for gap in gaps
    )
    return "; ".join(lines)


def constructs() -> Iterator[str]:
    section = ""
    for specimen in SPECIMENS:
        if specimen.section != section:
            section = specimen.section
            yield f"\n## {section}\n"
            yield "| construct | in the snapshot | modelled | what is left open |"
            yield "|---|---|---|---|"
        gaps = left_open(specimen)
        yield f"| {specimen.construct} | {specimen.shown} | {status(gaps)} | {_said(gaps)} |"


def clauses() -> Iterator[str]:
    yield "\n## The clauses\n"
    yield "What is modelled is written down in numbered clauses, each with a source."
    yield ""
    yield "| file | clauses | documented | observed | assumed |"
    yield "|---|---|---|---|---|"
    for path in sorted((ROOT / "specs" / "semantics").glob("*.md")):
        found = [(match["id"], match["text"]) for match in CLAUSE.finditer(path.read_text("utf-8"))]
        if found:
            counts = Counter(one for _, text in found for one in STATUSES if one in text)
            numbers = " | ".join(str(counts[one]) for one in STATUSES)
            link = f"[{path.stem}](../../specs/semantics/{path.name})"
            yield f"| {link} | {_ranges([name for name, _ in found])} | {numbers} |"


def clause_ranges() -> dict[str, str]:
    """The clauses of each file of `specs/semantics`, as `X-1 to X-9`."""
    found = {
        path.stem: [match["id"] for match in CLAUSE.finditer(path.read_text("utf-8"))]
        for path in (ROOT / "specs" / "semantics").glob("*.md")
    }
    return {stem: _ranges(names) for stem, names in found.items() if names}


def with_ranges(text: str) -> str:
    """The page of the clauses with the range that each of its rows has now."""
    found = clause_ranges()

    def row(match: re.Match[str]) -> str:
        return f"| [{match['stem']}]{match['link']} | {found[match['stem']]} |"

    return ROW.sub(row, text)


def _ranges(names: list[str]) -> str:
    by_word: dict[str, list[str]] = {}
    for name in names:
        by_word.setdefault(name.rpartition("-")[0], []).append(name)
    return ", ".join(
        found[0] if len(found) == 1 else f"{found[0]} to {found[-1]}" for found in by_word.values()
    )


def fields() -> Mapping[str, tuple[list[str], list[str]]]:
    """Object of AWS to the fields that are used, and those that are known to say nothing here."""
    calls: dict[str, Any] = {}
    used: dict[int, set[str]] = {}
    for path in sorted((ROOT / "verifier" / "snapshot").glob("*.py")):
        tree = ast.parse(path.read_text("utf-8"))
        module: Any = importlib.import_module(f"verifier.snapshot.{path.stem}")
        for known, wires in _wires(tree):
            annotations = (getattr(module, wire).__annotations__ for wire in wires)
            used.setdefault(id(getattr(module, known)), set()).update(*annotations)
        for call in ast.walk(tree):
            match call:
                case ast.Call(
                    func=ast.Attribute(attr="unknown_fields"),
                    args=[ast.Constant(value=str(name)), ast.Name(id=known), *_],
                ):
                    calls[name] = getattr(module, known)
    return {
        name: (sorted(used[id(known)] & known), sorted(known - used[id(known)]))
        for name, known in sorted(calls.items())
    }


def _wires(tree: ast.Module) -> Iterator[tuple[str, list[str]]]:
    """For each set of known fields of a module: the types of which it names the annotations."""
    for node in tree.body:
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value:
            yield (
                node.target.id,
                [
                    inner.value.id
                    for inner in ast.walk(node.value)
                    if isinstance(inner, ast.Attribute)
                    and inner.attr == "__annotations__"
                    and isinstance(inner.value, ast.Name)
                ],
            )


def keys() -> Iterator[str]:
    yield "\n## Top-level keys\n"
    yield "Read: " + ", ".join(f"`{key}`" for key in sorted(KINDS)) + "."
    yield ""
    yield (
        "Known, and without effect on what the model says: "
        + ", ".join(f"`{key}`" for key in sorted(IRRELEVANT - KINDS.keys()))
        + "."
    )
    yield ""
    yield "Any other key is listed as an assumption, and is a gap under `--strict` (GAP-14)."


def objects() -> Iterator[str]:
    yield "\n## Fields\n"
    yield (
        "Any other field is listed as an assumption, and is a gap under `--strict` (GAP-14). A"
        " value that is not known in a field that is used is always a gap."
    )
    yield ""
    yield "| object | used | without effect |"
    yield "|---|---|---|"
    for name, (used, ignored) in fields().items():
        cells = (", ".join(f"`{one}`" for one in part) for part in (used, ignored))
        yield f"| {name} | {' | '.join(cells)} |"


def page() -> str:
    """The whole page."""
    lines = [*HEAD.splitlines(), *constructs(), *clauses(), *keys(), *objects()]
    return "\n".join(line.rstrip() for line in "\n".join(lines).splitlines()) + "\n"


if __name__ == "__main__":
    if sys.argv[1:] != ["--update"]:
        sys.exit("usage: python -m tests.reference.coverage_page --update")
    PAGE.write_text(page(), encoding="utf-8")
    SEMANTICS.write_text(with_ranges(SEMANTICS.read_text(encoding="utf-8")), encoding="utf-8")

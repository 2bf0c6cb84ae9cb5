"""The project's documents, taken apart: fenced blocks, links, headings.

Law: whatever a document shows as a session (`console`), a specification (`yaml`), data (`json`) or
a script (`sh`, `bash`) is found here, whichever document it stands in, so that a test can run it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FENCE = re.compile(r"^(?P<indent> *)(?P<ticks>```+)(?P<kind>[a-z]*)\s*$")
HEADING = re.compile(r"^#{1,6} +(?P<text>.+?)\s*#*$")
LINK = re.compile(r"(?<!\!)\[(?:[^\]\[]|\[[^\]]*\])*\]\((?P<target>[^)\s]+)\)")
CODE = re.compile(r"`[^`]*`")


def documents() -> list[Path]:
    """Every Markdown document of the project, in order of its path."""
    folders = ("docs", "examples", "specs", "tests", "bench")
    found = [path for name in folders for path in (ROOT / name).rglob("*.md")]
    return sorted([*ROOT.glob("*.md"), *found])


def name_of(path: Path) -> str:
    """The path from the root of the project, for test ids and messages."""
    return path.relative_to(ROOT).as_posix()


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block: its kind, its text, and the lines (from 0) of the text in the document."""

    kind: str
    lines: tuple[str, ...]
    start: int

    @property
    def text(self) -> str:
        """The whole text, each line ended."""
        return "".join(f"{line}\n" for line in self.lines)


def blocks(text: str) -> Iterator[Block]:
    """The fenced blocks of a document, in order; a block that is never closed is an error."""
    lines = text.split("\n")
    number = 0
    while number < len(lines):
        opening = FENCE.match(lines[number])
        number += 1
        if opening is None:
            continue
        start, indent = number, len(opening["indent"])
        while number < len(lines) and lines[number].strip() != opening["ticks"]:
            number += 1
        assert number < len(lines), f"the block that opens in line {start} is never closed"
        yield Block(opening["kind"], tuple(line[indent:] for line in lines[start:number]), start)
        number += 1


def prose(text: str) -> str:
    """The document without its fenced blocks, with as many lines."""
    lines = text.split("\n")
    for block in blocks(text):
        for number in range(block.start - 1, block.start + len(block.lines) + 1):
            lines[number] = ""
    return "\n".join(lines)


def links(text: str) -> list[str]:
    """The targets of all links outside code."""
    return [match["target"] for match in LINK.finditer(CODE.sub("code", prose(text)))]


def anchors(text: str) -> set[str]:
    """The anchors that GitHub gives to the headings of a document."""
    found: set[str] = set()
    for line in prose(text).split("\n"):
        heading = HEADING.match(line)
        if heading is None:
            continue
        words = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading["text"]).lower()
        slug = re.sub(r"[^\w\- ]", "", words).replace(" ", "-")
        found.add(slug if slug not in found else f"{slug}-1")
    return found

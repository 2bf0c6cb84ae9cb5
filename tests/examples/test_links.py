"""Every relative link in the documents leads somewhere, heading included."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import unquote

import pytest

from tests.examples.documents import ROOT, anchors, documents, links, name_of


def broken(path: Path) -> list[str]:
    """The relative links of a document that lead nowhere or out of the project."""
    found = []
    for target in links(path.read_text(encoding="utf-8")):
        if "://" in target or target.startswith("mailto:"):
            continue
        place, _, anchor = unquote(target).partition("#")
        goal = (path.parent / place).resolve() if place else path
        there = goal.is_relative_to(ROOT) and goal.exists()
        if not there or (anchor and anchor not in anchors(goal.read_text(encoding="utf-8"))):
            found.append(target)
    return found


@pytest.mark.parametrize("path", documents(), ids=name_of)
def test_links_lead_somewhere(path: Path) -> None:
    assert broken(path) == []


def test_every_page_of_the_documentation_can_be_reached() -> None:
    seen: set[Path] = set()
    queue = [ROOT / "README.md"]
    while queue:
        page = queue.pop()
        if page in seen or page.suffix != ".md":
            continue
        seen.add(page)
        for target in links(page.read_text(encoding="utf-8")):
            place = unquote(target).partition("#")[0]
            if place and "://" not in place and (page.parent / place).is_file():
                queue.append((page.parent / place).resolve())
    assert sorted(map(name_of, set(documents()) - seen)) == []


def test_a_broken_link_is_found() -> None:
    text = "# A heading, quoted `x`\n[a](b.md) `[no](link.md)`\n```sh\n[no](link.md)\n```\n"
    assert links(text) == ["b.md"]
    assert anchors(text) == {"a-heading-quoted-x"}

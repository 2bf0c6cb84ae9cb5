"""Where invariants come from: files, folders, packs that ship with the tool, one statement.

Law: a mistake of syntax in a statement on the command line is wrong usage (exit 2); whatever is
wrong with a file or a name is unreadable input (exit 3). Statements are looked at first, so that
the worse of the two is told (precedence of exit codes).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from verifier.errors import SpecError

KEYWORD: Final = re.compile(r"\s*(never|always|some|only|isolated)\s", re.IGNORECASE)
PACK: Final = "pack:"


def exists(path: Path) -> bool:
    """True iff there is such a file or folder; text that no path can be is none."""
    try:
        return path.exists()
    except (OSError, ValueError):
        return False


def is_path(value: str, folder: Path = Path()) -> bool:
    """True iff `--invariant` means a file or a folder by this value."""
    if value.startswith(PACK):
        return False
    if exists(folder / value):
        return True
    return not KEYWORD.match(value) and (value.endswith((".yaml", ".yml")) or "/" in value)


def is_statement(value: str) -> bool:
    """True iff `--invariant` means a statement by this value."""
    return not value.startswith(PACK) and not is_path(value)


@dataclass(frozen=True, slots=True)
class SpecFile:
    """A specification file; `pack` is its name as a pack, None for a file of the user's."""

    path: Path
    pack: str | None = None

    @property
    def name(self) -> str:
        """How messages and reports call it, the same on every machine."""
        return str(self.path) if self.pack is None else f"{PACK}{self.pack}"


def spec_files(value: str) -> tuple[SpecFile, ...]:
    """The files that a path or `pack:NAME` stands for, in ascending order of path."""
    if value.startswith(PACK):
        name = value.removeprefix(PACK)
        return (SpecFile(_pack(name), name),)
    path = Path(value)
    if not exists(path):
        raise SpecError(
            value,
            "no such file or folder; a statement starts with `never`, `always`, `some`, `only` or "
            "`isolated`",
        )
    if not path.is_dir():
        return (SpecFile(path),)
    found = [*path.rglob("*.yaml"), *path.rglob("*.yml")]
    return tuple(SpecFile(file) for file in sorted(found) if file.is_file())


def _pack(name: str) -> Path:
    known = {path.stem: path for path in packs()}
    if name not in known:
        from difflib import get_close_matches

        close = get_close_matches(name, sorted(known), n=1)
        advice = (
            f"did you mean `{PACK}{close[0]}`"
            if close
            else "known packs are " + ", ".join(f"`{known_name}`" for known_name in sorted(known))
        )
        raise SpecError(f"{PACK}{name}", f"no such pack; {advice}")
    return known[name]


def packs() -> tuple[Path, ...]:
    """The files of all packs: in an installed tool beside the code, else in the source tree."""
    package = Path(__file__).parent.parent
    for folder in (package / "packs", package.parent / "specs" / "packs"):
        if folder.is_dir():
            return tuple(sorted(folder.glob("*.yaml")))
    return ()

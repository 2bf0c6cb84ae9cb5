"""Faults in the code itself: one line of a module changed while it is being imported.

`specs/faults.toml` lists them: a file, an exact piece of its text that occurs once, and what
stands there instead. Law: nothing on disk changes; a fault whose text no longer occurs is an error
(`StaleFaultError`), so that the catalogue keeps up with the code.
"""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import importlib.util
import sys
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import CodeType, ModuleType

ROOT = Path(__file__).resolve().parents[2]
CATALOGUE = ROOT / "specs" / "faults.toml"


class StaleFaultError(Exception):
    """The text that a fault changes does not occur exactly once in its file."""


@dataclass(frozen=True)
class Fault:
    """One entry of the catalogue."""

    id: str
    clause: str
    what: str
    file: str
    old: str
    new: str
    network: int = 0
    """The seed on which it was found last, where to look first."""

    @property
    def meaning(self) -> str:
        """`evaluate` or `encode` (with topology and solve), or `certify`, which is neither."""
        part = self.file.split("/")[1]
        return part if part in ("evaluate", "certify") else "encode"

    @property
    def module(self) -> str:
        """The dotted name of the module that is changed."""
        parts = Path(self.file).with_suffix("").parts
        return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)

    def source(self) -> str:
        """The module's text with the fault in it."""
        text = (ROOT / self.file).read_text(encoding="utf-8")
        if text.count(self.old) != 1:
            raise StaleFaultError(
                f"{self.id}: the text to change occurs {text.count(self.old)} times in {self.file}"
            )
        return text.replace(self.old, self.new)


def catalogue(path: Path = CATALOGUE) -> list[Fault]:
    """Every fault, in the order of the file."""
    with path.open("rb") as file:
        return [Fault(**entry) for entry in tomllib.load(file)["fault"]]


def remember(found: Mapping[str, int], path: Path = CATALOGUE) -> None:
    """Write into the catalogue on which network each fault was found, by its id."""
    blocks = path.read_text(encoding="utf-8").split("[[fault]]\n")
    for at, block in enumerate(blocks):
        lines = [line for line in block.splitlines() if not line.startswith("network = ")]
        name = next((line for line in lines if line.startswith("id = ")), "")
        seed = found.get(name.removeprefix("id = ").strip('"'))
        if seed is not None:
            lines.insert(lines.index(name) + 1, f"network = {seed}")
            blocks[at] = "\n".join(lines) + "\n"
    path.write_text("[[fault]]\n".join(blocks), encoding="utf-8")


class _Loader(importlib.machinery.SourceFileLoader):
    def __init__(self, fault: Fault, text: str) -> None:
        super().__init__(fault.module, str(ROOT / fault.file))
        self.text = text

    def get_code(self, fullname: str) -> CodeType:
        del fullname
        return compile(self.text, self.path, "exec")


class _Finder(importlib.abc.MetaPathFinder):
    def __init__(self, fault: Fault, text: str) -> None:
        self.fault = fault
        self.text = text

    def find_spec(
        self, fullname: str, path: object, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        del path, target
        if fullname != self.fault.module:
            return None
        package = [str((ROOT / self.fault.file).parent)]
        return importlib.util.spec_from_file_location(
            fullname,
            ROOT / self.fault.file,
            loader=_Loader(self.fault, self.text),
            submodule_search_locations=package if self.fault.file.endswith("__init__.py") else None,
        )


def install(fault: Fault) -> None:
    """Put the fault in place; its module must not have been imported yet."""
    if fault.module in sys.modules:
        raise RuntimeError(f"{fault.module} has been imported already")
    sys.meta_path.insert(0, _Finder(fault, fault.source()))

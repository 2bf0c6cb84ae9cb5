"""Settings from `verifier.toml`, or from `[tool.verifier]` in `pyproject.toml`.

The nearest folder, from the working directory upwards, that has one of them counts; in one folder
`verifier.toml` wins. Keys are the long options without their dashes. Paths are taken from the
file's own folder. Law: an unknown key or a value of the wrong type is an error that names the file;
the command line wins over every setting.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Final

from verifier.errors import UsageError

TEXTS: Final = frozenset({"invariant", "snapshot", "only", "report"})
FLAGS: Final = frozenset({"strict", "deterministic", "quiet", "verbose"})
PATHS: Final = frozenset({"packets", "smt-dir"})
WORDS: Final = frozenset({"format", "fail-on"})
NUMBERS: Final = frozenset({"timeout", "jobs", "max-counterexamples"})
KEYS: Final = TEXTS | FLAGS | PATHS | WORDS | NUMBERS
PARAMETERS: Final = {"format": "form"}
SHARED: Final = {"trace": ("snapshot", "strict"), "inventory": ("snapshot", "strict")}


class Settings(Mapping[str, Any]):
    """Default values for click, read when the first of them is asked for.

    Keys are parameter names of the main command, and names of subcommands, whose values are such
    mappings again.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._read: dict[str, Any] | None = None

    def _values(self) -> dict[str, Any]:
        if self._read is None:
            self._read = load(self._folder)
        return self._read

    def __getitem__(self, key: str) -> Any:
        return self._values()[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values())

    def __len__(self) -> int:
        return len(self._values())


def load(folder: Path) -> dict[str, Any]:
    """The settings that hold in the folder, as `Settings` has them; empty if there are none."""
    for place in (folder, *folder.parents):
        own, project = place / "verifier.toml", place / "pyproject.toml"
        if own.is_file():
            return checked(own, _parse(own))
        if project.is_file():
            tool = _parse(project).get("tool", {})
            if isinstance(tool, dict) and "verifier" in tool:
                return checked(project, tool["verifier"], "tool.verifier.")
    return {}


def _parse(path: Path) -> dict[str, Any]:
    import tomllib

    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise UsageError(f"{path}: cannot be read: {error}") from None


def checked(path: Path, table: object, prefix: str = "") -> dict[str, Any]:
    """The table's values by parameter name, each of its type."""
    if not isinstance(table, dict):
        raise UsageError(f"{path}: `{prefix.rstrip('.')}` is not a table")
    values: dict[str, Any] = {}
    for key, value in table.items():
        if key not in KEYS:
            raise UsageError(f"{path}: unknown setting `{prefix}{key}`{_nearest(key)}")
        values[PARAMETERS.get(key, key.replace("-", "_"))] = _typed(
            path, f"{prefix}{key}", key, value
        )
    for command, keys in SHARED.items():
        values[command] = {key: values[key] for key in keys if key in values}
    return values


def _nearest(key: str) -> str:
    found = get_close_matches(key.replace("_", "-"), sorted(KEYS), n=1)
    return f", did you mean `{found[0]}`" if found else f", known are {', '.join(sorted(KEYS))}"


def _typed(path: Path, place: str, key: str, value: object) -> Any:
    if key in FLAGS and isinstance(value, bool):
        return value
    if key in NUMBERS and isinstance(value, (int, float, str)) and not isinstance(value, bool):
        return str(value)
    if key in WORDS and isinstance(value, str):
        return value
    if key in PATHS and isinstance(value, str):
        return str(path.parent / value)
    if key in TEXTS:
        items = [value] if isinstance(value, str) else value
        if isinstance(items, list) and all(isinstance(item, str) for item in items):
            return [_located(path.parent, key, item) for item in items]
    raise UsageError(f"{path}: `{place}` is {_expected(key)}, not `{value}`")


def _expected(key: str) -> str:
    if key in FLAGS:
        return "true or false"
    if key in NUMBERS:
        return "a number"
    return "a text or a list of texts" if key in TEXTS else "a text"


def _located(folder: Path, key: str, item: str) -> str:
    """A path in a list, taken from the file's folder; statements, packs and globs as they are."""
    if key == "report":
        form, equals, path = item.partition("=")
        return f"{form}={folder / path}" if equals else item
    if key == "snapshot":
        return item if item == "-" else str(folder / item)
    if key == "invariant":
        from verifier.cli.sources import is_path

        return str(folder / item) if is_path(item, folder) else item
    return item

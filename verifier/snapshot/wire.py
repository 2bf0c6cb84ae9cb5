"""What all wire types share: where a value stands, scalars, tags, and the check of types.

A wire type is a `TypedDict` with AWS's own field names; it names the fields that are *used*, and
beside it stands the set of the *irrelevant* ones. One pass of pydantic over each list checks every
type in strict mode (no number is taken for a text); its output is thrown away and the values
themselves are lifted, which costs less than to build a second copy.

Law: a value that is null or an empty text is an absent value.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Annotated, Final, NamedTuple, Required, TypeVar

from annotated_types import Interval, MinLen
from typing_extensions import TypedDict

from verifier.errors import SnapshotError
from verifier.packet import Address, Prefix
from verifier.snapshot.source import Source, shown

if TYPE_CHECKING:
    from pydantic import TypeAdapter
    from pydantic_core import ErrorDetails

Id = Annotated[str, MinLen(1)]
Int = Annotated[int, Interval(ge=-(1 << 31), lt=1 << 31)]
"""AWS's `Integer`."""
Value = TypeVar("Value")
WHOLE: Final = -1
"""The index of what is not in a list."""


class Origin(NamedTuple):
    """Where an object stands: `source` and JSON path `path[index]tail`."""

    source: Source
    path: str
    position: int
    tail: str = ""

    def error(self, tail: str, message: str) -> SnapshotError:
        """An error at `tail` below this place."""
        return SnapshotError(f"{self}{tail}", message)

    def below(self, tail: str) -> Origin:
        """A place within this one."""
        return self._replace(tail=self.tail + tail)

    def __str__(self) -> str:
        index = "" if self.position == WHOLE else f"[{self.position}]"
        return f"{shown(self.source.path)}: {self.path}{index}{self.tail}"


class TagWire(TypedDict, total=False):
    """A tag."""

    Key: Required[str]
    Value: str | None


class StateWire(TypedDict, total=False):
    """A state, as several resources have it."""

    State: str | None


def tags_of(tags: Sequence[TagWire] | None) -> Mapping[str, str]:
    """Tags as a mapping; a tag without value has an empty one."""
    return {tag["Key"]: tag.get("Value") or "" for tag in tags} if tags else NO_TAGS


NO_TAGS: Final[Mapping[str, str]] = {}

address_of = lru_cache(maxsize=1 << 16)(Address.parse)
prefix_of = lru_cache(maxsize=1 << 16)(Prefix.parse)


def holds(block: Prefix, address: Address) -> bool:
    """True iff the address is in the block."""
    return block.family == address.family and block.first <= address.value <= block.last


def parsed(
    parse: Callable[[str], Value], text: str, origin: Origin, tail: str, family: int | None = None
) -> Value:
    """The value that the text stands for; SnapshotError at `tail` iff there is none."""
    try:
        value = parse(text)
    except ValueError as error:
        raise origin.error(tail, shown(str(error))) from None
    if family is not None and isinstance(value, Address | Prefix) and value.family != family:
        raise origin.error(tail, f"`{text}` is not of IPv{family}")
    return value


def validate(adapter: TypeAdapter[object], value: object, source: Source, at: str) -> None:
    """Check the types of everything below the JSON path `at`; SnapshotError iff one is wrong."""
    from pydantic import ValidationError

    try:
        adapter.validate_python(value, strict=True)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False)[0]
        raise _type_error(first, source, at, error.error_count()) from None


_EXPECTED: Final = {
    "string_type": "a text",
    "string_too_short": "a text that is not empty",
    "int_type": "an integer",
    "less_than": "a smaller number",
    "greater_than_equal": "a larger number",
    "bool_type": "`true` or `false`",
    "list_type": "a list",
    "dict_type": "an object",
}


def _type_error(error: ErrorDetails, source: Source, at: str, count: int) -> SnapshotError:
    path = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in error["loc"])
    found = error["input"]
    if error["type"] == "missing":
        wanted = str(error["loc"][-1])
        near = difflib.get_close_matches(wanted, [str(name) for name in found], 1)
        advice = f"; the nearest name there is `{near[0]}`" if near else ""
        text = f"`{wanted}` is missing{advice}"
        path = path.removesuffix(f".{wanted}")
    else:
        expected = _EXPECTED.get(error["type"], error["msg"].lower())
        text = f"found {described(found)}, expected {expected}"
    more = f" ({count - 1} more like this)" if count > 1 else ""
    return SnapshotError(f"{shown(source.path)}: {at}{path}", text + more)


def described(value: object) -> str:
    """A value of JSON for an error message, cut where it is long."""
    match value:
        case dict():
            return "an object"
        case list():
            return "a list"
        case None:
            return "null"
        case bool():
            return f"`{str(value).lower()}`"
        case str():
            text = shown(value)
            return f'`"{text[:60]}{"..." if len(text) > 60 else ""}"`'
        case _:
            return f"`{str(value)[:60]}`" if not _endless(value) else "a huge number"


def _endless(value: object) -> bool:
    return isinstance(value, int) and abs(value) >= 10**60

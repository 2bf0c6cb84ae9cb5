"""From bytes to one JSON document.

Owns text encodings and JSON's grammar. Law: whatever the bytes, the result is an object whose keys
are distinct at every level and whose texts can be encoded, or a `SnapshotError` with the place.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Final, NoReturn

from verifier.errors import SnapshotError
from verifier.snapshot.catalogue import key_of_resource
from verifier.snapshot.source import shown

_ESCAPED_SURROGATE: Final = re.compile(r"\\u[dD][89a-fA-F]")
_ADVICE: Final = "expected the output of `aws ... --output json`"


class _NotJsonError(Exception):
    """Python's JSON reader accepts this, JSON (or common sense) does not."""


def decode(data: bytes, path: str) -> dict[str, object]:
    """The document in `data`, in UTF-8, UTF-16 or UTF-32, with or without byte order mark."""
    place = shown(path)
    document = _parse(_text(data, place), place)
    if isinstance(document, list):
        raise SnapshotError(place, _bare_list(document))
    if not isinstance(document, dict):
        raise SnapshotError(place, "found a bare value, expected an object with a key like `Vpcs`")
    return document


def _text(data: bytes, place: str) -> str:
    encoding = json.detect_encoding(data)
    try:
        return data.decode(encoding).removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        raise SnapshotError(
            place, f"is not {error.encoding} text ({error.reason} at byte {error.start})"
        ) from None


def _parse(text: str, place: str) -> object:
    if not text.strip():
        raise SnapshotError(place, f"is empty; {_ADVICE}")
    try:
        document: object = json.loads(text, object_pairs_hook=_object, parse_constant=_constant)
    except json.JSONDecodeError as error:
        raise SnapshotError(f"{place}:{error.lineno}:{error.colno}", _grammar(error)) from None
    except _NotJsonError as error:
        raise SnapshotError(place, str(error)) from None
    except RecursionError:
        raise SnapshotError(place, "is nested too deeply for AWS output") from None
    except ValueError:
        raise SnapshotError(place, "has a number of more digits than any in AWS output") from None
    if _ESCAPED_SURROGATE.search(text):
        _check_texts(document, place)
    return document


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise _NotJsonError(f"one object has the key `{_printable(twice)}` twice")
    return found


def _constant(name: str) -> NoReturn:
    raise _NotJsonError(f"`{name}` is not JSON")


def _grammar(error: json.JSONDecodeError) -> str:
    if error.msg == "Extra data":
        return (
            "a second JSON document begins here; write the output of each command to a file of"
            " its own"
        )
    return f"is not JSON ({error.msg.lower()}); {_ADVICE}, whole"


def _check_texts(document: object, place: str) -> None:
    waiting = [document]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            waiting.extend(value)
            waiting.extend(value.values())
        elif isinstance(value, list):
            waiting.extend(value)
        elif isinstance(value, str) and not _encodable(value):
            raise SnapshotError(place, f"`{_printable(value)}` has half of a surrogate pair")


def _encodable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _printable(text: str) -> str:
    return shown(text[:60])


def _bare_list(items: Sequence[object]) -> str:
    first = items[0] if items else None
    key = key_of_resource(first) if isinstance(first, dict) else None
    wanted = f'{{"{key}": [...]}}' if key else "an object with a key like `Vpcs`"
    return f"found a bare list, expected {wanted}; leave `--query` out of the command"

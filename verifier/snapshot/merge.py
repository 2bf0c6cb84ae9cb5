"""One record per resource, out of all files.

Law: a resource that stands in several files is united field by field, objects within it likewise.
Where two of them have a field that is used, they must mean the same (lists without order,
irrelevant fields left out); an absent field is not different. Tags are united. Of the names that
two accounts have for one availability zone the owner's is kept.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from types import NoneType, UnionType
from typing import Any, Generic, NamedTuple, TypeVar, Union, get_args, get_origin, get_type_hints

from typing_extensions import is_typeddict

from verifier.snapshot.wire import Origin, described

W = TypeVar("W", bound=Mapping[str, Any])
TAGS = ("Tags", "TagSet")
ZONE = "AvailabilityZone"
ZONE_ID = "AvailabilityZoneId"

Spread = Mapping[str, Callable[[Any], list[Any]]]
"""For fields whose lists can be grouped in several ways: the list with nothing grouped."""


class Record(NamedTuple, Generic[W]):
    """A resource as read, and where it stands first."""

    wire: W
    origin: Origin


class Records(Generic[W]):
    """The resources of one kind, by their id, in the order of the input."""

    def __init__(
        self, wire_type: type[W], id_fields: tuple[str, ...], spread: Spread | None = None
    ) -> None:
        self.wire_type = wire_type
        self.id_fields = id_fields
        self._spread = spread or {}
        self._found: dict[str, Record[W]] = {}

    def add(self, wire: W, origin: Origin) -> None:
        """Enter a resource; unite it with the one of the same id, if there is one."""
        key = " ".join([str(wire.get(field)) for field in self.id_fields])
        record = Record(wire, origin)
        present = self._found.setdefault(key, record)
        if present is not record:
            self._found[key] = self._united(present, record)

    def _united(self, first: Record[W], second: Record[W]) -> Record[W]:
        wire: dict[str, Any] = self._fields(first, second, self.wire_type, "")
        for field in TAGS:
            if first.wire.get(field) and second.wire.get(field):
                wire[field] = _united_tags(first, second, field)
        return Record(wire, first.origin)  # type: ignore[arg-type]

    def _fields(
        self, first: Record[Any], second: Record[Any], wire_type: type, place: str
    ) -> dict[str, Any]:
        """The fields of both; SnapshotError iff one that is used means two things."""
        wire: dict[str, Any] = {**second.wire, **_present(first.wire)}
        for field, hint in _hints(wire_type).items():
            one, other = first.wire.get(field), second.wire.get(field)
            inner, below = _plain(hint), f"{place}.{field}"
            if one in (None, "") or other in (None, "") or one == other:
                wire[field] = other if one in (None, "") else one
            elif field == ZONE and _named_apart(first, second):
                wire[field] = (
                    other if second.origin.source.account == _owner(first, second) else one
                )
            elif is_typeddict(inner):
                parts = Record(one, first.origin), Record(other, second.origin)
                wire[field] = self._fields(*parts, inner, below)
            elif field not in TAGS and (
                self._meaning(field, one, hint) != self._meaning(field, other, hint)
            ):
                found = "" if isinstance(other, list) else f"{described(other)} "
                raise second.origin.error(
                    below,
                    f"{found}contradicts what stands at {first.origin}{below}; a snapshot of one"
                    " moment is needed",
                )
        return wire

    def _meaning(self, field: str, value: Any, hint: Any) -> object:
        spread = self._spread.get(field)
        return _canonical(value if spread is None else spread(value), hint)

    def __iter__(self) -> Iterator[Record[W]]:
        return iter(self._found.values())

    def __len__(self) -> int:
        return len(self._found)

    def get(self, key: str) -> Record[W] | None:
        """The resource with this id."""
        return self._found.get(key)


def _present(wire: Mapping[str, Any]) -> dict[str, Any]:
    return {field: value for field, value in wire.items() if value not in (None, "")}


def _owner(first: Record[Any], second: Record[Any]) -> str | None:
    owner: str | None = first.wire.get("OwnerId") or second.wire.get("OwnerId")
    return owner


def _named_apart(first: Record[Any], second: Record[Any]) -> bool:
    """True iff two names of a zone may be those that two accounts have for the same one."""
    ids: list[str | None] = [record.wire.get(ZONE_ID) for record in (first, second)]
    accounts = {record.origin.source.account for record in (first, second)}
    if all(ids):
        return ids[0] == ids[1]
    return None not in accounts and len(accounts) > 1


def _united_tags(first: Record[Any], second: Record[Any], field: str) -> list[dict[str, Any]]:
    """All tags; of two values for one key the resource's owner's is kept.

    Another account may put tags of its own on a shared resource. Within one account two values
    for one key are a contradiction.
    """
    accounts = first.origin.source.account, second.origin.source.account
    owner = _owner(first, second)
    tags = {tag["Key"]: tag for tag in first.wire[field]}
    for tag in second.wire[field]:
        present = tags.setdefault(tag["Key"], tag)
        if (present.get("Value") or "") == (tag.get("Value") or ""):
            continue
        if accounts[0] == accounts[1]:
            raise second.origin.error(
                f".{field}",
                f"the tag `{tag['Key']}` contradicts the one at {first.origin}.{field}",
            )
        if accounts[1] == owner:
            tags[tag["Key"]] = tag
    return list(tags.values())


@lru_cache(maxsize=64)
def _hints(wire_type: type) -> dict[str, Any]:
    return get_type_hints(wire_type)


def _plain(hint: Any) -> Any:
    """The type without `None`."""
    if get_origin(hint) in (Union, UnionType):
        return next(part for part in get_args(hint) if part is not NoneType)
    return hint


def _canonical(value: Any, hint: Any) -> object:
    """The value without order of lists and without fields that are not used."""
    hint = _plain(hint)
    if get_origin(hint) is list:
        inner = get_args(hint)[0]
        return frozenset(_canonical(item, inner) for item in value)
    if is_typeddict(hint):
        return frozenset(
            (field, _canonical(value[field], inner))
            for field, inner in _hints(hint).items()
            if field not in TAGS and value.get(field) not in (None, "")
        )
    return value

"""From paths to a snapshot: every file is found, decoded, checked and entered by kind.

The cyclic garbage collector rests meanwhile: what is read has no cycles, and looking for them in
millions of fresh objects costs more than the reading.
"""

from __future__ import annotations

import difflib
import gc
import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any, BinaryIO, Final, NamedTuple

from verifier.errors import SnapshotError
from verifier.model import Network
from verifier.snapshot.catalogue import IRRELEVANT, METADATA, UNFOLLOWED
from verifier.snapshot.decode import decode
from verifier.snapshot.instance import ReservationWire, instances_of
from verifier.snapshot.ledger import Ledger
from verifier.snapshot.load_balancer_output import arranged
from verifier.snapshot.network import assemble
from verifier.snapshot.network_firewall_output import arranged_firewalls
from verifier.snapshot.resources import KINDS, Resources
from verifier.snapshot.source import Budget, Source, find, read, shown
from verifier.snapshot.unfollowed import arranged_associations
from verifier.snapshot.wire import WHOLE, Origin, validate

if TYPE_CHECKING:
    from pydantic import TypeAdapter

ENTRIES: Final = "Entries"
OF_TRANSIT_TABLE: Final = ("Routes", "Associations", "TransitGatewayRouteTablePropagations")
"""What AWS prints by route table of a transit gateway, without saying which it is."""
SINGLE: Final = {
    ENTRIES: "$",
    "VpcBlockPublicAccessOptions": "$.VpcBlockPublicAccessOptions",
    **dict.fromkeys(OF_TRANSIT_TABLE, "$"),
}
"""Keys whose value is one object, and where it stands."""

TOKENS: Final = ("NextToken", "nextToken", "NextMarker")
"""What a listing that is not whole ends with."""

_RELEVANT: Final = frozenset(KINDS) | {"Reservations"}


@dataclass(frozen=True, slots=True)
class InputFile:
    """One file that was read."""

    path: str
    sha256: str
    kind: str = "aws-describe"


class Scope(NamedTuple):
    """An account and Region; None where the folders' names do not say."""

    account: str | None
    region: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """What was read.

    `keys` are the top-level keys found, by what the folders' names say of account and Region;
    `wanted` are calls about single resources that are missing, by key and ARN.
    """

    network: Network
    inputs: tuple[InputFile, ...] = ()
    warnings: tuple[str, ...] = ()
    keys: Mapping[Scope, frozenset[str]] = field(default_factory=dict)
    wanted: tuple[tuple[str, str], ...] = ()


def read_snapshot(
    paths: Sequence[str], *, strict: bool = False, stdin: BinaryIO | None = None
) -> Snapshot:
    """The snapshot in these files and folders, merged into one network.

    `-` reads `stdin`. With `strict`, fields that are not known are gaps. SnapshotError iff
    something cannot be read, is of a wrong type, or contradicts itself.
    """
    with _without_collector():
        return _read(paths, strict, stdin)  # what was read beside the result is gone on return


def _read(paths: Sequence[str], strict: bool, stdin: BinaryIO | None) -> Snapshot:
    reading = _Reading()
    for source in find(paths):
        reading.take(source, stdin)
    if not reading.relevant:
        where = ", ".join(map(shown, paths)) or "no input"
        raise SnapshotError(
            "",
            f"no AWS output in {where}: expected keys such as `Vpcs`, `Subnets`,"
            " `NetworkInterfaces`",
        )
    network = assemble(reading.resources, reading.ledger, strict)
    keys = sorted(reading.resources.keys.items(), key=lambda item: tuple(map(str, item[0])))
    return Snapshot(
        network=network,
        inputs=tuple(reading.inputs),
        warnings=reading.ledger.warnings,
        keys={Scope(*scope): frozenset(found) for scope, found in keys},
        wanted=reading.ledger.wanted,
    )


@contextmanager
def _without_collector() -> Iterator[None]:
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


class _Reading:
    """Enters files one by one."""

    def __init__(self) -> None:
        self.resources = Resources()
        self.ledger = Ledger()
        self.inputs: list[InputFile] = []
        self.relevant = False
        self._budget = Budget()

    def take(self, source: Source, stdin: BinaryIO | None) -> None:
        """Read one file and enter what it has."""
        data = read(source, self._budget, stdin)
        path = shown(source.path)
        self.inputs.append(InputFile(path, hashlib.sha256(data).hexdigest()))
        document = arranged_firewalls(arranged(decode(data, source.path), source))
        document = arranged_associations(document)
        if ENTRIES in document:
            document = {**document, ENTRIES: _entries(document, source)}
            document.pop("PrefixListId", None)
        document = _of_transit_table(document, source)
        found = self.resources.keys.setdefault((source.account, source.region), set())
        for key, value in document.items():
            if key in _RELEVANT:
                self._enter(key, value, source)
                self.relevant = True
                found.add(key)
            elif key not in METADATA:
                self._other(key, value, path)
        token = next((name for name in TOKENS if document.get(name)), None)
        if token and not _RELEVANT.isdisjoint(document):
            cut = sorted(_RELEVANT & document.keys())
            self.resources.cut.update(cut)
            self.ledger.incomplete(
                path,
                f"the listing of {', '.join(cut)} ends with a `{token}`: it is not whole",
            )

    def _enter(self, key: str, value: object, source: Source) -> None:
        records = self.resources.records
        if key in SINGLE:
            validate(_adapter(key), value, source, SINGLE[key])
            records[key].add(value, Origin(source, SINGLE[key], WHOLE))
            return
        validate(_adapter(key), value, source, f"$.{key}")
        assert isinstance(value, list)
        for index, wire in enumerate(value):
            origin = Origin(source, f"$.{key}", index)
            if key == "Reservations":
                for instance, place in instances_of(wire, origin, self.ledger):
                    records["Instances"].add(instance, place)
            else:
                records[key].add(wire, origin)

    def _other(self, key: str, value: object, path: str) -> None:
        if key in UNFOLLOWED and value:
            self.ledger.assume("GAP-11", UNFOLLOWED[key])
        if key in IRRELEVANT:
            return
        near = difflib.get_close_matches(key, sorted(_RELEVANT), 1)
        advice = f"; the nearest known key is `{near[0]}`" if near else ""
        name = shown(key[:60])
        self.ledger.warn(f"{path}: the key `{name}` is not known{advice}")
        if name[:1].isupper():
            self.ledger.unknown_keys.add(name)


def _entries(document: Mapping[str, object], source: Source) -> dict[str, object]:
    """The entries of a prefix list, with the list's id from beside them or from the file's name."""
    list_id = document.get("PrefixListId")
    if list_id is None and source.stem.startswith("pl-"):
        list_id = source.stem
    if list_id is None:
        raise SnapshotError(
            f"{shown(source.path)}: $.{ENTRIES}",
            "it is not said which prefix list this is; name the file after it, `pl-....json`",
        )
    return {"PrefixListId": list_id, ENTRIES: document[ENTRIES]}


_TRANSIT_TABLE: Final = re.compile(r"tgw-rtb-[0-9A-Za-z]+")


def _of_transit_table(document: dict[str, object], source: Source) -> dict[str, object]:
    """The document with what is about a transit gateway's table bound to that table's id.

    The id stands beside it or in the file's name; outputs of other commands with the same keys are
    left out.
    """
    shown_here = [key for key in OF_TRANSIT_TABLE if key in document]
    if not shown_here:
        return document
    left = {key: value for key, value in document.items() if key not in shown_here}
    more = left.pop("AdditionalRoutesAvailable", None)
    table_id = left.pop("TransitGatewayRouteTableId", None)
    named = _TRANSIT_TABLE.search(source.stem)
    table_id = named[0] if table_id is None and named else table_id
    if table_id is not None:
        for key in shown_here:
            bound = {"TransitGatewayRouteTableId": table_id, "File": source.path}
            left[key] = {**bound, key: document[key], "AdditionalRoutesAvailable": more}
    elif more is not None or OF_TRANSIT_TABLE[-1] in shown_here or _members(document):
        raise SnapshotError(
            f"{shown(source.path)}: $.{shown_here[0]}",
            "it is not said which route table of a transit gateway this is; name the file after"
            " it, `tgw-rtb-....json`",
        )
    return left


def _members(document: Mapping[str, object]) -> bool:
    """True iff the associations are those of a transit gateway's table."""
    listed = document.get("Associations")
    first = listed[0] if isinstance(listed, list) and listed else None
    return isinstance(first, Mapping) and "TransitGatewayAttachmentId" in first


@lru_cache(maxsize=64)
def _adapter(key: str) -> TypeAdapter[Any]:
    from pydantic import TypeAdapter

    wire_type: Any = ReservationWire if key == "Reservations" else KINDS[key].wire_type
    return TypeAdapter(wire_type if key in SINGLE else list[wire_type])

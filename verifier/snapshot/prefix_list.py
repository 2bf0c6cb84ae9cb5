"""Managed prefix lists: their names, and their entries in any of three forms.

`describe-prefix-lists` prints blocks with the list, `describe-managed-prefix-lists` prints lists
without entries, `get-managed-prefix-list-entries` prints entries without the list.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, Required

from typing_extensions import TypedDict

from verifier.model import PrefixList
from verifier.packet import Prefix
from verifier.snapshot.ledger import Ledger
from verifier.snapshot.merge import Record, Records
from verifier.snapshot.wire import Id, Origin, TagWire, parsed, prefix_of, tags_of


class PrefixListWire(TypedDict, total=False):
    """One list."""

    PrefixListId: Required[Id]
    PrefixListName: str | None
    Cidrs: list[str] | None
    OwnerId: str | None
    Tags: list[TagWire] | None


class PrefixListEntryWire(TypedDict, total=False):
    """One entry."""

    Cidr: str | None


class PrefixListEntriesWire(TypedDict, total=False):
    """The entries of one list."""

    PrefixListId: Required[Id]
    Entries: list[PrefixListEntryWire] | None


KNOWN: Final = frozenset(PrefixListWire.__annotations__) | {
    "AddressFamily", "IpamPrefixListResolverSyncEnabled", "IpamPrefixListResolverTargetId",
    "MaxEntries", "PrefixListArn", "State", "StateMessage", "Version",
}  # fmt: skip
KNOWN_ENTRY: Final = frozenset(PrefixListEntryWire.__annotations__) | {"Description"}


def lift_prefix_lists(
    lists: Records[PrefixListWire], entries: Records[PrefixListEntriesWire], ledger: Ledger
) -> dict[str, PrefixList]:
    """The lists whose entries are known."""
    found: dict[str, PrefixList] = {}
    for wire, origin in lists:
        ledger.unknown_fields("PrefixList", KNOWN, wire)
        record = entries.get(wire["PrefixListId"])
        named, cidrs = _entries(record, ledger), _cidrs(wire, origin)
        if named is not None and cidrs is not None and set(named) != set(cidrs):
            raise origin.error(".Cidrs", "contradicts the list's `Entries` in the snapshot")
        prefixes = cidrs if named is None else named
        if prefixes is not None:
            found[wire["PrefixListId"]] = PrefixList(
                id=wire["PrefixListId"],
                prefixes=prefixes,
                name=wire.get("PrefixListName"),
                account=wire.get("OwnerId") or origin.source.account,
                tags=tags_of(wire.get("Tags")),
            )
    for record in entries:
        prefixes = _entries(record, ledger)
        list_id = record.wire["PrefixListId"]
        if list_id not in found and prefixes is not None:
            account = record.origin.source.account
            found[list_id] = PrefixList(id=list_id, prefixes=prefixes, account=account)
    return found


def _cidrs(wire: PrefixListWire, origin: Origin) -> tuple[Prefix, ...] | None:
    texts = wire.get("Cidrs")
    if texts is None:
        return None
    return _prefixes((f".Cidrs[{at}]", text, origin) for at, text in enumerate(texts))


def _entries(
    record: Record[PrefixListEntriesWire] | None, ledger: Ledger
) -> tuple[Prefix, ...] | None:
    entries = record.wire.get("Entries") if record else None
    if record is None or entries is None:
        return None
    for entry in entries:
        ledger.unknown_fields("PrefixListEntry", KNOWN_ENTRY, entry)
    origin = record.origin
    return _prefixes(
        (f".Entries[{at}].Cidr", entry.get("Cidr") or "", origin)
        for at, entry in enumerate(entries)
    )


def _prefixes(texts: Iterable[tuple[str, str, Origin]]) -> tuple[Prefix, ...]:
    return tuple(
        dict.fromkeys(parsed(prefix_of, text, origin, tail) for tail, text, origin in texts)
    )

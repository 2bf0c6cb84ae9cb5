"""Reading: from files of AWS output to a network of facts.

`read_snapshot` is the way in. Each resource has one file here with its wire type (AWS's own field
names, checked by pydantic) and one lift to the model; `network.py` puts the resources together,
`consistency.py` refuses what contradicts itself, and `ledger.py` keeps what is not understood.

Law: every file, whatever is in it, ends in a `Network` or in a `SnapshotError`; whatever in it is
not represented exactly ends in a gap, an assumption or a warning.
"""

from verifier.snapshot.inventory import Inventory, inventory
from verifier.snapshot.reading import InputFile, Scope, Snapshot, read_snapshot

__all__ = ["InputFile", "Inventory", "Scope", "Snapshot", "inventory", "read_snapshot"]

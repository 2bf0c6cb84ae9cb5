"""Managed prefix lists: a name stands for all its entries, or for a gap (PL-1, PL-2)."""

from __future__ import annotations

from verifier.model import Gap, Network, PrefixListReference
from verifier.packet import Prefix


def entries(network: Network, reference: PrefixListReference) -> tuple[Prefix, ...] | Gap:
    """The list's entries; the gap if they are not in the snapshot; none for a list unheard of."""
    known = network.prefix_lists.get(reference.prefix_list_id)
    if known is not None:
        return known.prefixes
    return network.missing.get(("prefix-list", reference.prefix_list_id), ())

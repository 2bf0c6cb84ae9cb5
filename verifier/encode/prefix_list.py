"""Managed prefix lists (PL-1, PL-2): the entries of one family as a set of addresses."""

from __future__ import annotations

from verifier.encode.packet import Scope
from verifier.topology import Spans, normal


def addresses(scope: Scope, prefix_list_id: str) -> Spans:
    """All addresses of the family in the list's entries (PL-1).

    Of a list that is not in the snapshot: all addresses if its gap is open, none if it is closed
    (PL-2, GAP-4).
    """
    known = scope.index.network.prefix_lists.get(prefix_list_id)
    if known is None:
        gap = scope.index.network.missing.get(("prefix-list", prefix_list_id))
        return scope.everything if scope.open(gap) else ()
    return normal(
        (prefix.first, prefix.last) for prefix in known.prefixes if prefix.family == scope.family
    )

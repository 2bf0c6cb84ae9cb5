"""The order in which stages of routing are said: strongly connected components, sources first.

Law: in the result every edge leads within a component or to a later one. Stages of a component of
one without an edge to itself are met once. A way through a component of k stages that ever leaves
it meets each of them at most once, because forwarding is a function of the header and of the
choices, so that who comes twice to a stage comes for ever (MBX-7, TGW-11): k rounds are enough.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeVar

T = TypeVar("T")


def components(edges: Mapping[T, Sequence[T]]) -> list[tuple[T, ...]]:
    """The components of the graph, each in order of discovery (Tarjan, without recursion)."""
    number: dict[T, int] = {}
    lowest: dict[T, int] = {}
    open_: dict[T, None] = {}
    found: list[tuple[T, ...]] = []
    for root in edges:
        if root in number:
            continue
        number[root] = lowest[root] = len(number)
        open_[root] = None
        walk = [(root, iter(edges[root]))]
        while walk:
            at, rest = walk[-1]
            other = next(rest, None)
            if other is None:
                walk.pop()
                if walk:
                    before = walk[-1][0]
                    lowest[before] = min(lowest[before], lowest[at])
                if lowest[at] == number[at]:
                    found.append(_closed(at, open_))
            elif other not in number:
                number[other] = lowest[other] = len(number)
                open_[other] = None
                walk.append((other, iter(edges[other])))
            elif other in open_:
                lowest[at] = min(lowest[at], number[other])
    found.reverse()
    return found


def _closed(root: T, open_: dict[T, None]) -> tuple[T, ...]:
    """Take the component of this root off the stack."""
    taken: list[T] = []
    while True:
        at, _ = open_.popitem()
        taken.append(at)
        if at == root:
            taken.reverse()
            return tuple(taken)

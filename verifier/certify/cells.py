"""Cells: the parts of a field's range on which no comparison can tell two values apart.

Law: two numbers of `within` are in the same cell iff every predicate holds both of them or
neither. A predicate is the set of numbers for which one comparison of the evaluator is true.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

Spans = Sequence[tuple[int, int]]
"""Disjoint, ascending ranges of numbers, both ends included."""


def cells(within: Spans, predicates: Iterable[Spans]) -> tuple[Spans, ...]:
    """The cells of `within`, each as its spans, in the order of their smallest numbers."""
    toggles: dict[int, int] = {}
    inside = 1
    for first, last in within:
        toggles[first] = toggles.get(first, 0) ^ inside
        toggles[last + 1] = toggles.get(last + 1, 0) ^ inside
    bit = inside
    for spans in predicates:
        bit <<= 1
        for first, last in spans:
            toggles[first] = toggles.get(first, 0) ^ bit
            toggles[last + 1] = toggles.get(last + 1, 0) ^ bit
    found: dict[int, list[tuple[int, int]]] = {}
    active, start = 0, 0
    for point in sorted(toggles):
        if active & inside:
            found.setdefault(active, []).append((start, point - 1))
        active ^= toggles[point]
        start = point
    return tuple(found.values())


def representatives(within: Spans, predicates: Iterable[Spans]) -> tuple[int, ...]:
    """The smallest number of each cell, in ascending order."""
    return tuple(cell[0][0] for cell in cells(within, predicates))

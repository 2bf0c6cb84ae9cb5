"""Sets of numbers as sorted, disjoint, non-adjacent inclusive ranges.

Owns the arithmetic that the encoder does with addresses and class numbers before anything is
asked. Law: every function takes and returns normal forms, so equal sets are equal tuples.
`AddressSet` says the same of addresses of both families; here one family, or the class numbers,
stand alone, because the encoder is made of hundreds of thousands of such steps.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable

Spans = tuple[tuple[int, int], ...]


def normal(parts: Iterable[tuple[int, int]]) -> Spans:
    """The union of any ranges."""
    ordered = sorted(parts)
    if len(ordered) < 2:
        return tuple(ordered)
    merged: list[tuple[int, int]] = []
    for first, last in ordered:
        if merged and first <= merged[-1][1] + 1:
            if last > merged[-1][1]:
                merged[-1] = (merged[-1][0], last)
        else:
            merged.append((first, last))
    return tuple(merged)


def numbers(values: Iterable[int]) -> Spans:
    """The set of these single numbers."""
    found: list[tuple[int, int]] = []
    first = last = None
    for value in sorted(values):
        if last is None or first is None:
            first = last = value
        elif value <= last + 1:
            last = value
        else:
            found.append((first, last))
            first = last = value
    if first is not None and last is not None:
        found.append((first, last))
    return tuple(found)


def union(*sets: Spans) -> Spans:
    """All numbers of any of the sets."""
    return normal(part for spans in sets for part in spans)


def repeated(parts: Iterable[tuple[int, int]]) -> Spans:
    """The numbers that are in more than one of the ranges."""
    found: list[tuple[int, int]] = []
    reach = -1
    for first, last in sorted(parts):
        if first <= reach:
            found.append((first, min(last, reach)))
        reach = max(reach, last)
    return normal(found)


def common(left: Spans, right: Spans) -> Spans:
    """All numbers of both sets."""
    if len(left) > len(right):
        left, right = right, left
    if not left or not right:
        return ()
    ends = [last for _, last in right] if len(left) < 8 else []
    found: list[tuple[int, int]] = []
    at = 0
    for first, last in left:
        if ends:
            at = bisect_left(ends, first)
        while at < len(right) and right[at][1] < first:
            at += 1
        while at < len(right) and right[at][0] <= last:
            found.append((max(first, right[at][0]), min(last, right[at][1])))
            if right[at][1] > last:
                break
            at += 1
    return tuple(found)


def without(left: Spans, right: Spans) -> Spans:
    """All numbers of `left` that are not in `right`."""
    kept: list[tuple[int, int]] = []
    index = 0
    for first, last in left:
        while index < len(right) and right[index][1] < first:
            index += 1
        at, start = index, first
        while at < len(right) and right[at][0] <= last:
            if right[at][0] > start:
                kept.append((start, right[at][0] - 1))
            start = right[at][1] + 1
            at += 1
        if start <= last:
            kept.append((start, last))
    return tuple(kept)


def holds(spans: Spans, value: int) -> bool:
    """True iff the number is in the set."""
    at = bisect_right(spans, (value, 1 << 129)) - 1
    return at >= 0 and spans[at][1] >= value


def covers(outer: Spans, inner: Spans) -> bool:
    """True iff every number of `inner` is in `outer`."""
    if not inner:
        return True
    if not outer or outer[0][0] > inner[0][0] or outer[-1][1] < inner[-1][1]:
        return False
    return len(outer) == 1 or not without(inner, outer)


def meets(left: Spans, right: Spans) -> bool:
    """True iff some number is in both sets."""
    if not left or not right or left[0][0] > right[-1][1] or right[0][0] > left[-1][1]:
        return False
    return bool(common(left, right))

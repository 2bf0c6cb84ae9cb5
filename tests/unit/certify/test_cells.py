"""Cells are a partition, and as coarse as the predicates allow."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from verifier.certify.cells import Spans, cells, representatives

SIZE = 40


@st.composite
def spans(draw: st.DrawFn) -> Spans:
    points = sorted(draw(st.sets(st.integers(0, SIZE), max_size=8)))
    found = []
    for first, last in zip(points[::2], points[1::2], strict=False):
        if not found or first > found[-1][1] + 1:
            found.append((first, last))
    return found


def _holds(found: Spans, value: int) -> bool:
    return any(first <= value <= last for first, last in found)


@given(spans(), st.lists(spans(), max_size=6))
def test_two_numbers_share_a_cell_iff_no_predicate_tells_them_apart(
    within: Spans, predicates: list[Spans]
) -> None:
    found = cells(within, predicates)
    where: dict[int, int] = {}
    for at, cell in enumerate(found):
        for first, last in cell:
            for value in range(first, last + 1):
                assert value not in where
                where[value] = at
    assert sorted(where) == [value for value in range(SIZE + 1) if _holds(within, value)]
    signatures = {
        value: tuple(_holds(predicate, value) for predicate in predicates) for value in where
    }
    for one in where:
        for other in where:
            assert (where[one] == where[other]) is (signatures[one] == signatures[other])


@given(spans(), st.lists(spans(), max_size=6))
def test_representatives_are_the_smallest_of_their_cells(
    within: Spans, predicates: list[Spans]
) -> None:
    smallest = [min(first for first, _ in cell) for cell in cells(within, predicates)]
    assert list(representatives(within, predicates)) == smallest == sorted(smallest)

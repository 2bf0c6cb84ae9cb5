from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from verifier.topology import (
    common,
    covers,
    holds,
    meets,
    normal,
    numbers,
    repeated,
    union,
    without,
)

SETS = st.sets(st.integers(0, 40), max_size=25)


def those(spans: tuple[tuple[int, int], ...]) -> set[int]:
    return {value for first, last in spans for value in range(first, last + 1)}


@given(SETS, SETS)
def test_the_arithmetic_is_that_of_sets(left: set[int], right: set[int]) -> None:
    one, other = numbers(left), numbers(right)
    assert those(one) == left
    assert one == normal((value, value) for value in left)
    assert union(one, other) == numbers(left | right)
    assert common(one, other) == numbers(left & right)
    assert without(one, other) == numbers(left - right)
    assert covers(one, other) is (right <= left)
    assert meets(one, other) is bool(left & right)
    assert [holds(one, value) for value in range(-1, 42)] == [
        value in left for value in range(-1, 42)
    ]


@given(st.lists(SETS, max_size=4))
def test_what_several_have(sets: list[set[int]]) -> None:
    spans = [part for each in sets for part in numbers(each)]
    several = {value for value in range(41) if sum(value in each for each in sets) > 1}
    assert repeated(spans) == numbers(several)


@given(SETS, SETS)
def test_few_against_many_is_the_same(left: set[int], right: set[int]) -> None:
    many = {3 * value for value in right} | {200}
    for few in (left, set(sorted(left)[:3])):
        assert common(numbers(few), numbers(many)) == numbers(few & many)


def test_ranges_are_merged_and_ordered() -> None:
    assert normal([(5, 9), (0, 2), (3, 4), (20, 30), (22, 23)]) == ((0, 9), (20, 30))
    assert normal([]) == () == numbers([]) == union()

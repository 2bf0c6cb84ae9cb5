from __future__ import annotations

from contextlib import AbstractContextManager

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verifier.encode.terms import FALSE, TRUE, Terms
from verifier.topology import numbers

SMALL = st.sets(st.integers(0, 15), max_size=8)


def terms(domain: tuple[tuple[int, int], ...] = ((0, 15),)) -> Terms:
    made = Terms()
    made.declare("x", 4, domain)
    made.declare("y", 4, ((0, 15),))
    return made


def true_at(made: Terms, term: int) -> set[int]:
    return {x for x in range(16) if made.holds([term], {"x": x, "y": 3})}


def test_what_the_domain_decides_is_a_constant() -> None:
    made = terms(((2, 3), (8, 9)))
    assert made.within("x", ((4, 7),)) == FALSE
    assert made.within("x", ()) == FALSE
    assert made.within("x", ((2, 9),)) == TRUE
    assert made.within("x", ((0, 3), (8, 15))) == TRUE
    assert made.within("x", ((0, 2), (8, 15))) > TRUE
    assert made.within("x", ((2, 3), (5, 6))) == made.within("x", ((2, 3),))
    assert made.domain_of("y") == TRUE
    assert true_at(made, made.domain_of("x")) == {2, 3, 8, 9}


def test_an_empty_domain_stands_for_all_values() -> None:
    assert terms(()).within("x", ((0, 15),)) == TRUE


def test_equal_terms_are_one_node_and_parts_come_first() -> None:
    made = terms()
    one, other = made.within("x", ((1, 1),)), made.within("y", ((1, 1),))
    both = made.all_of((one, other))
    assert both == made.all_of((other, one, one, TRUE))
    assert made.reachable((both,)) == [one, other, both]
    assert made.reachable((TRUE, FALSE)) == []
    assert list(made.names((both, one))) == ["x"]
    equal = made.equal("x", "y")
    assert list(made.names((equal,))) == ["x", "y"]
    assert made.parts(equal) == ()
    assert true_at(made, equal) == {3}


def test_variables_that_never_meet_are_never_equal() -> None:
    made = terms(((0, 3),))
    made.declare("y", 4, ((4, 5),))
    assert made.equal("x", "y") == FALSE


def test_constants_vanish() -> None:
    made = terms()
    x, y = made.within("x", ((1, 1),)), made.within("y", ((1, 1),))
    assert made.all_of(()) == TRUE
    assert made.any_of(()) == FALSE
    assert made.all_of((x, FALSE)) == FALSE
    assert made.any_of((x, TRUE)) == TRUE
    assert made.all_of((x,)) == made.any_of((x, FALSE)) == x
    assert made.negate(TRUE) == FALSE
    assert made.negate(FALSE) == TRUE
    assert made.negate(made.negate(x)) == x
    assert made.implies(FALSE, y) == TRUE
    assert made.implies(TRUE, y) == y
    assert true_at(made, made.implies(x, y)) == set(range(16)) - {1}


def test_memberships_of_one_variable_become_one() -> None:
    made = terms()
    low, high, mid = (made.within("x", (part,)) for part in ((0, 7), (8, 15), (4, 11)))
    assert made.any_of((low, high)) == TRUE
    assert made.all_of((low, high)) == FALSE
    assert made.all_of((low, mid)) == made.within("x", ((4, 7),))
    assert made.any_of((low, mid)) == made.within("x", ((0, 11),))


@given(st.lists(st.tuples(SMALL, st.booleans()), max_size=8))
def test_the_first_match_decides(rules: list[tuple[set[int], bool]]) -> None:
    made = terms()
    term = made.first_match([(made.within("x", numbers(who)), allow) for who, allow in rules])
    decided = {x: next((allow for who, allow in rules if x in who), False) for x in range(16)}
    assert true_at(made, term) == {x for x, allow in decided.items() if allow}


@given(SMALL, SMALL, SMALL)
def test_combinators_are_those_of_sets(one: set[int], two: set[int], three: set[int]) -> None:
    made = terms()
    a, b, c = (made.within("x", numbers(each)) for each in (one, two, three))
    found = made.any_of((made.all_of((a, made.negate(b))), made.all_of((b, c))))
    assert true_at(made, found) == (one - two) | (two & three)


def test_a_narrowed_domain_folds_more_and_only_there() -> None:
    made = terms()
    narrow: AbstractContextManager[None] = made.narrowed({"x": ((4, 5),)})
    with narrow:
        assert made.within("x", ((4, 7),)) == TRUE
        assert made.within("x", ((6, 7),)) == FALSE
    assert made.within("x", ((4, 7),)) > TRUE


@pytest.mark.parametrize("value", [0, 1])
def test_every_root_must_hold(value: int) -> None:
    made = terms()
    one = made.within("x", ((1, 1),))
    assert made.holds([one, TRUE], {"x": value, "y": 0}) is bool(value)
    assert not made.holds([TRUE, FALSE], {})

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from tests.unit.encode.small import hosts, network, question
from verifier.encode import encode
from verifier.solve import Query
from verifier.solve.smtlib import declarations, prefixes, text, within


@given(st.integers(0, 255), st.integers(0, 255))
def test_prefixes_make_up_the_range(one: int, other: int) -> None:
    first, last = sorted((one, other))
    found = list(prefixes(8, first, last))
    covered = [
        number for value, length in found for number in range(value, value + (1 << (8 - length)))
    ]
    assert covered == list(range(first, last + 1))


def test_sets_are_unions_of_prefixes() -> None:
    assert within("x", 8, ((0, 255),)) == "true"
    assert within("x", 8, ((16, 31),)) == "(= ((_ extract 7 4) x) #x1)"
    assert within("x", 8, ((7, 7),)) == "(= x #x07)"
    assert within("x", 3, ((1, 2),)) == "(or (= x #b001) (= x #b010))"


def test_the_text_is_the_same_each_time_and_whole() -> None:
    asked = question(hosts("eni-1", "eni-2", internet="8.0.0.0/8"), hosts("eni-1", "eni-3"))
    one, other = (text(encode(network(), asked)) for _ in range(2))
    assert one == other
    declared = set(re.findall(r"declare-const (\w+)", declarations(encode(network(), asked))))
    defined = set(re.findall(r"define-fun (\w+)", one))
    used = set(re.findall(r"\b(t\d+|[a-z_]+[46])\b", one))
    assert used <= declared | defined
    query = Query(encode(network(), asked))
    assert query.smtlib() == one + "(check-sat)\n"


def test_a_decided_obligation_is_one_constant() -> None:
    shut = encode(network(security_groups=()), question(hosts("eni-1"), hosts("eni-2")))
    assert text(shut).endswith("(assert false)\n")

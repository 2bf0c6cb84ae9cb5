"""Whatever a specification holds: invariants, or one clear error, in bounded time."""

from __future__ import annotations

import time
from collections.abc import Callable

import hypothesis.strategies as st
import pytest
from hypothesis import example, given, settings

from verifier.errors import InputError, UsageError, VerifierError
from verifier.invariants import parse_statement, parse_traffic, read_spec
from verifier.invariants.document import decoded
from verifier.invariants.endpoint import (
    Account,
    Any,
    ById,
    Cidr,
    Endpoint,
    Internet,
    LoadBalancer,
    Named,
    NameGlob,
    Region,
    Resource,
    Scope,
    Tag,
    Zone,
    complement,
    endpoint_text,
    intersection,
    union,
)
from verifier.invariants.glob import Glob
from verifier.invariants.parse import parse_expression
from verifier.invariants.place import Source
from verifier.packet import Address, Prefix

WORDS = st.sampled_from(
    ["never", "always", "some", "only", "and", "or", "not", "on", "from", "->", ",", "(", ")",
     "internet", "any", "tag:", "tag:a=b", 'tag:"a b"="*"', "name:x*", "sg-1", "subnet:tag:x",
     "10.0.0.0/8", "2001:db8::", "::/0", "tcp/22", "tcp/1-", "icmp/3/4", "ip6:all", "proto/50",
     '"', "\\", "\\*", "#", "# x", "\n", "=", "*", "a", "\u00a0", "\u202e", "é"]
)  # fmt: skip
NOISE = st.lists(st.one_of(WORDS, st.text(max_size=5)), max_size=12).map(" ".join)
MESSAGE_START = "--invariant:"

LONGEST_MESSAGE = 500


def mistake(read: Callable[[], object], kind: type[VerifierError], start: str) -> bool:
    """True iff it reads, or raises this one kind of error, short and with its place first."""
    try:
        read()
    except kind as error:
        return str(error).startswith(start) and len(str(error)) < LONGEST_MESSAGE
    return True


VALUES = st.text(min_size=1, max_size=6)
PATTERNS = st.lists(st.tuples(st.characters(codec="utf-8"), st.booleans()), max_size=6).map(
    lambda marks: Glob.of((mark, literal or mark not in "*?") for mark, literal in marks)
)
SUFFIX = st.from_regex(r"[A-Za-z0-9]{1,8}", fullmatch=True)


def _name(text: str) -> bool:
    return text not in {"and", "or", "not", "on", "from", "internet", "any", "never", "always",
                        "some", "only"}  # fmt: skip


TERMS: st.SearchStrategy[Endpoint] = st.one_of(
    st.just(Internet()),
    st.just(Any()),
    st.sampled_from(Resource).flatmap(
        lambda kind: SUFFIX.map(lambda rest: ById(kind, f"{kind}-{rest}"))
    ),
    st.builds(
        Tag, st.sampled_from([Scope.INTERFACE, Scope.SUBNET, Scope.VPC]), VALUES,
        st.none() | PATTERNS,
    ),
    st.builds(NameGlob, st.sampled_from(Scope), PATTERNS),
    st.builds(Account, VALUES),
    st.builds(Region, VALUES),
    st.builds(Zone, VALUES),
    st.builds(LoadBalancer, PATTERNS),
    st.from_regex(r"[A-Za-z][A-Za-z0-9_]{0,5}", fullmatch=True).filter(_name).map(Named),
    st.tuples(st.integers(0, 2**32 - 1), st.integers(0, 32)).map(
        lambda pair: Cidr(Prefix.of(Address(4, pair[0]), pair[1]))
    ),
    st.tuples(st.integers(0, 2**128 - 1), st.integers(0, 128)).map(
        lambda pair: Cidr(Prefix.of(Address(6, pair[0]), pair[1]))
    ),
)  # fmt: skip
EXPRESSIONS = st.recursive(
    TERMS,
    lambda inner: st.one_of(
        inner.map(complement),
        st.lists(inner, min_size=2, max_size=3).map(intersection),
        st.lists(inner, min_size=2, max_size=3).map(union),
    ),
    max_leaves=8,
)


@given(EXPRESSIONS)
@settings(max_examples=400, deadline=None)
def test_text_and_back(expression: Endpoint) -> None:
    text = endpoint_text(expression)
    again = parse_expression(Source.command_line(text))
    assert again == expression
    assert endpoint_text(again) == text


@given(NOISE)
@settings(max_examples=500, deadline=None)
@example("never a -> b on tcp/22 from")
def test_statements(text: str) -> None:
    for read in (parse_statement, parse_traffic):
        assert mistake(lambda read=read: read(text), UsageError, MESSAGE_START)


@given(NOISE)
@settings(max_examples=300, deadline=None)
def test_a_statement_is_its_canonical_text(noise: str) -> None:
    try:
        found = parse_statement(f"never {noise} -> any")
    except UsageError:
        return
    again = parse_statement(found.statement)
    assert (again.statement, again.id) == (found.statement, found.id)
    assert (again.source, again.traffic) == (found.source, found.traffic)


YAML_NOISE = st.lists(
    st.sampled_from(
        ["version: 1\n", "endpoints:\n", "  a: any\n", "  b: [a, 'tag:x']\n", "invariants:\n",
         "  - never: a -> b\n", "    id: x\n", "    traffic: [tcp/22]\n", "&a ", "*a", "!!str ",
         "<<: ", "? ", ": ", "- ", "[", "]", "{", "}", ", ", "|\n", ">\n", "'", '"', "\\x41",
         "\\UFFFFFFFF", "# c\n", "---\n", "...\n", "%YAML 1.1\n", "%YAML 9.9\n", "\t", "\r\n",
         "\u2028", "\ufeff", "client-ports: linux\n", "\n", "  "]
    )
    | st.text(max_size=4),
    max_size=25,
).map("".join)  # fmt: skip


@given(YAML_NOISE)
@settings(max_examples=500, deadline=None)
def test_files(text: str) -> None:
    assert mistake(lambda: read_spec(text, "f.yaml"), InputError, "f.yaml")


@given(st.binary(max_size=60))
@settings(max_examples=200, deadline=None)
def test_bytes(data: bytes) -> None:
    assert mistake(lambda: read_spec(decoded(data, "f.yaml"), "f.yaml"), InputError, "f.yaml")


SIZE = 100_000
HEAD = "version: 1\nendpoints:\n  a: "
HOSTILE = {
    "parentheses": f"{HEAD}{'(' * SIZE}",
    "negations": f"{HEAD}{'not ' * SIZE}any",
    "unions": f"{HEAD}{'any, ' * 20_000}any",
    "disjunctions": f"{HEAD}{'any or ' * 20_000}any",
    "stars": f"{HEAD}name:{'*a' * 20_000}",
    "brackets": "[" * SIZE,
    "braces": "{" * SIZE,
    "dashes": "- " * SIZE,
    "questions": "? " * SIZE,
    "quotes": '"' + "\\" * SIZE,
    "one long key": "a" * SIZE + ": 1",
    "one long word": f"{HEAD}{'x' * SIZE}.",
    "keys": "".join(f"k{i}: 1\n" for i in range(20_000)),
    "names": "version: 1\nendpoints:\n" + "".join(f"  k{i}: k{i + 1}\n" for i in range(20_000)),
    "laughs": "version: 1\nendpoints:\n"
    + "".join(f"  k{i}: [k{i + 1}, k{i + 1}]\n" for i in range(50)) + "  k50: any\n",
    "aliases": "a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n",
    "digits": f"{HEAD}tcp/{'9' * SIZE}",
    "version digits": f"%YAML {'9' * SIZE}.1\n---\na: 1",
    "blanks": " " * SIZE + "x",
    "lines": "\n" * SIZE,
    "traffic": f"version: 1\ninvariants: [{{never: any -> any, traffic: '{'tcp/1, ' * 20_000}'}}]",
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_files_end_soon(name: str) -> None:
    start = time.process_time()
    assert mistake(lambda: read_spec(HOSTILE[name], "f.yaml"), InputError, "f.yaml")
    assert time.process_time() - start < 10

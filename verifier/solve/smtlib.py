"""An obligation as SMT-LIB 2 text: what the solver reads, and what a second one can be given.

Law: the text is a function of the obligation alone, byte for byte. Sets of numbers are written as
prefixes (`(= ((_ extract 31 8) x) #x0a0000)`), which bit-blast to plain clauses where comparisons
would build adders; each shared term is a `define-fun`, so the text is as long as the graph.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, assert_never

from verifier.encode import Obligation
from verifier.encode.terms import FALSE, TRUE, All, Any, Equal, Not, Terms, Within

LOGIC: Final = "(set-logic QF_BV)\n"


def declarations(obligation: Obligation, prefix: str = "") -> str:
    """The constants that the text speaks of."""
    variables = obligation.terms.variables
    return "".join(
        f"(declare-const {prefix}{name} (_ BitVec {variables[name].width}))\n"
        for name in obligation.variables()
    )


def text(obligation: Obligation) -> str:
    """The obligation without `(check-sat)`: declarations, definitions, assertions."""
    return LOGIC + body(obligation)


def body(obligation: Obligation, prefix: str = "") -> str:
    """The same without the logic, every name of it with the prefix."""
    terms = obligation.terms
    lines = [declarations(obligation, prefix)]
    names = {FALSE: "false", TRUE: "true"}
    for term in terms.reachable(obligation.roots):
        names[term] = f"{prefix}t{term}"
        lines.append(f"(define-fun {names[term]} () Bool {_body(terms, term, names, prefix)})\n")
    lines.extend(f"(assert {names[root]})\n" for root in obligation.roots)
    return "".join(lines)


def _body(terms: Terms, term: int, names: dict[int, str], prefix: str) -> str:
    match terms.nodes[term]:
        case Within(variable, spans):
            return within(prefix + variable, terms.variables[variable].width, spans)
        case Equal(one, other):
            return f"(= {prefix}{one} {prefix}{other})"
        case All(parts):
            return f"(and {' '.join([names[part] for part in parts])})"
        case Any(parts):
            return f"(or {' '.join([names[part] for part in parts])})"
        case Not(part):
            return f"(not {names[part]})"
        case _ as never:
            assert_never(never)


def within(variable: str, width: int, spans: tuple[tuple[int, int], ...]) -> str:
    """Membership of a set that is not empty, as a union of prefixes."""
    tests = [
        _prefix(variable, width, value, length)
        for first, last in spans
        for value, length in prefixes(width, first, last)
    ]
    return tests[0] if len(tests) == 1 else f"(or {' '.join(tests)})"


def _prefix(variable: str, width: int, value: int, length: int) -> str:
    if length == 0:
        return "true"
    bits = value >> (width - length)
    literal = f"#x{bits:0{length // 4}x}" if length % 4 == 0 else f"#b{bits:0{length}b}"
    if length == width:
        return f"(= {variable} {literal})"
    return f"(= ((_ extract {width - 1} {width - length}) {variable}) {literal})"


def prefixes(width: int, first: int, last: int) -> Iterator[tuple[int, int]]:
    """The fewest prefixes (value, length) that make up the range."""
    while first <= last:
        size = (first & -first).bit_length() - 1 if first else width
        while first + (1 << size) - 1 > last:
            size -= 1
        yield first, width - size
        first += 1 << size

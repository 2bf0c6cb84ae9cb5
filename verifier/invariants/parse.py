"""The parser of endpoint expressions and of whole statements.

    statement  = KIND body                       KIND = never | always | some | only
    body       = expression "->" expression [ "on" traffic ]
    expression = disjunction { "," disjunction }
    disjunction = conjunction { "or" conjunction }
    conjunction = factor { "and" factor }
    factor     = { "not" } ( "(" expression ")" | term )

Law: recursive descent, one function for each line of the grammar; parentheses nest at most
`DEEPEST` deep, so that no text can exhaust the stack.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from verifier.invariants.endpoint import Endpoint, complement, intersection, union
from verifier.invariants.place import Source, listed, nearest
from verifier.invariants.question import Traffic
from verifier.invariants.terms import EXPECTED, term
from verifier.invariants.tokens import Kind, Token, tokens
from verifier.invariants.traffic import client_ports, traffic
from verifier.packet import PortRange

DEEPEST = 32
KINDS = ("never", "always", "some", "only")

_GOES_ON = ["`and`", "`or`", "`,`"]


class Body(NamedTuple):
    """A statement without its keyword; `traffic` None: no `on`."""

    source: Endpoint
    destination: Endpoint
    traffic: Traffic | None


def parse_expression(source: Source) -> Endpoint:
    """An endpoint expression that is the whole text."""
    parser = _Parser(source)
    found = parser.expression()
    parser.expect(Kind.END, "the end")
    return found


def parse_body(source: Source) -> Body:
    """`A -> B on T` or `A -> B`."""
    return _Parser(source).body()


def parse_one_line(source: Source) -> tuple[str, Body]:
    """`never A -> B on T`: the keyword and the rest."""
    parser = _Parser(source)
    return parser.kind(), parser.body()


def parse_traffic(source: Source) -> Traffic:
    """Traffic that is the whole text."""
    return traffic(source, tokens(source))


def parse_client_ports(source: Source) -> tuple[PortRange, ...]:
    """Client ports that are the whole text."""
    return client_ports(source, tokens(source))


class _Parser:
    """A position among the tokens of one text."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._tokens = tokens(source)
        self._at = 0
        self._depth = 0

    @property
    def _next(self) -> Token:
        return self._tokens[self._at]

    def _take(self) -> Token:
        self._at += 1
        return self._tokens[self._at - 1]

    def expect(self, kind: Kind, *expected: str) -> Token:
        """Take a token of this kind, or tell what could have stood here."""
        if self._next.kind is not kind:
            read = self._next
            advice = nearest(read.text.lower(), ("and", "or", "on")) if read.text else ""
            words = listed([*expected, *_GOES_ON])
            raise self._source.mistake(read.offset, f"expected {words}, read {read.shown}{advice}")
        return self._take()

    def kind(self) -> str:
        """The keyword that opens a statement."""
        token = self._take()
        if not token.is_word(*KINDS):
            raise self._source.mistake(
                token.offset,
                f"expected `never`, `always`, `some` or `only`, read {token.shown}"
                f"{nearest(token.text.lower(), KINDS)}",
            )
        return token.text

    def body(self) -> Body:
        """`A -> B [on T]` up to the end."""
        origin = self.expression()
        self.expect(Kind.ARROW, "`->`")
        target = self.expression()
        if self._next.is_word("on"):
            self._take()
            return Body(origin, target, traffic(self._source, self._tokens[self._at :]))
        self.expect(Kind.END, "`on`", "the end")
        return Body(origin, target, None)

    def expression(self) -> Endpoint:
        """Unions with commas."""
        items = [self._disjunction()]
        while self._next.kind is Kind.COMMA:
            self._take()
            items.append(self._disjunction())
        return union(items)

    def _disjunction(self) -> Endpoint:
        return union(self._chain("or", self._conjunction))

    def _conjunction(self) -> Endpoint:
        return intersection(self._chain("and", self._factor))

    def _chain(self, word: str, item: Callable[[], Endpoint]) -> list[Endpoint]:
        items = [item()]
        while self._next.is_word(word):
            self._take()
            items.append(item())
        return items

    def _factor(self) -> Endpoint:
        negated = False
        while self._next.is_word("not"):
            self._take()
            negated = not negated
        found = self._primary()
        return complement(found) if negated else found

    def _primary(self) -> Endpoint:
        token = self._take()
        if token.kind is Kind.OPEN:
            self._depth += 1
            if self._depth > DEEPEST:
                raise self._source.mistake(
                    token.offset, f"parentheses nested deeper than {DEEPEST}, name a part of them"
                )
            found = self.expression()
            self.expect(Kind.CLOSE, "`)`")
            self._depth -= 1
            return found
        if token.kind is not Kind.WORD:
            raise self._source.mistake(token.offset, f"{EXPECTED}, read {token.shown}")
        return term(self._source, token)

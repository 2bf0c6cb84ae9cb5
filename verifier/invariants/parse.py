"""The parser of endpoint expressions and of whole statements.

    statement  = KIND body | "isolated" sets     KIND = never | always | some | only
    body       = expression "->" expression [ "on" traffic ] [ waypoint ]
    waypoint   = ( "unless" "through" | "through" ) expression
    sets       = expression "|" expression { "|" expression } [ "on" traffic ]
    expression = disjunction { "," disjunction }
    disjunction = conjunction { "or" conjunction }
    conjunction = factor { "and" factor }
    factor     = { "not" } ( "(" expression ")" | term )

`unless through` is for `never`, and `through` for `always`. Law: recursive descent, one function
for each line of the grammar; parentheses nest at most `DEEPEST` deep, so that no text can exhaust
the stack.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from verifier.invariants.endpoint import Endpoint, Or, complement, intersection, union
from verifier.invariants.place import Source, listed, nearest
from verifier.invariants.question import Traffic
from verifier.invariants.terms import EXPECTED, term
from verifier.invariants.tokens import Kind, Token, tokens
from verifier.invariants.traffic import client_ports, traffic
from verifier.packet import PortRange

DEEPEST = 32
ISOLATED = "isolated"
KINDS = ("never", "always", "some", "only", ISOLATED)
WAYPOINT_FORMS = {"never": "unless through", "always": "through"}
"""How the waypoints of a statement are written."""

_GOES_ON = ["`and`", "`or`", "`,`"]


_WAYPOINT_WORDS = ("unless", "through")


class Body(NamedTuple):
    """A statement without its keyword; `traffic` None: no `on`; `waypoint` None: no `through`."""

    source: Endpoint
    destination: Endpoint
    traffic: Traffic | None
    waypoint: Endpoint | None = None


class Sets(NamedTuple):
    """What follows `isolated`: at least two sets; `traffic` None: no `on`."""

    sets: tuple[Endpoint, ...]
    traffic: Traffic | None


def parse_expression(source: Source) -> Endpoint:
    """An endpoint expression that is the whole text."""
    parser = _Parser(source)
    found = parser.expression()
    parser.expect(Kind.END, "the end")
    return found


def parse_body(source: Source, kind: str) -> Body:
    """`A -> B on T through C`, of which the last two may be missing; `kind` is the keyword."""
    return _Parser(source).body(kind)


def parse_sets(source: Source) -> Sets:
    """`A | B | C on T` or `A | B | C`."""
    return _Parser(source).sets()


def parse_one_line(source: Source) -> tuple[str, Body | Sets]:
    """`never A -> B on T` or `isolated A | B on T`: the keyword and the rest."""
    parser = _Parser(source)
    kind = parser.kind()
    return kind, parser.sets() if kind == ISOLATED else parser.body(kind)


def waypoint_mistake(kind: str, form: str) -> str | None:
    """Why a statement of this kind does not take this form of waypoints; None iff it does."""
    if WAYPOINT_FORMS.get(kind) == form:
        return None
    whose = next(one for one, own in WAYPOINT_FORMS.items() if own == form)
    own = WAYPOINT_FORMS.get(kind)
    rest = f"write `{own}` for `{kind}`" if own else f"`{kind}` takes no waypoints"
    return f"`{form}` is for `{whose}`, {rest}"


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
            known = ("and", "or", "on", *_WAYPOINT_WORDS)
            advice = nearest(read.text.lower(), known) if read.text else ""
            words = listed([*expected, *_GOES_ON])
            raise self._source.mistake(read.offset, f"expected {words}, read {read.shown}{advice}")
        return self._take()

    def kind(self) -> str:
        """The keyword that opens a statement."""
        token = self._take()
        if not token.is_word(*KINDS):
            raise self._source.mistake(
                token.offset,
                f"expected {listed([f'`{kind}`' for kind in KINDS])}, read {token.shown}"
                f"{nearest(token.text.lower(), KINDS)}",
            )
        return token.text

    def body(self, kind: str) -> Body:
        """`A -> B [on T] [through C]` up to the end."""
        origin = self.expression()
        self.expect(Kind.ARROW, "`->`")
        target = self.expression()
        limit = self._limit(_WAYPOINT_WORDS)
        waypoint = self._waypoint(kind)
        if waypoint is None:
            form = WAYPOINT_FORMS.get(kind)
            self.expect(Kind.END, "`on`", *([f"`{form}`"] if form else []), "the end")
        elif self._next.is_word("on"):
            raise self._source.mistake(
                self._next.offset, "`on` behind `through`, the traffic stands before it"
            )
        else:
            self.expect(Kind.END, "the end")
        return Body(origin, target, limit, waypoint)

    def sets(self) -> Sets:
        """`A | B [| C] [on T]` up to the end."""
        found = [self.expression()]
        if self._next.kind is not Kind.BAR:
            advice = ", a `,` makes one set of several" if isinstance(found[0], Or) else ""
            raise self._source.mistake(
                self._next.offset, f"expected `|` and another set, read {self._next.shown}{advice}"
            )
        while self._next.kind is Kind.BAR:
            self._take()
            found.append(self.expression())
        limit = self._limit(())
        self.expect(Kind.END, "`|`", "`on`", "the end")
        return Sets(tuple(found), limit)

    def _limit(self, until: tuple[str, ...]) -> Traffic | None:
        """`on T` if it stands here, up to the end or to a word of `until`."""
        if not self._next.is_word("on"):
            return None
        self._take()
        found = traffic(self._source, self._tokens[self._at :], until)
        while not (self._next.kind is Kind.END or self._next.is_word(*until)):
            self._take()
        return found

    def _waypoint(self, kind: str) -> Endpoint | None:
        """`unless through C` or `through C` if it stands here."""
        first = self._next
        if not first.is_word(*_WAYPOINT_WORDS):
            return None
        form = "through"
        if self._take().is_word("unless"):
            form = "unless through"
            if not self._next.is_word("through"):
                read = self._next
                advice = nearest(read.text.lower(), ("through",))
                raise self._source.mistake(
                    read.offset, f"expected `through` behind `unless`, read {read.shown}{advice}"
                )
            self._take()
        mistake = waypoint_mistake(kind, form)
        if mistake is not None:
            raise self._source.mistake(first.offset, mistake)
        return self.expression()

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

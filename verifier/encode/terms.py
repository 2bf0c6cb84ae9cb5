"""Boolean terms over bit-vector variables: built once each, folded as they are built.

Owns the only language that the encoder speaks: a variable lies in a set of numbers, two variables
are equal, and `all_of`, `any_of`, `negate`, `first_match` of those. Laws: every combinator is
total (the empty conjunction is true, the empty union false); equal terms are one node; a node's
parts have smaller numbers than the node, so whoever reads a term needs a loop and no recursion;
and a membership that the variable's domain decides is a constant, so what cannot meet the question
is never built (slicing). The domains must be asserted beside the terms: `Terms.domain_of`.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import reduce
from typing import NamedTuple, assert_never

from verifier.topology.spans import Spans, common, covers, holds, meets, union

FALSE = 0
TRUE = 1


class Within(NamedTuple):
    """The variable's value is in the set."""

    variable: str
    spans: Spans


class Equal(NamedTuple):
    """Two variables of one width have the same value."""

    one: str
    other: str


class All(NamedTuple):
    """Every part is true."""

    parts: tuple[int, ...]


class Any(NamedTuple):
    """Some part is true."""

    parts: tuple[int, ...]


class Not(NamedTuple):
    """The part is false."""

    part: int


Node = Within | Equal | All | Any | Not
_CONSTANT = Not(-1)


class Variable(NamedTuple):
    """A bit-vector; `domain` are the values that it can take (never empty)."""

    width: int
    domain: Spans


@dataclass(slots=True)
class Terms:
    """All terms of one obligation; a term is its index in `nodes`."""

    nodes: list[Node] = field(default_factory=lambda: [_CONSTANT, _CONSTANT])
    variables: dict[str, Variable] = field(default_factory=dict)
    _known: dict[tuple[type, Node], int] = field(default_factory=dict)
    _lasts: dict[str, list[int]] = field(default_factory=dict)

    def declare(self, name: str, width: int, domain: Spans) -> str:
        """A new variable; an empty domain stands for all values (nothing speaks of it then)."""
        whole = ((0, (1 << width) - 1),)
        self.variables[name] = Variable(width, domain or whole)
        self._lasts[name] = [last for _, last in self.variables[name].domain]
        return name

    @contextmanager
    def narrowed(self, domains: Mapping[str, Spans]) -> Iterator[None]:
        """Fold as if the variables had these smaller domains, which are not empty.

        Terms built inside speak truly only where something else says that they are in them.
        """
        kept = {name: self.variables[name] for name in domains}
        for name, domain in domains.items():
            self.declare(name, kept[name].width, domain)
        yield
        for name, (width, domain) in kept.items():
            self.declare(name, width, domain)

    def _node(self, node: Node) -> int:
        key = (type(node), node)
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = len(self.nodes)
            self.nodes.append(node)
        return found

    def within(self, variable: str, spans: Spans) -> int:
        """True iff the variable's value is in the set."""
        domain = self.variables[variable].domain
        lasts = self._lasts[variable]
        kept = []
        for part in spans:
            at = bisect_left(lasts, part[0])
            if at < len(domain) and domain[at][0] <= part[1]:
                kept.append(part)
        if not kept:
            return FALSE
        if covers(tuple(kept), domain):
            return TRUE
        return self._node(Within(variable, tuple(kept)))

    def domain_of(self, variable: str) -> int:
        """What `within` takes for granted of the variable, to be asserted."""
        width, domain = self.variables[variable]
        if domain == ((0, (1 << width) - 1),):
            return TRUE
        return self._node(Within(variable, domain))

    def equal(self, one: str, other: str) -> int:
        """True iff both variables have the same value."""
        if not meets(self.variables[one].domain, self.variables[other].domain):
            return FALSE
        return self._node(Equal(one, other))

    def all_of(self, parts: Iterable[int]) -> int:
        """True iff every part is; memberships of one variable become one."""
        kept: dict[int, None] = {}
        sets: dict[str, list[int]] = {}
        for part in parts:
            if part == FALSE:
                return FALSE
            if part != TRUE and part not in kept:
                kept[part] = None
                node = self.nodes[part]
                if isinstance(node, Within):
                    sets.setdefault(node.variable, []).append(part)
        for variable, same in sets.items():
            if len(same) > 1:
                merged = self.within(variable, reduce(common, map(self._spans, same)))
                if merged == FALSE:
                    return FALSE
                for part in same:
                    del kept[part]
                kept[merged] = None
        if len(kept) < 2:
            return next(iter(kept), TRUE)
        return self._node(All(tuple(sorted(kept))))

    def any_of(self, parts: Iterable[int]) -> int:
        """True iff some part is; memberships of one variable become one."""
        kept: dict[int, None] = {}
        sets: dict[str, list[int]] = {}
        for part in parts:
            if part == TRUE:
                return TRUE
            if part != FALSE and part not in kept:
                kept[part] = None
                node = self.nodes[part]
                if isinstance(node, Within):
                    sets.setdefault(node.variable, []).append(part)
        for variable, same in sets.items():
            if len(same) > 1:
                merged = self.within(variable, union(*map(self._spans, same)))
                if merged == TRUE:
                    return TRUE
                for part in same:
                    del kept[part]
                kept[merged] = None
        if len(kept) < 2:
            return next(iter(kept), FALSE)
        return self._node(Any(tuple(sorted(kept))))

    def _spans(self, part: int) -> Spans:
        node = self.nodes[part]
        assert isinstance(node, Within)
        return node.spans

    def negate(self, part: int) -> int:
        """True iff the part is not."""
        if part in (FALSE, TRUE):
            return TRUE - part
        node = self.nodes[part]
        return node.part if isinstance(node, Not) else self._node(Not(part))

    def implies(self, condition: int, conclusion: int) -> int:
        """True iff the conclusion holds wherever the condition does."""
        return self.any_of((self.negate(condition), conclusion))

    def first_match(self, rules: Sequence[tuple[int, bool]]) -> int:
        """The word of the first rule whose condition holds; false if there is none (ACL-1, ACL-4).

        Runs of rules that say the same are one union, so the fold is as deep as the verdict
        changes.
        """
        runs: list[tuple[list[int], bool]] = []
        for condition, allow in rules:
            if condition == FALSE:
                continue
            if not runs or runs[-1][1] is not allow:
                runs.append(([], allow))
            runs[-1][0].append(condition)
            if condition == TRUE:
                break
        result = FALSE
        for conditions, allow in reversed(runs):
            some = self.any_of(conditions)
            result = (
                self.any_of((some, result)) if allow else self.all_of((self.negate(some), result))
            )
        return result

    def reachable(self, roots: Iterable[int]) -> list[int]:
        """All terms below these, constants apart, parts before wholes."""
        seen = set()
        waiting = [root for root in roots if root > TRUE]
        while waiting:
            term = waiting.pop()
            if term not in seen:
                seen.add(term)
                waiting.extend(self.parts(term))
        return sorted(seen)

    def parts(self, term: int) -> tuple[int, ...]:
        """The terms that a term is made of."""
        match self.nodes[term]:
            case All(parts) | Any(parts):
                return parts
            case Not(part):
                return (part,)
            case Within() | Equal():
                return ()
            case _ as never:
                assert_never(never)

    def names(self, terms: Iterable[int]) -> Iterator[str]:
        """The variables that these terms name directly, with repetitions."""
        for term in terms:
            match self.nodes[term]:
                case Within(variable, _):
                    yield variable
                case Equal(one, other):
                    yield one
                    yield other
                case All() | Any() | Not():
                    pass
                case _ as never:
                    assert_never(never)

    def holds(self, roots: Sequence[int], values: Mapping[str, int]) -> bool:
        """True iff every root is true under these values of the variables."""
        truth: dict[int, bool] = {FALSE: False, TRUE: True}
        for term in self.reachable(roots):
            match self.nodes[term]:
                case Within(variable, spans):
                    truth[term] = holds(spans, values[variable])
                case Equal(one, other):
                    truth[term] = values[one] == values[other]
                case All(parts):
                    truth[term] = all(truth[part] for part in parts)
                case Any(parts):
                    truth[term] = any(truth[part] for part in parts)
                case Not(part):
                    truth[term] = not truth[part]
                case _ as never:
                    assert_never(never)
        return all(truth[root] for root in roots)

"""Binding names to what stands under `endpoints:`.

Law: a name means the one definition of its file (on the command line, of any file given with it);
cycles and towers of names are refused here, so that every bound expression is finite and no higher
than `HIGHEST`, and whoever walks one may recurse.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from verifier.errors import SpecError
from verifier.invariants.endpoint import And, Definition, Endpoint, Named, Not, Or
from verifier.invariants.invariant import Invariant, Isolated
from verifier.invariants.place import nearest, quoted

HIGHEST = 128

Finder = Callable[[Named], Definition]


def bound(expression: Endpoint, find: Finder) -> Endpoint:
    """The expression with every name bound to what `find` gives for it."""
    match expression:
        case Named():
            return replace(expression, definition=find(expression))
        case Not(item):
            return Not(bound(item, find))
        case And(items):
            return And(tuple(bound(item, find) for item in items))
        case Or(items):
            return Or(tuple(bound(item, find) for item in items))
        case _:
            return expression


def height(expression: Endpoint) -> int:
    """How many nodes stand above one another, through all names."""
    match expression:
        case Named(definition=Definition(depth=depth)):
            return depth + 1
        case Not(item):
            return height(item) + 1
        case And(items) | Or(items):
            return max(height(item) for item in items) + 1
        case _:
            return 1


def unknown_name(named: Named, known: Sequence[str]) -> SpecError:
    """The mistake of a name that is defined nowhere."""
    advice = nearest(named.name, [*known, "internet", "any"])
    if not advice:
        advice = ", a set of tagged hosts is written `tag:KEY=VALUE`"
    return SpecError(str(named.at), f"no endpoint is named {quoted(named.name)}{advice}")


class Linker:
    """Binds the definitions of one file in the order in which they need one another."""

    def __init__(self, written: Mapping[str, Endpoint]) -> None:
        self._written = written
        self._found: dict[str, Definition] = {}
        self._open: list[str] = []

    def definitions(self) -> dict[str, Definition]:
        """All definitions, in the order of the file."""
        return {name: self._define(name) for name in self._written}

    def find(self, named: Named) -> Definition:
        """The definition that a name means."""
        if named.name not in self._written:
            raise unknown_name(named, list(self._written))
        if named.name in self._open:
            ring = [*self._open[self._open.index(named.name) :], named.name]
            raise SpecError(str(named.at), f"names in a circle: {' -> '.join(ring)}")
        if len(self._open) >= HIGHEST:
            raise _too_high(named)
        return self._define(named.name, named)

    def _define(self, name: str, asked: Named | None = None) -> Definition:
        if name not in self._found:
            self._open.append(name)
            expression = bound(self._written[name], self.find)
            self._open.pop()
            self._found[name] = Definition(name, expression, height(expression))
        found = self._found[name]
        if asked is not None and found.depth > HIGHEST:
            raise _too_high(asked)
        return found


def _too_high(named: Named) -> SpecError:
    return SpecError(str(named.at), f"names of names, nested deeper than {HIGHEST}")


def with_names(invariant: Invariant, files: Sequence[Mapping[str, Definition]]) -> Invariant:
    """An invariant from the command line with its names bound to the files given with it.

    SpecError if a name is defined in none of them, or in several.
    """

    def find(named: Named) -> Definition:
        found = [definitions[named.name] for definitions in files if named.name in definitions]
        if not found:
            raise unknown_name(named, sorted({name for names in files for name in names}))
        if len(found) > 1:
            raise SpecError(str(named.at), f"several files define {quoted(named.name)}")
        if found[0].depth > HIGHEST:
            raise _too_high(named)
        return found[0]

    if isinstance(invariant, Isolated):
        return replace(invariant, sets=tuple(bound(one, find) for one in invariant.sets))
    waypoint = invariant.waypoint
    return replace(
        invariant,
        source=bound(invariant.source, find),
        destination=bound(invariant.destination, find),
        waypoint=None if waypoint is None else bound(waypoint, find),
    )

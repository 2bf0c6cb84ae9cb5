"""Endpoint classes: the hosts of one side of a question, numbered.

Owns the two roles of a question. Interfaces that share their shape, and by which kinds of names
the question speaks of them, are one class; every door to the outside is one. Law: which host a
class number and an address stand for is unique (VPC-2, VPC-3), and everything the encoder asks of
a class depends on its number alone. The numbers follow VPC, ACL, subnet and groups, so that
whatever a rule speaks of is a few ranges of numbers. With `apart`, every interface is its own
class, because a source that forges its address is not known by it; an EC2 Instance Connect
Endpoint always is one, by its shape.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from verifier.invariants.question import EndpointSet, Names
from verifier.packet import AddressSet
from verifier.topology.index import Index, Shape
from verifier.topology.spans import Spans, numbers

Outside = Mapping[str | None, AddressSet]
Marks = tuple[bool, ...]


@dataclass(frozen=True, slots=True)
class EndpointClass:
    """Interfaces that no question of this kind tells apart but by their addresses.

    `marks` are whatever else the question distinguishes (named, default, excluded ...).
    """

    shape: Shape
    marks: Marks
    members: tuple[str, ...]


@dataclass(slots=True)
class Role:
    """The source side or the destination side of a question.

    Class numbers 0 to `len(classes) - 1` are interfaces, those that follow are `doors`.
    """

    classes: tuple[EndpointClass, ...]
    doors: tuple[str | None, ...]
    outside: Outside
    vpcs: dict[str, Spans] = field(default_factory=dict)
    subnets: dict[str, Spans] = field(default_factory=dict)
    acls: dict[str, Spans] = field(default_factory=dict)
    tables: dict[str, Spans] = field(default_factory=dict)
    groups: dict[tuple[str, str], Spans] = field(default_factory=dict)
    carriers: dict[str, Spans] = field(default_factory=dict)
    number: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Say of every resource which classes it concerns."""
        found: dict[str, dict[object, list[int]]] = {
            key: {} for key in ("vpcs", "subnets", "acls", "tables", "groups", "carriers")
        }
        for number, each in enumerate(self.classes):
            shape = each.shape
            found["vpcs"].setdefault(shape.vpc_id, []).append(number)
            found["subnets"].setdefault(shape.subnet_id, []).append(number)
            if shape.acl is not None:
                found["acls"].setdefault(shape.acl, []).append(number)
            if shape.table is not None:
                found["tables"].setdefault(shape.table, []).append(number)
            for group in shape.groups:
                found["groups"].setdefault((shape.vpc_id, group), []).append(number)
                found["carriers"].setdefault(group, []).append(number)
            self.number.update(dict.fromkeys(each.members, number))
        for key, table in found.items():
            getattr(self, key).update({at: numbers(values) for at, values in table.items()})

    def carried(self, within: Spans | None) -> dict[tuple[str, str], Spans]:
        """The groups by VPC and id, each with the classes that carry it, of these classes."""
        if within is None:
            return self.groups
        found: dict[tuple[str, str], list[int]] = {}
        for first, last in within:
            for number in range(first, last + 1):
                shape = self.classes[number].shape
                for group in shape.groups:
                    found.setdefault((shape.vpc_id, group), []).append(number)
        return {key: numbers(values) for key, values in found.items()}

    @property
    def size(self) -> int:
        """How many class numbers there are."""
        return len(self.classes) + len(self.doors)

    @property
    def inside(self) -> Spans:
        """The numbers of all interface classes."""
        return ((0, len(self.classes) - 1),) if self.classes else ()

    def door(self, names: Iterable[str | None]) -> Spans:
        """The numbers of these doors, where the question has them."""
        wanted = set(names)
        return numbers(
            len(self.classes) + at for at, name in enumerate(self.doors) if name in wanted
        )

    @property
    def outsiders(self) -> Spans:
        """The numbers of all doors."""
        return ((len(self.classes), self.size - 1),) if self.doors else ()

    def where(self, kept: Iterable[bool]) -> Spans:
        """The numbers of the interface classes for which the flag is set, in class order."""
        return numbers(number for number, flag in enumerate(kept) if flag)

    def members(self, number: int) -> tuple[str, ...]:
        """Who is in a class: interface ids, or `outside`."""
        return self.classes[number].members if number < len(self.classes) else ("outside",)


def role(
    index: Index,
    endpoints: EndpointSet,
    *,
    marked: tuple[Mapping[str, Names], ...] = (),
    apart: bool = False,
) -> Role:
    """The classes of one side; `marked` are further sets that the question tells hosts apart by."""
    found: dict[tuple[Shape, Marks, str], list[str]] = {}
    for id_, names in endpoints.interfaces.items():
        marks: Marks = (names.default, bool(names.named))
        for other in marked:
            more = other.get(id_)
            marks += (more is not None and more.default, more is not None and bool(more.named))
        key = (index.shape(id_), marks, id_ if apart else "")
        found.setdefault(key, []).append(id_)
    classes = [EndpointClass(key[0], key[1], tuple(ids)) for key, ids in found.items()]
    classes.sort(key=_order)
    doors = tuple(sorted(endpoints.outside, key=lambda door: (door is not None, door or "")))
    return Role(tuple(classes), doors, endpoints.outside)


def _order(each: EndpointClass) -> tuple[str, str, str, tuple[str, ...], str]:
    shape = each.shape
    return shape.vpc_id, shape.acl or "", shape.subnet_id, shape.groups, each.members[0]

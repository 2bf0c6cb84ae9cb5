"""From an endpoint expression to the hosts that it means in a network.

Law: exact over (host, address) pairs, for one role and one address policy. `not` is pushed down to
the terms, so that a double complement is the thing itself under either policy. A term's complement
is taken within all endpoints: an interface that the term does not name is in it as a whole; one of
which it names some addresses is in it by those of its other addresses that the policy knows. An
exact id or name that does not exist is a SpecError at its place, wherever it stands.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from verifier.invariants.directory import Directory
from verifier.invariants.endpoint import (
    And,
    ById,
    Definition,
    Endpoint,
    LoadBalancer,
    Named,
    Not,
    Or,
    Term,
    endpoint_text,
    place_of,
    term_text,
)
from verifier.invariants.hosts import Hosts, common, disjoint_doors, joined
from verifier.invariants.link import unknown_name
from verifier.invariants.lookup import Lookup
from verifier.invariants.place import quoted
from verifier.invariants.question import AddressPolicy, EndpointSet, Names
from verifier.invariants.role import Role
from verifier.packet import AddressSet
from verifier.trace import INTERNET

__all__ = ["Directory", "Resolver", "Role", "resolve"]


def resolve(
    expression: Endpoint,
    directory: Directory,
    role: Role,
    policy: AddressPolicy = AddressPolicy.EVERY,
) -> EndpointSet:
    """The hosts of the expression in this role."""
    return Resolver(directory, role, policy).resolve(expression)


class Resolver:
    """One role and one policy over one network.

    `lenient`: what can only be a destination is nobody in the role of a source, rather than a
    mistake (for sets that the user did not write as a source).
    """

    def __init__(
        self, directory: Directory, role: Role, policy: AddressPolicy, lenient: bool = False
    ) -> None:
        self._directory = directory
        self._role = role
        self._policy = policy
        self._lenient = lenient
        self._lookup = Lookup(directory, role, lenient, users=policy is AddressPolicy.EVERY)

    def resolve(self, expression: Endpoint) -> EndpointSet:
        """The hosts of the expression, and what in it is of a kind that is not modelled."""
        found = self._hosts(expression, False)
        outside = disjoint_doors(found.outside, self._directory.gateways)
        whole = Names(default=True)
        members = found.whole | found.named.keys()
        interfaces = {
            id_: whole if id_ not in found.named else Names(id_ in found.whole, found.named[id_])
            for id_ in (self._directory.order if len(members) > 64 else sorted(members))
            if id_ in members
        }
        unknown = dict.fromkeys(self._unknown(expression))
        return EndpointSet(interfaces, outside, tuple(unknown))

    def warnings(self, expression: Endpoint) -> Iterator[str]:
        """A remark for each term of a union that is empty."""
        match expression:
            case Or(items):
                for item in items:
                    if not self._hosts(item, False) and not any(self._unknown(item)):
                        yield (
                            f"{place_of(item)}: {quoted(endpoint_text(item))} matches nothing "
                            f"that can be a {self._role}"
                        )
                    yield from self.warnings(item)
            case And(items):
                for item in items:
                    yield from self.warnings(item)
            case Not(item):
                yield from self.warnings(item)
            case Named(definition=Definition(expression=meant)):
                yield from self.warnings(meant)
            case _:
                return

    # --- expressions ---

    def _hosts(self, expression: Endpoint, negated: bool) -> Hosts:
        match expression:
            case Not(item):
                return self._hosts(item, not negated)
            case And(items) | Or(items):
                parts = [self._hosts(item, negated) for item in items]
                return self._union(parts) if isinstance(expression, Or) != negated else (
                    self._intersection(parts)
                )  # fmt: skip
            case Named(definition=None):
                raise unknown_name(expression, [])
            case Named(definition=Definition() as definition):
                return self._remembered(
                    (definition, negated), lambda: self._hosts(definition.expression, negated)
                )
            case _:
                found = self._remembered(
                    expression, lambda: self._normal(self._lookup.hosts(expression))
                )
                if not negated:
                    return found
                return self._remembered((expression,), lambda: self._complement(expression, found))

    def _remembered(self, key: object, build: Callable[[], Hosts]) -> Hosts:
        memo, whole_key = self._directory.memo, (key, self._role, self._policy, self._lenient)
        found = memo.get(whole_key)
        if found is None:
            found = memo[whole_key] = build()
        return found

    def _union(self, parts: list[Hosts]) -> Hosts:
        return self._normal(joined(parts))

    def _intersection(self, parts: list[Hosts]) -> Hosts:
        found, *rest = parts
        for part in rest:
            found = common(found, part, self._directory.gateways)
        return self._normal(found)

    def _normal(self, hosts: Hosts) -> Hosts:
        """Under `every`, all addresses of an interface are the whole of it."""
        if self._policy is not AddressPolicy.EVERY or not hosts.named:
            return hosts
        full = {
            id_
            for id_, addresses in hosts.named.items()
            if addresses == self._directory.addresses(id_, self._role)
        }
        whole = hosts.whole | full
        named = {id_: names for id_, names in hosts.named.items() if id_ not in whole}
        return Hosts(whole, named, hosts.outside)

    def _complement(self, term: Term, hosts: Hosts) -> Hosts:
        eligible = self._directory.eligible(self._role)
        whole = eligible - hosts.whole - hosts.named.keys()
        named: dict[str, AddressSet] = {}
        for id_, addresses in hosts.named.items():
            mine = self._by_policy(id_)
            if not mine & addresses:
                whole |= {id_}
            elif mine - addresses:
                named[id_] = mine - addresses
        return Hosts(whole, named, self._complement_outside(term, hosts))

    def _by_policy(self, interface_id: str) -> AddressSet:
        if self._policy is AddressPolicy.EVERY:
            return self._directory.addresses(interface_id, self._role)
        return self._directory.primary(interface_id, self._role)

    def _complement_outside(self, term: Term, hosts: Hosts) -> Mapping[str | None, AddressSet]:
        """A term's outside has one door at most; what it leaves out comes by all others."""
        directory = self._directory
        found: dict[str | None, AddressSet] = {None: directory.outside}
        for door, addresses in hosts.outside.items():
            found = {None: directory.outside - addresses}
            found |= dict.fromkeys(self._doors_besides(door), addresses)
        return {door: addresses for door, addresses in found.items() if addresses}

    def _doors_besides(self, door: str | None) -> Iterator[str]:
        """By which other doors the addresses of a term with this door come or go."""
        gateways, others = self._directory.gateways, self._directory.other_doors
        if door is None:
            return
        of_the_internet = door == INTERNET or door in gateways
        if door != INTERNET and (of_the_internet or self._role is Role.DESTINATION):
            yield from (other for other in gateways if other != door)
        # An internet address comes in by an internet gateway alone, and no other does (ASK-4).
        if self._role is Role.DESTINATION or not of_the_internet:
            yield from (other for other in others if other != door)

    # --- what is not modelled ---

    def _unknown(self, expression: Endpoint) -> Iterator[str]:
        match expression:
            case Not(item):
                yield from self._unknown(item)
            case And(items) | Or(items):
                for item in items:
                    yield from self._unknown(item)
            case Named(definition=Definition() as definition):
                yield from self._names_unknown(definition)
            case LoadBalancer():
                if self._lookup.is_unknown_balancer(expression):
                    yield term_text(expression)
            case ById(kind, id_):
                if self._lookup.is_unknown(kind, id_):
                    yield id_
            case _:
                return

    def _names_unknown(self, definition: Definition) -> tuple[str, ...]:
        memo, key = self._directory.unknown_memo, (definition, self._role)
        if key not in memo:
            memo[key] = tuple(dict.fromkeys(self._unknown(definition.expression)))
        return memo[key]

"""What packets pass: the components that stand behind `through` (clause ASK-9).

Owns the reading of an expression as waypoints. Law: gateways, endpoints and load balancers are
named by id, name or ARN, and joined by `,` alone; whatever else stands there selects interfaces,
as everywhere, of whatever part they can play: those that forward for others. `internet` and `any`
are no waypoints. An exact id or name that does not exist is a SpecError at its place; what exists
and is not modelled is told apart (`unknown`), and not avoided.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from verifier.errors import SpecError
from verifier.invariants.directory import Directory
from verifier.invariants.endpoint import (
    And,
    Any,
    ById,
    Definition,
    Endpoint,
    Internet,
    LoadBalancer,
    Named,
    Not,
    Or,
    Resource,
    Term,
    endpoint_text,
    place_of,
    term_text,
)
from verifier.invariants.link import unknown_name
from verifier.invariants.lookup import Lookup
from verifier.invariants.place import nearest, quoted
from verifier.invariants.role import Role

_KINDS: Final = {
    Resource.INTERNET_GATEWAY: "internet gateway",
    Resource.EGRESS_ONLY_GATEWAY: "egress-only internet gateway",
    Resource.NAT_GATEWAY: "NAT gateway",
    Resource.TRANSIT_GATEWAY: "transit gateway",
    Resource.TRANSIT_GATEWAY_ATTACHMENT: "transit gateway attachment",
    Resource.VPN_GATEWAY: "virtual private gateway",
    Resource.PEERING: "peering connection",
    Resource.VPC_ENDPOINT: "VPC endpoint",
}


@dataclass(frozen=True, slots=True)
class Waypoints:
    """Components by id: load balancers by id (or name) and by their interfaces.

    `unknown` are ids of what is referred to and not modelled. `warnings` are remarks on terms that
    match nothing.
    """

    ids: frozenset[str] = frozenset()
    unknown: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


def waypoints(expression: Endpoint, directory: Directory) -> Waypoints:
    """The components of the expression."""
    reader = _Reader(directory)
    ids: set[str] = set()
    unknown: list[str] = []
    warnings: list[str] = []
    for item in reader.items(expression):
        found = reader.components(item)
        ids |= found.ids
        unknown += found.unknown
        if not found.ids and not found.unknown:
            warnings.append(f"{place_of(item)}: {quoted(endpoint_text(item))} matches nothing that "
                            "packets can pass")  # fmt: skip
    return Waypoints(frozenset(ids), tuple(dict.fromkeys(unknown)), tuple(warnings))


class _Reader:
    def __init__(self, directory: Directory) -> None:
        self._directory = directory
        self._network = directory.network
        self._lookup = Lookup(directory, Role.DESTINATION, lenient=True, everybody=True)

    def items(self, expression: Endpoint) -> Iterator[Endpoint]:
        """What the expression is a union of, names opened."""
        match expression:
            case Or(items):
                for item in items:
                    yield from self.items(item)
            case Named(definition=None):
                raise unknown_name(expression, [])
            case Named(definition=Definition(expression=meant)):
                yield from self.items(meant)
            case _:
                yield expression

    def components(self, item: Endpoint) -> Waypoints:
        """One item: a gateway, load balancers, or a selection of interfaces."""
        match item:
            case ById(kind=kind) if kind in _KINDS:
                return self._gateway(item)
            case LoadBalancer():
                return Waypoints(self._balancers(item))
            case _:
                found = self._interfaces(item)
                return Waypoints(found | self._behind(found))

    def _gateway(self, term: ById) -> Waypoints:
        if term.id in self._known(term.kind):
            return Waypoints(frozenset({term.id}))
        if term.id in self._directory.referred:
            return Waypoints(unknown=(term.id,))
        what = f"no {_KINDS[term.kind]} {quoted(term.id)} in the snapshot"
        raise SpecError(str(term.at), what + nearest(term.id, self._known(term.kind)))

    def _known(self, kind: Resource) -> Mapping[str, object]:
        network = self._network
        known: dict[Resource, Mapping[str, object]] = {
            Resource.INTERNET_GATEWAY: network.internet_gateways,
            Resource.EGRESS_ONLY_GATEWAY: network.egress_only_gateways,
            Resource.NAT_GATEWAY: network.nat_gateways,
            Resource.TRANSIT_GATEWAY: network.transit_gateways,
            Resource.TRANSIT_GATEWAY_ATTACHMENT: self._directory.attachments,
            Resource.VPN_GATEWAY: network.vpn_gateways,
            Resource.PEERING: network.peerings,
            Resource.VPC_ENDPOINT: {**self._directory.by_endpoint, **network.vpc_endpoints},
        }
        return known[kind]

    def _balancers(self, term: LoadBalancer) -> frozenset[str]:
        nodes = self._lookup.balanced(term)
        balancers = self._directory.by_balancer
        names = frozenset(key for key in balancers if term.glob.matches(key))
        listed = frozenset(
            balancer.id
            for balancer in self._network.load_balancers.values()
            if term.glob.matches(balancer.name)
        )
        return nodes | names | listed

    def _behind(self, selected: frozenset[str]) -> frozenset[str]:
        """NAT gateways and endpoints all of whose interfaces are selected: packets pass these, and
        not their interfaces.
        """
        components: dict[str, frozenset[str]] = dict(self._directory.by_endpoint)
        for gateway in self._network.nat_gateways.values():
            own = [address.interface_id for address in gateway.addresses]
            components[gateway.id] = frozenset(id_ or "" for id_ in own)
        return frozenset(
            id_ for id_, interfaces in components.items() if interfaces and interfaces <= selected
        )

    def _interfaces(self, expression: Endpoint) -> frozenset[str]:
        match expression:
            case Or(items):
                return frozenset().union(*map(self._interfaces, items))
            case And(items):
                first, *rest = map(self._interfaces, items)
                return first.intersection(*rest)
            case Not(item):
                return frozenset(self._directory.order) - self._interfaces(item)
            case Named(definition=None):
                raise unknown_name(expression, [])
            case Named(definition=Definition(expression=meant)):
                return self._interfaces(meant)
            case Internet() | Any():
                message = f"{quoted(term_text(expression))} is nothing that packets pass"
                raise SpecError(str(place_of(expression)), message)
            case _:
                return self._selected(expression)

    def _selected(self, term: Term) -> frozenset[str]:
        if isinstance(term, LoadBalancer) or (isinstance(term, ById) and term.kind in _KINDS):
            message = (
                f"{quoted(term_text(term))} is joined with others by `,` alone, `and` and `not` "
                "are for interfaces"
            )
            raise SpecError(str(term.at), message)
        found = self._lookup.hosts(term)
        return found.whole | found.named.keys()

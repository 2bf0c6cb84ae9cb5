"""EC2 Instance Connect Endpoints (EICE-1 to EICE-6): what they send, and from whose addresses.

Law: every endpoint is a class of its own (`topology.Shape`), because one that keeps its users'
addresses is not known by the address that it sends from. Whether a packet is of EICE-3 or of
EICE-4 follows from the address alone: `Scope.own` says whether it is the endpoint's own.
"""

from __future__ import annotations

from typing import Final

from verifier.encode.packet import Port, Scope
from verifier.encode.terms import FALSE
from verifier.model import InstanceConnectEndpoint
from verifier.packet import TCP, Family
from verifier.topology import (
    EVERYTHING,
    EndpointClass,
    Index,
    Role,
    Spans,
    common,
    owned,
    union,
    without,
)

PORTS: Final = (22, 3389)
"""What an endpoint opens connections to (EICE-2)."""


def _of(index: Index, each: EndpointClass) -> InstanceConnectEndpoint | None:
    """The endpoint whose interface makes up the class, if it is one's."""
    id_ = each.shape.endpoint
    return None if id_ is None else index.network.instance_connect_endpoints[id_]


def addresses(index: Index, family: Family, interface_id: str) -> Spans:
    """Every address that the endpoint may send from, those behind its gap included (ASK-2)."""
    own = owned(index.network, interface_id, family)
    keeps = index.network.instance_connect_endpoints[interface_id].keeps_clients
    if keeps is None:
        return EVERYTHING[family]
    return without(EVERYTHING[family], own) if keeps else own


def clients(index: Index, role: Role) -> Spans:
    """The classes that send, or may send, from addresses that are not theirs (EICE-4, EICE-6)."""
    return role.where(
        found is not None and found.keeps_clients is not False
        for found in (_of(index, each) for each in role.classes)
    )


def all_of_them(scope: Scope) -> Spans:
    """The classes that are endpoints."""
    return scope.classes(scope.sources, "endpoints", lambda each: each.shape.endpoint is not None)


def sends(scope: Scope, within: Spans | None) -> int:
    """True iff the source is an endpoint that puts such a packet on the wire, groups apart.

    With `within` this is said of the sources of these classes alone.
    """
    found = all_of_them(scope) if within is None else common(all_of_them(scope), within)
    if not found:
        return FALSE
    terms = scope.terms
    mapped = scope.index.mapped if scope.family == 4 else ()
    public = union(scope.index.internet(scope.family), mapped)
    return terms.all_of(
        (
            scope.source(found),
            scope.protocol((TCP,)),
            terms.any_of(scope.port(Port.FORWARD, port, port) for port in PORTS),
            scope.address("destination_address", without(scope.everything, public)),
            terms.any_of((_from_own(scope), _from_clients(scope, public, found))),
        )
    )


def _from_own(scope: Scope) -> int:
    """EICE-3, EICE-6: from an address that the endpoint owns, whatever its check."""

    def so(each: EndpointClass) -> bool:
        found = _of(scope.index, each)
        if found is None or found.keeps_clients:
            return False
        return found.keeps_clients is False or scope.open(found.gap)

    return scope.terms.all_of((scope.source(scope.classes(scope.sources, "own", so)), scope.own))


def _from_clients(scope: Scope, public: Spans, found: Spans) -> int:
    """EICE-4, EICE-6: from an address that is not the endpoint's, into its VPC."""

    def keeps(each: EndpointClass) -> bool:
        endpoint = _of(scope.index, each)
        return endpoint is not None and endpoint.keeps_clients is True

    terms, role = scope.terms, scope.sources
    surely = terms.all_of(
        (
            scope.source(scope.classes(role, "keeps clients", keeps)),
            scope.address("source_address", public if scope.family == 4 else ()),
        )
    )
    inside = terms.any_of(
        terms.all_of(
            (
                scope.source(common(classes, found)),
                scope.address("destination_address", scope.index.vpc_blocks(vpc_id, scope.family)),
            )
        )
        for vpc_id, classes in role.vpcs.items()
    )
    some = terms.any_of((surely, scope.source(_open(scope))))
    return terms.all_of((terms.negate(scope.own), inside, some))


def _open(scope: Scope) -> Spans:
    """The endpoints whose gap is open."""

    def so(each: EndpointClass) -> bool:
        found = _of(scope.index, each)
        return found is not None and scope.open(found.gap)

    return scope.classes(scope.sources, "open endpoints", so)


def for_clients(scope: Scope) -> int:
    """True iff the packet is one of EICE-4: an endpoint's from an address that is not its own."""
    return scope.terms.all_of(
        (
            scope.source(clients(scope.index, scope.sources)),
            scope.terms.negate(scope.own),
        )
    )


def unasked(scope: Scope) -> int:
    """True iff the reply to a packet of EICE-4 counts as come back (EICE-5)."""
    return scope.terms.all_of((for_clients(scope), scope.source(_open(scope))))

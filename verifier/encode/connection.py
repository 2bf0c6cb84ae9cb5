"""Replies (CONN-1 to CONN-5, GAP-13): the same network asked again with the swapped header.

Each function says when the reply to a packet that came a certain way is back at the source, given
that the packet was delivered that way. In packet mode all of them are true.
"""

from __future__ import annotations

from verifier.encode import internet_gateway as igw
from verifier.encode import network_acl, peering, route_table, subnet, vpc
from verifier.encode.packet import Port, Scope
from verifier.encode.terms import FALSE, TRUE
from verifier.topology import Gateway, Local, Peer

SENDER = "source_address"


def received(scope: Scope) -> int:
    """True iff a reply that enters the source's subnet reaches the source itself (CONN-2)."""
    entered = network_acl.passes(scope, scope.sources, False, "destination_address", Port.REPLY)
    return scope.terms.all_of((entered, scope.own))


def unchanged(scope: Scope) -> int:
    """The reply to an interface whose address the destination saw unchanged (CONN-3)."""
    if not scope.replies:
        return TRUE
    terms, role = scope.terms, scope.destinations
    neighbour = terms.all_of(
        (
            vpc.shared(scope),
            scope.own,
            terms.negate(vpc.served(scope, role, SENDER)),
            subnet.stays(scope, role, SENDER),
        )
    )
    hops = route_table.ways(scope, role, SENDER)
    roads = [terms.all_of((hops.get(Local(), FALSE), vpc.shared(scope)))]
    for hop, term in hops.items():
        if isinstance(hop, Peer):
            roads.append(terms.all_of((term, peering.arrives(scope, scope.sources, hop))))
    if scope.family == 6:
        out = igw.leaves(scope, role, "destination_address", SENDER)
        roads.append(terms.all_of((_gateways(scope, SENDER), out, igw.returns(scope))))
    routed = terms.all_of((terms.any_of(roads), received(scope)))
    away = terms.all_of(
        (
            subnet.leaves(scope, role, SENDER, Port.REPLY),
            terms.any_of((routed, route_table.exits(scope, role, SENDER))),
        )
    )
    return terms.any_of((neighbour, away))


def _gateways(scope: Scope, variable: str) -> int:
    """True iff the destination's table sends the address to its internet gateway."""
    hops = route_table.ways(scope, scope.destinations, variable)
    return scope.terms.any_of(term for hop, term in hops.items() if isinstance(hop, Gateway))


def by_gateway(scope: Scope, variable: str, port: Port, arrived: int) -> int:
    """The reply of an interface to an address beyond its gateway, `arrived` from there on."""
    if not scope.replies:
        return TRUE
    terms, role = scope.terms, scope.destinations
    out = igw.leaves(scope, role, "destination_address", variable)
    through = terms.all_of((_gateways(scope, variable), out, arrived))
    return terms.all_of(
        (
            subnet.leaves(scope, role, variable, port),
            terms.any_of((through, route_table.exits(scope, role, variable))),
        )
    )


def hairpin(scope: Scope) -> int:
    """The reply to an interface that came by internet gateways (IGW-4, IGW-5)."""
    if scope.family == 6:
        return unchanged(scope)
    if not scope.replies:
        return TRUE
    arrived = scope.terms.all_of((igw.returns(scope), received(scope)))
    return by_gateway(scope, "public_address", Port.REPLY, arrived)


def answered_outside(scope: Scope) -> int:
    """The reply of an outside host, at the gateway by which the packet left (CONN-5)."""
    if not scope.replies:
        return TRUE
    return scope.terms.all_of((igw.returns(scope), received(scope)))


def answered_inside(scope: Scope) -> int:
    """The reply to an outside host, by the gateway by which the packet came (CONN-5)."""
    return by_gateway(scope, SENDER, Port.REPLY, TRUE)


def by_entrance(scope: Scope) -> int:
    """The reply to what came by an entrance: it meets an open exit to everywhere (GAP-13)."""
    if not scope.replies:
        return TRUE
    role = scope.destinations
    return scope.terms.all_of(
        (
            subnet.leaves(scope, role, SENDER, Port.REPLY),
            route_table.exits(scope, role, SENDER, internet_only=True),
        )
    )

"""NAT gateways (NAT-1 to NAT-9): the second header, and the way back through the gateway.

Law: `nat_address` is one of the gateway's addresses wherever a packet is handed to it (NAT-4), and
`nat_public` the public one of that where there is one; both are free elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import assert_never

from verifier.encode import connection, gap, interface, network_acl, route_table, subnet, vpc
from verifier.encode import internet_gateway as igw
from verifier.encode.packet import PORT_PROTOCOLS, Port, References, Scope
from verifier.encode.terms import FALSE, TRUE
from verifier.encode.way import Way
from verifier.model import NatGateway
from verifier.packet import ICMP, Prefix
from verifier.topology import Exit, Gateway, Hop, Local, Nat, Peer, Spans, numbers
from verifier.trace import INTERNET

SERVED = PORT_PROTOCOLS | {ICMP}
NAT64 = Prefix.parse("64:ff9b::/96")


def usable(scope: Scope) -> dict[str, int]:
    """The gateways that sources are routed to, each with when that is; their addresses defined."""
    found = {
        hop.id: term
        for hop, term in route_table.ways(scope, scope.sources, "destination_address").items()
        if isinstance(hop, Nat) and _addresses(scope, hop.id)
    }
    if not found or "nat_address" in scope.declared:
        return found
    terms = scope.terms
    tables = {id_: _addresses(scope, id_) for id_ in found}
    scope.declare("nat_address", 32, numbers(at for table in tables.values() for at in table))
    publics = [to for table in tables.values() for to in table.values() if to is not None]
    scope.declare("nat_public", 32, numbers(publics))
    for id_, met in found.items():
        own = scope.address("nat_address", numbers(tables[id_]))
        ties = [
            terms.all_of(
                (
                    scope.address("nat_address", ((private, private),)),
                    TRUE if public is None else scope.address("nat_public", ((public, public),)),
                )
            )
            for private, public in tables[id_].items()
        ]
        scope.defined.append(terms.implies(met, terms.all_of((own, terms.any_of(ties)))))
    return found


def _addresses(scope: Scope, nat_id: str) -> dict[int, int | None]:
    """The private addresses of a gateway that can be used, with their public ones (NAT-4)."""
    nat = scope.index.network.nat_gateways[nat_id]
    if nat.subnet_id not in scope.index.network.subnets:
        return {}
    return {
        each.private.value: None if each.public is None else each.public.value
        for each in nat.addresses
    }


def beyond(scope: Scope, nat_id: str) -> Exit | None:
    """The exit for what a modelled gateway does not treat as modelled (NAT-2, NAT-5), if open."""
    found = scope.index.network.missing.get(("nat-beyond", nat_id))
    return Exit(found) if scope.open(found) else None


def nat64(scope: Scope) -> Iterator[tuple[Exit, int]]:
    """The open exits of IPv6 packets to NAT64 destinations, each with when it is met (NAT-2)."""
    for hop, term in route_table.ways(scope, scope.sources, "destination_address").items():
        if isinstance(hop, Nat):
            exit_ = beyond(scope, hop.id)
            if exit_ is not None:
                there = scope.address("destination_address", ((NAT64.first, NAT64.last),))
                yield exit_, scope.terms.all_of((term, there))


def ways(scope: Scope) -> Iterator[Way]:
    """The ways through a NAT gateway (NAT-3 to NAT-5) with their replies (NAT-7, NAT-8)."""
    for id_, met in usable(scope).items():
        nat = scope.index.network.nat_gateways[id_]
        home = nat.subnet_id or ""
        terms = scope.terms
        got = terms.all_of(
            (
                met,
                subnet.leaves(scope, scope.sources, "destination_address", Port.FORWARD),
                scope.protocol(SERVED),
                interface.sends(scope, References.LOST),
                network_acl.subnet_passes(scope, home, False, "source_address", Port.FORWARD),
            )
        )
        if got == FALSE:
            continue
        here = subnet.home(scope, home, "destination_address")
        inside = terms.all_of((got, here, _delivered(scope, nat.vpc_id, neighbour=True)))
        yield Way(inside, _local_reply(scope, home))
        onward = terms.all_of(
            (
                got,
                terms.negate(here),
                network_acl.subnet_passes(scope, home, True, "destination_address", Port.FORWARD),
            )
        )
        for hop, spans in route_table.subnet_leads(scope, home):
            there = terms.all_of((onward, scope.address("destination_address", spans)))
            if there != FALSE:
                yield from _onward(scope, nat, home, hop, there)


def _onward(scope: Scope, nat: NatGateway, home: str, hop: Hop, there: int) -> Iterator[Way]:
    """NAT-5: where the gateway's own subnet sends the packet."""
    terms = scope.terms
    match hop:
        case Local():
            reached = _delivered(scope, nat.vpc_id)
            yield Way(terms.all_of((there, reached)), _local_reply(scope, home))
        case Peer(vpc_id=far):
            reached = _delivered(scope, far)
            yield Way(terms.all_of((there, reached)), _peer_reply(scope, home))
        case Gateway(id_):
            yield from _through(scope, nat, home, id_, there)
        case Nat(id_):
            exit_ = beyond(scope, id_)
            second = scope.index.network.nat_gateways[id_]
            if exit_ is not None and second.subnet_id != home:
                yield Way(terms.all_of((there, _out(scope, exit_, nat.vpc_id))), TRUE)
        case Exit():
            yield Way(terms.all_of((there, _out(scope, hop, nat.vpc_id))), TRUE)
        case _ as never:
            assert_never(never)


def _delivered(scope: Scope, vpc_id: str, *, neighbour: bool = False) -> int:
    """True iff the destination is an interface of this VPC and takes the gateway's packet."""
    classes = scope.destinations.vpcs.get(vpc_id, ())
    within = classes if neighbour else None
    taken = interface.takes(scope, "nat_address", References.LOST, within=within)
    return scope.terms.all_of((scope.destination(classes), scope.named_private, taken))


def _out(scope: Scope, exit_: Exit, vpc_id: str) -> int:
    return scope.terms.any_of(
        (gap.handed_over(scope, exit_, vpc_id, "nat_address"), gap.let_out(scope, exit_))
    )


def _through(scope: Scope, nat: NatGateway, home: str, gateway: str, there: int) -> Iterator[Way]:
    """Out by the internet gateway, under the public address of the chosen one."""
    terms = scope.terms
    if not igw.passable(scope, nat.vpc_id):
        return
    publics = numbers(at for at, to in _addresses(scope, nat.id).items() if to is not None)
    out = terms.all_of(
        (
            there,
            igw.carried(scope, "destination_address"),
            scope.address("nat_address", publics),
        )
    )
    role = scope.destinations
    door = scope.destination(role.door((None, INTERNET, gateway)))
    host = scope.address("destination_address", igw.beyond(scope))
    turned = TRUE if igw.redirects(scope, nat.vpc_id) else FALSE
    back = terms.any_of((turned, _return(scope, home)))
    yield Way(terms.all_of((out, door, host)), back)
    yield from igw.inward(
        scope, out, "nat_public", lambda: terms.any_of((turned, _hairpin_reply(scope, home)))
    )


def _entered(scope: Scope, home: str) -> int:
    """True iff the reply to the gateway passes the ingress list of its subnet (NAT-7)."""
    return network_acl.subnet_passes(scope, home, False, "destination_address", Port.REPLY_TO_NAT)


def _undone(scope: Scope, home: str) -> int:
    """NAT-8: from the gateway back to the client."""
    terms = scope.terms
    local: Spans = tuple(
        part
        for hop, spans in route_table.subnet_leads(scope, home)
        if isinstance(hop, Local)
        for part in spans
    )
    back = terms.all_of(
        (
            scope.address("source_address", local),
            connection.received(scope),
        )
    )
    return terms.all_of(
        (
            network_acl.subnet_passes(scope, home, True, "source_address", Port.REPLY),
            terms.any_of((back, route_table.subnet_exits(scope, home, "source_address"))),
        )
    )


def _return(scope: Scope, home: str) -> int:
    if not scope.replies:
        return TRUE
    return scope.terms.all_of((_entered(scope, home), _undone(scope, home)))


def _local_reply(scope: Scope, home: str) -> int:
    """The reply of an interface of the gateway's VPC: directly, or by its router (NAT-7)."""
    if not scope.replies:
        return TRUE
    terms, role = scope.terms, scope.destinations
    hops = route_table.ways(scope, role, "nat_address")
    direct = terms.all_of(
        (
            terms.negate(vpc.served(scope, role, "nat_address")),
            subnet.stays(scope, role, "nat_address"),
            _undone(scope, home),
        )
    )
    routed = terms.all_of((hops.get(Local(), FALSE), _return(scope, home)))
    away = terms.all_of(
        (
            subnet.leaves(scope, role, "nat_address", Port.REPLY_TO_NAT),
            terms.any_of((routed, route_table.exits(scope, role, "nat_address"))),
        )
    )
    return terms.any_of((direct, away))


def _peer_reply(scope: Scope, home: str) -> int:
    """Return to sender: the peer's subnet asks its list and no table (NAT-7, PCX-4)."""
    if not scope.replies:
        return TRUE
    role = scope.destinations
    left = network_acl.passes(scope, role, True, "nat_address", Port.REPLY_TO_NAT)
    return scope.terms.all_of((left, _return(scope, home)))


def _hairpin_reply(scope: Scope, home: str) -> int:
    """The reply of an interface that was reached by its public address (NAT-7)."""
    returned = _return(scope, home)
    return connection.by_gateway(scope, "nat_public", Port.REPLY_TO_NAT, returned)

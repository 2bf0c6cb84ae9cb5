"""Route tables (RT-1 to RT-10, GAP-8, GAP-10): each table is asked once per address.

A table is a partition of the addresses (`verifier.topology.routes`); what is stated here is which
classes of hosts use which table, and what unknown routes add.
"""

from __future__ import annotations

from verifier.encode.packet import Scope
from verifier.encode.terms import FALSE
from verifier.topology import (
    Exit,
    Hop,
    Leads,
    Local,
    Nat,
    Role,
    Spans,
    Transit,
    union,
    without,
)

Ways = dict[Hop, int]


def ways(scope: Scope, role: Role, variable: str) -> Ways:
    """For each next hop: true iff the table of the host's subnet sends the address there.

    With gaps open an address may have several hops, any of which counts (GAP-8). A NAT gateway
    does not serve its own subnet (NAT-1).
    """
    key = ("ways", role is scope.sources, variable)
    found: Ways | None = scope.tables.get(key)
    if found is None:
        found = scope.tables[key] = _ways(scope, role, variable)
    return found


def _ways(scope: Scope, role: Role, variable: str) -> Ways:
    terms = scope.terms
    parts: dict[Hop, list[int]] = {}
    forth = role is scope.sources
    for table, classes in role.tables.items():
        for hop, spans in leads(scope, table, forth=forth):
            users = _without_own(scope, role, hop, classes)
            both = (scope.side(role, users), scope.address(variable, spans))
            parts.setdefault(hop, []).append(terms.all_of(both))
    for subnet, classes in role.subnets.items():
        if subnet not in scope.index.subnet_table:
            for hop, _ in subnet_leads(scope, subnet, forth=forth):
                parts.setdefault(hop, []).append(scope.side(role, classes))
    found = {hop: terms.any_of(terms_) for hop, terms_ in parts.items()}
    return {hop: term for hop, term in found.items() if term != FALSE}


def _without_own(scope: Scope, role: Role, hop: Hop, classes: Spans) -> Spans:
    if isinstance(hop, Nat):
        subnet = scope.index.network.nat_gateways[hop.id].subnet_id
        return without(classes, role.subnets.get(subnet or "", ()))
    return classes


def leads(scope: Scope, table: str, *, forth: bool) -> Leads:
    """The table's hops under the open gaps; closed exits are left out (GAP-6, GAP-8).

    So is what the question avoids, on the way forth (ASK-9).
    """
    routing = scope.index.routing(table, scope.family)
    known = routing.leads
    if routing.unknown:
        local = routing.local
        if all(scope.open(exit_.gap) for exit_ in routing.unknown):
            rest = without(scope.everything, local)
            known += tuple((exit_, rest) for exit_ in dict.fromkeys(routing.unknown))
        else:
            known = tuple((hop, local) for hop, _ in known if isinstance(hop, Local) and local)
    return tuple(
        (hop, spans)
        for hop, spans in known
        if not (isinstance(hop, Exit) and not scope.open(hop.gap))
        and not (forth and avoided(scope, hop))
    )


def avoided(scope: Scope, hop: Hop) -> bool:
    """True iff the hop is through a component that the question avoids (ASK-9)."""
    match hop:
        case Local():
            return False
        case Exit(components=components):
            return not scope.question.avoiding.isdisjoint(components)
        case Transit(id_, attachment):
            return not scope.question.avoiding.isdisjoint((id_, attachment))
        case _:
            return hop.id in scope.question.avoiding


def spans_of(scope: Scope, role: Role, hop: Hop) -> Spans:
    """The addresses that some table of the role's hosts sends to the hop."""
    forth = role is scope.sources
    found = [
        spans
        for table in role.tables
        for other, spans in leads(scope, table, forth=forth)
        if other == hop
    ]
    found += [
        spans
        for subnet in role.subnets
        if subnet not in scope.index.subnet_table
        for other, spans in subnet_leads(scope, subnet, forth=forth)
        if other == hop
    ]
    return union(*found)


def subnet_leads(scope: Scope, subnet: str, *, forth: bool) -> Leads:
    """The hops of one subnet; without a table everything that leaves meets an exit (GAP-10)."""
    table = scope.index.subnet_table.get(subnet)
    if table is not None:
        return leads(scope, table, forth=forth)
    gap = scope.index.network.missing.get(("route-table", subnet))
    return ((Exit(gap), scope.everything),) if scope.open(gap) else ()

"""Marks that several clauses leave on an exchange."""

from __future__ import annotations

from collections.abc import Callable

from tests.crosscheck.view import View
from verifier.model import (
    GroupReference,
    SecurityGroupRule,
)
from verifier.trace import OutsideHost


def is_reference(rule: SecurityGroupRule) -> bool:
    return isinstance(rule.peer, GroupReference) and rule.gap is None


def opened(view: View, clause: str) -> bool:
    return any(gap.clause == clause for gap in view.exchange.gaps)


def closed(view: View, clause: str) -> bool:
    """A gap of the clause is there and shut, and something fell to a gap."""
    return view.code("UNKNOWN_RESOURCE") and any(
        gap.clause == clause and gap not in view.case.opened for gap in view.case.network.gaps
    )


def tables(view: View, wanted: Callable[[object], bool]) -> bool:
    """A table that the packet met has a route of this form."""
    met = {hop.component for hop in view.hops() if hop.kind == "route-table"}
    tables = (view.case.network.route_tables.get(name) for name in sorted(met))
    return any(table is not None and any(map(wanted, table.routes)) for table in tables)


def transit(view: View, *codes: str | None, reply: bool | None = None) -> bool:
    return view.met("transit-gateway", *codes, reply=reply)


def crossings(view: View) -> int:
    """How many attachments the packet left transit gateways by."""
    return sum(
        hop.kind == "transit-gateway" and hop.rule is not None and hop.code is None
        for hop in view.hops(reply=False)
    )


def translated(view: View, *, reply: bool) -> bool:
    """A NAT gateway made an IPv4 packet of an IPv6 one, or the other way round."""
    return any(
        hop.kind == "nat-gateway" and hop.code is None and hop.packet.family == (6 if reply else 4)
        for hop in view.hops(reply=reply)
        if view.probe.packet.family == 6
    )


def by_rank(view: View) -> bool:
    """A transit table that the packet met has two routes for its destination."""
    address = view.probe.packet.destination
    rules = [hop.rule for hop in view.hops(reply=False) if hop.kind == "transit-gateway"]
    return any(
        len([route for route in table.routes if route.prefix.holds(address)]) > 1
        for name, table in view.case.network.transit_tables.items()
        if any(rule is not None and name in rule for rule in rules)
    )


def chosen(view: View, *, kept: bool) -> bool:
    """The packet left a transit gateway by an attachment with several subnets (TGW-6)."""
    used = {
        part
        for hop in view.hops()
        if hop.kind == "transit-gateway" and hop.rule is not None
        for part in hop.rule.split()
    }
    return any(
        end.id in used and len(end.subnet_ids) > 1 and end.appliance_mode is kept
        for end in view.case.network.transit_attachments.values()
    )


def edges(view: View) -> bool:
    """The packet came in by a gateway that has a table of its own."""
    tables = view.case.network.route_tables
    return any(
        hop.kind == "route-table" and hop.component in tables and tables[hop.component].gateway_ids
        for hop in view.hops()
    )


def appliance_gap(view: View) -> bool:
    """Something else than forwarding was done by an appliance (MBX-6)."""
    interfaces = view.case.network.interfaces
    return any(
        hop.kind == "gap" and hop.component in interfaces and hop.code is None
        for hop in view.hops(reply=False)
    )


def inspected(view: View, *words: str) -> bool:
    """A firewall told of a decision in one of these words."""
    return any(
        hop.kind == "network-firewall" and hop.rule is not None and hop.rule.startswith(words)
        for hop in view.hops()
    )


def service_door(view: View) -> bool:
    host = view.exchange.forward.delivered_to
    return isinstance(host, OutsideHost) and view.met("vpc-endpoint", None, reply=False)


def out_by(view: View, kind: str) -> bool:
    host = view.exchange.forward.delivered_to
    return isinstance(host, OutsideHost) and view.met(kind, None, reply=False)


def secondary(view: View) -> bool:
    vpcs = view.case.network.vpcs.values()
    address = view.exchange.forward.packet.destination
    return view.destination() is not None and any(
        address in block for vpc in vpcs for block in vpc.prefixes[1:]
    )

"""Twists: one rare thing put on the spine's own way, so that a corpus has every clause often.

A twist is applied after the spine is threaded and noise is added; a fixed corpus goes round all of
them (`tests.crosscheck.corpus`). One that does not fit the spine changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from tests.strategies import network_acl
from tests.strategies.nat_gateway import add_nat_gateway
from tests.strategies.plan import Plan
from tests.strategies.route_table import add_exact_route, routes_of
from verifier.model import InterfaceKind, NatGatewayTarget, NetworkInterface, PassageGap
from verifier.packet import PORT_PROTOCOLS, Prefix
from verifier.trace import Host, InterfaceHost, Probe

Twist = Callable[[Plan, Probe], None]


def _end(plan: Plan, host: Host | None) -> NetworkInterface | None:
    if not isinstance(host, InterfaceHost):
        return None
    found = plan.interfaces[host.interface_id]
    return None if found.kind is InterfaceKind.NAT_GATEWAY else found


def nothing(plan: Plan, spine: Probe) -> None:
    """Most networks stay as they are."""
    del plan, spine


def unfiltered(plan: Plan, spine: Probe) -> None:
    """The destination, or the source, is of a kind that groups do not filter (ENI-3)."""
    end = _end(plan, spine.destination) or _end(plan, spine.source)
    if end is not None:
        kind = InterfaceKind.NETWORK_LOAD_BALANCER
        changed = replace(end, kind=kind, type_name=kind.value, groups=())
        plan.interfaces[end.id] = changed


def one_way_kind(plan: Plan, spine: Probe) -> None:
    """An end whose kind only sends or only takes (ENI-4, ENI-7)."""
    end = _end(plan, plan.pick((spine.source, spine.destination)))
    if end is not None:
        kind = plan.pick((InterfaceKind.LAMBDA, InterfaceKind.VPC_ENDPOINT))
        plan.interfaces[end.id] = replace(end, kind=kind, type_name=kind.value)


def blackhole(plan: Plan, spine: Probe) -> None:
    """The route of the packet, or of its reply, drops (RT-5)."""
    ends = [(_end(plan, spine.source), spine.packet.destination)]
    ends.append((_end(plan, spine.destination), spine.packet.source))
    for end, address in ends[: plan.pick((1, 2))]:
        routes = routes_of(plan, end.subnet_id) if end is not None else None
        for at, route in enumerate(routes or []):
            if (
                routes
                and isinstance(route.destination, Prefix)
                and route.destination.holds(address)
            ):
                routes[at] = replace(route, blackhole=True)


def shut_at_gateway(plan: Plan, spine: Probe) -> None:
    """The destination is closed to internet gateways, or detached (IGW-6)."""
    end = _end(plan, spine.destination)
    if end is not None:
        detached = plan.chance(0.5)
        plan.interfaces[end.id] = replace(
            end, attached=not detached, deny_all_internet_gateway=not detached
        )


def passage(plan: Plan, spine: Probe) -> None:
    """Something at the gateway of an end's VPC is not understood (IGW-9, GAP-9)."""
    for host in (spine.destination, spine.source):
        end = _end(plan, host)
        if end is not None and plan.chance(0.7):
            gap = plan.gap(end.vpc_id, "GAP-9", "passage twisted")
            plan.passages[end.vpc_id] = (PassageGap(gap, plan.chance(0.6)),)


def reply_to_nat(plan: Plan, spine: Probe) -> None:
    """The destination's table hands the reply to a NAT gateway (NAT-9)."""
    end = _end(plan, spine.destination)
    places = [
        subnet
        for subnet in plan.subnets.values()
        if end is not None
        and subnet.vpc_id == end.vpc_id
        and subnet.id != end.subnet_id
        and any(prefix.family == 4 for prefix in subnet.prefixes)
    ]
    if end is not None and places:
        nat = add_nat_gateway(plan, plan.pick(places), plan.chance(0.5), plain=plan.chance(0.7))
        routes = routes_of(plan, end.subnet_id)
        if routes is not None:
            routes[:] = [r for r in routes if not _exactly(r.destination, spine)]
        add_exact_route(plan, end.subnet_id, spine.packet.source, NatGatewayTarget(nat))


def _exactly(destination: object, spine: Probe) -> bool:
    return (
        isinstance(destination, Prefix)
        and destination.holds(spine.packet.source)
        and destination.length >= 30
    )


def peering_down(plan: Plan, spine: Probe) -> None:
    """No connection is active (PCX-1)."""
    del spine
    for name, peering in plan.peerings.items():
        plan.peerings[name] = replace(peering, active=False, status="deleted")
    plan.entrances[:] = [door for door in plan.entrances if door.kind != "peering"]


def nat_down(plan: Plan, spine: Probe) -> None:
    """No NAT gateway can be used (NAT-1)."""
    del spine
    for name, nat in plan.nat_gateways.items():
        plan.nat_gateways[name] = replace(nat, available=False)


def odd_entry(plan: Plan, spine: Probe) -> None:
    """The first entry that the packet or its reply meets is not understood (GAP-3)."""
    packets = [spine.packet, spine.packet.reply() or spine.packet]
    for host, packet in zip((spine.source, spine.destination), packets, strict=True):
        end = _end(plan, host)
        entries = network_acl.entries_of(plan, end.subnet_id) if end is not None else None
        if entries is None:
            continue
        egress = plan.chance(0.5)
        gap = plan.gap(f"{host}"[:12], "GAP-3", f"twisted {egress}")
        address = packet.destination if egress else packet.source
        if not egress:
            address = packet.destination if plan.chance(0.5) else packet.source
        entries.append(
            network_acl.unread(plan, entries, egress, packet.protocol, plan.around(address), gap)
        )


def wide_ports(plan: Plan, spine: Probe) -> None:
    """The reply must come back to exactly the ephemeral ports that AWS names, or one fewer."""
    if spine.packet.protocol not in PORT_PROTOCOLS:
        return
    for _, entries in plan.acls.values():
        for at, entry in enumerate(entries):
            if entry.protocol in PORT_PROTOCOLS and entry.ports is not None:
                low = plan.pick((1024, 1024, 1025, 1023, 32768))
                ports = entry.ports._replace(first=low, last=65535)
                if plan.chance(0.3):
                    entries[at] = replace(entry, ports=ports)


TWISTS: tuple[Twist, ...] = (
    nothing, unfiltered, nothing, one_way_kind, nothing, blackhole, nothing, shut_at_gateway,
    nothing, passage, reply_to_nat, nothing, peering_down, nothing, odd_entry, wide_ports, nothing,
    nat_down, nothing,
)  # fmt: skip

FITTING: dict[Twist, tuple[str, ...]] = {
    blackhole: ("internet-in", "internet-out", "peering", "hairpin", "nat-out", "exit-out"),
    shut_at_gateway: ("internet-in", "hairpin", "hairpin-across", "hairpin-across-ipv6"),
    passage: ("internet-in", "internet-out", "hairpin", "hairpin-across", "nat-out", "exit-public"),
    reply_to_nat: ("vpc", "peering", "internet-in", "hairpin"),
    peering_down: ("peering", "nat-peering"),
    nat_down: ("nat-out", "nat-local", "nat-peering", "nat-hairpin"),
}
"""Names of the kinds of way that a twist is made for; any if it is not here."""

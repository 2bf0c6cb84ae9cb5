"""Rare things in network ACLs, as `tests.strategies.twist` has them (ACL, GAP-3)."""

from __future__ import annotations

from dataclasses import replace

from tests.strategies import network_acl
from tests.strategies.plan import Plan
from tests.strategies.spines.twists import end_of
from verifier.model import (
    NetworkAclEntry,
)
from verifier.packet import PORT_PROTOCOLS, Packet
from verifier.trace import Probe


def odd_entry(plan: Plan, spine: Probe) -> None:
    """The first entry that the packet or its reply meets is not understood (GAP-3)."""
    packets = [spine.packet, spine.packet.reply() or spine.packet]
    for host, packet in zip((spine.source, spine.destination), packets, strict=True):
        end = end_of(plan, host)
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


def stopped(plan: Plan, spine: Probe) -> None:
    """One list on the way denies exactly the packet that it sees there (ACL-9)."""
    if not plan.checkpoints:
        return
    del spine
    subnet_id, egress, packet = plan.pick(plan.checkpoints)
    entries = network_acl.entries_of(plan, subnet_id)
    if entries is not None:
        entries.append(network_acl.exactly(plan, entries, egress, packet, allow=False))


def only_just(plan: Plan, spine: Probe) -> None:
    """One list on the way allows exactly the packet that it sees there, and nothing like it."""
    del spine
    if not plan.checkpoints:
        return
    subnet_id, egress, packet = plan.pick(plan.checkpoints)
    entries = network_acl.entries_of(plan, subnet_id)
    if entries is not None:
        kept = network_acl.exactly(plan, entries, egress, packet, allow=True)
        same = [entry for entry in entries if entry.egress == egress]
        for entry in same:
            if _speaks(entry, packet):
                entries.remove(entry)
        entries.append(kept)


def narrow_nat(plan: Plan, spine: Probe) -> None:
    """On the way of the reply to a NAT gateway, one list allows, or denies, its port alone."""
    chosen = spine.choices.nat_port
    found = [
        (subnet_id, egress, packet)
        for subnet_id, egress, packet in plan.checkpoints
        if chosen is not None
        and packet.destination_port == chosen
        and packet.source == spine.packet.destination
    ]
    if not found:
        found = plan.checkpoints
    subnet_id, egress, packet = plan.pick(found)
    entries = network_acl.entries_of(plan, subnet_id)
    if entries is not None:
        allow = plan.chance(0.6)
        only = network_acl.exactly(plan, entries, egress, packet, allow=allow)
        if allow:
            entries[:] = [e for e in entries if e.egress != egress or not _speaks(e, packet)]
        entries.append(only)


def _speaks(entry: NetworkAclEntry, packet: Packet) -> bool:
    return entry.protocol in (-1, packet.protocol)

"""How rules, entries and routes are told in a trace: words only, nothing is decided here."""

from __future__ import annotations

from verifier.evaluate.route_table import component
from verifier.model import (
    GroupReference,
    NetworkAclEntry,
    PrefixListReference,
    Route,
    SecurityGroupRule,
)
from verifier.packet import (
    ICMP_PROTOCOLS,
    PORT_PROTOCOLS,
    PortRange,
    Prefix,
    protocol_name,
)

Rule = str | SecurityGroupRule | NetworkAclEntry | None


def rule_words(rule: Rule) -> str | None:
    """`tcp 5432 10.0.0.0/16` for a group's rule, the number for an entry, text as it is."""
    if isinstance(rule, SecurityGroupRule):
        peer = rule.peer
        if isinstance(peer, GroupReference):
            name = peer.group_id
        elif isinstance(peer, PrefixListReference):
            name = peer.prefix_list_id
        else:
            name = _or_unknown(peer)
        return f"{_traffic(rule.protocol, rule.from_port, rule.to_port)} {name}"
    if isinstance(rule, NetworkAclEntry):
        return str(rule.rule_number)
    return rule


def entry_detail(entry: NetworkAclEntry) -> str:
    """The entry in words: `allow tcp 443 0.0.0.0/0`."""
    action = {True: "allow", False: "deny", None: "unknown action for"}[entry.allow]
    first, last = entry.ports or (None, None)
    if entry.protocol in ICMP_PROTOCOLS:
        first, last = entry.icmp or (-1, -1)
    return f"{action} {_traffic(entry.protocol, first, last)} {_or_unknown(entry.prefix)}"


def route_words(prefix: Prefix, route: Route) -> str:
    """`0.0.0.0/0 igw-1`, with the prefix list that a prefix stands in, if any."""
    listed = route.destination
    source = f" ({listed.prefix_list_id})" if isinstance(listed, PrefixListReference) else ""
    return f"{prefix}{source} {component(route.target)}"


def _or_unknown(prefix: Prefix | None) -> str:
    return "?" if prefix is None else str(prefix)


def _traffic(protocol: int | None, first: int | None, last: int | None) -> str:
    if protocol is None:
        return "?"
    name = protocol_name(protocol)
    if protocol in PORT_PROTOCOLS:
        known = first is not None and last is not None
        return f"{name} {PortRange(first or 0, last or 0)}" if known else f"{name} ?"
    if protocol in ICMP_PROTOCOLS and first not in (None, -1):
        return f"{name} {first}" if last in (None, -1) else f"{name} {first}/{last}"
    return name

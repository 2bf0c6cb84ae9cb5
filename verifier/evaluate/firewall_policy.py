"""The policies of network firewalls made ready: rules in their order, and what they match (NFW-3).

Owns no decision about a packet; `network_firewall` asks.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from verifier.model import (
    FirewallMatch,
    Network,
    NetworkFirewall,
    StatefulAction,
    StatefulRule,
    StatelessRule,
)
from verifier.packet import PORT_PROTOCOLS, Address, Packet, PortRange, Prefix


@dataclass(frozen=True, slots=True)
class Policy:
    """A firewall with its rules in the order in which they are asked (NFW-2, NFW-4, NFW-5)."""

    firewall: NetworkFirewall
    stateless: tuple[StatelessRule, ...]
    stateful: tuple[StatefulRule, ...]


def policies(network: Network) -> Mapping[str, Policy]:
    """The policy at each endpoint of a firewall; of several firewalls the first by id counts."""
    found: dict[str, Policy] = {}
    for _, firewall in sorted(network.network_firewalls.items()):
        policy = Policy(
            firewall,
            tuple(
                sorted(firewall.stateless, key=lambda rule: (rule.group_priority, rule.priority))
            ),
            tuple(sorted(firewall.stateful, key=lambda rule: _turn(firewall, rule))),
        )
        for endpoint_id in firewall.endpoint_ids:
            found.setdefault(endpoint_id, policy)
    return found


def _turn(firewall: NetworkFirewall, rule: StatefulRule) -> tuple[int, int, int]:
    """When it is the rule's turn: by order, or passing before doubtful before dropping."""
    rank = 0
    if not firewall.strict_order:
        rank = 1 if rule.gap is not None else 0 if rule.action is StatefulAction.PASS else 2
    return rank, rule.group_priority, rule.position


def matches(match: FirewallMatch, packet: Packet) -> bool:
    """True iff the five-tuple is what the rule speaks of (NFW-3)."""
    if match.protocols is not None and packet.protocol not in match.protocols:
        return False
    if not _holds(match.sources, packet.source, "source" in match.inverted):
        return False
    if not _holds(match.destinations, packet.destination, "destination" in match.inverted):
        return False
    if packet.protocol not in PORT_PROTOCOLS:
        return True
    from_port = _spans(match.source_ports, packet.source_port, "source_ports" in match.inverted)
    to_port = _spans(
        match.destination_ports, packet.destination_port, "destination_ports" in match.inverted
    )
    return from_port and to_port


def _holds(prefixes: tuple[Prefix, ...], address: Address, inverted: bool) -> bool:
    return any(prefix.holds(address) for prefix in prefixes) is not inverted


def _spans(ranges: tuple[PortRange, ...], port: int | None, inverted: bool) -> bool:
    return any(port in ports for ports in ranges) is not inverted


def swapped(packet: Packet) -> Packet:
    """The packet seen from its other end, for a rule of both directions."""
    return Packet(
        source=packet.destination,
        destination=packet.source,
        protocol=packet.protocol,
        source_port=packet.destination_port,
        destination_port=packet.source_port,
        icmp_type=packet.icmp_type,
        icmp_code=packet.icmp_code,
    )

"""The gaps of a network, and sets of open ones: none, all, and some."""

from __future__ import annotations

from random import Random
from typing import Any

from verifier.model import Gap, InterfaceTarget, Network, UnmodelledTarget


def opened(random: Random, network: Network) -> frozenset[Gap]:
    """None, all, all but one, or about half of the network's gaps."""
    gaps = list(network.gaps)
    kind = random.randrange(6)
    if kind < 2 or not gaps:
        return frozenset()
    if kind < 4:
        return frozenset(gaps)
    if kind == 4:
        gaps.pop(random.randrange(len(gaps)))
        return frozenset(gaps)
    return frozenset(gap for gap in gaps if random.random() < 0.5)


def gaps_of(network: Network) -> list[Gap]:
    """Every gap that hangs anywhere in the network."""
    found = [*network.missing.values(), *(entrance.gap for entrance in network.entrances)]
    found += [passage.gap for gaps in network.passages.values() for passage in gaps]
    found += [found for found in (network.reference_gap,) if found]
    ends: list[Any] = [
        *network.vpn_gateways.values(),
        *network.transit_attachments.values(),
    ]
    found += [end.beyond for end in ends if end.beyond]
    things: list[Any] = [
        *ends,
        *network.transit_gateways.values(),
        *network.transit_tables.values(),
        *network.vpc_endpoints.values(),
        *network.network_firewalls.values(),
        *(
            rule
            for firewall in network.network_firewalls.values()
            for rule in (*firewall.stateless, *firewall.stateful)
        ),
        *(entry for acl in network.network_acls.values() for entry in acl.entries),
        *(rule for group in network.security_groups.values() for rule in group.rules),
        *network.interfaces.values(),
        *network.nat_gateways.values(),
        *network.instance_connect_endpoints.values(),
    ]
    found += [thing.gap for thing in things if thing.gap]
    for table in network.route_tables.values():
        found += [table.tie_gap] if table.tie_gap else []
        targets = (route.target for route in table.routes)
        found += [t.gap for t in targets if isinstance(t, InterfaceTarget | UnmodelledTarget)]
    return found

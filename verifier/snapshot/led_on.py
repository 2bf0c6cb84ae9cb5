"""Where packets from doors of which nothing is certain are led on to (GAP-7).

An entrance puts packets into one VPC only. What comes in by an attachment may be led on by the
tables of that VPC, to another one; and an instance may stand in several VPCs. Law: every VPC into
which packets may come so gets an entrance of its own.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Final

from verifier.model import InterfaceTarget, PeeringTarget, TransitGatewayTarget
from verifier.snapshot.route_table import TRANSIT, VIRTUAL_PRIVATE
from verifier.snapshot.transit_gateway import joined, vpcs_of

if TYPE_CHECKING:
    from verifier.snapshot.network import Parts

Door = tuple[str, str, str]
"""Entrance id, kind, VPC id."""
ROUTED: Final = frozenset(
    {VIRTUAL_PRIVATE, TRANSIT, "core network", "gateway of unknown kind", "several targets"}
)
"""Kinds of doors whose packets tables of the VPC may lead on."""
APPLIANCE: Final = "instance that forwards, with interfaces in several VPCs"


def led_on(parts: Parts, doors: Iterable[Door]) -> Iterator[Door]:
    """The same doors, as entrances of the VPCs that packets are led on to."""
    doors = [door for door in doors if door[1] in ROUTED]
    onward = _onward(parts) if doors else {}
    for name, kind, vpc_id in doors:
        waiting, found = {vpc_id}, {vpc_id}
        while waiting:
            waiting = {far for near in waiting for far in onward.get(near, ())} - found
            found |= waiting
        yield from ((name, kind, far) for far in sorted(found - {vpc_id}))


def between_vpcs(parts: Parts) -> Iterator[Door]:
    """The interfaces that routes lead to, as entrances of other VPCs that their instance is in."""
    vpcs: defaultdict[str, set[str]] = defaultdict(set)
    for interface in parts.interfaces.values():
        if interface.instance_id is not None:
            vpcs[interface.instance_id].add(interface.vpc_id)
    for table in parts.route_tables.values():
        for route in table.routes:
            if not isinstance(route.target, InterfaceTarget) or route.blackhole:
                continue
            appliance = parts.interfaces.get(route.target.interface_id)
            if appliance is not None and appliance.instance_id is not None:
                others = vpcs[appliance.instance_id] - {appliance.vpc_id}
                yield from ((appliance.id, APPLIANCE, vpc_id) for vpc_id in sorted(others))


def _onward(parts: Parts) -> dict[str, set[str]]:
    """By VPC, those that its tables lead to.

    Over a peering connection only under an address of the VPC's own (PCX-6), so from a NAT gateway
    or an appliance.
    """
    transit = parts.ways.transit
    disguised = {one.vpc_id for one in parts.nat_gateways.values()}
    found: defaultdict[str, set[str]] = defaultdict(set)
    peers: list[tuple[str, str]] = []
    for table in parts.route_tables.values():
        for target in [route.target for route in table.routes if not route.blackhole]:
            match target:
                case TransitGatewayTarget(name):
                    found[table.vpc_id] |= {
                        vpc for _, vpc in vpcs_of(transit, joined(transit, {name}))
                    }
                case PeeringTarget(name) if name in parts.peerings and parts.peerings[name].active:
                    sides = parts.peerings[name].requester, parts.peerings[name].accepter
                    peers += ((table.vpc_id, side.vpc_id) for side in sides)
                case InterfaceTarget():
                    disguised.add(table.vpc_id)
                case _:
                    pass
    for near, far in peers:
        if near in disguised:
            found[near].add(far)
    return dict(found)

"""Peering connections: within and across Regions, inactive, to VPCs that are not there."""

from __future__ import annotations

from tests.strategies.plan import Plan
from verifier.model import Entrance, PeeringConnection, PeeringSide
from verifier.packet import Address, Prefix

ELSEWHERE = Prefix.parse("10.77.0.0/24")


def _side(plan: Plan, vpc_id: str) -> PeeringSide:
    vpc = plan.vpcs.get(vpc_id)
    if vpc is None:
        blocks = plan.pick(
            [(), (ELSEWHERE,), (ELSEWHERE, Prefix.of(Address(6, 0xFD77 << 112), 32))]
        )
        return PeeringSide(vpc_id=vpc_id, region="eu-central-1", prefixes=blocks)
    return PeeringSide(vpc_id=vpc_id, account=vpc.account, region=vpc.region, prefixes=vpc.prefixes)


def add_peering(plan: Plan, first: str, second: str, active: bool) -> str:
    """Join two VPCs; a side that is not in the network is an entrance (PCX-3). The id."""
    sides = [first, second]
    plan.random.shuffle(sides)
    name = f"pcx-{len(plan.peerings)}"
    plan.peerings[name] = PeeringConnection(
        id=name,
        active=active,
        requester=_side(plan, sides[0]),
        accepter=_side(plan, sides[1]),
        status="active" if active else plan.pick(("deleted", "pending-acceptance")),
    )
    if active and (first in plan.vpcs) != (second in plan.vpcs):
        here = first if first in plan.vpcs else second
        gap = plan.gap(name, "PCX-3")
        plan.entrances.append(Entrance(name, "peering", here, gap, None))
    return name


def add_peerings(plan: Plan) -> None:
    """Join VPCs here and there."""
    names = sorted(plan.vpcs)
    for first in names:
        for second in (*names, "vpc-elsewhere"):
            if first < second and plan.chance(0.2 if second in plan.vpcs else 0.06):
                add_peering(plan, first, second, plan.chance(0.75))
        if plan.chance(0.05):
            add_peering(plan, first, first, True)


def peering_of(plan: Plan, first: str, second: str) -> str:
    """The id of an active connection of the two; made if there is none."""
    for name, found in sorted(plan.peerings.items()):
        if found.active and {found.requester.vpc_id, found.accepter.vpc_id} == {first, second}:
            return name
    return add_peering(plan, first, second, True)

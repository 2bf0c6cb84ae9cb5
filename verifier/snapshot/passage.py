"""The passages through internet gateways that are not known to be as they are listed (GAP-9).

Owns the gateways that a snapshot lets one guess, and what of the way through a gateway is not
modelled.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from verifier.model import Gap, InternetGateway, InternetGatewayTarget, LocalTarget, PassageGap
from verifier.packet import Prefix
from verifier.snapshot.block_public_access import Blocking
from verifier.snapshot.ledger import Ledger
from verifier.snapshot.resources import Resources
from verifier.snapshot.wire import holds

if TYPE_CHECKING:
    from verifier.snapshot.network import Parts


def guessed_gateways(resources: Resources, parts: Parts, ledger: Ledger) -> dict[str, Gap]:
    """Internet gateways that the snapshot lets one guess, by VPC, with the gap of their passage.

    A VPC without a listed gateway gets one if a route of it leads to a gateway that is not listed,
    or if the listing is absent and something in the VPC has an address that is known outside.
    """
    served = {vpc for one in parts.internet_gateways.values() for vpc in one.vpc_ids}
    routed: dict[str, set[str]] = {}
    for table in parts.route_tables.values():
        for route in table.routes:
            if isinstance(route.target, InternetGatewayTarget) and not route.blackhole:
                gateway_id = route.target.internet_gateway_id
                if gateway_id not in parts.internet_gateways:
                    routed.setdefault(table.vpc_id, set()).add(gateway_id)
    edges: dict[str, set[str]] = {}
    for table in parts.route_tables.values():
        unknown = {name for name in table.gateway_ids if name.startswith("igw-")}
        edges.setdefault(table.vpc_id, set()).update(unknown - parts.internet_gateways.keys())
    public = set(_with_public_addresses(parts))
    found: dict[str, Gap] = {}
    for vpc in parts.vpcs.values():
        listed = resources.has("InternetGateways", vpc.account, vpc.region)
        if vpc.id in served or not (vpc.id in routed or (vpc.id in public and not listed)):
            continue
        candidates = edges.get(vpc.id) or routed.get(vpc.id)
        gateway_id = min(candidates or {f"internet-gateway-of-{vpc.id}"})
        detail = f"that this internet gateway is attached to {vpc.id} is not in the snapshot"
        found[vpc.id] = ledger.gap(gateway_id, "GAP-9", detail)
        parts.internet_gateways[gateway_id] = InternetGateway(
            id=gateway_id, vpc_ids=(vpc.id,), account=vpc.account
        )
    return found


_GLOBAL = Prefix.parse("2000::/3")


def _with_public_addresses(parts: Parts) -> Iterator[str]:
    for interface in parts.interfaces.values():
        if any(one.public for one in interface.ipv4) or any(
            holds(_GLOBAL, address) for address in interface.ipv6
        ):
            yield interface.vpc_id
    for gateway in parts.nat_gateways.values():
        if any(one.public for one in gateway.addresses):
            yield gateway.vpc_id


def passages(
    parts: Parts, blocks: Blocking, guessed: dict[str, Gap], ledger: Ledger
) -> dict[str, tuple[PassageGap, ...]]:
    """What of the passage through an internet gateway is not modelled (GAP-9)."""
    served = {vpc: one.id for one in parts.internet_gateways.values() for vpc in one.vpc_ids}
    found: dict[str, list[PassageGap]] = {vpc: [PassageGap(gap)] for vpc, gap in guessed.items()}

    def add(vpc_id: str, detail: str, redirects: bool = False) -> None:
        gap = ledger.gap(served[vpc_id], "GAP-9", detail)
        found.setdefault(vpc_id, []).append(PassageGap(gap, redirects))

    for vpc_id in parts.unsettled:
        add(vpc_id, f"its attachment to {vpc_id} is in transition, or its state is not known")
    for vpc_id, detail in sorted(blocks.doubts.items()):
        if vpc_id in served:
            add(vpc_id, detail)
    for table in parts.route_tables.values():
        if not table.gateway_ids or all(
            isinstance(route.target, LocalTarget) for route in table.routes
        ):
            continue
        for gateway_id in table.gateway_ids:
            private = parts.ways.private.found.get(gateway_id)
            if served.get(table.vpc_id) == gateway_id or (
                private is not None and private.vpc_id == table.vpc_id
            ):
                continue
            if gateway_id.startswith("vgw-"):
                ledger.incomplete(table.id, f"redirects what comes in by {gateway_id}")
            elif table.vpc_id in served:
                add(table.vpc_id, f"{table.id} redirects what comes in, not modelled", True)
    return {vpc: tuple(gaps) for vpc, gaps in sorted(found.items())}

"""Transit, virtual private and egress-only gateways together: what they are doors of.

Owns which of them are modelled, so that they are doors by themselves, and which are entrances of
which nothing is certain (GAP-7); and what sites behind them may lead on (VGW-2, TGW-5).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from verifier.model import (
    AttachmentKey,
    AttachmentKind,
    EgressOnlyInternetGateway,
    Entrance,
    InterfaceKind,
    PrefixList,
    RouteOrigin,
    Subnet,
    TransitGatewayAttachment,
    Vpc,
    VpnGatewayTarget,
)
from verifier.packet import Prefix
from verifier.snapshot.egress_only_internet_gateway import lift_egress_only_internet_gateway
from verifier.snapshot.ledger import Ledger
from verifier.snapshot.route_table import TRANSIT, VIRTUAL_PRIVATE, expanded
from verifier.snapshot.transit_gateway import Transit, joined, lift_gateways, open_gateways, vpcs_of
from verifier.snapshot.transit_gateway_attachment import TransitContext, lift_attachments, rows
from verifier.snapshot.transit_gateway_route_table import associate, lift_tables
from verifier.snapshot.vpn_gateway import PrivateGateways, lift_vpn_gateways, with_prefixes

if TYPE_CHECKING:
    from verifier.snapshot.network import Parts
    from verifier.snapshot.resources import Resources

Door = tuple[str, str, str]
"""Entrance id, kind, VPC id."""
SITES: Final = frozenset(AttachmentKind) - {AttachmentKind.VPC, AttachmentKind.PEERING}


@dataclass(slots=True, kw_only=True)
class Ways:
    """The gateways of private ways, and of IPv6 ways out, while the network is put together."""

    transit: Transit
    private: PrivateGateways
    egress_only: dict[str, EgressOnlyInternetGateway]


def lift_ways(
    resources: Resources,
    vpcs: Mapping[str, Vpc],
    subnets: Mapping[str, Subnet],
    prefix_lists: Mapping[str, PrefixList],
    ledger: Ledger,
) -> Ways:
    """All of them, without what depends on other resources (`finish`)."""
    context = TransitContext(vpcs=vpcs, subnets=subnets, prefix_lists=prefix_lists)
    transit = Transit(gateways=lift_gateways(resources, ledger))
    found = rows(resources, ledger)
    associate(resources, found)
    lift_attachments(found, transit, context, ledger)
    lift_tables(resources, transit, context, ledger)
    egress_only = (
        lift_egress_only_internet_gateway(wire, origin, ledger)
        for wire, origin in resources.records["EgressOnlyInternetGateways"]
    )
    return Ways(
        transit=transit,
        private=lift_vpn_gateways(resources, vpcs, ledger),
        egress_only={one.id: one for one in egress_only if one is not None},
    )


def doors(ways: Ways, vpc_ids: Sequence[str]) -> Iterator[Door]:
    """The doors of which nothing is certain, by the VPCs into which they lead."""
    for gateway_id in ways.private.unknown:
        vpc_id = ways.private.vpcs.get(gateway_id)
        for name in vpc_ids if vpc_id is None else (vpc_id,):
            yield gateway_id, VIRTUAL_PRIVATE, name
    reached = list(vpcs_of(ways.transit, open_gateways(ways.transit)))
    for attachment_id, vpc_id in reached:
        yield attachment_id, TRANSIT, vpc_id
    for one in ways.transit.attachments.values():
        if one.gap is not None and one.available and one.vpc_id not in vpc_ids:
            for _, vpc_id in reached:
                yield one.id, TRANSIT, vpc_id


def certain(ways: Ways) -> dict[str, set[str]]:
    """The gateways and attachments of which everything is certain, each with its VPCs."""
    known = {one.id: {one.vpc_id or ""} for one in ways.private.found.values()}
    for gateway_id in ways.transit.gateways.keys() - open_gateways(ways.transit):
        known[gateway_id] = set()
        for attachment_id, vpc_id in vpcs_of(ways.transit, [gateway_id]):
            known[gateway_id].add(vpc_id)
            known[attachment_id] = {vpc_id}
    return known


def ends_here(ways: Ways, gateway_id: str) -> bool:
    """True iff packets that go to this transit gateway come to nothing but VPCs, for certain."""
    if gateway_id not in ways.transit.gateways.keys() - open_gateways(ways.transit):
        return False
    reached = joined(ways.transit, {gateway_id})
    return not any(
        _is_site(one) and one.transit_gateway_id in reached
        for one in ways.transit.attachments.values()
    )


def finish(
    resources: Resources, parts: Parts, entrances: Sequence[Entrance], ledger: Ledger
) -> None:
    """Enter what the gateways know and what their sites may do, now that all doors are known."""
    found = parts.ways.private.found
    known = list(with_prefixes(resources, found, parts.vpcs, _propagated(parts), ledger))
    for name, prefixes, gap in known:
        found[name] = replace(found[name], prefixes=prefixes, gap=gap)
    outside = any(one.vpc_ids for one in parts.internet_gateways.values())
    several = len(parts.vpcs) > 1
    sites = [key for key, one in parts.ways.transit.attachments.items() if _is_site(one)]
    attached = [(one.id, one.vpc_id) for one in found.values() if one.vpc_id]
    for name in sorted({name for name, _ in attached} | {key[1] for key in sites}):
        _trust_sites(name, ledger)
    doors_in = {*attached, *sites, *((one.id, one.vpc_id) for one in entrances)}
    detail = "its sites may lead packets for addresses of the snapshot back in by another door"
    for name, vpc_id in attached:
        if outside or (several and doors_in - {(name, vpc_id)}):
            found[name] = replace(found[name], beyond=ledger.gap(name, "VGW-2", detail))
    attachments = parts.ways.transit.attachments
    for key in _zoned_apart(resources, parts):
        detail = "its subnets' zones may have other names in the accounts of the other VPCs"
        gap = ledger.gap(key[1], "TGW-6", detail)
        attachments[key] = replace(attachments[key], gap=gap)
    for key in sites:
        gap = ledger.gap(key[1], "TGW-5", detail)
        attachments[key] = replace(attachments[key], beyond=gap)


def _trust_sites(name: str, ledger: Ledger) -> None:
    """What is taken for granted of the sites behind a gateway or an attachment (ASK-4, ASK-5)."""
    ledger.assume(
        "ASK-4",
        f"no host behind {name} has an internet address, or one in a block of a VPC of the"
        " snapshot",
    )
    ledger.assume(
        "ASK-5", f"`internet` does not stand for what sites behind {name} pass on to the internet"
    )


def _zoned_apart(resources: Resources, parts: Parts) -> list[AttachmentKey]:
    """The attachments whose subnet TGW-6 chooses by a zone that another account may name otherwise.

    Only those whose subnets differ: in their ACL, their table, or by having hosts.
    """
    known = parts.ways.transit.attachments
    named = _zone_ids(resources, parts)
    found: list[AttachmentKey] = []
    for key, one in known.items():
        around = joined(parts.ways.transit, {one.transit_gateway_id})
        vpc_ids = {vpc_id for _, vpc_id in vpcs_of(parts.ways.transit, around)} & set(parts.vpcs)
        accounts = {parts.vpcs[vpc_id].account for vpc_id in vpc_ids}
        agree = all(
            None not in ids and len(ids) == 1
            for (region, _), ids in named.items()
            if region in {parts.vpcs[vpc_id].region for vpc_id in vpc_ids}
        )
        chosen = one.available and one.gap is None and not one.appliance_mode
        if chosen and len(accounts) > 1 and not agree and not _alike(one.subnet_ids, parts):
            found.append(key)
    return found


def _zone_ids(
    resources: Resources, parts: Parts
) -> dict[tuple[str | None, str | None], set[str | None]]:
    """The ids of the zones that have one name in a Region; None for one that is not known."""
    found: dict[tuple[str | None, str | None], set[str | None]] = {}
    for wire, _ in resources.records["Subnets"]:
        subnet = parts.subnets[wire["SubnetId"]]
        region = parts.vpcs[subnet.vpc_id].region
        zone_id = wire.get("AvailabilityZoneId") or None
        found.setdefault((region, subnet.zone), set()).add(zone_id)
    return found


def _alike(subnet_ids: Sequence[str], parts: Parts) -> bool:
    """True iff it is the same which of these subnets of one VPC a packet goes by."""
    if len(subnet_ids) < 2:
        return True
    for holders in (parts.network_acls.values(), parts.route_tables.values()):
        own = {name: one.id for one in holders for name in one.subnet_ids}
        if len({own.get(name) for name in subnet_ids}) > 1:
            return False
    return not any(
        one.subnet_id in subnet_ids and one.kind is not InterfaceKind.TRANSIT_GATEWAY
        for one in parts.interfaces.values()
    )


def _is_site(attachment: TransitGatewayAttachment) -> bool:
    return attachment.kind in SITES and attachment.available


def _propagated(parts: Parts) -> dict[str, list[Prefix]]:
    """The destinations that each private gateway put into tables of the VPC it is attached to."""
    found: dict[str, list[Prefix]] = {}
    for table in parts.route_tables.values():
        for route in table.routes:
            if not isinstance(route.target, VpnGatewayTarget) or route.blackhole:
                continue
            gateway = parts.ways.private.found.get(route.target.vpn_gateway_id)
            if gateway is None or gateway.vpc_id != table.vpc_id:
                continue
            if route.origin is RouteOrigin.PROPAGATED:
                found.setdefault(gateway.id, []).extend(
                    expanded(route.destination, parts.prefix_lists)
                )
    return found

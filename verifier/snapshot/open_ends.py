"""What a network leaves open: references that lead out of the snapshot, doors, passages, relays.

Every end gets a gap of the clause that says how it is treated; nothing here is an error.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from verifier.model import (
    EgressOnlyTarget,
    EndpointTarget,
    Entrance,
    Gap,
    GroupReference,
    InterfaceTarget,
    InternetGatewayTarget,
    MissingKey,
    NatGatewayTarget,
    PassageGap,
    PeeringTarget,
    PrefixListReference,
    Relay,
    SecurityGroupRule,
    TransitGatewayTarget,
    VpnGatewayTarget,
)
from verifier.snapshot import appliance_mode, entrance, passage, private_ways, unlisted
from verifier.snapshot.block_public_access import Blocking, blocking, with_access
from verifier.snapshot.interface import InterfaceWire, relay_of
from verifier.snapshot.led_on import between_vpcs, led_on
from verifier.snapshot.ledger import Ledger
from verifier.snapshot.nat_chain import chained
from verifier.snapshot.resources import Resources

if TYPE_CHECKING:
    from verifier.snapshot.network import Parts


@dataclass(frozen=True, slots=True, kw_only=True)
class Ends:
    """All open ends, as `Network` holds them."""

    entrances: tuple[Entrance, ...]
    relays: tuple[Relay, ...]
    passages: dict[str, tuple[PassageGap, ...]]
    missing: dict[MissingKey, Gap]
    reference_gap: Gap | None


def find(resources: Resources, parts: Parts, ledger: Ledger) -> Ends:
    """Find them; replaces in `parts` what only gaps can stand for."""
    missing: dict[MissingKey, Gap] = {}
    blocks = blocking(resources, parts.vpcs, parts.subnets, ledger)
    if blocks.unsaid & _with_gateways(parts):
        ledger.assume("IGW-12", "VPC Block Public Access is off where the snapshot does not say it")
    parts.subnets = with_access(parts.subnets, blocks)
    _doubtful_egress(parts, blocks, missing, ledger)
    _peerings_in_transition(parts, missing, ledger)
    _revived_references(parts, ledger)
    guessed = passage.guessed_gateways(resources, parts, ledger)
    for kind, name, clause, detail in _absent(parts):
        if (kind, name) not in missing:
            missing[kind, name] = ledger.gap(name, clause, detail)
    unlisted.enter(resources, parts, ledger)
    _appliances(resources, parts, ledger)
    understood = parts.balancers.understood
    relays = [
        relay_of(interface, ledger)
        for interface in parts.interfaces.values()
        if interface.id not in understood
    ]
    entrances = _entrances(resources, parts, missing, ledger)
    private_ways.finish(resources, parts, entrances, ledger)
    appliance_mode.warn(parts, ledger)
    return Ends(
        entrances=entrances,
        relays=tuple(relay for relay in relays if relay is not None),
        passages=passage.passages(parts, blocks, guessed, ledger),
        missing=missing,
        reference_gap=_reference_gap(parts, ledger),
    )


def _doubtful_egress(
    parts: Parts, blocks: Blocking, missing: dict[MissingKey, Gap], ledger: Ledger
) -> None:
    """An egress-only gateway that may be blocked is treated like one that is not there."""
    for gateway in list(parts.ways.egress_only.values()):
        if gateway.vpc_id in blocks.doubts:
            gap = ledger.gap(gateway.id, "GAP-6", blocks.doubts[gateway.vpc_id])
            missing["egress-only-internet-gateway", gateway.id] = gap
            del parts.ways.egress_only[gateway.id]


def _with_gateways(parts: Parts) -> set[str]:
    """The VPCs that have a way to the internet."""
    attached = {vpc for one in parts.internet_gateways.values() for vpc in one.vpc_ids}
    return attached | {one.vpc_id for one in parts.ways.egress_only.values() if one.vpc_id}


def _peerings_in_transition(parts: Parts, missing: dict[MissingKey, Gap], ledger: Ledger) -> None:
    """A connection whose status is not understood is treated like one that is not there."""
    for peering in list(parts.peerings.values()):
        if not peering.status:
            detail = "is in transition, or its status is not known"
            missing["peering", peering.id] = ledger.gap(peering.id, "GAP-6", detail)
            del parts.peerings[peering.id]


def _revived_references(parts: Parts, ledger: Ledger) -> None:
    """Rules that refer over a peering that is not active, where another one is (SG-15)."""
    joined = {
        frozenset((one.requester.vpc_id, one.accepter.vpc_id))
        for one in parts.peerings.values()
        if one.active
    }

    def mended(rule: SecurityGroupRule, home: str | None) -> SecurityGroupRule:
        peer = rule.peer
        if not isinstance(peer, GroupReference) or peer.peering_status in (None, "active"):
            return rule
        if home is None or peer.vpc_id is None or frozenset((home, peer.vpc_id)) not in joined:
            return rule
        detail = f"the reference to {peer.group_id} is of an old peering, and a new one is active"
        return replace(rule, gap=rule.gap or ledger.gap(group.id, "GAP-4", detail))

    for group in list(parts.security_groups.values()):
        if any(_is_stale(rule) for rule in group.rules):
            rules = tuple([mended(rule, group.vpc_id) for rule in group.rules])
            parts.security_groups[group.id] = replace(group, rules=rules)


def _is_stale(rule: SecurityGroupRule) -> bool:
    peer = rule.peer
    return isinstance(peer, GroupReference) and peer.peering_status not in (None, "active")


def _absent(parts: Parts) -> Iterator[tuple[str, str, str, str]]:
    """What is referred to and not there: kind, id, clause, detail."""
    for interface in parts.interfaces.values():
        for group_id in interface.groups:
            if group_id not in parts.security_groups:
                yield "security-group", group_id, "GAP-5", "is attached and not in the snapshot"
    for group in parts.security_groups.values():
        for rule in group.rules:
            if isinstance(rule.peer, PrefixListReference):
                list_id = rule.peer.prefix_list_id
                if list_id not in parts.prefix_lists:
                    yield "prefix-list", list_id, "PL-2", "has no entries in the snapshot"
    for table in parts.route_tables.values():
        for route in table.routes:
            destination, target = route.destination, route.target
            if isinstance(destination, PrefixListReference):
                list_id = destination.prefix_list_id
                if list_id not in parts.prefix_lists:
                    yield "prefix-list", list_id, "PL-2", "has no entries in the snapshot"
            detail = "is a route's target and not in the snapshot"
            if route.blackhole:
                continue
            match target:
                case InternetGatewayTarget(name) if name not in parts.internet_gateways:
                    yield "internet-gateway", name, "GAP-6", detail
                case NatGatewayTarget(name) if name not in parts.nat_gateways:
                    yield "nat-gateway", name, "GAP-6", detail
                case PeeringTarget(name) if name not in parts.peerings:
                    yield "peering", name, "GAP-6", detail
                case TransitGatewayTarget(name) if name not in parts.ways.transit.gateways:
                    yield "transit-gateway", name, "GAP-6", detail
                case VpnGatewayTarget(name) if name not in parts.ways.private.found:
                    detail = parts.ways.private.unknown.get(name, detail)
                    yield "vpn-gateway", name, "GAP-6", detail
                case EgressOnlyTarget(name) if name not in parts.ways.egress_only:
                    yield "egress-only-internet-gateway", name, "GAP-6", detail
                case EndpointTarget(name) if name not in parts.endpoints.known:
                    detail = parts.endpoints.unread.get(name, detail)
                    yield "vpc-endpoint", name, "GAP-6", detail
                case _:
                    pass
    yield from _unguarded(parts)
    for gateway_id in sorted(chained(parts)):
        detail = "may be handed another NAT gateway's packets, which is not modelled"
        yield "nat-beyond", gateway_id, "GAP-6", detail


def _unguarded(parts: Parts) -> Iterator[tuple[str, str, str, str]]:
    """Subnets without a network ACL or a route table (GAP-10)."""
    lists = parts.network_acls.values()
    guarded = {name for acl in lists for name in acl.subnet_ids}
    routed = {name for table in parts.route_tables.values() for name in table.subnet_ids}
    defaults = {acl.vpc_id: acl for acl in lists if acl.is_default}
    mains = {table.vpc_id for table in parts.route_tables.values() if table.main}
    for subnet in parts.subnets.values():
        if subnet.id not in guarded:
            default = defaults.get(subnet.vpc_id)
            if default is None or default.subnet_ids:
                yield "network-acl", subnet.id, "GAP-10", "has no network ACL in the snapshot"
        if subnet.id not in routed and subnet.vpc_id not in mains:
            yield "route-table", subnet.id, "GAP-10", "has no route table in the snapshot"


def _entrances(
    resources: Resources, parts: Parts, missing: dict[MissingKey, Gap], ledger: Ledger
) -> tuple[Entrance, ...]:
    records = resources.records
    doors = [
        *entrance.other_gateways(
            records["CarrierGateways"],
            records["LocalGatewayRouteTableVpcAssociations"],
            records["ClientVpnEndpoints"],
        ),
        *private_ways.doors(parts.ways, list(parts.vpcs)),
        *entrance.by_routes(parts.route_tables.values(), records["RouteTables"]),
        *entrance.by_interfaces(parts.interfaces.values()),
        *_of_others(resources, parts, ledger),
    ]
    certain = private_ways.certain(parts.ways)
    doors = [door for door in doors if door[0] not in certain]
    unbounded = sorted(set(_unbounded(resources, parts, missing)))
    doors += [door for door in unbounded if door[2] not in certain.get(door[0], ())]
    doors += [*led_on(parts, doors), *between_vpcs(parts)]
    gateway_of = {name: gateway_id for gateway_id, name in parts.ways.transit.attachments}
    found = entrance.entrances(doors, gateway_of, parts.vpcs, ledger)
    found += entrance.peered_outside(parts.peerings.values(), parts.vpcs, ledger)
    return tuple(sorted(found, key=lambda one: (one.id, one.vpc_id)))


def _of_others(resources: Resources, parts: Parts, ledger: Ledger) -> Iterator[private_ways.Door]:
    """Doors that VPCs may have of which only accounts see something that they are shared with."""
    for vpc in parts.vpcs.values():
        if not resources.has("Vpcs", vpc.account, vpc.region):
            detail = f"what others have in {vpc.id} is not known: its owner lists nothing"
            ledger.assume("GAP-12", detail)
            yield f"gateways-of-{vpc.id}", "gateway that only its owner sees", vpc.id


def _unbounded(
    resources: Resources, parts: Parts, missing: dict[MissingKey, Gap]
) -> Iterator[private_ways.Door]:
    """Ways out whose other ends nothing in the snapshot lists: any VPC may be one (GAP-6).

    What is listed of one account and Region says nothing of the VPCs of another.
    """
    for kind, name in missing:
        if kind == "peering":
            yield from ((name, "VPC peering connection", vpc_id) for vpc_id in parts.vpcs)
        elif kind == "route-table":
            yield from ((name, "unknown routes", vpc_id) for vpc_id in parts.vpcs)
    for name, kind in _inward(parts):
        listings = entrance.LISTINGS.get(kind, ((),))
        for vpc in parts.vpcs.values():
            if not all(
                any(resources.has(key, vpc.account, vpc.region) for key in group)
                for group in listings
            ):
                yield name, kind, vpc.id


def _inward(parts: Parts) -> set[tuple[str, str]]:
    """What routes lead to, by id and kind, from where packets may come into any VPC."""
    targets = {
        route.target
        for table in parts.route_tables.values()
        for route in table.routes
        if not route.blackhole
    }
    ways = {entrance.way_of(target) for target in targets}
    return {way for way in ways if way and not private_ways.ends_here(parts.ways, way[0])}


def _appliances(resources: Resources, parts: Parts, ledger: Ledger) -> None:
    """That what routes lead to forwards packets as they are is assumed (MBX-3, VPCE-6).

    Whether it checks source and destination must be known; where it is not, that is a gap (GAP-5).
    """
    told = _told_checks(resources)
    for table in parts.route_tables.values():
        for target in [route.target for route in table.routes if not route.blackhole]:
            match target:
                case InterfaceTarget(name):
                    one = parts.interfaces.get(name)
                    if one and one.gap is None and name not in told:
                        detail = "has no `SourceDestCheck`, and a route leads to it"
                        gap = ledger.gap(name, "GAP-5", detail)
                        one = replace(one, source_destination_check=False, gap=gap)
                        parts.interfaces[name] = one
                    if one and one.attached and not one.source_destination_check:
                        ledger.assume("MBX-3", f"{name} forwards what its groups let pass as it is")
                case EndpointTarget(name):
                    endpoint = parts.endpoints.known.get(name)
                    if endpoint and endpoint.gap and endpoint.available:
                        ledger.assume("VPCE-6", f"what is behind {name} hands packets back as is")
                case _:
                    pass


def _told_checks(resources: Resources) -> set[str]:
    """The interfaces of which the input says whether they check source and destination."""
    wires: list[InterfaceWire] = [wire for wire, _ in resources.records["NetworkInterfaces"]]
    for instance, _ in resources.records["Instances"]:
        wires += instance.get("NetworkInterfaces") or ()
    told = [wire for wire in wires if wire.get("SourceDestCheck") is not None]
    return {wire["NetworkInterfaceId"] for wire in told}


def _reference_gap(parts: Parts, ledger: Ledger) -> Gap | None:
    """Set iff a group reference could meet IPv6 packets of another VPC's members (SG-13).

    One of the two VPCs needs an internet gateway: packets may leave the other one by an egress-only
    gateway, or by a third one's.
    """
    served = {vpc for one in parts.internet_gateways.values() for vpc in one.vpc_ids}
    dual = {vpc.id for vpc in parts.vpcs.values() if vpc.ipv6}
    if len(dual) < 2:
        return None
    members: dict[str, set[str]] = {}
    for interface in parts.interfaces.values():
        for group_id in interface.groups:
            members.setdefault(group_id, set()).add(interface.vpc_id)
    for group in parts.security_groups.values():
        at = members.get(group.id, set()) & dual
        for rule in group.rules:
            if isinstance(rule.peer, GroupReference):
                away = members.get(rule.peer.group_id, set()) & dual
                if any(one != other and served & {one, other} for one in at for other in away):
                    return ledger.gap(
                        group.id,
                        "SG-13",
                        f"refers to {rule.peer.group_id}, whose members in another VPC it can also"
                        " meet over the internet by IPv6",
                    )
    return None

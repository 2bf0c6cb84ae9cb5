"""Refusing snapshots that contradict themselves.

Law: whatever AWS does not allow (a reference that leads nowhere, an address outside its subnet, two
owners of one address, a subnet in two tables) ends in a `SnapshotError` that names the place.
"""

from __future__ import annotations

import difflib
import itertools
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from verifier.errors import SnapshotError
from verifier.model import NetworkInterface, Subnet, Vpc
from verifier.packet import Address
from verifier.snapshot.instance_connect_endpoint import is_gone
from verifier.snapshot.ledger import Ledger
from verifier.snapshot.resources import Resources
from verifier.snapshot.source import REGION
from verifier.snapshot.wire import Origin, holds

if TYPE_CHECKING:
    from verifier.snapshot.network import Parts


def check(resources: Resources, parts: Parts) -> None:
    """SnapshotError iff the resources contradict each other (VPC-2, VPC-3, ACL-10, RT-1)."""
    _check_network_acls(resources, parts)
    _check_route_tables(resources, parts)
    _check_gateways(resources, parts)
    _check_peerings(resources, parts)
    _check_connect_endpoints(resources, parts)
    _check_owners(resources, parts)
    _check_publics(resources, parts)


def dangling(
    origin: Origin, tail: str, wanted: str, known: Iterable[str], key: str, resources: Resources
) -> SnapshotError:
    """The error of a reference to something that is not in the snapshot."""
    near = difflib.get_close_matches(wanted, list(known), 1, 0.9)
    advice = f"; the nearest known id is {near[0]}" if near else ""
    if not resources.has(key):
        advice = f"; no file has the key `{key}`"
    elif key in resources.cut:
        advice = f"; a listing of `{key}` ends with a `NextToken`"
    return origin.error(tail, f"`{wanted}` is not in the snapshot{advice}")


def check_subnets(
    resources: Resources, vpcs: Mapping[str, Vpc], subnets: Mapping[str, Subnet]
) -> None:
    """SnapshotError iff a subnet is outside its VPC's blocks or meets another subnet."""
    spans: list[tuple[tuple[str, int, int, int], str, Origin]] = []
    for wire, origin in resources.records["Subnets"]:
        subnet = subnets[wire["SubnetId"]]
        vpc = vpcs.get(subnet.vpc_id)
        if vpc is None:
            raise dangling(origin, ".VpcId", subnet.vpc_id, vpcs, "Vpcs", resources)
        for prefix in subnet.prefixes:
            if not any(block.covers(prefix) for block in vpc.prefixes):
                raise origin.error("", f"{prefix} is not within a block of {vpc.id}")
            key = (vpc.id, prefix.family, prefix.first, prefix.last)
            spans.append((key, subnet.id, origin))
    spans.sort(key=lambda span: span[0])
    for (one, one_id, _), (other, other_id, origin) in itertools.pairwise(spans):
        if one[:2] == other[:2] and other[2] <= one[3] and one_id != other_id:
            raise origin.error("", f"{other_id} overlaps {one_id} of the same VPC")


def placed(
    interface: NetworkInterface,
    origin: Origin,
    subnets: Mapping[str, Subnet],
    resources: Resources,
) -> NetworkInterface:
    """The interface with what its subnet says of it; SnapshotError iff it does not fit there."""
    subnet = subnets.get(interface.subnet_id)
    if subnet is None:
        raise dangling(origin, ".SubnetId", interface.subnet_id, subnets, "Subnets", resources)
    if interface.vpc_id not in ("", subnet.vpc_id):
        raise origin.error(".VpcId", f"contradicts {subnet.id}, which is in {subnet.vpc_id}")
    if interface.gap is None:
        for address in [*(one.address for one in interface.ipv4), *interface.ipv6]:
            if not any(holds(prefix, address) for prefix in subnet.prefixes):
                raise origin.error("", f"{address} is not in {subnet.id}")
        for prefix in interface.delegated:
            if not any(block.covers(prefix) for block in subnet.prefixes):
                raise origin.error("", f"{prefix} is not in {subnet.id}")
    if interface.vpc_id and interface.zone:
        return interface
    return replace(interface, vpc_id=subnet.vpc_id, zone=interface.zone or subnet.zone)


def _check_network_acls(resources: Resources, parts: Parts) -> None:
    guards: dict[str, str] = {}
    defaults: dict[str, str] = {}
    for wire, origin in resources.records["NetworkAcls"]:
        acl = parts.network_acls[wire["NetworkAclId"]]
        if acl.vpc_id not in parts.vpcs:
            raise dangling(origin, ".VpcId", acl.vpc_id, parts.vpcs, "Vpcs", resources)
        if acl.is_default and defaults.setdefault(acl.vpc_id, acl.id) != acl.id:
            raise origin.error(".IsDefault", f"{defaults[acl.vpc_id]} is the VPC's default, too")
        for subnet_id in acl.subnet_ids:
            _check_member(subnet_id, acl.vpc_id, origin, resources, parts)
            if guards.setdefault(subnet_id, acl.id) != acl.id:
                raise origin.error(
                    ".Associations", f"{subnet_id} is guarded by {guards[subnet_id]}, too"
                )


def _check_route_tables(resources: Resources, parts: Parts) -> None:
    tables: dict[str, str] = {}
    for wire, origin in resources.records["RouteTables"]:
        table = parts.route_tables[wire["RouteTableId"]]
        if table.vpc_id not in parts.vpcs:
            raise dangling(origin, ".VpcId", table.vpc_id, parts.vpcs, "Vpcs", resources)
        for gateway_id in table.gateway_ids:
            if tables.setdefault(gateway_id, table.id) != table.id:
                raise origin.error(
                    ".Associations", f"{tables[gateway_id]} is associated with {gateway_id}, too"
                )
        if table.main and tables.setdefault(table.vpc_id, table.id) != table.id:
            raise origin.error(".Associations", f"{tables[table.vpc_id]} is main, too")
        for subnet_id in table.subnet_ids:
            _check_member(subnet_id, table.vpc_id, origin, resources, parts)
            if tables.setdefault(subnet_id, table.id) != table.id:
                raise origin.error(
                    ".Associations", f"{subnet_id} is routed by {tables[subnet_id]}, too"
                )


def _check_member(
    subnet_id: str, vpc_id: str, origin: Origin, resources: Resources, parts: Parts
) -> None:
    subnet = parts.subnets.get(subnet_id)
    if subnet is None:
        raise dangling(origin, ".Associations", subnet_id, parts.subnets, "Subnets", resources)
    if subnet.vpc_id != vpc_id:
        raise origin.error(".Associations", f"{subnet_id} is in another VPC, {subnet.vpc_id}")


def _check_gateways(resources: Resources, parts: Parts) -> None:
    attached: dict[str, str] = {}
    for wire, origin in resources.records["InternetGateways"]:
        gateway = parts.internet_gateways.get(wire["InternetGatewayId"])
        for vpc_id in gateway.vpc_ids if gateway else ():
            if vpc_id not in parts.vpcs:
                raise dangling(origin, ".Attachments", vpc_id, parts.vpcs, "Vpcs", resources)
            if vpc_id in attached:
                raise origin.error(
                    ".Attachments", f"{attached[vpc_id]} is attached to {vpc_id}, too"
                )
            attached[vpc_id] = wire["InternetGatewayId"]
    for wire, origin in resources.records["NatGateways"]:
        nat = parts.nat_gateways[wire["NatGatewayId"]]
        if not nat.available:
            continue
        if nat.vpc_id not in parts.vpcs:
            raise dangling(origin, ".VpcId", nat.vpc_id, parts.vpcs, "Vpcs", resources)
        subnet = parts.subnets.get(nat.subnet_id or "")
        if nat.subnet_id and subnet is None:
            raise dangling(origin, ".SubnetId", nat.subnet_id, parts.subnets, "Subnets", resources)
        if subnet is not None and subnet.vpc_id != nat.vpc_id:
            raise origin.error(".SubnetId", f"{subnet.id} is in another VPC, {subnet.vpc_id}")


def _check_peerings(resources: Resources, parts: Parts) -> None:
    """A side of an active connection names blocks of its VPC, if that is in the snapshot."""
    for wire, origin in resources.records["VpcPeeringConnections"]:
        peering = parts.peerings[wire["VpcPeeringConnectionId"]]
        sides = (".RequesterVpcInfo", peering.requester), (".AccepterVpcInfo", peering.accepter)
        for place, side in sides if peering.active else ():
            vpc = parts.vpcs.get(side.vpc_id)
            for prefix in side.prefixes if vpc else ():
                if vpc and prefix not in vpc.prefixes:
                    raise origin.error(place, f"{prefix} is no block of {vpc.id}")


def _check_connect_endpoints(resources: Resources, parts: Parts) -> None:
    """An endpoint in a VPC of the snapshot is in one of its subnets."""
    for wire, origin in resources.records["InstanceConnectEndpoints"]:
        subnet_id, vpc_id = wire.get("SubnetId"), wire.get("VpcId")
        subnet = parts.subnets.get(subnet_id or "")
        if is_gone(wire) or not subnet_id or not vpc_id:
            continue
        if subnet is None and vpc_id in parts.vpcs:
            raise dangling(origin, ".SubnetId", subnet_id, parts.subnets, "Subnets", resources)
        if subnet is not None and subnet.vpc_id != vpc_id:
            raise origin.error(".VpcId", f"contradicts {subnet.id}, which is in {subnet.vpc_id}")


def warn_of_regions(parts: Parts, ledger: Ledger) -> None:
    """Warn of each VPC whose subnets or peering connections name another Region."""
    named: dict[tuple[str, str], str] = {}
    for subnet in parts.subnets.values():
        if found := REGION.match(subnet.zone or ""):
            named.setdefault((subnet.vpc_id, found[0]), subnet.id)
    for peering in parts.peerings.values():
        for side in (peering.requester, peering.accepter):
            if side.region:
                named.setdefault((side.vpc_id, side.region), peering.id)
    for (vpc_id, region), by in sorted(named.items()):
        vpc = parts.vpcs.get(vpc_id)
        if vpc and vpc.region not in (None, region):
            ledger.warn(f"{vpc_id} is in {vpc.region}, but {by} says {region}")


Owned = tuple[str, Address, str]
"""VPC id, address, owner's id."""


def _check_owners(resources: Resources, parts: Parts) -> None:
    owners: dict[tuple[str, Address], str] = {}
    for vpc_id, address, owner in _owned(parts):
        other = owners.setdefault((vpc_id, address), owner)
        if other != owner:
            raise _twice(resources, owner, f"{address} belongs to {other}, too, in one VPC")
    spans: list[tuple[str, int, int, int, str]] = [
        (one.vpc_id, prefix.family, prefix.first, prefix.last, one.id)
        for one in parts.interfaces.values()
        for prefix in one.delegated
    ]
    if not spans:
        return
    spans += [
        (vpc, address.family, address.value, address.value, owner)
        for (vpc, address), owner in owners.items()
    ]
    spans.sort()
    widest = spans[0]
    for span in spans[1:]:
        if span[:2] == widest[:2] and span[2] <= widest[3] and span[4] != widest[4]:
            first = Address(4 if span[1] == 4 else 6, span[2])
            raise _twice(resources, span[4], f"{first} belongs to {widest[4]}, too, in one VPC")
        if span[:2] != widest[:2] or span[3] > widest[3]:
            widest = span


def _owned(parts: Parts) -> Iterator[Owned]:
    for interface in parts.interfaces.values():
        for one in interface.ipv4:
            yield interface.vpc_id, one.address, interface.id
        for address in interface.ipv6:
            yield interface.vpc_id, address, interface.id
    for gateway in parts.nat_gateways.values():
        for mapped in gateway.addresses:
            yield gateway.vpc_id, mapped.private, mapped.interface_id or gateway.id


def _check_publics(resources: Resources, parts: Parts) -> None:
    names: dict[Address, Owned] = {}
    for interface in parts.interfaces.values():
        for one in interface.ipv4:
            if one.public is not None:
                mapped = (interface.vpc_id, one.address, interface.id)
                other = names.setdefault(one.public, mapped)
                if other != mapped:
                    text = f"{one.public} is the public address of {other[2]}, too"
                    raise _twice(resources, interface.id, text)
    for gateway in parts.nat_gateways.values():
        for nat in gateway.addresses:
            if nat.public is not None:
                other = names.setdefault(nat.public, (gateway.vpc_id, nat.private, gateway.id))
                if other[:2] != (gateway.vpc_id, nat.private):
                    text = f"{nat.public} is the public address of {other[2]}, too"
                    raise _twice(resources, gateway.id, text)


def _twice(resources: Resources, owner: str, message: str) -> SnapshotError:
    for key in ("NetworkInterfaces", "NatGateways"):
        record = resources.records[key].get(owner)
        if record is not None:
            return record.origin.error("", message)
    return SnapshotError(owner, message)

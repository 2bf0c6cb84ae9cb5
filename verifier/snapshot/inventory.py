"""What was read, for a person: counts, names that a spec can use, gaps, and what is missing."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from verifier.model import (
    Assumption,
    AttachmentKind,
    Gap,
    InterfaceKind,
    Network,
    NetworkInterface,
)
from verifier.snapshot.block_public_access import EXCLUSIONS
from verifier.snapshot.catalogue import (
    COMMANDS,
    DIRECT_CONNECT_COMMANDS,
    ENTRIES_COMMAND,
    TABLE_COMMANDS,
    Command,
)
from verifier.snapshot.reading import Scope, Snapshot
from verifier.snapshot.resources import speaks_of

_PLAIN: Final = re.compile(r"[A-Za-z0-9_.:/@+-]+")


@dataclass(frozen=True, slots=True)
class Name:
    """A term of a spec that names hosts here: its kind, its text, and how many interfaces it has.

    `kind` is `tag`, `name`, `sg`, `subnet`, `vpc`, `account`, `region`, `az` or `id`.
    """

    kind: str
    text: str
    interfaces: int


@dataclass(frozen=True, slots=True)
class ScopeInventory:
    """What belongs to one account and Region, and the calls whose output was not found for it."""

    scope: Scope
    counts: dict[str, int]
    missing: tuple[Command, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Inventory:
    """The inventory of a snapshot; `counts` are those of all accounts and Regions together."""

    counts: dict[str, int]
    scopes: tuple[ScopeInventory, ...]
    names: tuple[Name, ...]
    gaps: tuple[Gap, ...]
    assumptions: tuple[Assumption, ...]
    warnings: tuple[str, ...]


def inventory(snapshot: Snapshot) -> Inventory:
    """The inventory of a snapshot, everything in it sorted."""
    network = snapshot.network
    members: dict[Scope, Counter[str]] = {}
    for kind, vpc_id in _owned(network):
        vpc = network.vpcs[vpc_id]
        members.setdefault(Scope(vpc.account, vpc.region), Counter())[kind] += 1
    for scope in snapshot.keys if not members else ():
        members[scope] = Counter()
    return Inventory(
        counts=_counts(network),
        scopes=tuple(
            ScopeInventory(
                scope, dict(sorted(counts.items())), _missing(snapshot, scope, not counts)
            )
            for scope, counts in sorted(members.items(), key=lambda item: tuple(map(str, item[0])))
        ),
        names=tuple(_names(network)),
        gaps=network.gaps,
        assumptions=network.assumptions,
        warnings=snapshot.warnings,
    )


def _counts(network: Network) -> dict[str, int]:
    return {
        "vpcs": len(network.vpcs),
        "subnets": len(network.subnets),
        "interfaces": len(network.interfaces),
        "instances": len(network.instances),
        "security_groups": len(network.security_groups),
        "network_acls": len(network.network_acls),
        "route_tables": len(network.route_tables),
        "internet_gateways": len(network.internet_gateways),
        "nat_gateways": len(network.nat_gateways),
        "peerings": len(network.peerings),
        "prefix_lists": len(network.prefix_lists),
        "transit_gateways": len(network.transit_gateways),
        "transit_gateway_attachments": len(network.transit_attachments),
        "transit_gateway_route_tables": len(network.transit_tables),
        "vpn_gateways": len(network.vpn_gateways),
        "egress_only_internet_gateways": len(network.egress_only_gateways),
        "vpc_endpoints": len(network.vpc_endpoints),
    }


def _owned(network: Network) -> Iterator[tuple[str, str]]:
    """Each resource that belongs to a VPC of the snapshot: its kind and the VPC."""
    for vpc_id in network.vpcs:
        yield "vpcs", vpc_id
    for kind, vpc_ids in (
        ("subnets", [one.vpc_id for one in network.subnets.values()]),
        ("interfaces", [one.vpc_id for one in network.interfaces.values()]),
        ("security_groups", [one.vpc_id or "" for one in network.security_groups.values()]),
        ("network_acls", [one.vpc_id for one in network.network_acls.values()]),
        ("route_tables", [one.vpc_id for one in network.route_tables.values()]),
        ("nat_gateways", [one.vpc_id for one in network.nat_gateways.values()]),
        (
            "transit_gateway_attachments",
            [one.vpc_id or "" for one in network.transit_attachments.values() if one.available],
        ),
        ("vpn_gateways", [one.vpc_id or "" for one in network.vpn_gateways.values()]),
        (
            "egress_only_internet_gateways",
            [one.vpc_id or "" for one in network.egress_only_gateways.values()],
        ),
        ("vpc_endpoints", [one.vpc_id for one in network.vpc_endpoints.values()]),
        (
            "internet_gateways",
            [vpc for one in network.internet_gateways.values() for vpc in one.vpc_ids],
        ),
    ):
        for vpc_id in vpc_ids:
            if vpc_id in network.vpcs:
                yield kind, vpc_id


def _missing(snapshot: Snapshot, scope: Scope, empty: bool) -> tuple[Command, ...]:
    found = [
        command
        for command in COMMANDS
        if not any(
            speaks_of(snapshot.keys, key, scope.account, scope.region)
            for key in (command.key, *_INSTEAD.get(command.key, ()))
        )
    ]
    found = [one for one in found if one.key not in _ONLY_WITH or _wanted(one.key, snapshot)]
    if not empty:
        found += _missing_by_id(snapshot, scope)
    lists = [name for kind, name in snapshot.network.missing if kind == "prefix-list"]
    if not empty:
        found += [
            Command(ENTRIES_COMMAND.key, f"{ENTRIES_COMMAND.text} {name}", ENTRIES_COMMAND.why)
            for name in sorted(lists)
            if name.startswith("pl-")
        ]
    return tuple(found)


_INSTEAD: Final = {"Reservations": ("Instances",)}
_ONLY_WITH: Final = frozenset(
    {
        "EgressOnlyInternetGateways", "VpnConnections", "TransitGateways",
        "TransitGatewayVpcAttachments", "TransitGatewayPeeringAttachments",
        "TransitGatewayRouteTables", "VpcBlockPublicAccessExclusions",
    }
)  # fmt: skip
"""Calls that are missed only where something in the snapshot depends on them."""


def _wanted(key: str, snapshot: Snapshot) -> bool:
    network = snapshot.network
    missing = {kind for kind, _ in network.missing}
    if key == "EgressOnlyInternetGateways":
        return "egress-only-internet-gateway" in missing
    if key == "VpcBlockPublicAccessExclusions":
        return any(gap.clause == "GAP-9" and EXCLUSIONS in gap.detail for gap in network.gaps)
    if key == "VpnConnections":
        return bool(network.vpn_gateways)
    if key == "TransitGatewayPeeringAttachments":
        kinds = {one.kind for one in network.transit_attachments.values()}
        return AttachmentKind.PEERING in kinds
    return bool(network.transit_attachments) or "transit-gateway" in missing


def _missing_by_id(snapshot: Snapshot, scope: Scope) -> Iterator[Command]:
    """The calls that are made for one table, or one gateway, each."""
    network = snapshot.network
    for table in network.transit_tables.values():
        gateway = network.transit_gateways.get(table.transit_gateway_id)
        own = gateway is None or (
            gateway.account in (None, scope.account) and gateway.region in (None, scope.region)
        )
        if table.gap is not None and own:
            for command in TABLE_COMMANDS:
                yield Command(command.key, f"{command.text} {table.id}", command.why)
    attached = [one for one in network.vpn_gateways.values() if one.vpc_id is not None]
    for number, command in enumerate(DIRECT_CONNECT_COMMANDS):
        if attached and not speaks_of(snapshot.keys, command.key, scope.account, scope.region):
            for gateway_id in [f" {one.id}" for one in attached] if number else [""]:
                yield Command(command.key, f"{command.text}{gateway_id}", command.why)


def _names(network: Network) -> Iterator[Name]:
    found: Counter[tuple[str, str]] = Counter()
    for interface in network.interfaces.values():
        found.update(set(_terms(interface, network)))
    order = ("tag", "name", "sg", "subnet", "vpc", "account", "region", "az", "type", "id")
    for (kind, text), interfaces in sorted(
        found.items(), key=lambda item: (order.index(item[0][0]), item[0][1])
    ):
        yield Name(kind, text, interfaces)


def _terms(interface: NetworkInterface, network: Network) -> Iterator[tuple[str, str]]:
    instance = network.instances.get(interface.instance_id or "")
    for tags in (interface.tags, instance.tags if instance else {}):
        for key, value in tags.items():
            yield "tag", f"tag:{quoted(key)}={quoted(value)}"
            if key == "Name" and value:
                yield "name", f"name:{quoted(value)}"
    subnet, vpc = network.subnets[interface.subnet_id], network.vpcs[interface.vpc_id]
    groups = [network.security_groups.get(group_id) for group_id in interface.groups]
    named = [("subnet", subnet.tags.get("Name")), ("vpc", vpc.tags.get("Name"))]
    named += [("sg", group.tags.get("Name")) for group in groups if group]
    named += [("sg", group.name) for group in groups if group]
    named += [("account", interface.account), ("region", vpc.region), ("az", interface.zone)]
    types = {interface.type_name, interface.owner} - {InterfaceKind.ORDINARY.value}
    named += [("type", name) for name in types]
    for kind, name in named:
        if name:
            yield kind, f"{kind}:{quoted(name)}"
    for name in (interface.id, subnet.id, vpc.id, *interface.groups):
        yield "id", name


def quoted(value: str) -> str:
    """The value as a spec writes it: in double quotes wherever it could be read otherwise."""
    if _PLAIN.fullmatch(value) and "->" not in value:
        return value
    return '"' + re.sub(r'([*?\\"])', r"\\\1", value) + '"'

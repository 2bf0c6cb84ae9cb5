"""What was read, for a person: counts, names that a spec can use, gaps, and what is missing."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from verifier.model import (
    Assumption,
    Gap,
    InterfaceKind,
    Network,
    NetworkFirewall,
    NetworkInterface,
)
from verifier.snapshot.commands import Command
from verifier.snapshot.completeness import missing
from verifier.snapshot.reading import Scope, Snapshot

_PLAIN: Final = re.compile(r"[A-Za-z0-9_.:/@+-]+")
_BALANCER: Final = re.compile(r"ELB (?:(?:app|net|gwy)/)?([^/]+)(?:/[^/]+)?")


@dataclass(frozen=True, slots=True)
class Name:
    """A term of a spec that names hosts here: its kind, its text, and how many interfaces it has.

    `kind` is `tag`, `name`, `sg`, `subnet`, `vpc`, `account`, `region`, `az`, `type`, `lb` or `id`.
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
                scope, dict(sorted(counts.items())), missing(snapshot, scope, not counts)
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
        "instance_connect_endpoints": len(_of_connect_endpoints(network)),
        "load_balancers": len(network.load_balancers),
        "target_groups": len(network.target_groups),
        "network_firewalls": len(network.network_firewalls),
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
        ("instance_connect_endpoints", sorted(_of_connect_endpoints(network).values())),
        ("load_balancers", [one.vpc_id for one in network.load_balancers.values()]),
        ("network_firewalls", [_home(one, network) for one in network.network_firewalls.values()]),
        (
            "internet_gateways",
            [vpc for one in network.internet_gateways.values() for vpc in one.vpc_ids],
        ),
    ):
        for vpc_id in vpc_ids:
            if vpc_id in network.vpcs:
                yield kind, vpc_id


def _of_connect_endpoints(network: Network) -> dict[str, str]:
    """The VPC of each EC2 Instance Connect Endpoint, that is of its interfaces."""
    endpoints = network.instance_connect_endpoints.values()
    return {one.id: network.interfaces[one.interface_id].vpc_id for one in endpoints}


def _home(firewall: NetworkFirewall, network: Network) -> str:
    """The VPC in which a firewall has its endpoints, "" if none is known."""
    known = [name for name in firewall.endpoint_ids if name in network.vpc_endpoints]
    return network.vpc_endpoints[known[0]].vpc_id if known else ""


def _names(network: Network) -> Iterator[Name]:
    found: Counter[tuple[str, str]] = Counter()
    for interface in network.interfaces.values():
        found.update(set(_terms(interface, network)))
    order = ("tag", "name", "sg", "subnet", "vpc", "account", "region", "az", "type", "lb", "id")
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
    if described := _BALANCER.fullmatch(interface.description):
        named.append(("lb", described[1]))
    for kind, name in named:
        if name:
            yield kind, f"{kind}:{quoted(name)}"
    endpoint = network.instance_connect_endpoints.get(interface.id)
    own = endpoint.id if endpoint else interface.id
    for name in (interface.id, own, subnet.id, vpc.id, *interface.groups):
        yield "id", name


def quoted(value: str) -> str:
    """The value as a spec writes it: in double quotes wherever it could be read otherwise."""
    if _PLAIN.fullmatch(value) and "->" not in value:
        return value
    return '"' + re.sub(r'([*?\\"])', r"\\\1", value) + '"'

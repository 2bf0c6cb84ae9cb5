"""Putting resources together into a network.

Owns the order of lifting: what others refer to comes first, route tables last. What is referred to
and not there is filled in by `open_ends.py`, contradictions are refused by `consistency.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from verifier.model import (
    Instance,
    InstanceConnectEndpoint,
    InternetGateway,
    NatAddress,
    NatGateway,
    Network,
    NetworkAcl,
    NetworkInterface,
    PeeringConnection,
    PrefixList,
    RouteTable,
    SecurityGroup,
    Subnet,
    Vpc,
)
from verifier.snapshot import address, open_ends, security_group_vpc_association
from verifier.snapshot.classic_load_balancer import lift_classic
from verifier.snapshot.consistency import check, check_subnets, placed, warn_of_regions
from verifier.snapshot.instance import (
    STATES,
    InstanceWire,
    check_addresses,
    check_shown,
    filled,
    interfaces_of,
    lift_instance,
    public_names,
)
from verifier.snapshot.instance_connect_endpoint import lift_instance_connect_endpoints
from verifier.snapshot.interface import lift_interface
from verifier.snapshot.internet_gateway import lift_internet_gateway
from verifier.snapshot.ledger import Ledger
from verifier.snapshot.load_balancer import Balancers, lift_load_balancers
from verifier.snapshot.merge import Record
from verifier.snapshot.nat_gateway import lift_nat_gateway
from verifier.snapshot.network_acl import lift_network_acl
from verifier.snapshot.network_firewall import lift_network_firewalls
from verifier.snapshot.peering import lift_peering
from verifier.snapshot.prefix_list import lift_prefix_lists
from verifier.snapshot.private_ways import Ways, lift_ways
from verifier.snapshot.resources import Resources
from verifier.snapshot.route_table import RouteContext, lift_route_table
from verifier.snapshot.security_group import lift_security_group
from verifier.snapshot.security_group_rule import FlatRules, agreed, lift_flat_rules
from verifier.snapshot.source import REGION
from verifier.snapshot.subnet import lift_subnet
from verifier.snapshot.vpc import lift_vpc
from verifier.snapshot.vpc_endpoint import Endpoints, doubted, lift_vpc_endpoints


@dataclass(slots=True, kw_only=True)
class Parts:
    """The resources of a network while it is put together."""

    vpcs: dict[str, Vpc]
    subnets: dict[str, Subnet]
    network_acls: dict[str, NetworkAcl]
    security_groups: dict[str, SecurityGroup]
    interfaces: dict[str, NetworkInterface]
    instances: dict[str, Instance]
    connect_endpoints: dict[str, InstanceConnectEndpoint]
    route_tables: dict[str, RouteTable]
    internet_gateways: dict[str, InternetGateway]
    unsettled: dict[str, str]
    """VPCs whose attachment to an internet gateway is in transition, with the gateway."""
    nat_gateways: dict[str, NatGateway]
    peerings: dict[str, PeeringConnection]
    prefix_lists: dict[str, PrefixList]
    ways: Ways
    endpoints: Endpoints
    balancers: Balancers


def assemble(resources: Resources, ledger: Ledger, strict: bool) -> Network:
    """The network of all resources; SnapshotError iff they contradict each other."""
    parts = _lift(resources, ledger)
    check(resources, parts)
    warn_of_regions(parts, ledger)
    address.check(
        resources.records["Addresses"], parts.interfaces, parts.nat_gateways.values(), ledger
    )
    security_group_vpc_association.check(
        resources.records["SecurityGroupVpcAssociations"],
        parts.interfaces.values(),
        parts.security_groups,
        ledger,
    )
    firewalls = lift_network_firewalls(
        resources.records["NetworkFirewalls"],
        resources.records["NetworkFirewallPolicies"],
        resources.records["NetworkFirewallRuleGroups"],
        parts.endpoints.known,
        parts.vpcs,
        ledger,
    )
    ends = open_ends.find(resources, parts, ledger)
    ledger.close(strict)
    return Network(
        vpcs=parts.vpcs,
        subnets=parts.subnets,
        network_acls=parts.network_acls,
        security_groups=parts.security_groups,
        interfaces=parts.interfaces,
        instances=parts.instances,
        route_tables=parts.route_tables,
        internet_gateways=parts.internet_gateways,
        nat_gateways=parts.nat_gateways,
        peerings=parts.peerings,
        prefix_lists=parts.prefix_lists,
        vpc_endpoints=parts.endpoints.known,
        instance_connect_endpoints=parts.connect_endpoints,
        network_firewalls=firewalls,
        egress_only_gateways=parts.ways.egress_only,
        vpn_gateways=parts.ways.private.found,
        transit_gateways=parts.ways.transit.gateways,
        transit_attachments=parts.ways.transit.attachments,
        transit_tables=parts.ways.transit.tables,
        load_balancers=parts.balancers.found,
        target_groups=parts.balancers.groups,
        entrances=ends.entrances,
        relays=ends.relays,
        passages=ends.passages,
        missing=ends.missing,
        incomplete=ledger.incomplete_gaps,
        reference_gap=ends.reference_gap,
        gaps=ledger.gaps,
        assumptions=ledger.assumptions,
    )


def _lift(resources: Resources, ledger: Ledger) -> Parts:
    records = resources.records
    vpcs = {wire["VpcId"]: lift_vpc(wire, origin, ledger) for wire, origin in records["Vpcs"]}
    subnets = {
        wire["SubnetId"]: lift_subnet(wire, origin, ledger) for wire, origin in records["Subnets"]
    }
    check_subnets(resources, vpcs, subnets)
    vpcs = _with_regions(vpcs, subnets)
    endpoints = lift_vpc_endpoints(records["VpcEndpoints"], subnets, ledger)
    interfaces = doubted(_interfaces(resources, subnets, ledger), endpoints, ledger)
    instances, interfaces = _instances(resources, interfaces, ledger)
    connect_endpoints, interfaces = lift_instance_connect_endpoints(
        resources, interfaces, subnets, ledger
    )
    balancers = lift_load_balancers(resources, interfaces, ledger)
    lift_classic(resources, interfaces, balancers, ledger)
    gateways = [
        lift_internet_gateway(wire, origin, ledger)
        for wire, origin in records["InternetGateways"]
        if wire.get("Attachments") is not None
    ]
    prefix_lists = lift_prefix_lists(records["PrefixLists"], records["Entries"], ledger)
    context = RouteContext(
        vpcs=vpcs,
        endpoints=endpoints,
        interface_ids=interfaces.keys(),
        prefix_lists=prefix_lists,
        prefix_list_names={
            wire["PrefixListId"]: wire.get("PrefixListName") or ""
            for wire, _ in records["PrefixLists"]
        },
        instance_interfaces={name: one.interface_ids for name, one in instances.items()},
    )
    return Parts(
        vpcs=vpcs,
        subnets=subnets,
        network_acls={
            wire["NetworkAclId"]: lift_network_acl(wire, origin, ledger)
            for wire, origin in records["NetworkAcls"]
        },
        security_groups=_groups(resources, ledger),
        interfaces=interfaces,
        instances=instances,
        connect_endpoints=connect_endpoints,
        route_tables={
            wire["RouteTableId"]: lift_route_table(wire, origin, context, ledger)
            for wire, origin in records["RouteTables"]
        },
        internet_gateways={gateway.id: gateway for gateway, _ in gateways},
        unsettled={vpc: gateway.id for gateway, vpcs in gateways for vpc in vpcs},
        nat_gateways=_nat_gateways(resources, vpcs, interfaces, ledger),
        peerings={
            wire["VpcPeeringConnectionId"]: lift_peering(wire, origin, ledger)
            for wire, origin in records["VpcPeeringConnections"]
        },
        prefix_lists=prefix_lists,
        ways=lift_ways(resources, vpcs, subnets, prefix_lists, ledger),
        endpoints=endpoints,
        balancers=balancers,
    )


def _nat_gateways(
    resources: Resources,
    vpcs: Mapping[str, Vpc],
    interfaces: Mapping[str, NetworkInterface],
    ledger: Ledger,
) -> dict[str, NatGateway]:
    """The NAT gateways, with what their interfaces and VPCs say of them."""
    found: dict[str, NatGateway] = {}
    for wire, origin in resources.records["NatGateways"]:
        gateway = lift_nat_gateway(wire, origin, ledger)
        addresses: list[NatAddress] = []
        for mapped in gateway.addresses:
            interface = interfaces.get(mapped.interface_id or "")
            names = {one.address: one.public for one in interface.ipv4} if interface else {}
            if interface is not None and mapped.private not in names:
                raise origin.error(
                    ".NatGatewayAddresses", f"{interface.id} does not have {mapped.private}"
                )
            public = mapped.public or names.get(mapped.private)
            addresses.append(replace(mapped, public=public))
            if gateway.public and public is None and gateway.gap is None:
                detail = f"has no public address for {mapped.private} in the snapshot"
                gateway = replace(gateway, gap=ledger.gap(gateway.id, "GAP-6", detail))
        vpc = vpcs.get(gateway.vpc_id)
        account = gateway.account or (vpc.account if vpc else None)
        found[gateway.id] = replace(gateway, addresses=tuple(addresses), account=account)
    return found


def _with_regions(vpcs: Mapping[str, Vpc], subnets: Mapping[str, Subnet]) -> dict[str, Vpc]:
    """The VPCs with the Region that their subnets' zones name, where none is known yet."""
    regions: dict[str, str] = {}
    for subnet in subnets.values():
        named = REGION.match(subnet.zone or "")
        if named:
            regions.setdefault(subnet.vpc_id, named[0])
    return {vpc.id: replace(vpc, region=vpc.region or regions.get(vpc.id)) for vpc in vpcs.values()}


def _groups(resources: Resources, ledger: Ledger) -> dict[str, SecurityGroup]:
    flat: FlatRules = lift_flat_rules(resources.records["SecurityGroupRules"], ledger)
    found: dict[str, SecurityGroup] = {}
    for wire, origin in resources.records["SecurityGroups"]:
        rules = flat.get(wire["GroupId"])
        if rules is None and resources.has("SecurityGroupRules", *origin.source.scope):
            rules = {False: [], True: []}
        group = lift_security_group(wire, origin, rules, ledger)
        if group.id in flat:
            whole = "SecurityGroupRules" not in resources.cut
            group = agreed(group, flat[group.id], origin, whole)
        found[group.id] = group
    for group_id, rules in flat.items():
        if group_id not in found:
            found[group_id] = SecurityGroup(id=group_id, rules=(*rules[False], *rules[True]))
    return found


def _interfaces(
    resources: Resources, subnets: Mapping[str, Subnet], ledger: Ledger
) -> dict[str, NetworkInterface]:
    """The interfaces of the listing, with what instances show of them, and those that it lacks."""
    records = resources.records
    nested = {
        wire["NetworkInterfaceId"]: (wire, place)
        for instance, origin in records["Instances"]
        for wire, place in interfaces_of(instance, origin)
    }
    publics = {
        **public_names(wire for wire, _ in nested.values()),
        **address.mappings(records["Addresses"], ledger),
    }
    found: dict[str, NetworkInterface] = {}
    for wire, origin in records["NetworkInterfaces"]:
        own, place = nested.pop(wire["NetworkInterfaceId"], (None, origin))
        whole = wire if own is None else filled(wire, own)
        interface = lift_interface(whole, origin, publics, ledger)
        if own is not None:
            check_shown(interface, own, place)
        found[interface.id] = placed(interface, origin, subnets, resources)
    for wire, place in nested.values():
        interface = lift_interface(wire, place, publics, ledger)
        found[interface.id] = placed(interface, place, subnets, resources)
        if resources.has("NetworkInterfaces", *place.source.scope):
            ledger.warn(f"{place}: {interface.id} is not in `NetworkInterfaces`")
        else:
            ledger.assume(
                "GAP-12",
                "interfaces are read from their instances, since `NetworkInterfaces` is not"
                " in the snapshot; interfaces that belong to no instance are not known",
            )
    return found


def _instances(
    resources: Resources, interfaces: dict[str, NetworkInterface], ledger: Ledger
) -> tuple[dict[str, Instance], dict[str, NetworkInterface]]:
    """The instances, and the interfaces with a gap where the state of theirs is not understood."""
    attached: dict[str, list[str]] = {}
    for interface in interfaces.values():
        if interface.instance_id:
            attached.setdefault(interface.instance_id, []).append(interface.id)
    found: dict[str, Instance] = {}
    records: list[Record[InstanceWire]] = list(resources.records["Instances"])
    for wire, origin in records:
        ids = tuple(sorted(attached.get(wire["InstanceId"], ())))
        instance = lift_instance(wire, origin, ids, ledger)
        check_addresses(wire, [interfaces[name] for name in ids], ledger)
        if instance.state is not None and instance.state not in STATES:
            for interface_id in ids:
                detail = f"its instance {instance.id} is in the unknown state `{instance.state}`"
                gap = ledger.gap(interface_id, "GAP-5", detail)
                interfaces[interface_id] = replace(interfaces[interface_id], gap=gap)
            instance = replace(instance, state=None)
        found[instance.id] = instance
    return found, interfaces

"""The network: everything a snapshot says, by id, and what it leaves open.

Law: facts, never consequences. Which list guards a subnet, who is a member of a group, which route
wins: each meaning finds out for itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from verifier.model.egress_only_internet_gateway import EgressOnlyInternetGateway
from verifier.model.entrance import Entrance, Relay
from verifier.model.gap import Assumption, Gap
from verifier.model.instance import Instance
from verifier.model.instance_connect_endpoint import InstanceConnectEndpoint
from verifier.model.interface import NetworkInterface
from verifier.model.internet_gateway import InternetGateway, PassageGap
from verifier.model.load_balancer import LoadBalancer, TargetGroup
from verifier.model.nat_gateway import NatGateway
from verifier.model.network_acl import NetworkAcl
from verifier.model.network_firewall import NetworkFirewall
from verifier.model.peering import PeeringConnection
from verifier.model.prefix_list import PrefixList
from verifier.model.route_table import RouteTable
from verifier.model.security_group import SecurityGroup
from verifier.model.subnet import Subnet
from verifier.model.transit_gateway import (
    AttachmentKey,
    TransitGateway,
    TransitGatewayAttachment,
    TransitGatewayRouteTable,
)
from verifier.model.vpc import Vpc
from verifier.model.vpc_endpoint import VpcEndpoint
from verifier.model.vpn_gateway import VpnGateway

MissingKey = tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Network:
    """All facts of one snapshot (or of several merged ones).

    `missing` names what is referred to and not there, by (kind, id), with the gap that stands in
    for it; its kinds are `security-group`, `prefix-list`, `internet-gateway`, `nat-gateway`,
    `peering` (keyed by their own id), `nat-beyond` (keyed by the NAT gateway, wherever the
    packets of another gateway may be led to it: NAT-5), and
    `network-acl`, `route-table` (keyed by the subnet that
    lacks one). `passages` are gaps at a VPC's internet gateway, by VPC. `incomplete` are gaps that
    concern every question. `instance_connect_endpoints` are by the id of their interface: every
    interface of that kind has its entry. `reference_gap` is set iff SG-13 applies anywhere. `gaps`
    lists all gaps, sorted, those above and those that hang on resources.
    """

    vpcs: Mapping[str, Vpc] = field(default_factory=dict)
    subnets: Mapping[str, Subnet] = field(default_factory=dict)
    network_acls: Mapping[str, NetworkAcl] = field(default_factory=dict)
    security_groups: Mapping[str, SecurityGroup] = field(default_factory=dict)
    interfaces: Mapping[str, NetworkInterface] = field(default_factory=dict)
    instances: Mapping[str, Instance] = field(default_factory=dict)
    route_tables: Mapping[str, RouteTable] = field(default_factory=dict)
    internet_gateways: Mapping[str, InternetGateway] = field(default_factory=dict)
    nat_gateways: Mapping[str, NatGateway] = field(default_factory=dict)
    peerings: Mapping[str, PeeringConnection] = field(default_factory=dict)
    prefix_lists: Mapping[str, PrefixList] = field(default_factory=dict)
    egress_only_gateways: Mapping[str, EgressOnlyInternetGateway] = field(default_factory=dict)
    vpn_gateways: Mapping[str, VpnGateway] = field(default_factory=dict)
    vpc_endpoints: Mapping[str, VpcEndpoint] = field(default_factory=dict)
    instance_connect_endpoints: Mapping[str, InstanceConnectEndpoint] = field(default_factory=dict)
    network_firewalls: Mapping[str, NetworkFirewall] = field(default_factory=dict)
    transit_gateways: Mapping[str, TransitGateway] = field(default_factory=dict)
    transit_attachments: Mapping[AttachmentKey, TransitGatewayAttachment] = field(
        default_factory=dict
    )
    transit_tables: Mapping[str, TransitGatewayRouteTable] = field(default_factory=dict)
    load_balancers: Mapping[str, LoadBalancer] = field(default_factory=dict)
    target_groups: Mapping[str, TargetGroup] = field(default_factory=dict)
    entrances: tuple[Entrance, ...] = ()
    relays: tuple[Relay, ...] = ()
    passages: Mapping[str, tuple[PassageGap, ...]] = field(default_factory=dict)
    missing: Mapping[MissingKey, Gap] = field(default_factory=dict)
    incomplete: tuple[Gap, ...] = ()
    reference_gap: Gap | None = None
    gaps: tuple[Gap, ...] = ()
    assumptions: tuple[Assumption, ...] = ()

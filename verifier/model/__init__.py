"""Facts about an AWS network: one file per resource, frozen, without consequences."""

from verifier.model.egress_only_internet_gateway import EgressOnlyInternetGateway
from verifier.model.entrance import Entrance, Relay
from verifier.model.gap import Assumption, Gap
from verifier.model.instance import Instance
from verifier.model.instance_connect_endpoint import InstanceConnectEndpoint
from verifier.model.interface import InterfaceAddress, InterfaceKind, NetworkInterface
from verifier.model.internet_gateway import InternetGateway, PassageGap
from verifier.model.load_balancer import (
    BalancerKind,
    Forward,
    Listener,
    LoadBalancer,
    Target,
    TargetGroup,
    TargetType,
)
from verifier.model.nat_gateway import NatAddress, NatGateway
from verifier.model.network import MissingKey, Network
from verifier.model.network_acl import NetworkAcl, NetworkAclEntry
from verifier.model.network_firewall import (
    FirewallMatch,
    NetworkFirewall,
    StatefulAction,
    StatefulRule,
    StatelessAction,
    StatelessRule,
)
from verifier.model.peering import PeeringConnection, PeeringSide
from verifier.model.prefix_list import PrefixList
from verifier.model.route_table import (
    EgressOnlyTarget,
    EndpointTarget,
    InterfaceTarget,
    InternetGatewayTarget,
    LocalTarget,
    NatGatewayTarget,
    PeeringTarget,
    Route,
    RouteOrigin,
    RouteTable,
    RouteTarget,
    TransitGatewayTarget,
    UnmodelledTarget,
    VpnGatewayTarget,
)
from verifier.model.security_group import (
    GroupReference,
    Peer,
    PrefixListReference,
    SecurityGroup,
    SecurityGroupRule,
)
from verifier.model.subnet import PublicAccess, Subnet
from verifier.model.transit_gateway import (
    AttachmentKey,
    AttachmentKind,
    TransitGateway,
    TransitGatewayAttachment,
    TransitGatewayRoute,
    TransitGatewayRouteTable,
    TransitRank,
)
from verifier.model.vpc import Ipv6Block, Vpc
from verifier.model.vpc_endpoint import EndpointKind, VpcEndpoint
from verifier.model.vpn_gateway import VpnGateway

__all__ = [
    "Assumption",
    "AttachmentKey",
    "AttachmentKind",
    "BalancerKind",
    "EgressOnlyInternetGateway",
    "EgressOnlyTarget",
    "EndpointKind",
    "EndpointTarget",
    "Entrance",
    "FirewallMatch",
    "Forward",
    "Gap",
    "GroupReference",
    "Instance",
    "InstanceConnectEndpoint",
    "InterfaceAddress",
    "InterfaceKind",
    "InterfaceTarget",
    "InternetGateway",
    "InternetGatewayTarget",
    "Ipv6Block",
    "Listener",
    "LoadBalancer",
    "LocalTarget",
    "MissingKey",
    "NatAddress",
    "NatGateway",
    "NatGatewayTarget",
    "Network",
    "NetworkAcl",
    "NetworkAclEntry",
    "NetworkFirewall",
    "NetworkInterface",
    "PassageGap",
    "Peer",
    "PeeringConnection",
    "PeeringSide",
    "PeeringTarget",
    "PrefixList",
    "PrefixListReference",
    "PublicAccess",
    "Relay",
    "Route",
    "RouteOrigin",
    "RouteTable",
    "RouteTarget",
    "SecurityGroup",
    "SecurityGroupRule",
    "StatefulAction",
    "StatefulRule",
    "StatelessAction",
    "StatelessRule",
    "Subnet",
    "Target",
    "TargetGroup",
    "TargetType",
    "TransitGateway",
    "TransitGatewayAttachment",
    "TransitGatewayRoute",
    "TransitGatewayRouteTable",
    "TransitGatewayTarget",
    "TransitRank",
    "UnmodelledTarget",
    "Vpc",
    "VpcEndpoint",
    "VpnGateway",
    "VpnGatewayTarget",
]

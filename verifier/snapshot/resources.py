"""Everything that was read, by kind, before it is understood.

Owns the table of kinds: which wire type stands under which top-level key, and what identifies one.
"""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from typing import Any, Final, NamedTuple

from verifier.snapshot.address import AddressWire
from verifier.snapshot.block_public_access import BlockOptionsWire, ExclusionWire
from verifier.snapshot.classic_load_balancer import ClassicWire
from verifier.snapshot.egress_only_internet_gateway import EgressOnlyInternetGatewayWire
from verifier.snapshot.entrance import (
    CarrierGatewayWire,
    ClientVpnEndpointWire,
    LocalGatewayAssociationWire,
)
from verifier.snapshot.instance import InstanceWire
from verifier.snapshot.instance_connect_endpoint import InstanceConnectEndpointWire
from verifier.snapshot.interface import InterfaceWire
from verifier.snapshot.internet_gateway import InternetGatewayWire
from verifier.snapshot.load_balancer_output import (
    CLASSIC_ATTRIBUTES,
    AttributesOfWire,
    ClassicAttributesWire,
    EndpointServiceWire,
    ListenersOfWire,
    ListenerWire,
    LoadBalancerWire,
    RuleWire,
)
from verifier.snapshot.merge import Records, Spread
from verifier.snapshot.nat_gateway import NatGatewayWire
from verifier.snapshot.network_acl import NetworkAclWire
from verifier.snapshot.network_firewall_output import (
    FirewallPolicyWire,
    FirewallWire,
    RuleGroupWire,
)
from verifier.snapshot.peering import PeeringWire
from verifier.snapshot.prefix_list import PrefixListEntriesWire, PrefixListWire
from verifier.snapshot.route_table import RouteTableWire
from verifier.snapshot.security_group import SecurityGroupWire, spread
from verifier.snapshot.security_group_rule import FlatRuleWire
from verifier.snapshot.security_group_vpc_association import GroupAssociationWire
from verifier.snapshot.subnet import SubnetWire
from verifier.snapshot.target_group import (
    TargetGroupAttributesWire,
    TargetGroupWire,
    TargetHealthWire,
    registrations,
)
from verifier.snapshot.transit_gateway import TransitGatewayWire
from verifier.snapshot.transit_gateway_attachment import (
    TransitGatewayAttachmentWire,
    TransitGatewayPeeringWire,
    TransitGatewayVpcAttachmentWire,
)
from verifier.snapshot.transit_gateway_route_table import (
    TransitAssociationsWire,
    TransitPropagationsWire,
    TransitReferenceWire,
    TransitRoutesWire,
    TransitTableWire,
)
from verifier.snapshot.unfollowed import ASSOCIATIONS, ServiceNetworkAssociationWire
from verifier.snapshot.vpc import EncryptionControlWire, VpcWire
from verifier.snapshot.vpc_endpoint import VpcEndpointWire
from verifier.snapshot.vpn_gateway import (
    DirectConnectAssociationWire,
    VirtualInterfaceWire,
    VpnConnectionWire,
    VpnGatewayWire,
)


class Kind(NamedTuple):
    """A wire type and the fields that identify a resource of it."""

    wire_type: type[Any]
    id_fields: tuple[str, ...]
    spread: Spread | None = None


KINDS: Final = {
    "Vpcs": Kind(VpcWire, ("VpcId",)),
    "Subnets": Kind(SubnetWire, ("SubnetId",)),
    "NetworkAcls": Kind(NetworkAclWire, ("NetworkAclId",)),
    "SecurityGroups": Kind(
        SecurityGroupWire,
        ("GroupId",),
        {"IpPermissions": spread, "IpPermissionsEgress": spread},
    ),
    "SecurityGroupRules": Kind(FlatRuleWire, ("SecurityGroupRuleId",)),
    "SecurityGroupVpcAssociations": Kind(GroupAssociationWire, ("GroupId", "VpcId")),
    "NetworkInterfaces": Kind(InterfaceWire, ("NetworkInterfaceId",)),
    "Instances": Kind(InstanceWire, ("InstanceId",)),
    "RouteTables": Kind(RouteTableWire, ("RouteTableId",)),
    "InternetGateways": Kind(InternetGatewayWire, ("InternetGatewayId",)),
    "NatGateways": Kind(NatGatewayWire, ("NatGatewayId",)),
    "VpcPeeringConnections": Kind(PeeringWire, ("VpcPeeringConnectionId",)),
    "PrefixLists": Kind(PrefixListWire, ("PrefixListId",)),
    "Entries": Kind(PrefixListEntriesWire, ("PrefixListId",)),
    "Addresses": Kind(AddressWire, ("PublicIp", "AllocationId")),
    "VpcEndpoints": Kind(VpcEndpointWire, ("VpcEndpointId",)),
    "VpnGateways": Kind(VpnGatewayWire, ("VpnGatewayId",)),
    "VpnConnections": Kind(VpnConnectionWire, ("VpnConnectionId",)),
    "directConnectGatewayAssociations": Kind(
        DirectConnectAssociationWire, ("directConnectGatewayId", "associationId")
    ),
    "virtualInterfaces": Kind(VirtualInterfaceWire, ("virtualInterfaceId",)),
    "EgressOnlyInternetGateways": Kind(
        EgressOnlyInternetGatewayWire, ("EgressOnlyInternetGatewayId",)
    ),
    "TransitGateways": Kind(TransitGatewayWire, ("TransitGatewayId",)),
    "TransitGatewayVpcAttachments": Kind(
        TransitGatewayVpcAttachmentWire, ("TransitGatewayAttachmentId", "TransitGatewayId")
    ),
    "TransitGatewayAttachments": Kind(
        TransitGatewayAttachmentWire, ("TransitGatewayAttachmentId", "TransitGatewayId")
    ),
    "TransitGatewayPeeringAttachments": Kind(
        TransitGatewayPeeringWire, ("TransitGatewayAttachmentId",)
    ),
    "TransitGatewayRouteTables": Kind(TransitTableWire, ("TransitGatewayRouteTableId",)),
    "Associations": Kind(TransitAssociationsWire, ("TransitGatewayRouteTableId", "File")),
    "TransitGatewayRouteTablePropagations": Kind(
        TransitPropagationsWire, ("TransitGatewayRouteTableId", "File")
    ),
    "TransitGatewayPropagations": Kind(TransitPropagationsWire, ("TransitGatewayRouteTableId",)),
    "Routes": Kind(TransitRoutesWire, ("TransitGatewayRouteTableId", "File")),
    "TransitGatewayStaticRoutes": Kind(TransitRoutesWire, ("TransitGatewayRouteTableId",)),
    "TransitGatewayPrefixListReferences": Kind(
        TransitReferenceWire, ("TransitGatewayRouteTableId", "PrefixListId")
    ),
    "CarrierGateways": Kind(CarrierGatewayWire, ("CarrierGatewayId",)),
    "LocalGatewayRouteTableVpcAssociations": Kind(
        LocalGatewayAssociationWire, ("LocalGatewayRouteTableVpcAssociationId",)
    ),
    "ClientVpnEndpoints": Kind(ClientVpnEndpointWire, ("ClientVpnEndpointId",)),
    "InstanceConnectEndpoints": Kind(InstanceConnectEndpointWire, ("InstanceConnectEndpointId",)),
    ASSOCIATIONS: Kind(ServiceNetworkAssociationWire, ("id", "vpcId", "serviceNetworkArn")),
    "VpcEncryptionControls": Kind(EncryptionControlWire, ("VpcEncryptionControlId",)),
    "VpcBlockPublicAccessOptions": Kind(BlockOptionsWire, ("AwsAccountId", "AwsRegion")),
    "VpcBlockPublicAccessExclusions": Kind(ExclusionWire, ("ExclusionId",)),
    "LoadBalancers": Kind(LoadBalancerWire, ("LoadBalancerArn",)),
    "LoadBalancerDescriptions": Kind(ClassicWire, ("LoadBalancerName", "VPCId")),
    "LoadBalancerAttributes": Kind(AttributesOfWire, ("LoadBalancerArn",)),
    "LoadBalancerListeners": Kind(ListenersOfWire, ("LoadBalancerArn",)),
    "Listeners": Kind(ListenerWire, ("ListenerArn",)),
    "Rules": Kind(RuleWire, ("RuleArn",)),
    "TargetGroups": Kind(TargetGroupWire, ("TargetGroupArn",)),
    "TargetGroupAttributes": Kind(TargetGroupAttributesWire, ("TargetGroupArn",)),
    "LoadBalancerTargetHealth": Kind(
        TargetHealthWire, ("TargetGroupArn",), {"TargetHealthDescriptions": registrations}
    ),
    CLASSIC_ATTRIBUTES: Kind(ClassicAttributesWire, ("LoadBalancerName", "Place")),
    "NetworkFirewalls": Kind(FirewallWire, ("FirewallArn",)),
    "NetworkFirewallPolicies": Kind(FirewallPolicyWire, ("FirewallPolicyArn",)),
    "NetworkFirewallRuleGroups": Kind(RuleGroupWire, ("RuleGroupArn",)),
    "ServiceConfigurations": Kind(EndpointServiceWire, ("ServiceId",)),
}


class Resources:
    """Records by kind, and which top-level keys were found for which account and Region."""

    def __init__(self) -> None:
        self.records: dict[str, Records[Any]] = {
            key: Records(kind.wire_type, kind.id_fields, kind.spread) for key, kind in KINDS.items()
        }
        self.keys: dict[tuple[str | None, str | None], set[str]] = {}
        self.cut: set[str] = set()
        """Keys of listings that end with a `NextToken`."""

    def has(self, key: str, account: str | None = None, region: str | None = None) -> bool:
        """True iff a file that may speak of this account and Region has the key."""
        own = {scope: found for scope, found in self.keys.items() if self._of(scope, account)}
        return speaks_of(own, key, account, region)

    def _of(self, scope: tuple[str | None, str | None], account: str | None) -> bool:
        """False iff the files of the scope say themselves that other accounts called.

        Where no folder names the account, the options of Block Public Access do: they are printed
        for whoever calls.
        """
        if scope[0] is not None or account is None:
            return True
        callers = {
            option.get("AwsAccountId")
            for option, origin in self.records["VpcBlockPublicAccessOptions"]
            if origin.source.scope == scope
        }
        return not callers or bool(callers & {account, None})


def speaks_of(
    keys: Mapping[Any, AbstractSet[str]], key: str, account: str | None, region: str | None
) -> bool:
    """True iff one of the scopes that may be this account and Region has the key."""
    return any(
        key in found
        for (of_account, of_region), found in keys.items()
        if (of_account is None or account in (None, of_account))
        and (of_region is None or region in (None, of_region))
    )

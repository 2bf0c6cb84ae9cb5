"""Specimens of what routes lead to."""

from __future__ import annotations

from typing import Any

from tests.reference.snapshots import (
    ACCOUNT,
    ENI,
    IGW,
    OTHER,
    REGION,
    VPC,
    Change,
    Json,
    Snapshot,
    Specimen,
    interface,
    table,
)


def _nat(snapshot: Snapshot, **fields: Any) -> Snapshot:
    nat: Json = {
        "NatGatewayId": "nat-1", "VpcId": VPC, "SubnetId": "subnet-2", "State": "available",
        "ConnectivityType": "public", "AvailabilityMode": "zonal", "Tags": [],
        "NatGatewayAddresses": [
            {"PrivateIp": "10.1.2.9", "PublicIp": "203.0.113.9", "IsPrimary": True,
             "NetworkInterfaceId": "eni-9", "Status": "succeeded"}]}  # fmt: skip
    snapshot.add("NatGateways", nat | fields).route("0.0.0.0/0", NatGatewayId="nat-1")
    return snapshot.add(
        "NetworkInterfaces",
        interface(9, "10.1.2.9", "nat_gateway", Groups=[], SubnetId="subnet-2",
                  SourceDestCheck=False),
    )  # fmt: skip


def _peering(snapshot: Snapshot, other: str = OTHER) -> Snapshot:
    sides = [
        {"VpcId": vpc, "OwnerId": ACCOUNT, "Region": REGION, "CidrBlock": block,
         "CidrBlockSet": [{"CidrBlock": block}]}
        for vpc, block in ((VPC, "10.1.0.0/16"), (other, "10.2.0.0/16"))]  # fmt: skip
    snapshot.add("VpcPeeringConnections", {
        "VpcPeeringConnectionId": "pcx-1", "RequesterVpcInfo": sides[0],
        "AccepterVpcInfo": sides[1], "Status": {"Code": "active"}})  # fmt: skip
    return snapshot.route("10.2.0.0/16", VpcPeeringConnectionId="pcx-1")


def _appliance(snapshot: Snapshot) -> Snapshot:
    box = interface(2, "10.1.2.5", SubnetId="subnet-2", SourceDestCheck=False)
    snapshot.add("NetworkInterfaces", box)
    return snapshot.route("203.0.113.0/24", NetworkInterfaceId="eni-2")


def instance(snapshot: Snapshot) -> Snapshot:
    attached = {"AttachmentId": "eni-attach-1", "Status": "attached", "InstanceId": "i-1"}
    box = interface(2, "10.1.2.5", SubnetId="subnet-2", SourceDestCheck=False, Attachment=attached)
    snapshot.add("NetworkInterfaces", box)
    snapshot.add("Reservations", {"ReservationId": "r-1", "OwnerId": ACCOUNT, "Instances": [
        {"InstanceId": "i-1", "State": {"Name": "running"}, "VpcId": VPC,
         "NetworkInterfaces": [{"NetworkInterfaceId": "eni-2", "SubnetId": "subnet-2"}]}
    ]})  # fmt: skip
    return snapshot.route("203.0.113.0/24", InstanceId="i-1", NetworkInterfaceId="eni-2")


def _egress_only(snapshot: Snapshot) -> Snapshot:
    block = {"Ipv6CidrBlock": "2600:1f00::/56", "Ipv6CidrBlockState": {"State": "associated"},
             "Ipv6AddressAttribute": "public"}  # fmt: skip
    snapshot.change("Vpcs", VPC, Ipv6CidrBlockAssociationSet=[block])
    snapshot.add("EgressOnlyInternetGateways", {
        "EgressOnlyInternetGatewayId": "eigw-1", "Tags": [],
        "Attachments": [{"State": "attached", "VpcId": VPC}]})  # fmt: skip
    return snapshot.route("::/0", EgressOnlyInternetGatewayId="eigw-1")


def _private_gateway(snapshot: Snapshot, **fields: Any) -> Snapshot:
    snapshot.add("VpnGateways", {
        "VpnGatewayId": "vgw-1", "State": "available", "Type": "ipsec.1", "Tags": [],
        "VpcAttachments": [{"VpcId": VPC, "State": "attached"}]})  # fmt: skip
    snapshot.add("VpnConnections", {
        "VpnConnectionId": "vpn-1", "VpnGatewayId": "vgw-1", "State": "available",
        "Options": {"StaticRoutesOnly": True},
        "Routes": [{"DestinationCidrBlock": "192.168.0.0/16", "State": "available"}],
        **fields})  # fmt: skip
    return snapshot.route("192.168.0.0/16", GatewayId="vgw-1")


def endpoint(kind: str, **fields: Any) -> Json:
    made = {"VpcEndpointId": "vpce-1", "VpcEndpointType": kind, "VpcId": VPC,
            "State": "available", "ServiceName": "com.amazonaws.eu-central-1.s3",
            "SubnetIds": [], "NetworkInterfaceIds": [], "OwnerId": ACCOUNT}  # fmt: skip
    return made | fields


def _gateway_endpoint(snapshot: Snapshot) -> Snapshot:
    snapshot.add("PrefixLists", {"PrefixListId": "pl-1", "AddressFamily": "IPv4",
                                 "PrefixListName": "com.amazonaws.eu-central-1.s3",
                                 "Cidrs": ["198.51.100.0/24"]})  # fmt: skip
    snapshot.add("VpcEndpoints", endpoint("Gateway"))
    return snapshot.route("pl-1", GatewayId="vpce-1")


def firewall_endpoint(snapshot: Snapshot) -> Snapshot:
    found = endpoint("GatewayLoadBalancer", SubnetIds=["subnet-2"], IpAddressType="ipv4",
                      ServiceName="com.amazonaws.vpce.eu-central-1.vpce-svc-1")  # fmt: skip
    return snapshot.add("VpcEndpoints", found).route("203.0.113.0/24", GatewayId="vpce-1")


def to(destination: str, **target: Any) -> Change:
    return lambda snapshot: snapshot.route(destination, **target)


def _edge(gateway: str) -> Change:
    def change(snapshot: Snapshot) -> Snapshot:
        if gateway == "vgw-1":
            _private_gateway(snapshot)
        snapshot.add("NetworkInterfaces", interface(2, "10.1.2.5", SubnetId="subnet-2",
                                                    SourceDestCheck=False))  # fmt: skip
        edge = table(VPC, "10.1.0.0/16")
        edge |= {"RouteTableId": "rtb-edge", "Associations": [
            {"Main": False, "GatewayId": gateway, "AssociationState": {"State": "associated"}}
        ]}  # fmt: skip
        edge["Routes"].append({"DestinationCidrBlock": "10.1.1.0/24", "State": "active",
                                "NetworkInterfaceId": "eni-2",
                                "Origin": "CreateRoute"})  # fmt: skip
        return snapshot.add("RouteTables", edge)

    return change


ROUTES = "Where routes lead"
ROUTE_SPECIMENS = [
    Specimen(ROUTES, "the VPC", "`GatewayId: local`", lambda snapshot: snapshot,
             (("target", "LocalTarget"), ("field", "GatewayId"))),
    Specimen(ROUTES, "internet gateway", "`GatewayId: igw-…`", to("0.0.0.0/0", GatewayId=IGW),
             (("target", "InternetGatewayTarget"),)),
    Specimen(ROUTES, "NAT gateway, zonal, public", "`ConnectivityType: public`", _nat,
             (("target", "NatGatewayTarget"), ("field", "NatGatewayId"))),
    Specimen(ROUTES, "NAT gateway, zonal, private", "`ConnectivityType: private`",
             lambda snapshot: _nat(snapshot, ConnectivityType="private")),
    Specimen(ROUTES, "NAT gateway, regional", "`AvailabilityMode: regional`",
             lambda snapshot: _nat(snapshot, AvailabilityMode="regional", SubnetId=None)),
    Specimen(ROUTES, "NAT64", "a route for 64:ff9b::/96 to a NAT gateway",
             lambda snapshot: _nat(snapshot).route("64:ff9b::/96", NatGatewayId="nat-1")),
    Specimen(ROUTES, "VPC peering connection", "`VpcPeeringConnectionId`", _peering,
             (("target", "PeeringTarget"), ("field", "VpcPeeringConnectionId"))),
    Specimen(ROUTES, "VPC peering connection to a VPC that is not in the snapshot",
             "`AccepterVpcInfo.VpcId`", lambda snapshot: _peering(snapshot, "vpc-9")),
    Specimen(ROUTES, "egress-only internet gateway", "`EgressOnlyInternetGatewayId`",
             _egress_only,
             (("target", "EgressOnlyTarget"), ("field", "EgressOnlyInternetGatewayId"))),
    Specimen(ROUTES, "virtual private gateway, static routes", "`GatewayId: vgw-…`",
             _private_gateway, (("target", "VpnGatewayTarget"),)),
    Specimen(ROUTES, "virtual private gateway, routes learned by BGP",
             "`StaticRoutesOnly: false`",
             lambda snapshot: _private_gateway(snapshot, Options={"StaticRoutesOnly": False})),
    Specimen(ROUTES, "gateway endpoint", "`GatewayId: vpce-…`", _gateway_endpoint,
             (("target", "EndpointTarget"), ("endpoint", "Gateway"))),
    Specimen(ROUTES, "Gateway Load Balancer endpoint", "`GatewayId: vpce-…`", firewall_endpoint,
             (("endpoint", "GatewayLoadBalancer"),)),
    Specimen(ROUTES, "interface that forwards", "`NetworkInterfaceId`", _appliance,
             (("target", "InterfaceTarget"), ("field", "NetworkInterfaceId"))),
    Specimen(ROUTES, "instance that forwards", "`InstanceId`", instance,
             (("field", "InstanceId"),)),
    Specimen(ROUTES, "local gateway (Outposts)", "`LocalGatewayId`",
             to("192.0.2.0/24", LocalGatewayId="lgw-1"), (("field", "LocalGatewayId"),)),
    Specimen(ROUTES, "carrier gateway (Wavelength)", "`CarrierGatewayId`",
             to("192.0.2.0/24", CarrierGatewayId="cagw-1"), (("field", "CarrierGatewayId"),)),
    Specimen(ROUTES, "core network (Cloud WAN)", "`CoreNetworkArn`",
             to("192.0.2.0/24", CoreNetworkArn="arn:aws:networkmanager::1:core-network/c"),
             (("field", "CoreNetworkArn"),)),
    Specimen(ROUTES, "ODB network", "`OdbNetworkArn`",
             to("192.0.2.0/24", OdbNetworkArn="arn:aws:odb:::odb-network/o"),
             (("field", "OdbNetworkArn"),)),
    Specimen(ROUTES, "next hop address", "`IpAddress`", to("192.0.2.0/24", IpAddress="10.1.1.9"),
             (("field", "IpAddress"),)),
    Specimen(ROUTES, "route of a Route Server, within the VPC", "`Origin: Advertisement`",
             to("10.1.2.0/24", NetworkInterfaceId=ENI, Origin="Advertisement")),
    Specimen(ROUTES, "blackhole", "`State: blackhole`",
             to("192.0.2.0/24", VpcPeeringConnectionId="pcx-9", State="blackhole"),
             (("target", "UnmodelledTarget"),)),
    Specimen(ROUTES, "table of an internet gateway", "`Associations[].GatewayId: igw-…`",
             _edge(IGW)),
    Specimen(ROUTES, "table of a virtual private gateway", "`Associations[].GatewayId: vgw-…`",
             _edge("vgw-1")),
]  # fmt: skip

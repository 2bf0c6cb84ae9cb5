"""What the AWS CLI prints of gateways of VPCs: NAT, peering, private gateways, endpoints, lists."""

from __future__ import annotations

from typing import Any

from tests.known_answers.snapshots.account import MADE, Json, Place, Subnet, Vpc, ident, named
from tests.known_answers.snapshots.interfaces import interface


def nat_gateway(subnet: Subnet, name: str, private: str, public: str | None) -> str:
    """A zonal NAT gateway with its interface; private if it has no public address."""
    place, gateway = subnet.vpc.place, ident("nat", name)
    eni = interface(
        subnet,
        f"{name} interface",
        private,
        kind="nat_gateway",
        elastic=public,
        Description=f"Interface for NAT Gateway {gateway}",
        SourceDestCheck=False,
    )
    address: Json = {
        "NetworkInterfaceId": eni["NetworkInterfaceId"],
        "PrivateIp": private,
        "IsPrimary": True,
        "Status": "succeeded",
    }
    if public is not None:
        address |= {"AllocationId": ident("eipalloc", public), "PublicIp": public}
    made: Json = {
        "CreateTime": MADE,
        "NatGatewayAddresses": [address],
        "NatGatewayId": gateway,
        "State": "available",
        "SubnetId": subnet.id,
        "VpcId": subnet.vpc.id,
        "Tags": named(name),
        "ConnectivityType": "public" if public else "private",
        "AvailabilityMode": "zonal",
    }
    place.add("describe-nat-gateways", name, made)
    return gateway


def peering(requester: Vpc, accepter: Vpc, name: str) -> str:
    """An active peering connection, which both sides list."""
    made: Json = {
        "AccepterVpcInfo": _side(accepter),
        "RequesterVpcInfo": _side(requester),
        "Status": {"Code": "active", "Message": "Active"},
        "Tags": named(name),
        "VpcPeeringConnectionId": ident("pcx", name),
    }
    requester.place.add("describe-vpc-peering-connections", name, made)
    if accepter.place is not requester.place:
        accepter.place.listed("describe-vpc-peering-connections").append(made)
    return ident("pcx", name)


def _side(vpc: Vpc) -> Json:
    made: Json = {
        "CidrBlock": vpc.blocks[0],
        "CidrBlockSet": [{"CidrBlock": block} for block in vpc.blocks],
        "OwnerId": vpc.place.account,
        "PeeringOptions": {
            "AllowDnsResolutionFromRemoteVpc": False,
            "AllowEgressFromLocalClassicLinkToRemoteVpc": False,
            "AllowEgressFromLocalVpcToRemoteClassicLink": False,
        },
        "VpcId": vpc.id,
        "Region": vpc.place.region,
    }
    if vpc.ipv6:
        made["Ipv6CidrBlockSet"] = [{"Ipv6CidrBlock": vpc.ipv6}]
    return made


def vpn_gateway(vpc: Vpc, name: str) -> str:
    """An attached virtual private gateway, of which Direct Connect knows nothing."""
    gateway = ident("vgw", name)
    made: Json = {
        "State": "available",
        "Type": "ipsec.1",
        "VpcAttachments": [{"State": "attached", "VpcId": vpc.id}],
        "VpnGatewayId": gateway,
        "AmazonSideAsn": 64512,
        "Tags": named(name),
    }
    vpc.place.add("describe-vpn-gateways", name, made)
    vpc.place.files[f"{gateway}-associations"] = {"directConnectGatewayAssociations": []}
    return gateway


def vpn_connection(place: Place, name: str, *static: str, **at: str) -> str:
    """A VPN connection at `VpnGatewayId` or `TransitGatewayId`; by BGP if it has no routes."""
    customer = ident("cgw", name)
    place.listed("describe-customer-gateways").append(
        {
            "CustomerGatewayId": customer,
            "IpAddress": "203.0.113.77",
            "BgpAsn": "65000",
            "State": "available",
            "Type": "ipsec.1",
            "Tags": named(name),
        }
    )
    made: Json = {
        "CustomerGatewayConfiguration": "...",
        "CustomerGatewayId": customer,
        "Category": "VPN",
        "State": "available",
        "Type": "ipsec.1",
        "VpnConnectionId": ident("vpn", name),
        "GatewayAssociationState": "associated",
        "Options": {
            "EnableAcceleration": False,
            "StaticRoutesOnly": bool(static),
            "LocalIpv4NetworkCidr": "0.0.0.0/0",
            "RemoteIpv4NetworkCidr": "0.0.0.0/0",
            "TunnelInsideIpVersion": "ipv4",
            "TunnelOptions": [],
        },
        "Routes": [{"DestinationCidrBlock": cidr, "State": "available"} for cidr in static],
        "Tags": named(name),
        "VgwTelemetry": [],
        **at,
    }
    place.add("describe-vpn-connections", name, made)
    return ident("vpn", name)


POLICY = '{"Statement":[{"Action":"*","Effect":"Allow","Principal":"*","Resource":"*"}]}'


def _endpoint(vpc: Vpc, name: str, kind: str, service: str, **more: Any) -> Json:
    made: Json = {
        "VpcEndpointId": ident("vpce", name),
        "VpcEndpointType": kind,
        "VpcId": vpc.id,
        "ServiceName": service,
        "State": "available",
        "PolicyDocument": POLICY,
        "RouteTableIds": [],
        "SubnetIds": [],
        "Groups": [],
        "PrivateDnsEnabled": False,
        "RequesterManaged": False,
        "NetworkInterfaceIds": [],
        "DnsEntries": [],
        "CreationTimestamp": MADE,
        "Tags": named(name),
        "OwnerId": vpc.place.account,
        "ServiceRegion": vpc.place.region,
        **more,
    }
    return vpc.place.add("describe-vpc-endpoints", name, made)


def gateway_endpoint(vpc: Vpc, name: str, service: str, *tables: str) -> str:
    """A gateway endpoint; the routes in its tables are the caller's."""
    _endpoint(
        vpc,
        name,
        "Gateway",
        f"com.amazonaws.{vpc.place.region}.{service}",
        RouteTableIds=[ident("rtb", table) for table in tables],
    )
    return ident("vpce", name)


def interface_endpoint(
    vpc: Vpc, name: str, service: str, group: Json, *at: tuple[Subnet, str]
) -> str:
    """An interface endpoint with an interface in each of these subnets."""
    endpoint = ident("vpce", name)
    enis = [
        interface(
            subnet,
            f"{name} {subnet.name}",
            address,
            group,
            kind="vpc_endpoint",
            Description=f"VPC Endpoint Interface {endpoint}",
            RequesterId="727180483921",
        )
        for subnet, address in at
    ]
    _endpoint(
        vpc,
        name,
        "Interface",
        service,
        SubnetIds=[subnet.id for subnet, _ in at],
        Groups=[{"GroupId": group["GroupId"], "GroupName": group["GroupName"]}],
        NetworkInterfaceIds=[eni["NetworkInterfaceId"] for eni in enis],
        IpAddressType="ipv4",
    )
    return endpoint


def inspection_endpoint(subnet: Subnet, name: str, address: str, service: str) -> str:
    """A Gateway Load Balancer endpoint."""
    endpoint = ident("vpce", name)
    eni = interface(
        subnet,
        f"{name} interface",
        address,
        kind="gateway_load_balancer_endpoint",
        Description=f"VPC Endpoint Interface {endpoint}",
        SourceDestCheck=False,
    )
    _endpoint(
        subnet.vpc,
        name,
        "GatewayLoadBalancer",
        service,
        SubnetIds=[subnet.id],
        NetworkInterfaceIds=[eni["NetworkInterfaceId"]],
        IpAddressType="ipv4",
    )
    return endpoint


def prefix_list(place: Place, name: str, *blocks: str, owner: str | None = None) -> str:
    """A managed prefix list, its entries in a file of their own; AWS's if the owner is `AWS`."""
    list_id = ident("pl", name)
    owned = owner or place.account
    made: Json = {
        "PrefixListId": list_id,
        "AddressFamily": "IPv6" if ":" in blocks[0] else "IPv4",
        "PrefixListArn": f"arn:aws:ec2:{place.region}:{owned}:prefix-list/{list_id}",
        "PrefixListName": name,
        "Tags": [],
        "OwnerId": owned,
    }
    if owner is None:
        made |= {"State": "create-complete", "MaxEntries": 10, "Version": 3}
    place.add("describe-managed-prefix-lists", f"list {name}", made)
    place.files[list_id] = {"Entries": [{"Cidr": block} for block in blocks]}
    return list_id

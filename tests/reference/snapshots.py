"""A small snapshot that is complete, and what a specimen adds to it.

Law: without its specimen the snapshot leaves nothing open, so that what is open with it is open
because of it.
"""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]
ACCOUNT, REGION = "111122223333", "eu-central-1"
VPC, OTHER, IGW, ENI, GROUP = "vpc-1", "vpc-2", "igw-1", "eni-1", "sg-1"
EMPTY = (
    "EgressOnlyInternetGateways", "NatGateways", "VpcPeeringConnections", "Addresses",
    "PrefixLists", "SecurityGroupVpcAssociations", "VpnGateways", "VpnConnections",
    "TransitGateways", "TransitGatewayAttachments", "TransitGatewayVpcAttachments",
    "TransitGatewayPeeringAttachments", "TransitGatewayRouteTables", "VpcEndpoints",
    "VpcBlockPublicAccessExclusions", "LoadBalancers", "LoadBalancerDescriptions", "TargetGroups",
    "Listeners", "Rules", "CarrierGateways", "LocalGatewayRouteTableVpcAssociations",
    "ClientVpnEndpoints", "InstanceConnectEndpoints", "Reservations",
    "directConnectGatewayAssociations", "virtualInterfaces",
)  # fmt: skip


@dataclass
class Snapshot:
    """The listings of one file, and further files by name."""

    listings: Json
    files: dict[str, Json] = field(default_factory=dict)

    def add(self, key: str, *things: Json) -> Snapshot:
        self.listings[key] = [*self.listings.get(key, []), *things]
        return self

    def change(self, key: str, thing_id: str, **fields: Any) -> Snapshot:
        found = [thing for thing in self.listings[key] if thing_id in thing.values()]
        assert len(found) == 1, (key, thing_id)
        found[0].update(fields)
        return self

    def route(self, destination: str, **target: Any) -> Snapshot:
        """A route of the table of `subnet-1`."""
        table = self.listings["RouteTables"][0]
        key = "DestinationPrefixListId" if destination[:3] == "pl-" else "DestinationCidrBlock"
        key = "DestinationIpv6CidrBlock" if ":" in destination else key
        known = {"Origin": "CreateRoute", "State": "active"}
        table["Routes"].append({key: destination, **known, **target})
        return self


def subnet(number: int, vpc: str, block: str) -> Json:
    return {"SubnetId": f"subnet-{number}", "VpcId": vpc, "CidrBlock": block, "OwnerId": ACCOUNT,
            "AvailabilityZone": f"{REGION}a", "State": "available",
            "Ipv6CidrBlockAssociationSet": []}  # fmt: skip


def interface(number: int, address: str, kind: str = "interface", **fields: Any) -> Json:
    made: Json = {
        "NetworkInterfaceId": f"eni-{number}", "VpcId": VPC, "SubnetId": "subnet-1",
        "InterfaceType": kind, "AvailabilityZone": f"{REGION}a", "PrivateIpAddress": address,
        "Groups": [{"GroupId": GROUP}],
        "PrivateIpAddresses": [{"PrivateIpAddress": address, "Primary": True}],
        "Ipv6Addresses": [], "SourceDestCheck": True, "Status": "in-use", "OwnerId": ACCOUNT,
        "Attachment": {"AttachmentId": "ela-attach-1", "Status": "attached"}, "TagSet": [],
        "Description": "",
    }  # fmt: skip
    return made | fields


def _vpc(vpc_id: str, block: str) -> Json:
    return {"VpcId": vpc_id, "CidrBlock": block, "OwnerId": ACCOUNT, "State": "available",
            "CidrBlockAssociationSet": [
                {"CidrBlock": block, "CidrBlockState": {"State": "associated"}}],
            "Ipv6CidrBlockAssociationSet": []}  # fmt: skip


def _acl(vpc_id: str, *subnets: str) -> Json:
    return {"NetworkAclId": f"acl-of-{vpc_id}", "VpcId": vpc_id, "IsDefault": True,
            "OwnerId": ACCOUNT, "Associations": [
                {"NetworkAclAssociationId": f"assoc-{one}", "SubnetId": one,
                 "NetworkAclId": f"acl-of-{vpc_id}"} for one in subnets],
            "Entries": [{"RuleNumber": 100, "Egress": egress, "Protocol": "-1",
                         "RuleAction": "allow", "CidrBlock": "0.0.0.0/0"}
                        for egress in (True, False)]}  # fmt: skip


def table(vpc_id: str, block: str) -> Json:
    return {"RouteTableId": f"rtb-of-{vpc_id}", "VpcId": vpc_id, "OwnerId": ACCOUNT,
            "PropagatingVgws": [],
            "Associations": [{"Main": True, "AssociationState": {"State": "associated"}}],
            "Routes": [{"DestinationCidrBlock": block, "GatewayId": "local",
                        "Origin": "CreateRouteTable", "State": "active"}]}  # fmt: skip


def plain() -> Snapshot:
    """Two VPCs with a host in the first; nothing is left open."""
    rule = {"IpProtocol": "-1", "IpRanges": [{"CidrIp": "10.0.0.0/8"}], "Ipv6Ranges": [],
            "PrefixListIds": [], "UserIdGroupPairs": []}  # fmt: skip
    listings: Json = {key: [] for key in EMPTY}
    listings |= {
        "Vpcs": [_vpc(VPC, "10.1.0.0/16"), _vpc(OTHER, "10.2.0.0/16")],
        "Subnets": [subnet(1, VPC, "10.1.1.0/24"), subnet(2, VPC, "10.1.2.0/24"),
                    subnet(3, OTHER, "10.2.1.0/24")],
        "NetworkAcls": [_acl(VPC, "subnet-1", "subnet-2"), _acl(OTHER, "subnet-3")],
        "RouteTables": [table(VPC, "10.1.0.0/16"), table(OTHER, "10.2.0.0/16")],
        "SecurityGroups": [{"GroupId": GROUP, "GroupName": "one", "VpcId": VPC,
                            "OwnerId": ACCOUNT, "IpPermissions": [rule],
                            "IpPermissionsEgress": [rule]}],
        "NetworkInterfaces": [interface(1, "10.1.1.5")],
        "InternetGateways": [{"InternetGatewayId": IGW, "OwnerId": ACCOUNT, "Tags": [],
                              "Attachments": [{"State": "available", "VpcId": VPC}]}],
        "VpcBlockPublicAccessOptions": {"AwsAccountId": ACCOUNT, "AwsRegion": REGION,
                                        "InternetGatewayBlockMode": "off",
                                        "State": "default-state"},
    }  # fmt: skip
    return Snapshot(deepcopy(listings))


Change = Callable[[Snapshot], object]


@dataclass(frozen=True)
class Specimen:
    """A construct, how a snapshot shows it, and the change that puts it there.

    `values` are the words of AWS that the specimen stands for, by the list they are from.
    """

    section: str
    construct: str
    shown: str
    change: Change
    values: tuple[tuple[str, str], ...] = ()

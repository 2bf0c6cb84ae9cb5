"""What `aws ec2 describe-*` prints of accounts and Regions: VPCs, subnets, rules and interfaces.

An `Estate` holds a `Place` for each account and Region, with one listing for each command, the
empty ones included, as a person has who ran them all. Methods add what AWS would list for a
resource, with the parts that AWS makes by itself (main table, default list, default group), and
return the JSON: a planted mistake is an ordinary change of that JSON. Ids are made from names, so
that they are the same in each run. Nothing here knows the reader or the model.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

Json = dict[str, Any]

LISTINGS = {
    "describe-vpcs": "Vpcs",
    "describe-subnets": "Subnets",
    "describe-network-acls": "NetworkAcls",
    "describe-security-groups": "SecurityGroups",
    "describe-security-group-vpc-associations": "SecurityGroupVpcAssociations",
    "describe-network-interfaces": "NetworkInterfaces",
    "describe-instances": "Reservations",
    "describe-route-tables": "RouteTables",
    "describe-internet-gateways": "InternetGateways",
    "describe-egress-only-internet-gateways": "EgressOnlyInternetGateways",
    "describe-nat-gateways": "NatGateways",
    "describe-addresses": "Addresses",
    "describe-vpc-peering-connections": "VpcPeeringConnections",
    "describe-vpc-endpoints": "VpcEndpoints",
    "describe-vpc-endpoint-service-configurations": "ServiceConfigurations",
    "describe-managed-prefix-lists": "PrefixLists",
    "describe-vpn-gateways": "VpnGateways",
    "describe-vpn-connections": "VpnConnections",
    "describe-customer-gateways": "CustomerGateways",
    "describe-virtual-interfaces": "virtualInterfaces",
    "describe-transit-gateways": "TransitGateways",
    "describe-transit-gateway-attachments": "TransitGatewayAttachments",
    "describe-transit-gateway-vpc-attachments": "TransitGatewayVpcAttachments",
    "describe-transit-gateway-peering-attachments": "TransitGatewayPeeringAttachments",
    "describe-transit-gateway-route-tables": "TransitGatewayRouteTables",
    "describe-instance-connect-endpoints": "InstanceConnectEndpoints",
    "describe-client-vpn-endpoints": "ClientVpnEndpoints",
    "describe-carrier-gateways": "CarrierGateways",
    "describe-vpc-block-public-access-exclusions": "VpcBlockPublicAccessExclusions",
    "elb-describe-load-balancers": "LoadBalancerDescriptions",
    "elbv2-describe-load-balancers": "LoadBalancers",
    "elbv2-describe-target-groups": "TargetGroups",
}
EVERYWHERE = "0.0.0.0/0"
MADE = "2026-03-02T09:41:27.000Z"


def ident(kind: str, *names: str) -> str:
    """An id as AWS makes them, the same for the same names."""
    return f"{kind}-0{hashlib.sha256('/'.join((kind, *names)).encode()).hexdigest()[:16]}"


def named(name: str, **tags: str) -> list[Json]:
    """Tags, as every resource but an interface has them."""
    return [{"Key": key, "Value": value} for key, value in {"Name": name, **tags}.items()]


def permission(protocol: str, ports: int | tuple[int, int] | None, *peers: str | Json) -> Json:
    """An `IpPermission`: a peer is a CIDR, a prefix list's id, a group's id or its whole pair."""
    made: Json = {"IpProtocol": protocol}
    if ports is not None:
        made["FromPort"], made["ToPort"] = ports if isinstance(ports, tuple) else (ports, ports)
    lists: dict[str, list[Json]] = {
        key: [] for key in ("UserIdGroupPairs", "IpRanges", "Ipv6Ranges", "PrefixListIds")
    }
    for peer in peers:
        if isinstance(peer, dict):
            lists["UserIdGroupPairs"].append(peer)
        elif peer.startswith("sg-"):
            lists["UserIdGroupPairs"].append({"UserId": "111111111111", "GroupId": peer})
        elif peer.startswith("pl-"):
            lists["PrefixListIds"].append({"PrefixListId": peer})
        elif ":" in peer:
            lists["Ipv6Ranges"].append({"CidrIpv6": peer})
        else:
            lists["IpRanges"].append({"CidrIp": peer, "Description": "by hand"})
    return made | lists


def entry(
    number: int,
    action: str,
    protocol: str,
    ports: tuple[int, int] | None,
    cidr: str,
    *,
    egress: bool = False,
) -> Json:
    """An entry of a network ACL."""
    made: Json = {"RuleNumber": number, "RuleAction": action, "Protocol": protocol}
    made["Egress"] = egress
    made["Ipv6CidrBlock" if ":" in cidr else "CidrBlock"] = cidr
    if ports is not None:
        made["PortRange"] = {"From": ports[0], "To": ports[1]}
    return made


def closing(*, egress: bool) -> list[Json]:
    """The two entries that close each direction of a list."""
    return [
        entry(32767, "deny", "-1", None, EVERYWHERE, egress=egress),
        entry(32768, "deny", "-1", None, "::/0", egress=egress),
    ]


def everything(*, egress: bool) -> list[Json]:
    """What a default list lets pass in one direction."""
    return [
        entry(100, "allow", "-1", None, EVERYWHERE, egress=egress),
        entry(101, "allow", "-1", None, "::/0", egress=egress),
    ]


TARGETS = {
    "nat": "NatGatewayId",
    "eni": "NetworkInterfaceId",
    "i": "InstanceId",
    "pcx": "VpcPeeringConnectionId",
    "tgw": "TransitGatewayId",
    "eigw": "EgressOnlyInternetGatewayId",
}


def route(destination: str, target: str, origin: str = "CreateRoute") -> Json:
    """A route of a VPC's table."""
    key = "DestinationCidrBlock"
    if destination.startswith("pl-"):
        key = "DestinationPrefixListId"
    elif ":" in destination:
        key = "DestinationIpv6CidrBlock"
    by = TARGETS.get(target.split("-", maxsplit=1)[0], "GatewayId")
    return {key: destination, by: target, "Origin": origin, "State": "active"}


@dataclass(eq=False)
class Estate:
    """Everything that was collected, in the order of its making."""

    places: dict[tuple[str, str], Place] = field(default_factory=dict)
    made: dict[str, Json] = field(default_factory=dict)

    def place(self, account: str, region: str) -> Place:
        """The folder of one account and Region."""
        return self.places.setdefault((account, region), Place(self, account, region))

    def __getitem__(self, name: str) -> Json:
        """The JSON of the resource that was made under this name."""
        return self.made[name]

    def write(self, folder: Path) -> None:
        """A file for each command, in folders ACCOUNT/REGION."""
        for place in self.places.values():
            target = folder / place.account / place.region
            target.mkdir(parents=True)
            for name, content in place.files.items():
                (target / f"{name}.json").write_text(json.dumps(content, indent=4))


@dataclass(eq=False)
class Place:
    """What the commands print in one account and Region."""

    estate: Estate
    account: str
    region: str
    files: dict[str, Json] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.files = {name: {key: []} for name, key in LISTINGS.items()}
        self.files["describe-vpc-block-public-access-options"] = {
            "VpcBlockPublicAccessOptions": {
                "AwsAccountId": self.account,
                "AwsRegion": self.region,
                "State": "default-state",
                "InternetGatewayBlockMode": "off",
                "ManagedBy": "account",
                "ExclusionsAllowed": "allowed",
            }
        }

    def listed(self, command: str) -> list[Json]:
        """The list of a command that has one key."""
        content: list[Json] = self.files[command][LISTINGS[command]]
        return content

    def add(self, command: str, name: str, made: Json) -> Json:
        """Lists a resource, and keeps it by its name."""
        assert name not in self.estate.made, name
        self.listed(command).append(made)
        self.estate.made[name] = made
        return made

    def arn(self, service: str, rest: str) -> str:
        """An ARN of this account and Region."""
        return f"arn:aws:{service}:{self.region}:{self.account}:{rest}"

    def vpc(self, name: str, *blocks: str, ipv6: str | None = None) -> Vpc:
        """A VPC with main table, default list and default group."""
        return Vpc(self, name, blocks, ipv6)

    def elastic(self, address: str, eni: Json | None = None) -> Json:
        """An Elastic IP address, and the association that an interface shows for it."""
        made: Json = {
            "AllocationId": ident("eipalloc", address),
            "Domain": "vpc",
            "PublicIp": address,
            "PublicIpv4Pool": "amazon",
            "NetworkBorderGroup": self.region,
        }
        self.add("describe-addresses", f"eip {address}", made)
        if eni is not None:
            made["AssociationId"] = ident("eipassoc", address)
            made["NetworkInterfaceId"] = eni["NetworkInterfaceId"]
            made["NetworkInterfaceOwnerId"] = self.account
            made["PrivateIpAddress"] = eni["PrivateIpAddress"]
            if "InstanceId" in eni.get("Attachment", {}):
                made["InstanceId"] = eni["Attachment"]["InstanceId"]
        return {
            "AllocationId": made["AllocationId"],
            "AssociationId": ident("eipassoc", address),
            "IpOwnerId": self.account,
            "PublicDnsName": "",
            "PublicIp": address,
        }


def association(public: str) -> Json:
    """The association of a public address that AWS assigned at launch."""
    dashed = public.replace(".", "-")
    return {
        "IpOwnerId": "amazon",
        "PublicDnsName": f"ec2-{dashed}.compute.amazonaws.com",
        "PublicIp": public,
    }


@dataclass(eq=False)
class Vpc:
    """A VPC that is being made."""

    place: Place
    name: str
    blocks: tuple[str, ...]
    ipv6: str | None

    def __post_init__(self) -> None:
        self.id = ident("vpc", self.name)
        self.json = self.place.add("describe-vpcs", f"vpc {self.name}", self._described())
        self.main = self.table(f"{self.name} main")
        self.main["Associations"].append(self._associated(f"{self.name} main", Main=True))
        self.default_acl = self.acl(
            f"{self.name} default-acl", *everything(egress=True), *everything(egress=False)
        )
        self.default_acl["IsDefault"] = True
        default = self.group(f"{self.name} default", egress=[permission("-1", None, EVERYWHERE)])
        default["GroupName"] = "default"
        default["IpPermissions"] = [permission("-1", None, default["GroupId"])]
        default["Tags"] = []

    def _described(self) -> Json:
        made: Json = {
            "OwnerId": self.place.account,
            "InstanceTenancy": "default",
            "CidrBlockAssociationSet": [
                {
                    "AssociationId": ident("vpc-cidr-assoc", self.name, block),
                    "CidrBlock": block,
                    "CidrBlockState": {"State": "associated"},
                }
                for block in self.blocks
            ],
            "IsDefault": False,
            "Tags": named(self.name),
            "BlockPublicAccessStates": {"InternetGatewayBlockMode": "off"},
            "VpcId": self.id,
            "State": "available",
            "CidrBlock": self.blocks[0],
            "DhcpOptionsId": ident("dopt", "all"),
        }
        if self.ipv6:
            made["Ipv6CidrBlockAssociationSet"] = [
                {
                    "AssociationId": ident("vpc-cidr-assoc", self.name, self.ipv6),
                    "Ipv6CidrBlock": self.ipv6,
                    "Ipv6CidrBlockState": {"State": "associated"},
                    "NetworkBorderGroup": self.place.region,
                    "Ipv6Pool": "Amazon",
                    "Ipv6AddressAttribute": "public",
                    "IpSource": "amazon",
                }
            ]
        return made

    def table(self, name: str, *routes: Json) -> Json:
        """A route table with the `local` routes that AWS makes."""
        blocks = [*self.blocks, *([self.ipv6] if self.ipv6 else [])]
        made: Json = {
            "Associations": [],
            "PropagatingVgws": [],
            "RouteTableId": ident("rtb", name),
            "Routes": [
                *(route(block, "local", "CreateRouteTable") for block in blocks),
                *routes,
            ],
            "Tags": named(name),
            "VpcId": self.id,
            "OwnerId": self.place.account,
        }
        return self.place.add("describe-route-tables", name, made)

    def _associated(self, table: str, **what: Any) -> Json:
        of = ident("rtb", table)
        return {
            "RouteTableAssociationId": ident("rtbassoc", table, str(what)),
            "RouteTableId": of,
            "AssociationState": {"State": "associated"},
            "Main": False,
            **what,
        }

    def edge(self, table: str, gateway: str) -> None:
        """Makes a table the edge table of a gateway."""
        made = self.place.estate[table]
        made["Associations"].append(self._associated(table, GatewayId=gateway))

    def acl(self, name: str, *entries: Json) -> Json:
        """A network ACL, egress first as AWS lists it, with its closing entries."""
        out = [one for one in entries if one["Egress"]] + closing(egress=True)
        into = [one for one in entries if not one["Egress"]] + closing(egress=False)
        made: Json = {
            "Associations": [],
            "Entries": out + into,
            "IsDefault": False,
            "NetworkAclId": ident("acl", name),
            "Tags": named(name),
            "VpcId": self.id,
            "OwnerId": self.place.account,
        }
        return self.place.add("describe-network-acls", name, made)

    def group(
        self, name: str, ingress: list[Json] | None = None, egress: list[Json] | None = None
    ) -> Json:
        """A security group; it lets everything out unless told otherwise."""
        out = [permission("-1", None, EVERYWHERE, "::/0")]
        made: Json = {
            "GroupId": ident("sg", name),
            "IpPermissionsEgress": out if egress is None else egress,
            "Tags": named(name),
            "VpcId": self.id,
            "SecurityGroupArn": self.place.arn("ec2", f"security-group/{ident('sg', name)}"),
            "OwnerId": self.place.account,
            "GroupName": name,
            "Description": f"for {name}",
            "IpPermissions": ingress or [],
        }
        return self.place.add("describe-security-groups", f"sg {name}", made)

    def subnet(
        self,
        name: str,
        cidr: str,
        zone: str = "a",
        *,
        table: str | None = None,
        acl: str | None = None,
        ipv6: str | None = None,
    ) -> Subnet:
        """A subnet, associated with a table (the main one if none) and a list (the default)."""
        made = Subnet(self, name, cidr, f"{self.place.region}{zone}", ipv6)
        if table is not None:
            self.place.estate[table]["Associations"].append(
                self._associated(table, SubnetId=made.id)
            )
        listed = self.default_acl if acl is None else self.place.estate[acl]
        listed["Associations"].append(
            {
                "NetworkAclAssociationId": ident("aclassoc", name),
                "NetworkAclId": listed["NetworkAclId"],
                "SubnetId": made.id,
            }
        )
        return made

    def internet_gateway(self, name: str) -> str:
        """An attached internet gateway."""
        made = {
            "Attachments": [{"State": "available", "VpcId": self.id}],
            "InternetGatewayId": ident("igw", name),
            "OwnerId": self.place.account,
            "Tags": named(name),
        }
        self.place.add("describe-internet-gateways", name, made)
        return ident("igw", name)


@dataclass(eq=False)
class Subnet:
    """A subnet that is being made, and the interfaces in it."""

    vpc: Vpc
    name: str
    cidr: str
    zone: str
    ipv6: str | None = None

    def __post_init__(self) -> None:
        self.id = ident("subnet", self.name)
        place = self.vpc.place
        sets = []
        if self.ipv6:
            sets = [
                {
                    "AssociationId": ident("subnet-cidr-assoc", self.name),
                    "Ipv6CidrBlock": self.ipv6,
                    "Ipv6CidrBlockState": {"State": "associated"},
                    "Ipv6AddressAttribute": "public",
                    "IpSource": "amazon",
                }
            ]
        made: Json = {
            "AvailabilityZoneId": f"{place.region}-az{ord(self.zone[-1]) - 96}",
            "MapCustomerOwnedIpOnLaunch": False,
            "OwnerId": place.account,
            "AssignIpv6AddressOnCreation": False,
            "Ipv6CidrBlockAssociationSet": sets,
            "Tags": named(self.name),
            "SubnetArn": place.arn("ec2", f"subnet/{self.id}"),
            "EnableDns64": False,
            "Ipv6Native": False,
            "PrivateDnsNameOptionsOnLaunch": {
                "HostnameType": "ip-name",
                "EnableResourceNameDnsARecord": False,
                "EnableResourceNameDnsAAAARecord": False,
            },
            "BlockPublicAccessStates": {"InternetGatewayBlockMode": "off"},
            "SubnetId": self.id,
            "State": "available",
            "VpcId": self.vpc.id,
            "CidrBlock": self.cidr,
            "AvailableIpAddressCount": 250,
            "AvailabilityZone": self.zone,
            "DefaultForAz": False,
            "MapPublicIpOnLaunch": False,
        }
        self.json = place.add("describe-subnets", self.name, made)

"""A small network as AWS prints it, to be varied by the tests."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest

from verifier.errors import SnapshotError
from verifier.model import Network
from verifier.snapshot import Snapshot, read_snapshot

Document = dict[str, Any]
ACCOUNT = "111122223333"


def association(block: str, state: str = "associated") -> Document:
    return {"CidrBlock": block, "CidrBlockState": {"State": state}}


def acl_entry(number: int, egress: bool, **fields: Any) -> Document:
    return {
        "RuleNumber": number,
        "Egress": egress,
        "Protocol": "-1",
        "RuleAction": "allow",
        "CidrBlock": "0.0.0.0/0",
        **fields,
    }


def permission(protocol: str = "-1", block: str | None = "0.0.0.0/0", **fields: Any) -> Document:
    ranges = [{"CidrIp": block}] if block else []
    return {"IpProtocol": protocol, "IpRanges": ranges, **fields}


def interface(number: int, subnet: str = "subnet-1", **fields: Any) -> Document:
    address = f"10.0.{subnet[-1]}.{number + 9}"
    return {
        "NetworkInterfaceId": f"eni-{number}",
        "VpcId": "vpc-1",
        "SubnetId": subnet,
        "Status": "in-use",
        "InterfaceType": "interface",
        "Groups": [{"GroupId": "sg-1", "GroupName": "web"}],
        "PrivateIpAddress": address,
        "PrivateIpAddresses": [{"PrivateIpAddress": address, "Primary": True}],
        "SourceDestCheck": True,
        "OwnerId": ACCOUNT,
        **fields,
    }


def subnet(number: int, **fields: Any) -> Document:
    return {
        "SubnetId": f"subnet-{number}",
        "VpcId": "vpc-1",
        "CidrBlock": f"10.0.{number}.0/24",
        "AvailabilityZone": "eu-west-1a",
        "OwnerId": ACCOUNT,
        **fields,
    }


def route(block: str, **fields: Any) -> Document:
    return {"DestinationCidrBlock": block, "Origin": "CreateRoute", "State": "active", **fields}


def network_document() -> Document:
    """One VPC, two subnets, two interfaces, an internet gateway; everything listed."""
    return {
        "Vpcs": [{"VpcId": "vpc-1", "CidrBlock": "10.0.0.0/16", "OwnerId": ACCOUNT}],
        "VpcBlockPublicAccessOptions": {"InternetGatewayBlockMode": "off"},
        "VpnGateways": [],
        "TransitGatewayAttachments": [],
        "Subnets": [subnet(1), subnet(2)],
        "NetworkAcls": [
            {
                "NetworkAclId": "acl-1",
                "VpcId": "vpc-1",
                "IsDefault": True,
                "Associations": [{"SubnetId": "subnet-1"}, {"SubnetId": "subnet-2"}],
                "Entries": [acl_entry(100, True), acl_entry(100, False)],
            }
        ],
        "SecurityGroups": [
            {
                "GroupId": "sg-1",
                "GroupName": "web",
                "VpcId": "vpc-1",
                "IpPermissions": [permission("tcp", FromPort=443, ToPort=443)],
                "IpPermissionsEgress": [permission()],
            }
        ],
        "RouteTables": [
            {
                "RouteTableId": "rtb-1",
                "VpcId": "vpc-1",
                "Associations": [{"Main": True}],
                "Routes": [
                    route("10.0.0.0/16", GatewayId="local"),
                    route("0.0.0.0/0", GatewayId="igw-1"),
                ],
            }
        ],
        "InternetGateways": [
            {
                "InternetGatewayId": "igw-1",
                "Attachments": [{"VpcId": "vpc-1", "State": "available"}],
            }
        ],
        "NetworkInterfaces": [interface(1), interface(2, "subnet-2")],
    }


def second_vpc(document: Document) -> Document:
    """The same with a second VPC, its subnet, interface, group, list and table."""
    document["Vpcs"].append({"VpcId": "vpc-2", "CidrBlock": "10.1.0.0/16", "OwnerId": ACCOUNT})
    document["Subnets"].append(subnet(3, VpcId="vpc-2", CidrBlock="10.1.3.0/24"))
    document["NetworkAcls"].append(
        {
            "NetworkAclId": "acl-2",
            "VpcId": "vpc-2",
            "IsDefault": True,
            "Associations": [],
            "Entries": [],
        }
    )
    document["RouteTables"].append(
        {
            "RouteTableId": "rtb-2",
            "VpcId": "vpc-2",
            "Associations": [{"Main": True}],
            "Routes": [route("10.1.0.0/16", GatewayId="local")],
        }
    )
    document["NetworkInterfaces"].append(
        interface(3, "subnet-3", VpcId="vpc-2", PrivateIpAddress="10.1.3.4", PrivateIpAddresses=[])
    )
    return document


def read(*documents: Any, strict: bool = False) -> Snapshot:
    """What is read of the documents, the first of which comes by standard input."""
    (document,) = documents
    return read_snapshot(["-"], strict=strict, stdin=io.BytesIO(json.dumps(document).encode()))


def network(document: Any, strict: bool = False) -> Network:
    """The network of a document."""
    return read(document, strict=strict).network


def gaps(document: Any) -> list[tuple[str, str]]:
    """Resource and clause of each gap."""
    return [(gap.resource, gap.clause) for gap in network(document).gaps]


def refused(document: Any, words: str) -> str:
    """The message with which the document is refused; it has the words."""
    with pytest.raises(SnapshotError) as caught:
        read(document)
    assert words in str(caught.value)
    return str(caught.value)

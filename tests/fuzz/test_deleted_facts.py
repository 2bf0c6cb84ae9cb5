"""Whatever a snapshot leaves out, a packet that was delivered may still be.

From a snapshot with an edge table, endpoints, an appliance and exclusions from Block Public Access
every field is deleted in turn. A packet that the whole snapshot delivers must be delivered still
with all gaps open, unless the snapshot is refused, or lost the host itself.
"""

from __future__ import annotations

import io
import json

import pytest

from tests.fuzz.test_deleted_fields import Document, fields, without
from tests.unit.snapshot.documents import ACCOUNT, interface, network_document, permission, route
from verifier.errors import InputError
from verifier.evaluate import delivers
from verifier.invariants.question import Mode
from verifier.model import Network
from verifier.packet import TCP, Address, Packet
from verifier.snapshot import read_snapshot
from verifier.trace import InterfaceHost, OutsideHost, Probe

OUTSIDE, BUCKET = Address.parse("198.51.100.7"), Address.parse("52.216.0.9")
WEB, DOOR = Address.parse("10.0.1.10"), Address.parse("203.0.113.10")
DATABASE = Address.parse("10.0.2.200")


def inspected() -> Document:
    """`eni-1` behind a firewall endpoint in subnet-2, blocked but for exclusions.

    Its subnet leads to the endpoint, and so does the gateway's table; buckets by an endpoint of
    their own; the upper half of subnet-2 by the appliance `eni-2`.
    """
    document = network_document()
    document["Vpcs"][0]["BlockPublicAccessStates"] = {"InternetGatewayBlockMode": "off"}
    document["NetworkInterfaces"][0]["Association"] = {"PublicIp": str(DOOR)}
    document["NetworkInterfaces"][1] |= {
        "SourceDestCheck": False,
        "Association": {"PublicIp": "203.0.113.11"},
    }
    document["SecurityGroups"][0]["IpPermissions"] = [permission()]
    firewall = interface(5, "subnet-2", InterfaceType="gateway_load_balancer_endpoint", Groups=[])
    database = interface(191, "subnet-2")
    document["NetworkInterfaces"] += [firewall, database]
    local = route("10.0.0.0/16", GatewayId="local")
    document["RouteTables"] = [
        {
            "RouteTableId": "rtb-1",
            "VpcId": "vpc-1",
            "Associations": [{"Main": True}],
            "Routes": [local, route("0.0.0.0/0", GatewayId="igw-1")],
        },
        {
            "RouteTableId": "rtb-2",
            "VpcId": "vpc-1",
            "Associations": [{"SubnetId": "subnet-1"}],
            "Routes": [
                local,
                route("0.0.0.0/0", GatewayId="vpce-1"),
                route("10.0.2.128/25", NetworkInterfaceId="eni-2"),
                {"DestinationPrefixListId": "pl-1", "GatewayId": "vpce-2", "State": "active"},
            ],
        },
        {
            "RouteTableId": "rtb-3",
            "VpcId": "vpc-1",
            "Associations": [{"GatewayId": "igw-1"}],
            "Routes": [local, route("10.0.1.0/24", GatewayId="vpce-1")],
        },
    ]
    endpoint = {"VpcId": "vpc-1", "State": "available", "OwnerId": ACCOUNT, "IpAddressType": "ipv4"}
    document["VpcEndpoints"] = [
        endpoint
        | {
            "VpcEndpointId": "vpce-1",
            "VpcEndpointType": "GatewayLoadBalancer",
            "SubnetIds": ["subnet-2"],
            "NetworkInterfaceIds": ["eni-5"],
        },
        endpoint | {"VpcEndpointId": "vpce-2", "VpcEndpointType": "Gateway"},
    ]
    name = "com.amazonaws.eu-west-1.s3"
    lists = [{"PrefixListId": "pl-1", "PrefixListName": name, "Cidrs": ["52.216.0.0/15"]}]
    document["PrefixLists"] = lists
    document["VpcBlockPublicAccessOptions"] = {
        "AwsAccountId": ACCOUNT,
        "AwsRegion": "eu-west-1",
        "InternetGatewayBlockMode": "block-bidirectional",
        "State": "update-complete",
    }
    document["VpcBlockPublicAccessExclusions"] = [
        {
            "ExclusionId": "vpcbpa-exclude-1",
            "ResourceArn": f"arn:aws:ec2:eu-west-1:{ACCOUNT}:vpc/vpc-1",
            "InternetGatewayExclusionMode": "allow-bidirectional",
            "State": "create-complete",
        }
    ]
    return document


def tcp(source: Address, destination: Address) -> Packet:
    return Packet(
        source=source,
        destination=destination,
        protocol=TCP,
        source_port=40000,
        destination_port=443,
    )


PROBES = {
    "in by the firewall": Probe(OutsideHost(OUTSIDE), InterfaceHost("eni-1"), tcp(OUTSIDE, DOOR)),
    "out by the firewall": Probe(InterfaceHost("eni-1"), OutsideHost(OUTSIDE), tcp(WEB, OUTSIDE)),
    "by the appliance": Probe(InterfaceHost("eni-1"), InterfaceHost("eni-191"), tcp(WEB, DATABASE)),
    "to a bucket": Probe(InterfaceHost("eni-1"), OutsideHost(BUCKET, "vpce-2"), tcp(WEB, BUCKET)),
}


def read(document: Document) -> Network | None:
    """None iff the snapshot is refused."""
    text = json.dumps(document).encode()
    try:
        return read_snapshot(["-"], stdin=io.BytesIO(text)).network
    except InputError:
        return None


def asked(network: Network) -> bool:
    """True iff the probes' hosts have their addresses still, and a proof would count."""
    hosts = [network.interfaces.get(name) for name in ("eni-1", "eni-191")]
    found = {
        name
        for host in hosts
        if host and host.attached
        for one in host.ipv4
        for name in (one.address, one.public)
    }
    return found >= {WEB, DOOR, DATABASE} and not network.incomplete


@pytest.mark.parametrize("name", PROBES)
def test_no_field_can_be_left_out_to_lose_a_delivery(name: str) -> None:
    probe, document = PROBES[name], inspected()
    whole = read(document)
    assert whole is not None
    assert delivers(whole, probe, Mode.PACKET)
    lost = [
        steps
        for steps in fields(document)
        if (network := read(without(document, steps))) is not None
        and asked(network)
        and not delivers(network, probe, Mode.PACKET, frozenset(network.gaps))
    ]
    assert lost == []

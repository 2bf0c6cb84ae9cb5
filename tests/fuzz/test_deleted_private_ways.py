"""Transit and private gateways: what a snapshot does not say of them must not close a door.

Packets are delivered over a transit gateway with two VPCs and a VPN, over its peering, and over a
private gateway. From the snapshot every field is deleted in turn: with all gaps open each packet is
still delivered, or the snapshot is refused, or a gap concerns every question (GAP-12).
"""

from __future__ import annotations

import io
import json

import pytest

from tests.fuzz.test_deleted_fields import Document, Steps, fields, without
from tests.unit.snapshot.documents import acl_entry, interface, route, subnet
from tests.unit.snapshot.transit import (
    attachment,
    transit_document,
    transit_route,
    vpc_attachment,
)
from verifier.errors import InputError
from verifier.evaluate import exchange
from verifier.model import Gap, Network
from verifier.packet import Address, Packet
from verifier.snapshot import read_snapshot
from verifier.trace import Host, InterfaceHost, OutsideHost, Probe

ALLOWED = [acl_entry(100, True), acl_entry(100, False)]


def vpc(number: int) -> dict[str, list[Document]]:
    """`vpc-3` or `vpc-4`: one subnet, one interface, everything allowed."""
    name, block = f"vpc-{number}", f"10.{number}.0.0/16"
    own = {"VpcId": name, "Associations": []}
    host_number = {3: 7, 4: 4}[number]
    return {
        "Vpcs": [{"VpcId": name, "CidrBlock": block, "OwnerId": "111122223333"}],
        "Subnets": [
            subnet(number, VpcId=name, CidrBlock=f"10.{number}.{number}.0/24")
            | {"SubnetId": f"subnet-{number}0"}
        ],
        "NetworkAcls": [
            {**own, "NetworkAclId": f"acl-{number}", "IsDefault": True, "Entries": ALLOWED}
        ],
        "RouteTables": [
            {
                **own,
                "RouteTableId": f"rtb-{number}",
                "Associations": [{"Main": True}],
                "Routes": [route(block, GatewayId="local")],
            }
        ],
        "NetworkInterfaces": [
            interface(host_number, f"subnet-{number}0", VpcId=name)
            | addressed(f"10.{number}.{number}.4")
        ],
    }


def addressed(address: str) -> Document:
    one = {"PrivateIpAddress": address, "Primary": True}
    return {"PrivateIpAddress": address, "PrivateIpAddresses": [one]}


def whole() -> Document:
    """`vpc-1` and `vpc-2` on `tgw-1` with a VPN; `vpc-3` on `tgw-2`, peered; `vgw-1` at `vpc-4`."""
    document = transit_document()
    del document["InternetGateways"]
    document["NetworkInterfaces"][2] |= addressed("10.1.3.4")
    document["SecurityGroups"][0]["IpPermissions"][0]["IpRanges"] = [{"CidrIp": "0.0.0.0/0"}]
    for number in (3, 4):
        for key, more in vpc(number).items():
            document[key] += more
    document["NetworkAcls"][1]["Entries"] = ALLOWED
    for table, hop in (
        (0, {"TransitGatewayId": "tgw-1"}),
        (1, {"TransitGatewayId": "tgw-1"}),
        (2, {"TransitGatewayId": "tgw-2"}),
        (3, {"GatewayId": "vgw-1"}),
    ):
        routes = document["RouteTables"][table]["Routes"]
        document["RouteTables"][table]["Routes"] = [routes[0]]
        for block in ("192.168.0.0/16", "10.0.0.0/8"):
            document["RouteTables"][table]["Routes"].append(route(block, **hop))
    document["Routes"].append(transit_route("10.3.0.0/16", "p"))
    document["TransitGatewayAttachments"] += [
        attachment("p", "peering", "tgw-2"),
        in_second(attachment("p", "peering", "tgw-1")),
        in_second(attachment("c", "vpc", "vpc-3")),
    ]
    third = vpc_attachment("c", "vpc-3", "subnet-30") | {"TransitGatewayId": "tgw-2"}
    document["TransitGatewayVpcAttachments"].append(third)
    document["TransitGateways"].append({"TransitGatewayId": "tgw-2", "State": "available"})
    document["TransitGatewayStaticRoutes"] = [
        {
            "TransitGatewayRouteTableId": "tgw-rtb-2",
            "Routes": [transit_route("10.0.0.0/8", "p")],
            "AdditionalRoutesAvailable": False,
        }
    ]
    document["TransitGatewayPropagations"] = [
        {
            "TransitGatewayRouteTableId": "tgw-rtb-2",
            "TransitGatewayRouteTablePropagations": [
                {"TransitGatewayAttachmentId": "tgw-attach-c", "State": "enabled"}
            ],
        }
    ]
    attached = [{"VpcId": "vpc-4", "State": "attached"}]
    document["VpnGateways"] = [
        {"VpnGatewayId": "vgw-1", "State": "available", "VpcAttachments": attached}
    ]
    document["VpnConnections"] = [
        {
            "VpnConnectionId": "vpn-1",
            "VpnGatewayId": "vgw-1",
            "State": "available",
            "Options": {"StaticRoutesOnly": True},
            "Routes": [{"DestinationCidrBlock": "192.168.0.0/16", "State": "available"}],
        }
    ]
    document["directConnectGatewayAssociations"] = []
    document["virtualInterfaces"] = []
    return document


def in_second(wire: Document) -> Document:
    association = {"TransitGatewayRouteTableId": "tgw-rtb-2", "State": "associated"}
    return wire | {"TransitGatewayId": "tgw-2", "Association": association}


ADDRESSES = {"eni-1": "10.0.1.10", "eni-3": "10.1.3.4", "eni-7": "10.3.3.4", "eni-4": "10.4.4.4"}
SITE = "192.168.7.7"


def host(name: str) -> tuple[Host, Address]:
    if name.startswith("eni-"):
        return InterfaceHost(name), Address.parse(ADDRESSES[name])
    return OutsideHost(Address.parse(SITE), name), Address.parse(SITE)


def delivered(network: Network, source: str, destination: str, gaps: frozenset[Gap]) -> bool:
    (sender, at), (receiver, to) = host(source), host(destination)
    packet = Packet(at, to, 6, source_port=49152, destination_port=443)
    found = exchange(network, Probe(sender, receiver, packet), gaps)
    return found.forward.delivered_to is not None


def read(document: Document) -> Network:
    return read_snapshot(["-"], stdin=io.BytesIO(json.dumps(document).encode())).network


def known(network: Network, name: str) -> bool:
    """False iff a question that names this would be refused."""
    attachments = {own for _, own in network.transit_attachments}
    return name in network.interfaces or name in attachments or name.startswith("vgw-")


PAIRS = [
    ("eni-1", "eni-3"),
    ("eni-1", "tgw-attach-v"),
    ("tgw-attach-v", "eni-1"),
    ("eni-1", "eni-7"),
    ("eni-7", "eni-3"),
    ("tgw-attach-v", "eni-7"),
    ("eni-4", "vgw-1"),
    ("vgw-1", "eni-4"),
]


@pytest.mark.parametrize(("source", "destination"), PAIRS)
def test_it_is_delivered_for_certain(source: str, destination: str) -> None:
    network = read(whole())
    assert not network.incomplete
    bare = frozenset[Gap]()
    assert delivered(network, source, destination, bare)


def test_no_field_can_be_left_out_to_close_a_door() -> None:
    document = whole()
    closed: list[tuple[Steps, str, str]] = []
    ways = list(fields(document))
    assert len(ways) > 300
    for steps in ways:
        try:
            network = read(without(document, steps))
        except InputError:
            continue
        if network.incomplete:
            continue
        closed += [
            (steps, source, destination)
            for source, destination in PAIRS
            if known(network, source)
            and known(network, destination)
            and not delivered(network, source, destination, frozenset(network.gaps))
        ]
    assert closed == []

"""Reading virtual private gateways and egress-only internet gateways."""

from __future__ import annotations

import pytest

from tests.unit.snapshot.documents import Document, network, network_document, refused, route
from tests.unit.snapshot.documents import second_vpc as with_second_vpc
from verifier.model import EgressOnlyInternetGateway, Entrance, VpnGateway
from verifier.packet import Prefix


def attached(vpc_id: str | None = "vpc-1", state: str | None = "attached") -> Document:
    return {"VpcId": vpc_id, "State": state}


def connection(*blocks: str, **fields: object) -> Document:
    return {
        "VpnConnectionId": "vpn-1",
        "VpnGatewayId": "vgw-1",
        "State": "available",
        "Options": {"StaticRoutesOnly": True},
        "Routes": [{"DestinationCidrBlock": block, "State": "available"} for block in blocks],
        **fields,
    }


def private_document(*connections: Document, **gateway: object) -> Document:
    """`vgw-1` at `vpc-1`, with static routes only, and nothing left open."""
    document = network_document()
    del document["InternetGateways"]
    document["RouteTables"][0]["Routes"] = [
        route("10.0.0.0/16", GatewayId="local"),
        route("172.16.0.0/12", GatewayId="vgw-1", Origin="EnableVgwRoutePropagation"),
        route("172.16.0.0/13", GatewayId="vgw-1"),
        route("172.24.0.0/13", GatewayId="vgw-2", Origin="EnableVgwRoutePropagation"),
    ]
    return {
        **document,
        "VpnGateways": [
            {
                "VpnGatewayId": "vgw-1",
                "State": "available",
                "VpcAttachments": [attached(), attached("vpc-1", "detached")],
                "Tags": [{"Key": "Name", "Value": "office"}],
                **gateway,
            },
            {"VpnGatewayId": "vgw-2", "State": "available", "VpcAttachments": []},
        ],
        "TransitGatewayAttachments": [],
        "VpnConnections": list(connections) or [connection("192.168.0.0/16")],
        "directConnectGatewayAssociations": [],
        "virtualInterfaces": [],
    }


def gateway(document: Document) -> VpnGateway:
    return network(document).vpn_gateways["vgw-1"]


def reason(document: Document) -> str:
    gap = gateway(document).gap
    if gap is None:
        return ""
    assert (gap.resource, gap.clause) == ("vgw-1", "VGW-2")
    return gap.detail


def entrances(document: Document) -> list[tuple[str, str]]:
    found: tuple[Entrance, ...] = network(document).entrances
    return [(one.id, one.vpc_id) for one in found]


def test_a_gateway_and_the_ways_that_it_knows() -> None:
    found = network(private_document())
    assert found.vpn_gateways == {
        "vgw-1": VpnGateway(
            id="vgw-1",
            vpc_id="vpc-1",
            prefixes=(Prefix.parse("172.16.0.0/12"), Prefix.parse("192.168.0.0/16")),
            account="111122223333",
            tags={"Name": "office"},
        ),
        "vgw-2": VpnGateway(id="vgw-2"),
    }


def test_only_ways_that_work_are_known() -> None:
    document = private_document()
    document["RouteTables"][0]["Routes"][1]["State"] = "blackhole"
    assert gateway(document).prefixes == (Prefix.parse("192.168.0.0/16"),)


@pytest.mark.parametrize("state", ["deleted", "available"])
def test_a_gateway_that_is_attached_to_nothing_here(state: str) -> None:
    document = private_document(State=state, VpcAttachments=[attached("vpc-9")])
    assert gateway(document).vpc_id is None


@pytest.mark.parametrize(
    ("fields", "detail"),
    [
        ({"VpcAttachments": None}, "has no `VpcAttachments` in the snapshot"),
        ({"VpcAttachments": [attached(None)]}, "is attached to a VPC that the snapshot does not"),
        (
            {"VpcAttachments": [attached(), attached("vpc-2")]},
            "is attached to a VPC that the snapshot does not name",
        ),
        ({"VpcAttachments": [attached("vpc-1", "attaching")]}, "has an attachment to vpc-1 whose"),
        ({"VpcAttachments": [attached("vpc-1", None)]}, "has an attachment to vpc-1 whose state"),
        ({"State": "pending"}, "is not in the state `available`"),
        ({"State": None}, "is not in the state `available`"),
    ],
)
def test_a_gateway_that_is_not_understood_is_a_gap(fields: Document, detail: str) -> None:
    document = with_second_vpc(private_document(**fields))
    found = network(document)
    assert "vgw-1" not in found.vpn_gateways
    assert ("vgw-1", "vpc-1") in entrances(document)
    anywhere = "VPC that" in detail or "no `Vpc" in detail
    assert (("vgw-1", "vpc-2") in entrances(document)) == anywhere


def test_a_vpc_has_one_gateway() -> None:
    document = private_document()
    document["VpnGateways"][1]["VpcAttachments"] = [attached()]
    message = refused(document, "vgw-1 is attached to vpc-1, too")
    assert "$.VpnGateways[1].VpcAttachments" in message


@pytest.mark.parametrize(
    ("fields", "detail"),
    [
        ({}, ""),
        ({"State": "deleted", "Options": None}, ""),
        ({"VpnGatewayId": None, "TransitGatewayId": "tgw-1", "Options": None}, ""),
        ({"VpnGatewayId": None}, "may learn routes from vpn-1"),
        ({"State": "pending"}, "may learn routes from vpn-1"),
        ({"State": None}, "may learn routes from vpn-1"),
        ({"Options": None}, "may learn routes from vpn-1"),
        ({"Options": {"StaticRoutesOnly": False}}, "may learn routes from vpn-1"),
        ({"Routes": None}, "may learn routes from vpn-1"),
        ({"Routes": [{"State": "deleted"}]}, ""),
        ({"Routes": [{"State": "available"}]}, "has a route of vpn-1 that is not known for certa"),
        (
            {"Routes": [{"DestinationCidrBlock": "10.9.0.0/16"}]},
            "has a route of vpn-1 that is not known for certain",
        ),
    ],
)
def test_what_connections_may_teach_a_gateway(fields: Document, detail: str) -> None:
    found = reason(private_document(connection("192.168.0.0/16") | fields))
    assert found.startswith(detail)
    assert bool(found) == bool(detail)


def test_a_block_that_is_none_is_refused() -> None:
    message = refused(private_document(connection("x")), "`x`")
    assert "$.VpnConnections[0].Routes[0].DestinationCidrBlock" in message


def test_connections_must_be_listed() -> None:
    document = private_document()
    del document["VpnConnections"]
    assert reason(document) == "may have VPN connections, which no file lists (`VpnConnections`)"


@pytest.mark.parametrize("key", ["directConnectGatewayAssociations", "virtualInterfaces"])
def test_direct_connect_must_be_listed(key: str) -> None:
    document = private_document()
    del document[key]
    assert reason(document).startswith("may learn routes by Direct Connect")


@pytest.mark.parametrize(
    ("fields", "learns"),
    [
        ({"associatedGateway": {"id": "vgw-1"}}, True),
        ({"associatedGateway": {"id": "vgw-1"}, "associationState": "disassociated"}, False),
        ({"associatedGateway": {"id": "vgw-2"}}, False),
        ({"virtualGatewayId": "vgw-1"}, True),
        ({}, True),
    ],
)
def test_what_direct_connect_gateways_teach(fields: Document, learns: bool) -> None:
    document = private_document()
    document["directConnectGatewayAssociations"] = [
        {"associationId": "a", "directConnectGatewayId": "dcg", "associationState": "associated"}
        | fields
    ]
    assert reason(document) == ("learns routes from dcg" if learns else "")


@pytest.mark.parametrize(
    ("fields", "learns"),
    [
        ({"virtualGatewayId": "vgw-1"}, True),
        ({"virtualGatewayId": "vgw-1", "virtualInterfaceState": "deleted"}, False),
        ({"virtualGatewayId": "vgw-2"}, False),
        ({"directConnectGatewayId": "dcg"}, False),
        ({}, True),
    ],
)
def test_what_virtual_interfaces_teach(fields: Document, learns: bool) -> None:
    document = private_document()
    document["virtualInterfaces"] = [{"virtualInterfaceId": "dxvif-1"} | fields]
    assert reason(document) == ("learns routes from dxvif-1" if learns else "")


def test_sites_may_lead_packets_back_by_another_door() -> None:
    document = private_document()
    document["RouteTables"][0]["Routes"].pop()
    assert gateway(document).beyond is None
    document = with_second_vpc(document)
    assert gateway(document).beyond is None
    document["VpnGateways"][1]["VpcAttachments"] = [attached("vpc-2")]
    beyond = gateway(document).beyond
    assert beyond is not None
    assert (beyond.resource, beyond.clause) == ("vgw-1", "VGW-2")
    document = private_document()
    document["InternetGateways"] = network_document()["InternetGateways"]
    assert gateway(document).beyond is not None


def egress_only(*attachments: Document, **fields: object) -> Document:
    return {
        **network_document(),
        "EgressOnlyInternetGateways": [
            {
                "EgressOnlyInternetGatewayId": "eigw-1",
                "Attachments": list(attachments),
                "Tags": [{"Key": "Name", "Value": "v6"}],
                **fields,
            }
        ],
    }


def test_egress_only_gateways() -> None:
    tags = {"Name": "v6"}
    document = egress_only(attached(), attached("vpc-9", "detached"))
    assert network(document).egress_only_gateways == {
        "eigw-1": EgressOnlyInternetGateway(id="eigw-1", vpc_id="vpc-1", tags=tags)
    }
    assert network(egress_only()).egress_only_gateways == {
        "eigw-1": EgressOnlyInternetGateway(id="eigw-1", tags=tags)
    }
    refused(egress_only(attached(), attached("vpc-2")), "it is attached to vpc-1 and vpc-2")


@pytest.mark.parametrize(
    "document",
    [
        egress_only(Attachments=None),
        egress_only(attached(None)),
        egress_only(attached("vpc-1", "attaching")),
        egress_only(attached("vpc-1", None)),
    ],
)
def test_an_egress_only_gateway_that_is_not_understood(document: Document) -> None:
    assert network(document).egress_only_gateways == {}

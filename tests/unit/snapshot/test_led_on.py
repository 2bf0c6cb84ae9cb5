"""What comes by an unknown door may be led on to other VPCs (GAP-7)."""

from __future__ import annotations

from tests.unit.snapshot.documents import Document, network, network_document, route, second_vpc
from tests.unit.snapshot.transit import transit_document


def entrances(document: Document) -> set[tuple[str, str]]:
    return {(one.id, one.vpc_id) for one in network(document).entrances}


def two_vpcs(*targets: Document) -> Document:
    """`vpc-1`, with a route to a core network and to `targets`, and `vpc-2`, beside each other."""
    document = second_vpc(network_document())
    document["VpnGateways"] = document["TransitGatewayAttachments"] = []
    routes = document["RouteTables"][0]["Routes"]
    routes += [route(f"192.0.2.{16 * at}/28", **hop) for at, hop in enumerate(targets)]
    return document


def unknown_transit(*targets: Document) -> Document:
    """`vpc-1` is attached to `tgw-9`, which is not in the snapshot, besides."""
    document = two_vpcs({"TransitGatewayId": "tgw-9"}, *targets)
    assert entrances(two_vpcs({"TransitGatewayId": "tgw-9"})) == {("tgw-9", "vpc-1")}
    return document


def peered(status: str = "active") -> list[Document]:
    return [
        {
            "VpcPeeringConnectionId": "pcx-1",
            "Status": {"Code": status},
            "RequesterVpcInfo": {"VpcId": "vpc-1"},
            "AccepterVpcInfo": {"VpcId": "vpc-2"},
        }
    ]


def test_through_a_vpc_between_two_transit_gateways() -> None:
    document = transit_document()
    document["VpnGateways"] = []
    document["RouteTables"][0]["Routes"].append(route("192.0.2.0/24", TransitGatewayId="tgw-9"))
    assert entrances(document) == {("tgw-9", "vpc-1")}
    document["RouteTables"][0]["Routes"].append(route("10.1.0.0/16", TransitGatewayId="tgw-1"))
    assert entrances(document) == {("tgw-9", "vpc-1"), ("tgw-9", "vpc-2")}


def test_over_a_peering_only_what_a_nat_gateway_or_an_appliance_sends() -> None:
    document = unknown_transit({"VpcPeeringConnectionId": "pcx-1"})
    document["VpcPeeringConnections"] = peered()
    assert entrances(document) == {("tgw-9", "vpc-1")}
    interface_id = document["NetworkInterfaces"][0]["NetworkInterfaceId"]
    appliance = route("192.0.3.0/24", NetworkInterfaceId=interface_id)
    document["RouteTables"][0]["Routes"].append(appliance)
    assert entrances(document) == {("tgw-9", "vpc-1"), ("tgw-9", "vpc-2")}
    document["VpcPeeringConnections"] = peered("deleted")
    assert entrances(document) == {("tgw-9", "vpc-1")}


def test_an_appliance_with_an_interface_in_another_vpc_is_a_door_of_that() -> None:
    document = two_vpcs()
    near, far = document["NetworkInterfaces"][0], document["NetworkInterfaces"][-1]
    assert (near["VpcId"], far["VpcId"]) == ("vpc-1", "vpc-2")
    near["Attachment"] = far["Attachment"] = {"InstanceId": "i-9", "Status": "attached"}
    assert entrances(document) == set()
    hop = route("10.1.0.0/16", NetworkInterfaceId=near["NetworkInterfaceId"])
    document["RouteTables"][0]["Routes"].append(hop)
    assert entrances(document) == {(near["NetworkInterfaceId"], "vpc-2")}
    hop["State"] = "blackhole"
    assert entrances(document) == set()
    hop["State"] = "active"
    near["Attachment"] = {"Status": "attached"}
    assert entrances(document) == set()

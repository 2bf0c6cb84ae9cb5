"""Appliance mode that is off where appliances stand is a warning (TGW-6, MBX-5)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.snapshot.documents import Document, interface, read
from tests.unit.snapshot.transit import transit_document

ENDPOINT = {
    "VpcEndpointId": "vpce-1",
    "VpcEndpointType": "GatewayLoadBalancer",
    "VpcId": "vpc-1",
    "State": "available",
    "SubnetIds": ["subnet-1"],
}
THROUGH_ENDPOINT = {"GatewayId": "vpce-1", "State": "active"}
THROUGH_INTERFACE = {"NetworkInterfaceId": "eni-9", "State": "active"}


def document(target: Document, **more: Any) -> Document:
    found = transit_document() | {"VpcEndpoints": [ENDPOINT | more.pop("endpoint", {})]}
    check = more.pop("check", False)
    found["NetworkInterfaces"].append(interface(9, SourceDestCheck=check))
    route = {"DestinationCidrBlock": "192.168.7.0/24", "Origin": "CreateRoute", **target}
    found["RouteTables"][0]["Routes"].append(route)
    if more.pop("mode", False):
        found["TransitGatewayVpcAttachments"][0]["Options"]["ApplianceModeSupport"] = "enable"
    if more.pop("single", False):
        found["TransitGatewayVpcAttachments"][0]["SubnetIds"] = ["subnet-1"]
    return found


@pytest.mark.parametrize(
    ("made", "warned"),
    [
        (document(THROUGH_ENDPOINT), True),
        (document(THROUGH_INTERFACE), True),
        (document(THROUGH_INTERFACE, check=True), False),
        (document(THROUGH_ENDPOINT | {"State": "blackhole"}), False),
        (document(THROUGH_ENDPOINT, mode=True), False),
        (document(THROUGH_ENDPOINT, single=True), False),
        (document(THROUGH_ENDPOINT, endpoint={"VpcEndpointType": "Gateway"}), False),
        (document({"GatewayId": "vpce-2", "State": "active"}), False),
        (document({"NetworkInterfaceId": "eni-8", "State": "active"}), False),
    ],
)
def test_the_mode_is_asked_for_where_it_matters(made: Document, warned: bool) -> None:
    found = [text for text in read(made).warnings if "appliance mode is off" in text]
    expected = (
        "tgw-attach-a: appliance mode is off, and vpc-1 has appliances:"
        " the two directions of a flow may meet them in different zones"
    )
    assert found == [expected] * warned

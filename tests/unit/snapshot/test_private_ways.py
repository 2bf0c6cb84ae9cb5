"""Which gateways are doors by themselves, and which are entrances of which nothing is certain."""

from __future__ import annotations

import pytest

from tests.unit.snapshot.documents import (
    ACCOUNT,
    Document,
    network,
    network_document,
    route,
    subnet,
)
from tests.unit.snapshot.documents import second_vpc as with_second_vpc
from tests.unit.snapshot.transit import OTHER, attachment, transit_document
from verifier.model import TransitGatewayTarget


def leading(document: Document, **hop: str) -> Document:
    """The document with a route of `vpc-1`."""
    document["RouteTables"][0]["Routes"].append(route("192.0.2.0/24", **hop))
    return document


def entrances(document: Document) -> set[tuple[str, str]]:
    return {(one.id, one.vpc_id) for one in network(document).entrances}


def missing(document: Document) -> dict[tuple[str, str], str]:
    return {key: gap.detail for key, gap in network(document).missing.items()}


def test_what_is_known_is_a_door_by_itself() -> None:
    document = leading(transit_document(), TransitGatewayId="tgw-1")
    document["VpnGateways"] = []
    interface = document["NetworkInterfaces"][0]
    interface |= {"InterfaceType": "transit_gateway", "Description": "for tgw-attach-a"}
    assert entrances(document) == set()
    assert missing(document) == {}
    table = network(document).route_tables["rtb-1"]
    assert table.routes[-1].target == TransitGatewayTarget("tgw-1")


@pytest.mark.parametrize(
    ("hop", "kind"),
    [
        ({"TransitGatewayId": "tgw-9"}, "transit-gateway"),
        ({"GatewayId": "vgw-9"}, "vpn-gateway"),
        ({"EgressOnlyInternetGatewayId": "eigw-9"}, "egress-only-internet-gateway"),
    ],
)
def test_what_is_routed_to_and_not_known_is_missing(hop: Document, kind: str) -> None:
    (name,) = hop.values()
    document = leading(network_document(), **hop)
    assert missing(document) == {(kind, name): "is a route's target and not in the snapshot"}
    assert entrances(document) == (set() if kind.startswith("eg") else {(name, "vpc-1")})


def test_a_gateway_that_is_not_understood_says_why() -> None:
    document = leading(network_document(), GatewayId="vgw-1")
    document["VpnGateways"] = [{"VpnGatewayId": "vgw-1", "State": "available"}]
    detail = "has no `VpcAttachments` in the snapshot"
    assert missing(document) == {("vpn-gateway", "vgw-1"): detail}


def test_sites_may_lead_to_doors_that_no_file_lists() -> None:
    document = leading(transit_document(), TransitGatewayId="tgw-1")
    del document["VpnGateways"]
    document["Vpcs"].append({"VpcId": "vpc-3", "CidrBlock": "10.2.0.0/16", "OwnerId": ACCOUNT})
    assert entrances(document) == {("tgw-1", "vpc-3")}
    document["TransitGatewayAttachments"][2]["State"] = "deleted"
    assert entrances(document) == set()
    document = with_second_vpc(leading(network_document(), GatewayId="vgw-1"))
    del document["TransitGatewayAttachments"]
    attached = [{"VpcId": "vpc-1", "State": "attached"}]
    gateway = {"VpnGatewayId": "vgw-1", "State": "available", "VpcAttachments": attached}
    document["VpnGateways"] = [gateway]
    assert entrances(document) == {("vgw-1", "vpc-2")}
    document["TransitGatewayAttachments"] = []
    assert entrances(document) == set()


# Zones that two accounts name each in its own way


def two_accounts(**second: object) -> Document:
    """`vpc-1` stays, with an attachment in two subnets without hosts; `vpc-2` is another's."""
    document = transit_document()
    document["Vpcs"][1]["OwnerId"] = OTHER
    document["Subnets"] += [subnet(8), subnet(9, **second)]
    document["TransitGatewayVpcAttachments"][0]["SubnetIds"] = ["subnet-8", "subnet-9"]
    return document


def doubted(document: Document) -> bool:
    gap = network(document).transit_attachments["tgw-1", "tgw-attach-a"].gap
    return gap is not None and gap.clause == "TGW-6"


def table(*subnet_ids: str) -> Document:
    return {
        "RouteTableId": "rtb-9",
        "VpcId": "vpc-1",
        "Associations": [{"SubnetId": name} for name in subnet_ids],
        "Routes": [route("10.0.0.0/16", GatewayId="local")],
    }


def test_subnets_that_are_alike_may_have_any_zone() -> None:
    assert not doubted(two_accounts())
    assert not doubted(transit_document())


def test_subnets_that_differ_must_be_told_apart_by_zone() -> None:
    document = two_accounts()
    document["RouteTables"].append(table("subnet-9"))
    assert doubted(document)
    for wire in document["Subnets"]:
        wire["AvailabilityZoneId"] = "euw1-az1"
    assert not doubted(document)
    document["Subnets"][-1]["AvailabilityZoneId"] = "euw1-az2"
    assert doubted(document)
    document["TransitGatewayVpcAttachments"][0]["Options"]["ApplianceModeSupport"] = "enable"
    assert not doubted(document)


def test_subnets_with_hosts_differ() -> None:
    document = two_accounts()
    document["TransitGatewayVpcAttachments"][0]["SubnetIds"] = ["subnet-1", "subnet-9"]
    assert doubted(document)


def test_elsewhere_zones_have_other_names() -> None:
    document = two_accounts()
    document["RouteTables"].append(table("subnet-9"))
    for wire in document["Subnets"]:
        wire["AvailabilityZoneId"] = "euw1-az1"
    document["Vpcs"].append({"VpcId": "vpc-3", "CidrBlock": "10.2.0.0/16", "OwnerId": OTHER})
    far = {"VpcId": "vpc-3", "CidrBlock": "10.2.7.0/24", "AvailabilityZone": "eu-north-1a"}
    document["Subnets"].append(subnet(7, **far))
    assert not doubted(document)
    document["TransitGatewayAttachments"].append(attachment("x", "vpc", "vpc-3"))
    assert doubted(document)


def test_what_sites_are_trusted_with_is_said_of_each_door() -> None:
    document = transit_document()
    document["VpnGateways"] = [
        {
            "VpnGatewayId": "vgw-1",
            "State": "available",
            "VpcAttachments": [{"VpcId": "vpc-1", "State": "attached"}],
        }
    ]
    told = [one for one in network(document).assumptions if one.clause in ("ASK-4", "ASK-5")]
    assert [(one.clause, one.detail) for one in told] == [
        (clause, text.format(name))
        for clause, text in (
            (
                "ASK-4",
                "no host behind {} has an internet address, or one in a block of a VPC of the"
                " snapshot",
            ),
            ("ASK-5", "`internet` does not stand for what sites behind {} pass on to the internet"),
        )
        for name in ("tgw-attach-v", "vgw-1")
    ]
    document = network_document()
    assert not [one for one in network(document).assumptions if one.clause.startswith("ASK")]

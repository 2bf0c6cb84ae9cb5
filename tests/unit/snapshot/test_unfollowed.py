"""VPC Lattice, of which nothing is followed and everything told."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.snapshot.documents import Document, network_document, read
from verifier.snapshot.unfollowed import arranged_associations

NAMED = [{"PrefixListId": "pl-1", "PrefixListName": "com.amazonaws.eu-west-1.vpc-lattice"}]
CLIENTS = "what vpc-1 sends to services of VPC Lattice is not followed to their targets"
TARGETS = "what VPC Lattice passes on to members of sg-1 is not followed"


def told(document: Document) -> list[str]:
    assumptions = read(document).network.assumptions
    return [one.detail for one in assumptions if "Lattice" in one.detail]


def association(**fields: Any) -> Document:
    return {"vpcId": "vpc-1", "serviceNetworkArn": "arn:sn-1", "status": "ACTIVE", **fields}


@pytest.mark.parametrize("key", ["items", "serviceNetworkVpcAssociations"])
def test_associated_vpcs(key: str) -> None:
    assert told(network_document() | {key: [association()]}) == [CLIENTS]
    assert told(network_document() | {key: [association(status="CREATE_FAILED")]}) == []


@pytest.mark.parametrize("items", [[], {}, [{"id": "x"}], ["x"]])
def test_other_items_are_left_alone(items: Any) -> None:
    document = {"items": items}
    assert arranged_associations(document) is document


@pytest.mark.parametrize(
    ("route", "expected"),
    [
        ({"DestinationPrefixListId": "pl-1"}, [CLIENTS]),
        ({"DestinationPrefixListId": "pl-2"}, []),
        ({"DestinationCidrBlock": "169.254.171.0/24"}, [CLIENTS]),
        ({"DestinationIpv6CidrBlock": "fd00:ec2:80::/64"}, [CLIENTS]),
        ({"DestinationCidrBlock": "0.0.0.0/0"}, []),
    ],
)
def test_vpcs_with_routes_to_it(route: Document, expected: list[str]) -> None:
    document = network_document() | {"PrefixLists": NAMED}
    document["RouteTables"][0]["Routes"] = [{**route, "GatewayId": "VpcLattice"}]
    assert told(document) == expected


@pytest.mark.parametrize(
    ("direction", "peer", "expected"),
    [
        ("IpPermissions", {"PrefixListIds": [{"PrefixListId": "pl-1"}]}, [TARGETS]),
        ("IpPermissions", {"PrefixListIds": [{"PrefixListId": "pl-2"}]}, []),
        ("IpPermissions", {"IpRanges": [{"CidrIp": "169.254.171.0/24"}]}, [TARGETS]),
        ("IpPermissions", {"IpRanges": [{"CidrIp": "0.0.0.0/0"}]}, []),
        ("IpPermissions", {"UserIdGroupPairs": [{"GroupId": "sg-1"}]}, []),
        ("IpPermissionsEgress", {"IpRanges": [{"CidrIp": "169.254.171.0/24"}]}, []),
    ],
)
def test_groups_that_let_it_in(direction: str, peer: Document, expected: list[str]) -> None:
    document = network_document() | {"PrefixLists": NAMED}
    rule = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, **peer}
    document["SecurityGroups"][0] |= {"IpPermissions": [], direction: [rule]}
    assert told(document) == expected


@pytest.mark.parametrize(
    ("first", "second", "assumed"),
    [
        ({"AvailabilityZone": "us-west-2-lax-1a"}, {"AvailabilityZone": "us-west-2-lax-1b"}, True),
        ({"AvailabilityZone": "us-west-2-lax-1a"}, {"OutpostArn": "arn:aws:outposts:o"}, True),
        ({"AvailabilityZone": "us-west-2-lax-1a"}, {"AvailabilityZone": "us-west-2a"}, False),
        ({"OutpostArn": "arn:aws:outposts:o"}, {"OutpostArn": "arn:aws:outposts:o"}, False),
    ],
)
def test_places_at_the_edge_are_assumed_to_reach_each_other(
    first: Document, second: Document, assumed: bool
) -> None:
    document = network_document()
    document["Subnets"][0] |= first
    document["Subnets"][1] |= second
    assumptions = read(document).network.assumptions
    found = [one.detail for one in assumptions if one.clause == "RT-7"]
    expected = "Local Zones and Outposts of vpc-1 reach each other by the local route"
    assert found == [expected] * assumed


@pytest.mark.parametrize(
    ("listing", "kind"),
    [
        ("VpnGateways", "virtual private gateway"),
        ("TransitGatewayAttachments", "transit gateway"),
    ],
)
def test_private_ways_that_no_file_lists_are_assumed_away(listing: str, kind: str) -> None:
    document = network_document()
    assert not read(document).network.assumptions
    del document[listing]
    (told,) = read(document).network.assumptions
    expected = f"no {kind} is attached where no file lists them and no route names one"
    assert (told.clause, told.detail) == ("GAP-7", expected)

"""Reading transit gateways: what is said becomes facts, what is not becomes gaps."""

from __future__ import annotations

import copy
import json
from pathlib import Path

import pytest

from tests.unit.snapshot.documents import (
    ACCOUNT,
    Document,
    gaps,
    network,
    network_document,
    read,
    refused,
)
from tests.unit.snapshot.transit import (
    OTHER,
    TABLE,
    attachment,
    propagated,
    transit_document,
    transit_route,
    vpc_attachment,
)
from verifier.errors import SnapshotError
from verifier.model import (
    AttachmentKind,
    TransitGateway,
    TransitGatewayAttachment,
    TransitGatewayRoute,
    TransitGatewayRouteTable,
    TransitRank,
)
from verifier.packet import Prefix
from verifier.snapshot import read_snapshot

KEY = {name: ("tgw-1", f"tgw-attach-{name}") for name in "abvpxy"}


def prefix(text: str) -> Prefix:
    return Prefix.parse(text)


def at(document: Document, name: str = "a") -> TransitGatewayAttachment:
    return network(document).transit_attachments[KEY[name]]


def table(document: Document) -> TransitGatewayRouteTable:
    return network(document).transit_tables[TABLE]


def words(document: Document, clause: str) -> list[str]:
    return [
        f"{gap.resource} {gap.detail}" for gap in network(document).gaps if gap.clause == clause
    ]


def entered(document: Document) -> set[tuple[str, str]]:
    return {(one.id, one.vpc_id) for one in network(document).entrances}


def test_everything_that_is_said_is_a_fact() -> None:
    found = network(transit_document())
    assert found.transit_gateways == {
        "tgw-1": TransitGateway(
            id="tgw-1",
            account=ACCOUNT,
            region="eu-west-1",
            references=True,
            tags={"Name": "hub"},
        )
    }
    assert found.transit_attachments[KEY["a"]] == TransitGatewayAttachment(
        id="tgw-attach-a",
        transit_gateway_id="tgw-1",
        kind=AttachmentKind.VPC,
        table_id=TABLE,
        vpc_id="vpc-1",
        subnet_ids=("subnet-1", "subnet-2"),
        account=ACCOUNT,
    )
    site = found.transit_attachments[KEY["v"]]
    assert (site.kind, site.table_id, site.gap) == (AttachmentKind.VPN, TABLE, None)
    assert site.beyond is not None
    assert site.beyond.clause == "TGW-5"
    assert found.transit_tables[TABLE] == TransitGatewayRouteTable(
        id=TABLE,
        transit_gateway_id="tgw-1",
        routes=(
            TransitGatewayRoute(
                prefix=prefix("10.0.0.0/16"),
                rank=TransitRank.PROPAGATED_VPC,
                attachment_ids=("tgw-attach-a",),
            ),
            TransitGatewayRoute(
                prefix=prefix("10.1.0.0/16"),
                rank=TransitRank.PROPAGATED_VPC,
                attachment_ids=("tgw-attach-b",),
            ),
            TransitGatewayRoute(prefix=prefix("192.168.0.0/16"), attachment_ids=("tgw-attach-v",)),
            TransitGatewayRoute(prefix=prefix("192.168.9.0/24")),
        ),
        tags={"Name": "main"},
    )
    assert {gap.clause for gap in found.gaps} <= {"TGW-5", "GAP-6", "GAP-7"}
    assert read(transit_document(), strict=True).network.incomplete == ()


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"State": None}, "tgw-1 has no `State` in the snapshot"),
        ({"State": "modifying"}, "tgw-1 is in the state `modifying`"),
        (
            {"Options": {"SecurityGroupReferencingSupport": "maybe"}},
            "tgw-1 has security group referencing `maybe`, not understood",
        ),
    ],
)
def test_a_gateway_that_is_not_understood_is_a_gap(change: Document, reason: str) -> None:
    document = transit_document()
    document["TransitGateways"][0] |= change
    assert words(document, "TGW-1") == [reason]
    assert {("tgw-attach-a", "vpc-1"), ("tgw-attach-b", "vpc-2")} <= entered(document)


def test_a_gateway_without_a_listing_of_its_attachments_is_a_gap() -> None:
    document = transit_document()
    del document["TransitGatewayAttachments"]
    reason = "tgw-1 has attachments that no file lists (`TransitGatewayAttachments`)"
    assert words(document, "TGW-1") == [reason]


def test_a_bare_gateway() -> None:
    document = {**network_document(), "TransitGatewayAttachments": []}
    document["TransitGateways"] = [{"TransitGatewayId": "tgw-1", "State": "deleted"}]
    assert network(document).transit_gateways == {"tgw-1": TransitGateway(id="tgw-1")}
    assert gaps(document) == []


def with_attachment(name: str, **fields: object) -> Document:
    document = transit_document()
    wires = document["TransitGatewayAttachments"]
    (wire,) = [one for one in wires if one["TransitGatewayAttachmentId"] == f"tgw-attach-{name}"]
    wire |= fields
    return document


def with_vpc_attachment(**fields: object) -> Document:
    document = transit_document()
    document["TransitGatewayVpcAttachments"][0] |= fields
    return document


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"State": "pending"}, "is in the state `pending`"),
        ({"State": None}, "has no `State` in the snapshot"),
        ({"Association": None}, "has no route table in the snapshot"),
        ({"Association": {"State": "associated"}}, "has no route table in the snapshot"),
        (
            {"Association": {"TransitGatewayRouteTableId": TABLE}},
            "has an association that has no `State` in the snapshot",
        ),
        (
            {"Association": {"TransitGatewayPolicyTableId": "tgw-ptb-1", "State": "associated"}},
            "has an association that is in the state `policy table`",
        ),
        ({"ResourceType": "network-function"}, "is of the type `network-function`, which is not"),
        ({"ResourceType": None}, "is of a type that is not known, which is not modelled"),
    ],
)
def test_a_site_that_is_not_understood_is_a_gap(fields: Document, reason: str) -> None:
    document = with_attachment("v", **fields)
    gap = at(document, "v").gap
    assert gap is not None
    assert gap.clause == "TGW-5"
    assert gap.detail.startswith(reason)
    assert {("tgw-attach-a", "vpc-1"), ("tgw-attach-b", "vpc-2")} <= entered(document)


@pytest.mark.parametrize("state", ["deleted", "rejected", "failed", "pendingAcceptance"])
def test_an_attachment_that_is_down_carries_nothing(state: str) -> None:
    found = at(with_attachment("v", State=state, ResourceType="whatever"), "v")
    assert (found.available, found.gap, found.beyond) == (False, None, None)


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"SubnetIds": None}, "has no `SubnetIds` in the snapshot"),
        ({"SubnetIds": ["subnet-9"]}, "stands in subnet-9, which is not in the snapshot"),
        ({"Options": {"Ipv6Support": "perhaps"}}, "has `Ipv6Support` `perhaps`, not understood"),
        ({"Options": {"ApplianceModeSupport": "x"}}, "has `ApplianceModeSupport` `x`"),
    ],
)
def test_a_vpc_attachment_that_is_not_understood_is_a_gap(fields: Document, reason: str) -> None:
    document = with_vpc_attachment(**fields)
    gap = at(document).gap
    assert gap is not None
    assert gap.detail.startswith(reason)


def test_a_zone_that_is_not_known_is_a_gap() -> None:
    document = transit_document()
    document["Subnets"][1]["AvailabilityZone"] = None
    gap = at(document).gap
    assert gap is not None
    assert gap.detail == "serves subnet-2, whose availability zone is not in the snapshot"
    assert at(document, "b").gap is None


@pytest.mark.parametrize("zone", ["us-west-2-lax-1a", "us-east-1-wl1-bos-wlz-1"])
def test_from_a_local_zone_packets_go_by_a_parent_zone_that_is_not_known(zone: str) -> None:
    document = transit_document()
    document["Subnets"][0]["AvailabilityZone"] = zone
    document["TransitGatewayVpcAttachments"][0]["SubnetIds"] = ["subnet-2"]
    gap = at(document).gap
    assert gap is not None
    assert gap.detail == f"may serve subnet-1 in {zone}, whose parent zone is not known"
    assert at(document, "b").gap is None
    document["TransitGatewayVpcAttachments"][0]["SubnetIds"] = ["subnet-1", "subnet-2"]
    assert at(document).gap is None
    document["Subnets"][0]["AvailabilityZone"] = "us-west-2a"
    document["TransitGatewayVpcAttachments"][0]["SubnetIds"] = ["subnet-2"]
    assert at(document).gap is None


def test_whether_ipv6_is_carried_must_be_said_where_there_is_ipv6() -> None:
    document = with_vpc_attachment(Options=None)
    assert at(document).gap is None
    document["Vpcs"][0]["Ipv6CidrBlockAssociationSet"] = [
        {"Ipv6CidrBlock": "2001:db8::/56", "Ipv6CidrBlockState": {"State": "associated"}}
    ]
    gap = at(document).gap
    assert gap is not None
    assert gap.detail == "has no `Ipv6Support` in the snapshot, and its VPC has IPv6"
    document["TransitGatewayVpcAttachments"][0]["Options"] = {
        "Ipv6Support": "enable",
        "ApplianceModeSupport": "enable",
        "SecurityGroupReferencingSupport": "disable",
    }
    found = at(document)
    assert (found.gap, found.ipv6, found.appliance_mode, found.references) == (
        None, True, True, False,
    )  # fmt: skip


def test_a_vpc_that_is_not_in_the_snapshot_may_send_anything() -> None:
    document = transit_document()
    document["TransitGatewayAttachments"].append(attachment("x", "vpc", "vpc-9"))
    gap = at(document, "x").gap
    assert gap is not None
    assert gap.detail == "is of vpc-9, which is not in the snapshot"
    assert {("tgw-attach-a", "vpc-1"), ("tgw-attach-b", "vpc-2")} <= entered(document)
    document["TransitGatewayAttachments"][-1]["ResourceId"] = None
    gap = at(document, "x").gap
    assert gap is not None
    assert gap.detail == "is of a VPC that the snapshot does not name"


def test_the_listings_must_agree() -> None:
    refused(with_vpc_attachment(State="deleted"), "the state of tgw-attach-a is available and del")
    refused(with_vpc_attachment(VpcId="vpc-2"), "the VPC of tgw-attach-a is vpc-1 and vpc-2")
    refused(with_attachment("a", ResourceType="vpn"), "the type of tgw-attach-a is vpc and vpn")
    found = refused(
        with_vpc_attachment(SubnetIds=["subnet-3"]), "subnet-3 is in another VPC, vpc-2"
    )
    assert "$.TransitGatewayAttachments[0].SubnetIds[0]" in found


# Peerings


TABLE_ID = "TransitGatewayRouteTableId"


def peered() -> Document:
    """`tgw-2`, in another Region, with `p` as its end of a peering."""
    document = transit_document()
    document["TransitGateways"].append({"TransitGatewayId": "tgw-2", "State": "available"})
    far = {"TransitGatewayId": "tgw-2", "ResourceId": "tgw-1"}
    far["Association"] = {"TransitGatewayRouteTableId": "tgw-rtb-2", "State": "associated"}  # type: ignore[assignment]
    document["TransitGatewayAttachments"] += [
        attachment("p", "peering", "tgw-2"),
        attachment("p", "peering", "tgw-1", **far),
    ]
    document["TransitGatewayStaticRoutes"] = [
        {
            "TransitGatewayRouteTableId": "tgw-rtb-2",
            "Routes": [transit_route("10.0.0.0/8", "p")],
            "AdditionalRoutesAvailable": False,
        }
    ]
    document["TransitGatewayPropagations"] = [
        {"TransitGatewayRouteTableId": "tgw-rtb-2", "TransitGatewayRouteTablePropagations": []}
    ]
    return document


def test_both_ends_of_a_peering() -> None:
    found = network(peered())
    near = found.transit_attachments["tgw-1", "tgw-attach-p"]
    far = found.transit_attachments["tgw-2", "tgw-attach-p"]
    assert (near.kind, near.peer_gateway_id, near.gap) == (AttachmentKind.PEERING, "tgw-2", None)
    assert (far.peer_gateway_id, far.table_id, far.gap) == ("tgw-1", "tgw-rtb-2", None)
    assert found.transit_tables["tgw-rtb-2"].gap is None


def test_a_peering_is_known_by_its_own_listing_too() -> None:
    document = peered()
    for wire in document["TransitGatewayAttachments"][-2:]:
        del wire["ResourceId"], wire["ResourceType"]
    document["TransitGatewayPeeringAttachments"] = [
        {
            "TransitGatewayAttachmentId": "tgw-attach-p",
            "RequesterTgwInfo": {"TransitGatewayId": "tgw-1"},
            "AccepterTgwInfo": {"TransitGatewayId": "tgw-2"},
            "State": "available",
        }
    ]
    assert network(document).transit_attachments == network(peered()).transit_attachments
    document["TransitGatewayAttachments"][-2]["ResourceType"] = "tgw-peering"
    assert network(document).transit_attachments == network(peered()).transit_attachments


@pytest.mark.parametrize("shown", [True, False])
def test_an_association_with_a_table_that_nobody_describes_is_of_one_end(shown: bool) -> None:
    """The far account's tables are not listed; both ends of the peering have one id."""
    document = peered()
    near, far = document["TransitGatewayAttachments"][-2:]
    if not shown:
        del far["Association"]
    member = {"TransitGatewayAttachmentId": "tgw-attach-p", "State": "associated"}
    document["Associations"] = [member]
    document["TransitGatewayRouteTableId"] = "tgw-rtb-2"
    del document["Routes"]
    found = network(document).transit_attachments
    assert found["tgw-1", "tgw-attach-p"].table_id == near["Association"][TABLE_ID]
    assert found["tgw-2", "tgw-attach-p"].table_id == "tgw-rtb-2"


def test_an_end_that_is_not_in_the_snapshot_may_send_anything() -> None:
    document = peered()
    del document["TransitGatewayAttachments"][-1]
    gap = at(document, "p").gap
    assert gap is not None
    assert gap.detail == "leads to tgw-2, whose end of it is not in the snapshot"
    assert {("tgw-attach-a", "vpc-1"), ("tgw-attach-b", "vpc-2")} <= entered(document)
    document["TransitGatewayAttachments"][-1]["ResourceId"] = None
    gap = at(document, "p").gap
    assert gap is not None
    assert gap.detail == "leads to something that the snapshot does not name"


def test_what_is_unknown_at_one_gateway_opens_those_that_it_is_peered_with() -> None:
    document = peered()
    document["TransitGatewayStaticRoutes"][0]["AdditionalRoutesAvailable"] = True
    gap = network(document).transit_tables["tgw-rtb-2"].gap
    assert gap is not None
    assert gap.detail == "has more routes than the search printed"
    assert {("tgw-attach-a", "vpc-1"), ("tgw-attach-b", "vpc-2")} <= entered(document)


# Tables


def with_routes(*routes: Document, **fields: object) -> Document:
    return {**transit_document(), "Routes": [propagated("10.0.0.0/16", "a"), *routes], **fields}


@pytest.mark.parametrize(
    ("route", "reason"),
    [
        (transit_route("10.9.0.0/16", "v", State="pending"), "has a route that is in the state"),
        (transit_route("10.9.0.0/16", "v", State=None), "has a route that has no `State`"),
        (transit_route("10.9.0.0/16", "v", Type="system"), "has a route of a type, or to an"),
        (transit_route("10.9.0.0/16", State="active"), "has a route of a type, or to an"),
        (
            transit_route("10.9.0.0/16", "v", TransitGatewayAttachments=[{}]),
            "has a route of a type, or to an attachment, that is not known",
        ),
        (propagated("10.9.0.0/16"), "has a route of a type, or to an attachment, that is not"),
        (propagated("10.9.0.0/16", "a", "v"), "has a route of a type, or to an attachment"),
        (transit_route("", "v", PrefixListId="pl-1"), "has routes by pl-1, which is not in the"),
        (
            transit_route("10.0.0.0/16", "b", Type="propagated"),
            "has two routes of one rank for 10.0.0.0/16",
        ),
    ],
)
def test_a_route_that_is_not_understood_is_a_gap_of_the_table(route: Document, reason: str) -> None:
    document = with_routes(route)
    gap = table(document).gap
    assert gap is not None
    assert gap.clause == "TGW-4"
    assert gap.detail.startswith(reason)
    assert {("tgw-attach-a", "vpc-1"), ("tgw-attach-b", "vpc-2")} <= entered(document)


def test_a_route_that_is_deleted_is_none() -> None:
    document = with_routes(transit_route("10.9.0.0/16", "v", State="deleted"))
    assert len(table(document).routes) == 1
    assert table(document).gap is None


def test_a_route_without_destination_is_refused() -> None:
    found = refused(with_routes(transit_route("", "v")), "expected `DestinationCidrBlock` or")
    assert "$.Routes[1]" in found


def test_a_route_to_what_no_listing_has() -> None:
    document = with_routes(transit_route("10.9.0.0/16", "x"))
    gap = at(document, "x").gap
    assert gap is not None
    assert gap.detail == "is a route's target and not in the snapshot"
    assert table(document).gap is None
    assert {("tgw-attach-a", "vpc-1"), ("tgw-attach-b", "vpc-2")} <= entered(document)


@pytest.mark.parametrize(
    ("kind", "rank"),
    [
        ("vpn", TransitRank.PROPAGATED_VPN),
        ("direct-connect-gateway", TransitRank.PROPAGATED_DIRECT_CONNECT),
        ("connect", TransitRank.PROPAGATED_CONNECT),
        ("client-vpn", TransitRank.PROPAGATED_CLIENT_VPN),
    ],
)
def test_the_rank_of_propagated_routes(kind: str, rank: TransitRank) -> None:
    document = with_routes(propagated("10.9.0.0/16", "v"))
    document["TransitGatewayAttachments"][2]["ResourceType"] = kind
    assert table(document).routes[1].rank is rank


def test_routes_by_prefix_lists() -> None:
    document = with_routes(transit_route("", "v", PrefixListId="pl-1"))
    document["PrefixLists"] = [{"PrefixListId": "pl-1", "Cidrs": ["10.8.0.0/16", "10.9.0.0/16"]}]
    found = table(document)
    assert found.gap is None
    assert [(str(one.prefix), one.rank) for one in found.routes[1:]] == [
        ("10.8.0.0/16", TransitRank.PREFIX_LIST),
        ("10.9.0.0/16", TransitRank.PREFIX_LIST),
    ]


def reference(**fields: object) -> Document:
    return {
        "TransitGatewayRouteTableId": TABLE,
        "PrefixListId": "pl-1",
        "State": "available",
        "Blackhole": False,
        "TransitGatewayAttachment": {"TransitGatewayAttachmentId": "tgw-attach-v"},
        **fields,
    }


def referring(*routes: Document, **fields: object) -> Document:
    document = with_routes(*routes, TransitGatewayPrefixListReferences=[reference(**fields)])
    document["PrefixLists"] = [{"PrefixListId": "pl-1", "Cidrs": ["10.9.0.0/16"]}]
    return document


def test_references_to_prefix_lists() -> None:
    expected = TransitGatewayRoute(
        prefix=prefix("10.9.0.0/16"),
        rank=TransitRank.PREFIX_LIST,
        attachment_ids=("tgw-attach-v",),
    )
    assert table(referring()).routes[1:] == (expected,)
    shown = transit_route("10.9.0.0/16", "v", PrefixListId="pl-1")
    assert table(referring(shown)).routes[1:] == (expected,)
    dropped = table(referring(Blackhole=True, TransitGatewayAttachment=None)).routes[1]
    assert dropped.attachment_ids == ()


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"State": "pending"}, "has a reference to pl-1 that is in the state `pending`"),
        ({"TransitGatewayAttachment": None}, "has a reference to pl-1 that leads to nothing known"),
        ({"PrefixListId": "pl-2"}, "has routes by pl-2, which is not in the snapshot"),
    ],
)
def test_a_reference_that_is_not_understood_is_a_gap(fields: Document, reason: str) -> None:
    gap = table(referring(**fields)).gap
    assert gap is not None
    assert gap.detail == reason


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"State": "pending"}, "is in the state `pending`"),
        ({"State": None}, "has no `State` in the snapshot"),
    ],
)
def test_a_table_in_transition_is_a_gap(fields: Document, reason: str) -> None:
    document = transit_document()
    document["TransitGatewayRouteTables"][0] |= fields
    gap = table(document).gap
    assert gap is not None
    assert gap.detail == reason


def test_a_table_that_is_deleted_is_none() -> None:
    document = transit_document()
    gone = {"TransitGatewayRouteTableId": "tgw-rtb-9", "TransitGatewayId": "tgw-1"}
    document["TransitGatewayRouteTables"].append({**gone, "State": "deleted"})
    document["TransitGatewayStaticRoutes"] = [{"TransitGatewayRouteTableId": "tgw-rtb-9"}]
    document["TransitGatewayPrefixListReferences"] = [
        reference(TransitGatewayRouteTableId="tgw-rtb-9")
    ]
    assert list(network(document).transit_tables) == [TABLE]


def test_a_table_without_routes_is_a_gap() -> None:
    document = transit_document()
    del document["Routes"]
    del document["TransitGatewayRouteTables"]
    found = table(document)
    assert found.gap is not None
    assert found.gap.detail == "has no routes in the snapshot"
    document["TransitGatewayStaticRoutes"] = [{"TransitGatewayRouteTableId": TABLE}]
    assert table(document).gap == found.gap


# Propagation


def announcing(*members: Document, **fields: object) -> Document:
    """The shape of dumps that list static routes, and what propagates."""
    document = transit_document()
    del document["Routes"], document["TransitGatewayRouteTableId"]
    del document["AdditionalRoutesAvailable"]
    document["TransitGatewayStaticRoutes"] = [
        {"TransitGatewayRouteTableId": TABLE, "Routes": [], "AdditionalRoutesAvailable": False}
    ]
    document["TransitGatewayPropagations"] = [
        {
            "TransitGatewayRouteTableId": TABLE,
            "TransitGatewayRouteTablePropagations": list(members),
        }
    ]
    return {**document, **fields}


def member(name: str, state: str | None = "enabled") -> Document:
    return {"TransitGatewayAttachmentId": f"tgw-attach-{name}", "State": state}


def test_what_vpcs_propagate() -> None:
    document = announcing(member("a"), member("b", "disabled"))
    found = table(document)
    assert found.gap is None
    assert found.routes == (
        TransitGatewayRoute(
            prefix=prefix("10.0.0.0/16"),
            rank=TransitRank.PROPAGATED_VPC,
            attachment_ids=("tgw-attach-a",),
        ),
    )


def test_ipv6_blocks_are_propagated_where_ipv6_is_carried() -> None:
    document = announcing(member("a"))
    document["Vpcs"][0]["Ipv6CidrBlockAssociationSet"] = [
        {"Ipv6CidrBlock": "2001:db8::/56", "Ipv6CidrBlockState": {"State": "associated"}}
    ]
    assert len(table(document).routes) == 1
    document["TransitGatewayVpcAttachments"][0]["Options"]["Ipv6Support"] = "enable"
    assert [str(one.prefix) for one in table(document).routes][1:] == ["2001:db8::/56"]


@pytest.mark.parametrize(
    ("members", "reason"),
    [
        ([member("a", "enabling")], "has routes of tgw-attach-a that are not known"),
        ([member("v")], "has routes of tgw-attach-v that are not known"),
        ([member("x")], "has routes of tgw-attach-x that are not known"),
        ([{"State": "enabled"}], "has routes of something that are not known"),
    ],
)
def test_propagation_that_is_not_understood_is_a_gap(members: list[Document], reason: str) -> None:
    gap = table(announcing(*members)).gap
    assert gap is not None
    assert gap.detail == reason


def test_what_is_down_propagates_nothing() -> None:
    document = announcing(member("v"))
    document["TransitGatewayAttachments"][2]["State"] = "deleted"
    assert table(document).gap is None


def test_blocks_that_overlap_are_a_gap() -> None:
    document = announcing(member("a"), member("b"))
    document["Vpcs"][1]["CidrBlockAssociationSet"] = [
        {"CidrBlock": "10.1.0.0/16"},
        {"CidrBlock": "10.0.128.0/17"},
    ]
    gap = table(document).gap
    assert gap is not None
    assert gap.detail.startswith("has propagated routes that overlap (10.0.0.0/16 and 10.0.128")


def test_static_routes_alone_are_not_all() -> None:
    document = announcing()
    del document["TransitGatewayPropagations"]
    gap = table(document).gap
    assert gap is not None
    assert gap.detail == "has propagated routes that are not in the snapshot"
    del (document := announcing())["TransitGatewayStaticRoutes"]
    gap = table(document).gap
    assert gap is not None
    assert gap.detail == "has no routes in the snapshot"


def assumed(document: Document) -> set[str]:
    return {one.clause for one in network(document).assumptions}


def test_a_search_without_propagated_routes_is_taken_to_be_whole() -> None:
    document = {**transit_document(), "Routes": [transit_route("192.168.0.0/16", "v")]}
    assert table(document).gap is None
    assert assumed(document) == {"ASK-4", "ASK-5", "TGW-4"}
    document["TransitGatewayPropagations"] = [
        {"TransitGatewayRouteTableId": TABLE, "TransitGatewayRouteTablePropagations": [member("b")]}
    ]
    assert [str(one.prefix) for one in table(document).routes] == ["192.168.0.0/16", "10.1.0.0/16"]
    assert assumed(document) == {"ASK-4", "ASK-5"}
    document["TransitGatewayPropagations"][0]["TransitGatewayRouteTablePropagations"] = None
    assert assumed(document) == {"ASK-4", "ASK-5", "TGW-4"}


# Associations, and outputs that do not say which table they are about


def write(folder: Path, name: str, document: Document) -> None:
    (folder / name).write_text(json.dumps(document))


def as_files(folder: Path, document: Document, **files: Document) -> None:
    document = copy.deepcopy(document)
    for key in ("Routes", "TransitGatewayRouteTableId", "AdditionalRoutesAvailable"):
        document.pop(key)
    write(folder, "rest.json", document)
    for stem, content in files.items():
        write(folder, f"{stem.replace('_', '-')}.json", content)


def associated(*names: str, state: str = "associated") -> Document:
    return {
        "Associations": [
            {"TransitGatewayAttachmentId": f"tgw-attach-{name}", "State": state} for name in names
        ]
    }


def test_outputs_by_table_are_known_by_the_names_of_their_files(tmp_path: Path) -> None:
    document = transit_document()
    for wire in document["TransitGatewayAttachments"]:
        del wire["Association"]
    as_files(
        tmp_path,
        document,
        tgw_rtb_1={"Routes": document["Routes"][:2], "AdditionalRoutesAvailable": False},
        static_tgw_rtb_1={"Routes": document["Routes"][2:], "AdditionalRoutesAvailable": False},
        associations_tgw_rtb_1=associated("a", "v"),
        propagations_tgw_rtb_1={"TransitGatewayRouteTablePropagations": [member("a")]},
    )
    found = read_snapshot([str(tmp_path)]).network
    whole = network(transit_document())
    assert set(found.transit_tables[TABLE].routes) == set(whole.transit_tables[TABLE].routes)
    assert found.transit_tables[TABLE].gap is None
    assert found.transit_attachments[KEY["a"]] == whole.transit_attachments[KEY["a"]]
    loose = found.transit_attachments[KEY["b"]]
    assert (loose.table_id, loose.gap) == (None, None)


def test_associations_without_a_listing_of_tables() -> None:
    document = transit_document() | associated("a")
    del document["TransitGatewayRouteTables"]
    assert at(document).gap is None
    document["TransitGatewayAttachments"][0]["Association"] = None
    assert at(document).table_id == TABLE


def test_associations_that_contradict_each_other() -> None:
    document = transit_document() | associated("a", state="associating")
    gap = at(document).gap
    assert gap is not None
    assert gap.detail == "has an association that is in the state `associated and associating`"
    document = transit_document() | associated("a")
    wire = document["TransitGatewayAttachments"][0]
    wire["Association"] = {"TransitGatewayRouteTableId": "tgw-rtb-9", "State": "associated"}
    found = refused(document, "tgw-attach-a is associated with tgw-rtb-1 and tgw-rtb-9")
    assert "$.TransitGatewayAttachments[0]" in found
    assert at(transit_document() | {"Associations": None}).gap is None
    elsewhere = transit_document() | associated("a")
    elsewhere["TransitGatewayRouteTables"][0]["TransitGatewayId"] = "tgw-7"
    elsewhere["TransitGatewayAttachments"][0]["Association"] = None
    assert at(elsewhere).table_id is None


@pytest.mark.parametrize(
    "output",
    [
        {"Routes": [], "AdditionalRoutesAvailable": False},
        {"TransitGatewayRouteTablePropagations": []},
        associated("a"),
    ],
)
def test_outputs_by_table_must_say_which(output: Document) -> None:
    message = refused(network_document() | output, "it is not said which route table")
    assert message.startswith(f"<stdin>: $.{next(iter(output))}")


@pytest.mark.parametrize("output", [{"Routes": [{"x": 1}]}, {"Associations": [{"Name": "x"}]},
                                    {"Associations": []}])  # fmt: skip
def test_outputs_of_other_commands_are_passed_over(output: Document) -> None:
    snapshot = read(network_document() | output)
    assert (snapshot.warnings, snapshot.network.gaps) == ((), ())


def test_the_id_of_a_table_is_a_text() -> None:
    with pytest.raises(SnapshotError, match="TransitGatewayRouteTableId: found `7`"):
        read({**transit_document(), "TransitGatewayRouteTableId": 7})


def test_the_account_is_that_of_the_resource() -> None:
    document = transit_document()
    document["TransitGatewayAttachments"][0]["ResourceOwnerId"] = OTHER
    assert at(document).account == OTHER
    assert vpc_attachment("a", "vpc-1")["SubnetIds"] == []


def test_what_is_doubtful_is_a_door_by_its_own_name() -> None:
    document = with_attachment("v", State="modifying")
    assert {("tgw-attach-v", "vpc-1"), ("tgw-attach-v", "vpc-2")} <= entered(document)
    document["TransitGatewayAttachments"].append(attachment("x", "vpc", "vpc-9"))
    assert {("tgw-attach-x", "vpc-1"), ("tgw-attach-x", "vpc-2")} <= entered(document)

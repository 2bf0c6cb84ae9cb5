"""Route tables, gateways, peering connections, doors and passages."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.snapshot.documents import (
    Document,
    gaps,
    interface,
    network,
    network_document,
    refused,
    route,
    second_vpc,
)
from verifier.model import (
    EgressOnlyTarget,
    EndpointTarget,
    Gap,
    InterfaceTarget,
    InternetGatewayTarget,
    LocalTarget,
    NatGatewayTarget,
    PeeringTarget,
    PrefixListReference,
    Route,
    RouteOrigin,
    RouteTable,
    TransitGatewayTarget,
    UnmodelledTarget,
    VpnGatewayTarget,
)
from verifier.packet import AddressSet, Prefix


def with_routes(*routes: Document, **more: Any) -> Document:
    document = network_document() | more
    document["RouteTables"][0]["Routes"] = list(routes)
    return document


def table(*routes: Document, **more: Any) -> RouteTable:
    return network(with_routes(*routes, **more)).route_tables["rtb-1"]


def target(**fields: Any) -> object:
    (found,) = table(route("192.0.2.0/24", **fields)).routes
    return found.target


def unmodelled(kind: str, name: str, internet: bool = True) -> UnmodelledTarget:
    gap = Gap("rtb-1", "GAP-6", f"routes to {name} ({kind}), which is not modelled")
    return UnmodelledTarget(kind, name, gap, internet)


@pytest.mark.parametrize(
    ("fields", "found"),
    [
        ({"GatewayId": "local"}, LocalTarget()),
        ({"GatewayId": "igw-1"}, InternetGatewayTarget("igw-1")),
        ({"NatGatewayId": "nat-1"}, NatGatewayTarget("nat-1")),
        ({"VpcPeeringConnectionId": "pcx-1"}, PeeringTarget("pcx-1")),
        ({"GatewayId": "vgw-1"}, VpnGatewayTarget("vgw-1")),
        ({"TransitGatewayId": "tgw-1"}, TransitGatewayTarget("tgw-1")),
        ({"GatewayId": "tgw-1"}, TransitGatewayTarget("tgw-1")),
        ({"EgressOnlyInternetGatewayId": "eigw-1"}, EgressOnlyTarget("eigw-1")),
        ({"GatewayId": "eigw-1"}, EgressOnlyTarget("eigw-1")),
        ({"LocalGatewayId": "lgw-1"}, unmodelled("local gateway", "lgw-1")),
        ({"GatewayId": "lgw-1"}, unmodelled("local gateway", "lgw-1")),
        ({"GatewayId": "vpce-1"}, EndpointTarget("vpce-1")),
        ({"CarrierGatewayId": "cagw-1"}, unmodelled("carrier gateway", "cagw-1")),
        ({"CoreNetworkArn": "arn:x"}, unmodelled("core network", "arn:x")),
        ({"OdbNetworkArn": "arn:y"}, unmodelled("ODB network", "arn:y")),
        ({"IpAddress": "10.0.0.9"}, unmodelled("next hop address", "10.0.0.9")),
        ({"GatewayId": "warp-1"}, unmodelled("gateway of unknown kind", "warp-1")),
        ({}, unmodelled("no target", "nothing")),
        (
            {"NatGatewayId": "nat-1", "GatewayId": "igw-1"},
            unmodelled("several targets", "igw-1 nat-1"),
        ),
        (
            {"InstanceId": "i-9"},
            unmodelled("instance without one known interface", "i-9"),
        ),
    ],
)
def test_targets(fields: Document, found: object) -> None:
    assert target(**fields) == found


@pytest.mark.parametrize(
    "fields",
    [
        {"NetworkInterfaceId": "eni-1"},
        {"NetworkInterfaceId": "eni-1", "InstanceId": "i-1", "InstanceOwnerId": "1"},
        {"NetworkInterfaceId": "eni-1", "IpAddress": "10.0.1.10"},
        {"InstanceId": "i-1"},
    ],
)
def test_an_instance_or_interface_is_an_interface(fields: Document) -> None:
    document = with_routes(route("0.0.0.0/0", **fields))
    document["NetworkInterfaces"][0]["Attachment"] = {"InstanceId": "i-1", "Status": "attached"}
    document["Reservations"] = [{"Instances": [{"InstanceId": "i-1"}]}]
    (found,) = network(document).route_tables["rtb-1"].routes
    assert isinstance(found.target, InterfaceTarget)
    assert found.target.interface_id == "eni-1"
    assert found.target.gap == Gap(
        "rtb-1", "MBX-6", "routes to eni-1, which may translate, or send by another interface"
    )


def test_an_interface_that_is_not_there_is_the_routes_gap() -> None:
    gap = Gap("rtb-1", "GAP-6", "routes to eni-9, which is not in the snapshot")
    assert target(NetworkInterfaceId="eni-9") == InterfaceTarget("eni-9", gap)


def test_endpoints_for_a_service_lead_to_no_internet() -> None:
    """Where they are not understood, or not there."""
    to_list = {"DestinationPrefixListId": "pl-1", "GatewayId": "vpce-1"}
    lists = {"PrefixLists": [{"PrefixListId": "pl-1", "PrefixListName": "com.amazonaws.x.s3"}]}
    found = unmodelled("gateway endpoint", "vpce-1", internet=False)
    assert table(to_list, **lists).routes[0].target == found
    endpoints = {"VpcEndpoints": [{"VpcEndpointId": "vpce-1", "VpcEndpointType": "Gateway"}]}
    assert table(to_list, **endpoints).routes[0].target == found
    endpoints["VpcEndpoints"][0]["VpcEndpointType"] = "GatewayLoadBalancer"
    assert table(to_list, **lists, **endpoints).routes[0].target == EndpointTarget("vpce-1")
    del endpoints["VpcEndpoints"][0]["VpcEndpointType"]
    assert table(to_list, **endpoints).routes[0].target == EndpointTarget("vpce-1")
    read = {"VpcEndpointType": "Gateway", "State": "available", "VpcId": "vpc-1"}
    endpoints["VpcEndpoints"][0] |= read
    assert table(to_list, **endpoints).routes[0].target == EndpointTarget("vpce-1")


@pytest.mark.parametrize(
    ("hop", "kind"),
    [
        ({"GatewayId": "igw-9"}, "internet-gateway"),
        ({"NatGatewayId": "nat-9"}, "nat-gateway"),
        ({"VpcPeeringConnectionId": "pcx-9"}, "peering"),
        ({"EgressOnlyInternetGatewayId": "eigw-9"}, "egress-only-internet-gateway"),
        ({"TransitGatewayId": "tgw-9"}, "transit-gateway"),
        ({"GatewayId": "vgw-9"}, "vpn-gateway"),
        ({"GatewayId": "vpce-9"}, "vpc-endpoint"),
    ],
)
def test_a_target_that_is_not_there_is_missing(hop: Document, kind: str) -> None:
    found = network(with_routes(route("192.0.2.0/24", **hop)))
    (name,) = hop.values()
    detail = "is a route's target and not in the snapshot"
    assert found.missing == {(kind, name): Gap(name, "GAP-6", detail)}
    found = network(with_routes(route("192.0.2.0/24", **hop, State="blackhole")))
    assert found.missing == {}


def test_an_endpoint_that_is_not_understood_says_why() -> None:
    document = with_routes(route("192.0.2.0/24", GatewayId="vpce-1"))
    document["VpcEndpoints"] = [{"VpcEndpointId": "vpce-1", "VpcEndpointType": "Resource"}]
    detail = "is a VPC endpoint of the kind `Resource`, not modelled"
    missing = {("vpc-endpoint", "vpce-1"): Gap("vpce-1", "GAP-6", detail)}
    assert network(document).missing == missing


def test_an_appliance_that_does_not_tell_whether_it_checks_is_a_gap() -> None:
    document = with_routes(route("0.0.0.0/0", NetworkInterfaceId="eni-1"))
    del document["NetworkInterfaces"][0]["SourceDestCheck"]
    found = network(document).interfaces["eni-1"]
    detail = "has no `SourceDestCheck`, and a route leads to it"
    assert found.gap == Gap("eni-1", "GAP-5", detail)
    assert not found.source_destination_check
    nested = {"NetworkInterfaceId": "eni-1", "SubnetId": "subnet-1", "SourceDestCheck": False}
    document["Instances"] = [{"InstanceId": "i-1", "NetworkInterfaces": [nested]}]
    assert network(document).interfaces["eni-1"].gap is None


def assumed(document: Document) -> list[tuple[str, str]]:
    return [(one.clause, one.detail) for one in network(document).assumptions]


def test_what_forwards_is_assumed_to_forward() -> None:
    document = with_routes(route("0.0.0.0/0", NetworkInterfaceId="eni-1"))
    assert assumed(document) == []
    document["NetworkInterfaces"][0]["SourceDestCheck"] = False
    words = [("MBX-3", "eni-1 forwards what its groups let pass as it is")]
    assert assumed(document) == words
    document["RouteTables"][0]["Routes"][0]["State"] = "blackhole"
    assert assumed(document) == []
    document = with_routes(route("0.0.0.0/0", GatewayId="vpce-1"))
    endpoint = {"VpcEndpointId": "vpce-1", "VpcEndpointType": "GatewayLoadBalancer"}
    endpoint |= {"VpcId": "vpc-1", "SubnetIds": ["subnet-1"], "State": "available"}
    document["VpcEndpoints"] = [endpoint]
    assert assumed(document) == [("VPCE-6", "what is behind vpce-1 hands packets back as is")]
    endpoint["State"] = "rejected"
    assert assumed(document) == []


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"State": "filtered"}, "has a route in the state `filtered`"),
        ({"Origin": "Magic"}, "has a route of the unknown origin `Magic`"),
        (
            {"Origin": "Advertisement", "DestinationCidrBlock": "10.0.2.0/24"},
            "has an advertised route to a part of the VPC",
        ),
    ],
)
@pytest.mark.parametrize(
    "hop",
    [
        {"GatewayId": "local"},
        {"GatewayId": "igw-1"},
        {"NetworkInterfaceId": "eni-1"},
        {"GatewayId": "vgw-1"},
        {"GatewayId": "vpce-1"},
        {"LocalGatewayId": "lgw-1"},
        {"TransitGatewayId": "tgw-1"},
        {"EgressOnlyInternetGatewayId": "eigw-1"},
        {"VpcPeeringConnectionId": "pcx-1"},
    ],
)
def test_routes_that_are_not_understood_lead_anywhere(
    hop: Document, fields: Document, words: str
) -> None:
    found = target(**hop, **fields) if "State" in fields else None
    if found is None:
        found = table(route("192.0.2.0/24", **hop) | fields).routes[0].target
    assert isinstance(found, UnmodelledTarget)
    assert found.gap == Gap("rtb-1", "GAP-6", words)
    assert found.id == next(iter(hop.values()))
    assert found.internet


@pytest.mark.parametrize(
    ("hop", "block", "understood"),
    [
        ({"GatewayId": "vgw-1"}, "10.0.2.0/24", False),
        ({"GatewayId": "vgw-1"}, "192.0.2.0/24", True),
        ({"NetworkInterfaceId": "eni-1"}, "10.0.2.0/24", True),
    ],
)
def test_a_route_that_may_be_propagated(hop: Document, block: str, understood: bool) -> None:
    """A propagated route to a part of the VPC counts for nothing, a static one wins (RT-4)."""
    found = table(route(block, **hop) | {"Origin": None}).routes[0].target
    assert isinstance(found, UnmodelledTarget) is not understood


def test_states_and_origins() -> None:
    found = table(
        route("192.0.2.0/24", GatewayId="vgw-1", Origin="EnableVgwRoutePropagation"),
        route("198.51.100.0/24", NatGatewayId="nat-9", State="blackhole"),
        route("203.0.113.0/24", GatewayId="igw-1", Origin="Advertisement"),
        {"DestinationIpv6CidrBlock": "::/0", "GatewayId": "igw-1"},
    )
    assert [(one.origin, one.blackhole) for one in found.routes] == [
        (RouteOrigin.PROPAGATED, False),
        (RouteOrigin.STATIC, True),
        (RouteOrigin.STATIC, False),
        (RouteOrigin.STATIC, False),
    ]
    assert found.routes[3].destination == Prefix.parse("::/0")


def test_a_destination_is_one() -> None:
    refused(with_routes({"GatewayId": "local"}), "$.RouteTables[0].Routes[0]: expected exactly one")
    refused(
        with_routes(route("10.0.0.0/8", DestinationIpv6CidrBlock="::/0")), "expected exactly one of"
    )


def test_equal_routes_are_one() -> None:
    assert len(table(route("192.0.2.0/24"), route("192.0.2.0/24")).routes) == 1


ENTRIES = {"PrefixLists": [{"PrefixListId": "pl-1", "Cidrs": ["192.0.2.0/24", "10.0.1.0/24"]}]}
TO_LIST = {"DestinationPrefixListId": "pl-1", "VpcPeeringConnectionId": "pcx-1"}


@pytest.mark.parametrize(
    ("routes", "tied"),
    [
        ([route("192.0.2.0/24", GatewayId="igw-1"), route("192.0.2.0/24", GatewayId="x-1")], True),
        (
            [
                route("192.0.2.0/24", GatewayId="igw-1"),
                route("192.0.2.0/24", GatewayId="igw-1", State="blackhole"),
            ],
            True,
        ),
        (
            [
                route("192.0.2.0/24", GatewayId="igw-1"),
                route("192.0.2.0/24", NetworkInterfaceId="eni-1", Origin="Advertisement"),
            ],
            True,
        ),
        ([route("192.0.2.0/24", GatewayId="igw-1"), TO_LIST], False),
        ([{**TO_LIST, "VpcPeeringConnectionId": "pcx-2"}, TO_LIST], True),
        ([route("192.0.2.0/24", GatewayId="igw-1"), route("192.0.2.0/25", GatewayId="x")], False),
        (
            [
                route("192.0.2.0/24", GatewayId="vgw-1", Origin="EnableVgwRoutePropagation"),
                route("192.0.2.0/24", GatewayId="vgw-2", Origin="EnableVgwRoutePropagation"),
            ],
            True,
        ),
        (
            [
                route("10.0.7.0/24", GatewayId="vgw-1", Origin="EnableVgwRoutePropagation"),
                route("10.0.7.0/24", GatewayId="vgw-2", Origin="EnableVgwRoutePropagation"),
            ],
            False,
        ),
        ([route("10.0.0.0/16", GatewayId="local"), route("10.0.0.0/16", GatewayId="x-1")], False),
    ],
)
def test_ties(routes: list[Document], tied: bool) -> None:
    found = table(*routes, **ENTRIES).tie_gap
    assert (found is not None) == tied
    if found:
        assert (found.resource, found.clause) == ("rtb-1", "GAP-8")


def test_a_list_without_entries_ties_with_nothing() -> None:
    assert table({**TO_LIST, "VpcPeeringConnectionId": "pcx-2"}, TO_LIST).tie_gap is None


def test_routes_without_a_list_may_be_any() -> None:
    document = network_document()
    del document["RouteTables"][0]["Routes"]
    found = network(document)
    assert found.route_tables["rtb-1"].routes == (
        Route(
            destination=PrefixListReference("routes-of-rtb-1"),
            target=UnmodelledTarget(
                "unknown routes",
                "rtb-1",
                Gap("rtb-1", "GAP-8", "has no `Routes` in the snapshot"),
            ),
        ),
    )
    assert ("prefix-list", "routes-of-rtb-1") in found.missing


def test_associations() -> None:
    document = network_document()
    states = ["associated", "disassociated", "failed"]
    document["RouteTables"][0]["Associations"] = [
        {"SubnetId": f"subnet-{number + 1}", "AssociationState": {"State": state}}
        for number, state in enumerate(states)
    ]
    found = network(document).route_tables["rtb-1"]
    assert (found.main, found.subnet_ids) == (False, ("subnet-1",))
    associations = document["RouteTables"][0]["Associations"]
    associations[0]["AssociationState"]["State"] = "associating"
    found = [("rtb-1", "GAP-12"), ("subnet-2", "GAP-10"), ("subnet-2", "GAP-7")]
    assert gaps(document) == found
    del document["RouteTables"][0]["Associations"]
    assert [gap.detail for gap in network(document).incomplete] == [
        "has no `Associations` in the snapshot"
    ]
    document["RouteTables"][0]["Associations"] = [{"Main": True}, {"Main": False}]
    assert [gap.detail for gap in network(document).incomplete] == [
        "an association of the table does not say what it is with"
    ]


# --- internet gateways ----------------------------------------------------------------------


def guessed(document: Document) -> dict[str, list[str]]:
    found = network(document)
    return {
        vpc: [passage.gap.resource for passage in passages if passage.gap.clause == "GAP-9"]
        for vpc, passages in found.passages.items()
    }


def test_a_route_to_a_gateway_that_is_not_listed_lets_one_guess_it() -> None:
    document = network_document()
    document["InternetGateways"] = []
    assert guessed(document) == {"vpc-1": ["igw-1"]}
    assert network(document).internet_gateways["igw-1"].vpc_ids == ("vpc-1",)
    assert network(document).missing == {}
    document["RouteTables"][0]["Routes"][1]["State"] = "blackhole"
    assert gaps(document) == []


def test_a_gateway_without_attachments_in_the_snapshot_is_not_listed() -> None:
    document = network_document()
    del document["InternetGateways"][0]["Attachments"]
    assert guessed(document) == {"vpc-1": ["igw-1"]}


def test_a_second_gateway_is_missing() -> None:
    document = network_document()
    document["RouteTables"][0]["Routes"].append(route("192.0.2.0/24", GatewayId="igw-9"))
    assert set(network(document).missing) == {("internet-gateway", "igw-9")}
    assert gaps(document) == [("igw-9", "GAP-6")]


def public(**fields: Any) -> Document:
    document = network_document()
    del document["InternetGateways"]
    document["RouteTables"][0]["Routes"].pop()
    document["NetworkInterfaces"][0] |= fields
    return document


def test_an_address_known_outside_lets_one_guess_a_gateway_if_none_are_listed() -> None:
    assert guessed(public()) == {}
    document = public(Association={"PublicIp": "203.0.113.9"})
    assert guessed(document) == {"vpc-1": ["internet-gateway-of-vpc-1"]}
    document["InternetGateways"] = []
    assert guessed(document) == {}


def test_so_does_a_global_address_of_ipv6_and_one_of_a_nat_gateway() -> None:
    document = public(Ipv6Addresses=[{"Ipv6Address": "2600::9"}])
    blocks = [{"Ipv6CidrBlock": "2600::/56"}]
    document["Vpcs"][0]["Ipv6CidrBlockAssociationSet"] = blocks
    document["Subnets"][0]["Ipv6CidrBlockAssociationSet"] = [{"Ipv6CidrBlock": "2600::/64"}]
    assert guessed(document) == {"vpc-1": ["internet-gateway-of-vpc-1"]}
    document = public()
    document["NatGateways"] = [nat(PublicIp="203.0.113.9")]
    assert guessed(document) == {"vpc-1": ["internet-gateway-of-vpc-1"]}


@pytest.mark.parametrize(
    ("state", "attached", "passages"),
    [
        ("attached", ("vpc-1",), 0),
        (None, ("vpc-1",), 0),
        ("attaching", ("vpc-1",), 1),
        ("floating", ("vpc-1",), 1),
        ("detached", (), 0),
    ],
)
def test_attachments(state: str | None, attached: tuple[str, ...], passages: int) -> None:
    document = network_document()
    document["InternetGateways"][0]["Attachments"][0]["State"] = state
    document["RouteTables"][0]["Routes"].pop()
    found = network(document)
    assert found.internet_gateways["igw-1"].vpc_ids == attached
    assert len(found.passages.get("vpc-1", ())) == passages


def test_an_attachment_to_nothing_is_refused() -> None:
    document = network_document()
    document["InternetGateways"][0]["Attachments"].append({"State": "available"})
    refused(document, "$.InternetGateways[0].Attachments[1]: `VpcId` is missing")


# --- edge tables ------------------------------------------------------------------------------


def modes(document: Document) -> dict[str, int]:
    return {vpc: len(passages) for vpc, passages in network(document).passages.items()}


def test_an_edge_table_redirects() -> None:
    document = network_document()
    edge = {
        "RouteTableId": "rtb-2",
        "VpcId": "vpc-1",
        "Associations": [{"GatewayId": "igw-1"}],
        "Routes": [route("10.0.0.0/16", GatewayId="local")],
    }
    document["RouteTables"].append(edge)
    assert modes(document) == {}
    assert network(document).route_tables["rtb-2"].gateway_ids == ("igw-1",)
    edge["Routes"].append(route("10.0.1.0/24", NetworkInterfaceId="eni-2"))
    assert modes(document) == {}
    edge["Associations"] = [{"PublicIpv4Pool": "pool-1"}]
    (passage,) = network(document).passages["vpc-1"]
    assert passage.redirects
    edge["Associations"] = [{"GatewayId": "igw-9"}]
    assert modes(document) == {"vpc-1": 1}
    edge["Associations"] = [{"GatewayId": "vgw-1"}]
    assert [(gap.resource, gap.clause) for gap in network(document).incomplete] == [
        ("rtb-2", "GAP-12")
    ]
    attached = [{"VpcId": "vpc-1", "State": "attached"}]
    document["VpnGateways"] = [
        {"VpnGatewayId": "vgw-1", "State": "available", "VpcAttachments": attached}
    ]
    assert network(document).incomplete == ()
    attached[0]["VpcId"] = "vpc-9"
    assert [gap.resource for gap in network(document).incomplete] == ["rtb-2"]
    document["InternetGateways"] = []
    document["RouteTables"][0]["Routes"].pop()
    edge["Associations"] = [{"GatewayId": "igw-1"}]
    assert modes(document) == {}


def test_an_edge_table_lets_one_guess_its_gateway() -> None:
    document = public(Association={"PublicIp": "203.0.113.9"})
    edge = {"RouteTableId": "rtb-2", "VpcId": "vpc-1", "Associations": [{"GatewayId": "igw-7"}]}
    document["RouteTables"].append(edge | {"Routes": []})
    assert guessed(document) == {"vpc-1": ["igw-7"]}


def test_a_gateway_with_two_tables_is_refused() -> None:
    document = network_document()
    for name in ("rtb-2", "rtb-3"):
        edge = {"RouteTableId": name, "VpcId": "vpc-1", "Associations": [{"GatewayId": "igw-1"}]}
        document["RouteTables"].append(edge | {"Routes": []})
    words = "$.RouteTables[2].Associations: rtb-2 is associated with igw-1, too"
    refused(document, words)


# --- NAT gateways ---------------------------------------------------------------------------


def nat(**address: Any) -> Document:
    return {
        "NatGatewayId": "nat-1",
        "VpcId": "vpc-1",
        "SubnetId": "subnet-1",
        "State": "available",
        "NatGatewayAddresses": [{"PrivateIp": "10.0.1.99", "PublicIp": "203.0.113.99", **address}],
    }


def nat_gap(**fields: Any) -> str | None:
    document = network_document()
    document["NatGateways"] = [nat() | fields]
    gap = network(document).nat_gateways["nat-1"].gap
    return gap.detail if gap else None


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"State": "pending"}, "is in the state `pending`"),
        ({"State": "strange"}, "is in the state `strange`"),
        (
            {"AvailabilityMode": "regional", "SubnetId": None},
            "is a NAT gateway of the kind `regional`, which is not modelled",
        ),
        ({"ConnectivityType": "odd"}, "has the unknown connectivity `odd`"),
        ({"AttachedAppliances": [{}]}, "has an appliance attached, which is not modelled"),
        (
            {"NatGatewayAddresses": [{"PrivateIp": "10.0.1.9", "Status": "associating"}]},
            "has an address in the state `associating`",
        ),
        (
            {"NatGatewayAddresses": [{"PrivateIp": "10.0.1.9", "Status": "failed"}]},
            "has no address in the snapshot",
        ),
        ({"NatGatewayAddresses": None}, "has no address in the snapshot"),
        ({"SubnetId": None}, "has no subnet in the snapshot"),
        ({"State": None}, None),
        ({"State": "deleted"}, None),
        ({"State": "failed"}, None),
        ({"State": "deleting"}, "is in the state `deleting`"),
        (
            {"NatGatewayAddresses": [{"PrivateIp": "10.0.1.9"}]},
            "has no public address for 10.0.1.9 in the snapshot",
        ),
        ({"ConnectivityType": "private", "AvailabilityMode": "zonal"}, None),
        (
            {
                "ConnectivityType": "private",
                "NatGatewayAddresses": [{"PrivateIp": "10.0.1.9"}],
            },
            None,
        ),
    ],
)
def test_nat_gateways(fields: Document, words: str | None) -> None:
    assert nat_gap(**fields) == words


@pytest.mark.parametrize("state", ["deleting", "deleted", "failed"])
def test_a_nat_gateway_that_is_going_or_gone_has_no_address(state: str) -> None:
    document = network_document()
    place = {} if state == "deleting" else {"VpcId": "vpc-9"}
    document["NatGateways"] = [nat() | {"State": state, **place}]
    document["NetworkInterfaces"][0] = interface(90)
    found = network(document).nat_gateways["nat-1"]
    assert (found.available, found.addresses) == (state == "deleting", ())


def test_addresses_of_a_nat_gateway() -> None:
    document = network_document()
    document["NetworkInterfaces"].append(
        interface(
            90,
            InterfaceType="nat_gateway",
            Groups=[],
            Association={"PublicIp": "203.0.113.7"},
        )
    )
    document["NatGateways"] = [
        nat(NetworkInterfaceId="eni-90", IsPrimary=False, PublicIp=None)
        | {"ConnectivityType": "public", "Tags": [{"Key": "Name", "Value": "x"}]}
    ]
    document["NatGateways"][0]["NatGatewayAddresses"].append(
        {"PrivateIp": "10.0.1.98", "PublicIp": "203.0.113.8", "IsPrimary": True}
    )
    found = network(document).nat_gateways["nat-1"]
    assert [(str(one.private), str(one.public), one.primary) for one in found.addresses] == [
        ("10.0.1.98", "203.0.113.8", True),
        ("10.0.1.99", "203.0.113.7", False),
    ]
    assert (found.account, found.tags) == ("111122223333", {"Name": "x"})
    document["NatGateways"][0]["NatGatewayAddresses"][0]["PrivateIp"] = "10.0.1.97"
    refused(document, "$.NatGateways[0].NatGatewayAddresses: eni-90 does not have 10.0.1.97")


def test_what_lies_beyond_a_nat_gateway() -> None:
    for destination in ("::/0", "64:ff9b::/96"):
        document = with_routes({"DestinationIpv6CidrBlock": destination, "NatGatewayId": "nat-1"})
        document["NatGateways"] = [nat()]
        assert list(network(document).missing) == []
    chain = with_routes(route("192.0.2.0/24", NatGatewayId="nat-2"))
    second = nat() | {"NatGatewayId": "nat-2", "SubnetId": "subnet-2"}
    second["NatGatewayAddresses"] = [{"PrivateIp": "10.0.2.99"}]
    chain["NatGateways"] = [nat(), second]
    assert list(network(chain).missing) == [("nat-beyond", "nat-2")]
    own = {"RouteTableId": "rtb-2", "VpcId": "vpc-1", "Routes": []}
    own["Associations"] = [{"SubnetId": "subnet-1"}, {"SubnetId": "subnet-2"}]
    chain["RouteTables"].append(own)
    assert list(network(chain).missing) == []


def test_what_comes_out_of_a_nat_gateway_is_ipv4() -> None:
    chain = with_routes({"DestinationIpv6CidrBlock": "::/0", "NatGatewayId": "nat-2"})
    second = nat() | {"NatGatewayId": "nat-2", "SubnetId": "subnet-2"}
    second["NatGatewayAddresses"] = [{"PrivateIp": "10.0.2.99"}]
    chain["NatGateways"] = [nat(), second]
    assert list(network(chain).missing) == []


def test_a_nat_gateway_that_is_not_there_is_missing() -> None:
    document = with_routes(route("0.0.0.0/0", NatGatewayId="nat-9"))
    assert set(network(document).missing) == {("nat-gateway", "nat-9")}
    document = with_routes(route("0.0.0.0/0", NatGatewayId="nat-9", State="blackhole"))
    assert set(network(document).missing) == set()


# --- peering and doors ----------------------------------------------------------------------


def peering(code: str | None = "active", **accepter: Any) -> Document:
    return {
        "VpcPeeringConnectionId": "pcx-1",
        "Status": {"Code": code},
        "RequesterVpcInfo": {"VpcId": "vpc-1", "CidrBlock": "10.0.0.0/16", "Region": "eu-west-1"},
        "AccepterVpcInfo": {"VpcId": "vpc-2", **accepter},
    }


def doors(document: Document) -> list[tuple[str, str, str]]:
    return [(one.id, one.vpc_id, one.gap.clause) for one in network(document).entrances]


def test_a_peering_within_the_snapshot() -> None:
    document = second_vpc(network_document())
    document["VpcPeeringConnections"] = [peering(CidrBlockSet=[{"CidrBlock": "10.1.0.0/16"}])]
    found = network(document).peerings["pcx-1"]
    assert found.active
    assert found.requester.region == "eu-west-1"
    assert found.accepter.prefixes == (Prefix.parse("10.1.0.0/16"),)
    assert doors(document) == []
    document["RouteTables"][0]["Routes"][1] = route("10.1.0.0/16", VpcPeeringConnectionId="pcx-1")
    assert gaps(document) == []


def test_a_peer_outside_is_a_door_for_its_blocks() -> None:
    document = network_document()
    document["VpcPeeringConnections"] = [
        peering(
            CidrBlock="10.1.0.0/16",
            CidrBlockSet=[{"CidrBlock": "10.2.0.0/16"}, {}],
            Ipv6CidrBlockSet=[{"Ipv6CidrBlock": "2600::/56"}, {}],
        )
    ]
    assert doors(document) == [("pcx-1", "vpc-1", "PCX-3")]
    (door,) = network(document).entrances
    blocks = [Prefix.parse(text) for text in ("10.1.0.0/16", "10.2.0.0/16", "2600::/56")]
    assert door.sources == AddressSet.of(*blocks)
    document["VpcPeeringConnections"] = [peering()]
    assert network(document).entrances[0].sources is None
    document["VpcPeeringConnections"] = [peering("deleted")]
    assert doors(document) == []
    del document["VpcPeeringConnections"][0]["AccepterVpcInfo"]
    refused(document, "$.VpcPeeringConnections[0]: `AccepterVpcInfo` is missing")


@pytest.mark.parametrize(
    ("target", "listing", "door"),
    [
        ({"VpcPeeringConnectionId": "pcx-1"}, None, "pcx-1"),
        ({"TransitGatewayId": "tgw-1"}, "TransitGatewayVpcAttachments", "tgw-1"),
        ({"GatewayId": "vgw-1"}, "VpnGateways", "vgw-1"),
        ({"CoreNetworkArn": "arn:aws:networkmanager::1:core-network/c"}, None, "arn:aws:network"),
    ],
)
def test_a_way_out_whose_other_end_nobody_lists_may_end_in_any_vpc(
    target: Document, listing: str | None, door: str
) -> None:
    """A VPC without a way back still takes packets: without its door it would look closed."""
    document = with_routes(route("10.1.0.0/16", **target))
    document["Vpcs"].append({"VpcId": "vpc-9", "CidrBlock": "10.1.0.0/16"})
    del document["VpnGateways"], document["TransitGatewayAttachments"]
    found = {one.vpc_id for one in network(document).entrances if one.id.startswith(door)}
    assert found == {"vpc-1", "vpc-9"}
    for key, expected in (
        (listing or "VpnGateways", {"vpc-1", "vpc-9"}),
        ("VpnGateways", {"vpc-1", "vpc-9"} if listing in (None, "VpnGateways") else {"vpc-1"}),
        ("TransitGatewayAttachments", {"vpc-1"} if listing else {"vpc-1", "vpc-9"}),
    ):
        document[key] = []
        found = {one.vpc_id for one in network(document).entrances if one.id.startswith(door)}
        assert found == expected


@pytest.mark.parametrize("code", ["deleting", "provisioning", "musing", None])
def test_a_peering_in_transition_is_missing(code: str | None) -> None:
    document = with_routes(route("10.1.0.0/16", VpcPeeringConnectionId="pcx-1"))
    document["VpcPeeringConnections"] = [peering(code)]
    found = network(document)
    assert found.peerings == {}
    assert set(found.missing) == {("peering", "pcx-1")}
    assert doors(document) == [("pcx-1", "vpc-1", "GAP-7")]
    document["VpcPeeringConnections"] = []
    assert set(network(document).missing) == {("peering", "pcx-1")}
    assert doors(document) == [("pcx-1", "vpc-1", "GAP-7")]


TRANSIT = {"TransitGatewayAttachmentId": "tgw-attach-1", "TransitGatewayId": "tgw-1"}
GONE = {"TransitGatewayAttachmentId": "a", "TransitGatewayId": "tgw-1", "State": "deleted"}


@pytest.mark.parametrize(
    ("more", "found"),
    [
        (
            {
                "VpnGateways": [
                    {
                        "VpnGatewayId": "vgw-1",
                        "VpcAttachments": [
                            {"VpcId": "vpc-1", "State": "attached"},
                            {"VpcId": "vpc-1", "State": "detached"},
                            {"State": "attached"},
                        ],
                    },
                    {"VpnGatewayId": "vgw-2", "VpcAttachments": []},
                ]
            },
            ["vgw-1"],
        ),
        (
            {
                "TransitGatewayVpcAttachments": [
                    {**TRANSIT, "VpcId": "vpc-1", "State": "available"},
                    {**GONE, "VpcId": "vpc-1"},
                ]
            },
            ["tgw-attach-1"],
        ),
        (
            {
                "TransitGatewayAttachments": [
                    {**TRANSIT, "ResourceId": "vpc-1", "ResourceType": "vpc"},
                    {**GONE, "ResourceId": "vpc-1", "ResourceType": "vpc"},
                ]
            },
            ["tgw-attach-1"],
        ),
        (
            {
                "CarrierGateways": [
                    {"CarrierGatewayId": "cagw-1", "VpcId": "vpc-1"},
                    {"CarrierGatewayId": "cagw-2", "VpcId": "vpc-1", "State": "deleted"},
                ]
            },
            ["cagw-1"],
        ),
        (
            {
                "LocalGatewayRouteTableVpcAssociations": [
                    {
                        "LocalGatewayRouteTableVpcAssociationId": f"lgw-vpc-assoc-{number}",
                        "VpcId": "vpc-1",
                        **fields,
                    }
                    for number, fields in enumerate(
                        ({"LocalGatewayId": "lgw-1"}, {}, {"State": "disassociated"})
                    )
                ]
            },
            ["lgw-1", "lgw-vpc-assoc-1"],
        ),
        (
            {"ClientVpnEndpoints": [{"ClientVpnEndpointId": "cvpn-1", "VpcId": "vpc-1"}]},
            ["cvpn-1"],
        ),
    ],
)
def test_attachments_are_doors(more: Document, found: list[str]) -> None:
    assert doors(network_document() | more) == [(door, "vpc-1", "GAP-7") for door in found]


@pytest.mark.parametrize(
    ("hop", "found"),
    [
        ({"GatewayId": "vgw-1"}, ["vgw-1"]),
        ({"TransitGatewayId": "tgw-1"}, ["tgw-1"]),
        ({"LocalGatewayId": "lgw-1"}, ["lgw-1"]),
        ({"CoreNetworkArn": "arn:x"}, ["arn:x"]),
        ({"GatewayId": "vgw-1", "State": "filtered"}, ["vgw-1"]),
        ({"EgressOnlyInternetGatewayId": "eigw-1", "State": "filtered"}, []),
        ({"CoreNetworkArn": "arn:x", "State": "filtered"}, ["arn:x"]),
        ({"GatewayId": "vgw-1", "State": "blackhole"}, []),
        ({"EgressOnlyInternetGatewayId": "eigw-1"}, []),
        ({"GatewayId": "vpce-1"}, []),
        ({"InstanceId": "i-1"}, []),
    ],
)
def test_routes_lead_to_doors(hop: Document, found: list[str]) -> None:
    document = with_routes(route("192.0.2.0/24") | hop)
    assert [door for door, _, _ in doors(document)] == found


def test_a_known_attachment_stands_for_its_gateway() -> None:
    document = with_routes(route("192.0.2.0/24", TransitGatewayId="tgw-1"))
    document["TransitGatewayVpcAttachments"] = [{**TRANSIT, "VpcId": "vpc-1"}]
    assert [door for door, _, _ in doors(document)] == ["tgw-attach-1"]


def test_propagation_is_a_door() -> None:
    document = network_document()
    document["RouteTables"][0]["PropagatingVgws"] = [{"GatewayId": "vgw-1"}, {}]
    assert doors(document) == [("vgw-1", "vpc-1", "GAP-7")]


@pytest.mark.parametrize(
    ("text", "status", "found"),
    [
        (
            "Network Interface for Transit Gateway Attachment tgw-attach-0a",
            "in-use",
            "tgw-attach-0a",
        ),
        ("", "in-use", "eni-5"),
        ("", "available", None),
    ],
)
def test_a_transit_gateways_interface_is_a_door(text: str, status: str, found: str | None) -> None:
    document = network_document()
    document["NetworkInterfaces"].append(
        interface(5, InterfaceType="transit_gateway", Description=text, Status=status, Groups=[])
    )
    assert [door for door, _, _ in doors(document)] == ([found] if found else [])


def test_a_subnet_in_two_tables_is_refused() -> None:
    document = network_document()
    for name in ("rtb-2", "rtb-3"):
        document["RouteTables"].append(
            {
                "RouteTableId": name,
                "VpcId": "vpc-1",
                "Associations": [{"SubnetId": "subnet-1"}],
                "Routes": [],
            }
        )
    refused(document, "$.RouteTables[2].Associations: subnet-1 is routed by rtb-2, too")
    document["RouteTables"][2]["Associations"] = [{"Main": True}]
    refused(document, "$.RouteTables[2].Associations: rtb-1 is main, too")
    document["RouteTables"][2]["Associations"] = [{"SubnetId": "subnet-9"}]
    refused(document, "`subnet-9` is not in the snapshot")
    document["RouteTables"][2] |= {"VpcId": "vpc-9", "Associations": []}
    refused(document, "$.RouteTables[2].VpcId: `vpc-9` is not in the snapshot")


def test_dead_subnets_of_nat_gateways_are_refused() -> None:
    document = network_document()
    document["NatGateways"] = [nat() | {"SubnetId": "subnet-9"}]
    refused(document, "$.NatGateways[0].SubnetId: `subnet-9` is not in the snapshot")
    document["NatGateways"] = [nat() | {"VpcId": "vpc-9"}]
    refused(document, "$.NatGateways[0].VpcId: `vpc-9` is not in the snapshot")
    document = second_vpc(document)
    document["NatGateways"] = [nat() | {"SubnetId": "subnet-3"}]
    refused(document, "$.NatGateways[0].SubnetId: subnet-3 is in another VPC, vpc-2")

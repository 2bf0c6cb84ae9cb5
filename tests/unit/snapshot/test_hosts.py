"""VPCs, subnets, interfaces, instances, Elastic IP addresses, and what contradicts itself."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.snapshot.documents import (
    Document,
    association,
    gaps,
    interface,
    network,
    network_document,
    read,
    refused,
    second_vpc,
    subnet,
)
from verifier.model import InterfaceKind, Ipv6Block, NetworkInterface, Relay
from verifier.packet import Address, Prefix


def vpc(**fields: Any) -> Document:
    return {"Vpcs": [{"VpcId": "vpc-1", **fields}]}


# --- VPCs and subnets -----------------------------------------------------------------------


def test_a_vpc_has_its_associated_blocks_primary_first() -> None:
    blocks = [
        association("10.1.0.0/16"),
        association("10.0.0.0/16"),
        association("10.2.0.0/16", "disassociating"),
        association("10.3.0.0/16", "failed"),
        {"CidrBlock": "10.4.0.0/16"},
        {},
    ]
    found = network(vpc(CidrBlock="10.0.0.0/16", CidrBlockAssociationSet=blocks, Region="x-y-1"))
    assert [str(prefix) for prefix in found.vpcs["vpc-1"].ipv4] == [
        "10.0.0.0/16",
        "10.1.0.0/16",
        "10.4.0.0/16",
    ]
    assert found.vpcs["vpc-1"].region == "x-y-1"
    refused_block = [association("10.0.0.0/16", "disassociated")]
    found = network(vpc(CidrBlock="10.0.0.0/16", CidrBlockAssociationSet=refused_block))
    assert found.vpcs["vpc-1"].ipv4 == ()


def test_ipv6_blocks() -> None:
    blocks = [
        {"Ipv6CidrBlock": "2600::/56", "Ipv6CidrBlockState": {"State": "associated"}},
        {"Ipv6CidrBlock": "fd00::/56", "Ipv6AddressAttribute": "private"},
        {"Ipv6CidrBlock": "2601::/56", "Ipv6CidrBlockState": {"State": "disassociated"}},
        {},
    ]
    assert network(vpc(Ipv6CidrBlockAssociationSet=blocks)).vpcs["vpc-1"].ipv6 == (
        Ipv6Block(Prefix.parse("2600::/56")),
        Ipv6Block(Prefix.parse("fd00::/56"), private=True),
    )


def test_states_that_are_not_known_concern_everything() -> None:
    document = vpc(CidrBlockAssociationSet=[association("10.0.0.0/16", "dreaming")])
    (gap,) = network(document).incomplete
    assert gap.detail == "block 10.0.0.0/16 is in the unknown state `dreaming`"
    assert network(document).vpcs["vpc-1"].ipv4 == (Prefix.parse("10.0.0.0/16"),)
    blocks = [{"Ipv6CidrBlock": "2600::/56", "Ipv6AddressAttribute": "shy"}]
    (gap,) = network(vpc(Ipv6CidrBlockAssociationSet=blocks)).incomplete
    assert gap.detail == "block 2600::/56 has the unknown `Ipv6AddressAttribute` `shy`"


@pytest.mark.parametrize(("mode", "found"), [("enforce", ["VPC-4"]), ("monitor", []), (None, [])])
def test_encryption_controls_are_assumed_away(mode: str | None, found: list[str]) -> None:
    assumed = network(vpc(EncryptionControl={"Mode": mode})).assumptions
    assert [one.clause for one in assumed if one.clause != "GAP-7"] == found


@pytest.mark.parametrize(
    ("fields", "found"),
    [
        ({"Mode": "enforce", "State": "available"}, ["VPC-4"]),
        ({"Mode": "monitor", "State": "enforce-in-progress"}, ["VPC-4"]),
        ({"Mode": "monitor", "State": "available"}, []),
    ],
)
def test_listed_encryption_controls_are_assumed_away(fields: Document, found: list[str]) -> None:
    document = vpc()
    control = {"VpcEncryptionControlId": "vpcec-1", "VpcId": "vpc-1", **fields}
    document["VpcEncryptionControls"] = [control]
    assumed = network(document).assumptions
    assert [one.clause for one in assumed if one.clause != "GAP-7"] == found


def subnets(*found: Document) -> Document:
    return {
        **network_document(),
        "Subnets": list(found),
        "NetworkAcls": [],
        "NetworkInterfaces": [],
    }


def test_a_subnet_has_blocks_of_both_families() -> None:
    blocks = [
        {"Ipv6CidrBlock": "2600::/64", "Ipv6CidrBlockState": {"State": "associated"}},
        {"Ipv6CidrBlock": "2600:0:0:9::/64", "Ipv6CidrBlockState": {"State": "failed"}},
        {},
    ]
    document = subnets(subnet(1, Ipv6CidrBlockAssociationSet=blocks), subnet(2, CidrBlock=""))
    document["Vpcs"][0]["Ipv6CidrBlockAssociationSet"] = [{"Ipv6CidrBlock": "2600::/56"}]
    found = network(document).subnets
    assert [str(one) for one in found["subnet-1"].prefixes] == ["10.0.1.0/24", "2600::/64"]
    assert found["subnet-2"].prefixes == ()
    assert found["subnet-1"].zone == "eu-west-1a"


def test_subnets_that_fit_nowhere_are_refused() -> None:
    refused(subnets(subnet(1, VpcId="vpc-9")), "$.Subnets[0].VpcId: `vpc-9` is not in the snapshot")
    outside = subnets(subnet(1, CidrBlock="10.9.0.0/24"))
    refused(outside, "$.Subnets[0]: 10.9.0.0/24 is not within a block of vpc-1")
    overlap = subnets(subnet(1), subnet(2, CidrBlock="10.0.1.128/25"))
    refused(overlap, "$.Subnets[1]: subnet-2 overlaps subnet-1 of the same VPC")


def test_a_dangling_reference_says_what_may_be_meant() -> None:
    document = subnets(subnet(1, VpcId="vpc-0123456780"))
    document["Vpcs"].append({"VpcId": "vpc-0123456789"})
    refused(document, "not in the snapshot; the nearest known id is vpc-0123456789")
    refused({"Subnets": [subnet(1)]}, "`vpc-1` is not in the snapshot; no file has the key `Vpcs`")
    document = subnets(subnet(1, VpcId="vpc-x")) | {"NextToken": "more"}
    refused(document, "`vpc-x` is not in the snapshot; a listing of `Vpcs` ends with a `NextToken`")


# --- interfaces -----------------------------------------------------------------------------


def with_interface(**fields: Any) -> Document:
    document = network_document()
    document["NetworkInterfaces"] = [interface(1) | fields]
    return document


def one(**fields: Any) -> NetworkInterface:
    return network(with_interface(**fields)).interfaces["eni-1"]


def test_an_interface_is_lifted_as_it_is() -> None:
    found = one(
        Attachment={"InstanceId": "i-1", "Status": "attached", "DeviceIndex": 0},
        Description="bastion",
        TagSet=[{"Key": "Name", "Value": "b"}],
        SourceDestCheck=False,
        DenyAllIgwTraffic=True,
    )
    assert found.ipv4[0].address == Address.parse("10.0.1.10")
    assert (found.ipv4[0].primary, found.ipv4[0].public) == (True, None)
    assert (found.attached, found.instance_id, found.zone) == (True, "i-1", "eu-west-1a")
    assert (found.description, found.tags, found.groups) == ("bastion", {"Name": "b"}, ("sg-1",))
    assert (found.source_destination_check, found.deny_all_internet_gateway) == (False, True)
    assert one(VpcId=None, AvailabilityZone="eu-west-1b").vpc_id == "vpc-1"
    assert one(VpcId=None, AvailabilityZone="eu-west-1b").zone == "eu-west-1b"
    assert one(AvailabilityZone="eu-west-1b").vpc_id == "vpc-1"


def test_addresses_of_all_kinds() -> None:
    public = {"PublicIp": "203.0.113.1"}
    document = with_interface(
        PrivateIpAddress="10.0.1.5",
        PrivateIpAddresses=[
            {"PrivateIpAddress": "10.0.1.6", "Association": {"PublicIp": "203.0.113.2"}},
            {"PrivateIpAddress": "10.0.1.5", "Primary": True, "Association": public},
            {},
        ],
        Association=public | {"IpOwnerId": "amazon"},
        Ipv6Addresses=[{"Ipv6Address": "2600::5"}, {}],
        Ipv4Prefixes=[{"Ipv4Prefix": "10.0.1.16/28"}, {}],
        Ipv6Prefixes=[{"Ipv6Prefix": "2600::1:0/112"}, {}],
    )
    document["Vpcs"][0]["Ipv6CidrBlockAssociationSet"] = [{"Ipv6CidrBlock": "2600::/56"}]
    document["Subnets"][0]["Ipv6CidrBlockAssociationSet"] = [{"Ipv6CidrBlock": "2600::/64"}]
    found = network(document).interfaces["eni-1"]
    assert [(str(one.address), one.primary, str(one.public)) for one in found.ipv4] == [
        ("10.0.1.6", False, "203.0.113.2"),
        ("10.0.1.5", True, "203.0.113.1"),
    ]
    assert found.ipv6 == (Address.parse("2600::5"),)
    assert found.delegated == (Prefix.parse("10.0.1.16/28"), Prefix.parse("2600::1:0/112"))


def test_the_primary_address_without_a_list() -> None:
    found = one(PrivateIpAddresses=None, Association={"PublicIp": "203.0.113.1"})
    assert [(str(a.address), a.primary, str(a.public)) for a in found.ipv4] == [
        ("10.0.1.10", True, "203.0.113.1")
    ]
    unflagged = [{"PrivateIpAddress": "10.0.1.7"}, {"PrivateIpAddress": "10.0.1.10"}]
    assert [a.primary for a in one(PrivateIpAddresses=unflagged).ipv4] == [False, True]
    assert one(PrivateIpAddress=None, PrivateIpAddresses=None).ipv4 == ()


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"SubnetId": "subnet-9"}, "$.NetworkInterfaces[0].SubnetId: `subnet-9` is not in the"),
        ({"VpcId": "vpc-9"}, ".VpcId: contradicts subnet-1, which is in vpc-1"),
        ({"PrivateIpAddress": "10.0.1.77"}, "`10.0.1.77` is not the primary one"),
        (
            {"PrivateIpAddresses": [{"PrivateIpAddress": "10.0.1.10"}] * 2},
            ".PrivateIpAddresses[1]: `10.0.1.10` stands there twice",
        ),
        (
            {
                "PrivateIpAddresses": [
                    {"PrivateIpAddress": f"10.0.1.{n}", "Primary": True} for n in (10, 11)
                ]
            },
            ".PrivateIpAddresses: two addresses are primary",
        ),
        (
            {
                "Association": {"PublicIp": "203.0.113.1"},
                "PrivateIpAddresses": [
                    {
                        "PrivateIpAddress": "10.0.1.10",
                        "Primary": True,
                        "Association": {"PublicIp": "203.0.113.2"},
                    }
                ],
            },
            "one private address has two public ones, 203.0.113.1 and 203.0.113.2",
        ),
        ({"PrivateIpAddress": "10.0.2.1", "PrivateIpAddresses": []}, "10.0.2.1 is not in subnet-1"),
        ({"Ipv6Addresses": [{"Ipv6Address": "2600::9"}]}, "2600::9 is not in subnet-1"),
        (
            {"Ipv6Addresses": [{"Ipv6Address": "fe80::1%eth0"}]},
            ".Ipv6Addresses[0].Ipv6Address: `fe8",
        ),
        ({"Ipv4Prefixes": [{"Ipv4Prefix": "10.0.9.0/28"}]}, "10.0.9.0/28 is not in subnet-1"),
        ({"Association": {"PublicIp": "nowhere"}}, ".Association.PublicIp: `nowhere` is not"),
    ],
)
def test_interfaces_that_contradict_themselves_are_refused(fields: Document, words: str) -> None:
    refused(with_interface(**fields), words)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("natGateway", InterfaceKind.NAT_GATEWAY),
        ("nat_gateway", InterfaceKind.NAT_GATEWAY),
        ("transit_gateway", InterfaceKind.TRANSIT_GATEWAY),
        ("gateway_load_balancer", InterfaceKind.GATEWAY_LOAD_BALANCER),
        ("gateway_load_balancer_endpoint", InterfaceKind.GATEWAY_LOAD_BALANCER_ENDPOINT),
        ("network_load_balancer", InterfaceKind.NETWORK_LOAD_BALANCER),
        ("lambda", InterfaceKind.LAMBDA),
        ("vpc_endpoint", InterfaceKind.VPC_ENDPOINT),
        ("interface", InterfaceKind.ORDINARY),
        ("efa", InterfaceKind.ORDINARY),
        ("efa-only", InterfaceKind.ORDINARY),
        ("trunk", InterfaceKind.ORDINARY),
        ("branch", InterfaceKind.ORDINARY),
        ("load_balancer", InterfaceKind.ORDINARY),
        ("quicksight", InterfaceKind.ORDINARY),
        ("global_accelerator_managed", InterfaceKind.ORDINARY),
        ("api_gateway_managed", InterfaceKind.ORDINARY),
        ("iot_rules_managed", InterfaceKind.ORDINARY),
        ("aws_codestar_connections_managed", InterfaceKind.ORDINARY),
        ("ec2_instance_connect_endpoint", InterfaceKind.INSTANCE_CONNECT_ENDPOINT),
        (None, InterfaceKind.ORDINARY),
    ],
)
def test_kinds(name: str | None, kind: InterfaceKind) -> None:
    found = one(InterfaceType=name)
    assert (found.kind, found.type_name, found.gap) == (kind, name or "interface", None)
    assert found.attached


def test_an_interface_without_ip_plays_no_part() -> None:
    without = {"PrivateIpAddress": None, "PrivateIpAddresses": []}
    assert not one(InterfaceType="efa-only", **without).attached
    assert one(InterfaceType="efa", **without).attached
    document = with_interface(InterfaceType="efa-only", **without)
    document["Vpcs"][0]["Ipv6CidrBlockAssociationSet"] = [{"Ipv6CidrBlock": "2600::/56"}]
    document["Subnets"][0]["Ipv6CidrBlockAssociationSet"] = [{"Ipv6CidrBlock": "2600::/64"}]
    document["NetworkInterfaces"][0]["Ipv6Addresses"] = [{"Ipv6Address": "2600::9"}]
    assert network(document).interfaces["eni-1"].attached


def test_a_branch_has_groups_and_an_address_of_its_own() -> None:
    document = with_interface(InterfaceType="trunk")
    document["SecurityGroups"].append({"GroupId": "sg-pod", "VpcId": "vpc-1", "IpPermissions": []})
    document["SecurityGroups"][1]["IpPermissionsEgress"] = []
    branch = interface(7, InterfaceType="branch", Groups=[{"GroupId": "sg-pod"}])
    document["NetworkInterfaces"].append(branch)
    found = network(document)
    trunk, pod = found.interfaces["eni-1"], found.interfaces["eni-7"]
    assert (trunk.groups, pod.groups) == (("sg-1",), ("sg-pod",))
    assert trunk.ipv4[0].address != pod.ipv4[0].address
    assert found.gaps == ()


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"InterfaceType": "teleporter"}, "is of the unknown type `teleporter`"),
        ({"Status": "attaching"}, "is being attached or detached, or its state is not known"),
        ({"Attachment": {"Status": "detaching"}}, "is being attached or detached"),
        ({"AssociatedSubnets": ["subnet-2"]}, "is associated with several subnets"),
        ({"Groups": None}, "has no list of security groups in the snapshot"),
    ],
)
def test_interfaces_that_are_not_understood(fields: Document, words: str) -> None:
    found = one(**fields)
    assert found.gap is not None
    assert (found.gap.resource, found.gap.clause) == ("eni-1", "GAP-5")
    assert words in found.gap.detail
    assert found.attached


def test_an_interface_that_is_not_understood_may_have_addresses_elsewhere() -> None:
    document = with_interface(
        AssociatedSubnets=["subnet-2"], PrivateIpAddress="10.0.2.4", PrivateIpAddresses=[]
    )
    assert gaps(document) == [("eni-1", "GAP-5")]


def test_some_kinds_need_no_groups() -> None:
    assert one(InterfaceType="nat_gateway", Groups=None).gap is None


@pytest.mark.parametrize(
    ("fields", "attached"),
    [
        ({"Status": "available"}, False),
        ({"Status": None, "Attachment": {"Status": "detached"}}, False),
        ({"Status": None}, True),
        ({"Status": "associated"}, True),
    ],
)
def test_attached(fields: Document, attached: bool) -> None:
    found = one(**fields)
    assert (found.attached, found.gap) == (attached, None)


@pytest.mark.parametrize(
    ("fields", "keeps", "outside"),
    [
        ({"InterfaceType": "network_load_balancer"}, True, False),
        ({"Description": "ELB net/x/1"}, True, False),
        ({"Description": "ELB app/x/1"}, False, False),
        ({"Description": "ELB classic"}, False, False),
        ({"InterfaceType": "load_balancer"}, False, False),
        ({"InterfaceType": "global_accelerator_managed"}, True, True),
        ({"InterfaceType": "api_gateway_managed"}, False, True),
        ({"Description": "ClientVPN Endpoint resource"}, False, True),
        ({"TagSet": [{"Key": "aws.cloudfront.vpcorigin", "Value": "enabled"}]}, False, True),
        ({"Description": "VPC Lattice Resource Gateway rgw-0a1b2c"}, False, False),
    ],
)
def test_relays(fields: Document, keeps: bool, outside: bool) -> None:
    (relay,) = network(with_interface(**fields)).relays
    assert relay == Relay("eni-1", relay.gap, keeps, outside)
    assert relay.gap.clause == "GAP-11"


def test_a_gateway_load_balancer_is_no_relay() -> None:
    fields = {"InterfaceType": "gateway_load_balancer", "Description": "ELB gwy/x/1"}
    assert network(with_interface(**fields)).relays == ()


# --- owners ---------------------------------------------------------------------------------


def test_an_address_has_one_owner_in_a_vpc() -> None:
    document = network_document()
    document["NetworkInterfaces"].append(interface(1) | {"NetworkInterfaceId": "eni-9"})
    refused(document, "$.NetworkInterfaces[2]: 10.0.1.10 belongs to eni-1, too, in one VPC")


def test_delegated_prefixes_are_owned() -> None:
    document = network_document()
    document["NetworkInterfaces"][0]["Ipv4Prefixes"] = [
        {"Ipv4Prefix": "10.0.1.64/28"},
        {"Ipv4Prefix": "10.0.1.32/28"},
    ]
    document["NetworkInterfaces"].append(interface(50))
    assert len(network(document).interfaces) == 3
    document["NetworkInterfaces"].append(interface(31))
    document["NetworkInterfaces"][3]["PrivateIpAddress"] = "10.0.1.40"
    document["NetworkInterfaces"][3]["PrivateIpAddresses"] = []
    refused(document, "10.0.1.40 belongs to eni-1, too, in one VPC")
    document["NetworkInterfaces"][3] = interface(40)
    document["NetworkInterfaces"][0]["Ipv4Prefixes"][0]["Ipv4Prefix"] = "10.0.1.0/28"
    assert len(network(document).interfaces) == 4
    document = second_vpc(network_document())
    for at, block in ((0, "10.0.1.64/26"), (2, "10.1.3.64/26")):
        document["NetworkInterfaces"][at]["Ipv4Prefixes"] = [{"Ipv4Prefix": block}]
    assert len(network(document).interfaces) == 3


def test_a_nat_gateways_address_is_its_own() -> None:
    document = network_document()
    address = {"PrivateIp": "10.0.1.10", "PublicIp": "203.0.113.9"}
    gateway = {"NatGatewayId": "nat-1", "VpcId": "vpc-1", "SubnetId": "subnet-1"}
    document["NatGateways"] = [gateway | {"NatGatewayAddresses": [address]}]
    refused(document, "$.NatGateways[0]: 10.0.1.10 belongs to eni-1, too, in one VPC")
    address["PrivateIp"] = "10.0.1.99"
    document["NetworkInterfaces"][0]["Association"] = {"PublicIp": "203.0.113.9"}
    refused(document, "$.NatGateways[0]: 203.0.113.9 is the public address of eni-1, too")


def test_a_public_address_names_one_private_address() -> None:
    document = network_document()
    for found in document["NetworkInterfaces"]:
        found["Association"] = {"PublicIp": "203.0.113.9"}
    refused(document, "[1]: 203.0.113.9 is the public address of eni-1, too")


def test_a_nested_owner_is_named() -> None:
    document = network_document()
    own = interface(1) | {"NetworkInterfaceId": "eni-9"}
    document["Reservations"] = [{"Instances": [{"InstanceId": "i-1", "NetworkInterfaces": [own]}]}]
    refused(document, "eni-9: 10.0.1.10 belongs to eni-1, too, in one VPC")


# --- instances ------------------------------------------------------------------------------


def instances(*found: Document, **reservation: Any) -> Document:
    document = network_document()
    document["NetworkInterfaces"][0]["Attachment"] = {"InstanceId": "i-1"}
    document["Reservations"] = [{"Instances": list(found), **reservation}]
    return document


def test_instances() -> None:
    document = instances(
        {"InstanceId": "i-1", "State": {"Name": "stopped"}, "Tags": [{"Key": "A", "Value": None}]},
        {"InstanceId": "i-2"},
        OwnerId="999900001111",
    )
    found = network(document).instances
    assert (found["i-1"].state, found["i-1"].tags) == ("stopped", {"A": ""})
    assert (found["i-1"].interface_ids, found["i-1"].account) == (("eni-1",), "999900001111")
    assert (found["i-2"].state, found["i-2"].interface_ids) == (None, ())
    document["Instances"] = [{"InstanceId": "i-3", "OwnerId": "5"}]
    assert network(document).instances["i-3"].account == "5"


def test_interfaces_of_secondary_networks_are_said_not_to_be_followed() -> None:
    second = {"SecondaryInterfaceId": "eni-9", "SecondaryNetworkId": "sn-1"}
    found = network(instances({"InstanceId": "i-1", "SecondaryInterfaces": [second]}))
    assert "GAP-11" in {one.clause for one in found.assumptions}
    found = network(instances({"InstanceId": "i-1", "SecondaryInterfaces": []}))
    assert "GAP-11" not in {one.clause for one in found.assumptions}


def test_a_state_that_is_not_known_is_a_gap_of_its_interfaces() -> None:
    found = network(instances({"InstanceId": "i-1", "State": {"Name": "levitating"}}))
    assert found.instances["i-1"].state is None
    gap = found.interfaces["eni-1"].gap
    assert gap is not None
    assert gap.detail == "its instance i-1 is in the unknown state `levitating`"


def nested(**fields: Any) -> Document:
    own = interface(1)
    del own["OwnerId"]
    del own["InterfaceType"]
    return {"InstanceId": "i-1", "NetworkInterfaces": [own | fields]}


def test_interfaces_are_read_from_instances_where_there_is_no_listing() -> None:
    document = instances(nested(Attachment={"Status": "attached"}))
    del document["NetworkInterfaces"]
    found = network(document)
    assert found.interfaces["eni-1"].instance_id == "i-1"
    assert found.instances["i-1"].interface_ids == ("eni-1",)
    assert [one.clause for one in found.assumptions] == ["GAP-12"]
    assert found.gaps == ()


def test_interfaces_that_the_listing_lacks_are_a_warning() -> None:
    document = instances(nested())
    document["NetworkInterfaces"] = []
    snapshot = read(document)
    assert list(snapshot.network.interfaces) == ["eni-1"]
    assert snapshot.warnings == (
        "<stdin>: $.Reservations[0].Instances[0].NetworkInterfaces[0]: eni-1 is not in"
        " `NetworkInterfaces`",
    )


def test_interfaces_of_instances_agree_with_the_listing() -> None:
    assert network(instances(nested())).interfaces["eni-1"].instance_id == "i-1"
    assert network(instances(nested(Groups=None, PrivateIpAddress=None))).gaps == ()
    place = "$.Reservations[0].Instances[0].NetworkInterfaces[0]"
    for fields, words in (
        ({"SubnetId": "subnet-2"}, ".SubnetId: contradicts `NetworkInterfaces`: subnet-1"),
        ({"PrivateIpAddress": "10.0.1.99"}, ".PrivateIpAddress: contradicts"),
        ({"Groups": []}, ".Groups: contradicts `NetworkInterfaces`"),
    ):
        refused(instances(nested(**fields)), place + words)


def test_what_only_an_instance_shows_of_its_interface_counts() -> None:
    """An absent field is not different (contract, duplicates)."""
    association = {"PublicIp": "203.0.113.9"}
    for shown in (
        {"Association": association},
        {"PrivateIpAddresses": [{"PrivateIpAddress": "10.0.1.10", "Association": association}]},
    ):
        found = network(instances(nested(**shown))).interfaces["eni-1"]
        assert [str(one.public) for one in found.ipv4] == ["203.0.113.9"]
    document = instances(
        nested(SourceDestCheck=False, Ipv4Prefixes=[{"Ipv4Prefix": "10.0.1.32/28"}])
    )
    document["NetworkInterfaces"][0] |= {"SourceDestCheck": None}
    found = network(document).interfaces["eni-1"]
    assert not found.source_destination_check
    assert found.delegated == (Prefix.parse("10.0.1.32/28"),)


@pytest.mark.parametrize(
    ("shown", "tail"),
    [
        ({"PrivateIpAddresses": [{"PrivateIpAddress": "10.0.1.77"}]}, ".PrivateIpAddresses"),
        ({"Ipv6Addresses": [{"Ipv6Address": "2600:1f00::9"}]}, ".Ipv6Addresses"),
    ],
)
def test_addresses_that_the_listing_does_not_have_are_refused(shown: Document, tail: str) -> None:
    document = instances(nested(**shown))
    document["NetworkInterfaces"][0] |= {"Ipv6Addresses": []}
    place = "$.Reservations[0].Instances[0].NetworkInterfaces[0]"
    refused(document, f"{place}{tail}: contradicts `NetworkInterfaces`")


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"PublicIpAddress": "203.0.113.9"}, "has the address 203.0.113.9"),
        ({"Ipv6Address": "2600:1f00::9"}, "has the address 2600:1f00::9"),
        ({}, None),
    ],
)
def test_addresses_of_instances_that_no_interface_shows(
    fields: Document, words: str | None
) -> None:
    found = network(instances(nested() | fields)).incomplete
    assert [words is not None and gap.detail.startswith(words) for gap in found] == (
        [True] if words else []
    )


@pytest.mark.parametrize(("state", "whole"), [("running", False), ("terminated", True)])
def test_an_instance_without_interfaces(state: str, whole: bool) -> None:
    document = network_document()
    document["Reservations"] = [{"Instances": [{"InstanceId": "i-9", "State": {"Name": state}}]}]
    assert [gap.resource for gap in network(document).incomplete] == ([] if whole else ["i-9"])


def test_the_first_ipv6_address_may_stand_alone() -> None:
    document = network_document()
    document["NetworkInterfaces"][0] |= {"Ipv6Address": "2600::1"}
    refused(document, "2600::1 is not in subnet-1")


@pytest.mark.parametrize(("managed", "known"), [(True, False), (False, True)])
def test_groups_that_a_requester_does_not_show_are_a_gap(managed: bool, known: bool) -> None:
    document = network_document()
    document["NetworkInterfaces"][0] |= {"Groups": [], "RequesterManaged": managed}
    gap = network(document).interfaces["eni-1"].gap
    assert (gap is None) is known


def test_no_listing_of_hosts_at_all_concerns_everything() -> None:
    document = network_document()
    del document["NetworkInterfaces"]
    assert [gap.resource for gap in network(document).incomplete] == ["NetworkInterfaces"]
    document["Instances"] = []
    assert network(document).incomplete == ()


# --- Elastic IP addresses -------------------------------------------------------------------


def eip(**fields: Any) -> Document:
    return {"PublicIp": "203.0.113.7", "AllocationId": "eipalloc-1", **fields}


MAPPED = {"NetworkInterfaceId": "eni-1", "PrivateIpAddress": "10.0.1.10"}


def test_addresses_give_public_names() -> None:
    document = network_document() | {"Addresses": [eip(**MAPPED), eip(PublicIp=None)]}
    found = network(document).interfaces["eni-1"]
    assert found.ipv4[0].public == Address.parse("203.0.113.7")
    document["NetworkInterfaces"][0]["PrivateIpAddresses"] = None
    found = network(document).interfaces["eni-1"]
    assert found.ipv4[0].public == Address.parse("203.0.113.7")


def test_addresses_that_contradict_interfaces_are_refused() -> None:
    document = network_document() | {"Addresses": [eip(**MAPPED)]}
    document["NetworkInterfaces"][0]["Association"] = {"PublicIp": "203.0.113.8"}
    refused(document, "two public ones, 203.0.113.7 and 203.0.113.8")
    document = network_document()
    document["Addresses"] = [eip(**MAPPED | {"PrivateIpAddress": "10.0.1.77"})]
    refused(document, "$.Addresses[0]: eni-1 does not have `203.0.113.7`")
    document["Addresses"] = [eip(NetworkInterfaceId="eni-1")]
    refused(document, "$.Addresses[0]: eni-1 does not have `203.0.113.7`")
    document["NetworkInterfaces"][0]["Association"] = {"PublicIp": "203.0.113.7"}
    assert network(document).gaps == ()
    document["Addresses"] = [
        eip(**MAPPED),
        eip(
            **MAPPED,
        )
        | {"PublicIp": "203.0.113.8"},
    ]
    refused(document, "$.Addresses[1].PublicIp: `10.0.1.10` of eni-1 has another one, 203.0.113.7")
    document["Addresses"] = [eip(PublicIp="2600::1")]
    refused(document, "$.Addresses[0].PublicIp: `2600::1` is not of IPv4")


@pytest.mark.parametrize(
    ("fields", "warned"),
    [
        ({}, False),
        ({"NetworkInterfaceId": "eni-9"}, True),
        ({"NetworkInterfaceId": "eni-9", "InstanceId": "i-9"}, True),
        ({"InstanceId": "i-9"}, True),
        ({"InstanceId": "i-9", "PublicIp": "203.0.113.1"}, False),
        ({"NetworkInterfaceId": "eni-8", "PublicIp": "203.0.113.2"}, False),
    ],
)
def test_addresses_of_strangers_are_a_warning(fields: Document, warned: bool) -> None:
    document = network_document() | {"Addresses": [eip(**fields)]}
    document["NetworkInterfaces"][0]["Association"] = {"PublicIp": "203.0.113.1"}
    address = {"PrivateIp": "10.0.1.99", "PublicIp": "203.0.113.2", "NetworkInterfaceId": "eni-8"}
    gateway = {"NatGatewayId": "nat-1", "VpcId": "vpc-1", "SubnetId": "subnet-1"}
    document["NatGateways"] = [
        gateway | {"NatGatewayAddresses": [address, {"PrivateIp": "10.0.1.98"}]}
    ]
    assert bool(read(document).warnings) == warned


@pytest.mark.parametrize(
    ("fields", "whole"),
    [
        ({"AssociationId": "eipassoc-1"}, False),
        ({"InstanceId": "i-1"}, False),
        ({"InstanceId": "i-9"}, True),
        ({}, True),
    ],
)
def test_an_association_with_nobody_in_particular_is_a_gap(fields: Document, whole: bool) -> None:
    document = network_document() | {"Addresses": [eip(**fields)]}
    document["NetworkInterfaces"][0]["Attachment"] = {"InstanceId": "i-1"}
    found = [gap.resource for gap in network(document).incomplete]
    assert found == ([] if whole else ["203.0.113.7"])


# --- lists, gateways ------------------------------------------------------------------------


def test_network_acls_that_contradict_each_other_are_refused() -> None:
    document = network_document()
    other = {"NetworkAclId": "acl-2", "VpcId": "vpc-1", "Entries": []}
    document["NetworkAcls"].append(other | {"Associations": [{"SubnetId": "subnet-1"}]})
    refused(document, "$.NetworkAcls[1].Associations: subnet-1 is guarded by acl-1, too")
    document["NetworkAcls"][1] = other | {"Associations": [], "IsDefault": True}
    refused(document, "$.NetworkAcls[1].IsDefault: acl-1 is the VPC's default, too")
    document["NetworkAcls"][1] = other | {"Associations": [], "VpcId": "vpc-9"}
    refused(document, "$.NetworkAcls[1].VpcId: `vpc-9` is not in the snapshot")
    document = second_vpc(document)
    other["NetworkAclId"] = "acl-7"
    document["NetworkAcls"][1] = other | {"Associations": [{"SubnetId": "subnet-3"}]}
    refused(document, "$.NetworkAcls[1].Associations: subnet-3 is in another VPC, vpc-2")


def test_internet_gateways_that_contradict_each_other_are_refused() -> None:
    document = second_vpc(network_document())
    gateways = document["InternetGateways"]
    gateways.append({"InternetGatewayId": "igw-2", "Attachments": [{"VpcId": "vpc-1"}]})
    refused(document, "$.InternetGateways[1].Attachments: igw-1 is attached to vpc-1, too")
    gateways[1]["Attachments"] = [{"VpcId": "vpc-9"}]
    refused(document, "$.InternetGateways[1].Attachments: `vpc-9` is not in the snapshot")
    gateways[1]["Attachments"] = [{"VpcId": "vpc-1"}, {"VpcId": "vpc-2"}]
    refused(document, "$.InternetGateways[1].Attachments: the gateway is attached to several VPCs")

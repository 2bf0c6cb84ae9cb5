"""Several accounts and Regions in one network: what is shared, what is peered, what is planted."""

from __future__ import annotations

import copy
import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.unit.snapshot.documents import (
    Document,
    acl_entry,
    interface,
    permission,
    route,
    subnet,
)
from verifier.errors import SnapshotError
from verifier.model import PublicAccess
from verifier.snapshot import Snapshot, read_snapshot

OWNER, GUEST = "111111111111", "222222222222"
NEAR, FAR = "eu-west-1", "us-east-1"
Views = dict[tuple[str, str], Document]
"""What each account sees in each Region."""


def vpc_of(name: str, owner: str, zone: str, block: str = "10.0") -> Document:
    """A VPC with one subnet, one interface, one group, everything listed."""
    number = int(name)
    return {
        "Vpcs": [{"VpcId": f"vpc-{name}", "CidrBlock": f"{block}.0.0/16", "OwnerId": owner}],
        "Subnets": [
            subnet(
                number,
                VpcId=f"vpc-{name}",
                CidrBlock=f"{block}.{number}.0/24",
                OwnerId=owner,
                AvailabilityZone=zone,
            )
        ],
        "NetworkAcls": [
            {
                "NetworkAclId": f"acl-{name}",
                "VpcId": f"vpc-{name}",
                "IsDefault": True,
                "OwnerId": owner,
                "Associations": [],
                "Entries": [acl_entry(100, True), acl_entry(100, False)],
            }
        ],
        "SecurityGroups": [
            {
                "GroupId": f"sg-{name}",
                "GroupName": "web",
                "VpcId": f"vpc-{name}",
                "OwnerId": owner,
                "IpPermissions": [permission("tcp", FromPort=443, ToPort=443)],
                "IpPermissionsEgress": [permission()],
            }
        ],
        "RouteTables": [
            {
                "RouteTableId": f"rtb-{name}",
                "VpcId": f"vpc-{name}",
                "OwnerId": owner,
                "Associations": [{"Main": True}],
                "Routes": [
                    route(f"{block}.0.0/16", GatewayId="local"),
                    route("192.168.0.0/16", VpcPeeringConnectionId="pcx-1"),
                ],
            }
        ],
        "InternetGateways": [],
        "NetworkInterfaces": [
            interface(
                number,
                f"subnet-{number}",
                VpcId=f"vpc-{name}",
                OwnerId=owner,
                Groups=[{"GroupId": f"sg-{name}"}],
                PrivateIpAddress=f"{block}.{number}.9",
                PrivateIpAddresses=[],
            )
        ],
    }


def side(name: str, owner: str, region: str, block: str | None = "10.0") -> Document:
    blocks = {"CidrBlock": f"{block}.0.0/16", "CidrBlockSet": [{"CidrBlock": f"{block}.0.0/16"}]}
    return {"VpcId": f"vpc-{name}", "OwnerId": owner, "Region": region, **(blocks if block else {})}


def peered() -> Views:
    """Two VPCs of two accounts in two Regions, peered; each account sees both sides its way."""
    peering = {
        "VpcPeeringConnectionId": "pcx-1",
        "Status": {"Code": "active", "Message": "Active"},
        "RequesterVpcInfo": side("1", OWNER, NEAR),
        "AccepterVpcInfo": side("2", GUEST, FAR, "192.168"),
    }
    views: Views = {
        (OWNER, NEAR): vpc_of("1", OWNER, f"{NEAR}a"),
        (GUEST, FAR): vpc_of("2", GUEST, f"{FAR}b", "192.168"),
    }
    for view in views.values():
        view["VpcPeeringConnections"] = [copy.deepcopy(peering)]
    del views[OWNER, NEAR]["VpcPeeringConnections"][0]["AccepterVpcInfo"]["CidrBlockSet"]
    views[GUEST, FAR]["RouteTables"][0]["Routes"][1]["DestinationCidrBlock"] = "10.0.0.0/16"
    return views


def shared() -> Views:
    """A subnet of one account with an interface of another, which sees less."""
    views: Views = {
        (OWNER, NEAR): vpc_of("1", OWNER, f"{NEAR}a"),
        (GUEST, NEAR): vpc_of("1", OWNER, f"{NEAR}a"),
    }
    for view in views.values():
        view["RouteTables"][0]["Routes"].pop()
    guest = views[GUEST, NEAR]
    guest["SecurityGroups"][0] |= {"GroupId": "sg-2", "OwnerId": GUEST}
    guest["NetworkInterfaces"][0] |= {
        "NetworkInterfaceId": "eni-2",
        "OwnerId": GUEST,
        "PrivateIpAddress": "10.0.1.77",
        "Groups": [{"GroupId": "sg-2"}],
    }
    views[OWNER, NEAR]["Subnets"][0]["Tags"] = [{"Key": "Tier", "Value": "web"}]
    guest["Subnets"][0]["Tags"] = [{"Key": "Tier", "Value": "ours"}]
    return views


@pytest.fixture
def taken(tmp_path: Path) -> Any:
    def take(views: Views) -> Snapshot:
        for (account, region), view in views.items():
            for key, value in view.items():
                place = tmp_path / account / region / f"{key}.json"
                place.parent.mkdir(parents=True, exist_ok=True)
                place.write_text(json.dumps({key: value}))
        return read_snapshot([str(tmp_path)])

    take.root = tmp_path  # type: ignore[attr-defined]
    return take


def test_two_accounts_peer_over_two_regions(taken: Any) -> None:
    snapshot = taken(peered())
    network = snapshot.network
    assert (network.gaps, snapshot.warnings) == ((), ())
    assert {(vpc.account, vpc.region) for vpc in network.vpcs.values()} == {
        (OWNER, NEAR),
        (GUEST, FAR),
    }
    assert len(network.peerings["pcx-1"].accepter.prefixes) == 1
    assert network.entrances == ()


def test_a_peer_that_was_not_taken_is_a_gap(taken: Any) -> None:
    views = peered()
    del views[GUEST, FAR]
    network = taken(views).network
    assert [(door.id, door.vpc_id, door.gap.clause) for door in network.entrances] == [
        ("pcx-1", "vpc-1", "PCX-3")
    ]


def test_a_connection_that_neither_side_lists_is_a_gap(taken: Any) -> None:
    views = peered()
    for view in views.values():
        del view["VpcPeeringConnections"]
    network = taken(views).network
    assert ("peering", "pcx-1") in network.missing
    assert {door.vpc_id for door in network.entrances} == {"vpc-1", "vpc-2"}


def test_a_shared_subnet_is_one(taken: Any) -> None:
    network = taken(shared()).network
    assert (len(network.vpcs), len(network.subnets), len(network.interfaces)) == (1, 1, 2)
    assert network.gaps == ()
    assert network.subnets["subnet-1"].tags == {"Tier": "web"}
    assert network.interfaces["eni-2"].account == GUEST
    assert network.subnets["subnet-1"].account == OWNER


@pytest.mark.parametrize("whose", [OWNER, GUEST])
def test_accounts_have_names_of_their_own_for_a_zone(taken: Any, whose: str) -> None:
    """The owner's is kept, whoever is read first."""
    views = shared()
    views[GUEST, NEAR]["Subnets"][0]["AvailabilityZone"] = f"{NEAR}c"
    views[OWNER, NEAR]["NetworkInterfaces"] += copy.deepcopy(
        views[GUEST, NEAR]["NetworkInterfaces"]
    )
    for account, letter in ((OWNER, "a"), (GUEST, "c")):
        for one in views[account, NEAR]["NetworkInterfaces"]:
            one["AvailabilityZone"] = f"{NEAR}{letter}"
    for view in views.values():
        view["Vpcs"][0]["OwnerId"] = view["Subnets"][0]["OwnerId"] = whose
    network = taken(views).network
    assert network.subnets["subnet-1"].zone == f"{NEAR}{'a' if whose == OWNER else 'c'}"
    assert network.interfaces["eni-2"].zone == f"{NEAR}c"


@pytest.mark.parametrize(
    ("ids", "accounts", "same"),
    [
        (("euw1-az2", "euw1-az2"), False, True),
        (("euw1-az2", "euw1-az3"), True, False),
        (("euw1-az2", None), True, True),
        ((None, None), True, True),
        ((None, None), False, False),
    ],
)
def test_what_one_zone_is(
    tmp_path: Path, ids: tuple[str | None, str | None], accounts: bool, same: bool
) -> None:
    """One id is one zone; without ids, one account has one name for it."""
    for number, (zone_id, letter) in enumerate(zip(ids, "ac", strict=True)):
        view = vpc_of("1", OWNER, f"{NEAR}{letter}")
        view["Subnets"][0]["AvailabilityZoneId"] = zone_id
        folder = tmp_path / str(number)
        if accounts:
            folder = tmp_path / (GUEST if number else OWNER) / NEAR
        folder.mkdir(parents=True)
        (folder / "subnets.json").write_text(json.dumps(view))
    if same:
        assert read_snapshot([str(tmp_path)]).network.subnets["subnet-1"].zone == f"{NEAR}a"
        return
    with pytest.raises(SnapshotError, match=r"AvailabilityZone: .* contradicts"):
        read_snapshot([str(tmp_path)])


def test_groups_that_a_guest_does_not_see_are_gaps(taken: Any) -> None:
    views = shared()
    views[GUEST, NEAR]["SecurityGroups"] = []
    network = taken(views).network
    assert [(gap.resource, gap.clause) for gap in network.gaps] == [("sg-2", "GAP-5")]


def test_the_owner_of_a_shared_subnet_blocks_it(taken: Any) -> None:
    """The guest's own options do not count, on or off."""
    views = shared()
    for (account, region), view in views.items():
        view["VpcBlockPublicAccessExclusions"] = []
        view["VpcBlockPublicAccessOptions"] = {
            "AwsAccountId": account,
            "AwsRegion": region,
            "InternetGatewayBlockMode": "off" if account == GUEST else "block-bidirectional",
        }
    found = taken(views).network.subnets["subnet-1"]
    assert found.public_access is PublicAccess.CLOSED
    options = views[GUEST, NEAR]["VpcBlockPublicAccessOptions"]
    views[OWNER, NEAR]["VpcBlockPublicAccessOptions"]["InternetGatewayBlockMode"] = "off"
    options["InternetGatewayBlockMode"] = "block-bidirectional"
    assert taken(views).network.subnets["subnet-1"].public_access is PublicAccess.OPEN


def test_one_block_in_several_vpcs_is_several(taken: Any) -> None:
    views = {
        (OWNER, NEAR): vpc_of("1", OWNER, f"{NEAR}a"),
        (GUEST, FAR): vpc_of("2", GUEST, f"{FAR}b"),
    }
    for view in views.values():
        view["RouteTables"][0]["Routes"].pop()
    for number, view in enumerate(views.values(), 1):
        view["Subnets"][0]["CidrBlock"] = "10.0.0.0/20"
        view["NetworkInterfaces"][0]["PrivateIpAddress"] = "10.0.1.9"
        assert view["NetworkInterfaces"][0]["NetworkInterfaceId"] == f"eni-{number}"
    network = taken(views).network
    assert network.gaps == ()
    assert {one.ipv4[0].address for one in network.interfaces.values()} == {
        network.interfaces["eni-1"].ipv4[0].address
    }


def test_a_group_of_another_account_is_carried(taken: Any) -> None:
    views = shared()
    views[GUEST, NEAR]["NetworkInterfaces"][0]["Groups"] = [{"GroupId": "sg-1"}]
    views[OWNER, NEAR]["SecurityGroupVpcAssociations"] = []
    snapshot = taken(views)
    assert snapshot.network.interfaces["eni-2"].groups == ("sg-1",)
    assert (snapshot.network.gaps, snapshot.warnings) == ((), ())


def cidr(views: Views) -> None:
    views[GUEST, FAR]["Vpcs"][0] |= {"VpcId": "vpc-1"}


def routes(views: Views) -> None:
    table = copy.deepcopy(views[OWNER, NEAR]["RouteTables"][0])
    table["Routes"].pop()
    views[GUEST, FAR]["RouteTables"].append(table)


def vpc(views: Views) -> None:
    views[GUEST, FAR]["Vpcs"] = []


def status(views: Views) -> None:
    views[GUEST, FAR]["VpcPeeringConnections"][0]["Status"] = {"Code": "deleted"}


def block(views: Views) -> None:
    for view in views.values():
        accepter = view["VpcPeeringConnections"][0]["AccepterVpcInfo"]
        accepter |= {"CidrBlock": "192.169.0.0/16", "CidrBlockSet": []}


def owner(views: Views) -> None:
    one = copy.deepcopy(views[OWNER, NEAR]["Subnets"][0])
    views[GUEST, FAR]["Subnets"].append(one | {"OwnerId": GUEST})


def member(views: Views) -> None:
    group = copy.deepcopy(views[OWNER, NEAR]["SecurityGroups"][0])
    group["IpPermissions"][0]["FromPort"] = 1
    views[GUEST, FAR]["SecurityGroups"].append(group)


def table_of_both(views: Views) -> None:
    table = copy.deepcopy(views[OWNER, NEAR]["RouteTables"][0])
    views[GUEST, FAR]["RouteTables"].append(table | {"RouteTableId": "rtb-9"})


@pytest.mark.parametrize(
    ("plant", "words"),
    [
        (cidr, 'Vpcs[0].CidrBlock: `"192.168.0.0/16"` contradicts what stands at'),
        (routes, "RouteTables[1].Routes: contradicts what stands at"),
        (vpc, "`vpc-2` is not in the snapshot"),
        (status, '.VpcPeeringConnections[0].Status.Code: `"deleted"` contradicts'),
        (block, ".AccepterVpcInfo: 192.169.0.0/16 is no block of vpc-2"),
        (owner, ".Subnets[1].OwnerId:"),
        (member, ".SecurityGroups[1].IpPermissions: contradicts"),
        (table_of_both, ".RouteTables[1].Associations: rtb-1 is main, too"),
    ],
)
def test_planted_contradictions_are_refused(taken: Any, plant: Any, words: str) -> None:
    views = peered()
    plant(views)
    with pytest.raises(SnapshotError) as caught:
        taken(views)
    assert words in str(caught.value)


def test_a_region_that_does_not_fit_is_told(taken: Any) -> None:
    views = peered()
    views[GUEST, NEAR] = views.pop((GUEST, FAR))
    assert taken(views).warnings == (f"vpc-2 is in {NEAR}, but subnet-2 says {FAR}",)


# What one account and Region lists says nothing of another


def transit(*, owner: str) -> Views:
    """Two VPCs of two accounts; the first one's routes lead to a gateway of `owner`."""
    views: Views = {
        (OWNER, NEAR): vpc_of("1", OWNER, f"{NEAR}a"),
        (GUEST, NEAR): vpc_of("2", GUEST, f"{NEAR}b", "192.168"),
    }
    views[GUEST, NEAR]["RouteTables"][0]["Routes"].pop()
    views[OWNER, NEAR]["RouteTables"][0]["Routes"][1] = route(
        "192.168.0.0/16", TransitGatewayId="tgw-1"
    )
    views[OWNER, NEAR] |= {
        "TransitGateways": [
            {"TransitGatewayId": "tgw-1", "OwnerId": owner, "State": "available"},
        ],
        "TransitGatewayAttachments": [],
        "TransitGatewayVpcAttachments": [],
        "VpnGateways": [],
    }
    return views


def doors(network: Any) -> set[tuple[str, str]]:
    return {(door.id, door.vpc_id) for door in network.entrances}


def test_what_an_account_has_not_listed_may_be_attached(taken: Any) -> None:
    """The listings of the first account do not speak of the VPC of the second."""
    views = transit(owner="333333333333")
    assert ("tgw-1", "vpc-2") in doors(taken(views).network)
    for key in ("TransitGatewayVpcAttachments", "VpnGateways"):
        views[GUEST, NEAR][key] = []
    assert ("tgw-1", "vpc-2") not in doors(taken(views).network)


@pytest.mark.parametrize("key", ["VpnConnections", "virtualInterfaces"])
def test_a_private_gateway_needs_the_listings_of_its_own_account(taken: Any, key: str) -> None:
    views = transit(owner=OWNER)
    guest = views[GUEST, NEAR]
    attached = [{"VpcId": "vpc-2", "State": "attached"}]
    guest["VpnGateways"] = [
        {"VpnGatewayId": "vgw-1", "State": "available", "VpcAttachments": attached}
    ]
    listings = ("VpnConnections", "directConnectGatewayAssociations", "virtualInterfaces")
    for view in views.values():
        view |= {one: [] for one in listings}
    assert taken(views).network.vpn_gateways["vgw-1"].gap is None
    del guest[key]
    (taken.root / GUEST / NEAR / f"{key}.json").unlink()
    assert taken(views).network.vpn_gateways["vgw-1"].gap is not None


def test_interfaces_that_one_region_does_not_list_are_missed(taken: Any) -> None:
    views = peered()
    del views[GUEST, FAR]["NetworkInterfaces"]
    (gap,) = taken(views).network.gaps
    assert (gap.resource, gap.clause) == ("NetworkInterfaces", "GAP-12")
    assert gap.detail == f"no file lists the network interfaces of {GUEST} of {FAR}"


def test_what_only_the_owner_of_a_shared_vpc_sees_is_a_door(taken: Any) -> None:
    views = shared()
    assert doors(taken(views).network) == set()
    del views[OWNER, NEAR]
    shutil.rmtree(taken.root / OWNER)
    snapshot = taken(views)
    assert doors(snapshot.network) == {("gateways-of-vpc-1", "vpc-1")}
    assert any("vpc-1 is not known" in one.detail for one in snapshot.network.assumptions)


@pytest.mark.parametrize(
    ("who", "listed"),
    [
        ({"AwsAccountId": GUEST, "AwsRegion": NEAR}, False),
        ({"AwsAccountId": OWNER, "AwsRegion": NEAR}, True),
        ({}, True),
    ],
)
def test_without_folders_the_account_that_called_is_told_by_its_options(
    tmp_path: Path, who: Document, listed: bool
) -> None:
    guest = shared()[GUEST, NEAR] | {
        "VpcBlockPublicAccessOptions": {"InternetGatewayBlockMode": "off", **who}
    }
    (tmp_path / "all.json").write_text(json.dumps(guest))
    assert (doors(read_snapshot([str(tmp_path)]).network) == set()) == listed


@pytest.mark.parametrize(
    ("told", "whole"),
    [
        ({}, False),
        ({"VpcBlockPublicAccessOptions": {"AwsAccountId": OWNER}}, True),
        ({"VpcBlockPublicAccessOptions": {"AwsAccountId": GUEST}}, False),
        (
            {
                "TransitGatewayRouteTables": [
                    {"TransitGatewayRouteTableId": "tgw-rtb-1", "TransitGatewayId": "tgw-1"}
                ]
            },
            True,
        ),
    ],
)
def test_only_the_owner_of_a_transit_gateway_lists_all_of_it(
    tmp_path: Path, told: Document, whole: bool
) -> None:
    (tmp_path / "all.json").write_text(json.dumps(transit(owner=OWNER)[OWNER, NEAR] | told))
    gateway = read_snapshot([str(tmp_path)]).network.transit_gateways["tgw-1"]
    assert (gateway.gap is None) == whole

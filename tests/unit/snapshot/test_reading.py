"""Top-level keys, types, duplicates, prefix lists, what is newer than the API model."""

from __future__ import annotations

import gc
import json
from pathlib import Path

import pytest

from tests.unit.snapshot.documents import (
    ACCOUNT,
    Document,
    acl_entry,
    gaps,
    interface,
    network,
    network_document,
    permission,
    read,
    refused,
    second_vpc,
    subnet,
)
from verifier.errors import SnapshotError
from verifier.model import Assumption
from verifier.packet import Prefix
from verifier.snapshot import Scope, Snapshot, read_snapshot


def written(folder: Path, **files: object) -> Snapshot:
    for name, document in files.items():
        path = folder / (name.replace("__", "/") + ".json")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(document))
    return read_snapshot([str(folder)])


def test_a_whole_network_has_no_gap() -> None:
    snapshot = read(network_document())
    assert snapshot.network.gaps == ()
    assert snapshot.network.assumptions == ()
    assert snapshot.warnings == ()
    assert snapshot.keys == {Scope(None, None): frozenset(network_document())}
    assert {one.region for one in snapshot.network.vpcs.values()} == {"eu-west-1"}


def test_several_files_and_paths_are_one_network(tmp_path: Path) -> None:
    document = network_document()
    parts = {key.lower(): {key: value} for key, value in document.items()}
    assert written(tmp_path, **parts).network == network(document)
    paths = [str(path) for path in sorted(tmp_path.iterdir())]
    assert read_snapshot(paths).network == network(document)


def test_nothing_of_aws_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SnapshotError, match=r"no AWS output in .*: expected keys such as"):
        written(tmp_path, package={"name": "x", "KeyPairs": {}, "Vpc": []})
    with pytest.raises(SnapshotError, match="no AWS output in no input"):
        read_snapshot([])


def test_the_collector_is_left_as_it_was() -> None:
    assert gc.isenabled()
    read(network_document())
    assert gc.isenabled()
    gc.disable()
    try:
        read(network_document())
        assert not gc.isenabled()
    finally:
        gc.enable()


def test_metadata_and_irrelevant_keys_are_passed_over() -> None:
    document = {
        **network_document(),
        "ResponseMetadata": {"RequestId": "x"},
        "NextToken": None,
        "KeyPairs": [{"anything": 1}],
        "TransitGatewayPolicyTables": "whatever",
    }
    snapshot = read(document)
    assert (snapshot.warnings, snapshot.network.gaps) == ((), ())


def test_a_key_that_is_not_known_is_told() -> None:
    document = {**network_document(), "NetworkAcl": [], "Mesh": [], "name": "x"}
    snapshot = read(document)
    assert snapshot.warnings == (
        "<stdin>: the key `NetworkAcl` is not known; the nearest known key is `NetworkAcls`",
        "<stdin>: the key `Mesh` is not known",
        "<stdin>: the key `name` is not known",
    )
    assert snapshot.network.assumptions == tuple(
        Assumption(
            "GAP-14",
            f"resource kind `{key}` is newer than the API model of 2026-08 and taken not to"
            " affect reachability",
        )
        for key in ("Mesh", "NetworkAcl")
    )


def test_a_field_that_is_not_known_is_an_assumption_or_strictly_a_gap() -> None:
    document = network_document()
    document["Vpcs"][0] |= {"Hypernet": True, "Old": None}
    (assumption,) = network(document).assumptions
    assert assumption.detail.startswith("field `Hypernet` of Vpc is newer than the API model")
    strict = network(document, strict=True)
    assert strict.assumptions == ()
    assert [(gap.resource, gap.clause) for gap in strict.incomplete] == [("Vpc.Hypernet", "GAP-12")]
    assert strict.gaps == strict.incomplete


NESTED = {
    "VpcCidrBlockAssociation": lambda d: d["Vpcs"][0].update(CidrBlockAssociationSet=[{"N": 1}]),
    "NetworkAclEntry": lambda d: d["NetworkAcls"][0]["Entries"][0].update(N=1),
    "NetworkAclAssociation": lambda d: d["NetworkAcls"][0]["Associations"][0].update(N=1),
    "IpPermission": lambda d: d["SecurityGroups"][0]["IpPermissions"][0].update(N=1),
    "IpRange": lambda d: d["SecurityGroups"][0]["IpPermissions"][0]["IpRanges"][0].update(N=1),
    "Route": lambda d: d["RouteTables"][0]["Routes"][0].update(N=1),
    "RouteTableAssociation": lambda d: d["RouteTables"][0]["Associations"][0].update(N=1),
    "NetworkInterfacePrivateIpAddress": lambda d: d["NetworkInterfaces"][0]["PrivateIpAddresses"][
        0
    ].update(N=1),
    "NetworkInterfaceAttachment": lambda d: d["NetworkInterfaces"][0].update(Attachment={"N": 1}),
}


@pytest.mark.parametrize("name", NESTED)
def test_nested_fields_are_looked_at_too(name: str) -> None:
    document = network_document()
    NESTED[name](document)
    assert [one.detail.split(" is newer")[0] for one in network(document).assumptions] == [
        f"field `N` of {name}"
    ]


def test_a_leftover_token_makes_a_listing_incomplete() -> None:
    document = network_document() | {"NextToken": "abc"}
    (gap,) = network(document).incomplete
    assert gap.resource == "<stdin>"
    assert "Vpcs, VpnGateways ends with a `NextToken`" in gap.detail
    assert network(network_document() | {"NextToken": ""}).incomplete == ()


def test_a_token_of_an_irrelevant_listing_is_no_matter(tmp_path: Path) -> None:
    snapshot = written(tmp_path, a=network_document(), b={"KeyPairs": [], "NextToken": "abc"})
    assert snapshot.network.incomplete == ()


WRONG_TYPES = [
    (("Vpcs",), {}, "$.Vpcs: found an object, expected a list"),
    (("Vpcs",), None, "$.Vpcs: found null, expected a list"),
    (("Vpcs", 0), 7, "$.Vpcs[0]: found `7`, expected an object"),
    (("Vpcs", 0, "VpcId"), [], "$.Vpcs[0].VpcId: found a list, expected a text"),
    (("Vpcs", 0, "VpcId"), "", '$.Vpcs[0].VpcId: found `""`, expected a text that is not empty'),
    (("Vpcs", 0, "CidrBlock"), 1.5, "$.Vpcs[0].CidrBlock: found `1.5`, expected a text"),
    (("Vpcs", 0, "Tags"), [{"key": "a"}], "$.Vpcs[0].Tags[0]: `Key` is missing; the nearest name"),
    (("Vpcs", 0, "Tags"), [{}], "$.Vpcs[0].Tags[0]: `Key` is missing"),
    (
        ("NetworkAcls", 0, "Entries", 1, "RuleNumber"),
        "100",
        '$.NetworkAcls[0].Entries[1].RuleNumber: found `"100"`, expected an integer',
    ),
    (
        ("NetworkAcls", 0, "Entries", 1, "RuleNumber"),
        True,
        "RuleNumber: found `true`, expected an integer",
    ),
    (("NetworkAcls", 0, "Entries", 1, "RuleNumber"), 10**80, "a huge number, expected a smaller"),
    (("NetworkAcls", 0, "Entries", 1, "RuleNumber"), -(10**9) * 9, "expected a larger number"),
    (("NetworkAcls", 0, "Entries", 0, "Egress"), "x" * 99, "expected `true` or `false`"),
    (("RouteTables", 0, "Routes", 0), ["x"], "$.RouteTables[0].Routes[0]: found a list"),
    (("Vpcs", 0, "CidrBlock"), "10.0.0.0/33", ".CidrBlock: `10.0.0.0/33` is not a CIDR block"),
    (("Vpcs", 0, "CidrBlock"), "::/0", "$.Vpcs[0].CidrBlock: `::/0` is not of IPv4"),
    (
        ("NetworkInterfaces", 0, "PrivateIpAddress"),
        "10.0.0.256",
        "$.NetworkInterfaces[0].PrivateIpAddress: `10.0.0.256` is not an IP address",
    ),
]


@pytest.mark.parametrize(("path", "value", "words"), WRONG_TYPES)
def test_wrong_types_and_values_are_refused(
    path: tuple[str | int, ...], value: object, words: str
) -> None:
    document = network_document()
    place: Document = document
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    refused(document, words)


def test_further_mistakes_are_counted() -> None:
    document = {"Vpcs": [{"VpcId": 1}, {"VpcId": 2}, {}]}
    refused(document, "found `1`, expected a text (2 more like this)")


def test_a_missing_id_names_the_nearest() -> None:
    refused({"Subnets": [{"SubnetID": "subnet-1", "VpcId": "vpc-1"}]}, "nearest name there is `Sub")


# --- duplicates -----------------------------------------------------------------------------


def test_equal_duplicates_are_one(tmp_path: Path) -> None:
    document = network_document()
    again = json.loads(json.dumps(document))
    again["NetworkAcls"][0]["Entries"].reverse()
    again["NetworkAcls"][0]["Associations"].reverse()
    again["Subnets"][0]["AvailableIpAddressCount"] = 3
    again["SecurityGroups"][0]["IpPermissions"][0]["IpRanges"][0]["Description"] = "x"
    assert written(tmp_path, a=document, b=again).network == network(document)


def test_an_absent_field_is_not_different(tmp_path: Path) -> None:
    first, second = network_document(), network_document()
    del first["Vpcs"][0]["OwnerId"]
    second["Vpcs"][0]["CidrBlock"] = ""
    second["Subnets"][0]["Tags"] = [{"Key": "Tier", "Value": "web"}]
    read_back = written(tmp_path, a=first, b=second).network
    assert read_back.vpcs["vpc-1"].account == ACCOUNT
    assert read_back.vpcs["vpc-1"].ipv4 == (Prefix.parse("10.0.0.0/16"),)
    assert read_back.subnets["subnet-1"].tags == {"Tier": "web"}


def test_permissions_may_be_grouped_otherwise(tmp_path: Path) -> None:
    first, second = network_document(), network_document()
    ports = {"FromPort": 1, "ToPort": 2}
    both = [{"CidrIp": "10.0.0.0/8"}, {"CidrIp": "11.0.0.0/8"}]
    first["SecurityGroups"][0]["IpPermissions"] = [{"IpProtocol": "tcp", **ports, "IpRanges": both}]
    second["SecurityGroups"][0]["IpPermissions"] = [
        permission("tcp", "11.0.0.0/8", **ports),
        permission("tcp", "10.0.0.0/8", **ports, UserIdGroupPairs=[]),
    ]
    assert written(tmp_path, a=first, b=second).network == network(first)


def test_contradictions_are_refused(tmp_path: Path) -> None:
    second = {"Vpcs": [{"VpcId": "vpc-1", "CidrBlock": "10.9.0.0/16"}]}
    with pytest.raises(SnapshotError) as caught:
        written(tmp_path, a=network_document(), b=second)
    assert str(caught.value) == (
        f'{tmp_path}/b.json: $.Vpcs[0].CidrBlock: `"10.9.0.0/16"` contradicts what stands at'
        f" {tmp_path}/a.json: $.Vpcs[0].CidrBlock; a snapshot of one moment is needed"
    )


def tagged(*tags: str) -> Document:
    pairs = [tag.split("=") for tag in tags]
    return {
        "Vpcs": [
            {
                "VpcId": "vpc-1",
                "OwnerId": ACCOUNT,
                "Tags": [{"Key": key, "Value": value} for key, value in pairs],
            }
        ]
    }


def test_tags_are_united(tmp_path: Path) -> None:
    snapshot = written(tmp_path, a=tagged("A=1", "B=2"), b=tagged("B=2", "C=3"))
    assert snapshot.network.vpcs["vpc-1"].tags == {"A": "1", "B": "2", "C": "3"}


def test_two_values_in_one_account_contradict_each_other(tmp_path: Path) -> None:
    with pytest.raises(SnapshotError, match="the tag `B` contradicts the one at"):
        written(tmp_path, a=tagged("B=1"), b=tagged("B=2"))


@pytest.mark.parametrize("owner", ["1st", "2nd"])
def test_of_two_accounts_the_owners_tag_is_kept(tmp_path: Path, owner: str) -> None:
    accounts = [ACCOUNT, "999999999999"] if owner == "1st" else ["000000000009", ACCOUNT]
    snapshot = written(
        tmp_path,
        **{f"{accounts[0]}__eu-west-1__a": tagged("B=1")},
        **{f"{accounts[1]}__eu-west-1__b": tagged("B=2")},
    )
    assert snapshot.network.vpcs["vpc-1"].tags == {"B": owner[0]}


# --- accounts and Regions -------------------------------------------------------------------


def test_account_and_region_come_from_folders(tmp_path: Path) -> None:
    document = network_document()
    for one in (*document["Vpcs"], *document["Subnets"], *document["NetworkInterfaces"]):
        del one["OwnerId"]
    path = "000011112222__eu-central-1__x"
    found = written(tmp_path, **{path: document})
    assert found.network.vpcs["vpc-1"].account == "000011112222"
    assert found.network.vpcs["vpc-1"].region == "eu-central-1"
    assert found.network.interfaces["eni-1"].account == "000011112222"
    assert list(found.keys) == [Scope("000011112222", "eu-central-1")]


@pytest.mark.parametrize(
    ("zone", "region"),
    [
        ("us-west-2-lax-1a", "us-west-2"),
        ("us-east-1-wl1-bos-wlz-1", "us-east-1"),
        ("us-gov-west-1b", "us-gov-west-1"),
        ("somewhere", None),
        (None, None),
    ],
)
def test_the_region_is_told_by_zones(zone: str | None, region: str | None) -> None:
    document = {
        "Vpcs": network_document()["Vpcs"],
        "Subnets": [subnet(1, AvailabilityZone=zone)],
    }
    assert network(document).vpcs["vpc-1"].region == region


# --- prefix lists ---------------------------------------------------------------------------


def test_entries_come_in_three_forms(tmp_path: Path) -> None:
    listed = {"PrefixLists": [{"PrefixListId": "pl-1", "Cidrs": ["10.0.0.9/8"]}]}
    managed = {
        "PrefixLists": [
            {"PrefixListId": "pl-2", "PrefixListName": "offices", "OwnerId": ACCOUNT, "Tags": []}
        ]
    }
    beside = {"PrefixListId": "pl-2", "Entries": [{"Cidr": "10.2.0.0/16", "Description": "x"}]}
    named = {
        "Entries": [{"Cidr": "10.3.0.0/16"}, {"Cidr": "2001:db8::/32"}, {"Cidr": "10.3.0.0/16"}]
    }
    snapshot = written(tmp_path, a=listed, b=managed, c=beside, **{"pl-3": named})
    lists = snapshot.network.prefix_lists
    assert {name: [str(prefix) for prefix in one.prefixes] for name, one in lists.items()} == {
        "pl-1": ["10.0.0.0/8"],
        "pl-2": ["10.2.0.0/16"],
        "pl-3": ["10.3.0.0/16", "2001:db8::/32"],
    }
    assert lists["pl-2"].name == "offices"


def test_both_forms_must_agree(tmp_path: Path) -> None:
    listed = {"PrefixLists": [{"PrefixListId": "pl-1", "Cidrs": ["10.0.0.0/8"]}]}
    entries = {"PrefixListId": "pl-1", "Entries": [{"Cidr": "10.0.0.0/8"}]}
    assert written(tmp_path, a=listed, b=entries).network.prefix_lists["pl-1"].prefixes
    entries["Entries"] = [{"Cidr": "11.0.0.0/8"}]
    with pytest.raises(SnapshotError, match=r"\.Cidrs: contradicts the list's `Entries`"):
        written(tmp_path, b=entries)


def test_entries_must_be_of_some_list() -> None:
    refused({"Entries": []}, "<stdin>: $.Entries: it is not said which prefix list this is")
    refused(
        {"PrefixListId": "pl-1", "Entries": [{"Cidr": "10.0.0.0/8"}, {"Cidr": "x"}]},
        "<stdin>: $.Entries[1].Cidr: `x` is not an IP address",
    )
    refused({"PrefixListId": 5, "Entries": []}, "$.PrefixListId: found `5`, expected a text")
    refused({"PrefixListId": "pl-1", "Entries": [{}]}, "$.Entries[0].Cidr: `` is not an IP")


def test_a_list_without_entries_is_a_gap_where_something_refers_to_it() -> None:
    document = network_document()
    document["PrefixLists"] = [{"PrefixListId": "pl-1"}, {"PrefixListId": "pl-2"}]
    document["Entries"] = None
    document["PrefixListId"] = "pl-2"
    assert gaps(document) == []
    group = document["SecurityGroups"][0]
    group["IpPermissions"] = [permission(block=None, PrefixListIds=[{"PrefixListId": "pl-1"}])]
    document["RouteTables"][0]["Routes"].append(
        {"DestinationPrefixListId": "pl-9", "GatewayId": "igw-1"}
    )
    found = network(document)
    assert set(found.missing) == {("prefix-list", "pl-1"), ("prefix-list", "pl-9")}
    assert gaps(document) == [("pl-1", "PL-2"), ("pl-9", "PL-2")]


def test_a_big_snapshot_in_bounded_time() -> None:
    ranges = [{"CidrIp": f"10.{n >> 8 & 255}.{n & 255}.0/24"} for n in range(20_000)]
    document = network_document()
    document["SecurityGroups"][0]["IpPermissions"] = [permission(block=None, IpRanges=ranges)]
    document["NetworkAcls"][0]["Entries"] = [acl_entry(n, False) for n in range(1, 5000)]
    found = network(document)
    assert len(found.security_groups["sg-1"].rules) == 20_001
    assert len(found.network_acls["acl-1"].entries) == 4999


def test_two_vpcs_may_use_the_same_addresses() -> None:
    document = second_vpc(network_document())
    document["Vpcs"][1]["CidrBlock"] = "10.0.0.0/16"
    document["Subnets"][2]["CidrBlock"] = "10.0.1.0/24"
    document["NetworkInterfaces"][2] = interface(1, "subnet-1") | {
        "NetworkInterfaceId": "eni-3",
        "SubnetId": "subnet-3",
        "VpcId": "vpc-2",
    }
    assert len(network(document).interfaces) == 3


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("TrafficMirrorSessions", "copies of packets"),
        ("TransitGatewayMulticastDomains", "packets to multicast addresses"),
        ("VerifiedAccessEndpoints", "what Verified Access endpoints pass on"),
        ("SecondaryInterfaces", "what instances send each other by interfaces of secondary"),
    ],
)
def test_what_is_listed_and_not_followed_is_said(key: str, words: str) -> None:
    document = network_document()
    document[key] = []
    assert network(document).assumptions == ()
    document[key] = [{"Description": "x"}]
    (told,) = network(document).assumptions
    assert told.clause == "GAP-11"
    assert told.detail.startswith(words)

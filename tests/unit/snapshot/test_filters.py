"""Network ACLs and security groups, grouped and flat."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.snapshot.documents import (
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
)
from verifier.model import (
    Assumption,
    GroupReference,
    NetworkAclEntry,
    PrefixListReference,
    SecurityGroup,
    SecurityGroupRule,
)
from verifier.packet import PortRange, Prefix

PORTS = {"PortRange": {"From": 80, "To": 443}}


def entry(**fields: Any) -> NetworkAclEntry:
    document = network_document()
    document["NetworkAcls"][0]["Entries"] = [acl_entry(7, False, **fields)]
    (found,) = network(document).network_acls["acl-1"].entries
    return found


def test_an_entry_is_lifted_as_it_is() -> None:
    assert entry(Protocol="6", **PORTS) == NetworkAclEntry(
        rule_number=7,
        egress=False,
        allow=True,
        protocol=6,
        prefix=Prefix.parse("0.0.0.0/0"),
        ports=PortRange(80, 443),
    )
    assert entry(RuleAction="deny", CidrBlock="10.1.2.3/8").prefix == Prefix.parse("10.0.0.0/8")
    assert entry(CidrBlock=None, Ipv6CidrBlock="::/0").prefix == Prefix.parse("::/0")
    assert entry(Egress=True).egress is True


@pytest.mark.parametrize(
    ("fields", "icmp"),
    [
        ({"Protocol": "1", "IcmpTypeCode": {"Type": 8, "Code": -1}}, (8, -1)),
        ({"Protocol": "1"}, None),
        ({"Protocol": "icmpv6", "IcmpTypeCode": {"Type": 300, "Code": 0}}, (300, 0)),
        (
            {
                "Protocol": "58",
                "CidrBlock": None,
                "Ipv6CidrBlock": "::/0",
                "IcmpTypeCode": {"Type": -1, "Code": -1},
            },
            (-1, -1),
        ),
        ({"Protocol": "-1", "IcmpTypeCode": {"Type": -1, "Code": 4}}, (-1, 4)),
    ],
)
def test_icmp_without_gap(fields: Document, icmp: tuple[int, int] | None) -> None:
    found = entry(**fields)
    assert (found.icmp, found.gap) == (icmp, None)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"RuleAction": "shrug"}, "has the action `shrug`"),
        ({"RuleAction": None}, "has the action `None`"),
        ({"Protocol": "256"}, "has the protocol `256`"),
        ({"Protocol": None}, "has the protocol `None`"),
        ({"CidrBlock": None}, "has not exactly one CIDR block"),
        ({"Ipv6CidrBlock": "::/0"}, "has not exactly one CIDR block"),
        ({"Protocol": "TCP"}, "has no port range"),
        ({"Protocol": "17", "PortRange": {"From": 1}}, "has no port range"),
        ({"Protocol": "6", "PortRange": {"From": 9, "To": 1}}, "has the port range `9-1`"),
        ({"Protocol": "1", "IcmpTypeCode": {"Type": 8}}, "has half an ICMP type and code"),
        (
            {"Protocol": "1", "IcmpTypeCode": {"Type": -1, "Code": 4}},
            "has the ICMP type and code `-1/4`",
        ),
        (
            {
                "Protocol": "58",
                "CidrBlock": None,
                "Ipv6CidrBlock": "::/0",
                "IcmpTypeCode": {"Type": 256, "Code": 0},
            },
            "`256/0`",
        ),
    ],
)
def test_an_entry_that_is_not_understood_is_a_gap(fields: Document, words: str) -> None:
    found = entry(**fields)
    assert found.gap is not None
    assert (found.gap.resource, found.gap.clause) == ("acl-1", "GAP-3")
    assert found.gap.detail.startswith("ingress entry 7 ")
    assert words in found.gap.detail
    if "action" in words:
        assert found.allow is None


def test_entries_without_a_list_are_a_gap_in_both_directions() -> None:
    document = network_document()
    del document["NetworkAcls"][0]["Entries"]
    entries = network(document).network_acls["acl-1"].entries
    assert [(one.egress, one.allow, one.protocol, one.prefix) for one in entries] == [
        (False, None, None, None),
        (True, None, None, None),
    ]
    assert gaps(document) == [("acl-1", "GAP-3")]


def test_associations_without_a_list_concern_everything() -> None:
    document = network_document()
    del document["NetworkAcls"][0]["Associations"]
    assert network(document).incomplete == network(document).gaps
    assert gaps(document) == [("acl-1", "GAP-12")]


def test_a_rule_number_stands_once_in_a_direction() -> None:
    document = network_document()
    entries = document["NetworkAcls"][0]["Entries"]
    entries.append(dict(entries[0]))
    assert len(network(document).network_acls["acl-1"].entries) == 2
    entries[2]["RuleAction"] = "deny"
    refused(document, "$.NetworkAcls[0].Entries[2]: rule number 100 stands there twice")


def test_what_places_a_list_must_be_there() -> None:
    """Left out, each of them would silently move an entry or a subnet elsewhere."""
    document = network_document()
    document["NetworkAcls"][0]["Associations"].append({})
    refused(document, "$.NetworkAcls[0].Associations[2]: `SubnetId` is missing")
    document = network_document()
    del document["NetworkAcls"][0]["Entries"][0]["Egress"]
    refused(document, "$.NetworkAcls[0].Entries[0]: `Egress` is missing")


def _lists(*listed: tuple[str, bool, tuple[str, ...]]) -> Document:
    document = network_document()
    model = document["NetworkAcls"][0]
    document["NetworkAcls"] = [
        model
        | {
            "NetworkAclId": name,
            "IsDefault": default,
            "Associations": [{"NetworkAclId": name, "SubnetId": one} for one in subnets],
        }
        for name, default, subnets in listed
    ]
    return document


def test_a_subnet_that_no_list_names_beside_others_of_the_default_list_is_a_gap() -> None:
    """AWS lists every subnet under its list: such a listing was cut."""
    found = network(_lists(("acl-d", True, ("subnet-1",))))
    assert set(found.missing) == {("network-acl", "subnet-2")}


def test_a_default_list_that_names_none_guards_whom_nobody_names() -> None:
    found = network(_lists(("acl-d", True, ()), ("acl-2", False, ("subnet-1",))))
    assert not found.missing
    assert Assumption("ACL-10", "acl-d guards subnet-2, which no network ACL lists") in (
        found.assumptions
    )
    alone = network(_lists(("acl-d", True, ())))
    assert not alone.missing
    assert "ACL-10" not in {one.clause for one in alone.assumptions}


@pytest.mark.parametrize(
    ("peer", "listed", "found"),
    [
        ("sg-9", False, ["no file lists the interfaces that carry sg-9, to which sg-1 refers"]),
        ("sg-1", False, []),
        ("sg-9", True, []),
    ],
)
def test_who_carries_a_group_is_not_known_where_only_instances_are_listed(
    peer: str, listed: bool, found: list[str]
) -> None:
    """Load balancers and services have interfaces, too, and a rule that lets their group in."""
    document = network_document()
    allowed = permission("tcp", None, FromPort=80, ToPort=80)
    allowed["UserIdGroupPairs"] = [{"GroupId": peer}]
    document["SecurityGroups"][0]["IpPermissions"].append(allowed)
    own = document["NetworkInterfaces"]
    document["Reservations"] = [{"Instances": [{"InstanceId": "i-1", "NetworkInterfaces": own}]}]
    if not listed:
        del document["NetworkInterfaces"]
    assert [gap.detail for gap in network(document).incomplete] == found


@pytest.mark.parametrize("key", ["NetworkAcls", "RouteTables"])
def test_a_subnet_without_list_or_table_is_a_gap(key: str) -> None:
    document = network_document()
    del document[key]
    kind = {"NetworkAcls": "network-acl", "RouteTables": "route-table"}[key]
    assert set(network(document).missing) == {(kind, "subnet-1"), (kind, "subnet-2")}
    found = [(name, clause) for name, clause in gaps(document) if clause != "GAP-7"]
    assert found == [("subnet-1", "GAP-10"), ("subnet-2", "GAP-10")]
    doors = {(door.id, door.vpc_id) for door in network(document).entrances}
    unknown = {("subnet-1", "vpc-1"), ("subnet-2", "vpc-1")}
    assert doors == (unknown if key == "RouteTables" else set())


# --- security groups ------------------------------------------------------------------------


def rules(*permissions: Document, **fields: Any) -> tuple[SecurityGroupRule, ...]:
    return group(*permissions, **fields).rules


def group(*permissions: Document, **fields: Any) -> SecurityGroup:
    document = network_document()
    document["SecurityGroups"][0] |= {
        "IpPermissions": list(permissions),
        "IpPermissionsEgress": [],
        **fields,
    }
    return network(document).security_groups["sg-1"]


def test_a_permission_is_split_by_peers() -> None:
    found = rules(
        {
            "IpProtocol": "tcp",
            "FromPort": 22,
            "ToPort": 23,
            "IpRanges": [{"CidrIp": "10.9.9.9/8"}, {"CidrIp": "11.0.0.0/8"}],
            "Ipv6Ranges": [{"CidrIpv6": "::/0"}],
            "PrefixListIds": [{"PrefixListId": "pl-1"}],
            "UserIdGroupPairs": [
                {"GroupId": "sg-2", "UserId": "1", "VpcId": "vpc-9", "GroupName": "x"}
            ],
        }
    )
    assert {(one.egress, one.protocol, one.from_port, one.to_port, one.gap) for one in found} == {
        (False, 6, 22, 23, None)
    }
    assert [one.peer for one in found] == [
        Prefix.parse("10.0.0.0/8"),
        Prefix.parse("11.0.0.0/8"),
        Prefix.parse("::/0"),
        PrefixListReference("pl-1"),
        GroupReference("sg-2", account="1", vpc_id="vpc-9"),
    ]


def test_a_permission_whose_lists_of_peers_are_empty_is_no_rule() -> None:
    empty = {name: [] for name in ("IpRanges", "Ipv6Ranges", "PrefixListIds", "UserIdGroupPairs")}
    assert rules(permission(block=None) | empty) == ()
    for name in empty:
        (found,) = rules({one: [] for one in empty if one != name} | {"IpProtocol": "-1"})
        assert found.gap is not None


def test_a_permission_without_its_lists_of_peers_is_not_understood() -> None:
    """Otherwise a truncated rule would look like a closed door."""
    (found,) = rules({"IpProtocol": "-1"})
    assert found.peer is None
    assert found.gap is not None


@pytest.mark.parametrize(
    ("fields", "understood"),
    [
        ({"IpProtocol": "tcp", "FromPort": 0, "ToPort": 65535}, True),
        ({"IpProtocol": "17", "FromPort": 53, "ToPort": 53}, True),
        ({"IpProtocol": "tcp"}, False),
        ({"IpProtocol": "tcp", "FromPort": -1, "ToPort": -1}, False),
        ({"IpProtocol": "tcp", "FromPort": 5}, False),
        ({"IpProtocol": "tcp", "FromPort": 5, "ToPort": 4}, False),
        ({"IpProtocol": "tcp", "FromPort": 5, "ToPort": 65536}, False),
        ({"IpProtocol": "icmp"}, True),
        ({"IpProtocol": "icmp", "FromPort": 8, "ToPort": -1}, True),
        ({"IpProtocol": "ICMPV6", "FromPort": 128}, True),
        ({"IpProtocol": "icmp", "FromPort": -1, "ToPort": 3}, False),
        ({"IpProtocol": "icmp", "FromPort": 256, "ToPort": 0}, False),
        ({"IpProtocol": "-1", "FromPort": 9, "ToPort": 1}, True),
        ({"IpProtocol": "50", "FromPort": 9, "ToPort": 1}, True),
        ({"IpProtocol": "quic"}, False),
        ({}, False),
    ],
)
def test_protocols_and_ports(fields: Document, understood: bool) -> None:
    (rule,) = rules({"IpRanges": [{"CidrIp": "0.0.0.0/0"}], **fields})
    assert (rule.gap is None) == understood
    assert (rule.from_port, rule.to_port) == (fields.get("FromPort"), fields.get("ToPort"))
    if rule.gap:
        assert (rule.gap.resource, rule.gap.clause) == ("sg-1", "GAP-4")


@pytest.mark.parametrize(
    "fields",
    [
        {"IpRanges": [{}]},
        {"Ipv6Ranges": [{"CidrIpv6": ""}]},
        {"PrefixListIds": [{}]},
        {"UserIdGroupPairs": [{"GroupName": "classic"}]},
        {"Persons": [{"Name": "x"}]},
        dict.fromkeys(("IpRanges", "Ipv6Ranges", "PrefixListIds", "UserIdGroupPairs")),
    ],
)
def test_a_peer_that_is_not_understood_is_a_gap(fields: Document) -> None:
    (rule,) = rules({"IpProtocol": "-1", **fields})
    assert rule.peer is None
    assert rule.gap is not None
    assert rule.gap.detail == "has a rule whose peer is of a kind that is not known"


def test_wrong_families_and_blocks_are_refused() -> None:
    document = network_document()
    document["SecurityGroups"][0]["IpPermissions"] = [permission(block="10.0.0.0/8/9")]
    refused(document, "$.SecurityGroups[0].IpPermissions[0].IpRanges[0].CidrIp: `10.0.0.0/8/9`")
    wrong = [{"IpProtocol": "-1", "Ipv6Ranges": [{"CidrIpv6": "10.0.0.0/8"}]}]
    document["SecurityGroups"][0]["IpPermissionsEgress"] = wrong
    document["SecurityGroups"][0]["IpPermissions"] = []
    refused(document, ".IpPermissionsEgress[0].Ipv6Ranges[0].CidrIpv6: `10.0.0.0/8` is not of IPv6")


def test_a_group_that_is_attached_and_not_there_is_a_gap() -> None:
    document = network_document()
    del document["SecurityGroups"]
    assert set(network(document).missing) == {("security-group", "sg-1")}
    assert gaps(document) == [("sg-1", "GAP-5")]


def test_absent_rules_are_a_gap_per_direction() -> None:
    document = network_document()
    del document["SecurityGroups"][0]["IpPermissionsEgress"]
    found = network(document).security_groups["sg-1"].rules
    assert [(one.egress, one.protocol, one.peer, one.gap is None) for one in found] == [
        (False, 6, Prefix.parse("0.0.0.0/0"), True),
        (True, None, None, False),
    ]


def test_a_prefix_list_that_is_known_is_no_gap() -> None:
    document = network_document()
    document["PrefixLists"] = [{"PrefixListId": "pl-1", "Cidrs": ["10.0.0.0/8"]}]
    listed = permission(block=None, PrefixListIds=[{"PrefixListId": "pl-1"}])
    document["SecurityGroups"][0]["IpPermissions"] = [listed]
    assert gaps(document) == []


# --- the flat form --------------------------------------------------------------------------


def flat(number: int, egress: bool = False, **fields: Any) -> Document:
    return {
        "SecurityGroupRuleId": f"sgr-{number}",
        "GroupId": "sg-1",
        "IsEgress": egress,
        "IpProtocol": "-1",
        "FromPort": -1,
        "ToPort": -1,
        **fields,
    }


def test_a_flat_rule_says_its_direction() -> None:
    rule = flat(1, CidrIpv4="0.0.0.0/0")
    del rule["IsEgress"]
    document = network_document() | {"SecurityGroupRules": [rule]}
    refused(document, "$.SecurityGroupRules[0]: `IsEgress` is missing")


FLAT = [
    flat(1, IpProtocol="tcp", FromPort=443, ToPort=443, CidrIpv4="0.0.0.0/0"),
    flat(2, True, CidrIpv4="0.0.0.0/0"),
]


def test_the_flat_form_gives_rules_where_the_grouped_one_is_absent() -> None:
    document = network_document()
    grouped = network(document).security_groups["sg-1"].rules
    del document["SecurityGroups"][0]["IpPermissions"]
    del document["SecurityGroups"][0]["IpPermissionsEgress"]
    document["SecurityGroupRules"] = FLAT
    found = network(document).security_groups["sg-1"].rules
    assert [one.rule_id for one in found] == ["sgr-1", "sgr-2"]
    assert [(one.egress, one.protocol, one.peer) for one in found] == [
        (one.egress, one.protocol, one.peer) for one in grouped
    ]


def test_a_group_of_which_the_flat_form_says_nothing_has_no_rules() -> None:
    document = network_document()
    document["SecurityGroups"][0].pop("IpPermissions")
    document["SecurityGroups"][0]["IpPermissionsEgress"] = []
    document["SecurityGroupRules"] = []
    assert network(document).security_groups["sg-1"].rules == ()
    assert gaps(document) == []


def test_groups_may_be_known_by_their_rules_alone() -> None:
    document = network_document()
    del document["SecurityGroups"]
    document["SecurityGroupRules"] = FLAT
    found = network(document)
    assert [one.rule_id for one in found.security_groups["sg-1"].rules] == ["sgr-1", "sgr-2"]
    assert found.gaps == ()


def test_both_forms_agree_and_the_flat_one_adds_ids() -> None:
    document = network_document()
    document["SecurityGroups"][0]["IpPermissions"].append(
        {
            "IpProtocol": "icmp",
            "UserIdGroupPairs": [{"GroupId": "sg-9", "UserId": "7"}],
            "PrefixListIds": [{"PrefixListId": "pl-1"}],
            "Ipv6Ranges": [{"CidrIpv6": "::/0"}],
        }
    )
    icmp = {"IpProtocol": "1", "FromPort": -1, "ToPort": -1}
    document["SecurityGroupRules"] = [
        *FLAT,
        flat(3, **icmp, ReferencedGroupInfo={"GroupId": "sg-9", "VpcId": "vpc-9"}),
        flat(4, **icmp, PrefixListId="pl-1"),
        flat(5, **icmp, CidrIpv6="::/0"),
    ]
    found = network(document).security_groups["sg-1"].rules
    assert sorted(str(one.rule_id) for one in found) == [f"sgr-{n}" for n in range(1, 6)]


@pytest.mark.parametrize(
    ("listed", "words"),
    [
        (FLAT[:1], "sg-1 has the rule `egress all 0.0.0.0/0` in `SecurityGroups` and not in"),
        (
            [*FLAT, flat(3, IpProtocol="udp", FromPort=1, ToPort=2, PrefixListId="pl-1")],
            "sg-1 has the rule `ingress udp 1-2 pl-1` in `SecurityGroupRules` and not in",
        ),
        ([*FLAT, flat(3, IpProtocol="what")], "sg-1 has the rule `ingress ? None` in `Sec"),
    ],
)
def test_forms_that_differ_are_refused(listed: list[Document], words: str) -> None:
    document = network_document()
    document["SecurityGroupRules"] = listed
    refused(document, f"<stdin>: $.SecurityGroups[0]: {words}")


def test_a_flat_listing_that_is_cut_off_may_lack_rules() -> None:
    document = network_document()
    document |= {"SecurityGroupRules": FLAT[:1], "NextToken": "more"}
    found = network(document).security_groups["sg-1"].rules
    assert [one.rule_id for one in found] == ["sgr-1", None]
    document["SecurityGroupRules"] = [flat(9, CidrIpv4="10.0.0.0/8")]
    refused(document, "in `SecurityGroupRules` and not in `SecurityGroups`")


def test_flat_rules_that_are_not_understood() -> None:
    refused(
        {"SecurityGroupRules": [flat(1, CidrIpv4="10.0.0.0/8", CidrIpv6="::/0")]},
        "$.SecurityGroupRules[0]: has several peers, expected one",
    )
    (rule,) = network({"SecurityGroupRules": [flat(1)]}).security_groups["sg-1"].rules
    assert rule.peer is None
    assert rule.gap is not None


# --- references and associations ------------------------------------------------------------


def peered(status: str | None, code: str = "active") -> Document:
    document = second_vpc(network_document())
    pair = {"GroupId": "sg-9", "VpcId": "vpc-2", "PeeringStatus": status}
    document["SecurityGroups"][0]["IpPermissions"].append(
        permission(block=None, UserIdGroupPairs=[pair])
    )
    document["VpcPeeringConnections"] = [
        {
            "VpcPeeringConnectionId": "pcx-1",
            "Status": {"Code": code},
            "RequesterVpcInfo": {"VpcId": "vpc-1"},
            "AccepterVpcInfo": {"VpcId": "vpc-2"},
        }
    ]
    return document


@pytest.mark.parametrize(
    ("status", "code", "found"),
    [
        ("deleted", "active", [("sg-1", "GAP-4")]),
        ("active", "active", []),
        (None, "active", []),
        ("deleted", "deleted", []),
    ],
)
def test_a_stale_reference_between_vpcs_that_are_joined_again(
    status: str | None, code: str, found: list[tuple[str, str]]
) -> None:
    assert gaps(peered(status, code)) == found


def test_a_stale_reference_to_nowhere_stays() -> None:
    document = peered("deleted")
    del document["SecurityGroups"][0]["VpcId"]
    assert gaps(document) == []


def test_a_group_of_another_vpc_wants_an_association() -> None:
    document = second_vpc(network_document())
    assert [warning.split(",")[0] for warning in read(document).warnings] == [
        "sg-1 is carried in vpc-2"
    ]
    document["SecurityGroupVpcAssociations"] = [
        {"GroupId": "sg-1", "VpcId": "vpc-2", "State": "associated", "VpcOwnerId": "1"}
    ]
    assert read(document).warnings == ()
    assert network(document).gaps == ()


def test_references_that_ipv6_may_meet_over_the_internet() -> None:
    document = second_vpc(network_document())
    ways = document["InternetGateways"]
    ways.append({"InternetGatewayId": "igw-2", "Attachments": [{"VpcId": "vpc-2"}]})
    pair = {"UserIdGroupPairs": [{"GroupId": "sg-1"}]}
    document["SecurityGroups"][0]["IpPermissions"] = [permission(block=None, **pair)]
    assert network(document).reference_gap is None
    for number, vpc in enumerate(document["Vpcs"]):
        vpc["Ipv6CidrBlockAssociationSet"] = [{"Ipv6CidrBlock": f"2600:{number}::/56"}]
    gap = network(document).reference_gap
    assert gap is not None
    assert (gap.resource, gap.clause) == ("sg-1", "SG-13")
    for gateway in ways:  # by an egress-only gateway, or by that of a third VPC
        others = [one | {"Attachments": []} if one is gateway else one for one in ways]
        assert network(document | {"InternetGateways": others}).reference_gap == gap
    detached = [gateway | {"Attachments": []} for gateway in ways]
    assert network(document | {"InternetGateways": detached}).reference_gap is None
    document["NetworkInterfaces"].append(interface(5, Groups=[]))
    document["NetworkInterfaces"][2]["Groups"] = []
    assert network(document).reference_gap is None


def test_a_reference_may_mean_whoever_has_no_list_of_groups() -> None:
    """Members that nobody lists are no reason to prove anything (SG-10, SG-11)."""
    document = network_document()
    del document["NetworkInterfaces"][1]["Groups"]
    assert network(document).incomplete == ()
    group = {"GroupId": "sg-1"}
    document["SecurityGroups"][0]["IpPermissions"] += [
        permission("tcp", None, FromPort=22, ToPort=22, UserIdGroupPairs=[group])
    ]
    (gap,) = network(document).incomplete
    assert (gap.resource, gap.clause) == ("eni-2", "GAP-12")
    assert gap.detail == "has no list of security groups, and rules refer to groups"
    document["NetworkInterfaces"][1]["InterfaceType"] = "nat_gateway"
    assert network(document).incomplete == ()
    nested = document["NetworkInterfaces"].pop(1) | {"InterfaceType": "interface"}
    document["Instances"] = [{"InstanceId": "i-1", "NetworkInterfaces": [nested]}]
    assert [one.resource for one in network(document).incomplete] == ["eni-2"]

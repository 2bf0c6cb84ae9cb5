"""What Block Public Access lets pass (IGW-12), from options, exclusions and what subnets say."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.snapshot.documents import ACCOUNT, Document, network, network_document, second_vpc
from verifier.model import Network, PublicAccess

BOTH, IN = "block-bidirectional", "block-ingress"
ALL, OUT = "allow-bidirectional", "allow-egress"
OPEN, EGRESS, NAT, CLOSED = PublicAccess


def options(mode: str, **fields: Any) -> Document:
    return {
        "AwsAccountId": ACCOUNT,
        "AwsRegion": "eu-west-1",
        "InternetGatewayBlockMode": mode,
        "State": "update-complete",
        **fields,
    }


def exclusion(name: str, mode: str, state: str | None = "create-complete") -> Document:
    kind = name.partition("-")[0]
    return {
        "ExclusionId": f"vpcbpa-exclude-{name}-{mode}",
        "ResourceArn": f"arn:aws:ec2:eu-west-1:{ACCOUNT}:{kind}/{name}",
        "InternetGatewayExclusionMode": mode,
        "State": state,
    }


def document(mode: str | None, *exclusions: Document, **says: str) -> Document:
    """The small network with these options, exclusions, and what its parts say of themselves."""
    found = network_document()
    del found["VpcBlockPublicAccessOptions"]
    if mode is not None:
        found["VpcBlockPublicAccessOptions"] = options(mode)
        found["VpcBlockPublicAccessExclusions"] = list(exclusions)
    for thing in (found["Vpcs"][0], *found["Subnets"]):
        name = (thing["SubnetId"] if "SubnetId" in thing else thing["VpcId"]).replace("-", "_")
        if name in says:
            thing["BlockPublicAccessStates"] = {"InternetGatewayBlockMode": says[name]}
    return found


def access(found: Network) -> tuple[PublicAccess, ...]:
    return tuple(subnet.public_access for subnet in found.subnets.values())


def doubts(found: Network) -> list[str]:
    return [passage.gap.detail for passage in found.passages.get("vpc-1", ())]


@pytest.mark.parametrize(
    ("mode", "exclusions", "expected"),
    [
        (None, [], (OPEN, OPEN)),
        ("off", [], (OPEN, OPEN)),
        ("off", [exclusion("vpc-1", OUT)], (OPEN, OPEN)),
        (BOTH, [], (CLOSED, CLOSED)),
        (IN, [], (NAT, NAT)),
        (BOTH, [exclusion("vpc-1", ALL)], (OPEN, OPEN)),
        (BOTH, [exclusion("vpc-1", OUT)], (EGRESS, EGRESS)),
        (IN, [exclusion("vpc-1", ALL)], (OPEN, OPEN)),
        (IN, [exclusion("vpc-1", OUT)], (NAT, NAT)),
        (BOTH, [exclusion("subnet-1", ALL)], (OPEN, CLOSED)),
        (BOTH, [exclusion("subnet-2", OUT, "update-complete")], (CLOSED, EGRESS)),
        (BOTH, [exclusion("vpc-1", ALL), exclusion("subnet-1", OUT)], (EGRESS, OPEN)),
        (BOTH, [exclusion("subnet-1", ALL, "delete-complete")], (CLOSED, CLOSED)),
        (BOTH, [exclusion("subnet-9", ALL)], (CLOSED, CLOSED)),
    ],
)
def test_options_and_exclusions(
    mode: str | None, exclusions: list[Document], expected: tuple[PublicAccess, ...]
) -> None:
    found = network(document(mode, *exclusions))
    assert access(found) == expected
    assert doubts(found) == []


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (document("block-everything"), "which mode it is in is not known"),
        (document(BOTH, exclusion("vpc-1", ALL, "create-in-progress")), "an exclusion of vpc-1 is"),
        (document(BOTH, exclusion("subnet-2", ALL, None)), "an exclusion of subnet-2 is not"),
        (document(BOTH, exclusion("subnet-2", "allow-some")), "an exclusion of subnet-2 is not"),
        (
            document(BOTH, exclusion("subnet-2", ALL), exclusion("subnet-2", OUT)),
            "an exclusion of subnet-2 is not",
        ),
        (document(BOTH, vpc_1="off"), "vpc-1 says `off`, which options and exclusions do not"),
        (document("off", subnet_1=IN), "subnet-1 says `block-ingress`, which"),
        (document(BOTH, exclusion("subnet-1", ALL), subnet_1=BOTH), "subnet-1 says `block-bidir"),
        (document(None, vpc_1=IN), "and no file lists the exclusions"),
        (document(None, subnet_1="block-it"), "which mode it is in is not known"),
        (document(None, subnet_1=IN, subnet_2="off"), "subnet-1 says `block-ingress`, which"),
    ],
)
def test_what_is_not_known_is_a_passage(found: Document, words: str) -> None:
    """Nothing is closed then: the passage's gap decides."""
    read = network(found)
    assert access(read) == (OPEN, OPEN)
    (detail,) = doubts(read)
    assert detail.startswith("Block Public Access of vpc-1: ")
    assert words in detail


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (document(BOTH, vpc_1=BOTH, subnet_1=BOTH), (CLOSED, CLOSED)),
        (document(BOTH, exclusion("subnet-1", ALL), vpc_1=BOTH, subnet_1="off"), (OPEN, CLOSED)),
        (document(BOTH, exclusion("subnet-1", OUT), subnet_1=BOTH), (EGRESS, CLOSED)),
        (document(BOTH, exclusion("subnet-1", OUT), subnet_1=IN), (EGRESS, CLOSED)),
        (document(None, vpc_1="off", subnet_1="off"), (OPEN, OPEN)),
        (document(None, subnet_1=IN) | {"VpcBlockPublicAccessExclusions": []}, (NAT, NAT)),
    ],
)
def test_what_vpcs_and_subnets_say_agrees(
    found: Document, expected: tuple[PublicAccess, ...]
) -> None:
    assert access(network(found)) == expected
    assert doubts(network(found)) == []


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"AwsAccountId": "9" * 12}, 0),
        ({"AwsRegion": "eu-west-2"}, 0),
        ({"AwsAccountId": None}, 1),
        ({"AwsRegion": None}, 1),
        ({"InternetGatewayBlockMode": None}, 1),
        ({"State": "update-in-progress"}, 1),
        ({"State": None}, 0),
        ({"AwsRegion": None, "InternetGatewayBlockMode": "off"}, 0),
    ],
)
def test_options_bind_their_account_and_region(fields: Document, expected: int) -> None:
    found = document(BOTH)
    found["VpcBlockPublicAccessOptions"] |= fields
    read = network(found)
    assert len(doubts(read)) == expected
    elsewhere = any(fields.get(name) for name in ("AwsAccountId", "AwsRegion"))
    assert (access(read) == (CLOSED, CLOSED)) == (not expected and fields == {"State": None})
    assert not elsewhere or access(read) == (OPEN, OPEN)


def test_the_owner_of_a_vpc_binds_it() -> None:
    """A subnet that is shared is bound by the VPC's owner, whoever stands in it."""
    found = second_vpc(document(BOTH))
    found["Vpcs"][0]["OwnerId"] = "9" * 12
    found["VpcBlockPublicAccessOptions"]["AwsAccountId"] = "9" * 12
    assert access(network(found)) == (CLOSED, CLOSED, OPEN)


def test_an_exclusion_of_nothing_is_a_gap() -> None:
    found = document(BOTH, exclusion("vpc-1", ALL))
    found["VpcBlockPublicAccessExclusions"][0]["ResourceArn"] = None
    assert [gap.detail for gap in network(found).incomplete] == [
        "has no `ResourceArn` in the snapshot"
    ]


def test_in_doubt_an_egress_only_gateway_is_not_there() -> None:
    gateway = {"EgressOnlyInternetGatewayId": "eigw-1", "Attachments": [{"VpcId": "vpc-1"}]}
    gateway["Attachments"][0]["State"] = "attached"
    found = document(BOTH) | {"EgressOnlyInternetGateways": [gateway]}
    assert set(network(found).egress_only_gateways) == {"eigw-1"}
    found["VpcBlockPublicAccessOptions"]["InternetGatewayBlockMode"] = "block-everything"
    read = network(found)
    assert not read.egress_only_gateways
    assert set(read.missing) == {("egress-only-internet-gateway", "eigw-1")}


def test_a_doubt_matters_only_where_there_is_a_gateway() -> None:
    found = document("block-everything")
    found["InternetGateways"] = []
    found["RouteTables"][0]["Routes"].pop()
    assert network(found).gaps == ()


def test_where_nothing_says_it_the_block_is_assumed_to_be_off() -> None:
    told = "VPC Block Public Access is off where the snapshot does not say it"
    for made, assumed in (
        (document(None), True),
        (document("off"), False),
        (document(None, subnet_1="off"), False),
        ({**document(None), "InternetGateways": []}, False),
    ):
        assert (told in [one.detail for one in network(made).assumptions]) is assumed


@pytest.mark.parametrize(
    ("mode", "excluded", "managed", "doubted"),
    [
        (BOTH, ["subnet-2"], False, True),
        (BOTH, ["subnet-1", "subnet-2"], False, False),
        (BOTH, ["subnet-1", "subnet-2"], True, True),
        (BOTH, [], True, False),
        (IN, [], True, False),
        ("off", ["subnet-2"], True, False),
    ],
)
def test_what_passes_an_endpoint_needs_more_than_the_exclusion_of_its_host(
    mode: str, excluded: list[str], managed: bool, doubted: bool
) -> None:
    """The endpoint's subnet must be excluded too; Network Firewall is blocked even then."""
    found = document(mode, *(exclusion(name, ALL) for name in excluded))
    found["VpcEndpoints"] = [
        {
            "VpcEndpointId": name,
            "VpcEndpointType": kind,
            "VpcId": "vpc-1",
            "State": "available",
            "SubnetIds": ["subnet-1"],
            "IpAddressType": "ipv4",
            "Tags": [{"Key": "AWSNetworkFirewallManaged", "Value": "true"}] if managed else [],
        }
        for name, kind in (("vpce-1", "Interface"), ("vpce-2", "GatewayLoadBalancer"))
    ]
    words = (
        "Block Public Access of vpc-1: whether it lets pass what goes through vpce-2 is not known"
    )
    assert doubts(network(found)) == ([words] if doubted else [])

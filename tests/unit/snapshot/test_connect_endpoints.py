"""EC2 Instance Connect Endpoints: whose interface, whose addresses, and what is missing (EICE)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.snapshot.documents import (
    ACCOUNT,
    Document,
    gaps,
    interface,
    network,
    network_document,
    read,
    refused,
    second_vpc,
)
from verifier.model import InstanceConnectEndpoint, InterfaceKind
from verifier.snapshot import inventory

DESCRIPTION = "Instance Connect Endpoint (id: eice-1)"
COMMAND = "aws ec2 describe-instance-connect-endpoints"
KIND = InterfaceKind.INSTANCE_CONNECT_ENDPOINT


def own(**fields: Any) -> Document:
    """The interface of an endpoint as AWS prints it."""
    return interface(
        7,
        **{
            "InterfaceType": "ec2_instance_connect_endpoint",
            "Description": DESCRIPTION,
            "RequesterManaged": True,
            "SourceDestCheck": False,
            **fields,
        },
    )


def listed(**fields: Any) -> Document:
    return {
        "InstanceConnectEndpointId": "eice-1",
        "InstanceConnectEndpointArn": f"arn:aws:ec2:eu-west-1:{ACCOUNT}:instance-connect-endpoint",
        "OwnerId": ACCOUNT,
        "State": "create-complete",
        "StateMessage": "",
        "DnsName": "eice-1.example",
        "FipsDnsName": "eice-1.example",
        "PublicDnsNames": {"Ipv4": {"DnsName": "eice-1.example"}},
        "NetworkInterfaceIds": ["eni-7"],
        "VpcId": "vpc-1",
        "SubnetId": "subnet-1",
        "AvailabilityZone": "eu-west-1a",
        "AvailabilityZoneId": "euw1-az1",
        "CreatedAt": "2026-01-01T00:00:00+00:00",
        "PreserveClientIp": False,
        "SecurityGroupIds": ["sg-1"],
        "IpAddressType": "ipv4",
        "Tags": [{"Key": "Name", "Value": "ssh"}],
        **fields,
    }


def document(*endpoints: Document, **fields: Any) -> Document:
    """Interfaces of hosts and of an endpoint, and the listing of endpoints."""
    found = network_document()
    found["NetworkInterfaces"].append(own(**fields))
    return found | {"InstanceConnectEndpoints": list(endpoints)}


def test_an_endpoint_that_sends_from_its_own_address_is_all_known() -> None:
    found = network(document(listed()))
    assert found.interfaces["eni-7"].kind is KIND
    assert found.instance_connect_endpoints == {
        "eni-7": InstanceConnectEndpoint(
            id="eice-1",
            interface_id="eni-7",
            keeps_clients=False,
            account=ACCOUNT,
            tags={"Name": "ssh"},
        )
    }
    assert found.gaps == ()
    (assumption,) = found.assumptions
    assert assumption.clause == "EICE-1"
    assert assumption.detail.startswith("users' sessions through eice-1 are packets of eni-7")


@pytest.mark.parametrize(
    ("fields", "keeps", "clause", "words"),
    [
        ({"PreserveClientIp": True}, True, "EICE-4", "keeps its users' addresses"),
        ({"PreserveClientIp": None}, None, "EICE-6", f"has no `PreserveClientIp` in the snapshot: "
         f"`{COMMAND}` prints it"),
        ({"State": "update-complete", "PreserveClientIp": True}, True, "EICE-4", "keeps"),
        ({"State": "update-in-progress"}, None, "EICE-6", "is in the state `update-in-progress`"),
        ({"State": "delete-failed"}, None, "EICE-6", "is in the state `delete-failed`"),
        ({"State": None}, None, "EICE-6", "is in the state `None`"),
    ],
)  # fmt: skip
def test_what_is_not_known_of_an_endpoint_is_its_gap(
    fields: Document, keeps: bool | None, clause: str, words: str
) -> None:
    found = network(document(listed(**fields)))
    endpoint = found.instance_connect_endpoints["eni-7"]
    assert endpoint.keeps_clients is keeps
    assert endpoint.gap is not None
    assert (endpoint.gap.resource, endpoint.gap.clause) == ("eice-1", clause)
    assert words in endpoint.gap.detail
    assert found.gaps == (endpoint.gap,)


@pytest.mark.parametrize("state", ["delete-complete", "create-failed"])
def test_an_endpoint_that_is_gone_has_no_interface(state: str) -> None:
    """If the interface is there all the same, it is one whose endpoint is not known."""
    gone = listed(State=state, SubnetId="subnet-9")
    found = network(document(gone))
    assert found.instance_connect_endpoints["eni-7"].keeps_clients is None
    assert found.assumptions == ()
    without = network_document() | {"InstanceConnectEndpoints": [gone]}
    assert network(without).gaps == ()


def test_an_interface_whose_endpoint_is_not_read() -> None:
    found = network(document())
    endpoint = found.instance_connect_endpoints["eni-7"]
    assert (endpoint.id, endpoint.keeps_clients) == ("eni-7", None)
    assert gaps(document()) == [("eni-7", "EICE-6")]
    assert endpoint.gap is not None
    assert endpoint.gap.detail == (
        f"belongs to eice-1, which is not in the snapshot: `{COMMAND}` of account {ACCOUNT}"
        " prints it"
    )
    bare = document(Description="", OwnerId=None)
    (gap,) = network(bare).gaps
    assert gap.detail == (
        "belongs to an EC2 Instance Connect Endpoint that is not in the snapshot:"
        f" `{COMMAND}` prints it"
    )


def test_an_endpoint_that_names_no_interface_is_found_by_description() -> None:
    found = network(document(listed(NetworkInterfaceIds=[])))
    assert found.instance_connect_endpoints["eni-7"].id == "eice-1"
    assert found.incomplete == ()


@pytest.mark.parametrize(
    ("fields", "missing"),
    [
        ({"NetworkInterfaceIds": ["eni-8", "eni-7"]}, "eni-8"),
        ({"NetworkInterfaceIds": ["eni-8"]}, "eni-8"),
        ({"NetworkInterfaceIds": ["eni-8"], "VpcId": None}, "eni-8"),
        ({"NetworkInterfaceIds": ["eni-8"], "VpcId": None, "SubnetId": None}, "eni-8"),
        ({"InstanceConnectEndpointId": "eice-2", "NetworkInterfaceIds": None},
         "the endpoint's interface"),
    ],
)  # fmt: skip
def test_an_endpoint_without_its_interface_is_a_source_that_is_missing(
    fields: Document, missing: str
) -> None:
    whole = listed(**fields)
    found = network(document(whole))
    (gap,) = found.incomplete
    assert (gap.resource, gap.clause) == (whole["InstanceConnectEndpointId"], "GAP-12")
    assert gap.detail.startswith(f"{missing} is not in the snapshot: `aws ec2 describe-network-int")


def test_an_endpoint_of_a_vpc_that_is_not_read_is_nothing() -> None:
    elsewhere = listed(VpcId="vpc-9", SubnetId="subnet-9", NetworkInterfaceIds=["eni-8"])
    found = network(network_document() | {"InstanceConnectEndpoints": [elsewhere]})
    assert (found.gaps, found.assumptions) == ((), ())
    assert found.instance_connect_endpoints == {}


def test_several_interfaces_are_an_entry_each() -> None:
    whole = document(listed(NetworkInterfaceIds=["eni-7", "eni-8"], PreserveClientIp=True))
    whole["NetworkInterfaces"].append(own() | interface(8, InterfaceType="interface"))
    found = network(whole).instance_connect_endpoints
    assert {name: one.id for name, one in found.items()} == {"eni-7": "eice-1", "eni-8": "eice-1"}
    assert found["eni-7"].gap == found["eni-8"].gap is not None


@pytest.mark.parametrize(
    "fields",
    [
        {"InterfaceType": "interface", "Description": "", "RequesterManaged": None},
        {"InterfaceType": None, "Description": "x"},
        {"InterfaceType": "interface", "Description": "EC2 Instance Connect Endpoint eice-1"},
    ],
)
def test_the_kind_is_also_told_by_the_endpoint(fields: Document) -> None:
    found = network(document(listed(), **fields)).interfaces["eni-7"]
    assert (found.kind, found.type_name) == (KIND, KIND.value)


def test_a_type_that_is_newer_than_the_model_stays_a_gap_of_its_own() -> None:
    found = network(document(listed(), InterfaceType="connect_endpoint_2"))
    assert found.interfaces["eni-7"].kind is KIND
    assert [gap.clause for gap in found.gaps] == ["GAP-5"]


@pytest.mark.parametrize("told", ["interface", None])
def test_the_kind_is_also_told_by_a_description_that_aws_wrote(told: str | None) -> None:
    for text in (DESCRIPTION, "EC2 Instance Connect Endpoint"):
        found = network(document(InterfaceType=told, Description=text))
        assert found.interfaces["eni-7"].kind is KIND
        assert found.instance_connect_endpoints["eni-7"].keeps_clients is None
        assert found.incomplete == ()


def test_a_description_that_anybody_may_have_written_proves_nothing() -> None:
    mine = {"InterfaceType": "interface", "RequesterManaged": False}
    found = network(document(**mine))
    assert found.interfaces["eni-7"].kind is InterfaceKind.ORDINARY
    assert [(gap.resource, gap.clause) for gap in found.incomplete] == [("eni-7", "GAP-12")]
    attached = mine | {"Attachment": {"InstanceId": "i-1", "Status": "attached"}}
    assert network(document(**attached)).gaps == ()
    assert network(document(**mine | {"Description": "no Instance Connect Endpoint"})).gaps == ()


@pytest.mark.parametrize(
    ("fields", "own_fields", "words"),
    [
        ({}, {"Attachment": {"InstanceId": "i-1"}}, "eni-7 is attached to i-1"),
        ({}, {"InterfaceType": "lambda"}, "eni-7 is of the type `lambda`"),
        ({"SubnetId": "subnet-2"}, {}, "eni-7 is in another subnet, subnet-1"),
        ({"SecurityGroupIds": ["sg-2"]}, {}, ".SecurityGroupIds: contradicts eni-7, which carries"),
        ({"SubnetId": "subnet-9"}, {}, "eni-7 is in another subnet, subnet-1"),
        ({"SubnetId": None, "VpcId": "vpc-9"}, {}, "eni-7 is in another VPC, vpc-1"),
    ],
)
def test_an_endpoint_that_contradicts_its_interface_is_refused(
    fields: Document, own_fields: Document, words: str
) -> None:
    told = refused(document(listed(**fields), **own_fields), words)
    assert "$.InstanceConnectEndpoints[0]" in told


def test_the_groups_of_both_need_not_both_be_known() -> None:
    for fields, own_fields in (({"SecurityGroupIds": None}, {}), ({}, {"Groups": None})):
        assert KIND is network(document(listed(**fields), **own_fields)).interfaces["eni-7"].kind


def test_the_groups_may_differ_while_they_are_changed() -> None:
    found = network(document(listed(State="update-in-progress", SecurityGroupIds=["sg-2"])))
    assert found.instance_connect_endpoints["eni-7"].keeps_clients is None


def test_the_place_of_an_endpoint_is_in_the_snapshot() -> None:
    lone = listed(NetworkInterfaceIds=["eni-8"], SubnetId="subnet-9")
    refused(document(lone), ".SubnetId: `subnet-9` is not in the snapshot")
    other = listed(NetworkInterfaceIds=["eni-8"], VpcId="vpc-9")
    refused(document(other), ".VpcId: contradicts subnet-1, which is in vpc-1")


def test_an_interface_has_one_endpoint() -> None:
    both = document(listed(), listed(InstanceConnectEndpointId="eice-2"))
    refused(both, "[1].NetworkInterfaceIds: eni-7 is the interface of eice-1, too")


def test_outputs_of_two_moments_must_agree() -> None:
    refused(document(listed(), listed(PreserveClientIp=True)), ".PreserveClientIp")
    assert len(network(document(listed(), listed())).instance_connect_endpoints) == 1


def test_what_is_newer_than_the_model_is_an_assumption() -> None:
    found = network(document(listed(Tunnel="wide")))
    assert "field `Tunnel` of Ec2InstanceConnectEndpoint" in found.assumptions[-1].detail


def test_endpoints_are_counted_and_named_and_asked_for() -> None:
    found = inventory(read(document(listed())))
    counted = "instance_connect_endpoints"
    assert found.counts[counted] == found.scopes[0].counts[counted] == 1
    ids = {name.text: name.interfaces for name in found.names if name.kind == "id"}
    assert ids["eice-1"] == ids["eni-7"] == 1
    types = [name.text for name in found.names if name.kind == "type"]
    assert types == ["type:ec2_instance_connect_endpoint"]
    assert COMMAND not in [one.text for one in found.scopes[0].missing]

    unlisted = document()
    del unlisted["InstanceConnectEndpoints"]
    found = inventory(read(unlisted))
    assert found.counts[counted] == 1
    assert COMMAND in [one.text for one in found.scopes[0].missing]
    found = inventory(read(network_document()))
    assert COMMAND not in [one.text for one in found.scopes[0].missing]


def test_the_call_is_asked_for_where_the_interface_is() -> None:
    whole = second_vpc(document())
    del whole["InstanceConnectEndpoints"]
    whole["Vpcs"][1]["Region"] = "eu-west-2"
    asked = [
        [one.text for one in scope.missing].count(COMMAND)
        for scope in inventory(read(whole)).scopes
    ]
    assert sorted(asked) == [0, 1]

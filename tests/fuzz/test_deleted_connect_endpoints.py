"""What a snapshot does not say of an EC2 Instance Connect Endpoint must not hide its sessions.

The only packets that reach the host are those of the endpoint. Every field, every file, and both
the type of the interface and each other field are deleted in turn: no refutation may become a
proof. That the interface is gone is a fact only if the endpoint is gone with it.
"""

from __future__ import annotations

import pytest

from tests.fuzz.test_deleted_fields import Document, Steps, fields, verdict, without
from tests.unit.snapshot.documents import ACCOUNT, interface, network_document, permission
from verifier.verdict import Verdict

USERS, ANYBODY = "never 198.51.100.0/24 -> eni-2", "never any -> eni-2"


def administered(keeps: bool) -> Document:
    """`eni-2` lets in `sg-9`, the group of the endpoint's interface `eni-9`."""
    document = network_document()
    document["InternetGateways"] = []
    document["RouteTables"][0]["Routes"].pop()
    group = {"GroupId": "sg-9", "UserId": ACCOUNT}
    document["SecurityGroups"] = [
        {
            "GroupId": "sg-1",
            "GroupName": "host",
            "VpcId": "vpc-1",
            "IpPermissions": [
                permission("tcp", None, FromPort=22, ToPort=22, UserIdGroupPairs=[group])
            ],
            "IpPermissionsEgress": [],
        },
        {
            "GroupId": "sg-9",
            "GroupName": "connect",
            "VpcId": "vpc-1",
            "IpPermissions": [],
            "IpPermissionsEgress": [permission("tcp", "10.0.0.0/16", FromPort=22, ToPort=22)],
        },
    ]
    document["NetworkInterfaces"].append(
        interface(
            9,
            InterfaceType="ec2_instance_connect_endpoint",
            Description="Instance Connect Endpoint (id: eice-1)",
            Groups=[{"GroupId": "sg-9", "GroupName": "connect"}],
            RequesterManaged=True,
            SourceDestCheck=False,
            Attachment={"Status": "attached", "InstanceOwnerId": "amazon-aws"},
        )
    )
    document["InstanceConnectEndpoints"] = [
        {
            "InstanceConnectEndpointId": "eice-1",
            "OwnerId": ACCOUNT,
            "State": "create-complete",
            "NetworkInterfaceIds": ["eni-9"],
            "VpcId": "vpc-1",
            "SubnetId": "subnet-1",
            "PreserveClientIp": keeps,
            "SecurityGroupIds": ["sg-9"],
            "IpAddressType": "ipv4",
        }
    ]
    return document


def deletions(document: Document) -> list[Steps]:
    """Every field, and what is listed of the endpoint as a whole."""
    return [
        *fields(document),
        ("InstanceConnectEndpoints", 0),
        ("NetworkInterfaces", 2),
        ("InstanceConnectEndpoints", 0, "NetworkInterfaceIds", 0),
    ]


@pytest.mark.parametrize(
    ("keeps", "statement"), [(True, USERS), (True, ANYBODY), (False, ANYBODY), (False, "only")]
)
def test_no_field_can_be_left_out_for_a_proof(keeps: bool, statement: str) -> None:
    whole = administered(keeps)
    statement = "only eni-1 -> eni-2" if statement == "only" else statement
    assert verdict(whole, statement) is Verdict.REFUTED
    proved = [
        steps
        for steps in deletions(whole)
        if verdict(without(whole, steps), statement) is Verdict.PROVED
    ]
    assert proved == []


TYPE: Steps = ("NetworkInterfaces", 2, "InterfaceType")
FILE: Steps = ("InstanceConnectEndpoints",)


@pytest.mark.parametrize("first", [TYPE, FILE])
def test_no_two_can_be_left_out_for_a_proof(first: Steps) -> None:
    """Without the type, or without the file, every other field of the endpoint goes as well."""
    left = without(administered(True), first)
    assert verdict(left, USERS) is not Verdict.PROVED
    of_the_endpoint = [
        steps
        for steps in deletions(left)
        if steps[:2] in (TYPE[:2], (*FILE, 0)) and not (first == FILE and steps[0] == FILE[0])
    ]
    proved = [
        steps for steps in of_the_endpoint if verdict(without(left, steps), USERS) is Verdict.PROVED
    ]
    gone = [TYPE[:2]] if first == FILE else []  # nothing at all speaks of the endpoint then
    assert proved == gone

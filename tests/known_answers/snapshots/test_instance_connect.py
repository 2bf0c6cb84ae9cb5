"""EC2 Instance Connect Endpoints: who may log in from the service, and by which address.

`door` stands in a subnet of its own; `admin` names its group, `legacy` the block of its subnet, and
`server` listens to everybody in the VPC.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.known_answers.snapshots.account import (
    MADE,
    Estate,
    closing,
    entry,
    everything,
    ident,
    named,
    permission,
)
from tests.known_answers.snapshots.asked import (
    PROVED,
    REFUTED,
    UNKNOWN,
    VACUOUS,
    Case,
    Says,
    case,
    check,
)
from tests.known_answers.snapshots.interfaces import host, interface

BLOCK, DOORS = "10.110.0.0/16", "10.110.9.0/24"
PLACE = ("111111111111", "eu-central-1")
DOOR = "type:ec2_instance_connect_endpoint"


def logins() -> Estate:
    estate = Estate()
    place = estate.place(*PLACE)
    vpc = place.vpc("ops", BLOCK)
    vpc.acl("work list", *everything(egress=True), *everything(egress=False))
    doors = vpc.subnet("doors", DOORS)
    work = vpc.subnet("work", "10.110.1.0/24", acl="work list")
    door = vpc.group("door", [], [permission("tcp", (0, 65535), BLOCK)])
    endpoint = ident("eice", "door")
    eni = interface(
        doors,
        "door",
        "10.110.9.10",
        door,
        kind="ec2_instance_connect_endpoint",
        Description=f"EC2 Instance Connect Endpoint {endpoint}",
        TagSet=[],
    )
    place.add(
        "describe-instance-connect-endpoints",
        "endpoint",
        {
            "OwnerId": place.account,
            "InstanceConnectEndpointId": endpoint,
            "InstanceConnectEndpointArn": place.arn("ec2", f"instance-connect-endpoint/{endpoint}"),
            "State": "create-complete",
            "StateMessage": "",
            "DnsName": f"{endpoint}.b67b86ba.ec2-instance-connect-endpoint.amazonaws.com",
            "NetworkInterfaceIds": [eni["NetworkInterfaceId"]],
            "VpcId": vpc.id,
            "AvailabilityZone": doors.zone,
            "AvailabilityZoneId": doors.json["AvailabilityZoneId"],
            "CreatedAt": MADE,
            "SubnetId": doors.id,
            "PreserveClientIp": False,
            "SecurityGroupIds": [door["GroupId"]],
            "IpAddressType": "ipv4",
            "Tags": named("door"),
        },
    )
    for number, (name, *rules) in enumerate(
        (
            ("admin", permission("tcp", 22, door["GroupId"])),
            ("legacy", permission("tcp", 22, DOORS)),
            ("server", permission("-1", None, BLOCK)),
        ),
        10,
    ):
        host(work, name, f"10.110.1.{number}", vpc.group(name, rules))
    return estate


ADMIN, LEGACY = f"always {DOOR} -> name:admin on tcp/22", f"always {DOOR} -> name:legacy on tcp/22"
WEB = f"never {DOOR} -> name:server on tcp/443"
RIGHT = (
    Says(ADMIN, PROVED, "its group is named"),
    Says(LEGACY, PROVED, "it sends from its own address"),
    Says(WEB, PROVED, "it opens connections to 22 and 3389 alone"),
    Says(f"always {DOOR} -> name:server on tcp/3389", PROVED, "remote desktops"),
    Says(f"never any -> {DOOR}", VACUOUS, "users come to it by the service"),
    Says("never internet -> any", PROVED, "no gateway"),
    Says("only type:ec2_instance_connect_endpoint -> name:admin", PROVED, "nobody else"),
)


def users_show(estate: Estate) -> None:
    estate["endpoint"]["PreserveClientIp"] = True


def not_said(estate: Estate) -> None:
    estate["endpoint"].pop("PreserveClientIp")


def shut(estate: Estate) -> None:
    """Its group lets nothing out; what it lets in has never mattered."""
    estate["sg door"]["IpPermissionsEgress"] = []
    estate["sg door"]["IpPermissions"] = [permission("-1", None, "0.0.0.0/0")]


def listed(estate: Estate) -> None:
    estate["work list"]["Entries"] = [
        *everything(egress=True),
        *closing(egress=True),
        entry(90, "deny", "6", (22, 22), DOORS),
        *everything(egress=False),
        *closing(egress=False),
    ]


def answers_are_lost(estate: Estate) -> None:
    estate["work list"]["Entries"] = [
        entry(100, "allow", "6", (443, 443), BLOCK, egress=True),
        *closing(egress=True),
        *everything(egress=False),
        *closing(egress=False),
    ]


def not_collected(estate: Estate) -> None:
    estate.place(*PLACE).files.pop("describe-instance-connect-endpoints")


CASES = (
    case("right", None, *RIGHT),
    case(
        "users' addresses are kept",
        users_show,
        Says(LEGACY, REFUTED, "the group names the endpoint's subnet, and sees the user", "legacy"),
        Says(f"never {DOOR} -> name:admin", REFUTED, "a reference matches all the same", "door"),
        Says(ADMIN, UNKNOWN, "how answers come back is not documented", ident("eice", "door")),
    ),
    case(
        "not said whether they are",
        not_said,
        Says(LEGACY, UNKNOWN, "it depends"),
        Says(WEB, PROVED, "22 and 3389 alone, either way"),
    ),
    case(
        "the endpoint's group is shut",
        shut,
        Says(ADMIN, REFUTED, "its egress rules judge", "door"),
        Says(f"never {DOOR} -> any", PROVED, "nothing leaves it"),
    ),
    case(
        "a list denies it",
        listed,
        Says(ADMIN, REFUTED, "rule 90", "work list"),
        Says(f"never {DOOR} -> vpc:ops on tcp/22", PROVED, "for everybody"),
    ),
    case(
        "a list loses the answers",
        answers_are_lost,
        Says(ADMIN, REFUTED, "answers go to high ports", "work list"),
        Says(f"never {DOOR} -> name:admin", REFUTED, "but it is asked", "admin"),
    ),
    case(
        "the endpoints were not collected",
        not_collected,
        Says(ADMIN, UNKNOWN, "whose address?"),
        Says(WEB, PROVED, "22 and 3389 alone"),
    ),
)


@pytest.mark.parametrize("one", CASES, ids=lambda one: one.name)
def test_instance_connect(one: Case, tmp_path: Path) -> None:
    check(logins, one, tmp_path)

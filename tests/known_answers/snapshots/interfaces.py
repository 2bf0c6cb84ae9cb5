"""What the AWS CLI prints of hosts: interfaces, instances, and interfaces that services manage."""

from __future__ import annotations

from typing import Any

from tests.known_answers.snapshots.account import MADE, Json, Subnet, association, ident, named


def interface(
    subnet: Subnet,
    name: str,
    address: str | None,
    *groups: Json,
    kind: str = "interface",
    public: str | None = None,
    elastic: str | None = None,
    ipv6: str | None = None,
    account: str | None = None,
    **changed: Any,
) -> Json:
    """An interface in use; `changed` replaces or adds fields."""
    place = subnet.vpc.place
    made: Json = {
        "Attachment": {
            "AttachTime": MADE,
            "AttachmentId": ident("eni-attach", name),
            "DeleteOnTermination": True,
            "DeviceIndex": 0,
            "NetworkCardIndex": 0,
            "Status": "attached",
        },
        "AvailabilityZone": subnet.zone,
        "AvailabilityZoneId": subnet.json["AvailabilityZoneId"],
        "Description": "",
        "Groups": [{"GroupId": one["GroupId"], "GroupName": one["GroupName"]} for one in groups],
        "InterfaceType": kind,
        "Ipv6Addresses": [{"Ipv6Address": ipv6, "IsPrimaryIpv6": False}] if ipv6 else [],
        "MacAddress": "02:a3:2d:11:54:7f",
        "NetworkInterfaceId": ident("eni", name),
        "OwnerId": account or place.account,
        "PrivateIpAddresses": [],
        "RequesterManaged": kind != "interface",
        "SourceDestCheck": True,
        "Status": "in-use",
        "SubnetId": subnet.id,
        "TagSet": named(name),
        "VpcId": subnet.vpc.id,
        "Operator": {"Managed": False},
    }
    if address is not None:
        made["PrivateIpAddress"] = address
        first: Json = {"Primary": True, "PrivateIpAddress": address}
        if elastic or public:
            first["Association"] = (
                place.elastic(elastic, made) if elastic else association(str(public))
            )
            made["Association"] = first["Association"]
        made["PrivateIpAddresses"] = [first]
    made.update(changed)
    return place.add("describe-network-interfaces", name, made)


def host(
    subnet: Subnet,
    name: str,
    address: str | None,
    *groups: Json,
    public: str | None = None,
    elastic: str | None = None,
    ipv6: str | None = None,
    account: str | None = None,
    **tags: str,
) -> Json:
    """A running instance with one interface, which is returned."""
    place = subnet.vpc.place
    made = interface(
        subnet, name, address, *groups, public=public, ipv6=ipv6, account=account, TagSet=[]
    )
    instance = ident("i", name)
    made["Attachment"].update(InstanceId=instance, InstanceOwnerId=made["OwnerId"])
    if elastic:
        shown = place.elastic(elastic, made)
        made["Association"] = made["PrivateIpAddresses"][0]["Association"] = shown
    place.listed("describe-instances").append(
        {
            "ReservationId": ident("r", name),
            "OwnerId": made["OwnerId"],
            "Groups": [],
            "Instances": [_instance(made, instance, name, tags)],
        }
    )
    place.estate.made[f"instance {name}"] = place.listed("describe-instances")[-1]["Instances"][0]
    return made


def _instance(eni: Json, instance: str, name: str, tags: dict[str, str]) -> Json:
    copied = ("Groups", "NetworkInterfaceId", "PrivateIpAddresses", "SourceDestCheck", "SubnetId")
    shown = {key: eni[key] for key in (*copied, "VpcId", "Attachment", "OwnerId", "Status")}
    made: Json = {
        "AmiLaunchIndex": 0,
        "ImageId": "ami-0b5eea76982371e91",
        "InstanceId": instance,
        "InstanceType": "m7g.large",
        "LaunchTime": MADE,
        "Monitoring": {"State": "disabled"},
        "Placement": {"AvailabilityZone": eni["AvailabilityZone"], "Tenancy": "default"},
        "PrivateDnsName": "ip.internal",
        "State": {"Code": 16, "Name": "running"},
        "SubnetId": eni["SubnetId"],
        "VpcId": eni["VpcId"],
        "Architecture": "arm64",
        "NetworkInterfaces": [{**shown, "InterfaceType": "interface"}],
        "SecurityGroups": eni["Groups"],
        "SourceDestCheck": True,
        "Tags": named(name, **tags),
        "VirtualizationType": "hvm",
    }
    if "PrivateIpAddress" in eni:
        made["PrivateIpAddress"] = eni["PrivateIpAddress"]
    return made


def forwards(made: Json) -> None:
    """Switches the source/destination check of an interface off, wherever it is shown."""
    made["SourceDestCheck"] = False


def stopped(instance: Json) -> None:
    """The instance as it is shown when it is stopped."""
    instance["State"] = {"Code": 80, "Name": "stopped"}

"""Load balancers for an estate: one more file beside what `bench.estate` writes.

    python -m bench.balancers FOLDER --balancers 200

Law: what is true of the estate stays true. Every balancer stands in the web tier of a VPC, half of
them Network Load Balancers that keep client addresses, half Application Load Balancers; each sends
to six hosts of the tier behind it, which let it in, and listens on the first of the forbidden
ports, which every list denies: so a proof has to look at both legs of each, and finds no first one.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from bench.plan import FORBIDDEN_PORTS, OWNER, REGION, SERVICE_PORTS, Json

TARGETS = 6
PORT = SERVICE_PORTS["app"][0]
NAME = "load-balancers.json"


def _interfaces(folder: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for path in sorted(folder.glob("*.json")):
        content = json.loads(path.read_text(encoding="utf-8"))
        if path.name != NAME and isinstance(content, dict):
            found += content.get("NetworkInterfaces", ())
    return found


def _tier(interface: dict[str, Any]) -> str:
    tags = {tag["Key"]: tag["Value"] for tag in interface.get("TagSet", ())}
    return str(tags.get("Tier", ""))


def write(folder: Path, count: int) -> int:
    """Write `count` balancers into the estate's folder and return the number of bytes."""
    hosts = _interfaces(folder)
    web = [one for one in hosts if _tier(one) == "web"]
    behind: dict[str, list[dict[str, Any]]] = {}
    for one in hosts:
        if _tier(one) == "app":
            behind.setdefault(one["VpcId"], []).append(one)
    parts: dict[str, list[Json]] = {
        name: []
        for name in (
            "NetworkInterfaces", "LoadBalancers", "LoadBalancerListeners", "Rules",
            "TargetGroups", "LoadBalancerTargetHealth", "TargetGroupAttributes",
            "LoadBalancerAttributes", "ServiceConfigurations",
        )
    }  # fmt: skip
    for number in range(count):
        like = web[number * len(web) // count]
        targets = behind[like["VpcId"]]
        first = number * TARGETS % len(targets)
        _add(parts, number, like, targets[first : first + TARGETS])
    return (folder / NAME).write_text(json.dumps(parts) + "\n", encoding="utf-8")


def _add(
    parts: dict[str, list[Json]], number: int, like: dict[str, Any], targets: list[dict[str, Any]]
) -> None:
    kind = "net" if number % 2 else "app"
    tail = f"{kind}/lb-{number}/{number:016x}"
    prefix = f"arn:aws:elasticloadbalancing:{REGION}:{OWNER}"
    arn, group = f"{prefix}:loadbalancer/{tail}", f"{prefix}:targetgroup/tg-{number}/{number:016x}"
    listener = f"{prefix}:listener/{tail}/{number:016x}"
    parts["NetworkInterfaces"].append(_node(number, kind, tail, like))
    parts["LoadBalancers"].append(
        {
            "LoadBalancerArn": arn,
            "LoadBalancerName": f"lb-{number}",
            "Type": "network" if kind == "net" else "application",
            "Scheme": "internal",
            "VpcId": like["VpcId"],
        }
    )
    parts["LoadBalancerListeners"].append(
        {
            "LoadBalancerArn": arn,
            "Listeners": [
                {
                    "ListenerArn": listener,
                    "LoadBalancerArn": arn,
                    "Port": FORBIDDEN_PORTS[0],
                    "Protocol": "TCP" if kind == "net" else "HTTPS",
                    "DefaultActions": [{"Type": "forward", "TargetGroupArn": group}],
                }
            ],
        }
    )
    if kind == "app":
        rule = f"{prefix}:listener-rule/{tail}/{number:016x}/{number:016x}"
        action = {"Type": "forward", "TargetGroupArn": group}
        parts["Rules"].append({"RuleArn": rule, "IsDefault": True, "Actions": [action]})
    parts["TargetGroups"].append(
        {
            "TargetGroupArn": group,
            "TargetGroupName": f"tg-{number}",
            "TargetType": "ip",
            "Protocol": "TCP" if kind == "net" else "HTTP",
            "Port": PORT,
            "IpAddressType": "ipv4",
            "VpcId": like["VpcId"],
        }
    )
    parts["LoadBalancerTargetHealth"].append(
        {
            "TargetGroupArn": group,
            "TargetHealthDescriptions": [
                {"Target": {"Id": one["PrivateIpAddress"], "Port": PORT}} for one in targets
            ],
        }
    )
    attributes = [
        {"Key": "load_balancing.cross_zone.enabled", "Value": "true"},
        {"Key": "preserve_client_ip.enabled", "Value": "true"},
    ]
    own = attributes if kind == "net" else attributes[:1]
    parts["TargetGroupAttributes"].append({"TargetGroupArn": group, "Attributes": own})
    parts["LoadBalancerAttributes"].append({"LoadBalancerArn": arn, "Attributes": attributes[:1]})


def _node(number: int, kind: str, tail: str, like: dict[str, Any]) -> Json:
    """An interface beside one of the web tier, with its groups; the last addresses of a subnet."""
    blocks = like["PrivateIpAddress"].split(".")
    third = int(blocks[2]) // 16 * 16 + 15
    address = f"{blocks[0]}.{blocks[1]}.{third}.{250 - number % 200}"
    return {
        **like,
        "NetworkInterfaceId": f"eni-{0xE1B00000 + number:017x}",
        "Description": f"ELB {tail}",
        "InterfaceType": "network_load_balancer" if kind == "net" else "interface",
        "RequesterManaged": True,
        "PrivateIpAddress": address,
        "PrivateIpAddresses": [{"Primary": True, "PrivateIpAddress": address}],
        "Ipv6Addresses": [],
        "Association": None,
        "Attachment": {
            "AttachmentId": f"ela-attach-{0xE1B00000 + number:08x}",
            "DeleteOnTermination": False, "DeviceIndex": 1,
            "InstanceOwnerId": "amazon-elb", "Status": "attached",
        },
        "TagSet": [],
    }  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.balancers")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--balancers", type=int, default=200)
    given = parser.parse_args()
    print(f"{write(given.folder, given.balancers)} bytes")


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""Answers like the AWS CLI, from the snapshot of an example, and keeps a list of what was asked.

`STAND_IN_SNAPSHOT` is the folder of the example, `STAND_IN_LOG` the file to which each service and
operation is appended.
"""

import json
import os
import re
import sys
from pathlib import Path

ACCOUNT = "111122223333"
KEYS = {
    ("elb", "describe-load-balancers"): "LoadBalancerDescriptions",
    ("elbv2", "describe-target-health"): "TargetHealthDescriptions",
    ("elbv2", "describe-target-group-attributes"): "Attributes",
    ("elbv2", "describe-load-balancer-attributes"): "Attributes",
    ("ec2", "describe-vpc-endpoint-service-configurations"): "ServiceConfigurations",
}
"""Keys that do not follow from the name of the operation."""
SINGLE = {"VpcBlockPublicAccessOptions": {"InternetGatewayBlockMode": "off"}}
"""What is not a listing."""
NAMELESS = {
    "describe-target-health": "TargetGroupArn",
    "describe-target-group-attributes": "TargetGroupArn",
    "describe-load-balancer-attributes": "LoadBalancerArn",
}
"""Calls that do not print the name that the files of an example have beside what they print."""


def answer(service: str, operation: str, options: list[str]) -> str:
    """What the AWS CLI would print."""
    if (service, operation) == ("sts", "get-caller-identity"):
        return ACCOUNT
    snapshot = Path(os.environ["STAND_IN_SNAPSHOT"])
    if operation == "describe-prefix-lists":
        return json.dumps({"PrefixLists": []}, indent=4)
    if operation == "get-managed-prefix-list-entries":
        operation = options[options.index("--prefix-list-id") + 1]
    text = printed(snapshot, service, operation)
    if "--query" in options:
        query = re.sub(r"\[.*\]", "[]", options[options.index("--query") + 1])
        listing, _, field = query.partition("[].")
        return "\t".join(each[field] for each in json.loads(text)[listing])
    return text


def printed(snapshot: Path, service: str, operation: str) -> str:
    """What a call prints: a file of the example, or an empty listing."""
    key = KEYS.get((service, operation)) or operation.split("-", 1)[1].title().replace("-", "")
    path = snapshot / f"{operation}.json"
    if operation in NAMELESS:
        told = [json.loads(each.read_text(encoding="utf-8")) for each in snapshot.glob("*.json")]
        found: object = next(
            (one[key] for one in told if {key, NAMELESS[operation]} <= one.keys()), []
        )
        return json.dumps({key: found}, indent=4)
    if service in ("ec2", "elbv2") and path.exists():
        return path.read_text(encoding="utf-8")
    return json.dumps({key: SINGLE.get(key, [])}, indent=4)


if __name__ == "__main__":
    with Path(os.environ["STAND_IN_LOG"]).open("a", encoding="utf-8") as log:
        log.write(f"{sys.argv[1]} {sys.argv[2]}\n")
    print(answer(sys.argv[1], sys.argv[2], sys.argv[3:]))

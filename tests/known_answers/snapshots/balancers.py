"""What the AWS CLI prints of load balancers: `elbv2` and `elb`, with the interfaces in the subnets.

What `describe-target-health` and the like print does not name what it is about: their files do, as
in the snapshot script of the documentation (`app-NAME-ID-listeners.json`, `NAME-ID-health.json`).
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

from tests.known_answers.snapshots.account import MADE, Json, Place, Subnet, Vpc, ident
from tests.known_answers.snapshots.interfaces import interface

SHORT = {"application": "app", "network": "net", "gateway": "gwy"}


def _number(*names: str) -> str:
    return hashlib.sha256("/".join(names).encode()).hexdigest()[:16]


@dataclass(frozen=True)
class Node:
    """Where a balancer stands: a subnet, an address there, and a public one if it has one."""

    subnet: Subnet
    address: str
    public: str | None = None


@dataclass(eq=False)
class Balancer:
    """An application or Network Load Balancer that is being made."""

    vpc: Vpc
    name: str
    kind: str
    nodes: tuple[Node, ...]
    groups: tuple[Json, ...] = ()
    scheme: str = "internet-facing"

    def __post_init__(self) -> None:
        place = self.vpc.place
        self.path = f"{SHORT[self.kind]}/{self.name}/{_number(self.name)}"
        self.file = self.path.replace("/", "-")
        self.arn = place.arn("elasticloadbalancing", f"loadbalancer/{self.path}")
        for number, node in enumerate(self.nodes):
            interface(
                node.subnet,
                f"{self.name} node {number}",
                node.address,
                *self.groups,
                kind="interface" if self.kind == "application" else f"{self.kind}_load_balancer",
                public=node.public,
                Description=f"ELB {self.path}",
                RequesterId="amazon-elb",
                RequesterManaged=True,
                TagSet=[],
            )
        place.add("elbv2-describe-load-balancers", self.name, self._described())
        cross = "true" if self.kind == "application" else "false"
        self.attributes = {"load_balancing.cross_zone.enabled": cross}
        place.files[f"{self.file}-attributes"] = {
            "Attributes": [
                {"Key": "deletion_protection.enabled", "Value": "false"},
                {"Key": "load_balancing.cross_zone.enabled", "Value": cross},
            ]
        }
        place.files[f"{self.file}-listeners"] = {"Listeners": []}
        place.estate.made[f"{self.name} attributes"] = place.files[f"{self.file}-attributes"]

    def _described(self) -> Json:
        made: Json = {
            "LoadBalancerArn": self.arn,
            "DNSName": f"{self.name}-1234567890.{self.vpc.place.region}.elb.amazonaws.com",
            "CanonicalHostedZoneId": "Z215JYRZR1TBD5",
            "CreatedTime": MADE,
            "LoadBalancerName": self.name,
            "Scheme": self.scheme,
            "VpcId": self.vpc.id,
            "State": {"Code": "active"},
            "Type": self.kind,
            "AvailabilityZones": [
                {
                    "ZoneName": node.subnet.zone,
                    "SubnetId": node.subnet.id,
                    "LoadBalancerAddresses": [],
                }
                for node in self.nodes
            ],
            "IpAddressType": "ipv4",
        }
        if self.groups:
            made["SecurityGroups"] = [group["GroupId"] for group in self.groups]
        if self.groups and self.kind == "network":
            made["EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic"] = "on"
        return made

    def listens(self, protocol: str, port: int, *actions: Json) -> list[Json]:
        """A listener with its default actions; returned are the rules, which may be added to."""
        number = _number(self.name, str(port))
        arn = self.arn.replace(":loadbalancer/", ":listener/") + f"/{number}"
        made: Json = {
            "ListenerArn": arn,
            "LoadBalancerArn": self.arn,
            "Port": port,
            "Protocol": protocol,
            "DefaultActions": list(actions),
        }
        place = self.vpc.place
        place.files[f"{self.file}-listeners"]["Listeners"].append(made)
        rules: list[Json] = [
            {
                "RuleArn": arn.replace(":listener/", ":listener-rule/") + "/9683b2d02a6cabee",
                "Priority": "default",
                "Conditions": [],
                "Actions": list(actions),
                "IsDefault": True,
            }
        ]
        if self.kind == "application":
            place.files[f"{self.file}-{number}-rules"] = {"Rules": rules}
            place.estate.made[f"{self.name} rules {port}"] = {"Rules": rules}
        return rules


def rule(of: list[Json], path: str, *actions: Json) -> Json:
    """A rule for a path, before the default rule of these."""
    made: Json = {
        "RuleArn": of[-1]["RuleArn"].rsplit("/", 1)[0] + "/" + _number(path),
        "Priority": str(len(of)),
        "Conditions": [
            {"Field": "path-pattern", "Values": [path], "PathPatternConfig": {"Values": [path]}}
        ],
        "Actions": list(actions),
        "IsDefault": False,
    }
    of.insert(0, made)
    return made


def forward(group: str) -> Json:
    """The action that leads to a target group."""
    return {
        "Type": "forward",
        "TargetGroupArn": group,
        "Order": 1,
        "ForwardConfig": {"TargetGroups": [{"TargetGroupArn": group, "Weight": 1}]},
    }


REDIRECT: Json = {
    "Type": "redirect",
    "Order": 1,
    "RedirectConfig": {"Protocol": "HTTPS", "Port": "443", "StatusCode": "HTTP_301"},
}


def target_group(
    vpc: Vpc,
    name: str,
    protocol: str,
    port: int,
    *targets: str,
    kind: str = "instance",
    balancer: Balancer | None = None,
    **attributes: str,
) -> str:
    """A target group with registered targets: instance ids, addresses or an ARN."""
    place = vpc.place
    number = _number("group", name)
    arn = place.arn("elasticloadbalancing", f"targetgroup/{name}/{number}")
    made: Json = {
        "TargetGroupArn": arn,
        "TargetGroupName": name,
        "Protocol": protocol,
        "Port": port,
        "VpcId": vpc.id,
        "HealthCheckProtocol": "TCP",
        "HealthCheckPort": "traffic-port",
        "HealthCheckEnabled": True,
        "HealthCheckIntervalSeconds": 30,
        "HealthCheckTimeoutSeconds": 10,
        "HealthyThresholdCount": 5,
        "UnhealthyThresholdCount": 2,
        "LoadBalancerArns": [balancer.arn] if balancer else [],
        "TargetType": kind,
        "IpAddressType": "ipv4",
    }
    place.add("elbv2-describe-target-groups", f"group {name}", made)
    health: Json = {"TargetHealthDescriptions": []}
    place.files[f"{name}-{number}-health"] = health
    place.estate.made[f"{name} health"] = health
    for target in targets:
        register(place, name, target, port)
    said: Json = {
        "Attributes": [
            {"Key": "deregistration_delay.timeout_seconds", "Value": "300"},
            *({"Key": key.replace("__", "."), "Value": value} for key, value in attributes.items()),
        ]
    }
    place.files[f"{name}-{number}-attributes"] = said
    place.estate.made[f"{name} attributes"] = said
    return arn


def register(place: Place, group: str, target: str, port: int, state: str = "healthy") -> None:
    """Registers one more target."""
    told: Json = {"Id": target, "Port": port}
    place.estate[f"{group} health"]["TargetHealthDescriptions"].append(
        {"Target": told, "HealthCheckPort": str(port), "TargetHealth": {"State": state}}
    )


def classic(
    vpc: Vpc, name: str, port: int, to: int, nodes: tuple[Node, ...], group: Json, *targets: str
) -> Json:
    """A Classic Load Balancer with one TCP listener."""
    for number, node in enumerate(nodes):
        interface(
            node.subnet,
            f"{name} node {number}",
            node.address,
            group,
            public=node.public,
            Description=f"ELB {name}",
            RequesterId="amazon-elb",
            RequesterManaged=True,
            TagSet=[],
        )
    listener = {
        "Protocol": "TCP",
        "LoadBalancerPort": port,
        "InstanceProtocol": "TCP",
        "InstancePort": to,
    }
    made: Json = {
        "LoadBalancerName": name,
        "DNSName": f"{name}-1234567890.{vpc.place.region}.elb.amazonaws.com",
        "ListenerDescriptions": [{"Listener": listener, "PolicyNames": []}],
        "Policies": {
            "AppCookieStickinessPolicies": [],
            "LBCookieStickinessPolicies": [],
            "OtherPolicies": [],
        },
        "BackendServerDescriptions": [],
        "AvailabilityZones": sorted({node.subnet.zone for node in nodes}),
        "Subnets": [node.subnet.id for node in nodes],
        "VPCId": vpc.id,
        "Instances": [{"InstanceId": target} for target in targets],
        "HealthCheck": {
            "Target": f"TCP:{to}",
            "Interval": 30,
            "Timeout": 5,
            "UnhealthyThreshold": 2,
            "HealthyThreshold": 10,
        },
        "SourceSecurityGroup": {"OwnerAlias": vpc.place.account, "GroupName": group["GroupName"]},
        "SecurityGroups": [group["GroupId"]],
        "CreatedTime": MADE,
        "Scheme": "internet-facing",
    }
    return vpc.place.add("elb-describe-load-balancers", name, made)


def service(place: Place, name: str, *balancers: Balancer) -> str:
    """An endpoint service of PrivateLink in front of Network Load Balancers."""
    service_id = ident("vpce-svc", name)
    called = f"com.amazonaws.vpce.{place.region}.{service_id}"
    zones: list[Any] = [node.subnet.zone for one in balancers for node in one.nodes]
    place.add(
        "describe-vpc-endpoint-service-configurations",
        name,
        {
            "ServiceType": [{"ServiceType": "Interface"}],
            "ServiceId": service_id,
            "ServiceName": called,
            "ServiceState": "Available",
            "AvailabilityZones": zones,
            "AcceptanceRequired": False,
            "ManagesVpcEndpoints": False,
            "NetworkLoadBalancerArns": [one.arn for one in balancers],
            "SupportedIpAddressTypes": ["ipv4"],
            "BaseEndpointDnsNames": [f"{service_id}.{place.region}.vpce.amazonaws.com"],
            "Tags": [],
        },
    )
    return called

"""Specimens of load balancers and network firewalls."""

from __future__ import annotations

from tests.reference.of_routes import firewall_endpoint, instance
from tests.reference.snapshots import (
    ACCOUNT,
    GROUP,
    REGION,
    VPC,
    Change,
    Json,
    Snapshot,
    Specimen,
    interface,
)

BALANCERS = "Load balancers"
ARNS = f"arn:aws:elasticloadbalancing:{REGION}:{ACCOUNT}"
TARGETS = f"{ARNS}:targetgroup/targets/1"


def _balancer(kind: str, protocol: str, target: str = "ip", listed: bool = True) -> Change:
    short = {"application": "app", "network": "net", "gateway": "gwy"}[kind]
    name = f"{short}/front/1"
    arn = f"{ARNS}:loadbalancer/{name}"
    node = interface(
        2, "10.1.1.6",
        {"application": "interface", "network": "network_load_balancer",
         "gateway": "gateway_load_balancer"}[kind],
        Description=f"ELB {name}", Groups=[] if kind == "gateway" else [{"GroupId": GROUP}],
        AvailabilityZone=f"{REGION}a",
    )  # fmt: skip

    def change(snapshot: Snapshot) -> Snapshot:
        snapshot.add("NetworkInterfaces", node)
        snapshot.add("LoadBalancers", {
            "LoadBalancerArn": arn, "LoadBalancerName": "front", "Type": kind,
            "Scheme": "internal", "VpcId": VPC, "State": {"Code": "active"},
            "SecurityGroups": [] if kind == "gateway" else [GROUP],
            "AvailabilityZones": [{"ZoneName": f"{REGION}a", "SubnetId": "subnet-1"}]})  # fmt: skip
        if not listed:
            del snapshot.listings["TargetGroups"]
            return snapshot
        listener = f"{ARNS}:listener/{name}/1"
        forward = {"Type": "forward", "TargetGroupArn": TARGETS}
        snapshot.add("Listeners", {"ListenerArn": listener, "LoadBalancerArn": arn, "Port": 443,
                                   "Protocol": protocol, "DefaultActions": [forward]})  # fmt: skip
        if kind == "application":
            snapshot.add("Rules", {"RuleArn": f"{ARNS}:listener-rule/{name}/1/1",
                                   "Conditions": [], "Actions": [forward],
                                   "IsDefault": True})  # fmt: skip
        snapshot.add("TargetGroups", {
            "TargetGroupArn": TARGETS, "TargetGroupName": "targets", "TargetType": target,
            "Protocol": protocol, "Port": 8443, "VpcId": VPC,
            "LoadBalancerArns": [arn]})  # fmt: skip
        cross = {"Key": "load_balancing.cross_zone.enabled", "Value": "true"}
        keeps = {"Key": "preserve_client_ip.enabled", "Value": "false"}
        snapshot.add("LoadBalancerTargetHealth", {
            "TargetGroupArn": TARGETS, "TargetHealthDescriptions": [
                {"Target": {"Id": "10.1.1.5", "Port": 8443},
                 "TargetHealth": {"State": "healthy"}}]})  # fmt: skip
        snapshot.add("TargetGroupAttributes",
                     {"TargetGroupArn": TARGETS, "Attributes": [keeps]})  # fmt: skip
        snapshot.add("LoadBalancerAttributes",
                     {"LoadBalancerArn": arn, "Attributes": [cross]})  # fmt: skip
        return snapshot

    return change


def _classic(snapshot: Snapshot) -> Snapshot:
    instance(snapshot).listings["RouteTables"][0]["Routes"].pop()
    snapshot.add("NetworkInterfaces", interface(3, "10.1.1.6", Description="ELB old"))
    return snapshot.add("LoadBalancerDescriptions", {
        "LoadBalancerName": "old", "VPCId": VPC, "Scheme": "internal", "Subnets": ["subnet-1"],
        "SecurityGroups": [GROUP], "Instances": [{"InstanceId": "i-1"}],
        "AvailabilityZones": [f"{REGION}a"], "ListenerDescriptions": [
            {"Listener": {"Protocol": "TCP", "LoadBalancerPort": 443, "InstanceProtocol": "TCP",
                          "InstancePort": 8443}, "PolicyNames": []}]})  # fmt: skip


BALANCER_SPECIMENS = [
    Specimen(BALANCERS, "Application Load Balancer", "`Type: application`",
             _balancer("application", "HTTPS")),
    Specimen(BALANCERS, "Network Load Balancer", "`Type: network`", _balancer("network", "TCP")),
    Specimen(BALANCERS, "Classic Load Balancer", "`LoadBalancerDescriptions`", _classic),
    Specimen(BALANCERS, "a load balancer whose target groups nobody listed", "`LoadBalancers`",
             _balancer("network", "TCP", listed=False)),
    Specimen(BALANCERS, "Gateway Load Balancer", "`Type: gateway`",
             _balancer("gateway", "GENEVE")),
]  # fmt: skip

FIREWALLS = "AWS Network Firewall"


def _firewall(*groups: Json, known: bool = True) -> Change:
    arns = [f"arn:aws:network-firewall:{REGION}:{ACCOUNT}:stateful-rulegroup/{at}"
            for at, _ in enumerate(groups)]  # fmt: skip
    policy = f"arn:aws:network-firewall:{REGION}:{ACCOUNT}:firewall-policy/one"

    def change(snapshot: Snapshot) -> Snapshot:
        firewall_endpoint(snapshot)
        mark = {"Key": "AWSNetworkFirewallManaged", "Value": "true"}
        snapshot.change("VpcEndpoints", "vpce-1", Tags=[mark])
        attached = {"Attachment": {"EndpointId": "vpce-1", "SubnetId": "subnet-2"}}
        snapshot.files["firewall"] = {
            "Firewall": {"FirewallArn": f"arn:aws:network-firewall:{REGION}:{ACCOUNT}:firewall/one",
                         "FirewallName": "one", "FirewallPolicyArn": policy, "VpcId": VPC},
            "FirewallStatus": {"SyncStates": {f"{REGION}a": attached}}}  # fmt: skip
        if not known:
            return snapshot
        snapshot.files["policy"] = {
            "FirewallPolicyResponse": {"FirewallPolicyArn": policy},
            "FirewallPolicy": {
                "StatelessDefaultActions": ["aws:forward_to_sfe"],
                "StatelessFragmentDefaultActions": ["aws:forward_to_sfe"],
                "StatefulRuleGroupReferences": [{"ResourceArn": arn} for arn in arns]}}  # fmt: skip
        for at, (arn, source) in enumerate(zip(arns, groups, strict=True)):
            snapshot.files[f"group-{at}"] = {
                "RuleGroupResponse": {"RuleGroupArn": arn, "Type": "STATEFUL"},
                "RuleGroup": {"RulesSource": source}}  # fmt: skip
        return snapshot

    return change


FIVE_TUPLE = {"StatefulRules": [
    {"Action": "DROP", "Header": {
        "Protocol": "TCP", "Source": "10.1.1.0/24", "SourcePort": "ANY", "Direction": "FORWARD",
        "Destination": "ANY", "DestinationPort": "25"},
     "RuleOptions": [{"Keyword": "sid", "Settings": ["1"]}]}]}  # fmt: skip
DOMAINS = {"RulesSourceList": {
    "Targets": [".example.com"], "TargetTypes": ["TLS_SNI"],
    "GeneratedRulesType": "ALLOWLIST"}}  # fmt: skip
SURICATA = {"RulesString": 'drop http any any -> any any (http.uri; content:"x"; sid:1;)'}
FIREWALL_SPECIMENS = [
    Specimen(FIREWALLS, "five-tuple rules", "`StatefulRules`", _firewall(FIVE_TUPLE)),
    Specimen(FIREWALLS, "domain lists", "`RulesSourceList`", _firewall(DOMAINS)),
    Specimen(FIREWALLS, "Suricata rules beyond the five-tuple", "`RulesString`",
             _firewall(SURICATA)),
    Specimen(FIREWALLS, "a firewall whose policy is not in the snapshot", "`FirewallPolicyArn`",
             _firewall(known=False)),
]  # fmt: skip

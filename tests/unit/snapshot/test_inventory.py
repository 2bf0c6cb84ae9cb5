"""What the inventory lists: counts, names, and the calls whose output is missing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.unit.snapshot.documents import (
    ACCOUNT,
    Document,
    interface,
    network_document,
    read,
    second_vpc,
)
from tests.unit.snapshot.test_load_balancers import (
    BALANCER,
    GROUP,
    WEB_LISTENER,
    application,
    node,
)
from tests.unit.snapshot.test_load_balancers import document as balanced
from tests.unit.snapshot.transit import attachment, transit_document
from verifier.snapshot import Inventory, Scope, inventory, read_snapshot
from verifier.snapshot.commands import COMMANDS
from verifier.snapshot.inventory import quoted


def names(found: Inventory) -> dict[str, list[tuple[str, int]]]:
    kinds: dict[str, list[tuple[str, int]]] = {}
    for name in found.names:
        kinds.setdefault(name.kind, []).append((name.text, name.interfaces))
    return kinds


def test_counts_names_and_missing_calls() -> None:
    document = second_vpc(network_document())
    name = [{"Key": "Name", "Value": "front door"}]
    document["NetworkInterfaces"][0] |= {
        "TagSet": [{"Key": "Tier", "Value": "web"}],
        "Attachment": {"InstanceId": "i-1"},
    }
    document["Reservations"] = [{"Instances": [{"InstanceId": "i-1", "Tags": name}]}]
    document["Vpcs"][0]["Tags"] = [{"Key": "Name", "Value": "main"}]
    document["SecurityGroups"][0]["Tags"] = [{"Key": "Name", "Value": "Web*"}]
    document["NetworkInterfaces"][1]["Groups"].append({"GroupId": "sg-9"})
    found = inventory(read(document))
    assert found.counts["interfaces"] == 3
    assert [one.scope for one in found.scopes] == [
        Scope(ACCOUNT, "eu-west-1"),
    ]
    assert found.scopes[0].counts == {
        "interfaces": 3,
        "internet_gateways": 1,
        "network_acls": 2,
        "route_tables": 2,
        "security_groups": 1,
        "subnets": 3,
        "vpcs": 2,
    }
    kinds = names(found)
    assert kinds["tag"] == [('tag:Name="front door"', 1), ("tag:Tier=web", 1)]
    assert kinds["name"] == [('name:"front door"', 1)]
    assert kinds["sg"] == [('sg:"Web\\*"', 3), ("sg:web", 3)]
    assert kinds["vpc"] == [("vpc:main", 2)]
    assert kinds["az"] == [("az:eu-west-1a", 3)]
    assert kinds["region"] == [("region:eu-west-1", 3)]
    assert kinds["account"] == [(f"account:{ACCOUNT}", 3)]
    assert ("eni-1", 1) in kinds["id"]
    assert ("sg-1", 3) in kinds["id"]
    assert [command.key for command in found.scopes[0].missing] == [
        "NatGateways",
        "VpcPeeringConnections",
        "Addresses",
        "PrefixLists",
        "SecurityGroupVpcAssociations",
        "VpcEndpoints",
    ]
    assert [gap.resource for gap in found.gaps] == ["sg-9"]
    assert found.assumptions == ()
    assert len(found.warnings) == 1


def test_exclusions_are_asked_for_where_something_is_blocked() -> None:
    document = network_document() | {"VpcEndpoints": [], "VpcBlockPublicAccessOptions": {}}
    options = {"AwsAccountId": ACCOUNT, "AwsRegion": "eu-west-1"}
    key = "VpcBlockPublicAccessExclusions"
    for mode, wanted in (("off", False), ("block-ingress", True)):
        document["VpcBlockPublicAccessOptions"] = options | {"InternetGatewayBlockMode": mode}
        (scope,) = inventory(read(document)).scopes
        assert (key in {command.key for command in scope.missing}) == wanted
    (scope,) = inventory(read(document | {key: []})).scopes
    assert key not in {command.key for command in scope.missing}


def test_endpoints_are_counted() -> None:
    endpoint = {"VpcEndpointId": "vpce-1", "VpcEndpointType": "Gateway", "VpcId": "vpc-1"}
    document = network_document() | {"VpcEndpoints": [endpoint | {"State": "available"}]}
    found = inventory(read(document))
    assert found.counts["vpc_endpoints"] == found.scopes[0].counts["vpc_endpoints"] == 1


def test_calls_are_missing_per_account_and_region(tmp_path: Path) -> None:
    here, there = network_document(), network_document()
    text = json.dumps(there).replace("10.0.", "10.7.").replace(ACCOUNT, "222233334444")
    there = json.loads(text.replace('-1"', '-8"').replace('-2"', '-9"'))
    del there["NetworkAcls"], there["TransitGatewayAttachments"]
    for folder, document in (
        (f"{ACCOUNT}/eu-west-1", here | {"Instances": [], "TransitGatewayAttachments": []}),
        ("222233334444/eu-west-1", there),
    ):
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / "all.json").write_text(json.dumps(document))
    found = inventory(read_snapshot([str(tmp_path)]))
    missing = {one.scope: {command.key for command in one.missing} for one in found.scopes}
    assert "NetworkAcls" not in missing[Scope(ACCOUNT, "eu-west-1")]
    assert "NetworkAcls" in missing[Scope("222233334444", "eu-west-1")]
    assert "Reservations" not in missing[Scope(ACCOUNT, "eu-west-1")]
    assert "TransitGatewayAttachments" not in missing[Scope(ACCOUNT, "eu-west-1")]
    assert "TransitGatewayAttachments" in missing[Scope("222233334444", "eu-west-1")]


def test_entries_of_each_list_are_asked_for() -> None:
    document = network_document()
    document["RouteTables"][0]["Routes"] = [
        {"DestinationPrefixListId": "pl-7", "GatewayId": "igw-1"}
    ]
    found = inventory(read(document))
    assert [one.text for one in found.scopes[0].missing][-1] == (
        "aws ec2 get-managed-prefix-list-entries --prefix-list-id pl-7"
    )


def missing(document: Document) -> list[str]:
    return [one.text.removeprefix("aws ") for one in inventory(read(document)).scopes[0].missing]


def test_what_a_transit_gateway_asks_for() -> None:
    document = transit_document()
    assert "transit_gateway_attachments" in inventory(read(document)).scopes[0].counts
    assert [one for one in missing(document) if "transit" in one] == []
    for key in ("TransitGateways", "TransitGatewayVpcAttachments", "Routes"):
        del document[key]
    document["TransitGatewayAttachments"].append(attachment("p", "peering", "tgw-2"))
    assert [one for one in missing(document) if "transit" in one] == [
        "ec2 describe-transit-gateways",
        "ec2 describe-transit-gateway-vpc-attachments",
        "ec2 describe-transit-gateway-peering-attachments",
        "ec2 search-transit-gateway-routes --filters Name=type,Values=static,propagated"
        " --transit-gateway-route-table-id tgw-rtb-1",
        *(
            f"ec2 get-transit-gateway-{what} --transit-gateway-route-table-id tgw-rtb-1"
            for what in (
                "route-table-associations", "route-table-propagations", "prefix-list-references",
            )
        ),
    ]  # fmt: skip
    document = transit_document()
    document["TransitGateways"][0]["OwnerId"] = "222233334444"
    document["AdditionalRoutesAvailable"] = True
    assert [one for one in missing(document) if "search" in one] == []


def test_what_a_private_gateway_asks_for() -> None:
    document = network_document()
    attachments = [{"VpcId": "vpc-1", "State": "attached"}]
    document["VpnGateways"] = [
        {"VpnGatewayId": "vgw-1", "State": "available", "VpcAttachments": attachments},
        {"VpnGatewayId": "vgw-2", "State": "available", "VpcAttachments": []},
    ]
    wanted = [
        "ec2 describe-vpn-connections",
        "directconnect describe-virtual-interfaces",
        "directconnect describe-direct-connect-gateway-associations --virtual-gateway-id vgw-1",
    ]
    assert [one for one in missing(document) if one in wanted or "direct" in one] == wanted
    document |= {"VpnConnections": [], "virtualInterfaces": []}
    document["directConnectGatewayAssociations"] = []
    assert [one for one in missing(document) if one in wanted] == []


def test_what_load_balancers_ask_for() -> None:
    def asked(**fields: Any) -> list[str]:
        return [one for one in missing(balanced(**fields)) if one.startswith("elb")]

    assert asked() == []
    assert asked(LoadBalancers=None) == ["elbv2 describe-load-balancers"]
    assert asked(Listeners=None) == [f"elbv2 describe-listeners --load-balancer-arn {BALANCER}"]
    assert asked(TargetGroups=None) == ["elbv2 describe-target-groups"]
    assert asked(LoadBalancerTargetHealth=None, TargetGroupAttributes=None) == [
        f"elbv2 describe-target-health --target-group-arn {GROUP}",
        f"elbv2 describe-target-group-attributes --target-group-arn {GROUP}",
    ]
    assert asked(LoadBalancerAttributes=None) == [
        f"elbv2 describe-load-balancer-attributes --load-balancer-arn {BALANCER}"
    ]
    network = balanced()["NetworkInterfaces"]
    old = [*network, node(7, "old")]
    assert asked(NetworkInterfaces=old) == ["elb describe-load-balancers"]
    assert asked(NetworkInterfaces=old, LoadBalancerDescriptions=[]) == []


def test_the_rules_of_each_listener_are_asked_for() -> None:
    told = missing(application(Rules=None))
    assert f"elbv2 describe-rules --listener-arn {WEB_LISTENER}" in told


def test_endpoint_services_are_asked_for_where_an_endpoint_may_lead_to_a_balancer() -> None:
    service = "ec2 describe-vpc-endpoint-service-configurations"
    assert service not in missing(balanced())
    endpoint = interface(8, InterfaceType="vpc_endpoint")
    linked = [*balanced()["NetworkInterfaces"], endpoint]
    assert service in missing(balanced(NetworkInterfaces=linked))
    assert service not in missing(balanced(NetworkInterfaces=linked, ServiceConfigurations=[]))


def test_another_accounts_target_groups_are_not_asked_for_here() -> None:
    document = balanced(LoadBalancerTargetHealth=None)
    text = json.dumps(document).replace(f":{ACCOUNT}:targetgroup", ":222233334444:targetgroup")
    assert [one for one in missing(json.loads(text)) if "elbv2" in one] == []
    document = balanced(LoadBalancerTargetHealth=None, TargetGroups=None)
    text = json.dumps(document).replace(f":{ACCOUNT}:loadb", ":222233334444:loadb")
    assert [one for one in missing(json.loads(text)) if "elbv2" in one] == []


def firewalled(**tags: str) -> Document:
    endpoint = {
        "VpcEndpointId": "vpce-1",
        "VpcEndpointType": "GatewayLoadBalancer",
        "VpcId": "vpc-1",
        "State": "available",
        "SubnetIds": ["subnet-1"],
        "Tags": [{"Key": key, "Value": value} for key, value in tags.items()],
    }
    return network_document() | {"VpcEndpoints": [endpoint]}


def test_what_network_firewalls_ask_for() -> None:
    def asked(document: Document) -> list[str]:
        return [one for one in missing(document) if one.startswith("network-firewall")]

    arn = f"arn:aws:network-firewall:eu-west-1:{ACCOUNT}:firewall"
    policy, group = f"{arn}-policy/p", f"{arn.removesuffix('firewall')}stateful-rulegroup/g"
    assert asked(firewalled()) == []
    described = "network-firewall describe-firewall --firewall-arn"
    tagged = firewalled(AWSNetworkFirewallManaged="true", Firewall=f"{arn}/edge")
    assert asked(tagged) == [f"{described} {arn}/edge"]
    assert asked(firewalled(AWSNetworkFirewallManaged="true")) == [
        "network-firewall list-firewalls"
    ]
    edge: Document = {"FirewallArn": f"{arn}/edge"}
    assert asked(tagged | {"Firewall": edge}) == []
    tagged["Firewall"] = edge | {"FirewallPolicyArn": policy}
    assert asked(tagged) == [
        f"network-firewall describe-firewall-policy --firewall-policy-arn {policy}"
    ]
    tagged["FirewallPolicyResponse"] = {"FirewallPolicyArn": policy}
    references = [{"ResourceArn": group, "Priority": 1}]
    tagged["FirewallPolicy"] = {
        "StatelessDefaultActions": ["aws:pass"],
        "StatefulRuleGroupReferences": references,
    }
    wanted = [f"network-firewall describe-rule-group --rule-group-arn {group}"]
    assert asked(tagged) == wanted
    tagged["FirewallPolicy"] = {
        "StatelessDefaultActions": ["aws:pass"],
        "StatelessRuleGroupReferences": references,
    }
    assert asked(tagged) == wanted
    counts = inventory(read(tagged)).counts
    assert counts["network_firewalls"] == 1
    assert inventory(read(tagged)).scopes[0].counts["network_firewalls"] == 1


def test_a_firewall_without_endpoints_belongs_nowhere() -> None:
    document = network_document()
    document["Firewall"] = {"FirewallArn": "edge", "FirewallPolicyArn": "p"}
    found = inventory(read(document))
    assert found.counts["network_firewalls"] == 1
    assert "network_firewalls" not in found.scopes[0].counts


def test_load_balancers_are_counted_and_named() -> None:
    found = inventory(read(balanced()))
    assert (found.counts["load_balancers"], found.counts["target_groups"]) == (1, 1)
    assert found.scopes[0].counts["load_balancers"] == 1
    assert names(found)["lb"] == [("lb:front", 1), ("lb:web", 1)]


def test_an_empty_network_lists_what_was_read() -> None:
    found = inventory(read({"Vpcs": []}))
    assert [(one.scope, one.counts) for one in found.scopes] == [(Scope(None, None), {})]
    assert len(found.scopes[0].missing) == len(COMMANDS) - 1 - 12  # asked for where needed


def test_groups_without_a_vpc_belong_nowhere() -> None:
    document = network_document()
    del document["SecurityGroups"][0]["VpcId"]
    assert "security_groups" not in inventory(read(document)).scopes[0].counts


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("web-1", "web-1"),
        ("a b", '"a b"'),
        ("a=b", '"a=b"'),
        ('a"b\\c?*', '"a\\"b\\\\c\\?\\*"'),
        ("a->b", '"a->b"'),
        ("", '""'),
        ("größe", '"größe"'),
    ],
)
def test_names_are_quoted_where_a_spec_needs_it(value: str, text: str) -> None:
    assert quoted(value) == text


def test_types_that_tell_something_are_listed() -> None:
    document = second_vpc(network_document())
    document["NetworkInterfaces"][0]["InterfaceType"] = "lambda"
    document["NetworkInterfaces"][1]["RequesterId"] = "amazon-rds"
    assert names(inventory(read(document)))["type"] == [("type:lambda", 1), ("type:rds", 1)]
    assert "type" not in names(inventory(read(network_document())))

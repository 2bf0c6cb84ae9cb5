"""Controls of a whole account: Block Public Access, shared groups, prefix lists, Network Firewall.

open    10.90.0.0/16: `web` (public), `app` (behind a NAT gateway), `origin` (a CDN's list alone)
watched 10.91.0.0/16: `work` leaves by a firewall's endpoint, and then by a NAT gateway
guest   10.92.0.0/16: `lodger` carries a group of `open` that is associated with this VPC
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.known_answers.snapshots.account import (
    MADE,
    Estate,
    Json,
    Place,
    Vpc,
    ident,
    permission,
    route,
)
from tests.known_answers.snapshots.asked import PROVED, REFUTED, UNKNOWN, Case, Says, case, check
from tests.known_answers.snapshots.gateways import (
    inspection_endpoint,
    nat_gateway,
    peering,
    prefix_list,
)
from tests.known_answers.snapshots.interfaces import host

ALL, HOME = "0.0.0.0/0", ("111111111111", "eu-central-1")
CDN = ident("pl", "com.amazonaws.global.cloudfront.origin-facing")
WALL = ident("vpce", "wall")
ARN = "arn:aws:network-firewall:eu-central-1:111111111111:"


def opened(place: Place) -> Vpc:
    vpc = place.vpc("open", "10.90.0.0/16")
    gateway = vpc.internet_gateway("gate")
    vpc.table("public", route(ALL, gateway))
    vpc.table("private", route(ALL, ident("nat", "nat")))
    public = vpc.subnet("public net", "10.90.1.0/24", table="public")
    lobby = vpc.subnet("lobby", "10.90.3.0/24", table="public")
    private = vpc.subnet("private net", "10.90.2.0/24", table="private")
    nat_gateway(lobby, "nat", "10.90.3.9", "3.73.0.9")
    host(public, "web", "10.90.1.10", vpc.group("web", [permission("tcp", 443, ALL)]),
         elastic="3.73.0.10")  # fmt: skip
    prefix_list(place, "com.amazonaws.global.cloudfront.origin-facing", "120.52.22.96/27",
                "205.251.249.0/24", owner="AWS")  # fmt: skip
    by_list = vpc.group("origin", [permission("tcp", 443, CDN)])
    host(public, "origin", "10.90.1.11", by_list, elastic="3.73.0.11")
    host(private, "app", "10.90.2.10", vpc.group("app"))
    return vpc


def watched(place: Place) -> None:
    vpc = place.vpc("watched", "10.91.0.0/16")
    gateway = vpc.internet_gateway("watched gate")
    nat = ident("nat", "watched nat")
    vpc.table("work", route(ALL, WALL))
    vpc.table("wall table", route(ALL, nat))
    vpc.table("watched public", route(ALL, gateway), route("10.91.1.0/24", WALL))
    work = vpc.subnet("work net", "10.91.1.0/24", table="work")
    wall = vpc.subnet("wall net", "10.91.2.0/24", table="wall table")
    out = vpc.subnet("out net", "10.91.3.0/24", table="watched public")
    inspection_endpoint(wall, "wall", "10.91.2.9", "com.amazonaws.vpce.eu-central-1.vpce-svc-0fw")
    place.estate["wall"]["RequesterManaged"] = True
    nat_gateway(out, "watched nat", "10.91.3.9", "3.73.1.9")
    host(work, "work one", "10.91.1.10", vpc.group("work"))
    firewall(place, vpc, wall.id)


def firewall(place: Place, vpc: Vpc, subnet: str) -> None:
    place.files["network-firewall-describe-firewall"] = {
        "UpdateToken": "0a1b",
        "Firewall": {
            "FirewallName": "watch",
            "FirewallArn": ARN + "firewall/watch",
            "FirewallPolicyArn": ARN + "firewall-policy/watch",
            "VpcId": vpc.id,
            "SubnetMappings": [{"SubnetId": subnet, "IPAddressType": "IPV4"}],
            "DeleteProtection": False,
            "SubnetChangeProtection": False,
            "FirewallPolicyChangeProtection": False,
            "FirewallId": "d4b4b0c8-5a4a-4a31-9f3c-0f5e3c2b1a00",
            "Tags": [],
        },
        "FirewallStatus": {
            "Status": "READY",
            "ConfigurationSyncStateSummary": "IN_SYNC",
            "SyncStates": {
                "eu-central-1a": {
                    "Attachment": {"SubnetId": subnet, "EndpointId": WALL, "Status": "READY"},
                    "Config": {},
                }
            },
        },
    }
    policy: Json = {
        "UpdateToken": "0a1b",
        "FirewallPolicyResponse": {
            "FirewallPolicyName": "watch",
            "FirewallPolicyArn": ARN + "firewall-policy/watch",
            "FirewallPolicyId": "9f3c",
            "FirewallPolicyStatus": "ACTIVE",
            "Tags": [],
            "ConsumedStatelessRuleCapacity": 10,
            "ConsumedStatefulRuleCapacity": 10,
            "NumberOfAssociations": 1,
        },
        "FirewallPolicy": {
            "StatelessRuleGroupReferences": [
                {"ResourceArn": ARN + "stateless-rulegroup/quick", "Priority": 10}
            ],
            "StatelessDefaultActions": ["aws:forward_to_sfe"],
            "StatelessFragmentDefaultActions": ["aws:forward_to_sfe"],
            "StatefulRuleGroupReferences": [
                {"ResourceArn": ARN + "stateful-rulegroup/ways", "Priority": 100}
            ],
            "StatefulDefaultActions": ["aws:drop_strict"],
            "StatefulEngineOptions": {"RuleOrder": "STRICT_ORDER"},
        },
    }
    place.files["network-firewall-describe-firewall-policy"] = policy
    place.estate.made["policy"] = policy["FirewallPolicy"]
    group(place, "quick", "STATELESS", {"StatelessRulesAndCustomActions": {"StatelessRules": [
        stateless(10, "aws:drop", [6], 25),
    ]}})  # fmt: skip
    ways = [stateful("PASS", "TCP", "10.91.1.0/24", "443", 1),
            stateful("PASS", "UDP", "10.91.1.0/24", "53", 2)]  # fmt: skip
    group(place, "ways", "STATEFUL", {"StatefulRules": ways})


def stateless(priority: int, action: str, protocols: list[int], port: int) -> Json:
    return {
        "RuleDefinition": {
            "MatchAttributes": {
                "Sources": [{"AddressDefinition": ALL}],
                "Destinations": [{"AddressDefinition": ALL}],
                "SourcePorts": [{"FromPort": 0, "ToPort": 65535}],
                "DestinationPorts": [{"FromPort": port, "ToPort": port}],
                "Protocols": protocols,
            },
            "Actions": [action],
        },
        "Priority": priority,
    }


def stateful(action: str, protocol: str, source: str, port: str, number: int) -> Json:
    return {
        "Action": action,
        "Header": {
            "Protocol": protocol,
            "Source": source,
            "SourcePort": "ANY",
            "Direction": "FORWARD",
            "Destination": "ANY",
            "DestinationPort": port,
        },
        "RuleOptions": [{"Keyword": "sid", "Settings": [str(number)]}],
    }


def group(place: Place, name: str, kind: str, source: Json) -> None:
    """A rule group; a stateful one in strict order."""
    inside: Json = {"RulesSource": source}
    if kind == "STATEFUL":
        inside["StatefulRuleOptions"] = {"RuleOrder": "STRICT_ORDER"}
    place.files[f"network-firewall-describe-rule-group-{name}"] = {
        "UpdateToken": "0a1b",
        "RuleGroup": inside,
        "RuleGroupResponse": {
            "RuleGroupArn": f"{ARN}{kind.lower()}-rulegroup/{name}",
            "RuleGroupName": name,
            "RuleGroupId": "5d1f",
            "Type": kind,
            "Capacity": 100,
            "RuleGroupStatus": "ACTIVE",
            "Tags": [],
            "ConsumedCapacity": 10,
            "NumberOfAssociations": 1,
        },
    }
    place.estate.made[f"rule group {name}"] = inside


def controls() -> Estate:
    estate = Estate()
    place = estate.place(*HOME)
    vpc = opened(place)
    watched(place)
    guest = place.vpc("guest", "10.92.0.0/16")
    link = peering(vpc, guest, "guest link")
    guest.table("guest table", route("10.90.0.0/16", link))
    for table in ("private", "public"):
        estate[table]["Routes"].append(route("10.92.0.0/16", link))
    shared = vpc.group("shared", [permission("tcp", 8443, ident("sg", "app"))])
    net = guest.subnet("guest net", "10.92.1.0/24", table="guest table")
    host(net, "lodger", "10.92.1.10", shared)
    place.listed("describe-security-group-vpc-associations").append(
        {
            "GroupId": shared["GroupId"],
            "VpcId": guest.id,
            "VpcOwnerId": "111111111111",
            "State": "associated",
            "GroupOwnerId": "111111111111",
        }
    )
    return estate


def blocked(estate: Estate, mode: str, **excluded: str) -> None:
    """Block Public Access in all VPCs, as options, VPCs and subnets show it."""
    place = estate.place(*HOME)
    options = place.files["describe-vpc-block-public-access-options"]
    options["VpcBlockPublicAccessOptions"] |= {
        "InternetGatewayBlockMode": mode,
        "State": "update-complete",
        "LastUpdateTimestamp": MADE,
    }
    states = {ident("vpc", "open"): mode}
    for kind in ("Vpcs", "Subnets"):
        for one in place.listed(f"describe-{kind.lower()}"):
            states.setdefault(one["VpcId"], mode)
            one["BlockPublicAccessStates"] = {"InternetGatewayBlockMode": mode}
    for name, allowed in excluded.items():
        what = name.replace("_", " ")
        kind = "vpc" if f"vpc {what}" in estate.made else "subnet"
        place.listed("describe-vpc-block-public-access-exclusions").append(
            {
                "ExclusionId": ident("vpcbpa-exclude", name),
                "InternetGatewayExclusionMode": allowed,
                "ResourceArn": place.arn("ec2", f"{kind}/{ident(kind, what)}"),
                "State": "create-complete",
                "CreationTimestamp": MADE,
                "LastUpdateTimestamp": MADE,
                "Tags": [],
            }
        )
        now = "off" if allowed == "allow-bidirectional" else "block-ingress"
        for one in place.listed("describe-vpcs") + place.listed("describe-subnets"):
            ids = (one.get("SubnetId", ""), one["VpcId"] if kind == "vpc" else "")
            if ident(kind, what) in ids:
                one["BlockPublicAccessStates"] = {"InternetGatewayBlockMode": now}


SERVE = "always internet -> name:web on tcp/443"
IN, WEB_OUT = "never internet -> vpc:open", "never name:web -> internet"
APP_OUT = "always name:app -> 203.0.113.9 on tcp/443"
ORIGIN = "never 203.0.113.0/24 -> name:origin"
LODGER = "always name:app -> name:lodger on tcp/8443"
WORK = 'always name:"work one" -> 203.0.113.9 on tcp/443'
NO_SSH = 'never name:"work one" -> internet on tcp/22'
NO_MAIL = 'never name:"work one" -> internet on tcp/25'
SEEN = f"never vpc:watched -> internet unless through {WALL}"

RIGHT = (
    Says(SERVE, PROVED, "nothing is blocked"),
    Says(APP_OUT, PROVED, "by the NAT gateway"),
    Says(ORIGIN, PROVED, "not in the list"),
    Says("some 120.52.22.100 -> name:origin on tcp/443", PROVED, "in the list"),
    Says(LODGER, PROVED, "a group of the other VPC, and a reference over the peering connection"),
    Says("never name:web -> name:lodger", PROVED, "the group names the app's alone"),
    Says(WORK, PROVED, "a rule passes it, and answers come back by the endpoint"),
    Says(NO_SSH, PROVED, "the default drops it"),
    Says(NO_MAIL, PROVED, "a stateless rule drops it"),
    Says(SEEN, PROVED, "the table of the work subnet knows nothing else"),
)


def bidirectional(estate: Estate) -> None:
    blocked(estate, "block-bidirectional")


def ingress(estate: Estate) -> None:
    blocked(estate, "block-ingress")


def web_excluded(estate: Estate) -> None:
    blocked(estate, "block-bidirectional", public_net="allow-bidirectional")


def web_excluded_outwards(estate: Estate) -> None:
    blocked(estate, "block-bidirectional", public_net="allow-egress")


def lobby_excluded_outwards(estate: Estate) -> None:
    """The NAT gateway's subnet is excluded: that serves the app in another, which is not."""
    blocked(estate, "block-bidirectional", lobby="allow-egress")


def vpc_excluded(estate: Estate) -> None:
    blocked(estate, "block-bidirectional", open="allow-bidirectional")


def exclusion_deleted(estate: Estate) -> None:
    """The exclusion is still listed, and is gone."""
    blocked(estate, "block-bidirectional", open="allow-bidirectional")
    place = estate.place(*HOME)
    one = place.listed("describe-vpc-block-public-access-exclusions")[0]
    one |= {"State": "delete-complete", "DeletionTimestamp": MADE}
    for other in place.listed("describe-vpcs") + place.listed("describe-subnets"):
        other["BlockPublicAccessStates"]["InternetGatewayBlockMode"] = "block-bidirectional"


def list_widened(estate: Estate) -> None:
    entries = estate.place(*HOME).files[CDN]["Entries"]
    entries.append({"Cidr": "203.0.113.0/25"})


def list_not_collected(estate: Estate) -> None:
    del estate.place(*HOME).files[CDN]


def group_not_collected(estate: Estate) -> None:
    groups = estate.place(*HOME).listed("describe-security-groups")
    groups.remove(estate["sg shared"])
    estate.place(*HOME).listed("describe-security-group-vpc-associations").clear()


def passed_at_once(estate: Estate) -> None:
    """A stateless rule passes SSH before the stateful rules see it."""
    rules = estate["rule group quick"]["RulesSource"]["StatelessRulesAndCustomActions"]
    rules["StatelessRules"].append(stateless(20, "aws:pass", [6], 22))


def passed_too_late(estate: Estate) -> None:
    rules = estate["rule group quick"]["RulesSource"]["StatelessRulesAndCustomActions"]
    rules["StatelessRules"].append(stateless(20, "aws:pass", [6], 25))


def passed_before(estate: Estate) -> None:
    rules = estate["rule group quick"]["RulesSource"]["StatelessRulesAndCustomActions"]
    rules["StatelessRules"].append(stateless(5, "aws:pass", [6], 25))


def default_order(estate: Estate) -> None:
    """Without strict order nothing is dropped unless a rule says so."""
    policy = estate["policy"]
    policy["StatefulEngineOptions"] = {"RuleOrder": "DEFAULT_ACTION_ORDER"}
    policy.pop("StatefulDefaultActions")
    for reference in policy["StatefulRuleGroupReferences"]:
        reference.pop("Priority")
    estate["rule group ways"]["StatefulRuleOptions"]["RuleOrder"] = "DEFAULT_ACTION_ORDER"


def drop_behind_a_pass(estate: Estate) -> None:
    """In strict order, the rule that drops comes after the one that passes."""
    rules = estate["rule group ways"]["RulesSource"]["StatefulRules"]
    rules.append(stateful("DROP", "TCP", "10.91.1.0/24", "443", 3))


def drop_before_a_pass(estate: Estate) -> None:
    rules = estate["rule group ways"]["RulesSource"]["StatefulRules"]
    rules.insert(0, stateful("DROP", "TCP", "10.91.1.0/24", "443", 3))


def stateless_alone(estate: Estate) -> None:
    """Nobody forwards to the stateful rules: what is left is passed."""
    estate["policy"]["StatelessDefaultActions"] = ["aws:pass"]


def domains(estate: Estate) -> None:
    estate["rule group ways"]["RulesSource"] = {
        "RulesSourceList": {
            "Targets": [".example.com"],
            "TargetTypes": ["TLS_SNI"],
            "GeneratedRulesType": "ALLOWLIST",
        }
    }


def policy_not_collected(estate: Estate) -> None:
    del estate.place(*HOME).files["network-firewall-describe-firewall-policy"]


def around_the_firewall(estate: Estate) -> None:
    estate["work"]["Routes"].append(route("203.0.113.0/24", ident("nat", "watched nat")))


CASES = (
    case("right", None, *RIGHT),
    case(
        "blocked both ways",
        bidirectional,
        Says(IN, PROVED, "nothing comes in"),
        Says(SERVE, REFUTED, "blocked", "", "VPC_BLOCK_PUBLIC_ACCESS_ENABLED"),
        Says("never vpc:open -> internet", PROVED, "nothing goes out"),
        Says(LODGER, PROVED, "peering is another matter"),
    ),
    case(
        "blocked inwards",
        ingress,
        Says(IN, PROVED, "nothing comes in"),
        Says(APP_OUT, PROVED, "NAT gateways may"),
        Says(WEB_OUT, PROVED, "a public address alone may not"),
    ),
    case(
        "the web's subnet is excluded",
        web_excluded,
        Says(SERVE, PROVED, "excluded"),
        Says("never name:app -> internet", PROVED, "the NAT gateway's subnet is not"),
    ),
    case(
        "the web's subnet is excluded outwards",
        web_excluded_outwards,
        Says(IN, PROVED, "not inwards"),
        Says("always name:web -> 203.0.113.9 on tcp/443", PROVED, "but outwards"),
    ),
    case(
        "the NAT gateway's subnet is excluded",
        lobby_excluded_outwards,
        Says(APP_OUT, PROVED, "the gateway's subnet counts"),
        Says(WEB_OUT, PROVED, "the web's is not excluded"),
    ),
    case(
        "the VPC is excluded",
        vpc_excluded,
        Says(SERVE, PROVED, "with all its subnets"),
        Says("never vpc:watched -> internet", PROVED, "the other VPC is not"),
    ),
    case(
        "the exclusion is gone",
        exclusion_deleted,
        Says(IN, PROVED, "what is deleted excludes nothing"),
    ),
    case(
        "the list is wider",
        list_widened,
        Says(ORIGIN, REFUTED, "its entries decide", "origin"),
        Says("never 203.0.113.128/25 -> name:origin", PROVED, "the other half"),
    ),
    case(
        "the list was not collected",
        list_not_collected,
        Says(ORIGIN, UNKNOWN, "who is in it?"),
        Says("never internet -> name:origin on tcp/22", PROVED, "whoever: the port is another"),
    ),
    case(
        "the shared group was not collected",
        group_not_collected,
        Says(LODGER, UNKNOWN, "what are its rules?", ident("sg", "shared")),
        Says("never name:web -> name:lodger", UNKNOWN, "likewise", ident("sg", "shared")),
    ),
    case(
        "passed at once",
        passed_at_once,
        Says(NO_SSH, REFUTED, "the stateful rules never see it", WALL),
    ),
    case("passed too late", passed_too_late, Says(NO_MAIL, PROVED, "priority 10 comes before 20")),
    case("passed before", passed_before, Says(NO_MAIL, REFUTED, "priority 5 comes first", WALL)),
    case(
        "default order",
        default_order,
        Says(NO_SSH, REFUTED, "no rule drops it", WALL),
        Says(NO_MAIL, PROVED, "the stateless rule still does"),
    ),
    case("a drop behind a pass", drop_behind_a_pass, Says(WORK, PROVED, "the first decides")),
    case(
        "a drop before a pass",
        drop_before_a_pass,
        Says(WORK, REFUTED, "it is first", ARN + "firewall/watch", "FIREWALL_RULES_RESTRICTION"),
    ),
    case("stateless rules alone", stateless_alone, Says(NO_SSH, REFUTED, "it is passed", WALL)),
    case(
        "a list of domains",
        domains,
        Says(WORK, UNKNOWN, "names are not modelled"),
        Says(NO_MAIL, PROVED, "the stateless rule comes first"),
    ),
    case(
        "the policy was not collected",
        policy_not_collected,
        Says(NO_SSH, UNKNOWN, "what does it let pass?"),
        Says(SEEN, PROVED, "whatever it lets pass, passes it"),
    ),
    case(
        "around the firewall",
        around_the_firewall,
        Says(SEEN, REFUTED, "a longer route to the NAT gateway", "watched nat"),
        Says(NO_SSH, REFUTED, "so nobody stops it"),
    ),
)


@pytest.mark.parametrize("one", CASES, ids=lambda one: one.name)
def test_controls(one: Case, tmp_path: Path) -> None:
    check(controls, one, tmp_path)

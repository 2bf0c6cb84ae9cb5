"""Network firewalls as read: policies, groups in either form, and what is left a gap (NFW-5)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from verifier.errors import SnapshotError
from verifier.model import NetworkFirewall, StatefulAction, StatelessAction
from verifier.packet import ALL_PORTS, ICMP, ICMPV6, TCP, PortRange, Prefix
from verifier.snapshot import Snapshot, read_snapshot
from verifier.snapshot.firewall_rules import (
    EVERYWHERE,
    Header,
    ReadRule,
    Variables,
    read_rule,
    read_text,
)

FIREWALL = "arn:aws:network-firewall:eu-west-1:111111111111:firewall/edge"
POLICY, STATEFUL, STATELESS = "arn:policy", "arn:stateful", "arn:stateless"
NONE = Variables()
HOME = Variables({"HOME_NET": ("10.0.0.0/16",), "EXTERNAL_NET": ("!$HOME_NET",)})


def firewall(**more: Any) -> dict[str, Any]:
    states = {"eu-west-1a": {"Attachment": {"EndpointId": "vpce-1", "SubnetId": "subnet-1"}}}
    wire = {"FirewallArn": FIREWALL, "FirewallPolicyArn": POLICY, "VpcId": "vpc-1", **more}
    return {"UpdateToken": "t", "Firewall": wire, "FirewallStatus": {"SyncStates": states}}


def policy(**more: Any) -> dict[str, Any]:
    body = {
        "StatelessDefaultActions": ["aws:forward_to_sfe"],
        "StatefulRuleGroupReferences": [{"ResourceArn": STATEFUL, "Priority": 7}],
        **more,
    }
    return {"FirewallPolicyResponse": {"FirewallPolicyArn": POLICY}, "FirewallPolicy": body}


def group(arn: str = STATEFUL, variables: Any = None, **source: Any) -> dict[str, Any]:
    body: dict[str, Any] = {"RulesSource": source}
    if variables:
        body["RuleVariables"] = variables
    return {"RuleGroupResponse": {"RuleGroupArn": arn}, "RuleGroup": body}


NETWORK = {
    "Vpcs": [{"VpcId": "vpc-1", "CidrBlock": "10.0.0.0/16"}],
    "Subnets": [
        {"SubnetId": "subnet-1", "VpcId": "vpc-1", "CidrBlock": "10.0.1.0/24"},
    ],
    "VpcEndpoints": [
        {
            "VpcEndpointId": "vpce-1",
            "VpcEndpointType": "GatewayLoadBalancer",
            "VpcId": "vpc-1",
            "State": "available",
            "SubnetIds": ["subnet-1"],
            "Tags": [{"Key": "AWSNetworkFirewallManaged", "Value": "true"}],
        }
    ],
}


def read(folder: Path, *documents: dict[str, Any]) -> Snapshot:
    for number, document in enumerate((NETWORK, *documents)):
        (folder / f"{number}.json").write_text(json.dumps(document), encoding="utf-8")
    return read_snapshot([str(folder)])


def only(folder: Path, *documents: dict[str, Any]) -> NetworkFirewall:
    (found,) = read(folder, *documents).network.network_firewalls.values()
    return found


def text(line: str, variables: Variables = NONE) -> ReadRule:
    (rule,) = read_text(line, variables)
    return rule


def test_a_policy_and_its_groups(tmp_path: Path) -> None:
    rule = {
        "Action": "PASS",
        "Header": {
            "Protocol": "TCP", "Source": "10.0.0.0/24", "SourcePort": "ANY", "Direction": "FORWARD",
            "Destination": "ANY", "DestinationPort": "443",
        },
        "RuleOptions": [{"Keyword": "sid:1"}],
    }  # fmt: skip
    found = only(
        tmp_path,
        firewall(Tags=[{"Key": "Name", "Value": "edge"}]),
        policy(),
        group(StatefulRules=[{**rule, "RuleOptions": [{"Keyword": "sid"}]}]),
    )
    assert (found.id, found.endpoint_ids, found.gap) == (FIREWALL, ("vpce-1",), None)
    assert found.tags == {"Name": "edge"}
    assert found.stateless_default is StatelessAction.FORWARD
    assert not found.strict_order
    assert not found.stateful_default_drops
    (passing,) = found.stateful
    assert (passing.group_priority, passing.position, passing.gap) == (7, 0, None)
    assert passing.action is StatefulAction.PASS
    assert passing.match.protocols == {TCP}
    assert passing.match.sources == (Prefix.parse("10.0.0.0/24"),)
    assert passing.match.destination_ports == (PortRange(443, 443),)


def test_stateless_rules(tmp_path: Path) -> None:
    match = {
        "Sources": [{"AddressDefinition": "10.9.0.0/16"}],
        "DestinationPorts": [{"FromPort": 22, "ToPort": 23}, {"FromPort": 80}],
        "Protocols": [6],
    }
    rules = [
        {"Priority": 2, "RuleDefinition": {"MatchAttributes": match, "Actions": ["aws:drop", "x"]}},
        {"Priority": 1, "RuleDefinition": {"Actions": ["aws:pass"]}},
        {
            "Priority": 3,
            "RuleDefinition": {
                "MatchAttributes": {"TCPFlags": [{"Flags": ["SYN"]}]},
                "Actions": ["aws:pass"],
            },
        },
    ]
    found = only(
        tmp_path,
        firewall(),
        policy(
            StatelessDefaultActions=["aws:drop"],
            StatefulRuleGroupReferences=None,
            StatelessRuleGroupReferences=[
                {"ResourceArn": STATELESS, "Priority": 4},
                {"ResourceArn": "arn:gone", "Priority": 5},
            ],
        ),
        group(STATELESS, StatelessRulesAndCustomActions={"StatelessRules": rules}),
    )
    assert found.stateless_default is StatelessAction.DROP
    drop, everything, flags, gone = found.stateless
    assert (drop.group_priority, drop.priority, drop.action) == (4, 2, StatelessAction.DROP)
    assert drop.match.destination_ports == (PortRange(22, 23), PortRange(80, 80))
    assert drop.match.destinations == EVERYWHERE
    assert drop.match.protocols == {TCP}
    assert (everything.match.protocols, everything.gap) == (None, None)
    assert flags.gap is not None
    assert "TCP flags" in flags.gap.detail
    assert gone.gap is not None
    assert gone.group_priority == 5


def test_a_stateless_rule_needs_one_action(tmp_path: Path) -> None:
    with pytest.raises(SnapshotError, match=r"expected exactly one of `aws:pass`"):
        only(tmp_path, firewall(), policy(StatelessDefaultActions=[]))


def test_defaults_of_strict_order(tmp_path: Path) -> None:
    strict = {"StatefulEngineOptions": {"RuleOrder": "STRICT_ORDER"}}
    for number, (actions, drops, gaps) in enumerate(
        (
            (["aws:drop_strict"], True, 0),
            (["aws:drop_strict", "aws:drop_established"], True, 0),
            (["aws:drop_established"], False, 1),
            (["aws:drop_established_app_layer", "aws:alert_strict"], False, 1),
            (["aws:drop_established_app_layer_to_server"], False, 1),
            (["aws:new_action"], False, 1),
            (["aws:alert_strict", "aws:alert_established"], False, 0),
            ([], False, 0),
        )
    ):
        folder = tmp_path / str(number)
        folder.mkdir()
        made = policy(**strict, StatefulDefaultActions=actions, StatefulRuleGroupReferences=[])
        found = only(folder, firewall(), made)
        assert found.strict_order
        assert found.stateful_default_drops is drops
        assert [rule.gap is not None for rule in found.stateful] == [True] * gaps


def test_what_is_not_known_is_a_gap(tmp_path: Path) -> None:
    references = [
        {"ResourceArn": STATEFUL},
        {"ResourceArn": "arn:gone"},
        {"ResourceArn": STATEFUL, "Override": {"Action": "DROP_TO_ALERT"}},
    ]
    found = only(
        tmp_path,
        firewall(),
        policy(StatefulRuleGroupReferences=references),
        group(
            RulesSourceList={"Targets": ["example.com"]},
            RulesString="alert ip any any -> any any ()",
        ),
    )
    details = [rule.gap.detail for rule in found.stateful if rule.gap]
    assert len(details) == len(found.stateful) == 3
    assert "domain names" in details[0]
    assert "not in the snapshot" in details[1]
    assert "override" in details[2]


def test_firewalls_without_description_or_policy(tmp_path: Path) -> None:
    (guessed,) = read(tmp_path).network.network_firewalls.values()
    assert guessed.endpoint_ids == ("vpce-1",)
    assert guessed.gap is not None
    folder = tmp_path / "more"
    folder.mkdir()
    bare = firewall()
    bare["FirewallStatus"] = None
    other = {**NETWORK["VpcEndpoints"][0], "VpcEndpointId": "vpce-2"}
    other["Tags"] = [{"Key": "Firewall", "Value": FIREWALL}]
    found = read(folder, bare, {"VpcEndpoints": [other]}).network.network_firewalls
    assert found[FIREWALL].endpoint_ids == ("vpce-2",)
    assert found[FIREWALL].gap is not None
    assert found["firewall-of-vpce-1"].gap is not None


def test_the_home_net_is_the_firewalls_own_vpc(tmp_path: Path) -> None:
    lines = "pass tcp $HOME_NET any -> $WEB $PORTS (sid:1;)\ndrop tcp any any -> $EXTERNAL_NET any"
    variables = {
        "IPSets": {"WEB": {"Definition": ["10.8.0.0/16", "10.9.0.0/16"]}},
        "PortSets": {"PORTS": {"Definition": ["443", "8000:8010"]}},
    }
    made = group(variables=variables, RulesString=lines)
    passing, dropping = only(tmp_path, firewall(), policy(), made).stateful
    assert passing.match.sources == (Prefix.parse("10.0.0.0/16"),)
    assert len(passing.match.destinations) == 2
    assert passing.match.destination_ports == (PortRange(443, 443), PortRange(8000, 8010))
    assert (dropping.gap, dropping.match.inverted) == (None, {"destination"})
    folder = tmp_path / "policy"
    folder.mkdir()
    overruled = {"RuleVariables": {"HOME_NET": {"Definition": ["172.16.0.0/12"]}}}
    again = only(folder, firewall(), policy(PolicyVariables=overruled), made).stateful
    assert again[0].match.sources == (Prefix.parse("172.16.0.0/12"),)


def test_other_services_documents_are_left_alone(tmp_path: Path) -> None:
    documents = ({"RuleGroup": {"Name": "waf"}}, {"Firewall": "x"}, {"FirewallPolicyResponse": {}})
    assert read(tmp_path, *documents).network.network_firewalls.keys() == {"firewall-of-vpce-1"}


def test_suricata_words() -> None:
    rule = text('reject icmp ![10.0.0.0/8,10.1.0.0/16] any <> 192.0.2.7 any (msg:"a; (b)"; sid:1;)')
    assert rule.action is StatefulAction.DROP
    assert rule.both_ways
    assert rule.doubt is None
    assert rule.match.inverted == {"source"}
    assert rule.match.protocols == {ICMP, ICMPV6}
    assert rule.match.destinations == (Prefix.parse("192.0.2.7/32"),)
    assert list(read_text("# only\n\n", NONE)) == []
    assert text("alert ip any any -> any any").action is None
    wide = text("pass udp any 1024: -> any :53").match
    assert (wide.source_ports, wide.destination_ports) == (
        (PortRange(1024, 65535),),
        (PortRange(0, 53),),
    )
    assert text("pass ip any any -> any any").match.source_ports == (ALL_PORTS,)
    assert text("pass tcp any any -> any !80").match.inverted == {"destination_ports"}
    joined = text("pass tcp any any \\\n-> any 80")
    assert joined.doubt is None


@pytest.mark.parametrize(
    "line",
    [
        "drop tcp any any -> any any (flow:established; sid:1;)",
        "drop http any any -> any any (sid:1;)",
        "bypass tcp any any -> any any",
        "drop tcp $UNKNOWN any -> any any",
        "drop tcp [$HOME_NET,!10.1.0.0/16] any -> any any",
        "drop tcp !!10.0.0.0/8 any -> any any",
        "drop tcp [10.0.0.0/8,$EXTERNAL_NET] any -> any any",
        "drop tcp any any -> any 80-90",
        "drop tcp any any -> any 90:80",
        "drop tcp any any -> any 70000",
        "drop tcp any any -> any [80,]",
        "drop tcp 10.0.0.0/33 any -> any any",
        "drop tcp $LOOP any -> any any",
        "drop tcp $EMPTY any -> any any",
        "drop tcp any -> any any",
    ],
)
def test_words_beyond_the_five_tuple_are_doubted(line: str) -> None:
    loop = Variables({**HOME.addresses, "LOOP": ("$LOOP",), "EMPTY": ()})
    assert text(line, loop).doubt is not None


def test_members_of_lists_may_be_named() -> None:
    match = text("pass tcp [$HOME_NET,10.9.0.0/16] any -> any any", HOME).match
    assert len(match.sources) == 2
    header = Header("TCP", "any", "any", "any", "any")
    assert read_rule("pass", header, False, (), NONE).doubt is None

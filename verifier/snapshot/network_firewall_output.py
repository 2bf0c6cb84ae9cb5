"""The outputs of AWS Network Firewall's commands: their types, and one form for them.

`describe-firewall`, `-firewall-policy` and `-rule-group` print one object each, which
`arranged_firewalls` puts into a list of its own key. What they mean is said in `network_firewall`.
"""

from __future__ import annotations

from typing import Any, Final, Required

from typing_extensions import TypedDict

from verifier.snapshot.wire import Id, Int, TagWire


class AttachmentWire(TypedDict, total=False):
    """The endpoint of a firewall in one zone."""

    EndpointId: str | None
    SubnetId: str | None


class SyncStateWire(TypedDict, total=False):
    """What a firewall has in one zone."""

    Attachment: AttachmentWire | None


class FirewallWire(TypedDict, total=False):
    """One firewall."""

    FirewallArn: Required[Id]
    FirewallPolicyArn: str | None
    SyncStates: dict[str, SyncStateWire] | None
    Tags: list[TagWire] | None


class ReferenceWire(TypedDict, total=False):
    """A rule group of a policy."""

    ResourceArn: Required[Id]
    Priority: Int | None
    Override: dict[str, Any] | None


class EngineWire(TypedDict, total=False):
    """How the stateful engine works."""

    RuleOrder: str | None


class SetWire(TypedDict, total=False):
    """A named set."""

    Definition: list[str] | None


class VariablesWire(TypedDict, total=False):
    """Named sets."""

    IPSets: dict[str, SetWire] | None
    PortSets: dict[str, SetWire] | None


class PolicyVariablesWire(TypedDict, total=False):
    """Named sets of a policy, which overrule those of its groups."""

    RuleVariables: dict[str, SetWire] | None


class PolicyWire(TypedDict, total=False):
    """What a policy says."""

    StatelessRuleGroupReferences: list[ReferenceWire] | None
    StatelessDefaultActions: list[str] | None
    StatefulRuleGroupReferences: list[ReferenceWire] | None
    StatefulDefaultActions: list[str] | None
    StatefulEngineOptions: EngineWire | None
    PolicyVariables: PolicyVariablesWire | None


class FirewallPolicyWire(TypedDict, total=False):
    """One policy under its name."""

    FirewallPolicyArn: Required[Id]
    FirewallPolicy: PolicyWire | None


class AddressWire(TypedDict, total=False):
    """An address block."""

    AddressDefinition: Required[str]


class PortsWire(TypedDict, total=False):
    """A range of ports."""

    FromPort: Required[Int]
    ToPort: Int | None


class MatchWire(TypedDict, total=False):
    """What a stateless rule matches; what is absent matches everything."""

    Sources: list[AddressWire] | None
    Destinations: list[AddressWire] | None
    SourcePorts: list[PortsWire] | None
    DestinationPorts: list[PortsWire] | None
    Protocols: list[Int] | None
    TCPFlags: list[dict[str, Any]] | None


class DefinitionWire(TypedDict, total=False):
    """A stateless rule without its priority."""

    MatchAttributes: MatchWire | None
    Actions: list[str] | None


class StatelessRuleWire(TypedDict, total=False):
    """A stateless rule."""

    RuleDefinition: Required[DefinitionWire]
    Priority: Required[Int]


class StatelessWire(TypedDict, total=False):
    """The rules of a stateless group."""

    StatelessRules: list[StatelessRuleWire] | None


class HeaderWire(TypedDict, total=False):
    """The five-tuple of a stateful rule."""

    Protocol: Required[str]
    Source: Required[str]
    SourcePort: Required[str]
    Direction: Required[str]
    Destination: Required[str]
    DestinationPort: Required[str]


class OptionWire(TypedDict, total=False):
    """A keyword of a stateful rule."""

    Keyword: Required[str]


class StatefulRuleWire(TypedDict, total=False):
    """A stateful rule."""

    Action: Required[str]
    Header: Required[HeaderWire]
    RuleOptions: list[OptionWire] | None


class RulesWire(TypedDict, total=False):
    """Where the rules of a group come from: one of these."""

    RulesString: str | None
    RulesSourceList: dict[str, Any] | None
    StatefulRules: list[StatefulRuleWire] | None
    StatelessRulesAndCustomActions: StatelessWire | None


class GroupWire(TypedDict, total=False):
    """What a rule group says."""

    RulesSource: Required[RulesWire]
    RuleVariables: VariablesWire | None


class RuleGroupWire(TypedDict, total=False):
    """One rule group under its name."""

    RuleGroupArn: Required[Id]
    RuleGroup: GroupWire | None


_NAMED_BESIDE: Final = (
    (
        "FirewallPolicyResponse",
        "FirewallPolicy",
        "NetworkFirewallPolicies",
        "FirewallPolicyArn",
    ),
    ("RuleGroupResponse", "RuleGroup", "NetworkFirewallRuleGroups", "RuleGroupArn"),
)
"""What names a document, its body, the key that it gets here, and the field of its name."""


def arranged_firewalls(document: dict[str, object]) -> dict[str, object]:
    """The document with each firewall, policy and rule group in a list of its own key."""
    found = dict(document)
    firewall, status = found.get("Firewall"), found.get("FirewallStatus")
    if isinstance(firewall, dict) and "FirewallArn" in firewall:
        states = status.get("SyncStates") if isinstance(status, dict) else None
        found["NetworkFirewalls"] = [{**firewall, "SyncStates": states}]
        found = {key: found[key] for key in found if key not in ("Firewall", "FirewallStatus")}
    for told, body, key, name in (
        (
            "FirewallPolicyResponse",
            "FirewallPolicy",
            "NetworkFirewallPolicies",
            "FirewallPolicyArn",
        ),
        ("RuleGroupResponse", "RuleGroup", "NetworkFirewallRuleGroups", "RuleGroupArn"),
    ):
        about = found.get(told)
        if isinstance(about, dict) and name in about:
            found[key] = [{name: about[name], body: found.pop(body, None)}]
            found.pop(told)
    return found

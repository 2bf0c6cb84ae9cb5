"""AWS Network Firewall, as `describe-firewall`, `-firewall-policy` and `-rule-group` print them.

Law: an endpoint of a firewall whose policy is not known has a firewall with a gap, and what of a
policy is not understood is a rule with a gap at its place.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Final

from verifier.model import (
    FirewallMatch,
    NetworkFirewall,
    StatefulAction,
    StatefulRule,
    StatelessAction,
    StatelessRule,
    Vpc,
    VpcEndpoint,
)
from verifier.packet import PortRange, Prefix
from verifier.snapshot.firewall_rules import (
    ANYTHING,
    EVERY_PORT,
    EVERYWHERE,
    Header,
    ReadRule,
    Variables,
    read_rule,
    read_text,
)
from verifier.snapshot.ledger import Ledger
from verifier.snapshot.merge import Record
from verifier.snapshot.network_firewall_output import (
    AddressWire,
    FirewallPolicyWire,
    FirewallWire,
    GroupWire,
    MatchWire,
    PolicyWire,
    PortsWire,
    RuleGroupWire,
    SetWire,
)
from verifier.snapshot.wire import Origin, parsed, tags_of

CLAUSE: Final = "NFW-5"
UNDESCRIBED: Final = "firewall-of-"
"""How the name of a firewall begins that is known by an endpoint alone."""


def lift_network_firewalls(
    firewalls: Iterable[Record[FirewallWire]],
    policies: Iterable[Record[FirewallPolicyWire]],
    groups: Iterable[Record[RuleGroupWire]],
    endpoints: Mapping[str, VpcEndpoint],
    vpcs: Mapping[str, Vpc],
    ledger: Ledger,
) -> dict[str, NetworkFirewall]:
    """All firewalls, and one with a gap for each endpoint of a firewall that is not described."""
    by_policy = {record.wire["FirewallPolicyArn"]: record for record in policies}
    by_group = {record.wire["RuleGroupArn"]: record for record in groups}
    found: dict[str, NetworkFirewall] = {}
    for wire, origin in firewalls:
        arn = wire["FirewallArn"]
        policy = by_policy.get(wire.get("FirewallPolicyArn") or "")
        firewall = NetworkFirewall(
            id=arn,
            endpoint_ids=_endpoints(wire, endpoints),
            account=origin.source.account,
            tags=tags_of(wire.get("Tags")),
        )
        if policy is None or not policy.wire.get("FirewallPolicy"):
            gap = ledger.gap(arn, "NFW-1", "its policy is not in the snapshot")
            if policy_arn := wire.get("FirewallPolicyArn"):
                ledger.want("FirewallPolicy", policy_arn)
            found[arn] = replace(firewall, gap=gap)
        else:
            home = _home(firewall, endpoints, vpcs)
            found[arn] = _with_policy(firewall, policy, by_group, home, ledger)
    covered = {one for firewall in found.values() for one in firewall.endpoint_ids}
    for endpoint in endpoints.values():
        if _managed(endpoint) and endpoint.id not in covered:
            name = f"{UNDESCRIBED}{endpoint.id}"
            gap = ledger.gap(endpoint.id, "NFW-1", "its firewall is not in the snapshot")
            found[name] = NetworkFirewall(id=name, endpoint_ids=(endpoint.id,), gap=gap)
    return dict(sorted(found.items()))


def _home(
    firewall: NetworkFirewall, endpoints: Mapping[str, VpcEndpoint], vpcs: Mapping[str, Vpc]
) -> tuple[str, ...]:
    """The blocks of the VPCs in which the firewall has its endpoints."""
    at = {endpoints[name].vpc_id for name in firewall.endpoint_ids if name in endpoints}
    return tuple(str(block) for name in sorted(at & vpcs.keys()) for block in vpcs[name].prefixes)


def _managed(endpoint: VpcEndpoint) -> bool:
    return "AWSNetworkFirewallManaged" in endpoint.tags or "Firewall" in endpoint.tags


def _endpoints(wire: FirewallWire, endpoints: Mapping[str, VpcEndpoint]) -> tuple[str, ...]:
    """By the firewall's state, and by the tags that it puts on its endpoints."""
    states = (wire.get("SyncStates") or {}).values()
    named = {(state.get("Attachment") or {}).get("EndpointId") for state in states}
    arn = wire["FirewallArn"]
    named |= {one.id for one in endpoints.values() if one.tags.get("Firewall") == arn}
    return tuple(sorted(name for name in named if name))


def _with_policy(
    firewall: NetworkFirewall,
    record: Record[FirewallPolicyWire],
    groups: Mapping[str, Record[RuleGroupWire]],
    home: tuple[str, ...],
    ledger: Ledger,
) -> NetworkFirewall:
    policy, origin = record.wire["FirewallPolicy"] or {}, record.origin.below(".FirewallPolicy")
    strict = (policy.get("StatefulEngineOptions") or {}).get("RuleOrder") == "STRICT_ORDER"
    defaults = policy.get("StatefulDefaultActions") or ()
    stateful = tuple(_stateful(firewall.id, policy, groups, home, ledger))
    beyond = sorted(set(defaults) - _STATEFUL)
    if strict and beyond and "aws:drop_strict" not in defaults:
        detail = f"what no rule passes may be dropped later on (`{beyond[0]}`)"
        last = 1 + max((rule.group_priority for rule in stateful), default=0)
        gap = ledger.gap(firewall.id, CLAUSE, detail)
        rule = StatefulRule(
            group_priority=last, position=0, match=ANYTHING, action=StatefulAction.DROP, gap=gap
        )
        stateful = (*stateful, rule)
    return replace(
        firewall,
        stateless=tuple(_stateless(firewall.id, policy, groups, ledger)),
        stateless_default=_action(policy.get("StatelessDefaultActions"), origin),
        stateful=stateful,
        strict_order=strict,
        stateful_default_drops=strict and "aws:drop_strict" in defaults,
    )


_STATELESS: Final = {
    "aws:pass": StatelessAction.PASS,
    "aws:drop": StatelessAction.DROP,
    "aws:forward_to_sfe": StatelessAction.FORWARD,
}


_STATEFUL: Final = frozenset(
    {
        "aws:drop_strict", "aws:alert_strict", "aws:alert_established",
        "aws:alert_established_app_layer", "aws:alert_established_app_layer_to_server",
    }
)  # fmt: skip
"""The default actions of which it is known what becomes of a new packet: all others may drop."""


def _action(names: Iterable[str] | None, origin: Origin) -> StatelessAction:
    """The one standard action of a list; custom actions besides it only measure."""
    found = [_STATELESS[name] for name in names or () if name in _STATELESS]
    if len(found) != 1:
        raise origin.error(
            "", "expected exactly one of `aws:pass`, `aws:drop`, `aws:forward_to_sfe`"
        )
    return found[0]


def _stateless(
    arn: str, policy: PolicyWire, groups: Mapping[str, Record[RuleGroupWire]], ledger: Ledger
) -> Iterator[StatelessRule]:
    for reference in policy.get("StatelessRuleGroupReferences") or ():
        priority = reference.get("Priority") or 0
        name = reference["ResourceArn"]
        record = groups.get(name)
        body = None if record is None else record.wire.get("RuleGroup")
        listed = body["RulesSource"].get("StatelessRulesAndCustomActions") if body else None
        if record is None or listed is None:
            ledger.want("RuleGroup", name)
            gap = ledger.gap(arn, CLAUSE, f"the rule group {name} is not in the snapshot")
            yield StatelessRule(
                group_priority=priority,
                priority=0,
                match=ANYTHING,
                action=StatelessAction.DROP,
                gap=gap,
            )
            continue
        origin = record.origin.below(".RuleGroup.RulesSource")
        for rule in listed.get("StatelessRules") or ():
            definition = rule["RuleDefinition"]
            match = definition.get("MatchAttributes") or {}
            flags = f"a rule of {name} looks at TCP flags"
            doubt = ledger.gap(arn, CLAUSE, flags) if match.get("TCPFlags") else None
            yield StatelessRule(
                group_priority=priority,
                priority=rule["Priority"],
                match=_stateless_match(match, origin),
                action=_action(definition.get("Actions"), origin),
                gap=doubt,
            )


def _stateless_match(wire: MatchWire, origin: Origin) -> FirewallMatch:
    def prefixes(listed: list[AddressWire] | None) -> tuple[Prefix, ...]:
        if not listed:
            return EVERYWHERE
        texts = (one["AddressDefinition"] for one in listed)
        return tuple(parsed(Prefix.parse, text, origin, "") for text in texts)

    def ports(listed: list[PortsWire] | None) -> tuple[PortRange, ...]:
        if not listed:
            return EVERY_PORT
        return tuple(
            PortRange(one["FromPort"], one.get("ToPort") or one["FromPort"]) for one in listed
        )

    protocols = wire.get("Protocols")
    return FirewallMatch(
        sources=prefixes(wire.get("Sources")),
        destinations=prefixes(wire.get("Destinations")),
        source_ports=ports(wire.get("SourcePorts")),
        destination_ports=ports(wire.get("DestinationPorts")),
        protocols=frozenset(protocols) if protocols else None,
    )


def _stateful(
    arn: str,
    policy: PolicyWire,
    groups: Mapping[str, Record[RuleGroupWire]],
    home: tuple[str, ...],
    ledger: Ledger,
) -> Iterator[StatefulRule]:
    overruled = (policy.get("PolicyVariables") or {}).get("RuleVariables") or {}
    for reference in policy.get("StatefulRuleGroupReferences") or ():
        name = reference["ResourceArn"]
        record = groups.get(name)
        body = None if record is None else record.wire.get("RuleGroup")
        if body is None:
            ledger.want("RuleGroup", name)
            rules = [_doubtful("is not in the snapshot")]
        elif reference.get("Override"):
            rules = [_doubtful("has an override")]
        else:
            rules = list(_rules_of(body, _variables(body, overruled, home)))
        for position, rule in enumerate(rules):
            if rule.action is None:
                continue
            gap = None
            if rule.doubt is not None:
                gap = ledger.gap(arn, CLAUSE, f"rule group {name}: a rule {rule.doubt}")
            yield StatefulRule(
                group_priority=reference.get("Priority") or 0,
                position=position,
                match=rule.match,
                action=rule.action,
                both_ways=rule.both_ways,
                gap=gap,
            )


def _doubtful(why: str) -> ReadRule:
    return ReadRule(StatefulAction.DROP, ANYTHING, False, f"of it {why}")


def _variables(
    body: GroupWire, overruled: Mapping[str, SetWire], home: tuple[str, ...]
) -> Variables:
    """Those of the policy before those of the group; `HOME_NET` is the firewall's own VPC."""
    named = body.get("RuleVariables") or {}
    addresses = {**(named.get("IPSets") or {}), **overruled}
    ports = named.get("PortSets") or {}
    return Variables(
        {
            "HOME_NET": home,
            "EXTERNAL_NET": ("!$HOME_NET",),
            **{name: one.get("Definition") or () for name, one in addresses.items()},
        },
        {name: one.get("Definition") or () for name, one in ports.items()},
    )


def _rules_of(body: GroupWire, variables: Variables) -> Iterator[ReadRule]:
    source = body["RulesSource"]
    if source.get("RulesSourceList"):
        yield _doubtful("is a list of domain names")
    yield from read_text(source.get("RulesString") or "", variables)
    for rule in source.get("StatefulRules") or ():
        head = rule["Header"]
        header = Header(
            head["Protocol"],
            head["Source"],
            head["SourcePort"],
            head["Destination"],
            head["DestinationPort"],
        )
        words = [option["Keyword"] for option in rule.get("RuleOptions") or ()]
        both = head["Direction"].upper() == "ANY"
        yield read_rule(rule["Action"], header, both, words, variables)

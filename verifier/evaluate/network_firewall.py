"""AWS Network Firewall: a policy judges what comes to a firewall's endpoint (NFW-1 to NFW-5).

Law: stateless rules are asked of every packet and reply, stateful ones of packets that open a
connection; the firewall remembers the connections that its stateful rules have let pass.
"""

from __future__ import annotations

from verifier.evaluate.codes import Code
from verifier.evaluate.firewall_policy import Policy, matches, swapped
from verifier.evaluate.journey import Dropped, Journey, Place
from verifier.model import Gap, StatefulAction, StatelessAction, VpcEndpoint
from verifier.trace import Decision

KIND = "network-firewall"


def judge(journey: Journey, endpoint: VpcEndpoint) -> Place | None:
    """None iff the packet or reply passes the firewall of the endpoint, or there is none."""
    policy = journey.index.firewalls.get(endpoint.id)
    if policy is None:
        return None
    name, gap = policy.firewall.id, policy.firewall.gap
    if gap is not None:
        return _doubt(journey, name, gap)
    for rule in policy.stateless:
        if matches(rule.match, journey.packet):
            words = f"stateless rule {rule.group_priority}/{rule.priority}"
            if rule.gap is not None:
                return _doubt(journey, name, rule.gap)
            return _do(journey, endpoint, policy, rule.action, words)
    return _do(journey, endpoint, policy, policy.firewall.stateless_default, "stateless default")


def _do(
    journey: Journey, endpoint: VpcEndpoint, policy: Policy, action: StatelessAction, words: str
) -> Place | None:
    if action is StatelessAction.FORWARD:
        return _stateful(journey, endpoint, policy)
    return _said(journey, policy.firewall.id, action is StatelessAction.PASS, words)


def _stateful(journey: Journey, endpoint: VpcEndpoint, policy: Policy) -> Place | None:
    """NFW-4: a new packet by the rules, a reply by what is remembered."""
    name = policy.firewall.id
    if journey.forward is not None:
        if name in journey.forward.inspected:
            return _said(journey, name, True, "connection remembered")
        return _strange(journey, name, endpoint.gap)
    journey.inspected.add(name)
    for rule in policy.stateful:
        if matches(rule.match, journey.packet) or (
            rule.both_ways and matches(rule.match, swapped(journey.packet))
        ):
            if rule.gap is not None:
                return _doubt(journey, name, rule.gap)
            words = f"stateful rule {rule.group_priority}/{rule.position}"
            return _said(journey, name, rule.action is StatefulAction.PASS, words)
    return _said(journey, name, not policy.firewall.stateful_default_drops, "stateful default")


def _strange(journey: Journey, name: str, gap: Gap | None) -> Dropped | None:
    """NFW-4: a reply whose packet the stateful rules did not see; the endpoint's gap decides."""
    if gap is not None:
        return _doubt(journey, name, gap, Code.ASYMMETRIC_RETURN)
    return journey.drop(KIND, name, Code.ASYMMETRIC_RETURN)


def _doubt(
    journey: Journey, name: str, gap: Gap, code: Code = Code.UNKNOWN_RESOURCE
) -> Dropped | None:
    """NFW-1, NFW-5: what is not understood lets everything pass if open, nothing if closed."""
    if not journey.rely(gap):
        return journey.drop(KIND, name, code, detail=gap.detail)
    journey.note(KIND, name, Decision.ALLOW, detail=gap.detail)
    return None


def _said(journey: Journey, name: str, passes: bool, words: str) -> Dropped | None:
    if passes:
        journey.note(KIND, name, Decision.ALLOW, rule=words)
        return None
    code = Code.FIREWALL_RULES_RESTRICTION
    return journey.drop(KIND, name, code, rule=words, decision=Decision.DENY)

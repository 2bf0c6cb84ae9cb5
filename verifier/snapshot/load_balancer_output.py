"""The outputs about load balancers: their types, and one form for those that name nothing.

`describe-target-health`, `describe-target-group-attributes` and `describe-load-balancer-attributes`
print lists without the name of the group or balancer. It is read from beside the list
(`{"TargetGroupArn": ..., "TargetHealthDescriptions": [...]}`), from lists of such objects
(`LoadBalancerTargetHealth`, `TargetGroupAttributes`, `LoadBalancerAttributes`,
`LoadBalancerListeners`, `ClassicLoadBalancerAttributes`), or from the name of the file; so for a
balancer without listeners, whose empty list names nothing either. Law: what other services print
under the same keys stays what it was, of no relevance.
"""

from __future__ import annotations

from typing import Final, Required

from typing_extensions import TypedDict

from verifier.snapshot.source import Source
from verifier.snapshot.target_group import AttributeWire
from verifier.snapshot.wire import Id, Int, TagWire


class BalancerStateWire(TypedDict, total=False):
    """The state of a balancer."""

    Code: str | None


class EnabledZoneWire(TypedDict, total=False):
    """A zone that a balancer is enabled for."""

    ZoneName: str | None


class LoadBalancerWire(TypedDict, total=False):
    """One load balancer."""

    LoadBalancerArn: Required[Id]
    LoadBalancerName: str | None
    Type: str | None
    Scheme: str | None
    VpcId: str | None
    State: BalancerStateWire | None
    AvailabilityZones: list[EnabledZoneWire] | None
    EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic: str | None
    Tags: list[TagWire] | None


class TargetGroupTupleWire(TypedDict, total=False):
    """A target group of a forward action."""

    TargetGroupArn: Required[Id]
    Weight: Int | None


class ForwardConfigWire(TypedDict, total=False):
    """The target groups of a forward action."""

    TargetGroups: list[TargetGroupTupleWire] | None


class ActionWire(TypedDict, total=False):
    """What a listener does."""

    Type: str | None
    TargetGroupArn: str | None
    ForwardConfig: ForwardConfigWire | None


class PatternsWire(TypedDict, total=False):
    """The patterns of a condition."""

    Values: list[str] | None


class ConditionWire(TypedDict, total=False):
    """What a rule asks."""

    Field: str | None
    Values: list[str] | None
    HostHeaderConfig: PatternsWire | None
    PathPatternConfig: PatternsWire | None


class ListenerWire(TypedDict, total=False):
    """One listener."""

    ListenerArn: Required[Id]
    LoadBalancerArn: str | None
    Port: Int | None
    Protocol: str | None
    DefaultActions: list[ActionWire] | None


class ListenersOfWire(TypedDict, total=False):
    """The listeners of one balancer."""

    LoadBalancerArn: Required[Id]
    Listeners: list[ListenerWire] | None


class RuleWire(TypedDict, total=False):
    """One rule of a listener, which its ARN names."""

    RuleArn: Required[Id]
    Priority: str | None
    Actions: list[ActionWire] | None
    Conditions: list[ConditionWire] | None


class AttributesOfWire(TypedDict, total=False):
    """The attributes of one balancer."""

    LoadBalancerArn: Required[Id]
    Attributes: list[AttributeWire] | None


class EndpointServiceWire(TypedDict, total=False):
    """An endpoint service of this account."""

    ServiceId: Required[Id]
    ServiceName: str | None
    NetworkLoadBalancerArns: list[str] | None


class CrossZoneWire(TypedDict, total=False):
    """Whether zones are crossed."""

    Enabled: bool | None


class ClassicValuesWire(TypedDict, total=False):
    """The attributes of a classic balancer that matter."""

    CrossZoneLoadBalancing: CrossZoneWire | None


class ClassicAttributesWire(TypedDict, total=False):
    """The attributes of one classic balancer, by its name or that of the file they stand in.

    Names are of one Region: `Place` is that of the file, where its folder says one.
    """

    LoadBalancerName: Required[Id]
    Place: str | None
    LoadBalancerAttributes: ClassicValuesWire | None


HEALTH: Final = "TargetHealthDescriptions"
ATTRIBUTES: Final = "Attributes"
OWN_FIELDS: Final = {
    "Listeners": "LoadBalancerArn",
    "Rules": "RuleArn",
    "LoadBalancers": "LoadBalancerArn",
    "TargetGroups": "TargetGroupArn",
}
"""Keys that other services use as well, and a field that our resources have."""
CLASSIC_ATTRIBUTES: Final = "ClassicLoadBalancerAttributes"
OTHER: Final = "Attributes"
"""A key without relevance, under which foreign resources are put."""


def arranged(document: dict[str, object], source: Source) -> dict[str, object]:
    """The document with each of those lists under a key of its own, together with its name."""
    group, balancer = document.get("TargetGroupArn"), document.get("LoadBalancerArn")
    found = dict(document)
    if HEALTH in found:
        named = {"TargetGroupArn": group or source.stem, HEALTH: found.pop(HEALTH)}
        found["LoadBalancerTargetHealth"] = [named]
    if _are_attributes(found.get(ATTRIBUTES)):
        values = found.pop(ATTRIBUTES)
        if group or (not balancer and _of_group(values)):
            named = {"TargetGroupArn": group or source.stem, ATTRIBUTES: values}
            found["TargetGroupAttributes"] = [named]
        else:
            named = {"LoadBalancerArn": balancer or source.stem, ATTRIBUTES: values}
            found["LoadBalancerAttributes"] = [named]
    if HEALTH in document or ATTRIBUTES in document:
        found.pop("TargetGroupArn", None)
        found.pop("LoadBalancerArn", None)
    for key, field in OWN_FIELDS.items():
        if not _all_have(found.get(key, []), field):
            found[OTHER] = found.pop(key)
    if found.get("Listeners") == []:  # of a balancer that has none
        found.pop("LoadBalancerArn", None)
        found["LoadBalancerListeners"] = [
            {"LoadBalancerArn": balancer or source.stem, "Listeners": found.pop("Listeners")}
        ]
    if isinstance(found.get("LoadBalancerAttributes"), dict):  # of a classic one
        name = found.pop("LoadBalancerName", None) or source.stem
        values = found.pop("LoadBalancerAttributes")
        account, region = source.scope
        found[CLASSIC_ATTRIBUTES] = [
            {
                "LoadBalancerName": name,
                "Place": f"{account}/{region}",
                "LoadBalancerAttributes": values,
            }
        ]
    return found


def _are_attributes(value: object) -> bool:
    return isinstance(value, list) and bool(value) and _all_have(value, "Key")


def _all_have(value: object, field: str) -> bool:
    return not isinstance(value, list) or all(
        not isinstance(item, dict) or field in item for item in value
    )


def _of_group(values: object) -> bool:
    """True iff the attributes are those of a target group (every one has this attribute)."""
    assert isinstance(values, list)
    return any(str(item.get("Key")).startswith("deregistration_delay") for item in values)

"""Target groups: themselves, their attributes, and the targets that are registered with them.

The outputs of the last two do not name the group that they speak of; `load_balancer_output.py`
says how it is found out. Who leads to a group whose registrations are not in the snapshot is told.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final, Required

from typing_extensions import TypedDict

from verifier.model import Gap, Target, TargetGroup, TargetType
from verifier.packet import Family
from verifier.snapshot.ledger import Ledger
from verifier.snapshot.merge import Record, Records
from verifier.snapshot.wire import Id, Int, Origin, TagWire, address_of, parsed


class TargetGroupWire(TypedDict, total=False):
    """One target group."""

    TargetGroupArn: Required[Id]
    TargetGroupName: str | None
    TargetType: str | None
    Protocol: str | None
    Port: Int | None
    IpAddressType: str | None
    VpcId: str | None
    LoadBalancerArns: list[str] | None
    Tags: list[TagWire] | None


class TargetWire(TypedDict, total=False):
    """One registered target."""

    Id: Required[Id]
    Port: Int | None


class TargetHealthDescriptionWire(TypedDict, total=False):
    """A registered target and its health, which is not looked at (LB-5)."""

    Target: Required[TargetWire]


class TargetHealthWire(TypedDict, total=False):
    """The registered targets of a group, under its ARN or the name of the file they stand in."""

    TargetGroupArn: Required[Id]
    TargetHealthDescriptions: list[TargetHealthDescriptionWire] | None


class AttributeWire(TypedDict, total=False):
    """One attribute."""

    Key: str | None
    Value: str | None


class TargetGroupAttributesWire(TypedDict, total=False):
    """The attributes of a group, likewise."""

    TargetGroupArn: Required[Id]
    Attributes: list[AttributeWire] | None


KNOWN: Final = frozenset(TargetGroupWire.__annotations__) | {
    "HealthCheckEnabled", "HealthCheckIntervalSeconds", "HealthCheckPath", "HealthCheckPort",
    "HealthCheckProtocol", "HealthCheckTimeoutSeconds", "HealthyThresholdCount",
    "Matcher", "ProtocolVersion", "TargetControlPort",
    "UnhealthyThresholdCount",
}  # fmt: skip
KNOWN_TARGET: Final = frozenset(TargetWire.__annotations__) | {"AvailabilityZone", "QuicServerId"}
KEEPS: Final = "preserve_client_ip.enabled"
REGISTERED: Final = ".TargetHealthDescriptions"
CROSS_ZONE: Final = "load_balancing.cross_zone.enabled"

Doubts = dict[str, str]
"""By id of a target group, what of it is not known."""


def lift_target_groups(
    groups: Records[TargetGroupWire],
    health: Records[TargetHealthWire],
    attributes: Records[TargetGroupAttributesWire],
    primary: Mapping[str, tuple[str, ...]],
    ledger: Ledger,
) -> tuple[dict[str, TargetGroup], Doubts]:
    """The groups by ARN, and what is not known of them; `primary` as `LoadBalancer` needs it."""
    found: dict[str, TargetGroup] = {}
    doubts: Doubts = {}
    for wire, origin in groups:
        ledger.unknown_fields("TargetGroup", KNOWN, wire)
        arn = wire["TargetGroupArn"]
        listed = _of(arn, wire.get("TargetGroupName"), health)
        said = _of(arn, wire.get("TargetGroupName"), attributes)
        values = attributes_of(said.wire.get("Attributes")) if said else {}
        kind = _type(wire)
        if kind is None:
            doubts[arn] = f"the target group {arn} is of the unknown type `{wire['TargetType']}`"
        elif listed is None and kind is not TargetType.LAMBDA:
            doubts[arn] = f"the registered targets of {arn} are not in the snapshot"
            ledger.want("TargetHealthDescriptions", arn)
        registered = listed.wire.get("TargetHealthDescriptions") or () if listed else ()
        place = listed.origin if listed else origin
        targets = [
            _target(one["Target"], kind, place.below(f"{REGISTERED}[{at}]"), primary, ledger)
            for at, one in enumerate(registered)
        ]
        found[arn] = TargetGroup(
            id=arn,
            name=wire.get("TargetGroupName") or "",
            type=kind or TargetType.IP,
            protocol=wire.get("Protocol") or "",
            port=wire.get("Port"),
            family=_family(wire),
            targets=tuple(targets),
            keeps_client_address=switch(values.get(KEEPS)),
            cross_zone=switch(values.get(CROSS_ZONE)),
            gap=_unsaid(wire, kind, ledger) if said is None else None,
        )
    return found, doubts


def _unsaid(wire: TargetGroupWire, kind: TargetType | None, ledger: Ledger) -> Gap | None:
    """The gap of attributes that are not there, where they matter to some balancer."""
    if wire.get("LoadBalancerArns") == [] or kind not in (TargetType.INSTANCE, TargetType.IP):
        return None
    ledger.assume(
        "LB-7",
        "target groups whose attributes are not in the snapshot have the default ones in every"
        " counterexample (and may have others for what is proved)",
    )
    ledger.want("TargetGroupAttributes", wire["TargetGroupArn"])
    return ledger.gap(wire["TargetGroupArn"], "LB-7", "its attributes are not in the snapshot")


def _type(wire: TargetGroupWire) -> TargetType | None:
    name = wire.get("TargetType") or "instance"
    return TargetType(name) if name in list(TargetType) else None


def _family(wire: TargetGroupWire) -> Family:
    return 6 if wire.get("IpAddressType") == "ipv6" else 4


def _target(
    wire: TargetWire,
    kind: TargetType | None,
    origin: Origin,
    primary: Mapping[str, tuple[str, ...]],
    ledger: Ledger,
) -> Target:
    ledger.unknown_fields("TargetDescription", KNOWN_TARGET, wire)
    name, port = wire["Id"], wire.get("Port")
    if kind is TargetType.INSTANCE:
        return Target(name, port, interface_ids=primary.get(name, ()))
    if kind is TargetType.IP:
        return Target(name, port, address=parsed(address_of, name, origin, ".Target.Id"))
    return Target(name, port)


def _of(arn: str, name: str | None, records: Iterable[Record[Any]]) -> Record[Any] | None:
    """What is said of the group under its ARN, or in a file that is named after it."""
    names = {name, *names_of(arn)}
    return next((one for one in records if one.wire["TargetGroupArn"] in names), None)


def names_of(arn: str) -> set[str]:
    """The ARN, and the names of files about what has it: `NAME-ID`, `NAME-ID-health`, ..."""
    tail = re.sub(r".*?:(targetgroup|loadbalancer)/", "", arn)
    plain = tail.replace("/", "-")
    return {arn, plain, tail.replace("/", "_"), f"{plain}-health", f"{plain}-attributes"}


def attributes_of(attributes: Iterable[AttributeWire] | None) -> dict[str, str]:
    """Attributes as a mapping."""
    return {one.get("Key") or "": one.get("Value") or "" for one in attributes or ()}


def switch(value: str | None) -> bool | None:
    """What an attribute says; None if it says nothing, or to take the balancer's word."""
    return {"true": True, "false": False}.get(value or "")

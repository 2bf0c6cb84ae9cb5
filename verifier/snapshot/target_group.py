"""Target groups: themselves, their attributes, and the targets that are registered with them.

The outputs of the last two do not name the group that they speak of; `load_balancer_output.py`
says how it is found out. Who leads to a group whose registrations are not in the snapshot is told.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Protocol, Required

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
    AvailabilityZone: str | None


class StateWire(TypedDict, total=False):
    """Of its health, whether it is registered at all (LB-5)."""

    State: str | None
    Reason: str | None


class TargetHealthDescriptionWire(TypedDict, total=False):
    """A registered target."""

    Target: Required[TargetWire]
    TargetHealth: StateWire | None


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
KNOWN_TARGET: Final = frozenset(TargetWire.__annotations__) | {"QuicServerId"}
UNREGISTERED: Final = "Target.NotRegistered"
LEAVING: Final = "draining"
KEEPS: Final = "preserve_client_ip.enabled"
REGISTERED: Final = ".TargetHealthDescriptions"
CROSS_ZONE: Final = "load_balancing.cross_zone.enabled"


class Balanced(Protocol):
    """Tells the nodes of balancers (LB-1)."""

    def of(self, name: str, vpc_id: str) -> tuple[str, ...]:
        """The interfaces of the balancer of this name, in ascending order of id."""


@dataclass(frozen=True, slots=True)
class Behind:
    """Who targets may be: primary interfaces by instance, nodes, and the balancers listed."""

    primary: Mapping[str, tuple[str, ...]]
    nodes: Balanced
    balancers: frozenset[str]


Doubts = dict[str, str]
"""By id of a target group, what of it is not known."""


def lift_target_groups(
    groups: Records[TargetGroupWire],
    health: Records[TargetHealthWire],
    attributes: Records[TargetGroupAttributesWire],
    behind: Behind,
    ledger: Ledger,
) -> tuple[dict[str, TargetGroup], Doubts]:
    """The groups by ARN, and what is not known of them."""
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
        lifting = _Lifting(arn, kind, wire.get("VpcId") or "", behind, ledger)
        targets = [
            lifting.target(one, place.below(f"{REGISTERED}[{at}]"))
            for at, one in enumerate(registered)
            if (one.get("TargetHealth") or {}).get("Reason") != UNREGISTERED
        ]
        if lifting.unknown is not None and arn not in doubts:
            doubts[arn] = f"the target {lifting.unknown} is not in the snapshot"
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


@dataclass(slots=True)
class _Lifting:
    """The targets of one group on their way; `unknown` is one of which nothing is known."""

    arn: str
    kind: TargetType | None
    vpc_id: str
    behind: Behind
    ledger: Ledger
    unknown: str | None = None

    def target(self, described: TargetHealthDescriptionWire, origin: Origin) -> Target:
        wire = described["Target"]
        self.ledger.unknown_fields("TargetDescription", KNOWN_TARGET, wire)
        name, port = wire["Id"], wire.get("Port")
        gap = self._gap(described.get("TargetHealth") or {})
        if self.kind is TargetType.INSTANCE:
            return Target(name, port, interface_ids=self.behind.primary.get(name, ()), gap=gap)
        if self.kind is TargetType.IP:
            address = parsed(address_of, name, origin, ".Target.Id")
            return Target(name, port, address=address, zone=wire.get("AvailabilityZone"), gap=gap)
        if self.kind is not TargetType.ALB:
            return Target(name, port)
        nodes = self.behind.nodes.of(name.rpartition("loadbalancer/")[2], self.vpc_id)
        if not nodes and name not in self.behind.balancers:
            self.unknown = name
        return Target(name, port, interface_ids=nodes, gap=gap)

    def _gap(self, health: StateWire) -> Gap | None:
        if health.get("State") != LEAVING:
            return None
        detail = "a target is being deregistered, and takes connections that are open alone"
        return self.ledger.gap(self.arn, "LB-5", detail)


def _of(arn: str, name: str | None, records: Iterable[Record[Any]]) -> Record[Any] | None:
    """What is said of the group under its ARN, or in a file that is named after it."""
    return next((one for one in records if speaks(one, "TargetGroupArn", arn, name)), None)


def registrations(described: list[TargetHealthDescriptionWire]) -> list[Any]:
    """What of registrations must be the same wherever they stand: health is not of it (LB-5)."""
    return [one["Target"] for one in described]


def speaks(record: Record[Any], field: str, arn: str, name: str | None) -> bool:
    """True iff the record is about what has the ARN.

    Either it says so, or its file has one of the names that the ARN gives; or has the name alone,
    which another account or Region may give as well, and stands in no folder of another one.
    """
    said = record.wire[field]
    if said != name:
        return said in names_of(arn)
    region, account = [*arn.split(":"), "", "", "", "", ""][3:5]
    own_account, own_region = record.origin.source.scope
    return own_account in (None, account) and own_region in (None, region)


def names_of(arn: str) -> set[str]:
    """The ARN, and the names of files about what has it: `NAME-ID`, `NAME-ID-health`, ..."""
    tail = re.sub(r".*?:(targetgroup|loadbalancer)/", "", arn)
    plain = tail.replace("/", "-")
    return {
        arn, plain, tail.replace("/", "_"), f"{plain}-health", f"{plain}-attributes",
        f"{plain}-listeners",
    }  # fmt: skip


def attributes_of(attributes: Iterable[AttributeWire] | None) -> dict[str, str]:
    """Attributes as a mapping."""
    return {one.get("Key") or "": one.get("Value") or "" for one in attributes or ()}


def switch(value: str | None) -> bool | None:
    """What an attribute says; None if it says nothing, or to take the balancer's word."""
    return {"true": True, "false": False}.get(value or "")

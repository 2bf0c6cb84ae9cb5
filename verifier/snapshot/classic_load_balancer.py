"""Classic load balancers, as `elb describe-load-balancers` prints them.

Law: one becomes a `LoadBalancer` like any other, with a target group of its instances for each
instance port that a listener leads to (LB-3).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Final, Required

from typing_extensions import TypedDict

from verifier.model import (
    BalancerKind,
    Forward,
    Listener,
    LoadBalancer,
    NetworkInterface,
    Target,
    TargetGroup,
)
from verifier.snapshot.ledger import Ledger
from verifier.snapshot.load_balancer import (
    PROTOCOLS,
    Balancers,
    Nodes,
    primary_interfaces,
    with_doubts,
    zones_compare,
)
from verifier.snapshot.load_balancer_output import CLASSIC_ATTRIBUTES
from verifier.snapshot.wire import Id, Int

if TYPE_CHECKING:
    from verifier.snapshot.resources import Resources


class ClassicListenerWire(TypedDict, total=False):
    """From where to where."""

    Protocol: str | None
    LoadBalancerPort: Int | None
    InstancePort: Int | None


class ListenerDescriptionWire(TypedDict, total=False):
    """One listener."""

    Listener: ClassicListenerWire | None


class RegisteredWire(TypedDict, total=False):
    """One registered instance."""

    InstanceId: Required[Id]


class ClassicWire(TypedDict, total=False):
    """One classic load balancer."""

    LoadBalancerName: Required[Id]
    VPCId: str | None
    Scheme: str | None
    ListenerDescriptions: list[ListenerDescriptionWire] | None
    Instances: list[RegisteredWire] | None
    AvailabilityZones: list[str] | None


KNOWN: Final = frozenset(ClassicWire.__annotations__) | {
    "BackendServerDescriptions", "CanonicalHostedZoneName",
    "CanonicalHostedZoneNameID", "CreatedTime", "DNSName", "HealthCheck", "Policies",
    "SecurityGroups", "SourceSecurityGroup", "Subnets",
}  # fmt: skip


def lift_classic(
    resources: Resources,
    interfaces: Mapping[str, NetworkInterface],
    balancers: Balancers,
    ledger: Ledger,
) -> None:
    """Enter the classic load balancers among the others."""
    nodes = Nodes(interfaces.values())
    primary = primary_interfaces(resources, interfaces)
    for wire, origin in resources.records["LoadBalancerDescriptions"]:
        ledger.unknown_fields("LoadBalancerDescription", KNOWN, wire)
        account, region = origin.source.scope
        name = wire["LoadBalancerName"]
        place = f"{region}:{account}" if region and account else None
        id_ = f"arn:aws:elasticloadbalancing:{place}:loadbalancer/{name}" if place else name
        cross_zone = _cross_zone(name, f"{account}/{region}", resources)
        if cross_zone is None:
            ledger.want(CLASSIC_ATTRIBUTES, id_)
        balancer = _lift(id_, wire, account, nodes, primary, balancers, ledger)
        balancer = replace(balancer, cross_zone=cross_zone)
        placed = zones_compare(resources)
        balancers.found[id_] = with_doubts(balancer, interfaces, ledger, placed=placed)


def _cross_zone(name: str, place: str, resources: Resources) -> bool | None:
    """What the attributes of the balancer say of zones; None if they are not there (LB-8)."""
    names = {name, f"elb-{name}-attributes"}
    for wire, _ in resources.records[CLASSIC_ATTRIBUTES]:
        if wire["LoadBalancerName"] in names and wire.get("Place") in (None, place):
            values = wire.get("LoadBalancerAttributes") or {}
            return (values.get("CrossZoneLoadBalancing") or {}).get("Enabled")
    return None


def _lift(
    id_: str,
    wire: ClassicWire,
    account: str | None,
    nodes: Nodes,
    primary: Mapping[str, tuple[str, ...]],
    balancers: Balancers,
    ledger: Ledger,
) -> LoadBalancer:
    reasons: list[str] = []
    own = nodes.of(wire["LoadBalancerName"], wire.get("VPCId") or "")
    if not own:
        reasons.append("none of its network interfaces is in the snapshot")
    if wire.get("ListenerDescriptions") is None or wire.get("Instances") is None:
        reasons.append("its listeners or its instances are not in the snapshot")
    targets = tuple(
        Target(one["InstanceId"], interface_ids=primary.get(one["InstanceId"], ()))
        for one in wire.get("Instances") or ()
    )
    listeners: list[Listener] = []
    for described in wire.get("ListenerDescriptions") or ():
        said = described.get("Listener") or {}
        protocol, port = said.get("Protocol") or "", said.get("LoadBalancerPort")
        onward = said.get("InstancePort")
        if protocol not in PROTOCOLS or port is None or onward is None:
            reasons.append(f"a listener has the protocol `{protocol}` and the port `{port}`")
            continue
        group = TargetGroup(id=f"{id_}:{onward}", protocol=protocol, port=onward, targets=targets)
        balancers.groups[group.id] = group
        listeners.append(Listener(f"{id_}:{port}", protocol, port, (Forward(group.id),)))
    return LoadBalancer(
        id=id_,
        name=wire["LoadBalancerName"],
        kind=BalancerKind.CLASSIC,
        vpc_id=wire.get("VPCId") or "",
        scheme=wire.get("Scheme") or "",
        interface_ids=own,
        listeners=tuple(listeners),
        zones=tuple(sorted(wire.get("AvailabilityZones") or ())) or None,
        gap=ledger.gap(id_, "LB-14", reasons[0]) if reasons else None,
        account=account,
    )

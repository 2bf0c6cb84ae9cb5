"""Load balancers, as `elbv2 describe-load-balancers`, `-listeners` and `-rules` print them.

Owns what makes a balancer wholly understood (LB-14): every other one keeps a gap, and its
interfaces stay relays that may lead anywhere (GAP-11).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

from verifier.model import (
    BalancerKind,
    Forward,
    InterfaceKind,
    Listener,
    LoadBalancer,
    NetworkInterface,
    TargetGroup,
)
from verifier.snapshot.ledger import Ledger
from verifier.snapshot.load_balancer_output import (
    ActionWire,
    ConditionWire,
    ListenerWire,
    LoadBalancerWire,
    RuleWire,
)
from verifier.snapshot.merge import Records
from verifier.snapshot.target_group import (
    CROSS_ZONE,
    Doubts,
    attributes_of,
    lift_target_groups,
    names_of,
    switch,
)
from verifier.snapshot.wire import tags_of

if TYPE_CHECKING:
    from verifier.snapshot.resources import Resources


KNOWN: Final = frozenset(LoadBalancerWire.__annotations__) | {
    "AvailabilityZones", "CanonicalHostedZoneId", "CreatedTime", "CustomerOwnedIpv4Pool",
    "DNSName", "EnablePrefixForIpv6SourceNat", "IpAddressType", "IpamPools", "SecurityGroups",
    "State",
}  # fmt: skip
KNOWN_LISTENER: Final = frozenset(ListenerWire.__annotations__) | {
    "AlpnPolicy", "Certificates", "MutualAuthentication", "SslPolicy", "Tags",
}  # fmt: skip
KNOWN_RULE: Final = frozenset(RuleWire.__annotations__) | {
    "IsDefault", "Priority", "Tags", "Transforms",
}  # fmt: skip
KNOWN_ACTION: Final = frozenset(ActionWire.__annotations__) | {
    "AuthenticateCognitoConfig", "AuthenticateOidcConfig", "FixedResponseConfig",
    "JwtValidationConfig", "Order", "RedirectConfig",
}  # fmt: skip
PROTOCOLS: Final = frozenset(
    {"HTTP", "HTTPS", "TCP", "TLS", "SSL", "UDP", "TCP_UDP", "QUIC", "TCP_QUIC"}
)
SILENT: Final = frozenset(
    {
        "redirect", "fixed-response", "authenticate-oidc", "authenticate-cognito",
        "jwt-validation",
    }
)  # fmt: skip
"""Actions that open no flow (LB-3)."""
GATEWAY: Final = "gateway"
ENFORCES: Final = "EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic"
_LINKS: Final = {"on": True, "off": False}


@dataclass(slots=True)
class Balancers:
    """What there is: balancers by id, target groups by id, and the nodes that are understood."""

    found: dict[str, LoadBalancer] = field(default_factory=dict)
    groups: dict[str, TargetGroup] = field(default_factory=dict)

    @property
    def understood(self) -> frozenset[str]:
        """The interfaces of balancers without a gap."""
        return frozenset(
            node
            for balancer in self.found.values()
            if balancer.gap is None
            for node in balancer.interface_ids
        )


class Nodes:
    """Which interfaces are which balancer's (LB-1)."""

    def __init__(self, interfaces: Iterable[NetworkInterface]) -> None:
        self._of: dict[tuple[str, str], list[str]] = {}
        for one in interfaces:
            if one.description.startswith("ELB "):
                name = one.description.removeprefix("ELB ").strip()
                self._of.setdefault((name, one.vpc_id), []).append(one.id)

    def of(self, name: str, vpc_id: str) -> tuple[str, ...]:
        """The interfaces whose description has this name, in ascending order of id."""
        return tuple(sorted(self._of.get((name, vpc_id), ())))


def lift_load_balancers(
    resources: Resources, interfaces: Mapping[str, NetworkInterface], ledger: Ledger
) -> Balancers:
    """The application and network load balancers, with their target groups."""
    records = resources.records
    groups, doubts = lift_target_groups(
        records["TargetGroups"],
        records["LoadBalancerTargetHealth"],
        records["TargetGroupAttributes"],
        primary_interfaces(resources, interfaces),
        ledger,
    )
    found = Balancers(groups=groups)
    nodes = Nodes(interfaces.values())
    listeners = _listeners(resources)
    rules = _rules(records["Rules"], ledger)
    for wire, origin in records["LoadBalancers"]:
        ledger.unknown_fields("LoadBalancer", KNOWN, wire)
        if wire.get("Type") == GATEWAY:
            continue
        account, region = origin.source.scope
        arn = wire["LoadBalancerArn"]
        said = _attributes(arn, wire.get("LoadBalancerName"), records["LoadBalancerAttributes"])
        lifting = _Lifting(wire, nodes, listeners.get(arn), rules, groups, doubts, ledger)
        services = _services(arn, resources, account, region)
        balancer = lifting.balancer(switch(said), services)
        if said is None and balancer.kind is BalancerKind.NETWORK:
            ledger.want("LoadBalancerAttributes", arn)
        found.found[arn] = with_doubts(balancer, interfaces, ledger, _with_service(records))
    return found


def with_doubts(
    balancer: LoadBalancer,
    interfaces: Mapping[str, NetworkInterface],
    ledger: Ledger,
    served: Set[str] = frozenset(),
) -> LoadBalancer:
    """The balancer with the gaps that stand for zones (LB-8) and for PrivateLink (LB-12).

    `served` are the interfaces of endpoints whose service is known.
    """
    zone_gap = link_gap = None
    application = balancer.kind is BalancerKind.APPLICATION
    nowhere = any(one.zone is None for one in interfaces.values() if one.vpc_id == balancer.vpc_id)
    if not application and (balancer.cross_zone is None or nowhere):
        detail = (
            "whether it balances across zones, or which zones are meant, is not in the snapshot"
        )
        zone_gap = ledger.gap(balancer.id, "LB-8", detail)
    grouped = any(interfaces[node].groups for node in balancer.interface_ids)
    linked = {one.id for one in interfaces.values() if one.kind is InterfaceKind.VPC_ENDPOINT}
    judged = grouped and balancer.filters_links is not False
    if (linked and balancer.services is None) or (
        balancer.services and (linked - served or (linked and judged))
    ):
        detail = "which interface endpoints lead to it, or whether it filters them, is not known"
        link_gap = ledger.gap(balancer.id, "LB-12", detail)
    return replace(balancer, zone_gap=zone_gap, link_gap=link_gap)


@dataclass(slots=True)
class _Lifting:
    """One balancer on its way; `reasons` say why it is not wholly understood."""

    wire: LoadBalancerWire
    nodes: Nodes
    listeners: Sequence[ListenerWire] | None
    rules: Mapping[str, list[RuleWire]]
    groups: Mapping[str, TargetGroup]
    doubts: Doubts
    ledger: Ledger
    reasons: list[str] = field(default_factory=list)

    def balancer(self, cross_zone: bool | None, services: tuple[str, ...] | None) -> LoadBalancer:
        wire = self.wire
        arn = wire["LoadBalancerArn"]
        tail = arn.rpartition("loadbalancer/")[2]
        kind = _kind(wire, tail)
        if kind is None:
            self.reasons.append(f"is of the unknown type `{wire.get('Type')}`")
        nodes = self.nodes.of(tail, wire.get("VpcId") or "")
        if not nodes:
            self.reasons.append("none of its network interfaces is in the snapshot")
        if not self.listeners:
            self.reasons.append("its listeners are not in the snapshot")
            self.ledger.want("Listeners", arn)
        application = kind is BalancerKind.APPLICATION
        listeners = [self._listener(one, application) for one in self.listeners or ()]
        gap = self.ledger.gap(arn, "LB-14", self.reasons[0]) if self.reasons else None
        return LoadBalancer(
            id=arn,
            name=wire.get("LoadBalancerName") or "",
            kind=kind or BalancerKind.NETWORK,
            vpc_id=wire.get("VpcId") or "",
            scheme=wire.get("Scheme") or "",
            interface_ids=nodes,
            listeners=tuple(one for one in listeners if one is not None),
            cross_zone=cross_zone,
            services=services if kind is BalancerKind.NETWORK else (),
            filters_links=_LINKS.get(wire.get(ENFORCES) or ""),
            gap=gap,
            account=account_of(arn),
            tags=tags_of(wire.get("Tags")),
        )

    def _listener(self, wire: ListenerWire, application: bool) -> Listener | None:
        self.ledger.unknown_fields("Listener", KNOWN_LISTENER, wire)
        port, protocol = wire.get("Port"), wire.get("Protocol") or ""
        if port is None or protocol not in PROTOCOLS:
            self.reasons.append(f"a listener has the protocol `{protocol}` and the port `{port}`")
            return None
        forwards = list(self._forwards(wire.get("DefaultActions"), ()))
        rules = self.rules.get(wire["ListenerArn"])
        if application and rules is None:
            self.reasons.append(f"the rules of its listener on port {port} are not in the snapshot")
            self.ledger.want("Rules", wire["ListenerArn"])
        for rule in rules or ():
            forwards.extend(self._forwards(rule.get("Actions"), rule.get("Conditions") or ()))
        return Listener(wire["ListenerArn"], protocol, port, tuple(dict.fromkeys(forwards)))

    def _forwards(
        self, actions: Iterable[ActionWire] | None, conditions: Iterable[ConditionWire]
    ) -> Iterator[Forward]:
        picky = any(one.get("Field") == "source-ip" for one in conditions)
        for action in actions or ():
            self.ledger.unknown_fields("Action", KNOWN_ACTION, action)
            if action.get("Type") in SILENT:
                continue
            if action.get("Type") != "forward":
                self.reasons.append(f"an action is of the unknown type `{action.get('Type')}`")
                continue
            for group_id in _groups_of(action):
                if group_id not in self.groups:
                    self.reasons.append(f"the target group {group_id} is not in the snapshot")
                elif group_id in self.doubts:
                    self.reasons.append(self.doubts[group_id])
                detail = "a rule asks for the source address, which is not followed"
                arn = self.wire["LoadBalancerArn"]
                yield Forward(group_id, self.ledger.gap(arn, "LB-3", detail) if picky else None)


def _groups_of(action: ActionWire) -> list[str]:
    more = (action.get("ForwardConfig") or {}).get("TargetGroups") or ()
    one = action.get("TargetGroupArn")
    return list(
        dict.fromkeys([*([one] if one else []), *(each["TargetGroupArn"] for each in more)])
    )


def _kind(wire: LoadBalancerWire, tail: str) -> BalancerKind | None:
    name = wire.get("Type") or {"app": "application", "net": "network"}.get(tail.partition("/")[0])
    known = {BalancerKind.APPLICATION, BalancerKind.NETWORK}
    return BalancerKind(name) if name in known else None


def account_of(arn: str) -> str | None:
    """The account that an ARN names."""
    parts = arn.split(":")
    return parts[4] or None if len(parts) > 5 else None


def _listeners(resources: Resources) -> dict[str, list[ListenerWire]]:
    found: dict[str, dict[str, ListenerWire]] = {}
    for wire, _ in resources.records["LoadBalancerListeners"]:
        for one in wire.get("Listeners") or ():
            found.setdefault(wire["LoadBalancerArn"], {})[one["ListenerArn"]] = one
    for wire, _ in resources.records["Listeners"]:
        found.setdefault(wire["LoadBalancerArn"], {})[wire["ListenerArn"]] = wire
    return {arn: list(listeners.values()) for arn, listeners in found.items()}


def _rules(records: Iterable[Any], ledger: Ledger) -> dict[str, list[RuleWire]]:
    """The rules by listener: `...:listener-rule/app/NAME/ID/LISTENER/RULE`."""
    found: dict[str, list[RuleWire]] = {}
    for wire, _ in records:
        ledger.unknown_fields("Rule", KNOWN_RULE, wire)
        listener = wire["RuleArn"].replace(":listener-rule/", ":listener/").rpartition("/")[0]
        found.setdefault(listener, []).append(wire)
    return found


def _attributes(arn: str, name: str | None, records: Iterable[Any]) -> str | None:
    """What is said of cross-zone balancing, under the ARN or in a file named after the balancer."""
    names = {name, *names_of(arn)}
    for wire, _ in records:
        if wire["LoadBalancerArn"] in names:
            return attributes_of(wire.get("Attributes")).get(CROSS_ZONE)
    return None


def _services(
    arn: str, resources: Resources, account: str | None, region: str | None
) -> tuple[str, ...] | None:
    """The endpoint services that lead to the balancer; None iff no listing tells (LB-12)."""
    if not resources.has("ServiceConfigurations", account, region):
        return None
    return tuple(
        sorted(
            wire.get("ServiceName") or wire["ServiceId"]
            for wire, _ in resources.records["ServiceConfigurations"]
            if arn in (wire.get("NetworkLoadBalancerArns") or ())
        )
    )


def _with_service(records: Mapping[str, Records[Any]]) -> frozenset[str]:
    """The interfaces of endpoints whose service is known."""
    return frozenset(
        interface_id
        for wire, _ in records["VpcEndpoints"]
        if wire.get("ServiceName")
        for interface_id in wire.get("NetworkInterfaceIds") or ()
    )


def primary_interfaces(
    resources: Resources, interfaces: Mapping[str, NetworkInterface]
) -> dict[str, tuple[str, ...]]:
    """By instance, its interface with device index 0; all that it may be where none has it."""
    attached: dict[str, list[str]] = {}
    for one in interfaces.values():
        if one.instance_id:
            attached.setdefault(one.instance_id, []).append(one.id)
    first: dict[str, tuple[str, ...]] = {}
    for wire in _interface_wires(resources):
        attachment = wire.get("Attachment") or {}
        owner = interfaces[wire["NetworkInterfaceId"]].instance_id
        if owner and attachment.get("DeviceIndex") == 0:
            first[owner] = (wire["NetworkInterfaceId"],)
    return {name: first.get(name, tuple(sorted(ids))) for name, ids in attached.items()}


def _interface_wires(resources: Resources) -> Iterator[Mapping[str, Any]]:
    for wire, _ in resources.records["NetworkInterfaces"]:
        yield wire
    for instance, _ in resources.records["Instances"]:
        yield from instance.get("NetworkInterfaces") or ()

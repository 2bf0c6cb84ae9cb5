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
    Behind,
    Doubts,
    attributes_of,
    lift_target_groups,
    speaks,
    switch,
)
from verifier.snapshot.wire import tags_of

if TYPE_CHECKING:
    from verifier.snapshot.resources import Resources


KNOWN: Final = frozenset(LoadBalancerWire.__annotations__) | {
    "CanonicalHostedZoneId", "CreatedTime", "CustomerOwnedIpv4Pool", "DNSName",
    "EnablePrefixForIpv6SourceNat", "IpAddressType", "IpamPools", "SecurityGroups",
}  # fmt: skip
KNOWN_LISTENER: Final = frozenset(ListenerWire.__annotations__) | {
    "AlpnPolicy", "Certificates", "MutualAuthentication", "SslPolicy", "Tags",
}  # fmt: skip
KNOWN_RULE: Final = frozenset(RuleWire.__annotations__) | {
    "IsDefault", "Tags", "Transforms",
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
FAILED: Final = "failed"
"""The state of a balancer that could not be set up: without interfaces it carries nothing."""
LAST: Final = 1 << 32
"""The priority of the default rule, behind all numbers."""
_EVERYTHING: Final = {
    "path-pattern": frozenset({"*", "/*"}),
    "host-header": frozenset({"*"}),
}
"""Patterns that every request meets."""
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
    nodes = Nodes(interfaces.values())
    listed = frozenset(wire["LoadBalancerArn"] for wire, _ in records["LoadBalancers"])
    groups, doubts = lift_target_groups(
        records["TargetGroups"],
        records["LoadBalancerTargetHealth"],
        records["TargetGroupAttributes"],
        Behind(primary_interfaces(resources, interfaces), nodes, listed),
        ledger,
    )
    found = Balancers(groups=groups)
    rules = _rules(records["Rules"], ledger)
    for wire, origin in records["LoadBalancers"]:
        ledger.unknown_fields("LoadBalancer", KNOWN, wire)
        if wire.get("Type") == GATEWAY:
            continue
        account, region = origin.source.scope
        arn = wire["LoadBalancerArn"]
        said = _attributes(arn, wire.get("LoadBalancerName"), records["LoadBalancerAttributes"])
        heard = _listeners(arn, wire.get("LoadBalancerName"), resources)
        lifting = _Lifting(wire, nodes, heard, rules, groups, doubts, ledger)
        services = _services(arn, resources, account, region)
        balancer = lifting.balancer(switch(said), services)
        if said is None and balancer.kind is BalancerKind.NETWORK:
            ledger.want("LoadBalancerAttributes", arn)
        served, placed = _with_service(records), zones_compare(resources)
        found.found[arn] = with_doubts(balancer, interfaces, ledger, served, placed=placed)
    return found


def with_doubts(
    balancer: LoadBalancer,
    interfaces: Mapping[str, NetworkInterface],
    ledger: Ledger,
    served: Set[str] = frozenset(),
    *,
    placed: bool,
) -> LoadBalancer:
    """The balancer with the gaps that stand for zones (LB-8) and for PrivateLink (LB-12).

    `served` are the interfaces of endpoints whose service is known; `placed` iff zones can be
    compared whoever names them.
    """
    zone_gap = link_gap = None
    unsaid = balancer.cross_zone is None and balancer.kind is not BalancerKind.APPLICATION
    nowhere = any(one.zone is None for one in interfaces.values() if one.vpc_id == balancer.vpc_id)
    nowhere |= not placed and len({one.account for one in interfaces.values()} - {None}) > 1
    if unsaid or nowhere:
        detail = "whether it balances across zones, or which these are, is not in the snapshot"
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
        failed = (wire.get("State") or {}).get("Code") == FAILED
        if not nodes and not failed:
            self.reasons.append("none of its network interfaces is in the snapshot")
        if self.listeners is None and (nodes or not failed):
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
            zones=_zones(wire),
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
        rules = self.rules.get(wire["ListenerArn"])
        if application and rules is None:
            self.reasons.append(f"the rules of its listener on port {port} are not in the snapshot")
            self.ledger.want("Rules", wire["ListenerArn"])
        forwards: list[Forward] = []
        shadow: str | None = None
        for rule in sorted(rules or (), key=_priority):
            conditions = rule.get("Conditions") or ()
            forwards.extend(self._forwards(rule.get("Actions"), conditions, shadow))
            if conditions and all(map(_is_always_met, conditions)):
                shadow = "a rule before takes every request"
        forwards.extend(self._forwards(wire.get("DefaultActions"), (), shadow))
        return Listener(wire["ListenerArn"], protocol, port, tuple(dict.fromkeys(forwards)))

    def _forwards(
        self,
        actions: Iterable[ActionWire] | None,
        conditions: Iterable[ConditionWire],
        shadow: str | None,
    ) -> Iterator[Forward]:
        """Where the actions lead; with `shadow`, which says why they may lead nowhere (LB-3)."""
        if any(one.get("Field") == "source-ip" for one in conditions):
            shadow = shadow or "a rule asks for the source address, which is not followed"
        for action in actions or ():
            self.ledger.unknown_fields("Action", KNOWN_ACTION, action)
            if action.get("Type") in SILENT:
                continue
            if action.get("Type") != "forward":
                self.reasons.append(f"an action is of the unknown type `{action.get('Type')}`")
                continue
            for group_id, weight in _groups_of(action).items():
                if group_id not in self.groups:
                    self.reasons.append(f"the target group {group_id} is not in the snapshot")
                elif group_id in self.doubts:
                    self.reasons.append(self.doubts[group_id])
                detail = shadow or ("a target group has the weight 0" if weight == 0 else None)
                arn = self.wire["LoadBalancerArn"]
                yield Forward(group_id, self.ledger.gap(arn, "LB-3", detail) if detail else None)


def _groups_of(action: ActionWire) -> dict[str, int | None]:
    """The target groups of the action, with their weights."""
    more = (action.get("ForwardConfig") or {}).get("TargetGroups") or ()
    one = action.get("TargetGroupArn")
    named: dict[str, int | None] = {one: None} if one else {}
    return named | {each["TargetGroupArn"]: each.get("Weight") for each in more}


def _priority(rule: RuleWire) -> tuple[int, str]:
    """The order in which rules are asked, the default rule last."""
    text = rule.get("Priority") or ""
    return (int(text) if text.isdecimal() else LAST, rule["RuleArn"])


def _is_always_met(condition: ConditionWire) -> bool:
    """True iff a condition on the path or the host is met by every request."""
    everything = _EVERYTHING.get(condition.get("Field") or "", frozenset())
    configured = [condition.get("HostHeaderConfig"), condition.get("PathPatternConfig")]
    values = [condition.get("Values"), *((one or {}).get("Values") for one in configured)]
    return any(value in everything for found in values for value in found or ())


def _zones(wire: LoadBalancerWire) -> tuple[str, ...] | None:
    """The zones that the balancer is enabled for; None if that is not said."""
    names = [one.get("ZoneName") for one in wire.get("AvailabilityZones") or ()]
    found = {name for name in names if name}
    return tuple(sorted(found)) if found and all(names) else None


def _kind(wire: LoadBalancerWire, tail: str) -> BalancerKind | None:
    name = wire.get("Type") or {"app": "application", "net": "network"}.get(tail.partition("/")[0])
    known = {BalancerKind.APPLICATION, BalancerKind.NETWORK}
    return BalancerKind(name) if name in known else None


def account_of(arn: str) -> str | None:
    """The account that an ARN names."""
    parts = arn.split(":")
    return parts[4] or None if len(parts) > 5 else None


def _listeners(arn: str, name: str | None, resources: Resources) -> list[ListenerWire] | None:
    """The listeners of the balancer; None if nothing says which it has."""
    said = [
        record
        for record in resources.records["LoadBalancerListeners"]
        if speaks(record, "LoadBalancerArn", arn, name)
    ]
    found = {one["ListenerArn"]: one for wire, _ in said for one in wire.get("Listeners") or ()}
    for wire, _ in resources.records["Listeners"]:
        if wire["LoadBalancerArn"] == arn:
            found[wire["ListenerArn"]] = wire
    return list(found.values()) if said or found else None


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
    for record in records:
        if speaks(record, "LoadBalancerArn", arn, name):
            return attributes_of(record.wire.get("Attributes")).get(CROSS_ZONE)
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


def zones_compare(resources: Resources) -> bool:
    """True iff every subnet says which zone it is in by the name that all accounts give to it."""
    return all(wire.get("AvailabilityZoneId") for wire, _ in resources.records["Subnets"])


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
        card = attachment.get("NetworkCardIndex") or 0
        if owner and card == attachment.get("DeviceIndex") == 0:
            first[owner] = (wire["NetworkInterfaceId"],)
    return {name: first.get(name, tuple(sorted(ids))) for name, ids in attached.items()}


def _interface_wires(resources: Resources) -> Iterator[Mapping[str, Any]]:
    for wire, _ in resources.records["NetworkInterfaces"]:
        yield wire
    for instance, _ in resources.records["Instances"]:
        yield from instance.get("NetworkInterfaces") or ()

"""Route tables, as `describe-route-tables` prints them.

What a target means depends on other resources, which `RouteContext` holds; tables are therefore
lifted last.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field
from typing import Final, Required, assert_never

from typing_extensions import TypedDict

from verifier.model import (
    EgressOnlyTarget,
    EndpointTarget,
    Gap,
    InterfaceTarget,
    InternetGatewayTarget,
    LocalTarget,
    NatGatewayTarget,
    PeeringTarget,
    PrefixList,
    PrefixListReference,
    Route,
    RouteOrigin,
    RouteTable,
    RouteTarget,
    TransitGatewayTarget,
    UnmodelledTarget,
    Vpc,
    VpnGatewayTarget,
)
from verifier.packet import Prefix
from verifier.snapshot.ledger import Ledger
from verifier.snapshot.vpc_endpoint import Endpoints
from verifier.snapshot.wire import Id, Origin, StateWire, TagWire, parsed, prefix_of, tags_of


class RouteWire(TypedDict, total=False):
    """One route."""

    DestinationCidrBlock: str | None
    DestinationIpv6CidrBlock: str | None
    DestinationPrefixListId: str | None
    GatewayId: str | None
    NatGatewayId: str | None
    VpcPeeringConnectionId: str | None
    NetworkInterfaceId: str | None
    InstanceId: str | None
    TransitGatewayId: str | None
    EgressOnlyInternetGatewayId: str | None
    LocalGatewayId: str | None
    CarrierGatewayId: str | None
    CoreNetworkArn: str | None
    OdbNetworkArn: str | None
    IpAddress: str | None
    Origin: str | None
    State: str | None


class AssociationWire(TypedDict, total=False):
    """What a table is associated with."""

    Main: bool | None
    SubnetId: str | None
    GatewayId: str | None
    PublicIpv4Pool: str | None
    AssociationState: StateWire | None


class PropagatingWire(TypedDict, total=False):
    """A gateway that puts its routes into the table."""

    GatewayId: str | None


class RouteTableWire(TypedDict, total=False):
    """One table."""

    RouteTableId: Required[Id]
    VpcId: Required[Id]
    Associations: list[AssociationWire] | None
    PropagatingVgws: list[PropagatingWire] | None
    Routes: list[RouteWire] | None
    OwnerId: str | None
    Tags: list[TagWire] | None


KNOWN: Final = frozenset(RouteTableWire.__annotations__)
KNOWN_ROUTE: Final = frozenset(RouteWire.__annotations__) | {"InstanceOwnerId"}
KNOWN_ASSOCIATION: Final = frozenset(AssociationWire.__annotations__) | {
    "RouteTableAssociationId", "RouteTableId",
}  # fmt: skip

VIRTUAL_PRIVATE: Final = "virtual private gateway"
TRANSIT: Final = "transit gateway"
_UNMODELLED: Final = {
    "LocalGatewayId": "local gateway",
    "CarrierGatewayId": "carrier gateway",
    "CoreNetworkArn": "core network",
    "OdbNetworkArn": "ODB network",
    "IpAddress": "next hop address",
}
GATEWAYS: Final = {
    "vgw": VIRTUAL_PRIVATE,
    "tgw": TRANSIT,
    "eigw": "egress-only internet gateway",
    "lgw": "local gateway",
    "cagw": "carrier gateway",
}
_TARGETS: Final = (
    "GatewayId", "NatGatewayId", "VpcPeeringConnectionId", "NetworkInterfaceId", "InstanceId",
    "TransitGatewayId", "EgressOnlyInternetGatewayId", *_UNMODELLED,
)  # fmt: skip
_SERVICES: Final = (".s3", ".dynamodb", ".s3express")
_DESTINATIONS: Final = (
    "DestinationCidrBlock",
    "DestinationIpv6CidrBlock",
    "DestinationPrefixListId",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteContext:
    """What the meaning of a target depends on."""

    vpcs: Mapping[str, Vpc] = field(default_factory=dict)
    endpoints: Endpoints = field(default_factory=Endpoints)
    interface_ids: Set[str] = frozenset()
    prefix_lists: Mapping[str, PrefixList] = field(default_factory=dict)
    prefix_list_names: Mapping[str, str] = field(default_factory=dict)
    instance_interfaces: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def lift_route_table(
    wire: RouteTableWire, origin: Origin, context: RouteContext, ledger: Ledger
) -> RouteTable:
    """The table with its routes in the order of the input, equal ones once."""
    ledger.unknown_fields("RouteTable", KNOWN, wire)
    routes = tuple(
        dict.fromkeys(
            _lift_route(route, wire, origin.below(f".Routes[{at}]"), context, ledger)
            for at, route in enumerate(wire.get("Routes") or ())
        )
    )
    if wire.get("Routes") is None:
        routes = (_unknown_routes(wire["RouteTableId"], ledger),)
    main, subnets, gateways = _associations(wire, ledger)
    vpc = context.vpcs.get(wire["VpcId"])
    tied = _tied(routes, vpc, context.prefix_lists)
    return RouteTable(
        id=wire["RouteTableId"],
        vpc_id=wire["VpcId"],
        main=main,
        subnet_ids=subnets,
        gateway_ids=gateways,
        routes=routes,
        tie_gap=_tie_gap(wire["RouteTableId"], tied, ledger) if tied else None,
        account=wire.get("OwnerId") or origin.source.account,
        tags=tags_of(wire.get("Tags")),
    )


def _unknown_routes(table_id: str, ledger: Ledger) -> Route:
    """A route by a list that nobody knows, which GAP-8 takes for any route there may be."""
    target = UnmodelledTarget(
        "unknown routes", table_id, ledger.gap(table_id, "GAP-8", "has no `Routes` in the snapshot")
    )
    return Route(destination=PrefixListReference(f"routes-of-{table_id}"), target=target)


def _tie_gap(table_id: str, tied: Prefix, ledger: Ledger) -> Gap:
    return ledger.gap(table_id, "GAP-8", f"has routes of equal rank for {tied} to several targets")


def _associations(
    wire: RouteTableWire, ledger: Ledger
) -> tuple[bool, tuple[str, ...], tuple[str, ...]]:
    main, subnets, gateways = False, dict[str, None](), dict[str, None]()
    if wire.get("Associations") is None:
        ledger.incomplete(wire["RouteTableId"], "has no `Associations` in the snapshot")
    for association in wire.get("Associations") or ():
        ledger.unknown_fields("RouteTableAssociation", KNOWN_ASSOCIATION, association)
        state = association.get("AssociationState")
        name = (state.get("State") if state else None) or "associated"
        if name in ("disassociated", "failed"):
            continue
        if name != "associated":
            detail = f"an association of the table is in the state `{name}`"
            ledger.incomplete(wire["RouteTableId"], detail)
        main = main or association.get("Main") is True
        subnet_id = association.get("SubnetId")
        gateway_id = association.get("GatewayId") or association.get("PublicIpv4Pool")
        if subnet_id:
            subnets[subnet_id] = None
        if gateway_id:
            gateways[gateway_id] = None
        if not (association.get("Main") or subnet_id or gateway_id):
            detail = "an association of the table does not say what it is with"
            ledger.incomplete(wire["RouteTableId"], detail)
    return main, tuple(subnets), tuple(gateways)


def _lift_route(
    wire: RouteWire,
    table: RouteTableWire,
    origin: Origin,
    context: RouteContext,
    ledger: Ledger,
) -> Route:
    ledger.unknown_fields("Route", KNOWN_ROUTE, wire)
    destination = _destination(wire, origin)
    target = _Targets(table["RouteTableId"], context, ledger).of(wire, destination)
    vpc = context.vpcs.get(table["VpcId"])
    reason = _not_understood(wire, target, vpc is None or _within(destination, vpc))
    if reason:
        gap = ledger.gap(table["RouteTableId"], "GAP-6", f"has {reason}")
        target = UnmodelledTarget(reason, _target_id(target), gap)
    return Route(
        destination=destination,
        target=target,
        blackhole=wire.get("State") == "blackhole",
        origin=RouteOrigin.PROPAGATED if wire.get("Origin") == _PROPAGATION else RouteOrigin.STATIC,
    )


_PROPAGATION: Final = "EnableVgwRoutePropagation"


def _not_understood(wire: RouteWire, target: RouteTarget, inside: bool) -> str | None:
    """Why it is not known what the route does; `inside` iff it is to a part of the VPC (RT-4)."""
    state, source = wire.get("State") or "active", wire.get("Origin")
    if state not in ("active", "blackhole"):
        return f"a route in the state `{state}`"
    if source in ("CreateRouteTable", "CreateRoute", _PROPAGATION):
        return None
    if source == "Advertisement":
        return "an advertised route to a part of the VPC" if inside else None
    if source:
        return f"a route of the unknown origin `{source}`"
    if inside and isinstance(target, VpnGatewayTarget):
        return "a route to a part of the VPC, and whether it is propagated is not in the snapshot"
    return None


def _destination(wire: RouteWire, origin: Origin) -> Prefix | PrefixListReference:
    v4, v6, listed = (wire.get(name) for name in _DESTINATIONS)
    if sum([bool(text) for text in (v4, v6, listed)]) != 1:
        raise origin.error("", f"expected exactly one of {', '.join(_DESTINATIONS)}")
    if listed:
        return PrefixListReference(str(listed))
    if v4:
        return parsed(prefix_of, str(v4), origin, ".DestinationCidrBlock", 4)
    return parsed(prefix_of, str(v6), origin, ".DestinationIpv6CidrBlock", 6)


def _within(destination: Prefix | PrefixListReference, vpc: Vpc) -> bool:
    return isinstance(destination, Prefix) and any(
        block.covers(destination) for block in vpc.prefixes
    )


@dataclass(frozen=True, slots=True)
class _Targets:
    """Next hops of one table."""

    table_id: str
    context: RouteContext
    ledger: Ledger

    def of(self, wire: RouteWire, destination: Prefix | PrefixListReference) -> RouteTarget:
        """What the route hands its packets to."""
        given = {name: str(wire.get(name)) for name in _TARGETS if wire.get(name)}
        if "NetworkInterfaceId" in given:
            given.pop("InstanceId", None)
        if len(given) > 1:
            given.pop("IpAddress", None)
        if len(given) != 1:
            kind = "several targets" if given else "no target"
            return self.unmodelled(kind, " ".join(given.values()) or "nothing")
        name, target_id = given.popitem()
        match name:
            case "GatewayId":
                return self._gateway(target_id, destination)
            case "NatGatewayId":
                return NatGatewayTarget(target_id)
            case "VpcPeeringConnectionId":
                return PeeringTarget(target_id)
            case "TransitGatewayId":
                return TransitGatewayTarget(target_id)
            case "EgressOnlyInternetGatewayId":
                return EgressOnlyTarget(target_id)
            case "NetworkInterfaceId":
                return self._interface(target_id)
            case "InstanceId":
                found = self.context.instance_interfaces.get(target_id, ())
                if len(found) == 1:
                    return self._interface(found[0])
                return self.unmodelled("instance without one known interface", target_id)
            case _:
                return self.unmodelled(_UNMODELLED[name], target_id)

    def unmodelled(self, kind: str, target_id: str, internet: bool = True) -> UnmodelledTarget:
        """A target behind which anything may be."""
        detail = f"routes to {target_id} ({kind}), which is not modelled"
        gap = self.ledger.gap(self.table_id, "GAP-6", detail)
        return UnmodelledTarget(kind, target_id, gap, internet)

    def _interface(self, interface_id: str) -> InterfaceTarget:
        """An appliance: what it may do besides forwarding is a gap (MBX-6)."""
        if interface_id in self.context.interface_ids:
            clause, detail = "MBX-6", "which may translate, or send by another interface"
        else:
            clause, detail = "GAP-6", "which is not in the snapshot"
        gap = self.ledger.gap(self.table_id, clause, f"routes to {interface_id}, {detail}")
        return InterfaceTarget(interface_id, gap)

    def _gateway(self, gateway_id: str, destination: Prefix | PrefixListReference) -> RouteTarget:
        kind = gateway_id.partition("-")[0]
        if gateway_id == "local":
            return LocalTarget()
        if kind == "igw":
            return InternetGatewayTarget(gateway_id)
        if kind == "vgw":
            return VpnGatewayTarget(gateway_id)
        if kind == "tgw":
            return TransitGatewayTarget(gateway_id)
        if kind == "eigw":
            return EgressOnlyTarget(gateway_id)
        if kind != "vpce":
            return self.unmodelled(GATEWAYS.get(kind, "gateway of unknown kind"), gateway_id)
        if self._is_unread_gateway_endpoint(gateway_id, destination):
            return self.unmodelled("gateway endpoint", gateway_id, internet=False)
        return EndpointTarget(gateway_id)

    def _is_unread_gateway_endpoint(
        self, endpoint_id: str, destination: Prefix | PrefixListReference
    ) -> bool:
        """True iff it is not understood, or not there, and can only be a gateway endpoint."""
        if endpoint_id in self.context.endpoints.known:
            return False
        kind = self.context.endpoints.types.get(endpoint_id)
        if kind is not None:
            return kind == "Gateway"
        if isinstance(destination, Prefix):
            return False
        name = self.context.prefix_list_names.get(destination.prefix_list_id) or ""
        return name.startswith("com.amazonaws.") and name.endswith(_SERVICES)


def expanded(
    destination: Prefix | PrefixListReference, prefix_lists: Mapping[str, PrefixList]
) -> tuple[Prefix, ...]:
    """The prefixes that a destination stands for; none for a list whose entries are not known."""
    if isinstance(destination, Prefix):
        return (destination,)
    known = prefix_lists.get(destination.prefix_list_id)
    return known.prefixes if known else ()


def _target_id(target: RouteTarget) -> str:
    match target:
        case LocalTarget():
            return "local"
        case InternetGatewayTarget(target_id) | NatGatewayTarget(target_id):
            return target_id
        case PeeringTarget(target_id) | InterfaceTarget(target_id):
            return target_id
        case EgressOnlyTarget(target_id) | EndpointTarget(target_id):
            return target_id
        case TransitGatewayTarget(target_id) | VpnGatewayTarget(target_id):
            return target_id
        case UnmodelledTarget(_, target_id):
            return target_id
        case _:
            assert_never(target)


def _tied(
    routes: Sequence[Route], vpc: Vpc | None, prefix_lists: Mapping[str, PrefixList]
) -> Prefix | None:
    """A destination for which two routes of equal rank have different targets (RT-4, GAP-8)."""
    winners: dict[tuple[int, Prefix], tuple[RouteTarget, bool]] = {}
    for route in routes:
        rank = _rank(route)
        if rank == _PROPAGATED and vpc is not None and _within(route.destination, vpc):
            continue
        target = (route.target, route.blackhole)
        for prefix in expanded(route.destination, prefix_lists):
            if winners.setdefault((rank, prefix), target) != target:
                return prefix
    return None


_PROPAGATED: Final = 3


def _rank(route: Route) -> int:
    if isinstance(route.target, LocalTarget):
        return 0
    if route.origin is RouteOrigin.PROPAGATED:
        return _PROPAGATED
    return 1 if isinstance(route.destination, Prefix) else 2

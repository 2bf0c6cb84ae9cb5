"""Virtual private gateways and what they have a way to, as the `describe-vpn-...` calls print it.

A gateway knows the static routes of its VPN connections; what it learns from its sites (BGP) or by
Direct Connect is seen only where a route table of its VPC took it over (VGW-2).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Required

from typing_extensions import TypedDict

from verifier.model import Gap, Vpc, VpnGateway
from verifier.packet import Prefix
from verifier.snapshot.ledger import Ledger
from verifier.snapshot.wire import Id, TagWire, parsed, prefix_of, tags_of

if TYPE_CHECKING:
    from verifier.snapshot.resources import Resources


class VpcAttachmentWire(TypedDict, total=False):
    """A VPC that a virtual private gateway is attached to."""

    VpcId: str | None
    State: str | None


class VpnGatewayWire(TypedDict, total=False):
    """A virtual private gateway."""

    VpnGatewayId: Required[Id]
    State: str | None
    VpcAttachments: list[VpcAttachmentWire] | None
    Tags: list[TagWire] | None


class VpnRouteWire(TypedDict, total=False):
    """A static route of a connection."""

    DestinationCidrBlock: str | None
    State: str | None


class VpnOptionsWire(TypedDict, total=False):
    """How a connection learns its routes."""

    StaticRoutesOnly: bool | None


class VpnConnectionWire(TypedDict, total=False):
    """One connection to a site."""

    VpnConnectionId: Required[Id]
    VpnGatewayId: str | None
    TransitGatewayId: str | None
    VpnConcentratorId: str | None
    CoreNetworkArn: str | None
    State: str | None
    Options: VpnOptionsWire | None
    Routes: list[VpnRouteWire] | None
    Tags: list[TagWire] | None


class DirectConnectGatewayWire(TypedDict, total=False):
    """The gateway at the end of an association."""

    id: str | None


class DirectConnectAssociationWire(TypedDict, total=False):
    """What a Direct Connect gateway leads to."""

    associationId: str | None
    directConnectGatewayId: str | None
    virtualGatewayId: str | None
    associationState: str | None
    associatedGateway: DirectConnectGatewayWire | None


class VirtualInterfaceWire(TypedDict, total=False):
    """A virtual interface of Direct Connect."""

    virtualInterfaceId: Required[Id]
    virtualGatewayId: str | None
    directConnectGatewayId: str | None
    virtualInterfaceState: str | None


KNOWN: Final = frozenset(VpnGatewayWire.__annotations__) | {
    "AmazonSideAsn", "AvailabilityZone", "Type",
}  # fmt: skip
KNOWN_CONNECTION: Final = frozenset(VpnConnectionWire.__annotations__) | {
    "Category", "CoreNetworkAttachmentArn", "CustomerGatewayConfiguration", "CustomerGatewayId",
    "GatewayAssociationState", "PreSharedKeyArn", "Type", "VgwTelemetry",
}  # fmt: skip

ASSOCIATIONS: Final = "directConnectGatewayAssociations"
INTERFACES: Final = "virtualInterfaces"


@dataclass(slots=True, kw_only=True)
class PrivateGateways:
    """Virtual private gateways while they are put together.

    `unknown` are those of which it is not known whether, or to what, they are attached, with the
    reason; they are not among `found`. `vpcs` says which VPC each of them may be attached to, all
    of them if it is not there.
    """

    found: dict[str, VpnGateway] = field(default_factory=dict)
    unknown: dict[str, str] = field(default_factory=dict)
    vpcs: dict[str, str] = field(default_factory=dict)


def lift_vpn_gateways(
    resources: Resources, vpcs: Mapping[str, Vpc], ledger: Ledger
) -> PrivateGateways:
    """The gateways, without the prefixes; one whose VPC is not in the snapshot is attached to none.

    SnapshotError iff two are attached to one VPC.
    """
    gateways = PrivateGateways()
    owners: dict[str, str] = {}
    for wire, origin in resources.records["VpnGateways"]:
        ledger.unknown_fields("VpnGateway", KNOWN, wire)
        gateway_id = wire["VpnGatewayId"]
        vpc_id, reason = _attached(wire)
        if reason:
            gateways.unknown[gateway_id] = reason
            if vpc_id:
                gateways.vpcs[gateway_id] = vpc_id
            continue
        if vpc_id and owners.setdefault(vpc_id, gateway_id) != gateway_id:
            raise origin.error(".VpcAttachments", f"{owners[vpc_id]} is attached to {vpc_id}, too")
        gateways.found[gateway_id] = VpnGateway(
            id=gateway_id,
            vpc_id=vpc_id if vpc_id in vpcs else None,
            account=origin.source.account or (vpcs[vpc_id].account if vpc_id in vpcs else None),
            tags=tags_of(wire.get("Tags")),
        )
    return gateways


def _attached(wire: VpnGatewayWire) -> tuple[str, str]:
    """The VPC, empty if there is none, and why it is not certain, empty if it is."""
    if wire.get("State") == "deleted":
        return "", ""
    attachments = wire.get("VpcAttachments")
    if attachments is None:
        return "", "has no `VpcAttachments` in the snapshot"
    live = [one for one in attachments if one.get("State") != "detached"]
    if not live:
        return "", ""
    vpc_ids = {one.get("VpcId") or "" for one in live}
    vpc_id = vpc_ids.pop() if len(vpc_ids) == 1 else ""
    if not vpc_id:
        return "", "is attached to a VPC that the snapshot does not name"
    states = [one.get("State") for one in live]
    if states != ["attached"]:
        return vpc_id, f"has an attachment to {vpc_id} whose state is not `attached`"
    if wire.get("State") != "available":
        return vpc_id, "is not in the state `available`"
    return vpc_id, ""


def with_prefixes(
    resources: Resources,
    gateways: Mapping[str, VpnGateway],
    vpcs: Mapping[str, Vpc],
    propagated: Mapping[str, Iterable[Prefix]],
    ledger: Ledger,
) -> Iterator[tuple[str, tuple[Prefix, ...], Gap | None]]:
    """The prefixes of each gateway that is attached, and the gap that it may know more (VGW-2).

    `propagated` are the destinations that it put into route tables of its VPC.
    """
    static = _static_routes(resources, ledger)
    for gateway in gateways.values():
        if gateway.vpc_id is None:
            continue
        vpc = vpcs[gateway.vpc_id]
        prefixes = dict.fromkeys(
            [*static.known.get(gateway.id, ()), *propagated.get(gateway.id, ())]
        )
        reason = static.learning.get(gateway.id) or static.learning.get("") or ""
        if not reason and not resources.has("VpnConnections", vpc.account, vpc.region):
            reason = "may have VPN connections, which no file lists (`VpnConnections`)"
        reason = reason or _direct_connect(resources, gateway.id, vpc)
        gap = ledger.gap(gateway.id, "VGW-2", reason) if reason else None
        yield gateway.id, tuple(sorted(prefixes)), gap


@dataclass(slots=True)
class _StaticRoutes:
    """Static routes by gateway; why a gateway may learn more, by gateway (empty: any)."""

    known: dict[str, list[Prefix]] = field(default_factory=dict)
    learning: dict[str, str] = field(default_factory=dict)


def _static_routes(resources: Resources, ledger: Ledger) -> _StaticRoutes:
    found = _StaticRoutes()
    for wire, origin in resources.records["VpnConnections"]:
        ledger.unknown_fields("VpnConnection", KNOWN_CONNECTION, wire)
        name, state = wire["VpnConnectionId"], wire.get("State")
        gateway_id = wire.get("VpnGatewayId") or ""
        elsewhere = any(
            wire.get(end) for end in ("TransitGatewayId", "CoreNetworkArn", "VpnConcentratorId")
        )
        if state == "deleted" or (elsewhere and not gateway_id):
            continue
        routes = wire.get("Routes")
        only = (wire.get("Options") or {}).get("StaticRoutesOnly") is True
        if state != "available" or routes is None or not only or not gateway_id:
            found.learning[gateway_id] = f"may learn routes from {name}"
            continue
        known = found.known.setdefault(gateway_id, [])
        for at, route in enumerate(routes):
            if route.get("State") == "deleted":
                continue
            text = route.get("DestinationCidrBlock")
            if not text or route.get("State") != "available":
                found.learning[gateway_id] = f"has a route of {name} that is not known for certain"
                continue
            known.append(parsed(prefix_of, text, origin, f".Routes[{at}].DestinationCidrBlock"))
    return found


def _direct_connect(resources: Resources, gateway_id: str, vpc: Vpc) -> str:
    """Why Direct Connect may tell the gateway more; empty iff it does not.

    Associations are the same in every Region of an account; virtual interfaces belong to one.
    """
    associated = resources.has(ASSOCIATIONS, vpc.account)
    if not (associated and resources.has(INTERFACES, vpc.account, vpc.region)):
        return f"may learn routes by Direct Connect (no `{ASSOCIATIONS}` and `{INTERFACES}`)"
    for wire, _ in resources.records[ASSOCIATIONS]:
        named = (wire.get("associatedGateway") or {}).get("id") or wire.get("virtualGatewayId")
        if wire.get("associationState") != "disassociated" and named in (None, "", gateway_id):
            return f"learns routes from {wire.get('directConnectGatewayId')}"
    for wire, _ in resources.records[INTERFACES]:
        if wire.get("virtualInterfaceState") == "deleted":
            continue
        ends = wire.get("virtualGatewayId"), wire.get("directConnectGatewayId")
        if ends[0] == gateway_id or not any(ends):
            return f"learns routes from {wire['virtualInterfaceId']}"
    return ""

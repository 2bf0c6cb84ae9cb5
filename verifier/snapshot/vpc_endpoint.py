"""VPC endpoints, as `describe-vpc-endpoints` prints them.

An endpoint is read iff its kind, its state and what its kind needs are understood. What is left
unread stays a gap where a route leads to it (VPCE-3), or where its interfaces stand (GAP-5).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final, Required

from typing_extensions import TypedDict

from verifier.model import EndpointKind, Gap, NetworkInterface, Subnet, VpcEndpoint
from verifier.packet import FAMILIES, Family
from verifier.snapshot.interface import WITHOUT_GROUPS
from verifier.snapshot.ledger import Ledger
from verifier.snapshot.merge import Record
from verifier.snapshot.wire import Id, Origin, TagWire, tags_of


class VpcEndpointWire(TypedDict, total=False):
    """One endpoint."""

    VpcEndpointId: Required[Id]
    VpcEndpointType: str | None
    VpcId: str | None
    ServiceName: str | None
    State: str | None
    SubnetIds: list[str] | None
    NetworkInterfaceIds: list[str] | None
    IpAddressType: str | None
    OwnerId: str | None
    Tags: list[TagWire] | None


KNOWN: Final = frozenset(VpcEndpointWire.__annotations__) | {
    "CreationTimestamp", "DnsEntries", "DnsOptions", "FailureReason", "Groups", "Ipv4Prefixes",
    "Ipv6Prefixes", "LastError", "PayerResponsibilities", "PolicyDocument", "PrivateDnsEnabled",
    "RequesterManaged", "ResourceConfigurationArn", "RouteTableIds", "ServiceNetworkArn",
    "ServiceRegion",
}  # fmt: skip

AVAILABLE: Final = "available"
GONE: Final = frozenset({"pendingacceptance", "rejected", "deleted", "failed", "expired"})
_FAMILIES: Final[Mapping[str, frozenset[Family]]] = {
    "ipv4": frozenset({4}),
    "ipv6": frozenset({6}),
    "dualstack": frozenset(FAMILIES),
}
_FIREWALL: Final = frozenset({"AWSNetworkFirewallManaged", "Firewall"})


@dataclass(slots=True)
class Endpoints:
    """The endpoints of a snapshot.

    `unread` says why an endpoint is not understood, `doubtful` why an interface may not answer,
    `types` holds the kinds in AWS's words.
    """

    known: dict[str, VpcEndpoint] = field(default_factory=dict)
    unread: dict[str, str] = field(default_factory=dict)
    doubtful: dict[str, str] = field(default_factory=dict)
    types: dict[str, str] = field(default_factory=dict)


def lift_vpc_endpoints(
    records: Iterable[Record[VpcEndpointWire]], subnets: Mapping[str, Subnet], ledger: Ledger
) -> Endpoints:
    """All endpoints; SnapshotError iff one stands in a subnet of another VPC."""
    found = Endpoints()
    for wire, origin in records:
        ledger.unknown_fields("VpcEndpoint", KNOWN, wire)
        endpoint_id = wire["VpcEndpointId"]
        if kind := wire.get("VpcEndpointType"):
            found.types[endpoint_id] = kind
        endpoint = _lift(wire, origin, subnets, ledger)
        if isinstance(endpoint, str):
            found.unread[endpoint_id] = doubt = endpoint
        else:
            found.known[endpoint_id] = endpoint
            doubt = "" if endpoint.available else "is a VPC endpoint that is not available"
        if doubt:
            for interface_id in wire.get("NetworkInterfaceIds") or ():
                found.doubtful.setdefault(interface_id, f"belongs to {endpoint_id}, which {doubt}")
    return found


def doubted(
    interfaces: Mapping[str, NetworkInterface], endpoints: Endpoints, ledger: Ledger
) -> dict[str, NetworkInterface]:
    """The interfaces, with a gap where their endpoint is not known to answer (GAP-5)."""
    found = dict(interfaces)
    for interface_id, doubt in sorted(endpoints.doubtful.items()):
        interface = found.get(interface_id)
        if interface and interface.gap is None and interface.kind not in WITHOUT_GROUPS:
            gap = ledger.gap(interface_id, "GAP-5", doubt)
            found[interface_id] = replace(interface, gap=gap)
    return found


def _lift(
    wire: VpcEndpointWire, origin: Origin, subnets: Mapping[str, Subnet], ledger: Ledger
) -> VpcEndpoint | str:
    """The endpoint, or why it is not understood."""
    try:
        kind = EndpointKind(wire.get("VpcEndpointType") or "")
    except ValueError:
        return f"is a VPC endpoint of the kind `{wire.get('VpcEndpointType')}`, not modelled"
    state = (wire.get("State") or "").lower()
    if state != AVAILABLE and state not in GONE:
        return f"is a VPC endpoint in the state `{wire.get('State')}`"
    vpc_id = wire.get("VpcId")
    if not vpc_id:
        return "is a VPC endpoint without a VPC in the snapshot"
    subnet_id: str | None = None
    if kind is EndpointKind.GATEWAY_LOAD_BALANCER:
        named = sorted(set(wire.get("SubnetIds") or ()))
        if len(named) != 1 or named[0] not in subnets:
            return "is a Gateway Load Balancer endpoint without one known subnet"
        subnet_id = named[0]
        if subnets[subnet_id].vpc_id != vpc_id:
            raise origin.error(".SubnetIds", f"{subnet_id} is not in {vpc_id}")
    families = _families(wire, subnets.get(subnet_id or ""))
    if not families:
        return f"is a VPC endpoint with the address type `{wire.get('IpAddressType')}`"
    return VpcEndpoint(
        id=wire["VpcEndpointId"],
        kind=kind,
        vpc_id=vpc_id,
        service=wire.get("ServiceName") or "",
        available=state == AVAILABLE,
        subnet_id=subnet_id,
        interface_ids=tuple(sorted(set(wire.get("NetworkInterfaceIds") or ()))),
        families=families,
        gap=_appliances(wire, ledger) if subnet_id else None,
        account=wire.get("OwnerId") or origin.source.account,
        tags=tags_of(wire.get("Tags")),
    )


def _families(wire: VpcEndpointWire, subnet: Subnet | None) -> frozenset[Family]:
    """What it takes; empty iff that is not known.

    Of an endpoint without a subnet nobody asks (a gateway's is told by its prefix list, VPCE-1).
    Where the input does not say, one in a subnet without IPv6 takes IPv4 only.
    """
    if subnet is None:
        return frozenset(FAMILIES)
    if text := wire.get("IpAddressType"):
        return _FAMILIES.get(text.lower(), frozenset())
    dual = any(prefix.family == 6 for prefix in subnet.prefixes)
    return frozenset() if dual else _FAMILIES["ipv4"]


def _appliances(wire: VpcEndpointWire, ledger: Ledger) -> Gap:
    """What the appliances behind a Gateway Load Balancer endpoint may do (VPCE-7)."""
    if _FIREWALL & tags_of(wire.get("Tags")).keys():
        detail = "leads through a network firewall, whose rules are not read"
    else:
        detail = "leads through appliances, and what they do with packets is not known"
    return ledger.gap(wire["VpcEndpointId"], "VPCE-7", detail)

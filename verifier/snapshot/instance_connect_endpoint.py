"""EC2 Instance Connect Endpoints, as `describe-instance-connect-endpoints` prints them.

Owns which interfaces are those of endpoints, and whose addresses they send from. Law: every
interface of the kind has its entry, whether or not its endpoint is read, and an endpoint whose
interface is not read is a gap: what would be missed is a source. The kind is told by the type of
the interface, by an endpoint that lists it, or by a description that AWS itself wrote.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final, Required

from typing_extensions import TypedDict

from verifier.model import Gap, InstanceConnectEndpoint, InterfaceKind, NetworkInterface, Subnet
from verifier.snapshot.interface import CONNECT_ENDPOINT, TYPES, is_described
from verifier.snapshot.ledger import Ledger
from verifier.snapshot.merge import Record
from verifier.snapshot.wire import Id, Origin, TagWire, tags_of

if TYPE_CHECKING:
    from verifier.snapshot.resources import Resources


class InstanceConnectEndpointWire(TypedDict, total=False):
    """One endpoint."""

    InstanceConnectEndpointId: Required[Id]
    State: str | None
    VpcId: str | None
    SubnetId: str | None
    NetworkInterfaceIds: list[str] | None
    PreserveClientIp: bool | None
    SecurityGroupIds: list[str] | None
    OwnerId: str | None
    Tags: list[TagWire] | None


KNOWN: Final = frozenset(InstanceConnectEndpointWire.__annotations__) | {
    "AvailabilityZone", "AvailabilityZoneId", "CreatedAt", "DnsName", "FipsDnsName",
    "InstanceConnectEndpointArn", "IpAddressType", "PublicDnsNames", "StateMessage",
}  # fmt: skip

COMMAND: Final = "aws ec2 describe-instance-connect-endpoints"
_GONE: Final = frozenset({"create-failed", "delete-complete"})
_SETTLED: Final = frozenset({"create-complete", "update-complete"})
_NAMED: Final = re.compile(r"\beice-[0-9A-Za-z]+")
_KIND: Final = InterfaceKind.INSTANCE_CONNECT_ENDPOINT

Interfaces = dict[str, NetworkInterface]


@dataclass(slots=True)
class _Found:
    """The interfaces as they are, and which endpoint has which."""

    interfaces: Interfaces
    endpoints: dict[str, InstanceConnectEndpoint] = field(default_factory=dict)


def lift_instance_connect_endpoints(
    resources: Resources,
    interfaces: Mapping[str, NetworkInterface],
    subnets: Mapping[str, Subnet],
    ledger: Ledger,
) -> tuple[dict[str, InstanceConnectEndpoint], Interfaces]:
    """The endpoints by interface, and the interfaces with their kind (EICE-1, EICE-6).

    SnapshotError iff an endpoint lists an interface that is another's, of another kind, or in
    another place, or carries other groups.
    """
    records: list[Record[InstanceConnectEndpointWire]] = list(
        resources.records["InstanceConnectEndpoints"]
    )
    found = _Found(dict(interfaces))
    described = _described(interfaces)
    for wire, origin in records:
        ledger.unknown_fields("Ec2InstanceConnectEndpoint", KNOWN, wire)
        if is_gone(wire):
            continue
        named = described.get(wire["InstanceConnectEndpointId"], [])
        ids = wire.get("NetworkInterfaceIds") or named
        _take(found, wire, origin, ids, ledger)
        if not ids or not interfaces.keys() >= set(ids):
            _miss(wire, ids, found, subnets, resources, ledger)
    _alone(found, ledger)
    for interface_id in _suspects(found.interfaces):
        detail = "is described as an EC2 Instance Connect Endpoint's, and its type is another"
        ledger.incomplete(interface_id, detail)
    return found.endpoints, found.interfaces


def is_gone(wire: InstanceConnectEndpointWire) -> bool:
    """True iff the endpoint does not exist any more, or never came to be."""
    return (wire.get("State") or "").lower() in _GONE


def _described(interfaces: Mapping[str, NetworkInterface]) -> dict[str, list[str]]:
    """Interfaces of the kind, by the endpoint that their description names."""
    found: dict[str, list[str]] = {}
    for one in interfaces.values():
        named = _NAMED.search(one.description) if one.kind is _KIND else None
        if named:
            found.setdefault(named[0], []).append(one.id)
    return found


def _take(
    found: _Found,
    wire: InstanceConnectEndpointWire,
    origin: Origin,
    ids: Sequence[str],
    ledger: Ledger,
) -> None:
    """Enter the endpoint for each of its interfaces that is in the snapshot."""
    endpoint_id, keeps = wire["InstanceConnectEndpointId"], _keeps(wire)
    for interface_id in sorted(set(ids) & found.interfaces.keys()):
        interface = found.interfaces[interface_id]
        if other := found.endpoints.get(interface_id):
            message = f"{interface_id} is the interface of {other.id}, too"
            raise origin.error(".NetworkInterfaceIds", message)
        _check_interface(wire, origin, interface)
        found.interfaces[interface_id] = replace(interface, kind=_KIND, type_name=CONNECT_ENDPOINT)
        found.endpoints[interface_id] = InstanceConnectEndpoint(
            id=endpoint_id,
            interface_id=interface_id,
            keeps_clients=keeps,
            gap=ledger.gap(endpoint_id, *_unknown(wire)) if keeps is not False else None,
            account=wire.get("OwnerId") or origin.source.account,
            tags=tags_of(wire.get("Tags")),
        )
        ledger.assume(
            "EICE-1",
            f"users' sessions through {endpoint_id} are packets of {interface_id}, no packets of"
            " `internet`; who may open one is not judged",
        )


def _keeps(wire: InstanceConnectEndpointWire) -> bool | None:
    """Whether it keeps its users' addresses; None where that is not said, or may be changing."""
    return wire.get("PreserveClientIp") if _is_settled(wire) else None


def _is_settled(wire: InstanceConnectEndpointWire) -> bool:
    return (wire.get("State") or "").lower() in _SETTLED


def _unknown(wire: InstanceConnectEndpointWire) -> tuple[str, str]:
    """Clause and words of what is not known of an endpoint."""
    if _keeps(wire):
        return "EICE-4", (
            "keeps its users' addresses: whether private ones come so far, and how replies return,"
            " is not documented"
        )
    if wire.get("PreserveClientIp") is None:
        return "EICE-6", f"has no `PreserveClientIp` in the snapshot: `{COMMAND}` prints it"
    return "EICE-6", f"is in the state `{wire.get('State')}`: whose addresses it sends is not known"


def _check_interface(
    wire: InstanceConnectEndpointWire, origin: Origin, interface: NetworkInterface
) -> None:
    """SnapshotError iff the interface cannot be the endpoint's."""
    place, name = ".NetworkInterfaceIds", interface.id
    if interface.instance_id is not None:
        raise origin.error(place, f"{name} is attached to {interface.instance_id}")
    if interface.type_name in TYPES - {CONNECT_ENDPOINT, InterfaceKind.ORDINARY.value}:
        raise origin.error(place, f"{name} is of the type `{interface.type_name}`")
    if wire.get("SubnetId") not in (None, "", interface.subnet_id):
        raise origin.error(place, f"{name} is in another subnet, {interface.subnet_id}")
    if wire.get("VpcId") not in (None, "", interface.vpc_id):
        raise origin.error(place, f"{name} is in another VPC, {interface.vpc_id}")
    groups = wire.get("SecurityGroupIds") if _is_settled(wire) else None
    if groups and interface.groups and set(groups) != set(interface.groups):
        told = ", ".join(interface.groups)
        raise origin.error(".SecurityGroupIds", f"contradicts {name}, which carries {told}")


def _miss(
    wire: InstanceConnectEndpointWire,
    ids: Sequence[str],
    found: _Found,
    subnets: Mapping[str, Subnet],
    resources: Resources,
    ledger: Ledger,
) -> None:
    """Enter that a source is missing, unless it stands in a VPC that is not in the snapshot."""
    subnet = subnets.get(wire.get("SubnetId") or "")
    home = wire.get("VpcId") or (subnet.vpc_id if subnet else None)
    if home and home not in {one["VpcId"] for one, _ in resources.records["Vpcs"]}:
        return
    missing = ", ".join(sorted(set(ids) - found.interfaces.keys())) or "the endpoint's interface"
    detail = f"{missing} is not in the snapshot: `aws ec2 describe-network-interfaces` prints it"
    ledger.incomplete(wire["InstanceConnectEndpointId"], detail)


def _alone(found: _Found, ledger: Ledger) -> None:
    """Enter the interfaces of endpoints that are not read (EICE-6)."""
    for one in list(found.interfaces.values()):
        if one.kind is _KIND and one.id not in found.endpoints:
            found.endpoints[one.id] = InstanceConnectEndpoint(
                id=one.id, interface_id=one.id, keeps_clients=None, gap=_nameless(one, ledger)
            )


def _nameless(interface: NetworkInterface, ledger: Ledger) -> Gap:
    named = _NAMED.search(interface.description)
    whose = f"{named[0]}, which" if named else "an EC2 Instance Connect Endpoint that"
    account = f" of account {interface.account}" if interface.account else ""
    detail = f"belongs to {whose} is not in the snapshot: `{COMMAND}`{account} prints it"
    return ledger.gap(interface.id, "EICE-6", detail)


def _suspects(interfaces: Mapping[str, NetworkInterface]) -> Iterator[str]:
    """Ordinary interfaces whose description speaks of an endpoint, and that AWS did not vouch for.

    Anybody may write so; it may also be an endpoint's whose type somebody left out.
    """
    for one in interfaces.values():
        ordinary = one.kind is InterfaceKind.ORDINARY and one.type_name == one.kind.value
        if ordinary and one.instance_id is None and is_described(one.description):
            yield one.id

"""Elastic IP addresses, as `describe-addresses` prints them: mappings to private addresses."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from typing_extensions import TypedDict

from verifier.model import NatGateway, NetworkInterface
from verifier.packet import Address
from verifier.snapshot.ledger import Ledger
from verifier.snapshot.merge import Record
from verifier.snapshot.wire import TagWire, address_of, parsed


class AddressWire(TypedDict, total=False):
    """One address."""

    AllocationId: str | None
    PublicIp: str | None
    PrivateIpAddress: str | None
    NetworkInterfaceId: str | None
    InstanceId: str | None
    AssociationId: str | None
    Tags: list[TagWire] | None


KNOWN: Final = frozenset(AddressWire.__annotations__) | {
    "CarrierIp", "CustomerOwnedIp", "CustomerOwnedIpv4Pool", "Domain", "NetworkBorderGroup",
    "NetworkInterfaceOwnerId", "PublicIpv4Pool", "ServiceManaged", "SubnetId",
}  # fmt: skip


def mappings(records: Iterable[Record[AddressWire]], ledger: Ledger) -> dict[tuple[str, str], str]:
    """The public address of each (interface id, private address) that the list knows of."""
    found: dict[tuple[str, str], str] = {}
    for wire, origin in records:
        ledger.unknown_fields("Address", KNOWN, wire)
        public, private = wire.get("PublicIp"), wire.get("PrivateIpAddress")
        interface_id = wire.get("NetworkInterfaceId")
        if public and private and interface_id:
            other = found.setdefault((interface_id, private), public)
            if other != public:
                raise origin.error(
                    ".PublicIp", f"`{private}` of {interface_id} has another one, {other}"
                )
    return found


_OWNERS: Final = ("AssociationId", "NetworkInterfaceId", "InstanceId")
"""What says that an address is somebody's."""


def check(
    records: Iterable[Record[AddressWire]],
    interfaces: Mapping[str, NetworkInterface],
    nat_gateways: Iterable[NatGateway],
    ledger: Ledger,
) -> None:
    """SnapshotError iff an address contradicts the interface that it is associated with.

    An association with something that is not in the snapshot (an interface of another account's
    service) is a warning; one that does not say with which interface is a gap (GAP-12).
    """
    used = {
        address.public
        for interface in interfaces.values()
        for address in interface.ipv4
        if address.public is not None
    } | {
        address.public
        for gateway in nat_gateways
        for address in gateway.addresses
        if address.public is not None
    }
    instances = {interface.instance_id for interface in interfaces.values()}
    for wire, origin in records:
        public = wire.get("PublicIp")
        if not public:
            continue
        address = parsed(address_of, public, origin, ".PublicIp", 4)
        interface = interfaces.get(wire.get("NetworkInterfaceId") or "")
        if interface is not None:
            if not _has(interface, address, wire):
                raise origin.error("", f"{interface.id} does not have `{public}`")
        elif address not in used and any(wire.get(field) for field in _OWNERS):
            instance_id = wire.get("InstanceId")
            if wire.get("NetworkInterfaceId") or (instance_id and instance_id not in instances):
                ledger.warn(f"{origin}: {public} belongs to something that is not in the snapshot")
            else:
                ledger.incomplete(public, "is associated, and with which interface is not said")


def _has(interface: NetworkInterface, public: Address, wire: AddressWire) -> bool:
    private = wire.get("PrivateIpAddress")
    return any(
        address.public == public and (not private or str(address.address) == private)
        for address in interface.ipv4
    )

"""NAT gateways, as `describe-nat-gateways` prints them."""

from __future__ import annotations

from typing import Final, Required

from typing_extensions import TypedDict

from verifier.model import NatAddress, NatGateway
from verifier.snapshot.ledger import Ledger
from verifier.snapshot.wire import Id, Origin, TagWire, address_of, parsed, tags_of


class NatAddressWire(TypedDict, total=False):
    """One address of a NAT gateway."""

    PrivateIp: str | None
    PublicIp: str | None
    NetworkInterfaceId: str | None
    IsPrimary: bool | None
    Status: str | None


class NatGatewayWire(TypedDict, total=False):
    """One NAT gateway."""

    NatGatewayId: Required[Id]
    VpcId: Required[Id]
    SubnetId: str | None
    State: str | None
    ConnectivityType: str | None
    AvailabilityMode: str | None
    NatGatewayAddresses: list[NatAddressWire] | None
    AttachedAppliances: list[object] | None
    Tags: list[TagWire] | None


KNOWN: Final = frozenset(NatGatewayWire.__annotations__) | {
    "AutoProvisionZones", "AutoScalingIps", "CreateTime", "DeleteTime", "FailureCode",
    "FailureMessage", "ProvisionedBandwidth", "RouteTableId",
}  # fmt: skip
KNOWN_ADDRESS: Final = frozenset(NatAddressWire.__annotations__) | {
    "AllocationId", "AssociationId", "AvailabilityZone", "AvailabilityZoneId", "FailureMessage",
}  # fmt: skip
GONE: Final = frozenset({"deleted", "failed"})
_GOING: Final = "deleting"
"""The state in which a gateway may still translate (AWS's words), but not for long."""
_SETTLED: Final = frozenset({None, "", "succeeded"})


def lift_nat_gateway(wire: NatGatewayWire, origin: Origin, ledger: Ledger) -> NatGateway:
    """The gateway; of one that is gone no address is kept, since others may have them now."""
    ledger.unknown_fields("NatGateway", KNOWN, wire)
    gone = wire.get("State") in GONE
    addresses = () if gone or wire.get("State") == _GOING else _addresses(wire, origin, ledger)
    reason = None if gone else _not_understood(wire, bool(addresses))
    return NatGateway(
        id=wire["NatGatewayId"],
        vpc_id=wire["VpcId"],
        subnet_id=wire.get("SubnetId") or None,
        public=wire.get("ConnectivityType") != "private",
        available=not gone,
        addresses=addresses,
        gap=ledger.gap(wire["NatGatewayId"], "GAP-6", reason) if reason else None,
        account=origin.source.account,
        tags=tags_of(wire.get("Tags")),
    )


def _not_understood(wire: NatGatewayWire, addressed: bool) -> str | None:
    state = wire.get("State") or "available"
    if state != "available":
        return f"is in the state `{state}`"
    mode = wire.get("AvailabilityMode") or "zonal"
    if mode != "zonal":
        return f"is a NAT gateway of the kind `{mode}`, which is not modelled"
    connectivity = wire.get("ConnectivityType") or "public"
    if connectivity not in ("public", "private"):
        return f"has the unknown connectivity `{connectivity}`"
    if wire.get("AttachedAppliances"):
        return "has an appliance attached, which is not modelled"
    unsettled = (
        {address.get("Status") for address in wire.get("NatGatewayAddresses") or ()}
        - _SETTLED
        - {"failed"}
    )
    if unsettled:
        return f"has an address in the state `{min(map(str, unsettled))}`"
    if not addressed:
        return "has no address in the snapshot"
    return None if wire.get("SubnetId") else "has no subnet in the snapshot"


def _addresses(wire: NatGatewayWire, origin: Origin, ledger: Ledger) -> tuple[NatAddress, ...]:
    found: list[NatAddress] = []
    entries = wire.get("NatGatewayAddresses") or ()
    for at, entry in enumerate(entries):
        ledger.unknown_fields("NatGatewayAddress", KNOWN_ADDRESS, entry)
        private, public = entry.get("PrivateIp"), entry.get("PublicIp")
        if not private or entry.get("Status") not in _SETTLED:
            continue
        tail = f".NatGatewayAddresses[{at}]"
        primary = entry.get("IsPrimary")
        found.append(
            NatAddress(
                private=parsed(address_of, private, origin, f"{tail}.PrivateIp", 4),
                public=parsed(address_of, public, origin, f"{tail}.PublicIp", 4)
                if public
                else None,
                interface_id=entry.get("NetworkInterfaceId") or None,
                primary=len(entries) == 1 if primary is None else primary,
            )
        )
    return tuple(sorted(found, key=lambda address: not address.primary))

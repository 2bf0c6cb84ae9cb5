"""Instances, as `describe-instances` prints them: their state, tags and interfaces."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final, Required

from typing_extensions import TypedDict

from verifier.model import Instance, NetworkInterface
from verifier.snapshot.catalogue import SECONDARY, UNFOLLOWED
from verifier.snapshot.interface import AttachmentWire, InterfaceWire
from verifier.snapshot.ledger import Ledger
from verifier.snapshot.wire import Id, Origin, TagWire, address_of, parsed, tags_of


class InstanceStateWire(TypedDict, total=False):
    """The recorded state."""

    Name: str | None


class InstanceWire(TypedDict, total=False):
    """One instance."""

    InstanceId: Required[Id]
    State: InstanceStateWire | None
    NetworkInterfaces: list[InterfaceWire] | None
    SecondaryInterfaces: list[object] | None
    PublicIpAddress: str | None
    Ipv6Address: str | None
    OwnerId: str | None
    Tags: list[TagWire] | None


class ReservationWire(TypedDict, total=False):
    """Instances that were started together."""

    Instances: list[InstanceWire] | None
    OwnerId: str | None


KNOWN_RESERVATION: Final = frozenset(ReservationWire.__annotations__) | {
    "Groups", "RequesterId", "ReservationId",
}  # fmt: skip
KNOWN: Final = frozenset(InstanceWire.__annotations__) | {
    "AmiLaunchIndex", "Architecture", "BlockDeviceMappings", "BootMode", "CapacityBlockId",
    "CapacityReservationId", "CapacityReservationSpecification", "ClientToken", "CpuOptions",
    "CurrentInstanceBootMode", "EbsOptimized", "ElasticGpuAssociations",
    "ElasticInferenceAcceleratorAssociations", "EnaSupport", "EnclaveOptions",
    "HibernationOptions", "Hypervisor", "IamInstanceProfile", "ImageId", "InstanceLifecycle",
    "InstanceType", "KernelId", "KeyName", "LaunchTime", "Licenses",
    "MaintenanceOptions", "MetadataOptions", "Monitoring", "NetworkPerformanceOptions",
    "Operator", "OutpostArn", "Placement", "Platform", "PlatformDetails", "PrivateDnsName",
    "PrivateDnsNameOptions", "PrivateIpAddress", "ProductCodes", "PublicDnsName",
    "RamdiskId", "RootDeviceName", "RootDeviceType",
    "SecurityGroups", "SourceDestCheck", "SpotInstanceRequestId", "SriovNetSupport",
    "StateReason", "StateTransitionReason", "SubnetId", "TpmSupport", "UsageOperation",
    "UsageOperationUpdateTime", "VirtualizationType", "VpcId",
}  # fmt: skip
STATES: Final = frozenset(
    {"pending", "running", "shutting-down", "terminated", "stopping", "stopped"}
)

_GONE: Final = frozenset({"shutting-down", "terminated"})
"""States in which an instance need not have an interface any more."""


def instances_of(
    wire: ReservationWire, origin: Origin, ledger: Ledger
) -> Iterator[tuple[InstanceWire, Origin]]:
    """The instances of a reservation, each with its owner."""
    ledger.unknown_fields("Reservation", KNOWN_RESERVATION, wire)
    owner = wire.get("OwnerId")
    for at, instance in enumerate(wire.get("Instances") or ()):
        if owner and not instance.get("OwnerId"):
            instance["OwnerId"] = owner
        yield instance, Origin(origin.source, origin.path, origin.position, f".Instances[{at}]")


def interfaces_of(wire: InstanceWire, origin: Origin) -> Iterator[tuple[InterfaceWire, Origin]]:
    """An instance's interfaces as the listing of interfaces would have them."""
    for at, nested in enumerate(wire.get("NetworkInterfaces") or ()):
        attachment = nested.get("Attachment")
        own: AttachmentWire = attachment.copy() if attachment else {}
        own["InstanceId"] = wire["InstanceId"]
        shown = nested.copy()
        shown["Attachment"] = own
        yield shown, origin.below(f".NetworkInterfaces[{at}]")


def filled(wire: InterfaceWire, shown: InterfaceWire) -> InterfaceWire:
    """The listed interface with the fields that only its instance shows of it."""
    more: Any = {field: value for field, value in wire.items() if value not in (None, "")}
    whole: InterfaceWire = {**shown, **more}
    return whole


def public_names(wires: Iterable[InterfaceWire]) -> dict[tuple[str, str], str]:
    """The public address of each (interface id, private address) that instances show."""
    found: dict[tuple[str, str], str] = {}
    for wire in wires:
        first = wire.get("PrivateIpAddress"), wire.get("Association")
        rest = [
            (one.get("PrivateIpAddress"), one.get("Association"))
            for one in wire.get("PrivateIpAddresses") or ()
        ]
        for private, association in (first, *rest):
            public = (association or {}).get("PublicIp")
            if private and public:
                found[wire["NetworkInterfaceId"], private] = public
    return found


def check_shown(interface: NetworkInterface, shown: InterfaceWire, origin: Origin) -> None:
    """SnapshotError iff an instance contradicts the listing of the interface that it shows."""
    if shown["SubnetId"] != interface.subnet_id:
        raise origin.error(".SubnetId", f"contradicts `NetworkInterfaces`: {interface.subnet_id}")
    groups = shown.get("Groups")
    if groups is not None and {group["GroupId"] for group in groups} != set(interface.groups):
        raise origin.error(".Groups", "contradicts `NetworkInterfaces`")
    owned = {*interface.ipv6, *(mapped.address for mapped in interface.ipv4)}
    private = shown.get("PrivateIpAddresses") or ()
    for tail, texts in (
        (".PrivateIpAddress", [shown.get("PrivateIpAddress")]),
        (".PrivateIpAddresses", [one.get("PrivateIpAddress") for one in private]),
        (".Ipv6Addresses", [one.get("Ipv6Address") for one in shown.get("Ipv6Addresses") or ()]),
    ):
        for text in texts:
            if text and parsed(address_of, text, origin, tail) not in owned:
                raise origin.error(tail, "contradicts `NetworkInterfaces`")


def check_addresses(
    wire: InstanceWire, interfaces: Sequence[NetworkInterface], ledger: Ledger
) -> None:
    """Enter what the instance shows of itself and its interfaces lack altogether (GAP-12)."""
    if (wire.get("State") or {}).get("Name") in _GONE:
        return
    if not interfaces:
        ledger.incomplete(wire["InstanceId"], "has no network interface in the snapshot")
        return
    public = any(mapped.public for one in interfaces for mapped in one.ipv4)
    global_ = any(one.ipv6 for one in interfaces)
    for text, has in ((wire.get("PublicIpAddress"), public), (wire.get("Ipv6Address"), global_)):
        if text and not has:
            detail = f"has the address {text}, which none of its network interfaces shows"
            ledger.incomplete(wire["InstanceId"], detail)


def lift_instance(
    wire: InstanceWire, origin: Origin, interface_ids: tuple[str, ...], ledger: Ledger
) -> Instance:
    """The instance with the interfaces that are attached to it."""
    ledger.unknown_fields("Instance", KNOWN, wire)
    if wire.get(SECONDARY):
        ledger.assume("GAP-11", UNFOLLOWED[SECONDARY])
    state = wire.get("State")
    return Instance(
        id=wire["InstanceId"],
        state=(state.get("Name") or None) if state else None,
        interface_ids=interface_ids,
        account=wire.get("OwnerId") or origin.source.account,
        tags=tags_of(wire.get("Tags")),
    )

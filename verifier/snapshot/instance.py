"""Instances, as `describe-instances` prints them: their state, tags and interfaces."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, Required

from typing_extensions import TypedDict

from verifier.model import Instance
from verifier.snapshot.catalogue import SECONDARY, UNFOLLOWED
from verifier.snapshot.interface import AttachmentWire, InterfaceWire
from verifier.snapshot.ledger import Ledger
from verifier.snapshot.wire import Id, Origin, TagWire, tags_of


class InstanceStateWire(TypedDict, total=False):
    """The recorded state."""

    Name: str | None


class InstanceWire(TypedDict, total=False):
    """One instance."""

    InstanceId: Required[Id]
    State: InstanceStateWire | None
    NetworkInterfaces: list[InterfaceWire] | None
    SecondaryInterfaces: list[object] | None
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
    "InstanceType", "Ipv6Address", "KernelId", "KeyName", "LaunchTime", "Licenses",
    "MaintenanceOptions", "MetadataOptions", "Monitoring", "NetworkPerformanceOptions",
    "Operator", "OutpostArn", "Placement", "Platform", "PlatformDetails", "PrivateDnsName",
    "PrivateDnsNameOptions", "PrivateIpAddress", "ProductCodes", "PublicDnsName",
    "PublicIpAddress", "RamdiskId", "RootDeviceName", "RootDeviceType",
    "SecurityGroups", "SourceDestCheck", "SpotInstanceRequestId", "SriovNetSupport",
    "StateReason", "StateTransitionReason", "SubnetId", "TpmSupport", "UsageOperation",
    "UsageOperationUpdateTime", "VirtualizationType", "VpcId",
}  # fmt: skip
STATES: Final = frozenset(
    {"pending", "running", "shutting-down", "terminated", "stopping", "stopped"}
)


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


def attached_to(instance_id: str, nested: InterfaceWire) -> InterfaceWire:
    """An instance's interface as the listing of interfaces would have it."""
    wire = nested.copy()
    attachment = nested.get("Attachment")
    own: AttachmentWire = attachment.copy() if attachment else {}
    own["InstanceId"] = instance_id
    wire["Attachment"] = own
    return wire


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

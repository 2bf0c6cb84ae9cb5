"""VPC endpoints, as `describe-vpc-endpoints` prints them: which kind a route target is."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, Required

from typing_extensions import TypedDict

from verifier.snapshot.ledger import Ledger
from verifier.snapshot.merge import Record
from verifier.snapshot.wire import Id, TagWire


class VpcEndpointWire(TypedDict, total=False):
    """One endpoint."""

    VpcEndpointId: Required[Id]
    VpcEndpointType: str | None
    ServiceName: str | None
    OwnerId: str | None
    Tags: list[TagWire] | None


KNOWN: Final = frozenset(VpcEndpointWire.__annotations__) | {
    "CreationTimestamp", "DnsEntries", "DnsOptions", "FailureReason", "Groups", "IpAddressType",
    "Ipv4Prefixes", "Ipv6Prefixes", "LastError", "NetworkInterfaceIds", "PayerResponsibilities",
    "PolicyDocument", "PrivateDnsEnabled", "RequesterManaged", "ResourceConfigurationArn",
    "RouteTableIds", "ServiceNetworkArn", "ServiceRegion", "State", "SubnetIds", "VpcId",
}  # fmt: skip


def endpoint_types(records: Iterable[Record[VpcEndpointWire]], ledger: Ledger) -> dict[str, str]:
    """The type of each endpoint that has one."""
    found: dict[str, str] = {}
    for wire, _ in records:
        ledger.unknown_fields("VpcEndpoint", KNOWN, wire)
        kind = wire.get("VpcEndpointType")
        if kind:
            found[wire["VpcEndpointId"]] = kind
    return found

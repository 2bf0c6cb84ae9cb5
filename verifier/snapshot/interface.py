"""Network interfaces, as `describe-network-interfaces` (or an instance) prints them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final, Required

from typing_extensions import TypedDict

from verifier.model import InterfaceAddress, InterfaceKind, NetworkInterface, Relay
from verifier.packet import Address, Prefix
from verifier.snapshot.ledger import Ledger
from verifier.snapshot.owner import OperatorWire, OwnedWire, owner_of
from verifier.snapshot.wire import Id, Origin, TagWire, address_of, parsed, prefix_of, tags_of


class PublicWire(TypedDict, total=False):
    """The public address of a private one."""

    PublicIp: str | None


class PrivateAddressWire(TypedDict, total=False):
    """A private IPv4 address."""

    PrivateIpAddress: str | None
    Primary: bool | None
    Association: PublicWire | None


class Ipv6AddressWire(TypedDict, total=False):
    """An IPv6 address."""

    Ipv6Address: str | None


class Ipv4PrefixWire(TypedDict, total=False):
    """A delegated IPv4 prefix."""

    Ipv4Prefix: str | None


class Ipv6PrefixWire(TypedDict, total=False):
    """A delegated IPv6 prefix."""

    Ipv6Prefix: str | None


class GroupWire(TypedDict, total=False):
    """A security group that the interface carries."""

    GroupId: Required[Id]


class AttachmentWire(TypedDict, total=False):
    """What the interface is attached to."""

    InstanceId: str | None
    Status: str | None


class InterfaceWire(TypedDict, total=False):
    """One interface."""

    NetworkInterfaceId: Required[Id]
    VpcId: str | None
    SubnetId: Required[Id]
    InterfaceType: str | None
    Groups: list[GroupWire] | None
    PrivateIpAddress: str | None
    PrivateIpAddresses: list[PrivateAddressWire] | None
    Association: PublicWire | None
    Ipv6Address: str | None
    Ipv6Addresses: list[Ipv6AddressWire] | None
    Ipv4Prefixes: list[Ipv4PrefixWire] | None
    Ipv6Prefixes: list[Ipv6PrefixWire] | None
    SourceDestCheck: bool | None
    Attachment: AttachmentWire | None
    Status: str | None
    DenyAllIgwTraffic: bool | None
    AssociatedSubnets: list[str] | None
    AvailabilityZone: str | None
    Description: str | None
    OwnerId: str | None
    Operator: OperatorWire | None
    RequesterId: str | None
    RequesterManaged: bool | None
    TagSet: list[TagWire] | None
    Tags: list[TagWire] | None


KNOWN: Final = frozenset(InterfaceWire.__annotations__) | {
    "AvailabilityZoneId", "ConnectionTrackingConfiguration", "Ipv6Native",
    "MacAddress", "OutpostArn", "PrivateDnsName", "PublicDnsName", "PublicIpDnsNameOptions",
}  # fmt: skip
KNOWN_ADDRESS: Final = (
    frozenset(PrivateAddressWire.__annotations__)
    | frozenset(Ipv6AddressWire.__annotations__)
    | {"PrivateDnsName", "PublicIpv6DnsName", "IsPrimaryIpv6"}
)
KNOWN_ATTACHMENT: Final = frozenset(AttachmentWire.__annotations__) | {
    "AttachTime", "AttachmentId", "DeleteOnTermination", "DeviceIndex", "EnaQueueCount",
    "EnaSrdSpecification", "InstanceOwnerId", "NetworkCardIndex",
}  # fmt: skip

_KINDS: Final = {
    "natGateway": InterfaceKind.NAT_GATEWAY,
    "nat_gateway": InterfaceKind.NAT_GATEWAY,
    "transit_gateway": InterfaceKind.TRANSIT_GATEWAY,
    "gateway_load_balancer": InterfaceKind.GATEWAY_LOAD_BALANCER,
    "gateway_load_balancer_endpoint": InterfaceKind.GATEWAY_LOAD_BALANCER_ENDPOINT,
    "network_load_balancer": InterfaceKind.NETWORK_LOAD_BALANCER,
    "lambda": InterfaceKind.LAMBDA,
    "vpc_endpoint": InterfaceKind.VPC_ENDPOINT,
    "ec2_instance_connect_endpoint": InterfaceKind.INSTANCE_CONNECT_ENDPOINT,
} | dict.fromkeys(
    (
        "interface", "efa", "efa-only", "trunk", "branch", "load_balancer", "quicksight",
        "global_accelerator_managed", "api_gateway_managed", "iot_rules_managed",
        "aws_codestar_connections_managed",
    ),
    InterfaceKind.ORDINARY,
)  # fmt: skip
TYPES: Final = frozenset(_KINDS)
"""The types of interfaces that are known."""
CONNECT_ENDPOINT: Final = InterfaceKind.INSTANCE_CONNECT_ENDPOINT.value
_CONNECT_ENDPOINT: Final = re.compile(r"(EC2 )?Instance Connect Endpoint\b")

WITHOUT_GROUPS: Final = frozenset(
    {
        InterfaceKind.NAT_GATEWAY,
        InterfaceKind.TRANSIT_GATEWAY,
        InterfaceKind.GATEWAY_LOAD_BALANCER,
        InterfaceKind.GATEWAY_LOAD_BALANCER_ENDPOINT,
    }
)
WITHOUT_IP: Final = "efa-only"
"""The type of interfaces that carry no IP traffic and have no address (ENI-4)."""
_GROUPED: Final = frozenset(
    {InterfaceKind.ORDINARY, InterfaceKind.LAMBDA, InterfaceKind.VPC_ENDPOINT}
)
"""Kinds of which AWS lets no interface be without a group."""
FED_FROM_OUTSIDE: Final = frozenset({"global_accelerator_managed", "api_gateway_managed"})
RESOURCE_GATEWAY: Final = re.compile(r"\brgw-[0-9a-z]+")
CLIENT_VPN: Final = "ClientVPN Endpoint"
CLOUDFRONT: Final = "aws.cloudfront.vpcorigin"
"""The tag of interfaces by which CloudFront, without any public address, reaches VPC origins."""

PublicNames = Mapping[tuple[str, str], str]


def lift_interface(
    wire: InterfaceWire, origin: Origin, publics: PublicNames, ledger: Ledger
) -> NetworkInterface:
    """The interface; `publics` are the mappings that the list of addresses knows of."""
    ledger.unknown_fields("NetworkInterface", KNOWN, wire)
    type_name = _type_name(wire)
    kind = _KINDS.get(type_name)
    attachment = wire.get("Attachment")
    if attachment:
        ledger.unknown_fields("NetworkInterfaceAttachment", KNOWN_ATTACHMENT, attachment)
    attached = _attached(wire, attachment)
    groups = wire.get("Groups")
    reason = _not_understood(wire, kind, attached)
    ipv4, ipv6 = _ipv4(wire, origin, publics, ledger), _ipv6(wire, origin, ledger)
    mute = type_name == WITHOUT_IP and not ipv4 and not ipv6
    return NetworkInterface(
        id=wire["NetworkInterfaceId"],
        vpc_id=wire.get("VpcId") or "",
        subnet_id=wire["SubnetId"],
        kind=kind or InterfaceKind.ORDINARY,
        type_name=type_name,
        owner=owner_of(
            OwnedWire(
                Description=wire.get("Description"),
                Operator=wire.get("Operator"),
                RequesterId=wire.get("RequesterId"),
                RequesterManaged=wire.get("RequesterManaged"),
            )
        ),
        groups=tuple(dict.fromkeys([group["GroupId"] for group in groups])) if groups else (),
        ipv4=ipv4,
        ipv6=ipv6,
        delegated=_delegated(wire, origin),
        source_destination_check=kind is not InterfaceKind.NETWORK_LOAD_BALANCER
        and wire.get("SourceDestCheck") is not False,
        attached=attached is not False and not mute,
        deny_all_internet_gateway=wire.get("DenyAllIgwTraffic") is True,
        instance_id=(attachment.get("InstanceId") or None) if attachment else None,
        account=wire.get("OwnerId") or origin.source.account,
        zone=wire.get("AvailabilityZone") or None,
        description=wire.get("Description") or "",
        tags=tags_of(wire.get("TagSet") or wire.get("Tags")),
        gap=ledger.gap(wire["NetworkInterfaceId"], "GAP-5", reason) if reason else None,
    )


def _type_name(wire: InterfaceWire) -> str:
    """The type; that of an EC2 Instance Connect Endpoint is also told by what AWS itself wrote."""
    told = wire.get("InterfaceType") or InterfaceKind.ORDINARY.value
    vouched = wire.get("RequesterManaged") is True and is_described(wire.get("Description") or "")
    return CONNECT_ENDPOINT if vouched and told == InterfaceKind.ORDINARY.value else told


def is_described(description: str) -> bool:
    """True iff the words are those that AWS gives to an EC2 Instance Connect Endpoint."""
    return _CONNECT_ENDPOINT.match(description) is not None


def _attached(wire: InterfaceWire, attachment: AttachmentWire | None) -> bool | None:
    """Whether the interface is attached; None iff that is in transition or not understood."""
    states = {wire.get("Status"), attachment.get("Status") if attachment else None}
    states -= {None, "", "in-use", "associated", "attached"}
    if not states:
        return True
    return False if states <= {"available", "detached"} else None


def _not_understood(
    wire: InterfaceWire, kind: InterfaceKind | None, attached: bool | None
) -> str | None:
    if kind is None:
        return f"is of the unknown type `{wire.get('InterfaceType')}`"
    if attached is None:
        return "is being attached or detached, or its state is not known"
    if wire.get("AssociatedSubnets"):
        return "is associated with several subnets, which is not modelled"
    if wire.get("Groups") is None and kind not in WITHOUT_GROUPS:
        return "has no list of security groups in the snapshot"
    if not wire.get("Groups") and wire.get("RequesterManaged") is True and kind in _GROUPED:
        return "is managed by its requester, whose security groups are not shown"
    return None


def _ipv4(
    wire: InterfaceWire, origin: Origin, publics: PublicNames, ledger: Ledger
) -> tuple[InterfaceAddress, ...]:
    first = wire.get("PrivateIpAddress")
    entries = wire.get("PrivateIpAddresses") or ()
    flagged = any(entry.get("Primary") for entry in entries)
    found: dict[Address, InterfaceAddress] = {}
    for at, entry in enumerate(entries):
        ledger.unknown_fields("NetworkInterfacePrivateIpAddress", KNOWN_ADDRESS, entry)
        text = entry.get("PrivateIpAddress")
        if not text:
            continue
        address = parsed(address_of, text, origin, f".PrivateIpAddresses[{at}]", 4)
        primary = entry.get("Primary") is True if flagged else text == first
        names = [entry.get("Association"), wire.get("Association") if primary else None]
        if address in found:
            raise origin.error(f".PrivateIpAddresses[{at}]", f"`{text}` stands there twice")
        public = _public(wire, origin, names, publics.get((wire["NetworkInterfaceId"], text)))
        found[address] = InterfaceAddress(address, primary, public)
    if first:
        _check_primary(first, found, origin, bool(entries))
        if not entries:
            address = parsed(address_of, first, origin, ".PrivateIpAddress", 4)
            known = publics.get((wire["NetworkInterfaceId"], first))
            public = _public(wire, origin, [wire.get("Association")], known)
            found[address] = InterfaceAddress(address, True, public)
    if sum([address.primary for address in found.values()]) > 1:
        raise origin.error(".PrivateIpAddresses", "two addresses are primary")
    return tuple(found.values())


def _check_primary(
    first: str, found: Mapping[Address, InterfaceAddress], origin: Origin, listed: bool
) -> None:
    address = parsed(address_of, first, origin, ".PrivateIpAddress", 4)
    if listed and (address not in found or not found[address].primary):
        raise origin.error(
            ".PrivateIpAddress", f"`{first}` is not the primary one of `PrivateIpAddresses`"
        )


def _public(
    wire: InterfaceWire, origin: Origin, names: list[PublicWire | None], known: str | None
) -> Address | None:
    texts = {name.get("PublicIp") for name in names if name} | {known}
    texts -= {None, ""}
    if not texts:
        return None
    public, *others = sorted(str(text) for text in texts)
    if others:
        raise origin.error("", f"one private address has two public ones, {public} and {others[0]}")
    return parsed(address_of, public, origin, ".Association.PublicIp", 4)


def _ipv6(wire: InterfaceWire, origin: Origin, ledger: Ledger) -> tuple[Address, ...]:
    found: dict[Address, None] = {}
    if first := wire.get("Ipv6Address"):
        found[parsed(address_of, first, origin, ".Ipv6Address", 6)] = None
    for at, entry in enumerate(wire.get("Ipv6Addresses") or ()):
        ledger.unknown_fields("NetworkInterfaceIpv6Address", KNOWN_ADDRESS, entry)
        text = entry.get("Ipv6Address")
        if text:
            found[parsed(address_of, text, origin, f".Ipv6Addresses[{at}].Ipv6Address", 6)] = None
    return tuple(found)


def _delegated(wire: InterfaceWire, origin: Origin) -> tuple[Prefix, ...]:
    found: list[Prefix] = []
    for at, v4 in enumerate(wire.get("Ipv4Prefixes") or ()):
        if text := v4.get("Ipv4Prefix"):
            found.append(parsed(prefix_of, text, origin, f".Ipv4Prefixes[{at}].Ipv4Prefix", 4))
    for at, v6 in enumerate(wire.get("Ipv6Prefixes") or ()):
        if text := v6.get("Ipv6Prefix"):
            found.append(parsed(prefix_of, text, origin, f".Ipv6Prefixes[{at}].Ipv6Prefix", 6))
    return tuple(found)


def relay_of(interface: NetworkInterface, ledger: Ledger) -> Relay | None:
    """The relay that the interface is (GAP-11), if it is one.

    Load balancers are, and resource gateways, which send what endpoints elsewhere take in;
    accelerators, API gateways, CloudFront's VPC origins and client VPN endpoints are, and are fed
    from outside by ways that the network does not show.
    """
    kind, text = interface.kind, interface.description
    outside = (
        interface.type_name in FED_FROM_OUTSIDE
        or text.startswith(CLIENT_VPN)
        or CLOUDFRONT in interface.tags
    )
    network = kind is InterfaceKind.NETWORK_LOAD_BALANCER or text.startswith("ELB net/")
    resource = RESOURCE_GATEWAY.search(text) is not None
    balancer = network or interface.type_name == "load_balancer" or text.startswith("ELB ")
    if kind is InterfaceKind.GATEWAY_LOAD_BALANCER or not (outside or balancer or resource):
        return None
    what = "passes on what comes to it from outside" if outside else "is a load balancer's"
    if resource:
        what = "is a resource gateway's"
    gap = ledger.gap(interface.id, "GAP-11", f"{what}, and where to is not followed")
    keeps = network or interface.type_name == "global_accelerator_managed"
    return Relay(interface.id, gap, keeps, outside)

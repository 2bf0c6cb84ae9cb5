"""Network interfaces: who has which addresses and carries which groups."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from verifier.model.gap import Gap
from verifier.packet import Address, Prefix


class InterfaceKind(StrEnum):
    """What an interface is for, as far as reachability distinguishes it (clause ENI-1)."""

    ORDINARY = "interface"
    NAT_GATEWAY = "nat_gateway"
    TRANSIT_GATEWAY = "transit_gateway"
    GATEWAY_LOAD_BALANCER = "gateway_load_balancer"
    GATEWAY_LOAD_BALANCER_ENDPOINT = "gateway_load_balancer_endpoint"
    NETWORK_LOAD_BALANCER = "network_load_balancer"
    LAMBDA = "lambda"
    VPC_ENDPOINT = "vpc_endpoint"
    INSTANCE_CONNECT_ENDPOINT = "ec2_instance_connect_endpoint"


@dataclass(frozen=True, slots=True)
class InterfaceAddress:
    """A private IPv4 address and the public one that an internet gateway maps to it, if any."""

    address: Address
    primary: bool = False
    public: Address | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkInterface:
    """One interface.

    `groups` are ids, resolved or not. `delegated` are prefixes all of whose addresses it owns.
    `attached` is false iff AWS says that it is not attached to anything. `type_name` is the
    input's word for `kind`, and `owner` the service whose interface it is, where that is certain
    (`rds`, `ecs`, `load_balancer`, ...). With `gap` set, its filter is not understood (GAP-5).
    """

    id: str
    vpc_id: str
    subnet_id: str
    kind: InterfaceKind = InterfaceKind.ORDINARY
    type_name: str = "interface"
    owner: str | None = None
    groups: tuple[str, ...] = ()
    ipv4: tuple[InterfaceAddress, ...] = ()
    ipv6: tuple[Address, ...] = ()
    delegated: tuple[Prefix, ...] = ()
    source_destination_check: bool = True
    attached: bool = True
    deny_all_internet_gateway: bool = False
    instance_id: str | None = None
    account: str | None = None
    zone: str | None = None
    description: str = ""
    tags: Mapping[str, str] = field(default_factory=dict)
    gap: Gap | None = None

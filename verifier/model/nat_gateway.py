"""NAT gateways: zonal, public or private, with their addresses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from verifier.model.gap import Gap
from verifier.packet import Address


@dataclass(frozen=True, slots=True)
class NatAddress:
    """One address of a NAT gateway: private, the public one mapped to it, and its interface."""

    private: Address
    public: Address | None = None
    interface_id: str | None = None
    primary: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class NatGateway:
    """One NAT gateway.

    `addresses` are the usable IPv4 ones, primary first. `available` iff its state lets it forward.
    With `gap` set it is of a kind that is not modelled and packets sent to it meet GAP-6.
    """

    id: str
    vpc_id: str
    subnet_id: str | None
    public: bool
    available: bool = True
    addresses: tuple[NatAddress, ...] = ()
    gap: Gap | None = None
    account: str | None = None
    tags: Mapping[str, str] = field(default_factory=dict)

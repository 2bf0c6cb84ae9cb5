"""Route tables: destinations and next hops, as facts.

Routes stand unsorted; a `local` route that the input leaves out is not written in (RT-2 says that
it is there all the same); prefix lists are not expanded.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from verifier.model.gap import Gap
from verifier.model.security_group import PrefixListReference
from verifier.packet import Prefix


@dataclass(frozen=True, slots=True)
class LocalTarget:
    """The VPC itself."""


@dataclass(frozen=True, slots=True)
class InternetGatewayTarget:
    """An internet gateway."""

    internet_gateway_id: str


@dataclass(frozen=True, slots=True)
class NatGatewayTarget:
    """A NAT gateway."""

    nat_gateway_id: str


@dataclass(frozen=True, slots=True)
class PeeringTarget:
    """A VPC peering connection."""

    peering_id: str


@dataclass(frozen=True, slots=True)
class EgressOnlyTarget:
    """An egress-only internet gateway."""

    gateway_id: str


@dataclass(frozen=True, slots=True)
class TransitGatewayTarget:
    """A transit gateway."""

    transit_gateway_id: str


@dataclass(frozen=True, slots=True)
class VpnGatewayTarget:
    """A virtual private gateway."""

    vpn_gateway_id: str


@dataclass(frozen=True, slots=True)
class EndpointTarget:
    """A VPC endpoint: a gateway's, or a Gateway Load Balancer's."""

    endpoint_id: str


@dataclass(frozen=True, slots=True)
class InterfaceTarget:
    """An interface of the VPC (an appliance); what it may do besides forwarding is the gap."""

    interface_id: str
    gap: Gap


@dataclass(frozen=True, slots=True)
class UnmodelledTarget:
    """Anything else: `kind` in AWS's words, and the gap it is (GAP-6).

    `internet` iff what lies behind may hand packets to the internet or to interfaces; false for
    a gateway VPC endpoint, behind which only a service's own addresses are.
    """

    kind: str
    id: str
    gap: Gap
    internet: bool = True


RouteTarget = (
    LocalTarget
    | InternetGatewayTarget
    | NatGatewayTarget
    | PeeringTarget
    | EgressOnlyTarget
    | TransitGatewayTarget
    | VpnGatewayTarget
    | EndpointTarget
    | InterfaceTarget
    | UnmodelledTarget
)


class RouteOrigin(StrEnum):
    """Where a route comes from; decides between equal prefixes (RT-4)."""

    STATIC = "static"
    PROPAGATED = "propagated"


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """One route; a blackhole keeps its target for display and drops all the same (RT-5)."""

    destination: Prefix | PrefixListReference
    target: RouteTarget
    blackhole: bool = False
    origin: RouteOrigin = RouteOrigin.STATIC


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteTable:
    """One table; `tie_gap` is set iff two of its routes tie with different targets (GAP-8)."""

    id: str
    vpc_id: str
    main: bool = False
    subnet_ids: tuple[str, ...] = ()
    gateway_ids: tuple[str, ...] = ()
    routes: tuple[Route, ...] = ()
    tie_gap: Gap | None = None
    account: str | None = None
    tags: Mapping[str, str] = field(default_factory=dict)

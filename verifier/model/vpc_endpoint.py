"""VPC endpoints that routes lead to: those of gateways and those of Gateway Load Balancers.

Interface endpoints are interfaces (`InterfaceKind.VPC_ENDPOINT`); they stand here too, so that
their ids are known.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from verifier.model.gap import Gap
from verifier.packet import FAMILIES, Family


class EndpointKind(StrEnum):
    """The kinds of VPC endpoints, in AWS's words."""

    GATEWAY = "Gateway"
    INTERFACE = "Interface"
    GATEWAY_LOAD_BALANCER = "GatewayLoadBalancer"


@dataclass(frozen=True, slots=True, kw_only=True)
class VpcEndpoint:
    """One endpoint.

    `subnet_id` is that of a Gateway Load Balancer endpoint, whose `gap` is what its appliances
    may do besides handing packets back (VPCE-6, VPCE-7). `interface_ids` are its interfaces.
    `families` are those that it takes. It carries nothing unless `available`.
    """

    id: str
    kind: EndpointKind
    vpc_id: str
    service: str = ""
    available: bool = True
    subnet_id: str | None = None
    interface_ids: tuple[str, ...] = ()
    families: frozenset[Family] = frozenset(FAMILIES)
    gap: Gap | None = None
    account: str | None = None
    tags: Mapping[str, str] = field(default_factory=dict)

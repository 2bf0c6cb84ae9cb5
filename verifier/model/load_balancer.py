"""Load balancers: their listeners and targets, as far as they decide who sends to whom.

Facts only: which node feeds which target, and with which source address, follows from them by the
clauses LB-1 to LB-14, which `verifier.verify.branches` reads.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from verifier.model.gap import Gap
from verifier.packet import Address, Family


class BalancerKind(StrEnum):
    """The kinds of load balancers that terminate or relay flows, in AWS's words."""

    APPLICATION = "application"
    NETWORK = "network"
    CLASSIC = "classic"


class TargetType(StrEnum):
    """What the targets of a group are."""

    INSTANCE = "instance"
    IP = "ip"
    LAMBDA = "lambda"
    ALB = "alb"


@dataclass(frozen=True, slots=True)
class Target:
    """One registration: `id` as AWS has it (an instance, an address, an ARN).

    `interface_ids` are the interfaces that may be the primary one of an instance target (one, if
    that is known; the nodes of a balancer that is a target and not in the snapshot), `address` is
    that of an ip target, `zone` the zone that it is registered for (`all`: every one; None: not
    said). With `gap` it may be sent to only if that is open (LB-5).
    """

    id: str
    port: int | None = None
    interface_ids: tuple[str, ...] = ()
    address: Address | None = None
    zone: str | None = None
    gap: Gap | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetGroup:
    """One target group, or the instances of a classic balancer at one instance port.

    `keeps_client_address` and `cross_zone` are its attributes; None where nothing is said. `gap` is
    set iff its attributes are not in the snapshot (LB-7, LB-8).
    """

    id: str
    name: str = ""
    type: TargetType = TargetType.INSTANCE
    protocol: str = ""
    port: int | None = None
    family: Family = 4
    targets: tuple[Target, ...] = ()
    keeps_client_address: bool | None = None
    cross_zone: bool | None = None
    gap: Gap | None = None


@dataclass(frozen=True, slots=True)
class Forward:
    """A target group that a listener leads to; with `gap`, only if that is open (LB-3)."""

    group_id: str
    gap: Gap | None = None


@dataclass(frozen=True, slots=True)
class Listener:
    """One listener; `protocol` is AWS's word."""

    id: str
    protocol: str
    port: int
    forwards: tuple[Forward, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadBalancer:
    """One load balancer; `id` is its ARN (a classic one's name where the ARN is not known).

    `interface_ids` are its nodes (LB-1), `zones` the zones that it is enabled for (None: not in
    the snapshot). `cross_zone` None: not in the snapshot. `services` are
    the names of the endpoint services that lead to it, None where that is not known (LB-12);
    `filters_links` says whether its groups judge what comes so, None if nothing says it. With
    `gap` there may be more to it than is said here (LB-14); `zone_gap` stands for what zones leave
    open (LB-8), `link_gap` for what PrivateLink does (LB-12).
    """

    id: str
    name: str
    kind: BalancerKind
    vpc_id: str
    scheme: str = ""
    interface_ids: tuple[str, ...] = ()
    listeners: tuple[Listener, ...] = ()
    zones: tuple[str, ...] | None = None
    cross_zone: bool | None = None
    services: tuple[str, ...] | None = ()
    filters_links: bool | None = None
    gap: Gap | None = None
    zone_gap: Gap | None = None
    link_gap: Gap | None = None
    account: str | None = None
    tags: Mapping[str, str] = field(default_factory=dict)

"""VPCs (VPC-1 to VPC-3, SVC-1, SVC-2): address spaces, and what Amazon answers itself."""

from __future__ import annotations

from typing import Final

from verifier.encode.packet import Scope
from verifier.encode.stage import Segment
from verifier.encode.terms import TRUE
from verifier.packet import AddressSet, Prefix
from verifier.topology import Role, Spans, numbers, union, without

_SERVICES: Final = AddressSet.of(
    Prefix.parse("169.254.0.0/16"), Prefix.parse("fe80::/10"), Prefix.parse("fd00:ec2::/32")
)


def reserved(scope: Scope, vpc_id: str) -> Spans:
    """What no packet to it from this VPC is forwarded or delivered to a host (SVC-1, SVC-2).

    Besides the link-local ranges it is the resolver, base + 2 of each IPv4 block, where no
    interface of the VPC owns that address.
    """
    key = ("reserved", vpc_id, scope.family)
    if key not in scope.index.memo:
        blocks = scope.index.network.vpcs[vpc_id].ipv4 if scope.family == 4 else ()
        resolvers = numbers(block.first + 2 for block in blocks)
        if resolvers:
            resolvers = without(resolvers, scope.index.vpc_owned(vpc_id, scope.family))
        scope.index.memo[key] = union(_SERVICES.spans(scope.family), resolvers)
    found: Spans = scope.index.memo[key]  # type: ignore[assignment]
    return found


def served(scope: Scope, role: Role, variable: str) -> int:
    """True iff what the host sends to the address is decided by SVC-1 or SVC-2 (SUB-1)."""

    def build() -> int:
        return scope.terms.any_of(
            scope.terms.all_of(
                (scope.side(role, classes), scope.address(variable, reserved(scope, vpc_id)))
            )
            for vpc_id, classes in role.vpcs.items()
        )

    return scope.once(("served", role is scope.sources, variable), build)


def shared(scope: Scope) -> int:
    """True iff source and destination are interfaces of one VPC."""

    def build() -> int:
        return scope.terms.any_of(joined(scope, vpc_id, vpc_id) for vpc_id in scope.sources.vpcs)

    return scope.once("shared", build)


def joined(scope: Scope, one: str, other: str) -> int:
    """True iff the source is an interface of the one VPC and the destination of the other."""
    return scope.terms.all_of(
        (
            scope.source(scope.sources.vpcs.get(one, ())),
            scope.destination(scope.destinations.vpcs.get(other, ())),
        )
    )


def own_source(scope: Scope, segment: Segment, vpc_id: str) -> int:
    """True iff the packet's source is a private address of the VPC's own (VGW-2, VPCE-1)."""
    role = scope.destinations
    if segment.forth:
        role = scope.sources
    inside = scope.side(role, role.vpcs.get(vpc_id, ()))
    if inside == TRUE and scope.own == TRUE and "nat_" not in segment.source:
        return TRUE
    own = scope.index.private_addresses(vpc_id, scope.family)
    return scope.address(scope.seen(segment.source), own)

"""Virtual private gateways (VGW-1, VGW-2): what a VPC sends to its sites on premises."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from verifier.encode import vpc
from verifier.encode.packet import Scope
from verifier.encode.stage import Edge, Left, Out, Segment, Way
from verifier.topology import Exit, Spans, common, normal, union, without


def edges(
    scope: Scope, segment: Segment, gateway_id: str, spans: Spans, passed: Callable[[], int]
) -> Iterator[Edge]:
    """VGW-2: the ways that the gateway knows, and those that it may know."""
    gateway = scope.index.network.vpn_gateways[gateway_id]
    vpc_id = gateway.vpc_id or ""
    ways = spans
    if not scope.open(gateway.gap):
        ways = common(
            spans,
            normal((p.first, p.last) for p in gateway.prefixes if p.family == scope.family),
        )

    def carried() -> int:
        return scope.terms.all_of((passed(), vpc.own_source(scope, segment, vpc_id)))

    index = scope.index
    inside = union(index.blocks(scope.family), index.mapped if scope.family == 4 else ())
    yield Edge(Left(Way.VPN, gateway_id, vpc_id), without(ways, inside), carried)
    if scope.open(gateway.beyond):
        yield Edge(Out(Exit(gateway.beyond), vpc_id), common(ways, inside), carried)

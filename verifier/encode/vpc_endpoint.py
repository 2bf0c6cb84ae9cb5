"""VPC endpoints (VPCE-1, VPCE-5 to VPCE-7): of gateways, and of Gateway Load Balancers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from verifier.encode import network_acl, network_firewall, vpc
from verifier.encode.packet import Port, Scope
from verifier.encode.stage import AtEndpoint, Edge, Left, Out, Segment, Way
from verifier.encode.terms import FALSE
from verifier.packet import ECHO_REQUEST, ICMP, ICMPV6, TCP
from verifier.topology import Exit, Spans


def service(
    scope: Scope, segment: Segment, endpoint_id: str, spans: Spans, passed: Callable[[], int]
) -> Iterator[Edge]:
    """VPCE-1; nothing answers to a reply, so nobody asks where one would come out."""
    if not segment.forth:
        return
    vpc_id = scope.index.network.vpc_endpoints[endpoint_id].vpc_id

    def carried() -> int:
        terms = scope.terms
        echoes = (
            terms.all_of(
                (scope.protocol((kind,)), scope.icmp(Port.FORWARD, ECHO_REQUEST[kind], -1))
            )
            for kind in (ICMP, ICMPV6)
        )
        served = terms.any_of((scope.protocol((TCP,)), *echoes))
        return terms.all_of((passed(), served, vpc.own_source(scope, segment, vpc_id)))

    yield Edge(Left(Way.SERVICE, endpoint_id, vpc_id), spans, carried)


def inspection(
    scope: Scope,
    segment: Segment,
    endpoint_id: str,
    spans: Spans,
    passed: Callable[[], int],
    known: Mapping[str, int],
) -> Iterator[Edge]:
    """VPCE-5, and for replies VPCE-7."""
    terms = scope.terms
    endpoint = scope.index.network.vpc_endpoints[endpoint_id]
    subnet = endpoint.subnet_id or ""

    def taken() -> int:
        source = scope.seen(segment.source)
        entered = network_acl.subnet_passes(scope, subnet, False, source, segment.port)
        return terms.all_of((passed(), entered))

    handed = (endpoint_id, endpoint.gap)
    if segment.forth:
        noted = network_firewall.memory(scope, segment, endpoint_id)
        yield Edge(AtEndpoint(endpoint_id), spans, taken, handed, noted)
        return
    seen = known.get(endpoint_id, FALSE)
    yield Edge(AtEndpoint(endpoint_id), spans, lambda: terms.all_of((seen, taken())), handed)
    if scope.open(endpoint.gap):
        unseen = terms.negate(seen)
        yield Edge(
            Out(Exit(endpoint.gap), endpoint.vpc_id),
            spans,
            lambda: terms.all_of((unseen, taken())),
        )

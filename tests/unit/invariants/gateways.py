"""The sample network with gateways, attachments, endpoints and load balancers."""

from __future__ import annotations

from dataclasses import replace

from tests.unit.invariants.sample import GAP, NETWORK, interface, private
from verifier.model import (
    AttachmentKind,
    BalancerKind,
    EgressOnlyInternetGateway,
    EndpointKind,
    EndpointTarget,
    LoadBalancer,
    PeeringConnection,
    PeeringSide,
    PrefixList,
    PrefixListReference,
    Route,
    RouteTable,
    TransitGateway,
    TransitGatewayAttachment,
    UnmodelledTarget,
    VpcEndpoint,
    VpnGateway,
)
from verifier.packet import Prefix


def attachment(id_: str, kind: AttachmentKind, **fields: object) -> TransitGatewayAttachment:
    return TransitGatewayAttachment(id=id_, transit_gateway_id="tgw-1", kind=kind, **fields)  # type: ignore[arg-type]


def endpoint(id_: str, kind: EndpointKind, **fields: object) -> VpcEndpoint:
    return VpcEndpoint(id=id_, kind=kind, vpc_id="vpc-1", **fields)  # type: ignore[arg-type]


ATTACHMENTS = (
    attachment("tgw-attach-vpn", AttachmentKind.VPN),
    attachment("tgw-attach-vpc", AttachmentKind.VPC, vpc_id="vpc-1"),
    attachment("tgw-attach-peer", AttachmentKind.PEERING, peer_gateway_id="tgw-2"),
    attachment("tgw-attach-odd", AttachmentKind.CONNECT, gap=GAP),
)
ENDPOINTS = (
    endpoint("vpce-s3", EndpointKind.GATEWAY),
    endpoint("vpce-odd", EndpointKind.GATEWAY),
    endpoint("vpce-bad", EndpointKind.GATEWAY),
    endpoint("vpce-idle", EndpointKind.GATEWAY),
    endpoint("vpce-kms", EndpointKind.INTERFACE, interface_ids=("eni-kms", "eni-hidden")),
    endpoint("vpce-bare", EndpointKind.INTERFACE),
    endpoint("vpce-fw", EndpointKind.GATEWAY_LOAD_BALANCER),
)


def route(destination: Prefix | PrefixListReference, endpoint_id: str) -> Route:
    return Route(destination=destination, target=EndpointTarget(endpoint_id))


GATEWAYS = replace(
    NETWORK,
    interfaces={
        **NETWORK.interfaces,
        "eni-kms": replace(NETWORK.interfaces["eni-vpce"], id="eni-kms", description=""),
        "eni-old": interface("eni-old", "subnet-a", private("10.0.0.77"), description="ELB old",
                             type_name="natGateway", owner="load_balancer"),
        "eni-lambda": replace(NETWORK.interfaces["eni-lambda"], type_name="lambda"),
    },
    vpn_gateways={id_: VpnGateway(id=id_, vpc_id="vpc-1") for id_ in ("vgw-1", "vgw-bad")},
    egress_only_gateways={"eigw-1": EgressOnlyInternetGateway(id="eigw-1", vpc_id="vpc-1")},
    transit_gateways={"tgw-1": TransitGateway(id="tgw-1")},
    transit_attachments={(one.transit_gateway_id, one.id): one for one in ATTACHMENTS},
    vpc_endpoints={one.id: one for one in ENDPOINTS},
    peerings={
        "pcx-1": PeeringConnection(
            id="pcx-1", active=True, requester=PeeringSide(vpc_id="vpc-1"),
            accepter=PeeringSide(vpc_id="vpc-2"),
        )
    },
    load_balancers={
        "arn:front": LoadBalancer(
            id="arn:front", name="front", kind=BalancerKind.APPLICATION, vpc_id="vpc-1",
            interface_ids=("eni-app", "eni-unseen"),
        ),
        "arn:dark": LoadBalancer(
            id="arn:dark", name="dark", kind=BalancerKind.NETWORK, vpc_id="vpc-1",
        ),
    },
    prefix_lists={
        "pl-s3": PrefixList(id="pl-s3", prefixes=(Prefix.parse("52.216.0.0/15"),)),
    },
    route_tables={
        **NETWORK.route_tables,
        "rtb-2": RouteTable(
            id="rtb-2", vpc_id="vpc-1",
            routes=(
                route(PrefixListReference("pl-s3"), "vpce-s3"),
                route(Prefix.parse("3.5.0.0/19"), "vpce-s3"),
                route(PrefixListReference("pl-gone"), "vpce-odd"),
                Route(destination=PrefixListReference("pl-s3"),
                      target=UnmodelledTarget("gateway endpoint", "vpce-bad", GAP)),
                Route(destination=Prefix.parse("10.8.0.0/16"),
                      target=UnmodelledTarget("VPN gateway", "vgw-bad", GAP)),
            ),
        ),
    },
    missing={
        **NETWORK.missing, ("transit-gateway", "tgw-gone"): GAP, ("vpn-gateway", "vgw-gone"): GAP,
    },
)  # fmt: skip

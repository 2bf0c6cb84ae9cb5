"""Gateways, peering connections, replies: how their clauses show on an exchange."""

from __future__ import annotations

from collections.abc import Callable

from tests.crosscheck.clauses.marks import closed, edges, opened, out_by, translated
from tests.crosscheck.view import View
from verifier.packet import ICMP_PROTOCOLS

CLAUSES: dict[str, Callable[[View], bool]] = {
    "IGW-1": lambda v: v.met("internet-gateway", "BAD_STATE_ATTACHMENT"),
    "IGW-2": lambda v: v.family == 4 and v.met("internet-gateway") and v.source() is not None,
    "IGW-3": lambda v: v.family == 6 and v.met("internet-gateway") and v.source() is not None,
    "IGW-4": lambda v: (
        v.source() is not None
        and sum(hop.kind == "internet-gateway" for hop in v.hops(reply=False)) == 2
    ),
    "IGW-5": lambda v: v.source() is None and v.met("internet-gateway", None),
    "IGW-6": lambda v: (
        v.code("ENI_DENY_ALL_IGW_TRAFFIC")
        or v.met("internet-gateway", "IGW_PRIVATE_IP_ASSOCIATION_FOR_INGRESS")
    ),
    "IGW-7": lambda v: v.source() is None and v.met("internet-gateway") and v.met("security-group"),
    "IGW-8": lambda v: (
        v.code("IGW_ADDRESS_NOT_GLOBAL") or (v.met("outside") and v.met("internet-gateway"))
    ),
    "IGW-9": lambda v: (
        any(gap.clause == "GAP-9" for gap in v.exchange.gaps)
        or v.met("internet-gateway", "UNKNOWN_RESOURCE")
    ),
    "IGW-10": edges,
    "IGW-11": lambda v: v.code("INGRESS_RTB_TRAFFIC_REDIRECTION"),
    "IGW-12": lambda v: v.code("VPC_BLOCK_PUBLIC_ACCESS_ENABLED"),
    "EIGW-1": lambda v: v.met(
        "egress-only-internet-gateway", "BAD_STATE_ATTACHMENT", "PROTOCOL_RESTRICTION"
    ),
    "EIGW-2": lambda v: v.met("egress-only-internet-gateway"),
    "EIGW-3": lambda v: v.met("egress-only-internet-gateway", None),
    "EIGW-4": lambda v: v.met("egress-only-internet-gateway", None) and v.exchange.works,
    "NAT-1": lambda v: v.met(
        "nat-gateway", "NGW_OWN_SUBNET", "NGW_REQUIRES_SOURCE_IN_VPC", "BAD_STATE"
    ),
    "NAT-2": lambda v: v.met("nat-gateway", "PROTOCOL_RESTRICTION"),
    "NAT-3": lambda v: v.met("nat-gateway", None) and v.met("network-acl", way="ingress"),
    "NAT-4": lambda v: v.met("nat-gateway", None),
    "NAT-5": lambda v: v.met("nat-gateway", None) and v.routed(),
    "NAT-6": lambda v: v.met("nat-gateway", "NGW_NO_SESSION", reply=False),
    "NAT-7": lambda v: v.met("nat-gateway", None, reply=True),
    "NAT-8": lambda v: v.met("nat-gateway", None, reply=True) and v.exchange.works,
    "NAT-10": lambda v: translated(v, reply=False),
    "NAT-11": lambda v: translated(v, reply=True),
    "NAT-9": lambda v: v.exchange.reply is not None and v.exchange.reply.code == "NGW_NO_SESSION",
    "PCX-1": lambda v: v.met("peering-connection", "BAD_STATE"),
    "PCX-2": lambda v: v.met("peering-connection", None),
    "PCX-3": lambda v: opened(v, "PCX-3") or closed(v, "PCX-3"),
    "PCX-4": lambda v: v.met("peering-connection", None) and v.exchange.reply is not None,
    "PCX-6": lambda v: v.met("peering-connection", "GATEWAY_REJECTS_SPOOFED_TRAFFIC"),
    "PCX-5": lambda v: any(
        peering.requester.vpc_id == peering.accepter.vpc_id
        for peering in v.case.network.peerings.values()
    ),
    "VGW-1": lambda v: v.met("vpn-gateway", "BAD_STATE_ATTACHMENT"),
    "VGW-2": lambda v: out_by(v, "vpn-gateway") or (v.met("gap") and v.met("vpn-gateway")),
    "VGW-3": lambda v: v.source() is None and v.met("vpn-gateway", None, reply=False),
    "VGW-4": lambda v: v.met("vpn-gateway", None, reply=True) and v.exchange.works,
    "CONN-1": lambda v: v.exchange.works,
    "CONN-2": lambda v: any(h.rule == "connection remembered" for h in v.hops(reply=True)),
    "CONN-3": lambda v: v.exchange.reply is not None and v.met("network-acl", reply=True),
    "CONN-4": lambda v: v.probe.packet.protocol in ICMP_PROTOCOLS and v.exchange.works,
    "CONN-5": lambda v: v.met("outside", reply=True) and v.met("internet-gateway", reply=True),
}

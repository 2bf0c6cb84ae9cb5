"""Transit gateways, appliances, endpoints, firewalls: how their clauses show on an exchange."""

from __future__ import annotations

from collections.abc import Callable

from tests.crosscheck.clauses.marks import (
    appliance_gap,
    by_rank,
    chosen,
    closed,
    crossings,
    inspected,
    is_reference,
    opened,
    service_door,
    transit,
)
from tests.crosscheck.view import View
from verifier.model import (
    InterfaceKind,
)

CLAUSES: dict[str, Callable[[View], bool]] = {
    "MBX-1": lambda v: v.met(
        "appliance", "ENI_SOURCE_DEST_CHECK_RESTRICTION", "BAD_STATE_ATTACHMENT", "BAD_STATE"
    ),
    "MBX-2": lambda v: v.met("appliance", None) and v.met("network-acl", way="ingress"),
    "MBX-3": lambda v: v.met("appliance", None, reply=False),
    "MBX-4": lambda v: v.met("appliance", None, reply=True),
    "MBX-5": lambda v: v.code("ASYMMETRIC_RETURN"),
    "MBX-6": appliance_gap,
    "MBX-7": lambda v: v.code("FORWARDING_LOOP"),
    "TGW-1": lambda v: (
        transit(v, "BAD_STATE_ATTACHMENT") or any(gap.clause == "TGW-1" for gap in v.exchange.gaps)
    ),
    "TGW-2": lambda v: transit(v, "TGW_ROUTE_AZ_RESTRICTION"),
    "TGW-3": lambda v: transit(v) and v.met("network-acl", way="ingress", reply=False),
    "TGW-4": lambda v: (
        transit(
            v,
            "TGW_RTB_NO_ROUTE_TO_TGW_ATTACHMENT",
            "TGW_RTB_BAD_STATE_ROUTE",
            "TGW_ATTACH_MISSING_TGW_RTB_ASSOCIATION",
        )
        or by_rank(v)
    ),
    "TGW-5": lambda v: crossings(v) > 0,
    "TGW-6": lambda v: chosen(v, kept=False) or chosen(v, kept=True),
    "TGW-7": lambda v: crossings(v) > 0 and v.destination() is not None,
    "TGW-8": lambda v: (
        crossings(v) > 0
        and (
            v.rule(lambda rule: is_reference(rule) and not rule.egress)
            or v.rule(lambda rule: is_reference(rule) and not rule.egress, allowed=False)
        )
    ),
    "TGW-9": lambda v: v.source() is None and transit(v, reply=False),
    "TGW-10": lambda v: transit(v, None, reply=True) and v.exchange.works,
    "TGW-11": lambda v: transit(v, "FORWARDING_LOOP"),
    "VPCE-1": lambda v: (
        service_door(v)
        or v.met(
            "vpc-endpoint",
            "VPCE_GATEWAY_PROTOCOL_RESTRICTION",
            "VPCE_GATEWAY_EGRESS_SOURCE_ADDRESS_RESTRICTION",
        )
    ),
    "VPCE-2": lambda v: service_door(v) and v.exchange.works,
    "VPCE-3": lambda v: (
        any("vpce-gone" in gap.resource for gap in v.exchange.gaps)
        or v.met("vpc-endpoint", "TARGET_RESTRICTION")
        or (v.met("gap", "UNKNOWN_RESOURCE") and any(h.component == "vpce-gone" for h in v.hops()))
    ),
    "VPCE-4": lambda v: (
        (end := v.destination()) is not None and end.kind is InterfaceKind.VPC_ENDPOINT
    ),
    "VPCE-5": lambda v: v.met("vpc-endpoint") and v.met("network-acl", way="ingress"),
    "VPCE-6": lambda v: v.met("vpc-endpoint", None) and v.destination() is not None,
    "VPCE-7": lambda v: v.met("vpc-endpoint", None, reply=True) or v.code("ASYMMETRIC_RETURN"),
    "NFW-1": lambda v: v.met("network-firewall"),
    "NFW-2": lambda v: inspected(v, "stateless"),
    "NFW-3": lambda v: inspected(v, "stateless rule", "stateful rule"),
    "NFW-4": lambda v: inspected(v, "stateful", "connection remembered"),
    "NFW-5": lambda v: opened(v, "NFW-5") or closed(v, "NFW-5"),
}

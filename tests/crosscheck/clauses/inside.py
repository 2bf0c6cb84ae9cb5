"""Subnets, interfaces, tables, lists, groups: how their clauses show on an exchange."""

from __future__ import annotations

from collections.abc import Callable

from tests.crosscheck.clauses.marks import closed, is_reference, opened, secondary, tables
from tests.crosscheck.view import View
from verifier.model import (
    InterfaceKind,
    InterfaceTarget,
    PrefixListReference,
    RouteOrigin,
)
from verifier.packet import ICMP_PROTOCOLS, PORT_PROTOCOLS
from verifier.trace import InstanceStates

CLAUSES: dict[str, Callable[[View], bool]] = {
    "VPC-1": secondary,
    "SUB-1": lambda v: v.met("service") or v.code("LINK_LOCAL_NOT_FORWARDED"),
    "SUB-2": lambda v: (
        v.destination() is not None
        and v.source() is not None
        and not v.routed()
        and not v.met("network-acl", reply=False)
    ),
    "SUB-3": lambda v: v.met("network-acl", way="egress") and v.routed(),
    "SUB-4": lambda v: v.met("network-acl", way="ingress", reply=False),
    "SUB-5": lambda v: v.owned(v.probe.packet.destination) > 1,
    "ENI-1": lambda v: (
        v.destination() is not None
        and v.exchange.forward.packet.destination
        not in [own.address for own in getattr(v.destination(), "ipv4", ()) if own.primary]
    ),
    "ENI-2": lambda v: v.code("ENI_SOURCE_DEST_CHECK_RESTRICTION"),
    "ENI-3": lambda v: any(
        hop.kind == "security-group" and hop.detail == "no group filters here" for hop in v.hops()
    ),
    "ENI-4": lambda v: v.code("ENI_ROLE_RESTRICTION", "BAD_STATE_ATTACHMENT"),
    "ENI-5": lambda v: (
        v.code("BAD_STATE")
        or (v.probe.states is InstanceStates.ASSUMED_RUNNING and v.destination() is not None)
    ),
    "ENI-6": lambda v: v.code("ENI_LOOPBACK"),
    "ENI-7": lambda v: (
        v.code("ENI_ROLE_RESTRICTION")
        and any(
            eni is not None and eni.kind in (InterfaceKind.LAMBDA, InterfaceKind.VPC_ENDPOINT)
            for eni in (v.source(), v.meant())
        )
    ),
    "RT-1": lambda v: v.routed(),
    "RT-2": lambda v: any(hop.rule is not None and hop.rule.endswith(" local") for hop in v.hops()),
    "RT-3": lambda v: v.routed() and tables(v, lambda route: True),
    "RT-4": lambda v: tables(v, lambda r: getattr(r, "origin", None) is RouteOrigin.PROPAGATED),
    "RT-5": lambda v: v.code("BAD_STATE_ROUTE"),
    "RT-6": lambda v: v.code("NO_ROUTE_TO_DESTINATION"),
    "RT-7": lambda v: (
        v.met("route-table", None)
        and any(hop.rule is not None and hop.rule.endswith(" local") for hop in v.hops())
    ),
    "RT-8": lambda v: (
        v.met("internet-gateway") or v.met("nat-gateway") or v.met("peering-connection")
    ),
    "RT-9": lambda v: tables(
        v, lambda route: isinstance(getattr(route, "target", None), InterfaceTarget)
    ),
    "ACL-1": lambda v: any(
        len([e for e in entries if e.allow]) and len([e for e in entries if not e.allow])
        for _, entries in v.entries()
    ),
    "ACL-2": lambda v: v.met("network-acl", way="egress") and v.met("network-acl", way="ingress"),
    "ACL-3": lambda v: v.decided(lambda entry: entry.gap is None),
    "ACL-4": lambda v: any(hop.kind == "network-acl" and hop.rule == "*" for hop in v.hops()),
    "ACL-5": lambda v: any(
        e.prefix is not None and e.prefix.family != v.family
        for _, found in v.entries()
        for e in found
    ),
    "ACL-6": lambda v: v.decided(lambda entry: entry.protocol in PORT_PROTOCOLS),
    "ACL-7": lambda v: v.decided(lambda entry: entry.protocol in ICMP_PROTOCOLS),
    "ACL-8": lambda v: v.decided(lambda e: e.prefix is not None and 0 < e.prefix.length < 32),
    "ACL-9": lambda v: v.met("network-acl"),
    "ACL-10": lambda v: any(
        hop.kind == "network-acl"
        and hop.component in v.case.network.network_acls
        and v.case.network.network_acls[hop.component].is_default
        for hop in v.hops()
    ),
    "ACL-11": lambda v: v.met("network-acl", "SUBNET_ACL_RESTRICTION", reply=True),
    "ACL-12": lambda v: v.met("service"),
    "SG-1": lambda v: (
        v.destination() is not None and len(getattr(v.destination(), "groups", ())) > 1
    ),
    "SG-2": lambda v: v.met("security-group", decision="allow"),
    "SG-3": lambda v: v.code("SG_HAS_NO_RULES"),
    "SG-4": lambda v: v.met("security-group") and not v.met("network-acl") and not v.routed(),
    "SG-5": lambda v: v.code("ENI_SG_RULES_MISMATCH"),
    "SG-6": lambda v: v.rule(lambda rule: rule.protocol in PORT_PROTOCOLS),
    "SG-7": lambda v: v.rule(lambda rule: rule.protocol in ICMP_PROTOCOLS),
    "SG-8": lambda v: v.rule(lambda rule: isinstance(rule.peer, tuple)),
    "SG-9": lambda v: v.rule(
        lambda r: (
            isinstance(r.peer, PrefixListReference)
            and r.peer.prefix_list_id in v.case.network.prefix_lists
        )
    ),
    "SG-10": lambda v: (
        v.destination() is not None and v.rule(lambda rule: is_reference(rule) and not rule.egress)
    ),
    "SG-11": lambda v: v.rule(lambda rule: is_reference(rule) and rule.egress),
    "SG-12": lambda v: (
        v.rule(is_reference)
        and (v.met("internet-gateway") or v.met("nat-gateway") or v.met("peering-connection"))
    ),
    "SG-13": lambda v: (
        v.family == 6
        and v.met("internet-gateway")
        and v.source() is not None
        and v.case.network.reference_gap is not None
        and (v.rule(is_reference) or v.rule(is_reference, allowed=False))
    ),
    "SG-14": lambda v: (
        any(
            eni is not None
            and any(
                v.case.network.security_groups[group].vpc_id != eni.vpc_id
                for group in eni.groups
                if group in v.case.network.security_groups
            )
            for eni in (v.source(), v.meant())
        )
        and v.met("security-group")
    ),
    "SG-15": lambda v: any(
        rule.gap is not None and rule.gap.clause == "SG-15" for _, rule in v.rules()
    ),
    "SG-16": lambda v: v.met("service"),
    "PL-1": lambda v: v.rule(
        lambda r: (
            isinstance(r.peer, PrefixListReference)
            and len(getattr(v.case.network.prefix_lists.get(r.peer.prefix_list_id), "prefixes", ()))
            > 1
        )
    ),
    "PL-2": lambda v: opened(v, "PL-2") or closed(v, "PL-2"),
    "SVC-1": lambda v: v.met("service"),
    "SVC-2": lambda v: v.code("LINK_LOCAL_NOT_FORWARDED"),
}

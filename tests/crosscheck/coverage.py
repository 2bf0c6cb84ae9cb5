"""Which clauses a probe met, told from its trace and from the facts that it met on the way.

A clause counts as exercised where it made a difference that can be seen: a hop of its kind, a rule
of the form it speaks of that decided, a code. `WITHOUT_PACKETS` lists the clauses that no packet
can show, with the reason.
"""

from __future__ import annotations

from collections.abc import Callable

from tests.crosscheck.corpus import Case
from tests.crosscheck.view import View
from verifier.invariants.question import AddressPolicy
from verifier.model import (
    GroupReference,
    InterfaceKind,
    InterfaceTarget,
    PrefixListReference,
    RouteOrigin,
    SecurityGroupRule,
)
from verifier.packet import ICMP_PROTOCOLS, NAT64, PORT_PROTOCOLS
from verifier.trace import Exchange, InstanceStates, OutsideHost, Probe

WITHOUT_PACKETS = {
    "VPC-2": "a contradictory snapshot is refused at reading",
    "VPC-3": "a contradictory snapshot is refused at reading",
    "VPC-4": "says that something changes nothing",
    "GAP-14": "how reading takes what is new: tests/unit/snapshot",
    "CONN-6": "says that there is no state, so every packet is an instance",
    "RT-10": "counted as GAP-6",
    "GAP-1": "a law of its own: tests/laws",
    "GAP-2": "how verdicts are made: tests/unit/verify",
    "GAP-11": "relays are decided by verify: tests/unit/verify",
    "GAP-12": "incomplete listings are decided by verify: tests/unit/verify",
    "ASK-6": "a pair that wants an address has no packet: tests/unit/verify",
    **{f"LB-{n}": "legs are put together by verify: tests/unit/verify" for n in range(1, 16)},
}


def _reference(rule: SecurityGroupRule) -> bool:
    return isinstance(rule.peer, GroupReference) and rule.gap is None


def _opened(view: View, clause: str) -> bool:
    return any(gap.clause == clause for gap in view.exchange.gaps)


def _closed(view: View, clause: str) -> bool:
    """A gap of the clause is there and shut, and something fell to a gap."""
    return view.code("UNKNOWN_RESOURCE") and any(
        gap.clause == clause and gap not in view.case.opened for gap in view.case.network.gaps
    )


def _tables(view: View, wanted: Callable[[object], bool]) -> bool:
    """A table that the packet met has a route of this form."""
    met = {hop.component for hop in view.hops() if hop.kind == "route-table"}
    tables = (view.case.network.route_tables.get(name) for name in sorted(met))
    return any(table is not None and any(map(wanted, table.routes)) for table in tables)


def _transit(view: View, *codes: str | None, reply: bool | None = None) -> bool:
    return view.met("transit-gateway", *codes, reply=reply)


def _crossings(view: View) -> int:
    """How many attachments the packet left transit gateways by."""
    return sum(
        hop.kind == "transit-gateway" and hop.rule is not None and hop.code is None
        for hop in view.hops(reply=False)
    )


def _translated(view: View, *, reply: bool) -> bool:
    """A NAT gateway made an IPv4 packet of an IPv6 one, or the other way round."""
    return any(
        hop.kind == "nat-gateway" and hop.code is None and hop.packet.family == (6 if reply else 4)
        for hop in view.hops(reply=reply)
        if view.probe.packet.family == 6
    )


def _by_rank(view: View) -> bool:
    """A transit table that the packet met has two routes for its destination."""
    address = view.probe.packet.destination
    rules = [hop.rule for hop in view.hops(reply=False) if hop.kind == "transit-gateway"]
    return any(
        len([route for route in table.routes if route.prefix.holds(address)]) > 1
        for name, table in view.case.network.transit_tables.items()
        if any(rule is not None and name in rule for rule in rules)
    )


def _chosen(view: View, *, kept: bool) -> bool:
    """The packet left a transit gateway by an attachment with several subnets (TGW-6)."""
    used = {
        part
        for hop in view.hops()
        if hop.kind == "transit-gateway" and hop.rule is not None
        for part in hop.rule.split()
    }
    return any(
        end.id in used and len(end.subnet_ids) > 1 and end.appliance_mode is kept
        for end in view.case.network.transit_attachments.values()
    )


def _edges(view: View) -> bool:
    """The packet came in by a gateway that has a table of its own."""
    tables = view.case.network.route_tables
    return any(
        hop.kind == "route-table" and hop.component in tables and tables[hop.component].gateway_ids
        for hop in view.hops()
    )


def _appliance_gap(view: View) -> bool:
    """Something else than forwarding was done by an appliance (MBX-6)."""
    interfaces = view.case.network.interfaces
    return any(
        hop.kind == "gap" and hop.component in interfaces and hop.code is None
        for hop in view.hops(reply=False)
    )


def _inspected(view: View, *words: str) -> bool:
    """A firewall told of a decision in one of these words."""
    return any(
        hop.kind == "network-firewall" and hop.rule is not None and hop.rule.startswith(words)
        for hop in view.hops()
    )


def _service_door(view: View) -> bool:
    host = view.exchange.forward.delivered_to
    return isinstance(host, OutsideHost) and view.met("vpc-endpoint", None, reply=False)


def _out_by(view: View, kind: str) -> bool:
    host = view.exchange.forward.delivered_to
    return isinstance(host, OutsideHost) and view.met(kind, None, reply=False)


def _secondary(view: View) -> bool:
    vpcs = view.case.network.vpcs.values()
    address = view.exchange.forward.packet.destination
    return view.destination() is not None and any(
        address in block for vpc in vpcs for block in vpc.prefixes[1:]
    )


CLAUSES: dict[str, Callable[[View], bool]] = {
    "VPC-1": _secondary,
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
            for eni in (v.source(), v._meant())
        )
    ),
    "RT-1": lambda v: v.routed(),
    "RT-2": lambda v: any(hop.rule is not None and hop.rule.endswith(" local") for hop in v.hops()),
    "RT-3": lambda v: v.routed() and _tables(v, lambda route: True),
    "RT-4": lambda v: _tables(v, lambda r: getattr(r, "origin", None) is RouteOrigin.PROPAGATED),
    "RT-5": lambda v: v.code("BAD_STATE_ROUTE"),
    "RT-6": lambda v: v.code("NO_ROUTE_TO_DESTINATION"),
    "RT-7": lambda v: (
        v.met("route-table", None)
        and any(hop.rule is not None and hop.rule.endswith(" local") for hop in v.hops())
    ),
    "RT-8": lambda v: (
        v.met("internet-gateway") or v.met("nat-gateway") or v.met("peering-connection")
    ),
    "RT-9": lambda v: _tables(
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
        v.destination() is not None and v.rule(lambda rule: _reference(rule) and not rule.egress)
    ),
    "SG-11": lambda v: v.rule(lambda rule: _reference(rule) and rule.egress),
    "SG-12": lambda v: (
        v.rule(_reference)
        and (v.met("internet-gateway") or v.met("nat-gateway") or v.met("peering-connection"))
    ),
    "SG-13": lambda v: (
        v.family == 6
        and v.met("internet-gateway")
        and v.source() is not None
        and v.case.network.reference_gap is not None
        and (v.rule(_reference) or v.rule(_reference, allowed=False))
    ),
    "SG-14": lambda v: (
        any(
            eni is not None
            and any(
                v.case.network.security_groups[group].vpc_id != eni.vpc_id
                for group in eni.groups
                if group in v.case.network.security_groups
            )
            for eni in (v.source(), v._meant())
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
    "PL-2": lambda v: _opened(v, "PL-2") or _closed(v, "PL-2"),
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
    "IGW-10": _edges,
    "IGW-11": lambda v: v.code("INGRESS_RTB_TRAFFIC_REDIRECTION"),
    "IGW-12": lambda v: v.code("VPC_BLOCK_PUBLIC_ACCESS_ENABLED"),
    "MBX-1": lambda v: v.met(
        "appliance", "ENI_SOURCE_DEST_CHECK_RESTRICTION", "BAD_STATE_ATTACHMENT", "BAD_STATE"
    ),
    "MBX-2": lambda v: v.met("appliance", None) and v.met("network-acl", way="ingress"),
    "MBX-3": lambda v: v.met("appliance", None, reply=False),
    "MBX-4": lambda v: v.met("appliance", None, reply=True),
    "MBX-5": lambda v: v.code("ASYMMETRIC_RETURN"),
    "MBX-6": _appliance_gap,
    "MBX-7": lambda v: v.code("FORWARDING_LOOP"),
    "EIGW-1": lambda v: v.met(
        "egress-only-internet-gateway", "BAD_STATE_ATTACHMENT", "PROTOCOL_RESTRICTION"
    ),
    "EIGW-2": lambda v: v.met("egress-only-internet-gateway"),
    "EIGW-3": lambda v: v.met("egress-only-internet-gateway", None),
    "EIGW-4": lambda v: v.met("egress-only-internet-gateway", None) and v.exchange.works,
    "VGW-1": lambda v: v.met("vpn-gateway", "BAD_STATE_ATTACHMENT"),
    "VGW-2": lambda v: _out_by(v, "vpn-gateway") or (v.met("gap") and v.met("vpn-gateway")),
    "VGW-3": lambda v: v.source() is None and v.met("vpn-gateway", None, reply=False),
    "VGW-4": lambda v: v.met("vpn-gateway", None, reply=True) and v.exchange.works,
    "TGW-1": lambda v: (
        _transit(v, "BAD_STATE_ATTACHMENT") or any(gap.clause == "TGW-1" for gap in v.exchange.gaps)
    ),
    "TGW-2": lambda v: _transit(v, "TGW_ROUTE_AZ_RESTRICTION"),
    "TGW-3": lambda v: _transit(v) and v.met("network-acl", way="ingress", reply=False),
    "TGW-4": lambda v: (
        _transit(
            v,
            "TGW_RTB_NO_ROUTE_TO_TGW_ATTACHMENT",
            "TGW_RTB_BAD_STATE_ROUTE",
            "TGW_ATTACH_MISSING_TGW_RTB_ASSOCIATION",
        )
        or _by_rank(v)
    ),
    "TGW-5": lambda v: _crossings(v) > 0,
    "TGW-6": lambda v: _chosen(v, kept=False) or _chosen(v, kept=True),
    "TGW-7": lambda v: _crossings(v) > 0 and v.destination() is not None,
    "TGW-8": lambda v: (
        _crossings(v) > 0
        and (
            v.rule(lambda rule: _reference(rule) and not rule.egress)
            or v.rule(lambda rule: _reference(rule) and not rule.egress, allowed=False)
        )
    ),
    "TGW-9": lambda v: v.source() is None and _transit(v, reply=False),
    "TGW-10": lambda v: _transit(v, None, reply=True) and v.exchange.works,
    "TGW-11": lambda v: _transit(v, "FORWARDING_LOOP"),
    "VPCE-1": lambda v: (
        _service_door(v)
        or v.met(
            "vpc-endpoint",
            "VPCE_GATEWAY_PROTOCOL_RESTRICTION",
            "VPCE_GATEWAY_EGRESS_SOURCE_ADDRESS_RESTRICTION",
        )
    ),
    "VPCE-2": lambda v: _service_door(v) and v.exchange.works,
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
    "NFW-2": lambda v: _inspected(v, "stateless"),
    "NFW-3": lambda v: _inspected(v, "stateless rule", "stateful rule"),
    "NFW-4": lambda v: _inspected(v, "stateful", "connection remembered"),
    "NFW-5": lambda v: any(gap.clause == "NFW-5" for gap in v.exchange.gaps),
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
    "NAT-10": lambda v: _translated(v, reply=False),
    "NAT-11": lambda v: _translated(v, reply=True),
    "NAT-9": lambda v: v.exchange.reply is not None and v.exchange.reply.code == "NGW_NO_SESSION",
    "PCX-1": lambda v: v.met("peering-connection", "BAD_STATE"),
    "PCX-2": lambda v: v.met("peering-connection", None),
    "PCX-3": lambda v: _opened(v, "PCX-3") or _closed(v, "PCX-3"),
    "PCX-4": lambda v: v.met("peering-connection", None) and v.exchange.reply is not None,
    "PCX-6": lambda v: v.met("peering-connection", "GATEWAY_REJECTS_SPOOFED_TRAFFIC"),
    "PCX-5": lambda v: any(
        peering.requester.vpc_id == peering.accepter.vpc_id
        for peering in v.case.network.peerings.values()
    ),
    "CONN-1": lambda v: v.exchange.works,
    "CONN-2": lambda v: any(h.rule == "connection remembered" for h in v.hops(reply=True)),
    "CONN-3": lambda v: v.exchange.reply is not None and v.met("network-acl", reply=True),
    "CONN-4": lambda v: v.probe.packet.protocol in ICMP_PROTOCOLS and v.exchange.works,
    "CONN-5": lambda v: v.met("outside", reply=True) and v.met("internet-gateway", reply=True),
    "SVC-1": lambda v: v.met("service"),
    "SVC-2": lambda v: v.code("LINK_LOCAL_NOT_FORWARDED"),
    "GAP-3": lambda v: v.decided(lambda entry: entry.gap is not None) or _opened(v, "GAP-3"),
    "GAP-4": lambda v: _opened(v, "GAP-4") or any(rule.gap is not None for _, rule in v.rules()),
    "GAP-5": lambda v: _opened(v, "GAP-5") or _closed(v, "GAP-5"),
    "GAP-6": lambda v: _opened(v, "GAP-6"),
    "GAP-7": lambda v: _opened(v, "GAP-7"),
    "GAP-8": lambda v: _opened(v, "GAP-8") or _closed(v, "GAP-8"),
    "GAP-9": lambda v: _opened(v, "GAP-9"),
    "GAP-10": lambda v: _opened(v, "GAP-10") or _closed(v, "GAP-10"),
    "GAP-13": lambda v: v.met("gap", None, reply=True),
    "ASK-1": lambda v: v.destination() is not None,
    "ASK-2": lambda v: v.case.question.policy is AddressPolicy.PRIMARY,
    "ASK-3": lambda v: v.case.question.spoofed,
    "ASK-4": lambda v: v.source() is None and v.destination() is not None,
    "ASK-5": lambda v: isinstance(v.exchange.forward.delivered_to, OutsideHost),
    "ASK-7": lambda v: v.case.question.excluded is not None,
    "ASK-8": lambda v: v.exchange.works and NAT64.holds(v.probe.packet.destination),
    "ASK-9": lambda v: v.code("COMPONENT_FILTER_RESTRICTION"),
}


def clauses(case: Case, probe: Probe, exchange: Exchange) -> set[str]:
    """The clauses that this exchange met."""
    view = View(case, probe, exchange)
    return {clause for clause, shown in CLAUSES.items() if shown(view)}

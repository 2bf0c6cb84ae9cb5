"""Security groups (SG-1 to SG-16, GAP-4, GAP-5): a union of rules over a union of groups.

Rules of one group and direction that agree on protocol and ports are put together, so that each
of them is one set of addresses.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import assert_never

from verifier.encode import prefix_list
from verifier.encode.packet import Carried, Port, References, Scope
from verifier.encode.terms import FALSE, TRUE
from verifier.model import (
    GroupReference,
    InterfaceKind,
    NetworkInterface,
    PrefixListReference,
    SecurityGroupRule,
)
from verifier.packet import ANY_PROTOCOL, ICMP_PROTOCOLS, PORT_PROTOCOLS, Prefix
from verifier.topology import EndpointClass, Role, Spans, normal

Transport = tuple[int, int | None, int | None]
_VOUCHED = (InterfaceKind.NETWORK_LOAD_BALANCER, InterfaceKind.INSTANCE_CONNECT_ENDPOINT)


@dataclass(slots=True)
class _Peers:
    """Whom the rules of one protocol and port range speak of."""

    spans: list[tuple[int, int]] = field(default_factory=list)
    groups: list[str] = field(default_factory=list)
    anybody: bool = False


def admits(
    scope: Scope,
    role: Role,
    egress: bool,
    variable: str,
    references: References | Carried,
    within: Spans | None = None,
) -> int:
    """True iff some rule of some group of the role's interface matches a new packet (SG-1).

    `variable` is the peer's address: the source on ingress, the destination on egress. Interfaces
    that no group filters (ENI-3, GAP-5) let everything pass. `within` narrows the role's classes.
    """

    def build() -> int:
        terms = scope.terms
        parts = [scope.side(role, scope.classes(role, "unfiltered", _unfiltered))]
        for (vpc_id, group), classes in role.carried(within).items():
            known = group in scope.index.network.security_groups
            if not known:
                gap = scope.index.network.missing.get(("security-group", group))
                if scope.open(gap):
                    parts.append(scope.side(role, classes))
                continue
            home = vpc_id if egress else ""
            matched = _group(scope, group, home, egress, variable, references)
            if matched != FALSE:
                parts.append(terms.all_of((scope.side(role, classes), matched)))
        return terms.any_of(parts)

    key = ("groups", role is scope.sources, egress, variable, references, within)
    return scope.once(key, build)


def lets(
    scope: Scope, interface: NetworkInterface, egress: bool, variable: str, references: References
) -> int:
    """True iff the groups of one interface, which forwards, let the packet pass (MBX-2, MBX-3)."""
    shape = scope.index.shape(interface.id)
    if not shape.filtered or shape.gap is not None:
        return TRUE
    parts = []
    for group in shape.groups:
        if group in scope.index.network.security_groups:
            home = interface.vpc_id if egress else ""
            parts.append(_group(scope, group, home, egress, variable, references))
        elif scope.open(scope.index.network.missing.get(("security-group", group))):
            return TRUE
    return scope.terms.any_of(parts)


def _unfiltered(each: EndpointClass) -> bool:
    return not each.shape.filtered or each.shape.gap is not None


def _group(
    scope: Scope,
    group: str,
    home: str,
    egress: bool,
    variable: str,
    references: References | Carried,
) -> int:
    """True iff some rule of the group matches; `home` is the VPC of an egress rule's interface."""

    def build() -> int:
        terms = scope.terms
        parts = []
        for transport, peers in _rules(scope, group, egress).items():
            matched = _transport(scope, transport)
            if matched == FALSE:
                continue
            who = TRUE
            if not peers.anybody:
                who = _peers(scope, peers, home, egress, variable, references)
            parts.append(terms.all_of((matched, who)))
        return terms.any_of(parts)

    return scope.once(("group", group, home, egress, variable, references), build)


def _peers(
    scope: Scope,
    peers: _Peers,
    home: str,
    egress: bool,
    variable: str,
    references: References | Carried,
) -> int:
    """SG-8 to SG-13: an address of the peers, or a reference that the way lets match."""
    inside = scope.address(variable, normal(peers.spans)) if peers.spans else FALSE
    if not peers.groups or references is References.LOST or inside == TRUE:
        return inside
    if references is References.ALL:
        return TRUE
    if isinstance(references, Carried):
        return TRUE if references.groups.intersection(peers.groups) else inside
    if egress:
        vpc_ids = scope.index.referable(home)
        if references is References.KEPT:
            vpc_ids |= {home}
        found = [
            scope.address(variable, scope.index.member_addresses(g, vpc_ids, scope.family))
            for g in peers.groups
        ]
    else:
        carriers = normal(
            part for group in peers.groups for part in scope.sources.carriers.get(group, ())
        )
        found = [scope.terms.all_of((scope.source(carriers), _vouched(scope)))]
    return scope.terms.any_of((inside, *found))


def _vouched(scope: Scope) -> int:
    """True iff the source sends from its own address, or need not (SG-10, LB-9, EICE-4)."""
    interfaces = scope.index.network.interfaces
    free = scope.classes(
        scope.sources, "vouched", lambda each: interfaces[each.members[0]].kind in _VOUCHED
    )
    return scope.terms.any_of((scope.own, scope.source(free)))


def _rules(scope: Scope, group: str, egress: bool) -> dict[Transport, _Peers]:
    """The rules of one direction, put together by protocol and ports (SG-2)."""
    key = ("rules", group, egress, scope.family)
    if key not in scope.index.memo:
        plain: dict[Transport, _Peers] = {}
        unsure: list[SecurityGroupRule] = []
        for rule in scope.index.network.security_groups[group].rules:
            if rule.egress is not egress:
                continue
            if rule.gap is not None or isinstance(rule.peer, PrefixListReference):
                unsure.append(rule)
            else:
                _add(scope, plain, rule)
        scope.index.memo[key] = (plain, unsure)
    plain, unsure = scope.index.memo[key]  # type: ignore[misc]
    if not unsure:
        return plain
    rules = {
        transport: _Peers(list(peers.spans), list(peers.groups), peers.anybody)
        for transport, peers in plain.items()
    }
    for rule in unsure:
        if rule.gap is None or scope.open(rule.gap):
            _add(scope, rules, rule)
    return rules


def _add(scope: Scope, rules: dict[Transport, _Peers], rule: SecurityGroupRule) -> None:
    """Put one rule to the others; one with a gap is open here (GAP-4)."""
    protocol = ANY_PROTOCOL if rule.protocol is None else rule.protocol
    looked_at = protocol in PORT_PROTOCOLS or protocol in ICMP_PROTOCOLS
    ports: Transport = (protocol, None, None)
    if looked_at and rule.gap is None:
        ports = (protocol, rule.from_port, rule.to_port)
    elif protocol in PORT_PROTOCOLS:
        ports = (protocol, 0, 65535)
    peers = rules.setdefault(ports, _Peers())
    peer = rule.peer
    match peer:
        case None:
            peers.anybody |= rule.gap is not None
        case Prefix():
            if peer.family == scope.family:
                peers.spans.append((peer.first, peer.last))
        case PrefixListReference(id_):
            peers.spans.extend(prefix_list.addresses(scope, id_))
        case GroupReference(id_):
            if rule.gap is None:
                peers.groups.append(id_)
            else:
                peers.anybody = True
        case _ as never:
            assert_never(never)


def _transport(scope: Scope, transport: Transport) -> int:
    """SG-5 to SG-7: protocol and ports (or type and code) of the new packet."""

    def build() -> int:
        protocol, first, last = transport
        if protocol == ANY_PROTOCOL:
            return TRUE
        same = scope.protocol((protocol,))
        if same == FALSE:
            return FALSE
        if protocol in PORT_PROTOCOLS:
            if first is None or last is None:
                return FALSE
            return scope.terms.all_of((same, scope.port(Port.FORWARD, first, last)))
        if protocol in ICMP_PROTOCOLS:
            kind = -1 if first is None else first
            code = -1 if last is None else last
            return scope.terms.all_of((same, scope.icmp(Port.FORWARD, kind, code)))
        return same

    return scope.once(("transport", transport), build)

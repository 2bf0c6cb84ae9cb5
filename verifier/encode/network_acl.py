"""Network ACLs (ACL-1 to ACL-11, GAP-3, GAP-10): a list as a chain of first matches.

The chain is over the entries of one direction and family in ascending rule number; every subnet
that a list guards shares it.
"""

from __future__ import annotations

from verifier.encode.packet import Port, Scope
from verifier.encode.terms import FALSE, TRUE
from verifier.model import NetworkAclEntry
from verifier.packet import ANY_PROTOCOL, ICMP, ICMPV6, PORT_PROTOCOLS
from verifier.topology import Role


def passes(scope: Scope, role: Role, egress: bool, variable: str, port: Port) -> int:
    """True iff the list of the host's subnet lets the packet pass in this direction (ACL-9).

    `variable` is the address that the list looks at: the source on ingress, the destination on
    egress (ACL-3).
    """

    def build() -> int:
        terms = scope.terms
        parts = [
            terms.all_of((scope.side(role, classes), judged(scope, acl, egress, variable, port)))
            for acl, classes in role.acls.items()
        ]
        for subnet, classes in role.subnets.items():
            if subnet not in scope.index.subnet_acl and unguarded(scope, subnet):
                parts.append(scope.side(role, classes))
        return terms.any_of(parts)

    return scope.once(("acl", role is scope.sources, egress, variable, port), build)


def subnet_passes(scope: Scope, subnet: str, egress: bool, variable: str, port: Port) -> int:
    """The same for one subnet by name."""
    acl = scope.index.subnet_acl.get(subnet)
    if acl is None:
        return TRUE if unguarded(scope, subnet) else FALSE
    return judged(scope, acl, egress, variable, port)


def unguarded(scope: Scope, subnet: str) -> bool:
    """GAP-10: a subnet without a list lets everything pass iff that gap is open."""
    return scope.open(scope.index.network.missing.get(("network-acl", subnet)))


def judged(scope: Scope, acl: str, egress: bool, variable: str, port: Port) -> int:
    """True iff the list allows a packet with this address and that header (ACL-1, ACL-4)."""

    def build() -> int:
        rules: list[tuple[int, bool]] = []
        for entry in _entries(scope, acl, egress):
            allow = entry.allow
            if entry.gap is not None:
                is_open = scope.open(entry.gap)
                if entry.allow is not None and entry.allow is not is_open:
                    continue
                allow = is_open
            if allow is not None:
                rules.append((_matches(scope, entry, variable, port), allow))
        return scope.terms.first_match(rules)

    return scope.once(("list", acl, egress, variable, port), build)


def _entries(scope: Scope, acl: str, egress: bool) -> list[NetworkAclEntry]:
    """The entries of one direction that can speak of the family, in order (ACL-1, ACL-2, ACL-5)."""
    key = ("entries", acl, egress, scope.family)
    known = scope.index.memo.get(key)
    if known is None:
        known = scope.index.memo[key] = sorted(
            (
                entry
                for entry in scope.index.network.network_acls[acl].entries
                if entry.egress is egress
                and (entry.prefix is None or entry.prefix.family == scope.family)
            ),
            key=lambda entry: entry.rule_number,
        )
    found: list[NetworkAclEntry] = known  # type: ignore[assignment]
    return found


def _matches(scope: Scope, entry: NetworkAclEntry, variable: str, port: Port) -> int:
    """ACL-3, ACL-8; an entry with a gap matches by what is known of it, ports apart (GAP-3)."""
    prefix = entry.prefix
    place = TRUE
    if prefix is not None:
        place = scope.address(variable, ((prefix.first, prefix.last),))
    if place == FALSE:
        return FALSE
    if entry.gap is not None:
        if entry.protocol in (None, ANY_PROTOCOL):
            return place
        assert entry.protocol is not None
        return scope.terms.all_of((place, scope.protocol((entry.protocol,))))
    assert entry.protocol is not None
    return scope.terms.all_of((place, _transport(scope, entry, entry.protocol, port)))


def _transport(scope: Scope, entry: NetworkAclEntry, protocol: int, port: Port) -> int:
    """ACL-6, ACL-7."""
    if protocol == ANY_PROTOCOL:
        return TRUE
    same = scope.protocol((protocol,))
    if same == FALSE:
        return FALSE
    if protocol in PORT_PROTOCOLS:
        ports = entry.ports
        inside = FALSE if ports is None else scope.port(port, ports.first, ports.last)
        return scope.terms.all_of((same, inside))
    typed = protocol == ICMP or (protocol == ICMPV6 and scope.family == 6)
    if typed and entry.icmp is not None:
        return scope.terms.all_of((same, scope.icmp(port, *entry.icmp)))
    return same

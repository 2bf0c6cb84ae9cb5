"""AWS Network Firewall (NFW-1 to NFW-5): what the policy behind an endpoint lets pass.

A list is a chain of first matches whose ends are `pass`, `drop` or the next list. What the stateful
rules let pass is remembered on the way forth (`memory`), by firewall.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from verifier.encode.packet import Port, Scope
from verifier.encode.stage import Segment
from verifier.encode.terms import FALSE, TRUE
from verifier.model import FirewallMatch, NetworkFirewall, StatefulAction, StatelessAction
from verifier.packet import PORT_PROTOCOLS, PortRange, Prefix
from verifier.topology import normal, without

EVERY_PORT = ((0, 65535),)


def firewall_of(scope: Scope, endpoint_id: str) -> NetworkFirewall | None:
    """The firewall whose endpoint this is, if it is one's (NFW-1)."""
    if "firewalls" not in scope.index.memo:
        scope.index.memo["firewalls"] = {
            id_: scope.index.network.network_firewalls[name]
            for name in sorted(scope.index.network.network_firewalls, reverse=True)
            for id_ in scope.index.network.network_firewalls[name].endpoint_ids
        }
    known: dict[str, NetworkFirewall] = scope.index.memo["firewalls"]  # type: ignore[assignment]
    return known.get(endpoint_id)


def passes(scope: Scope, segment: Segment, endpoint_id: str, known: Mapping[str, int]) -> int:
    """True iff the endpoint's firewall, if there is one, hands the packet back (NFW-1)."""
    firewall = firewall_of(scope, endpoint_id)
    if firewall is None:
        return TRUE
    if firewall.gap is not None:
        return TRUE if scope.open(firewall.gap) else FALSE
    if segment.forth:
        stateful = _stateful(scope, segment, firewall)
    else:
        gap = scope.index.network.vpc_endpoints[endpoint_id].gap
        stateful = TRUE if scope.open(gap) else known.get(_name(firewall), FALSE)
    return _stateless(scope, segment, firewall, TRUE, stateful)


def memory(
    scope: Scope, segment: Segment, endpoint_id: str
) -> tuple[str, Callable[[], int]] | None:
    """What to remember of a packet forth: that the stateful rules let it pass (NFW-4)."""
    firewall = firewall_of(scope, endpoint_id)
    if firewall is None or firewall.gap is not None or not segment.forth:
        return None
    known = firewall

    def seen() -> int:
        stateful = _stateful(scope, segment, known)
        return _stateless(scope, segment, known, FALSE, stateful)

    return _name(firewall), seen


def _name(firewall: NetworkFirewall) -> str:
    return f"the stateful rules of {firewall.id}"


def _stateless(
    scope: Scope, segment: Segment, firewall: NetworkFirewall, passed: int, forwarded: int
) -> int:
    """NFW-2, the ends of the list being what is given."""
    ends = {
        StatelessAction.PASS: passed,
        StatelessAction.DROP: FALSE,
        StatelessAction.FORWARD: forwarded,
    }
    rules = sorted(firewall.stateless, key=lambda rule: (rule.group_priority, rule.priority))
    chain = []
    for rule in rules:
        end = ends[rule.action]
        if rule.gap is not None:
            end = passed if scope.open(rule.gap) else FALSE
        chain.append((_matches(scope, segment, rule.match, swapped=False), end))
    return _chain(scope, chain, ends[firewall.stateless_default])


def _stateful(scope: Scope, segment: Segment, firewall: NetworkFirewall) -> int:
    """NFW-4, NFW-5."""
    rules = sorted(firewall.stateful, key=lambda rule: (rule.group_priority, rule.position))
    if not firewall.strict_order:
        drop = StatefulAction.DROP
        rules.sort(key=lambda rule: 1 if rule.gap is not None else 2 * (rule.action is drop))
    chain = []
    for rule in rules:
        end = TRUE if rule.action is StatefulAction.PASS else FALSE
        if rule.gap is not None:
            end = TRUE if scope.open(rule.gap) else FALSE
        matched = _matches(scope, segment, rule.match, swapped=False)
        if rule.both_ways:
            turned = _matches(scope, segment, rule.match, swapped=True)
            matched = scope.terms.any_of((matched, turned))
        chain.append((matched, end))
    return _chain(scope, chain, FALSE if firewall.stateful_default_drops else TRUE)


def _chain(scope: Scope, chain: Sequence[tuple[int, int]], otherwise: int) -> int:
    """The end of the first rule that matches."""
    terms = scope.terms
    result = otherwise
    for matched, end in reversed(chain):
        result = terms.any_of(
            (terms.all_of((matched, end)), terms.all_of((terms.negate(matched), result)))
        )
    return result


def _matches(scope: Scope, segment: Segment, match: FirewallMatch, *, swapped: bool) -> int:
    """NFW-3."""
    terms = scope.terms
    source, destination = scope.seen(segment.source), scope.seen(segment.destination)
    source_port, destination_port = _ports(segment)
    if swapped:
        source, destination = destination, source
        source_port, destination_port = destination_port, source_port
    inverted = match.inverted
    ports = terms.all_of(
        (
            _port(scope, source_port, match.source_ports, "source_ports" in inverted),
            _port(
                scope, destination_port, match.destination_ports, "destination_ports" in inverted
            ),
        )
    )
    return terms.all_of(
        (
            TRUE if match.protocols is None else scope.protocol(match.protocols),
            _address(scope, source, match.sources, "source" in inverted),
            _address(scope, destination, match.destinations, "destination" in inverted),
            terms.implies(scope.protocol(PORT_PROTOCOLS), ports),
        )
    )


def _ports(segment: Segment) -> tuple[str, str]:
    """The variables of the header's ports, source first."""
    if not segment.forth:
        return Port.FORWARD.value, segment.port.value
    translated = "nat_" in segment.source
    return (Port.REPLY_TO_NAT if translated else Port.REPLY).value, Port.FORWARD.value


def _address(scope: Scope, variable: str, listed: Sequence[Prefix], inverted: bool) -> int:
    spans = normal((p.first, p.last) for p in listed if p.family == scope.family)
    return scope.address(variable, without(scope.everything, spans) if inverted else spans)


def _port(scope: Scope, variable: str, listed: Sequence[PortRange], inverted: bool) -> int:
    spans = normal((each.first, each.last) for each in listed)
    return scope.address(variable, without(EVERY_PORT, spans) if inverted else spans)

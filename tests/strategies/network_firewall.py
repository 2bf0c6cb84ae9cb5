"""AWS Network Firewalls: policies of both engines at Gateway Load Balancer endpoints."""

from __future__ import annotations

from dataclasses import replace

from tests.strategies.plan import PORTS, Plan
from verifier.model import (
    EndpointKind,
    FirewallMatch,
    Gap,
    NetworkFirewall,
    StatefulAction,
    StatefulRule,
    StatelessAction,
    StatelessRule,
)
from verifier.packet import PORT_PROTOCOLS, Address, Packet, PortRange, Prefix

ANYWHERE = (Prefix(4, 0, 0), Prefix(6, 0, 0))
ANY_PORT = (PortRange(0, 65535),)
ACTIONS = {StatelessAction.PASS: 3, StatelessAction.DROP: 3, StatelessAction.FORWARD: 3}


def guard(plan: Plan, endpoint_id: str, packet: Packet) -> None:
    """A firewall at the endpoint that lets the packet and its reply pass, if nothing else does."""
    name = f"firewall-{len(plan.firewalls) + 1}"
    default = plan.weighted(ACTIONS)
    stateless, stateful = [], []
    if default is StatelessAction.DROP or plan.chance(0.3):
        action = plan.pick((StatelessAction.PASS, StatelessAction.FORWARD))
        both_ways = filter(None, (packet, packet.reply()))
        stateless += [stateless_rule(plan, _around(plan, each), action) for each in both_ways]
    drops = plan.chance(0.5)
    if drops or plan.chance(0.5):
        both = plan.chance(0.4)
        seen = packet.reply() if both and plan.chance(0.5) else packet
        rule = stateful_rule(plan, _around(plan, seen or packet), StatefulAction.PASS)
        stateful.append(replace(rule, both_ways=both))
    plan.firewalls[name] = NetworkFirewall(
        id=name,
        endpoint_ids=(endpoint_id,),
        stateless=tuple(stateless),
        stateless_default=default,
        stateful=tuple(stateful),
        strict_order=plan.chance(0.5),
        stateful_default_drops=drops,
        gap=plan.gap(name, "NFW-1") if plan.chance(0.06) else None,
    )


def stateless_rule(plan: Plan, match: FirewallMatch, action: StatelessAction) -> StatelessRule:
    return StatelessRule(
        group_priority=plan.pick((10, 20)),
        priority=plan.random.randrange(1, 1000),
        match=match,
        action=action,
    )


def stateful_rule(plan: Plan, match: FirewallMatch, action: StatefulAction) -> StatefulRule:
    return StatefulRule(
        group_priority=plan.pick((10, 20)),
        position=plan.random.randrange(1, 1000),
        match=match,
        action=action,
        both_ways=plan.chance(0.2),
    )


def _around(plan: Plan, packet: Packet) -> FirewallMatch:
    """A five-tuple that the packet is in; a side may be said by what it is not."""
    inverted = set()
    sources, destinations = _side(plan, packet.source), _side(plan, packet.destination)
    for side, address in (("source", packet.source), ("destination", packet.destination)):
        if plan.chance(0.12):
            others = [block for block in (plan.prefix(), plan.prefix()) if not block.holds(address)]
            inverted.add(side)
            if side == "source":
                sources = tuple(others)
            else:
                destinations = tuple(others)
    protocols = plan.pick((None, frozenset({packet.protocol}), frozenset({6, 17, packet.protocol})))
    return FirewallMatch(
        sources=sources,
        destinations=destinations,
        source_ports=_ports(plan, packet.source_port),
        destination_ports=_ports(plan, packet.destination_port),
        protocols=protocols,
        inverted=frozenset(inverted),
    )


def _side(plan: Plan, address: Address) -> tuple[Prefix, ...]:
    if plan.chance(0.3):
        return ANYWHERE
    return (plan.around(address), *((plan.prefix(),) if plan.chance(0.3) else ()))


def _ports(plan: Plan, port: int | None) -> tuple[PortRange, ...]:
    if port is None or plan.chance(0.4):
        return ANY_PORT
    return (PortRange(*plan.port_range(port)),)


def exactly(packet: Packet) -> FirewallMatch:
    """The five-tuple of this packet alone."""
    source, destination = (
        Prefix.of(address, 32 if packet.family == 4 else 128)
        for address in (packet.source, packet.destination)
    )
    ported = packet.protocol in PORT_PROTOCOLS
    return FirewallMatch(
        sources=(source,),
        destinations=(destination,),
        source_ports=_one(packet.source_port) if ported else ANY_PORT,
        destination_ports=_one(packet.destination_port) if ported else ANY_PORT,
        protocols=frozenset({packet.protocol}),
    )


def _one(port: int | None) -> tuple[PortRange, ...]:
    return (PortRange(port, port),) if port is not None else ANY_PORT


def add_noise(plan: Plan) -> None:
    """More rules, of every form."""
    for name, firewall in list(plan.firewalls.items()):
        stateless, stateful = list(firewall.stateless), list(firewall.stateful)
        for _ in range(plan.weighted({0: 4, 1: 3, 2: 2})):
            rule = stateless_rule(plan, _match(plan), plan.weighted(ACTIONS))
            odd = plan.gap(name, "NFW-5", "stateless") if plan.chance(0.3) else None
            stateless.append(replace(rule, gap=odd))
        for _ in range(plan.weighted({0: 4, 1: 3, 2: 2})):
            action = plan.pick((StatefulAction.PASS, StatefulAction.DROP))
            odd = plan.gap(name, "NFW-5", "stateful") if plan.chance(0.3) else None
            stateful.append(replace(stateful_rule(plan, _match(plan), action), gap=odd))
        plan.random.shuffle(stateless)
        plan.random.shuffle(stateful)
        plan.firewalls[name] = replace(
            firewall, stateless=tuple(stateless), stateful=tuple(stateful)
        )


def _match(plan: Plan) -> FirewallMatch:
    blocks = [ANYWHERE, (plan.prefix(),), (plan.prefix(), plan.prefix()), ()]
    ports = [ANY_PORT, (PortRange(*plan.port_range()),), (PortRange(*plan.port_range(
        plan.pick(PORTS))), PortRange(*plan.port_range()))]  # fmt: skip
    sides = ("source", "destination", "source_ports", "destination_ports")
    return FirewallMatch(
        sources=plan.pick(blocks[:3] if plan.chance(0.9) else blocks),
        destinations=plan.pick(blocks[:3]),
        source_ports=plan.pick(ports),
        destination_ports=plan.pick(ports),
        protocols=plan.pick((None, frozenset({6}), frozenset({6, 17}), frozenset({1, 58}))),
        inverted=frozenset(side for side in sides if plan.chance(0.06)),
    )


def judged(plan: Plan, packet: Packet) -> None:
    """A rule before all others for this packet alone, mostly one that is a gap (NFW-4, NFW-5)."""
    endpoints = [
        end.id for end in plan.endpoints.values() if end.kind is EndpointKind.GATEWAY_LOAD_BALANCER
    ]
    if not plan.firewalls and endpoints:
        guard(plan, plan.pick(sorted(endpoints)), packet)
    for name, firewall in plan.firewalls.items():
        match, kind = exactly(packet), plan.random.random()
        if kind < 0.4:
            odd = plan.gap(name, "NFW-5", "twisted")
            action = plan.pick((StatelessAction.DROP, StatelessAction.FORWARD))
            first = StatelessRule(group_priority=1, priority=1, match=match, action=action, gap=odd)
            plan.firewalls[name] = replace(firewall, stateless=(*firewall.stateless, first))
        elif kind < 0.55:
            plan.firewalls[name] = _half_seen(firewall, match)
        else:
            odd = plan.gap(name, "NFW-5", "twisted") if plan.chance(0.75) else None
            plan.firewalls[name] = _stateful_first(plan, firewall, match, odd)


def half_inspected(plan: Plan, packet: Packet) -> None:
    """Every firewall passes this packet before its stateful rules, which see what answers it."""
    endpoints = [
        end.id for end in plan.endpoints.values() if end.kind is EndpointKind.GATEWAY_LOAD_BALANCER
    ]
    guarded = {name for found in plan.firewalls.values() for name in found.endpoint_ids}
    for endpoint_id in sorted({*endpoints} - guarded):
        guard(plan, endpoint_id, packet)
    for name, firewall in plan.firewalls.items():
        plan.firewalls[name] = replace(_half_seen(firewall, exactly(packet)), gap=None)


def _half_seen(firewall: NetworkFirewall, match: FirewallMatch) -> NetworkFirewall:
    """The stateful rules see all but the packets of this match (NFW-4)."""
    passed = StatelessRule(group_priority=1, priority=1, match=match, action=StatelessAction.PASS)
    return replace(firewall, stateless=(passed,), stateless_default=StatelessAction.FORWARD)


def _stateful_first(
    plan: Plan, firewall: NetworkFirewall, match: FirewallMatch, odd: Gap | None
) -> NetworkFirewall:
    """The stateful rules drop what a later one passes: the order decides (NFW-4)."""
    drop = StatefulRule(
        group_priority=1, position=1, match=match, action=StatefulAction.DROP, gap=odd
    )
    passed = replace(drop, position=2, action=StatefulAction.PASS, gap=None)
    return replace(
        firewall,
        stateless=() if plan.chance(0.6) else firewall.stateless,
        stateless_default=StatelessAction.FORWARD,
        stateful=(*firewall.stateful, drop, passed),
        strict_order=plan.chance(0.7),
    )

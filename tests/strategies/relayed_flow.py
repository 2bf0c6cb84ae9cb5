"""Relayed flows around a spine: a balancer at one of its ends, and the other leg besides.

Owns how balancers are put into a network that is otherwise finished. Its spine becomes the leg to
a node or the leg to a target, the other legs are opened besides; so nodes, clients and targets are
wherever the other strategies put hosts. Balancers are drawn last, so that a network without them
is what it was before there were any.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from tests.strategies.load_balancer import (
    FIT,
    Registered,
    add_balancer,
    add_group,
    become_link,
    become_node,
    draw_kind,
    draw_protocol,
    keeps_clients,
    may_be_node,
    register,
    registrable,
    serve_links,
    stray,
    with_doubts,
)
from tests.strategies.network_acl import deny, open_acl
from tests.strategies.peering import peering_of
from tests.strategies.plan import FAR, Plan
from tests.strategies.route_table import add_route
from tests.strategies.security_group import open_groups
from verifier.model import BalancerKind, InterfaceKind, PeeringTarget, Target, TargetType
from verifier.packet import (
    FAMILIES,
    PORT_PROTOCOLS,
    PRIVATE_OR_SHARED_IPV4,
    TCP,
    Address,
    Family,
    Packet,
    embedded,
)
from verifier.trace import Host, InterfaceHost, OutsideHost, Probe

FOCUSES = (
    "", "classic", "links", "zones", "many", "chains", "doubt", "strangers", "forgotten",
    "translated", "links", "classic",
)  # fmt: skip
"""What a stratified corpus goes round, so that every clause decides networks of it."""


@dataclass(frozen=True)
class Relayed:
    """The flow that balancers were drawn for: who starts it, and its last packet."""

    source: Host
    writes: Address
    destination: Host
    packet: Packet


def add_load_balancers(plan: Plan, spine: Probe) -> Relayed | None:
    """Put balancers into the network; the flow for which they were, if the spine can be a leg."""
    for name, eni in plan.interfaces.items():
        plan.interfaces[name] = replace(eni, zone=plan.subnets[eni.subnet_id].zone)
    flow = None
    if spine.packet.protocol in PORT_PROTOCOLS:
        ways = [_front, _front, _back]
        plan.random.shuffle(ways)
        for way in ways:
            flow = flow or way(plan, spine)
    for _ in range(plan.weighted({0: 6, 1: 3, 2: 1})):
        stray(plan)
    if plan.often("strangers", 0.6, 0.02):
        nodes = [node for one in plan.load_balancers.values() for node in one.interface_ids]
        eni = plan.interfaces[plan.pick(sorted(nodes or plan.interfaces))]
        plan.interfaces[eni.id] = replace(eni, zone=None)
    if plan.often("strangers", 0.4, 0.03):
        _share(plan)
    for name in sorted(plan.load_balancers):
        plan.load_balancers[name] = with_doubts(plan, plan.load_balancers[name])
    return flow


def _share(plan: Plan) -> None:
    """Some interfaces are another account's, which names the zones in its own way (LB-8)."""
    for name, eni in plan.interfaces.items():
        account = "111111111111" if plan.chance(0.6) else "222222222222"
        plan.interfaces[name] = replace(eni, account=account)


def _front(plan: Plan, spine: Probe) -> Relayed | None:
    """What the spine's destination takes is sent on; it, or what is behind it, is a node."""
    host, arriving = spine.destination, spine.packet
    if not isinstance(host, InterfaceHost) or not may_be_node(plan, host.interface_id):
        return None
    inner = embedded(arriving.destination)
    if inner is not None:  # NAT64: it arrives as an IPv4 packet
        if not plan.nat_gateways:
            return None
        gateway = plan.nat_gateways[plan.pick(sorted(plan.nat_gateways))]
        own = plan.pick(gateway.addresses).private
        arriving = replace(arriving, source=own, destination=inner)
    if plan.often("links", 0.95, 0.1):
        return _behind_link(plan, spine, host.interface_id, arriving)
    hops = plan.weighted({2: 3, 3: 1} if plan.focus == "chains" else {1: 8, 2: 2})
    found = _onward(plan, host.interface_id, arriving, hops)
    return found and Relayed(spine.source, spine.packet.source, *found)


def _back(plan: Plan, spine: Probe) -> Relayed | None:
    """What the spine's source sends, it sends for others; it is a node."""
    host, packet, target = spine.source, spine.packet, spine.destination
    if (
        not isinstance(host, InterfaceHost)
        or target is None
        or embedded(packet.destination) is not None
        or not may_be_node(plan, host.interface_id)
        or not registrable(plan, target, packet.destination)
    ):
        return None
    node = plan.interfaces[host.interface_id]
    away = {node.id, target.interface_id if isinstance(target, InterfaceHost) else ""}
    clients = [
        eni
        for eni in plan.interfaces.values()
        if eni.vpc_id == node.vpc_id
        and eni.id not in away
        and eni.kind is InterfaceKind.ORDINARY
        and plan.own(eni, packet.family)
    ]
    own = plan.own(node, packet.family)
    if not clients or not own:
        return None
    client = plan.pick(sorted(clients, key=lambda eni: eni.id))
    writes = plan.pick(plan.own(client, packet.family))
    asked = Packet(writes, plan.pick(own), packet.protocol, 49152, plan.port())
    kind = draw_kind(plan, packet.protocol)
    protocol = draw_protocol(plan, kind, packet.protocol)
    assert packet.destination_port is not None
    assert asked.destination_port is not None
    if kind is BalancerKind.CLASSIC:  # which sends to instances alone
        kind = BalancerKind.APPLICATION
        protocol = draw_protocol(plan, kind, packet.protocol)
    made = register(plan, target, packet.destination, packet.destination_port)
    group = add_group(plan, kind, protocol, packet.family, packet.destination_port, made)
    if plan.target_groups[group].keeps_client_address is None and plan.chance(0.8):
        plan.target_groups[group] = replace(plan.target_groups[group], keeps_client_address=False)
    become_node(plan, node.id, kind)
    _open(plan, client.id, node.id, asked)
    _cross(plan, group, node.id, target)
    add_balancer(plan, kind, node.id, protocol, asked.destination_port, [group])
    return Relayed(InterfaceHost(client.id), writes, target, packet)


def _onward(
    plan: Plan, node: str, arriving: Packet, hops: int, kind: BalancerKind | None = None
) -> tuple[Host, Packet] | None:
    """The node sends on what arrives, over so many balancers; the last host and packet."""
    kind = kind or draw_kind(plan, arriving.protocol)
    classic = kind is BalancerKind.CLASSIC
    hops = 1 if classic else hops
    family: Family = 4 if classic else arriving.family
    if not classic and plan.chance(0.08):
        family = plan.pick(FAMILIES)
    found = _receiver(plan, node, family, hops > 1, classic)
    if found is None:
        return None
    host, address = found
    protocol = draw_protocol(plan, kind, arriving.protocol)
    port = arriving.destination_port if plan.chance(0.5) else plan.port()
    assert port is not None
    only = TargetType.INSTANCE if classic else TargetType.IP if hops > 1 else None
    made = register(plan, host, address, port, only)
    to_application = (
        hops > 1
        and kind is BalancerKind.NETWORK
        and arriving.protocol == TCP
        and isinstance(host, InterfaceHost)
        and plan.chance(0.5)
    )
    if to_application:
        made = Registered(Target(f"lb-{host.interface_id}", port), TargetType.ALB)  # type: ignore[union-attr]
        protocol = "TCP"
    become_node(plan, node, kind)
    group = add_group(plan, kind, protocol, family, port, made)
    source = arriving.source
    if not keeps_clients(plan.target_groups[group], kind) or source.family != family:
        own = plan.own(plan.interfaces[node], family)
        if not own:
            return None
        source = plan.pick(own)
    sent = replace(arriving, source=source, destination=address, destination_port=port)
    last: tuple[Host, Packet] | None = (host, sent)
    if isinstance(host, InterfaceHost):
        _open(plan, node, host.interface_id, sent, classic=classic)
        _cross(plan, group, node, host)
        if classic and plan.chance(0.4):
            deny(plan, plan.interfaces[node].subnet_id, plan.chance(0.5), sent)
        if hops > 1:
            then = BalancerKind.APPLICATION if to_application else None
            last = _onward(plan, host.interface_id, sent, hops - 1, then)
    if last is None:
        return None
    assert arriving.destination_port is not None
    add_balancer(plan, kind, node, protocol, arriving.destination_port, [group])
    return last


def _behind_link(plan: Plan, spine: Probe, name: str, arriving: Packet) -> Relayed | None:
    """The spine's destination is an interface endpoint's, which leads to a balancer (LB-12)."""
    nodes = [
        eni.id
        for eni in plan.interfaces.values()
        if eni.id != name
        and InterfaceHost(eni.id) != spine.source
        and may_be_node(plan, eni.id)
        and plan.own(eni, arriving.family)
    ]
    if not nodes:
        return None
    node = plan.pick(sorted(nodes))
    own = plan.pick(plan.own(plan.interfaces[node], arriving.family))
    arriving = replace(arriving, source=own)
    found = _onward(plan, node, arriving, 1, BalancerKind.NETWORK)
    balancer = f"lb-{node}"
    if found is None or balancer not in plan.load_balancers:
        return None
    become_link(plan, name)
    serve_links(plan, balancer, arriving)
    for listener in plan.load_balancers[balancer].listeners:
        for forward in listener.forwards if plan.chance(0.75) else ():
            group = plan.target_groups[forward.group_id]
            plan.target_groups[group.id] = replace(group, cross_zone=True)
    return Relayed(spine.source, spine.packet.source, *found)


def _receiver(
    plan: Plan, node: str, family: Family, relayed: bool, classic: bool
) -> tuple[Host, Address] | None:
    """Whom a node sends to: somebody near, somebody else, or an address of a site."""
    if not relayed and not classic and family == 4 and plan.chance(0.05):
        sites = [one for one in FAR if one.family == 4 and one in PRIVATE_OR_SHARED_IPV4]
        address = plan.pick(sites)
        return OutsideHost(address), address
    found = [
        eni
        for eni in plan.interfaces.values()
        if eni.id != node
        and eni.kind in FIT
        and plan.own(eni, family)
        and (not relayed or may_be_node(plan, eni.id))
        and (not classic or any(own.primary for own in eni.ipv4))
    ]
    home = plan.interfaces[node].vpc_id
    subnet = plan.interfaces[node].subnet_id
    near = [eni for eni in found if eni.vpc_id == home]
    beside = [eni for eni in near if eni.subnet_id == subnet]
    chosen = near if near and plan.chance(0.65) else found
    often = 0.85 if plan.focus in ("classic", "chains") else 0.3
    chosen = beside if beside and plan.chance(often) else chosen
    if not chosen:
        return None
    eni = plan.pick(sorted(chosen, key=lambda one: one.id))
    singles = [own.address for own in eni.ipv4 if own.primary or not classic]
    if family == 6:
        singles = list(eni.ipv6)
    return InterfaceHost(eni.id), plan.pick(singles or plan.own(eni, family))


def _open(plan: Plan, one: str, other: str, packet: Packet, *, classic: bool = False) -> None:
    """Open what stands between two interfaces: groups, lists, and the way between their VPCs."""
    if plan.chance(0.08):
        return
    sender, receiver = plan.interfaces[one], plan.interfaces[other]
    near = sender.vpc_id == receiver.vpc_id
    if sender.groups:
        open_groups(plan, one, True, packet, other if near else None)
    if sender.subnet_id != receiver.subnet_id or (classic and plan.chance(0.4)):
        reply = packet.reply()
        assert reply is not None
        open_acl(plan, sender.subnet_id, True, packet)
        open_acl(plan, receiver.subnet_id, False, packet)
        if plan.chance(0.8):
            open_acl(plan, receiver.subnet_id, True, reply)
            open_acl(plan, sender.subnet_id, False, reply)
    if not near:
        peering = PeeringTarget(peering_of(plan, sender.vpc_id, receiver.vpc_id))
        add_route(plan, sender.subnet_id, packet.destination, peering)
        add_route(plan, receiver.subnet_id, packet.source, peering)
    if receiver.kind is InterfaceKind.ORDINARY or receiver.groups:
        if plan.chance(0.55):
            _close(plan, other)
        open_groups(plan, other, False, packet, one if near else None)


def _close(plan: Plan, name: str) -> None:
    """Give the interface a group of its own, so that only what is opened from now on comes in."""
    eni = plan.interfaces[name]
    group = f"sg-of-{name}"
    plan.groups[group] = (eni.vpc_id, [])
    plan.interfaces[name] = replace(eni, groups=(group,))


def _cross(plan: Plan, group_id: str, node: str, host: Host) -> None:
    """Mostly, let the group cross zones where it has to."""
    if not isinstance(host, InterfaceHost) or plan.often("zones", 0.6, 0.15):
        return
    if plan.interfaces[node].zone != plan.interfaces[host.interface_id].zone:
        group = plan.target_groups[group_id]
        if group.gap is None:
            plan.target_groups[group_id] = replace(group, cross_zone=True)

"""Load balancers: nodes, listeners, target groups, and what is not known of them.

Owns the parts that `tests.strategies.relayed_flow` puts together. Law: what is drawn is what
reading could give: nodes of network load balancers do not check addresses, those of balancers with
a gap are relays, instance targets have an instance, `zone_gap` and `link_gap` are set where reading
sets them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from tests.strategies.interface import add_interface
from tests.strategies.plan import Plan
from verifier.model import (
    BalancerKind,
    EndpointKind,
    Forward,
    Instance,
    InterfaceKind,
    InterfaceTarget,
    Listener,
    LoadBalancer,
    Relay,
    SecurityGroupRule,
    Target,
    TargetGroup,
    TargetType,
    VpcEndpoint,
)
from verifier.packet import (
    PRIVATE_OR_SHARED_IPV4,
    TCP,
    Address,
    Family,
    Packet,
    Prefix,
)
from verifier.trace import Host, InterfaceHost

KINDS = {BalancerKind.NETWORK: 6, BalancerKind.APPLICATION: 3, BalancerKind.CLASSIC: 2}
STREAMS = {
    BalancerKind.NETWORK: ("TCP", "TCP", "TLS", "TCP_UDP", "TCP_QUIC"),
    BalancerKind.APPLICATION: ("HTTP", "HTTPS"),
    BalancerKind.CLASSIC: ("TCP", "SSL", "HTTP"),
}
DATAGRAMS = ("UDP", "UDP", "QUIC", "TCP_UDP", "TCP_QUIC")
ADDRESSED = frozenset(DATAGRAMS)
OF_GROUPS = {"TLS": ("TLS", "TCP"), "HTTPS": ("HTTPS", "HTTP")}
"""The protocols of groups by that of the listener, where it need not be the same."""
SERVICE = "com.amazonaws.vpce.eu-central-1.vpce-svc-1"
AMAZON = "com.amazonaws.eu-central-1.sqs"
FIT = frozenset({InterfaceKind.ORDINARY, InterfaceKind.NETWORK_LOAD_BALANCER})
"""Kinds of interfaces that balancers are, and send to."""


def draw_kind(plan: Plan, protocol: int) -> BalancerKind:
    """A kind of balancers that takes the protocol."""
    if protocol != TCP:
        return BalancerKind.NETWORK
    return BalancerKind.CLASSIC if plan.often("classic", 0.85, 0) else plan.weighted(KINDS)


def draw_protocol(plan: Plan, kind: BalancerKind, protocol: int) -> str:
    """A listener's protocol that takes these packets, mostly."""
    if kind is not BalancerKind.NETWORK or (protocol == TCP and plan.chance(0.95)):
        return plan.pick(STREAMS[kind])
    return plan.pick(DATAGRAMS)


def may_be_node(plan: Plan, name: str) -> bool:
    """An interface that forwards for nobody and is no node or target yet."""
    eni = plan.interfaces[name]
    forwarding = {
        route.target.interface_id
        for _, routes in plan.tables.values()
        for route in routes
        if isinstance(route.target, InterfaceTarget)
    }
    named = {
        each
        for group in plan.target_groups.values()
        for target in group.targets
        for each in target.interface_ids
    }
    nodes = {node for one in plan.load_balancers.values() for node in one.interface_ids}
    return eni.kind in FIT and eni.gap is None and name not in forwarding | named | nodes


def become_node(plan: Plan, name: str, kind: BalancerKind) -> None:
    """Make the interface one of a balancer of this kind."""
    eni = plan.interfaces[name]
    network = kind is BalancerKind.NETWORK
    role = InterfaceKind.NETWORK_LOAD_BALANCER if network else InterfaceKind.ORDINARY
    groups = () if network and plan.often("links", 0.1, 0.3) else eni.groups
    plan.interfaces[name] = replace(
        eni, kind=role, type_name=role.value, groups=groups,
        source_destination_check=not network, instance_id=None,
    )  # fmt: skip
    for key, one in plan.instances.items():
        left = tuple(each for each in one.interface_ids if each != name)
        plan.instances[key] = replace(one, interface_ids=left)
    plan.relays = [one for one in plan.relays if one.interface_id != name]


def add_node(plan: Plan, vpc_id: str, kind: BalancerKind) -> str | None:
    """One more node in the VPC; None if the subnet that was picked is full."""
    subnet = plan.pick([one for one in plan.subnets.values() if one.vpc_id == vpc_id])
    used = [plan.used.get(f"{subnet.id} {prefix}", ()) for prefix in subnet.prefixes]
    if any(len(numbers) > 11 for numbers in used):
        return None
    name = add_interface(plan, subnet, plain=True)
    plan.interfaces[name] = replace(plan.interfaces[name], zone=subnet.zone)
    become_node(plan, name, kind)
    return name


@dataclass(frozen=True)
class Registered:
    """A target and the type of the groups that it can be in."""

    target: Target
    type: TargetType


def register(
    plan: Plan, host: Host, address: Address, port: int | None, only: TargetType | None = None
) -> Registered:
    """The host as a target: by its instance where that names it by the address, or by address."""
    own = None if plan.chance(0.5) else port
    if isinstance(host, InterfaceHost):
        eni = plan.interfaces[host.interface_id]
        first = [one.address for one in eni.ipv4 if one.primary] + list(eni.ipv6)
        by_instance = plan.chance(0.55) if only is None else only is TargetType.INSTANCE
        if address in first and by_instance:
            instance = _instance_of(plan, eni.id)
            return Registered(Target(instance, own, interface_ids=(eni.id,)), TargetType.INSTANCE)
    return Registered(Target(str(address), own, address=address), TargetType.IP)


def _instance_of(plan: Plan, name: str) -> str:
    eni = plan.interfaces[name]
    found = eni.instance_id or f"i-{name[4:]}"
    if eni.instance_id is None:
        plan.interfaces[name] = replace(eni, instance_id=found)
    if found not in plan.instances:
        plan.instances[found] = Instance(id=found, state="running", interface_ids=(name,))
    return found


def add_group(
    plan: Plan,
    kind: BalancerKind,
    listener: str,
    family: Family,
    port: int,
    registered: Registered,
) -> str:
    """A target group for the listener's protocol with this target; its id."""
    name = f"tg-{len(plan.target_groups) + 1}"
    network, classic = kind is BalancerKind.NETWORK, kind is BalancerKind.CLASSIC
    target = registered.target
    if plan.often("doubt", 0.45, 0.05):
        target = replace(target, gap=plan.gap(f"{name} {target.id}", "LB-5", "it is draining"))
    if plan.often("zones", 0.75, 0.1):
        target = replace(target, zone=plan.pick(("all", "zone-1", "zone-2", "zone-3")))
    targets = [target, *_others(plan, registered.type, family)]
    plan.random.shuffle(targets)
    keeps = plan.pick((None, None, True, False)) if network else None
    protocol = plan.pick(OF_GROUPS.get(listener, (listener,)))
    if protocol in ADDRESSED or registered.type is TargetType.ALB:
        keeps = plan.pick((None, True))
    elif network and plan.often("translated", 0.8, 0):
        keeps = True
    shut = plan.focus in ("zones", "strangers") and plan.chance(0.6)
    group = TargetGroup(
        id=name,
        name=name,
        type=registered.type,
        protocol=protocol,
        port=plan.port() if registered.target.port is not None and plan.chance(0.4) else port,
        family=family,
        targets=tuple(targets),
        keeps_client_address=keeps,
        cross_zone=None if classic else False if shut else plan.pick((None, None, True, False)),
    )
    if not classic and plan.chance(0.1):
        gap = plan.gap(name, "LB-7", "its attributes are not in the snapshot")
        group = replace(group, keeps_client_address=None, cross_zone=None, gap=gap)
    plan.target_groups[name] = group
    return name


def _others(plan: Plan, type_: TargetType, family: Family) -> list[Target]:
    """More targets of the type."""
    if type_ not in (TargetType.INSTANCE, TargetType.IP) or not plan.often("many", 0.8, 0.15):
        return []
    found = [
        eni
        for eni in plan.interfaces.values()
        if eni.kind is InterfaceKind.ORDINARY and plan.own(eni, family)
    ]
    if not found:
        return []
    eni = plan.pick(sorted(found, key=lambda one: one.id))
    if type_ is TargetType.INSTANCE:
        return [Target(_instance_of(plan, eni.id), interface_ids=(eni.id,))]
    address = plan.pick(plan.own(eni, family))
    return [Target(str(address), address=address)]


def keeps_clients(group: TargetGroup, kind: BalancerKind) -> bool:
    """Whether the node of such a balancer sends with the client's address, mostly (LB-7)."""
    if kind is not BalancerKind.NETWORK:
        return False
    if group.type is TargetType.ALB or group.protocol in ADDRESSED:
        return True
    if group.keeps_client_address is None:
        return group.type is TargetType.INSTANCE
    return group.keeps_client_address


def add_balancer(
    plan: Plan, kind: BalancerKind, node: str, protocol: str, port: int, groups: Sequence[str]
) -> str:
    """The balancer of the node, with a listener for the groups; now and then more of both."""
    name = f"lb-{node}"
    nodes = [node]
    if plan.often("many", 0.7, 0.3):
        nodes += filter(None, [add_node(plan, plan.interfaces[node].vpc_id, kind)])
    forwards = [Forward(group) for group in groups]
    if kind is not BalancerKind.CLASSIC and plan.often("doubt", 0.45, 0.04):
        gap = plan.gap(name, "LB-3", "a rule asks for the source address, or is never asked")
        forwards = [replace(one, gap=gap) for one in forwards]
    if plan.chance(0.3):
        forwards += _idle(plan, kind, protocol)
    plan.random.shuffle(forwards)
    listeners = [Listener(f"{name}:{port}", protocol, port, tuple(forwards))]
    if plan.chance(0.2):
        listeners.append(Listener(f"{name}:other", protocol, plan.port(), tuple(forwards[:1])))
    if plan.chance(0.1):
        listeners.insert(0, Listener(f"{name}:silent", protocol, plan.port()))
    plan.load_balancers[name] = LoadBalancer(
        id=name,
        name=name,
        kind=kind,
        vpc_id=plan.interfaces[node].vpc_id,
        interface_ids=tuple(sorted(nodes)),
        listeners=tuple(listeners),
        zones=_enabled(plan, nodes),
        cross_zone=plan.pick((True, True, True, False, False, None)),
        account="111111111111",
    )
    if plan.often("forgotten", 0.5, 0.03):
        _forget(plan, name)
    return name


def _enabled(plan: Plan, nodes: Sequence[str]) -> tuple[str, ...] | None:
    """The zones that the balancer is enabled for: those of its nodes and others, or not said."""
    if plan.chance(0.4):
        return None
    own = {plan.interfaces[node].zone for node in nodes}
    more = {zone for zone in ("zone-1", "zone-2", "zone-3") if plan.chance(0.6)}
    return tuple(sorted({zone for zone in own if zone is not None} | more))


def _idle(plan: Plan, kind: BalancerKind, protocol: str) -> list[Forward]:
    """Another group: of a function, of nobody, or of somebody who may not expect it."""
    if kind is BalancerKind.APPLICATION and plan.chance(0.3):
        function = Target("arn:aws:lambda:eu-central-1:111111111111:function:f")
        registered = Registered(function, TargetType.LAMBDA)
        return [Forward(add_group(plan, kind, protocol, 4, 0, registered))]
    found = [
        eni
        for eni in plan.interfaces.values()
        if eni.kind is InterfaceKind.ORDINARY and any(one.primary for one in eni.ipv4)
    ]
    if not found:
        return []
    eni = plan.pick(sorted(found, key=lambda one: one.id))
    port = plan.port()
    classic = kind is BalancerKind.CLASSIC
    first = [one.address for one in eni.ipv4 if one.primary or not classic]
    only = TargetType.INSTANCE if classic else None
    made = register(plan, InterfaceHost(eni.id), plan.pick(first), port, only)
    return [Forward(add_group(plan, kind, protocol, 4, port, made))]


def _forget(plan: Plan, name: str) -> None:
    """What is not in the snapshot of the balancer: listeners, its nodes, or something of it."""
    balancer = plan.load_balancers[name]
    gap = plan.gap(name, "LB-14", "its listeners are not in the snapshot")
    what = plan.weighted({"listeners": 4, "part": 4, "nodes": 1, "unlisted": 4})
    nodes = balancer.interface_ids
    if what == "unlisted":
        del plan.load_balancers[name]
    elif what == "nodes":
        plan.load_balancers[name] = replace(balancer, interface_ids=(), gap=gap)
    else:
        left = balancer.listeners if what == "part" else ()
        plan.load_balancers[name] = replace(balancer, listeners=left, gap=gap)
    network = balancer.kind is BalancerKind.NETWORK
    plan.relays += [Relay(node, plan.gap(node, "GAP-11"), network) for node in nodes]


def stray(plan: Plan) -> None:
    """A balancer of its own, wherever there is room, for anybody."""
    kind = plan.weighted(KINDS)
    node = add_node(plan, plan.pick(sorted(plan.vpcs)), kind)
    if node is not None:
        protocol = draw_protocol(plan, kind, TCP)
        groups = [one.group_id for one in _idle(plan, kind, protocol)]
        add_balancer(plan, kind, node, protocol, plan.port(), groups)


def become_link(plan: Plan, name: str) -> None:
    """Make the interface that of an interface endpoint, mostly a listed one (LB-12)."""
    kind = InterfaceKind.VPC_ENDPOINT
    plan.interfaces[name] = replace(
        plan.interfaces[name], kind=kind, type_name=kind.value, source_destination_check=True
    )
    plan.relays = [one for one in plan.relays if one.interface_id != name]
    service = plan.weighted({SERVICE: 14, AMAZON: 1, "": 2})
    if service:
        endpoint = f"vpce-{len(plan.endpoints) + 1}"
        plan.endpoints[endpoint] = VpcEndpoint(
            id=endpoint, kind=EndpointKind.INTERFACE, vpc_id=plan.interfaces[name].vpc_id,
            service=service, interface_ids=(name,),
        )  # fmt: skip


def serve_links(plan: Plan, name: str, packet: Packet) -> None:
    """Let a service lead to the balancer, whose groups judge what comes so, or not."""
    balancer = plan.load_balancers[name]
    plan.load_balancers[name] = replace(
        balancer,
        services=(SERVICE,) if plan.often("links", 0.85, 0.7) else None,
        filters_links=plan.pick((True, True, True, False, None)),
    )
    for node in balancer.interface_ids:
        known = [group for group in plan.interfaces[node].groups if group in plan.groups]
        if not known or plan.chance(0.4):
            continue
        every = Prefix(packet.family, 0, 0)
        assert packet.destination_port is not None
        low, high = plan.port_range(packet.destination_port)
        rule = SecurityGroupRule(
            egress=False,
            protocol=plan.pick((packet.protocol, packet.protocol, -1)),
            from_port=low,
            to_port=high,
            peer=every if plan.chance(0.65) else plan.prefix(packet.family),
        )
        plan.groups[plan.pick(known)][1].append(rule)


def registrable(plan: Plan, host: Host, address: Address) -> bool:
    """True iff the address may be a target: a host's own one, or a private one (LB-4)."""
    if isinstance(host, InterfaceHost):
        eni = plan.interfaces[host.interface_id]
        return eni.kind in FIT and address in plan.own(eni, address.family)
    return address.family == 4 and address in PRIVATE_OR_SHARED_IPV4


def with_doubts(plan: Plan, balancer: LoadBalancer) -> LoadBalancer:
    """The balancer with the gaps for zones (LB-8) and PrivateLink (LB-12), as reading sets them."""
    found = plan.interfaces.values()
    zoneless = any(one.zone is None for one in found if one.vpc_id == balancer.vpc_id)
    zoneless = zoneless or len({one.account for one in found} - {None}) > 1
    zone_gap = link_gap = None
    if balancer.kind is not BalancerKind.APPLICATION and (balancer.cross_zone is None or zoneless):
        zone_gap = plan.gap(balancer.id, "LB-8")
    links = {one.id for one in found if one.kind is InterfaceKind.VPC_ENDPOINT}
    served = {name for one in plan.endpoints.values() for name in one.interface_ids}
    grouped = any(plan.interfaces[node].groups for node in balancer.interface_ids)
    judged = grouped and balancer.filters_links is not False
    if (links and balancer.services is None) or (
        balancer.services and (links - served or (links and judged))
    ):
        link_gap = plan.gap(balancer.id, "LB-12")
    return replace(balancer, zone_gap=zone_gap, link_gap=link_gap)

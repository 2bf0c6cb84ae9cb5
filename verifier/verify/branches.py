"""What load balancers would send, if packets came to them (clauses LB-1 to LB-12).

Owns the consequences of listeners, target groups and zones: a `Branch` is one node, with what
reaches it and what it then sends where. Law: every flow that the clauses let a balancer open is of
some branch; one that is certain is of a branch without gap.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Final, NamedTuple

from verifier.model import (
    BalancerKind,
    Gap,
    InterfaceKind,
    Listener,
    LoadBalancer,
    Network,
    NetworkInterface,
    PrefixListReference,
    SecurityGroupRule,
    Target,
    TargetGroup,
    TargetType,
)
from verifier.packet import FAMILIES, TCP, UDP, Address, AddressSet, Family, Prefix

BOTH: Final = frozenset({"TCP_UDP", "TCP_QUIC"})
DATAGRAMS: Final = frozenset({"UDP", "QUIC"})
ADDRESSED: Final = DATAGRAMS | BOTH
"""Protocols of groups whose targets always see the client (LB-7)."""
EVERY_PROTOCOL: Final = -1
EVERY_ZONE: Final = "all"
"""What is registered for targets to which every node sends."""
AWS_OWN: Final = ("com.amazonaws.", "aws.")
OF_CUSTOMERS: Final = "com.amazonaws.vpce."
_EVERYBODY: Final = AddressSet.everything()

Receivers = Mapping[str, frozenset[Address]]
"""By interface, the addresses that packets are sent to."""


class Stop(NamedTuple):
    """Where a relay takes flows."""

    interface_id: str
    protocol: int
    port: int


@dataclass(frozen=True, slots=True)
class Branch:
    """What comes to `stops` in one of `families` is sent on from `node` in the group's family.

    It goes with `protocol` to `port` of the receivers (interfaces, and addresses that no interface
    has), with the client's address if `keeps`. With `clients`, only what comes from one of these
    addresses; with `gap`, only if that is open.
    """

    balancer: LoadBalancer
    listener: Listener
    group: TargetGroup
    node: str
    protocol: int
    port: int
    families: frozenset[Family]
    stops: tuple[Stop, ...]
    keeps: bool = False
    clients: AddressSet | None = None
    gap: Gap | None = None
    receivers: Receivers = field(default_factory=dict)
    outside: frozenset[Address] = frozenset()

    @property
    def key(self) -> tuple[object, ...]:
        """What tells branches apart."""
        return (
            self.listener.id, self.group.id, self.node, self.protocol, self.port, self.stops,
            self.keeps, self.clients, self.gap, tuple(sorted(self.families)),
        )  # fmt: skip


class Branches:
    """All branches of a network, but for what avoids some components."""

    def __init__(self, network: Network, avoiding: frozenset[str]) -> None:
        """`avoiding`: balancers and interfaces that carry nothing (LB-13)."""
        self._network, self._avoiding = network, avoiding
        self._owners = _owners(network)
        found: dict[tuple[object, ...], Branch] = {}
        for balancer in network.load_balancers.values():
            if balancer.id not in avoiding:
                for branch in self._of(balancer):
                    present = found.setdefault(branch.key, branch)
                    if present is not branch:
                        found[branch.key] = _united(present, branch)
        self.all = tuple(
            sorted(found.values(), key=lambda one: (one.gap is not None, str(one.key)))
        )
        self._senders: dict[Stop, list[Branch]] = {}
        for branch in self.all:
            for name in branch.receivers:
                stop = Stop(name, branch.protocol, branch.port)
                self._senders.setdefault(stop, []).append(branch)

    def to(self, stop: Stop) -> tuple[Branch, ...]:
        """The branches that send to this stop."""
        return tuple(self._senders.get(stop, ()))

    def _of(self, balancer: LoadBalancer) -> Iterator[Branch]:
        nodes = [one for one in balancer.interface_ids if one not in self._avoiding]
        for listener in balancer.listeners:
            for forward in listener.forwards:
                group = self._network.target_groups.get(forward.group_id)
                if group is None or group.type is TargetType.LAMBDA:
                    continue
                for node in nodes:
                    for branch in self._sent(balancer, listener, group, node):
                        yield replace(branch, gap=branch.gap or forward.gap)

    def _sent(
        self, balancer: LoadBalancer, listener: Listener, group: TargetGroup, node: str
    ) -> Iterator[Branch]:
        for target in group.targets:
            port = target.port if target.port is not None else group.port
            if port is None:
                continue
            for name, addresses in self._receivers(target, group):
                reach = self._zones(balancer, group, node, self._home(target, node, name))
                if reach is None:
                    continue
                for protocol in protocols(listener.protocol):
                    like = Branch(
                        balancer=balancer,
                        listener=listener,
                        group=group,
                        node=node,
                        protocol=protocol,
                        port=port,
                        families=frozenset(FAMILIES),
                        stops=(Stop(node, protocol, listener.port),),
                        gap=reach.gap or target.gap,
                        receivers={} if name is None else {name: addresses},
                        outside=addresses if name is None else frozenset(),
                    )
                    yield from _kept(like)
                    yield from self._linked(like)

    def _receivers(
        self, target: Target, group: TargetGroup
    ) -> Iterator[tuple[str | None, frozenset[Address]]]:
        """Whom the target is (LB-4): interfaces with addresses, or an address outside."""
        network = self._network
        if group.type is TargetType.ALB:
            listed = network.load_balancers.get(target.id)
            for name in target.interface_ids if listed is None else listed.interface_ids:
                yield name, frozenset(_all(network.interfaces[name], group.family))
            return
        for name in target.interface_ids:
            if name in network.interfaces:
                own = _primary(network.interfaces[name], group.family)
                yield name, frozenset(own)
        if target.address is not None:
            owners = self._owners.get(target.address, [])  # in several VPCs, perhaps: routes decide
            for name in owners:
                yield name, frozenset((target.address,))
            if not owners:
                yield None, frozenset((target.address,))

    def _home(self, target: Target, node: str, name: str | None) -> _Home:
        """Where the target stands for LB-8: as registered, or by its interface in the VPC."""
        here = self._network.interfaces[node]
        if target.zone is not None:
            return _Home(target.zone, here.account)
        there = None if name is None else self._network.interfaces[name]
        if there is None or there.vpc_id != here.vpc_id:
            return _Home(EVERY_ZONE, None)
        return self._stands(there)

    def _stands(self, interface: NetworkInterface) -> _Home:
        subnet = self._network.subnets[interface.subnet_id]
        return _Home(interface.zone, interface.account, subnet.zone_id)

    def _zones(
        self, balancer: LoadBalancer, group: TargetGroup, node: str, home: _Home
    ) -> _Reach | None:
        """Whether the node sends there (LB-8); None if not."""
        crossing, gap = _crossing(balancer, group)
        here = self._stands(self._network.interfaces[node])
        if home.zone == EVERY_ZONE:
            return _Reach(None)
        foreign = None not in (home.account, here.account) and home.account != here.account
        together: bool | None = None
        if home.zone_id is not None and here.zone_id is not None:
            together = home.zone_id == here.zone_id
        elif home.zone is not None and here.zone is not None and not foreign:
            together = home.zone == here.zone
        if together is None:
            return _Reach(None if crossing else balancer.zone_gap)
        if together:
            return _Reach(None)
        enabled = foreign or balancer.zones is None or home.zone in balancer.zones
        return _Reach(gap) if enabled and crossing is not False else None

    def _linked(self, branch: Branch) -> Iterator[Branch]:
        """What comes by PrivateLink (LB-12)."""
        balancer = branch.balancer
        if balancer.kind is not BalancerKind.NETWORK or balancer.services == ():
            return
        services = _services(self._network)
        past = list(self._past_groups(branch))
        for name, service in services.items():
            leads = _leads(balancer, service)
            home = self._stands(self._network.interfaces[name])
            reach = self._zones(balancer, branch.group, branch.node, home)
            if leads is False or reach is None or name in self._avoiding:
                continue
            doubt = balancer.link_gap if leads is None else None
            stop = Stop(name, branch.protocol, branch.listener.port)
            for families, clients, unsure in past:
                gap = branch.gap or doubt or unsure or reach.gap
                yield replace(
                    branch, stops=(stop,), families=families, clients=clients, gap=gap, keeps=False
                )

    def _past_groups(
        self, branch: Branch
    ) -> Iterator[tuple[frozenset[Family], AddressSet | None, Gap | None]]:
        """Of what comes by PrivateLink, what the node's groups let in (LB-12).

        Families, and the clients' addresses where not all are let in. Whether a reference to a
        group matches is not said, so that it is a doubt as what is not known is.
        """
        balancer, network = branch.balancer, self._network
        groups = network.interfaces[branch.node].groups
        every = frozenset(FAMILIES)
        if not groups or balancer.filters_links is False:
            yield every, None, None
            return
        if balancer.filters_links is None:
            yield every, None, balancer.link_gap
            return
        known = network.security_groups
        at = branch.protocol, branch.listener.port
        met = [
            rule
            for name in groups
            if name in known
            for rule in known[name].rules
            if not rule.egress and _may_meet(rule, *at)
        ]
        blocks = [_certain_blocks(network, rule, *at) for rule in met]
        clients = AddressSet.of(*(block for some in blocks for block in some or ()))
        whole = frozenset(one for one in FAMILIES if clients.only(one) == _EVERYBODY.only(one))
        if whole:
            yield whole, None, None
        for family in sorted(clients.families() - whole):
            yield frozenset((family,)), clients.only(family), None
        if whole != every and (None in blocks or not known.keys() >= set(groups)):
            yield every - whole, None, balancer.link_gap


class _Reach(NamedTuple):
    gap: Gap | None


class _Home(NamedTuple):
    """A zone (None: not known), the account that calls it by this name, and its own name."""

    zone: str | None
    account: str | None
    zone_id: str | None = None


def _may_meet(rule: SecurityGroupRule, protocol: int, port: int) -> bool:
    """False only if the rule certainly says nothing of the protocol and port."""
    if rule.gap is not None or rule.protocol in (None, EVERY_PROTOCOL):
        return True
    first, last = rule.from_port, rule.to_port
    if rule.protocol != protocol or first is None or last is None or first < 0:
        return rule.protocol == protocol
    return first <= port <= last


def _certain_blocks(
    network: Network, rule: SecurityGroupRule, protocol: int, port: int
) -> tuple[Prefix, ...] | None:
    """Whom a rule that may speak of the protocol and port certainly lets in; None: a doubt."""
    first, last = rule.from_port, rule.to_port
    spoken = rule.protocol == EVERY_PROTOCOL or (
        rule.protocol == protocol and first is not None and last is not None and first >= 0
    )
    if rule.gap is not None or not spoken:
        return None
    if isinstance(rule.peer, PrefixListReference):
        listed = network.prefix_lists.get(rule.peer.prefix_list_id)
        return None if listed is None else listed.prefixes
    return (rule.peer,) if isinstance(rule.peer, Prefix) else None


def protocols(name: str) -> tuple[int, ...]:
    """The protocols of a listener (LB-2)."""
    if name in BOTH:
        return (TCP, UDP)
    return (UDP,) if name in DATAGRAMS else (TCP,)


def _kept(branch: Branch) -> Iterator[Branch]:
    """The branch for each way in which client addresses may be treated (LB-7)."""
    own: frozenset[Family] = frozenset((branch.group.family,))
    for keeps, gap in _ways(branch.balancer, branch.group):
        if not keeps:
            yield replace(branch, gap=branch.gap or gap)
            continue
        yield replace(branch, keeps=True, families=own, gap=branch.gap or gap)
        yield replace(branch, families=frozenset(FAMILIES) - own, gap=branch.gap or gap)


def _ways(balancer: LoadBalancer, group: TargetGroup) -> list[tuple[bool, Gap | None]]:
    if balancer.kind is not BalancerKind.NETWORK:
        return [(False, None)]
    if group.type is TargetType.ALB or group.protocol in ADDRESSED:
        return [(True, None)]
    if group.keeps_client_address is not None:
        return [(group.keeps_client_address, None)]
    usual = group.type is TargetType.INSTANCE
    return [(usual, None)] if group.gap is None else [(usual, None), (not usual, group.gap)]


def _crossing(balancer: LoadBalancer, group: TargetGroup) -> tuple[bool | None, Gap | None]:
    """Whether zones are crossed; None: if the gap is open."""
    if balancer.kind is BalancerKind.APPLICATION:
        return group.cross_zone is not False, None
    if group.cross_zone is not None:
        return group.cross_zone, None
    if balancer.cross_zone is None:
        return None, balancer.zone_gap
    if not balancer.cross_zone and group.gap is not None:
        return None, group.gap
    return balancer.cross_zone, None


def _leads(balancer: LoadBalancer, service: str) -> bool | None:
    """Whether an endpoint of this service (empty: not known) leads to the balancer; None: maybe."""
    if balancer.services is not None:
        return service in balancer.services if service else None
    own = service.startswith(AWS_OWN) and not service.startswith(OF_CUSTOMERS)
    return False if own else None


def _services(network: Network) -> dict[str, str]:
    """By interface of an interface endpoint, its service, or nothing where that is not known."""
    named = {
        name: endpoint.service
        for endpoint in network.vpc_endpoints.values()
        for name in endpoint.interface_ids
    }
    return {
        one.id: named.get(one.id, "")
        for one in network.interfaces.values()
        if one.kind is InterfaceKind.VPC_ENDPOINT
    }


def _owners(network: Network) -> dict[Address, list[str]]:
    """Who has the addresses that ip targets name."""
    wanted = {
        target.address
        for group in network.target_groups.values()
        for target in group.targets
        if target.address is not None
    }
    found: dict[Address, list[str]] = {}
    for one in network.interfaces.values() if wanted else ():
        own = [address for address in (*_all(one, 4), *_all(one, 6)) if address in wanted]
        own += [address for prefix in one.delegated for address in wanted if prefix.holds(address)]
        for address in own:
            found.setdefault(address, []).append(one.id)
    return found


def _primary(interface: NetworkInterface, family: Family) -> Iterable[Address]:
    if family == 6:
        return interface.ipv6
    return [one.address for one in interface.ipv4 if one.primary]


def _all(interface: NetworkInterface, family: Family) -> Iterable[Address]:
    return interface.ipv6 if family == 6 else [one.address for one in interface.ipv4]


def _united(one: Branch, other: Branch) -> Branch:
    """Two branches that differ in their receivers alone."""
    receivers = dict(one.receivers)
    for name, addresses in other.receivers.items():
        receivers[name] = receivers.get(name, frozenset()) | addresses
    return replace(one, receivers=receivers, outside=one.outside | other.outside)

"""What balancers send, if something comes to them: the clauses LB-1 to LB-8 and LB-12.

In the oracle's own words: nothing here is looked for from the end, and nothing is put together.
With `misread` a clause is read wrongly, so that it can be told whether it decides a network.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum

from verifier.invariants.question import Question
from verifier.model import (
    BalancerKind,
    Gap,
    InterfaceKind,
    Listener,
    LoadBalancer,
    Network,
    PrefixListReference,
    SecurityGroupRule,
    Target,
    TargetGroup,
    TargetType,
)
from verifier.packet import TCP, UDP, Address, Family, Packet, Prefix
from verifier.trace import Host, InterfaceHost, OutsideHost

ALWAYS_KEPT = frozenset({"UDP", "TCP_UDP", "QUIC", "TCP_QUIC"})
BOTH = frozenset({"TCP_UDP", "TCP_QUIC"})


class Sure(IntEnum):
    """Whether there is a flow; `DOUBT`: but for replies that are not followed (LB-15)."""

    NO = 0
    DOUBT = 1
    YES = 2


@dataclass(frozen=True)
class Stop:
    """Where flows are taken: an interface, a protocol and a port."""

    interface_id: str
    protocol: int
    port: int


@dataclass(frozen=True)
class Came:
    """What has come to a stop; `client` is the packet as it arrived where that counts (LB-9).

    `source` is the address with which it came, where rules judge that alone (LB-12).
    """

    stop: Stop
    family: Family
    sure: Sure
    client: Packet | None = None
    source: Address | None = None


@dataclass(frozen=True)
class Sent:
    """What a balancer sends from `node`: to `to` at the address and port, by the clauses."""

    balancer: LoadBalancer
    node: str
    to: Host
    address: Address
    protocol: int
    port: int
    keeps: bool


@dataclass(frozen=True)
class Balancers:
    """The balancers of a network, for one question under one set of open gaps."""

    network: Network
    question: Question
    opened: frozenset[Gap]
    misread: frozenset[str] = frozenset()

    # -- stops --------------------------------------------------------------------------------

    def carrying(self) -> Iterator[tuple[LoadBalancer, tuple[str, ...]]]:
        """Those that carry something, with the nodes that do (LB-13, ASK-9)."""
        for balancer in self.network.load_balancers.values():
            away = frozenset() if "LB-13 avoided" in self.misread else self.question.avoiding
            nodes = tuple(node for node in balancer.interface_ids if node not in away)
            if balancer.id not in away:
                yield balancer, nodes[-1:] if "LB-1" in self.misread else nodes

    def stops(self) -> list[Stop]:
        found: dict[Stop, None] = {}
        for balancer, nodes in self.carrying():
            places = [*nodes, *(link for link, _ in self._links(balancer))]
            for listener in balancer.listeners:
                for protocol in self._protocols(listener):
                    for name in places if listener.forwards else ():
                        found[Stop(name, protocol, listener.port)] = None
        return list(found)

    def _protocols(self, listener: Listener) -> tuple[int, ...]:
        """LB-2."""
        if "LB-2" in self.misread:
            return (TCP,)
        if listener.protocol in BOTH:
            return (TCP, UDP)
        return (UDP,) if listener.protocol in ("UDP", "QUIC") else (TCP,)

    def keeping(self) -> frozenset[str]:
        """The nodes at which it may count whose packet came."""
        return frozenset(
            node
            for balancer, nodes in self.carrying()
            if balancer.kind is BalancerKind.NETWORK
            for node in nodes
        )

    # -- PrivateLink (LB-12) ------------------------------------------------------------------

    def _links(self, balancer: LoadBalancer) -> Iterator[tuple[str, frozenset[Gap]]]:
        """The endpoints' interfaces that lead to the balancer, with the gaps that it takes."""
        if balancer.kind is not BalancerKind.NETWORK or "LB-12" in self.misread:
            return
        service = {
            name: endpoint.service
            for endpoint in self.network.vpc_endpoints.values()
            for name in endpoint.interface_ids
        }
        doubt = frozenset(filter(None, (balancer.link_gap,)))
        for one in self.network.interfaces.values():
            if one.kind is not InterfaceKind.VPC_ENDPOINT or one.id in self.question.avoiding:
                continue
            own = service.get(one.id)
            if balancer.services is None:
                amazon = own is not None and own.startswith("com.amazonaws.")
                if not amazon or (own or "").startswith("com.amazonaws.vpce."):
                    yield one.id, doubt
            elif own in balancer.services:
                yield one.id, frozenset()
            elif own is None and balancer.services:
                yield one.id, doubt

    def _lets_in(self, balancer: LoadBalancer, node: str, came: Came) -> bool:
        """Whether the groups of the node let in what comes by PrivateLink."""
        groups = self.network.interfaces[node].groups
        if not groups or balancer.filters_links is False or "LB-12 groups" in self.misread:
            return True
        doubt = balancer.link_gap in self.opened
        if balancer.filters_links is None:
            return doubt
        blocks: list[Prefix] = []
        unclear = False
        for name in groups:
            group = self.network.security_groups.get(name)
            if group is None:
                unclear = True
                continue
            for rule in group.rules:
                if rule.egress or not _speaks(rule, came.stop):
                    continue
                named = self._blocks(rule) if _certainly(rule, came.stop) else None
                unclear = unclear or named is None
                blocks += named or ()
        assert came.source is not None
        seen = [came.source]
        if "LB-12 clients" in self.misread:
            link = self.network.interfaces[came.stop.interface_id]
            seen = [one.address for one in link.ipv4] + list(link.ipv6)
        return any(at in block for at in seen for block in blocks) or (unclear and doubt)

    def _blocks(self, rule: SecurityGroupRule) -> tuple[Prefix, ...] | None:
        """The addresses that the rule names; None where that is not known, or of a group."""
        if isinstance(rule.peer, Prefix):
            return (rule.peer,)
        if isinstance(rule.peer, PrefixListReference):
            known = self.network.prefix_lists.get(rule.peer.prefix_list_id)
            return None if known is None else known.prefixes
        return None

    def judged(self) -> frozenset[str]:
        """The interfaces of endpoints at which it may count from where something came."""
        return frozenset(
            name
            for balancer, nodes in self.carrying()
            if balancer.filters_links and any(self.network.interfaces[one].groups for one in nodes)
            for name, _ in self._links(balancer)
        )

    # -- what a balancer sends ----------------------------------------------------------------

    def sends(self, came: Came) -> Iterator[Sent]:
        for balancer, nodes in self.carrying():
            at = came.stop.interface_id
            takers: list[tuple[str, bool]] = [(at, False)] if at in nodes else []
            for name, gaps in self._links(balancer):
                if name == at and gaps <= self.opened:
                    takers += [(node, True) for node in nodes]
            for node, linked in takers:
                if linked and not self._lets_in(balancer, node, came):
                    continue
                for listener in balancer.listeners:
                    at_port = listener.port == came.stop.port
                    if at_port and came.stop.protocol in self._protocols(listener):
                        yield from self._forwarded(balancer, listener, node, came, linked)

    def _forwarded(
        self, balancer: LoadBalancer, listener: Listener, node: str, came: Came, linked: bool
    ) -> Iterator[Sent]:
        forwards = listener.forwards[:1] if "LB-3" in self.misread else listener.forwards
        for forward in forwards:
            group = self.network.target_groups.get(forward.group_id)
            doubted = forward.gap is not None and "LB-3 gaps" not in self.misread
            if group is None or group.type is TargetType.LAMBDA:
                continue
            if doubted and forward.gap not in self.opened:
                continue
            if linked and not self._in_reach(balancer, group, node, came.stop.interface_id):
                continue
            for keeps in self._keeps(balancer, group, came, linked):
                if keeps is (came.client is not None):
                    yield from self._to_targets(balancer, group, node, came, keeps)

    def _keeps(
        self, balancer: LoadBalancer, group: TargetGroup, came: Came, linked: bool
    ) -> set[bool]:
        """LB-7: how the client's address may be treated."""
        network = balancer.kind is BalancerKind.NETWORK
        if "LB-7" in self.misread or not network or linked or came.family != group.family:
            return {False}
        if group.type is TargetType.ALB or group.protocol in ALWAYS_KEPT:
            return {True}
        if group.keeps_client_address is not None:
            return {group.keeps_client_address}
        usual = group.type is TargetType.INSTANCE
        return {usual, not usual} if group.gap in self.opened else {usual}

    def _to_targets(
        self, balancer: LoadBalancer, group: TargetGroup, node: str, came: Came, keeps: bool
    ) -> Iterator[Sent]:
        targets = group.targets[:1] if "LB-5" in self.misread else group.targets
        for target in targets:
            port = group.port if target.port is None else target.port
            if "LB-4 port" in self.misread:
                port = group.port
            if port is None:
                continue
            if target.gap is not None and not (
                target.gap in self.opened or "LB-5 leaving" in self.misread
            ):
                continue
            for to, address in self._receivers(group, target):
                if to != InterfaceHost(node) and self._registered_in_reach(
                    balancer, group, node, target, to
                ):
                    yield Sent(balancer, node, to, address, came.stop.protocol, port, keeps)

    def _receivers(self, group: TargetGroup, target: Target) -> Iterator[tuple[Host, Address]]:
        """LB-4."""
        interfaces = self.network.interfaces
        if group.type is TargetType.ALB:
            known = self.network.load_balancers.get(target.id)
            nodes = target.interface_ids if known is None else known.interface_ids
            for name in nodes:
                one = interfaces[name]
                every = [each.address for each in one.ipv4] if group.family == 4 else one.ipv6
                yield from ((InterfaceHost(name), address) for address in every)
            return
        for name in target.interface_ids:
            one = interfaces[name]
            if group.family == 4:
                own = [each.address for each in one.ipv4 if each.primary]
            else:
                own = list(one.ipv6)
            yield from ((InterfaceHost(name), address) for address in own)
        if target.address is None or "LB-4" in self.misread:
            return
        for one in interfaces.values():
            own = [each.address for each in one.ipv4] + list(one.ipv6)
            if target.address in own or any(p.holds(target.address) for p in one.delegated):
                yield InterfaceHost(one.id), target.address
        for door, addresses in self.question.destinations.outside.items():
            if target.address in addresses:
                yield OutsideHost(target.address, door), target.address

    def _registered_in_reach(
        self, balancer: LoadBalancer, group: TargetGroup, node: str, target: Target, to: Host
    ) -> bool:
        """LB-8 for a target: by the zone it is registered for, or that of its interface."""
        interfaces = self.network.interfaces
        if target.zone == "all" or "LB-8" in self.misread:
            return True
        if target.zone is not None and "LB-8 registered" not in self.misread:
            return self._zone_in_reach(balancer, group, node, target.zone, foreign=False)
        if isinstance(to, OutsideHost):
            return True
        name = to.interface_id
        if interfaces[name].vpc_id != interfaces[node].vpc_id:
            return "LB-8 elsewhere" not in self.misread or self._in_reach(
                balancer, group, node, name
            )
        return self._in_reach(balancer, group, node, name)

    def _in_reach(self, balancer: LoadBalancer, group: TargetGroup, node: str, name: str) -> bool:
        """LB-8 for an interface."""
        one, other = (self.network.interfaces[each] for each in (node, name))
        foreign = None not in (one.account, other.account) and one.account != other.account
        return self._zone_in_reach(balancer, group, node, other.zone, foreign=foreign)

    def _zone_in_reach(
        self, balancer: LoadBalancer, group: TargetGroup, node: str, zone: str | None, *,
        foreign: bool,
    ) -> bool:  # fmt: skip
        if "LB-8" in self.misread:
            return True
        crosses = self._crosses(balancer, group)
        here = self.network.interfaces[node].zone
        if zone is None or here is None or foreign:
            doubt = balancer.zone_gap is None or balancer.zone_gap in self.opened
            return crosses or doubt or "LB-8 unknown" in self.misread
        if zone == here:
            return True
        enabled = balancer.zones is None or zone in balancer.zones
        return crosses and (enabled or "LB-8 enabled" in self.misread)

    def _crosses(self, balancer: LoadBalancer, group: TargetGroup) -> bool:
        """Whether cross-zone balancing is on, with these gaps open."""
        if balancer.kind is BalancerKind.APPLICATION:
            return group.cross_zone is not False
        if group.cross_zone is not None:
            return group.cross_zone
        if balancer.cross_zone is None:
            return balancer.zone_gap in self.opened
        return balancer.cross_zone or group.gap in self.opened


def _speaks(rule: SecurityGroupRule, stop: Stop) -> bool:
    """True unless the rule certainly says nothing of the protocol and port."""
    if rule.gap is not None or rule.protocol in (None, -1):
        return True
    first, last = rule.from_port, rule.to_port
    unclear = first is None or last is None or first < 0
    return rule.protocol == stop.protocol and (
        unclear or first <= stop.port <= last  # type: ignore[operator]
    )


def _certainly(rule: SecurityGroupRule, stop: Stop) -> bool:
    """The rule certainly speaks of this protocol and port."""
    first, last = rule.from_port, rule.to_port
    named = first is not None and last is not None and 0 <= first <= stop.port <= last
    return rule.gap is None and (rule.protocol == -1 or (rule.protocol == stop.protocol and named))

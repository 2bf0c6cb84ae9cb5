"""Relays against brute force: random balancers over random networks, through the evaluator alone.

The oracle knows the clauses LB-1 to LB-11 in its own words and nothing of `verifier.verify`: it
sends every packet that could matter, sees where it comes, and what a balancer there sends on. It
is complete for these networks, because rules, lists and routes speak of a few blocks and ports
only, from each of which it takes an address.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from random import Random
from typing import Any

from tests.strategies.builder import BuildSubnet
from tests.unit.verify.balanced import Balanced
from verifier.evaluate import walk
from verifier.evaluate.network_acl import guards, in_order, judge
from verifier.model import (
    BalancerKind,
    Forward,
    Listener,
    LoadBalancer,
    Network,
    Target,
    TargetGroup,
    TargetType,
)
from verifier.packet import Address, Packet
from verifier.trace import Host, InstanceStates, InterfaceHost, OutsideHost, Probe

BLOCKS = ("0.0.0.0/0", "10.0.0.0/16", "10.0.1.0/24", "10.0.2.0/24", "198.51.100.0/24",
          "52.0.0.0/24")  # fmt: skip
PORTS = (80, 443, 8080)
CLIENTS = tuple(map(Address.parse, ("198.51.100.7", "52.0.0.250", "8.8.8.8")))
RUNNING = InstanceStates.ASSUMED_RUNNING
TIERS = ("client", "app", "db")


@dataclass(frozen=True)
class Case:
    """A network, and the hosts by tier."""

    network: Network
    tiers: dict[str, tuple[str, ...]]


def draw(seed: int) -> Case:
    """A random network with one to three balancers."""
    random = Random(seed)
    made = Balanced()
    places = [made.front, made.back, made.subnet("10.0.3.0/24", "az-b")]
    groups = [_group(made, random, number) for number in range(5)]
    nat = None
    if random.random() < 0.3:
        nat = made.front.nat_gateway("10.0.1.200", "52.0.0.200")
    for place in places:
        if random.random() < 0.4:
            place.acl(*_entries(random))
        if place is not made.front and random.random() < 0.6:
            place.route("0.0.0.0/0", nat or made.vpc.igw)
    tiers = {
        tier: tuple(
            _host(made, random, random.choice(places), groups, 10 * at + number + 10, tier)
            for number in range(random.randint(1, 2))
        )
        for at, tier in enumerate(TIERS)
    }
    names: list[str] = []
    for number in range(random.randint(1, 3)):
        _balancer(made, random, places, groups, tiers, number, names)
    return Case(made.network(), tiers)


def _group(made: Balanced, random: Random, number: int) -> str:
    """The first two are for balancers, the others, which are stricter, for hosts."""
    peers = [*BLOCKS, "sg-0"] if number < 2 else [*BLOCKS[2:], "sg-0", "sg-1", "sg-1"]
    traffic = ("-1", "tcp 80", "tcp 443", "tcp 80-8080")
    rules = [
        f"{way} {random.choice(traffic)} {random.choice(peers)}" for way in ("in", "in", "out")
    ]
    if random.random() < 0.7:
        rules.append("out -1 0.0.0.0/0")
    return made.net.group(*rules, group_id=f"sg-{number}")


def _entries(random: Random) -> list[str]:
    entries = []
    for way in ("in", "out"):
        if random.random() < 0.6:
            what = random.choice(("tcp 80", "tcp 443", "-1"))
            entries.append(f"{way} 90 deny {what} {random.choice(BLOCKS[2:])}")
        entries.append(f"{way} 100 allow -1 0.0.0.0/0")
    return entries


def _host(
    made: Balanced,
    random: Random,
    place: BuildSubnet,
    groups: list[str],
    number: int,
    tier: str,
) -> str:
    block = made.net.get("subnets", place.id).prefixes[0]
    address = Address(4, block.first + number)
    public = f"52.0.0.{number}" if random.random() < 0.3 else None
    return place.interface(
        str(address),
        public=public,
        groups=random.sample(groups[2:], random.randint(1, 2)),
        tags={"Tier": tier},
        zone=made.net.get("subnets", place.id).zone,
    ).interface_id


def _balancer(
    made: Balanced,
    random: Random,
    places: list[BuildSubnet],
    groups: list[str],
    tiers: dict[str, tuple[str, ...]],
    number: int,
    before: list[str],
) -> None:
    kind = random.choice(list(BalancerKind))
    nodes = []
    for at, place in enumerate(random.sample(places, random.randint(1, 2))):
        block = made.net.get("subnets", place.id).prefixes[0]
        carried = random.sample(groups[:2], random.randint(1, 2))
        if kind is BalancerKind.NETWORK and random.random() < 0.4:
            carried = []
        host = 100 + 10 * number + at
        nodes.append(
            made.node(
                str(Address(4, block.first + host)),
                public=f"52.0.0.{host}" if random.random() < 0.6 else None,
                groups=carried,
                kind=kind,
                at=place,
            )
        )
    name = f"lb-{number}"
    forwards = tuple(
        Forward(_targets(made, random, kind, tiers, before)) for _ in range(random.randint(1, 2))
    )
    listener = Listener(f"{name}:l", "TCP", random.choice(PORTS[:2]), forwards)
    made.net.put(
        "load_balancers",
        LoadBalancer(
            id=name,
            name=name,
            kind=kind,
            vpc_id=made.vpc.id,
            interface_ids=tuple(nodes),
            listeners=(listener,),
            cross_zone=random.random() < 0.5,
        ),
    )
    before.append(name)


def _targets(
    made: Balanced,
    random: Random,
    kind: BalancerKind,
    tiers: dict[str, tuple[str, ...]],
    before: list[str],
) -> str:
    """A target group: instances, addresses (of hosts or of nodes), or a balancer."""
    port = random.choice(PORTS)
    fields: dict[str, Any] = {"port": port}
    applications = [
        name
        for name in before
        if made.net.get("load_balancers", name).kind is BalancerKind.APPLICATION
    ]
    everybody = [one for names in tiers.values() for one in names]
    if kind is BalancerKind.NETWORK and applications and random.random() < 0.4:
        target = Target(random.choice(applications))
        return made.group(target, type=TargetType.ALB, **fields)
    chosen = random.sample(everybody, random.randint(1, 2))
    if kind is BalancerKind.CLASSIC or random.random() < 0.5:
        targets = made.instance(*chosen)
    else:
        nodes = [
            node for name in before for node in made.net.get("load_balancers", name).interface_ids
        ]
        chosen = random.sample([*everybody, *nodes], 2)
        addresses = [made.net.get("interfaces", one).ipv4[0].address for one in chosen]
        targets = made.address(*map(str, addresses))
        fields["type"] = TargetType.IP
    if kind is BalancerKind.NETWORK:
        fields["keeps_client_address"] = random.choice((True, False, None))
    if kind is not BalancerKind.CLASSIC:
        fields["cross_zone"] = random.choice((True, False, None))
    return made.group(*targets, **fields)


@dataclass(frozen=True)
class Arrival:
    """A packet at an interface, for the client that it was sent for."""

    origin: Host
    interface_id: str
    packet: Packet


def breaks(case: Case, sources: Iterable[Host], wanted: Iterable[str], port: int | None) -> bool:
    """True iff something reaches a wanted interface (at the port, if it is given) from a source."""
    reached = set(wanted)
    waiting = list(_first(case.network, list(sources)))
    seen: set[Arrival] = set()
    while waiting:
        arrival = waiting.pop()
        if arrival in seen:
            continue
        seen.add(arrival)
        fits = port in (None, arrival.packet.destination_port)
        other = arrival.origin != InterfaceHost(arrival.interface_id)
        if arrival.interface_id in reached and fits and other:
            return True
        waiting.extend(_passed_on(case.network, arrival))
    return False


def _first(network: Network, sources: list[Host]) -> Iterator[Arrival]:
    for source in sources:
        if isinstance(source, OutsideHost):
            addresses = [source.address]
        else:
            addresses = [one.address for one in network.interfaces[source.interface_id].ipv4]
        for address in addresses:
            for interface in network.interfaces.values():
                if source != InterfaceHost(interface.id):
                    yield from _sent(network, source, source, address, interface.id)


def _sent(
    network: Network, origin: Host, source: Host, address: Address, name: str
) -> Iterator[Arrival]:
    for own in network.interfaces[name].ipv4:
        for written in (own.address, own.public):
            for port in PORTS if written is not None else ():
                packet = Packet(address, written, 6, 2000, port)
                if at := _delivered(network, source, name, packet):
                    yield Arrival(origin, name, at)


def _delivered(network: Network, source: Host, name: str, packet: Packet) -> Packet | None:
    """The packet as it arrives at the interface, if it does."""
    host = InterfaceHost(name)
    trace = walk(network, Probe(source, host, packet, states=RUNNING))
    return trace.packet if trace.delivered_to == host else None


def _passed_on(network: Network, arrival: Arrival) -> Iterator[Arrival]:
    for balancer in network.load_balancers.values():
        if arrival.interface_id not in balancer.interface_ids:
            continue
        for listener in balancer.listeners:
            if listener.port == arrival.packet.destination_port:
                for forward in listener.forwards:
                    group = network.target_groups[forward.group_id]
                    yield from _to_targets(network, arrival, balancer, group)


def _to_targets(
    network: Network, arrival: Arrival, balancer: LoadBalancer, group: TargetGroup
) -> Iterator[Arrival]:
    node = network.interfaces[arrival.interface_id]
    assert group.port is not None
    for name in _members(network, group):
        receiver = network.interfaces[name]
        if name == node.id or (receiver.zone != node.zone and not _crosses(balancer, group)):
            continue
        source = node.ipv4[0].address
        if _keeps(balancer, group):
            source = arrival.packet.source
        packet = Packet(source, receiver.ipv4[0].address, 6, 2000, group.port)
        at = _delivered(network, InterfaceHost(node.id), name, packet)
        classic = balancer.kind is BalancerKind.CLASSIC
        if at and classic and receiver.subnet_id == node.subnet_id:
            at = at if _lets(network, node.subnet_id, packet) else None
        if at:
            yield Arrival(arrival.origin, name, at)


def _members(network: Network, group: TargetGroup) -> Iterator[str]:
    for target in group.targets:
        yield from target.interface_ids
        if target.id in network.load_balancers:
            yield from network.load_balancers[target.id].interface_ids
        for one in network.interfaces.values():
            if target.address is not None and one.ipv4[0].address == target.address:
                yield one.id


def _crosses(balancer: LoadBalancer, group: TargetGroup) -> bool:
    if balancer.kind is BalancerKind.APPLICATION:
        return group.cross_zone is not False
    return bool(balancer.cross_zone if group.cross_zone is None else group.cross_zone)


def _keeps(balancer: LoadBalancer, group: TargetGroup) -> bool:
    if balancer.kind is not BalancerKind.NETWORK:
        return False
    if group.type is TargetType.ALB:
        return True
    if group.keeps_client_address is None:
        return group.type is TargetType.INSTANCE
    return group.keeps_client_address


def _lets(network: Network, subnet_id: str, packet: Packet) -> bool:
    """LB-10: the subnet's list in both directions."""
    entries = guards(network)[subnet_id].entries
    out = judge(in_order(entries, True, 4), packet, packet.destination, frozenset())
    into = judge(in_order(entries, False, 4), packet, packet.source, frozenset())
    return out.allowed and into.allowed


def clients(case: Case) -> list[Host]:
    """The internet, by an address of every block that anything speaks of."""
    return [OutsideHost(address, "internet") for address in CLIENTS]


def tier(case: Case, name: str) -> list[Host]:
    """The interfaces of a tier."""
    return [InterfaceHost(one) for one in case.tiers[name]]


def without_balancers(case: Case) -> Case:
    """The same network, in which nothing is passed on."""
    return replace(case, network=replace(case.network, load_balancers={}))

"""The spine: everything that one packet, and mostly its reply, need to travel end to end.

Owns the kinds of ways through a network. For each kind, `thread` picks hosts and a packet, puts
the routes in place, and opens the groups and lists on the way in one of the many forms that match.
A stage that is not in the way of a kind is left to noise.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

from tests.strategies.entrance import unmodelled_target
from tests.strategies.interface import add_interface, take
from tests.strategies.internet_gateway import gateway_of
from tests.strategies.nat_gateway import add_nat_gateway
from tests.strategies.network_acl import open_acl
from tests.strategies.peering import add_peering, peering_of
from tests.strategies.plan import FAR, ICMP_CODES, ICMP_TYPES, OUTSIDE, PORTS, Plan
from tests.strategies.route_table import add_exact_route, add_route, own_table
from tests.strategies.security_group import open_groups
from verifier.model import (
    InterfaceAddress,
    InterfaceKind,
    InterfaceTarget,
    InternetGatewayTarget,
    NatGatewayTarget,
    NetworkInterface,
    PeeringTarget,
    RouteTarget,
    Subnet,
)
from verifier.packet import ICMP_PROTOCOLS, PORT_PROTOCOLS, Address, Family, Packet
from verifier.trace import (
    INTERNET,
    Choices,
    Host,
    InstanceStates,
    InterfaceHost,
    OutsideHost,
    Probe,
)


@dataclass(frozen=True)
class Kind:
    """A kind of way, and what it needs: VPCs, and how many of them a gateway or an entrance."""

    name: str
    vpcs: int = 1
    gateways: int = 0
    entrances: int = 0
    ipv4: bool = True
    ipv6: bool = True


SUBNET = Kind("subnet")
VPC = Kind("vpc")
PEERING = Kind("peering", vpcs=2)
INTERNET_IN = Kind("internet-in", gateways=1)
INTERNET_OUT = Kind("internet-out", gateways=1)
HAIRPIN = Kind("hairpin", gateways=1)
HAIRPIN_ACROSS = Kind("hairpin-across", vpcs=2, gateways=2)
HAIRPIN_IPV6 = Kind("hairpin-across-ipv6", vpcs=2, gateways=2, ipv4=False)
NAT_OUT = Kind("nat-out", gateways=1, ipv6=False)
NAT_HAIRPIN = Kind("nat-hairpin", gateways=1, ipv6=False)
NAT_LOCAL = Kind("nat-local", ipv6=False)
NAT_PEERING = Kind("nat-peering", vpcs=2, ipv6=False)
ENTRANCE = Kind("entrance", entrances=1)
EXIT_OUT = Kind("exit-out")
EXIT_IN = Kind("exit-in", vpcs=2, entrances=2)
EXIT_PUBLIC = Kind("exit-public", vpcs=2, gateways=2)
NAT64 = Kind("nat64", ipv4=False)
NAT_CHAIN = Kind("nat-chain", ipv6=False)
PEERING_BEYOND = Kind("peering-beyond")

KINDS: dict[Kind, int] = {
    SUBNET: 4, VPC: 8, PEERING: 6, INTERNET_IN: 6, INTERNET_OUT: 5, HAIRPIN: 3, HAIRPIN_ACROSS: 4,
    NAT_OUT: 5, NAT_HAIRPIN: 2, NAT_LOCAL: 2, NAT_PEERING: 2, ENTRANCE: 4, EXIT_OUT: 2,
    EXIT_IN: 2, EXIT_PUBLIC: 2, NAT64: 2, NAT_CHAIN: 2, PEERING_BEYOND: 3, HAIRPIN_IPV6: 3,
}  # fmt: skip
Reach = Literal["private", "public"]


class _Thread:
    """One spine while it is threaded."""

    def __init__(self, plan: Plan, family: Family) -> None:
        self.plan = plan
        self.family = family
        self.replies = plan.chance(0.85)
        plan.ports = [plan.pick(PORTS), plan.pick((1024, 32768, 49152, 65535, 1023))]
        self.vpcs = sorted(plan.vpcs)

    # -- hosts and packets --------------------------------------------------------------------

    def host(self, vpc_id: str, *, apart: str | None = None, subnet: str | None = None) -> str:
        """An ordinary interface of the VPC that has the family, not in the subnet `apart`."""
        found = [
            eni.id
            for eni in self.plan.interfaces.values()
            if eni.vpc_id == vpc_id
            and eni.subnet_id != apart
            and subnet in (None, eni.subnet_id)
            and eni.kind in (InterfaceKind.ORDINARY, InterfaceKind.NETWORK_LOAD_BALANCER)
            and self.plan.own(eni, self.family)
        ]
        if found:
            return self.plan.pick(found)
        return self._add(vpc_id, apart, subnet)

    def _add(self, vpc_id: str, apart: str | None, subnet: str | None) -> str:
        places = [
            found
            for found in self.plan.subnets.values()
            if found.vpc_id == vpc_id
            and found.id != apart
            and subnet in (None, found.id)
            and any(prefix.family == self.family for prefix in found.prefixes)
        ]
        if not places:
            places = [give_block(self.plan, vpc_id, apart, subnet, self.family)]
        return add_interface(self.plan, places[0], plain=True)

    def packet(self, source: Address, destination: Address, nat: bool = False) -> Packet:
        plan = self.plan
        protocol = plan.pick((6, 6, 6, 17, 17, 1, 1, 50)) if nat else plan.protocol(self.family)
        if protocol in PORT_PROTOCOLS:
            return Packet(source, destination, protocol, plan.ports[1], plan.ports[0])
        if protocol in ICMP_PROTOCOLS:
            kind, code = plan.pick(ICMP_TYPES), plan.pick(ICMP_CODES)
            if plan.chance(0.5):
                kind, code = (8 if self.family == 4 else 128), 0
            return Packet(source, destination, protocol, icmp_type=kind, icmp_code=code)
        return Packet(source, destination, protocol)

    def private(self, interface_id: str) -> Address:
        return self.plan.pick(self.plan.own(self.plan.interfaces[interface_id], self.family))

    def writes(self, interface_id: str) -> Address:
        """What the interface writes as its source: mostly an own address, else a borrowed one."""
        if self.plan.chance(0.9):
            return self.private(interface_id)
        interface = self.plan.interfaces[interface_id]
        unchecked = replace(interface, source_destination_check=False)
        self.plan.interfaces[interface_id] = unchecked
        others = [
            address
            for eni in self.plan.interfaces.values()
            if eni.vpc_id == interface.vpc_id and eni.id != interface_id
            for address in self.plan.own(eni, self.family)
        ]
        return self.plan.pick(others or self.plan.known(self.family))

    def public(self, interface_id: str) -> tuple[Address, Address]:
        """A private address that the internet can name, and that name."""
        interface = self.plan.interfaces[interface_id]
        if self.family == 6:
            own = self.plan.own(interface, 6)
            blocks = self.plan.vpcs[interface.vpc_id].ipv6
            known = [a for a in own if any(b.prefix.holds(a) and not b.private for b in blocks)]
            chosen = self.plan.pick(known or own)
            return chosen, chosen
        if not interface.ipv4:
            interface = self._first_address(interface)
        mapped = [own for own in interface.ipv4 if own.public is not None]
        if not mapped:
            given = replace(self.plan.pick(interface.ipv4), public=self.plan.next_public())
            interface = replace(
                interface,
                ipv4=tuple(
                    given if own.address == given.address else own for own in interface.ipv4
                ),
            )
            self.plan.interfaces[interface_id] = interface
            mapped = [given]
        picked = self.plan.pick(mapped)
        assert picked.public is not None
        return picked.address, picked.public

    def _first_address(self, interface: NetworkInterface) -> NetworkInterface:
        subnet = self.plan.subnets[interface.subnet_id]
        block = next(prefix for prefix in subnet.prefixes if prefix.family == 4)
        own = InterfaceAddress(take(self.plan, subnet, block), primary=True)
        return replace(interface, ipv4=(own,))

    def outside(self, pool: tuple[Address, ...]) -> Address:
        return self.plan.pick([address for address in pool if address.family == self.family])

    # -- filters ------------------------------------------------------------------------------

    def sends(self, interface_id: str, packet: Packet, other: str | None = None) -> None:
        open_groups(self.plan, interface_id, True, packet, other)

    def takes(self, interface_id: str, packet: Packet, other: str | None = None) -> None:
        open_groups(self.plan, interface_id, False, packet, other)

    def leaves(self, subnet_id: str, packet: Packet) -> None:
        self.plan.checkpoints.append((subnet_id, True, packet))
        open_acl(self.plan, subnet_id, True, packet)

    def enters(self, subnet_id: str, packet: Packet) -> None:
        self.plan.checkpoints.append((subnet_id, False, packet))
        open_acl(self.plan, subnet_id, False, packet)

    def returns(self, packet: Packet, *subnets: tuple[str, bool]) -> None:
        """Open the lists for the reply: pairs of a subnet and whether it is egress."""
        reply = packet.reply()
        if reply is not None and self.replies:
            for subnet_id, egress in subnets:
                self.plan.checkpoints.append((subnet_id, egress, reply))
                open_acl(self.plan, subnet_id, egress, reply)

    def subnet_of(self, interface_id: str) -> str:
        return self.plan.interfaces[interface_id].subnet_id


def give_block(
    plan: Plan, vpc_id: str, apart: str | None, subnet: str | None, family: Family
) -> Subnet:
    """Give a block of the family to a subnet that has only the other one."""
    place = next(
        found
        for found in plan.subnets.values()
        if found.vpc_id == vpc_id and found.id != apart and subnet in (None, found.id)
    )
    vpc, number = plan.vpcs[vpc_id], int(place.id[-1])
    if family == 4:
        block = vpc.ipv4[0]._replace(length=26)
        block = block._replace(network=block.network + 64 * (number - 1))
    else:
        block = vpc.ipv6[0].prefix._replace(length=64)
        block = block._replace(network=block.network + (number << 64))
    plan.subnets[place.id] = replace(place, prefixes=(*place.prefixes, block))
    return plan.subnets[place.id]


def thread(plan: Plan, kind: Kind, family: Family) -> Probe:
    """Thread a spine of this kind; the probe that it lets through if nothing else interferes."""
    spine = _Thread(plan, family)
    source, destination, packet, choices = _THREADS[kind](spine)
    states = plan.pick((InstanceStates.RECORDED, InstanceStates.ASSUMED_RUNNING))
    return Probe(source, destination, packet, choices, states)


Threaded = tuple[Host, Host, Packet, Choices]


def _subnet(t: _Thread) -> Threaded:
    a = t.host(t.vpcs[0])
    others = [
        eni
        for eni in t.plan.interfaces.values()
        if eni.id != a and eni.kind is not InterfaceKind.NAT_GATEWAY
    ]
    near = [
        eni.id for eni in others if eni.subnet_id == t.subnet_of(a) and t.plan.own(eni, t.family)
    ]
    b = t.plan.pick(near) if near else t._add(t.vpcs[0], None, t.subnet_of(a))
    packet = t.packet(t.writes(a), t.private(b))
    t.sends(a, packet, b)
    t.takes(b, packet, a)
    return InterfaceHost(a), InterfaceHost(b), packet, Choices()


def _vpc(t: _Thread) -> Threaded:
    a = t.host(t.vpcs[0])
    b = t.host(t.vpcs[0], apart=t.subnet_of(a))
    packet = t.packet(t.writes(a), t.private(b))
    _cross(t, a, b, packet, kept=True)
    return InterfaceHost(a), InterfaceHost(b), packet, Choices()


def _cross(t: _Thread, a: str, b: str, packet: Packet, *, kept: bool) -> None:
    """Open every filter between two interfaces of different subnets, both ways."""
    t.sends(a, packet, b if kept else None)
    t.leaves(t.subnet_of(a), packet)
    t.enters(t.subnet_of(b), packet)
    t.takes(b, packet, a if kept else None)
    t.returns(packet, (t.subnet_of(b), True), (t.subnet_of(a), False))


def _peering(t: _Thread) -> Threaded:
    a, b = t.host(t.vpcs[0]), t.host(t.vpcs[1])
    packet = t.packet(t.writes(a), t.private(b))
    peering = PeeringTarget(peering_of(t.plan, t.vpcs[0], t.vpcs[1]))
    add_route(t.plan, t.subnet_of(a), packet.destination, peering)
    if t.replies:
        add_route(t.plan, t.subnet_of(b), packet.source, peering)
    _cross(t, a, b, packet, kept=True)
    return InterfaceHost(a), InterfaceHost(b), packet, Choices()


def _internet_in(t: _Thread) -> Threaded:
    b, a = t.host(t.vpcs[0]), t.outside(OUTSIDE)
    own, name = t.public(b)
    packet = t.packet(a, name)
    inner = replace(packet, destination=own)
    t.enters(t.subnet_of(b), inner)
    t.takes(b, inner)
    gateway = gateway_of(t.plan, t.vpcs[0])
    if t.replies:
        add_route(t.plan, t.subnet_of(b), a, InternetGatewayTarget(gateway))
    t.returns(inner, (t.subnet_of(b), True))
    door = t.plan.pick((None, INTERNET, gateway))
    return OutsideHost(a, door), InterfaceHost(b), packet, Choices()


def _internet_out(t: _Thread) -> Threaded:
    a, b = t.host(t.vpcs[0]), t.outside(OUTSIDE)
    own, _ = t.public(a)
    packet = t.packet(own, b)
    gateway = gateway_of(t.plan, t.vpcs[0])
    t.sends(a, packet)
    t.leaves(t.subnet_of(a), packet)
    add_route(t.plan, t.subnet_of(a), b, InternetGatewayTarget(gateway))
    t.returns(packet, (t.subnet_of(a), False))
    door = t.plan.pick((None, INTERNET, gateway))
    return InterfaceHost(a), OutsideHost(b, door), packet, Choices()


def _hairpin(t: _Thread) -> Threaded:
    return _by_internet(t, t.vpcs[0])


def _hairpin_across(t: _Thread) -> Threaded:
    return _by_internet(t, t.vpcs[1])


def _by_internet(t: _Thread, far: str) -> Threaded:
    """Between public addresses, through the gateways of both VPCs."""
    a = t.host(t.vpcs[0])
    b = t.host(far, apart=t.subnet_of(a) if far == t.vpcs[0] and t.plan.chance(0.7) else None)
    if a == b:
        b = t.host(far, apart=t.subnet_of(a))
    (source, source_name), (own, name) = t.public(a), t.public(b)
    packet = t.packet(source, name)
    inner = replace(packet, source=source_name, destination=own)
    kept = t.family == 6 and t.plan.chance(0.7)
    joined = kept and far != t.vpcs[0] and t.plan.chance(0.4)
    if joined:  # so that egress rules may name groups of the far VPC (SG-11, SG-13)
        peering_of(t.plan, t.vpcs[0], far)
    t.sends(a, packet, b if joined else None)
    t.leaves(t.subnet_of(a), packet)
    add_exact_route(
        t.plan, t.subnet_of(a), name, InternetGatewayTarget(gateway_of(t.plan, t.vpcs[0]))
    )
    t.enters(t.subnet_of(b), inner)
    t.takes(b, inner, a if kept else None)
    if t.replies:
        gateway = InternetGatewayTarget(gateway_of(t.plan, far))
        add_exact_route(t.plan, t.subnet_of(b), source_name, gateway)
    t.returns(inner, (t.subnet_of(b), True))
    t.returns(packet, (t.subnet_of(a), False))
    return InterfaceHost(a), InterfaceHost(b), packet, Choices()


def _by_nat(
    t: _Thread, destination: Address, public: bool, apart: str | None = None
) -> tuple[str, str, Packet, Packet, Choices]:
    """Source, NAT subnet, the packet before and after translation, and the choices made."""
    plan = t.plan
    a = t.host(t.vpcs[0], apart=apart)
    places = [
        found
        for found in plan.subnets.values()
        if found.vpc_id == t.vpcs[0]
        and found.id != t.subnet_of(a)
        and any(prefix.family == 4 for prefix in found.prefixes)
    ]
    place = (
        plan.pick(places)
        if places
        else plan.subnets[t.subnet_of(t.host(t.vpcs[0], apart=t.subnet_of(a)))]
    )
    nat = add_nat_gateway(plan, place, public, plain=True)
    own_table(plan, place.id)
    packet = t.packet(t.private(a), destination, nat=True)
    chosen = plan.pick(plan.nat_gateways[nat].addresses)
    port = plan.pick((1024, 1024, 1025, 65535, 32768)) if packet.source_port is not None else None
    inner = replace(packet, source=chosen.private, source_port=port)
    t.sends(a, packet)
    t.leaves(t.subnet_of(a), packet)
    used = _misplaced_nat(t, t.subnet_of(a), public) if plan.chance(0.15) else nat
    add_exact_route(plan, t.subnet_of(a), destination, NatGatewayTarget(used))
    t.enters(place.id, packet)
    t.leaves(place.id, inner)
    t.returns(packet, (place.id, True), (t.subnet_of(a), False))
    t.returns(inner, (place.id, False))
    choices = Choices(nat_port=port, nat_address=plan.pick((chosen.private, None)))
    return a, place.id, packet, inner, choices


def _misplaced_nat(t: _Thread, own: str, public: bool) -> str:
    """A NAT gateway that cannot serve the subnet: its own, or another VPC's (NAT-1)."""
    places = [
        found
        for found in t.plan.subnets.values()
        if (found.id == own or found.vpc_id != t.vpcs[0])
        and any(prefix.family == 4 for prefix in found.prefixes)
    ]
    return add_nat_gateway(t.plan, t.plan.pick(places), public, plain=True)


def _nat_out(t: _Thread) -> Threaded:
    b = t.outside(OUTSIDE)
    a, place, packet, _, choices = _by_nat(t, b, public=True)
    gateway = gateway_of(t.plan, t.vpcs[0])
    add_route(t.plan, place, b, InternetGatewayTarget(gateway))
    door = t.plan.pick((None, INTERNET, gateway))
    return InterfaceHost(a), OutsideHost(b, door), packet, choices


def _nat_hairpin(t: _Thread) -> Threaded:
    b = t.host(t.vpcs[0])
    own, name = t.public(b)
    a, place, packet, inner, choices = _by_nat(t, name, public=True, apart=t.subnet_of(b))
    gateway = InternetGatewayTarget(gateway_of(t.plan, t.vpcs[0]))
    add_route(t.plan, place, name, gateway)
    outer = next(
        found.public
        for nat in t.plan.nat_gateways.values()
        for found in nat.addresses
        if found.private == inner.source and nat.vpc_id == t.vpcs[0]
    )
    assert outer is not None
    arriving = replace(inner, source=outer, destination=own)
    t.enters(t.subnet_of(b), arriving)
    t.takes(b, arriving)
    if t.replies:
        add_exact_route(t.plan, t.subnet_of(b), outer, gateway)
    t.returns(arriving, (t.subnet_of(b), True))
    return InterfaceHost(a), InterfaceHost(b), packet, choices


def _nat_local(t: _Thread) -> Threaded:
    b = t.host(t.vpcs[0])
    a, _, packet, inner, choices = _by_nat(t, t.private(b), public=False, apart=t.subnet_of(b))
    t.enters(t.subnet_of(b), inner)
    t.takes(b, inner)
    t.returns(inner, (t.subnet_of(b), True))
    return InterfaceHost(a), InterfaceHost(b), packet, choices


def _nat_peering(t: _Thread) -> Threaded:
    b = t.host(t.vpcs[1])
    a, place, packet, inner, choices = _by_nat(t, t.private(b), public=t.plan.chance(0.4))
    peering = PeeringTarget(peering_of(t.plan, t.vpcs[0], t.vpcs[1]))
    add_route(t.plan, place, packet.destination, peering)
    t.enters(t.subnet_of(b), inner)
    t.takes(b, inner)
    t.returns(inner, (t.subnet_of(b), True))
    return InterfaceHost(a), InterfaceHost(b), packet, choices


def _entrance(t: _Thread) -> Threaded:
    b, a = t.host(t.vpcs[0]), t.outside(FAR)
    if t.plan.chance(0.15):  # nobody's address in the VPC itself, which no entrance lets in
        blocks = [p for p in t.plan.vpcs[t.vpcs[0]].prefixes if p.family == t.family]
        a = Address(t.family, t.plan.pick(blocks).first + 250)
    packet = t.packet(a, t.private(b))
    t.enters(t.subnet_of(b), packet)
    t.takes(b, packet)
    if t.replies:
        add_route(t.plan, t.subnet_of(b), a, unmodelled_target(t.plan, internet=True))
    t.returns(packet, (t.subnet_of(b), True))
    doors = [found.id for found in t.plan.entrances if found.vpc_id == t.vpcs[0]]
    return OutsideHost(a, t.plan.pick([None, *doors])), InterfaceHost(b), packet, Choices()


def _exit_out(t: _Thread) -> Threaded:
    a, b = t.host(t.vpcs[0]), t.outside(t.plan.pick((OUTSIDE, FAR)))
    packet = t.packet(t.private(a), b)
    target = unmodelled_target(t.plan)
    t.sends(a, packet)
    t.leaves(t.subnet_of(a), packet)
    add_route(t.plan, t.subnet_of(a), b, target)
    t.returns(packet, (t.subnet_of(a), False))
    door = t.plan.pick((None, INTERNET, target.id))
    return InterfaceHost(a), OutsideHost(b, door), packet, Choices()


def _exit_in(t: _Thread) -> Threaded:
    a = t.host(t.vpcs[0])
    within = t.plan.chance(0.4)
    b = t.host(t.vpcs[0], apart=t.subnet_of(a)) if within else t.host(t.vpcs[1])
    packet = t.packet(t.private(a), t.private(b))
    return _by_exit(t, a, b, packet, packet, public=False)


def _exit_public(t: _Thread) -> Threaded:
    a, b = t.host(t.vpcs[0]), t.host(t.vpcs[1])
    own, name = t.public(b)
    packet = t.packet(t.private(a), name)
    return _by_exit(t, a, b, packet, replace(packet, destination=own), public=True)


def _beyond(t: _Thread, a: str, b: str) -> RouteTarget:
    """A target that is not modelled: a gateway, now and then an endpoint, or an appliance."""
    if t.plan.chance(0.6):
        return unmodelled_target(t.plan, internet=None if t.plan.chance(0.5) else True)
    found = [eni for eni in t.plan.interfaces.values() if eni.vpc_id == t.vpcs[0]]
    found = [eni for eni in found if eni.id not in (a, b)] or found
    chosen = t.plan.pick(found)
    if chosen.kind is not InterfaceKind.NAT_GATEWAY:
        checked = t.plan.chance(0.3)
        t.plan.interfaces[chosen.id] = replace(chosen, source_destination_check=checked)
    return InterfaceTarget(chosen.id, t.plan.gap(t.subnet_of(a), "RT-9"))


def _by_exit(
    t: _Thread, a: str, b: str, packet: Packet, inner: Packet, *, public: bool
) -> Threaded:
    outer = [address for address in (*t.plan.publics(), *OUTSIDE) if address.family == t.family]
    source = t.plan.pick((None, *outer, *(() if public else t.plan.known(t.family))))
    arriving = replace(inner, source=source or inner.source)
    t.sends(a, packet)
    t.leaves(t.subnet_of(a), packet)
    add_exact_route(t.plan, t.subnet_of(a), packet.destination, _beyond(t, a, b))
    t.enters(t.subnet_of(b), arriving)
    t.takes(b, arriving)
    return InterfaceHost(a), InterfaceHost(b), packet, Choices(gap_source=source)


def _nat64(t: _Thread) -> Threaded:
    """An IPv6 packet to a NAT64 destination (NAT-2)."""
    a, b = t.host(t.vpcs[0]), Address.parse("64:ff9b::808:808")
    nat = _another_nat(t, t.subnet_of(a))
    packet = t.packet(t.private(a), b)
    t.sends(a, packet)
    t.leaves(t.subnet_of(a), packet)
    add_exact_route(t.plan, t.subnet_of(a), b, NatGatewayTarget(nat))
    return InterfaceHost(a), OutsideHost(b), packet, Choices()


def _another_nat(t: _Thread, apart: str) -> str:
    """A NAT gateway in another subnet of the VPC, with a gap for what is beyond its clauses."""
    plan = t.plan
    places = [
        found
        for found in plan.subnets.values()
        if found.vpc_id == t.vpcs[0]
        and found.id != apart
        and any(prefix.family == 4 for prefix in found.prefixes)
    ]
    if not places:
        places = [give_block(plan, t.vpcs[0], apart, None, 4)]
    nat = add_nat_gateway(plan, plan.pick(places), plan.chance(0.5), plain=True)
    plan.missing[("nat-beyond", nat)] = plan.gap(nat, "GAP-6", "beyond its clauses")
    return nat


def _nat_chain(t: _Thread) -> Threaded:
    """From one NAT gateway to another (NAT-5)."""
    b = t.outside(OUTSIDE)
    a, place, packet, _, choices = _by_nat(t, b, public=t.plan.chance(0.5))
    add_exact_route(t.plan, place, b, NatGatewayTarget(_another_nat(t, place)))
    return InterfaceHost(a), OutsideHost(b, t.plan.pick((None, INTERNET))), packet, choices


def _peering_beyond(t: _Thread) -> Threaded:
    """To a host of a VPC that is not in the network (PCX-3), or from one."""
    here = t.vpcs[0]
    far = Address.parse("10.77.0.5" if t.family == 4 else "fd77::5")
    peering = add_peering(t.plan, here, "vpc-elsewhere", True)
    a = t.host(here)
    if t.plan.chance(0.4):
        packet = t.packet(far, t.private(a))
        t.enters(t.subnet_of(a), packet)
        t.takes(a, packet)
        if t.replies:
            add_route(t.plan, t.subnet_of(a), far, PeeringTarget(peering))
        t.returns(packet, (t.subnet_of(a), True))
        return OutsideHost(far, t.plan.pick((None, peering))), InterfaceHost(a), packet, Choices()
    packet = t.packet(t.private(a), far)
    t.sends(a, packet)
    t.leaves(t.subnet_of(a), packet)
    add_route(t.plan, t.subnet_of(a), far, PeeringTarget(peering))
    t.returns(packet, (t.subnet_of(a), False))
    return InterfaceHost(a), OutsideHost(far, t.plan.pick((None, peering))), packet, Choices()


_THREADS: dict[Kind, Callable[[_Thread], Threaded]] = {
    SUBNET: _subnet,
    VPC: _vpc,
    PEERING: _peering,
    INTERNET_IN: _internet_in,
    INTERNET_OUT: _internet_out,
    HAIRPIN: _hairpin,
    HAIRPIN_ACROSS: _hairpin_across,
    HAIRPIN_IPV6: _hairpin_across,
    NAT_OUT: _nat_out,
    NAT_HAIRPIN: _nat_hairpin,
    NAT_LOCAL: _nat_local,
    NAT_PEERING: _nat_peering,
    ENTRANCE: _entrance,
    EXIT_OUT: _exit_out,
    EXIT_IN: _exit_in,
    EXIT_PUBLIC: _exit_public,
    NAT64: _nat64,
    NAT_CHAIN: _nat_chain,
    PEERING_BEYOND: _peering_beyond,
}

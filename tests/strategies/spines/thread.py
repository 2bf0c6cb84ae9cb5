"""One spine while it is threaded: picking hosts, opening filters, remembering where lists are met.

Owns what every kind of way needs. A kind is a name, what it needs to stand on, and the function
that threads it; the ways themselves stand in the other modules of this package.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from tests.strategies.interface import add_interface, take
from tests.strategies.network_acl import open_acl
from tests.strategies.plan import ICMP_CODES, ICMP_TYPES, PORTS, Plan
from tests.strategies.security_group import open_groups
from verifier.model import InterfaceAddress, InterfaceKind, NetworkInterface, Subnet
from verifier.packet import ICMP_PROTOCOLS, PORT_PROTOCOLS, Address, Family, Packet
from verifier.trace import Choices, Host


@dataclass(frozen=True)
class Kind:
    """A kind of way, and what it needs: VPCs, how many of them a gateway or an entrance.

    `overlap`: the first two have the same addresses (SUB-5).
    """

    name: str
    vpcs: int = 1
    gateways: int = 0
    entrances: int = 0
    ipv4: bool = True
    ipv6: bool = True
    overlap: bool = False


class Thread:
    """One spine while it is threaded."""

    def __init__(self, plan: Plan, family: Family) -> None:
        self.plan = plan
        self.family = family
        self.replies = plan.chance(0.85)
        plan.ports = [plan.pick(PORTS), plan.pick((1024, 32768, 49152, 65535, 1023))]
        self.vpcs = sorted(plan.vpcs)

    def pick_vpc(self) -> str:
        """Any VPC of the network."""
        return self.plan.pick(self.vpcs)

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
        return self.add(vpc_id, apart, subnet)

    def add(self, vpc_id: str, apart: str | None, subnet: str | None) -> str:
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

    def writes(self, interface_id: str, own: float = 0.9) -> Address:
        """What the interface writes as its source: mostly an own address, else a borrowed one."""
        if self.plan.chance(own):
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
        known = self.plan.known(self.family)
        return self.plan.pick(known if self.plan.chance(0.25) else others or known)

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


Threaded = tuple[Host, Host, Packet, Choices]
"""The source, the destination, the packet, and the choices of the network."""
Ways = dict[Kind, tuple[int, Callable[[Thread], Threaded]]]
"""Kinds of ways: how often each is drawn, and how it is threaded."""

"""The draft of a random network: what the strategies of the resources add to, and its constants.

Owns the address plan. It is tiny on purpose: a dozen addresses and ports in all, so that rules,
routes and packets collide. Everything is drawn from one `random.Random`; given a hypothesis
random instead (`network.networks()`), the same code is a strategy that shrinks.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import TypeVar

from verifier.model import (
    AttachmentKey,
    EgressOnlyInternetGateway,
    Entrance,
    Gap,
    Instance,
    InstanceConnectEndpoint,
    InternetGateway,
    LoadBalancer,
    NatGateway,
    NetworkAclEntry,
    NetworkFirewall,
    NetworkInterface,
    PassageGap,
    PeeringConnection,
    PrefixList,
    Relay,
    Route,
    SecurityGroupRule,
    Subnet,
    TargetGroup,
    TransitGateway,
    TransitGatewayAttachment,
    TransitGatewayRouteTable,
    Vpc,
    VpcEndpoint,
    VpnGateway,
)
from verifier.packet import WIDTH, Address, Family, Packet, Prefix

T = TypeVar("T")

PORTS = (0, 21, 22, 23, 80, 443, 1023, 1024, 1025, 32768, 49152, 65534, 65535, 3389)
ICMP_TYPES = (0, 3, 8, 128, 129, 255)
ICMP_CODES = (0, 1, 4, 255)
OTHER_PROTOCOLS = (0, 2, 47, 50, 255)
LENGTHS: dict[Family, tuple[int, ...]] = {
    4: (0, 1, 8, 16, 24, 26, 27, 28, 30, 31, 32, 32),
    6: (0, 3, 16, 32, 48, 56, 64, 80, 126, 127, 128, 128),
}
OUTSIDE = tuple(
    Address.parse(text)
    for text in (
        "198.51.100.7", "203.0.113.9", "8.8.8.8", "192.0.0.9", "52.0.0.1",
        "2001:db8::7", "2600:9000::1", "2001:20::5",
    )
)  # fmt: skip
FAR = tuple(
    Address.parse(text)
    for text in ("192.168.7.7", "10.99.0.9", "172.16.5.5", "100.64.0.3", "fd77::9", "240.0.0.1")
)
ODD = tuple(
    Address.parse(text)
    for text in (
        "169.254.169.253", "169.254.1.1", "224.0.0.5", "127.0.0.1", "0.0.0.0", "255.255.255.255",
        "fd00:ec2::253", "fe80::1", "ff02::1", "64:ff9b::808:808", "::", "2002::1",
    )
)  # fmt: skip


@dataclass
class Plan:
    """A network in the making; `freeze` in `network.py` makes the facts of it."""

    random: Random
    vpcs: dict[str, Vpc] = field(default_factory=dict)
    subnets: dict[str, Subnet] = field(default_factory=dict)
    interfaces: dict[str, NetworkInterface] = field(default_factory=dict)
    instances: dict[str, Instance] = field(default_factory=dict)
    connect_endpoints: dict[str, InstanceConnectEndpoint] = field(default_factory=dict)
    """By the id of the endpoint's interface."""
    gateways: dict[str, InternetGateway] = field(default_factory=dict)
    nat_gateways: dict[str, NatGateway] = field(default_factory=dict)
    peerings: dict[str, PeeringConnection] = field(default_factory=dict)
    egress_only_gateways: dict[str, EgressOnlyInternetGateway] = field(default_factory=dict)
    vpn_gateways: dict[str, VpnGateway] = field(default_factory=dict)
    endpoints: dict[str, VpcEndpoint] = field(default_factory=dict)
    firewalls: dict[str, NetworkFirewall] = field(default_factory=dict)
    transit_gateways: dict[str, TransitGateway] = field(default_factory=dict)
    transit_attachments: dict[AttachmentKey, TransitGatewayAttachment] = field(default_factory=dict)
    transit_tables: dict[str, TransitGatewayRouteTable] = field(default_factory=dict)
    prefix_lists: dict[str, PrefixList] = field(default_factory=dict)
    load_balancers: dict[str, LoadBalancer] = field(default_factory=dict)
    target_groups: dict[str, TargetGroup] = field(default_factory=dict)
    entrances: list[Entrance] = field(default_factory=list)
    relays: list[Relay] = field(default_factory=list)
    passages: dict[str, tuple[PassageGap, ...]] = field(default_factory=dict)
    missing: dict[tuple[str, str], Gap] = field(default_factory=dict)
    groups: dict[str, tuple[str, list[SecurityGroupRule]]] = field(default_factory=dict)
    """Group id to its VPC and rules."""
    acls: dict[str, tuple[str, list[NetworkAclEntry]]] = field(default_factory=dict)
    acl_of: dict[str, str] = field(default_factory=dict)
    """Subnet id to the ACL that lists it (a default ACL guards without listing)."""
    default_acl: dict[str, str] = field(default_factory=dict)
    tables: dict[str, tuple[str, list[Route]]] = field(default_factory=dict)
    table_of: dict[str, str] = field(default_factory=dict)
    main_table: dict[str, str] = field(default_factory=dict)
    edge_tables: dict[str, str] = field(default_factory=dict)
    """Gateway id to the table that is associated with it (IGW-10)."""
    gaps: set[Gap] = field(default_factory=set)
    ports: list[int] = field(default_factory=list)
    """Ports of the spine, drawn again and again."""
    used: dict[str, set[int]] = field(default_factory=dict)
    """Host numbers taken, by subnet."""
    public_count: int = 0
    focus: str = ""
    """What a corpus wants to be drawn more often (`relayed_flow.FOCUSES`)."""
    checkpoints: list[tuple[str, bool, Packet]] = field(default_factory=list)
    """Where the spine meets a list: subnet, egress, and the packet as it is there."""

    def chance(self, probability: float) -> bool:
        return self.random.random() < probability

    def often(self, focus: str, probability: float, usual: float) -> bool:
        """True with this probability where that is the focus, else with the usual one."""
        return self.chance(probability if self.focus == focus else usual)

    def pick(self, items: Sequence[T]) -> T:
        return items[self.random.randrange(len(items))]

    def weighted(self, items: dict[T, int]) -> T:
        at = self.random.randrange(sum(items.values()))
        for item, weight in items.items():
            at -= weight
            if at < 0:
                return item
        raise AssertionError("weights are positive")

    def gap(self, resource: str, clause: str, detail: str = "drawn") -> Gap:
        found = Gap(resource, clause, detail)
        self.gaps.add(found)
        return found

    # -- addresses ----------------------------------------------------------------------------

    def own(self, interface: NetworkInterface, family: Family) -> list[Address]:
        """Private addresses of the interface: all singles, and one or two of each prefix."""
        found = [own.address for own in interface.ipv4 if family == 4]
        found += [address for address in interface.ipv6 if family == 6]
        for prefix in interface.delegated:
            if prefix.family == family:
                found += [Address(family, prefix.first), Address(family, prefix.last)]
        return found

    def publics(self) -> list[Address]:
        found = [own.public for eni in self.interfaces.values() for own in eni.ipv4]
        found += [own.public for nat in self.nat_gateways.values() for own in nat.addresses]
        return sorted({public for public in found if public is not None})

    def known(self, family: Family) -> list[Address]:
        """Addresses on which something in the network may depend."""
        found = [address for eni in self.interfaces.values() for address in self.own(eni, family)]
        if family == 4:
            found += self.publics()
        found += [address for address in (*OUTSIDE, *FAR) if address.family == family]
        return found

    def address(self, family: Family) -> Address:
        """A known address, a neighbour of one, or an odd one."""
        kind = self.random.random()
        if kind < 0.08:
            return self.pick([address for address in ODD if address.family == family])
        found = self.pick(self.known(family))
        if kind < 0.2:
            largest = (1 << WIDTH[family]) - 1
            return Address(family, min(largest, max(0, found.value + self.pick((-1, 1)))))
        return found

    def around(self, address: Address) -> Prefix:
        """A block that contains the address."""
        return Prefix.of(address, self.pick(LENGTHS[address.family]))

    def family(self) -> Family:
        return 4 if self.chance(0.75) else 6

    def prefix(self, family: Family | None = None) -> Prefix:
        """A block around something known."""
        chosen = family or self.family()
        if self.chance(0.2):
            owned = [found for vpc in self.vpcs.values() for found in vpc.prefixes]
            owned += [found for subnet in self.subnets.values() for found in subnet.prefixes]
            blocks = [found for found in owned if found.family == chosen]
            if blocks:
                return self.pick(blocks)
        return self.around(self.address(chosen))

    def next_public(self) -> Address:
        self.public_count += 1
        return Address.parse(f"52.0.0.{self.public_count + 1}")

    # -- ports and protocols ------------------------------------------------------------------

    def port(self) -> int:
        if self.ports and self.chance(0.6):
            port = self.pick(self.ports)
            return min(65535, max(0, port + self.pick((0, 0, 0, -1, 1))))
        return self.pick(PORTS)

    def port_range(self, inside: int | None = None) -> tuple[int, int]:
        """A range; it contains `inside` if that is given."""
        if inside is None:
            return tuple(sorted((self.port(), self.port())))  # type: ignore[return-value]
        low = self.pick([inside, inside, max(0, inside - 1), 0, min(inside, 1024)])
        high = self.pick([inside, inside, min(65535, inside + 1), 65535, max(inside, 1024)])
        return low, high

    def protocol(self, family: Family) -> int:
        own, other = (1, 58) if family == 4 else (58, 1)
        weights = {6: 10, 17: 4, own: 4, other: 2, -2: 2}
        found = self.weighted(weights)
        return self.pick(OTHER_PROTOCOLS) if found == -2 else found


def fields(packet: Packet) -> tuple[int | None, int | None]:
    """Destination port and None, or ICMP type and code, or (None, None)."""
    if packet.destination_port is not None:
        return packet.destination_port, None
    return packet.icmp_type, packet.icmp_code


def replaced(items: Iterable[T], old: T, new: T) -> tuple[T, ...]:
    """The items with `new` in the place of `old`."""
    return tuple(new if item == old else item for item in items)

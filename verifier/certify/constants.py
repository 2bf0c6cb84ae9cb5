"""The constants of a network that a packet between two hosts can be compared with.

Owns the claim of completeness, one method per field. A comparison is left out only where no packet
from the source to the destination, and no reply to it, can come to it by the clauses: the lists
and tables of subnets and gateways that are on no way between the two (`reach`), the groups of
interfaces other than the source, the destination and the appliances between (the packet is then
delivered to another host or to none, whatever they say), and rules of another family or protocol.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from verifier.certify.cells import Spans
from verifier.certify.reach import Ground
from verifier.model import (
    FirewallMatch,
    Gap,
    InterfaceKind,
    NatGateway,
    Network,
    NetworkAcl,
    NetworkAclEntry,
    NetworkInterface,
    PrefixListReference,
    Route,
    RouteTable,
    SecurityGroupRule,
)
from verifier.packet import (
    ANY_PROTOCOL,
    FAMILIES,
    GLOBAL_UNICAST_IPV6,
    ICMP,
    ICMPV6,
    NAT64,
    NOT_INTERNET,
    PRIVATE_OR_SHARED_IPV4,
    Address,
    AddressSet,
    Family,
    Prefix,
)

_SERVICES = (
    "169.254.169.253", "169.254.169.254", "169.254.169.123", "169.254.169.249",
    "169.254.169.250", "169.254.169.251", "169.254.170.2",
    "fd00:ec2::253", "fd00:ec2::254", "fd00:ec2::123",
)  # fmt: skip
_NEVER_FORWARDED = ("169.254.0.0/16", "fe80::/10", "fd00:ec2::/32")


@dataclass(frozen=True, slots=True)
class Relevant:
    """What a packet between one source and one destination can meet.

    `nat_gateways`, `appliances` and `exits` are those on the way forth (GAP-6); `turns` and
    `reply_turns` are the numbers that transit gateways choose by, as `Choices` has them: by id of
    the table or attachment, how many there are to choose from. `connects`: the source is an EC2
    Instance Connect Endpoint, which looks at the port that it opens (EICE-2).
    """

    acls: tuple[NetworkAcl, ...]
    rules: tuple[SecurityGroupRule, ...]
    tables: tuple[RouteTable, ...]
    nat_gateways: tuple[NatGateway, ...]
    prefixes: frozenset[Prefix]
    firewalls: tuple[FirewallMatch, ...]
    appliances: Mapping[str, frozenset[Gap]]
    exits: frozenset[Gap]
    turns: tuple[tuple[str, int], ...]
    reply_turns: tuple[tuple[str, int], ...]
    connects: bool = False

    def entries(self, family: Family, protocol: int) -> Iterator[NetworkAclEntry]:
        """The entries that look at packets of this family and protocol."""
        return _entries(self.acls, family, protocol)

    def five_tuples(self, protocol: int) -> Iterator[FirewallMatch]:
        """What the rules of network firewalls look for in packets of this protocol."""
        return (
            match
            for match in self.firewalls
            if match.protocols is None or protocol in match.protocols
        )

    def group_rules(self, protocol: int) -> Iterator[SecurityGroupRule]:
        """The groups' rules that look at packets of this protocol."""
        return (rule for rule in self.rules if rule.protocol in (None, ANY_PROTOCOL, protocol))


def _entries(
    acls: tuple[NetworkAcl, ...], family: Family, protocol: int
) -> Iterator[NetworkAclEntry]:
    for acl in acls:
        for entry in acl.entries:
            if entry.protocol in (None, ANY_PROTOCOL, protocol) and (
                entry.prefix is None or entry.prefix.family == family
            ):
                yield entry


@dataclass(slots=True)
class Constants:
    """The constants of one network; build once, ask for many pairs of hosts."""

    network: Network
    internet: AddressSet = field(init=False)
    _everywhere: dict[Family, list[Spans]] = field(init=False)
    _acl_of: dict[str, NetworkAcl] = field(init=False)
    _table_of: dict[str, RouteTable] = field(init=False)

    def __post_init__(self) -> None:
        network = self.network
        taken = [block for vpc in network.vpcs.values() for block in vpc.prefixes]
        self.internet = (
            AddressSet.everything() - NOT_INTERNET - AddressSet.of(*taken, *_publics(network))
        )
        self._everywhere = {family: list(self._fixed(family)) for family in FAMILIES}
        self._acl_of, self._table_of = {}, {}
        for acl in network.network_acls.values():
            self._acl_of.update((subnet, acl) for subnet in acl.subnet_ids)
        for table in network.route_tables.values():
            self._table_of.update((subnet, table) for subnet in table.subnet_ids)
        for subnet in network.subnets.values():
            for acl in network.network_acls.values():
                if acl.is_default and acl.vpc_id == subnet.vpc_id:
                    self._acl_of.setdefault(subnet.id, acl)
            for table in network.route_tables.values():
                if table.main and table.vpc_id == subnet.vpc_id:
                    self._table_of.setdefault(subnet.id, table)

    # -- addresses ----------------------------------------------------------------------------

    def _fixed(self, family: Family) -> Iterator[Spans]:
        """Comparisons that any packet can meet: what addresses are, and whose."""
        network = self.network
        sets = [
            AddressSet.of(*map(Address.parse, _SERVICES)),
            AddressSet.of(*map(Prefix.parse, _NEVER_FORWARDED)),
            AddressSet.of(GLOBAL_UNICAST_IPV6),
            AddressSet.of(NAT64),
            PRIVATE_OR_SHARED_IPV4,
            self.internet,
        ]
        sets.extend(AddressSet.of(*subnet.prefixes) for subnet in network.subnets.values())
        for vpc in network.vpcs.values():
            sets.extend(AddressSet.of(block) for block in vpc.prefixes)
            resolvers = [Address(4, block.first + 2) for block in vpc.ipv4 if block.length < 32]
            sets.append(AddressSet.of(*resolvers))
        for peering in network.peerings.values():
            sets.extend(
                AddressSet.of(*side.prefixes) for side in (peering.requester, peering.accepter)
            )
        for interface in network.interfaces.values():
            sets.append(own_addresses(interface))
            for own in interface.ipv4:
                if own.public is not None:
                    sets += [AddressSet.of(own.address), AddressSet.of(own.public)]
        for gateway in network.nat_gateways.values():
            for nat in gateway.addresses:
                sets.append(AddressSet.of(nat.private))
                if nat.public is not None:
                    sets.append(AddressSet.of(nat.public))
        sets.extend(door.sources for door in network.entrances if door.sources is not None)
        return (spans for found in sets if (spans := found.spans(family)))

    def address_predicates(
        self, relevant: Relevant, family: Family, protocol: int
    ) -> Iterator[Spans]:
        """Every comparison of an address that the packet or its reply can meet.

        Behind a NAT gateway an IPv6 packet is an IPv4 packet (NAT-10): its destination is then
        compared with what IPv4 destinations are compared with.
        """
        yield from self._predicates(relevant, family, protocol)
        if family == 6 and relevant.nat_gateways:
            for spans in self._predicates(relevant, 4, translated(protocol)):
                yield as_nat64(spans)

    def _predicates(self, relevant: Relevant, family: Family, protocol: int) -> Iterator[Spans]:
        yield from self._everywhere[family]
        seen: set[Prefix] = set()
        for entry in relevant.entries(family, protocol):
            if entry.prefix is not None:
                seen.add(entry.prefix)
        seen.update(relevant.prefixes)
        for match in relevant.five_tuples(protocol):
            yield from (
                spans
                for blocks in (match.sources, match.destinations)
                if (spans := AddressSet.of(*blocks).spans(family))
            )
        for table in relevant.tables:
            for route in table.routes:
                seen.update(self._blocks(route))
        for rule in relevant.group_rules(protocol):
            if isinstance(rule.peer, Prefix):
                seen.add(rule.peer)
            elif isinstance(rule.peer, PrefixListReference):
                known = self.network.prefix_lists.get(rule.peer.prefix_list_id)
                if known is not None and (spans := AddressSet.of(*known.prefixes).spans(family)):
                    yield spans
        yield from (((block.first, block.last),) for block in seen if block.family == family)

    def _blocks(self, route: Route) -> tuple[Prefix, ...]:
        if isinstance(route.destination, Prefix):
            return (route.destination,)
        known = self.network.prefix_lists.get(route.destination.prefix_list_id)
        return known.prefixes if known is not None else ()

    # -- what can be met ----------------------------------------------------------------------

    def relevant(
        self,
        source: NetworkInterface | None,
        destination: NetworkInterface | None,
        door: str | None = None,
    ) -> Relevant:
        """What packets between the two can meet; None: an outside host, the source by this door."""
        ground = Ground(self.network, self._table_of)
        forth = ground.forth(source, destination, door)
        back = ground.back(forth, destination)
        ends = [end.subnet_id for end in (source, destination) if end is not None]
        subnets = dict.fromkeys([*ends, *forth.lists, *back.lists])
        rules = [rule for rule in self._rules(source) if rule.egress]
        rules += [rule for rule in self._rules(destination) if not rule.egress]
        for appliance in forth.appliances:
            rules += self._rules(self.network.interfaces.get(appliance))
        tables = {**forth.tables, **back.tables}
        prefixes = {
            route.prefix
            for table in {**forth.transit_tables, **back.transit_tables}.values()
            for route in table.routes
        }
        for gateway in {**forth.vpn_gateways, **back.vpn_gateways}:
            prefixes.update(self.network.vpn_gateways[gateway].prefixes)
        known = self.network.nat_gateways
        return Relevant(
            acls=tuple(self._acl_of[subnet] for subnet in subnets if subnet in self._acl_of),
            rules=tuple(rules),
            tables=tuple(tables[name] for name in sorted(tables)),
            nat_gateways=tuple(known[gateway] for gateway in sorted(forth.nat_gateways)),
            prefixes=frozenset(prefixes),
            firewalls=tuple(self._matches({**forth.endpoints, **back.endpoints})),
            appliances={name: frozenset(gaps) for name, gaps in forth.appliances.items()},
            exits=frozenset(forth.exits),
            turns=tuple(sorted({**forth.turns, **forth.kept_turns, **back.kept_turns}.items())),
            reply_turns=tuple(sorted(back.turns.items())),
            connects=source is not None and source.kind is InterfaceKind.INSTANCE_CONNECT_ENDPOINT,
        )

    def _rules(self, interface: NetworkInterface | None) -> Iterator[SecurityGroupRule]:
        for group_id in interface.groups if interface is not None else ():
            group = self.network.security_groups.get(group_id)
            if group is not None:
                yield from group.rules

    def _matches(self, endpoints: Mapping[str, None]) -> Iterator[FirewallMatch]:
        """What the rules of the firewalls at these endpoints match (NFW-3)."""
        for firewall in self.network.network_firewalls.values():
            if not endpoints.keys().isdisjoint(firewall.endpoint_ids):
                yield from (rule.match for rule in firewall.stateless)
                yield from (rule.match for rule in firewall.stateful)

    def gap_sources(self, relevant: Relevant, opened: frozenset[Gap]) -> AddressSet:
        """The addresses that can be of consequence as `gap_source` (GAP-6, GAP-9, MBX-6)."""
        redirects = {
            passage.gap
            for passages in self.network.passages.values()
            for passage in passages
            if passage.redirects
        }
        if opened & (relevant.exits | redirects):
            return AddressSet.everything()
        found = AddressSet()
        for name, gaps in relevant.appliances.items():
            if gaps & opened:
                for interface in self._same_instance(name):
                    found |= own_addresses(interface) | public_addresses(interface)
        return found

    def _same_instance(self, name: str) -> Iterator[NetworkInterface]:
        """The interface and the others of its instance."""
        appliance = self.network.interfaces.get(name)
        instance = appliance.instance_id if appliance is not None else None
        for interface in self.network.interfaces.values():
            if interface is appliance or (instance and instance == interface.instance_id):
                yield interface


def translated(protocol: int) -> int:
    """The protocol of the IPv4 packet that NAT64 makes (NAT-10)."""
    return ICMP if protocol == ICMPV6 else protocol


def as_nat64(spans: Spans) -> Spans:
    """IPv4 addresses by their NAT64 names."""
    return tuple((NAT64.first + first, NAT64.first + last) for first, last in spans)


def own_addresses(interface: NetworkInterface) -> AddressSet:
    """The private addresses of the interface (ENI-1)."""
    return AddressSet.of(
        *(own.address for own in interface.ipv4), *interface.ipv6, *interface.delegated
    )


def public_addresses(interface: NetworkInterface) -> AddressSet:
    """The public addresses mapped to the interface."""
    return AddressSet.of(*(own.public for own in interface.ipv4 if own.public is not None))


def _publics(network: Network) -> Iterator[Address]:
    for interface in network.interfaces.values():
        yield from (own.public for own in interface.ipv4 if own.public is not None)
    for gateway in network.nat_gateways.values():
        yield from (own.public for own in gateway.addresses if own.public is not None)

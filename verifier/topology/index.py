"""What the encoder finds out about a network once, whatever is asked of it.

Owns the consequences of the facts that every question needs: which list and table serve a subnet,
who owns and names which address, what an internet address is, how tables partition the addresses.
Law: an `Index` depends on its network alone, so one worker process keeps it for all invariants;
everything that is costly is worked out when it is first asked for.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from verifier.model import (
    AttachmentKind,
    Gap,
    InterfaceKind,
    LocalTarget,
    Network,
    NetworkInterface,
    PublicAccess,
    TransitGatewayAttachment,
)
from verifier.packet import Address, Family, Prefix
from verifier.packet.special_ranges import GLOBAL_UNICAST_IPV6, NOT_INTERNET
from verifier.topology.hops import Hop, Leads
from verifier.topology.routes import Routing, other_side, owned, routing, same_region
from verifier.topology.spans import Spans, common, normal, numbers, union, without
from verifier.topology.transit import TransitLeads, transit_leads

EVERYTHING: dict[Family, Spans] = {4: ((0, (1 << 32) - 1),), 6: ((0, (1 << 128) - 1),)}
GLOBAL: Spans = ((GLOBAL_UNICAST_IPV6.first, GLOBAL_UNICAST_IPV6.last),)

UNFILTERED = frozenset(
    {
        InterfaceKind.NAT_GATEWAY,
        InterfaceKind.TRANSIT_GATEWAY,
        InterfaceKind.GATEWAY_LOAD_BALANCER,
        InterfaceKind.GATEWAY_LOAD_BALANCER_ENDPOINT,
    }
)
"""Kinds that carry no groups (ENI-3) and are neither source nor destination (ENI-4)."""
SENDERS = frozenset({InterfaceKind.LAMBDA, InterfaceKind.INSTANCE_CONNECT_ENDPOINT})
"""Kinds that are sources only (ENI-4, ENI-7)."""


@dataclass(frozen=True, slots=True)
class Shape:
    """What two interfaces must share to be one class, whatever is asked (ENI-1 to ENI-7).

    `table` and `acl` are None where the subnet has none in the snapshot (GAP-10). `filtered` is
    false iff no group is asked whatever the gaps (ENI-3). `endpoint` is the interface itself if it
    is that of an EC2 Instance Connect Endpoint: no two of these are one class (EICE-4).
    `translates`: it may send, but what comes to it comes to a NAT gateway (NAT-6).
    """

    vpc_id: str
    acl: str | None
    subnet_id: str
    table: str | None
    groups: tuple[str, ...]
    filtered: bool
    may_send: bool
    may_receive: bool
    running: bool
    checked: bool
    attached: bool
    denies_gateway: bool
    gap: Gap | None
    families: tuple[bool, bool, bool]
    endpoint: str | None
    translates: bool


@dataclass(slots=True)
class Index:
    """A network and what follows from it; see the module's law."""

    network: Network
    _routings: dict[tuple[str, Family], Routing] = field(default_factory=dict)
    _shapes: dict[str, Shape] = field(default_factory=dict)
    _interned: dict[Shape, Shape] = field(default_factory=dict)
    _members: dict[str, tuple[str, ...]] | None = None
    _internet: dict[Family, Spans] = field(default_factory=dict)
    memo: dict[object, object] = field(default_factory=dict)
    subnet_acl: dict[str, str] = field(default_factory=dict)
    subnet_table: dict[str, str] = field(default_factory=dict)
    gateways: dict[str, tuple[str, ...]] = field(default_factory=dict)
    public: dict[str, dict[int, int]] = field(default_factory=dict)
    mapped: Spans = ()
    owned6: Spans = ()

    def __post_init__(self) -> None:
        """Say once who serves whom."""
        self._associate()
        self._map()

    def _associate(self) -> None:
        """ACL-10, RT-1, IGW-1."""
        network = self.network
        fallback = {acl.vpc_id: acl.id for acl in network.network_acls.values() if acl.is_default}
        main = {table.vpc_id: table.id for table in network.route_tables.values() if table.main}
        for subnet in network.subnets.values():
            lost = ("network-acl", subnet.id) in network.missing
            if subnet.vpc_id in fallback and not lost:
                self.subnet_acl[subnet.id] = fallback[subnet.vpc_id]
            if subnet.vpc_id in main:
                self.subnet_table[subnet.id] = main[subnet.vpc_id]
        for acl in network.network_acls.values():
            self.subnet_acl.update(dict.fromkeys(acl.subnet_ids, acl.id))
        for table in network.route_tables.values():
            self.subnet_table.update(dict.fromkeys(table.subnet_ids, table.id))
        attached: dict[str, list[str]] = {}
        for gateway in network.internet_gateways.values():
            for vpc_id in gateway.vpc_ids:
                attached.setdefault(vpc_id, []).append(gateway.id)
        self.gateways = {vpc_id: tuple(sorted(ids)) for vpc_id, ids in attached.items()}

    def _map(self) -> None:
        """Which private address has which public one, by VPC (IGW-2), and who owns IPv6."""
        mapped: list[int] = []
        owned6: list[tuple[int, int]] = []
        for interface in self.network.interfaces.values():
            table = self.public.setdefault(interface.vpc_id, {})
            for own in interface.ipv4:
                if own.public is not None:
                    mapped.append(own.public.value)
                    if interface.attached:
                        table[own.address.value] = own.public.value
            owned6 += [(address.value, address.value) for address in interface.ipv6]
            owned6 += [(part.first, part.last) for part in interface.delegated if part.family == 6]
        for nat in self.network.nat_gateways.values():
            table = self.public.setdefault(nat.vpc_id, {})
            for address in nat.addresses:
                if address.public is not None:
                    mapped.append(address.public.value)
                    table[address.private.value] = address.public.value
        self.mapped = numbers(mapped)
        self.owned6 = normal(owned6)

    def routing(self, table_id: str, family: Family) -> Routing:
        """The partition of one table in one family."""
        key = (table_id, family)
        if key not in self._routings:
            table = self.network.route_tables[table_id]
            self._routings[key] = routing(self.network, table, family)
        return self._routings[key]

    def hop(self, subnet_id: str, family: Family, address: int) -> Hop | None:
        """Where the subnet's table sends an address, unknown prefix lists apart."""
        table = self.subnet_table.get(subnet_id)
        leads: Leads = () if table is None else self.routing(table, family).leads
        for hop, spans in leads:
            if any(first <= address <= last for first, last in spans):
                return hop
        return None

    def shape(self, interface_id: str) -> Shape:
        """The interface's shape; equal shapes are one object."""
        found = self._shapes.get(interface_id)
        if found is None:
            found = self._shape(self.network.interfaces[interface_id])
            found = self._interned.setdefault(found, found)
            self._shapes[interface_id] = found
        return found

    def _shape(self, interface: NetworkInterface) -> Shape:
        kind = interface.kind
        instance = self.network.instances.get(interface.instance_id or "")
        balancer = kind is InterfaceKind.NETWORK_LOAD_BALANCER
        may_send = kind not in UNFILTERED and kind is not InterfaceKind.VPC_ENDPOINT
        translates = may_send and self._translates(interface)
        return Shape(
            vpc_id=interface.vpc_id,
            acl=self.subnet_acl.get(interface.subnet_id),
            subnet_id=interface.subnet_id,
            table=self.subnet_table.get(interface.subnet_id),
            groups=tuple(sorted(set(interface.groups))),
            filtered=kind not in UNFILTERED and not (balancer and not interface.groups),
            may_send=may_send,
            may_receive=kind not in UNFILTERED | SENDERS and not translates,
            running=instance is None or instance.state in (None, "running"),
            checked=interface.source_destination_check,
            attached=interface.attached,
            denies_gateway=interface.deny_all_internet_gateway,
            gap=interface.gap,
            families=(
                bool(interface.ipv4),
                bool(interface.ipv6),
                any(own.public is not None for own in interface.ipv4),
            ),
            endpoint=interface.id if kind is InterfaceKind.INSTANCE_CONNECT_ENDPOINT else None,
            translates=translates,
        )

    def _translates(self, interface: NetworkInterface) -> bool:
        """True iff the interface has an address of a NAT gateway of its VPC, whatever its kind."""
        if "translators" not in self.memo:
            self.memo["translators"] = {
                (nat.vpc_id, each.private)
                for nat in self.network.nat_gateways.values()
                for each in nat.addresses
            }
        known: set[tuple[str, Address]] = self.memo["translators"]  # type: ignore[assignment]
        return any((interface.vpc_id, own.address) in known for own in interface.ipv4)

    @property
    def members(self) -> dict[str, tuple[str, ...]]:
        """The interfaces that carry each group, whether or not the group is defined (SG-10)."""
        if self._members is None:
            carried: dict[str, list[str]] = {}
            for interface in self.network.interfaces.values():
                for group in interface.groups:
                    carried.setdefault(group, []).append(interface.id)
            self._members = {group: tuple(ids) for group, ids in carried.items()}
        return self._members

    def member_addresses(self, group: str, vpc_ids: frozenset[str], family: Family) -> Spans:
        """Private addresses of the group's carriers in these VPCs (SG-11)."""
        key = ("members", group, vpc_ids, family)
        if key not in self.memo:
            carriers = [
                owned(self.network, id_, family)
                for id_ in self.members.get(group, ())
                if self.network.interfaces[id_].vpc_id in vpc_ids
            ]
            self.memo[key] = union(*carriers)
        found: Spans = self.memo[key]  # type: ignore[assignment]
        return found

    def referable(self, vpc_id: str) -> frozenset[str]:
        """The VPCs that an egress rule in this one can refer to: its peers in the Region (SG-11).

        The VPC itself is not among them.
        """
        peers = set()
        for peering in self.network.peerings.values():
            side = other_side(peering, vpc_id)
            if side is not None and same_region(peering):
                peers.add(side.vpc_id)
        return frozenset(peers)

    def internet(self, family: Family) -> Spans:
        """The internet addresses of this network (IGW-8)."""
        if family not in self._internet:
            blocks = union(self.blocks(family), self.mapped if family == 4 else ())
            kept = without(EVERYTHING[family], NOT_INTERNET.spans(family))
            self._internet[family] = without(kept, blocks)
        return self._internet[family]

    def blocks(self, family: Family) -> Spans:
        """The blocks of all VPCs of the snapshot."""
        return union(*(self.vpc_blocks(vpc_id, family) for vpc_id in self.network.vpcs))

    def vpc_blocks(self, vpc_id: str, family: Family) -> Spans:
        """VPC-1."""
        prefixes = self.network.vpcs[vpc_id].prefixes
        return normal((block.first, block.last) for block in prefixes if block.family == family)

    def private_blocks(self, vpc_id: str) -> Spans:
        """The IPv6 blocks that are not advertised (IGW-3)."""
        blocks = self.network.vpcs[vpc_id].ipv6
        return normal((b.prefix.first, b.prefix.last) for b in blocks if b.private)

    def subnet_blocks(self, subnet_id: str, family: Family) -> Spans:
        """What is delivered without leaving the subnet (SUB-2)."""
        prefixes = self.network.subnets[subnet_id].prefixes
        return normal((block.first, block.last) for block in prefixes if block.family == family)

    def owner(self, vpc_id: str, address: Address) -> str | None:
        """The interface of the VPC that owns the address (VPC-2)."""
        key = ("owners", vpc_id)
        if key not in self.memo:
            single: dict[Address, str] = {}
            delegated: list[tuple[Prefix, str]] = []
            for interface in self.network.interfaces.values():
                if interface.vpc_id == vpc_id:
                    single.update((own.address, interface.id) for own in interface.ipv4)
                    single.update((own, interface.id) for own in interface.ipv6)
                    delegated += [(prefix, interface.id) for prefix in interface.delegated]
            self.memo[key] = (single, delegated)
        known: tuple[dict[Address, str], list[tuple[Prefix, str]]]
        known = self.memo[key]  # type: ignore[assignment]
        found = known[0].get(address)
        for prefix, id_ in () if found else known[1]:
            if prefix.family == address.family and prefix.first <= address.value <= prefix.last:
                return id_
        return found

    def named_publicly(self, address: Address) -> str | None:
        """The interface that has this public address (VPC-3)."""
        if "named" not in self.memo:
            self.memo["named"] = {
                own.public: interface.id
                for interface in self.network.interfaces.values()
                for own in interface.ipv4
                if own.public is not None
            }
        table: dict[Address, str] = self.memo["named"]  # type: ignore[assignment]
        return table.get(address)

    def vpc_owned(self, vpc_id: str, family: Family) -> Spans:
        """All addresses that interfaces of the VPC own."""
        key = ("owned", vpc_id, family)
        if key not in self.memo:
            self.memo[key] = union(
                *(
                    owned(self.network, id_, family)
                    for id_, interface in self.network.interfaces.items()
                    if interface.vpc_id == vpc_id
                )
            )
        found: Spans = self.memo[key]  # type: ignore[assignment]
        return found

    def private_addresses(self, vpc_id: str, family: Family) -> Spans:
        """What interfaces and NAT gateways of the VPC own (VGW-2, VPCE-1)."""
        gateways = (nat for nat in self.network.nat_gateways.values() if nat.vpc_id == vpc_id)
        nats = (
            ()
            if family == 6
            else numbers(each.private.value for nat in gateways for each in nat.addresses)
        )
        return union(self.vpc_owned(vpc_id, family), nats)

    def barred(self, vpc_id: str, family: Family, *, egress_only: bool = False) -> Spans:
        """The addresses that Block Public Access keeps from opening connections (IGW-12)."""
        key = ("barred", vpc_id, family, egress_only)
        if key not in self.memo:
            self.memo[key] = self._barred(vpc_id, family, egress_only)
        found: Spans = self.memo[key]  # type: ignore[assignment]
        return found

    def _barred(self, vpc_id: str, family: Family, egress_only: bool) -> Spans:
        subnets = self.network.subnets
        closed = {id_ for id_, s in subnets.items() if s.public_access is PublicAccess.CLOSED}
        behind = {id_ for id_, s in subnets.items() if s.public_access is PublicAccess.NAT}
        kept = closed if egress_only else closed | behind
        if not kept:
            return ()
        gateways = self.network.nat_gateways.values()
        nats = [nat for nat in gateways if nat.vpc_id == vpc_id and family == 4]
        free = numbers(each.private.value for nat in nats for each in nat.addresses)
        shut = numbers(
            each.private.value for nat in nats if nat.subnet_id in closed for each in nat.addresses
        )
        interfaces = union(
            *(
                owned(self.network, id_, family)
                for id_, each in self.network.interfaces.items()
                if each.vpc_id == vpc_id and each.subnet_id in kept
            )
        )
        return union(without(interfaces, free), shut)

    def edge(self, vpc_id: str, gateway_ids: tuple[str, ...]) -> str | None:
        """The table that leads what comes in by one of these gateways (IGW-9, IGW-10, VGW-3)."""
        found = (
            table.id
            for table in self.network.route_tables.values()
            if table.vpc_id == vpc_id
            and any(id_ in table.gateway_ids for id_ in gateway_ids)
            and any(not isinstance(route.target, LocalTarget) for route in table.routes)
        )
        return min(found, default=None)

    def gateway_edge(self, vpc_id: str) -> str | None:
        """The table behind the internet gateway of the VPC (IGW-10)."""
        key = ("edge", vpc_id)
        if key not in self.memo:
            self.memo[key] = self.edge(vpc_id, self.gateways.get(vpc_id, ()))
        found: str | None = self.memo[key]  # type: ignore[assignment]
        return found

    def transit(self, table_id: str, family: Family) -> TransitLeads:
        """The partition of one transit gateway table in one family."""
        key = ("transit", table_id, family)
        if key not in self.memo:
            self.memo[key] = transit_leads(self.network.transit_tables[table_id], family)
        found: TransitLeads = self.memo[key]  # type: ignore[assignment]
        return found

    def sites(self) -> tuple[TransitGatewayAttachment, ...]:
        """The attachments behind which are sites outside, known and available (TGW-5, TGW-9)."""
        ends = self.network.transit_attachments
        return tuple(
            ends[key]
            for key in sorted(ends)
            if ends[key].kind not in (AttachmentKind.VPC, AttachmentKind.PEERING)
            and ends[key].available
            and ends[key].gap is None
        )

    def snapshot_sources(self, family: Family) -> Spans:
        """What may come in by an internet gateway as a source (IGW-5)."""
        if family == 4:
            return union(self.internet(4), self.mapped)
        return union(self.internet(6), common(self.owned6, GLOBAL))


__all__ = ["EVERYTHING", "GLOBAL", "Index", "Shape"]

"""What a network's names mean: ids, tags, names, accounts, blocks, each looked up once.

Built once per network and asked by every invariant; every index is made when it is first needed.
Law: an index holds all interfaces, whether or not they can play a part; `eligible` says who can
(clause ENI-4), so that "does not exist" and "plays no part" stay apart.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cached_property

from verifier.invariants import doors
from verifier.invariants.hosts import Hosts
from verifier.invariants.interface_types import types_of
from verifier.invariants.role import BARRED, Role
from verifier.invariants.sending import sent_from
from verifier.model import (
    InterfaceKind,
    Network,
    NetworkInterface,
    TransitGatewayAttachment,
)
from verifier.packet import FAMILIES, NOT_INTERNET, Address, AddressSet, Family, Prefix

_BALANCER = re.compile(r"ELB (?:(?:app|net|gwy)/)?([^/]+)(?:/[^/]+)?")
"""How a load balancer's interface is described."""

ELSEWHERE = "elsewhere"
"""A door that stands for ways out that have no id (a missing route table, GAP-10)."""

Index = Mapping[str, frozenset[str]]
Tags = Mapping[str, Index]

SERVICES = AddressSet.of(
    *map(
        Address.parse,
        (
            "169.254.169.253", "169.254.169.254", "169.254.169.123", "169.254.169.249",
            "169.254.169.250", "169.254.169.251", "169.254.170.2",
            "fd00:ec2::253", "fd00:ec2::254", "fd00:ec2::123",
        ),
    )
)  # fmt: skip
"""Amazon's own services, which belong to no endpoint set (clause SVC-1)."""


class Directory:
    """The indexes of one network."""

    def __init__(self, network: Network) -> None:
        self.network = network
        self.memo: dict[object, Hosts] = {}
        """What resolvers have found before, by whatever they asked."""
        self.unknown_memo: dict[object, tuple[str, ...]] = {}
        """What of a definition is not modelled."""
        self._own: dict[tuple[str, Role], AddressSet] = {}

    # --- interfaces ---

    @cached_property
    def order(self) -> tuple[str, ...]:
        """All interfaces by id, ascending."""
        return tuple(sorted(self.network.interfaces))

    @cached_property
    def _eligible(self) -> Mapping[Role, frozenset[str]]:
        return {
            role: frozenset(
                interface.id
                for interface in self.network.interfaces.values()
                if interface.attached and interface.kind not in BARRED[role]
            )
            for role in Role
        }

    def eligible(self, role: Role) -> frozenset[str]:
        """The interfaces that can play the part (ENI-4)."""
        return self._eligible[role]

    def addresses(self, interface_id: str, role: Role) -> AddressSet:
        """Every address by which the interface can take part: its own; as a destination also
        the public addresses that are mapped to them; of an EC2 Instance Connect Endpoint those
        that it may send from (ASK-2).
        """
        key = (interface_id, role)
        if key not in self._own:
            interface = self.network.interfaces[interface_id]
            parts: list[Address | Prefix] = [own.address for own in interface.ipv4]
            parts += [*interface.ipv6, *interface.delegated]
            if role is Role.DESTINATION:
                parts += [own.public for own in interface.ipv4 if own.public is not None]
            own = AddressSet.of(*parts)
            endpoint = self.network.instance_connect_endpoints.get(interface_id)
            if endpoint is not None and role is Role.SOURCE:
                own = sent_from(endpoint, own)
            self._own[key] = own
        return self._own[key]

    def primary(self, interface_id: str, role: Role) -> AddressSet:
        """The addresses that clause ASK-2 gives under `primary`, from wherever the source is."""
        if interface_id in self.network.instance_connect_endpoints:
            return self.addresses(interface_id, role)
        interface = self.network.interfaces[interface_id]
        first = [own for own in interface.ipv4 if own.primary]
        parts = [*interface.ipv6, *(own.address for own in first)]
        if role is Role.DESTINATION:
            parts += [own.public for own in first if own.public is not None]
        return AddressSet.of(*parts)

    def within(
        self, prefix: Prefix, role: Role, *, users: bool = False
    ) -> Mapping[str, AddressSet]:
        """By interface, what it takes part by if a CIDR names it: an address that the packet uses
        and that lies in the block, or whose 1:1 counterpart does. A source uses private addresses;
        a destination is called by private ones (in the block) and public ones (in it, or of a
        private one that is). With `users`, also what endpoints send from that they do not own.
        """
        values, uses = self._uses[role][prefix.family]
        hits: defaultdict[str, set[Address]] = defaultdict(set)
        for at in range(bisect_left(values, prefix.first), bisect_right(values, prefix.last)):
            id_, used = uses[at]
            hits[id_].add(used)
        found: dict[str, AddressSet] = {}
        for id_, named in hits.items():
            whole = self.addresses(id_, role)
            found[id_] = whole if whole.count() == len(named) else AddressSet.of(*named)
        block = AddressSet.of(prefix)
        for id_, delegated in self._delegated:
            both = delegated & block
            if both:
                found[id_] = found.get(id_, AddressSet()) | both
        for id_, sent, own in self._keepers if role is Role.SOURCE else ():
            found.pop(id_, None)
            if both := (sent if users else own) & block:
                found[id_] = both
        return found

    @cached_property
    def _uses(self) -> Mapping[Role, Mapping[Family, tuple[list[int], list[tuple[str, Address]]]]]:
        """By role and family, in ascending order: an address, and the interface with the address
        that it takes part by if a CIDR names the former.
        """
        pairs: dict[Role, list[tuple[Address, str, Address]]] = {role: [] for role in Role}
        for one in self._interfaces:
            for role in Role:
                pairs[role] += [(own, one.id, own) for own in one.ipv6]
                pairs[role] += [(own.address, one.id, own.address) for own in one.ipv4]
            for address, public in ((own.address, own.public) for own in one.ipv4):
                if public is not None:
                    pairs[Role.SOURCE].append((public, one.id, address))
                    pairs[Role.DESTINATION].append((address, one.id, public))
                    pairs[Role.DESTINATION].append((public, one.id, public))
        found: dict[Role, dict[Family, tuple[list[int], list[tuple[str, Address]]]]] = {}
        for role, triples in pairs.items():
            triples.sort()
            found[role] = {}
            for family in FAMILIES:
                own_kind = [triple for triple in triples if triple[0].family == family]
                values = [address.value for address, _, _ in own_kind]
                found[role][family] = (values, [(id_, used) for _, id_, used in own_kind])
        return found

    @cached_property
    def _delegated(self) -> list[tuple[str, AddressSet]]:
        having = (one for one in self._interfaces if one.delegated)
        return [(one.id, AddressSet.of(*one.delegated)) for one in having]

    @cached_property
    def _keepers(self) -> list[tuple[str, AddressSet, AddressSet]]:
        """The endpoints that keep, or may keep, their users' addresses: what they send from, and
        what of that they own.
        """
        found: list[tuple[str, AddressSet, AddressSet]] = []
        for one in self.network.instance_connect_endpoints.values():
            if one.keeps_clients is not False:
                sent = self.addresses(one.interface_id, Role.SOURCE)
                own = self.addresses(one.interface_id, Role.DESTINATION)
                found.append((one.interface_id, sent, sent & own))
        return found

    def _index(self, pairs: Iterable[tuple[str | None, str]]) -> Index:
        found: defaultdict[str, set[str]] = defaultdict(set)
        for key, value in pairs:
            if key is not None:
                found[key].add(value)
        return {key: frozenset(values) for key, values in found.items()}

    @cached_property
    def by_vpc(self) -> Index:
        """Interfaces by VPC; every VPC of the snapshot is a key."""
        found = self._index((one.vpc_id, one.id) for one in self._interfaces)
        return {**dict.fromkeys(self.network.vpcs, frozenset()), **found}

    @cached_property
    def by_subnet(self) -> Index:
        """Interfaces by subnet; every subnet of the snapshot is a key."""
        found = self._index((one.subnet_id, one.id) for one in self._interfaces)
        return {**dict.fromkeys(self.network.subnets, frozenset()), **found}

    @cached_property
    def by_group(self) -> Index:
        """Interfaces by security group that they carry; every group that is known is a key."""
        found = self._index((group, one.id) for one in self._interfaces for group in one.groups)
        missing = [id_ for kind, id_ in self.network.missing if kind == "security-group"]
        return {**dict.fromkeys([*self.network.security_groups, *missing], frozenset()), **found}

    @cached_property
    def by_instance(self) -> Index:
        """Interfaces by instance; every instance of the snapshot is a key."""
        found = self._index((one.instance_id, one.id) for one in self._interfaces)
        return {**dict.fromkeys(self.network.instances, frozenset()), **found}

    @cached_property
    def by_network_acl(self) -> Index:
        """Interfaces by the list that guards their subnet (ACL-10); every list is a key."""
        named: dict[str, str | None] = {
            name: None for kind, name in self.network.missing if kind == "network-acl"
        }
        defaults: dict[str, str] = {}
        for acl in self.network.network_acls.values():
            named.update(dict.fromkeys(acl.subnet_ids, acl.id))
            if acl.is_default:
                defaults[acl.vpc_id] = acl.id
        found = self._index(
            (named.get(one.subnet_id, defaults.get(one.vpc_id)), one.id) for one in self._interfaces
        )
        return {**dict.fromkeys(self.network.network_acls, frozenset()), **found}

    @cached_property
    def by_endpoint(self) -> Index:
        """Interfaces of VPC endpoints by the endpoint's id, which it or their description tells."""
        kinds = (InterfaceKind.VPC_ENDPOINT, InterfaceKind.GATEWAY_LOAD_BALANCER_ENDPOINT)
        pairs: list[tuple[str | None, str]] = [
            (endpoint, one.id)
            for one in self._interfaces
            if one.kind in kinds
            for endpoint in re.findall(r"\bvpce-[A-Za-z0-9-]+", one.description)
        ]
        for endpoint in self.network.vpc_endpoints.values():
            known = (id_ for id_ in endpoint.interface_ids if id_ in self.network.interfaces)
            pairs += [(endpoint.id, id_) for id_ in known]
        return self._index(pairs)

    @cached_property
    def connect_endpoints(self) -> Index:
        """Interfaces of EC2 Instance Connect Endpoints by the endpoint's id."""
        endpoints = self.network.instance_connect_endpoints.values()
        return self._index((one.id, one.interface_id) for one in endpoints)

    @cached_property
    def by_balancer(self) -> Index:
        """Interfaces of load balancers by the balancer's name and by its ARN.

        A balancer that is not listed is known by the description of its interfaces alone.
        """
        described = ((_BALANCER.fullmatch(one.description), one.id) for one in self._interfaces)
        pairs: list[tuple[str | None, str]] = [(got[1], id_) for got, id_ in described if got]
        known: list[str] = []
        for balancer in self.network.load_balancers.values():
            known += [balancer.name, balancer.id]
            nodes = [id_ for id_ in balancer.interface_ids if id_ in self.network.interfaces]
            pairs += [(word, id_) for word in (balancer.name, balancer.id) for id_ in nodes]
        return {**dict.fromkeys(known, frozenset()), **self._index(pairs)}

    @cached_property
    def by_type(self) -> Index:
        """Interfaces by what they are for."""
        return self._index((word, one.id) for one in self._interfaces for word in types_of(one))

    @cached_property
    def by_account(self) -> Index:
        """Interfaces by account: their own, else that of their VPC."""
        accounts = {vpc.id: vpc.account for vpc in self.network.vpcs.values()}
        found = self._index(
            (one.account or accounts.get(one.vpc_id), one.id) for one in self._interfaces
        )
        known = [account for account in accounts.values() if account is not None]
        return {**dict.fromkeys(known, frozenset()), **found}

    @cached_property
    def by_region(self) -> Index:
        """Interfaces by the Region of their VPC."""
        regions = {vpc.id: vpc.region for vpc in self.network.vpcs.values()}
        found = self._index((regions.get(one.vpc_id), one.id) for one in self._interfaces)
        known = [region for region in regions.values() if region is not None]
        return {**dict.fromkeys(known, frozenset()), **found}

    @cached_property
    def by_zone(self) -> Index:
        """Interfaces by availability zone: their own, else that of their subnet."""
        zones = {subnet.id: subnet.zone for subnet in self.network.subnets.values()}
        found = self._index(
            (one.zone or zones.get(one.subnet_id), one.id) for one in self._interfaces
        )
        known = [zone for zone in zones.values() if zone is not None]
        return {**dict.fromkeys(known, frozenset()), **found}

    @property
    def _interfaces(self) -> Iterable[NetworkInterface]:
        return self.network.interfaces.values()

    # --- tags and names ---

    @cached_property
    def interface_tags(self) -> Tags:
        """Interfaces by key and value of their own tags and of their instance's.

        An instance without interfaces leaves its keys and values with nobody behind them.
        """
        pairs: list[tuple[str, str, frozenset[str]]] = []
        for one in self._interfaces:
            pairs += [(key, value, frozenset({one.id})) for key, value in one.tags.items()]
        for instance in self.network.instances.values():
            members = self.by_instance[instance.id]
            pairs += [(key, value, members) for key, value in instance.tags.items()]
        return _tags(pairs)

    @cached_property
    def subnet_tags(self) -> Tags:
        """Interfaces by key and value of their subnet's tags."""
        return _tags(
            (key, value, self.by_subnet[subnet.id])
            for subnet in self.network.subnets.values()
            for key, value in subnet.tags.items()
        )

    @cached_property
    def vpc_tags(self) -> Tags:
        """Interfaces by key and value of their VPC's tags."""
        return _tags(
            (key, value, self.by_vpc[vpc.id])
            for vpc in self.network.vpcs.values()
            for key, value in vpc.tags.items()
        )

    @cached_property
    def group_names(self) -> Index:
        """Interfaces by the name, or the Name tag, of a group that they carry."""
        found: defaultdict[str, frozenset[str]] = defaultdict(frozenset)
        for group in self.network.security_groups.values():
            for name in {group.name, group.tags.get("Name")} - {None}:
                found[str(name)] |= self.by_group[group.id]
        return dict(found)

    # --- gateways and what is not modelled ---

    @cached_property
    def attachments(self) -> Mapping[str, tuple[TransitGatewayAttachment, ...]]:
        """Transit gateway attachments by id; a peering has two ends."""
        return doors.attachments(self.network)

    @cached_property
    def referred(self) -> frozenset[str]:
        """Ids of what is referred to, and is not in the snapshot or not modelled."""
        return doors.referred(self.network)

    @cached_property
    def unmodelled(self) -> frozenset[str]:
        """Ids of targets of routes that are not modelled."""
        return doors.unmodelled(self.network)

    # --- the outside ---

    @cached_property
    def _taken(self) -> AddressSet:
        """Blocks of the snapshot's VPCs and the public addresses that are mapped in it."""
        publics = [own.public for one in self._interfaces for own in one.ipv4]
        for gateway in self.network.nat_gateways.values():
            publics += [own.public for own in gateway.addresses]
        blocks = [block for vpc in self.network.vpcs.values() for block in vpc.prefixes]
        return AddressSet.of(*blocks, *(public for public in publics if public is not None))

    @cached_property
    def outside(self) -> AddressSet:
        """Every address that an outside host can have."""
        return AddressSet.everything() - AddressSet.of(self._taken, SERVICES)

    @cached_property
    def internet(self) -> AddressSet:
        """The internet addresses (IGW-8)."""
        return self.outside - NOT_INTERNET

    @cached_property
    def gateways(self) -> tuple[str, ...]:
        """The doors that `internet` stands for: internet gateways, those that are only referred to
        included, and egress-only ones.
        """
        return doors.of_the_internet(self.network)

    @cached_property
    def other_doors(self) -> tuple[str, ...]:
        """The doors that are no internet gateway."""
        found = doors.others(self.network)
        return found if found or not self.network.gaps else (ELSEWHERE,)


def _tags(pairs: Iterable[tuple[str, str, frozenset[str]]]) -> Tags:
    found: defaultdict[str, defaultdict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for key, value, members in pairs:
        found[key][value] |= members
    return {
        key: {value: frozenset(members) for value, members in values.items()}
        for key, values in found.items()
    }

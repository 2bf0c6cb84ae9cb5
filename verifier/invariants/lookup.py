"""What one endpoint term means in a network, in one role.

Law: exact over (host, address) pairs. An exact id or name that does not exist is a SpecError at its
place; a pattern, a tag or a block that matches nothing is nobody. What exists and cannot play the
part is nobody, too (clause ENI-4).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import assert_never

from verifier.errors import SpecError
from verifier.invariants.directory import Directory, Index, Tags
from verifier.invariants.doors import leads_outside
from verifier.invariants.endpoint import (
    Account,
    Any,
    ById,
    Cidr,
    Internet,
    LoadBalancer,
    Named,
    NameGlob,
    OfType,
    Region,
    Resource,
    Scope,
    Tag,
    Term,
    Zone,
)
from verifier.invariants.hosts import Hosts
from verifier.invariants.interface_types import KNOWN_TYPES, OWNERS, normal
from verifier.invariants.place import nearest, quoted
from verifier.invariants.role import Role
from verifier.model import (
    AttachmentKind,
    EndpointKind,
    EndpointTarget,
    PrefixListReference,
    Route,
    VpcEndpoint,
)
from verifier.packet import AddressSet, Prefix
from verifier.trace import INTERNET


class Lookup:
    """The terms of one network in one role.

    `lenient`: what can only be a destination is nobody in the role of a source, rather than a
    mistake (for sets that the user did not write as a source). `everybody`: interfaces count
    whatever part they can play. `users`: blocks also name the addresses of the users for whom EC2
    Instance Connect Endpoints send.
    """

    def __init__(
        self,
        directory: Directory,
        role: Role,
        lenient: bool,
        *,
        everybody: bool = False,
        users: bool = False,
    ) -> None:
        self._directory = directory
        self._network = directory.network
        self._role = role
        self._lenient = lenient
        self._users = users
        self._eligible = frozenset(directory.order) if everybody else directory.eligible(role)

    def hosts(self, term: Term) -> Hosts:
        """The term's pairs; names are bound elsewhere and are no terms here."""
        directory = self._directory
        match term:
            case Internet():
                return Hosts(outside=_outside(INTERNET, directory.internet))
            case Any():
                return Hosts(self._eligible, outside=_outside(None, directory.outside))
            case ById():
                return self._by_id(term)
            case Tag():
                return self._members(self._tagged(term))
            case NameGlob():
                return self._members(self._called(term))
            case Cidr(prefix):
                return self._block(prefix)
            case Account(id_):
                return self._exactly(term, "account", id_, directory.by_account)
            case Region(name):
                return self._exactly(term, "Region", name, directory.by_region)
            case Zone(name):
                return self._exactly(term, "availability zone", name, directory.by_zone)
            case OfType():
                return self._members(self._of_type(term))
            case LoadBalancer():
                return self._members(self.balanced(term))
            case Named():
                raise AssertionError(f"{term} is looked up, not resolved")
            case _:
                assert_never(term)

    def _members(self, ids: frozenset[str]) -> Hosts:
        return Hosts(ids & self._eligible)

    def _exactly(self, term: Term, kind: str, key: str, index: Index) -> Hosts:
        if key not in index:
            what = f"no {kind} {quoted(key)} in the snapshot"
            raise SpecError(str(term.at), what + nearest(key, index))
        return self._members(index[key])

    def _by_id(self, term: ById) -> Hosts:
        directory, network = self._directory, self._network
        match term.kind:
            case Resource.VPC:
                return self._exactly(term, "VPC", term.id, directory.by_vpc)
            case Resource.SUBNET:
                return self._exactly(term, "subnet", term.id, directory.by_subnet)
            case Resource.SECURITY_GROUP:
                return self._exactly(term, "security group", term.id, directory.by_group)
            case Resource.INTERFACE:
                own = {id_: frozenset({id_}) for id_ in network.interfaces}
                return self._exactly(term, "network interface", term.id, own)
            case Resource.INSTANCE:
                return self._exactly(term, "instance", term.id, directory.by_instance)
            case Resource.NETWORK_ACL:
                return self._exactly(term, "network ACL", term.id, directory.by_network_acl)
            case Resource.INTERNET_GATEWAY:
                return self._gateway(term)
            case Resource.NAT_GATEWAY:
                return self._translator(term)
            case Resource.VPC_ENDPOINT:
                return self._endpoint(term)
            case Resource.INSTANCE_CONNECT_ENDPOINT:
                self._must_exist(term, "EC2 Instance Connect Endpoint", directory.connect_endpoints)
                return self._members(directory.connect_endpoints.get(term.id, frozenset()))
            case Resource.VPN_GATEWAY:
                self._must_exist(term, "virtual private gateway", network.vpn_gateways)
                return self._sites(term.id) if term.id in network.vpn_gateways else Hosts()
            case Resource.TRANSIT_GATEWAY_ATTACHMENT:
                return self._attachment(term)
            case Resource.TRANSIT_GATEWAY | Resource.EGRESS_ONLY_GATEWAY | Resource.PEERING:
                message = f"{quoted(term.id)} is no endpoint, packets pass it: name it by `through`"
                raise SpecError(str(term.at), message)
            case _:
                assert_never(term.kind)

    def _must_exist(self, term: ById, kind: str, known: Mapping[str, object]) -> None:
        """What is referred to and not in the snapshot, or not modelled, may exist."""
        if term.id not in known and term.id not in self._directory.referred:
            what = f"no {kind} {quoted(term.id)} in the snapshot"
            raise SpecError(str(term.at), what + nearest(term.id, known))

    def _gateway(self, term: ById) -> Hosts:
        self._must_exist(term, "internet gateway", self._network.internet_gateways)
        return Hosts(outside=_outside(term.id, self._directory.internet))

    def _sites(self, door: str) -> Hosts:
        """Hosts behind a door that is no internet gateway.

        By it no packet of an internet address comes in (ASK-4); one to such an address may leave.
        """
        beyond = self._directory.outside
        if self._role is Role.SOURCE:
            beyond = beyond - self._directory.internet
        return Hosts(outside=_outside(door, beyond))

    def _attachment(self, term: ById) -> Hosts:
        directory = self._directory
        self._must_exist(term, "transit gateway attachment", directory.attachments)
        for end in directory.attachments.get(term.id, ()):
            if not leads_outside(end):
                inside = end.kind is AttachmentKind.VPC
                what = f"VPC `{end.vpc_id}`" if inside else "another transit gateway"
                advice = f"write `{end.vpc_id}`" if inside else "name the VPCs that are behind it"
                raise SpecError(str(term.at), f"{quoted(term.id)} attaches {what}, {advice}")
        return Hosts() if self._doubtful(term.id) else self._sites(term.id)

    def _doubtful(self, attachment_id: str) -> bool:
        """True iff what is behind the attachment is not modelled."""
        ends = self._directory.attachments.get(attachment_id, ())
        return not ends or any(end.gap is not None for end in ends)

    def _endpoint(self, term: ById) -> Hosts:
        known = {**self._directory.by_endpoint, **self._network.vpc_endpoints}
        self._must_exist(term, "VPC endpoint", known)
        endpoint = self._network.vpc_endpoints.get(term.id)
        if endpoint is None or endpoint.kind is not EndpointKind.GATEWAY:
            return self._members(self._directory.by_endpoint.get(term.id, frozenset()))
        if self._role is Role.SOURCE:
            return Hosts()
        blocks: list[Prefix] = []
        for route in self._routes_to(endpoint):
            if isinstance(route.destination, Prefix):
                blocks.append(route.destination)
            elif route.destination.prefix_list_id in self._network.prefix_lists:
                found = self._network.prefix_lists[route.destination.prefix_list_id]
                blocks += found.prefixes
        services = AddressSet.of(*blocks) & self._directory.outside
        return Hosts(outside=_outside(endpoint.id, services))

    def _routes_to(self, endpoint: VpcEndpoint) -> Iterable[Route]:
        wanted = EndpointTarget(endpoint.id)
        tables = self._network.route_tables.values()
        return (route for table in tables for route in table.routes if route.target == wanted)

    def _lists_are_known(self, endpoint: VpcEndpoint) -> bool:
        return all(
            route.destination.prefix_list_id in self._network.prefix_lists
            for route in self._routes_to(endpoint)
            if isinstance(route.destination, PrefixListReference)
        )

    def _of_type(self, term: OfType) -> frozenset[str]:
        """All interfaces of the type, whatever part they can play."""
        types = self._directory.by_type
        exact = term.glob.exact
        if exact is None:
            return _any_of(types, term.glob.matches)
        word = normal(exact)
        if word not in types and word not in (*KNOWN_TYPES, *OWNERS):
            what = f"no interface is of type {quoted(exact)}"
            raise SpecError(str(term.at), what + nearest(word, (*KNOWN_TYPES, *OWNERS, *types)))
        return types.get(word, frozenset())

    def balanced(self, term: LoadBalancer) -> frozenset[str]:
        """All interfaces of the load balancers of this name or ARN."""
        balancers = self._directory.by_balancer
        exact = term.glob.exact
        if exact is None:
            return _any_of(balancers, term.glob.matches)
        if exact not in balancers:
            what = f"no load balancer {quoted(exact)} in the snapshot"
            raise SpecError(str(term.at), what + nearest(exact, balancers))
        return balancers[exact]

    def _translator(self, term: ById) -> Hosts:
        if self._role is Role.SOURCE:
            if self._lenient:
                return Hosts()
            message = f"NAT gateway {quoted(term.id)} as a source, it can only be a destination"
            raise SpecError(str(term.at), message)
        self._must_exist(term, "NAT gateway", self._network.nat_gateways)
        return Hosts(self._translators(term.id))

    def _tagged(self, term: Tag) -> frozenset[str]:
        values = self._tags(term.scope).get(term.key, {})
        return _any_of(values, lambda value: term.glob is None or term.glob.matches(value))

    def _tags(self, scope: Scope) -> Tags:
        match scope:
            case Scope.SUBNET:
                return self._directory.subnet_tags
            case Scope.VPC:
                return self._directory.vpc_tags
            case _:
                return self._directory.interface_tags

    def _called(self, term: NameGlob) -> frozenset[str]:
        if term.scope is Scope.SECURITY_GROUP:
            names = self._directory.group_names
        else:
            names = self._tags(term.scope).get("Name", {})
        exact = term.glob.exact
        if exact is None:
            return _any_of(names, term.glob.matches)
        if exact not in names:
            kind = {
                Scope.INTERFACE: "interface or instance",
                Scope.SECURITY_GROUP: "security group",
                Scope.SUBNET: "subnet",
                Scope.VPC: "VPC",
            }[term.scope]
            what = f"no {kind} in the snapshot is named {quoted(exact)}"
            raise SpecError(str(term.at), what + nearest(exact, names))
        return names[exact]

    def _block(self, prefix: Prefix) -> Hosts:
        """Pairs whose address lies in the block, or is the public name of one that does."""
        directory = self._directory
        found = directory.within(prefix, self._role, users=self._users)
        named = {id_: names for id_, names in found.items() if id_ in self._eligible}
        block = AddressSet.of(prefix)
        return Hosts(frozenset(), named, _outside(None, directory.outside & block))

    def is_unknown(self, kind: Resource, id_: str) -> bool:
        """True iff what the id names is not modelled, or not known well enough."""
        match kind:
            case Resource.VPN_GATEWAY:
                known = self._network.vpn_gateways
                return id_ not in known or id_ in self._directory.unmodelled
            case Resource.TRANSIT_GATEWAY_ATTACHMENT:
                return self._doubtful(id_)
            case Resource.INTERNET_GATEWAY:
                return id_ not in self._network.internet_gateways
            case Resource.VPC_ENDPOINT:
                return self._is_unknown_endpoint(id_)
            case Resource.INSTANCE_CONNECT_ENDPOINT:
                return id_ not in self._directory.connect_endpoints
            case Resource.NAT_GATEWAY:
                return self._role is Role.DESTINATION and not self._translators(id_)
            case _:
                return False

    def _is_unknown_endpoint(self, id_: str) -> bool:
        endpoint = self._network.vpc_endpoints.get(id_)
        if endpoint is None or endpoint.kind is EndpointKind.INTERFACE:
            return id_ not in self._directory.by_endpoint
        if endpoint.kind is EndpointKind.GATEWAY and self._role is Role.DESTINATION:
            unmodelled = id_ in self._directory.unmodelled
            return unmodelled or not self._lists_are_known(endpoint)
        return False

    def is_unknown_balancer(self, term: LoadBalancer) -> bool:
        """True iff a balancer of this name or ARN has no interface in the snapshot."""
        balancers = self._directory.by_balancer
        return any(not nodes for key, nodes in balancers.items() if term.glob.matches(key))

    def _translators(self, id_: str) -> frozenset[str]:
        """The interfaces of a NAT gateway; none unless all are in the snapshot."""
        gateway = self._network.nat_gateways.get(id_)
        ids = [one.interface_id for one in gateway.addresses] if gateway else []
        known = frozenset(one for one in ids if one is not None)
        return known if known <= self._network.interfaces.keys() and None not in ids else (
            frozenset()
        )  # fmt: skip


def _outside(door: str | None, addresses: AddressSet) -> Mapping[str | None, AddressSet]:
    return {door: addresses} if addresses else {}


def _any_of(index: Index, wanted: Callable[[str], bool]) -> frozenset[str]:
    return frozenset().union(*(members for key, members in index.items() if wanted(key)))

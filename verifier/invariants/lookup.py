"""What one endpoint term means in a network, in one role.

Law: exact over (host, address) pairs. An exact id or name that does not exist is a SpecError at its
place; a pattern, a tag or a block that matches nothing is nobody. What exists and cannot play the
part is nobody, too (clause ENI-4).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import assert_never

from verifier.errors import SpecError
from verifier.invariants.directory import Directory, Index, Tags
from verifier.invariants.endpoint import (
    Account,
    Any,
    ById,
    Cidr,
    Internet,
    LoadBalancer,
    Named,
    NameGlob,
    Region,
    Resource,
    Scope,
    Tag,
    Term,
    Zone,
)
from verifier.invariants.hosts import Hosts
from verifier.invariants.place import nearest, quoted
from verifier.invariants.role import Role
from verifier.packet import AddressSet, Prefix
from verifier.trace import INTERNET


class Lookup:
    """The terms of one network in one role.

    `lenient`: what can only be a destination is nobody in the role of a source, rather than a
    mistake (for sets that the user did not write as a source).
    """

    def __init__(self, directory: Directory, role: Role, lenient: bool) -> None:
        self._directory = directory
        self._network = directory.network
        self._role = role
        self._lenient = lenient

    def hosts(self, term: Term) -> Hosts:
        """The term's pairs; names are bound elsewhere and are no terms here."""
        directory = self._directory
        match term:
            case Internet():
                return Hosts(outside=_outside(INTERNET, directory.internet))
            case Any():
                return Hosts(
                    directory.eligible(self._role), outside=_outside(None, directory.outside)
                )
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
            case LoadBalancer():
                return Hosts()
            case Named():
                raise AssertionError(f"{term} is looked up, not resolved")
            case _:
                assert_never(term)

    def _members(self, ids: frozenset[str]) -> Hosts:
        return Hosts(ids & self._directory.eligible(self._role))

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
                return self._members(directory.by_endpoint.get(term.id, frozenset()))
            case Resource.VPN_GATEWAY | Resource.TRANSIT_GATEWAY_ATTACHMENT:
                return Hosts()
            case _:
                assert_never(term.kind)

    def _must_exist(self, term: ById, kind: str, missing: str, known: Mapping[str, object]) -> None:
        if term.id not in known and (missing, term.id) not in self._network.missing:
            what = f"no {kind} {quoted(term.id)} in the snapshot"
            raise SpecError(str(term.at), what + nearest(term.id, known))

    def _gateway(self, term: ById) -> Hosts:
        known = self._network.internet_gateways
        self._must_exist(term, "internet gateway", "internet-gateway", known)
        return Hosts(outside=_outside(term.id, self._directory.internet))

    def _translator(self, term: ById) -> Hosts:
        if self._role is Role.SOURCE:
            if self._lenient:
                return Hosts()
            message = f"NAT gateway {quoted(term.id)} as a source, it can only be a destination"
            raise SpecError(str(term.at), message)
        self._must_exist(term, "NAT gateway", "nat-gateway", self._network.nat_gateways)
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
        found = directory.within(prefix, self._role)
        eligible = directory.eligible(self._role)
        named = {id_: names for id_, names in found.items() if id_ in eligible}
        block = AddressSet.of(prefix)
        return Hosts(frozenset(), named, _outside(None, directory.outside & block))

    def is_unknown(self, kind: Resource, id_: str) -> bool:
        """True iff what the id names is not modelled yet, or not known well enough."""
        match kind:
            case Resource.VPN_GATEWAY | Resource.TRANSIT_GATEWAY_ATTACHMENT:
                return True
            case Resource.INTERNET_GATEWAY:
                return id_ not in self._network.internet_gateways
            case Resource.VPC_ENDPOINT:
                return id_ not in self._directory.by_endpoint
            case Resource.NAT_GATEWAY:
                return self._role is Role.DESTINATION and not self._translators(id_)
            case _:
                return False

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

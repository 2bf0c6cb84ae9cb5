"""Who is meant by `--from` and `--to` of `verify trace`, and by which addresses.

Law (contract, section 5): a host is an endpoint that names exactly one interface, or a literal
address. An address that an interface has, private or public, means that interface. Any other
address of a VPC is nobody: a packet to it is traced to where it dies, a packet from it is spoofed
and enters at the subnet whose range holds it. Everything else is an outside host. Where several
things fit, they are listed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from verifier.errors import SpecError, UsageError
from verifier.invariants.parse import parse_expression
from verifier.invariants.place import COMMAND_LINE, Source
from verifier.invariants.question import AddressPolicy, EndpointSet, Names
from verifier.invariants.resolve import Directory, resolve
from verifier.invariants.role import Role
from verifier.model import (
    InterfaceAddress,
    Network,
    NetworkInterface,
    SecurityGroup,
    SecurityGroupRule,
    Subnet,
)
from verifier.packet import (
    ANY_PROTOCOL,
    DOCUMENTATION_HOSTS,
    FAMILIES,
    GLOBAL_UNICAST_IPV6,
    Address,
    AddressSet,
    Prefix,
    embedded,
)
from verifier.report.shown import labelled, shown
from verifier.trace import Host, InterfaceHost, OutsideHost

LISTED: Final = 20
SPOOFED: Final = "spoofed"
UNROUTED: Final = AddressSet.of(
    *map(Prefix.parse, ("169.254.0.0/16", "fe80::/10", "fd00:ec2::/32"))
)
"""Addresses that no route leads to (clauses SVC-1, SVC-2)."""
GLOBAL: Final = AddressSet.of(GLOBAL_UNICAST_IPV6)
EVERYWHERE: Final = tuple(Prefix(family, 0, 0) for family in FAMILIES)


@dataclass(frozen=True, slots=True, kw_only=True)
class End:
    """One end of a trace.

    `host` None: an address that is nobody's. `addresses`: those that the packet may carry for it,
    in order. `spoofed`: the subnet at which a packet from nobody enters. `network` is the one to
    walk in; it has the spoofing interface besides. `endpoint`: the EC2 Instance Connect Endpoint
    for one of whose users the packet is sent.
    """

    host: Host | None
    addresses: tuple[Address, ...]
    network: Network
    spoofed: str | None = None
    endpoint: str | None = None


def literal(text: str) -> Address | None:
    """The address, if the text is one."""
    try:
        return Address.parse(text)
    except ValueError:
        return None


def source_end(text: str, network: Network) -> End:
    """Who `--from` means."""
    address = literal(text)
    if address is None:
        interface, names = _single("--from", text, network, Role.SOURCE)
        endpoint = network.instance_connect_endpoints.get(interface.id)
        if endpoint is not None and endpoint.keeps_clients:
            return End(
                host=InterfaceHost(interface.id),
                addresses=_users(network),
                network=network,
                endpoint=endpoint.id,
            )
        return End(
            host=InterfaceHost(interface.id),
            addresses=_own(interface, names),
            network=network,
        )
    owner = _owner("--from", address, network)
    if owner is not None:
        own = next((own.address for own in owner.ipv4 if own.public == address), address)
        return End(host=InterfaceHost(owner.id), addresses=(own,), network=network)
    if _in_vpcs(address, network):
        return _spoofed(address, network)
    if _is_translators(address, network):
        raise UsageError(f"--from: `{address}` belongs to a NAT gateway, which is no source")
    return End(host=OutsideHost(address), addresses=(address,), network=network)


def destination_end(text: str, source: End) -> End:
    """Who `--to` means, named as this source would."""
    network = source.network
    address = literal(text)
    if address is None:
        interface, names = _single("--to", text, network, Role.DESTINATION)
        outside = isinstance(source.host, OutsideHost)
        public = outside and source.addresses[0] in Directory(network).internet
        addresses = _public(interface, names) if public else _own(interface, names)
        return End(host=InterfaceHost(interface.id), addresses=addresses, network=network)
    embeds = embedded(address) or address  # a NAT64 name is traced to where its host is (ASK-8)
    owner = _owner("--to", embeds, network)
    if owner is not None:
        return End(host=InterfaceHost(owner.id), addresses=(address,), network=network)
    nobody = _in_vpcs(embeds, network) or _is_translators(embeds, network) or embeds in UNROUTED
    host = None if nobody else OutsideHost(address)
    return End(host=host, addresses=(address,), network=network)


def _single(option: str, text: str, network: Network, role: Role) -> tuple[NetworkInterface, Names]:
    """The one interface that the expression names."""
    found = _resolved(option, text, network, role)
    if found.unknown:
        kinds = ", ".join(map(shown, found.unknown))
        raise UsageError(f"{option}: `{text}` is of a kind that is not modelled yet: {kinds}")
    members = [labelled(network, id_) for id_ in found.interfaces]
    if found.outside:
        members.append("hosts outside (name one by its address)")
    if len(members) != 1 or not found.interfaces:
        raise UsageError(_several(option, text, members))
    ((id_, names),) = found.interfaces.items()
    return network.interfaces[id_], names


def _resolved(option: str, text: str, network: Network, role: Role) -> EndpointSet:
    try:
        expression = parse_expression(Source.command_line(text))
        return resolve(expression, Directory(network), role, AddressPolicy.PRIMARY)
    except UsageError as error:
        raise UsageError(f"{option}{str(error).removeprefix(COMMAND_LINE)}") from None
    except SpecError as error:
        place = f"{option}{error.place.removeprefix(COMMAND_LINE)}"
        raise SpecError(place, error.message) from None


def _several(option: str, text: str, members: Sequence[str]) -> str:
    if not members:
        return f"{option}: `{text}` names no interface that can play this part"
    told = ", ".join(members[:LISTED])
    spare = len(members) - LISTED
    more = f" and {spare} more" if spare > 0 else ""
    return f"{option}: `{text}` names several hosts, name one of them: {told}{more}"


def _owner(option: str, address: Address, network: Network) -> NetworkInterface | None:
    """The interface that has the address, private or public; None if nobody has."""
    found = [one for one in network.interfaces.values() if _has(one, address)]
    if len(found) > 1:
        members = [f"{labelled(network, one.id)} in {one.vpc_id}" for one in found]
        raise UsageError(_several(option, str(address), members))
    return found[0] if found else None


def _has(interface: NetworkInterface, address: Address) -> bool:
    return (
        any(address in (own.address, own.public) for own in interface.ipv4)
        or address in interface.ipv6
        or address in AddressSet.of(*interface.delegated)
    )


def _in_vpcs(address: Address, network: Network) -> bool:
    return any(address in AddressSet.of(*vpc.prefixes) for vpc in network.vpcs.values())


def _is_translators(address: Address, network: Network) -> bool:
    gateways = network.nat_gateways.values()
    return any(address == own.public for gateway in gateways for own in gateway.addresses)


def _own(interface: NetworkInterface, names: Names) -> tuple[Address, ...]:
    """The addresses that `some` would use from inside (ASK-2): primary IPv4 first."""
    mine = [own.address for own in interface.ipv4 if own.primary] + list(interface.ipv6)
    return _chosen(interface, names, mine)


def _users(network: Network) -> tuple[Address, ...]:
    """An address of each family that stands for any user of an endpoint (EICE-4)."""
    internet = Directory(network).internet
    usual = [one for one in DOCUMENTATION_HOSTS if one in internet]
    usual += [Address(family, internet.spans(family)[0][0]) for family in FAMILIES]
    return tuple([next(one for one in usual if one.family == family) for family in FAMILIES])


def _public(interface: NetworkInterface, names: Names) -> tuple[Address, ...]:
    """The addresses that `some` would use from the internet (ASK-2)."""
    mine = [own.public for own in interface.ipv4 if own.primary and own.public is not None]
    return _chosen(interface, names, [*mine, *(own for own in interface.ipv6 if own in GLOBAL)])


def _chosen(
    interface: NetworkInterface, names: Names, default: Sequence[Address]
) -> tuple[Address, ...]:
    mine = list(default) if names.default else []
    owned = [own.address for own in interface.ipv4] + list(interface.ipv6)
    return tuple(dict.fromkeys(mine + [own for own in owned if own in names.named]))


def _spoofed(address: Address, network: Network) -> End:
    """A packet from an address of a VPC that nobody has, as if an unfiltered host sent it."""
    holding = [
        subnet for subnet in network.subnets.values() if address in AddressSet.of(*subnet.prefixes)
    ]
    if not holding:
        raise UsageError(f"--from: nobody has `{address}`, and no subnet holds it")
    if len(holding) > 1:
        members = [labelled(network, subnet.id) for subnet in holding]
        told = ", ".join(members)
        raise UsageError(f"--from: nobody has `{address}`, and several subnets hold it: {told}")
    (subnet,) = holding
    return End(
        host=InterfaceHost(SPOOFED),
        addresses=(address,),
        network=_with_spoofer(network, subnet, address),
        spoofed=subnet.id,
    )


def _with_spoofer(network: Network, subnet: Subnet, address: Address) -> Network:
    rules = tuple(
        SecurityGroupRule(egress=egress, protocol=ANY_PROTOCOL, peer=peer)
        for egress in (False, True)
        for peer in EVERYWHERE
    )
    group = SecurityGroup(id=SPOOFED, vpc_id=subnet.vpc_id, rules=rules)
    interface = NetworkInterface(
        id=SPOOFED,
        vpc_id=subnet.vpc_id,
        subnet_id=subnet.id,
        groups=(SPOOFED,),
        ipv4=(InterfaceAddress(address, primary=True),) if address.family == 4 else (),
        ipv6=(address,) if address.family == 6 else (),
    )
    return replace(
        network,
        interfaces={**network.interfaces, SPOOFED: interface},
        security_groups={**network.security_groups, SPOOFED: group},
    )

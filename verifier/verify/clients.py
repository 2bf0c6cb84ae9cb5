"""Clients by the address with which they come: who sends from some addresses, who may seem to.

Owns how a leg is narrowed to clients whose addresses a rule lets in (clause LB-12). Law: what
arrives from one of the addresses is sent by `among` these sources from it, unless one of
`rewritten` was put in its place on the way, or a gap chose the address.
"""

from __future__ import annotations

from verifier.invariants.question import AddressPolicy, EndpointSet, Names, Question
from verifier.model import Network, NetworkInterface
from verifier.packet import AddressSet


def among(network: Network, question: Question, clients: AddressSet) -> EndpointSet:
    """The question's sources, where they send from an address of `clients`.

    An interface that sends from whatever address it likes (ASK-3, EICE-3) stays as it is.
    """
    sources = question.sources
    interfaces: dict[str, Names] = {}
    for name, names in sources.interfaces.items():
        kept = names
        if not question.spoofed and name not in network.instance_connect_endpoints:
            kept = _narrowed(network.interfaces[name], names, question.policy, clients)
        if kept:
            interfaces[name] = kept
    outside = {door: left for door, held in sources.outside.items() if (left := held & clients)}
    return EndpointSet(interfaces, outside, sources.unknown, sources.nat64)


def _narrowed(
    interface: NetworkInterface, names: Names, policy: AddressPolicy, clients: AddressSet
) -> Names:
    """The names of a source as far as they are addresses of `clients` (ASK-2)."""
    every = policy is AddressPolicy.EVERY
    own = AddressSet.of(
        *(one.address for one in interface.ipv4 if every or one.primary),
        *interface.ipv6,
        *(interface.delegated if every else ()),
    )
    default = own if names.default else AddressSet()
    return Names(default=False, named=(default | names.named) & clients)


def rewritten(network: Network) -> AddressSet:
    """What gateways may write as the source of an interface's packet (IGW-2, NAT-4)."""
    interfaces, gateways = network.interfaces.values(), network.nat_gateways.values()
    translators = [one for nat in gateways for one in nat.addresses]
    publics = [own.public for one in interfaces for own in one.ipv4]
    publics += [one.public for one in translators]
    return AddressSet.of(
        *(one.private for one in translators), *(one for one in publics if one is not None)
    )

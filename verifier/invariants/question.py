"""What is asked, once names are resolved: sets of hosts with addresses, and sets of packets.

Owns the inert form of a question between the language (`invariants`) and the two meanings. An
`EndpointSet` is resolved for one role, because a public name serves a destination and not a source
(contract, "Addresses"). Nothing here knows how packets travel.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from verifier.packet import ALL_PORTS, AddressSet, Family, PortRange
from verifier.trace import InstanceStates


@dataclass(frozen=True, slots=True)
class Names:
    """By which addresses an interface takes part, in the role the set was resolved for.

    `default`: by those that the question's address policy gives it (clause ASK-2). `named`: by
    these besides, since a CIDR named them. As a source: private (own) addresses that it writes.
    As a destination: what a sender writes, private or public.
    """

    default: bool
    named: AddressSet = field(default_factory=AddressSet)

    def __bool__(self) -> bool:
        return self.default or bool(self.named)


@dataclass(frozen=True, slots=True)
class EndpointSet:
    """Hosts with addresses.

    `interfaces`: by id, in ascending order of id, never with empty `Names`. `outside`: by door, as
    `verifier.trace.OutsideHost` has it (None = whichever, `INTERNET`, or an id), the outside
    addresses, never empty. `unknown`: names of terms that are of a kind not modelled yet; the
    invariant is UNKNOWN if there is any. `nat64`: as destinations, the interfaces are also named
    by 64:ff9b::a for each IPv4 address a that names them (clause ASK-8).
    """

    interfaces: Mapping[str, Names] = field(default_factory=dict)
    outside: Mapping[str | None, AddressSet] = field(default_factory=dict)
    unknown: tuple[str, ...] = ()
    nat64: bool = False

    def __bool__(self) -> bool:
        return bool(self.interfaces or self.outside)


@dataclass(frozen=True, slots=True)
class TrafficTerm:
    """Packets of `families` whose protocol is `protocol` (None: every protocol 0-255).

    `destination_ports` and `source_ports` speak only where the protocol is TCP or UDP,
    `icmp_type` and `icmp_code` (None: any) only where it is 1 or 58.
    """

    families: frozenset[Family]
    protocol: int | None
    destination_ports: PortRange = ALL_PORTS
    source_ports: PortRange = ALL_PORTS
    icmp_type: int | None = None
    icmp_code: int | None = None


Traffic = tuple[TrafficTerm, ...]


class AddressPolicy(StrEnum):
    """Which addresses `Names.default` stands for (clause ASK-2)."""

    EVERY = "every"
    PRIMARY = "primary"


class Mode(StrEnum):
    """Whether the reply counts (contract, "Delivery")."""

    PACKET = "packet"
    CONNECTION = "connection"


class Relays(StrEnum):
    """Whether `never` follows what load balancers pass on (clause GAP-11)."""

    FOLLOW = "follow"
    STOP = "stop"


class Goal(StrEnum):
    """Which packets a query looks for (clause ASK-1)."""

    DELIVERED = "delivered"
    """... those that are delivered (packet mode) or whose connection works (connection mode)."""
    FAILING = "failing"
    """... those that are not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One query: is there a source, a destination, a packet and a choice that meets the goal?

    `excluded` (for `only`): pairs of a source set and traffic; a probe whose source is in the set
    *and* whose packet is in the traffic is not looked for. `client_ports` are intersected with
    each term's source ports (TCP and UDP). `avoiding`: every probe carries it (ASK-9).
    """

    sources: EndpointSet
    destinations: EndpointSet
    traffic: Traffic
    goal: Goal
    mode: Mode
    policy: AddressPolicy
    states: InstanceStates
    client_ports: tuple[PortRange, ...] = (ALL_PORTS,)
    spoofed: bool = False
    excluded: tuple[EndpointSet, Traffic] | None = None
    avoiding: frozenset[str] = frozenset()

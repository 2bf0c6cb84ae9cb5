"""By which addresses hosts take part (ASK-2, ASK-3), and what a packet's fields can be at all.

Law: the address sets of two classes of one role are disjoint within a VPC, because an address has
one owner there (VPC-2, VPC-3); so a class number and an address stand for one host. Only the
sources that send from addresses of others (`spoofed`, EICE-4) are classes of one host each instead.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from verifier.encode import instance_connect_endpoint
from verifier.encode.packet import BYTE, Domains
from verifier.invariants.question import AddressPolicy, EndpointSet, Question
from verifier.packet import ICMP_PROTOCOLS, NAT64, PORT_PROTOCOLS, Family
from verifier.topology import (
    EVERYTHING,
    GLOBAL,
    Index,
    Role,
    Spans,
    common,
    holds,
    normal,
    numbers,
    owned,
    union,
)

Sets = dict[int, Spans]


@dataclass(slots=True)
class Addresses:
    """By class number: what sources send from, and by what destinations are named (ASK-2).

    `owned`: what those sources own that may send from other addresses, too (ASK-3, EICE-4).
    `private` and `public` are names for a sender inside (`private` also for one outside that is no
    internet address), `internet_*` for an outside sender that is one.
    """

    sources: Sets = field(default_factory=dict)
    owned: Sets = field(default_factory=dict)
    private: Sets = field(default_factory=dict)
    public: Sets = field(default_factory=dict)
    internet_private: Sets = field(default_factory=dict)
    internet_public: Sets = field(default_factory=dict)


def addresses(
    index: Index, question: Question, family: Family, sources: Role, destinations: Role
) -> Addresses:
    """All of them in one family."""
    found = Addresses()
    keepers = instance_connect_endpoint.clients(index, sources)
    for number, each in enumerate(sources.classes):
        written = sources_of(index, question, family, each.members, question.sources)
        if question.spoofed or holds(keepers, number):
            found.owned[number] = union(
                *(owned(index.network, id_, family) for id_ in each.members)
            )
        if question.spoofed and each.shape.endpoint is None:
            written = EVERYTHING[family]
        found.sources[number] = written
    for number, each in enumerate(destinations.classes):
        names = question.destinations.interfaces
        listed = [id_ for id_ in each.members if names[id_].named]
        default = [id_ for id_ in each.members if names[id_].default]
        private = [
            common(owned(index.network, id_, family), names[id_].named.spans(family))
            for id_ in listed
        ]
        public = [
            common(publics(index, family, id_), names[id_].named.spans(family)) for id_ in listed
        ]
        inside = [_default(index, question, family, id_) for id_ in default]
        found.private[number] = union(*private, *inside)
        if question.policy is AddressPolicy.EVERY:
            public += [publics(index, family, id_) for id_ in default]
            found.public[number] = union(*public)
            continue
        found.public[number] = union(*public)
        found.internet_private[number] = union(
            *(common(spans, GLOBAL) for spans in (*private, *inside) if family == 6)
        )
        found.internet_public[number] = union(
            *public, *(publics(index, family, id_, primary=True) for id_ in default)
        )
    return found


def sources_of(
    index: Index, question: Question, family: Family, members: Iterable[str], of: EndpointSet
) -> Spans:
    """The addresses from which these interfaces send as members of a set (ASK-2)."""
    found: list[Spans] = []
    for id_ in members:
        names = of.interfaces.get(id_)
        if names is None:
            continue
        default = _default(index, question, family, id_)
        nameable = owned(index.network, id_, family)
        if index.shape(id_).endpoint is not None:
            default = nameable = instance_connect_endpoint.addresses(index, family, id_)
        if names.default:
            found.append(default)
        if names.named:
            found.append(common(nameable, names.named.spans(family)))
    return union(*found)


def _default(index: Index, question: Question, family: Family, interface_id: str) -> Spans:
    """The private addresses that the policy gives (ASK-2)."""
    if question.policy is AddressPolicy.EVERY:
        return owned(index.network, interface_id, family)
    interface = index.network.interfaces[interface_id]
    if family == 6:
        return numbers(address.value for address in interface.ipv6)
    return numbers(own.address.value for own in interface.ipv4 if own.primary)


def publics(index: Index, family: Family, interface_id: str, *, primary: bool = False) -> Spans:
    """The public IPv4 addresses of an interface (of its primary address)."""
    if family == 6:
        return ()
    return numbers(
        own.public.value
        for own in index.network.interfaces[interface_id].ipv4
        if own.public is not None and (own.primary or not primary)
    )


def domains(
    question: Question, family: Family, named: Addresses, below: Addresses | None = None
) -> Domains:
    """What the packet's fields can be at all in one family; `below` as in `question.introduce`."""
    terms = [term for term in question.traffic if family in term.families]
    outside = [spans.spans(family) for spans in question.sources.outside.values()]
    there = [spans.spans(family) for spans in question.destinations.outside.values()]
    spoken = (named.private, named.public, named.internet_private, named.internet_public)
    under = [] if below is None else [below.private, below.public, below.internet_public]
    there += [
        tuple((NAT64.first + first, NAT64.first + last) for first, last in spans)
        for sets in under
        for spans in sets.values()
    ]
    ported = [term for term in terms if term.protocol in (None, *PORT_PROTOCOLS)]
    typed = [term for term in terms if term.protocol in (None, *ICMP_PROTOCOLS)]
    whole = any(term.protocol is None for term in terms)
    clients = normal((ports.first, ports.last) for ports in question.client_ports)
    return Domains(
        source=union(*named.sources.values(), *outside),
        destination=union(*(s for sets in spoken for s in sets.values()), *there),
        protocols=BYTE if whole else numbers(t.protocol for t in terms if t.protocol is not None),
        source_ports=common(clients, normal((t.source_ports) for t in ported)),
        destination_ports=normal(t.destination_ports for t in ported),
        icmp_types=union(*(values(term.icmp_type) for term in typed)),
        icmp_codes=union(*(values(term.icmp_code) for term in typed)),
    )


def values(value: int | None) -> Spans:
    """The values of a byte that a term asks for; None: any."""
    return BYTE if value is None else ((value, value),)

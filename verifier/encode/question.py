"""What a question allows (ASK-1 to ASK-3, ASK-7): who, by which addresses, with which packets.

Everything here is said of one family. The addresses of a class are said together with its number,
which ties the symbolic host to the symbolic header; from this tie follow the domains by which the
rest is sliced.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from verifier.encode.addresses import Addresses, Sets, publics, sources_of, values
from verifier.encode.packet import Scope
from verifier.encode.terms import FALSE, TRUE
from verifier.invariants.question import (
    AddressPolicy,
    EndpointSet,
    Traffic,
    TrafficTerm,
)
from verifier.packet import ICMP_PROTOCOLS, NAT64, PORT_PROTOCOLS
from verifier.topology import (
    Role,
    Spans,
    common,
    holds,
    meets,
    normal,
    numbers,
    owned,
    union,
    without,
)
from verifier.trace import INTERNET


def introduce(scope: Scope, named: Addresses, below: Addresses | None = None) -> None:
    """Tell the scope who owns and names what: before anything is said of ways.

    `below` are the IPv4 addresses of the same hosts, whose NAT64 names serve as well (ASK-8).
    """
    if named.owned:
        scope.forging = numbers(named.owned)
        known = scope.source(without(scope.sources.inside, scope.forging))
        scope.own = scope.terms.any_of((known, _tied(scope, True, named.owned)))
    _name(scope, named)
    _settle(scope, scope.sources, (named.sources,))
    names = (named.private, named.public, named.internet_private, named.internet_public)
    if below is None or scope.below is None:
        _settle(scope, scope.destinations, names)
        return
    _name(scope.below, below)
    under = (below.private, below.public, below.internet_private, below.internet_public)
    shifted = tuple({at: _nat64(spans) for at, spans in sets.items()} for sets in under)
    _settle(scope, scope.destinations, (*names, *shifted))


def _nat64(spans: Spans) -> Spans:
    """The NAT64 names of IPv4 addresses."""
    return tuple((NAT64.first + first, NAT64.first + last) for first, last in spans)


def allowed(scope: Scope, named: Addresses, below: Addresses | None = None) -> int:
    """True iff hosts and packet are such as the question speaks of."""
    terms = scope.terms
    both_outside = terms.all_of(
        (
            scope.source(scope.sources.outsiders),
            scope.destination(scope.destinations.outsiders),
        )
    )
    return terms.all_of(
        (
            traffic(scope, scope.question.traffic, clients=True),
            _sources(scope, named),
            terms.any_of(
                (
                    _destinations(scope, named),
                    _tied(scope, False, _doors(scope, scope.destinations)),
                    FALSE
                    if scope.below is None or below is None
                    else _destinations(scope.below, below),
                )
            ),
            *_at_home(scope, scope.sources, "source_address"),
            *_at_home(scope, scope.destinations, "destination_address"),
            terms.negate(both_outside),
            terms.negate(_same_host(scope)),
            terms.negate(_same_below(scope)),
            terms.negate(_excluded(scope)),
        )
    )


def _tied(scope: Scope, source: bool, sets: Sets) -> int:
    """True iff the host is of a class and the address one of that class's."""
    variable = "source_address" if source else "destination_address"
    role = scope.sources if source else scope.destinations
    grouped: dict[Spans, list[int]] = {}
    for number, spans in sets.items():
        if spans:
            grouped.setdefault(spans, []).append(number)
    return scope.terms.any_of(
        scope.terms.all_of((scope.side(role, numbers(classes)), scope.address(variable, spans)))
        for spans, classes in grouped.items()
    )


def _sources(scope: Scope, named: Addresses) -> int:
    """ASK-2, ASK-3: the source sends from one of its addresses."""
    return scope.terms.any_of(
        (_tied(scope, True, named.sources), _tied(scope, True, _doors(scope, scope.sources)))
    )


def _settle(scope: Scope, role: Role, sets: tuple[Sets, ...]) -> None:
    """Which addresses the hosts of each subnet have in the question."""
    for subnet, classes in role.subnets.items():
        scope.at_home[role is scope.sources, subnet] = union(
            *(
                each.get(number, ())
                for first, last in classes
                for number in range(first, last + 1)
                for each in sets
            )
        )


def _at_home(scope: Scope, role: Role, variable: str) -> Iterator[int]:
    """What follows from the ties, said by subnet: its hosts have addresses of these ranges.

    It adds nothing to the meaning. The solver would find it out host by host.
    """
    for subnet, classes in role.subnets.items():
        found = scope.at_home[role is scope.sources, subnet]
        home = scope.index.subnet_blocks(subnet, scope.family)
        there = union(home, found) if meets(home, found) else found
        yield scope.terms.implies(scope.side(role, classes), scope.address(variable, there))


def _doors(scope: Scope, role: Role) -> Sets:
    first = len(role.classes)
    return {
        first + at: role.outside[door].spans(scope.family) for at, door in enumerate(role.doors)
    }


def _destinations(scope: Scope, named: Addresses) -> int:
    """ASK-2: the packet names the destination by one of its names for such a source."""
    terms, asker = scope.terms, scope.origin or scope
    if scope.question.policy is AddressPolicy.EVERY:
        return terms.any_of((scope.named_private, scope.named_public))
    far = terms.all_of(
        (
            scope.source(scope.sources.outsiders),
            asker.address("source_address", scope.index.internet(asker.family)),
        )
    )
    near = terms.any_of(
        (
            terms.all_of((_privately(scope), _tied(scope, False, named.private))),
            terms.all_of(
                (
                    terms.negate(scope.source(scope.sources.outsiders)),
                    _publicly(scope),
                    _tied(scope, False, named.public),
                )
            ),
        )
    )
    remote = terms.any_of(
        (
            terms.all_of((_privately(scope), _tied(scope, False, named.internet_private))),
            terms.all_of((_publicly(scope), _tied(scope, False, named.internet_public))),
        )
    )
    return terms.any_of(
        (
            terms.all_of((terms.negate(far), near)),
            terms.all_of((far, remote)),
        )
    )


def _name(scope: Scope, named: Addresses) -> None:
    """Tell the destination by its private and by its public names.

    An IPv4 address may be one host's private and another's public one: then a bit of its own
    says which name is meant.
    """
    private, public = (
        _whole(named.private, named.internet_private),
        _whole(named.public, named.internet_public),
    )
    if meets(union(*private.values()), union(*public.values())):
        scope.declare("by_public", 1, ((0, 1),))
    terms = scope.terms
    own = {}
    if scope.knows("by_public"):
        own = {
            number: union(*(_self_mapped(scope, id_) for id_ in each.members))
            for number, each in enumerate(scope.destinations.classes)
        }
    both = _tied(scope, False, own)
    scope.named_private = terms.any_of(
        (terms.all_of((_privately(scope), _tied(scope, False, private))), both)
    )
    scope.named_public = terms.any_of(
        (terms.all_of((_publicly(scope), _tied(scope, False, public))), both)
    )


def _self_mapped(scope: Scope, interface_id: str) -> Spans:
    """The addresses that are the interface's own and its public ones as well."""
    own = owned(scope.index.network, interface_id, scope.family)
    return common(own, publics(scope.index, scope.family, interface_id))


def _whole(one: Sets, other: Sets) -> Sets:
    return {number: union(spans, other.get(number, ())) for number, spans in one.items()}


def _privately(scope: Scope) -> int:
    return scope.terms.negate(_publicly(scope)) if scope.knows("by_public") else TRUE


def _publicly(scope: Scope) -> int:
    if not scope.knows("by_public"):
        return TRUE
    return scope.address("by_public", ((1, 1),))


def _same_host(scope: Scope) -> int:
    """True iff source and destination are one interface (ENI-6)."""
    terms = scope.terms
    sources, destinations = scope.sources, scope.destinations
    both = sources.number.keys() & destinations.number.keys()
    forging = {id_ for id_ in both if holds(scope.forging, sources.number[id_])}
    parts = [
        terms.all_of(
            (
                scope.source(numbers((sources.number[id_],))),
                scope.destination(numbers((destinations.number[id_],))),
            )
        )
        for id_ in sorted(forging)
    ]
    by_vpc: dict[str, list[str]] = {}
    for id_ in sorted(both - forging):
        by_vpc.setdefault(scope.index.network.interfaces[id_].vpc_id, []).append(id_)
    for vpc_id, ids in by_vpc.items():
        here = terms.all_of(
            (
                scope.source(without(sources.vpcs[vpc_id], scope.forging)),
                scope.destination(destinations.vpcs[vpc_id]),
            )
        )
        parts.append(terms.all_of((here, _same_in_vpc(scope, ids))))
    return terms.any_of(parts)


def _same_in_vpc(scope: Scope, ids: Iterable[str]) -> int:
    """The same of these interfaces of one VPC, by the addresses that they own (VPC-2, VPC-3)."""
    terms = scope.terms
    one = terms.equal(scope.name("source_address"), scope.name("destination_address"))
    private, public = [one], []
    for id_ in ids:
        interface = scope.index.network.interfaces[id_]
        names = publics(scope.index, scope.family, id_)
        single = interface.ipv4 if scope.family == 4 else interface.ipv6
        if not names and not interface.delegated and len(single) < 2:
            continue
        own = owned(scope.index.network, id_, scope.family)
        private.append(_both(scope, own, own))
        public.append(_both(scope, own, names))
    return terms.any_of(
        (
            terms.all_of((scope.named_private, terms.any_of(private))),
            terms.all_of((scope.named_public, terms.any_of(public))),
        )
    )


def _same_below(scope: Scope) -> int:
    """True iff the source, known by its address, calls itself by a NAT64 name (ENI-6, ASK-8)."""
    below, terms = scope.below, scope.terms
    if below is None:
        return FALSE
    parts = []
    for id_ in sorted(scope.sources.number.keys() & scope.destinations.number.keys()):
        if holds(scope.forging, scope.sources.number[id_]):
            continue  # told by its number alone: `_same_host`
        six = scope.address("source_address", owned(scope.index.network, id_, 6))
        mine = scope.source(numbers((scope.sources.number[id_],)))
        it = scope.destination(numbers((scope.destinations.number[id_],)))
        private = below.address("destination_address", owned(scope.index.network, id_, 4))
        public = below.address("destination_address", publics(scope.index, 4, id_))
        called = terms.any_of(
            (
                terms.all_of((below.named_private, private)),
                terms.all_of((below.named_public, public)),
            )
        )
        parts.append(terms.all_of((mine, it, six, called)))
    return terms.any_of(parts)


def _both(scope: Scope, source: Spans, destination: Spans) -> int:
    return scope.terms.all_of(
        (
            scope.address("source_address", source),
            scope.address("destination_address", destination),
        )
    )


def traffic(scope: Scope, wanted: Traffic, *, clients: bool) -> int:
    """True iff the packet is of the traffic; with `clients`, from one of the client ports."""
    return scope.terms.any_of(
        _term(scope, term, clients) for term in wanted if scope.family in term.families
    )


def _term(scope: Scope, term: TrafficTerm, clients: bool) -> int:
    terms = scope.terms
    kind = TRUE if term.protocol is None else scope.protocol((term.protocol,))
    sources: Spans = (term.source_ports,)
    if clients:
        ports = normal((each.first, each.last) for each in scope.question.client_ports)
        sources = common(sources, ports)
    ported = terms.all_of(
        (
            terms.within(scope.name("destination_port"), (term.destination_ports,)),
            terms.within(scope.name("source_port"), sources),
        )
    )
    typed = terms.all_of(
        (
            terms.within(scope.name("icmp_type"), values(term.icmp_type)),
            terms.within(scope.name("icmp_code"), values(term.icmp_code)),
        )
    )
    return terms.all_of(
        (
            kind,
            terms.implies(scope.protocol(PORT_PROTOCOLS), ported),
            terms.implies(scope.protocol(ICMP_PROTOCOLS), typed),
        )
    )


def _excluded(scope: Scope) -> int:
    """ASK-7."""
    if scope.question.excluded is None:
        return FALSE
    endpoints, packets = scope.question.excluded
    return scope.terms.all_of(
        (traffic(scope, packets, clients=False), scope.terms.any_of(_in_set(scope, endpoints)))
    )


def _in_set(scope: Scope, endpoints: EndpointSet) -> Iterator[int]:
    """True iff the source is in the set, by an address that the set allows it."""
    index, question, of = scope.index, scope.question, endpoints.interfaces
    sets: Sets = {}
    for number, each in enumerate(scope.sources.classes):
        default = (id_ in of and of[id_].default for id_ in each.members)
        if (question.spoofed or each.shape.endpoint is not None) and any(default):
            sets[number] = scope.everything
        else:
            family = scope.family
            sets[number] = sources_of(index, question, family, each.members, endpoints)
    yield _tied(scope, True, sets)
    role = scope.sources
    for at, door in enumerate(role.doors, start=len(role.classes)):
        host = scope.source(((at, at),))
        yield scope.terms.all_of((host, _outside_in_set(scope, endpoints, door)))


def _outside_in_set(scope: Scope, endpoints: EndpointSet, door: str | None) -> int:
    terms, index = scope.terms, scope.index
    found = [
        spans.spans(scope.family)
        for name, spans in endpoints.outside.items()
        if name in (None, door)
    ]
    internet = index.internet(scope.family)
    if INTERNET in endpoints.outside:
        found.append(common(endpoints.outside[INTERNET].spans(scope.family), internet))
    parts = [scope.address("source_address", union(*found))]
    for vpc_id, classes in scope.destinations.vpcs.items():
        for gateway in index.gateways.get(vpc_id, ()):
            if gateway in endpoints.outside:
                spans = common(endpoints.outside[gateway].spans(scope.family), internet)
                here = scope.destination(classes)
                parts.append(terms.all_of((here, scope.address("source_address", spans))))
    return terms.any_of(parts)

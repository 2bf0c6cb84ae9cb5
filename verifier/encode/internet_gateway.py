"""Internet gateways (IGW-1 to IGW-9, GAP-9): the two translations and what passes.

Law: the public address of the sender is a variable of its own, defined wherever the sender has
one and free elsewhere, so that whoever looks at it states first that there is one (`translated`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from verifier.encode import interface, vpc
from verifier.encode.packet import References, Scope
from verifier.encode.terms import FALSE, TRUE
from verifier.encode.way import Way
from verifier.packet.special_ranges import PRIVATE_OR_SHARED_IPV4
from verifier.topology import GLOBAL, Role, Spans, common, holds, numbers, without


def passable(scope: Scope, vpc_id: str) -> bool:
    """True iff a gateway is attached and every passage gap of the VPC is open (IGW-9, GAP-9)."""
    passages = scope.index.network.passages.get(vpc_id, ())
    return vpc_id in scope.index.gateways and all(scope.open(each.gap) for each in passages)


def redirects(scope: Scope, vpc_id: str) -> bool:
    """True iff an inbound packet takes another way behind the gateway (GAP-9)."""
    return any(each.redirects for each in scope.index.network.passages.get(vpc_id, ()))


def turned(scope: Scope, role: Role) -> int:
    """True iff the gateway of the host's VPC has a passage that redirects (GAP-9, GAP-13)."""
    return scope.terms.any_of(
        scope.side(role, classes)
        for vpc_id, classes in role.vpcs.items()
        if redirects(scope, vpc_id)
    )


def leaves(scope: Scope, role: Role, source: str, destination: str) -> int:
    """True iff the gateway of the host's VPC takes the packet out, its source being named.

    IPv4 (IGW-2): the destination is no private one; that the source has a public address is
    `translated`. IPv6 (IGW-3): both are global, and the source is not of a private block.
    """
    terms = scope.terms
    parts = []
    for vpc_id, classes in role.vpcs.items():
        if not passable(scope, vpc_id):
            continue
        who = scope.side(role, classes)
        if scope.family == 6:
            own = without(GLOBAL, scope.index.private_blocks(vpc_id))
            who = terms.all_of((who, scope.address(source, own)))
        parts.append(who)
    return terms.all_of((terms.any_of(parts), carried(scope, destination)))


def carried(scope: Scope, destination: str) -> int:
    """True iff a gateway carries packets to the address (IGW-2, IGW-3)."""
    if scope.family == 6:
        return scope.address(destination, GLOBAL)
    return scope.address(destination, without(scope.everything, PRIVATE_OR_SHARED_IPV4.spans(4)))


def translated(scope: Scope) -> int:
    """True iff the source address has a public one in the source's VPC (IGW-2).

    Where it has, `public_address` is defined to be that one.
    """

    def build() -> int:
        terms = scope.terms
        domain = scope.domains.source
        mapped: dict[str, dict[int, int]] = {}
        for vpc_id in scope.sources.vpcs:
            table = scope.index.public.get(vpc_id, {})
            mapped[vpc_id] = {at: to for at, to in table.items() if holds(domain, at)}
        values = numbers(value for table in mapped.values() for value in table.values())
        scope.declare("public_address", 32, values)
        has = []
        for vpc_id, table in mapped.items():
            here = scope.source(scope.sources.vpcs[vpc_id])
            some = terms.all_of((here, scope.address("source_address", numbers(table))))
            ties = [
                terms.all_of(
                    (
                        scope.address("source_address", ((private, private),)),
                        scope.address("public_address", ((public, public),)),
                    )
                )
                for private, public in sorted(table.items())
            ]
            scope.defined.append(terms.implies(some, terms.any_of(ties)))
            has.append(some)
        return terms.any_of(has)

    return scope.once("translated", build)


def enters(scope: Scope, role: Role, destination: str, *, redirected: bool) -> int:
    """True iff the gateway of the host's VPC hands it a packet to this address (IGW-5, IGW-6).

    Of IPv6 the address must be global and of no private block; that an IPv4 address is the host's
    public one is the caller's to state. `redirected`: by a gateway that redirects (GAP-9).
    """
    terms = scope.terms
    allowed = scope.classes(
        role,
        "lets in",
        lambda each: each.shape.attached and not (scope.family == 6 and each.shape.denies_gateway),
    )
    parts = []
    for vpc_id, classes in role.vpcs.items():
        if passable(scope, vpc_id) and redirects(scope, vpc_id) is redirected:
            who = scope.side(role, common(classes, allowed))
            if scope.family == 6:
                own = without(GLOBAL, scope.index.private_blocks(vpc_id))
                who = terms.all_of((who, scope.address(destination, own)))
            parts.append(who)
    return terms.any_of(parts)


def returns(scope: Scope) -> int:
    """True iff the gateway of the source's VPC hands the source what comes back to it (IGW-5)."""
    either = (
        enters(scope, scope.sources, "source_address", redirected=redirected)
        for redirected in (False, True)
    )
    return scope.terms.any_of(either)


def named(scope: Scope) -> int:
    """True iff the destination address names the destination at a gateway (IGW-4, IGW-5)."""
    return scope.named_public if scope.family == 4 else scope.named_private


def acceptable(scope: Scope, source: str) -> int:
    """True iff packets with this source address come in by a gateway (IGW-5)."""
    return scope.address(source, scope.index.snapshot_sources(scope.family))


def beyond(scope: Scope) -> Spans:
    """The destinations that a gateway delivers to hosts outside (IGW-4)."""
    outside = scope.index.internet(scope.family)
    return without(outside, scope.index.owned6) if scope.family == 6 else outside


def inward(scope: Scope, out: int, variable: str, reply: Callable[[], int]) -> Iterator[Way]:
    """From the internet side to an interface: IGW-5 to IGW-7, and GAP-9 where a way redirects.

    `out`: the packet is on the internet side, with `variable` as its source address.
    """
    terms, role = scope.terms, scope.destinations
    there = terms.all_of((out, named(scope), acceptable(scope, variable)))
    if there == FALSE:
        return
    plain = enters(scope, role, "destination_address", redirected=False)
    if plain != FALSE:
        taken = interface.takes(scope, variable, References.LOST)
        if scope.family == 6 and scope.open(scope.index.network.reference_gap):
            abroad = terms.all_of(
                (
                    scope.source(scope.sources.inside),
                    terms.negate(vpc.shared(scope)),
                    interface.takes(scope, variable, References.KEPT),
                )
            )
            taken = terms.any_of((taken, abroad))
        yield Way(terms.all_of((there, plain, taken)), reply())
    turned = enters(scope, role, "destination_address", redirected=True)
    if turned != FALSE:
        taken = scope.resourced(
            variable, lambda name: interface.takes(scope, name, References.LOST)
        )
        yield Way(terms.all_of((there, turned, taken)), TRUE)

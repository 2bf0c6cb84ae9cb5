"""Network interfaces (ENI-1 to ENI-7): who may put a packet on the wire, and who takes one."""

from __future__ import annotations

from verifier.encode import instance_connect_endpoint, network_acl, security_group
from verifier.encode.packet import Carried, Port, References, Scope
from verifier.encode.terms import FALSE, TRUE
from verifier.topology import (
    EndpointClass,
    Role,
    Spans,
    common,
    holds,
    meets,
    numbers,
    owned,
    repeated,
    union,
    without,
)
from verifier.trace import InstanceStates


def _plays(scope: Scope, each: EndpointClass) -> bool:
    """Attached, running if states count (ENI-5), and understood or with its gap open (GAP-5)."""
    shape = each.shape
    running = shape.running or scope.question.states is InstanceStates.ASSUMED_RUNNING
    return shape.attached and running and (shape.gap is None or scope.open(shape.gap))


def senders(scope: Scope, role: Role) -> Spans:
    """The classes that can put a packet on the wire at all (ENI-4)."""
    return scope.classes(role, "sends", lambda each: each.shape.may_send and _plays(scope, each))


def receivers(scope: Scope, role: Role) -> Spans:
    """The classes that can take a new packet at all (ENI-4)."""
    return scope.classes(
        role, "receives", lambda each: each.shape.may_receive and _plays(scope, each)
    )


def sends(scope: Scope, references: References, within: Spans | None = None) -> int:
    """True iff the source puts the packet on the wire, references matching so (ENI-2, SG-1).

    What an EC2 Instance Connect Endpoint sends is a matter of its own (EICE-2 to EICE-6).

    With `within` this is said of the sources of these classes alone.
    """

    def build() -> int:
        role = scope.sources
        terms = scope.terms
        unchecked = scope.classes(role, "unchecked", lambda each: not each.shape.checked)
        endpoints = scope.source(instance_connect_endpoint.all_of_them(scope))
        honest = terms.any_of((scope.source(unchecked), scope.own))
        itself = _to_itself(scope) if within is None else FALSE
        return terms.all_of(
            (
                scope.source(senders(scope, role)),
                terms.any_of(
                    (
                        terms.all_of((terms.negate(endpoints), honest)),
                        instance_connect_endpoint.sends(scope, within),
                    )
                ),
                terms.negate(itself),
                security_group.admits(scope, role, True, "destination_address", references, within),
            )
        )

    return scope.once(("sends", references), build)


def _to_itself(scope: Scope) -> int:
    """True iff the source sends to an address of its own that others have, too (ENI-6).

    Within its VPC it is the only one that has it, so that this is said of what leaves the subnet.
    """
    terms, role = scope.terms, scope.sources
    ambiguous = _ambiguous(scope)
    if not meets(ambiguous, scope.domain("destination_address")):
        return FALSE
    known = scope.source(without(role.inside, scope.forging))
    same = terms.equal(scope.name("source_address"), scope.name("destination_address"))
    parts = [terms.all_of((known, same, scope.address("destination_address", ambiguous)))]
    for id_, number in role.number.items():
        own = owned(scope.index.network, id_, scope.family)
        forging = holds(scope.forging, number)
        single = sum(last - first for first, last in own) + len(own) == 1
        if forging or not single:
            sender = TRUE if forging else scope.address("source_address", own)
            to = scope.address("destination_address", common(own, ambiguous))
            parts.append(terms.all_of((scope.source(numbers((number,))), sender, to)))
    return terms.any_of(parts)


def _ambiguous(scope: Scope) -> Spans:
    """The addresses of interfaces that a host elsewhere may have, too."""
    index, family = scope.index, scope.family
    key = ("ambiguous", family)
    if key not in index.memo:
        inside = [index.vpc_owned(vpc_id, family) for vpc_id in index.network.vpcs]
        twice = repeated(part for spans in inside for part in spans)
        public = common(union(*inside), index.mapped) if family == 4 else ()
        index.memo[key] = union(twice, public, without(union(*inside), index.blocks(family)))
    found: Spans = index.memo[key]  # type: ignore[assignment]
    return found


def takes(
    scope: Scope, variable: str, references: References | Carried, *, within: Spans | None = None
) -> int:
    """True iff the destination takes a new packet from this source address (SUB-4, SG-1).

    It came in through the ingress list of the destination's subnet. With `within` it came from a
    neighbour, without asking a list, and this is said of destinations of these classes alone.
    """

    def build() -> int:
        role = scope.destinations
        entered = TRUE
        if within is None:
            entered = network_acl.passes(scope, role, False, variable, Port.FORWARD)
        if entered == FALSE:
            return FALSE
        return scope.terms.all_of(
            (
                scope.destination(receivers(scope, role)),
                entered,
                security_group.admits(scope, role, False, variable, references, within),
            )
        )

    return scope.once(("takes", variable, references, within), build)

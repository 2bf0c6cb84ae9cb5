"""Network interfaces (ENI-1 to ENI-7): who may put a packet on the wire, and who takes one."""

from __future__ import annotations

from verifier.encode import instance_connect_endpoint, network_acl, security_group
from verifier.encode.packet import Carried, Port, References, Scope
from verifier.encode.terms import FALSE, TRUE
from verifier.topology import EndpointClass, Role, Spans
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
        owned = terms.any_of((scope.source(unchecked), scope.own))
        return terms.all_of(
            (
                scope.source(senders(scope, role)),
                terms.any_of(
                    (
                        terms.all_of((terms.negate(endpoints), owned)),
                        instance_connect_endpoint.sends(scope, within),
                    )
                ),
                security_group.admits(scope, role, True, "destination_address", references, within),
            )
        )

    return scope.once(("sends", references), build)


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

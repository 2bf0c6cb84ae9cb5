"""From the solver's numbers back to a probe that a person and the evaluator understand.

Law: `Obligation.values(probe(values))` agrees with the values that were decoded, in whatever the
obligation speaks of.
"""

from __future__ import annotations

from collections.abc import Mapping

from verifier.encode import Obligation
from verifier.encode.obligation import FAMILY
from verifier.encode.packet import DESTINATION, SOURCE, Scope
from verifier.packet import ICMP_PROTOCOLS, PORT_PROTOCOLS, Address, Family, Packet, embedded
from verifier.trace import Choices, Host, InterfaceHost, OutsideHost, Probe


def completed(obligation: Obligation, values: Mapping[str, int]) -> dict[str, int]:
    """Values for all variables: what no term speaks of takes the first value of its domain."""
    variables = obligation.terms.variables
    return {name: values.get(name, variables[name].domain[0][0]) for name in variables}


def probe(obligation: Obligation, values: Mapping[str, int]) -> Probe:
    """The probe that complete values stand for."""
    family: Family = 6 if values[FAMILY] else 4
    scope = obligation.scopes[family]
    packet = _packet(scope, family, values)
    return Probe(
        source=_source(obligation, values, packet),
        destination=_destination(obligation, scope, values, packet),
        packet=packet,
        choices=_choices(obligation, scope, values, packet),
        states=obligation.question.states,
        avoiding=obligation.question.avoiding,
    )


def _packet(scope: Scope, family: Family, values: Mapping[str, int]) -> Packet:
    fields = {
        name: values[scope.name(name)]
        for name in (
            "protocol", "source_port", "destination_port", "icmp_type", "icmp_code",
        )
    }  # fmt: skip
    ported = fields["protocol"] in PORT_PROTOCOLS
    typed = fields["protocol"] in ICMP_PROTOCOLS
    return Packet(
        source=Address(family, values[scope.name("source_address")]),
        destination=Address(family, values[scope.name("destination_address")]),
        protocol=fields["protocol"],
        source_port=fields["source_port"] if ported else None,
        destination_port=fields["destination_port"] if ported else None,
        icmp_type=fields["icmp_type"] if typed else None,
        icmp_code=fields["icmp_code"] if typed else None,
    )


def _source(obligation: Obligation, values: Mapping[str, int], packet: Packet) -> Host:
    role, number = obligation.sources, values[SOURCE]
    if number >= len(role.classes):
        return OutsideHost(packet.source, role.doors[number - len(role.classes)])
    each = role.classes[number]
    if len(each.members) == 1:
        return InterfaceHost(each.members[0])
    owner = obligation.index.owner(each.shape.vpc_id, packet.source)
    assert owner is not None
    return InterfaceHost(owner)


def _destination(
    obligation: Obligation, scope: Scope, values: Mapping[str, int], packet: Packet
) -> Host:
    role, number = obligation.destinations, values[DESTINATION]
    if number >= len(role.classes):
        return OutsideHost(packet.destination, role.doors[number - len(role.classes)])
    each = role.classes[number]
    called, flag = packet.destination, "by_public"
    inner = embedded(called) if obligation.question.destinations.nat64 else None
    if inner is not None:
        called, flag = inner, "v4_by_public"
    owner = obligation.index.owner(each.shape.vpc_id, called)
    publicly = values.get(scope.name(flag), 0) == 1
    if publicly or owner is None or role.number.get(owner) != number:
        owner = obligation.index.named_publicly(called)
    assert owner is not None
    return InterfaceHost(owner)


def _choices(
    obligation: Obligation, scope: Scope, values: Mapping[str, int], packet: Packet
) -> Choices:
    """What the network chose, where it has a choice on the packet's way."""
    gap_source = None
    if values.get(scope.name("gap_chosen"), 0):
        gap_source = Address(packet.family, values[scope.name("gap_source")])
    elif values.get(scope.name("v4_gap_chosen"), 0):
        gap_source = Address(4, values[scope.name("v4_gap_source")])
    made: dict[bool, list[tuple[str, int]]] = {False: [], True: []}
    for (id_, reply), (name, _) in sorted(scope.transits.items()):
        if values[scope.name(name)]:
            made[reply].append((id_, values[scope.name(name)]))
    taken = obligation.nats(packet.family, values)
    port = address = None
    if taken:
        if packet.source_port is not None:
            port = values[scope.name("nat_port")]
        inside = not taken[0][0]
        number = values[scope.name("nat_address" if inside else "nat_choice")]
        address = Address(4, number) if number else None
    return Choices(
        nat_port=port,
        nat_address=address,
        gap_source=gap_source,
        transit=tuple(made[False]),
        transit_reply=tuple(made[True]),
    )

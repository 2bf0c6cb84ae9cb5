"""From an invariant and a network to the one question that decides it.

Law: every choice of the contract between the four kinds (mode, addresses, instance states, client
ports) is made here and nowhere else. What can be told from the sets alone is told here too: that
there is nothing to ask, and that a pair of hosts has no address in common (clause ASK-6).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import assert_never

from verifier.invariants.directory import Directory
from verifier.invariants.endpoint import Endpoint, complement, endpoint_text, place_of, union
from verifier.invariants.families import effective, pair_without_address
from verifier.invariants.invariant import (
    Always,
    Invariant,
    Isolated,
    KindName,
    Never,
    Only,
    Some,
)
from verifier.invariants.place import quoted
from verifier.invariants.question import AddressPolicy, EndpointSet, Goal, Mode, Question
from verifier.invariants.resolve import Resolver
from verifier.invariants.role import Role
from verifier.invariants.traffic import EVERYTHING
from verifier.invariants.waypoint import waypoints
from verifier.model import InternetGatewayTarget, LocalTarget, Network, PrefixListReference
from verifier.packet import NAT64, Prefix, nat64_names
from verifier.trace import InstanceStates


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """A question, and what is known before it is asked.

    `vacuous` says why there is nothing to ask, None iff there is a pair of hosts and a packet.
    `hollow` says why a proof would say nothing (an `only` whose source is empty, an `isolated` with
    an empty set): it is then VACUOUS. `wanting` names a pair of hosts without a common address
    (`always` alone). `unknown` are waypoints of a kind that is not modelled: they are not avoided,
    and what is refuted for that is not known. `warnings` are remarks on empty members of unions.

    With `parts` the invariant holds iff all of them do: `always ... through` is an `always` and a
    `never`, `isolated` is a `never` from each of its sets. `question` then says who takes part in
    any of them. `part` is how a reason calls one (the waypoints, or its sources).
    """

    kind: KindName
    question: Question
    vacuous: str | None = None
    hollow: str | None = None
    wanting: tuple[str, str] | None = None
    unknown: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    parts: tuple[Asking, ...] = ()
    part: str = ""


def asking(invariant: Invariant, directory: Directory) -> Asking:
    """Build the question; SpecError for an id or name that does not exist."""
    match invariant:
        case Never():
            return _never(invariant, directory)
        case Some():
            return _between(invariant, directory)
        case Always(waypoint=None):
            return _between(invariant, directory)
        case Always():
            return _through(invariant, directory)
        case Only():
            return _only(invariant, directory)
        case Isolated():
            return _isolated(invariant, directory)
        case _:
            assert_never(invariant)


def _between(invariant: Never | Some | Always, directory: Directory) -> Asking:
    required = not isinstance(invariant, Never)
    policy = AddressPolicy.PRIMARY if required else AddressPolicy.EVERY
    sender = Resolver(directory, Role.SOURCE, policy)
    receiver = Resolver(directory, Role.DESTINATION, policy)
    question = Question(
        sources=sender.resolve(invariant.source),
        destinations=_destinations(receiver, invariant.destination, directory, required=required),
        traffic=invariant.traffic,
        goal=Goal.FAILING if isinstance(invariant, Always) else Goal.DELIVERED,
        mode=invariant.mode,
        policy=policy,
        states=InstanceStates.RECORDED if required else InstanceStates.ASSUMED_RUNNING,
        client_ports=invariant.client_ports,
        spoofed=invariant.spoofed,
    )
    always = isinstance(invariant, Always)
    return Asking(
        kind=invariant.kind,
        question=question,
        vacuous=nothing_to_ask(question),
        wanting=pair_without_address(question, directory) if always else None,
        warnings=_warnings((sender, invariant.source), (receiver, invariant.destination)),
    )


def _never(invariant: Never, directory: Directory) -> Asking:
    """Nothing is delivered; behind `unless through`, nothing that avoids the waypoints (ASK-9)."""
    found = _between(invariant, directory)
    if invariant.waypoint is None:
        return found
    passed = waypoints(invariant.waypoint, directory)
    return replace(
        found,
        question=replace(found.question, avoiding=passed.ids),
        unknown=passed.unknown,
        warnings=(*found.warnings, *passed.warnings),
        part=endpoint_text(invariant.waypoint),
    )


def _through(invariant: Always, directory: Directory) -> Asking:
    """Every connection works, and nothing is delivered that avoids the waypoints (ASK-9)."""
    works = _between(replace(invariant, waypoint=None), directory)
    round_it = Never(
        id=invariant.id,
        source=invariant.source,
        destination=invariant.destination,
        waypoint=invariant.waypoint,
        traffic=invariant.traffic,
        mode=Mode.PACKET,
        spoofed=invariant.spoofed,
    )
    strays = _never(round_it, directory)
    return replace(
        works,
        vacuous=None,
        wanting=None,
        parts=(works, strays),
        warnings=tuple(dict.fromkeys((*works.warnings, *strays.warnings))),
    )


def _isolated(invariant: Isolated, directory: Directory) -> Asking:
    """From each set, nothing is delivered to any other one."""
    sets = invariant.sets
    parts = []
    for at, one in enumerate(sets):
        others = union([other for number, other in enumerate(sets) if number != at])
        asked = _between(_sent(invariant, one, others), directory)
        parts.append(replace(asked, part=endpoint_text(one)))
    everybody = union(list(sets))
    whole = _between(_sent(invariant, everybody, everybody), directory)
    empty = [one for one in sets if _is_nobody(one, directory)]
    said = ", ".join(quoted(endpoint_text(one)) for one in empty)
    hollow = f"{said} {'names' if len(empty) == 1 else 'name'} nobody" if empty else None
    vacuous = [part.vacuous for part in parts if part.vacuous is not None]
    return Asking(
        kind=invariant.kind,
        question=whole.question,
        vacuous=(hollow or vacuous[0]) if len(vacuous) == len(parts) else None,
        hollow=hollow,
        warnings=tuple(dict.fromkeys((*whole.warnings, *_pointless(invariant, directory)))),
        parts=tuple(parts),
    )


def _sent(invariant: Isolated, source: Endpoint, destination: Endpoint) -> Never:
    return Never(
        id=invariant.id,
        source=source,
        destination=destination,
        traffic=invariant.traffic,
        mode=invariant.mode,
        spoofed=invariant.spoofed,
    )


def _is_nobody(expression: Endpoint, directory: Directory) -> bool:
    """True iff nobody of it can be a source or a destination, and all of it is modelled."""
    policy = AddressPolicy.EVERY
    found = [Resolver(directory, role, policy, True).resolve(expression) for role in Role]
    return not any(hosts or hosts.unknown for hosts in found)


def _pointless(invariant: Isolated, directory: Directory) -> Iterator[str]:
    """A remark for each two sets between which no packet is asked for."""
    sets = [one for one in invariant.sets if not _is_nobody(one, directory)]
    for at, one in enumerate(sets):
        for other in sets[at + 1 :]:
            forth, back = (
                nothing_to_ask(_between(_sent(invariant, *pair), directory).question)
                for pair in ((one, other), (other, one))
            )
            if forth is not None and back is not None:
                yield (
                    f"{place_of(one)}: nothing is asked between {quoted(endpoint_text(one))} and "
                    f"{quoted(endpoint_text(other))}: {forth}"
                )


def _only(invariant: Only, directory: Directory) -> Asking:
    """Whoever is not in the destination may send nothing but what is excluded from the search."""
    policy = AddressPolicy.EVERY
    allowed = Resolver(directory, Role.SOURCE, policy)
    beyond = Resolver(directory, Role.SOURCE, policy, lenient=True)
    receiver = Resolver(directory, Role.DESTINATION, policy)
    sources = allowed.resolve(invariant.source)
    question = Question(
        sources=_with_unknown(beyond.resolve(complement(invariant.destination)), sources),
        destinations=_destinations(receiver, invariant.destination, directory, required=False),
        traffic=EVERYTHING,
        goal=Goal.DELIVERED,
        mode=invariant.mode,
        policy=policy,
        states=InstanceStates.ASSUMED_RUNNING,
        client_ports=invariant.client_ports,
        spoofed=invariant.spoofed,
        excluded=(sources, invariant.traffic),
    )
    return Asking(
        kind=invariant.kind,
        question=question,
        vacuous=nothing_to_ask(question),
        hollow=None if sources else "the source names nobody",
        warnings=_warnings((allowed, invariant.source), (receiver, invariant.destination)),
    )


def _destinations(
    receiver: Resolver, expression: Endpoint, directory: Directory, *, required: bool
) -> EndpointSet:
    """The destinations; what must not be reached has its NAT64 names, too (clause ASK-8)."""
    found = receiver.resolve(expression)
    if required or not found or not _may_translate(directory.network):
        return found
    outside = {
        door: addresses | nat64_names(addresses) for door, addresses in found.outside.items()
    }
    return EndpointSet(found.interfaces, outside, found.unknown, nat64=True)


def _may_translate(network: Network) -> bool:
    """True iff some route hands destinations in 64:ff9b::/96 to what may translate them.

    The routes of a table that is not in the snapshot may do so.
    """
    return any(kind == "route-table" for kind, _ in network.missing) or any(
        not isinstance(route.target, LocalTarget | InternetGatewayTarget)
        and _meets_nat64(network, route.destination)
        for table in network.route_tables.values()
        for route in table.routes
    )


def _meets_nat64(network: Network, destination: Prefix | PrefixListReference) -> bool:
    """True iff a route with this destination may take packets to 64:ff9b::/96.

    A list that is not in the snapshot may hold whatever it likes.
    """
    if isinstance(destination, Prefix):
        return destination.covers(NAT64) or NAT64.covers(destination)
    known = network.prefix_lists.get(destination.prefix_list_id)
    return known is None or any(_meets_nat64(network, prefix) for prefix in known.prefixes)


def _with_unknown(endpoints: EndpointSet, other: EndpointSet) -> EndpointSet:
    unknown = dict.fromkeys((*other.unknown, *endpoints.unknown))
    return EndpointSet(endpoints.interfaces, endpoints.outside, tuple(unknown))


def _warnings(*asked: tuple[Resolver, Endpoint]) -> tuple[str, ...]:
    found = (line for resolver, expression in asked for line in resolver.warnings(expression))
    return tuple(dict.fromkeys(found))


def nothing_to_ask(question: Question) -> str | None:
    """Why there is no pair of different hosts, not both outside, or no packet; None iff there is.

    In a question of `only` the sources are whoever lies outside the destination.
    """
    sources, destinations = question.sources, question.destinations
    if not destinations:
        return "the destination names nobody"
    if not sources:
        if question.excluded is None:
            return "the source names nobody"
        return "there is nobody outside the destination"
    if not sources.interfaces and not destinations.interfaces:
        return "source and destination are both outside"
    if not (sources.outside or destinations.outside):
        hosts = sources.interfaces.keys() | destinations.interfaces.keys()
        if len(hosts) == 1:
            return f"source and destination are the same host, {min(hosts)}"
    if not effective(question.traffic, question.client_ports):
        return "no packet of the traffic comes from a client port"
    return None

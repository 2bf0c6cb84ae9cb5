"""NAT gateways (NAT-1 to NAT-9): the second header, and the way back through the gateway.

Law: in the course of packets from inside, `nat_address` is one of the gateway's addresses wherever
a packet is handed to it (NAT-4), and `nat_public` the public one of that where there is one; both
are free elsewhere. A packet from outside may come in by several doors, and so to several gateways:
each course then has a variable of its own, which follows from the one choice `nat_choice`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from verifier.encode import arrival, network_acl, route_table, subnet, vpc
from verifier.encode import internet_gateway as igw
from verifier.encode.connection import SENDER, Back, Road
from verifier.encode.packet import PORT_PROTOCOLS, Port, Scope
from verifier.encode.stage import Across, Arrive, AtSubnet, Edge, Home, Journey, Router, Segment
from verifier.encode.stage import Way as By
from verifier.encode.terms import FALSE, TRUE
from verifier.encode.way import Course
from verifier.packet import ECHO_REQUEST, ICMP, ICMPV6
from verifier.topology import Local, normal, numbers, without

SERVED = PORT_PROTOCOLS | {ICMP}


def taken(course: Course, segment: Segment, journey: Journey) -> tuple[str, dict[str, int]]:
    """The gateways that take the packet, each with when it does; their address is defined.

    The name is that of the variable that the source address becomes.
    """
    scope, terms = course.scope, course.scope.terms
    met: dict[str, int] = {}
    for end, term in arrival.lefts(journey, By.NAT):
        if addresses(scope, end.id):
            met[end.id] = terms.any_of((met.get(end.id, FALSE), term))
    if not met:
        return "", {}
    first = course.number == 0 and segment.source == SENDER and not scope.knows("nat_address")
    number = 0 if first else 1 + len(scope.nats)
    private = "nat_address" if first else f"nat_address_{number}_"
    _define(scope, met, number, private)
    found = {}
    for id_, term in met.items():
        home = _home(scope, id_)
        entered = network_acl.subnet_passes(scope, home, False, segment.source, Port.FORWARD)
        found[id_] = terms.all_of((term, _served(scope), entered))
    return private, {id_: term for id_, term in found.items() if term != FALSE}


def _served(scope: Scope) -> int:
    """NAT-2, NAT-10."""
    if scope.family == 4:
        return scope.protocol(SERVED)
    echo = scope.icmp(Port.FORWARD, ECHO_REQUEST[ICMPV6], -1)
    asks = scope.terms.all_of((scope.protocol((ICMPV6,)), echo))
    return scope.terms.any_of((scope.protocol(PORT_PROTOCOLS), asks))


def public_of(private: str) -> str:
    """The variable of the public address that the gateway's private one is mapped to."""
    return private.replace("nat_address", "nat_public")


def addresses(scope: Scope, nat_id: str) -> dict[int, int | None]:
    """The private addresses of a gateway that can be used, with their public ones (NAT-4)."""
    nat = scope.index.network.nat_gateways[nat_id]
    if nat.subnet_id not in scope.index.network.subnets:
        return {}
    return {
        each.private.value: None if each.public is None else each.public.value
        for each in nat.addresses
    }


def _home(scope: Scope, nat_id: str) -> str:
    return scope.index.network.nat_gateways[nat_id].subnet_id or ""


def _define(scope: Scope, met: dict[str, int], number: int, private: str) -> None:
    """NAT-4: the address is one of the gateway's, and the public one follows from it."""
    terms = scope.terms
    public = public_of(private)
    tables = {id_: addresses(scope, id_) for id_ in met}
    scope.declare(private, 32, numbers(at for table in tables.values() for at in table))
    publics = [to for table in tables.values() for to in table.values() if to is not None]
    scope.declare(public, 32, numbers(publics))
    for id_, term in met.items():
        scope.nats.append((number, id_, term))
        own = scope.address(private, numbers(tables[id_]))
        ties = [
            terms.all_of(
                (
                    scope.address(private, ((at, at),)),
                    TRUE if to is None else scope.address(public, ((to, to),)),
                )
            )
            for at, to in tables[id_].items()
        ]
        choice = _choice(scope, tables[id_], private) if number else TRUE
        scope.defined.append(terms.implies(term, terms.all_of((own, terms.any_of(ties), choice))))


def _choice(scope: Scope, table: dict[int, int | None], private: str) -> int:
    """The address is the one that the network chooses, the first if the gateway has not that."""
    terms = scope.terms
    if not scope.knows("nat_choice"):
        everything = (
            each.private.value
            for nat in scope.index.network.nat_gateways.values()
            for each in nat.addresses
        )
        scope.declare("nat_choice", 32, numbers((0, *everything)))
    same = (
        terms.all_of(
            (scope.address("nat_choice", ((at, at),)), scope.address(private, ((at, at),)))
        )
        for at in table
    )
    first = next(iter(table))
    none = terms.negate(scope.address("nat_choice", numbers(table)))
    return terms.any_of((*same, terms.all_of((none, scope.address(private, ((first, first),))))))


def send(
    course: Course, segment: Segment, private: str, nats: dict[str, int]
) -> tuple[Segment, Journey]:
    """NAT-5: the journey of the translated packet, from the gateways' own subnets."""
    scope = course.scope
    onward = Segment(private, segment.destination, Port.FORWARD, True)
    steps = [
        (term, Edge(AtSubnet(_home(scope, id_), False), scope.everything, lambda: TRUE))
        for id_, term in nats.items()
    ]
    return onward, course.forth(onward, steps)


@dataclass(frozen=True, slots=True)
class Translated(Back):
    """The replies to what a NAT gateway sent (NAT-7, NAT-8); `nats` as `taken` has them.

    `client` is the course as the client sees it: of the other family behind NAT64 (NAT-11).
    """

    client: Course
    nats: dict[str, int]

    @property
    def port(self) -> Port:
        """The reply goes to the gateway's own port."""
        return Port.REPLY_TO_NAT

    def peer(self, near: str) -> int:
        """Return to sender: the peer's subnet asks its list and no table (NAT-7, PCX-4)."""
        scope = self.scope
        if not scope.replies:
            return TRUE
        if any(self._vpc(id_) != near for id_ in self.nats):
            terms = scope.terms
            lives = self.lives(near)
            here = terms.all_of((lives, self._to_sender(near)))
            return terms.any_of((here, terms.all_of((terms.negate(lives), self.inside()))))
        return self._to_sender(near)

    def _to_sender(self, near: str) -> int:
        scope = self.scope
        left = network_acl.passes(
            scope, scope.destinations, True, self.segment.source, Port.REPLY_TO_NAT
        )
        here = {id_: self._entered(id_) for id_ in self.nats if self._vpc(id_) == near}
        roads = self._through(here, ())
        return scope.terms.all_of((left, self._any(roads)))

    def _entered(self, nat_id: str) -> int:
        """The reply passes the ingress list of the gateway's subnet (NAT-7)."""
        return network_acl.subnet_passes(
            self.scope, _home(self.scope, nat_id), False, self.segment.destination, self.port
        )

    def _vpc(self, nat_id: str) -> str:
        return self.scope.index.network.nat_gateways[nat_id].vpc_id

    def _through(self, arrived: dict[str, int], journeys: tuple[Journey, ...]) -> list[Road]:
        """NAT-8: from the gateways at which the reply has arrived back to the client."""
        scope, terms = self.scope, self.scope.terms
        there = terms.any_of(terms.all_of((self.nats[id_], term)) for id_, term in arrived.items())
        if there == FALSE:
            return []
        segment = Segment(self.segment.destination, SENDER, Port.REPLY, False)
        journey = self.client.back(
            ("undone", segment, tuple(self.nats)), segment, lambda: self._steps()
        )
        home = self.client.home(journey, segment)
        out = arrival.exits(scope, journey)
        return [
            (terms.all_of((there, home)), (*journeys, journey)),
            (terms.all_of((there, out)), None),
        ]

    def _steps(self) -> list[tuple[int, Edge]]:
        return [
            (
                term,
                Edge(
                    AtSubnet(_home(self.scope, id_), False, False),
                    self.client.scope.everything,
                    lambda: TRUE,
                ),
            )
            for id_, term in self.nats.items()
        ]

    def _neighbour(self, segment: Segment) -> list[Road]:
        """The destination is in the gateway's own subnet, and so is its reply (SUB-2)."""
        scope, terms = self.scope, self.scope.terms
        role = scope.destinations
        stays = terms.all_of(
            (
                terms.negate(vpc.served(scope, role, segment.destination)),
                subnet.stays(scope, role, segment.destination),
            )
        )
        here = {
            id_: terms.all_of((stays, scope.destination(role.vpcs.get(self._vpc(id_), ()))))
            for id_ in self.nats
        }
        return self._through(here, ())

    def roads(self, journey: Journey, segment: Segment) -> list[Road]:
        """NAT-7: the reply's journey ends at the gateway."""
        scope, terms = self.scope, self.scope.terms
        role = scope.destinations
        arrived = {}
        for id_ in self.nats:
            vpc_id = self._vpc(id_)
            parts = []
            for end, term in journey.ends.items():
                match end:
                    case Router():
                        own = scope.destination(role.vpcs.get(vpc_id, ()))
                        parts.append(terms.all_of((term, own, self._entered(id_))))
                    case Arrive(there) | Across(_, there) if there == vpc_id:
                        parts.append(terms.all_of((term, self._entered(id_))))
                    case Home(home) if scope.index.network.subnets[home].vpc_id == vpc_id:
                        parts.append(term)
                    case _:
                        pass
            arrived[id_] = terms.any_of(parts)
        return self._through(arrived, (journey,))

    def at_router(self, vpc_id: str) -> list[Road]:
        """The reply is at the router of the VPC."""
        here = {id_: self._entered(id_) for id_ in self.nats if self._vpc(id_) == vpc_id}
        return self._through(here, ())

    def turned(self) -> int:
        """True iff the passage of the gateway's VPC redirects (GAP-9)."""
        return self.scope.terms.any_of(
            met for id_, met in self.nats.items() if igw.redirects(self.scope, self._vpc(id_))
        )

    def lives(self, vpc_id: str) -> int:
        """True iff the gateway is of this VPC."""
        return self.scope.terms.any_of(
            met for id_, met in self.nats.items() if self._vpc(id_) == vpc_id
        )

    def translated(self) -> tuple[str, int]:
        """The public address of the chosen private one, and when there is one (NAT-5, IGW-12)."""
        scope, terms = self.scope, self.scope.terms
        private = self.segment.source
        has = []
        for id_, met in self.nats.items():
            mapped = numbers(at for at, to in addresses(scope, id_).items() if to is not None)
            mapped = without(mapped, scope.index.barred(self._vpc(id_), 4))
            has.append(terms.all_of((met, scope.address(private, mapped))))
        return public_of(private), terms.any_of(has)

    def from_gateway(self) -> Iterator[Road]:
        """The reply has come in by the gateway's VPC; only `local` leads on (IGW-10)."""
        scope = self.scope
        here = {}
        for id_ in self.nats:
            edge = scope.index.gateway_edge(self._vpc(id_))
            led = TRUE
            if edge is not None:
                local = normal(
                    part
                    for hop, spans in route_table.leads(scope, edge, forth=False)
                    if isinstance(hop, Local)
                    for part in spans
                )
                led = scope.address(self.segment.source, local)
            here[id_] = scope.terms.all_of((led, self._entered(id_)))
        yield from self._through(here, ())

"""Which relayed flows there are, by trying: the clauses LB-6, LB-9 to LB-15 and GAP-11.

From each host that may start a flow, everything that it can send to a place where flows are taken
is sent; what arrives is carried on to every target; and so on, until nothing new arrives.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from tests.crosscheck.relayed.balancers import Balancers, Came, Sent, Stop, Sure
from tests.crosscheck.relayed.legs import Legs, TooManyError
from verifier.certify import OverBudget, decide
from verifier.evaluate.network_acl import guards, in_order, judge
from verifier.invariants.question import EndpointSet, Mode, Names, Question, Traffic, TrafficTerm
from verifier.model import BalancerKind, Gap, InterfaceKind, Network, Relay
from verifier.packet import (
    ALL_PORTS,
    FAMILIES,
    TCP,
    UDP,
    AddressSet,
    Family,
    Packet,
    PortRange,
)
from verifier.trace import InterfaceHost, OutsideHost

OWN_PORTS = PortRange(1024, 65535)


@dataclass
class Oracle:
    """One question under one set of open gaps."""

    legs: Legs
    misread: frozenset[str] = frozenset()
    balancers: Balancers = field(init=False)
    _origin: str | None = None
    _relays: list[Relay] = field(default_factory=list)
    _waiting: list[Came] = field(default_factory=list)
    _seen: set[Came] = field(default_factory=set)
    _best: Sure = Sure.NO

    def __post_init__(self) -> None:
        self.balancers = Balancers(self.network, self.question, self.opened, self.misread)

    @property
    def network(self) -> Network:
        return self.legs.network

    @property
    def question(self) -> Question:
        return self.legs.question

    @property
    def opened(self) -> frozenset[Gap]:
        return self.legs.opened

    # -- the whole question -------------------------------------------------------------------

    def directly(self) -> bool:
        """True iff a packet of a source itself reaches a destination."""
        found = decide(self.network, self.question, self.opened, self.legs.budget)
        if isinstance(found, OverBudget):
            raise TooManyError
        return found is not None

    def relayed(self) -> Sure:
        """The surest relayed flow there is (LB-13)."""
        if "LB-13" in self.misread:
            return Sure.NO
        sources = self.question.sources
        starts = [
            (name, EndpointSet(interfaces={name: names}))
            for name, names in sources.interfaces.items()
        ]
        if sources.outside:
            starts.append((None, EndpointSet(outside=sources.outside)))  # type: ignore[arg-type]
        best = self._hidden()
        for origin, endpoints in starts:
            if best is not Sure.YES:
                best = max(best, self._from(origin, endpoints))
        return best

    def _from(self, origin: str | None, sources: EndpointSet) -> Sure:
        self._origin, self._best = origin, Sure.NO
        self._waiting, self._seen = [], set()
        self._relays = []
        first = replace(self.question, sources=sources, excluded=None)
        self._reach(("start", origin), first)
        if sources.outside:
            self._feed([one for one in self._unknown() if one.from_outside])
        while self._waiting and self._best is not Sure.YES:
            came = self._waiting.pop()
            for sent in self.balancers.sends(came):
                self._follow(sent, came)
        return self._best

    def _reach(self, key: object, question: Question) -> None:
        """Whatever the question's sources can bring to a stop, or to a relay (GAP-11)."""
        for stop in self.balancers.stops():
            asked = replace(
                question,
                destinations=self._whole(stop.interface_id),
                traffic=(_term(stop.protocol, stop.port, FAMILIES, ALL_PORTS),),
            )
            self._arrive((key, stop), asked, stop)
        takers = [one.interface_id for one in self._unknown()]
        if not takers:
            return
        links = [one.id for one in self.network.interfaces.values() if _is_link(one.kind)]
        for name in dict.fromkeys([*takers, *links]):
            asked = replace(
                question,
                destinations=self._whole(name),
                traffic=tuple(
                    TrafficTerm(frozenset(FAMILIES), protocol, source_ports=ALL_PORTS)
                    for protocol in (TCP, UDP)
                ),
                mode=Mode.PACKET,
            )
            if self._others(name) and self.legs.arriving((key, name), asked, clients=False):
                self._fed(name)

    def _arrive(self, key: object, question: Question, stop: Stop) -> None:
        if not self._others(stop.interface_id, question):
            return
        self._take(key, question, stop, Sure.YES)
        if stop.interface_id not in self.balancers.keeping():
            return
        asked = replace(question, mode=Mode.PACKET)
        sure = Sure.YES if self.question.mode is Mode.PACKET else Sure.DOUBT
        for written, packet in self.legs.arriving((key, "clients"), asked, clients=True):
            client = packet
            if "LB-15" in self.misread and written.family == packet.family:
                client = replace(packet, source=written.source)
            self._add(Came(stop, packet.family, sure, client))

    def _take(self, key: object, question: Question, stop: Stop, sure: Sure) -> None:
        """What arrives at a stop, with its source where rules judge that (LB-12)."""
        judged = stop.interface_id in self.balancers.judged()
        for _, packet in self.legs.arriving(key, question, clients=judged):
            self._add(Came(stop, packet.family, sure, None, packet.source if judged else None))

    def _whole(self, name: str) -> EndpointSet:
        nat64 = self.question.destinations.nat64
        return EndpointSet({name: Names(default=True)}, nat64=nat64)

    def _add(self, came: Came) -> None:
        if came not in self._seen:
            self._seen.add(came)
            self._waiting.append(came)

    def _others(self, name: str, question: Question | None = None) -> bool:
        """False iff the only sender is the interface itself (ENI-6)."""
        asked = question or self.question
        return bool(asked.sources.outside) or asked.sources.interfaces.keys() != {name}

    # -- where it comes -----------------------------------------------------------------------

    def _follow(self, sent: Sent, came: Came) -> None:
        stops = [
            stop
            for stop in self.balancers.stops()
            if InterfaceHost(stop.interface_id) == sent.to
            and (stop.protocol, stop.port) == (sent.protocol, sent.port)
        ]
        if "LB-11" in self.misread:
            stops = []
        if sent.keeps:
            self._follow_kept(sent, came, stops)
            return
        sure = came.sure
        if self.question.mode is Mode.CONNECTION and self._in_one_subnet(sent):
            sure = Sure.DOUBT
        traffic = self._asked(sent)
        if traffic and self._wanted(sent) and self._comes(sent, traffic):
            self._found(sure)
        carried = _term(sent.protocol, sent.port, (sent.address.family,), self._own_ports())
        question = self._by_node(sent, (carried,))
        for stop in stops:
            if self._past_list(sent, question):
                self._arrive_by(sent, question, stop, sure)
        self._take_unknown(sent, question)

    def _arrive_by(self, sent: Sent, question: Question, stop: Stop, sure: Sure) -> None:
        key = ("sent", sent.node, sent.to, sent.address, question.traffic)
        self._take(key, question, stop, sure)
        if stop.interface_id in self.balancers.keeping():
            asked = replace(question, mode=Mode.PACKET)
            sure = sure if self.question.mode is Mode.PACKET else Sure.DOUBT
            for _, packet in self.legs.arriving((key, "clients"), asked, clients=True):
                self._add(Came(stop, packet.family, sure, packet))

    def _follow_kept(self, sent: Sent, came: Came, stops: list[Stop]) -> None:
        """LB-9: with the source that the packet had when it came to the node."""
        client = came.client
        assert client is not None
        own = self.legs.network.interfaces[sent.node]
        if "LB-9" in self.misread and client.source not in [one.address for one in own.ipv4]:
            return
        sure = came.sure if self.question.mode is Mode.PACKET else Sure.DOUBT
        packet = replace(client, destination=sent.address, destination_port=sent.port)
        unknown = {one.interface_id for one in self._unknown()}
        wanted = self._wanted(sent) and _in(self.question.traffic, packet)
        name = sent.to.interface_id if isinstance(sent.to, InterfaceHost) else ""
        if not (wanted or stops or name in unknown):
            return
        for _, at in self.legs.goes_on(sent.node, sent.to, packet):
            if wanted:
                self._found(sure)
            for stop in stops:
                judged = stop.interface_id in self.balancers.judged()
                self._add(Came(stop, at.family, sure, None, at.source if judged else None))
                if stop.interface_id in self.balancers.keeping():
                    self._add(Came(stop, at.family, sure, at))
            if name in unknown:
                self._fed(name)

    def _found(self, sure: Sure) -> None:
        self._best = max(self._best, sure)

    def _wanted(self, sent: Sent) -> bool:
        """The receiver is a destination by this address, and not who started the flow (LB-13)."""
        if isinstance(sent.to, OutsideHost):
            return self._origin is not None
        names = self.question.destinations.interfaces.get(sent.to.interface_id)
        if names is None:
            return False
        if sent.to.interface_id == self._origin and "LB-13 back" not in self.misread:
            return False
        return names.default or sent.address in names.named

    def _asked(self, sent: Sent) -> Traffic:
        """What of the question's traffic the node sends (LB-6)."""
        ports = self._own_ports()
        found = []
        for term in self.question.traffic:
            first = max(term.source_ports.first, ports.first)
            last = min(term.source_ports.last, ports.last)
            if (
                term.protocol in (None, sent.protocol)
                and sent.port in term.destination_ports
                and sent.address.family in term.families
                and first <= last
            ):
                between = PortRange(first, last)
                found.append(_term(sent.protocol, sent.port, (sent.address.family,), between))
        return tuple(found)

    def _own_ports(self) -> PortRange:
        return PortRange(0, 1023) if "LB-6" in self.misread else OWN_PORTS

    def _by_node(self, sent: Sent, traffic: Traffic) -> Question:
        if isinstance(sent.to, OutsideHost):
            to = EndpointSet(outside={sent.to.door: AddressSet.of(sent.address)})
        else:
            names = Names(default=False, named=AddressSet.of(sent.address))
            to = EndpointSet({sent.to.interface_id: names})
        return replace(
            self.question,
            sources=EndpointSet({sent.node: Names(default=True)}),
            destinations=to,
            traffic=traffic,
            mode=Mode.PACKET if self._in_one_subnet(sent) else self.question.mode,
            client_ports=(ALL_PORTS,),
            spoofed=False,
            excluded=None,
        )

    def _comes(self, sent: Sent, traffic: Traffic) -> bool:
        question = self._by_node(sent, traffic)
        key = ("last", sent.node, sent.to, sent.address, traffic)
        found = self.legs.arriving(key, question, clients=False)
        return bool(found) and self._past_list(sent, question)

    def _in_one_subnet(self, sent: Sent) -> bool:
        """A classic balancer's node and its target are in one subnet."""
        classic = sent.balancer.kind is BalancerKind.CLASSIC and "LB-10" not in self.misread
        if not classic or not isinstance(sent.to, InterfaceHost):
            return False
        interfaces = self.network.interfaces
        return interfaces[sent.node].subnet_id == interfaces[sent.to.interface_id].subnet_id

    def _past_list(self, sent: Sent, question: Question) -> bool:
        """LB-10: the subnet's list lets it out and in, from one of the node's addresses."""
        if not self._in_one_subnet(sent):
            return True
        subnet = self.network.interfaces[sent.node].subnet_id
        acl = guards(self.network).get(subnet)
        if acl is None:
            return self.network.missing["network-acl", subnet] in self.opened
        family = sent.address.family
        entries = [in_order(acl.entries, egress, family) for egress in (True, False)]
        key = ("past", sent.node, sent.to, sent.address, question.traffic)
        for packet, _ in self.legs.arriving(key, question, clients=True):
            out = judge(entries[0], packet, packet.destination, self.opened)
            into = judge(entries[1], packet, packet.source, self.opened)
            if out.allowed and into.allowed:
                return True
        return False

    # -- relays with a gap (GAP-11, LB-14) ----------------------------------------------------

    def _unknown(self) -> list[Relay]:
        away = self.question.avoiding
        return [
            one
            for one in self.network.relays
            if one.gap in self.opened and one.interface_id not in away
            if "LB-14" not in self.misread
        ]

    def _fed(self, name: str) -> None:
        """Something came to the relay, or to an endpoint, behind which may be any of them."""
        link = _is_link(self.network.interfaces[name].kind)
        self._feed([one for one in self._unknown() if link or one.interface_id == name])

    def _feed(self, relays: Iterable[Relay]) -> None:
        for relay in relays:
            if relay not in self._relays and self._best is not Sure.YES:
                self._relays.append(relay)
                self._spread(relay)

    def _take_unknown(self, sent: Sent, question: Question) -> None:
        if isinstance(sent.to, InterfaceHost):
            name = sent.to.interface_id
            kind = self.network.interfaces[name].kind
            if name in {one.interface_id for one in self._unknown()} or _is_link(kind):
                key = ("unknown", sent.node, sent.to, sent.address, question.traffic)
                asked = replace(question, mode=Mode.PACKET)
                if self.legs.arriving(key, asked, clients=False):
                    self._fed(name)

    def _spread(self, relay: Relay) -> None:
        """What a relay with a gap may send: to destinations, to stops and to other relays."""
        question = replace(
            self.question,
            sources=EndpointSet({relay.interface_id: Names(default=True)}),
            client_ports=(ALL_PORTS,),
            spoofed=relay.keeps_client_address,
            mode=Mode.PACKET,
            excluded=None,
        )
        wanted = {
            name: names
            for name, names in self.question.destinations.interfaces.items()
            if name != self._origin
        }
        outside = self.question.destinations.outside if self._origin is not None else {}
        traffic = self.question.traffic if relay.from_outside else _streams(question.traffic)
        to = replace(self.question.destinations, interfaces=wanted, outside=outside)
        last = replace(question, destinations=to, traffic=traffic)
        key = ("spread", relay.interface_id, self._origin)
        if traffic and to and self.legs.arriving(key, last, clients=False):
            self._found(Sure.DOUBT)
        self._reach(("relay", relay.interface_id), question)

    def _hidden(self) -> Sure:
        """Balancers of which no node is known, in the VPC of a destination (LB-14)."""
        homes = {
            self.network.interfaces[name].vpc_id for name in self.question.destinations.interfaces
        }
        if not _streams(self.question.traffic) or "LB-14" in self.misread:
            return Sure.NO
        for one in self.network.load_balancers.values():
            known = one.interface_ids or one.id in self.question.avoiding
            if one.gap in self.opened and not known and one.vpc_id in homes:
                return Sure.DOUBT
        return Sure.NO


def _is_link(kind: InterfaceKind) -> bool:
    return kind is InterfaceKind.VPC_ENDPOINT


def _term(
    protocol: int, port: int, families: Iterable[Family], source_ports: PortRange
) -> TrafficTerm:
    return TrafficTerm(frozenset(families), protocol, PortRange(port, port), source_ports)


def _streams(traffic: Traffic) -> Traffic:
    return tuple(
        replace(term, protocol=protocol)
        for term in traffic
        for protocol in (TCP, UDP)
        if term.protocol in (None, protocol)
    )


def _in(traffic: Traffic, packet: Packet) -> bool:
    return any(
        packet.family in term.families
        and term.protocol in (None, packet.protocol)
        and packet.destination_port in term.destination_ports
        and packet.source_port in term.source_ports
        for term in traffic
    )

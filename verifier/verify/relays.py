"""Relayed flows: does what load balancers pass on break a `never` (clauses LB-13, GAP-11)?

A flow is told as legs, each an ordinary packet that solver and evaluator decide; it is looked for
from its end: what would reach a destination, who would send that, what would have to come there
before. Law: `None` means that no flow exists under these open gaps, whatever balancers that are
not understood do; a flow without gaps and doubt has every leg replayed by the evaluator. The cost
follows the listeners and target groups from which destinations can be reached at all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from verifier.invariants.question import EndpointSet, Mode, Names, Question, Traffic, TrafficTerm
from verifier.model import InterfaceKind
from verifier.packet import (
    ALL_PORTS,
    FAMILIES,
    TCP,
    UDP,
    AddressSet,
)
from verifier.trace import InterfaceHost
from verifier.verify.branches import Branch, Branches, Stop
from verifier.verify.classic import apart
from verifier.verify.clients import among
from verifier.verify.legs import Flow, Legs, Sent
from verifier.verify.pieces import (
    allowed,
    asked_to,
    balanced,
    common,
    delegated,
    hosts,
    ports_of,
    received,
    returns,
    term_of,
)
from verifier.verify.search import Ground


@dataclass(slots=True)
class Relays:
    """Looks for flows of one question, under one set of open gaps.

    With `certain`, only those that need no gap and leave no doubt.
    """

    ground: Ground
    question: Question
    legs: Legs
    branches: Branches
    _known: dict[tuple[object, ...], Flow | None] = field(default_factory=dict)

    def flows(self) -> Iterator[Flow]:
        """A flow for each listener and target group from which a destination is reached."""
        found: set[tuple[str, str]] = set()
        for branch in self.branches.all:
            name = (branch.listener.id, branch.group.id)
            if name in found or not self._counts(branch):
                continue
            for last, senders in self._last(branch):
                flow = self._from_others(branch, last, senders)
                if flow is not None:
                    found.add(name)
                    yield flow
                    self._forget()
                    break
        if not self.legs.certain and (flow := self._from_unknown(None)) is not None:
            yield flow

    def _counts(self, branch: Branch) -> bool:
        return branch.gap is None or (not self.legs.certain and branch.gap in self.legs.opened)

    # the last leg

    def _last(self, branch: Branch) -> Iterator[tuple[Sent, EndpointSet]]:
        """What the branch would send to destinations, and which sources that concerns."""
        wanted, sources = self.question.destinations, self.question.sources
        traffic = self._carried(branch)
        inside = {
            name: Names(default=False, named=AddressSet.of(*used))
            for name, addresses in sorted(branch.receivers.items())
            if name in wanted.interfaces and (used := allowed(wanted.interfaces[name], addresses))
        }
        if not traffic:
            return
        for ground, names, followed in self._places(branch, inside):
            to = EndpointSet(interfaces=names)
            yield self._send(branch, to, traffic, ground, followed), sources
        outside = {
            door: held
            for door, addresses in wanted.outside.items()
            if (held := addresses & AddressSet.of(*branch.outside))
        }
        if outside and sources.interfaces:
            to = EndpointSet(outside=outside)
            sent = self._send(branch, to, traffic, self.ground, not branch.keeps)
            yield sent, replace(sources, outside={})

    def _places(
        self, branch: Branch, inside: dict[str, Names]
    ) -> Iterator[tuple[Ground, dict[str, Names], bool]]:
        """The receivers by what decides about them: this network, LB-10, or nothing (LB-15)."""
        interfaces = self.ground.network.interfaces
        node = interfaces[branch.node]
        far = {n: v for n, v in inside.items() if interfaces[n].vpc_id != node.vpc_id}
        same = {n: v for n, v in inside.items() if interfaces[n].subnet_id == node.subnet_id}
        classic = apart(self.ground, branch) if same else None
        apart_names = far if branch.keeps else {}
        if classic is not None:
            apart_names = same
        rest = {n: v for n, v in inside.items() if n not in apart_names}
        if rest:
            yield self.ground, rest, True
        if apart_names:
            yield classic or self.ground, apart_names, classic is not None

    def _carried(self, branch: Branch) -> Traffic:
        """The packets of the question's traffic that the branch can send."""
        own = ports_of(branch)
        found = []
        for term in self.question.traffic:
            ports = common(term.source_ports, own)
            if (
                term.protocol in (None, branch.protocol)
                and branch.port in term.destination_ports
                and branch.group.family in term.families
                and ports is not None
            ):
                found.append(term_of(branch.protocol, branch.port, (branch.group.family,), ports))
        return tuple(found)

    def _send(
        self,
        branch: Branch,
        to: EndpointSet,
        traffic: Traffic,
        ground: Ground | None = None,
        followed: bool = True,
    ) -> Sent:
        ground = ground or self.ground
        question = replace(
            self.question,
            sources=hosts(branch.node),
            destinations=to,
            traffic=traffic,
            client_ports=(ALL_PORTS,),
            spoofed=branch.keeps,
            mode=Mode.PACKET if branch.keeps or ground is not self.ground else self.question.mode,
            excluded=None,
        )
        return Sent(question, ground, branch, followed)

    def _from_others(self, branch: Branch, last: Sent, senders: EndpointSet) -> Flow | None:
        """A flow that ends with this leg and starts at another host than it ends."""
        here = self if senders is self.question.sources else self._with(senders)
        flow = here._before(branch, (last,), frozenset((branch.key,)))
        if flow is None or not flow.legs or not last.followed or not returns(flow):
            return flow
        host = flow.legs[0].probe.source
        assert isinstance(host, InterfaceHost)
        name = host.interface_id
        wanted = last.question.destinations.interfaces
        others = {one: names for one, names in senders.interfaces.items() if one != name}
        only = replace(last, question=asked_to(last.question, {name: wanted[name]}))
        other_senders = self._with(replace(senders, interfaces=others))
        flow = other_senders._before(branch, (only,), frozenset((branch.key,)))
        rest = {one: names for one, names in wanted.items() if one != name}
        if flow is not None or not rest:
            return flow
        self._forget()
        return self._from_others(
            branch, replace(last, question=asked_to(last.question, rest)), senders
        )

    def _forget(self) -> None:
        """Failures that were only such because something else was not known yet."""
        self._known = {key: one for key, one in self._known.items() if one is not None}

    def _with(self, sources: EndpointSet) -> Relays:
        return replace(self, question=replace(self.question, sources=sources), _known={})

    # from the end to the start

    def _before(
        self, branch: Branch, legs: tuple[Sent, ...], path: frozenset[object]
    ) -> Flow | None:
        """A flow that ends with these legs, the first of which the branch sends."""
        if branch.keeps:
            # alone it may come from any client
            if self.legs.found(legs[:1]) is None:
                return None
            flow = self._arriving(branch, legs, path)
        else:
            tail = self.legs.found(legs)
            # another client from here on, to whom every way is open again
            flow = None if tail is None else self._arriving(branch, (), frozenset())
            flow = None if flow is None or tail is None else flow + tail
        if flow is None or branch.gap is None:
            return flow
        return replace(flow, gaps=flow.gaps | {branch.gap})

    def _arriving(
        self, branch: Branch, legs: tuple[Sent, ...], path: frozenset[object]
    ) -> Flow | None:
        """A flow that comes to the branch (and goes on with these legs, which keep its client)."""
        key = (branch.stops, branch.families, branch.clients)
        if not legs:
            if key in self._known:
                return self._known[key]
            self._known[key] = None
        for stop in branch.stops:
            flow = self._to_stop(branch, stop, legs, path)
            if flow is not None:
                if not legs:
                    self._known[key] = flow
                return flow
        return None

    def _to_stop(
        self, branch: Branch, stop: Stop, legs: tuple[Sent, ...], path: frozenset[object]
    ) -> Flow | None:
        question = self.question
        families = tuple(sorted(branch.families))
        nat64 = question.destinations.nat64 and families == FAMILIES and not legs  # ASK-8
        first = replace(
            question,
            destinations=replace(hosts(stop.interface_id), nat64=nat64),
            traffic=(term_of(stop.protocol, stop.port, families, ALL_PORTS),),
            mode=Mode.PACKET if legs else question.mode,
        )
        flow = self._let_in(
            branch, Sent(first, self.ground), lambda one: self.legs.found((one, *legs))
        )
        if flow is None and question.destinations.nat64 and (legs or families == (4,)):
            flow = self._translated(branch, stop, legs)
        if flow is not None:
            return flow
        for sender in self.branches.to(stop):
            family = sender.group.family
            if family not in branch.families or sender.key in path or not self._counts(sender):
                continue
            traffic = (term_of(stop.protocol, stop.port, (family,), ports_of(sender)),)
            sent = self._send(sender, received(sender, stop.interface_id), traffic)
            flow = self._let_in(branch, sent, partial(self._by, sender, legs, path))
            if flow is not None:
                return flow
        return None if self.legs.certain else self._from_unknown(stop, legs)

    def _by(
        self, sender: Branch, legs: tuple[Sent, ...], path: frozenset[object], sent: Sent
    ) -> Flow | None:
        """A flow that ends with this leg of the sender and these, which keep its client."""
        return self._before(sender, (sent, *legs), path | {sender.key})

    def _translated(self, branch: Branch, stop: Stop, legs: tuple[Sent, ...]) -> Flow | None:
        """A flow whose client names the stop by NAT64, so that it comes as an IPv4 one (ASK-8)."""
        interface = self.ground.network.interfaces[stop.interface_id]
        names = [one.address for one in interface.ipv4]
        names += [one.public for one in interface.ipv4 if one.public is not None]
        named = Names(default=False, named=AddressSet.of(*names, *delegated(interface)))
        first = replace(
            self.question,
            destinations=EndpointSet(interfaces={interface.id: named}, nat64=True),
            traffic=(term_of(stop.protocol, stop.port, (6,), ALL_PORTS),),
            mode=Mode.PACKET if legs else self.question.mode,
        )
        return self._let_in(
            branch,
            Sent(first, self.ground),
            lambda one: self.legs.found((one, *legs), translated=True),
        )

    def _let_in(
        self, branch: Branch, sent: Sent, find: Callable[[Sent], Flow | None]
    ) -> Flow | None:
        """What is found of the leg to a stop, with a client that the branch serves (LB-12).

        Who sends from such an address comes first; then whoever may get it on the way (LB-15).
        """
        clients = branch.clients
        if clients is None:
            return find(sent)
        sources = among(self.ground.network, sent.question, clients)
        asked = [replace(sent, question=replace(sent.question, sources=sources))] if sources else []
        if sources != sent.question.sources and self.legs.disguised(sent, clients):
            asked.append(sent)
        for one in asked:
            flow = find(one)
            if flow is None:
                continue
            if not flow.legs or flow.legs[-1].exchange.forward.packet.source in clients:
                return flow
            if not self.legs.certain:
                return replace(flow, doubtful=branch.balancer.id)
        return None

    # relays with a gap (GAP-11)

    def _from_unknown(self, stop: Stop | None, legs: tuple[Sent, ...] = ()) -> Flow | None:
        """A flow by relays that are not understood to a stop, or to a destination."""
        network, question = self.ground.network, self.question
        relays = [
            relay
            for relay in network.relays
            if relay.interface_id not in question.avoiding and relay.gap in self.legs.opened
        ]
        hidden = self._hidden() if stop is None else None
        if hidden is not None:
            return hidden
        if not relays:
            return None
        if stop is None:
            relayed = tuple(balanced(question.traffic))
            traffic = question.traffic if any(one.from_outside for one in relays) else relayed
            to = question.destinations
        else:
            traffic = (term_of(stop.protocol, stop.port, FAMILIES, ALL_PORTS),)
            to = hosts(stop.interface_id)
        sent = replace(
            question,
            sources=hosts(*(relay.interface_id for relay in relays)),
            destinations=to,
            traffic=traffic,
            client_ports=(ALL_PORTS,),
            spoofed=any(relay.keeps_client_address for relay in relays),
            mode=Mode.PACKET,
            excluded=None,
        )
        if not traffic or self.legs.found((Sent(sent, self.ground),)) is None:
            return None
        known = self._to_unknown([relay.interface_id for relay in relays])
        fed = any(relay.from_outside for relay in relays) and question.sources.outside
        if not known and not fed:
            return None
        gaps = frozenset(relay.gap for relay in relays)
        return Flow((), gaps)

    def _hidden(self) -> Flow | None:
        """Balancers none of whose nodes is known may send to whatever is in their VPC."""
        network = self.ground.network
        wanted = {network.interfaces[name].vpc_id for name in self.question.destinations.interfaces}
        gaps = frozenset(
            one.gap
            for one in network.load_balancers.values()
            if one.gap is not None
            and not one.interface_ids
            and one.vpc_id in wanted
            and one.id not in self.question.avoiding
        )
        return Flow((), gaps) if gaps and self._carries() else None

    def _carries(self) -> bool:
        return bool(tuple(balanced(self.question.traffic)))

    def _to_unknown(self, names: Sequence[str]) -> bool:
        """True iff a flow may come to one of these relays."""
        key = ("unknown",)
        if key in self._known:
            return self._known[key] is not None
        self._known[key] = None
        links = [
            one.id
            for one in self.ground.network.interfaces.values()
            if one.kind is InterfaceKind.VPC_ENDPOINT
        ]
        everything: Traffic = tuple(
            TrafficTerm(families=frozenset(FAMILIES), protocol=protocol) for protocol in (TCP, UDP)
        )
        first = replace(
            self.question,
            destinations=replace(hosts(*names, *links), nat64=self.question.destinations.nat64),
            traffic=everything,
            mode=Mode.PACKET,
        )
        flow = self.legs.found((Sent(first, self.ground),))
        for branch in self.branches.all if flow is None else ():
            if (
                flow is None
                and self._counts(branch)
                and not branch.receivers.keys().isdisjoint(names)
            ):
                term = term_of(
                    branch.protocol, branch.port, (branch.group.family,), ports_of(branch)
                )
                sent = self._send(branch, received(branch, *names), (term,))
                flow = self._before(branch, (sent,), frozenset((branch.key,)))
        self._known[key] = flow
        return flow is not None

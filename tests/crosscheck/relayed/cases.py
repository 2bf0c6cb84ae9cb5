"""The fixed corpus of relayed questions: for every seed a network with balancers and a question.

The networks are those of the main cross-check, of the same strata, with load balancers put in; a
spine that no balancer fits is drawn again. The question is about the flow that they were put in
for, more or less.
"""

from __future__ import annotations

from dataclasses import replace
from random import Random

from tests.crosscheck.corpus import ROUND, Case, stratum
from tests.strategies.network import Drawn, draw
from tests.strategies.question import CLIENT_PORTS, components, endpoints, term
from tests.strategies.relayed_flow import FOCUSES, Relayed
from tests.strategies.twist import unused
from verifier.evaluate import prepare, walk
from verifier.invariants.question import AddressPolicy, EndpointSet, Goal, Mode, Names, Question
from verifier.model import InternetGatewayTarget, LocalTarget, Network, PrefixListReference
from verifier.packet import ALL_PORTS, FAMILIES, NAT64, Address
from verifier.trace import Host, InstanceStates, InterfaceHost, OutsideHost

TRIES = 12
TRANSLATED = ("nat-hairpin", "nat-local", "nat-peering", "hairpin", "nat64-local", "nat64-peering")
"""Kinds of ways on which the client's address is changed (LB-15)."""


def case(seed: int) -> Case:
    """The case of the seed."""
    for attempt in range(TRIES):
        random = Random(f"relayed {seed} {attempt}")
        kind, twist = stratum(seed * TRIES + attempt)
        focus = FOCUSES[seed % len(FOCUSES)]
        if focus == "translated":
            kind = random.choice([one for one in ROUND if one.name in TRANSLATED])
            twist = unused
        twist = unused if random.random() < 0.6 else twist
        drawn = draw(random, kind, twist, random, focus)
        if drawn.relayed is not None and (_open(drawn) or random.random() < 0.03):
            break
    return Case(seed, drawn, question(random, drawn), frozenset())


def _open(drawn: Drawn) -> bool:
    """True iff the spine is still open, so that there is a leg at least."""
    probe = replace(drawn.spine, states=InstanceStates.ASSUMED_RUNNING)
    return walk(prepare(drawn.network), probe).delivered_to == probe.destination


def question(random: Random, drawn: Drawn) -> Question:
    """A `never` about the flow for which balancers were drawn, or about the spine."""
    network, spine = drawn.network, drawn.spine
    assert spine.destination is not None
    flow = drawn.relayed or Relayed(
        spine.source, spine.packet.source, spine.destination, spine.packet
    )
    sources = _endpoints(random, network, flow.source, flow.writes, destination=False)
    to = flow.packet.destination
    destinations = _endpoints(random, network, flow.destination, to, destination=True)
    if random.random() < 0.06 and isinstance(flow.source, InterfaceHost):
        both = {flow.source.interface_id: Names(default=True)}
        sources = replace(sources, interfaces=both | dict(sources.interfaces))
        destinations = replace(destinations, interfaces=dict(destinations.interfaces) | both)
    if _translates(network):
        destinations = replace(destinations, nat64=True)
    wide = random.random() < 0.3
    traffic = (term(random, flow.packet),)
    if wide:
        traffic = (replace(traffic[0], families=frozenset(FAMILIES), destination_ports=ALL_PORTS),)
    return Question(
        sources=_sorted(sources),
        destinations=_sorted(destinations),
        traffic=traffic,
        goal=Goal.DELIVERED,
        mode=Mode.PACKET if random.random() < 0.65 else Mode.CONNECTION,
        policy=AddressPolicy.EVERY,
        states=InstanceStates.ASSUMED_RUNNING,
        client_ports=(ALL_PORTS,) if random.random() < 0.8 else (random.choice(CLIENT_PORTS),),
        spoofed=random.random() < 0.06,
        avoiding=_avoided(random, network) if random.random() < 0.2 else frozenset(),
    )


def _endpoints(
    random: Random, network: Network, host: Host, address: Address, *, destination: bool
) -> EndpointSet:
    """The host, mostly alone, so that what balancers carry is not carried without them, too."""
    found = endpoints(random, network, host, address, destination=destination)
    if random.random() < 0.2:
        return found
    name = host.interface_id if isinstance(host, InterfaceHost) else ""
    door = host.door if isinstance(host, OutsideHost) else ""
    return replace(
        found,
        interfaces={key: names for key, names in found.interfaces.items() if key == name},
        outside={key: held for key, held in found.outside.items() if key == door},
    )


def _sorted(endpoints: EndpointSet) -> EndpointSet:
    return replace(endpoints, interfaces=dict(sorted(endpoints.interfaces.items())))


def _avoided(random: Random, network: Network) -> frozenset[str]:
    """Balancers, nodes, or what packets pass anyway (ASK-9, LB-13)."""
    known = list(network.load_balancers.values())
    kind = random.randrange(4) if known else 3
    if kind == 0:
        return frozenset({random.choice(known).id})
    if kind == 1:
        return frozenset(random.choice(known).interface_ids)
    if kind == 2:
        return frozenset(random.choice(known).interface_ids[:1])
    found = components(network)
    return frozenset(random.sample(found, min(len(found), 1)))


def _translates(network: Network) -> bool:
    """ASK-8: a route may hand NAT64 names to something that translates them."""
    for table in network.route_tables.values():
        for route in table.routes:
            if isinstance(route.target, LocalTarget | InternetGatewayTarget):
                continue
            blocks = [route.destination]
            if isinstance(route.destination, PrefixListReference):
                known = network.prefix_lists.get(route.destination.prefix_list_id)
                if known is None:
                    return True
                blocks = list(known.prefixes)
            if any(block.covers(NAT64) or NAT64.covers(block) for block in blocks):
                return True
    return False

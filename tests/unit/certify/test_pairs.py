"""Who is left out of a question, and when what a gap hides can matter (ASK-7, GAP-6)."""

from __future__ import annotations

import pytest

from verifier.certify import Constants
from verifier.certify.pairs import ends, excluded, targets
from verifier.invariants.question import (
    AddressPolicy,
    EndpointSet,
    Goal,
    Mode,
    Names,
    Question,
    TrafficTerm,
)
from verifier.model import (
    Gap,
    InterfaceAddress,
    InternetGateway,
    Network,
    NetworkInterface,
    PeeringTarget,
    Route,
    RouteTable,
    Subnet,
    Vpc,
)
from verifier.packet import Address, AddressSet, Packet, Prefix
from verifier.trace import INTERNET, InstanceStates

OWN = Address.parse("10.0.0.5")
OTHER = Address.parse("10.0.0.6")
FAR = Address.parse("198.51.100.7")
THERE = Address.parse("10.0.0.9")
SITE = Address.parse("192.168.7.7")
ALL = (TrafficTerm(frozenset({4, 6}), None),)
GAP = Gap("pcx-gone", "GAP-6", "missing")


def _network(*routes: Route) -> Network:
    block = Prefix.parse("10.0.0.0/24")
    return Network(
        vpcs={"vpc-a": Vpc(id="vpc-a", ipv4=(block,))},
        subnets={"subnet-a": Subnet(id="subnet-a", vpc_id="vpc-a", prefixes=(block,))},
        interfaces={
            name: NetworkInterface(
                id=name, vpc_id="vpc-a", subnet_id="subnet-a",
                ipv4=tuple(InterfaceAddress(a, primary=a == addresses[0]) for a in addresses),
            )
            for name, addresses in (("eni-a", (OWN, OTHER)), ("eni-b", (THERE,)))
        },
        internet_gateways={"igw-a": InternetGateway(id="igw-a", vpc_ids=("vpc-a",))},
        route_tables={"rtb-a": RouteTable(id="rtb-a", vpc_id="vpc-a", main=True, routes=routes)},
        missing={("peering", "pcx-gone"): GAP},
    )  # fmt: skip


def _question(away: EndpointSet, *, spoofed: bool = False, policy: str = "every") -> Question:
    sources = EndpointSet({"eni-a": Names(default=True)}, {None: AddressSet.of(FAR)})
    destinations = EndpointSet({"eni-b": Names(default=True)})
    return Question(
        sources=sources, destinations=destinations, traffic=ALL, goal=Goal.DELIVERED,
        mode=Mode.PACKET, policy=AddressPolicy(policy), states=InstanceStates.RECORDED,
        spoofed=spoofed, excluded=(away, ALL),
    )  # fmt: skip


def _left_out(question: Question, source: Address) -> bool:
    network = _network()
    constants = Constants(network)
    inside, outside = ends(network, question.sources, question)
    (destination,) = targets(network, question.destinations)
    packet = Packet(source, THERE, 47)
    end = outside if source in (FAR, SITE) else inside
    return excluded(constants, question, end, destination, packet)


@pytest.mark.parametrize(
    ("door", "left_out"),
    [(None, True), (INTERNET, True), ("igw-a", True), ("igw-b", False), ("vgw-a", False)],
)
def test_an_internet_address_is_left_out_by_any_door_it_may_come_by(
    door: str, left_out: bool
) -> None:
    assert _left_out(_question(EndpointSet({}, {door: AddressSet.of(FAR)})), FAR) is left_out


@pytest.mark.parametrize(("door", "left_out"), [(None, True), (INTERNET, False), ("igw-a", False)])
def test_a_site_s_address_is_not_left_out_by_the_internet(door: str, left_out: bool) -> None:
    assert _left_out(_question(EndpointSet({}, {door: AddressSet.of(SITE)})), SITE) is left_out


def test_an_interface_is_left_out_by_the_addresses_that_the_set_allows_it() -> None:
    assert _left_out(_question(EndpointSet({"eni-a": Names(default=True)})), OTHER)
    assert not _left_out(_question(EndpointSet({"eni-b": Names(default=True)})), OTHER)
    primary = _question(EndpointSet({"eni-a": Names(default=True)}), policy="primary")
    assert _left_out(primary, OWN)
    assert not _left_out(primary, OTHER)
    named = EndpointSet({"eni-a": Names(default=False, named=AddressSet.of(OTHER))})
    assert _left_out(_question(named), OTHER)
    assert not _left_out(_question(named), OWN)


def test_a_forger_is_left_out_whatever_it_writes_if_it_is_in_the_set_by_default() -> None:
    forged = Address.parse("10.0.0.99")
    everywhere = EndpointSet({"eni-a": Names(default=True)})
    assert _left_out(_question(everywhere, spoofed=True), forged)
    named = EndpointSet({"eni-a": Names(default=False, named=AddressSet.of(OTHER))})
    assert not _left_out(_question(named, spoofed=True), forged)
    assert _left_out(_question(named, spoofed=True), OTHER)


def test_other_traffic_is_not_left_out() -> None:
    away = EndpointSet({"eni-a": Names(default=True)})
    question = _question(away)
    network = _network()
    (source, _), (target,) = (
        ends(network, question.sources, question),
        targets(network, question.destinations),
    )
    others = Question(**{
        **{name: getattr(question, name) for name in question.__slots__},
        "excluded": (away, (TrafficTerm(frozenset({6}), None), TrafficTerm(frozenset({4}), 6))),
    })  # fmt: skip
    packet = Packet(OWN, Address.parse("10.0.0.9"), 47)
    assert not excluded(Constants(network), others, source, target, packet)


def test_a_connection_that_is_not_in_the_snapshot_is_a_way_into_a_gap() -> None:
    route = Route(destination=Prefix.parse("10.9.0.0/16"), target=PeeringTarget("pcx-gone"))
    for network, may in ((_network(route), True), (_network(), False)):
        constants, interface = Constants(network), network.interfaces["eni-a"]
        relevant = constants.relevant(interface, network.interfaces["eni-b"])
        assert bool(constants.gap_sources(relevant, frozenset({GAP}))) is may
        assert not constants.gap_sources(relevant, frozenset())

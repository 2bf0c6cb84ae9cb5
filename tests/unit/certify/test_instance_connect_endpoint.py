"""Complete enumeration knows what EC2 Instance Connect Endpoints look at (EICE-2 to EICE-6)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.strategies.builder import Build, gap
from verifier.certify import Constants, enumerate_probes
from verifier.certify.pairs import End, ends, excluded
from verifier.invariants.question import (
    AddressPolicy,
    EndpointSet,
    Goal,
    Mode,
    Names,
    Question,
    TrafficTerm,
)
from verifier.model import InstanceConnectEndpoint, InterfaceKind, Network
from verifier.packet import Address, AddressSet, Packet, Prefix
from verifier.trace import InstanceStates

OWN = AddressSet.of(Address.parse("10.0.1.5"))
USERS = AddressSet.of(Prefix.parse("203.0.113.0/24"))
SSH = (TrafficTerm(frozenset({4}), 6),)


def network(keeps: bool | None) -> Network:
    """An endpoint, eni-1, and a host, eni-2."""
    net = Build()
    subnet = net.vpc("10.0.0.0/16").subnet("10.0.1.0/24")
    kind = InterfaceKind.INSTANCE_CONNECT_ENDPOINT
    subnet.interface("10.0.1.5", kind=kind)
    subnet.interface("10.0.1.6")
    doubt = None if keeps is False else gap("eni-1", "EICE-4")
    found = InstanceConnectEndpoint(
        id="eice-1", interface_id="eni-1", keeps_clients=keeps, gap=doubt
    )
    net.parts["instance_connect_endpoints"] = {"eni-1": found}
    return net.network()


def question(names: Names, *, spoofed: bool = False) -> Question:
    return Question(
        sources=EndpointSet({"eni-1": names}),
        destinations=EndpointSet({"eni-2": Names(default=True)}),
        traffic=SSH,
        goal=Goal.DELIVERED,
        mode=Mode.PACKET,
        policy=AddressPolicy.PRIMARY,
        states=InstanceStates.RECORDED,
        spoofed=spoofed,
    )


def sources(keeps: bool | None, names: Names, *, spoofed: bool = False) -> AddressSet:
    asked = question(names, spoofed=spoofed)
    (found,) = ends(network(keeps), asked.sources, asked)
    return found.addresses


@pytest.mark.parametrize("spoofed", [False, True])
def test_by_default_an_endpoint_sends_from_all_that_it_may_send_from(spoofed: bool) -> None:
    default = Names(default=True)
    assert sources(False, default, spoofed=spoofed) == OWN
    assert sources(True, default, spoofed=spoofed) == AddressSet.everything() - OWN
    assert sources(None, default, spoofed=spoofed) == AddressSet.everything()


def test_what_a_set_names_of_an_endpoint_is_what_it_may_send_from() -> None:
    named = Names(default=False, named=USERS | OWN)
    assert sources(True, named) == USERS
    assert sources(False, named) == OWN
    assert sources(None, named) == USERS | OWN


def test_the_ports_that_endpoints_open_are_boxes_of_their_own() -> None:
    user = Names(default=False, named=AddressSet.of(Address.parse("203.0.113.7")))
    probes = enumerate_probes(network(True), question(user), 1000)
    assert not isinstance(probes, type(None))
    ports = {probe.packet.destination_port for probe in probes}  # type: ignore[union-attr]
    assert {22, 3389} < ports


@pytest.mark.parametrize(
    ("away", "address", "expected"),
    [
        (Names(default=True), "203.0.113.7", True),
        (Names(default=True), "10.0.1.5", True),
        (Names(default=False, named=USERS), "203.0.113.7", True),
        (Names(default=False, named=USERS), "198.51.100.7", False),
    ],
)
def test_an_excluded_endpoint_is_so_by_default_whatever_it_sends_from(
    away: Names, address: str, expected: bool
) -> None:
    known = network(True)
    asked = replace(question(Names(default=True)), excluded=(EndpointSet({"eni-1": away}), SSH))
    source, destination = (
        End(known.interfaces[name], None, AddressSet.everything()) for name in ("eni-1", "eni-2")
    )
    packet = Packet(Address.parse(address), Address.parse("10.0.1.6"), 6, 49152, 22)
    assert excluded(Constants(known), asked, source, destination, packet) is expected


def test_an_interface_that_the_excluded_set_does_not_have_is_not_excluded() -> None:
    known = network(True)
    asked = replace(question(Names(default=True)), excluded=(EndpointSet(), SSH))
    ends_ = [End(known.interfaces[name], None, OWN) for name in ("eni-1", "eni-2")]
    packet = Packet(Address.parse("10.0.1.5"), Address.parse("10.0.1.6"), 6, 49152, 22)
    assert excluded(Constants(known), asked, *ends_, packet) is False

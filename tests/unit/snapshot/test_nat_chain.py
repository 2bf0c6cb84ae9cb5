"""Which NAT gateways may be handed another gateway's packets (NAT-5)."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest

from tests.strategies.builder import Build, BuildSubnet, BuildVpc
from verifier.model import InterfaceTarget
from verifier.snapshot.nat_chain import chained


def found(net: Build) -> set[str]:
    """The gateways that are found in the parts of this network."""
    network = net.network()
    transit = SimpleNamespace(
        attachments=dict(network.transit_attachments), tables=dict(network.transit_tables)
    )
    parts: Any = SimpleNamespace(
        nat_gateways=network.nat_gateways,
        subnets=network.subnets,
        route_tables=network.route_tables,
        prefix_lists=network.prefix_lists,
        interfaces=network.interfaces,
        endpoints=SimpleNamespace(known=network.vpc_endpoints),
        ways=SimpleNamespace(transit=transit),
    )
    return chained(cast(Any, parts))


def two(net: Build) -> tuple[BuildVpc, BuildSubnet, BuildSubnet]:
    """A subnet with nat-1, and one that hands everything to nat-2 in a third subnet."""
    vpc = net.vpc("10.0.0.0/16").internet_gateway()
    first, between = vpc.subnet("10.0.1.0/24"), vpc.subnet("10.0.2.0/24", zone="a")
    last = vpc.subnet("10.0.3.0/24").route("0.0.0.0/0", vpc.igw)
    first.nat_gateway("10.0.1.9")
    between.route("0.0.0.0/0", last.nat_gateway("10.0.3.9", "52.0.0.3"))
    return vpc, first, between


@pytest.mark.parametrize(
    ("destination", "fields", "expected"),
    [
        ("0.0.0.0/0", {}, {"nat-2"}),
        ("pl", {}, {"nat-2"}),
        ("64:ff9b::/96", {}, set()),
        ("0.0.0.0/0", {"blackhole": True}, set()),
    ],
)
def test_straight(destination: str, fields: dict[str, bool], expected: set[str]) -> None:
    net = Build()
    _, first, _ = two(net)
    name = net.prefix_list("10.8.0.0/16") if destination == "pl" else destination
    first.route(name, "nat-2", **fields)
    assert found(net) == expected


def test_what_does_not_lead_on() -> None:
    net = Build()
    vpc, first, _ = two(net)
    first.route("0.0.0.0/0", vpc.igw).route("10.0.1.0/25", "nat-1").route("10.9.0.0/16", "eni-9")
    first.route("10.8.0.0/16", "vpce-9").route("10.7.0.0/16", "pcx-9")
    assert found(net) == set()
    net.change("nat_gateways", "nat-1", subnet_id="subnet-9")
    net.change("nat_gateways", "nat-2", subnet_id=None)
    assert found(net) == set()


def test_by_an_appliance_and_by_an_endpoint() -> None:
    net = Build()
    _, first, between = two(net)
    box = between.interface("10.0.2.7", source_destination_check=False)
    first.route("10.9.0.0/16", box.interface_id)
    assert found(net) == {"nat-2"}
    net = Build()
    vpc, first, between = two(net)
    first.route("10.8.0.0/16", vpc.gateway_endpoint())
    assert found(net) == set()
    first.route("10.9.0.0/16", between.firewall_endpoint())
    assert found(net) == {"nat-2"}


def test_out_and_in_again_by_an_edge_table() -> None:
    net = Build()
    vpc, first, between = two(net)
    first.route("0.0.0.0/0", vpc.igw)
    box = between.interface("10.0.2.7", source_destination_check=False)
    vpc.edge_route(vpc.igw, "10.0.3.0/25", "nat-2")
    assert found(net) == set()
    gap = net.lacks("interface", "eni-9")
    vpc.edge_route(vpc.igw, "10.0.2.0/24", InterfaceTarget(box.interface_id, gap))
    assert found(net) == {"nat-2"}


def test_by_transit_gateways() -> None:
    """A private gateway in a spoke, and the one of central egress behind two transit gateways."""
    net = Build()
    spoke = net.vpc("10.1.0.0/16")
    inner = spoke.subnet("10.1.1.0/24", zone="a")
    inner.nat_gateway("10.1.1.9")
    vpc, _, between = two(net)
    near, far = net.transit_gateway(), net.transit_gateway()
    here, there = net.transit_table(near), net.transit_table(far)
    inner.route("0.0.0.0/0", near)
    net.attach(near, here, inner)
    peering = net.peer_transit((near, here), (far, there))
    net.transit_route(here, "0.0.0.0/0", peering)
    port = net.attach(far, there, between)
    assert found(net) == set()
    net.transit_route(there, "0.0.0.0/0", port)
    assert found(net) == {"nat-3"}
    assert vpc.id == "vpc-2"

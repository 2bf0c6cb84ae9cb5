"""`Query.at` where the network has choices that make no difference to the packet."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.encode.small import (
    V4,
    at,
    block,
    gap,
    hosts,
    igw,
    nat,
    nat_gateway,
    network,
    probe,
    question,
    route,
    table,
    tcp,
)
from verifier.encode import encode
from verifier.invariants.question import Goal
from verifier.model import NatAddress, PrefixListReference, Route
from verifier.solve import Query
from verifier.trace import Choices

GAP = gap("pl-gone")


def _two_gateways(*shut: Route) -> Any:
    """subnet-2 sends to nat-a in subnet-1, and subnet-1 to nat-b in subnet-2."""
    other = NatAddress(at("10.0.2.99"), at("198.51.100.99"), None, True)
    return network(
        nat_gateways=(nat_gateway(), nat_gateway("nat-b", "subnet-2", addresses=(other,))),
        route_tables=(
            table("rtb-1", *shut, route(V4, nat("nat-b")), subnet_ids=("subnet-1",)),
            table("rtb-2", route(V4, nat()), subnet_ids=("subnet-2",)),
        ),
        missing={("prefix-list", "pl-gone"): GAP},
    )


@pytest.mark.parametrize("port", [None, 1024, 65535])
def test_a_choice_of_a_gateway_that_is_never_reached_is_no_matter(port: int | None) -> None:
    unknown = Route(destination=PrefixListReference("pl-gone"), target=igw())
    blackhole = Route(destination=block(V4), target=nat("nat-b"), blackhole=True)
    sent = tcp("10.0.1.5", "8.8.8.8")
    choices = Choices(nat_port=port, nat_address=at("10.0.2.99"))
    failing = probe("eni-1", "internet", sent, choices=choices)
    asked = question(hosts("eni-1", "eni-2"), hosts(internet="8.0.0.0/8"), goal=Goal.FAILING)
    for shut in (unknown, blackhole):
        assert Query(encode(_two_gateways(shut), asked)).at(failing)

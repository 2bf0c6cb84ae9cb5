"""NAT64 by what is not modelled: what would be proved is not (ASK-8)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.strategies.builder import Build, gap
from tests.unit.verify.networks import decided
from verifier.model import (
    EndpointTarget,
    InterfaceTarget,
    InternetGatewayTarget,
    NatGateway,
    NatGatewayTarget,
    PeeringTarget,
    Route,
    TransitGateway,
    TransitGatewayTarget,
    UnmodelledTarget,
    VpnGatewayTarget,
)
from verifier.packet import Prefix
from verifier.verdict import Verdict

NEVER = "never tag:Tier=app -> tag:Tier=db on tcp/5432"
UNKNOWN = gap("translator", "GAP-6")


def _network(target: Any, **more: Any) -> Build:
    """An application with IPv6 alone, databases with IPv4 alone, a route for NAT64 names."""
    net = Build()
    vpc = net.vpc("10.0.0.0/16", "2600:1f14:a::/56")
    app = vpc.subnet("2600:1f14:a:1::/64").route(more.pop("prefix", "64:ff9b::/96"), target, **more)
    data = vpc.subnet("10.0.2.0/24")
    closed = net.group("out -1 0.0.0.0/0")
    app.interface("2600:1f14:a:1::5", tags={"Tier": "app"})
    data.interface("10.0.2.5", groups=[closed], tags={"Tier": "db"})
    return net


def _verdict(net: Build, statement: str = NEVER) -> Verdict:
    return decided(net.network(), statement).verdict


REGIONAL = NatGateway(id="nat-9", vpc_id="vpc-1", subnet_id=None, public=True, gap=UNKNOWN)


@pytest.mark.parametrize(
    ("kind", "target"),
    [
        ("", UnmodelledTarget("core network", "cn-1", UNKNOWN)),
        ("", InterfaceTarget("eni-9", UNKNOWN)),
        ("nat-gateway", NatGatewayTarget("nat-8")),
        ("transit-gateway", TransitGatewayTarget("tgw-8")),
        ("peering", PeeringTarget("pcx-8")),
        ("vpn-gateway", VpnGatewayTarget("vgw-8")),
        ("vpc-endpoint", EndpointTarget("vpce-8")),
    ],
)
def test_what_may_translate_is_named(kind: str, target: Any) -> None:
    net = _network(target)
    if kind:
        net.lacks(kind, next(iter(vars_of(target))))
    found = decided(net.network(), NEVER)
    assert (found.verdict, found.reason and found.reason.code) == (Verdict.UNKNOWN, "gap")
    assert found.gaps


def vars_of(target: Any) -> list[str]:
    return [getattr(target, name) for name in target.__slots__]


def test_gateways_that_are_known_and_not_understood() -> None:
    nat = _network(NatGatewayTarget("nat-9"))
    nat.put("nat_gateways", REGIONAL)
    assert _verdict(nat) is Verdict.UNKNOWN
    transit = _network(TransitGatewayTarget("tgw-9"))
    transit.put("transit_gateways", TransitGateway(id="tgw-9", gap=UNKNOWN))
    assert _verdict(transit) is Verdict.UNKNOWN


def test_prefix_lists_of_names() -> None:
    core = UnmodelledTarget("core network", "cn-1", UNKNOWN)
    net = _network(core)
    listed = net.prefix_list("64:ff9b::/100")
    again = _network(core, prefix=listed)
    again.parts["prefix_lists"] = net.parts["prefix_lists"]
    assert _verdict(again) is Verdict.UNKNOWN


@pytest.mark.parametrize(
    "statement",
    [
        "never tag:Tier=app -> tag:Tier=db on ip4:tcp/5432",
        "never tag:Tier=db -> tag:Tier=db or 10.0.2.0/24 on ip4:tcp/1",
        "never 10.0.2.0/24 -> tag:Tier=app on tcp/1",
    ],
)
def test_where_no_ipv6_meets_ipv4_nothing_is_doubted(statement: str) -> None:
    net = _network(UnmodelledTarget("core network", "cn-1", UNKNOWN))
    assert _verdict(net, statement) in (Verdict.PROVED, Verdict.VACUOUS)


def test_what_cannot_translate() -> None:
    core = UnmodelledTarget("core network", "cn-1", UNKNOWN)
    assert _verdict(_network(core, blackhole=True)) is Verdict.PROVED
    assert _verdict(_network(core, prefix="2600:1f14:f::/56")) is Verdict.PROVED
    assert _verdict(_network("local")) is Verdict.PROVED
    assert _verdict(_network(InternetGatewayTarget("igw-8"))) is Verdict.PROVED
    both = _network("local", prefix="64:ff9b::/97")
    main = next(id_ for id_ in both.parts["route_tables"])
    route = Route(destination=Prefix.parse("64:ff9b::/96"), target=PeeringTarget("pcx-1"))
    routes = (*both.get("route_tables", main).routes, route)
    both.change("route_tables", main, routes=routes)
    assert _verdict(both) is Verdict.PROVED
    whole = _network(PeeringTarget("pcx-1"))
    assert _verdict(whole) is Verdict.PROVED
    delegated = _network(core)
    network = delegated.network()
    name = next(id_ for id_, one in network.interfaces.items() if one.ipv4)
    bare = replace(network.interfaces[name], ipv4=())
    found = decided(replace(network, interfaces={**network.interfaces, name: bare}), NEVER)
    assert found.verdict is Verdict.PROVED

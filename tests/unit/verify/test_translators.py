"""NAT64 by what is not modelled: what would be proved is not (ASK-8)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.strategies.builder import Build, gap
from tests.unit.verify.networks import asked_of, decided
from verifier.invariants import parse_statement
from verifier.model import (
    BalancerKind,
    EgressOnlyTarget,
    EndpointTarget,
    InterfaceTarget,
    InternetGatewayTarget,
    LoadBalancer,
    LocalTarget,
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
from verifier.verify.translators import translator_gaps

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


CORE = UnmodelledTarget("core network", "cn-1", UNKNOWN)
WIDE = {"prefix": "::/0"}


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        (CORE, Verdict.UNKNOWN),
        (InterfaceTarget("eni-9", UNKNOWN), Verdict.UNKNOWN),
        (replace(CORE, internet=False), Verdict.PROVED),
        (EgressOnlyTarget("eigw-8"), Verdict.PROVED),
    ],
)
def test_a_wider_route_serves_names_as_well(target: Any, expected: Verdict) -> None:
    """What takes everything takes NAT64 names, and may translate them."""
    assert _verdict(_network(target, **WIDE)) is expected


def _with_route(net: Build, table: int, *routes: Route) -> None:
    name = sorted(net.parts["route_tables"])[table]
    present = net.get("route_tables", name).routes
    net.change("route_tables", name, routes=(*present, *routes))


def test_a_wider_route_that_a_narrower_one_hides() -> None:
    names = Prefix.parse("64:ff9b::/96")
    some = Prefix.parse("64:ff9b::/97")
    for destination, blackhole, expected in (
        (names, False, Verdict.PROVED),
        (names, True, Verdict.PROVED),
        (some, False, Verdict.UNKNOWN),
    ):
        net = _network(CORE, **WIDE)
        gone = Route(destination=destination, target=LocalTarget(), blackhole=blackhole)
        _with_route(net, 0, gone)
        assert _verdict(net) is expected


def test_only_the_tables_that_sources_come_to_count() -> None:
    """Those of their subnets; all, where these hand names on within the snapshot."""
    to_core = Route(destination=Prefix.parse("::/0"), target=CORE)
    elsewhere = _network("local", prefix="2600:1f14:f::/56")
    elsewhere.vpc("10.9.0.0/16").subnet("10.9.1.0/24").route("::/0", CORE)
    assert _verdict(elsewhere) is Verdict.PROVED
    onward = Route(destination=Prefix.parse("::/0"), target=PeeringTarget("pcx-1"))
    _with_route(elsewhere, 0, onward)
    assert _verdict(elsewhere) is Verdict.UNKNOWN
    main = _network("local", prefix="2600:1f14:f::/56")
    for name, table in list(main.parts["route_tables"].items()):
        routes = (*table.routes, to_core) if table.subnet_ids else table.routes
        main.change("route_tables", name, subnet_ids=(), main=bool(table.subnet_ids), routes=routes)
    assert _verdict(main) is Verdict.UNKNOWN


def test_a_subnet_without_a_table() -> None:
    net = _network("local", prefix="2600:1f14:f::/56")
    network = net.network()
    (app,) = (one for one in network.interfaces.values() if one.ipv6)
    lost = gap(app.subnet_id, "GAP-10")
    network = replace(
        network,
        route_tables={},
        missing={("route-table", one): lost for one in network.subnets},
        gaps=(lost,),
    )
    question = asked_of(network, parse_statement(NEVER)).question
    named = replace(question, destinations=replace(question.destinations, nat64=True))
    assert translator_gaps(network, named) == (lost,)


def test_a_node_of_a_balancer_is_named_in_the_place_of_its_targets() -> None:
    """The targets have IPv6 alone; the node takes what is translated to its IPv4 address."""
    net = _network(CORE)
    network = net.network()
    (node,) = (name for name, one in network.interfaces.items() if one.ipv4)
    question = asked_of(network, parse_statement("never tag:Tier=app -> 2600:1f14:a:1::5")).question
    named = replace(question.destinations, nat64=True, interfaces={})
    question = replace(question, destinations=named)
    assert translator_gaps(network, question) == ()
    balancer = LoadBalancer(
        id="lb", name="lb", kind=BalancerKind.NETWORK, vpc_id="vpc-1", interface_ids=(node,)
    )
    balanced = replace(network, load_balancers={"lb": balancer})
    assert translator_gaps(balanced, question) == (UNKNOWN,)


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

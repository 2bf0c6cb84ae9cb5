from __future__ import annotations

from dataclasses import replace

from tests.unit.encode.small import (
    at,
    block,
    eni,
    gap,
    igw,
    nat,
    nat_gateway,
    network,
    pcx,
    peering,
    route,
    table,
)
from verifier.model import (
    EndpointKind,
    EndpointTarget,
    Entrance,
    InterfaceTarget,
    LocalTarget,
    Network,
    PeeringSide,
    PrefixList,
    PrefixListReference,
    Route,
    RouteOrigin,
    RouteTarget,
    UnmodelledTarget,
    VpcEndpoint,
    VpnGateway,
    VpnGatewayTarget,
)
from verifier.topology import (
    Appliance,
    Dead,
    Exit,
    Gateway,
    Hop,
    Index,
    Local,
    Nat,
    Peer,
    Vpn,
    same_region,
)

IPV4 = 4


def hop(net: Network, *routes: Route, to: str, **more: object) -> Hop | None:
    """Where subnet-1 sends an address, with a table of these routes."""
    of = replace(
        net, route_tables={"rtb-x": table("rtb-x", *routes, subnet_ids=("subnet-1",), **more)}
    )
    index = Index(of)
    address = at(to)
    found = index.hop("subnet-1", address.family, address.value)
    assert index.hop("subnet-1", address.family, address.value) == found
    return found


def test_longest_prefix_wins_and_families_are_apart() -> None:
    net = network(nat_gateways=(nat_gateway(),))
    routes = (route("0.0.0.0/0", igw()), route("8.8.0.0/16", nat()), route("8.8.8.0/24", pcx()))
    assert hop(net, *routes, to="8.9.0.1") == Gateway("igw-a")
    assert hop(net, *routes, to="8.8.1.1") == Nat("nat-a")
    assert hop(net, *routes, to="8.8.8.1") is None  # no block of the peer
    assert hop(net, *routes, to="2600:b::1") is None


def test_local_is_there_unless_replaced() -> None:
    net = network()
    target = UnmodelledTarget("vpce", "vpce-1", gap())
    assert hop(net, to="10.0.2.5") == Local()
    assert hop(net, route("10.0.0.0/16", target), to="10.0.2.5") == Exit(
        gap(), True, "vpce-1", ("vpce-1",)
    )
    assert hop(net, route("10.0.0.0/16", LocalTarget()), to="10.0.2.5") == Local()
    more_specific = route("10.0.2.0/24", target)
    assert hop(net, more_specific, to="10.0.2.5") == Exit(gap(), True, "vpce-1", ("vpce-1",))
    propagated = replace(more_specific, origin=RouteOrigin.PROPAGATED)
    assert hop(net, propagated, to="10.0.2.5") == Local()


def test_equal_prefixes_are_ranked_and_ties_are_exits() -> None:
    lists = (PrefixList(id="pl-1", prefixes=(block("8.8.8.0/24"), block("2001:db8::/32"))),)
    net = network(nat_gateways=(nat_gateway(),), prefix_lists=lists)
    listed = Route(destination=PrefixListReference("pl-1"), target=nat())
    static = route("8.8.8.0/24", igw())
    propagated = route("8.8.8.0/24", UnmodelledTarget("vgw", "vgw-1", gap()),
                       origin=RouteOrigin.PROPAGATED)  # fmt: skip
    assert hop(net, listed, static, propagated, to="8.8.8.8") == Gateway("igw-a")
    assert hop(net, propagated, listed, to="8.8.8.8") == Nat("nat-a")
    assert hop(net, propagated, to="8.8.8.8") == Exit(gap(), True, "vgw-1", ("vgw-1",))
    tie = (static, route("8.8.8.0/24", nat()))
    assert hop(net, *tie, to="8.8.8.8", tie_gap=gap("tie")) == Exit(gap("tie"))
    assert hop(net, static, replace(static, blackhole=True), to="8.8.8.8") == Exit(None)
    assert hop(net, static, static, to="8.8.8.8") == Gateway("igw-a")
    home = Route(destination=PrefixListReference("pl-1"), target=LocalTarget())
    assert hop(net, home, static, to="8.8.8.8") == Local()


def test_a_component_is_told_by_its_kind_and_id() -> None:
    targets: tuple[RouteTarget, ...] = (
        igw(), nat(), pcx(), InterfaceTarget("eni-2", gap()), UnmodelledTarget("tgw", "x", gap()),
    )  # fmt: skip
    net = network(nat_gateways=(nat_gateway(),))
    for one in targets:
        for other in targets:
            found = hop(net, route("8.0.0.0/8", one), route("8.0.0.0/8", other), to="8.8.8.8",
                        tie_gap=gap("tie"))  # fmt: skip
            assert (found == Exit(gap("tie"))) is (one != other)


def test_a_route_whose_addresses_are_all_taken_gets_none() -> None:
    halves = (route("8.0.0.0/9", nat()), route("8.128.0.0/9", nat()))
    net = network(nat_gateways=(nat_gateway(),))
    assert hop(net, route("8.0.0.0/8", igw()), *halves, to="8.200.0.1") == Nat("nat-a")


def test_blackholes_win_and_drop() -> None:
    routes = (route("0.0.0.0/0", igw()), route("8.8.0.0/16", igw(), blackhole=True))
    assert hop(network(), *routes, to="8.8.8.8") is None
    assert hop(network(), *routes, to="8.9.8.8") == Gateway("igw-a")


def test_gateways_must_be_attached_or_are_exits_if_unknown() -> None:
    missing = {("internet-gateway", "igw-z"): gap("z")}
    net = network(missing=missing)
    assert hop(net, route("0.0.0.0/0", igw("igw-b")), to="8.8.8.8") is None
    assert hop(net, route("0.0.0.0/0", igw("igw-z")), to="8.8.8.8") == Exit(
        gap("z"), components=("igw-z",)
    )


def test_nat_gateways_must_be_available_and_at_home() -> None:
    routes = (route("0.0.0.0/0", nat()),)
    for gateway, expected in (
        (nat_gateway(), Nat("nat-a")),
        (nat_gateway(available=False), None),
        (nat_gateway(vpc_id="vpc-b"), None),
        (nat_gateway(gap=gap("regional")), Exit(gap("regional"), components=("nat-a",))),
    ):
        assert hop(network(nat_gateways=(gateway,)), *routes, to="8.8.8.8") == expected
    net = network(missing={("nat-gateway", "nat-a"): gap("gone")})
    assert hop(net, *routes, to="8.8.8.8") == Exit(gap("gone"), components=("nat-a",))


def test_peering_crosses_into_the_far_blocks_only() -> None:
    wide = (route("10.0.0.0/8", pcx()),)
    assert hop(network(), *wide, to="10.1.3.5") == Peer("pcx-ab", "vpc-b")
    assert hop(network(), *wide, to="10.2.3.5") is None
    asleep = peering(active=False)
    assert hop(network(peerings=(asleep,)), *wide, to="10.1.3.5") is None
    itself = peering(accepter=PeeringSide(vpc_id="vpc-a"))
    assert hop(network(peerings=(itself,)), *wide, to="10.1.3.5") is None
    others = peering(requester=PeeringSide(vpc_id="vpc-c"))
    assert hop(network(peerings=(others,)), *wide, to="10.1.3.5") is None
    turned = peering(requester=PeeringSide(vpc_id="vpc-b"), accepter=PeeringSide(vpc_id="vpc-a"))
    assert hop(network(peerings=(turned,)), *wide, to="10.1.3.5") == Peer("pcx-ab", "vpc-b")
    net = network(peerings=(), missing={("peering", "pcx-ab"): gap("p")})
    assert hop(net, *wide, to="10.1.3.5") == Exit(gap("p"), components=("pcx-ab",))


def test_a_peer_outside_the_snapshot_is_an_exit_into_its_blocks() -> None:
    wide = (route("10.0.0.0/8", pcx()),)
    door = Entrance("pcx-ab", "peering", "vpc-a", gap("door"))
    far = PeeringSide(vpc_id="vpc-z", prefixes=(block("10.9.0.0/16"),))
    net = network(peerings=(peering(accepter=far),), entrances=(door,))
    assert hop(net, *wide, to="10.9.1.1") == Exit(gap("door"), True, "pcx-ab", ("pcx-ab",), True)
    assert hop(net, *wide, to="10.8.1.1") is None
    unknown = PeeringSide(vpc_id="vpc-z")
    net = network(peerings=(peering(accepter=unknown),))
    assert hop(net, *wide, to="10.8.1.1") == Exit(None, True, "pcx-ab", ("pcx-ab",), True)


def test_an_appliance_owns_its_addresses_and_forwards_the_rest_if_it_may() -> None:
    def net(**more: object) -> Network:
        return network(interfaces=(eni("eni-m", "subnet-2", "10.0.2.7", **more),))

    to = (route("10.0.2.0/24", InterfaceTarget("eni-m", gap("m"))),)
    assert hop(net(), *to, to="10.0.2.7") == Local()
    assert hop(net(), *to, to="10.0.2.8") == Dead("eni-m")
    assert hop(net(source_destination_check=False), *to, to="10.0.2.8") == Appliance(
        "eni-m", gap("m")
    )
    detached = net(source_destination_check=False, attached=False)
    assert hop(detached, *to, to="10.0.2.8") == Dead("eni-m")
    elsewhere = (route("10.0.2.0/24", InterfaceTarget("eni-gone", gap("m"))),)
    assert hop(net(), *elsewhere, to="10.0.2.7") == Exit(gap("m"), components=("eni-gone",))


def test_unknown_lists_stand_beside_the_partition() -> None:
    gone = PrefixListReference("pl-gone")
    service = UnmodelledTarget("vpce", "vpce-s3", gap(), internet=False)
    net = network(
        missing={("prefix-list", "pl-gone"): gap("pl")},
        route_tables=(
            table("rtb-x", Route(destination=gone, target=service),
                  Route(destination=gone, target=igw())),
        ),
    )  # fmt: skip
    found = Index(net).routing("rtb-x", 4)
    assert found.unknown == (Exit(gap("pl"), False, "vpce-s3"), Exit(gap("pl")))
    assert found.local == ((block("10.0.0.0/16").first, block("10.0.0.0/16").last),)


def test_regions_are_one_unless_both_are_known() -> None:
    assert same_region(peering())
    assert same_region(peering(accepter=PeeringSide(vpc_id="vpc-b")))
    assert not same_region(peering(accepter=PeeringSide(vpc_id="vpc-b", region="us-2")))


def test_unknown_lists_that_lead_to_gateway_endpoints_have_their_door() -> None:
    gone = PrefixListReference("pl-gone")
    service = VpcEndpoint(id="vpce-s3", kind=EndpointKind.GATEWAY, vpc_id="vpc-a")
    net = replace(
        network(missing={("prefix-list", "pl-gone"): gap("pl")}),
        vpc_endpoints={"vpce-s3": service},
        route_tables={
            "rtb-x": table(
                "rtb-x",
                Route(destination=gone, target=EndpointTarget("vpce-s3")),
                Route(destination=gone, target=EndpointTarget("vpce-gone")),
            )
        },
    )
    found = Index(net).routing("rtb-x", 4).unknown
    assert found == (Exit(gap("pl"), False, "vpce-s3"), Exit(gap("pl")))


def test_private_gateways_must_be_attached_or_are_exits_if_unknown() -> None:
    to = (route("0.0.0.0/0", VpnGatewayTarget("vgw-a")),)
    here = VpnGateway(id="vgw-a", vpc_id="vpc-a")
    net = replace(network(), vpn_gateways={"vgw-a": here})
    assert hop(net, *to, to="8.8.8.8") == Vpn("vgw-a")
    idle = replace(net, vpn_gateways={"vgw-a": replace(here, vpc_id=None)})
    assert hop(idle, *to, to="8.8.8.8") is None
    gone = network(missing={("vpn-gateway", "vgw-a"): gap("v")})
    assert hop(gone, *to, to="8.8.8.8") == Exit(gap("v"), components=("vgw-a",))

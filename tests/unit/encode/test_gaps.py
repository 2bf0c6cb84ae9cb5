"""What is not modelled, by hand: each gap open and closed, forward and back."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from tests.unit.encode.small import (
    OPEN,
    OPEN_LIST,
    V4,
    V6,
    acl,
    at,
    block,
    eni,
    entry,
    gap,
    gets,
    group,
    hosts,
    igw,
    member,
    network,
    peered,
    peering,
    probe,
    question,
    returns,
    route,
    rule,
    table,
    tcp,
)
from verifier.encode import encode
from verifier.model import (
    Entrance,
    Network,
    PassageGap,
    PrefixListReference,
    Route,
    UnmodelledTarget,
)
from verifier.packet import AddressSet
from verifier.solve import Query
from verifier.trace import Choices

G = gap("g")
NEAR = tcp("10.0.1.5", "10.0.2.5")
FAR = tcp("10.0.1.5", "8.8.8.8")
TGW = UnmodelledTarget("transit-gateway", "tgw-1", G)


def tabled(*routes: Route, **more: Any) -> Network:
    """The base network with these routes in vpc-a's main table."""
    tables = (
        table("rtb-a", *routes, main=True),
        table("rtb-b", route(V4, igw("igw-b")), main=True, vpc_id="vpc-b"),
    )
    return network(**{"route_tables": tables, **more})


def listed(*entries: Any) -> Network:
    return network(network_acls=(
        acl("acl-a", *OPEN_LIST, is_default=True), acl("acl-x", *entries, subnet_ids=("subnet-2",)),
    ))  # fmt: skip


def filtered(*rules: Any, **more: Any) -> Network:
    """eni-2 behind a group of these rules."""
    interfaces = {**network().interfaces, "eni-2": eni("eni-2", "subnet-2", "10.0.2.5",
                                                      groups=("sg-x",))}  # fmt: skip
    groups = (group("sg-open", *OPEN), group("sg-x", *rules))
    return network(**{"interfaces": interfaces, "security_groups": groups, **more})


def test_entries_that_are_not_understood() -> None:
    unknown = replace(entry(1, False, True, gap=G), protocol=None, prefix=None)
    for allow, opened, expected in (
        (True, True, True), (True, False, False), (False, True, True), (False, False, False),
        (None, True, True), (None, False, False),
    ):  # fmt: skip
        rest = entry(2, False, allow is False)
        net = listed(replace(unknown, allow=allow), rest)
        assert gets(net, "eni-1", "eni-2", NEAR, opened=(G,) if opened else ()) is expected
    narrow = listed(replace(unknown, protocol=17))
    assert not gets(narrow, "eni-1", "eni-2", NEAR, opened=(G,))
    assert gets(listed(replace(unknown, protocol=6)), "eni-1", "eni-2", NEAR, opened=(G,))
    elsewhere = listed(replace(unknown, prefix=block("10.9.0.0/16")))
    assert not gets(elsewhere, "eni-1", "eni-2", NEAR, opened=(G,))
    speechless = replace(entry(1, False, True), allow=None)
    assert not gets(listed(speechless), "eni-1", "eni-2", NEAR)


def test_rules_that_are_not_understood() -> None:
    for odd, expected in (
        (rule(False, None, None, gap=G), True),
        (rule(False, V4, 6, (1, 1), gap=G), True),
        (rule(False, V4, 17, gap=G), False),
        (rule(False, "10.9.0.0/16", gap=G), False),
        (rule(False, member("sg-none"), gap=G), True),
        (rule(True, None, gap=G), False),
    ):
        assert gets(filtered(odd), "eni-1", "eni-2", NEAR, opened=(G,)) is expected
        assert not gets(filtered(odd), "eni-1", "eni-2", NEAR)
    both = filtered(rule(False, None, 6, gap=G), rule(False, V4, 6, (80, 80)))
    assert gets(both, "eni-1", "eni-2", NEAR, opened=(G,))


def test_lists_that_are_not_in_the_snapshot() -> None:
    unknown = rule(False, PrefixListReference("pl-gone"), 6, (443, 443))
    net = filtered(unknown, missing={("prefix-list", "pl-gone"): G})
    assert gets(net, "eni-1", "eni-2", NEAR, opened=(G,))
    assert not gets(net, "eni-1", "eni-2", NEAR)
    assert not gets(net, "eni-1", "eni-2", replace(NEAR, destination_port=80), opened=(G,))


def test_groups_and_interfaces_that_are_not_understood() -> None:
    gone = eni("eni-2", "subnet-2", "10.0.2.5", groups=("sg-gone",))
    net = network(
        interfaces={**network().interfaces, "eni-2": gone},
        missing={("security-group", "sg-gone"): G},
    )
    assert gets(net, "eni-1", "eni-2", NEAR, opened=(G,))
    assert not gets(net, "eni-1", "eni-2", NEAR)
    odd = replace(gone, gap=G)
    net = network(interfaces={**network().interfaces, "eni-2": odd})
    assert gets(net, "eni-1", "eni-2", NEAR, opened=(G,))
    assert not gets(net, "eni-1", "eni-2", NEAR)


def test_subnets_without_list_or_table() -> None:
    bare = replace(network(), network_acls={}, missing={("network-acl", "subnet-1"): G,
                                                       ("network-acl", "subnet-2"): G})  # fmt: skip
    assert gets(bare, "eni-1", "eni-2", NEAR, opened=(G,))
    assert not gets(bare, "eni-1", "eni-2", NEAR)
    lost = replace(network(), route_tables={}, missing={("route-table", "subnet-1"): G})
    assert returns(lost, "eni-1", "any_", FAR, opened=(G,))
    assert not gets(lost, "eni-1", "any_", FAR)


def test_an_exit_leads_outside() -> None:
    net = tabled(route(V4, TGW))
    assert not gets(net, "eni-1", "any_", FAR)
    for door in ("any_", "internet", "tgw-1", "igw-a"):
        assert returns(net, "eni-1", door, FAR, opened=(G,))
    assert not gets(net, "eni-1", "any_", tcp("10.0.1.5", "10.1.9.9"), opened=(G,))
    assert not gets(net, "eni-1", "any_", tcp("10.0.1.5", "198.51.100.1"), opened=(G,))
    assert gets(net, "eni-1", "any_", tcp("10.0.1.5", "192.168.9.9"), opened=(G,))
    service = tabled(route(V4, replace(TGW, internet=False, id="vpce-1")))
    assert gets(service, "eni-1", "any_", FAR, opened=(G,))
    assert gets(service, "eni-1", "vpce-1", FAR, opened=(G,))
    assert not gets(service, "eni-1", "internet", FAR, opened=(G,))
    assert not gets(service, "eni-1", "eni-3", tcp("10.0.1.5", "10.1.3.5"), opened=(G,))


def test_an_exit_leads_to_interfaces() -> None:
    net = tabled(route(V4, TGW))
    assert returns(net, "eni-1", "eni-3", tcp("10.0.1.5", "10.1.3.5"), opened=(G,))
    alone = replace(net, peerings={})
    assert not gets(alone, "eni-1", "eni-3", tcp("10.0.1.5", "10.1.3.5"), opened=(G,))
    doored = replace(alone, entrances=(Entrance("tgw-attach", "tgw", "vpc-b", gap("e")),))
    assert gets(doored, "eni-1", "eni-3", tcp("10.0.1.5", "10.1.3.5"), opened=(G,))
    public = tcp("10.0.1.5", "198.51.100.3")
    assert not gets(alone, "eni-1", "eni-3", public, opened=(G,))  # a private source
    chosen = Choices(gap_source=at("9.9.9.9"))
    assert gets(alone, "eni-1", "eni-3", public, opened=(G,), choices=chosen)
    seen = replace(alone, security_groups={"sg-open": group("sg-open", rule(True), rule(
        False, "9.9.9.9/32"))})  # fmt: skip
    assert gets(seen, "eni-1", "eni-3", public, opened=(G,), choices=chosen)
    referring = replace(net, security_groups={"sg-open": group(
        "sg-open", rule(True, member("sg-none")), rule(False, member("sg-none")))})  # fmt: skip
    assert gets(referring, "eni-1", "eni-3", tcp("10.0.1.5", "10.1.3.5"), opened=(G,))


def test_unknown_routes_may_be_met_or_not() -> None:
    gone = PrefixListReference("pl-gone")
    missing = {("prefix-list", "pl-gone"): G}
    net = tabled(Route(destination=gone, target=igw()), route(V4, igw()), missing=missing)
    assert not gets(net, "eni-1", "internet", FAR)
    assert returns(net, "eni-1", "internet", FAR, opened=(G,))
    assert returns(net, "eni-1", "eni-2", NEAR)
    dropped = tabled(Route(destination=gone, target=igw()), missing=missing)
    assert returns(dropped, "eni-1", "internet", FAR, opened=(G,))
    assert returns(dropped, "eni-1", "eni-2", NEAR)
    service = replace(TGW, internet=False, id="vpce-1")
    narrow = tabled(Route(destination=gone, target=service), missing=missing)
    assert not gets(narrow, "eni-1", "internet", FAR, opened=(G,))
    assert gets(narrow, "eni-1", "any_", FAR, opened=(G,))


def test_an_entrance_lets_in_who_is_no_internet_address() -> None:
    door = Entrance("vgw-1", "vpn-gateway", "vpc-a", G)
    packet = tcp("192.168.7.7", "10.0.1.5")
    net = tabled(route("192.168.0.0/16", TGW), entrances=(door,))
    assert not gets(net, "any_", "eni-1", packet)
    assert returns(net, "any_", "eni-1", packet, opened=(G,))
    assert gets(net, "vgw-1", "eni-1", packet, opened=(G,))
    assert not gets(net, "internet", "eni-1", packet, opened=(G,))
    assert not gets(net, "any_", "eni-1", tcp("8.8.8.8", "10.0.1.5"), opened=(G,))
    assert not gets(net, "any_", "eni-1", tcp("10.0.9.9", "10.0.1.5"), opened=(G,))
    assert not gets(net, "any_", "eni-3", tcp("192.168.7.7", "10.1.3.5"), opened=(G,))
    known = replace(door, sources=AddressSet.of(block("192.168.8.0/24")))
    assert not gets(replace(net, entrances=(known,)), "any_", "eni-1", packet, opened=(G,))
    no_way_back = tabled(entrances=(door,))
    assert gets(no_way_back, "any_", "eni-1", packet, opened=(G,))
    assert not returns(no_way_back, "any_", "eni-1", packet, opened=(G,))
    service = tabled(route("192.168.0.0/16", replace(TGW, internet=False)), entrances=(door,))
    assert not returns(service, "any_", "eni-1", packet, opened=(G,))


def test_passages_stop_or_redirect() -> None:
    passages = {"vpc-a": (PassageGap(G),)}
    inward = tcp("8.8.8.8", "198.51.100.1")
    net = network(passages=passages)
    for source, destination, packet in (("internet", "eni-1", inward), ("eni-1", "internet", FAR)):
        assert not gets(net, source, destination, packet)
        assert returns(net, source, destination, packet, opened=(G,))
    turned = network(
        passages={"vpc-a": (PassageGap(G, redirects=True),)},
        security_groups=(group("sg-open", rule(True), rule(False, "7.7.7.7/32")),),
    )
    assert not gets(turned, "internet", "eni-1", inward, opened=(G,))
    chosen = Choices(gap_source=at("7.7.7.7"))
    assert returns(turned, "internet", "eni-1", inward, opened=(G,), choices=chosen)
    assert returns(turned, "eni-1", "internet", FAR, opened=(G,))
    hairpin = tcp("10.0.1.5", "198.51.100.3")
    both = replace(turned, security_groups={"sg-open": group("sg-open", *OPEN)}, passages={
        "vpc-a": (PassageGap(G, redirects=True),), "vpc-b": (PassageGap(G, redirects=True),),
    })  # fmt: skip
    assert returns(both, "eni-1", "eni-3", hairpin, opened=(G,))


def test_a_reply_that_meets_an_open_exit_returns() -> None:
    there, _ = peered()
    odd = table("rtb-b", route(V4, TGW), route(V6, TGW), main=True, vpc_id="vpc-b")
    net = network(route_tables=(there, odd))
    packet = tcp("10.0.1.5", "10.1.3.5")
    assert not returns(net, "eni-1", "eni-3", packet)
    assert returns(net, "eni-1", "eni-3", packet, opened=(G,))
    assert returns(net, "internet", "eni-3", tcp("8.8.8.8", "198.51.100.3"), opened=(G,))
    assert returns(net, "eni-1", "eni-3", tcp("10.0.1.5", "198.51.100.3"), opened=(G,))


def test_an_exit_leads_nowhere_that_has_no_door() -> None:
    far = {**network().interfaces, "eni-3": eni("eni-3", "subnet-3", "10.1.3.5", vpc="vpc-b")}
    net = tabled(route(V4, TGW), interfaces=far, peerings=(peering(active=False),))
    assert not gets(net, "eni-1", "eni-3", tcp("10.0.1.5", "10.1.3.5"), opened=(G,))


def test_sources_of_two_vpcs_may_meet_exits_and_redirections() -> None:
    odd = replace(TGW, gap=gap("b"), id="tgw-2")
    turns = (PassageGap(gap("edge"), redirects=True),)
    net = network(
        passages={"vpc-a": turns, "vpc-b": turns},
        route_tables=(
            table("rtb-a", route(V4, TGW), route("198.51.100.0/24", igw()), main=True),
            table("rtb-b", route(V4, odd), main=True, vpc_id="vpc-b"),
        ),
    )
    asked = question(hosts("eni-1", "eni-3"), hosts("eni-2", "eni-3", any_="8.0.0.0/8"))
    query = Query(encode(net, asked, frozenset((G, gap("b"), gap("edge")))))
    assert query.at(probe("eni-1", "any_", FAR))
    assert query.at(probe("eni-3", "any_", tcp("10.1.3.5", "8.8.8.8")))
    assert query.at(probe("eni-1", "eni-3", tcp("10.0.1.5", "198.51.100.3")))
    away = question(hosts("eni-1", "eni-3"), hosts(any_="8.0.0.0/8"))
    out = Query(encode(net, away, frozenset((G, gap("b")))))
    assert out.at(probe("eni-1", "any_", FAR))
    assert out.at(probe("eni-3", "any_", tcp("10.1.3.5", "8.8.8.8")))
    closed = Query(encode(net, asked, frozenset((G,))))
    assert closed.at(probe("eni-1", "any_", FAR))
    assert not closed.at(probe("eni-3", "any_", tcp("10.1.3.5", "8.8.8.8")))

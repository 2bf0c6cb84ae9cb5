"""NAT gateways, by hand: both headers, six lists, and what a gateway does not do."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from tests.unit.encode.small import (
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
    icmp,
    igw,
    member,
    nat,
    nat_gateway,
    network,
    pcx,
    peering,
    probe,
    question,
    raw,
    returns,
    route,
    rule,
    table,
    tcp,
)
from verifier.encode import encode
from verifier.encode.terms import FALSE
from verifier.invariants.question import AddressPolicy, Mode, TrafficTerm
from verifier.model import (
    InterfaceKind,
    NatAddress,
    NatGatewayTarget,
    Network,
    PassageGap,
    PeeringSide,
    Subnet,
    UnmodelledTarget,
)
from verifier.packet import PortRange
from verifier.solve import Query, Sat
from verifier.trace import Choices

OUT = tcp("10.0.2.5", "8.8.8.8")


def net(*, home: Any = None, lists: Any = (), routes: Any = (), **more: Any) -> Network:
    """subnet-2 behind nat-a in subnet-1; `home` replaces the routes of the gateway's subnet."""
    home_routes = (route(V4, igw()), route(V6, igw())) if home is None else home
    values: dict[str, Any] = {
        "nat_gateways": (nat_gateway(),),
        "route_tables": (
            table("rtb-1", *home_routes, subnet_ids=("subnet-1",)),
            table("rtb-2", route(V4, nat()), route(V6, nat()), *routes, subnet_ids=("subnet-2",)),
            table("rtb-b", route(V4, igw("igw-b")), main=True, vpc_id="vpc-b"),
        ),
        "network_acls": (
            acl("acl-a", *OPEN_LIST, is_default=True),
            acl("acl-b", *OPEN_LIST, is_default=True, vpc_id="vpc-b"),
            *lists,
        ),
        **more,
    }
    return network(**values)


def test_out_by_the_gateways_public_address() -> None:
    assert returns(net(), "eni-2", "internet", OUT)
    assert returns(net(), "eni-2", "igw-a", OUT)
    assert returns(net(), "eni-2", "internet", icmp("10.0.2.5", "8.8.8.8"))
    assert not gets(net(), "eni-2", "internet", raw("10.0.2.5", "8.8.8.8", 47))
    assert not gets(net(), "eni-2", "internet", tcp("2600:a:0:2::5", "2600:f::1"))
    assert not gets(net(), "eni-2", "any_", tcp("10.0.2.5", "192.168.1.1"))


def test_a_gateway_must_be_public_available_and_elsewhere() -> None:
    private = nat_gateway(addresses=(NatAddress(at("10.0.1.9"), None, None, True),))
    assert not gets(net(nat_gateways=(private,)), "eni-2", "internet", OUT)
    assert not gets(net(nat_gateways=(nat_gateway(available=False),)), "eni-2", "internet", OUT)
    assert not gets(net(nat_gateways=(nat_gateway(addresses=()),)), "eni-2", "internet", OUT)
    own = nat_gateway(subnet="subnet-2")
    assert not gets(net(nat_gateways=(own,)), "eni-2", "internet", OUT)
    nowhere = replace(nat_gateway(), subnet_id=None)
    assert not gets(net(nat_gateways=(nowhere,)), "eni-2", "internet", OUT)
    assert not gets(net(home=()), "eni-2", "internet", OUT)
    detached = net(internet_gateways={})
    assert not gets(detached, "eni-2", "internet", OUT)


def test_nothing_reaches_a_gateway_from_outside() -> None:
    owner = eni("eni-9", "subnet-1", "10.0.1.9=198.51.100.9")
    out = tcp("10.0.1.9", "8.8.8.8")
    free = net(interfaces=(owner,), nat_gateways=())
    assert gets(free, "internet", "eni-9", tcp("8.8.8.8", "198.51.100.9"))
    assert returns(free, "eni-9", "internet", out)
    other = eni("eni-1", "subnet-1", "10.0.1.5")
    for kind in (InterfaceKind.NAT_GATEWAY, InterfaceKind.ORDINARY):
        taken = net(interfaces=(replace(owner, kind=kind), other))
        assert not gets(taken, "internet", "eni-9", tcp("8.8.8.8", "198.51.100.9"))
        assert not gets(taken, "eni-1", "eni-9", tcp("10.0.1.5", "10.0.1.9"))
        assert not returns(taken, "eni-9", "internet", out)
        assert not returns(taken, "eni-9", "eni-1", tcp("10.0.1.9", "10.0.1.5"))


def list_of(subnet: str, *entries: Any) -> Any:
    return acl("acl-x", *entries, subnet_ids=(subnet,))


def both(number: int, egress: bool, first: int, last: int) -> Any:
    return entry(number, egress, True, V4, protocol=6, ports=PortRange(first, last))


def test_the_gateways_subnet_is_asked_four_times() -> None:
    every = (both(1, False, 443, 443), both(2, False, 1024, 65535),
             both(1, True, 443, 443), both(2, True, 40000, 40000))  # fmt: skip
    chosen = Choices(nat_port=2000)

    def asked(*entries: Any) -> bool:
        return returns(
            net(lists=(list_of("subnet-1", *entries),)), "eni-2", "internet", OUT, choices=chosen
        )

    assert asked(*every)
    for left_out in range(4):
        assert not asked(*(each for at_, each in enumerate(every) if at_ != left_out))
    narrow = (every[0], both(2, False, 2001, 65535), *every[2:])
    assert not asked(*narrow)
    assert returns(
        net(lists=(list_of("subnet-1", *narrow),)), "eni-2", "internet", OUT,
        choices=Choices(nat_port=2001),
    )  # fmt: skip


def test_the_clients_subnet_sees_the_remote_host() -> None:
    remote = entry(1, False, True, "8.8.8.8/32")
    out = entry(1, True, True)
    assert returns(net(lists=(list_of("subnet-2", remote, out),)), "eni-2", "internet", OUT)
    gateway = entry(1, False, True, "10.0.0.0/16")
    assert not returns(net(lists=(list_of("subnet-2", gateway, out),)), "eni-2", "internet", OUT)


def test_choices_that_cannot_be_made_count_as_none() -> None:
    two = nat_gateway(addresses=(
        NatAddress(at("10.0.1.9"), at("198.51.100.9"), None, True), NatAddress(at("10.0.1.10")),
    ))  # fmt: skip
    many = net(nat_gateways=(two,))
    assert returns(many, "eni-2", "internet", OUT)
    other = Choices(nat_address=at("10.0.1.10"))
    assert not gets(many, "eni-2", "internet", OUT, choices=other)
    strange = Choices(nat_address=at("10.0.1.11"), nat_port=80)
    assert returns(many, "eni-2", "internet", OUT, choices=strange)
    assert returns(many, "eni-2", "internet", replace(OUT, source_port=80))


def test_by_the_gateway_to_hosts_of_the_vpc() -> None:
    """A static route more specific than `local` sends to the gateway what stays in the VPC."""
    subnets = {
        **network().subnets,
        "subnet-4": Subnet(id="subnet-4", vpc_id="vpc-a", prefixes=(block("10.0.4.0/24"),)),
    }
    hosts = (
        eni("eni-2", "subnet-2", "10.0.2.5"),
        eni("eni-1", "subnet-1", "10.0.1.5=198.51.100.1"),
        eni("eni-4", "subnet-4", "10.0.4.5"),
    )
    routes = (route("10.0.1.0/24", nat()), route("10.0.4.0/24", nat()))
    made = net(subnets=subnets, interfaces=hosts, routes=routes)
    neighbour, routed = tcp("10.0.2.5", "10.0.1.5"), tcp("10.0.2.5", "10.0.4.5")
    assert returns(made, "eni-2", "eni-1", neighbour)
    assert gets(made, "eni-2", "eni-4", routed)
    assert not returns(made, "eni-2", "eni-4", routed)  # subnet-4 has no table
    tables = {
        **made.route_tables, "rtb-4": table("rtb-4", subnet_ids=("subnet-4",)),
    }  # fmt: skip
    assert returns(replace(made, route_tables=tables), "eni-2", "eni-4", routed)
    referring = replace(made, security_groups={
        "sg-open": group("sg-open", rule(True), rule(False, member("sg-open"))),
    })  # fmt: skip
    assert not gets(referring, "eni-2", "eni-1", neighbour)
    from_gateway = replace(made, security_groups={
        "sg-open": group("sg-open", rule(True), rule(False, "10.0.1.9/32")),
    })  # fmt: skip
    assert returns(from_gateway, "eni-2", "eni-1", neighbour)


def test_by_the_gateway_and_its_peering_return_to_sender() -> None:
    abroad = net(home=(route("10.1.0.0/16", pcx()),))
    packet = tcp("10.0.2.5", "10.1.3.5")
    assert returns(abroad, "eni-2", "eni-3", packet)
    shut = replace(abroad, network_acls={
        **abroad.network_acls,
        "acl-b": acl("acl-b", entry(1, False, True), is_default=True, vpc_id="vpc-b"),
    })  # fmt: skip
    assert gets(shut, "eni-2", "eni-3", packet)
    assert not returns(shut, "eni-2", "eni-3", packet)


def test_by_the_gateway_to_a_public_name() -> None:
    packet = tcp("10.0.2.5", "198.51.100.3")
    assert returns(net(), "eni-2", "eni-3", packet)
    seen = group("sg-open", rule(True), rule(False, "198.51.100.9/32"))
    assert returns(net(security_groups=(seen,)), "eni-2", "eni-3", packet)
    other = group("sg-open", rule(True), rule(False, "10.0.0.0/8"))
    assert not gets(net(security_groups=(other,)), "eni-2", "eni-3", packet)


def test_the_way_back_to_the_client_must_be_local() -> None:
    away = UnmodelledTarget("tgw", "tgw-1", gap("tgw"))
    made = net(home=(route(V4, igw()), route("10.0.2.0/24", away)))
    assert gets(made, "eni-2", "internet", OUT)
    assert not returns(made, "eni-2", "internet", OUT)
    assert returns(made, "eni-2", "internet", OUT, opened=(gap("tgw"),))


def test_what_lies_beyond_a_gateways_clauses_is_a_gap() -> None:
    far = UnmodelledTarget("tgw", "tgw-1", gap("tgw"))
    made = net(home=(route(V4, far),))
    assert not gets(made, "eni-2", "any_", OUT)
    assert returns(made, "eni-2", "any_", OUT, opened=(gap("tgw"),))
    public, chosen = tcp("10.0.2.5", "198.51.100.3"), Choices(gap_source=at("9.9.9.9"))
    assert not gets(made, "eni-2", "eni-3", public, opened=(gap("tgw"),))  # a private source
    assert returns(made, "eni-2", "eni-3", public, opened=(gap("tgw"),), choices=chosen)
    beyond = {("nat-beyond", "nat-b"): gap("second")}
    second = nat_gateway("nat-b", "subnet-2", addresses=(NatAddress(at("10.0.2.9")),))
    chain = net(
        home=(route(V4, NatGatewayTarget("nat-b")),), missing=beyond,
        nat_gateways=(nat_gateway(), second),
    )  # fmt: skip
    assert not gets(chain, "eni-2", "any_", OUT)
    assert returns(chain, "eni-2", "any_", OUT, opened=(gap("second"),))
    near = replace(second, subnet_id="subnet-1")
    looped = replace(chain, nat_gateways={"nat-a": nat_gateway(), "nat-b": near})
    assert not gets(looped, "eni-2", "any_", OUT, opened=(gap("second"),))


def test_a_redirecting_passage_takes_gateways_replies_back() -> None:
    passages = {"vpc-a": (PassageGap(gap("edge"), redirects=True),)}
    made = net(passages=passages, lists=(list_of("subnet-1", *OPEN_LIST[:3]),))
    assert not gets(made, "eni-2", "internet", OUT)
    assert returns(made, "eni-2", "internet", OUT, opened=(gap("edge"),))


def test_replies_that_tables_hand_to_gateways_are_dropped() -> None:
    made = net()
    packet = tcp("10.0.1.5", "10.0.2.5")
    assert returns(made, "eni-1", "eni-2", packet)
    strayed = net(routes=(route("10.0.1.0/24", nat()),))
    assert gets(strayed, "eni-1", "eni-2", packet)
    assert not returns(strayed, "eni-1", "eni-2", packet)


def test_two_regions_lose_references_anyway() -> None:
    far = peering(accepter=PeeringSide(vpc_id="vpc-b", region="us-2"))
    made = net(home=(route("10.1.0.0/16", pcx()),), peerings=(far,))
    assert returns(made, "eni-2", "eni-3", tcp("10.0.2.5", "10.1.3.5"))


def test_a_gateways_subnet_without_a_list_is_a_gap() -> None:
    bare = net(missing={("network-acl", "subnet-1"): gap("list")})
    of_subnet_2 = acl("acl-2", *OPEN_LIST, subnet_ids=("subnet-2",))
    bare = replace(bare, network_acls={"acl-2": of_subnet_2})
    assert not gets(bare, "eni-2", "internet", OUT)
    assert returns(bare, "eni-2", "internet", OUT, opened=(gap("list"),))


def test_what_the_question_leaves_out_is_not_built() -> None:
    esp = (TrafficTerm(frozenset((4,)), 50),)
    made = encode(net(), question(hosts("eni-2"), hosts(internet="8.0.0.0/8"), traffic=esp))
    assert made.roots == (FALSE,)
    udp = net(
        lists=(list_of("subnet-1", both(1, False, 0, 65535)),),
        security_groups=(group("sg-open", rule(True, V4, 6, (0, 65535)), rule(False)),),
    )
    asked = question(hosts("eni-2"), hosts("eni-1"), traffic=(TrafficTerm(frozenset((4,)), 17),))
    assert encode(udp, asked).roots == (FALSE,)


def test_a_gateway_without_addresses_chooses_nothing() -> None:
    gateways = (nat_gateway("nat-a", addresses=()), nat_gateway("nat-b"))
    sent = replace(OUT, source=at("10.0.4.5"))
    subnets = {
        **network().subnets,
        "subnet-4": Subnet(id="subnet-4", vpc_id="vpc-a", prefixes=(block("10.0.4.0/24"),)),
    }
    made = net(nat_gateways=gateways, subnets=subnets, interfaces=(
        eni("eni-2", "subnet-2", "10.0.2.5"), eni("eni-4", "subnet-4", "10.0.4.5"),
    ))  # fmt: skip
    other = table("rtb-4", route(V4, nat("nat-b")), subnet_ids=("subnet-4",))
    made = replace(made, route_tables={**made.route_tables, "rtb-4": other})
    asked = question(hosts("eni-2", "eni-4"), hosts(internet="8.0.0.0/8"))
    query = Query(encode(made, asked))
    assert query.at(probe("eni-4", "internet", sent))
    assert not query.at(probe("eni-2", "internet", OUT))


SIX = "64:ff9b::808:808"


def test_nat64_reaches_ipv4_hosts_and_their_replies_come_back() -> None:
    made = net()
    assert returns(made, "eni-2", "internet", tcp("2600:a:0:2::5", SIX))
    assert returns(made, "eni-2", "internet", icmp("2600:a:0:2::5", SIX, 128, 0, 58))
    assert not gets(made, "eni-2", "internet", icmp("2600:a:0:2::5", SIX, 1, 0, 58))
    assert not gets(made, "eni-2", "internet", raw("2600:a:0:2::5", SIX, 47))
    assert not gets(made, "eni-2", "internet", tcp("2600:a:0:2::5", "2600:beef::1"))


def test_nat64_is_judged_in_ipv4_behind_the_gateway_and_in_ipv6_before() -> None:
    packet = tcp("2600:a:0:2::5", SIX)

    def judged(*entries: object) -> bool:
        lists = (
            acl("acl-a", *OPEN_LIST, is_default=True),
            acl("acl-b", *OPEN_LIST, is_default=True, vpc_id="vpc-b"),
            acl("acl-n", *entries, *OPEN_LIST, subnet_ids=("subnet-1",)),  # type: ignore[arg-type]
        )
        return returns(net(network_acls=lists), "eni-2", "internet", packet)

    assert judged()
    assert not judged(entry(1, False, False, "2600:a:0:2::/64"))
    assert not judged(entry(1, True, False, "8.8.8.8/32"))
    assert not judged(entry(1, False, False, "8.8.8.8/32"))
    assert not judged(entry(1, True, False, "2600:a:0:2::/64"))
    assert judged(entry(1, True, False, "2600:a:0:9::/64"))


def test_nat64_names_of_interfaces() -> None:
    def named(name: str, source: str = "eni-2", **more: object) -> bool:
        packet = tcp("2600:a:0:2::5", name)
        ends = replace(hosts("eni-1"), nat64=True)
        asked = question(hosts(source), ends, mode=Mode.CONNECTION, **more)
        sent = probe("eni-2", "eni-1", packet)
        return Query(encode(net(), asked)).at(sent)

    assert named("64:ff9b::a00:105")
    assert not named("64:ff9b::a00:106")
    assert named("64:ff9b::a00:105", policy=AddressPolicy.PRIMARY)
    assert named("2600:a:0:1::5")
    both = replace(hosts("eni-1", "eni-2"), nat64=True)
    asked = question(hosts("eni-2"), both)
    found = Query(encode(net(), asked)).ask()
    assert isinstance(found, Sat)
    itself = probe("eni-2", "eni-2", tcp("2600:a:0:2::5", "64:ff9b::a00:205"))
    assert not Query(encode(net(), asked)).at(itself)


def test_nat64_then_a_gap() -> None:
    far = UnmodelledTarget("tgw", "tgw-1", gap("tgw"))
    made = net(home=(route(V4, far), route(V6, igw())))
    packet = tcp("2600:a:0:2::5", "64:ff9b::c633:6403")
    ends = replace(hosts("eni-3"), nat64=True)
    asked = question(hosts("eni-2"), ends, traffic=(TrafficTerm(frozenset({6}), 6),))
    opened = frozenset({gap("tgw")})
    query = Query(encode(made, asked, opened))
    assert not query.at(probe("eni-2", "eni-3", packet))
    public = Choices(gap_source=at("9.9.9.9"))
    assert query.at(probe("eni-2", "eni-3", packet, choices=public))
    found = query.ask()
    assert isinstance(found, Sat)
    assert query.at(found.probe)

"""Transit gateways as the encoder says them (TGW-1 to TGW-11), worked out by hand."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from tests.unit.encode.hub import (
    ENDS,
    ROUTES,
    SUBNETS,
    TGW,
    attach,
    hub,
    site,
    subnet,
    to,
    transit_table,
)
from tests.unit.encode.small import (
    OPEN_LIST,
    acl,
    at,
    block,
    eni,
    entry,
    gap,
    gets,
    group,
    hosts,
    member,
    nat,
    nat_gateway,
    pcx,
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
from verifier.invariants.question import Goal, Mode, TrafficTerm
from verifier.model import (
    AttachmentKind,
    InterfaceTarget,
    LocalTarget,
    Network,
    TransitGateway,
    TransitGatewayAttachment,
)
from verifier.solve import Query, Sat, Unsat
from verifier.trace import Choices

LOCAL = LocalTarget()
FORTH = tcp("10.0.1.5", "10.1.3.5")
SIX = tcp("2600:a:0:1::5", "2600:b:0:3::5")


def there(net: Network, **more: object) -> bool:
    return gets(net, "eni-1", "eni-3", FORTH, **more)  # type: ignore[arg-type]


def test_two_vpcs_reach_each_other_forth_and_back() -> None:
    net = hub()
    assert there(net)
    assert returns(net, "eni-1", "eni-3", FORTH)
    assert gets(net, "eni-1", "eni-3", SIX)
    assert returns(net, "eni-1", "eni-3", SIX)


def test_the_gateway_and_the_attachment_must_be_there() -> None:
    assert not there(hub(ends=ENDS[1:]))
    assert not there(hub(ends=(replace(ENDS[0], kind=AttachmentKind.VPN), ENDS[1])))
    gone = hub(gateways=(), missing={("transit-gateway", "tgw-1"): gap("t")})
    assert not there(gone)
    assert there(gone, opened=(gap("t"),))
    unsure = hub(gateways=(TransitGateway(id="tgw-1", gap=gap("t")),))
    assert not there(unsure)
    assert there(unsure, opened=(gap("t"),))
    half = hub(ends=(replace(ENDS[0], gap=gap("x")), ENDS[1]))
    assert not there(half)
    assert there(half, opened=(gap("x"),))


def test_the_attachment_needs_a_subnet_in_the_zone_and_the_family() -> None:
    other = (subnet("subnet-1", "vpc-a", "10.0.1.0/24", "2600:a:0:1::/64", zone="z2"),)
    assert not there(
        hub(subnets=(*other, *SUBNETS[1:]), ends=(attach("at-a", "vpc-a", "subnet-2"), ENDS[1]))
    )
    unknown = (subnet("subnet-1", "vpc-a", "10.0.1.0/24", "2600:a:0:1::/64", zone=None),)
    assert not there(hub(subnets=(*unknown, *SUBNETS[1:])))
    four = hub(ends=(replace(ENDS[0], ipv6=False), ENDS[1]))
    assert there(four)
    assert not gets(four, "eni-1", "eni-3", SIX)
    far = hub(ends=(ENDS[0], replace(ENDS[1], ipv6=False)))
    assert not gets(far, "eni-1", "eni-3", SIX)


def test_lists_are_asked_at_both_attachments() -> None:
    def net(*entries: object, subnet_id: str) -> Network:
        lists = (
            acl("acl-a", *OPEN_LIST, is_default=True),
            acl("acl-b", *OPEN_LIST, is_default=True, vpc_id="vpc-b"),
            acl("acl-x", *entries, *OPEN_LIST, subnet_ids=(subnet_id,),  # type: ignore[arg-type]
                vpc_id="vpc-a" if subnet_id == "subnet-2" else "vpc-b"),
        )  # fmt: skip
        ends = (attach("at-a", "vpc-a", "subnet-2"), attach("at-b", "vpc-b", "subnet-5"))
        more = subnet("subnet-5", "vpc-b", "10.1.5.0/24")
        return hub(network_acls=lists, ends=ends, subnets=(*SUBNETS, more))

    assert there(net(subnet_id="subnet-2"))
    assert not there(net(entry(1, False, False, "10.0.1.5/32"), subnet_id="subnet-2"))
    assert there(net(entry(1, True, False, "10.1.3.5/32"), subnet_id="subnet-2"))
    assert not there(net(entry(1, True, False, "10.1.3.5/32"), subnet_id="subnet-5"))
    assert there(net(entry(1, False, False, "10.0.1.5/32"), subnet_id="subnet-5"))


def test_no_list_is_asked_within_the_attachment_subnet() -> None:
    shut = (
        acl("acl-a", *OPEN_LIST, is_default=True),
        acl("acl-b", entry(1, False, False), entry(2, True, True), is_default=True, vpc_id="vpc-b"),
    )
    assert there(hub(network_acls=shut))
    assert not gets(
        hub(network_acls=shut, interfaces=(
            eni("eni-1", "subnet-1", "10.0.1.5"),
            eni("eni-4", "subnet-4", "10.1.4.5", vpc="vpc-b"),
        )),
        "eni-1", "eni-4", tcp("10.0.1.5", "10.1.4.5"),
    )  # fmt: skip


def test_tables_decide() -> None:
    assert not there(hub(ends=(replace(ENDS[0], table_id=None), ENDS[1])))
    assert not there(hub(tables=()))
    unsure = hub(tables=(transit_table(*ROUTES, gap=gap("r")),))
    assert not there(unsure)
    assert there(unsure, opened=(gap("r"),))
    hole = hub(tables=(transit_table(*ROUTES, to("10.1.3.0/24")),))
    assert not there(hole)
    foreign = hub(tables=(transit_table(to("10.0.0.0/8", "at-gone")),))
    assert not there(foreign)
    down = hub(ends=(ENDS[0], replace(ENDS[1], available=False)))
    assert not there(down)
    behind = hub(ends=(ENDS[0], replace(ENDS[1], gap=gap("y"))))
    assert not there(behind)
    assert there(behind, opened=(gap("y"),))


def test_several_attachments_are_a_choice() -> None:
    tables = (transit_table(to("10.0.0.0/8", "at-a", "at-b")),)
    net = hub(tables=tables)
    assert not there(net)
    assert there(net, choices=Choices(transit=(("rt-1", 1),)))
    assert there(net, choices=Choices(transit=(("rt-1", 3),)))
    asked = question(hosts("eni-1"), hosts("eni-3"), mode=Mode.CONNECTION)
    found = Query(encode(net, asked)).ask()
    assert isinstance(found, Sat)
    assert found.probe.choices.transit == (("rt-1", 1),)
    assert Query(encode(net, asked)).at(found.probe)


def test_subnets_of_an_attachment_are_a_choice_without_a_zone() -> None:
    def net(**more: object) -> Network:
        far = attach("at-b", "vpc-b", "subnet-3", "subnet-4", **more)
        lists = (
            acl("acl-a", *OPEN_LIST, is_default=True),
            acl("acl-b", *OPEN_LIST, is_default=True, vpc_id="vpc-b"),
            acl("acl-x", subnet_ids=("subnet-4",), vpc_id="vpc-b"),
        )
        return hub(ends=(ENDS[0], far), network_acls=lists)

    assert there(net(), choices=Choices(transit=(("at-b", 1),)))
    flow = net(appliance_mode=True)
    assert there(flow)
    assert not there(flow, choices=Choices(transit=(("at-b", 1),)))
    third = subnet("subnet-1", "vpc-a", "10.0.1.0/24", "2600:a:0:1::/64", zone="z3")
    lost = replace(net(), subnets={**net().subnets, "subnet-1": third})
    assert there(lost)
    assert not there(lost, choices=Choices(transit=(("at-b", 1),)))
    ghost = replace(flow, subnets={k: v for k, v in flow.subnets.items() if k != "subnet-4"})
    assert not there(ghost, choices=Choices(transit=(("at-b", 1),)))


def test_replies_choose_by_themselves_except_in_appliance_mode() -> None:
    def net(**more: object) -> Network:
        near = attach("at-a", "vpc-a", "subnet-2", "subnet-6", **more)
        lists = (
            acl("acl-a", *OPEN_LIST, is_default=True),
            acl("acl-b", *OPEN_LIST, is_default=True, vpc_id="vpc-b"),
            acl("acl-x", entry(1, False, True), subnet_ids=("subnet-6",)),
        )
        subnets = (
            subnet("subnet-1", "vpc-a", "10.0.1.0/24", zone="z1"),
            subnet("subnet-2", "vpc-a", "10.0.2.0/24", zone="z1"),
            subnet("subnet-6", "vpc-a", "10.0.6.0/24", zone="z1"),
            subnet("subnet-3", "vpc-b", "10.1.3.0/24", zone="z9"),
            subnet("subnet-4", "vpc-b", "10.1.4.0/24", zone="z9"),
        )
        far = attach("at-b", "vpc-b", "subnet-3")
        return hub(ends=(near, far), network_acls=lists, subnets=subnets)

    other = Choices(transit_reply=(("at-a", 1),))
    assert returns(net(), "eni-1", "eni-3", FORTH)
    assert not returns(net(), "eni-1", "eni-3", FORTH, choices=other)
    assert returns(net(appliance_mode=True), "eni-1", "eni-3", FORTH, choices=other)
    flow = Choices(transit=(("at-a", 1),))
    assert not returns(net(appliance_mode=True), "eni-1", "eni-3", FORTH, choices=flow)


def peered(**more: object) -> Network:
    """tgw-1 and tgw-2 joined; vpc-b hangs on tgw-2."""
    one = TransitGatewayAttachment(
        id="at-p", transit_gateway_id="tgw-1", kind=AttachmentKind.PEERING, table_id="rt-1",
        peer_gateway_id="tgw-2",
    )  # fmt: skip
    values: dict[str, object] = {"table_id": "rt-2", **more}
    other = replace(one, transit_gateway_id="tgw-2", peer_gateway_id="tgw-1", **values)  # type: ignore[arg-type]
    far = attach("at-b", "vpc-b", "subnet-3", gateway="tgw-2", table_id="rt-2")
    gateways = (TransitGateway(id="tgw-1"), TransitGateway(id="tgw-2"))
    tables = (
        transit_table(to("10.0.0.0/16", "at-a"), to("10.1.0.0/16", "at-p")),
        transit_table(
            to("10.1.0.0/16", "at-b"), to("10.0.0.0/16", "at-p"), id_="rt-2", gateway="tgw-2"
        ),
    )
    return hub(ends=(ENDS[0], one, other, far), gateways=gateways, tables=tables)


def test_peered_transit_gateways() -> None:
    assert there(peered())
    assert not there(peered(available=False))
    assert not there(peered(table_id=None))
    assert not there(peered(gap=gap("far")))
    assert there(peered(gap=gap("far")), opened=(gap("far"),))
    net = peered()
    alone = {key: end for key, end in net.transit_attachments.items() if key != ("tgw-2", "at-p")}
    assert not there(replace(net, transit_attachments=alone))


def test_waypoints_are_avoided_forth() -> None:
    def avoids(net: Network, *ids: str) -> bool:
        asked = question(
            hosts("eni-1"), hosts("eni-3"), mode=Mode.CONNECTION, avoiding=frozenset(ids)
        )
        return isinstance(Query(encode(net, asked)).ask(), Unsat)

    assert not avoids(hub(), "tgw-9")
    assert avoids(hub(), "tgw-1")
    assert avoids(hub(), "at-a")
    assert avoids(hub(), "at-b")
    assert avoids(hub(gateways=(TransitGateway(id="tgw-1", gap=gap()),)), "tgw-1")


def test_waypoints_across_peered_gateways() -> None:
    asked = question(hosts("eni-1"), hosts("eni-3"), avoiding=frozenset({"tgw-2"}))
    assert isinstance(Query(encode(peered(), asked)).ask(), Unsat)


def test_references_cross_one_gateway_that_supports_them() -> None:
    def net(**more: object) -> Network:
        groups = (
            group("sg-open", rule(True)),
            group("sg-b", rule(False, member("sg-open")), vpc="vpc-b"),
        )
        interfaces = (
            eni("eni-1", "subnet-1", "10.0.1.5"),
            eni("eni-3", "subnet-3", "10.1.3.5", vpc="vpc-b", groups=("sg-b",)),
        )
        gateways = (TransitGateway(id="tgw-1", references=more.pop("gateway", True)),)  # type: ignore[arg-type]
        return hub(security_groups=groups, interfaces=interfaces, gateways=gateways, **more)  # type: ignore[arg-type]

    assert there(net())
    assert not there(net(gateway=False))
    assert not there(net(ends=(replace(ENDS[0], references=False), ENDS[1])))
    assert not there(net(ends=(ENDS[0], replace(ENDS[1], references=False))))


def test_egress_references_are_lost_towards_a_transit_gateway() -> None:
    groups = (group("sg-open", rule(True, member("sg-open")), rule(False)),)
    assert not there(hub(security_groups=groups, peerings=(peering(),)))


def test_sites_behind_an_attachment() -> None:
    routes = (*ROUTES, to("172.16.0.0/12", "at-s"))
    out = tcp("10.0.1.5", "172.16.9.9")
    back = tcp("172.16.9.9", "10.0.1.5")
    net = hub(ends=(*ENDS, site("at-s")), tables=(transit_table(*routes),))
    for door in ("any_", "at-s"):
        assert gets(net, "eni-1", door, out)
        assert returns(net, "eni-1", door, out)
        assert gets(net, door, "eni-1", back)
        assert returns(net, door, "eni-1", back)
    assert not gets(net, "eni-1", "internet", out)
    assert not gets(net, "internet", "eni-1", back)
    deaf = hub(ends=(*ENDS, site("at-s", table_id=None)), tables=(transit_table(*routes),))
    assert gets(deaf, "eni-1", "at-s", out)
    assert not returns(deaf, "eni-1", "at-s", out)
    assert not gets(deaf, "at-s", "eni-1", back)
    aside = hub(ends=(*ENDS, site("at-s"), site("at-t")), tables=(transit_table(*routes),))
    assert gets(aside, "at-t", "eni-1", back)
    assert not returns(aside, "at-t", "eni-1", back)
    assert not gets(net, "at-s", "eni-1", tcp("10.1.9.9", "10.0.1.5"))


def test_sites_may_lead_to_other_vpcs() -> None:
    net = hub(
        ends=(*ENDS, site("at-s", beyond=gap("beyond"))),
        tables=(transit_table(to("0.0.0.0/0", "at-s")),),
    )
    assert not there(net)
    assert there(net, opened=(gap("beyond"),))


def test_a_loop_gets_nowhere() -> None:
    tables = (transit_table(to("10.0.0.0/16", "at-a"), to("0.0.0.0/0", "at-b")),)
    net = hub(tables=tables)
    assert there(net)
    assert not gets(net, "eni-1", "any_", tcp("10.0.1.5", "172.16.9.9"))
    asked = question(hosts("eni-1"), hosts(any_="172.16.0.0/12"), goal=Goal.FAILING)
    assert isinstance(Query(encode(net, asked)).ask(), Sat)


def test_a_nat_gateway_behind_the_transit_gateway() -> None:
    net = hub(
        tables=(transit_table(to("10.0.0.0/16", "at-a"), to("0.0.0.0/0", "at-b")),),
        nat_gateways=(nat_gateway("nat-b", "subnet-4", vpc_id="vpc-b", addresses=(
            replace(nat_gateway().addresses[0], private=at("10.1.4.9")),)),),
        route_tables=(
            table("rtb-a", route("0.0.0.0/0", TGW), main=True),
            table("rtb-b", route("0.0.0.0/0", nat("nat-b")), route("10.0.0.0/16", TGW),
                  vpc_id="vpc-b", main=True),
            table("rtb-n", route("0.0.0.0/0", _igw()), route("10.0.0.0/16", TGW), vpc_id="vpc-b",
                  subnet_ids=("subnet-4",)),
        ),
        ends=(ENDS[0], attach("at-b", "vpc-b", "subnet-3", "subnet-4")),
        subnets=(*SUBNETS[:3], subnet("subnet-4", "vpc-b", "10.1.4.0/24", zone="z2")),
    )  # fmt: skip
    out = tcp("10.0.1.5", "8.8.8.8")
    assert gets(net, "eni-1", "internet", out)
    assert returns(net, "eni-1", "internet", out)
    alone = {("tgw-1", "at-b"): net.transit_attachments["tgw-1", "at-b"]}
    assert not returns(replace(net, transit_attachments=alone), "eni-1", "internet", out)
    deaf = {**net.transit_attachments, ("tgw-1", "at-b"): attach("at-b", "vpc-b", "subnet-3")}
    assert gets(replace(net, transit_attachments=deaf), "eni-1", "internet", out)
    assert not returns(replace(net, transit_attachments=deaf), "eni-1", "internet", out)


def _igw() -> object:
    from tests.unit.encode.small import igw

    return igw("igw-b")


def test_an_address_of_the_other_vpc_leaves_by_its_gateway_and_never_comes_back() -> None:
    twins = (
        eni("eni-1", "subnet-1", "10.9.0.5"),
        eni("eni-3", "subnet-3", "10.9.0.5=198.51.100.3", vpc="vpc-b"),
    )
    net = hub(
        interfaces=twins,
        tables=(transit_table(to("0.0.0.0/0", "at-b"), to("::/0", "at-b")),),
        route_tables=(
            table("rtb-a", route("0.0.0.0/0", TGW), route("::/0", TGW), main=True),
            table("rtb-b", route("0.0.0.0/0", _igw()), route("::/0", _igw()),  # type: ignore[arg-type]
                  vpc_id="vpc-b", main=True),
        ),
    )  # fmt: skip
    out = tcp("10.9.0.5", "8.8.8.8")
    assert gets(net, "eni-1", "internet", out)
    assert not returns(net, "eni-1", "internet", out)
    strange = replace(net, interfaces={**hub().interfaces})
    assert not gets(strange, "eni-1", "internet", tcp("10.0.1.5", "8.8.8.8"))
    six = tcp("2600:a:0:1::5", "2600:beef::1")
    assert gets(strange, "eni-1", "internet", six)
    assert not returns(strange, "eni-1", "internet", six)
    assert gets(strange, "eni-1", "eni-3", tcp("2600:a:0:1::5", "2600:b:0:3::5"))


def test_what_came_by_a_transit_gateway_does_not_go_on_over_a_peering() -> None:
    tables = (
        table("rtb-a", route("0.0.0.0/0", TGW), main=True),
        table("rtb-b", route("0.0.0.0/0", pcx()), main=True, vpc_id="vpc-b"),
    )
    vpcs = {
        **hub().vpcs,
        "vpc-c": replace(hub().vpcs["vpc-b"], id="vpc-c", ipv4=(block("10.2.0.0/16"),), ipv6=()),
    }
    far = replace(peering().accepter, vpc_id="vpc-c")
    net = hub(
        vpcs=vpcs,
        peerings=(peering(requester=replace(far, vpc_id="vpc-b"), accepter=far),),
        route_tables=tables,
        subnets=(*SUBNETS, subnet("subnet-5", "vpc-c", "10.2.5.0/24")),
        network_acls=(*hub().network_acls.values(),
                      acl("acl-c", *OPEN_LIST, is_default=True, vpc_id="vpc-c")),
        tables=(transit_table(to("0.0.0.0/0", "at-b")),),
        interfaces=(eni("eni-1", "subnet-1", "10.0.1.5"), eni("eni-3", "subnet-3", "10.1.3.5",
                    vpc="vpc-b"), eni("eni-5", "subnet-5", "10.2.5.5", vpc="vpc-c")),
    )  # fmt: skip
    assert gets(net, "eni-3", "eni-5", tcp("10.1.3.5", "10.2.5.5"))
    assert not gets(net, "eni-1", "eni-5", tcp("10.0.1.5", "10.2.5.5"))


def natted(**more: Any) -> Network:
    """vpc-a's subnet-1 sends by a NAT gateway in subnet-2, which leads to tgw-1."""
    address = replace(nat_gateway().addresses[0], private=at("10.0.2.9"), public=None)
    values: dict[str, Any] = {
        "nat_gateways": (nat_gateway(subnet="subnet-2", addresses=(address,)),),
        "route_tables": (
            table("rtb-a", route("0.0.0.0/0", TGW), main=True),
            table("rtb-1", route("0.0.0.0/0", nat()), route("::/0", nat()),
                  subnet_ids=("subnet-1",)),
            table("rtb-2", route("0.0.0.0/0", TGW), route("2600:a:0:1::/64", LOCAL),
                  subnet_ids=("subnet-2",)),
            table("rtb-b", route("0.0.0.0/0", TGW), main=True, vpc_id="vpc-b"),
        ),
        "ends": (attach("at-a", "vpc-a", "subnet-2"), ENDS[1]),
        **more,
    }  # fmt: skip
    return hub(**values)


def test_a_nat_gateway_before_the_transit_gateway() -> None:
    assert returns(natted(), "eni-1", "eni-3", FORTH)
    far = natted(
        subnets=(*SUBNETS, subnet("subnet-5", "vpc-a", "10.0.5.0/24")),
        ends=(attach("at-a", "vpc-a", "subnet-5", "subnet-2"), ENDS[1]),
    )
    assert returns(far, "eni-1", "eni-3", FORTH)
    lost = natted(tables=(transit_table(*ROUTES[1:]),))
    assert gets(lost, "eni-1", "eni-3", FORTH)
    assert not returns(lost, "eni-1", "eni-3", FORTH)
    away = {**natted().route_tables, "rtb-b": table(
        "rtb-b", route("0.0.0.0/0", _igw()), main=True, vpc_id="vpc-b"
    )}  # fmt: skip
    assert gets(natted(route_tables=tuple(away.values())), "eni-1", "eni-3", FORTH)
    assert not returns(natted(route_tables=tuple(away.values())), "eni-1", "eni-3", FORTH)


def test_a_table_is_come_to_directly_and_by_a_box() -> None:
    box = InterfaceTarget("eni-m", gap("m"))
    net = hub(
        interfaces=(
            eni("eni-1", "subnet-1", "10.0.1.5"),
            eni("eni-3", "subnet-3", "10.1.3.5", vpc="vpc-b"),
            eni("eni-4", "subnet-4", "10.1.4.5", vpc="vpc-b"),
            eni("eni-m", "subnet-2", "10.0.2.7", source_destination_check=False),
        ),
        route_tables=(
            table("rtb-a", route("10.1.0.0/16", TGW), main=True),
            table("rtb-1", route("10.1.4.0/24", box), route("10.1.0.0/16", TGW),
                  subnet_ids=("subnet-1",)),
            table("rtb-b", route("0.0.0.0/0", TGW), main=True, vpc_id="vpc-b"),
        ),
    )  # fmt: skip
    for name, address in (("eni-3", "10.1.3.5"), ("eni-4", "10.1.4.5")):
        sent = probe("eni-1", name, tcp("10.0.1.5", address))
        asked = question(hosts("eni-1"), hosts("eni-3", "eni-4"))
        assert Query(encode(net, asked)).at(sent)


def test_nat64_across_a_transit_gateway_with_a_choice() -> None:
    tables = (transit_table(ROUTES[0], to("10.1.0.0/16", "at-a", "at-b"), *ROUTES[2:]),)
    net = natted(tables=tables)
    ends = replace(hosts("eni-3"), nat64=True)
    ipv6 = (TrafficTerm(frozenset({6}), 6),)
    asked = question(hosts("eni-1"), ends, mode=Mode.CONNECTION, traffic=ipv6)
    found = Query(encode(net, asked)).ask()
    assert isinstance(found, Sat)
    assert found.probe.choices.transit == (("rt-1", 1),)
    assert Query(encode(net, asked)).at(found.probe)
    assert not Query(encode(net, asked)).at(replace(found.probe, choices=Choices()))


def test_nat64_and_icmp_rules_in_ipv4() -> None:
    def reached(kind: int) -> bool:
        opens = rule(False, "0.0.0.0/0", 1, (kind, -1))
        groups = (group("sg-open", rule(True), rule(True, "::/0"), opens),)
        net = natted(security_groups=groups)
        ends = replace(hosts("eni-3"), nat64=True)
        asked = question(hosts("eni-1"), ends, traffic=(TrafficTerm(frozenset({6}), 58),))
        return isinstance(Query(encode(net, asked)).ask(), Sat)

    assert reached(8)
    assert not reached(3)


def test_one_gap_source_of_one_family() -> None:
    """An exit before the NAT gateway and one behind it: the choice is one address."""
    net = natted(
        tables=(transit_table(*ROUTES, gap=gap("r")),),
        missing={("route-table", "subnet-9"): gap("x")},
        route_tables=(
            table("rtb-a", route("0.0.0.0/0", TGW), main=True, tie_gap=gap("tie")),
            table("rtb-1", route("::/0", nat()), route("64:ff9b::/97", TGW),
                  route("64:ff9b::/97", nat()), subnet_ids=("subnet-1",), tie_gap=gap("tie")),
            table("rtb-b", route("0.0.0.0/0", TGW), main=True, vpc_id="vpc-b"),
        ),
        peerings=(peering(),),
    )  # fmt: skip
    ends = replace(hosts("eni-3"), nat64=True)
    asked = question(hosts("eni-1"), ends, traffic=(TrafficTerm(frozenset({6}), 6),))
    found = Query(encode(net, asked, frozenset({gap("r"), gap("tie")}))).ask()
    assert isinstance(found, Sat)


def test_return_to_sender_is_for_the_gateways_own_peering() -> None:
    """Two NAT gateways of two VPCs that a peering joins, each behind its own subnet."""
    address = nat_gateway().addresses[0]
    gateways = (
        nat_gateway("nat-a", "subnet-2", addresses=(replace(address, private=at("10.0.2.9")),)),
        nat_gateway(
            "nat-b",
            "subnet-4",
            vpc_id="vpc-b",
            addresses=(replace(address, private=at("10.1.4.9"), public=None),),
        ),
    )
    net = hub(
        peerings=(peering(),), nat_gateways=gateways,
        interfaces=(
            eni("eni-1", "subnet-1", "10.0.1.5"), eni("eni-2", "subnet-2", "10.0.2.5"),
            eni("eni-3", "subnet-3", "10.1.3.5", vpc="vpc-b"),
            eni("eni-4", "subnet-4", "10.1.4.5", vpc="vpc-b"),
        ),
        route_tables=(
            table("rtb-1", route("10.1.0.0/16", nat("nat-a")), subnet_ids=("subnet-1",)),
            table("rtb-a", route("10.1.0.0/16", pcx()), main=True),
            table("rtb-3", route("10.0.0.0/16", nat("nat-b")), subnet_ids=("subnet-3",),
                  vpc_id="vpc-b"),
            table("rtb-b", route("10.0.0.0/16", pcx()), main=True, vpc_id="vpc-b"),
        ),
    )  # fmt: skip
    both = {
        (a, b): question(hosts("eni-1", "eni-3"), hosts("eni-2", "eni-4"), mode=Mode.CONNECTION)
        for a, b in (("eni-1", "eni-4"), ("eni-3", "eni-2"))
    }
    packets = {"eni-1": tcp("10.0.1.5", "10.1.4.5"), "eni-3": tcp("10.1.3.5", "10.0.2.5")}
    for (a, b), asked in both.items():
        assert Query(encode(net, asked)).at(probe(a, b, packets[a]))

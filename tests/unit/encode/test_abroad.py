"""Out by another VPC's internet gateway, and who is answered (IGW-2, CONN-5), by hand."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from tests.unit.encode.hub import ENDS, SUBNETS, TGW, attach, hub, site, to, transit_table
from tests.unit.encode.small import (
    at,
    block,
    eni,
    gap,
    gets,
    hosts,
    igw,
    nat,
    nat_gateway,
    question,
    returns,
    route,
    table,
    tcp,
)
from verifier.encode import encode
from verifier.model import (
    EgressOnlyInternetGateway,
    EgressOnlyTarget,
    InterfaceTarget,
    Ipv6Block,
    LocalTarget,
    Network,
    PassageGap,
    PublicAccess,
    UnmodelledTarget,
)
from verifier.solve import Query, Sat
from verifier.trace import InterfaceHost

BOX = gap("box")
MIDDLE = InterfaceTarget("eni-m", BOX)
TWINS = "10.9.0.0/24"
OUT = tcp("10.9.0.5", "8.8.8.8")


def _box(**more: Any) -> Any:
    values: dict[str, Any] = {"source_destination_check": False, **more}
    return eni("eni-m", "subnet-4", "10.1.4.5=198.51.100.4", "2600:b:0:4::5", vpc="vpc-b", **values)


def _interfaces(twin: Any = None, box: Any = None) -> tuple[Any, ...]:
    other = twin or eni("eni-3", "subnet-3", "10.9.0.5=198.51.100.3", vpc="vpc-b")
    return (eni("eni-1", "subnet-1", "10.9.0.5"), other, box or _box())


def _tables(*edge: Any, led_on: Any = TGW) -> tuple[Any, ...]:
    """Into vpc-b by tgw-1, by the box to the internet; what comes back is led as `edge` says."""
    everything = ("0.0.0.0/0", "::/0")
    return (
        table("rtb-a", *(route(where, TGW) for where in everything), main=True),
        table("rtb-b", *(route(where, MIDDLE) for where in everything), vpc_id="vpc-b", main=True),
        table("rtb-m", *(route(where, igw("igw-b")) for where in everything),
              route(TWINS, led_on), vpc_id="vpc-b", subnet_ids=("subnet-4",)),
        table("rtb-e", *edge, vpc_id="vpc-b", gateway_ids=("igw-b",)),
    )  # fmt: skip


def led(*edge: Any, twin: Any = None, box: Any = None, led_on: Any = TGW, **more: Any) -> Network:
    """10.9.0.5 in both VPCs, and a table behind the gateway of the one."""
    values: dict[str, Any] = {
        "interfaces": _interfaces(twin, box),
        "tables": (transit_table(to(TWINS, "at-a"), to("0.0.0.0/0", "at-b"), to("::/0", "at-b")),),
        "ends": (ENDS[0], attach("at-b", "vpc-b", "subnet-3", "subnet-4")),
        "route_tables": _tables(*(edge or (route(TWINS, MIDDLE),)), led_on=led_on),
        **more,
    }
    net = hub(**values)
    own = net.vpcs["vpc-a"]
    wider = replace(
        own,
        ipv4=(*own.ipv4, block("10.9.0.0/16")),
        ipv6=(*own.ipv6, Ipv6Block(block("2600:c::/56"))),
    )
    return replace(net, vpcs={**net.vpcs, "vpc-a": wider})


def test_the_answer_is_led_on_to_the_source() -> None:
    assert gets(led(), "eni-1", "internet", OUT)
    assert returns(led(), "eni-1", "internet", OUT)
    assert returns(led(), "eni-1", "igw-b", OUT)
    assert not returns(led(), "eni-1", "igw-a", OUT)


def test_the_answer_goes_to_whoever_has_the_address() -> None:
    """Without a way on to the source it ends at its twin, in spite of the same header."""
    plain = led(route("10.77.0.0/16", MIDDLE))
    assert gets(plain, "eni-1", "internet", OUT)
    assert not returns(plain, "eni-1", "internet", OUT)
    local = led(led_on=MIDDLE)
    assert gets(local, "eni-1", "internet", OUT)
    assert not returns(local, "eni-1", "internet", OUT)
    elsewhere = led(tables=(transit_table(to("0.0.0.0/0", "at-b")),))
    assert gets(elsewhere, "eni-1", "internet", OUT)
    assert not returns(elsewhere, "eni-1", "internet", OUT)


def test_the_owner_of_the_address_decides_about_block_public_access() -> None:
    for access, expected in (
        (PublicAccess.OPEN, True), (PublicAccess.EGRESS, True),
        (PublicAccess.NAT, False), (PublicAccess.CLOSED, False),
    ):  # fmt: skip
        subnets = tuple(
            replace(each, public_access=access) if each.id == "subnet-3" else each
            for each in SUBNETS
        )
        net = led(subnets=subnets)
        assert gets(net, "eni-1", "internet", OUT) is expected
        assert returns(net, "eni-1", "internet", OUT) is expected


def test_an_address_that_a_nat_gateway_has_is_not_led_on() -> None:
    taken = replace(nat_gateway().addresses[0], private=at("10.9.0.5"))
    gateway = nat_gateway("nat-b", "subnet-3", vpc_id="vpc-b", addresses=(taken,))
    net = led(twin=eni("eni-3", "subnet-3", "10.1.3.5", vpc="vpc-b"), nat_gateways=(gateway,))
    assert gets(net, "eni-1", "internet", OUT)
    assert not returns(net, "eni-1", "internet", OUT)


def test_what_a_host_sends_to_an_address_of_its_own_never_leaves_it() -> None:
    """ENI-6, where a host of another VPC has that address, too."""
    tables = (transit_table(to("0.0.0.0/0", "at-b"), to("::/0", "at-b")),)
    routes = (
        table("rtb-a", route("0.0.0.0/0", TGW), main=True),
        table("rtb-b", route(TWINS, LocalTarget()), main=True, vpc_id="vpc-b"),
    )
    for own in (("10.9.0.5",), ("10.9.0.5", "10.0.1.5"), ("10.0.1.5", "10.9.0.5")):
        senders = (
            eni("eni-1", "subnet-1", *own), eni("eni-2", "subnet-1", "10.0.1.6"),
            eni("eni-6", "subnet-1", "2600:a:0:1::6"),
            eni("eni-3", "subnet-3", "10.9.0.5", vpc="vpc-b"),
        )  # fmt: skip
        net = hub(interfaces=senders, tables=tables, route_tables=routes)
        assert gets(net, "eni-2", "eni-3", tcp("10.0.1.6", "10.9.0.5"))
        for source in own:
            assert not gets(net, "eni-1", "eni-3", tcp(source, "10.9.0.5"))
        for source in ("10.0.1.6", *own):
            assert not gets(net, "eni-1", "eni-3", tcp(source, "10.9.0.5"), spoofed=True)
        several = question(hosts("eni-1", "eni-2", "eni-6"), hosts("eni-3"))
        sent = Query(encode(net, several)).ask()
        assert isinstance(sent, Sat)
        assert sent.probe.source == InterfaceHost("eni-2")


def test_a_gateway_that_redirects_answers() -> None:
    redirecting = gap("redirecting")
    for redirects in (True, False):
        passages = {"vpc-b": (PassageGap(redirecting, redirects),)}
        net = led(route("10.77.0.0/16", MIDDLE), passages=passages)
        assert not gets(net, "eni-1", "internet", OUT)
        assert gets(net, "eni-1", "internet", OUT, opened=(redirecting,))
        found = returns(net, "eni-1", "internet", OUT, opened=(redirecting,))
        assert found is redirects


def test_an_open_exit_on_the_way_back_answers() -> None:
    other = gap("other")
    net = led(led_on=UnmodelledTarget("vpn-1", "vpn", other))
    assert not returns(net, "eni-1", "internet", OUT)
    assert returns(net, "eni-1", "internet", OUT, opened=(other,))


def _third(**more: Any) -> dict[str, Any]:
    """A host in vpc-a with a public address, beside the source."""
    tables = list(_tables(route(TWINS, MIDDLE)))
    tables.append(table("rtb-2", route("0.0.0.0/0", igw()), subnet_ids=("subnet-2",)))
    return {
        "interfaces": (*_interfaces(), eni("eni-2", "subnet-2", "10.0.2.5=198.51.100.2")),
        "route_tables": tuple(tables),
        **more,
    }


def test_a_hairpin_is_answered_likewise() -> None:
    packet = tcp("10.9.0.5", "198.51.100.2")
    net = led(**_third())
    assert gets(net, "eni-1", "eni-2", packet)
    assert returns(net, "eni-1", "eni-2", packet)
    tables = [each for each in net.route_tables.values() if each.id != "rtb-e"]
    plain = led(**_third(route_tables=tables))
    assert gets(plain, "eni-1", "eni-2", packet)
    assert not returns(plain, "eni-1", "eni-2", packet)


def test_a_nat_gateway_before_it_gets_the_answer() -> None:
    """The gateway of vpc-a sends from 10.9.0.9, which eni-3 of vpc-b has too."""
    inner = replace(nat_gateway().addresses[0], private=at("10.9.0.9"), public=None)
    twin = eni("eni-3", "subnet-3", "10.9.0.9=198.51.100.3", vpc="vpc-b")
    client = (eni("eni-1", "subnet-1", "10.0.1.5"), twin, _box())
    tables = [
        table("rtb-1", route("0.0.0.0/0", nat()), subnet_ids=("subnet-1",)),
        *_tables(route(TWINS, MIDDLE)),
    ]
    values: dict[str, Any] = {
        "interfaces": client,
        "nat_gateways": (nat_gateway(subnet="subnet-2", public=False, addresses=(inner,)),),
        "route_tables": tables,
    }
    out = tcp("10.0.1.5", "8.8.8.8")
    assert gets(led(**values), "eni-1", "internet", out)
    assert returns(led(**values), "eni-1", "internet", out)
    plain = led(**{**values, "route_tables": [each for each in tables if each.id != "rtb-e"]})
    assert gets(plain, "eni-1", "internet", out)
    assert not returns(plain, "eni-1", "internet", out)


SIX = tcp("2600:c::5", "2600:beef::1")


def _six(twin: Any, *edge: Any, **more: Any) -> Network:
    """The same with IPv6 addresses that two VPCs have."""
    parts: dict[str, Any] = {
        "interfaces": (eni("eni-1", "subnet-1", "2600:c::5"), twin, _box()),
        "tables": (transit_table(to("2600:c::/64", "at-a"), to("::/0", "at-b")),),
        **more,
    }
    tables = [
        replace(each, routes=(*each.routes, route("2600:c::/64", TGW)))
        if each.id == "rtb-m" else each
        for each in _tables(*(edge or (route("2600:c::/64", MIDDLE),)))
    ]  # fmt: skip
    return led(**{"route_tables": tables, **parts})


def test_ipv6_answers_need_somebody_who_has_the_address() -> None:
    twin = eni("eni-3", "subnet-3", "2600:c::5", vpc="vpc-b")
    nobody = eni("eni-3", "subnet-3", "2600:c::7", vpc="vpc-b")
    for other, expected in (
        (twin, True), (nobody, False), (replace(twin, attached=False), False),
        (replace(twin, deny_all_internet_gateway=True), False),
    ):  # fmt: skip
        net = _six(other)
        assert gets(net, "eni-1", "internet", SIX)
        assert returns(net, "eni-1", "internet", SIX) is expected


def test_an_answer_from_a_site_comes_back_in_by_the_sources_gateway() -> None:
    """It leaves by another VPC's gateway on its way; the door of that VPC does not matter."""
    tables = (transit_table(to("2600:beef::/32", "at-s"), to("::/0", "at-b")),)
    routes = (
        table("rtb-a", route("::/0", TGW), main=True),
        table("rtb-b", route("::/0", igw("igw-b")), vpc_id="vpc-b", main=True),
    )
    values: dict[str, Any] = {
        "ends": (*ENDS, site("at-s")), "tables": tables, "route_tables": routes,
    }  # fmt: skip
    net = hub(**values)
    out = tcp("2600:a:0:1::5", "2600:beef::1")
    assert gets(net, "eni-1", "at-s", out)
    assert returns(net, "eni-1", "at-s", out)
    shut = replace(net, internet_gateways={"igw-b": net.internet_gateways["igw-b"]})
    assert gets(shut, "eni-1", "at-s", out)
    assert not returns(shut, "eni-1", "at-s", out)
    private = tcp("2600:a:0:1::5", "fd00:beef::1")
    inner = (transit_table(to("fd00:beef::/32", "at-s"), to("::/0", "at-b")),)
    unfit = hub(**{**values, "tables": inner})
    assert gets(unfit, "eni-1", "at-s", private)
    assert not returns(unfit, "eni-1", "at-s", private)
    by_egress_only = hub(
        **{**values, "route_tables": (
            routes[0],
            table("rtb-b", route("::/0", EgressOnlyTarget("eigw-b")), vpc_id="vpc-b", main=True),
        )},
        egress_only_gateways=(EgressOnlyInternetGateway(id="eigw-b", vpc_id="vpc-b"),),
    )  # fmt: skip
    assert returns(by_egress_only, "eni-1", "at-s", out)

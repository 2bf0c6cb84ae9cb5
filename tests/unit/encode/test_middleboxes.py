"""Appliances, endpoints, firewalls and edge tables (MBX, VPCE, NFW, IGW-10 to IGW-12)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.unit.encode.hub import SUBNETS, subnet
from tests.unit.encode.small import (
    OPEN,
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
    icmp,
    igw,
    member,
    nat,
    nat_gateway,
    network,
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
from verifier.invariants.question import Mode, TrafficTerm
from verifier.model import (
    EgressOnlyInternetGateway,
    EgressOnlyTarget,
    EndpointKind,
    EndpointTarget,
    FirewallMatch,
    Instance,
    InterfaceTarget,
    InternetGateway,
    LocalTarget,
    Network,
    NetworkFirewall,
    PassageGap,
    PrefixListReference,
    PublicAccess,
    Route,
    StatefulAction,
    StatefulRule,
    StatelessAction,
    StatelessRule,
    UnmodelledTarget,
    VpcEndpoint,
    VpnGateway,
    VpnGatewayTarget,
)
from verifier.packet import PortRange
from verifier.solve import Query, Sat, Unsat
from verifier.trace import Choices

BOX = InterfaceTarget("eni-m", gap("m"))
TO = "10.0.2.0/24"
BACK = "10.0.1.0/24"


def boxed(target: Any = BOX, *more: Any, back: Any = None, **parts: Any) -> Network:
    """subnet-1 and subnet-2 see each other through something in subnet-5."""
    box = {"source_destination_check": False, "groups": ("sg-box",), **parts.pop("box", {})}
    values: dict[str, Any] = {
        "subnets": (*SUBNETS, subnet("subnet-5", "vpc-a", "10.0.5.0/24", "2600:a:0:5::/64")),
        "interfaces": (
            eni("eni-1", "subnet-1", "10.0.1.5", "2600:a:0:1::5"),
            eni("eni-2", "subnet-2", "10.0.2.5", "2600:a:0:2::5"),
            eni("eni-m", "subnet-5", "10.0.5.7", **box),
        ),
        "security_groups": (group("sg-open", *OPEN), group("sg-box", *OPEN)),
        "route_tables": (
            table("rtb-a", main=True),
            table("rtb-1", route(TO, target), *more, subnet_ids=("subnet-1",)),
            table("rtb-2", route(BACK, target if back is None else back),
                  subnet_ids=("subnet-2",)),
            table("rtb-b", main=True, vpc_id="vpc-b"),
        ),
        "peerings": (),
        **parts,
    }  # fmt: skip
    return network(**values)


FORTH = tcp("10.0.1.5", "10.0.2.5")


def there(net: Network, **more: Any) -> bool:
    return gets(net, "eni-1", "eni-2", FORTH, **more)


def exchange(net: Network, **more: Any) -> bool:
    return returns(net, "eni-1", "eni-2", FORTH, **more)


def test_an_appliance_hands_on_forth_and_back() -> None:
    assert there(boxed())
    assert exchange(boxed())
    assert not there(boxed(box={"source_destination_check": True}))
    assert not there(boxed(box={"attached": False}))
    stopped = boxed(box={"instance_id": "i-m"}, instances=(Instance(id="i-m", state="stopped"),))
    assert not there(stopped)
    unsure = boxed(box={"gap": gap("filter")})
    assert not there(unsure)
    assert there(unsure, opened=(gap("filter"),))


def test_its_groups_judge_what_is_new() -> None:
    def net(*rules: Any) -> Network:
        return boxed(security_groups=(group("sg-open", *OPEN), group("sg-box", *rules)))

    assert not there(net(rule(False)))
    assert not there(net(rule(True)))
    assert exchange(net(rule(False, "10.0.1.0/24"), rule(True, TO)))
    assert there(net(rule(False, member("sg-open")), rule(True, member("sg-open"))))
    lost = boxed(box={"groups": ("sg-gone",)}, missing={("security-group", "sg-gone"): gap("g")})
    assert not there(lost)
    assert there(lost, opened=(gap("g"),))
    none = boxed(box={"groups": ()})
    assert not there(none)


def test_references_are_lost_behind_it() -> None:
    shut = (group("sg-open", rule(True), rule(False, member("sg-open"))), group("sg-box", *OPEN))
    assert not there(boxed(security_groups=shut))


def test_lists_between_the_subnets() -> None:
    def net(*entries: Any) -> Network:
        return boxed(
            network_acls=(
                acl("acl-a", *OPEN_LIST, is_default=True),
                acl("acl-m", *entries, *OPEN_LIST, subnet_ids=("subnet-5",)),
            )
        )

    assert not there(net(entry(1, False, False, "10.0.1.0/24")))
    assert not there(net(entry(1, True, False, TO)))
    assert there(net(entry(1, False, False, TO)))
    assert not exchange(net(entry(1, False, False, TO)))
    # its own subnet's table leads back to it: a loop (MBX-7)
    own = boxed(
        interfaces=(
            eni("eni-1", "subnet-1", "10.0.1.5"),
            eni("eni-2", "subnet-2", "10.0.2.5"),
            eni("eni-m", "subnet-1", "10.0.1.7", source_destination_check=False,
                groups=("sg-box",)),
        ),
        network_acls=(
            acl("acl-a", *OPEN_LIST, is_default=True),
            acl("acl-1", entry(1, False, False, "10.0.1.5/32"), *OPEN_LIST,
                subnet_ids=("subnet-1",)),
        ),
    )  # fmt: skip
    assert not there(own)


def test_within_the_subnet_of_the_appliance_nothing_is_asked() -> None:
    shut = acl("acl-m", entry(1, False, True), entry(2, True, True, "10.0.1.0/24"),
               subnet_ids=("subnet-5",))  # fmt: skip
    net = boxed(
        InterfaceTarget("eni-m", gap("m")),
        route("10.0.5.0/24", BOX),
        interfaces=(
            eni("eni-1", "subnet-1", "10.0.1.5"),
            eni("eni-2", "subnet-5", "10.0.5.5"),
            eni(
                "eni-m", "subnet-5", "10.0.5.7", source_destination_check=False, groups=("sg-box",)
            ),
        ),
        network_acls=(acl("acl-a", *OPEN_LIST, is_default=True), shut),
    )
    assert gets(net, "eni-1", "eni-2", tcp("10.0.1.5", "10.0.5.5"))


def test_replies_that_take_another_way_are_a_gap() -> None:
    around = boxed(back=_local())
    assert there(around)
    assert not exchange(around)
    assert exchange(around, opened=(gap("m"),))
    surprised = boxed(_local(), back=BOX)
    assert there(surprised)
    assert not exchange(surprised)
    assert exchange(surprised, opened=(gap("m"),))


def _local() -> Any:
    return LocalTarget()


def test_what_else_an_appliance_may_do() -> None:
    only = (group("sg-open", rule(True), rule(False, member("sg-box"))), group("sg-box", *OPEN))
    net = boxed(security_groups=only)
    assert not there(net)
    assert there(net, opened=(gap("m"),))
    narrow = boxed(
        security_groups=(
            group("sg-open", rule(True), rule(False, "10.0.9.9/32")), group("sg-box", *OPEN),
        ),
        interfaces=(
            eni("eni-1", "subnet-1", "10.0.1.5"),
            eni("eni-2", "subnet-2", "10.0.2.5"),
            eni("eni-m", "subnet-5", "10.0.5.7", source_destination_check=False,
                groups=("sg-box",), instance_id="i-m"),
            eni("eni-n", "subnet-5", "10.0.9.9", instance_id="i-m"),
        ),
        instances=(Instance(id="i-m", state="running"),),
    )  # fmt: skip
    assert not there(narrow, opened=(gap("m"),))
    assert there(narrow, opened=(gap("m"),), choices=Choices(gap_source=at("10.0.9.9")))
    assert not there(narrow, opened=(gap("m"),), choices=Choices(gap_source=at("10.0.8.8")))


def test_loops_and_waypoints() -> None:
    net = boxed(route_tables=(
        table("rtb-a", route(TO, BOX), main=True),
        table("rtb-b", main=True, vpc_id="vpc-b"),
    ))  # fmt: skip
    assert not there(net)
    asked = question(
        hosts("eni-1"), hosts("eni-2"), avoiding=frozenset({"eni-m"}),
        traffic=(TrafficTerm(frozenset({4}), None),),
    )  # fmt: skip
    assert isinstance(Query(encode(boxed(), asked)).ask(), Unsat)
    other = replace(asked, avoiding=frozenset({"eni-x"}))
    assert isinstance(Query(encode(boxed(), other)).ask(), Sat)


INSPECT = VpcEndpoint(
    id="vpce-1", kind=EndpointKind.GATEWAY_LOAD_BALANCER, vpc_id="vpc-a", subnet_id="subnet-5",
    gap=gap("e"),
)  # fmt: skip
THROUGH = EndpointTarget("vpce-1")


def test_inspection_endpoints() -> None:
    net = boxed(THROUGH, vpc_endpoints=(INSPECT,))
    assert exchange(net)
    assert not there(boxed(THROUGH, vpc_endpoints=(replace(INSPECT, available=False),)))
    assert not there(boxed(THROUGH, vpc_endpoints=(replace(INSPECT, families=frozenset({6})),)))
    interface = replace(INSPECT, kind=EndpointKind.INTERFACE)
    assert not there(boxed(THROUGH, vpc_endpoints=(interface,)))
    gone = boxed(THROUGH, missing={("vpc-endpoint", "vpce-1"): gap("v")})
    assert not there(gone)
    assert there(gone, opened=(gap("v"),))
    around = boxed(THROUGH, vpc_endpoints=(INSPECT,), back=_local())
    assert not exchange(around)
    assert exchange(around, opened=(gap("e"),))
    surprised = boxed(_local(), vpc_endpoints=(INSPECT,), back=THROUGH)
    assert not exchange(surprised)
    assert exchange(surprised, opened=(gap("e"),))
    at_home = boxed(THROUGH, vpc_endpoints=(replace(INSPECT, subnet_id="subnet-2"),))
    assert not there(at_home)
    assert there(at_home, opened=(gap("e"),))


ANY = (block("0.0.0.0/0"),)
PORTS = (PortRange(0, 65535),)


def match(**more: Any) -> FirewallMatch:
    values: dict[str, Any] = {
        "sources": ANY, "destinations": ANY, "source_ports": PORTS, "destination_ports": PORTS,
    }  # fmt: skip
    return FirewallMatch(**{**values, **more})


def walled(**more: Any) -> Network:
    wall = NetworkFirewall(id="fw-1", endpoint_ids=("vpce-1",), **more)
    return boxed(THROUGH, vpc_endpoints=(INSPECT,), network_firewalls=(wall,))


def stateless(action: StatelessAction, priority: int = 1, **more: Any) -> StatelessRule:
    extra = {"gap": more.pop("gap", None)}
    return StatelessRule(
        group_priority=1, priority=priority, match=match(**more), action=action, **extra
    )


def stateful(action: StatefulAction, position: int = 1, **more: Any) -> StatefulRule:
    extra = {"gap": more.pop("gap", None), "both_ways": more.pop("both_ways", False)}
    return StatefulRule(
        group_priority=1, position=position, match=match(**more), action=action, **extra
    )


PASS, DROP = StatefulAction.PASS, StatefulAction.DROP
HTTPS = {"destination_ports": (PortRange(443, 443),), "protocols": frozenset({6})}


@pytest.mark.parametrize(
    ("policy", "forth", "back"),
    [
        ({}, True, True),
        ({"stateless_default": StatelessAction.DROP}, False, False),
        ({"stateful_default_drops": True}, False, False),
        ({"stateful": (stateful(PASS, **HTTPS),), "stateful_default_drops": True}, True, True),
        ({"stateful": (stateful(DROP), stateful(PASS, 2)), "strict_order": True}, False, False),
        ({"stateful": (stateful(DROP), stateful(PASS, 2))}, True, True),
        ({"stateless": (stateless(StatelessAction.PASS, **HTTPS),),
          "stateless_default": StatelessAction.DROP}, True, False),
        ({"stateless": (stateless(StatelessAction.PASS, **HTTPS),)}, True, False),
        ({"stateless": (stateless(StatelessAction.DROP, inverted=frozenset({"source"})),)},
         True, True),
        ({"stateful": (stateful(DROP, both_ways=True, sources=(block(TO),)),)}, False, False),
        ({"stateful": (stateful(DROP, source_ports=(PortRange(443, 443),)),)}, True, True),
        ({"stateful": (stateful(DROP, inverted=frozenset({"destination_ports"})),)}, True, True),
    ],
)  # fmt: skip
def test_firewalls(policy: dict[str, Any], forth: bool, back: bool) -> None:
    assert there(walled(**policy)) is forth
    assert exchange(walled(**policy)) is back


def test_gaps_of_firewalls() -> None:
    for policy in (
        {"gap": gap("fw")},
        {"stateless": (stateless(StatelessAction.DROP, gap=gap("fw")),)},
        {"stateful": (stateful(DROP, gap=gap("fw")),)},
    ):
        assert not there(walled(**policy))
        assert there(walled(**policy), opened=(gap("fw"),))


def test_egress_only_gateways_let_out_and_replies_in() -> None:
    out = tcp("2600:a:0:2::5", "2600:beef::1")
    tables = (
        table("rtb-a", route("::/0", EgressOnlyTarget("eigw-a")), main=True),
        table("rtb-b", route("::/0", igw("igw-b")), main=True, vpc_id="vpc-b"),
    )
    own = (EgressOnlyInternetGateway(id="eigw-a", vpc_id="vpc-a"),)
    net = network(route_tables=tables, egress_only_gateways=own)
    for door in ("any_", "internet", "eigw-a"):
        assert returns(net, "eni-2", door, out)
    assert not gets(net, "eni-2", "igw-a", out)
    assert returns(net, "eni-1", "eni-3", tcp("2600:a:0:1::5", "2600:b:0:3::5"))
    assert gets(net, "eni-3", "eni-1", tcp("2600:b:0:3::5", "2600:a:0:1::5"))
    assert not returns(net, "eni-3", "eni-1", tcp("2600:b:0:3::5", "2600:a:0:1::5"))
    assert not gets(network(route_tables=tables), "eni-2", "any_", out)
    gone = {("egress-only-internet-gateway", "eigw-a"): gap("eo")}
    assert gets(network(route_tables=tables, missing=gone), "eni-2", "any_", out,
                opened=(gap("eo"),))  # fmt: skip
    apart = (EgressOnlyInternetGateway(id="eigw-a"),)
    assert not gets(network(route_tables=tables, egress_only_gateways=apart), "eni-2", "any_", out)


def sited(*tables: Any, **more: Any) -> Network:
    private = VpnGateway(
        id="vgw-a", vpc_id="vpc-a", **{"prefixes": (block("172.16.0.0/16"),), **more}
    )
    return network(
        vpn_gateways=(private,), peerings=(),
        route_tables=(
            table("rtb-a", route("0.0.0.0/0", VpnGatewayTarget("vgw-a")), main=True),
            table("rtb-b", main=True, vpc_id="vpc-b"), *tables,
        ),
    )  # fmt: skip


def test_private_gateways() -> None:
    out, back = tcp("10.0.1.5", "172.16.9.9"), tcp("172.16.9.9", "10.0.1.5")
    net = sited()
    for door in ("any_", "vgw-a"):
        assert returns(net, "eni-1", door, out)
        assert returns(net, door, "eni-1", back)
    assert not gets(net, "internet", "eni-1", back)
    assert not gets(net, "eni-1", "any_", tcp("10.0.1.5", "172.20.9.9"))
    wide = sited(gap=gap("more"))
    assert gets(wide, "eni-1", "any_", tcp("10.0.1.5", "172.20.9.9"), opened=(gap("more"),))
    led = sited(prefixes=(block("10.0.0.0/8"),), beyond=gap("beyond"))
    there_ = tcp("10.0.1.5", "10.1.3.5")
    assert not gets(led, "eni-1", "eni-3", there_)
    assert not gets(led, "eni-1", "eni-3", there_, opened=(gap("beyond"),))
    joined = replace(led, peerings={"pcx-ab": peering()})
    assert gets(joined, "eni-1", "eni-3", there_, opened=(gap("beyond"),))
    edge = table("rtb-e", route("10.0.1.0/24", BOX), gateway_ids=("vgw-a",))
    box = eni("eni-m", "subnet-2", "10.0.2.7", source_destination_check=False)
    redirected = sited(edge)
    redirected = replace(redirected, interfaces={**redirected.interfaces, "eni-m": box})
    assert gets(redirected, "vgw-a", "eni-1", back)
    assert not returns(redirected, "vgw-a", "eni-1", back)
    assert returns(redirected, "vgw-a", "eni-1", back, opened=(gap("m"),))
    assert not returns(redirected, "eni-1", "vgw-a", out)


def test_gateway_endpoints() -> None:
    service = VpcEndpoint(id="vpce-s3", kind=EndpointKind.GATEWAY, vpc_id="vpc-a")
    net = network(
        vpc_endpoints=(service,), peerings=(),
        route_tables=(
            table("rtb-a", route("52.216.0.0/15", EndpointTarget("vpce-s3")), main=True),
            table("rtb-b", main=True, vpc_id="vpc-b"),
        ),
    )  # fmt: skip
    out = tcp("10.0.2.5", "52.216.1.1")
    assert returns(net, "eni-2", "vpce-s3", out)
    assert returns(net, "eni-2", "any_", out)
    assert not gets(net, "eni-2", "internet", out)
    assert gets(net, "eni-2", "any_", icmp("10.0.2.5", "52.216.1.1"))
    assert not gets(net, "eni-2", "any_", icmp("10.0.2.5", "52.216.1.1", 3))


def edged(target: Any = BOX, **more: Any) -> Network:
    """What comes in by igw-a for subnet-1 is led through something in subnet-2."""
    box = {"source_destination_check": False, **more.pop("box", {})}
    values: dict[str, Any] = {
        "peerings": (),
        "interfaces": (
            eni("eni-1", "subnet-1", "10.0.1.5=198.51.100.1", "2600:a:0:1::5"),
            eni("eni-m", "subnet-2", "10.0.2.7=198.51.100.7", **box),
            eni("eni-3", "subnet-3", "10.1.3.5=198.51.100.3", "2600:b:0:3::5", vpc="vpc-b"),
        ),
        "route_tables": (
            table("rtb-a", route("0.0.0.0/0", igw()), route("::/0", igw()), main=True),
            table("rtb-1", route("0.0.0.0/0", target), route("::/0", target),
                  subnet_ids=("subnet-1",)),
            table("rtb-e", route("10.0.1.0/24", target), route("2600:a:0:1::/64", target),
                  gateway_ids=("igw-a",)),
            table("rtb-b", route("0.0.0.0/0", igw("igw-b")), route("::/0", igw("igw-b")),
                  main=True, vpc_id="vpc-b"),
        ),
        **more,
    }  # fmt: skip
    return network(**values)


IN = tcp("8.8.8.8", "198.51.100.1")
OUT = tcp("10.0.1.5", "8.8.8.8")


def test_edge_tables_lead_what_comes_in() -> None:
    net = edged()
    assert returns(net, "internet", "eni-1", IN)
    assert returns(net, "eni-1", "internet", OUT)
    assert returns(net, "eni-1", "eni-3", tcp("10.0.1.5", "198.51.100.3"))
    assert returns(net, "eni-3", "eni-1", tcp("10.1.3.5", "198.51.100.1"))
    assert returns(net, "internet", "eni-1", tcp("2600:beef::1", "2600:a:0:1::5"))
    assert not gets(edged(box={"source_destination_check": True}), "internet", "eni-1", IN)
    nobody = edged(interfaces=(
        eni("eni-1", "subnet-1", "10.0.1.5=198.51.100.1"),
        eni("eni-m", "subnet-2", "10.0.2.7", source_destination_check=False),
    ))  # fmt: skip
    assert not gets(nobody, "internet", "eni-1", IN)
    dropped = edged(igw("igw-z"), missing={("internet-gateway", "igw-z"): gap("z")})
    assert not gets(dropped, "internet", "eni-1", IN, opened=(gap("z"),))


def test_what_leaves_must_have_passed_what_the_edge_table_leads_to() -> None:
    net = edged()
    direct = {**net.route_tables}
    del direct["rtb-1"]
    around = replace(net, route_tables=direct)
    assert gets(around, "internet", "eni-1", IN)
    assert not returns(around, "internet", "eni-1", IN)
    assert not gets(around, "eni-1", "internet", OUT)


@pytest.mark.parametrize(
    ("access", "inward", "outward"),
    [
        (PublicAccess.OPEN, True, True),
        (PublicAccess.EGRESS, False, True),
        (PublicAccess.NAT, False, False),
        (PublicAccess.CLOSED, False, False),
    ],
)
def test_block_public_access(access: PublicAccess, inward: bool, outward: bool) -> None:
    base = network()
    shielded = replace(base.subnets["subnet-1"], public_access=access)
    net = replace(base, subnets={**base.subnets, "subnet-1": shielded})
    assert returns(net, "internet", "eni-1", IN) is inward
    assert returns(net, "eni-1", "internet", OUT) is outward
    six = tcp("2600:a:0:1::5", "2600:beef::1")
    assert returns(net, "eni-1", "internet", six) is outward


def test_what_passed_a_box_goes_on_by_any_way() -> None:
    """Behind the box of subnet-5: a NAT gateway, an internet gateway, a neighbour."""

    def net(target: Any, **more: Any) -> Network:
        return boxed(
            BOX,
            route("0.0.0.0/0", BOX),
            nat_gateways=(nat_gateway(subnet="subnet-2"),),
            route_tables=(
                table("rtb-a", route("0.0.0.0/0", igw()), main=True),
                table("rtb-1", route("0.0.0.0/0", BOX), subnet_ids=("subnet-1",)),
                table("rtb-5", route("0.0.0.0/0", target), route("10.0.5.0/24", BOX),
                      subnet_ids=("subnet-5",)),
                table("rtb-2", route("0.0.0.0/0", igw()), route(BACK, BOX),
                      subnet_ids=("subnet-2",)),
                table("rtb-b", main=True, vpc_id="vpc-b"),
            ),
            **more,
        )  # fmt: skip

    assert returns(net(nat()), "eni-1", "internet", OUT)
    assert not gets(net(igw()), "eni-1", "internet", OUT)
    assert not gets(net(InterfaceTarget("eni-1", gap("d"))), "eni-1", "internet", OUT)


def test_a_nat_gateway_between_sites_and_hosts() -> None:
    """What comes from sites is led to the box, whose table leads to a NAT gateway (NAT-1)."""
    base = sited(
        table("rtb-e", route("10.0.1.0/24", BOX), gateway_ids=("vgw-a",)),
        table("rtb-2", route("10.0.1.0/24", nat()), route("0.0.0.0/0", VpnGatewayTarget("vgw-a")),
              subnet_ids=("subnet-2",)),
        table("rtb-5", route("0.0.0.0/0", VpnGatewayTarget("vgw-a")), subnet_ids=("subnet-5",)),
    )  # fmt: skip
    box = eni("eni-m", "subnet-2", "10.0.2.7", source_destination_check=False)
    far = subnet("subnet-5", "vpc-a", "10.0.5.0/24")
    address = replace(nat_gateway().addresses[0], private=at("10.0.5.9"))
    other = replace(address, private=at("10.0.5.8"))
    gateway = nat_gateway(subnet="subnet-5", addresses=(address, other))
    shut = group("sg-one", rule(False, "10.0.5.9/32"), rule(True))
    net = replace(
        base,
        interfaces={
            **base.interfaces,
            "eni-m": box,
            "eni-1": replace(base.interfaces["eni-1"], groups=("sg-one",)),
        },
        subnets={**base.subnets, "subnet-5": far},
        nat_gateways={"nat-a": gateway},
        security_groups={**base.security_groups, "sg-one": shut},
    )
    into = tcp("172.16.9.9", "10.0.1.5")
    assert gets(net, "vgw-a", "eni-1", into)
    assert gets(net, "vgw-a", "eni-1", into, choices=Choices(nat_address=at("10.0.9.9")))
    assert not gets(net, "vgw-a", "eni-1", into, choices=Choices(nat_address=at("10.0.5.8")))
    assert returns(net, "vgw-a", "eni-1", into, opened=(gap("m"),))
    assert not returns(net, "vgw-a", "eni-1", into)
    asked = question(hosts(vgw_a="172.16.9.9/32"), hosts("eni-1"))
    found = Query(encode(net, asked)).ask()
    assert isinstance(found, Sat)
    assert Query(encode(net, asked)).at(found.probe)


def test_edge_tables_and_unknown_lists() -> None:
    gone = Route(destination=PrefixListReference("pl-gone"), target=BOX)
    base = edged()
    edge = table("rtb-e", gone, route("10.0.1.0/24", LocalTarget()), gateway_ids=("igw-a",))
    plain = {**base.route_tables, "rtb-e": edge}
    del plain["rtb-1"]
    net = replace(base, route_tables=plain, missing={("prefix-list", "pl-gone"): gap("pl")})
    assert gets(net, "eni-1", "internet", OUT)
    assert gets(net, "eni-1", "internet", OUT, opened=(gap("pl"),))
    unknown = edged(UnmodelledTarget("x", "x-1", gap("x")))
    tables = {key: each for key, each in unknown.route_tables.items() if key != "rtb-1"}
    closed = replace(unknown, route_tables=tables)
    assert not gets(closed, "eni-1", "internet", OUT)
    assert gets(closed, "eni-1", "internet", OUT, opened=(gap("x"),))
    assert gets(closed, "internet", "eni-1", IN, opened=(gap("x"),))


def test_edge_tables_behind_a_redirecting_passage() -> None:
    net = replace(edged(), passages={"vpc-a": (PassageGap(gap("p"), True),)})
    assert not gets(net, "internet", "eni-1", IN)
    assert returns(net, "internet", "eni-1", IN, opened=(gap("p"),))
    other = Choices(gap_source=at("10.0.7.7"))
    assert gets(net, "internet", "eni-1", IN, opened=(gap("p"),), choices=other)


def test_a_nat_gateway_takes_back_only_what_the_edge_table_leaves_local() -> None:
    own = nat_gateway(subnet="subnet-2")
    gateway = replace(own, addresses=(replace(own.addresses[0], private=at("10.0.2.9")),))
    tables = (
        table("rtb-a", route("0.0.0.0/0", igw()), main=True),
        table("rtb-1", route("0.0.0.0/0", nat()), subnet_ids=("subnet-1",)),
        table("rtb-b", main=True, vpc_id="vpc-b"),
    )

    def net(prefix: str) -> Network:
        edge = table("rtb-e", route(prefix, BOX), gateway_ids=("igw-a",))
        return edged(nat_gateways=(gateway,), route_tables=(*tables, edge))

    assert returns(net("10.0.1.0/24"), "eni-1", "internet", OUT)
    assert not returns(net("10.0.2.9/32"), "eni-1", "internet", OUT)


def test_internet_gateways_are_waypoints() -> None:
    ipv4 = (TrafficTerm(frozenset({4}), None),)
    asked = question(
        hosts(internet="8.0.0.0/8"), hosts("eni-1"), avoiding=frozenset({"igw-a"}), traffic=ipv4
    )
    assert isinstance(Query(encode(network(), asked)).ask(), Unsat)
    assert Query(encode(network(), asked)).at(_probe(frozenset())) is False


def _probe(avoiding: frozenset[str]) -> Any:
    return replace(probe("internet", "eni-1", IN), avoiding=avoiding)


def test_edge_tables_lead_to_nothing_else() -> None:
    tables = {"rtb-e": table("rtb-e", route("10.0.1.0/24", nat()), gateway_ids=("igw-a",))}
    base = edged(nat_gateways=(nat_gateway(subnet="subnet-2"),))
    net = replace(base, route_tables={**base.route_tables, **tables})
    assert not gets(net, "internet", "eni-1", IN)
    assert gets(net, "internet", "eni-m", tcp("8.8.8.8", "198.51.100.7"))
    vpn = VpnGatewayTarget("vgw-z")
    gone = edged(vpn, missing={("vpn-gateway", "vgw-z"): gap("z")})
    assert not gets(gone, "internet", "eni-1", IN, opened=(gap("z"),))


def test_local_routes_of_edge_tables_deliver() -> None:
    base = edged(reference_gap=gap("refs"))
    second = eni("eni-2", "subnet-2", "10.0.2.5=198.51.100.2", "2600:a:0:2::5")
    net = replace(base, interfaces={**base.interfaces, "eni-2": second})
    into = tcp("2600:b:0:3::5", "2600:a:0:2::5")
    assert returns(net, "eni-3", "eni-2", into)
    assert returns(net, "eni-3", "eni-2", into, opened=(gap("refs"),))
    assert returns(net, "internet", "eni-2", tcp("8.8.8.8", "198.51.100.2"))


def test_an_ipv6_packet_comes_to_a_box_once() -> None:
    """eni-2 of subnet-3 leaves through the box of its VPC and would come in by it again."""
    base = edged()
    second = eni("eni-2", "subnet-2", "10.0.2.5", "2600:a:0:2::5")
    tables = {
        **base.route_tables,
        "rtb-1": table("rtb-1", route("2600:a:0:2::/64", igw()), route("::/0", BOX),
                       subnet_ids=("subnet-1",)),
        "rtb-2": table("rtb-2", route("2600:a:0:1::/64", BOX), route("2600:a::/56", igw()),
                       route("::/0", igw()), subnet_ids=("subnet-2",)),
    }  # fmt: skip
    net = replace(base, interfaces={**base.interfaces, "eni-2": second}, route_tables=tables)
    assert not gets(net, "eni-2", "eni-1", tcp("2600:a:0:2::5", "2600:a:0:1::5"))


def test_what_cannot_leave_by_an_egress_only_gateway() -> None:
    tables = (
        table("rtb-a", route("::/0", EgressOnlyTarget("eigw-a")), main=True),
        table("rtb-b", main=True, vpc_id="vpc-b"),
    )
    own = (EgressOnlyInternetGateway(id="eigw-a", vpc_id="vpc-a"),)
    private = (eni("eni-1", "subnet-1", "10.0.1.5", "fd01:0:0:1::5"),)
    net = network(route_tables=tables, egress_only_gateways=own, interfaces=private)
    assert not gets(net, "eni-1", "any_", tcp("fd01:0:0:1::5", "2600:beef::1"))


def test_ipv6_behind_a_box_meets_a_nat_gateway() -> None:
    six = tcp("2600:a:0:1::5", "64:ff9b::808:808")
    net = boxed(
        nat_gateways=(nat_gateway(subnet="subnet-2"),),
        route_tables=(
            table("rtb-a", main=True),
            table("rtb-1", route("::/0", BOX), subnet_ids=("subnet-1",)),
            table("rtb-2", route("0.0.0.0/0", igw()), route("2600:a:0:1::/64", BOX),
                  subnet_ids=("subnet-2",)),
            table("rtb-5", route("::/0", nat()), route("10.0.5.0/24", BOX),
                  subnet_ids=("subnet-5",)),
            table("rtb-b", main=True, vpc_id="vpc-b"),
        ),
    )  # fmt: skip
    assert returns(net, "eni-1", "internet", six)
    assert not gets(net, "eni-1", "internet", tcp("2600:a:0:1::5", "2600:beef::1"))


def test_a_gateway_endpoint_answers_by_the_router_and_to_a_nat_gateway() -> None:
    service = VpcEndpoint(id="vpce-s3", kind=EndpointKind.GATEWAY, vpc_id="vpc-a")
    to_service = route("52.216.0.0/15", EndpointTarget("vpce-s3"))
    net = network(
        vpc_endpoints=(service,), peerings=(), nat_gateways=(nat_gateway(),),
        interfaces=(
            eni("eni-1", "subnet-1", "10.0.1.5"),
            eni("eni-2", "subnet-2", "10.0.2.5"),
            eni("eni-3", "subnet-3", "10.1.3.5", vpc="vpc-b"),
        ),
        route_tables=(
            table("rtb-a", to_service, main=True),
            table("rtb-2", route("0.0.0.0/0", nat()), subnet_ids=("subnet-2",)),
            table("rtb-b", main=True, vpc_id="vpc-b"),
        ),
    )  # fmt: skip
    assert returns(net, "eni-2", "any_", tcp("10.0.2.5", "52.216.1.1"))
    both = question(hosts("eni-1", "eni-3"), hosts(any_="52.216.1.1/32"), mode=Mode.CONNECTION)
    assert isinstance(Query(encode(net, both)).ask(), Sat)
    forged = replace(both, spoofed=True)
    assert isinstance(Query(encode(net, forged)).ask(), Sat)


def test_a_gateway_of_two_vpcs() -> None:
    shared = (InternetGateway(id="igw-a", vpc_ids=("vpc-a", "vpc-b")),)
    tables = (
        table("rtb-a", route("0.0.0.0/0", igw()), main=True),
        table("rtb-b", route("0.0.0.0/0", igw()), main=True, vpc_id="vpc-b"),
    )
    net = network(internet_gateways=shared, route_tables=tables)
    assert returns(net, "eni-1", "internet", OUT)
    assert returns(net, "eni-3", "internet", tcp("10.1.3.5", "8.8.8.8"))


def test_a_second_private_gateway_that_is_attached_to_nothing() -> None:
    net = sited()
    idle = replace(net.vpn_gateways["vgw-a"], id="vgw-b", vpc_id=None)
    both = replace(net, vpn_gateways={**net.vpn_gateways, "vgw-b": idle})
    assert not gets(both, "vgw-b", "eni-1", tcp("172.16.9.9", "10.0.1.5"))


def test_a_nat_gateway_without_a_subnet_takes_nothing() -> None:
    tables = (
        table("rtb-a", route("0.0.0.0/0", nat()), main=True),
        table("rtb-b", main=True, vpc_id="vpc-b"),
    )
    lost = (nat_gateway(subnet="subnet-gone"),)
    assert not gets(network(nat_gateways=lost, route_tables=tables), "eni-2", "any_",
                    tcp("10.0.2.5", "8.8.8.8"))  # fmt: skip


def test_an_ipv6_appliance_may_send_from_its_own_address() -> None:
    net = boxed(
        security_groups=(
            group("sg-open", rule(True), rule(True, "::/0"), rule(False, "fd99::7/128")),
            group("sg-box", *OPEN),
        ),
        interfaces=(
            eni("eni-1", "subnet-1", "2600:a:0:1::5"),
            eni("eni-2", "subnet-2", "2600:a:0:2::5"),
            eni("eni-m", "subnet-5", "fd99::7", source_destination_check=False,
                groups=("sg-box",)),
        ),
        route_tables=(
            table("rtb-a", main=True),
            table("rtb-1", route("2600:a:0:2::/64", BOX), subnet_ids=("subnet-1",)),
            table("rtb-b", main=True, vpc_id="vpc-b"),
        ),
    )  # fmt: skip
    packet = tcp("2600:a:0:1::5", "2600:a:0:2::5")
    own = Choices(gap_source=at("fd99::7"))
    assert not gets(net, "eni-1", "eni-2", packet, opened=(gap("m"),))
    assert gets(net, "eni-1", "eni-2", packet, opened=(gap("m"),), choices=own)


def test_entries_of_protocols_that_nobody_asks_for_say_nothing() -> None:
    lists = (
        acl("acl-a", entry(1, True, False, protocol=17, ports=PortRange(0, 65535)), *OPEN_LIST,
            is_default=True),
        acl("acl-b", *OPEN_LIST, is_default=True, vpc_id="vpc-b"),
    )  # fmt: skip
    tcp_only = (TrafficTerm(frozenset({4}), 6),)
    assert there(boxed(network_acls=lists), traffic=tcp_only)


def test_ipv6_from_sites_and_replies_by_a_box_twice() -> None:
    """The packet passes the box before the internet gateway and is led to it again."""
    base = edged()
    tables = {
        **base.route_tables,
        "rtb-1": table("rtb-1", route("2600:a:0:2::/64", BOX), route("::/0", BOX),
                       subnet_ids=("subnet-1",)),
        "rtb-a": table("rtb-a", route("::/0", igw()), route("2600:a:0:2::/64", igw()), main=True),
        "rtb-e": table("rtb-e", route("2600:a:0:1::/64", BOX), route("2600:a:0:2::/64", BOX),
                       gateway_ids=("igw-a",)),
    }  # fmt: skip
    second = eni("eni-2", "subnet-4", "10.0.2.5", "2600:a:0:2::5")
    more = subnet("subnet-4", "vpc-a", "10.0.4.0/24")
    box = replace(base.interfaces["eni-m"], subnet_id="subnet-6")
    apart = subnet("subnet-6", "vpc-a", "10.0.6.0/24")
    net = replace(
        base,
        interfaces={**base.interfaces, "eni-2": second, "eni-m": box},
        subnets={**base.subnets, "subnet-4": more, "subnet-6": apart},
        route_tables=tables,
    )
    assert not gets(net, "eni-1", "eni-2", tcp("2600:a:0:1::5", "2600:a:0:2::5"))


def test_a_nat_gateway_of_another_vpc_comes_in_by_the_box() -> None:
    far = replace(nat_gateway().addresses[0], private=at("10.1.3.9"))
    gateway = nat_gateway("nat-b", "subnet-3", vpc_id="vpc-b", addresses=(far,))
    base = edged(nat_gateways=(gateway,))
    behind = eni("eni-4", "subnet-4", "10.1.4.5", vpc="vpc-b")
    tables = {
        **base.route_tables,
        "rtb-4": table("rtb-4", route("0.0.0.0/0", nat("nat-b")), subnet_ids=("subnet-4",),
                       vpc_id="vpc-b"),
    }  # fmt: skip
    net = replace(
        base,
        interfaces={**base.interfaces, "eni-4": behind},
        subnets={**base.subnets, "subnet-4": subnet("subnet-4", "vpc-b", "10.1.4.0/24")},
        route_tables=tables,
    )
    assert returns(net, "eni-4", "eni-1", tcp("10.1.4.5", "198.51.100.1"))


def test_a_box_that_leads_to_two_nat_gateways() -> None:
    base = sited(
        table("rtb-e", route("10.0.1.0/24", BOX), route("10.0.7.0/24", BOX),
              gateway_ids=("vgw-a",)),
        table("rtb-2", route("10.0.1.0/24", nat()), route("10.0.7.0/24", nat("nat-c")),
              subnet_ids=("subnet-2",)),
    )  # fmt: skip
    box = eni("eni-m", "subnet-2", "10.0.2.7", source_destination_check=False)
    one = replace(nat_gateway().addresses[0], private=at("10.0.5.9"))
    other = replace(one, private=at("10.0.5.8"))
    net = replace(
        base,
        interfaces={
            **base.interfaces, "eni-m": box, "eni-7": eni("eni-7", "subnet-7", "10.0.7.5"),
        },
        subnets={
            **base.subnets,
            "subnet-5": subnet("subnet-5", "vpc-a", "10.0.5.0/24"),
            "subnet-7": subnet("subnet-7", "vpc-a", "10.0.7.0/24"),
        },
        nat_gateways={
            "nat-a": nat_gateway(subnet="subnet-5", addresses=(one,)),
            "nat-c": nat_gateway("nat-c", "subnet-5", addresses=(other,)),
        },
    )  # fmt: skip
    asked = question(hosts(vgw_a="172.16.9.9/32"), hosts("eni-1", "eni-7"))
    for name, address in (("eni-1", "10.0.1.5"), ("eni-7", "10.0.7.5")):
        assert Query(encode(net, asked)).at(probe("vgw-a", name, tcp("172.16.9.9", address)))


def test_what_an_edge_table_leads_to_a_dead_end_does_not_leave() -> None:
    dead = edged(box={"source_destination_check": True})
    tables = {key: each for key, each in dead.route_tables.items() if key != "rtb-1"}
    net = replace(dead, route_tables=tables)
    assert not gets(net, "eni-1", "internet", OUT)
    assert gets(net, "eni-m", "internet", tcp("10.0.2.7", "8.8.8.8"))

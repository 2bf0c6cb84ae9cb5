"""EC2 Instance Connect Endpoints, by hand (EICE-1 to EICE-6; ENI-4, SG-10, ASK-2, ASK-7)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.unit.encode.small import (
    OPEN,
    V4,
    V6,
    block,
    eni,
    entry,
    gap,
    gets,
    group,
    hosts,
    member,
    nat_gateway,
    network,
    pcx,
    peered,
    probe,
    question,
    raw,
    returns,
    route,
    rule,
    table,
    tcp,
)
from tests.unit.encode.test_questions import allows
from verifier.encode import encode
from verifier.invariants.question import AddressPolicy, EndpointSet, Goal, Mode, Names
from verifier.model import (
    Gap,
    InstanceConnectEndpoint,
    InterfaceKind,
    Network,
    NetworkAcl,
    Subnet,
    UnmodelledTarget,
)
from verifier.packet import AddressSet, Packet, PortRange
from verifier.solve import Query, Sat, Unsat
from verifier.trace import InterfaceHost

GAP = gap("eice")
KIND = InterfaceKind.INSTANCE_CONNECT_ENDPOINT
USER, MAPPED = "203.0.113.7", "198.51.100.3"


def made(keeps: bool | None, *more: Any, endpoint: Any = None, **parts: Any) -> Network:
    """The small network, with the endpoint `eni-e` beside `eni-1`."""
    known = InstanceConnectEndpoint(
        id="eice-1", interface_id="eni-e", keeps_clients=keeps, gap=None if keeps is False else GAP
    )
    interfaces = (
        endpoint or eni("eni-e", "subnet-1", "10.0.1.20", "2600:a:0:1::20", kind=KIND),
        eni("eni-1", "subnet-1", "10.0.1.5=198.51.100.1", "2600:a:0:1::5"),
        eni("eni-2", "subnet-2", "10.0.2.5", "2600:a:0:2::5"),
        eni("eni-3", "subnet-3", "10.1.3.5=198.51.100.3", "2600:b:0:3::5", vpc="vpc-b"),
        *more,
    )
    values = {"route_tables": peered(), **parts}
    return network(
        interfaces=interfaces, instance_connect_endpoints={"eni-e": known}, **values
    )  # fmt: skip


OWN, KEEPS, UNKNOWN = made(False), made(True), made(None)


def sent(
    net: Network, packet: Packet, to: str = "eni-2", *, opened: tuple[Gap, ...] = (), **more: Any
) -> bool:
    """Does what the endpoint is said to send get there? Never, if it is not asked whether."""
    names = Names(True, AddressSet.of(packet.source))
    asked = question(EndpointSet({"eni-e": names}), hosts(to), **more)
    found = [
        Query(encode(net, replace(asked, goal=goal), frozenset(opened))).at(
            probe("eni-e", to, packet)
        )
        for goal in (Goal.DELIVERED, Goal.FAILING)
    ]
    assert found != [True, True]
    return found[0]


def answered(net: Network, packet: Packet, to: str = "eni-2", **more: Any) -> bool:
    """The same in connection mode."""
    return sent(net, packet, to, mode=Mode.CONNECTION, **more)


def ssh(source: str, destination: str = "10.0.2.5", port: int = 22) -> Packet:
    return tcp(source, destination, port)


# --- EICE-1, ENI-4, ENI-7 ---


def test_nothing_is_taken() -> None:
    for net in (OWN, KEEPS, UNKNOWN):
        for source, address in (("eni-1", "10.0.1.5"), ("eni-2", "10.0.2.5")):
            packet = tcp(address, "10.0.1.20", 22)
            assert not gets(net, source, "eni-e", packet, opened=(GAP,))


# --- EICE-2 ---


@pytest.mark.parametrize(("port", "expected"), [(22, True), (3389, True), (23, False), (0, False)])
def test_two_ports(port: int, expected: bool) -> None:
    assert sent(OWN, ssh("10.0.1.20", port=port)) is expected
    assert sent(OWN, ssh("2600:a:0:1::20", "2600:a:0:2::5", port)) is expected
    assert sent(KEEPS, ssh(USER, port=port)) is expected
    assert sent(OWN, ssh("10.0.1.20", "10.0.1.5", port), "eni-1") is expected


def test_tcp_alone() -> None:
    assert not sent(OWN, replace(ssh("10.0.1.20"), protocol=17))
    assert not sent(OWN, raw("10.0.1.20", "10.0.2.5", 47))


def test_no_public_destination() -> None:
    interfaces = hosts("eni-e")
    for net in (OWN, KEEPS, UNKNOWN):
        source = "10.0.1.20" if net is OWN else USER
        assert not sent(net, ssh(source, "198.51.100.3"), "eni-3", opened=(GAP,))
        asked = question(interfaces, hosts(internet="0.0.0.0/0 2000::/3"))
        assert isinstance(Query(encode(net, asked, frozenset({GAP}))).ask(), Unsat)


def test_a_public_address_of_a_nat_gateway_is_mapped_too() -> None:
    translating = (nat_gateway(),)
    vpc = replace(OWN.vpcs["vpc-a"], ipv4=(block("10.0.0.0/16"), block("198.51.100.0/24")))
    for gateways, expected in (((), True), (translating, False)):
        base = made(
            True, eni("eni-4", "subnet-2", "198.51.100.9"), nat_gateways=gateways,
            route_tables=(table("rtb-a", main=True),),
        )  # fmt: skip
        net = replace(base, vpcs={**base.vpcs, "vpc-a": vpc})
        assert sent(net, ssh("203.0.113.9", "198.51.100.9"), "eni-4") is expected


def test_its_rules_lists_and_routes_judge() -> None:
    shut = made(False, endpoint=eni(
        "eni-e", "subnet-1", "10.0.1.20", kind=KIND, groups=("sg-out",)),
        security_groups=(group("sg-open", *OPEN), group("sg-out", rule(True, "10.1.0.0/16"))),
    )  # fmt: skip
    assert not sent(shut, ssh("10.0.1.20"))
    assert not sent(shut, ssh("10.0.1.20", "10.0.1.5"), "eni-1")
    assert sent(shut, ssh("10.0.1.20", "10.1.3.5"), "eni-3")
    listed = NetworkAcl(id="acl-a", vpc_id="vpc-a", is_default=True, entries=(
        entry(10, True, False, "10.0.2.0/24"), entry(20, True, True), entry(20, False, True),
    ))  # fmt: skip
    assert not sent(made(False, network_acls=(listed,)), ssh("10.0.1.20"))
    assert sent(made(False, network_acls=(listed,)), ssh("10.0.1.20", "10.0.1.5"), "eni-1")


def test_a_detached_endpoint_sends_nothing() -> None:
    gone = eni("eni-e", "subnet-1", "10.0.1.20", kind=KIND, attached=False)
    assert not sent(made(False, endpoint=gone), ssh("10.0.1.20"))


# --- EICE-3 ---


def test_from_its_own_address() -> None:
    assert sent(OWN, ssh("10.0.1.20"))
    assert sent(OWN, ssh("10.0.1.20", "10.1.3.5"), "eni-3")
    assert answered(OWN, ssh("10.0.1.20"), "eni-2")
    assert answered(OWN, ssh("2600:a:0:1::20", "2600:b:0:3::5"), "eni-3")
    for source in (USER, MAPPED, "10.0.1.5", "192.168.0.1"):
        assert not sent(OWN, ssh(source))


@pytest.mark.parametrize("spoofed", [False, True])
def test_the_check_changes_nothing(spoofed: bool) -> None:
    loose = eni("eni-e", "subnet-1", "10.0.1.20", kind=KIND, source_destination_check=False)
    net = made(False, endpoint=loose)
    assert sent(net, ssh("10.0.1.20"), spoofed=spoofed)
    assert not sent(net, ssh("10.0.1.5"), spoofed=spoofed)
    kept = made(True, endpoint=loose)
    assert not sent(kept, ssh("10.0.1.20"), opened=(GAP,), spoofed=spoofed)
    assert sent(kept, ssh(USER), spoofed=spoofed)


def test_the_reply_is_routed_as_any() -> None:
    one_way = (table("rtb-a", route("10.1.0.0/16", pcx()), main=True),
               table("rtb-b", main=True, vpc_id="vpc-b"))  # fmt: skip
    net = made(False, route_tables=one_way)
    assert sent(net, ssh("10.0.1.20", "10.1.3.5"), "eni-3")
    assert not answered(net, ssh("10.0.1.20", "10.1.3.5"), "eni-3")


# --- EICE-4 ---


@pytest.mark.parametrize("spoofed", [False, True])
def test_from_users_addresses(spoofed: bool) -> None:
    for source, closed in (
        (USER, True), ("198.51.100.1", True), (MAPPED, True), ("192.168.0.1", False),
        ("10.0.1.5", False), ("10.0.2.5", False), ("224.0.0.1", False), ("2600:f::1", False),
        ("2600:a:0:1::5", False), ("fd00::1", False),
    ):  # fmt: skip
        packet = ssh(source, "2600:a:0:2::5" if ":" in source else "10.0.2.5")
        assert sent(KEEPS, packet, spoofed=spoofed) is closed
        assert sent(KEEPS, packet, opened=(GAP,), spoofed=spoofed)
    for own, to in (("10.0.1.20", "10.0.2.5"), ("2600:a:0:1::20", "2600:a:0:2::5")):
        assert not sent(KEEPS, ssh(own, to), opened=(GAP,), spoofed=spoofed)


def test_into_its_own_vpc_alone() -> None:
    for source, to in ((USER, "10.1.3.5"), ("2600:f::1", "2600:b:0:3::5")):
        assert not sent(KEEPS, ssh(source, to), "eni-3", opened=(GAP,))
        assert not sent(UNKNOWN, ssh(source, to), "eni-3", opened=(GAP,))


def test_a_neighbour_is_reached_without_a_list() -> None:
    closed = NetworkAcl(id="acl-a", vpc_id="vpc-a", is_default=True)
    net = made(True, network_acls=(closed,))
    assert sent(net, ssh(USER, "10.0.1.5"), "eni-1")
    assert not sent(net, ssh(USER))


def test_the_lists_see_the_user() -> None:
    listed = NetworkAcl(id="acl-a", vpc_id="vpc-a", is_default=True, entries=(
        entry(10, True, True), entry(10, False, False, "203.0.113.0/24"), entry(20, False, True),
    ))  # fmt: skip
    net = made(True, network_acls=(listed,))
    assert not sent(net, ssh(USER))
    assert sent(net, ssh("8.8.8.8"))


def test_two_endpoints_are_told_apart_by_their_number() -> None:
    """Both send from one user's address: the packets' sources say nothing."""
    other = eni("eni-f", "subnet-1", "10.0.1.21", kind=KIND)
    net = replace(made(True, other), instance_connect_endpoints={
        id_: InstanceConnectEndpoint(id=id_, interface_id=id_, keeps_clients=True, gap=GAP)
        for id_ in ("eni-e", "eni-f")
    })  # fmt: skip
    query = Query(encode(net, question(hosts("eni-e", "eni-f"), hosts("eni-2"))))
    found = set()
    while isinstance(answer := query.ask(), Sat):
        assert query.at(answer.probe)
        found.add(answer.probe.source)
        query.block(answer.source_class, (answer.destination_class,))
    assert found == {InterfaceHost("eni-e"), InterfaceHost("eni-f")}


def test_what_it_sends_from_another_hosts_address_may_reach_that_host() -> None:
    """It is another host, whatever the address (ENI-6)."""
    packet = ssh("10.0.2.5")
    asked = question(hosts("eni-e", "eni-2"), hosts("eni-e", "eni-2"))
    assert Query(encode(KEEPS, asked, frozenset({GAP}))).at(probe("eni-e", "eni-2", packet))
    assert not allows(asked, probe("eni-2", "eni-2", packet), KEEPS)
    assert allows(asked, probe("eni-e", "eni-2", packet), KEEPS)
    for net in (OWN, KEEPS):
        for source in ("10.0.1.20", USER):
            assert not allows(asked, probe("eni-e", "eni-e", ssh(source, "10.0.1.20")), net)


def test_a_nat64_name_of_its_own_is_its_own() -> None:
    named = replace(hosts("eni-e", "eni-2"), nat64=True)
    net = made(True, nat_gateways=(nat_gateway(),))
    asked = question(hosts("eni-e", "eni-2"), named)
    assert not allows(asked, probe("eni-e", "eni-e", ssh("2600:f::1", "64:ff9b::a00:114")), net)
    assert allows(asked, probe("eni-e", "eni-2", ssh("2600:f::1", "64:ff9b::a00:205")), net)
    assert not allows(asked, probe("eni-2", "eni-2", ssh("2600:a:0:2::5", "64:ff9b::a00:205")), net)


def test_a_nat64_name_is_asked_for_where_nothing_translates() -> None:
    asked = question(hosts("eni-1"), replace(hosts("eni-2"), nat64=True))
    assert allows(asked, probe("eni-1", "eni-2", ssh("2600:a:0:1::5", "64:ff9b::a00:205")), OWN)


# --- beyond the router: what others make of a user's address ---


def test_peering_takes_nothing_from_a_user() -> None:
    """PCX-6: a subnet's block in the VPC's own range that a route leads over the connection."""
    inner = (table("rtb-a", route("10.0.9.0/24", pcx()), main=True),
             table("rtb-b", route("10.0.0.0/16", pcx()), main=True, vpc_id="vpc-b"))  # fmt: skip
    vpc_b = replace(KEEPS.vpcs["vpc-b"], ipv4=(block("10.1.0.0/16"), block("10.0.9.0/24")))
    far = Subnet(id="subnet-9", vpc_id="vpc-b", prefixes=(block("10.0.9.0/24"),))
    base = made(True, eni("eni-9", "subnet-9", "10.0.9.5", vpc="vpc-b"), route_tables=inner)
    net = replace(
        base, vpcs={**base.vpcs, "vpc-b": vpc_b}, subnets={**base.subnets, "subnet-9": far}
    )
    assert gets(net, "eni-2", "eni-9", ssh("10.0.2.5", "10.0.9.5"))
    assert not sent(net, ssh(USER, "10.0.9.5"), "eni-9", opened=(GAP,))
    assert sent(net, ssh("10.0.1.77", "10.0.9.5"), "eni-9", opened=(GAP,))


def test_references_match_whoever_the_user_is() -> None:
    groups = (
        group("sg-open", *OPEN),
        group("sg-e", *OPEN),
        group("sg-in", rule(False, member("sg-e"))),
    )
    referring = eni("eni-4", "subnet-2", "10.0.2.8", "2600:a:0:2::8", groups=("sg-in",))
    near = eni("eni-6", "subnet-1", "10.0.1.8", groups=("sg-in",))
    endpoint = eni("eni-e", "subnet-1", "10.0.1.20", "2600:a:0:1::20", kind=KIND, groups=("sg-e",))
    for keeps, source in ((False, "10.0.1.20"), (True, USER), (None, USER), (None, "10.0.1.20")):
        net = made(keeps, referring, near, endpoint=endpoint, security_groups=groups)
        assert sent(net, ssh(source, "10.0.2.8"), "eni-4", opened=(GAP,))
        assert sent(net, ssh(source, "10.0.1.8"), "eni-6", opened=(GAP,))
    other = replace(endpoint, groups=("sg-open",))
    net = made(True, referring, endpoint=other, security_groups=groups)
    assert not sent(net, ssh(USER, "10.0.2.8"), "eni-4", opened=(GAP,))


def test_rules_of_the_receiver_see_the_user() -> None:
    groups = (group("sg-open", *OPEN), group("sg-in", rule(False, "203.0.113.0/24")))
    net = made(
        True, eni("eni-4", "subnet-2", "10.0.2.8", groups=("sg-in",)), security_groups=groups
    )
    assert sent(net, ssh(USER, "10.0.2.8"), "eni-4")
    assert not sent(net, ssh("8.8.8.8", "10.0.2.8"), "eni-4")


# --- EICE-5 ---


@pytest.mark.parametrize("spoofed", [False, True])
def test_replies_to_users(spoofed: bool) -> None:
    for net in (KEEPS, UNKNOWN):
        opened: tuple[Any, ...] = (GAP,)
        assert answered(net, ssh(USER), "eni-2", opened=opened, spoofed=spoofed)
        assert not answered(net, ssh(USER), "eni-2", spoofed=spoofed)
    near = ssh(USER, "10.0.1.5")
    assert answered(KEEPS, near, "eni-1", opened=(GAP,), spoofed=spoofed)
    assert not answered(KEEPS, near, "eni-1", spoofed=spoofed)


def test_a_user_with_the_endpoints_neighbours_address_gets_no_reply_either() -> None:
    """`eni-1`, whose address it is, is not who asked; and nothing on the way back is looked at."""
    closed = NetworkAcl(id="acl-a", vpc_id="vpc-a", is_default=True, entries=(
        entry(10, True, True, ports=PortRange(22, 22), protocol=6), entry(10, False, True),
    ))  # fmt: skip
    from_mapped = ssh("198.51.100.1")
    assert not answered(KEEPS, from_mapped, "eni-2")
    net = made(True, network_acls=(closed,))
    assert answered(net, from_mapped, "eni-2", opened=(GAP,))
    assert not returns(net, "eni-1", "eni-2", ssh("10.0.1.5"), opened=(GAP,))


def test_no_other_gap_answers_a_user() -> None:
    """What an open exit delivered has its reply by GAP-13; a user's has not (EICE-5)."""
    exit_ = gap("exit")
    tables = (
        table("rtb-a", route("10.0.2.0/24", UnmodelledTarget("vpn-1", "vpn", exit_)), main=True),
    )
    parts = {"route_tables": tables}
    assert answered(made(False, **parts), ssh("10.0.1.20"), "eni-2", opened=(exit_,))
    net = made(True, **parts)
    assert sent(net, ssh(USER), opened=(exit_,))
    assert not answered(net, ssh(USER), "eni-2", opened=(exit_,))
    assert answered(net, ssh(USER), "eni-2", opened=(exit_, GAP))


# --- EICE-6 ---


def test_what_is_not_known_is_behind_the_gap() -> None:
    for source in (USER, "10.0.1.20", "10.0.1.5", "192.168.0.1"):
        assert not sent(UNKNOWN, ssh(source))
        assert sent(UNKNOWN, ssh(source), opened=(GAP,))
    assert sent(UNKNOWN, ssh("10.0.1.20", "10.1.3.5"), "eni-3", opened=(GAP,))
    assert answered(UNKNOWN, ssh("10.0.1.20"), "eni-2", opened=(GAP,))
    one_way = made(None, route_tables=(
        table("rtb-a", route("10.1.0.0/16", pcx()), main=True),
        table("rtb-b", main=True, vpc_id="vpc-b"),
    ))  # fmt: skip
    assert not answered(one_way, ssh("10.0.1.20", "10.1.3.5"), "eni-3", opened=(GAP,))


def test_a_gap_of_the_interface_counts_as_ever() -> None:
    strange = gap("groups")
    endpoint = eni("eni-e", "subnet-1", "10.0.1.20", kind=KIND, gap=strange, groups=())
    net = made(True, endpoint=endpoint)
    assert not sent(net, ssh(USER))
    assert sent(net, ssh(USER), opened=(strange,))
    assert not sent(net, ssh("10.0.1.20"), opened=(strange, GAP))


# --- ASK-2, ASK-3, ASK-7 ---


@pytest.mark.parametrize("policy", AddressPolicy)
@pytest.mark.parametrize("spoofed", [False, True])
def test_every_address_that_it_may_send_from(policy: AddressPolicy, spoofed: bool) -> None:
    second = eni("eni-e", "subnet-1", "10.0.1.20", "10.0.1.21", kind=KIND)
    asked = question(hosts("eni-e"), hosts("eni-2"), policy=policy, spoofed=spoofed)
    for keeps, own, foreign in ((False, True, False), (True, False, True), (None, True, True)):
        net = made(keeps, endpoint=second)
        for source in ("10.0.1.20", "10.0.1.21"):
            assert allows(asked, probe("eni-e", "eni-2", ssh(source)), net) is own
        for source in (USER, MAPPED, "10.0.1.5", "192.168.0.1"):
            assert allows(asked, probe("eni-e", "eni-2", ssh(source)), net) is foreign
        assert allows(asked, probe("eni-e", "eni-2", tcp(USER, "10.0.2.5", 80)), net) is foreign


def test_spoofing_hosts_and_endpoints_stand_side_by_side() -> None:
    asked = question(hosts("eni-1", "eni-e"), hosts("eni-2"), spoofed=True)
    for source in ("10.0.1.77", USER):
        assert allows(asked, probe("eni-1", "eni-2", ssh(source)), OWN)
        assert not allows(asked, probe("eni-e", "eni-2", ssh(source)), OWN)


def named(text: str, *, default: bool = False) -> EndpointSet:
    return EndpointSet({"eni-e": Names(default, AddressSet.of(*map(block, text.split())))})


def test_a_set_that_names_its_own_address() -> None:
    own = question(named("10.0.1.0/24"), hosts("eni-2"))
    assert allows(own, probe("eni-e", "eni-2", ssh("10.0.1.20")), OWN)
    assert not allows(own, probe("eni-e", "eni-2", ssh("10.0.1.5")), OWN)
    assert not allows(own, probe("eni-e", "eni-2", ssh("10.0.1.20")), KEEPS)
    assert allows(own, probe("eni-e", "eni-2", ssh("10.0.1.5")), KEEPS)
    assert isinstance(Query(encode(KEEPS, question(named("10.0.1.20/32"), hosts("eni-2")),
                                   frozenset({GAP}))).ask(), Unsat)  # fmt: skip
    both = question(named("10.0.1.20/32", default=True), hosts("eni-2"))
    for source, expected in (("10.0.1.20", False), (USER, True)):
        assert allows(both, probe("eni-e", "eni-2", ssh(source)), KEEPS) is expected


def test_a_set_that_names_users() -> None:
    asked = question(named("203.0.113.0/24"), hosts("eni-2"))
    for net in (KEEPS, UNKNOWN):
        assert allows(asked, probe("eni-e", "eni-2", ssh(USER)), net)
        assert not allows(asked, probe("eni-e", "eni-2", ssh("8.8.8.8")), net)
    assert not allows(asked, probe("eni-e", "eni-2", ssh(USER)), OWN)


def test_only_excludes_it_whatever_address_it_sends_from() -> None:
    for net, source in ((OWN, "10.0.1.20"), (KEEPS, USER), (UNKNOWN, "10.0.1.20")):
        packet = ssh(source)
        asked = question(hosts("eni-1", "eni-e"), hosts("eni-2"))
        by_default = replace(asked, excluded=(hosts("eni-e"), asked.traffic))
        assert not allows(by_default, probe("eni-e", "eni-2", packet), net)
        assert allows(by_default, probe("eni-1", "eni-2", ssh("10.0.1.5")), net)
        other = replace(asked, excluded=(hosts("eni-1"), asked.traffic))
        assert allows(other, probe("eni-e", "eni-2", packet), net)
        away = replace(asked, excluded=(named("203.0.113.9/32"), asked.traffic))
        assert allows(away, probe("eni-e", "eni-2", packet), net)
    users = replace(asked, excluded=(named("203.0.113.0/24"), asked.traffic))
    assert not allows(users, probe("eni-e", "eni-2", ssh(USER)), KEEPS)
    assert allows(users, probe("eni-e", "eni-2", ssh("8.8.8.8")), KEEPS)


def test_both_families_are_found_and_decoded() -> None:
    for net in (OWN, KEEPS, UNKNOWN):
        for prefix in (V4, V6):
            to = EndpointSet({"eni-2": Names(False, AddressSet.of(block(prefix)))})
            query = Query(encode(net, question(hosts("eni-e", "eni-1"), to), frozenset({GAP})))
            sources = set()
            while isinstance(answer := query.ask(), Sat):
                assert query.at(answer.probe)
                assert answer.probe.packet.family == (4 if prefix == V4 else 6)
                sources.add(answer.probe.source)
                query.block(answer.source_class, (answer.destination_class,))
            assert sources == {InterfaceHost("eni-e"), InterfaceHost("eni-1")}


def test_a_failing_session_is_found() -> None:
    asked = question(
        hosts("eni-e"), hosts("eni-2"), goal=Goal.FAILING, mode=Mode.CONNECTION,
        policy=AddressPolicy.PRIMARY, traffic=(replace(question(hosts(), hosts()).traffic[0],
                                                       protocol=6),),
    )  # fmt: skip
    answer = Query(encode(KEEPS, asked)).ask()
    assert isinstance(answer, Sat)
    assert answer.probe.source == InterfaceHost("eni-e")

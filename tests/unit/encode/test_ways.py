"""Each clause of the ways, by hand: what gets through, and what does not."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.unit.encode.small import (
    OPEN,
    OPEN_LIST,
    V4,
    V6,
    acl,
    block,
    eni,
    entry,
    gap,
    gets,
    group,
    icmp,
    igw,
    member,
    network,
    peered,
    peering,
    raw,
    returns,
    route,
    rule,
    table,
    tcp,
)
from verifier.model import (
    Instance,
    InterfaceKind,
    Ipv6Block,
    Network,
    PeeringSide,
    PrefixList,
    PrefixListReference,
    Vpc,
)
from verifier.packet import PortRange
from verifier.trace import InstanceStates

DENY = acl("acl-a", is_default=True)


def guarded(*entries: object, subnet: str = "subnet-2", **more: object) -> Network:
    """The base network with a list of these entries at one subnet."""
    lists = (
        acl("acl-a", *OPEN_LIST, is_default=True),
        acl("acl-b", *OPEN_LIST, is_default=True, vpc_id="vpc-b"),
        acl("acl-x", *entries, subnet_ids=(subnet,)),
    )
    return network(network_acls=lists, **more)


def grouped(*rules: object, on: str = "eni-2", **more: object) -> Network:
    """The base network with one interface behind a group of these rules."""
    base = network()
    interfaces = {
        id_: replace(each, groups=("sg-x",)) if id_ == on else each
        for id_, each in base.interfaces.items()
    }
    groups = (group("sg-open", *OPEN), group("sg-x", *rules))
    return network(**{"interfaces": interfaces, "security_groups": groups, **more})


def test_delivery_within_the_vpc() -> None:
    assert gets(network(), "eni-1", "eni-2", tcp("10.0.1.5", "10.0.2.5"))
    assert gets(network(), "eni-1", "eni-2", tcp("2600:a:0:1::5", "2600:a:0:2::5"))
    assert returns(network(), "eni-1", "eni-2", tcp("10.0.1.5", "10.0.2.5"))
    assert returns(network(), "eni-1", "eni-2", raw("10.0.1.5", "10.0.2.5", 50))


def test_an_address_that_is_not_the_hosts_is_not_asked_about() -> None:
    asked = network()
    with pytest.raises(AssertionError):  # neither meets the goal nor fails it
        gets(asked, "eni-1", "eni-2", tcp("10.0.1.6", "10.0.2.5"))


def test_lists_are_asked_at_the_boundary_in_order() -> None:
    packet = tcp("10.0.1.5", "10.0.2.5")
    assert not gets(guarded(), "eni-1", "eni-2", packet)
    allowed = (entry(200, False, False), entry(100, False, True, "10.0.1.0/24"))
    assert gets(guarded(*allowed), "eni-1", "eni-2", packet)
    denied = (entry(100, False, False), entry(200, False, True))
    assert not gets(guarded(*denied), "eni-1", "eni-2", packet)
    assert not returns(guarded(*allowed), "eni-1", "eni-2", packet)
    reply = PortRange(40000, 40000)
    back = entry(100, True, True, "10.0.1.5/32", protocol=6, ports=reply)
    assert returns(guarded(*allowed, back), "eni-1", "eni-2", packet)
    assert not returns(guarded(*allowed, back), "eni-1", "eni-2", replace(packet, source_port=9))


@pytest.mark.parametrize(
    ("more", "packet", "passes"),
    [
        ({"protocol": 6, "ports": PortRange(443, 443)}, tcp("10.0.1.5", "10.0.2.5"), True),
        ({"protocol": 6, "ports": PortRange(444, 450)}, tcp("10.0.1.5", "10.0.2.5"), False),
        ({"protocol": 6}, tcp("10.0.1.5", "10.0.2.5"), False),
        ({"protocol": 17, "ports": PortRange(443, 443)}, tcp("10.0.1.5", "10.0.2.5"), False),
        ({"protocol": 1, "icmp": (8, -1)}, icmp("10.0.1.5", "10.0.2.5", 8, 3), True),
        ({"protocol": 1, "icmp": (8, 0)}, icmp("10.0.1.5", "10.0.2.5", 8, 3), False),
        ({"protocol": 1, "icmp": (-1, -1)}, icmp("10.0.1.5", "10.0.2.5", 5, 3), True),
        ({"protocol": 1}, icmp("10.0.1.5", "10.0.2.5", 5, 3), True),
        ({"protocol": 58, "icmp": (1, 1)}, icmp("10.0.1.5", "10.0.2.5", 5, 3, 58), True),
        ({"protocol": 50, "ports": PortRange(1, 1)}, raw("10.0.1.5", "10.0.2.5", 50), True),
        ({"gap": gap(), "protocol": 17}, tcp("10.0.1.5", "10.0.2.5"), False),
    ],
)
def test_what_an_entry_matches(more: dict[str, object], packet: object, passes: bool) -> None:
    net = guarded(entry(100, False, True, V4, **more))
    assert gets(net, "eni-1", "eni-2", packet) is passes  # type: ignore[arg-type]


def test_icmp_of_ipv6_is_looked_at_by_entries_of_its_family() -> None:
    echo = icmp("2600:a:0:1::5", "2600:a:0:2::5", 128, 0, 58)
    typed = guarded(entry(100, False, True, V6, protocol=58, icmp=(129, -1)))
    assert not gets(typed, "eni-1", "eni-2", echo)
    assert not gets(guarded(entry(100, False, True, V4)), "eni-1", "eni-2", echo)


def test_neighbours_ask_no_list() -> None:
    two = (eni("eni-1", "subnet-1", "10.0.1.5"), eni("eni-4", "subnet-1", "10.0.1.6"))
    net = network(interfaces=two, network_acls=(DENY,))
    assert returns(net, "eni-1", "eni-4", tcp("10.0.1.5", "10.0.1.6"))
    shut = replace(net, security_groups={"sg-open": group("sg-open")})
    assert not gets(shut, "eni-1", "eni-4", tcp("10.0.1.5", "10.0.1.6"))


def test_some_rule_of_some_group_is_enough() -> None:
    packet = tcp("10.0.1.5", "10.0.2.5")
    assert not gets(grouped(), "eni-1", "eni-2", packet)
    assert gets(grouped(rule(False, "10.0.1.0/24", 6, (443, 443))), "eni-1", "eni-2", packet)
    assert returns(grouped(rule(False, "10.0.1.0/24", 6, (443, 443))), "eni-1", "eni-2", packet)
    assert not gets(grouped(rule(False, "10.0.1.0/24", 6, (444, 444))), "eni-1", "eni-2", packet)
    assert not gets(grouped(rule(False, "10.0.9.0/24")), "eni-1", "eni-2", packet)
    assert not gets(grouped(rule(False, protocol=6)), "eni-1", "eni-2", packet)
    assert not gets(grouped(rule(False, protocol=6, ports=(9, 1))), "eni-1", "eni-2", packet)
    assert not gets(grouped(rule(False, None)), "eni-1", "eni-2", packet)
    assert not gets(grouped(rule(True)), "eni-1", "eni-2", packet)
    assert not gets(grouped(on="eni-1"), "eni-1", "eni-2", packet)


def test_rules_for_icmp_and_others() -> None:
    ping = icmp("10.0.1.5", "10.0.2.5", 8, 0)
    for ports, passes in (((8, -1), True), ((8, 1), False), ((-1, -1), True), (None, True)):
        assert gets(grouped(rule(False, V4, 1, ports)), "eni-1", "eni-2", ping) is passes
    esp = raw("10.0.1.5", "10.0.2.5", 50)
    assert gets(grouped(rule(False, V4, 50, (1, 1))), "eni-1", "eni-2", esp)
    assert not gets(grouped(rule(False, V4, 51, (1, 1))), "eni-1", "eni-2", esp)


def test_references_are_to_private_addresses_of_carriers() -> None:
    packet = tcp("10.0.1.5", "10.0.2.5")
    assert gets(grouped(rule(False, member("sg-open"))), "eni-1", "eni-2", packet)
    assert not gets(grouped(rule(False, member("sg-x"))), "eni-1", "eni-2", packet)
    assert gets(grouped(rule(True, member("sg-open")), on="eni-1"), "eni-1", "eni-2", packet)
    mixed = (rule(False, member("sg-none")), rule(False, "10.0.1.5/32"))
    assert gets(grouped(*mixed), "eni-1", "eni-2", packet)


def test_references_are_kept_by_peering_within_a_region() -> None:
    packet = tcp("10.1.3.5", "10.0.2.5")
    near = grouped(rule(False, member("sg-open")), route_tables=peered())
    assert returns(near, "eni-3", "eni-2", packet)
    abroad = peering(accepter=PeeringSide(vpc_id="vpc-b", region="us-2"))
    far = grouped(rule(False, member("sg-open")), route_tables=peered(), peerings=(abroad,))
    assert not gets(far, "eni-3", "eni-2", packet)
    asked = grouped(rule(True, member("sg-open")), on="eni-2", route_tables=peered())
    assert gets(asked, "eni-2", "eni-3", tcp("10.0.2.5", "10.1.3.5"))


def test_prefix_lists_stand_for_their_entries() -> None:
    lists = (PrefixList(id="pl-1", prefixes=(block("10.0.1.0/24"), block(V6))),)
    listed = rule(False, PrefixListReference("pl-1"))
    net = grouped(listed, prefix_lists=lists)
    assert gets(net, "eni-1", "eni-2", tcp("10.0.1.5", "10.0.2.5"))
    elsewhere = (PrefixList(id="pl-1", prefixes=(block("10.0.9.0/24"),)),)
    assert not gets(
        grouped(listed, prefix_lists=elsewhere), "eni-1", "eni-2", tcp("10.0.1.5", "10.0.2.5")
    )


def test_peering_needs_a_route_each_way() -> None:
    packet = tcp("10.0.1.5", "10.1.3.5")
    assert returns(network(route_tables=peered()), "eni-1", "eni-3", packet)
    there, back = peered()
    one_way = network(route_tables=(there, table("rtb-b", main=True, vpc_id="vpc-b")))
    assert gets(one_way, "eni-1", "eni-3", packet)
    assert not returns(one_way, "eni-1", "eni-3", packet)
    assert not gets(network(route_tables=(back,)), "eni-1", "eni-3", packet)
    turned = peering(requester=PeeringSide(vpc_id="vpc-b"), accepter=PeeringSide(vpc_id="vpc-a"))
    assert returns(network(route_tables=peered(), peerings=(turned,)), "eni-1", "eni-3", packet)


def test_from_the_internet_by_the_public_name_alone() -> None:
    net = network()
    assert returns(net, "internet", "eni-1", tcp("8.8.8.8", "198.51.100.1"))
    assert returns(net, "any_", "eni-1", tcp("8.8.8.8", "198.51.100.1"))
    assert returns(net, "igw-a", "eni-1", tcp("8.8.8.8", "198.51.100.1"))
    assert not gets(net, "igw-b", "eni-1", tcp("8.8.8.8", "198.51.100.1"))
    assert not gets(net, "internet", "eni-1", tcp("8.8.8.8", "10.0.1.5"))
    assert not gets(net, "internet", "eni-1", tcp("10.9.9.9", "198.51.100.1"))
    assert returns(net, "internet", "eni-1", tcp("2600:f::1", "2600:a:0:1::5"))
    bare = replace(net, internet_gateways={})
    assert not gets(bare, "internet", "eni-1", tcp("8.8.8.8", "198.51.100.1"))


def test_the_reply_to_the_internet_needs_a_route() -> None:
    private = network(route_tables=(table("rtb-a", main=True),))
    assert gets(private, "internet", "eni-1", tcp("8.8.8.8", "198.51.100.1"))
    assert not returns(private, "internet", "eni-1", tcp("8.8.8.8", "198.51.100.1"))


def test_ipv6_gateways_refuse_who_must_not_be_reached() -> None:
    packet = tcp("2600:f::1", "2600:a:0:1::5")
    refuses = eni("eni-1", "subnet-1", "2600:a:0:1::5", deny_all_internet_gateway=True)
    assert not gets(network(interfaces=(refuses,)), "internet", "eni-1", packet)
    detached = eni("eni-1", "subnet-1", "2600:a:0:1::5", attached=False)
    assert not gets(network(interfaces=(detached,)), "internet", "eni-1", packet)
    local = eni("eni-1", "subnet-1", "fd01:0:0:1::5")
    net = network(interfaces=(local,))
    assert not gets(net, "internet", "eni-1", tcp("2600:f::1", "fd01:0:0:1::5"))
    assert not gets(net, "eni-1", "internet", tcp("fd01:0:0:1::5", "2600:f::1"))
    secret = replace(
        net, vpcs={"vpc-a": Vpc(id="vpc-a", ipv6=(Ipv6Block(block("2600:a::/56"), True),))},
        interfaces={"eni-1": eni("eni-1", "subnet-1", "2600:a:0:1::5")},
    )  # fmt: skip
    assert not gets(secret, "internet", "eni-1", packet)


def test_out_to_the_internet() -> None:
    net = network()
    assert returns(net, "eni-1", "internet", tcp("10.0.1.5", "8.8.8.8"))
    assert returns(net, "eni-1", "igw-a", tcp("10.0.1.5", "8.8.8.8"))
    assert not gets(net, "eni-1", "igw-b", tcp("10.0.1.5", "8.8.8.8"))
    assert not gets(net, "eni-2", "internet", tcp("10.0.2.5", "8.8.8.8"))
    assert not gets(net, "eni-1", "any_", tcp("10.0.1.5", "192.168.1.1"))
    assert not gets(net, "eni-1", "any_", tcp("10.0.1.5", "224.0.0.9"))
    assert returns(net, "eni-1", "internet", tcp("2600:a:0:1::5", "2600:f::1"))
    away = guarded(entry(1, True, True), subnet="subnet-1")
    assert gets(away, "eni-1", "internet", tcp("10.0.1.5", "8.8.8.8"))
    assert not returns(away, "eni-1", "internet", tcp("10.0.1.5", "8.8.8.8"))


def test_a_reply_is_due_for_echo_requests_alone_among_icmp() -> None:
    away = guarded(entry(1, True, True), subnet="subnet-1")
    assert not returns(away, "eni-1", "internet", icmp("10.0.1.5", "8.8.8.8", 8))
    assert returns(away, "eni-1", "internet", icmp("10.0.1.5", "8.8.8.8", 13))
    assert returns(away, "eni-1", "internet", icmp("10.0.1.5", "8.8.8.8", 128, 0, 58))
    answers = guarded(
        entry(1, True, True), entry(1, False, True, V4, protocol=1, icmp=(0, 0)),
        subnet="subnet-1",
    )  # fmt: skip
    assert returns(answers, "eni-1", "internet", icmp("10.0.1.5", "8.8.8.8", 8))
    wrong = guarded(
        entry(1, True, True), entry(1, False, True, V4, protocol=1, icmp=(0, 5)),
        subnet="subnet-1",
    )  # fmt: skip
    assert not returns(wrong, "eni-1", "internet", icmp("10.0.1.5", "8.8.8.8", 8))


def test_by_public_names_the_way_leads_out_and_back_in() -> None:
    net = network()
    packet = tcp("10.0.1.5", "198.51.100.3")
    assert returns(net, "eni-1", "eni-3", packet)
    referring = grouped(rule(False, member("sg-open")), on="eni-3")
    assert not gets(referring, "eni-1", "eni-3", packet)
    seen = grouped(rule(False, "198.51.100.1/32"), on="eni-3")
    assert returns(seen, "eni-1", "eni-3", packet)
    assert not gets(net, "eni-2", "eni-3", tcp("10.0.2.5", "198.51.100.3"))
    no_way_back = network(route_tables=(
        table("rtb-a", route(V4, igw()), main=True), table("rtb-b", main=True, vpc_id="vpc-b"),
    ))  # fmt: skip
    assert gets(no_way_back, "eni-1", "eni-3", packet)
    assert not returns(no_way_back, "eni-1", "eni-3", packet)


def test_ipv6_may_go_one_way_and_come_back_another() -> None:
    packet = tcp("2600:a:0:1::5", "2600:b:0:3::5")
    assert returns(network(), "eni-1", "eni-3", packet)
    there, _ = peered()
    crossed = network(route_tables=(
        there, table("rtb-b", route(V6, igw("igw-b")), main=True, vpc_id="vpc-b"),
    ))  # fmt: skip
    assert returns(crossed, "eni-1", "eni-3", packet)
    one_way = network(route_tables=(there, table("rtb-b", main=True, vpc_id="vpc-b")))
    assert not returns(one_way, "eni-1", "eni-3", packet)


def test_what_ipv6_references_mean_beyond_gateways_is_a_gap() -> None:
    packet = tcp("2600:a:0:1::5", "2600:b:0:3::5")
    referring = grouped(rule(False, member("sg-open")), on="eni-3", reference_gap=gap("SG-13"))
    assert not gets(referring, "eni-1", "eni-3", packet)
    assert gets(referring, "eni-1", "eni-3", packet, opened=(gap("SG-13"),))
    sending = grouped(rule(True, member("sg-open")), on="eni-1", reference_gap=gap("SG-13"))
    assert not gets(sending, "eni-1", "eni-3", packet)
    assert gets(sending, "eni-1", "eni-3", packet, opened=(gap("SG-13"),))


def test_kinds_and_states_of_interfaces() -> None:
    packet = tcp("10.0.1.5", "10.0.2.5")

    def net(on: str, **more: object) -> Network:
        base = network()
        return replace(
            base, interfaces={**base.interfaces, on: replace(base.interfaces[on], **more)}
        )

    closed: dict[str, object] = {"kind": InterfaceKind.LAMBDA}
    assert not gets(net("eni-2", **closed), "eni-1", "eni-2", packet)
    assert returns(net("eni-1", **closed), "eni-1", "eni-2", packet)
    endpoint = net("eni-1", kind=InterfaceKind.VPC_ENDPOINT)
    assert not gets(endpoint, "eni-1", "eni-2", packet)
    unfiltered = net("eni-2", kind=InterfaceKind.NETWORK_LOAD_BALANCER, groups=())
    assert gets(unfiltered, "eni-1", "eni-2", packet)
    assert not gets(net("eni-2", groups=()), "eni-1", "eni-2", packet)
    assert not gets(net("eni-2", attached=False), "eni-1", "eni-2", packet)
    stopped = replace(
        net("eni-2", instance_id="i-2"), instances={"i-2": Instance(id="i-2", state="stopped")}
    )
    assert not gets(stopped, "eni-1", "eni-2", packet)
    assert gets(stopped, "eni-1", "eni-2", packet, states=InstanceStates.ASSUMED_RUNNING)


def test_forged_addresses_leave_only_unchecked_interfaces() -> None:
    packet = tcp("10.0.1.77", "10.0.2.5")
    assert not gets(network(), "eni-1", "eni-2", packet, spoofed=True)
    base = network()
    free = replace(base.interfaces["eni-1"], source_destination_check=False)
    net = replace(base, interfaces={**base.interfaces, "eni-1": free})
    assert gets(net, "eni-1", "eni-2", packet, spoofed=True)
    assert not returns(net, "eni-1", "eni-2", packet, spoofed=True)
    assert returns(net, "eni-1", "eni-2", tcp("10.0.1.5", "10.0.2.5"), spoofed=True)
    referring = replace(
        net, security_groups={
            "sg-open": group("sg-open", rule(True), rule(False, member("sg-open"))),
        },
    )  # fmt: skip
    assert not gets(referring, "eni-1", "eni-2", packet, spoofed=True)


def test_amazons_own_services_answer_before_anything_else() -> None:
    resolver = eni("eni-4", "subnet-2", "169.254.169.253")
    net = network(interfaces=(eni("eni-1", "subnet-1", "10.0.1.5"), resolver))
    assert not gets(net, "eni-1", "eni-4", tcp("10.0.1.5", "169.254.169.253"))
    owner = eni("eni-4", "subnet-2", "10.0.0.2")
    net = network(interfaces=(eni("eni-1", "subnet-1", "10.0.1.5"), owner))
    assert gets(net, "eni-1", "eni-4", tcp("10.0.1.5", "10.0.0.2"))

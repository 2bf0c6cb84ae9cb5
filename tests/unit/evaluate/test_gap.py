"""Exits, entrances, and replies through gaps (GAP-6, GAP-7, GAP-13, ASK-4, ASK-5)."""

import pytest

from tests.known_answers.cases import CLIENT, OPEN_RULES, Lan, lan, web
from tests.strategies.builder import Build, outside, packet, probe, unmodelled
from verifier.evaluate import exchange, walk
from verifier.packet import Address
from verifier.trace import Choices, OutsideHost

TGW = unmodelled("tgw-1")
VPCE = unmodelled("vpce-1", internet=False)


def leaving(target=TGW, to="192.168.7.7", door=None, made: Lan | None = None, choices=None):
    """A's subnet hands everything that is not local to something unmodelled."""
    made = made or lan()
    made.subnet_a.route("0.0.0.0/0", target)
    asked = probe(made.a, OutsideHost(Address.parse(to), door), packet("10.0.1.5", to), choices)
    return made.net.network(), asked


def test_an_exit_leads_outside_iff_it_is_open():
    network, asked = leaving()
    closed = walk(network, asked)
    assert (closed.code, closed.hops[-1].kind) == ("UNKNOWN_RESOURCE", "gap")
    found = exchange(network, asked, frozenset({TGW.gap}))
    assert found.works
    assert found.forward.gaps == {TGW.gap}
    assert found.reply is not None
    assert found.reply.packet == asked.packet.reply()
    assert [hop.kind for hop in found.reply.hops] == ["outside", "gap", "interface"]


@pytest.mark.parametrize(
    ("target", "door", "reached"),
    [
        (TGW, None, True),
        (TGW, "internet", True),
        (TGW, "igw-7", True),
        (VPCE, None, True),
        (VPCE, "vpce-1", True),
        (VPCE, "internet", False),
        (VPCE, "vgw-1", False),
    ],
)
def test_doors_of_exits(target, door, reached):
    network, asked = leaving(target, "203.0.113.7", door)
    found = walk(network, asked, frozenset({target.gap}))
    end = asked.destination if reached else outside("203.0.113.7", target.id)
    assert found.delivered_to == end


def test_where_an_exit_leads_is_told_without_a_destination():
    network, asked = leaving()
    nowhere = probe(asked.source, None, asked.packet)
    found = walk(network, nowhere, frozenset({TGW.gap}))
    assert found.delivered_to == outside("192.168.7.7", "tgw-1")


def test_the_source_may_change_beyond_an_exit():
    network, asked = leaving(choices=Choices(gap_source=Address.parse("192.168.1.1")))
    found = exchange(network, asked, frozenset({TGW.gap}))
    assert str(found.forward.packet.source) == "192.168.1.1"
    assert found.works
    assert found.reply is not None
    assert found.reply.packet == asked.packet.reply()


def test_egress_references_are_asked_with_every_one_matching():
    made = lan(rules_a=("out -1 sg-9",))
    network, asked = leaving(made=made)
    assert walk(network, asked).code == "ENI_SG_RULES_MISMATCH"
    assert walk(network, asked, frozenset({TGW.gap})).delivered_to == asked.destination


def other_vpc(rules=OPEN_RULES, public=None):
    """A leaves by a gap towards host C in another VPC, 172.31.1.5 and 2600:1f09::5."""
    made = lan()
    vpc = made.net.vpc("172.31.0.0/16", "2600:1f09::/56")
    subnet = vpc.subnet("172.31.1.0/24", "2600:1f09::/64")
    group = made.net.group(*rules)
    c = subnet.interface("172.31.1.5", "2600:1f09::5", public=public, groups=[group])
    made.subnet_a.route("0.0.0.0/0", TGW)
    made.subnet_a.route("::/0", TGW)
    return made, vpc, subnet, c


def test_an_exit_leads_to_interfaces_of_vpcs_that_have_a_door():
    made, vpc, subnet, c = other_vpc(rules=("in tcp 443 sg-9",))
    asked = probe(made.a, c, packet("10.0.1.5", "172.31.1.5"))
    opened = frozenset({TGW.gap})
    assert walk(made.net.network(), asked, opened).code == "NO_POSSIBLE_DESTINATION"
    made.net.entrance(vpc, "tgw-attach-1")
    found = exchange(made.net.network(), asked, opened)
    assert (found.forward.delivered_to, found.works, found.gaps) == (c, True, {TGW.gap})
    subnet.acl("in 100 allow -1 10.0.1.0/24")
    assert exchange(made.net.network(), asked, opened).works  # its reply is beyond the model
    service = VPCE
    made.net.change("route_tables", "rtb-of-subnet-1", routes=())
    made.subnet_a.route("0.0.0.0/0", service)
    assert walk(made.net.network(), asked, frozenset({service.gap})).delivered_to is None


def test_an_exit_leads_back_into_the_vpc_that_was_left():
    made = lan()
    made.subnet_a.route("10.0.2.0/24", TGW)
    asked = made.ask("R")
    found = exchange(asked.network, asked.probe, frozenset({TGW.gap}))
    assert found.works
    assert found.forward.hops[4].kind == "gap"


def test_an_exit_leads_to_public_names():
    made, vpc, _, c = other_vpc(rules=("in -1 sg-9",), public="52.0.0.3")
    vpc.internet_gateway()
    opened = frozenset({TGW.gap})
    asked = probe(made.a, c, packet("10.0.1.5", "52.0.0.3"))
    assert walk(made.net.network(), asked, opened).code == "IGW_ADDRESS_NOT_GLOBAL"
    chosen = Choices(gap_source=Address.parse("203.0.113.1"))
    asked = probe(made.a, c, packet("10.0.1.5", "52.0.0.3"), chosen)
    found = walk(made.net.network(), asked, opened)
    assert (found.delivered_to, found.gaps) == (c, opened)
    passage = made.net.passage(vpc, redirects=True)
    assert walk(made.net.network(), asked, opened).code == "UNKNOWN_RESOURCE"
    both = opened | {passage}
    assert walk(made.net.network(), asked, both).delivered_to == c  # references match all the same


def test_the_way_that_reaches_the_destination_is_shown():
    """C is reached as an interface of its VPC, or by the gateway: whichever leads there."""
    made, vpc, _, c = other_vpc()
    made.net.change("interfaces", "eni-1", ipv6=(Address.parse("2600:1f08::5"),))
    made.net.entrance(vpc, "tgw-attach-1")
    asked = probe(made.a, c, packet("2600:1f08::5", "2600:1f09::5"))
    opened = frozenset({TGW.gap})
    assert walk(made.net.network(), asked, opened).delivered_to == c
    made.net.entrances.clear()
    assert walk(made.net.network(), asked, opened).code == "BAD_STATE_ATTACHMENT"
    vpc.internet_gateway()
    found = walk(made.net.network(), asked, opened)
    assert "internet-gateway" in [hop.kind for hop in found.hops]


def test_entrances():
    made = lan(rules_a=("in -1 sg-9",))
    gap = made.net.entrance(made.vpc, "vgw-1", "192.168.0.0/16", "10.0.9.0/24")
    network = made.net.network()

    def comes(source, door=None, opened=frozenset({gap}), to="10.0.1.5"):
        asked = probe(outside(source, door), made.a, packet(source, to))
        return walk(network, asked, opened)

    found = comes("192.168.0.1")
    assert (found.delivered_to, found.gaps) == (made.a, {gap})
    assert [hop.kind for hop in found.hops][:2] == ["gap", "network-acl"]
    assert comes("192.168.0.1", "vgw-1").delivered_to == made.a
    assert comes("192.168.0.1", opened=frozenset()).code == "UNKNOWN_RESOURCE"
    assert comes("172.16.0.1").code == "GATEWAY_REJECTS_SPOOFED_TRAFFIC"
    assert comes("10.0.9.1").code == "GATEWAY_REJECTS_SPOOFED_TRAFFIC"
    for door in ("internet", "vgw-2"):
        assert comes("192.168.0.1", door).code == "NO_POSSIBLE_DESTINATION"
    assert comes("192.168.0.1", to="10.0.1.77").code == "NO_POSSIBLE_DESTINATION"
    assert comes("203.0.113.7").code == "IGW_PRIVATE_IP_ASSOCIATION_FOR_INGRESS"


def test_any_entrance_that_is_open_serves():
    made = lan()
    doors = [made.net.entrance(made.vpc, name) for name in ("vgw-1", "vgw-2")]
    asked = probe(outside("192.168.0.1"), made.a, packet("192.168.0.1", "10.0.1.5"))
    for gap in doors:
        found = walk(made.net.network(), asked, frozenset({gap}))
        assert (found.delivered_to, found.gaps) == (made.a, {gap})
    assert walk(made.net.network(), asked, frozenset(doors)).gaps == {doors[0]}


def test_what_came_by_an_entrance_returns_by_an_open_exit():
    for target, works in ((TGW, True), (VPCE, False)):
        made = lan()
        gap = made.net.entrance(made.vpc, "vgw-1")
        made.subnet_a.route("192.168.0.0/16", target)
        asked = probe(outside("192.168.0.1"), made.a, packet("192.168.0.1", "10.0.1.5"))
        network = made.net.network()
        found = exchange(network, asked, frozenset({gap, target.gap}))
        assert found.works is works
        found = exchange(network, asked, frozenset({gap}))
        assert found.forward.delivered_to == made.a
        assert found.reply is not None
        assert found.reply.code == "UNKNOWN_RESOURCE"


def test_what_came_by_an_entrance_does_not_return_by_an_internet_gateway():
    made = web()
    gap = made.net.entrance(made.vpc, "vgw-1")
    asked = probe(outside("172.16.0.1"), made.host, packet("172.16.0.1", "10.0.1.5"))
    found = exchange(made.net.network(), asked, frozenset({gap}))
    assert (found.forward.delivered_to, found.works) == (made.host, False)


def test_a_reply_that_meets_an_open_exit_returns():
    made = web(routes=())
    made.subnet.route("0.0.0.0/0", TGW)
    asked = made.ask("P")
    assert not exchange(asked.network, asked.probe).works
    found = exchange(asked.network, asked.probe, frozenset({TGW.gap}))
    assert found.works
    assert found.forward.gaps == frozenset()
    assert found.gaps == {TGW.gap}
    assert found.reply is not None
    assert [hop.kind for hop in found.reply.hops][-2:] == ["gap", "outside"]
    assert found.reply.delivered_to == CLIENT


def test_a_connection_takes_a_way_whose_reply_returns():
    """By the winner among the other routes no reply returns; by the unknown list's exit it does."""
    net = Build()
    one, two = net.vpc("10.0.0.0/16"), net.vpc("172.31.0.0/16")
    subnet = one.subnet("10.0.1.0/24").route("172.31.0.0/16", net.peer(one, two))
    subnet.route("pl-9", TGW)
    unknown = net.lacks("prefix-list", "pl-9")
    a = subnet.interface("10.0.1.5")
    b = two.subnet("172.31.1.0/24").interface("172.31.1.5")
    asked = probe(a, b, packet("10.0.1.5", "172.31.1.5"))
    opened = frozenset({unknown})
    trace = walk(net.network(), asked, opened)
    assert "peering-connection" in [hop.kind for hop in trace.hops]
    found = exchange(net.network(), asked, opened)
    assert found.works
    assert "gap" in [hop.kind for hop in found.forward.hops]


def test_a_gap_source_of_the_other_family_counts_as_none():
    network, asked = leaving(choices=Choices(gap_source=Address.parse("2001:db8::1")))
    assert walk(network, asked, frozenset({TGW.gap})).packet.source == asked.packet.source

"""Private gateways: sites on premises (VGW-1 to VGW-4)."""

from __future__ import annotations

from tests.known_answers.cases import Lan, lan
from tests.strategies.builder import gap, outside, packet, probe
from verifier.evaluate import exchange, walk
from verifier.packet import Address
from verifier.trace import Choices, OutsideHost, Probe

GAP = gap("vgw-1")
SITE = "192.168.0.1"


def joined(*prefixes: str, **fields) -> Lan:
    made = lan()
    gateway = made.vpc.vpn_gateway(*prefixes, **fields)
    made.subnet_a.route("0.0.0.0/0", gateway)
    return made


def leaving(made: Lan, to: str = SITE, own: str = "10.0.1.5", door=None, opened=(), avoiding=()):
    sent = packet(own, to)
    asked = Probe(made.a, OutsideHost(Address.parse(to), door), sent, avoiding=frozenset(avoiding))
    return walk(made.net.network(), asked, frozenset(opened))


def test_it_carries_what_it_has_a_way_for():
    made = joined("192.168.0.0/16")
    found = leaving(made)
    assert [hop.kind for hop in found.hops][-2:] == ["vpn-gateway", "outside"]
    assert found.hops[-2].rule == "192.168.0.0/16"
    assert leaving(made, "172.16.0.1").code == "NO_ROUTE_TO_DESTINATION"
    assert leaving(made, avoiding=["vgw-1"]).code == "COMPONENT_FILTER_RESTRICTION"


def test_ways_that_are_not_known():
    made = joined("192.168.0.0/16", gap=GAP)
    assert leaving(made).gaps == frozenset()
    assert leaving(made, "172.16.0.1").code == "UNKNOWN_RESOURCE"
    found = leaving(made, "172.16.0.1", opened=[GAP])
    assert (found.delivered_to, found.gaps) == (outside("172.16.0.1"), {GAP})


def test_doors():
    made = joined("0.0.0.0/0")
    for to in (SITE, "203.0.113.7"):
        for door, reached in ((None, True), ("vgw-1", True), ("internet", False), ("igw-1", False)):
            found = leaving(made, to, door=door)
            assert found.delivered_to == outside(to, door if reached else "vgw-1")


def test_a_gateway_that_is_not_attached_there_or_not_known():
    made = joined("0.0.0.0/0")
    for vpc_id in (None, "vpc-2"):
        made.net.change("vpn_gateways", "vgw-1", vpc_id=vpc_id)
        assert leaving(made).code == "BAD_STATE_ATTACHMENT"
    made.net.parts["vpn_gateways"].clear()
    assert leaving(made).code == "BAD_STATE_ATTACHMENT"
    missing = made.net.lacks("vpn-gateway", "vgw-1")
    assert leaving(made).code == "UNKNOWN_RESOURCE"
    assert leaving(made, opened=[missing]).delivered_to == outside(SITE)


def test_no_transit():
    made = joined("0.0.0.0/0")
    made.net.change("interfaces", "eni-1", source_destination_check=False)
    assert leaving(made, own="10.9.9.9").code == "VGW_PRIVATE_IP_ASSOCIATION_FOR_EGRESS"


def test_a_nat_gateway_s_addresses_go_by_it():
    made = lan()
    gateway = made.vpc.vpn_gateway("192.168.0.0/16")
    outer = made.vpc.subnet("10.0.9.0/24").route("192.168.0.0/16", gateway)
    made.subnet_a.route("192.168.0.0/16", outer.nat_gateway("10.0.9.9"))
    asked = probe(made.a, outside(SITE), packet("10.0.1.5", SITE))
    found = exchange(made.net.network(), asked)
    assert found.works
    assert found.reply is not None
    kinds = [hop.kind for hop in found.reply.hops]
    assert kinds[:4] == ["outside", "vpn-gateway", "network-acl", "nat-gateway"]


def test_addresses_of_the_snapshot_are_the_sites_affair():
    for beyond in (None, GAP):
        made = joined("0.0.0.0/0", beyond=beyond)
        other = made.net.vpc("10.9.0.0/16").internet_gateway()
        other.vpn_gateway()
        b = other.subnet("10.9.1.0/24").interface("10.9.1.5", public="52.0.0.1")
        choices = Choices(gap_source=Address.parse("203.0.113.9"))
        for to in ("10.9.1.5", "52.0.0.1"):
            asked = probe(made.a, b, packet("10.0.1.5", to), choices)
            closed = walk(made.net.network(), asked)
            assert closed.code == ("UNKNOWN_RESOURCE" if beyond else "NO_POSSIBLE_DESTINATION")
            found = walk(made.net.network(), asked, frozenset({GAP}))
            assert (found.delivered_to == b) is (beyond is not None)


def comes(made: Lan, door=None, own: str = SITE, to: str = "10.0.1.5", avoiding=(), opened=()):
    asked = Probe(outside(own, door), made.a, packet(own, to), avoiding=frozenset(avoiding))
    return exchange(made.net.network(), asked, frozenset(opened))


def test_sites_send_and_are_answered():
    made = joined("192.168.0.0/16")
    found = comes(made)
    assert found.works
    kinds = [hop.kind for hop in found.forward.hops]
    assert kinds == ["outside", "vpn-gateway", "network-acl", "security-group", "interface"]
    assert comes(made, "vgw-1").works
    for door in ("internet", "vgw-2"):
        assert comes(made, door).forward.code == "NO_POSSIBLE_DESTINATION"
    assert comes(made, to="10.0.1.77").forward.code == "NO_POSSIBLE_DESTINATION"
    assert comes(made, avoiding=["vgw-1"]).forward.code == "COMPONENT_FILTER_RESTRICTION"
    made.net.change("vpn_gateways", "vgw-1", vpc_id=None)
    assert comes(made).forward.code == "NO_POSSIBLE_DESTINATION"


def test_the_reply_must_leave_by_the_same_gateway():
    made = joined()  # it knows no way back
    found = comes(made)
    assert (found.works, found.reply and found.reply.code) == (False, "NO_ROUTE_TO_DESTINATION")
    made = joined("192.168.0.0/16")
    made.subnet_a.route("192.168.0.0/24", made.vpc.internet_gateway().igw)
    found = comes(made)
    assert (found.works, found.forward.delivered_to) == (False, made.a)


def test_no_reference_matches_what_sites_send():
    made = joined("192.168.0.0/16")
    made.net.group("in -1 sg-1", group_id="sg-1")
    assert comes(made).forward.code == "ENI_SG_RULES_MISMATCH"


def test_a_table_of_the_gateway_leads_what_comes_in():
    made = joined("192.168.0.0/16")
    box = made.vpc.subnet("10.0.3.0/24").interface("10.0.3.5", source_destination_check=False)
    made.vpc.edge_route("vgw-1", "10.0.1.0/24", box.interface_id)  # no public address is wanted
    made.net.change("route_tables", "rtb-of-subnet-1", routes=())
    made.subnet_a.route("192.168.0.0/16", box.interface_id)
    made.vpc.route("192.168.0.0/16", "vgw-1")
    found = comes(made)
    assert found.works
    for trace in (found.forward, found.reply):
        assert trace is not None
        assert "appliance" in [hop.kind for hop in trace.hops]
    asked = probe(made.a, outside(SITE), packet("10.0.1.5", SITE))
    assert exchange(made.net.network(), asked).works  # VGW-4: the reply is led likewise
    assert comes(made, to="10.0.1.77").forward.code == "NO_POSSIBLE_DESTINATION"


def test_a_reply_that_misses_the_appliance_of_the_gateway_s_table():
    made = joined("192.168.0.0/16")
    box = made.vpc.subnet("10.0.3.0/24").interface("10.0.3.5", source_destination_check=False)
    made.vpc.edge_route("vgw-1", "10.0.1.0/24", box.interface_id)
    found = comes(made)
    assert found.reply is not None
    assert (found.works, found.reply.code) == (False, "ASYMMETRIC_RETURN")
    assert comes(made, opened=[gap(box.interface_id, "RT-9")]).works


def test_what_came_by_a_private_gateway_returns_by_an_open_exit():
    made = lan()
    made.vpc.vpn_gateway("192.168.0.0/16")
    made.subnet_a.route("192.168.0.0/16", "lgw-9")
    found = comes(made)
    assert found.reply is not None
    assert (found.works, found.reply.code) == (False, "UNKNOWN_RESOURCE")
    assert comes(made, opened=made.net.network().gaps).works

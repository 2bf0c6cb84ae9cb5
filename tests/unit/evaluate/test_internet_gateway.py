"""In and out through an internet gateway (IGW-1 to IGW-9, GAP-9, ASK-4, ASK-5)."""

import pytest

from tests.known_answers.cases import CLIENT, OPEN_RULES, nat_lan, web
from tests.strategies.builder import BuildVpc, outside, packet, probe
from tests.unit.evaluate.test_security_group import global_hosts
from verifier.evaluate import exchange, walk
from verifier.model import InternetGateway
from verifier.packet import Address
from verifier.trace import Choices

V6 = outside("2001:db8::7")


def outbound(made, to, own=None, opened=()):
    sent = packet(own or ("10.0.1.5" if "." in to else "2600:1f00::5"), to)
    return walk(made.net.network(), probe(made.host, outside(to), sent), frozenset(opened))


def test_translation_both_ways():
    asked = web().calls("R")
    found = exchange(asked.network, asked.probe)
    gateway = found.forward.hops[-2]
    assert (gateway.component, gateway.kind) == ("igw-1", "internet-gateway")
    assert gateway.detail == "source 10.0.1.5 becomes 52.0.0.1"
    assert str(found.forward.packet.source) == "52.0.0.1"
    assert found.reply is not None
    assert [hop.kind for hop in found.reply.hops][:2] == ["outside", "internet-gateway"]
    assert found.reply.packet == asked.probe.packet.reply()


def test_ipv6_is_not_translated():
    asked = web().calls("R", "2001:db8::7")
    found = exchange(asked.network, asked.probe)
    assert found.works
    assert found.forward.hops[-2].detail is None
    assert found.forward.packet == asked.probe.packet


@pytest.mark.parametrize(
    ("to", "code"),
    [
        ("192.168.0.1", "IGW_DESTINATION_ADDRESS_NOT_IN_RFC1918_EGRESS"),
        ("100.64.0.1", "IGW_DESTINATION_ADDRESS_NOT_IN_RFC6598_EGRESS"),
        ("224.0.0.1", "IGW_ADDRESS_NOT_GLOBAL"),
        ("fd00::1", "IGW_ADDRESS_NOT_GLOBAL"),
        ("2001:2::1", "IGW_ADDRESS_NOT_GLOBAL"),
    ],
)
def test_what_is_not_carried_out(to, code):
    assert outbound(web(), to).code == code


def test_sources_that_are_not_carried_out():
    made = web()
    made.net.change("interfaces", "eni-1", source_destination_check=False)
    for own, to, code in (
        ("10.0.1.77", "203.0.113.7", "IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS"),
        ("fd00::1", "2001:db8::7", "IGW_ADDRESS_NOT_GLOBAL"),
    ):
        assert outbound(made, to, own).code == code
    assert outbound(made, "2001:db8::7", "2610::1").delivered_to == V6  # forged, all the same
    private = web()
    vpc = private.net.get("vpcs", "vpc-1")
    block = type(vpc.ipv6[0])(vpc.ipv6[0].prefix, True)
    private.net.change("vpcs", "vpc-1", ipv6=(block,))
    assert outbound(private, "2001:db8::7").code == "IGW_ADDRESS_NOT_GLOBAL"
    inward = private.ask("U", client=V6)
    assert walk(inward.network, inward.probe).code == "IGW_ADDRESS_NOT_GLOBAL"


def test_a_block_of_the_snapshot_is_nobody_s_outside():
    made = web()
    made.net.vpc("11.0.0.0/16")
    assert outbound(made, "11.0.0.1").code == "IGW_DESTINATION_ADDRESS_IN_VPC_CIDRS"


def test_a_gateway_that_is_not_attached_or_not_there():
    made = web()
    made.net.put("internet_gateways", InternetGateway(id="igw-1"))
    assert outbound(made, "203.0.113.7").code == "BAD_STATE_ATTACHMENT"
    inward = made.ask("U")
    assert walk(inward.network, inward.probe).code == "BAD_STATE_ATTACHMENT"
    made.net.parts["internet_gateways"].clear()
    assert outbound(made, "203.0.113.7").code == "BAD_STATE_ATTACHMENT"
    gap = made.net.lacks("internet-gateway", "igw-1")
    assert outbound(made, "203.0.113.7").code == "UNKNOWN_RESOURCE"
    assert outbound(made, "203.0.113.7", opened=[gap]).delivered_to == CLIENT


@pytest.mark.parametrize(
    ("door", "out", "inward"),
    [(None, True, True), ("internet", True, True), ("igw-1", True, True), ("vgw-1", False, False)],
)
def test_doors(door, out, inward):
    made = web()
    host = outside("203.0.113.7", door)
    asked = probe(made.host, host, packet("10.0.1.5", "203.0.113.7"))
    found = walk(made.net.network(), asked)
    assert found.delivered_to == (host if out else outside("203.0.113.7", "igw-1"))
    asked = probe(host, made.host, packet("203.0.113.7", "52.0.0.1"))
    assert exchange(made.net.network(), asked).works is inward


def test_where_it_goes_is_told_without_a_destination():
    made = web()
    asked = probe(made.host, None, packet("10.0.1.5", "203.0.113.7"))
    found = exchange(made.net.network(), asked)
    assert found.forward.delivered_to == outside("203.0.113.7", "igw-1")
    assert found.works


def test_an_address_that_nobody_has():
    made = web()
    for name in ("52.0.0.99", "10.0.1.5", "2600:1f00::99"):
        source = CLIENT if "." in name else V6
        asked = probe(source, made.host, packet(str(source.address), name))
        found = walk(made.net.network(), asked)
        assert found.code == "IGW_PRIVATE_IP_ASSOCIATION_FOR_INGRESS"
    made.net.change("interfaces", "eni-1", attached=False)
    asked = made.ask("U")
    assert walk(asked.network, asked.probe).code == "IGW_PRIVATE_IP_ASSOCIATION_FOR_INGRESS"


def test_an_outside_host_does_not_forge_addresses():
    made = web()
    asked = probe(CLIENT, made.host, packet("198.51.100.1", "52.0.0.1"))
    assert walk(made.net.network(), asked).code == "GATEWAY_REJECTS_SPOOFED_TRAFFIC"


def test_ipv6_that_is_not_global_does_not_come_in():
    made = web()
    made.net.change("interfaces", "eni-1", ipv6=(Address.parse("fd00:1::5"),))
    asked = probe(V6, made.host, packet("2001:db8::7", "fd00:1::5"))
    assert walk(made.net.network(), asked).code == "IGW_ADDRESS_NOT_GLOBAL"


def test_hairpin_within_a_vpc():
    made = web()
    other = made.vpc.subnet("10.0.2.0/24").route("0.0.0.0/0", made.vpc.igw)
    client = other.interface("10.0.2.5", public="52.0.0.2")
    asked = probe(client, made.host, packet("10.0.2.5", "52.0.0.1"))
    found = exchange(made.net.network(), asked)
    assert found.works
    assert [str(found.forward.packet.source), str(found.forward.packet.destination)] == [
        "52.0.0.2",
        "10.0.1.5",
    ]
    kinds = [hop.kind for hop in found.forward.hops]
    assert kinds.count("internet-gateway") == kinds.count("network-acl") == 2


def test_a_forged_global_source_does_not_come_back_in():
    net, asked = global_hosts()
    assert exchange(net.network(), asked).works
    net.change("interfaces", "eni-1", source_destination_check=False)
    forged = probe(asked.source, asked.destination, packet("2600:1f01::99", "2600:1f02::5"))
    assert walk(net.network(), forged).code == "IGW_ADDRESS_NOT_GLOBAL"
    forged = probe(asked.source, asked.destination, packet("2001:db8::9", "2600:1f02::5"))
    found = exchange(net.network(), forged)
    assert found.forward.delivered_to == asked.destination
    assert found.reply is not None
    assert found.reply.code == "NO_CONNECTION"


def test_a_reply_leaves_by_the_gateway_that_the_packet_came_by():
    made = web()
    made.net.put("internet_gateways", InternetGateway(id="igw-2", vpc_ids=("vpc-1",)))
    made.net.change("route_tables", "rtb-of-subnet-1", routes=())
    made.subnet.route("0.0.0.0/0", "igw-2")
    for door, works in (("igw-1", False), ("igw-2", True), (None, True)):
        asked = made.ask("R", client=outside("203.0.113.7", door))
        found = exchange(asked.network, asked.probe)
        assert found.works is works
        assert found.forward.delivered_to == made.host
    asked = made.ask("R", client=outside("203.0.113.7", "igw-1"))
    reply = exchange(asked.network, asked.probe).reply
    assert reply is not None
    assert reply.code == "IGW_RETURN_THROUGH_OTHER_GATEWAY"
    asked = made.calls("R")
    assert exchange(asked.network, asked.probe).works


def test_a_passage_is_met_in_both_directions():
    made = web()
    gap = made.net.passage(made.vpc)
    for asked in (made.ask("R"), made.calls("R")):
        assert walk(asked.network, asked.probe).code == "UNKNOWN_RESOURCE"
        found = exchange(asked.network, asked.probe, frozenset({gap}))
        assert found.works
        assert found.forward.gaps == {gap}
        assert found.reply is not None
        assert found.reply.gaps == {gap}


def test_a_passage_that_redirects_changes_the_source_of_what_comes_in():
    made = web(rules=("in -1 10.0.7.0/24",))
    gap = made.net.passage(made.vpc, redirects=True)
    asked = made.ask("R")
    opened = frozenset({gap})
    assert walk(asked.network, asked.probe, opened).code == "ENI_SG_RULES_MISMATCH"
    chosen = Choices(gap_source=Address.parse("10.0.7.1"))
    changed = probe(CLIENT, made.host, asked.probe.packet, chosen)
    found = exchange(asked.network, changed, opened)
    assert found.works
    assert str(found.forward.packet.source) == "10.0.7.1"
    assert found.reply is not None
    assert found.reply.packet == changed.packet.reply()
    made = web()
    gap = made.net.passage(made.vpc, redirects=True)
    away = probe(made.host, CLIENT, packet("10.0.1.5", "203.0.113.7"), chosen)
    found = exchange(made.net.network(), away, frozenset({gap}))
    assert (str(found.forward.packet.source), found.works) == ("52.0.0.1", True)


def test_references_are_lost_behind_a_passage_that_redirects():
    net, asked = global_hosts(rules_b=("in -1 sg-1",))
    net.reference_gap = net.lacks("thing", "references")
    gap = net.passage(BuildVpc(net, "vpc-2"), redirects=True)
    opened = frozenset({gap, net.reference_gap})
    assert walk(net.network(), asked, opened).delivered_to is None


def test_a_reply_that_goes_past_a_passage_that_redirects_is_left_as_it_is():
    made = web()
    other = made.net.vpc("10.9.0.0/16").internet_gateway()
    subnet = other.subnet("10.9.1.0/24").route("0.0.0.0/0", other.igw)
    client = subnet.interface("10.9.1.5", public="52.0.0.9", groups=[made.net.group(*OPEN_RULES)])
    made.net.change("route_tables", "rtb-of-subnet-1", routes=())
    gap = made.net.passage(other, redirects=True)
    pcx = made.net.peer(made.vpc, other)
    subnet.route("10.0.0.0/16", pcx)
    made.subnet.route("10.9.0.0/16", made.vpc.igw)
    asked = probe(client, made.host, packet("10.9.1.5", "10.0.1.5"))
    found = exchange(made.net.network(), asked, frozenset({gap}))
    assert found.forward.delivered_to == made.host
    assert found.reply is not None
    assert found.reply.code == "IGW_DESTINATION_ADDRESS_NOT_IN_RFC1918_EGRESS"


def test_a_reply_to_nobody_outside():
    """A forged source outside: the reply leaves, and is nobody's."""
    made = web()
    other = made.vpc.subnet("10.0.2.0/24")
    forger = other.interface("10.0.2.5", source_destination_check=False)
    asked = probe(forger, made.host, packet("203.0.113.99", "10.0.1.5"))
    found = exchange(made.net.network(), asked)
    assert found.reply is not None
    assert (found.works, found.reply.code) == (False, "NO_CONNECTION")


def test_nat_gateways_have_public_addresses_too():
    made = nat_lan()
    asked = probe(CLIENT, None, packet("203.0.113.7", "52.0.0.9"))
    found = walk(made.net.network(), asked)
    assert found.code == "NGW_NO_SESSION"
    assert found.hops[-1].component == made.nat

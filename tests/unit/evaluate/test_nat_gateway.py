"""Out through a NAT gateway and back (NAT-1 to NAT-9)."""

import pytest

from tests.known_answers.cases import CLIENT, IN, OUT, nat_lan, peered
from tests.strategies.builder import gap, packet, probe, unmodelled
from verifier.evaluate import exchange, walk
from verifier.model import NatAddress
from verifier.packet import Address
from verifier.trace import Choices

UNREAD = gap("nat-1", "NAT-1")


def trace(made, opened=(), traffic="tcp 443"):
    asked = made.ask("R", traffic)
    return walk(asked.network, asked.probe, frozenset(opened))


def test_all_six_checks():
    asked = nat_lan().ask("R")
    found = exchange(asked.network, asked.probe)
    assert found.works
    assert found.reply is not None
    assert sum(hop.kind == "network-acl" for hop in found.forward.hops + found.reply.hops) == 6
    forth = next(hop for hop in found.forward.hops if hop.kind == "nat-gateway")
    back = next(hop for hop in found.reply.hops if hop.kind == "nat-gateway")
    assert forth.detail == "source 10.0.1.5:49152 becomes 10.0.9.5:49152"
    assert back.detail == "destination 10.0.9.5:49152 becomes 10.0.1.5:49152"
    assert str(found.forward.packet.source) == "52.0.0.9"


def test_pings_have_no_ports():
    asked = nat_lan().ask("R", "icmp")
    found = exchange(asked.network, asked.probe)
    assert found.works
    hop = next(hop for hop in found.forward.hops if hop.kind == "nat-gateway")
    assert hop.detail == "source 10.0.1.5 becomes 10.0.9.5"


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"available": False}, "BAD_STATE"),
        ({"subnet_id": None}, "BAD_STATE"),
        ({"addresses": ()}, "BAD_STATE"),
        ({"vpc_id": "vpc-9"}, "NGW_REQUIRES_SOURCE_IN_VPC"),
        ({"subnet_id": "subnet-1"}, "NGW_OWN_SUBNET"),
        ({"gap": UNREAD}, "UNKNOWN_RESOURCE"),
    ],
)
def test_what_does_not_serve(fields, code):
    made = nat_lan()
    made.net.change("nat_gateways", "nat-1", **fields)
    assert trace(made).code == code


def test_a_gateway_that_is_not_there_or_not_understood():
    made = nat_lan()
    made.net.parts["nat_gateways"].clear()
    assert trace(made).code == "BAD_STATE"
    missing = made.net.lacks("nat-gateway", "nat-1")
    assert trace(made).code == "UNKNOWN_RESOURCE"
    assert trace(made, [missing]).delivered_to == CLIENT
    made = nat_lan()
    made.net.change("nat_gateways", "nat-1", gap=UNREAD)
    assert trace(made, [UNREAD]).gaps == {UNREAD}


def test_the_network_chooses_address_and_port():
    made = nat_lan()
    second = NatAddress(Address.parse("10.0.9.6"), Address.parse("52.0.0.10"))
    first = made.net.get("nat_gateways", "nat-1").addresses[0]
    made.net.change("nat_gateways", "nat-1", addresses=(first, second))
    network = made.net.network()

    def leaves_as(port, **choices):
        sent = packet("10.0.1.5", "203.0.113.7", "udp 53", port)
        asked = probe(made.a, CLIENT, sent, Choices(**choices))
        found = exchange(network, asked)
        assert found.works
        return str(found.forward.packet.source), found.forward.packet.source_port

    assert leaves_as(2000) == ("52.0.0.9", 2000)
    assert leaves_as(53) == ("52.0.0.9", 1024)
    assert leaves_as(2000, nat_port=65535) == ("52.0.0.9", 65535)
    assert leaves_as(2000, nat_address=second.private) == ("52.0.0.10", 2000)
    for impossible in ({"nat_port": 1023}, {"nat_address": Address.parse("10.0.9.7")}):
        assert leaves_as(2000, **impossible) == ("52.0.0.9", 2000)


def test_the_chosen_port_meets_the_list_of_the_gateway_s_subnet():
    made = nat_lan()
    made.public.acl("in 90 allow tcp 443 10.0.0.0/16", "in 95 allow tcp 2000 0.0.0.0/0", *OUT)
    sent = packet("10.0.1.5", "203.0.113.7")
    network = made.net.network()
    for port, works in ((2000, True), (2001, False)):
        asked = probe(made.a, CLIENT, sent, Choices(nat_port=port))
        assert exchange(network, asked).works is works


def test_a_chain_of_gateways_is_a_gap():
    made = nat_lan()
    made.net.change("route_tables", "rtb-of-subnet-2", routes=())
    last = made.vpc.subnet("10.0.8.0/24").route("0.0.0.0/0", made.vpc.igw)
    made.public.route("0.0.0.0/0", last.nat_gateway("10.0.8.5", "52.0.0.8"))
    assert trace(made).code == "UNKNOWN_RESOURCE"
    beyond = made.net.lacks("nat-beyond", "nat-2")
    assert trace(made).code == "UNKNOWN_RESOURCE"
    found = trace(made, [beyond])
    assert (found.delivered_to, found.gaps) == (CLIENT, {beyond})


def test_destinations_in_the_gateway_s_own_subnet_and_vpc():
    made = nat_lan()
    near = made.public.interface("10.0.9.7")
    far = made.vpc.subnet("10.0.3.0/24").interface("10.0.3.7")
    made.private.route("10.0.9.0/24", "nat-1").route("10.0.3.0/24", "nat-1")
    network = made.net.network()
    for host, address, lists in ((near, "10.0.9.7", 2), (far, "10.0.3.7", 4)):
        found = exchange(network, probe(made.a, host, packet("10.0.1.5", address)))
        assert found.works
        assert str(found.forward.packet.source) == "10.0.9.5"
        assert sum(hop.kind == "network-acl" for hop in found.forward.hops) == lists
    itself = probe(made.a, None, packet("10.0.1.5", "10.0.9.5"))
    assert walk(network, itself).code == "NGW_NO_SESSION"


def test_lists_on_the_way_back_to_the_gateway():
    made = nat_lan()
    far = made.vpc.subnet("10.0.3.0/24").interface("10.0.3.7")
    made.private.route("10.0.3.0/24", "nat-1")
    made.public.acl("in 100 allow tcp 443 0.0.0.0/0", *OUT)
    asked = probe(made.a, far, packet("10.0.1.5", "10.0.3.7"))
    found = exchange(made.net.network(), asked)
    assert found.reply is not None
    assert (found.reply.code, found.reply.hops[-1].direction) == (
        "SUBNET_ACL_RESTRICTION",
        "ingress",
    )


def test_a_reply_that_is_handed_to_a_gateway_is_dropped():
    made = nat_lan()
    back = made.vpc.subnet("10.0.3.0/24")
    far = back.route("10.0.1.0/24", "nat-1").interface("10.0.3.7")
    asked = probe(made.a, far, packet("10.0.1.5", "10.0.3.7"))
    found = exchange(made.net.network(), asked)
    assert found.reply is not None
    assert (found.works, found.reply.code) == (False, "NGW_NO_SESSION")
    made.net.change("nat_gateways", "nat-1", gap=UNREAD)
    assert exchange(made.net.network(), asked, frozenset({UNREAD})).works


def test_a_reply_that_is_not_of_the_session_is_dropped():
    """A forger sends from the gateway's own address: the reply goes there and is no session's."""
    made = nat_lan()
    forger = made.private.interface("10.0.1.6", source_destination_check=False)
    far = made.vpc.subnet("10.0.3.0/24").interface("10.0.3.7")
    asked = probe(forger, far, packet("10.0.9.5", "10.0.3.7"))
    found = exchange(made.net.network(), asked)
    assert found.reply is not None
    assert found.reply.code == "NGW_NO_SESSION"


def test_the_reply_to_a_public_address_must_come_by_the_internet_gateway():
    made = nat_lan()
    made.net.change("route_tables", "rtb-of-subnet-1", routes=())
    made.private.route("0.0.0.0/0", "nat-1")
    server = made.vpc.subnet("10.0.3.0/24").route("0.0.0.0/0", made.vpc.igw)
    b = server.interface("10.0.3.7", public="52.0.0.3")
    asked = probe(made.a, b, packet("10.0.1.5", "52.0.0.3"))
    assert exchange(made.net.network(), asked).works  # by the public address of the gateway
    server.route("52.0.0.9/32", "local")
    found = exchange(made.net.network(), asked)
    assert found.reply is not None
    assert (found.works, found.reply.code) == (False, "NO_POSSIBLE_DESTINATION")


def test_return_to_sender_over_a_peering_connection():
    made = peered(routes="none")
    inner = made.one.subnet("10.0.9.0/24").route("172.31.0.0/16", "pcx-1")
    made.subnet_a.route("172.31.0.0/16", inner.nat_gateway("10.0.9.5"))
    asked = made.ask("R")
    found = exchange(asked.network, asked.probe)
    assert found.works
    assert found.reply is not None
    assert "peering-connection" in [hop.kind for hop in found.reply.hops]
    made.subnet_b.acl(*IN)
    asked = made.ask("P")
    found = exchange(asked.network, asked.probe)
    assert found.reply is not None
    assert found.reply.code == "SUBNET_ACL_RESTRICTION"


def test_what_lies_beyond_the_gateway_s_table():
    made = nat_lan()
    made.net.change("route_tables", "rtb-of-subnet-2", routes=())
    made.public.route("0.0.0.0/0", unmodelled("tgw-1"))
    assert trace(made).code == "UNKNOWN_RESOURCE"
    tgw = made.net.network().gaps
    assert trace(made, tgw).delivered_to == CLIENT
    made.public.acl(*OUT)
    assert trace(made, tgw).code == "SUBNET_ACL_RESTRICTION"


def test_a_reply_does_not_circle_where_the_client_writes_the_gateway_s_address():
    made = nat_lan()
    made.net.change("interfaces", made.a.interface_id, source_destination_check=False)
    asked = probe(made.a, CLIENT, packet("10.0.9.5", "203.0.113.7"))
    found = exchange(made.net.network(), asked)
    assert found.forward.delivered_to == CLIENT
    assert found.reply is not None
    assert (found.works, found.reply.code) == (False, "NGW_NO_SESSION")

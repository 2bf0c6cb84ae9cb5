"""NAT64: IPv6 clients reach IPv4 hosts through a NAT gateway (NAT-2, NAT-10, NAT-11, ASK-8)."""

from dataclasses import dataclass

import pytest

from tests.strategies.builder import (
    Build,
    BuildSubnet,
    BuildVpc,
    outside,
    packet,
    probe,
    unmodelled,
)
from verifier.evaluate import exchange, walk
from verifier.packet import Address, Packet
from verifier.trace import INTERNET, Choices, InterfaceHost, OutsideHost

CLIENT = "2600:1:0:1::5"
WEB = outside("64:ff9b::cb00:7107")  # 203.0.113.7
OUT_TO_ALL = "out 100 allow -1 0.0.0.0/0"


@dataclass
class Lan:
    """An IPv6-only client, a NAT gateway in a subnet with both families, and an IPv4 host."""

    net: Build
    vpc: BuildVpc
    private: BuildSubnet
    middle: BuildSubnet
    data: BuildSubnet
    a: InterfaceHost
    b: InterfaceHost

    def sends(self, destination: str, traffic: str = "tcp 443", source: str = CLIENT) -> Packet:
        return packet(source, destination, traffic)

    def exchange(self, host, traffic="tcp 443", to=None, opened=(), **choices):
        name = to or (str(host.address) if isinstance(host, OutsideHost) else "64:ff9b::a00:305")
        asked = probe(self.a, host, self.sends(name, traffic), Choices(**choices))
        return exchange(self.net.network(), asked, frozenset(opened))


def lan(public: str | None = "52.0.0.9") -> Lan:
    net = Build()
    vpc = net.vpc("10.0.0.0/16", "2600:1::/56").internet_gateway()
    private = vpc.subnet("2600:1:0:1::/64")
    middle = vpc.subnet("10.0.9.0/24", "2600:1:0:9::/64").route("0.0.0.0/0", vpc.igw)
    data = vpc.subnet("10.0.3.0/24")
    private.route("64:ff9b::/96", middle.nat_gateway("10.0.9.5", public))
    a, b = private.interface(CLIENT), data.interface("10.0.3.5")
    return Lan(net, vpc, private, middle, data, a, b)


def hop(trace, kind="nat-gateway"):
    return next(found for found in trace.hops if found.kind == kind)


def test_to_the_internet_and_back():
    found = lan().exchange(WEB)
    assert found.works
    assert found.forward.delivered_to == WEB
    assert found.forward.packet == packet("52.0.0.9", "203.0.113.7")
    assert found.reply is not None
    assert found.reply.packet == found.forward.hops[0].packet.reply()
    assert hop(found.forward).packet == packet("10.0.9.5", "203.0.113.7")
    assert hop(found.forward).detail == (
        f"source [{CLIENT}]:49152 becomes 10.0.9.5:49152,"
        " destination [64:ff9b::cb00:7107]:443 becomes 203.0.113.7:443"
    )
    assert hop(found.reply).detail == (
        "source 203.0.113.7:443 becomes [64:ff9b::cb00:7107]:443,"
        f" destination 10.0.9.5:49152 becomes [{CLIENT}]:49152"
    )


def test_to_an_interface_and_back():
    found = lan(public=None).exchange(InterfaceHost("eni-2"), nat_port=2000)
    assert found.works
    assert found.forward.packet == packet("10.0.9.5", "10.0.3.5", source_port=2000)
    assert found.reply is not None
    assert found.reply.packet == packet(CLIENT, "64:ff9b::a00:305").reply()


def test_a_ping_changes_its_family():
    found = lan().exchange(WEB, "icmp6 128/3")
    assert found.works
    assert found.forward.packet == packet("52.0.0.9", "203.0.113.7", "icmp 8/3")
    assert found.reply is not None
    assert hop(found.reply).packet == packet(CLIENT, str(WEB.address), "icmp6").reply()
    assert hop(found.forward).detail == (
        f"source {CLIENT} becomes 10.0.9.5, destination 64:ff9b::cb00:7107 becomes 203.0.113.7"
    )


@pytest.mark.parametrize("traffic", ["icmp6 1/0", "icmp6 129/0", "icmp 8/0", "47"])
def test_what_is_not_served(traffic):
    assert lan().exchange(WEB, traffic).forward.code == "PROTOCOL_RESTRICTION"


def test_other_ipv6_is_not_served():
    made = lan()
    made.private.route("::/0", "nat-1")
    assert made.exchange(outside("2600:2::1")).forward.code == "PROTOCOL_RESTRICTION"


def test_the_lists_of_the_gateway_s_subnet_see_ipv6_before_and_ipv4_behind():
    made = lan()
    inward = ["in 100 allow tcp 443 2600:1::/56", "in 101 allow tcp 1024-65535 0.0.0.0/0"]
    outward = [OUT_TO_ALL, "out 101 allow tcp 49152 2600:1::/56"]
    made.middle.acl(*inward, *outward)
    assert made.exchange(WEB).works
    for entry in inward + outward:
        made = lan()
        made.middle.acl(*(other for other in inward + outward if other != entry))
        found = made.exchange(WEB)
        ended = found.reply if "1024" in entry or "49152" in entry else found.forward
        assert not found.works
        assert ended is not None
        assert ended.code == "SUBNET_ACL_RESTRICTION"


def test_the_receiver_s_groups_see_the_gateway():
    made = lan()
    group = made.net.group("in tcp 443 10.0.9.5/32", group_id="sg-db")
    made.net.change("interfaces", "eni-2", groups=(group,))
    assert made.exchange(made.b).works
    made.net.group("in tcp 443 ::/0", group_id="sg-db")
    assert made.exchange(made.b).forward.code == "ENI_SG_RULES_MISMATCH"


def test_the_gateway_s_own_subnet_is_not_served():
    made = lan()
    made.middle.route("64:ff9b::/96", "nat-1")
    near = made.middle.interface("2600:1:0:9::7")
    asked = probe(near, WEB, made.sends(str(WEB.address), source="2600:1:0:9::7"))
    assert walk(made.net.network(), asked).code == "NGW_OWN_SUBNET"


def test_the_reply_takes_the_gateway_s_ipv6_routes():
    made = lan()
    made.middle.route("2600:1:0:1::/64", unmodelled("lgw-1"))
    found = made.exchange(WEB)
    assert not found.works
    assert found.reply is not None
    assert found.reply.code == "UNKNOWN_RESOURCE"


def test_doors_and_other_names():
    made = lan()
    for door in (None, INTERNET, made.vpc.igw):
        assert made.exchange(outside(str(WEB.address), door)).works
    assert not made.exchange(outside(str(WEB.address), "igw-9")).works
    assert made.exchange(outside("203.0.113.7"), to=str(WEB.address)).works
    assert not made.exchange(outside("64:ff9b::1"), to=str(WEB.address)).works
    found = walk(made.net.network(), probe(made.a, None, made.sends(str(WEB.address))))
    assert found.delivered_to == outside("203.0.113.7", made.vpc.igw)


def test_through_an_exit_behind():
    made = lan()
    target = unmodelled("lgw-1")
    made.middle.route("203.0.113.0/24", target).route("10.0.3.0/24", target)
    other = Address.parse("2600:9::9")
    for host in (WEB, made.b):
        assert not made.exchange(host).works
        found = made.exchange(host, opened=[target.gap], gap_source=other)
        assert found.works
        assert found.forward.packet.source == Address.parse("10.0.9.5")
    asked = probe(made.a, outside("64:ff9b::1"), made.sends(str(WEB.address)))
    found = walk(made.net.network(), asked, frozenset({target.gap}))
    assert found.delivered_to == outside("203.0.113.7", "lgw-1")


def test_a_second_gateway_is_a_gap():
    made = lan()
    last = made.vpc.subnet("10.0.8.0/24").route("0.0.0.0/0", made.vpc.igw)
    made.middle.route("203.0.113.0/24", last.nat_gateway("10.0.8.5", "52.0.0.8"))
    first = made.net.lacks("nat-beyond", "nat-1")
    assert made.exchange(WEB, opened=[first]).forward.code == "UNKNOWN_RESOURCE"
    beyond = made.net.lacks("nat-beyond", "nat-2")
    found = made.exchange(WEB, opened=[beyond])
    assert found.works
    assert found.gaps == {beyond}


def test_back_from_a_peer_without_asking_its_routes():
    made = lan()
    there = made.net.vpc("10.8.0.0/16")
    far = there.subnet("10.8.1.0/24").interface("10.8.1.5")
    made.middle.route("10.8.0.0/16", made.net.peer(made.vpc, there))
    assert made.exchange(far, to="64:ff9b::a08:105").works

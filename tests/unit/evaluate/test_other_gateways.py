"""Packets that leave by the internet gateway of another VPC (IGW-2, IGW-5, IGW-10, CONN-1, CONN-5).

Two VPCs have the same addresses: S (eni-1, 10.0.1.5) is in the one that has no gateway, T (eni-2,
10.0.1.5 as well) in the other one, whose gateway knows it as 52.0.0.1.
"""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from tests.strategies.builder import Build, BuildSubnet, BuildVpc, outside, packet, probe
from verifier.evaluate import exchange
from verifier.model import PublicAccess
from verifier.trace import Exchange, InterfaceHost

CLIENT = outside("203.0.113.7")
ANY = "0.0.0.0/0"


@dataclass
class Twins:
    net: Build
    near: BuildVpc
    far: BuildVpc
    inner: BuildSubnet
    outer: BuildSubnet
    tgw: str
    source: InterfaceHost
    at_near: str
    table: str

    def asks(self, to=CLIENT, name="203.0.113.7", opened=()) -> Exchange:
        asked = probe(self.source, to, packet("10.0.1.5", name))
        return exchange(self.net.network(), asked, frozenset(opened))


def twins(public: str | None = "52.0.0.1", **far) -> Twins:
    net = Build()
    tgw = net.transit_gateway()
    table = net.transit_table(tgw)
    near, other = net.vpc("10.0.0.0/16"), net.vpc("10.0.0.0/16", "10.2.0.0/16").internet_gateway()
    inner = near.subnet("10.0.1.0/24", zone="az1").route(ANY, tgw)
    source = inner.interface("10.0.1.5")
    outer = other.subnet("10.2.9.0/24", zone="az1").route(ANY, other.igw)
    other.subnet("10.0.1.0/24", **far).route(ANY, other.igw).interface("10.0.1.5", public=public)
    at_near = net.attach(tgw, table, inner)
    net.transit_route(table, ANY, net.attach(tgw, table, outer))
    return Twins(net, near, other, inner, outer, tgw, source, at_near, table)


def test_it_leaves_under_the_name_of_who_has_its_address_there():
    found = twins().asks()
    assert found.forward.delivered_to == CLIENT
    assert str(found.forward.packet.source) == "52.0.0.1"


def test_the_answer_goes_to_who_has_that_name():
    found = twins().asks()
    assert (found.works, found.forward.code) == (False, None)
    assert found.reply is not None
    assert (found.reply.code, found.reply.hops[-1].component) == ("NO_CONNECTION", "eni-2")


def test_without_a_name_there_it_does_not_leave():
    assert twins(public=None).asks().forward.code == "IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS"
    made = twins()
    made.net.change("interfaces", "eni-2", attached=False)
    assert made.asks().forward.code == "IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS"


def test_the_subnet_of_who_has_its_address_there_decides_of_public_access():
    for access, code in ((PublicAccess.EGRESS, None), (PublicAccess.CLOSED, "BLOCKED")):
        found = twins(public_access=access).asks().forward.code
        assert found == (code and "VPC_BLOCK_PUBLIC_ACCESS_ENABLED")


def test_a_nat_gateway_s_name_serves_as_well_and_its_answer_is_nobody_s():
    made = twins(public=None)
    made.net.parts["interfaces"].pop("eni-2")
    made.far.subnet("10.0.1.0/25").nat_gateway("10.0.1.5", "52.0.0.9")
    found = made.asks()
    assert str(found.forward.packet.source) == "52.0.0.9"
    assert found.reply is not None
    assert (found.works, found.reply.code) == (False, "NGW_NO_SESSION")


def test_a_nat_gateway_behind_the_transit_gateway_leaves_under_another_one_s_name():
    """N translates in the near VPC; in the far one its address is T's."""
    made = twins()
    clients = made.near.subnet("10.0.7.0/24")
    clients.route(ANY, made.inner.nat_gateway("10.0.1.9"))
    made.net.parts["interfaces"].pop("eni-2")
    made.far.subnet("10.0.1.0/25").interface("10.0.1.9", public="52.0.0.9")
    asked = probe(clients.interface("10.0.7.5"), CLIENT, packet("10.0.7.5", "203.0.113.7"))
    found = exchange(made.net.network(), asked)
    assert (found.forward.delivered_to, str(found.forward.packet.source)) == (CLIENT, "52.0.0.9")
    assert found.reply is not None
    assert (found.works, found.reply.code) == (False, "NO_CONNECTION")


def led_back(via: str = "eni-3") -> Twins:
    """The far gateway's table leads 10.0.1.0/24 to an appliance, whose subnet leads it back."""
    made = twins()
    middle = made.far.subnet("10.2.3.0/24", zone="az1").route(ANY, made.far.igw)
    middle.interface("10.2.3.5", public="52.0.0.3", source_destination_check=False)
    middle.route("10.0.1.0/24", made.tgw)
    made.net.transit_route(made.table, "10.0.1.0/24", made.at_near)
    made.far.edge_route(made.far.igw, "10.0.1.0/24", "eni-3")
    made.net.change("route_tables", f"rtb-of-{made.outer.id}", routes=())
    made.outer.route(ANY, via)
    return made


def test_the_answer_may_be_led_back_to_the_source_all_the_same():
    made = led_back()
    found = made.asks()
    assert found.works
    assert found.reply is not None
    kinds = [hop.kind for hop in found.reply.hops]
    assert kinds[:3] == ["outside", "internet-gateway", "route-table"]
    assert "transit-gateway" in kinds
    direct = led_back("igw-1").asks().forward  # IGW-11
    assert direct.code == "INGRESS_RTB_TRAFFIC_REDIRECTION"


def test_a_hairpin_is_answered_to_the_name():
    made = twins()
    third = made.net.vpc("10.5.0.0/16").internet_gateway()
    home = third.subnet("10.5.1.0/24").route(ANY, third.igw)
    to = home.interface("10.5.1.5", public="52.0.0.5")
    found = made.asks(to, "52.0.0.5")
    assert found.forward.delivered_to == to
    assert str(found.forward.packet.source) == "52.0.0.1"
    assert found.reply is not None
    assert (found.reply.code, found.reply.hops[-1].component) == ("NO_CONNECTION", "eni-2")


def test_a_hairpin_to_the_twin_itself():
    made = twins()
    found = made.asks(InterfaceHost("eni-2"), "52.0.0.1")
    assert found.forward.delivered_to == InterfaceHost("eni-2")
    assert str(found.forward.packet.source) == "52.0.0.1"
    assert found.works is False


def test_the_answer_to_an_outside_host_must_leave_under_its_own_name():
    """From outside to U in the near VPC, which answers by the far gateway: under T's name."""
    made = twins()
    made.near.internet_gateway()
    made.net.change(
        "interfaces",
        "eni-1",
        ipv4=tuple(
            type(entry)(entry.address, True, type(entry.address).parse("52.0.0.8"))
            for entry in made.net.get("interfaces", "eni-1").ipv4
        ),
    )
    asked = probe(CLIENT, made.source, packet("203.0.113.7", "52.0.0.8"))
    found = exchange(made.net.network(), asked)
    assert found.forward.delivered_to == made.source
    assert found.reply is not None
    assert (found.reply.code, str(found.reply.packet.source)) == ("NO_CONNECTION", "52.0.0.1")


SITE = "2001:db8:9::7"


@pytest.mark.parametrize("by", ["vgw", "tgw-attach"])
def test_a_site_s_answer_may_come_by_the_internet(by):
    """An appliance or another VPC leads it out; it is in again by the gateway of its VPC."""
    net = Build()
    home = net.vpc("10.0.0.0/16", "2600:1f00::/56").internet_gateway()
    subnet = home.subnet("2600:1f00::/64", zone="az1")
    source = subnet.interface("2600:1f00::5")
    if by == "vgw":
        door = home.vpn_gateway("2001:db8:9::/48")
        middle = home.subnet("2600:1f00:0:3::/64").route("2001:db8:9::/48", door)
        middle.interface("2600:1f00:0:3::5", source_destination_check=False)
        middle.route("2600:1f00::/64", home.igw)
        home.edge_route(door, "2600:1f00::/64", "eni-2")
        subnet.route("2001:db8:9::/48", "eni-2")
    else:
        tgw = net.transit_gateway()
        table = net.transit_table(tgw)
        door = net.attach_sites(tgw, table)
        net.attach(tgw, table, subnet.route("2001:db8:9::/48", tgw))
        net.transit_route(table, "2001:db8:9::/48", door)
        other = net.vpc("10.2.0.0/16", "2600:1f02::/56").internet_gateway()
        outer = other.subnet("2600:1f02::/64", zone="az1").route("2600:1f00::/56", other.igw)
        net.transit_route(table, "2600:1f00::/56", net.attach(tgw, table, outer))
    asked = probe(source, outside(SITE), packet("2600:1f00::5", SITE))
    found = exchange(net.network(), asked)
    assert found.forward.delivered_to == asked.destination
    assert found.reply is not None
    told = [hop.component for hop in found.reply.hops if hop.kind == "internet-gateway"]
    assert (found.works, told[-1]) == (True, home.igw)


def test_the_passages_there_are_asked():
    made = twins()
    needed = made.net.passage(made.far)
    assert made.asks().forward.code == "UNKNOWN_RESOURCE"
    found = made.asks(opened=[needed]).forward
    assert (found.delivered_to, found.gaps) == (CLIENT, {needed})

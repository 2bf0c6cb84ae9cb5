"""From attachment to attachment (TGW-1 to TGW-11)."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from tests.strategies.builder import (
    OPEN_RULES,
    Build,
    BuildSubnet,
    BuildVpc,
    gap,
    outside,
    packet,
    probe,
)
from verifier.evaluate import exchange, walk
from verifier.model import AttachmentKind, TransitRank
from verifier.trace import Choices, Exchange, InterfaceHost, Trace

GAP = gap("tgw-1")
ANY = "0.0.0.0/0"


@dataclass
class Two:
    """Host A (10.0.1.5) and host B (10.2.1.5), each in the subnet of its VPC's attachment."""

    net: Build
    tgw: str
    table: str
    one: BuildVpc
    two: BuildVpc
    subnet_a: BuildSubnet
    subnet_b: BuildSubnet
    a: InterfaceHost
    b: InterfaceHost
    at_a: str
    at_b: str

    def walk(self, to: str = "10.2.1.5", opened=(), transit=(), avoiding=(), door=None) -> Trace:
        return walk(self.net.network(), self.asked(to, transit, avoiding, door), frozenset(opened))

    def asked(self, to: str = "10.2.1.5", transit=(), avoiding=(), door=None):
        own = "10.0.1.5" if "." in to else "2600:1f00::5"
        there = self.b if to.startswith(("10.2.1.", "2600")) else outside(to, door)
        sent = packet(own, to)
        made = probe(self.a, there, sent, Choices(transit=tuple(transit)))
        return type(made)(
            made.source, made.destination, sent, made.choices, avoiding=frozenset(avoiding)
        )

    def exchange(self, **more) -> Exchange:
        opened = frozenset(more.pop("opened", ()))
        return exchange(self.net.network(), self.asked(**more), opened)


def two(rules_b=OPEN_RULES, **gateway) -> Two:
    net = Build()
    tgw = net.transit_gateway(**gateway)
    table = net.transit_table(tgw)
    one, other = net.vpc("10.0.0.0/16", "2600:1f00::/56"), net.vpc("10.2.0.0/16", "2600:1f02::/56")
    subnet_a = one.subnet("10.0.1.0/24", "2600:1f00::/64", zone="az1")
    subnet_b = other.subnet("10.2.1.0/24", "2600:1f02::/64", zone="az1")
    a = subnet_a.interface("10.0.1.5", "2600:1f00::5", groups=[net.group(*OPEN_RULES)])
    b = subnet_b.interface("10.2.1.5", "2600:1f02::5", groups=[net.group(*rules_b)])
    at_a, at_b = net.attach(tgw, table, subnet_a), net.attach(tgw, table, subnet_b)
    net.transit_route(table, "10.0.0.0/16", at_a).transit_route(table, "10.2.0.0/16", at_b)
    net.transit_route(table, "2600:1f02::/56", at_b)
    for subnet in (subnet_a, subnet_b):
        subnet.route(ANY, tgw).route("::/0", tgw)
    return Two(net, tgw, table, one, other, subnet_a, subnet_b, a, b, at_a, at_b)


def change(made: Two, attachment: str, **fields) -> Two:
    made.net.change("transit_attachments", (made.tgw, attachment), **fields)
    return made


def test_both_ways_by_the_tables_hop_by_hop():
    made = two()
    found = made.exchange()
    assert found.works
    hops = [(hop.kind, hop.component, hop.direction) for hop in found.forward.hops]
    assert hops[2:6] == [
        ("network-acl", "acl-of-vpc-1", "egress"),
        ("route-table", "rtb-of-subnet-1", None),
        ("network-acl", "acl-of-vpc-1", "ingress"),  # TGW-3: even if it is the same subnet
        ("transit-gateway", "tgw-1", None),
    ]
    through = found.forward.hops[5]
    assert through.rule == "10.2.0.0/16 tgw-attach-2 (tgw-rtb-1)"
    assert through.detail == "by subnet subnet-2 in az1"
    assert [hop.kind for hop in found.forward.hops[6:]] == ["security-group", "interface"]  # TGW-7


def test_a_gateway_that_is_not_there_or_not_known():
    made = two()
    made.net.parts["transit_gateways"].clear()
    assert made.walk().code == "BAD_STATE_ATTACHMENT"
    missing = made.net.lacks("transit-gateway", "tgw-1")
    assert made.walk().code == "UNKNOWN_RESOURCE"
    assert made.walk(opened=[missing]).delivered_to == made.b
    made = two(gap=GAP)
    assert made.walk().code == "UNKNOWN_RESOURCE"
    found = made.walk(opened=[GAP])
    assert (found.delivered_to, found.gaps) == (made.b, {GAP})


def test_attachments_that_do_not_carry():
    for at, fields in (
        ("at_a", {"available": False}),
        ("at_a", {"vpc_id": None}),
        ("at_a", {"kind": AttachmentKind.VPN}),
        ("at_b", {"available": False}),
        ("at_b", {"subnet_ids": ()}),
    ):
        made = two()
        assert change(made, getattr(made, at), **fields).walk().code == "BAD_STATE_ATTACHMENT"
    made = two()
    assert change(made, made.at_b, subnet_ids=("subnet-9",)).walk().code == "UNKNOWN_RESOURCE"
    made = two()
    made.net.parts["transit_attachments"].pop((made.tgw, made.at_b))
    assert made.walk().code == "BAD_STATE_ATTACHMENT"


@pytest.mark.parametrize("at", ["at_a", "at_b"])
def test_an_attachment_with_a_gap_is_an_exit(at):
    made = two()
    change(made, getattr(made, at), gap=GAP)
    assert made.walk().code == "UNKNOWN_RESOURCE"
    found = made.walk(opened=[GAP])
    assert (found.delivered_to, found.gaps) == (made.b, {GAP})
    assert made.exchange(opened=[GAP]).works
    for avoided in (made.tgw, getattr(made, at)):
        found = made.walk(opened=[GAP], avoiding=[avoided])
        assert found.code == "COMPONENT_FILTER_RESTRICTION"


def test_egress_references_at_a_gateway_with_a_gap_and_without():
    for known in (True, False):
        made = two(gap=None if known else GAP)
        made.net.group("out -1 sg-2", group_id="sg-1")
        code = made.walk(opened=[GAP]).code
        assert code == ("ENI_SG_RULES_MISMATCH" if known else None)


def test_the_zone_of_the_subnet_that_is_left():
    for zone in ("az2", None):
        made = two()
        far = made.one.subnet("10.0.2.0/24", zone=zone).route(ANY, made.tgw)
        host = far.interface("10.0.2.5")
        asked = probe(host, made.b, packet("10.0.2.5", "10.2.1.5"))
        found = walk(made.net.network(), asked)
        assert found.code == "TGW_ROUTE_AZ_RESTRICTION"
        assert found.hops[-1].detail == f"tgw-attach-1 from {zone or 'an unknown zone'}"


def test_an_attachment_subnet_that_is_not_in_the_snapshot_is_in_no_zone():
    made = two()
    change(made, made.at_a, subnet_ids=("subnet-0",))
    assert made.walk().code == "TGW_ROUTE_AZ_RESTRICTION"


@pytest.mark.parametrize("at", ["at_a", "at_b"])
def test_ipv6_wants_both_attachments(at):
    made = two()
    assert made.walk("2600:1f02::5").delivered_to == made.b
    change(made, getattr(made, at), ipv6=False)
    assert made.walk("2600:1f02::5").code == "PROTOCOL_RESTRICTION"
    assert made.walk().delivered_to == made.b


def test_the_list_of_the_attachment_subnet_is_asked_on_the_way_in():
    made = two()
    made.subnet_a.acl("in 100 allow -1 10.9.0.0/16", "out 100 allow -1 0.0.0.0/0")
    found = made.walk()
    assert (found.code, found.hops[-1].direction) == ("SUBNET_ACL_RESTRICTION", "ingress")


def test_the_list_of_the_other_attachment_subnet_is_asked_on_the_way_out():
    made = two()
    door = made.two.subnet("10.2.9.0/28", zone="az1").acl("out 100 deny -1 0.0.0.0/0")
    change(made, made.at_b, subnet_ids=(door.id,))
    found = made.walk()
    assert (found.code, found.hops[-1].component) == ("SUBNET_ACL_RESTRICTION", "acl-1")
    made = two()
    door = made.two.subnet("10.2.9.0/28", zone="az1").acl("out 100 allow -1 10.2.1.0/24")
    change(made, made.at_b, subnet_ids=(door.id,))
    assert made.walk().delivered_to == made.b


def test_no_table_no_route_and_blackholes():
    made = two()
    assert change(made, made.at_a, table_id=None).walk().code == (
        "TGW_ATTACH_MISSING_TGW_RTB_ASSOCIATION"
    )
    assert change(made, made.at_a, table_id="tgw-rtb-9").walk().code == (
        "TGW_ATTACH_MISSING_TGW_RTB_ASSOCIATION"
    )
    assert two().walk("10.9.0.1").code == "TGW_RTB_NO_ROUTE_TO_TGW_ATTACHMENT"
    made = two()
    made.net.transit_route(made.table, "10.2.1.0/24")
    found = made.walk()
    assert found.code == "TGW_RTB_BAD_STATE_ROUTE"
    assert found.hops[-1].rule == "10.2.1.0/24 blackhole (tgw-rtb-1)"


def test_a_table_with_a_gap_is_an_exit():
    made = two()
    made.net.change("transit_tables", made.table, gap=GAP)
    assert made.walk().code == "UNKNOWN_RESOURCE"
    assert made.walk(opened=[GAP]).delivered_to == made.b


def test_the_best_rank_of_the_longest_prefix_counts():
    made = two()
    worse, better = TransitRank.PROPAGATED_VPN, TransitRank.PROPAGATED_VPC
    made.net.transit_route(made.table, "10.2.1.0/24", made.at_a, rank=worse)
    made.net.transit_route(made.table, "10.2.1.0/24", made.at_b, rank=better)
    assert made.walk().delivered_to == made.b


def test_among_several_attachments_the_network_chooses():
    made = two()
    made.net.change("transit_tables", made.table, routes=())
    made.net.transit_route(made.table, "10.2.0.0/16", made.at_b, made.at_a)
    made.net.transit_route(made.table, "10.0.0.0/16", made.at_a)
    assert made.walk().code == "FORWARDING_LOOP"  # back into its own VPC, number 0
    for number, code in ((0, "FORWARDING_LOOP"), (1, None), (3, None)):
        assert made.walk(transit=[("tgw-rtb-9", 5), (made.table, number)]).code == code


def test_a_loop_between_two_vpcs():
    made = two()
    made.net.transit_route(made.table, "10.9.0.0/16", made.at_b)
    found = made.walk("10.9.0.1")
    assert found.code == "FORWARDING_LOOP"
    assert found.hops[-1].detail == made.table
    assert [hop.kind for hop in found.hops].count("transit-gateway") == 2


def zones(made: Two, *names: str) -> list[BuildSubnet]:
    """B's attachment with a subnet of its own in each of these zones."""
    subnets = [
        made.two.subnet(f"10.2.{number}.0/24", zone=zone).route(ANY, made.tgw)
        for number, zone in enumerate(names, start=10)
    ]
    change(made, made.at_b, subnet_ids=tuple(subnet.id for subnet in subnets))
    return subnets


def entered(trace: Trace) -> str | None:
    return next(hop.detail for hop in trace.hops if hop.kind == "transit-gateway")


def test_the_zone_is_kept_where_it_can_be():
    made = two()
    first, second, third = zones(made, "az2", "az1", "az1")
    assert entered(made.walk(transit=[(made.at_b, 2)])) == f"by subnet {second.id} in az1"
    change(made, made.at_b, appliance_mode=True)
    for number, subnet in ((0, first), (2, third), (4, second)):
        found = made.walk(transit=[(made.at_b, number)])
        assert entered(found) == f"by subnet {subnet.id} in {'az2' if subnet is first else 'az1'}"
    made = two()
    first, second = zones(made, "az2", "az3")
    assert entered(made.walk()) == f"by subnet {first.id} in az2"
    assert entered(made.walk(transit=[(made.at_b, 1)])) == f"by subnet {second.id} in az3"


def test_replies_have_their_own_choices_but_in_appliance_mode():
    """B asks A: what comes back into B's VPC is a reply."""
    for appliance_mode, chosen in ((False, 1), (True, 0)):
        made = two()
        subnets = zones(made, "az2", "az1", "az3")
        change(
            made, made.at_b, appliance_mode=appliance_mode,
            subnet_ids=(subnets[0].id, subnets[2].id),
        )  # fmt: skip
        b = subnets[0].interface("10.2.10.5")
        choices = Choices(transit=((made.at_b, 0),), transit_reply=((made.at_b, 1),))
        door = made.one.subnet("10.0.9.0/28", zone="az2")
        change(made, made.at_a, subnet_ids=(door.id, made.subnet_a.id))
        asked = probe(b, made.a, packet("10.2.10.5", "10.0.1.5"), choices)
        found = exchange(made.net.network(), asked)
        assert found.works
        assert found.reply is not None
        subnet = (subnets[0], subnets[2])[chosen]
        assert subnet.id in (entered(found.reply) or "")


def peered(rules_b=OPEN_RULES) -> tuple[Two, str, str]:
    """B's VPC is attached to another transit gateway, tgw-2, peered with tgw-1."""
    made = two(rules_b, references=True)
    other = made.net.transit_gateway(references=True)
    table = made.net.transit_table(other)
    made.net.parts["transit_attachments"].pop((made.tgw, made.at_b))
    at_b = made.net.attach(other, table, made.subnet_b)
    between = made.net.peer_transit((made.tgw, made.table), (other, table))
    made.net.change("transit_tables", made.table, routes=())
    made.net.transit_route(made.table, "10.0.0.0/16", made.at_a)
    made.net.transit_route(made.table, "10.2.0.0/16", between)
    made.net.transit_route(table, "10.2.0.0/16", at_b)
    made.net.transit_route(table, "10.0.0.0/16", between)
    made.net.change("route_tables", "rtb-of-subnet-2", routes=())
    made.subnet_b.route(ANY, other)
    return made, other, between


def test_from_gateway_to_gateway():
    made, other, _ = peered()
    found = made.exchange()
    assert found.works
    through = [hop.component for hop in found.forward.hops if hop.kind == "transit-gateway"]
    assert through == [made.tgw, other]
    assert made.walk(avoiding=[other]).code == "COMPONENT_FILTER_RESTRICTION"


def test_the_other_end_of_a_peering():
    made, other, between = peered()
    made.net.change("transit_attachments", (other, between), gap=GAP)
    assert made.walk().code == "UNKNOWN_RESOURCE"
    assert made.walk(opened=[GAP]).delivered_to == made.b
    made.net.change("transit_attachments", (other, between), gap=GAP, available=False)
    assert made.walk(opened=[GAP]).code == "BAD_STATE_ATTACHMENT"
    made.net.parts["transit_attachments"].pop((other, between))
    assert made.walk().code == "BAD_STATE_ATTACHMENT"
    made.net.change("transit_attachments", (made.tgw, between), peer_gateway_id=None)
    assert made.walk().code == "BAD_STATE_ATTACHMENT"


def test_references_need_one_gateway_that_supports_them():
    rules = ("in -1 sg-1",)
    assert two(rules, references=True).walk().code is None
    assert two(rules).walk().code == "SG_REFERENCES_NOT_PRESERVED"
    for at in ("at_a", "at_b"):
        made = two(rules, references=True)
        change(made, getattr(made, at), references=False)
        assert made.walk().code == "SG_REFERENCES_NOT_PRESERVED"
    assert peered(rules)[0].walk().code == "SG_REFERENCES_NOT_PRESERVED"


def test_references_are_lost_by_crossing_twice():
    """Through a third VPC, whose attachment has a table of its own that leads on to B."""
    made = two(("in -1 sg-1",), references=True)
    middle = made.net.vpc("10.9.0.0/16").subnet("10.9.0.0/28", zone="az1").route(ANY, made.tgw)
    second = made.net.transit_table(made.tgw)
    made.net.transit_route(second, "10.2.0.0/16", made.at_b)
    at_middle = made.net.attach(made.tgw, second, middle)
    made.net.transit_route(made.table, "10.2.1.0/24", at_middle)
    assert made.walk().code == "SG_REFERENCES_NOT_PRESERVED"
    made.net.group(*OPEN_RULES, group_id="sg-2")
    assert made.walk().delivered_to == made.b


def site(**fields) -> tuple[Two, str]:
    made = two()
    attachment = made.net.attach_sites(made.tgw, made.table, **fields)
    made.net.transit_route(made.table, "192.168.0.0/16", attachment)
    return made, attachment


def test_sites_outside():
    made, attachment = site()
    for door, reached in ((None, True), (attachment, True), ("internet", False), ("vgw-1", False)):
        found = made.exchange(to="192.168.0.1", door=door)
        assert found.works is reached
    assert made.walk("192.168.0.1", avoiding=[attachment]).code == "COMPONENT_FILTER_RESTRICTION"


def test_sites_send():
    made, attachment = site()
    for door, works in ((None, True), (attachment, True), ("internet", False)):
        host = outside("192.168.0.1", door)
        asked = probe(host, made.a, packet("192.168.0.1", "10.0.1.5"))
        assert exchange(made.net.network(), asked).works is works
    for avoided in (made.tgw, attachment):
        asked = probe(outside("192.168.0.1"), made.a, packet("192.168.0.1", "10.0.1.5"))
        asked = type(asked)(
            asked.source, asked.destination, asked.packet, avoiding=frozenset({avoided})
        )
        assert walk(made.net.network(), asked).code == "COMPONENT_FILTER_RESTRICTION"


@pytest.mark.parametrize("fields", [{"available": False}, {"gap": GAP}])
def test_sites_do_not_send_by_what_is_not_known(fields):
    made, _ = site(**fields)
    asked = probe(outside("192.168.0.1"), made.a, packet("192.168.0.1", "10.0.1.5"))
    assert walk(made.net.network(), asked, frozenset({GAP})).code == "NO_POSSIBLE_DESTINATION"


def test_addresses_of_vpcs_do_not_come_from_sites():
    made, _ = site()
    asked = probe(outside("10.2.1.77"), made.a, packet("10.2.1.77", "10.0.1.5"))
    assert walk(made.net.network(), asked).code == "NO_POSSIBLE_DESTINATION"


def test_the_reply_must_leave_by_the_same_attachment():
    made, attachment = site()
    other = made.net.attach_sites(made.tgw, made.table)
    made.net.transit_route(made.table, "192.168.0.0/24", other)
    asked = probe(outside("192.168.0.1", attachment), made.a, packet("192.168.0.1", "10.0.1.5"))
    found = exchange(made.net.network(), asked)
    assert found.forward.delivered_to == made.a
    assert found.reply is not None
    assert found.reply.code == "IGW_RETURN_THROUGH_OTHER_GATEWAY"


def test_what_sites_do_with_packets_for_vpcs():
    """A route to a site holds an address of B's VPC, or B's public one."""
    for to, public in (("10.2.1.5", None), ("52.0.0.1", "52.0.0.1")):
        for beyond in (None, GAP):
            made, attachment = site(beyond=beyond)
            made.two.internet_gateway()
            b = made.subnet_b.interface("10.2.1.6", public=public)
            made.net.transit_route(made.table, f"{to}/32", attachment)
            there = b if public else made.b
            choices = Choices(gap_source=outside("203.0.113.9").address)
            asked = probe(made.a, there, packet("10.0.1.5", to), choices)
            closed = walk(made.net.network(), asked)
            assert closed.code == ("UNKNOWN_RESOURCE" if beyond else "NO_POSSIBLE_DESTINATION")
            opened = walk(made.net.network(), asked, frozenset({GAP}))
            assert (opened.delivered_to == there) is (beyond is not None)

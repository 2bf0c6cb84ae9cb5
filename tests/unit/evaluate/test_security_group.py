"""The union of the rules of all groups (SG-1 to SG-15, GAP-4, GAP-5)."""

from dataclasses import replace

import pytest

from tests.known_answers.cases import OPEN_RULES, lan, peered, web
from tests.strategies.builder import Build, BuildSubnet, BuildVpc, gap, packet, probe, rule
from verifier.evaluate import walk
from verifier.model import GroupReference, InterfaceKind, SecurityGroupRule

ONE = gap("one", "GAP-4")


def reaches(made, traffic="tcp 443", opened=()):
    asked = made.ask("R", traffic)
    found = walk(asked.network, asked.probe, frozenset(opened))
    return found.delivered_to == asked.probe.destination, found.gaps


def with_rule(text, found=ONE, **fields):
    """A network in which B's only ingress rule has a gap."""
    made = lan()
    changed = replace(rule(text, found), **fields)
    made.net.change("security_groups", "sg-2", rules=(changed,))
    return made


@pytest.mark.parametrize(
    ("text", "traffic", "found"),
    [
        ("in tcp 440-443 10.0.0.0/8", "tcp 443", True),
        ("in tcp 440-442 10.0.0.0/8", "tcp 443", False),
        ("in tcp 10.0.0.0/8", "tcp 443", False),
        ("in udp 443 10.0.0.0/8", "tcp 443", False),
        ("in icmp 10.0.0.0/8", "icmp 3/4", True),
        ("in icmp 3/-1 10.0.0.0/8", "icmp 3/4", True),
        ("in icmp 3/1 10.0.0.0/8", "icmp 3/4", False),
        ("in 58 3/4 10.0.0.0/8", "58 3/4", True),
        ("in 58 4/4 10.0.0.0/8", "58 3/4", False),
        ("in 47 3-4 10.0.0.0/8", "47", True),
        ("in -1 10.0.2.0/24", "tcp 443", False),
        ("out -1 10.0.0.0/8", "tcp 443", False),
    ],
)
def test_what_a_rule_matches(text, traffic, found):
    assert reaches(lan(rules_b=(text,)), traffic) == (found, frozenset())


def test_a_rule_with_a_gap_matches_by_what_is_known_of_it():
    for text, fields in (
        ("in tcp 1-2 10.0.0.0/8", {}),
        ("in -1 10.0.0.0/8", {"protocol": None}),
        ("in -1 10.0.0.0/8", {"peer": None}),
        ("in -1 sg-nobody", {}),
    ):
        assert reaches(with_rule(text, **fields)) == (False, frozenset())
        assert reaches(with_rule(text, **fields), opened=[ONE]) == (True, {ONE})
    assert reaches(with_rule("in udp 1-2 10.0.0.0/8"), opened=[ONE]) == (False, frozenset())
    assert reaches(with_rule("in -1 10.0.9.0/24"), opened=[ONE]) == (False, frozenset())


def test_a_rule_without_peer_or_protocol_and_without_gap_matches_nothing():
    for fields in ({"peer": None}, {"protocol": None}):
        assert reaches(with_rule("in -1 10.0.0.0/8", None, **fields))[0] is False


def test_a_prefix_list_that_is_not_in_the_snapshot():
    made = lan(rules_b=("in tcp 443 pl-9",))
    assert reaches(made)[0] is False  # unheard of
    unknown = made.net.lacks("prefix-list", "pl-9")
    assert reaches(made) == (False, frozenset())
    assert reaches(made, opened=[unknown]) == (True, {unknown})
    assert reaches(made, "tcp 80", opened=[unknown])[0] is False
    made.net.change("security_groups", "sg-2", rules=(rule("in tcp 1 pl-9", ONE),))
    assert reaches(made, opened=[unknown])[0] is False
    assert reaches(made, opened=[ONE])[0] is False
    assert reaches(made, opened=[ONE, unknown]) == (True, {ONE, unknown})


def test_a_rule_that_needs_no_gap_is_preferred():
    made = lan()
    rules = (rule("in -1 10.0.0.0/8", ONE), rule("in tcp 443 10.0.0.0/8"))
    made.net.change("security_groups", "sg-2", rules=rules)
    assert reaches(made, opened=[ONE]) == (True, frozenset())
    assert reaches(made, "tcp 80", opened=[ONE]) == (True, {ONE})


def test_of_several_that_need_gaps_the_one_with_the_fewest():
    made = lan()
    unknown = made.net.lacks("prefix-list", "pl-9")
    two = gap("two", "GAP-4")
    rules = (rule("in -1 pl-9", ONE), rule("in -1 10.0.0.0/8", two), rule("in -1 pl-9", two))
    made.net.change("security_groups", "sg-2", rules=rules)
    assert reaches(made, opened=[ONE, two, unknown]) == (True, {two})


def test_a_group_that_is_not_in_the_snapshot():
    made = lan()
    made.net.change("interfaces", "eni-1", groups=("sg-unseen", "sg-unheard"))
    unseen = made.net.lacks("security-group", "sg-unseen")
    asked = made.ask("U")
    found = walk(asked.network, asked.probe)
    assert found.code == "UNKNOWN_RESOURCE"
    words = f"no egress rule of sg-unseen, sg-unheard matches, {unseen.detail}"
    assert found.hops[-1].detail == words
    assert reaches(made, opened=[unseen]) == (True, {unseen})
    made.net.change("interfaces", "eni-1", groups=("sg-unseen", "sg-1"))
    assert reaches(made, opened=[unseen]) == (True, frozenset())


def test_an_interface_whose_filter_is_not_understood():
    made = lan(rules_b=())
    made.net.change("interfaces", "eni-2", gap=ONE)
    asked = made.ask("U")
    found = walk(asked.network, asked.probe)
    assert (found.code, found.hops[-1].detail) == ("UNKNOWN_RESOURCE", ONE.detail)
    assert reaches(made, opened=[ONE]) == (True, {ONE})


def test_codes_of_what_stops_a_packet():
    for rules, code in (
        ((), "SG_HAS_NO_RULES"),
        (("in udp 53 0.0.0.0/0",), "ENI_SG_RULES_MISMATCH"),
    ):
        asked = lan(rules_b=rules).ask("U")
        found = walk(asked.network, asked.probe)
        assert found.code == found.hops[-1].code == code
        assert "sg-2" in str(found.hops[-1].detail)
    lone = lan()
    lone.net.change("interfaces", "eni-2", groups=())
    asked = lone.ask("U")
    assert "any group" in str(walk(asked.network, asked.probe).hops[-1].detail)
    far = peered(rules_b=("in -1 sg-1",), region="eu-west-1").ask("U")
    assert walk(far.network, far.probe).code == "SG_REFERENCES_NOT_PRESERVED"
    far = peered(rules_b=("in udp 1 sg-1",), region="eu-west-1").ask("U")
    assert walk(far.network, far.probe).code == "ENI_SG_RULES_MISMATCH"


def test_a_load_balancer_without_groups_is_not_filtered():
    made = lan()
    made.net.change("interfaces", "eni-2", groups=(), kind=InterfaceKind.NETWORK_LOAD_BALANCER)
    assert reaches(made) == (True, frozenset())
    made.net.change("interfaces", "eni-2", groups=("sg-9",))
    assert reaches(made)[0] is False


def test_references_in_egress_rules():
    assert reaches(lan(rules_a=("out -1 sg-2",)))[0] is True
    assert reaches(lan(rules_a=("out -1 sg-1",)))[0] is False
    assert reaches(lan(rules_a=("out -1 sg-2",), same=True))[0] is True
    for region, kept in (("us-east-1", True), ("eu-west-1", False)):
        made = peered(region=region)
        made.net.group("out -1 sg-2", group_id="sg-1")
        assert reaches(made)[0] is kept
    made = peered(active=False)
    made.net.group("out -1 sg-2", group_id="sg-1")
    assert reaches(made)[0] is False


def test_a_reference_asks_whose_address_it_is():
    made = lan(rules_b=("in -1 sg-1",))
    made.net.change("interfaces", "eni-1", source_destination_check=False)
    network = made.net.network()
    for source, found in (("10.0.1.5", True), ("10.0.1.99", False)):
        asked = probe(made.a, made.b, packet(source, "10.0.2.5"))
        assert (walk(network, asked).delivered_to == made.b) is found


def test_nobody_beyond_a_gateway_is_a_member():
    made = web(rules=("in -1 sg-1",))
    assert reaches(made)[0] is False


def test_no_member_owns_the_destination():
    made = lan(rules_a=("out -1 sg-2",))
    asked = probe(made.a, None, packet("10.0.1.5", "10.0.2.77"))
    assert walk(made.net.network(), asked).code == "ENI_SG_RULES_MISMATCH"


def global_hosts(rules_a=OPEN_RULES, rules_b=OPEN_RULES, joined=True):
    """A and B with global IPv6 addresses in two VPCs, both routed to their internet gateways."""
    net = Build()
    hosts = []
    vpcs = []
    for number, rules in ((1, rules_a), (2, rules_b)):
        vpc = net.vpc(f"10.{number}.0.0/16", f"2600:1f0{number}::/56").internet_gateway()
        subnet = vpc.subnet(f"10.{number}.0.0/24", f"2600:1f0{number}::/64")
        subnet.route("::/0", vpc.igw)
        hosts.append(subnet.interface(f"2600:1f0{number}::5", groups=[net.group(*rules)]))
        vpcs.append(vpc)
    if joined:
        net.peer(*vpcs)
    return net, probe(hosts[0], hosts[1], packet("2600:1f01::5", "2600:1f02::5"))


@pytest.mark.parametrize("place", ["before", "after", "at"])
def test_references_of_ipv6_before_and_after_the_gateway_it_came_in_by(place):
    """SG-13: an appliance before it changes nothing; one after it loses them, and has none."""
    net, asked = global_hosts(
        rules_b=OPEN_RULES if place == "at" else ("in -1 sg-1", "out -1 ::/0")
    )
    net.reference_gap = gap("references", "SG-13")
    number = 1 if place == "before" else 2
    vpc = BuildVpc(net, f"vpc-{number}", f"igw-{number}")
    middle = vpc.subnet(f"2600:1f0{number}:0:3::/64").route("::/0", vpc.igw)
    rules = ("in -1 sg-1", "out -1 ::/0") if place == "at" else OPEN_RULES
    box = middle.interface(
        f"2600:1f0{number}:0:3::5",
        source_destination_check=False,
        groups=[net.group(*rules, group_id="sg-box")],
    )
    net.change("route_tables", f"rtb-of-subnet-{number}", routes=())
    BuildSubnet(net, f"subnet-{number}", vpc).route("::/0", box.interface_id)
    if place != "before":
        vpc.edge_route(vpc.igw, "2600:1f02::/64", box.interface_id)
    found = walk(net.network(), asked, frozenset({net.reference_gap}))
    assert (found.delivered_to == asked.destination) is (place == "before")
    if place == "before":
        assert found.gaps == {net.reference_gap}
        assert walk(net.network(), asked).code == "ENI_SG_RULES_MISMATCH"
    else:
        assert found.code == "SG_REFERENCES_NOT_PRESERVED"


def test_references_of_ipv6_through_internet_gateways_are_a_gap():
    undocumented = gap("references", "SG-13")
    for rules in ({"rules_b": ("in -1 sg-1",)}, {"rules_a": ("out -1 sg-2",)}):
        net, asked = global_hosts(**rules)
        assert walk(net.network(), asked).delivered_to is None
        net.reference_gap = undocumented
        assert walk(net.network(), asked).delivered_to is None
        found = walk(net.network(), asked, frozenset({undocumented}))
        assert (found.delivered_to, found.gaps) == (asked.destination, {undocumented})
    net, asked = global_hosts(rules_a=("out -1 sg-2",), joined=False)
    net.reference_gap = undocumented
    assert walk(net.network(), asked, frozenset({undocumented})).delivered_to is None


def test_references_within_one_vpc_through_its_gateway_are_lost():
    undocumented = gap("references", "SG-13")
    made = web(rules=("in -1 sg-2",))
    made.net.reference_gap = undocumented
    made.net.change("vpcs", "vpc-1", ipv6=())
    other = made.vpc.subnet("2600:1f00:0:1::/64").route("::/0", made.vpc.igw)
    client = other.interface("2600:1f00:0:1::5", groups=[made.net.group(*OPEN_RULES)])
    asked = probe(client, made.host, packet("2600:1f00:0:1::5", "2600:1f00::5"))
    found = walk(made.net.network(), asked, frozenset({undocumented}))
    assert found.code == "SG_REFERENCES_NOT_PRESERVED"


def test_a_stale_reference_with_a_gap_may_revive():
    peer = GroupReference("sg-1", peering_status="deleted")
    stale = SecurityGroupRule(egress=False, protocol=-1, peer=peer, gap=ONE)
    made = lan()
    made.net.change("security_groups", "sg-2", rules=(stale,))
    assert reaches(made)[0] is False
    assert reaches(made, opened=[ONE]) == (True, {ONE})

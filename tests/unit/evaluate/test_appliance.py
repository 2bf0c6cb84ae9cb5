"""Interfaces that forward for others (MBX-1 to MBX-7)."""

from __future__ import annotations

import pytest

from tests.known_answers.cases import CLIENT, Lan, lan
from tests.strategies.builder import OPEN_RULES, Build, gap, packet, probe
from verifier.evaluate import exchange, walk
from verifier.model import InterfaceKind
from verifier.packet import Address
from verifier.trace import Choices, InstanceStates, Probe

ROUTE = gap("eni-3", "RT-9")


def boxed(there=True, back=True, rules=OPEN_RULES, **fields) -> Lan:
    """An appliance, eni-3 with sg-3, in a subnet of its own between A and B."""
    made = lan()
    middle = made.vpc.subnet("10.0.3.0/24")
    made.net.group(*rules, group_id="sg-3")
    known = {"source_destination_check": False, "groups": ["sg-3"]} | fields
    middle.interface("10.0.3.5", **known)
    if there:
        made.subnet_a.route("10.0.2.0/24", "eni-3")
    if back:
        made.subnet_b.route("10.0.1.0/24", "eni-3")
    return made


def asks(made: Lan, opened=(), avoiding=(), choices=None, **more):
    asked = Probe(
        made.a,
        made.b,
        packet("10.0.1.5", "10.0.2.5"),
        choices or Choices(),
        avoiding=frozenset(avoiding),
        **more,
    )
    return exchange(made.net.network(), asked, frozenset(opened))


def code(made: Lan, opened=(), **more):
    return asks(made, opened, **more).forward.code


def test_through_an_appliance_both_ways():
    found = asks(boxed())
    assert found.works
    told = [(hop.kind, hop.component, hop.direction) for hop in found.forward.hops[2:9]]
    assert told == [
        ("network-acl", "acl-of-vpc-1", "egress"),
        ("route-table", "rtb-of-subnet-1", None),
        ("network-acl", "acl-of-vpc-1", "ingress"),
        ("security-group", "sg-3", "ingress"),
        ("appliance", "eni-3", None),
        ("security-group", "sg-3", "egress"),
        ("network-acl", "acl-of-vpc-1", "egress"),
    ]
    assert found.reply is not None
    kinds = [hop.kind for hop in found.reply.hops if hop.component == "eni-3"]
    assert kinds == ["security-group", "appliance"]  # its groups remember


def test_what_does_not_forward():
    assert code(boxed(source_destination_check=True)) == "ENI_SOURCE_DEST_CHECK_RESTRICTION"
    assert code(boxed(attached=False)) == "BAD_STATE_ATTACHMENT"
    made = boxed()
    made.net.change("interfaces", "eni-3", instance_id=made.net.instance("stopped"))
    assert code(made) == "BAD_STATE"
    assert code(made, states=InstanceStates.ASSUMED_RUNNING) is None
    unknown = gap("eni-3", "GAP-5")
    made = boxed(gap=unknown, rules=())
    assert code(made) == "UNKNOWN_RESOURCE"
    assert code(made, [unknown]) is None
    assert code(boxed(), avoiding=["eni-3"]) == "COMPONENT_FILTER_RESTRICTION"


def test_an_interface_of_another_vpc_or_of_none_is_a_gap():
    made = lan()
    other = made.net.vpc("10.9.0.0/16").subnet("10.9.1.0/24")
    other.interface("10.9.1.5", source_destination_check=False)
    made.subnet_a.route("10.0.2.0/24", "eni-3")
    assert code(made) == "UNKNOWN_RESOURCE"
    assert asks(made, [ROUTE]).works
    made.net.parts["interfaces"].pop("eni-3")
    assert code(made) == "UNKNOWN_RESOURCE"
    assert asks(made, [ROUTE]).works


def test_the_groups_of_an_appliance():
    for rules, found in (
        (("in -1 10.0.1.5/32", "out -1 10.0.2.5/32"), None),
        (("in -1 10.0.2.5/32", "out -1 10.0.2.5/32"), "ENI_SG_RULES_MISMATCH"),
        (("in -1 10.0.1.5/32", "out -1 10.0.1.5/32"), "ENI_SG_RULES_MISMATCH"),
        (("in -1 sg-1", "out -1 sg-2"), None),  # the sender's, and the receiver's
        (("in -1 sg-2", "out -1 sg-2"), "ENI_SG_RULES_MISMATCH"),
    ):
        assert code(boxed(rules=rules)) == found


@pytest.mark.parametrize("kind", [InterfaceKind.NAT_GATEWAY, InterfaceKind.TRANSIT_GATEWAY])
def test_kinds_that_no_group_filters(kind):
    assert code(boxed(rules=(), kind=kind)) is None


def test_references_are_lost_from_the_appliance_on():
    made = boxed()
    made.net.group("in -1 sg-1", group_id="sg-2")
    assert code(made) == "SG_REFERENCES_NOT_PRESERVED"
    made = boxed()
    made.net.group("out -1 sg-2", group_id="sg-1")
    assert code(made) == "SG_REFERENCES_NOT_PRESERVED"


def test_in_the_sender_s_subnet_no_list_is_asked_before_it():
    made = lan(same=False)
    box = made.subnet_a.interface("10.0.1.9", source_destination_check=False)
    made.subnet_a.route("10.0.2.0/24", box.interface_id).acl()
    asked = made.ask("U")
    found = walk(asked.network, asked.probe)
    assert [hop.kind for hop in found.hops] == [
        *("interface", "security-group", "route-table", "security-group", "appliance"),
        *("security-group", "route-table", "appliance"),
    ]
    assert found.code == "FORWARDING_LOOP"


def test_from_the_receiver_s_subnet_no_list_is_asked():
    made = lan()
    box = made.subnet_b.interface("10.0.2.9", source_destination_check=False)
    made.subnet_a.route("10.0.2.0/24", box.interface_id)
    made.subnet_b.acl("in 100 allow -1 10.0.1.0/24").route("10.0.1.0/24", box.interface_id)
    found = asks(made)
    assert found.forward.code is None
    assert [hop.kind for hop in found.forward.hops][-3:] == [
        *("security-group", "security-group", "interface"),
    ]
    assert found.reply is not None
    kinds = [hop.kind for hop in found.reply.hops]
    assert kinds[:5] == [
        *("interface", "security-group", "route-table", "security-group", "appliance"),
    ]


@pytest.mark.parametrize(("there", "back"), [(True, False), (False, True)])
def test_an_appliance_that_sees_half(there, back):
    found = asks(boxed(there, back))
    assert found.forward.code is None
    assert found.reply is not None
    assert (found.reply.code, found.reply.hops[-1].kind) == ("ASYMMETRIC_RETURN", "appliance")
    found = asks(boxed(there, back), [ROUTE])
    assert (found.works, found.gaps) == (True, {ROUTE})


def test_a_gap_of_one_appliance_is_enough_since_it_may_lead_anywhere():
    """MBX-6 and GAP-13 go before MBX-5."""
    made = boxed(back=False)
    second = made.vpc.subnet("10.0.4.0/24").interface("10.0.4.5", source_destination_check=False)
    made.vpc.route("10.0.2.0/24", second.interface_id)
    other = gap(second.interface_id, "RT-9")
    for opened, works in (((), False), ((ROUTE,), True), ((other,), True)):
        assert asks(made, opened).works is works


def nat_instance(public="52.0.0.9", **fields):
    """A's packets to the world go to an instance with a public address, which may translate."""
    net = Build()
    vpc = net.vpc("10.0.0.0/16").internet_gateway()
    outer = vpc.subnet("10.0.9.0/24").route("0.0.0.0/0", vpc.igw)
    outer.interface("10.0.9.5", public=public, source_destination_check=False, **fields)
    a = vpc.subnet("10.0.1.0/24").route("0.0.0.0/0", "eni-1").interface("10.0.1.5")
    return net, outer, a, gap("eni-1", "RT-9")


def test_an_appliance_may_translate_if_its_gap_is_open():
    net, _, a, route = nat_instance()
    asked = probe(a, CLIENT, packet("10.0.1.5", "203.0.113.7"))
    assert walk(net.network(), asked).code == "IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS"
    found = exchange(net.network(), asked, frozenset({route}))
    assert (found.works, found.gaps) == (True, {route})
    assert [hop.kind for hop in found.forward.hops][-2:] == ["gap", "outside"]


def test_its_exit_comes_after_its_filters():
    net, _, a, route = nat_instance(groups=[])
    asked = probe(a, CLIENT, packet("10.0.1.5", "203.0.113.7"))
    assert walk(net.network(), asked, frozenset({route})).code == "SG_HAS_NO_RULES"


@pytest.mark.parametrize(
    ("source", "seen"),
    [
        (None, "10.0.1.5"),
        ("10.0.9.5", "10.0.9.5"),
        ("10.0.8.5", "10.0.8.5"),
        ("52.0.0.9", "52.0.0.9"),
        ("10.0.1.77", "10.0.1.5"),
        ("203.0.113.99", "10.0.1.5"),
    ],
)
def test_the_sources_of_an_appliance(source, seen):
    """Its own addresses, its other interface's, their public ones; no others."""
    net, outer, a, route = nat_instance()
    instance = net.instance("running")
    inner = outer.vpc.subnet("10.0.8.0/24").interface("10.0.8.5", instance_id=instance)
    assert inner.interface_id == "eni-3"
    net.change("interfaces", "eni-1", instance_id=instance)
    chosen = Choices(gap_source=None if source is None else Address.parse(source))
    asked = probe(a, CLIENT, packet("10.0.1.5", "203.0.113.7"), chosen)
    assert str(walk(net.network(), asked, frozenset({route})).packet.source) == seen


def test_a_nat_instance_reaches_a_public_name_of_the_snapshot():
    net, _, a, route = nat_instance()
    other = net.vpc("10.2.0.0/16").internet_gateway()
    b = other.subnet("10.2.1.0/24").interface("10.2.1.5", public="52.0.0.2")
    chosen = Choices(gap_source=Address.parse("52.0.0.9"))
    for choices, reached in ((chosen, True), (Choices(), False)):
        asked = probe(a, b, packet("10.0.1.5", "52.0.0.2"), choices)
        assert (walk(net.network(), asked, frozenset({route})).delivered_to == b) is reached


@pytest.mark.parametrize(
    ("rule", "passes"), [("sg-1", False), ("sg-3", True), ("sg-4", True), ("sg-9", False)]
)
def test_references_beyond_an_appliance_s_gap(rule, passes):
    """Those to its own groups match, and to those of its other interface."""
    made = boxed()
    instance = made.net.instance("running")
    made.net.change("interfaces", "eni-3", instance_id=instance)
    made.vpc.subnet("10.0.4.0/24").interface("10.0.4.5", groups=["sg-4"], instance_id=instance)
    made.net.group(f"in -1 {rule}", group_id="sg-2")
    assert asks(made, [ROUTE]).works is passes
    assert not asks(made).works

"""What EC2 Instance Connect Endpoints send, and what answers it (EICE-1 to EICE-6)."""

from __future__ import annotations

import pytest

from tests.known_answers.cases import CLIENT, lan, peered
from tests.strategies.builder import OPEN_RULES, Build, gap, packet, probe
from verifier.evaluate import exchange, walk
from verifier.model import GroupReference, InstanceConnectEndpoint, InterfaceKind
from verifier.trace import Choices, InterfaceHost

GAP = gap("eice-1", "EICE-5")
ROUTE = gap("eni-3", "RT-9")
USER, USER6 = "203.0.113.7", "2001:db8:7::7"


def endpoint(net: Build, name: str, keeps: bool | None = False) -> None:
    """Make the interface one of an endpoint."""
    net.change("interfaces", name, kind=InterfaceKind.INSTANCE_CONNECT_ENDPOINT)
    found = InstanceConnectEndpoint(
        id="eice-1", interface_id=name, keeps_clients=keeps, gap=None if keeps is False else GAP
    )
    net.parts.setdefault("instance_connect_endpoints", {})[name] = found


def vpc(keeps: bool | None = False, rules=OPEN_RULES, same: bool = False, family: int = 4):
    """An endpoint, eni-1 with sg-1, and a host, eni-2 with sg-2, of one VPC with both families."""
    net = Build()
    found = net.vpc("10.0.0.0/16", "2600:1f00::/56").internet_gateway()
    one = found.subnet("10.0.1.0/24", "2600:1f00::/64")
    two = one if same else found.subnet("10.0.2.0/24", "2600:1f00:0:1::/64")
    own = ("10.0.1.5", "2600:1f00::5")
    host = ("10.0.1.9", "2600:1f00::9") if same else ("10.0.2.5", "2600:1f00:0:1::5")
    a = one.interface(*own, groups=[net.group(*OPEN_RULES)])
    b = two.interface(*host, groups=[net.group(*rules)])
    endpoint(net, a.interface_id, keeps)
    return net, (a, own[family == 6]), (b, host[family == 6])


def asks(made, source=None, to=None, traffic="tcp 22", opened=(), choices=None):
    """The connection from the endpoint to the host, from its own address if none is given."""
    net, (a, own), (b, name) = made
    asked = probe(a, b, packet(source or own, to or name, traffic), choices=choices or Choices())
    return exchange(net.network(), asked, frozenset(opened))


def code(made, *more, **named):
    return asks(made, *more, **named).forward.code


@pytest.mark.parametrize("family", [4, 6])
def test_from_its_own_address_it_is_a_sender_like_any_other(family):
    for traffic in ("tcp 22", "tcp 3389"):
        found = asks(vpc(family=family), traffic=traffic)
        assert (found.works, found.gaps, found.forward.hops[0].detail) == (True, frozenset(), None)
    assert code(vpc(family=family, rules=("in tcp 23 ::/0",))) == "ENI_SG_RULES_MISMATCH"


@pytest.mark.parametrize("family", [4, 6])
@pytest.mark.parametrize("traffic", ["tcp 21", "tcp 443", "udp 22", "udp 3389", "47"])
def test_it_opens_connections_to_two_ports_only(family, traffic):
    for keeps, source in ((False, None), (True, USER if family == 4 else USER6)):
        found = asks(vpc(keeps, family=family), source, traffic=traffic, opened=[GAP])
        assert found.forward.code == "EICE_PORT_RESTRICTION"
        hop = found.forward.hops[0]
        assert (hop.component, hop.kind, hop.detail) == (
            "eni-1",
            "interface",
            "only TCP to ports 22 and 3389",
        )


def test_its_egress_rules_judge_what_it_sends():
    made = vpc(True)
    made[0].group("out tcp 22 10.0.1.0/24", group_id="sg-1")
    found = asks(made, USER)
    assert (found.forward.code, found.forward.hops[-1].component) == (
        "ENI_SG_RULES_MISMATCH",
        "eni-1",
    )


def test_its_list_and_its_routes_judge_what_it_sends():
    made = lan()
    endpoint(made.net, "eni-1", True)
    asked = (made.net, (made.a, "10.0.1.5"), (made.b, "10.0.2.5"))
    made.subnet_a.acl("out 100 deny tcp 22 0.0.0.0/0", "out 200 allow -1 0.0.0.0/0")
    assert code(asked, USER) == "SUBNET_ACL_RESTRICTION"
    assert code(asked, USER, traffic="tcp 3389") is None
    made.subnet_a.route("10.0.2.0/24", "tgw-1")
    assert code(asked, USER, traffic="tcp 3389") == "UNKNOWN_RESOURCE"


@pytest.mark.parametrize("keeps", [False, True, None])
def test_it_sends_to_no_public_address(keeps):
    net, sender, (b, name) = vpc(keeps)
    mapped = net.get("interfaces", b.interface_id).ipv4[0]
    net.change(
        "interfaces", b.interface_id, ipv4=(type(mapped)(mapped.address, True, CLIENT.address),)
    )
    source = None if keeps is False else "198.51.100.7"
    for to in (str(CLIENT.address), "198.51.100.8"):  # mapped to the host, and on the internet
        found = asks((net, sender, (b, name)), source, to, opened=[GAP])
        assert found.forward.code == "EICE_DESTINATION_RESTRICTION"
        assert found.forward.hops[-1].detail == "only to private addresses"
    made = (net, sender, (b, name))
    assert code(
        made, "2600:1f00::5" if source is None else "2600:1f00::77", USER6, opened=[GAP]
    ) == ("EICE_DESTINATION_RESTRICTION")


def test_a_mapped_address_within_a_block_of_the_vpc_is_public_all_the_same():
    net, sender, (b, name) = vpc()
    entry = net.get("interfaces", "eni-2").ipv4[0]
    public = type(entry.address).parse("10.0.2.77")
    net.change("interfaces", "eni-2", ipv4=(type(entry)(entry.address, True, public),))
    assert code((net, sender, (b, name)), to="10.0.2.77") == "EICE_DESTINATION_RESTRICTION"


@pytest.mark.parametrize("check", [True, False])
@pytest.mark.parametrize(
    ("family", "others"), [(4, ("10.0.1.6", "10.0.2.5", USER)), (6, ("2600:1f00::6", USER6))]
)
def test_one_that_keeps_no_address_sends_from_its_own_only(family, others, check):
    made = vpc(family=family)
    made[0].change("interfaces", "eni-1", source_destination_check=check)
    assert asks(made).works
    for source in others:
        found = asks(made, source, opened=[GAP])
        assert found.forward.code == "EICE_SOURCE_RESTRICTION"
        assert found.forward.hops[-1].detail == "only from its own addresses"


@pytest.mark.parametrize("check", [True, False])
@pytest.mark.parametrize(("family", "user"), [(4, USER), (6, USER6)])
def test_one_that_keeps_them_sends_from_its_users_addresses(family, user, check):
    made = vpc(True, family=family)
    made[0].change("interfaces", "eni-1", source_destination_check=check)
    opened = () if family == 4 else [GAP]  # only IPv4 endpoints surely keep addresses
    found = asks(made, user, opened=opened)
    assert found.forward.delivered_to == InterfaceHost("eni-2")
    assert found.forward.gaps == frozenset(opened)
    assert (asks(made, user).forward.code is None) is (family == 4)
    assert found.forward.hops[0].detail == "under a user's address"
    own = asks(made, opened=[GAP])
    assert own.forward.code == "EICE_SOURCE_RESTRICTION"
    assert own.forward.hops[-1].detail == "only from its users' addresses, never its own"


def test_a_public_address_that_is_mapped_is_a_user_s():
    net, sender, receiver = vpc(True)
    other = net.vpc("10.9.0.0/16").subnet("10.9.1.0/24")
    other.interface("10.9.1.5", public="52.0.0.9")
    found = asks((net, sender, receiver), "52.0.0.9")
    assert (found.forward.code, found.forward.gaps) == (None, frozenset())


@pytest.mark.parametrize(
    ("family", "source"),
    [(4, "10.0.2.9"), (4, "192.168.7.7"), (4, "10.0.2.5"), (6, "2600:1f00::99"), (6, USER6)],
)
def test_from_other_addresses_of_users_by_its_gap(family, source):
    made = vpc(True, family=family)
    closed = asks(made, source)
    assert closed.forward.code == "UNKNOWN_RESOURCE"
    assert closed.forward.hops[-1].detail == GAP.detail
    opened = asks(made, source, opened=[GAP])
    assert (opened.works, opened.forward.gaps) == (True, {GAP})


def test_from_users_addresses_it_sends_within_its_vpc_only():
    net, sender, (b, name) = vpc(True)
    for to in ("10.1.2.5", "192.168.0.5"):
        found = asks((net, sender, (b, name)), USER, to, opened=[GAP])
        assert found.forward.code == "EICE_DESTINATION_RESTRICTION"
        words = "from its users' addresses only within its own VPC"
        assert found.forward.hops[-1].detail == words
    assert code((net, sender, (b, name)), USER, "10.0.7.7") == "NO_POSSIBLE_DESTINATION"


def over_a_peering(keeps, rules=OPEN_RULES):
    made = peered(rules)
    endpoint(made.net, "eni-1", keeps)
    return made.net, (made.a, "10.0.1.5"), (made.b, "172.31.5.5")


def test_from_its_own_address_it_sends_beyond_its_vpc():
    found = asks(over_a_peering(False, ("in tcp 22 sg-1",)))
    assert (found.works, found.gaps) == (True, frozenset())
    assert code(over_a_peering(True), USER, opened=[GAP]) == "EICE_DESTINATION_RESTRICTION"


def test_users_addresses_do_not_cross_a_peering():
    net, sender, (b, _) = over_a_peering(True)
    net.change(
        "vpcs", "vpc-1", ipv4=(*net.get("vpcs", "vpc-1").ipv4, *net.get("vpcs", "vpc-2").ipv4)
    )
    found = (net, sender, (b, "172.31.5.5"))
    assert code(found, USER) == "GATEWAY_REJECTS_SPOOFED_TRAFFIC"  # PCX-6
    assert code(found, "10.0.1.77", opened=[GAP]) is None


def test_the_reply_to_a_user_s_address_by_its_gap():
    made = vpc(True)
    closed = asks(made, USER)
    assert closed.works is False
    assert closed.reply is not None
    assert closed.reply.code == "UNKNOWN_RESOURCE"
    last = closed.reply.hops[-1]
    assert (last.component, last.kind, last.detail) == ("eni-1", "interface", GAP.detail)
    assert [hop.component for hop in closed.reply.hops] == ["eni-2", "eni-2", "eni-1"]
    opened = asks(made, USER, opened=[GAP])
    assert opened.works
    assert opened.reply is not None
    assert (opened.forward.gaps, opened.reply.gaps) == (frozenset(), {GAP})
    assert str(opened.reply.packet.destination) == USER


def one_way(keeps):
    """The host's subnet lets nothing out."""
    made = lan()
    endpoint(made.net, "eni-1", keeps)
    made.subnet_b.acl("in 100 allow -1 0.0.0.0/0")
    return made.net, (made.a, "10.0.1.5"), (made.b, "10.0.2.5")


def test_no_list_is_asked_on_a_way_back_that_is_not_known():
    for keeps in (True, None):
        assert asks(one_way(keeps), USER, opened=[GAP]).works


@pytest.mark.parametrize("keeps", [False, None])
def test_the_reply_to_its_own_address_comes_like_any_other(keeps):
    found = asks(one_way(keeps), opened=[GAP])
    assert (found.forward.code, found.works) == (None, False)
    assert found.reply is not None
    assert found.reply.code == "SUBNET_ACL_RESTRICTION"


@pytest.mark.parametrize(("family", "user"), [(4, USER), (6, USER6)])
def test_one_of_which_nothing_is_known(family, user):
    made = vpc(None, family=family)
    for source in (None, user):
        closed = asks(made, source)
        assert closed.forward.code == "UNKNOWN_RESOURCE"
        assert closed.forward.hops[-1].detail == GAP.detail
        opened = asks(made, source, opened=[GAP])
        assert (opened.works, opened.forward.gaps) == (True, {GAP})
    assert code(made, user, traffic="tcp 80", opened=[GAP]) == "EICE_PORT_RESTRICTION"


def test_one_of_which_nothing_is_known_beyond_its_vpc():
    made = over_a_peering(None)
    assert asks(made, opened=[GAP]).works
    assert code(made, USER, opened=[GAP]) == "EICE_DESTINATION_RESTRICTION"


REFERS = ("in tcp 22 sg-1", "out -1 0.0.0.0/0")


@pytest.mark.parametrize("same", [True, False])
@pytest.mark.parametrize(
    ("family", "source"), [(4, USER), (4, "10.0.2.9"), (6, USER6), (6, "fd00::7")]
)
def test_references_match_whatever_the_address(family, source, same):
    made = vpc(True, REFERS, same, family)
    assert code(made, source, opened=[GAP]) is None
    assert code(made, source, traffic="tcp 3389", opened=[GAP]) == "ENI_SG_RULES_MISMATCH"
    other = vpc(True, ("in tcp 22 sg-2",), same, family)
    assert code(other, source, opened=[GAP]) == "ENI_SG_RULES_MISMATCH"


def test_an_ordinary_interface_s_groups_do_not_match_other_addresses():
    net, sender, receiver = vpc(False, REFERS)
    net.change("interfaces", "eni-1", kind=InterfaceKind.ORDINARY, source_destination_check=False)
    assert code((net, sender, receiver)) is None
    assert code((net, sender, receiver), USER) == "ENI_SG_RULES_MISMATCH"


def test_references_are_lost_at_an_appliance():
    made = lan(rules_b=REFERS)
    endpoint(made.net, "eni-1", True)
    middle = made.vpc.subnet("10.0.3.0/24")
    middle.interface("10.0.3.5", source_destination_check=False)
    made.subnet_a.route("10.0.2.0/24", "eni-3")
    asked = (made.net, (made.a, "10.0.1.5"), (made.b, "10.0.2.5"))
    assert code(asked, USER) == "SG_REFERENCES_NOT_PRESERVED"
    made.net.change("security_groups", "sg-2", rules=lan().net.get("security_groups", "sg-1").rules)
    assert code(asked, USER) is None
    assert asks(asked, USER, opened=[GAP]).works  # MBX-5 is not asked
    assert not asks(asked, USER, opened=[ROUTE]).works


def test_no_other_open_gap_brings_the_reply_back():
    made = lan(rules_b=("in tcp 22 sg-9",))
    endpoint(made.net, "eni-1", True)
    middle = made.vpc.subnet("10.0.3.0/24")
    middle.interface("10.0.3.5", source_destination_check=False, groups=["sg-9"])
    made.net.group(*OPEN_RULES, group_id="sg-9")
    made.subnet_a.route("10.0.2.0/24", "eni-3")
    asked = (made.net, (made.a, "10.0.1.5"), (made.b, "10.0.2.5"))
    beyond = asks(asked, USER, opened=[ROUTE])  # MBX-6 delivers it
    assert (beyond.forward.code, beyond.forward.gaps, beyond.works) == (None, {ROUTE}, False)
    assert asks(asked, USER, opened=[ROUTE, GAP]).works


def test_its_egress_rules_refer_to_whom_it_sends_to():
    net, sender, receiver = vpc(True)
    net.group("out tcp 22 sg-2", group_id="sg-1")
    assert isinstance(net.get("security_groups", "sg-1").rules[0].peer, GroupReference)
    assert code((net, sender, receiver), USER) is None
    net.group("out tcp 22 sg-9", group_id="sg-1")
    assert code((net, sender, receiver), USER) == "ENI_SG_RULES_MISMATCH"


def test_it_takes_nothing_but_replies():
    net, (a, own), (b, name) = vpc()
    found = walk(net.network(), probe(b, a, packet(name, own, "tcp 22")))
    assert (found.code, found.hops[-1].component) == ("ENI_ROLE_RESTRICTION", "eni-1")


def test_it_does_not_write_to_itself():
    assert code(vpc(), to="10.0.1.5") == "ENI_LOOPBACK"
    assert code(vpc(True), USER, to="10.0.1.5") == "ENI_LOOPBACK"


def test_what_a_gateway_endpoint_carries_for_a_user_is_answered_by_the_gap():
    made = lan()
    endpoint(made.net, "eni-1", True)
    made.subnet_a.route("10.0.7.0/24", made.vpc.gateway_endpoint())
    sent = packet("10.0.2.5", "10.0.7.7", "tcp 22")  # from another host's address
    asked = probe(made.a, None, sent)
    assert walk(made.net.network(), asked).code == "UNKNOWN_RESOURCE"
    worked = exchange(made.net.network(), asked, frozenset([GAP]))
    assert worked.works
    assert worked.reply is not None
    assert [hop.component for hop in worked.reply.hops] == ["10.0.7.7", "eni-1", "eni-1"]

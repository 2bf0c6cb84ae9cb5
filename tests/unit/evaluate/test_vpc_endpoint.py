"""Endpoints that routes lead to: gateways', Gateway Load Balancers' (VPCE-1 to VPCE-7)."""

from __future__ import annotations

import pytest

from tests.known_answers.cases import Lan, lan, nat_lan
from tests.strategies.builder import gap, outside, packet, probe
from verifier.evaluate import exchange, walk
from verifier.model import EndpointKind, VpcEndpoint
from verifier.packet import Address
from verifier.trace import OutsideHost, Probe

SERVICE = "52.216.0.1"


def store(**fields) -> Lan:
    """A's table leads the service's addresses to a gateway endpoint."""
    made = lan()
    made.subnet_a.route("52.216.0.0/16", made.vpc.gateway_endpoint(**fields))
    return made


def calls(made: Lan, traffic="tcp 443", own="10.0.1.5", door=None, opened=(), avoiding=()):
    asked = Probe(
        made.a,
        OutsideHost(Address.parse(SERVICE), door),
        packet(own, SERVICE, traffic),
        avoiding=frozenset(avoiding),
    )
    return exchange(made.net.network(), asked, frozenset(opened))


def test_a_service_answers():
    found = calls(store(service="com.amazonaws.eu-west-1.s3"))
    assert found.works
    assert found.forward.hops[-2].detail == "com.amazonaws.eu-west-1.s3"
    assert found.reply is not None
    assert [hop.kind for hop in found.reply.hops][:3] == ["outside", "vpc-endpoint", "network-acl"]


def test_doors_of_a_gateway_endpoint():
    made = store()
    for door, works in ((None, True), ("vpce-1", True), ("internet", False), ("igw-1", False)):
        assert calls(made, door=door).works is works


@pytest.mark.parametrize(
    ("traffic", "carried"),
    [
        ("tcp 80", True),
        ("udp 443", False),
        ("47", False),
        ("icmp", True),
        ("icmp 3/4", False),
        ("icmp6", True),
        ("icmp6 8/0", False),
    ],
)
def test_what_a_gateway_endpoint_carries(traffic, carried):
    code = calls(store(), traffic).forward.code
    assert code == (None if carried else "VPCE_GATEWAY_PROTOCOL_RESTRICTION")


def test_it_serves_its_own_vpc_alone():
    made = store()
    made.net.change("interfaces", "eni-1", source_destination_check=False)
    code = "VPCE_GATEWAY_EGRESS_SOURCE_ADDRESS_RESTRICTION"
    assert calls(made, own="10.9.9.9").forward.code == code
    made = store()
    made.net.change("vpc_endpoints", "vpce-1", vpc_id="vpc-2")
    assert calls(made).forward.code == "BAD_STATE"


def test_a_nat_gateway_s_addresses_are_its_vpc_s():
    made = nat_lan(public=None)
    made.public.route("52.216.0.0/16", made.public.vpc.gateway_endpoint())
    asked = probe(made.a, outside(SERVICE), packet("10.0.1.5", SERVICE))
    found = exchange(made.net.network(), asked)
    assert found.forward.code is None
    assert found.works


def test_an_endpoint_that_is_not_there_or_not_available():
    assert calls(store(available=False)).forward.code == "BAD_STATE"
    made = store()
    assert calls(made, avoiding=["vpce-1"]).forward.code == "COMPONENT_FILTER_RESTRICTION"
    made.net.parts["vpc_endpoints"].clear()
    assert calls(made).forward.code == "BAD_STATE"
    missing = made.net.lacks("vpc-endpoint", "vpce-1")
    assert calls(made).forward.code == "UNKNOWN_RESOURCE"
    assert calls(made, opened=[missing]).works


def test_no_route_leads_to_an_interface_endpoint():
    made = store()
    interface = VpcEndpoint(id="vpce-1", kind=EndpointKind.INTERFACE, vpc_id=made.vpc.id)
    made.net.put("vpc_endpoints", interface)
    assert calls(made).forward.code == "TARGET_RESTRICTION"


def test_what_came_from_the_internet_is_not_answered_through_it():
    made = lan()
    gateway = made.vpc.internet_gateway().igw
    made.subnet_a.route("0.0.0.0/0", gateway)
    made.subnet_a.route("52.216.0.0/16", made.vpc.gateway_endpoint())
    host = made.subnet_a.interface("10.0.1.6", public="52.0.0.1")
    asked = probe(outside(SERVICE), host, packet(SERVICE, "52.0.0.1"))
    found = exchange(made.net.network(), asked)
    assert found.forward.delivered_to == host
    assert found.reply is not None
    assert found.reply.code == "NO_CONNECTION"  # it sees the private address besides


def test_a_missing_list_that_leads_to_a_gateway_endpoint_leads_to_its_door_only():
    made = lan()
    made.subnet_a.route("pl-9", made.vpc.gateway_endpoint())
    unknown = made.net.lacks("prefix-list", "pl-9")
    for door, reached in ((None, True), ("vpce-1", True), ("internet", False)):
        assert calls(made, door=door, opened=[unknown]).works is reached
    made.net.change("vpc_endpoints", "vpce-1", kind=EndpointKind.GATEWAY_LOAD_BALANCER)
    assert calls(made, door="internet", opened=[unknown]).works


def inspected(there=True, back=True, **fields) -> Lan:
    """A Gateway Load Balancer endpoint in a subnet of its own between A and B."""
    made = lan()
    middle = made.vpc.subnet("10.0.3.0/24")
    endpoint = middle.firewall_endpoint(**fields)
    if there:
        made.subnet_a.route("10.0.2.0/24", endpoint)
    if back:
        made.subnet_b.route("10.0.1.0/24", endpoint)
    return made


def code_of(made: Lan, opened=(), avoiding=()):
    asked = Probe(made.a, made.b, packet("10.0.1.5", "10.0.2.5"), avoiding=frozenset(avoiding))
    return walk(made.net.network(), asked, frozenset(opened)).code


def test_through_a_firewall_s_endpoint_both_ways():
    found = exchange(inspected().net.network(), inspected().ask("R").probe)
    assert found.works
    hops = [(hop.kind, hop.direction) for hop in found.forward.hops][2:7]
    assert hops == [
        ("network-acl", "egress"),
        ("route-table", None),
        ("network-acl", "ingress"),
        ("vpc-endpoint", None),
        ("network-acl", "egress"),
    ]


def test_an_endpoint_that_takes_nothing():
    assert code_of(inspected()) is None
    assert code_of(inspected(available=False)) == "BAD_STATE"
    assert code_of(inspected(vpc_id="vpc-2")) == "BAD_STATE"
    assert code_of(inspected(subnet_id=None)) == "BAD_STATE"
    assert code_of(inspected(families=frozenset({6}))) == "PROTOCOL_RESTRICTION"
    assert code_of(inspected(), avoiding=["vpce-1"]) == "COMPONENT_FILTER_RESTRICTION"


def test_the_lists_of_the_endpoint_s_subnet():
    for entries, direction in (
        (("out 100 allow -1 0.0.0.0/0",), "ingress"),
        (("in 100 allow -1 0.0.0.0/0",), "egress"),
    ):
        made = inspected()
        made.net.change("network_acls", made.subnet_a.make_acl(*entries), subnet_ids=("subnet-3",))
        asked = made.ask("U")
        found = walk(asked.network, asked.probe)
        assert (found.code, found.hops[-1].direction) == ("SUBNET_ACL_RESTRICTION", direction)


def test_references_are_lost_at_an_endpoint():
    for rule, code in (
        ("in -1 sg-1", "SG_REFERENCES_NOT_PRESERVED"),
        ("in -1 10.0.1.5/32", None),
    ):
        made = inspected()
        made.net.group(rule, group_id="sg-2")
        assert code_of(made) == code
    made = inspected()
    made.net.group("out -1 sg-2", group_id="sg-1")
    assert code_of(made) == "SG_REFERENCES_NOT_PRESERVED"


@pytest.mark.parametrize("subnet_id", ["subnet-1", "subnet-2"])
def test_an_endpoint_in_the_subnet_of_a_host(subnet_id):
    """In the sender's it has the table that leads to it again, in the receiver's it is a gap."""
    made = inspected(back=False, subnet_id=subnet_id)
    if subnet_id == "subnet-1":
        assert code_of(made) == "FORWARDING_LOOP"
        return
    assert code_of(made) == "UNKNOWN_RESOURCE"
    assert code_of(made, made.net.network().gaps) is None
    made.net.change("vpc_endpoints", "vpce-1", gap=None)
    assert code_of(made) == "UNKNOWN_RESOURCE"


@pytest.mark.parametrize(("there", "back"), [(True, False), (False, True)])
def test_a_firewall_that_sees_half(there, back):
    made = inspected(there, back)
    asked = made.ask("P")
    found = exchange(asked.network, asked.probe)
    assert found.forward.delivered_to == made.b
    assert found.reply is not None
    assert (found.reply.code, found.reply.hops[-1].kind) == ("ASYMMETRIC_RETURN", "vpc-endpoint")
    opened = exchange(asked.network, asked.probe, frozenset({gap("vpce-1", "VPCE-7")}))
    assert (opened.works, opened.gaps) == (True, {gap("vpce-1", "VPCE-7")})
    made.net.change("vpc_endpoints", "vpce-1", gap=None)
    assert not exchange(made.net.network(), asked.probe).works

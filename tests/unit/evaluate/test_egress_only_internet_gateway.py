"""Egress-only internet gateways (EIGW-1 to EIGW-4)."""

from __future__ import annotations

import pytest

from tests.strategies.builder import Build, outside, packet, probe
from verifier.evaluate import exchange, walk
from verifier.model import PublicAccess
from verifier.trace import Probe

WORLD = "2001:db8::7"
OWN = "2600:1f00::5"


def alone(**subnet):
    """Host A behind an egress-only gateway."""
    net = Build()
    vpc = net.vpc("10.0.0.0/16", "2600:1f00::/56")
    gateway = vpc.egress_only_gateway()
    inner = vpc.subnet("10.0.1.0/24", "2600:1f00::/64", **subnet).route("::/0", gateway)
    inner.route("0.0.0.0/0", gateway)
    return net, vpc, inner, inner.interface("10.0.1.5", OWN)


def code(net, host, to=WORLD, own=OWN, opened=(), avoiding=()):
    asked = Probe(host, outside(to), packet(own, to), avoiding=frozenset(avoiding))
    return walk(net.network(), asked, frozenset(opened)).code


def test_out_and_the_reply_back_by_it():
    net, _, _, host = alone()
    for door, works in ((None, True), ("internet", True), ("eigw-1", True), ("igw-1", False)):
        asked = probe(host, outside(WORLD, door), packet(OWN, WORLD))
        found = exchange(net.network(), asked)
        assert found.works is works
    assert found.forward.hops[-2].kind == "egress-only-internet-gateway"


def test_nothing_is_opened_from_outside():
    net, vpc, _, host = alone()
    asked = probe(outside(WORLD), host, packet(WORLD, OWN))
    assert walk(net.network(), asked).code == "BAD_STATE_ATTACHMENT"
    vpc.internet_gateway()
    found = exchange(net.network(), asked)
    assert (found.forward.delivered_to, found.works) == (host, False)
    assert found.reply is not None
    assert found.reply.code == "IGW_RETURN_THROUGH_OTHER_GATEWAY"


def test_what_it_does_not_carry():
    net, _, _, host = alone()
    assert code(net, host, "203.0.113.7", "10.0.1.5") == "PROTOCOL_RESTRICTION"
    assert code(net, host, "fd00::1") == "IGW_ADDRESS_NOT_GLOBAL"
    assert code(net, host, avoiding=["eigw-1"]) == "COMPONENT_FILTER_RESTRICTION"
    net.change("egress_only_gateways", "eigw-1", vpc_id="vpc-9")
    assert code(net, host) == "BAD_STATE_ATTACHMENT"
    net.parts["egress_only_gateways"].clear()
    assert code(net, host) == "BAD_STATE_ATTACHMENT"
    missing = net.lacks("egress-only-internet-gateway", "eigw-1")
    assert code(net, host) == "UNKNOWN_RESOURCE"
    assert code(net, host, opened=[missing]) is None


@pytest.mark.parametrize("access", PublicAccess)
def test_block_public_access(access):
    net, _, _, host = alone(public_access=access)
    closed = access is PublicAccess.CLOSED
    assert code(net, host) == ("VPC_BLOCK_PUBLIC_ACCESS_ENABLED" if closed else None)


def test_an_address_that_nobody_has_is_not_shielded():
    net, _, _, host = alone(public_access=PublicAccess.CLOSED)
    net.change("interfaces", host.interface_id, source_destination_check=False)
    assert code(net, host, own="2610::1") is None


@pytest.mark.parametrize("only", [True, False])
def test_into_another_vpc_and_back(only):
    """The reply leaves by that VPC's gateway of either kind, and comes back in by this one."""
    net, _, _, host = alone()
    other = net.vpc("10.2.0.0/16", "2600:1f02::/56").internet_gateway()
    back = other.egress_only_gateway() if only else other.igw
    subnet = other.subnet("10.2.1.0/24", "2600:1f02::/64").route("::/0", back)
    there = subnet.interface("10.2.1.5", "2600:1f02::5")
    found = exchange(net.network(), probe(host, there, packet(OWN, "2600:1f02::5")))
    assert found.works
    assert found.reply is not None
    kinds = [hop.component for hop in found.reply.hops]
    assert "eigw-1" in kinds


def answering(came_by):
    """Host B, in a VPC of its own, answers by an egress-only gateway what comes from A."""
    net, vpc, inner, host = alone()
    other = net.vpc("10.2.0.0/16", "2600:1f02::/56").internet_gateway()
    subnet = other.subnet("10.2.1.0/24", "2600:1f02::/64")
    subnet.route("::/0", other.egress_only_gateway())
    there = subnet.interface("10.2.1.5", "2600:1f02::5")
    vpc.internet_gateway()
    inner.route("2600:1f02::/56", net.peer(vpc, other) if came_by == "pcx" else vpc.igw)
    return exchange(net.network(), probe(host, there, packet(OWN, "2600:1f02::5")))


def test_what_came_in_by_an_internet_gateway_is_not_answered_through_it():
    """EIGW-4: not even if it came from another VPC, and did not leave that by such a gateway."""
    found = answering("igw")
    assert found.forward.code is None
    assert found.reply is not None
    assert found.reply.code == "IGW_RETURN_THROUGH_OTHER_GATEWAY"
    assert found.reply.hops[-1].component == "eigw-2"
    assert answering("pcx").works


def test_references_are_undocumented_in_ipv6():
    net, _, inner, _ = alone()
    group = net.group("out -1 sg-9")
    host = inner.interface("10.0.1.6", "2600:1f00::6", groups=[group])
    assert code(net, host, own="2600:1f00::6") == "ENI_SG_RULES_MISMATCH"
    assert code(net, host, "203.0.113.7", "10.0.1.6") == "ENI_SG_RULES_MISMATCH"

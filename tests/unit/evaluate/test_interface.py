"""Putting packets on the wire and taking them (ENI-1 to ENI-7)."""

import pytest

from tests.known_answers.cases import lan
from tests.strategies.builder import packet, probe
from verifier.evaluate import exchange, walk
from verifier.model import InterfaceKind
from verifier.packet import Prefix
from verifier.trace import InstanceStates


def forth(made, source="10.0.1.5", states=InstanceStates.RECORDED):
    asked = probe(made.a, made.b, packet(source, "10.0.2.5"), states=states)
    return walk(made.net.network(), asked)


@pytest.mark.parametrize(
    ("kind", "sends", "takes"),
    [
        (InterfaceKind.ORDINARY, True, True),
        (InterfaceKind.NETWORK_LOAD_BALANCER, True, True),
        (InterfaceKind.LAMBDA, True, False),
        (InterfaceKind.VPC_ENDPOINT, False, True),
        (InterfaceKind.NAT_GATEWAY, False, False),
        (InterfaceKind.TRANSIT_GATEWAY, False, False),
        (InterfaceKind.GATEWAY_LOAD_BALANCER, False, False),
        (InterfaceKind.GATEWAY_LOAD_BALANCER_ENDPOINT, False, False),
    ],
)
def test_roles(kind, sends, takes):
    for name, able in (("eni-1", sends), ("eni-2", takes)):
        made = lan()
        made.net.change("interfaces", name, kind=kind)
        assert forth(made).code == (None if able else "ENI_ROLE_RESTRICTION")


def test_a_lambda_takes_replies_and_an_endpoint_sends_them():
    made = lan()
    made.net.change("interfaces", "eni-1", kind=InterfaceKind.LAMBDA)
    made.net.change("interfaces", "eni-2", kind=InterfaceKind.VPC_ENDPOINT)
    asked = made.ask("R")
    assert exchange(asked.network, asked.probe).works


def test_the_source_check_wants_an_own_address():
    made = lan()
    delegated = (Prefix.parse("10.0.1.32/28"), Prefix.parse("2600::/80"))
    made.net.change("interfaces", "eni-1", delegated=delegated)
    for source, owned in (("10.0.1.5", True), ("10.0.1.47", True), ("10.0.1.48", False)):
        assert forth(made, source).code == (None if owned else "ENI_SOURCE_DEST_CHECK_RESTRICTION")
    made.net.change("interfaces", "eni-1", source_destination_check=False)
    off = forth(made, "10.0.1.48")
    assert (off.code, off.hops[0].detail) == (None, "source/destination check is off")


def test_what_it_sends_to_itself_never_leaves_it():
    made = lan()
    asked = probe(made.a, None, packet("10.0.1.5", "10.0.1.5"))
    assert walk(made.net.network(), asked).code == "ENI_LOOPBACK"


def test_states_of_instances():
    for name in ("eni-1", "eni-2"):
        made = lan()
        made.net.change("interfaces", name, instance_id=made.net.instance("stopped"))
        assert forth(made).code == "BAD_STATE"
        assert forth(made, states=InstanceStates.ASSUMED_RUNNING).code is None
        made.net.change("instances", "i-1", state=None)
        assert forth(made).code is None
        made.net.change("interfaces", name, instance_id="i-unseen")
        assert forth(made).code is None
        made.net.change("interfaces", name, attached=False)
        assert forth(made).code == "BAD_STATE_ATTACHMENT"

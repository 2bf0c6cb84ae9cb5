"""From VPC to VPC (PCX-1 to PCX-5)."""

from dataclasses import replace

from tests.known_answers.cases import lan, peered
from tests.strategies.builder import outside, packet, probe
from verifier.evaluate import exchange, walk
from verifier.model import PeeringConnection, PeeringSide
from verifier.packet import Prefix


def code(made, opened=()):
    asked = made.ask("R")
    return walk(asked.network, asked.probe, frozenset(opened)).code


def test_a_connection_that_carries_nothing():
    assert code(peered()) is None
    assert code(peered(active=False)) == "BAD_STATE"
    made = peered()
    made.net.parts["peerings"].clear()
    assert code(made) == "BAD_STATE"
    missing = made.net.lacks("peering", "pcx-1")
    assert code(made) == "UNKNOWN_RESOURCE"
    assert code(made, [missing]) is not None  # B's VPC has no door left by which it could arrive


def test_a_connection_of_other_vpcs_or_of_one():
    side, other = PeeringSide(vpc_id="vpc-1"), PeeringSide(vpc_id="vpc-2")
    for sides in ((other, PeeringSide(vpc_id="vpc-3")), (side, side), (other, other)):
        made = peered()
        changed = PeeringConnection(id="pcx-1", active=True, requester=sides[0], accepter=sides[1])
        made.net.put("peerings", changed)
        assert code(made) == "PCX_REQUIRES_ADDRESS_IN_VPC_CIDR"


def test_either_side_may_be_the_requester():
    made = peered()
    asked = probe(made.b, made.a, packet("172.31.5.5", "10.0.1.5"))
    found = exchange(made.net.network(), asked)
    assert found.works
    hop = next(hop for hop in found.forward.hops if hop.kind == "peering-connection")
    assert hop.component == "pcx-1"


def test_regions_that_are_not_both_known_count_as_one():
    for region in (None, "us-east-1"):
        made = peered(rules_b=("in -1 sg-1",))
        connection = made.net.get("peerings", "pcx-1")
        here = replace(connection.requester, region=region)
        there = replace(connection.accepter, region=None)
        made.net.change("peerings", "pcx-1", requester=here, accepter=there)
        assert code(made) is None


def beyond(*prefixes):
    """A connection whose other side is not in the snapshot."""
    made = lan()
    there = PeeringSide(vpc_id="vpc-9", prefixes=tuple(map(Prefix.parse, prefixes)))
    here = PeeringSide(vpc_id="vpc-1")
    made.net.put(
        "peerings", PeeringConnection(id="pcx-9", active=True, requester=here, accepter=there)
    )
    made.subnet_a.route("172.16.0.0/12", "pcx-9")
    return made


def test_a_side_that_is_not_in_the_snapshot():
    for prefixes, address, reached in (
        (("172.31.0.0/16",), "172.31.0.1", True),
        (("172.31.0.0/16",), "172.30.0.1", False),
        ((), "172.30.0.1", True),
    ):
        made = beyond(*prefixes)
        host = outside(address)
        asked = probe(made.a, host, packet("10.0.1.5", address))
        no_entrance = walk(made.net.network(), asked)
        assert no_entrance.code == "PCX_REQUIRES_ADDRESS_IN_VPC_CIDR"
        gap = made.net.entrance(made.vpc, "pcx-9", "172.16.0.0/12")
        made.net.entrance(made.vpc, "vgw-1")
        opened = frozenset({gap})
        assert walk(made.net.network(), asked).delivered_to is None
        assert (walk(made.net.network(), asked, opened).delivered_to == host) is reached
        back = probe(host, made.a, packet(address, "10.0.1.5"))
        found = exchange(made.net.network(), back, opened)
        assert found.forward.delivered_to == made.a
        assert found.works is reached

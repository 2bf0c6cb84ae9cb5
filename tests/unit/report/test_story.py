from __future__ import annotations

from dataclasses import replace

from tests.unit.report.sample import (
    PACKET,
    PROBE,
    address,
    delivered,
    exposed,
    network,
    unanswered,
)
from verifier.invariants.question import Mode
from verifier.packet import ICMP, TCP, Packet
from verifier.report.story import ending, headline, hop_text, outcome, plain, story
from verifier.trace import (
    Decision,
    Exchange,
    Hop,
    InterfaceHost,
    OutsideHost,
    Probe,
    Trace,
)
from verifier.verdict import Counterexample

NETWORK = network()


def told(found: Counterexample, mode: Mode = Mode.PACKET, *, reply: bool = False) -> str:
    return plain(story(NETWORK, found, mode, reply=reply))


def test_the_way_of_a_packet() -> None:
    assert told(exposed()) == (
        "tcp 198.51.100.7:49152 -> 203.0.113.10:5432 (db-1)\n"
        "from the internet by igw-1 to eni-1 (db-1)\n"
        "   1  igw-1         internet gateway         forward"
        "  now 198.51.100.7:49152 -> 10.0.1.10:5432\n"
        "   2  acl-1 (data)  network ACL, ingress     allow    rule 100\n"
        "   3  sg-1 (db)     security group, ingress  allow    tcp 5432 0.0.0.0/0\n"
        "   4  eni-1 (db-1)  interface                deliver\n"
        "delivered to eni-1 (db-1)\n"
    )


def test_the_reply_is_told_where_it_counts() -> None:
    reply = (
        "reply tcp 10.0.1.10:5432 -> 198.51.100.7:49152\n"
        "   1  acl-1 (data)  network ACL, egress  deny"
        "  rule *; no entry matches; SUBNET_ACL_RESTRICTION\n"
        "reply dropped at acl-1 (data): SUBNET_ACL_RESTRICTION\n"
    )
    assert told(unanswered(), Mode.CONNECTION).endswith(reply)
    assert told(unanswered(), reply=True).endswith(reply)
    assert "reply" not in told(unanswered())


def dropped() -> Trace:
    hop = Hop(
        component="acl-1",
        kind="network-acl",
        direction="ingress",
        decision=Decision.DENY,
        rule="*",
        code="SUBNET_ACL_RESTRICTION",
        packet=PACKET,
    )
    return Trace(hops=(hop,), packet=PACKET, delivered_to=None, code="SUBNET_ACL_RESTRICTION")


def test_a_dropped_packet_has_no_reply() -> None:
    found = Counterexample(PROBE, Exchange(forward=dropped(), reply=None, works=False))
    assert told(found, Mode.CONNECTION).endswith(
        "dropped at acl-1 (data): SUBNET_ACL_RESTRICTION\n"
    )
    assert outcome(found, Mode.PACKET) == outcome(found, Mode.CONNECTION) == "dropped"


def test_a_packet_without_reply() -> None:
    packet = Packet(PACKET.source, PACKET.destination, ICMP, None, None, 3, 4)
    forward = replace(delivered(), packet=packet)
    found = Counterexample(PROBE, Exchange(forward=forward, reply=None, works=True))
    assert told(found, Mode.CONNECTION).endswith("no reply is due to this packet\n")
    assert outcome(found, Mode.CONNECTION) == "delivered"


def test_an_icmp_packet_that_is_rewritten_says_its_type_if_that_changes() -> None:
    echo = Packet(PACKET.source, PACKET.destination, ICMP, None, None, 8, 0)
    answer = echo.reply()
    assert answer is not None
    hops = (
        Hop(component="a", kind="outside", decision=Decision.FORWARD, packet=answer),
        Hop(
            component="b",
            kind="outside",
            decision=Decision.FORWARD,
            packet=replace(answer, source=address("192.0.2.9")),
        ),
    )
    trace = Trace(hops=hops, packet=answer, delivered_to=InterfaceHost("eni-1"))
    found = Counterexample(
        replace(PROBE, packet=echo), Exchange(forward=trace, reply=None, works=True)
    )
    assert "now icmp type 0 code 0 203.0.113.10" in told(found)
    assert "now 192.0.2.9 -> 198.51.100.7" in told(found)


def test_outcomes() -> None:
    assert outcome(exposed(), Mode.PACKET) == "delivered"
    assert outcome(unanswered(), Mode.PACKET) == "delivered"
    assert outcome(unanswered(), Mode.CONNECTION) == "dropped"
    elsewhere = replace(delivered(), delivered_to=InterfaceHost("eni-2"))
    stray = Counterexample(PROBE, Exchange(forward=elsewhere, reply=None, works=False))
    assert outcome(stray, Mode.PACKET) == "dropped"
    assert ", which is another host" in told(stray)
    nobody = Counterexample(replace(PROBE, destination=None), stray.exchange)
    assert outcome(nobody, Mode.PACKET) == "delivered"
    assert "to 203.0.113.10\n" in told(nobody)


def test_outside_hosts() -> None:
    out = OutsideHost(address("192.0.2.1"), "vgw-1")
    packet = Packet(address("10.0.1.10"), out.address, TCP, 1, 2)
    hop = Hop(component="vgw-1", kind="gap", decision=Decision.FORWARD, packet=packet)
    trace = Trace(hops=(hop,), packet=packet, delivered_to=out)
    exchange = Exchange(forward=trace, reply=None, works=True)
    found = Counterexample(Probe(InterfaceHost("eni-1"), out, packet), exchange)
    assert "from eni-1 (db-1) to outside by vgw-1\n" in told(found)
    assert told(found).endswith("delivered to outside by vgw-1\n")
    assert headline(NETWORK, found.probe) == "tcp 10.0.1.10:1 -> 192.0.2.1:2"
    anywhere = replace(found, probe=replace(found.probe, destination=replace(out, door=None)))
    assert "to outside\n" in told(anywhere)


def test_how_a_walk_ends_without_a_host() -> None:
    nothing = Trace(hops=(), packet=PACKET, delivered_to=None, code="NO_ROUTE_TO_DESTINATION")
    assert ending(NETWORK, nothing, None) == "dropped: NO_ROUTE_TO_DESTINATION"
    hop = Hop(component="169.254.169.253", kind="service", decision=Decision.DELIVER, packet=PACKET)
    service = Trace(hops=(hop,), packet=PACKET, delivered_to=None)
    assert ending(NETWORK, service, None) == "delivered to 169.254.169.253"


def test_rules_name_what_they_refer_to() -> None:
    hop = Hop(
        component="rtb-1",
        kind="route-table",
        decision=Decision.FORWARD,
        rule="tcp 5432 sg-1",
        packet=PACKET,
    )
    assert hop_text(NETWORK, hop) == "route table: forward; tcp 5432 sg-1 (db)"

"""Known answers about EC2 Instance Connect Endpoints: B-14 (ii), B-29, and what the guide says.

The endpoint E is 10.0.1.5 in group sg-1 and opens sessions for a user at 203.0.113.7; the host H is
10.0.2.9 in the same VPC, with what is said in its group.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tests.known_answers.cases import CLIENT, Expected, case
from tests.strategies.builder import OPEN_RULES, Build, BuildSubnet, BuildVpc, packet, probe
from verifier.model import GroupReference, SecurityGroupRule
from verifier.trace import InterfaceHost

USER, OWN = "203.0.113.7", "10.0.1.5"
USER_OF_THE_VPC, USER_AT_WORK = "10.0.3.77", "192.168.7.7"
TO_THE_GROUP = SecurityGroupRule(
    egress=False, protocol=6, peer=GroupReference("sg-1"), from_port=22, to_port=22
)


@dataclass
class Sessions:
    """The endpoint and the host."""

    net: Build
    vpc: BuildVpc
    inner: BuildSubnet
    there: BuildSubnet
    endpoint: InterfaceHost
    host: InterfaceHost
    source: str

    def ask(
        self,
        verdict: str,
        traffic: str = "tcp 22",
        source: str = "",
        name: str = "10.0.2.9",
        **more: Any,
    ) -> Expected:
        asked = probe(self.endpoint, self.host, packet(source or self.source, name, traffic))
        return Expected(verdict, self.net.network(), asked, **more)


def sessions(
    keeps: bool | None,
    *rules: str | SecurityGroupRule,
    egress: tuple[str, ...] = ("out -1 0.0.0.0/0", "out -1 ::/0"),
) -> Sessions:
    net = Build()
    vpc = net.vpc("10.0.0.0/16", "2600:1f00::/56").internet_gateway()
    inner = vpc.subnet("10.0.1.0/24", "2600:1f00::/64")
    own = net.group(*egress)
    group = net.group(*(rules or OPEN_RULES))
    endpoint = inner.connect_endpoint(OWN, "2600:1f00::5", keeps=keeps, groups=[own])
    there = vpc.subnet("10.0.2.0/24", "2600:1f00:0:1::/64")
    host = there.interface("10.0.2.9", "2600:1f00:0:1::9", public="52.0.0.9", groups=[group])
    return Sessions(net, vpc, inner, there, endpoint, host, USER if keeps else OWN)


@case("B-14", "SG-10", "EICE-3", "EICE-4", "EICE-5")
def a_reference_to_the_endpoints_group_matches_whoever_the_user_is() -> Iterator[Expected]:
    yield sessions(False, TO_THE_GROUP).ask("R")
    yield sessions(True, TO_THE_GROUP).ask("P")  # how the reply returns is not documented
    yield sessions(True, TO_THE_GROUP).ask("R", opened=True)
    for source in (USER_AT_WORK, USER_OF_THE_VPC):
        yield sessions(True, TO_THE_GROUP).ask("U", source=source)
        yield sessions(True, TO_THE_GROUP).ask("R", source=source, opened=True)
    other = SecurityGroupRule(
        egress=False, protocol=6, peer=GroupReference("sg-9"), from_port=22, to_port=22
    )
    for keeps in (False, True):
        yield sessions(keeps, other).ask("U", opened=True)
        yield sessions(keeps, "out -1 0.0.0.0/0").ask("U", opened=True)


@case("B-14a", "EICE-3", "EICE-4", "SG-8")
def a_rule_for_the_block_of_the_vpc_sees_the_users_address() -> Iterator[Expected]:
    """From the guide: with kept addresses, let the users' ranges in, or the endpoint's group."""
    block = "in tcp 22 10.0.0.0/16"
    yield sessions(False, block).ask("R")
    yield sessions(True, block).ask("U")
    yield sessions(True, block).ask("U", opened=True)
    yield sessions(True, block).ask("U", source=USER_OF_THE_VPC)
    yield sessions(True, block).ask("R", source=USER_OF_THE_VPC, opened=True)  # not documented
    for user, verdict in ((USER, "P"), ("203.0.113.8", "U")):
        yield sessions(True, "in tcp 22 203.0.113.7/32").ask(verdict, source=user)
    yield sessions(False, "in tcp 22 203.0.113.7/32").ask("U")


@case("B-14b", "EICE-3", "EICE-4", "EICE-6")
def an_endpoint_sends_from_its_own_addresses_or_never_from_them() -> Iterator[Expected]:
    yield sessions(False).ask("U", source=USER, opened=True)
    yield sessions(True).ask("U", source=OWN, opened=True)
    for source in (OWN, USER, USER_AT_WORK):
        yield sessions(None).ask("U", source=source)
        yield sessions(None).ask("R", source=source, opened=True)
    six = "2600:1f00:0:1::9"
    yield sessions(False).ask("R", source="2600:1f00::5", name=six)
    for user in ("2001:db8::7", "2600:1f00:0:1::7"):
        yield sessions(True).ask("U", source=user, name=six)  # only IPv4 endpoints keep any
        yield sessions(True).ask("R", source=user, name=six, opened=True)


@case("B-29", "EICE-1", "EICE-2", "ENI-7", "SG-4")
def its_outbound_rules_apply_and_its_inbound_rules_do_not() -> Iterator[Expected]:
    for keeps, works in ((False, "R"), (True, "P")):
        yield sessions(keeps, egress=("out tcp 22 10.0.2.0/24",)).ask(works)
        yield sessions(keeps, egress=("out tcp 22 10.0.3.0/24",)).ask("U", opened=True)
        yield sessions(keeps, egress=("in -1 0.0.0.0/0",)).ask("U", opened=True)
        made = sessions(keeps, egress=OPEN_RULES)
        back = probe(made.host, made.endpoint, packet("10.0.2.9", OWN, "tcp 22"))
        yield Expected("U", made.net.network(), back, opened=True)
        out = probe(CLIENT, made.endpoint, packet(USER, OWN, "tcp 22"))
        yield Expected("U", made.net.network(), out, opened=True)


@case("B-29a", "EICE-2")
def it_opens_connections_to_two_ports_of_private_addresses() -> Iterator[Expected]:
    for keeps, works in ((False, "R"), (True, "P")):
        made = sessions(keeps)
        for traffic in ("tcp 22", "tcp 3389"):
            yield made.ask(works, traffic)
        for traffic in ("tcp 5432", "tcp 443", "tcp 23", "udp 22", "icmp", "47"):
            yield made.ask("U", traffic, opened=True)
        yield made.ask("U", name="52.0.0.9", opened=True)
        made.inner.route("0.0.0.0/0", made.vpc.igw)
        yield made.ask("U", name="52.0.0.9", opened=True)
        out = probe(made.endpoint, CLIENT, packet(made.source, USER, "tcp 22"))
        yield Expected("U", made.net.network(), out, opened=True)


@case("B-29b", "EICE-3", "EICE-4", "PCX-1")
def a_peered_vpc_is_reached_from_its_own_address_alone() -> Iterator[Expected]:
    """From the guide: an endpoint that keeps addresses and its targets are in one VPC."""
    for keeps, verdict in ((False, "R"), (True, "U"), (None, "U")):
        net = Build()
        here, there = net.vpc("10.0.0.0/16"), net.vpc("10.1.0.0/16")
        joined = net.peer(here, there)
        one = here.subnet("10.0.1.0/24").route("10.1.0.0/16", joined)
        two = there.subnet("10.1.2.0/24").route("10.0.0.0/16", joined)
        endpoint = one.connect_endpoint(OWN, keeps=keeps)
        host = two.interface("10.1.2.9")
        sent = packet(USER if keeps else OWN, "10.1.2.9", "tcp 22")
        yield Expected(verdict, net.network(), probe(endpoint, host, sent))
        opened = "U" if keeps else "R"
        yield Expected(opened, net.network(), probe(endpoint, host, sent), opened=True)


@case("B-29c", "EICE-3", "EICE-4", "ACL-3")
def network_acls_see_the_users_address() -> Iterator[Expected]:
    for keeps, verdict in ((False, "R"), (True, "U")):
        made = sessions(keeps)
        made.there.acl("in 100 allow tcp 22 10.0.0.0/16", "out 100 allow -1 0.0.0.0/0")
        yield made.ask(verdict, opened=True)

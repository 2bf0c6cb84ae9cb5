"""Known answers about NAT64: D-46, NAT-10 and NAT-11.

Host A has an IPv6 address alone and reaches 203.0.113.7 as 64:ff9b::cb00:7107 by a NAT gateway.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tests.known_answers.cases import IN, OUT, Expected, case
from tests.strategies.builder import Build, BuildSubnet, BuildVpc, outside, packet, probe
from verifier.trace import InterfaceHost

NAMED = "64:ff9b::cb00:7107"


@dataclass
class Translated:
    """The client's subnet and the one of the NAT gateway, 10.0.9.5 / 52.0.0.9."""

    net: Build
    vpc: BuildVpc
    inner: BuildSubnet
    outer: BuildSubnet
    a: InterfaceHost

    def ask(self, verdict: str, traffic: str = "tcp 443", name: str = NAMED) -> Expected:
        sent = packet("2600:1f00:0:1::5", name, traffic)
        asked = probe(self.a, outside(name), sent)
        return Expected(verdict, self.net.network(), asked)


def translated(routed: bool = True, back: bool = True) -> Translated:
    net = Build()
    vpc = net.vpc("10.0.0.0/16", "2600:1f00::/56").internet_gateway()
    inner = vpc.subnet("10.0.1.0/24", "2600:1f00:0:1::/64")
    outer = vpc.subnet("10.0.9.0/24").route("0.0.0.0/0", vpc.igw)
    nat = outer.nat_gateway("10.0.9.5", "52.0.0.9")
    if routed:
        inner.route("64:ff9b::/96", nat)
    if not back:
        outer.route("2600:1f00::/56", vpc.igw)
    return Translated(net, vpc, inner, outer, inner.interface("2600:1f00:0:1::5"))


@case("D-46", "NAT-2", "NAT-10", "NAT-11")
def ipv6_to_an_ipv4_server() -> Iterator[Expected]:
    yield translated().ask("R")
    yield translated().ask("R", "udp 53")
    yield translated().ask("R", "icmp6")
    yield translated().ask("U", "icmp6 1/0")
    yield translated().ask("U", "47")
    yield translated(routed=False).ask("U")


@case("D-46a", "NAT-10", "NAT-11", "NAT-3", "ACL-5")
def the_lists_of_a_translating_gateway_see_both_families() -> Iterator[Expected]:
    """In by IPv6, out by IPv4; the reply in by IPv4, out by IPv6."""
    six, four = ("in 100 allow tcp 443 ::/0", "in 110 allow tcp 1024-65535 0.0.0.0/0"), (
        "out 100 allow tcp 443 0.0.0.0/0", "out 110 allow tcp 49152 2600:1f00:0:1::/64"
    )  # fmt: skip
    for entries, verdict in (
        ((*six, *four), "R"),
        ((six[1], *four), "U"),
        ((six[0], *four), "P"),
        ((*six, four[1]), "U"),
        ((*six, four[0]), "P"),
    ):
        made = translated()
        made.outer.acl(*entries)
        yield made.ask(verdict)
    for entries, verdict in (
        (("in 100 allow -1 64:ff9b::/96", *OUT), "R"),
        (("in 100 allow -1 0.0.0.0/0", *OUT), "P"),
        ((*IN, "out 100 allow tcp 443 64:ff9b::/96"), "R"),
        ((*IN, "out 100 allow -1 0.0.0.0/0"), "U"),
    ):
        made = translated()
        made.inner.acl(*entries)
        yield made.ask(verdict)


@case("D-46b", "NAT-11", "NAT-8")
def the_answer_needs_an_ipv6_route() -> Iterator[Expected]:
    yield translated(back=False).ask("P")


@case("D-46c", "NAT-10", "SG-8")
def the_client_s_group_sees_the_ipv6_name() -> Iterator[Expected]:
    for rule, verdict in (("out -1 0.0.0.0/0", "U"), ("out tcp 443 64:ff9b::/96", "R")):
        made = translated()
        group = made.net.group(rule)
        made.net.change("interfaces", made.a.interface_id, groups=(group,))
        yield made.ask(verdict)

"""Known answers about transit gateways, and what hangs on them: H-49 to H-51, H-91 to H-94, W8.

Two VPCs with a subnet for the attachment in each, in one zone, and one table with the routes of
both, unless a case says something else.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tests.known_answers.cases import IN, OUT, Expected, case
from tests.strategies.builder import (
    OPEN_RULES,
    Build,
    BuildSubnet,
    BuildVpc,
    outside,
    packet,
    probe,
)
from verifier.model import AttachmentKind, TransitRank
from verifier.trace import InterfaceHost

PROPAGATED = TransitRank.PROPAGATED_VPC


@dataclass
class Transit:
    """Host A (10.0.1.5, sg-1) and host B (10.2.1.5, sg-2) in two VPCs behind tgw-1."""

    net: Build
    tgw: str
    table: str
    one: BuildVpc
    two: BuildVpc
    subnet_a: BuildSubnet
    subnet_b: BuildSubnet
    door_a: BuildSubnet
    door_b: BuildSubnet
    a: InterfaceHost
    b: InterfaceHost
    at_a: str
    at_b: str

    def ask(self, verdict: str, traffic: str = "tcp 443", **more: object) -> Expected:
        six = traffic.endswith(" 6")
        names = ("2600:1f00::5", "2600:1f02::5") if six else ("10.0.1.5", "10.2.1.5")
        sent = packet(*names, traffic.removesuffix(" 6"))
        asked = probe(self.a, self.b, sent)
        return Expected(verdict, self.net.network(), asked, **more)  # type: ignore[arg-type]

    def back(self, verdict: str) -> Expected:
        asked = probe(self.b, self.a, packet("10.2.1.5", "10.0.1.5"))
        return Expected(verdict, self.net.network(), asked)


def transit(
    rules_a: tuple[str, ...] = OPEN_RULES,
    rules_b: tuple[str, ...] = OPEN_RULES,
    zone_a: str = "az1",
    zone_b: str = "az1",
    **gateway: object,
) -> Transit:
    net = Build()
    tgw = net.transit_gateway(**gateway)
    table = net.transit_table(tgw)
    one, two = net.vpc("10.0.0.0/16", "2600:1f00::/56"), net.vpc("10.2.0.0/16", "2600:1f02::/56")
    subnet_a = one.subnet("10.0.1.0/24", "2600:1f00::/64", zone=zone_a)
    subnet_b = two.subnet("10.2.1.0/24", "2600:1f02::/64", zone=zone_b)
    door_a = one.subnet("10.0.9.0/28", "2600:1f00:0:9::/64", zone="az1")
    door_b = two.subnet("10.2.9.0/28", "2600:1f02:0:9::/64", zone="az1")
    a = subnet_a.interface("10.0.1.5", "2600:1f00::5", groups=[net.group(*rules_a)])
    b = subnet_b.interface("10.2.1.5", "2600:1f02::5", groups=[net.group(*rules_b)])
    at_a, at_b = net.attach(tgw, table, door_a), net.attach(tgw, table, door_b)
    for cidr, to in (("10.0.0.0/16", at_a), ("10.2.0.0/16", at_b)):
        net.transit_route(table, cidr, to, rank=PROPAGATED)
    for cidr, to in (("2600:1f00::/56", at_a), ("2600:1f02::/56", at_b)):
        net.transit_route(table, cidr, to, rank=PROPAGATED)
    subnet_a.route("10.0.0.0/8", tgw).route("::/0", tgw)
    subnet_b.route("10.0.0.0/8", tgw).route("::/0", tgw)
    return Transit(net, tgw, table, one, two, subnet_a, subnet_b, door_a, door_b, a, b, at_a, at_b)


@case("W-08", "TGW-1", "TGW-3", "TGW-4", "TGW-5", "TGW-7")
def through_a_transit_gateway() -> Iterator[Expected]:
    yield transit().ask("R")
    yield transit().ask("R", "tcp 443 6")
    made = transit()
    made.net.change("transit_attachments", (made.tgw, made.at_b), available=False)
    yield made.ask("U")
    made = transit()
    made.net.change("transit_attachments", (made.tgw, made.at_b), ipv6=False)
    yield made.ask("U", "tcp 443 6")
    yield made.ask("R")


@case("H-49", "TGW-8", "SG-12")
def references_cross_a_transit_gateway() -> Iterator[Expected]:
    yield transit(rules_b=("in -1 sg-1",), references=True).ask("R")


@case("H-50", "TGW-8", "SG-11")
def no_outbound_references_over_a_transit_gateway() -> Iterator[Expected]:
    yield transit(("out -1 sg-2",), ("in -1 sg-1",), references=True).ask("U")
    yield transit(("out -1 10.2.0.0/16",), ("in -1 sg-1",), references=True).ask("R")


@case("H-51", "TGW-8")
def references_are_off_unless_switched_on() -> Iterator[Expected]:
    yield transit(rules_b=("in -1 sg-1",), references=False).ask("U")
    for which in ("at_a", "at_b"):
        made = transit(rules_b=("in -1 sg-1",), references=True)
        key = made.tgw, getattr(made, which)
        made.net.change("transit_attachments", key, references=False)
        yield made.ask("U")


@case("H-91", "TGW-2")
def an_attachment_serves_its_own_zones() -> Iterator[Expected]:
    yield transit(zone_a="az2").ask("U")
    yield transit(zone_b="az2").ask("P")


@case("H-92", "TGW-3", "TGW-7")
def the_lists_of_an_attachment_subnet() -> Iterator[Expected]:
    """Forth: the near one's ingress list, the far one's egress list. Back: the other two."""
    for door, entries, verdict in (
        ("door_a", IN, "P"),
        ("door_a", OUT, "U"),
        ("door_b", IN, "U"),
        ("door_b", OUT, "P"),
    ):
        made = transit()
        getattr(made, door).acl(*entries)
        yield made.ask(verdict)


@case("W-08a", "TGW-3", "TGW-7", "ACL-3")
def what_the_lists_of_an_attachment_subnet_see() -> Iterator[Expected]:
    """The near list sees the source, the far one the destination, and replies likewise."""
    made = transit()
    made.door_a.acl("in 100 allow tcp 443 10.0.0.0/16", "out 100 allow tcp 49152 10.0.1.5/32")
    made.door_b.acl("in 100 allow tcp 49152 10.2.0.0/16", "out 100 allow tcp 443 10.2.1.5/32")
    made.subnet_b.acl("in 100 allow tcp 443 10.0.1.5/32", *OUT)
    yield made.ask("R")
    yield made.ask("U", "tcp 80")
    made = transit()
    made.door_a.acl("in 100 allow -1 10.2.0.0/16", *OUT)
    yield made.ask("U")


@case("W-08b", "TGW-3", "TGW-7", "SUB-2")
def an_attachment_in_the_hosts_own_subnet() -> Iterator[Expected]:
    """From the gateway to a host of the subnet no list is asked; the other way both are."""
    for entries, verdict in (
        (OUT, "P"),
        (("in 100 allow -1 10.2.0.0/16", *OUT), "R"),
        (("in 100 allow -1 10.0.0.0/16", *OUT), "P"),
        (IN, "P"),
    ):
        made = transit()
        key = made.tgw, made.at_b
        made.net.change("transit_attachments", key, subnet_ids=(made.subnet_b.id,))
        made.subnet_b.acl(*entries)
        yield made.ask(verdict)


@case("H-93", "TGW-4")
def a_static_blackhole_beats_a_propagated_route() -> Iterator[Expected]:
    made = transit()
    made.net.transit_route(made.table, "10.2.0.0/16")
    yield made.ask("U")
    made.net.transit_route(made.table, "10.2.1.0/24", made.at_b, rank=PROPAGATED)
    yield made.ask("R")


@case("H-93a", "TGW-4")
def how_routes_are_learned_decides_between_equals() -> Iterator[Expected]:
    for rank, verdict in (
        (TransitRank.PREFIX_LIST, "U"),
        (TransitRank.PROPAGATED_VPN, "R"),
        (TransitRank.PROPAGATED_DIRECT_CONNECT, "R"),
    ):
        made = transit()
        sites = made.net.attach_sites(made.tgw, made.table)
        made.net.transit_route(made.table, "10.2.0.0/16", sites, rank=rank)
        yield made.ask(verdict)


@case("H-94", "TGW-4")
def an_attachment_without_a_table() -> Iterator[Expected]:
    for which, verdict in (("at_a", "U"), ("at_b", "P")):
        made = transit()
        key = made.tgw, getattr(made, which)
        made.net.change("transit_attachments", key, table_id=None)
        yield made.ask(verdict)


@case("D-60", "TGW-4", "TGW-10")
def a_spoke_that_only_hears() -> Iterator[Expected]:
    """Two tables: what B's table does not know, B cannot answer, let alone ask."""
    made = transit()
    own = made.net.transit_table(made.tgw)
    made.net.change("transit_attachments", (made.tgw, made.at_b), table_id=own)
    yield made.ask("P")
    yield made.back("U")
    made.net.transit_route(own, "10.0.0.0/16", made.at_a, rank=PROPAGATED)
    yield made.ask("R")


@dataclass
class Peers:
    """Host A behind tgw-1 and host B behind tgw-2, which are peered."""

    net: Build
    a: InterfaceHost
    b: InterfaceHost

    def ask(self, verdict: str) -> Expected:
        asked = probe(self.a, self.b, packet("10.0.1.5", "10.2.1.5"))
        return Expected(verdict, self.net.network(), asked)


def transit_peers(rules_b: tuple[str, ...] = OPEN_RULES, routed: str = "both") -> Peers:
    net = Build()
    gateways = [net.transit_gateway(references=True) for _ in range(2)]
    tables = [net.transit_table(gateway) for gateway in gateways]
    between = net.peer_transit((gateways[0], tables[0]), (gateways[1], tables[1]))
    hosts = []
    for at, rules in enumerate((OPEN_RULES, rules_b)):
        vpc = net.vpc(f"10.{2 * at}.0.0/16", region=("us-east-1", "eu-west-1")[at])
        subnet = vpc.subnet(f"10.{2 * at}.1.0/24", zone=f"az{at}")
        subnet.route("10.0.0.0/8", gateways[at])
        hosts.append(subnet.interface(f"10.{2 * at}.1.5", groups=[net.group(*rules)]))
        own = net.attach(gateways[at], tables[at], subnet)
        net.transit_route(tables[at], f"10.{2 * at}.0.0/16", own, rank=PROPAGATED)
        if routed in ("both", str(at)):
            net.transit_route(tables[at], f"10.{2 - 2 * at}.0.0/16", between)
    return Peers(net, *hosts)


@case("D-65", "TGW-5", "TGW-6", "TGW-8")
def peered_transit_gateways() -> Iterator[Expected]:
    yield transit_peers().ask("R")
    yield transit_peers(routed="0").ask("P")
    yield transit_peers(routed="1").ask("U")
    yield transit_peers(rules_b=("in -1 sg-1",)).ask("U")
    yield transit_peers(rules_b=("in -1 10.0.0.0/16",)).ask("R")


@dataclass
class Sites:
    """As `Transit`, and 10.99.0.0/16 behind an attachment `at` that is no VPC's."""

    made: Transit
    at: str

    def out(self, verdict: str, door: str | None = None) -> Expected:
        sent = packet("10.0.1.5", "10.99.0.1")
        asked = probe(self.made.a, outside("10.99.0.1", door or self.at), sent)
        return Expected(verdict, self.made.net.network(), asked)

    def enter(self, verdict: str) -> Expected:
        asked = probe(outside("10.99.0.1", self.at), self.made.a, packet("10.99.0.1", "10.0.1.5"))
        return Expected(verdict, self.made.net.network(), asked)


def sites(kind: AttachmentKind = AttachmentKind.VPN, associated: bool = True) -> Sites:
    made = transit()
    at = made.net.attach_sites(made.tgw, made.table if associated else None, kind)
    made.net.transit_route(made.table, "10.99.0.0/16", at, rank=TransitRank.PROPAGATED_VPN)
    return Sites(made, at)


@case("W-14a", "TGW-5", "TGW-9", "TGW-10", "CONN-5", "ASK-4", "ASK-5")
def sites_behind_a_transit_gateway() -> Iterator[Expected]:
    for kind in (AttachmentKind.VPN, AttachmentKind.DIRECT_CONNECT, AttachmentKind.CONNECT):
        yield sites(kind).out("R")
        yield sites(kind).enter("R")
    yield sites().out("U", door="tgw-attach-1")
    alone = sites(associated=False)
    yield alone.out("P")
    yield alone.enter("U")


@case("W-14b", "TGW-5")
def sites_do_not_hold_a_vpc_s_addresses() -> Iterator[Expected]:
    """What sites do with a packet for a VPC of ours is `beyond` them, or nothing."""
    made = transit()
    at = made.net.attach_sites(made.tgw, made.table)
    made.net.transit_route(made.table, "10.2.0.0/16", at)
    yield made.ask("U")
    yield made.ask("U", opened=True)


@case("H-109a", "IGW-6", "TGW-7")
def deny_all_internet_gateway_traffic_is_about_nothing_else() -> Iterator[Expected]:
    made = transit()
    made.net.change("interfaces", "eni-2", deny_all_internet_gateway=True)
    yield made.ask("R", "tcp 443 6")


@case("H-108a", "SVC-2")
def link_local_does_not_reach_a_transit_gateway() -> Iterator[Expected]:
    made = sites()
    made.made.subnet_a.route("169.254.0.0/16", made.made.tgw)
    made.made.net.transit_route(made.made.table, "169.254.0.0/16", made.at)
    for address in ("169.254.170.2", "169.254.1.1"):
        asked = probe(made.made.a, outside(address, made.at), packet("10.0.1.5", address))
        yield Expected("U", made.made.net.network(), asked)


@case("D-51b", "PCX-6")
def no_peering_connection_behind_a_transit_gateway() -> Iterator[Expected]:
    made = transit()
    three = made.net.vpc("10.3.0.0/16")
    far = three.subnet("10.3.1.0/24")
    c = far.interface("10.3.1.5")
    pcx = made.net.peer(made.two, three)
    made.net.transit_route(made.table, "10.3.0.0/16", made.at_b)
    made.door_b.route("10.3.0.0/16", pcx)
    far.route("10.0.0.0/8", pcx)
    asked = probe(made.a, c, packet("10.0.1.5", "10.3.1.5"))
    yield Expected("U", made.net.network(), asked)
    asked = probe(c, made.a, packet("10.3.1.5", "10.0.1.5"))
    yield Expected("U", made.net.network(), asked)


@case("D-61", "MBX-7", "TGW-11")
def a_loop_between_two_vpcs() -> Iterator[Expected]:
    """The hub sends what comes from the spokes back to the gateway, whose table sends it there."""
    made = transit()
    made.net.transit_route(made.table, "10.77.0.0/16", made.at_b)
    made.door_b.route("10.77.0.0/16", made.tgw)
    asked = probe(made.a, outside("10.77.0.1", made.at_b), packet("10.0.1.5", "10.77.0.1"))
    for opened in (False, True):
        yield Expected("U", made.net.network(), asked, opened=opened)

"""Known answers about doors of a VPC: private and egress-only gateways, endpoints, and what shuts
the internet out. H-28, H-76, H-77, H-95 to H-97, H-99, H-100, H-104, H-111, W14, W15.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tests.known_answers.cases import (
    IN,
    OUT,
    Expected,
    case,
    lan,
    nat_lan,
    peered,
    web,
)
from tests.strategies.builder import (
    OPEN_RULES,
    Build,
    BuildSubnet,
    BuildVpc,
    outside,
    packet,
    probe,
)
from verifier.model import InterfaceKind, PublicAccess, RouteOrigin
from verifier.packet import FAMILIES
from verifier.trace import InterfaceHost

CLIENT6 = outside("2001:db8::7")
SERVICE = "52.216.1.1"


@dataclass
class OnPremises:
    """Host A (10.0.1.5) in a VPC with vgw-1, behind which is 10.99.0.0/16."""

    net: Build
    vpc: BuildVpc
    subnet: BuildSubnet
    a: InterfaceHost
    vgw: str

    def out(self, verdict: str, to: str = "10.99.0.1", **more: object) -> Expected:
        asked = probe(self.a, outside(to, self.vgw), packet("10.0.1.5", to))
        return Expected(verdict, self.net.network(), asked, **more)  # type: ignore[arg-type]

    def enter(self, verdict: str) -> Expected:
        asked = probe(outside("10.99.0.1", self.vgw), self.a, packet("10.99.0.1", "10.0.1.5"))
        return Expected(verdict, self.net.network(), asked)


def on_premises(
    rules: tuple[str, ...] = OPEN_RULES, routed: bool = True, known: str = "10.99.0.0/16"
) -> OnPremises:
    net = Build()
    vpc = net.vpc("10.0.0.0/16")
    vgw = vpc.vpn_gateway(known)
    subnet = vpc.subnet("10.0.1.0/24")
    if routed:
        subnet.route("10.99.0.0/16", vgw, origin=RouteOrigin.PROPAGATED)
    a = subnet.interface("10.0.1.5", groups=[net.group(*rules)])
    return OnPremises(net, vpc, subnet, a, vgw)


@case("W-14", "VGW-1", "VGW-2", "VGW-3", "VGW-4", "CONN-5")
def sites_behind_a_private_gateway() -> Iterator[Expected]:
    yield on_premises().out("R")
    yield on_premises().enter("R")
    yield on_premises(routed=False).enter("P")
    yield on_premises(routed=False).out("U")
    yield on_premises(known="10.98.0.0/16").out("U")
    yield on_premises(known="10.98.0.0/16").enter("P")
    made = on_premises()
    made.subnet.acl("in 100 allow -1 10.0.0.0/8", "out 100 allow -1 10.0.0.0/16")
    yield made.enter("P")


@case("W-14c", "VGW-3", "SG-12")
def no_reference_matches_what_sites_send() -> Iterator[Expected]:
    yield on_premises(rules=("in -1 sg-1", "out -1 0.0.0.0/0")).enter("U")
    yield on_premises(rules=("in -1 10.99.0.0/16",)).enter("R")


@case("W-14d", "VGW-1")
def a_private_gateway_of_another_vpc() -> Iterator[Expected]:
    made = on_premises()
    made.net.change("vpn_gateways", made.vgw, vpc_id=None)
    yield made.out("U")
    other = made.net.vpc("10.1.0.0/16")
    made.net.change("vpn_gateways", made.vgw, vpc_id=other.id)
    yield made.out("U")
    yield made.enter("U")


@case("H-76", "RT-4")
def propagated_never_beats_local() -> Iterator[Expected]:
    made = lan()
    vgw = made.vpc.vpn_gateway("10.0.2.0/24")
    made.subnet_a.route("10.0.2.0/24", vgw, origin=RouteOrigin.PROPAGATED)
    yield made.ask("R")


@case("H-77", "RT-4", "IGW-2")
def static_beats_propagated() -> Iterator[Expected]:
    made = web()
    vgw = made.vpc.vpn_gateway("172.31.0.0/24")
    made.subnet.route("172.31.0.0/24", vgw, origin=RouteOrigin.PROPAGATED)
    sent = packet("10.0.1.5", "172.31.0.9")
    asked = probe(made.host, outside("172.31.0.9", vgw), sent)
    yield Expected("R", made.net.network(), asked)
    made.subnet.route("172.31.0.0/24", made.vpc.igw)
    for opened in (False, True):
        yield Expected("U", made.net.network(), asked, opened=opened)


@case("H-111", "PCX-2", "VGW-2", "VGW-3")
def no_site_behind_a_peered_vpc() -> Iterator[Expected]:
    made = peered()
    vgw = made.one.vpn_gateway("10.99.0.0/16")
    made.subnet_a.route("10.99.0.0/16", vgw)
    made.subnet_b.route("10.99.0.0/16", "pcx-1")
    network = made.net.network()
    site = outside("10.99.0.1", vgw)
    yield Expected("U", network, probe(site, made.b, packet("10.99.0.1", "172.31.5.5")))
    yield Expected("U", network, probe(made.b, site, packet("172.31.5.5", "10.99.0.1")))
    yield Expected("R", network, probe(site, made.a, packet("10.99.0.1", "10.0.1.5")))


@case("H-111a", "VGW-2", "TGW-7", "NAT-5")
def no_transit_to_sites_but_by_translation() -> Iterator[Expected]:
    """What a transit gateway brings does not go on by a private gateway; what NAT sends does."""
    for translated, verdict in ((False, "U"), (True, "R")):
        net = Build()
        tgw = net.transit_gateway()
        table = net.transit_table(tgw)
        one, two = net.vpc("10.0.0.0/16"), net.vpc("10.2.0.0/16")
        near, door = one.subnet("10.0.1.0/24", zone="az1"), two.subnet("10.2.9.0/28", zone="az1")
        inner = two.subnet("10.2.1.0/24", zone="az1")
        vgw = two.vpn_gateway("10.99.0.0/16")
        inner.route("10.99.0.0/16", vgw).route("10.0.0.0/16", tgw)
        near.route("10.0.0.0/8", tgw)
        door.route("10.99.0.0/16", inner.nat_gateway("10.2.1.9") if translated else vgw)
        net.transit_route(table, "10.0.0.0/16", net.attach(tgw, table, near))
        net.transit_route(table, "0.0.0.0/0", net.attach(tgw, table, door))
        a = near.interface("10.0.1.5")
        asked = probe(a, outside("10.99.0.1", vgw), packet("10.0.1.5", "10.99.0.1"))
        yield Expected(verdict, net.network(), asked)


# Egress-only internet gateways


@case("H-104", "EIGW-1", "EIGW-2", "EIGW-4")
def an_egress_only_gateway() -> Iterator[Expected]:
    made = web(routes=())
    made.net.parts["internet_gateways"] = {}
    made.subnet.route("::/0", made.vpc.egress_only_gateway())
    yield made.ask("U", client=CLIENT6)
    yield made.calls("R", to="2001:db8::7")
    for door, verdict in (("internet", "R"), ("eigw-1", "R"), ("igw-1", "U")):
        sent = packet("2600:1f00::5", "2001:db8::7")
        asked = probe(made.host, outside("2001:db8::7", door), sent)
        yield Expected(verdict, made.net.network(), asked)


@case("W-15", "EIGW-4", "CONN-5", "IGW-7")
def an_egress_only_gateway_beside_an_internet_gateway() -> Iterator[Expected]:
    """What came in by the internet gateway is not answered by the other one."""
    made = web(routes=())
    made.subnet.route("::/0", made.vpc.egress_only_gateway())
    yield made.ask("P", client=CLIENT6)
    yield made.calls("R", to="2001:db8::7")


@case("W-15a", "EIGW-1", "EIGW-2", "EIGW-4")
def an_egress_only_gateway_carries_ipv6_alone() -> Iterator[Expected]:
    made = web(routes=())
    made.subnet.route("::/0", made.vpc.egress_only_gateway())
    made.subnet.route("0.0.0.0/0", "eigw-1")
    yield made.calls("U")
    made = web("in 100 allow tcp 443 ::/0", *OUT, routes=())
    made.subnet.route("::/0", made.vpc.egress_only_gateway())
    yield made.calls("P", to="2001:db8::7")
    made = web(routes=())
    made.subnet.route("::/0", made.vpc.egress_only_gateway())
    made.net.change("egress_only_gateways", "eigw-1", vpc_id="vpc-elsewhere")
    yield made.calls("U", to="2001:db8::7")


# VPC endpoints


@dataclass
class Store:
    """Host A (10.0.1.5) and a gateway endpoint whose service is 52.216.0.0/15."""

    net: Build
    vpc: BuildVpc
    subnet: BuildSubnet
    a: InterfaceHost
    endpoint: str
    list_id: str

    def ask(self, verdict: str, traffic: str = "tcp 443", door: str | None = None) -> Expected:
        sent = packet("10.0.1.5", SERVICE, traffic)
        asked = probe(self.a, outside(SERVICE, door or self.endpoint), sent)
        return Expected(verdict, self.net.network(), asked)


def store(rules: tuple[str, ...] = OPEN_RULES, **endpoint: object) -> Store:
    net = Build()
    vpc = net.vpc("10.0.0.0/16").internet_gateway()
    list_id = net.prefix_list("52.216.0.0/15")
    made = vpc.gateway_endpoint(**endpoint)
    subnet = vpc.subnet("10.0.1.0/24").route(list_id, made)
    a = subnet.interface("10.0.1.5", groups=[net.group(*rules)], public="52.0.0.1")
    return Store(net, vpc, subnet, a, made, list_id)


@case("H-95", "VPCE-1", "SG-8", "SG-9")
def groups_see_the_service_s_addresses() -> Iterator[Expected]:
    yield store(("out -1 10.0.0.0/16",)).ask("U")
    yield store(("out tcp 443 pl-1",)).ask("R")
    yield store().ask("R")


@case("H-96", "VPCE-1", "VPCE-2", "ACL-9")
def lists_see_the_service_s_addresses() -> Iterator[Expected]:
    for entries, verdict in (
        ((*IN, "out 100 allow -1 10.0.0.0/16"), "U"),
        (("in 100 allow -1 10.0.0.0/16", *OUT), "P"),
        (("in 100 allow tcp 1024-65535 52.216.0.0/15", "out 100 allow tcp 443 52.216.0.0/15"), "R"),
    ):
        made = store()
        made.subnet.acl(*entries)
        yield made.ask(verdict)


@case("H-95a", "VPCE-1", "VPCE-3")
def what_a_gateway_endpoint_carries() -> Iterator[Expected]:
    for traffic, verdict in (("udp 53", "U"), ("icmp", "R"), ("icmp 3/4", "U"), ("47", "U")):
        yield store().ask(verdict, traffic)
    yield store(available=False).ask("U")
    made = store()
    made.net.change("vpc_endpoints", made.endpoint, vpc_id="vpc-elsewhere")
    yield made.ask("U")
    made = store()
    made.subnet.route("0.0.0.0/0", made.vpc.igw)
    yield made.ask("R")
    yield made.ask("U", door="internet")


@case("H-95b", "VPCE-2")
def a_service_only_answers() -> Iterator[Expected]:
    made = store()
    asked = probe(outside(SERVICE, made.endpoint), made.a, packet(SERVICE, "10.0.1.5"))
    yield Expected("U", made.net.network(), asked)


@case("H-97", "PCX-2", "VPCE-1", "TGW-7")
def no_gateway_endpoint_of_the_other_side() -> Iterator[Expected]:
    made = store()
    other = made.net.vpc("172.31.0.0/16")
    subnet = other.subnet("172.31.5.0/24", zone="az1")
    b = subnet.interface("172.31.5.5")
    subnet.route(made.list_id, made.net.peer(made.vpc, other))
    asked = probe(b, outside(SERVICE, made.endpoint), packet("172.31.5.5", SERVICE))
    yield Expected("U", made.net.network(), asked)
    tgw = made.net.transit_gateway()
    table = made.net.transit_table(tgw)
    door = made.vpc.subnet("10.0.9.0/28", zone="az1").route(made.list_id, made.endpoint)
    made.net.change("route_tables", f"rtb-of-{subnet.id}", routes=())
    subnet.route(made.list_id, tgw)
    made.net.attach(tgw, table, subnet)
    made.net.transit_route(table, "0.0.0.0/0", made.net.attach(tgw, table, door))
    yield Expected("U", made.net.network(), asked)


@case("H-95c", "VPCE-1", "VPCE-2", "NAT-5", "NAT-7")
def a_nat_gateway_uses_a_gateway_endpoint() -> Iterator[Expected]:
    made = store()
    inner = made.vpc.subnet("10.0.2.0/24")
    inner.route("0.0.0.0/0", made.subnet.nat_gateway("10.0.1.9", "52.0.0.9"))
    c = inner.interface("10.0.2.5")
    asked = probe(c, outside(SERVICE, made.endpoint), packet("10.0.2.5", SERVICE))
    yield Expected("R", made.net.network(), asked)


@case("H-28", "VPCE-5", "VPCE-6", "MBX-7", "ACL-9")
def a_firewall_s_endpoint_in_the_hosts_own_subnet() -> Iterator[Expected]:
    """Its lists stop what leads there; and as the endpoint has the same table, the rest loops."""
    for entries in (IN, OUT, (*IN, *OUT)):
        made = web(*entries, routes=())
        made.subnet.route("0.0.0.0/0", made.subnet.firewall_endpoint())
        yield made.calls("U")


@case("H-28a", "VPCE-5", "VPCE-6", "VPCE-7", "ACL-9")
def the_lists_of_an_endpoint_s_subnet() -> Iterator[Expected]:
    """Both lists of the endpoint's subnet, each way, with the header of the packet unchanged."""
    for entries, verdict in (
        ((*IN, *OUT), "R"),
        (IN, "U"),
        (OUT, "U"),
        (("in 100 allow tcp 443 10.0.1.0/24", *OUT), "P"),
        ((*IN, "out 100 allow tcp 443 10.0.2.0/24"), "P"),
    ):
        made = lan()
        endpoint = made.vpc.subnet("10.0.3.0/24").acl(*entries).firewall_endpoint()
        made.subnet_a.route("10.0.2.0/24", endpoint)
        made.subnet_b.route("10.0.1.0/24", endpoint)
        yield made.ask(verdict)


@case("H-28b", "VPCE-7", "SG-12")
def a_firewall_sees_both_ways_or_one_does_not_know() -> Iterator[Expected]:
    made = lan(rules_b=("in -1 10.0.1.0/24",))
    endpoint = made.vpc.subnet("10.0.3.0/24").firewall_endpoint()
    made.subnet_a.route("10.0.2.0/24", endpoint)
    yield made.ask("P")
    yield made.ask("R", opened=True)
    made = lan()
    endpoint = made.vpc.subnet("10.0.3.0/24").firewall_endpoint()
    made.subnet_b.route("10.0.1.0/24", endpoint)
    yield made.ask("P")
    yield made.ask("R", opened=True)
    made = lan(rules_b=("in -1 sg-1",))
    endpoint = made.vpc.subnet("10.0.3.0/24").firewall_endpoint()
    made.subnet_a.route("10.0.2.0/24", endpoint)
    made.subnet_b.route("10.0.1.0/24", endpoint)
    for opened in (False, True):
        yield made.ask("U", opened=opened)


@case("H-47a", "ENI-3", "VPCE-5")
def no_group_filters_at_gateways_and_endpoints() -> Iterator[Expected]:
    made = lan()
    middle = made.vpc.subnet("10.0.3.0/24")
    endpoint = middle.firewall_endpoint()
    middle.interface("10.0.3.5", groups=[], kind=InterfaceKind.GATEWAY_LOAD_BALANCER_ENDPOINT)
    made.subnet_a.route("10.0.2.0/24", endpoint)
    made.subnet_b.route("10.0.1.0/24", endpoint)
    yield made.ask("R")
    for families, verdict in ((frozenset({FAMILIES[1]}), "U"), (frozenset({4}), "R")):
        made.net.change("vpc_endpoints", endpoint, families=families)
        yield made.ask(verdict)
    made.net.change("vpc_endpoints", endpoint, families=frozenset(FAMILIES), available=False)
    yield made.ask("U")


# Block Public Access


@case("H-99", "IGW-12")
def block_ingress_lets_only_nat_gateways_out() -> Iterator[Expected]:
    made = web()
    made.net.change("subnets", "subnet-1", public_access=PublicAccess.NAT)
    yield made.calls("U")
    yield made.calls("U", to="2001:db8::7")
    yield made.ask("U")
    inside = nat_lan()
    for subnet in (inside.private, inside.public):
        inside.net.change("subnets", subnet.id, public_access=PublicAccess.NAT)
    yield inside.ask("R")


@case("H-100", "IGW-12")
def an_exclusion_that_lets_out() -> Iterator[Expected]:
    made = web()
    made.net.change("subnets", "subnet-1", public_access=PublicAccess.EGRESS)
    yield made.calls("R")
    yield made.calls("R", to="2001:db8::7")
    yield made.ask("U")
    yield made.ask("U", client=CLIENT6)


@case("D-92", "IGW-12", "EIGW-2")
def what_is_closed_and_what_is_excluded() -> Iterator[Expected]:
    made = web()
    made.net.change("subnets", "subnet-1", public_access=PublicAccess.CLOSED)
    yield made.ask("U")
    yield made.calls("U")
    for access, verdict in (
        (PublicAccess.OPEN, "R"),
        (PublicAccess.EGRESS, "R"),
        (PublicAccess.NAT, "R"),
        (PublicAccess.CLOSED, "U"),
    ):
        made = web(routes=())
        made.subnet.route("::/0", made.vpc.egress_only_gateway())
        made.net.change("subnets", "subnet-1", public_access=access)
        yield made.calls(verdict, to="2001:db8::7")
        inside = nat_lan()
        inside.net.change("subnets", inside.public.id, public_access=access)
        yield inside.ask(verdict)
        inside = nat_lan()
        inside.net.change("subnets", inside.private.id, public_access=access)
        yield inside.ask("R")


@case("D-92a", "IGW-4", "IGW-12")
def a_hairpin_comes_from_outside() -> Iterator[Expected]:
    for access, verdict in ((PublicAccess.OPEN, "R"), (PublicAccess.EGRESS, "U")):
        made = web()
        inner = made.vpc.subnet("10.0.2.0/24").route("0.0.0.0/0", made.vpc.igw)
        b = inner.interface("10.0.2.5", public="52.0.0.2")
        made.net.change("subnets", inner.id, public_access=access)
        asked = probe(made.host, b, packet("10.0.1.5", "52.0.0.2"))
        yield Expected(verdict, made.net.network(), asked)
        asked = probe(b, made.host, packet("10.0.2.5", "52.0.0.1"))
        yield Expected("R", made.net.network(), asked)


@case("D-93", "IGW-12", "PCX-2", "VGW-3")
def private_ways_stay_open() -> Iterator[Expected]:
    made = peered()
    for subnet in (made.subnet_a, made.subnet_b):
        made.net.change("subnets", subnet.id, public_access=PublicAccess.CLOSED)
    yield made.ask("R")
    sites = on_premises()
    sites.net.change("subnets", sites.subnet.id, public_access=PublicAccess.CLOSED)
    yield sites.enter("R")
    yield sites.out("R")
    shop = store()
    shop.net.change("subnets", shop.subnet.id, public_access=PublicAccess.CLOSED)
    yield shop.ask("R")

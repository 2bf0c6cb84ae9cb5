"""Known answers: the traps H-01 to H-112 of AWS reachability, each with the right verdict.

The cases know neither meaning of a network: `test_evaluator.py` asks the evaluator, and the
encoder's test asks the encoder, the same questions. A verdict is one of

    R   the connection works
    P   the packet is delivered, and its reply does not return
    U   the packet is not delivered

for the one probe of the case; `some` and `every` besides say whether the connection works at some,
and at every source port of `client_ports`. `opened` says whether all gaps of the network are open.

Here are those of filters, routes and translation within a VPC and between two; the other files of
this folder have the rest, and `every.py` puts them together. Load balancers are asked in
`test_load_balancers.py`. A name like `D-66` or `W-13` is a trap of our own, after the rule or the
packet walk that it comes from.

Out of scope, because they compare two moments in the life of a connection, and every packet opens a
new one here (CONN-6):

    H-58, H-60                 what becomes of a live connection when a rule goes
    H-59, its first half       the same; its second half, a new connection, is asked

Of H-56 and H-59 the two networks are asked one by one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from tests.strategies.builder import (
    OPEN_ENTRIES,
    OPEN_RULES,
    Build,
    BuildSubnet,
    BuildVpc,
    outside,
    packet,
    probe,
    unmodelled,
)
from verifier.model import GroupReference, InterfaceKind, Network, SecurityGroupRule
from verifier.packet import PortRange, Prefix
from verifier.trace import InstanceStates, InterfaceHost, OutsideHost, Probe


@dataclass(frozen=True)
class Expected:
    """One question and its answer."""

    verdict: str
    network: Network
    probe: Probe
    opened: bool = False
    client_ports: PortRange | None = None
    some: bool = False
    every: bool = False

    @property
    def delivered(self) -> bool:
        return self.verdict in ("R", "P")

    @property
    def works(self) -> bool:
        return self.verdict == "R"


@dataclass(frozen=True)
class Case:
    """One row of the table, with the clauses that it turns on."""

    id: str
    clauses: tuple[str, ...]
    make: Callable[[], Iterator[Expected]]


CASES: list[Case] = []
Maker = Callable[[], Iterator[Expected]]


def case(case_id: str, *clauses: str) -> Callable[[Maker], Maker]:
    def register(make: Maker) -> Maker:
        CASES.append(Case(case_id, clauses, make))
        return make

    return register


OUT = OPEN_ENTRIES[2:]
IN = OPEN_ENTRIES[:2]
CLIENT = outside("203.0.113.7")


@dataclass
class Web:
    """A server in a public subnet: 10.0.1.5, 2600:1f00::5, known outside as 52.0.0.1."""

    net: Build
    vpc: BuildVpc
    subnet: BuildSubnet
    host: InterfaceHost

    def ask(
        self,
        verdict: str,
        traffic: str = "tcp 443",
        client: OutsideHost = CLIENT,
        port: int = 49152,
        **more: object,
    ) -> Expected:
        name = "52.0.0.1" if client.address.family == 4 else "2600:1f00::5"
        sent = packet(str(client.address), name, traffic, port)
        asked = probe(client, self.host, sent)
        return Expected(verdict, self.net.network(), asked, **more)  # type: ignore[arg-type]

    def calls(self, verdict: str, to: str = "203.0.113.7", traffic: str = "tcp 443") -> Expected:
        """The server opens a connection outwards."""
        own = "10.0.1.5" if "." in to else "2600:1f00::5"
        asked = probe(self.host, outside(to), packet(own, to, traffic))
        return Expected(verdict, self.net.network(), asked)


def web(
    *entries: str,
    rules: tuple[str, ...] = OPEN_RULES,
    public: str | None = "52.0.0.1",
    routes: tuple[str, ...] = ("0.0.0.0/0", "::/0"),
) -> Web:
    net = Build()
    vpc = net.vpc("10.0.0.0/16", "2600:1f00::/56").internet_gateway()
    subnet = vpc.subnet("10.0.1.0/24", "2600:1f00::/64")
    for destination in routes:
        subnet.route(destination, vpc.igw)
    if entries:
        subnet.acl(*entries)
    group = net.group(*rules)
    host = subnet.interface("10.0.1.5", "2600:1f00::5", public=public, groups=[group])
    return Web(net, vpc, subnet, host)


@dataclass
class Lan:
    """Host A (10.0.1.5) in one subnet, host B (10.0.2.5) in another one of the same VPC."""

    net: Build
    vpc: BuildVpc
    subnet_a: BuildSubnet
    subnet_b: BuildSubnet
    a: InterfaceHost
    b: InterfaceHost

    def ask(self, verdict: str, traffic: str = "tcp 443", **more: object) -> Expected:
        sent = packet("10.0.1.5", "10.0.2.5", traffic)
        asked = probe(self.a, self.b, sent)
        return Expected(verdict, self.net.network(), asked, **more)  # type: ignore[arg-type]

    def back(self, verdict: str, traffic: str = "tcp 443") -> Expected:
        asked = probe(self.b, self.a, packet("10.0.2.5", "10.0.1.5", traffic))
        return Expected(verdict, self.net.network(), asked)


def lan(
    rules_a: tuple[str, ...] = OPEN_RULES, rules_b: tuple[str, ...] = OPEN_RULES, same: bool = False
) -> Lan:
    """Groups sg-1 on A and sg-2 on B; `same`: both hosts in one subnet, 10.0.0.0/20."""
    net = Build()
    vpc = net.vpc("10.0.0.0/16")
    one = vpc.subnet("10.0.0.0/20" if same else "10.0.1.0/24")
    two = one if same else vpc.subnet("10.0.2.0/24")
    a = one.interface("10.0.1.5", groups=[net.group(*rules_a)])
    b = two.interface("10.0.2.5", groups=[net.group(*rules_b)])
    return Lan(net, vpc, one, two, a, b)


# H.1 Network ACLs


@case("H-01", "ACL-1")
def shadowed_deny() -> Iterator[Expected]:
    allow, deny = "in 100 allow tcp 22 0.0.0.0/0", "in 200 deny tcp 22 203.0.113.7/32"
    yield web(allow, deny, *OUT).ask("R", "tcp 22")


@case("H-02", "ACL-1")
def deny_first() -> Iterator[Expected]:
    allow, deny = "in 200 allow tcp 22 0.0.0.0/0", "in 100 deny tcp 22 203.0.113.7/32"
    yield web(deny, allow, *OUT).ask("U", "tcp 22")
    yield web(deny, allow, *OUT).ask("R", "tcp 22", outside("203.0.113.8"))


@case("H-03", "ACL-1")
def deny_first_listed_last() -> Iterator[Expected]:
    allow, deny = "in 200 allow tcp 22 0.0.0.0/0", "in 100 deny tcp 22 203.0.113.7/32"
    yield web(allow, deny, *OUT).ask("U", "tcp 22")


@case("H-04", "ACL-8")
def host_bits_are_masked() -> Iterator[Expected]:
    made = web("in 100 deny -1 203.0.113.18/24", "in 110 allow -1 0.0.0.0/0", *OUT)
    yield made.ask("U", client=outside("203.0.113.200"))
    yield made.ask("R", client=outside("203.0.112.200"))


@case("H-05", "ACL-7")
def ports_of_all_protocols_are_ignored() -> Iterator[Expected]:
    yield web("in 100 allow -1 443 0.0.0.0/0", *OUT).ask("R", "tcp 3306")


@case("H-06", "ACL-5")
def ipv6_needs_its_own_entries() -> Iterator[Expected]:
    made = web("in 100 allow -1 0.0.0.0/0", "out 100 allow -1 0.0.0.0/0")
    yield made.ask("U", client=outside("2001:db8::7"))
    yield made.ask("R")


@case("H-07", "ACL-7")
def any_icmp() -> Iterator[Expected]:
    yield web("in 100 allow icmp -1/-1 0.0.0.0/0", *OUT).ask("R", "icmp 3/4")


@case("H-08", "ACL-11", "CONN-4")
def ping_needs_the_reply_type() -> Iterator[Expected]:
    asks, answers = "in 100 allow icmp 8/-1 0.0.0.0/0", "out 100 allow icmp {}/-1 0.0.0.0/0"
    yield web(asks, answers.format(8)).ask("P", "icmp")
    yield web(asks, answers.format(0)).ask("R", "icmp")


@case("H-09", "ACL-3")
def icmp_is_not_icmpv6() -> Iterator[Expected]:
    made = web("in 100 allow icmp -1/-1 ::/0", *OUT)
    yield made.ask("U", "icmp6", outside("2001:db8::7"))


@case("H-10", "ACL-7")
def icmpv6_echo_request() -> Iterator[Expected]:
    made = web("in 100 allow icmp6 128/0 ::/0", *OUT)
    yield made.ask("R", "icmp6 128/0", outside("2001:db8::7"))
    yield made.ask("U", "icmp6 129/0", outside("2001:db8::7"))


@case("H-11", "ACL-7")
def ports_of_gre_are_ignored() -> Iterator[Expected]:
    yield web("in 100 allow 47 1-2 0.0.0.0/0", *OUT).ask("R", "47")


@case("H-12", "ACL-7")
def icmpv6_over_ipv4_ignores_types() -> Iterator[Expected]:
    yield web("in 100 allow 58 128/0 0.0.0.0/0", *OUT).ask("R", "58 1/0")


@case("H-13", "ACL-4")
def implicit_deny() -> Iterator[Expected]:
    yield web("in 100 allow tcp 80 0.0.0.0/0", *OUT).ask("U")


@case("H-14", "ACL-1", "ACL-4")
def the_last_number_of_a_user() -> Iterator[Expected]:
    yield web("in 32767 deny -1 0.0.0.0/0", "in 32766 allow -1 0.0.0.0/0", *OUT).ask("R")


@case("H-15", "ACL-2")
def equal_numbers_of_two_directions() -> Iterator[Expected]:
    made = web("in 100 deny -1 0.0.0.0/0", "out 100 allow -1 0.0.0.0/0")
    yield made.ask("U")
    yield made.calls("P")


@case("H-16", "ACL-11", "CONN-3")
def stateless_reply() -> Iterator[Expected]:
    made = web("in 100 allow tcp 443 0.0.0.0/0", "out 100 allow tcp 443 0.0.0.0/0")
    yield made.ask("P")
    yield made.ask("R", port=443)


@case("H-17", "ACL-6", "ACL-11")
def some_ephemeral_ports() -> Iterator[Expected]:
    made = web("in 100 allow tcp 443 0.0.0.0/0", "out 100 allow tcp 32768-61000 0.0.0.0/0")
    ports = {"client_ports": PortRange(1024, 65535), "some": True, "every": False}
    yield made.ask("P", port=1024, **ports)
    yield made.ask("R", port=32768, **ports)
    yield made.ask("P", port=61001, **ports)


@case("H-18", "ACL-6", "ACL-11")
def all_ephemeral_ports() -> Iterator[Expected]:
    made = web("in 100 allow tcp 443 0.0.0.0/0", "out 100 allow tcp 1024-65535 0.0.0.0/0")
    ports = {"client_ports": PortRange(1024, 65535), "some": True, "every": True}
    yield made.ask("R", port=1024, **ports)
    yield made.ask("P", port=1023, **ports)


@case("H-19", "ACL-6")
def rule_for_replies_opens_services() -> Iterator[Expected]:
    made = web("in 100 allow tcp 1024-65535 0.0.0.0/0", *OUT, rules=("in tcp 5432 0.0.0.0/0",))
    yield made.ask("R", "tcp 5432")


@case("H-20", "ACL-9", "SUB-2")
def same_subnet_is_exempt() -> Iterator[Expected]:
    made = lan(same=True)
    made.subnet_a.acl("in 100 deny -1 0.0.0.0/0", "out 100 deny -1 0.0.0.0/0")
    yield made.ask("R")


@case("H-21", "ACL-9")
def one_list_on_two_subnets() -> Iterator[Expected]:
    made = lan()
    made.subnet_b.guarded_by(made.subnet_a.make_acl("in 1 deny -1 0.0.0.0/0"))
    made.subnet_a.guarded_by("acl-1")
    yield made.ask("U")


@case("H-22", "ACL-9")
def egress_of_the_source_subnet() -> Iterator[Expected]:
    made = lan()
    made.subnet_a.acl(*IN, "out 90 deny tcp 5432 0.0.0.0/0", *OUT)
    yield made.ask("U", "tcp 5432")
    yield made.ask("R", "tcp 5433")


@case("H-23", "ACL-10")
def an_edited_default_list() -> Iterator[Expected]:
    made = lan()
    made.net.change("network_acls", "acl-of-vpc-1", entries=())
    yield made.ask("U")


@case("H-24", "ACL-4")
def a_new_custom_list() -> Iterator[Expected]:
    made = lan()
    made.subnet_b.acl()
    yield made.ask("U")


@case("H-25", "ACL-12", "SG-16", "SVC-1")
def amazon_s_services_are_not_filtered() -> Iterator[Expected]:
    made = lan(rules_a=())
    made.subnet_a.acl()
    for address in ("10.0.0.2", "169.254.169.254", "169.254.169.123", "169.254.169.253"):
        sent = packet("10.0.1.5", address, "udp 53")
        yield Expected("R", made.net.network(), probe(made.a, None, sent))


@case("H-26", "SVC-1")
def an_own_name_server_is_filtered() -> Iterator[Expected]:
    made = lan()
    made.subnet_a.acl()
    dns = made.vpc.subnet("10.0.9.0/24").interface("10.0.9.53")
    sent = packet("10.0.1.5", "10.0.9.53", "udp 53")
    yield Expected("U", made.net.network(), probe(made.a, dns, sent))


@case("H-29", "ACL-1")
def the_more_specific_does_not_win() -> Iterator[Expected]:
    made = lan()
    made.subnet_b.acl("in 100 deny tcp 22 10.0.0.0/8", "in 110 allow tcp 22 10.0.1.5/32", *OUT)
    yield made.ask("U", "tcp 22")


# H.2 Security groups


@case("H-30", "SG-1")
def one_of_two_groups_is_enough() -> Iterator[Expected]:
    made = web()
    groups = (made.net.group("in tcp 22 203.0.113.7/32"), made.net.group())
    made.net.change("interfaces", "eni-1", groups=groups)
    yield made.ask("R", "tcp 22")
    made.net.change("interfaces", "eni-1", groups=groups[::-1])
    yield made.ask("R", "tcp 22")
    yield made.ask("U", "tcp 22", outside("203.0.113.8"))


@case("H-31", "SG-1")
def the_most_permissive_rule_applies() -> Iterator[Expected]:
    made = web()
    net = made.net
    groups = (net.group("in tcp 22 203.0.113.1/32"), net.group("in tcp 22 0.0.0.0/0"))
    net.change("interfaces", "eni-1", groups=groups)
    yield made.ask("R", "tcp 22")


@case("H-32", "SG-4")
def a_common_group_permits_nothing() -> Iterator[Expected]:
    made = lan()
    common = made.net.group("out -1 0.0.0.0/0")
    for name in ("eni-1", "eni-2"):
        made.net.change("interfaces", name, groups=(common,))
    yield made.ask("U")


@case("H-33", "SG-10")
def the_default_group() -> Iterator[Expected]:
    made = lan()
    made.net.group("in -1 sg-default", "out -1 0.0.0.0/0", group_id="sg-default")
    for name in ("eni-1", "eni-2"):
        made.net.change("interfaces", name, groups=("sg-default",))
    yield made.ask("R")
    other = made.subnet_a.interface("10.0.1.6")
    yield Expected("U", made.net.network(), probe(other, made.b, packet("10.0.1.6", "10.0.2.5")))


@case("H-34", "SG-10", "SG-12", "IGW-4")
def a_reference_never_matches_a_public_address() -> Iterator[Expected]:
    made = web(rules=("in tcp 80 sg-2",))
    client = made.subnet.interface("10.0.1.6", public="52.0.0.2", groups=["sg-2"])
    made.net.group("out -1 0.0.0.0/0")
    network = made.net.network()
    yield Expected("U", network, probe(client, made.host, packet("10.0.1.6", "52.0.0.1", "tcp 80")))
    yield Expected("R", network, probe(client, made.host, packet("10.0.1.6", "10.0.1.5", "tcp 80")))


@case("H-35", "SG-10")
def a_reference_matches_ipv6() -> Iterator[Expected]:
    made = web(rules=("in tcp 80 sg-2",))
    client = made.subnet.interface("2600:1f00::6", groups=["sg-2"])
    made.net.group("out -1 ::/0")
    sent = packet("2600:1f00::6", "2600:1f00::5", "tcp 80")
    yield Expected("R", made.net.network(), probe(client, made.host, sent))


@case("H-36", "ENI-1", "SG-10")
def a_reference_matches_secondary_and_delegated_addresses() -> Iterator[Expected]:
    made = lan(rules_b=("in tcp 443 sg-3",))
    made.net.group(*OPEN_RULES)
    more = {"groups": ["sg-3"], "delegated": (Prefix.parse("10.0.1.32/28"),)}
    client = made.subnet_a.interface("10.0.1.6", "10.0.1.7", **more)
    for source in ("10.0.1.6", "10.0.1.7", "10.0.1.33"):
        sent = packet(source, "10.0.2.5")
        yield Expected("R", made.net.network(), probe(client, made.b, sent))


@case("H-41", "SG-3", "SG-4")
def egress_rules_count() -> Iterator[Expected]:
    made = lan(rules_a=("out tcp 443 0.0.0.0/0",))
    yield made.ask("U", "tcp 5432")
    yield made.ask("R", "tcp 443")


@case("H-42", "CONN-2")
def replies_need_no_egress_rule() -> Iterator[Expected]:
    yield web(rules=("in tcp 443 0.0.0.0/0",)).ask("R")


@case("H-43", "SG-7")
def ports_of_all_protocols_are_ignored_in_groups() -> Iterator[Expected]:
    yield web(rules=("in -1 0-0 0.0.0.0/0",)).ask("R", "tcp 8080")


@case("H-44", "SG-7")
def an_icmp_rule_has_types_and_no_ports() -> Iterator[Expected]:
    made = web(rules=("in icmp 8/-1 0.0.0.0/0",))
    yield made.ask("R", "icmp")
    yield made.ask("U", "tcp 8")
    yield made.ask("U", "icmp 0/0")


@case("H-45", "CONN-2", "CONN-4")
def pings_are_remembered() -> Iterator[Expected]:
    yield web(rules=("in icmp 8/-1 0.0.0.0/0",)).ask("R", "icmp")


@case("H-46", "SG-7")
def ports_of_esp_are_ignored() -> Iterator[Expected]:
    yield web(rules=("in 50 1-1 0.0.0.0/0",)).ask("R", "50")


@case("H-47", "ENI-3", "NAT-5")
def no_group_filters_at_a_nat_gateway() -> Iterator[Expected]:
    made = nat_lan()
    made.public.interface("10.0.9.5", public="52.0.0.9", groups=[], kind=InterfaceKind.NAT_GATEWAY)
    yield made.ask("R")


@case("H-48", "SG-10", "SG-15")
def a_stale_reference() -> Iterator[Expected]:
    made = lan(rules_b=("in tcp 443 sg-gone",))
    yield made.ask("U")
    stale = GroupReference("sg-1", vpc_id="vpc-9", peering_id="pcx-9", peering_status="deleted")
    rules = (SecurityGroupRule(egress=False, protocol=-1, peer=stale),)
    made.net.change("security_groups", "sg-2", rules=rules)
    made.net.change("interfaces", "eni-1", groups=("sg-elsewhere",))
    yield made.ask("U")


@case("H-52", "SG-12")
def no_references_between_regions() -> Iterator[Expected]:
    for region, verdict in (("us-east-1", "R"), ("eu-west-1", "U")):
        made = peered(rules_b=("in -1 sg-1",), region=region)
        yield made.ask(verdict)


@case("H-53", "SG-14")
def a_group_of_another_vpc() -> Iterator[Expected]:
    made = lan()
    made.net.change("security_groups", "sg-2", vpc_id="vpc-elsewhere")
    yield made.ask("R")


@case("H-54", "SG-8")
def ipv6_added_later() -> Iterator[Expected]:
    made = web(rules=("out -1 0.0.0.0/0",))
    yield made.calls("U", to="2001:db8::7")
    yield made.calls("R")


@case("H-55", "SG-4")
def groups_belong_to_the_interface() -> Iterator[Expected]:
    made = lan(rules_b=())
    second = made.subnet_b.interface("10.0.2.6", instance_id="i-1")
    made.net.change("interfaces", "eni-2", instance_id="i-1")
    yield made.ask("U")
    sent = packet("10.0.1.5", "10.0.2.6")
    yield Expected("R", made.net.network(), probe(made.a, second, sent))


@case("H-56", "SG-9", "PL-1")
def a_prefix_list_that_changes() -> Iterator[Expected]:
    for listed, verdict in (("10.0.1.0/24", "R"), ("10.0.3.0/24", "U")):
        made = lan(rules_b=("in -1 pl-1",))
        made.net.prefix_list("192.0.2.0/24", listed)
        yield made.ask(verdict)


@case("H-57", "ACL-9", "SG-4")
def both_must_pass() -> Iterator[Expected]:
    made = lan()
    made.subnet_b.acl("in 100 deny -1 0.0.0.0/0", *OUT)
    yield made.ask("U")


@case("H-59", "SG-3", "CONN-6")
def a_new_connection_after_the_rule_is_gone() -> Iterator[Expected]:
    yield web(rules=("in tcp 22 203.0.113.0/24",)).ask("R", "tcp 22")
    yield web(rules=()).ask("U", "tcp 22")


@case("H-61", "SG-14", "GAP-5")
def a_group_that_is_not_in_the_snapshot() -> Iterator[Expected]:
    made = lan()
    made.net.change("interfaces", "eni-2", groups=("sg-unseen",))
    made.net.lacks("security-group", "sg-unseen")
    yield made.ask("U")
    yield made.ask("R", opened=True)


@case("H-62", "SG-2")
def grouping_of_rules_means_nothing() -> Iterator[Expected]:
    one, two = "in tcp 22 10.0.9.0/24", "in tcp 22 10.0.1.0/24"
    yield lan(rules_b=(one, two)).ask("R", "tcp 22")
    yield lan(rules_b=(two, one)).ask("R", "tcp 22")


# H.3 Routing and topology


@case("H-70", "IGW-2", "IGW-5")
def a_public_subnet_without_a_public_address() -> Iterator[Expected]:
    made = web(public=None)
    yield made.ask("U")
    yield made.calls("U")


@case("H-71", "CONN-3", "IGW-7", "RT-6")
def a_public_address_without_a_route() -> Iterator[Expected]:
    yield web(routes=()).ask("P")


@case("H-72", "RT-1")
def the_main_table_routes_the_rest() -> Iterator[Expected]:
    made = web(routes=())
    made.vpc.route("0.0.0.0/0", made.vpc.igw)
    yield made.ask("R")


@case("H-73", "RT-3")
def ipv6_needs_its_own_route() -> Iterator[Expected]:
    made = web(routes=("0.0.0.0/0",))
    yield made.ask("P", client=outside("2001:db8::7"))
    yield made.calls("U", to="2001:db8::7")
    yield made.calls("R")


@dataclass
class Peered:
    """Host A (10.0.1.5) and host B (172.31.5.5) in two VPCs with a peering connection, pcx-1."""

    net: Build
    one: BuildVpc
    two: BuildVpc
    subnet_a: BuildSubnet
    subnet_b: BuildSubnet
    a: InterfaceHost
    b: InterfaceHost

    def ask(self, verdict: str, traffic: str = "tcp 443") -> Expected:
        asked = probe(self.a, self.b, packet("10.0.1.5", "172.31.5.5", traffic))
        return Expected(verdict, self.net.network(), asked)


def peered(
    rules_b: tuple[str, ...] = OPEN_RULES,
    region: str = "us-east-1",
    routes: str = "both",
    active: bool = True,
) -> Peered:
    """Groups sg-1 on A and sg-2 on B; B's Region is as said, A's is us-east-1."""
    net = Build()
    one = net.vpc("10.0.0.0/16", region="us-east-1").internet_gateway()
    two = net.vpc("172.31.0.0/16", region=region).internet_gateway()
    subnet_a, subnet_b = one.subnet("10.0.1.0/24"), two.subnet("172.31.5.0/24")
    a = subnet_a.interface("10.0.1.5", groups=[net.group(*OPEN_RULES)], public="52.0.0.1")
    b = subnet_b.interface("172.31.5.5", groups=[net.group(*rules_b)])
    pcx = net.peer(one, two, active=active)
    if routes in ("a", "both"):
        subnet_a.route("172.31.0.0/16", pcx)
    if routes in ("b", "both"):
        subnet_b.route("10.0.0.0/16", pcx)
    return Peered(net, one, two, subnet_a, subnet_b, a, b)


@case("H-74", "RT-3", "PCX-2")
def the_longest_prefix_wins() -> Iterator[Expected]:
    made = peered()
    made.subnet_a.route("0.0.0.0/0", made.one.igw)
    yield made.ask("R")


@case("H-78", "RT-5")
def a_blackhole_does_not_fall_through() -> Iterator[Expected]:
    made = web()
    made.subnet.route("203.0.112.0/22", "pcx-1", blackhole=True)
    yield made.calls("U", "203.0.113.7")
    yield made.calls("R", "198.51.100.7")


@case("H-79", "IGW-2")
def private_destinations_die_at_the_gateway() -> Iterator[Expected]:
    made = web()
    made.subnet.route("10.0.0.0/8", made.vpc.igw).route("100.64.0.0/10", made.vpc.igw)
    yield made.calls("U", "10.200.0.1")
    yield made.calls("U", "100.64.0.1")


@case("H-80", "PCX-4", "CONN-3")
def a_route_on_one_side_only() -> Iterator[Expected]:
    yield peered(routes="a").ask("P")
    yield peered(routes="b").ask("U")
    yield peered(routes="both").ask("R")
    yield peered(active=False).ask("U")


@case("H-81", "PCX-2")
def peering_is_not_transitive() -> Iterator[Expected]:
    made = peered()
    three = made.net.vpc("192.168.0.0/16")
    subnet = three.subnet("192.168.1.0/24")
    c = subnet.interface("192.168.1.5")
    onward = made.net.peer(made.two, three)
    subnet.route("10.0.0.0/16", onward).route("172.31.0.0/16", onward)
    made.subnet_b.route("192.168.0.0/16", onward)
    made.subnet_a.route("192.168.0.0/16", "pcx-1")
    network = made.net.network()
    yield Expected("U", network, probe(made.a, c, packet("10.0.1.5", "192.168.1.5")))
    yield Expected("R", network, probe(made.b, c, packet("172.31.5.5", "192.168.1.5")))


@case("H-82", "PCX-2")
def no_gateway_of_the_other_side() -> Iterator[Expected]:
    made = peered()
    made.subnet_b.route("0.0.0.0/0", "pcx-1")
    made.subnet_a.route("0.0.0.0/0", made.one.igw)
    sent = packet("172.31.5.5", "203.0.113.7")
    yield Expected("U", made.net.network(), probe(made.b, CLIENT, sent))


@dataclass
class NatLan:
    """Host A (10.0.1.5) in a private subnet behind NAT gateway 10.0.9.5 / 52.0.0.9 in `public`."""

    net: Build
    vpc: BuildVpc
    private: BuildSubnet
    public: BuildSubnet
    a: InterfaceHost
    nat: str

    def ask(self, verdict: str, traffic: str = "tcp 443", port: int = 49152) -> Expected:
        sent = packet("10.0.1.5", "203.0.113.7", traffic, port)
        return Expected(verdict, self.net.network(), probe(self.a, CLIENT, sent))


def nat_lan(public: str | None = "52.0.0.9") -> NatLan:
    net = Build()
    vpc = net.vpc("10.0.0.0/16").internet_gateway()
    private, outer = vpc.subnet("10.0.1.0/24"), vpc.subnet("10.0.9.0/24")
    outer.route("0.0.0.0/0", vpc.igw)
    nat = outer.nat_gateway("10.0.9.5", public)
    private.route("0.0.0.0/0", nat)
    return NatLan(net, vpc, private, outer, private.interface("10.0.1.5"), nat)


@case("H-83", "NAT-3")
def the_nat_subnet_admits_the_client_s_port() -> Iterator[Expected]:
    made = nat_lan()
    made.public.acl("in 100 allow tcp 1024-65535 0.0.0.0/0", *OUT)
    yield made.ask("U")
    made = nat_lan()
    replies = "in 100 allow tcp 1024-65535 0.0.0.0/0"
    made.public.acl("in 90 allow tcp 443 10.0.0.0/16", replies, *OUT)
    yield made.ask("R")


@case("H-84", "NAT-8")
def the_nat_subnet_lets_the_reply_to_the_client() -> Iterator[Expected]:
    made = nat_lan()
    made.public.acl(*IN, "out 100 allow tcp 80 0.0.0.0/0", "out 110 allow tcp 443 0.0.0.0/0")
    yield made.ask("P")


@case("H-85", "NAT-8")
def the_private_subnet_sees_the_remote_host() -> Iterator[Expected]:
    made = nat_lan()
    made.private.acl("in 100 allow -1 10.0.0.0/16", *OUT)
    yield made.ask("P")


@case("H-86", "NAT-6")
def nothing_comes_in_by_a_nat_gateway() -> Iterator[Expected]:
    made = nat_lan()
    asked = probe(CLIENT, None, packet("203.0.113.7", "52.0.0.9"))
    yield Expected("U", made.net.network(), asked)
    asked = probe(CLIENT, made.a, packet("203.0.113.7", "52.0.0.9"))
    yield Expected("U", made.net.network(), asked)


@case("H-87", "NAT-2")
def a_nat_gateway_knows_three_protocols() -> Iterator[Expected]:
    made = nat_lan()
    for traffic, verdict in (("47", "U"), ("50", "U"), ("udp 53", "R"), ("icmp", "R")):
        yield made.ask(verdict, traffic)


@case("H-88", "NAT-1")
def a_nat_gateway_does_not_serve_its_own_subnet() -> Iterator[Expected]:
    net = Build()
    vpc = net.vpc("10.0.0.0/16").internet_gateway()
    subnet = vpc.subnet("10.0.1.0/24")
    subnet.route("0.0.0.0/0", subnet.nat_gateway("10.0.1.9", "52.0.0.9"))
    a = subnet.interface("10.0.1.5")
    yield Expected("U", net.network(), probe(a, CLIENT, packet("10.0.1.5", "203.0.113.7")))


@case("H-89", "NAT-7", "PCX-4")
def a_nat_gateway_s_replies_return_to_sender() -> Iterator[Expected]:
    made = peered(routes="none")
    inner = made.one.subnet("10.0.9.0/24").route("172.31.0.0/16", "pcx-1")
    made.subnet_a.route("172.31.0.0/16", inner.nat_gateway("10.0.9.5"))
    yield made.ask("R")
    made.subnet_b.acl(*IN)
    yield made.ask("P")


@case("H-90", "NAT-5", "IGW-2")
def a_private_nat_gateway_has_no_public_address() -> Iterator[Expected]:
    yield nat_lan(public=None).ask("U")


@case("H-98", "SG-3", "ENI-4")
def an_interface_endpoint_is_filtered() -> Iterator[Expected]:
    for rules, verdict in (((), "U"), (("in tcp 443 10.0.0.0/16",), "R")):
        made = lan(rules_b=rules)
        made.net.change("interfaces", "eni-2", kind=InterfaceKind.VPC_ENDPOINT)
        yield made.ask(verdict)
        yield made.back("U")


@case("H-105", "RT-2", "VPC-1")
def every_block_has_its_local_route() -> Iterator[Expected]:
    net = Build()
    vpc = net.vpc("10.0.0.0/16", "10.1.0.0/16")
    a = vpc.subnet("10.0.1.0/24").interface("10.0.1.5")
    b = vpc.subnet("10.1.1.0/24").interface("10.1.1.5")
    yield Expected("R", net.network(), probe(a, b, packet("10.0.1.5", "10.1.1.5")))


@case("H-106", "ENI-4", "ENI-5")
def stopped_or_detached() -> Iterator[Expected]:
    made = lan()
    made.net.change("interfaces", "eni-2", instance_id=made.net.instance("stopped"))
    yield made.ask("U")
    running = InstanceStates.ASSUMED_RUNNING
    asked = probe(made.a, made.b, packet("10.0.1.5", "10.0.2.5"), states=running)
    yield Expected("R", made.net.network(), asked)
    made = lan()
    made.net.change("interfaces", "eni-2", attached=False)
    yield made.ask("U")


@case("H-107", "RT-4", "GAP-8")
def prefix_lists_that_overlap() -> Iterator[Expected]:
    made = web(routes=())
    one, two = (made.net.prefix_list("203.0.113.0/24") for _ in range(2))
    made.subnet.route(one, made.vpc.igw).route(two, "tgw-1")
    made.net.change("route_tables", "rtb-of-subnet-1", tie_gap=unmodelled("tie-1").gap)
    asked = probe(made.host, CLIENT, packet("10.0.1.5", "203.0.113.7"))
    for opened, verdict in ((False, "U"), (True, "R")):
        yield Expected(verdict, made.net.network(), asked, opened=opened)
    made.subnet.route("203.0.113.0/25", made.vpc.igw)
    yield Expected("R", made.net.network(), asked)


@case("H-108", "SVC-2")
def link_local_is_not_forwarded() -> Iterator[Expected]:
    made = web()
    made.subnet.route("169.254.0.0/16", "tgw-1")
    for address in ("169.254.170.2", "169.254.1.1"):
        asked = probe(made.host, outside(address), packet("10.0.1.5", address))
        yield Expected("U", made.net.network(), asked, opened=True)


@case("H-109", "IGW-6")
def deny_all_internet_gateway_traffic() -> Iterator[Expected]:
    made = web()
    made.net.change("interfaces", "eni-1", deny_all_internet_gateway=True)
    yield made.ask("U", client=outside("2001:db8::7"))
    yield made.ask("R")


@case("H-110", "NAT-4", "SG-8")
def the_server_sees_the_nat_gateway() -> Iterator[Expected]:
    for peer, verdict in (("10.0.1.0/24", "U"), ("10.0.9.5/32", "R")):
        made = peered(rules_b=(f"in -1 {peer}",), routes="b")
        inner = made.one.subnet("10.0.9.0/24").route("172.31.0.0/16", "pcx-1")
        made.subnet_a.route("172.31.0.0/16", inner.nat_gateway("10.0.9.5"))
        yield made.ask(verdict)

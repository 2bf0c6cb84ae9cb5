"""Known answers about interfaces that forward for others, and tables of gateways.

H-37, H-75, H-102, H-103, W13, and what appliances may do besides forwarding (MBX-4 to MBX-6).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from tests.known_answers.cases import CLIENT, IN, OUT, Expected, Lan, case, lan
from tests.strategies.builder import (
    OPEN_RULES,
    Build,
    BuildSubnet,
    BuildVpc,
    outside,
    packet,
    probe,
)
from verifier.trace import InterfaceHost


def by_way_of(
    box: str,
    made: Lan,
    there: bool = True,
    back: bool = True,
) -> Lan:
    """The same network, with what A and B send to each other led to `box`."""
    if there:
        made.subnet_a.route("10.0.2.0/24", box)
    if back:
        made.subnet_b.route("10.0.1.0/24", box)
    return made


def boxed(
    rules_b: tuple[str, ...] = OPEN_RULES,
    rules_box: tuple[str, ...] = OPEN_RULES,
    entries: tuple[str, ...] = (*IN, *OUT),
    there: bool = True,
    back: bool = True,
    **box: object,
) -> Lan:
    """An appliance, eni-3 with sg-3, in a subnet of its own between A and B."""
    made = lan(rules_b=rules_b)
    middle = made.vpc.subnet("10.0.3.0/24").acl(*entries)
    group = made.net.group(*rules_box)
    fields: dict[str, object] = {"source_destination_check": False, "groups": [group]}
    found = middle.interface("10.0.3.5", **(fields | box))  # type: ignore[arg-type]
    return by_way_of(found.interface_id, made, there, back)


@case("H-37", "MBX-3", "SG-12")
def a_middlebox_loses_references() -> Iterator[Expected]:
    for opened in (False, True):
        yield boxed(rules_b=("in -1 sg-1",)).ask("U", opened=opened)
        yield boxed(rules_b=("in -1 10.0.1.5/32",)).ask("R", opened=opened)


@case("H-75", "RT-3", "RT-9", "MBX-1")
def more_specific_than_local() -> Iterator[Expected]:
    yield boxed().ask("R")
    yield boxed(source_destination_check=True).ask("U")
    yield boxed(attached=False).ask("U")
    made = boxed()
    made.net.change("interfaces", "eni-3", instance_id=made.net.instance("stopped"))
    yield made.ask("U")


@case("RT-09", "RT-9")
def a_route_to_the_destination_itself() -> Iterator[Expected]:
    """A route to the interface that owns the destination is no appliance's."""
    made = lan(rules_b=("in -1 sg-1",))
    yield by_way_of("eni-2", made, back=False).ask("R")


@case("MBX-02", "MBX-2", "MBX-3", "ACL-9")
def an_appliance_s_filters() -> Iterator[Expected]:
    """Lists and groups of the appliance see the addresses of the two hosts."""
    yield boxed(rules_box=("in -1 10.0.1.0/24", "out -1 10.0.2.0/24")).ask("R")
    yield boxed(rules_box=("in -1 10.0.2.0/24", "out -1 10.0.2.0/24")).ask("U")
    yield boxed(rules_box=("in -1 10.0.1.0/24", "out -1 10.0.1.0/24")).ask("U")
    yield boxed(rules_box=("in -1 sg-1", "out -1 sg-2")).ask("R")
    yield boxed(rules_box=("in -1 sg-2", "out -1 sg-2")).ask("U")
    for entries, verdict in (
        (("in 100 allow -1 10.0.1.0/24", *OUT), "P"),
        (("in 100 allow -1 10.0.2.0/24", *OUT), "U"),
        ((*IN, "out 100 allow -1 10.0.2.0/24"), "P"),
        ((*IN, "out 100 allow -1 10.0.1.0/24"), "U"),
    ):
        yield boxed(entries=entries).ask(verdict)


@case("MBX-07", "MBX-7", "MBX-2")
def an_appliance_in_the_sender_s_subnet() -> Iterator[Expected]:
    """It has the sender's table, which leads to it again."""
    made = lan()
    box = made.subnet_a.interface("10.0.1.9", source_destination_check=False).interface_id
    yield by_way_of(box, made).ask("U")


@case("MBX-02a", "MBX-2", "MBX-3", "SUB-2")
def an_appliance_in_the_receiver_s_subnet() -> Iterator[Expected]:
    """From it to the receiver, and to it from the receiver, no list is asked."""
    made = lan()
    box = made.subnet_b.interface("10.0.2.9", source_destination_check=False).interface_id
    made.subnet_b.acl("in 100 allow tcp 443 10.0.1.0/24", "out 100 allow tcp 49152 10.0.1.0/24")
    made.subnet_a.route("10.0.2.0/24", box)
    yield made.ask("P")
    yield made.ask("R", opened=True)


@case("MBX-04", "MBX-4", "MBX-5")
def an_appliance_that_sees_half() -> Iterator[Expected]:
    for there, back in ((True, False), (False, True)):
        yield boxed(there=there, back=back).ask("P")
        yield boxed(there=there, back=back).ask("R", opened=True)


@case("MBX-06", "MBX-6", "GAP-6")
def an_appliance_that_translates() -> Iterator[Expected]:
    """With its own address as source it may go further: never proved, never refuted."""
    net = Build()
    vpc = net.vpc("10.0.0.0/16").internet_gateway()
    outer = vpc.subnet("10.0.9.0/24").route("0.0.0.0/0", vpc.igw)
    box = outer.interface("10.0.9.5", public="52.0.0.9", source_destination_check=False)
    inner = vpc.subnet("10.0.1.0/24").route("0.0.0.0/0", box.interface_id)
    a = inner.interface("10.0.1.5")
    asked = probe(a, CLIENT, packet("10.0.1.5", "203.0.113.7"))
    yield Expected("U", net.network(), asked)
    yield Expected("R", net.network(), asked, opened=True)


@case("H-101", "MBX-1", "ENI-2")
def a_nat_instance_with_the_check_on() -> Iterator[Expected]:
    net = Build()
    vpc = net.vpc("10.0.0.0/16").internet_gateway()
    outer = vpc.subnet("10.0.9.0/24").route("0.0.0.0/0", vpc.igw)
    box = outer.interface("10.0.9.5", public="52.0.0.9")
    inner = vpc.subnet("10.0.1.0/24").route("0.0.0.0/0", box.interface_id)
    asked = probe(inner.interface("10.0.1.5"), CLIENT, packet("10.0.1.5", "203.0.113.7"))
    for opened in (False, True):
        yield Expected("U", net.network(), asked, opened=opened)


@case("MBX-07a", "MBX-7")
def two_appliances_that_hand_to_each_other() -> Iterator[Expected]:
    made = lan()
    one, two = made.vpc.subnet("10.0.3.0/24"), made.vpc.subnet("10.0.4.0/24")
    boxes = [
        place.interface(address, source_destination_check=False).interface_id
        for place, address in ((one, "10.0.3.5"), (two, "10.0.4.5"))
    ]
    one.route("10.0.2.0/24", boxes[1])
    two.route("10.0.2.0/24", boxes[0])
    yield by_way_of(boxes[0], made).ask("U")
    made.net.change("route_tables", f"rtb-of-{two.id}", routes=())
    one.route("10.0.1.0/24", "local")
    two.route("10.0.1.0/24", boxes[0])
    made.net.change("route_tables", f"rtb-of-{made.subnet_b.id}", routes=())
    made.subnet_b.route("10.0.1.0/24", boxes[1])
    yield made.ask("R")


@case("D-51c", "PCX-6", "MBX-3")
def what_an_appliance_forwards_does_not_cross_a_peering() -> Iterator[Expected]:
    """The far VPC's packet reaches an appliance here, and no third VPC behind it."""
    net = Build()
    one, two, three = (net.vpc(f"10.{number}.0.0/16") for number in (1, 2, 3))
    near, middle, far = (
        vpc.subnet(f"10.{number}.1.0/24") for number, vpc in ((1, one), (2, two), (3, three))
    )
    a, c = near.interface("10.1.1.5"), far.interface("10.3.1.5")
    tgw = net.transit_gateway()
    table = net.transit_table(tgw)
    for place in (near, middle):
        net.change("subnets", place.id, zone="az1")
    box = middle.interface("10.2.1.5", source_destination_check=False).interface_id
    door = two.subnet("10.2.9.0/28", zone="az1").route("10.3.0.0/16", box)
    near.route("10.3.0.0/16", tgw)
    net.attach(tgw, table, near)
    net.transit_route(table, "10.3.0.0/16", net.attach(tgw, table, door))
    middle.route("10.3.0.0/16", net.peer(two, three))
    asked = probe(a, c, packet("10.1.1.5", "10.3.1.5"))
    yield Expected("U", net.network(), asked)


# Tables of gateways


@dataclass
class Edge:
    """Host A (10.0.1.5, 52.0.0.1) behind an inspection point in 10.0.8.0/24."""

    net: Build
    vpc: BuildVpc
    subnet: BuildSubnet
    middle: BuildSubnet
    a: InterfaceHost
    point: str

    def enter(self, verdict: str, avoiding: bool = False, **more: object) -> Expected:
        asked = probe(CLIENT, self.a, packet("203.0.113.7", "52.0.0.1"))
        if avoiding:
            asked = replace(asked, avoiding=frozenset({self.point}))
        return Expected(verdict, self.net.network(), asked, **more)  # type: ignore[arg-type]

    def call(self, verdict: str, avoiding: bool = False) -> Expected:
        asked = probe(self.a, CLIENT, packet("10.0.1.5", "203.0.113.7"))
        if avoiding:
            asked = replace(asked, avoiding=frozenset({self.point}))
        return Expected(verdict, self.net.network(), asked)


def edge(
    entries: tuple[str, ...] = (*IN, *OUT),
    appliance: bool = False,
    public: str | None = "52.0.0.8",
    direct: bool = False,
    redirected: bool = True,
) -> Edge:
    """The gateway's table leads A's subnet to the point, A's table leads all else there."""
    net = Build()
    vpc = net.vpc("10.0.0.0/16").internet_gateway()
    middle = vpc.subnet("10.0.8.0/24").acl(*entries).route("0.0.0.0/0", vpc.igw)
    subnet = vpc.subnet("10.0.1.0/24")
    if appliance:
        box = middle.interface("10.0.8.5", public=public, source_destination_check=False)
        point = box.interface_id
    else:
        point = middle.firewall_endpoint()
    subnet.route("0.0.0.0/0", vpc.igw if direct else point)
    if redirected:
        vpc.edge_route(vpc.igw, "10.0.1.0/24", point)
    a = subnet.interface("10.0.1.5", public="52.0.0.1")
    return Edge(net, vpc, subnet, middle, a, point)


@case("W-13", "IGW-10", "IGW-11", "VPCE-5", "VPCE-6", "VPCE-7", "ASK-9")
def ingress_inspection() -> Iterator[Expected]:
    for appliance in (False, True):
        yield edge(appliance=appliance).enter("R")
        yield edge(appliance=appliance).call("R")
        yield edge(appliance=appliance).enter("U", avoiding=True)
        yield edge(appliance=appliance).call("U", avoiding=True)


@case("W-13a", "VPCE-5", "VPCE-6", "MBX-2", "MBX-3")
def the_lists_of_the_inspection_subnet() -> Iterator[Expected]:
    """W13: in by the client's address, out to the private one; the reply the other way round."""
    for appliance in (False, True):
        for entries, verdict in (
            (("in 100 allow tcp 443 203.0.113.0/24", *OUT), "P"),
            (("in 100 allow -1 10.0.0.0/16", *OUT), "U"),
            ((*IN, "out 100 allow -1 10.0.1.0/24"), "P"),
            ((*IN, "out 100 allow -1 203.0.113.0/24"), "U"),
            (
                (
                    *("in 100 allow tcp 443 203.0.113.0/24", "in 110 allow -1 10.0.1.0/24"),
                    *("out 100 allow tcp 443 10.0.1.0/24", "out 110 allow -1 203.0.113.0/24"),
                ),
                "R",
            ),
        ):
            yield edge(entries, appliance).enter(verdict)


@case("H-102", "IGW-10")
def an_appliance_at_the_edge_needs_a_public_address() -> Iterator[Expected]:
    for opened in (False, True):
        yield edge(appliance=True, public=None).enter("U", opened=opened)


@case("H-103", "IGW-11")
def what_comes_in_by_an_appliance_leaves_by_it() -> Iterator[Expected]:
    for appliance in (False, True):
        yield edge(appliance=appliance, direct=True).call("U")
        yield edge(appliance=appliance, direct=True).enter("P")


@case("H-103a", "VPCE-7", "MBX-4", "IGW-10")
def an_inspection_of_one_direction() -> Iterator[Expected]:
    """Outbound by the point, in again past it: the reply comes back without having passed."""
    for appliance in (False, True):
        yield edge(appliance=appliance, redirected=False).call("P")
        yield edge(appliance=appliance, redirected=False).enter("P")


@case("D-30", "IGW-10", "RT-3")
def a_gateway_s_table_concerns_what_it_names() -> Iterator[Expected]:
    made = edge()
    other = made.vpc.subnet("10.0.2.0/24").route("0.0.0.0/0", made.vpc.igw)
    b = other.interface("10.0.2.5", public="52.0.0.2")
    asked = probe(CLIENT, b, packet("203.0.113.7", "52.0.0.2"))
    yield Expected("R", made.net.network(), asked)
    asked = replace(asked, avoiding=frozenset({made.point}))
    yield Expected("R", made.net.network(), asked)


@case("D-33", "VGW-3", "VGW-4", "IGW-10")
def a_table_of_a_private_gateway() -> Iterator[Expected]:
    """Sites are led through the appliance, which needs no public address for that."""
    for back, verdict in ((True, "R"), (False, "P")):
        net = Build()
        vpc = net.vpc("10.0.0.0/16")
        vgw = vpc.vpn_gateway("10.99.0.0/16")
        middle = vpc.subnet("10.0.8.0/24").route("10.99.0.0/16", vgw)
        box = middle.interface("10.0.8.5", source_destination_check=False).interface_id
        subnet = vpc.subnet("10.0.1.0/24").route("10.99.0.0/16", box if back else vgw)
        vpc.edge_route(vgw, "10.0.1.0/24", box)
        a = subnet.interface("10.0.1.5")
        asked = probe(outside("10.99.0.1", vgw), a, packet("10.99.0.1", "10.0.1.5"))
        yield Expected(verdict, net.network(), asked)


@case("D-33a", "VGW-2", "MBX-3")
def an_appliance_s_packets_to_sites() -> Iterator[Expected]:
    """The source stays the sender's, an interface of the VPC: the gateway carries it."""
    net = Build()
    vpc = net.vpc("10.0.0.0/16")
    vgw = vpc.vpn_gateway("10.99.0.0/16")
    middle = vpc.subnet("10.0.8.0/24").route("10.99.0.0/16", vgw)
    box = middle.interface("10.0.8.5", source_destination_check=False).interface_id
    subnet = vpc.subnet("10.0.1.0/24").route("10.99.0.0/16", box)
    vpc.edge_route(vgw, "10.0.1.0/24", box)
    a = subnet.interface("10.0.1.5")
    asked = probe(a, outside("10.99.0.1", vgw), packet("10.0.1.5", "10.99.0.1"))
    yield Expected("R", net.network(), asked)
    avoiding = replace(asked, avoiding=frozenset({box}))
    yield Expected("U", net.network(), avoiding)

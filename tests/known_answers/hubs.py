"""Known answers about a VPC in the middle: central egress (W5), inspection, appliance mode."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tests.known_answers.cases import IN, OUT, Expected, case
from tests.known_answers.transit import PROPAGATED
from tests.strategies.builder import OPEN_RULES, Build, BuildSubnet, outside, packet, probe
from verifier.trace import Choices, InterfaceHost

WORLD = outside("203.0.113.7")


@dataclass
class Egress:
    """Host A (10.0.1.5) goes out by a NAT gateway of another VPC, behind a transit gateway."""

    net: Build
    a: InterfaceHost
    tgw: str
    door: BuildSubnet
    outer: BuildSubnet

    def ask(self, verdict: str) -> Expected:
        sent = packet("10.0.1.5", "203.0.113.7")
        return Expected(verdict, self.net.network(), probe(self.a, WORLD, sent))


def central_egress(outer_zone: str = "az1", back: bool = True) -> Egress:
    net = Build()
    tgw = net.transit_gateway()
    spokes, hub = net.transit_table(tgw), net.transit_table(tgw)
    one, two = net.vpc("10.0.0.0/16"), net.vpc("10.2.0.0/16").internet_gateway()
    spoke = one.subnet("10.0.1.0/24", zone="az1").route("0.0.0.0/0", tgw)
    door = two.subnet("10.2.9.0/28", zone="az1")
    outer = two.subnet("10.2.1.0/24", zone=outer_zone).route("0.0.0.0/0", two.igw)
    if back:
        outer.route("10.0.0.0/8", tgw)
    door.route("0.0.0.0/0", outer.nat_gateway("10.2.1.9", "52.0.0.9"))
    at_spoke, at_hub = net.attach(tgw, spokes, spoke), net.attach(tgw, hub, door)
    net.transit_route(spokes, "0.0.0.0/0", at_hub)
    net.transit_route(hub, "10.0.0.0/16", at_spoke, rank=PROPAGATED)
    return Egress(net, spoke.interface("10.0.1.5"), tgw, door, outer)


@case("W-05", "TGW-7", "NAT-1", "NAT-3", "NAT-8")
def a_nat_gateway_for_all_vpcs() -> Iterator[Expected]:
    yield central_egress().ask("R")
    yield central_egress(back=False).ask("P")
    yield central_egress(outer_zone="az2").ask("P")
    made = central_egress()
    made.outer.acl("in 100 allow tcp 1024-65535 0.0.0.0/0", *OUT)
    yield made.ask("U")
    made = central_egress()
    made.outer.acl(*IN, "out 100 allow tcp 443 0.0.0.0/0")
    yield made.ask("P")
    made = central_egress()
    made.door.acl("in 100 allow -1 10.0.0.0/16", *OUT)
    yield made.ask("P")
    made = central_egress()
    made.door.acl("in 100 allow -1 0.0.0.0/0", "out 100 allow tcp 443 0.0.0.0/0")
    yield made.ask("R")


@case("D-51a", "IGW-2", "TGW-7")
def an_internet_gateway_serves_its_own_vpc() -> Iterator[Expected]:
    made = central_egress()
    table = f"rtb-of-{made.door.id}"
    made.net.change("route_tables", table, routes=())
    made.door.route("0.0.0.0/0", made.door.vpc.igw)
    yield made.ask("U")


@dataclass
class Inspected:
    """A (az1) and B (az2) behind a transit gateway that leads all between them to appliances."""

    net: Build
    a: InterfaceHost
    b: InterfaceHost
    tgw: str
    at: str
    boxes: list[str]

    def ask(self, verdict: str, choices: Choices | None = None, **more: object) -> Expected:
        asked = probe(self.a, self.b, packet("10.0.1.5", "10.2.1.5"), choices)
        return Expected(verdict, self.net.network(), asked, **more)  # type: ignore[arg-type]


def inspected(appliance_mode: bool, rules_b: tuple[str, ...] = OPEN_RULES) -> Inspected:
    net = Build()
    tgw = net.transit_gateway(references=True)
    spokes, hub = net.transit_table(tgw), net.transit_table(tgw)
    hosts = []
    for at, rules in enumerate((OPEN_RULES, rules_b)):
        vpc, zone = net.vpc(f"10.{2 * at}.0.0/16"), f"az{at + 1}"
        subnet = vpc.subnet(f"10.{2 * at}.1.0/24", zone=zone).route("0.0.0.0/0", tgw)
        hosts.append(subnet.interface(f"10.{2 * at}.1.5", groups=[net.group(*rules)]))
        attached = net.attach(tgw, spokes, subnet)
        net.transit_route(hub, f"10.{2 * at}.0.0/16", attached, rank=PROPAGATED)
    vpc = net.vpc("10.9.0.0/16")
    doors, boxes = [], []
    for at in (1, 2):
        door = vpc.subnet(f"10.9.{at}.0/28", zone=f"az{at}")
        inner = vpc.subnet(f"10.9.{10 + at}.0/24", zone=f"az{at}").route("10.0.0.0/8", tgw)
        box = inner.interface(f"10.9.{10 + at}.5", source_destination_check=False)
        doors.append(door.route("10.0.0.0/8", box.interface_id))
        boxes.append(box.interface_id)
    at_hub = net.attach(tgw, hub, *doors, appliance_mode=appliance_mode)
    net.transit_route(spokes, "0.0.0.0/0", at_hub)
    return Inspected(net, *hosts, tgw, at_hub, boxes)


@case("D-66", "TGW-6", "MBX-4")
def appliance_mode_keeps_a_flow_in_one_zone() -> Iterator[Expected]:
    """Without it each direction keeps to the sender's zone, and a stateful appliance sees half."""
    yield inspected(True).ask("R")
    yield inspected(False).ask("P")
    yield inspected(False).ask("R", opened=True)
    made = inspected(True)
    other = Choices(transit=((made.at, 1),))
    yield made.ask("R", other)
    made.net.change("interfaces", made.boxes[1], source_destination_check=True)
    yield made.ask("U", other)
    yield made.ask("R", Choices(transit_reply=((made.at, 1),)))


@case("H-37a", "MBX-3", "TGW-8")
def no_references_through_an_inspection_vpc() -> Iterator[Expected]:
    yield inspected(True, rules_b=("in -1 sg-1",)).ask("U")
    yield inspected(True, rules_b=("in -1 10.0.0.0/16",)).ask("R")

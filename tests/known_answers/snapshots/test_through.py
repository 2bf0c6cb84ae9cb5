"""Through: all between the spokes, and to the internet, passes the inspection VPC.

    red 10.1.0.0/16, blue 10.2.0.0/16 -- spokes' table: 0.0.0.0/0 --> inspection 10.3.0.0/16
    inspection: attachment subnets --> firewall endpoint of the zone --> hub, NAT gateway
    core table (inspection's attachment): red, blue by propagation

The attachment of the inspection VPC is in appliance mode, as two zones have an endpoint each.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.known_answers.snapshots.account import Estate, ident, permission, route
from tests.known_answers.snapshots.asked import (
    PROVED,
    REFUTED,
    UNKNOWN,
    VACUOUS,
    Case,
    Says,
    case,
    check,
)
from tests.known_answers.snapshots.gateways import inspection_endpoint, nat_gateway
from tests.known_answers.snapshots.interfaces import host
from tests.known_answers.snapshots.transit import (
    TransitGateway,
    associate,
    propagate,
    static,
)

ALL, HUB = "0.0.0.0/0", ident("tgw", "hub")
WALLS = tuple(ident("vpce", f"wall {zone}") for zone in "ab")
NATS = tuple(ident("nat", f"nat {zone}") for zone in "ab")


def through() -> Estate:
    estate = Estate()
    home = estate.place("111111111111", "eu-central-1")
    hub = TransitGateway(home, "hub")
    for table in ("spokes", "core"):
        hub.table(table)
    for number, (name, account) in enumerate(
        (("red", "222222222222"), ("blue", "333333333333")), 1
    ):
        vpc = estate.place(account, "eu-central-1").vpc(name, f"10.{number}.0.0/16")
        vpc.table(f"{name} table", route(ALL, hub.id))
        group = vpc.group(name, [permission("tcp", 443, "10.0.0.0/8")])
        into = []
        for at, zone in enumerate("ab", 1):
            work = vpc.subnet(f"{name} {zone}", f"10.{number}.{at}.0/24", zone,
                              table=f"{name} table")  # fmt: skip
            host(work, f"{name} app {zone}", f"10.{number}.{at}.10", group)
            into.append(vpc.subnet(f"{name} door {zone}", f"10.{number}.100.{16 * at}/28", zone))
        hub.attach(vpc, name, *into, table="spokes")
        propagate(estate, "core", name, f"10.{number}.0.0/16")
    inspection(estate, hub)
    static(estate, "spokes", ALL, "inspection")
    return estate


def inspection(estate: Estate, hub: TransitGateway) -> None:
    vpc = hub.place.vpc("watch", "10.3.0.0/16")
    gateway = vpc.internet_gateway("gate")
    into = []
    for at, (zone, wall, nat) in enumerate(zip("ab", WALLS, NATS, strict=True), 1):
        vpc.table(f"in {zone}", route(ALL, wall))
        vpc.table(f"wall {zone} table", route("10.0.0.0/8", hub.id), route(ALL, nat))
        vpc.table(f"out {zone}", route(ALL, gateway), route("10.0.0.0/8", wall))
        into.append(vpc.subnet(f"in net {zone}", f"10.3.100.{16 * at}/28", zone,
                               table=f"in {zone}"))  # fmt: skip
        net = vpc.subnet(f"wall net {zone}", f"10.3.{10 + at}.0/24", zone,
                         table=f"wall {zone} table")  # fmt: skip
        out = vpc.subnet(f"out net {zone}", f"10.3.{20 + at}.0/24", zone, table=f"out {zone}")
        inspection_endpoint(net, f"wall {zone}", f"10.3.{10 + at}.9",
                            "com.amazonaws.vpce.eu-central-1.vpce-svc-0wall")  # fmt: skip
        nat_gateway(out, f"nat {zone}", f"10.3.{20 + at}.9", f"3.75.0.{at}")
    hub.attach(vpc, "inspection", *into, table="core", ApplianceModeSupport="enable")


WALL, NAT = ", ".join(WALLS), ", ".join(NATS)
SPEAK = "always vpc:red -> vpc:blue on tcp/443"
SEEN = f"never vpc:red -> vpc:blue unless through {WALL}"
BOTH = f"{SPEAK} through {WALL}"
BACK = f"never vpc:blue -> vpc:red unless through {WALL}"
OUT = "always vpc:red, vpc:blue -> 203.0.113.9 on tcp/443"
OUT_SEEN = f"never vpc:red, vpc:blue -> internet unless through {WALL}"
OUT_HIDDEN = f"never vpc:red, vpc:blue -> internet unless through {NAT}"

RIGHT = (
    Says(SPEAK, PROVED, "in whichever zone: appliance mode keeps the flow in one"),
    Says(SEEN, PROVED, "the spokes' table knows the inspection alone"),
    Says(BOTH, PROVED, "both at once"),
    Says(BACK, PROVED, "the other way, too"),
    Says(OUT, PROVED, "by the endpoint, the NAT gateway, and back by the endpoint"),
    Says(OUT_SEEN, PROVED, "by the endpoints"),
    Says(OUT_HIDDEN, PROVED, "and by the NAT gateways"),
    Says(f"never vpc:red -> vpc:blue unless through {WALLS[0]}", REFUTED, "by the other zone's",
         WALLS[1]),
    Says("isolated vpc:red | vpc:blue", REFUTED, "they speak, if watched", HUB),
    Says("isolated internet | vpc:red, vpc:blue | vpc:watch on tcp/22", REFUTED,
         "the way out is open for every port", NATS[0]),
    Says("never internet -> any", PROVED, "NAT gateways take nothing that is not an answer"),
)  # fmt: skip


def shortcut(estate: Estate) -> None:
    """Somebody let red propagate into the spokes' table, to have a look at something."""
    propagate(estate, "spokes", "blue", "10.2.0.0/16")


def shortcut_both_ways(estate: Estate) -> None:
    shortcut(estate)
    propagate(estate, "spokes", "red", "10.1.0.0/16")


def mode_off(estate: Estate) -> None:
    estate["inspection"]["Options"]["ApplianceModeSupport"] = "disable"


def attachment_past_the_wall(estate: Estate) -> None:
    """The attachment subnet of one zone leads straight back."""
    estate["in b"]["Routes"][-1] = route(ALL, HUB)


def answers_past_the_wall(estate: Estate) -> None:
    """The NAT gateway's subnet of one zone answers past the endpoint."""
    for one in estate["out a"]["Routes"]:
        if one.get("DestinationCidrBlock") == "10.0.0.0/8":
            one["TransitGatewayId"] = HUB
            one.pop("GatewayId")


def no_way_to_the_spokes(estate: Estate) -> None:
    for zone in "ab":
        routes = estate[f"wall {zone} table"]["Routes"]
        routes[:] = [one for one in routes if one.get("DestinationCidrBlock") != "10.0.0.0/8"]


def spoke_on_the_core_table(estate: Estate) -> None:
    associate(estate, "red", "core")


def one_endpoint_deleted(estate: Estate) -> None:
    estate["wall b"]["State"] = "deleted"


CASES = (
    case("right", None, *RIGHT),
    case(
        "a shortcut",
        shortcut,
        Says(SEEN, REFUTED, "the longer propagated route", HUB),
        Says(BOTH, REFUTED, "packets pass no endpoint", HUB),
        Says(BACK, PROVED, "the answers still do"),
        Says(SPEAK, UNKNOWN, "the firewall sees answers alone"),
    ),
    case(
        "a shortcut both ways",
        shortcut_both_ways,
        Says(SPEAK, PROVED, "it works all the better"),
        Says(BOTH, REFUTED, "but not as it should", HUB),
        Says(OUT_SEEN, PROVED, "the way out is as before"),
    ),
    case(
        "appliance mode off",
        mode_off,
        Says(SPEAK, UNKNOWN, "each way in the zone of its sender: two endpoints"),
        Says('always name:"red app a" -> name:"blue app a" on tcp/443', PROVED, "one zone alone"),
        Says(SEEN, PROVED, "all the same"),
    ),
    case(
        "past the wall in one zone",
        attachment_past_the_wall,
        Says(SEEN, REFUTED, "by the attachment subnet in zone b", HUB),
        Says(OUT_SEEN, PROVED, "where it leads straight back, nothing gets out"),
        Says(OUT, REFUTED, "nor does anything in that zone"),
    ),
    case(
        "answers past the wall",
        answers_past_the_wall,
        Says(OUT, UNKNOWN, "the firewall of the zone sees requests alone"),
        Says(OUT_SEEN, PROVED, "requests pass it"),
        Says(SPEAK, PROVED, "between the spokes it does not matter"),
    ),
    case(
        "no way to the spokes",
        no_way_to_the_spokes,
        Says(SPEAK, UNKNOWN, "what has passed goes round by the NAT gateway", NATS[0]),
        Says(SEEN, PROVED, "whatever that does, the endpoint was passed"),
    ),
    case(
        "a spoke on the core table",
        spoke_on_the_core_table,
        Says(SEEN, REFUTED, "the core table knows blue", HUB),
        Says("never vpc:red -> internet", PROVED, "but no way out"),
        Says(BACK, PROVED, "blue is as before"),
    ),
    case(
        "an endpoint is deleted",
        one_endpoint_deleted,
        Says(SPEAK, REFUTED, "the flows of one zone are lost", WALLS[1]),
        Says(SEEN, PROVED, "the others pass"),
        Says("some vpc:red -> vpc:blue on tcp/443", PROVED, "in the other zone"),
    ),
    case(
        "nobody",
        None,
        Says("isolated vpc:red | name:nobody-*", VACUOUS, "a set of nobody"),
        Says("never vpc:red -> vpc:blue unless through name:nobody-*", REFUTED, "a plain never"),
    ),
)


@pytest.mark.parametrize("one", CASES, ids=lambda one: one.name)
def test_through(one: Case, tmp_path: Path) -> None:
    check(through, one, tmp_path)

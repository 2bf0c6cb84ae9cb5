"""Middleboxes: a NAT instance, a firewall between two tiers, firewalls at the edges of a VPC.

apps 10.70.1.0/24 -- 0.0.0.0/0 --> NAT instance (box net, public)
apps 10.70.1.0/24 -- 10.70.2.0/24 --> firewall (wall net) -- local --> data 10.70.2.0/24, and back
internet gateway -- edge table --> guard (guard net) -- local --> shop 10.70.4.0/24, and back
private gateway -- edge table --> inner guard --> vault 10.70.5.0/24 (sites 192.168.0.0/16)
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.known_answers.snapshots.account import Estate, Json, Subnet, ident, permission, route
from tests.known_answers.snapshots.asked import (
    PROVED,
    REFUTED,
    UNKNOWN,
    Case,
    Says,
    case,
    check,
)
from tests.known_answers.snapshots.gateways import vpn_connection, vpn_gateway
from tests.known_answers.snapshots.interfaces import forwards, host, stopped

ALL, BLOCK, SITES = "0.0.0.0/0", "10.70.0.0/16", "192.168.0.0/16"
VGW = ident("vgw", "door")


def box(subnet: Subnet, name: str, address: str, group: Json, elastic: str | None = None) -> str:
    """An instance that forwards."""
    made = host(subnet, name, address, group, elastic=elastic, Role="box")
    forwards(made)
    return ident("eni", name)


def boxes() -> Estate:
    estate = Estate()
    place = estate.place("111111111111", "eu-central-1")
    vpc = place.vpc("site", BLOCK)
    gateway = vpc.internet_gateway("gate")
    vpn_gateway(vpc, "door")
    vpn_connection(place, "branch", SITES, VpnGatewayId=VGW)
    nat, wall, guard, inner = (
        ident("eni", name) for name in ("nat box", "wall", "guard", "inner guard")
    )
    vpc.table("apps", route("10.70.2.0/24", wall), route(ALL, nat))
    vpc.table("data", route("10.70.1.0/24", wall))
    vpc.table("shop", route(ALL, guard))
    vpc.table("vault", route(SITES, inner))
    vpc.table("walls")
    vpc.table("inner", route(SITES, VGW))
    vpc.table("public", route(ALL, gateway))
    vpc.table("edge", route("10.70.4.0/24", guard))
    vpc.table("private edge", route("10.70.5.0/24", inner))
    vpc.edge("edge", gateway)
    vpc.edge("private edge", VGW)
    nets = {
        name: vpc.subnet(f"{name} net", f"10.70.{number}.0/24", table=table)
        for number, name, table in (
            (1, "apps", "apps"), (2, "data", "data"), (3, "boxes", "public"), (4, "shop", "shop"),
            (5, "vault", "vault"), (6, "walls", "walls"), (7, "guards", "public"),
            (8, "inner", "inner"),
        )
    }  # fmt: skip
    open_box = vpc.group("boxes", [permission("-1", None, ALL)])
    apps = vpc.group("apps")
    data = [permission("tcp", 5432, "10.70.1.0/24"), permission("tcp", 5433, apps["GroupId"])]
    box(nets["boxes"], "nat box", "10.70.3.9", open_box, "3.71.0.9")
    box(nets["walls"], "wall", "10.70.6.9", open_box)
    box(nets["guards"], "guard", "10.70.7.9", open_box, "3.71.0.7")
    box(nets["inner"], "inner guard", "10.70.8.9", open_box)
    host(nets["apps"], "app", "10.70.1.10", apps)
    host(nets["data"], "db", "10.70.2.10", vpc.group("data", data))
    host(nets["shop"], "till", "10.70.4.10", vpc.group("till", [permission("tcp", 443, ALL)]),
         elastic="3.71.0.4")  # fmt: skip
    host(nets["vault"], "safe", "10.70.5.10", vpc.group("safe", [permission("tcp", 22, SITES)]))
    return estate


QUERY = "always name:app -> name:db on tcp/5432"
WATCHED = "never name:app -> name:db unless through name:wall"
SOLD = "always internet -> name:till on tcp/443"
GUARDED = "never internet -> name:till unless through name:guard"
OPENED = "always 192.168.5.0/24 -> name:safe on tcp/22"
KEPT = 'never 192.168.0.0/16 -> name:safe unless through name:"inner guard"'
OUT = "never name:app -> internet"

RIGHT = (
    Says(QUERY, PROVED, "by the firewall both ways: longer than local"),
    Says(WATCHED, PROVED, "by no other way"),
    Says("never name:app -> name:db on tcp/5433", PROVED, "a firewall loses the reference"),
    Says(SOLD, PROVED, "by the guard both ways"),
    Says(GUARDED, PROVED, "the edge table leads there"),
    Says(OPENED, PROVED, "by the inner guard both ways"),
    Says(KEPT, PROVED, "the gateway's edge table leads there"),
    Says(OUT, UNKNOWN, "what a NAT instance does is not known", ident("rtb", "apps")),
    Says("never internet -> name:app", PROVED, "nobody has an address of its own there"),
    Says("never name:db -> internet", PROVED, "its table has no way out"),
)


def checked(estate: Estate, name: str) -> None:
    estate[name]["SourceDestCheck"] = True


def stop(estate: Estate, name: str) -> None:
    stopped(estate[f"instance {name}"])


def one_way_alone(estate: Estate) -> None:
    estate["data"]["Routes"].pop()


def another_subnet_forgotten(estate: Estate) -> None:
    """The table of the data's subnet is right, that of the apps leads past the firewall."""
    routes = estate["apps"]["Routes"]
    routes[:] = [one for one in routes if one.get("DestinationCidrBlock") != "10.70.2.0/24"]


def guard_without_address(estate: Estate) -> None:
    guard = estate["guard"]
    guard.pop("Association")
    guard["PrivateIpAddresses"][0].pop("Association")
    place = estate.place("111111111111", "eu-central-1")
    addresses = place.listed("describe-addresses")
    addresses[:] = [one for one in addresses if one["PublicIp"] != "3.71.0.7"]


def till_straight_out(estate: Estate) -> None:
    estate["shop"]["Routes"][-1] = route(ALL, ident("igw", "gate"))


def edge_not_associated(estate: Estate) -> None:
    estate["edge"]["Associations"] = []


def edge_of_the_wrong_subnet(estate: Estate) -> None:
    """Somebody changed the subnet's block in the edge table."""
    estate["private edge"]["Routes"][-1]["DestinationCidrBlock"] = "10.70.4.0/24"


def firewall_shut(estate: Estate) -> None:
    estate["sg boxes"]["IpPermissions"] = [permission("tcp", 443, ALL)]


def loop(estate: Estate) -> None:
    """The firewall's own subnet is routed to the firewall."""
    estate["walls"]["Routes"].append(route("10.70.2.0/24", ident("eni", "wall")))


def reference_alone(estate: Estate) -> None:
    """The group of the app is named, and the firewall stands between; it carries no such group."""
    estate["sg data"]["IpPermissions"] = [permission("tcp", 5432, ident("sg", "apps"))]


CASES = (
    case("right", None, *RIGHT),
    case(
        "the firewall checks source and destination",
        lambda estate: checked(estate, "wall"),
        Says(
            QUERY,
            REFUTED,
            "it takes only what is meant for it",
            "wall",
            "ENI_SOURCE_DEST_CHECK_RESTRICTION",
        ),
        Says("never name:app -> name:db", PROVED, "nothing passes"),
    ),
    case(
        "the NAT instance checks source and destination",
        lambda estate: checked(estate, "nat box"),
        Says(OUT, PROVED, "nothing passes"),
    ),
    case(
        "the firewall is stopped",
        lambda estate: stop(estate, "wall"),
        Says(QUERY, REFUTED, "as it is", "wall"),
        Says("never name:app -> name:db", REFUTED, "it may be started tomorrow", "wall"),
    ),
    case(
        "one way alone by the firewall",
        one_way_alone,
        Says(QUERY, UNKNOWN, "it sees half of the connection", ident("rtb", "apps")),
        Says(WATCHED, PROVED, "the way there passes it"),
    ),
    case(
        "the apps' table leads past the firewall",
        another_subnet_forgotten,
        Says(WATCHED, REFUTED, "local", "db"),
        Says(QUERY, UNKNOWN, "the firewall sees replies alone", ident("rtb", "data")),
    ),
    case(
        "the guard has no public address",
        guard_without_address,
        Says(SOLD, REFUTED, "a gateway hands nothing to it", "", "INGRESS_RTB_NO_PUBLIC_IP"),
        Says("never internet -> name:till", PROVED, "nothing comes in"),
    ),
    case(
        "the shop answers past the guard",
        till_straight_out,
        Says(
            SOLD,
            UNKNOWN,
            "answers must go out by the guard, unless it puts its own address on what comes in",
            ident("rtb", "edge"),
        ),
        Says("never name:till -> internet", PROVED, "likewise"),
    ),
    case(
        "the edge table is not associated",
        edge_not_associated,
        Says(GUARDED, REFUTED, "straight to the till", "till"),
        Says(SOLD, UNKNOWN, "the guard sees replies alone", ident("rtb", "shop")),
    ),
    case(
        "the private edge table names another subnet",
        edge_of_the_wrong_subnet,
        Says(KEPT, REFUTED, "straight to the safe", "safe"),
    ),
    case(
        "the firewall's group is shut",
        firewall_shut,
        Says(QUERY, REFUTED, "groups judge what is forwarded", "wall"),
    ),
    case(
        "a loop",
        loop,
        Says(QUERY, UNKNOWN, "unless it sends by itself", ident("rtb", "apps")),
        Says("never name:db -> name:app", PROVED, "the group of the app lets nobody in"),
    ),
    case(
        "a reference behind the firewall",
        reference_alone,
        Says(QUERY, REFUTED, "references are lost there", "db", "SG_REFERENCES_NOT_PRESERVED"),
        Says("never name:app -> name:db", PROVED, "nor does the firewall carry the group"),
    ),
)


@pytest.mark.parametrize("one", CASES, ids=lambda one: one.name)
def test_middleboxes(one: Case, tmp_path: Path) -> None:
    check(boxes, one, tmp_path)

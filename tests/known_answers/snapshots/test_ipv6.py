"""IPv6: egress-only gateways, NAT64, a host that refuses the internet, a node with prefixes.

public  2a05:d014:80:1::/64  internet gateway for both families
private 2a05:d014:80:2::/64  egress-only gateway, NAT64
native  2a05:d014:80:3::/64  IPv6 alone, egress-only gateway, NAT64
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.known_answers.snapshots.account import (
    Estate,
    closing,
    entry,
    everything,
    ident,
    named,
    permission,
    route,
)
from tests.known_answers.snapshots.asked import PROVED, REFUTED, UNKNOWN, Case, Says, case, check
from tests.known_answers.snapshots.gateways import nat_gateway
from tests.known_answers.snapshots.interfaces import host

ALL, SIX, BLOCK, NAT64 = "0.0.0.0/0", "::/0", "2a05:d014:80::/56", "64:ff9b::/96"
PLACE = ("111111111111", "eu-central-1")
VALVE = ident("eigw", "valve")


def net(number: int) -> str:
    return f"2a05:d014:80:{number}::/64"


def address(number: int, last: str) -> str:
    return f"2a05:d014:80:{number}::{last}"


def sixes() -> Estate:
    estate = Estate()
    place = estate.place(*PLACE)
    vpc = place.vpc("six", "10.80.0.0/16", ipv6=BLOCK)
    gateway, nat = vpc.internet_gateway("gate"), ident("nat", "nat")
    valve = ident("eigw", "valve")
    place.add(
        "describe-egress-only-internet-gateways",
        "valve",
        {
            "Attachments": [{"State": "attached", "VpcId": vpc.id}],
            "EgressOnlyInternetGatewayId": valve,
            "Tags": named("valve"),
        },
    )
    vpc.table("public", route(ALL, gateway), route(SIX, gateway))
    for table in ("private", "native"):
        vpc.table(table, route(SIX, valve), route(NAT64, nat))
    vpc.acl("lobby list", *everything(egress=True), *everything(egress=False))
    vpc.acl("public list", *everything(egress=True), *everything(egress=False))
    lobby = vpc.subnet("lobby", "10.80.9.0/24", table="public", acl="lobby list", ipv6=net(9))
    public = vpc.subnet("public net", "10.80.1.0/24", table="public", acl="public list",
                        ipv6=net(1))  # fmt: skip
    private = vpc.subnet("private net", "10.80.2.0/24", table="private", ipv6=net(2))
    native = vpc.subnet("native net", "0.0.0.0/0", table="native", ipv6=net(3))
    native.json.pop("CidrBlock")
    native.json["Ipv6Native"] = True
    nat_gateway(lobby, "nat", "10.80.9.9", "3.72.0.9")
    serves = vpc.group("web", [permission("tcp", 443, ALL, SIX)])
    admin = vpc.group("job", [permission("tcp", 22, ALL, SIX)])
    pods = vpc.group("pods", [permission("tcp", 8080, "10.80.0.0/16", BLOCK)])
    host(public, "web", "10.80.1.10", serves, public="3.72.0.10", ipv6=address(1, "10"))
    shy = host(public, "shy", "10.80.1.11", serves, ipv6=address(1, "11"))
    shy["DenyAllIgwTraffic"] = True
    host(private, "job", "10.80.2.10", admin, ipv6=address(2, "10"))
    host(native, "native job", None, admin, ipv6=address(3, "10"))
    node = host(public, "node", "10.80.1.12", pods)
    node["Ipv6Prefixes"] = [{"Ipv6Prefix": "2a05:d014:80:1:a::/80"}]
    node["Ipv4Prefixes"] = [{"Ipv4Prefix": "10.80.1.64/28"}]
    return estate


SERVE = "always internet -> name:web on tcp/443"
FETCH = "always name:job -> 2001:db8::/32 on tcp/443"
ADMIN = "some internet -> name:job on tcp/22"
FOUR = 'always name:"native job" -> 64:ff9b::c633:6407 on tcp/443'
SHY = "never internet -> name:shy"
PODS = "never internet -> name:node"
CALLED = 'always name:job, name:"native job" -> 2a05:d014:80:1:a::5 on tcp/8080'

RIGHT = (
    Says(SERVE, PROVED, "in both families"),
    Says(FETCH, PROVED, "by the egress-only gateway"),
    Says(ADMIN, REFUTED, "nothing from outside is answered through it"),
    Says(FOUR, PROVED, "198.51.100.7 by NAT64"),
    Says('never name:"native job" -> 198.51.100.0/24', REFUTED, "likewise, by that name", "nat"),
    Says("never name:job -> internet on ip4:all", PROVED, "no route for IPv4"),
    Says(SHY, PROVED, "its interface refuses what comes by internet gateways"),
    Says(PODS, PROVED, "the pods' group lets in the VPC alone"),
    Says(CALLED, PROVED, "an address of a delegated prefix"),
)


def straight_out(estate: Estate) -> None:
    """The internet gateway instead of the egress-only one."""
    routes = estate["private"]["Routes"]
    at = next(n for n, one in enumerate(routes) if one.get("DestinationIpv6CidrBlock") == SIX)
    routes[at] = route(SIX, ident("igw", "gate"))


def no_route_at_all(estate: Estate) -> None:
    routes = estate["public"]["Routes"]
    routes[:] = [one for one in routes if one.get("DestinationIpv6CidrBlock") != SIX]


def list_of_ipv4(estate: Estate, name: str) -> None:
    """A list that somebody wrote before there was IPv6."""
    estate[name]["Entries"] = [
        entry(100, "allow", "-1", None, ALL, egress=True),
        *closing(egress=True),
        entry(100, "allow", "-1", None, ALL),
        *closing(egress=False),
    ]


def group_of_ipv4(estate: Estate) -> None:
    estate["sg web"]["IpPermissions"] = [permission("tcp", 443, ALL)]


def egress_of_ipv4(estate: Estate) -> None:
    estate["sg job"]["IpPermissionsEgress"] = [permission("-1", None, ALL)]


def no_nat64(estate: Estate) -> None:
    for table in ("private", "native"):
        routes = estate[table]["Routes"]
        routes[:] = [one for one in routes if one.get("DestinationIpv6CidrBlock") != NAT64]


def not_shy(estate: Estate) -> None:
    estate["shy"]["DenyAllIgwTraffic"] = False


def pods_opened(estate: Estate) -> None:
    estate["sg pods"]["IpPermissions"] = [permission("tcp", 8080, SIX)]


def pods_opened_for_ipv4(estate: Estate) -> None:
    estate["sg pods"]["IpPermissions"] = [permission("tcp", 8080, ALL)]


def tables_not_collected(estate: Estate) -> None:
    del estate.place(*PLACE).files["describe-route-tables"]


def private_block(estate: Estate) -> None:
    """The block is a private one of an IPAM, that no gateway announces."""
    blocks = estate["vpc six"]["Ipv6CidrBlockAssociationSet"]
    blocks[0] |= {"Ipv6AddressAttribute": "private", "IpSource": "none"}


def valve_detached(estate: Estate) -> None:
    estate["valve"]["Attachments"] = []


CASES = (
    case("right", None, *RIGHT),
    case(
        "the internet gateway for the private subnet",
        straight_out,
        Says(ADMIN, PROVED, "any address of IPv6 is a public one"),
        Says("never internet -> name:job", REFUTED, "likewise", "gate"),
    ),
    case(
        "no route for IPv6",
        no_route_at_all,
        Says(SERVE, REFUTED, "answers in IPv6 have no route", "public"),
        Says("always internet -> name:web on ip4:tcp/443", PROVED, "IPv4 is another matter"),
    ),
    case(
        "a list of IPv4",
        lambda estate: list_of_ipv4(estate, "public list"),
        Says(SERVE, REFUTED, "0.0.0.0/0 says nothing of IPv6", "public list"),
        Says("never internet -> name:web on ip6:all", PROVED, "likewise"),
    ),
    case(
        "a group of IPv4",
        group_of_ipv4,
        Says(SERVE, REFUTED, "0.0.0.0/0 says nothing of IPv6", "web"),
    ),
    case(
        "an egress rule of IPv4",
        egress_of_ipv4,
        Says(FETCH, REFUTED, "0.0.0.0/0 says nothing of IPv6", "job"),
        Says(FOUR, REFUTED, "NAT64 starts with IPv6, too", "native job"),
    ),
    case(
        "no route for NAT64",
        no_nat64,
        Says(FOUR, REFUTED, "the egress-only gateway knows no such address", VALVE),
        Says('never name:"native job" -> 198.51.100.0/24', PROVED, "it has no IPv4"),
    ),
    case(
        "the NAT gateway's list is of IPv4",
        lambda estate: list_of_ipv4(estate, "lobby list"),
        Says(FOUR, REFUTED, "the packet comes in as IPv6", "lobby list"),
        Says('never name:"native job" -> 198.51.100.0/24', PROVED, "likewise"),
    ),
    case(
        "the interface refuses nothing",
        not_shy,
        Says(SHY, REFUTED, "a global address and an open group", "shy"),
    ),
    case(
        "the pods' group is opened",
        pods_opened,
        Says(PODS, REFUTED, "a delegated prefix is of global addresses", "node"),
    ),
    case(
        "the pods' group is opened for IPv4",
        pods_opened_for_ipv4,
        Says(PODS, PROVED, "the node has no public IPv4 address"),
    ),
    case(
        "the route tables were not collected",
        tables_not_collected,
        Says('never name:"native job" -> 198.51.100.0/24', UNKNOWN, "NAT64 may be behind them"),
        Says('never name:"native job" -> name:shy', UNKNOWN, "likewise"),
    ),
    case(
        "a private block",
        private_block,
        Says("never internet -> vpc:six on ip6:all", PROVED, "gateways do not carry it"),
        Says("never vpc:six -> internet on ip6:tcp/443", REFUTED, "NAT64 does all the same", "nat"),
    ),
    case(
        "the egress-only gateway is detached",
        valve_detached,
        Says(FETCH, REFUTED, "it carries nothing", VALVE),
        Says(FOUR, PROVED, "NAT64 has another way"),
    ),
)


@pytest.mark.parametrize("one", CASES, ids=lambda one: one.name)
def test_ipv6(one: Case, tmp_path: Path) -> None:
    check(sixes, one, tmp_path)

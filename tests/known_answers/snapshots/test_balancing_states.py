"""Load balancers in what their output says besides: states, weights, zones, families, protocols.

`shop` is the network of `test_balancing`; `both` has IPv4 and IPv6:

wide  (ALB, dual stack)  443 -> site:8080 (IPv4)       fast (NLB)  QUIC 443 -> edge:443
six   (NLB, dual stack)  25 -> post:25 (IPv6)          far (NLB)   80 -> an address beyond a peering
"""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest

from tests.known_answers.snapshots.account import Estate, Json, ident, permission, route
from tests.known_answers.snapshots.asked import (
    PROVED,
    REFUTED,
    UNKNOWN,
    Case,
    Says,
    case,
    check,
)
from tests.known_answers.snapshots.balancers import (
    Balancer,
    Node,
    forward,
    register,
    rule,
    target_group,
)
from tests.known_answers.snapshots.gateways import peering
from tests.known_answers.snapshots.interfaces import host
from tests.known_answers.snapshots.test_balancing import BLOCK, DB, HOME, MAIL, WEB, shop

ALL, SIX, WHOLE = "0.0.0.0/0", "::/0", "2a05:d014:90::/56"


def registered(estate: Estate, state: str, reason: str = "") -> None:
    register(estate.place(*HOME), "web", ident("i", "db one"), 5432, state)
    if reason:
        described = estate["web health"]["TargetHealthDescriptions"][-1]
        described["TargetHealth"]["Reason"] = reason


def leaving(estate: Estate) -> None:
    registered(estate, "draining", "Target.DeregistrationInProgress")


def asked_for(estate: Estate) -> None:
    """Somebody asked for the health of a target that never was one."""
    registered(estate, "unused", "Target.NotRegistered")


def stopped(estate: Estate) -> None:
    registered(estate, "unused", "Target.InvalidState")


def weightless(estate: Estate) -> None:
    """Blue and green: the other group has all the weight."""
    group = estate["group feed"]["TargetGroupArn"]
    rules = estate["front rules 443"]["Rules"]
    config = {"TargetGroups": [{"TargetGroupArn": group, "Weight": 0}]}
    rules[-1]["Actions"].append({"Type": "forward", "Order": 2, "ForwardConfig": config})
    estate["sg feed"]["IpPermissions"] = [permission("tcp", 9000, BLOCK)]


def weightless_alone(estate: Estate) -> None:
    """As above, and the balancer that leads there besides is shut."""
    weightless(estate)
    estate["sg relay"]["IpPermissions"] = []


def maintained(estate: Estate) -> None:
    """A page for everybody, in front of everything."""
    page: Json = {
        "Type": "fixed-response",
        "Order": 1,
        "FixedResponseConfig": {"StatusCode": "503"},
    }
    rule(estate["front rules 443"]["Rules"], "/*", page)


def maintained_in_part(estate: Estate) -> None:
    page: Json = {
        "Type": "fixed-response",
        "Order": 1,
        "FixedResponseConfig": {"StatusCode": "503"},
    }
    rule(estate["front rules 443"]["Rules"], "/shop/*", page)


def one_zone(estate: Estate) -> None:
    """The balancer is enabled for zone a alone, where one of its two targets stands."""
    place = estate.place(*HOME)
    place.listed("describe-network-interfaces").remove(estate["front node 1"])
    del estate["front"]["AvailabilityZones"][1]


def one_zone_not_said(estate: Estate) -> None:
    one_zone(estate)
    del estate["front"]["AvailabilityZones"]


def unlisted(estate: Estate) -> None:
    """A target is a balancer that the listing lacks; its nodes are there."""
    place = estate.place(*HOME)
    place.listed("elbv2-describe-load-balancers").remove(estate["front"])
    described = estate["group game"]
    described["TargetType"] = "alb"
    described["Port"] = 443
    one = {"Id": estate["front"]["LoadBalancerArn"], "Port": 443}
    estate["game health"]["TargetHealthDescriptions"] = [{"Target": one}]
    for number in range(2):
        eni = estate[f"front node {number}"]
        eni.pop("Association")
        eni["PrivateIpAddresses"][0].pop("Association")


def failed(estate: Estate) -> None:
    """A balancer that could not be set up has no interfaces, and carries nothing."""
    described = dict(estate["front"])
    described["LoadBalancerArn"] = described["LoadBalancerArn"].replace("front", "wreck")
    described |= {"LoadBalancerName": "wreck", "State": {"Code": "failed"}}
    estate.place(*HOME).listed("elbv2-describe-load-balancers").append(described)


def provisioning(estate: Estate) -> None:
    """One that is being set up will have some, and nobody knows its listeners."""
    failed(estate)
    estate.place(*HOME).listed("elbv2-describe-load-balancers")[-1]["State"]["Code"] = (
        "provisioning"
    )


def silent(estate: Estate) -> None:
    """A balancer all of whose listeners were deleted: the file says so."""
    place = estate.place(*HOME)
    for name in place.files:
        if name.startswith("app-front") and name.endswith("listeners"):
            place.files[name] = {"Listeners": []}


def classic_over_zones(estate: Estate, crossing: bool | None) -> None:
    """A second classic balancer, whose target is in the zone of its other node."""
    home = estate.places[HOME]
    vpc = next(one for one in home.listed("describe-vpcs") if one["VpcId"] == ident("vpc", "shop"))
    assert vpc["CidrBlock"] == BLOCK
    described = estate["old"]
    described["AvailabilityZones"] = ["eu-central-1a", "eu-central-1b"]
    described["Instances"] = [{"InstanceId": ident("i", "web two")}]
    estate["sg web"]["IpPermissions"] = [permission("tcp", 2525, ident("sg", "old"))]
    if crossing is not None:
        home.files["elb-old-attributes"] = {
            "LoadBalancerAttributes": {
                "CrossZoneLoadBalancing": {"Enabled": crossing},
                "AccessLog": {"Enabled": False},
                "ConnectionDraining": {"Enabled": True, "Timeout": 300},
                "ConnectionSettings": {"IdleTimeout": 60},
                "AdditionalAttributes": [
                    {"Key": "elb.http.desyncmitigationmode", "Value": "defensive"}
                ],
            }
        }


FEED = "never internet -> tag:Tier=feed"
TWO = "never internet -> 10.60.12.10"
SHOP = (
    case("leaving", leaving, Says(DB, UNKNOWN, "new connections do not come there")),
    case("asked for", asked_for, Says(DB, PROVED, "it is not registered")),
    case("stopped", stopped, Says(DB, REFUTED, "it may be started", "front")),
    case("weightless", weightless, Says(f"{FEED} on tcp/9000", REFUTED, "by the relay, besides")),
    case(
        "weightless, and not from the relay",
        weightless_alone,
        Says(f"{FEED} on tcp/9000", UNKNOWN, "sticky clients may still come there"),
    ),
    case("maintained", maintained, Says(f"{WEB} on tcp/8080", UNKNOWN, "no rule is asked after")),
    case(
        "maintained in part",
        maintained_in_part,
        Says(f"{WEB} on tcp/8080", REFUTED, "the rest goes on", "front"),
    ),
    case("one zone", one_zone, Says(TWO, PROVED, "zone b is not enabled"),
         Says(f"{WEB} on tcp/8080", REFUTED, "zone a is", "front")),
    case("one zone, not said", one_zone_not_said, Says(TWO, REFUTED, "zone b may be", "front")),
    case("unlisted", unlisted, Says(f"{WEB} on tcp/8080", UNKNOWN, "where to is not known"),
         Says(f"{WEB} on icmp", PROVED, "no balancer sends that")),
    case("failed", failed, Says(f"{DB} on tcp/5432", PROVED, "it carries nothing")),
    case("provisioning", provisioning, Says(f"{DB} on tcp/5432", UNKNOWN, "it will stand there")),
    case("silent", silent, Says(f"{WEB} on tcp/8080", PROVED, "it listens on nothing")),
    *(
        case(f"classic over zones: {crossing}", partial(classic_over_zones, crossing=crossing),
             Says(TWO, verdict, "as its attributes say"),
             Says(MAIL, PROVED, "no target any more"))
        for crossing, verdict in ((None, UNKNOWN), (False, PROVED), (True, REFUTED))
    ),
)  # fmt: skip


@pytest.mark.parametrize("one", SHOP, ids=lambda one: one.name)
def test_states(one: Case, tmp_path: Path) -> None:
    check(shop, one, tmp_path)


def both() -> Estate:
    estate = Estate()
    place = estate.place(*HOME)
    vpc = place.vpc("dual", "10.90.0.0/16", ipv6=WHOLE)
    away = place.vpc("away", "10.91.0.0/16")
    link = peering(vpc, away, "link")
    gateway = vpc.internet_gateway("gate")
    vpc.table("public", route(ALL, gateway), route(SIX, gateway), route("10.91.0.0/16", link))
    vpc.table("private")
    away.table("back", route("10.90.0.0/16", link))
    front = vpc.subnet("front net", "10.90.1.0/24", table="public", ipv6="2a05:d014:90:1::/64")
    inner = vpc.subnet("inner net", "10.90.2.0/24", table="private", ipv6="2a05:d014:90:2::/64")
    beyond = away.subnet("away net", "10.91.1.0/24", "b", table="back")
    open_six = vpc.group("open six", [permission("tcp", 443, SIX)])
    site = vpc.group("site", [permission("tcp", 8080, open_six["GroupId"])])
    edge = vpc.group("edge", [permission("udp", 443, ALL)])
    post = vpc.group("post", [permission("tcp", 25, "2001:db8::/32")])
    host(inner, "site one", "10.90.2.10", site, Tier="site")
    host(inner, "edge one", "10.90.2.20", edge, Tier="edge")
    mail = host(inner, "post one", "10.90.2.30", post, ipv6="2a05:d014:90:2::30", Tier="post")
    mail["DenyAllIgwTraffic"] = True  # by the balancer alone
    host(beyond, "far one", "10.91.1.10", away.group("far", [permission("tcp", 80, ALL)]),
         Tier="far")  # fmt: skip

    def node(last: int, public: str | None) -> tuple[Node, ...]:
        return (Node(front, f"10.90.1.{last}", public),)

    wide = Balancer(vpc, "wide", "application", node(5, None), (open_six,))
    wide.listens("HTTPS", 443, forward(target_group(
        vpc, "site", "HTTP", 8080, ident("i", "site one"), balancer=wide)))  # fmt: skip
    fast = Balancer(vpc, "fast", "network", node(6, "3.90.1.6"))
    fast.listens("QUIC", 443, forward(target_group(
        vpc, "edge", "QUIC", 443, ident("i", "edge one"), balancer=fast)))  # fmt: skip
    six = Balancer(vpc, "six", "network", node(7, None))
    six.listens("TCP", 25, forward(target_group(
        vpc, "post", "TCP", 25, ident("i", "post one"), balancer=six)))  # fmt: skip
    estate["group post"]["IpAddressType"] = "ipv6"
    far = Balancer(vpc, "far", "network", node(8, "3.90.1.8"))
    far.listens("TCP", 80, forward(target_group(
        vpc, "far", "TCP", 80, "10.91.1.10", kind="ip", balancer=far)))  # fmt: skip
    estate["far health"]["TargetHealthDescriptions"][0]["Target"]["AvailabilityZone"] = "all"
    for balancer, last in (("wide", "5"), ("six", "7")):
        estate[balancer]["IpAddressType"] = "dualstack"
        shown = f"2a05:d014:90:1::{last}"
        estate[f"{balancer} node 0"]["Ipv6Addresses"] = [{"Ipv6Address": shown}]
    estate["wide"]["IpAddressType"] = "dualstack-without-public-ipv4"
    return estate


def internal(estate: Estate) -> None:
    """An internal balancer has IPv6 addresses that its subnet routes, and refuses the internet."""
    estate["wide"]["Scheme"] = "internal"
    estate["wide node 0"]["DenyAllIgwTraffic"] = True


def in_its_own_zone(estate: Estate) -> None:
    """Registered for zone b, where no node stands, and zones are not crossed."""
    told = estate["far health"]["TargetHealthDescriptions"][0]
    told["Target"]["AvailabilityZone"] = "eu-central-1b"


def both_protocols(estate: Estate) -> None:
    place = estate.place(*HOME)
    for name, content in place.files.items():
        if name.startswith("net-fast") and name.endswith("listeners"):
            content["Listeners"][0]["Protocol"] = "TCP_QUIC"
    estate["sg edge"]["IpPermissions"] = [permission("tcp", 443, ALL)]


def mutual(estate: Estate) -> None:
    """TLS of both sides, HTTP/2 and gRPC are nothing of the network."""
    place = estate.place(*HOME)
    estate["group site"]["ProtocolVersion"] = "GRPC"
    for name, content in place.files.items():
        if name.startswith("app-wide") and name.endswith("listeners"):
            content["Listeners"][0] |= {
                "MutualAuthentication": {"Mode": "verify", "TrustStoreArn": "arn:aws:x"},
                "SslPolicy": "ELBSecurityPolicy-TLS13-1-2-2021-06",
                "Certificates": [{"CertificateArn": "arn:aws:acm:eu-central-1:1:certificate/1"}],
            }
    place.files["describe-trust-stores"] = {"TrustStores": [{"Name": "ours", "Status": "ACTIVE"}]}


SITE, EDGE, POST, FAR = (f"never internet -> tag:Tier={tier}" for tier in
                         ("site", "edge", "post", "far"))  # fmt: skip
DUAL = (
    case(
        "right",
        None,
        Says(f"{SITE} on tcp/8080", REFUTED, "IPv6 outside, IPv4 inside", "wide"),
        Says(f"{SITE} on ip6:tcp", PROVED, "the target has IPv4 alone"),
        Says(f"{EDGE} on udp/443", REFUTED, "QUIC is UDP", "fast"),
        Says(f"{EDGE} on tcp/443", PROVED, "and not TCP"),
        Says(f"{POST} on tcp/25", REFUTED, "from a documentation address", "six"),
        Says("never 2600::/16 -> tag:Tier=post on tcp/25", PROVED, "the target sees the client"),
        Says(f"{FAR} on tcp/80", REFUTED, "registered for every zone", "far"),
    ),
    case("internal", internal, Says(f"{SITE} on tcp/8080", PROVED, "it refuses the internet")),
    case("in its own zone", in_its_own_zone, Says(FAR, PROVED, "no node is in that zone")),
    case("both protocols", both_protocols, Says(f"{EDGE} on tcp/443", REFUTED, "TCP, too", "fast"),
         Says(f"{EDGE} on udp/443", PROVED, "its group has TCP")),
    case("mutual", mutual, Says(f"{SITE} on tcp/8080", REFUTED, "as before", "wide")),
)  # fmt: skip


@pytest.mark.parametrize("one", DUAL, ids=lambda one: one.name)
def test_families_and_protocols(one: Case, tmp_path: Path) -> None:
    check(both, one, tmp_path)

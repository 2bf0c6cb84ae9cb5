"""Load balancers: what the internet and a customer reach through them, and what they must not.

front (ALB, both zones)   443 -> web:8080 (instances), 80 -> redirect
play  (NLB, no groups)    7000 -> game:7000 (instances: they see the client), both zones
relay (NLB, with groups)  9000 -> feed:9000 (addresses: they see the balancer)
offer (NLB, internal)     5000 -> api:5000, offered to customer's VPC in another account
old   (classic)           25 -> mail:2525, in the same subnet
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.known_answers.snapshots.account import (
    Estate,
    entry,
    everything,
    ident,
    permission,
    route,
)
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
    REDIRECT,
    Balancer,
    Node,
    classic,
    forward,
    register,
    rule,
    service,
    target_group,
)
from tests.known_answers.snapshots.gateways import interface_endpoint
from tests.known_answers.snapshots.interfaces import host

BLOCK, ALL = "10.60.0.0/16", "0.0.0.0/0"
HOME = ("111111111111", "eu-central-1")


def shop() -> Estate:
    estate = Estate()
    place = estate.place(*HOME)
    vpc = place.vpc("shop", BLOCK)
    gateway = vpc.internet_gateway("shop gate")
    vpc.table("public", route(ALL, gateway))
    vpc.table("private")
    vpc.acl("old list", *everything(egress=True), *everything(egress=False))
    out = [vpc.subnet(f"public {z}", f"10.60.{n}.0/24", z, table="public")
           for n, z in ((1, "a"), (2, "b"))]  # fmt: skip
    one, two = (vpc.subnet(f"private {z}", f"10.60.{n}.0/24", z, table="private")
                for n, z in ((11, "a"), (12, "b")))  # fmt: skip
    same = vpc.subnet("old net", "10.60.3.0/24", table="public", acl="old list")

    at_front = vpc.group("front", [permission("tcp", 443, ALL), permission("tcp", 80, ALL)])
    at_relay = vpc.group("relay", [permission("tcp", 9000, "198.51.100.0/24")])
    at_offer = vpc.group("offer", [permission("tcp", 5000, "10.0.0.0/8")])
    at_old = vpc.group("old", [permission("tcp", 25, ALL)])
    web = vpc.group("web", [permission("tcp", 8080, at_front["GroupId"])])
    game = vpc.group("game", [permission("tcp", 7000, BLOCK)])
    feed = vpc.group("feed", [permission("tcp", 9000, at_relay["GroupId"])])
    api = vpc.group("api", [permission("tcp", 5000, at_offer["GroupId"])])
    mail = vpc.group("mail", [permission("tcp", 2525, at_old["GroupId"])])
    data = [permission("tcp", 5432, web["GroupId"], at_front["GroupId"])]
    host(one, "web one", "10.60.11.10", web, Tier="web")
    host(two, "web two", "10.60.12.10", web, Tier="web")
    host(two, "game one", "10.60.12.20", game, Tier="game")
    host(one, "feed one", "10.60.11.30", feed, Tier="feed")
    host(one, "api one", "10.60.11.40", api, Tier="api")
    host(same, "mail one", "10.60.3.50", mail, Tier="mail")
    host(one, "db one", "10.60.11.60", vpc.group("db", data), Tier="db")

    def nodes(last: int, *public: str) -> tuple[Node, ...]:
        shown = public or (None, None)
        return tuple(Node(net, f"10.60.{n}.{last}", shown[n - 1])
                     for n, net in enumerate(out, 1))  # fmt: skip

    front = Balancer(vpc, "front", "application", nodes(5, "3.70.1.5", "3.70.2.5"), (at_front,))
    to_web = target_group(vpc, "web", "HTTP", 8080, ident("i", "web one"), ident("i", "web two"),
                          balancer=front)  # fmt: skip
    front.listens("HTTPS", 443, forward(to_web))
    front.listens("HTTP", 80, REDIRECT)
    play = Balancer(vpc, "play", "network", nodes(6, "3.70.1.6", "3.70.2.6"))
    to_game = target_group(vpc, "game", "TCP", 7000, ident("i", "game one"), balancer=play,
                           preserve_client_ip__enabled="true")  # fmt: skip
    play.listens("TCP", 7000, forward(to_game))
    relay = Balancer(vpc, "relay", "network", nodes(7, "3.70.1.7", "3.70.2.7"), (at_relay,))
    to_feed = target_group(vpc, "feed", "TCP", 9000, "10.60.11.30", kind="ip", balancer=relay,
                           preserve_client_ip__enabled="false")  # fmt: skip
    relay.listens("TCP", 9000, forward(to_feed))
    offer = Balancer(vpc, "offer", "network", nodes(8), (at_offer,), "internal")
    to_api = target_group(vpc, "api", "TCP", 5000, ident("i", "api one"), balancer=offer,
                          preserve_client_ip__enabled="true")  # fmt: skip
    offer.listens("TCP", 5000, forward(to_api))
    classic(vpc, "old", 25, 2525, (Node(same, "10.60.3.9", "3.70.3.9"),), at_old,
            ident("i", "mail one"))  # fmt: skip
    away(estate, service(place, "api service", offer))
    return estate


def away(estate: Estate, called: str) -> None:
    """The customer's VPC, in another account."""
    vpc = estate.place("222222222222", "eu-central-1").vpc("customer", "10.61.0.0/16")
    net = vpc.subnet("customer net", "10.61.1.0/24")
    door = vpc.group("door", [permission("tcp", 5000, "10.61.0.0/16")])
    interface_endpoint(vpc, "api door", called, door, (net, "10.61.1.20"))
    host(net, "buyer", "10.61.1.10", vpc.group("buyer"))


FROM_OUTSIDE = "never internet -> tag:Tier={}"
WEB, GAME, FEED, MAIL, DB, API = (
    FROM_OUTSIDE.format(tier) for tier in ("web", "game", "feed", "mail", "db", "api")
)
RIGHT = (
    Says("always internet -> lb:front on tcp/443", PROVED, "public, and its group lets in"),
    Says(f"{WEB} on tcp/8080", REFUTED, "that is what the balancer is for", "front"),
    Says(f"{WEB} on tcp/22", PROVED, "on no other port"),
    Says(f"{WEB} unless through lb:front", PROVED, "and by no other way"),
    Says("only lb:front -> tag:Tier=web on tcp/8080", PROVED, "nobody else is let in"),
    Says(GAME, PROVED, "the target sees the client, and lets the VPC alone in"),
    Says(f"{FEED} on tcp/9000", REFUTED, "the group of the balancer is named", "relay"),
    Says("never 203.0.113.0/24 -> tag:Tier=feed", PROVED, "the balancer's group keeps them out"),
    Says(f"{MAIL} on tcp/2525", REFUTED, "by the classic balancer", "old"),
    Says(DB, PROVED, "no balancer has it as a target"),
    Says(API, PROVED, "the balancer is internal"),
    Says("never vpc:customer -> tag:Tier=api on tcp/5000", REFUTED, "by the endpoint", "offer"),
    Says("never vpc:customer -> tag:Tier=db, tag:Tier=web", PROVED, "the service is no more"),
)


def database_registered(estate: Estate) -> None:
    """Somebody registered the database, on its own port, to have a look at it."""
    register(estate.place(*HOME), "web", ident("i", "db one"), 5432)


def database_registered_and_unhealthy(estate: Estate) -> None:
    register(estate.place(*HOME), "web", ident("i", "db one"), 5432, "unhealthy")


def registered_but_not_let_out(estate: Estate) -> None:
    database_registered(estate)
    to_web = permission("tcp", 8080, ident("sg", "web"))
    estate["sg front"]["IpPermissionsEgress"] = [to_web]


def rule_for_a_path(estate: Estate) -> None:
    """The default action is harmless; a rule leads on to the feed."""
    group = estate["group feed"]["TargetGroupArn"]
    rule(estate["front rules 443"]["Rules"], "/feed/*", forward(group))
    estate["sg feed"]["IpPermissions"] = [permission("tcp", 9000, BLOCK)]


def redirect_to_forward(estate: Estate) -> None:
    """The redirect on port 80 is still there by default, and after a rule for one path."""
    rule(
        estate["front rules 80"]["Rules"], "/health", forward(estate["group web"]["TargetGroupArn"])
    )


def clients_are_kept(estate: Estate) -> None:
    """Clients' addresses are kept now: the group still names the balancer, which matches."""
    estate["feed attributes"]["Attributes"][-1]["Value"] = "true"


def clients_are_not_kept(estate: Estate) -> None:
    """Switched off, so that the target sees the balancer, whose VPC its group names."""
    estate["game attributes"]["Attributes"][-1]["Value"] = "false"


def game_in_one_zone(estate: Estate) -> None:
    """As above, but the node in zone b has no public address; the target is in b, too."""
    clients_are_not_kept(estate)
    node = estate["play node 1"]
    node.pop("Association")
    node["PrivateIpAddresses"][0].pop("Association")


def across_zones(estate: Estate) -> None:
    game_in_one_zone(estate)
    estate["play attributes"]["Attributes"][-1]["Value"] = "true"


def across_zones_by_group(estate: Estate) -> None:
    """The attribute of the target group goes before that of the balancer."""
    game_in_one_zone(estate)
    told = {"Key": "load_balancing.cross_zone.enabled", "Value": "true"}
    estate["game attributes"]["Attributes"].append(told)


def attributes_not_collected(estate: Estate) -> None:
    files = estate.place(*HOME).files
    for name in [one for one in files if one.startswith("game-") and "attributes" in one]:
        del files[name]


def targets_not_collected(estate: Estate) -> None:
    files = estate.place(*HOME).files
    for name in [one for one in files if one.startswith("game-") and "health" in one]:
        del files[name]


def listed(estate: Estate, number: int, action: str) -> None:
    entries = estate["old list"]["Entries"]
    entries.insert(0, entry(number, action, "6", (2525, 2525), "10.60.3.0/24"))


def same_subnet_denied(estate: Estate) -> None:
    """Within one subnet no list is asked, except between a classic balancer and its targets."""
    listed(estate, 90, "deny")


def denied_too_late(estate: Estate) -> None:
    listed(estate, 110, "deny")


def chained(estate: Estate) -> None:
    """A Network Load Balancer in front of the application balancer, which has no 443 of its own."""
    place = estate.place(*HOME)
    listeners = next(content for name, content in place.files.items()
                     if name.startswith("net-play") and name.endswith("listeners"))  # fmt: skip
    front = estate["front"]
    group = "arn:aws:elasticloadbalancing:eu-central-1:111111111111:targetgroup/chain/0a1b2c3d4e5f"
    place.listed("elbv2-describe-target-groups").append(
        estate["group game"]
        | {"TargetGroupArn": group, "TargetGroupName": "chain", "TargetType": "alb", "Port": 443}
    )
    place.files["chain-0a1b2c3d4e5f-health"] = {
        "TargetHealthDescriptions": [
            {
                "Target": {"Id": front["LoadBalancerArn"], "Port": 443},
                "HealthCheckPort": "443",
                "TargetHealth": {"State": "healthy"},
            }
        ]
    }
    place.files["chain-0a1b2c3d4e5f-attributes"] = {"Attributes": []}
    listeners["Listeners"][0]["DefaultActions"] = [forward(group)]
    front["Scheme"] = "internal"
    for number in range(2):
        eni = estate[f"front node {number}"]
        eni.pop("Association")
        eni["PrivateIpAddresses"][0].pop("Association")


def chained_and_shut(estate: Estate) -> None:
    chained(estate)
    estate["sg front"]["IpPermissions"] = [permission("tcp", 443, BLOCK)]


def offered_the_database(estate: Estate) -> None:
    """The listener of the offered balancer leads to the database."""
    place = estate.place(*HOME)
    for one in estate["api health"]["TargetHealthDescriptions"]:
        one["Target"] = {"Id": ident("i", "db one"), "Port": 5432}
    estate["sg db"]["IpPermissions"] = [permission("tcp", 5432, "10.60.1.0/24", "10.60.2.0/24")]
    assert place.account == "111111111111"


def privatelink_not_enforced(estate: Estate) -> None:
    estate["sg offer"]["IpPermissions"] = []
    estate["offer"]["EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic"] = "off"


def privatelink_enforced(estate: Estate) -> None:
    estate["sg offer"]["IpPermissions"] = []


def services_not_collected(estate: Estate) -> None:
    del estate.place(*HOME).files["describe-vpc-endpoint-service-configurations"]


CUSTOMER = "never vpc:customer -> tag:Tier=api"
CASES = (
    case("right", None, *RIGHT),
    case(
        "database registered",
        database_registered,
        Says(DB, REFUTED, "its group names the balancer's", "front"),
        Says("never 10.0.0.0/8 -> tag:Tier=db on tcp/5432", REFUTED, "from the VPC, too"),
    ),
    case(
        "database registered, unhealthy",
        database_registered_and_unhealthy,
        Says(DB, REFUTED, "health is a matter of the moment", "front"),
    ),
    case(
        "registered, but the balancer is not let out",
        registered_but_not_let_out,
        Says(DB, PROVED, "the balancer's own group lets out to the web alone"),
        Says(f"{WEB} on tcp/8080", REFUTED, "which it still does", "front"),
    ),
    case(
        "a rule for a path",
        rule_for_a_path,
        Says("never 203.0.113.0/24 -> tag:Tier=feed", REFUTED, "some request meets it", "front"),
    ),
    case(
        "a rule beside the redirect",
        redirect_to_forward,
        Says(f"{WEB} on tcp/8080", REFUTED, "as before", "front"),
        Says(DB, PROVED, "as before"),
    ),
    case(
        "clients' addresses are kept",
        clients_are_kept,
        Says(f"{FEED} on tcp/9000", REFUTED, "a reference to the balancer's group", "relay"),
        Says("never 203.0.113.0/24 -> tag:Tier=feed", PROVED, "not let in by the balancer"),
    ),
    case(
        "clients' addresses are not kept",
        clients_are_not_kept,
        Says(f"{GAME} on tcp/7000", REFUTED, "the target sees the balancer", "play"),
    ),
    case(
        "the target is in another zone",
        game_in_one_zone,
        Says(GAME, PROVED, "cross-zone balancing is off"),
    ),
    case(
        "across zones",
        across_zones,
        Says(GAME, REFUTED, "by the attribute of the balancer", "play"),
    ),
    case(
        "across zones, by the target group",
        across_zones_by_group,
        Says(GAME, REFUTED, "the target group's attribute decides", "play"),
    ),
    case(
        "attributes not collected",
        attributes_not_collected,
        Says(GAME, UNKNOWN, "whether clients' addresses are kept is not known"),
    ),
    case(
        "targets not collected",
        targets_not_collected,
        Says(GAME, UNKNOWN, "who is registered is not known"),
        Says(f"{WEB} on tcp/22", PROVED, "whoever it is: nobody is let in on that port"),
    ),
    case(
        "a list in the classic balancer's subnet",
        same_subnet_denied,
        Says(MAIL, PROVED, "the exception to the rule about one subnet"),
    ),
    case(
        "a deny that comes too late",
        denied_too_late,
        Says(MAIL, REFUTED, "rule 100 lets it pass", "old"),
    ),
    case(
        "an application balancer behind a Network Load Balancer",
        chained,
        Says(f"{WEB} on tcp/8080", REFUTED, "three legs", "play"),
        Says("never internet -> lb:front unless through lb:play", PROVED, "by it alone"),
    ),
    case(
        "the inner balancer lets in the VPC alone",
        chained_and_shut,
        Says(WEB, PROVED, "it sees the client's address, which is kept"),
    ),
    case(
        "the database is offered",
        offered_the_database,
        Says("never vpc:customer -> tag:Tier=db", REFUTED, "by PrivateLink", "offer"),
        Says(CUSTOMER, PROVED, "and the API no more"),
    ),
    case(
        "the balancer's group does not judge PrivateLink",
        privatelink_not_enforced,
        Says(f"{CUSTOMER} on tcp/5000", REFUTED, "enforcement is off", "offer"),
    ),
    case(
        "the balancer's group judges PrivateLink",
        privatelink_enforced,
        Says(CUSTOMER, PROVED, "no rule speaks of the port"),
    ),
    case(
        "services not collected",
        services_not_collected,
        Says(CUSTOMER, UNKNOWN, "the endpoint may lead to any Network Load Balancer"),
        Says("never vpc:customer -> tag:Tier=mail", PROVED, "none leads to the mail"),
    ),
)


@pytest.mark.parametrize("one", CASES, ids=lambda one: one.name)
def test_balancing(one: Case, tmp_path: Path) -> None:
    check(shop, one, tmp_path)

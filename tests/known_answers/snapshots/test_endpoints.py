"""VPC endpoints: S3 and DynamoDB by prefix list, an interface endpoint, inspected ways in and out.

The workers have no way to the internet but the endpoints of S3 and DynamoDB. What comes to the web
hosts from the internet, and what they send there, passes a Gateway Load Balancer endpoint.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.known_answers.snapshots.account import (
    Estate,
    Json,
    closing,
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
    VACUOUS,
    Case,
    Says,
    case,
    check,
)
from tests.known_answers.snapshots.gateways import (
    gateway_endpoint,
    inspection_endpoint,
    interface_endpoint,
    nat_gateway,
    peering,
    prefix_list,
)
from tests.known_answers.snapshots.interfaces import host

BLOCK = "10.50.0.0/16"
S3, DYNAMO, SECRETS, WALL = (ident("vpce", name) for name in ("s3", "dynamo", "secrets", "wall"))
S3_LIST, DYNAMO_LIST = (
    ident("pl", f"com.amazonaws.eu-central-1.{service}") for service in ("s3", "dynamodb")
)


def endpoints() -> Estate:
    estate = Estate()
    place = estate.place("111111111111", "eu-central-1")
    prefix_list(
        place, "com.amazonaws.eu-central-1.s3", "52.219.170.0/23", "3.5.134.0/23", owner="AWS"
    )
    prefix_list(place, "com.amazonaws.eu-central-1.dynamodb", "52.94.17.0/24", owner="AWS")
    vpc = place.vpc("app", BLOCK)
    gateway = vpc.internet_gateway("app gate")
    vpc.table("work", route(S3_LIST, S3), route(DYNAMO_LIST, DYNAMO))
    vpc.table("web out", route("0.0.0.0/0", WALL))
    vpc.table("wall out", route("0.0.0.0/0", gateway))
    vpc.table("edge", route("10.50.4.0/24", WALL))
    vpc.edge("edge", gateway)
    vpc.acl("work list", *everything(egress=True), *everything(egress=False))
    vpc.acl("wall list", *everything(egress=True), *everything(egress=False))
    work = vpc.subnet("work net", "10.50.1.0/24", table="work", acl="work list")
    doors = vpc.subnet("doors", "10.50.2.0/24")
    wall = vpc.subnet("wall net", "10.50.3.0/24", table="wall out", acl="wall list")
    web = vpc.subnet("web net", "10.50.4.0/24", table="web out")
    gateway_endpoint(vpc, "s3", "s3", "work")
    gateway_endpoint(vpc, "dynamo", "dynamodb", "work")
    inside = vpc.group("doors", [permission("tcp", 443, BLOCK)])
    interface_endpoint(
        vpc, "secrets", "com.amazonaws.eu-central-1.secretsmanager", inside, (doors, "10.50.2.20")
    )
    inspection_endpoint(wall, "wall", "10.50.3.9", "com.amazonaws.vpce.eu-central-1.vpce-svc-0a1")
    out = [permission("tcp", 443, S3_LIST, "10.50.2.0/24")]
    host(work, "worker", "10.50.1.10", vpc.group("worker", egress=out))
    host(work, "batch", "10.50.1.11", vpc.group("batch"))
    public = vpc.group("web", [permission("tcp", 443, "0.0.0.0/0")])
    host(web, "web one", "10.50.4.10", public, elastic="18.195.7.20")
    vpc.table("public", route("0.0.0.0/0", gateway))
    lobby = vpc.subnet("lobby", "10.50.9.0/24", table="public")
    nat_gateway(lobby, "updates", "10.50.9.9", "18.195.7.21")
    other = place.vpc("other", "10.51.0.0/16")
    link = peering(other, vpc, "other link")
    other.table("other table", route(BLOCK, link), route(S3_LIST, link))
    estate["work"]["Routes"].append(route("10.51.0.0/16", link))
    away = other.subnet("other net", "10.51.1.0/24", table="other table")
    host(away, "stranger", "10.51.1.10", other.group("stranger"))
    return estate


FETCH = f"always name:worker -> {S3} on tcp/443"
ASIDE = "never name:worker, name:batch -> internet"
SECRET = f"always name:worker -> {SECRETS} on tcp/443"
SERVE = 'always internet -> name:"web one" on tcp/443'
WATCHED_IN = f"never internet -> vpc:app unless through {WALL}"
WATCHED_OUT = f"never vpc:app -> internet unless through {WALL}"
BY_PEER = f"never vpc:other -> {S3}"

RIGHT = (
    Says(FETCH, PROVED, "route, group and lists name the addresses of S3"),
    Says(ASIDE, PROVED, "the endpoints' addresses are not the internet"),
    Says(SECRET, PROVED, "an interface with a group"),
    Says(SERVE, PROVED, "in by the edge table, back by the subnet's table, the same endpoint"),
    Says(WATCHED_IN, PROVED, "the edge table leads all there"),
    Says(WATCHED_OUT, PROVED, "so does the table of the subnet"),
    Says(BY_PEER, PROVED, "a peer cannot use the other side's gateway endpoint"),
    Says(f"never name:worker -> {DYNAMO}", PROVED, "the group does not name DynamoDB"),
    Says(f"always name:batch -> {DYNAMO} on tcp/443", PROVED, "all is let out"),
    Says(f"never name:batch -> {S3} on udp", PROVED, "gateway endpoints take no UDP"),
)


def group_names_the_vpc_alone(estate: Estate) -> None:
    estate["sg worker"]["IpPermissionsEgress"] = [permission("tcp", 443, BLOCK)]


def listed(estate: Estate, name: str, into: list[Json], out: list[Json]) -> None:
    entries = [*out, *closing(egress=True), *into, *closing(egress=False)]
    estate[name]["Entries"] = entries


def list_names_the_vpc_alone(estate: Estate) -> None:
    out = [entry(100, "allow", "-1", None, BLOCK, egress=True)]
    listed(estate, "work list", everything(egress=False), out)


def list_lets_no_answer_in(estate: Estate) -> None:
    into = [entry(100, "allow", "-1", None, BLOCK)]
    listed(estate, "work list", into, everything(egress=True))


def longer_route_to_the_internet(estate: Estate) -> None:
    """Half of a block of S3 goes out by a NAT gateway: longer than the entry of the list."""
    estate["work"]["Routes"].append(route("52.219.170.0/24", ident("nat", "updates")))


def wider_route_to_the_internet(estate: Estate) -> None:
    """All else by the NAT gateway; the worker's group still names S3 alone."""
    estate["work"]["Routes"].append(route("0.0.0.0/0", ident("nat", "updates")))


def list_not_collected(estate: Estate) -> None:
    del estate.place("111111111111", "eu-central-1").files[S3_LIST]


def endpoint_deleted(estate: Estate) -> None:
    estate["s3"]["State"] = "deleted"


def secrets_shut(estate: Estate) -> None:
    estate["sg doors"]["IpPermissions"] = [permission("tcp", 443, "10.51.0.0/16")]


def straight_out(estate: Estate) -> None:
    """The way out goes around the endpoint that the way in passes."""
    routes = estate["web out"]["Routes"]
    routes[-1] = route("0.0.0.0/0", ident("igw", "app gate"))


def straight_in(estate: Estate) -> None:
    """The edge table is there, but nobody associated it with the gateway."""
    estate["edge"]["Associations"] = []


def edge_names_another_subnet(estate: Estate) -> None:
    estate["edge"]["Routes"][-1]["DestinationCidrBlock"] = "10.50.1.0/24"


def wall_without_way_out(estate: Estate) -> None:
    estate["wall out"]["Routes"].pop()


def wall_lets_answers_go_nowhere(estate: Estate) -> None:
    out = [entry(100, "allow", "6", (443, 443), "0.0.0.0/0", egress=True)]
    listed(estate, "wall list", everything(egress=False), out)


def wall_takes_nothing_from_outside(estate: Estate) -> None:
    into = [entry(100, "allow", "-1", None, BLOCK)]
    listed(estate, "wall list", into, everything(egress=True))


def resource_endpoint(estate: Estate) -> None:
    """An endpoint of a kind that came later: what it is for, nobody says."""
    estate["secrets"]["VpcEndpointType"] = "Resource"
    estate["secrets"]["ResourceConfigurationArn"] = "arn:aws:vpc-lattice:eu-central-1:1:rcfg-1"


CASES = (
    case("right", None, *RIGHT),
    case(
        "the worker's group names the VPC alone",
        group_names_the_vpc_alone,
        Says(FETCH, REFUTED, "the service has public addresses", "worker"),
        Says(SECRET, PROVED, "the interface endpoint has not"),
    ),
    case(
        "the list names the VPC alone",
        list_names_the_vpc_alone,
        Says(FETCH, REFUTED, "out to public addresses", "work list"),
        Says(f"never vpc:app -> {S3}", PROVED, "nobody gets there"),
    ),
    case(
        "the list lets no answer in",
        list_lets_no_answer_in,
        Says(FETCH, REFUTED, "answers come from public addresses", "work list"),
        Says(f"never name:worker -> {S3}", REFUTED, "but the request goes out", S3),
    ),
    case(
        "longer route to the internet",
        longer_route_to_the_internet,
        Says(ASIDE, REFUTED, "52.219.170.0/24 beats the list's /23", ident("nat", "updates")),
        Says("never name:worker -> 203.0.113.0/24", PROVED, "its group names S3 alone"),
    ),
    case(
        "wider route to the internet",
        wider_route_to_the_internet,
        Says("never name:worker -> internet", PROVED, "its group names S3's addresses alone"),
        Says("never name:batch -> internet", REFUTED, "batch may go anywhere"),
        Says(f"never name:batch -> 52.219.170.9 unless through {S3}", PROVED, "the list is longer"),
    ),
    case(
        "list not collected",
        list_not_collected,
        Says(FETCH, UNKNOWN, "nobody knows which addresses"),
        Says(SECRET, PROVED, "within the VPC"),
        Says("never name:worker -> 203.0.113.0/24", UNKNOWN, "the list may hold it"),
    ),
    case(
        "endpoint deleted",
        endpoint_deleted,
        Says("never name:worker, name:batch -> 52.219.170.0/23", PROVED, "it leads nowhere"),
    ),
    case(
        "endpoint's group shut",
        secrets_shut,
        Says(SECRET, REFUTED, "its group names the peer", "secrets doors"),
        Says(f"never name:worker -> {SECRETS}", PROVED, "likewise"),
    ),
    case(
        "straight out",
        straight_out,
        Says(
            SERVE,
            REFUTED,
            "what comes in by the endpoint must go out by it",
            "",
            "INGRESS_RTB_TRAFFIC_REDIRECTION",
        ),
        Says("never vpc:app -> internet", PROVED, "nor does anything else get out"),
    ),
    case(
        "straight in",
        straight_in,
        Says(WATCHED_IN, REFUTED, "nothing leads to the endpoint", "web one"),
        Says(SERVE, UNKNOWN, "the firewall sees half of the connection", WALL),
        Says(WATCHED_OUT, PROVED, "outwards it does"),
    ),
    case(
        "edge table names another subnet",
        edge_names_another_subnet,
        Says(WATCHED_IN, REFUTED, "local for the web's subnet", "web one"),
    ),
    case(
        "the wall's table has no way out",
        wall_without_way_out,
        Says(SERVE, REFUTED, "the answer ends there", "wall out"),
        Says("never vpc:app -> internet", PROVED, "nothing gets out"),
    ),
    case(
        "the wall's list forgets answers",
        wall_lets_answers_go_nowhere,
        Says(SERVE, REFUTED, "answers go to high ports", "wall list"),
        Says('never internet -> name:"web one"', REFUTED, "but requests come", WALL),
    ),
    case(
        "the wall's list takes nothing from outside",
        wall_takes_nothing_from_outside,
        Says("never internet -> vpc:app", PROVED, "all enters by the wall's subnet"),
    ),
    case(
        "an endpoint of another kind",
        resource_endpoint,
        Says("never name:worker -> 10.50.2.20", UNKNOWN, "not modelled"),
        Says(FETCH, PROVED, "S3 has nothing to do with it"),
    ),
    case(
        "endpoints as sources",
        lambda estate: None,
        Says("never type:vpc_endpoint -> any", VACUOUS, "endpoints only answer"),
    ),
)


@pytest.mark.parametrize("one", CASES, ids=lambda one: one.name)
def test_endpoints(one: Case, tmp_path: Path) -> None:
    check(endpoints, one, tmp_path)

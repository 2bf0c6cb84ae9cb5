"""Ways that look open and are not, and the other way round: peering, NAT gateways, same addresses.

spoke 10.121.0.0/16 = middle 10.120.0.0/16 = far 10.122.0.0/16     (the middle has the internet)
legacy 10.120.0.0/16, again, and 100.64.0.0/16 with a private NAT gateway -- hub -- service
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
from tests.known_answers.snapshots.gateways import nat_gateway, peering, prefix_list
from tests.known_answers.snapshots.interfaces import host
from tests.known_answers.snapshots.transit import TransitGateway, propagate, static

ALL, MIDDLE, SPOKE, FAR = "0.0.0.0/0", "10.120.0.0/16", "10.121.0.0/16", "10.122.0.0/16"
NAT, PRIVATE, HUB = ident("nat", "nat"), ident("nat", "private"), ident("tgw", "hub")
NEAR, BEYOND = ident("pcx", "near"), ident("pcx", "beyond")
PLACE = ("111111111111", "eu-central-1")


def ways() -> Estate:
    estate = Estate()
    place = estate.place(*PLACE)
    middle, spoke, far = (
        place.vpc(name, block)
        for name, block in (("middle", MIDDLE), ("spoke", SPOKE), ("far", FAR))
    )
    peering(spoke, middle, "near")
    peering(far, middle, "beyond")
    gate = middle.internet_gateway("gate")
    middle.table("lobby", route(ALL, gate), route(SPOKE, NEAR), route(FAR, BEYOND))
    middle.table("work", route(ALL, NAT), route(FAR, BEYOND))
    spoke.table("spoke table", route(MIDDLE, NEAR), route(FAR, NEAR), route(ALL, NEAR))
    far.table("far table", route(MIDDLE, BEYOND), route(SPOKE, BEYOND))
    middle.acl("lobby list", *everything(egress=True), *everything(egress=False))
    lobby = middle.subnet("lobby net", "10.120.1.0/24", table="lobby", acl="lobby list")
    work = middle.subnet("work net", "10.120.2.0/24", table="work")
    nat_gateway(lobby, "nat", "10.120.1.9", "3.76.0.9")
    inside = [permission("tcp", 443, "10.120.0.0/14")]
    host(work, "job", "10.120.2.10", middle.group("job", inside))
    host(lobby, "front", "10.120.1.10", middle.group("front", inside), elastic="3.76.0.10")
    for vpc, number in ((spoke, 121), (far, 122)):
        net = vpc.subnet(f"{vpc.name} net", f"10.{number}.1.0/24", table=f"{vpc.name} table")
        host(net, f"{vpc.name} app", f"10.{number}.1.10", vpc.group(vpc.name, inside))
    overlapping(estate)
    return estate


def overlapping(estate: Estate) -> None:
    """The same addresses as the middle; they leave by a private NAT gateway of other addresses."""
    place = estate.place(*PLACE)
    legacy, service = (
        place.vpc("legacy", MIDDLE, "100.64.0.0/16"),
        place.vpc("service", "10.125.0.0/16"),
    )
    legacy.table("old", route("10.125.0.0/16", PRIVATE))
    legacy.table("routable", route("10.125.0.0/16", HUB))
    service.table("service table", route("100.64.0.0/16", HUB))
    old = legacy.subnet("old net", "10.120.2.0/24", table="old")
    doors = legacy.subnet("doors", "100.64.1.0/24", table="routable")
    nat_gateway(doors, "private", "100.64.1.9", None)
    host(old, "old app", "10.120.2.10", legacy.group("old app"))
    net = service.subnet("service net", "10.125.1.0/24", table="service table")
    host(net, "served", "10.125.1.10",
         service.group("served", [permission("tcp", 443, "100.64.0.0/16")]))  # fmt: skip
    hub = TransitGateway(place, "hub")
    hub.table("all")
    hub.attach(legacy, "legacy", doors, table="all")
    hub.attach(service, "service", net, table="all")
    propagate(estate, "all", "service", "10.125.0.0/16")
    static(estate, "all", "100.64.0.0/16", "legacy")


TRANSIT, EDGE = "never vpc:spoke -> vpc:far", "never vpc:spoke -> internet"
TO_SPOKE = 'always name:job -> name:"spoke app" on tcp/443'
FROM_SPOKE = 'always name:"spoke app" -> name:front on tcp/443'
OUT = "always name:job -> 203.0.113.9 on tcp/443"
SERVED = 'always name:"old app" -> name:served on tcp/443'
RIGHT = (
    Says(TRANSIT, PROVED, "two connections are no way, whatever the routes say"),
    Says(EDGE, PROVED, "nor is the other side's gateway"),
    Says(TO_SPOKE, PROVED, "by the NAT gateway, which is allowed towards peers"),
    Says(FROM_SPOKE, PROVED, "plain peering"),
    Says('always name:job -> name:"far app" on tcp/443', PROVED, "plain peering, no NAT gateway"),
    Says(OUT, PROVED, "by the NAT gateway"),
    Says("never internet -> name:job", PROVED, "which takes nothing that is not an answer"),
    Says(
        "never name:job -> internet on proto/47", PROVED, "nor carries anything but TCP, UDP, ICMP"
    ),
    Says(f"never any -> {NAT}", PROVED, "by no address of its own"),
    Says(SERVED, PROVED, "under a routable address"),
    Says("never vpc:service -> vpc:legacy", PROVED, "nobody answers for the private NAT gateway"),
    Says("never vpc:middle -> vpc:legacy", PROVED, "the same addresses are not the same hosts"),
)


def no_way_back(estate: Estate) -> None:
    """The spoke forgets its route to the middle."""
    estate["spoke table"]["Routes"] = estate["spoke table"]["Routes"][:1]


def by_its_own_address(estate: Estate) -> None:
    estate["sg served"]["IpPermissions"] = [permission("tcp", 443, MIDDLE)]


def private_to_the_internet(estate: Estate) -> None:
    """An internet gateway for the legacy VPC, and a route to it, behind the private NAT gateway."""
    place = estate.place(*PLACE)
    gate = deeper = ident("igw", "old gate")
    place.add(
        "describe-internet-gateways",
        "old gate",
        {
            "Attachments": [{"State": "available", "VpcId": ident("vpc", "legacy")}],
            "InternetGatewayId": gate,
            "OwnerId": place.account,
            "Tags": [],
        },
    )
    estate["old"]["Routes"].append(route(ALL, PRIVATE))
    estate["routable"]["Routes"].append(route(ALL, deeper))


def listed(estate: Estate, *entries: object) -> None:
    made = list(entries)
    out = [one for one in made if isinstance(one, dict) and one["Egress"]]
    into = [one for one in made if isinstance(one, dict) and not one["Egress"]]
    estate["lobby list"]["Entries"] = [*out, *closing(egress=True), *into, *closing(egress=False)]


def requests_not_let_in(estate: Estate) -> None:
    """Answers alone come in; requests of the job have port 443 of the site they go to."""
    listed(estate, *everything(egress=True), entry(100, "allow", "6", (1024, 65535), ALL))


def answers_not_let_out(estate: Estate) -> None:
    """Out to the web alone; answers to the job go to its high ports."""
    listed(
        estate, entry(100, "allow", "6", (443, 443), ALL, egress=True), *everything(egress=False)
    )


def nat_in_its_own_subnet(estate: Estate) -> None:
    """The table of the NAT gateway's subnet leads to the NAT gateway."""
    for one in estate["lobby"]["Routes"]:
        if one.get("DestinationCidrBlock") == ALL:
            one["NatGatewayId"] = one.pop("GatewayId") and NAT


def nat_deleted(estate: Estate) -> None:
    estate["nat"]["State"] = "deleted"
    for one in estate["work"]["Routes"]:
        if one.get("NatGatewayId") == NAT:
            one["State"] = "blackhole"


def blackhole_beside_the_default(estate: Estate) -> None:
    """A dead route to the far VPC: there is no falling through to the NAT gateway."""
    for one in estate["work"]["Routes"]:
        if one.get("DestinationCidrBlock") == FAR:
            one["State"] = "blackhole"


def regional(estate: Estate) -> None:
    gateway = estate["nat"]
    gateway["AvailabilityMode"] = "regional"
    gateway.pop("SubnetId")


def two_lists(estate: Estate) -> None:
    """Two prefix lists of different targets overlap: AWS takes one of them."""
    place = estate.place(*PLACE)
    one = prefix_list(place, "one", "203.0.113.0/24")
    other = prefix_list(place, "other", "203.0.113.0/24")
    estate["work"]["Routes"] += [route(one, NAT), route(other, BEYOND)]


def attached_twice(estate: Estate) -> None:
    """The block of the middle leads to the legacy VPC now, which has the same."""
    static(estate, "all", MIDDLE, "legacy")
    estate["service table"]["Routes"].append(route(MIDDLE, HUB))
    group = estate["sg old app"]
    group["IpPermissions"] = [permission("tcp", 22, "10.125.0.0/16")]


CASES = (
    case("right", None, *RIGHT),
    case(
        "no way back from the spoke",
        no_way_back,
        Says(TO_SPOKE, PROVED, "NAT gateways are answered without a route"),
        Says(FROM_SPOKE, REFUTED, "but nothing else is sent", "spoke table"),
        Says('always name:front -> name:"spoke app" on tcp/443', REFUTED, "nor answered"),
    ),
    case(
        "the service names the original addresses",
        by_its_own_address,
        Says(SERVED, REFUTED, "it sees the NAT gateway's", "served"),
    ),
    case(
        "a private NAT gateway to the internet",
        private_to_the_internet,
        Says("never vpc:legacy -> internet", PROVED, "it has no public address"),
    ),
    case(
        "the NAT gateway's list lets no requests in",
        requests_not_let_in,
        Says(OUT, REFUTED, "they come in by the port of the site", "lobby list"),
        Says("never name:job -> internet on tcp/443", PROVED, "likewise"),
    ),
    case(
        "the NAT gateway's list lets no answers out",
        answers_not_let_out,
        Says(OUT, REFUTED, "they go to the job's high ports", "lobby list"),
        Says("never name:job -> internet on tcp/443", REFUTED, "but requests pass", "gate"),
    ),
    case(
        "a NAT gateway in its own subnet",
        nat_in_its_own_subnet,
        Says(OUT, REFUTED, "it does not serve its own subnet"),
        Says("never vpc:middle -> internet", PROVED, "nor anybody's"),
    ),
    case(
        "the NAT gateway is deleted",
        nat_deleted,
        Says("never name:job -> internet", PROVED, "a blackhole"),
        Says('always name:job -> name:"far app" on tcp/443', PROVED, "the peer is another route"),
    ),
    case(
        "a blackhole beside the default route",
        blackhole_beside_the_default,
        Says('never name:job -> name:"far app"', PROVED, "the longer route wins, dead or not"),
    ),
    case(
        "a regional NAT gateway",
        regional,
        Says("never name:job -> internet on tcp/22", UNKNOWN, "not modelled", NAT),
        Says("never vpc:spoke -> vpc:far", PROVED, "not met"),
    ),
    case(
        "two lists for one block",
        two_lists,
        Says(OUT, UNKNOWN, "one of them leads nowhere"),
        Says("always name:job -> 198.51.100.9 on tcp/443", PROVED, "outside the block"),
    ),
    case(
        "the same block attached",
        attached_twice,
        Says("never vpc:service -> vpc:middle", PROVED, "not attached"),
        Says("never vpc:service -> vpc:legacy on tcp/22", REFUTED, "the other VPC of that block",
             HUB),
    ),
)  # fmt: skip


@pytest.mark.parametrize("one", CASES, ids=lambda one: one.name)
def test_nat_and_peers(one: Case, tmp_path: Path) -> None:
    check(ways, one, tmp_path)

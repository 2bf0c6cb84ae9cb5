"""Transit gateways: three spokes of three accounts on a hub, and a fourth behind a peering.

    prod 10.1.0.0/16 (222222222222) \
    dev  10.2.0.0/16 (333333333333)  > hub (111111111111, eu-central-1) = west (eu-west-1) - 10.9/16
    shared 10.3.0.0/16 (hub's own)  /

Everybody may ask the shared services; prod and dev know nothing of each other; prod alone reaches
the west. Each VPC is attached by small subnets of their own in two zones.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.known_answers.snapshots.account import (
    Estate,
    Json,
    Place,
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
from tests.known_answers.snapshots.interfaces import host
from tests.known_answers.snapshots.transit import (
    TransitGateway,
    associate,
    dissociate,
    peer,
    propagate,
    static,
    without,
)

PROD, DEV, SHARED, WEST = "10.1.0.0/16", "10.2.0.0/16", "10.3.0.0/16", "10.9.0.0/16"
CENTRE, FAR = ident("tgw", "centre"), ident("tgw", "far")


def spoke(place: Place, name: str, block: str, gateway: TransitGateway, table: str) -> None:
    """A VPC with hosts in two zones, and attachment subnets with a list of their own."""
    vpc = place.vpc(name, block)
    start = block.removesuffix(".0.0/16")
    vpc.table(f"{name} work", route("10.0.0.0/8", gateway.id))
    vpc.acl(f"{name} attached", *everything(egress=True), *everything(egress=False))
    one = vpc.subnet(f"{name} one", f"{start}.1.0/24", "a", table=f"{name} work")
    two = vpc.subnet(f"{name} two", f"{start}.2.0/24", "b", table=f"{name} work")
    into = [
        vpc.subnet(f"{name} attach {zone}", f"{start}.100.{at}/28", zone, acl=f"{name} attached")
        for zone, at in (("a", 0), ("b", 16))
    ]
    group = vpc.group(name, [permission("tcp", 443, "10.0.0.0/8")])
    host(one, f"{name} app", f"{start}.1.10", group)
    host(two, f"{name} batch", f"{start}.2.10", group)
    gateway.attach(vpc, f"{name} attachment", *into, table=table)


def hub() -> Estate:
    estate = Estate()
    home = estate.place("111111111111", "eu-central-1")
    centre = TransitGateway(home, "centre", references="enable")
    west = TransitGateway(estate.place("222222222222", "eu-west-1"), "far", references="enable")
    for table in ("prod-rt", "dev-rt", "shared-rt", "far-rt"):
        centre.table(table)
    west.table("west-rt")
    spoke(estate.place("222222222222", "eu-central-1"), "prod", PROD, centre, "prod-rt")
    spoke(estate.place("333333333333", "eu-central-1"), "dev", DEV, centre, "dev-rt")
    spoke(home, "shared", SHARED, centre, "shared-rt")
    spoke(west.place, "west", WEST, west, "west-rt")
    peer(centre, west, "bridge", "far-rt", "west-rt")

    propagate(estate, "prod-rt", "shared attachment", SHARED)
    static(estate, "prod-rt", DEV, None)
    static(estate, "prod-rt", WEST, "bridge centre")
    propagate(estate, "dev-rt", "shared attachment", SHARED)
    static(estate, "dev-rt", PROD, None)
    propagate(estate, "shared-rt", "prod attachment", PROD)
    propagate(estate, "shared-rt", "dev attachment", DEV)
    propagate(estate, "far-rt", "prod attachment", PROD)
    propagate(estate, "west-rt", "west attachment", WEST)
    static(estate, "west-rt", PROD, "bridge far")

    prod: Json = {"UserId": "222222222222", "GroupId": ident("sg", "prod")}
    estate["sg shared"]["IpPermissions"] += [
        permission("udp", 53, "10.0.0.0/8"),
        permission("tcp", 8443, prod),
    ]
    estate["sg west"]["IpPermissions"].append(permission("tcp", 8443, prod))
    return estate


APART = "isolated vpc:prod | vpc:dev"
PROD_ASKS = 'always vpc:prod -> name:"shared app" on udp/53'
DEV_ASKS = 'always vpc:dev -> name:"shared app" on udp/53'
PROD_WEST = "always vpc:prod -> vpc:west on tcp/443"
DEV_WEST = "never vpc:dev -> vpc:west"
BY_GROUP = "always vpc:prod -> vpc:shared on tcp/8443"
FAR_GROUP = "never vpc:prod -> vpc:west on tcp/8443"
SENT = "never vpc:prod -> vpc:shared on udp/53"

RIGHT = (
    Says(APART, PROVED, "each of the two tables has a blackhole for the other"),
    Says(PROD_ASKS, PROVED, "propagated both ways, from both zones"),
    Says(DEV_ASKS, PROVED, "propagated both ways, from both zones"),
    Says(PROD_WEST, PROVED, "static routes on both sides of the peering"),
    Says(DEV_WEST, PROVED, "dev's table has no route there"),
    Says(BY_GROUP, PROVED, "references are on at the gateway and at both attachments"),
    Says(FAR_GROUP, PROVED, "no reference matches across a peering of transit gateways"),
    Says("never internet -> any", PROVED, "there is no internet gateway"),
    Says("never vpc:shared -> vpc:west", PROVED, "the shared table does not know the west"),
)


def blackhole_and_propagation(estate: Estate) -> None:
    """Dev propagates to prod's table and prod to dev's: the static blackholes stay better."""
    propagate(estate, "prod-rt", "dev attachment", DEV)
    propagate(estate, "dev-rt", "prod attachment", PROD)


def blackhole_forgotten(estate: Estate) -> None:
    without(estate, "prod-rt", DEV)
    propagate(estate, "prod-rt", "dev attachment", DEV)


def more_specific_than_the_blackhole(estate: Estate) -> None:
    static(estate, "prod-rt", "10.2.1.0/24", "dev attachment")


def wrong_table(estate: Estate) -> None:
    """Dev's attachment is associated with the table of the shared services."""
    associate(estate, "dev attachment", "shared-rt")


def zone_missing(estate: Estate) -> None:
    subnets = estate["prod attachment"]["SubnetIds"]
    subnets.remove(ident("subnet", "prod attach b"))


def listed(estate: Estate, *entries: Json) -> None:
    """Gives the list of prod's attachment subnets these entries."""
    out = [one for one in entries if one["Egress"]]
    into = [one for one in entries if not one["Egress"]]
    estate["prod attached"]["Entries"] = [
        *out,
        *closing(egress=True),
        *into,
        *closing(egress=False),
    ]


def attachment_lets_nothing_out(estate: Estate) -> None:
    listed(estate, *everything(egress=False))


def attachment_lets_nothing_in(estate: Estate) -> None:
    listed(estate, *everything(egress=True))


def attachment_just_enough(estate: Estate) -> None:
    """In by source, out by destination: prod's own addresses suffice in both directions."""
    listed(
        estate,
        entry(100, "allow", "-1", None, PROD, egress=True),
        entry(100, "allow", "-1", None, PROD),
    )


def attachment_of_others(estate: Estate) -> None:
    """What looks natural and is wrong: in from the others, out to the others."""
    listed(
        estate,
        entry(100, "allow", "-1", None, SHARED, egress=True),
        entry(100, "allow", "-1", None, SHARED),
    )


def no_association(estate: Estate) -> None:
    dissociate(estate, "prod attachment")


def no_way_back_from_the_west(estate: Estate) -> None:
    without(estate, "west-rt", PROD)


def peering_is_pending(estate: Estate) -> None:
    for name in ("bridge", "attachment bridge centre", "attachment bridge far"):
        estate[name]["State"] = "pendingAcceptance"
    estate["bridge"]["Status"] = {"Code": "pendingAcceptance", "Message": "Pending"}


def far_end_without_table(estate: Estate) -> None:
    dissociate(estate, "bridge far")


def dev_knows_the_west(estate: Estate) -> None:
    static(estate, "dev-rt", "10.0.0.0/8", "bridge centre")


def references_off_at_the_gateway(estate: Estate) -> None:
    estate["centre"]["Options"]["SecurityGroupReferencingSupport"] = "disable"


def references_off_at_an_attachment(estate: Estate) -> None:
    estate["shared attachment"]["Options"]["SecurityGroupReferencingSupport"] = "disable"


def references_outbound(estate: Estate) -> None:
    """Prod's group lets out to the members of the shared group only: inbound alone is supported."""
    shared: Json = {"UserId": "111111111111", "GroupId": ident("sg", "shared")}
    estate["sg prod"]["IpPermissionsEgress"] = [permission("-1", None, shared)]


def route_of_the_vpc_forgotten(estate: Estate) -> None:
    routes = estate["shared work"]["Routes"]
    routes[:] = [one for one in routes if "TransitGatewayId" not in one]


def listing_cut_off(estate: Estate) -> None:
    estate["prod-rt routes"]["AdditionalRoutesAvailable"] = True


def searched_for_static_routes(estate: Estate) -> None:
    """The search was filtered; what is propagated is known from the other listing."""
    for table in ("prod-rt", "dev-rt", "shared-rt", "far-rt", "west-rt"):
        content = estate[f"{table} routes"]
        content["Routes"] = [one for one in content["Routes"] if one["Type"] == "static"]


def tables_not_collected(estate: Estate) -> None:
    """The hub's account was left out but for its VPC: nobody else sees the tables."""
    home = estate.place("111111111111", "eu-central-1")
    for name in [one for one in home.files if one.startswith("tgw-rtb-")]:
        del home.files[name]
    home.files["describe-transit-gateway-route-tables"] = {"TransitGatewayRouteTables": []}
    for one in home.listed("describe-transit-gateway-attachments"):
        one.pop("Association", None)


def referenced_list(estate: Estate) -> None:
    """A blackhole by prefix list is worse than a static route of the same length."""
    without(estate, "prod-rt", DEV)
    static(estate, "prod-rt", DEV, "dev attachment")
    estate["prod-rt references"]["TransitGatewayPrefixListReferences"].append(
        {
            "TransitGatewayRouteTableId": ident("tgw-rtb", "prod-rt"),
            "PrefixListId": ident("pl", "dev"),
            "PrefixListOwnerId": "111111111111",
            "State": "available",
            "Blackhole": True,
        }
    )
    home = estate.place("111111111111", "eu-central-1")
    home.add(
        "describe-managed-prefix-lists",
        "list dev",
        {
            "PrefixListId": ident("pl", "dev"),
            "AddressFamily": "IPv4",
            "State": "create-complete",
            "PrefixListArn": home.arn("ec2", "prefix-list/dev"),
            "PrefixListName": "dev",
            "MaxEntries": 5,
            "Version": 1,
            "Tags": [],
            "OwnerId": "111111111111",
        },
    )
    home.files[ident("pl", "dev")] = {"Entries": [{"Cidr": DEV, "Description": "dev"}]}


CASES = (
    case("right", None, *RIGHT),
    case(
        "blackhole and propagation",
        blackhole_and_propagation,
        Says(APART, PROVED, "a static route, blackhole or not, is better than a propagated one"),
    ),
    case(
        "blackhole forgotten",
        blackhole_forgotten,
        Says(APART, REFUTED, "prod's packets are delivered; only replies die", "dev attached"),
        Says("some vpc:prod -> vpc:dev", REFUTED, "no connection works: replies are blackholed"),
        Says("never vpc:dev -> vpc:prod", PROVED, "dev's blackhole is still there"),
    ),
    case(
        "more specific than the blackhole",
        more_specific_than_the_blackhole,
        Says(APART, REFUTED, "10.2.1.0/24 is longer than the blackhole", "dev app"),
        Says('never vpc:prod -> name:"dev batch"', PROVED, "10.2.2.0/24 is still a blackhole"),
    ),
    case(
        "attachment associated with another table",
        wrong_table,
        Says(APART, REFUTED, "the shared table leads to prod", "prod attached"),
        Says("never vpc:prod -> vpc:dev", PROVED, "prod's own table has its blackhole"),
    ),
    case(
        "no attachment subnet in a zone",
        zone_missing,
        Says(PROD_ASKS, REFUTED, "zone b has no way in", CENTRE, "TGW_ROUTE_AZ_RESTRICTION"),
        Says('always name:"prod app" -> name:"shared app" on udp/53', PROVED, "zone a has"),
        Says(
            'always vpc:shared -> name:"prod batch" on tcp/443',
            REFUTED,
            "the way in takes any zone, but the reply leaves from zone b",
            CENTRE,
            "TGW_ROUTE_AZ_RESTRICTION",
        ),
        Says('never vpc:shared -> name:"prod batch" on tcp/443', REFUTED, "it is delivered"),
    ),
    case(
        "attachment subnet lets nothing out",
        attachment_lets_nothing_out,
        Says(PROD_ASKS, REFUTED, "replies into prod are asked there", "prod attached"),
        Says(SENT, REFUTED, "what leaves prod is not asked by that list: delivered"),
        Says(DEV_ASKS, PROVED, "dev has a list of its own"),
    ),
    case(
        "attachment subnet lets nothing in",
        attachment_lets_nothing_in,
        Says(SENT, PROVED, "what leaves prod enters the attachment subnet"),
        Says("never vpc:shared -> vpc:prod", REFUTED, "what comes is not asked by that list"),
    ),
    case(
        "attachment subnet's list as AWS documents it",
        attachment_just_enough,
        Says(PROD_ASKS, PROVED, "in by source, out by destination: prod's own block suffices"),
        Says("always vpc:shared -> vpc:prod on tcp/443", PROVED, "likewise the other way"),
    ),
    case(
        "attachment subnet's list the other way round",
        attachment_of_others,
        Says(SENT, PROVED, "the source is in prod, which the list does not name"),
        Says("never vpc:shared -> vpc:prod", PROVED, "the destination is in prod"),
    ),
    case(
        "attachment without table",
        no_association,
        Says("never vpc:prod -> vpc:shared", PROVED, "no association, no forwarding"),
        Says(PROD_ASKS, REFUTED, "likewise", CENTRE),
        Says("never vpc:shared -> vpc:prod on tcp/443", REFUTED, "prod's routes are still known"),
    ),
    case(
        "no way back over the peering",
        no_way_back_from_the_west,
        Says(PROD_WEST, REFUTED, "the reply has no route", FAR),
        Says("some vpc:prod -> vpc:west", REFUTED, "no connection at all"),
        Says("never vpc:prod -> vpc:west", REFUTED, "but packets are delivered", FAR),
    ),
    case(
        "peering pending",
        peering_is_pending,
        Says("never vpc:prod -> vpc:west", PROVED, "a pending attachment carries nothing"),
    ),
    case(
        "far end of the peering without table",
        far_end_without_table,
        Says("never vpc:prod -> vpc:west", PROVED, "no association on the far side"),
    ),
    case(
        "dev knows the west",
        dev_knows_the_west,
        Says(DEV_WEST, REFUTED, "delivered, though the west has no way back", FAR),
        Says("some vpc:dev -> vpc:west", REFUTED, "no reply returns"),
        Says(APART, PROVED, "the blackhole for prod is longer than 10.0.0.0/8"),
    ),
    case(
        "references off at the gateway",
        references_off_at_the_gateway,
        Says(BY_GROUP, REFUTED, "the option of the gateway", "", "SG_REFERENCES_NOT_PRESERVED"),
    ),
    case(
        "references off at one attachment",
        references_off_at_an_attachment,
        Says(BY_GROUP, REFUTED, "both attachments must have it", "", "SG_REFERENCES_NOT_PRESERVED"),
        Says("always vpc:prod -> vpc:shared on tcp/443", PROVED, "by address it works"),
    ),
    case(
        "references outbound",
        references_outbound,
        Says("never vpc:prod -> vpc:shared", PROVED, "no outbound reference over the gateway"),
    ),
    case(
        "route of the VPC forgotten",
        route_of_the_vpc_forgotten,
        Says(PROD_ASKS, REFUTED, "the shared services cannot answer", "shared work"),
        Says(SENT, REFUTED, "but they are asked"),
    ),
    case(
        "routes cut off",
        listing_cut_off,
        Says(PROD_WEST, UNKNOWN, "a longer route may be missing", ident("tgw-rtb", "prod-rt")),
        Says(APART, UNKNOWN, "likewise", ident("tgw-rtb", "prod-rt")),
        Says(DEV_ASKS, PROVED, "the table of dev and that of the services are whole"),
    ),
    case(
        "searched for static routes alone",
        searched_for_static_routes,
        Says(SENT, REFUTED, "the propagation is listed, and so is the VPC", CENTRE),
        Says(PROD_ASKS, PROVED, "likewise"),
        Says(APART, PROVED, "the blackholes are static"),
    ),
    case(
        "hub's tables not collected",
        tables_not_collected,
        Says(APART, UNKNOWN, "nobody knows what the hub does"),
        Says(PROD_ASKS, UNKNOWN, "nobody knows what the hub does"),
        Says("never internet -> any", PROVED, "there is no internet gateway all the same"),
    ),
    case(
        "prefix list reference against a static route",
        referenced_list,
        Says("never vpc:prod -> vpc:dev", REFUTED, "static is better than a list's blackhole"),
    ),
)


@pytest.mark.parametrize("one", CASES, ids=lambda one: one.name)
def test_transit_gateways(one: Case, tmp_path: Path) -> None:
    check(hub, one, tmp_path)

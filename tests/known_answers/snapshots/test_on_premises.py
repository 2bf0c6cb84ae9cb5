"""Sites on premises: a VPN with static routes at a VPC, others at a transit gateway.

`factory` has a virtual private gateway; its table for the line learns the sites, that of the office
does not. `plant` and `vault` hang on a transit gateway, on which the headquarters (VPN, BGP) and
the data centre (Direct Connect gateway) hang, too; sites may reach the plant alone.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.known_answers.snapshots.account import Estate, Json, Vpc, ident, permission, route
from tests.known_answers.snapshots.asked import (
    PROVED,
    REFUTED,
    UNKNOWN,
    Case,
    Says,
    case,
    check,
)
from tests.known_answers.snapshots.gateways import peering, vpn_connection, vpn_gateway
from tests.known_answers.snapshots.interfaces import host
from tests.known_answers.snapshots.transit import TransitGateway, propagate, static, without

SITES, HQ, CENTRE = "192.168.0.0/16", "172.20.0.0/16", "172.21.0.0/16"
VGW, HUB = ident("vgw", "line door"), ident("tgw", "hub")
VPN_END, DX_END = ident("tgw-attach", "hq"), ident("tgw-attach", "centre")


def learned(cidr: str) -> Json:
    return route(cidr, VGW, "EnableVgwRoutePropagation")


def factory(estate: Estate) -> None:
    place = estate.place("111111111111", "eu-central-1")
    vpc = place.vpc("factory", "10.10.0.0/16")
    vpn_gateway(vpc, "line door")
    vpn_connection(place, "works", "192.168.0.0/17", "192.168.128.0/17", VpnGatewayId=VGW)
    line = vpc.table("line table", learned("192.168.0.0/17"), learned("192.168.128.0/17"))
    line["PropagatingVgws"].append({"GatewayId": VGW})
    vpc.table("office table")
    near = vpc.subnet("line", "10.10.1.0/24", table="line table")
    far = vpc.subnet("office", "10.10.2.0/24", "b", table="office table")
    plc = [permission("tcp", 502, SITES), permission("tcp", 443, "10.10.0.0/16")]
    host(near, "plc", "10.10.1.10", vpc.group("plc", plc))
    desk = [permission("tcp", 22, "10.10.0.0/16")]
    host(far, "desk", "10.10.2.10", vpc.group("desk", desk))
    lab = place.vpc("lab", "10.20.0.0/16")
    link = peering(lab, vpc, "lab link")
    lab.table("lab table", route("10.10.0.0/16", link), route(SITES, link))
    host(lab.subnet("bench", "10.20.1.0/24", table="lab table"), "probe", "10.20.1.10",
         lab.group("probe"))  # fmt: skip
    line["Routes"].append(route("10.20.0.0/16", link))


def attached(vpc: Vpc, hub: TransitGateway, name: str, port: int) -> None:
    start = vpc.blocks[0].removesuffix(".0.0/16")
    vpc.table(f"{name} table", route("172.16.0.0/12", hub.id))
    work = vpc.subnet(f"{name} work", f"{start}.1.0/24", table=f"{name} table")
    into = vpc.subnet(f"{name} door", f"{start}.100.0/28")
    group = vpc.group(name, [permission("tcp", port, "172.16.0.0/12")])
    host(work, f"{name} app", f"{start}.1.10", group)
    hub.attach(vpc, f"{name} end", into, table="inside")


def sites() -> Estate:
    estate = Estate()
    factory(estate)
    place = estate.place("111111111111", "eu-central-1")
    hub = TransitGateway(place, "hub")
    hub.table("inside")
    hub.table("sites")
    attached(place.vpc("plant", "10.30.0.0/16"), hub, "plant", 443)
    attached(place.vpc("vault", "10.40.0.0/16"), hub, "vault", 443)
    vpn = vpn_connection(place, "hq vpn", TransitGatewayId=hub.id)
    hub.outside("hq", "vpn", vpn, "sites")
    direct = "7c2a6c4e-5d1f-4f0a-9a47-1f6d9cf0b1d2"
    hub.outside("centre", "direct-connect-gateway", direct, "sites")
    place.files["direct-connect-gateway-associations"] = {
        "directConnectGatewayAssociations": [
            {
                "directConnectGatewayId": direct,
                "directConnectGatewayOwnerAccount": "111111111111",
                "associationState": "associated",
                "associatedGateway": {
                    "id": hub.id,
                    "type": "transitGateway",
                    "ownerAccount": "111111111111",
                    "region": "eu-central-1",
                },
                "associationId": "be85116d-46eb-4b43-a27a-da0c2ad648de",
                "allowedPrefixesToDirectConnectGateway": [{"cidr": "10.30.0.0/16"}],
            }
        ]
    }
    propagate(estate, "inside", "hq", HQ)
    propagate(estate, "inside", "centre", CENTRE)
    propagate(estate, "sites", "plant end", "10.30.0.0/16")
    return estate


ASKED = "always 192.168.10.0/24 -> name:plc on tcp/502"
ASKING = "always name:plc -> 192.168.10.0/24 on tcp/443"
DESK = "never 192.168.0.0/16 -> name:desk"
LOCAL = "always name:desk -> name:plc on tcp/443"
THROUGH_LAB = "never vpc:lab -> 192.168.0.0/16"
PLANT = 'always 172.20.5.0/24 -> name:"plant app" on tcp/443'
CENTRE_IN = 'always 172.21.5.0/24 -> name:"plant app" on tcp/443'
VAULT = "never 172.16.0.0/12 -> vpc:vault"
BY_VPN = f"never vpc:plant -> {HQ} unless through {VPN_END}"

RIGHT = (
    Says(ASKED, PROVED, "static routes of the VPN, propagated to the table of the line"),
    Says(ASKING, PROVED, "likewise"),
    Says(DESK, PROVED, "the desk's group names the VPC alone"),
    Says(LOCAL, PROVED, "within the VPC"),
    Says(THROUGH_LAB, PROVED, "no way through a peering connection to the other side's gateway"),
    Says(f"never {VGW} -> name:desk", PROVED, "all that come by the gateway"),
    Says("never internet -> any", PROVED, "no internet gateway"),
    Says(PLANT, PROVED, "by the VPN at the transit gateway, and back"),
    Says(CENTRE_IN, PROVED, "by Direct Connect, and back"),
    Says(VAULT, PROVED, "the sites' table does not know the vault"),
    Says(BY_VPN, PROVED, "the headquarters are learned from the VPN alone"),
)


def propagation_off(estate: Estate) -> None:
    table = estate["line table"]
    table["PropagatingVgws"] = []
    table["Routes"] = [one for one in table["Routes"] if one["Origin"] != learned("")["Origin"]]


def vpn_forgets_a_route(estate: Estate) -> None:
    """The VPC has a static route, but the VPN connection has none that leads there any more."""
    propagation_off(estate)
    estate["line table"]["Routes"].append(route(SITES, VGW))
    estate["works"]["Routes"].pop(0)


def learned_within_the_vpc(estate: Estate) -> None:
    """A site announces a part of the VPC: the local route is better than any propagated one."""
    for table in ("line table", "office table"):
        estate[table]["Routes"].append(learned("10.10.1.0/24"))


def static_beside_the_learned(estate: Estate) -> None:
    """The same destination, by hand, to a peering connection that is gone."""
    dead = route("192.168.0.0/17", "pcx-0123456789abcdef0") | {"State": "blackhole"}
    estate["line table"]["Routes"].append(dead)


def wider_static_route(estate: Estate) -> None:
    """A wider static route does not beat a longer learned one."""
    dead = route(SITES, "pcx-0123456789abcdef0") | {"State": "blackhole"}
    estate["line table"]["Routes"].append(dead)


def gateway_detached(estate: Estate) -> None:
    estate["line door"]["VpcAttachments"] = []


def by_bgp(estate: Estate) -> None:
    """Nobody knows what a BGP peer announces but is not propagated; a static route asks for it."""
    estate["works"]["Options"]["StaticRoutesOnly"] = False
    estate["works"]["Routes"] = []
    estate["line table"]["Routes"].append(route("10.200.0.0/16", VGW))


def desk_opened(estate: Estate) -> None:
    estate["sg desk"]["IpPermissions"].append(permission("tcp", 22, SITES))


def direct_connect_unlisted(estate: Estate) -> None:
    """A private virtual interface at the gateway: Direct Connect announces what it likes."""
    estate.place("111111111111", "eu-central-1").listed("describe-virtual-interfaces").append(
        {
            "virtualInterfaceId": "dxvif-ffhhk74f",
            "virtualInterfaceType": "private",
            "virtualInterfaceState": "available",
            "virtualInterfaceName": "second line",
            "virtualGatewayId": VGW,
            "connectionId": "dxcon-ffjrkx17",
            "ownerAccount": "111111111111",
            "region": "eu-central-1",
            "location": "EqDC2",
            "vlan": 101,
            "asn": 65000,
            "addressFamily": "ipv4",
            "customerAddress": "192.0.2.2/30",
            "amazonAddress": "192.0.2.1/30",
            "routeFilterPrefixes": [],
            "bgpPeers": [],
            "tags": [],
        }
    )
    estate["line table"]["Routes"].append(route("10.200.0.0/16", VGW))


def plant_not_told(estate: Estate) -> None:
    without(estate, "sites", "10.30.0.0/16")
    rows = estate["sites propagations"]["TransitGatewayRouteTablePropagations"]
    rows.clear()


def vault_told(estate: Estate) -> None:
    propagate(estate, "sites", "vault end", "10.40.0.0/16")


def headquarters_by_the_wrong_door(estate: Estate) -> None:
    static(estate, "inside", "172.20.0.0/17", "centre")


def everything_to_the_headquarters(estate: Estate) -> None:
    static(estate, "inside", "0.0.0.0/0", "hq")
    estate["plant table"]["Routes"].append(route("0.0.0.0/0", HUB))


NOT_ASKED = "some 192.168.0.0/16 -> name:desk"
CASES = (
    case("right", None, *RIGHT),
    case(
        "propagation off",
        propagation_off,
        Says(ASKING, REFUTED, "no route", "line table"),
        Says(ASKED, REFUTED, "the reply has no route", "line table"),
        Says("never 192.168.0.0/16 -> name:plc", REFUTED, "but packets come in", VGW),
    ),
    case(
        "VPN without the route",
        vpn_forgets_a_route,
        Says(ASKING, REFUTED, "the gateway knows no way", VGW),
        Says("always name:plc -> 192.168.130.0/24 on tcp/443", PROVED, "this half it knows"),
    ),
    case(
        "a part of the VPC learned",
        learned_within_the_vpc,
        Says(LOCAL, PROVED, "local beats every propagated route"),
        Says(DESK, PROVED, "nothing else changes"),
    ),
    case(
        "static beside learned",
        static_beside_the_learned,
        Says(ASKING, REFUTED, "static beats propagated, even a blackhole", "line table"),
        Says("always name:plc -> 192.168.130.0/24 on tcp/443", PROVED, "the other half is left"),
    ),
    case(
        "wider static route",
        wider_static_route,
        Says(ASKING, PROVED, "the longer prefix wins, whatever its origin"),
    ),
    case(
        "gateway detached",
        gateway_detached,
        Says(ASKING, REFUTED, "not attached", VGW),
        Says("never 192.168.0.0/16 -> vpc:factory", PROVED, "nobody comes in"),
    ),
    case(
        "BGP",
        by_bgp,
        Says(ASKING, PROVED, "the propagated route shows that the gateway knows it"),
        Says("never name:plc -> 10.200.0.0/16", UNKNOWN, "the peer may announce it", VGW),
        Says("always name:plc -> 10.200.0.0/16 on tcp/443", UNKNOWN, "or not", VGW),
    ),
    case(
        "Direct Connect at the gateway",
        direct_connect_unlisted,
        Says("never name:plc -> 10.200.0.0/16", UNKNOWN, "it may be announced", VGW),
    ),
    case(
        "static routes of the VPN alone",
        lambda estate: estate["line table"]["Routes"].append(route("10.200.0.0/16", VGW)),
        Says("never name:plc -> 10.200.0.0/16", PROVED, "the gateway does not know it"),
    ),
    case(
        "desk opened",
        desk_opened,
        Says(DESK, REFUTED, "no route is needed to come in", "desk"),
        Says(NOT_ASKED, REFUTED, "but the office's table has no way back"),
    ),
    case(
        "plant not told to the sites' table",
        plant_not_told,
        Says(PLANT, REFUTED, "no route to the plant", HUB),
        Says("never 172.16.0.0/12 -> vpc:plant", PROVED, "nothing comes in"),
        Says("never vpc:plant -> 172.20.0.0/16", REFUTED, "but it goes out", HUB),
    ),
    case(
        "vault told to the sites' table",
        vault_told,
        Says(VAULT, REFUTED, "the sites come in by the transit gateway", HUB),
    ),
    case(
        "headquarters by the wrong door",
        headquarters_by_the_wrong_door,
        Says(BY_VPN, REFUTED, "a longer static route leads to Direct Connect", HUB),
        Says(f"never vpc:plant -> {DX_END} on tcp/443", REFUTED, "the data centre is reached"),
    ),
    case(
        "everything to the headquarters",
        everything_to_the_headquarters,
        Says("never vpc:plant -> 198.51.100.0/24", REFUTED, "by the VPN", HUB),
        Says("never vpc:vault -> 198.51.100.0/24", PROVED, "its VPC has no such route"),
        Says("never internet -> any", PROVED, "still no internet gateway"),
    ),
)


@pytest.mark.parametrize("one", CASES, ids=lambda one: one.name)
def test_on_premises(one: Case, tmp_path: Path) -> None:
    check(sites, one, tmp_path)

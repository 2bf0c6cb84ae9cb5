"""Tables of gateways, and what they mean on the way out; Block Public Access (IGW-9 to IGW-12)."""

from __future__ import annotations

import pytest

from tests.known_answers.cases import CLIENT, Web, web
from tests.strategies.builder import Build, gap, outside, packet, probe, unmodelled
from verifier.evaluate import exchange, walk
from verifier.model import EndpointTarget, PublicAccess, RouteTable, VpcEndpoint
from verifier.model.vpc_endpoint import EndpointKind
from verifier.trace import Choices

ROUTE = gap("eni-2", "RT-9")


def guarded(public="52.0.0.2", there=True, back=True, **fields):
    """The web server behind an appliance, eni-2, to which the gateway's table leads."""
    made = web(routes=())
    middle = made.vpc.subnet("10.0.3.0/24", "2600:1f00:0:3::/64").route("0.0.0.0/0", made.vpc.igw)
    middle.route("::/0", made.vpc.igw)
    known = {"source_destination_check": False} | fields
    middle.interface("10.0.3.5", "2600:1f00:0:3::5", public=public, **known)
    if there:
        made.vpc.edge_route("igw-1", "10.0.1.0/24", "eni-2")
        made.vpc.edge_route("igw-1", "2600:1f00::/64", "eni-2")
    for anywhere in ("0.0.0.0/0", "::/0"):
        made.subnet.route(anywhere, "eni-2" if back else made.vpc.igw)
    return made


def comes(made: Web, opened=(), client=CLIENT):
    asked = made.ask("R", client=client)
    return exchange(asked.network, asked.probe, frozenset(opened))


def test_in_and_out_by_the_appliance():
    made = guarded()
    for client in (CLIENT, outside("2001:db8::7")):
        found = comes(made, client=client)
        assert found.works
        assert [hop.kind for hop in found.forward.hops][:2] == ["internet-gateway", "route-table"]
    asked = made.calls("R")
    found = exchange(asked.network, asked.probe)
    assert found.works
    assert found.reply is not None
    assert "appliance" in [hop.kind for hop in found.reply.hops]


def test_the_appliance_must_be_public_in_ipv4():
    made = guarded(public=None)
    assert comes(made).forward.code == "INGRESS_RTB_NO_PUBLIC_IP"
    assert comes(made, client=outside("2001:db8::7")).works


def test_what_leaves_must_have_passed_what_leads_in():
    made = guarded(back=False)
    found = comes(made)
    assert found.forward.delivered_to == made.host
    assert found.reply is not None
    assert found.reply.code == "INGRESS_RTB_TRAFFIC_REDIRECTION"
    asked = made.calls("R")
    assert walk(asked.network, asked.probe).code == "INGRESS_RTB_TRAFFIC_REDIRECTION"


@pytest.mark.parametrize("target", ["eni-77", "lgw-1", "tie"])
def test_what_leaves_where_the_table_is_not_known(target):
    """It passes iff the gap is open."""
    made = web()
    if target == "tie":
        for other in ("lgw-1", "lgw-2"):
            made.vpc.edge_route("igw-1", "10.0.1.0/24", other)
        needed = gap("rtb-of-igw-1", "GAP-8")
        made.net.change("route_tables", "rtb-of-igw-1", tie_gap=needed)
    else:
        made.vpc.edge_route("igw-1", "10.0.1.0/28", target)
        needed = gap(target, "RT-9") if target == "eni-77" else unmodelled(target).gap
    asked = made.calls("R")
    assert walk(asked.network, asked.probe).code == "INGRESS_RTB_TRAFFIC_REDIRECTION"
    assert walk(asked.network, asked.probe, frozenset({needed})).delivered_to == CLIENT


def test_what_leaves_where_the_table_leads_to_itself_or_to_local():
    for prefix, target in (("10.0.1.0/28", "eni-1"), ("10.0.0.0/16", "local"), ("pl-9", "eni-7")):
        made = web()
        made.net.lacks("prefix-list", "pl-9")
        made.vpc.edge_route("igw-1", "10.0.7.0/24", "eni-77")
        made.vpc.edge_route("igw-1", prefix, target)
        asked = made.calls("R")
        assert exchange(asked.network, asked.probe).works


def test_an_unknown_list_at_the_edge():
    """Without a `local` route that wins, closed drops and open lets pass."""
    made = web()
    made.vpc.edge_route("igw-1", "10.0.1.0/28", "eni-1")
    made.vpc.edge_route("igw-1", "pl-9", "eni-77")
    unknown = made.net.lacks("prefix-list", "pl-9")
    asked = made.calls("R")
    assert walk(asked.network, asked.probe).code == "INGRESS_RTB_TRAFFIC_REDIRECTION"
    assert walk(asked.network, asked.probe, frozenset({unknown})).delivered_to == CLIENT
    assert comes(made).forward.code == "UNKNOWN_RESOURCE"
    assert comes(made, [unknown]).works


def test_a_target_that_a_gateway_s_table_cannot_have():
    for target in ("igw-1", "nat-1", "pcx-1"):
        made = web()
        made.vpc.edge_route("igw-1", "10.0.1.0/24", target)
        assert comes(made).forward.code == "TARGET_RESTRICTION"
        asked = made.calls("R")
        assert walk(asked.network, asked.probe).delivered_to == CLIENT  # IGW-11 asks nothing


def test_a_target_that_is_not_modelled():
    made = web()
    made.vpc.edge_route("igw-1", "10.0.1.0/24", "lgw-1")
    assert comes(made).forward.code == "UNKNOWN_RESOURCE"
    assert comes(made, [unmodelled("lgw-1").gap]).works


def test_blackholes_and_addresses_without_route():
    made = web()
    made.vpc.edge_route("igw-1", "10.0.1.0/24", "eni-9")
    table = made.net.get("route_tables", "rtb-of-igw-1")
    hole = type(table.routes[0])(
        destination=table.routes[0].destination, target=table.routes[0].target, blackhole=True
    )
    made.net.change("route_tables", "rtb-of-igw-1", routes=(hole,))
    assert comes(made).forward.code == "BAD_STATE_ROUTE"


def test_a_table_of_local_routes_alone_is_none():
    made = guarded()
    only = RouteTable(id="rtb-0", vpc_id=made.vpc.id, gateway_ids=("igw-1",))
    made.net.put("route_tables", only)
    assert "appliance" in [hop.kind for hop in comes(made).forward.hops]
    later = made.net.get("route_tables", "rtb-of-igw-1")
    made.net.put("route_tables", RouteTable(
        id="rtb-z", vpc_id=made.vpc.id, gateway_ids=("igw-1",), routes=later.routes[:0],
    ))  # fmt: skip
    assert comes(made).works


def test_the_first_table_by_id_counts():
    made = guarded()
    other = made.net.get("route_tables", "rtb-of-igw-1")
    blocked = RouteTable(
        id="rtb-a",
        vpc_id=made.vpc.id,
        gateway_ids=("igw-1",),
        routes=tuple(
            type(route)(destination=route.destination, target=route.target, blackhole=True)
            for route in other.routes
        ),
    )
    made.net.put("route_tables", blocked)
    assert comes(made).forward.code == "BAD_STATE_ROUTE"


def inspected(kind=EndpointKind.GATEWAY_LOAD_BALANCER, there=True):
    """The web server behind a firewall's endpoint, to which the gateway's table leads."""
    made = web(routes=())
    middle = made.vpc.subnet("10.0.3.0/24").route("0.0.0.0/0", made.vpc.igw)
    endpoint = middle.firewall_endpoint(kind=kind)
    made.subnet.route("0.0.0.0/0", endpoint)
    if there:
        made.vpc.edge_route("igw-1", "10.0.1.0/24", EndpointTarget(endpoint))
    return made


def test_by_a_firewall_s_endpoint():
    made = inspected()
    assert comes(made).works
    asked = made.calls("R")
    assert exchange(asked.network, asked.probe).works
    made.net.change("route_tables", "rtb-of-subnet-1", routes=())
    made.subnet.route("0.0.0.0/0", made.vpc.igw)
    asked = made.calls("R")
    assert walk(asked.network, asked.probe).code == "INGRESS_RTB_TRAFFIC_REDIRECTION"


def test_endpoints_of_other_kinds_and_unknown_ones():
    assert comes(inspected(EndpointKind.GATEWAY)).forward.code == "TARGET_RESTRICTION"
    made = inspected()
    made.net.parts["vpc_endpoints"].clear()
    assert comes(made).forward.code == "BAD_STATE"
    missing = made.net.lacks("vpc-endpoint", "vpce-1")
    assert comes(made).forward.code == "UNKNOWN_RESOURCE"
    assert comes(made, [missing]).works
    assert isinstance(inspected().net.get("vpc_endpoints", "vpce-1"), VpcEndpoint)


def natted(**subnet):
    net = Build()
    vpc = net.vpc("10.0.0.0/16").internet_gateway()
    outer = vpc.subnet("10.0.9.0/24", **subnet).route("0.0.0.0/0", vpc.igw)
    inner = vpc.subnet("10.0.1.0/24").route("0.0.0.0/0", outer.nat_gateway("10.0.9.9", "52.0.0.9"))
    asked = probe(inner.interface("10.0.1.5"), CLIENT, packet("10.0.1.5", "203.0.113.7"))
    return net, vpc, asked


def test_replies_for_a_nat_gateway_are_led_to_local_or_dropped():
    for led, works in (("10.0.1.0/24", True), ("10.0.9.0/24", False)):
        net, vpc, asked = natted()
        vpc.edge_route("igw-1", led, "eni-9")
        unknown = gap("eni-9", "RT-9")
        found = exchange(net.network(), asked, frozenset({unknown}))
        assert found.works is works
        assert found.reply is not None
        assert found.reply.code == (None if works else "NGW_NO_SESSION")


def test_no_edge_table_beyond_an_exit():
    made = guarded()
    other = made.net.vpc("10.7.0.0/16").subnet("10.7.1.0/24").route("0.0.0.0/0", "lgw-1")
    host = other.interface("10.7.1.5")
    chosen = Choices(gap_source=CLIENT.address)
    asked = probe(host, made.host, packet("10.7.1.5", "52.0.0.1"), chosen)
    found = walk(made.net.network(), asked, frozenset({unmodelled("lgw-1").gap}))
    assert found.delivered_to == made.host
    assert "appliance" not in [hop.kind for hop in found.hops]


@pytest.mark.parametrize(
    ("access", "out", "inward"),
    [
        (PublicAccess.OPEN, True, True),
        (PublicAccess.EGRESS, True, False),
        (PublicAccess.NAT, False, False),
        (PublicAccess.CLOSED, False, False),
    ],
)
def test_block_public_access(access, out, inward):
    made = web()
    made.net.change("subnets", made.subnet.id, public_access=access)
    asked = made.calls("R")
    for found, passes in ((exchange(asked.network, asked.probe), out), (comes(made), inward)):
        assert found.works is passes
        assert found.forward.code == (None if passes else "VPC_BLOCK_PUBLIC_ACCESS_ENABLED")


@pytest.mark.parametrize("access", PublicAccess)
def test_block_public_access_and_nat_gateways(access):
    net, _, asked = natted(public_access=access)
    found = exchange(net.network(), asked)
    assert found.works is (access is not PublicAccess.CLOSED)


def test_a_hairpin_through_one_appliance_twice_is_no_loop():
    """The header is another one when the packet comes back (MBX-7)."""
    made = guarded()
    other = made.vpc.subnet("10.0.4.0/24").route("0.0.0.0/0", "eni-2")
    made.vpc.edge_route("igw-1", "10.0.4.0/24", "eni-2")
    b = other.interface("10.0.4.5", public="52.0.0.4")
    found = exchange(made.net.network(), probe(made.host, b, packet("10.0.1.5", "52.0.0.4")))
    assert found.works
    assert [hop.kind for hop in found.forward.hops].count("appliance") == 2


def test_a_reply_is_not_led_on_from_a_gateway_of_another_vpc():
    """By a transit gateway an IPv6 packet leaves by another VPC's gateway, its reply has no way."""
    net = Build()
    tgw = net.transit_gateway()
    table = net.transit_table(tgw)
    inner = net.vpc("10.0.0.0/16", "2600:1f00::/56").subnet("2600:1f00::/64", zone="az1")
    vpc = net.vpc("10.2.0.0/16", "2600:1f02::/56").internet_gateway()
    outer = vpc.subnet("2600:1f02::/64", zone="az1").route("::/0", vpc.igw)
    net.attach(tgw, table, inner.route("::/0", tgw))
    net.transit_route(table, "::/0", net.attach(tgw, table, outer))
    asked = probe(
        inner.interface("2600:1f00::5"),
        outside("2001:db8::7"),
        packet("2600:1f00::5", "2001:db8::7"),
    )
    found = exchange(net.network(), asked)
    assert found.forward.delivered_to == asked.destination
    assert found.reply is not None
    assert found.reply.code == "NO_POSSIBLE_DESTINATION"

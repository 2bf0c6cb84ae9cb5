"""Which route wins (RT-1 to RT-5, GAP-8), and what a target means (RT-7 to RT-10)."""

from dataclasses import replace

from tests.known_answers.cases import CLIENT, Lan, lan, web
from tests.strategies.builder import Build, gap, outside, packet, probe, unmodelled
from verifier.evaluate import exchange, prepare, walk
from verifier.evaluate.route_table import component, look_up
from verifier.model import LocalTarget, Network, Route, RouteOrigin, RouteTable
from verifier.packet import Address, Prefix

TIE = gap("tie", "GAP-8")


def code(made, opened=(), **more):
    asked = made.ask("U", **more)
    return walk(asked.network, asked.probe, frozenset(opened)).code


def winner(made, address, table="rtb-of-subnet-1"):
    """What the table leads to, by component."""
    network = made.net.network()
    found = look_up(network, network.route_tables[table]).find(Address.parse(address))
    return None if found is None else [component(route.target) for route in found.routes]


def test_longest_prefix_then_rank():
    made = web(routes=())
    listed = made.net.prefix_list("203.0.113.0/24", "2600::/12")
    made.subnet.route(listed, "tgw-1")
    assert winner(made, "203.0.113.7") == ["tgw-1"]
    assert winner(made, "203.0.112.7") is None
    made.subnet.route("203.0.113.0/24", "vgw-1", origin=RouteOrigin.PROPAGATED)
    assert winner(made, "203.0.113.7") == ["tgw-1"]
    made.subnet.route("203.0.113.0/24", "pcx-1")
    assert winner(made, "203.0.113.7") == ["pcx-1"]
    made.subnet.route("203.0.113.7/32", "nat-1")
    assert winner(made, "203.0.113.7") == ["nat-1"]
    made.subnet.route("203.0.113.7/32", "eni-1").route("203.0.113.7/32", "eni-1")
    assert winner(made, "203.0.113.7") == ["nat-1", "eni-1"]
    made.subnet.route("10.0.1.0/24", "igw-1")
    assert winner(made, "10.0.1.9") == ["igw-1"]
    assert winner(made, "10.0.2.9") == winner(made, "2600:1f00::9") == ["local"]
    assert winner(made, "2610::9") is None


def test_local_routes_are_there_unless_the_table_says_otherwise():
    made = lan()
    made.subnet_a.route("10.0.0.0/16", "vgw-1", origin=RouteOrigin.PROPAGATED)
    assert winner(made, "10.0.2.5") == ["local"]
    made.subnet_a.route("10.0.0.0/16", "eni-9")
    assert winner(made, "10.0.2.5") == ["eni-9"]
    nowhere = RouteTable(id="rtb-x", vpc_id="vpc-x", routes=())
    assert look_up(Network(), nowhere).find(Address.parse("10.0.0.1")) is None
    propagated = Route(
        destination=Prefix.parse("10.0.0.0/8"), target=LocalTarget(), origin=RouteOrigin.PROPAGATED
    )
    lone = look_up(Network(), replace(nowhere, routes=(propagated,)))
    assert lone.find(Address.parse("10.0.0.1")) is not None


def test_a_subnet_without_a_table_is_a_gap():
    made = lan()
    made.net.change("route_tables", "rtb-of-vpc-1", main=False)
    assert code(made) == "NO_ROUTE_TO_DESTINATION"
    gaps = {made.net.lacks("route-table", subnet) for subnet in ("subnet-1", "subnet-2")}
    assert code(made) == "UNKNOWN_RESOURCE"
    asked = made.ask("U")
    found = exchange(asked.network, asked.probe, frozenset(gaps))
    assert found.works
    assert found.forward.gaps == {made.net.missing["route-table", "subnet-1"]}


def test_an_explicit_table_comes_before_the_main_one():
    made = lan()
    made.vpc.route("10.0.2.0/24", "eni-2", blackhole=True)
    made.subnet_a.route("10.0.9.0/24", "eni-2")
    tables = prepare(made.net.network()).tables
    assert tables["subnet-1"].table.id == "rtb-of-subnet-1"
    assert tables["subnet-2"].table.id == "rtb-of-vpc-1"


def test_blackholes_and_missing_routes():
    made = web(routes=())
    made.subnet.route("203.0.113.0/24", made.vpc.igw, blackhole=True)
    for address, found in (
        ("203.0.113.7", "BAD_STATE_ROUTE"),
        ("198.51.100.7", "NO_ROUTE_TO_DESTINATION"),
    ):
        asked = made.calls("U", address)
        assert walk(asked.network, asked.probe).code == found


def test_a_tie_meets_its_gap():
    made = web(routes=())
    made.subnet.route("203.0.113.0/24", made.vpc.igw).route("203.0.113.0/24", "tgw-1")
    asked = made.calls("U")
    assert walk(asked.network, asked.probe).code == "AMBIGUOUS_ROUTE"
    made.net.change("route_tables", "rtb-of-subnet-1", tie_gap=TIE)
    asked = made.calls("U")
    assert walk(asked.network, asked.probe).code == "UNKNOWN_RESOURCE"
    found = walk(asked.network, asked.probe, frozenset({TIE}))
    assert (found.delivered_to, found.gaps) == (CLIENT, {TIE})
    assert "igw-1" in str(found.hops[3].rule)
    assert "tgw-1" in str(found.hops[3].rule)


def test_a_blackhole_ties_with_a_route_to_the_same_target():
    made = web(routes=())
    made.subnet.route("203.0.113.0/24", made.vpc.igw)
    made.subnet.route("203.0.113.0/24", made.vpc.igw, blackhole=True)
    asked = made.calls("U")
    assert walk(asked.network, asked.probe).code == "AMBIGUOUS_ROUTE"


def unknown_list(made: Lan, via="igw-9"):
    made.subnet_a.route("pl-9", via)
    return made.net.lacks("prefix-list", "pl-9")


def test_an_unknown_list_does_not_touch_local_routes():
    made = lan()
    unknown_list(made)
    assert code(made) is None


def test_a_list_unheard_of_is_empty():
    made = lan()
    made.subnet_a.route("pl-9", "igw-9")
    assert winner(made, "203.0.113.7") is None


def test_an_unknown_list_may_steal_the_packet_or_not():
    made = web()
    made.subnet.route("pl-9", "vgw-1")
    unknown = made.net.lacks("prefix-list", "pl-9")
    asked = made.calls("U")
    closed = walk(asked.network, asked.probe)
    assert (closed.code, closed.hops[-1].rule) == ("UNKNOWN_RESOURCE", unknown.detail)
    opened = walk(asked.network, asked.probe, frozenset({unknown}))
    assert (opened.delivered_to, opened.gaps) == (CLIENT, {unknown})
    assert opened.hops[-2].component == "igw-1"  # the winner among the other routes comes first
    private = probe(made.host, outside("192.168.0.9"), packet("10.0.1.5", "192.168.0.9"))
    stolen = walk(made.net.network(), private, frozenset({unknown}))
    assert stolen.delivered_to == private.destination
    assert stolen.hops[-2].component == "vgw-1"
    made.subnet.route("pl-8", "tgw-1")
    other = made.net.lacks("prefix-list", "pl-8")
    network = made.net.network()
    assert walk(network, private, frozenset({unknown})).code == "UNKNOWN_RESOURCE"
    assert walk(network, private, frozenset({unknown, other})).gaps == {unknown, other}


def test_an_unknown_list_to_a_service_leads_to_its_door_only():
    made = web(routes=())
    made.subnet.route("pl-9", unmodelled("vpce-1", internet=False))
    unknown = made.net.lacks("prefix-list", "pl-9")
    for door, found in ((None, True), ("vpce-1", True), ("internet", False), ("igw-1", False)):
        host = outside("203.0.113.7", door)
        asked = probe(made.host, host, packet("10.0.1.5", "203.0.113.7"))
        trace = walk(made.net.network(), asked, frozenset({unknown}))
        assert (trace.delivered_to == host) is found


def test_a_list_that_leads_to_a_modelled_target_is_named_by_its_gap():
    made = web(routes=())
    made.subnet.route("pl-9", made.vpc.igw)
    unknown = made.net.lacks("prefix-list", "pl-9")
    asked = probe(made.host, None, packet("10.0.1.5", "203.0.113.7"))
    trace = walk(made.net.network(), asked, frozenset({unknown}))
    assert trace.hops[-2].component == unknown.resource


def middlebox(**fields):
    made = lan()
    box = made.vpc.subnet("10.0.3.0/24").interface("10.0.3.5", **fields)
    made.subnet_a.route("10.0.2.0/24", box.interface_id)
    return made


def test_a_route_to_an_interface():
    assert code(middlebox()) == "ENI_SOURCE_DEST_CHECK_RESTRICTION"
    assert code(middlebox(attached=False)) == "BAD_STATE_ATTACHMENT"
    made = middlebox(source_destination_check=False)
    assert code(made) is None  # MBX-1
    made = lan()
    made.subnet_a.route("10.0.2.0/24", "eni-2")
    assert code(made) is None  # the target is the destination itself
    made = lan()
    made.subnet_a.route("10.0.2.0/24", "eni-99")
    assert code(made) == "UNKNOWN_RESOURCE"


def test_every_target_has_a_component():
    made = Build().vpc("10.0.0.0/16")
    for word in ("igw-1", "nat-1", "pcx-1", "eni-1", "vgw-1", "local"):
        made.route("192.0.2.0/24", word)
    table = made.net.network().route_tables["rtb-of-vpc-1"]
    names = [component(route.target) for route in table.routes]
    assert names == ["igw-1", "nat-1", "pcx-1", "eni-1", "vgw-1", "local"]

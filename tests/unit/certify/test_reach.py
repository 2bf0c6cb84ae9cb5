"""What a packet can come to is found, gateway by gateway; what it cannot is left out."""

from __future__ import annotations

from dataclasses import replace

from tests.strategies.builder import Build, BuildSubnet, BuildVpc, gap
from verifier.certify import Constants, choices
from verifier.certify.constants import Relevant
from verifier.certify.headers import fields, nat_ports, protocol_cells
from verifier.certify.pairs import ends, targets
from verifier.invariants.question import (
    AddressPolicy,
    EndpointSet,
    Goal,
    Mode,
    Names,
    Question,
    TrafficTerm,
)
from verifier.model import (
    AttachmentKind,
    EgressOnlyTarget,
    EndpointTarget,
    Entrance,
    FirewallMatch,
    Gap,
    InterfaceTarget,
    Network,
    NetworkFirewall,
    PeeringSide,
    StatefulAction,
    StatefulRule,
    StatelessAction,
    StatelessRule,
    TransitGatewayTarget,
    VpnGatewayTarget,
)
from verifier.packet import Address, AddressSet, PortRange, Prefix
from verifier.trace import INTERNET, InstanceStates, InterfaceHost


def _two_vpcs() -> tuple[Build, BuildSubnet, BuildSubnet, InterfaceHost, InterfaceHost]:
    """Two VPCs with a subnet and a host each, every subnet with a list of its own."""
    net = Build()
    made = []
    for number in (0, 1):
        vpc = net.vpc(f"10.{number}.0.0/16")
        subnet = vpc.subnet(f"10.{number}.1.0/24", zone="a")
        subnet.acl("in 100 allow -1 0.0.0.0/0", "out 100 allow -1 0.0.0.0/0")
        made.append((subnet, subnet.interface(f"10.{number}.1.5")))
    (one, a), (two, b) = made
    return net, one, two, a, b


def _relevant(
    network: Network, source: InterfaceHost | None, destination: InterfaceHost | None,
    door: str | None = None,
) -> Relevant:  # fmt: skip
    found = [
        network.interfaces[end.interface_id] if end is not None else None
        for end in (source, destination)
    ]
    return Constants(network).relevant(found[0], found[1], door)


def _another(vpc: BuildVpc, cidr: str, zone: str | None = "a") -> tuple[BuildSubnet, str]:
    """Another subnet with a list of its own, and the id of that list."""
    subnet = vpc.subnet(cidr, zone=zone)
    acl = subnet.make_acl("in 100 allow -1 0.0.0.0/0", "out 100 allow -1 0.0.0.0/0")
    return subnet.guarded_by(acl), acl


def _acls(relevant: Relevant) -> set[str]:
    return {acl.id for acl in relevant.acls}


def test_nothing_but_the_two_subnets_is_met_without_a_route() -> None:
    net, one, _, a, b = _two_vpcs()
    _another(one.vpc, "10.0.2.0/24")
    found = _relevant(net.network(), a, b)
    assert _acls(found) == {"acl-1", "acl-2"}
    assert not found.exits
    assert found.turns == found.reply_turns == ()


def test_a_transit_gateway_is_entered_in_the_zone_of_the_subnet_left() -> None:
    net, one, two, a, b = _two_vpcs()
    hub = net.transit_gateway()
    table = net.transit_table(hub)
    here, near = _another(one.vpc, "10.0.2.0/24", "a")
    there, far = _another(one.vpc, "10.0.3.0/24", "b")
    net.attach(hub, table, here, there)
    ways = [_another(two.vpc, f"10.1.{at}.0/24", zone) for at, zone in ((2, "a"), (3, "b"))]
    across = net.attach(hub, table, *(subnet for subnet, _ in ways))
    one.route("10.1.0.0/16", hub)
    net.transit_route(table, "10.1.0.0/16", across)
    found = _relevant(net.network(), a, b)
    assert {near, ways[0][1]} <= _acls(found)
    assert not {far, ways[1][1]} & _acls(found)
    assert Prefix.parse("10.1.0.0/16") in found.prefixes
    assert found.turns == ()


def test_without_the_zone_any_subnet_of_an_attachment_is_a_choice() -> None:
    net, one, two, a, b = _two_vpcs()
    hub = net.transit_gateway()
    table = net.transit_table(hub)
    net.attach(hub, table, one)
    ways = [_another(two.vpc, f"10.1.{at}.0/24", "c")[0] for at in (2, 3)]
    across = net.attach(hub, table, *ways)
    one.route("10.1.0.0/16", hub)
    two.route("10.0.0.0/16", hub)
    net.transit_route(table, "10.0.0.0/8", across)
    assert _relevant(net.network(), a, b).turns == ((across, 2),)
    net.change("transit_attachments", (hub, across), appliance_mode=True)
    assert _relevant(net.network(), a, b).turns == ((across, 2),)
    back = _relevant(net.network(), b, a)
    assert back.reply_turns == ()
    assert back.turns == ((across, 2),), "a reply takes the number of the packet (TGW-6)"


def test_routes_of_equal_cost_are_a_choice_of_their_table() -> None:
    net, one, two, a, b = _two_vpcs()
    hub = net.transit_gateway()
    table = net.transit_table(hub)
    net.attach(hub, table, one)
    across = [net.attach(hub, table, two) for _ in range(3)]
    one.route("10.1.0.0/16", hub)
    two.route("10.0.0.0/16", hub)
    net.transit_route(table, "10.1.0.0/16", *across)
    net.transit_route(table, "10.1.1.0/24", *across[:2])
    found = _relevant(net.network(), a, b)
    assert found.turns == ((table, 6),)
    assert found.reply_turns == ((table, 6),)


def test_the_choices_are_every_number_of_each_direction() -> None:
    net, one, two, a, b = _two_vpcs()
    hub = net.transit_gateway()
    table = net.transit_table(hub)
    net.attach(hub, table, one)
    across = [net.attach(hub, table, two) for _ in range(2)]
    one.route("10.1.0.0/16", hub)
    two.route("10.0.0.0/16", hub)
    net.transit_route(table, "10.0.0.0/8", *across)
    network = net.network()
    for mode, count in ((Mode.PACKET, 2), (Mode.CONNECTION, 4)):
        question = _question(a, b, mode)
        (source,) = ends(network, question.sources, question)
        (destination,) = targets(network, question.destinations)
        constants = Constants(network)
        relevant = constants.relevant(source.interface, destination.interface)
        made = list(choices(constants, question, relevant, frozenset(), source, destination, 4, 6))
        assert len(set(made)) == len(made) == count
        assert {choice.transit for choice in made} == {(), ((table, 1),)}


def _question(a: InterfaceHost, b: InterfaceHost, mode: Mode) -> Question:
    return Question(
        sources=EndpointSet({a.interface_id: Names(default=True)}),
        destinations=EndpointSet({b.interface_id: Names(default=True)}),
        traffic=(TrafficTerm(frozenset({4}), 6),), goal=Goal.DELIVERED, mode=mode,
        policy=AddressPolicy.EVERY, states=InstanceStates.RECORDED,
    )  # fmt: skip


def test_a_peering_of_transit_gateways_leads_to_the_far_end_s_table() -> None:
    net, one, two, a, b = _two_vpcs()
    hubs = [net.transit_gateway() for _ in range(2)]
    tables = [net.transit_table(hub) for hub in hubs]
    net.attach(hubs[0], tables[0], one)
    across = net.attach(hubs[1], tables[1], two)
    joint = net.peer_transit((hubs[0], tables[0]), (hubs[1], tables[1]))
    one.route("10.1.0.0/16", hubs[0])
    net.transit_route(tables[0], "10.1.0.0/16", joint)
    net.transit_route(tables[1], "10.1.1.0/24", across)
    assert Prefix.parse("10.1.1.0/24") in _relevant(net.network(), a, b).prefixes
    network = net.network()
    ends_ = dict(network.transit_attachments)
    ends_[hubs[1], joint] = replace(ends_[hubs[1], joint], table_id=None, gap=gap(joint))
    broken = replace(network, transit_attachments=ends_)
    found = _relevant(broken, a, b)
    assert found.exits == {gap(joint)}
    assert Prefix.parse("10.1.1.0/24") not in found.prefixes
    del ends_[hubs[1], joint]
    assert not _relevant(replace(network, transit_attachments=ends_), a, b).exits


def test_whatever_is_not_known_of_a_transit_gateway_is_an_exit() -> None:
    net, one, two, a, b = _two_vpcs()
    gaps = [gap(name) for name in ("gateway", "near", "table", "far", "beyond")]
    hub = net.transit_gateway(gap=gaps[0])
    table = net.transit_table(hub, gap=gaps[2])
    net.attach(hub, table, one, gap=gaps[1])
    across = net.attach(hub, table, two, gap=gaps[3])
    site = net.attach_sites(hub, table, beyond=gaps[4])
    plain = net.attach_sites(hub, None)
    one.route("10.1.0.0/16", hub)
    net.transit_route(table, "10.1.0.0/16", across, site, plain, "tgw-attach-gone")
    assert _relevant(net.network(), a, b).exits == set(gaps)


def test_a_table_that_is_not_there_leads_nowhere() -> None:
    net, one, two, a, b = _two_vpcs()
    hub = net.transit_gateway()
    net.attach(hub, "tgw-rtb-gone", one, two)
    one.route("10.1.0.0/16", hub)
    lost = net.lacks("transit-gateway", "tgw-gone")
    one.route("10.1.1.0/24", TransitGatewayTarget("tgw-gone"))
    found = _relevant(net.network(), a, b)
    assert found.exits == {lost}
    assert not found.prefixes


def test_an_appliance_brings_its_groups_and_its_subnet() -> None:
    net, one, _, a, b = _two_vpcs()
    place, acl = _another(one.vpc, "10.0.2.0/24")
    group = net.group("in tcp 4433 0.0.0.0/0", "out tcp 4434 0.0.0.0/0")
    firewall = place.interface("10.0.2.9", groups=[group], instance_id="i-1", public="52.0.0.9")
    place.interface("10.0.2.10", instance_id="i-1")
    place.interface("10.0.2.11")
    one.route("10.1.0.0/16", firewall.interface_id)
    network = net.network()
    found = _relevant(network, a, b)
    assert acl in _acls(found)
    assert {rule.from_port for rule in found.rules} >= {4433, 4434}
    (opened,) = found.appliances[firewall.interface_id]
    sources = Constants(network).gap_sources(found, frozenset({opened}))
    assert sources == AddressSet.of(*map(Address.parse, ("10.0.2.9", "52.0.0.9", "10.0.2.10")))
    assert not Constants(network).gap_sources(found, frozenset())


def test_an_appliance_that_is_not_in_the_vpc_is_an_exit() -> None:
    net, one, _, a, b = _two_vpcs()
    for target in (b.interface_id, "eni-gone"):
        one.route("10.1.0.0/16", InterfaceTarget(target, gap(target)))
    assert _relevant(net.network(), a, b).exits == {gap(b.interface_id), gap("eni-gone")}


def test_endpoints_are_met_by_their_kinds() -> None:
    net, one, _, a, b = _two_vpcs()
    place, acl = _another(one.vpc, "10.0.2.0/24")
    firewall, service = place.firewall_endpoint(), one.vpc.gateway_endpoint()
    adrift = place.firewall_endpoint(subnet_id=None, gap=None)
    lost = net.lacks("vpc-endpoint", "vpce-gone")
    one.route("10.1.0.0/16", firewall).route("10.2.0.0/16", service).route("10.4.0.0/16", adrift)
    one.route("10.3.0.0/16", EndpointTarget("vpce-gone"))
    found = _relevant(net.network(), a, b)
    assert acl in _acls(found)
    assert found.exits == {lost, gap(firewall, "VPCE-7")}


def test_a_firewall_brings_what_its_rules_compare() -> None:
    net, one, _, a, b = _two_vpcs()
    place, _ = _another(one.vpc, "10.0.2.0/24")
    nat = place.nat_gateway("10.0.2.9", "52.0.0.1")
    first, second = place.firewall_endpoint(), place.firewall_endpoint()
    one.route("10.1.0.0/16", first).route("10.9.0.0/16", nat)
    match = FirewallMatch(
        sources=(Prefix.parse("10.0.1.5/32"),), destinations=(),
        source_ports=(PortRange(2000, 3000),), destination_ports=(PortRange(80, 80),),
        protocols=frozenset({6, 132}),
    )  # fmt: skip
    other = replace(match, source_ports=(PortRange(4000, 4000),), protocols=None)
    drop = StatelessRule(group_priority=1, priority=1, match=match, action=StatelessAction.DROP)
    more = StatefulRule(group_priority=1, position=1, match=other, action=StatefulAction.PASS)
    for name, endpoint, rules in (("fw-1", first, (more,)), ("fw-2", second, ())):
        net.put(
            "network_firewalls",
            NetworkFirewall(id=name, endpoint_ids=(endpoint,), stateless=(drop,), stateful=rules),
        )
    found = _relevant(net.network(), a, b)
    assert found.firewalls == (match, other)
    assert list(found.five_tuples(17)) == [other]
    question = _question(a, b, Mode.PACKET)
    assert nat_ports(question, found, 6) == (1024, 2000, 4000)
    assert nat_ports(question, found, 1) == (None,)
    spans = {tuple(cell) for cell in protocol_cells(question, found)}
    assert {((132, 132),), ((6, 6),)} <= spans
    cut = fields(question, found, 4, 6)
    for axis in (cut.first, cut.second):
        assert {((80, 80),), ((2000, 3000),)} <= set(map(tuple, axis))


def test_private_gateways_bring_their_prefixes_and_what_is_beyond() -> None:
    net, one, _, a, b = _two_vpcs()
    site = one.vpc.vpn_gateway("192.168.0.0/16", beyond=gap("sites"))
    plain = one.vpc.vpn_gateway("192.168.7.0/24")
    lost = net.lacks("vpn-gateway", "vgw-gone")
    one.route("192.168.0.0/16", site).route("192.168.8.0/24", plain)
    one.route("0.0.0.0/0", VpnGatewayTarget("vgw-gone"))
    found = _relevant(net.network(), a, b)
    assert found.prefixes == {Prefix.parse("192.168.0.0/16"), Prefix.parse("192.168.7.0/24")}
    assert found.exits == {gap("sites"), lost}


def test_replies_and_outside_packets_come_in_by_edge_tables() -> None:
    net, one, _, a, _ = _two_vpcs()
    vpc = one.vpc.internet_gateway()
    place, acl = _another(vpc, "10.0.2.0/24")
    firewall = place.interface("10.0.2.9")
    vpc.edge_route(vpc.igw, "10.0.1.0/24", firewall.interface_id)
    vpc.edge_route(vpc.igw, "10.0.7.0/24", "local")
    network = net.network()
    for door in (None, INTERNET, vpc.igw):
        assert acl in _acls(_relevant(network, None, a, door))
    assert acl not in _acls(_relevant(network, None, a, "vgw-1"))
    assert acl not in _acls(_relevant(network, a, None))
    one.route("0.0.0.0/0", vpc.igw)
    assert acl in _acls(_relevant(net.network(), a, None))


def test_outside_packets_come_in_by_private_gateways_and_attachments() -> None:
    net, one, _, a, _ = _two_vpcs()
    private = one.vpc.vpn_gateway()
    place, acl = _another(one.vpc, "10.0.2.0/24")
    one.vpc.edge_route(private, "10.0.1.0/24", place.firewall_endpoint())
    hub = net.transit_gateway()
    table = net.transit_table(hub)
    net.transit_route(table, "10.0.0.0/16", net.attach(hub, table, one))
    site = net.attach_sites(hub, table, kind=AttachmentKind.CONNECT)
    net.attach_sites(hub, None)
    network = net.network()
    assert acl in _acls(_relevant(network, None, a, private))
    by_site = _relevant(network, None, a, site)
    assert acl not in _acls(by_site)
    assert by_site.prefixes == {Prefix.parse("10.0.0.0/16")}


def test_a_nat_gateway_brings_its_subnet_on_the_way_back_too() -> None:
    net, one, _, a, b = _two_vpcs()
    place, acl = _another(one.vpc, "10.0.2.0/24")
    nat = place.nat_gateway("10.0.2.9", "52.0.0.1")
    odd = place.nat_gateway("10.0.2.10", "52.0.0.2", subnet_id=None, gap=gap("regional"))
    lost = net.lacks("nat-gateway", "nat-gone")
    beyond = net.lacks("nat-beyond", nat)
    one.route("10.1.0.0/16", nat).route("10.2.0.0/16", odd).route("10.3.0.0/16", "nat-gone")
    found = _relevant(net.network(), a, b)
    assert acl in _acls(found)
    assert [gateway.id for gateway in found.nat_gateways] == [nat, odd]
    assert found.exits == {lost, beyond, gap("regional")}


def test_peerings_gateways_tables_and_lists_that_are_not_there_are_exits() -> None:
    net, one, _, a, b = _two_vpcs()
    other = Build().vpc("10.9.0.0/16")
    outside = net.peer(one.vpc, other)
    net.change("peerings", outside, accepter=PeeringSide(vpc_id="vpc-gone"))
    door = Gap(outside, "PCX-3", "beyond")
    net.entrances.append(Entrance(outside, "peering", one.vpc.id, door, None))
    gone = net.lacks("peering", "pcx-gone")
    igw, eigw = net.lacks("internet-gateway", "igw-gone"), "egress-only-internet-gateway"
    egress = net.lacks(eigw, "eigw-gone")
    listed = net.lacks("prefix-list", "pl-gone")
    one.route("10.9.0.0/16", outside).route("10.8.0.0/16", "pcx-gone").route("pl-gone", "local")
    one.route("0.0.0.0/0", "igw-gone").route("::/0", EgressOnlyTarget("eigw-gone"))
    one.route("10.7.0.0/16", "lgw-1")
    tie = gap("tie")
    net.change("route_tables", f"rtb-of-{one.id}", tie_gap=tie)
    found = _relevant(net.network(), a, b)
    assert found.exits == {door, gone, igw, egress, listed, tie, gap("lgw-1")}


def test_a_subnet_without_a_table_is_an_exit() -> None:
    net, one, _, a, b = _two_vpcs()
    network = net.network()
    without = replace(network, route_tables={}, missing={("route-table", one.id): gap(one.id)})
    assert _relevant(without, a, b).exits == {gap(one.id)}
    assert not _relevant(replace(without, missing={}), a, b).exits


def test_a_redirecting_passage_may_change_any_source() -> None:
    net, one, _, a, b = _two_vpcs()
    opened = net.passage(one.vpc, redirects=True)
    network = net.network()
    found = _relevant(network, a, b)
    constants = Constants(network)
    assert constants.gap_sources(found, frozenset({opened})) == AddressSet.everything()
    assert not constants.gap_sources(found, frozenset({gap("other")}))

"""The order of stages, and transit gateway tables as partitions."""

from __future__ import annotations

from tests.unit.encode.hub import hub, to, transit_table
from tests.unit.encode.small import block
from verifier.model import TransitRank
from verifier.topology import components, zone_subnets
from verifier.topology.transit import transit_leads


def test_components_come_before_what_they_lead_to() -> None:
    graph = {"a": ["b", "c"], "b": ["d"], "c": ["d", "c"], "d": []}
    order = components(graph)
    assert all(len(each) == 1 for each in order)
    place = {each[0]: at for at, each in enumerate(order)}
    assert place["a"] < place["b"] < place["d"]
    assert place["a"] < place["c"] < place["d"]


def test_what_leads_back_is_one_component() -> None:
    graph = {"a": ["b"], "b": ["c"], "c": ["b", "d"], "d": [], "e": ["a"]}
    order = [set(each) for each in components(graph)]
    assert {"b", "c"} in order
    assert order.index({"e"}) < order.index({"a"}) < order.index({"b", "c"}) < order.index({"d"})


def test_transit_tables_by_length_then_rank() -> None:
    table = transit_table(
        to("10.0.0.0/8", "at-a"),
        to("10.1.0.0/16", "at-v", rank=TransitRank.PROPAGATED_VPN),
        to("10.1.0.0/16", "at-c", "at-b", rank=TransitRank.PROPAGATED_VPC),
        to("10.2.0.0/16"),
        to("::/0", "at-a"),
    )
    found = dict(transit_leads(table, 4))
    inner = block("10.1.0.0/16")
    assert found[("at-b", "at-c")] == ((inner.first, inner.last),)
    assert not any(first <= block("10.2.0.0/16").first <= last for first, last in found[("at-a",)])
    assert set(found) == {("at-a",), ("at-b", "at-c")}
    assert set(dict(transit_leads(table, 6))) == {("at-a",)}


def test_subnets_in_a_zone() -> None:
    net = hub()
    assert zone_subnets(net, ("subnet-3", "subnet-4", "subnet-gone"), "z2") == ("subnet-4",)
    assert zone_subnets(net, ("subnet-3",), None) == ()

from __future__ import annotations

from tests.unit.encode.small import block, eni, hosts, network
from verifier.invariants.question import EndpointSet, Names
from verifier.packet import AddressSet
from verifier.topology import Index, role

NET = network(interfaces=(
    eni("eni-1", "subnet-1", "10.0.1.5"), eni("eni-2", "subnet-1", "10.0.1.6"),
    eni("eni-3", "subnet-1", "10.0.1.7", groups=("sg-open", "sg-x")),
    eni("eni-4", "subnet-2", "10.0.2.5"), eni("eni-5", "subnet-3", "10.1.3.5", vpc="vpc-b"),
))  # fmt: skip
ALL = ("eni-1", "eni-2", "eni-3", "eni-4", "eni-5")


def test_interfaces_that_nothing_tells_apart_are_one_class() -> None:
    found = role(Index(NET), hosts(*ALL, internet="8.0.0.0/8", any_="9.0.0.0/8"))
    assert [each.members for each in found.classes] == [
        ("eni-1", "eni-2"), ("eni-3",), ("eni-4",), ("eni-5",),
    ]  # fmt: skip
    assert found.doors == (None, "internet")
    assert found.size == 6
    assert found.members(0) == ("eni-1", "eni-2")
    assert found.members(5) == ("outside",)
    assert found.number["eni-2"] == 0


def test_resources_are_ranges_of_class_numbers() -> None:
    found = role(Index(NET), hosts(*ALL, internet="8.0.0.0/8"))
    assert found.vpcs == {"vpc-a": ((0, 2),), "vpc-b": ((3, 3),)}
    assert found.subnets["subnet-1"] == ((0, 1),)
    assert found.acls == {"acl-a": ((0, 2),), "acl-b": ((3, 3),)}
    assert found.tables == {"rtb-a": ((0, 2),), "rtb-b": ((3, 3),)}
    assert found.groups["vpc-a", "sg-x"] == ((1, 1),)
    assert found.carriers["sg-open"] == ((0, 3),)
    assert found.carried(((0, 0),)) == {("vpc-a", "sg-open"): ((0, 0),)}
    assert found.carried(None) is found.groups
    assert found.door(("internet", "vgw-1")) == ((4, 4),)
    assert (found.inside, found.outsiders) == (((0, 3),), ((4, 4),))
    assert role(Index(NET), EndpointSet()).inside == ()
    assert role(Index(NET), hosts("eni-1")).outsiders == ()


def test_names_exclusion_and_forgery_tell_interfaces_apart() -> None:
    named = Names(False, AddressSet.of(block("10.0.1.0/24")))
    found = role(Index(NET), EndpointSet({"eni-1": Names(True), "eni-2": named}))
    assert len(found.classes) == 2
    excluded = {"eni-2": Names(True)}
    found = role(Index(NET), hosts("eni-1", "eni-2"), marked=(excluded,))
    assert len(found.classes) == 2
    assert len(role(Index(NET), hosts("eni-1", "eni-2"), apart=True).classes) == 2


def test_subnets_without_list_or_table_are_told_by_name() -> None:
    bare = network(network_acls=(), route_tables=())
    found = role(Index(bare), hosts("eni-1"))
    assert (found.acls, found.tables, found.subnets) == ({}, {}, {"subnet-1": ((0, 0),)})

from __future__ import annotations

from dataclasses import replace

from tests.unit.encode.small import acl, at, block, eni, nat_gateway, network, peering, table
from verifier.model import Gap, Instance, InterfaceKind, NatAddress, PeeringSide
from verifier.topology import Index, holds, normal, numbers


def test_lists_and_tables_fall_back_to_the_default_and_the_main_one() -> None:
    index = Index(
        network(
            network_acls=(acl("acl-d", is_default=True), acl("acl-2", subnet_ids=("subnet-2",))),
            route_tables=(table("rtb-m", main=True), table("rtb-2", subnet_ids=("subnet-2",))),
        )
    )
    assert index.subnet_acl == {"subnet-1": "acl-d", "subnet-2": "acl-2"}
    assert index.subnet_table == {"subnet-1": "rtb-m", "subnet-2": "rtb-2"}
    assert index.hop("subnet-3", 4, at("8.8.8.8").value) is None


def test_a_list_that_is_missing_is_not_the_default_one() -> None:
    lost = Gap("subnet-1", "GAP-10", "not there")
    made = network(network_acls=(acl("acl-d", is_default=True),))
    index = Index(replace(made, missing={("network-acl", "subnet-1"): lost}))
    assert "subnet-1" not in index.subnet_acl
    assert index.subnet_acl["subnet-2"] == "acl-d"


def test_public_names_of_interfaces_and_nat_gateways() -> None:
    gone = eni("eni-x", "subnet-2", "10.0.2.9=198.51.100.7", attached=False)
    private = nat_gateway("nat-p", addresses=(NatAddress(at("10.0.2.77")),))
    index = Index(network(interfaces=(
        eni("eni-1", "subnet-1", "10.0.1.5=198.51.100.1", "10.0.1.6"), gone,
    ), nat_gateways=(nat_gateway(), private)))  # fmt: skip
    assert index.public["vpc-a"] == {
        at("10.0.1.5").value: at("198.51.100.1").value,
        at("10.0.1.9").value: at("198.51.100.9").value,
    }
    assert index.mapped == numbers(
        at(text).value for text in ("198.51.100.1", "198.51.100.7", "198.51.100.9")
    )
    assert index.named_publicly(at("198.51.100.1")) == "eni-1"
    assert index.named_publicly(at("198.51.100.2")) is None


def test_owners_by_address_and_by_delegated_prefix() -> None:
    pods = eni("eni-p", "subnet-1", "10.0.1.8", "2600:a:0:1::8",
               delegated=(block("10.0.1.64/28"), block("2600:a:0:1:8::/80")))  # fmt: skip
    index = Index(network(interfaces=(pods, eni("eni-3", "subnet-3", "10.0.1.8", vpc="vpc-b"))))
    assert index.owner("vpc-a", at("10.0.1.8")) == "eni-p"
    assert index.owner("vpc-b", at("10.0.1.8")) == "eni-3"
    assert index.owner("vpc-a", at("10.0.1.70")) == "eni-p"
    assert index.owner("vpc-a", at("10.0.1.80")) is None
    assert index.owner("vpc-a", at("2600:a:0:1:8::1")) == "eni-p"
    assert index.owner("vpc-b", at("10.0.1.70")) is None
    assert index.vpc_owned("vpc-b", 4) == numbers([at("10.0.1.8").value])
    assert index.vpc_owned("vpc-b", 4) is index.vpc_owned("vpc-b", 4)
    pods6 = block("2600:a:0:1:8::/80")
    assert index.owned6 == normal(
        [(at("2600:a:0:1::8").value, at("2600:a:0:1::8").value), (pods6.first, pods6.last)]
    )


def test_shapes_tell_what_filters_and_plays() -> None:
    kinds = {
        InterfaceKind.ORDINARY: (True, True, True),
        InterfaceKind.LAMBDA: (True, True, False),
        InterfaceKind.VPC_ENDPOINT: (True, False, True),
        InterfaceKind.NAT_GATEWAY: (False, False, False),
        InterfaceKind.NETWORK_LOAD_BALANCER: (True, True, True),
    }
    for kind, expected in kinds.items():
        index = Index(network(interfaces=(eni("eni-1", "subnet-1", "10.0.1.5", kind=kind),)))
        shape = index.shape("eni-1")
        assert (shape.filtered, shape.may_send, shape.may_receive) == expected
        assert index.shape("eni-1") is shape
    bare = eni("eni-1", "subnet-1", kind=InterfaceKind.NETWORK_LOAD_BALANCER, groups=())
    assert not Index(network(interfaces=(bare,))).shape("eni-1").filtered
    for state, running in (("running", True), ("stopped", False), (None, True)):
        index = Index(network(
            interfaces=(eni("eni-1", "subnet-1", instance_id="i-1"),),
            instances=(Instance(id="i-1", state=state),),
        ))  # fmt: skip
        assert index.shape("eni-1").running is running


def test_who_can_be_referred_to() -> None:
    assert Index(network()).referable("vpc-a") == {"vpc-b"}
    abroad = peering(accepter=PeeringSide(vpc_id="vpc-b", region="us-2"))
    assert Index(network(peerings=(abroad,))).referable("vpc-a") == frozenset()
    index = Index(network())
    found = index.member_addresses("sg-open", frozenset({"vpc-b"}), 4)
    assert found == numbers([at("10.1.3.5").value])
    assert index.member_addresses("sg-open", frozenset({"vpc-b"}), 4) is found
    assert index.member_addresses("sg-none", frozenset({"vpc-b"}), 4) == ()


def test_internet_addresses_leave_out_what_the_snapshot_has() -> None:
    index = Index(network())
    inside = {
        text: holds(index.internet(at(text).family), at(text).value)
        for text in ("8.8.8.8", "198.51.100.7", "198.51.100.1", "10.9.9.9", "224.0.0.1",
                     "2600:a::1", "2600:c::1", "fd00::1", "2001:db8::1")
    }  # fmt: skip
    assert {text for text, is_in in inside.items() if is_in} == {
        "8.8.8.8", "198.51.100.7", "2600:c::1", "2001:db8::1",
    }  # fmt: skip

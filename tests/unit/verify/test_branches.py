"""What balancers would send (LB-2 to LB-12), as branches."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.unit.verify.balanced import Balanced, by_address
from verifier.model import (
    BalancerKind,
    EndpointKind,
    Gap,
    GroupReference,
    InterfaceKind,
    LoadBalancer,
    Network,
    Peer,
    PrefixList,
    PrefixListReference,
    SecurityGroup,
    SecurityGroupRule,
    Target,
    TargetType,
    VpcEndpoint,
)
from verifier.packet import TCP, UDP, Address, AddressSet, Prefix
from verifier.verify.branches import Branch, Branches, Stop, protocols

APPLICATION, CLASSIC, NETWORK = (
    BalancerKind.APPLICATION,
    BalancerKind.CLASSIC,
    BalancerKind.NETWORK,
)
DOUBT = Gap("lb", "LB-8", "whether it balances across zones is not in the snapshot")


def branches(network: Network, *avoiding: str) -> tuple[Branch, ...]:
    return Branches(network, frozenset(avoiding)).all


def one_target(kind: BalancerKind = NETWORK, **fields: Any) -> Balanced:
    """A node in zone a, a target in zone b."""
    made = Balanced()
    far = made.subnet("10.0.3.0/24", "az-b")
    node = made.node("10.0.1.9", kind=kind, groups=[])
    target = made.host("10.0.3.5", at=far)
    group = made.group(*made.instance(target), **fields)
    made.balancer(kind, [node], group)
    return made


def changed(made: Balanced, **fields: Any) -> Network:
    network = made.network()
    balancer = replace(network.load_balancers["lb"], **fields)
    return replace(network, load_balancers={"lb": balancer})


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("HTTP", (TCP,)),
        ("TLS", (TCP,)),
        ("UDP", (UDP,)),
        ("QUIC", (UDP,)),
        ("TCP_UDP", (TCP, UDP)),
        ("TCP_QUIC", (TCP, UDP)),
    ],
)
def test_protocols_of_listeners(name: str, expected: tuple[int, ...]) -> None:
    assert protocols(name) == expected


@pytest.mark.parametrize(
    ("kind", "cross_zone", "of_group", "expected"),
    [
        (NETWORK, False, None, []),
        (NETWORK, True, None, [None]),
        (NETWORK, True, False, []),
        (NETWORK, False, True, [None]),
        (NETWORK, None, None, [DOUBT]),
        (NETWORK, None, True, [None]),
        (APPLICATION, False, None, [None]),
        (APPLICATION, False, False, []),
        (CLASSIC, None, None, [DOUBT]),
        (CLASSIC, True, None, [None]),
    ],
)
def test_zones(
    kind: BalancerKind, cross_zone: bool | None, of_group: bool | None, expected: list[Gap | None]
) -> None:
    made = one_target(kind, cross_zone=of_group, keeps_client_address=False)
    found = branches(changed(made, cross_zone=cross_zone, zone_gap=DOUBT))
    assert [branch.gap for branch in found] == expected


@pytest.mark.parametrize(
    ("zones", "cross_zone", "expected"),
    [
        (("az-a",), True, []),
        (("az-a", "az-b"), True, [None]),
        (None, True, [None]),
        (("az-a", "az-b"), False, []),
        (("az-a",), None, []),
        (("az-a", "az-b"), None, [DOUBT]),
    ],
)
def test_a_target_in_a_zone_that_is_not_enabled(
    zones: tuple[str, ...] | None, cross_zone: bool | None, expected: list[Gap | None]
) -> None:
    made = one_target(keeps_client_address=False)
    found = branches(changed(made, zones=zones, cross_zone=cross_zone, zone_gap=DOUBT))
    assert [branch.gap for branch in found] == expected


@pytest.mark.parametrize(
    ("address", "zone", "reached"),
    [
        ("10.0.3.5", None, False),
        ("10.0.3.5", "all", True),
        ("10.0.3.5", "az-a", True),
        ("10.9.1.5", None, True),
        ("10.9.1.5", "all", True),
        ("10.9.1.5", "az-b", False),
        ("192.0.2.5", None, True),
        ("192.0.2.5", "az-b", False),
    ],
)
def test_the_zone_for_which_a_target_is_registered(
    address: str, zone: str | None, reached: bool
) -> None:
    """In another VPC, and on premises, targets are of the zone they are registered for (LB-8)."""
    made = Balanced()
    made.host("10.0.3.5", at=made.subnet("10.0.3.0/24", "az-b"))
    far = made.net.vpc("10.9.0.0/16").subnet("10.9.1.0/24", zone="az-b")
    far.interface("10.9.1.5", zone="az-b")
    node = made.node("10.0.1.9", groups=[])
    (target,) = made.address(address)
    made.balancer(NETWORK, [node], made.group(replace(target, zone=zone), **by_address()))
    assert bool(branches(made.network())) is reached


@pytest.mark.parametrize(("account", "expected"), [("111111111111", None), ("2", DOUBT)])
def test_zones_of_other_accounts_have_other_names(account: str, expected: Gap | None) -> None:
    made = one_target(keeps_client_address=False)
    for name, owner in (("eni-1", "111111111111"), ("eni-2", account)):
        made.net.change("interfaces", name, account=owner)
    found = branches(changed(made, cross_zone=False, zone_gap=DOUBT))
    assert [branch.gap for branch in found] == ([] if expected is None else [expected])
    crossing = branches(changed(made, cross_zone=True, zone_gap=DOUBT))
    assert [branch.gap for branch in crossing] == [None]


@pytest.mark.parametrize(
    ("ids", "cross_zone", "expected"),
    [
        (("1", "1"), False, [None]),
        (("1", "2"), False, []),
        (("1", None), False, [DOUBT]),
        (("1", "2"), True, [None]),
    ],
)
def test_zones_by_the_names_that_all_accounts_give(
    ids: tuple[str | None, str | None], cross_zone: bool, expected: list[Gap | None]
) -> None:
    """What one account calls a is b to another (LB-8)."""
    made = one_target(keeps_client_address=False)
    for name, owner in (("eni-1", "111111111111"), ("eni-2", "222222222222")):
        made.net.change("interfaces", name, account=owner)
    network = changed(made, cross_zone=cross_zone, zones=("az-a",), zone_gap=DOUBT)
    places = (network.interfaces[name].subnet_id for name in ("eni-1", "eni-2"))
    known = {
        place: replace(network.subnets[place], zone_id=id_)
        for place, id_ in zip(places, ids, strict=True)
    }
    found = branches(replace(network, subnets={**network.subnets, **known}))
    assert [branch.gap for branch in found] == expected


def test_a_target_that_is_being_deregistered() -> None:
    made = Balanced()
    leaving = Gap("tg-1", "LB-5", "a target is being deregistered")
    node = made.node("10.0.1.9", groups=[])
    (target,) = made.instance(made.host("10.0.2.5"))
    group = made.group(replace(target, gap=leaving), keeps_client_address=False)
    made.balancer(NETWORK, [node], group)
    assert [branch.gap for branch in branches(made.network())] == [leaving]


def test_a_balancer_as_target_that_is_not_listed() -> None:
    made = Balanced()
    front = made.node("10.0.1.9", groups=[])
    behind = made.node("10.0.1.20", kind=APPLICATION)
    target = Target("unlisted", interface_ids=(behind,))
    made.balancer(NETWORK, [front], made.group(target, type=TargetType.ALB))
    found = branches(made.network())
    assert {branch.keeps for branch in found} == {True, False}  # of one family, and of the other
    assert {name for branch in found for name in branch.receivers} == {behind}


def test_a_group_whose_attributes_are_unknown_may_cross_zones() -> None:
    gap = Gap("tg-1", "LB-7", "its attributes are not in the snapshot")
    found = branches(one_target(gap=gap).network())
    assert found
    assert {branch.gap for branch in found} == {gap}
    assert {branch.gap for branch in branches(changed(one_target(gap=gap), cross_zone=True))} == {
        None,
        gap,
    }


def test_zones_that_are_not_known() -> None:
    network = changed(one_target(keeps_client_address=False), zone_gap=DOUBT)
    target = replace(network.interfaces["eni-2"], zone=None)
    network = replace(network, interfaces={**network.interfaces, "eni-2": target})
    assert [branch.gap for branch in branches(network)] == [DOUBT]


@pytest.mark.parametrize(
    ("fields", "keeps"),
    [
        ({}, True),
        (by_address(), False),
        (by_address(protocol="UDP"), True),
        (by_address(protocol="TCP_UDP"), True),
        (by_address(keeps_client_address=True), True),
        ({"keeps_client_address": False}, False),
    ],
)
def test_who_keeps_client_addresses(fields: dict[str, Any], keeps: bool) -> None:
    made = Balanced()
    node = made.node("10.0.1.9", groups=[])
    target = made.host("10.0.2.5")
    chosen = made.address("10.0.2.5") if "type" in fields else made.instance(target)
    made.balancer(NETWORK, [node], made.group(*chosen, **fields))
    found = branches(made.network())
    assert {branch.keeps for branch in found if 4 in branch.families} == {keeps}
    # packets of the other family are translated
    assert [branch.keeps for branch in found if 6 in branch.families] == [False]


def test_targets_by_ipv6_and_by_delegated_prefixes() -> None:
    made = Balanced()
    node = made.node("10.0.1.9", groups=[], kind=APPLICATION)
    dual = made.back.interface("10.0.2.5", "2600::5", zone="az-a").interface_id
    pods = made.host("10.0.2.6", delegated=(Prefix.parse("10.0.2.64/28"),))
    made.balancer(
        APPLICATION,
        [node],
        made.group(*made.instance(dual), family=6),
        made.group(*made.address("10.0.2.70"), **by_address()),
        made.group(Target("lambda"), type=TargetType.LAMBDA),
        made.group(Target("i-9", interface_ids=("eni-9",))),
        made.group(*made.instance(dual), port=None),
        "tg-unknown",
    )
    found = branches(made.network())
    assert [dict(branch.receivers) for branch in found] == [
        {dual: frozenset((Address.parse("2600::5"),))},
        {pods: frozenset((Address.parse("10.0.2.70"),))},
    ]


def test_the_same_address_in_two_vpcs_is_whoever_has_it() -> None:
    """Which of them the node's packets come to is a matter of routes (LB-4)."""
    made = Balanced()
    near = made.host("10.0.2.5")
    far = made.net.vpc("10.0.0.0/16").subnet("10.0.2.0/24").interface("10.0.2.5")
    node = made.node("10.0.1.9", kind=APPLICATION)
    made.balancer(APPLICATION, [node], made.group(*made.address("10.0.2.5"), **by_address()))
    (branch,) = branches(made.network())
    assert set(branch.receivers) == {near, far.interface_id}


def test_what_is_avoided() -> None:
    made = one_target(APPLICATION)
    assert branches(made.network())
    assert branches(made.network(), "lb") == ()
    assert branches(made.network(), "eni-1") == ()


def linked(
    service: str | None,
    services: tuple[str, ...] | None,
    *,
    zone: str = "az-a",
    groups: list[str] | None = None,
) -> Network:
    """A balancer, and an endpoint of a service in a zone."""
    made = Balanced()
    node = made.node("10.0.1.9", groups=[] if groups is None else groups)
    target = made.host("10.0.2.5")
    made.balancer(NETWORK, [node], made.group(*made.instance(target)))
    place = made.subnet("10.0.4.0/24", zone)
    endpoint = made.host("10.0.4.5", at=place, kind=InterfaceKind.VPC_ENDPOINT)
    network = changed(made, services=services, link_gap=LINK)
    if service is not None:
        known = VpcEndpoint(
            id="vpce-1",
            kind=EndpointKind.INTERFACE,
            vpc_id=made.vpc.id,
            service=service,
            interface_ids=(endpoint,),
        )
        network = replace(network, vpc_endpoints={"vpce-1": known})
    return network


LINK = Gap("lb", "LB-12", "which interface endpoints lead to it is not known")
SERVICE = "com.amazonaws.vpce.eu-west-1.vpce-svc-1"


@pytest.mark.parametrize(
    ("service", "services", "expected"),
    [
        (SERVICE, (SERVICE,), {None}),
        (SERVICE, ("other",), set()),
        (SERVICE, (), set()),
        (SERVICE, None, {LINK}),
        (None, None, {LINK}),
        (None, ("other",), {LINK}),
        ("com.amazonaws.eu-west-1.sqs", None, set()),
        ("aws.sagemaker.eu-west-1.notebook", None, set()),
    ],
)
def test_endpoints_that_lead_to_a_balancer(
    service: str | None, services: tuple[str, ...] | None, expected: set[Gap | None]
) -> None:
    found = branches(linked(service, services))
    stop = Stop("eni-3", TCP, 443)
    by_endpoint = [branch for branch in found if stop in branch.stops]
    assert {branch.gap for branch in by_endpoint} == expected
    assert not any(branch.keeps for branch in by_endpoint)


def test_an_endpoint_in_another_zone_or_before_a_filter() -> None:
    stop = Stop("eni-3", TCP, 443)
    far = branches(linked(SERVICE, (SERVICE,), zone="az-b"))
    assert not any(stop in branch.stops for branch in far)
    filtered = branches(linked(SERVICE, (SERVICE,), groups=["sg-1"]))
    assert {branch.gap for branch in filtered if stop in branch.stops} == {LINK}
    avoided = branches(linked(SERVICE, (SERVICE,)), "eni-3")
    assert not any(stop in branch.stops for branch in avoided)


HERE = Prefix.parse("10.0.0.0/8")
EVERYBODY, EVERYBODY6 = Prefix.parse("0.0.0.0/0"), Prefix.parse("::/0")


def ingress(
    peer: Peer | None, protocol: int | None = TCP, *ports: int | None, **fields: Any
) -> Any:
    first, last = ports or (443, 443)
    return SecurityGroupRule(
        egress=False, protocol=protocol, from_port=first, to_port=last, peer=peer, **fields
    )


LISTS = {
    "pl-1": PrefixList(id="pl-1", prefixes=(HERE, Prefix.parse("2600:1::/64"))),
    "pl-2": PrefixList(id="pl-2", prefixes=(EVERYBODY,)),
}


@pytest.mark.parametrize(
    ("rules", "sure", "some", "unsure"),
    [
        ([], "", "", ""),
        ([ingress(EVERYBODY)], "4", "", ""),
        ([ingress(EVERYBODY), ingress(EVERYBODY6)], "46", "", ""),
        ([ingress(EVERYBODY, -1, None, None), ingress(EVERYBODY6, -1)], "46", "", ""),
        ([ingress(Prefix.parse("0.0.0.0/1")), ingress(Prefix.parse("128.0.0.0/1"))], "4", "", ""),
        ([ingress(HERE)], "", "10.0.0.0/8", ""),
        ([ingress(HERE), ingress(EVERYBODY6)], "6", "10.0.0.0/8", ""),
        ([ingress(HERE), ingress(Prefix.parse("9.0.0.0/8"))], "", "9.0.0.0/8 10.0.0.0/8", ""),
        ([ingress(PrefixListReference("pl-1"))], "", "10.0.0.0/8 2600:1::/64", ""),
        ([ingress(PrefixListReference("pl-2"))], "4", "", ""),
        ([ingress(PrefixListReference("pl-9"))], "", "", "46"),
        ([ingress(PrefixListReference("pl-1"), gap=DOUBT)], "", "", "46"),
        ([ingress(GroupReference("sg-9"))], "", "", "46"),
        ([ingress(GroupReference("sg-9")), ingress(HERE)], "", "10.0.0.0/8", "46"),
        ([ingress(GroupReference("sg-9")), ingress(EVERYBODY)], "4", "", "6"),
        ([ingress(EVERYBODY, UDP)], "", "", ""),
        ([ingress(EVERYBODY, TCP, 80, 442), ingress(EVERYBODY, TCP, 444, 500)], "", "", ""),
        ([ingress(EVERYBODY, TCP, 80, None)], "", "", "46"),
        ([ingress(EVERYBODY, TCP, None, 500)], "", "", "46"),
        ([ingress(EVERYBODY, TCP, -1, -1)], "", "", "46"),
        ([ingress(EVERYBODY, None, None, None)], "", "", "46"),
        ([ingress(EVERYBODY, gap=DOUBT)], "", "", "46"),
        ([ingress(None, None, None, None, gap=DOUBT)], "", "", "46"),
        ([ingress(None)], "", "", "46"),
        ([replace(ingress(EVERYBODY), egress=True)], "", "", ""),
    ],
)
def test_what_a_balancers_groups_let_in_by_endpoints(
    rules: list[SecurityGroupRule], sure: str, some: str, unsure: str
) -> None:
    network = linked(SERVICE, (SERVICE,), groups=["sg-1"])
    balancer = replace(network.load_balancers["lb"], filters_links=True)
    network = replace(
        network,
        load_balancers={"lb": balancer},
        prefix_lists=LISTS,
        security_groups={
            **network.security_groups,
            "sg-1": SecurityGroup(id="sg-1", rules=tuple(rules)),
        },
    )
    found = [one for one in branches(network) if Stop("eni-3", TCP, 443) in one.stops]
    for gap, families in ((None, sure), (LINK, unsure)):
        of = {
            str(family)
            for one in found
            if one.gap == gap and one.clients is None
            for family in one.families
        }
        assert "".join(sorted(of)) == families
    narrow = [(one.gap, one.families, one.clients) for one in found if one.clients is not None]
    parts = [clients for _, _, clients in narrow]
    assert AddressSet.of(*parts) == AddressSet.of(*map(Prefix.parse, some.split()))
    assert all(narrowed[:2] == (None, narrowed[2].families()) for narrowed in narrow)


def test_groups_that_do_not_judge_what_comes_by_endpoints_or_are_not_known() -> None:
    network = linked(SERVICE, (SERVICE,), groups=["sg-9"])
    stop = Stop("eni-3", TCP, 443)
    for filters, expected in ((False, {None}), (True, {LINK}), (None, {LINK})):
        balancer = replace(network.load_balancers["lb"], filters_links=filters)
        found = branches(replace(network, load_balancers={"lb": balancer}))
        assert {one.gap for one in found if stop in one.stops} == expected


def test_every_way_of_a_doubted_balancer_is_kept() -> None:
    unsaid = Gap("tg-1", "LB-7", "its attributes are not in the snapshot")
    made = one_target(gap=unsaid)
    found = branches(changed(made, cross_zone=None, zone_gap=DOUBT))
    assert {(one.keeps, tuple(sorted(one.families))) for one in found} == {
        (True, (4,)),
        (False, (6,)),
        (False, (4, 6)),
    }
    assert {one.gap for one in found} == {DOUBT}


def test_only_network_balancers_are_linked() -> None:
    network = linked(SERVICE, (SERVICE,))
    balancer: LoadBalancer = replace(network.load_balancers["lb"], kind=APPLICATION)
    network = replace(network, load_balancers={"lb": balancer})
    assert len(branches(network)) == 1

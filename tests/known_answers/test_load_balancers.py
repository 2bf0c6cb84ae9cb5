"""The traps about load balancers (H-27, H-38, H-39, H-40, H-112): they are about two legs.

`R` is a `never` that is refuted by a relayed flow, `U` one that is proved; each with a network that
differs in the one thing that the trap is about.
"""

from __future__ import annotations

import pytest

from tests.unit.verify.balanced import Balanced, by_address
from tests.unit.verify.networks import decided
from verifier.model import BalancerKind, Target
from verifier.verdict import Verdict

STATEMENT = "never internet -> tag:Tier=target"
LISTENS = ("in tcp 443 0.0.0.0/0", "out -1 0.0.0.0/0")
R, U = Verdict.REFUTED, Verdict.PROVED


def answer(made: Balanced) -> Verdict:
    return decided(made.network(), STATEMENT).verdict


@pytest.mark.parametrize(
    ("kind", "entries", "expected"),
    [
        (BalancerKind.CLASSIC, ("in 90 deny tcp 80 10.0.1.0/24",), U),
        (BalancerKind.CLASSIC, ("out 90 deny tcp 80 10.0.1.0/24",), U),
        (BalancerKind.CLASSIC, (), R),
        (BalancerKind.APPLICATION, ("in 90 deny tcp 80 10.0.1.0/24",), R),
    ],
)
def test_h_27_a_classic_balancer_and_its_target_in_one_subnet(
    kind: BalancerKind, entries: tuple[str, ...], expected: Verdict
) -> None:
    made = Balanced()
    made.front.acl(*entries, "in 100 allow -1 0.0.0.0/0", "out 100 allow -1 0.0.0.0/0")
    node = made.node("10.0.1.9", public="52.0.0.9", kind=kind)
    target = made.host("10.0.1.5", at=made.front, tags={"Tier": "target"})
    made.balancer(kind, [node], made.group(*made.instance(target)))
    assert answer(made) is expected


def in_front(*rules: str, grouped: bool, by: str = "instance") -> Balanced:
    made = Balanced()
    groups = [made.net.group(*LISTENS, group_id="sg-n")] if grouped else []
    node = made.node("10.0.1.9", public="52.0.0.9", groups=groups)
    target = made.host("10.0.2.5", *rules, tags={"Tier": "target"})
    if by == "ip":
        group = made.group(*made.address("10.0.2.5"), **by_address())
    else:
        group = made.group(*made.instance(target))
    made.balancer(BalancerKind.NETWORK, [node], group)
    return made


def test_h_38_the_balancers_group_is_named_though_the_client_shows() -> None:
    assert answer(in_front("in tcp 80 sg-n", grouped=True)) is R
    assert answer(in_front("in tcp 80 sg-other", grouped=True)) is U


def test_h_39_without_groups_the_target_sees_the_client() -> None:
    assert answer(in_front("in tcp 80 10.0.0.0/16", grouped=False)) is U
    assert answer(in_front("in tcp 80 198.51.100.0/24", grouped=False)) is R


def test_h_40_ip_targets_see_the_balancer() -> None:
    assert answer(in_front("in tcp 80 198.51.100.0/24", grouped=False, by="ip")) is U
    assert answer(in_front("in tcp 80 10.0.1.0/24", grouped=False, by="ip")) is R


@pytest.mark.parametrize(("cross_zone", "expected"), [(False, U), (True, R)])
def test_h_112_a_node_without_targets_in_its_zone(cross_zone: bool, expected: Verdict) -> None:
    made = Balanced()
    far = made.subnet("10.0.3.0/24", "az-b")
    near = made.node("10.0.1.9", public="52.0.0.9", groups=[])
    other = made.node("10.0.3.9", groups=[], at=far)
    target = made.host("10.0.3.5", at=far, tags={"Tier": "target"})
    group = made.group(Target("i-1", interface_ids=(target,)))
    made.balancer(BalancerKind.NETWORK, [near, other], group, cross_zone=cross_zone)
    assert answer(made) is expected

"""Enumerating pairs of classes: complete, each once, and each replayed."""

from __future__ import annotations

import random
from itertools import product

import pytest

from tests.strategies.builder import Build
from tests.unit.verify.networks import decided
from verifier.model import Network
from verifier.verdict import Result, Verdict
from verifier.verify import Options

ALL = Options(max_counterexamples=None)


def tiers(seed: int, *, dual: bool = False, public: bool = False) -> Network:
    """Six hosts of web and five of app, each in a class of its own, with random permissions."""
    draw = random.Random(seed)
    net = Build()
    vpc = net.vpc("10.0.0.0/16", "2600:1f00::/56").internet_gateway()
    web = vpc.subnet("10.0.1.0/24", "2600:1f00::/64").route("0.0.0.0/0", vpc.igw)
    app = vpc.subnet("10.0.2.0/24", "2600:1f00:0:1::/64").route("0.0.0.0/0", vpc.igw)
    for number in range(6):
        group = net.group("out -1 0.0.0.0/0", "out -1 ::/0")
        own = [f"10.0.1.{number + 5}"] if number else []
        own += [f"2600:1f00::{number + 5:x}"] if dual or not number else []
        web.interface(*own, groups=[group], tags={"Tier": "web"})
    for number in range(5):
        peers = [f"10.0.1.{draw.randrange(4, 12)}/32" for _ in range(draw.randrange(1, 5))]
        rules = [f"in tcp {draw.choice((80, 443))} {peer}" for peer in peers]
        rules += ["in tcp 443 203.0.113.0/24"] if draw.random() < 0.5 else []
        rules += ["in tcp 443 2600:1f00::/64"] if dual and draw.random() < 0.5 else []
        rules += ["out tcp 443 0.0.0.0/0"] if public else []
        app.interface(
            f"10.0.2.{number + 5}",
            f"2600:1f00:0:1::{number + 5:x}",
            groups=[net.group(*rules)],
            public=f"52.0.0.{number + 5}" if public and number != 3 else None,
            tags={"Tier": "app"},
        )
    return net.network()


def pairs(result: Result) -> list[tuple[str, str]]:
    return [
        (case.source_members[0], case.destination_members[0]) for case in result.counterexamples
    ]


@pytest.mark.parametrize("dual", [False, True])
@pytest.mark.parametrize("seed", range(3))
def test_exactly_the_pairs_that_violate_one_by_one(seed: int, dual: bool) -> None:
    network = tiers(seed, dual=dual)
    found = pairs(decided(network, "never tag:Tier=web -> tag:Tier=app on tcp", ALL))
    assert len(found) == len(set(found))
    expected = {
        (source, destination)
        for source, destination in product(
            [f"eni-{number}" for number in range(1, 7)],
            [f"eni-{number}" for number in range(7, 12)],
        )
        if decided(network, f"never {source} -> {destination} on tcp").verdict is Verdict.REFUTED
    }
    assert set(found) == expected


@pytest.mark.parametrize("seed", range(3))
def test_from_and_to_the_outside(seed: int) -> None:
    network = tiers(seed, public=True)
    inward = decided(network, "never internet -> tag:Tier=app", ALL)
    for destination in (f"eni-{number}" for number in range(7, 12)):
        alone = decided(network, f"never internet -> {destination}").verdict is Verdict.REFUTED
        assert (("outside", destination) in pairs(inward)) == alone
    outward = decided(network, "never tag:Tier=app -> internet", ALL)
    assert outward.verdict is Verdict.PROVED or all(pair[1] == "outside" for pair in pairs(outward))


def test_a_row_is_left_when_too_many_miss(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without patience every pair is the solver's to find; the list is the same."""
    network = tiers(1)
    patient = pairs(decided(network, "never tag:Tier=web -> tag:Tier=app on tcp", ALL))
    monkeypatch.setattr("verifier.verify.neighbours.PATIENCE", 0)
    hasty = pairs(decided(network, "never tag:Tier=web -> tag:Tier=app on tcp", ALL))
    assert set(hasty) == set(patient)


def test_neighbours_that_are_the_same_host_are_passed_over() -> None:
    net = Build()
    subnet = net.vpc("10.0.0.0/16").subnet("10.0.1.0/24")
    for number in (5, 6, 7):
        group = net.group("in -1 0.0.0.0/0", "out -1 0.0.0.0/0")
        subnet.interface(f"10.0.1.{number}", groups=[group])
    found = pairs(decided(net.network(), "never any -> eni-1,eni-2,eni-3 on tcp/22", ALL))
    inside = {pair for pair in found if pair[0] != "outside"}
    assert inside == {
        (f"eni-{one}", f"eni-{other}") for one in (1, 2, 3) for other in (1, 2, 3) if one != other
    }

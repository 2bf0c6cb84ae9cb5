"""EC2 Instance Connect Endpoints in sets: sources by every address that they may send from."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.strategies.builder import Build
from verifier.errors import SpecError
from verifier.invariants import (
    Directory,
    EndpointSet,
    Role,
    asking,
    parse_statement,
    resolve,
)
from verifier.invariants.families import pair_without_address
from verifier.invariants.parse import parse_expression
from verifier.invariants.place import Source
from verifier.invariants.question import AddressPolicy, Names
from verifier.model import Gap, Network
from verifier.packet import AddressSet, Prefix

SOURCE, DESTINATION = Role.SOURCE, Role.DESTINATION
WHOLE = Names(default=True)
EVERYTHING = AddressSet.everything()


def block(*texts: str) -> AddressSet:
    return AddressSet.of(*map(Prefix.parse, texts))


def three() -> Network:
    """`eni-1` sends from 10.0.1.5, `eni-2` from anything but 10.0.1.6, of `eni-3` nothing is known;
    `eni-4` is a host, 10.0.1.9.
    """
    net = Build()
    subnet = net.vpc("10.0.0.0/16").subnet("10.0.1.0/24")
    for last, keeps in ((5, False), (6, True), (7, None)):
        subnet.connect_endpoint(f"10.0.1.{last}", keeps=keeps)
    subnet.interface("10.0.1.9")
    return net.network()


NETWORK = three()
LOST = Gap("eice-lost", "GAP-12", "eni-9 is not in the snapshot")
DIRECTORY = Directory(replace(NETWORK, incomplete=(LOST,)))


def found(
    text: str, role: Role = SOURCE, policy: AddressPolicy = AddressPolicy.EVERY
) -> EndpointSet:
    return resolve(parse_expression(Source.command_line(text)), DIRECTORY, role, policy)


def test_an_endpoint_is_named_by_its_id() -> None:
    for policy in AddressPolicy:
        assert found("eice-2", policy=policy).interfaces == {"eni-2": WHOLE}
    assert found("eice-2").outside == {}
    with pytest.raises(SpecError, match="no EC2 Instance Connect Endpoint `eice-22` in the snap"):
        found("eice-22")
    with pytest.raises(SpecError, match="did you mean `eice-2`"):
        found("eice-22")


def test_an_endpoint_whose_interface_is_missing_is_not_known() -> None:
    assert found("eice-lost") == EndpointSet(unknown=("eice-lost",))
    assert found("eice-1").unknown == ()


def test_an_endpoint_is_a_source_alone() -> None:
    kind = "type:ec2_instance_connect_endpoint"
    assert list(found(kind).interfaces) == ["eni-1", "eni-2", "eni-3"]
    assert found(f"{kind}, eice-1, eni-2", DESTINATION) == EndpointSet()
    assert list(found("vpc-1", DESTINATION).interfaces) == ["eni-4"]
    assert list(found("any").interfaces) == ["eni-1", "eni-2", "eni-3", "eni-4"]


@pytest.mark.parametrize("policy", AddressPolicy)
def test_it_takes_part_by_whatever_it_may_send_from(policy: AddressPolicy) -> None:
    own = block("10.0.1.6/32")
    sent = {
        "eni-1": block("10.0.1.5/32"),
        "eni-2": EVERYTHING - own,
        "eni-3": EVERYTHING,
    }
    for id_, addresses in sent.items():
        assert DIRECTORY.addresses(id_, SOURCE) == addresses
        assert DIRECTORY.primary(id_, SOURCE) == addresses


def named(text: str, policy: AddressPolicy = AddressPolicy.EVERY) -> dict[str, Names]:
    return dict(found(text, policy=policy).interfaces)


def test_a_block_names_the_addresses_in_it_that_the_endpoint_may_send_from() -> None:
    users = Names(False, block("203.0.113.0/24"))
    assert named("203.0.113.0/24") == {"eni-2": users, "eni-3": users}
    here = block("10.0.1.0/29")
    assert named("10.0.1.0/29") == {
        "eni-1": WHOLE,
        "eni-2": Names(False, here - block("10.0.1.6/32")),
        "eni-3": Names(False, here),
    }
    assert "eni-2" not in named("10.0.1.6")
    everywhere = named("0.0.0.0/0, ::/0")
    assert everywhere["eni-2"] == everywhere["eni-3"] == WHOLE


def test_under_primary_a_block_names_no_users() -> None:
    """Or else `always` would want the endpoint to send whatever hosts of that block do."""
    primary = AddressPolicy.PRIMARY
    assert named("203.0.113.0/24", primary) == {}
    assert named("10.0.1.0/29", primary) == {
        "eni-1": Names(False, block("10.0.1.5/32")),
        "eni-3": Names(False, block("10.0.1.7/32")),
    }


def test_the_complement_of_a_block_has_its_other_addresses() -> None:
    rest = Names(False, EVERYTHING - block("10.0.0.0/8"))
    assert named("not 10.0.0.0/8") == {"eni-2": rest, "eni-3": rest}
    known = Names(False, EVERYTHING - block("10.0.1.7/32"))
    primary = named("not 10.0.0.0/8", AddressPolicy.PRIMARY)
    assert primary == {"eni-2": WHOLE, "eni-3": known}
    for policy in AddressPolicy:
        assert list(named("not internet", policy).values()) == [WHOLE] * 4


def test_users_are_not_the_internet() -> None:
    assert found("internet").interfaces == {}
    assert found("internet and eice-2") == EndpointSet()


@pytest.mark.parametrize(
    ("source", "traffic", "pair"),
    [
        ("eice-1", "tcp/22", None),
        ("eice-2", "tcp/22", None),
        ("eice-3 and 10.0.1.7", "tcp/22", None),
        ("eice-1", "ip6:tcp/22", ("eni-1", "eni-4")),
    ],
)
def test_always_wants_an_address_that_the_endpoint_may_send_from(
    source: str, traffic: str, pair: tuple[str, str] | None
) -> None:
    """ASK-6."""
    asked = asking(parse_statement(f"always {source} -> eni-4 on {traffic}"), DIRECTORY)
    assert pair_without_address(asked.question, DIRECTORY) == pair

"""What stands behind gateways, attachments, endpoints and load balancers; `type:` selectors."""

from __future__ import annotations

import pytest

from tests.unit.invariants.gateways import GATEWAYS
from tests.unit.invariants.sample import address
from verifier.errors import SpecError
from verifier.invariants import Directory, EndpointSet, Role, resolve
from verifier.invariants.interface_types import KNOWN_TYPES, normal
from verifier.invariants.parse import parse_expression
from verifier.invariants.place import Source
from verifier.packet import AddressSet, Prefix

SOURCE, DESTINATION = Role.SOURCE, Role.DESTINATION
DIRECTORY = Directory(GATEWAYS)


def found(text: str, role: Role = SOURCE) -> EndpointSet:
    return resolve(parse_expression(Source.command_line(text)), DIRECTORY, role)


@pytest.mark.parametrize("door", ["vgw-1", "tgw-attach-vpn"])
def test_sites_behind_a_door(door: str) -> None:
    anywhere = found("any").outside[None]
    assert found(door) == EndpointSet(outside={door: anywhere - DIRECTORY.internet})
    assert found(door, DESTINATION) == EndpointSet(outside={door: anywhere})
    assert address("172.16.0.1") in found(door).outside[door]
    assert address("198.51.100.1") not in found(door).outside[door]


def test_complements_of_sites() -> None:
    private = found("vgw-1").outside["vgw-1"]
    rest = found("any").outside[None] - private
    others = ["eni-app", "pcx-gone", "tgw-1", "tgw-attach-odd", "tgw-attach-vpn", "tgw-gone",
              "vgw-bad", "vgw-gone", "vpce-bad", "vpce-fw", "vpce-idle", "vpce-odd",
              "vpce-s3"]  # fmt: skip
    assert found("not vgw-1").outside == {None: rest, **dict.fromkeys(others, private)}
    anywhere = found("any").outside[None]
    gateways = ["eigw-1", "igw-1", "igw-2", "igw-gone"]
    assert found("not vgw-1", DESTINATION).outside == dict.fromkeys([*others, *gateways], anywhere)
    assert found("vgw-1 and 172.16.0.0/12").outside == {
        "vgw-1": AddressSet.of(Prefix.parse("172.16.0.0/12"))
    }
    assert "eigw-1" not in found("not internet", DESTINATION).outside


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("tgw-attach-vpc", "`tgw-attach-vpc` attaches VPC `vpc-1`, write `vpc-1`"),
        ("tgw-attach-peer", "attaches another transit gateway, name the VPCs that are behind it"),
        ("tgw-1", "`tgw-1` is no endpoint, packets pass it: name it by `through`"),
        ("eigw-1", "`eigw-1` is no endpoint"), ("pcx-1", "`pcx-1` is no endpoint"),
    ],
)  # fmt: skip
def test_what_is_no_endpoint(text: str, message: str) -> None:
    with pytest.raises(SpecError) as caught:
        found(text)
    assert str(caught.value).startswith("--invariant:1:1: ")
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("text", "unknown"),
    [
        ("vgw-1, tgw-attach-vpn, vpce-s3, vpce-kms, vpce-fw, lb:front, lb:old", []),
        ("tgw-attach-odd", ["tgw-attach-odd"]), ("vgw-gone", ["vgw-gone"]),
        ("vgw-bad, vpce-bad", ["vgw-bad", "vpce-bad"]),
        ("vpce-odd", ["vpce-odd"]), ("vpce-bare", ["vpce-bare"]),
        ("lb:dark", ["lb:dark"]), ("lb:*", ["lb:*"]), ("lb:f*", []),
    ],
)  # fmt: skip
def test_what_is_not_modelled(text: str, unknown: list[str]) -> None:
    assert list(found(text, DESTINATION).unknown) == unknown


def test_endpoints() -> None:
    services = AddressSet.of(Prefix.parse("52.216.0.0/15"), Prefix.parse("3.5.0.0/19"))
    assert found("vpce-s3", DESTINATION) == EndpointSet(outside={"vpce-s3": services})
    assert found("vpce-s3") == EndpointSet()
    assert found("vpce-idle", DESTINATION) == EndpointSet()
    assert found("vpce-odd").unknown == ()
    assert list(found("vpce-kms", DESTINATION).interfaces) == ["eni-kms"]
    assert found("vpce-fw", DESTINATION) == EndpointSet()


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("lb:front", ["eni-app"]), ("lb:old", ["eni-old"]),
        ("lb:o*, lb:f*", ["eni-app", "eni-old"]),
        ("lb:zz*", []), ("type:lambda", ["eni-lambda"]), ("type:nat_gateway", ["eni-old"]),
        ("type:natGateway", ["eni-old"]), ("type:nat*", ["eni-old"]), ("type:efa-only", []),
        ("type:load_balancer", ["eni-old"]), ("type:rds", []), ("type:zz*", []),
    ],
)  # fmt: skip
def test_members(text: str, ids: list[str]) -> None:
    assert list(found(text).interfaces) == ids


def test_a_type_that_nobody_knows() -> None:
    with pytest.raises(SpecError, match="no interface is of type `trunc`, did you mean `trunk`"):
        found("type:trunc")


def test_types_are_normal() -> None:
    assert [normal(name) for name in ("natGateway", "efa-only", "Lambda", "vpc_endpoint")] == [
        "nat_gateway", "efa_only", "lambda", "vpc_endpoint",
    ]  # fmt: skip
    assert [normal(name) for name in KNOWN_TYPES] == list(KNOWN_TYPES)

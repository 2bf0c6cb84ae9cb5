"""VPC endpoints: which are understood, and what is left open of the others."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.snapshot.documents import (
    ACCOUNT,
    Document,
    interface,
    network,
    network_document,
    refused,
    second_vpc,
)
from verifier.model import EndpointKind, Gap, VpcEndpoint


def endpoint(kind: str | None, **fields: Any) -> Document:
    return {
        "VpcEndpointId": "vpce-1",
        "VpcEndpointType": kind,
        "VpcId": "vpc-1",
        "ServiceName": "com.amazonaws.eu-west-1.s3",
        "State": "available",
        "OwnerId": ACCOUNT,
        **fields,
    }


def balanced(**fields: Any) -> Document:
    return endpoint(
        "GatewayLoadBalancer", SubnetIds=["subnet-2"], NetworkInterfaceIds=["eni-5"], **fields
    )


def document(*endpoints: Document, dual: bool = False) -> Document:
    """The small network with endpoints; with `dual`, subnet-2 has IPv6."""
    found = network_document() | {"VpcEndpoints": list(endpoints)}
    if dual:
        found["Vpcs"][0]["Ipv6CidrBlockAssociationSet"] = [{"Ipv6CidrBlock": "2600::/56"}]
        block = {"Ipv6CidrBlock": "2600::/64"}
        found["Subnets"][1]["Ipv6CidrBlockAssociationSet"] = [block]
    return found


def read(*endpoints: Document, dual: bool = False) -> VpcEndpoint | None:
    return network(document(*endpoints, dual=dual)).vpc_endpoints.get("vpce-1")


def test_a_gateway_endpoint() -> None:
    tags = [{"Key": "Name", "Value": "s3"}]
    found = read(endpoint("Gateway", Tags=tags, RouteTableIds=["rtb-1"]))
    assert found == VpcEndpoint(
        id="vpce-1",
        kind=EndpointKind.GATEWAY,
        vpc_id="vpc-1",
        service="com.amazonaws.eu-west-1.s3",
        account=ACCOUNT,
        tags={"Name": "s3"},
    )
    assert found.families == {4, 6}


def test_an_interface_endpoint() -> None:
    found = read(endpoint("Interface", NetworkInterfaceIds=["eni-2", "eni-1", "eni-1"]))
    assert found is not None
    assert found.kind is EndpointKind.INTERFACE
    assert found.interface_ids == ("eni-1", "eni-2")
    assert (found.subnet_id, found.gap) == (None, None)


@pytest.mark.parametrize(
    ("tags", "words"),
    [
        ([], "leads through appliances, and what they do with packets is not known"),
        (
            [{"Key": "AWSNetworkFirewallManaged", "Value": "true"}],
            "leads through a network firewall, whose rules are not read",
        ),
    ],
)
def test_an_endpoint_of_a_gateway_load_balancer_has_a_gap(tags: list[Document], words: str) -> None:
    found = read(balanced(Tags=tags))
    assert found is not None
    assert found.subnet_id == "subnet-2"
    assert found.interface_ids == ("eni-5",)
    assert found.gap == Gap("vpce-1", "VPCE-7", words)


@pytest.mark.parametrize(
    ("text", "dual", "families"),
    [
        ("ipv4", True, {4}),
        ("ipv6", True, {6}),
        ("dualstack", True, {4, 6}),
        (None, False, {4}),
        (None, True, None),
        ("ipv8", False, None),
    ],
)
def test_families(text: str | None, dual: bool, families: set[int] | None) -> None:
    found = read(balanced(IpAddressType=text), dual=dual)
    assert (found.families if found else None) == families


@pytest.mark.parametrize(
    ("state", "available"),
    [
        ("available", True),
        ("Available", True),
        ("pendingAcceptance", False),
        ("Rejected", False),
        ("deleted", False),
        ("failed", False),
        ("expired", False),
        ("pending", None),
        ("Deleting", None),
        ("Partial", None),
        ("", None),
        (None, None),
    ],
)
def test_states(state: str | None, available: bool | None) -> None:
    found = read(endpoint("Gateway", State=state))
    assert (found.available if found else None) == available


@pytest.mark.parametrize(
    "fields",
    [
        {"VpcEndpointType": "Resource"},
        {"VpcEndpointType": "ServiceNetwork"},
        {"VpcEndpointType": None},
        {"VpcId": None},
        {"SubnetIds": None},
        {"SubnetIds": ["subnet-9"]},
        {"SubnetIds": ["subnet-1", "subnet-2"]},
    ],
)
def test_what_is_not_understood_is_left_out(fields: Document) -> None:
    assert read(balanced() | fields) is None


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"State": "rejected"}, "belongs to vpce-1, which is a VPC endpoint that is not available"),
        ({"State": "pending"}, "belongs to vpce-1, which is a VPC endpoint in the state `pending`"),
        (
            {"VpcEndpointType": "Resource"},
            "belongs to vpce-1, which is a VPC endpoint of the kind `Resource`, not modelled",
        ),
    ],
)
def test_its_interfaces_may_not_answer(fields: Document, words: str) -> None:
    found = document(endpoint("Interface", NetworkInterfaceIds=["eni-5", "eni-9"]) | fields)
    found["NetworkInterfaces"].append(interface(5, InterfaceType="vpc_endpoint"))
    assert network(found).interfaces["eni-5"].gap == Gap("eni-5", "GAP-5", words)


@pytest.mark.parametrize("kind", ["Resource", "ServiceNetwork"])
def test_what_lies_behind_the_newer_kinds_is_not_followed(kind: str) -> None:
    found = network(document(endpoint(kind), endpoint("Gateway", VpcEndpointId="vpce-2")))
    assert [(one.clause, one.detail) for one in found.assumptions] == [
        ("GAP-11", "what comes to vpce-1 is not followed beyond its own interfaces")
    ]


def test_interfaces_that_are_no_hosts_have_no_gap() -> None:
    found = document(balanced(State="rejected"))
    kind = "gateway_load_balancer_endpoint"
    found["NetworkInterfaces"].append(interface(5, InterfaceType=kind, Groups=[]))
    assert network(found).gaps == (
        Gap(
            "vpce-1",
            "VPCE-7",
            "leads through appliances, and what they do with packets is not known",
        ),
    )


def test_a_first_gap_stays() -> None:
    found = document(endpoint("Interface", State="failed", NetworkInterfaceIds=["eni-5"]))
    found["NetworkInterfaces"].append(interface(5, InterfaceType="quantum"))
    gap = network(found).interfaces["eni-5"].gap
    assert gap == Gap("eni-5", "GAP-5", "is of the unknown type `quantum`")


def test_a_subnet_of_another_vpc_is_refused() -> None:
    found = second_vpc(document(balanced() | {"SubnetIds": ["subnet-3"]}))
    refused(found, "$.VpcEndpoints[0].SubnetIds: subnet-3 is not in vpc-1")

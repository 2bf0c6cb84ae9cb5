"""Owners of interfaces, as far as AWS vouches for them."""

from __future__ import annotations

import pytest

from tests.unit.snapshot.documents import Document, network
from tests.unit.snapshot.test_hosts import with_interface

MANAGED = {"RequesterId": "123456789012", "RequesterManaged": True}


@pytest.mark.parametrize(
    ("fields", "owner"),
    [
        ({}, None),
        ({"RequesterId": "amazon-rds"}, "rds"),
        ({"RequesterId": "amazon-redshift", "RequesterManaged": True}, "redshift"),
        ({"RequesterId": "amazon-elasticache"}, "elasticache"),
        ({"RequesterId": "amazon-elb", "Description": "ELB app/web/0a"}, "load_balancer"),
        ({"RequesterId": "amazon-elb", "Description": "ELB old"}, "load_balancer"),
        ({"RequesterId": "amazon-elb", "Description": "ELB net/front/0a"}, None),
        ({"Description": "ELB app/web/0a"}, None),
        ({**MANAGED, "Description": "RDSNetworkInterface"}, "rds"),
        ({"Description": "RDSNetworkInterface"}, None),
        ({**MANAGED, "Description": "arn:aws:ecs:eu-west-1:1:attachment/2"}, "ecs"),
        ({**MANAGED, "Description": "Amazon EKS shop"}, "eks"),
        ({**MANAGED, "Description": "EFS mount target for fs-1 (fsmt-1)"}, "efs"),
        ({**MANAGED, "Description": "of my own"}, None),
        ({**MANAGED, "Description": None}, None),
        ({"Operator": {"Managed": True, "Principal": "eks.amazonaws.com"}}, "eks"),
        ({"Operator": {"Managed": False}}, None),
        ({"Operator": {"Managed": True}}, None),
    ],
)
def test_owner(fields: Document, owner: str | None) -> None:
    found = network(with_interface(**fields)).interfaces["eni-1"]
    assert found.owner == owner

"""Whose interface it is: services that are told for certain by fields that they alone can set.

Law: an owner is said only where AWS itself vouches for it: by the operator that manages the
interface, by the requester's name (`amazon-...`), or, for an interface that is managed by its
requester, by the service's own form of description. A description alone proves nothing: whoever
makes an interface may write it.
"""

from __future__ import annotations

from typing import Final

from typing_extensions import TypedDict


class OperatorWire(TypedDict, total=False):
    """The service that manages the interface."""

    Managed: bool | None
    Principal: str | None


class OwnedWire(TypedDict, total=False):
    """What an interface says of whom it belongs to."""

    Description: str | None
    Operator: OperatorWire | None
    RequesterId: str | None
    RequesterManaged: bool | None


_REQUESTERS: Final = {
    "amazon-elasticache": "elasticache",
    "amazon-rds": "rds",
    "amazon-redshift": "redshift",
}
_BALANCERS: Final = "amazon-elb"
_DESCRIPTIONS: Final = (
    ("RDSNetworkInterface", "rds"),
    ("RedshiftNetworkInterface", "redshift"),
    ("ElastiCache", "elasticache"),
    ("arn:aws:ecs:", "ecs"),
    ("arn:aws-cn:ecs:", "ecs"),
    ("arn:aws-us-gov:ecs:", "ecs"),
    ("Amazon EKS ", "eks"),
    ("EFS mount target for ", "efs"),
)
_OTHER_BALANCERS: Final = ("ELB net/", "ELB gwy/")


def owner_of(wire: OwnedWire) -> str | None:
    """The service that owns the interface; None where that is not certain."""
    operator = wire.get("Operator") or {}
    principal = operator.get("Principal")
    if operator.get("Managed") and principal:
        return principal.partition(".")[0].lower()
    requester = wire.get("RequesterId") or ""
    if requester in _REQUESTERS:
        return _REQUESTERS[requester]
    if requester != _BALANCERS and wire.get("RequesterManaged") is not True:
        return None
    description = wire.get("Description") or ""
    if description.startswith("ELB ") and not description.startswith(_OTHER_BALANCERS):
        return "load_balancer"
    return next((owner for start, owner in _DESCRIPTIONS if description.startswith(start)), None)

"""What interfaces are for, as `type:` selects them: AWS's types, and owners that are certain.

Law: a type is one word in lower case with `_` (`nat_gateway`, whether AWS says `natGateway` or
`nat_gateway`; `efa_only`); the words of an interface are its type as AWS has it, the same
normalised, and its owner (`NetworkInterface.owner`) if that is known for certain.
"""

from __future__ import annotations

import re
from typing import Final

from verifier.model import NetworkInterface

KNOWN_TYPES: Final = (
    "api_gateway_managed", "aws_codestar_connections_managed", "branch",
    "ec2_instance_connect_endpoint", "efa", "efa_only", "evs", "gateway_load_balancer",
    "gateway_load_balancer_endpoint", "global_accelerator_managed", "interface",
    "iot_rules_managed", "lambda", "load_balancer", "nat_gateway", "network_load_balancer",
    "quicksight", "transit_gateway", "trunk", "vpc_endpoint",
)  # fmt: skip
"""AWS's types."""
OWNERS: Final = ("ecs", "efs", "eks", "elasticache", "load_balancer", "rds", "redshift")
"""Services whose interfaces are recognised; an `Operator` may name others."""

_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


def normal(type_name: str) -> str:
    """A type in lower case with `_` between words."""
    return _HUMP.sub("_", type_name).replace("-", "_").lower()


def types_of(interface: NetworkInterface) -> frozenset[str]:
    """The words by which `type:` finds the interface."""
    words = {interface.type_name, normal(interface.type_name)}
    if interface.owner is not None:
        words.add(interface.owner)
    return frozenset(words)

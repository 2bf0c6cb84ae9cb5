"""The two parts that a host can play in a question."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from verifier.model import InterfaceKind


class Role(StrEnum):
    """Who sends the first packet, and who is meant to get it."""

    SOURCE = "source"
    DESTINATION = "destination"


_NEITHER: Final = frozenset(
    {
        InterfaceKind.NAT_GATEWAY,
        InterfaceKind.TRANSIT_GATEWAY,
        InterfaceKind.GATEWAY_LOAD_BALANCER,
        InterfaceKind.GATEWAY_LOAD_BALANCER_ENDPOINT,
    }
)
BARRED: Final = {
    Role.SOURCE: _NEITHER | {InterfaceKind.VPC_ENDPOINT},
    Role.DESTINATION: _NEITHER | {InterfaceKind.LAMBDA, InterfaceKind.INSTANCE_CONNECT_ENDPOINT},
}
"""The kinds of interfaces that cannot play the part (clause ENI-4)."""

"""Attachments of a VPC that are not modelled: doors to the outside other than the internet's."""

from __future__ import annotations

from dataclasses import dataclass

from verifier.model.gap import Gap
from verifier.packet import AddressSet


@dataclass(frozen=True, slots=True)
class Entrance:
    """A door into `vpc_id` (GAP-7).

    `id` is the attachment or gateway (`vgw-...`, `tgw-attach-...`, `pcx-...`); `sources` limits
    the addresses that can come in by it, None where nothing is known.
    """

    id: str
    kind: str
    vpc_id: str
    gap: Gap
    sources: AddressSet | None = None


@dataclass(frozen=True, slots=True)
class Relay:
    """A load balancer's interface: it takes packets in and sends others out (GAP-11).

    `keeps_client_address` iff it may send on with the client's own address as source;
    `from_outside` iff outside hosts reach it by ways that the network does not show (accelerators,
    managed API gateways).
    """

    interface_id: str
    gap: Gap
    keeps_client_address: bool = False
    from_outside: bool = False

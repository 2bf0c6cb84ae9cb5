"""EC2 Instance Connect Endpoints: whose addresses they send from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from verifier.model.gap import Gap


@dataclass(frozen=True, slots=True, kw_only=True)
class InstanceConnectEndpoint:
    """One endpoint with its one interface.

    `keeps_clients`: whether it sends from its users' addresses; None iff that is not said (clause
    EICE-6). `gap` is None iff `keeps_clients` is false. `id` is the interface's where no endpoint
    of the snapshot has the interface.
    """

    id: str
    interface_id: str
    keeps_clients: bool | None
    gap: Gap | None = None
    account: str | None = None
    tags: Mapping[str, str] = field(default_factory=dict)

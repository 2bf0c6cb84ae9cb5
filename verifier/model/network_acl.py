"""Network ACLs: ordered, stateless lists at the subnet's boundary, as facts.

Entries stand in the order of the input, which means nothing (clause ACL-1); the implicit deny is
not written out (ACL-4).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from verifier.model.gap import Gap
from verifier.packet import PortRange, Prefix


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkAclEntry:
    """One entry.

    `protocol` is -1 for all. `ports` and `icmp` (type, code; -1 = any) are kept as given, whether
    or not the protocol looks at them (ACL-6, ACL-7). With `gap` set, the entry is not understood:
    what is None then matches everything and GAP-3 says how it is treated.
    """

    rule_number: int
    egress: bool
    allow: bool | None
    protocol: int | None
    prefix: Prefix | None
    ports: PortRange | None = None
    icmp: tuple[int, int] | None = None
    gap: Gap | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkAcl:
    """One list and the subnets that are associated with it by name."""

    id: str
    vpc_id: str
    is_default: bool = False
    subnet_ids: tuple[str, ...] = ()
    entries: tuple[NetworkAclEntry, ...] = ()
    account: str | None = None
    tags: Mapping[str, str] = field(default_factory=dict)

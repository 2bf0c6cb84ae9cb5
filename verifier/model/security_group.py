"""Security groups: unordered, stateful allow rules, as facts.

Rules are one per peer (a grouped `IpPermission` is split at reading, clause SG-2); references to
other groups and to prefix lists are not resolved.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from verifier.model.gap import Gap
from verifier.packet import Prefix


@dataclass(frozen=True, slots=True)
class GroupReference:
    """The interfaces that carry another (or the same) group; what AWS says of a peered one."""

    group_id: str
    account: str | None = None
    vpc_id: str | None = None
    peering_id: str | None = None
    peering_status: str | None = None


@dataclass(frozen=True, slots=True)
class PrefixListReference:
    """The entries of a managed prefix list."""

    prefix_list_id: str


Peer = Prefix | PrefixListReference | GroupReference


@dataclass(frozen=True, slots=True, kw_only=True)
class SecurityGroupRule:
    """One rule with one peer.

    `protocol` is -1 for all; `from_port`/`to_port` are kept as given (ICMP type and code for
    protocols 1 and 58, SG-7). With `gap` set, the rule is not understood: what is None then
    matches everything and GAP-4 says how it is treated.
    """

    egress: bool
    protocol: int | None
    from_port: int | None = None
    to_port: int | None = None
    peer: Peer | None = None
    gap: Gap | None = None
    rule_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SecurityGroup:
    """One group; `vpc_id` is its home, interfaces of other VPCs may carry it (SG-14)."""

    id: str
    vpc_id: str | None = None
    name: str | None = None
    rules: tuple[SecurityGroupRule, ...] = ()
    account: str | None = None
    tags: Mapping[str, str] = field(default_factory=dict)

"""AWS Network Firewall: which endpoints are a firewall's, and the rules of its policy, as facts.

Rule groups and rules stand unsorted with their priorities. What is beyond the five-tuple
(Suricata text, domain lists, TCP flags, rule options) is a gap at the rule or the group.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from verifier.model.gap import Gap
from verifier.packet import PortRange, Prefix


class StatelessAction(StrEnum):
    """What a stateless rule, or the stateless default, does with a packet."""

    PASS = "pass"
    DROP = "drop"
    FORWARD = "forward"
    """... to the stateful engine."""


class StatefulAction(StrEnum):
    """What a stateful rule does; alerts stop nothing and are not listed."""

    PASS = "pass"
    DROP = "drop"


@dataclass(frozen=True, slots=True, kw_only=True)
class FirewallMatch:
    """A five-tuple; an empty tuple of anything but protocols matches nothing.

    `protocols` None: every protocol. Ports are looked at for protocols 6 and 17 alone. `inverted`
    names the sides (`source`, `destination`, `source_ports`, `destination_ports`) whose set is
    the complement of what is listed.
    """

    sources: tuple[Prefix, ...]
    destinations: tuple[Prefix, ...]
    source_ports: tuple[PortRange, ...]
    destination_ports: tuple[PortRange, ...]
    protocols: frozenset[int] | None = None
    inverted: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class StatelessRule:
    """One stateless rule; smaller priorities first, groups before rules (NFW-2).

    With `gap` set it matches whatever `match` says, and what it does is not known.
    """

    group_priority: int
    priority: int
    match: FirewallMatch
    action: StatelessAction
    gap: Gap | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StatefulRule:
    """One stateful rule, in the order of its group; `both_ways` iff its direction is ANY (NFW-4).

    With `gap` set it matches whatever `match` says, and what it does is not known.
    """

    group_priority: int
    position: int
    match: FirewallMatch
    action: StatefulAction
    both_ways: bool = False
    gap: Gap | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkFirewall:
    """One firewall with its policy.

    `endpoint_ids` are its VPC endpoints (`vpce-...`). `strict_order` iff the stateful engine goes
    by order and not by action. `stateful_default_drops` iff what no stateful rule decides is
    dropped. With `gap` set the policy is not known.
    """

    id: str
    endpoint_ids: tuple[str, ...] = ()
    stateless: tuple[StatelessRule, ...] = ()
    stateless_default: StatelessAction = StatelessAction.FORWARD
    stateful: tuple[StatefulRule, ...] = ()
    strict_order: bool = False
    stateful_default_drops: bool = False
    gap: Gap | None = None
    account: str | None = None
    tags: Mapping[str, str] = field(default_factory=dict)

"""VPCs: the address space of one network and who owns it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from verifier.packet import Prefix


@dataclass(frozen=True, slots=True)
class Ipv6Block:
    """An IPv6 block of a VPC; `private` iff AWS says it is not advertised to the internet."""

    prefix: Prefix
    private: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Vpc:
    """One VPC; `ipv4` and `ipv6` hold the associated blocks only, primary first."""

    id: str
    ipv4: tuple[Prefix, ...] = ()
    ipv6: tuple[Ipv6Block, ...] = ()
    account: str | None = None
    region: str | None = None
    tags: Mapping[str, str] = field(default_factory=dict)

    @property
    def prefixes(self) -> tuple[Prefix, ...]:
        """All blocks of both families."""
        return self.ipv4 + tuple(block.prefix for block in self.ipv6)

"""The plan of an estate: VPCs, tiers, zones, addresses, and which groups there are."""

from __future__ import annotations

import random
from dataclasses import dataclass, field

TIERS = ("web", "app", "db", "ops")
ZONES = ("a", "b")
SERVICE_PORTS = {"web": (80, 443), "app": (8080, 8090), "db": (5432, 3306), "ops": (22, 9100)}
UPSTREAM = {"web": "ops", "app": "web", "db": "app", "ops": "ops"}
FORBIDDEN_PORTS = (23, 3389, 5900)
TOPOLOGIES = ("ring", "transit")
MISTAKES = ("tier", "forbidden-port", "internet")
LEAK = "leak"
"""A mistake that only estates with transit gateways can have."""
OWNER = "123456789012"
REGION = "eu-central-1"

Json = dict[str, object]


@dataclass(frozen=True)
class Parameters:
    """What an estate is made from."""

    interfaces: int = 10_000
    groups: int = 2_000
    vpcs: int = 10
    seed: int = 1
    mistake: str | None = None
    topology: str = "ring"

    def __post_init__(self) -> None:
        if not 1 <= self.vpcs <= 200:
            raise ValueError("vpcs must be 1 to 200")
        if self.groups < self.vpcs * len(TIERS):
            raise ValueError("groups must be at least four for each VPC")
        if self.interfaces > self.vpcs * len(TIERS) * len(ZONES) * 4000:
            raise ValueError("too many interfaces for these VPCs: a subnet holds 4000")
        if self.topology not in TOPOLOGIES:
            raise ValueError(f"topology must be one of {', '.join(TOPOLOGIES)}")
        mistakes = (*MISTAKES, LEAK) if self.topology == "transit" else MISTAKES
        if self.mistake not in (None, *mistakes):
            raise ValueError(f"mistake must be one of {', '.join(mistakes)}")


@dataclass
class Vpc:
    number: int
    groups: dict[str, list[str]] = field(default_factory=lambda: {tier: [] for tier in TIERS})

    @property
    def id(self) -> str:
        return f"vpc-{self.number:017x}"

    @property
    def has_ipv6(self) -> bool:
        return self.number % 3 == 0

    @property
    def block(self) -> str:
        return f"10.{self.number}.0.0/16"

    @property
    def ipv6_block(self) -> str:
        return f"2600:1f14:{self.number:x}00::/56"

    def subnet_index(self, tier: str, zone: str) -> int:
        return TIERS.index(tier) * len(ZONES) + ZONES.index(zone)

    def subnet_id(self, tier: str, zone: str) -> str:
        return f"subnet-{self.number * 16 + self.subnet_index(tier, zone):017x}"

    def subnet_block(self, tier: str, zone: str) -> str:
        return f"10.{self.number}.{self.subnet_index(tier, zone) * 16}.0/20"

    def subnet_ipv6(self, tier: str, zone: str) -> str:
        return f"2600:1f14:{self.number:x}00:{self.subnet_index(tier, zone):x}::/64"

    def address(self, tier: str, zone: str, host: int) -> str:
        third = self.subnet_index(tier, zone) * 16 + host // 256
        return f"10.{self.number}.{third}.{host % 256}"


class Plan:
    """VPCs and groups by name; the random numbers that everything else is drawn from."""

    def __init__(self, parameters: Parameters) -> None:
        self.parameters = parameters
        self.random = random.Random(parameters.seed)
        self.vpcs = [Vpc(number) for number in range(parameters.vpcs)]
        self.interfaces: list[Json] = []
        self.instances: list[Json] = []
        self.combinations: dict[tuple[int, str], list[tuple[str, ...]]] = {}
        self.public = 0
        self._name_groups()

    def _name_groups(self) -> None:
        for number in range(self.parameters.groups):
            vpc = self.vpcs[number % len(self.vpcs)]
            tier = TIERS[(number // len(self.vpcs)) % len(TIERS)]
            vpc.groups[tier].append(f"sg-{number:017x}")

    def peers(self, vpc: Vpc) -> list[tuple[str, Vpc]]:
        """Peering connections of a VPC: a ring, as (id, other side)."""
        count = len(self.vpcs)
        ends = [(at, (at + 1) % count) for at in range(count if count > 2 else count - 1)]
        found = []
        for at, (one, other) in enumerate(ends):
            if vpc.number in (one, other):
                far = self.vpcs[other if vpc.number == one else one]
                found.append((f"pcx-{at:017x}", far))
        return found

    def _combinations(self, vpc: Vpc, tier: str) -> list[tuple[str, ...]]:
        """The sets of groups that interfaces of a tier carry, two for each group there is."""
        known = self.combinations.get((vpc.number, tier))
        if known is not None:
            return known
        first, *others = vpc.groups[tier]
        found = []
        for number in range(2 * len(others)):
            names = [first, others[number % len(others)]]
            while len(names) < 5 and self.random.random() < 0.35:
                names.append(self.random.choice(others))
            found.append(tuple(dict.fromkeys(names)))
        return self.combinations.setdefault((vpc.number, tier), found or [(first,)])

    def next_public(self) -> str:
        self.public += 1
        return f"52.{28 + self.public // 62500}.{self.public // 250 % 250}.{self.public % 250 + 1}"

"""Networks with a load balancer, for the tests of relays."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from tests.strategies.builder import Build, BuildSubnet
from verifier.model import (
    BalancerKind,
    Forward,
    InterfaceKind,
    Listener,
    LoadBalancer,
    Network,
    Target,
    TargetGroup,
    TargetType,
)
from verifier.packet import Address

EVERYTHING = ("in -1 0.0.0.0/0", "out -1 0.0.0.0/0", "in -1 ::/0", "out -1 ::/0")


@dataclass
class Balanced:
    """A VPC with a public subnet for nodes and a private one for targets."""

    net: Build = field(default_factory=Build)

    def __post_init__(self) -> None:
        self.vpc = self.net.vpc("10.0.0.0/16").internet_gateway()
        self.front = self.subnet("10.0.1.0/24", "az-a")
        self.front.route("0.0.0.0/0", self.vpc.igw)
        self.back = self.subnet("10.0.2.0/24", "az-a")

    def subnet(self, cidr: str, zone: str | None) -> BuildSubnet:
        return self.vpc.subnet(cidr, zone=zone)

    def node(
        self, *addresses: str, public: str | None = None, groups: list[str] | None = None,
        kind: BalancerKind = BalancerKind.NETWORK, at: BuildSubnet | None = None,
    ) -> str:  # fmt: skip
        network = kind is BalancerKind.NETWORK
        place = at or self.front
        zone = self.net.get("subnets", place.id).zone
        return place.interface(
            *addresses,
            public=public,
            groups=groups,
            kind=InterfaceKind.NETWORK_LOAD_BALANCER if network else InterfaceKind.ORDINARY,
            source_destination_check=not network,
            zone=zone,
        ).interface_id

    def host(self, address: str, *rules: str, at: BuildSubnet | None = None, **fields: Any) -> str:
        place = at or self.back
        groups = [self.net.group(*rules)] if rules else None
        zone = self.net.get("subnets", place.id).zone
        return place.interface(address, groups=groups, zone=zone, **fields).interface_id

    def instance(self, *names: str, port: int | None = None) -> tuple[Target, ...]:
        return tuple(Target(f"i-of-{name}", port, interface_ids=(name,)) for name in names)

    def address(self, *texts: str, port: int | None = None) -> tuple[Target, ...]:
        return tuple(Target(text, port, address=Address.parse(text)) for text in texts)

    def group(self, *targets: Target, **fields: Any) -> str:
        name = f"tg-{len(self.net.parts.get('target_groups', {})) + 1}"
        values: dict[str, Any] = {"protocol": "TCP", "port": 80, "name": name, **fields}
        self.net.put("target_groups", TargetGroup(id=name, targets=targets, **values))
        return name

    def balancer(
        self,
        kind: BalancerKind,
        nodes: list[str],
        *groups: str,
        port: int = 443,
        protocol: str = "TCP",
        name: str = "lb",
        **fields: Any,
    ) -> None:
        listener = Listener(f"{name}:{port}", protocol, port, tuple(map(Forward, groups)))
        values: dict[str, Any] = {"cross_zone": False, "vpc_id": self.vpc.id, **fields}
        self.net.put(
            "load_balancers",
            LoadBalancer(
                id=name,
                name=name,
                kind=kind,
                interface_ids=tuple(nodes),
                listeners=(listener,),
                **values,
            ),
        )

    def network(self) -> Network:
        return self.net.network()


def by_address(**fields: Any) -> dict[str, Any]:
    """The fields of a group of ip targets."""
    return {"type": TargetType.IP, **fields}

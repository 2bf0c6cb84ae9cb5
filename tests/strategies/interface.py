"""Network interfaces: addresses of every kind, kinds of every sort, groups known and unknown."""

from __future__ import annotations

from dataclasses import replace

from tests.strategies.instance import add_instance
from tests.strategies.instance_connect_endpoint import KEEPS, connect
from tests.strategies.plan import Plan
from verifier.model import InterfaceAddress, InterfaceKind, NetworkInterface, Relay, Subnet
from verifier.packet import Address, Prefix

KINDS = {
    InterfaceKind.ORDINARY: 40,
    InterfaceKind.NETWORK_LOAD_BALANCER: 4,
    InterfaceKind.LAMBDA: 2,
    InterfaceKind.VPC_ENDPOINT: 3,
    InterfaceKind.INSTANCE_CONNECT_ENDPOINT: 2,
    InterfaceKind.TRANSIT_GATEWAY: 1,
    InterfaceKind.GATEWAY_LOAD_BALANCER: 1,
    InterfaceKind.GATEWAY_LOAD_BALANCER_ENDPOINT: 1,
}


def take(plan: Plan, subnet: Subnet, prefix: Prefix) -> Address:
    """A free host address of the subnet's block."""
    used = plan.used.setdefault(f"{subnet.id} {prefix}", {0, 1, 2, 3})
    host = next(number for number in range(4, 16) if number not in used)
    if host == 4 and prefix.family == 4 and plan.chance(0.03):
        used.add(host)
        host = 2  # where the resolver would be (SVC-1)
    used.add(host)
    return Address(prefix.family, prefix.first + host)


def _delegated(plan: Plan, subnet: Subnet, prefix: Prefix) -> Prefix | None:
    used = plan.used.setdefault(f"{subnet.id} {prefix}", {0, 1, 2, 3})
    if 16 in used:
        return None
    used.add(16)
    if prefix.family == 4:
        return Prefix.of(Address(4, prefix.first + 16), 28)
    return Prefix.of(Address(6, prefix.first + (1 << 48)), 80)


def add_interface(plan: Plan, subnet: Subnet, plain: bool) -> str:
    """Add an interface to the subnet; a plain one is ordinary, attached and running. Its id."""
    name = (
        f"eni-{subnet.id[7:]}{sum(eni.subnet_id == subnet.id for eni in plan.interfaces.values())}"
    )
    kind = InterfaceKind.ORDINARY if plain else plan.weighted(KINDS)
    ipv4: list[InterfaceAddress] = []
    ipv6: list[Address] = []
    delegated: list[Prefix] = []
    for prefix in subnet.prefixes:
        if prefix.family == 4:
            for count in range(plan.weighted({1: 6, 2: 2, 0: 0})):
                public = plan.next_public() if plan.chance(0.35) else None
                own = take(plan, subnet, prefix)
                ipv4.append(InterfaceAddress(own, primary=count == 0 and not ipv4, public=public))
        elif plain or plan.chance(0.8):
            ipv6.append(take(plan, subnet, prefix))
        if plan.chance(0.12):
            delegated.extend(filter(None, [_delegated(plan, subnet, prefix)]))
    if len(ipv4) > 1 and plan.chance(0.3):
        ipv4.reverse()
    plan.interfaces[name] = NetworkInterface(
        id=name,
        vpc_id=subnet.vpc_id,
        subnet_id=subnet.id,
        kind=kind,
        type_name=kind.value,
        ipv4=tuple(ipv4),
        ipv6=tuple(ipv6),
        delegated=tuple(delegated),
        source_destination_check=plan.chance(0.9),
        attached=plain or plan.chance(0.93),
        deny_all_internet_gateway=not plain and plan.chance(0.08),
        groups=_groups(plan, subnet.vpc_id, name, plain),
        account=plan.vpcs[subnet.vpc_id].account,
        gap=None if plain or plan.chance(0.95) else plan.gap(name, "GAP-5"),
    )
    if kind is InterfaceKind.INSTANCE_CONNECT_ENDPOINT:
        connect(plan, name, plan.weighted(KEEPS))
    elif not plain and plan.chance(0.5):
        _attach(plan, name)
    if kind is InterfaceKind.NETWORK_LOAD_BALANCER and plan.chance(0.5):
        plan.relays.append(Relay(name, plan.gap(name, "GAP-11"), plan.chance(0.5)))
    return name


def _attach(plan: Plan, name: str) -> None:
    instance = add_instance(plan, name)
    plan.interfaces[name] = replace(plan.interfaces[name], instance_id=instance)


def _groups(plan: Plan, vpc_id: str, name: str, plain: bool) -> tuple[str, ...]:
    own = [group for group, (home, _) in plan.groups.items() if home == vpc_id]
    others = [group for group in plan.groups if group not in own]
    found = plan.random.sample(own, min(len(own), plan.weighted({1: 4, 2: 3, 3: 1})))
    if not plain:
        if plan.chance(0.12):
            found = []
        if others and plan.chance(0.08):
            found.append(plan.pick(others))
        if plan.chance(0.06):
            found.append("sg-gone")
            plan.missing.setdefault(("security-group", "sg-gone"), plan.gap("sg-gone", "GAP-5"))
    return tuple(found)

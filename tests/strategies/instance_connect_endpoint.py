"""EC2 Instance Connect Endpoints: of their own addresses, of their users', and unknown ones."""

from __future__ import annotations

from dataclasses import replace

from tests.strategies.plan import FAR, OUTSIDE, Plan
from verifier.model import InstanceConnectEndpoint, InterfaceKind
from verifier.packet import Address, Family

KEEPS = {True: 5, False: 4, None: 3}
"""Whether an endpoint keeps its users' addresses; None: not said (EICE-6)."""
PORTS = (22, 3389)
"""What an endpoint opens connections to (EICE-2)."""


def connect(plan: Plan, name: str, keeps: bool | None) -> None:
    """Make the interface that of an endpoint, which sends from these addresses."""
    kind = InterfaceKind.INSTANCE_CONNECT_ENDPOINT
    plan.interfaces[name] = replace(
        plan.interfaces[name], kind=kind, type_name=kind.value, instance_id=None
    )
    gap = None
    if keeps is not False:
        gap = plan.gap(name, "EICE-6" if keeps is None else "EICE-4")
    plan.connect_endpoints[name] = InstanceConnectEndpoint(
        id=name if keeps is None and plan.chance(0.5) else f"eice-{name[4:]}",
        interface_id=name,
        keeps_clients=keeps,
        gap=gap,
    )


def user(plan: Plan, name: str, family: Family) -> Address:
    """From what address a user may come: of the internet, of ours, or one that needs the gap."""
    pools = [
        [address for address in OUTSIDE if address.family == family],
        [address for address in OUTSIDE if address.family == family],
        plan.publics() if family == 4 else [],
        [address for address in FAR if address.family == family],
        [own for eni in plan.interfaces.values() for own in plan.own(eni, family)],
        plan.own(plan.interfaces[name], family),
    ]
    return plan.pick(plan.pick([pool for pool in pools if pool]))

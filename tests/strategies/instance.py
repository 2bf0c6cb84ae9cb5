"""Instances: running, stopped, of unknown state, or an id that is not in the snapshot."""

from __future__ import annotations

from tests.strategies.plan import Plan
from verifier.model import Instance

STATES = {"running": 12, "stopped": 3, None: 2, "terminated": 1}


def add_instance(plan: Plan, interface_id: str) -> str:
    """Add an instance that has this interface, now and then leave it out; its id."""
    name = f"i-{interface_id[4:]}"
    if not plan.chance(0.08):
        plan.instances[name] = Instance(
            id=name, state=plan.weighted(STATES), interface_ids=(interface_id,)
        )
    return name

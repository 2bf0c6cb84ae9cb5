"""Managed prefix lists: known ones of either family, and one that is missing."""

from __future__ import annotations

from tests.strategies.plan import Plan
from verifier.model import PrefixList, PrefixListReference
from verifier.packet import Address, Family

MISSING = ("pl-gone", "pl-lost")


def missing_list(plan: Plan) -> PrefixListReference:
    """A reference to a list whose entries are unknown (PL-2)."""
    name = plan.pick(MISSING)
    plan.missing.setdefault(("prefix-list", name), plan.gap(name, "PL-2"))
    return PrefixListReference(name)


def list_around(plan: Plan, address: Address | None) -> PrefixListReference:
    """A new list of one to three blocks, one of which contains the address if it is given."""
    family: Family = address.family if address else plan.family()
    blocks = [plan.prefix(family) for _ in range(plan.pick((0, 1, 2)))]
    if address is not None or not blocks:
        blocks.append(plan.around(address or plan.address(family)))
    name = f"pl-{len(plan.prefix_lists)}"
    plan.prefix_lists[name] = PrefixList(id=name, prefixes=tuple(blocks))
    return PrefixListReference(name)

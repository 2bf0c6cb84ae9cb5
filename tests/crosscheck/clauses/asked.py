"""Gaps and questions: how their clauses show on an exchange."""

from __future__ import annotations

from collections.abc import Callable

from tests.crosscheck.clauses.marks import closed, opened
from tests.crosscheck.view import View
from verifier.invariants.question import AddressPolicy
from verifier.packet import NAT64
from verifier.trace import OutsideHost

CLAUSES: dict[str, Callable[[View], bool]] = {
    "GAP-3": lambda v: v.decided(lambda entry: entry.gap is not None) or opened(v, "GAP-3"),
    "GAP-4": lambda v: opened(v, "GAP-4") or any(rule.gap is not None for _, rule in v.rules()),
    "GAP-5": lambda v: opened(v, "GAP-5") or closed(v, "GAP-5"),
    "GAP-6": lambda v: opened(v, "GAP-6"),
    "GAP-7": lambda v: opened(v, "GAP-7"),
    "GAP-8": lambda v: opened(v, "GAP-8") or closed(v, "GAP-8"),
    "GAP-9": lambda v: opened(v, "GAP-9"),
    "GAP-10": lambda v: opened(v, "GAP-10") or closed(v, "GAP-10"),
    "GAP-13": lambda v: v.met("gap", None, reply=True),
    "ASK-1": lambda v: v.destination() is not None,
    "ASK-2": lambda v: v.case.question.policy is AddressPolicy.PRIMARY,
    "ASK-3": lambda v: v.case.question.spoofed,
    "ASK-4": lambda v: v.source() is None and v.destination() is not None,
    "ASK-5": lambda v: isinstance(v.exchange.forward.delivered_to, OutsideHost),
    "ASK-7": lambda v: v.case.question.excluded is not None,
    "ASK-8": lambda v: v.exchange.works and NAT64.holds(v.probe.packet.destination),
    "ASK-9": lambda v: v.code("COMPONENT_FILTER_RESTRICTION"),
}

"""Which clauses a probe met, told from its trace and from the facts that it met on the way.

A clause counts as exercised where it made a difference that can be seen: a hop of its kind, a rule
of the form it speaks of that decided, a code. `WITHOUT_PACKETS` lists the clauses that no packet
can show, with the reason.
"""

from __future__ import annotations

from collections.abc import Callable

from tests.crosscheck.clauses import asked, endpoints, gateways, hubs, inside
from tests.crosscheck.clauses.situations import SITUATIONS
from tests.crosscheck.corpus import Case
from tests.crosscheck.view import View
from verifier.trace import Exchange, Probe

WITHOUT_PACKETS = {
    "VPC-2": "a contradictory snapshot is refused at reading",
    "VPC-3": "a contradictory snapshot is refused at reading",
    "VPC-4": "says that something changes nothing",
    "GAP-14": "how reading takes what is new: tests/unit/snapshot",
    "CONN-6": "says that there is no state, so every packet is an instance",
    "RT-10": "counted as GAP-6",
    "GAP-1": "a law of its own: tests/laws",
    "GAP-2": "how verdicts are made: tests/unit/verify",
    "GAP-11": "relays are decided by verify: tests/unit/verify",
    "GAP-12": "incomplete listings are decided by verify: tests/unit/verify",
    "ASK-6": "a pair that wants an address has no packet: tests/unit/verify",
    **{f"LB-{n}": "what balancers pass on is no single packet: relayed/" for n in range(1, 16)},
}


CLAUSES: dict[str, Callable[[View], bool]] = {
    **inside.CLAUSES,
    **gateways.CLAUSES,
    **hubs.CLAUSES,
    **endpoints.CLAUSES,
    **asked.CLAUSES,
}


def clauses(case: Case, probe: Probe, exchange: Exchange) -> set[str]:
    """The clauses that this exchange met, and the situations."""
    view = View(case, probe, exchange)
    return {clause for clause, shown in (CLAUSES | SITUATIONS).items() if shown(view)}

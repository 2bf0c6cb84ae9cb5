"""What a user can set about checking."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """Settings of one run.

    `timeout` is in seconds per invariant; `max_counterexamples` None enumerates every violating
    pair of endpoint classes; `jobs` None means one worker per core; `smt_directory`, if set,
    receives each query as SMT-LIB 2; `enumeration_budget` is the largest number of probes for which
    an `unsat` is confirmed by complete enumeration (0: never).
    """

    timeout: float = 60.0
    max_counterexamples: int | None = 3
    jobs: int | None = None
    smt_directory: Path | None = None
    enumeration_budget: int = 4000

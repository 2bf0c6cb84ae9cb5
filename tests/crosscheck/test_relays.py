"""What relays carry is what brute force finds, refuted and proved (LB-1 to LB-13)."""

from __future__ import annotations

from collections import Counter

from tests.crosscheck.relays import breaks, clients, draw, tier, without_balancers
from tests.crosscheck.sizes import NETWORKS, SEED
from tests.unit.verify.networks import decided
from verifier.verdict import Verdict

ASKED = (("internet", "db"), ("internet", "app"), ("client", "db"), ("app", "db"))


def test_never_follows_relays_as_brute_force_does() -> None:
    seen: Counter[tuple[Verdict, bool]] = Counter()
    for seed in range(SEED, SEED + max(NETWORKS // 5, 1)):
        case = draw(seed)
        senders, receivers = ASKED[seed % len(ASKED)]
        sources = clients(case) if senders == "internet" else tier(case, senders)
        port = (None, 80, 8080)[seed % 3]
        left = "internet" if senders == "internet" else f"tag:Tier={senders}"
        statement = f"never {left} -> tag:Tier={receivers}" + (f" on tcp/{port}" if port else "")
        broken = breaks(case, sources, case.tiers[receivers], port)
        plainly = breaks(without_balancers(case), sources, case.tiers[receivers], port)
        result = decided(case.network, statement)
        relayed = broken and not plainly
        seen[result.verdict, relayed] += 1
        told = (seed, statement, result.reason)
        if result.verdict is Verdict.UNKNOWN:
            assert result.reason is not None, told
            assert result.reason.code == "relay-not-followed", told
        else:
            assert result.verdict is (Verdict.REFUTED if broken else Verdict.PROVED), told
        assert all(bool(one.legs) is relayed for one in result.counterexamples), told
    unknown = sum(count for (verdict, _), count in seen.items() if verdict is Verdict.UNKNOWN)
    assert unknown <= seen.total() // 10, seen
    assert seen[Verdict.REFUTED, True] >= seen.total() // 20, seen
    assert seen[Verdict.PROVED, False] >= seen.total() // 5, seen

"""From the verdicts on the parts of an invariant to the verdict on all of it (clause ASK-9).

`always A -> B through C` holds iff every connection works and nothing is delivered that goes round
C; `isolated` holds iff nothing is delivered from any set to another one. Law: one refuted part
refutes the whole, whatever the others are; it is proved only if every part is (a part of `isolated`
between nobody says nothing, unless all do). The reason says which part it was.
"""

from __future__ import annotations

from collections.abc import Sequence

from verifier.verdict import Counterexample, Evidence, Reason, Result, Verdict
from verifier.verify.asked import Asked

Decided = Sequence[tuple[Asked, Result]]


def combined(asked: Asked, results: Sequence[Result], wanted: int | None) -> Result:
    """The verdict on the whole, with at most `wanted` counterexamples (None: all)."""
    decided = list(zip(asked.parts, results, strict=True))
    for verdict, tell in ((Verdict.REFUTED, _refuted), (Verdict.UNKNOWN, _unknown)):
        found = [(part, result) for part, result in decided if result.verdict is verdict]
        if found:
            return tell(asked, found, wanted)
    empty = [result for result in results if result.verdict is Verdict.VACUOUS]
    if empty and (asked.kind != "isolated" or len(empty) == len(results)):
        return empty[0]
    evidence = {result.evidence for result in results if result.verdict is Verdict.PROVED}
    weakest = Evidence.SOLVER if Evidence.SOLVER in evidence else Evidence.ENUMERATED
    said = [result.reason for result in results]
    return Result(verdict=Verdict.PROVED, evidence=weakest, reason=said[0] if all(said) else None)


def _refuted(asked: Asked, found: Decided, wanted: int | None) -> Result:
    shown = _in_turn([result.counterexamples for _, result in found], wanted)
    total = sum(len(result.counterexamples) for _, result in found)
    return Result(
        verdict=Verdict.REFUTED,
        reason=_broken(asked, found),
        evidence=Evidence.REPLAYED if shown else found[0][1].evidence,
        counterexamples=shown,
        truncated=total > len(shown) or any(result.truncated for _, result in found),
    )


def _broken(asked: Asked, found: Decided) -> Reason:
    if asked.kind == "isolated":
        senders = ", ".join(f"`{part.part}`" for part, _ in found)
        return Reason("not-isolated", f"packets from {senders} reach another set")
    told = []
    for part, result in found:
        if part.kind == "never":
            told.append(f"packets are delivered without passing `{part.part}`")
        elif result.reason is None:
            told.append("some connections do not work")
        else:
            told.append(result.reason.text)
    codes = {"never": "goes-round", "always": "connection-fails"}
    return Reason(codes[found[0][0].kind], "; ".join(told))


def _unknown(asked: Asked, found: Decided, wanted: int | None) -> Result:
    told, codes = [], []
    for part, result in found:
        assert result.reason is not None, "whatever is UNKNOWN has its reason"
        codes.append(result.reason.code)
        if asked.kind == "isolated":
            what = f"from `{part.part}`"
        elif part.kind == "never":
            what = f"whether anything goes round `{part.part}`"
        else:
            what = "whether every connection works"
        told.append(f"{what}: {result.reason.text}")
    return Result(
        verdict=Verdict.UNKNOWN,
        reason=Reason(codes[0], "; ".join(told)),
        gaps=tuple(sorted({gap for _, result in found for gap in result.gaps})),
    )


def _in_turn(
    offered: list[tuple[Counterexample, ...]], wanted: int | None
) -> tuple[Counterexample, ...]:
    """At most `wanted`, from each part in turn, those of one part side by side."""
    if wanted is None:
        wanted = sum(map(len, offered))
    taken = [0] * len(offered)
    while sum(taken) < wanted and any(map(int.__lt__, taken, map(len, offered))):
        for at, cases in enumerate(offered):
            if taken[at] < len(cases) and sum(taken) < wanted:
                taken[at] += 1
    return tuple(
        case for cases, number in zip(offered, taken, strict=True) for case in cases[:number]
    )

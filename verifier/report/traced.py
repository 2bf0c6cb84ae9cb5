"""`verify trace` told: one packet, its way, and how it ends.

The JSON is one counterexample object of the report (contract, section 5); the text is the story of
the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from verifier.invariants.question import Mode
from verifier.model import Gap, Network
from verifier.report.document import counterexample_wire
from verifier.report.shown import labelled, name_of, shown
from verifier.report.story import Line, line, outcome, story
from verifier.report.wire import GapWire, HostWire
from verifier.verdict import Counterexample


@dataclass(frozen=True, slots=True, kw_only=True)
class Traced:
    """A walk and what it leaves open.

    `gaps`: those on which the outcome depends; the outcome is `unknown` iff there are any. With
    `spoofed` the source address belongs to nobody, and the packet enters at that subnet. With
    `endpoint` it stands for any user's of that EC2 Instance Connect Endpoint.
    """

    network: Network
    found: Counterexample
    mode: Mode
    gaps: tuple[Gap, ...] = ()
    spoofed: str | None = None
    endpoint: str | None = None

    @property
    def outcome(self) -> str:
        """`delivered`, `dropped` or `unknown`."""
        return "unknown" if self.gaps else outcome(self.found, self.mode)


def traced_document(traced: Traced) -> dict[str, Any]:
    """The trace as plain data."""
    wire = counterexample_wire(traced.network, traced.found, traced.mode)
    changes: dict[str, object] = {
        "outcome": traced.outcome,
        "confirmed": not traced.gaps,
        "gaps": [
            GapWire(id=f"gap-{at}", resource=gap.resource, clause=gap.clause, detail=gap.detail)
            for at, gap in enumerate(traced.gaps, start=1)
        ],
    }
    if traced.spoofed is not None:
        name = name_of(traced.network, traced.spoofed)
        changes["source"] = HostWire(kind="spoofed", id=traced.spoofed, name=name, members=[])
    return wire.model_copy(update=changes).model_dump(
        mode="json", by_alias=True, exclude_unset=True
    )


def traced_lines(traced: Traced) -> list[Line]:
    """The trace in words, the outcome last."""
    lines = story(traced.network, traced.found, traced.mode, reply=False)
    if traced.spoofed is not None:
        address = traced.found.probe.packet.source
        where = labelled(traced.network, traced.spoofed)
        lines.insert(1, line(f"spoofed: nobody has {address}; the packet enters at {where}"))
    if traced.endpoint is not None:
        user, keeps = traced.found.probe.packet.source, "keeps its users' addresses"
        told = f"for a user at {user}, one for all: {shown(traced.endpoint)} {keeps}"
        lines.insert(1, line(told))
    if not traced.gaps:
        style = "green" if traced.outcome == "delivered" else "red"
        return [*lines, line(f"outcome: {traced.outcome}", style)]
    lines.append(line("outcome: unknown, it depends on what is not modelled:", "yellow"))
    lines += [
        line(f"  - {shown(gap.resource)}: {shown(gap.detail)} ({shown(gap.clause)})")
        for gap in traced.gaps
    ]
    return lines

"""Counterexamples as files: `ID-N.pcapng` to look at in Wireshark and `ID-N.json`.

The capture holds the packet as its source emits it, the packet as it arrives (or is dropped), and
the reply likewise, each with a comment that tells its part of the story. Time is the order: one
second from step to step, starting at zero.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final

from verifier.invariants.question import Mode
from verifier.model import Network
from verifier.report.document import counterexample_document, json_text
from verifier.report.files import write_atomically
from verifier.report.frames import frame
from verifier.report.pcapng import Captured, capture
from verifier.report.run import Run
from verifier.report.shown import packet_text, shown
from verifier.report.story import ending, from_text, hop_lines, plain, story, to_text
from verifier.verdict import Counterexample

if TYPE_CHECKING:
    from verifier.verify import Checked

LONGEST: Final = 100
SECOND: Final = 1_000_000


def file_names(ids: tuple[str, ...]) -> tuple[str, ...]:
    """For each id a file name without suffix: safe everywhere and different from all others.

    Letters, digits, `.`, `_` and `-` stay; where anything else did, or where names would coincide
    without regard to case, eight digits of a hash are added.
    """
    named: list[str] = []
    taken: set[str] = set()
    for id_ in ids:
        name = re.sub(r"[^A-Za-z0-9._-]+", "_", id_)[:LONGEST].lstrip(".-") or "_"
        if name != id_ or name.casefold() in taken:
            digest = hashlib.sha256(id_.encode("utf-8", "backslashreplace")).hexdigest()
            name = f"{name}-{digest[:8]}"
        taken.add(name.casefold())
        named.append(name)
    return tuple(named)


def write_packets(run: Run, directory: Path) -> tuple[Path, ...]:
    """Write every counterexample's two files; the paths in the order of the report."""
    written: list[Path] = []
    names = file_names(tuple(check.invariant.id for check in run.checks))
    for check, name in zip(run.checks, names, strict=True):
        mode = Mode(check.invariant.mode)
        for number, found in enumerate(check.result.counterexamples, start=1):
            path = directory / f"{name}-{number}.pcapng"
            write_atomically(path, counterexample_capture(run, check, found))
            document = counterexample_document(run.network, found, mode)
            write_atomically(path.with_suffix(".json"), json_text(document))
            written += [path, path.with_suffix(".json")]
    return tuple(written)


def counterexample_capture(run: Run, check: Checked, found: Counterexample) -> bytes:
    """One counterexample as a pcapng file."""
    invariant, network = check.invariant, run.network
    forward = found.exchange.forward
    told = plain(story(network, found, Mode(invariant.mode), reply=True))
    ends = [
        from_text(network, found.probe, forward),
        to_text(network, found.probe, forward),
    ]
    application = "verifier" if run.deterministic else f"verifier {run.version}"
    return capture(
        ends,
        _captured(network, found),
        comment=f"{shown(invariant.id)}: {shown(invariant.statement)}\n{told}",
        application=application,
    )


def _captured(network: Network, found: Counterexample) -> Iterator[Captured]:
    if found.legs:
        yield from _legs(network, found)
        return
    probe, exchange = found.probe, found.exchange
    forward, reply = exchange.forward, exchange.reply
    way = plain(hop_lines(network, forward.hops, probe.packet))
    sent = f"{packet_text(probe.packet)} as {from_text(network, probe, forward)} sends it"
    yield Captured(0, 0, frame(probe.packet), f"{sent}\n{way}")
    end = ending(network, forward, probe.destination)
    arrived = f"{packet_text(forward.packet)}, {end}"
    yield Captured(1, SECOND, frame(forward.packet), arrived)
    answer = forward.packet.reply()
    if reply is None or answer is None:
        return
    way = plain(hop_lines(network, reply.hops, answer))
    told = f"reply {packet_text(answer)} as the destination sends it\n{way}"
    yield Captured(1, 2 * SECOND, frame(answer, reply=True), told)
    end = ending(network, reply, probe.source)
    yield Captured(
        0, 3 * SECOND, frame(reply.packet, reply=True), f"reply {packet_text(reply.packet)}, {end}"
    )


def _legs(network: Network, found: Counterexample) -> Iterator[Captured]:
    """Each leg of a relayed flow as it is sent and as it arrives."""
    for number, leg in enumerate(found.legs):
        probe, forward = leg.probe, leg.exchange.forward
        sender = from_text(network, probe, forward)
        way = plain(hop_lines(network, forward.hops, probe.packet))
        sent = f"leg {number + 1}: {packet_text(probe.packet)} as {sender} sends it\n{way}"
        yield Captured(0, 2 * number * SECOND, frame(probe.packet), sent)
        end = ending(network, forward, probe.destination)
        arrived = f"leg {number + 1}: {packet_text(forward.packet)}, {end}"
        yield Captured(1, (2 * number + 1) * SECOND, frame(forward.packet), arrived)

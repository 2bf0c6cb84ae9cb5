"""The report for machines: JSON as contract section 5 has it.

Law: the same run gives the same bytes; characters outside printable ASCII are written as escapes,
so that a hostile name is harmless in a terminal and still exact for a reader of JSON.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from verifier.invariants.question import Mode
from verifier.model import Gap, Network
from verifier.packet import Packet
from verifier.report.run import Run, exit_code
from verifier.report.shown import name_of
from verifier.report.story import door_of, is_internet, outcome
from verifier.report.wire import (
    SCHEMA_ID,
    AssumptionWire,
    ChoicesWire,
    CounterexampleWire,
    CountsWire,
    GapWire,
    HopWire,
    HostWire,
    InputWire,
    LegWire,
    PacketWire,
    ReasonWire,
    ReportWire,
    ResultWire,
    SummaryWire,
    ToolWire,
)
from verifier.trace import Host, InterfaceHost, Trace
from verifier.verdict import Counterexample, Leg, Result, Verdict

if TYPE_CHECKING:
    from verifier.verify import Checked


def render(run: Run) -> str:
    """The whole report as JSON text, ended by a newline."""
    return json_text(report_document(run))


def json_text(document: object) -> str:
    """Indented JSON in printable ASCII."""
    text = json.dumps(document, indent=2, ensure_ascii=True, allow_nan=False)
    return text.replace("\x7f", "\\u007f") + "\n"


def report_document(run: Run) -> dict[str, Any]:
    """The report as plain data."""
    ids = {gap: f"gap-{number}" for number, gap in enumerate(run.gaps, start=1)}
    version = {} if run.deterministic else {"version": run.version, "solver": run.solver}
    counts = run.counts
    report = ReportWire(
        schema=SCHEMA_ID,
        tool=ToolWire(name="verifier", **version),
        inputs=[InputWire(path=i.path, sha256=i.sha256, kind=i.kind) for i in run.inputs],
        network=_counts(run.network),
        gaps=[_gap(gap, id_) for gap, id_ in ids.items()],
        assumptions=[AssumptionWire(clause=a.clause, detail=a.detail) for a in run.assumptions],
        warnings=list(run.warnings),
        results=[_result(run, check, ids) for check in run.checks],
        summary=SummaryWire(
            proved=counts[Verdict.PROVED],
            refuted=counts[Verdict.REFUTED],
            unknown=counts[Verdict.UNKNOWN],
            vacuous=counts[Verdict.VACUOUS],
        ),
        exit_code=exit_code(run),
    )
    return report.model_dump(mode="json", by_alias=True, exclude_unset=True)


def _counts(network: Network) -> CountsWire:
    return CountsWire(
        vpcs=len(network.vpcs),
        subnets=len(network.subnets),
        interfaces=len(network.interfaces),
        security_groups=len(network.security_groups),
        network_acls=len(network.network_acls),
        route_tables=len(network.route_tables),
    )


def _gap(gap: Gap, id_: str) -> GapWire:
    return GapWire(id=id_, resource=gap.resource, clause=gap.clause, detail=gap.detail)


def _result(run: Run, check: Checked, ids: dict[Gap, str]) -> ResultWire:
    invariant, result = check.invariant, check.result
    mode = Mode(invariant.mode)
    seconds = {} if run.deterministic else {"seconds": round(result.seconds, 3)}
    return ResultWire(
        id=invariant.id,
        statement=invariant.statement,
        kind=invariant.kind,
        mode=mode.value,
        severity=invariant.severity.value,
        why=invariant.why,
        controls=list(invariant.controls),
        file=invariant.file,
        line=invariant.line if invariant.file else None,
        verdict=result.verdict.value,
        reason=_reason(result),
        evidence=result.evidence.value if result.evidence else None,
        gaps=[ids[gap] for gap in sorted(result.gaps)],
        **seconds,
        sources=list(result.sources),
        destinations=list(result.destinations),
        counterexamples=[
            counterexample_wire(run.network, found, mode) for found in result.counterexamples
        ],
        truncated=result.truncated,
        witness=counterexample_wire(run.network, result.witness, mode) if result.witness else None,
    )


def _reason(result: Result) -> ReasonWire | None:
    reason = result.reason
    return ReasonWire(code=reason.code, text=reason.text) if reason else None


def counterexample_document(network: Network, found: Counterexample, mode: Mode) -> dict[str, Any]:
    """One counterexample as plain data."""
    wire = counterexample_wire(network, found, mode)
    return wire.model_dump(mode="json", by_alias=True, exclude_unset=True)


def counterexample_wire(network: Network, found: Counterexample, mode: Mode) -> CounterexampleWire:
    """One replayed counterexample or witness."""
    probe, exchange = found.probe, found.exchange
    legs = {"legs": [_leg(network, leg) for leg in found.legs]} if found.legs else {}
    return CounterexampleWire(
        source=host_wire(network, probe.source, exchange.forward, found.source_members),
        destination=host_wire(
            network, probe.destination, exchange.forward, found.destination_members, first=False
        ),
        packet=packet_wire(probe.packet),
        outcome=outcome(found, mode),
        confirmed=True,
        choices=_choices(exchange.forward),
        gaps=[_gap(gap, f"gap-{at}") for at, gap in enumerate(sorted(exchange.gaps), start=1)],
        forward=_hops(network, exchange.forward),
        reply=None if exchange.reply is None else _hops(network, exchange.reply),
        **legs,
    )


def _leg(network: Network, leg: Leg) -> LegWire:
    probe, forward = leg.probe, leg.exchange.forward
    return LegWire(
        balancer=leg.balancer,
        listener=leg.listener,
        target_group=leg.target_group,
        source=host_wire(network, probe.source, forward),
        destination=host_wire(network, probe.destination, forward, first=False),
        packet=packet_wire(probe.packet),
    )


def host_wire(
    network: Network,
    host: Host | None,
    trace: Trace,
    members: tuple[str, ...] = (),
    *,
    first: bool = True,
) -> HostWire:
    """One end of the way: the first, or else the last."""
    if host is None:
        return HostWire(kind="address", id=None, name=None, members=[])
    if isinstance(host, InterfaceHost):
        component: str | None = host.interface_id
        kind = "interface"
    else:
        component = door_of(host, trace, first=first)
        kind = "internet" if is_internet(host, network, component) else "outside"
    name = name_of(network, component) if component else None
    return HostWire.model_validate(
        {"kind": kind, "id": component, "name": name, "members": list(members)}
    )


def packet_wire(packet: Packet) -> PacketWire:
    """A header as plain data."""
    return PacketWire(
        family="ipv4" if packet.family == 4 else "ipv6",
        protocol=packet.protocol,
        source_address=str(packet.source),
        source_port=packet.source_port,
        destination_address=str(packet.destination),
        destination_port=packet.destination_port,
        icmp_type=packet.icmp_type,
        icmp_code=packet.icmp_code,
    )


def _hops(network: Network, trace: Trace) -> list[HopWire]:
    return [
        HopWire(
            component=hop.component,
            kind=hop.kind,
            name=name_of(network, hop.component),
            direction=hop.direction,
            decision=hop.decision.value,
            rule=hop.rule,
            code=hop.code,
            detail=hop.detail,
            packet=packet_wire(hop.packet),
        )
        for hop in trace.hops
    ]


def _choices(trace: Trace) -> ChoicesWire | None:
    for hop in trace.hops:
        if hop.kind == "nat-gateway" and hop.code is None:
            packet = hop.packet
            return ChoicesWire(nat_port=packet.source_port, nat_address=str(packet.source))
    return None

"""The shape of the JSON report (contract, section 5): the one definition, and its JSON Schema.

A field that a deterministic report leaves out has a default; every other field is always there,
null or not. The published schema (`specs/schema/report.schema.json`, `verify schema report`) is
generated from these classes.
"""

from __future__ import annotations

from typing import Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field

SCHEMA_ID: Final = "https://aws-network-verifier.github.io/schema/report/1"
DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"


class _Wire(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


class ToolWire(_Wire):
    """What made the report."""

    name: Literal["verifier"]
    version: str | None = None
    """Left out of deterministic reports."""
    solver: str | None = None
    """Left out of deterministic reports."""


class InputWire(_Wire):
    """One file that was read."""

    path: str
    sha256: str
    kind: str
    """`aws-describe` or `invariants`."""


class CountsWire(_Wire):
    """How many resources of each kind the merged network has."""

    vpcs: int
    subnets: int
    interfaces: int
    security_groups: int
    network_acls: int
    route_tables: int


class GapWire(_Wire):
    """One thing that the model does not represent exactly."""

    id: str
    """Referred to by results, within this report."""
    resource: str
    clause: str
    detail: str


class AssumptionWire(_Wire):
    """One thing that is taken for granted."""

    clause: str
    detail: str


class ReasonWire(_Wire):
    """Why a verdict is what it is."""

    code: str
    text: str


class HostWire(_Wire):
    """One end of a counterexample."""

    kind: Literal["interface", "internet", "outside", "spoofed", "address"]
    """`outside`: an outside address that comes by no internet gateway; `spoofed` (traces only): an
    address that nobody owns; `address` (traces only): where no host is known."""
    id: str | None
    """The interface, the gateway, or the subnet that a spoofed packet enters at."""
    name: str | None
    members: list[str]
    """With every pair enumerated: whom this end stands for."""


class PacketWire(_Wire):
    """A packet's header."""

    family: Literal["ipv4", "ipv6"]
    protocol: int = Field(ge=0, le=255)
    source_address: str
    source_port: int | None = Field(ge=0, le=65535)
    destination_address: str
    destination_port: int | None = Field(ge=0, le=65535)
    icmp_type: int | None = Field(ge=0, le=255)
    icmp_code: int | None = Field(ge=0, le=255)


class HopWire(_Wire):
    """One component's decision."""

    component: str
    kind: str
    name: str | None
    direction: str | None
    decision: Literal["allow", "deny", "forward", "drop", "deliver"]
    rule: str | None
    code: str | None
    """Set iff the packet ends here undelivered."""
    detail: str | None
    packet: PacketWire
    """The packet as it leaves this component."""


class ChoicesWire(_Wire):
    """What the network was free to choose and, in this trace, chose."""

    nat_port: int | None
    nat_address: str | None


class LegWire(_Wire):
    """A part of a relayed flow: a packet that a source sends, or a load balancer for it."""

    balancer: str | None
    """The load balancer that sends it; null of the first leg."""
    listener: str | None
    target_group: str | None
    source: HostWire
    destination: HostWire
    packet: PacketWire
    """As it is sent."""


class CounterexampleWire(_Wire):
    """A packet and what happened to it; also a witness, and what `verify trace` prints."""

    source: HostWire
    destination: HostWire
    packet: PacketWire
    outcome: Literal["delivered", "dropped", "unknown"]
    """Of the packet; with mode `connection` of the whole exchange."""
    confirmed: bool
    """True: the concrete evaluator replayed it with this outcome."""
    choices: ChoicesWire | None
    gaps: list[GapWire]
    """Of an `unknown` trace: the gaps that it passed."""
    forward: list[HopWire]
    """Of a relayed flow the hops of all legs, with a `load-balancer` hop between two of them."""
    reply: list[HopWire] | None
    legs: list[LegWire] | None = None
    """The parts of a relayed flow; left out of every other one."""


class ResultWire(_Wire):
    """The answer to one invariant."""

    id: str
    statement: str
    kind: Literal["never", "always", "some", "only", "isolated"]
    mode: Literal["packet", "connection"]
    severity: Literal["critical", "high", "medium", "low"]
    why: str | None
    controls: list[str]
    file: str | None
    line: int | None
    verdict: Literal["PROVED", "REFUTED", "UNKNOWN", "VACUOUS"]
    reason: ReasonWire | None
    evidence: Literal["replayed", "enumerated", "solver"] | None
    gaps: list[str]
    """Ids of the gaps that the verdict depends on."""
    seconds: float | None = None
    """Left out of deterministic reports."""
    sources: list[str]
    destinations: list[str]
    counterexamples: list[CounterexampleWire]
    truncated: bool
    """True iff there are more counterexamples than are listed."""
    witness: CounterexampleWire | None
    """The packet of a proved `some`."""


class SummaryWire(_Wire):
    """How many invariants have each verdict."""

    proved: int
    refuted: int
    unknown: int
    vacuous: int


class ReportWire(_Wire):
    """The JSON report of one run of `verify`."""

    schema_: Literal["https://aws-network-verifier.github.io/schema/report/1"] = Field(
        alias="schema"
    )
    tool: ToolWire
    inputs: list[InputWire]
    network: CountsWire
    gaps: list[GapWire]
    assumptions: list[AssumptionWire]
    warnings: list[str]
    results: list[ResultWire]
    summary: SummaryWire
    exit_code: int


def report_schema() -> dict[str, Any]:
    """The JSON Schema of the report."""
    schema = ReportWire.model_json_schema(mode="validation")
    return {"$schema": DIALECT, "$id": f"{SCHEMA_ID}.schema.json", **schema}

"""A run by hand: one invariant of each verdict, hostile names included."""

from __future__ import annotations

from dataclasses import dataclass, replace

from verifier.invariants import Severity
from verifier.invariants.question import Mode, Relays
from verifier.model import (
    Assumption,
    Gap,
    Instance,
    InternetGateway,
    Network,
    NetworkAcl,
    NetworkInterface,
    SecurityGroup,
    Subnet,
    Vpc,
)
from verifier.packet import ALL_PORTS, TCP, Address, Packet, PortRange, Prefix
from verifier.report.run import Run
from verifier.snapshot import InputFile
from verifier.trace import (
    INTERNET,
    Decision,
    Exchange,
    Hop,
    InterfaceHost,
    OutsideHost,
    Probe,
    Trace,
)
from verifier.verdict import Counterexample, Evidence, Reason, Result, Verdict

HOSTILE = "evil\x1b[31m\n::error::\u202eowned](http://x) {0} ##[group] <b>`|"


@dataclass(frozen=True, kw_only=True)
class Statement:
    """What renderers ask of an invariant."""

    id: str
    statement: str
    kind: str = "never"
    mode: Mode = Mode.PACKET
    severity: Severity = Severity.HIGH
    why: str | None = None
    controls: tuple[str, ...] = ()
    file: str | None = "specs/prod.yaml"
    line: int = 12
    column: int = 5
    client_ports: tuple[PortRange, ...] = (ALL_PORTS,)
    spoofed: bool = False
    relays: Relays = Relays.FOLLOW


@dataclass(frozen=True)
class Check:
    """An invariant with its result."""

    invariant: Statement
    result: Result


def address(text: str) -> Address:
    return Address.parse(text)


def network() -> Network:
    return Network(
        vpcs={"vpc-1": Vpc(id="vpc-1", ipv4=(Prefix.parse("10.0.0.0/16"),))},
        subnets={
            "subnet-1": Subnet(
                id="subnet-1",
                vpc_id="vpc-1",
                prefixes=(Prefix.parse("10.0.1.0/24"),),
                tags={"Name": "data"},
            )
        },
        network_acls={"acl-1": NetworkAcl(id="acl-1", vpc_id="vpc-1", tags={"Name": "data"})},
        security_groups={"sg-1": SecurityGroup(id="sg-1", vpc_id="vpc-1", name="db")},
        instances={"i-1": Instance(id="i-1", tags={"Name": "db-1"})},
        interfaces={
            "eni-1": NetworkInterface(
                id="eni-1", vpc_id="vpc-1", subnet_id="subnet-1", instance_id="i-1"
            ),
            "eni-2": NetworkInterface(
                id="eni-2", vpc_id="vpc-1", subnet_id="subnet-1", tags={"Name": HOSTILE}
            ),
        },
        internet_gateways={"igw-1": InternetGateway(id="igw-1", vpc_ids=("vpc-1",))},
        gaps=(GAP,),
        assumptions=(Assumption("ENI-6", "a host's traffic to itself never leaves it"),),
    )


GAP = Gap("vgw-1", "GAP-6", "a virtual private gateway is not modelled")

PACKET = Packet(address("198.51.100.7"), address("203.0.113.10"), TCP, 49152, 5432)
INSIDE = replace(PACKET, destination=address("10.0.1.10"))
PROBE = Probe(OutsideHost(PACKET.source, INTERNET), InterfaceHost("eni-1"), PACKET)


def delivered() -> Trace:
    """From the internet to the database."""
    return Trace(
        hops=(
            Hop(
                component="igw-1",
                kind="internet-gateway",
                decision=Decision.FORWARD,
                packet=INSIDE,
            ),
            Hop(
                component="acl-1",
                kind="network-acl",
                direction="ingress",
                decision=Decision.ALLOW,
                rule="100",
                packet=INSIDE,
            ),
            Hop(
                component="sg-1",
                kind="security-group",
                direction="ingress",
                decision=Decision.ALLOW,
                rule="tcp 5432 0.0.0.0/0",
                packet=INSIDE,
            ),
            Hop(component="eni-1", kind="interface", decision=Decision.DELIVER, packet=INSIDE),
        ),
        packet=INSIDE,
        delivered_to=InterfaceHost("eni-1"),
    )


def blocked_reply() -> Trace:
    """The answer, dropped by the network ACL."""
    answer = INSIDE.reply()
    assert answer is not None
    return Trace(
        hops=(
            Hop(
                component="acl-1",
                kind="network-acl",
                direction="egress",
                decision=Decision.DENY,
                rule="*",
                code="SUBNET_ACL_RESTRICTION",
                detail="no entry matches",
                packet=answer,
            ),
        ),
        packet=answer,
        delivered_to=None,
        code="SUBNET_ACL_RESTRICTION",
    )


def exposed() -> Counterexample:
    return Counterexample(PROBE, Exchange(forward=delivered(), reply=None, works=True))


def unanswered() -> Counterexample:
    exchange = Exchange(forward=delivered(), reply=blocked_reply(), works=False)
    return Counterexample(PROBE, exchange, ("igw-1",), ("eni-1", "eni-2"))


CHECKS = (
    Check(
        Statement(
            id="no-internet-to-db",
            statement="never internet -> tag:Tier=db",
            severity=Severity.CRITICAL,
            why="cardholder data must not be reachable from outside",
            controls=("PCI-DSS-1.4.1",),
        ),
        Result(
            verdict=Verdict.REFUTED,
            evidence=Evidence.REPLAYED,
            counterexamples=(exposed(),),
            sources=("internet",),
            destinations=("eni-1", "eni-2"),
            seconds=0.21,
        ),
    ),
    Check(
        Statement(
            id="db-answers",
            statement="always internet -> tag:Tier=db on tcp/5432",
            kind="always",
            mode=Mode.CONNECTION,
            severity=Severity.LOW,
            line=14,
        ),
        Result(
            verdict=Verdict.REFUTED,
            evidence=Evidence.REPLAYED,
            counterexamples=(unanswered(), unanswered()),
            truncated=True,
        ),
    ),
    Check(
        Statement(
            id="db-quiet", statement="never eni-1 -> internet", severity=Severity.MEDIUM, line=16
        ),
        Result(
            verdict=Verdict.PROVED,
            evidence=Evidence.SOLVER,
            sources=("eni-1",),
            destinations=("internet",),
        ),
    ),
    Check(
        Statement(
            id="db-open",
            statement="some internet -> eni-1",
            kind="some",
            mode=Mode.CONNECTION,
            why="it serves",
            line=18,
        ),
        Result(verdict=Verdict.PROVED, evidence=Evidence.REPLAYED, witness=exposed()),
    ),
    Check(
        Statement(id="no-office", statement="never 192.0.2.0/24 -> any", line=20),
        Result(
            verdict=Verdict.UNKNOWN,
            reason=Reason("gap", "the answer depends on what is not modelled"),
            gaps=(GAP,),
        ),
    ),
    Check(
        Statement(id=HOSTILE, statement=f"never name:{HOSTILE} -> any", file=None, line=0),
        Result(
            verdict=Verdict.VACUOUS, reason=Reason("no-source", "no interface is a source here")
        ),
    ),
)


def run() -> Run:
    return Run(
        network=network(),
        checks=CHECKS,  # type: ignore[arg-type]
        inputs=(
            InputFile("snapshot/vpcs.json", "ab" * 32, "aws-describe"),
            InputFile("specs/prod.yaml", "cd" * 32, "invariants"),
        ),
        warnings=("specs/prod.yaml:3: `tag:Tier=old` matches nothing",),
        version="0.1.0",
        solver="z3 5.4.1",
        deterministic=True,
    )

"""Small networks and questions for the tests of verdicts."""

from __future__ import annotations

from collections.abc import Sequence
from time import monotonic

from tests.strategies.builder import Build
from verifier.evaluate import prepare
from verifier.invariants import Directory, Invariant, asking, parse_statement
from verifier.model import Network
from verifier.topology import Index as Topology
from verifier.verdict import Result
from verifier.verify import Checked, Options, check
from verifier.verify.admits import space_of
from verifier.verify.asked import Asked, asked_for
from verifier.verify.decide import decide
from verifier.verify.search import Ground

LATER = monotonic() + 10_000


def two_tiers(*rules: str) -> Build:
    """`eni-1` (web, public) and `eni-2` (db) in two subnets; `rules` are those of db."""
    net = Build()
    vpc = net.vpc("10.0.0.0/16").internet_gateway()
    web = vpc.subnet("10.0.1.0/24").route("0.0.0.0/0", vpc.igw)
    database = vpc.subnet("10.0.2.0/24")
    web.interface("10.0.1.5", public="52.0.0.5", tags={"Tier": "web"})
    group = net.group(*(rules or ("in tcp 5432 10.0.1.0/24", "out -1 0.0.0.0/0")))
    database.interface("10.0.2.5", groups=[group], tags={"Tier": "db"})
    return net


def ground_of(network: Network) -> Ground:
    return Ground(network, prepare(network), Topology(network), space_of(network))


def asked_of(network: Network, invariant: Invariant) -> Asked:
    return asked_for(invariant, asking(invariant, Directory(network)))


def decided(network: Network, statement: str, options: Options | None = None) -> Result:
    """The verdict, in this process."""
    asked = asked_of(network, parse_statement(statement))
    return decide(ground_of(network), asked, options or Options(), "test")


def checked(network: Network, statements: Sequence[str], options: Options) -> tuple[Checked, ...]:
    """The verdicts, in worker processes."""
    return check(network, [parse_statement(text) for text in statements], options)

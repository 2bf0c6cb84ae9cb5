from __future__ import annotations

import pytest

from verifier.errors import SpecError, UsageError
from verifier.invariants import (
    Always,
    Never,
    Only,
    Some,
    parse_statement,
    parse_traffic,
    read_spec,
    with_names,
)
from verifier.invariants.endpoint import Named
from verifier.invariants.invariant import derived_id
from verifier.invariants.parse import parse_client_ports
from verifier.invariants.place import Source
from verifier.invariants.question import Mode, TrafficTerm
from verifier.invariants.traffic import traffic_text
from verifier.packet import ALL_PORTS, PortRange

BOTH = frozenset({4, 6})
V4, V6 = frozenset({4}), frozenset({6})

TRAFFIC = [
    ("all", TrafficTerm(BOTH, None)),
    ("ip6:all", TrafficTerm(V6, None)),
    ("tcp", TrafficTerm(BOTH, 6)),
    ("tcp/443", TrafficTerm(BOTH, 6, PortRange(443, 443))),
    ("ip4:tcp/1024-65535", TrafficTerm(V4, 6, PortRange(1024, 65535))),
    ("udp/53", TrafficTerm(BOTH, 17, PortRange(53, 53))),
    ("udp from 53", TrafficTerm(BOTH, 17, source_ports=PortRange(53, 53))),
    ("tcp/443 from 1024-65535",
     TrafficTerm(BOTH, 6, PortRange(443, 443), PortRange(1024, 65535))),
    ("icmp", TrafficTerm(V4, 1)),
    ("icmp/8", TrafficTerm(V4, 1, icmp_type=8)),
    ("icmp/3/4", TrafficTerm(V4, 1, icmp_type=3, icmp_code=4)),
    ("icmp6/128", TrafficTerm(V6, 58, icmp_type=128)),
    ("proto/50", TrafficTerm(BOTH, 50)),
    ("proto/1", TrafficTerm(BOTH, 1)),
    ("ip6:proto/1", TrafficTerm(V6, 1)),
]  # fmt: skip


@pytest.mark.parametrize(("text", "term"), TRAFFIC)
def test_traffic_and_its_text(text: str, term: TrafficTerm) -> None:
    assert parse_traffic(text) == (term,)
    assert traffic_text((term,)) == text


def test_other_spellings() -> None:
    assert parse_traffic("ip4:icmp/8") == parse_traffic("icmp/8")
    assert parse_traffic("tcp/0-65535") == parse_traffic("tcp")
    assert parse_traffic("proto/6") == parse_traffic("tcp")
    assert traffic_text(parse_traffic("tcp/22,udp/53 from 53 , tcp/22")) == (
        "tcp/22, udp/53 from 53"
    )


MISTAKES = [
    ("", 1, "expected `all`, `tcp`"),
    ("tcp/65536", 5, "expected a port (0-65535), read `65536`"),
    ("tcp/022", 5, "read `022`"),
    ("tcp/9-", 7, "read ``"),
    ("tcp/9-8", 5, "did you mean `8-9`"),
    ("tcp/1/2", 1, "takes one port or range, such as `tcp/443`"),
    ("all/1", 1, "takes no ports"),
    ("proto", 1, "wants one protocol number"),
    ("proto/256", 7, "expected a protocol number (0-255)"),
    ("icmp/3/4/5", 1, "such as `icmp/3/4`"),
    ("icmp6/1/2/3", 1, "such as `icmp6/1/4`"),
    ("ip4:icmp/3/x", 12, "expected an ICMP code (0-255), read `x`"),
    ("ip6:icmp", 1, "did you mean `icmp6` or `ip6:proto/1`"),
    ("ip4:icmp6", 1, "did you mean `icmp` or `ip4:proto/58`"),
    ("tpc/22", 1, "did you mean `tcp`"),
    ("icmp from 53", 6, "which only tcp and udp have"),
    ("tcp from", 9, "expected source ports, read the end"),
    ("tcp udp", 5, "expected `,`, `from` or the end of the traffic"),
    ("tcp,", 5, "read the end"),
]


@pytest.mark.parametrize(("text", "column", "message"), MISTAKES)
def test_mistake_in_traffic(text: str, column: int, message: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse_traffic(text)
    assert str(caught.value).startswith(f"--invariant:1:{column}: ")
    assert message in str(caught.value)


def test_client_ports() -> None:
    def ports(text: str):
        return parse_client_ports(Source.command_line(text))

    assert ports("linux") == (PortRange(32768, 60999),)
    assert ports("windows, linux, 7") == (PortRange(7, 7), PortRange(32768, 65535))
    for text, message in (("", "expected `linux`, `windows` or ports"), ("1 2", "expected `,`"),
                          ("bsd", "expected a port")):  # fmt: skip
        with pytest.raises(UsageError, match=message):
            ports(text)


@pytest.mark.parametrize(
    ("text", "kind", "mode", "ports"),
    [
        ("never a -> b", Never, Mode.PACKET, ALL_PORTS),
        ("only a -> b", Only, Mode.PACKET, ALL_PORTS),
        ("some a -> b", Some, Mode.CONNECTION, ALL_PORTS),
        ("always a -> b", Always, Mode.CONNECTION, PortRange(1024, 65535)),
    ],
)
def test_defaults(text: str, kind: type, mode: Mode, ports: PortRange) -> None:
    found = parse_statement(text)
    assert isinstance(found, kind)
    assert (found.mode, found.client_ports) == (mode, (ports,))
    assert found.statement == text


def test_statement_of_the_command_line() -> None:
    found = parse_statement("  never internet -> tag:Tier=db on tcp/22, udp # why")
    assert found.statement == "never internet -> tag:Tier=db on tcp/22, udp"
    assert found.id == "never-internet-tag-Tier-db-on-tcp-22-udp"
    assert (found.file, found.line, found.column) == (None, 1, 3)
    assert found.place == "--invariant:1:3"


def test_long_ids_stay_apart() -> None:
    one, other = derived_id("x" * 100), derived_id("x" * 101)
    assert one != other
    assert len(one) == len(other) == 80


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", r":1:1: expected `never`, `always`, `some`, `only` or `isolated`, read the end"),
        ("Never a -> b", "did you mean `never`"),
        ("never a", r":1:8: expected `->`, `and`, `or` or `,`, read the end"),
        ("never a -> b -> c", "expected `on`, `unless through`, the end, `and`"),
        ("never a -> b on", "expected `all`"),
        ("never a -> on tcp", "read `on`"),
    ],
)
def test_mistake_in_a_statement(text: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        parse_statement(text)


def test_names_of_files_given_along() -> None:
    one = read_spec("version: 1\nendpoints: {web: tag:Tier=web, both: any}\n", "one.yaml")
    two = read_spec("version: 1\nendpoints: {both: internet}\n", "two.yaml")
    files = (one.endpoints, two.endpoints)
    found = with_names(parse_statement("never web and internet -> not (web, any)"), files)
    assert found.statement == "never web and internet -> not (web or any)"
    first = with_names(parse_statement("never web -> any"), files).source
    assert isinstance(first, Named)
    assert first.definition is one.endpoints["web"]
    with pytest.raises(SpecError, match=r"--invariant:1:7: no endpoint is named `wed`, did you"):
        with_names(parse_statement("never wed -> any"), files)
    with pytest.raises(SpecError, match=r":1:7: several files define `both`"):
        with_names(parse_statement("never both -> any"), files)
    with pytest.raises(SpecError, match="a set of tagged hosts is written"):
        with_names(parse_statement("never qqqq -> any"), ())


def test_the_highest_name_of_a_file_given_along() -> None:
    tower = "".join(f"  n{i}: n{i + 1}\n" for i in reversed(range(127)))
    for height, too_high in ((128, False), (129, True)):
        top = "  n127: any\n" if not too_high else "  n127: n128\n  n128: any\n"
        names = read_spec(f"version: 1\nendpoints:\n{top}{tower}", "f.yaml").endpoints
        assert names["n0"].depth == height
        statement = parse_statement("never n0 -> any")
        if too_high:
            with pytest.raises(SpecError, match="--invariant:1:7: names of names, nested deeper"):
                with_names(statement, [names])
        else:
            with_names(statement, [names])

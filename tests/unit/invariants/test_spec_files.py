from __future__ import annotations

from pathlib import Path

import pytest

from verifier.errors import SpecError
from verifier.invariants import Always, Never, load_spec, read_spec
from verifier.invariants.document import LARGEST_FILE, decoded, read_document
from verifier.invariants.invariant import Severity
from verifier.invariants.question import Mode, Relays
from verifier.packet import ALL_PORTS, PortRange

CONTRACT = """\
version: 1
endpoints:                      # optional names
  web: tag:Tier=web
  app: sg:app-servers
  db: [tag:Tier=db, subnet:data-*]        # a list is a union
  office: 203.0.113.0/24
invariants:
  - id: no-internet-to-db
    never: internet -> db
    severity: critical           # critical | high | medium | low (default high)
    why: cardholder data must not be reachable from outside (PCI DSS 1.4.1)
    controls: [PCI-DSS-1.4.1]
  - id: web-serves-https
    always: internet -> web on tcp/443
  - id: db-only-from-app
    only: app -> db on tcp/5432  # nothing else, from nobody else, reaches db
  - id: bastion-works
    some: office -> tag:Role=bastion and not name:old-* on tcp/22
"""


def spec(text: str):
    return read_spec(text, "f.yaml")


def invariant(*lines: str):
    body = "\n".join(f"    {line}" for line in lines)
    return spec(f"version: 1\ninvariants:\n  -\n{body}\n").invariants[0]


def test_the_example_of_the_contract() -> None:
    found = spec(CONTRACT)
    assert [(one.id, one.statement, one.line, one.column) for one in found.invariants] == [
        ("no-internet-to-db", "never internet -> db", 8, 5),
        ("web-serves-https", "always internet -> web on tcp/443", 13, 5),
        ("db-only-from-app", "only app -> db on tcp/5432", 15, 5),
        ("bastion-works",
         "some office -> tag:Role=bastion and not name:old-* on tcp/22", 17, 5),
    ]  # fmt: skip
    first = found.invariants[0]
    assert isinstance(first, Never)
    assert first.severity is Severity.CRITICAL
    assert first.controls == ("PCI-DSS-1.4.1",)
    assert first.why == "cardholder data must not be reachable from outside (PCI DSS 1.4.1)"
    assert found.warnings == ()


def test_every_key() -> None:
    found = invariant(
        "id: 012", "always: any -> any", "traffic: [tcp/22, 'udp/53, tcp/22']", "severity: low",
        "why: true", "controls: one", "mode: packet", "client-ports: [linux, windows]",
        "allow-empty: true", "spoofed: False",
    )  # fmt: skip
    assert isinstance(found, Always)
    assert (found.id, found.why, found.controls) == ("012", "true", ("one",))
    assert found.statement == "always any -> any on tcp/22, udp/53"
    assert (found.mode, found.severity) == (Mode.PACKET, Severity.LOW)
    assert found.client_ports == (PortRange(32768, 65535),)
    assert (found.allow_empty, found.spoofed) == (True, False)


def test_what_is_left_out() -> None:
    found = invariant("never: any -> any", "controls:", "why:")
    assert (found.id, found.why, found.controls) == ("never-any-any", "", ())
    assert spec("version: 1\nendpoints:\ninvariants:\n").warnings == (
        "f.yaml: no invariants in it",
    )
    assert spec("version: 1\ninvariants: []\nendpoints: {a: any}").endpoints.keys() == {"a"}
    assert invariant("never: any -> any", "controls: []").controls == ()


def test_client_ports_of_the_file_are_for_always_alone() -> None:
    found = spec(
        "version: 1\nclient-ports: 5000-6000\n"
        "invariants: [{always: any -> any}, {never: any -> any}]\n"
    )
    assert [one.client_ports for one in found.invariants] == [
        (PortRange(5000, 6000),), (ALL_PORTS,),
    ]  # fmt: skip


def test_relays_are_followed_unless_the_file_or_the_invariant_says_otherwise() -> None:
    found = spec(
        "version: 1\nrelays: stop\ninvariants:\n- never: any -> any\n"
        "- {id: b, never: any -> any, relays: follow}\n- {only: any -> any}"
    )
    assert [one.relays for one in found.invariants] == [Relays.STOP, Relays.FOLLOW, Relays.FOLLOW]
    assert invariant("never: any -> any").relays is Relays.FOLLOW


MISTAKES = [
    ("", "f.yaml:1:1: an empty file, expected `version: 1`"),
    ("# only this", "f.yaml:1:1: an empty file"),
    ("text", "f.yaml:1:1: expected `version: 1` and `invariants:`, read text"),
    ("[]", "f.yaml:1:1: expected `version: 1` and `invariants:`, read a list"),
    ("{}", "f.yaml:1:1: expected `version: 1` and `invariants:`, read an empty mapping"),
    ("invariants: []", "f.yaml:1:1: expected the key `version: 1`, which is missing"),
    ("version: 2", "f.yaml:1:10: expected version `1`, read `2`"),
    ("version: [1]", "f.yaml:1:10: expected `1`, read a list"),
    ("version: 1\ninvariant: []", "f.yaml:2:1: unknown key `invariant`, did you mean `inv"),
    ("version: 1\nzzz: []", "unknown key `zzz`, expected `version`, `endpoints`, `client-ports`, "),
    ("version: 1\nversion: 1", "f.yaml:2:1: duplicate key `version`, first in line 1"),
    ("version: 1\n<<: {a: 1}", "f.yaml:2:1: merge keys are not allowed"),
    ("version: &a 1", "f.yaml:1:10: anchor `&a` is not allowed"),
    ("version: *a", "f.yaml:1:10: alias `*a` is not allowed"),
    ("version: !!int 1", "f.yaml:1:10: tag `tag:yaml.org,2002:int` is not allowed"),
    ("&a version: 1", "f.yaml:1:1: anchor `&a`"),
    ("? [a]\n: 1", "f.yaml:1:3: expected text as a key"),
    ("version: 1\n---\nversion: 1", "f.yaml:2:1: a second document"),
    ("version: 1\n\tendpoints: a", "use blanks instead of tabs"),
    ("version: '1", "f.yaml:1:12: found unexpected end of stream"),
    ("version: \x07", "f.yaml:1:10: character `\\x07` is not allowed"),
    ("a:\nversion: \x07", "f.yaml:2:10: character"),
    ('version: "\\UFFFFFFFF"', "f.yaml: not YAML: "),
    ('version: "\\uD800"', "f.yaml:1:10: half a character"),
    ("[" * 5000, "f.yaml:1:18: nested deeper than 16"),
    ("version: 1\nendpoints: x", "f.yaml:2:12: expected names with their endpoints, read text"),
    ("version: 1\nendpoints: {and: any}", "f.yaml:2:13: `and` is a keyword"),
    ("version: 1\nendpoints: {sg-1: any}", "f.yaml:2:13: `sg-1` is shaped like an id"),
    ("version: 1\nendpoints: {a: []}", "f.yaml:2:16: expected an endpoint expression, read an em"),
    ("version: 1\nendpoints: {a: [[any]]}", "f.yaml:2:17: expected an endpoint expression, read a"),
    ("version: 1\nendpoints: {a: nto any}", "f.yaml:2:20: expected the end"),
    ("version: 1\nendpoints: {a: b}", "f.yaml:2:16: no endpoint is named `b`"),
    ("version: 1\nendpoints: {a: a}", "f.yaml:2:16: names in a circle: a -> a"),
    ("version: 1\nendpoints: {x: a, a: not b, b: 'any and a'}", "in a circle: a -> b -> a"),
    ("version: 1\nendpoints: {a: [2001:db8::, any]}", "an IPv6 address that ends in `::` must b"),
    ("version: 1\nendpoints: {a: {b: c}}", "expected an endpoint expression, read a mapping"),
    ("version: 1\nendpoints:\n  a: any -> 2001:db8:: on", "f.yaml:3:22: mapping values are not a"),
    ("version: 1\ninvariants: x", "f.yaml:2:13: expected a list of invariants, each behind `- `"),
    ("version: 1\ninvariants: [x]", "expected an invariant, such as `never: A -> B`, read text"),
    ("version: 1\ninvariants: [{id: a}]", "f.yaml:2:15: expected `never`, `always`, `some`, `onl"),
    ("version: 1\ninvariants: [{never: any -> any, some: any -> any}]",
     "f.yaml:2:34: `never` and `some` in one invariant, write two"),
    ("version: 1\ninvariants: [{id: a, never: any -> any}, {id: a, never: any -> any}]",
     "f.yaml:2:43: id `a` is taken in line 2"),
    ("version: 1\ninvariants: [{nevr: any -> any}]", "did you mean `never`"),
    ("version: 1\ninvariants:\n  - never: any -> web", "f.yaml:3:19: no endpoint is named `web`"),
    ("version: 1\ninvariants:\n  - never: any -> any on tcp/x", "f.yaml:3:30: expected a port"),
    ("version: 1\ninvariants:\n  - never: name:\"a #b\" -> any", "(in YAML, ` #` and `: ` end"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "message"), MISTAKES)
def test_mistake(text: str, message: str) -> None:
    with pytest.raises(SpecError) as caught:
        spec(text)
    assert message in str(caught.value)
    assert str(caught.value).startswith("f.yaml:")


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("severity: hihg", "expected `critical`, `high`, `medium` or `low`, read `hihg`, did you"),
        ("mode: Packet", "expected `packet` or `connection`, read `Packet`, did you mean `packet`"),
        ("allow-empty: yes", "expected `true` or `false`, read `yes`"),
        ("traffic: tcp/1", "`traffic` and `on` in one invariant"),
        ("client-ports: linux", "`client-ports` is for `always`, limit `never` by `from`"),
        ("relays: maybe", "expected `follow` or `stop`, read `maybe`"),
        ("id: ../x", "`../x` cannot be an id"),
        ("id: a/b", "`a/b` cannot be an id"),
        ('id: "a\\nb"', "`a\\nb` cannot be an id"),
        ("id: ''", "`` cannot be an id"),
        (f"id: {'x' * 129}", "at most 128 printable"),
        ("controls: {a: b}", "expected names of controls, read a mapping"),
        ("why: [a]", "expected a sentence, read a list"),
    ],
)
def test_mistake_in_a_key(line: str, message: str) -> None:
    with pytest.raises(SpecError) as caught:
        invariant("never: any -> any on tcp/22", line)
    assert message in str(caught.value)
    assert str(caught.value).startswith("f.yaml:5:")


def test_places_in_every_style_of_text() -> None:
    styles = [
        ("never: any -> zzz", 4, 19),
        ("never: 'any -> zzz'", 4, 20),
        ('never: "any -> zzz"', 4, 20),
        ("never: >\n      any\n      -> zzz", 6, 10),
        ("never: |\n      any # said\n\n      -> zzz", 7, 10),
        ("never: any\n      ->   zzz", 5, 12),
        ("never: 'tag:it''s -> zzz'", 4, 26),
        ('never: "tag:\\"a b\\"=c -> zzz"', 4, 30),
        ('never: "any \\x2d> zzz"', 4, 12),
    ]
    for text, line, column in styles:
        with pytest.raises(SpecError, match="no endpoint is named `zzz`") as caught:
            invariant(*text.split("\n    "))
        assert str(caught.value).startswith(f"f.yaml:{line}:{column}:"), text


def test_line_breaks_of_every_kind() -> None:
    written = "version: 1\ninvariants:\n  - never: any\n      -> zzz\n"
    folded = written.replace("any\n", "any\u2028")
    for text in (written.replace("\n", "\r\n"), written.replace("\n", "\r"), folded):
        with pytest.raises(SpecError, match=r"f\.yaml:4:10: no endpoint"):
            spec(text)


def test_names_of_names() -> None:
    tower = "\n".join(f"  n{i}: n{i + 1}" for i in range(100)) + "\n  n100: any"
    found = spec(f"version: 1\nendpoints:\n{tower}\n")
    assert found.endpoints["n0"].depth == 101
    for order in (range(200), reversed(range(200))):
        tower = "\n".join(f"  n{i}: {f'n{i + 1}' if i < 199 else 'any'}" for i in order)
        with pytest.raises(SpecError, match="nested deeper than 128"):
            spec(f"version: 1\nendpoints:\n{tower}\ninvariants: [{{never: any -> n0}}]\n")


def test_names_that_double_stay_small() -> None:
    laughs = "\n".join(f"  n{i}: [n{i + 1}, n{i + 1}, not n{i + 1}]" for i in range(40))
    found = spec(f"version: 1\nendpoints:\n{laughs}\n  n40: any\n")
    assert found.endpoints["n0"].depth == 41 + 40 + 40


def test_files(tmp_path: Path) -> None:
    path = tmp_path / "s.yaml"
    for encoding in ("utf-8", "utf-8-sig", "utf-16"):
        path.write_bytes("version: 1\ninvariants: [{id: ä, never: any -> any}]".encode(encoding))
        assert load_spec(path).invariants[0].id == "ä"
        assert load_spec(str(path)).invariants[0].file == str(path)
    path.write_bytes(b"version: 1\na\xff")
    with pytest.raises(SpecError, match=r"s\.yaml:2:2: not UTF-8 text, save the file as UTF-8"):
        load_spec(path)
    path.write_bytes(b"\xff\xfea")
    with pytest.raises(SpecError, match=r"s\.yaml: not UTF-16"):
        load_spec(path)
    path.write_bytes(b"#" * (LARGEST_FILE + 1))
    with pytest.raises(SpecError, match=r"s\.yaml: larger than 4 MiB, split the file"):
        load_spec(path)
    for wrong, reason in ((tmp_path, "is a directory"), (tmp_path / "x", "no such file"),
                          ("a\0b", "null")):  # fmt: skip
        with pytest.raises(SpecError, match=f"cannot be read: .*{reason}"):
            load_spec(wrong)


def test_utf16_without_mark_is_no_text() -> None:
    with pytest.raises(SpecError, match=r"character `.x00` is not allowed"):
        read_document(decoded("a: b".encode("utf-16-le"), "f"), "f")

"""`through`, `unless through` and `isolated`: their grammar, their text, and what they ask."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.invariants.gateways import GATEWAYS
from tests.unit.invariants.sample import NETWORK
from verifier.errors import SpecError, UsageError
from verifier.invariants import (
    Always,
    Asking,
    Directory,
    Isolated,
    Never,
    asking,
    parse_statement,
    read_spec,
    with_names,
)
from verifier.invariants.endpoint import Endpoint, endpoint_text
from verifier.invariants.parse import parse_expression
from verifier.invariants.place import Source
from verifier.invariants.question import AddressPolicy, Goal, Mode, Relays
from verifier.invariants.waypoint import waypoints
from verifier.trace import InstanceStates

DIRECTORY = Directory(GATEWAYS)


def expression(text: str) -> Endpoint:
    return parse_expression(Source.command_line(text))


def asked(text: str, directory: Directory = DIRECTORY) -> Asking:
    return asking(parse_statement(text), directory)


# --- grammar ---


@pytest.mark.parametrize(
    "text",
    [
        "never a -> b unless through nat-1",
        "never a -> b on tcp/22, udp/53 from 53 unless through nat-1 or tgw-1",
        "always a -> b through eni-1 and not tag:x",
        "always a -> b on tcp/443 through lb:front-* or pcx-1",
        "isolated a | b",
        "isolated a or b | c and d | not e on tcp/22, icmp/8",
        "never type:lambda -> type:nat*",
        'never type:"a b" -> any',
    ],
)
def test_the_text_is_read_as_it_was_written(text: str) -> None:
    found = parse_statement(text)
    assert found.statement == text
    again = parse_statement(found.statement)
    assert again == found


def test_what_is_read() -> None:
    never = parse_statement("never a -> b on tcp/22 unless through nat-1, tgw-1")
    assert isinstance(never, Never)
    assert never.waypoint == expression("nat-1 or tgw-1")
    assert (never.mode, len(never.traffic)) == (Mode.PACKET, 1)
    always = parse_statement("always a -> b through nat-1")
    assert isinstance(always, Always)
    assert always.waypoint == expression("nat-1")
    apart = parse_statement("isolated a, b | c")
    assert isinstance(apart, Isolated)
    assert apart.sets == (expression("a, b"), expression("c"))
    assert (apart.mode, apart.relays, apart.place) == (
        Mode.PACKET, Relays.FOLLOW, "--invariant:1:1",
    )  # fmt: skip


TERMS = st.sampled_from(["web", "nat-1", "tag:Tier=db", "lb:*", "type:efa", "not 10.0.0.0/8"])
UNIONS = st.lists(TERMS, min_size=1, max_size=3).map(" or ".join)
LIMITS = st.sampled_from(["", " on tcp/22", " on udp/53 from 53, icmp"])


@given(st.sampled_from(["never", "always", "isolated"]), st.lists(UNIONS, min_size=3), LIMITS)
def test_reading_the_text_of_a_statement_gives_it_again(
    kind: str, sets: list[str], limit: str
) -> None:
    text = f"isolated {' | '.join(sets)}{limit}"
    if kind != "isolated":
        way = "unless through" if kind == "never" else "through"
        text = f"{kind} {sets[0]} -> {sets[1]}{limit} {way} {sets[2]}"
    found = parse_statement(text)
    assert parse_statement(found.statement) == found
    assert found.statement == text


@pytest.mark.parametrize(
    ("text", "column", "message"),
    [
        ("always a -> b unless through c", 15,
         "`unless through` is for `never`, write `through` for `always`"),
        ("never a -> b through c", 14,
         "`through` is for `always`, write `unless through` for `never`"),
        ("some a -> b through c", 13, "`through` is for `always`, `some` takes no waypoints"),
        ("only a -> b unless through c", 13, "is for `never`, `only` takes no waypoints"),
        ("never a -> b unless trough c", 21,
         "expected `through` behind `unless`, read `trough`, did you mean `through`"),
        ("never a -> b unless", 20, "expected `through` behind `unless`, read the end"),
        ("never a -> b unless through c on tcp", 31, "the traffic stands before it"),
        ("never a -> b unless through", 28, "expected `internet`, `any`, a name, an id"),
        ("never a -> b unless through c d", 31, "expected the end, `and`, `or` or `,`, read `d`"),
        ("never a -> b unles through c", 14, "read `unles`, did you mean `unless`"),
        ("never a -> b on tcp trough c", 21, "read `trough`, did you mean `through`"),
        ("never a -> b c", 14, "expected `on`, `unless through`, the end"),
        ("always a -> b c", 15, "expected `on`, `through`, the end"),
        ("some a -> b c", 13, "expected `on`, the end"),
        ("isolated a", 11, "expected `|` and another set, read the end"),
        ("isolated a, b", 14, "read the end, a `,` makes one set of several"),
        ("isolated a -> b", 12, "expected `|` and another set, read `->`"),
        ("isolated a | b -> c", 16, "expected `|`, `on`, the end"),
        ("isolated a | b on tcp through c", 23, "expected `,`, `from` or the end of the traffic"),
        ("isolated a | ", 14, "read the end"),
        ("isolated a|b", 10, "read `a|b`, put blanks around `|`"),
        ("never a | b -> c", 9, "expected `->`, `and`, `or` or `,`, read `|`"),
        ("isolate a | b", 1, "did you mean `isolated`"),
        ("never through -> b", 7, "read `through`"),
    ],
)  # fmt: skip
def test_mistake_in_a_statement(text: str, column: int, message: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse_statement(text)
    assert str(caught.value).startswith(f"--invariant:1:{column}: ")
    assert message in str(caught.value)


def invariants(*lines: str):
    body = "\n".join(f"    {line}" for line in lines)
    text = f"version: 1\nendpoints: {{fw: [nat-1, tgw-1], web: any}}\ninvariants:\n  -\n{body}\n"
    return read_spec(text, "f.yaml").invariants


def test_keys_of_a_file() -> None:
    texts = [
        (("never: web -> any on tcp/22", "unless-through: fw"),
         "never web -> any on tcp/22 unless through fw"),
        (("always: web -> any", "through: [nat-1, tgw-1]", "traffic: tcp", "relays: stop"),
         "always web -> any on tcp through nat-1 or tgw-1"),
        (("isolated: [web, 'tag:x, tag:y', vpc:z]", "traffic: udp", "relays: stop"),
         "isolated web | tag:x or tag:y | vpc:z on udp"),
        (("isolated: web | tag:x on udp", "mode: connection"), "isolated web | tag:x on udp"),
    ]  # fmt: skip
    for lines, statement in texts:
        (found,) = invariants(*lines)
        assert found.statement == statement
        assert found.relays is (Relays.STOP if "relays: stop" in lines else Relays.FOLLOW)
    assert invariants("isolated: web | tag:x")[0].id == "isolated-web-tag-x"


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        (("never: web -> any", "through: fw"), "f.yaml:6:5: `through` is for `always`, write"),
        (("always: web -> any", "unless-through: fw"),
         "`unless-through` is for `never`, write `through` for `always`"),
        (("some: web -> any", "through: fw"), "`some` takes no waypoints"),
        (("isolated: [web, fw]", "through: fw"), "`isolated` takes no waypoints"),
        (("always: web -> any through fw", "through: fw"),
         "f.yaml:6:5: `through` stands in the statement, too, leave one of them out"),
        (("always: web -> any", "through: fww"), "no endpoint is named `fww`, did you mean `fw`"),
        (("always: web -> any", "through: []"), "expected waypoints, such as `nat-...`, read an"),
        (("isolated: [web]",), "f.yaml:5:15: expected at least two sets, read a list of one"),
        (("isolated: []",), "expected an endpoint expression, read an empty list"),
        (("isolated: {a: b}",), "expected a list of sets, or `A | B`, read a mapping"),
        (("isolated: web",), "expected `|` and another set, read the end"),
        (("isolated: [web, fww]",), "no endpoint is named `fww`"),
        (("isolated: web | any on tcp", "traffic: tcp"), "`traffic` and `on` in one invariant"),
        (("always: web -> any", "relays: stop"),
         "f.yaml:6:5: `relays` is for `never`, `isolated` and `through`, `always` does not follow"),
    ],
)  # fmt: skip
def test_mistake_in_a_file(lines: tuple[str, ...], message: str) -> None:
    with pytest.raises(SpecError) as caught:
        invariants(*lines)
    assert message in str(caught.value)
    assert str(caught.value).startswith("f.yaml:")


def test_names_of_files_given_along() -> None:
    names = read_spec("version: 1\nendpoints: {fw: nat-1, web: any}\n", "f.yaml").endpoints
    for text in ("never web -> web unless through fw", "isolated web | fw", "never web -> web"):
        assert with_names(parse_statement(text), [names]).statement == text
    with pytest.raises(SpecError, match=":1:33: no endpoint is named `wed`, did you mean `web`"):
        with_names(parse_statement("never web -> web unless through wed"), [names])


# --- waypoints ---


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("igw-1", "igw-1"), ("eigw-1", "eigw-1"), ("nat-1, tgw-1", "nat-1 tgw-1"),
        ("vgw-1, pcx-1", "vgw-1 pcx-1"), ("tgw-attach-vpn", "tgw-attach-vpn"),
        ("vpce-s3, vpce-0a1", "vpce-s3 vpce-0a1"), ("eni-db", "eni-db"), ("i-web", "eni-web"),
        ("eni-nat, eni-lambda", "eni-nat nat-1 eni-lambda"), ("10.0.1.30/32", "eni-db"),
        ("eni-kms", "eni-kms vpce-kms"),
        ("tag:Tier=web", "eni-web eni-spare"),
        ("tag:Tier and not sg-web", "eni-spare eni-db eni-far"),
        ("tag:Tier and (eni-web or eni-db)", "eni-web eni-db"), ("type:lambda", "eni-lambda"),
        ("lb:front", "arn:front front eni-app"), ("lb:old", "old eni-old"),
        ("lb:f*", "arn:front front eni-app"), ("tag:x", ""), ("lb:zz*", ""),
    ],
)  # fmt: skip
def test_waypoints(text: str, ids: str) -> None:
    found = waypoints(expression(text), DIRECTORY)
    assert found.ids == frozenset(ids.split())
    assert found.unknown == ()
    warning = f"--invariant:1:1: `{text}` matches nothing that packets can pass"
    assert found.warnings == (() if ids else (warning,))


def test_names_of_waypoints() -> None:
    spec = read_spec(
        "version: 1\nendpoints: {fw: [nat-1, tag:Tier=db], all: [fw, odd],"
        " odd: [tgw-gone, igw-gone], ours: vpc-1}\ninvariants:"
        " [{never: any -> any, unless-through: all}, {id: b, never: any -> any,"
        " unless-through: ours and tag:Tier=db}]",
        "f",
    )
    found = asking(spec.invariants[0], DIRECTORY)
    assert found.question.avoiding == {"nat-1", "eni-db"}
    assert found.unknown == ("tgw-gone", "igw-gone")
    assert asking(spec.invariants[1], DIRECTORY).question.avoiding == {"eni-db"}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("igw-11", "33: no internet gateway `igw-11` in the snapshot, did you mean `igw-"),
        ("eigw-9", "no egress-only internet gateway"), ("nat-9", "no NAT gateway"),
        ("tgw-9", "no transit gateway `tgw-9`"), ("tgw-attach-9", "no transit gateway attachment"),
        ("vgw-9", "no virtual private gateway"), ("pcx-9", "no peering connection `pcx-9`"),
        ("vpce-9", "no VPC endpoint"), ("lb:frnt", "no load balancer `frnt` in the snapshot, did"),
        ("eni-9", "no network interface"), ("name:zz", "no interface or instance"),
        ("internet", "`internet` is nothing that packets pass"), ("not any", "`any` is nothing"),
        ("nat-1 and eni-db", "`nat-1` is joined with others by `,` alone, `and` and `not` are"),
        ("not lb:front", "`lb:front` is joined with others by `,` alone"),
        ("fw", "no endpoint is named `fw`"), ("not fw", "no endpoint is named `fw`"),
    ],
)  # fmt: skip
def test_what_is_no_waypoint(text: str, message: str) -> None:
    with pytest.raises(SpecError) as caught:
        asked(f"never any -> any unless through {text}")
    assert str(caught.value).startswith("--invariant:1:")
    assert message in str(caught.value)


# --- questions ---


def test_never_unless_through() -> None:
    found = asked("never internet -> tag:Tier=db unless through nat-1, eni-web")
    assert found.kind == "never"
    assert found.parts == ()
    assert found.question.avoiding == {"nat-1", "eni-web"}
    assert found.part == "nat-1 or eni-web"
    empty = asked("never internet -> tag:Tier=db unless through tag:zz")
    assert empty.question.avoiding == frozenset()
    assert empty.warnings == ("--invariant:1:46: `tag:zz` matches nothing that packets can pass",)


def test_always_through_is_an_always_and_a_never() -> None:
    found = asked("always tag:Tier=web -> tag:Tier=db on tcp through nat-1, tgw-gone")
    works, strays = found.parts
    assert (found.kind, works.kind, strays.kind) == ("always", "always", "never")
    assert works.question == asked("always tag:Tier=web -> tag:Tier=db on tcp").question
    assert works.question.avoiding == frozenset()
    assert found.unknown == works.unknown == ()
    assert strays.unknown == ("tgw-gone",)
    alone = asked("never tag:Tier=web -> tag:Tier=db on tcp unless through nat-1")
    assert strays.question == alone.question
    assert (strays.question.goal, strays.question.mode) == (Goal.DELIVERED, Mode.PACKET)
    assert strays.question.policy is AddressPolicy.EVERY
    assert strays.question.states is InstanceStates.ASSUMED_RUNNING


def test_isolated_is_a_never_from_each_set() -> None:
    found = asked("isolated tag:Tier=web | tag:Tier=db | internet on tcp/22")
    assert [part.part for part in found.parts] == ["tag:Tier=web", "tag:Tier=db", "internet"]
    assert [part.kind for part in found.parts] == ["never"] * 3
    web, _, outside = (part.question for part in found.parts)
    single = asked("never tag:Tier=web -> tag:Tier=db or internet on tcp/22").question
    assert web == single
    assert list(outside.destinations.interfaces) == ["eni-db", "eni-web"]
    assert (found.vacuous, found.hollow, found.warnings) == (None, None, ())
    assert list(found.question.sources.interfaces) == ["eni-db", "eni-web"]


def test_sets_that_name_nobody() -> None:
    found = asked("isolated tag:Tier=web | tag:zz | tag:Tier=db")
    assert (found.vacuous, found.hollow) == (None, "`tag:zz` names nobody")
    found = asked("isolated tag:Tier=web | tag:zz | not any")
    assert found.hollow == found.vacuous == "`tag:zz`, `not any` name nobody"
    found = asked("isolated internet | 198.51.100.0/24")
    assert (found.vacuous, found.hollow) == ("source and destination are both outside", None)
    found = asked("isolated vgw-gone | tag:Tier=db")
    assert found.hollow is None
    assert found.question.sources.unknown == ("vgw-gone",)


def test_sets_between_which_nothing_is_asked() -> None:
    found = asked("isolated internet | 198.51.100.0/24 | tag:Tier=db")
    assert (found.vacuous, found.hollow) == (None, None)
    assert found.warnings == (
        "--invariant:1:10: nothing is asked between `internet` and `198.51.100.0/24`: source and"
        " destination are both outside",
    )


def test_the_part_of_an_expression_is_its_text() -> None:
    found = asked("isolated (sg-web, sg-app) | tag:Tier=db", Directory(NETWORK))
    assert found.parts[0].part == endpoint_text(expression("sg-web or sg-app"))

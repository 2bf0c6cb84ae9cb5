from __future__ import annotations

import pytest

from verifier.errors import SpecError, UsageError
from verifier.invariants.endpoint import (
    Account,
    And,
    Any,
    ById,
    Cidr,
    Internet,
    LoadBalancer,
    Named,
    NameGlob,
    Not,
    Or,
    Region,
    Resource,
    Scope,
    Tag,
    Zone,
    endpoint_text,
)
from verifier.invariants.glob import Glob
from verifier.invariants.parse import parse_expression
from verifier.invariants.place import Place, Source, listed, nearest, quoted
from verifier.invariants.terms import name_mistake
from verifier.packet import Prefix


def parsed(text: str):
    return parse_expression(Source.command_line(text))


ARN = "arn:aws:elasticloadbalancing:eu-west-1:1:loadbalancer/app/x/1"
TERMS = [
    ("internet", Internet()),
    ("any", Any()),
    ("vpc-1", ById(Resource.VPC, "vpc-1")),
    ("vpce-1", ById(Resource.VPC_ENDPOINT, "vpce-1")),
    ("i-0a", ById(Resource.INSTANCE, "i-0a")),
    ("tgw-attach-0", ById(Resource.TRANSIT_GATEWAY_ATTACHMENT, "tgw-attach-0")),
    ("tag:Tier=db", Tag(Scope.INTERFACE, "Tier", Glob("db"))),
    ("tag:Tier", Tag(Scope.INTERFACE, "Tier", None)),
    ('tag:Tier=""', Tag(Scope.INTERFACE, "Tier", Glob(""))),
    ("tag:aws:cloudformation:stack-name=x=y",
     Tag(Scope.INTERFACE, "aws:cloudformation:stack-name", Glob("x=y"))),
    ('tag:"Cost Centre"="a, b"', Tag(Scope.INTERFACE, "Cost Centre", Glob("a, b"))),
    ('tag:"a=b"=c', Tag(Scope.INTERFACE, "a=b", Glob("c"))),
    ("tag:a\\*b=\\*c*", Tag(Scope.INTERFACE, "a*b", Glob("\\*c*"))),
    ("subnet:tag:Layer=e?", Tag(Scope.SUBNET, "Layer", Glob("e?"))),
    ("vpc:tag:Stage", Tag(Scope.VPC, "Stage", None)),
    ("name:web-*", NameGlob(Scope.INTERFACE, Glob("web-*"))),
    ("sg:app", NameGlob(Scope.SECURITY_GROUP, Glob("app"))),
    ("subnet:data-*", NameGlob(Scope.SUBNET, Glob("data-*"))),
    ('subnet:"tag:x"', NameGlob(Scope.SUBNET, Glob("tag:x"))),
    ('vpc:"a (b)"', NameGlob(Scope.VPC, Glob("a (b)"))),
    ('name:""', NameGlob(Scope.INTERFACE, Glob(""))),
    ('name:a\\"b', NameGlob(Scope.INTERFACE, Glob('a"b'))),
    ("10.0.0.0/8", Cidr(Prefix.parse("10.0.0.0/8"))),
    ("198.51.100.7", Cidr(Prefix.parse("198.51.100.7"))),
    ("2001:db8::", Cidr(Prefix.parse("2001:db8::"))),
    ("2001:db8::/32", Cidr(Prefix.parse("2001:db8::/32"))),
    ("::/0", Cidr(Prefix.parse("::/0"))),
    ("account:123456789012", Account("123456789012")),
    ("region:eu-west-1", Region("eu-west-1")),
    ("az:eu-west-1a", Zone("eu-west-1a")),
    ("lb:shop-*", LoadBalancer(Glob("shop-*"))),
    (ARN, LoadBalancer(Glob(ARN), arn=True)),
    ("web_1-a", Named("web_1-a")),
]  # fmt: skip


@pytest.mark.parametrize(("text", "term"), TERMS)
def test_term_and_its_text(text: str, term: object) -> None:
    assert parsed(text) == term
    assert endpoint_text(parsed(text)) == text


def test_places() -> None:
    found = parsed("web or\n  (db and not tag:x)")
    assert isinstance(found, Or)
    web, both = found.items
    assert isinstance(both, And)
    db, rest = both.items
    assert isinstance(rest, Not)
    places = [web.at, db.at, rest.item.at]  # type: ignore[union-attr]
    assert places == [Place(None, 1, 1), Place(None, 2, 4), Place(None, 2, 15)]


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("a, b or c", "a or b or c"),
        ("a or b and c", "a or b and c"),
        ("(a or b) and c", "(a or b) and c"),
        ("a and (b and c)", "a and b and c"),
        ("not not a", "a"),
        ("not (not a)", "a"),
        ("not (a, b)", "not (a or b)"),
        ("not not not a and b", "not a and b"),
        ('tag:a"b c"d=x', 'tag:"ab cd"=x'),
        ("name:a** # said", "name:a*"),
        ("name:x#y", "name:x#y"),
    ],
)
def test_canonical_text(text: str, canonical: str) -> None:
    assert endpoint_text(parsed(text)) == canonical
    assert parsed(canonical) == parsed(text)


MISTAKES = [
    ("", 1, "read the end"),
    ("a b", 3, "expected the end, `and`, `or` or `,`, read `b`"),
    ("a an b", 3, "did you mean `and`"),
    ("a and", 6, "read the end"),
    ("(a", 3, "expected `)`, `and`, `or` or `,`, read the end"),
    ("a)", 2, "read `)`"),
    ("and", 1, "read `and`"),
    ("internet->db", 1, "put blanks around `->`"),
    ("a -> b", 3, "read `->`"),
    ("10.0.0.5/8", 1, "did you mean `10.0.0.0/8` or `10.0.0.5`"),
    ("10.0.0.0/33", 1, "the length is 0 to 32"),
    ("10.0.0", 1, "is not an IP address"),
    ("rtb-0123abcd", 1, "is the id of something that is no endpoint"),
    ("tag:", 1, "expected a tag's key in `tag:`"),
    ("tag:a*=b", 6, "a tag's key is not a pattern, write `\\*`"),
    ("region:eu?", 10, "a region's name is not a pattern"),
    ("account:", 1, "expected an account's id"),
    ("name:", 1, "expected a name or a pattern"),
    ("sg:tag:x=y", 1, "tags are asked of interfaces"),
    ("arn:aws:s3:::x", 1, "expected the ARN of a load balancer"),
    ('"internet"', 1, "only keys and values stand in double quotes"),
    ("in\\*ternet", 1, "only keys and values"),
    ('tag:"x', 5, "a double quote without its end"),
    ("name:a\\b", 7, "a backslash before `b`"),
    ("name:a\\", 7, "a backslash before ``"),
    ("tags:x=y", 1, "did you mean `tag:`"),
    ("(" * 33 + "a" + ")" * 33, 33, "nested deeper than 32"),
    ("a\u200bb", 1, "read `a\\u200bb`"),
]


@pytest.mark.parametrize(("text", "column", "message"), MISTAKES)
def test_mistake(text: str, column: int, message: str) -> None:
    with pytest.raises(UsageError) as caught:
        parsed(text)
    assert str(caught.value).startswith(f"--invariant:1:{column}: ")
    assert message in str(caught.value)


def test_a_mistake_in_a_file_is_of_the_file() -> None:
    with pytest.raises(SpecError, match=r"^f\.yaml:7:3: expected"):
        parse_expression(Source(")", "f.yaml", ((7, 3), (7, 4))))


def test_nesting_up_to_the_bound() -> None:
    assert parsed("(" * 32 + "a" + ")" * 32) == Named("a")


def test_comment_in_literal_text_ends_with_its_line() -> None:
    assert parsed("a # one\n or b # two\n") == Or((Named("a"), Named("b")))


def test_comment_in_folded_text() -> None:
    places = (*((1, column) for column in range(1, 7)), (2, 1), (2, 2))
    source = Source("a # b c", "f", places)
    with pytest.raises(SpecError, match="f:1:3: a comment within folded text"):
        parse_expression(source)
    with pytest.raises(SpecError, match="f:1:1: a comment within folded text"):
        parse_expression(Source("a # b", "f", ((1, 1),)))


@pytest.mark.parametrize(
    ("name", "reason"),
    [("and", "keyword"), ("internet", "keyword"), ("1a", "not a name"), ("sg-x", "like an id"),
     ("rtb-0123abcd", "like an id"), ("a.b", "not a name"), ("\u00e4", "not a name")],
)  # fmt: skip
def test_what_cannot_be_a_name(name: str, reason: str) -> None:
    assert reason in str(name_mistake(name))


def test_what_can_be_a_name() -> None:
    assert name_mistake("rtb-servers_1") is None


def test_words_of_messages() -> None:
    assert quoted("x" * 61) == f"`{'x' * 57}...`"
    assert listed(["a"]) == "a"
    assert nearest("zzz", ["abc"]) == ""
    assert nearest("abd", ["abc", "abe"]) == ", did you mean `abe` or `abc`"


@pytest.mark.parametrize(
    ("pattern", "value", "matches"),
    [
        ("a*", "a", True), ("a*", "ba", False), ("*a*b*", "xaxbx", True), ("a?c", "abc", True),
        ("a?c", "ac", False), ("\\*", "*", True), ("\\*", "x", False), ("a.c", "abc", False),
        ("A", "a", False), ("*", "", True), ("*x", "x\nx", True), ("", "", True),
        ("a\\\\b", "a\\b", True), ("*" + "a*" * 30 + "b", "a" * 5000, False),
    ],
)  # fmt: skip
def test_glob(pattern: str, value: str, matches: bool) -> None:
    assert Glob(pattern).matches(value) is matches


def test_exact_globs() -> None:
    assert Glob("a\\*").exact == "a*"
    assert Glob("a*").exact is None
    assert Glob.exactly("a*?\\").exact == "a*?\\"

from __future__ import annotations

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings

from tests.unit.invariants.sample import GAP, NETWORK, address
from verifier.errors import SpecError, UsageError
from verifier.invariants import Directory, Role, endpoint_set, read_spec, resolve
from verifier.invariants.endpoint import And, Named, Not, Or, endpoint_text
from verifier.invariants.hosts import Hosts
from verifier.invariants.lookup import Lookup
from verifier.invariants.parse import parse_expression
from verifier.invariants.place import Source
from verifier.invariants.question import AddressPolicy, EndpointSet, Names
from verifier.invariants.resolve import Resolver
from verifier.model import Network
from verifier.packet import NOT_INTERNET, AddressSet, Prefix

DIRECTORY = Directory(NETWORK)
SOURCE, DESTINATION = Role.SOURCE, Role.DESTINATION
PRIMARY = AddressPolicy.PRIMARY


def parsed(text: str):
    return parse_expression(Source.command_line(text))


def found(text: str, role: Role = SOURCE, policy: AddressPolicy = AddressPolicy.EVERY):
    return resolve(parsed(text), DIRECTORY, role, policy)


def block(*texts: str) -> AddressSet:
    return AddressSet.of(*map(Prefix.parse, texts))


IGWS = ("igw-2", "igw-gone")
SENDERS = ["eni-app", "eni-db", "eni-far", "eni-lambda", "eni-v6", "eni-web"]
RECEIVERS = ["eni-app", "eni-db", "eni-far", "eni-v6", "eni-vpce", "eni-web"]


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("vpc-1", "app db lambda v6 web"), ("vpc-2", "far"), ("subnet-a", "app web"),
        ("subnet-empty", ""), ("sg-web", "web"), ("sg-gone", "app"), ("eni-app", "app"),
        ("eni-spare", ""), ("eni-nat", ""), ("i-web", "web"), ("i-bare", ""), ("acl-a", "app web"),
        ("acl-default", "db lambda v6"), ("tag:Tier=web", "web"), ("tag:Tier", "db far web"),
        ("tag:Tier=?b", "db"), ("tag:Role=bastion", "web"), ("tag:Nope=x", ""),
        ('tag:Team="a, b"', "web"), ("name:web-1", "web"), ("name:db-*", "db"), ("name:zz*", ""),
        ("name:bare", ""), ("sg:app-servers", "app"), ('sg:"front door"', "web"), ("sg:web", "web"),
        ("sg:*", "app web"), ("subnet:data-*", "db lambda v6"), ("subnet:public-a", "app web"),
        ("vpc:shop", "app db lambda v6 web"), ("subnet:tag:Layer=edge", "app web"),
        ("vpc:tag:Stage", "app db lambda v6 web"), ("account:111111111111", "web"),
        ("account:222222222222", "app db lambda v6"), ("region:eu-west-1", "app db lambda v6 web"),
        ("az:eu-west-1a", "web"), ("az:eu-west-1b", "app"), ("az:eu-west-1c", ""),
        ("any and not vpc-1 and tag:Tier", "far"), ("not vpc-1 and vpc-2", "far"),
    ],
)  # fmt: skip
def test_members(text: str, ids: str) -> None:
    assert found(text) == EndpointSet({f"eni-{id_}": Names(True) for id_ in ids.split()})


def test_roles() -> None:
    assert list(found("any").interfaces) == SENDERS
    assert list(found("any", DESTINATION).interfaces) == RECEIVERS
    assert not found("vpce-0a1")
    assert list(found("vpce-0a1", DESTINATION).interfaces) == ["eni-vpce"]
    assert found("nat-1", DESTINATION) == EndpointSet({"eni-nat": Names(True)})


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("vgw-1", ["vgw-1"]), ("vgw-1 or any", ["vgw-1"]), ("lb:x*", []),
        ("nat-2", ["nat-2"]), ("nat-gone", ["nat-gone"]),
        ("igw-gone", ["igw-gone"]), ("not vgw-1, (nat-2 and any)", ["vgw-1", "nat-2"]),
        ("igw-1, vpce-0a1, nat-1, sg-web", []),
    ],
)  # fmt: skip
def test_what_is_not_modelled(text: str, names: list[str]) -> None:
    assert list(found(text, DESTINATION).unknown) == names


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("vpc-9", "no VPC `vpc-9` in the snapshot, did you mean"), ("subnet-9", "no subnet"),
        ("sg-9", "no security group"), ("eni-9", "no network interface"), ("i-9", "no instance"),
        ("acl-9", "no network ACL"), ("igw-9", "no internet gateway `igw-9` in the snapshot, did"),
        ("nat-1", "NAT gateway `nat-1` as a source, it can only be a destination"),
        ("name:web-9", "no interface or instance in the snapshot is named `web-9`, did you mean"),
        ("sg:x", "no security group in the snapshot is named `x`"),
        ("subnet:x", "no subnet in"), ("vpc:shops", "no VPC in the snapshot is named `shops`, did"),
        ("account:1", "no account `1` in"), ("region:eu-west-2", "no Region `eu-west-2` in the"),
        ("az:x", "no availability zone `x`"), ("web", "no endpoint is named `web`"),
        ("vgw-9", "no virtual private gateway `vgw-9`"), ("tgw-attach-9", "no transit gateway att"),
        ("vpce-9", "no VPC endpoint `vpce-9` in the snapshot, did you mean `vpce-0a1`"),
        ("lb:front", "no load balancer `front` in the snapshot"),
        ("type:lamda", "no interface is of type `lamda`, did you mean `lambda`"),
        ("tgw-1", "`tgw-1` is no endpoint, packets pass it: name it by `through`"),
        ("any or not vpc-9", "--invariant:1:12: no VPC"),
    ],
)  # fmt: skip
def test_what_does_not_exist(text: str, message: str) -> None:
    with pytest.raises(SpecError) as caught:
        found(text)
    assert str(caught.value).startswith("--invariant:1:")
    assert message in str(caught.value)


def test_nat_gateway_that_does_not_exist() -> None:
    with pytest.raises(SpecError, match="no NAT gateway `nat-9`"):
        found("nat-9", DESTINATION)


def test_internet_and_outside() -> None:
    internet = found("internet").outside["internet"]
    for text, inside in (("198.51.100.7", True), ("203.0.113.10", False), ("203.0.113.5", False),
                         ("203.0.113.6", False), ("10.9.9.9", False), ("224.0.0.1", False),
                         ("2001:db8:ffff::1", True), ("2001:db8:1::7", False)):  # fmt: skip
        assert (address(text) in internet) is inside, text
    everywhere = found("any").outside[None]
    for text, inside in (("10.9.9.9", True), ("10.0.0.77", False), ("169.254.169.254", False),
                         ("fd00:ec2::253", False), ("192.168.1.1", True)):  # fmt: skip
        assert (address(text) in everywhere) is inside, text
    assert found("igw-1").outside == {"igw-1": internet}
    assert endpoint_set("any", Network(), SOURCE).outside[None].count() > 2**127


def test_ways_out_without_an_id() -> None:
    doors = {
        gaps: set(endpoint_set("not internet", Network(gaps=gaps), DESTINATION).outside)
        for gaps in ((), (GAP,))
    }
    assert doors == {(): {None}, (GAP,): {None, "elsewhere"}}


def test_complements_outside() -> None:
    internet = found("internet").outside["internet"]
    rest = found("any").outside[None] - internet
    assert found("not internet").outside == {None: rest}
    doors = dict.fromkeys(["eni-app", "pcx-gone", "tgw-1", "vgw-1"], internet)
    assert found("not internet", DESTINATION).outside == {None: rest, **doors}
    assert found("not igw-1").outside == {None: rest, **dict.fromkeys(IGWS, internet)}
    assert found("not igw-1", DESTINATION).outside == {
        None: rest, **doors, "igw-2": internet, "igw-gone": internet,
    }  # fmt: skip
    assert found("not any").outside == {}
    assert found("internet and igw-1").outside == {"igw-1": internet}
    assert found("igw-1 and igw-2").outside == {}
    assert found("internet or igw-1").outside == {"internet": internet}
    assert found("any or internet").outside == {None: rest | internet}
    assert found("internet and 198.51.100.0/24").outside == {"internet": block("198.51.100.0/24")}
    assert found("igw-1 and 198.51.100.0/24").outside == {"igw-1": block("198.51.100.0/24")}
    assert found("10.0.0.0/24").outside == {}


def test_blocks_as_sources() -> None:
    assert found("10.0.0.10").interfaces == {"eni-web": Names(False, block("10.0.0.10"))}
    assert found("203.0.113.11").interfaces == {"eni-web": Names(False, block("10.0.0.11"))}
    assert found("203.0.113.5").interfaces == {}
    assert found("10.0.0.20").interfaces == {"eni-app": Names(True)}
    assert found("10.0.1.128/25").interfaces == {"eni-db": Names(False, block("10.0.1.128/28"))}
    assert found("10.0.1.0/24, 2001:db8::/32").interfaces == {
        "eni-db": Names(True), "eni-lambda": Names(True), "eni-v6": Names(True),
        "eni-web": Names(False, block("2001:db8:1::10")),
    }  # fmt: skip


def test_blocks_as_destinations() -> None:
    pair = block("10.0.0.10", "203.0.113.10")
    assert found("10.0.0.10", DESTINATION).interfaces == {"eni-web": Names(False, pair)}
    assert found("203.0.113.11", DESTINATION).interfaces == {
        "eni-web": Names(False, block("203.0.113.11"))
    }
    assert found("10.0.0.0/8, 2001:db8::/32", DESTINATION).interfaces == {
        id_: Names(True) for id_ in RECEIVERS if id_ != "eni-far"
    }


def test_the_default_is_narrowed_by_blocks() -> None:
    assert found("tag:Tier=web and 10.0.0.11", policy=PRIMARY).interfaces == {
        "eni-web": Names(False, block("10.0.0.11"))
    }
    assert found("10.0.0.11 and sg-web", policy=PRIMARY).interfaces == {
        "eni-web": Names(False, block("10.0.0.11"))
    }
    assert found("sg-web or 10.0.0.11", policy=PRIMARY).interfaces == {
        "eni-web": Names(True, block("10.0.0.11"))
    }
    both = "(sg-web or 10.0.0.11) and (sg-web or 10.0.0.10)"
    assert found(both, policy=PRIMARY).interfaces == {
        "eni-web": Names(True, block("10.0.0.10", "10.0.0.11"))
    }
    assert found("10.0.0.0/24 and 10.0.0.11", policy=PRIMARY).interfaces == {
        "eni-web": Names(False, block("10.0.0.11"))
    }
    assert found("(sg-web or 10.0.0.11) and vpc-1", policy=PRIMARY).interfaces == {
        "eni-web": Names(True, block("10.0.0.11"))
    }
    assert found("10.0.0.20", policy=PRIMARY).interfaces == {
        "eni-app": Names(False, block("10.0.0.20"))
    }
    assert found("10.0.0.11 and sg-app", policy=PRIMARY).interfaces == {}
    assert found("10.0.0.11 and 10.0.0.10", policy=PRIMARY).interfaces == {}


def test_complements_of_blocks() -> None:
    def web(text: str, role: Role = SOURCE):
        return found(text, role, PRIMARY).interfaces.get("eni-web")

    assert web("not 10.0.0.11") == Names(True)
    assert web("not 10.0.0.10") == Names(False, block("2001:db8:1::10"))
    assert web("not not 10.0.0.11") == Names(False, block("10.0.0.11"))
    assert web("not (10.0.0.10, 2001:db8::/32)") is None
    assert web("not 203.0.113.10", DESTINATION) == Names(
        False, block("10.0.0.10", "2001:db8:1::10")
    )
    assert found("not 10.0.0.10").interfaces["eni-web"] == Names(
        False, block("10.0.0.11", "2001:db8:1::10")
    )
    assert "eni-web" not in found("not (10.0.0.0/8, 2001:db8::/32)").interfaces


def test_names_mean_their_definitions() -> None:
    spec = read_spec(
        "version: 1\nendpoints: {web: tag:Tier=web, far: [vgw-1, not web], none: 'tag:x, web'}\n"
        "invariants: [{never: far -> not far}]",
        "f",
    )
    invariant = spec.invariants[0]
    asked = resolve(invariant.source, DIRECTORY, SOURCE)
    assert list(asked.interfaces) == [id_ for id_ in SENDERS if id_ != "eni-web"]
    assert asked.unknown == ("vgw-1",)
    assert resolve(invariant.source, DIRECTORY, SOURCE) == asked
    assert list(resolve(invariant.destination, DIRECTORY, SOURCE).interfaces) == ["eni-web"]
    resolver = Resolver(DIRECTORY, SOURCE, PRIMARY)
    assert list(resolver.warnings(Not(And((Named("none", definition=spec.endpoints["none"]),
                                           parsed("any")))))) == [
        "f:2:62: `tag:x` matches nothing that can be a source"
    ]  # fmt: skip


def test_warnings() -> None:
    def warnings(text: str) -> list[str]:
        resolver = Resolver(DIRECTORY, DESTINATION, AddressPolicy.EVERY)
        return list(resolver.warnings(parsed(text)))

    assert warnings("tag:x") == []
    assert warnings("any, vgw-1") == []
    assert warnings("any, not any") == [
        "--invariant:1:10: `not any` matches nothing that can be a destination"
    ]
    assert warnings("any or (name:zz* or tag:q) and any") == [
        "--invariant:1:9: `(name:zz* or tag:q) and any` matches nothing that can be a destination",
        "--invariant:1:9: `name:zz*` matches nothing that can be a destination",
        "--invariant:1:21: `tag:q` matches nothing that can be a destination",
    ]


def test_many_interfaces_stand_in_order() -> None:
    many = {
        f"eni-{i:03}": NETWORK.interfaces["eni-app"].__class__(
            id=f"eni-{i:03}", vpc_id="v", subnet_id="s", tags={"a": str(i % 2)}
        )
        for i in reversed(range(200))
    }
    network = Network(interfaces=many)
    assert list(endpoint_set("tag:a=0", network, SOURCE).interfaces) == sorted(many)[::2]


def test_endpoint_set_tells_mistakes_of_syntax() -> None:
    with pytest.raises(UsageError, match=r"--invariant:1:1: expected"):
        endpoint_set(")", NETWORK, SOURCE)


def test_lookup_takes_no_names() -> None:
    with pytest.raises(AssertionError, match="looked up"):
        Lookup(DIRECTORY, SOURCE, False).hosts(Named("x"))
    assert not Hosts()


# --- the algebra against its meaning, pair by pair ---

TERMS = [
    "any", "internet", "igw-1", "igw-2", "vpc-1", "sg-web", "tag:Tier", "eni-db", "10.0.0.0/24",
    "10.0.0.10", "203.0.113.0/24", "10.0.1.0/24", "2001:db8::/32", "0.0.0.0/0", "198.51.100.0/24",
    "::/0", "10.0.1.130",
]  # fmt: skip
EXPRESSIONS = st.recursive(
    st.sampled_from(TERMS).map(parsed),
    lambda inner: st.one_of(
        inner.map(Not),
        st.tuples(inner, inner).map(And),
        st.lists(inner, min_size=2, max_size=3).map(tuple).map(Or),
    ),
    max_leaves=6,
)
OUTSIDE = list(map(address, ("198.51.100.1", "8.8.8.8", "172.16.0.1", "2001:db8:ff::1", "fd01::1",
                             "10.200.0.1", "224.0.0.1")))  # fmt: skip
DOORS = ["igw-1", "igw-2", "vgw-1", "tgw-1"]


def pairs(role: Role):
    for id_ in SENDERS if role is SOURCE else RECEIVERS:
        for span in DIRECTORY.addresses(id_, role).ranges():
            for value in {span.first, span.last}:
                yield id_, span._replace(first=value, last=value)
    for outside in OUTSIDE:
        for door in DOORS:
            # An internet address comes in by an internet gateway alone (ASK-4).
            if role is DESTINATION or outside in NOT_INTERNET or door.startswith("igw-"):
                yield door, AddressSet.of(outside)


def holds(hosts: EndpointSet, member: str, where: AddressSet) -> bool:
    if member in DOORS:
        doors = [None, member, *(["internet"] if member.startswith("igw-") else [])]
        return any(not where - hosts.outside.get(door, AddressSet()) for door in doors)
    names = hosts.interfaces.get(member, Names(False))
    return names.default or not where - names.named


def meaning(expression, role: Role, member: str, where: AddressSet) -> bool:
    match expression:
        case Not(item):
            return not meaning(item, role, member, where)
        case And(items):
            return all(meaning(item, role, member, where) for item in items)
        case Or(items):
            return any(meaning(item, role, member, where) for item in items)
        case _:
            return holds(resolve(expression, DIRECTORY, role), member, where)


@settings(max_examples=300, deadline=None)
@given(EXPRESSIONS, st.sampled_from(Role))
def test_exact_over_pairs(expression, role: Role) -> None:
    hosts = resolve(expression, DIRECTORY, role)
    for member, span in pairs(role):
        where = AddressSet.of(span)
        assert holds(hosts, member, where) == meaning(expression, role, member, where), (
            member, where, endpoint_text(expression),
        )  # fmt: skip
    assert all(hosts.interfaces.values())
    assert all(hosts.outside.values())
    assert list(hosts.interfaces) == sorted(hosts.interfaces)

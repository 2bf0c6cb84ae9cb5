"""Small networks and probes for the encoder's tests: every fact that matters is in the test."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from verifier.encode import encode
from verifier.invariants.question import (
    AddressPolicy,
    EndpointSet,
    Goal,
    Mode,
    Names,
    Question,
    Traffic,
    TrafficTerm,
)
from verifier.model import (
    Gap,
    GroupReference,
    InterfaceAddress,
    InternetGateway,
    InternetGatewayTarget,
    Ipv6Block,
    NatAddress,
    NatGateway,
    NatGatewayTarget,
    Network,
    NetworkAcl,
    NetworkAclEntry,
    NetworkInterface,
    PeeringConnection,
    PeeringSide,
    PeeringTarget,
    Route,
    RouteTable,
    RouteTarget,
    SecurityGroup,
    SecurityGroupRule,
    Subnet,
    Vpc,
)
from verifier.packet import Address, AddressSet, Packet, Prefix
from verifier.solve import Query
from verifier.trace import Choices, Host, InstanceStates, InterfaceHost, OutsideHost, Probe

BOTH = frozenset((4, 6))
ALL: Traffic = (TrafficTerm(BOTH, None),)
V4, V6 = "0.0.0.0/0", "::/0"


def at(text: str) -> Address:
    return Address.parse(text)


def block(text: str) -> Prefix:
    return Prefix.parse(text)


def gap(name: str = "gap") -> Gap:
    return Gap(name, "GAP-6", "drawn")


def rule(egress: bool, peer: Any = V4, protocol: int = -1, ports: Any = None, **more: Any) -> Any:
    first, last = ports or (None, None)
    who = block(peer) if isinstance(peer, str) else peer
    return SecurityGroupRule(
        egress=egress, protocol=protocol, from_port=first, to_port=last, peer=who, **more
    )


def group(id_: str, *rules: SecurityGroupRule, vpc: str = "vpc-a") -> SecurityGroup:
    return SecurityGroup(id=id_, vpc_id=vpc, rules=rules)


def member(of: str) -> GroupReference:
    return GroupReference(of)


OPEN = (rule(True), rule(False), rule(True, V6), rule(False, V6))


def entry(number: int, egress: bool, allow: bool, prefix: str = V4, **more: Any) -> NetworkAclEntry:
    values: dict[str, Any] = {"protocol": -1, "prefix": block(prefix), **more}
    return NetworkAclEntry(rule_number=number, egress=egress, allow=allow, **values)


OPEN_LIST = tuple(
    entry(number, egress, True, prefix)
    for egress in (True, False)
    for number, prefix in ((100, V4), (101, V6))
)


def acl(id_: str, *entries: NetworkAclEntry, **more: Any) -> NetworkAcl:
    return NetworkAcl(id=id_, entries=entries, **{"vpc_id": "vpc-a", **more})


def eni(id_: str, subnet: str, *addresses: str, vpc: str = "vpc-a", **more: Any) -> Any:
    """`10.0.0.5` or `10.0.0.5=198.51.100.5` (with a public address); the first is primary."""
    ipv4, ipv6 = [], []
    for text in addresses:
        own, _, public = text.partition("=")
        if ":" in own:
            ipv6.append(at(own))
        else:
            ipv4.append(InterfaceAddress(at(own), not ipv4, at(public) if public else None))
    values = {"groups": ("sg-open",), "ipv4": tuple(ipv4), "ipv6": tuple(ipv6), **more}
    return NetworkInterface(id=id_, vpc_id=vpc, subnet_id=subnet, **values)


def route(prefix: Any, target: RouteTarget, **more: Any) -> Route:
    where = block(prefix) if isinstance(prefix, str) else prefix
    return Route(destination=where, target=target, **more)


def igw(id_: str = "igw-a") -> InternetGatewayTarget:
    return InternetGatewayTarget(id_)


def nat(id_: str = "nat-a") -> NatGatewayTarget:
    return NatGatewayTarget(id_)


def pcx(id_: str = "pcx-ab") -> PeeringTarget:
    return PeeringTarget(id_)


def table(id_: str, *routes: Route, **more: Any) -> RouteTable:
    return RouteTable(id=id_, routes=routes, **{"vpc_id": "vpc-a", **more})


def _by_id(things: Any) -> Any:
    return {thing.id: thing for thing in things}


def network(**parts: Any) -> Network:
    """Two VPCs with an internet gateway each, three open subnets, peered; parts by keyword replace.

    Lists are given as sequences; mappings pass as they are.
    """
    base: dict[str, Any] = {
        "vpcs": (
            Vpc(
                id="vpc-a",
                ipv4=(block("10.0.0.0/16"),),
                ipv6=(Ipv6Block(block("2600:a::/56")), Ipv6Block(block("fd01::/56"), True)),
                region="eu-1",
            ),
            Vpc(
                id="vpc-b",
                ipv4=(block("10.1.0.0/16"),),
                ipv6=(Ipv6Block(block("2600:b::/56")),),
                region="eu-1",
            ),
        ),
        "subnets": (
            _subnet("subnet-1", "vpc-a", "10.0.1.0/24", "2600:a:0:1::/64", "fd01:0:0:1::/64"),
            _subnet("subnet-2", "vpc-a", "10.0.2.0/24", "2600:a:0:2::/64"),
            _subnet("subnet-3", "vpc-b", "10.1.3.0/24", "2600:b:0:3::/64"),
        ),
        "network_acls": (
            acl("acl-a", *OPEN_LIST, is_default=True),
            acl("acl-b", *OPEN_LIST, is_default=True, vpc_id="vpc-b"),
        ),
        "security_groups": (group("sg-open", *OPEN),),
        "interfaces": (
            eni("eni-1", "subnet-1", "10.0.1.5=198.51.100.1", "2600:a:0:1::5"),
            eni("eni-2", "subnet-2", "10.0.2.5", "2600:a:0:2::5"),
            eni("eni-3", "subnet-3", "10.1.3.5=198.51.100.3", "2600:b:0:3::5", vpc="vpc-b"),
        ),
        "route_tables": (
            table("rtb-a", route(V4, igw()), route(V6, igw()), main=True),
            table(
                "rtb-b", route(V4, igw("igw-b")), route(V6, igw("igw-b")),
                main=True, vpc_id="vpc-b",
            ),
        ),
        "internet_gateways": (
            InternetGateway(id="igw-a", vpc_ids=("vpc-a",)),
            InternetGateway(id="igw-b", vpc_ids=("vpc-b",)),
        ),
        "peerings": (peering(),),
    }  # fmt: skip
    base.update(parts)
    made = {
        key: value if isinstance(value, Mapping) or key in _PLAIN else _by_id(value)
        for key, value in base.items()
    }
    return Network(**made)


_PLAIN = {"entrances", "relays", "missing", "passages", "reference_gap", "gaps", "incomplete"}


def _subnet(id_: str, vpc: str, *prefixes: str) -> Subnet:
    return Subnet(id=id_, vpc_id=vpc, prefixes=tuple(block(prefix) for prefix in prefixes))


def peering(id_: str = "pcx-ab", **more: Any) -> PeeringConnection:
    values: dict[str, Any] = {
        "active": True,
        "requester": PeeringSide(vpc_id="vpc-a", region="eu-1"),
        "accepter": PeeringSide(vpc_id="vpc-b", region="eu-1"),
        **more,
    }
    return PeeringConnection(id=id_, **values)


def nat_gateway(id_: str = "nat-a", subnet: str = "subnet-1", **more: Any) -> NatGateway:
    values: dict[str, Any] = {
        "vpc_id": "vpc-a",
        "public": True,
        "addresses": (NatAddress(at("10.0.1.9"), at("198.51.100.9"), None, True),),
        **more,
    }
    return NatGateway(id=id_, subnet_id=subnet, **values)


def peered(*more: Route) -> tuple[RouteTable, RouteTable]:
    """Both main tables with a route to the other VPC (and the internet)."""
    return (
        table(
            "rtb-a", route("10.1.0.0/16", pcx()), route("2600:b::/56", pcx()),
            route(V4, igw()), route(V6, igw()), *more, main=True,
        ),
        table(
            "rtb-b", route("10.0.0.0/16", pcx()), route("2600:a::/56", pcx()),
            route(V4, igw("igw-b")), route(V6, igw("igw-b")), main=True, vpc_id="vpc-b",
        ),
    )  # fmt: skip


def hosts(*ids: str, named: str = "", **doors: str) -> EndpointSet:
    """Interfaces by id; outside addresses by door (`internet="8.0.0.0/8"`, `any_="..."`)."""
    names = Names(not named, AddressSet.of(*map(block, named.split())))
    return EndpointSet(
        interfaces=dict.fromkeys(sorted(ids), names),
        outside={
            None if door == "any_" else door.replace("_", "-"): AddressSet.of(
                *map(block, text.split())
            )
            for door, text in doors.items()
        },
    )


def question(sources: EndpointSet, destinations: EndpointSet, **more: Any) -> Question:
    values: dict[str, Any] = {
        "traffic": ALL,
        "goal": Goal.DELIVERED,
        "mode": Mode.PACKET,
        "policy": AddressPolicy.EVERY,
        "states": InstanceStates.RECORDED,
        **more,
    }
    return Question(sources=sources, destinations=destinations, **values)


def tcp(source: str, destination: str, port: int = 443, client: int = 40000) -> Packet:
    return Packet(at(source), at(destination), 6, client, port)


def icmp(source: str, destination: str, kind: int = 8, code: int = 0, protocol: int = 1) -> Packet:
    return Packet(at(source), at(destination), protocol, icmp_type=kind, icmp_code=code)


def raw(source: str, destination: str, protocol: int) -> Packet:
    return Packet(at(source), at(destination), protocol)


def host(name: str, address: Address) -> Host:
    """`eni-...`, or a door of the outside; `any_` is the door None."""
    if name.startswith("eni-"):
        return InterfaceHost(name)
    return OutsideHost(address, None if name == "any_" else name)


def probe(source: str, destination: str, packet: Packet, **more: Any) -> Probe:
    return Probe(host(source, packet.source), host(destination, packet.destination), packet, **more)


def _set_of(name: str, address: Address) -> EndpointSet:
    if name.startswith("eni-"):
        return hosts(name)
    door = None if name == "any_" else name
    return EndpointSet(outside={door: AddressSet.of(address)})


def gets(
    net: Network,
    source: str,
    destination: str,
    packet: Packet,
    *,
    opened: tuple[Gap, ...] = (),
    choices: Choices | None = None,
    **more: Any,
) -> bool:
    """Does the packet get from the one host to the other? Said by goal and by its negation."""
    sent = probe(source, destination, packet, choices=choices or Choices())
    asked = question(
        _set_of(source, packet.source), _set_of(destination, packet.destination), **more
    )
    sent = replace(sent, states=asked.states)
    works = Query(encode(net, asked, frozenset(opened))).at(sent)
    failing = replace(asked, goal=Goal.FAILING)
    assert Query(encode(net, failing, frozenset(opened))).at(sent) is not works
    return works


def returns(net: Network, source: str, destination: str, packet: Packet, **more: Any) -> bool:
    """The same in connection mode."""
    return gets(net, source, destination, packet, mode=Mode.CONNECTION, **more)

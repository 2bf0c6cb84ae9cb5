from __future__ import annotations

from dataclasses import replace

import pytest

from verifier.cli.hosts import SPOOFED, destination_end, source_end
from verifier.errors import SpecError, UsageError
from verifier.model import (
    Gap,
    InstanceConnectEndpoint,
    InterfaceAddress,
    InterfaceKind,
    Ipv6Block,
    NatAddress,
    NatGateway,
    Network,
    NetworkInterface,
    Route,
    RouteTable,
    Subnet,
    UnmodelledTarget,
    Vpc,
)
from verifier.packet import Address, Prefix
from verifier.trace import InterfaceHost, OutsideHost


def address(text: str) -> Address:
    return Address.parse(text)


def interface(
    id_: str, *private: str, public: str | None = None, **more: object
) -> NetworkInterface:
    ipv4 = tuple(
        InterfaceAddress(
            address(one), primary=at == 0, public=address(public) if public and at == 0 else None
        )
        for at, one in enumerate(private)
    )
    return NetworkInterface(
        id=id_,
        vpc_id="vpc-1",
        subnet_id="subnet-1",
        ipv4=ipv4,
        **more,  # type: ignore[arg-type]
    )


def network(*interfaces: NetworkInterface) -> Network:
    blocks = (Prefix.parse("10.0.0.0/16"),)
    six = Prefix.parse("2001:db8:1::/56")
    return Network(
        vpcs={"vpc-1": Vpc(id="vpc-1", ipv4=blocks, ipv6=(Ipv6Block(six),))},
        subnets={
            "subnet-1": Subnet(
                id="subnet-1",
                vpc_id="vpc-1",
                prefixes=(Prefix.parse("10.0.1.0/24"), Prefix.parse("2001:db8:1::/64")),
                tags={"Name": "web"},
            )
        },
        nat_gateways={
            "nat-1": NatGateway(
                id="nat-1",
                vpc_id="vpc-1",
                subnet_id="subnet-1",
                public=True,
                addresses=(NatAddress(address("10.0.1.200"), address("203.0.113.200")),),
            )
        },
        interfaces={one.id: one for one in interfaces},
    )


WEB = interface("eni-web", "10.0.1.10", "10.0.1.11", public="203.0.113.10", tags={"Name": "web"})
DB = interface("eni-db", "10.0.1.20", tags={"Name": "db"})
SIX = interface(
    "eni-six",
    "10.0.1.30",
    ipv6=(address("2001:db8:1::30"), address("fd00::30")),
    delegated=(Prefix.parse("10.0.1.64/28"),),
)
NETWORK = network(WEB, DB, SIX)


def test_an_endpoint_that_names_one_interface() -> None:
    end = source_end("name:web", NETWORK)
    assert end.host == InterfaceHost("eni-web")
    assert end.addresses == (address("10.0.1.10"),)
    assert end.network is NETWORK
    six = source_end("eni-six", NETWORK)
    assert [str(one) for one in six.addresses] == ["10.0.1.30", "2001:db8:1::30", "fd00::30"]


def test_a_destination_is_named_as_some_would() -> None:
    inside, internet = source_end("name:db", NETWORK), source_end("198.51.100.7", NETWORK)
    on_premises = source_end("192.168.0.1", NETWORK)
    assert destination_end("name:web", inside).addresses == (address("10.0.1.10"),)
    assert destination_end("name:web", internet).addresses == (address("203.0.113.10"),)
    assert destination_end("name:web", on_premises).addresses == (address("10.0.1.10"),)
    assert destination_end("name:db", internet).addresses == ()
    assert destination_end("eni-six", internet).addresses == (address("2001:db8:1::30"),)


def test_a_cidr_narrows_the_addresses() -> None:
    assert source_end("10.0.1.11/32", NETWORK).addresses == (address("10.0.1.11"),)


@pytest.mark.parametrize(
    ("keeps", "addresses", "endpoint"),
    [
        (False, ["10.0.1.60"], None),
        (True, ["198.51.100.7", "2001:db8::7"], "eice-1"),
        (None, ["10.0.1.60"], None),
    ],
)
def test_an_endpoint_that_keeps_addresses_sends_for_any_user(
    keeps: bool | None, addresses: list[str], endpoint: str | None
) -> None:
    kind = InterfaceKind.INSTANCE_CONNECT_ENDPOINT
    made = InstanceConnectEndpoint(id="eice-1", interface_id="eni-7", keeps_clients=keeps)
    whole = replace(
        network(interface("eni-7", "10.0.1.60", kind=kind)),
        instance_connect_endpoints={"eni-7": made},
    )
    end = source_end("eice-1", whole)
    assert [str(one) for one in end.addresses] == addresses
    assert (end.host, end.endpoint) == (InterfaceHost("eni-7"), endpoint)
    own = source_end("10.0.1.60", whole)
    assert (own.addresses, own.endpoint) == ((address("10.0.1.60"),), None)


def test_an_address_that_an_interface_has() -> None:
    assert source_end("10.0.1.11", NETWORK).addresses == (address("10.0.1.11"),)
    public = source_end("203.0.113.10", NETWORK)
    assert (public.host, public.addresses) == (InterfaceHost("eni-web"), (address("10.0.1.10"),))
    delegated = source_end("10.0.1.70", NETWORK)
    assert (delegated.host, delegated.addresses) == (
        InterfaceHost("eni-six"),
        (address("10.0.1.70"),),
    )
    to = destination_end("203.0.113.10", source_end("name:db", NETWORK))
    assert (to.host, to.addresses) == (InterfaceHost("eni-web"), (address("203.0.113.10"),))
    assert source_end("2001:db8:1::30", NETWORK).host == InterfaceHost("eni-six")


def test_outside_addresses() -> None:
    end = source_end("198.51.100.7", NETWORK)
    assert end.host == OutsideHost(address("198.51.100.7"))
    to = destination_end("192.0.2.1", source_end("name:db", NETWORK))
    assert to.host == OutsideHost(address("192.0.2.1"))


def test_a_nat64_name_means_who_has_the_address_in_it() -> None:
    source = source_end("eni-six", NETWORK)
    for text, name in (("64:ff9b::a00:114", "eni-db"), ("64:ff9b::cb00:710a", "eni-web")):
        to = destination_end(text, source)
        assert (to.host, to.addresses) == (InterfaceHost(name), (address(text),))
    to = destination_end("64:ff9b::c000:201", source)
    assert to.host == OutsideHost(address("64:ff9b::c000:201"))
    assert destination_end("64:ff9b::a00:163", source).host is None


@pytest.mark.parametrize("text", ["10.0.1.99", "10.0.9.9", "203.0.113.200", "169.254.169.253"])
def test_a_destination_that_is_nobody(text: str) -> None:
    to = destination_end(text, source_end("name:db", NETWORK))
    assert (to.host, to.addresses) == (None, (address(text),))


@pytest.mark.parametrize("text", ["10.0.1.99", "2001:db8:1::99"])
def test_a_spoofed_source_enters_at_its_subnet(text: str) -> None:
    end = source_end(text, NETWORK)
    assert end.spoofed == "subnet-1"
    assert end.host == InterfaceHost(SPOOFED)
    spoofer = end.network.interfaces[SPOOFED]
    assert spoofer.subnet_id == "subnet-1"
    assert [own.address for own in spoofer.ipv4] + list(spoofer.ipv6) == [address(text)]
    assert SPOOFED not in NETWORK.interfaces
    assert len(end.network.security_groups[SPOOFED].rules) == 4


def test_what_cannot_be_a_source() -> None:
    with pytest.raises(UsageError, match=r"nobody has `10\.0\.9\.9`, and no subnet holds it"):
        source_end("10.0.9.9", NETWORK)
    with pytest.raises(UsageError, match="belongs to a NAT gateway"):
        source_end("203.0.113.200", NETWORK)
    other = replace(NETWORK.subnets["subnet-1"], id="subnet-2", vpc_id="vpc-2", tags={})
    overlapping = replace(NETWORK, subnets={**NETWORK.subnets, "subnet-2": other})
    with pytest.raises(UsageError, match=r"several subnets hold it: subnet-1 \(web\), subnet-2"):
        source_end("10.0.1.99", overlapping)


def test_several_candidates_are_listed() -> None:
    with pytest.raises(UsageError) as caught:
        source_end("subnet-1", NETWORK)
    assert str(caught.value) == (
        "--from: `subnet-1` names several hosts, name one of them:"
        " eni-db (db), eni-six, eni-web (web)"
    )
    twin = replace(DB, id="eni-twin", vpc_id="vpc-2")
    with pytest.raises(UsageError, match=r"eni-db \(db\) in vpc-1, eni-twin \(db\) in vpc-2"):
        source_end("10.0.1.20", network(DB, twin))
    with pytest.raises(UsageError, match=r"hosts outside \(name one by its address\)"):
        source_end("internet", NETWORK)
    many = [interface(f"eni-{at:02}", f"10.0.1.{at}") for at in range(1, 31)]
    with pytest.raises(UsageError, match=r"eni-20 and 10 more$"):
        source_end("vpc-1", network(*many))


def test_what_names_nobody() -> None:
    with pytest.raises(UsageError, match="`tag:x` names no interface that can play this part"):
        source_end("tag:x", NETWORK)
    leads = Route(
        destination=Prefix.parse("0.0.0.0/0"),
        target=UnmodelledTarget("local gateway", "vgw-9", Gap("vgw-9", "GAP-6", "not modelled")),
    )
    table = RouteTable(id="rtb-1", vpc_id="vpc-1", main=True, routes=(leads,))
    with pytest.raises(UsageError, match="kind that is not modelled yet"):
        source_end("vgw-9", replace(NETWORK, route_tables={"rtb-1": table}))
    with pytest.raises(SpecError, match=r"^--to:1:1: "):
        destination_end("eni-nope", source_end("name:db", NETWORK))
    with pytest.raises(SpecError, match="no load balancer `x`"):
        source_end("lb:x", NETWORK)
    with pytest.raises(UsageError, match=r"^--from:1:"):
        source_end("tag:(", NETWORK)

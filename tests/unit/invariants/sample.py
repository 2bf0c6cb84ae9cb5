"""A network with one of everything that endpoints can name."""

from __future__ import annotations

from verifier.model import (
    Entrance,
    Gap,
    Instance,
    InterfaceAddress,
    InterfaceKind,
    InterfaceTarget,
    InternetGateway,
    InternetGatewayTarget,
    Ipv6Block,
    NatAddress,
    NatGateway,
    Network,
    NetworkAcl,
    NetworkInterface,
    Route,
    RouteTable,
    SecurityGroup,
    Subnet,
    UnmodelledTarget,
    Vpc,
)
from verifier.packet import Address, Prefix

GAP = Gap("x", "GAP-1", "not modelled")


def address(text: str) -> Address:
    return Address.parse(text)


def private(text: str, public: str | None = None, primary: bool = True) -> InterfaceAddress:
    return InterfaceAddress(address(text), primary, address(public) if public else None)


def interface(
    id_: str, subnet: str, *ipv4: InterfaceAddress, vpc: str = "vpc-1", **more: object
) -> NetworkInterface:
    return NetworkInterface(id=id_, vpc_id=vpc, subnet_id=subnet, ipv4=ipv4, **more)  # type: ignore[arg-type]


INTERFACES = (
    interface(
        "eni-web", "subnet-a", private("10.0.0.10", "203.0.113.10"),
        private("10.0.0.11", "203.0.113.11", primary=False),
        ipv6=(address("2001:db8:1::10"),), groups=("sg-web",), instance_id="i-web",
        account="111111111111", zone="eu-west-1a", tags={"Tier": "web", "Team": "a, b"},
    ),
    interface("eni-app", "subnet-a", private("10.0.0.20"), groups=("sg-app", "sg-gone"),
              instance_id="i-app"),
    interface("eni-db", "subnet-b", private("10.0.1.30"), tags={"Name": "db-1", "Tier": "db"},
              delegated=(Prefix.parse("10.0.1.128/28"),)),
    interface("eni-v6", "subnet-b", ipv6=(address("2001:db8:1::30"),)),
    interface("eni-lambda", "subnet-b", private("10.0.1.40"), kind=InterfaceKind.LAMBDA),
    interface("eni-vpce", "subnet-b", private("10.0.1.50"), kind=InterfaceKind.VPC_ENDPOINT,
              description="VPC Endpoint Interface vpce-0a1"),
    interface("eni-nat", "subnet-a", private("10.0.0.5", "203.0.113.5"),
              kind=InterfaceKind.NAT_GATEWAY),
    interface("eni-spare", "subnet-a", private("10.0.0.99"), attached=False,
              tags={"Tier": "web"}),
    interface("eni-far", "subnet-z", private("192.168.0.9"), vpc="vpc-2", tags={"Tier": "far"}),
)  # fmt: skip

NETWORK = Network(
    vpcs={
        "vpc-1": Vpc(
            id="vpc-1", ipv4=(Prefix.parse("10.0.0.0/16"),),
            ipv6=(Ipv6Block(Prefix.parse("2001:db8:1::/56")),),
            region="eu-west-1", account="222222222222", tags={"Name": "shop", "Stage": "prod"},
        ),
        "vpc-2": Vpc(id="vpc-2", ipv4=(Prefix.parse("192.168.0.0/24"),)),
    },
    subnets={
        "subnet-a": Subnet(id="subnet-a", vpc_id="vpc-1", zone="eu-west-1b",
                           prefixes=(Prefix.parse("10.0.0.0/24"),),
                           tags={"Name": "public-a", "Layer": "edge"}),
        "subnet-b": Subnet(id="subnet-b", vpc_id="vpc-1",
                           prefixes=(Prefix.parse("10.0.1.0/24"),), tags={"Name": "data-b"}),
        "subnet-z": Subnet(id="subnet-z", vpc_id="vpc-2",
                           prefixes=(Prefix.parse("192.168.0.0/24"),)),
        "subnet-empty": Subnet(id="subnet-empty", vpc_id="vpc-2", prefixes=(), zone="eu-west-1c"),
    },
    network_acls={
        "acl-a": NetworkAcl(id="acl-a", vpc_id="vpc-1", subnet_ids=("subnet-a",)),
        "acl-default": NetworkAcl(id="acl-default", vpc_id="vpc-1", is_default=True),
    },
    security_groups={
        "sg-web": SecurityGroup(id="sg-web", name="web", tags={"Name": "front door"}),
        "sg-app": SecurityGroup(id="sg-app", name="app-servers"),
    },
    interfaces={one.id: one for one in INTERFACES},
    instances={
        "i-web": Instance(id="i-web", tags={"Name": "web-1", "Role": "bastion"}),
        "i-app": Instance(id="i-app", tags={"Name": "app-1"}),
        "i-bare": Instance(id="i-bare", tags={"Name": "bare"}),
    },
    internet_gateways={
        "igw-1": InternetGateway(id="igw-1", vpc_ids=("vpc-1",)),
        "igw-2": InternetGateway(id="igw-2", vpc_ids=("vpc-2",)),
    },
    nat_gateways={
        "nat-1": NatGateway(
            id="nat-1", vpc_id="vpc-1", subnet_id="subnet-a", public=True,
            addresses=(NatAddress(address("10.0.0.5"), address("203.0.113.5"), "eni-nat", True),),
        ),
        "nat-2": NatGateway(
            id="nat-2", vpc_id="vpc-1", subnet_id="subnet-a", public=True,
            addresses=(NatAddress(address("10.0.0.6"), address("203.0.113.6"), "eni-hidden"),),
        ),
    },
    entrances=(Entrance("vgw-1", "vpn-gateway", "vpc-1", GAP),),
    route_tables={
        "rtb-1": RouteTable(
            id="rtb-1", vpc_id="vpc-1", main=True,
            routes=(
                Route(destination=Prefix.parse("0.0.0.0/0"),
                      target=InternetGatewayTarget("igw-1")),
                Route(destination=Prefix.parse("172.16.0.0/12"),
                      target=UnmodelledTarget("transit-gateway", "tgw-1", GAP)),
                Route(destination=Prefix.parse("172.31.0.0/16"),
                      target=InterfaceTarget("eni-app", GAP)),
            ),
        ),
    },
    missing={
        ("security-group", "sg-gone"): GAP,
        ("internet-gateway", "igw-gone"): GAP,
        ("nat-gateway", "nat-gone"): GAP,
        ("peering", "pcx-gone"): GAP,
    },
)  # fmt: skip

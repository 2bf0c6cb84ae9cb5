"""Small networks written by hand, as the cases of a test say them.

    net = Build()
    vpc = net.vpc("10.0.0.0/16").internet_gateway()
    web = vpc.subnet("10.0.1.0/24").route("0.0.0.0/0", vpc.igw)
    web.acl("in 100 allow tcp 443 0.0.0.0/0", "out 100 allow tcp 1024-65535 0.0.0.0/0")
    host = web.interface("10.0.1.5", public="52.0.0.5", groups=[net.group("in tcp 443 ::/0")])
    net.network()

Law: whatever is not said is permissive, so that a case says only what it is about: every VPC has a
default list that allows all, an interface without groups carries one that allows all, a main table
has its local routes. Ids are numbered in the order of making: `vpc-1`, `subnet-1`, `eni-1`, ...
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from typing import Any

from tests.strategies.gap import gaps_of
from tests.strategies.spelled import (
    OPEN_ENTRIES,
    OPEN_RULES,
    entry,
    gap,
    outside,
    packet,
    probe,
    route,
    rule,
    target,
    target_in,
    unmodelled,
)  # fmt: skip
from verifier.model import (
    AttachmentKey,
    AttachmentKind,
    EgressOnlyInternetGateway,
    EndpointKind,
    Entrance,
    Gap,
    Instance,
    InstanceConnectEndpoint,
    InterfaceAddress,
    InterfaceKind,
    InternetGateway,
    Ipv6Block,
    NatAddress,
    NatGateway,
    Network,
    NetworkAcl,
    NetworkAclEntry,
    NetworkInterface,
    PassageGap,
    PeeringConnection,
    PeeringSide,
    PrefixList,
    RouteTable,
    RouteTarget,
    SecurityGroup,
    SecurityGroupRule,
    Subnet,
    TransitGateway,
    TransitGatewayAttachment,
    TransitGatewayRoute,
    TransitGatewayRouteTable,
    TransitRank,
    Vpc,
    VpcEndpoint,
    VpnGateway,
)
from verifier.packet import Address, AddressSet, Prefix
from verifier.trace import InterfaceHost

__all__ = [
    "OPEN_ENTRIES", "OPEN_RULES", "Build", "BuildSubnet", "BuildVpc", "entry", "gap", "outside",
    "packet", "probe", "rule", "target", "unmodelled",
]  # fmt: skip


@dataclass
class Build:
    """A network in the making."""

    parts: dict[str, dict[Any, Any]] = field(default_factory=dict)
    missing: dict[tuple[str, str], Gap] = field(default_factory=dict)
    entrances: list[Entrance] = field(default_factory=list)
    passages: dict[str, tuple[PassageGap, ...]] = field(default_factory=dict)
    reference_gap: Gap | None = None
    _count: Counter[str] = field(default_factory=Counter)

    def new(self, kind: str) -> str:
        self._count[kind] += 1
        return f"{kind}-{self._count[kind]}"

    def put(self, part: str, thing: Any) -> None:
        attached = isinstance(thing, TransitGatewayAttachment)
        key = (thing.transit_gateway_id, thing.id) if attached else thing.id
        self.parts.setdefault(part, {})[key] = thing

    def get(self, part: str, thing_id: str | AttachmentKey) -> Any:
        return self.parts[part][thing_id]

    def change(self, part: str, thing_id: str | AttachmentKey, **fields: Any) -> Build:
        self.put(part, replace(self.get(part, thing_id), **fields))
        return self

    def vpc(self, *cidrs: str, region: str | None = None, private_ipv6: bool = False) -> BuildVpc:
        vpc_id = self.new("vpc")
        blocks = [Prefix.parse(cidr) for cidr in cidrs]
        vpc = Vpc(
            id=vpc_id,
            ipv4=tuple(block for block in blocks if block.family == 4),
            ipv6=tuple(Ipv6Block(block, private_ipv6) for block in blocks if block.family == 6),
            region=region,
        )
        self.put("vpcs", vpc)
        self.put(
            "network_acls",
            NetworkAcl(
                id=f"acl-of-{vpc_id}",
                vpc_id=vpc_id,
                is_default=True,
                entries=tuple(map(entry, OPEN_ENTRIES)),
            ),
        )
        self.put("route_tables", RouteTable(id=f"rtb-of-{vpc_id}", vpc_id=vpc_id, main=True))
        return BuildVpc(self, vpc_id)

    def group(self, *rules: str | SecurityGroupRule, group_id: str | None = None) -> str:
        """A group; only what is said passes. Give rules of both directions."""
        found = group_id or self.new("sg")
        made = tuple(rule(text) if isinstance(text, str) else text for text in rules)
        self.put("security_groups", SecurityGroup(id=found, rules=made))
        return found

    def prefix_list(self, *cidrs: str) -> str:
        list_id = self.new("pl")
        self.put("prefix_lists", PrefixList(id=list_id, prefixes=tuple(map(Prefix.parse, cidrs))))
        return list_id

    def peer(self, one: BuildVpc, other: BuildVpc, *, active: bool = True) -> str:
        peering_id = self.new("pcx")
        sides = [
            PeeringSide(vpc_id=side.id, region=self.get("vpcs", side.id).region)
            for side in (one, other)
        ]
        self.put(
            "peerings",
            PeeringConnection(id=peering_id, active=active, requester=sides[0], accepter=sides[1]),
        )
        return peering_id

    def transit_gateway(self, **fields: Any) -> str:
        """A transit gateway, which routes may name from now on."""
        gateway_id = self.new("tgw")
        self.put("transit_gateways", TransitGateway(id=gateway_id, **fields))
        return gateway_id

    def transit_table(self, gateway_id: str, **fields: Any) -> str:
        table = TransitGatewayRouteTable(
            id=self.new("tgw-rtb"), transit_gateway_id=gateway_id, **fields
        )
        self.put("transit_tables", table)
        return table.id

    def transit_route(
        self, table_id: str, cidr: str, *to: str, rank: TransitRank = TransitRank.STATIC
    ) -> Build:
        """A route of a transit gateway's table; to nothing: a blackhole."""
        made = TransitGatewayRoute(
            prefix=Prefix.parse(cidr), rank=rank, attachment_ids=tuple(sorted(to))
        )
        before = self.get("transit_tables", table_id).routes
        return self.change("transit_tables", table_id, routes=(*before, made))

    def attach(
        self, gateway_id: str, table_id: str | None, *subnets: BuildSubnet, **fields: Any
    ) -> str:
        """A VPC's attachment, with these subnets; it carries IPv6 unless something else is said."""
        made: dict[str, Any] = {
            "id": self.new("tgw-attach"),
            "kind": AttachmentKind.VPC,
            "vpc_id": subnets[0].vpc.id,
            "subnet_ids": tuple(sorted(subnet.id for subnet in subnets)),
            "ipv6": True,
        }
        return self._attached(gateway_id, table_id, **(made | fields))

    def attach_sites(
        self,
        gateway_id: str,
        table_id: str | None,
        kind: AttachmentKind = AttachmentKind.VPN,
        **fields: Any,
    ) -> str:
        made: dict[str, Any] = {"id": self.new("tgw-attach"), "kind": kind}
        return self._attached(gateway_id, table_id, **(made | fields))

    def peer_transit(self, one: tuple[str, str | None], other: tuple[str, str | None]) -> str:
        """A peering of two transit gateways, each with the table it associates with its end."""
        attachment_id = self.new("tgw-attach")
        for (own, table_id), (peer, _) in ((one, other), (other, one)):
            self._attached(
                own,
                table_id,
                id=attachment_id,
                kind=AttachmentKind.PEERING,
                peer_gateway_id=peer,
            )
        return attachment_id

    def _attached(self, gateway_id: str, table_id: str | None, **fields: Any) -> str:
        made = TransitGatewayAttachment(
            transit_gateway_id=gateway_id, **({"table_id": table_id} | fields)
        )
        self.put("transit_attachments", made)
        return made.id

    def instance(self, state: str) -> str:
        instance_id = self.new("i")
        self.put("instances", Instance(id=instance_id, state=state))
        return instance_id

    def entrance(self, vpc: BuildVpc, entrance_id: str, *sources: str) -> Gap:
        """A door that is not modelled; from anywhere if no sources are given."""
        found = gap(entrance_id, "GAP-7")
        named = AddressSet.of(*map(Prefix.parse, sources)) if sources else None
        self.entrances.append(Entrance(entrance_id, "vpn-gateway", vpc.id, found, named))
        return found

    def passage(self, vpc: BuildVpc, *, redirects: bool = False) -> Gap:
        """Something at the VPC's internet gateway that is not modelled."""
        found = gap(f"passage-{vpc.id}-{redirects}", "GAP-9")
        before = self.passages.get(vpc.id, ())
        self.passages[vpc.id] = (*before, PassageGap(found, redirects))
        return found

    def lacks(self, kind: str, missing_id: str) -> Gap:
        """Something is referred to and not there."""
        found = gap(f"{kind} {missing_id}", "GAP-10")
        self.missing[kind, missing_id] = found
        return found

    def network(self) -> Network:
        network = Network(
            **{part: dict(things) for part, things in self.parts.items()},
            missing=dict(self.missing),
            entrances=tuple(self.entrances),
            passages=dict(self.passages),
            reference_gap=self.reference_gap,
        )
        return replace(network, gaps=tuple(sorted(set(gaps_of(network)))))


@dataclass
class BuildVpc:
    """One VPC in the making."""

    net: Build
    id: str
    igw: str = ""

    def internet_gateway(self) -> BuildVpc:
        self.igw = self.net.new("igw")
        self.net.put("internet_gateways", InternetGateway(id=self.igw, vpc_ids=(self.id,)))
        return self

    def egress_only_gateway(self) -> str:
        made = EgressOnlyInternetGateway(id=self.net.new("eigw"), vpc_id=self.id)
        self.net.put("egress_only_gateways", made)
        return made.id

    def vpn_gateway(self, *prefixes: str, **fields: Any) -> str:
        """A virtual private gateway that knows ways to these prefixes."""
        made = VpnGateway(
            id=self.net.new("vgw"),
            vpc_id=self.id,
            prefixes=tuple(map(Prefix.parse, prefixes)),
            **fields,
        )
        self.net.put("vpn_gateways", made)
        return made.id

    def gateway_endpoint(self, **fields: Any) -> str:
        made = VpcEndpoint(
            id=self.net.new("vpce"), kind=EndpointKind.GATEWAY, vpc_id=self.id, **fields
        )
        self.net.put("vpc_endpoints", made)
        return made.id

    def edge_route(self, gateway_id: str, destination: str, via: str | RouteTarget) -> BuildVpc:
        """A route of the table associated with a gateway, which is made at the first one."""
        table_id = f"rtb-of-{gateway_id}"
        if table_id not in self.net.parts["route_tables"]:
            table = RouteTable(id=table_id, vpc_id=self.id, gateway_ids=(gateway_id,))
            self.net.put("route_tables", table)
        _add_route(self.net, table_id, destination, via, {})
        return self

    def route(self, destination: str, via: str | RouteTarget, **fields: Any) -> BuildVpc:
        """A route of the main table."""
        _add_route(self.net, f"rtb-of-{self.id}", destination, via, fields)
        return self

    def subnet(self, *cidrs: str, zone: str | None = None, **fields: Any) -> BuildSubnet:
        blocks = tuple(map(Prefix.parse, cidrs))
        subnet_id = self.net.new("subnet")
        subnet = Subnet(id=subnet_id, vpc_id=self.id, prefixes=blocks, zone=zone, **fields)
        self.net.put("subnets", subnet)
        return BuildSubnet(self.net, subnet_id, self)


@dataclass
class BuildSubnet:
    """One subnet in the making."""

    net: Build
    id: str
    vpc: BuildVpc

    def acl(self, *entries: str | NetworkAclEntry) -> BuildSubnet:
        """A list of its own; only what is said passes."""
        return self.guarded_by(self.make_acl(*entries))

    def make_acl(self, *entries: str | NetworkAclEntry) -> str:
        acl_id = self.net.new("acl")
        made = tuple(entry(text) if isinstance(text, str) else text for text in entries)
        self.net.put("network_acls", NetworkAcl(id=acl_id, vpc_id=self.vpc.id, entries=made))
        return acl_id

    def guarded_by(self, acl_id: str) -> BuildSubnet:
        before = self.net.get("network_acls", acl_id).subnet_ids
        self.net.change("network_acls", acl_id, subnet_ids=(*before, self.id))
        return self

    def route(self, destination: str, via: str | RouteTarget, **fields: Any) -> BuildSubnet:
        """A route of a table of its own, which is made at the first one."""
        table_id = f"rtb-of-{self.id}"
        if table_id not in self.net.parts["route_tables"]:
            self.net.put(
                "route_tables",
                RouteTable(id=table_id, vpc_id=self.vpc.id, subnet_ids=(self.id,)),
            )
        _add_route(self.net, table_id, destination, via, fields)
        return self

    def interface(
        self,
        *addresses: str,
        public: str | None = None,
        groups: list[str] | None = None,
        **fields: Any,
    ) -> InterfaceHost:
        """An interface; the first IPv4 address is the primary one and has the public address."""
        own = [Address.parse(text) for text in addresses]
        four = [address for address in own if address.family == 4]
        if groups is None:
            groups = [self.net.group(*OPEN_RULES, group_id="sg-open")]
        interface = NetworkInterface(
            id=self.net.new("eni"),
            vpc_id=self.vpc.id,
            subnet_id=self.id,
            groups=tuple(groups),
            ipv4=tuple(
                InterfaceAddress(
                    address,
                    primary=number == 0,
                    public=Address.parse(public) if public and number == 0 else None,
                )
                for number, address in enumerate(four)
            ),
            ipv6=tuple(address for address in own if address.family == 6),
            **fields,
        )
        self.net.put("interfaces", interface)
        return InterfaceHost(interface.id)

    def connect_endpoint(self, *addresses: str, keeps: bool | None, **fields: Any) -> InterfaceHost:
        """An EC2 Instance Connect Endpoint; its gap is whose addresses it may send from besides."""
        kind = InterfaceKind.INSTANCE_CONNECT_ENDPOINT
        found = self.interface(
            *addresses, kind=kind, type_name=kind.value, source_destination_check=False, **fields
        )
        made = InstanceConnectEndpoint(
            id=self.net.new("eice"),
            interface_id=found.interface_id,
            keeps_clients=keeps,
            gap=None if keeps is False else gap(found.interface_id, "EICE-4"),
        )
        self.net.parts.setdefault("instance_connect_endpoints", {})[made.interface_id] = made
        return found

    def nat_gateway(self, private: str, public: str | None = None, **fields: Any) -> str:
        nat_id = self.net.new("nat")
        address = NatAddress(
            Address.parse(private), Address.parse(public) if public else None, primary=True
        )
        nat = NatGateway(
            id=nat_id,
            vpc_id=self.vpc.id,
            subnet_id=self.id,
            public=public is not None,
            addresses=(address,),
        )
        self.net.put("nat_gateways", replace(nat, **fields))
        return nat_id

    def firewall_endpoint(self, **fields: Any) -> str:
        """A Gateway Load Balancer endpoint; its gap is what its appliances may do besides."""
        endpoint_id = self.net.new("vpce")
        made = VpcEndpoint(
            id=endpoint_id,
            kind=EndpointKind.GATEWAY_LOAD_BALANCER,
            vpc_id=self.vpc.id,
            subnet_id=self.id,
            gap=gap(endpoint_id, "VPCE-7"),
        )
        self.net.put("vpc_endpoints", replace(made, **fields))
        return endpoint_id


def _add_route(
    net: Build, table_id: str, destination: str, via: str | RouteTarget, fields: dict[str, Any]
) -> None:
    target = target_in(net.parts, net.missing, via) if isinstance(via, str) else via
    made = route(destination, target, **fields)
    net.change("route_tables", table_id, routes=(*net.get("route_tables", table_id).routes, made))

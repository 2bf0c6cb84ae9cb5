"""Synthetic estates: folders of `aws ec2 describe-*` JSON with the shape of a company's network.

    python -m bench.estate OUT --interfaces 10000 --groups 2000 --vpcs 10 --seed 1

Owns what every benchmark is measured on. Law: the same parameters give the same bytes, and what
`holds()` lists is true of the estate unless a mistake is planted; then exactly what `broken_by()`
names is false. Each VPC has four tiers (web, app, db, ops) in two zones, one subnet and one ACL
for each, peerings along a ring, an internet gateway and NAT gateways; with `--topology transit`
it is a spoke of a transit gateway instead (`hub.py`). An interface carries the group of its tier,
one of an application and often others, so that there are about half as many endpoint classes as
interfaces. The three ports of `FORBIDDEN_PORTS` are let in by many groups (wide ranges, `all
traffic` from another tier) and denied by every ACL: a proof needs both.
The files are written without indentation: the least favourable measure for `json.loads` ratios.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from bench.hub import STORE, STORE_BLOCKS, Hub, crossing_holds, domain, route
from bench.plan import (
    FORBIDDEN_PORTS,
    LEAK,
    MISTAKES,
    OWNER,
    REGION,
    TIERS,
    TOPOLOGIES,
    ZONES,
    Json,
    Parameters,
    Vpc,
)


class _Estate(Hub):
    """Everything of an estate, by file."""

    # -- interfaces and instances -------------------------------------------------------------

    def make_interfaces(self) -> None:
        places = [(vpc, tier, zone) for vpc in self.vpcs for tier in TIERS for zone in ZONES]
        hosts = dict.fromkeys(range(len(places)), 9)
        for number in range(self.parameters.interfaces):
            at = number % len(places)
            hosts[at] += 1
            self._make_interface(number, *places[at], hosts[at])

    def _make_interface(self, number: int, vpc: Vpc, tier: str, zone: str, host: int) -> None:
        choose = self.random
        groups = list(choose.choice(self._combinations(vpc, tier)))
        address = vpc.address(tier, zone, host)
        private: Json = {"Primary": True, "PrivateIpAddress": address}
        interface: Json = {
            "AvailabilityZone": REGION + zone,
            "Description": f"{tier} host {number}",
            "Groups": [{"GroupId": group, "GroupName": f"{tier}-{group[-6:]}"} for group in groups],
            "InterfaceType": "interface",
            "Ipv6Addresses": [],
            "MacAddress": ":".join(f"{byte:02x}" for byte in (2 << 40 | number).to_bytes(6)),
            "NetworkInterfaceId": f"eni-{number:017x}",
            "OwnerId": OWNER,
            "PrivateIpAddress": address,
            "PrivateIpAddresses": [private],
            "RequesterManaged": False,
            "SourceDestCheck": True,
            "Status": "in-use",
            "SubnetId": vpc.subnet_id(tier, zone),
            "TagSet": [
                {"Key": "Tier", "Value": tier},
                {"Key": "Name", "Value": f"{tier}-{vpc.number}-{zone}-{host}"},
                {"Key": "App", "Value": f"app{int(groups[-1][3:], 16) % 40}"},
                {"Key": "Domain", "Value": domain(vpc)},
            ],
            "VpcId": vpc.id,
        }
        if vpc.has_ipv6 and choose.random() < 0.5:
            text = f"{vpc.subnet_ipv6(tier, zone)[: -len('/64')]}{host:x}"
            interface["Ipv6Addresses"] = [{"Ipv6Address": text, "IsPrimaryIpv6": False}]
        if tier == "web" and choose.random() < 0.3:
            private["Association"] = interface["Association"] = {
                "IpOwnerId": "amazon", "PublicDnsName": "", "PublicIp": self.next_public(),
            }  # fmt: skip
        if choose.random() < 0.3:
            self._attach(interface, number, groups)
        else:
            interface["Attachment"] = {
                "AttachmentId": f"ela-attach-{number:08x}",
                "DeleteOnTermination": False, "DeviceIndex": 1,
                "InstanceOwnerId": "amazon-aws", "Status": "attached",
            }  # fmt: skip
        self.interfaces.append(interface)

    def _attach(self, interface: Json, number: int, groups: list[str]) -> None:
        instance_id = f"i-{number:017x}"
        interface["Attachment"] = {
            "AttachTime": "2026-03-02T10:15:00+00:00", "AttachmentId": f"eni-attach-{number:017x}",
            "DeleteOnTermination": True, "DeviceIndex": 0, "InstanceId": instance_id,
            "InstanceOwnerId": OWNER, "NetworkCardIndex": 0, "Status": "attached",
        }  # fmt: skip
        stopped = self.random.random() < 0.05
        self.instances.append({
            "ImageId": "ami-0abcdef1234567890", "InstanceId": instance_id,
            "InstanceType": "m6i.large", "LaunchTime": "2026-03-02T10:15:00+00:00",
            "NetworkInterfaces": [
                {
                    "NetworkInterfaceId": interface["NetworkInterfaceId"],
                    "SubnetId": interface["SubnetId"],
                    "VpcId": interface["VpcId"],
                }
            ],
            "Placement": {"AvailabilityZone": interface["AvailabilityZone"], "Tenancy": "default"},
            "PrivateIpAddress": interface["PrivateIpAddress"],
            "SecurityGroups": [{"GroupId": group, "GroupName": group} for group in groups],
            "SourceDestCheck": True,
            "State": dict(zip(("Code", "Name"), (80, "stopped") if stopped else (16, "running"),
                              strict=True)),
            "SubnetId": interface["SubnetId"], "Tags": [{"Key": "Env", "Value": "prod"}],
            "VpcId": interface["VpcId"],
        })  # fmt: skip

    # -- the rest -----------------------------------------------------------------------------

    def files(self) -> dict[str, Json]:
        """File name to content, in the order in which they are written."""
        self.make_interfaces()
        files = self._common_files()
        return self.owned(files | self.hub_files()) if self.crossing else files

    def _common_files(self) -> dict[str, Json]:
        inner = self.crossing
        return {
            "vpcs.json": {"Vpcs": [self._vpc(vpc) for vpc in (*self.vpcs, *self.middle)]},
            "subnets.json": {
                "Subnets": self._subnets() + (self.inner_subnets() if inner else [])},
            "network-acls.json": {
                "NetworkAcls": self.network_acls() + (self.inner_acls() if inner else [])},
            "security-groups.json": {"SecurityGroups": self.security_groups()},
            "network-interfaces.json": {
                "NetworkInterfaces": self.interfaces + ([] if inner else self._nat_interfaces())},
            "instances.json": {"Reservations": [
                {"Groups": [], "Instances": [instance], "OwnerId": OWNER,
                 "ReservationId": f"r-{number:017x}"}
                for number, instance in enumerate(self.instances)]},
            "route-tables.json": {
                "RouteTables": self._route_tables() + (self.inner_tables() if inner else [])},
            "internet-gateways.json": {"InternetGateways": [
                {"Attachments": [{"State": "available", "VpcId": vpc.id}],
                 "InternetGatewayId": f"igw-{vpc.number:017x}", "OwnerId": OWNER, "Tags": []}
                for vpc in (*self.vpcs, *self.middle[1:])]},
            "nat-gateways.json": {
                "NatGateways": self.egress_gateways() if inner else self._nat_gateways()},
            "vpc-peering-connections.json": {
                "VpcPeeringConnections": [] if inner else self._peerings()},
            "managed-prefix-lists.json": {"PrefixLists": [
                {"PrefixListId": STORE, "PrefixListName": f"com.amazonaws.{REGION}.s3",
                 "AddressFamily": "IPv4", "State": "create-complete", "OwnerId": "AWS"},
                {"AddressFamily": "IPv4", "MaxEntries": 10, "OwnerId": OWNER,
                 "PrefixListArn": f"arn:aws:ec2:{REGION}:{OWNER}:prefix-list/pl-0123456789abcdef0",
                 "PrefixListId": "pl-0123456789abcdef0", "PrefixListName": "corporate",
                 "State": "create-complete", "Version": 1}]},
            "pl-0123456789abcdef0.json": {"Entries": [
                {"Cidr": f"198.51.100.{16 * at}/28", "Description": "office"} for at in range(5)]},
            f"{STORE}.json": {"Entries": [{"Cidr": block} for block in STORE_BLOCKS]},
            "addresses.json": {"Addresses": []},
        }  # fmt: skip

    @staticmethod
    def _vpc(vpc: Vpc) -> Json:
        ipv6 = [{"AssociationId": "vpc-cidr-assoc-0", "Ipv6CidrBlock": vpc.ipv6_block,
                 "Ipv6CidrBlockState": {"State": "associated"}}]  # fmt: skip
        return {
            "CidrBlock": vpc.block,
            "CidrBlockAssociationSet": [{"AssociationId": "vpc-cidr-assoc-1",
                                         "CidrBlock": vpc.block,
                                         "CidrBlockState": {"State": "associated"}}],
            "DhcpOptionsId": "dopt-0", "InstanceTenancy": "default",
            "Ipv6CidrBlockAssociationSet": ipv6 if vpc.has_ipv6 else [], "IsDefault": False,
            "OwnerId": OWNER, "State": "available",
            "Tags": [{"Key": "Name", "Value": f"vpc-{vpc.number}"}], "VpcId": vpc.id,
        }  # fmt: skip

    def _subnets(self) -> list[Json]:
        return [
            {"AvailabilityZone": REGION + zone, "AvailableIpAddressCount": 1000,
             "CidrBlock": vpc.subnet_block(tier, zone), "DefaultForAz": False,
             "Ipv6CidrBlockAssociationSet": [
                 {"AssociationId": "subnet-cidr-assoc-0",
                  "Ipv6CidrBlock": vpc.subnet_ipv6(tier, zone),
                  "Ipv6CidrBlockState": {"State": "associated"}}] if vpc.has_ipv6 else [],
             "MapPublicIpOnLaunch": False, "OwnerId": OWNER, "State": "available",
             "SubnetId": vpc.subnet_id(tier, zone), "VpcId": vpc.id,
             "Tags": [{"Key": "Tier", "Value": tier},
                      {"Key": "Name", "Value": f"{tier}-{vpc.number}-{zone}"}]}
            for vpc in self.vpcs for tier in TIERS for zone in ZONES
        ]  # fmt: skip

    def _nat_gateways(self) -> list[Json]:
        return [
            {"ConnectivityType": "public", "CreateTime": "2026-03-02T10:15:00+00:00",
             "NatGatewayAddresses": [
                 {"AllocationId": f"eipalloc-{vpc.number:017x}", "IsPrimary": True,
                  "NetworkInterfaceId": f"eni-{0xffff0000 + vpc.number:017x}",
                  "PrivateIp": vpc.address("web", "a", 8),
                  "PublicIp": f"52.27.1.{vpc.number + 1}", "Status": "succeeded"}],
             "NatGatewayId": f"nat-{vpc.number:017x}", "State": "available",
             "SubnetId": vpc.subnet_id("web", "a"), "Tags": [], "VpcId": vpc.id}
            for vpc in self.vpcs
        ]  # fmt: skip

    def _nat_interfaces(self) -> list[Json]:
        found: list[Json] = []
        for vpc in self.vpcs:
            address = vpc.address("web", "a", 8)
            association = {"IpOwnerId": OWNER, "PublicDnsName": "",
                           "PublicIp": f"52.27.1.{vpc.number + 1}",
                           "AllocationId": f"eipalloc-{vpc.number:017x}"}  # fmt: skip
            found.append({
                "Association": association, "AvailabilityZone": REGION + "a",
                "Description": f"Interface for NAT Gateway nat-{vpc.number:017x}", "Groups": [],
                "InterfaceType": "nat_gateway", "Ipv6Addresses": [],
                "NetworkInterfaceId": f"eni-{0xffff0000 + vpc.number:017x}", "OwnerId": OWNER,
                "PrivateIpAddress": address,
                "PrivateIpAddresses": [{"Association": association, "Primary": True,
                                        "PrivateIpAddress": address}],
                "RequesterManaged": True, "SourceDestCheck": False, "Status": "in-use",
                "SubnetId": vpc.subnet_id("web", "a"), "TagSet": [], "VpcId": vpc.id,
            })  # fmt: skip
        return found

    def _route_tables(self) -> list[Json]:
        found: list[Json] = []
        for vpc in self.vpcs:
            for tier in TIERS:
                table = f"rtb-{vpc.number * 16 + TIERS.index(tier):017x}"
                routes = [route(vpc.block, GatewayId="local", Origin="CreateRouteTable")]
                if vpc.has_ipv6:
                    routes.append({"DestinationIpv6CidrBlock": vpc.ipv6_block, "GatewayId": "local",
                                   "Origin": "CreateRouteTable", "State": "active"})  # fmt: skip
                if self.crossing:
                    routes += self.spoke_routes(vpc, tier)
                elif tier == "web":
                    routes.append(route("0.0.0.0/0", GatewayId=f"igw-{vpc.number:017x}"))
                elif tier != "db":
                    routes.append(route("0.0.0.0/0", NatGatewayId=f"nat-{vpc.number:017x}"))
                for peering, peer in () if self.crossing else self.peers(vpc):
                    routes.append(route(peer.block, VpcPeeringConnectionId=peering))
                associations: list[Json] = [
                    {"AssociationState": {"State": "associated"}, "Main": False,
                     "RouteTableAssociationId": f"rtbassoc-{table[4:]}{zone}",
                     "RouteTableId": table, "SubnetId": vpc.subnet_id(tier, zone)}
                    for zone in ZONES]  # fmt: skip
                if tier == "db":
                    associations.append({
                        "AssociationState": {"State": "associated"}, "Main": True,
                        "RouteTableAssociationId": f"rtbassoc-{table[4:]}", "RouteTableId": table,
                    })  # fmt: skip
                found.append({"Associations": associations, "OwnerId": OWNER,
                              "PropagatingVgws": [], "RouteTableId": table, "Routes": routes,
                              "Tags": [], "VpcId": vpc.id})  # fmt: skip
        return found

    def _peerings(self) -> list[Json]:
        made: dict[str, Json] = {}
        for vpc in self.vpcs:
            for peering, peer in self.peers(vpc):
                made.setdefault(peering, {
                    "AccepterVpcInfo": _side(peer), "RequesterVpcInfo": _side(vpc),
                    "Status": {"Code": "active", "Message": "Active"}, "Tags": [],
                    "VpcPeeringConnectionId": peering})  # fmt: skip
        return list(made.values())


def _side(vpc: Vpc) -> Json:
    return {"CidrBlock": vpc.block, "CidrBlockSet": [{"CidrBlock": vpc.block}], "OwnerId": OWNER,
            "Region": REGION, "VpcId": vpc.id}  # fmt: skip


def write(parameters: Parameters, folder: Path) -> int:
    """Write the estate into `folder` and return the number of bytes."""
    folder.mkdir(parents=True, exist_ok=True)
    total = 0
    for name, content in _Estate(parameters).files().items():
        total += (folder / name).write_text(json.dumps(content) + "\n", encoding="utf-8")
    return total


TIER_INVARIANT = "never tag:Tier=web -> tag:Tier=db on tcp/5432"
NOBODY_INVARIANT = "never tag:Tier -> tag:Tier on " + ",".join(f"tcp/{p}" for p in FORBIDDEN_PORTS)
INTERNET_INVARIANT = "never internet -> tag:Tier on tcp/22"


def holds(topology: str = "ring") -> list[str]:
    """Twenty invariants that are true of every estate without a mistake."""
    statements = [TIER_INVARIANT, NOBODY_INVARIANT, INTERNET_INVARIANT]
    statements += [f"never internet -> tag:Tier={tier}" for tier in ("app", "db", "ops")]
    statements += [f"never tag:Tier=web -> tag:Tier=db on tcp/{p}" for p in (3306, 1433, 27017)]
    statements += [f"never tag:Tier={tier} -> tag:Tier=ops on tcp/22" for tier in TIERS[:3]]
    statements += [f"never tag:Tier={tier} -> tag:Tier=web on tcp/22" for tier in ("app", "db")]
    statements += [f"never tag:Tier -> tag:Tier on tcp/{port}" for port in FORBIDDEN_PORTS]
    statements += [
        "never tag:Tier=db -> internet",
        "never internet -> tag:Tier on udp",
        "never tag:Tier=db -> tag:Tier=app on tcp",
    ]
    if topology == "transit":
        crossing = crossing_holds()
        statements[-len(crossing) :] = crossing
    assert len(statements) == 20, len(statements)
    return statements


def broken_by(mistake: str) -> str:
    """The invariant that this planted mistake makes false."""
    if mistake == LEAK:
        return crossing_holds()[0]
    return dict(zip(MISTAKES, (TIER_INVARIANT, NOBODY_INVARIANT, INTERNET_INVARIANT), strict=True))[
        mistake
    ]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.estate", description="Write an estate.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--interfaces", type=int, default=10_000)
    parser.add_argument("--groups", type=int, default=2_000)
    parser.add_argument("--vpcs", type=int, default=10)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--mistake", choices=(*MISTAKES, LEAK))
    parser.add_argument("--topology", choices=TOPOLOGIES, default="ring")
    given = parser.parse_args()
    parameters = Parameters(
        given.interfaces, given.groups, given.vpcs, given.seed, given.mistake, given.topology
    )
    print(f"{write(parameters, given.folder)} bytes in {given.folder}")


if __name__ == "__main__":
    main()

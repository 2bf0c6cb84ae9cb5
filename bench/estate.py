"""Synthetic estates: folders of `aws ec2 describe-*` JSON with the shape of a company's network.

    python -m bench.estate OUT --interfaces 10000 --groups 2000 --vpcs 10 --seed 1

Owns what every benchmark is measured on. Law: the same parameters give the same bytes, and what
`holds()` lists is true of the estate unless a mistake is planted; then exactly what `broken_by()`
names is false. Each VPC has four tiers (web, app, db, ops) in two zones, one subnet and one ACL
for each, peerings along a ring, an internet gateway and NAT gateways. An interface carries the
group of its tier, one of an application and often others, so that there are about half as many
endpoint classes as interfaces. The three ports of `FORBIDDEN_PORTS` are let in by many groups
(wide ranges, `all traffic` from another tier) and denied by every ACL: a proof needs both.
The files are written without indentation: the least favourable measure for `json.loads` ratios.
"""

from __future__ import annotations

import argparse
import json
import random
from dataclasses import dataclass, field
from pathlib import Path

TIERS = ("web", "app", "db", "ops")
ZONES = ("a", "b")
SERVICE_PORTS = {"web": (80, 443), "app": (8080, 8090), "db": (5432, 3306), "ops": (22, 9100)}
UPSTREAM = {"web": "ops", "app": "web", "db": "app", "ops": "ops"}
FORBIDDEN_PORTS = (23, 3389, 5900)
MISTAKES = ("tier", "forbidden-port", "internet")
OWNER = "123456789012"
REGION = "eu-central-1"

Json = dict[str, object]


@dataclass(frozen=True)
class Parameters:
    """What an estate is made from."""

    interfaces: int = 10_000
    groups: int = 2_000
    vpcs: int = 10
    seed: int = 1
    mistake: str | None = None

    def __post_init__(self) -> None:
        if not 1 <= self.vpcs <= 200:
            raise ValueError("vpcs must be 1 to 200")
        if self.groups < self.vpcs * len(TIERS):
            raise ValueError("groups must be at least four for each VPC")
        if self.interfaces > self.vpcs * len(TIERS) * len(ZONES) * 4000:
            raise ValueError("too many interfaces for these VPCs: a subnet holds 4000")
        if self.mistake not in (None, *MISTAKES):
            raise ValueError(f"mistake must be one of {', '.join(MISTAKES)}")


@dataclass
class _Vpc:
    number: int
    groups: dict[str, list[str]] = field(default_factory=lambda: {tier: [] for tier in TIERS})

    @property
    def id(self) -> str:
        return f"vpc-{self.number:017x}"

    @property
    def has_ipv6(self) -> bool:
        return self.number % 3 == 0

    @property
    def block(self) -> str:
        return f"10.{self.number}.0.0/16"

    @property
    def ipv6_block(self) -> str:
        return f"2600:1f14:{self.number:x}00::/56"

    def subnet_index(self, tier: str, zone: str) -> int:
        return TIERS.index(tier) * len(ZONES) + ZONES.index(zone)

    def subnet_id(self, tier: str, zone: str) -> str:
        return f"subnet-{self.number * 16 + self.subnet_index(tier, zone):017x}"

    def subnet_block(self, tier: str, zone: str) -> str:
        return f"10.{self.number}.{self.subnet_index(tier, zone) * 16}.0/20"

    def subnet_ipv6(self, tier: str, zone: str) -> str:
        return f"2600:1f14:{self.number:x}00:{self.subnet_index(tier, zone):x}::/64"

    def address(self, tier: str, zone: str, host: int) -> str:
        third = self.subnet_index(tier, zone) * 16 + host // 256
        return f"10.{self.number}.{third}.{host % 256}"


class _Estate:
    def __init__(self, parameters: Parameters) -> None:
        self.parameters = parameters
        self.random = random.Random(parameters.seed)
        self.vpcs = [_Vpc(number) for number in range(parameters.vpcs)]
        self.interfaces: list[Json] = []
        self.instances: list[Json] = []
        self.combinations: dict[tuple[int, str], list[tuple[str, ...]]] = {}
        self.public = 0
        self._name_groups()

    def _name_groups(self) -> None:
        for number in range(self.parameters.groups):
            vpc = self.vpcs[number % len(self.vpcs)]
            tier = TIERS[(number // len(self.vpcs)) % len(TIERS)]
            vpc.groups[tier].append(f"sg-{number:017x}")

    def peers(self, vpc: _Vpc) -> list[tuple[str, _Vpc]]:
        """Peering connections of a VPC: a ring, as (id, other side)."""
        count = len(self.vpcs)
        if count < 2:
            return []
        after = self.vpcs[(vpc.number + 1) % count]
        before = self.vpcs[(vpc.number - 1) % count]
        found = [(f"pcx-{vpc.number:017x}", after)]
        if count > 2 or vpc.number == 1:
            found.append((f"pcx-{before.number:017x}", before))
        return found[:1] if count == 2 and vpc.number == 0 else found[-2:]

    def _combinations(self, vpc: _Vpc, tier: str) -> list[tuple[str, ...]]:
        """The sets of groups that interfaces of a tier carry, two for each group there is."""
        known = self.combinations.get((vpc.number, tier))
        if known is not None:
            return known
        first, *others = vpc.groups[tier]
        found = []
        for number in range(2 * len(others)):
            names = [first, others[number % len(others)]]
            while len(names) < 5 and self.random.random() < 0.35:
                names.append(self.random.choice(others))
            found.append(tuple(dict.fromkeys(names)))
        return self.combinations.setdefault((vpc.number, tier), found or [(first,)])

    def next_public(self) -> str:
        self.public += 1
        return f"52.{28 + self.public // 62500}.{self.public // 250 % 250}.{self.public % 250 + 1}"

    # -- interfaces and instances -------------------------------------------------------------

    def make_interfaces(self) -> None:
        places = [(vpc, tier, zone) for vpc in self.vpcs for tier in TIERS for zone in ZONES]
        hosts = dict.fromkeys(range(len(places)), 9)
        for number in range(self.parameters.interfaces):
            at = number % len(places)
            hosts[at] += 1
            self._make_interface(number, *places[at], hosts[at])

    def _make_interface(self, number: int, vpc: _Vpc, tier: str, zone: str, host: int) -> None:
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
            "NetworkInterfaces": [{"NetworkInterfaceId": interface["NetworkInterfaceId"]}],
            "Placement": {"AvailabilityZone": interface["AvailabilityZone"], "Tenancy": "default"},
            "PrivateIpAddress": interface["PrivateIpAddress"],
            "SecurityGroups": [{"GroupId": group, "GroupName": group} for group in groups],
            "SourceDestCheck": True,
            "State": dict(zip(("Code", "Name"), (80, "stopped") if stopped else (16, "running"),
                              strict=True)),
            "SubnetId": interface["SubnetId"], "Tags": [{"Key": "Env", "Value": "prod"}],
            "VpcId": interface["VpcId"],
        })  # fmt: skip

    # -- groups -------------------------------------------------------------------------------

    def security_groups(self) -> list[Json]:
        found: list[Json] = []
        for vpc in self.vpcs:
            for tier in TIERS:
                for index, group_id in enumerate(vpc.groups[tier]):
                    ingress = self._ingress(vpc, tier, index)
                    egress = self._egress(vpc, tier, index)
                    found.append({
                        "Description": f"{tier} group", "GroupId": group_id,
                        "GroupName": f"{tier}-{group_id[-6:]}", "IpPermissions": ingress,
                        "IpPermissionsEgress": egress, "OwnerId": OWNER,
                        "Tags": [{"Key": "Tier", "Value": tier}], "VpcId": vpc.id,
                    })  # fmt: skip
        return found

    def _ingress(self, vpc: _Vpc, tier: str, index: int) -> list[Json]:
        choose, above = self.random, UPSTREAM[tier]
        rules: list[Json] = []
        if index == 0:
            rules.append(_permission("tcp", 22, 22, cidrs=self._blocks(vpc, "ops")))
            rules.append(_permission("icmp", 8, -1, cidrs=["10.0.0.0/8"]))
            rules.append(_permission("tcp", 9100, 9100, groups=[vpc.groups["ops"][0]]))
        port = SERVICE_PORTS[tier][index % 2]
        rules.append(_permission("tcp", port, port, groups=self._some_groups(vpc, above)))
        if tier == "web" and index % 4 == 1:
            rules.append(_permission("tcp", 443, 443, cidrs=["0.0.0.0/0"], ipv6=["::/0"]))
        if choose.random() < 0.4:
            hosts = [vpc.address(above, choose.choice(ZONES), 10 + choose.randrange(200))
                     for _ in range(choose.randint(1, 5))]  # fmt: skip
            rules.append(_permission("tcp", port, port, cidrs=[f"{host}/32" for host in hosts]))
        if choose.random() < 0.3:
            base = 7000 + choose.randrange(2000)
            rules.append(_permission("udp", base, base + 10, cidrs=self._blocks(vpc, above)))
        if tier in ("app", "db") and choose.random() < 0.15:
            rules.append(_permission("tcp", 1024, 65535, cidrs=self._blocks(vpc, above)))
        if tier != "ops" and choose.random() < 0.1:
            rules.append(_permission("-1", None, None, cidrs=self._blocks(vpc, "ops")))
        if choose.random() < 0.2:
            for _, peer in self.peers(vpc):
                rules.append(_permission("tcp", port, port, cidrs=self._blocks(peer, above)))
        if tier == "ops" and choose.random() < 0.3:
            rules.append(_permission("tcp", 22, 22, prefix_lists=["pl-0123456789abcdef0"]))
        if vpc.number == 0 and index == 1:
            rules.extend(self._mistaken(vpc, tier))
        return rules

    def _mistaken(self, vpc: _Vpc, tier: str) -> list[Json]:
        match self.parameters.mistake, tier:
            case "tier", "db":
                return [_permission("tcp", 5432, 5432, cidrs=[vpc.subnet_block("web", "a")])]
            case "forbidden-port", "app":
                return [_permission("tcp", 3389, 3389, cidrs=[vpc.subnet_block("web", "a")])]
            case "internet", "web":
                return [_permission("tcp", 22, 22, cidrs=["0.0.0.0/0"])]
            case _:
                return []

    def _egress(self, vpc: _Vpc, tier: str, index: int) -> list[Json]:
        if index == 0:
            rules = [_permission("tcp", 0, 65535, cidrs=["10.0.0.0/8"]),
                     _permission("tcp", 443, 443, cidrs=["0.0.0.0/0"])]  # fmt: skip
            if vpc.has_ipv6:
                rules.append(_permission("-1", None, None, ipv6=["::/0"]))
            return rules
        if self.random.random() < 0.4:
            return [_permission("-1", None, None, cidrs=["0.0.0.0/0"])]
        below = {"web": "app", "app": "db", "db": "db", "ops": "app"}[tier]
        port = SERVICE_PORTS[below][index % 2]
        return [_permission("tcp", port, port, groups=self._some_groups(vpc, below)),
                _permission("udp", 53, 53, cidrs=[vpc.block])]  # fmt: skip

    def _some_groups(self, vpc: _Vpc, tier: str) -> list[str]:
        names = vpc.groups[tier]
        wanted = min(len(names), self.random.randint(1, 6))
        return sorted({names[0], *self.random.sample(names, wanted)})

    @staticmethod
    def _blocks(vpc: _Vpc, tier: str) -> list[str]:
        return [vpc.subnet_block(tier, zone) for zone in ZONES]

    # -- ACLs ---------------------------------------------------------------------------------

    def network_acls(self) -> list[Json]:
        found = []
        for vpc in self.vpcs:
            for tier in TIERS:
                for zone in ZONES:
                    subnet = vpc.subnet_id(tier, zone)
                    acl = subnet.replace("subnet-", "acl-")
                    entries = self._entries(vpc, tier, zone, False)
                    entries += self._entries(vpc, tier, zone, True)
                    found.append({
                        "Associations": [{
                            "NetworkAclAssociationId": subnet.replace("subnet-", "aclassoc-"),
                            "NetworkAclId": acl, "SubnetId": subnet,
                        }],
                        "Entries": entries, "IsDefault": False, "NetworkAclId": acl,
                        "OwnerId": OWNER, "Tags": [{"Key": "Tier", "Value": tier}],
                        "VpcId": vpc.id,
                    })  # fmt: skip
        return found

    def _entries(self, vpc: _Vpc, tier: str, zone: str, egress: bool) -> list[Json]:
        choose, mistake = self.random, self.parameters.mistake
        first = vpc.number == 0
        rows: list[tuple[int, str, str, str, tuple[int, int] | None]] = []
        if mistake == "tier" and first and (egress, tier) in ((False, "db"), (True, "web")):
            block = vpc.block if egress else vpc.subnet_block("web", "a")
            rows.append((5, "allow", "6", block, (5432, 5432)))
        if mistake == "internet" and first and tier == "web":
            opened = (1024, 65535) if egress else (22, 22)
            rows.append((5, "allow", "6", "0.0.0.0/0", opened))
        if mistake == "forbidden-port" and first and tier == "app" and zone == "a":
            rows.append((6, "allow", "6", vpc.block, (3389, 3389)))
        number = 10
        for port in FORBIDDEN_PORTS if not egress else ():
            rows.append((number, "deny", "6", "0.0.0.0/0", (port, port)))
            rows.append((number + 1, "deny", "6", "::/0", (port, port)))
            number += 10
        if tier == "db" and not egress:
            for block in self._blocks(vpc, "web"):
                rows.append((number, "deny", "6", block, (3306, 3306)))
                number += 10
        for _ in range(choose.randint(12, 30)):
            rows.append((number, *self._middle(vpc, tier)))
            number += 10
        rows += [
            (number, "allow", "6", "10.0.0.0/8", (0, 65535)),
            (number + 10, "allow", "6", "0.0.0.0/0", (443, 443)),
            (number + 20, "allow", "6", "0.0.0.0/0", (1024, 65535)),
            (number + 30, "allow", "17", "10.0.0.0/8", (0, 65535)),
            (number + 40, "allow", "6", "::/0", (443, 443)),
            (number + 50, "allow", "6", "::/0", (1024, 65535)),
            (32767, "deny", "-1", "0.0.0.0/0", None),
            (32768, "deny", "-1", "::/0", None),
        ]
        choose.shuffle(rows)
        return [_entry(egress, *row) for row in rows]

    def _middle(self, vpc: _Vpc, tier: str) -> tuple[str, str, str, tuple[int, int] | None]:
        choose = self.random
        action = "deny" if choose.random() < 0.4 else "allow"
        kind = choose.random()
        if kind < 0.45:
            block = f"10.{choose.randrange(len(self.vpcs))}.{choose.randrange(8) * 16}.0/20"
        elif kind < 0.8:
            block = f"{vpc.address(choose.choice(TIERS), 'a', 10 + choose.randrange(200))}/32"
        else:
            block = f"{choose.randint(11, 99)}.{choose.randrange(256)}.0.0/16"
        if action == "deny":
            low = choose.choice((21, 25, 135, 445, 1433, 6379, 11211, 27017))
            return action, "6", block, (low, low + choose.randrange(3))
        port = choose.choice(SERVICE_PORTS[tier])
        return action, choose.choice(("6", "6", "6", "17")), block, (port, port)

    # -- the rest -----------------------------------------------------------------------------

    def files(self) -> dict[str, Json]:
        """File name to content, in the order in which they are written."""
        self.make_interfaces()
        return {
            "vpcs.json": {"Vpcs": [self._vpc(vpc) for vpc in self.vpcs]},
            "subnets.json": {"Subnets": self._subnets()},
            "network-acls.json": {"NetworkAcls": self.network_acls()},
            "security-groups.json": {"SecurityGroups": self.security_groups()},
            "network-interfaces.json": {
                "NetworkInterfaces": self.interfaces + self._nat_interfaces()},
            "instances.json": {"Reservations": [
                {"Groups": [], "Instances": [instance], "OwnerId": OWNER,
                 "ReservationId": f"r-{number:017x}"}
                for number, instance in enumerate(self.instances)]},
            "route-tables.json": {"RouteTables": self._route_tables()},
            "internet-gateways.json": {"InternetGateways": [
                {"Attachments": [{"State": "available", "VpcId": vpc.id}],
                 "InternetGatewayId": f"igw-{vpc.number:017x}", "OwnerId": OWNER, "Tags": []}
                for vpc in self.vpcs]},
            "nat-gateways.json": {"NatGateways": self._nat_gateways()},
            "vpc-peering-connections.json": {"VpcPeeringConnections": self._peerings()},
            "managed-prefix-lists.json": {"PrefixLists": [
                {"AddressFamily": "IPv4", "MaxEntries": 10, "OwnerId": OWNER,
                 "PrefixListArn": f"arn:aws:ec2:{REGION}:{OWNER}:prefix-list/pl-0123456789abcdef0",
                 "PrefixListId": "pl-0123456789abcdef0", "PrefixListName": "corporate",
                 "State": "create-complete", "Version": 1}]},
            "pl-0123456789abcdef0.json": {"Entries": [
                {"Cidr": f"198.51.100.{16 * at}/28", "Description": "office"} for at in range(5)]},
            "addresses.json": {"Addresses": []},
        }  # fmt: skip

    @staticmethod
    def _vpc(vpc: _Vpc) -> Json:
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
                routes = [_route(vpc.block, GatewayId="local", Origin="CreateRouteTable")]
                if vpc.has_ipv6:
                    routes.append({"DestinationIpv6CidrBlock": vpc.ipv6_block, "GatewayId": "local",
                                   "Origin": "CreateRouteTable", "State": "active"})  # fmt: skip
                if tier == "web":
                    routes.append(_route("0.0.0.0/0", GatewayId=f"igw-{vpc.number:017x}"))
                elif tier != "db":
                    routes.append(_route("0.0.0.0/0", NatGatewayId=f"nat-{vpc.number:017x}"))
                for peering, peer in self.peers(vpc):
                    routes.append(_route(peer.block, VpcPeeringConnectionId=peering))
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


def _side(vpc: _Vpc) -> Json:
    return {"CidrBlock": vpc.block, "CidrBlockSet": [{"CidrBlock": vpc.block}], "OwnerId": OWNER,
            "Region": REGION, "VpcId": vpc.id}  # fmt: skip


def _route(block: str, **target: str) -> Json:
    return {"DestinationCidrBlock": block, "Origin": "CreateRoute", "State": "active", **target}


def _entry(
    egress: bool, number: int, action: str, protocol: str, block: str, ports: tuple[int, int] | None
) -> Json:
    entry: Json = {"Egress": egress, "Protocol": protocol, "RuleAction": action}
    entry["RuleNumber"] = number
    entry["Ipv6CidrBlock" if ":" in block else "CidrBlock"] = block
    if ports is not None:
        entry["PortRange"] = {"From": ports[0], "To": ports[1]}
    return entry


def _permission(
    protocol: str,
    first: int | None,
    last: int | None,
    *,
    cidrs: list[str] = [],  # noqa: B006 - never changed
    ipv6: list[str] = [],  # noqa: B006
    groups: list[str] = [],  # noqa: B006
    prefix_lists: list[str] = [],  # noqa: B006
) -> Json:
    permission: Json = {
        "IpProtocol": protocol,
        "IpRanges": [{"CidrIp": block} for block in cidrs],
        "Ipv6Ranges": [{"CidrIpv6": block} for block in ipv6],
        "PrefixListIds": [{"PrefixListId": name} for name in prefix_lists],
        "UserIdGroupPairs": [{"GroupId": group, "UserId": OWNER} for group in groups],
    }
    if first is not None:
        permission |= {"FromPort": first, "ToPort": last}
    return permission


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


def holds() -> list[str]:
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
    assert len(statements) == 20, len(statements)
    return statements


def broken_by(mistake: str) -> str:
    """The invariant that this planted mistake makes false."""
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
    parser.add_argument("--mistake", choices=MISTAKES)
    given = parser.parse_args()
    parameters = Parameters(given.interfaces, given.groups, given.vpcs, given.seed, given.mistake)
    print(f"{write(parameters, given.folder)} bytes in {given.folder}")


if __name__ == "__main__":
    main()

"""The middle of an estate whose VPCs meet at transit gateways instead of along a ring.

Owns what `topology="transit"` adds. The VPCs of the plan are spokes of four accounts, every other
one at each of two peered transit gateways, in three domains (prod, test, shared) with a table of
its own for each. What leaves a spoke is led to an inspection VPC (Gateway Load Balancer endpoints),
from there back to the spokes or to an egress VPC (NAT gateways), and replies pass the inspection,
too. Databases and applications have a gateway endpoint; every eighth spoke a private gateway, and
the first transit gateway a VPN connection. Law: what `holds()` lists stays true, and so does what
`crossing_holds()` adds.
"""

from __future__ import annotations

from collections.abc import Iterator

from bench.filters import Filters
from bench.plan import LEAK, OWNER, REGION, ZONES, Json, Vpc

DOMAINS = ("prod", "test", "shared")
INSPECTION, EGRESS = 200, 201
SITES = "192.168.0.0/16"
STORE = "pl-0fedcba9876543210"
STORE_BLOCKS = ("52.216.0.0/15", "54.231.0.0/16", "3.5.0.0/19")
GATEWAYS = (f"tgw-{0:017x}", f"tgw-{1:017x}")
BETWEEN = f"tgw-attach-{0xFFFF:017x}"
VPN = f"tgw-attach-{0xFFFE:017x}"


def account(number: int) -> str:
    """Who owns the VPC: four accounts take turns, the middle belongs to the first."""
    return OWNER if number >= INSPECTION else str(int(OWNER) + number % 4)


def domain(vpc: Vpc) -> str:
    return DOMAINS[vpc.number // 2 % 3]


def home(vpc: Vpc) -> int:
    """At which of the two transit gateways the VPC is attached."""
    return vpc.number % 2 if vpc.number < INSPECTION else 0


def attachment(vpc: Vpc) -> str:
    return f"tgw-attach-{vpc.number:017x}"


def firewall(zone: str) -> str:
    return f"vpce-{0xF000 + ZONES.index(zone):017x}"


def table(gateway: int, name: str) -> str:
    names = (*DOMAINS, "hub", "egress", "between", "sites")
    return f"tgw-rtb-{gateway * 16 + names.index(name):017x}"


def _inner(vpc: Vpc, zone: str, place: int) -> tuple[str, str]:
    """Id and block of a small subnet: 0 for the attachment, 1 behind it."""
    number = 8 + 2 * place + ZONES.index(zone)
    return f"subnet-{vpc.number * 16 + number:017x}", f"10.{vpc.number}.{240 + number}.0/24"


class Hub(Filters):
    """Spokes, the two VPCs in the middle, and what joins them."""

    inspection = Vpc(INSPECTION)
    egress = Vpc(EGRESS)

    @property
    def middle(self) -> list[Vpc]:
        return [self.inspection, self.egress] if self.crossing else []

    @property
    def crossing(self) -> bool:
        return self.parameters.topology == "transit"

    # -- routes of the spokes -----------------------------------------------------------------

    def spoke_routes(self, vpc: Vpc, tier: str) -> list[Json]:
        """What the table of a tier has instead of peerings and a NAT gateway of its own."""
        near = GATEWAYS[home(vpc)]
        found = [route("10.0.0.0/8", TransitGatewayId=near)]
        if tier == "web":
            found.append(route("0.0.0.0/0", GatewayId=f"igw-{vpc.number:017x}"))
        elif tier != "db":
            found.append(route("0.0.0.0/0", TransitGatewayId=near))
        if tier in ("app", "db"):
            found.append({"DestinationPrefixListId": STORE, "GatewayId": f"vpce-{vpc.number:017x}",
                          "Origin": "CreateRoute", "State": "active"})  # fmt: skip
        if tier == "ops" and vpc.number % 8 == 0:
            found.append(route(f"192.168.{vpc.number}.0/24", GatewayId=f"vgw-{vpc.number:017x}",
                               Origin="EnableVgwRoutePropagation"))  # fmt: skip
        return found

    # -- subnets, tables and interfaces of the middle -----------------------------------------

    def inner_subnets(self) -> list[Json]:
        places = [(vpc, zone, 0) for vpc in (*self.vpcs, *self.middle) for zone in ZONES]
        places += [(vpc, zone, 1) for vpc in self.middle for zone in ZONES]
        return [
            {"AvailabilityZone": REGION + zone, "AvailableIpAddressCount": 240,
             "CidrBlock": block, "DefaultForAz": False, "Ipv6CidrBlockAssociationSet": [],
             "MapPublicIpOnLaunch": False, "OwnerId": OWNER, "State": "available",
             "SubnetId": subnet, "VpcId": vpc.id,
             "Tags": [{"Key": "Name", "Value": f"inner-{vpc.number}-{zone}-{place}"}]}
            for vpc, zone, place in places
            for subnet, block in [_inner(vpc, zone, place)]
        ]  # fmt: skip

    def inner_tables(self) -> list[Json]:
        near = GATEWAYS[0]
        found = []
        for zone in ZONES:
            nat = f"nat-{EGRESS * 4 + ZONES.index(zone):017x}"
            found += [
                self._table(self.inspection, zone, 0, route("0.0.0.0/0", GatewayId=firewall(zone))),
                self._table(self.inspection, zone, 1, route("0.0.0.0/0", TransitGatewayId=near)),
                self._table(self.egress, zone, 0, route("0.0.0.0/0", NatGatewayId=nat)),
                self._table(self.egress, zone, 1,
                            route("0.0.0.0/0", GatewayId=f"igw-{EGRESS:017x}"),
                            route("10.0.0.0/8", TransitGatewayId=near)),
            ]  # fmt: skip
        return found

    @staticmethod
    def _table(vpc: Vpc, zone: str, place: int, *routes: Json) -> Json:
        subnet, _ = _inner(vpc, zone, place)
        table_id = f"rtb-{subnet[7:]}"
        return {
            "Associations": [{"AssociationState": {"State": "associated"}, "Main": False,
                              "RouteTableAssociationId": f"rtbassoc-{subnet[7:]}",
                              "RouteTableId": table_id, "SubnetId": subnet}],
            "OwnerId": OWNER, "PropagatingVgws": [], "RouteTableId": table_id,
            "Routes": [route(vpc.block, GatewayId="local", Origin="CreateRouteTable"), *routes],
            "Tags": [], "VpcId": vpc.id,
        }  # fmt: skip

    def inner_acls(self) -> list[Json]:
        """One list for the inner subnets of each VPC, which lets everything pass."""
        entries = [{"CidrBlock": "0.0.0.0/0", "Egress": egress, "Protocol": "-1",
                    "RuleAction": "allow", "RuleNumber": 100}
                   for egress in (True, False)]  # fmt: skip
        found: list[Json] = []
        for vpc in (*self.vpcs, *self.middle):
            subnets = [_inner(vpc, zone, place)[0] for zone in ZONES
                       for place in ((0, 1) if vpc in self.middle else (0,))]  # fmt: skip
            acl = f"acl-{0xE000 + vpc.number:017x}"
            found.append({
                "Associations": [{"NetworkAclAssociationId": f"aclassoc-{subnet[7:]}",
                                  "NetworkAclId": acl, "SubnetId": subnet} for subnet in subnets],
                "Entries": entries, "IsDefault": vpc in self.middle, "NetworkAclId": acl,
                "OwnerId": OWNER, "Tags": [], "VpcId": vpc.id})  # fmt: skip
        return found

    def egress_gateways(self) -> list[Json]:
        return [
            {"ConnectivityType": "public", "CreateTime": "2026-03-02T10:15:00+00:00",
             "NatGatewayAddresses": [
                 {"AllocationId": f"eipalloc-{EGRESS * 4 + at:017x}", "IsPrimary": True,
                  "NetworkInterfaceId": f"eni-{0xffffe000 + at:017x}",
                  "PrivateIp": _inner(self.egress, zone, 1)[1].replace(".0/24", ".8"),
                  "PublicIp": f"52.27.200.{at + 1}", "Status": "succeeded"}],
             "NatGatewayId": f"nat-{EGRESS * 4 + at:017x}", "State": "available",
             "SubnetId": _inner(self.egress, zone, 1)[0], "Tags": [], "VpcId": self.egress.id}
            for at, zone in enumerate(ZONES)
        ]  # fmt: skip

    # -- endpoints and doors ------------------------------------------------------------------

    def endpoints(self) -> list[Json]:
        found = [
            {"VpcEndpointId": f"vpce-{vpc.number:017x}", "VpcEndpointType": "Gateway",
             "VpcId": vpc.id, "ServiceName": f"com.amazonaws.{REGION}.s3", "State": "available",
             "RouteTableIds": [], "SubnetIds": [], "Groups": [], "NetworkInterfaceIds": [],
             "OwnerId": OWNER, "Tags": []}
            for vpc in self.vpcs
        ]  # fmt: skip
        for zone in ZONES:
            subnet, _ = _inner(self.inspection, zone, 1)
            found.append({
                "VpcEndpointId": firewall(zone), "VpcEndpointType": "GatewayLoadBalancer",
                "VpcId": self.inspection.id, "ServiceName": "com.amazonaws.vpce.svc-0",
                "State": "available", "RouteTableIds": [], "SubnetIds": [subnet], "Groups": [],
                "NetworkInterfaceIds": [], "IpAddressType": "ipv4", "OwnerId": OWNER,
                "Tags": []})  # fmt: skip
        return found

    def doors(self) -> dict[str, Json]:
        """Private gateways and their VPN connections."""
        at = [vpc for vpc in self.vpcs if vpc.number % 8 == 0]
        connections: list[Json] = [
            {"VpnConnectionId": f"vpn-{vpc.number:017x}", "VpnGatewayId": f"vgw-{vpc.number:017x}",
             "CustomerGatewayId": "cgw-0", "State": "available", "Type": "ipsec.1",
             "Options": {"StaticRoutesOnly": True}, "Tags": [],
             "Routes": [{"DestinationCidrBlock": f"192.168.{vpc.number}.0/24",
                         "State": "available"}]}
            for vpc in at
        ]  # fmt: skip
        connections.append({
            "VpnConnectionId": "vpn-0000000000000fffe", "TransitGatewayId": GATEWAYS[0],
            "CustomerGatewayId": "cgw-0", "State": "available", "Type": "ipsec.1",
            "Options": {"StaticRoutesOnly": True}, "Routes": [], "Tags": []})  # fmt: skip
        return {
            "vpn-gateways.json": {"VpnGateways": [
                {"VpnGatewayId": f"vgw-{vpc.number:017x}", "State": "available", "Type": "ipsec.1",
                 "VpcAttachments": [{"State": "attached", "VpcId": vpc.id}], "Tags": []}
                for vpc in at]},
            "vpn-connections.json": {"VpnConnections": connections},
            "virtual-interfaces.json": {"virtualInterfaces": []},
            "direct-connect.json": {"directConnectGatewayAssociations": []},
        }  # fmt: skip

    # -- the transit gateways -----------------------------------------------------------------

    def hub_files(self) -> dict[str, Json]:
        """The files that only an estate with transit gateways has."""
        tables = [(gateway, name) for gateway in (0, 1) for name in (*DOMAINS, "between")]
        tables += [(0, "hub"), (0, "egress"), (0, "sites")]
        found: dict[str, Json] = {
            "transit-gateways.json": {"TransitGateways": [
                {"TransitGatewayId": gateway, "OwnerId": OWNER, "State": "available",
                 "TransitGatewayArn": f"arn:aws:ec2:{REGION}:{OWNER}:transit-gateway/{gateway}",
                 "Options": {"SecurityGroupReferencingSupport": "disable"}, "Tags": []}
                for gateway in GATEWAYS]},
            "transit-gateway-attachments.json": {
                "TransitGatewayAttachments": list(self._attachments())},
            "transit-gateway-vpc-attachments.json": {"TransitGatewayVpcAttachments": [
                {"TransitGatewayAttachmentId": attachment(vpc), "VpcId": vpc.id,
                 "TransitGatewayId": GATEWAYS[home(vpc)], "VpcOwnerId": account(vpc.number),
                 "State": "available", "SubnetIds": [_inner(vpc, zone, 0)[0] for zone in ZONES],
                 "Options": {"Ipv6Support": "disable", "SecurityGroupReferencingSupport": "enable",
                             "ApplianceModeSupport": "enable" if vpc is self.inspection
                             else "disable"}, "Tags": []}
                for vpc in (*self.vpcs, *self.middle)]},
            "transit-gateway-peering-attachments.json": {"TransitGatewayPeeringAttachments": [
                {"TransitGatewayAttachmentId": BETWEEN, "State": "available", "Tags": [],
                 "RequesterTgwInfo": {"TransitGatewayId": GATEWAYS[0], "OwnerId": OWNER,
                                      "Region": REGION},
                 "AccepterTgwInfo": {"TransitGatewayId": GATEWAYS[1], "OwnerId": OWNER,
                                     "Region": REGION}}]},
            "transit-gateway-route-tables.json": {"TransitGatewayRouteTables": [
                {"TransitGatewayRouteTableId": table(gateway, name), "State": "available",
                 "TransitGatewayId": GATEWAYS[gateway], "DefaultAssociationRouteTable": False,
                 "DefaultPropagationRouteTable": False, "Tags": []}
                for gateway, name in tables]},
            "vpc-endpoints.json": {"VpcEndpoints": self.endpoints()},
            **self.doors(),
        }  # fmt: skip
        for gateway, name in tables:
            routes, members = list(self._routes(gateway, name)), self._members(gateway, name)
            table_id = table(gateway, name)
            found[f"routes-{table_id}.json"] = {
                "Routes": routes, "AdditionalRoutesAvailable": False}  # fmt: skip
            found[f"associations-{table_id}.json"] = {
                "Associations": [one | {"State": "associated"} for one in members]}  # fmt: skip
            found[f"propagations-{table_id}.json"] = {"TransitGatewayRouteTablePropagations": [
                {**one, "State": "enabled"} for row in routes if row["Type"] == "propagated"
                for one in _targets(row)]}  # fmt: skip
        return found

    def _attachments(self) -> Iterator[Json]:
        for gateway in (0, 1):
            names = ("hub", "egress", *DOMAINS, "between", "sites")
            for name in names[2:] if gateway else names:
                for one in self._members(gateway, name):
                    yield {
                        "TransitGatewayId": GATEWAYS[gateway], "TransitGatewayOwnerId": OWNER,
                        "ResourceOwnerId": OWNER, "State": "available", "Tags": [],
                        "Association": {"State": "associated",
                                        "TransitGatewayRouteTableId": table(gateway, name)},
                        **one}  # fmt: skip

    def _members(self, gateway: int, name: str) -> list[Json]:
        """What is associated with the table."""
        if name == "between":
            return [member(BETWEEN, "peering", GATEWAYS[1 - gateway])]
        if name == "sites":
            return [] if gateway else [member(VPN, "vpn", "vpn-0000000000000fffe")]
        if name in DOMAINS:
            return [_vpc_member(vpc) for vpc in self.vpcs
                    if home(vpc) == gateway and domain(vpc) == name]  # fmt: skip
        return [_vpc_member(self.inspection if name == "hub" else self.egress)]

    def _routes(self, gateway: int, name: str) -> Iterator[Json]:
        peer = member(BETWEEN, "peering", GATEWAYS[1 - gateway])
        inspection, egress = _vpc_member(self.inspection), _vpc_member(self.egress)
        if name in ("egress", "sites"):
            yield _static("10.0.0.0/8", inspection)
            return
        for vpc in self.vpcs:
            leaks = self.parameters.mistake == LEAK and (name, vpc.number) == ("test", 0)
            if name in ("prod", "test") and domain(vpc) not in (name, "shared") and not leaks:
                continue
            if home(vpc) == gateway:
                yield {"DestinationCidrBlock": vpc.block, "Type": "propagated", "State": "active",
                       "TransitGatewayAttachments": [_vpc_member(vpc)]}  # fmt: skip
            elif name != "between":
                yield _static(vpc.block, peer)
        if name == "hub":
            yield _static("0.0.0.0/0", egress)
            yield _static(SITES, member(VPN, "vpn", "vpn-0000000000000fffe"))
        elif gateway == 0:
            yield _static("0.0.0.0/0", inspection)
            yield _static("10.0.0.0/8", None)
        elif name != "between":
            yield _static("0.0.0.0/0", peer)
            yield _static("10.0.0.0/8", None)

    # -- owners -------------------------------------------------------------------------------

    def owned(self, files: dict[str, Json]) -> dict[str, Json]:
        """The same files with the account of each VPC at what belongs to it."""
        owners = {vpc.id: account(vpc.number) for vpc in (*self.vpcs, *self.middle)}
        for content in files.values():
            for listed in content.values():
                for thing in listed if isinstance(listed, list) else ():
                    owner = owners.get(str(thing.get("VpcId")))
                    if owner and "OwnerId" in thing:
                        thing["OwnerId"] = owner
                    for permission in thing.get("IpPermissions", ()):
                        for pair in permission.get("UserIdGroupPairs", ()):
                            pair["UserId"] = owner
        return files


def member(attachment_id: str, kind: str, resource: str) -> Json:
    return {"TransitGatewayAttachmentId": attachment_id, "ResourceType": kind,
            "ResourceId": resource}  # fmt: skip


def _vpc_member(vpc: Vpc) -> Json:
    return member(attachment(vpc), "vpc", vpc.id)


def _targets(row: Json) -> list[Json]:
    found = row["TransitGatewayAttachments"]
    assert isinstance(found, list)
    return found


def _static(block: str, to: Json | None) -> Json:
    return {"DestinationCidrBlock": block, "Type": "static",
            "State": "active" if to else "blackhole",
            "TransitGatewayAttachments": [to] if to else []}  # fmt: skip


def route(block: str, **target: str) -> Json:
    return {"DestinationCidrBlock": block, "Origin": "CreateRoute", "State": "active", **target}


def crossing_holds() -> list[str]:
    """What is true besides of every estate with transit gateways, and turns on their tables.

    The first group of every tier takes udp/9100 from all spokes: only the tables keep the domains
    apart. `LEAK` is one propagation too many, and makes the first statement false.
    """
    inspected = ", ".join(firewall(zone) for zone in ZONES)
    return [
        "never tag:Domain=test -> tag:Domain=prod on udp/9100",
        f"never tag:Tier=app -> internet unless through {inspected}",
        "some tag:Domain=shared -> tag:Domain=prod on udp/9100",
    ]

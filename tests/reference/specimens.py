"""Specimens: one small snapshot for each construct of AWS networking, complete in every other way.

Owns what the coverage page asks the reader. Law: without its specimen the snapshot leaves nothing
open, so that what is open with it is open because of it.
"""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

from verifier.invariants.interface_types import KNOWN_TYPES

Json = dict[str, Any]
ACCOUNT, REGION = "111122223333", "eu-central-1"
VPC, OTHER, IGW, ENI, GROUP = "vpc-1", "vpc-2", "igw-1", "eni-1", "sg-1"
EMPTY = (
    "EgressOnlyInternetGateways", "NatGateways", "VpcPeeringConnections", "Addresses",
    "PrefixLists", "SecurityGroupVpcAssociations", "VpnGateways", "VpnConnections",
    "TransitGateways", "TransitGatewayAttachments", "TransitGatewayVpcAttachments",
    "TransitGatewayPeeringAttachments", "TransitGatewayRouteTables", "VpcEndpoints",
    "VpcBlockPublicAccessExclusions", "LoadBalancers", "LoadBalancerDescriptions", "TargetGroups",
    "Listeners", "Rules", "CarrierGateways", "LocalGatewayRouteTableVpcAssociations",
    "ClientVpnEndpoints", "InstanceConnectEndpoints", "Reservations",
    "directConnectGatewayAssociations", "virtualInterfaces",
)  # fmt: skip


@dataclass
class Snapshot:
    """The listings of one file, and further files by name."""

    listings: Json
    files: dict[str, Json] = field(default_factory=dict)

    def add(self, key: str, *things: Json) -> Snapshot:
        self.listings[key] = [*self.listings.get(key, []), *things]
        return self

    def change(self, key: str, thing_id: str, **fields: Any) -> Snapshot:
        found = [thing for thing in self.listings[key] if thing_id in thing.values()]
        assert len(found) == 1, (key, thing_id)
        found[0].update(fields)
        return self

    def route(self, destination: str, **target: Any) -> Snapshot:
        """A route of the table of `subnet-1`."""
        table = self.listings["RouteTables"][0]
        key = "DestinationPrefixListId" if destination[:3] == "pl-" else "DestinationCidrBlock"
        key = "DestinationIpv6CidrBlock" if ":" in destination else key
        known = {"Origin": "CreateRoute", "State": "active"}
        table["Routes"].append({key: destination, **known, **target})
        return self


def subnet(number: int, vpc: str, block: str) -> Json:
    return {"SubnetId": f"subnet-{number}", "VpcId": vpc, "CidrBlock": block, "OwnerId": ACCOUNT,
            "AvailabilityZone": f"{REGION}a", "State": "available",
            "Ipv6CidrBlockAssociationSet": []}  # fmt: skip


def interface(number: int, address: str, kind: str = "interface", **fields: Any) -> Json:
    made: Json = {
        "NetworkInterfaceId": f"eni-{number}", "VpcId": VPC, "SubnetId": "subnet-1",
        "InterfaceType": kind, "Groups": [{"GroupId": GROUP}], "PrivateIpAddress": address,
        "PrivateIpAddresses": [{"PrivateIpAddress": address, "Primary": True}],
        "Ipv6Addresses": [], "SourceDestCheck": True, "Status": "in-use", "OwnerId": ACCOUNT,
        "Attachment": {"AttachmentId": "ela-attach-1", "Status": "attached"}, "TagSet": [],
        "Description": "",
    }  # fmt: skip
    return made | fields


def _vpc(vpc_id: str, block: str) -> Json:
    return {"VpcId": vpc_id, "CidrBlock": block, "OwnerId": ACCOUNT, "State": "available",
            "CidrBlockAssociationSet": [
                {"CidrBlock": block, "CidrBlockState": {"State": "associated"}}],
            "Ipv6CidrBlockAssociationSet": []}  # fmt: skip


def _acl(vpc_id: str, *subnets: str) -> Json:
    return {"NetworkAclId": f"acl-of-{vpc_id}", "VpcId": vpc_id, "IsDefault": True,
            "OwnerId": ACCOUNT, "Associations": [
                {"NetworkAclAssociationId": f"assoc-{one}", "SubnetId": one,
                 "NetworkAclId": f"acl-of-{vpc_id}"} for one in subnets],
            "Entries": [{"RuleNumber": 100, "Egress": egress, "Protocol": "-1",
                         "RuleAction": "allow", "CidrBlock": "0.0.0.0/0"}
                        for egress in (True, False)]}  # fmt: skip


def _table(vpc_id: str, block: str) -> Json:
    return {"RouteTableId": f"rtb-of-{vpc_id}", "VpcId": vpc_id, "OwnerId": ACCOUNT,
            "PropagatingVgws": [],
            "Associations": [{"Main": True, "AssociationState": {"State": "associated"}}],
            "Routes": [{"DestinationCidrBlock": block, "GatewayId": "local",
                        "Origin": "CreateRouteTable", "State": "active"}]}  # fmt: skip


def plain() -> Snapshot:
    """Two VPCs with a host in the first; nothing is left open."""
    rule = {"IpProtocol": "-1", "IpRanges": [{"CidrIp": "10.0.0.0/8"}], "Ipv6Ranges": [],
            "PrefixListIds": [], "UserIdGroupPairs": []}  # fmt: skip
    listings: Json = {key: [] for key in EMPTY}
    listings |= {
        "Vpcs": [_vpc(VPC, "10.1.0.0/16"), _vpc(OTHER, "10.2.0.0/16")],
        "Subnets": [subnet(1, VPC, "10.1.1.0/24"), subnet(2, VPC, "10.1.2.0/24"),
                    subnet(3, OTHER, "10.2.1.0/24")],
        "NetworkAcls": [_acl(VPC, "subnet-1", "subnet-2"), _acl(OTHER, "subnet-3")],
        "RouteTables": [_table(VPC, "10.1.0.0/16"), _table(OTHER, "10.2.0.0/16")],
        "SecurityGroups": [{"GroupId": GROUP, "GroupName": "one", "VpcId": VPC,
                            "OwnerId": ACCOUNT, "IpPermissions": [rule],
                            "IpPermissionsEgress": [rule]}],
        "NetworkInterfaces": [interface(1, "10.1.1.5")],
        "InternetGateways": [{"InternetGatewayId": IGW, "OwnerId": ACCOUNT, "Tags": [],
                              "Attachments": [{"State": "available", "VpcId": VPC}]}],
        "VpcBlockPublicAccessOptions": {"AwsAccountId": ACCOUNT, "AwsRegion": REGION,
                                        "InternetGatewayBlockMode": "off",
                                        "State": "default-state"},
    }  # fmt: skip
    return Snapshot(deepcopy(listings))


Change = Callable[[Snapshot], object]


@dataclass(frozen=True)
class Specimen:
    """A construct, how a snapshot shows it, and the change that puts it there.

    `values` are the words of AWS that the specimen stands for, by the list they are from.
    """

    section: str
    construct: str
    shown: str
    change: Change
    values: tuple[tuple[str, str], ...] = ()


# -- routes ---------------------------------------------------------------------------------------


def _nat(snapshot: Snapshot, **fields: Any) -> Snapshot:
    nat: Json = {
        "NatGatewayId": "nat-1", "VpcId": VPC, "SubnetId": "subnet-2", "State": "available",
        "ConnectivityType": "public", "AvailabilityMode": "zonal", "Tags": [],
        "NatGatewayAddresses": [
            {"PrivateIp": "10.1.2.9", "PublicIp": "203.0.113.9", "IsPrimary": True,
             "NetworkInterfaceId": "eni-9", "Status": "succeeded"}]}  # fmt: skip
    snapshot.add("NatGateways", nat | fields).route("0.0.0.0/0", NatGatewayId="nat-1")
    return snapshot.add(
        "NetworkInterfaces",
        interface(9, "10.1.2.9", "nat_gateway", Groups=[], SubnetId="subnet-2",
                  SourceDestCheck=False),
    )  # fmt: skip


def _peering(snapshot: Snapshot, other: str = OTHER) -> Snapshot:
    sides = [
        {"VpcId": vpc, "OwnerId": ACCOUNT, "Region": REGION, "CidrBlock": block,
         "CidrBlockSet": [{"CidrBlock": block}]}
        for vpc, block in ((VPC, "10.1.0.0/16"), (other, "10.2.0.0/16"))]  # fmt: skip
    snapshot.add("VpcPeeringConnections", {
        "VpcPeeringConnectionId": "pcx-1", "RequesterVpcInfo": sides[0],
        "AccepterVpcInfo": sides[1], "Status": {"Code": "active"}})  # fmt: skip
    return snapshot.route("10.2.0.0/16", VpcPeeringConnectionId="pcx-1")


def _appliance(snapshot: Snapshot) -> Snapshot:
    box = interface(2, "10.1.2.5", SubnetId="subnet-2", SourceDestCheck=False)
    snapshot.add("NetworkInterfaces", box)
    return snapshot.route("203.0.113.0/24", NetworkInterfaceId="eni-2")


def _instance(snapshot: Snapshot) -> Snapshot:
    attached = {"AttachmentId": "eni-attach-1", "Status": "attached", "InstanceId": "i-1"}
    box = interface(2, "10.1.2.5", SubnetId="subnet-2", SourceDestCheck=False, Attachment=attached)
    snapshot.add("NetworkInterfaces", box)
    snapshot.add("Reservations", {"ReservationId": "r-1", "OwnerId": ACCOUNT, "Instances": [
        {"InstanceId": "i-1", "State": {"Name": "running"}, "VpcId": VPC,
         "NetworkInterfaces": [{"NetworkInterfaceId": "eni-2", "SubnetId": "subnet-2"}]}
    ]})  # fmt: skip
    return snapshot.route("203.0.113.0/24", InstanceId="i-1", NetworkInterfaceId="eni-2")


def _egress_only(snapshot: Snapshot) -> Snapshot:
    block = {"Ipv6CidrBlock": "2600:1f00::/56", "Ipv6CidrBlockState": {"State": "associated"},
             "Ipv6AddressAttribute": "public"}  # fmt: skip
    snapshot.change("Vpcs", VPC, Ipv6CidrBlockAssociationSet=[block])
    snapshot.add("EgressOnlyInternetGateways", {
        "EgressOnlyInternetGatewayId": "eigw-1", "Tags": [],
        "Attachments": [{"State": "attached", "VpcId": VPC}]})  # fmt: skip
    return snapshot.route("::/0", EgressOnlyInternetGatewayId="eigw-1")


def _private_gateway(snapshot: Snapshot, **fields: Any) -> Snapshot:
    snapshot.add("VpnGateways", {
        "VpnGatewayId": "vgw-1", "State": "available", "Type": "ipsec.1", "Tags": [],
        "VpcAttachments": [{"VpcId": VPC, "State": "attached"}]})  # fmt: skip
    snapshot.add("VpnConnections", {
        "VpnConnectionId": "vpn-1", "VpnGatewayId": "vgw-1", "State": "available",
        "Options": {"StaticRoutesOnly": True},
        "Routes": [{"DestinationCidrBlock": "192.168.0.0/16", "State": "available"}],
        **fields})  # fmt: skip
    return snapshot.route("192.168.0.0/16", GatewayId="vgw-1")


def _endpoint(kind: str, **fields: Any) -> Json:
    made = {"VpcEndpointId": "vpce-1", "VpcEndpointType": kind, "VpcId": VPC,
            "State": "available", "ServiceName": "com.amazonaws.eu-central-1.s3",
            "SubnetIds": [], "NetworkInterfaceIds": [], "OwnerId": ACCOUNT}  # fmt: skip
    return made | fields


def _gateway_endpoint(snapshot: Snapshot) -> Snapshot:
    snapshot.add("PrefixLists", {"PrefixListId": "pl-1", "AddressFamily": "IPv4",
                                 "PrefixListName": "com.amazonaws.eu-central-1.s3",
                                 "Cidrs": ["198.51.100.0/24"]})  # fmt: skip
    snapshot.add("VpcEndpoints", _endpoint("Gateway"))
    return snapshot.route("pl-1", GatewayId="vpce-1")


def _firewall_endpoint(snapshot: Snapshot) -> Snapshot:
    found = _endpoint("GatewayLoadBalancer", SubnetIds=["subnet-2"], IpAddressType="ipv4",
                      ServiceName="com.amazonaws.vpce.eu-central-1.vpce-svc-1")  # fmt: skip
    return snapshot.add("VpcEndpoints", found).route("203.0.113.0/24", GatewayId="vpce-1")


def _own_endpoint(kind: str) -> Change:
    def change(snapshot: Snapshot) -> Snapshot:
        snapshot.add("NetworkInterfaces", interface(2, "10.1.1.6", "vpc_endpoint"))
        found = _endpoint(kind, SubnetIds=["subnet-1"], NetworkInterfaceIds=["eni-2"])
        return snapshot.add("VpcEndpoints", found)

    return change


def _to(destination: str, **target: Any) -> Change:
    return lambda snapshot: snapshot.route(destination, **target)


def _edge(gateway: str) -> Change:
    def change(snapshot: Snapshot) -> Snapshot:
        if gateway == "vgw-1":
            _private_gateway(snapshot)
        snapshot.add("NetworkInterfaces", interface(2, "10.1.2.5", SubnetId="subnet-2",
                                                    SourceDestCheck=False))  # fmt: skip
        table = _table(VPC, "10.1.0.0/16")
        table |= {"RouteTableId": "rtb-edge", "Associations": [
            {"Main": False, "GatewayId": gateway, "AssociationState": {"State": "associated"}}
        ]}  # fmt: skip
        table["Routes"].append({"DestinationCidrBlock": "10.1.1.0/24", "State": "active",
                                "NetworkInterfaceId": "eni-2",
                                "Origin": "CreateRoute"})  # fmt: skip
        return snapshot.add("RouteTables", table)

    return change


ROUTES = "Where routes lead"
ROUTE_SPECIMENS = [
    Specimen(ROUTES, "the VPC", "`GatewayId: local`", lambda snapshot: snapshot,
             (("target", "LocalTarget"), ("field", "GatewayId"))),
    Specimen(ROUTES, "internet gateway", "`GatewayId: igw-…`", _to("0.0.0.0/0", GatewayId=IGW),
             (("target", "InternetGatewayTarget"),)),
    Specimen(ROUTES, "NAT gateway, zonal, public", "`ConnectivityType: public`", _nat,
             (("target", "NatGatewayTarget"), ("field", "NatGatewayId"))),
    Specimen(ROUTES, "NAT gateway, zonal, private", "`ConnectivityType: private`",
             lambda snapshot: _nat(snapshot, ConnectivityType="private")),
    Specimen(ROUTES, "NAT gateway, regional", "`AvailabilityMode: regional`",
             lambda snapshot: _nat(snapshot, AvailabilityMode="regional", SubnetId=None)),
    Specimen(ROUTES, "NAT64", "a route for 64:ff9b::/96 to a NAT gateway",
             lambda snapshot: _nat(snapshot).route("64:ff9b::/96", NatGatewayId="nat-1")),
    Specimen(ROUTES, "VPC peering connection", "`VpcPeeringConnectionId`", _peering,
             (("target", "PeeringTarget"), ("field", "VpcPeeringConnectionId"))),
    Specimen(ROUTES, "VPC peering connection to a VPC that is not in the snapshot",
             "`AccepterVpcInfo.VpcId`", lambda snapshot: _peering(snapshot, "vpc-9")),
    Specimen(ROUTES, "egress-only internet gateway", "`EgressOnlyInternetGatewayId`",
             _egress_only,
             (("target", "EgressOnlyTarget"), ("field", "EgressOnlyInternetGatewayId"))),
    Specimen(ROUTES, "virtual private gateway, static routes", "`GatewayId: vgw-…`",
             _private_gateway, (("target", "VpnGatewayTarget"),)),
    Specimen(ROUTES, "virtual private gateway, routes learned by BGP",
             "`StaticRoutesOnly: false`",
             lambda snapshot: _private_gateway(snapshot, Options={"StaticRoutesOnly": False})),
    Specimen(ROUTES, "gateway endpoint", "`GatewayId: vpce-…`", _gateway_endpoint,
             (("target", "EndpointTarget"), ("endpoint", "Gateway"))),
    Specimen(ROUTES, "Gateway Load Balancer endpoint", "`GatewayId: vpce-…`", _firewall_endpoint,
             (("endpoint", "GatewayLoadBalancer"),)),
    Specimen(ROUTES, "interface that forwards", "`NetworkInterfaceId`", _appliance,
             (("target", "InterfaceTarget"), ("field", "NetworkInterfaceId"))),
    Specimen(ROUTES, "instance that forwards", "`InstanceId`", _instance,
             (("field", "InstanceId"),)),
    Specimen(ROUTES, "local gateway (Outposts)", "`LocalGatewayId`",
             _to("192.0.2.0/24", LocalGatewayId="lgw-1"), (("field", "LocalGatewayId"),)),
    Specimen(ROUTES, "carrier gateway (Wavelength)", "`CarrierGatewayId`",
             _to("192.0.2.0/24", CarrierGatewayId="cagw-1"), (("field", "CarrierGatewayId"),)),
    Specimen(ROUTES, "core network (Cloud WAN)", "`CoreNetworkArn`",
             _to("192.0.2.0/24", CoreNetworkArn="arn:aws:networkmanager::1:core-network/c"),
             (("field", "CoreNetworkArn"),)),
    Specimen(ROUTES, "ODB network", "`OdbNetworkArn`",
             _to("192.0.2.0/24", OdbNetworkArn="arn:aws:odb:::odb-network/o"),
             (("field", "OdbNetworkArn"),)),
    Specimen(ROUTES, "next hop address", "`IpAddress`", _to("192.0.2.0/24", IpAddress="10.1.1.9"),
             (("field", "IpAddress"),)),
    Specimen(ROUTES, "route of a Route Server, within the VPC", "`Origin: Advertisement`",
             _to("10.1.2.0/24", NetworkInterfaceId=ENI, Origin="Advertisement")),
    Specimen(ROUTES, "blackhole", "`State: blackhole`",
             _to("192.0.2.0/24", VpcPeeringConnectionId="pcx-9", State="blackhole"),
             (("target", "UnmodelledTarget"),)),
    Specimen(ROUTES, "table of an internet gateway", "`Associations[].GatewayId: igw-…`",
             _edge(IGW)),
    Specimen(ROUTES, "table of a virtual private gateway", "`Associations[].GatewayId: vgw-…`",
             _edge("vgw-1")),
]  # fmt: skip


# -- what stands in a VPC -------------------------------------------------------------------------

INTERFACES = "Interfaces, by type"


def _of_type(kind: str) -> Change:
    bare = kind in ("nat_gateway", "transit_gateway", "gateway_load_balancer",
                    "gateway_load_balancer_endpoint")  # fmt: skip
    groups = [] if bare else [{"GroupId": GROUP}]
    return lambda snapshot: snapshot.add(
        "NetworkInterfaces", interface(2, "10.1.1.6", kind, Groups=groups)
    )


INTERFACE_SPECIMENS = [
    Specimen(INTERFACES, kind.replace("_", " "), f"`InterfaceType: {kind}`", _of_type(kind),
             (("interface", kind),))
    for kind in (name.replace("efa_only", "efa-only") for name in KNOWN_TYPES)
] + [
    Specimen(INTERFACES, "any other", "`InterfaceType: new_kind`", _of_type("new_kind")),
]  # fmt: skip

ENDPOINTS = "VPC endpoints that are interfaces"
ENDPOINT_SPECIMENS = [
    Specimen(ENDPOINTS, name, f"`VpcEndpointType: {kind}`", _own_endpoint(kind),
             (("endpoint", kind),))
    for name, kind in (("interface endpoint", "Interface"), ("resource endpoint", "Resource"),
                       ("service network endpoint (Lattice)", "ServiceNetwork"))
]  # fmt: skip


# -- transit gateways -----------------------------------------------------------------------------

TRANSIT = "What is attached to a transit gateway"


def _transit(kind: str, **options: Any) -> Change:
    def change(snapshot: Snapshot) -> Snapshot:
        snapshot.add("TransitGateways", {
            "TransitGatewayId": "tgw-1", "OwnerId": ACCOUNT, "State": "available", "Tags": [],
            "Options": {"SecurityGroupReferencingSupport": "enable"}})  # fmt: skip
        snapshot.add("TransitGatewayRouteTables", {
            "TransitGatewayRouteTableId": "tgw-rtb-1", "TransitGatewayId": "tgw-1",
            "State": "available"})  # fmt: skip
        ends = [("tgw-attach-1", "vpc", VPC)]
        ends += [("tgw-attach-2", kind, OTHER if kind == "vpc" else "other-1")]
        for name, of, resource in ends:
            snapshot.add("TransitGatewayAttachments", {
                "TransitGatewayAttachmentId": name, "TransitGatewayId": "tgw-1",
                "ResourceType": of, "ResourceId": resource, "State": "available", "Tags": [],
                "Association": {"TransitGatewayRouteTableId": "tgw-rtb-1",
                                "State": "associated"}})  # fmt: skip
            if of == "vpc":
                snapshot.add("TransitGatewayVpcAttachments", {
                    "TransitGatewayAttachmentId": name, "TransitGatewayId": "tgw-1",
                    "VpcId": resource, "VpcOwnerId": ACCOUNT, "State": "available",
                    "SubnetIds": ["subnet-1" if resource == VPC else "subnet-3"],
                    "Options": {"Ipv6Support": "disable", "ApplianceModeSupport": "disable",
                                "SecurityGroupReferencingSupport": "enable"} | options
                })  # fmt: skip
        member = {"TransitGatewayAttachmentId": "tgw-attach-2", "ResourceType": kind,
                  "ResourceId": ends[1][2]}  # fmt: skip
        snapshot.files |= {
            "routes-tgw-rtb-1": {"AdditionalRoutesAvailable": False, "Routes": [
                {"DestinationCidrBlock": "10.2.0.0/16" if kind == "vpc" else "192.168.0.0/16",
                 "Type": "static", "State": "active", "TransitGatewayAttachments": [member]}]},
            "associations-tgw-rtb-1": {"Associations": [
                {"TransitGatewayAttachmentId": name, "ResourceId": resource, "ResourceType": of,
                 "State": "associated"} for name, of, resource in ends]},
            "propagations-tgw-rtb-1": {"TransitGatewayRouteTablePropagations": []},
        }  # fmt: skip
        return snapshot.route("10.0.0.0/8", TransitGatewayId="tgw-1")

    return change


def _transit_peers(snapshot: Snapshot) -> Snapshot:
    _transit("peering")(snapshot)
    far = {"TransitGatewayId": "tgw-2", "OwnerId": ACCOUNT}
    snapshot.add("TransitGateways", far | {
        "State": "available", "Tags": [],
        "Options": {"SecurityGroupReferencingSupport": "disable"}})  # fmt: skip
    snapshot.add("TransitGatewayRouteTables", {
        "TransitGatewayRouteTableId": "tgw-rtb-2", "TransitGatewayId": "tgw-2",
        "State": "available"})  # fmt: skip
    snapshot.change("TransitGatewayAttachments", "tgw-attach-2", ResourceId="tgw-2")
    snapshot.add("TransitGatewayAttachments", {
        "TransitGatewayAttachmentId": "tgw-attach-2", "TransitGatewayId": "tgw-2",
        "ResourceType": "peering", "ResourceId": "tgw-1", "State": "available", "Tags": [],
        "Association": {"TransitGatewayRouteTableId": "tgw-rtb-2", "State": "associated"}
    })  # fmt: skip
    snapshot.add("TransitGatewayPeeringAttachments", {
        "TransitGatewayAttachmentId": "tgw-attach-2", "State": "available",
        "RequesterTgwInfo": {"TransitGatewayId": "tgw-1"}, "AccepterTgwInfo": far})  # fmt: skip
    for name in ("tgw-rtb-1", "tgw-rtb-2"):
        members = [{"TransitGatewayAttachmentId": "tgw-attach-2", "ResourceId": "tgw-2",
                    "ResourceType": "peering", "State": "associated"}]  # fmt: skip
        if name == "tgw-rtb-1":
            members.append({"TransitGatewayAttachmentId": "tgw-attach-1", "ResourceId": VPC,
                            "ResourceType": "vpc", "State": "associated"})  # fmt: skip
        snapshot.files[f"associations-{name}"] = {"Associations": members}
    snapshot.files |= {
        "routes-tgw-rtb-2": {"AdditionalRoutesAvailable": False, "Routes": []},
        "propagations-tgw-rtb-2": {"TransitGatewayRouteTablePropagations": []},
    }
    return snapshot


TRANSIT_SPECIMENS = [
    Specimen(TRANSIT, "VPC", "`ResourceType: vpc`", _transit("vpc"),
             (("target", "TransitGatewayTarget"), ("field", "TransitGatewayId"),
              ("attachment", "vpc"))),
    Specimen(TRANSIT, "VPC, appliance mode", "`ApplianceModeSupport: enable`",
             _transit("vpc", ApplianceModeSupport="enable")),
    Specimen(TRANSIT, "another transit gateway", "`ResourceType: peering`", _transit_peers,
             (("attachment", "peering"),)),
    *(Specimen(TRANSIT, name, f"`ResourceType: {kind}`", _transit(kind), (("attachment", kind),))
      for name, kind in (
          ("VPN connection", "vpn"), ("Direct Connect gateway", "direct-connect-gateway"),
          ("Connect", "connect"), ("Client VPN", "client-vpn"),
          ("VPN concentrator", "vpn-concentrator"), ("network function", "network-function"))),
    Specimen(TRANSIT, "a transit gateway that is not in the snapshot", "`TransitGatewayId`",
             _to("10.0.0.0/8", TransitGatewayId="tgw-9")),
]  # fmt: skip


# -- the account and other doors ------------------------------------------------------------------

ACCOUNT_WIDE = "Account-wide, and other doors"


def _block(mode: str, exclusion: str | None = None) -> Change:
    def change(snapshot: Snapshot) -> Snapshot:
        options = snapshot.listings["VpcBlockPublicAccessOptions"]
        options |= {"InternetGatewayBlockMode": mode, "State": "update-complete"}
        if exclusion:
            arn = f"arn:aws:ec2:{REGION}:{ACCOUNT}:subnet/subnet-1"
            snapshot.add("VpcBlockPublicAccessExclusions", {
                "ExclusionId": "vpcbpa-exclude-1", "ResourceArn": arn,
                "State": "create-complete", "InternetGatewayExclusionMode": exclusion})  # fmt: skip
        return snapshot

    return change


def _encrypted(mode: str) -> Change:
    control = {"Mode": mode, "State": "available"}
    return lambda snapshot: snapshot.change("Vpcs", VPC, EncryptionControl=control)


def _added(key: str, **thing: Any) -> Change:
    return lambda snapshot: snapshot.add(key, thing)


DOOR_SPECIMENS = [
    Specimen(ACCOUNT_WIDE, "Block Public Access, both directions", "`block-bidirectional`",
             _block("block-bidirectional")),
    Specimen(ACCOUNT_WIDE, "Block Public Access, ingress", "`block-ingress`",
             _block("block-ingress")),
    Specimen(ACCOUNT_WIDE, "exclusion of a subnet", "`allow-egress`",
             _block("block-bidirectional", "allow-egress")),
    Specimen(ACCOUNT_WIDE, "encryption controls, enforced", "`EncryptionControl.Mode: enforce`",
             _encrypted("enforce")),
    Specimen(ACCOUNT_WIDE, "security group used in another VPC", "`SecurityGroupVpcAssociations`",
             _added("SecurityGroupVpcAssociations", GroupId=GROUP, VpcId=OTHER,
                    State="associated")),
    Specimen(ACCOUNT_WIDE, "security group that is not in the snapshot", "`Groups[].GroupId`",
             lambda snapshot: snapshot.change("NetworkInterfaces", ENI,
                                              Groups=[{"GroupId": "sg-9"}])),
    Specimen(ACCOUNT_WIDE, "Client VPN endpoint", "`ClientVpnEndpoints`",
             _added("ClientVpnEndpoints", ClientVpnEndpointId="cvpn-endpoint-1", VpcId=VPC,
                    Status={"Code": "available"})),
    Specimen(ACCOUNT_WIDE, "EC2 Instance Connect Endpoint", "`InstanceConnectEndpoints`",
             _added("InstanceConnectEndpoints", InstanceConnectEndpointId="eice-1", VpcId=VPC,
                    SubnetId="subnet-1", State="create-complete", NetworkInterfaceIds=[ENI])),
    Specimen(ACCOUNT_WIDE, "carrier gateway of a VPC", "`CarrierGateways`",
             _added("CarrierGateways", CarrierGatewayId="cagw-1", VpcId=VPC, State="available")),
    Specimen(ACCOUNT_WIDE, "local gateway of a VPC", "`LocalGatewayRouteTableVpcAssociations`",
             _added("LocalGatewayRouteTableVpcAssociations", VpcId=VPC, State="associated",
                    LocalGatewayRouteTableVpcAssociationId="lgw-vpc-assoc-1",
                    LocalGatewayId="lgw-1")),
]  # fmt: skip

SPECIMENS = (
    *ROUTE_SPECIMENS,
    *TRANSIT_SPECIMENS,
    *INTERFACE_SPECIMENS,
    *ENDPOINT_SPECIMENS,
    *DOOR_SPECIMENS,
)

"""Specimens of interfaces, endpoints, and of what holds for a whole account."""

from __future__ import annotations

from typing import Any

from tests.reference.of_routes import endpoint
from tests.reference.of_transit import attached
from tests.reference.snapshots import (
    ACCOUNT,
    ENI,
    GROUP,
    OTHER,
    REGION,
    VPC,
    Change,
    Snapshot,
    Specimen,
    interface,
)
from verifier.invariants.interface_types import KNOWN_TYPES


def _own_endpoint(kind: str) -> Change:
    def change(snapshot: Snapshot) -> Snapshot:
        snapshot.add("NetworkInterfaces", interface(2, "10.1.1.6", "vpc_endpoint"))
        found = endpoint(kind, SubnetIds=["subnet-1"], NetworkInterfaceIds=["eni-2"])
        return snapshot.add("VpcEndpoints", found)

    return change


INTERFACES = "Interfaces, by type"


def _of_attachment(snapshot: Snapshot) -> Snapshot:
    """The interface of an attachment names it."""
    named = "Network Interface for Transit Gateway Attachment tgw-attach-1"
    node = interface(2, "10.1.1.6", "transit_gateway", Groups=[], Description=named)
    attached("vpc")(snapshot)
    return snapshot.add("NetworkInterfaces", node)


def _of_type(kind: str) -> Change:
    bare = kind in ("nat_gateway", "transit_gateway", "gateway_load_balancer",
                    "gateway_load_balancer_endpoint")  # fmt: skip
    groups = [] if bare else [{"GroupId": GROUP}]
    if kind == "transit_gateway":
        return _of_attachment
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


def _connect(keeps: bool) -> Change:
    def change(snapshot: Snapshot) -> Snapshot:
        own = interface(2, "10.1.1.6", "ec2_instance_connect_endpoint")
        endpoint = {
            "InstanceConnectEndpointId": "eice-1", "State": "create-complete", "VpcId": VPC,
            "SubnetId": "subnet-1", "NetworkInterfaceIds": ["eni-2"], "PreserveClientIp": keeps,
        }  # fmt: skip
        snapshot.add("NetworkInterfaces", own)
        return snapshot.add("InstanceConnectEndpoints", endpoint)

    return change


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
    Specimen(ACCOUNT_WIDE, "EC2 Instance Connect Endpoint", "`PreserveClientIp: false`",
             _connect(False)),
    Specimen(ACCOUNT_WIDE, "EC2 Instance Connect Endpoint, users' addresses kept",
             "`PreserveClientIp: true`", _connect(True)),
    Specimen(ACCOUNT_WIDE, "carrier gateway of a VPC", "`CarrierGateways`",
             _added("CarrierGateways", CarrierGatewayId="cagw-1", VpcId=VPC, State="available")),
    Specimen(ACCOUNT_WIDE, "local gateway of a VPC", "`LocalGatewayRouteTableVpcAssociations`",
             _added("LocalGatewayRouteTableVpcAssociations", VpcId=VPC, State="associated",
                    LocalGatewayRouteTableVpcAssociationId="lgw-vpc-assoc-1",
                    LocalGatewayId="lgw-1")),
]  # fmt: skip

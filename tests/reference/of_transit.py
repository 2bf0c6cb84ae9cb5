"""Specimens of what is attached to transit gateways."""

from __future__ import annotations

from typing import Any

from tests.reference.of_routes import to
from tests.reference.snapshots import (
    ACCOUNT,
    OTHER,
    VPC,
    Change,
    Snapshot,
    Specimen,
)

TRANSIT = "What is attached to a transit gateway"


def attached(kind: str, **options: Any) -> Change:
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
    attached("peering")(snapshot)
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
    Specimen(TRANSIT, "VPC", "`ResourceType: vpc`", attached("vpc"),
             (("target", "TransitGatewayTarget"), ("field", "TransitGatewayId"),
              ("attachment", "vpc"))),
    Specimen(TRANSIT, "VPC, appliance mode", "`ApplianceModeSupport: enable`",
             attached("vpc", ApplianceModeSupport="enable")),
    Specimen(TRANSIT, "another transit gateway", "`ResourceType: peering`", _transit_peers,
             (("attachment", "peering"),)),
    *(Specimen(TRANSIT, name, f"`ResourceType: {kind}`", attached(kind), (("attachment", kind),))
      for name, kind in (
          ("VPN connection", "vpn"), ("Direct Connect gateway", "direct-connect-gateway"),
          ("Connect", "connect"), ("Client VPN", "client-vpn"),
          ("VPN concentrator", "vpn-concentrator"), ("network function", "network-function"))),
    Specimen(TRANSIT, "a transit gateway that is not in the snapshot", "`TransitGatewayId`",
             to("10.0.0.0/8", TransitGatewayId="tgw-9")),
]  # fmt: skip

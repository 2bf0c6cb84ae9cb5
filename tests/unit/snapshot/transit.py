"""Two VPCs on a transit gateway with a site, and a private gateway, as AWS prints them."""

from __future__ import annotations

from tests.unit.snapshot.documents import ACCOUNT, Document, network_document, second_vpc

OTHER = "222233334444"
TABLE = "tgw-rtb-1"


def attachment(name: str, kind: str, resource: str, **fields: object) -> Document:
    return {
        "TransitGatewayAttachmentId": f"tgw-attach-{name}",
        "TransitGatewayId": "tgw-1",
        "ResourceType": kind,
        "ResourceId": resource,
        "ResourceOwnerId": ACCOUNT,
        "State": "available",
        "Association": {"TransitGatewayRouteTableId": TABLE, "State": "associated"},
        **fields,
    }


def vpc_attachment(name: str, vpc_id: str, *subnet_ids: str, **fields: object) -> Document:
    return {
        "TransitGatewayAttachmentId": f"tgw-attach-{name}",
        "TransitGatewayId": "tgw-1",
        "VpcId": vpc_id,
        "State": "available",
        "SubnetIds": list(subnet_ids),
        "Options": {"Ipv6Support": "disable", "ApplianceModeSupport": "disable"},
        **fields,
    }


def transit_route(block: str, *names: str, **fields: object) -> Document:
    return {
        "DestinationCidrBlock": block,
        "Type": "static",
        "State": "active" if names else "blackhole",
        "TransitGatewayAttachments": [
            {"TransitGatewayAttachmentId": f"tgw-attach-{name}"} for name in names
        ],
        **fields,
    }


def propagated(block: str, *names: str) -> Document:
    return transit_route(block, *names, Type="propagated")


def transit_document() -> Document:
    """`vpc-1` (attachment `a`), `vpc-2` (`b`) and a VPN (`v`) on `tgw-1`, all by one table."""
    return {
        **second_vpc(network_document()),
        "TransitGateways": [
            {
                "TransitGatewayId": "tgw-1",
                "TransitGatewayArn": "arn:aws:ec2:eu-west-1:111122223333:transit-gateway/tgw-1",
                "OwnerId": ACCOUNT,
                "State": "available",
                "Options": {"SecurityGroupReferencingSupport": "enable"},
                "Tags": [{"Key": "Name", "Value": "hub"}],
            }
        ],
        "TransitGatewayAttachments": [
            attachment("a", "vpc", "vpc-1"),
            attachment("b", "vpc", "vpc-2"),
            attachment("v", "vpn", "vpn-1"),
        ],
        "TransitGatewayVpcAttachments": [
            vpc_attachment("a", "vpc-1", "subnet-2", "subnet-1"),
            vpc_attachment("b", "vpc-2", "subnet-3"),
        ],
        "TransitGatewayRouteTables": [
            {
                "TransitGatewayRouteTableId": TABLE,
                "TransitGatewayId": "tgw-1",
                "State": "available",
                "Tags": [{"Key": "Name", "Value": "main"}],
            }
        ],
        "TransitGatewayRouteTableId": TABLE,
        "Routes": [
            propagated("10.0.0.0/16", "a"),
            propagated("10.1.0.0/16", "b"),
            transit_route("192.168.0.0/16", "v"),
            transit_route("192.168.9.0/24"),
        ],
        "AdditionalRoutesAvailable": False,
    }

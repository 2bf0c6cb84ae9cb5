"""What the AWS CLI prints of transit gateways: tables, attachments, routes, in every account.

The owner of a transit gateway sees its tables, and which attachment each of them routes; the owner
of an attached VPC sees the gateway and its own attachment. The commands that print the content of
one table do not name it: their files do.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from tests.known_answers.snapshots.account import (
    MADE,
    Estate,
    Json,
    Place,
    Subnet,
    Vpc,
    ident,
    named,
)
from tests.known_answers.snapshots.interfaces import interface


@dataclass(eq=False)
class TransitGateway:
    """A transit gateway that is being made."""

    place: Place
    name: str
    references: str = "disable"
    tables: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.id = ident("tgw", self.name)
        self.json = self.place.add("describe-transit-gateways", self.name, self._described())

    def _described(self) -> Json:
        return {
            "TransitGatewayId": self.id,
            "TransitGatewayArn": self.place.arn("ec2", f"transit-gateway/{self.id}"),
            "State": "available",
            "OwnerId": self.place.account,
            "Description": self.name,
            "CreationTime": MADE,
            "Options": {
                "AmazonSideAsn": 64512,
                "AutoAcceptSharedAttachments": "enable",
                "DefaultRouteTableAssociation": "disable",
                "DefaultRouteTablePropagation": "disable",
                "VpnEcmpSupport": "enable",
                "DnsSupport": "enable",
                "SecurityGroupReferencingSupport": self.references,
                "MulticastSupport": "disable",
            },
            "Tags": named(self.name),
        }

    def table(self, name: str) -> str:
        """A route table, and the files of what is in it."""
        table = ident("tgw-rtb", name)
        made: Json = {
            "TransitGatewayRouteTableId": table,
            "TransitGatewayId": self.id,
            "State": "available",
            "DefaultAssociationRouteTable": False,
            "DefaultPropagationRouteTable": False,
            "CreationTime": MADE,
            "Tags": named(name),
        }
        self.place.add("describe-transit-gateway-route-tables", name, made)
        contents: dict[str, Json] = {
            "routes": {"Routes": [], "AdditionalRoutesAvailable": False},
            "associations": {"Associations": []},
            "propagations": {"TransitGatewayRouteTablePropagations": []},
            "references": {"TransitGatewayPrefixListReferences": []},
        }
        for what, content in contents.items():
            self.place.files[f"{table}-{what}"] = content
            self.place.estate.made[f"{name} {what}"] = content
        return name

    def attach(
        self, vpc: Vpc, name: str, *subnets: Subnet, table: str | None = None, **options: str
    ) -> str:
        """Attaches a VPC by these subnets, each of which gets an interface of the gateway."""
        attachment = ident("tgw-attach", name)
        made: Json = {
            "TransitGatewayAttachmentId": attachment,
            "TransitGatewayId": self.id,
            "VpcId": vpc.id,
            "VpcOwnerId": vpc.place.account,
            "State": "available",
            "SubnetIds": [subnet.id for subnet in subnets],
            "CreationTime": MADE,
            "Options": {
                "DnsSupport": "enable",
                "SecurityGroupReferencingSupport": "enable",
                "Ipv6Support": "disable",
                "ApplianceModeSupport": "disable",
                **options,
            },
            "Tags": named(name),
        }
        self.place.add("describe-transit-gateway-vpc-attachments", name, made)
        if vpc.place is not self.place:
            vpc.place.listed("describe-transit-gateway-vpc-attachments").append(made)
            self._shared_with(vpc.place)
        for number, subnet in enumerate(subnets):
            # the second but last address of a block of /28
            address = subnet.cidr.split("/")[0].rsplit(".", 1)
            interface(
                subnet,
                f"{name} interface {number}",
                f"{address[0]}.{int(address[1]) + 13}",
                kind="transit_gateway",
                Description=f"Network Interface for Transit Gateway Attachment {attachment}",
                RequesterId="962279340386",
            )
        self._listed(name, "vpc", vpc.id, vpc.place, table)
        return name

    def _shared_with(self, place: Place) -> None:
        gateways = place.listed("describe-transit-gateways")
        if self.json not in gateways:
            gateways.append(self.json)

    def outside(self, name: str, kind: str, resource: str, table: str | None) -> str:
        """An attachment of a VPN connection, a Direct Connect gateway, or the like."""
        self._listed(name, kind, resource, self.place, table)
        return name

    def _listed(self, name: str, kind: str, resource: str, owner: Place, table: str | None) -> None:
        made: Json = {
            "TransitGatewayAttachmentId": ident("tgw-attach", name),
            "TransitGatewayId": self.id,
            "TransitGatewayOwnerId": self.place.account,
            "ResourceOwnerId": owner.account,
            "ResourceType": kind,
            "ResourceId": resource,
            "State": "available",
            "CreationTime": MADE,
            "Tags": named(name),
        }
        if owner is not self.place and kind == "vpc":
            owner.listed("describe-transit-gateway-attachments").append(dict(made))
        self.place.add("describe-transit-gateway-attachments", f"attachment {name}", made)
        if table is not None:
            associate(self.place.estate, name, table)


def peer(requester: TransitGateway, accepter: TransitGateway, name: str, *tables: str) -> str:
    """Peers two transit gateways; each side's end has a table."""
    attachment = ident("tgw-attach", name)
    made: Json = {
        "TransitGatewayAttachmentId": attachment,
        "RequesterTgwInfo": _side(requester),
        "AccepterTgwInfo": _side(accepter),
        "Status": {"Code": "available", "Message": "Available"},
        "State": "available",
        "CreationTime": MADE,
        "Tags": named(name),
    }
    estate = requester.place.estate
    requester.place.add("describe-transit-gateway-peering-attachments", name, made)
    accepter.place.listed("describe-transit-gateway-peering-attachments").append(made)
    for one, other, table in zip((requester, accepter), (accepter, requester), tables, strict=True):
        end: Json = {
            "TransitGatewayAttachmentId": attachment,
            "TransitGatewayId": one.id,
            "TransitGatewayOwnerId": one.place.account,
            "ResourceOwnerId": other.place.account,
            "ResourceType": "peering",
            "ResourceId": other.id,
            "State": "available",
            "CreationTime": MADE,
            "Tags": [],
        }
        one.place.listed("describe-transit-gateway-attachments").append(end)
        estate.made[f"attachment {name} {one.name}"] = end
        associate(estate, f"{name} {one.name}", table)
    return name


def _side(gateway: TransitGateway) -> Json:
    return {
        "TransitGatewayId": gateway.id,
        "OwnerId": gateway.place.account,
        "Region": gateway.place.region,
    }


def _told(estate: Estate, attachment: str) -> Json:
    listed = estate[f"attachment {attachment}"]
    keys = ("TransitGatewayAttachmentId", "ResourceId", "ResourceType")
    return {key: listed[key] for key in keys}


def associate(estate: Estate, attachment: str, table: str) -> None:
    """Associates an attachment with a table (in place of the one that it had)."""
    listed = estate[f"attachment {attachment}"]
    dissociate(estate, attachment)
    listed["Association"] = {
        "TransitGatewayRouteTableId": ident("tgw-rtb", table),
        "State": "associated",
    }
    rows = estate[f"{table} associations"]["Associations"]
    rows.append(_told(estate, attachment) | {"State": "associated"})


def dissociate(estate: Estate, attachment: str) -> None:
    """Takes the association of an attachment away."""
    listed = estate[f"attachment {attachment}"]
    of = listed["TransitGatewayAttachmentId"]
    before = listed.pop("Association", {}).get("TransitGatewayRouteTableId")
    for place in estate.places.values():
        rows: list[Any] = place.files.get(f"{before}-associations", {}).get("Associations", [])
        rows[:] = [row for row in rows if row["TransitGatewayAttachmentId"] != of]


def static(estate: Estate, table: str, cidr: str, attachment: str | None) -> None:
    """A static route of a table, a blackhole if it leads to no attachment."""
    told = [] if attachment is None else [_told(estate, attachment)]
    state = "blackhole" if attachment is None else "active"
    made = {"DestinationCidrBlock": cidr, "Type": "static", "State": state}
    routes = estate[f"{table} routes"]["Routes"]
    routes[:] = [one for one in routes if one.get("DestinationCidrBlock") != cidr]
    routes.append(made | ({"TransitGatewayAttachments": told} if told else {}))


def propagate(estate: Estate, table: str, attachment: str, *blocks: str) -> None:
    """What an attachment propagates; a static route of the same destination is shown instead."""
    rows = estate[f"{table} propagations"]["TransitGatewayRouteTablePropagations"]
    rows.append(_told(estate, attachment) | {"State": "enabled"})
    routes = estate[f"{table} routes"]["Routes"]
    for block in blocks:
        if block not in [one.get("DestinationCidrBlock") for one in routes]:
            routes.append(
                {
                    "DestinationCidrBlock": block,
                    "TransitGatewayAttachments": [_told(estate, attachment)],
                    "Type": "propagated",
                    "State": "active",
                }
            )


def without(estate: Estate, table: str, cidr: str) -> None:
    """Takes a route out of a table."""
    routes = estate[f"{table} routes"]["Routes"]
    routes[:] = [one for one in routes if one.get("DestinationCidrBlock") != cidr]

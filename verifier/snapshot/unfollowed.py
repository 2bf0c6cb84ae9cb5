"""What takes connections and opens others by ways that no route shows: assumptions (GAP-11).

Owns endpoints of resources and of service networks, and VPC Lattice. Law: none of them is in a
snapshot without a line in the report.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final, Required

from typing_extensions import TypedDict

from verifier.model import PrefixListReference, Route
from verifier.packet import Prefix
from verifier.snapshot.ledger import Ledger
from verifier.snapshot.merge import Records
from verifier.snapshot.transit_gateway_attachment import EDGE_ZONE
from verifier.snapshot.wire import Id

if TYPE_CHECKING:
    from verifier.snapshot.network import Parts
    from verifier.snapshot.resources import Resources

ASSOCIATIONS: Final = "serviceNetworkVpcAssociations"


class ServiceNetworkAssociationWire(TypedDict, total=False):
    """A VPC whose hosts reach the services of a service network."""

    vpcId: Required[Id]
    serviceNetworkArn: str | None
    status: str | None


LATTICE: Final = (Prefix.parse("169.254.171.0/24"), Prefix.parse("fd00:ec2:80::/64"))
_LIST: Final = ".vpc-lattice"
_GONE: Final = frozenset({"CREATE_FAILED", "DELETED"})


def arranged_associations(document: dict[str, object]) -> dict[str, object]:
    """The document with what `list-service-network-vpc-associations` prints under its own key."""
    items = document.get("items")
    if not isinstance(items, list) or not items:
        return document
    fields = {"vpcId", "serviceNetworkArn"}
    if not all(isinstance(item, dict) and fields <= item.keys() for item in items):
        return document
    return {
        **{key: value for key, value in document.items() if key != "items"},
        ASSOCIATIONS: items,
    }


def assume(resources: Resources, parts: Parts, ledger: Ledger) -> None:
    """Enter what of it is not followed."""
    for name in sorted(parts.endpoints.unread):
        if parts.endpoints.types.get(name) in ("Resource", "ServiceNetwork"):
            detail = f"what comes to {name} is not followed beyond its own interfaces"
            ledger.assume("GAP-11", detail)
    for vpc_id in sorted(_clients(resources, parts)):
        detail = f"what {vpc_id} sends to services of VPC Lattice is not followed to their targets"
        ledger.assume("GAP-11", detail)
    for group_id in sorted(_targets(resources, parts)):
        detail = f"what VPC Lattice passes on to members of {group_id} is not followed"
        ledger.assume("GAP-11", detail)


def edges(resources: Resources, ledger: Ledger) -> None:
    """That the local route joins places at the edge is assumed: AWS excludes some pairs (RT-7)."""
    places: dict[str, set[str]] = {}
    for wire, _ in resources.records["Subnets"]:
        zone, outpost = wire.get("AvailabilityZone") or "", wire.get("OutpostArn")
        if outpost or EDGE_ZONE.match(zone):
            places.setdefault(wire["VpcId"], set()).add(outpost or zone)
    for vpc_id, found in sorted(places.items()):
        if len(found) > 1:
            detail = f"Local Zones and Outposts of {vpc_id} reach each other by the local route"
            ledger.assume("RT-7", detail)


_PRIVATE_WAYS: Final = (
    ("virtual private gateway", ("VpnGateways",)),
    ("transit gateway", ("TransitGatewayAttachments", "TransitGatewayVpcAttachments")),
)


def doors(resources: Resources, parts: Parts, ledger: Ledger) -> None:
    """That no private way is attached where no file lists them is assumed (GAP-7)."""
    for kind, keys in _PRIVATE_WAYS:
        if not all(
            any(resources.has(key, vpc.account, vpc.region) for key in keys)
            for vpc in parts.vpcs.values()
        ):
            detail = f"no {kind} is attached where no file lists them and no route names one"
            ledger.assume("GAP-7", detail)


def _clients(resources: Resources, parts: Parts) -> Iterator[str]:
    """The VPCs from which services of VPC Lattice are reached."""
    associations: Records[Any] = resources.records[ASSOCIATIONS]
    for wire, _ in associations:
        if wire.get("status") not in _GONE:
            yield wire["vpcId"]
    lists = _lists(resources)
    for table in parts.route_tables.values():
        if any(_is_lattice(route, lists) for route in table.routes):
            yield table.vpc_id


def _is_lattice(route: Route, lists: frozenset[str]) -> bool:
    destination = route.destination
    if isinstance(destination, PrefixListReference):
        return destination.prefix_list_id in lists
    return any(block.covers(destination) for block in LATTICE)


def _targets(resources: Resources, parts: Parts) -> Iterator[str]:
    """The groups that let VPC Lattice in."""
    lists = _lists(resources)
    for group in parts.security_groups.values():
        peers = [rule.peer for rule in group.rules if not rule.egress]
        if any(
            peer.prefix_list_id in lists
            if isinstance(peer, PrefixListReference)
            else isinstance(peer, Prefix) and any(block.covers(peer) for block in LATTICE)
            for peer in peers
        ):
            yield group.id


def _lists(resources: Resources) -> frozenset[str]:
    """The prefix lists of VPC Lattice, by their names."""
    return frozenset(
        wire["PrefixListId"]
        for wire, _ in resources.records["PrefixLists"]
        if (wire.get("PrefixListName") or "").endswith(_LIST)
    )

"""Which calls of a complete snapshot are missing, by account and Region.

Law: a call whose output only some networks need is missed only where something in the snapshot
depends on it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from verifier.model import AttachmentKind, BalancerKind, Network
from verifier.snapshot.block_public_access import EXCLUSIONS
from verifier.snapshot.commands import (
    COMMANDS,
    DIRECT_CONNECT_COMMANDS,
    ENTRIES_COMMAND,
    FIREWALLS_COMMAND,
    OF_EACH,
    TABLE_COMMANDS,
    Command,
)
from verifier.snapshot.load_balancer_output import CLASSIC_ATTRIBUTES
from verifier.snapshot.network_firewall import UNDESCRIBED
from verifier.snapshot.reading import Scope, Snapshot
from verifier.snapshot.resources import speaks_of


def missing(snapshot: Snapshot, scope: Scope, empty: bool) -> tuple[Command, ...]:
    """The calls of which no output was found; `empty` iff nothing belongs to the scope."""
    found = [
        command
        for command in COMMANDS
        if not any(
            speaks_of(snapshot.keys, key, scope.account, scope.region)
            for key in (command.key, *_INSTEAD.get(command.key, ()))
        )
    ]
    network = snapshot.network
    found = [
        one for one in found if one.key not in _ONLY_WITH or _ONLY_WITH[one.key](network, scope)
    ]
    if not empty:
        found += _of_transit_tables(network, scope)
        found += _of_private_gateways(snapshot, scope)
        found += _of_balancers_and_firewalls(snapshot, scope)
        lists = [name for kind, name in network.missing if kind == "prefix-list"]
        found += [_of(ENTRIES_COMMAND, name) for name in sorted(lists) if name.startswith("pl-")]
    return tuple(found)


_INSTEAD: Final = {"Reservations": ("Instances",)}


def _of(command: Command, name: str) -> Command:
    """The command for one resource."""
    return Command(command.key, f"{command.text} {name}", command.why)


def _egress_only(network: Network, scope: Scope) -> bool:
    return any(kind == "egress-only-internet-gateway" for kind, _ in network.missing)


def _blocked(network: Network, scope: Scope) -> bool:
    return any(gap.clause == "GAP-9" and EXCLUSIONS in gap.detail for gap in network.gaps)


def _private(network: Network, scope: Scope) -> bool:
    return bool(network.vpn_gateways)


def _transit_peered(network: Network, scope: Scope) -> bool:
    kinds = {one.kind for one in network.transit_attachments.values()}
    return AttachmentKind.PEERING in kinds


def _transit(network: Network, scope: Scope) -> bool:
    missed = any(kind == "transit-gateway" for kind, _ in network.missing)
    return bool(network.transit_attachments) or missed


def _nodes(network: Network, scope: Scope) -> set[bool]:
    """For each node of a load balancer in the scope, whether the balancer is a classic one."""
    return {
        not one.description.removeprefix("ELB ").startswith(("app/", "net/", "gwy/"))
        for one in network.interfaces.values()
        if one.description.startswith("ELB ") and _holds(network, one.vpc_id, scope)
    }


def _balanced(network: Network, scope: Scope) -> bool:
    return False in _nodes(network, scope)


def _classic(network: Network, scope: Scope) -> bool:
    return True in _nodes(network, scope)


def _targeted(network: Network, scope: Scope) -> bool:
    return any(
        one.kind is not BalancerKind.CLASSIC and _names(one.id, scope)
        for one in network.load_balancers.values()
    )


def _linked(network: Network, scope: Scope) -> bool:
    return any(
        one.services is None and one.link_gap is not None and _names(one.id, scope)
        for one in network.load_balancers.values()
    )


def _connected(network: Network, scope: Scope) -> bool:
    return any(
        _holds(network, network.interfaces[one.interface_id].vpc_id, scope)
        for one in network.instance_connect_endpoints.values()
    )


_ONLY_WITH: Final[Mapping[str, Callable[[Network, Scope], bool]]] = {
    "EgressOnlyInternetGateways": _egress_only,
    "VpnConnections": _private,
    "TransitGateways": _transit,
    "TransitGatewayVpcAttachments": _transit,
    "TransitGatewayPeeringAttachments": _transit_peered,
    "TransitGatewayRouteTables": _transit,
    "VpcBlockPublicAccessExclusions": _blocked,
    "InstanceConnectEndpoints": _connected,
    "LoadBalancers": _balanced,
    "TargetGroups": _targeted,
    "LoadBalancerDescriptions": _classic,
    "ServiceConfigurations": _linked,
}
"""Calls that are missed only where something in the snapshot depends on them."""


def _holds(network: Network, vpc_id: str, scope: Scope) -> bool:
    """True iff the VPC belongs to the scope."""
    vpc = network.vpcs[vpc_id]
    return (vpc.account, vpc.region) == scope


def _names(arn: str, scope: Scope) -> bool:
    """True iff what has this ARN may belong to the scope: `arn:aws:SERVICE:REGION:ACCOUNT:...`."""
    region, account = [*arn.split(":"), "", "", "", "", ""][3:5]
    own = account in ("", scope.account) or scope.account is None
    return own and (region in ("", scope.region) or scope.region is None)


def _of_transit_tables(network: Network, scope: Scope) -> Iterator[Command]:
    for table in network.transit_tables.values():
        gateway = network.transit_gateways.get(table.transit_gateway_id)
        own = gateway is None or (
            gateway.account in (None, scope.account) and gateway.region in (None, scope.region)
        )
        if table.gap is not None and own:
            for command in TABLE_COMMANDS:
                yield _of(command, table.id)


def _of_private_gateways(snapshot: Snapshot, scope: Scope) -> Iterator[Command]:
    attached = [one for one in snapshot.network.vpn_gateways.values() if one.vpc_id is not None]
    listing, by_gateway = DIRECT_CONNECT_COMMANDS
    if attached and not speaks_of(snapshot.keys, listing.key, scope.account, scope.region):
        yield listing
    if not speaks_of(snapshot.keys, by_gateway.key, scope.account, scope.region):
        yield from (_of(by_gateway, one.id) for one in attached)


def _of_balancers_and_firewalls(snapshot: Snapshot, scope: Scope) -> Iterator[Command]:
    """What reading wanted by ARN, and the firewalls of endpoints that have none."""
    network = snapshot.network
    found = {one for one in snapshot.wanted if _names(one[1], scope)}
    alone = [
        network.vpc_endpoints[name]
        for firewall in network.network_firewalls.values()
        if firewall.id.startswith(UNDESCRIBED)
        for name in firewall.endpoint_ids
    ]
    found |= {
        ("Firewall", one.tags.get("Firewall", ""))
        for one in alone
        if _holds(network, one.vpc_id, scope)
    }
    order = list(OF_EACH)
    for key, arn in sorted(found, key=lambda one: (order.index(one[0]), one[1])):
        name = arn.rpartition(":loadbalancer/")[2] if key == CLASSIC_ATTRIBUTES else arn
        yield _of(OF_EACH[key], name) if name else FIREWALLS_COMMAND

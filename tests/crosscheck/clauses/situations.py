"""Situations that no single clause speaks of and that several of them must get right together."""

from __future__ import annotations

from collections.abc import Callable

from tests.crosscheck.clauses.marks import crossings, is_reference
from tests.crosscheck.view import View
from verifier.model import InterfaceKind, NetworkInterface
from verifier.packet import Address
from verifier.trace import OutsideHost


def _owners(view: View, address: Address) -> set[str]:
    """The VPCs in which somebody owns the address."""
    return {
        eni.vpc_id
        for eni in view.case.network.interfaces.values()
        if address in [own.address for own in eni.ipv4] or address in eni.ipv6
    }


def _elsewhere(view: View) -> bool:
    """Out by another VPC's gateway, in which somebody has the sender's address, too."""
    return (
        view.source() is not None
        and isinstance(view.exchange.forward.delivered_to, OutsideHost)
        and crossings(view) > 0
        and view.met("internet-gateway", None, reply=False)
        and len(_owners(view, view.probe.packet.source)) > 1
    )


def _foreign(view: View, end: NetworkInterface | None) -> bool:
    """The interface carries a group that belongs to another VPC."""
    groups = view.case.network.security_groups
    return end is not None and any(
        groups[name].vpc_id != end.vpc_id for name in end.groups if name in groups
    )


def _regions(view: View) -> bool:
    """Rules with references were asked of what came over a connection between two Regions."""
    met = {hop.component for hop in view.hops(reply=False) if hop.kind == "peering-connection"}
    across = any(
        None not in (found.requester.region, found.accepter.region)
        and found.requester.region != found.accepter.region
        for name in met
        if (found := view.case.network.peerings.get(name)) is not None
    )
    return across and (view.rule(is_reference) or view.rule(is_reference, allowed=False))


def _accounts(view: View) -> bool:
    source, destination = view.source(), view.destination()
    return (
        source is not None
        and destination is not None
        and source.account != destination.account
        and source.vpc_id != destination.vpc_id
    )


SITUATIONS: dict[str, Callable[[View], bool]] = {
    "a group of another VPC decides (SG-14)": lambda v: (
        (_foreign(v, v.source()) or _foreign(v, v.destination())) and v.met("security-group")
    ),
    "a reference to a group of another VPC (SG-14, SG-11)": lambda v: (
        (_foreign(v, v.source()) or _foreign(v, v.meant())) and v.rule(is_reference)
    ),
    "references between Regions (SG-12)": _regions,
    "between accounts": _accounts,
    "between accounts, over a transit gateway": lambda v: _accounts(v) and crossings(v) > 0,
    "an address of several VPCs, over a peering connection": lambda v: (
        len(_owners(v, v.probe.packet.destination)) > 1 and v.met("peering-connection")
    ),
    "an address of several VPCs, over a transit gateway": lambda v: (
        len(_owners(v, v.probe.packet.destination)) > 1 and v.met("transit-gateway")
    ),
    "out by another VPC's internet gateway, and somebody there has the address": _elsewhere,
    "IPv6 at an attachment without IPv6 (TGW-2, TGW-5)": lambda v: (
        v.family == 6
        and v.met("transit-gateway")
        and any(end.vpc_id and not end.ipv6 for end in v.case.network.transit_attachments.values())
    ),
    "a firewall sees half of a connection (NFW-4)": lambda v: any(
        hop.kind == "network-firewall" and hop.rule is None for hop in v.hops(reply=True)
    ),
    "an endpoint's references match a user's address (SG-10, EICE-4)": lambda v: (
        (source := v.source()) is not None
        and source.kind is InterfaceKind.INSTANCE_CONNECT_ENDPOINT
        and v.destination() is not None
        and v.rule(lambda rule: is_reference(rule) and not rule.egress)
    ),
}
"""What several Regions, accounts and equal addresses make of clauses that are met anyway."""

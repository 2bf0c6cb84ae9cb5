"""What the listings of a snapshot leave out: gaps that concern every question, and assumptions.

Law: what AWS would have printed, and this snapshot does not show, is never taken not to be there
(GAP-12, ACL-10), unless a line of the report says so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from verifier.model import GroupReference
from verifier.snapshot import unfollowed
from verifier.snapshot.interface import WITHOUT_GROUPS, InterfaceWire
from verifier.snapshot.ledger import Ledger
from verifier.snapshot.vpc import assume_encryption

if TYPE_CHECKING:
    from verifier.snapshot.network import Parts
    from verifier.snapshot.resources import Resources


def enter(resources: Resources, parts: Parts, ledger: Ledger) -> None:
    """Enter what of the listings themselves is missing or not followed (GAP-12)."""
    for scope in sorted({one.origin.source.scope for one in resources.records["Subnets"]}, key=str):
        if not any(
            resources.has(key, *scope) for key in ("NetworkInterfaces", "Reservations", "Instances")
        ):
            where = "".join(f" of {part}" for part in scope if part)
            detail = f"no file lists the network interfaces{where}"
            ledger.incomplete("NetworkInterfaces", detail)
    _ungrouped(resources, parts, ledger)
    _unseen(resources, parts, ledger)
    _by_default(parts, ledger)
    unfollowed.assume(resources, parts, ledger)
    for control, _ in resources.records["VpcEncryptionControls"]:
        named = control.get("VpcId") or control["VpcEncryptionControlId"]
        assume_encryption(named, control, ledger)
    unfollowed.edges(resources, ledger)
    unfollowed.doors(resources, parts, ledger)


def _by_default(parts: Parts, ledger: Ledger) -> None:
    """That default lists guard the subnets that no list names, where some are named (ACL-10)."""
    lists = parts.network_acls.values()
    guarded = {name for acl in lists for name in acl.subnet_ids}
    listing = {acl.vpc_id for acl in lists if acl.subnet_ids}
    silent = {acl.vpc_id: acl.id for acl in lists if acl.is_default and not acl.subnet_ids}
    for subnet in parts.subnets.values():
        if subnet.id not in guarded and subnet.vpc_id in silent.keys() & listing:
            detail = f"{silent[subnet.vpc_id]} guards {subnet.id}, which no network ACL lists"
            ledger.assume("ACL-10", detail)


def _ungrouped(resources: Resources, parts: Parts, ledger: Ledger) -> None:
    """Interfaces whose groups are not told: any reference to a group may mean them.

    What they send and take is a gap of their own (GAP-5), and no rule of theirs is asked.
    """
    rules = [rule for group in parts.security_groups.values() for rule in group.rules]
    if not any(isinstance(rule.peer, GroupReference) for rule in rules):
        return
    wires: list[InterfaceWire] = [wire for wire, _ in resources.records["NetworkInterfaces"]]
    for instance, _ in resources.records["Instances"]:
        wires += instance.get("NetworkInterfaces") or ()
    told = {wire["NetworkInterfaceId"]: wire.get("Groups") for wire in reversed(wires)}
    for interface in parts.interfaces.values():
        if told[interface.id] is None and interface.kind not in WITHOUT_GROUPS:
            detail = "has no list of security groups, and rules refer to groups"
            ledger.incomplete(interface.id, detail)


def _unseen(resources: Resources, parts: Parts, ledger: Ledger) -> None:
    """Groups that rules let in and that nobody carries, where only instances are listed.

    Who carries them (load balancers, services) is what a listing of interfaces would show.
    """
    carried = {name for interface in parts.interfaces.values() for name in interface.groups}
    blind = {
        vpc.id
        for vpc in parts.vpcs.values()
        if not resources.has("NetworkInterfaces", vpc.account, vpc.region)
    }
    for name in sorted(carried & parts.security_groups.keys()):
        group = parts.security_groups[name]
        for rule in group.rules:
            if not isinstance(rule.peer, GroupReference) or group.vpc_id not in blind:
                continue
            if (peer := rule.peer.group_id) not in carried:
                detail = f"no file lists the interfaces that carry {peer}, to which {name} refers"
                ledger.incomplete("NetworkInterfaces", detail)

"""VPC Block Public Access: options of accounts and Regions, exclusions, and what they amount to.

Law: what a subnet lets pass (IGW-12) follows from the options of its VPC's owner and from the
exclusions. Where the VPC or the subnet itself says something else, or something that matters is
not known, nothing is decided and the VPC is in doubt (GAP-9).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final, Required

from typing_extensions import TypedDict

from verifier.model import PublicAccess, Subnet, Vpc
from verifier.snapshot.ledger import Ledger
from verifier.snapshot.wire import Id, TagWire, tags_of

if TYPE_CHECKING:
    from verifier.snapshot.resources import Resources
    from verifier.snapshot.subnet import SubnetWire
    from verifier.snapshot.vpc import VpcWire


class BlockOptionsWire(TypedDict, total=False):
    """The options of one account and Region."""

    AwsAccountId: str | None
    AwsRegion: str | None
    InternetGatewayBlockMode: str | None
    State: str | None


class ExclusionWire(TypedDict, total=False):
    """A VPC or subnet that the options do not, or not wholly, bind."""

    ExclusionId: Required[Id]
    ResourceArn: str | None
    InternetGatewayExclusionMode: str | None
    State: str | None
    Tags: list[TagWire] | None


KNOWN: Final = frozenset(BlockOptionsWire.__annotations__) | {
    "ExclusionsAllowed", "LastUpdateTimestamp", "ManagedBy", "Reason",
}  # fmt: skip
KNOWN_EXCLUSION: Final = frozenset(ExclusionWire.__annotations__) | {
    "CreationTimestamp", "DeletionTimestamp", "LastUpdateTimestamp", "Reason",
}  # fmt: skip

OFF: Final = "off"
BIDIRECTIONAL: Final = "block-bidirectional"
INGRESS: Final = "block-ingress"
_MODES: Final = frozenset({OFF, BIDIRECTIONAL, INGRESS})
_SETTLED: Final = frozenset({"default-state", "update-complete"})
_IN_FORCE: Final = frozenset({"create-complete", "update-complete"})
_GONE: Final = frozenset({"create-failed", "delete-complete", "disable-complete"})
_ALLOW_ALL: Final = "allow-bidirectional"
_ALLOW_EGRESS: Final = "allow-egress"
EXCLUSIONS: Final = "no file lists the exclusions"
_UNKNOWN: Final = "?"
"""What the options, or an exclusion, say where that is not known."""

_EFFECT: Final = {
    (BIDIRECTIONAL, ""): PublicAccess.CLOSED,
    (BIDIRECTIONAL, _ALLOW_EGRESS): PublicAccess.EGRESS,
    (BIDIRECTIONAL, _ALLOW_ALL): PublicAccess.OPEN,
    (INGRESS, ""): PublicAccess.NAT,
    (INGRESS, _ALLOW_EGRESS): PublicAccess.NAT,
    (INGRESS, _ALLOW_ALL): PublicAccess.OPEN,
}
_SAID: Final = {
    PublicAccess.OPEN: frozenset({OFF}),
    PublicAccess.EGRESS: frozenset({BIDIRECTIONAL, INGRESS}),
    PublicAccess.NAT: frozenset({INGRESS}),
    PublicAccess.CLOSED: frozenset({BIDIRECTIONAL}),
}
"""What VPCs and subnets say of themselves where this is what they let pass."""


@dataclass(slots=True)
class Blocking:
    """What each subnet lets pass that does not let everything pass, and which VPCs are in doubt.

    `unsaid` are the VPCs of which nothing in the snapshot says it: it is taken to be off there.
    """

    access: dict[str, PublicAccess] = field(default_factory=dict)
    doubts: dict[str, str] = field(default_factory=dict)
    unsaid: set[str] = field(default_factory=set)


def blocking(
    resources: Resources, vpcs: Mapping[str, Vpc], subnets: Mapping[str, Subnet], ledger: Ledger
) -> Blocking:
    """What Block Public Access does; the subnets of a VPC in doubt count as open."""
    exclusions = _exclusions(resources, ledger)
    states = _states(resources)
    for option, _ in resources.records["VpcBlockPublicAccessOptions"]:
        ledger.unknown_fields("VpcBlockPublicAccessOptions", KNOWN, option)
    found = Blocking()
    within: dict[str, list[str]] = {}
    for subnet in subnets.values():
        within.setdefault(subnet.vpc_id, []).append(subnet.id)
    for vpc in vpcs.values():
        own = within.get(vpc.id, [])
        if _mode(resources, vpc) is None and not states.keys() & {vpc.id, *own}:
            found.unsaid.add(vpc.id)
        decided = _decided(resources, vpc, own, exclusions, states)
        if isinstance(decided, str):
            found.doubts[vpc.id] = f"Block Public Access of {vpc.id}: {decided}"
        else:
            closed = {one: how for one, how in decided.items() if how is not PublicAccess.OPEN}
            found.access |= closed
    return found


def with_access(subnets: Mapping[str, Subnet], found: Blocking) -> dict[str, Subnet]:
    """The subnets with what they let pass."""
    return {
        name: replace(subnet, public_access=found.access.get(name, PublicAccess.OPEN))
        for name, subnet in subnets.items()
    }


def _decided(
    resources: Resources,
    vpc: Vpc,
    subnet_ids: list[str],
    exclusions: Mapping[str, str],
    states: Mapping[str, str],
) -> dict[str, PublicAccess] | str:
    """What each of the VPC's subnets lets pass, or why that is not known."""
    mode = _mode(resources, vpc)
    if mode is None:
        said = {states[name] for name in (vpc.id, *subnet_ids) if name in states}
        mode = states.get(vpc.id) or (said.pop() if len(said) == 1 else OFF)
    if mode not in _MODES:
        return "which mode it is in is not known"
    listed = resources.has("VpcBlockPublicAccessExclusions", vpc.account, vpc.region)
    if mode != OFF and not listed:
        return f"it is in the mode `{mode}`, and {EXCLUSIONS}"
    decided: dict[str, PublicAccess] = {}
    for name in (vpc.id, *subnet_ids):
        exclusion = exclusions.get(name) or exclusions.get(vpc.id) or ""
        if mode != OFF and exclusion == _UNKNOWN:
            return f"an exclusion of {name} is not understood or not in force yet"
        access = PublicAccess.OPEN if mode == OFF else _EFFECT[mode, exclusion]
        if name in states and states[name] not in _SAID[access]:
            return f"{name} says `{states[name]}`, which options and exclusions do not"
        decided[name] = access
    del decided[vpc.id]
    return (_inspected(resources, decided) if mode != OFF else "") or decided


def _inspected(resources: Resources, decided: Mapping[str, PublicAccess]) -> str:
    """Why what passes an endpoint may be blocked although its host is excluded; empty iff not.

    The subnet of a Gateway Load Balancer endpoint must be excluded too, and what goes through
    Network Firewall is blocked even then (IGW-12).
    """
    if not {PublicAccess.OPEN, PublicAccess.EGRESS} & set(decided.values()):
        return ""
    for wire, _ in resources.records["VpcEndpoints"]:
        inside = [name for name in wire.get("SubnetIds") or () if name in decided]
        if wire.get("VpcEndpointType") != "GatewayLoadBalancer" or not inside:
            continue
        managed = "AWSNetworkFirewallManaged" in tags_of(wire.get("Tags"))
        if managed or any(decided[name] is not PublicAccess.OPEN for name in inside):
            return f"whether it lets pass what goes through {wire['VpcEndpointId']} is not known"
    return ""


def _mode(resources: Resources, vpc: Vpc) -> str | None:
    """The mode of the options that bind the VPC's owner there; None iff no file has them."""
    modes: set[str] = set()
    for option, origin in resources.records["VpcBlockPublicAccessOptions"]:
        account = option.get("AwsAccountId") or origin.source.account
        region = option.get("AwsRegion") or origin.source.region
        pairs = ((account, vpc.account), (region, vpc.region))
        if any(None not in pair and pair[0] != pair[1] for pair in pairs):
            continue
        mode = option.get("InternetGatewayBlockMode") or _UNKNOWN
        if (option.get("State") or "update-complete") not in _SETTLED:
            mode = _UNKNOWN
        if mode != OFF and any(None in pair for pair in pairs):
            mode = _UNKNOWN
        modes.add(mode)
    return modes.pop() if len(modes) == 1 else _UNKNOWN if modes else None


def _states(resources: Resources) -> dict[str, str]:
    """What VPCs and subnets say of themselves, by id."""
    found: dict[str, str] = {}
    wires: list[tuple[str, VpcWire | SubnetWire]] = []
    wires += [(wire["VpcId"], wire) for wire, _ in resources.records["Vpcs"]]
    wires += [(wire["SubnetId"], wire) for wire, _ in resources.records["Subnets"]]
    for name, wire in wires:
        states = wire.get("BlockPublicAccessStates")
        if states and (mode := states.get("InternetGatewayBlockMode")):
            found[name] = mode
    return found


def _exclusions(resources: Resources, ledger: Ledger) -> dict[str, str]:
    """The exclusions that are in force or may be, by the id of the VPC or subnet."""
    found: dict[str, str] = {}
    for wire, _ in resources.records["VpcBlockPublicAccessExclusions"]:
        ledger.unknown_fields("VpcBlockPublicAccessExclusion", KNOWN_EXCLUSION, wire)
        state = wire.get("State") or ""
        if state in _GONE:
            continue
        name = (wire.get("ResourceArn") or "").rpartition("/")[2]
        mode = wire.get("InternetGatewayExclusionMode") or ""
        if state not in _IN_FORCE or mode not in (_ALLOW_ALL, _ALLOW_EGRESS):
            mode = _UNKNOWN
        if not name:
            ledger.incomplete(wire["ExclusionId"], "has no `ResourceArn` in the snapshot")
        elif found.setdefault(name, mode) != mode:
            found[name] = _UNKNOWN
    return found

"""`verify inventory` told: what was read, which names a spec can use, what is missing.

Names are listed with the number of interfaces behind them, so that a mis-tagged host shows.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from typing import Any, Final

from verifier.report.shown import shown
from verifier.report.story import Line, indented, line
from verifier.report.text import gap_lines
from verifier.snapshot import InputFile, Inventory, Scope

LISTED: Final = 20
WORDS: Final = {
    "vpcs": "VPC",
    "subnets": "subnet",
    "interfaces": "interface",
    "instances": "instance",
    "security_groups": "security group",
    "network_acls": "network ACL",
    "route_tables": "route table",
    "internet_gateways": "internet gateway",
    "nat_gateways": "NAT gateway",
    "peerings": "peering connection",
    "prefix_lists": "prefix list",
    "transit_gateways": "transit gateway",
    "transit_gateway_attachments": "transit gateway attachment",
    "transit_gateway_route_tables": "transit gateway route table",
    "vpn_gateways": "virtual private gateway",
    "egress_only_internet_gateways": "egress-only internet gateway",
    "vpc_endpoints": "VPC endpoint",
    "instance_connect_endpoints": "EC2 Instance Connect Endpoint",
    "load_balancers": "load balancer",
    "target_groups": "target group",
    "network_firewalls": "network firewall",
}
"""Kinds of resources in the order in which they are told."""


def inventory_lines(inventory: Inventory, *, detail: bool) -> list[Line]:
    """The inventory in words; without `detail` each kind of name is cut after some."""
    lines = [line(f"read: {_counted(inventory.counts)}", "bold"), ()]
    for scope in inventory.scopes:
        lines.append(line(f"{_scope_text(scope.scope)}: {_counted(scope.counts)}", "bold"))
        lines.extend(
            line(f"  missing: {shown(command.text)} ({shown(command.why)})", "yellow")
            for command in scope.missing
        )
    if inventory.names:
        lines += [(), line("names that a specification can use (interfaces):", "bold")]
        lines += indented(_name_lines(inventory, detail=detail), 2)
    if inventory.gaps:
        title = f"gaps ({len(inventory.gaps)}), what the model does not represent exactly:"
        lines += [(), line(title, "bold"), *indented(gap_lines(inventory.gaps, cut=not detail), 2)]
    if inventory.assumptions:
        lines += [(), line(f"assumptions ({len(inventory.assumptions)}):", "bold")]
        lines += [
            line(f"  - {shown(told.detail)} ({shown(told.clause)})")
            for told in inventory.assumptions
        ]
    lines += [line(f"warning: {shown(warning)}", "yellow") for warning in inventory.warnings]
    return lines


def _counted(counts: dict[str, int]) -> str:
    told = [
        f"{counts[kind]} {word}{'' if counts[kind] == 1 else 's'}"
        for kind, word in WORDS.items()
        if counts.get(kind)
    ]
    return ", ".join(told) or "nothing"


def _scope_text(scope: Scope) -> str:
    account = f"account {shown(scope.account)}" if scope.account else "unnamed account"
    return f"{account}, {shown(scope.region) if scope.region else 'unnamed Region'}"


def _name_lines(inventory: Inventory, *, detail: bool) -> Iterable[Line]:
    for kind, group in groupby(inventory.names, key=lambda name: name.kind):
        names = list(group)
        most = len(names) if detail else 0 if kind == "id" else LISTED
        for name in names[:most]:
            yield line(f"- {shown(name.text)} ({name.interfaces})")
        if len(names) > most:
            yield line(f"- and {len(names) - most} more of kind `{kind}`: see them with `-v`")


def inventory_document(inventory: Inventory, inputs: Iterable[InputFile]) -> dict[str, Any]:
    """The inventory as plain data."""
    return {
        "inputs": [{"path": i.path, "sha256": i.sha256, "kind": i.kind} for i in inputs],
        "counts": inventory.counts,
        "scopes": [
            {
                "account": scope.scope.account,
                "region": scope.scope.region,
                "counts": scope.counts,
                "missing": [
                    {"key": command.key, "command": command.text, "why": command.why}
                    for command in scope.missing
                ],
            }
            for scope in inventory.scopes
        ],
        "names": [
            {"kind": name.kind, "text": name.text, "interfaces": name.interfaces}
            for name in inventory.names
        ],
        "gaps": [
            {"id": f"gap-{at}", "resource": g.resource, "clause": g.clause, "detail": g.detail}
            for at, g in enumerate(inventory.gaps, start=1)
        ],
        "assumptions": [{"clause": a.clause, "detail": a.detail} for a in inventory.assumptions],
        "warnings": list(inventory.warnings),
    }

"""Cases and probes as JSON: what a failing seed prints, after shrinking.

Law: a shrunk case still fails; every part of the network that can be left out is left out.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from enum import Enum
from typing import TypeVar

from tests.crosscheck.corpus import Case
from verifier.invariants.question import EndpointSet, Question
from verifier.model import InterfaceTarget, Network
from verifier.packet import Address, PortRange, Prefix

T = TypeVar("T")


def plain(value: object) -> object:
    """The value as JSON; fields that say nothing are left out."""
    if isinstance(value, Enum):
        return value.value
    if value is None or isinstance(value, (str, int)):
        return value
    if isinstance(value, (Address, Prefix, PortRange)):
        return str(value)
    if is_dataclass(value) and not isinstance(value, type):
        found = {field.name: getattr(value, field.name) for field in fields(value)}
        shown = {name: plain(part) for name, part in found.items() if part not in (None, (), {})}
        return {"is": type(value).__name__, **shown}
    if isinstance(value, Mapping):
        return {str(key): plain(part) for key, part in value.items()}
    if isinstance(value, (frozenset, set)):
        return [plain(part) for part in sorted(value)]
    if isinstance(value, (list, tuple)):
        return [plain(part) for part in value]
    raise TypeError(f"{type(value).__name__} has no place in a reproducer")


def text(case: Case, **more: object) -> str:
    """The reproducer of a case, with whatever else is worth saying."""
    found = {
        "seed": case.seed,
        "kind": case.drawn.kind,
        "network": case.network,
        "question": case.question,
        "opened": case.opened,
        **more,
    }
    return json.dumps(plain(found), indent=1)


def shrink(case: Case, fails: Callable[[Case], bool], limit: int = 2000) -> Case:
    """The smallest case found by leaving things out one at a time while `fails` holds."""
    left = limit
    changed = True
    while changed:
        changed = False
        for smaller in _smaller(case):
            left -= 1
            if left <= 0:
                return case
            if fails(smaller):
                case, changed = smaller, True
                break
    return case


def _smaller(case: Case) -> Iterator[Case]:
    for network in _networks(case.network, _named(case)):
        yield replace(case, drawn=replace(case.drawn, network=network))
    for asked in _questions(case.question):
        yield replace(case, question=asked)
    for gap in sorted(case.opened):
        yield replace(case, opened=case.opened - {gap})


def _named(case: Case) -> set[str]:
    """Interfaces that cannot be left out."""
    question = case.question
    found = {*question.sources.interfaces, *question.destinations.interfaces}
    if question.excluded is not None:
        found.update(question.excluded[0].interfaces)
    for host in (case.drawn.spine.source, case.drawn.spine.destination):
        found.update(filter(None, [getattr(host, "interface_id", None)]))
    for table in case.network.route_tables.values():
        targets = [route.target for route in table.routes]
        found.update(t.interface_id for t in targets if isinstance(t, InterfaceTarget))
    return found


def _networks(network: Network, named: set[str]) -> Iterator[Network]:
    for name in network.interfaces:
        if name not in named:
            yield replace(network, interfaces=_without(network.interfaces, name))
    for name, acl in network.network_acls.items():
        for entries in _shorter(acl.entries):
            changed = {**network.network_acls, name: replace(acl, entries=entries)}
            yield replace(network, network_acls=changed)
    for name, group in network.security_groups.items():
        for rules in _shorter(group.rules):
            groups = {**network.security_groups, name: replace(group, rules=rules)}
            yield replace(network, security_groups=groups)
    for name, table in network.route_tables.items():
        for routes in _shorter(table.routes):
            tables = {**network.route_tables, name: replace(table, routes=routes)}
            yield replace(network, route_tables=tables)
    for name, hub in network.transit_tables.items():
        for ways in _shorter(hub.routes):
            hubs = {**network.transit_tables, name: replace(hub, routes=ways)}
            yield replace(network, transit_tables=hubs)
    for key in network.transit_attachments:
        left = {at: end for at, end in network.transit_attachments.items() if at != key}
        yield replace(network, transit_attachments=left)
    for part in ("peerings", "vpn_gateways", "vpc_endpoints", "transit_tables", "nat_gateways",
                 "route_tables", "internet_gateways", "egress_only_gateways"):  # fmt: skip
        found = getattr(network, part)
        for name in found:
            yield replace(network, **{part: _without(found, name)})
    for entrances in _shorter(network.entrances):
        yield replace(network, entrances=entrances)
    for name in network.passages:
        yield replace(network, passages=_without(network.passages, name))
    for name, eni in network.interfaces.items():
        for groups_ in _shorter(eni.groups):
            yield _with_interface(network, name, replace(eni, groups=groups_))
        for ipv4 in _shorter(eni.ipv4):
            yield _with_interface(network, name, replace(eni, ipv4=ipv4))
        for ipv6 in _shorter(eni.ipv6):
            yield _with_interface(network, name, replace(eni, ipv6=ipv6))
        for delegated in _shorter(eni.delegated):
            yield _with_interface(network, name, replace(eni, delegated=delegated))
    for name in network.subnets:
        if not any(eni.subnet_id == name for eni in network.interfaces.values()) and not any(
            gateway.subnet_id == name for gateway in network.nat_gateways.values()
        ):
            yield replace(network, subnets=_without(network.subnets, name))


def _with_interface(network: Network, name: str, interface: object) -> Network:
    return replace(network, interfaces={**network.interfaces, name: interface})  # type: ignore[dict-item]


def _shorter(items: tuple[T, ...]) -> Iterator[tuple[T, ...]]:
    for at in range(len(items)):
        yield items[:at] + items[at + 1 :]


def _without(items: Mapping[str, T], name: str) -> dict[str, T]:
    return {key: value for key, value in items.items() if key != name}


def _questions(question: Question) -> Iterator[Question]:
    if question.excluded is not None:
        yield replace(question, excluded=None)
    for component in sorted(question.avoiding):
        yield replace(question, avoiding=question.avoiding - {component})
    for traffic in _shorter(question.traffic):
        if traffic:
            yield replace(question, traffic=traffic)
    for side in ("sources", "destinations"):
        found: EndpointSet = getattr(question, side)
        for name in found.interfaces:
            smaller = replace(found, interfaces=_without(found.interfaces, name))
            yield replace(question, **{side: smaller})
        for door in found.outside:
            outside = {key: value for key, value in found.outside.items() if key != door}
            yield replace(question, **{side: replace(found, outside=outside)})

"""Changes to a network of which it is known what they do to its packets: nothing, or one way only.

Each takes a random and a network and gives the changed network; `renamed` also gives the names.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from enum import Enum
from random import Random
from typing import Any, TypeVar

from verifier.model import (
    Gap,
    GroupReference,
    LocalTarget,
    Network,
    NetworkAclEntry,
    NetworkInterface,
    PrefixListReference,
    Route,
    SecurityGroupRule,
    TransitGatewayRoute,
    TransitRank,
)
from verifier.packet import PORT_PROTOCOLS, WIDTH, Address, PortRange, Prefix

T = TypeVar("T")


def shuffled(random: Random, items: tuple[T, ...]) -> tuple[T, ...]:
    return tuple(random.sample(items, len(items)))


def _mixed(random: Random, items: Mapping[str, T]) -> dict[str, T]:
    return dict(shuffled(random, tuple(items.items())))


def permuted(random: Random, network: Network) -> Network:
    """Every order that means nothing, changed: entries, rules, routes, groups, mappings."""
    acls = {
        name: replace(acl, entries=shuffled(random, acl.entries))
        for name, acl in network.network_acls.items()
    }
    groups = {
        name: replace(group, rules=shuffled(random, group.rules))
        for name, group in network.security_groups.items()
    }
    tables = {
        name: replace(table, routes=shuffled(random, table.routes))
        for name, table in network.route_tables.items()
    }
    interfaces = {
        name: replace(
            eni, groups=shuffled(random, eni.groups), ipv4=shuffled(random, eni.ipv4),
            ipv6=shuffled(random, eni.ipv6), delegated=shuffled(random, eni.delegated),
        )
        for name, eni in network.interfaces.items()
    }  # fmt: skip
    lists = {
        name: replace(found, prefixes=shuffled(random, found.prefixes))
        for name, found in network.prefix_lists.items()
    }
    transit = {
        name: replace(table, routes=shuffled(random, table.routes))
        for name, table in network.transit_tables.items()
    }
    private = {
        name: replace(gateway, prefixes=shuffled(random, gateway.prefixes))
        for name, gateway in network.vpn_gateways.items()
    }
    return replace(
        network,
        vpcs=_mixed(random, network.vpcs),
        subnets=_mixed(random, network.subnets),
        network_acls=_mixed(random, acls),
        security_groups=_mixed(random, groups),
        route_tables=_mixed(random, tables),
        interfaces=_mixed(random, interfaces),
        prefix_lists=_mixed(random, lists),
        peerings=_mixed(random, network.peerings),
        transit_gateways=_mixed(random, network.transit_gateways),
        transit_attachments=dict(shuffled(random, tuple(network.transit_attachments.items()))),
        transit_tables=_mixed(random, transit),
        vpn_gateways=_mixed(random, private),
        vpc_endpoints=_mixed(random, network.vpc_endpoints),
        entrances=shuffled(random, network.entrances),
    )


def split_ranges(random: Random, network: Network) -> Network:
    """Entries and rules cut in two at a port or in the middle of their block."""
    acls = {
        name: replace(
            acl, entries=tuple(part for entry in acl.entries for part in _halves(random, entry))
        )
        for name, acl in network.network_acls.items()
    }
    groups = {
        name: replace(
            group, rules=tuple(part for rule in group.rules for part in _parts(random, rule))
        )
        for name, group in network.security_groups.items()
    }
    return replace(network, network_acls=acls, security_groups=groups)


def _blocks(prefix: Prefix) -> tuple[Prefix, Prefix]:
    half = 1 << (WIDTH[prefix.family] - prefix.length - 1)
    upper = Address(prefix.family, prefix.network + half)
    return prefix._replace(length=prefix.length + 1), Prefix.of(upper, prefix.length + 1)


def _halves(random: Random, entry: NetworkAclEntry) -> tuple[NetworkAclEntry, ...]:
    """The entry with its number doubled, in one or two pieces with numbers of their own."""
    entry = replace(entry, rule_number=2 * entry.rule_number)
    after = entry.rule_number + 1
    prefix, ports = entry.prefix, entry.ports
    if ports is not None and ports.first < ports.last and random.random() < 0.5:
        middle = random.randrange(ports.first, ports.last)
        return (
            replace(entry, ports=PortRange(ports.first, middle)),
            replace(entry, ports=PortRange(middle + 1, ports.last), rule_number=after),
        )
    if prefix is not None and prefix.length < WIDTH[prefix.family] and random.random() < 0.5:
        lower, upper = _blocks(prefix)
        return replace(entry, prefix=upper), replace(entry, prefix=lower, rule_number=after)
    return (entry,)


def _parts(random: Random, rule: SecurityGroupRule) -> tuple[SecurityGroupRule, ...]:
    first, last = rule.from_port, rule.to_port
    if rule.protocol in PORT_PROTOCOLS and first is not None and last is not None and first < last:
        middle = random.randrange(first, last)
        if first >= 0 and random.random() < 0.5:
            return replace(rule, from_port=middle + 1), replace(rule, to_port=middle)
    if isinstance(rule.peer, Prefix) and rule.peer.length < WIDTH[rule.peer.family]:
        lower, upper = _blocks(rule.peer)
        return replace(rule, peer=upper), replace(rule, peer=lower)
    return (rule,)


def split_groups(random: Random, network: Network) -> Network:
    """Each group in two that the same interfaces carry: merging them again changes nothing.

    The rules are dealt out, and each reference names either of the two.
    """
    groups = {}
    for name, group in network.security_groups.items():
        ours = tuple(rule for rule in group.rules if random.random() < 0.5)
        theirs = tuple(rule for rule in group.rules if rule not in ours)
        groups[name] = replace(group, rules=ours)
        groups[f"{name}-half"] = replace(group, id=f"{name}-half", rules=theirs)

    def redirected(rule: SecurityGroupRule) -> SecurityGroupRule:
        peer = rule.peer
        if not isinstance(peer, GroupReference) or peer.group_id not in network.security_groups:
            return rule
        chosen = random.choice((peer.group_id, f"{peer.group_id}-half"))
        return replace(rule, peer=replace(peer, group_id=chosen))

    return replace(
        network,
        security_groups={
            name: replace(group, rules=tuple(map(redirected, group.rules)))
            for name, group in groups.items()
        },
        interfaces={
            name: replace(eni, groups=_doubled(network, eni))
            for name, eni in network.interfaces.items()
        },
    )


def _doubled(network: Network, interface: NetworkInterface) -> tuple[str, ...]:
    known = [group for group in interface.groups if group in network.security_groups]
    return (*interface.groups, *(f"{group}-half" for group in known))


def covered(random: Random, network: Network) -> Network:
    """An entry behind one that matches all that it matches, a rule beside one that does."""
    acls, groups = {}, {}
    for name, acl in network.network_acls.items():
        added = []
        for entry in acl.entries:
            if entry.gap is None and entry.prefix is not None:
                behind = replace(
                    entry,
                    rule_number=entry.rule_number + random.choice((1, 3)),
                    allow=random.random() < 0.5,
                    prefix=_narrowed(random, entry.prefix),
                )
                numbers = {e.rule_number for e in acl.entries if e.egress == entry.egress}
                numbers |= {e.rule_number for e in added if e.egress == entry.egress}
                if behind.rule_number not in numbers:
                    added.append(behind)
        acls[name] = replace(acl, entries=(*acl.entries, *added))
    for name, group in network.security_groups.items():
        beside = [
            replace(rule, peer=_narrowed(random, rule.peer))
            for rule in group.rules
            if isinstance(rule.peer, Prefix) and rule.gap is None
        ]
        groups[name] = replace(group, rules=(*group.rules, *beside))
    return replace(network, network_acls=acls, security_groups=groups)


def _narrowed(random: Random, prefix: Prefix) -> Prefix:
    length = random.randint(prefix.length, WIDTH[prefix.family])
    value = random.randint(prefix.first, prefix.last)
    return Prefix.of(Address(prefix.family, value), length)


def more_rules(random: Random, network: Network, others: Network) -> Network:
    """Some of the groups with one more rule, taken from another network."""
    rules = [
        rule
        for group in others.security_groups.values()
        for rule in group.rules
        if not isinstance(rule.peer, PrefixListReference)
    ]
    groups = {
        name: replace(group, rules=(*group.rules, random.choice(rules)))
        if rules and random.random() < 0.6
        else group
        for name, group in network.security_groups.items()
    }
    return replace(network, security_groups=groups)


def denied_first(random: Random, network: Network, others: Network) -> Network:
    """Some of the ACLs with a deny before everything else."""
    entries = [entry for acl in others.network_acls.values() for entry in acl.entries]
    acls = dict(network.network_acls)
    for name, acl in network.network_acls.items():
        if entries and random.random() < 0.6:
            first = replace(random.choice(entries), rule_number=0, allow=False, gap=None)
            if first.protocol is not None and first.prefix is not None:
                if first.protocol in PORT_PROTOCOLS and first.ports is None:
                    first = replace(first, ports=PortRange(0, 65535))
                if first.icmp is not None and first.icmp[0] == -1:
                    first = replace(first, icmp=(-1, -1))
                acls[name] = replace(acl, entries=(*acl.entries, first))
    return replace(network, network_acls=acls)


def blackholed(random: Random, network: Network) -> Network:
    """Tables with one more route, more specific than all of them, that drops.

    Tables of gateways are left alone: what leaves is asked whether they would lead it elsewhere
    (IGW-11). So are those with a list that is not known, which a `local` route keeps out (GAP-8).
    """
    known = [own.address for eni in network.interfaces.values() for own in eni.ipv4]
    known += [own for eni in network.interfaces.values() for own in eni.ipv6]
    known += [Address.parse(text) for text in ("198.51.100.7", "192.168.7.7", "2001:db8::7")]
    tables, transit = dict(network.route_tables), dict(network.transit_tables)
    for name, table in network.route_tables.items():
        to = Prefix.of(address := random.choice(known), WIDTH[address.family])
        listed = [r for r in table.routes if isinstance(r.destination, PrefixListReference)]
        if not table.gateway_ids and not listed and to not in [r.destination for r in table.routes]:
            route = Route(destination=to, target=LocalTarget(), blackhole=True)
            tables[name] = replace(table, routes=(*table.routes, route))
    for name, hub in network.transit_tables.items():
        to = Prefix.of(address := random.choice(known), WIDTH[address.family])
        if to not in [route.prefix for route in hub.routes]:
            route_ = TransitGatewayRoute(prefix=to, rank=random.choice(list(TransitRank)))
            transit[name] = replace(hub, routes=(*hub.routes, route_))
    return replace(network, route_tables=tables, transit_tables=transit)


def unreferenced(random: Random, network: Network) -> Network:
    """Some transit gateways and attachments keep no references."""
    return replace(
        network,
        transit_gateways={
            name: replace(found, references=found.references and random.random() < 0.5)
            for name, found in network.transit_gateways.items()
        },
        transit_attachments={
            key: replace(found, references=found.references and random.random() < 0.5)
            for key, found in network.transit_attachments.items()
        },
    )


def checked(random: Random, network: Network) -> Network:
    """Some interfaces that did not check source and destination now do."""
    interfaces = {
        name: replace(
            found, source_destination_check=found.source_destination_check or random.random() < 0.5
        )
        for name, found in network.interfaces.items()
    }
    return replace(network, interfaces=interfaces)


def names_of(random: Random, network: Network) -> dict[str, str]:
    """New names for all ids, in another order than the old ones.

    Subnets and attachments keep their order, by which transit gateways choose (TGW-5, TGW-6).
    """
    ids = [
        *network.vpcs, *network.subnets, *network.network_acls, *network.security_groups,
        *network.interfaces, *network.instances, *network.route_tables,
        *network.internet_gateways, *network.nat_gateways, *network.peerings,
        *network.prefix_lists, *(entrance.id for entrance in network.entrances),
        *(name for _, name in network.missing), "vpc-elsewhere", "sg-undefined",
        *network.egress_only_gateways, *network.vpn_gateways, *network.vpc_endpoints,
        *network.transit_gateways, *network.transit_tables,
    ]  # fmt: skip
    ordered = sorted({*network.subnets, *(name for _, name in network.transit_attachments)})
    unique = sorted(set(ids) - set(ordered))
    numbers = random.sample(range(1000, 10000), len(unique) + len(ordered))
    pairs = [*zip(unique, numbers, strict=False)]
    pairs += zip(ordered, sorted(numbers[len(unique) :]), strict=True)
    return {name: f"{name.split('-')[0]}-{number}" for name, number in pairs}


def renamed(value: Any, names: Mapping[str, str]) -> Any:
    """The value with every id replaced."""
    if isinstance(value, Enum) or value is None or isinstance(value, int):
        return value
    if isinstance(value, str):
        return names.get(value, value)
    if isinstance(value, (Address, Prefix, PortRange)):
        return value
    if is_dataclass(value) and not isinstance(value, type):
        return replace(
            value,
            **{item.name: renamed(getattr(value, item.name), names) for item in fields(value)},
        )
    if isinstance(value, Mapping):
        return {renamed(key, names): renamed(part, names) for key, part in value.items()}
    if isinstance(value, frozenset):
        return frozenset(renamed(part, names) for part in value)
    if isinstance(value, tuple):
        return tuple(renamed(part, names) for part in value)
    raise TypeError(f"{type(value).__name__} cannot be renamed")


def fewer(random: Random, gaps: frozenset[Gap]) -> frozenset[Gap]:
    """Some of the gaps."""
    return frozenset(gap for gap in sorted(gaps) if random.random() < 0.6)
